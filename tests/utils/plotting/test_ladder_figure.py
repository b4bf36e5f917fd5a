"""The ladder shows every run, also those that lie beyond its edge."""

import numpy as np
import pandas as pd

from utils.plotting import PALETTE, ladder


def rungs():
    return pd.DataFrame(
        {
            "model": ["bad", "bad", "bad", "good", "good"],
            "error": [0.4, 0.45, 2.9, 0.2, 0.3],
            "share": [0.25, 0.125, -6.0, 0.75, 0.5],
        }
    )


def test_every_run_within_the_axis_is_a_dot():
    ax = ladder.ladder(rungs(), naive=0.5, floor=0.1)
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    found = np.sort(np.concatenate([line.get_xdata() for line in dots]))
    np.testing.assert_allclose(found, [12.5, 25, 50, 75])


def test_a_run_beyond_the_edge_is_marked_with_its_error():
    ax = ladder.ladder(rungs(), naive=0.5, floor=0.1)
    assert [text.get_text() for text in ax.texts] == ["1 beyond the edge, MSE 2.90"]


def test_the_axis_above_gives_the_error():
    ax = ladder.ladder(rungs(), naive=0.5, floor=0.1)
    (upper,) = ax.child_axes
    forward, back = upper._functions
    np.testing.assert_allclose(forward(np.array([0, 100])), [0.5, 0.1])
    np.testing.assert_allclose(back(forward(np.array([37.0]))), [37.0])


def board():
    return pd.DataFrame(
        {
            "chapter": [9, 9, 10, 10],
            "question": ["sea", "sea", "sea", "air"],
            "model": ["line", "line", "network", "mean"],
            "skill": [0.1, 0.3, -0.002, -2.0],
            "best": [0.9, 0.9, 0.9, np.nan],
        }
    )


def test_the_scoreboard_is_strong_where_the_chapter_is():
    ax = ladder.scoreboard(board(), chapter=10)
    looks = {label.get_text(): label.get_color() for label in ax.get_yticklabels()}
    assert list(looks) == ["sea", "line (9)", "network (10)", "air", "mean (10)"]
    assert looks["line (9)"] == PALETTE["grey"]
    assert {looks["network (10)"], looks["sea"], looks["air"]} == {PALETTE["ink"]}
    dots = {line.get_color() for line in ax.lines if line.get_marker() == "o"}
    assert dots == {PALETTE["grey"], PALETTE["blue"]}


def test_the_scoreboard_says_each_median_and_where_the_floor_is():
    ax = ladder.scoreboard(board(), chapter=9)
    assert [text.get_text() for text in ax.texts] == ["floor", "20", "0", "−200"]
    bars = [line for line in ax.lines if line.get_linewidth() == 2]
    (floor,) = [bar for bar in bars if np.allclose(bar.get_xdata(), 90)]
    np.testing.assert_allclose(floor.get_ydata(), [0.5, 2.5])


def test_a_run_beyond_the_edge_of_the_scoreboard_is_an_arrow():
    ax = ladder.scoreboard(board(), chapter=9)
    (arrow,) = [line for line in ax.lines if line.get_marker() == "<"]
    np.testing.assert_allclose(arrow.get_ydata(), 4)
