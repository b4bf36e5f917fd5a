"""The sea off Peru as examples for chapters 1 to 4.

Will it be warmer than usual next month? :func:`anomalies` says how far each month was
from what is usual in its part of the year, :func:`next_month` makes examples of it:
some months as inputs, the next as the target. Both end with the year 2000: chapter 10
tests its forecasts on the years after.
"""

import numpy as np
import pandas as pd

from utils.data.series import monthly

__all__ = ["anomalies", "next_month"]

LAST_TRAINING_YEAR = "1989"
LAST_YEAR = "2000"


def anomalies() -> pd.Series:
    """Return the sea's temperature minus what is usual in its calendar month.

    *Usual* is the mean of all Januaries, Februaries and so on of the training years,
    1950 to 1989; the later years have no part in it.

    Returns
    -------
    pandas.Series of shape (612,)
        Anomalies in °C, 1950 to 2000, dated by the first day of each month.

    Notes
    -----
    Chapter 1 computes them step by step.

    Examples
    --------
    >>> anomaly = anomalies()
    >>> print(len(anomaly), anomaly.index[-1].date())
    612 2000-12-01
    >>> print(f"{anomaly['1983-06-01']:.1f} °C above what is usual in June")
    4.7 °C above what is usual in June
    """
    temperature = monthly("elnino")[:LAST_YEAR]
    training = temperature[:LAST_TRAINING_YEAR]
    usual = training.groupby(training.index.month).mean()
    anomaly = temperature - usual[temperature.index.month].to_numpy()
    return anomaly.rename("anomaly")


def next_month(*, n_months):
    """Return examples of some months in a row and the month after them.

    Parameters
    ----------
    n_months : int
        Number of months that an example shows, from 1 to 24.

    Returns
    -------
    X_train : ndarray of shape (480 - n_months, n_months)
        Anomalies in °C, the oldest month first.
    y_train : ndarray of shape (480 - n_months,)
        The anomaly of the month after them, 1950 to 1989.
    X_test, y_test : ndarray of shape (132, n_months) and (132,)
        The same for targets from 1990 to 2000.

    Raises
    ------
    ValueError
        If `n_months` is not a whole number from 1 to 24.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> X_train, y_train, X_test, y_test = next_month(n_months=2)
    >>> X_train.shape, y_train.shape, X_test.shape, y_test.shape
    ((478, 2), (478,), (132, 2), (132,))
    >>> bool(X_train[1, 1] == y_train[0])
    True
    """
    if not isinstance(n_months, int | np.integer) or not 1 <= n_months <= 24:
        raise ValueError(
            f"n_months must be a whole number from 1 to 24; got {n_months!r}."
        )
    anomaly = anomalies()
    values = anomaly.to_numpy()
    X = np.lib.stride_tricks.sliding_window_view(values[:-1], n_months).copy()
    y = values[n_months:].copy()
    n_train = len(anomaly[:LAST_TRAINING_YEAR]) - n_months
    return X[:n_train], y[:n_train], X[n_train:], y[n_train:]
