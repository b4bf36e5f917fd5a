"""Two forecasters on the same rows: whether one is better, or was only lucky.

Take the losses of both at the same forecasts, row by row in time order: easy rows are
easy for both, so their differences say more than two means do.  :func:`lag_of` finds a
forecast that only repeats the past.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from utils.forecasting import ensembles
from utils.forecasting.forecaster import check_count, check_level


class Difference(NamedTuple):
    """How much larger one mean loss is than another, and how sure that is.

    Attributes
    ----------
    mean, low, high : float
        Mean of the first minus the second, and the ends of its interval.
    """

    mean: float
    low: float
    high: float


def block_bootstrap(
    loss_a,
    loss_b,
    *,
    block: int,
    rng: np.random.Generator,
    level: float = 0.95,
    n: int = 1000,
) -> Difference:
    """Interval for the difference of two mean losses, by drawing blocks of rows.

    The two forecasters differ by more than luck where the interval leaves 0 out.
    Whole blocks are drawn because neighbouring losses are alike, above all where
    forecasts of several steps overlap.

    Parameters
    ----------
    loss_a, loss_b : array, shape (n_rows,)
        Losses of the two forecasters at the same rows, in time order.
    block : int
        Rows in a block: at least the horizon, where forecasts overlap.
    rng : numpy.random.Generator
        Source of the draws.
    level : float
        Share of the draws that the interval holds.
    n : int
        Number of draws.

    Returns
    -------
    Difference
        Of a minus b, in the unit of the losses: negative where a is better.

    Raises
    ------
    ValueError
        If the losses are not two series of one length, or where
        :func:`utils.forecasting.ensembles.block_bootstrap` raises it.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> block_bootstrap(np.ones(40), np.full(40, 3.0), block=4, rng=rng)
    Difference(mean=-2.0, low=-2.0, high=-2.0)
    """
    differences, level = _differences(loss_a, loss_b), check_level(level)
    drawn = ensembles.block_bootstrap(differences, block=block, rng=rng, draws=n)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Difference(float(differences.mean()), float(low), float(high))


def diebold_mariano(loss_a, loss_b, *, horizon: int) -> tuple[float, float]:
    """Test whether two forecasters have the same expected loss.

    The test of Diebold and Mariano (1995) with the correction of Harvey, Leybourne and
    Newbold (1997) for few rows.

    Parameters
    ----------
    loss_a, loss_b : array, shape (n,)
        Losses of the two forecasters at the same rows, in time order, all of them
        ``horizon`` steps ahead and made at every row.
    horizon : int
        Steps ahead: the losses of overlapping forecasts are alike up to this distance.

    Returns
    -------
    statistic : float
        Negative where a is better.
    p : float
        Chance of a statistic as far from 0 or farther, if there were no difference.

    Raises
    ------
    ValueError
        If the losses are not two series of one length, longer than the horizon, if they
        never differ, or if the estimated variance of their mean is not positive, which
        happens with few rows and a long horizon.

    Notes
    -----
    Pitfall: with many forecasters, the best of twenty that are all alike has a p below
    0.05 more often than not.

    Examples
    --------
    >>> a, b = np.array([1.0, 2.0, 1.0, 2.0]), np.array([2.0, 4.0, 3.0, 2.0])
    >>> statistic, p = diebold_mariano(a, b, horizon=1)
    >>> round(statistic, 3), round(p, 3)
    (-2.611, 0.08)
    """
    from scipy.stats import t as student

    differences, horizon = _differences(loss_a, loss_b), check_count("horizon", horizon)
    n = len(differences)
    if n <= horizon or n < 2:
        raise ValueError(
            f"the losses hold {n} rows: a test {horizon} steps ahead needs more than "
            f"{max(horizon, 1)}."
        )
    variance = _variance_of_mean(differences, horizon)
    few = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    statistic = float(differences.mean() / np.sqrt(variance) * np.sqrt(few))
    return statistic, float(2 * student.sf(abs(statistic), df=n - 1))


def _variance_of_mean(differences: np.ndarray, horizon: int) -> float:
    """Variance of the mean of values that are correlated up to ``horizon - 1`` rows."""
    n, centred = len(differences), differences - differences.mean()
    if np.ptp(differences) == 0:
        raise ValueError(
            f"the two losses differ by {differences[0]} in every row: there is nothing "
            "to test."
        )
    covariances = [centred[k:] @ centred[: n - k] / n for k in range(horizon)]
    variance = (2 * sum(covariances) - covariances[0]) / n
    if variance <= 0:
        raise ValueError(
            f"the variance of the mean difference comes out as {variance:.3g} with "
            f"{n} rows and horizon={horizon}: give more rows, or use block_bootstrap."
        )
    return variance


def lag_of(truth, forecast, *, most: int) -> int:
    """Find the shift at which a forecast fits the truth best.

    A forecast of lag 0 is what it should be.  One of lag 1 fits yesterday's value
    better than today's: it repeats the past, however well it seems to follow the truth
    in a figure.

    Parameters
    ----------
    truth, forecast : array, shape (n,)
        Values and their forecasts one step ahead, in time order.
    most : int
        The largest shift to try.

    Returns
    -------
    int
        From 0 to ``most``: the k for which ``forecast[t]`` is nearest to
        ``truth[t - k]`` in mean square, over the rows that all shifts share; the
        smallest of equals.

    Raises
    ------
    ValueError
        If the two are not series of one length that leave two rows or more, or hold a
        value that is not finite.

    Examples
    --------
    >>> series = np.random.default_rng(0).normal(size=50).cumsum()
    >>> lag_of(series[1:], series[:-1], most=3)
    1
    """
    most = check_count("most", most, least=0)
    names = ("truth", "forecast")
    truth, forecast = _pair(truth, forecast, names)
    if len(truth) < most + 2:
        raise ValueError(
            f"truth and forecast hold {len(truth)} rows: shifts up to most={most} need "
            f"{most + 2} or more."
        )
    shifted = [truth[most - k : len(truth) - k] for k in range(most + 1)]
    return int(np.argmin([np.mean((forecast[most:] - past) ** 2) for past in shifted]))


def _differences(loss_a, loss_b) -> np.ndarray:
    a, b = _pair(loss_a, loss_b, ("loss_a", "loss_b"))
    return a - b


def _pair(a, b, names: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or not len(a):
        raise ValueError(
            f"{' and '.join(names)} must be two series of one length, with the same "
            f"forecast in each row, not of the shapes {a.shape} and {b.shape}."
        )
    for name, values in zip(names, (a, b), strict=True):
        if not np.isfinite(values).all():
            raise ValueError(
                f"{name} holds a value that is not finite: report that this forecast "
                "failed, because a comparison without it would hide it."
            )
    return a, b
