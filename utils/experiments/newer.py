"""How the settings of the later candidates of chapter 14 were chosen.

A :class:`Trial` fits one of them on the training rows, with seed 0, and keeps its error
on the validation rows; nothing here touches the test set.  A setting that is best at
the edge of those tried would say only that too few were tried, so they reach further on
both sides.  With the best one the candidate joins ``LATER`` of
:mod:`utils.experiments.candidates`, which is fitted with five seeds.

``python -m utils.experiments.train_all patches-8-epochs`` makes one of the tries;
:func:`tried` reads what is stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from utils.experiments import candidates
from utils.experiments.leaderboard import Contest
from utils.metrics import mae
from utils.training import checkpoints
from utils.training.fingerprint import Fingerprint, code_of

FOLDER = checkpoints.FOLDER / "newer"
SEED = 0
ALLOWED = 0.01  # between the errors of two processors


@dataclass(frozen=True)
class Trial:
    """A candidate with some settings.

    Attributes
    ----------
    id : str
        Name in the catalogue of :mod:`utils.experiments.train_all`.
    make : callable
        Takes ``epochs`` and returns a ``fit`` as
        :class:`utils.experiments.candidates.Candidate` has it.
    epochs : int
        Passes over the training rows; each adds a tree where trees are boosted.
    settings : dict
        What was varied, by the name that a table shows.
    """

    id: str
    make: Callable[..., Callable]
    epochs: int
    settings: dict[str, float]


def _network(make: Callable[..., Callable], epochs: int) -> Trial:
    name = f"{make.__name__}-{epochs}-epochs"
    return Trial(name, make, epochs, {"epochs": epochs})


def _trees(leaves: int, rate: float, trees: int) -> Trial:
    varied = {"leaves": leaves, "rate": rate, "trees": trees}
    make = candidates.boosted(leaves=leaves, rate=rate)
    return Trial(f"trees-{leaves}-{rate}-{trees}", make, trees, varied)


TRIED: dict[str, list[Trial]] = {
    "trees-tuned": [
        _trees(*settings)
        for settings in (
            (31, 0.03, 300),
            (63, 0.015, 600),  # half the rate, twice the trees
            (63, 0.03, 150),
            (63, 0.03, 300),
            (63, 0.03, 450),
            (63, 0.06, 150),
            (127, 0.03, 300),
        )
    ],
    "nbeats": [_network(candidates.nbeats, epochs) for epochs in (4, 6, 9)],
    "patches": [_network(candidates.patches, epochs) for epochs in (5, 8, 12, 16)],
}
TRIALS: dict[str, Trial] = {
    trial.id: trial for trials in TRIED.values() for trial in trials
}


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


def path_of(trial: Trial, *, folder: Path = FOLDER) -> Path:
    """Name the file of an error."""
    return folder / f"{trial.id}-seed{SEED}.npz"


def fitted(trial: Trial, task: Contest) -> tuple[list[np.ndarray], dict]:
    """Run a trial; return arrays and description for ``checkpoints.write``."""
    fingerprint = fingerprint_of(trial, task)
    started, cpu_started = time.perf_counter(), time.process_time()
    error = run(trial, task, seed=SEED)
    return [np.array([error])], {
        "id": trial.id,
        "seed": SEED,
        "fingerprint": fingerprint._asdict(),
        "scores": {"validation": round(error, 5)},
        "cpu_seconds": round(time.process_time() - cpu_started, 1),
        "seconds": round(time.perf_counter() - started, 1),
    }


def _load(trial: Trial, task: Contest, folder: Path) -> float:
    path, identity = path_of(trial, folder=folder), {"id": trial.id, "seed": SEED}
    with checkpoints.rebuilt_by(trial.id):
        (error,), _ = checkpoints.load(path, identity, fingerprint_of(trial, task))
    return float(error[0])


def tried(task: Contest, *, folder: Path = FOLDER) -> dict[str, pd.Series]:
    """Return the stored errors with each of the settings, by candidate.

    Returns
    -------
    dict of str to Series
        The index holds the settings, the values are MAE on validation with seed 0.

    Raises
    ------
    CheckpointError
        If a file is missing, or was made from something else than the course has now.

    Notes
    -----
    Taught in chapter 14.
    """
    found = {}
    for name, trials in TRIED.items():
        table = pd.DataFrame([trial.settings for trial in trials])
        table["validation"] = [_load(trial, task, folder) for trial in trials]
        found[name] = table.set_index(list(trials[0].settings))["validation"]
    return found


def verify(trial: Trial, task: Contest, *, folder: Path = FOLDER) -> None:
    """Give a stored error the present fingerprint, where a run proves it its own.

    Another processor rounds otherwise, and each step of a training carries that on; so
    the error may differ by a hundredth of its unit.

    Raises
    ------
    CheckpointError
        If it differs by more, with the command that runs the trial anew; then the file
        is not changed.
    """
    path = path_of(trial, folder=folder)
    with checkpoints.rebuilt_by(trial.id):
        arrays, meta = checkpoints.read(path)
        checkpoints.check_identity(path.name, meta, {"id": trial.id, "seed": SEED})
        off = abs(run(trial, task, seed=SEED) - float(arrays[0][0]))
        if not off <= ALLOWED:
            raise checkpoints.CheckpointError(
                f"{path.name} is not verified: run anew, its error differs by "
                f"{off:.3f}, and {ALLOWED} is allowed."
            )
    fingerprint = fingerprint_of(trial, task)._asdict()
    checkpoints.write(path, arrays, meta | {"fingerprint": fingerprint})
