"""Numbers that judge a forecast, each with the mistake that it invites.

Every function takes the truth first and the forecast second, arrays of one shape, and
returns a float; :func:`by_step` returns one for each step ahead.  MSE is in the squared
unit of the series, RMSE, MAE and the pinball loss in its unit, sMAPE in per cent; MASE,
skill and coverage have no unit.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral

import numpy as np


def mse(y, y_hat) -> float:
    """Mean squared error, in the squared unit of ``y``.

    Parameters
    ----------
    y, y_hat : array, one shape
        Truth and forecast.

    Raises
    ------
    ValueError
        If the shapes differ, nothing is given, or a value is not finite.

    Notes
    -----
    Pitfall: one large error outweighs many small ones, so a single outlier can decide
    which model looks better.

    Examples
    --------
    >>> mse([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    return float(np.mean(_errors(y, y_hat) ** 2))


def rmse(y, y_hat) -> float:
    """Root of the mean squared error, in the unit of ``y``.

    Takes and raises what :func:`mse` does.

    Notes
    -----
    Pitfall: the RMSE of two parts together is not the mean of their two RMSEs; average
    the squared errors and take the root last.

    Examples
    --------
    >>> rmse([0.0, 0.0], [3.0, 3.0])
    3.0
    """
    return float(np.sqrt(mse(y, y_hat)))


def mae(y, y_hat) -> float:
    """Mean absolute error, in the unit of ``y``.

    Takes and raises what :func:`mse` does.

    Notes
    -----
    Pitfall: the median has the lowest MAE and the mean the lowest MSE, so a model that
    was trained on one of the two may lose by the other.

    Taught in chapter 12.

    Examples
    --------
    >>> mae([1.0, 2.0], [2.0, 0.0])
    1.5
    """
    return float(np.mean(np.abs(_errors(y, y_hat))))


def mase(y, y_hat, *, history, season: int = 1) -> float:
    """Mean absolute scaled error: MAE over the naive forecast's MAE on ``history``.

    Below 1, the forecast beats the (seasonal) naive one-step forecast of the history
    (Hyndman and Koehler, 2006).

    Parameters
    ----------
    y, y_hat : array, one shape
        Truth and forecast.
    history : array, shape (n,)
        The series that the forecast was made from, before ``y``.
    season : int
        Rows in a season; 1 scales by the naive forecast.

    Raises
    ------
    ValueError
        If the season is not a whole number, the history is not longer than a season or
        holds a value that is not finite, or its naive error is zero.

    Notes
    -----
    Pitfall: scaled by the test rows in place of the history, the number changes with
    the rows that were chosen, and a forecast of many steps may exceed 1 although it
    beats the naive forecast of as many steps.

    Examples
    --------
    >>> mase([5.0, 6.0], [4.0, 4.0], history=[1.0, 2.0, 3.0, 4.0])
    1.5
    """
    if not isinstance(season, Integral) or isinstance(season, bool):
        raise ValueError(f"season must be a whole number of rows, not {season!r}.")
    past = np.asarray(history, dtype=np.float64)
    if past.ndim != 1 or season < 1 or len(past) <= season:
        raise ValueError(
            f"history must be a series of more than season={season} values (season 1 "
            f"or more), not the shape {past.shape}."
        )
    if not np.isfinite(past).all():
        raise ValueError(f"history {_first_not_finite(past)}: fill or cut it first.")
    scale = mae(past[season:], past[:-season])
    if scale == 0:
        raise ValueError(
            f"history repeats itself every season={season} rows, so the naive error is "
            "zero and cannot scale anything: use mae."
        )
    return mae(y, y_hat) / scale


def smape(y, y_hat) -> float:
    """Symmetric mean absolute percentage error, in per cent, from 0 to 200.

    The mean of ``200 |y - y_hat| / (|y| + |y_hat|)``, where 0 / 0 counts as 0.

    Takes and raises what :func:`mse` does.

    Notes
    -----
    Pitfall: it is symmetric in name only, for 150 in place of 100 costs 40 and 50 costs
    67; and where the truth is near zero, any error costs up to 200.

    Examples
    --------
    >>> smape([100.0, 100.0], [150.0, 100.0])
    20.0
    """
    errors = np.abs(_errors(y, y_hat))
    size = np.abs(np.asarray(y, np.float64)) + np.abs(np.asarray(y_hat, np.float64))
    return float(200 * np.mean(errors / np.where(size == 0, 1, size)))


def pinball(y, y_hat, *, level: float) -> float:
    """Pinball loss of a forecast quantile, in the unit of ``y``.

    The mean of ``level * (y - y_hat)`` where the truth lies above the forecast and of
    ``(1 - level) * (y_hat - y)`` where it lies below; the true quantile has the lowest.

    Parameters
    ----------
    y, y_hat : array, one shape
        Truth and forecast quantile.
    level : float
        Share of the truth that is to lie below the quantile, between 0 and 1.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1, and where :func:`mse` raises it.

    Notes
    -----
    Pitfall: losses of different levels do not compare, because those of the true
    quantiles shrink towards 0 and 1; at level 0.5 the loss is half the MAE.

    Examples
    --------
    >>> pinball([3.0, 3.0], [2.0, 4.0], level=0.75)
    0.5
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}.")
    errors = _errors(y, y_hat)
    return float(np.mean(np.maximum(level * errors, (level - 1) * errors)))


def by_step(y, y_hat, *, error: Callable = mse) -> np.ndarray:
    """Error of a forecast of several steps, for each step ahead on its own.

    Parameters
    ----------
    y, y_hat : array, shape (n, h)
        Truth and forecast; column k holds the step k + 1 ahead.
    error : callable
        Takes truth and forecast of one step, and returns a float.

    Returns
    -------
    array, shape (h,)

    Raises
    ------
    ValueError
        If the shape is another, and where ``error`` raises it.

    Notes
    -----
    Pitfall: the mean over all steps hides how fast the error grows, and one step ahead
    does not compare with the mean over ten.

    Examples
    --------
    >>> by_step([[1.0, 2.0], [1.0, 2.0]], [[1.0, 3.0], [2.0, 5.0]])
    array([0.5, 5. ])
    """
    _errors(y, y_hat)
    truth, forecast = np.asarray(y), np.asarray(y_hat)
    if truth.ndim != 2:
        raise ValueError(
            f"truth and forecast must have the shape (n, h), one column for each step "
            f"ahead, not {truth.shape}: where forecasts are made at every step of a "
            "window, take those of the last, y[:, -1] and y_hat[:, -1]."
        )
    return np.array([error(*step) for step in zip(truth.T, forecast.T, strict=True)])


def skill(error: float, reference: float) -> float:
    """Share of a reference's error that a forecast removes: ``1 - error / reference``.

    1 is a perfect forecast, 0 no better than the reference, negative worse.

    Parameters
    ----------
    error, reference : float
        One kind of error, for example the MAE, of the forecast and of the reference.

    Raises
    ------
    ValueError
        If an error is negative or the reference's is zero.

    Notes
    -----
    Pitfall: a skill is only as good as its reference, which must forecast the same rows
    and be the best simple forecast and not the worst.

    Taught in chapter 12.

    Examples
    --------
    >>> skill(1.5, 2.0)
    0.25
    """
    if not (error >= 0 and reference > 0):
        raise ValueError(
            f"error={error} and reference={reference} must be errors: error 0 or more, "
            "reference above 0."
        )
    return 1 - error / reference


def coverage(y, lower, upper) -> float:
    """Share of the truth that lies in its interval, both ends included.

    Parameters
    ----------
    y, lower, upper : array, one shape
        Truth, and the ends of its prediction intervals.

    Raises
    ------
    ValueError
        If the shapes differ, nothing is given, or a lower end is above its upper end.

    Notes
    -----
    Pitfall: intervals that are wide enough cover everything, so coverage says nothing
    without their width.

    Examples
    --------
    >>> coverage([1.0, 2.0, 3.0, 9.0], [0.0] * 4, [3.0] * 4)
    0.75
    """
    below, above = _errors(y, lower), _errors(y, upper)
    if (below < above).any():
        row = int(np.flatnonzero(np.ravel(below < above))[0])
        raise ValueError(
            f"lower is above upper in interval {row}: sort the ends before you measure."
        )
    return float(np.mean((below >= 0) & (above <= 0)))


def _errors(y, y_hat) -> np.ndarray:
    """Truth minus forecast in float64; refuses what cannot be compared."""
    truth, forecast = np.asarray(y, np.float64), np.asarray(y_hat, np.float64)
    if truth.shape != forecast.shape:
        raise ValueError(
            f"truth and forecast must have one shape, not {truth.shape} and "
            f"{forecast.shape}: {_remedy(truth, forecast)}."
        )
    if truth.size == 0:
        raise ValueError("truth and forecast are empty: there is no error to measure.")
    if not (np.isfinite(truth).all() and np.isfinite(forecast).all()):
        raise ValueError(_not_finite(truth, forecast))
    return truth - forecast


def _remedy(truth: np.ndarray, forecast: np.ndarray) -> str:
    if forecast.shape == (*truth.shape, 1):
        return "a Keras model gives a last axis of 1, so take y_hat[..., 0]"
    return "forecast the rows that the truth holds, all of them and no others"


def _not_finite(truth: np.ndarray, forecast: np.ndarray) -> str:
    if not np.isfinite(truth).all():
        return f"truth {_first_not_finite(truth)}: fill or leave out these rows."
    return (
        f"forecast {_first_not_finite(forecast)}: report that it failed, because a "
        "mean without these rows would hide it."
    )


def _first_not_finite(values: np.ndarray) -> str:
    bad = ~np.isfinite(values)
    place = tuple(np.argwhere(bad)[0].tolist())
    index = ", ".join(map(str, place))
    return (
        f"holds {values[place]} at [{index}], the first of {bad.sum()} values that are "
        "not finite"
    )
