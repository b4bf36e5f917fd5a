"""The figures of chapter 3 show what the formulas say."""

from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.scratch import SGD, Adam, cosine_decay

X, Y = np.array([1.0, 3.0]), np.array([3.0, 4.0])  # curvature 5, minimum at 1.5


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def bowl(w):
    return w[0] ** 2 + w[1] ** 2


BOWL = {"limits": (-2, 2, -2, 2), "levels": [1, 2], "goals": [[0, 0]]}


@pytest.mark.parametrize(
    "draw",
    [
        plotting.saturation,
        partial(plotting.recovery, 2.0),
        partial(plotting.weight_paths, bowl, {"Adam": [[1, 1], [0, 0]]}, **BOWL),
        partial(plotting.adam_steps, {"corrected": [1.0, 1.0]}),
        partial(plotting.schedules, {"cosine": cosine_decay(0.1, steps=9)}, n_steps=9),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax=ax) is ax
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    "draw", [plotting.penalties, partial(plotting.one_weight, X, Y, lr=0.1)]
)
def test_pairs_of_panels_draw_into_the_axes_that_they_are_given(draw):
    _, axes = plt.subplots(1, 2)
    assert draw(axes=axes) is axes
    assert len(plt.get_fignums()) == 1


def test_penalties_are_the_costs_of_one_example():
    left, right = plotting.penalties()
    error, half_square = left.lines[0].get_data()
    np.testing.assert_allclose(half_square, error**2 / 2)
    np.testing.assert_allclose(left.lines[1].get_ydata(), np.abs(error))
    p, log_cost = right.lines[0].get_data()
    np.testing.assert_allclose(np.exp(-log_cost), p)
    assert right.lines[1].get_ydata().max() <= 0.5


@pytest.mark.parametrize("draw", [plotting.penalties, plotting.saturation])
def test_no_curve_runs_through_the_name_of_a_curve(draw):
    for ax in np.atleast_1d(draw()):
        ax.figure.canvas.draw()
        for line in ax.lines:
            points = line.get_path().interpolated(20).vertices
            points = line.get_transform().transform(points)
            for name in ax.texts:
                crossed = name.get_window_extent().count_contains(points)
                assert not crossed, name.get_text()


def test_the_slope_of_cross_entropy_stays_where_the_quadratic_one_vanishes():
    lines = plotting.saturation().lines
    z, flat = lines[0].get_data()
    steep = lines[1].get_ydata()
    a = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(flat, a * a * (1 - a), rtol=1e-6)
    np.testing.assert_allclose(steep, a, rtol=1e-6)


def test_recovery_starts_at_the_output_of_the_start_and_falls():
    for line in plotting.recovery(4.0).lines:
        outputs = line.get_ydata()
        assert np.isclose(outputs[0], 1 / (1 + np.exp(-4.0)))
        assert (np.diff(outputs) < 0).all()


@pytest.mark.parametrize("lr", [0.02, 0.1, 0.2, 0.3, 0.39])
def test_one_weight_takes_the_steps_of_gradient_descent(lr):
    drawn = plotting.one_weight(X, Y, lr=lr)[1].lines[1].get_ydata()
    w, optimizer = np.zeros(1), SGD(lr)
    for expected in drawn:
        np.testing.assert_allclose(w[0], expected, atol=1e-12)
        optimizer.update([w], [[np.mean((w * X - Y) * X)]])


def test_one_weight_takes_the_steps_worked_by_hand_in_the_chapter():
    drawn = plotting.one_weight(X, Y, lr=0.1)[1].lines[1].get_ydata()
    np.testing.assert_allclose(drawn[:3], [0.0, 0.75, 1.125])


def test_one_weight_lies_on_its_cost_curve():
    left, _ = plotting.one_weight(X, Y, lr=0.3)
    path, cost = left.lines[1].get_data()
    np.testing.assert_allclose(cost, [np.sum((w * X - Y) ** 2) / 4 for w in path])


def test_a_diverging_weight_is_drawn_until_it_has_left_the_picture():
    left, right = plotting.one_weight(X, Y, lr=0.6, n_steps=40)
    drawn = right.lines[1].get_ydata()
    low, high = right.get_ylim()
    assert 2 < len(drawn) < 41
    assert not low <= drawn[-1] <= high
    assert np.isfinite(left.lines[1].get_ydata()).all()


@pytest.mark.parametrize("lr", [0.1, 0.5])
def test_frames_of_one_weight_keep_their_limits(lr):
    left, right = plotting.one_weight(X, Y, lr=lr)
    reference = plotting.one_weight(X, Y, lr=0.2)
    for ax, other in zip((left, right), reference, strict=True):
        assert ax.get_xlim() == other.get_xlim()
        assert ax.get_ylim() == other.get_ylim()


def test_paths_look_like_their_optimizer_in_every_figure():
    path = [[1.0, 1.0], [0.5, 0.5]]
    ax = plotting.weight_paths(bowl, {"momentum": path, "Adam": path}, **BOWL)
    assert [text.get_text() for text in ax.get_legend().texts] == ["momentum", "Adam"]
    for line in ax.lines[1:]:
        shade, dash, marker = plotting.OPTIMIZER_LOOKS[line.get_label()]
        assert line.get_color() == plotting.color(shade)
        assert (line.get_linestyle(), line.get_marker()) == (dash, marker)


def test_no_two_optimizers_share_a_look():
    looks = plotting.OPTIMIZER_LOOKS.values()
    assert len({shade for shade, _, _ in looks}) == len(looks)
    assert len({marker for _, _, marker in looks}) == len(looks)


def test_a_single_path_needs_no_legend():
    assert plotting.weight_paths(bowl, {"any": [[1, 1]]}, **BOWL).get_legend() is None


def test_adam_steps_and_schedules_show_every_entry():
    ax = plotting.adam_steps({"corrected": [1, 1], "uncorrected": [3, 2]})
    assert [text.get_text() for text in ax.texts] == ["corrected", "uncorrected"]
    rate = cosine_decay(0.1, steps=9)
    ax = plotting.schedules({"cosine": rate}, n_steps=9)
    assert ax.lines[0].get_ydata().tolist() == [rate(step) for step in range(10)]


@pytest.mark.parametrize("t", [1, 2, 12, 100])
def test_uncorrected_adam_steps_have_the_length_that_the_chapter_states(t):
    w, optimizer = np.zeros(1), Adam(1.0, bias_correction=False)
    for _ in range(t):
        before = w.copy()
        optimizer.update([w], [np.array([3.0])])
    expected = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    np.testing.assert_allclose(before - w, expected, rtol=1e-5)


def test_cost_curves_name_each_run_and_keep_a_lost_one_inside():
    costs = {"good": [1.0, 0.1], "lost": [1.0, 1e9]}
    ax = plotting.cost_curves(costs, reference=("naive", 0.2), limits=(0.05, 5))
    assert ax.get_ylim() == (0.05, 5)
    places = {text.get_text(): text.xy[1] for text in ax.texts}
    assert places == {"good": 0.1, "lost": 5, "naive": 0.2}


def test_two_valleys_mark_where_a_descent_starts_and_ends():
    ax = plotting.two_valleys(np.square, [[1.0, 0.5, 0.25]], limits=(-2, 2))
    _, path, start, end = ax.lines
    np.testing.assert_allclose(path.get_ydata(), [1, 0.25, 0.0625])
    assert (start.get_xdata()[0], end.get_xdata()[0]) == (1.0, 0.25)


def test_steps_by_rate_draws_every_optimizer_on_every_surface():
    found = {"SGD": [np.nan, 80.0], "Adam": [90.0, 60.0]}
    axes = plotting.steps_by_rate([0.1, 0.2], {"a": found, "b": found}, limit=100)
    assert [ax.get_title("left") for ax in axes] == ["a", "b"]
    for ax in axes:
        sgd, adam, limit = ax.lines
        np.testing.assert_array_equal(sgd.get_ydata(), found["SGD"])
        np.testing.assert_array_equal(adam.get_ydata(), found["Adam"])
        assert set(limit.get_ydata()) == {100}
