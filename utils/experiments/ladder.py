"""The ladder: every model of the two-wave series between naive forecast and floor.

Two rungs need no training.  At the foot stands the naive forecast, at the top the fit
of the form that the series were made from (:mod:`utils.forecasting.oracle`).  What lies
between them is the gain that can be attained, and a model is placed by its share of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from utils.data.synthetic import NOISE_VARIANCE
from utils.experiments import waves
from utils.forecasting import oracle
from utils.forecasting.baselines import Linear, naive
from utils.metrics import mse
from utils.training.dataset import Examples
from utils.training.loop import Run

NAIVE, FORM, LINE, NOISE = "naive", "fitted form", "linear, solved", "noise alone"


def share_of_gain(error, *, naive: float, floor: float):
    """Share of the attainable gain that a forecast reaches.

    It is ``(naive - error) / (naive - floor)``: 0 for a forecast that is as good as the
    naive one, 1 at the floor, negative for one that is worse than the naive forecast.

    Parameters
    ----------
    error : float or array
        Errors of one kind, for example MSE.
    naive, floor : float
        The same kind of error of the naive forecast, and of the best forecast that is
        known.

    Returns
    -------
    float or array
        In the shape of ``error``.

    Raises
    ------
    ValueError
        If an error is negative or not finite, or the floor is not below the naive
        error.

    Notes
    -----
    Pitfall: the share depends on both ends, so it compares forecasts of the same rows
    and steps only.

    Examples
    --------
    >>> share_of_gain(3.0, naive=5.0, floor=1.0)
    0.5
    """
    values = np.asarray(error, dtype=float)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(f"error must be finite and 0 or more, not {error!r}.")
    if not 0 <= floor < naive < np.inf:
        raise ValueError(
            f"floor={floor} must be an error below that of the naive forecast, "
            f"naive={naive}: without a gain there is no share of it."
        )
    share = (naive - values) / (naive - floor)
    return share if values.ndim else float(share)


def references(
    ahead: int = 1, *, part: str = "test", interval: float | str = waves.INTERVAL
) -> dict[str, float]:
    """Mean squared errors of what needs no training by gradient descent.

    Parameters
    ----------
    ahead : int
        Steps to forecast after the 50 that are given.
    part : str
        ``"train"``, ``"validation"`` or ``"test"``.
    interval : float or ``"spread"``
        As in :func:`utils.experiments.waves.prepare_waves`.

    Returns
    -------
    dict of str to float
        Of the naive forecast, the linear model solved on the training part, the fitted
        form, and the variance of the noise, below which no forecast can be on average.

    Raises
    ------
    ValueError
        If the part is not one of the three.

    Examples
    --------
    >>> list(references())
    ['naive', 'linear, solved', 'fitted form', 'noise alone']
    """
    if part not in waves.PARTS:
        raise ValueError(f"part must be one of {', '.join(waves.PARTS)}; got {part!r}.")
    drawn = waves.draw(ahead, interval=interval)
    known, targets = np.split(drawn.series[..., 0], [waves.LENGTH], axis=1)
    train, rows = waves.PARTS["train"], waves.PARTS[part]
    line = Linear.fit(known[train], targets[train])
    forecasts = {
        NAIVE: naive(known[rows], horizon=np.arange(1, ahead + 1)),
        LINE: line.predict(known[rows]),
        FORM: oracle.forecast(known[rows], drawn.times),
    }
    errors = {name: mse(targets[rows], y_hat) for name, y_hat in forecasts.items()}
    return errors | {NOISE: NOISE_VARIANCE}


def errors_of(runs: Sequence[Run], part: Examples) -> np.ndarray:
    """Mean squared errors of trained networks.

    All series go through a network at once, without compiling it: that takes seconds
    for each network, more than the forecasts themselves.

    Parameters
    ----------
    runs : sequence of Run
        As :func:`utils.training.loop.fit_or_load` returns them.
    part : Examples
        What to forecast.

    Returns
    -------
    array of shape (len(runs),)

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> from utils import training
    >>> data = waves.prepare_waves()
    >>> run = training.fit_or_load("G2", data, seed=0, progress=False)
    >>> bool((errors_of([run], data.test) < 0.006).all())
    True
    """
    forecasts = [np.asarray(run.model(part.inputs)) for run in runs]
    return np.array([mse(part.targets, y_hat) for y_hat in forecasts])


def table(
    errors: Mapping[str, float | Sequence[float]], *, naive: float, floor: float
) -> pd.DataFrame:
    """Place models on the ladder.

    Parameters
    ----------
    errors : mapping of str to float or sequence of float
        Each model's error, or one for each of its training runs.
    naive, floor : float
        As in :func:`share_of_gain`.

    Returns
    -------
    DataFrame
        One row for each run, with the columns ``model``, ``error`` and ``share``; the
        model with the lowest median share first.

    Raises
    ------
    ValueError
        As :func:`share_of_gain` does, or if a model has no error.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> table({"a": [2.0, 3.0], "naive": 5.0}, naive=5.0, floor=1.0)["share"].tolist()
    [0.0, 0.75, 0.5]
    """
    runs = {name: np.atleast_1d(values) for name, values in errors.items()}
    if empty := [name for name, values in runs.items() if not len(values)]:
        raise ValueError(
            f"errors of {', '.join(empty)} are missing: give at least one."
        )
    order = sorted(runs, key=lambda name: -np.median(runs[name]))
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "model": name,
                    "error": runs[name],
                    "share": share_of_gain(runs[name], naive=naive, floor=floor),
                }
            )
            for name in order
        ],
        ignore_index=True,
    )
