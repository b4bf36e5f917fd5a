"""The scoreboard: how much of the naive forecast's error each chapter's models remove.

A chapter puts its models on a `Board`, which stores them in the cell's output.  Later
chapters read there what earlier ones have stored, so the board grows from chapter to
chapter and no number is copied by hand.
"""

import math
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np

from utils.book.ledger import CHAPTERS, stored_outputs

__all__ = ["Board", "Question"]

MIME = "application/vnd.dlts.scores+json"
SAME = 1e-4  # of the naive error: below that, two chapters forecast the same rows


@dataclass(frozen=True)
class Question:
    """Models that forecast the same rows, and the naive forecast of these rows.

    Attributes
    ----------
    name : str
        The series and how far ahead, for example ``"Jena, 24 hours ahead"``.
    naive : float
        Error of the naive forecast, in the unit of the series: RMSE or MAE.
    errors : dict of str to float or sequence of float
        The same kind of error of each model, or one for each of its training runs; kept
        as lists.
    floor : float, optional
        The same kind of error of the best forecast that is known.

    Raises
    ------
    ValueError
        If an error is missing, negative or not finite, or the naive forecast's is 0.

    Examples
    --------
    >>> Question("sea", naive=2.0, errors={"line": 1.5}).skills
    {'line': [0.25]}
    """

    name: str
    naive: float
    errors: dict
    floor: float | None = None

    def __post_init__(self):
        """Round the errors, and refuse what is none."""
        lists = {model: _rounded(self, runs) for model, runs in self.errors.items()}
        if not lists:
            raise ValueError(f"{self.name}: errors must name at least one model.")
        object.__setattr__(self, "errors", lists)
        for field in ("naive", "floor"):
            if (value := getattr(self, field)) is not None:
                object.__setattr__(self, field, *_rounded(self, value))
        if not self.naive:
            raise ValueError(f"{self.name}: naive must be above 0 to compare with it.")

    @property
    def skills(self):
        """Share of the naive error that each run removes, as lists by model."""
        return {
            model: [1 - error / self.naive for error in runs]
            for model, runs in self.errors.items()
        }

    @property
    def best(self):
        """Share of the naive error that the floor removes; NaN where it is unknown."""
        return math.nan if self.floor is None else 1 - self.floor / self.naive


def _rounded(question, values):
    """Return errors as a list of floats with seven digits."""
    numbers = np.atleast_1d(np.asarray(values, dtype=float)).ravel()
    if not numbers.size or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise ValueError(
            f"{question.name}: an error must be a finite number, 0 or more, or one for "
            f"each run; got {values!r}."
        )
    return [float(f"{number:.7g}") for number in numbers]


@dataclass(frozen=True)
class Board:
    """What the models of one chapter have reached.

    Attributes
    ----------
    chapter : int
        The chapter whose models they are.
    questions : tuple of Question
        In the order in which the chapter asks them.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> Board(9, (Question("sea", naive=2.0, errors={"line": [1.0, 1.5]}),))
    Share of the naive forecast's error that the models of chapter 9 remove:
      sea
         0.375  line (0.250 to 0.500)
    """

    chapter: int
    questions: tuple

    def table(self, folder=None):
        """Return the models of earlier chapters and of this one.

        Parameters
        ----------
        folder : path-like, optional
            Holds the executed notebooks; `chapters/` by default.

        Returns
        -------
        pandas.DataFrame
            One row per training run, in the order of the chapters within each question:
            ``chapter``, ``question``, ``model``, ``skill`` and ``best``, what the floor
            removes. Earlier rows whose naive error is another are left out, because
            they come from other data (the course's simulated weather).
        """
        import pandas as pd

        own = {question.name: question.naive for question in self.questions}
        rows = [
            (board.chapter, question.name, model, skill, question.best)
            for board in (*_earlier(self.chapter, folder), self)
            for question in board.questions
            if _same(question.naive, own.get(question.name, question.naive))
            for model, skills in question.skills.items()
            for skill in skills
        ]
        names = ["chapter", "question", "model", "skill", "best"]
        table = pd.DataFrame(rows, columns=names)
        order = {name: place for place, name in enumerate(table["question"].unique())}
        return table.sort_values(
            "question", key=lambda column: column.map(order), kind="stable"
        ).reset_index(drop=True)

    def __repr__(self):
        """Say what each model removes: the median of its runs, and their range."""
        lines = [
            "Share of the naive forecast's error that the models of "
            f"chapter {self.chapter} remove:"
        ]
        for question in self.questions:
            lines.append(f"  {question.name}")
            for model, skills in question.skills.items():
                low, high = min(skills), max(skills)
                span = f" ({low:.3f} to {high:.3f})" if len(skills) > 1 else ""
                lines.append(f"    {median(skills):6.3f}  {model}{span}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_):
        return {MIME: _stored(self), "text/plain": repr(self)}


def _stored(board):
    """Write a board as JSON; models as pairs, for a notebook sorts what is named."""
    questions = [
        asdict(question) | {"errors": list(question.errors.items())}
        for question in board.questions
    ]
    return {"chapter": board.chapter, "questions": questions}


def _restored(stored):
    """Read a board from what `_stored` has written."""
    questions = (
        Question(**(each | {"errors": dict(each["errors"])}))
        for each in stored["questions"]
    )
    return Board(stored["chapter"], tuple(questions))


def _earlier(chapter, folder):
    """Read the boards that the chapters before this one have stored."""
    paths = sorted(Path(folder or CHAPTERS).glob("[0-9][0-9]_*.ipynb"))
    before = [path for path in paths if int(re.match(r"\d+", path.stem)[0]) < chapter]
    return [
        _restored(stored) for path in before for stored in stored_outputs(path, MIME)
    ]


def _same(one, other):
    return abs(one - other) <= SAME * other
