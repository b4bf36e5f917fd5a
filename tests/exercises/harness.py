"""Run an exercise's cells in this process, with some answers replaced.

The points come from nbgrader's own metadata. A cell that raises does not stop the ones
after it, as in grading.
"""

import contextlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import nbformat

from grading.execution.partial import run_test, told

ROOT = Path(__file__).parents[2]
SOLUTIONS = {path.stem: path for path in sorted(ROOT.glob("solutions/*/*.ipynb"))}
RELEASES = {path.stem: path for path in sorted(ROOT.glob("exercises/*/*.ipynb"))}
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


@dataclass
class Task:
    """Wrong answers with their messages, and right ones written differently.

    Both map a name to the source of a solution cell; a wrong one is a tuple of source
    and message and, if it leaves any, the points that it leaves.
    """

    right: dict[str, str]
    wrong: dict[str, tuple[str, str] | tuple[str, str, int]]


def unwritten(signature):
    """Return a function as it is released, to stand after a right answer."""
    return f'\ndef {signature}:\n    raise NotImplementedError("not attempted yet")\n'


def together(first, second, *, left=((), ())):
    """Return one task of two: the answers of each beside a right one to the other.

    Where they are parts, `left` has the points that a mistake in each leaves to the
    other, in tuples of one number; what it leaves of its own, the entry names.
    """
    ones, others = (next(iter(task.right.values())) for task in (first, second))
    pairs = [(first, dedent(others), left[0]), (second, dedent(ones), left[1])]
    return Task(
        right={
            name: dedent(answer) + other
            for task, other, _ in pairs
            for name, answer in task.right.items()
        },
        wrong={
            name: (dedent(answer) + other, message, sum((*own, *points)))
            for task, other, points in pairs
            for name, (answer, message, *own) in task.wrong.items()
        },
    )


@dataclass
class Result:
    """Points, messages and prints of one run, by the cell's id."""

    points: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    @property
    def score(self):
        return sum(self.points.values())


class Run:
    """A notebook that is being worked on: its cells run one by one, in any order.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A source or a release.
    seed : int, optional
        Seed of every hidden part in place of its own.
    """

    def __init__(self, notebook, *, seed=None):
        self.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.names = {"__name__": "__main__"}
        self.result = Result()
        self.seed = seed

    def cell(self, name):
        """Return the code cell of that id for nbgrader."""
        return next(cell for cell in self.cells if grade_id(cell) == name)

    def execute(self, cell, answer=None):
        """Execute a cell, or an answer in its place, and keep what came of it."""
        name = grade_id(cell)
        source = cell.source if answer is None else answer
        if is_graded(cell) and self.seed is not None:
            source = reseeded(source, self.seed)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            points, error = _execute(dedent(source), self.names)
        result = self.result
        result.printed[name or cell.id] = printed.getvalue()
        if is_graded(cell):
            most = cell.metadata.nbgrader.points
            result.points[name] = 0 if error else most if points is None else points
            said = str(error) if error else told(printed.getvalue())
            result.messages[name] = said if result.points[name] < most else ""
        result.errors.pop(name or cell.id, None)
        if error:
            result.errors[name or cell.id] = error

    def answer(self, task, source=None):
        """Execute an answer, by default the notebook's own, and return its points."""
        self.execute(self.cell(task), source)
        self.execute(self.cell(test_of(task)))
        return self.result.points[test_of(task)]

    def passes(self, task, source=None):
        """Return whether an answer gets all points of its task."""
        most = self.cell(test_of(task)).metadata.nbgrader.points
        return self.answer(task, source) == most


def read(path):
    """Read a notebook in the current format."""
    return nbformat.read(path, as_version=4)


def grade_id(cell):
    """Return a cell's id for nbgrader, or an empty string."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_graded(cell):
    """Return whether a cell holds graded checks."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


def is_answer(cell):
    """Return whether a cell holds an answer that is checked."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("solution")) and not about.get("grade")


def is_by_hand(cell):
    """Return whether a cell holds an answer in words, whose points a person gives."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and bool(about.get("solution"))


def is_look(cell):
    """Return whether a cell only shows something: it is neither answer nor check."""
    return "look" in cell.metadata.get("tags", []) and not is_so_far(cell)


def is_so_far(cell):
    """Return whether a cell adds up the points of the checks before it."""
    return "so-far" in cell.metadata.get("tags", [])


def is_given(cell):
    """Return whether a code cell is handed out to be left as it is."""
    kinds = (is_answer, is_graded, is_look, is_so_far)
    return cell.cell_type == "code" and not any(kind(cell) for kind in kinds)


def graded(notebook):
    """Return the graded cells' points by their ids, in order."""
    return {
        grade_id(cell): cell.metadata.nbgrader.points
        for cell in notebook.cells
        if is_graded(cell)
    }


def task_of(test_id):
    """Return the id of the solution cell that a graded cell belongs to."""
    return test_id.replace("test-", "task-", 1)


def test_of(task_id):
    """Return the id of the graded cell that a solution cell belongs to."""
    return task_id.replace("task-", "test-", 1)


test_of.__test__ = False


def run(notebook, *, answers=None, look=False, seed=None):
    """Run a notebook's code cells with the given answers in their solution cells.

    Cells that only show something are left out unless `look` is true.
    """
    here = Run(notebook, seed=seed)
    for cell in here.cells:
        if look or not is_look(cell):
            here.execute(cell, (answers or {}).get(grade_id(cell)))
    return here.result


def reseeded(source, seed):
    """Return a check whose hidden part draws from another seed."""
    literal = re.compile(r"(?<=default_rng\()\d+(?=\))")
    return HIDDEN.sub(lambda found: literal.sub(str(seed), found[0]), source)


def _execute(source, names):
    """Execute one cell; return the number that it ends with, and what it raised."""
    try:
        return run_test(source, names), None
    except Exception as error:
        return None, error
