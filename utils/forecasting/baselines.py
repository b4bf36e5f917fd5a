"""Forecasts that a network must beat: naive, seasonal, drift, climatology, linear.

The first three need no fitting: they take histories whose last axis is time, one series
or a batch, and forecast the row ``horizon`` rows after the last one (several horizons
give a last axis of forecasts).  :class:`Climatology` and :class:`Linear` are fitted on
training rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from utils.features import waves


def naive(history, *, horizon=1) -> np.ndarray:
    """Repeat the last value: the future is like now.

    Parameters
    ----------
    history : array, shape (..., n)
        Series with time on the last axis, in any unit.
    horizon : int or sequence of int
        Rows after the last one.

    Returns
    -------
    array, shape (...), or (..., k) for k horizons

    Raises
    ------
    ValueError
        If there is no history, or a horizon is not whole and positive.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> naive([[1.0, 2.0, 4.0], [3.0, 3.0, 5.0]], horizon=24).tolist()
    [4.0, 5.0]
    >>> naive([1.0, 2.0, 4.0], horizon=[1, 2]).tolist()
    [4.0, 4.0]
    """
    values, steps = _history(history, least=1), _steps(horizon)
    return values[..., np.full_like(steps, -1)]


def seasonal_naive(history, *, season: int, horizon=1) -> np.ndarray:
    """Repeat the value one season before the row to forecast.

    Beyond one season, the last season repeats.

    Parameters
    ----------
    history : array, shape (..., n)
        Series with time on the last axis, at least one season long.
    season : int
        Rows in a season: 12 for monthly, 24 for hourly data with a daily cycle.
    horizon : int or sequence of int
        Rows after the last one.

    Returns
    -------
    array, shape (...), or (..., k) for k horizons

    Raises
    ------
    ValueError
        If the history is shorter than a season, or a number is not whole and positive.

    Examples
    --------
    >>> seasonal_naive([1, 2, 3, 1, 2, 4], season=3, horizon=[1, 2, 3, 4]).tolist()
    [1.0, 2.0, 4.0, 1.0]
    """
    if not isinstance(season, Integral) or season < 1:
        raise ValueError(f"season must be a whole number, 1 or more, not {season!r}.")
    values, steps = _history(history, least=season), _steps(horizon)
    return values[..., -season + (steps - 1) % season]


def drift(history, *, horizon=1) -> np.ndarray:
    """Continue the straight line from the first value through the last one.

    Parameters
    ----------
    history : array, shape (..., n)
        Series with time on the last axis, at least two rows long.
    horizon : int or sequence of int
        Rows after the last one.

    Returns
    -------
    array, shape (...), or (..., k) for k horizons

    Raises
    ------
    ValueError
        If the history has fewer than two rows, or a horizon is not whole and positive.

    Examples
    --------
    >>> drift([1.0, 5.0, 3.0], horizon=[1, 2]).tolist()
    [4.0, 5.0]
    """
    values, steps = _history(history, least=2), _steps(horizon)
    slope = (values[..., -1] - values[..., 0]) / (values.shape[-1] - 1)
    if steps.ndim:
        slope = slope[..., None]
    return naive(values, horizon=horizon) + steps * slope


@dataclass(frozen=True)
class Climatology:
    """The value to expect at a date and hour: yearly waves times daily waves.

    Examples
    --------
    >>> hours = np.arange("2009-01-01", "2011-01-01", dtype="datetime64[h]")
    >>> warmth = 10 + 3 * np.cos(2 * np.pi * (hours - hours[0]).astype(float) / 24)
    >>> climatology = Climatology.fit(hours, warmth, yearly=1, daily=1)
    >>> climatology.predict(["2020-05-01T00:00", "2020-05-01T12:00"]).round(6).tolist()
    [13.0, 7.0]
    """

    yearly: int
    daily: int
    weights: np.ndarray

    @classmethod
    def fit(cls, times, values, *, yearly: int = 2, daily: int = 2) -> Climatology:
        """Fit by least squares.

        Parameters
        ----------
        times : array of datetime64, shape (n,)
            Training times.
        values : array, shape (n,)
            The quantity at these times.
        yearly, daily : int
            Number of waves per year and per day, 0 for none.

        Raises
        ------
        ValueError
            If the shapes differ or there are fewer rows than weights.
        """
        X = waves(times, yearly, daily)
        y = np.asarray(values, dtype=np.float64)
        if y.shape != (len(X),) or len(y) < X.shape[1]:
            raise ValueError(
                f"values must be one number for each of the {len(X)} times, and "
                f"at least {X.shape[1]} for this many waves, not the shape "
                f"{y.shape}."
            )
        return cls(yearly, daily, np.linalg.lstsq(X, y, rcond=None)[0])

    def predict(self, times) -> np.ndarray:
        """Forecast for ``times``, shape (n,), in the unit of the fitted values."""
        return waves(times, self.yearly, self.daily) @ self.weights


@dataclass(frozen=True)
class Linear:
    """A linear model of flattened inputs, solved in closed form.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> model = Linear.fit(X, 1 + 2 * X[:, 0] - X[:, 1])
    >>> model.weights.round(6).tolist(), round(float(model.bias), 6)
    ([2.0, -1.0], 1.0)
    >>> model.predict([[3.0, 1.0]]).round(6).tolist()
    [6.0]
    """

    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def fit(cls, inputs, targets, *, ridge: float = 0.0) -> Linear:
        """Minimise squared error plus ``ridge`` times the squared weights.

        Parameters
        ----------
        inputs : array, shape (n, ...)
            Windows or features; flattened to (n, features).
        targets : array, shape (n,) or (n, k)
            What to forecast.
        ridge : float
            Penalty on the weights, not on the bias; 0 is ordinary least squares.

        Raises
        ------
        ValueError
            If the number of inputs and targets differ or ``ridge`` is negative.
        """
        if ridge < 0:
            raise ValueError(f"ridge must be 0 or more, not {ridge}.")
        X, y = _flat(inputs), np.asarray(targets, dtype=np.float64)
        if not len(X) or len(X) != len(y):
            raise ValueError(
                f"inputs and targets must have as many rows as each other and at least "
                f"one, not {len(X)} and {len(y)}."
            )
        x_mean, y_mean = X.mean(axis=0), y.mean(axis=0)
        X, y = X - x_mean, y - y_mean
        if ridge:
            weights = np.linalg.solve(X.T @ X + ridge * np.eye(X.shape[1]), X.T @ y)
        else:
            weights = np.linalg.lstsq(X, y, rcond=None)[0]
        return cls(weights, y_mean - x_mean @ weights)

    def predict(self, inputs) -> np.ndarray:
        """Forecast for inputs of shape (n, ...): (n,) or (n, k), as the targets."""
        return _flat(inputs) @ self.weights + self.bias


def _flat(inputs) -> np.ndarray:
    values = np.asarray(inputs, dtype=np.float64)
    return values.reshape(len(values), int(np.prod(values.shape[1:])))


def _history(history, *, least: int) -> np.ndarray:
    values = np.asarray(history, dtype=np.float64)
    if values.ndim == 0 or values.shape[-1] < least:
        raise ValueError(
            f"history must have {least} rows or more on its last axis, not the shape "
            f"{values.shape}."
        )
    return values


def _steps(horizon) -> np.ndarray:
    steps = np.asarray(horizon)
    if steps.dtype.kind not in "iu" or steps.ndim > 1 or (steps < 1).any():
        raise ValueError(
            f"horizon must be a whole number, 1 or more, or a list of them, not "
            f"{horizon!r}."
        )
    return steps.astype(np.int64)
