"""Grade what lies in ``submitted/`` with nbgrader, one submission at a time.

nbgrader keeps the format, the gradebook and the feedback; the notebooks themselves run
in the sandbox, forked from a worker that has imported everything once.

A submission that cannot be graded is named with the cause and the remedy; it never
stops the others and never counts as zero without a word.
"""

import contextlib
import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry

from grading import execute
from grading.course import CourseError, choose, open_course
from grading.sandbox import refusal
from grading.submissions import Broken, Problem, read, students, take

__all__ = ["Verdict", "grade", "table"]


@dataclass(frozen=True)
class Verdict:
    """How one submission ended: with a score, or with a problem for a person.

    Where something stopped a part of it, `status` and `detail` say what; the score is
    that of the rest.
    """

    assignment: str
    student: str
    score: float | None = None
    max_score: float | None = None
    problem: Problem | None = None
    status: str = "graded"
    detail: str = ""

    @property
    def result(self):
        """The score in words, or that a person must look."""
        if self.problem:
            return "needs a person"
        note = "" if self.status == "graded" else f" ({self.status})"
        return f"{self.score:g} of {self.max_score:g}{note}"


def grade(root, names=(), *, report=print, unsafe=False):
    """Grade every submission of the assignments and write feedback.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    report : callable
        Called with one line of progress per submission.
    unsafe : bool, default False
        Whether to run submissions with stock nbgrader, without the sandbox.

    Returns
    -------
    list of Verdict
        One per submission, in the order of assignments and students.

    Raises
    ------
    CourseError
        If an assignment is unknown, has no submissions, or has a source that nbgrader
        refuses; or if the machine refuses the sandbox.
    """
    wanted = choose(root, names)
    work = [(name, student) for name in wanted for student in students(root, name)]
    _refuse_nothing(wanted if names else [], work)
    if not unsafe and (why := refusal()):
        raise CourseError(f"{why} To run students' code unprotected, say --unsafe.")
    verdicts = []
    with tempfile.TemporaryDirectory() as scratch:
        with open_course(root, release=scratch) as api:
            for name in dict.fromkeys(name for name, _ in work):
                _register(api, name)
        for name, group in itertools.groupby(work, key=lambda entry: entry[0]):
            with open_course(root) as api, _execution(api, name, unsafe) as results:
                for _, student in group:
                    verdicts.append(_grade_one(api, name, student, results))
                    place = f"[{len(verdicts)}/{len(work)}] {name} {student}"
                    report(f"{place}: {_line(verdicts[-1])}")
    return verdicts


def table(verdicts):
    """Return the verdicts as lines of text: a table, then what needs a person."""
    columns = (
        ["assignment", *(v.assignment for v in verdicts)],
        ["student", *(v.student for v in verdicts)],
        ["result", *(v.result for v in verdicts)],
    )
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        for row in zip(*columns, strict=True)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    failed = [v for v in verdicts if v.problem]
    lines += ["", f"{len(verdicts) - len(failed)} graded, {len(failed)} need a person."]
    lines += [f"  {v.assignment} {v.student}: {v.problem}" for v in failed]
    return [line.rstrip() for line in lines]


def _line(verdict):
    """Return a verdict for the progress report."""
    if verdict.problem:
        return f"needs a person. {verdict.problem}"
    return f"{verdict.result} {verdict.detail}".rstrip()


@contextlib.contextmanager
def _execution(api, name, unsafe):
    """Let nbgrader run notebooks in the sandbox; yield where their results appear."""
    results = {}
    if unsafe:
        yield results
        return
    root = Path(api.coursedir.root)
    source = root / "solutions" / name / f"{name}.ipynb"
    worker, allowed = execute.start(api.config, name, source)
    with worker:
        steps = execute.caged(root, worker, allowed, results)
        api.config.Autograde.autograde_preprocessors = steps
        yield results


def _refuse_nothing(named, work):
    """Raise if there is nothing to grade in all, or for an assignment named."""
    empty = sorted(set(named) - {name for name, _ in work})
    if empty or not work:
        name = empty[0] if empty else "ASSIGNMENT"
        raise CourseError(
            f"No submissions of {name if empty else 'any assignment'}: put them in "
            f"submitted/STUDENT/{name}/{name}.ipynb."
        )


def _register(api, name):
    """Record the assignment's cells and hidden tests in the gradebook."""
    result = api.generate_assignment(name)
    if not result["success"]:
        log = result.get("log", result["error"]).strip()
        raise CourseError(f"nbgrader refused solutions/{name}:\n{log}")


def _grade_one(api, name, student, results):
    """Return the verdict on one submission, having recorded it in the gradebook."""
    root = Path(api.coursedir.root)
    problem = _broken(root, name, student)
    if not problem:
        problem = _failure(api.autograde(name, student), "grading")
    result = results.get(student, {})
    if not problem and result.get("status") == "tampered":
        problem = Problem(
            f"The notebook interfered with its grading. {result['detail']}",
            "Look at what it does before you give points.",
        )
    if not problem:
        problem = _failure(api.generate_feedback(name, student), "writing feedback")
    if problem:
        _mark_for_a_person(api, name, student)
        return Verdict(name, student, problem=problem)
    with api.gradebook as gradebook:
        submission = gradebook.find_submission(name, student)
        scores = submission.score, submission.max_score
    about = {key: result[key] for key in ("status", "detail") if key in result}
    return Verdict(name, student, *scores, **about)


def _broken(root, name, student):
    """Return what keeps a submission from being graded, or None."""
    source = nbformat.read(root / "solutions" / name / f"{name}.ipynb", as_version=4)
    try:
        read(take(root, name, student).content, source)
    except Broken as error:
        return error.problem
    return None


def _failure(result, doing):
    """Return the problem that nbgrader met, or None."""
    if result["success"]:
        return None
    log = result.get("log", "") + result["error"]
    if "DeadKernelError" in log or "UnresponsiveKernelError" in log:
        return Problem(
            "The notebook stopped Python itself or never let go of it.",
            "Look for exit(), a crash, memory without bound or an endless loop; grade "
            "it by hand or ask for it again.",
        )
    errors = [line.strip() for line in log.splitlines() if "Error: " in line]
    cause = errors[-1] if errors else log.strip().splitlines()[-1]
    return Problem(
        f"nbgrader stopped while {doing}: {cause}",
        "Compare the notebook with the exercise, mend it and run once more.",
    )


def _mark_for_a_person(api, name, student):
    """Mark the gradebook's entry, if it has one, so that no zero passes for a grade."""
    with api.gradebook as gradebook:
        try:
            submission = gradebook.find_submission(name, student)
        except MissingEntry:
            return
        for notebook in submission.notebooks:
            for entry in notebook.grades:
                entry.needs_manual_grade = True
        gradebook.db.commit()
