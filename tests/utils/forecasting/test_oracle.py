"""The forecaster that knows the form finds it, with or without a hint."""

import numpy as np
import pytest

from utils.data.synthetic import NOISE_VARIANCE, draw_two_waves, two_waves_form
from utils.forecasting import oracle


@pytest.fixture(scope="module")
def drawn():
    return draw_two_waves(60, 60, rng=np.random.default_rng(3), dtype=np.float64)


def truth(drawn):
    return drawn.frequencies, drawn.offsets


def test_without_noise_it_finds_the_frequencies_and_continues_the_waves(drawn):
    known = drawn.clean[:, :50, 0]
    frequencies, offsets = oracle.fit_form(known, drawn.times[:50])
    np.testing.assert_allclose(frequencies, drawn.frequencies, rtol=1e-6)
    again = two_waves_form(drawn.times, frequencies, offsets)  # offsets: up to a turn
    np.testing.assert_allclose(again, drawn.clean[..., 0], atol=1e-8)


def test_the_estimate_is_within_a_step_of_the_grid(drawn):
    frequencies, _ = oracle.estimate(drawn.clean[:, :50, 0], drawn.times[:50])
    slow, fast = np.abs(frequencies - drawn.frequencies).T
    assert slow.max() <= oracle.STEP
    assert fast.max() <= 2 * oracle.STEP


def test_with_noise_it_finds_without_a_hint_what_it_finds_from_the_truth(drawn):
    known = drawn.series[:, :50, 0]
    from_truth = oracle.forecast(known, drawn.times, start=truth(drawn))
    from_estimate = oracle.forecast(known, drawn.times)
    np.testing.assert_allclose(from_estimate, from_truth, atol=1e-4)


def test_its_error_is_little_above_the_noise(drawn):
    y_hat = oracle.forecast(drawn.series[:, :50, 0], drawn.times)
    error = np.mean((y_hat - drawn.series[:, 50:, 0]) ** 2)
    assert NOISE_VARIANCE < error < 1.5 * NOISE_VARIANCE


def test_nothing_that_is_to_be_forecast_enters_the_forecast(drawn):
    assert oracle.forecast(drawn.series[:2, :50, 0], drawn.times).shape == (2, 10)
    longer = oracle.forecast(drawn.series[:2, :50, 0], drawn.times)
    shorter = oracle.forecast(drawn.series[:2, :50, 0], drawn.times[:51])
    np.testing.assert_allclose(longer[:, :1], shorter)


@pytest.mark.parametrize(
    ("series", "times", "says"),
    [
        (np.zeros(50), np.arange(50), "n_series, n_steps"),
        (np.zeros((2, 50)), np.arange(49), r"\(2, 50\) and \(49,\)"),
        (np.zeros((2, 7)), np.arange(7), "8 steps or more"),
        (np.full((2, 50), np.nan), np.arange(50), r"series\[0, 0\] is not finite"),
        (np.zeros((2, 50)), np.arange(50)[::-1], "times must ascend"),
        (np.zeros((2, 50)), np.full(50, np.nan), "times must ascend"),
    ],
)
def test_bad_series_are_named(series, times, says):
    with pytest.raises(ValueError, match=says):
        oracle.fit_form(series, times)


def test_a_start_of_another_shape_is_named(drawn):
    with pytest.raises(ValueError, match=r"shape \(60, 2\), not \(59, 2\)"):
        oracle.fit_form(
            drawn.series[..., 0],
            drawn.times,
            start=(drawn.frequencies[1:], drawn.offsets[1:]),
        )


@pytest.mark.parametrize("times", [np.arange(50) * 0.02, 3.0])
def test_a_forecast_needs_times_beyond_what_is_known(drawn, times):
    with pytest.raises(ValueError, match="50 known steps and of at least one step"):
        oracle.forecast(drawn.series[:, :50, 0], times)
