"""Grading a large class: whether memory and waiting stay flat in its size.

Every submission really runs in a cage.  Halfway the run is killed, as by a power cut,
and started again.  A small class is the default; ``SUBMISSIONS=10000`` takes some eight
minutes of two cores.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import Row
from tests.grading.small_course import hand_in_class, make_course

ROOT = Path(__file__).parents[1]
TICK = 0.2


def run() -> list[Row]:
    size = int(os.environ.get("SUBMISSIONS", "400"))
    marks = [max(1, size // 10), size // 2, size]
    with tempfile.TemporaryDirectory() as scratch:
        root = make_course(Path(scratch))
        expected = hand_in_class(root, size)
        first = Grading(root)
        peaks = [first.peak_after(mark) for mark in marks[:2]]
        first.kill()
        second = Grading(root)
        resumed = second.seconds_until(second.known + 1)
        peaks.append(second.peak_after(size))
        whole = second.finish()
        _compare(root, expected)
        again, status = Grading(root).finish(), Grading(root, "status").finish()
    said = ", ".join(f"{p:.0f} MiB at {m}" for p, m in zip(peaks, marks, strict=True))
    growth = f"memory growth of the run from {marks[0]} to {size} submissions"
    pace = f"the other {size - second.known} took {whole / 60:.1f} min"
    return [
        Row(growth, peaks[2] - peaks[0], "MiB", reach=32, note=said),
        Row(f"killed at {second.known}, until the next", resumed, "s", reach=60),
        Row(f"a run that finds all {size} graded", again, "s", reach=120, note=pace),
        Row(f"status of {size} submissions", status, "s", reach=60),
    ]


class Grading:
    """A command of ``python -m grading`` at work in a course."""

    def __init__(self, root: Path, command: str = "run") -> None:
        self._journal, self._place = root / "journal.jsonl", 0
        self._found = 0
        self.known = self._verdicts()
        self._began = time.perf_counter()
        words = [sys.executable, "-m", "grading", "--root", str(root), command]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(words, cwd=ROOT, **quiet)

    def _verdicts(self) -> int:
        """Return how many verdicts the journal holds; only new lines are read."""
        if self._journal.exists():
            with self._journal.open("rb") as file:
                file.seek(self._place)
                text = file.read()
            text = text[: text.rfind(b"\n") + 1]
            self._place += len(text)
            self._found += text.count(b'{"line": "verdict"')
        return self._found

    def seconds_until(self, count: int) -> float:
        """Wait for so many verdicts and return how long they took."""
        while self._verdicts() < count:
            if self._process.poll() is not None:
                raise RuntimeError(f"The run ended after {self._found} verdicts.")
            time.sleep(TICK)
        return time.perf_counter() - self._began

    def peak_after(self, count: int) -> float:
        """Return the most MiB that its main process held up to so many verdicts."""
        self.seconds_until(count)
        text = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(text.split("VmHWM:")[1].split()[0]) / 1024

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def finish(self) -> float:
        """Wait for its end and return how long it took."""
        self._process.wait()
        if self._process.returncode:
            raise RuntimeError(f"The command ended with {self._process.returncode}.")
        return time.perf_counter() - self._began


def _compare(root: Path, expected: dict[str, int]) -> None:
    """Raise unless everyone was graded once and the gradebook holds their points."""
    from nbgrader.api import Gradebook

    from grading.records import journal

    written = sorted(verdict.student for verdict in journal.read(root))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        found = {
            e.student.id: e.score for e in gradebook.assignment_submissions("small")
        }
    if written != sorted(expected) or found != expected:
        raise RuntimeError("The journal or the gradebook is not what was handed in.")
