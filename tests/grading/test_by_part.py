"""Points by part are the same in stock nbgrader, in grading and on pages."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbgrader.validator import Validator

from grading.__main__ import main
from grading.course import open_course
from grading.reports.status import standings
from grading.run.run import grade
from grading.sandbox.choice import refusal
from tests.exercises.harness import grade_id
from tests.exercises.harness import run as run_here
from tests.grading.small_course import NAME, make_course, notebook

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))

CHECK = """
from utils import checks


@checks.task("1.1")
def check_1_1():
    with checks.part("positive numbers", points=2):
        checks.close(checks.call(square, 3), 9, name="the square of 3")
    with checks.part("negative numbers", points=1):
        checks.close(checks.call(square, -2), 4, name="the square of -2")
    with checks.part("positive numbers"):
        checks.close(checks.call(square, 4), 16, name="the square of 4")
    with checks.part("negative numbers"):
        checks.close(checks.call(square, -3), 9, name="the square of -3")


check_1_1
"""
CHECKS = {"double": "assert double(4) == 8, 'Double it.'", "square": CHECK.strip()}
CLASS = {  # what each answer to the second task scores there
    "ann": ("return x * x", 3),
    "bob": ("print('me')\n    return x * abs(x)", 2),
    "cyd": ("return 2 * x if x > 0 else x * x", 1),
    "dan": ("return x", 0),
    "eve": ("while x < 0:\n        pass\n    return x * x", 2),
    "fay": ("while x > 0:\n        pass\n    return x * x", 1),
}
ENDLESS = {"eve", "fay"}
TEST = "test-square"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course whose class of six has been graded."""
    limits = "\nc.Sandbox.limits = {'*': {'cell_seconds': 4}}\n"
    root = make_course(tmp_path_factory.mktemp("c"), checks=CHECKS, settings=limits)
    for student, (line, _) in CLASS.items():
        folder = root / "submitted" / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(answered(line), folder / f"{NAME}.ipynb")
    grade(root, jobs=1, report=lambda line: None)
    return root


def answered(line, *, hidden=False):
    """Return a notebook with an answer to the second task, and its full check."""
    answers = "return 2 * x", f"def square(x):\n    {line}"
    return notebook(answers, CHECKS, hidden=hidden)


def points(root):
    """Return the gradebook's points of the second task by student."""
    with open_course(root) as api, api.gradebook as book:
        return {s: book.find_grade(TEST, NAME, NAME, s).auto_score for s in CLASS}


def test_grading_gives_the_points_of_the_parts_that_hold(course):
    due = {student: most for student, (_, most) in CLASS.items()}
    assert points(course) == due
    found = {standing.student: standing.score for standing in standings(course)}
    assert found == {student: 2 + most for student, most in due.items()}


def test_stock_nbgrader_and_this_process_give_the_same_points(course, tmp_path):
    due = {s: most for s, (_, most) in CLASS.items() if s not in ENDLESS}
    root = make_course(tmp_path, checks=CHECKS)
    for student in due:
        folder = root / "submitted" / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(answered(CLASS[student][0]), folder / f"{NAME}.ipynb")
        here = run_here(answered(CLASS[student][0], hidden=True))
        assert here.points[TEST] == due[student]
    assert main(["--root", str(root), "run", "--unsafe"]) == 0
    with open_course(root) as api, api.gradebook as book:
        found = {s: book.find_grade(TEST, NAME, NAME, s).auto_score for s in due}
    assert found == due


def test_the_page_says_which_parts_fail(course):
    path = course / "feedback" / "bob" / NAME / f"{NAME}.html"
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    (row,) = (r for r in page.tbody("tr") if TEST in r.a["href"])
    mark, said = (cell.get_text(" ", strip=True) for cell in row("td")[1:])
    assert mark == "◐ 2 of 3"
    assert said.startswith("negative numbers (1 point): The square of -2: you have -4")


def test_validate_says_which_parts_fail(tmp_path):
    seen = answered(CLASS["bob"][0], hidden=True)
    (cell,) = (cell for cell in seen.cells if grade_id(cell) == TEST)
    cell.source = CHECK.strip()
    path = tmp_path / f"{NAME}.ipynb"
    nbformat.write(seen, path)
    with open_course(make_course(tmp_path)):
        (failed,) = Validator().validate(str(path))["failed"]
    assert "negative numbers (1 point): The square of -2" in failed["raw_error"]
    assert "positive numbers" not in failed["raw_error"]
