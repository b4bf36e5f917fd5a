"""What takes the place of nbgrader's step that runs a notebook.

nbgrader restores the locked cells and the hidden tests before this step, and reads the
scores from the cells' outputs after it.
"""

import ast
import contextlib
import math
import platform
from dataclasses import dataclass, fields

import nbformat

from grading.course import CourseError
from grading.judge import free_names
from grading.sandbox import Limits

__all__ = ["Amounts", "amounts", "caged", "job", "preloaded"]

_MIB = 1 << 20
_LANGUAGE = {  # what a kernel says of itself
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}


@dataclass(frozen=True)
class Amounts:
    """What one submission may use, as set in ``nbgrader_config.py``.

    Attributes
    ----------
    cell_seconds, total_seconds : float
        Time for one cell, and for the whole notebook.
    memory_mib, disk_mib, file_mib : int
        Memory, files in all, and one file, in MiB.
    processes, open_files : int
        Processes and threads, and open files of one process.
    output_mib : float
        What one cell prints and shows, pictures included, in MiB.
    inside : tuple of str
        Graded cells that run in the cage, because what they test cannot leave it.
    """

    cell_seconds: float = 60
    total_seconds: float = 300
    memory_mib: int = 2048
    disk_mib: int = 256
    file_mib: int = 128
    processes: int = 256
    open_files: int = 256
    output_mib: float = 4
    inside: tuple[str, ...] = ()

    @property
    def limits(self):
        """The limits of the cage."""
        return Limits(
            memory=int(self.memory_mib * _MIB),
            disk=int(self.disk_mib * _MIB),
            file_size=int(self.file_mib * _MIB),
            processes=int(self.processes),
            open_files=int(self.open_files),
            output=int(self.output_mib * _MIB),
        )


def caged(notebook, outputs):
    """Return a notebook with the outputs that its cells had in the cage.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The submission; it is changed.
    outputs : dict of int to list
        Outputs by the place among the code cells.
    """
    for place, cell in enumerate(_code(notebook)):
        cell.outputs = [nbformat.from_dict(output) for output in outputs[place]]
        cell.execution_count = place + 1
    notebook.metadata["language_info"] = {**_LANGUAGE}
    return notebook


def amounts(config, assignment):
    """Return what a submission of an assignment may use.

    Parameters
    ----------
    config : traitlets.config.Config
        With ``c.CagedExecute.limits``: amounts by name for each assignment, and for all
        others under ``"*"``.
    assignment : str
        Name of an assignment.

    Raises
    ------
    CourseError
        If an amount has an unknown name or is no positive number.
    """
    settings = config.CagedExecute.get("limits", {})
    given = {**settings.get("*", {}), **settings.get(assignment, {})}
    known = [field.name for field in fields(Amounts) if field.name != "inside"]
    for name, value in given.items():
        number = isinstance(value, int | float) and 0 < value < math.inf
        if name not in known or not number:
            raise CourseError(
                f"c.CagedExecute.limits gives {assignment} {name} = {value!r}; allowed "
                f"are positive numbers for {', '.join(known)}."
            )
    inside = config.CagedExecute.get("inside", {}).get(assignment, ())
    return Amounts(**given, inside=tuple(inside))


def preloaded(source):
    """Return the modules that are worth importing once for all of an assignment.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment's source notebook.

    Returns
    -------
    list of str
        Every module that it imports; of the names in ``from a import b`` both ``a`` and
        ``a.b``, which may be one.
    """
    found = {}
    for node in ast.walk(ast.parse(_imports(source.cells))):
        if isinstance(node, ast.Import):
            found |= dict.fromkeys(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found[node.module] = None
            found |= {f"{node.module}.{alias.name}": None for alias in node.names}
    return list(found)


def job(notebook, source, files, amounts):
    """Return what a judge is told about a submission.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The submission, with the locked cells restored.
    source : nbformat.NotebookNode
        The source notebook, whose imports tests may rely on.
    files : dict of str to bytes
        What the notebook finds beside it.
    amounts : Amounts
        What it may use.
    """
    return {
        "cells": [_told(cell, amounts) for cell in _code(notebook)],
        "imports": _imports(filter(_is_given, source.cells)),
        "files": files,
        "cell_seconds": amounts.cell_seconds,
        "total_seconds": amounts.total_seconds,
    }


def _code(notebook):
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _told(cell, amounts):
    """Return what a judge is told about a cell."""
    if not _is_test(cell):
        return {"source": cell.source, "test": False}
    name = cell.metadata.nbgrader.get("grade_id")
    inside = name if name in amounts.inside else ""
    names = sorted(free_names(cell.source))
    return {"source": cell.source, "test": True, "names": names, "inside": inside}


def _is_test(cell):
    """Return whether a cell holds graded tests and no answer."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


def _imports(cells):
    """Return the imports that cells begin with, as Python."""
    lines = []
    for cell in cells:
        with contextlib.suppress(SyntaxError):  # a magic, for instance
            body = ast.parse(cell.source).body if cell.cell_type == "code" else []
            imports = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
            lines += map(ast.unparse, imports)
    return "\n".join(lines)


def _is_given(cell):
    """Return whether a cell was given to the students to be left as it is."""
    about = cell.metadata.get("nbgrader", {})
    return not about.get("solution") and not about.get("grade")
