"""Take a submission from its folder and read it, whatever was handed in."""

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from grading.course import PATTERN, CourseError
from grading.intake.parsing import parse
from grading.intake.problems import Broken, Problem, named
from grading.intake.repair import repair

__all__ = [
    "Broken",
    "Problem",
    "Taken",
    "read",
    "refuse_name",
    "refuse_strangers",
    "students",
    "take",
]

MOST = 64 << 20
MOST_ENTRIES = 10_000
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True)
class Taken:
    """What a student handed in, as bytes.

    Attributes
    ----------
    notebooks : dict of str to bytes
        The notebooks by name; those that are missing are left out.
    files : dict of str to bytes
        What lay beside it, by relative name; other notebooks are left out.
    lines : tuple of str
        What was put right on the way, in words for the student.
    """

    notebooks: dict[str, bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def students(root, assignment):
    """Return the students who handed in a folder for an assignment, sorted."""
    found = Path(root, "submitted").glob(f"*/{assignment}")
    return sorted(path.parent.name for path in found if path.is_dir())


def refuse_strangers(only, known):
    """Raise if one of the students whom the instructor named is none of those known."""
    strangers = [student for student in only if student not in known]
    if strangers:
        raise CourseError(
            f"No student named {named(sorted(strangers))} is known here. A student is "
            "the name of a folder in submitted/."
        )


def take(root, assignment, student, wanted=(), *, most=MOST):
    """Return what a student handed in, without looking into the notebooks.

    A notebook with another name is taken if it is the only one whose name contains the
    right one; or the only one of all, where one is expected. Of several notebooks some
    may be missing, but not while there are others whose names tell nothing. No link is
    followed, nothing but plain files is opened.

    Parameters
    ----------
    root : path-like
        Course directory.
    assignment, student : str
        Names of the assignment and of the student's folder.
    wanted : sequence of str
        Names of the assignment's notebooks; one with its own name if empty.
    most : int
        Bytes that each notebook, and the other files together, may have.

    Returns
    -------
    Taken
        The bytes.

    Raises
    ------
    Broken
        If there is no notebook, or the folder cannot be taken as it is.
    """
    refuse_name(student)
    folder = Path(root, "submitted", student, assignment)
    try:
        entries = _entries(folder)
        places, lines = _choose(entries, [f"{n}.ipynb" for n in wanted or [assignment]])
        for place in places.values():
            if entries[place].st_size > most:
                raise Broken(_too_large(named([place]), most), "unreadable")
        content = {n[:-6]: Path(folder, p).read_bytes() for n, p in places.items()}
        base = min((Path(place).parent for place in places.values()), key=_depth)
        return Taken(content, _beside(folder, entries, base, most), tuple(lines))
    except OSError as error:
        problem = Problem(
            f"The folder cannot be read ({error.strerror}).",
            "See that all of it can be read and run once more.",
        )
        raise Broken(problem, "unreadable") from None


def read(content, release):
    """Return the notebook that the bytes hold, repaired and ready to be graded.

    Parameters
    ----------
    content : bytes
        What was handed in, in any version of the notebook format.
    release : grading.intake.repair.Release
        What was handed out.

    Returns
    -------
    tuple of nbformat.NotebookNode and list of str
        The notebook, without outputs, and what was put right in it.

    Raises
    ------
    Broken
        If the bytes hold no notebook, or none of this exercise.
    """
    notebook, lines = parse(content)
    notebook, more = repair(notebook, release)
    return notebook, lines + more


def refuse_name(student):
    """Raise `Broken` if nbgrader or a terminal could not handle a folder's name."""
    if PATTERN & set(student):
        cause = "has *, ? or [ in its name, which nbgrader takes for a pattern"
    elif "<" in student:
        cause = "has < in its name, which formgrader takes for HTML, and runs it"
    elif not student.isprintable():
        cause = "has a name with characters that cannot be shown"
    else:
        return
    problem = Problem(
        f"The student's folder {cause}.", "Rename the folder and run once more."
    )
    raise Broken(problem)


def _entries(folder):
    """Return what a folder holds, hidden things aside, by relative name."""
    found, folders = {}, [folder]
    links, strange = [], []
    while folders:
        with os.scandir(folders.pop()) as inside:
            for entry in inside:
                if entry.name.startswith(".") or entry.name == "__pycache__":
                    continue
                name = os.path.relpath(entry.path, folder)
                about = entry.stat(follow_symlinks=False)
                found[name] = about
                if stat.S_ISDIR(about.st_mode):
                    folders.append(entry.path)
                if stat.S_ISLNK(about.st_mode):
                    links.append(name)
                if not name.isprintable():
                    strange.append(ascii(name))
                _refuse_many(found)
    _refuse_entries(folder, links, strange)
    return dict(sorted(found.items()))


def _refuse_many(found):
    """Raise if a folder holds more than a person would hand in."""
    if len(found) > MOST_ENTRIES:
        problem = Problem(
            f"The folder holds more than {MOST_ENTRIES} files.",
            "Delete what does not belong to the answer and run once more.",
        )
        raise Broken(problem)


def _refuse_entries(folder, links, strange):
    """Raise if a folder holds links or names that cannot be shown."""
    if folder.is_symlink():
        links = [folder.name]
    if links:
        problem = Problem(
            f"The folder holds symbolic links: {named(sorted(links))}.",
            "Nothing behind them was read; delete them and run once more.",
        )
        raise Broken(problem)
    if strange:
        problem = Problem(
            f"A file's name cannot be shown: {named(sorted(strange))}.",
            "Rename or delete the file and run once more.",
        )
        raise Broken(problem)


def _choose(entries, wanted):
    """Return the notebooks to grade by the names wanted, and lines on the choice."""
    known = [name for name in entries if _is_notebook(name)]
    plain = [name for name in known if stat.S_ISREG(entries[name].st_mode)]
    chosen = {name: name for name in wanted if name in plain}
    lines = []
    for name in [name for name in wanted if name not in chosen]:
        free = [found for found in plain if found not in chosen.values()]
        alike = [found for found in free if _letters(name[:-6]) in _letters(found)]
        only = free if len(wanted) == 1 else []
        if found := next((found for found in (alike, only) if len(found) == 1), None):
            chosen[name] = found[0]
            line = f"The notebook was named {named(found)}; it was taken for `{name}`."
            lines.append(line)
    missing = [name for name in wanted if name not in chosen]
    others = [name for name in plain if name not in chosen.values()]
    if missing and (others or not chosen):
        raise _without_notebook(entries, known, others, missing[0])
    if missing:
        line = f"Not handed in, so without points: {named(missing)}."
        lines.append(line)
    if others:
        lines.append(f"Another notebook was not graded: {named(others)}.")
    return chosen, lines


def _depth(path):
    """Return how deep a folder lies."""
    return len(path.parts)


def _is_notebook(name):
    """Return whether a file's name is a notebook's, as browsers may save one."""
    return re.search(r"\.ipynb(\.txt|\.json)?$", name.lower()) is not None


def _letters(name):
    """Return a name's letters and digits alone, in lower case."""
    return "".join(filter(str.isalnum, Path(name).name.lower()))


def _without_notebook(entries, known, plain, wanted):
    """Return what is wrong with a folder in which no notebook can be chosen."""
    if plain:
        problem = Problem(
            f"`{wanted}` is missing; there are {named(plain)}.",
            f"Rename the one to grade to `{wanted}` and run once more.",
        )
        return Broken(problem)
    if known:
        kind = _KINDS.get(stat.S_IFMT(entries[known[0]].st_mode), "no plain file")
        problem = Problem(
            f"{named(known[:1])} is {kind}, not a file; it was not opened.",
            "Ask the student for the notebook.",
        )
        return Broken(problem, "unreadable")
    others = f"; there is {named(entries)}" if entries else "; the folder is empty"
    problem = Problem(
        f"`{wanted}` is missing{others}.",
        "Ask the student for the notebook, or unpack it here, and run once more.",
    )
    return Broken(problem)


def _beside(folder, entries, base, most):
    """Return the plain files below a notebook's folder, other notebooks aside."""
    found, left = {}, most
    for name, about in entries.items():
        plain = stat.S_ISREG(about.st_mode) and Path(name).is_relative_to(base)
        if plain and not _is_notebook(name):
            left -= about.st_size
            if left < 0:
                problem = _too_large("What lies beside the notebook", most)
                raise Broken(problem, "unreadable")
            path = Path(name)
            found[str(path.relative_to(base))] = Path(folder, path).read_bytes()
    return found


def _too_large(name, most):
    """Return the problem of too many bytes."""
    return Problem(
        f"{name} has more than {most / 2**20:.0f} MiB.",
        "Ask for a smaller one: the outputs, for instance, can be cleared.",
    )
