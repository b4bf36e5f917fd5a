"""Where every submission stands: handed in, graded, changed since, fed back."""

import contextlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Student

from grading.course import (
    choose,
    files_beside,
    has_own_data,
    notebooks,
    open_course,
    sources,
)
from grading.intake.folder import refuse_strangers, students
from grading.records import gradebook
from grading.records.journal import Index
from grading.run.assignment import Work

__all__ = ["STATES", "Standing", "standings", "table"]

STATES = {
    "missing": "not handed in",
    "waiting": "to be graded",
    "changed": "changed since it was graded",
    "person": "needs a person",
    "again": "needs a second look",
    "graded": "graded",
}
_OPEN = frozenset({"waiting", "changed", "person", "again"})
_FINAL = frozenset({"graded", "again"})


@dataclass(frozen=True)
class Standing:
    """Where one submission stands.

    Attributes
    ----------
    assignment, student : str
        Whose submission of what.
    state : str
        A key of `STATES`.
    raw : float or None
        Points of the tests and of people, for what was graded last; None if nothing
        was, or a person has to look first.
    penalty : float
        Points lost by being late.
    max_score : float
        Points that can be had.
    about : str
        What a person has to know, in words.
    note : str
        What else to know of it, in words.
    fed_back : bool
        Whether the feedback page is there.
    timestamp : datetime.datetime or None
        When it was handed in, in UTC.
    own_data : bool
        Whether each student has data of their own.
    """

    assignment: str
    student: str
    state: str
    raw: float | None = None
    penalty: float = 0.0
    max_score: float = 0.0
    about: str = ""
    note: str = ""
    fed_back: bool = False
    timestamp: object = None
    own_data: bool = False

    @property
    def score(self):
        """Points after the penalty for being late, or None if they do not count."""
        return max(0.0, self.raw - self.penalty) if self.is_final else None

    @property
    def is_final(self):
        """Whether the points are those of what was handed in."""
        return self.state in _FINAL

    @property
    def is_open(self):
        """Whether something is left to do."""
        return self.state in _OPEN


def standings(root, names=(), *, only=()):
    """Return where every submission of every student stands.

    A student is one whom the gradebook names, or who has handed in anything.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all that were handed in or graded if empty.
    only : sequence of str
        Students; all of them if empty.

    Returns
    -------
    list of Standing
        In the order of assignments and students.

    Raises
    ------
    CourseError
        If an assignment is unknown.
    """
    root = Path(root).resolve()
    wanted = choose(root, names)
    with open_course(root) as api, gradebook.opened(api) as book:
        handed_in = {name: students(root, name) for name in wanted}
        known = {student for (student,) in book.db.query(Student.id)}
        index = Index(root, verdicts=True)
        known |= index.students
        everyone = sorted(known.union(*handed_in.values()))
        refuse_strangers(only, everyone)
        everyone = [s for s in everyone if not only or s in only]
        found = []
        for name in wanted:
            desk = _Desk(root, name, book, api.config, index, set(handed_in[name]))
            if names or desk.is_used:
                found += map(desk.standing, everyone)
    return found


def table(found):
    """Return standings as lines of text: counts, then what is left to do.

    Parameters
    ----------
    found : list of Standing
        As from `standings`.

    Returns
    -------
    list of str
        Ready to be printed.
    """
    lines = []
    for name in dict.fromkeys(standing.assignment for standing in found):
        here = [standing for standing in found if standing.assignment == name]
        count = Counter(standing.state for standing in here)
        said = [f"{count[state]} {STATES[state]}" for state in STATES if count[state]]
        fed = sum(standing.fed_back for standing in here)
        own = "; each with data of their own" if here[0].own_data else ""
        lines.append(f"{name}: {', '.join(said)}; {fed} with feedback{own}.")
        for standing in here:
            if standing.is_open:
                what = f"{STATES[standing.state]}. {standing.about}".strip()
                lines.append(f"  {standing.student}: {what}")
            if standing.note:
                lines.append(f"  {standing.student}: {standing.note}")
    return lines or ["Nothing was handed in yet."]


class _Desk:
    """What is known of one assignment."""

    def __init__(self, root, name, book, config, index, handed_in):
        self._root, self._name, self._handed_in = root, name, handed_in
        self._notebooks = list(notebooks(root, name))
        self._own_data = has_own_data(files_beside(sources(root) / name))
        self._index, usual = index, {"force": False, "tasks": ()}
        self._works = [
            Work(root, name, book, config, index, **usual, unsafe=unsafe)
            for unsafe in (False, True)  # either way of running counts as graded
        ]
        self._entries = gradebook.entries(book, name)
        self._flagged = gradebook.flagged(book, name)
        self._scored = gradebook.scored(book, name)
        self._max_score = 0.0
        with contextlib.suppress(ValueError):  # not in the gradebook yet
            self._max_score = book.find_assignment(name).max_score

    @property
    def is_used(self):
        """Whether anything of this assignment was handed in or graded."""
        return bool(self._handed_in or self._entries)

    def standing(self, student):
        """Return where a student's submission stands."""
        entry = self._entries.get(student)
        state, about = self._state(student, entry)
        folder = self._root / "feedback" / student / self._name
        pages = (folder / f"{name}.html" for name in self._notebooks)
        verdict = self._index.verdict(self._name, student)
        counts = student in self._scored and state != "person"
        return Standing(
            self._name,
            student,
            state,
            raw=entry.score if counts else None,
            penalty=(entry.late_submission_penalty or 0.0) if counts else 0.0,
            max_score=self._max_score,
            about=about,
            note=verdict.note if verdict else "",
            fed_back=any(page.is_file() for page in pages),
            timestamp=entry.timestamp if entry else None,
            own_data=self._own_data,
        )

    def _state(self, student, entry):
        """Return a key of `STATES`, and words on it."""
        verdict = self._index.verdict(self._name, student)
        if verdict is None:
            if student in self._scored:  # by nbgrader alone, or by hand
                return self._judged(student)
            return ("waiting" if student in self._handed_in else "missing"), ""
        if student in self._handed_in and self._is_new(student):
            return "changed", "Run `make grade`."
        now = self._works[0].as_it_is(verdict)
        if now.needs_person:
            return "person", now.about
        if entry is None or self._index.mark(self._name, student).is_pending:
            return "waiting", "A run was stopped before its end. Run `make grade`."
        if (now.penalty or 0.0) != (entry.late_submission_penalty or 0.0):
            return "changed", "So was what being late costs. Run `make grade`."
        return self._judged(student)

    def _judged(self, student):
        """Return the state of a submission with a verdict by what people did."""
        cells = self._flagged.get(student, {})
        if not cells:
            return "graded", ""
        names = ", ".join(cells)
        if all(given for given in cells.values()):
            return "again", f"It was run again after a person gave points: {names}."
        return "person", f"Points are to be given by a person: {names}."

    def _is_new(self, student):
        """Return whether what was handed in is not what was graded."""
        for work in self._works:
            verdict, new = work.look(student)
            if not new:
                return False
            if verdict and self._index.mark(self._name, student).key == verdict.key:
                return False
        return True
