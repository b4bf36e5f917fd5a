"""Promises of utils.metrics: hand examples and scikit-learn's numbers."""

import functools

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


@given(values, st.integers(0, 99), st.floats(0.01, 0.99))
def test_the_pinball_loss_agrees_with_scikit_learn(y, seed, level):
    y_hat = y + np.random.default_rng(seed).normal(size=y.shape)
    expected = trusted.mean_pinball_loss(y, y_hat, alpha=level)
    assert metrics.pinball(y, y_hat, level=level) == pytest.approx(expected)
    assert metrics.pinball(y, y_hat, level=0.5) == pytest.approx(
        metrics.mae(y, y_hat) / 2
    )


@pytest.mark.parametrize("level", [0.1, 0.5, 0.8])
def test_the_true_quantile_has_the_lowest_pinball_loss(level):
    y = np.random.default_rng(0).exponential(size=4001)
    candidates = np.linspace(0, 3, 301)
    losses = [
        metrics.pinball(y, np.full_like(y, guess), level=level) for guess in candidates
    ]
    best = candidates[int(np.argmin(losses))]
    assert best == pytest.approx(np.quantile(y, level), abs=0.011)


def test_the_pinball_loss_by_hand():
    # 0.9 * 2 for the truth above, 0.1 * 4 for the truth below
    assert metrics.pinball([5.0], [3.0], level=0.9) == pytest.approx(1.8)
    assert metrics.pinball([5.0], [9.0], level=0.9) == pytest.approx(0.4)


@given(values, st.integers(0, 99))
def test_smape_agrees_with_a_loop_over_its_definition(y, seed):
    y_hat = np.round(y + np.random.default_rng(seed).normal(size=y.shape))
    y_hat[0] = y[0] = 0.0  # the forecast of a zero that is exact
    terms = [
        0.0 if a == b else 100 * abs(a - b) / ((abs(a) + abs(b)) / 2)
        for a, b in zip(y.tolist(), y_hat.tolist(), strict=True)
    ]
    assert metrics.smape(y, y_hat) == pytest.approx(sum(terms) / len(terms))


def test_smape_by_hand_and_its_pitfalls():
    assert metrics.smape([100.0], [150.0]) == pytest.approx(40)
    assert metrics.smape([100.0], [50.0]) == pytest.approx(200 / 3)
    assert metrics.smape([0.0], [1e-6]) == metrics.smape([1.0], [-1.0]) == 200
    assert metrics.smape([0.0, 0.0], [0.0, 0.0]) == 0


@given(
    hnp.arrays(
        float,
        st.tuples(st.integers(1, 8), st.integers(1, 5)),
        elements=st.floats(-9, 9),
    ),
    st.integers(0, 99),
)
def test_errors_by_step_are_scikit_learns_errors_by_column(y, seed):
    y_hat = y + np.random.default_rng(seed).normal(size=y.shape)
    steps = metrics.by_step(y, y_hat)
    expected = trusted.mean_squared_error(y, y_hat, multioutput="raw_values")
    np.testing.assert_allclose(steps, expected)
    assert steps.shape == y.shape[1:]
    assert steps.mean() == pytest.approx(metrics.mse(y, y_hat))
    absolute = trusted.mean_absolute_error(y, y_hat, multioutput="raw_values")
    np.testing.assert_allclose(metrics.by_step(y, y_hat, error=metrics.mae), absolute)


def test_errors_by_step_by_hand():
    y = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    y_hat = [[1.0, 3.0, 5.0], [4.0, 4.0, 9.0]]
    assert metrics.by_step(y, y_hat).tolist() == [0, 1, (4 + 9) / 2]
    assert metrics.by_step(y, y_hat, error=metrics.mae).tolist() == [0, 1, 2.5]


@pytest.mark.parametrize("shape", [(3,), (3, 4, 2)])
def test_steps_that_no_column_holds_are_refused(shape):
    with pytest.raises(ValueError, match=r"shape \(n, h\), .* take those of the last"):
        metrics.by_step(np.ones(shape), np.ones(shape))


def test_errors_by_step_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match=r"one shape, not \(3, 2\) and \(2, 2\)"):
        metrics.by_step(np.ones((3, 2)), np.ones((2, 2)))


@pytest.mark.parametrize("level", [0, 1, -0.1, 90, np.nan])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(ValueError, match="level must lie between 0 and 1, not"):
        metrics.pinball([1.0], [1.0], level=level)


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


ERRORS = [
    metrics.mse,
    metrics.rmse,
    metrics.mae,
    metrics.smape,
    functools.partial(metrics.pinball, level=0.5),
]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(
    ("y", "y_hat", "match"),
    [
        (
            np.zeros(3),
            np.zeros((3, 1)),
            r"one shape, not \(3,\) and \(3, 1\): .* take y_hat\[..., 0\]",
        ),
        (np.zeros(3), np.zeros(2), r"\(2,\): forecast the rows that the truth holds"),
        ([], [], "empty"),
        ([1.0, np.nan], [1.0, 1.0], r"^truth holds nan at \[1\], the first of 1"),
        (
            [[1.0, 1.0]] * 2,
            [[1.0, 1.0], [np.inf, np.nan]],
            r"^forecast holds inf at \[1, 0\], the first of 2 .* report that it failed",
        ),
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
        ([1.0, 2.0, 3.0], 3, "more than season=3 values"),
        ([1.0, 2.0, 3.0], 1.5, "season must be a whole number of rows, not 1.5"),
        ([1.0, np.nan, 3.0], 1, r"history holds nan at \[1\], the first of 1"),
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
        metrics.coverage([0.0] * 3, [-1.0, 2.0, 2.0], [1.0, 1.0, 1.0])
