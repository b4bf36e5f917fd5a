"""The figures of delayed recall show what they are given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from utils import plotting
from utils.experiments import recall as experiment
from utils.plotting import recall


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def runs():
    rng = np.random.default_rng(0)
    n = 60
    table = pd.DataFrame(
        {
            "cell": rng.choice(list(experiment.CELLS), n),
            "ratio": 10 ** rng.uniform(-20, 0, n),
            "recalled": rng.uniform(0.4, 1, n),
        }
    )
    table["predicted"] = table["ratio"] > 1e-4
    table["learned"] = table["recalled"] > 0.95
    return table


def test_every_kind_of_cell_has_its_look():
    assert recall.CELLS.keys() == experiment.CELLS.keys()
    assert len(set(recall.CELLS.values())) == len(recall.CELLS)


def test_every_run_is_a_point_and_each_quarter_has_its_count():
    table = runs()
    ax = recall.prediction(table, threshold=1e-4)
    points = np.concatenate([dots.get_offsets() for dots in ax.collections])
    assert len(points) == len(table)
    assert points[:, 0].min() == 1e-12
    assert points[:, 0].max() == table["ratio"].max()
    np.testing.assert_allclose(sorted(points[:, 1]), sorted(100 * table["recalled"]))
    counts = [int(text.get_text()) for text in ax.texts]
    row = experiment.confusion(table).iloc[0]
    names = (
        "learned, not predicted",
        "learned, as predicted",
        "failed, as predicted",
        "failed, not predicted",
    )
    assert counts == [row[name] for name in names]
    assert sum(counts) == len(table)


def test_bars_have_the_length_of_their_shares():
    counts = experiment.confusion(runs(), "cell")
    ax = recall.confusion(counts)
    widths = np.array([bar.get_width() for bar in ax.patches]).reshape(4, -1)
    np.testing.assert_allclose(widths.sum(axis=0), 100)
    for widths_of_one, name in zip(widths, recall.PARTS, strict=True):
        np.testing.assert_allclose(widths_of_one, 100 * counts[name] / counts["runs"])
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels == list(counts.index)
    assert ax.texts[0].get_text().endswith(f"% of {counts['runs'].iloc[0]}")


def test_bars_of_two_columns_carry_both_names():
    table = runs().assign(delay=10)
    ax = recall.confusion(experiment.confusion(table, ["delay", "cell"]))
    assert ax.get_yticklabels()[0].get_text() == "10, GRU"


def test_an_lstm_that_always_learns_is_marked_at_the_longest_delay():
    ax = recall.half_lives([1.0, 5.0, 100.0], [20, 40, np.inf], limits=(10, 100))
    found, beyond = ax.lines[:2]
    assert found.get_xydata().tolist() == [[1, 20], [5, 40]]
    assert beyond.get_xydata().tolist() == [[100, 100]]
