"""The figures of training runs show the numbers that they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_learning_curves_mark_the_lowest_held_out_error_and_name_each_line():
    runs = {"train": [[3.0, 2.0, 1.0]], "validation": [[3.0, 1.5, 2.5]]}
    ax = plotting.training.learning_curves(
        runs, label="RMSE", reference=("line", 2.0), limits=(0, 4)
    )
    marks = [
        line.get_xydata().tolist() for line in ax.lines if len(line.get_xdata()) == 1
    ]
    assert marks == [[[2.0, 1.5]]]
    assert [text.get_text() for text in ax.texts] == ["train", "line", "validation"]
    assert ax.get_ylim() == (0, 4)


def test_a_learning_curve_that_leaves_the_figure_is_named_at_its_edge():
    runs = {"train": [[3.0, 1.0]], "validation": [[3.0, 99.0]]}
    ax = plotting.training.learning_curves(runs, label="RMSE", limits=(0, 4))
    heights = {text.get_text(): text.xy[1] for text in ax.texts}
    assert heights["validation"] == 4


def test_capacity_draws_each_run_and_the_mean():
    errors = {"train": [[4.0, 2.0], [1.0, 3.0]]}
    ax = plotting.training.capacity([2, 8], errors, label="RMSE", reference=("line", 2))
    mean, first, second, _ = (np.asarray(line.get_ydata()) for line in ax.lines)
    np.testing.assert_allclose(mean, [3.0, 2.0])
    np.testing.assert_allclose([first, second], np.transpose(errors["train"]))
    assert [text.get_text() for text in ax.get_xticklabels()] == ["2", "8"]


def test_twin_losses_keep_equal_losses_on_the_logarithmic_axis():
    losses = np.linspace(2, 1, 9)
    top, bottom = plotting.training.twin_losses(
        losses, losses, {"float64": np.zeros(9), "float32": np.full(9, 1e-8)}
    )
    assert [line.get_ydata().tolist() for line in top.lines] == [losses.tolist()] * 2
    assert {line.get_ydata()[0] for line in bottom.lines} == {1e-17, 1e-8}


def test_what_stopped_and_what_is_fresh_share_one_scale():
    ax = plotting.training.stopped_against_fresh([1.0, 3.0], [2.0, 6.0], label="RMSE")
    (points,) = ax.collections
    assert points.get_offsets().tolist() == [[1.0, 2.0], [3.0, 6.0]]
    assert [text.get_text() for text in ax.texts] == ["equal", "mean"]
    assert ax.lines[-1].get_xydata().tolist() == [[2.0, 4.0]]
    assert ax.get_aspect() == 1
