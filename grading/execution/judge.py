"""Run a submission: the student's cells in a cage, the graded tests out here.

A test is ordinary Python. The names of the student that it uses are fetched from the
cage just before it runs: data as copies, functions as stand-ins that call into the
cage. So the student's process never sees a test, and has no score to forge.
"""

import ast
import builtins
import contextlib
import io
import secrets
import signal
import sys
import time
from dataclasses import dataclass, field

from grading.execution.outputs import relayed
from grading.execution.partial import credit, run_test
from grading.execution.rpc import Gone, Peer, Tampered

__all__ = ["NOT_PROOF", "STATUSES", "WAYS", "Judge", "Refused", "Result"]

WAYS = ("", "copy", "process")
"""Where a test can run: out here, in a copy of the answer's process, or in itself."""

NOT_PROOF = "run in the sandbox, so not forgery-proof"
STATUSES = ("graded", "timeout", "memory", "died", "tampered")
_GRACE, _LEAST = 2.0, 2.0
_BUILTIN = frozenset(dir(builtins))  # before IPython adds to them


@dataclass
class Result:
    """What came of a submission.

    Attributes
    ----------
    status : str
        The gravest thing that happened, one of `STATUSES`.
    detail : str
        What happened, in words; empty when all went well.
    outputs : dict of int to list
        Outputs of each code cell, by its place in the notebook.
    marks : list of str
        What to know about how it was graded.
    failed : list of str
        Lines of given cells that failed and were passed over.
    memory : int
        The most bytes that its cages held.
    """

    status: str = "graded"
    detail: str = ""
    outputs: dict[int, list] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    memory: int = 0

    def note(self, status, detail):
        """Record something that happened, unless something graver did."""
        if STATUSES.index(status) > STATUSES.index(self.status):
            self.status, self.detail = status, detail


class Judge:
    """The one who runs the tests of one submission.

    Parameters
    ----------
    new_cage : callable
        Returns the line to a new cage with a student in it, and a function that
        interrupts it, and one that ends it and returns its outcome.
    job : dict
        ``cells``: a list of dictionaries with ``source`` and ``test``, for a test also
        the ``names`` that it reads, and, for one that runs in the cage, its own
        ``name`` and the ``way``, one of `WAYS`; ``imports``: the source of the imports
        that tests may rely on; ``files``: by name, what was handed in besides;
        ``student``: from whose id data are drawn, if that matters;
        ``cell_seconds`` and ``total_seconds``; ``strict``: whether a test fails that
        compares what cannot leave the cage, to find such tests.
    most, in_all : int
        Characters that a cell or a test may print and show, and that all cells may.
        What runs in the cage sees to the first itself, as long as it is honest.

    Notes
    -----
    What is stopped halves the time of the cells after it, so that a notebook full of
    endless loops takes less than twice the time of one.
    """

    def __init__(self, new_cage, job, *, most, in_all):
        self._new_cage, self._most, self._room = new_cage, most, in_all
        self._job = job
        self._end = time.monotonic() + job["total_seconds"]
        self._patience = job["cell_seconds"]
        self._peer = None
        self._skipped = set()
        self._result = Result()
        self._base = {"__name__": "__main__"}
        _import(job["imports"], self._base)
        self._left = {}

    def run(self):
        """Run all cells in order and return the result."""
        for place, cell in enumerate(self._job["cells"]):
            if time.monotonic() >= self._end:
                self._result.note("timeout", "The time for the whole notebook was up.")
                outputs = [
                    _failed("Timeout", "The notebook took too long before this.")
                ]
            elif cell.get("way"):
                outputs = self._test_inside(place, cell)
            elif cell["test"]:
                outputs = self._test(place, cell)
            else:
                outputs = self._answer(place, cell)
            self._result.outputs[place] = outputs
        self._leave()
        return self._result

    def _enter(self, place):
        """Have a cage in which all cells before a place have been run."""
        if self._peer is not None:
            self._start_clock()
            return
        line, self._interrupt, self._close = self._new_cage()
        self._peer = Peer(line, strict=self._job.get("strict", False))
        self._peer.late = self._late
        self._start_clock()
        about = {name: self._job.get(name, "") for name in ("files", "student")}
        self._peer.ask({"do": "files", **about})
        for number, cell in enumerate(self._job["cells"][:place]):
            if number in self._skipped:
                continue
            self._start_clock()
            if not cell["test"]:
                self._peer.ask({"do": "cell", **_order(cell)})
            elif cell.get("way") == "process":
                self._peer.ask(_inside(cell, cell["source"]))
        self._start_clock()

    def _leave(self):
        """End the cage, if there is one, and return how it ended."""
        if self._peer is None:
            return {}
        self._peer.line.close()
        self._peer = None
        outcome = self._close()
        self._result.memory = max(self._result.memory, outcome["memory"])
        return outcome

    def _start_clock(self):
        """Set the time by which the next step must be done."""
        now = time.monotonic()
        self._peer.deadline = min(now + self._patience, self._end)
        self._warned = None

    def _late(self):
        """Interrupt what takes too long, and give it up if that does not help."""
        self._result.note("timeout", "A cell took too long and was interrupted.")
        if self._warned is not None:
            helped = self._peer.answered > self._warned
            if helped and time.monotonic() < self._end:
                self._start_clock()  # another call, which has had this much already
                self._peer.deadline -= _GRACE
                return
            self._peer.broken = TimeoutError()
            raise KeyboardInterrupt
        self._warned = self._peer.answered
        self._lose_patience()
        self._interrupt()
        self._peer.deadline = time.monotonic() + _GRACE

    def _lose_patience(self):
        """Give the cells after this one half the time."""
        self._patience = max(self._patience / 2, _LEAST)

    def _answer(self, place, cell):
        """Run a cell of the student in the cage and return its outputs."""
        try:
            self._enter(place)
            reply = self._peer.ask({"do": "cell", **_order(cell)})
            outputs = self._kept(reply["outputs"])
            self._result.failed += [str(line) for line in reply.get("failed", ())][:9]
        except BaseException as error:
            self._skipped.add(place)
            return [_failed("Stopped", self._lost(error))]
        if reply.get("error") == "KeyboardInterrupt":
            self._skipped.add(place)
        if reply.get("error") == "MemoryError":
            self._result.note("memory", "A cell asked for too much memory.")
        return outputs

    def _kept(self, told):
        """Return the outputs that a cage told of, as far as there is room for them."""
        most = min(self._most, self._room)
        outputs = relayed(told, most)
        self._room -= sum(map(_length, outputs))
        return outputs

    def _lost(self, error):
        """End a cage that is of no use any more; return why, in words."""
        error = getattr(self._peer, "broken", None) or error
        outcome = self._leave()
        if isinstance(error, TimeoutError):
            found = "timeout", "It took too long and could not be interrupted."
        elif outcome.get("reason") == "memory":
            found = "memory", "It used too much memory and was stopped."
        elif isinstance(error, Gone):
            found = "died", f"Python itself ended here (status {outcome.get('code')})."
        elif isinstance(error, Tampered):
            found = "tampered", f"The notebook sent {error}."
        elif isinstance(error, Refused):
            raise error
        else:
            found = "tampered", f"The notebook's replies make no sense ({error!r})."
        self._result.note(*found)
        return found[1]

    def _test(self, place, cell):
        """Run a test out here and return its outputs."""
        printed = _Printed(self._most)
        try:
            self._enter(place)
            self._peer.printed = lambda text: sys.stdout.write(text)
            with contextlib.redirect_stdout(printed), self._alarm():
                failure = self._verdict(cell)
        except BaseException as error:
            return [_failed("Stopped", self._lost(error))]
        if self._peer.broken is not None:
            self._lost(self._peer.broken)
        text = {"output_type": "stream", "name": "stdout", "text": printed.getvalue()}
        return [
            output for output in (text if text["text"] else None, failure) if output
        ]

    def _test_inside(self, place, cell):
        """Run a test in the cage, where the answer could interfere with it.

        So a line has to fail there before it, and one after its end, each with a word
        that was not known before; all else is a failure. That it ran there is noted.
        """
        self._result.marks.append(f"{cell['name']}: {NOT_PROOF}")
        words = [secrets.token_hex(8) for _ in range(2)]
        first, last = (f"assert 1 == 2, {word!r}" for word in words)
        try:
            self._enter(place)
            canary = self._peer.ask(_inside(cell, first))["told"]
            found = self._peer.ask(_inside(cell, cell["source"], last))
            outputs, told = self._kept(found["outputs"]), found["told"]
            if canary.get("evalue") != words[0] or not told:
                raise Tampered("a test that must fail and did not")
            if told.get("evalue") != words[1]:
                return [*outputs, *self._kept([told])]
        except BaseException as error:
            self._skipped.add(place)
            return [_failed("Stopped", self._lost(error))]
        points = found.get("points")
        return [*outputs, credit(points)] if isinstance(points, float) else outputs

    def _verdict(self, cell):
        """Return the error or the points of a test as an output, or None."""
        space = {}
        try:
            space = self._space(cell["names"])
            points = run_test(cell["source"], space)
        except BaseException as error:
            return _described(error)
        finally:
            self._left.update(space)
        return None if points is None else credit(points)

    def _space(self, names):
        """Return what a test begins with, given the names that it reads."""
        names = set(names) - _BUILTIN - set(self._base)
        found = self._peer.ask({"do": "names", "wanted": sorted(names)})["names"]
        given = {name: found[name] for name in names if name in found}
        return {**self._left, **self._base, **given}

    @contextlib.contextmanager
    def _alarm(self):
        """Stop a test that goes on and on without waiting for the cage."""

        def ring(*_):
            self._result.note("timeout", "A test took too long.")
            self._lose_patience()
            raise KeyboardInterrupt

        before = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 2 * self._patience + _GRACE)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _length(output):
    """Return the characters of an output, about."""
    parts = output.get("text", ""), output.get("data", ""), output.get("traceback", "")
    return sum(len(str(part)) for part in parts)


class Refused(RuntimeError):  # noqa: N818 (the machine's answer)
    """No cage could be had."""


class _Printed(io.StringIO):
    """Printed text up to a limit."""

    def __init__(self, most):
        super().__init__()
        self._most = most

    def write(self, text):
        """Keep a text if there is room for it."""
        return super().write(text[: max(0, self._most - self.tell())])


def _import(source, space):
    """Carry out imports as far as what they name is there."""
    for node in ast.parse(source).body:
        with contextlib.suppress(Exception):
            exec(ast.unparse(node), space)


def _inside(cell, source, end=""):
    """Return what a cage is told of a test, and of a line that is to fail after it."""
    about = {"source": source, "end": end, "copy": cell["way"] == "copy"}
    return {"do": "test", **about}


def _order(cell):
    """Return what a cage is told of a cell of the student's."""
    return {"source": cell["source"], "given": bool(cell.get("given"))}


def _failed(name, text):
    """Return an error output in the form of a notebook."""
    line = f"{name}: {text}"
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [line]}


def _described(error):
    """Return an error as an output that shows no line of the test."""
    lines = getattr(error, "_render_traceback_", lambda: [])()
    output = _failed(type(error).__name__, str(error))
    return {**output, "traceback": lines or output["traceback"]}
