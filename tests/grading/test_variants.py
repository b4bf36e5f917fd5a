"""Each student has data of their own, and nothing that a student types changes them."""

import shutil

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup

from grading.__main__ import main
from grading.course import open_course
from grading.release.release import drift, release
from grading.run.run import grade
from grading.sandbox.choice import refusal
from tests.exercises.harness import RELEASES, ROOT, SOLUTIONS, grade_id, read
from tests.grading.small_course import NAME, make_course, notebook
from utils import checks
from utils.data import weather

WHY = refusal()
caged = pytest.mark.skipif(WHY is not None, reason=str(WHY))

CHECK = """
from utils import checks


@checks.task("1.1", square="Measure it on your own data.")
def check_1_1():
    import numpy as np

    expected = np.random.default_rng(checks.variant()).normal(size=2)
    checks.close(np.array(checks.call(square)), expected, name="the numbers")
"""
# What puts something in the place of an answer's function runs in the sandbox.
INSIDE = """
import numpy as np
from utils import checks

measured = double
def double(): ...
expected = np.random.default_rng(checks.variant()).normal(size=2)
assert np.allclose(measured(), expected), "Measure it on your own data."
"""
CHECKS = {"double": INSIDE.strip(), "square": CHECK.strip()}
MEASURED = """
import os
import numpy as np
from utils import checks
{before}
DATA = np.random.default_rng(checks.variant()).normal(size=2)
def {name}():
    return DATA.tolist()
"""
JENA = "ex12_jena_data"
POSING = "os.environ['COURSE_STUDENT'] = 'ann'"


def numbers(student):
    """Return what a student measures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_STUDENT", student)
        return np.random.default_rng(checks.variant()).normal(size=2).tolist()


def answers(*, typed=None, before=""):
    """Return the answers to both tasks: measured, or typed."""
    names = ("double", "square")
    if typed is None:
        return [MEASURED.format(name=name, before=before) for name in names]
    return [f"def {name}():\n    return {typed}\n" for name in names]


def make(root, *, says="each"):
    """Write a course whose numbers are measured; return its directory."""
    make_course(root, checks=CHECKS)
    folder = root / "solutions" / NAME
    source = notebook(answers(), CHECKS, hidden=True)
    nbformat.write(source, folder / f"{NAME}.ipynb")
    (folder / "student.txt").write_text(f"{says}\n")
    return root


def hand_in(root, student, given, *, says):
    """Hand in answers, with a file that says whose they are."""
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True)
    nbformat.write(notebook(given, CHECKS), folder / f"{NAME}.ipynb")
    (folder / "student.txt").write_text(says)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course in which each has data of their own; four have handed in."""
    root = make(tmp_path_factory.mktemp("c"))
    hand_in(root, "ann", answers(), says="ann")
    hand_in(root, "bob", answers(typed=numbers("ann")), says="ann")
    hand_in(root, "cyd", answers(before=POSING), says="ann")
    hand_in(root, "dan", answers(typed=numbers("dan")), says="nobody")
    return root


def page(root, student, name=NAME):
    """Return the text of a feedback page."""
    path = root / "feedback" / student / name / f"{name}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text()


@caged
def test_own_numbers_count_and_those_of_others_do_not(course):
    found = grade(course, jobs=1, report=lambda line: None)
    points = {v.student: [task.score for task in v.tasks] for v in found}
    full, none = [2, 3], [0, 0]
    assert points == {"ann": full, "bob": none, "cyd": none, "dan": full}
    (inside,) = {mark.split(":")[0] for v in found for mark in v.marks}
    assert inside == "test-double"  # both ways of running a test were tried
    assert "Measure it on your own data." in page(course, "bob")
    for student in points:
        assert f"Data of your own were drawn for {student}." in page(course, student)


@caged
def test_status_says_that_each_has_data_of_their_own(course, capsys):
    grade(course, jobs=1, report=lambda line: None)
    assert main(["--root", str(course), "status"]) == 0
    said = capsys.readouterr().out
    assert f"{NAME}: 4 graded; 4 with feedback; each with data of their own." in said


def test_stock_nbgrader_and_a_run_without_sandbox_take_the_folders_id(course, tmp_path):
    root, students = make(tmp_path), ("ann", "bob")
    for student in students:
        folder = f"submitted/{student}"
        shutil.copytree(course / folder, root / folder)
    found = grade(root, jobs=1, unsafe=True, report=lambda line: None)
    assert [verdict.score for verdict in found] == [5, 0]
    with open_course(root) as api:
        for student in students:
            assert api.autograde(NAME, student, force=True)["success"]
        with api.gradebook as book:
            scores = [book.find_submission(NAME, name).score for name in students]
    assert scores == [5, 0]


@caged
def test_with_the_file_as_it_is_released_all_have_the_same_data(tmp_path):
    root = make(tmp_path, says="anybody")
    hand_in(root, "ann", answers(typed=numbers("anybody")), says="ann")
    (verdict,) = grade(root, jobs=1, report=lambda line: None)
    assert verdict.score == 5
    assert "Data of your own" not in page(root, "ann")
    release(root)
    assert (root / "exercises" / NAME / "student.txt").read_text() == "anybody\n"
    (root / "solutions" / NAME / "student.txt").write_text("each\n")
    assert drift(root) == [f"differs: exercises/{NAME}/student.txt"]
    (verdict,) = grade(root, jobs=1, report=lambda line: None)
    assert (verdict.score, verdict.status) == (0, "graded")
    assert "Data of your own were drawn for ann" in page(root, "ann")


def measured(student):
    """Return what task 12.6 asks a student to measure."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_STUDENT", student)
        own = weather.simulate(checks.variant(), 120 * 24)["T (degC)"].to_numpy()
    return [float(np.mean(np.abs(own[h:] - own[:-h]))) for h in (1, 12, 24)]


@caged
def test_in_exercise_12_who_copies_numbers_loses_their_points_alone(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    folder = tmp_path / "solutions" / JENA
    shutil.copytree(SOLUTIONS[JENA].parent, folder)
    (folder / "student.txt").write_text("each\n")
    right = {grade_id(cell): cell.source for cell in read(SOLUTIONS[JENA]).cells}
    typed = "\n\ndef my_errors():\n    return {}\n"
    added = {
        "ann": "",
        "Bjørn 7": "",
        "cyd": typed.format(measured("ann")),
        "dan": typed.format(measured("dan")),
    }
    for student, answer in added.items():
        handed_in = read(RELEASES[JENA])
        for cell in handed_in.cells:
            if grade_id(cell).startswith("task-"):
                cell.source = right[grade_id(cell)]
            if grade_id(cell) == "task-12-6-naive-mae":
                cell.source += answer
        place = tmp_path / "submitted" / student / JENA
        place.mkdir(parents=True)
        nbformat.write(handed_in, place / f"{JENA}.ipynb")
    found = grade(tmp_path, jobs=2, report=lambda line: None)
    lost = {
        (verdict.student, task.name): task.max_score - task.score
        for verdict in found
        for task in verdict.tasks
        if task.name.startswith("test-") and task.score < task.max_score
    }
    assert lost == {("cyd", "test-12-6-naive-mae"): 2}
    assert not any(verdict.marks for verdict in found)  # all is forgery-proof
    for student in added:
        text = page(tmp_path, student, JENA)
        assert f"Data of your own were drawn for {student}." in text
