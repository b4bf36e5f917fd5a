"""Prediction intervals: learn quantiles, widen them to their promise, measure it.

An interval of ``level`` 0.9 promises to hold nine of ten true values.  Arrays of
quantiles have their levels on the last axis, in rising order.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def pinball(y, quantiles, *, levels: Sequence[float]) -> float:
    """Mean quantile loss: what is lowest when each quantile is the true one.

    An error above the quantile costs ``level`` per unit, one below ``1 - level``; at
    level 0.5 that is half the MAE.

    Parameters
    ----------
    y : array, shape (n,)
        Truth.
    quantiles : array, shape (n, k)
        Forecast quantiles, in the unit of ``y``.
    levels : sequence of k floats
        Their levels, rising, between 0 and 1.

    Returns
    -------
    float
        In the unit of ``y``.

    Raises
    ------
    ValueError
        If the levels do not rise between 0 and 1 or the shapes do not match.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> pinball([10.0, 10.0], [[8.0], [12.0]], levels=[0.9]).__round__(6)
    1.0
    """
    levels = _levels(levels)
    y, quantiles = _truth_and_quantiles(y, quantiles, len(levels))
    error = y[:, None] - quantiles
    return float(np.mean(np.maximum(levels * error, (levels - 1) * error)))


def keras_pinball(levels: Sequence[float]):
    """Return :func:`pinball` as a loss for Keras, for a model with one output a level.

    Parameters
    ----------
    levels : sequence of k floats
        Levels, rising, between 0 and 1.

    Raises
    ------
    ValueError
        If the levels do not rise between 0 and 1.

    Examples
    --------
    >>> loss = keras_pinball([0.9])
    >>> float(loss(np.float32([[10], [10]]), np.float32([[8], [12]]))).__round__(6)
    1.0
    """
    weights = _levels(levels).astype(np.float32)

    def loss(y_true, y_pred):
        from utils.backend import keras

        truth = keras.ops.reshape(y_true, (-1, 1))
        error = truth - y_pred
        cost = keras.ops.maximum(weights * error, (weights - 1) * error)
        return keras.ops.mean(cost)

    return loss


def uncross(quantiles) -> np.ndarray:
    """Sort the quantiles of each forecast, so that no lower one exceeds a higher one.

    Sorting never raises the quantile loss, and brings the quantiles closer to the true
    ones (Chernozhukov, Fernández-Val and Galichon, 2010).

    Parameters
    ----------
    quantiles : array, shape (..., k)
        Forecast quantiles, their levels rising along the last axis.

    Returns
    -------
    array, shape (..., k)

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> uncross([[1.0, 3.0, 2.0]]).tolist()
    [[1.0, 2.0, 3.0]]
    """
    return np.sort(np.asarray(quantiles, dtype=np.float64), axis=-1)


def conformal_margin(y, lower, upper, *, level: float) -> float:
    """How far to widen intervals so that they hold what they promise (split conformal).

    Take intervals on rows that the model was not fitted on, and find the distance that
    makes the share ``level`` of them hold, with the correction for a finite sample;
    negative where the intervals were too wide.  For a point forecast, give it as both
    ends.  The guarantee needs rows in exchangeable order, and weather is not: measure
    the coverage on later rows (Romano and others, 2019).

    Parameters
    ----------
    y, lower, upper : array, shape (n,)
        Truth of the calibration rows and the ends of their intervals.
    level : float
        Share to hold, between 0 and 1.

    Returns
    -------
    float
        To subtract from each lower end and add to each upper end, in the unit of ``y``.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1, the shapes differ, or there are too few
        rows for the level.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> forecast = np.zeros(9)
    >>> conformal_margin(np.arange(1.0, 10.0), forecast, forecast, level=0.8)
    8.0
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be a number between 0 and 1, not {level!r}.")
    y, lower, upper = (np.asarray(values, np.float64) for values in (y, lower, upper))
    if y.ndim != 1 or not y.shape == lower.shape == upper.shape:
        raise ValueError(
            f"y, lower and upper must be series of one length, not of the shapes "
            f"{y.shape}, {lower.shape} and {upper.shape}."
        )
    rank = int(np.ceil(level * (len(y) + 1) - 1e-9))
    if rank > len(y):
        raise ValueError(
            f"y holds {len(y)} calibration rows, too few for level={level}: take at "
            f"least {int(np.ceil(level / (1 - level) - 1e-9))}."
        )
    return float(np.sort(np.maximum(lower - y, y - upper))[rank - 1])


def widen(lower, upper, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Move both ends out by ``margin``; where that would cross them, they meet midway.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> lower, upper = widen([0.0, 0.0], [4.0, 1.0], -1.0)
    >>> lower.tolist(), upper.tolist()
    ([1.0, 0.5], [3.0, 0.5])
    """
    lower, upper = np.asarray(lower, np.float64), np.asarray(upper, np.float64)
    middle = (lower + upper) / 2
    return np.minimum(lower - margin, middle), np.maximum(upper + margin, middle)


def _levels(levels) -> np.ndarray:
    values = np.asarray(levels, dtype=np.float64)
    inside = values.ndim == 1 and values.size and 0 < values.min() <= values.max() < 1
    if not inside or (np.diff(values) <= 0).any():
        raise ValueError(f"levels must rise between 0 and 1, not {levels!r}.")
    return values


def _truth_and_quantiles(y, quantiles, count: int):
    y, quantiles = np.asarray(y, np.float64), np.asarray(quantiles, np.float64)
    if y.ndim != 1 or not len(y) or quantiles.shape != (len(y), count):
        raise ValueError(
            f"quantiles must have the shape {(len(y) if y.ndim else 0, count)}, one "
            f"column a level for each true value, not {quantiles.shape}."
        )
    return y, quantiles
