"""Give one student more time for an assignment; the next run takes it into account."""

import re
from datetime import timedelta
from pathlib import Path

from nbgrader.api import Student

from grading.course import CourseError, assignments, choose, open_course
from grading.intake.folder import students
from grading.records import gradebook
from grading.release.release import register

__all__ = ["duration", "extend"]

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(\d{1,4})([mhdw])")


def duration(text):
    """Return the time that a text such as ``36h`` says.

    Parameters
    ----------
    text : str
        A whole number and its unit: m, h, d or w, as in minutes, hours, days, weeks.

    Returns
    -------
    datetime.timedelta
        The time.

    Raises
    ------
    ValueError
        If it says none.

    Examples
    --------
    >>> duration("2d")
    datetime.timedelta(days=2)
    """
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time such as 90m, 36h, 2d or 1w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def extend(root, name, student, time):
    """Let a student hand in an assignment later than the others.

    Parameters
    ----------
    root : path-like
        Course directory.
    name, student : str
        Names of the assignment and of the student.
    time : datetime.timedelta
        How much later. It takes the place of an extension given before; none takes
        that back.

    Returns
    -------
    str
        What holds now, in words.

    Raises
    ------
    CourseError
        If the assignment or the student is unknown.
    """
    root = Path(root).resolve()
    choose(root, [name])
    with open_course(root) as api, gradebook.opened(api) as book:
        known = {known for (known,) in book.db.query(Student.id)}
    if student not in known.union(*(students(root, n) for n in assignments(root))):
        raise CourseError(
            f"No student named {student!r} is known here. A student is the name of a "
            "folder in submitted/, or one whom `nbgrader db student add` has added."
        )
    register(root, name)
    with open_course(root) as api, gradebook.opened(api) as book:
        due = gradebook.extend(book, name, student, time)
    if not time:
        when = f", due {due} UTC" if due else ", which has no due date yet"
        return f"{student} has no extension for {name}{when}. Run `make grade`."
    if due is None:
        return f"{name} has no due date yet; the extension counts from the one you set."
    return f"{student} has time for {name} until {due} UTC. Run `make grade`."
