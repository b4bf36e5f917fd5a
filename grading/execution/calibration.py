"""Where each test runs, decided by what the reference solution gets there.

A test runs outside the sandbox, where no answer can forge its score, unless the
reference gets other points there than in one process, as in a notebook. Such a test
runs inside: in a copy of the answer's process that ends with the test, or, where what
a test leaves behind is needed later, in the process itself.
"""

from dataclasses import dataclass, replace

import nbformat
from nbgrader.utils import determine_grade

from grading.course import ANYBODY, CourseError, whose_data
from grading.execution.job import caged, is_test, job, patching, preloaded
from grading.execution.judge import WAYS

__all__ = ["Calibration", "calibrate"]

_TIMES = 5  # the patience of calibration, so that a busy machine decides nothing
_NO_COPIES = ("tensorflow", "keras", "utils.backend")


@dataclass(frozen=True)
class Calibration:
    """Where the tests of an assignment run.

    Attributes
    ----------
    tests : tuple of str
        All of them, in order.
    ways : dict of str to str
        Of those that run inside the sandbox: ``"copy"`` or ``"process"``.
    """

    tests: tuple[str, ...]
    ways: dict[str, str]

    @property
    def lines(self):
        """Which tests are forgery-proof and which are not, as lines of text."""
        inside = [name for name in self.tests if name in self.ways]
        count = len(self.tests) - len(inside)
        lines = [f"{count} of {len(self.tests)} tests run outside the sandbox."]
        if inside:
            lines.append(f"Inside it, so not forgery-proof: {', '.join(inside)}.")
        return lines


def calibrate(worker, source, files, limits):
    """Return where the tests of an assignment run.

    Parameters
    ----------
    worker : grading.execution.forkserver.Worker
        One that has imported what the assignment needs.
    source : nbformat.NotebookNode
        The source notebook, with the reference solution and the hidden tests.
    files : dict of str to bytes
        What lies beside it.
    limits : Limits
        What a submission may use.

    Raises
    ------
    SandboxError
        If no cage could be built.
    CourseError
        If a test gives the reference solution more points than it has.
    """
    more = {n: _TIMES * getattr(limits, n) for n in ("cell_seconds", "total_seconds")}
    limits = replace(limits, **more)

    whose = whose_data(files, ANYBODY)

    def points(ways):
        order = job(source, source, files, limits, ways, student=whose)
        found = worker.grade({**order, "strict": True})
        return _points(source, found["outputs"])

    ways = dict.fromkeys(patching(source), "process")
    found = points(ways)
    tests = tuple(found)
    if any(score != most for score, most in found.values()):
        truth = points(dict.fromkeys(tests, "process"))
        while found != truth and _harden(ways, found, truth, copies=_forks(source)):
            found = points(ways)
    return Calibration(tests, {name: way for name, way in ways.items() if way})


def _harden(ways, found, truth, *, copies):
    """Move the first test that differs further in, or else what it may depend on.

    Returns whether anything was left to move.
    """
    tests = list(truth)
    first = next(n for n, name in enumerate(tests) if found[name] != truth[name])
    steps = WAYS if copies else (WAYS[0], WAYS[-1])
    for name in reversed(tests[: first + 1]):
        way = ways.get(name, WAYS[0])
        if way != WAYS[-1]:
            further = steps[steps.index(way) + 1] if name == tests[first] else WAYS[-1]
            ways[name] = further
            return True
    return False


def _forks(source):
    """Return whether a copy of the process can go on: with TensorFlow it hangs."""
    return not any(name.startswith(_NO_COPIES) for name in preloaded(source))


def _points(source, outputs):
    """Return the points of each test, as nbgrader reads them, and the most."""
    notebook = caged(nbformat.from_dict(source), outputs)
    graded = (cell for cell in notebook.cells if is_test(cell))
    return {cell.metadata.nbgrader.grade_id: _grade(cell) for cell in graded}


def _grade(cell):
    """Return the points of a test and the most; raise if it gives more than these."""
    try:
        return determine_grade(cell)
    except ValueError:
        about = cell.metadata.nbgrader
        raise CourseError(
            f"The test {about.grade_id} gives the reference solution more than its "
            f"{about.points:g} points; a last line that is no credit ends with ;."
        ) from None
