"""The leaderboard of chapter 14, and the seal that keeps its test set unused.

``python -m utils.leaderboard`` fits every candidate over its seeds and stores the
forecasts; it can be interrupted and goes on where it stopped.  Everything is chosen on
validation.  ``--open WHY`` then compares all stored forecasts with the test targets,
once: :class:`Vault` writes each use to a log and refuses another one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from utils import beyond, checkpoints, features
from utils.beyond import Candidate, Inputs
from utils.checkpoints import CheckpointError
from utils.data import jena
from utils.ensembles import Ensemble, greedy
from utils.experiments import Experiment, prepare_jena
from utils.metrics import mae, skill
from utils.windows import Normalizer

FOLDER = checkpoints.FOLDER / "beyond"
HOURS = 24
CENT = 100  # forecasts are stored in hundredths of a degree
SEEDS = 5
KINDS = ("test", "refitted")  # fitted on train; on train and validation


class SealError(ValueError):
    """The test set was used before."""


class Vault:
    """Test targets that can be compared with forecasts once, and a log of each use.

    Parameters
    ----------
    targets : array, shape (n,)
        The test targets.
    log : Path
        JSON file of all uses; missing before the first one.

    Examples
    --------
    >>> import tempfile
    >>> vault = Vault([1.0, 2.0], Path(tempfile.mkdtemp()) / "log.json")
    >>> vault.open({"mean": [1.5, 1.5]}, why="final comparison")
    {'mean': 0.5}
    >>> len(vault.uses)
    1
    >>> vault.open({"better": [1.0, 2.5]}, why="one more idea")
    Traceback (most recent call last):
    ...
    utils.leaderboard.SealError: the test set was used before (final comparison) ...

    Notes
    -----
    Taught in chapter 14.
    """

    def __init__(self, targets, log: Path):
        self._targets = np.asarray(targets, dtype=np.float64)
        self.log = Path(log)

    def __repr__(self) -> str:
        """Say how many targets lie here and how often they were used."""
        return f"Vault({len(self._targets):,} targets, used {len(self.uses)} times)"

    @property
    def uses(self) -> list[dict]:
        """Every use so far: why, how many forecasts, and their fingerprint."""
        return json.loads(self.log.read_text()) if self.log.exists() else []

    def open(self, forecasts: Mapping, *, why: str, again: bool = False) -> dict:
        """Return the MAE of all forecasts, each of shape (n,), and log the use.

        The same forecasts may be compared again and are not logged twice.

        Parameters
        ----------
        forecasts : mapping of name to array
            Everything that is ever to be compared.
        why : str
            Reason, for the log.
        again : bool
            Accept that other forecasts were compared before; the log keeps both.

        Raises
        ------
        SealError
            If other forecasts were compared before and ``again`` is not given.
        ValueError
            If no reason is given or forecasts have another shape.
        """
        if not why.strip():
            raise ValueError("why is empty: say for the log what the test set is for.")
        scores = {name: mae(self._targets, f) for name, f in forecasts.items()}
        uses, digest = self.uses, _digest(forecasts)
        if digest in [use["forecasts"] for use in uses]:
            return scores
        if uses and not again:
            raise SealError(
                f"the test set was used before ({uses[0]['why']}) for other forecasts: "
                "a second look would choose on it, so compare on validation."
            )
        uses.append({"why": why, "models": len(forecasts), "forecasts": digest})
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text(json.dumps(uses, indent=1) + "\n")
        return scores


def _digest(forecasts: Mapping) -> str:
    digest = hashlib.sha256()
    for name in sorted(forecasts):
        cents = np.round(np.asarray(forecasts[name], np.float64) * CENT)
        digest.update(f"{name}".encode() + cents.astype("<i4").tobytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True)
class Task:
    """What the candidates are given: inputs of three parts, targets of two.

    Attributes
    ----------
    inputs : dict of Inputs
        Of ``"train"``, ``"validation"`` and ``"test"``.
    targets : dict of array
        Of ``"train"`` and ``"validation"``, in the unit of the target.
    vault : Vault
        The targets of ``"test"``.
    fingerprint : str
        Of the data.

    Notes
    -----
    Taught in chapter 14.
    """

    inputs: dict[str, Inputs]
    targets: dict[str, np.ndarray]
    vault: Vault
    fingerprint: str


def prepare(data: Experiment | None = None, *, folder: Path = FOLDER) -> Task:
    """Turn an experiment's windows into features and sequences, and seal its test set.

    Parameters
    ----------
    data : Experiment, optional
        Default: :func:`utils.experiments.prepare_jena`.
    folder : Path
        Where the log of the seal lies.

    Returns
    -------
    Task

    Notes
    -----
    Taught in chapter 14.
    """
    data = prepare_jena() if data is None else data
    table = features.wind_vector(data.table).drop(columns=list(features.DERIVED))
    scaled = Normalizer.fit(table[data.split.train.rows]).transform(table)
    parts = {name: getattr(data, name) for name in ("train", "validation", "test")}
    rows = {name: part.input_rows[:, -1] for name, part in parts.items()}
    frames = {name: _features(data, rows[name]) for name in parts}
    scale = Normalizer.fit(frames["train"])
    inputs = {
        name: _inputs(data, scaled.to_numpy(np.float32), rows[name], frame, scale)
        for name, frame in frames.items()
    }
    targets = {name: parts[name].targets for name in ("train", "validation")}
    vault = Vault(parts["test"].targets, folder / "test-set-uses.json")
    return Task(inputs, targets, vault, data.fingerprint)


def _features(data: Experiment, rows: np.ndarray) -> pd.DataFrame:
    horizon = int(data.train.horizon)
    return features.weather_features(
        data.table, rows, target=data.target, horizon=horizon
    )


def _inputs(data: Experiment, scaled, rows, frame, scale: Normalizer) -> Inputs:
    last_day = rows[:, None] + np.arange(1 - HOURS, 1)
    times = data.table.index.to_numpy()[rows]
    return Inputs(
        features=scale.transform(frame).to_numpy(np.float32),
        calendar=sum(name.startswith("calendar") for name in frame),
        sequences=scaled[last_day],
        own=data.table[data.target].to_numpy()[last_day],
        times=times,
        target_times=times + np.timedelta64(int(data.train.horizon), "h"),
    )


# -------------------------------------------------------------------------- results


@dataclass(frozen=True)
class Result:
    """A candidate's forecasts with one seed, in the unit of the target.

    Attributes
    ----------
    id : str
        The candidate.
    seed : int
        Its seed.
    validation, test : array, shape (n,) or (n, 3)
        Forecasts of the model fitted on the training rows.
    refitted : array
        Forecasts of the test rows by the same recipe fitted on train and validation.
    parameters : int
        How many numbers were fitted.
    seconds : float
        CPU time of the fit on the training rows.

    Notes
    -----
    Taught in chapter 14.
    """

    id: str
    seed: int
    validation: np.ndarray
    test: np.ndarray
    refitted: np.ndarray
    parameters: int
    seconds: float


def run(candidate: Candidate, task: Task, *, seed: int) -> Result:
    """Fit a candidate on train, then again on train and validation, and forecast.

    Notes
    -----
    Taught in chapter 14.
    """
    train, validation = task.inputs["train"], task.inputs["validation"]
    change = task.targets["train"] - train.now
    started = time.process_time()
    fitted = candidate.fit(train, change, seed)
    seconds = time.process_time() - started
    later = task.targets["validation"] - validation.now
    both = candidate.fit(train.joined(validation), np.append(change, later), seed)
    test = task.inputs["test"]
    return Result(
        candidate.id,
        seed,
        _forecast(fitted, validation),
        _forecast(fitted, test),
        _forecast(both, test),
        fitted.parameters,
        seconds,
    )


def _forecast(fitted, inputs: Inputs) -> np.ndarray:
    change = np.asarray(fitted.predict(inputs), dtype=np.float64)
    return (inputs.now + change.T).T


def path_of(candidate: str, seed: int, *, folder: Path = FOLDER) -> Path:
    """Name the file of a result.

    Notes
    -----
    Taught in chapter 14.
    """
    return Path(folder) / f"{candidate}-seed{seed}.npz"


def save(result: Result, task: Task, *, folder: Path = FOLDER) -> None:
    """Store a result as 16-bit hundredths of a degree.

    Notes
    -----
    Taught in chapter 14.
    """
    arrays = (result.validation, result.test, result.refitted)
    cents = [np.round(CENT * values).astype(np.int16) for values in arrays]
    meta = {
        "id": result.id,
        "seed": result.seed,
        "parameters": int(result.parameters),
        "seconds": round(result.seconds, 1),
        "fingerprint": task.fingerprint,
    }
    checkpoints.write(path_of(result.id, result.seed, folder=folder), cents, meta)


def load(candidate: str, task: Task, *, seed: int, folder: Path = FOLDER) -> Result:
    """Load a stored result.

    Raises
    ------
    CheckpointError
        If it is missing, damaged, or belongs to other data, with the command that
        rebuilds it.

    Notes
    -----
    Taught in chapter 14.
    """
    path = path_of(candidate, seed, folder=folder)
    arrays, meta = checkpoints.read(path)
    wanted = {"id": candidate, "seed": seed, "fingerprint": task.fingerprint}
    for name, value in wanted.items():
        if meta.get(name) != value:
            raise CheckpointError(
                f"{path.name} was made with {name} {meta.get(name)!r}, and {value!r} "
                "is asked for: delete it and run python -m utils.leaderboard."
            )
    forecasts = [values / CENT for values in arrays]
    return Result(candidate, seed, *forecasts, meta["parameters"], meta["seconds"])


def seeds_of(candidate: Candidate, seeds: int = SEEDS) -> range:
    """Seeds to run: one where chance plays no part.

    Examples
    --------
    >>> seeds_of(beyond.CANDIDATES["ridge"]), seeds_of(beyond.CANDIDATES["gru"])
    (range(0, 1), range(0, 5))

    Notes
    -----
    Taught in chapter 14.
    """
    return range(seeds if candidate.random else 1)


def run_all(
    ids: Sequence[str], task: Task, *, seeds: int = SEEDS, folder: Path = FOLDER
) -> list[Result]:
    """Run what is not stored yet, store it, and return all results, seed by seed.

    Raises
    ------
    ValueError
        If there is no such candidate.

    Notes
    -----
    Taught in chapter 14.
    """
    unknown = [name for name in ids if name not in beyond.CANDIDATES]
    if unknown:
        raise ValueError(
            f"candidates {', '.join(unknown)} are unknown: choose some of "
            f"{', '.join(beyond.CANDIDATES)}."
        )
    todo = [(s, n) for n in ids for s in seeds_of(beyond.CANDIDATES[n], seeds)]
    results = []
    for seed, name in sorted(todo, key=lambda pair: pair[0]):
        if not path_of(name, seed, folder=folder).exists():
            result = run(beyond.CANDIDATES[name], task, seed=seed)
            save(result, task, folder=folder)
            error = mae(task.targets["validation"], point(result.validation))
            print(
                f"{name}, seed {seed}: validation {error:.3f}, {result.seconds:.0f} s"
            )
        results.append(load(name, task, seed=seed, folder=folder))
    return results


def point(forecast: np.ndarray) -> np.ndarray:
    """Return the median of quantile forecasts, (n, 3), and others as they are.

    Examples
    --------
    >>> point(np.array([[1.0, 2.0, 4.0]])).tolist()
    [2.0]

    Notes
    -----
    Taught in chapter 14.
    """
    return forecast[:, 1] if forecast.ndim == 2 else forecast


def forecasts_of_test(results: Sequence[Result], ensemble: Ensemble) -> dict:
    """Name every forecast that is to be compared with the test targets.

    Parameters
    ----------
    results : sequence of Result
        Of all candidates and seeds.
    ensemble : Ensemble
        As :func:`choose_ensemble` returns it.

    Returns
    -------
    dict of tuple to array
        Keys are (candidate or ``"ensemble"``, seed or ``"mean"``, kind), where kind is
        ``"test"`` (fitted on train) or ``"refitted"`` (on train and validation).

    Notes
    -----
    Taught in chapter 14.
    """
    named = {}
    for kind in KINDS:
        for result in results:
            forecast = point(getattr(result, kind))
            named[result.id, str(result.seed), kind] = forecast
        means = seed_means(results, kind)
        named["ensemble", "mean", kind] = ensemble.predict(means)
    return named


def seed_means(results: Sequence[Result], part: str) -> dict[str, np.ndarray]:
    """Average each candidate's forecasts of ``part`` over its seeds.

    Notes
    -----
    Taught in chapter 14.
    """
    stacks: dict[str, list] = {}
    for result in results:
        stacks.setdefault(result.id, []).append(point(getattr(result, part)))
    return {name: np.mean(stack, axis=0) for name, stack in stacks.items()}


def choose_ensemble(results: Sequence[Result], task: Task) -> Ensemble:
    """Choose the ensemble of the candidates' means over seeds, on validation only.

    Notes
    -----
    Taught in chapter 14.
    """
    return greedy(seed_means(results, "validation"), task.targets["validation"])


def table(
    results: Sequence[Result], task: Task, scores: Mapping | None = None
) -> pd.DataFrame:
    """One line per candidate, best on validation first: mean and spread over seeds.

    Parameters
    ----------
    results : sequence of Result
        Among them the naive forecast's, which skill is measured against.
    task : Task
        What was forecast.
    scores : mapping, optional
        Test errors by the keys of :func:`forecasts_of_test`, as :meth:`Vault.open`
        returns them; without, the table has no test columns.

    Returns
    -------
    DataFrame
        MAE in the unit of the target; spreads are standard deviations over seeds.

    Notes
    -----
    Taught in chapter 14.
    """
    y = task.targets["validation"]
    lines = []
    for result in results:
        line = {"model": result.id, "parameters": result.parameters}
        line |= {
            "CPU s": result.seconds,
            "validation": mae(y, point(result.validation)),
        }
        for kind in KINDS if scores else ():
            line[kind] = scores[result.id, str(result.seed), kind]
        lines.append(line)
    groups = pd.DataFrame(lines).groupby("model")
    board, spread = groups.mean(), groups.std()
    errors = [name for name in ("validation", *KINDS) if name in board]
    for name in errors:
        board[f"{name} spread"] = spread[name]
    board["seeds"] = groups.size()
    reference = errors[-1]
    naive = board.loc["naive", reference]
    board["skill"] = [skill(error, naive) for error in board[reference]]
    return board.sort_values("validation")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is missing, print the table, and with ``--open`` the test errors.

    Notes
    -----
    Taught in chapter 14.
    """
    parser = argparse.ArgumentParser(prog="python -m utils.leaderboard")
    parser.add_argument("ids", nargs="*", help="candidates (default: all)")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--open", metavar="WHY", help="use the test set, and log why")
    parser.add_argument("--again", action="store_true", help="although it was used")
    options = parser.parse_args(arguments)
    if options.open is not None and (options.ids or options.seeds < SEEDS):
        parser.error(f"--open is for the end: all candidates and {SEEDS} seeds or more")
    data = prepare_jena()
    if data.simulated:
        print(
            f"The leaderboard needs the real weather: {jena.REMEDY}.", file=sys.stderr
        )
        return 1
    task = prepare(data, folder=options.folder)
    ids = options.ids or list(beyond.CANDIDATES)
    results = run_all(ids, task, seeds=options.seeds, folder=options.folder)
    if "naive" not in ids:
        return 0
    ensemble, scores = choose_ensemble(results, task), None
    if options.open is not None:
        forecasts = forecasts_of_test(results, ensemble)
        scores = task.vault.open(forecasts, why=options.open, again=options.again)
    print(table(results, task, scores).round(3).to_string())
    print(f"ensemble: validation {ensemble.errors[-1]:.3f}, {ensemble.weights}")
    for kind in KINDS if scores else ():
        print(f"ensemble, {kind}: {scores['ensemble', 'mean', kind]:.3f}")
    print(task.vault)
    return 0


if __name__ == "__main__":
    sys.exit(main())
