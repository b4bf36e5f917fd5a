"""Every task has what a student needs, and leads back to the section that taught it."""

import ast
import builtins
import re

import matplotlib.pyplot as plt
import nbclient
import numpy as np
import pytest

from grading.execution.names import free_names
from grading.release.release import drift
from tests.exercises.harness import (
    HIDDEN,
    RELEASES,
    ROOT,
    SOLUTIONS,
    Run,
    grade_id,
    graded,
    is_answer,
    is_by_hand,
    is_given,
    is_graded,
    is_look,
    is_so_far,
    read,
    run,
    task_of,
)
from utils import checks

SOURCES = {name: read(path) for name, path in SOLUTIONS.items()}
TASKS = [(name, test) for name, nb in SOURCES.items() for test in graded(nb)]
WORDS = [(name, c) for name, nb in SOURCES.items() for c in nb.cells if is_by_hand(c)]
LINK = re.compile(r"\[[^\]]+\]\((\.\./\.\./chapters/\w+\.ipynb)#(obj-\d+-\d+)\)")

each_task = pytest.mark.parametrize(("exercise", "test"), TASKS)
each_answer_in_words = pytest.mark.parametrize(
    ("exercise", "cell"), WORDS, ids=[grade_id(cell) for _, cell in WORDS]
)
each_task_of_any_kind = pytest.mark.parametrize(
    ("exercise", "test"), TASKS + [(name, grade_id(cell)) for name, cell in WORDS]
)
each_exercise = pytest.mark.parametrize("exercise", SOURCES)


def cells(exercise):
    return {grade_id(c) or c.id: c for c in SOURCES[exercise].cells}


def about(exercise, test):
    """Return the text above a task's solution cell."""
    found = SOURCES[exercise].cells
    place = [grade_id(cell) for cell in found].index(task_of(test))
    assert found[place - 1].cell_type == "markdown"
    return found[place - 1].source


def number(test):
    """Return the objective in a graded cell's id, as in "1.4"."""
    pattern = r"(?:test|manual)-(\d+)-(\d+)-[a-z-]+$"
    chapter, objective = re.match(pattern, test).groups()
    return f"{chapter}.{objective}"


def heading(exercise, test):
    """Return a task's number, stars and points as its heading gives them."""
    pattern = r"## Task (\d+\.\d+[a-z]?) (★{1,3}) .+ \((\d+) points\)"
    return re.match(pattern, about(exercise, test)).groups()


# ------------------------------------------------------------------ release


def test_the_committed_exercises_are_what_the_sources_give():
    assert drift(ROOT) == []


@each_exercise
def test_the_release_holds_neither_solution_nor_hidden_test_nor_output(exercise):
    text = RELEASES[exercise].read_text(encoding="utf-8")
    assert "SOLUTION" not in text
    assert "HIDDEN" not in text
    released = {grade_id(c): c.source for c in read(RELEASES[exercise]).cells}
    for test in graded(SOURCES[exercise]):
        seen = HIDDEN.sub("", cells(exercise)[test].source)
        assert released[test].split() == seen.split()
    for cell in read(RELEASES[exercise]).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@each_exercise
def test_the_source_is_stored_without_outputs_and_with_names_for_its_cells(exercise):
    for cell in SOURCES[exercise].cells:
        assert not cell.get("outputs")
        assert re.match(r"[a-z0-9-]+$", cell.id)
        assert not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", cell.id)


# ------------------------------------------------------------------ every task


@each_task
def test_a_task_has_two_closed_hints(exercise, test):
    text = about(exercise, test)
    assert re.findall(r"<summary>(.*?)</summary>", text) == ["Hint 1", "Hint 2"]
    assert text.count("<details>\n") == text.count("</details>") == 2


@each_task
def test_a_task_states_its_signature_and_an_example_by_hand(exercise, test):
    text, answer = about(exercise, test), cells(exercise)[task_of(test)].source
    for name in re.findall(r"^def (\w+)\(", answer, re.MULTILINE):
        assert f"`{name}(" in text
    assert "*By hand:*" in text


@each_task
def test_heading_check_and_introduction_agree_on_number_stars_and_points(
    exercise, test
):
    task, stars, points = heading(exercise, test)
    assert re.sub("[a-z]$", "", task) == number(test)
    assert int(points) == graded(SOURCES[exercise])[test]
    source = cells(exercise)[test].source
    assert source.startswith(f"# Checks for task {task} ({points} points)")
    (function,) = (n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    assert function.name == f"check_{task.replace('.', '_')}"
    assert ast.literal_eval(function.decorator_list[0].args[0]) == task
    assert re.search(
        rf"\| {task} \| .+ \| {stars} \| {points} \|", SOURCES[exercise].cells[0].source
    )


@each_task
def test_a_task_is_checked_in_sight_and_out_of_sight(exercise, test):
    source = cells(exercise)[test].source
    hidden = "".join(HIDDEN.findall(source))
    seen = HIDDEN.sub("", source)
    for part in (hidden, seen):
        assert re.search(r"checks\.(close|true|array)\(|check_\w+\(", part)
    assert "checks.call(" in seen


@each_task
def test_checks_are_folded_so_that_their_messages_spoil_nothing(exercise, test):
    metadata = cells(exercise)[test].metadata
    assert metadata["jupyter"] == {"source_hidden": True}
    assert "hide-input" in metadata["tags"]


# ------------------------------------------------------------------ in words


@each_answer_in_words
def test_an_answer_in_words_is_asked_for_like_any_other(exercise, cell):
    name = grade_id(cell)
    task, stars, points = heading(exercise, name)
    assert cell.cell_type == "markdown"
    assert name.startswith("manual-")
    assert re.sub("[a-z]$", "", task) == number(name)
    assert int(points) == cell.metadata.nbgrader.points
    row = rf"\| {task} \| .+, in words \| {stars} \| {points} \|"
    assert re.search(row, SOURCES[exercise].cells[0].source)


@each_answer_in_words
def test_an_answer_in_words_has_a_rubric_that_gives_its_points(exercise, cell):
    text = about(exercise, grade_id(cell))
    rows = re.findall(r"^\| (\d+) \| \S.{30,} \|$", text, re.MULTILINE)
    assert len(rows) >= 2
    assert sum(map(int, rows)) == cell.metadata.nbgrader.points
    assert "| points | for |" in text


@each_answer_in_words
def test_an_answer_in_words_has_an_example_that_the_release_leaves_out(exercise, cell):
    released = {grade_id(c): c.source for c in read(RELEASES[exercise]).cells}
    assert released[grade_id(cell)] == "YOUR ANSWER HERE"
    example = re.search(
        "### BEGIN SOLUTION\n(.+)\n### END SOLUTION", cell.source, re.DOTALL
    )
    assert len(example[1].split()) > 60


# ------------------------------------------------------------------ hints


@each_exercise
def test_a_wrong_number_that_fits_no_known_mistake_is_met_with_a_hint(
    exercise, monkeypatch
):
    close, bare = checks.close, set()

    def watched(*arguments, **options):
        if not (options.get("hint") or checks._now.hints.get(checks._called())):
            bare.add((checks._called(), options["name"]))
        return close(*arguments, **options)

    monkeypatch.setattr(checks, "close", watched)
    assert run(SOURCES[exercise]).errors == {}
    assert bare == set()


@each_task
def test_a_hint_belongs_to_a_function_of_the_answer(exercise, test):
    hints = re.findall(
        r"^    (\w+)=", cells(exercise)[test].source.split("\ndef ")[0], re.MULTILINE
    )
    assert set(hints) <= defined(cells(exercise)[task_of(test)].source)


# ------------------------------------------------------------------ apart


def defined(source):
    """Return the names that a cell leaves, from its imports to its assignments."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        else:
            found = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            names |= {n.id for n in found if isinstance(n.ctx, ast.Store)}
    return names


def borrowed(source):
    """Return the names that a cell needs from the cells before it."""
    return free_names(source) - defined(source) - set(dir(builtins))


def code(exercise, kind):
    """Return an exercise's code cells of a kind."""
    found = [c for c in SOURCES[exercise].cells if c.cell_type == "code"]
    return [cell for cell in found if kind(cell)]


def given(exercise):
    """Return the names that an exercise hands out."""
    return set().union(*(defined(cell.source) for cell in code(exercise, is_given)))


def parts_of(function):
    """Return what a check says of its parts: their names and points, in order."""
    calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
    found = [call for call in calls if ast.unparse(call.func) == "checks.part"]
    return [
        (call.args[0].value, *(option.value.value for option in call.keywords))
        for call in found
    ]


@each_task
def test_the_parts_of_a_task_are_checked_out_of_sight_too_and_add_up(exercise, test):
    source = cells(exercise)[test].source
    in_sight, everything = (
        parts_of(ast.parse(text)) for text in (HIDDEN.sub("", source), source)
    )
    points = dict(part for part in in_sight if len(part) == 2)
    assert sum(points.values()) == (graded(SOURCES[exercise])[test] if points else 0)
    assert {name for name, *_ in everything[len(in_sight) :]} == set(points)


@each_exercise
def test_a_check_and_a_look_leave_no_name_but_their_own(exercise):
    for cell in code(exercise, lambda c: is_graded(c) or is_look(c)):
        imported, function, *last = ast.parse(cell.source).body
        assert ast.unparse(imported) == "from utils import checks"
        ends = [function.name] if parts_of(function) else []
        assert [ast.unparse(line) for line in last] == ends
        kind = "checks.task(" if is_graded(cell) else "checks.look("
        (decorator,) = function.decorator_list
        assert ast.unparse(decorator).startswith(kind)
        assert re.fullmatch(r"(check|look)_\d+_\d+[a-z]?", function.name)


@each_task
def test_a_check_reads_nothing_but_the_answer_to_its_own_task(exercise, test):
    answer = cells(exercise)[task_of(test)].source
    assert borrowed(cells(exercise)[test].source) <= defined(answer)


@each_exercise
def test_an_answer_needs_no_other_answer(exercise):
    for cell in code(exercise, is_answer):
        assert borrowed(cell.source) <= given(exercise), grade_id(cell)


@each_exercise
def test_a_look_waits_for_each_answer_that_it_uses(exercise):
    answers = {
        heading(exercise, test)[0]: defined(cells(exercise)[task_of(test)].source)
        for test in graded(SOURCES[exercise])
    }
    for cell in code(exercise, is_look):
        used = borrowed(cell.source) - given(exercise)
        waits = re.search(r"@checks\.look\((.+)\)", cell.source)[1]
        tasks = [task for task, names in answers.items() if names & used]
        assert waits == ", ".join(f'"{task}"' for task in tasks)
        assert used <= set().union(*answers.values())


# ------------------------------------------------------------------ chance


def unseeded(source):
    """Return the calls that draw something else every time."""
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    found = []
    for call in calls:
        name, first = ast.unparse(call.func), call.args[:1]
        if name.endswith("default_rng"):
            literal = first and isinstance(first[0], ast.Constant)
            found += [] if literal and isinstance(first[0].value, int) else [call]
        elif re.fullmatch(r"(np\.|numpy\.)?random\.\w+|time\.\w+", name):
            found.append(call)
    return [ast.unparse(call) for call in found]


def test_what_draws_without_a_seed_is_found():
    source = "np.random.default_rng(); np.random.normal(); random.random(); time.time()"
    assert len(unseeded(source)) == 4
    assert unseeded("rng = np.random.default_rng(7); rng.normal()") == []
    assert unseeded("default_rng(seed)") == ["default_rng(seed)"]


@each_task
def test_a_check_draws_the_same_numbers_every_time(exercise, test):
    source = cells(exercise)[test].source
    assert unseeded(source) == []
    nodes = list(ast.walk(ast.parse(source)))
    imported = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
    assert imported.isdisjoint({"random", "secrets", "uuid"})


@each_exercise
def test_nothing_that_a_check_calls_draws_without_a_seed(exercise, monkeypatch):
    make = np.random.default_rng

    def strict(seed=None):
        assert seed is not None, "a generator without a seed"
        return make(seed)

    here = Run(SOURCES[exercise])
    for cell in here.cells:
        if not is_look(cell):
            here.execute(cell)  # for the first time: what is imported may draw
    monkeypatch.setattr(np.random, "default_rng", strict)
    for cell in code(exercise, is_graded):
        here.execute(cell)
    assert here.result.errors == {}


# ------------------------------------------------------------------ run all


def run_all(exercise, answers):
    """Run all cells in a kernel, as JupyterLab does, and return them."""
    notebook = read(RELEASES[exercise])
    for cell in notebook.cells:
        if is_answer(cell):
            cell.source = answers or cell.source
    folder = str(RELEASES[exercise].parent)
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": folder}}
    )
    return [c for c in client.execute().cells if c.cell_type == "code"]


UNTOUCHED = [(name, "") for name in SOLUTIONS]
RAISING = [(next(iter(SOLUTIONS)), "raise ValueError('no idea')")]


@pytest.mark.parametrize(("exercise", "answers"), UNTOUCHED + RAISING)
def test_run_all_reaches_the_end_whatever_the_answers(exercise, answers):
    for cell in run_all(exercise, answers):
        assert cell.execution_count, grade_id(cell) or cell.id
        text = "".join(o.get("text", "") for o in cell.outputs)
        errors = [o.ename for o in cell.outputs if o.output_type == "error"]
        if is_look(cell):
            assert errors == []
            assert re.search("waits for your answer|is not defined", text)
        elif is_so_far(cell):
            assert errors == []
            assert "So far the checks give 0 of" in text
        elif is_graded(cell):
            told = "not yet right, 0 of" in text  # as its parts fail one by one
            due = "NotYetRight" if answers else "NotAttempted"
            assert errors == ([] if answers and told else [due])


@each_exercise
def test_only_answers_checks_and_data_of_ones_own_may_raise(exercise):
    for cell in read(RELEASES[exercise]).cells:
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        own = "checks.student()" in cell.source  # without a name there are no data
        assert tagged is (is_answer(cell) or is_graded(cell) or own)


def test_the_stub_of_the_release_is_what_the_checks_know():
    for exercise in RELEASES:
        for cell in read(RELEASES[exercise]).cells:
            if is_answer(cell):
                assert f'raise NotImplementedError("{checks._STUB}")' in cell.source


@each_task
def test_hidden_tests_are_inside_the_task_so_that_they_speak_in_words(exercise, test):
    source = cells(exercise)[test].source
    assert source.index("@checks.task(") < source.index("### BEGIN HIDDEN TESTS")
    for hidden in HIDDEN.findall(source):
        assert all(line.startswith("    ") for line in hidden.splitlines() if line)


@each_exercise
def test_points_stars_and_time_are_announced(exercise):
    introduction = SOURCES[exercise].cells[0].source
    assert re.search(r"takes about (an hour|\d+ minutes|two hours)", introduction)
    assert 4 <= len(graded(SOURCES[exercise])) <= 7


@each_exercise
def test_the_last_cell_adds_up_the_points_of_every_task(exercise):
    cell = SOURCES[exercise].cells[-1]
    assert is_so_far(cell)
    call = ast.parse(cell.source).body[-1].value
    assert ast.unparse(call.func) == "checks.so_far"
    (judged,), others = call.args, call.keywords
    read_by_a_person = {o.arg: ast.literal_eval(o.value) for o in others}
    tasks = [heading(exercise, test) for test in graded(SOURCES[exercise])]
    words = [heading(exercise, grade_id(c)) for name, c in WORDS if name == exercise]
    assert ast.literal_eval(judged) == {task: int(most) for task, _, most in tasks}
    by_hand = {task: int(most) for task, _, most in words}
    assert read_by_a_person == ({"by_hand": by_hand} if words else {})


# ------------------------------------------------------------------ objectives


@each_task_of_any_kind
def test_a_task_leads_back_to_the_section_that_teaches_its_objective(exercise, test):
    (path, target), *more = LINK.findall(about(exercise, test))
    assert not more
    assert target == f"obj-{number(test).replace('.', '-')}"
    chapter = (SOLUTIONS[exercise].parent / path).resolve()
    text = "\n".join(c.source for c in read(chapter).cells if c.cell_type == "markdown")
    assert re.search(rf"^\({target}\)=\n+## ", text, re.MULTILINE)


@each_task_of_any_kind
def test_a_task_names_the_section_as_the_chapter_does(exercise, test):
    title = re.search(r"To reread: \[([^\]]+)\]", about(exercise, test))[1]
    (path, target), *_ = LINK.findall(about(exercise, test))
    chapter = (SOLUTIONS[exercise].parent / path).resolve()
    text = "\n".join(c.source for c in read(chapter).cells if c.cell_type == "markdown")
    assert re.search(rf"^\({target}\)=\n+## (.+)$", text, re.MULTILINE)[1] == title


@each_task_of_any_kind
def test_the_objective_is_one_that_the_chapter_states(exercise, test):
    path, _ = LINK.findall(about(exercise, test))[0]
    chapter = read((SOLUTIONS[exercise].parent / path).resolve())
    text = "\n".join(c.source for c in chapter.cells if c.cell_type == "markdown")
    stated = re.findall(r"^- \*\*\[(\d+\.\d+)\]", text, re.MULTILINE)
    assert number(test) in stated


@each_task_of_any_kind
def test_the_section_leads_on_to_the_task(exercise, test):
    (path, target), *_ = LINK.findall(about(exercise, test))
    chapter = (SOLUTIONS[exercise].parent / path).resolve()
    text = "\n".join(c.source for c in read(chapter).cells if c.cell_type == "markdown")
    section = text.split(f"({target})=")[1].split("(obj-")[0]
    label = re.match(r"## Task (\S+)", about(exercise, test))[1].replace(".", "-")
    assert f"../exercises/{exercise}/{exercise}.ipynb#task-{label}-" in section


@each_exercise
def test_the_chapter_links_to_its_exercise(exercise):
    paths = {
        LINK.findall(about(exercise, test))[0][0] for test in graded(SOURCES[exercise])
    }
    for path in paths:
        chapter = (SOLUTIONS[exercise].parent / path).resolve()
        text = "\n".join(cell.source for cell in read(chapter).cells)
        assert f"](../exercises/{exercise}/{exercise}.ipynb)" in text


# ------------------------------------------------------------------ figures


@each_exercise
def test_cells_that_draw_run_with_and_without_answers(exercise, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # what a cell writes is the student's
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: plt.close("all"))
    full = run(SOURCES[exercise], look=True)
    assert full.errors == {}
    empty = run(read(RELEASES[exercise]), look=True)
    assert set(empty.errors) == set(graded(SOURCES[exercise]))
    most = sum(graded(SOURCES[exercise]).values())
    assert f"checks give {most} of {most} points" in full.printed["so-far"]
    assert f"checks give 0 of {most} points" in empty.printed["so-far"]
    for cell in code(exercise, is_look):
        assert "This cell waits" in empty.printed[cell.id]
        assert not re.search("This cell waits|stopped", full.printed[cell.id])
    plt.close("all")


@each_exercise
def test_target_figures_exist_and_say_in_words_what_they_show(exercise):
    text = "\n".join(cell.source for cell in SOURCES[exercise].cells)
    for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text):
        assert (SOLUTIONS[exercise].parent / path).is_file()
        assert (RELEASES[exercise].parent / path).is_file()
        assert len(words) > 40
