"""Rolling origins: fit on the past, forecast, move on, and look at all errors together.

An **origin** is the first row that is forecast; everything before it is the history.
:func:`backtest` fits each forecaster anew at each origin, on the history alone, and
never shows it a later row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from utils import metrics
from utils.forecasting.forecaster import (
    Forecaster,
    ForecastError,
    check_count,
    check_history,
)
from utils.forecasting.intervals import conformal_margin

FAR = 10  # ranges of the history beyond its ends, where a forecast counts as exploded


class Interval(NamedTuple):
    """Both ends of prediction intervals, in the unit of the series.

    Attributes
    ----------
    lower, upper : array
        As many as there are forecasts.
    """

    lower: np.ndarray
    upper: np.ndarray


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts from all origins, and the truth beside them.

    Attributes
    ----------
    series : array, shape (n,)
        The whole series.
    origins : array of int, shape (n_origins,)
        First forecast row of each; its history is ``series[:origin]``.
    truth : array, shape (n_origins, horizon)
        What came.
    forecasts : dict of str to array, shape (n_origins, horizon)
        By the forecaster's name; a row of nan where it could not be fitted.
    exploded : dict of str to array of bool, shape (n_origins,)
        Where a forecast lies far outside what its history allows; see :func:`exploded`.
    failed : dict of str to dict of int to str
        By the forecaster's name, the origins where it could not be fitted, and why.
    """

    series: np.ndarray
    origins: np.ndarray
    truth: np.ndarray
    forecasts: dict[str, np.ndarray]
    exploded: dict[str, np.ndarray]
    failed: dict[str, dict[int, str]]

    def bad(self, name: str) -> np.ndarray:
        """Mark the origins where it failed or exploded, shape (n_origins,)."""
        self._check(name)
        return self.exploded[name] | np.isin(self.origins, list(self.failed[name]))

    @property
    def problems(self) -> list[str]:
        """One sentence for each forecast that failed or exploded."""
        sentences = []
        for name, forecasts in self.forecasts.items():
            for origin, why in self.failed[name].items():
                sentences.append(f"{name} failed at row {origin}: {why}")
            for row in np.flatnonzero(self.exploded[name]):
                furthest = forecasts[row][np.abs(forecasts[row]).argmax()]
                past = self.series[: self.origins[row]]
                sentences.append(
                    f"{name} exploded at row {self.origins[row]}: it forecasts "
                    f"{furthest:.4g}, and its history runs from {past.min():.4g} to "
                    f"{past.max():.4g}."
                )
        return sentences

    def errors(self, metric: Callable[..., float] = metrics.rmse) -> dict[str, float]:
        """Error of each forecaster over all origins and steps.

        Parameters
        ----------
        metric : callable
            Takes truth and forecast; for ``mase``, bind the history first:
            ``partial(mase, history=series[:first], season=12)``.

        Returns
        -------
        dict of str to float
            Infinite for a forecaster that failed or exploded at some origin: a mean
            without these rows would hide it, and one with them would say nothing
            about the others.  ``by_origin`` shows the origins that went well.
        """
        return {
            name: np.inf if self.bad(name).any() else metric(self.truth, forecasts)
            for name, forecasts in self.forecasts.items()
        }

    def by_origin(
        self, metric: Callable[..., float] = metrics.rmse
    ) -> dict[str, np.ndarray]:
        """Error of each forecaster at each origin, shape (n_origins,).

        Takes what :meth:`errors` does; infinite at the origins where a forecaster
        failed or exploded.
        """
        return {
            name: np.array(
                [
                    np.inf if bad else metric(truth, forecast)
                    for bad, truth, forecast in zip(
                        self.bad(name), self.truth, forecasts, strict=True
                    )
                ]
            )
            for name, forecasts in self.forecasts.items()
        }

    def by_step(
        self, metric: Callable[..., float] = metrics.rmse
    ) -> dict[str, np.ndarray]:
        """Error of each forecaster at each step ahead, shape (horizon,).

        Takes what :meth:`errors` does; infinite at all steps for a forecaster that
        failed or exploded at some origin.
        """
        horizon = self.truth.shape[1]
        return {
            name: np.full(horizon, np.inf)
            if self.bad(name).any()
            else metrics.by_step(self.truth, forecasts, error=metric)
            for name, forecasts in self.forecasts.items()
        }

    def intervals(self, name: str, level: float) -> Interval:
        """Intervals around each forecast, from the residuals at the other origins.

        At each step ahead, the interval reaches as far as a share ``level`` of the
        residuals of the *other* origins do, with the conformal correction for their
        small number.  Its coverage is therefore measured on forecasts that it was not
        made from: ``metrics.coverage(truth, *intervals)``.

        Parameters
        ----------
        name : str
            Which forecaster.
        level : float
            Share of the truth to hold, between 0 and 1.

        Returns
        -------
        Interval
            Ends of the shape (n_origins, horizon).

        Raises
        ------
        ValueError
            If the forecaster is unknown, failed or exploded somewhere, or if there are
            too few origins for the level.
        """
        errors, forecasts = self._residuals(name), self.forecasts[name]
        margins = np.array(
            [
                _margins(np.delete(errors, row, axis=0), level)
                for row in range(len(errors))
            ]
        )
        return Interval(forecasts - margins, forecasts + margins)

    def around(self, name: str, forecast, level: float) -> Interval:
        """Intervals around a new forecast, from the residuals at all origins.

        Parameters
        ----------
        name : str
            The forecaster that made it.
        forecast : array, shape (horizon,)
            A forecast of the unknown future, as long as those of the backtest.
        level : float
            Share of the truth to hold, between 0 and 1.

        Returns
        -------
        Interval
            Ends of the shape (horizon,).

        Raises
        ------
        ValueError
            If the forecast has another length, and where :meth:`intervals` raises it.
        """
        forecast = np.asarray(forecast, dtype=np.float64)
        if forecast.shape != self.truth.shape[1:]:
            raise ValueError(
                f"forecast must have the shape {self.truth.shape[1:]}, as in the "
                f"backtest, not {forecast.shape}."
            )
        margins = _margins(self._residuals(name), level)
        return Interval(forecast - margins, forecast + margins)

    def _residuals(self, name: str) -> np.ndarray:
        if self.bad(name).any():
            raise ValueError(
                f"{name} failed or exploded at {self.bad(name).sum()} of "
                f"{len(self.origins)} origins, so its residuals say nothing about the "
                "others: see problems."
            )
        return self.truth - self.forecasts[name]

    def _check(self, name: str) -> None:
        if name not in self.forecasts:
            raise ValueError(
                f"name must be one of {', '.join(self.forecasts)}, not {name!r}."
            )


def origins(n: int, *, first: int, horizon: int, every: int = 1) -> np.ndarray:
    """Rows at which forecasts start, so that each has its whole truth.

    Parameters
    ----------
    n : int
        Rows of the series.
    first : int
        The first origin: as many rows are the shortest history.
    horizon : int
        Steps to forecast.
    every : int
        Rows from one origin to the next; with ``every=horizon``, forecasts do not
        overlap.

    Returns
    -------
    array of int, shape (n_origins,)

    Raises
    ------
    ValueError
        If a number is not whole and positive, or the series ends before the first
        forecast does.

    Examples
    --------
    >>> origins(24, first=12, horizon=4, every=4).tolist()
    [12, 16, 20]
    """
    n, first = check_count("n", n), check_count("first", first)
    horizon, every = check_count("horizon", horizon), check_count("every", every)
    if first + horizon > n:
        raise ValueError(
            f"first={first} with horizon={horizon} ends at row {first + horizon}, and "
            f"the series has {n}: start earlier or forecast fewer steps."
        )
    return np.arange(first, n - horizon + 1, every)


def exploded(forecast, history) -> np.ndarray:
    """Say whether a forecast lies far outside what its history allows.

    It does where a value is not finite, or lies more than ten times the history's range
    below its lowest or above its highest value.  A trend that goes on does not get so
    far within a horizon worth forecasting; a recursion that feeds on itself soon does.

    Parameters
    ----------
    forecast : array, shape (..., horizon)
        One forecast or several.
    history : array, shape (n,)
        What they were made from.

    Returns
    -------
    array of bool, shape (...)

    Raises
    ------
    ValueError
        If the history is no series of finite numbers.

    Examples
    --------
    >>> exploded([[1.0, 9.0], [1.0, 99.0], [1.0, np.nan]], history=[0.0, 5.0]).tolist()
    [False, True, True]
    """
    past = check_history(history)
    forecast = np.asarray(forecast, dtype=np.float64)
    reach = FAR * (np.ptp(past) or max(np.abs(past).max(), 1.0))
    inside = (forecast >= past.min() - reach) & (forecast <= past.max() + reach)
    return ~inside.all(axis=-1)


def backtest(
    forecasters: Mapping[str, Forecaster],
    series,
    *,
    horizon: int,
    origins,
    progress: bool = True,
) -> Backtest:
    """Fit and forecast at each origin, with every forecaster.

    Parameters
    ----------
    forecasters : mapping of str to Forecaster
        By the name that results and figures show.
    series : array or pandas.Series, shape (n,)
        Values at evenly spaced times, oldest first; see
        :func:`utils.data.series.check_regular`.
    horizon : int
        Steps to forecast.
    origins : array of int
        First rows of the forecasts, for example from :func:`origins`.
    progress : bool
        Show a bar.

    Returns
    -------
    Backtest
        Where a forecaster raises ForecastError, its row is nan and the reason is kept;
        where a forecast explodes, it is marked.

    Raises
    ------
    ValueError
        If the series holds a value that is not finite, the origins do not fit it, there
        is no forecaster, or one refuses its history; then its name and the origin come
        first.

    Examples
    --------
    >>> from utils.forecasting.classical import Drift, Naive
    >>> found = backtest(
    ...     {"naive": Naive(), "drift": Drift()},
    ...     np.arange(10.0),
    ...     horizon=2,
    ...     origins=origins(10, first=4, horizon=2),
    ...     progress=False,
    ... )
    >>> {name: round(error, 3) for name, error in found.errors(metrics.mae).items()}
    {'naive': 1.5, 'drift': 0.0}
    """
    values, horizon = check_history(series), check_count("horizon", horizon)
    starts = _check_origins(origins, len(values), horizon)
    if not forecasters:
        raise ValueError("forecasters must hold at least one, by its name.")
    shape = len(starts), horizon
    forecasts = {name: np.full(shape, np.nan) for name in forecasters}
    failed: dict[str, dict[int, str]] = {name: {} for name in forecasters}
    for row, name in _rows_and_names(starts, forecasters, progress):
        history = values[: starts[row]].copy()  # no forecaster can reach a later row
        try:
            forecasts[name][row] = _forecast(forecasters[name], history, horizon)
        except ForecastError as error:
            failed[name][int(starts[row])] = str(error)
        except ValueError as error:
            raise ValueError(f"{name} at row {starts[row]}: {error}") from error
    marked = {
        name: _exploded_rows(rows, values, starts, failed[name])
        for name, rows in forecasts.items()
    }
    truth = values[starts[:, None] + np.arange(horizon)]
    return Backtest(values, starts, truth, forecasts, marked, failed)


def _rows_and_names(starts, forecasters, progress: bool):
    from tqdm import tqdm

    pairs = [(row, name) for row in range(len(starts)) for name in forecasters]
    with tqdm(pairs, desc="backtest", unit="fit", disable=not progress) as bar:
        for row, name in bar:
            bar.set_postfix_str(name, refresh=False)
            yield row, name


def _forecast(forecaster: Forecaster, history: np.ndarray, horizon: int) -> np.ndarray:
    forecast = np.asarray(forecaster.fit(history).forecast(horizon), dtype=np.float64)
    if forecast.shape != (horizon,):
        raise ValueError(
            f"the forecast has the shape {forecast.shape}, and horizon={horizon} asks "
            f"for ({horizon},)."
        )
    return forecast


def _exploded_rows(forecasts, values, starts, failed) -> np.ndarray:
    """Mark the rows that exploded; one that was never forecast did not."""
    return np.array(
        [
            start not in failed and bool(exploded(forecast, values[:start]))
            for forecast, start in zip(forecasts, starts.tolist(), strict=True)
        ]
    )


def _check_origins(origins, n: int, horizon: int) -> np.ndarray:
    starts = np.asarray(origins)
    if starts.ndim != 1 or not len(starts) or starts.dtype.kind not in "iu":
        raise ValueError(
            f"origins must be one or more whole numbers of rows, not {origins!r}."
        )
    if starts.min() < 1 or starts.max() + horizon > n or (np.diff(starts) <= 0).any():
        raise ValueError(
            f"origins must rise between 1 and {n - horizon}, so that each has a "
            f"history and {horizon} values to be compared with in a series of {n}, not "
            f"from {starts[0]} to {starts[-1]}."
        )
    return starts


def _margins(residuals: np.ndarray, level: float) -> np.ndarray:
    """Half-widths that hold a share ``level`` of the residuals at each step ahead."""
    return np.array(
        [
            conformal_margin(column, 0 * column, 0 * column, level=level)
            for column in residuals.T
        ]
    )
