"""Promises of the later candidates: settings from inside, on validation alone."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest

from tests.utils.experiments.test_leaderboard import experiment
from tests.weather import NEEDS_TABLE
from utils.data import weather
from utils.experiments import candidates, leaderboard, newer, train_all
from utils.experiments.newer import TRIALS, TRIED, Trial
from utils.metrics import mae
from utils.training import checkpoints
from utils.training.checkpoints import CheckpointError
from utils.training.fingerprint import code_of


def shifted(*, epochs):
    """Fit nothing; forecast a change that depends on the epochs."""

    def fit(inputs, target, seed):
        return candidates.Fitted(lambda new: np.full(len(new.now), float(epochs)), 0)

    return fit


CHAPTER = Path(__file__).parents[3] / "chapters" / "14_beyond.ipynb"
THREE = Trial("own-3-epochs", shifted, 3, {"epochs": 3})


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    table = weather.simulate(seed=3, hours=3000)
    return leaderboard.prepare(experiment(table), folder=tmp_path_factory.mktemp("b"))


def error_of(task, change):
    y = task.targets["validation"]
    return np.abs(y - task.inputs["validation"].now - change).mean()


def store(trial, task, folder):
    arrays, meta = newer.fitted(trial, task)
    path = newer.path_of(trial, folder=folder)
    checkpoints.write(path, arrays, meta)
    return path, arrays, meta


@pytest.mark.parametrize("name", TRIED)
def test_each_candidate_learns_from_the_training_rows_alone(task, name):
    few = {"train": slice(256), "validation": slice(64)}
    blind = replace(
        task,
        inputs={part: task.inputs[part][rows] for part, rows in few.items()},
        targets={part: task.targets[part][rows] for part, rows in few.items()},
        held_out=None,
    )
    error = newer.run(replace(TRIED[name][0], epochs=30), blind)  # a step each
    assert error < 2 * error_of(blind, 0)


def test_stored_errors_come_back_and_others_are_refused(task, tmp_path, monkeypatch):
    monkeypatch.setattr(newer, "TRIED", {"own": [THREE]})
    store(THREE, task, tmp_path)
    found = newer.tried(task, folder=tmp_path)["own"]
    assert found.to_dict() == {3: pytest.approx(error_of(task, 3))}
    monkeypatch.setattr(newer, "TRIED", {"own": [replace(THREE, epochs=4)]})
    with pytest.raises(CheckpointError, match=r"epochs: 3, now 4.*ARGS=own-3-epochs"):
        newer.tried(task, folder=tmp_path)


def test_an_error_that_a_run_does_not_give_is_not_verified(task, tmp_path):
    path, (error,), meta = store(THREE, task, tmp_path)
    checkpoints.write(path, [error], meta | {"fingerprint": {}})
    newer.verify(THREE, task, folder=tmp_path)
    sealed = checkpoints.read(path)[1]["fingerprint"]
    assert not newer.fingerprint_of(THREE, task).differences(sealed)
    checkpoints.write(path, [error + 0.02], meta)
    with pytest.raises(CheckpointError, match=r"not verified.* differs by 0\.020"):
        newer.verify(THREE, task, folder=tmp_path)


def test_every_trial_can_be_reproduced():
    jobs = train_all.plan(list(TRIALS), seeds=5)
    assert [tuple(job) for job in jobs] == [(name, newer.SEED) for name in TRIALS]


def test_the_committed_errors_are_of_the_code_that_is_here(task):
    for trial in TRIALS.values():
        _, meta = checkpoints.read(newer.path_of(trial))
        assert (meta["id"], meta["seed"]) == (trial.id, newer.SEED)
        assert meta["fingerprint"]["code"] == newer.fingerprint_of(trial, task).code


@pytest.fixture(scope="module")
def real():
    data = leaderboard.prepare_jena()
    if data.simulated:
        pytest.skip(NEEDS_TABLE)
    return leaderboard.prepare(data)


@pytest.mark.parametrize("name", TRIED)
def test_the_board_has_the_best_settings_and_they_lie_inside(real, name):
    errors = newer.tried(real)[name]
    best = TRIED[name][int(errors.argmin())]
    fit = best.make(epochs=best.epochs)
    assert code_of(fit)["hash"] == code_of(candidates.LATER[name].fit)["hash"]
    others = [trial.settings for trial in TRIED[name] if trial is not best]
    for setting, value in best.settings.items():
        tried = [other[setting] for other in others if alone(setting, other, best)]
        assert min(tried) < value < max(tried), setting


def alone(setting, other, best):
    """Return whether settings differ from the best in one, as the text says.

    A smaller rate needs more trees, so the two are varied together, too.
    """
    differ = {name for name in other if other[name] != best.settings[name]}
    if setting == "rate":
        steps = (each["rate"] * each["trees"] for each in (other, best.settings))
        return differ == {"rate", "trees"} and len({round(s, 9) for s in steps}) == 1
    return differ == {setting}


@pytest.mark.parametrize("name", TRIED)
def test_the_board_has_the_error_of_the_best_try(real, name):
    first = leaderboard.load(name, real, seed=newer.SEED)
    error = mae(real.targets["validation"], first.validation)
    found = newer.tried(real)[name].min()
    assert error == pytest.approx(found, abs=1e-4)  # forecasts are kept in cents


def penalties():
    """Return the penalties that chapter 14 tries."""
    (cell,) = (
        cell.source
        for cell in nbformat.read(CHAPTER, as_version=4).cells
        if cell.id == "linear-paths"
    )
    return ast.literal_eval(re.search(r"^penalties = (.+)$", cell, re.MULTILINE)[1])


@pytest.mark.parametrize("make", [candidates.nlinear, candidates.dlinear])
def test_the_board_has_the_best_penalty_and_it_lies_inside(real, make):
    def error(penalty):
        trial = Trial("own", lambda *, epochs: make(penalty=penalty), 0, {})
        return newer.run(trial, real)

    best = min(penalties(), key=error)
    assert min(penalties()) < best < max(penalties())
    fit, on_board = make(penalty=float(best)), candidates.LATER[make.__name__].fit
    assert code_of(fit)["hash"] == code_of(on_board)["hash"]
