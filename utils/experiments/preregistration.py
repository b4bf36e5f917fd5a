"""Preregistration: a forecast that is frozen before anybody knows what comes.

:class:`Plan` says what is forecast, how, and what is claimed about its uncertainty.
:func:`freeze` writes it down with the forecast and a seal, once; :func:`open_once`
puts the truth beside it, and refuses whatever was changed in between.
:func:`inside_range` helps to find a claim that is neither rash nor empty.

Nobody can stop the owner of a folder from deleting both files and starting again.  What
makes that visible is a commit of the frozen forecast before the truth is opened.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from utils.experiments.holdout import CENT, HeldOutSet, Opened, in_cents
from utils.forecasting.forecaster import check_count, check_history, check_level
from utils.metrics import mase

SHORT = 12  # characters of a seal that a page shows
LARGEST = 20_000_000  # in the unit of the series
SAME = 2  # hundredths; a forecast that is computed again may be off by so much


class SealError(ValueError):
    """A frozen forecast that is not what was sealed, or that others would replace."""


@dataclass(frozen=True)
class Plan:
    """What will be forecast and how, and what is claimed about its uncertainty.

    Attributes
    ----------
    series : str
        Name of the series.
    origin : str
        First month that is forecast, as ``"2015-06"``; all before it is known.
    horizon : int
        Months to forecast.
    method : str
        Name of the forecaster.
    settings : dict
        What it takes to fit it again: numbers, texts, lists and dicts of these.
    level : float
        Share of the truth that the interval promises to hold, between 0 and 1.
    claim : (fewest, most)
        How many of the months will lie inside the interval, both ends included.  A
        claim that any number of months would fulfil is refused.

    Raises
    ------
    ValueError
        If an entry is none of this.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> plan = Plan("co2", "2001-01", 12, "drift", {}, level=0.8, claim=(8, 12))
    >>> print(plan.sentence)
    8 to 12 of the 12 months from 2001-01 on will lie inside the 80 % interval.
    """

    series: str
    origin: str
    horizon: int
    method: str
    settings: dict[str, Any] = field(hash=False)
    level: float
    claim: tuple[int, int]

    def __post_init__(self):
        """Check every entry, and bring the claim to one form."""
        for name in ("series", "method"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"{name} must be a name, not {text!r}.")
        check_count("horizon", self.horizon)
        check_level(self.level)
        _check_month(self.origin)
        _check_settings(self.settings)
        object.__setattr__(self, "claim", _checked_claim(self.claim, self.horizon))

    @property
    def sentence(self) -> str:
        """The claim in words."""
        fewest, most = self.claim
        return (
            f"{fewest} to {most} of the {self.horizon} months from {self.origin} on "
            f"will lie inside the {self.level:.0%} interval."
        ).replace("%", " %")

    @property
    def months(self) -> np.ndarray:
        """Months that are forecast, datetime64 of shape (horizon,)."""
        return np.datetime64(self.origin, "M") + np.arange(self.horizon)


@dataclass(frozen=True, eq=False)
class Frozen:
    """A plan with its forecast, as they were frozen.

    Attributes
    ----------
    plan : Plan
        What was forecast and how.
    forecast, lower, upper : array, shape (horizon,)
        Forecast and the ends of its interval, to a hundredth of their unit.
    """

    plan: Plan
    forecast: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @cached_property
    def seal(self) -> str:
        """What :func:`seal` gives for all of it."""
        return seal(self.plan, self.forecast, self.lower, self.upper)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A frozen forecast beside the truth.

    Attributes
    ----------
    frozen : Frozen
        What was forecast and claimed.
    truth : array, shape (horizon,)
        What came.
    mase : float
        Mean absolute scaled error; below 1, the forecast was better than the seasonal
        naive one was on average over its history.

    Examples
    --------
    >>> plan = Plan("demand", "2020-01", 3, "naive", {}, level=0.8, claim=(2, 3))
    >>> frozen = Frozen(plan, *(np.full(3, value) for value in (5.0, 4.0, 6.0)))
    >>> outcome = Outcome(frozen, np.array([5.5, 6.0, 7.0]), mase=1.1)
    >>> outcome.errors.tolist(), outcome.inside.tolist(), outcome.claim_held
    ([0.5, 1.0, 2.0], [True, True, False], True)
    """

    frozen: Frozen
    truth: np.ndarray
    mase: float

    @property
    def errors(self) -> np.ndarray:
        """Truth minus forecast, month by month, in the unit of the series."""
        return self.truth - self.frozen.forecast

    @property
    def inside(self) -> np.ndarray:
        """Which months lie inside the interval, both ends included."""
        return (self.truth >= self.frozen.lower) & (self.truth <= self.frozen.upper)

    @property
    def coverage(self) -> float:
        """Share of the months inside."""
        return float(self.inside.mean())

    @property
    def claim_held(self) -> bool:
        """Whether as many months lie inside as was claimed."""
        fewest, most = self.frozen.plan.claim
        return fewest <= int(self.inside.sum()) <= most


def seal(plan: Plan, forecast, lower, upper) -> str:
    """SHA-256 of a plan and its numbers, which are rounded to hundredths before.

    Another plan or number gives another seal, and nobody can find a plan that fits a
    seal: whoever shows the seal today can show tomorrow that nothing was changed.

    Parameters
    ----------
    plan : Plan
        What is forecast and how.
    forecast, lower, upper : array, shape (horizon,)
        Forecast and the ends of its interval.

    Returns
    -------
    str
        64 hexadecimal digits; a page shows the first twelve.

    Raises
    ------
    ValueError
        If the arrays have another shape, a value is not finite, or the forecast lies
        outside its own interval.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> plan = Plan("demand", "2020-01", 2, "naive", {}, level=0.8, claim=(1, 2))
    >>> first = seal(plan, [5.0, 5.0], [4.0, 4.0], [6.0, 6.0])
    >>> first[:12]
    '35351d7b62b7'
    >>> seal(plan, [5.0, 5.0], [4.0, 4.0], [6.0, 6.000001]) == first
    True
    >>> seal(plan, [5.0, 5.0], [4.0, 4.0], [6.0, 6.01]) == first
    False
    """
    numbers = _numbers(plan, forecast, lower, upper)
    text = json.dumps([_plain(plan), [row.tolist() for row in numbers]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(path: Path | str, plan: Plan, forecast, lower, upper) -> Frozen:
    """Write a plan, its forecast and their seal, once.

    When the same plan is there already, it stays as it is, also where the forecast that
    was computed again differs by a rounding of at most two hundredths.

    Parameters
    ----------
    path : Path or str
        JSON file; its folder is made.
    plan : Plan
        What is forecast and how.
    forecast, lower, upper : array, shape (horizon,)
        Forecast and the ends of its interval.

    Returns
    -------
    Frozen
        What the file holds now.

    Raises
    ------
    SealError
        If another plan or forecast is frozen there.
    ValueError
        Where :func:`seal` raises it.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "demand.json"
    >>> plan = Plan("demand", "2020-01", 2, "naive", {}, level=0.8, claim=(1, 2))
    >>> frozen = freeze(path, plan, [5.0, 5.0], [4.0, 4.0], [6.0, 6.0])
    >>> freeze(path, plan, [7.0, 7.0], [6.0, 6.0], [8.0, 8.0])
    Traceback (most recent call last):
    utils.experiments.preregistration.SealError: demand.json holds another forecast ...
    """
    path, numbers = Path(path), _numbers(plan, forecast, lower, upper)
    if path.exists():
        return _same_as_frozen(path, plan, numbers)
    frozen = Frozen(plan, *(row / CENT for row in numbers))
    content = {"plan": _plain(plan), "seal": frozen.seal}
    content |= {name: getattr(frozen, name).tolist() for name in _ROWS}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return frozen


def read(path: Path | str) -> Frozen:
    """Read a frozen forecast, and compute its seal again.

    Parameters
    ----------
    path : Path or str
        What :func:`freeze` wrote.

    Returns
    -------
    Frozen

    Raises
    ------
    SealError
        If there is none, or plan or numbers are not those that were sealed.

    Examples
    --------
    >>> read("nowhere/demand.json")
    Traceback (most recent call last):
    utils.experiments.preregistration.SealError: there is no demand.json: freeze a ...
    """
    path = Path(path)
    if not path.exists():
        raise SealError(f"there is no {path.name}: freeze a forecast first.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = [np.asarray(content[name], dtype=np.float64) for name in _ROWS]
        frozen = Frozen(Plan(**content["plan"]), *rows)
        unchanged = frozen.seal == content["seal"]
    except (ValueError, KeyError, TypeError) as error:
        raise SealError(f"{path.name} is no frozen forecast ({error}).") from error
    if not unchanged:
        raise SealError(
            f"{path.name} was changed after it was frozen: its plan and numbers give "
            f"the seal {frozen.seal[:SHORT]}, and {content['seal'][:SHORT]} was frozen."
        )
    return frozen


def open_once(path: Path | str, truth, *, history, season: int, why: str) -> Outcome:
    """Put the truth beside a frozen forecast, and log that it was opened.

    The log lies beside the frozen forecast, as ``NAME.opened.json``.  Opening the same
    forecast again gives the same answer; another one is refused from then on.

    Parameters
    ----------
    path : Path or str
        What :func:`freeze` wrote.
    truth : array, shape (horizon,)
        What came in the months of the plan.
    history : array, shape (n,)
        The series before them, which scales the error.
    season : int
        Rows in a season, for the scale.
    why : str
        Reason, for the log.

    Returns
    -------
    Outcome

    Raises
    ------
    SealError
        If there is no frozen forecast, or it was changed.
    HeldOutError
        If the log says that another forecast was opened before.
    ValueError
        If the truth has another length, or no reason is given.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "demand.json"
    >>> plan = Plan("demand", "2020-01", 2, "naive", {}, level=0.8, claim=(1, 2))
    >>> frozen = freeze(path, plan, [5.0, 5.0], [4.0, 4.0], [6.0, 6.0])
    >>> past = [4.0, 5.0, 3.0, 5.0]
    >>> outcome = open_once(path, [5.5, 7.0], history=past, season=2, why="the end")
    >>> outcome.inside.tolist(), outcome.claim_held, outcome.mase
    ([True, False], True, 2.5)
    """
    path, frozen = Path(path), read(path)
    truth = check_history(truth)
    if truth.shape != (frozen.plan.horizon,):
        raise ValueError(
            f"truth must hold the {frozen.plan.horizon} months from "
            f"{frozen.plan.origin} on, not {len(truth)} values."
        )
    error = mase(truth, frozen.forecast, history=history, season=season)
    _compare(path, frozen, truth, why)
    return Outcome(frozen, truth, error)


def _compare(path: Path, frozen: Frozen, truth, why: str) -> Opened:
    """Log the use; the names carry the seal, so that another plan is another use."""
    log = path.with_suffix(".opened.json")
    held_out = HeldOutSet(truth, frozen.plan.months, log=log)
    ends = {frozen.seal: (frozen.lower, frozen.upper)}
    return held_out.open({frozen.seal: frozen.forecast}, intervals=ends, why=why)


def inside_range(
    horizon: int, level: float, *, confidence: float = 0.9
) -> tuple[int, int]:
    """How many values an interval will hold, if each is inside or not by itself.

    The most probable numbers, as many as it takes until they have at least the
    probability ``confidence`` together.

    Parameters
    ----------
    horizon : int
        Values that are forecast.
    level : float
        Probability that one of them lies inside, between 0 and 1.
    confidence : float
        Probability that the range holds, between 0 and 1.

    Returns
    -------
    (fewest, most) : tuple of int

    Raises
    ------
    ValueError
        If a number is none of this.

    Notes
    -----
    Pitfall: months of one year err together, and then both a year with all of them
    inside and one with very few are more frequent than this range says.

    Taught in chapter 15.

    Examples
    --------
    >>> inside_range(12, 0.8)
    (8, 12)
    >>> inside_range(120, 0.8)
    (89, 103)
    """
    from scipy.stats import binom

    n, level = check_count("horizon", horizon), check_level(level)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence!r}.")
    chances = binom.pmf(np.arange(n + 1), n, level)
    order = np.argsort(-chances, kind="stable")
    needed = int(np.searchsorted(np.cumsum(chances[order]), confidence - 1e-12)) + 1
    likely = order[:needed]
    return int(likely.min()), int(likely.max())


# --------------------------------------------------------------------------- checks

_ROWS = ("forecast", "lower", "upper")


def _plain(plan: Plan) -> dict:
    """Return a plan as JSON holds it."""
    return json.loads(json.dumps(asdict(plan)))


def _numbers(plan: Plan, forecast, lower, upper) -> list[np.ndarray]:
    """Hundredths, as whole numbers, of three rows that fit each other."""
    rows = [np.asarray(row, dtype=np.float64) for row in (forecast, lower, upper)]
    for name, row in zip(_ROWS, rows, strict=True):
        _check_row(name, row, plan)
    middle, low, high = (in_cents(row) for row in rows)
    outside = (middle < low) | (middle > high)
    if outside.any():
        row = int(outside.argmax())
        raise ValueError(
            f"the forecast of month {row + 1} is {rows[0][row]:.4g} and its interval "
            f"runs from {rows[1][row]:.4g} to {rows[2][row]:.4g}: it must lie inside."
        )
    return [middle, low, high]


def _check_row(name: str, row: np.ndarray, plan: Plan) -> None:
    if row.shape != (plan.horizon,):
        raise ValueError(
            f"{name} must hold {plan.horizon} numbers, one for each month of the plan, "
            f"not the shape {row.shape}."
        )
    if not np.isfinite(row).all():
        raise ValueError(f"{name} holds a value that is not finite: it cannot be kept.")
    if np.abs(row).max() >= LARGEST:
        raise ValueError(
            f"{name} holds {row[np.abs(row).argmax()]:.4g}, too large to be kept to a "
            f"hundredth: take a unit in which it stays below {LARGEST:,}."
        )


def _same_as_frozen(path: Path, plan: Plan, numbers) -> Frozen:
    frozen = read(path)
    before = _numbers(frozen.plan, frozen.forecast, frozen.lower, frozen.upper)
    if _plain(plan) != _plain(frozen.plan):
        other = "plan"
    elif max(np.abs(a - b).max() for a, b in zip(numbers, before, strict=True)) > SAME:
        other = "forecast"
    else:
        return frozen
    raise SealError(
        f"{path.name} holds another {other} with the seal {frozen.seal[:SHORT]}, and "
        "what is frozen stays: open that one, or say in a new file why there are two."
    )


def _check_month(origin) -> None:
    try:
        whole = isinstance(origin, str) and str(np.datetime64(origin, "M")) == origin
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(f'origin must be a month such as "2015-06", not {origin!r}.')


def _check_settings(settings) -> None:
    try:
        same = isinstance(settings, dict) and settings == json.loads(
            json.dumps(settings, allow_nan=False)
        )
    except (TypeError, ValueError):
        same = False
    if not same:
        raise ValueError(
            "settings must be a dict of numbers, texts, lists and dicts, which a file "
            f"holds unchanged (lists in place of tuples), not {settings!r}."
        )


def _checked_claim(claim, horizon: int) -> tuple[int, int]:
    try:
        fewest, most = claim
    except (TypeError, ValueError):
        raise ValueError(
            f"claim must be the fewest and the most months inside, not {claim!r}."
        ) from None
    fewest = check_count("the fewest of claim", fewest, least=0)
    most = check_count("the most of claim", most, least=fewest)
    if most > horizon or (fewest, most) == (0, horizon):
        raise ValueError(
            f"claim={fewest, most} must exclude some number of the {horizon} months "
            f"and end at {horizon} or before: a claim that cannot fail says nothing."
        )
    return fewest, most
