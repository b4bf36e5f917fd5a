"""The figures of chapter 7 show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils.plotting import gradients


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: gradients.slope_products({"a": [0.5, 0.25]}, ax=ax),
        lambda ax: gradients.weight_changes({"a": [[0.1, 0.2]]}, ax=ax),
        lambda ax: gradients.clipped([3.0, 1.0], 1.0, ax=ax),
        lambda ax: gradients.predicted([1e-3], threshold=1e-4, ax=ax),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    ax = plt.figure().add_subplot()
    assert draw(ax) is ax


def test_norms_show_the_median_of_the_seeds_in_a_panel_for_each_activation():
    seeds = [[1e-4, 1.0], [1e-3, 1.0], [1e-2, 1.0]]
    axes = gradients.norms(
        {"tanh": {"Glorot": seeds}, "relu": {"Glorot": seeds}, "elu": {"He": seeds}},
        xlabel="layer",
    )
    assert [ax.get_title() for ax in axes] == ["tanh", "relu", "elu"]
    np.testing.assert_allclose(axes[0].lines[0].get_ydata(), [1e-3, 1.0])
    (band,) = axes[0].collections
    low, high = band.get_paths()[0].get_extents().intervaly
    np.testing.assert_allclose([low, high], [1e-4, 1.0])


def test_norms_that_leave_the_axis_are_drawn_at_its_edge():
    (ax,) = gradients.norms({"relu": {"He": [[0.0, 1e90]]}}, xlabel="step", floor=1e-9)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [1e-9, 1e20])


def test_a_bound_stands_beside_what_was_measured():
    axes = gradients.bound({"Glorot": {"measured": [0.1, 1.0], "bound": [4.0, 1.0]}})
    drawn = {line.get_label(): line.get_ydata() for line in axes[0].lines}
    assert list(drawn) == ["measured", "bound"]
    np.testing.assert_allclose(drawn["bound"], [4.0, 1.0])


@pytest.mark.parametrize("gradient", [(3.0, 1.0), (4.0, 0.5), (-2.0, 5.0)])
def test_clipping_by_norm_keeps_the_direction_and_by_value_does_not(gradient):
    ax = gradients.clipped(gradient, 1.0)
    tips = [np.array(text.xy) for text in ax.texts if text.get_text()]
    whole, by_value, by_norm = tips
    np.testing.assert_allclose(whole, gradient)
    np.testing.assert_allclose(np.linalg.norm(by_norm), 1.0)
    assert abs(turn(whole, by_norm)) < 1e-12
    assert np.abs(by_value).max() == 1.0
    assert abs(turn(whole, by_value)) > 0.1
    for vector, limits in zip(whole, (ax.get_xlim(), ax.get_ylim()), strict=True):
        assert limits[0] < vector < limits[1]


def turn(a, b):
    """Return the area that two vectors span, 0 where they have one direction."""
    return a[0] * b[1] - a[1] * b[0]


def test_outcomes_are_shown_only_when_they_are_given():
    hidden = gradients.predicted([1e-3, 1e-6], threshold=1e-4)
    shown = gradients.predicted([1e-3, 1e-6], [1.0, 0.5], threshold=1e-4)
    assert len(set(hidden.lines[-1].get_ydata())) == 1
    np.testing.assert_allclose(shown.lines[-1].get_ydata(), [1.0, 0.5])


def test_a_cliff_is_drawn_beside_the_runs_on_it():
    cost, runs = gradients.cliff(
        [-1.0, 1.0], [1.0, 0.0], {"not clipped": [0.1, 5.0], "clipped": [0.1, 0.05]}
    )
    np.testing.assert_allclose(cost.lines[0].get_ydata(), [1.0, 0.0])
    assert [line.get_label() for line in runs.lines] == ["not clipped", "clipped"]
    assert runs.get_yscale() == "symlog"
