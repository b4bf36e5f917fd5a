"""What a class can do and cannot do yet: points, tasks, objectives, misconceptions."""

import ast
import json
import re
import statistics
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from grading.course import CourseError, choose, notebooks, open_course, qualified
from grading.pages.lessons import gist, lessons
from grading.pages.render import render
from grading.records import journal
from grading.records.gradebook import opened
from grading.reports.status import STATES, standings

__all__ = ["Figures", "Objective", "Remark", "TaskFigures", "figures", "write"]

AGAIN = 0.6
MOST_BARS = 25
MOST_REMARKS = 5
_NUMBER = re.compile(r"[-+]?\b\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?\b")
_PYTHON_SAYS = re.compile(r"(Python says \w+).*", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z`].{14,}[.?]")


@dataclass(frozen=True)
class Remark:
    """What a check told so many students.

    Attributes
    ----------
    text : str
        The message, which names a misconception where the check knows it.
    count : int
        How many students it was told.
    known : bool
        Whether the check names this misconception.
    """

    text: str
    count: int
    known: bool


@dataclass(frozen=True)
class TaskFigures:
    """How a class did at one task.

    Attributes
    ----------
    test, name : str
        The graded cell's id and the task in words.
    most : float
        Points that can be had.
    full, part, none, blank : int
        How many got all points, some, none, and how many of the last did not try.
    share : float
        Points that were earned, as a share of those that could be.
    remarks : tuple of Remark
        What was told most often.
    """

    test: str
    name: str
    most: float
    full: int
    part: int
    none: int
    blank: int
    share: float
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Objective:
    """How a class did at a learning objective, over all its tasks."""

    objective: str
    section: str
    share: float


@dataclass(frozen=True)
class Figures:
    """How a class did at an assignment.

    Attributes
    ----------
    assignment, title : str
        Its name and its title.
    states, verdicts : dict of str to int
        How many submissions stand where, and how grading ended.
    scores : tuple of float
        Points of those that are graded, ascending, before penalties for being late.
    most : float
        Points that can be had.
    tasks : tuple of TaskFigures
        Task by task.
    objectives : tuple of Objective
        By number.
    """

    assignment: str
    title: str
    states: dict[str, int]
    verdicts: dict[str, int]
    scores: tuple[float, ...]
    most: float
    tasks: tuple[TaskFigures, ...]
    objectives: tuple[Objective, ...]

    @property
    def mean(self):
        """The mean of the points."""
        return statistics.fmean(self.scores)

    @property
    def quartiles(self):
        """The points that a quarter, half and three quarters do not exceed."""
        if len(self.scores) == 1:
            return list(self.scores) * 3
        return statistics.quantiles(self.scores, method="inclusive")

    @property
    def hardest(self):
        """The task with the smallest share of its points, the first of equals."""
        return min(self.tasks, key=lambda task: task.share)

    @property
    def again(self):
        """The objectives of which less than 60 % of the points were earned."""
        low = [o for o in self.objectives if o.share < AGAIN]
        return sorted(low, key=lambda objective: objective.share)

    @property
    def misconceptions(self):
        """What checks know by name, with its task, the most frequent first."""
        found = [(r, t) for t in self.tasks for r in t.remarks if r.known]
        return sorted(found, key=lambda pair: -pair[0].count)

    @property
    def bars(self):
        """The distribution of the points: pairs of a label and a count."""
        width = max(1, -(-int(self.most) // (MOST_BARS - 1)))
        size = int(self.most // width) + 1
        count = Counter(min(int(score // width), size - 1) for score in self.scores)
        starts = (number * width for number in range(size))
        ends = (f"{s}" if width == 1 else f"{s} to {s + width - 1}" for s in starts)
        return [(end, count[number]) for number, end in enumerate(ends)]


def figures(root, name):
    """Return how a class did at an assignment.

    Parameters
    ----------
    root : path-like
        Course directory.
    name : str
        Name of the assignment.

    Returns
    -------
    Figures or None
        None if no submission is graded.
    """
    paths = notebooks(root, name).items()
    sources = {n: nbformat.read(path, as_version=4) for n, path in paths}
    found = standings(root, [name])
    verdicts = {s: v for (_, s), v in journal.latest(root, [name]).items()}
    scores = {s.student: s.raw for s in found if s.raw is not None}
    if not scores:
        return None
    points = _points(root, name, scores)
    known, phrases = {}, {}
    for notebook, source in sources.items():
        told = _phrases(source)
        for test, lesson in lessons(source).items():
            lesson = replace(lesson, test=qualified(name, notebook, test))
            known[lesson.test] = lesson
            phrases[lesson.test] = told[test]
    tasks = tuple(
        _task(lesson, points[test], _told(verdicts, scores, test), phrases[test])
        for test, lesson in known.items()
        if test in points
    )
    return Figures(
        assignment=name,
        title=_title(sources, name),
        states=_counted((STATES[s.state] for s in found), STATES.values()),
        verdicts=_counted((v.status for v in verdicts.values()), journal.STATUSES),
        scores=tuple(sorted(scores.values())),
        most=sum(task.most for task in tasks),
        tasks=tasks,
        objectives=_objectives(known, tasks),
    )


def write(root, names=(), *, to="statistics.html", data=None):
    """Write a page on how a class did, and the figures as JSON.

    The page names nobody.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    to : path-like
        The page.
    data : path-like, optional
        Where the figures go as JSON.

    Returns
    -------
    list of Figures
        One for each assignment with graded submissions.

    Raises
    ------
    CourseError
        If an assignment is unknown, or nothing was graded yet.
    """
    found = [figures(root, name) for name in choose(root, names)]
    found = [one for one in found if one is not None]
    if not found:
        raise CourseError("Nothing was graded yet: run `make grade` first.")
    page = render("statistics.html.j2", found=found, again=AGAIN)
    Path(to).write_text(page, encoding="utf-8", errors="backslashreplace")
    if data is not None:
        text = json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False)
        Path(data).write_text(f"{text}\n", encoding="utf-8")
    return found


def _points(root, name, students):
    """Return the points of a class by graded cell: lists of a student and pairs."""
    with open_course(root) as api, opened(api) as book:
        rows = (
            book.db.query(
                SubmittedAssignment.student_id,
                Notebook.name,
                BaseCell.name,
                Grade.score,
                Grade.max_score,
            )
            .select_from(Grade)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(SubmittedNotebook.assignment)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .filter(Assignment.name == name)
        )
        found = {}
        for student, notebook, cell, score, most in rows:
            if student in students:
                cell = qualified(name, notebook, cell)
                found.setdefault(cell, []).append((score, most))
    return found


def _told(verdicts, scores, test):
    """Return what the check of a task told those who are graded."""
    return [
        gist(task.message)
        for student, verdict in verdicts.items()
        if student in scores
        for task in verdict.tasks
        if task.name == test and task.message
    ]


def _task(lesson, points, told, phrases):
    """Return how a class did at a task."""
    most = max(most for _, most in points)
    blank = told.count("Not attempted yet.")
    full = sum(score >= best for score, best in points)
    none = sum(score <= 0 < best for score, best in points)
    tried = [text for text in told if text != "Not attempted yet."]
    return TaskFigures(
        test=lesson.test,
        name=lesson.name,
        most=most,
        full=full,
        part=len(points) - full - none,
        none=none,
        blank=blank,
        share=sum(score for score, _ in points) / max(sum(m for _, m in points), 1e-9),
        remarks=_remarks(tried, phrases),
    )


def _remarks(told, phrases):
    """Return what was told most often, with numbers and errors' texts aside."""
    groups, known = {}, set()
    for text in told:
        phrase = next((p for p in phrases if p in text), None)
        key = phrase or _NUMBER.sub("#", _PYTHON_SAYS.sub(r"\1.", text))
        groups.setdefault(key, Counter())[phrase or text] += 1
        known |= {key} if phrase else set()
    ranked = sorted(groups.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(
        Remark(
            _PYTHON_SAYS.sub(r"\1.", texts.most_common(1)[0][0]),
            texts.total(),
            key in known,
        )
        for key, texts in ranked[:MOST_REMARKS]
    )


def _phrases(source):
    """Return the sentences that each graded cell has ready, the longest first."""
    found = {}
    for cell in source.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            texts = _sentences(cell.source) if cell.cell_type == "code" else set()
            found[about["grade_id"]] = sorted(texts, key=lambda t: (-len(t), t))
    return found


def _sentences(source):
    """Return the whole sentences among the texts of a test."""
    nodes = list(ast.walk(ast.parse(source)))
    parts = {id(v) for n in nodes if isinstance(n, ast.JoinedStr) for v in n.values}
    texts = (
        " ".join(node.value.split())
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in parts
    )
    return {text for text in texts if _SENTENCE.fullmatch(text)}


def _objectives(known, tasks):
    """Return how a class did at each objective, weighted by points."""
    earned, possible = Counter(), Counter()
    for task in tasks:
        lesson = known[task.test]
        if lesson.objective:
            earned[lesson.objective] += task.share * task.most
            possible[lesson.objective] += task.most
    sections = {lesson.objective: lesson.section for lesson in known.values()}
    return tuple(
        Objective(number, sections[number], earned[number] / possible[number])
        for number in sorted(possible, key=lambda n: [int(p) for p in n.split(".")])
    )


def _counted(items, order):
    """Return how often each item occurs, those that do, in a given order."""
    count = Counter(items)
    return {item: count[item] for item in order if count[item]}


def _title(sources, name):
    """Return the title of an assignment of one notebook, or else its name."""
    if len(sources) > 1:
        return name
    (source,) = sources.values()
    texts = (cell.source for cell in source.cells if cell.cell_type == "markdown")
    found = re.search(r"^# (.+)", "\n".join(texts), re.MULTILINE)
    return found[1].strip() if found else name
