"""Solutions to compare with, for students who have handed in, when you say so.

They have the checks that students know and no hidden test. No edition for students
holds them; they are written for the assignments that are named, and for no other.
"""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from grading.course import choose, files_beside
from grading.release.student_edition import refuse

__all__ = ["write"]

_HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS\n.*?^[ \t]*### END HIDDEN TESTS\n?",
    re.DOTALL | re.MULTILINE,
)
_MARK = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
_HEAD = """\
**A solution, to compare with yours.** There are other right ones: what counts is that
the checks are met. Nothing in this notebook is handed in.
"""


def write(root, names, folder):
    """Write the solutions of assignments into a new or empty folder.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments whose solutions may be known from now on.
    folder : path-like
        Where to; it must not exist or be empty, and not lie within the course.

    Returns
    -------
    list of pathlib.Path
        The notebooks, ``NAME/NAME_solution.ipynb`` for each assignment.

    Raises
    ------
    CourseError
        If a name is no assignment, or the folder holds anything.
    """
    root, folder = Path(root).resolve(), Path(folder).resolve()
    refuse(root, folder)
    written = []
    for name in names and choose(root, names):
        source = root / "solutions" / name
        files = files_beside(source)
        notebook = _opened(nbformat.read(source / f"{name}.ipynb", as_version=4))
        files[f"{name}_solution.ipynb"] = nbformat.writes(notebook, indent=1).encode()
        for place, data in files.items():
            path = folder / name / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        written.append(folder / name / f"{name}_solution.ipynb")
    return written


def _opened(notebook):
    """Return a source notebook without hidden tests, marks and nbgrader's notes."""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        cell.source = _MARK.sub("", _HIDDEN.sub("", cell.source)).rstrip()
    notebook.cells.insert(0, new_markdown_cell(_HEAD, id="a-solution"))
    return notebook
