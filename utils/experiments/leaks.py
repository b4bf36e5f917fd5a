"""Leaks, built in on purpose: how much better each of them makes a model look.

Each function fits one model twice, honestly and with one leak, and returns both
validation errors as a :class:`Comparison`.  The honest one is what the model achieves
on weather that it has not seen.  Nothing here touches the test set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from utils.experiments.candidates import CANDIDATES, Fitted, Inputs
from utils.experiments.leaderboard import Contest
from utils.metrics import mae
from utils.training.dataset import SeriesExperiment
from utils.windows import Normalizer

Fit = Callable[[Inputs, np.ndarray, int], Fitted]


class Comparison(NamedTuple):
    """Validation errors of one model, without and with a leak."""

    honest: float
    leaking: float


def nearest(inputs: Inputs, change, seed: int) -> Fitted:
    """Fit a model that only remembers: the mean of the five most similar hours.

    Takes and returns what ``fit`` of :class:`utils.experiments.candidates.Candidate`
    does.
    """
    from sklearn.neighbors import KNeighborsRegressor

    model = KNeighborsRegressor(5).fit(inputs.features, change)
    return Fitted(lambda new: model.predict(new.features), inputs.features.size)


def random_split(task: Contest, *, fit: Fit = nearest, seed: int = 0) -> Comparison:
    """Split hours at random, so that most validation hours have neighbours in train.

    The hour before and the hour after have almost the same features and the same
    change, and a model that remembers them has seen the answer.

    Parameters
    ----------
    task : Contest
        Train and validation rows are pooled and split again, in the same sizes.
    fit : callable
        Of a candidate.
    seed : int
        Of the split and the fit.

    Returns
    -------
    Comparison
        In the unit of the target.
    """
    train, validation = task.inputs["train"], task.inputs["validation"]
    change, later = changes(task)
    pooled, both = train.joined(validation), np.append(change, later)
    order = np.random.default_rng(seed).permutation(len(both))
    first, second = order[: len(change)], order[len(change) :]
    return Comparison(
        _error(fit, (train, change), (validation, later), seed),
        _error(fit, (pooled[first], both[first]), (pooled[second], both[second]), seed),
    )


def whole_days(data: SeriesExperiment, task: Contest) -> Comparison:
    """Join the mean of the calendar day by its date, as a table of daily values would.

    At six in the morning, that mean holds the coming afternoon and evening.

    Parameters
    ----------
    data : SeriesExperiment
        Whose windows the task was made from.
    task : Contest
        As :func:`utils.experiments.leaderboard.prepare` makes it.

    Returns
    -------
    Comparison
        Of ridge regression, in the unit of the target.

    Notes
    -----
    Taught in chapter 14.
    """
    target = data.table[data.target]
    return _with_column(task, target.groupby(target.index.date).transform("mean"))


def centred_mean(data: SeriesExperiment, task: Contest) -> Comparison:
    """Smooth the series with a mean of 49 hours around each hour, before it is cut.

    The mean around the last hour of a window reaches 24 hours ahead, to the target.
    Takes and returns what :func:`whole_days` does.

    Notes
    -----
    Taught in chapter 14.
    """
    target = data.table[data.target]
    return _with_column(task, target.rolling(49, center=True, min_periods=1).mean())


def scale_of_all_rows(task: Contest) -> Comparison:
    """Normalise with the mean and spread of train and validation rows together.

    Takes the task of :func:`whole_days` and returns what it does.

    Notes
    -----
    Taught in chapter 14.
    """
    parts = (task.inputs["train"], task.inputs["validation"])
    scale = Normalizer.fit(np.concatenate([part.features for part in parts]))
    leaking = [replace(part, features=scale.transform(part.features)) for part in parts]
    return _ridge(task, leaking)


def compare(data: SeriesExperiment, task: Contest, *, seed: int = 0) -> pd.DataFrame:
    """Try every leak.

    Parameters
    ----------
    data, task
        As :func:`whole_days` takes them.
    seed : int
        Of the random split.

    Returns
    -------
    DataFrame
        One line per leak: ``honest`` and ``leaking``, validation MAE in the unit of the
        target, and ``gain``, by how much the leak makes the model look better.

    Notes
    -----
    Taught in chapter 14.
    """
    trees = CANDIDATES["trees"].fit
    found = {
        "random split, nearest neighbours": random_split(task, seed=seed),
        "random split, trees": random_split(task, fit=trees, seed=seed),
        "mean of the calendar day, ridge": whole_days(data, task),
        "mean around the hour, ridge": centred_mean(data, task),
        "scale of all rows, ridge": scale_of_all_rows(task),
    }
    table = pd.DataFrame.from_dict(found, orient="index", columns=Comparison._fields)
    return table.assign(gain=table["honest"] - table["leaking"])


def changes(task: Contest) -> tuple[np.ndarray, np.ndarray]:
    """Return what train and validation rows forecast: target minus last value."""
    first, second = (
        task.targets[name] - task.inputs[name].now for name in ("train", "validation")
    )
    return first, second


def _error(fit: Fit, train: tuple, validation: tuple, seed: int) -> float:
    fitted = fit(*train, seed)
    inputs, change = validation
    return mae(change, fitted.predict(inputs))


def _ridge(task: Contest, leaking: list[Inputs]) -> Comparison:
    """Compare ridge regression on the task's inputs and on leaking ones."""
    fit, change = CANDIDATES["ridge"].fit, changes(task)
    honest = [task.inputs[name] for name in ("train", "validation")]
    errors = [
        _error(fit, *zip(inputs, change, strict=True), 0)
        for inputs in (honest, leaking)
    ]
    return Comparison(*errors)


def _with_column(task: Contest, column: pd.Series) -> Comparison:
    """Leak a column: what it says at each forecast's last hour, beside the features."""
    parts = [task.inputs[name] for name in ("train", "validation")]
    values = [column.loc[part.times].to_numpy()[:, None] for part in parts]
    scale = Normalizer.fit(values[0])
    leaking = [
        replace(
            part,
            names=("leak", *part.names),
            features=np.hstack([scale.transform(value), part.features]),
        )
        for part, value in zip(parts, values, strict=True)
    ]
    return _ridge(task, leaking)
