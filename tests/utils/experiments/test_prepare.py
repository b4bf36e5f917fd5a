"""Promises of utils.experiments: the data of chapter 12, prepared without a leak."""

import numpy as np
import pytest

from utils.data import jena
from utils.experiments.prepare import prepare_jena
from utils.windows import assert_no_leak


@pytest.fixture(scope="module")
def data():
    return prepare_jena()


def test_the_weather_is_prepared_without_a_leak(data):
    assert_no_leak(
        data.train,
        data.validation,
        data.test,
        normalizer=data.normalizer,
        table=data.table,
    )


def test_windows_are_five_days_of_fourteen_normalised_quantities(data):
    assert data.train.input_shape == (120, 14)
    rows = data.normalizer.transform(data.table).to_numpy(np.float32)
    np.testing.assert_array_equal(data.test[9][0], rows[data.test.input_rows[9]])


def test_targets_are_degrees_one_day_after_the_window(data):
    for part in (data.train, data.validation, data.test):
        last, target = part.input_rows[:, -1], part.target_rows
        times = data.table.index.to_numpy()
        assert (times[target] - times[last] == np.timedelta64(24, "h")).all()
        truth = data.table[data.target].to_numpy(np.float32)[target]
        np.testing.assert_array_equal(part.targets, truth)


def test_no_window_crosses_a_gap(data):
    times = data.table.index.to_numpy()
    for part in (data.train, data.validation, data.test):
        spans = times[part.input_rows[:, -1]] - times[part.input_rows[:, 0]]
        assert (spans == np.timedelta64(119, "h")).all()


def test_the_summaries_change_with_the_task_and_only_then(data):
    assert prepare_jena().summaries == data.summaries
    other = prepare_jena(horizon=12).summaries
    assert other.keys() == data.summaries.keys()
    different = {name for name in other if other[name] != data.summaries[name]}
    ahead = {f"{part} target rows" for part in ("train", "validation", "test")}
    assert ahead <= different
    assert "train table" not in different


def test_an_experiment_knows_whether_its_weather_is_simulated(data):
    assert data.simulated == (jena.find() is None)
