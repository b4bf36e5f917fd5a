"""Train every model of the course from scratch and rewrite its checkpoints.

``python -m utils.reproduce [IDS] [--seeds 5]`` (``make reproduce``) needs real data.
It can be interrupted: the next call skips the models that this run has finished and
continues those that it was training.  When everything is done the run is forgotten,
and the next call starts anew.  ``--jobs 2`` trains two models side by side, and
``--scheduler ADDRESS`` lets the workers of a dask scheduler train; each worker needs
the course's code and data.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import multiprocessing
import os
import statistics
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from utils import leaderboard
from utils.beyond import CANDIDATES
from utils.experiments import EXPERIMENTS
from utils.training import catalogue, checkpoints, loop
from utils.training.dataset import Experiment

RUN = loop.STATES / "reproduce.json"
ONE_AT_A_TIME = threading.Lock()  # seeds and sessions of Keras belong to a process
PATIENCE = "30 s"  # for a scheduler to answer and to have a worker


class Task(NamedTuple):
    """One training: a model of the catalogue or a candidate, and a seed."""

    model: str
    seed: int


class Outcome(NamedTuple):
    """What a worker sends back: weights or forecasts, and what describes them."""

    task: Task
    data: str
    weights: list
    meta: dict


def plan(ids: Sequence[str], *, seeds: int) -> list[Task]:
    """List the trainings of these models (none named: all), seed by seed.

    Models are those of the catalogue and the candidates of chapter 14; a candidate in
    which chance plays no part has one seed.

    Examples
    --------
    >>> plan(["C2", "ridge"], seeds=2)
    [Task(model='C2', seed=0), Task(model='C2', seed=1), Task(model='ridge', seed=0)]

    Notes
    -----
    Taught in chapter 12.
    """
    if seeds < 1:
        raise ValueError(f"seeds must be 1 or more, not {seeds}.")
    return [
        Task(model_id, seed)
        for model_id in ids or [*catalogue.CATALOGUE, *CANDIDATES]
        for seed in _seeds_of(model_id, seeds)
    ]


def _seeds_of(model_id: str, seeds: int) -> range:
    if model_id in CANDIDATES:
        return leaderboard.seeds_of(CANDIDATES[model_id], seeds)
    return range(seeds if catalogue.get(model_id) else 0)


@functools.cache
def _experiment(name: str) -> Experiment:
    data = EXPERIMENTS[name]()
    if data.simulated:
        raise ValueError(
            "reproduction needs the real Jena weather, and only simulated weather is "
            "here: set JENA_CLIMATE_FILE to the file, or connect to a network."
        )
    return data


def run_task(task: Task, *, progress: bool = False) -> Outcome:
    """Train one model; a worker needs nothing but the task and the data.

    Notes
    -----
    Taught in chapter 12.
    """
    with ONE_AT_A_TIME:
        if task.model in CANDIDATES:
            return _compete(task)
        return _train(task, progress=progress)


def _compete(task: Task) -> Outcome:
    """Fit a candidate; what is kept of it is its forecasts."""
    candidate, board = CANDIDATES[task.model], _board()
    result = leaderboard.run(candidate, board, seed=task.seed)
    return Outcome(task, "jena", *leaderboard.packed(result, board))


@functools.cache
def _board() -> leaderboard.Task:
    import sklearn.ensemble  # noqa: F401  an import is no part of a fit's CPU time

    import utils.backend  # noqa: F401

    return leaderboard.prepare(_experiment("jena"))


def _train(task: Task, *, progress: bool) -> Outcome:
    from utils.backend import keras

    spec = catalogue.get(task.model)
    data = _experiment(spec.experiment)
    keras.utils.clear_session()  # the models before it need not stay in memory
    state = loop.STATES / f"reproduce-{spec.id}-{data.name}-seed{task.seed}.npz"
    run = loop.train(spec, data, seed=task.seed, progress=progress, state=state)
    weights, meta = run.model.get_weights(), loop.description(run)
    return Outcome(task, data.name, weights, meta)


def side_by_side(
    jobs: int = 1, *, work: Callable[[Task], Outcome] | None = None
) -> Callable[[Iterable[Task]], Iterator[Outcome]]:
    """Let processes on this machine train, for ``reproduce(tasks, execute=...)``.

    Each training has a process of its own, because TensorFlow keeps the memory of what
    it has compiled as long as its process lives.

    Parameters
    ----------
    jobs : int
        Trainings at a time.
    work : callable, optional
        What a process does with its task; default: :func:`run_task`, with a progress
        bar where a single one writes to a terminal.

    Returns
    -------
    callable
        Maps tasks to outcomes, in the order in which they are finished.

    Raises
    ------
    ValueError
        If ``jobs`` is not positive.

    Notes
    -----
    Taught in chapter 13.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be 1 or more, not {jobs}.")
    bar = jobs == 1 and sys.stderr.isatty()
    work = work or functools.partial(run_task, progress=bar)

    def execute(tasks: Iterable[Task]) -> Iterator[Outcome]:
        threads = ThreadPoolExecutor(jobs)
        try:
            futures = [threads.submit(_apart, work, task) for task in tasks]
            for future in as_completed(futures):
                yield future.result()
        finally:
            threads.shutdown(cancel_futures=True)

    return execute


def _apart(work: Callable[[Task], Outcome], task: Task) -> Outcome:
    """Do the work in a process that ends with it."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, task).result()


def over_dask(
    address: str, *, work: Callable[[Task], Outcome] = run_task
) -> Callable[[Iterable[Task]], Iterator[Outcome]]:
    """Let a dask scheduler's workers train, for ``reproduce(tasks, execute=...)``.

    Parameters
    ----------
    address : str
        A running scheduler, for example ``"tcp://node1:8786"``.
    work : callable
        What a worker does with a task.

    Returns
    -------
    callable
        Maps tasks to outcomes, in the order in which they are finished.  It raises
        ValueError when no scheduler with a worker answers at ``address``.

    Notes
    -----
    Taught in chapter 13.
    """

    def execute(tasks: Iterable[Task]) -> Iterator[Outcome]:
        import distributed

        with _client(address) as client:
            futures = client.map(work, list(tasks), pure=False)
            for future in distributed.as_completed(futures):
                yield future.result()

    return execute


@contextlib.contextmanager
def _client(address: str):
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE)
    except OSError as error:
        raise ValueError(
            f"scheduler must be the address of a running dask scheduler, and none "
            f"answers at {address!r}: start one with `dask scheduler`."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ValueError(
                f"the scheduler at {address!r} has no worker: start one in the "
                f"course's folder with `dask worker {address} --nthreads 1`."
            ) from error
        yield client


def reproduce(
    tasks: Sequence[Task],
    *,
    folder: Path = checkpoints.FOLDER,
    record: Path = RUN,
    execute: Callable[[Iterable[Task]], Iterator[Outcome]] | None = None,
) -> None:
    """Train what this run has not finished yet and write each checkpoint as it comes.

    Parameters
    ----------
    tasks : sequence of Task
        What to train.
    folder : Path
        Where the checkpoints go.
    record : Path
        File that lists what this run has finished.
    execute : callable, optional
        Maps tasks to outcomes in any order, as :func:`over_dask` does; default:
        :func:`side_by_side`, one at a time.

    Notes
    -----
    Taught in chapter 12.
    """
    execute = execute or side_by_side()
    done = _read_record(record)
    expected = _earlier_seconds(folder) | done
    left = [task for task in tasks if task not in done]
    if skipped := len(tasks) - len(left):
        print(f"{skipped} of {len(tasks)} trainings were finished before.")
    for outcome in execute(tuple(left)):
        task, meta = outcome.task, outcome.meta
        checkpoints.write(_place(folder, outcome), outcome.weights, meta)
        done[task] = expected[task] = meta["seconds"]
        left.remove(task)
        _write_record(record, done)
        print(_line(task, meta, _time_left(left, expected)), flush=True)
    record.unlink(missing_ok=True)


def _place(folder: Path, outcome: Outcome) -> Path:
    model, seed = outcome.task
    if model in CANDIDATES:
        return leaderboard.path_of(model, seed, folder=folder / "beyond")
    return folder / f"{model}-{outcome.data}-seed{seed}.npz"


def _read_record(record: Path) -> dict[Task, float]:
    if not record.exists():
        return {}
    rows = json.loads(record.read_text("utf-8"))
    return {Task(model, seed): seconds for model, seed, seconds in rows}


def _write_record(record: Path, done: dict[Task, float]) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    rows = [[*task, seconds] for task, seconds in done.items()]
    partial = record.with_suffix(".part")
    partial.write_text(json.dumps(rows), "utf-8")
    partial.replace(record)


def _earlier_seconds(folder: Path) -> dict[Task, float]:
    """How long the trainings behind the present checkpoints took."""
    known = {}
    for path in sorted(folder.rglob("*.npz")):
        with contextlib.suppress(checkpoints.CheckpointError):  # it is about to go
            meta = checkpoints.read(path)[1]
            known[Task(meta["id"], meta["seed"])] = meta["seconds"]
    return known


def _time_left(left: Sequence[Task], known: dict[Task, float]) -> float:
    """Seconds still needed: a model takes as long as its other seeds did."""

    def expected(task: Task) -> float:
        same = [time for other, time in known.items() if other.model == task.model]
        return statistics.mean(same or known.values())

    return sum(map(expected, left))


def _line(task: Task, meta: dict, seconds_left: float) -> str:
    scores = "  ".join(f"{part} {mae:.3f}" for part, mae in meta["scores"].items())
    left = f"{seconds_left / 60:.1f} min of training left" if seconds_left else "done"
    best = f"best epoch {meta['best_epoch']:>3}  " if "best_epoch" in meta else ""
    took = f"{best}{meta['seconds']:.0f} s"
    return f"{task.model} seed {task.seed}  {scores}  {took}  {left}"


def summary(folder: Path = checkpoints.FOLDER) -> str:
    """Tabulate the catalogue's models: median, mean and range of the MAE over seeds.

    The candidates of chapter 14 have a table of their own, ``python -m
    utils.leaderboard``.

    Notes
    -----
    Taught in chapter 12.
    """
    rows: dict[str, list[dict]] = {}
    for path in sorted(folder.glob("*.npz")):
        meta = checkpoints.read(path)[1]
        rows.setdefault(meta["id"], []).append(meta)
    heading = "{:<5}  {:>5}  {:<32}  {:<32}  {:>7}"
    lines = [
        "MAE in °C over the seeds: median, mean (range)",
        heading.format("model", "seeds", "validation", "test", "seconds"),
    ]
    for model_id, metas in rows.items():
        cells = [
            _spread([meta["scores"][part] for meta in metas]) for part in loop.PARTS
        ]
        seconds = statistics.mean(meta["seconds"] for meta in metas)
        lines.append(heading.format(model_id, len(metas), *cells, f"{seconds:.0f}"))
    return "\n".join(lines)


def _spread(values: Sequence[float]) -> str:
    median, mean = statistics.median(values), statistics.mean(values)
    return f"{median:.3f}, {mean:.3f} ({min(values):.3f} to {max(values):.3f})"


def seal(tasks: Sequence[Task], *, folder: Path = checkpoints.FOLDER) -> None:
    """Seal stored results anew where they are proven, model by model.

    What that means is said by :func:`utils.training.loop.seal` and
    :func:`utils.leaderboard.seal`.

    Raises
    ------
    CheckpointError
        After the last one, with those that are not proven and stay as they were.

    Notes
    -----
    Taught in chapter 12.
    """
    seeds: dict[str, list[int]] = {}
    for task in tasks:
        seeds.setdefault(task.model, []).append(task.seed)
    refused = []
    for model, own in seeds.items():
        try:
            _seal(model, own, folder)
            print(f"{model}: {len(own)} sealed", flush=True)
        except checkpoints.CheckpointError as error:
            print(error, flush=True)
            refused.append(model)
    if refused:
        raise checkpoints.CheckpointError(f"Not sealed: {', '.join(refused)}.")


def _seal(model: str, seeds: Sequence[int], folder: Path) -> None:
    if model in CANDIDATES:
        place = folder / "beyond"
        leaderboard.seal(CANDIDATES[model], _board(), seeds=seeds, folder=place)
    else:
        spec = catalogue.get(model)
        loop.seal(spec, _experiment(spec.experiment), seeds=seeds, folder=folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when everything was trained.

    Notes
    -----
    Taught in chapter 12.
    """
    parser = argparse.ArgumentParser(prog="python -m utils.reproduce")
    parser.description = "Train the course's models from scratch, write checkpoints."
    parser.add_argument("ids", nargs="*", metavar="IDS", help="models, for example C2")
    parser.add_argument("--seeds", type=int, default=5, help="seeds per model (5)")
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "--jobs", type=int, default=1, help="models trained side by side (1)"
    )
    place.add_argument(
        "--scheduler", metavar="ADDRESS", help="let this dask scheduler's workers train"
    )
    place.add_argument(
        "--seal",
        action="store_true",
        help="train nothing: prove that stored results are still what would come out",
    )
    options = parser.parse_args(arguments)
    try:
        tasks = plan(options.ids, seeds=options.seeds)
        there = options.scheduler
        execute = over_dask(there) if there else side_by_side(options.jobs)
        # The networks are too small to share out: measured faster on one thread.
        os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
        if options.seal:
            seal(tasks)
            return 0
        reproduce(tasks, execute=execute)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the same command goes on from here.", file=sys.stderr)
        return 130
    print(summary())
    return 0


if __name__ == "__main__":
    from utils.reproduce import main as imported  # workers find its tasks by name

    sys.exit(imported())
