"""Made-up students, and what grading must make of each.

A *learner* is perfect, or makes mistakes that the banks of misconceptions know, or has
not begun. An *attack* puts code into one answer of an otherwise perfect submission. An
*accident* happens to a notebook or to its folder. Each is a `Case`, which also says
what must come of it; nothing of that is taken from a run.
"""

from grading.rehearsal.faults.accidents import cells, folders, notebooks
from grading.rehearsal.faults.attacks import attacks
from grading.rehearsal.faults.case import Bait, Case, Exercise
from grading.rehearsal.faults.learners import bank, has_bank, learners
from grading.rehearsal.faults.shown import active, shown

__all__ = [
    "Bait",
    "Case",
    "Exercise",
    "active",
    "bank",
    "cases",
    "has_bank",
    "learners",
]


def cases(exercise, bait):
    """Return the accidents and attacks of an exercise.

    Parameters
    ----------
    exercise : Exercise
        What is handed in.
    bait : Bait
        What attacks go for.

    Returns
    -------
    list of Case
        One for each kind.
    """
    accidents = cells(exercise) + notebooks(exercise) + folders(exercise)
    return attacks(exercise, bait) + shown(exercise, bait) + accidents
