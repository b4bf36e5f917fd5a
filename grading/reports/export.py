"""Grades as files for spreadsheets and learning platforms.

Each format is a plug-in of nbgrader, so that ``nbgrader export`` can use it too. A
submission that a person still has to look at gets an empty cell, never a zero, and is
named.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Student
from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Enum, Unicode

from grading.course import CourseError, open_course
from grading.intake.table import table
from grading.records.gradebook import opened
from grading.reports.status import STATES, standings

__all__ = ["FORMATS", "CanvasExport", "CsvExport", "MoodleExport", "export", "harmless"]

# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = frozenset("=+-@＝＋－＠")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def harmless(text):
    """Return a text on one line that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        Any text, from a student or not.

    Returns
    -------
    str
        The same text, after an apostrophe if it would start a formula, and with
        spaces for line breaks and their like.

    Examples
    --------
    >>> harmless("=1+1")
    "'=1+1"
    >>> harmless("O'Brien, Zoë")
    "O'Brien, Zoë"
    """
    text = _CONTROL.sub(" ", text)
    return f"'{text}" if text.lstrip()[:1] in _FORMULA and text.strip() else text


@dataclass(frozen=True)
class _Person:
    """A student as the gradebook or a learning platform knows them."""

    name: str
    first: str = ""
    last: str = ""
    email: str = ""
    number: str = ""  # the platform's own


class GradesExport(ExportPlugin):
    """What the formats share: who is listed, with which points, and who is not.

    Attributes
    ----------
    withheld : list of str
        A line for each submission whose cell is empty, or wants a second look.
    notes : list of str
        What else to know about the file.
    """

    root = Unicode(".", help="course directory").tag(config=True)
    ids = Unicode("", help="file of the platform that holds its ids").tag(config=True)
    match = Unicode("", help="its column that holds the students' names here").tag(
        config=True
    )
    columns = Dict(help="the platform's column for an assignment").tag(config=True)
    missing = Enum(
        ("empty", "zero"), "empty", help="what was not handed in counts as"
    ).tag(config=True)

    def export(self, gradebook):
        """Write the file.

        Parameters
        ----------
        gradebook : nbgrader.api.Gradebook
            The course's gradebook.
        """
        self.withheld, self.notes = [], []
        names, only = map(str, self.assignment), map(str, self.student)
        found = standings(self.root, list(names), only=set(only))
        if not found:
            raise CourseError("Nothing to export: no student is known here.")
        people = {s.id: _person(s) for s in gradebook.db.query(Student)}
        rows = [[_cell(value) for value in row] for row in self.rows(found, people)]
        form = {"encoding": "utf-8", "errors": "backslashreplace", "newline": ""}
        with Path(self.to or self.default).open("w", **form) as f:
            csv.writer(f, lineterminator="\n").writerows(rows)
        self.withheld += [_why(s) for s in found if s.is_open]

    def points(self, standing):
        """Return the points to write for a submission, or None."""
        if standing.state == "missing" and self.missing == "zero":
            return 0.0
        return standing.score

    def platform(self, *, default, needed):
        """Return the platform's rows by our students' names, and its header.

        Both are empty where no file of the platform is given.
        """
        if not self.ids:
            return {}, []
        header, rows = table(self.ids)
        column = self.match or default
        lacking = [name for name in (column, *needed) if name not in header]
        if lacking:
            raise CourseError(
                f"{self.ids} has no column {lacking[0]!r}; it has: "
                f"{', '.join(map(repr, header))}. Name the one that holds the "
                "students' names of submitted/ with --match."
            )
        found = {}
        for row in rows:
            name = row[column].strip()
            if name in found:
                raise CourseError(f"{self.ids} names {name!r} twice under {column!r}.")
            if name:
                found[name] = row
        return found, header

    def known(self, found, platform):
        """Return the students to list; those whom the platform lacks are named."""
        names = dict.fromkeys(standing.student for standing in found)
        if not platform:
            return list(names)
        self.withheld += [
            f"{name}: not listed, because {self.ids} does not name this student."
            for name in names
            if name not in platform
        ]
        return [name for name in names if name in platform]


class CsvExport(GradesExport):
    """One row per student and assignment, with nbgrader's columns and the state."""

    default = "grades.csv"

    def rows(self, found, people):
        """Yield the header and the rows."""
        yield [
            *("assignment", "timestamp", "student_id", "last_name", "first_name"),
            *("email", "raw_score", "late_submission_penalty", "score", "max_score"),
            "state",
        ]
        for s in found:
            person = people.get(s.student, _Person(s.student))
            stamp = s.timestamp.isoformat() if s.timestamp else ""
            raw, penalty = (s.raw, s.penalty) if s.is_final else (None, None)
            yield [
                *(s.assignment, stamp, s.student, person.last, person.first),
                *(person.email, raw, penalty, self.points(s), s.max_score),
                STATES[s.state],
            ]


class CanvasExport(GradesExport):
    """The columns of Canvas's gradebook, ready to be imported there."""

    default = "grades-canvas.csv"

    def rows(self, found, people):
        """Yield the header, the points that can be had, and a row per student."""
        platform, header = self.platform(default="SIS Login ID", needed=("ID",))
        work, points = _by_assignment(found)
        titles = [self._title(name, header) for name in work]
        yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles]
        yield ["    Points Possible", "", "", "", "", *work.values()]
        for name in self.known(found, platform):
            grades = [self.points(points[name, a]) for a in work]
            about = platform.get(name) or _for_canvas(people.get(name, _Person(name)))
            keys = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
            yield [*(about.get(key, "") for key in keys), *grades]

    def _title(self, name, header):
        """Return Canvas's column for an assignment, with its id where known."""
        title = self.columns.get(name, name)
        known = [column for column in header if _plain(column) == title]
        if title in header or len(known) == 1:
            return title if title in header else known[0]
        if name in self.columns:
            raise CourseError(f"{self.ids or 'Canvas'} has no column {title!r}.")
        self.notes.append(
            f"{name}: Canvas will ask which of its assignments this is. To say it "
            "here, export its gradebook, and name that file with --ids."
        )
        return title


class MoodleExport(GradesExport):
    """The columns of Moodle's grade export, ready for its import from CSV."""

    default = "grades-moodle.csv"
    names = ("First name", "Last name", "ID number", "Email address", "Username")

    def rows(self, found, people):
        """Yield the header and a row per student."""
        platform, header = self.platform(default="Username", needed=())
        if platform and not set(self.names[2:]) & set(header):
            raise CourseError(
                f"{self.ids} has none of the columns by which Moodle knows a student: "
                f"{', '.join(map(repr, self.names[2:]))}."
            )
        work, points = _by_assignment(found)
        yield [*self.names, *(self.columns.get(name, name) for name in work)]
        for name in self.known(found, platform):
            grades = [self.points(points[name, a]) for a in work]
            about = platform.get(name) or _for_moodle(people.get(name, _Person(name)))
            yield [*(about.get(key, "") for key in self.names), *grades]


FORMATS = {"csv": CsvExport, "canvas": CanvasExport, "moodle": MoodleExport}


def export(root, names=(), *, form="csv", only=(), **options):
    """Write the grades of assignments into a file.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all that were handed in if empty.
    form : {"csv", "canvas", "moodle"}
        Whose columns to write.
    only : sequence of str
        Students; all of them if empty.
    **options
        Settings of `GradesExport`, such as ``to``, ``ids`` and ``missing``.

    Returns
    -------
    GradesExport
        What was done; ``withheld`` names the submissions without points.

    Raises
    ------
    CourseError
        If nobody is known, or a file of ids lacks a column.
    """
    options = {name: value for name, value in options.items() if value is not None}
    with open_course(root) as api, opened(api) as gradebook:
        plugin = FORMATS[form](root=str(root), **options)
        plugin.assignment, plugin.student = list(names), list(only)
        plugin.export(gradebook)
    return plugin


def _person(student):
    """Return a student of the gradebook."""
    texts = (student.first_name, student.last_name, student.email, student.lms_user_id)
    return _Person(student.id, *(text or "" for text in texts))


def _for_canvas(person):
    """Return a student of the gradebook under Canvas's names."""
    whole = ", ".join(filter(None, (person.last, person.first)))
    number = person.number if person.number.isdecimal() else ""
    return {
        "Student": whole or person.name,
        "ID": number,
        "SIS Login ID": person.name,
    }


def _for_moodle(person):
    """Return a student of the gradebook under Moodle's names."""
    return {
        "First name": person.first,
        "Last name": person.last,
        "ID number": person.number,
        "Email address": person.email,
        "Username": person.name,
    }


def _by_assignment(found):
    """Return points that can be had by assignment, and standings by name."""
    work = {standing.assignment: standing.max_score for standing in found}
    return work, {(s.student, s.assignment): s for s in found}


def _plain(column):
    """Return a column's title without Canvas's id."""
    return re.sub(r" \(\d+\)$", "", column)


def _cell(value):
    """Return a value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, float | int):
        return format(round(value, 4), ".10g")
    return harmless(value)


def _why(standing):
    """Return why a submission has no points, or none that are final."""
    name = f"{standing.assignment} {standing.student}"
    return f"{name}: {STATES[standing.state]}. {standing.about}".strip()
