"""The figures of chapter 14 that explain a method show what the method does."""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.forecasting import intervals

HOURS = np.arange("2013-01-01", "2013-01-03", dtype="datetime64[h]")
WAVE = np.sin(np.arange(48.0))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(
    "draw",
    [
        partial(plotting.anomaly_return, np.ones(100), np.ones(100), share=0.5),
        partial(plotting.error_by_trees, {"a": [3.0, 2.0], "b": [1, 2]}, reference=2),
        partial(plotting.receptive_field, kernel=2, dilations=[1, 2]),
        partial(plotting.attention_map, HOURS, np.ones((48, 24)) / 24),
        partial(plotting.pinball, [0.05, 0.5, 0.95]),
        partial(plotting.error_against, WAVE, WAVE**2, label="x"),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_a_share_of_the_anomaly_draws_into_the_axes_that_it_is_given():
    _, axes = plt.subplots(1, 2)
    drawn = plotting.anomaly_share(
        HOURS, WAVE, 0 * WAVE, WAVE / 2, share=0.5, errors={0.5: 1.0}, axes=axes
    )
    assert drawn is axes


def test_the_dots_of_the_anomaly_are_means_of_their_bins():
    rng = np.random.default_rng(0)
    anomaly = rng.normal(scale=3, size=5000)
    change = -0.3 * anomaly + rng.normal(size=5000)
    ax = plotting.anomaly_return(anomaly, change, share=0.7)
    x, y = ax.lines[-1].get_data()
    inside = (anomaly >= 2) & (anomaly < 4)
    at = np.argmin(abs(x - anomaly[inside].mean()))
    assert x[at] == pytest.approx(anomaly[inside].mean())
    assert y[at] == pytest.approx(change[inside].mean())
    np.testing.assert_allclose(ax.lines[-2].get_ydata(), -0.3 * x, atol=1e-12)


def test_bins_with_few_hours_are_left_out():
    anomaly = np.r_[np.full(200, 1.0), np.full(99, 9.0)]
    ax = plotting.anomaly_return(anomaly, anomaly, share=1.0)
    assert len(ax.lines[-1].get_xdata()) == 1


@pytest.mark.parametrize(
    ("kernel", "dilations"), [(3, [1, 2, 4, 8]), (2, [1, 2, 4]), (3, [1, 1])]
)
def test_the_receptive_field_is_that_of_the_convolutions(kernel, dilations):
    n = 40
    reached = np.zeros(n, dtype=bool)
    for step in range(n):  # which inputs move the last output?
        x = np.zeros(n)
        x[step] = 1.0
        for d in dilations:
            x = sum(np.r_[np.zeros(k * d), x[: n - k * d]] for k in range(kernel))
        reached[step] = x[-1] != 0
    ax = plotting.receptive_field(kernel=kernel, dilations=dilations, n_steps=n)
    drawn = ax.collections[-1].get_offsets()[:, 0]
    np.testing.assert_array_equal(np.flatnonzero(reached), sorted(drawn + n - 1))
    assert f"sees {reached.sum()} steps" in ax.get_title(loc="left")


def test_the_curves_of_the_quantile_loss_are_that_loss():
    levels = [0.05, 0.5, 0.95]
    ax = plotting.pinball(levels)
    for line, level in zip(ax.lines, levels, strict=True):
        for error, cost in zip(*line.get_data(), strict=True):
            loss = intervals.pinball([error], [[0.0]], levels=[level])
            assert cost == pytest.approx(loss)


def test_the_attention_map_has_the_last_hour_at_the_bottom():
    weights = np.zeros((48, 24))
    weights[:, -1] = 1.0
    image = plotting.attention_map(HOURS, weights).collections[0]
    heights = image.get_coordinates()[:, 0, 1]
    bright = np.flatnonzero(image.get_array().reshape(24, 48)[:, 0])
    assert heights[bright[0]] == 0.5  # cells from -0.5 to 0.5 hours ago
    assert heights[bright[0] + 1] == -0.5


def test_groups_of_errors_are_of_one_size_and_in_order():
    values, errors = np.arange(60.0)[::-1], np.arange(60.0)
    x, y = plotting.error_against(values, errors, label="x").lines[0].get_data()
    np.testing.assert_allclose(x, np.arange(4.5, 60, 10))
    np.testing.assert_allclose(y, x[::-1])
