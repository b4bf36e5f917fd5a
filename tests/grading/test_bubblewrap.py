"""Where a user may make no namespaces, bubblewrap builds a cage that holds as well."""

import contextlib
import functools
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from grading.execution.forkserver import Worker
from grading.run.run import grade
from grading.sandbox import bubblewrap, cage, doctor
from grading.sandbox.bubblewrap import Bubblewrap
from grading.sandbox.cage import Cage, Outcome
from grading.sandbox.choice import CHOICE, chosen, refusal, trial
from grading.sandbox.limits import Limits
from tests.grading import small_course, test_worker
from tests.grading.test_worker import CHECK, RIGHT, errors

WHY = trial(Bubblewrap)
REMEDY = "Install it (Debian or Ubuntu: apt install bubblewrap) where users may run it."
pytestmark = pytest.mark.skipif(WHY is not None, reason=f"{WHY} {REMEDY}")
CAGED_SO = (
    "return 2 * x if 'sandbox.bubblewrap' in open('/proc/1/cmdline').read() else 0"
)


@pytest.fixture(scope="module")
def worker():
    limits = Limits(memory_mib=300, disk_mib=20, file_mib=10, processes=40)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CHOICE, "bubblewrap")
        worker = Worker(limits=limits)
    with worker:
        yield worker


@pytest.fixture(scope="module")
def findings():
    return {found.protection: found for found in doctor.report(bubblewrap=True)}


@pytest.mark.parametrize("protection", [*doctor.ATTACKS, *doctor.TRIALS])
def test_every_protection_holds_against_its_attack(findings, protection):
    assert findings[protection].leak == ""


def test_a_class_gets_the_scores_that_it_gets_in_any_cage(monkeypatch, tmp_path):
    monkeypatch.setenv(CHOICE, "bubblewrap")
    root = small_course.make_course(tmp_path)
    expected = small_course.hand_in_class(root, 4)
    small_course.hand_in(root, "looks", (CAGED_SO, "return x * x"))
    found = grade(root, report=lambda line: None, jobs=2)
    assert {v.student: v.score for v in found} == {**expected, "looks": 5}


@pytest.mark.parametrize(
    "kind", ["a loop that ignores interrupts", "os._exit", "a memory hog"]
)
def test_what_stops_a_cell_is_named_and_costs_no_other_cell(worker, kind):
    status, line = test_worker.STOPS[kind]
    result = test_worker.grade(worker, RIGHT, line, "\t" + CHECK)
    assert result["status"] == status
    assert list(errors(result)) == [1]


def test_no_test_can_be_forged_inside(worker):
    forge = "from utils import checks\nchecks.close = lambda *a, **k: None"
    cells = [RIGHT.replace("2 *", "3 *"), forge]
    test = "from utils import checks\nchecks.close(double(4), 8, name='the double')"
    job = [{"source": source, "test": False} for source in cells]
    job.append({"source": test, "test": True, "name": "test-double", "way": "copy"})
    result = worker.grade({**test_worker.fast(), "cells": job})
    assert "should be 8" in errors(result)[2]


def test_a_cage_ends_with_the_process_that_started_it():
    name = f"{os.getpid()}.{time.time_ns() % 10**9}"
    sleep = functools.partial(os.execv, "/bin/sleep", ["sleep", name])
    starter = cage.fork(lambda: Bubblewrap(sleep).wait())
    assert _within(120, lambda: _runs(name))
    os.kill(starter, signal.SIGKILL)
    os.waitpid(starter, 0)
    assert _within(120, lambda: not _runs(name))


def _within(seconds, condition):
    """Return whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def _runs(word):
    """Return whether a process was started with a word."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes():
                return True
    return False


def test_it_is_chosen_where_namespaces_are_refused(monkeypatch):
    assert chosen() is Cage
    monkeypatch.setattr("grading.sandbox.linux.NAMESPACES", {"user": 0x40000000 | 0x1})
    kind = chosen(["numpy"])
    assert (kind.func, kind.keywords) == (Bubblewrap, {"modules": ("numpy",)})
    assert kind(functools.partial(os._exit, 7)).wait(20) == Outcome(7)
    assert refusal() is None


@pytest.mark.parametrize("program", [None, shutil.which("false")])
def test_a_machine_where_neither_works_is_refused(monkeypatch, program):
    monkeypatch.setattr("grading.sandbox.linux.NAMESPACES", {"user": 0x40000000 | 0x1})
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: program)
    assert "new namespaces" in refusal()
    words = "bwrap: No such file" if program is None else "it fell silent"
    assert f"Bubblewrap could not build the sandbox: {words}" in refusal()
    assert chosen() is Cage
