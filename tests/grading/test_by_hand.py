"""Answers in words wait for a person, and no zero passes for a grade meanwhile."""

import csv
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell

from grading.__main__ import main
from grading.course import open_course
from grading.pages import feedback
from grading.reports.status import standings, table
from grading.run.run import Run
from grading.sandbox.choice import refusal
from tests.grading.small_course import NAME, hand_in, make_course

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))

WORDS, BLANK = "manual-why", "YOUR ANSWER HERE"
ABOUT = {"grade_id": WORDS, "grade": True, "solution": True, "points": 4}
CLASS = {  # the answers of three students, the last of whom writes no word
    "ann": ("return 2 * x", "return x * x", "Both agree at 2."),
    "bob": ("return x", "return x * x", "Because it is longer."),
    "cyd": ("return 2 * x", "return x * x", BLANK),
}


def with_words(path, text):
    """Add the question for an answer in words to a notebook."""
    notebook = nbformat.read(path, as_version=4)
    about = {"schema_version": 3, "locked": False, "task": False, **ABOUT}
    cell = new_markdown_cell(text, metadata={"nbgrader": about}, id=WORDS)
    notebook.cells += [new_markdown_cell("Why?", id="about-words"), cell]
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return a course whose class of three has been graded."""
    root = make_course(tmp_path_factory.mktemp("course"))
    with_words(root / "solutions" / NAME / f"{NAME}.ipynb", "2 + 2 is 2 * 2.")
    for student, (*answer, text) in CLASS.items():
        hand_in(root, student, answer)
        with_words(root / "submitted" / student / NAME / f"{NAME}.ipynb", text)
    assert len(list(Run(root, report=lambda line: None, jobs=1))) == len(CLASS)
    return root


@pytest.fixture
def course(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def give(course, student, points, comment):
    """Give points and a comment to an answer in words, as formgrader does."""
    with open_course(course) as api, api.gradebook as book:
        grade = book.find_grade(WORDS, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment(WORDS, NAME, NAME, student).manual_comment = comment
        book.db.commit()


def states(course):
    return {found.student: found.state for found in standings(course)}


def exported(course):
    """Return each student's points in the exported file."""
    path = course / "grades.csv"
    main(["--root", str(course), "export", "--to", str(path)])
    with path.open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row["score"] for row in csv.DictReader(file)}


def page(course, student):
    path = course / "feedback" / student / NAME / f"{NAME}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def row(found):
    """Return the page's row for the answer in words."""
    (line,) = (line for line in found.tbody("tr") if WORDS in line.a["href"])
    return [cell.get_text(" ", strip=True) for cell in line("td")][1:]


def test_an_answer_in_words_waits_and_one_that_is_not_there_gets_nothing(course):
    assert states(course) == {"ann": "person", "bob": "person", "cyd": "graded"}
    said = "  ann: needs a person. Points are to be given by a person: manual-why."
    assert said in table(standings(course))
    assert exported(course) == {"ann": "", "bob": "", "cyd": "5"}


def test_the_page_says_that_an_answer_waits_and_gives_no_zero(course):
    found = page(course, "ann")
    waits = "A person will read this answer and give its points."
    assert row(found) == ["… up to 4", waits]
    assert "Up to 4 more points wait for a person" in found.header.get_text()
    blank = page(course, "cyd")
    assert row(blank)[0] == "✗ 0 of 4"
    assert "wait for a person" not in blank.header.get_text()


def test_points_and_a_comment_by_hand_reach_status_file_and_page(course):
    give(course, "ann", 4.0, "Well *reasoned*.")
    give(course, "bob", 1.5, "Longer is no reason.")
    assert set(states(course).values()) == {"graded"}
    assert exported(course) == {"ann": "9", "bob": "4.5", "cyd": "5"}
    assert feedback.write(course, report=lambda line: None) == len(CLASS)
    found = page(course, "bob")
    assert row(found) == ["◐ 1.5 of 4", "There is a comment."]
    assert "Longer is no reason." in found.get_text()
    assert "wait for a person" not in found.header.get_text()
    assert found.select_one(".score").get_text() == "4.5 of 9 points"


def test_points_by_hand_stay_when_it_is_graded_again_and_want_a_second_look(course):
    give(course, "bob", 1.5, "Longer is no reason.")
    list(Run(course, only=["bob"], force=True, report=lambda line: None, jobs=1))
    assert states(course)["bob"] == "again"
    assert exported(course)["bob"] == "4.5"
