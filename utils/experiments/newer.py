"""Newer candidates for chapter 14, compared on the validation rows alone.

They are no part of the leaderboard, and nothing here touches the test set.  Each is
fitted on the training rows with several numbers of epochs, and keeps its error on the
validation rows.  A number that is best at the edge of those tried would say only that
too few were tried, so they reach further on both sides.  The best one is then fitted
with five seeds.

``python -m utils.experiments.train_all patches-8-epochs patches`` makes one of the
tries and the five seeds; :func:`tried` and :func:`chosen` read what is stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from utils.experiments import candidates
from utils.experiments.leaderboard import SEEDS, Contest
from utils.metrics import mae
from utils.training import checkpoints
from utils.training.fingerprint import Fingerprint, code_of

FOLDER = checkpoints.FOLDER / "newer"
ALLOWED = 0.01  # between the errors of two processors


@dataclass(frozen=True)
class Trial:
    """A candidate with a number of epochs, fitted with one seed or several.

    Attributes
    ----------
    id : str
        Name in the catalogue of :mod:`utils.experiments.train_all`.
    make : callable
        Takes ``epochs`` and returns a ``fit`` as
        :class:`utils.experiments.candidates.Candidate` has it.
    epochs : int
        Passes over the training rows.
    seeds : int
        How many seeds it is fitted with, one after another.
    """

    id: str
    make: Callable[..., Callable]
    epochs: int
    seeds: int = 1


MAKERS = {"patches": candidates.patches}
EPOCHS = {"patches": (5, 8, 12, 16)}
BEST = {"patches": 12}
CHOSEN: dict[str, Trial] = {
    name: Trial(name, make, BEST[name], seeds=SEEDS) for name, make in MAKERS.items()
}
TRIED: dict[str, Trial] = {
    f"{name}-{epochs}-epochs": Trial(f"{name}-{epochs}-epochs", make, epochs)
    for name, make in MAKERS.items()
    for epochs in EPOCHS[name]
}
TRIALS = TRIED | CHOSEN


def run(trial: Trial, task: Contest, *, seed: int = 0) -> float:
    """Fit on the training rows; return the MAE on the validation rows."""
    train, validation = task.inputs["train"], task.inputs["validation"]
    fit = trial.make(epochs=trial.epochs)
    fitted = fit(train, task.targets["train"] - train.now, seed)
    forecast = validation.now + fitted.predict(validation)
    return mae(task.targets["validation"], forecast)


# --------------------------------------------------------------------- stored results


def fingerprint_of(trial: Trial, task: Contest) -> Fingerprint:
    """Say what an error is made from."""
    code = code_of(run, trial.make, candidates.Inputs, leave_out=(Contest,))
    return Fingerprint(code, {"epochs": trial.epochs}, task.summaries)


def path_of(trial: Trial, seed: int, *, folder: Path = FOLDER) -> Path:
    """Name the file of an error with one seed."""
    return folder / f"{trial.id}-seed{seed}.npz"


def fitted(trial: Trial, task: Contest, *, seed: int) -> tuple[list[np.ndarray], dict]:
    """Run a trial; return arrays and description for ``checkpoints.write``."""
    fingerprint = fingerprint_of(trial, task)
    started, cpu_started = time.perf_counter(), time.process_time()
    error = run(trial, task, seed=seed)
    return [np.array([error])], {
        "id": trial.id,
        "seed": int(seed),
        "fingerprint": fingerprint._asdict(),
        "scores": {"validation": round(error, 5)},
        "cpu_seconds": round(time.process_time() - cpu_started, 1),
        "seconds": round(time.perf_counter() - started, 1),
    }


def _load(trial: Trial, task: Contest, seed: int, folder: Path) -> float:
    path, identity = path_of(trial, seed, folder=folder), {"id": trial.id, "seed": seed}
    with checkpoints.rebuilt_by(trial.id):
        (error,), _ = checkpoints.load(path, identity, fingerprint_of(trial, task))
    return float(error[0])


def tried(task: Contest, *, folder: Path = FOLDER) -> dict[str, pd.Series]:
    """Return the stored errors with each number of epochs, by candidate.

    Returns
    -------
    dict of str to Series
        The index holds the epochs, the values are MAE on validation with seed 0.

    Raises
    ------
    CheckpointError
        If a file is missing, or was made from something else than the course has now.

    Notes
    -----
    Taught in chapter 14.
    """
    found = {}
    for name, epochs in EPOCHS.items():
        trials = (TRIED[f"{name}-{n}-epochs"] for n in epochs)
        errors = [_load(trial, task, 0, folder) for trial in trials]
        index = pd.Index(epochs, name="epochs")
        found[name] = pd.Series(errors, index, name="validation")
    return found


def chosen(task: Contest, *, folder: Path = FOLDER) -> pd.DataFrame:
    """Return the stored errors with the chosen numbers of epochs, over the seeds.

    Returns
    -------
    DataFrame
        A row for each candidate: ``"validation"``, the mean MAE over the seeds, and
        ``"validation spread"``, their standard deviation.

    Raises
    ------
    CheckpointError
        As :func:`tried` does.

    Notes
    -----
    Taught in chapter 14.
    """
    rows = {}
    for name, trial in CHOSEN.items():
        errors = [_load(trial, task, seed, folder) for seed in range(trial.seeds)]
        rows[name] = (np.mean(errors), np.std(errors, ddof=1))
    columns = ["validation", "validation spread"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def verify(trial: Trial, task: Contest, *, seeds: range, folder: Path = FOLDER) -> None:
    """Give stored errors the present fingerprint, where a run proves them theirs.

    The first seed is run again.  Another processor rounds otherwise, and each step of
    a training carries that on; so an error may differ by a hundredth of its unit.

    Raises
    ------
    CheckpointError
        If it differs by more, with the command that runs the trial anew; then no file
        is changed.
    """
    stored = {}
    with checkpoints.rebuilt_by(trial.id):
        for seed in seeds:
            path = path_of(trial, seed, folder=folder)
            stored[path] = arrays, meta = checkpoints.read(path)
            checkpoints.check_identity(path.name, meta, {"id": trial.id, "seed": seed})
        path, ((error,), _) = next(iter(stored.items()))
        off = abs(run(trial, task, seed=seeds[0]) - float(error[0]))
        if not off <= ALLOWED:
            raise checkpoints.CheckpointError(
                f"{path.name} is not verified: run anew, its error differs by "
                f"{off:.3f}, and {ALLOWED} is allowed."
            )
    fingerprint = fingerprint_of(trial, task)._asdict()
    for path, (arrays, meta) in stored.items():
        checkpoints.write(path, arrays, meta | {"fingerprint": fingerprint})
