"""What a forecaster is: it is fitted on a history, and forecasts what comes after it.

Every forecaster of the course has one method, ``fit(history)``, and what it returns
has one, ``forecast(horizon)``; where intervals exist, also ``interval(horizon,
level=...)``.
A history is an array of shape (n,), oldest value first, and a forecast one of shape
(horizon,), the next value first.  A network, an ARIMA model and the naive forecast can
therefore stand in one :func:`utils.forecasting.backtest.backtest`.

Examples
--------
>>> from utils.forecasting.classical import Drift
>>> Drift().fit([1.0, 2.0, 3.0]).forecast(2).tolist()
[4.0, 5.0]
"""

from __future__ import annotations

from numbers import Integral
from typing import Protocol, runtime_checkable

import numpy as np


class ForecastError(ValueError):
    """A forecaster that could not be fitted, such as one that did not converge."""


@runtime_checkable
class Fitted(Protocol):
    """What fitting returns: it knows its history and forecasts what comes after it."""

    def forecast(self, horizon: int) -> np.ndarray:
        """Forecast the next ``horizon`` values, shape (horizon,)."""


@runtime_checkable
class FittedWithInterval(Fitted, Protocol):
    """A fitted forecaster that also says how far off it expects to be."""

    def interval(self, horizon: int, *, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper ends, each (horizon,), to hold ``level`` of all values."""


@runtime_checkable
class Forecaster(Protocol):
    """A way to forecast a series, not yet fitted."""

    @property
    def name(self) -> str:
        """What tables and figures call it."""

    def fit(self, history) -> Fitted:
        """Fit on ``history``, shape (n,), oldest value first; raises ForecastError."""


def check_history(history, *, least: int = 1, reason: str = "") -> np.ndarray:
    """Return a history as an array of floats, or say why it cannot be forecast.

    Parameters
    ----------
    history : array or pandas.Series, shape (n,)
        Values at evenly spaced times, oldest first.
    least : int
        Values needed.
    reason : str
        What needs them, for the message.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    ValueError
        If it is no series, is too short or holds a value that is not finite.

    Examples
    --------
    >>> check_history([1, 2], least=3, reason="a window of 2 and its label")
    Traceback (most recent call last):
    ValueError: history holds 2 values, and a window of 2 and its label needs 3 or more.
    """
    values = np.asarray(history, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(
            f"history must be one series of the shape (n,), not {values.shape}: take "
            "one column of a table."
        )
    if len(values) < least:
        raise ValueError(
            f"history holds {len(values)} values, and {reason or 'a forecast'} needs "
            f"{least} or more."
        )
    bad = ~np.isfinite(values)
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(
            f"history holds {values[row]} at row {row}, the first of {bad.sum()} "
            "values that are not finite: fill or cut them first."
        )
    return values


def check_count(name: str, value, *, least: int = 1) -> int:
    """Return a whole number that is large enough, or name the argument that is not one.

    Parameters
    ----------
    name : str
        The argument, for the message.
    value : int
        What was given.
    least : int
        The smallest number allowed.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is something else or smaller.

    Examples
    --------
    >>> check_count("horizon", 0)
    Traceback (most recent call last):
    ValueError: horizon must be a whole number, 1 or more, not 0.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not whole or value < least:
        raise ValueError(
            f"{name} must be a whole number, {least} or more, not {value!r}."
        )
    return int(value)


def check_level(level: float) -> float:
    """Return the share of values that an interval is to hold, or say what is allowed.

    Parameters
    ----------
    level : float
        Between 0 and 1, both excluded.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it lies elsewhere.

    Examples
    --------
    >>> check_level(95)
    Traceback (most recent call last):
    ValueError: level must be a number between 0 and 1, not 95.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be a number between 0 and 1, not {level!r}.")
    return float(level)
