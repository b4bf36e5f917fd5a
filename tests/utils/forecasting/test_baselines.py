"""Baselines by hand examples, and by scikit-learn for linear models."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression, Ridge

from utils.forecasting.baselines import (
    Climatology,
    Linear,
    drift,
    naive,
    seasonal_naive,
)
from utils.windows import Windows

FORECASTS = {
    "naive": naive,
    "seasonal naive": lambda history, **kw: seasonal_naive(history, season=2, **kw),
    "drift": drift,
}


@pytest.mark.parametrize("forecast", FORECASTS.values(), ids=FORECASTS)
def test_a_batch_is_forecast_series_by_series(forecast):
    batch = np.random.default_rng(0).normal(size=(3, 4, 7))
    for horizon in (1, 5, [1, 2, 9]):
        together = forecast(batch, horizon=horizon)
        assert together.shape == (3, 4, *np.shape(horizon))
        for i in np.ndindex(3, 4):
            alone = forecast(batch[i], horizon=horizon)
            np.testing.assert_array_equal(together[i], alone)


@pytest.mark.parametrize("forecast", FORECASTS.values(), ids=FORECASTS)
@pytest.mark.parametrize("horizon", [0, -1, 1.5, [1, 0], [[1]], "2"])
def test_horizons_that_are_not_whole_and_positive_are_refused(forecast, horizon):
    with pytest.raises(ValueError, match="horizon must be"):
        forecast(np.arange(5.0), horizon=horizon)


@pytest.mark.parametrize("forecast", FORECASTS.values(), ids=FORECASTS)
def test_too_short_a_history_is_refused(forecast):
    with pytest.raises(ValueError, match=r"history must have \d rows or more"):
        forecast([])


@pytest.mark.parametrize("season", [0, -2, 1.5, None])
def test_a_season_that_is_not_whole_and_positive_is_refused(season):
    with pytest.raises(ValueError, match="season must be a whole number"):
        seasonal_naive([1.0, 2.0], season=season)


def test_the_naive_forecast_is_the_windows_last_row():
    series = np.random.default_rng(0).normal(size=50).astype(np.float32)
    windows = Windows(series[:, None], series, length=6, horizon=4)
    forecast = naive(windows.inputs[:, :, 0], horizon=4)
    np.testing.assert_array_equal(forecast, series[5:-4])


@given(season=st.integers(1, 9), horizon=st.integers(1, 30), seed=st.integers(0, 99))
def test_the_seasonal_naive_forecast_is_exact_on_a_periodic_series(
    season, horizon, seed
):
    wave = np.random.default_rng(seed).normal(size=season)
    series = np.resize(wave, 3 * season + horizon)
    forecast = seasonal_naive(series[: 3 * season], season=season, horizon=horizon)
    assert forecast == series[3 * season + horizon - 1]


@given(slope=st.floats(-5, 5), start=st.floats(-5, 5), horizon=st.integers(1, 20))
def test_drift_is_exact_on_a_straight_line(slope, start, horizon):
    line = start + slope * np.arange(10 + horizon)
    assert drift(line[:10], horizon=horizon) == pytest.approx(line[-1], abs=1e-9)


def test_climatology_recovers_a_daily_cycle_that_changes_with_the_season():
    hours = np.arange("2009-01-01", "2013-01-01", dtype="datetime64[h]")
    day = 2 * np.pi * (hours - hours.astype("datetime64[D]")).astype(float) / 24
    year = 2 * np.pi * hours.astype("datetime64[s]").astype(float) / (365.2425 * 86400)
    values = 9 - 10 * np.cos(year) + (3 - 2 * np.cos(year)) * np.cos(day - 1)
    half = len(hours) // 2
    climatology = Climatology.fit(hours[:half], values[:half], yearly=1, daily=1)
    np.testing.assert_allclose(climatology.predict(hours), values, atol=1e-6)


def test_climatology_without_waves_is_the_mean():
    hours = np.arange("2009-01-01", "2009-01-03", dtype="datetime64[h]")
    climatology = Climatology.fit(hours, np.arange(48.0), yearly=0, daily=0)
    assert climatology.predict(hours[:2]) == pytest.approx([23.5, 23.5])


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((2, 1))])
def test_climatology_refuses_values_that_do_not_match_its_times(values):
    times = np.array(["2009-01-01", "2009-01-02"], dtype="datetime64[h]")
    with pytest.raises(ValueError, match="values must be one number for each"):
        Climatology.fit(times, values, yearly=0, daily=0)


@given(seed=st.integers(0, 2**32 - 1), ridge=st.sampled_from([0.0, 0.1, 10.0]))
def test_linear_agrees_with_scikit_learn(seed, ridge):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(2, 3, size=(40, 5, 2)), rng.normal(size=(40, 3))
    theirs = Ridge(alpha=ridge) if ridge else LinearRegression()
    theirs.fit(X.reshape(40, -1), y)
    ours = Linear.fit(X, y, ridge=ridge)
    np.testing.assert_allclose(ours.weights.T, theirs.coef_, atol=1e-8)
    np.testing.assert_allclose(ours.bias, theirs.intercept_, atol=1e-8)
    np.testing.assert_allclose(
        ours.predict(X), theirs.predict(X.reshape(40, -1)), atol=1e-8
    )


def test_linear_finds_the_rule_of_a_wave_from_its_windows():
    wave = np.sin(0.3 * np.arange(200))
    windows = Windows(wave[:, None], wave, length=2, horizon=3)
    model = Linear.fit(windows.inputs[:100], windows.targets[:100])
    error = model.predict(windows.inputs[100:]) - windows.targets[100:]
    assert np.abs(error).max() < 1e-5


@pytest.mark.parametrize(
    ("n_inputs", "n_targets", "ridge", "match"),
    [(3, 4, 0, "3 and 4"), (0, 0, 0, "at least one"), (3, 3, -1, "ridge must be 0")],
)
def test_linear_refuses_what_it_cannot_fit(n_inputs, n_targets, ridge, match):
    with pytest.raises(ValueError, match=match):
        Linear.fit(np.zeros((n_inputs, 2)), np.zeros(n_targets), ridge=ridge)
