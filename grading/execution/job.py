"""What takes the place of nbgrader's step that runs a notebook.

nbgrader restores the locked cells and the hidden tests before this step, and reads the
scores from the cells' outputs after it.
"""

import ast
import contextlib
import platform
from dataclasses import fields
from types import MappingProxyType

import nbformat
from traitlets import Dict, TraitError
from traitlets.config import Configurable

from grading.course import CourseError
from grading.execution.names import (
    defined_functions,
    defined_names,
    free_names,
    plain,
)
from grading.sandbox.limits import Limits

__all__ = ["Sandbox", "caged", "is_test", "job", "limits_of", "patching", "preloaded"]

_NO_WAYS = MappingProxyType({})
_LANGUAGE = {  # what a kernel says of itself
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}


class Sandbox(Configurable):
    """What ``nbgrader_config.py`` can set of the sandbox."""

    limits = Dict(
        help="Limits by name for each assignment, and for all others under '*'."
    ).tag(config=True)


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


def limits_of(config, assignment):
    """Return what a submission of an assignment may use.

    Parameters
    ----------
    config : traitlets.config.Config
        With ``c.Sandbox.limits``: limits by name for each assignment, and for all
        others under ``"*"``.
    assignment : str
        Name of an assignment.

    Raises
    ------
    CourseError
        If a setting or a limit has an unknown name, or a limit is no positive number.
    """
    settings = _settings(config).limits
    given = {**settings.get("*", {}), **settings.get(assignment, {})}
    known = [field.name for field in fields(Limits)]
    try:
        return Limits(**given)
    except (TypeError, ValueError):
        raise CourseError(
            f"c.Sandbox.limits gives {assignment} {given}; allowed are positive "
            f"numbers for {', '.join(known)}."
        ) from None


def _settings(config):
    """Return the settings of the sandbox; raise `CourseError` for one unknown."""
    known = list(Sandbox.class_own_traits(config=True))
    for name in config.Sandbox:
        if name not in known:
            raise CourseError(
                f"c.Sandbox.{name} is no setting; there are: {', '.join(known)}."
            )
    try:
        return Sandbox(config=config)
    except TraitError as error:
        raise CourseError(f"{error} (c.Sandbox in nbgrader_config.py)") from None


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


def job(notebook, source, files, limits, ways=_NO_WAYS, *, student=""):
    """Return what a judge is told about a submission.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The submission, with the locked cells restored.
    source : nbformat.NotebookNode
        The source notebook, whose imports tests may rely on.
    files : dict of str to bytes
        What the notebook finds beside it.
    limits : Limits
        What it may use.
    ways : mapping of str to str
        Of the tests that run in the cage: how, one of `grading.execution.judge.WAYS`.
    student : str
        From whose id its data are drawn, as `grading.course.whose_data` says.
    """
    about = ways, _of_tests(source), _known(source)
    return {
        "cells": [_told(cell, *about) for cell in _code(notebook)],
        "imports": _imports(filter(_is_given, source.cells)),
        "files": files,
        "student": student,
        "cell_seconds": limits.cell_seconds,
        "total_seconds": limits.total_seconds,
    }


def _code(notebook):
    """Return the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def patching(source):
    """Return the tests that put something in the place of an answer's function.

    Other answers then have to call it. With right answers it may make no difference.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The source notebook.
    """
    functions = _functions(_answers(source))
    tests = filter(is_test, _code(source))
    return [_name(cell) for cell in tests if defined_names(cell.source) & functions]


def _answers(source):
    """Return the code cells that hold no test, as text."""
    return [cell.source for cell in _code(source) if not is_test(cell)]


def _functions(answers):
    """Return the names of all functions that answers define."""
    return frozenset().union(*map(defined_functions, answers))


def _name(cell):
    """Return nbgrader's name of a cell."""
    return cell.metadata.nbgrader.get("grade_id")


def _known(source):
    """Return the names that the cells of the source define which are no tests.

    The cage is asked for these alone, so that it never hears of a name that stands only
    in hidden tests.
    """
    return frozenset().union(*map(defined_names, _answers(source)))


def _told(cell, ways, ours, known):
    """Return what a judge is told about a cell."""
    if not is_test(cell):
        return {"source": cell.source, "test": False, "given": _is_given(cell)}
    name = _name(cell)
    names = (free_names(cell.source) & known) - ours.get(name, frozenset())
    return {
        "source": plain(cell.source),
        "test": True,
        "names": sorted(names),
        "name": name,
        "way": ways.get(name, ""),
    }


def _of_tests(source):
    """Return the names that are never the student's, for each test by name.

    They are those that the source defines last in an earlier test, or in this one and
    in no answer.
    """
    answers = _answers(source)
    functions = _functions(answers)
    known = _known(source)
    owned, found = frozenset(), {}
    for cell in _code(source):
        defined = defined_names(cell.source)
        if is_test(cell):
            found[_name(cell)] = owned | (defined - known)
            owned |= defined - functions
        else:
            owned -= defined
    return found


def is_test(cell):
    """Return whether a cell holds graded tests and no answer."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade")) and not about.get("solution")


def _imports(cells):
    """Return the imports that cells begin with, as Python."""
    lines = []
    for cell in cells:
        with contextlib.suppress(SyntaxError):  # of another language, for instance
            code = plain(cell.source) if cell.cell_type == "code" else ""
            body = ast.parse(code).body
            imports = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
            lines += map(ast.unparse, imports)
    return "\n".join(lines)


def _is_given(cell):
    """Return whether a cell was given to the students to be left as it is."""
    about = cell.metadata.get("nbgrader", {})
    return not about.get("solution") and not about.get("grade")
