"""The course in one go: what is worked, in which order, and what is told of it."""

import copy
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_output

from tests import in_one_go
from tests.exercises.harness import (
    RELEASES,
    ROOT,
    SOLUTIONS,
    grade_id,
    graded,
    is_answer,
    is_by_hand,
    is_graded,
    read,
)

NAME = "ex15_project"


@pytest.fixture
def exercise():
    """Return an untouched exercise as it is after all cells have run."""
    notebook = read(RELEASES[NAME])
    stub = [new_output("error", ename="NotAttempted", evalue="1: not attempted yet.")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
            cell.outputs = copy.deepcopy(stub) if is_graded(cell) else []
    return so_far(notebook, 0)


def so_far(notebook, points):
    most = sum(graded(notebook).values())
    text = f"So far the checks give {points} of {most} points. Grading runs"
    notebook.cells[-1].outputs = [new_output("stream", text=text)]
    return notebook


def check(notebook):
    return next(cell for cell in notebook.cells if is_graded(cell))


def solved(notebook):
    """Turn an untouched exercise into one whose checks all pass."""
    for cell in filter(is_graded, notebook.cells):
        cell.outputs = []
    return so_far(notebook, sum(graded(notebook).values()))


def test_each_chapter_is_followed_by_its_exercise_and_the_last_by_its_solution():
    names = [path.stem for path in in_one_go.notebooks(ROOT)]
    chapters = [n for n in names if n[0].isdigit() and not n.endswith("_solution")]
    assert len(chapters) == len(SOLUTIONS) == 15
    assert chapters == sorted(chapters)
    for chapter, after in pairwise(names):
        if chapter in chapters:
            assert after.startswith(f"ex{chapter[:2]}_")
    assert names[-2:] == [NAME, "15_solution"]


def test_some_chapters_can_be_chosen():
    names = [path.stem for path in in_one_go.notebooks(ROOT, ["01", "15"])]
    assert names[:2] == ["01_perceptron", "ex01_perceptron"]
    assert names[2:] == ["15_project", NAME, "15_solution"]


def test_every_answer_is_put_in_those_in_words_too(tmp_path):
    path = tmp_path / "exercise.ipynb"
    nbformat.write(read(RELEASES[NAME]), path)
    in_one_go.answer(path, SOLUTIONS[NAME])
    due = {grade_id(cell): cell.source for cell in read(SOLUTIONS[NAME]).cells}
    for cell in read(path).cells:
        if is_answer(cell) or is_by_hand(cell):
            assert cell.source == due[grade_id(cell)]
        else:
            assert "### BEGIN" not in cell.source


def test_an_untouched_and_a_solved_exercise_are_as_they_should_be(exercise):
    most = sum(graded(exercise).values())
    said, faults = in_one_go.untouched(exercise)
    assert (said, faults) == (f"0 of {most} points so far", [])
    said, faults = in_one_go.answered(solved(exercise))
    assert (said, faults) == (f"{most} of {most} points so far", [])


def silent(notebook):
    check(notebook).outputs = []


def alarming(notebook):
    check(notebook).outputs = [new_output("error", ename="NameError", evalue="w")]


def broken_given(notebook):
    notebook.cells[2].outputs = [new_output("error", ename="OSError", evalue="data")]


def not_at_the_end(notebook):
    check(notebook).execution_count = None


def too_many_points(notebook):
    so_far(notebook, 1)


def no_sum(notebook):
    notebook.cells[-1].outputs = []


def waiting(notebook):
    text = "This cell waits for your answer to task 15.1."
    notebook.cells[-2].cell_type = "code"
    notebook.cells[-2].execution_count = 1
    notebook.cells[-2].outputs = [new_output("stream", text=text)]


@pytest.mark.parametrize(
    "spoil",
    [silent, alarming, broken_given, not_at_the_end, too_many_points, no_sum],
)
def test_what_is_wrong_with_an_untouched_exercise_is_said(exercise, spoil):
    spoil(exercise)
    assert len(in_one_go.untouched(exercise)[1]) == 1


@pytest.mark.parametrize(
    "spoil",
    [alarming, broken_given, not_at_the_end, too_many_points, no_sum, waiting],
)
def test_what_is_wrong_with_a_solved_exercise_is_said(exercise, spoil):
    spoil(solved(exercise))
    assert len(in_one_go.answered(exercise)[1]) == 1


def test_a_wrong_step_makes_the_exit_status(monkeypatch, capsys):
    steps = [("01_perceptron", 3, "runs", []), ("ex01", 2, "stopped", ["why"])]
    monkeypatch.setattr(in_one_go, "fetch", lambda clone, edition: None)
    monkeypatch.setattr(in_one_go, "walk", lambda *arguments: steps)
    assert in_one_go.main([]) == 1
    printed = capsys.readouterr().out
    assert "3 s  01_perceptron: runs\n" in printed
    assert "2 s  ex01: stopped\n  why\n" in printed
