"""The figures of chapter 2 show what the networks do."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.scratch import ACTIVATIONS, Dense, Network

SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
SMALL = Network(
    [
        Dense.from_weights([[1, -1, 2], [0.5, 1, -1]], [0, -2, 0.5], "relu"),
        Dense.from_weights([[1], [3], [-2]], [0.5]),
    ]
)
XOR = Network(
    [
        Dense.from_weights([[1, 1], [1, 1]], [-0.5, -1.5], "step"),
        Dense.from_weights([[1], [-1]], [-0.5], "step"),
    ]
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_a_network_is_drawn_with_a_line_for_every_weight_and_its_shapes():
    ax = plotting.layers([2, 3, 1])
    assert len(ax.lines) == 2 * 3 + 3 * 1
    assert len(ax.patches) == 2 + 3 + 1
    assert "$W^1$ (2, 3)\n$b^1$ (3,)" in words(ax)
    assert "$W^2$ (3, 1)\n$b^2$ (1,)" in words(ax)


def test_layers_are_named_by_their_place():
    names = [word for word in words(plotting.layers([1, 2, 2, 3])) if "layer" in word]
    assert names == ["input layer", "hidden layer", "hidden layer", "output layer"]


@pytest.mark.parametrize("sizes", [[3], [2, 7, 1], [2, 0, 1]])
def test_a_network_too_large_to_draw_is_refused(sizes):
    with pytest.raises(ValueError, match=r"1 to 6 neurons.*got \["):
        plotting.layers(sizes)


def test_the_forward_pass_shows_weights_sums_and_answers():
    shown = words(plotting.forward_pass(SMALL, [1.0, 2.0]))
    for text in ("0.5", "3", "$b$ = −2", "$z$ = −1", "$z$ = 1.5", "1.5"):
        assert text in shown
    assert len(shown) == 9 + 2 + 4 + 2 * 4


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_the_tangent_has_the_slope_that_the_other_panel_shows(name):
    f = ACTIVATIONS[name]
    left, right = plotting.activation(f, z=0.7)
    x, y = left.lines[-1].get_data()
    slope = (y[1] - y[0]) / (x[1] - x[0])
    assert np.isclose(slope, f.derivative(0.7))
    assert np.isclose(right.lines[-1].get_ydata()[0], f.derivative(0.7))


def test_regions_are_shaded_where_the_network_answers_one():
    axes = plotting.xor_regions(XOR, SQUARE, [0, 1, 1, 0])
    shaded = axes[2].collections[0].get_paths()[0]
    inside = shaded.contains_points([[0, 1], [1, 0], [0, 0], [1, 1]])
    assert inside.tolist() == [True, True, False, False]


def test_the_output_neuron_sees_two_inputs_in_one_place():
    axes = plotting.xor_regions(XOR, SQUARE, [0, 1, 1, 0])
    assert sorted(words(axes[3])) == ["(0, 0)", "(0, 1)\n(1, 0)", "(1, 1)"]


def test_level_lines_and_fits_have_a_panel_or_a_line_for_each_network():
    linear = Network([Dense.from_weights([[1.0], [2.0]], [0.0])])
    axes = plotting.contours({"one": linear, "two": linear})
    assert [ax.get_title("left") for ax in axes] == ["one", "two"]
    x = np.linspace(0, 1, 5)
    ax = plotting.curve_fit(x, x**2, [x, x + 1], kinks=[[0.5, 0.2]], inside=(0, 1))
    assert len(ax.lines) == 4


def test_errors_are_drawn_with_one_dot_per_seed_and_their_median():
    ax = plotting.error_by_width([2, 4], [1.0, 0.3], [[1, 2, 9], [0.1, 0.2, 0.3]])
    assert len(ax.collections[0].get_offsets()) == 6
    assert ax.lines[0].get_ydata().tolist() == [2, 0.2]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.layers([2, 1], ax=ax),
        lambda ax: plotting.forward_pass(SMALL, [0, 0], ax=ax),
        lambda ax: plotting.curve_fit([0, 1], [0, 1], [[1, 0]], ax=ax),
        lambda ax: plotting.error_by_width([1, 2], [1, 0.5], [[1], [2]], ax=ax),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax) is ax
    assert len(plt.get_fignums()) == 1


def test_backward_pass_writes_the_errors_and_greys_paths_that_carry_none():
    network = Network(
        [
            Dense.from_weights([[1, -1]], [0, 0], "relu"),
            Dense.from_weights([[1], [3]], [0], "linear"),
        ]
    )
    ax = plotting.backward_pass(network, [2.0], [1.0])
    texts = [text.get_text() for text in ax.texts]
    assert [t for t in texts if "delta" in t] == [
        r"$\delta$ = 1",
        r"$\delta$ = 0",
        r"$\delta$ = 1",
    ]
    dashed = [
        text.arrow_patch.get_linestyle() == "--"
        for text in ax.texts
        if getattr(text, "arrow_patch", None)
    ]
    assert dashed == [False, True, False, False]
