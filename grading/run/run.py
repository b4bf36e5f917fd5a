"""Grade what lies in ``submitted/``: once each, side by side, never stuck.

nbgrader keeps the format, the gradebook and the feedback; the notebooks themselves run
in the sandbox. Graders work side by side and touch no file of the course; this process
alone writes the journal, the autograded notebooks, the feedback and the gradebook.

Every submission ends in a verdict. One that is in the journal already, and whose
notebook, files, tests and limits are the same, is not run again; so a run that was
killed goes on where it stopped. A submission that cannot be graded is named with the
cause and the remedy; it never stops the others and never counts as zero without a word.
"""

import contextlib
import errno
import os
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import OperationalError

from grading.course import CourseError, choose, open_course
from grading.intake.folder import refuse_strangers, students
from grading.intake.problems import Problem
from grading.records import gradebook
from grading.records.journal import Index, Journal
from grading.run.assignment import Work
from grading.run.grader import Graded, broken
from grading.run.local import Crew
from grading.sandbox.choice import refusal

__all__ = ["Run", "calibrations", "grade", "table"]

_BATCH, _SECONDS = 64, 2.0
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
"""Errors of a full disk, which is no submission's fault."""


def grade(root, names=(), *, report=print, **options):
    """Grade every submission of the assignments and write feedback.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    report : callable
        Called with one line of progress for each submission that was run.
    **options
        As for `Run`.

    Returns
    -------
    list of Verdict
        One per submission, in the order of assignments and students; also of those
        that had not changed and were not run again.

    Raises
    ------
    CourseError
        If an assignment is unknown, has no submissions, or has a source that nbgrader
        refuses; or if the machine refuses the sandbox.
    """
    found = list(Run(root, names, report=report, **options))
    return sorted(found, key=lambda verdict: (verdict.assignment, verdict.student))


def calibrations(root, names=(), *, decide=True):
    """Yield where the tests of assignments run, each with the assignment's name.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    decide : bool, default True
        Whether to decide it now where it was not; such an assignment is left out
        otherwise.

    Yields
    ------
    tuple of str and grading.execution.calibration.Calibration
        In the order of the assignments.

    Raises
    ------
    CourseError
        If an assignment is unknown, or the machine refuses the sandbox.
    """
    root = Path(root).resolve()
    if decide and (why := refusal()):
        raise CourseError(why)
    usual = {"force": False, "tasks": (), "unsafe": False}
    with open_course(root) as api, gradebook.opened(api) as book:
        for name in choose(root, names):
            work = Work(root, name, book, api.config, Index(root), **usual)
            found = work.calibrate() if decide else work.calibration
            if found is not None:
                yield name, found


def table(verdicts):
    """Return the verdicts as lines of text: a table, then what a person must know."""
    columns = (
        ["assignment", *(v.assignment for v in verdicts)],
        ["student", *(v.student for v in verdicts)],
        ["result", *(v.result for v in verdicts)],
    )
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        for row in zip(*columns, strict=True)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    failed = [v for v in verdicts if v.is_open]
    lines += ["", f"{len(verdicts) - len(failed)} graded, {len(failed)} need a person."]
    lines += [f"  {v.assignment} {v.student}: {v.about}" for v in failed]
    lines += [f"  {v.assignment} {v.student}: {v.note}" for v in verdicts if v.note]
    return [line.rstrip() for line in lines]


class Run:
    """One run over submissions: iterate over it for their verdicts.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    only : sequence of str
        Students; all of them if empty.
    tasks : sequence of str
        Graded cells whose scores may change; all of them if empty. Say this after a
        test was mended.
    report : callable
        Called with one line of progress for each submission that was run.
    jobs : int, optional
        How many submissions to grade at a time; as many as this process has cores.
    scheduler : str, optional
        Address of a dask scheduler whose workers grade, or ``"local"`` for a cluster on
        this machine.
    force : bool, default False
        Whether to run also what has not changed.
    unsafe : bool, default False
        Whether to run submissions with stock nbgrader, without the sandbox.
    crew : grading.run.local.Crew, optional
        Graders to use, who stay when the run has ended.

    Attributes
    ----------
    changes : list of str
        What scores were before and are now, one line for each that changed.

    Raises
    ------
    CourseError
        If there is nothing to grade, or the machine refuses the sandbox.
    """

    def __init__(
        self,
        root,
        names=(),
        *,
        only=(),
        tasks=(),
        report=print,
        jobs=None,
        scheduler=None,
        force=False,
        unsafe=False,
        crew=None,
    ):
        self.root = Path(root).resolve()
        wanted = choose(self.root, names)
        handed_in = [students(self.root, name) for name in wanted]
        refuse_strangers(only, set().union(*handed_in))
        self._students = {
            name: [student for student in here if not only or student in only]
            for name, here in zip(wanted, handed_in, strict=True)
        }
        _refuse_nothing(wanted if names else [], self._students)
        if not unsafe and (why := refusal()):
            raise CourseError(f"{why} To run students' code unprotected, say --unsafe.")
        self._jobs = min(jobs or len(os.sched_getaffinity(0)), len(self))
        self._scheduler, self._report = scheduler, report
        self._options = {"force": force, "tasks": tasks, "unsafe": unsafe}
        self._ran, self._team = 0, crew
        self.changes = []

    def __len__(self):
        """Return how many submissions there are."""
        return sum(map(len, self._students.values()))

    def __iter__(self):
        """Yield verdicts as they are reached; each is on the disk by then."""
        with contextlib.ExitStack() as stack:
            api = stack.enter_context(open_course(self.root))
            journal = stack.enter_context(Journal(self.root))
            index = Index(self.root)
            book = stack.enter_context(gradebook.opened(api))
            for name, everyone in self._students.items():
                if everyone:
                    about = self.root, name, book, api.config, index
                    work = Work(*about, **self._options)
                    yield from self._verdicts(work, everyone, journal, stack)

    def _verdicts(self, work, everyone, journal, stack):
        """Yield the verdicts of an assignment: known ones first, then new ones."""
        todo, old, writer = [], [], _Writer(work, journal)
        for student in everyone:
            known, new = work.look(student)
            if known is None:
                todo.append(student)
            elif new:
                yield self._finish(writer, Graded(known))
            else:
                writer.catch_up(known)
                old.append(known)
        writer.flush()
        yield from self._settled(writer, work, old)
        if todo:
            work.register()
            team = self._graders(stack)
            for graded in team.grade(work.plan(), work.items(todo)):
                yield self._finish(writer, graded)
        writer.flush()

    def _settled(self, writer, work, old):
        """Yield verdicts of the journal as they are today; note what penalties are."""
        pairs = [(former, work.as_it_is(former)) for former in old]
        owed = [pair for pair in pairs if work.owes(*pair)]
        if owed:
            writer.note_penalties(owed)
        for former, verdict in owed:
            self.changes += _changed_penalty(former, verdict)
        yield from (verdict for _, verdict in pairs)

    def _graders(self, stack):
        """Return those who grade; they stay until the run has ended."""
        if self._team is None:
            if self._scheduler:
                from grading.run.dask import Cluster

                self._team = Cluster(self._scheduler, self._jobs)
            else:
                self._team = Crew(self._jobs)
            stack.enter_context(self._team)
        return self._team

    def _finish(self, writer, graded):
        """Put a new verdict on the disk, report it, and return it."""
        verdict, former = writer.write(graded)
        self._ran += 1
        place = f"[{self._ran}/{len(self)}] {verdict.assignment} {verdict.student}"
        self._report(f"{place}: {_line(verdict)}")
        if former is not None:
            self.changes += _changes(former, verdict)
        return verdict


class _Writer:
    """The only one who writes to the journal, the gradebook and the folders.

    The folders come first, then the journal, then the gradebook in batches, then a note
    of that in the journal: wherever a run is killed, the next one knows what is left.
    """

    def __init__(self, work, journal):
        self._work, self._journal = work, journal
        self._waiting, self._since = [], 0.0

    def write(self, graded):
        """Write what came of a submission; return its verdict and its former one."""
        verdict = graded.verdict
        former = self._work.former(verdict.student)
        try:
            stamp = self._work.write(graded)
        except (OSError, ValueError) as error:
            if getattr(error, "errno", None) in NO_ROOM:
                raise
            verdict, stamp = _not_written(verdict, "its folders", error), None
        self._journal.add(verdict)
        self._add(verdict, stamp)
        return verdict, former

    def catch_up(self, verdict):
        """Bring a verdict of the journal to the gradebook if it is not there."""
        if not self._work.is_merged(verdict):
            self._add(verdict, self._work.stamp(verdict.student))

    def _add(self, verdict, stamp):
        """Have a verdict wait for its batch."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((verdict, stamp))
        waited = time.monotonic() - self._since
        if len(self._waiting) >= _BATCH or waited > _SECONDS:
            self.flush()

    def note_penalties(self, pairs):
        """Write what being late costs now, for pairs of former and present verdicts.

        The journal comes last: as long as it differs, the next run does this again.
        """
        self._work.note_penalties([verdict for _, verdict in pairs])
        noted = [replace(old, penalties=verdict.penalties) for old, verdict in pairs]
        for verdict in noted:
            self._journal.add(verdict)
        self._journal.add_merged(noted)

    def flush(self):
        """Write what waits into the gradebook."""
        if self._waiting:
            self._work.register()
            self._merge(self._waiting)
            self._waiting = []

    def _merge(self, entries):
        """Write entries into the gradebook, one by one if not all will go."""
        try:
            gradebook.merge(self._work.book, entries)
        except OperationalError as error:
            raise CourseError(
                f"The gradebook could not be written: {error}\nRun once more when "
                "nothing else holds it; what was graded is in the journal."
            ) from None
        except Exception as error:  # whatever is the matter with one of them
            if len(entries) > 1:
                for entry in entries:
                    self._merge([entry])
                return
            self._give_up(entries[0][0], error)
        self._journal.add_merged([verdict for verdict, _ in entries])

    def _give_up(self, verdict, error):
        """Leave a verdict that the gradebook does not take to a person."""
        if verdict.score is not None:
            self._journal.add(_not_written(verdict, "the gradebook", error))


def _refuse_nothing(named, found):
    """Raise if there is nothing to grade in all, or for an assignment named."""
    empty = [name for name in named if not found[name]]
    if empty or not any(found.values()):
        name = empty[0] if empty else "ASSIGNMENT"
        raise CourseError(
            f"No submissions of {name if empty else 'any assignment'}: put them in "
            f"submitted/STUDENT/{name}/{name}.ipynb."
        )


def _not_written(verdict, where, error):
    """Return the verdict on a submission whose results could not be written."""
    problem = Problem(
        f"What came of it could not be written to {where} "
        f"({type(error).__name__}: {error}).",
        "Rename or mend what this names and run once more.",
    )
    return broken(replace(verdict, score=None), problem)


def _line(verdict):
    """Return a verdict for the progress report."""
    if verdict.needs_person:
        return f"needs a person. {verdict.about}"
    return f"{verdict.result} {verdict.detail}".rstrip()


def _changes(former, verdict):
    """Return a line for each score that is not what it was."""
    who = f"{verdict.assignment} {verdict.student}"
    if None in (former.score, verdict.score):
        same = former.result == verdict.result
        return [] if same else [f"{who}: {former.result} -> {verdict.result}"]
    before = {task.name: task.score for task in former.tasks}
    scores = [
        f"{who}: {task.name} {before[task.name]:g} -> {task.score:g}"
        for task in verdict.tasks
        if task.score is not None
        and before.get(task.name) is not None
        and before[task.name] != task.score
    ]
    return scores + _changed_penalty(former, verdict)


def _changed_penalty(former, verdict):
    """Return a line if being late does not cost what it did."""
    before, now = former.penalty or 0.0, verdict.penalty or 0.0
    if before == now:
        return []
    who = f"{verdict.assignment} {verdict.student}"
    return [f"{who}: lost by being late {before:g} -> {now:g}"]
