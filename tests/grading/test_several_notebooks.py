"""nbgrader's own example course, two notebooks in one assignment, is graded alike."""

import contextlib
import shutil
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import nbformat
import nbgrader
import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main as command_line
from grading.course import CourseError, open_course
from grading.intake.folder import take
from grading.intake.problems import Broken
from grading.pages import feedback
from grading.records import journal
from grading.reports import similarity, statistics
from grading.reports.status import standings
from grading.run.run import grade
from grading.sandbox.choice import refusal

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
NAME, NOTEBOOKS = "ps1", ("problem1", "problem2")
EXAMPLE = Path(nbgrader.__file__).parent / "docs/source/user_guide/source"
SETTINGS = """
c = get_config()
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.LateSubmissionPlugin.penalty_method = "zero"
"""  # the first two are what `nbgrader quickstart` writes
WRONG = {
    "squares": "def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]",
    "sum_of_squares": "def sum_of_squares(n):\n    return n*(n + 1)*(2*n + 1) // 6",
    "sum_of_squares_application": "YOUR ANSWER HERE",
    "part-a": "YOUR ANSWER HERE",
}
LATE = b"2026-03-02 10:00:00 UTC"
CLASS = ("wrong", "only one", "one more")


def make_course(root):
    """Write the example course, and hand in what the class has."""
    (root / "source").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(SETTINGS, encoding="utf-8")
    shutil.copytree(EXAMPLE / NAME, root / "source" / NAME)
    shutil.copy(EXAMPLE / "header.ipynb", root / "source")
    both = {f"{name}.ipynb": answered(root, name) for name in NOTEBOOKS}
    wrong = {f"{name}.ipynb": answered(root, name, WRONG) for name in NOTEBOOKS}
    first = {"problem1.ipynb": both["problem1.ipynb"]}
    hand_in(root, "wrong", {**wrong, "timestamp.txt": LATE})
    hand_in(root, "only one", {**first, "timestamp.txt": LATE})
    hand_in(root, "one more", {**both, "a+b (1).ipynb": first["problem1.ipynb"]})
    with open_course(root) as api, api.gradebook as book:
        due = datetime(2026, 3, 1)
        book.update_or_create_assignment(NAME, duedate=due)
    return root


def answered(root, name, answers=()):
    """Return the bytes of a notebook with answers, the right ones if none are given."""
    path = root / "source" / NAME / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id") in answers:
            cell.source = answers[about["grade_id"]]
    return nbformat.writes(notebook).encode()


def hand_in(root, student, files):
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def by_stock(root):
    """Grade with stock nbgrader."""
    with open_course(root) as api, contextlib.chdir(root):
        assert api.generate_assignment(NAME)["success"]
        for student in CLASS:
            found = api.autograde(NAME, student)
            assert found["success"], found["log"]
    return root


def cells(root):
    """Return what the gradebook holds of every cell, and of every notebook."""
    found = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for student in CLASS:
            for notebook in book.find_submission(NAME, student).notebooks:
                where = student, notebook.name
                found[where] = notebook.late_submission_penalty
                for entry in notebook.grades:
                    about = entry.auto_score, entry.max_score, entry.needs_manual_grade
                    found[*where, entry.name] = about
                for entry in notebook.comments:
                    found[*where, "about", entry.name] = entry.auto_comment
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quickstart")
    stock, ours = (make_course(folder / way) for way in ("stock", "ours"))
    grade(ours, report=lambda line: None, jobs=1)
    return SimpleNamespace(stock=cells(by_stock(stock)), ours=cells(ours), root=ours)


@pytest.fixture
def course(found, tmp_path):
    """Return a copy of the graded course, for a test that changes it."""
    return shutil.copytree(found.root, tmp_path / "course")


def test_every_cell_of_both_notebooks_has_what_stock_nbgrader_gives(found):
    assert found.ours == found.stock
    assert found.ours["wrong", "problem1", "correct_squares"] == (1, 1, False)
    assert found.ours["wrong", "problem1", "squares_invalid_input"] == (0, 1, False)
    assert found.ours["only one", "problem2", "part-b"] == (0, 2, False)
    assert found.ours["wrong", "problem1"] == 1.5
    assert len(found.ours) == len(CLASS) * (2 + 9 + 7)


def test_a_missing_and_an_extra_notebook_are_named(found):
    verdicts = {s: v for (_, s), v in journal.latest(found.root).items()}
    assert {verdict.status for verdict in verdicts.values()} == {"graded"}
    assert {verdict.max_score for verdict in verdicts.values()} == {13}
    assert verdicts["only one"].detail == "Not handed in: `problem2.ipynb`."
    (line,) = verdicts["one more"].repairs
    assert line == "Another notebook was not graded: `a+b (1).ipynb`."
    page = found.root / "feedback" / "only one" / NAME / "problem1.html"
    assert "Not handed in, so without points" in page.read_text(encoding="utf-8")
    pages = {path.name for path in page.parent.glob("*.html")}
    assert pages == {"problem1.html"}


def give_the_rest(root, student):
    """Give a student all the points that a person has to give."""
    with open_course(root) as api, api.gradebook as book:
        for entry in book.find_submission(NAME, student).notebooks:
            for each in entry.grades:
                if each.needs_manual_grade:
                    each.manual_score, each.needs_manual_grade = each.max_score, False
        book.db.commit()


def test_each_notebook_has_its_feedback_and_people_s_points_count(course):
    give_the_rest(course, "one more")
    written = feedback.write(course, only=["one more"], report=lambda line: None)
    assert written == 2
    folder = course / "feedback" / "one more" / NAME
    one, two = ((folder / f"{n}.html").read_text("utf-8") for n in NOTEBOOKS)
    assert "<strong>10</strong> of 10 points" in one
    assert "<strong>3</strong> of 3 points" in two
    assert "correct_squares" in one
    assert "correct_squares" not in two


def test_a_second_run_and_the_reports_know_all_notebooks(course, tmp_path, capsys):
    give_the_rest(course, "one more")
    lines = []
    grade(course, report=lines.append)
    assert lines == []
    assert command_line(["--root", str(course), "status", NAME]) == 1
    told = capsys.readouterr().out
    assert "Points are to be given by a person: problem1/sum_of_squares_equ" in told
    assert {s.max_score for s in standings(course, [NAME])} == {13}
    figures = statistics.figures(course, NAME)
    names = [task.test for task in figures.tasks]
    assert (figures.title, names[0], names[-1]) == (
        NAME,
        "problem1/correct_squares",
        "problem2/part-b",
    )
    (report,) = similarity.write(
        course, to=tmp_path / "page.html", report=lambda line: None
    )
    assert report.compared == 3
    with pytest.raises(CourseError, match="there are: problem1/correct_squares, "):
        grade(course, tasks=["correct_squares"])
    grade(course, tasks=["problem1/correct_squares"], report=lines.append)


def test_a_damaged_notebook_is_a_person_s_and_costs_the_other_nothing(course):
    good = answered(course, "problem1")
    hand_in(course, "torn", {"problem1.ipynb": good, "problem2.ipynb": b"{"})
    (verdict,) = grade(course, only=["torn"], report=lambda line: None)
    assert (verdict.status, verdict.score) == ("unreadable", 3)
    assert verdict.detail.startswith("`problem2.ipynb`: The file is not a readable")
    scores = {
        task.name: task.score for task in journal.latest(course)[NAME, "torn"].tasks
    }
    assert scores["problem1/correct_squares"] == 1
    assert scores["problem2/part-a"] is None
    assert (course / "autograded" / "torn" / NAME / "problem1.ipynb").is_file()
    assert not list((course / "feedback" / "torn").rglob("*.html"))


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (("problem1", "problem10"), {"problem1": "problem1", "problem10": "problem10"}),
        (
            ("my problem1", "problem10"),
            {"problem1": "my problem1", "problem10": "problem10"},
        ),
        (
            ("problem10 (2)", "problem1"),
            {"problem1": "problem1", "problem10": "problem10 (2)"},
        ),
        (("problem10",), {"problem10": "problem10"}),
    ],
)
def test_each_notebook_is_found_by_its_name(tmp_path, names, taken):
    hand_in(tmp_path, "ann", {f"{name}.ipynb": name.encode() for name in names})
    found = take(tmp_path, NAME, "ann", ["problem1", "problem10"])
    assert {name: text.decode() for name, text in found.notebooks.items()} == taken


def test_a_notebook_that_may_be_the_missing_one_is_left_to_a_person(tmp_path):
    hand_in(tmp_path, "ann", {"problem1.ipynb": b"1", "Untitled.ipynb": b"2"})
    with pytest.raises(Broken, match=r"`problem2.ipynb` is missing; there are `Unt"):
        take(tmp_path, NAME, "ann", NOTEBOOKS)
