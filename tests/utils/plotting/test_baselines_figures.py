"""The figures of chapter 10 show every run and say where it stands."""

import numpy as np
import pandas as pd
import pytest

from utils.plotting import baselines

LOOKS = {"line": ("orange", "-."), "floor": ("ink", "-")}


def test_each_run_has_its_curve_and_each_kind_one_name():
    curves = {"line": [[0.5, 0.2], [0.4, 0.1], [0.3, 0.1]]}
    ax = baselines.convergence(curves, references={"floor": 0.05}, looks=LOOKS)
    assert [line.get_ydata()[0] for line in ax.lines[:3]] == [0.5, 0.4, 0.3]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["line"]


def test_the_histogram_counts_every_run():
    groups = {"u = −1": [0.011, 0.012, 0.2], "u = +1, w < 0": [0.144]}
    ax = baselines.unit_errors(groups, references={})
    assert sum(bar.get_height() for bar in ax.patches) == 4


@pytest.mark.parametrize("epoch", [0, 2])
def test_the_map_shows_where_a_unit_stands_and_how_it_came(epoch):
    path = np.array([[[0.1, -1.0]], [[0.2, -0.9]], [[0.3, -0.8]]])
    grid = [-1, 1], [-1, 1], np.array([[0.1, 0.2], [0.3, 0.4]])
    ax = baselines.unit_map(path, epoch, starts={"u = −1": np.array([True])}, grid=grid)
    trail, dot = ax.lines
    np.testing.assert_allclose(trail.get_xdata(), path[: epoch + 1, 0, 0])
    np.testing.assert_allclose(dot.get_xydata(), path[epoch])


def test_the_bar_of_all_origins_is_not_the_mean_of_their_rmse():
    errors = pd.DataFrame({"naive": [3.0, 4.0]})
    ax = baselines.errors_by_origin(errors, label="RMSE")
    dots, bar = ax.lines
    assert dots.get_xdata().tolist() == [3.0, 4.0]
    assert bar.get_xdata()[0] == pytest.approx(np.sqrt(12.5))


def test_the_band_of_weights_holds_every_run():
    ax = baselines.line_weights([0.1, 0.9], [[0.2, 0.8], [0.3, 0.7]])
    assert ax.lines[-1].get_xdata().tolist() == [2, 1]
    (band,) = ax.collections
    corners = {(x, round(y, 6)) for x, y in band.get_paths()[0].vertices}
    assert corners == {(2, 0.2), (2, 0.3), (1, 0.7), (1, 0.8)}


def test_a_series_shows_its_target_after_its_last_value():
    ax = baselines.one_series(
        [0.1, 0.2], 0.5, clean=[0, 0, 0], forecasts={"naive": 0.2}
    )
    by_name = {line.get_label(): line.get_xydata() for line in ax.lines}
    np.testing.assert_allclose(by_name["to forecast"], [[3, 0.5]])
    np.testing.assert_allclose(by_name["naive"], [[2, 0.2], [3, 0.2]])
