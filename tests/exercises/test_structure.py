"""Every task has what a student needs, and leads back to the section that taught it."""

import re

import pytest

from grading.release import drift
from tests.exercises.harness import (
    RELEASES,
    ROOT,
    SOLUTIONS,
    grade_id,
    graded,
    read,
    run,
    task_of,
)

SOURCES = {name: read(path) for name, path in SOLUTIONS.items()}
TASKS = [(name, test) for name, nb in SOURCES.items() for test in graded(nb)]
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\((\.\./\.\./chapters/\w+\.ipynb)#(obj-\d+-\d+)\)")

each_task = pytest.mark.parametrize(("exercise", "test"), TASKS)
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
    chapter, objective = re.match(r"test-(\d+)-(\d+)-[a-z-]+$", test).groups()
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
    assert f'with checks.task("{task}"):' in source
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


@each_task
def test_hidden_tests_are_inside_the_task_so_that_they_speak_in_words(exercise, test):
    source = cells(exercise)[test].source
    assert source.index("with checks.task(") < source.index("### BEGIN HIDDEN TESTS")
    for hidden in HIDDEN.findall(source):
        assert all(line.startswith("    ") for line in hidden.splitlines() if line)


@each_exercise
def test_points_stars_and_time_are_announced(exercise):
    introduction = SOURCES[exercise].cells[0].source
    assert re.search(r"takes about (an hour|\d+ minutes|two hours)", introduction)
    assert 4 <= len(graded(SOURCES[exercise])) <= 7


# ------------------------------------------------------------------ objectives


@each_task
def test_a_task_leads_back_to_the_section_that_teaches_its_objective(exercise, test):
    (path, target), *more = LINK.findall(about(exercise, test))
    assert not more
    assert target == f"obj-{number(test).replace('.', '-')}"
    chapter = (SOLUTIONS[exercise].parent / path).resolve()
    text = "\n".join(c.source for c in read(chapter).cells if c.cell_type == "markdown")
    assert re.search(rf"^\({target}\)=\n+## ", text, re.MULTILINE)


@each_task
def test_a_task_names_the_section_as_the_chapter_does(exercise, test):
    title = re.search(r"To reread: \[([^\]]+)\]", about(exercise, test))[1]
    (path, target), *_ = LINK.findall(about(exercise, test))
    chapter = (SOLUTIONS[exercise].parent / path).resolve()
    text = "\n".join(c.source for c in read(chapter).cells if c.cell_type == "markdown")
    assert re.search(rf"^\({target}\)=\n+## (.+)$", text, re.MULTILINE)[1] == title


@each_task
def test_the_objective_is_one_that_the_chapter_states(exercise, test):
    path, _ = LINK.findall(about(exercise, test))[0]
    chapter = read((SOLUTIONS[exercise].parent / path).resolve())
    text = "\n".join(c.source for c in chapter.cells if c.cell_type == "markdown")
    stated = re.findall(r"^- \*\*\[(\d+\.\d+)\]", text, re.MULTILINE)
    assert number(test) in stated


@each_task
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
def test_cells_that_draw_run_with_and_without_answers(exercise, monkeypatch):
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: None)
    assert run(SOURCES[exercise], look=True).errors == {}
    empty = run(read(RELEASES[exercise]), look=True)
    assert set(empty.errors) == set(graded(SOURCES[exercise]))


@each_exercise
def test_target_figures_exist_and_say_in_words_what_they_show(exercise):
    text = "\n".join(cell.source for cell in SOURCES[exercise].cells)
    for words, path in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text):
        assert (SOLUTIONS[exercise].parent / path).is_file()
        assert (RELEASES[exercise].parent / path).is_file()
        assert len(words) > 40
