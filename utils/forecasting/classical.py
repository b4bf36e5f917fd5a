"""Forecasters: naive ones, linear lags, exponential smoothing, SARIMA, Keras on lags.

Each is a small frozen class with a ``name`` and ``fit(history)``, as
:mod:`utils.forecasting.forecaster` says.  A bad setting raises ValueError where the
forecaster is made, a bad history where it is fitted, and what does not converge raises
:class:`utils.forecasting.forecaster.ForecastError`.  statsmodels and Keras are imported
when a forecaster that needs them is fitted.

Intervals suppose that errors are normal and alike at all times, and that the fitted
parameters are the true ones, so they tend to be too narrow on real series:
:meth:`utils.forecasting.backtest.Backtest.intervals` are measured instead.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from utils.forecasting import baselines
from utils.forecasting.forecaster import (
    Fitted,
    FittedWithInterval,
    ForecastError,
    check_count,
    check_history,
    check_level,
)
from utils.forecasting.transforms import difference

if TYPE_CHECKING:
    import keras

PATHS = 2000  # simulated for an interval of exponential smoothing


# ---------------------------------------------------------------------------- naive


@dataclass(frozen=True)
class Naive:
    """The last value, repeated.

    Examples
    --------
    >>> Naive().fit([1.0, 2.0, 4.0]).forecast(2).tolist()
    [4.0, 4.0]
    """

    @property
    def name(self) -> str:
        """What tables call it."""
        return "naive"

    def fit(self, history) -> FittedWithInterval:
        """Keep ``history``, shape (n,)."""
        values = check_history(history)

        def spread(steps):
            changes = difference(check_history(values, least=2, reason="an interval"))
            return _rms(changes) * np.sqrt(steps)

        return _RuleWithInterval(values, baselines.naive, spread)


@dataclass(frozen=True)
class SeasonalNaive:
    """The value one season before, and beyond a season the last season again.

    Parameters
    ----------
    season : int
        Steps in a season: 12 for monthly data.

    Examples
    --------
    >>> SeasonalNaive(3).fit([1.0, 2.0, 3.0, 1.0, 2.0, 4.0]).forecast(4).tolist()
    [1.0, 2.0, 4.0, 1.0]
    """

    season: int

    def __post_init__(self):
        """Check the season."""
        check_count("season", self.season)

    @property
    def name(self) -> str:
        """What tables call it."""
        return "seasonal naive"

    def fit(self, history) -> FittedWithInterval:
        """Keep ``history``, shape (n,), at least one season long."""
        season = self.season
        reason = f"a season of {season}"
        values = check_history(history, least=season, reason=reason)

        def rule(past, *, horizon):
            return baselines.seasonal_naive(past, season=season, horizon=horizon)

        def spread(steps):
            reason = f"an interval with a season of {season}"
            check_history(values, least=season + 1, reason=reason)
            return _rms(difference(values, season)) * np.sqrt(-(-steps // season))

        return _RuleWithInterval(values, rule, spread)


@dataclass(frozen=True)
class Drift:
    """The straight line through the first and the last value, continued.

    Examples
    --------
    >>> Drift().fit([1.0, 5.0, 3.0]).forecast(2).tolist()
    [4.0, 5.0]
    """

    @property
    def name(self) -> str:
        """What tables call it."""
        return "drift"

    def fit(self, history) -> FittedWithInterval:
        """Keep ``history``, shape (n,), two values or more."""
        values = check_history(history, least=2, reason="a line")

        def spread(steps):
            check_history(values, least=3, reason="an interval around a line")
            changes = len(values) - 1
            return difference(values).std(ddof=1) * np.sqrt(
                steps * (1 + steps / changes)
            )

        return _RuleWithInterval(values, baselines.drift, spread)


@dataclass(frozen=True)
class MovingAverage:
    """The mean of the last values, for every step ahead.

    Parameters
    ----------
    window : int
        Values to average.

    Examples
    --------
    >>> MovingAverage(2).fit([9.0, 1.0, 3.0]).forecast(2).tolist()
    [2.0, 2.0]
    """

    window: int

    def __post_init__(self):
        """Check the window."""
        check_count("window", self.window)

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"moving average of {self.window}"

    def fit(self, history) -> Fitted:
        """Keep ``history``, shape (n,), at least a window long."""
        reason = f"a window of {self.window}"
        values = check_history(history, least=self.window, reason=reason)
        mean = values[-self.window :].mean(keepdims=True)
        return _Rule(mean, baselines.naive)


@dataclass(frozen=True)
class SeasonalMean:
    """The mean of all earlier values at the same place in the season: the climatology.

    Parameters
    ----------
    season : int
        Steps in a season: 12 for monthly data.

    Examples
    --------
    >>> SeasonalMean(2).fit([1.0, 10.0, 3.0, 20.0, 5.0]).forecast(3).tolist()
    [15.0, 3.0, 15.0]
    """

    season: int

    def __post_init__(self):
        """Check the season."""
        check_count("season", self.season)

    @property
    def name(self) -> str:
        """What tables call it."""
        return "seasonal mean"

    def fit(self, history) -> Fitted:
        """Average ``history``, shape (n,), at least one season long."""
        season = self.season
        reason = f"a season of {season}"
        values = check_history(history, least=season, reason=reason)
        places = (np.arange(len(values), len(values) + season)) % season  # of the next
        means = np.array([values[place::season].mean() for place in places])
        return _Rule(means, lambda past, *, horizon: np.resize(past, len(horizon)))


@dataclass(frozen=True)
class _Rule:
    """A fitted forecaster that needs no more than values and a rule."""

    values: np.ndarray
    rule: Callable

    def forecast(self, horizon: int) -> np.ndarray:
        return self.rule(self.values, horizon=_steps(horizon))


@dataclass(frozen=True)
class _RuleWithInterval(_Rule):
    """The same, with the standard deviation of its error at each step ahead."""

    spread: Callable

    def interval(self, horizon: int, *, level: float) -> tuple[np.ndarray, np.ndarray]:
        spread = self.spread(_steps(horizon))
        return _normal_interval(self.forecast(horizon), spread, level)


# --------------------------------------------------------------------------- linear


@dataclass(frozen=True)
class Autoregression:
    """A linear model of the last values, solved in closed form.

    It is fitted to forecast one step; further steps take its own forecasts as inputs.
    :func:`utils.forecasting.roots.roots` of its coefficients say how that ends.

    Parameters
    ----------
    lags : int
        Values that a forecast is made from.
    ridge : float
        Penalty on the squared coefficients, in the squared unit of the series; 0 is
        ordinary least squares.

    Examples
    --------
    >>> fitted = Autoregression(1).fit([8.0, 4.0, 2.0, 1.0])
    >>> fitted.coefficients.round(6).tolist(), fitted.forecast(2).round(6).tolist()
    ([0.5], [0.5, 0.25])
    """

    lags: int
    ridge: float = 0.0

    def __post_init__(self):
        """Check the lags and the penalty."""
        check_count("lags", self.lags)
        if not self.ridge >= 0:
            raise ValueError(f"ridge must be 0 or more, not {self.ridge!r}.")

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{'ridge' if self.ridge else 'linear'}, {self.lags} lags"

    def fit(self, history) -> FittedAutoregression:
        """Fit on all windows of ``history``, shape (n,), with the value after each."""
        reason = f"a window of {self.lags} values and the value after it"
        values = check_history(history, least=self.lags + 1, reason=reason)
        windows, labels = _windows_and_labels(values, self.lags)
        line = baselines.Linear.fit(windows, labels, ridge=self.ridge)
        return FittedAutoregression(values, line.weights, float(line.bias))


@dataclass(frozen=True, eq=False)
class FittedAutoregression:
    """What :class:`Autoregression` has learned.

    Attributes
    ----------
    history : array, shape (n,)
        What it was fitted on.
    coefficients : array, shape (lags,)
        Weights of the last values, the oldest value's first.
    intercept : float
        What is added to their sum.
    """

    history: np.ndarray
    coefficients: np.ndarray
    intercept: float

    def forecast(self, horizon: int) -> np.ndarray:
        """Forecast step by step, each forecast an input of the next."""
        n, lags = len(_steps(horizon)), len(self.coefficients)
        values = np.concatenate([self.history[-lags:], np.empty(n)])
        for step in range(n):
            window = values[step : step + lags]
            values[step + lags] = window @ self.coefficients + self.intercept
        return values[lags:]

    def interval(self, horizon: int, *, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Interval from the residuals, grown by what the recursion passes on."""
        free = len(self.history) - 2 * len(self.coefficients) - 1
        if free < 1:
            raise ValueError(
                f"history holds {len(self.history)} values, too few to judge errors "
                f"with {len(self.coefficients)} coefficients: use fewer lags."
            )
        windows, labels = _windows_and_labels(self.history, len(self.coefficients))
        residuals = labels - windows @ self.coefficients - self.intercept
        n = len(_steps(horizon))
        passed_on = self._passed_on(n)
        spread = np.sqrt((residuals @ residuals) / free * np.cumsum(passed_on**2))
        return _normal_interval(self.forecast(horizon), spread, level)

    def _passed_on(self, n: int) -> np.ndarray:
        """Return what is left of a disturbance of 1 after 0 to n - 1 steps."""
        lags = len(self.coefficients)
        disturbance = np.zeros(lags)
        disturbance[-1] = 1.0
        same = FittedAutoregression(disturbance, self.coefficients, 0.0)
        return np.concatenate([[1.0], same.forecast(n)[: n - 1]])


def _windows_and_labels(values: np.ndarray, lags: int) -> tuple[np.ndarray, np.ndarray]:
    return sliding_window_view(values, lags)[:-1], values[lags:]


# ---------------------------------------------------------------------- statsmodels


@dataclass(frozen=True)
class ExponentialSmoothing:
    """Exponential smoothing by statsmodels: simple, Holt's or Holt and Winters'.

    Parameters
    ----------
    season : int, optional
        Steps in a season, 2 or more; needed with ``seasonal``.
    trend, seasonal : {None, "add", "mul"}
        None for no such part, ``"add"`` for one that is added, ``"mul"`` for a factor,
        which a series with zeros or negative values cannot have.
    damped : bool
        Let the trend fade out in the forecast.

    Examples
    --------
    >>> trend = ExponentialSmoothing(trend="add").fit(np.arange(20.0) + 5)
    >>> trend.forecast(2).round(3).tolist()
    [25.0, 26.0]
    >>> ExponentialSmoothing(season=12, trend="add", seasonal="add").name
    'Holt-Winters'
    """

    season: int | None = None
    trend: str | None = None
    seasonal: str | None = None
    damped: bool = False

    def __post_init__(self):
        """Check that the parts fit together."""
        for part in ("trend", "seasonal"):
            if getattr(self, part) not in (None, "add", "mul"):
                raise ValueError(
                    f"{part} must be None, 'add' or 'mul', not {getattr(self, part)!r}."
                )
        if self.season is not None:
            check_count("season", self.season, least=2)
        if (self.season is None) != (self.seasonal is None):
            raise ValueError(
                f"season and seasonal belong together, and season={self.season!r} came "
                f"with seasonal={self.seasonal!r}: give both or neither."
            )
        if self.damped and self.trend is None:
            raise ValueError("damped=True needs a trend to damp: give trend='add'.")

    @property
    def name(self) -> str:
        """What tables call it."""
        simple = "Holt" if self.trend else "exponential smoothing"
        return "Holt-Winters" if self.seasonal else simple

    def fit(self, history) -> FittedWithInterval:
        """Estimate the smoothing on ``history``, shape (n,), two seasons or more."""
        from statsmodels.tsa.holtwinters import ExponentialSmoothing as Model

        two = 2 * self.season if self.season else 4
        reason = f"{self.name}, for two seasons," if self.season else self.name
        values = check_history(history, least=two, reason=reason)
        if "mul" in (self.trend, self.seasonal) and (values <= 0).any():
            row = int((values <= 0).argmax())
            raise ValueError(
                f"history holds {values[row]} at row {row}, and a part with 'mul' "
                "needs positive values: use 'add'."
            )
        parts = {"trend": self.trend, "damped_trend": self.damped}
        parts |= {"seasonal": self.seasonal, "seasonal_periods": self.season}
        result = _estimate(self.name, values, lambda: Model(values, **parts).fit())
        return _Smoothed(result)


@dataclass(frozen=True)
class Sarima:
    """Seasonal ARIMA by statsmodels, fitted by maximum likelihood.

    Without any differencing it has a constant, so that forecasts return to the mean
    of the series and not to 0.

    Parameters
    ----------
    order : (p, d, q)
        Lags, differences and moving errors.
    seasonal_order : (P, D, Q, season)
        The same from season to season, and the steps in a season.
    iterations : int
        After which a fit counts as not converged.

    Examples
    --------
    >>> Sarima((0, 1, 1), (0, 1, 1, 12)).name
    'SARIMA(0,1,1)(0,1,1,12)'
    >>> from utils.data.series import monthly
    >>> history = monthly("co2").to_numpy()[:120]
    >>> Sarima((0, 1, 1), (0, 1, 1, 12)).fit(history).forecast(2).round(1).tolist()
    [323.8, 325.0]
    """

    order: tuple[int, int, int]
    seasonal_order: tuple[int, int, int, int] = (0, 0, 0, 0)
    iterations: int = 200

    def __post_init__(self):
        """Check the orders."""
        for name, length in (("order", 3), ("seasonal_order", 4)):
            numbers = tuple(getattr(self, name))
            if len(numbers) != length:
                raise ValueError(
                    f"{name} must hold {length} whole numbers, not {numbers!r}."
                )
            for number in numbers:
                check_count(f"every number of {name}", number, least=0)
            object.__setattr__(self, name, tuple(int(number) for number in numbers))
        *seasonal, season = self.seasonal_order
        if any(seasonal) and season < 2:
            raise ValueError(
                f"seasonal_order={self.seasonal_order} must end with the steps in a "
                "season, 2 or more."
            )
        check_count("iterations", self.iterations)

    @property
    def name(self) -> str:
        """What tables call it."""
        order = ",".join(map(str, self.order))
        if not any(self.seasonal_order[:3]):
            return f"ARIMA({order})"
        return f"SARIMA({order})({','.join(map(str, self.seasonal_order))})"

    def fit(self, history) -> FittedWithInterval:
        """Estimate the coefficients on ``history``, shape (n,)."""
        from statsmodels.tsa.statespace.sarimax import SARIMAX

        values = check_history(history, least=self._least, reason=self.name)
        differences = self.order[1] + self.seasonal_order[1]
        centre = 0.0 if differences else values.mean()  # the constant is then small
        model = SARIMAX(
            values - centre,
            order=self.order,
            seasonal_order=self.seasonal_order,
            trend=None if differences else "c",
            concentrate_scale=True,  # the same maximum, found in half the time
        )
        options = {"disp": False, "maxiter": self.iterations}
        result = _estimate(self.name, values, lambda: model.fit(**options))
        return _Sarimax(result, centre)

    @property
    def _least(self) -> int:
        """Values needed: what is lost at the start, and two for each coefficient."""
        (p, d, q), (P, D, Q, season) = self.order, self.seasonal_order
        lost = d + season * D + max(p + season * P, q + season * Q)
        return lost + 2 * (p + q + P + Q) + 2


def _estimate(name: str, values: np.ndarray, fit: Callable[[], Any]):
    """Let statsmodels fit; what it would warn of becomes an error or is no matter."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = fit()
    except (np.linalg.LinAlgError, ValueError) as error:
        raise ForecastError(
            f"{name} could not be fitted on {len(values)} values ({error}): take a "
            "simpler one."
        ) from error
    found = result.mle_retvals or {}  # empty where nothing was to be estimated
    if not found.get("converged", found.get("success", True)):
        raise ForecastError(
            f"{name} did not converge on {len(values)} values: take lower orders or "
            "fewer parts, scale the history, or allow more iterations."
        )
    return result


@dataclass(frozen=True, eq=False)
class _Smoothed:
    """Exponential smoothing, fitted."""

    result: Any

    def forecast(self, horizon: int) -> np.ndarray:
        return np.asarray(self.result.forecast(len(_steps(horizon))))

    def interval(self, horizon: int, *, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles of paths that go on from here with errors like the past ones."""
        tail = (1 - check_level(level)) / 2
        n, rng = len(_steps(horizon)), np.random.default_rng(0)
        paths = np.asarray(self.result.simulate(n, repetitions=PATHS, rng=rng))
        lower, upper = np.quantile(paths.reshape(n, PATHS), [tail, 1 - tail], axis=1)
        return lower, upper


@dataclass(frozen=True, eq=False)
class _Sarimax:
    """Seasonal ARIMA, fitted on the history minus ``centre``."""

    result: Any
    centre: float

    def forecast(self, horizon: int) -> np.ndarray:
        return self.centre + self.result.forecast(len(_steps(horizon)))

    def interval(self, horizon: int, *, level: float) -> tuple[np.ndarray, np.ndarray]:
        alpha = 1 - check_level(level)
        ahead = self.result.get_forecast(len(_steps(horizon)))
        lower, upper = self.centre + ahead.conf_int(alpha=alpha).T
        return lower, upper


# ---------------------------------------------------------------------------- Keras


@dataclass(frozen=True)
class KerasLags:
    """Any Keras model that maps a window to the next value, forecast recursively.

    The history is scaled to mean 0 and standard deviation 1 for the network, by itself
    alone.  Each fit starts from the same weights; the model is compiled once and used
    again by later fits, because compiling takes longer than training.

    Parameters
    ----------
    lags : int
        Values in a window.
    build : callable
        Takes no argument and returns a compiled model from (batch, lags, 1) to
        (batch, 1).
    epochs, batch_size : int
        Passes over the windows, and windows in a step.
    seed : int
        Of the weights and of the order of the batches.
    name : str
        What tables call it.

    Examples
    --------
    >>> def build():
    ...     from utils.backend import keras
    ...     inputs = keras.Input((12, 1))
    ...     outputs = keras.layers.Dense(1)(keras.layers.Flatten()(inputs))
    ...     model = keras.Model(inputs, outputs)
    ...     model.compile("adam", loss="mse")
    ...     return model
    >>> network = KerasLags(12, build, epochs=2, seed=0, name="dense")
    >>> network.fit(np.sin(np.arange(50.0))).forecast(3).shape
    (3,)
    """

    lags: int
    build: Callable[[], keras.Model]
    epochs: int = 100
    batch_size: int = 32
    seed: int = 0
    name: str = "network"
    _built: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self):
        """Check the numbers."""
        for name in ("lags", "epochs", "batch_size"):
            check_count(name, getattr(self, name))
        check_count("seed", self.seed, least=0)

    def fit(self, history) -> Fitted:
        """Train on all windows of ``history``, (n,), with the value after each."""
        from utils.training.loop import set_seed

        reason = f"a window of {self.lags} values and the value after it"
        values = check_history(history, least=self.lags + 1, reason=reason)
        mean, std = values.mean(), values.std() or 1.0
        windows, labels = _windows_and_labels((values - mean) / std, self.lags)
        set_seed(self.seed)
        model, order = self._fresh_model(), self._order(len(windows))
        X, y = windows[order, :, None].astype(np.float32), labels[order]
        model.fit(X, y, batch_size=self.batch_size, shuffle=False, verbose=0)
        window = (values[-self.lags :] - mean) / std
        return _FittedKeras(model, model.get_weights(), window, mean, std)

    def _order(self, n: int) -> np.ndarray:
        """Windows of all epochs in a row, for one call: Keras pauses between epochs."""
        rng = np.random.default_rng(self.seed)
        return np.concatenate([rng.permutation(n) for _ in range(self.epochs)])

    def _fresh_model(self) -> keras.Model:
        """Return the compiled model with the weights that it began with."""
        if not self._built:
            model = self.build()
            self._check(model)
            model.optimizer.build(model.trainable_variables)
            variables = [*model.variables, *model.optimizer.variables]
            start = [variable.numpy() for variable in variables]
            self._built.update(model=model, variables=variables, start=start)
        for variable, value in zip(
            self._built["variables"], self._built["start"], strict=True
        ):
            variable.assign(value)
        return self._built["model"]

    def _check(self, model) -> None:
        if not getattr(model, "compiled", False):
            raise ValueError(
                "build must return a compiled model: call model.compile(optimizer, "
                "loss=...) in it."
            )
        if tuple(model.input_shape[1:]) != (self.lags, 1) or model.output_shape[1:] != (
            1,
        ):
            raise ValueError(
                f"build must return a model from (batch, {self.lags}, 1) to (batch, "
                f"1), not from {model.input_shape} to {model.output_shape}."
            )


@dataclass(frozen=True, eq=False)
class _FittedKeras:
    """A trained network; the model is shared, so it gets these weights back first."""

    model: keras.Model
    weights: list[np.ndarray]
    window: np.ndarray
    mean: float
    std: float

    def forecast(self, horizon: int) -> np.ndarray:
        n, lags = len(_steps(horizon)), len(self.window)
        self.model.set_weights(self.weights)
        values = np.concatenate([self.window, np.empty(n)])
        for step in range(n):
            window = values[None, step : step + lags, None]
            values[step + lags] = np.asarray(self.model.predict_on_batch(window))[0, 0]
        return self.mean + self.std * values[lags:]


# --------------------------------------------------------------------------- shared


def _steps(horizon: int) -> np.ndarray:
    return np.arange(1, check_count("horizon", horizon) + 1)


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _normal_interval(middle, spread, level: float) -> tuple[np.ndarray, np.ndarray]:
    reach = NormalDist().inv_cdf((1 + check_level(level)) / 2) * spread
    return middle - reach, middle + reach
