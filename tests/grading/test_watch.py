"""What arrives is graded at once, whole, a few times, and as a later run would."""

import multiprocessing
import shutil
import time
from types import SimpleNamespace

import nbformat
import pytest

from grading.__main__ import main
from grading.records import journal
from grading.release.release import register
from grading.run import watch as watching
from grading.run.run import grade
from grading.run.watch import Watch
from grading.sandbox.choice import refusal
from tests.grading.small_course import (
    ANSWERS,
    CHECKS,
    NAME,
    hand_in,
    make_course,
    notebook,
)

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))


@pytest.fixture(scope="module")
def watch(tmp_path_factory):
    root = make_course(tmp_path_factory.mktemp("a course"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "_SETTLED", 0.0)
        lines = []
        with Watch(root, [NAME], attempts=2, report=lines.append) as watch:
            watch.root, watch.lines = root, lines
            yield watch


def page(root, student):
    path = root / "instant" / student / NAME / f"{NAME}.html"
    return path.read_text(encoding="utf-8")


def path_of(root, student):
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{NAME}.ipynb"


def test_an_arrival_is_graded_and_hidden_tests_are_only_counted(watch):
    hand_in(watch.root, "ann", ANSWERS["first"][:2])
    (verdict,) = watch.once()
    assert (verdict.student, verdict.score) == ("ann", 2)
    assert watch.once() == []
    shown = page(watch.root, "ann")
    assert "This is attempt 1 of 2" in shown
    assert "Of 2 tasks with hidden tests, these hold in 1." in shown
    assert "Square it." not in shown
    assert "HIDDEN" not in shown
    full = watch.root / "feedback" / "ann" / NAME / f"{NAME}.html"
    assert "Square it." in full.read_text(encoding="utf-8")


def test_a_later_run_agrees_and_has_nothing_to_do(watch):
    hand_in(watch.root, "bob", ANSWERS["right"][:2])
    watch.once()
    lines = []
    found = grade(watch.root, report=lines.append)
    assert lines == []
    assert {v.student: v.score for v in found}["bob"] == 5
    assert watch.once() == []


def test_attempts_are_limited_and_the_next_run_grades_the_rest(watch):
    for answer in ("none", "second"):
        hand_in(watch.root, "cem", ANSWERS[answer][:2])
        assert len(watch.once()) == 1
    assert "This is attempt 2 of 2" in page(watch.root, "cem")
    hand_in(watch.root, "cem", ANSWERS["right"][:2])
    assert watch.once() == []
    assert watch.lines[-1].endswith(
        "cem: all 2 attempts are used; run grades the rest."
    )
    (verdict,) = grade(watch.root, only=["cem"], report=lambda line: None)
    assert verdict.score == 5


def test_half_of_an_upload_waits(watch):
    whole = nbformat.writes(notebook(ANSWERS["right"][:2])).encode()
    path = path_of(watch.root, "dan")
    for part in (b"", whole[:100], whole[:-2]):
        path.write_bytes(part)
        assert watch.once() == []
    path.write_bytes(whole)
    other = path.with_name("data.csv.part")
    other.write_bytes(b"1,")
    assert watch.once() == []
    other.rename(path.with_name("data.csv"))
    (verdict,) = watch.once()
    assert verdict.score == 5
    assert len([v for v in journal.read(watch.root) if v.student == "dan"]) == 1


def test_an_upload_that_stays_half_is_a_person_s(watch, monkeypatch):
    path_of(watch.root, "eve").write_bytes(b"{")
    assert watch.once() == []
    monkeypatch.setattr(watching, "_STALLED", 0.0)
    (verdict,) = watch.once()
    assert verdict.status == "unreadable"
    assert "not a readable notebook" in page(watch.root, "eve")


def test_while_another_run_is_at_work_arrivals_wait(watch):
    hand_in(watch.root, "fay", ANSWERS["right"][:2])
    with journal.Journal(watch.root):
        assert watch.once() == watch.once() == []
    assert sum("Another run is at work" in line for line in watch.lines) == 1
    (verdict,) = watch.once()
    assert verdict.score == 5


def test_a_test_that_was_mended_counts_until_it_is_as_before(watch):
    make_course(watch.root, checks={**CHECKS, "square": "pass"})
    hand_in(watch.root, "gil", ANSWERS["first"][:2])
    (verdict,) = watch.once()
    assert verdict.score == 5
    shutil.rmtree(watch.root / "submitted" / "gil")
    make_course(watch.root)
    hand_in(watch.root, "hal", ANSWERS["first"][:2])
    (verdict,) = watch.once()
    assert verdict.score == 2


def test_a_version_that_others_registered_in_between_is_overwritten(watch):
    make_course(watch.root, checks={**CHECKS, "square": "pass"})
    register(watch.root, NAME)  # as `nbgrader generate_assignment` does
    make_course(watch.root)
    hand_in(watch.root, "ian", ANSWERS["first"][:2])
    (verdict,) = watch.once()
    assert verdict.score == 2


def test_the_watch_ends_when_it_is_interrupted(tmp_path, monkeypatch, capsys):
    root = make_course(tmp_path)
    hand_in(root, "ann", ANSWERS["right"][:2])
    before = set(multiprocessing.active_children())

    def stop(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "_SETTLED", 0.0)
    clock = SimpleNamespace(sleep=stop, monotonic=time.monotonic)
    monkeypatch.setattr(watching, "time", clock)
    assert main(["--root", str(root), "watch", NAME]) == 0
    told = capsys.readouterr()
    assert f"{NAME} ann: 5 of 5." in told.out
    assert "Stopped." in told.err
    assert set(multiprocessing.active_children()) == before
    assert main(["--root", str(root), "watch", "ex99"]) == 2
