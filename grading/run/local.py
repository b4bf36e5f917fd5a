"""Graders in processes of their own, side by side."""

import contextlib
import gc
import itertools
import multiprocessing
import signal
import time
from multiprocessing.connection import wait

from grading.intake.problems import Problem
from grading.records.journal import Verdict
from grading.run.grader import Graded, Grader, Plan, broken
from grading.sandbox import linux

__all__ = ["Crew"]

_PATIENCE = 5.0
_TICK = 1.0
_LOST = Problem(
    "The process that graded it ended twice.",
    "Run once more when the machine has memory to spare.",
)
_STUCK = Problem(
    "Reading it or writing its feedback took for ever.",
    "Look for text of an odd form, such as a line of a million brackets.",
)


class Crew:
    """So many graders in processes of their own.

    One that dies is replaced, and its submission is given to another; a second death
    leaves that submission to a person.

    Parameters
    ----------
    jobs : int
        How many.
    """

    def __init__(self, jobs):
        self._members = []
        for _ in range(jobs):
            self._members.append(_Member(self._members))

    def learn(self, plan):
        """Have all be ready to grade by a plan."""
        self.plan = plan
        for member in self._members:
            member.learn(plan)

    def grade(self, plan, items):
        """Yield what comes of submissions, in the order in which they are done.

        Parameters
        ----------
        plan : grading.run.grader.Plan
            What to know about the assignment.
        items : iterable of grading.run.grader.Item
            The submissions; each is asked for when a grader is free.

        Yields
        ------
        grading.run.grader.Graded
            One for each submission.
        """
        items, idle, busy = iter(items), list(self._members), []
        self.learn(plan)
        ready = []
        while True:
            for item in itertools.islice(items, len(idle)):
                busy.append(idle.pop())
                busy[-1].take(item)
            yield from ready  # while the others work
            if not busy:
                return
            wait([end for member in busy for end in member.ends], _TICK)
            answers = [(member, member.answer()) for member in busy]
            ready = [graded for _, graded in answers if graded]
            done = [member for member, graded in answers if graded]
            busy = [member for member in busy if member not in done]
            idle += done

    def close(self, *, patience=_PATIENCE):
        """End all processes, at the latest after so many seconds each."""
        for member in self._members:
            member.close(patience=patience)

    def __enter__(self):
        """Return the crew; leaving the context ends its processes."""
        return self

    def __exit__(self, kind, *_):
        """End all processes, at once if something went wrong."""
        self.close(patience=0 if kind else _PATIENCE)


class _Member:
    """One grader in a process of its own, forked from this one.

    It has imported nbgrader then, which takes seconds.

    Parameters
    ----------
    others : list of _Member
        Whose lines it has to close, so that they notice when they are cut.
    """

    def __init__(self, others):
        self._others = others
        self._plan = self._item = None
        self._start()

    def _start(self):
        """Start a process that has learnt the plan, if there is one yet."""
        context = multiprocessing.get_context("fork")
        self._line, theirs = context.Pipe()
        ours = [self._line, *(other._line for other in self._others)]
        self._process = context.Process(target=_work, args=(theirs, ours), daemon=True)
        self._process.start()
        theirs.close()
        if self._plan is not None:
            self._send(self._plan)

    def _send(self, message):
        with contextlib.suppress(OSError):  # it is dead, which `answer` finds
            self._line.send(message)

    @property
    def ends(self):
        """What to wait for: an answer or the end of the process."""
        return self._line, self._process.sentinel

    def learn(self, plan):
        """Grade by this plan from now on."""
        if plan != self._plan:
            self._plan = plan
            self._send(plan)

    def take(self, item):
        """Begin with a submission."""
        self._item, self._again = item, True
        self._began = time.monotonic()
        self._send(item)

    def answer(self):
        """Return what came of the submission, or None if that takes longer."""
        if wait(self.ends, 0):
            with contextlib.suppress(EOFError, OSError):
                return self._line.recv()
            return self._replace(_LOST)
        if time.monotonic() - self._began > self._plan.patience:
            self._again = False
            return self._replace(_STUCK)
        return None

    def _replace(self, problem):
        """Begin anew in a new process, or return that the submission is given up."""
        self.close(patience=0)
        self._start()
        if self._again:
            self._again = False
            self._send(self._item)
            return None
        verdict = Verdict(self._plan.assignment, self._item.student, self._item.key)
        return Graded(broken(verdict, problem))

    def close(self, *, patience=_PATIENCE):
        """End the process, and with it whatever it started."""
        self._line.close()
        self._process.join(patience)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()


def _work(line, others):
    """Grade what comes over a line until it is closed."""
    linux.die_with_parent()
    gc.freeze()  # what was thrown away before stays: TensorFlow's ends a forked process
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    with contextlib.ExitStack() as stack, contextlib.suppress(EOFError, OSError):
        grader = None
        while True:
            message = line.recv()
            if isinstance(message, Plan):
                stack.close()
                grader = stack.enter_context(Grader(message))
            else:
                line.send(grader.grade(message))
