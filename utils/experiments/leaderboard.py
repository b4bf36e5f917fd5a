"""The leaderboard of chapter 14: what each candidate forecast, and how it compares.

Everything is chosen on validation.  Every candidate is fitted twice: on the training
rows, which gives its validation forecasts and the test forecasts that are compared with
those of the sources; and, by the same recipe, on train and validation together, which
gives a second set of test forecasts.  Intervals of both are widened by the conformal
margin.  All that was decided before the test set was opened.

A fitted candidate gets the rows to forecast in ``CALLS`` calls, since the target of one
row is an input of later ones: within a call, no row holds the target of another.

``make reproduce`` fits the candidates and stores their forecasts; ``python -m
utils.experiments.leaderboard`` prints the table, and with ``--open WHY`` the errors on
the test set, which :class:`utils.experiments.holdout.HeldOutSet` allows once and, for
other forecasts, only when told that it is a second time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from utils import features
from utils.data import jena
from utils.experiments.candidates import ALL, CANDIDATES, LEVELS, Candidate, Inputs
from utils.experiments.holdout import HeldOutError, HeldOutSet, Opened
from utils.experiments.prepare import prepare_jena
from utils.forecasting.ensembles import Ensemble, greedy
from utils.forecasting.intervals import conformal_margin, widen
from utils.metrics import mae, skill
from utils.training import checkpoints
from utils.training.checkpoints import CheckpointError
from utils.training.dataset import SeriesExperiment
from utils.training.fingerprint import Fingerprint, code_of, summary
from utils.windows import Normalizer

FOLDER = checkpoints.FOLDER / "beyond"
HOURS = 24
CENT = 100  # forecasts are stored in hundredths of a degree
NEAR = 0.2  # of the distance between two seeds; an epoch more or less is 0.25
PARTS = ("validation", "test", "refitted")  # of a result, in the order of storage
SEEDS = 5
KINDS = ("test", "refitted")  # fitted on train; on train and validation
CALLS = 7  # a call forecasts every seventh day: windows of five days do not meet
LEVEL = round(LEVELS[-1] - LEVELS[0], 9)  # what the intervals promise to hold
DESCRIBED = ("parameters", "cpu_seconds", "seconds")
REFITTED = (
    "If the same recipes were fitted again, as make reproduce does, log it with: "
    'python -m utils.experiments.leaderboard --open "fitted again" --again'
)
BRIEF = {"seeds": 2, "every": 20}  # on simulated weather, where no result is claimed


@dataclass(frozen=True)
class Contest:
    """What the candidates are given: inputs of three parts, targets of two.

    Attributes
    ----------
    inputs : dict of Inputs
        Of ``"train"``, ``"validation"`` and ``"test"``.
    targets : dict of array
        Of ``"train"`` and ``"validation"``, in the unit of the target.
    held_out : HeldOutSet
        The targets of ``"test"``.
    code : dict of dict
        By candidate, as :func:`codes` returns it.
    simulated : bool
        Whether the weather is simulated.
    """

    inputs: dict[str, Inputs]
    targets: dict[str, np.ndarray]
    held_out: HeldOutSet
    code: dict[str, dict]
    simulated: bool = False

    @cached_property
    def summaries(self) -> dict[str, dict]:
        """Summaries of all arrays that go into a fit, for its fingerprint."""
        arrays = {
            f"{part} {name}": array
            for part, inputs in self.inputs.items()
            for name, array in vars(inputs).items()
        }
        arrays |= {f"{part} targets": each for part, each in self.targets.items()}
        return {name: summary(array) for name, array in arrays.items()}

    def fingerprint(self, candidate: str) -> Fingerprint:
        """Say what the forecasts of a candidate are made from."""
        return Fingerprint(self.code[candidate], {}, self.summaries)


def codes() -> dict[str, dict]:
    """Hash the code that each candidate's fit reaches."""
    return {
        name: code_of(run, each.fit, Inputs, leave_out=(Result,))
        for name, each in ALL.items()
    }


def prepare(data: SeriesExperiment | None = None, *, folder: Path = FOLDER) -> Contest:
    """Turn an experiment's windows into features and sequences, and seal its test set.

    Parameters
    ----------
    data : SeriesExperiment, optional
        Default: :func:`utils.experiments.prepare.prepare_jena`.
    folder : Path
        Where the log of the seal lies; that of simulated weather is forgotten.

    Returns
    -------
    Contest

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
        name: _inputs(data, scaled.astype(np.float32), rows[name], frame, scale)
        for name, frame in frames.items()
    }
    targets = {name: parts[name].targets for name in ("train", "validation")}
    place = Path(tempfile.mkdtemp()) if data.simulated else Path(folder)
    log = place / "test-set-uses.json"
    held_out = HeldOutSet(parts["test"].targets, inputs["test"].target_times, log=log)
    code = codes()  # now: it may be edited while it runs
    return Contest(inputs, targets, held_out, code, data.simulated)


def _features(data: SeriesExperiment, rows: np.ndarray) -> pd.DataFrame:
    horizon = int(data.train.horizon)
    return features.weather_features(
        data.table, rows, target=data.target, horizon=horizon
    )


def _inputs(data: SeriesExperiment, scaled, rows, frame, scale: Normalizer) -> Inputs:
    last_day = rows[:, None] + np.arange(1 - HOURS, 1)
    times = data.table.index.to_numpy()[rows]
    return Inputs(
        names=tuple(frame.columns),
        columns=tuple(scaled.columns),
        features=scale.transform(frame).to_numpy(np.float32),
        sequences=scaled.to_numpy()[last_day],
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
        Forecasts of the model fitted on the training rows; the quantiles of
        ``LEVELS`` where there are three.
    refitted : array
        Forecasts of the test rows by the same recipe fitted on train and validation.
    parameters : int
        How many numbers were fitted.
    cpu_seconds : float
        The process's CPU time of the fit on the training rows.
    seconds : float
        Wall-clock time of both fits and the forecasts.
    """

    id: str
    seed: int
    validation: np.ndarray
    test: np.ndarray
    refitted: np.ndarray
    parameters: int
    cpu_seconds: float
    seconds: float


def run(candidate: Candidate, task: Contest, *, seed: int, every: int = 1) -> Result:
    """Fit a candidate on train, then again on train and validation, and forecast.

    With ``every``, it learns from every so many rows only.

    Notes
    -----
    Taught in chapter 14.
    """
    train, validation = task.inputs["train"], task.inputs["validation"]
    change = task.targets["train"] - train.now
    later = task.targets["validation"] - validation.now
    few, test = slice(None, None, every), task.inputs["test"]
    started, cpu_started = time.perf_counter(), time.process_time()
    fitted = candidate.fit(train[few], change[few], seed)
    cpu_seconds = time.process_time() - cpu_started
    changes = np.append(change, later)
    both = candidate.fit(train.joined(validation)[few], changes[few], seed)
    forecasts = [_forecast(fitted, validation), _forecast(fitted, test)]
    forecasts.append(_forecast(both, test))
    seconds = time.perf_counter() - started
    described = (fitted.parameters, cpu_seconds, seconds)
    return Result(candidate.id, seed, *forecasts, *described)


def _forecast(fitted, inputs: Inputs) -> np.ndarray:
    days = inputs.times.astype("datetime64[D]").astype(int)
    calls = [np.flatnonzero(days % CALLS == call) for call in range(CALLS)]
    rows = np.concatenate(calls)
    changes = [fitted.predict(inputs[call]) for call in calls if len(call)]
    change = np.concatenate(changes).astype(np.float64)[np.argsort(rows)]
    return (inputs.now + change.T).T


def path_of(candidate: str, seed: int, *, folder: Path = FOLDER) -> Path:
    """Name the file of a result."""
    return Path(folder) / f"{candidate}-seed{seed}.npz"


def packed(result: Result, task: Contest) -> tuple[list[np.ndarray], dict]:
    """Turn a result into small arrays and plain data that a file can hold.

    Forecasts become 16-bit hundredths of a degree, each as the difference from the one
    before it, which compresses well.
    """
    meta = {
        "id": result.id,
        "seed": int(result.seed),
        "fingerprint": task.fingerprint(result.id)._asdict(),
        "parameters": int(result.parameters),
        "cpu_seconds": round(result.cpu_seconds, 1),
        "seconds": round(result.seconds, 1),
        "scores": {
            "validation": round(
                mae(task.targets["validation"], point(result.validation)), 5
            )
        },
    }
    arrays = []
    for part in PARTS:
        cents = np.round(CENT * getattr(result, part)).astype(np.int16)
        arrays.append(np.diff(cents, axis=0, prepend=np.zeros_like(cents[:1])))
    return arrays, meta


def load(candidate: str, task: Contest, *, seed: int, folder: Path = FOLDER) -> Result:
    """Load a stored result.

    Raises
    ------
    CheckpointError
        If it is missing or damaged, or was made from other code or other data; see
        :func:`utils.training.checkpoints.load`.
    """
    path = path_of(candidate, seed, folder=folder)
    identity = {"id": candidate, "seed": seed}
    with checkpoints.rebuilt_by(candidate):
        found = checkpoints.load(path, identity, task.fingerprint(candidate))
        return _unpacked(path.name, *found, task)


def _unpacked(name: str, arrays: list[np.ndarray], meta: dict, task: Contest) -> Result:
    """Turn what :func:`packed` made into a result again."""
    if missing := [key for key in DESCRIBED if key not in meta]:
        raise CheckpointError(f"{name} does not say {', '.join(missing)}.")
    rows = [len(task.inputs[part].now) for part in ("validation", "test", "test")]
    if [len(array) for array in arrays] != rows:
        raise CheckpointError(
            f"{name} holds {[len(array) for array in arrays]} forecasts, and the rows "
            f"to forecast are {rows}."
        )
    forecasts = [np.cumsum(steps, axis=0, dtype=np.int16) / CENT for steps in arrays]
    described = (meta[key] for key in DESCRIBED)
    return Result(meta["id"], meta["seed"], *forecasts, *described)


def verify(
    candidate: Candidate,
    task: Contest,
    *,
    seeds: Sequence[int],
    folder: Path = FOLDER,
) -> None:
    """Give stored results the present fingerprint, where a fit proves it theirs.

    A result keeps forecasts and no weights, so the proof is a fit with the first seed.
    Where chance plays no part, it must give the stored forecasts to the hundredth of a
    degree in which they are stored.  A network or tree that is trained on another
    processor rounds otherwise, and each step carries that on; then its forecasts must
    be at least five times as near to the stored ones, in the mean, as those of the
    second seed are.  Of the other seeds, which are not fitted, the stored forecasts
    must give the stored validation error, but for what rounding them changes.

    Parameters
    ----------
    candidate : Candidate
        Whose results are verified.
    task : Contest
        What it was given.
    seeds : sequence of int
        The results to verify.
    folder : Path
        Where they lie.

    Raises
    ------
    CheckpointError
        If either is not so, with the command that fits the candidate anew; then no
        file is changed.
    """
    stored = {}
    with checkpoints.rebuilt_by(candidate.id):
        for seed in seeds:
            path = path_of(candidate.id, seed, folder=folder)
            stored[path] = arrays, meta = checkpoints.read(path)
            identity = {"id": candidate.id, "seed": int(seed)}
            checkpoints.check_identity(path.name, meta, identity)
            _prove_score(
                path.name, _unpacked(path.name, arrays, meta, task), meta, task
            )
        path, others = next(iter(stored)), list(stored.values())[1:]
        again = packed(run(candidate, task, seed=seeds[0]), task)[0]
        _prove_fit(path.name, stored[path][0], again, others[0][0] if others else None)
    for path, (arrays, meta) in stored.items():
        kept = {name: meta[name] for name in meta if name != "recipe"}
        kept["fingerprint"] = task.fingerprint(candidate.id)._asdict()
        checkpoints.write(path, arrays, kept)


def _prove_score(name: str, result: Result, meta: dict, task: Contest) -> None:
    stored = meta["scores"]["validation"]
    found = mae(task.targets["validation"], point(result.validation))
    rounding = 1 / CENT / np.sqrt(len(result.validation))  # over 3 standard deviations
    if not abs(found - stored) <= rounding:
        raise CheckpointError(
            f"{name} is not verified: its forecasts give {found:.5f} on the "
            f"validation part, and {stored:.5f} is stored."
        )


def _prove_fit(name: str, stored: list, again: list, other: list | None) -> None:
    """Compare a fit with the stored one of its seed; ``other`` is of another seed."""
    for k, part in enumerate(PARTS):
        off = _distance(again[k], stored[k])
        if other is None:
            allowed, off = 1 / CENT, off.max()  # a tie in the last digit
        else:
            allowed, off = NEAR * _distance(other[k], stored[k]).mean(), off.mean()
        if not off <= allowed:
            raise CheckpointError(
                f"{name} is not verified: fitted anew, its {part} forecasts differ by "
                f"{off:.3f}, and {allowed:.3f} is allowed."
            )


def _distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """By how much forecasts differ, which are stored as differences in hundredths."""
    return np.abs(np.cumsum(one.astype(int) - other, axis=0)) / CENT


def seeds_of(candidate: Candidate, seeds: int = SEEDS) -> range:
    """Seeds to run: one where chance plays no part.

    Examples
    --------
    >>> seeds_of(CANDIDATES["ridge"]), seeds_of(CANDIDATES["gru"])
    (range(0, 1), range(0, 5))
    """
    return range(seeds if candidate.random else 1)


def load_all(
    task: Contest,
    ids: Sequence[str] = (),
    *,
    seeds: int = SEEDS,
    folder: Path = FOLDER,
) -> list[Result]:
    """Load the results of these candidates and train nothing.

    With none named it loads ``CANDIDATES``, those of the first opening of the test set.
    On simulated weather no stored result applies: every candidate is fitted there with
    two seeds on every twentieth training row, and a printed line says so.

    Raises
    ------
    ValueError
        If there is no such candidate.
    CheckpointError
        As :func:`load` does.

    Notes
    -----
    Taught in chapter 14.
    """
    unknown = [name for name in ids if name not in ALL]
    if unknown:
        raise ValueError(
            f"candidates {', '.join(unknown)} are unknown: choose some of "
            f"{', '.join(ALL)}."
        )
    wanted = [ALL[name] for name in ids or CANDIDATES]
    if task.simulated:
        return _briefly(wanted, task)
    return [
        load(candidate.id, task, seed=seed, folder=folder)
        for candidate in wanted
        for seed in seeds_of(candidate, seeds)
    ]


def _briefly(wanted: Sequence[Candidate], task: Contest) -> list[Result]:
    seeds, every = BRIEF["seeds"], BRIEF["every"]
    print(
        f"Simulated weather: the candidates learn from every {every}th row, with "
        f"{seeds} seeds."
    )
    return [
        run(candidate, task, seed=seed, every=every)
        for candidate in wanted
        for seed in seeds_of(candidate, seeds)
    ]


def point(forecast: np.ndarray) -> np.ndarray:
    """Return the median of quantile forecasts, (n, 3), and others as they are.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> point(np.array([[1.0, 2.0, 4.0]])).tolist()
    [2.0]
    """
    return forecast[:, 1] if forecast.ndim == 2 else forecast


def seed_means(results: Sequence[Result], part: str) -> dict[str, np.ndarray]:
    """Average each candidate's forecasts of ``part`` over its seeds.

    Parameters
    ----------
    results : sequence of Result
        Of any candidates and seeds.
    part : str
        ``"validation"``, ``"test"`` or ``"refitted"``.

    Returns
    -------
    dict of str to array, shape (n,)

    Notes
    -----
    Taught in chapter 14.
    """
    means = _means(results, part)
    return {name: point(mean) for name, mean in means.items()}


def _means(results: Sequence[Result], part: str) -> dict[str, np.ndarray]:
    """Mean over seeds, of points (n,) or quantiles (n, 3)."""
    stacks: dict[str, list] = {}
    for result in results:
        stacks.setdefault(result.id, []).append(getattr(result, part))
    return {name: np.mean(stack, axis=0) for name, stack in stacks.items()}


def choose_ensemble(results: Sequence[Result], task: Contest) -> Ensemble:
    """Choose the ensemble of the candidates' means over seeds, on validation only.

    Notes
    -----
    Taught in chapter 14.
    """
    return greedy(seed_means(results, "validation"), task.targets["validation"])


# -------------------------------------------------------------- opening the test set


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
    dict of tuple to array, shape (n,)
        Keys are (candidate or ``"ensemble"``, seed or ``"mean"``, kind), where kind is
        ``"test"`` (fitted on train) or ``"refitted"`` (on train and validation).
    """
    named = {}
    for kind in KINDS:
        for result in results:
            named[result.id, str(result.seed), kind] = point(getattr(result, kind))
        means = seed_means(results, kind)
        named |= {(name, "mean", kind): mean for name, mean in means.items()}
        named["ensemble", "mean", kind] = ensemble.predict(means)
    return named


def intervals_of(
    results: Sequence[Result], ensemble: Ensemble, part: str
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the ends of the intervals as they were learned, before any margin.

    Parameters
    ----------
    results : sequence of Result
        Of all candidates and seeds.
    ensemble : Ensemble
        Its intervals have no width yet.
    part : str
        ``"validation"``, ``"test"`` or ``"refitted"``.

    Returns
    -------
    dict of str to (lower, upper)
        Of each candidate that forecasts quantiles, their mean over the seeds, and of
        ``"ensemble"``.
    """
    means = _means(results, part)
    ends = {n: (q[:, 0], q[:, -1]) for n, q in means.items() if q.ndim == 2}
    middle = ensemble.predict(seed_means(results, part))
    return {**ends, "ensemble": (middle, middle)}


def margins(
    results: Sequence[Result], ensemble: Ensemble, task: Contest
) -> dict[str, float]:
    """By how much validation says that each kind of interval is to be widened.

    The margin comes from the models fitted on train alone: the refitted ones have seen
    the validation rows, would look too sure there, and get the same margin.  As they
    have learned from more rows, it is a little wider than they need.

    Returns
    -------
    dict of str to float
        By the names of :func:`intervals_of`, in the unit of the target.
    """
    y = task.targets["validation"]
    learned = intervals_of(results, ensemble, "validation")
    return {
        name: conformal_margin(y, *ends, level=LEVEL) for name, ends in learned.items()
    }


def intervals_of_test(
    results: Sequence[Result], ensemble: Ensemble, task: Contest
) -> dict:
    """Name all intervals whose coverage is to be measured on the test set.

    Returns
    -------
    dict of tuple to (lower, upper)
        Keys are (candidate or ``"ensemble"``, ``"mean"``, kind, ``"raw"`` or
        ``"conformal"``); raw quantiles are as they were learned, conformal ones are
        widened by :func:`margins`.
    """
    margin = margins(results, ensemble, task)
    named = {}
    for kind in KINDS:
        for name, ends in intervals_of(results, ensemble, kind).items():
            named[name, "mean", kind, "conformal"] = widen(*ends, margin[name])
            if name != "ensemble":
                named[name, "mean", kind, "raw"] = ends
    return named


def open_test(
    results: Sequence[Result], task: Contest, *, why: str, again: bool = False
) -> Opened:
    """Choose the ensemble and the margins on validation, then open the test set.

    Parameters
    ----------
    results : sequence of Result
        Of all candidates and seeds.
    task : Contest
        Whose held-out set is used.
    why, again
        As :meth:`utils.experiments.holdout.HeldOutSet.open` takes them.

    Returns
    -------
    Opened
        With the keys of :func:`forecasts_of_test` and :func:`intervals_of_test`.

    Raises
    ------
    HeldOutError
        If other forecasts were compared before and ``again`` is not given, with the
        command for recipes that did not change but were fitted again.

    Notes
    -----
    Taught in chapter 14.
    """
    ensemble = choose_ensemble(results, task)
    forecasts = forecasts_of_test(results, ensemble)
    intervals = intervals_of_test(results, ensemble, task)
    try:
        return task.held_out.open(forecasts, intervals=intervals, why=why, again=again)
    except HeldOutError as error:
        raise HeldOutError(f"{error} {REFITTED}") from error


# ------------------------------------------------------------------------- the table


def table(
    results: Sequence[Result],
    task: Contest,
    opened: Opened | None = None,
    *,
    ensemble: Ensemble | None = None,
) -> pd.DataFrame:
    """One line per candidate, best on validation first: mean and spread over seeds.

    Parameters
    ----------
    results : sequence of Result
        Among them the naive forecast's, which skill is measured against.
    task : Contest
        What was forecast.
    opened : Opened, optional
        As :func:`open_test` returns it; without, the table has no test columns.
    ensemble : Ensemble, optional
        Adds a line for it, with the parameters and CPU seconds of all its members and
        their seeds together.

    Returns
    -------
    DataFrame
        MAE in the unit of the target; spreads are standard deviations over seeds.
        Skill is that of the models fitted on train, on the test set or, before it is
        opened, on validation; ``"refitted skill"`` is that of the refitted ones.

    Notes
    -----
    Taught in chapter 14.
    """
    lines = pd.DataFrame([_line(result, task, opened) for result in results])
    groups = lines.groupby("model")
    errors = [name for name in ("validation", *KINDS) if name in lines]
    board, spread = groups.mean(), groups.std()
    for name in errors:
        board[f"{name} spread"] = spread[name]
    board["seeds"] = groups.size()
    if ensemble is not None:
        board.loc["ensemble"] = _ensemble_line(ensemble, board, opened)
    skills = {"skill": "test", "refitted skill": "refitted"}
    for name, kind in (skills if opened else {"skill": "validation"}).items():
        naive = board.loc["naive", kind]
        board[name] = [skill(error, naive) for error in board[kind]]
    whole = {"parameters": int, "seeds": int}
    return board.astype(whole).sort_values("validation", kind="stable")


def _line(result: Result, task: Contest, opened: Opened | None) -> dict:
    line = {
        "model": result.id,
        "parameters": result.parameters,
        "CPU s": result.cpu_seconds,
        "validation": mae(task.targets["validation"], point(result.validation)),
    }
    for kind in KINDS if opened else ():
        line[kind] = opened.mae[result.id, str(result.seed), kind]
    return line


def _ensemble_line(ensemble: Ensemble, board: pd.DataFrame, opened: Opened | None):
    members = board.loc[list(ensemble.weights)]
    line = {
        name: (members[name] * members["seeds"]).sum()
        for name in ("parameters", "CPU s")
    }
    line |= {"validation": ensemble.errors[-1], "seeds": members["seeds"].max()}
    for kind in KINDS if opened else ():
        line[kind] = opened.mae["ensemble", "mean", kind]
    return pd.Series(line)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and with ``--open`` the errors and coverage on the test set."""
    options = _options(arguments)
    data = prepare_jena()
    if data.simulated:
        print(
            f"The leaderboard needs the real weather: {jena.REMEDY}.", file=sys.stderr
        )
        return 1
    task = prepare(data, folder=options.folder)
    ids, opened = options.ids and list(dict.fromkeys(["naive", *options.ids])), None
    try:
        results = load_all(task, ids, seeds=options.seeds, folder=options.folder)
        if (why := options.open) is not None:
            opened = open_test(results, task, why=why, again=options.again)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(report(results, task, opened))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m utils.experiments.leaderboard")
    parser.add_argument("ids", nargs="*", help="default: those of the first board")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--open", metavar="WHY", help="use the test set, and log why")
    parser.add_argument("--again", action="store_true", help="although it was used")
    options = parser.parse_args(arguments)
    if options.open is not None and (options.ids or options.seeds < SEEDS):
        parser.error(f"--open is for the end: all candidates and {SEEDS} seeds or more")
    return options


def report(
    results: Sequence[Result], task: Contest, opened: Opened | None = None
) -> str:
    """Lay out the table, the ensemble's weights and the intervals as text.

    Notes
    -----
    Taught in chapter 14.
    """
    ensemble = choose_ensemble(results, task)
    board = table(results, task, opened, ensemble=ensemble)
    weights = ", ".join(f"{name} {w:.2f}" for name, w in ensemble.weights.items())
    lines = [board.round(3).to_string(), f"ensemble: {weights}"]
    for name, share in opened.coverage.items() if opened else ():
        width = opened.width[name]
        lines.append(f"{', '.join(name)}: holds {share:.1%}, {width:.2f} °C wide")
    return "\n".join([*lines, repr(task.held_out)])


if __name__ == "__main__":
    sys.exit(main())
