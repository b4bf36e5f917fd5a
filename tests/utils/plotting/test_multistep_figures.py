"""The figures of several steps ahead show what they are given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.forecasting.multistep import decompose
from utils.plotting import multistep


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def parts():
    rng = np.random.default_rng(0)
    truth, clean, forecast, forced = rng.normal(size=(4, 50, 6))
    return decompose(truth, clean, forecast, forced)


def test_each_strategy_looks_different():
    assert len(set(multistep.LOOKS.values())) == len(multistep.LOOKS)
    lines = {(shade, line) for shade, line, _ in multistep.LOOKS.values()}
    assert len(lines) == len(multistep.LOOKS)


def test_the_four_strategies_have_a_panel_with_all_values_each():
    axes = multistep.strategies(steps=4, ahead=2)
    assert len(axes) == 4
    boxes = [len(ax.patches) for ax in axes]
    assert boxes[0] == boxes[1] == 4 + 2 + 2  # values, and an arrow for each forecast
    assert boxes[2] == 4 + 2 + 4 * 2  # an arrow from each known value to two
    assert [ax.get_title(loc="left") for ax in axes][2:] == [
        "sequence-to-sequence",
        "encoder-decoder",
    ]


def test_the_error_by_step_is_the_median_and_the_range_of_the_runs():
    runs = np.array([[1.0, 4.0], [2.0, 5.0], [9.0, 6.0]])
    ax = multistep.by_step({"vector": runs, "naive": [3.0, 7.0]})
    vector, naive = ax.lines
    np.testing.assert_array_equal(vector.get_ydata(), [2.0, 5.0])
    np.testing.assert_array_equal(naive.get_xydata(), [[1, 3], [2, 7]])
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    assert {(1, 1), (1, 9), (2, 4), (2, 6)} <= set(map(tuple, corners))


@pytest.mark.parametrize("step", [1, 3])
def test_a_forecast_is_drawn_up_to_the_step_and_no_further(step):
    made = {"naive": [0.1, 0.2, 0.3], "linear": [0.4, 0.5, 0.6]}
    errors = {"naive": [1.0, 2.0, 3.0], "linear": [4.0, 5.0, 6.0]}
    left, right = multistep.continued(
        [0.0, 0.7], [0.5, 0.5, 0.5], made, errors, step=step
    )
    naive = next(line for line in left.lines if line.get_marker() == "x")
    np.testing.assert_allclose(naive.get_ydata(), [0.7, *made["naive"][:step]])
    marked = [line.get_ydata()[0] for line in right.lines if len(line.get_ydata()) == 1]
    assert marked == [errors["naive"][step - 1], errors["linear"][step - 1]]


def test_stacked_parts_reach_the_squared_error():
    found = parts()
    assert (found.total > 0).all()
    (ax,) = multistep.error_parts({"a run": found})
    heights = np.array([[bar.get_height() for bar in group] for group in ax.containers])
    np.testing.assert_allclose(heights.sum(axis=0), found.total)
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    np.testing.assert_allclose(dots.get_ydata(), found.total)


def test_a_negative_cross_term_hangs_below_zero():
    found = parts()
    cross = found.total - found.noise - found.model - found.fed_back
    (ax,) = multistep.error_parts({"a run": found})
    *_, bars = ax.containers
    for bar, value in zip(bars, cross, strict=True):
        assert bar.get_height() == pytest.approx(value)
        assert (bar.get_y() == 0) == (value <= 0)


def test_the_parts_of_a_line_are_stacked_and_the_measurement_is_dotted():
    ax = multistep.line_parts({"a": [1.0, 2.0], "b": [0.5, 0.5]}, [1.4, 2.6])
    first, second = ax.containers
    assert [bar.get_y() for bar in second] == [bar.get_height() for bar in first]
    dots = next(line for line in ax.lines if line.get_marker() == "o")
    np.testing.assert_array_equal(dots.get_ydata(), [1.4, 2.6])
