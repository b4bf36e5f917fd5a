"""The figures of chapter 8 show what they are given."""

from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.plotting import memory
from utils.scratch import LSTM

HALF = dict.fromkeys("ifoch", np.full((1, 4, 1), 0.5))
RUNS = {"one": {"LSTM": [[1, 0, 1], [0, 0, 0]], "GRU": [[1, 1, 1], [0, 1, 0]]}}


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def words(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("stage", range(1, 6))
def test_each_stage_of_the_cell_keeps_what_was_there_and_adds_something(stage):
    counts = {
        "$\\sigma$": (0, 0, 1, 2, 3, 3),
        "×": (0, 0, 1, 2, 3, 3),
        "+": (0, 1, 1, 1, 1, 1),
    }
    for symbol, drawn in counts.items():
        assert words(memory.lstm(stage)).count(symbol) == drawn[stage]
    dashed = [line for line in memory.lstm(stage).lines if line.get_linestyle() == "--"]
    assert bool(dashed) == (stage == 5)


def test_the_equation_of_a_stage_has_the_gates_that_are_drawn():
    for stage in range(6):
        names = words(memory.lstm(stage))
        equations = " ".join(names[-2:])
        for gate, first in (("f", 2), ("i", 3), ("o", 4)):
            assert (f"${gate}_t$" in names) == (stage >= first)
            assert (f"{gate}_t" in equations) == (stage >= first)


@pytest.mark.parametrize("stage", [-1, 6])
def test_a_stage_that_does_not_exist_is_refused(stage):
    with pytest.raises(ValueError, match=f"between 0 and 5; got {stage}"):
        memory.lstm(stage)


@pytest.mark.parametrize(("after", "first"), [(True, "U"), (False, "×")])
def test_the_two_forms_of_the_gru_differ_in_the_order_of_gate_and_product(after, first):
    places = {
        text.get_text(): text.get_position()[0]
        for text in memory.gru(reset_after=after).texts
        if text.get_text() in ("U", "×") and text.get_position()[0] < 6
    }
    assert min(places, key=places.get) == first


def test_the_traces_are_what_the_unit_computed():
    cell = LSTM(1, 2, rng=np.random.default_rng(0), return_sequences=True)
    x = np.random.default_rng(1).normal(size=(3, 5, 1))
    h = cell.forward(x)
    axes = memory.traces({"x": x[2, :, 0]}, cell.activations, example=2, unit=1)
    drawn = {text.get_text(): line for ax in axes for text, line in pairs(ax)}
    np.testing.assert_array_equal(drawn["output $h$"].get_ydata(), h[2, :, 1])
    for name, symbol in (("forget $f$", "f"), ("carry $c$", "c"), ("input $i$", "i")):
        values = cell.activations[symbol][2, :, 1]
        np.testing.assert_array_equal(drawn[name].get_ydata(), values)


def pairs(ax):
    return zip(ax.texts, ax.lines[1:], strict=True)


def test_names_at_the_ends_of_the_traces_stand_apart():
    for ax in memory.traces({"a": [0, 0, 0, 0], "b": [0, 0, 0, 0]}, HALF):
        bottom, top = ax.get_ylim()
        heights = sorted(text.xy[1] for text in ax.texts)
        assert min(np.diff(heights)) >= 0.15 * (top - bottom)


@pytest.mark.parametrize(("bias", "life"), [(0, "1.0"), (1, "2.2"), (5, "103.2")])
def test_a_forget_bias_is_drawn_as_its_half_life(bias, life):
    carry, recall = memory.forget_bias(bias, delays=[10, 20], shares=[1.0, 0.4])
    assert carry.get_title("left") == f"half-life {life} steps"
    steps, left = carry.lines[0].get_data()
    np.testing.assert_allclose(left, 100 / (1 + np.exp(-bias)) ** steps, rtol=1e-9)
    assert recall.lines[0].get_ydata().tolist() == [100, 40]


def test_the_reach_is_drawn_in_half_lives_and_what_was_not_measured_is_said():
    _, recall = memory.forget_bias(0.0, reach=12.8)
    assert recall.get_title("left") == "rule: up to 13 steps"
    assert recall.lines[1].get_xdata()[0] == pytest.approx(12.8)
    assert words(recall) == ["not measured"]
    assert words(memory.forget_bias(0.0, delays=[10], shares=[1.0])[1]) == []


def test_a_square_is_filled_for_each_run_that_recalled():
    (ax,) = memory.recalled(RUNS, [10, 40])
    white = [
        sum((color == 1).all() for color in dots.get_facecolors())
        for dots in ax.collections
    ]
    assert white == [1, 3, 0, 2]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["10", "40"]


@pytest.mark.parametrize(
    "draw",
    [memory.lstm, memory.gru, partial(memory.lstm, 0)],
)
def test_cells_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_the_other_figures_draw_into_the_axes_that_they_are_given():
    for n, draw in (
        (3, partial(memory.traces, {"x": [0, 1, 0, 0]}, HALF)),
        (2, partial(memory.forget_bias, 1.0)),
        (1, partial(memory.recalled, RUNS, [1, 2])),
    ):
        axes = plt.subplots(1, n, squeeze=False)[1][0]
        assert draw(axes=axes) is axes
    assert len(plt.get_fignums()) == 3
