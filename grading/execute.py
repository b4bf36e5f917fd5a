"""nbgrader's step that runs a notebook, put in the sandbox.

nbgrader restores the locked cells and the hidden tests before this step, and reads the
scores from the cells' outputs after it.
"""

import ast
import contextlib
import os
import re
import stat
from dataclasses import dataclass, fields
from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Any

from grading.course import CourseError
from grading.sandbox import Limits
from grading.worker import Worker

__all__ = ["Amounts", "CagedExecute", "amounts", "caged", "job", "start"]

_MIB = 1 << 20


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
    """

    cell_seconds: float = 60
    total_seconds: float = 300
    memory_mib: int = 2048
    disk_mib: int = 256
    file_mib: int = 128
    processes: int = 256
    open_files: int = 256

    @property
    def limits(self):
        """The limits of the cage."""
        return Limits(
            memory=self.memory_mib * _MIB,
            disk=self.disk_mib * _MIB,
            file_size=self.file_mib * _MIB,
            processes=self.processes,
            open_files=self.open_files,
        )


class CagedExecute(NbGraderPreprocessor):
    """Run the student's cells in a cage and the tests outside, and keep the outputs."""

    root = Any(help="the course directory")
    worker = Any(help="the worker that runs submissions")
    amounts = Any(help="what a submission may use")
    results = Any(help="a dictionary to put results in, by student")

    def preprocess(self, nb, resources):
        """Fill in the outputs of every code cell.

        Parameters
        ----------
        nb : nbformat.NotebookNode
            The submission, with the locked cells restored.
        resources : dict
            nbgrader's names of the student and the assignment.

        Returns
        -------
        tuple
            Both, as nbconvert wants it.
        """
        names = resources["nbgrader"]
        root = Path(self.root)
        folders = (
            root / "submitted" / names["student"] / names["assignment"],
            root / "solutions" / names["assignment"],
        )
        order = job(nb, folders, self.amounts, source=folders[1] / names["notebook"])
        result = self.worker.grade(order)
        self.results[names["student"]] = result
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        for place, cell in enumerate(code):
            outputs = result["outputs"][place]
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
            cell.execution_count = place + 1
        return nb, resources


def caged(root, worker, amounts, results):
    """Return nbgrader's steps of grading, with the one that runs in the sandbox.

    Parameters
    ----------
    root : path-like
        Course directory.
    worker : grading.worker.Worker
        What runs submissions.
    amounts : Amounts
        What a submission may use.
    results : dict
        Gets the result of each student.

    Returns
    -------
    list of type
        A value for ``c.Autograde.autograde_preprocessors``.
    """
    from nbgrader.converters.autograde import Autograde
    from nbgrader.preprocessors import Execute

    settings = {"root": root, "worker": worker, "amounts": amounts, "results": results}

    class Step(CagedExecute):
        def __init__(self, **options):
            super().__init__(**options, **settings)

    steps = Autograde.autograde_preprocessors.default()
    return [Step if step is Execute else step for step in steps]


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
    known = [field.name for field in fields(Amounts)]
    for name, value in given.items():
        if name not in known or not isinstance(value, int | float) or not value > 0:
            raise CourseError(
                f"c.CagedExecute.limits gives {assignment} {name} = {value!r}; allowed "
                f"are positive numbers for {', '.join(known)}."
            )
    return Amounts(**given)


def _preloaded(source):
    """Return the modules that are worth importing once for all of an assignment.

    Parameters
    ----------
    source : path-like
        The assignment's source notebook.
    """
    text = Path(source).read_text(encoding="utf-8")
    return ["tensorflow", "keras"] if re.search(r"\b(keras|tensorflow)\b", text) else []


def job(notebook, folders, amounts, *, source):
    """Return what a judge is told about a submission.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The submission, with the locked cells restored.
    folders : sequence of path-like
        Where files lie that the notebook may read; later ones win.
    amounts : Amounts
        What it may use.
    source : path-like
        The source notebook without its suffix, whose imports tests may rely on.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    given = nbformat.read(Path(f"{source}.ipynb"), as_version=4)
    files = {}
    for folder in folders:
        files |= _files(folder, amounts.disk_mib * _MIB)
    return {
        "cells": [{"source": cell.source, "test": _is_test(cell)} for cell in code],
        "imports": _imports(given),
        "files": files,
        "cell_seconds": amounts.cell_seconds,
        "total_seconds": amounts.total_seconds,
    }


def _is_test(cell):
    """Return whether a cell holds graded tests and no answer."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


def _imports(notebook):
    """Return the imports of the cells that were given to the students."""
    lines = []
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or about.get("solution") or about.get("grade"):
            continue
        with contextlib.suppress(SyntaxError):  # a magic, for instance
            body = ast.parse(cell.source).body
            imports = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
            lines += map(ast.unparse, imports)
    return "\n".join(lines)


def _files(folder, most):
    """Return the plain files of a folder besides notebooks, and follow no link."""
    found, room = {}, most
    for path, _, names in os.walk(folder):
        for name in names:
            file = Path(path, name)
            about = file.lstat()
            if not stat.S_ISREG(about.st_mode) or file.suffix == ".ipynb":
                continue
            room -= about.st_size
            if room < 0:
                raise ValueError(f"{folder} holds more than {most} bytes of files.")
            found[str(file.relative_to(folder))] = file.read_bytes()
    return found


def start(config, assignment, source):
    """Return a worker for an assignment, and what its submissions may use."""
    allowed = amounts(config, assignment)
    return Worker(_preloaded(source), limits=allowed.limits), allowed
