"""The test set, held out: targets that can be compared with forecasts once.

:class:`HeldOutSet` holds the test targets.  ``open`` compares everything that is ever
to be compared, writes the use to a log, and refuses other forecasts from then on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from utils.metrics import coverage, mae

CENT = 100  # forecasts are told apart to a hundredth of their unit
TIE = 0.5001  # rounds a mean that ends in half a cent up on every machine


class HeldOutError(ValueError):
    """The test set was used before."""


@dataclass(frozen=True)
class Opened:
    """Forecasts and intervals beside the truth.

    Attributes
    ----------
    target_times : array of datetime64, shape (n,)
        Which hours were forecast.
    truth : array, shape (n,)
        What happened.
    forecasts : mapping of name to array, shape (n,)
        As they were given.
    intervals : mapping of name to (lower, upper), each of shape (n,)
        As they were given.

    Examples
    --------
    >>> hours = np.arange("2016-01-01", "2016-01-03", dtype="datetime64[D]")
    >>> ends = {"wide": (np.zeros(2), np.full(2, 1.5))}
    >>> opened = Opened(hours, np.array([1.0, 2.0]), {"one": np.ones(2)}, ends)
    >>> opened.mae, opened.coverage, opened.width
    ({'one': 0.5}, {'wide': 0.5}, {'wide': 1.5})
    """

    target_times: np.ndarray
    truth: np.ndarray
    forecasts: Mapping[object, np.ndarray]
    intervals: Mapping[object, tuple] = field(default_factory=dict)

    @cached_property
    def errors(self) -> dict:
        """Absolute error of each forecast, row by row, in the unit of the target."""
        return {name: np.abs(self.truth - f) for name, f in self.forecasts.items()}

    @cached_property
    def mae(self) -> dict:
        """Mean absolute error of each forecast, in the unit of the target."""
        return {name: mae(self.truth, f) for name, f in self.forecasts.items()}

    @cached_property
    def coverage(self) -> dict:
        """Share of the truth that each kind of interval holds."""
        return {n: coverage(self.truth, *ends) for n, ends in self.intervals.items()}

    @cached_property
    def width(self) -> dict:
        """Mean width of each kind of interval, in the unit of the target."""
        return {
            name: float(np.mean(np.asarray(upper) - np.asarray(lower)))
            for name, (lower, upper) in self.intervals.items()
        }


class HeldOutSet:
    """Test targets that can be compared with forecasts once, and a log of each use.

    Parameters
    ----------
    targets : array, shape (n,)
        The test targets.
    target_times : array of datetime64, shape (n,)
        Their hours.
    log : Path
        JSON file of all uses; missing before the first one.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> import tempfile
    >>> hours = np.arange("2016-01-01", "2016-01-03", dtype="datetime64[D]")
    >>> log = Path(tempfile.mkdtemp()) / "log.json"
    >>> held_out = HeldOutSet([1.0, 2.0], hours, log=log)
    >>> held_out.open({"mean": [1.5, 1.5]}, why="final comparison").mae
    {'mean': 0.5}
    >>> len(held_out.uses)
    1
    >>> held_out.open({"better": [1.0, 2.5]}, why="one more idea")
    Traceback (most recent call last):
    ...
    utils.experiments.holdout.HeldOutError: the test set was used before (final ...
    """

    def __init__(self, targets, target_times, *, log: Path):
        self._targets = np.asarray(targets, dtype=np.float64)
        self._times = np.asarray(target_times)
        self.log = Path(log)

    def __repr__(self) -> str:
        """Say how many targets lie here and how often they were used."""
        return (
            f"HeldOutSet({len(self._targets):,} targets, used {len(self.uses)} times)"
        )

    @property
    def uses(self) -> list[dict]:
        """Every use so far: why, how many forecasts, and their fingerprint."""
        return json.loads(self.log.read_text()) if self.log.exists() else []

    def open(
        self,
        forecasts: Mapping,
        *,
        why: str,
        intervals: Mapping | None = None,
        again: bool = False,
    ) -> Opened:
        """Put forecasts and intervals beside the truth, and log the use.

        The same forecasts and intervals may be compared again and are not logged twice.

        Parameters
        ----------
        forecasts : mapping of name to array, shape (n,)
            Everything that is ever to be compared.
        why : str
            Reason, for the log.
        intervals : mapping of name to (lower, upper), optional
            Ends of prediction intervals, each of shape (n,).
        again : bool
            Accept that other forecasts were compared before; the log keeps both.

        Returns
        -------
        Opened

        Raises
        ------
        HeldOutError
            If other forecasts were compared before and ``again`` is not given.
        ValueError
            If no reason is given, a shape differs from the targets', a value is not
            finite, or a lower end is above its upper end.
        """
        if not why.strip():
            raise ValueError("why is empty: say for the log what the test set is for.")
        opened = self._compare(forecasts, intervals or {})
        uses, digest = self.uses, _digest(opened)
        if digest in [use["forecasts"] for use in uses]:
            return opened
        if uses and not again:
            raise HeldOutError(
                f"the test set was used before ({uses[0]['why']}) for other forecasts: "
                "a second look would choose on it, so compare on validation."
            )
        use = {"why": why, "models": len(opened.forecasts), "forecasts": digest}
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text(json.dumps([*uses, use], indent=1) + "\n")
        return opened

    def _compare(self, forecasts: Mapping, intervals: Mapping) -> Opened:
        """Refuse what cannot be compared before anything is logged."""
        opened = Opened(
            self._times,
            self._targets,
            {name: np.asarray(f, np.float64) for name, f in forecasts.items()},
            {
                name: tuple(np.asarray(end, np.float64) for end in ends)
                for name, ends in intervals.items()
            },
        )
        if not opened.forecasts:
            raise ValueError("forecasts must hold at least one model's, not none.")
        _ = opened.mae, opened.coverage
        return opened


def in_cents(values) -> np.ndarray:
    """Round to hundredths and return their number, alike on every machine.

    Examples
    --------
    >>> in_cents([1.0, 0.005, 0.005 - 1e-12, -0.01]).tolist()
    [100, 1, 1, -1]
    """
    return np.floor(np.asarray(values) * CENT + TIE).astype("<i4")


def _digest(opened: Opened) -> str:
    """Fingerprint of all names and values, whatever their order."""
    ends = {
        f"{name} {side}": end
        for name, pair in opened.intervals.items()
        for side, end in zip(("lower", "upper"), pair, strict=True)
    }
    digest = hashlib.sha256()
    for part in (opened.forecasts, ends):
        for name in sorted(part, key=str):
            digest.update(f"{name}".encode() + in_cents(part[name]).tobytes())
    return digest.hexdigest()[:12]
