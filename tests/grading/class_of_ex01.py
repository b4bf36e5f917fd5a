"""A small class of submissions to exercise 1, and what each must score."""

import shutil
from pathlib import Path

import nbformat

from tests.exercises.harness import RELEASES, ROOT, SOLUTIONS, grade_id, read
from tests.exercises.misconceptions.ex01 import BANK

NAME = "ex01_perceptron"
TESTS = {
    "test-1-1-neuron": 2,
    "test-1-2-threshold": 3,
    "test-1-3-boundary": 3,
    "test-1-4-update": 3,
    "test-1-4-train": 3,
    "test-1-4-slow": 2,
    "test-1-5-gate": 4,
}
WRONG = {
    "task-1-1-neuron": "a bias per input",
    "task-1-2-threshold": "no step, and the sign of the bias",
    "task-1-3-boundary": "weights swapped",
    "task-1-4-update": "changed in place",
    "task-1-4-train": "answers taken before the epoch",
    "task-1-4-slow": "far apart",
    "task-1-5-gate": "weights for XOR too",
}
HALF = ("task-1-1-neuron", "task-1-3-boundary", "task-1-5-gate")
SCORES = {
    "empty": dict.fromkeys(TESTS, 0),
    "half": {
        **dict.fromkeys(TESTS, 0),
        **{
            test: TESTS[test]
            for test in ("test-1-1-neuron", "test-1-3-boundary", "test-1-5-gate")
        },
    },
    "reference": TESTS,
    "warns": TESTS,
    "wrong": dict.fromkeys(TESTS, 0),
    "copied": TESTS,
    "deleted": TESTS,
}
STOPPED = {  # by what task 1.3 does: status, its line, and what feedback says
    "quits": ("died", "os._exit(3)", "Python itself ended here (status 3)"),
    "loops": ("timeout", "while True: pass", "KeyboardInterrupt"),
}
REPAIRED = {"copied": "test-1-2-threshold", "deleted": "test-1-1-neuron"}
BROKEN = {
    "malformed": "The file is not a readable notebook",
    "missing": "`ex01_perceptron.ipynb` is missing",
    "linked": "The folder holds symbolic links: `more`.",
}


def make_course(root):
    """Copy the course's settings and exercise 1 into an empty course directory."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(SOLUTIONS[NAME].parent, root / "solutions" / NAME)
    return root


def hand_in(root, student, notebook):
    """Put a notebook, or any text, where a student's submission belongs."""
    folder = Path(root, "submitted", student, NAME)
    folder.mkdir(parents=True)
    if isinstance(notebook, str):
        (folder / f"{NAME}.ipynb").write_text(notebook, encoding="utf-8")
    elif notebook is not None:
        nbformat.write(notebook, folder / f"{NAME}.ipynb")


def answered(answers):
    """Return the released notebook with the given answers in its solution cells."""
    notebook = read(RELEASES[NAME])
    for cell in notebook.cells:
        if grade_id(cell) in answers:
            cell.source = answers[grade_id(cell)]
    return notebook


def reference():
    """Return the reference answers by their solution cells."""
    cells = read(SOLUTIONS[NAME]).cells
    return {grade_id(c): c.source for c in cells if grade_id(c).startswith("task-")}


def hand_in_class(root):
    """Hand in one submission for every entry of the tables above."""
    right = reference()
    wrong = {task: _dedented(BANK[task].wrong[name][0]) for task, name in WRONG.items()}
    noisy = (
        "import sys, warnings\nwarnings.warn('careful')\nprint(1, file=sys.stderr)\n"
    )
    hand_in(root, "reference", answered(right))
    hand_in(root, "empty", answered({}))
    hand_in(root, "half", answered({task: right[task] for task in HALF}))
    hand_in(root, "wrong", answered(wrong))
    hand_in(root, "warns", answered({t: noisy + source for t, source in right.items()}))
    hand_in(root, "malformed", '{"cells": [')
    hand_in(root, "missing", None)
    for student, (_, line, _) in STOPPED.items():
        stopped = answered({**right, "task-1-3-boundary": f"import os\n{line}"})
        hand_in(root, student, stopped)
    hand_in(root, "linked", answered(right))
    (Path(root, "submitted", "linked", NAME) / "more").symlink_to("/")
    hand_in(root, "copied", _with_copy(answered(right), REPAIRED["copied"]))
    hand_in(root, "deleted", _without(answered(right), REPAIRED["deleted"]))


def _dedented(source):
    from textwrap import dedent

    return dedent(source).strip()


def _with_copy(notebook, name):
    place = [grade_id(cell) for cell in notebook.cells].index(name)
    copy = nbformat.from_dict(notebook.cells[place])
    notebook.cells.insert(place, nbformat.from_dict({**copy, "id": "copy"}))
    return notebook


def _without(notebook, name):
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) != name]
    return notebook
