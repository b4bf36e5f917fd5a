"""The figures of forecasting one series from its past show what they are given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from utils import plotting
from utils.plotting import univariate

MONTHS = pd.date_range("2000-01-01", periods=24, freq="MS")
VALUES = pd.Series(np.arange(24.0), MONTHS)


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


@pytest.mark.parametrize(("length", "horizon"), [(4, 1), (3, 2), (9, 1)])
def test_each_example_is_a_row_that_starts_one_step_later(length, horizon):
    ax = univariate.windows(n=10, length=length, horizon=horizon)
    numbers = [int(text.get_text()) for text in ax.texts]
    rows = np.reshape(numbers, (-1, length + horizon))
    assert len(rows) == 10 - length - horizon + 1
    np.testing.assert_array_equal(rows[:, 0], np.arange(len(rows)))
    assert rows[-1, -1] == 9
    shades = [patch.get_facecolor() for patch in ax.patches[: length + horizon]]
    assert len(set(shades[:length])) == len(set(shades[length:])) == 1
    assert shades[0] != shades[-1]


def test_a_recursion_shows_the_forecast_at_its_steps_and_its_distance():
    clean = np.sin(np.arange(100))
    forecast = clean[60:80] + np.linspace(0, 1, 20)
    above, below = univariate.recursion(clean, clean, forecast, start=60, shown=30)
    past, truth, drawn = above.lines[:3]
    assert past.get_xdata().tolist() == list(range(30, 60))
    np.testing.assert_array_equal(truth.get_ydata(), clean[60:80])
    assert drawn.get_xdata().tolist() == list(range(60, 80))
    np.testing.assert_allclose(below.lines[0].get_ydata(), np.linspace(0, 1, 20))


def test_a_forecast_from_the_first_steps_has_a_shorter_past():
    wave = np.zeros(20)
    above, _ = univariate.recursion(wave, wave, wave[5:9], start=5)
    assert above.lines[0].get_xdata().tolist() == [0, 1, 2, 3, 4]


def test_the_largest_root_is_marked_and_the_others_are_crosses():
    values = np.array([0.9j, -0.9j, 0.5])
    circle, course = univariate.roots(values, [0.9, 0.8], [1.0, 1.0])
    unit, others, largest = circle.lines
    np.testing.assert_allclose(np.hypot(*unit.get_data()), 1)
    assert others.get_xdata().tolist() == [0.0, 0.5]
    assert largest.get_ydata().tolist() == [0.9]
    assert course.lines[1].get_ydata().tolist() == [0.9, 0.8]


def test_predicted_and_measured_errors_are_medians_in_their_range():
    predicted = np.array([[0.1, 0.2, 0.9], [0.1, 0.1, 0.1]])
    measured = predicted + 0.05
    ax = univariate.largest_root([2, 8], predicted, measured, period=4)
    by_label = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_allclose(by_label["measured"], [0.25, 0.15])
    np.testing.assert_allclose(by_label["predicted by the largest root"], [0.2, 0.1])
    bands = [band.get_paths()[0].vertices[:, 1] for band in ax.collections]
    assert [band.max().round(2) for band in bands] == [0.95, 0.9]
    assert ax.lines[2].get_xdata() == [4, 4]


def test_the_range_of_the_first_part_is_drawn():
    parts = {"train": VALUES[:12] / 11, "test": VALUES[12:] / 11}
    ax = univariate.scaled(parts, label="scaled")
    assert [line.get_ydata()[0] for line in ax.lines[:2]] == [0, 1]
    assert ax.lines[3].get_color() == plotting.color("test")


def test_each_forecaster_has_a_line_of_its_own():
    names = ["LSTM", "seasonal naive", "SARIMA"]
    ax = univariate.forecasts(
        VALUES, dict.fromkeys(names, VALUES + 1), label="ppm", origins=MONTHS[:1]
    )
    lines = {line.get_label(): line for line in ax.lines}
    looks = {(lines[n].get_color(), lines[n].get_linestyle()) for n in names}
    assert len({line for _, line in looks}) == 3
    assert lines["seasonal naive"].get_color() == plotting.color("naive")
    assert lines["LSTM"].get_color() == plotting.color("lstm")  # as in the whole book
    np.testing.assert_array_equal(lines["observed"].get_ydata(), VALUES)


def test_scores_show_every_seed_and_the_median():
    ax = univariate.scores({"naive": [2.0], "LSTM": [1.0, 4.0, 1.5]}, label="RMSE")
    dots, bars = ax.lines[::2], ax.lines[1::2]
    assert [line.get_xdata().tolist() for line in dots] == [[2.0], [1.0, 4.0, 1.5]]
    assert [bar.get_xdata()[0] for bar in bars] == [2.0, 1.5]
    assert dots[0].get_color() != dots[1].get_color()


def test_the_best_shift_is_circled():
    ax = univariate.shifts({"a": [3.0, 1.0, 2.0], "b": [0.5, 1.0, 2.0]}, label="RMSE")
    circles = [line for line in ax.lines if line.get_fillstyle() == "none"]
    assert [c.get_xydata()[0].tolist() for c in circles] == [[1.0, 1.0], [0.0, 0.5]]


def test_a_fan_holds_the_interval():
    future = VALUES[12:]
    ax = univariate.fan(VALUES[:12], future, future - 2, future + 3, label="ppm")
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (10, 26)
    assert ax.lines[1].get_ydata().tolist() == future.tolist()
