"""Train every model of the course from scratch and rewrite its checkpoints.

``make reproduce`` (``python -m utils.experiments.train_all [IDS] [--seeds 5]``) needs
real data.  It reads one catalogue, :func:`entries`: networks, whose weights are kept,
the leaderboard's candidates, whose forecasts are kept, the tries of some of them, whose
errors on validation are kept, the runs of delayed recall, whose successes are kept, and
the LSTMs of a monthly series, whose forecasts are kept.
It can be interrupted: the next call skips the models that this run has finished and
continues those that it was training.  When everything is done the run is forgotten, and
the next call starts anew.
``--jobs 2`` trains two models side by side, and ``--scheduler ADDRESS`` lets the
workers of a dask scheduler train; each worker needs the course's code and data.
``--verify`` trains nothing anew: it proves that stored results are still what would
come out, and gives them the fingerprint of the present code, configuration and data.
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
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from utils.experiments import leaderboard, monthly, newer, recall
from utils.experiments.candidates import ALL, Candidate
from utils.experiments.prepare import EXPERIMENTS
from utils.training import catalogue, checkpoints, loop
from utils.training.catalogue import Spec
from utils.training.dataset import Experiment

RUN = checkpoints.STATES / "reproduce.json"
ONE_AT_A_TIME = threading.Lock()  # seeds and sessions of Keras belong to a process
FORECASTS = leaderboard.FOLDER.name  # folder of the candidates' results
PATIENCE = "30 s"  # for a scheduler to answer and to have a worker
DIGITS = {"mae": 3, "mse": 5}  # of errors in the unit of each experiment


class TrainingJob(NamedTuple):
    """One training run: an entry of the catalogue and a seed."""

    model: str
    seed: int


class Outcome(NamedTuple):
    """What a worker sends back: a file's place, arrays and description."""

    job: TrainingJob
    path: Path
    arrays: list
    meta: dict


# --------------------------------------------------------------------- the catalogue


class Entry(Protocol):
    """Something that is trained from scratch, stored and verified."""

    def seeds(self, count: int) -> range:
        """Seeds to train: fewer than ``count`` where chance plays no part."""

    def train(self, seed: int, *, progress: bool) -> tuple[Path, list, dict]:
        """Train; return the file's place in the folder, arrays and description."""

    def verify(self, seeds: Sequence[int], *, folder: Path) -> None:
        """Give stored results the present fingerprint, where that is proven."""


@dataclass(frozen=True)
class Network:
    """A Keras model of the catalogue, whose weights are kept."""

    spec: Spec

    def seeds(self, count: int) -> range:
        """Every seed."""
        return range(count)

    def train(self, seed: int, *, progress: bool) -> tuple[Path, list, dict]:
        """Train the model on its experiment; an interrupted training goes on."""
        from utils.backend import keras

        keras.utils.clear_session()  # the models before it need not stay in memory
        data = _experiment(self.spec.experiment)
        path = loop.checkpoint_path(self.spec, data, seed, folder=Path())
        state = checkpoints.STATES / f"reproduce-{path.name}"
        run = loop.train(self.spec, data, seed=seed, progress=progress, state=state)
        return path, run.model.get_weights(), loop.description(run)

    def verify(self, seeds: Sequence[int], *, folder: Path) -> None:
        """See :func:`utils.training.loop.verify`."""
        data = _experiment(self.spec.experiment)
        loop.verify(self.spec, data, seeds=seeds, folder=folder)


@dataclass(frozen=True)
class Contender:
    """A candidate of the leaderboard, whose forecasts are kept."""

    candidate: Candidate

    def seeds(self, count: int) -> range:
        """Every seed, or one where chance plays no part."""
        return leaderboard.seeds_of(self.candidate, count)

    def train(self, seed: int, *, progress: bool) -> tuple[Path, list, dict]:
        """Fit the candidate and forecast."""
        board = _board()
        result = leaderboard.run(self.candidate, board, seed=seed)
        path = leaderboard.path_of(self.candidate.id, seed, folder=Path(FORECASTS))
        return path, *leaderboard.packed(result, board)

    def verify(self, seeds: Sequence[int], *, folder: Path) -> None:
        """See :func:`utils.experiments.leaderboard.verify`."""
        place = folder / FORECASTS
        leaderboard.verify(self.candidate, _board(), seeds=seeds, folder=place)


@dataclass(frozen=True)
class Try:
    """A later candidate with some settings, whose error on validation is kept."""

    trial: newer.Trial

    def seeds(self, count: int) -> range:
        """Return the one seed that settings are compared with."""
        return range(newer.SEED, newer.SEED + 1)

    def train(self, seed: int, *, progress: bool) -> tuple[Path, list, dict]:
        """Fit the candidate and measure its error."""
        path = newer.path_of(self.trial, folder=Path(newer.FOLDER.name))
        return path, *newer.fitted(self.trial, _board())

    def verify(self, seeds: Sequence[int], *, folder: Path) -> None:
        """See :func:`utils.experiments.newer.verify`."""
        newer.verify(self.trial, _board(), folder=folder / newer.FOLDER.name)


@dataclass(frozen=True)
class Recall:
    """A grid of networks that learn delayed recall, whose successes are kept."""

    grid: recall.Grid

    def seeds(self, count: int) -> range:
        """Fresh seeds, others than those that the prediction came from."""
        return recall.seeds_of(self.grid, count)

    def train(self, seed: int, *, progress: bool) -> tuple[Path, list, dict]:
        """Train every network of the grid."""
        outcomes = recall.run(self.grid, seed, progress=progress)
        path = recall.path_of(self.grid.id, seed, folder=Path(recall.FOLDER.name))
        return path, *recall.packed(outcomes)

    def verify(self, seeds: Sequence[int], *, folder: Path) -> None:
        """See :func:`utils.experiments.recall.verify`."""
        recall.verify(self.grid, seeds=seeds, folder=folder / recall.FOLDER.name)


@dataclass(frozen=True)
class Monthly:
    """LSTMs that are asked one question about a monthly series: forecasts are kept."""

    question: monthly.Question

    def seeds(self, count: int) -> range:
        """One run, in which the networks of all seeds train side by side."""
        return range(1)

    def train(self, seed: int, *, progress: bool) -> tuple[Path, list, dict]:
        """Train the networks of all origins and seeds, and forecast."""
        forecasts = monthly.run(self.question, progress=progress)
        path = monthly.path_of(self.question, folder=Path(monthly.FOLDER.name))
        return path, *monthly.packed(forecasts)

    def verify(self, seeds: Sequence[int], *, folder: Path) -> None:
        """See :func:`utils.experiments.monthly.verify`."""
        monthly.verify(self.question, folder=folder / monthly.FOLDER.name)


def entries() -> dict[str, Entry]:
    """Everything that the course stores, by its id.

    Examples
    --------
    >>> "C2" in entries(), "climatology" in entries(), "recall" in entries()
    (True, True, True)
    """
    networks = {name: Network(spec) for name, spec in catalogue.CATALOGUE.items()}
    candidates = {name: Contender(each) for name, each in ALL.items()}
    trials = {name: Try(trial) for name, trial in newer.TRIALS.items()}
    grids = {name: Recall(grid) for name, grid in recall.GRIDS.items()}
    questions = {name: Monthly(each) for name, each in monthly.QUESTIONS.items()}
    return networks | candidates | trials | grids | questions


def plan(ids: Sequence[str], *, seeds: int) -> list[TrainingJob]:
    """List the training runs of these entries (none named: all), seed by seed.

    Raises
    ------
    ValueError
        If the catalogue has no such entry, or ``seeds`` is not positive.

    Examples
    --------
    >>> [tuple(job) for job in plan(["C2", "ridge"], seeds=2)]
    [('C2', 0), ('C2', 1), ('ridge', 0)]
    """
    if seeds < 1:
        raise ValueError(f"seeds must be 1 or more, not {seeds}.")
    known = entries()
    if unknown := [name for name in ids if name not in known]:
        raise ValueError(
            f"{', '.join(unknown)} is not in the catalogue: choose some of "
            f"{', '.join(known)}."
        )
    return [
        TrainingJob(name, seed)
        for name in ids or known
        for seed in known[name].seeds(seeds)
    ]


@functools.cache
def _experiment(name: str) -> Experiment:
    data = EXPERIMENTS[name]()
    if data.simulated:
        raise ValueError(
            "reproduction needs the real Jena weather, and only simulated weather is "
            "here: set JENA_CLIMATE_FILE to the file, or connect to a network."
        )
    return data


@functools.cache
def _board() -> leaderboard.Contest:
    import sklearn.ensemble  # noqa: F401  an import is no part of a fit's CPU time

    import utils.backend  # noqa: F401

    return leaderboard.prepare(_experiment("jena"))


def run_job(job: TrainingJob, *, progress: bool = False) -> Outcome:
    """Train one model; a worker needs nothing but the job and the data."""
    with ONE_AT_A_TIME:
        entry = entries()[job.model]
        return Outcome(job, *entry.train(job.seed, progress=progress))


def side_by_side(
    jobs: int = 1, *, work: Callable[[TrainingJob], Outcome] | None = None
) -> Callable[[Iterable[TrainingJob]], Iterator[Outcome]]:
    """Let processes on this machine train, for ``train_all(jobs, execute=...)``.

    Each training has a process of its own, because TensorFlow keeps the memory of what
    it has compiled as long as its process lives.

    Parameters
    ----------
    jobs : int
        Trainings at a time.
    work : callable, optional
        What a process does with its job; default: :func:`run_job`, with a progress
        bar where a single one writes to a terminal.

    Returns
    -------
    callable
        Maps jobs to outcomes, in the order in which they are finished.

    Raises
    ------
    ValueError
        If ``jobs`` is not positive.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be 1 or more, not {jobs}.")
    bar = jobs == 1 and sys.stderr.isatty()
    work = work or functools.partial(run_job, progress=bar)

    def execute(queue: Iterable[TrainingJob]) -> Iterator[Outcome]:
        threads = ThreadPoolExecutor(jobs)
        try:
            futures = [threads.submit(_apart, work, job) for job in queue]
            for future in as_completed(futures):
                yield future.result()
        finally:
            threads.shutdown(cancel_futures=True)

    return execute


def _apart(work: Callable[[TrainingJob], Outcome], job: TrainingJob) -> Outcome:
    """Do the work in a process that ends with it."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(work, job).result()


def over_dask(
    address: str, *, work: Callable[[TrainingJob], Outcome] = run_job
) -> Callable[[Iterable[TrainingJob]], Iterator[Outcome]]:
    """Let a dask scheduler's workers train, for ``train_all(jobs, execute=...)``.

    Parameters
    ----------
    address : str
        A running scheduler, for example ``"tcp://node1:8786"``.
    work : callable
        What a worker does with a job.

    Returns
    -------
    callable
        Maps jobs to outcomes, in the order in which they are finished.  It raises
        ValueError when no scheduler with a worker answers at ``address``.

    Notes
    -----
    Keras seeds a model's layers from Python's ``random``, from which dask's threads
    draw, too.  When one does so while a model is built, the training begins with other
    weights than its seed gives elsewhere; ``--verify`` finds that for the first seed.
    """

    def execute(jobs: Iterable[TrainingJob]) -> Iterator[Outcome]:
        import distributed

        with _client(address) as client:
            futures = client.map(work, list(jobs), pure=False)
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


def train_all(
    jobs: Sequence[TrainingJob],
    *,
    folder: Path = checkpoints.OWN,
    record: Path = RUN,
    execute: Callable[[Iterable[TrainingJob]], Iterator[Outcome]] | None = None,
) -> None:
    """Train what this run has not finished yet and write each checkpoint as it comes.

    Parameters
    ----------
    jobs : sequence of TrainingJob
        What to train.
    folder : Path
        Where the checkpoints go.
    record : Path
        File that lists what this run has finished.
    execute : callable, optional
        Maps jobs to outcomes in any order, as :func:`over_dask` does; default:
        :func:`side_by_side`, one at a time.
    """
    execute = execute or side_by_side()
    done = _read_record(record)
    expected = _earlier_seconds(folder) | done
    left = [job for job in jobs if job not in done]
    if skipped := len(jobs) - len(left):
        print(f"{skipped} of {len(jobs)} trainings were finished before.")
    for outcome in execute(tuple(left)):
        job, meta = outcome.job, outcome.meta
        checkpoints.write(folder / outcome.path, outcome.arrays, meta)
        done[job] = expected[job] = meta["seconds"]
        left.remove(job)
        _write_record(record, done)
        print(_line(job, meta, _time_left(left, expected)), flush=True)
    record.unlink(missing_ok=True)


def _read_record(record: Path) -> dict[TrainingJob, float]:
    if not record.exists():
        return {}
    rows = json.loads(record.read_text("utf-8"))
    return {TrainingJob(model, seed): seconds for model, seed, seconds in rows}


def _write_record(record: Path, done: dict[TrainingJob, float]) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    rows = [[*job, seconds] for job, seconds in done.items()]
    partial = record.with_suffix(".part")
    partial.write_text(json.dumps(rows), "utf-8")
    partial.replace(record)


def _earlier_seconds(folder: Path) -> dict[TrainingJob, float]:
    """How long the trainings behind the present checkpoints took."""
    known = {}
    for path in sorted(folder.rglob("*.npz")):
        with contextlib.suppress(checkpoints.CheckpointError):  # it is about to go
            meta = checkpoints.read(path)[1]
            known[TrainingJob(meta["id"], meta["seed"])] = meta["seconds"]
    return known


def _time_left(left: Sequence[TrainingJob], known: dict[TrainingJob, float]) -> float:
    """Seconds still needed: a model takes as long as its other seeds did."""

    def expected(job: TrainingJob) -> float:
        same = [time for other, time in known.items() if other.model == job.model]
        return statistics.mean(same or known.values())

    return sum(map(expected, left))


def _line(job: TrainingJob, meta: dict, seconds_left: float) -> str:
    digits = DIGITS[meta.get("metric", "mae")]  # candidates compete in °C
    scores = "  ".join(
        f"{part} {error:.{digits}f}" for part, error in meta["scores"].items()
    )
    left = f"{seconds_left / 60:.1f} min of training left" if seconds_left else "done"
    best = f"best epoch {meta['best_epoch']:>3}  " if "best_epoch" in meta else ""
    took = f"{best}{meta['seconds']:.0f} s"
    return f"{job.model} seed {job.seed}  {scores}  {took}  {left}"


def summary(folder: Path = checkpoints.OWN) -> str:
    """Tabulate the networks' errors over the seeds: median, mean and range.

    One table for each metric and unit.  The leaderboard's candidates have a table of
    their own, ``python -m utils.experiments.leaderboard``.
    """
    tables: dict[tuple[str, str], dict[str, list[dict]]] = {}
    for path in sorted(folder.glob("*.npz")):
        meta = checkpoints.read(path)[1]
        rows = tables.setdefault((meta["metric"], meta["unit"]), {})
        rows.setdefault(meta["id"], []).append(meta)
    return "\n".join(_table(*measure, rows) for measure, rows in tables.items())


def _table(metric: str, unit: str, rows: dict[str, list[dict]]) -> str:
    width = max(map(len, [*rows, "model"]))
    row = f"{{:<{width}}}  {{:>5}}  {{:<37}}  {{:<37}}  {{:>7}}"
    measure = f"{metric.upper()} in {unit}" if unit else metric.upper()
    lines = [
        f"{measure} over the seeds: median, mean (range)",
        row.format("model", "seeds", "validation", "test", "seconds"),
    ]
    for model_id, metas in rows.items():
        cells = [
            _spread([meta["scores"][part] for meta in metas], digits=DIGITS[metric])
            for part in loop.PARTS
        ]
        seconds = statistics.mean(meta["seconds"] for meta in metas)
        lines.append(row.format(model_id, len(metas), *cells, f"{seconds:.0f}"))
    return "\n".join(lines)


def _spread(values: Sequence[float], *, digits: int) -> str:
    numbers = (statistics.median(values), statistics.mean(values))
    median, mean, low, high = (
        f"{number:.{digits}f}" for number in (*numbers, min(values), max(values))
    )
    return f"{median}, {mean} ({low} to {high})"


def verify(jobs: Sequence[TrainingJob], *, folder: Path = checkpoints.OWN) -> None:
    """Give proven stored results the present fingerprint, model by model.

    What that means is said by :func:`utils.training.loop.verify` and
    :func:`utils.experiments.leaderboard.verify`.

    Raises
    ------
    CheckpointError
        After the last one, with those that are not proven and stay as they were.
    """
    seeds: dict[str, list[int]] = {}
    for job in jobs:
        seeds.setdefault(job.model, []).append(job.seed)
    refused = []
    for model, own in seeds.items():
        try:
            entries()[model].verify(own, folder=folder)
            print(f"{model}: {len(own)} verified", flush=True)
        except checkpoints.CheckpointError as error:
            print(error, flush=True)
            refused.append(model)
    if refused:
        raise checkpoints.CheckpointError(f"Not verified: {', '.join(refused)}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when everything was trained."""
    parser = argparse.ArgumentParser(prog="python -m utils.experiments.train_all")
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
        "--verify",
        action="store_true",
        help="train nothing: prove that stored results are still what would come out",
    )
    options = parser.parse_args(arguments)
    try:
        jobs = plan(options.ids, seeds=options.seeds)
        there = options.scheduler
        execute = over_dask(there) if there else side_by_side(options.jobs)
        # The networks are too small to share out: measured faster on one thread.
        os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
        if options.verify:
            verify(jobs)
            return 0
        train_all(jobs, execute=execute)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the same command goes on from here.", file=sys.stderr)
        return 130
    print(summary())
    return 0


if __name__ == "__main__":
    from utils.experiments import train_all as imported  # workers find jobs by name

    sys.exit(imported.main())
