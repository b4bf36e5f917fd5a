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

from grading.course import DATA_OF, apart, has_own_data, qualified, settings, whose_data
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
from grading.records.journal import STATUSES, Task, Verdict, now
from grading.sandbox.cage import SandboxError
from grading.sandbox.limits import Limits

__all__ = ["Graded", "Grader", "Item", "Plan", "Source"]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_STOPPED = Problem(
    "The notebook stopped Python itself or never let go of it.",
    "Look for exit(), a crash, memory without bound or an endless loop; grade it by "
    "hand or ask for it again.",
)
_AN_HOUR, _TO_SPARE = 3600, 180
_SUSPECT = "Look at what it does before you give points."


@dataclass(frozen=True)
class Source:
    """A source notebook of an assignment.

    Attributes
    ----------
    text : str
        The notebook.
    cells : dict of str to grading.records.nbgrader_steps.Cell
        What the gradebook stores of it.
    kernelspec : str or None
        Its kernel, as JSON.
    ways : dict of str to str
        Of its tests that run in the cage: how.
    """

    text: str
    cells: dict[str, nbgrader_steps.Cell]
    kernelspec: str | None
    ways: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """All that is needed to grade an assignment.

    Attributes
    ----------
    assignment : str
        Its name.
    sources : dict of str to Source
        Its notebooks by name: one, or several.
    files : dict of str to bytes
        What lies beside them; the same files of a submission are replaced by these.
    settings : str
        The text of ``nbgrader_config.py``.
    limits : grading.sandbox.limits.Limits
        What a submission may use.
    unsafe : bool
        Whether to run submissions with stock nbgrader, without the sandbox.
    """

    assignment: str
    sources: dict[str, Source]
    files: dict[str, bytes]
    settings: str
    limits: Limits
    unsafe: bool = False

    @property
    def patience(self):
        """Seconds after which something must have gone wrong with a submission."""
        if self.unsafe:
            return _AN_HOUR
        return len(self.sources) * self.limits.total_seconds + _TO_SPARE


@dataclass(frozen=True)
class Item:
    """All that is needed to grade a submission.

    Attributes
    ----------
    student, key : str
        Whose it is, and the hash of all that its verdict depends on.
    taken : grading.intake.folder.Taken
        What was handed in.
    marks : dict of str to dict of str to grading.records.nbgrader_steps.Marks
        What a person gave, by notebook and cell.
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
    marks: dict[str, dict[str, nbgrader_steps.Marks]] = field(default_factory=dict)
    seconds_late: float = 0.0
    kept: dict[str, float | None] = field(default_factory=dict)
    unread_stamp: str = ""


@dataclass(frozen=True)
class Graded:
    """A verdict with the autograded notebooks and the feedback pages, as text.

    They are by the notebook's name, and none where nothing could be graded.
    """

    verdict: Verdict
    notebooks: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


class Grader:
    """One who grades submissions of an assignment.

    Parameters
    ----------
    plan : Plan
        What to know about it.
    """

    def __init__(self, plan):
        self.plan = plan
        self._config = settings(plan.settings)
        self._restore = nbgrader_steps.restoring(self._config)
        step = Execute(config=self._config) if plan.unsafe else self._execute
        self._score = nbgrader_steps.scoring(self._config, step)
        self._sheets = [_Sheet(plan, name, self._config) for name in plan.sources]
        self._worker = None if plan.unsafe else self._new_worker()

    def _new_worker(self):
        """Return a caging worker; it imports what notebooks need in the meantime."""
        modules = (module for s in self._sheets for module in preloaded(s.source))
        return Worker(list(dict.fromkeys(modules)), limits=self.plan.limits)

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
        """Return what came of a submission of which anything can be graded."""
        handed_in, parts, problems = item.taken.notebooks, {}, []
        for sheet in self._sheets:
            if sheet.name not in handed_in:
                parts[sheet.name] = sheet.missing(verdict)
                continue
            try:
                parts[sheet.name] = self._part(sheet, item, verdict)
            except Broken as error:
                problems.append(error)
                parts[sheet.name] = sheet.broken(verdict, error)
        if len(problems) == len(handed_in):
            raise problems[0]
        return _joined(parts, [name for name in parts if name not in handed_in])

    def _part(self, sheet, item, verdict):
        """Return what came of one notebook of a submission."""
        notebook, repairs = read(item.taken.notebooks[sheet.name], sheet.release)
        repairs = (*item.taken.lines, *repairs)
        book = sheet.book(item)
        about = (self.plan.assignment, item.student, book)
        resources = self._resources(about, sheet)
        notebook, _ = self._restore(notebook, resources)
        files = {**item.taken.files, **self.plan.files}
        notebook, found = self._run(notebook, about, sheet, files)
        for cell, score in sheet.kept(item).items():
            book.marks[cell].auto_score = score
        if failed := found.get("failed"):
            text = "Lines of the set-up failed, and the others were run: {}."
            repairs = (*repairs, text.format(named(failed)))
        verdict = _with_scores(verdict, sheet.name, book, notebook, found)
        verdict = replace(verdict, repairs=repairs)
        lines = (*repairs, *_stopped(verdict), *self._drawn_for(item.student))
        _add_note(bounded(notebook), lines)
        text = _for_instructors(notebook, verdict)
        if verdict.needs_person:
            return Graded(verdict, {sheet.name: text})
        resources = self._resources(about, sheet)
        page = sheet.feedback.render(notebook, resources, verdict)
        return Graded(verdict, {sheet.name: text}, {sheet.name: page})

    def _drawn_for(self, student):
        """Return whose data these are, as lines of the note at the notebook's top."""
        if not has_own_data(self.plan.files):
            return ()
        return (f"Data of your own were drawn for {named([student])}.",)

    def _resources(self, about, sheet, folder=""):
        """Return what nbgrader's steps are told about a notebook."""
        return nbgrader_steps.resources_for(*about, folder, notebook=sheet.name)

    def _run(self, notebook, about, sheet, files):
        """Run a restored notebook; return it with its outputs, and what happened."""
        whose = whose_data(self.plan.files, about[1])
        if self.plan.unsafe:
            if has_own_data(self.plan.files):
                files = {**files, DATA_OF: whose.encode()}
            return self._run_unprotected(notebook, about, sheet, files), {}
        resources = self._resources(about, sheet)
        resources["nbgrader"] |= {"files": files, "sheet": sheet, "whose": whose}
        notebook, resources = self._score(notebook, resources)
        return notebook, resources["nbgrader"]["found"]

    def _execute(self, notebook, resources):
        """Be nbgrader's step that runs a notebook; the resources say what was found."""
        about = resources["nbgrader"]
        files, sheet, whose = (about[name] for name in ("files", "sheet", "whose"))
        limits = self.plan.limits
        told = job(notebook, sheet.source, files, limits, sheet.ways, student=whose)
        found = encodable(self._caged(told))
        resources["nbgrader"]["found"] = found
        return caged(notebook, found.pop("outputs")), resources

    def _run_unprotected(self, notebook, about, sheet, files):
        """Run a notebook in a kernel of its own, with all of this user's rights."""
        from nbclient.exceptions import DeadKernelError
        from nbgrader.preprocessors.execute import UnresponsiveKernelError

        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
                Path(folder, name).write_bytes(content)
            try:
                resources = self._resources(about, sheet, folder)
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


class _Sheet:
    """A notebook of the assignment, read once for all who hand it in."""

    def __init__(self, plan, name, config):
        about = plan.sources[name]
        self.name, self._about, self._assignment = name, about, plan.assignment
        self.source, self.ways = nbformat.reads(about.text, as_version=4), about.ways
        self.release = Release(self.source)
        self.feedback = Feedback(config, self.source, plan.files)

    def book(self, item):
        """Return a book for a submission, with the points that a person gave."""
        marks = item.marks.get(self.name, {})
        marks = {cell: replace(given) for cell, given in marks.items()}
        about = self._about.cells, marks, self._about.kernelspec
        return nbgrader_steps.Book(*about, item.seconds_late)

    def kept(self, item):
        """Return the scores to keep, by cell."""
        pairs = ((*apart(self._assignment, t), s) for t, s in item.kept.items())
        return {cell: score for name, cell, score in pairs if name == self.name}

    def missing(self, verdict):
        """Return what comes of it where it was not handed in."""
        return Graded(self._scored(verdict, 0.0, "It was not handed in."))

    def broken(self, verdict, error):
        """Return what comes of it where a person has to look."""
        return Graded(broken(self._scored(verdict, None), error.problem, error.status))

    def _scored(self, verdict, score, message=""):
        """Return a verdict with the same score for every task."""
        most = (
            cell for cell in self._about.cells.values() if cell.max_score is not None
        )
        tasks = tuple(Task(c.name, score, c.max_score, message) for c in most)
        total = sum(task.max_score for task in tasks)
        return replace(verdict, score=0.0, max_score=total, tasks=tasks)


def _joined(parts, missing):
    """Return what came of a submission, from what came of its notebooks by name."""
    verdicts = {name: part.verdict for name, part in parts.items()}
    name, worst = max(verdicts.items(), key=lambda v: STATUSES.index(v[1].status))
    several = len(parts) > 1
    about = (
        f"`{name}.ipynb`: {worst.detail}" if several and worst.detail else worst.detail
    )
    lacks = f"Not handed in: {named(f'{n}.ipynb' for n in missing)}." if missing else ""
    verdict = replace(
        worst,
        detail=f"{about} {lacks}".strip(),
        score=sum(verdict.score for verdict in verdicts.values()),
        max_score=sum(verdict.max_score for verdict in verdicts.values()),
        tasks=tuple(
            replace(task, name=qualified(worst.assignment, name, task.name))
            for name, verdict in verdicts.items()
            for task in verdict.tasks
        ),
        unanswered=_all(verdicts, "unanswered"),
        waiting=_all(verdicts, "waiting"),
        marks=_all(verdicts, "marks"),
        penalties={n: p for v in verdicts.values() for n, p in v.penalties.items()},
        repairs=tuple(dict.fromkeys(r for v in verdicts.values() for r in v.repairs)),
        memory_mib=max(verdict.memory_mib for verdict in verdicts.values()),
    )
    notebooks = {
        n: text for part in parts.values() for n, text in part.notebooks.items()
    }
    pages = {n: text for part in parts.values() for n, text in part.pages.items()}
    return Graded(verdict, notebooks, {} if verdict.needs_person else pages)


def _all(verdicts, field):
    """Return what all verdicts say of cells, under names that tell them apart."""
    return tuple(
        qualified(verdict.assignment, name, cell)
        for name, verdict in verdicts.items()
        for cell in getattr(verdict, field)
    )


def broken(verdict, problem, status="needs-a-person"):
    """Return the verdict on a submission that cannot be graded."""
    return replace(
        verdict, status=status, detail=problem.cause, remedy=problem.remedy, at=now()
    )


def _with_scores(verdict, name, book, notebook, found):
    """Return a verdict with what a book and the outputs say."""
    status = found.get("status", "graded")
    late = book.late_submission_penalty
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
        penalties={} if late is None else {name: late},
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
    return [f"{verdict.detail} Everything else was graded."] if verdict.detail else []


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
