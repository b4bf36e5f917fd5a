"""Promises of make reproduce: everything anew, interrupted or not."""

import functools
import os
import runpy
import socket
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster

from utils.experiments import leaderboard, train_all
from utils.experiments.candidates import ALL
from utils.experiments.train_all import Outcome, TrainingJob, plan
from utils.training import catalogue, checkpoints, loop
from utils.training.checkpoints import CheckpointError
from utils.training.dataset import Examples, Experiment

JOBS = [TrainingJob("C2", 0), TrainingJob("C2", 1), TrainingJob("C3", 0)]


def outcome(job):
    scores = {"validation": 2.5 + job.seed / 10, "test": 2.6}
    meta = {"id": job.model, "seed": job.seed, "scores": scores}
    meta |= {"best_epoch": 7, "seconds": 60.0, "metric": "mae", "unit": "°C"}
    path = Path(f"{job.model}-jena-seed{job.seed}.npz")
    return Outcome(job, path, [np.full(3, job.seed)], meta)


def run(tmp_path, *, interrupt_after=None):
    """Run with a worker that trains nothing; return the jobs that reached it."""
    seen = []

    def execute(jobs):
        for job in jobs:
            if len(seen) == interrupt_after:
                raise KeyboardInterrupt
            seen.append(job)
            yield outcome(job)

    record = tmp_path / "state" / "record.json"
    train_all.train_all(
        JOBS, folder=tmp_path / "weights", record=record, execute=execute
    )
    assert not record.exists()
    return seen


def test_every_model_and_seed_is_planned():
    jobs = plan([], seeds=5)
    for model_id in (*catalogue.CATALOGUE, *ALL):
        chance = model_id in catalogue.CATALOGUE or ALL[model_id].random
        seeds = [job.seed for job in jobs if job.model == model_id]
        assert seeds == list(range(5 if chance else 1))
    assert len(jobs) == len(set(jobs))


def test_every_training_is_written_and_said_in_a_line(tmp_path, capsys):
    assert run(tmp_path) == JOBS
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
    assert run(tmp_path) == JOBS[2:]
    assert "2 of 3 trainings were finished before" in capsys.readouterr().out


def test_a_finished_run_is_forgotten_and_the_next_starts_anew(tmp_path):
    assert run(tmp_path) == JOBS
    assert run(tmp_path) == JOBS


def test_a_damaged_checkpoint_is_replaced(tmp_path):
    damaged = tmp_path / "weights" / "C3-jena-seed0.npz"
    damaged.parent.mkdir()
    damaged.write_bytes(b"damaged")
    run(tmp_path)
    assert checkpoints.read(damaged)[1]["id"] == "C3"


def test_the_summary_gives_median_mean_and_range_over_the_seeds(tmp_path):
    run(tmp_path)
    row = train_all.summary(tmp_path / "weights").splitlines()[2]
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
    assert train_all.main(arguments) == 1
    assert reason in capsys.readouterr().err


def test_one_poor_seed_moves_the_mean_and_not_the_median():
    spread = train_all._spread([3.0, 2.9, 5.8], digits=3)
    assert spread == "3.000, 3.900 (2.900 to 5.800)"


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ({}, "validation 0.003  test 0.012"),
        ({"metric": "mae"}, "validation 0.003  test 0.012"),
        ({"metric": "mse"}, "validation 0.00293  test 0.01234"),
    ],
)
def test_a_finished_training_is_told_with_digits_that_fit_its_metric(metric, expected):
    meta = {"scores": {"validation": 0.0029344, "test": 0.012344}, "seconds": 2.0}
    line = train_all._line(TrainingJob("G2", 0), meta | metric, 0)
    assert line == f"G2 seed 0  {expected}  2 s  done"


# --- side by side, and over dask


def trained(tmp_path, execute):
    folder = tmp_path / "weights"
    record = tmp_path / "record.json"
    train_all.train_all(JOBS, folder=folder, record=record, execute=execute)
    metas = [checkpoints.read(path)[1] for path in sorted(folder.glob("*.npz"))]
    assert [TrainingJob(meta["id"], meta["seed"]) for meta in metas] == JOBS


def process(job):
    return outcome(job)._replace(arrays=[np.full(1, os.getpid())])


def test_processes_on_this_machine_train_side_by_side(tmp_path):
    trained(tmp_path, train_all.side_by_side(2, work=outcome))


def test_each_training_has_a_process_whose_memory_ends_with_it():
    found = train_all.side_by_side(1, work=process)(JOBS[:2])
    assert len({int(outcome.arrays[0][0]) for outcome in found} - {os.getpid()}) == 2


def fail(job):
    if job.seed:
        raise ValueError(f"{job} cannot be trained")
    return outcome(job)


def test_a_training_that_fails_stops_those_that_wait(tmp_path):
    with pytest.raises(ValueError, match="cannot be trained"):
        trained(tmp_path, train_all.side_by_side(1, work=fail))
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
    monkeypatch.setattr(train_all, "main", lambda: 42)
    with pytest.warns(RuntimeWarning), pytest.raises(SystemExit, match="42"):
        runpy.run_module("utils.experiments.train_all", run_name="__main__")


def test_a_schedulers_workers_train_what_is_planned(tmp_path, cluster):
    trained(tmp_path, train_all.over_dask(cluster.scheduler_address, work=outcome))


def test_a_worker_with_two_threads_trains_one_model_at_a_time(cluster, monkeypatch):
    busy, most = [], []

    def train(self, seed, *, progress):
        busy.append(seed)
        most.append(len(busy))
        time.sleep(0.05)
        busy.remove(seed)
        return outcome(TrainingJob(self.spec.id, seed))[1:]

    monkeypatch.setattr(train_all.Network, "train", train)
    execute = train_all.over_dask(cluster.scheduler_address)
    assert {found.job for found in execute(JOBS)} == set(JOBS)
    assert max(most) == 1


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch, capsys):
    monkeypatch.setattr(train_all, "PATIENCE", "0.2 s")
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{unused.getsockname()[1]}"
        assert train_all.main(["C2", "--scheduler", address]) == 1
    assert f"none answers at '{address}'" in capsys.readouterr().err


def test_a_scheduler_without_workers_is_refused(tmp_path, cluster, monkeypatch):
    cluster.scale(0)
    while cluster.scheduler.workers:
        time.sleep(0.01)
    monkeypatch.setattr(train_all, "PATIENCE", "0.2 s")
    with pytest.raises(ValueError, match="has no worker: start one in the course's"):
        trained(tmp_path, train_all.over_dask(cluster.scheduler_address, work=outcome))


# --- chapter 14's candidates


def test_a_candidates_forecasts_are_stored_where_the_leaderboard_looks(
    tmp_path, monkeypatch, capsys
):
    fitted = []

    def run(candidate, job, *, seed):
        fitted.append((candidate.id, seed, job))
        return "result"

    def packed(result, job):
        meta = {"id": "gru", "seed": 1, "scores": {"validation": 2.1}, "seconds": 9.0}
        return [np.arange(3)], meta

    monkeypatch.setattr(train_all, "_board", lambda: "board")
    monkeypatch.setattr(leaderboard, "run", run)
    monkeypatch.setattr(leaderboard, "packed", packed)
    train_all.train_all(
        [TrainingJob("gru", 1)],
        folder=tmp_path,
        record=tmp_path / "record",
        execute=functools.partial(map, train_all.run_job),
    )
    assert fitted == [("gru", 1, "board")]
    path = leaderboard.path_of("gru", 1, folder=tmp_path / "beyond")
    assert checkpoints.read(path)[0][0].tolist() == [0, 1, 2]
    assert capsys.readouterr().out == "gru seed 1  validation 2.100  9 s  done\n"
    assert train_all._earlier_seconds(tmp_path) == {TrainingJob("gru", 1): 9.0}


# --- an experiment of independent series, with squared errors


def sequence_to_sequence(inputs):
    from keras import layers

    x = layers.SimpleRNN(3, return_sequences=True)(inputs)
    return layers.Dense(2)(x)


def sines(*, amplitude=1.0):
    rng = np.random.default_rng(0)
    sizes = (("train", 40), ("validation", 12), ("test", 12))
    parts = {}
    for name, n in sizes:
        wave = amplitude * np.sin(rng.uniform(0, 6, (n, 1)) + 0.4 * np.arange(9))
        parts[name] = Examples(
            wave[:, :7, None], np.stack([wave[:, 1:8], wave[:, 2:]], -1)
        )
    return Experiment(name="sines", **parts, metric="mse")


@pytest.fixture
def of_sines(monkeypatch):
    spec = catalogue.Spec("S1", "to every step", sequence_to_sequence, "this test")
    spec = replace(spec, experiment="sines", epochs=2, batch_size=8)
    monkeypatch.setitem(catalogue.CATALOGUE, "S1", spec)
    monkeypatch.setitem(train_all.EXPERIMENTS, "sines", sines)
    train_all._experiment.cache_clear()
    yield spec
    train_all._experiment.cache_clear()


def test_an_entry_on_other_data_is_trained_stored_tabulated_and_guarded(
    of_sines, tmp_path, monkeypatch, capsys
):
    jobs = plan(["S1"], seeds=2)
    here = functools.partial(map, train_all.run_job)
    record = tmp_path / "record"
    train_all.train_all(jobs, folder=tmp_path, record=record, execute=here)
    heading, _, row = train_all.summary(tmp_path).splitlines()
    assert heading == "MSE over the seeds: median, mean (range)"
    model, seeds, median, *_ = row.split()
    assert (model, seeds) == ("S1", "2")
    assert len(median.rstrip(",").partition(".")[2]) == 5
    path = tmp_path / "S1-sines-seed1.npz"
    loop.load(path, of_sines, sines(), seed=1)
    train_all.verify(jobs, folder=tmp_path)
    other = sines(amplitude=1.1)
    with pytest.raises(CheckpointError, match=r"the data .* make reproduce ARGS=S1"):
        loop.load(path, of_sines, other, seed=1)
    monkeypatch.setitem(train_all.EXPERIMENTS, "sines", lambda: other)
    train_all._experiment.cache_clear()
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"Not verified: S1\."):
        train_all.verify(jobs, folder=tmp_path)
    assert "S1-sines-seed0.npz is not verified: its weights give" in (
        capsys.readouterr().out
    )
    assert path.read_bytes() == before


# --- bad input


def test_simulated_weather_is_no_ground_for_reproduction(monkeypatch):
    class Simulated:
        simulated = True

    monkeypatch.setitem(train_all.EXPERIMENTS, "nowhere", Simulated)
    with pytest.raises(ValueError, match="set JENA_CLIMATE_FILE"):
        train_all._experiment("nowhere")
