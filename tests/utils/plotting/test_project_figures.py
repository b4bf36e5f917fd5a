"""The figures of the project show what they are given, and nothing that is closed."""

from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from utils import plotting
from utils.plotting import project, univariate

MONTHS = pd.date_range("2000-01-01", periods=24, freq="MS")
VALUES = pd.Series(np.arange(24.0), MONTHS)


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def test_the_held_out_months_are_not_drawn():
    ax = project.layout(VALUES, [12, 15], horizon=3, label="index")
    curve, *lines = ax.lines
    assert len(curve.get_ydata()) == 21
    assert curve.get_ydata().max() == 20
    assert len(lines) == 2
    assert [text.get_text() for text in ax.texts] == [
        *("training", "validation", "held out"),
    ]


def test_every_answer_to_a_change_looks_different():
    errors = {name: [1.0, 2.0] for name in project.ANSWERS}
    ax = project.regime([1, 2], errors, label="MAE", limits=(0, 3))
    looks = [
        (line.get_color(), line.get_linestyle(), line.get_marker()) for line in ax.lines
    ]
    for part in zip(*looks, strict=True):
        assert len(set(part)) == len(project.ANSWERS)
    assert ax.get_ylim() == (0, 3)


def test_counts_are_shown_in_per_cent_and_claims_between_two_bars():
    ax = project.counts([0.0, 0.25, 0.75], [0.1, 0.2, 0.7], claims={"2 or more": 2})
    assert [bar.get_height() for bar in ax.patches] == [0.0, 25.0, 75.0]
    expected, claim = ax.lines
    np.testing.assert_allclose(expected.get_ydata(), [10, 20, 70])
    assert claim.get_xdata()[0] == 1.5


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ([True, False, True], ["inside", "outside"]),
        ([True] * 3, ["inside"]),
        ([False] * 3, ["outside"]),
    ],
)
def test_months_inside_and_outside_are_told_apart(inside, shown):
    rows = {name: np.full(3, value) for name, value in (("lower", 1), ("upper", 3))}
    months = np.arange("2002-01", "2002-04", dtype="datetime64[M]")
    plan = SimpleNamespace(months=months, level=0.9)
    frozen = SimpleNamespace(plan=plan, forecast=np.full(3, 2.0), **rows)
    outcome = SimpleNamespace(frozen=frozen, truth=np.arange(3.0), inside=inside)
    ax = project.opened(VALUES, outcome, label="index")
    line = ax.lines[1].get_color()  # of the forecast
    rest = [dots.get_color() for dots in ax.lines[2:]]
    assert line not in rest
    coming = pd.Series(frozen.forecast, pd.DatetimeIndex(months))
    before = univariate.fan(VALUES, coming, frozen.lower, frozen.upper, label="index")
    assert before.lines[1].get_color() == line
    names = ax.get_legend_handles_labels()[1]
    assert names == ["90 % interval", "forecast", *shown]
    _, _, *dots = ax.lines
    assert sum(len(line.get_ydata()) for line in dots) == 3
    assert (
        dots[0].get_ydata().tolist()
        == np.arange(3.0)[np.array(inside) == (shown[0] == "inside")].tolist()
    )
