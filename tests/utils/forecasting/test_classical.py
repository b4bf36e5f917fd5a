"""Each forecaster equals its definition or its library, and says what it cannot do."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.holtwinters import ExponentialSmoothing as Smoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX

from utils.data.series import monthly
from utils.forecasting.classical import (
    Autoregression,
    Drift,
    ExponentialSmoothing,
    KerasLags,
    MovingAverage,
    Naive,
    Sarima,
    SeasonalMean,
    SeasonalNaive,
)
from utils.forecasting.forecaster import (
    Fitted,
    FittedWithInterval,
    Forecaster,
    ForecastError,
)

ELNINO = monthly("elnino").to_numpy()[-240:]
CO2 = monthly("co2").to_numpy()[-180:]
AIRLINE = ((0, 1, 1), (0, 1, 1, 12))
WITHOUT_KERAS = [
    Naive(),
    SeasonalNaive(12),
    Drift(),
    MovingAverage(6),
    SeasonalMean(12),
    Autoregression(12),
    Autoregression(12, ridge=1.0),
    ExponentialSmoothing(),
    ExponentialSmoothing(trend="add"),
    ExponentialSmoothing(season=12, trend="add", seasonal="add"),
    Sarima((1, 0, 0)),
    Sarima(*AIRLINE),
]


def named(forecasters):
    return pytest.mark.parametrize(
        "forecaster", forecasters, ids=lambda each: each.name
    )


# ---------------------------------------------------------------------- the protocol


@named(WITHOUT_KERAS)
def test_every_forecaster_keeps_the_protocol(forecaster):
    assert isinstance(forecaster, Forecaster)
    history = ELNINO.copy()
    fitted = forecaster.fit(history)
    assert isinstance(fitted, Fitted)
    forecast = fitted.forecast(15)
    assert forecast.shape == (15,)
    assert np.isfinite(forecast).all()
    np.testing.assert_allclose(fitted.forecast(4), forecast[:4])
    np.testing.assert_array_equal(history, ELNINO)
    np.testing.assert_allclose(
        forecaster.fit(monthly("elnino")[-240:]).forecast(15), forecast
    )
    for horizon in (0, -1, 1.5, True):
        with pytest.raises(
            ValueError, match="horizon must be a whole number, 1 or more"
        ):
            fitted.forecast(horizon)


@named(WITHOUT_KERAS)
def test_every_forecaster_moves_with_a_shift_of_the_series(forecaster):
    """None of them knows where zero is, once it is fitted to convergence."""
    moved = forecaster.fit(ELNINO + 100).forecast(6) - 100
    np.testing.assert_allclose(moved, forecaster.fit(ELNINO).forecast(6), atol=0.05)


@named(WITHOUT_KERAS)
def test_every_forecaster_refuses_values_that_are_not_finite(forecaster):
    history = ELNINO.copy()
    history[7] = np.nan
    with pytest.raises(ValueError, match="history holds nan at row 7, the first of 1"):
        forecaster.fit(history)


@named([each for each in WITHOUT_KERAS if each.name != "naive"])
def test_every_forecaster_says_how_many_values_it_needs(forecaster):
    with pytest.raises(
        ValueError, match=r"history holds 1 values, and .* needs .* or more"
    ):
        forecaster.fit([1.0])


# ------------------------------------------------------------------ by their definition


@given(season=st.integers(1, 6), n=st.integers(6, 40), horizon=st.integers(1, 15))
def test_the_seasonal_mean_averages_every_value_of_its_place(season, n, horizon):
    values = np.random.default_rng(n).normal(size=n)
    forecast = SeasonalMean(season).fit(values).forecast(horizon)
    for step in range(horizon):
        same = [values[i] for i in range(n) if (n + step - i) % season == 0]
        assert forecast[step] == pytest.approx(np.mean(same))


def test_the_moving_average_of_one_is_naive_and_of_all_is_the_mean():
    assert MovingAverage(1).fit(ELNINO).forecast(3).tolist() == [ELNINO[-1]] * 3
    np.testing.assert_allclose(
        MovingAverage(240).fit(ELNINO).forecast(3), ELNINO.mean()
    )


def test_the_seasonal_naive_forecast_repeats_the_last_season_beyond_it():
    forecast = SeasonalNaive(12).fit(ELNINO).forecast(30)
    np.testing.assert_array_equal(forecast, np.tile(ELNINO[-12:], 3)[:30])


@pytest.mark.parametrize("ridge", [0.0, 3.0])
def test_autoregression_equals_a_slow_loop(ridge):
    lags, n = 5, len(ELNINO)
    X = np.array([[*ELNINO[i : i + lags], 1.0] for i in range(n - lags)])
    y = np.array([ELNINO[i + lags] for i in range(n - lags)])
    penalty = ridge * np.diag([*[1.0] * lags, 0.0])  # the intercept is free
    weights = np.linalg.solve(X.T @ X + penalty, X.T @ y)
    fitted = Autoregression(lags, ridge=ridge).fit(ELNINO)
    np.testing.assert_allclose(fitted.coefficients, weights[:-1], atol=1e-8)
    assert fitted.intercept == pytest.approx(weights[-1], abs=1e-6)
    values = list(ELNINO)
    for _ in range(20):
        total = weights[-1]
        for lag in range(lags):
            total += weights[lag] * values[lag - lags]
        values.append(total)
    np.testing.assert_allclose(fitted.forecast(20), values[n:], atol=1e-6)


# ------------------------------------------------------------- as the library has them


@pytest.mark.parametrize(
    ("series", "parts"),
    [
        (ELNINO, {}),
        (CO2, {"trend": "add"}),
        (CO2, {"trend": "add", "seasonal": "add"}),
        (CO2, {"trend": "add", "seasonal": "mul"}),
        (ELNINO, {"seasonal": "add"}),
    ],
)
def test_exponential_smoothing_is_statsmodels(series, parts):
    season = 12 if "seasonal" in parts else None
    expected = Smoothing(series, seasonal_periods=season, **parts).fit().forecast(24)
    found = ExponentialSmoothing(season=season, **parts).fit(series).forecast(24)
    np.testing.assert_allclose(found, expected)


def test_a_damped_trend_is_statsmodels():
    expected = Smoothing(CO2, trend="add", damped_trend=True).fit().forecast(9)
    found = ExponentialSmoothing(trend="add", damped=True).fit(CO2).forecast(9)
    np.testing.assert_allclose(found, expected)


def test_sarima_is_statsmodels():
    order, seasonal = AIRLINE
    model = SARIMAX(ELNINO, order=order, seasonal_order=seasonal)
    result = model.fit(disp=False, maxiter=200)
    fitted = Sarima(order, seasonal).fit(ELNINO)
    np.testing.assert_allclose(fitted.forecast(24), result.forecast(24), atol=0.02)
    expected = result.get_forecast(24).conf_int(alpha=0.2).T
    np.testing.assert_allclose(fitted.interval(24, level=0.8), expected, atol=0.05)


def test_arima_without_differences_returns_to_the_mean_that_statsmodels_estimates():
    series = 1000 + autoregressive(np.random.default_rng(3), 40)
    expected = ARIMA(series, order=(2, 0, 0)).fit().forecast(100)
    assert abs(expected[-1] - series.mean()) > 0.02  # not simply their mean
    found = Sarima((2, 0, 0)).fit(series).forecast(100)
    np.testing.assert_allclose(found, expected, atol=0.01)


# ------------------------------------------------------------------------- intervals


def walk(rng, n):
    return rng.normal(size=n).cumsum()


def seasonal_walk(rng, n):
    return rng.normal(size=(n // 4 + 1, 4)).cumsum(axis=0).ravel()[:n]


def drifting_walk(rng, n):
    return (0.5 + rng.normal(size=n)).cumsum()


def autoregressive(rng, n):
    values = np.zeros(n + 50)
    for t in range(2, n + 50):
        values[t] = 1.2 * values[t - 1] - 0.5 * values[t - 2] + rng.normal()
    return values[50:]


@pytest.mark.parametrize(
    ("forecaster", "draw", "runs"),
    [
        (Naive(), walk, 400),
        (SeasonalNaive(4), seasonal_walk, 400),
        (Drift(), drifting_walk, 400),
        (Autoregression(2), autoregressive, 400),
        (ExponentialSmoothing(), walk, 60),
        (Sarima((2, 0, 0)), autoregressive, 30),
    ],
    ids=lambda each: getattr(each, "name", None),
)
def test_intervals_cover_what_they_say_on_series_of_their_own_form(
    forecaster, draw, runs
):
    inside = np.zeros(6)
    for seed in range(runs):
        series = draw(np.random.default_rng(seed), 126)
        lower, upper = forecaster.fit(series[:120]).interval(6, level=0.8)
        inside += (lower <= series[120:]) & (series[120:] <= upper)
    error = 3 * np.sqrt(0.8 * 0.2 / runs)
    assert np.abs(inside / runs - 0.8).max() < error + 0.03


@named(
    [
        each
        for each in WITHOUT_KERAS
        if each.name not in ("moving average of 6", "seasonal mean")
    ]
)
def test_intervals_surround_the_forecast_and_widen_with_level_and_horizon(forecaster):
    fitted = forecaster.fit(ELNINO)
    assert isinstance(fitted, FittedWithInterval)
    forecast = fitted.forecast(24)
    low, high = fitted.interval(24, level=0.5)
    lower, higher = fitted.interval(24, level=0.95)
    assert (lower < low).all()
    assert (low < forecast).all()
    assert (forecast < high).all()
    assert (high < higher).all()
    assert (higher - lower)[23] > (higher - lower)[0]
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match="level must be a number between 0 and 1"):
            fitted.interval(3, level=level)


def test_forecasters_without_an_interval_do_not_pretend():
    for forecaster in (MovingAverage(3), SeasonalMean(3)):
        assert not isinstance(forecaster.fit(ELNINO), FittedWithInterval)


@pytest.mark.parametrize(
    ("forecaster", "history", "message"),
    [
        (Naive(), [1.0], "history holds 1 values"),
        (SeasonalNaive(2), [1.0, 2.0], "an interval with a season of 2 needs 3"),
        (Drift(), [1.0, 2.0], "an interval around a line needs 3"),
        (Autoregression(2), [1.0, 2.0, 3.0, 5.0], "too few to judge errors with 2"),
    ],
)
def test_an_interval_says_where_a_history_is_too_short_for_it(
    forecaster, history, message
):
    with pytest.raises(ValueError, match=message):
        forecaster.fit(history).interval(2, level=0.9)


# ------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SeasonalNaive(0), "season must be a whole number, 1 or more, not 0"),
        (lambda: SeasonalMean(0), "season must be a whole number, 1 or more, not 0"),
        (lambda: MovingAverage(0), "window must be a whole number, 1 or more"),
        (lambda: Autoregression(0), "lags must be a whole number, 1 or more"),
        (lambda: Autoregression(2, ridge=-1), "ridge must be 0 or more, not -1"),
        (lambda: ExponentialSmoothing(season=0, seasonal="add"), "2 or more, not 0"),
        (
            lambda: ExponentialSmoothing(season=12),
            "season and seasonal belong together",
        ),
        (lambda: ExponentialSmoothing(seasonal="add"), "give both or neither"),
        (
            lambda: ExponentialSmoothing(trend="up"),
            "trend must be None, 'add' or 'mul'",
        ),
        (lambda: ExponentialSmoothing(damped=True), "needs a trend to damp"),
        (lambda: Sarima((1, 1)), r"order must hold 3 whole numbers, not \(1, 1\)"),
        (lambda: Sarima((1, -1, 0)), "every number of order must be .* 0 or more"),
        (
            lambda: Sarima((1, 0, 0), (0, 1, 1, 0)),
            "must end with the steps in a season",
        ),
        (lambda: Sarima((1, 0, 0), iterations=0), "iterations must be"),
    ],
)
def test_a_bad_setting_is_named_where_the_forecaster_is_made(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("forecaster", "message"),
    [
        (SeasonalNaive(12), "holds 10 values, and a season of 12 needs 12 or more"),
        (SeasonalMean(12), "holds 10 values, and a season of 12 needs 12 or more"),
        (MovingAverage(11), "holds 10 values, and a window of 11 needs 11 or more"),
        (Autoregression(10), "a window of 10 values and the value after it needs 11"),
        (
            ExponentialSmoothing(season=12, seasonal="add"),
            "Holt-Winters, for two seasons, needs 24 or more",
        ),
        (Sarima(*AIRLINE), r"SARIMA\(0,1,1\)\(0,1,1,12\) needs 32 or more"),
    ],
    ids=lambda each: getattr(each, "name", None),
)
def test_a_history_shorter_than_a_window_or_a_season_is_refused(forecaster, message):
    with pytest.raises(ValueError, match=message):
        forecaster.fit(np.arange(10.0))


def test_multiplicative_smoothing_refuses_a_series_with_zeros():
    sunspots = monthly("sunspots").to_numpy()
    zero = int((sunspots == 0).argmax())
    smoothing = ExponentialSmoothing(season=12, seasonal="mul")
    with pytest.raises(
        ValueError, match=f"holds 0.0 at row {zero}, and a part with 'mul'"
    ):
        smoothing.fit(sunspots)
    assert ExponentialSmoothing(season=12, seasonal="add").fit(sunspots[-400:])


def test_a_sarima_that_does_not_converge_is_an_error_that_says_so():
    hasty = Sarima(*AIRLINE, iterations=1)
    with pytest.raises(
        ForecastError, match="did not converge on 240 values: take lower"
    ):
        hasty.fit(ELNINO)


def test_smoothing_that_does_not_converge_is_an_error_that_says_so(monkeypatch):
    fit = Smoothing.fit

    def hasty(self):
        return fit(self, minimize_kwargs={"options": {"maxiter": 1}})

    monkeypatch.setattr(Smoothing, "fit", hasty)
    with pytest.raises(ForecastError, match="Holt-Winters did not converge on 240"):
        ExponentialSmoothing(season=12, seasonal="add").fit(ELNINO)


def test_what_the_library_cannot_compute_is_an_error_that_says_so(monkeypatch):
    def singular(*_, **__):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(SARIMAX, "fit", singular)
    with pytest.raises(
        ForecastError, match=r"could not be fitted .* \(Singular matrix\)"
    ):
        Sarima(*AIRLINE).fit(ELNINO)


def test_warnings_of_the_library_do_not_reach_the_reader():
    """It warns of starting values here, and finds others by itself."""
    growing = 1.05 ** np.arange(60)
    with warnings.catch_warnings(record=True) as raw:
        warnings.simplefilter("always")
        SARIMAX(growing, order=(1, 0, 0), trend="c").fit(disp=False)
    assert any("Non-stationary starting" in str(each.message) for each in raw)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        Sarima((1, 0, 0)).fit(growing)
    assert seen == []


# ----------------------------------------------------------------------------- Keras


def line(lags=12, *, outputs=1, compiled=True):
    """Return a function that builds a linear model; the first weights are all zero."""

    def build():
        from utils.backend import keras

        inputs = keras.Input((lags, 1))
        flat = keras.layers.Flatten()(inputs)
        outputs_ = keras.layers.Dense(outputs, kernel_initializer="zeros")(flat)
        model = keras.Model(inputs, outputs_)
        if compiled:
            model.compile(keras.optimizers.Adam(0.02), loss="mse")
        return model

    return build


def test_a_linear_network_comes_near_the_line_in_closed_form():
    network = KerasLags(12, line(), epochs=100, name="dense")
    assert isinstance(network, Forecaster)
    forecast = network.fit(ELNINO).forecast(6)
    np.testing.assert_allclose(
        forecast, Autoregression(12).fit(ELNINO).forecast(6), atol=0.5
    )


def test_a_network_is_fitted_anew_each_time_and_keeps_what_it_learned():
    network = KerasLags(12, line(), epochs=3, name="dense")
    first = network.fit(ELNINO[:120])
    before = first.forecast(5)
    second = network.fit(ELNINO)
    np.testing.assert_allclose(first.forecast(5), before, rtol=1e-6)
    assert not np.allclose(second.forecast(5), before)
    np.testing.assert_allclose(network.fit(ELNINO[:120]).forecast(5), before, rtol=1e-5)
    other = KerasLags(12, line(), epochs=3, name="dense").fit(ELNINO[:120])
    np.testing.assert_allclose(other.forecast(5), before, rtol=1e-5)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (line(compiled=False), "build must return a compiled model"),
        (
            line(lags=6),
            r"from \(batch, 12, 1\) to \(batch, 1\), not from \(None, 6, 1\)",
        ),
        (line(outputs=2), r"to \(None, 2\)"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        KerasLags(12, build).fit(ELNINO)


def test_a_history_shorter_than_the_networks_window_is_refused():
    with pytest.raises(
        ValueError, match="a window of 12 values and the value after it"
    ):
        KerasLags(12, line()).fit(ELNINO[:12])
    for setting in ("lags", "epochs", "batch_size"):
        with pytest.raises(ValueError, match=f"{setting} must be"):
            KerasLags(**{"lags": 3, "build": line(), setting: 0})
