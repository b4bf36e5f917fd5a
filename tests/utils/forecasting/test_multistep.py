"""Promises of the strategies for several steps, and of the split of their error."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.data.synthetic import two_waves
from utils.experiments.waves import prepare_waves
from utils.forecasting.baselines import Linear
from utils.forecasting.multistep import (
    decompose,
    fit_direct,
    recursive,
    targets_at_every_step,
    teacher_forced,
)
from utils.metrics import by_step
from utils.training import catalogue

SERIES = two_waves(40, 30, rng=np.random.default_rng(3), dtype=np.float64)


def one_series_at_a_time(predict_one, window, horizon):
    """Forecast one series with a plain loop, appending and sliding."""
    history = list(np.ravel(window))
    length = len(history)
    for _ in range(horizon):
        newest = predict_one(np.reshape(history[-length:], (1, length, 1)))
        history.append(float(np.ravel(newest)[0]))
    return history[length:]


def line(weights):
    return lambda windows: windows[..., 0] @ weights


@given(seed=st.integers(0, 99), length=st.integers(1, 8), horizon=st.integers(1, 12))
def test_all_series_at_once_are_forecast_as_each_one_alone(seed, length, horizon):
    rng = np.random.default_rng(seed)
    windows = rng.normal(size=(5, length, 1))
    model = line(rng.normal(size=length) / length)
    together = recursive(model, windows, horizon)
    alone = [one_series_at_a_time(model, window, horizon) for window in windows]
    np.testing.assert_allclose(together, alone, atol=1e-12)


def test_a_keras_model_takes_one_call_a_step_for_all_series():
    model = catalogue.build("G5", (20, 1))
    windows = SERIES[:, :20].astype("float32")
    calls = []

    class Counted:
        def predict_on_batch(self, x):
            calls.append(x.shape)
            return model.predict_on_batch(x)

    together = recursive(Counted(), windows, 3)
    assert calls == [(40, 20, 1)] * 3
    alone = one_series_at_a_time(model.predict_on_batch, windows[7], 3)
    np.testing.assert_allclose(together[7], alone, atol=1e-5)


def test_the_window_that_was_given_is_left_as_it_is():
    windows = SERIES[:, :20].copy()
    recursive(line(np.ones(20)), windows, 4)
    np.testing.assert_array_equal(windows, SERIES[:, :20])


def test_whole_numbers_are_not_forecast_in_whole_numbers():
    halves = recursive(lambda windows: windows[:, -1] / 2, [[8, 3]], 2)
    assert halves.tolist() == [[1.5, 0.75]]


def test_a_wave_without_noise_is_continued_for_ever_by_the_line_that_fits_it():
    wave = np.sin(0.7 * np.arange(300) + 0.2)
    rows = np.lib.stride_tricks.sliding_window_view(wave, 3)
    model = Linear.fit(rows[:50, :2], rows[:50, 2])
    forecast = recursive(lambda x: model.predict(x[..., 0]), wave[None, :2], 298)
    np.testing.assert_allclose(forecast[0], wave[2:], atol=1e-8)


def test_the_teacher_gives_each_forecast_the_true_window():
    model = line(np.arange(1.0, 21.0) / 210)
    forced = teacher_forced(model, SERIES, 10)
    for k in range(10):
        window = SERIES[:, k : 20 + k]
        np.testing.assert_allclose(forced[:, k], model(window), atol=1e-12)
    free = recursive(model, SERIES[:, :20], 10)
    np.testing.assert_allclose(free[:, 0], forced[:, 0], atol=1e-12)
    assert not np.allclose(free[:, 1:], forced[:, 1:], atol=1e-3)


def test_a_forced_forecast_sees_no_value_at_or_after_its_step():
    changed = SERIES.copy()
    changed[:, 24:] += 1
    model = line(np.ones(20))
    before = teacher_forced(model, SERIES, 10)
    after = teacher_forced(model, changed, 10)
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert not np.isclose(before[:, 5:], after[:, 5:]).any()


def test_each_direct_forecaster_is_the_line_of_its_step_alone():
    X, Y = SERIES[:, :6], SERIES[:, 6:16, 0]
    together = fit_direct(X, Y)
    for k in range(10):
        alone = Linear.fit(X, Y[:, k])
        np.testing.assert_allclose(together.weights[:, k], alone.weights, atol=1e-9)
        np.testing.assert_allclose(together.predict(X)[:, k], alone.predict(X))


def test_a_penalty_shrinks_the_weights_of_every_step():
    X, Y = SERIES[:, :6], SERIES[:, 6:16, 0]
    free, held = fit_direct(X, Y), fit_direct(X, Y, ridge=10.0)
    sizes = [np.abs(model.weights).sum(axis=0) for model in (held, free)]
    assert (sizes[0] < sizes[1]).all()


def test_targets_after_each_step_are_the_values_that_follow_it():
    targets = targets_at_every_step(SERIES, 20, 10)
    assert targets.shape == (40, 20, 10)
    for t in (0, 7, 19):
        np.testing.assert_array_equal(targets[:, t], SERIES[:, t + 1 : t + 11, 0])


def test_longer_series_are_cut_where_the_last_target_is():
    whole = targets_at_every_step(SERIES, 15, 5)
    cut = targets_at_every_step(SERIES[:, :20], 15, 5)
    np.testing.assert_array_equal(whole, cut)


def test_the_experiments_learn_these_targets():
    data = prepare_waves(ahead=10, every_step=True)
    plain = prepare_waves(ahead=10)
    series = np.concatenate([plain.test.inputs[..., 0], plain.test.targets], axis=1)
    np.testing.assert_array_equal(
        data.test.targets, targets_at_every_step(series, 50, 10)
    )


@given(seed=st.integers(0, 99))
def test_the_parts_add_up_to_the_squared_error_of_each_step(seed):
    rng = np.random.default_rng(seed)
    truth, clean, forecast, forced = rng.normal(size=(4, 7, 3))
    parts = decompose(truth, clean, forecast, forced)
    np.testing.assert_allclose(parts.total, by_step(truth, forecast), atol=1e-12)
    np.testing.assert_allclose(parts.noise, by_step(truth, clean), atol=1e-12)
    np.testing.assert_allclose(parts.model, by_step(clean, forced), atol=1e-12)
    np.testing.assert_allclose(parts.fed_back, by_step(forced, forecast), atol=1e-12)


def test_noise_has_no_cross_term_with_what_was_forecast_before_it():
    """New noise is independent of both other parts, so its terms vanish."""
    rng = np.random.default_rng(0)
    clean, forced, forecast = rng.normal(size=(3, 100_000, 1))
    truth = clean + rng.normal(size=clean.shape)
    parts = decompose(truth, clean, forecast, forced)
    np.testing.assert_allclose(parts.noise_model, 0, atol=0.03)
    np.testing.assert_allclose(parts.noise_fed_back, 0, atol=0.03)
    assert parts.model_fed_back[0] == pytest.approx(-2, abs=0.1)


def test_the_first_step_has_nothing_fed_back():
    model = line(np.ones(20) / 20)
    series = SERIES[..., 0]
    free = recursive(model, series[:, :20], 10)
    forced = teacher_forced(model, series, 10)
    parts = decompose(series[:, 20:], series[:, 20:], free, forced)
    assert parts.fed_back[0] == pytest.approx(0, abs=1e-25)
    assert parts.fed_back[1:].min() > 1e-4


@pytest.mark.parametrize("horizon", [0, -1, 2.0, True, None])
def test_a_horizon_that_is_not_whole_and_positive_is_refused(horizon):
    for call in (
        lambda: recursive(line(np.ones(20)), SERIES[:, :20], horizon),
        lambda: teacher_forced(line(np.ones(20)), SERIES, horizon),
        lambda: targets_at_every_step(SERIES, 20, horizon),
    ):
        with pytest.raises(ValueError, match=r"^horizon must be a whole number, 1 or"):
            call()


@pytest.mark.parametrize("windows", [np.ones(5), np.ones((2, 5, 3)), np.ones((0, 5))])
def test_windows_of_another_rank_are_refused_with_the_remedy(windows):
    message = re.escape(f"not {windows.shape}: for one series use series[None, :].")
    with pytest.raises(ValueError, match=rf"^windows must have the shape.*{message}"):
        recursive(line(np.ones(5)), windows, 2)
    with pytest.raises(ValueError, match=rf"^X must have the shape.*{message}"):
        fit_direct(windows, np.ones((2, 3)))


@pytest.mark.parametrize("shape", [(4, 10), (4, 20, 1), (1, 1), (80,), ()])
def test_a_model_that_forecasts_more_or_less_than_one_value_is_refused(shape):
    with pytest.raises(ValueError, match=r"one value for each of the 4 windows"):
        recursive(lambda windows: np.ones(shape), SERIES[:4, :20], 2)


def test_a_series_without_a_window_or_without_room_for_targets_is_refused():
    with pytest.raises(ValueError, match=r"longer than horizon=30, and have 30 steps"):
        teacher_forced(line(np.ones(1)), SERIES, 30)
    with pytest.raises(ValueError, match=r"length \+ horizon = 31 steps or more, not"):
        targets_at_every_step(SERIES, 21, 10)
    with pytest.raises(ValueError, match=r"^length must be a whole number, 1 or more"):
        targets_at_every_step(SERIES, 0, 10)


def test_direct_targets_need_a_column_for_each_step():
    for targets in (np.ones(40), np.ones((40, 0)), np.ones((40, 2, 1))):
        with pytest.raises(ValueError, match=r"^Y must have the shape \(n, horizon\)"):
            fit_direct(SERIES, targets)
    with pytest.raises(ValueError, match=r"as many rows as each other"):
        fit_direct(SERIES, np.ones((39, 2)))


def test_parts_of_arrays_that_do_not_fit_or_of_a_failed_forecast_are_refused():
    good = np.ones((4, 3))
    with pytest.raises(ValueError, match=r"not truth \(4, 3\), .* forced \(4, 2\)\.$"):
        decompose(good, good, good, good[:, :2])
    with pytest.raises(ValueError, match=r"must have one shape, \(n, horizon\)"):
        decompose(*[good[0]] * 4)
    with pytest.raises(ValueError, match=r"^forecast is empty or holds a value that"):
        decompose(good, good, good * np.inf, good)
