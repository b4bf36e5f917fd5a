"""Learners: right, wrong in a known way, or not yet begun, and what each deserves."""

import importlib
import sys
from pathlib import Path
from textwrap import dedent

import nbformat

from grading.course import CourseError
from grading.rehearsal.faults.case import Case, test_of, written

__all__ = ["bank", "has_bank", "learners"]

_REPOSITORY = Path(__file__).resolve().parents[3]


def has_bank(name):
    """Return whether an assignment has a bank of misconceptions."""
    return _bank_file(name).is_file()


def bank(name):
    """Return the right and the wrong answers to an assignment.

    Parameters
    ----------
    name : str
        Name of the assignment.

    Returns
    -------
    dict of str to tests.exercises.harness.Task
        By solution cell.

    Raises
    ------
    CourseError
        If there is no bank of it.
    """
    if not has_bank(name):
        raise CourseError(f"{name} has no bank of misconceptions: {_bank_file(name)}.")
    if str(_REPOSITORY) not in sys.path:
        sys.path.insert(0, str(_REPOSITORY))
    return importlib.import_module(
        f"tests.exercises.misconceptions.{_bank_file(name).stem}"
    ).BANK


def _bank_file(name):
    """Return where the misconceptions of an assignment are."""
    folder = _REPOSITORY / "tests" / "exercises" / "misconceptions"
    return folder / f"{name.split('_')[0]}.py"


def learners(exercise, *, quick):
    """Return those who did what they could: right, wrong or not at all.

    Parameters
    ----------
    exercise : grading.rehearsal.faults.Exercise
        What is handed in.
    quick : bool
        Whether a student makes one known mistake in every task, instead of one mistake
        in all: all mistakes meet their checks in a few submissions, but none shows
        whether it costs another task, too.

    Returns
    -------
    list of grading.rehearsal.faults.Case
        The first two are the perfect and the blank one.
    """
    known = bank(exercise.name)
    blank = nbformat.from_dict(exercise.release)
    made = [
        Case("perfect", written(exercise, exercise.answered())),
        Case("blank", written(exercise, blank), lost=frozenset(exercise.points)),
    ]
    if quick:
        return made + _many_mistakes(exercise, known) + _other_ways(exercise, known)
    for task, entry in known.items():
        for number, (name, wrong) in enumerate(entry.wrong.items(), 1):
            source, message, *_ = wrong
            notebook = exercise.answered(**{task: dedent(source).strip()})
            made.append(
                Case(
                    f"{task} {number:02} {_plain(name)}",
                    written(exercise, notebook),
                    lost=frozenset({test_of(exercise, task)}),
                    left={test_of(exercise, task): points_left(wrong)},
                    says=(message,),
                )
            )
    return made + _other_ways(exercise, known)


def points_left(wrong):
    """Return the points that a wrong answer of a bank leaves: its third part, or 0."""
    return wrong[2] if len(wrong) > 2 else 0


def _many_mistakes(exercise, known):
    """Return students of whom each makes one known mistake in every task."""
    most = max(len(entry.wrong) for entry in known.values())
    made = []
    for n in range(most):
        wrong = {
            task: list(entry.wrong.values())[n % len(entry.wrong)]
            for task, entry in known.items()
        }
        answers = {task: dedent(entry[0]).strip() for task, entry in wrong.items()}
        made.append(
            Case(
                f"mistakes {n + 1:02}",
                written(exercise, exercise.answered(**answers)),
                lost=exercise.checked,
                left={test_of(exercise, t): points_left(e) for t, e in wrong.items()},
                says=tuple(entry[1] for entry in wrong.values()),
            )
        )
    return made


def _other_ways(exercise, known):
    """Return students who answer every task rightly in another way."""
    ways = {
        task: [dedent(source).strip() for source in entry.right.values()]
        for task, entry in known.items()
    }
    return [
        Case(f"other ways {n + 1}", written(exercise, _answered_by(exercise, ways, n)))
        for n in range(max(map(len, ways.values())))
    ]


def _answered_by(exercise, answers, n):
    """Return a notebook with the n-th answer to each task, from the first again."""
    return exercise.answered(
        **{t: found[n % len(found)] for t, found in answers.items()}
    )


def _plain(name):
    """Return a name without what nbgrader or a file system could not handle."""
    return "".join(c if c.isalnum() or c in " -+," else "-" for c in name)[:60]
