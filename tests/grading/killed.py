"""Kill a run with ``kill -9`` at random moments, and see that nothing of it is lost.

``python -m tests.grading.killed 10`` hands in a mixed class (honest, wrong and hostile,
in two assignments), grades it once without a kill, and then ten times in a fresh course
in which the whole run is killed at a moment drawn from the time that it takes, and run
again until it ends. What the journal, the gradebook, the autograded notebooks, the
feedback and the export say then must be as without a kill, and no submission that had
its verdict may be graded again. It is no part of the tests, since it takes a while.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from nbgrader.api import Gradebook

from grading.records import journal
from tests.grading.small_course import ANSWERS, NAME, hand_in, make_course

OTHER = "other"
SETTINGS = """
c.Sandbox.limits = {"*": {"cell_seconds": 2, "total_seconds": 20, "memory_mib": 100}}
"""
HOSTILE = {
    "loop": "def double(x):\n    while True: pass",
    "hoard": "double = lambda x: 2 * x\nhoard = b'x' * 150 * 2**20\n"
    "import time\ntime.sleep(60)",
    "quit": "def double(x):\n    import os\n    os._exit(0)",
    "kill": "import os\nos.kill(os.getpid(), 9)",
}


def make_class(root):
    """Write a course with two assignments, and hand in a class; return its size."""
    make_course(root, settings=SETTINGS)
    for number, answer in enumerate(ANSWERS.values()):
        hand_in(root, f"student{number}", answer[:2])
    for name, line in HOSTILE.items():
        hand_in(root, name, (line, "return x * x"))
    (root / "submitted" / "torn" / NAME).mkdir(parents=True)
    (root / "submitted" / "torn" / NAME / f"{NAME}.ipynb").write_text('{"cells": [')
    for folder in (root / "solutions", *(root / "submitted").iterdir()):
        shutil.copytree(folder / NAME, folder / OTHER)
        (folder / OTHER / f"{NAME}.ipynb").rename(folder / OTHER / f"{OTHER}.ipynb")
    return 2 * len(list((root / "submitted").iterdir()))


def start(root):
    """Start a run in a process group of its own."""
    words = [sys.executable, "-m", "grading", "--root", str(root), "run", "--jobs", "2"]
    into = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(words, start_new_session=True, text=True, **into)


def finish(root, *, tries=20):
    """Run until a run ends by itself."""
    for _ in range(tries):
        run = start(root)
        said = run.communicate()[0]
        if run.returncode in (0, 1):
            return
        if "Another run is at work" not in said:
            break
        time.sleep(0.1)  # the killed one's graders are about to follow it
    raise AssertionError(f"a run ended with {run.returncode}: {said[-2000:]}")


def found(root):
    """Return all that a run has left behind, without times and amounts of memory."""
    words = [sys.executable, "-m", "grading", "--root", str(root)]
    words += ["export", "--format", "csv", "--to", str(root / "grades.csv")]
    subprocess.run(words, capture_output=True, check=False)  # some need a person
    return {
        "verdicts": {
            name: replace(verdict, seconds=0, memory_mib=0, at="")
            for name, verdict in journal.latest(root).items()
        },
        "pending": _pending(root),
        "gradebook": _gradebook(root),
        "autograded": _files(root / "autograded"),
        "feedback": _files(root / "feedback"),
        "export": (root / "grades.csv").read_text(encoding="utf-8"),
    }


def _pending(root):
    """Return the submissions whose verdict has not reached the gradebook."""
    index = journal.Index(root)
    return [n for n in journal.latest(root) if index.mark(*n).is_pending]


def _gradebook(root):
    """Return what the gradebook says of each cell of each submission."""
    rows = []
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for assignment in book.assignments:
            for submission in assignment.submissions:
                about = assignment.name, submission.student_id
                about += submission.score, submission.timestamp
                for notebook in submission.notebooks:
                    rows += [(*about, *_told(each)) for each in notebook.grades]
                    rows += [(*about, c.name, c.comment) for c in notebook.comments]
    return sorted(rows, key=repr)


def _told(grade):
    """Return what a grade says."""
    scores = grade.auto_score, grade.manual_score, grade.max_score
    return grade.name, *scores, grade.needs_manual_grade


def _files(folder):
    """Return the files below a folder by name."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def lines(root):
    """Return how many verdicts the journal holds, old ones included."""
    path = root / journal.NAME
    whole = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return sum(json.loads(line)["line"] == "verdict" for line in whole)


def undisturbed(folder):
    """Grade the class without a kill; return what came of it, and the time it took."""
    root = Path(folder, "whole")
    root.mkdir()
    size = make_class(root)
    began = time.monotonic()
    finish(root)
    took = time.monotonic() - began
    if lines(root) != size:
        raise AssertionError(f"{lines(root)} verdicts on {size} submissions")
    return found(root), took


def killed(folder, moment, expected):
    """Kill a run at a moment, run again, and compare; return the verdicts till then."""
    root = Path(folder, "killed")
    root.mkdir()
    size = make_class(root)
    run = start(root)
    try:
        run.wait(moment)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    before = lines(root)
    finish(root)
    if lines(root) != size:
        raise AssertionError(f"{lines(root)} verdicts on {size}, {before} at the kill")
    now = found(root)
    for what, value in expected.items():
        if now[what] != value:
            raise AssertionError(f"{moment:.2f} s: {what} is not as without a kill")
    shutil.rmtree(root)
    return before, size


def main(words=None):
    """Kill so many runs and print what came of each."""
    parser = argparse.ArgumentParser(prog="python -m tests.grading.killed")
    parser.add_argument("number", type=int, nargs="?", default=10)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    rng, after = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as folder:
        expected, took = undisturbed(folder)
        print(f"without a kill: {took:.1f} s", flush=True)
        for number in range(given.number):
            moment = rng.uniform(0, took)
            before, size = killed(folder, moment, expected)
            after += before > 0
            print(
                f"{number + 1:3}: {moment:5.1f} s, {before:2} of {size} verdicts; "
                f"then {size - before:2} graded; all is equal",
                flush=True,
            )
    print(f"{after} of {given.number} kills came after the first verdict")


if __name__ == "__main__":
    main()
