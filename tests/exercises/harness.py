"""Run an exercise's cells in this process, with some answers replaced.

The points come from nbgrader's own metadata. A cell that raises does not stop the ones
after it, as in grading.
"""

import contextlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import nbformat

ROOT = Path(__file__).parents[2]
SOLUTIONS = {path.stem: path for path in sorted(ROOT.glob("solutions/*/*.ipynb"))}
RELEASES = {path.stem: path for path in sorted(ROOT.glob("exercises/*/*.ipynb"))}


@dataclass
class Task:
    """Wrong answers with their messages, and right ones written differently.

    Both map a name to the source of a solution cell; a wrong one is a pair of source
    and message.
    """

    right: dict[str, str]
    wrong: dict[str, tuple[str, str]]


@dataclass
class Result:
    """Points and messages of one run, by the graded cell's id."""

    points: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Exception] = field(default_factory=dict)

    @property
    def score(self):
        return sum(self.points.values())


def read(path):
    """Read a notebook in the current format."""
    return nbformat.read(path, as_version=4)


def grade_id(cell):
    """Return a cell's id for nbgrader, or an empty string."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def graded(notebook):
    """Return the graded cells' points by their ids, in order."""
    return {
        grade_id(cell): cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }


def task_of(test_id):
    """Return the id of the solution cell that a graded cell belongs to."""
    return test_id.replace("test-", "task-", 1)


def run(notebook, *, answers=None, look=False):
    """Run a notebook's code cells with the given answers in their solution cells.

    Cells that only show something are left out unless `look` is true: they are neither
    answers nor checks.
    """
    answers, names, result = answers or {}, {"__name__": "__main__"}, Result()
    for cell in notebook.cells:
        if cell.cell_type != "code" or (not look and _only_shows(cell)):
            continue
        name = grade_id(cell)
        source = dedent(answers.get(name, cell.source))
        error = _execute(source, name or cell.id, names)
        if cell.metadata.get("nbgrader", {}).get("grade"):
            result.points[name] = 0 if error else cell.metadata.nbgrader.points
            result.messages[name] = str(error) if error else ""
        if error:
            result.errors[name or cell.id] = error
    return result


def _only_shows(cell):
    return "look" in cell.metadata.get("tags", [])


def _execute(source, name, names):
    """Execute one cell and return what it raised, or None."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, f"<{name}>", "exec"), names)
    except Exception as error:
        return error
    return None
