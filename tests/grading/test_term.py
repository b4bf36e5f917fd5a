"""Due dates, penalties and points by hand change after a run; the next one says so."""

import csv
import shutil
from types import SimpleNamespace

import pytest

from grading.__main__ import main
from grading.course import open_course
from grading.records import journal
from grading.records.journal import Journal
from grading.reports import status
from grading.reports.status import standings
from grading.run.run import Run, table
from grading.sandbox.choice import refusal
from tests.grading.small_course import NAME, hand_in, make_course
from tests.grading.test_by_hand import WORDS, give, page, with_words

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))

ZERO = "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
DUE = "2026-03-01 10:00:00 UTC"
BROKEN = """
from nbgrader.plugins import LateSubmissionPlugin
class Broken(LateSubmissionPlugin):
    def late_submission_penalty(self, *about):
        raise KeyError("no such week")
c.AssignLatePenalties.plugin_class = Broken
"""


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Return a course of two students, ann with an answer in words, and its first run.

    Both are late, once there is a due date.
    """
    root = make_course(tmp_path_factory.mktemp("course"), settings=ZERO)
    with_words(root / "solutions" / NAME / f"{NAME}.ipynb", "2 + 2 is 2 * 2.")
    for student, text in {"ann": "Both agree.", "bob": "YOUR ANSWER HERE"}.items():
        hand_in(root, student, ("return 2 * x", "return x * x"))
        folder = root / "submitted" / student / NAME
        with_words(folder / f"{NAME}.ipynb", text)
        (folder / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC")
    return SimpleNamespace(root=root, run=run(root))


@pytest.fixture
def course(first, tmp_path):
    """Return a copy of the course after its first run."""
    return shutil.copytree(first.root, tmp_path / "course")


def run(root):
    """Return the verdicts by student, what changed, and how many were run."""
    lines = []
    a_run = Run(root, report=lines.append, jobs=1)
    verdicts = {verdict.student: verdict for verdict in a_run}
    return verdicts, a_run.changes, len(lines)


def due(root, text):
    with open_course(root) as api, api.gradebook as book:
        book.update_or_create_assignment(NAME, duedate=text)


def points(root):
    """Return each student's points by status, file and page; they have to agree."""
    found = {each.student: each.score for each in standings(root)}
    path = root / "grades.csv"
    main(["--root", str(root), "export", "--to", str(path)])
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    assert {s: float(text) if text else None for s, text in rows.items()} == found
    return found


def test_a_term_goes_its_way(first, course, capsys):
    verdicts, _, ran = first.run
    assert ran == 2
    assert verdicts["ann"].waiting == (WORDS,)
    assert "1 graded, 1 need a person." in table(list(verdicts.values()))
    assert points(course) == {"ann": None, "bob": 5.0}

    give(course, "ann", 4.0, "Well reasoned.")
    verdicts, _, ran = run(course)
    assert ran == 0
    assert verdicts["ann"].result == "9 of 9"
    assert not verdicts["ann"].is_open
    assert points(course) == {"ann": 9.0, "bob": 5.0}

    due(course, DUE)
    assert {s.state for s in standings(course)} == {"changed"}
    verdicts, changes, ran = run(course)
    assert ran == 0
    assert changes == [
        f"{NAME} ann: lost by being late 0 -> 9",
        f"{NAME} bob: lost by being late 0 -> 5",
    ]
    assert verdicts["ann"].result == "0 of 9, 9 lost by being late"
    assert points(course) == {"ann": 0.0, "bob": 0.0}
    assert "5 points, less 5 because it was late." in page(course, "bob").get_text()

    assert main(["--root", str(course), "extend", NAME, "bob", "2d"]) == 0
    assert "bob has time for small until 2026-03-03 10:00" in capsys.readouterr().out
    _, changes, ran = run(course)
    assert (ran, changes) == (0, [f"{NAME} bob: lost by being late 5 -> 0"])
    assert points(course) == {"ann": 0.0, "bob": 5.0}
    assert "because it was late" not in page(course, "bob").get_text()
    assert run(course)[1:] == ([], 0)

    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + BROKEN)
    verdicts, _, _ = run(course)
    assert "no such week" in verdicts["ann"].about
    assert points(course) == {"ann": None, "bob": 5.0}

    config.write_text(config.read_text().replace(BROKEN, "").replace(ZERO, ""))
    assert {v.result for v in run(course)[0].values()} == {"9 of 9", "5 of 9"}
    assert points(course) == {"ann": 9.0, "bob": 5.0}


def test_a_time_stamp_counts_only_for_what_it_came_with(course):
    give(course, "ann", 4.0, "Well reasoned.")
    due(course, DUE)
    assert f"{NAME} ann: lost by being late 0 -> 9" in run(course)[1]
    (course / "submitted" / "ann" / NAME / "timestamp.txt").unlink()
    for ran, said in (1, [f"{NAME} ann: lost by being late 9 -> 0"]), (0, []):
        verdicts, changes, count = run(course)
        assert changes == said
        assert (verdicts["ann"].penalty or 0.0, count) == (0.0, ran)


def test_what_never_reached_the_gradebook_waits_and_can_be_exported(course):
    former = journal.latest(course)[NAME, "bob"]
    with Journal(course) as file:
        file.add(former.__class__(NAME, "cyd", "k", score=5.0, max_score=9.0))
    found = {each.student: each.state for each in standings(course)}
    assert found["cyd"] == "waiting"
    assert points(course)["cyd"] is None


def extend(root, student, time):
    return main(["--root", str(root), "extend", NAME, student, time])


def test_an_extension_is_no_grade(tmp_path, capsys):
    """An extension before the due date is set, and one for what nobody can read."""
    root = make_course(tmp_path, settings=ZERO)
    hand_in(root, "ann", ("return 2 * x", "return x * x"))
    (root / "submitted" / "ann" / NAME / "timestamp.txt").write_text("03/02/2026 10:00")
    hand_in(root, "bob", ("return x", "return x"))
    (root / "submitted" / "bob" / NAME / f"{NAME}.ipynb").write_text("no notebook")
    hand_in(root, "cyd", ("return 2 * x", "return x"))
    (root / "submitted" / "cyd" / NAME / "timestamp.txt").write_text("1772359200")
    verdicts, _, _ = run(root)
    assert [extend(root, student, "1w") for student in verdicts] == [0, 0, 0]
    assert "has no due date yet" in capsys.readouterr().out
    with open_course(root) as api, api.gradebook as book:
        book.update_or_create_student("dan")
    assert extend(root, "dan", "36h") == 0
    again, changes, ran = run(root)
    assert (again, changes, ran) == (verdicts, [], 0)
    states = {found.student: found.state for found in standings(root)}
    assert states.pop("dan") == "missing"
    assert states == {"ann": "graded", "bob": "person", "cyd": "graded"}
    assert points(root) == {"ann": 5.0, "bob": None, "cyd": 2.0, "dan": None}

    said = "timestamp.txt says '03/02/2026 10:00', which tells no time"
    for lines in (table(list(again.values())), status.table(standings(root))):
        assert len([line for line in lines if "ann" in line and said in line]) == 1
    words = ["--root", str(root), "run", NAME, "--jobs", "1", "--student"]
    assert [main([*words, student]) for student in ("ann", "cyd")] == [1, 0]
    assert extend(root, "ann", "0d") == 0
    told = f"ann has no extension for {NAME}, which has no due date yet. Run"
    assert told in capsys.readouterr().out
    assert extend(root, "eve", "2d") == 2
    assert "No student named 'eve'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        extend(root, "ann", "two days")
    assert "is no time such as 90m" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["[1]", "no JSON", '{"small": 1}', '{"small": {"version": "1"}}']
)
def test_a_damaged_calibration_is_named_with_what_helps(course, capsys, text):
    (course / "calibration.json").write_text(text)
    assert main(["--root", str(course), "calibrate"]) == 2
    assert "calibration.json is not what grading wrote" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--student", "ann", "--student", "eve"),
        ("export", "--student", "eve"),
        ("feedback", "--student", "eve"),
    ],
)
def test_an_unknown_student_is_named(course, capsys, words):
    assert main(["--root", str(course), *words]) == 2
    assert "eve" in capsys.readouterr().err


def test_an_empty_class_is_no_success(tmp_path, capsys):
    make_course(tmp_path)
    assert main(["--root", str(tmp_path), "status"]) == 1
    assert main(["--root", str(tmp_path), "run"]) == 2
    assert "No submissions" in capsys.readouterr().err
    with pytest.raises(SystemExit) as error:
        main(["--root", str(tmp_path), "run", "--jobs", "-1"])
    assert error.value.code == 2
    assert "'-1' is no whole number above 0" in capsys.readouterr().err
