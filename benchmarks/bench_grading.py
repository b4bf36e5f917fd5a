"""Grading a class, against nbgrader's own commands on the same submissions.

Both write gradebook and feedback.  What counts is core-seconds, of every process that a
command starts and with its imports, so that it matters little what else the machine
does and how many cores it has.  A core may be faster at one minute than at the next, so
ours runs before, between and after nbgrader's commands, and its mean counts.
"""

import ctypes
import importlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import nbformat

from benchmarks import Row, seconds

ROOT = Path(__file__).parents[1]
SUBREAPER = 36  # prctl: what a command leaves behind becomes a child, and is counted
CLASSES = {  # assignment, submissions (nbgrader takes minutes), times faster than it
    "NumPy": ("ex01_perceptron", 100, 6.5),
    "TensorFlow": ("ex13_recurrent", 40, 8.5),
}
INSIDE = 40, 1  # submissions whose tests run in the sandbox, times faster than it
COMMANDS = ("autograde", "generate_feedback")


def run() -> list[Row]:
    size = int(os.environ.get("SUBMISSIONS", "0"))  # fewer, where time is short
    rows = []
    for kind, (name, usual, reach) in CLASSES.items():
        rows += _class(kind, name, size or usual, reach)
    return [*rows, _inside(size or INSIDE[0]), _sandbox()]


def _class(kind: str, name: str, size: int, reach: float) -> list[Row]:
    """Compare the grading of one class of the course."""
    cost, own, memory = _both_ways(_course, name, size)
    return [
        Row(
            f"{size} submissions to a {kind} assignment, against nbgrader",
            cost / own,
            "times more per core-second",
            reach=reach,
            better="higher",
            note=f"{own:.2f} core-seconds each against {cost:.2f}; the cells alone "
            f"take {_cells(name):.2f}",
        ),
        Row(
            f"peak memory of grading with one {kind} worker",
            memory / 2**20,
            "MiB",
            reach=1024,
            note="all its processes together, shared pages counted once",
        ),
    ]


def _inside(size: int) -> Row:
    """Compare the grading of tests that can run only in the sandbox."""
    cost, own, _ = _both_ways(_course_of_kinds, "kinds", size)
    return Row(
        f"{size} submissions with tests that run in the sandbox, against nbgrader",
        cost / own,
        "times more per core-second",
        reach=INSIDE[1],
        better="higher",
        note=f"{own:.2f} core-seconds each against {cost:.2f}",
    )


def _both_ways(
    make: Callable[[Path, str, int], None], name: str, size: int
) -> tuple[float, float, float]:
    """Grade one class with nbgrader, and with ours before, between and after.

    Returns the core-seconds of a submission, nbgrader's and ours, and our peak memory.
    """
    nbgrader, grading = (
        [sys.executable, "-m", word] for word in ("nbgrader", "grading")
    )
    theirs, mine = [], []
    with tempfile.TemporaryDirectory() as scratch:
        stock, *ours = (Path(scratch, way) for way in "abcd")
        for root in (stock, *ours):
            make(root, name, size)
        for root in (stock, *ours):  # makes the gradebook, as at the first release
            _measure([*nbgrader, "generate_assignment", name], root)
        for root in ours:  # once for each version of a source
            _measure([*grading, "--root", str(root), "calibrate", name], root)
        for root, command in zip(ours, (None, *COMMANDS), strict=True):
            if command:
                theirs.append(_measure([*nbgrader, command, name], stock))
            run = ["--root", str(root), "run", name, "--jobs", "1"]
            mine.append(_measure([*grading, *run], root))
        _compare(stock, ours, name, size)
    used = [each["core_seconds"] for each in mine]
    cost = sum(each["core_seconds"] for each in theirs)
    memory = max(each["memory"] for each in mine)
    return cost / size, statistics.fmean(used) / size, memory


def _cells(name: str, times: int = 5) -> float:
    """Return the core-seconds of the source's cells in the sandbox, without a judge."""
    from grading.execution.forkserver import Worker
    from grading.execution.job import job, preloaded
    from grading.sandbox.limits import Limits

    source = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", 4)
    cells = [cell.source for cell in source.cells if cell.cell_type == "code"]
    order = job(source, source, {}, Limits())
    order["cells"] = [{"source": text, "test": False} for text in cells]
    used = []
    for runs in (1, 1 + times):
        before = _of_children()
        with Worker(preloaded(source)) as worker:
            for _ in range(runs):
                worker.grade(order)
        used.append(_of_children() - before)
    return (used[1] - used[0]) / times


def _sandbox() -> Row:
    """Return what the sandbox adds to a submission that does nothing."""
    from grading.execution.forkserver import ALWAYS, Worker

    for module in ALWAYS:
        importlib.import_module(module)
    job = {"cells": [{"source": "1", "test": False}], "imports": "", "files": {}}
    limits = {"cell_seconds": 60, "total_seconds": 60}
    with Worker() as worker:
        caged = seconds(lambda: worker.grade({**job, **limits}), repeat=20)
    free = seconds(_without_sandbox, repeat=20)
    return Row(
        "what the sandbox adds to a submission",
        caged - free,
        "s",
        reach=0.1,
        note=f"{caged:.3f} s against {free:.3f} s in a mere fork with the same shell",
    )


def _without_sandbox() -> None:
    """Run an empty cell in a fork of this process."""
    from grading.execution import student
    from grading.sandbox.cage import fork

    os.environ.setdefault("IPYTHONDIR", tempfile.gettempdir())
    shell = student.shell()

    def run_cell() -> None:
        student._run({"source": "1", "given": False}, shell, 1)

    os.waitpid(fork(run_cell), 0)


def _course(root: Path, name: str, size: int) -> None:
    """Make a course in which so many handed the right answers in."""
    root.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "solutions" / name, root / "solutions" / name)
    source = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", 4)
    right = {_id(c): c.source for c in source.cells if _id(c).startswith("task-")}
    release = ROOT / "exercises" / name
    notebook = nbformat.read(release / f"{name}.ipynb", 4)
    for cell in notebook.cells:
        cell.source = right.get(_id(cell), cell.source)
    for number in range(size):
        folder = root / "submitted" / f"student{number:03d}" / name
        shutil.copytree(release, folder)
        nbformat.write(notebook, folder / f"{name}.ipynb")


def _course_of_kinds(root: Path, name: str, size: int) -> None:
    """Make a course whose tests all have to run in the sandbox."""
    from tests.grading.kinds import FILES, KINDS
    from tests.grading.test_kinds import notebook, write  # tries the sandbox

    kinds = {kind: task for kind, task in KINDS.items() if task.way}
    write(root / "solutions" / name, notebook("right", hidden=True, kinds=kinds), FILES)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for number in range(size):
        folder = root / "submitted" / f"student{number:03d}" / name
        write(folder, notebook("right", kinds=kinds), FILES)


def _id(cell: nbformat.NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _compare(stock: Path, ours: list[Path], name: str, size: int) -> None:
    """Raise unless everyone has all points that tests give, here and there."""
    from nbgrader.api import Gradebook

    for root in (stock, *ours):
        with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
            lost = {
                f"{grade.name}: {grade.auto_score} of {grade.max_score}"
                for submission in gradebook.assignment_submissions(name)
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.cell.cell_type == "code"  # a person reads answers in words
                if grade.auto_score != grade.max_score
            }
        pages = list(root.glob(f"feedback/*/{name}/{name}.html"))
        if lost:
            raise RuntimeError(f"Not everyone got all points: {lost} in {root}.")
        if len(pages) != size:
            raise RuntimeError(f"{len(pages)} of {size} pages of feedback.")


def _measure(command: list[str], root: Path) -> dict:
    """Run a command in a course and return what it and all it started have used."""
    watch = [sys.executable, "-m", "benchmarks.bench_grading", str(root), *command]
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        watch,
        cwd=ROOT,
        env={**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


# ------------------------------------------------------------- in the new process


def main(root: str, *command: str) -> int:
    """Run a command, wait for all that it started, and print what they used."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    peak, over = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(peak, over))
    watcher.start()
    done = subprocess.run(command, cwd=root, stdout=subprocess.DEVNULL)
    over.set()
    watcher.join()
    _wait_for_all()
    print(json.dumps({"core_seconds": _of_children(), "memory": peak[0]}))
    return done.returncode


def _of_children() -> float:
    """Return the core-seconds of all that this process has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_all() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _watch(peak: list[int], over: threading.Event) -> None:
    """Note the most memory that all processes below this one hold at a time."""
    while not over.wait(0.25):
        peak[0] = max(peak[0], sum(map(_held, _below(os.getpid()))))


def _below(process: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        children = [int(word) for word in _text(path).split()]
        found += [*children, *(other for child in children for other in _below(child))]
    return found


def _held(process: int) -> int:
    """Return a process's bytes; a page that several share counts once in their sum."""
    lines = _text(Path(f"/proc/{process}/smaps_rollup")).splitlines()
    kilobytes = (line.split()[1] for line in lines if line.startswith("Pss:"))
    return 1024 * int(next(kilobytes, "0"))


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it has just ended
        return ""


if __name__ == "__main__":
    start = time.perf_counter()
    status = main(*sys.argv[1:])
    took = time.perf_counter() - start
    print(f"{' '.join(sys.argv[2:])}: {took:.1f} s", file=sys.stderr)
    sys.exit(status)
