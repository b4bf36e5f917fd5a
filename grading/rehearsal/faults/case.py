"""One student's folder, what must come of it, and what both are made of."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

__all__ = [
    "Bait",
    "Case",
    "Exercise",
    "defined",
    "name_of",
    "place_of",
    "test_of",
    "written",
]


@dataclass(frozen=True)
class Exercise:
    """An assignment as a class knows it.

    Attributes
    ----------
    name : str
        Name of the assignment.
    release : nbformat.NotebookNode
        What the students were given.
    right : dict of str to str
        Reference answers by their cells' names.
    points : dict of str to float
        Points of each graded cell, in order.
    by_hand : frozenset of str
        Graded cells that hold an answer in words, which a person reads.
    """

    name: str
    release: nbformat.NotebookNode
    right: dict[str, str]
    points: dict[str, float]
    by_hand: frozenset[str] = frozenset()

    @property
    def checked(self):
        """The graded cells whose points come from checks."""
        return frozenset(self.points) - self.by_hand

    def due(self, lost):
        """Return the points of each graded cell; None where a person gives them."""
        open_ = dict.fromkeys(self.by_hand)
        return {**self.points, **open_, **dict.fromkeys(lost or (), 0)}

    @property
    def victim(self):
        """The answer that attacks replace: one with others before and behind it."""
        return list(self.right)[min(1, len(self.right) - 1)]

    def answered(self, **changed):
        """Return the release with the right answers, apart from those given."""
        notebook = copy.deepcopy(self.release)
        answers = {**self.right, **changed}
        for cell in notebook.cells:
            cell.source = answers.get(name_of(cell), cell.source)
        return notebook


@dataclass(frozen=True)
class Bait:
    """What no submission may reach: files, a port, and a mark by which to find it.

    Attributes
    ----------
    course, outside : str
        The course directory, and a folder that everybody may write to.
    port : int
        Where somebody listens for the network.
    token : str
        The name of the processes of attacks, and of their files.
    """

    course: str
    outside: str
    port: int
    token: str


@dataclass(frozen=True)
class Case:
    """One student's folder, and what grading must make of it.

    Attributes
    ----------
    student : str
        Name of the folder.
    write : callable
        Called with the empty folder; puts into it what is handed in.
    status : str
        The verdict's status.
    lost : frozenset of str or None
        Graded cells that lose points; None if there is no score.
    left : dict of str to float
        Points of those that do not lose all.
    says : tuple of str
        What the verdict must say about it, in any of its texts.
    hasty : bool
        Whether it takes all the time it is given.
    """

    student: str
    write: Callable[[Path], object]
    status: str = "graded"
    lost: frozenset[str] | None = frozenset()
    left: dict[str, float] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    hasty: bool = False


def written(exercise, notebook):
    """Return what writes a notebook under its proper name."""
    text = nbformat.writes(notebook)

    def write(folder):
        (folder / f"{exercise.name}.ipynb").write_text(text, encoding="utf-8")

    return write


def name_of(cell):
    """Return the name that nbgrader gave a cell."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def place_of(cells, name):
    """Return where the cell with a name is."""
    return [name_of(cell) for cell in cells].index(name)


def defined(source):
    """Return the names of the functions that an answer defines."""
    lines = [line for line in source.split("\n") if line.startswith("def ")]
    return [line[4:].split("(")[0] for line in lines]


def test_of(exercise, answer):
    """Return the graded cell that follows an answer."""
    names = list(map(name_of, exercise.release.cells))
    return next(n for n in names[names.index(answer) :] if n in exercise.points)
