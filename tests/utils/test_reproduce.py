"""Promises of utils.reproduce: everything anew, interrupted or not."""

import functools
import os
import runpy
import socket
import time

import numpy as np
import pytest
from distributed import LocalCluster

from utils import leaderboard, reproduce
from utils.beyond import CANDIDATES
from utils.reproduce import Outcome, Task, plan
from utils.training import catalogue, checkpoints

TASKS = [Task("C2", 0), Task("C2", 1), Task("C3", 0)]


def outcome(task):
    scores = {"validation": 2.5 + task.seed / 10, "test": 2.6}
    meta = {"id": task.model, "seed": task.seed, "scores": scores}
    meta |= {"best_epoch": 7, "seconds": 60.0}
    return Outcome(task, "jena", [np.full(3, task.seed)], meta)


def run(tmp_path, *, interrupt_after=None):
    """Run with a worker that trains nothing; return the tasks that reached it."""
    seen = []

    def execute(tasks):
        for task in tasks:
            if len(seen) == interrupt_after:
                raise KeyboardInterrupt
            seen.append(task)
            yield outcome(task)

    record = tmp_path / "state" / "record.json"
    reproduce.reproduce(
        TASKS, folder=tmp_path / "weights", record=record, execute=execute
    )
    assert not record.exists()
    return seen


def test_every_model_and_seed_is_planned():
    tasks = plan([], seeds=5)
    for model_id in (*catalogue.CATALOGUE, *CANDIDATES):
        chance = model_id in catalogue.CATALOGUE or CANDIDATES[model_id].random
        seeds = [task.seed for task in tasks if task.model == model_id]
        assert seeds == list(range(5 if chance else 1))
    assert len(tasks) == len(set(tasks))


def test_every_training_is_written_and_said_in_a_line(tmp_path, capsys):
    assert run(tmp_path) == TASKS
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("C2 seed 0  validation 2.500  test 2.600")
    assert lines[0].endswith("2.0 min of training left")
    assert lines[2].endswith("done")
    weights, meta = checkpoints.read(tmp_path / "weights" / "C2-jena-seed1.npz")
    assert weights[0].tolist() == [1, 1, 1]
    assert meta["seed"] == 1


def test_an_interrupted_run_goes_on_with_what_is_left(tmp_path, capsys):
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, interrupt_after=2)
    assert run(tmp_path) == TASKS[2:]
    assert "2 of 3 trainings were finished before" in capsys.readouterr().out


def test_a_finished_run_is_forgotten_and_the_next_starts_anew(tmp_path):
    assert run(tmp_path) == TASKS
    assert run(tmp_path) == TASKS


def test_a_damaged_checkpoint_is_replaced(tmp_path):
    damaged = tmp_path / "weights" / "C3-jena-seed0.npz"
    damaged.parent.mkdir()
    damaged.write_bytes(b"damaged")
    run(tmp_path)
    assert checkpoints.read(damaged)[1]["id"] == "C3"


def test_the_summary_gives_median_mean_and_range_over_the_seeds(tmp_path):
    run(tmp_path)
    row = reproduce.summary(tmp_path / "weights").splitlines()[2]
    assert row.startswith("C2         2  2.550, 2.550 (2.500 to 2.600)")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["C99"], "not in the catalogue"),
        (["--seeds", "0"], "seeds must be 1 or more"),
        (["--jobs", "0"], "jobs must be 1 or more"),
    ],
)
def test_a_wrong_command_ends_with_its_reason(arguments, reason, capsys):
    assert reproduce.main(arguments) == 1
    assert reason in capsys.readouterr().err


def test_one_poor_seed_moves_the_mean_and_not_the_median():
    assert reproduce._spread([3.0, 2.9, 5.8]) == "3.000, 3.900 (2.900 to 5.800)"


# --- side by side, and over dask


def trained(tmp_path, execute):
    folder = tmp_path / "weights"
    record = tmp_path / "record.json"
    reproduce.reproduce(TASKS, folder=folder, record=record, execute=execute)
    metas = [checkpoints.read(path)[1] for path in sorted(folder.glob("*.npz"))]
    assert [Task(meta["id"], meta["seed"]) for meta in metas] == TASKS


def process(task):
    return Outcome(task, "jena", [np.full(1, os.getpid())], outcome(task).meta)


def test_processes_on_this_machine_train_side_by_side(tmp_path):
    trained(tmp_path, reproduce.side_by_side(2, work=outcome))


def test_each_training_has_a_process_whose_memory_ends_with_it():
    found = reproduce.side_by_side(1, work=process)(TASKS[:2])
    assert len({int(outcome.weights[0][0]) for outcome in found} - {os.getpid()}) == 2


def fail(task):
    if task.seed:
        raise ValueError(f"{task} cannot be trained")
    return outcome(task)


def test_a_training_that_fails_stops_those_that_wait(tmp_path):
    with pytest.raises(ValueError, match="cannot be trained"):
        trained(tmp_path, reproduce.side_by_side(1, work=fail))
    assert [path.name for path in (tmp_path / "weights").glob("*")] == [
        "C2-jena-seed0.npz"
    ]


@pytest.fixture
def cluster():
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=":0"
    ) as cluster:
        yield cluster


def test_the_command_runs_the_module_that_workers_import(monkeypatch):
    monkeypatch.setattr(reproduce, "main", lambda: 42)
    with pytest.warns(RuntimeWarning), pytest.raises(SystemExit, match="42"):
        runpy.run_module("utils.reproduce", run_name="__main__")


def test_a_schedulers_workers_train_what_is_planned(tmp_path, cluster):
    trained(tmp_path, reproduce.over_dask(cluster.scheduler_address, work=outcome))


def test_a_worker_with_two_threads_trains_one_model_at_a_time(cluster, monkeypatch):
    busy, most = [], []

    def train(task, *, progress):
        busy.append(task)
        most.append(len(busy))
        time.sleep(0.05)
        busy.remove(task)
        return outcome(task)

    monkeypatch.setattr(reproduce, "_train", train)
    execute = reproduce.over_dask(cluster.scheduler_address)
    assert {found.task for found in execute(TASKS)} == set(TASKS)
    assert max(most) == 1


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch, capsys):
    monkeypatch.setattr(reproduce, "PATIENCE", "0.2 s")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
        assert reproduce.main(["C2", "--scheduler", address]) == 1
    assert f"none answers at '{address}'" in capsys.readouterr().err


def test_a_scheduler_without_workers_is_refused(tmp_path, cluster, monkeypatch):
    cluster.scale(0)
    while cluster.scheduler.workers:
        time.sleep(0.01)
    monkeypatch.setattr(reproduce, "PATIENCE", "0.2 s")
    with pytest.raises(ValueError, match="has no worker: start one in the course's"):
        trained(tmp_path, reproduce.over_dask(cluster.scheduler_address, work=outcome))


# --- chapter 14's candidates


def test_a_candidates_forecasts_are_stored_where_the_leaderboard_looks(
    tmp_path, monkeypatch, capsys
):
    fitted = []

    def run(candidate, task, *, seed):
        fitted.append((candidate.id, seed, task))
        return "result"

    def packed(result, task):
        meta = {"id": "gru", "seed": 1, "scores": {"validation": 2.1}, "seconds": 9.0}
        return [np.arange(3)], meta

    monkeypatch.setattr(reproduce, "_board", lambda: "board")
    monkeypatch.setattr(leaderboard, "run", run)
    monkeypatch.setattr(leaderboard, "packed", packed)
    reproduce.reproduce(
        [Task("gru", 1)],
        folder=tmp_path,
        record=tmp_path / "record",
        execute=functools.partial(map, reproduce.run_task),
    )
    assert fitted == [("gru", 1, "board")]
    path = leaderboard.path_of("gru", 1, folder=tmp_path / "beyond")
    assert checkpoints.read(path)[0][0].tolist() == [0, 1, 2]
    assert capsys.readouterr().out == "gru seed 1  validation 2.100  9 s  done\n"
    assert reproduce._earlier_seconds(tmp_path) == {Task("gru", 1): 9.0}


# --- bad input


def test_simulated_weather_is_no_ground_for_reproduction(monkeypatch):
    class Simulated:
        simulated = True

    monkeypatch.setitem(reproduce.EXPERIMENTS, "nowhere", Simulated)
    with pytest.raises(ValueError, match="set JENA_CLIMATE_FILE"):
        reproduce._experiment("nowhere")
