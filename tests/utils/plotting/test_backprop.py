"""The figures of chapter 4 show what they are given."""

from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.scratch import Dense, Network

CHAIN = {"x": 2.0, "w": [1.5, -2.0, 6.0], "b": [-3.0, 1.0, -3.0], "y": 1.0}
HALF_PLANE = Network([Dense.from_weights([[4.0], [0.0]], [0.0], "sigmoid")])


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def words(ax):
    """Return all texts of the axes in one string."""
    return "\n".join(text.get_text() for text in ax.texts)


def test_the_chain_shows_the_numbers_computed_by_hand():
    text = words(plotting.chain(**CHAIN))
    for number in ("$C$ = 0.125", "^1$\n= 0.09375", "^2$\n= −0.1875", "^3$\n= −0.125"):
        assert number in text
    for slope in ("= 0.1875", "= −0.09375", "= −0.0625"):
        assert f"\n{slope}" in text


@pytest.mark.parametrize(
    ("step", "shown"), [(0, 0), (1, 2), (3, 6), (4, 7), (5, 8), (7, 10), (8, 13)]
)
def test_each_step_of_the_chain_shows_one_thing_more(step, shown):
    nothing = len(plotting.chain(**CHAIN, step=0).texts)
    arrows = max(step - 4, 0) - (step == 8)
    texts = len(plotting.chain(**CHAIN, step=step).texts)
    assert texts == nothing + shown + arrows


def test_the_errors_of_the_chain_appear_from_the_last_layer_on():
    text = words(plotting.chain(**CHAIN, step=5))
    assert "delta^3" in text
    assert "delta^2" not in text


@pytest.mark.parametrize("step", [-1, 9])
def test_a_step_beyond_the_chain_is_refused(step):
    with pytest.raises(ValueError, match=f"between 0 and 8; got {step}"):
        plotting.chain(**CHAIN, step=step)


def test_a_chain_with_a_bias_missing_is_refused():
    with pytest.raises(ValueError, match="equally long; got 2 and 1"):
        plotting.chain(x=1.0, w=[1.0, 2.0], b=[0.0], y=0.0)


def test_the_outer_products_add_up_to_the_gradient():
    rng = np.random.default_rng(0)
    A, delta = rng.integers(-3, 4, (3, 2)), rng.integers(-3, 4, (3, 4))
    *examples, total = plotting.outer_products(A, delta)
    images = [np.asarray(ax.images[0].get_array()) for ax in examples]
    assert len(images) == 3
    np.testing.assert_array_equal(total.images[0].get_array(), A.T @ delta)
    np.testing.assert_array_equal(sum(images), A.T @ delta)


def test_the_shaded_region_is_where_the_network_answers_more_than_one_half():
    ax = plotting.regions([[1.0, 0.0], [-1.0, 0.0]], [1, 0], HALF_PLANE)
    (shaded,) = ax.collections[0].get_paths()
    assert shaded.contains_point((1.0, 0.3))
    assert not shaded.contains_point((-1.0, 0.3))


def test_outputs_above_one_are_shaded_as_well():
    steep = Network([Dense.from_weights([[9.0], [0.0]], [0.0])])
    ax = plotting.regions([[1.0, 0.0], [-1.0, 0.0]], [1, 0], steep)
    (shaded,) = ax.collections[0].get_paths()
    assert shaded.contains_point((2.5, 0.3))


def test_digits_stand_in_their_order_below_their_labels():
    images = np.arange(3 * 64).reshape(3, 8, 8)
    axes = plotting.digits(images, [4, 0, 9])
    assert [ax.get_title("left") for ax in axes] == ["4", "0", "9"]
    np.testing.assert_array_equal(axes[2].images[0].get_array(), images[2])


def test_a_difference_of_zero_has_a_place_on_the_logarithmic_axis():
    ax = plotting.step_differences({"float64": [0.0, 1e-16]})
    assert ax.lines[0].get_ydata().tolist() == [1e-17, 1e-16]


def test_step_sizes_are_drawn_as_measured():
    ax = plotting.step_size_errors([1e-9, 1e-5], {"central": [1e-7, 1e-11]})
    assert ax.lines[0].get_xydata().tolist() == [[1e-9, 1e-7], [1e-5, 1e-11]]


@pytest.mark.parametrize(
    "draw",
    [
        partial(plotting.chain, **CHAIN),
        partial(plotting.regions, [[0.0, 1.0]], [1], HALF_PLANE),
        partial(plotting.step_differences, {"float32": [1e-7]}),
        partial(plotting.step_size_errors, [1e-5], {"central": [1e-9]}),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax=ax) is ax
    assert len(plt.get_fignums()) == 1
