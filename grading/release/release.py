"""Write the students' exercises from the sources, always the same way."""

import contextlib
import difflib
import re
import shutil
import tempfile
from pathlib import Path

import nbformat

from grading.course import CourseError, choose, open_course

__all__ = ["drift", "generate", "register", "release"]

START = "README.md"  # the page with which JupyterLab starts
_TITLE = re.compile(r"# (.+)")
_CHAPTER = re.compile(r"\[chapter (\d+)\]\(\.\./(\S+?)\)")
_TIME = re.compile(r"It takes about (an hour|\w+ (?:hours|minutes))")
_START = """\
# Exercises

Open an exercise with a click. Each belongs to the chapter beside it, takes about as
long as said, and works offline.

| exercise | chapter | time | points |
|---|---|---|---|
{rows}

Each task says what to write, and the cell below your answer checks it: run both with
*Shift+Enter*. *Run > Run All Cells* runs the whole notebook, also where answers are
missing. **Validate**, the button above the notebook, saves it, runs it afresh and lists
what is not right yet; of an answer in words it can only tell that it is missing, and
then says *You did not provide a response.* When nothing is left, save, and hand in the
notebook under its own name.
"""


def generate(root, directory):
    """Generate every assignment's release into `directory`, outside the gradebook.

    Parameters
    ----------
    root : path-like
        Course directory.
    directory : path-like
        Where the assignments' folders are written.

    Raises
    ------
    CourseError
        If nbgrader refuses a source notebook.
    """
    names = choose(root, [])
    with open_course(root, release=directory, gradebook=False) as api:
        for name in names:
            _generate(api, name)
    Path(directory, START).write_text(_start(directory, names), encoding="utf-8")


def register(root, name):
    """Record an assignment's cells and hidden tests in the gradebook.

    Parameters
    ----------
    root : path-like
        Course directory.
    name : str
        Name of the assignment.

    Raises
    ------
    CourseError
        If nbgrader refuses the source notebook.
    """
    with (
        tempfile.TemporaryDirectory() as scratch,
        open_course(root, release=scratch) as api,
    ):
        _generate(api, name)


def _generate(api, name):
    """Have nbgrader generate an assignment, or raise with what it says."""
    with contextlib.chdir(api.coursedir.root):  # nbgrader reads its header from here
        result = api.generate_assignment(name)
    if not result["success"]:
        log = result.get("log", result["error"]).strip()
        raise CourseError(f"nbgrader refused solutions/{name}:\n{log}")


def release(root):
    """Replace ``exercises/`` by what ``solutions/`` gives, and return what changed.

    Parameters
    ----------
    root : path-like
        Course directory.

    Returns
    -------
    list of str
        One line for each file that was added, changed or removed.
    """
    target = Path(root, "exercises")
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch, "exercises")
        generate(root, fresh)
        changes = [line for line, _ in _compare(fresh, target)]
        target.mkdir(exist_ok=True)
        shutil.copy2(fresh / START, target / START)
        for name in _folders(fresh) | _folders(target):
            shutil.rmtree(target / name, ignore_errors=True)
            if (fresh / name).is_dir():
                shutil.copytree(fresh / name, target / name)
    return changes


def drift(root):
    """Return how the committed exercises differ from what the sources give.

    Parameters
    ----------
    root : path-like
        Course directory.

    Returns
    -------
    list of str
        One line for each file that differs, followed by its first differences.
    """
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch, "exercises")
        generate(root, fresh)
        found = _compare(fresh, Path(root, "exercises"))
        return [text for line, detail in found for text in (line, *detail)]


def _start(directory, names):
    """Return the page that lists the assignments, from what their first cells say."""
    rows = []
    paths = (p for name in names for p in sorted(Path(directory, name).glob("*.ipynb")))
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        words = notebook.cells[0].source
        title, chapter, time = (p.search(words) for p in (_TITLE, _CHAPTER, _TIME))
        marks = (c.metadata.get("nbgrader", {}) for c in notebook.cells)
        points = sum(mark.get("points", 0) for mark in marks)
        place = path.relative_to(directory).as_posix()
        link = f"[{title[1] if title else path.stem}]({place})"
        about = f"[{chapter[1]}]({chapter[2]})" if chapter else ""
        rows.append(f"| {link} | {about} | {time[1] if time else ''} | {points:g} |")
    return _START.format(rows="\n".join(rows))


def _compare(fresh, committed):
    """Return a line and the first differences for each file that differs."""
    found = []
    for path in sorted(_files(fresh) | _files(committed)):
        new, old = fresh / path, committed / path
        if not old.exists():
            found.append((f"missing: exercises/{path}", []))
        elif not new.exists():
            found.append((f"without a source: exercises/{path}", []))
        elif new.read_bytes() != old.read_bytes():
            found.append((f"differs: exercises/{path}", _differences(old, new)))
    return found


def _differences(old, new, *, most=12):
    """Return the first lines that differ between two text files."""
    if old.suffix != ".ipynb":
        return []
    before, after = (p.read_text(encoding="utf-8").splitlines() for p in (old, new))
    lines = difflib.unified_diff(before, after, lineterm="", n=0)
    return [f"    {line}" for line in list(lines)[2 : 2 + most]]


def _folders(directory):
    """Return the names of a directory's visible folders."""
    if not directory.is_dir():
        return set()
    found = (path for path in directory.iterdir() if path.is_dir())
    return {path.name for path in found if not path.name.startswith(".")}


def _files(directory):
    """Return the relative paths of the start page and the files in visible folders."""
    found = (
        path.relative_to(directory)
        for name in _folders(directory)
        for path in (directory / name).rglob("*")
        if path.is_file()
    )
    files = {path for path in found if ".ipynb_checkpoints" not in path.parts}
    return files | {Path(START)} if (directory / START).is_file() else files
