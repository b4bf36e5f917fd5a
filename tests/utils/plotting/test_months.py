"""The figures of the sea's months show what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.data import sea
from utils.plotting import months
from utils.scratch import ACTIVATIONS, sigmoid


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_warm_months_are_filled_above_zero_and_cold_ones_below():
    ax = months.history(sea.anomalies(), held_out="1990")
    warm, cold = (area.get_paths()[0].vertices[:, 1] for area in ax.collections)
    assert (warm.min(), cold.max()) == (0, 0)
    assert warm.max() == sea.anomalies().max()
    assert cold.min() == sea.anomalies().min()
    assert [text.get_text() for text in ax.texts] == ["training", "held out"]


def test_every_month_is_a_point_of_its_class_and_every_neuron_a_line():
    X, warmer = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), np.array([1, 0, 1])
    ax = months.plane(X, warmer, lines={"a": ([1, 2], -4), "b": ([0, 1], 0)})
    cold, warm = (points.get_offsets() for points in ax.collections)
    np.testing.assert_array_equal(cold, X[[1]])
    np.testing.assert_array_equal(warm, X[[0, 2]])
    first, second = (line.get_xydata() for line in ax.lines)
    np.testing.assert_allclose(first @ [1, 2] - 4, 0, atol=1e-12)
    np.testing.assert_allclose(second[:, 1], 0, atol=1e-12)


def test_every_run_is_a_curve_and_every_reference_a_level():
    ax = months.right_by_epoch([[5, 7], [6, 4]], references={"naive": 8}, total=9)
    curves = [line.get_ydata() for line in ax.lines]
    np.testing.assert_array_equal(curves[:2], [[5, 7], [6, 4]])
    assert set(curves[2]) == {8}
    assert ax.get_ylabel() == "right answers of 9"


def test_shares_are_those_of_the_bins_and_the_curve_is_the_neuron():
    x, warmer = np.array([-1.0, -0.5, 0.5, 1.5]), np.array([0, 1, 1, 1])
    ax = months.chances(x, warmer, edges=[-2, 0, 1, 2, 3], w=4, b=-0.25)
    _, curve, shares = (line.get_xydata() for line in ax.lines)
    np.testing.assert_allclose(curve[:, 1], sigmoid(4 * curve[:, 0] - 0.25))
    np.testing.assert_allclose(shares, [[-0.75, 0.5], [0.5, 1], [1.5, 1]])


def test_activations_stand_side_by_side_with_their_derivatives():
    axes = plotting.activations({name: ACTIVATIONS[name] for name in ("relu", "elu")})
    for ax, name in zip(axes, ("relu", "elu"), strict=True):
        curve, slope = (line.get_xydata() for line in ax.lines[-2:])
        f = ACTIVATIONS[name]
        np.testing.assert_allclose(curve[:, 1], f(curve[:, 0]))
        np.testing.assert_allclose(slope[:, 1], f.derivative(slope[:, 0]))
        assert ax.get_title("left") == name
