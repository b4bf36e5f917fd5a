"""Whatever one student hands in, the others are graded and the reports are written."""

import errno
import os
import shutil

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.records import gradebook, journal
from grading.records.gradebook import timestamp, unread_timestamp
from grading.run.assignment import Work
from grading.run.run import grade
from grading.sandbox.choice import refusal
from tests.grading.small_course import ANSWERS, NAME, hand_in, make_course, notebook

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
RIGHT = ANSWERS["right"][:2]
HALF = "def double(x):\n    raise ValueError('half: \\ud800')\nprint('\\udfff')"
UNSHOWN = os.fsdecode(b"m\xfcller")  # an umlaut in the bytes of an old zip file


def pasted(folder):
    """Refer to a picture that was pasted into a cell and is not there."""
    path = folder / f"{NAME}.ipynb"
    found = nbformat.read(path, as_version=4)
    found.cells[0].source += "\n\n![plot](attachment:gone.png)"
    nbformat.write(found, path)


def stamped(text):
    return lambda folder: (folder / "timestamp.txt").write_text(text)


CLASS = {  # by student: the answers, what else happens, the score
    "ann": (RIGHT, None, 5),
    "half": ((HALF, RIGHT[1]), None, 3),
    UNSHOWN: (RIGHT, None, None),
    "milliseconds": (RIGHT, stamped("1796000400000"), 5),
    "centuries": (RIGHT, stamped("9" * 30), 5),
    "pasted": (RIGHT, pasted, 5),
    "zoe": (RIGHT, None, 5),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return a course whose class was graded, and the verdicts by student."""
    root = make_course(tmp_path_factory.mktemp("course"))
    for student, (answers, happens, _) in CLASS.items():
        hand_in(root, student, answers)
        if happens:
            happens(root / "submitted" / student / NAME)
    found = grade(root, report=lambda line: None, jobs=1)
    return root, {verdict.student: verdict for verdict in found}


def test_each_ends_in_a_verdict_of_its_own(graded):
    _, found = graded
    assert {student: v.score for student, v in found.items()} == {
        student: score for student, (_, _, score) in CLASS.items()
    }
    assert "name with characters that cannot be shown" in found[UNSHOWN].detail
    assert found["half"].tasks[0].message == "half: ?"
    (line,) = found["centuries"].repairs
    assert line.startswith("`timestamp.txt` tells no time and was ignored: `999")


def test_the_gradebook_has_everyone_who_has_points(graded):
    with Gradebook(f"sqlite:///{graded[0] / 'gradebook.db'}") as book:
        held = {s.student_id: s.score for s in book.assignment_submissions(NAME)}
    assert held == {s: score for s, (*_, score) in CLASS.items() if score is not None}


def test_pages_are_written_for_everyone_who_has_points(graded):
    root, _ = graded
    pages = {path.parent.parent.name for path in root.glob("feedback/*/*/*.html")}
    assert pages == {s for s, (*_, score) in CLASS.items() if score is not None}
    page = (root / "feedback" / "pasted" / NAME / f"{NAME}.html").read_text()
    assert 'alt="plot"' in page
    assert "attachment:" not in page


@pytest.mark.parametrize("command", ["run", "status", "feedback", "statistics"])
def test_every_command_goes_through(graded, tmp_path, command, capfd):
    root = shutil.copytree(graded[0], tmp_path / "course")
    to = ["--to", str(tmp_path / "page.html")] if command == "statistics" else []
    assert main(["--root", str(root), command, NAME, *to]) in (0, 1)
    if command == "status":
        assert r"m\udcfcller" in capfd.readouterr().out


@pytest.mark.parametrize("form", ["csv", "canvas", "moodle"])
def test_every_export_has_everyone_in_it(graded, tmp_path, form):
    path = tmp_path / "grades.csv"
    words = ["export", "--format", form, "--to", str(path)]
    main(["--root", str(graded[0]), *words])
    text = path.read_text(encoding="utf-8")
    assert all(student in text for student in ("ann", "half", "zoe", r"m\udcfcller"))


@pytest.fixture
def course(tmp_path):
    root = make_course(tmp_path)
    for student in ("ann", "bob", "zoe"):
        hand_in(root, student, RIGHT)
    return root


def scores_in_gradebook(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {s.student_id: s.score for s in book.assignment_submissions(NAME)}


def test_what_cannot_be_written_into_the_gradebook_is_one_students(course, monkeypatch):
    write = gradebook._write

    def refuse(book, verdict, stamp):
        if verdict.student == "bob":
            raise ValueError("A string literal cannot contain NUL characters.")
        write(book, verdict, stamp)

    monkeypatch.setattr(gradebook, "_write", refuse)
    grade(course, report=lambda line: None, jobs=1)
    assert scores_in_gradebook(course) == {"ann": 5, "zoe": 5}
    kept = journal.latest(course)[NAME, "bob"]
    assert (kept.status, kept.score) == ("needs-a-person", None)
    assert "the gradebook (ValueError: A string literal" in kept.detail
    monkeypatch.undo()
    (again,) = grade(course, only=["bob"], report=lambda line: None, force=True)
    assert again.score == 5
    assert scores_in_gradebook(course) == dict.fromkeys(("ann", "bob", "zoe"), 5)


def spoil(monkeypatch, error):
    """Let the results of one student be such as cannot be written."""
    write = Work.write

    def refuse(self, graded):
        if graded.verdict.student == "bob":
            raise error
        return write(self, graded)

    monkeypatch.setattr(Work, "write", refuse)


def test_what_cannot_be_written_into_folders_is_one_students(course, monkeypatch):
    spoil(monkeypatch, OSError(errno.ENAMETOOLONG, "File name too long"))
    found = grade(course, report=lambda line: None, jobs=1)
    assert [verdict.score for verdict in found] == [5, None, 5]
    assert "its folders (OSError: [Errno 36] File name too long)" in found[1].detail


def test_a_full_disk_is_nobodys_fault_and_a_later_run_goes_on(
    course, monkeypatch, capsys
):
    spoil(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))
    command = ["--root", str(course), "run", "--jobs", "1"]
    assert main(command) == 2
    assert "No room is left on the disk" in capsys.readouterr().err
    monkeypatch.undo()
    assert main(command) == 0
    assert scores_in_gradebook(course) == dict.fromkeys(("ann", "bob", "zoe"), 5)


def without_ids(found):
    """Return a notebook in the format before cells had ids."""
    found.nbformat_minor = 4
    for cell in found.cells:
        del cell["id"]
    return nbformat.from_dict(found)


def test_notebooks_without_cell_ids_are_graded(tmp_path):
    root = make_course(tmp_path)
    path = root / "solutions" / NAME / f"{NAME}.ipynb"
    nbformat.write(without_ids(nbformat.read(path, as_version=4)), path)
    for student, (*answers, _) in ANSWERS.items():
        hand_in(root, student, answers)
        path = root / "submitted" / student / NAME / f"{NAME}.ipynb"
        nbformat.write(without_ids(notebook(answers)), path)
    found = grade(root, report=lambda line: None, jobs=1)
    assert {v.student: (v.status, v.score) for v in found} == {
        student: ("graded", score) for student, (*_, score) in ANSWERS.items()
    }
    assert not any(verdict.repairs for verdict in found)


STAMPS = {
    "2026-11-30 10:00:00 UTC": "2026-11-30T10:00:00",
    "2026-11-30 10:00:00.123 +0100": "2026-11-30T09:00:00.123000",
    "2026-11-30T10:00:00+01:00": "2026-11-30T09:00:00",
    "2026-11-30 10:00:00 Europe/Berlin": "2026-11-30T09:00:00",
    "1796000400": "2026-11-30T01:00:00",
    "1796000400000": "2026-11-30T01:00:00",
    "2026-11-30 10:00:00 Narnia": None,
    "Monday, 30 November 2026, 10:00 AM": "2026-11-30T10:00:00",
    "Mon Nov 30 10:00:00 CET 2026": "2026-11-30T09:00:00",
    "01.12.2026 10:00": "2026-12-01T10:00:00",
    "01/12/2026 10:00": None,
    "2026-11-30 10:00:00 UTC+1": None,
    "Nov 30 at 10:00am": None,
    "99999999999999999999": None,
    "tomorrow": None,
}


@pytest.mark.parametrize("text", STAMPS)
def test_time_stamps_are_read_rightly_or_named(text):
    files = {"timestamp.txt": text.encode()}
    found, expected = timestamp(files), STAMPS[text]
    assert (found and found.isoformat()) == expected
    assert unread_timestamp(files) == ("" if expected else text)


@given(st.binary(max_size=40) | st.sampled_from(sorted(STAMPS)), st.binary(max_size=9))
def test_any_bytes_are_a_time_stamp_or_none(start, end):
    start = start.encode() if isinstance(start, str) else start
    files = {"timestamp.txt": start + end}
    assert timestamp(files) is None or unread_timestamp(files) == ""


def test_no_time_stamp_is_no_mistake():
    assert timestamp({}) is None
    assert unread_timestamp({"timestamp.txt": b"\n"}) == ""
