"""Promises of utils.metrics: hand examples and scikit-learn's numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as trusted

from utils import metrics

values = hnp.arrays(
    float, st.integers(2, 30), elements=st.floats(-1e3, 1e3, allow_subnormal=False)
)


@given(values, st.integers(0, 99))
def test_errors_agree_with_scikit_learn(y, seed):
    y_hat = y + np.random.default_rng(seed).normal(size=y.shape)
    assert metrics.mse(y, y_hat) == pytest.approx(trusted.mean_squared_error(y, y_hat))
    assert metrics.mae(y, y_hat) == pytest.approx(trusted.mean_absolute_error(y, y_hat))
    rmse = trusted.root_mean_squared_error(y, y_hat)
    assert metrics.rmse(y, y_hat) == pytest.approx(rmse)


def test_mase_is_one_for_a_forecast_as_good_as_the_naive_one_on_the_history():
    history = [10.0, 12.0, 11.0, 15.0]  # steps of 2, 1 and 4: MAE 7/3
    assert metrics.mase([0.0], [7 / 3], history=history) == pytest.approx(1)


def test_seasonal_mase_scales_by_last_seasons_values():
    history = [1.0, 5.0, 2.0, 8.0]  # a season of 2: |2 - 1| and |8 - 5|, mean 2
    assert metrics.mase([3.0], [7.0], history=history, season=2) == 2


@given(st.floats(0, 10), st.floats(0.1, 10))
def test_skill_is_zero_at_the_reference_and_one_at_perfection(error, reference):
    assert metrics.skill(reference, reference) == 0
    assert metrics.skill(0.0, reference) == 1
    assert (metrics.skill(error, reference) < 0) == (error > reference)


@given(st.floats(0.05, 0.95), st.integers(0, 9))
def test_an_interval_between_quantiles_covers_its_share(share, seed):
    y = np.random.default_rng(seed).normal(size=2000)
    low, high = np.quantile(y, [(1 - share) / 2, (1 + share) / 2])
    covered = metrics.coverage(y, np.full_like(y, low), np.full_like(y, high))
    assert covered == pytest.approx(share, abs=2e-3)


def test_the_ends_of_an_interval_belong_to_it():
    assert metrics.coverage([1.0, 2.0], [1.0, 1.0], [1.5, 2.0]) == 1


@pytest.mark.parametrize("error", [metrics.mse, metrics.rmse, metrics.mae])
@pytest.mark.parametrize(
    ("y", "y_hat", "match"),
    [
        (np.zeros(3), np.zeros((3, 1)), r"one shape, not \(3,\) and \(3, 1\)"),
        ([], [], "empty"),
        ([1.0, np.nan], [1.0, 1.0], "not finite"),
        ([1.0, 1.0], [1.0, np.inf], "not finite"),
    ],
)
def test_what_cannot_be_compared_is_refused(error, y, y_hat, match):
    with pytest.raises(ValueError, match=match):
        error(y, y_hat)


@pytest.mark.parametrize(
    ("history", "season", "match"),
    [
        ([1.0], 1, "more than season=1 values"),
        ([1.0, 2.0], 0, "more than season=0 values"),
        ([[1.0, 2.0]], 1, r"not the shape \(1, 2\)"),
        ([3.0, 3.0, 3.0], 1, "naive error is zero"),
    ],
)
def test_a_history_that_cannot_scale_is_refused(history, season, match):
    with pytest.raises(ValueError, match=match):
        metrics.mase([1.0], [2.0], history=history, season=season)


@pytest.mark.parametrize(("error", "reference"), [(-1, 2), (1, 0), (np.nan, 1)])
def test_skill_refuses_what_is_no_error(error, reference):
    with pytest.raises(ValueError, match="must be errors"):
        metrics.skill(error, reference)


def test_crossed_interval_ends_are_refused_with_their_place():
    with pytest.raises(ValueError, match="lower is above upper in interval 1"):
        metrics.coverage([0.0, 0.0], [-1.0, 2.0], [1.0, 1.0])
