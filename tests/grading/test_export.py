"""Grades leave the gradebook whole: nothing is lost, made up or taken for a formula."""

import csv
import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from grading.__main__ import main
from grading.course import open_course
from grading.records import gradebook
from grading.records.journal import Journal, Task, Verdict
from grading.release.release import register
from tests.grading.class_of_ex01 import NAME, TESTS, answered, hand_in, make_course

TOTAL = sum(TESTS.values())
PEOPLE = {
    "ann": {"first_name": "Zoë", "last_name": 'O\'Brien, "Z"', "email": "zoe@x.org"},
    "bob": {"first_name": "=cmd|' /C calc'!A0", "last_name": "@SUM(1)"},
    "cyd": {"first_name": "Łukasz", "last_name": "Ωmega", "lms_user_id": "77"},
    "dan": {},
    "eve": {},
}


def verdict(student, points, **about):
    """Return a verdict with these points for the first tasks."""
    tasks, left = [], points
    for name, most in TESTS.items():
        tasks.append(Task(name, float(min(left, most)), float(most)))
        left -= tasks[-1].score
    return Verdict(
        *(NAME, student, "key"), score=points, max_score=TOTAL, tasks=tasks, **about
    )


LATE = """
from nbgrader.plugins import LateSubmissionPlugin
class Late(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        return 2.5
c.AssignLatePenalties.plugin_class = Late
"""
VERDICTS = {
    "ann": verdict("ann", 20.0),
    "bob": verdict("bob", 10.0, penalties={NAME: 2.5}),
    "cyd": verdict("cyd", 20.0, status="tampered", detail="It reached.", remedy="Look"),
    "dan": Verdict(NAME, "dan", "key", status="unreadable", detail="It is empty."),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return a course with a gradebook and a journal; nobody's code has run."""
    root = make_course(tmp_path_factory.mktemp("graded"))
    settings = root / "nbgrader_config.py"
    settings.write_text(settings.read_text("utf-8") + LATE, "utf-8")
    register(root, NAME)
    with open_course(root) as api, api.gradebook as book, Journal(root) as journal:
        for student, about in PEOPLE.items():
            book.add_student(student, **about)
        stamps = {name: datetime(2026, 3, 1, 10) for name in VERDICTS}
        stamps["bob"] += timedelta(hours=12)
        book.update_or_create_assignment(NAME, duedate=stamps["ann"])
        gradebook.merge(book, [(v, stamps[name]) for name, v in VERDICTS.items()])
        for found in VERDICTS.values():
            journal.add(found)
        journal.add_merged(VERDICTS.values())
    return root


@pytest.fixture
def course(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def run(course, *words):
    return main(["--root", str(course), *words])


def export(course, form, *words):
    """Export and return the exit status and the rows."""
    path = course / f"{form}.csv"
    path.unlink(missing_ok=True)
    status = run(course, "export", "--format", form, "--to", str(path), *words)
    with path.open(encoding="utf-8", newline="") as file:
        return status, list(csv.reader(file))


def entry(book, student, cell="test-1-1-neuron"):
    return book.find_grade(cell, NAME, NAME, student)


def give(course, student, points, cell="test-1-1-neuron"):
    """Give points by hand, as nbgrader's formgrader does."""
    with open_course(course) as api, api.gradebook as book:
        entry(book, student, cell).manual_score = points
        for grade in book.find_submission_notebook(NAME, NAME, student).grades:
            grade.needs_manual_grade = False
        book.db.commit()


def test_a_row_for_everyone_with_points_penalty_and_state(course):
    status, (header, *rows) = export(course, "csv")
    found = {row[2]: dict(zip(header, row, strict=True)) for row in rows}
    assert list(found) == sorted(PEOPLE)
    assert status == 1
    points = ("raw_score", "late_submission_penalty", "score", "max_score", "state")
    assert {s: [row[p] for p in points] for s, row in found.items()} == {
        "ann": ["20", "0", "20", "20", "graded"],
        "bob": ["10", "2.5", "7.5", "20", "graded"],
        "cyd": ["", "", "", "20", "needs a person"],
        "dan": ["", "", "", "20", "needs a person"],
        "eve": ["", "", "", "20", "not handed in"],
    }
    assert found["ann"]["timestamp"].startswith("2026-03-01T10:00")


def test_a_name_is_a_name_whatever_it_holds(course):
    _, (header, *rows) = export(course, "csv")
    last, first = header.index("last_name"), header.index("first_name")
    names = {row[2]: (row[last], row[first]) for row in rows}
    assert names["ann"] == ('O\'Brien, "Z"', "Zoë")
    assert names["cyd"] == ("Ωmega", "Łukasz")
    assert names["bob"] == ("'@SUM(1)", "'=cmd|' /C calc'!A0")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r\n@", "＝", " ="])
def test_no_cell_starts_a_formula(course, start):
    with open_course(course) as api, api.gradebook as book:
        book.update_or_create_student("ann", first_name=f"{start}1+1")
    _, (_, row) = export(course, "csv", "--student", "ann")
    text = start.replace("\t", " ").replace("\r\n", "  ")
    assert row[4] == f"'{text}1+1"


def test_points_given_by_a_person_are_exported(course):
    give(course, "ann", 0.25)
    status, rows = export(course, "csv", "--student", "ann")
    assert status == 0
    assert rows[1][6] == "18.25"


def test_a_submission_that_needs_a_person_is_named_until_one_has_looked(course, capsys):
    status, _ = export(course, "csv", "--student", "cyd")
    assert status == 1
    assert f"{NAME} cyd: needs a person. It reached." in capsys.readouterr().err
    give(course, "cyd", 1.0)
    status, rows = export(course, "csv", "--student", "cyd")
    assert status == 0
    assert rows[1][6] == "19"


def test_a_second_look_is_asked_for_where_a_person_gave_points_before(course, capsys):
    give(course, "ann", 1.0)
    with open_course(course) as api, api.gradebook as book:
        gradebook.merge(book, [(VERDICTS["ann"], None)])
    status, rows = export(course, "csv", "--student", "ann")
    assert status == 1
    assert rows[1][6] == "19"
    assert "needs a second look" in capsys.readouterr().err


def test_what_changed_since_it_was_graded_has_no_points_yet(course, capsys):
    hand_in(course, "ann", answered({}))
    status, rows = export(course, "csv", "--student", "ann")
    assert status == 1
    assert rows[1][6] == ""
    assert "changed since it was graded. Run `make grade`." in capsys.readouterr().err


def test_what_was_not_handed_in_counts_as_zero_only_on_request(course):
    _, rows = export(course, "csv", "--missing", "zero")
    scores = {row[2]: row[8] for row in rows[1:]}
    assert (scores["eve"], scores["dan"]) == ("0", "")


def test_canvas_gets_its_columns(course, capsys):
    status, rows = export(course, "canvas")
    assert status == 1
    assert rows[0] == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        NAME,
    ]
    assert rows[1] == ["    Points Possible", "", "", "", "", "20"]
    assert rows[2] == ['O\'Brien, "Z", Zoë', "", "", "ann", "", "20"]
    assert rows[4] == ["Ωmega, Łukasz", "77", "", "cyd", "", ""]
    assert "Canvas will ask" in capsys.readouterr().out


CANVAS = f"""\
Student,ID,SIS User ID,SIS Login ID,Section,{NAME} (4711),Final Score
    Points Possible,,,,,20,(read only)
"O'Brien, Zoë",31,s1,ann@uni,Lab 1,,
"Builder, Bob",32,s2,bob@uni,Lab 2,,
"""


def test_canvas_gets_its_own_ids_from_its_own_export(course, capsys):
    (course / "ids.csv").write_text(
        CANVAS.replace("s1", "ann").replace("s2", "bob"), "utf-8-sig"
    )
    words = ("--ids", str(course / "ids.csv"), "--match", "SIS User ID")
    status, rows = export(course, "canvas", *words)
    assert rows[0][5:] == [f"{NAME} (4711)"]
    assert rows[2] == ["O'Brien, Zoë", "31", "ann", "ann@uni", "Lab 1", "20"]
    assert rows[3][1:] == ["32", "bob", "bob@uni", "Lab 2", "7.5"]
    assert len(rows) == 4
    assert status == 1
    said = capsys.readouterr()
    assert "cyd: not listed, because" in said.err
    assert "Canvas will ask" not in said.out


@pytest.mark.parametrize(
    ("form", "text", "words", "said"),
    [
        ("canvas", CANVAS, ("--match", "Login"), "has no column 'Login'; it has: "),
        ("canvas", "Student,SIS Login ID\n", (), "has no column 'ID'"),
        ("canvas", CANVAS, ("--column", f"{NAME}=Week 1"), "has no column 'Week 1'"),
        ("canvas", CANVAS.replace("s2", "s1"), ("--match", "SIS User ID"), "twice"),
        ("moodle", "Name,Mark\n", ("--match", "Name"), "none of the columns"),
        ("moodle", "Email address\n", (), "has no column 'Username'"),
        ("csv", "", ("--column", "Week 1"), "--column takes ASSIGNMENT=TITLE"),
        ("csv", "", ("--column", "ex99=Week 1"), "No assignment named 'ex99'"),
    ],
)
def test_what_a_file_of_ids_lacks_is_named(course, capsys, form, text, words, said):
    if form == "moodle" and "Name," in text:
        text += "ann,3\n"
    (course / "ids.csv").write_text(text, "utf-8")
    ids = ("--ids", str(course / "ids.csv"))
    assert run(course, "export", "--format", form, *ids, *words) == 2
    assert said in capsys.readouterr().err


def test_moodle_gets_rows_that_it_can_import(course, capsys):
    text = "First name,Last name,ID number,Email address\nZoë,O'Brien,ann,z@x.org\n"
    (course / "ids.csv").write_text(text, "utf-8")
    words = ("--ids", str(course / "ids.csv"), "--match", "ID number")
    status, rows = export(course, "moodle", *words, "--column", f"{NAME}=Exercise 1")
    names = ["First name", "Last name", "ID number", "Email address", "Username"]
    assert rows == [
        [*names, "Exercise 1"],
        ["Zoë", "O'Brien", "ann", "z@x.org", "", "20"],
    ]
    assert status == 1  # the others are named, for Moodle refuses unknown students
    assert "bob: not listed" in capsys.readouterr().err


def test_moodle_without_a_file_knows_students_by_their_name_here(course):
    _, rows = export(course, "moodle", "--student", "bob")
    assert rows[1][4:] == ["bob", "7.5"]


def test_nbgraders_own_command_takes_the_plug_in(course, monkeypatch):
    from nbgrader.apps import ExportApp

    monkeypatch.chdir(course)
    words = ["--exporter=grading.reports.export.CanvasExport", "--to=nb.csv"]
    with open_course(course):
        ExportApp.launch_instance(words)
    ExportApp.clear_instance()
    assert (course / "nb.csv").read_text("utf-8").startswith("Student,ID,")


def test_without_anybody_there_is_nothing_to_export(tmp_path, capsys):
    make_course(tmp_path)
    assert run(tmp_path, "export") == 2
    assert "no student is known here" in capsys.readouterr().err


def test_status_counts_and_names_what_is_left(course, capsys):
    hand_in(course, "eve", answered({}))
    page = course / "feedback" / "ann" / NAME / f"{NAME}.html"
    page.parent.mkdir(parents=True)
    page.write_text("")
    assert run(course, "status") == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{NAME}: 1 to be graded, 2 needs a person, 2 graded; 1 with feedback.",
        "  cyd: needs a person. It reached. Look",
        "  dan: needs a person. It is empty.",
        "  eve: to be graded.",
    ]


def test_status_is_quiet_when_all_is_done(course, capsys):
    give(course, "cyd", 2.0)
    with Journal(course) as journal:
        found = replace(VERDICTS["ann"], student="dan")
        journal.add(found)
        journal.add_merged([found])
    with open_course(course) as api, api.gradebook as book:
        gradebook.merge(book, [(found, None)])
    assert run(course, "status", NAME) == 0
    said = capsys.readouterr().out
    assert said == f"{NAME}: 1 not handed in, 4 graded; 0 with feedback.\n"
