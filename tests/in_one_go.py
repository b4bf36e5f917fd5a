"""Work the whole course in one go, as a student does, from a fresh clone to its end.

``python -m tests.in_one_go`` clones what is committed, writes the students' edition
with the worked solution, and works that in the order of the table of contents: each
chapter is run; its exercise is run untouched, then with the reference answers; and
after the last exercise comes the worked solution.  ``python -m tests.in_one_go 01 15``
works these chapters alone.  The exit status is 1 when a step did not end as it should.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import yaml

from tests.exercises.harness import (
    ROOT,
    grade_id,
    graded,
    is_answer,
    is_by_hand,
    is_graded,
    is_so_far,
    read,
)
from utils.book.notebooks import NotebookError, execute

SO_FAR = re.compile(r"So far the checks give (\S+) of (\S+) points")
WAITS = re.compile(r"This cell waits for your|this cell stopped")
NOT_ATTEMPTED = ("NotAttempted", "not attempted yet")


def main(arguments=None):
    """Work the course and return how many steps did not end as they should."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.in_one_go", description=__doc__
    )
    parser.add_argument(
        "chapters", nargs="*", help="numbers as 01; by default every chapter"
    )
    options = parser.parse_args(arguments)
    started, wrong = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        clone, edition = Path(folder, "clone"), Path(folder, "edition")
        fetch(clone, edition)
        seconds = time.monotonic() - started
        print(f"{seconds:5.0f} s  a fresh clone and the students' edition", flush=True)
        for step, seconds, said, faults in walk(clone, edition, options.chapters):
            print(f"{seconds:5.0f} s  {step}: {said}", *faults, sep="\n  ", flush=True)
            wrong += bool(faults)
    end = "wrong steps" if wrong else "steps wrong: the course can be worked to its end"
    print(f"{time.monotonic() - started:5.0f} s  in all; {wrong} {end}")
    return wrong


def fetch(clone, edition):
    """Clone the course and let it write the students' edition."""
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    subprocess.run(
        [sys.executable, "-m", "grading", "student-edition", "--worked", edition],
        cwd=clone,
        env={**os.environ, "PYTHONPATH": str(clone)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    os.environ["PYTHONPATH"] = str(edition)  # of every kernel from now on


def walk(clone, edition, chapters=()):
    """Yield each step's name, seconds, result in words, and what is wrong with it."""
    for path in notebooks(edition, chapters):
        if path.parent.name == "chapters":
            yield path.stem, *_timed(path, lambda _: ("runs", []))
        else:
            yield f"{path.stem} untouched", *_timed(path, untouched)
            answer(path, clone / "solutions" / path.parent.name / path.name)
            yield f"{path.stem} answered", *_timed(path, answered)


def notebooks(edition, chapters=()):
    """Return the notebooks of the course in the order of its table of contents.

    Parameters
    ----------
    edition : pathlib.Path
        Folder of the students' edition.
    chapters : sequence of str
        Numbers of the chapters that are wanted; all if it is empty.
    """
    toc = yaml.safe_load((edition / "_toc.yml").read_text(encoding="utf-8"))
    entries = [entry for part in toc["parts"] for entry in part["chapters"]]
    names = [e["file"] for one in entries for e in (one, *one.get("sections", ()))]
    of_course = [name for name in names if name.startswith(("chapters/", "exercises/"))]
    wanted = re.compile(rf"/(?:ex)?(?:{'|'.join(chapters) or '.*'})_")
    return [edition / f"{name}.ipynb" for name in of_course if wanted.search(name)]


def answer(path, source):
    """Write the reference answers into an exercise, as a student would."""
    notebook = read(path)
    answers = {
        grade_id(cell): cell.source
        for cell in read(source).cells
        if is_answer(cell) or is_by_hand(cell)
    }
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    nbformat.write(notebook, path)


def untouched(notebook):
    """Return what an untouched exercise came to, and what is wrong with it."""
    said, faults = _so_far(notebook, due=0)
    for cell in _code(notebook):
        errors = [(o.ename, o.evalue) for o in cell.outputs if "ename" in o]
        if not is_graded(cell):
            due = ["NotImplementedError"] if is_answer(cell) else []
            calm = [name for name, _ in errors] in ([], due)
        else:
            name, words = NOT_ATTEMPTED
            calm = len(errors) == 1 and errors[0][0] == name and words in errors[0][1]
        if not calm:
            faults.append(f"{_name(cell)}: {errors or 'no word of not attempted'}")
    return said, faults


def answered(notebook):
    """Return what an exercise with all answers came to, and what is wrong with it."""
    said, faults = _so_far(notebook, due=sum(graded(notebook).values()))
    for cell in _code(notebook):
        faults += [f"{_name(cell)}: {o.evalue}" for o in cell.outputs if o.get("ename")]
        if found := WAITS.search(_printed(cell)):
            faults.append(f"{_name(cell)}: {found[0]}")
    return said, faults


def _timed(path, judge):
    """Run a notebook; return the seconds, its result in words, and its faults."""
    started = time.monotonic()
    try:
        seconds = execute(path)
    except NotebookError as error:
        return time.monotonic() - started, "stopped", [str(error)]
    return seconds, *judge(read(path))


def _so_far(notebook, due):
    """Return the points so far in words, and what is wrong with them."""
    faults = [f"{_name(c)}: not run" for c in _code(notebook) if not c.execution_count]
    last = notebook.cells[-1]
    found = SO_FAR.search(_printed(last)) if is_so_far(last) else None
    if not found:
        return "no points so far", [*faults, "The last cell adds up no points."]
    points, most = map(float, found.groups())
    full = sum(graded(notebook).values())
    if (points, most) != (due, full):
        faults.append(f"{due:g} of {full:g} points are due.")
    return f"{points:g} of {most:g} points so far", faults


def _code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _printed(cell):
    return "".join(o.get("text", "") for o in cell.get("outputs", []))


def _name(cell):
    return grade_id(cell) or cell.id


if __name__ == "__main__":
    sys.exit(bool(main()))
