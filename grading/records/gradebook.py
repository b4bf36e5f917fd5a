"""nbgrader's gradebook: what it says of an assignment, and the one who writes to it."""

import contextlib
from datetime import datetime

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Index, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import undefer

from grading.course import CourseError, qualified
from grading.records.nbgrader_steps import Cell, Marks
from grading.records.timestamps import moment

__all__ = [
    "entries",
    "extend",
    "flagged",
    "given",
    "graded",
    "lateness",
    "merge",
    "opened",
    "outline",
    "scored",
    "seconds_late",
    "set_penalties",
    "timestamp",
    "unread_timestamp",
]

_TIMESTAMP = "timestamp.txt"
_INDEXES = [  # without these, a database looks through the whole class for everyone
    Index(f"ix_{column.class_.__tablename__}_{column.key}", column)
    for column in (
        Grade.notebook_id,
        Comment.notebook_id,
        SubmittedNotebook.assignment_id,
        SubmittedAssignment.student_id,
    )
]


@contextlib.contextmanager
def opened(api):
    """Open a course's gradebook.

    Parameters
    ----------
    api : nbgrader.apps.api.NbGraderAPI
        From `grading.course.open_course`.

    Yields
    ------
    nbgrader.api.Gradebook
        A file, or the database that ``c.CourseDirectory.db_url`` names.

    Raises
    ------
    CourseError
        If it cannot be opened, with what helps.
    """
    try:
        book = api.gradebook
    except (ImportError, SQLAlchemyError) as error:
        place = make_url(api.coursedir.db_url)  # its text hides the password
        cause = str(getattr(error, "orig", error)).strip()
        raise CourseError(
            f"The gradebook {place} cannot be opened: {cause}\nSee that it is one and "
            "that nothing else holds it. A database server has to run, and needs its "
            'driver here: for PostgreSQL, pip install "psycopg[binary]".'
        ) from None
    with book:
        yield book


def outline(gradebook, name, notebook):
    """Return the cells that the gradebook stores of a notebook, and its kernel.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        Where it was registered.
    name, notebook : str
        Names of the assignment and of its notebook.

    Returns
    -------
    tuple of dict and str
        `grading.records.nbgrader_steps.Cell` by name, and the kernel as JSON.
    """
    notebook = gradebook.find_notebook(notebook, name)
    carrying = (*notebook.grade_cells, *notebook.task_cells)
    points = {cell.name: cell.max_score for cell in carrying}
    commented = {c.name for c in (*notebook.solution_cells, *notebook.task_cells)}
    cells = {
        c.name: Cell(
            c.name,
            c.cell_type,
            c.source,
            c.checksum,
            c.locked,
            points.get(c.name),
            c.name in commented,
        )
        for c in notebook.source_cells
    }
    return cells, notebook.kernelspec


def graded(gradebook, name):
    """Return the students whose submissions of an assignment the gradebook holds."""
    found = gradebook.db.query(SubmittedAssignment.student_id).join(Assignment)
    return {student for (student,) in found.filter(Assignment.name == name)}


def entries(gradebook, name):
    """Return the gradebook's submissions of an assignment by student."""
    sums = SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty
    query = gradebook.db.query(SubmittedAssignment).options(*map(undefer, sums))
    found = query.join(Assignment).filter(Assignment.name == name)
    return {entry.student_id: entry for entry in found}


def flagged(gradebook, name):
    """Return the cells that a person has to look at, and whether one gave points.

    They are by student and by cell.
    """
    query = (
        gradebook.db.query(SubmittedAssignment.student_id, Grade, Notebook.name)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(
            SubmittedAssignment,
            SubmittedNotebook.assignment_id == SubmittedAssignment.id,
        )
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == name, Grade.needs_manual_grade)
    )
    found = {}
    for student, grade, notebook in query:
        cell = qualified(name, notebook, grade.name)
        found.setdefault(student, {})[cell] = grade.manual_score is not None
    return found


def scored(gradebook, name):
    """Return the students for whose submissions tests or people gave any points."""
    query = (
        gradebook.db.query(SubmittedAssignment.student_id)
        .join(
            SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id
        )
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == name)
        .filter(Grade.auto_score.is_not(None) | Grade.manual_score.is_not(None))
    )
    return {student for (student,) in query.distinct()}


def set_penalties(gradebook, name, penalties):
    """Write what being late costs into the gradebook, all of it or nothing.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The course's gradebook.
    name : str
        Name of the assignment.
    penalties : dict of str to dict of str to float
        Points by student and notebook.
    """
    with _transaction(gradebook):
        for student, points in penalties.items():
            for entry in gradebook.find_submission(name, student).notebooks:
                entry.late_submission_penalty = points.get(entry.name)


def extend(gradebook, name, student, time):
    """Give a student more time; return the due date then, or None if there is none.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The course's gradebook.
    name, student : str
        Names of the assignment, which is registered, and of the student.
    time : datetime.timedelta
        How much; it takes the place of an extension given before.
    """
    with _transaction(gradebook):
        gradebook.update_or_create_student(student)
        entry = gradebook.update_or_create_submission(name, student)
        gradebook.grant_extension(name, student, minutes=time.total_seconds() / 60)
        return entry.duedate if entry.assignment.duedate else None


def lateness(entry):
    """Return how late a submission of the gradebook was, in seconds.

    nbgrader's own property fails where there is an extension but no due date.
    """
    return entry.total_seconds_late if entry.assignment.duedate else 0.0


def given(gradebook, name, student):
    """Return what a person gave for a submission, by cell.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The course's gradebook.
    name, student : str
        Names of the assignment and of the student.

    Returns
    -------
    dict of str to dict of str to grading.records.nbgrader_steps.Marks
        By notebook, for the cells with points or words from a person.
    """
    try:
        entries = gradebook.find_submission(name, student).notebooks
    except MissingEntry:
        return {}
    return {entry.name: _given(entry) for entry in entries}


def _given(notebook):
    """Return what a person gave for a submitted notebook, by cell."""
    found = {}
    for entry in notebook.grades:
        if entry.manual_score is not None or entry.extra_credit is not None:
            marks = found.setdefault(entry.name, Marks())
            marks.manual_score, marks.extra_credit = (
                entry.manual_score,
                entry.extra_credit,
            )
    for entry in notebook.comments:
        if entry.manual_comment:
            marks = found.setdefault(entry.name, Marks())
            marks.manual_comment = entry.manual_comment
    return found


def seconds_late(gradebook, name, student, files):
    """Return how late a submission was, by its time stamp and the student's extension.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The course's gradebook.
    name, student : str
        Names of the assignment and of the student.
    files : dict of str to bytes
        What was handed in; ``timestamp.txt`` says when.
    """
    due, stamp = gradebook.find_assignment(name).duedate, timestamp(files)
    if due is None or stamp is None:
        return 0.0
    with contextlib.suppress(MissingEntry):
        due = gradebook.find_submission(name, student).duedate
    return max(0.0, (stamp - due).total_seconds())


def timestamp(files):
    """Return when a submission was handed in, or None if it does not say."""
    with contextlib.suppress(ValueError, OverflowError):
        return moment(_stamp(files))
    return None


def unread_timestamp(files):
    """Return what ``timestamp.txt`` says where no time can be read from it, or ""."""
    text = _stamp(files)
    return text if text and timestamp(files) is None else ""


def _stamp(files):
    """Return the text of ``timestamp.txt``, or "" if there is none."""
    return files.get(_TIMESTAMP, b"").decode("utf-8", "replace").strip()


def merge(gradebook, entries):
    """Write verdicts into the gradebook, all of them or none.

    Points and comments of a person stay as they are; where one gave points before, the
    entry is marked for a second look, as nbgrader does.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
        The course's gradebook.
    entries : sequence of tuple
        A `grading.records.journal.Verdict` and when the submission was handed in, or
        None.
    """
    with _transaction(gradebook):
        for index in _INDEXES:
            index.create(gradebook.db.connection(), checkfirst=True)
        for verdict, stamp in entries:
            if verdict.score is None:
                _leave_to_a_person(gradebook, verdict)
            else:
                _write(gradebook, verdict, stamp)


@contextlib.contextmanager
def _transaction(gradebook):
    """Let nbgrader's own commits wait until all is written."""
    session = gradebook.db
    session.commit = session.flush
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.commit
    session.commit()


def _write(gradebook, verdict, stamp: datetime | None):
    """Write the scores of a submission."""
    name, student = verdict.assignment, verdict.student
    gradebook.update_or_create_student(student)
    gradebook.update_or_create_submission(name, student, timestamp=stamp)
    scores = {task.name: task.score for task in verdict.tasks}
    for notebook in gradebook.find_submission(name, student).notebooks:
        _write_notebook(notebook, verdict, scores)


def _write_notebook(notebook, verdict, scores):
    """Write the scores of one notebook of a submission."""
    about = verdict.assignment, notebook.name
    for entry in notebook.grades:
        entry.auto_score = scores[qualified(*about, entry.name)]
        entry.needs_manual_grade = (
            verdict.needs_person
            or entry.manual_score is not None
            or entry.auto_score is None
        )
    for entry in notebook.comments:
        answered = qualified(*about, entry.name) not in verdict.unanswered
        entry.auto_comment = None if answered else "No response."
    notebook.late_submission_penalty = verdict.penalties.get(notebook.name)


def _leave_to_a_person(gradebook, verdict):
    """Mark the entry of a submission, if any, so that no zero passes for a grade."""
    with contextlib.suppress(MissingEntry):
        submission = gradebook.find_submission(verdict.assignment, verdict.student)
        for notebook in submission.notebooks:
            for entry in notebook.grades:
                entry.needs_manual_grade = True
