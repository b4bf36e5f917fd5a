"""nbgrader's own steps, kept alive from submission to submission.

nbgrader restores the locked cells and reads scores from outputs. Its classes do so here
too. But instead of opening a database at each step they ask a `Book`, which holds what
the gradebook says of one submission. So any process on any machine can grade, and the
gradebook has one writer.
"""

import copy
import json
from dataclasses import dataclass, field

from nbgrader.api import MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    GetGrades,
    LockCells,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.utils.importstring import import_item

__all__ = [
    "Book",
    "Cell",
    "Marks",
    "chain",
    "made",
    "penalty",
    "resources_for",
    "restoring",
    "scoring",
]


@dataclass(frozen=True)
class Cell:
    """A cell of the assignment as nbgrader's gradebook stores it.

    Attributes
    ----------
    name : str
        Its ``grade_id``.
    cell_type, source, checksum, locked
        As in `nbgrader.api.SourceCell`.
    max_score : float or None
        Points; None for a cell that carries none.
    commented : bool
        Whether a comment belongs to it.
    """

    name: str
    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    max_score: float | None = None
    commented: bool = False


@dataclass
class Marks:
    """What the gradebook says of one cell of one submission, as nbgrader counts it."""

    max_score: float = 0.0
    auto_score: float | None = None
    manual_score: float | None = None
    extra_credit: float | None = None
    needs_manual_grade: bool = False
    auto_comment: str | None = None
    manual_comment: str | None = None

    @property
    def score(self):
        """A person's points before those of the tests, and extra credit on top."""
        given = self.auto_score if self.manual_score is None else self.manual_score
        return 0.0 if given is None else given + (self.extra_credit or 0.0)

    @property
    def waits(self):
        """Whether a person still has to give the points."""
        return self.auto_score is None and self.manual_score is None

    @property
    def comment(self):
        """A person's comment before nbgrader's own."""
        return self.manual_comment or self.auto_comment


@dataclass
class Book:
    """What the gradebook holds about one submission, in memory.

    It answers the questions of nbgrader's steps as `nbgrader.api.Gradebook` does.

    Attributes
    ----------
    cells : dict of str to Cell
        The assignment's cells by name.
    marks : dict of str to Marks
        What has been given so far, by cell.
    kernelspec : str or None
        The assignment's kernel, as JSON.
    seconds_late : float
        How late the submission was.
    late_submission_penalty : float or None
        Points lost by that.
    """

    cells: dict[str, Cell]
    marks: dict[str, Marks] = field(default_factory=dict)
    kernelspec: str | None = None
    seconds_late: float = 0.0
    late_submission_penalty: float | None = None

    def __post_init__(self):
        """Open an entry for every cell."""
        for name, cell in self.cells.items():
            marks = self.marks.setdefault(name, Marks())
            marks.max_score = cell.max_score or 0.0
        self.db = self

    def commit(self):
        """Keep what was said; there is no disk here."""

    def find_source_cell(self, name, *_):
        """Return a cell, or raise `nbgrader.api.MissingEntry`."""
        if name not in self.cells:
            raise MissingEntry(f"No such cell: {name}")
        return self.cells[name]

    def find_graded_cell(self, name, *_):
        """Return a cell that carries points."""
        if self.find_source_cell(name).max_score is None:
            raise MissingEntry(f"No points for cell: {name}")
        return self.cells[name]

    def find_grade(self, name, *_):
        """Return the entry of a cell that carries points."""
        return self.marks[self.find_graded_cell(name).name]

    def find_comment(self, name, *_):
        """Return the entry of a cell that holds an answer."""
        return self.marks[self.find_source_cell(name).name]

    @property
    def graded(self):
        """The cells that carry points."""
        return [cell for cell in self.cells.values() if cell.max_score is not None]

    @property
    def score(self):
        """All points, without the penalty for being late."""
        return sum(self.marks[cell.name].score for cell in self.graded)

    @property
    def max_score(self):
        """All points that can be had."""
        return sum(cell.max_score for cell in self.graded)


class _Kernelspec(OverwriteKernelspec):
    """Restore the kernel's name from a book."""

    def preprocess(self, nb, resources):
        if kernelspec := json.loads(resources["nbgrader"]["book"].kernelspec or "null"):
            nb.metadata["kernelspec"] = kernelspec
        return nb, resources


class _Cells(OverwriteCells):
    """Restore the locked cells from a book."""

    def preprocess(self, nb, resources):
        _open(self, resources)
        return NbGraderPreprocessor.preprocess(self, nb, resources)


class _Locks(LockCells):
    """Mark cells as a release does."""

    def preprocess_cell(self, cell, resources, cell_index):
        if about := cell.metadata.get("nbgrader"):
            about["cell_type"] = cell.cell_type
        return super().preprocess_cell(cell, resources, cell_index)


class _Metadata(CheckCellMetadata):
    """Check what nbgrader notes at cells, unless it is what was right just before.

    It is the same for all of a class, and a check takes as long as all other steps.
    """

    _right = None

    def preprocess(self, nb, resources):
        found = [(cell.cell_type, cell.metadata.get("nbgrader")) for cell in nb.cells]
        if found != self._right:
            super().preprocess(nb, resources)
            self._right = copy.deepcopy(found)
        return nb, resources


class _Scores(SaveAutoGrades):
    """Read the scores from the outputs into a book."""

    def preprocess(self, nb, resources):
        _open(self, resources)
        return NbGraderPreprocessor.preprocess(self, nb, resources)


class _Late(AssignLatePenalties):
    """Ask the course's plug-in what being late costs, and note it in a book."""

    def preprocess(self, nb, resources):
        book, student = (resources["nbgrader"][name] for name in ("book", "student"))
        book.late_submission_penalty = self.points(student, book, book.seconds_late)
        return nb, resources

    def points(self, student, scored, seconds_late):
        """Return the points that being late costs, or None, by what it scored."""
        if seconds_late <= 0:
            return None
        self.init_plugin()
        ask = self.plugin_inst.late_submission_penalty
        points = ask(student, scored.score, seconds_late)
        return None if points is None else self._check_late_penalty(scored, points)


class _Grades(GetGrades):
    """Put the scores of a book into the notebook."""

    def preprocess(self, nb, resources):
        book = _open(self, resources)
        nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        resources["nbgrader"] |= {
            "score": book.score,
            "max_score": book.max_score,
            "late_penalty": book.late_submission_penalty or 0,
        }
        return nb, resources

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader["grade_id"]
        cell.metadata.nbgrader["waits"] = self.gradebook.find_grade(name).waits


_OURS = {
    OverwriteKernelspec: _Kernelspec,
    OverwriteCells: _Cells,
    CheckCellMetadata: _Metadata,
    SaveAutoGrades: _Scores,
    AssignLatePenalties: _Late,
    GetGrades: _Grades,
}


def restoring(config):
    """Return nbgrader's steps that come before a notebook is run.

    Parameters
    ----------
    config : traitlets.config.Config
        The course's settings.

    Returns
    -------
    callable
        Takes a notebook and resources, and returns both.
    """
    steps = [*Autograde(config=config).sanitize_preprocessors, _Locks]
    return chain([made(step, config) for step in steps])


def scoring(config, execute):
    """Return nbgrader's steps that run a notebook and read its scores.

    Parameters
    ----------
    config : traitlets.config.Config
        The course's settings.
    execute : callable
        Takes the place of nbgrader's `Execute`.

    Returns
    -------
    callable
        Takes a notebook and resources, and returns both.
    """
    steps = Autograde(config=config).autograde_preprocessors
    ready = [execute if step is Execute else made(step, config) for step in steps]
    return chain(ready)


def penalty(config, student, scored, seconds_late):
    """Return the points that being late costs by the course's plug-in, or None.

    Parameters
    ----------
    config : traitlets.config.Config
        The course's settings.
    student : str
        Whose submission.
    scored : object
        Its ``score`` is what the submission scored.
    seconds_late : float
        How late it was.
    """
    return _Late(config=config).points(student, scored, seconds_late)


def resources_for(assignment, student, book, folder="", *, notebook=""):
    """Return what nbgrader's steps are told about a submission.

    Parameters
    ----------
    assignment, student : str
        Names.
    book : Book
        What the gradebook says.
    folder : path-like
        Where the notebook's own files lie.
    notebook : str
        Its name; that of the assignment if empty.

    Returns
    -------
    dict
        In the form of nbconvert's resources.
    """
    notebook = notebook or assignment
    about = {"student": student, "assignment": assignment, "notebook": notebook}
    return {
        "unique_key": notebook,
        "output_files_dir": f"{notebook}_files",
        "metadata": {"name": notebook, "path": str(folder)},
        "nbgrader": {**about, "db_url": "", "book": book},
    }


def chain(steps):
    """Return a function that applies steps one after the other."""

    def apply(notebook, resources):
        for step in steps:
            notebook, resources = step(notebook, resources)
        return notebook, resources

    return apply


def _open(step, resources):
    """Tell a step of nbgrader which submission it works on; return the book."""
    names = resources["nbgrader"]
    step.notebook_id, step.assignment_id = names["notebook"], names["assignment"]
    step.student_id, step.gradebook = names["student"], names["book"]
    return names["book"]


def made(step, config):
    """Return a step of nbgrader, or ours in its place; settings may give its name."""
    kind = import_item(step) if isinstance(step, str) else step
    return _OURS.get(kind, kind)(config=config)
