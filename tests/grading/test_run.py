"""A run does what is left to do, once, whatever interrupts it."""

import contextlib
import gc
import json
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event

from grading.course import CourseError
from grading.intake.folder import Taken
from grading.records import gradebook, journal
from grading.records.journal import Journal, Task, Verdict
from grading.reports import status
from grading.run import local
from grading.run.grader import Graded, Item
from grading.run.local import Crew
from grading.run.run import Run, grade
from grading.sandbox.choice import refusal
from tests.grading.small_course import (
    NAME,
    hand_in,
    hand_in_class,
    make_course,
)

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))


def in_gradebook(root):
    """Return the scores in the gradebook, by student and cell."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (submission.student_id, entry.name): entry.score
            for submission in gradebook.find_assignment(NAME).submissions
            for entry in submission.notebooks[0].grades
        }


def run(root, **options):
    """Return the verdicts and the students that were run."""
    lines = []
    verdicts = grade(root, report=lines.append, jobs=2, **options)
    return verdicts, sorted(line.split()[2].strip(":") for line in lines)


def scores(verdicts):
    return {verdict.student: verdict.score for verdict in verdicts}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return a course whose class of four has been graded, and what they scored."""
    root = make_course(tmp_path_factory.mktemp("course"))
    expected = hand_in_class(root, 4)
    verdicts, ran = run(root)
    assert scores(verdicts) == expected
    assert ran == sorted(expected)
    return root, expected


@pytest.fixture
def course(graded, tmp_path):
    """Return a copy of the graded course."""
    shutil.copytree(graded[0], tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_second_run_runs_nothing_and_says_the_same(course, graded):
    verdicts, ran = run(course)
    assert ran == []
    assert scores(verdicts) == graded[1]


def test_only_what_was_handed_in_anew_is_run(course, graded):
    hand_in(course, "student0003", ("return 2 * x", "return x * x"))
    again = Run(course, report=lambda line: None)
    verdicts = list(again)
    assert scores(verdicts) == {**graded[1], "student0003": 5}
    assert again.changes == [
        "small student0003: test-double 0 -> 2",
        "small student0003: test-square 0 -> 3",
    ]
    found = journal.latest(course)
    assert scores(found.values()) == scores(verdicts)
    assert sum(1 for _ in journal.read(course)) == len(verdicts) + 1
    assert in_gradebook(course)["student0003", "test-square"] == 3


def test_one_student_can_be_run_again_by_force(course):
    _, ran = run(course, only=["student0001"], force=True)
    assert ran == ["student0001"]


def test_other_limits_make_a_new_run(course):
    limits = f"\nc.Sandbox.limits['{NAME}'] = {{'memory_mib': 1000}}\n"
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + limits)
    assert run(course, only=["student0002"])[1] == ["student0002"]


def test_what_was_deleted_of_the_results_is_made_again(course, graded):
    before = in_gradebook(course)
    (course / "gradebook.db").unlink()
    shutil.rmtree(course / "feedback" / "student0002")
    verdicts, ran = run(course)
    assert ran == ["student0002"]
    assert in_gradebook(course) == before
    assert scores(verdicts) == graded[1]


def test_points_and_words_of_a_person_stay(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        where = NAME, NAME, "student0003"
        gradebook.find_grade("test-double", *where).manual_score = 1.5
        gradebook.find_comment("task-double", *where).manual_comment = "Nearly there."
        gradebook.db.commit()
    verdicts, _ = run(course, only=["student0003"], force=True)
    assert in_gradebook(course)["student0003", "test-double"] == 1.5
    assert verdicts[0].score == 1.5
    page = (course / "feedback" / "student0003" / NAME / f"{NAME}.html").read_text()
    assert "Nearly there." in page
    assert re.search(r"1\.5\s*(/|of)\s*5", re.sub(r"<[^>]+>", "", page))


def test_one_task_is_regraded_after_its_test_was_mended(course, graded):
    mended = {"double": "assert True", "square": "assert False, 'Never.'"}
    make_course(course, checks=mended)
    again = Run(course, tasks=["test-double"], report=lambda line: None)
    found = scores(list(again))
    wrong = [student for student, score in graded[1].items() if score in (0, 3)]
    assert sorted(again.changes) == [
        f"small {student}: test-double 0 -> 2" for student in wrong
    ]
    assert found == {s: old + 2 * (s in wrong) for s, old in graded[1].items()}
    with pytest.raises(CourseError, match="No graded cell named 'test-triple'"):
        run(course, tasks=["test-triple"])


def kill_when(course, condition):
    """Kill a run, with all that it is doing, once a condition on the journal holds."""
    context = multiprocessing.get_context("fork")
    options = {"report": lambda line: None, "jobs": 2}
    process = context.Process(target=grade, args=(course,), kwargs=options)
    process.start()
    while process.is_alive():
        lines = []
        if (course / "journal.jsonl").exists():
            lines = (course / "journal.jsonl").read_bytes().splitlines()
        if condition([json.loads(line)["line"] for line in lines]):
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.005)
    process.join()
    return process.exitcode == -signal.SIGKILL


MOMENTS = {
    "before the first verdict": lambda kinds: kinds == [],
    "after a verdict": lambda kinds: len(kinds) >= 1,
    "in the middle": lambda kinds: kinds.count("verdict") >= 2,
    "after the last verdict": lambda kinds: kinds.count("verdict") == 4,
}


def test_a_run_that_is_killed_again_and_again_ends_like_one_that_is_not(
    graded, tmp_path
):
    root, expected = graded
    for name in ("nbgrader_config.py", "solutions", "submitted"):
        copy = shutil.copytree if (root / name).is_dir() else shutil.copy
        copy(root / name, tmp_path / name)
    killed = [kill_when(tmp_path, moment) for moment in MOMENTS.values()]
    assert any(killed[:3])
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"line": "verdict", "assignment": "sm')  # torn by a power cut
    verdicts, _ = run(tmp_path)
    assert scores(verdicts) == expected
    assert in_gradebook(tmp_path) == in_gradebook(root)
    written = [(v.student, v.key) for v in journal.read(tmp_path)]
    assert len(written) == len(set(written)) == 4
    marks = [journal.Index(tmp_path).mark(NAME, student) for student in expected]
    assert all(mark.merged == mark.key for mark in marks)
    assert run(tmp_path)[1] == []
    for student in expected:
        assert (tmp_path / "feedback" / student / NAME / f"{NAME}.html").is_file()


def test_two_runs_at_once_are_refused(course):
    with Journal(course), pytest.raises(CourseError, match="Another run is at work"):
        run(course)


def test_a_torn_last_line_is_dropped_and_whole_ones_are_kept(tmp_path):
    verdicts = [
        Verdict(NAME, "ann", "1", tasks=(Task("t", 1.0, 2.0, "é"),), marks=("x",)),
        Verdict(NAME, "bob", "2", status="unreadable"),
    ]
    with Journal(tmp_path) as opened:
        for verdict in verdicts:
            opened.add(verdict)
        opened.add_merged(verdicts[:1])
    path = tmp_path / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:100].rstrip(b"\n"))
    assert list(journal.read(tmp_path)) == verdicts
    with Journal(tmp_path):
        pass
    assert path.read_bytes() == whole
    for kept in (False, True):
        index = journal.Index(tmp_path, verdicts=kept)
        marks = [index.mark(NAME, student).merged for student in ("ann", "bob")]
        assert marks == ["1", ""]
        assert [index.verdict(NAME, s) for s in ("ann", "bob", "eve")] == [
            *verdicts,
            None,
        ]
        assert index.mark(NAME, "eve") is None


def test_a_damaged_line_is_named(tmp_path):
    with Journal(tmp_path) as opened:
        opened.add(Verdict(NAME, "ann", "1"))
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b"{}\n")
    with pytest.raises(CourseError, match=r"Line 2 of journal\.jsonl is damaged"):
        journal.latest(tmp_path)


def test_a_gradebook_that_is_held_by_others_loses_nothing(course, graded):
    config = course / "nbgrader_config.py"
    url = f"sqlite:///{course / 'gradebook.db'}?timeout=0.1"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {url!r}\n")
    hand_in(course, "student0003", ("return 2 * x", "return x * x"))
    holder = sqlite3.connect(course / "gradebook.db", isolation_level=None)

    def hold(line):
        holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(CourseError, match="what was graded is in the journal"):
        grade(course, report=hold, jobs=1)
    holder.rollback()
    holder.close()
    verdicts, ran = run(course)
    assert ran == []
    assert scores(verdicts) == {**graded[1], "student0003": 5}
    assert in_gradebook(course)["student0003", "test-double"] == 2


@pytest.mark.parametrize("table", ["grade", "comment"])
def test_what_belongs_to_one_submission_is_found_without_a_look_at_the_others(
    course, table
):
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        book.execute(f"DROP INDEX ix_{table}_notebook_id")  # as nbgrader makes it
    assert run(course, only=["student0001"], force=True)[1] == ["student0001"]
    question = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE notebook_id = 'x'"
    with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as book:
        ((*_, plan),) = book.execute(question)
    assert plan.startswith(f"SEARCH {table} USING INDEX")


def test_status_reads_the_journal_once(graded, monkeypatch):
    opened, open_path = [], Path.open

    def counted(path, *arguments, **named):
        opened.append(path.name)
        return open_path(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", counted)
    found = status.standings(graded[0])
    assert {standing.state for standing in found} == {"graded"}
    assert opened.count("journal.jsonl") == 1


def test_status_asks_for_the_points_of_all_at_once(graded):
    root, expected = graded
    asked = []
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        event.listen(book.engine, "before_cursor_execute", lambda *a: asked.append(a))
        entries = gradebook.entries(book, NAME)
        points = {s: e.score - e.late_submission_penalty for s, e in entries.items()}
    assert points == expected
    assert len(asked) == 1


def test_without_the_sandbox_the_same_scores_come_out(course, graded):
    verdicts, ran = run(course, only=["student0001"], unsafe=True)
    assert ran == ["student0001"]
    assert scores(verdicts) == {"student0001": graded[1]["student0001"]}


class Quick:
    """A grader that finds all points at once, and many bytes of feedback."""

    def __init__(self, plan):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def grade(self, item):
        tasks = (Task("test-double", 2.0, 2.0), Task("test-square", 3.0, 3.0))
        about = {"score": 5.0, "max_score": 5.0, "tasks": tasks}
        verdict = Verdict(NAME, item.student, item.key, **about)
        return Graded(verdict, {NAME: "n" * 100_000}, {NAME: "p" * 300_000})


def held():
    """Return the MiB that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def test_memory_does_not_grow_with_the_class(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "Grader", Quick)
    root = make_course(tmp_path)
    hand_in(root, "student0", ("return x", "return x"))
    for number in range(1, 150):
        folder = root / "submitted" / f"student{number}"
        shutil.copytree(root / "submitted" / "student0", folder)
    sizes = [held() for _ in Run(root, report=lambda line: None, jobs=2)]
    assert len(sizes) == 150
    assert sizes[-1] - sizes[40] < 8  # 110 submissions bring 42 MiB, and leave again


class MoodyPlan:
    """A plan for `Moody`, of little patience."""

    assignment, patience = NAME, 2.0

    def __init__(self, folder):
        self.folder = folder


class Moody:
    """A grader that dies of some submissions, once or always, or never comes back."""

    def __init__(self, plan):
        self.plan = plan

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def grade(self, item):
        tried = self.plan.folder / item.student
        if item.student == "deadly" or (item.student == "once" and not tried.exists()):
            tried.touch()
            os._exit(9)
        if item.student == "stuck":
            time.sleep(600)
        return Graded(Verdict(NAME, item.student, item.key))


def test_a_grader_that_dies_is_replaced_and_its_submission_gets_a_verdict(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(local, "Grader", Moody)
    monkeypatch.setattr(local, "Plan", MoodyPlan)
    everyone = ["ann", "deadly", "bob", "once", "stuck", *"cdefgh"]
    items = (Item(student, "key", Taken({})) for student in everyone)
    plan = MoodyPlan(tmp_path)
    with Crew(2) as members:
        found = {g.verdict.student: g.verdict for g in members.grade(plan, items)}
    assert set(found) == set(everyone)
    lost = {student for student, verdict in found.items() if verdict.needs_person}
    assert lost == {"deadly", "stuck"}
    assert "ended twice" in found["deadly"].detail
    assert "took for ever" in found["stuck"].detail


class Unforkable:
    """What must not be thrown away in a forked process, as TensorFlow's functions."""

    def __init__(self):
        self.itself, self.process = self, os.getpid()

    def __del__(self):
        if os.getpid() != self.process:
            os._exit(1)


class Tidy(Moody):
    """A grader that looks for garbage."""

    def grade(self, item):
        gc.collect()
        return super().grade(item)


def test_a_grader_leaves_what_was_thrown_away_before_it_was_forked(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(local, "Grader", Tidy)
    monkeypatch.setattr(local, "Plan", MoodyPlan)
    gc.disable()
    try:
        Unforkable()
        with Crew(1) as members:
            items = [Item("ann", "key", Taken({}))]
            (graded,) = members.grade(MoodyPlan(tmp_path), items)
    finally:
        gc.enable()
    assert not graded.verdict.needs_person


@pytest.mark.parametrize("kind", ["no database", "no driver"])
def test_a_gradebook_that_cannot_be_opened_is_named_without_its_password(
    tmp_path, kind
):
    root = make_course(tmp_path)
    hand_in_class(root, 1)
    path = root / "gradebook.db"
    path.write_text(100 * "This is no database. ")
    if kind == "no driver":
        url = "mysql+fabled://grader:secret@host/course"
        make_course(root, settings=f"\nc.CourseDirectory.db_url = {url!r}\n")
    for command in (run, status.standings):
        with pytest.raises(CourseError, match="cannot be opened") as caught:
            command(root)
        assert "secret" not in str(caught.value)
    path.unlink()
    make_course(root)
    assert [verdict.score for verdict in run(root)[0]] == [5]
