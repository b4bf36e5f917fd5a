"""Several steps ahead: strategies for windows of many series, and their errors' parts.

:func:`recursive` feeds a one-step forecaster its own forecasts, :func:`teacher_forced`
the truth in their place, and :func:`decompose` says what the difference costs.
:func:`fit_direct` solves one linear forecaster for each step ahead, and
:func:`targets_at_every_step` cuts what a sequence-to-sequence model learns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from numbers import Integral

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from utils.forecasting.baselines import Linear


def recursive(predict_one: Callable, windows, horizon: int) -> np.ndarray:
    """Forecast step by step, each forecast becoming the window's newest value.

    All series take a step together, so that ``horizon`` calls serve any number of them.

    Parameters
    ----------
    predict_one : keras.Model or callable
        Maps windows (n, length, 1) to the next value of each, (n, 1) or (n,).
    windows : array, shape (n, length) or (n, length, 1)
        Last values of each series, oldest first.
    horizon : int
        Steps to forecast, 1 or more.

    Returns
    -------
    array, shape (n, horizon)

    Raises
    ------
    ValueError
        If the windows have another shape or are empty, the horizon is not whole and
        positive, or the model forecasts more than one value for a window.

    Examples
    --------
    >>> def add_last_change(windows):
    ...     return 2 * windows[:, -1] - windows[:, -2]
    >>> recursive(add_last_change, [[1.0, 2.0], [5.0, 3.0]], 3).tolist()
    [[3.0, 4.0, 5.0], [1.0, -1.0, -3.0]]
    """
    values = _series("windows", windows)
    forecasts = []
    for _ in range(_count("horizon", horizon)):
        newest = _next_value(predict_one, values)
        values = np.concatenate([values[:, 1:], newest], axis=1)
        forecasts.append(newest)
    return np.concatenate(forecasts, axis=1)


def teacher_forced(predict_one: Callable, series, horizon: int) -> np.ndarray:
    """Forecast the last steps of each series one by one, each from the true values.

    The forecasts are those of one step ahead, whatever the horizon: a recursive
    forecast would be these if it had a teacher who corrects each step before the next.

    Parameters
    ----------
    predict_one : keras.Model or callable
        As in :func:`recursive`.
    series : array, shape (n, length + horizon) or (n, length + horizon, 1)
        Window of each series with the truth that follows it.
    horizon : int
        Steps to forecast, fewer than the series has.

    Returns
    -------
    array, shape (n, horizon)

    Raises
    ------
    ValueError
        As :func:`recursive`, and if the series is not longer than the horizon.

    Examples
    --------
    >>> last = teacher_forced(lambda windows: windows[:, -1], [[1.0, 2.0, 4.0]], 2)
    >>> last.tolist()
    [[1.0, 2.0]]
    """
    values = _series("series", series)
    horizon = _count("horizon", horizon)
    n, length = len(values), values.shape[1] - horizon
    if length < 1:
        raise ValueError(
            f"series must be longer than horizon={horizon}, and have {values.shape[1]} "
            "steps: the first forecast needs a window."
        )
    windows = sliding_window_view(values[:, :-1], length, axis=1)
    return _next_value(predict_one, windows.reshape(-1, length)).reshape(n, horizon)


def fit_direct(X, Y, *, ridge: float = 0.0) -> Linear:
    """Solve one linear forecaster for each step ahead, on the same windows.

    Column k of the weights belongs to the forecaster of step k + 1; none of them sees
    another's forecast.

    Parameters
    ----------
    X : array, shape (n, length) or (n, length, 1)
        Windows.
    Y : array, shape (n, horizon)
        The values that follow each window.
    ridge : float
        Penalty on the squared weights, not on the biases.

    Returns
    -------
    Linear
        With weights (length, horizon) and biases (horizon,); ``predict(X)`` has the
        shape of ``Y``.

    Raises
    ------
    ValueError
        If the shapes are others or do not fit, or ``ridge`` is negative.

    Examples
    --------
    >>> series = np.arange(20.0) ** 2
    >>> rows = sliding_window_view(series, 4)
    >>> model = fit_direct(rows[:, :2], rows[:, 2:])
    >>> model.weights.round(6).tolist(), model.bias.round(6).tolist()
    ([[-1.0, -2.0], [2.0, 3.0]], [2.0, 6.0])
    """
    windows, targets = _series("X", X), np.asarray(Y)
    if targets.ndim != 2 or not targets.size:
        raise ValueError(
            f"Y must have the shape (n, horizon), one column for each step ahead, not "
            f"{targets.shape}."
        )
    return Linear.fit(windows, targets, ridge=ridge)


def targets_at_every_step(series, length: int, horizon: int) -> np.ndarray:
    """Cut the next ``horizon`` values after each step of each series.

    Parameters
    ----------
    series : array, shape (n, length + horizon) or (n, length + horizon, 1)
        Independent series; a longer one is used up to this step.
    length : int
        Steps that the model reads.
    horizon : int
        Steps that it forecasts after each of them.

    Returns
    -------
    array, shape (n, length, horizon)
        ``[i, t, k]`` is the value k + 1 steps after step t of series i; a read-only
        view on the series.

    Raises
    ------
    ValueError
        If a series is shorter, or a number is not whole and positive.

    Examples
    --------
    >>> targets_at_every_step([[1, 2, 3, 4, 5]], length=3, horizon=2).tolist()
    [[[2.0, 3.0], [3.0, 4.0], [4.0, 5.0]]]
    """
    values = _series("series", series)
    length, horizon = _count("length", length), _count("horizon", horizon)
    if values.shape[1] < length + horizon:
        raise ValueError(
            f"series must have length + horizon = {length + horizon} steps or more, "
            f"not {values.shape[1]}."
        )
    return sliding_window_view(values[:, 1 : length + horizon], horizon, axis=1)


@dataclass(frozen=True)
class ErrorParts:
    """What a recursive forecast's mean squared error consists of, step by step.

    Attributes
    ----------
    noise, model, fed_back : array, shape (horizon,)
        Mean squares of the noise in the truth, of the error that the model makes when
        it is given true values, and of the change that its own forecasts bring.
    noise_model, noise_fed_back, model_fed_back : array, shape (horizon,)
        Cross terms, twice the mean product of two parts with its sign.  Negative where
        two parts tend to cancel.
    """

    noise: np.ndarray
    model: np.ndarray
    fed_back: np.ndarray
    noise_model: np.ndarray
    noise_fed_back: np.ndarray
    model_fed_back: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Sum of the six: the mean squared error at each step, shape (horizon,)."""
        return np.sum(astuple(self), axis=0)


def decompose(truth, clean, forecast, forced) -> ErrorParts:
    """Split the squared error of a recursive forecast into the parts that add up to it.

    The error is ``truth - forecast = noise - model - fed_back`` with ``noise = truth -
    clean``, ``model = forced - clean`` and ``fed_back = forecast - forced``; its square
    has three squares and three cross terms.

    Parameters
    ----------
    truth, clean : array, shape (n, horizon)
        Values to forecast, and the same without noise.
    forecast : array, shape (n, horizon)
        As :func:`recursive` gives it.
    forced : array, shape (n, horizon)
        The same model's forecasts from true values, as :func:`teacher_forced` gives
        them.

    Returns
    -------
    ErrorParts

    Raises
    ------
    ValueError
        If the four differ in shape, have another rank, or hold a value that is not
        finite.

    Examples
    --------
    >>> parts = decompose([[1.0, 2.0]], [[1.0, 1.0]], [[0.5, 4.0]], [[0.5, 1.5]])
    >>> parts.model.tolist(), parts.fed_back.tolist(), parts.total.tolist()
    ([0.25, 0.25], [0.0, 6.25], [0.25, 4.0])
    """
    named = {"truth": truth, "clean": clean, "forecast": forecast, "forced": forced}
    arrays = {name: np.asarray(value, np.float64) for name, value in named.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1 or arrays["truth"].ndim != 2:
        given = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"the four must have one shape, (n, horizon), not {given}.")
    for name, array in arrays.items():
        if not array.size or not np.isfinite(array).all():
            raise ValueError(
                f"{name} is empty or holds a value that is not finite: report a "
                "forecast that failed instead of averaging it in."
            )
    truth, clean, forecast, forced = arrays.values()
    noise, model, fed_back = truth - clean, forced - clean, forecast - forced
    products = (
        *(noise * noise, model * model, fed_back * fed_back),
        *(-2 * noise * model, -2 * noise * fed_back, 2 * model * fed_back),
    )
    return ErrorParts(*(product.mean(axis=0) for product in products))


def _next_value(predict_one: Callable, values: np.ndarray) -> np.ndarray:
    """Ask a model for one value after each row of values; returns (n, 1)."""
    ask = getattr(predict_one, "predict_on_batch", predict_one)
    newest = np.asarray(ask(values[..., None]))
    if newest.shape not in ((len(values),), (len(values), 1)):
        raise ValueError(
            f"predict_one must forecast one value for each of the {len(values)} "
            f"windows, shape ({len(values)}, 1), not {newest.shape}: a model of "
            "several steps is not fed back, its forecast is complete."
        )
    return newest.reshape(-1, 1).astype(values.dtype)


def _series(name: str, given) -> np.ndarray:
    """Return series as (n, steps), with a decimal point so that forecasts fit in."""
    values = np.asarray(given)
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    if values.ndim != 2 or not values.size:
        raise ValueError(
            f"{name} must have the shape (n, steps) or (n, steps, 1), one series a "
            f"row, not {np.shape(given)}: for one series use series[None, :]."
        )
    return values


def _count(name: str, value) -> int:
    whole = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not whole or value < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, not {value!r}.")
    return int(value)
