"""Numbers that judge a forecast: MSE, RMSE, MAE, MASE, skill and coverage.

Every function takes the truth first and the forecast second, arrays of one shape, and
returns a float.  Errors are in the unit of the series; MASE, skill and coverage have
none.
"""

from __future__ import annotations

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

    Examples
    --------
    >>> mse([1.0, 2.0], [1.0, 4.0])
    2.0

    Notes
    -----
    Taught in chapter 12.
    """
    return float(np.mean(_errors(y, y_hat) ** 2))


def rmse(y, y_hat) -> float:
    """Root of the mean squared error, in the unit of ``y``.

    Takes and raises what :func:`mse` does.

    Examples
    --------
    >>> rmse([0.0, 0.0], [3.0, 3.0])
    3.0

    Notes
    -----
    Taught in chapter 12.
    """
    return float(np.sqrt(mse(y, y_hat)))


def mae(y, y_hat) -> float:
    """Mean absolute error, in the unit of ``y``.

    Takes and raises what :func:`mse` does.

    Examples
    --------
    >>> mae([1.0, 2.0], [2.0, 0.0])
    1.5

    Notes
    -----
    Taught in chapter 12.
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
        If the history is not longer than a season, or its naive error is zero.

    Examples
    --------
    >>> mase([5.0, 6.0], [4.0, 4.0], history=[1.0, 2.0, 3.0, 4.0])
    1.5

    Notes
    -----
    Taught in chapter 12.
    """
    past = np.asarray(history, dtype=np.float64)
    if past.ndim != 1 or season < 1 or len(past) <= season:
        raise ValueError(
            f"history must be a series of more than season={season} values (season 1 "
            f"or more), not the shape {past.shape}."
        )
    scale = mae(past[season:], past[:-season])
    if scale == 0:
        raise ValueError(
            f"history repeats itself every season={season} rows, so the naive error is "
            "zero and cannot scale anything: use mae."
        )
    return mae(y, y_hat) / scale


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

    Examples
    --------
    >>> skill(1.5, 2.0)
    0.25

    Notes
    -----
    Taught in chapter 12.
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

    Examples
    --------
    >>> coverage([1.0, 2.0, 3.0, 9.0], [0.0] * 4, [3.0] * 4)
    0.75

    Notes
    -----
    Taught in chapter 12.
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
            f"{forecast.shape}: a Keras model gives (n, 1), so take y_hat[:, 0]."
        )
    if truth.size == 0:
        raise ValueError("truth and forecast are empty: there is no error to measure.")
    if not (np.isfinite(truth).all() and np.isfinite(forecast).all()):
        raise ValueError("truth or forecast holds a value that is not finite.")
    return truth - forecast
