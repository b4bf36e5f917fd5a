"""Look at a submission before nbgrader does, and name what it could not grade."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grading.course import PATTERN

__all__ = ["Problem", "find_problem", "grade_cells", "students"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a submission, and what a person can do about it."""

    cause: str
    remedy: str

    def __str__(self):
        """Return the cause and the remedy as one text."""
        return f"{self.cause} {self.remedy}"


def students(root, assignment):
    """Return the students who handed in a folder for an assignment, sorted."""
    found = Path(root, "submitted").glob(f"*/{assignment}")
    return sorted(path.parent.name for path in found if path.is_dir())


def grade_cells(notebook):
    """Return how often each graded cell's id occurs in a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Any notebook.

    Returns
    -------
    collections.Counter
        Number of cells for each ``grade_id`` of a graded or a solution cell.
    """
    cells = (cell.metadata.get("nbgrader", {}) for cell in notebook.cells)
    return Counter(
        cell.get("grade_id")
        for cell in cells
        if cell.get("grade") or cell.get("solution")
    )


def find_problem(path, source):
    """Return what keeps a submitted notebook from being graded, or None.

    Parameters
    ----------
    path : path-like
        The submitted notebook.
    source : path-like
        The assignment's source notebook.

    Returns
    -------
    Problem or None
        The first problem found.
    """
    path = Path(path)
    if PATTERN & set(path.parent.parent.name):
        return Problem(
            "The student's folder has *, ? or [ in its name, which nbgrader takes for "
            "a pattern.",
            "Rename the folder and run once more.",
        )
    links = sorted(other.name for other in path.parent.rglob("*") if other.is_symlink())
    if links:
        return Problem(
            f"The folder holds symbolic links: {', '.join(links)}.",
            "Nothing behind them was read; delete them and run once more.",
        )
    if not path.is_file():
        return _missing(path)
    try:
        notebook = nbformat.read(path, as_version=4)
        found = grade_cells(notebook)
    except Exception as error:  # any bytes may have been handed in
        return Problem(
            f"{path.name} is not a readable notebook ({type(error).__name__}).",
            "Ask for it again, or mend the file and run once more.",
        )
    return _compare_cells(found, grade_cells(nbformat.read(source, as_version=4)))


def _missing(path):
    """Return the problem of a folder without the assignment's notebook."""
    others = sorted(other.name for other in path.parent.glob("*.ipynb"))
    if not others:
        return Problem(f"{path.name} is missing.", "Ask the student for the notebook.")
    return Problem(
        f"{path.name} is missing; there is {', '.join(others)}.",
        f"If that is the answer, rename it to {path.name} and run once more.",
    )


def _compare_cells(found, expected):
    """Return the problem of cells that were copied or deleted, or None."""
    copied = sorted(name for name in expected if found[name] > 1)
    if copied:
        return Problem(
            f"Cells occur more than once: {', '.join(copied)}.",
            "Keep the cell with the student's answer, delete its copies and run again.",
        )
    deleted = sorted(name for name in expected if not found[name])
    if deleted:
        return Problem(
            f"Cells are missing or lost their nbgrader metadata: {', '.join(deleted)}.",
            "Paste the student's answers into a fresh copy of the exercise and run "
            "again.",
        )
    return None
