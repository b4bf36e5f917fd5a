"""Promises of the newer candidates: epochs from inside, on validation alone."""

from dataclasses import replace

import numpy as np
import pytest

from tests.utils.experiments.test_leaderboard import experiment
from tests.weather import NEEDS_TABLE
from utils.data import weather
from utils.experiments import candidates, leaderboard, newer, train_all
from utils.experiments.newer import CHOSEN, TRIALS, TRIED, Trial
from utils.training import checkpoints
from utils.training.checkpoints import CheckpointError


def shifted(*, epochs):
    """Fit nothing; forecast a change that depends on epochs and seed."""

    def fit(inputs, target, seed):
        change = epochs + seed / 2
        return candidates.Fitted(lambda new: np.full(len(new.now), change), 0)

    return fit


TWO = Trial("two", shifted, 3, seeds=2)


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    table = weather.simulate(seed=3, hours=3000)
    return leaderboard.prepare(experiment(table), folder=tmp_path_factory.mktemp("b"))


def error_of(task, change):
    y = task.targets["validation"]
    return np.abs(y - task.inputs["validation"].now - change).mean()


def store(trial, task, folder, *, seed=0):
    arrays, meta = newer.fitted(trial, task, seed=seed)
    path = newer.path_of(trial, seed, folder=folder)
    checkpoints.write(path, arrays, meta)
    return path, arrays, meta


@pytest.mark.parametrize("name", CHOSEN)
def test_each_candidate_learns_from_the_training_rows_alone(task, name):
    few = {"train": slice(256), "validation": slice(64)}
    blind = replace(
        task,
        inputs={part: task.inputs[part][rows] for part, rows in few.items()},
        targets={part: task.targets[part][rows] for part, rows in few.items()},
        held_out=None,
    )
    error = newer.run(replace(CHOSEN[name], epochs=1), blind)
    assert error < 2 * error_of(blind, 0)


def test_stored_errors_come_back_and_others_are_refused(task, tmp_path, monkeypatch):
    three = Trial("own-3-epochs", shifted, 3)
    monkeypatch.setattr(newer, "EPOCHS", {"own": (3,)})
    monkeypatch.setattr(newer, "TRIED", {three.id: three})
    store(three, task, tmp_path)
    found = newer.tried(task, folder=tmp_path)["own"]
    assert found.to_dict() == {3: pytest.approx(error_of(task, 3))}
    four = replace(three, epochs=4)
    monkeypatch.setattr(newer, "TRIED", {three.id: four})
    with pytest.raises(CheckpointError, match=r"epochs: 3, now 4.*ARGS=own-3-epochs"):
        newer.tried(task, folder=tmp_path)


def test_the_chosen_have_a_mean_and_a_spread_over_the_seeds(
    task, tmp_path, monkeypatch
):
    monkeypatch.setattr(newer, "CHOSEN", {"two": TWO})
    for seed in range(2):
        store(TWO, task, tmp_path, seed=seed)
    row = newer.chosen(task, folder=tmp_path).loc["two"]
    errors = [error_of(task, 3), error_of(task, 3.5)]
    assert row["validation"] == pytest.approx(np.mean(errors))
    assert row["validation spread"] == pytest.approx(np.std(errors, ddof=1))


def test_an_error_that_a_run_does_not_give_is_not_verified(task, tmp_path):
    path, (error,), meta = store(TWO, task, tmp_path)
    checkpoints.write(path, [error], meta | {"fingerprint": {}})
    newer.verify(TWO, task, seeds=range(1), folder=tmp_path)
    sealed = checkpoints.read(path)[1]["fingerprint"]
    assert not newer.fingerprint_of(TWO, task).differences(sealed)
    checkpoints.write(path, [error + 0.02], meta)
    with pytest.raises(CheckpointError, match=r"not verified.* differs by 0\.020"):
        newer.verify(TWO, task, seeds=range(1), folder=tmp_path)


def test_every_trial_and_seed_can_be_reproduced():
    jobs = train_all.plan(list(TRIALS), seeds=5)
    wanted = [(name, 0) for name in TRIED]
    wanted += [(name, seed) for name in CHOSEN for seed in range(5)]
    assert [tuple(job) for job in jobs] == wanted


def test_the_committed_errors_are_of_the_code_that_is_here(task):
    for trial in TRIALS.values():
        code = newer.fingerprint_of(trial, task).code
        for seed in range(trial.seeds):
            _, meta = checkpoints.read(newer.path_of(trial, seed))
            assert (meta["id"], meta["seed"]) == (trial.id, seed)
            assert meta["fingerprint"]["code"] == code


def test_the_chosen_epochs_are_the_best_of_those_tried_and_inside_them():
    data = leaderboard.prepare_jena()
    if data.simulated:
        pytest.skip(NEEDS_TABLE)
    for name, errors in newer.tried(leaderboard.prepare(data)).items():
        assert errors.idxmin() == CHOSEN[name].epochs
        assert min(errors.index) < errors.idxmin() < max(errors.index)
