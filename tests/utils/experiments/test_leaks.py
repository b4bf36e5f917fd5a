"""Promises of the leaks: they leak, the honest side does not, nothing else."""

import numpy as np
import pandas as pd
import pytest

from tests.utils.experiments.test_leaderboard import experiment
from utils.data import weather
from utils.experiments import leaderboard, leaks
from utils.experiments.candidates import CANDIDATES, Fitted
from utils.metrics import mae


@pytest.fixture(scope="module")
def data():
    return experiment(weather.simulate(seed=3, hours=24 * 365 * 4))


@pytest.fixture(scope="module")
def task(data, tmp_path_factory):
    return leaderboard.prepare(data, folder=tmp_path_factory.mktemp("board"))


@pytest.fixture(scope="module")
def honest(task):
    change, later = leaks.changes(task)
    fitted = CANDIDATES["ridge"].fit(task.inputs["train"], change, 0)
    return mae(later, fitted.predict(task.inputs["validation"]))


@pytest.fixture(scope="module")
def found(data, task):
    return leaks.compare(data, task)


def test_a_random_split_flatters_a_model_that_remembers(found):
    line = found.loc["random split, nearest neighbours"]
    assert line["leaking"] < 0.7 * line["honest"]


def test_a_random_split_keeps_the_sizes_and_every_row_once(task):
    seen = []

    def fit(inputs, change, seed):
        seen.append(pd.DatetimeIndex(inputs.times))

        def predict(new):
            seen.append(pd.DatetimeIndex(new.times))
            return 0 * new.now

        return Fitted(predict, 0)

    found = leaks.random_split(task, fit=fit, seed=1)
    train, validation, first, second = seen
    assert (len(train), len(validation)) == (len(first), len(second))
    assert (
        train.append(validation)
        .sort_values()
        .equals(first.append(second).sort_values())
    )
    assert train.max() < validation.min()
    assert first.max() > second.min()
    assert found.honest == pytest.approx(
        mae(leaks.changes(task)[1], 0 * validation.hour)
    )


@pytest.mark.parametrize("leak", [leaks.whole_days, leaks.centred_mean])
def test_a_column_that_looks_ahead_flatters(leak, data, task, honest):
    found = leak(data, task)
    assert found.honest == pytest.approx(honest)
    assert found.leaking < 0.97 * found.honest


def test_a_column_that_looks_back_flatters_nobody(data, task, honest):
    before = data.table[data.target].rolling(24).mean().bfill()
    found = leaks._with_column(task, before)
    assert found.leaking == pytest.approx(honest, rel=0.02)


def test_a_scale_of_all_rows_hardly_shows(task, honest):
    found = leaks.scale_of_all_rows(task)
    assert found.honest == pytest.approx(honest)
    assert 0 < abs(found.leaking - found.honest) < 0.05


def test_the_table_names_each_leak_and_leaves_the_test_set_unused(found, task):
    assert len(found) == 5
    np.testing.assert_allclose(found["gain"], found["honest"] - found["leaking"])
    assert found["gain"].idxmax() == "random split, nearest neighbours"
    assert not task.held_out.uses
