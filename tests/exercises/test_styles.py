"""A right answer is right in whatever style it is written and whatever it returns.

Each style turns the reference answers into others: it wraps their functions, or writes
them in another way.
"""

import ast
from textwrap import dedent

import pytest
from nbformat.v4 import new_code_cell

from grading.execution.forkserver import Worker
from grading.execution.job import job
from grading.sandbox.choice import refusal
from grading.sandbox.limits import Limits
from tests.exercises.harness import (
    SOLUTIONS,
    grade_id,
    graded,
    is_answer,
    is_look,
    read,
    run,
)
from tests.exercises.harness import test_of as its_test
from tests.exercises.seeds import bank
from tests.grading.test_worker import errors

SOURCES = {name: read(path) for name, path in SOLUTIONS.items()}
WHY = refusal()

EACH = """
def each(change, value):
    if isinstance(value, tuple | list):
        return type(value)(each(change, part) for part in value)
    if isinstance(value, dict):
        return {name: each(change, part) for name, part in value.items()}
    return change(value) if isinstance(value, np.ndarray) else value
"""
RETURNED = {
    "float32": "lambda x: x.astype(np.float32) if x.dtype == float else x",
    "pandas objects": "lambda x: [0, pd.Series, pd.DataFrame][x.ndim](x) "
    "if x.ndim in (1, 2) else x",
    "Fortran order": "np.asfortranarray",
    "views": "lambda x: np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x",
}
WRAPPED = {
    "lambdas": "lambda f: lambda *a, **k: f(*a, **k)",
    "partials": "functools.partial",
    "classes": "type('Answer', (), {'__init__': lambda s, f: setattr(s, 'f', f), "
    "'__call__': lambda s, *a, **k: s.f(*a, **k)})",
}
PUT_BACK = """
def put_back(f):
    @functools.wraps(f)
    def wrapped(*arguments, **named):
        arrays = [a for a in arguments if isinstance(a, np.ndarray)]
        for array in arrays:
            kept = array.copy()
            array += 1
            array[...] = kept
        return f(*arguments, **named)
    return wrapped
"""


def named(source):
    """Return the names of the functions that a cell defines."""
    return [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]


def wrapping(source, helpers, wrapper):
    """Return an answer whose functions are wrapped."""
    lines = [f"{name} = ({wrapper})({name})" for name in named(source)]
    imports = "import functools\nimport numpy as np\nimport pandas as pd"
    return "\n".join([imports, helpers, source, *lines])


def returning(source, change):
    """Return an answer that changes the arrays it returns."""
    wrapper = (
        f"lambda f: functools.wraps(f)(lambda *a, **k: each({change}, f(*a, **k)))"
    )
    return wrapping(source, EACH, wrapper)


def hinted(source):
    """Return an answer with type hints."""
    tree = ast.parse(source)
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        node.returns = ast.Constant("np.ndarray | None")
        for argument in node.args.args:
            argument.annotation = ast.parse("float | list[int]", mode="eval").body
    return ast.unparse(tree)


def matched(source):
    """Return an answer whose functions choose their way by `match`."""
    tree = ast.parse(source)
    for node in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
        match = ast.parse("match 1:\n    case 1:\n        pass").body[0]
        match.cases[0].body, node.body = node.body, [match]
    return ast.unparse(ast.fix_missing_locations(tree))


def delegated(source):
    """Return an answer that leaves its work to functions in an extra cell."""
    tree, calls = ast.parse(source), []
    for node in (n for n in tree.body if isinstance(n, ast.FunctionDef)):
        short = ast.FunctionDef(node.name, node.args, [], [], type_params=[])
        inside = ", ".join(argument.arg for argument in node.args.args)
        short.body = ast.parse(f"return helper_of_{node.name}({inside})").body
        node.name = f"helper_of_{node.name}"
        calls.append(ast.unparse(ast.fix_missing_locations(short)))
    return ast.unparse(tree) + EXTRA_CELL + "\n".join(calls)


EXTRA_CELL = "\n# an extra cell ends here\n"
STYLES = {
    **{k: lambda s, c=change: returning(s, c) for k, change in RETURNED.items()},
    **{k: lambda s, w=wrapper: wrapping(s, "", w) for k, wrapper in WRAPPED.items()},
    "work in place that is put back": lambda s: wrapping(s, PUT_BACK, "put_back"),
    "type hints": hinted,
    "match": matched,
    "helpers in an extra cell": delegated,
    "a variable called checks": lambda s: f"checks = [0.5, 1.5]\n{s}\nchecks += [2.5]",
}


def restyled(exercise, style):
    """Return an exercise whose answers have another style."""
    notebook = read(SOLUTIONS[exercise])
    notebook.cells = [cell for cell in notebook.cells if not is_look(cell)]
    for place, cell in reversed(list(enumerate(notebook.cells))):
        if is_answer(cell):
            *extra, cell.source = STYLES[style](dedent(cell.source)).split(EXTRA_CELL)
            for source in extra:
                notebook.cells.insert(place, new_code_cell(source))
    return notebook


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("exercise", SOURCES)
def test_a_right_answer_is_right_in_every_style(exercise, style):
    result = run(restyled(exercise, style))
    assert result.points == graded(SOURCES[exercise]), result.messages


TRAVEL = [
    ("ex09_first_forecast", "task-9-1-windows", "shifted columns in pandas"),
    ("ex13_recurrent", "task-13-5-stack", "a subclass"),
    ("ex13_recurrent", "task-13-5-stack", "a subclass that names inputs and outputs"),
]
"""Right answers whose values are no arrays, or stay in the cage."""


@pytest.fixture(scope="module")
def worker():
    with Worker() as worker:
        yield worker


@pytest.mark.skipif(WHY is not None, reason=str(WHY))
@pytest.mark.parametrize("style", STYLES)
def test_a_right_answer_is_right_beside_a_cage_in_every_style(worker, style):
    notebook = restyled("ex01_perceptron", style)
    result = worker.grade(job(notebook, SOURCES["ex01_perceptron"], {}, Limits()))
    assert (result["status"], errors(result)) == ("graded", {})


@pytest.mark.skipif(WHY is not None, reason=str(WHY))
@pytest.mark.parametrize(("exercise", "task", "name"), TRAVEL)
def test_a_right_answer_of_another_kind_is_right_beside_a_cage(
    worker, exercise, task, name
):
    assert errors_of(worker, exercise, task, name) == {}


def errors_of(worker, exercise, task, name):
    """Return the errors of a task's right answer and its check, judged in a cage."""
    notebook = read(SOLUTIONS[exercise])
    ids = (task, its_test(task))
    notebook.cells = [
        c for c in notebook.cells if c.id == "setup" or grade_id(c) in ids
    ]
    notebook.cells[1].source = dedent(bank(exercise)[task].right[name])
    patient = Limits(cell_seconds=3600, total_seconds=3600)
    result = worker.grade(job(notebook, SOURCES[exercise], {}, patient))
    if result["status"] != "graded":
        pytest.fail(result["status"])  # what is expected is a wrong verdict only
    return errors(result)
