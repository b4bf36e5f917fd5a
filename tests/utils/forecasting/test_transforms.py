"""Differences come back exactly, and so do forecasts made of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.forecasting.classical import (
    Autoregression,
    Drift,
    MovingAverage,
    Naive,
    SeasonalNaive,
)
from utils.forecasting.forecaster import FittedWithInterval
from utils.forecasting.transforms import (
    Differenced,
    Logged,
    Scaled,
    difference,
    undifference,
)

SERIES = 100 + np.random.default_rng(0).normal(size=60).cumsum()
whole = st.integers(-1000, 1000)


@given(lag=st.integers(1, 13), n=st.integers(1, 40), seed=st.integers(0, 999))
def test_undifference_is_the_exact_inverse_for_any_lag(lag, n, seed):
    rng = np.random.default_rng(seed)
    series = rng.integers(-1000, 1000, (2, n + lag)).astype(float)  # no rounding
    back = undifference(difference(series, lag), anchor=series[:, :lag])
    np.testing.assert_array_equal(back, series[:, lag:])


@given(lag=st.integers(1, 13), n=st.integers(1, 40), seed=st.integers(0, 999))
def test_difference_is_the_exact_inverse_of_undifference(lag, n, seed):
    rng = np.random.default_rng(seed)
    anchor, changes = rng.integers(-9, 9, lag), rng.integers(-9, 9, n)
    series = np.concatenate([anchor, undifference(changes, anchor)])
    np.testing.assert_array_equal(difference(series, lag), changes)


@pytest.mark.parametrize("lag", [1, 3, 12])
def test_undifference_is_the_loop_that_adds_the_value_one_lag_before(lag):
    changes = np.random.default_rng(1).normal(size=30)
    values = list(SERIES[:lag])
    for change in changes:
        values.append(values[-lag] + change)
    np.testing.assert_allclose(undifference(changes, SERIES[:lag]), values[lag:])


def test_a_difference_takes_a_line_and_a_season_out():
    season = np.tile([0.0, 3.0, 1.0], 8)
    assert (difference(2.0 * np.arange(20)) == 2).all()
    assert (difference(season, lag=3) == 0).all()


@pytest.mark.parametrize("lag", [1, 4])
def test_differenced_forecasts_the_changes_and_adds_them_up(lag):
    inner = Autoregression(2)
    fitted = Differenced(inner, lag).fit(SERIES)
    changes = inner.fit(difference(SERIES, lag)).forecast(10)
    expected = list(SERIES[-lag:])
    for change in changes:
        expected.append(expected[-lag] + change)
    np.testing.assert_allclose(fitted.forecast(10), expected[lag:])


def test_known_forecasters_are_others_on_differences():
    """A naive forecast of seasonal changes of 0 repeats the season, for example."""
    season = np.tile([1.0, 5.0, 2.0], 10)
    repeated = Differenced(MovingAverage(3), 3).fit(season)
    np.testing.assert_allclose(
        repeated.forecast(7), SeasonalNaive(3).fit(season).forecast(7)
    )
    mean_change = Differenced(MovingAverage(59), 1).fit(SERIES)
    np.testing.assert_allclose(mean_change.forecast(9), Drift().fit(SERIES).forecast(9))


def test_logged_continues_growth_by_a_factor():
    growing = 3 * 1.1 ** np.arange(40)
    fitted = Logged(Drift()).fit(growing)
    np.testing.assert_allclose(fitted.forecast(12), 3 * 1.1 ** np.arange(40, 52))


def test_scaled_changes_nothing_where_the_inner_forecaster_has_no_scale():
    for inner in (Naive(), Drift(), Autoregression(3)):
        np.testing.assert_allclose(
            Scaled(inner).fit(SERIES).forecast(8), inner.fit(SERIES).forecast(8)
        )


def test_scaled_makes_a_penalty_the_same_in_every_unit():
    inner = Autoregression(3, ridge=5.0)
    one = Scaled(inner).fit(SERIES).forecast(5)
    other = Scaled(inner).fit(1000 * SERIES - 7).forecast(5)
    np.testing.assert_allclose(1000 * one - 7, other)
    plain = inner.fit(1000 * SERIES).forecast(5) / 1000
    assert not np.allclose(plain, inner.fit(SERIES).forecast(5))


def test_intervals_pass_through_where_quantiles_do():
    inner = Naive().fit(np.log(SERIES)).interval(4, level=0.9)
    logged = Logged(Naive()).fit(SERIES).interval(4, level=0.9)
    np.testing.assert_allclose(logged, np.exp(inner))
    np.testing.assert_allclose(
        Scaled(Naive()).fit(SERIES).interval(4, level=0.9),
        Naive().fit(SERIES).interval(4, level=0.9),
    )
    assert not isinstance(Differenced(Naive()).fit(SERIES), FittedWithInterval)
    assert not isinstance(Logged(MovingAverage(2)).fit(SERIES), FittedWithInterval)


def test_names_say_what_is_around_what():
    assert Differenced(Naive(), 12).name == "naive on differences of 12"
    assert Logged(Drift()).name == "drift on logarithms"
    assert Scaled(Naive()).name == "naive, scaled"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: difference([1.0, 2.0], lag=0), "lag must be .* 1 or more, not 0"),
        (lambda: difference([1.0, 2.0], lag=1.5), "lag must be a whole number"),
        (lambda: difference([1.0, 2.0], lag=2), r"longer than lag=2 .* shape \(2,\)"),
        (lambda: undifference([1.0], []), "as many as the lag"),
        (lambda: undifference([[1.0]], [1.0]), r"shape \(1,\) beside .* \(1, 1\)"),
        (lambda: Differenced(Naive(), 0), "lag must be"),
        (
            lambda: Differenced(Naive(), 12).fit(np.ones(12)),
            "history holds 12 values, and a difference of 12 steps needs 13",
        ),
        (
            lambda: Logged(Naive()).fit([1.0, 0.0]),
            "holds 0.0 at row 1, and only positive values have a logarithm",
        ),
        (
            lambda: Scaled(Naive()).fit([3.0, 3.0]),
            "3.0 in every row, so it has no scale",
        ),
        (
            lambda: Differenced(Naive()).fit([1.0, np.nan, 2.0]),
            "nan at row 1, the first of 1 values",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
