"""Rehearse grading: a made-up class is graded and compared with what it deserves.

The class holds a perfect and an empty submission, every known misconception, and every
accident and attack of `grading.rehearsal.faults`. It is graded by
`grading.run.run.grade` in a temporary course directory, as any class is. Then the
gradebook must hold the exact points of every task, nothing that a submission started
may be alive, and nothing outside its cage may have changed.
"""

import contextlib
import copy
import hashlib
import os
import shutil
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from nbgrader.api import MissingEntry

from grading.course import CONFIG, CourseError, assignments, choose, open_course
from grading.records import journal
from grading.records.gradebook import opened
from grading.rehearsal import faults
from grading.rehearsal.faults import Bait, Exercise
from grading.rehearsal.faults.case import name_of
from grading.release.release import generate
from grading.run.run import grade

__all__ = ["Rehearsal", "Row", "rehearse", "table"]

_HASTY = "_hasty"
_LEAST_SECONDS, _TIMES_SLOWER = 3.0, 8
_MOST_BYTES = 8 << 20


@dataclass(frozen=True)
class Row:
    """A made-up student: what was expected, and what grading made of it.

    Attributes
    ----------
    assignment, student : str
        Whose submission of what.
    expected, found : str
        The verdict in words.
    faults : tuple of str
        How they differ, in words.
    """

    assignment: str
    student: str
    expected: str
    found: str
    faults: tuple[str, ...] = ()


@dataclass
class Rehearsal:
    """All that came of a rehearsal.

    Attributes
    ----------
    rows : list of Row
        One for each submission.
    breaches : list of str
        What got out of the cages, in words.
    """

    rows: list[Row] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    @property
    def holds(self):
        """Whether all came as expected and nothing got out."""
        return not self.breaches and not any(row.faults for row in self.rows)


def rehearse(root, names=(), *, quick=False, report=print, jobs=None):
    """Grade a made-up class and compare with what it deserves.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments that meet the misconceptions, the first of them the accidents and
        attacks as well; without any, all that have a bank of misconceptions.
    quick : bool, default False
        Whether a submission makes one mistake in every task, instead of one mistake.
    report : callable
        Called with one line of progress for each submission.
    jobs : int, optional
        How many submissions to grade at a time.

    Returns
    -------
    Rehearsal
        What came of it.

    Raises
    ------
    CourseError
        If an assignment has no bank, or the machine refuses the sandbox.
    """
    found = Rehearsal()
    names = choose(root, names) if names else _with_bank(root)
    for name in names:
        faults.bank(name)
    with tempfile.TemporaryDirectory(prefix="rehearsal ") as scratch:
        course = make_course(root, Path(scratch, "course"), names)
        exercises = [exercise_of(course, Path(scratch, "release"), n) for n in names]
        with laid_out(course, Path(scratch, "outside")) as (bait, look):
            for number, exercise in enumerate(exercises):
                made = faults.learners(exercise, quick=quick)
                made += faults.cases(exercise, bait) if number == 0 else []
                options = {"report": report, "jobs": jobs}
                found.rows += graded(course, exercise, made, options)
            found.breaches += look()
    return found


def table(rehearsal):
    """Return a rehearsal as lines of text: a table, then what went wrong."""
    heads = ("assignment", "student", "expected", "found")
    rows = [heads, *([getattr(r, h) for h in heads] for r in rehearsal.rows)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(heads))]
    marks = [
        "",
        *("differs" if row.faults else "as expected" for row in rehearsal.rows),
    ]
    lines = [
        "  ".join([*(t.ljust(w) for t, w in zip(row, widths, strict=True)), mark])
        for row, mark in zip(rows, marks, strict=True)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    wrong = [row for row in rehearsal.rows if row.faults]
    lines += ["", f"{len(rehearsal.rows) - len(wrong)} as expected, {len(wrong)} not."]
    lines += [f"  {r.assignment} {r.student}: {'; '.join(r.faults)}" for r in wrong]
    lines += [f"  Got out: {breach}." for breach in rehearsal.breaches]
    return [line.rstrip() for line in lines]


def _with_bank(root):
    """Return the assignments that have a bank of misconceptions."""
    found = [name for name in assignments(root) if faults.has_bank(name)]
    if not found:
        raise CourseError(
            "No bank of misconceptions in tests/exercises/misconceptions/: rehearse in "
            "the repository of the course."
        )
    return found


def make_course(root, course, names):
    """Copy what grading needs into a course directory with a gradebook of its own.

    Parameters
    ----------
    root, course : path-like
        The course's directory and the new one.
    names : sequence of str
        Assignments to copy.

    Returns
    -------
    pathlib.Path
        The new directory.
    """
    root, course = Path(root), Path(course)
    if not (root / CONFIG).is_file():
        raise CourseError(f"No {CONFIG} in {root}: name a course with --root.")
    course.mkdir()
    text = (root / CONFIG).read_text(encoding="utf-8")
    text += f"\nc.CourseDirectory.db_url = {f'sqlite:///{course}/gradebook.db'!r}\n"
    (course / CONFIG).write_text(text, encoding="utf-8")
    for name in names:
        shutil.copytree(root / "solutions" / name, course / "solutions" / name)
    return course


def exercise_of(course, release, name):
    """Return an assignment as its students know it.

    Parameters
    ----------
    course : pathlib.Path
        From `make_course`.
    release : pathlib.Path
        Where the released notebooks are, or are put if it does not exist.
    name : str
        Name of the assignment.

    Returns
    -------
    grading.rehearsal.faults.Exercise
        With its release and its reference answers.
    """
    if not release.exists():
        generate(course, release)
    given = nbformat.read(release / name / f"{name}.ipynb", as_version=4)
    path = course / "solutions" / name / f"{name}.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    about = [cell for cell in cells if name_of(cell)]
    right = {name_of(c): c.source for c in about if c.metadata.nbgrader.solution}
    points = {
        name_of(c): c.metadata.nbgrader.points
        for c in about
        if c.metadata.nbgrader.grade
    }
    by_hand = frozenset(points) & frozenset(right)
    return Exercise(name, given, right, points, by_hand)


@contextlib.contextmanager
def laid_out(course, outside):
    """Lay out what no submission may reach, and look whether one did.

    Parameters
    ----------
    course : path-like
        The course directory.
    outside : pathlib.Path
        A folder to be made.

    Yields
    ------
    tuple of grading.rehearsal.faults.Bait and callable
        What attacks may go for, and what returns the breaches in words.
    """
    token = f"r{os.getpid()}{os.urandom(3).hex()}"[:15]
    outside.mkdir()
    outside.chmod(0o777)
    (outside / "canary").write_text(token)
    secret = f"REHEARSAL_{token}"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        bait = Bait(str(course), str(outside), port, token)
        os.environ[secret] = token
        try:
            yield bait, lambda: _breaches(bait, listener)
        finally:
            del os.environ[secret]


def _breaches(bait, listener):
    """Return what got out of the cages, in words."""
    found = [
        f"process {path.parent.name} is alive"
        for path in Path("/proc").glob("[0-9]*/comm")
        if _text(path).strip() == bait.token
    ]
    with contextlib.suppress(BlockingIOError):
        listener.accept()[0].close()
        found.append("somebody connected to the network")
    places = [bait.course, bait.outside, "/tmp", "/var/tmp", "/dev/shm", "/", "/etc"]
    places += [Path.home(), Path(os.__file__).parent, Path(bait.course, "submitted")]
    marks = [Path(place, bait.token) for place in places]
    found += [f"a file was written to {m.parent}" for m in marks if m.exists()]
    if [path.name for path in Path(bait.outside).iterdir()] != ["canary"]:
        found.append("files outside were changed")
    for path in sorted(Path(bait.course, "autograded").rglob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        if f"LEAK {bait.token}" in text:
            found.append(f"{path.parents[1].name} saw something")
        if len(text) > _MOST_BYTES:
            found.append(f"{path.parents[1].name} left {len(text)} characters")
    return found + _active(bait)


def _active(bait):
    """Return what would run for whoever opens a page, in words."""
    course = Path(bait.course)
    made = [*course.glob("feedback/*/*/*.html"), *course.glob("autograded/*/*/*.html")]
    pages = {path: path.read_text() for path in made}
    exporter = HTMLExporter(template_name="basic")  # formgrader's is made of it
    for path in course.glob("autograded/*/*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        if bait.token in nbformat.writes(_without_sources(notebook)):
            pages[path] = exporter.from_notebook_node(notebook)[0]
    return [
        f"{path.parents[1].name} has an active {each} in {path.suffix[1:]}"
        for path, page in sorted(pages.items())
        for each in dict.fromkeys(faults.active(page, bait.token))
    ]


def _without_sources(notebook):
    """Return a copy of a notebook whose code cells have no code, which never runs."""
    copied = copy.deepcopy(notebook)
    for cell in copied.cells:
        cell.source = cell.source * (cell.cell_type != "code")
    return copied


def _text(path):
    """Return what a file says, or nothing if it has just gone."""
    try:
        return path.read_text()
    except OSError:
        return ""


def graded(course, exercise, made, options):
    """Hand in, grade and compare; those who take all the time there is come last.

    Parameters
    ----------
    course : pathlib.Path
        From `make_course`.
    exercise : grading.rehearsal.faults.Exercise
        What is handed in.
    made : list of grading.rehearsal.faults.Case
        Who hands it in; to be hasty with some, a perfect and a blank one among them.
    options : dict
        For `grading.run.run.grade`.

    Returns
    -------
    list of Row
        One for each case, and one more for anything that was changed.
    """
    before = _digest(course, exercise.name)
    rows = []
    for hasty in (False, True):
        group = [case for case in made if case.hasty is hasty]
        if group:
            name = exercise.name
            if hasty:
                name = _make_hasty(course, exercise.name)
            for case in group:
                _hand_in(course, name, case, exercise.name)
            handed_in = _digest(course, "submitted")
            grade(course, [name], **options)
            rows += _compare(course, name, exercise, group)
            if _digest(course, "submitted") != handed_in:
                rows.append(Row(name, "everyone", "", "", ("submissions changed",)))
    if _digest(course, exercise.name) != before:
        rows.append(Row(exercise.name, "everyone", "", "", ("solutions changed",)))
    return rows


def _make_hasty(course, name):
    """Make a copy of an assignment that gives little time; return its name.

    How little depends on how long the honest ones took just now, so that a busy machine
    makes nobody late.
    """
    hasty = f"{name}{_HASTY}"
    folder = course / "solutions" / hasty
    shutil.copytree(course / "solutions" / name, folder)
    (folder / f"{name}.ipynb").rename(folder / f"{hasty}.ipynb")
    verdicts = journal.latest(course, [name])
    honest = [v.seconds for v in verdicts.values() if v.student in ("perfect", "blank")]
    seconds = max(_LEAST_SECONDS, _TIMES_SLOWER * max(honest))
    limits = {"cell_seconds": seconds, "processes": 32, "memory_mib": 1024}
    with (course / CONFIG).open("a", encoding="utf-8") as file:
        file.write("\ngiven = dict(c.Sandbox.get('limits', {}))\n")
        file.write(f"c.Sandbox.limits = {{**given, {hasty!r}: {limits!r}}}\n")
    return hasty


def _hand_in(course, name, case, former):
    """Put a case where a student's submission belongs."""
    folder = course / "submitted" / case.student / name
    folder.mkdir(parents=True)
    case.write(folder)
    if name != former:
        (folder / f"{former}.ipynb").rename(folder / f"{name}.ipynb")


def _digest(course, what):
    """Return a hash of the files of a folder: their names and contents."""
    found = hashlib.sha256()
    folder = course / what if what == "submitted" else course / "solutions" / what
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        found.update(f"{path.relative_to(folder)} {about.st_mode}".encode())
        if path.is_file() and not path.is_symlink():
            found.update(path.read_bytes())
    return found.hexdigest()


def _compare(course, name, exercise, made):
    """Return a row for each case, from the journal and the gradebook."""
    verdicts, rows = journal.latest(course, [name]), []
    with open_course(course) as api, opened(api) as book:
        for case in made:
            verdict = verdicts.get((name, case.student))
            due = {**exercise.due(case.lost), **case.left}
            expected = _words(case.status, None if case.lost is None else due.values())
            tasks = verdict and [t.score for t in verdict.tasks]
            found = _words(verdict.status, tasks or None) if verdict else "no verdict"
            wrong = [f"expected {expected}, found {found}"] * (expected != found)
            if verdict:
                wrong += _unsaid(case, verdict)
                wrong += _misplaced(course, book, case, name, due)
            rows.append(Row(name, case.student, expected, found, tuple(wrong)))
    return rows


def _words(status, scores):
    """Return a verdict in words."""
    if scores is None:
        return status
    return f"{sum(score or 0 for score in scores):g} points, {status}"


def _unsaid(case, verdict):
    """Return what a verdict should say and does not."""
    told = [verdict.detail, verdict.remedy, *verdict.repairs]
    told = "\n".join(told + [task.message for task in verdict.tasks])
    wrong = [f"does not say {text!r}" for text in case.says if text not in told]
    if verdict.needs_person and not (verdict.detail and verdict.remedy):
        wrong.append("gives no cause or no remedy")
    return wrong


def _misplaced(course, book, case, name, due):
    """Return how the gradebook and the feedback differ from what they should hold."""
    try:
        entries = book.find_submission_notebook(name, name, case.student).grades
    except MissingEntry:
        entries = []
    person = case.status in ("tampered", "unreadable", "needs-a-person")
    page = course / "feedback" / case.student / name / f"{name}.html"
    wrong = []
    calls = {entry.name for entry in entries if entry.needs_manual_grade}
    open_ = {test for test, points in due.items() if person or points is None}
    if entries and calls != open_:
        wrong.append("the gradebook calls for a person" + " too little" * person)
    if page.exists() is person:
        wrong.append("feedback is there" if person else "feedback is missing")
    found = {entry.name: entry.auto_score for entry in entries}
    if found != due and not (case.lost is None and not found):
        gaps = {task: found.get(task) for task in due if found.get(task) != due[task]}
        wrong.append(f"the gradebook holds {gaps}")
    return wrong
