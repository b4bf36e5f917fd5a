"""Quantiles are what the pinball loss finds, and intervals cover what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss

from utils.forecasting.intervals import (
    conformal_margin,
    keras_pinball,
    pinball,
    uncross,
    widen,
)
from utils.metrics import coverage

LEVELS = (0.05, 0.5, 0.95)
seeds = st.integers(0, 2**32 - 1)


@given(seeds)
def test_the_quantile_loss_equals_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    y, quantiles = rng.normal(size=20), rng.normal(size=(20, 3))
    each = [
        mean_pinball_loss(y, quantiles[:, k], alpha=level)
        for k, level in enumerate(LEVELS)
    ]
    assert pinball(y, quantiles, levels=LEVELS) == pytest.approx(np.mean(each))


def test_the_keras_loss_equals_the_numpy_one():
    rng = np.random.default_rng(0)
    y, quantiles = rng.normal(size=20), rng.normal(size=(20, 3))
    loss = keras_pinball(LEVELS)
    for truth in (y, y[:, None]):
        value = float(loss(truth.astype("f4"), quantiles.astype("f4")))
        assert value == pytest.approx(pinball(y, quantiles, levels=LEVELS), abs=1e-6)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_the_loss_is_lowest_at_the_true_quantile(level):
    y = np.random.default_rng(1).normal(size=2001)
    candidates = np.linspace(-2, 2, 81)
    costs = [pinball(y, np.full((2001, 1), c), levels=[level]) for c in candidates]
    assert candidates[np.argmin(costs)] == pytest.approx(
        np.quantile(y, level), abs=0.05
    )


@given(seeds)
def test_sorting_uncrosses_and_never_costs(seed):
    rng = np.random.default_rng(seed)
    y, crossed = rng.normal(size=20), rng.normal(size=(20, 3))
    sorted_ = uncross(crossed)
    assert (np.diff(sorted_, axis=1) >= 0).all()
    before = pinball(y, crossed, levels=LEVELS)
    assert pinball(y, sorted_, levels=LEVELS) <= before + 1e-12


@given(seeds, st.sampled_from([0.5, 0.8, 0.9]))
def test_conformal_intervals_hold_on_their_calibration_rows(seed, level):
    rng = np.random.default_rng(seed)
    y, ends = rng.normal(size=60), np.sort(rng.normal(size=(60, 2)), axis=1)
    margin = conformal_margin(y, *ends.T, level=level)
    held = ((ends[:, 0] - margin <= y) & (y <= ends[:, 1] + margin)).mean()
    assert level <= held + 1e-12
    assert held <= level + 3 / 60


def test_conformal_intervals_hold_on_average_on_new_rows():
    rng = np.random.default_rng(0)
    held = []
    for _ in range(400):
        y, new = rng.exponential(size=39), rng.exponential(size=39)
        zero = np.zeros(39)
        margin = conformal_margin(y, zero, zero, level=0.9)
        held.append(coverage(new, *widen(zero, zero, margin)))
    assert np.mean(held) == pytest.approx(0.9, abs=0.01)


@given(seeds, st.floats(-5, 5))
def test_widening_never_crosses_the_ends(seed, margin):
    ends = np.sort(np.random.default_rng(seed).normal(size=(9, 2)), axis=1)
    lower, upper = widen(*ends.T, margin)
    assert (lower <= upper).all()


@pytest.mark.parametrize("levels", [[], [0.0, 0.5], [0.5, 1.0], [0.5, 0.1], [0.5] * 2])
def test_levels_that_do_not_rise_between_0_and_1_are_refused(levels):
    with pytest.raises(ValueError, match="levels must rise between 0 and 1"):
        pinball([1.0], np.ones((1, len(levels))), levels=levels)
    with pytest.raises(ValueError, match="levels must rise between 0 and 1"):
        keras_pinball(levels)


def test_quantiles_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"quantiles must have the shape \(2, 1\)"):
        pinball([1.0, 2.0], [1.0, 2.0], levels=[0.5])


def test_a_level_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="level must be a number between 0 and 1"):
        conformal_margin([1.0], [0.0], [2.0], level=90)


def test_calibration_series_of_unlike_lengths_are_refused():
    with pytest.raises(ValueError, match="must be series of one length"):
        conformal_margin([1.0, 2.0], [0.0], [2.0], level=0.5)


def test_too_few_calibration_rows_are_refused():
    rows = np.zeros(8)
    with pytest.raises(ValueError, match=r"too few for level=0.9: take at least 9"):
        conformal_margin(rows, rows, rows, level=0.9)
    assert conformal_margin(np.zeros(9), np.zeros(9), np.zeros(9), level=0.9) == 0
