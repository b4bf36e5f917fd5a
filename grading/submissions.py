"""Take a submission from its folder, and name what nbgrader could not grade."""

import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from grading.course import PATTERN

__all__ = [
    "Broken",
    "Problem",
    "Taken",
    "grade_cells",
    "read",
    "students",
    "take",
]

MOST = 64 << 20


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


@dataclass(frozen=True)
class Taken:
    """What a student handed in, as bytes.

    Attributes
    ----------
    content : bytes
        The notebook.
    files : dict of str to bytes
        What lay beside it, by relative name; other notebooks are left out.
    lines : tuple of str
        What was put right on the way, in words for the student.
    """

    content: bytes
    files: dict[str, bytes] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


class Broken(ValueError):  # noqa: N818 (a finding, not an error of ours)
    """A submission that cannot be graded.

    Parameters
    ----------
    problem : Problem
        What is wrong.
    status : str
        ``"unreadable"`` or ``"needs-a-person"``.
    """

    def __init__(self, problem, status="needs-a-person"):
        super().__init__(str(problem))
        self.problem = problem
        self.status = status


def take(root, assignment, student, *, most=MOST):
    """Return what a student handed in, without looking into the notebook.

    Parameters
    ----------
    root : path-like
        Course directory.
    assignment, student : str
        Names of the assignment and of the student's folder.
    most : int
        Bytes that the notebook, and the other files together, may have.

    Returns
    -------
    Taken
        The bytes.

    Raises
    ------
    Broken
        If there is no notebook, or the folder cannot be taken as it is.
    """
    folder = Path(root, "submitted", student, assignment)
    _refuse_folder(folder, student)
    path = folder / f"{assignment}.ipynb"
    if not path.is_file():
        raise Broken(_missing(path))
    if path.stat().st_size > most:
        raise Broken(_too_large(path.name, most), "unreadable")
    return Taken(path.read_bytes(), _beside(folder, most))


def read(content, source):
    """Return the notebook that the bytes hold, ready to be graded.

    Parameters
    ----------
    content : bytes
        What was handed in.
    source : nbformat.NotebookNode
        The assignment's source notebook.

    Returns
    -------
    tuple of nbformat.NotebookNode and list of str
        The notebook, and what was put right in it.

    Raises
    ------
    Broken
        If the bytes hold no notebook, or one whose graded cells cannot be told.
    """
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        found = grade_cells(notebook)
    except Exception as error:  # any bytes may have been handed in
        problem = Problem(
            f"The file is not a readable notebook ({type(error).__name__}).",
            "Ask for it again, or mend the file and run once more.",
        )
        raise Broken(problem, "unreadable") from None
    if problem := _compare_cells(found, grade_cells(source)):
        raise Broken(problem)
    return notebook, []


def _refuse_folder(folder, student):
    """Raise if a folder's name or what lies in it cannot be handled."""
    if PATTERN & set(student):
        problem = Problem(
            "The student's folder has *, ? or [ in its name, which nbgrader takes for "
            "a pattern.",
            "Rename the folder and run once more.",
        )
        raise Broken(problem)
    links = sorted(path.name for path in folder.rglob("*") if path.is_symlink())
    if links:
        problem = Problem(
            f"The folder holds symbolic links: {', '.join(links)}.",
            "Nothing behind them was read; delete them and run once more.",
        )
        raise Broken(problem)


def _beside(folder, most):
    """Return the plain files of a folder besides notebooks."""
    found, left = {}, most
    for path in sorted(folder.rglob("*")):
        plain = stat.S_ISREG(path.lstat().st_mode)
        if plain and path.suffix != ".ipynb":
            left -= path.stat().st_size
            if left < 0:
                raise Broken(_too_large("What lies beside the notebook", most))
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def _too_large(name, most):
    """Return the problem of too many bytes."""
    return Problem(
        f"{name} has more than {most / 2**20:.0f} MiB.",
        "Ask for a smaller one: the outputs, for instance, can be cleared.",
    )


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
