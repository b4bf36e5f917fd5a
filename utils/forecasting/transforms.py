"""Differences and logarithms of a series, their inverses, and forecasters around them.

:func:`difference` and :func:`undifference` take a trend or a season out of a series and
put it back.  :class:`Differenced`, :class:`Logged` and :class:`Scaled` do this around
any forecaster: it is fitted on the transformed history, and its forecast is brought
back to the series' own unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from utils.forecasting.forecaster import (
    Fitted,
    FittedWithInterval,
    Forecaster,
    check_count,
    check_history,
)


def difference(series, lag: int = 1) -> np.ndarray:
    """Change from each value to the one ``lag`` steps later.

    Parameters
    ----------
    series : array, shape (..., n)
        Series with time on the last axis.
    lag : int
        1 takes a straight trend out, 12 the season of a monthly series.

    Returns
    -------
    array, shape (..., n - lag)
        Entry 0 is the value at row ``lag`` minus that at row 0.

    Raises
    ------
    ValueError
        If ``lag`` is not a whole number, 1 or more, or the series is not longer.

    Examples
    --------
    >>> difference([1.0, 2.0, 4.0, 7.0]).tolist()
    [1.0, 2.0, 3.0]
    >>> difference([1.0, 2.0, 4.0, 7.0], lag=2).tolist()
    [3.0, 5.0]
    """
    lag = check_count("lag", lag)
    values = np.asarray(series, dtype=np.float64)
    if values.ndim == 0 or values.shape[-1] <= lag:
        raise ValueError(
            f"series must be longer than lag={lag} on its last axis, not of the shape "
            f"{values.shape}."
        )
    return values[..., lag:] - values[..., :-lag]


def undifference(changes, anchor) -> np.ndarray:
    """Add changes up again: the inverse of :func:`difference`.

    Parameters
    ----------
    changes : array, shape (..., n)
        What :func:`difference` returns, or a forecast of it; any length.
    anchor : array, shape (..., lag)
        The last ``lag`` values before the first change; their number is the lag.

    Returns
    -------
    array, shape (..., n)
        The series after the anchor.  Beyond one season, the values that were just
        computed serve as the anchor of the next.

    Raises
    ------
    ValueError
        If the anchor is empty or the two do not fit each other.

    Examples
    --------
    >>> series = np.array([1.0, 2.0, 4.0, 7.0, 11.0])
    >>> undifference(difference(series, lag=2), anchor=series[:2]).tolist()
    [4.0, 7.0, 11.0]
    """
    changes, anchor = np.asarray(changes, np.float64), np.asarray(anchor, np.float64)
    fit = anchor.ndim and anchor.shape[:-1] == changes.shape[:-1] and changes.ndim
    if not fit or not anchor.shape[-1]:
        raise ValueError(
            "anchor must hold the last values before the changes, as many as the lag "
            f"on its last axis, not the shape {anchor.shape} beside changes of the "
            f"shape {changes.shape}."
        )
    n, lag = changes.shape[-1], anchor.shape[-1]
    padding = [(0, 0)] * (changes.ndim - 1) + [(0, -n % lag)]
    padded = np.pad(changes, padding)
    seasons = padded.reshape(*changes.shape[:-1], -1, lag).cumsum(axis=-2)
    return (seasons + anchor[..., None, :]).reshape(padded.shape)[..., :n]


@dataclass(frozen=True)
class Differenced:
    """A forecaster of the changes over ``lag`` steps, added up again.

    Parameters
    ----------
    forecaster : Forecaster
        Is fitted on ``difference(history, lag)``.
    lag : int
        1, or the length of a season.

    Examples
    --------
    >>> from utils.forecasting.classical import MovingAverage
    >>> growth = Differenced(MovingAverage(2), lag=1)
    >>> growth.fit([0.0, 5.0, 6.0, 8.0]).forecast(2).tolist()
    [9.5, 11.0]
    """

    forecaster: Forecaster
    lag: int = 1

    def __post_init__(self):
        """Check the lag."""
        check_count("lag", self.lag)

    @property
    def name(self) -> str:
        """The forecaster's name and the lag."""
        return f"{self.forecaster.name} on differences of {self.lag}"

    def fit(self, history) -> Fitted:
        """Fit the forecaster on the changes in ``history``, shape (n,)."""
        values = check_history(
            history, least=self.lag + 1, reason=f"a difference of {self.lag} steps"
        )
        inner = self.forecaster.fit(difference(values, self.lag))
        return _Mapped(
            inner, lambda changes: undifference(changes, values[-self.lag :])
        )


@dataclass(frozen=True)
class Logged:
    """A forecaster of the logarithms, for a series that grows by a factor.

    Its forecast is the exponential of the forecast logarithm.  Where errors of the
    logarithm lie evenly on both sides, that is the median of the series to come, which
    is below its mean.

    Parameters
    ----------
    forecaster : Forecaster
        Is fitted on ``log(history)``; where it has intervals, so has this one.

    Examples
    --------
    >>> from utils.forecasting.classical import Drift
    >>> Logged(Drift()).fit([1.0, 10.0, 100.0]).forecast(2).round(6).tolist()
    [1000.0, 10000.0]
    """

    forecaster: Forecaster

    @property
    def name(self) -> str:
        """The forecaster's name, and that it sees logarithms."""
        return f"{self.forecaster.name} on logarithms"

    def fit(self, history) -> Fitted:
        """Fit the forecaster on the logarithms of ``history``, positive, shape (n,)."""
        values = check_history(history)
        if (values <= 0).any():
            row = int((values <= 0).argmax())
            raise ValueError(
                f"history holds {values[row]} at row {row}, and only positive values "
                "have a logarithm: forecast the series as it is."
            )
        return _mapped(self.forecaster.fit(np.log(values)), np.exp)


@dataclass(frozen=True)
class Scaled:
    """A forecaster of the series with mean 0 and standard deviation 1.

    The scale is that of the history alone, so it never knows what comes after.

    Parameters
    ----------
    forecaster : Forecaster
        Is fitted on the scaled history; where it has intervals, so has this one.

    Examples
    --------
    >>> from utils.forecasting.classical import Naive
    >>> Scaled(Naive()).fit([2.0, 4.0]).forecast(2).tolist()
    [4.0, 4.0]
    """

    forecaster: Forecaster

    @property
    def name(self) -> str:
        """The forecaster's name, and that it sees scaled values."""
        return f"{self.forecaster.name}, scaled"

    def fit(self, history) -> Fitted:
        """Fit the forecaster on ``history``, shape (n,), scaled."""
        values = check_history(history, least=2, reason="a scale")
        mean, std = values.mean(), values.std()
        if std == 0:
            raise ValueError(
                f"history is {values[0]} in every row, so it has no scale: forecast it "
                "as it is."
            )
        inner = self.forecaster.fit((values - mean) / std)
        return _mapped(inner, lambda forecast: mean + std * forecast)


@dataclass(frozen=True)
class _Mapped:
    """A fitted forecaster whose forecasts are brought back to the series' unit."""

    inner: Fitted
    back: Callable[[np.ndarray], np.ndarray]

    def forecast(self, horizon: int) -> np.ndarray:
        return self.back(self.inner.forecast(horizon))


class _MappedWithInterval(_Mapped):
    """The same where the way back keeps quantiles: each end goes back on its own."""

    def interval(self, horizon: int, *, level: float) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = self.inner.interval(horizon, level=level)
        return self.back(lower), self.back(upper)


def _mapped(inner: Fitted, back: Callable[[np.ndarray], np.ndarray]) -> _Mapped:
    has_interval = isinstance(inner, FittedWithInterval)
    return (_MappedWithInterval if has_interval else _Mapped)(inner, back)
