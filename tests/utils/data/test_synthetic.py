"""Promises of utils.data.synthetic: the source's series, exactly, and their form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.data import synthetic
from utils.data.synthetic import NOISE_VARIANCE, draw_two_waves, sine, two_waves


def legacy(n_steps, **options):
    """Draw the source's 10,000 series; its validation rows are 7000 to 8999."""
    rng = np.random.RandomState(42)
    return two_waves(10_000, n_steps, rng=rng, **options)[..., 0]


@pytest.mark.parametrize("interval", ["spread", 0.02])
def test_the_sources_seed_gives_its_naive_error_to_the_last_digit(interval):
    validation = legacy(51, interval=interval)[7000:9000]
    error = np.mean((validation[:, -1] - validation[:, -2]) ** 2)
    assert error == pytest.approx(0.020211367, abs=5e-9)


def test_the_sources_ten_step_error_repeats_the_last_target_and_not_the_last_input():
    validation = legacy(60, interval="spread")[7000:9000]
    inputs, targets = validation[:, :50], validation[:, 50:]
    peeking = np.mean((targets - targets[:, -1:]) ** 2)
    naive = np.mean((targets - inputs[:, -1:]) ** 2)
    assert peeking == pytest.approx(0.2227885, abs=5e-8)
    assert naive == pytest.approx(0.2570, abs=5e-5)


@given(
    n_series=st.integers(1, 5),
    n_steps=st.integers(2, 30),
    interval=st.sampled_from(["spread", 0.02, 0.5]),
    seed=st.integers(0, 99),
    new=st.booleans(),
)
def test_each_step_is_the_formula_of_its_series(n_series, n_steps, interval, seed, new):
    def generator():
        return np.random.default_rng(seed) if new else np.random.RandomState(seed)

    series = two_waves(
        n_series, n_steps, rng=generator(), interval=interval, dtype=np.float64
    )
    rng = generator()
    f1, f2, o1, o2 = (rng.random(n_series) for _ in range(4))
    step = 1 / (n_steps - 1) if interval == "spread" else interval
    for i in range(n_series):
        for k in range(n_steps):
            t = k * step
            slow = 0.5 * np.sin((t - o1[i]) * (10 * f1[i] + 10))
            fast = 0.2 * np.sin((t - o2[i]) * (20 * f2[i] + 20))
            noise = 0.1 * (rng.random() - 0.5)
            assert series[i, k, 0] == pytest.approx(slow + fast + noise, abs=1e-12)


def test_spreading_the_steps_changes_the_sampling_rate_and_a_fixed_interval_does_not():
    long, short = ("spread", 60), ("spread", 51)
    times = {
        (interval, n_steps): draw_two_waves(
            2, n_steps, rng=np.random.default_rng(0), interval=interval
        ).times
        for interval, n_steps in (long, short, (0.02, 60), (0.02, 51))
    }
    assert times[long][-1] == times[short][-1] == 1
    np.testing.assert_allclose(times[0.02, 51], times[short], atol=1e-15)
    np.testing.assert_array_equal(times[0.02, 60][:51], times[0.02, 51])
    assert times[0.02, 60][-1] == pytest.approx(1.18)


def test_what_a_series_is_made_of_comes_with_it():
    drawn = draw_two_waves(500, 40, rng=np.random.default_rng(1), dtype=np.float64)
    series = two_waves(500, 40, rng=np.random.default_rng(1), dtype=np.float64)
    np.testing.assert_array_equal(drawn.series, series)
    noise = drawn.series - drawn.clean
    assert np.abs(noise).max() <= 0.05
    assert np.var(noise) == pytest.approx(NOISE_VARIANCE, rel=0.03)
    form = synthetic.two_waves_form(drawn.times, drawn.frequencies, drawn.offsets)
    np.testing.assert_array_equal(form[..., None], drawn.clean)
    low, high = drawn.frequencies.min(axis=0), drawn.frequencies.max(axis=0)
    np.testing.assert_allclose(low, [10, 20], atol=0.2)
    np.testing.assert_allclose(high, [20, 40], atol=0.2)
    assert drawn.offsets.shape == (500, 2)
    assert 0 <= drawn.offsets.min() < drawn.offsets.max() < 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_series_have_the_shape_and_type_that_keras_takes(dtype):
    drawn = draw_two_waves(7, 9, rng=np.random.default_rng(0), dtype=dtype)
    assert drawn.series.shape == drawn.clean.shape == (7, 9, 1)
    assert drawn.series.dtype == drawn.clean.dtype == dtype
    assert two_waves(7, 9, rng=np.random.default_rng(0)).dtype == np.float32


def test_drawing_leaves_numpys_global_seed_alone():
    np.random.seed(5)  # noqa: NPY002  what a reader's cell may have done
    expected = np.random.rand()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    two_waves(10, 20, rng=np.random.RandomState(42))
    sine(20, period=5, noise=1, rng=np.random.default_rng(0))
    assert np.random.rand() == expected  # noqa: NPY002


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"n_series": 0}, "^n_series must be a whole number, 1 or more, not 0"),
        ({"n_series": 2.0}, "^n_series must be a whole number"),
        ({"n_steps": True}, "^n_steps must be a whole number, 1 or more, not True"),
        ({"interval": 0}, "^interval must be a finite number above 0, not 0"),
        ({"interval": np.nan}, "^interval must be a finite number above 0, not nan"),
        ({"interval": "spread", "n_steps": 1}, "'spread', which needs two steps or"),
        ({"interval": "even"}, "^interval must be the time between two steps or 's"),
        ({"dtype": int}, "^dtype must be a floating type, not int64"),
        ({"rng": 42}, "^rng must be a generator, for example .* not 42"),
    ],
)
def test_two_waves_refuse_what_cannot_be_drawn(change, match):
    given = {"n_series": 3, "n_steps": 5, "rng": np.random.default_rng(0), **change}
    with pytest.raises(ValueError, match=match):
        two_waves(given.pop("n_series"), given.pop("n_steps"), **given)


def test_a_form_with_other_shapes_is_refused():
    with pytest.raises(ValueError, match=r"not \(5,\), \(3, 1\) and \(3, 2\)"):
        synthetic.two_waves_form(np.zeros(5), np.ones((3, 1)), np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"not \(5,\), \(3, 2\) and \(2, 2\)"):
        synthetic.two_waves_form(np.zeros(5), np.ones((3, 2)), np.ones((2, 2)))


# --- sine


@given(st.floats(2.5, 60), st.floats(0.1, 9), st.floats(-7, 7), st.sampled_from("fd"))
def test_a_sine_obeys_the_recursion_of_its_period(period, amplitude, phase, kind):
    wave = sine(80, period=period, amplitude=amplitude, phase=phase, dtype=kind)
    assert wave.dtype == np.dtype(kind)
    assert wave[0] == pytest.approx(amplitude * np.sin(phase), abs=1e-5)
    assert wave[1] == pytest.approx(
        amplitude * np.sin(phase + 2 * np.pi / period), abs=1e-5
    )
    turned = 2 * np.cos(2 * np.pi / period) * wave[1:-1] - wave[:-2]
    np.testing.assert_allclose(wave[2:], turned, atol=3e-5)


def test_the_noise_of_a_sine_has_the_deviation_asked_for():
    clean = sine(20_000, period=25, dtype=float)
    noisy = sine(
        20_000, period=25, noise=0.2, rng=np.random.default_rng(0), dtype=float
    )
    assert np.std(noisy - clean) == pytest.approx(0.2, rel=0.02)
    assert abs(np.mean(noisy - clean)) < 0.005


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"n_steps": 0}, "^n_steps must be"),
        ({"period": 2}, "^period must be a finite number above 2, not 2"),
        ({"period": "12"}, "^period must be"),
        ({"amplitude": 0}, "^amplitude must be a finite number above 0, not 0"),
        ({"phase": np.inf}, "^phase must be a finite number, not inf"),
        ({"noise": -1}, "^noise must be a finite number, 0 or more, not -1"),
        ({"noise": 1}, "^rng must be a generator, .* not None"),
        ({"dtype": "int32"}, "^dtype must be a floating type, not int32"),
    ],
)
def test_a_sine_refuses_what_is_no_wave(change, match):
    given = {"n_steps": 9, "period": 4, **change}
    with pytest.raises(ValueError, match=match):
        sine(given.pop("n_steps"), **given)
