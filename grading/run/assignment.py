"""What a run knows of one assignment, and where it puts what the graders find."""

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import platform
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import nbformat

from grading.course import (
    CONFIG,
    CourseError,
    apart,
    files_beside,
    notebooks,
    qualified,
    sources,
)
from grading.execution.calibration import Calibration, calibrate
from grading.execution.forkserver import Worker
from grading.execution.job import limits_of, preloaded
from grading.intake.folder import Taken, take
from grading.intake.problems import Broken, Problem, named
from grading.pages import feedback
from grading.pages.harmless import is_page
from grading.records import gradebook, nbgrader_steps
from grading.records.journal import Verdict
from grading.release.release import register
from grading.run.grader import Item, Plan, Source, broken
from grading.sandbox.cage import SandboxError

__all__ = ["Work"]

CALIBRATIONS = "calibration.json"
_VERSIONS = ("numpy", "ipython", "nbgrader", "nbconvert", "keras", "tensorflow")


class Work:
    """An assignment within a run.

    Parameters
    ----------
    root : path-like
        Course directory.
    name : str
        Name of the assignment.
    book : nbgrader.api.Gradebook
        The course's gradebook.
    config : traitlets.config.Config
        The course's settings.
    index : grading.records.journal.Index
        What the journal held before.
    force : bool
        Whether to run also what has not changed.
    tasks : sequence of str
        Graded cells whose scores may change; all of them if empty.
    unsafe : bool
        Whether to run without the sandbox.
    """

    def __init__(
        self,
        root,
        name,
        book,
        config,
        index,
        *,
        force,
        tasks,
        unsafe,
    ):
        self.book, self._root, self._name = book, Path(root), name
        self._force, self._unsafe, self._config = force, unsafe, config
        found = notebooks(root, name)
        self._sources = {
            n: path.read_text(encoding="utf-8") for n, path in found.items()
        }
        self._files = files_beside(sources(root) / name)
        self._tasks = self._known_tasks(tasks)
        self._limits = limits_of(config, name)
        about = json.dumps(self._sources), json.dumps(_versions()), self._files
        self._version = _digest(*about)
        settings = json.dumps([asdict(self._limits), unsafe])
        self._base = _digest(*about, settings)
        self._index = index
        self._graded = gradebook.graded(book, name)
        self._is_registered = False
        self._flying = {}

    def _known_tasks(self, tasks):
        """Return the tasks, or raise if one of them is none of this assignment."""
        known = [
            qualified(self._name, name, about["grade_id"])
            for name, source in self._sources.items()
            for cell in nbformat.reads(source, as_version=4).cells
            if (about := cell.metadata.get("nbgrader", {})).get("grade")
        ]
        for task in tasks:
            if task not in known:
                raise CourseError(
                    f"No graded cell named {task!r} in {self._name}; there are: "
                    f"{', '.join(known)}."
                )
        return frozenset(tasks)

    def look(self, student):
        """Return a verdict that takes no grader, or None, and whether it is new.

        Parameters
        ----------
        student : str
            Whose submission.

        Returns
        -------
        tuple of Verdict or None, and bool
            The journal's verdict if nothing has changed since; a new one if the
            folder holds nothing that can be graded.
        """
        verdict, taken = None, Taken({})
        try:
            taken = self._take(student)
            key = self._key(taken)
        except Broken as error:
            key = _digest(self._base, str(error))
            verdict = Verdict(self._name, student, key)
            verdict = broken(verdict, error.problem, error.status)
        mark = self._index.mark(self._name, student)
        if mark and mark.key == key and not self._force:
            former = self.former(student)
            if former.score is None or self._is_written(former, taken):
                return former, False
        return verdict, True

    def _take(self, student):
        """Return what a student handed in, or raise `Broken`."""
        return take(self._root, self._name, student, list(self._sources))

    def _key(self, taken):
        """Return the hash of all that the verdict on a submission depends on."""
        return _digest(self._base, taken.notebooks, taken.files)

    def former(self, student):
        """Return the newest verdict in the journal before this run, or None."""
        return self._index.verdict(self._name, student)

    @functools.cached_property
    def _entries(self):
        """The gradebook's submissions by student."""
        return gradebook.entries(self.book, self._name)

    @functools.cached_property
    def _flagged(self):
        """The cells that a person has to look at, by student."""
        return gradebook.flagged(self.book, self._name)

    def as_it_is(self, verdict):
        """Return a verdict of the journal with the points and penalty of today.

        People give points, due dates move and penalties change after a submission was
        graded, and none of it makes the tests run again.
        """
        entry = self._entries.get(verdict.student)
        flagged = self._flagged.get(verdict.student, {})
        if entry is None or (verdict.needs_person and flagged):
            return verdict
        try:
            penalties = self._penalties(entry)
        except Exception as error:  # whatever a course's own plug-in does
            problem = Problem(
                f"What being late costs is unknown ({type(error).__name__}: {error}).",
                "Mend the plug-in for late submissions and run once more.",
            )
            return broken(verdict, problem)
        return replace(
            verdict,
            status="graded" if verdict.needs_person else verdict.status,
            score=entry.score,
            max_score=entry.max_score,
            penalties=penalties,
            waiting=tuple(cell for cell, given in flagged.items() if not given),
        )

    def _penalties(self, entry):
        """Return what being late costs a submission today, by notebook."""
        late = gradebook.lateness(entry)
        if late <= 0:
            return {}
        asked = {
            each.name: nbgrader_steps.penalty(
                self._config, entry.student_id, each, late
            )
            for each in entry.notebooks
        }
        return {name: points for name, points in asked.items() if points is not None}

    def owes(self, former, verdict):
        """Return whether a penalty of today is not noted everywhere yet."""
        entry = self._entries.get(verdict.student)
        if entry is None or verdict.needs_person:
            return False
        noted = {former.penalty or 0.0, entry.late_submission_penalty or 0.0}
        return noted != {verdict.penalty or 0.0}

    def note_penalties(self, verdicts):
        """Have the penalties of verdicts in the gradebook and on the feedback pages."""
        penalties = {verdict.student: verdict.penalties for verdict in verdicts}
        gradebook.set_penalties(self.book, self._name, penalties)
        with contextlib.suppress(CourseError):  # there was no page to write
            feedback.write(self._root, [self._name], only=penalties, report=_silent)

    def is_merged(self, verdict):
        """Return whether the gradebook has a verdict of the journal."""
        mark = self._index.mark(self._name, verdict.student)
        there = verdict.score is None or verdict.student in self._graded
        return there and not mark.is_pending

    def _is_written(self, verdict, taken):
        """Return whether the notebooks and the feedback of a verdict are there."""
        kinds = [("autograded", "ipynb")]
        kinds += [] if verdict.needs_person else [("feedback", "html")]
        files = (
            self._folder(kind, verdict.student) / f"{name}.{end}"
            for kind, end in kinds
            for name in taken.notebooks
        )
        written = [file.is_file() for file in files]
        return any(written) if verdict.needs_person else all(written)

    def stamp(self, student):
        """Return when a submission was handed in, or None if it does not say."""
        with contextlib.suppress(Broken):
            return gradebook.timestamp(self._take(student).files)
        return None

    def register(self):
        """Have the assignment, as it is now, in the gradebook.

        Each run does it once: others may have registered another version in between.
        """
        if not self._is_registered:
            register(self._root, self._name)
            self._is_registered = True

    @property
    def calibration(self):
        """Where the tests run, as decided for this very source; None if it was not."""
        version, found = _calibrations(self._root).get(self._name, ("", None))
        return found if version == self._version else None

    def calibrate(self):
        """Return where the tests run; decide and keep that if it is not known yet.

        Raises
        ------
        CourseError
            If no cage could be built for the reference solution.
        """
        if (known := self.calibration) is not None:
            return known
        parts = {name: self._calibrated(name) for name in self._sources}
        made = Calibration(
            tuple(
                self._qualified(n, test) for n, p in parts.items() for test in p.tests
            ),
            {
                self._qualified(n, t): w
                for n, p in parts.items()
                for t, w in p.ways.items()
            },
        )
        kept = {**_calibrations(self._root), self._name: (self._version, made)}
        told = {
            name: {"version": v, **asdict(each)} for name, (v, each) in kept.items()
        }
        new = self._root / f".{CALIBRATIONS}.new"
        new.write_text(json.dumps(told, indent=1), encoding="utf-8")
        new.replace(self._root / CALIBRATIONS)
        return made

    def _calibrated(self, name):
        """Return where the tests of one notebook run, by trying it."""
        source = nbformat.reads(self._sources[name], as_version=4)
        try:
            with Worker(preloaded(source), limits=self._limits) as worker:
                return calibrate(worker, source, self._files, self._limits)
        except SandboxError as error:
            raise CourseError(
                f"The reference solution of {self._name} could not be run: {error}"
            ) from None

    def _qualified(self, notebook, cell):
        """Return the name of a cell within the assignment."""
        return qualified(self._name, notebook, cell)

    def plan(self):
        """Return what graders have to know about the assignment."""
        ways = {} if self._unsafe else self.calibrate().ways
        return Plan(
            assignment=self._name,
            sources={name: self._about(name, ways) for name in self._sources},
            files=self._files,
            settings=(self._root / CONFIG).read_text(encoding="utf-8"),
            limits=self._limits,
            unsafe=self._unsafe,
        )

    def _about(self, name, ways):
        """Return what graders have to know about one notebook."""
        cells, kernelspec = gradebook.outline(self.book, self._name, name)
        pairs = ((*apart(self._name, test), way) for test, way in ways.items())
        here = {cell: way for where, cell, way in pairs if where == name}
        return Source(self._sources[name], cells, kernelspec, here)

    def items(self, todo):
        """Return what graders have to know about submissions, read when it is due."""
        return _Items(self, todo)

    def item(self, student):
        """Return what graders have to know about a submission."""
        try:
            taken = self._take(student)
        except Broken:  # it was there a moment ago
            taken = Taken(dict.fromkeys(self._sources, b""))
        if stamp := gradebook.unread_timestamp(taken.files):
            line = f"`timestamp.txt` tells no time and was ignored: {named([stamp])}."
            taken = replace(taken, lines=(*taken.lines, line))
        names = self.book, self._name, student
        again = student in self._graded
        former = self.former(student) if self._tasks else None
        kept = former.tasks if former is not None else ()
        item = Item(
            student=student,
            key=self._key(taken),
            taken=taken,
            marks=gradebook.given(*names) if again else {},
            seconds_late=gradebook.seconds_late(*names, taken.files),
            kept={t.name: t.score for t in kept if t.name not in self._tasks},
            unread_stamp=stamp,
        )
        self._flying[student] = taken.files
        return item

    def write(self, graded):
        """Put the autograded notebooks and the feedback where nbgrader looks for them.

        Parameters
        ----------
        graded : grading.run.grader.Graded
            What came of a submission.

        Returns
        -------
        datetime.datetime or None
            When it was handed in.
        """
        student = graded.verdict.student
        handed_in = self._flying.pop(student, {})
        inert = {n: data for n, data in handed_in.items() if not is_page(n)}
        files = {**inert, **self._files}
        made = {f"{name}.ipynb": text for name, text in graded.notebooks.items()}
        if made:
            _replace(self._folder("autograded", student), files, made, 0o444)
        made = {f"{name}.html": text for name, text in graded.pages.items()}
        _replace(self._folder("feedback", student), files if made else {}, made, 0o644)
        return gradebook.timestamp(handed_in)

    def _folder(self, kind, student):
        return self._root / kind / student / self._name


class _Items:
    """The items of students, one after the other."""

    def __init__(self, work, todo):
        self._work, self._todo = work, todo

    def __len__(self):
        return len(self._todo)

    def __iter__(self):
        return map(self._work.item, self._todo)


def _calibrations(root):
    """Return what is kept of where tests run, and of which version, by assignment."""
    path = root / CALIBRATIONS
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: _calibration(**each) for name, each in kept.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError):
        raise CourseError(
            f"{path} is not what grading wrote there. Delete it: the next run decides "
            "anew where the tests run."
        ) from None


def _calibration(version, tests, ways):
    """Return a version and where its tests run, from what JSON keeps of both."""
    return version, Calibration(tuple(tests), dict(ways))


def _silent(_line):
    """Report nothing."""


def _versions():
    """Return the versions of what a verdict depends on."""
    found = {"python": platform.python_version()}
    for name in _VERSIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _digest(*parts):
    """Return the hash of texts, bytes, and dictionaries of bytes."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, dict):
            part = _digest(
                *(piece for entry in sorted(part.items()) for piece in entry)
            )
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


def _replace(folder, files, made, mode):
    """Put a folder of files, and of texts that were made, in the place of another."""
    files = {**files, **{name: text.encode() for name, text in made.items()}}
    new, old = (folder.with_name(f".{folder.name}.{end}") for end in ("new", "old"))
    for path in (new, old):
        shutil.rmtree(path, ignore_errors=True)
    for name, content in files.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
    if folder.exists():
        folder.rename(old)
    if files:
        new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
