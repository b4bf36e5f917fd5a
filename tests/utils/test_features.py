"""Promises of utils.features: causal, gap-aware, and equal to slow, plain sums."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import features
from utils.data import jena, weather
from utils.windows import Windows

TARGET = "T (degC)"


@pytest.fixture(scope="module")
def table():
    return weather.simulate(seed=1, hours=400)


def small(n=30, seed=0):
    values = np.random.default_rng(seed).normal(size=(n, 2))
    times = pd.date_range("2015-06-01", periods=n, freq="h")
    return pd.DataFrame(values, index=times, columns=["a", "b"])


# ------------------------------------------------------------------------ causality


@pytest.mark.parametrize("row", [119, 200, 399])
def test_changing_the_future_changes_no_feature(table, row):
    changed = table.copy()
    changed.iloc[row + 1 :] = changed.iloc[row + 1 :] * -3 + 100
    before = features.weather_features(table, [row], target=TARGET)
    after = features.weather_features(changed, [row], target=TARGET)
    pd.testing.assert_frame_equal(before, after)


def test_changing_the_present_changes_features(table):
    changed = table.copy()
    changed.iloc[200] += 1.0
    before = features.weather_features(table, [200], target=TARGET)
    after = features.weather_features(changed, [200], target=TARGET)
    assert (before != after).any(axis=None)


def test_a_row_has_the_same_features_alone_and_among_others(table):
    together = features.weather_features(table, [150, 260, 399], target=TARGET)
    alone = features.weather_features(table, [260], target=TARGET)
    np.testing.assert_array_equal(together.loc[[260]], alone)


def test_the_target_is_no_function_of_one_feature(table):
    rows = np.arange(119, 376)
    table_of = features.weather_features(table, rows, target=TARGET)
    y = features.change(table, rows, target=TARGET)
    noise = np.random.default_rng(0).normal(size=len(y)) * 1e-9
    correlations = [np.corrcoef(table_of[n] + noise, y)[0, 1] for n in table_of]
    assert np.max(np.abs(correlations)) < 0.95


@pytest.mark.parametrize("hours", [[-1], [0, -24]])
def test_a_look_into_the_future_is_refused(hours):
    with pytest.raises(ValueError, match="looks back, never ahead"):
        features.lags(small(), [5], hours=hours)


# ----------------------------------------------------------------------------- gaps


def test_a_look_back_across_a_gap_is_refused():
    pieces = [(0, 10), (10, 30)]
    features.lags(small(), [13], hours=[3], segments=pieces)
    with pytest.raises(ValueError, match=r"row 12 cannot look 3 rows back.*row 10"):
        features.lags(small(), [13, 12], hours=[3], segments=pieces)
    with pytest.raises(ValueError, match="row 12 cannot look 3 rows back"):
        features.aggregates(small(), [12], hours=[4], segments=pieces)
    with pytest.raises(ValueError, match="row 2 cannot look 3 rows back"):
        features.differences(small(), [2], hours=[3])


def test_rows_from_windows_never_look_across_a_gap():
    table = jena.clean(weather.like_jena())
    pieces = jena.segments(table)
    windows = Windows(
        table, TARGET, length=120, horizon=24, segments=pieces, stride=97, stop=40_000
    )
    rows = windows.input_rows[:, -1]
    frame = features.weather_features(table, rows, target=TARGET, segments=pieces)
    assert len(frame) == len(windows)
    assert np.isfinite(frame.to_numpy()).all()


# --------------------------------------------------------------------------- values


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_every_feature_equals_a_plain_computation(seed, hours):
    table = small(seed=seed)
    rows = np.array([9, 15, 29])
    lag = features.lags(table, rows, hours=[hours])
    step = features.differences(table, rows, hours=[hours])
    every = list(features.SUMMARIES)
    summary = features.aggregates(table, rows, hours=[hours], summaries=every)
    for row in rows:
        past = table["b"].to_numpy()[row - hours + 1 : row + 1]
        then, now = table["b"].iloc[row - hours], table["b"].iloc[row]
        assert lag.loc[row, f"b, {hours} h ago"] == np.float32(then)
        assert step.loc[row, f"b, change in {hours} h"] == np.float32(now - then)
        expected = [past.mean(), past.std(), past.min(), past.max()]
        names = [f"b, {name} of {hours} h" for name in every]
        np.testing.assert_allclose(summary.loc[row, names], expected, atol=1e-6)


def test_now_plus_the_change_is_the_target_of_a_window(table):
    windows = Windows(table, TARGET, length=120, horizon=24)
    rows = windows.input_rows[:, -1]
    now = table[TARGET].to_numpy()[rows]
    change = features.change(table, rows, target=TARGET, horizon=24)
    np.testing.assert_allclose(now + change, windows.targets, atol=1e-5)


def test_the_wind_vector_keeps_the_speed_and_closes_the_circle():
    wind = pd.DataFrame({"wv (m/s)": [3.0, 3.0, 3.0], "wd (deg)": [0.0, 360.0, 90.0]})
    vector = features.wind_vector(wind)
    east, north = vector[features.EAST], vector[features.NORTH]
    np.testing.assert_allclose(np.hypot(east, north), 3.0)
    np.testing.assert_allclose([east[0], north[0]], [east[1], north[1]], atol=1e-12)
    np.testing.assert_allclose([east[2], north[2]], [-3.0, 0.0], atol=1e-12)


def test_the_calendar_is_that_of_the_target(table):
    later = features.calendar(table, [100], horizon=24)
    same = features.calendar(table, [112], horizon=12)
    np.testing.assert_array_equal(later, same)
    assert later.shape == (1, 24)


# ------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: features.lags(t, [30], hours=[0]), "rows 30 to 30 are not all in"),
        (lambda t: features.lags(t, [-1], hours=[0]), "not all in the table"),
        (lambda t: features.lags(t, [1.5], hours=[0]), "rows must be a list of whole"),
        (lambda t: features.lags(t, [], hours=[0]), "rows must be a list of whole"),
        (lambda t: features.lags(t, [5], hours=[]), "hours must be whole numbers"),
        (lambda t: features.lags(t, [5], hours=[1.5]), "hours must be whole numbers"),
        (lambda t: features.differences(t, [5], hours=[0]), "1 or more"),
        (
            lambda t: features.lags(t, [5], hours=[0], columns=["c"]),
            r"columns \['c'\] are not in the table",
        ),
        (
            lambda t: features.aggregates(t, [5], hours=[2], summaries=["mode"]),
            "summaries must be some of mean, std, min, max",
        ),
        (lambda t: features.change(t, [29], target="a", horizon=1), "not all in"),
        (lambda t: features.wind_vector(t), "are not in the table"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call(small())
