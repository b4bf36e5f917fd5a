"""Grade submissions of an assignment, one after the other, anywhere.

A grader needs no course directory and no gradebook: a `Plan` tells it all about the
assignment, an `Item` all about a submission, and what it finds is a `Graded`. They hold
plain data, so they travel between processes and machines.
"""

import copy
import re
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbgrader.preprocessors import Execute

from grading.course import settings
from grading.execution.forkserver import Worker
from grading.execution.job import caged, job, preloaded
from grading.execution.partial import told
from grading.intake.folder import Taken, read
from grading.intake.parsing import encodable
from grading.intake.problems import Broken, Problem, named
from grading.intake.repair import Release
from grading.pages.feedback import Feedback
from grading.pages.harmless import bounded, harmless
from grading.records import nbgrader_steps
from grading.records.journal import Task, Verdict, now
from grading.sandbox.cage import SandboxError
from grading.sandbox.limits import Limits

__all__ = ["Graded", "Grader", "Item", "Plan"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_STOPPED = Problem(
    "The notebook stopped Python itself or never let go of it.",
    "Look for exit(), a crash, memory without bound or an endless loop; grade it by "
    "hand or ask for it again.",
)
_AN_HOUR, _TO_SPARE = 3600, 180
_SUSPECT = "Look at what it does before you give points."


@dataclass(frozen=True)
class Plan:
    """All that is needed to grade an assignment.

    Attributes
    ----------
    assignment : str
        Its name.
    source : str
        The source notebook as text.
    files : dict of str to bytes
        What lies beside it; the same files of a submission are replaced by these.
    cells : dict of str to grading.records.nbgrader_steps.Cell
        What the gradebook stores of the assignment.
    kernelspec : str or None
        The assignment's kernel, as JSON.
    settings : str
        The text of ``nbgrader_config.py``.
    limits : grading.sandbox.limits.Limits
        What a submission may use.
    ways : dict of str to str
        Of the tests that run in the cage: how.
    unsafe : bool
        Whether to run submissions with stock nbgrader, without the sandbox.
    """

    assignment: str
    source: str
    files: dict[str, bytes]
    cells: dict[str, nbgrader_steps.Cell]
    kernelspec: str | None
    settings: str
    limits: Limits
    ways: dict[str, str] = field(default_factory=dict)
    unsafe: bool = False

    @property
    def patience(self):
        """Seconds after which something must have gone wrong with a submission."""
        return _AN_HOUR if self.unsafe else self.limits.total_seconds + _TO_SPARE


@dataclass(frozen=True)
class Item:
    """All that is needed to grade a submission.

    Attributes
    ----------
    student, key : str
        Whose it is, and the hash of all that its verdict depends on.
    taken : grading.intake.folder.Taken
        What was handed in.
    marks : dict of str to grading.records.nbgrader_steps.Marks
        What a person gave, by cell.
    seconds_late : float
        How late it was.
    kept : dict of str to float
        Scores to keep whatever the tests say now.
    unread_stamp : str
        What ``timestamp.txt`` says if no time can be read from it.
    """

    student: str
    key: str
    taken: Taken
    marks: dict[str, nbgrader_steps.Marks] = field(default_factory=dict)
    seconds_late: float = 0.0
    kept: dict[str, float | None] = field(default_factory=dict)
    unread_stamp: str = ""


@dataclass(frozen=True)
class Graded:
    """A verdict with the autograded notebook and the feedback page, as text.

    Both are empty when nothing could be graded.
    """

    verdict: Verdict
    notebook: str = ""
    page: str = ""


class Grader:
    """One who grades submissions of an assignment.

    Parameters
    ----------
    plan : Plan
        What to know about it.
    """

    def __init__(self, plan):
        self.plan = plan
        self._source = nbformat.reads(plan.source, as_version=4)
        self._release = Release(self._source)
        self._config = settings(plan.settings)
        self._restore = nbgrader_steps.restoring(self._config)
        step = Execute(config=self._config) if plan.unsafe else self._execute
        self._score = nbgrader_steps.scoring(self._config, step)
        self._feedback = Feedback(self._config, self._source, plan.files)
        self._worker = None if plan.unsafe else self._new_worker()

    def _new_worker(self):
        """Return a caging worker; it imports what notebooks need in the meantime."""
        return Worker(preloaded(self._source), limits=self.plan.limits)

    def grade(self, item):
        """Return what came of a submission, whatever it is.

        Parameters
        ----------
        item : Item
            The submission.

        Returns
        -------
        Graded
            With a verdict in every case.
        """
        began = time.monotonic()
        about = self.plan.assignment, item.student, item.key
        verdict = Verdict(*about, unread_stamp=item.unread_stamp)
        try:
            graded = self._graded(item, verdict)
        except Broken as error:
            graded = Graded(broken(verdict, error.problem, error.status))
        except Exception as error:
            problem = Problem(
                f"nbgrader stopped while grading: {type(error).__name__}: {error}",
                "Compare the notebook with the exercise, mend it and run once more.",
            )
            graded = Graded(broken(verdict, problem))
        seconds = round(time.monotonic() - began, 3)
        return replace(
            graded, verdict=replace(graded.verdict, seconds=seconds, at=now())
        )

    def _graded(self, item, verdict):
        """Return what came of a submission that can be graded."""
        plan = self.plan
        notebook, repairs = read(item.taken.content, self._release)
        repairs = (*item.taken.lines, *repairs)
        marks = {name: replace(marks) for name, marks in item.marks.items()}
        book = nbgrader_steps.Book(
            plan.cells, marks, plan.kernelspec, item.seconds_late
        )
        about = (plan.assignment, item.student, book)
        notebook, _ = self._restore(notebook, nbgrader_steps.resources_for(*about))
        files = {**item.taken.files, **plan.files}
        notebook, found = self._run(notebook, about, files)
        for name, score in item.kept.items():
            book.marks[name].auto_score = score
        if failed := found.get("failed"):
            text = "Lines of the set-up failed, and the others were run: {}."
            repairs = (*repairs, text.format(named(failed)))
        verdict = replace(_with_scores(verdict, book, notebook, found), repairs=repairs)
        _add_note(bounded(notebook), (*repairs, *_stopped(verdict)))
        text = _for_instructors(notebook, verdict)
        if verdict.needs_person:
            return Graded(verdict, text)
        resources = nbgrader_steps.resources_for(*about)
        page = self._feedback.render(notebook, resources, verdict)
        return Graded(verdict, text, page)

    def _run(self, notebook, about, files):
        """Run a restored notebook; return it with its outputs, and what happened."""
        if self.plan.unsafe:
            return self._run_unprotected(notebook, about, files), {}
        resources = nbgrader_steps.resources_for(*about)
        resources["nbgrader"]["files"] = files
        notebook, resources = self._score(notebook, resources)
        return notebook, resources["nbgrader"]["found"]

    def _execute(self, notebook, resources):
        """Be nbgrader's step that runs a notebook; the resources say what was found."""
        files = resources["nbgrader"]["files"]
        plan = self.plan
        told = job(notebook, self._source, files, plan.limits, plan.ways)
        found = encodable(self._caged(told))
        resources["nbgrader"]["found"] = found
        return caged(notebook, found.pop("outputs")), resources

    def _run_unprotected(self, notebook, about, files):
        """Run a notebook in a kernel of its own, with all of this user's rights."""
        from nbclient.exceptions import DeadKernelError
        from nbgrader.preprocessors.execute import UnresponsiveKernelError

        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, name).write_bytes(content)
            try:
                resources = nbgrader_steps.resources_for(*about, folder)
                return encodable(self._score(notebook, resources)[0])
            except (DeadKernelError, UnresponsiveKernelError):
                raise Broken(_STOPPED) from None

    def _caged(self, order):
        """Return what the caging worker finds; have another one if it has died."""
        for attempt in (1, 2):
            self._worker = self._worker or self._new_worker()
            try:
                return self._worker.grade(order)
            except SandboxError as error:
                self.close()
                if attempt == 2:
                    problem = Problem(
                        f"The sandbox failed twice. {error}",
                        "Run once more when the machine has memory to spare.",
                    )
                    raise Broken(problem) from None
        raise AssertionError

    def close(self):
        """End the caging worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def __enter__(self):
        """Return the grader; leaving the context ends its processes."""
        return self

    def __exit__(self, *_):
        """End the caging worker."""
        self.close()


def broken(verdict, problem, status="needs-a-person"):
    """Return the verdict on a submission that cannot be graded."""
    return replace(
        verdict, status=status, detail=problem.cause, remedy=problem.remedy, at=now()
    )


def _with_scores(verdict, book, notebook, found):
    """Return a verdict with what a book and the outputs say."""
    status = found.get("status", "graded")
    messages = _messages(notebook, book)
    tasks = (
        Task(
            c.name, book.marks[c.name].auto_score, c.max_score, messages.get(c.name, "")
        )
        for c in book.graded
    )
    unanswered = (name for name, marks in book.marks.items() if marks.auto_comment)
    return replace(
        verdict,
        status=status,
        detail=found.get("detail", ""),
        remedy=_SUSPECT if status == "tampered" else "",
        score=book.score,
        max_score=book.max_score,
        tasks=tuple(tasks),
        unanswered=tuple(unanswered),
        penalty=book.late_submission_penalty,
        marks=tuple(found.get("marks", ())),
        waiting=tuple(c.name for c in book.graded if book.marks[c.name].waits),
        memory_mib=round(found.get("memory", 0) / 2**20, 1),
    )


def _messages(notebook, book):
    """Return what the tests that failed told the student, by cell."""
    messages = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in book.marks and cell.cell_type == "code":
            said = (o.evalue for o in cell.outputs if o.output_type == "error")
            text = next(said, "") or _printed(cell, book.marks[name])
            messages[name] = _ANSI.sub("", text)
    return messages


def _printed(cell, marks):
    """Return what a test printed about the points that it did not give, or ""."""
    if marks.auto_score is None or marks.auto_score >= marks.max_score:
        return ""
    streams = (o.text for o in cell.outputs if o.output_type == "stream")
    return told("".join(streams))


def _stopped(verdict):
    """Return what stopped the notebook, as lines of the note at its top."""
    return [f"{verdict.detail} The other tasks were graded."] if verdict.detail else []


def _for_instructors(notebook, verdict):
    """Return the autograded notebook as text, with what students need not know.

    Nothing in it runs when it is opened, in formgrader or elsewhere.
    """
    shown = copy.deepcopy(notebook)
    _add_note(shown, verdict.marks, to="instructors")
    return nbformat.writes(harmless(shown))


def _add_note(notebook, lines, *, to="everybody"):
    """Put lines on what was put right, and on what stopped it, at a notebook's top."""
    if not lines:
        return
    text = "\n".join(f"- {line}" for line in lines)
    cell = nbformat.v4.new_markdown_cell(f"**A note from grading**\n\n{text}")
    cell.id = f"note-to-{to}"
    if notebook.nbformat_minor < 5:
        del cell["id"]
    notebook.cells.insert(0, cell)
