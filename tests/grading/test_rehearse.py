"""A made-up class gets what it deserves, and what differs is found."""

import ctypes
import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grading.__main__ import main
from grading.course import CourseError
from grading.pages.harmless import harmless
from grading.rehearsal import rehearse as rehearsing
from grading.rehearsal.faults import Bait, Case, cases, learners
from grading.rehearsal.faults.case import written
from grading.rehearsal.rehearse import Rehearsal, Row, rehearse, table
from grading.sandbox.choice import refusal
from tests.exercises.harness import ROOT
from tests.exercises.misconceptions.ex01 import BANK
from tests.grading.class_of_ex01 import NAME, TESTS

WHY = refusal()
caged = pytest.mark.skipif(WHY is not None, reason=str(WHY))
BAIT = Bait("/course", "/outside", 1, "token")


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rehearsal")
    course = rehearsing.make_course(ROOT, folder / "course", [NAME])
    return rehearsing.exercise_of(course, folder / "release", NAME)


@caged
def test_a_class_of_mistakes_accidents_and_attacks_gets_what_it_deserves():
    lines = []
    came = rehearse(ROOT, [NAME], quick=True, report=lines.append)
    assert came.holds, "\n".join(table(came))
    assert len(came.rows) == len(lines)
    assert len(came.rows) > 60


def test_no_kind_of_fault_that_a_class_can_have_is_left_out(exercise):
    made = {case.student for case in cases(exercise, BAIT)}
    assert len(made) >= 50
    promised = """loops for ever, ignores interrupts, exits, exits hard, crashes,
        memory hog, fork bomb, prints 50 MB, fills the disk, calls home,
        background daemon, reads the gradebook, reads the solutions,
        reads hidden tests, writes the gradebook, locks the database,
        rewrites cells before they run, replaces the checks, a forged result,
        memory without a name, half a million empty files, prints past the limit,
        defines what tests define, an array without its bytes,
        a reply of ten million lists, active text, active outputs,
        active page beside it,
        deleted answer, copied answer, split answer, renamed cells,
        stripped metadata, corrupt JSON, wrong kernel, warnings on stderr,
        huge notebook, symbolic link, Zoë O'Hara (2) 李 ñ"""
    assert {" ".join(name.split()) for name in promised.split(",")} <= made


def test_what_is_expected_comes_from_the_banks_and_not_from_a_run(exercise):
    everyone = learners(exercise, quick=False)
    mistakes = sum(len(entry.wrong) for entry in BANK.values())
    wrong = [case for case in everyone if len(case.lost) == 1]
    assert len(wrong) == mistakes
    assert all(case.says[0] for case in wrong)
    assert exercise.points == TESTS
    blank = [case for case in everyone if case.lost == set(TESTS)]
    assert [case.student for case in blank] == ["blank"]
    names = [case.student for case in everyone + cases(exercise, BAIT)]
    assert len(set(names)) == len(names)


def test_an_answer_in_words_is_expected_to_wait_unless_it_is_blank(exercise):
    words = "test-1-1-neuron"
    asked = replace(exercise, by_hand=frozenset({words}))
    assert asked.due(()) == {**TESTS, words: None}
    assert asked.due(asked.checked) == {**dict.fromkeys(TESTS, 0), words: None}
    assert asked.due(asked.points) == dict.fromkeys(TESTS, 0)


@caged
def test_a_verdict_that_differs_is_found(exercise, tmp_path):
    course = rehearsing.make_course(ROOT, tmp_path / "course", [NAME])
    write = written(exercise, exercise.answered())
    lost = frozenset({"test-1-1-neuron"})
    made = [
        Case("graded", write, lost=lost, says=("never said",)),
        Case("ungraded", write, status="unreadable", lost=None),
    ]
    options = {"report": lambda line: None, "jobs": 1}
    graded, ungraded = rehearsing.graded(course, exercise, made, options)
    assert graded.faults == (
        "expected 18 points, graded, found 20 points, graded",
        "does not say 'never said'",
        "the gradebook holds {'test-1-1-neuron': 2.0}",
    )
    assert ungraded.faults[0] == "expected unreadable, found 20 points, graded"
    assert "feedback is there" in ungraded.faults


def test_whatever_gets_out_is_found(tmp_path):
    course = tmp_path / "course"
    left = course / "autograded" / "ann" / NAME
    left.mkdir(parents=True)
    with rehearsing.laid_out(course, tmp_path / "outside") as (bait, look):
        assert look() == []
        printed = new_output("stream", text=f"LEAK {bait.token} x")
        notebook = new_notebook(cells=[new_code_cell(outputs=[printed])])
        nbformat.write(notebook, left / f"{NAME}.ipynb")
        (tmp_path / "outside" / bait.token).touch()
        child = os.fork()
        if child == 0:
            ctypes.CDLL(None).prctl(15, bait.token.encode(), 0, 0, 0)
            time.sleep(60)
            os._exit(0)
        while bait.token not in Path(f"/proc/{child}/comm").read_text():
            time.sleep(0.01)
        with socket.create_connection(("127.0.0.1", bait.port)):
            found = look()
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert found == [
        f"process {child} is alive",
        "somebody connected to the network",
        f"a file was written to {tmp_path / 'outside'}",
        "files outside were changed",
        "ann saw something",
    ]


ACTIVE = ["<script>{}()</script>", "<img src=x onerror={}()>", "$\\href{{{}}}{{x}}$"]


@pytest.mark.parametrize("text", ACTIVE)
@pytest.mark.parametrize("guarded", [False, True])
def test_what_would_run_for_an_instructor_is_found(tmp_path, text, guarded):
    folder = tmp_path / "autograded" / "ann" / NAME
    folder.mkdir(parents=True)
    bait = Bait(str(tmp_path), str(tmp_path), 1, "token")
    cells = [new_markdown_cell(text.format("token")), new_code_cell("token()")]
    notebook = new_notebook(cells=cells)
    nbformat.write(harmless(notebook) if guarded else notebook, folder / "ex.ipynb")
    assert len(rehearsing._active(bait)) == (not guarded)


def test_a_page_that_forbids_scripts_is_left_only_by_what_moves_it(tmp_path):
    folder = tmp_path / "feedback" / "ann" / NAME
    folder.mkdir(parents=True)
    bait = Bait(str(tmp_path), str(tmp_path), 1, "token")
    head = """<head><meta http-equiv=Content-Security-Policy content="{}"></head>"""
    moves = "<meta http-equiv=refresh content='0;url=//token'>"
    kept = "default-src 'none'"
    for policy, body, count in ((kept, "", 0), (kept, moves, 1), ("", moves, 2)):
        page = f"{head.format(policy)}<script>token()</script>{body}"
        (folder / "ex.html").write_text(page)
        assert len(rehearsing._active(bait)) == count


def test_the_table_says_what_differs_and_what_got_out(monkeypatch, capsys):
    rows = [Row("ex", "ann", "1", "1"), Row("ex", "bob", "1", "0", ("is wrong",))]
    came = Rehearsal(rows, ["somebody connected to the network"])
    lines = table(came)
    assert lines[2] == "ex          ann      1         1      as expected"
    assert lines[3].endswith("differs")
    assert lines[-3:] == [
        "1 as expected, 1 not.",
        "  ex bob: is wrong",
        "  Got out: somebody connected to the network.",
    ]
    for outcome, status in ((came, 1), (Rehearsal(rows[:1]), 0)):
        monkeypatch.setattr(rehearsing, "rehearse", lambda *_, out=outcome, **__: out)
        assert main(["rehearse", NAME]) == status
    assert "1 as expected, 0 not." in capsys.readouterr().out


def test_an_assignment_without_a_bank_is_named(tmp_path):
    (tmp_path / "solutions" / "ex99_new").mkdir(parents=True)
    (tmp_path / "solutions" / "ex99_new" / "ex99_new.ipynb").touch()
    with pytest.raises(CourseError, match="rehearse in the repository"):
        rehearse(tmp_path)
    with pytest.raises(CourseError, match="ex99_new has no bank"):
        rehearse(tmp_path, ["ex99_new"])
