"""The record of every verdict: a file that only grows.

Each line of ``journal.jsonl`` is a JSON object. A *verdict* line says how a submission
ended; a *merged* line says that this verdict has reached the gradebook. A line is on
the disk before anything is shown of it, so a run that was killed goes on where it
stopped. A last line that was torn by a power cut is dropped.
"""

import contextlib
import fcntl
import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path

from grading.course import CourseError, apart

__all__ = [
    "STATUSES",
    "Index",
    "Journal",
    "Mark",
    "Task",
    "Verdict",
    "latest",
    "now",
    "read",
]

NAME = "journal.jsonl"
STATUSES = (
    "graded",
    "timeout",
    "memory",
    "died",
    "tampered",
    "unreadable",
    "needs-a-person",
)
_FOR_A_PERSON = frozenset(STATUSES[STATUSES.index("tampered") :])


@dataclass(frozen=True, slots=True)
class Task:
    """What the tests gave for one graded cell.

    Attributes
    ----------
    name : str
        The cell's ``grade_id``.
    score : float or None
        Points; None if a person has to give them.
    max_score : float
        Points that can be had.
    message : str
        What the student is told where the test failed.
    """

    name: str
    score: float | None
    max_score: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one submission ended.

    Attributes
    ----------
    assignment, student : str
        Whose submission of what.
    key : str
        Hash of all that the verdict depends on.
    status : str
        One of `STATUSES`.
    detail, remedy : str
        What happened, in words, and what a person can do about it.
    score, max_score : float or None
        Points with those that a person gave; None if nothing could be graded.
    tasks : tuple of Task
        What the tests gave, cell by cell.
    unanswered : tuple of str
        Cells for answers that are as they were handed out.
    penalties : dict of str to float
        Points lost by being late, by notebook, if the course takes any.
    repairs, marks : tuple of str
        What was put right in the notebook, and what to know about its grading.
    waiting : tuple of str
        Cells whose points a person still has to give.
    unread_stamp : str
        What ``timestamp.txt`` says if no time can be read from it.
    seconds : float
        How long it took.
    memory_mib : float
        The most memory that its cages held.
    at : str
        When the verdict was reached, in UTC.
    """

    assignment: str
    student: str
    key: str = ""
    status: str = "graded"
    detail: str = ""
    remedy: str = ""
    score: float | None = None
    max_score: float | None = None
    tasks: tuple[Task, ...] = ()
    unanswered: tuple[str, ...] = ()
    penalties: dict[str, float] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unread_stamp: str = ""
    seconds: float = 0.0
    memory_mib: float = 0.0
    at: str = ""

    @property
    def penalty(self):
        """Points lost by being late in all, or None."""
        return sum(self.penalties.values()) if self.penalties else None

    def of_notebook(self, notebook):
        """Return the verdict with the tasks of one notebook, under their own names."""
        pairs = ((task, *apart(self.assignment, task.name)) for task in self.tasks)
        own = (replace(t, name=cell) for t, where, cell in pairs if where == notebook)
        return replace(self, tasks=tuple(own))

    @property
    def needs_person(self):
        """Whether a person must look before any points count."""
        return self.status in _FOR_A_PERSON

    @property
    def is_open(self):
        """Whether a person must look, or give points that no test can give."""
        return self.needs_person or bool(self.waiting)

    @property
    def note(self):
        """What to know of a submission that is graded all the same, in words."""
        if not self.unread_stamp:
            return ""
        return (
            f"timestamp.txt says {self.unread_stamp[:60]!r}, which tells no time or "
            "can be read in two ways: until that is mended, it counts as in time. "
            "Write 2026-03-01 10:00:00 UTC, say, and run again."
        )

    @property
    def result(self):
        """The score after the penalty in words, or that a person must look."""
        if self.needs_person:
            return "needs a person"
        note = "" if self.status == "graded" else f" ({self.status})"
        lost = self.penalty or 0.0
        late = f", {lost:g} lost by being late" if lost else ""
        return f"{max(0.0, self.score - lost):g} of {self.max_score:g}{note}{late}"

    @property
    def brief(self):
        """The verdict without what was found task by task."""
        return replace(self, key="", tasks=(), unanswered=(), repairs=())

    @property
    def about(self):
        """What happened and what to do about it, as one text."""
        waits = f"Points are to be given by a person: {', '.join(self.waiting)}."
        return f"{self.detail} {self.remedy} {waits if self.waiting else ''}".strip()


class Journal:
    """The journal of a course directory, open for writing.

    Parameters
    ----------
    root : path-like
        Course directory.

    Raises
    ------
    CourseError
        If another process writes to it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     with Journal(root) as journal:
    ...         journal.add(Verdict("ex01", "ann", "f00d", score=3.0, max_score=4.0))
    ...     latest(root)["ex01", "ann"].result
    '3 of 4'
    """

    def __init__(self, root):
        path = Path(root, NAME)
        self._file = path.open("ab", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise CourseError(
                "Another run is at work in this course; wait until it has ended."
            ) from None
        self._file.truncate(_length(path))  # drops what a power cut tore

    def add(self, verdict):
        """Write a verdict to the disk."""
        self._write([{"line": "verdict", **asdict(verdict)}])

    def add_merged(self, verdicts):
        """Write to the disk that verdicts have reached the gradebook."""
        names = ("assignment", "student", "key")
        about = [{name: getattr(v, name) for name in names} for v in verdicts]
        self._write([{"line": "merged", **names, "at": now()} for names in about])

    def _write(self, entries):
        text = "".join(json.dumps(entry) + "\n" for entry in entries)
        self._file.write(text.encode())
        os.fsync(self._file.fileno())

    def __enter__(self):
        """Return the journal; leaving the context closes it."""
        return self

    def __exit__(self, *_):
        """Close the file."""
        self._file.close()


def read(root):
    """Yield every verdict in the order of writing.

    Parameters
    ----------
    root : path-like
        Course directory.

    Yields
    ------
    Verdict
        One for each verdict line.
    """
    for _, entry in _entries(root):
        if entry["line"] == "verdict":
            yield _verdict(entry)


def latest(root, assignments=()):
    """Return the newest verdict of each submission.

    Parameters
    ----------
    root : path-like
        Course directory.
    assignments : sequence of str
        Which ones; all if empty.

    Returns
    -------
    dict of (str, str) to Verdict
        By assignment and student.
    """
    found = (v for v in read(root) if not assignments or v.assignment in assignments)
    return {(verdict.assignment, verdict.student): verdict for verdict in found}


@dataclass(slots=True)
class Mark:
    """Where a submission stands.

    Attributes
    ----------
    key : str
        That of its newest verdict.
    place : int
        Where in the journal that is.
    merged : str
        The key that has reached the gradebook.
    """

    key: str = ""
    place: int = 0
    merged: str = ""

    @property
    def is_pending(self):
        """Whether the newest verdict has not reached the gradebook."""
        return self.merged != self.key


class Index:
    """Where each submission stands, from one reading of the journal.

    Parameters
    ----------
    root : path-like
        Course directory.
    verdicts : bool, default False
        Whether to keep the newest verdicts too, and not read each when it is asked for,
        which takes little memory.
    """

    def __init__(self, root, *, verdicts=False):
        self._root, self._marks, self._kept = root, {}, {}
        for place, entry in _entries(root):
            name = entry["assignment"], entry["student"]
            mark = self._marks.setdefault(name, Mark())
            if entry["line"] == "merged":
                mark.merged = entry["key"]
                continue
            mark.key, mark.place = entry["key"], place
            if verdicts:
                self._kept[name] = _verdict(entry)

    @property
    def students(self):
        """Those who have a verdict, a set of names."""
        return {student for _, student in self._marks}

    def mark(self, assignment, student):
        """Return where a submission stands, a `Mark`; None if nowhere."""
        return self._marks.get((assignment, student))

    def verdict(self, assignment, student):
        """Return the newest verdict on a submission; None if there is none."""
        name = assignment, student
        if name in self._kept or name not in self._marks:
            return self._kept.get(name)
        with Path(self._root, NAME).open("rb") as file:
            file.seek(self._marks[name].place)
            return _verdict(json.loads(file.readline()))


def now():
    """Return the time in UTC as text."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _entries(root):
    """Yield the places and the contents of the journal's whole lines."""
    path, place = Path(root, NAME), 0
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield place, _entry(line, number)
            place += len(line)


def _entry(line, number):
    """Return what a line says, or raise if someone has damaged it."""
    with contextlib.suppress(ValueError):
        entry = json.loads(line)
        if isinstance(entry, dict) and {"line", "assignment", "student"} <= set(entry):
            return entry
    raise CourseError(
        f"Line {number} of {NAME} is damaged: delete it, and its submission is graded "
        "again."
    )


def _length(path):
    """Return the bytes up to the end of the last whole line."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - 4096)
            file.seek(start)
            place = file.read(end - start).rfind(b"\n")
            if place >= 0:
                return start + place + 1
            end = start
    return 0


def _verdict(entry):
    """Return the verdict that a line holds; fields of other versions are left out."""
    known = {field.name for field in fields(Verdict)}
    entry = {name: value for name, value in entry.items() if name in known}
    entry["tasks"] = tuple(Task(**task) for task in entry["tasks"])
    for name in ("unanswered", "repairs", "marks", "waiting"):
        entry[name] = tuple(entry.get(name, ()))
    return Verdict(**entry)
