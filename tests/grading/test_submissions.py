"""What cannot be graded is recognised before nbgrader sees it."""

import nbformat
import pytest

from grading.run import Verdict, _failure, table
from grading.submissions import Broken, Problem, read, students, take
from tests.exercises import harness
from tests.exercises.harness import RELEASES, SOLUTIONS
from tests.grading.class_of_ex01 import NAME, _with_copy, _without, answered

SOURCE = SOLUTIONS[NAME]


def release():
    return harness.read(RELEASES[NAME])


def written(folder, notebook):
    path = folder / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    return path


def find_problem(path, source):
    try:
        read_source = nbformat.read(source, as_version=4)
        read(path.read_bytes(), read_source)
    except Broken as error:
        return error.problem
    return None


def problem_of_folder(root, student):
    with pytest.raises(Broken) as caught:
        take(root, NAME, student)
    return caught.value.problem


def test_a_release_as_it_was_handed_out_can_be_graded():
    assert find_problem(RELEASES[NAME], SOURCE) is None


def test_cells_of_the_students_own_do_no_harm(tmp_path):
    notebook = release()
    notebook.cells.insert(3, nbformat.v4.new_code_cell("print(1)"))
    assert find_problem(written(tmp_path, notebook), SOURCE) is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "NotJSONError"),
        (b"{", "NotJSONError"),
        (b"\xff\xfe\x00", "UnicodeDecodeError"),
        (b"[1, 2]", ""),
        (b'{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}', ""),
        (b'{"nbformat": 9, "nbformat_minor": 0}', ""),
    ],
    ids=["empty", "truncated", "not text", "a list", "no cells", "future format"],
)
def test_any_bytes_that_are_no_notebook_are_unreadable(tmp_path, content, kind):
    path = tmp_path / f"{NAME}.ipynb"
    path.write_bytes(content)
    problem = find_problem(path, SOURCE)
    assert "is not a readable notebook" in problem.cause
    assert kind in problem.cause


def test_a_folder_whose_name_is_a_pattern_is_named(tmp_path):
    assert "Rename the folder" in problem_of_folder(tmp_path, "ann [1]").remedy


def test_a_renamed_notebook_is_found_and_named(tmp_path):
    folder = tmp_path / "submitted" / "ann" / NAME
    folder.mkdir(parents=True)
    nbformat.write(release(), folder / "my answer (2).ipynb")
    problem = problem_of_folder(tmp_path, "ann")
    assert "there is my answer (2).ipynb" in problem.cause
    assert f"rename it to {NAME}.ipynb" in problem.remedy


@pytest.mark.parametrize("name", ["test-1-4-train", "task-1-4-train"])
def test_a_copied_cell_is_named(tmp_path, name):
    path = written(tmp_path, _with_copy(answered({}), name))
    assert find_problem(path, SOURCE).cause == f"Cells occur more than once: {name}."


@pytest.mark.parametrize("name", ["test-1-4-train", "task-1-4-train"])
def test_a_deleted_cell_is_named(tmp_path, name):
    path = written(tmp_path, _without(answered({}), name))
    assert name in find_problem(path, SOURCE).cause


def test_metadata_lost_in_another_editor_are_noticed(tmp_path):
    notebook = release()
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    problem = find_problem(written(tmp_path, notebook), SOURCE)
    assert "lost their nbgrader metadata" in problem.cause


def test_only_folders_are_submissions_and_students_come_in_order(tmp_path):
    for student in ("b", "a", "with space"):
        (tmp_path / "submitted" / student / NAME).mkdir(parents=True)
    (tmp_path / "submitted" / "c").mkdir()
    (tmp_path / "submitted" / "c" / NAME).write_text("a file")
    assert students(tmp_path, NAME) == ["a", "b", "with space"]


def test_what_nbgrader_reports_becomes_a_cause_and_a_remedy():
    assert _failure({"success": True}, "grading") is None
    dead = {
        "success": False,
        "error": "nbclient.exceptions.DeadKernelError: Kernel died",
    }
    assert "stopped Python itself" in _failure(dead, "grading").cause
    odd = {"success": False, "log": "x\nOSError: disk full\n", "error": "Traceback"}
    assert _failure(odd, "grading").cause == (
        "nbgrader stopped while grading: OSError: disk full"
    )
    bare = {"success": False, "error": "it broke"}
    assert "it broke" in _failure(bare, "writing feedback").cause


def test_the_table_of_a_class_without_problems_says_so():
    lines = table([Verdict("ex", "ann", 3.5, 20.0)])
    assert lines[2] == "ex          ann      3.5 of 20"
    assert lines[-1] == "1 graded, 0 need a person."


def test_the_table_repeats_cause_and_remedy_at_its_end():
    problem = Problem("It is broken.", "Mend it.")
    lines = table([Verdict("ex", "bob", problem=problem)])
    assert lines[-1] == "  ex bob: It is broken. Mend it."
