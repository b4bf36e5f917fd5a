"""A course directory as nbgrader sees it."""

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

__all__ = [
    "ANYBODY",
    "DATA_OF",
    "CourseError",
    "apart",
    "assignments",
    "choose",
    "files_beside",
    "has_own_data",
    "notebooks",
    "open_course",
    "qualified",
    "settings",
    "sources",
    "whose_data",
]

CONFIG = "nbgrader_config.py"
PATTERN = frozenset("*?[")
DATA_OF, ANYBODY = "student.txt", "anybody"  # whose data, beside a notebook


class CourseError(ValueError):
    """A course directory that cannot be worked with; the message says what to do."""


@contextlib.contextmanager
def open_course(root, *, release=None, gradebook=True):
    """Open a course directory for nbgrader's Python interface.

    Within the context nbgrader's subprocesses find the programs of this Python
    environment and the kernels find the course's packages.

    Parameters
    ----------
    root : path-like
        Directory that holds ``nbgrader_config.py`` and ``solutions/``.
    release : path-like, optional
        Where released notebooks go instead of the configured directory.
    gradebook : bool, default True
        Whether releasing an assignment records it in the gradebook.

    Yields
    ------
    nbgrader.apps.api.NbGraderAPI
        The course.

    Raises
    ------
    CourseError
        If `root` holds no ``nbgrader_config.py``, or has a name that nbgrader cannot
        handle.
    """
    from nbgrader.apps.api import NbGraderAPI

    root = Path(root).resolve()
    if not (root / CONFIG).is_file():
        raise CourseError(
            f"No {CONFIG} in {root}: name a course directory with --root."
        )
    if PATTERN & set(str(root)):
        raise CourseError(
            f"nbgrader takes *, ? and [ for patterns; move the course out of {root}."
        )
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    if release is not None:
        config.CourseDirectory.release_directory = str(release)
    if not gradebook:
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    with _environment(), _quiet():
        yield NbGraderAPI(config=Config(config))


def settings(text):
    """Return the settings that the text of an ``nbgrader_config.py`` makes."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, CONFIG).write_text(text, encoding="utf-8")
        return Config(PyFileConfigLoader(CONFIG, path=folder).load_config())


def sources(root):
    """Return the folder of the source notebooks, as the course's settings name it."""
    name = "solutions"
    if Path(root, CONFIG).is_file():
        found = settings(Path(root, CONFIG).read_text(encoding="utf-8"))
        name = found.CourseDirectory.get("source_directory", "source")
    return Path(root, name)


def assignments(root):
    """Return the names of the assignments that have a source notebook, sorted."""
    found = sources(root).glob("[!.]*/*.ipynb")
    return sorted({path.parent.name for path in found})


def notebooks(root, name):
    """Return the source notebooks of an assignment by name: one, or several."""
    found = (sources(root) / name).glob("*.ipynb")
    return {path.stem: path for path in sorted(found)}


def qualified(name, notebook, cell):
    """Return the name of a graded cell within its assignment.

    Parameters
    ----------
    name, notebook : str
        Names of the assignment and of its notebook.
    cell : str
        The cell's ``grade_id``, which another notebook may have, too.

    Examples
    --------
    >>> qualified("ex01", "ex01", "test-1"), qualified("ps1", "problem2", "part-a")
    ('test-1', 'problem2/part-a')
    """
    return cell if notebook == name else f"{notebook}/{cell}"


def apart(name, cell):
    """Return the notebook and the ``grade_id`` that a `qualified` name stands for.

    Examples
    --------
    >>> apart("ex01", "test-1"), apart("ps1", "problem2/part-a")
    (('ex01', 'test-1'), ('problem2', 'part-a'))
    """
    notebook, _, cell = cell.rpartition("/")
    return notebook or name, cell


def files_beside(folder):
    """Return the files that lie beside a source notebook, by relative name."""
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix != ".ipynb")
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths if p.is_file()}


def whose_data(files, student):
    """Return the id from which the data of a submission are drawn.

    Parameters
    ----------
    files : dict of str to bytes
        What lies beside the source notebook. Where ``student.txt`` says ``each``, every
        student has data of their own; else all have those of the name that it says.
    student : str
        Whose folder the submission lies in.

    Examples
    --------
    >>> whose_data({"student.txt": b"each"}, "ann"), whose_data({}, "ann")
    ('ann', 'anybody')
    """
    if has_own_data(files):
        return student.encode("utf-8", "replace").decode()
    said = _said(files)
    return said if said.isprintable() and 0 < len(said) < 100 else ANYBODY


def has_own_data(files):
    """Return whether the files beside a source notebook say ``each``."""
    return _said(files) == "each"


def _said(files):
    """Return what the file says that decides whose data a student gets."""
    return files.get(DATA_OF, b"").decode("utf-8", "replace").strip()


def choose(root, names):
    """Return `names`, or every assignment if there are none.

    Raises
    ------
    CourseError
        If a name is no assignment.
    """
    known = assignments(root)
    for name in names:
        if name not in known:
            raise CourseError(
                f"No assignment named {name!r} in {sources(root).name}/; there are: "
                f"{', '.join(known) or 'none'}."
            )
    return list(names) or known


@contextlib.contextmanager
def _environment():
    """Let nbgrader find this Python's programs, and its kernels the course's packages.

    nbgrader calls ``alembic`` by name, which fails when the environment is not active.
    """
    saved = dict(os.environ)
    additions = {
        "PATH": Path(sys.executable).parent,
        "PYTHONPATH": Path(__file__).resolve().parents[1],
    }
    for name, path in additions.items():
        os.environ[name] = os.pathsep.join(filter(None, [str(path), saved.get(name)]))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


@contextlib.contextmanager
def _quiet():
    """Keep nbgrader's log off the screen; what fails is reported in words."""
    from sqlalchemy.exc import SAWarning

    logger = logging.getLogger("traitlets")
    propagate, logger.propagate = logger.propagate, False
    silent = logging.NullHandler()
    logger.addHandler(silent)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SAWarning)
            yield
    finally:
        logger.propagate = propagate
        logger.removeHandler(silent)
