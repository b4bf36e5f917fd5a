"""The figures of chapter 14's end show what was measured."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from utils import plotting

ERRORS = pd.DataFrame(
    {
        "validation": [2.1, 2.4],
        "validation spread": [0.02, np.nan],
        "test": [2.3, 2.6],
        "test spread": [0.03, np.nan],
        "refitted": [2.2, 2.6],
        "refitted spread": [0.01, np.nan],
    },
    index=["gru", "naive"],
)
SKILL = pd.DataFrame(
    {"skill": [0.1, 0.2, 0.3], "low": [0.0, 0.15, 0.1], "high": [0.2, 0.3, 0.6]},
    index=["cold", "usual", "warm"],
)
RISE = pd.DataFrame({"mean": [0.3, 0.1], "spread": [0.01, 0.02]}, index=["a", "b"])
LEAKS = pd.DataFrame(
    {"honest": [2.6, 2.2], "leaking": [1.6, 2.0], "gain": [1.0, 0.2]}, index=["a", "b"]
)
HOURS = np.arange("2016-01-01T00", "2016-01-01T04", dtype="datetime64[h]")
FAN = (HOURS, [1.0, -1.0, 5.0, 2.0], np.zeros(4), np.full(4, 4.0))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def bars_of(ax, k):
    """Ends of the error bars of the k-th series, one row per point."""
    segments = ax.containers[k].lines[2][0].get_segments()
    return np.array([[ends[0], ends[1]] for ends in segments])


def test_the_board_shows_every_error_with_its_spread():
    ax = plotting.board(ERRORS)
    dots = [container.lines[0].get_xdata().tolist() for container in ax.containers]
    assert dots == [[2.1, 2.4], [2.3, 2.6], [2.2, 2.6]]
    assert np.allclose(bars_of(ax, 0)[0, :, 0], [2.08, 2.12])
    assert np.allclose(bars_of(ax, 0)[1, :, 0], [2.4, 2.4])
    assert len(ax.get_legend().texts) == 3


def test_the_best_model_is_at_the_top_of_the_board():
    ax = plotting.board(ERRORS)
    heights = ax.transData.transform([[2.1, 0], [2.1, 1]])[:, 1]
    assert heights[0] > heights[1]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["gru", "naive"]


def test_before_the_test_set_is_opened_the_board_shows_validation_only():
    ax = plotting.board(ERRORS[["validation", "validation spread"]])
    assert [text.get_text() for text in ax.get_legend().texts] == ["validation"]


def test_skill_is_drawn_in_per_cent_with_its_interval():
    ax = plotting.skill_by(SKILL, label="today", overall=0.18)
    assert np.allclose(ax.containers[0].lines[0].get_ydata(), [10, 20, 30])
    assert np.allclose(bars_of(ax, 0)[:, :, 1], [[0, 20], [15, 30], [10, 60]])
    flat = [line.get_ydata()[0] for line in ax.lines if len(line.get_xdata()) == 2]
    assert flat == [0, 18]
    assert [label.get_text() for label in ax.get_xticklabels()] == list(SKILL.index)


def test_many_groups_are_not_all_named():
    frame = pd.concat([SKILL] * 8).set_axis(range(24))
    ax = plotting.skill_by(frame, label="hour")
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == [str(hour) for hour in range(0, 24, 3)]


def test_hours_outside_their_interval_are_marked():
    ax = plotting.interval_fan(*FAN, forecast=np.full(4, 2.0), level=0.8)
    marked = next(line for line in ax.lines if line.get_label() == "outside")
    assert marked.get_ydata().tolist() == [-1.0, 5.0]
    names = [text.get_text() for text in ax.get_legend().texts]
    assert names == ["80% interval", "forecast", "observed", "outside"]


def test_the_most_important_group_is_at_the_top():
    ax = plotting.importance(RISE)
    assert [bar.get_width() for bar in ax.patches] == [0.3, 0.1]
    assert ax.yaxis_inverted()


def test_each_leak_has_a_bar_for_how_it_looks_and_one_for_what_it_is():
    ax = plotting.leaks(LEAKS, naive=2.4)
    assert [bar.get_width() for bar in ax.patches] == [2.6, 2.2, 1.6, 2.0]
    assert [text.get_text() for text in ax.texts] == ["2.60", "2.20", "1.60", "2.00"]
    assert ax.lines[0].get_xdata()[0] == 2.4


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.board(ERRORS, ax=ax),
        lambda ax: plotting.skill_by(SKILL, label="today", ax=ax),
        lambda ax: plotting.interval_fan(*FAN, ax=ax),
        lambda ax: plotting.importance(RISE, ax=ax),
        lambda ax: plotting.leaks(LEAKS, ax=ax),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax) is ax
    assert len(plt.get_fignums()) == 1


def test_weeks_show_the_truth_and_both_forecasts_under_their_title():
    stretch = (HOURS, [1.0, 2.0, 3.0, 4.0], np.zeros(4), np.ones(4))
    axes = plotting.leaderboard.weeks({"good": stretch, "bad": stretch})
    assert [ax.get_title("left") for ax in axes] == ["good", "bad"]
    lines = {line.get_label(): line.get_ydata().tolist() for line in axes[1].lines}
    assert lines["observed"] == [1.0, 2.0, 3.0, 4.0]
    assert (lines["forecast"], lines["naive"]) == ([0.0] * 4, [1.0] * 4)
