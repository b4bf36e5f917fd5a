"""The two-wave series as experiments: 10,000 of them, each forecast from its 50 steps.

The series are those of Géron (2019), chapter 15, drawn with its seed, so that baselines
give its numbers and only the networks' weights depend on a seed of the course.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from utils.data.synthetic import TwoWaves, draw_two_waves
from utils.forecasting.multistep import targets_at_every_step
from utils.training.dataset import Examples, Experiment

LENGTH = 50
PARTS = {
    "train": slice(0, 7_000),
    "validation": slice(7_000, 9_000),
    "test": slice(9_000, 10_000),
}
SEED = 42  # of the source
INTERVAL = 0.02  # spreads 50 + 1 steps over one unit of time


def draw(ahead: int, *, interval: float | str = INTERVAL) -> TwoWaves:
    """Draw the 10,000 series of 50 + ``ahead`` steps, with what they are made of.

    Parameters
    ----------
    ahead : int
        Steps after the first 50, 1 or more.
    interval : float or ``"spread"``
        As in :func:`utils.data.synthetic.two_waves`.

    Examples
    --------
    >>> draw(10).series.shape
    (10000, 60, 1)
    """
    _check_ahead(ahead)
    rng = np.random.RandomState(SEED)
    return draw_two_waves(10_000, LENGTH + ahead, rng=rng, interval=interval)


def prepare_waves(
    *, ahead: int = 1, interval: float | str = INTERVAL, every_step: bool = False
) -> Experiment:
    """Prepare 7,000 series to train, 2,000 to validate and 1,000 to test.

    Parameters
    ----------
    ahead : int
        Steps to forecast after the 50 that are given.
    interval : float or ``"spread"``
        Time from one step to the next.  The default is the same whatever ``ahead`` is.
        ``"spread"`` spreads 50 + ``ahead`` steps over one unit of time, as the source
        does: a network trained to forecast one step then meets another sampling rate
        in series of 50 + 10 steps.
    every_step : bool
        Targets are the next ``ahead`` values after each of the 50 steps, for
        sequence-to-sequence models, in place of those after the last.

    Returns
    -------
    Experiment
        With inputs (n, 50, 1) and targets (n, ahead), or (n, 50, ahead) at every step;
        its metric is the MSE.  At every step the score is over all steps, while the
        source judges the last one: ``mse(targets[:, -1], forecasts[:, -1])``.

    Raises
    ------
    ValueError
        If ``ahead`` is not a whole number, 1 or more, or ``interval`` is neither
        positive nor ``"spread"``.

    Examples
    --------
    >>> data = prepare_waves(ahead=10)
    >>> data.name, data.train.inputs.shape, data.train.targets.shape
    ('waves-10', (7000, 50, 1), (7000, 10))
    """
    series = draw(ahead, interval=interval).series[..., 0]
    inputs, targets = series[:, :LENGTH, None], series[:, LENGTH:]
    if every_step:
        targets = targets_at_every_step(series, LENGTH, ahead)
    parts = {
        name: Examples(inputs[rows], targets[rows]) for name, rows in PARTS.items()
    }
    name = _name(ahead, interval, every_step)
    return Experiment(name=name, **parts, metric="mse")


def prepare_teacher(*, ahead: int = 10) -> Experiment:
    """Prepare the same series for a decoder that is fed the truth.

    Parameters
    ----------
    ahead : int
        Steps to forecast after the 50 that are given, 1 or more.

    Returns
    -------
    Experiment
        With inputs (n, 50 + ahead - 1, 1) and targets (n, ahead): the encoder reads
        the first 50 steps, and the decoder the last ``ahead``, of which only the first
        is known when the forecast is made.

    Raises
    ------
    ValueError
        If ``ahead`` is not a whole number, 1 or more.

    Examples
    --------
    >>> data = prepare_teacher()
    >>> data.name, data.train.inputs.shape, data.train.targets.shape
    ('waves-10-teacher', (7000, 59, 1), (7000, 10))
    """
    series = draw(ahead).series
    parts = {
        name: Examples(series[rows, :-1], series[rows, LENGTH:, 0])
        for name, rows in PARTS.items()
    }
    name = f"{_name(ahead, INTERVAL, every_step=False)}-teacher"
    return Experiment(name=name, **parts, metric="mse")


def _check_ahead(ahead) -> None:
    whole = isinstance(ahead, int | np.integer) and not isinstance(ahead, bool)
    if not whole or ahead < 1:
        raise ValueError(f"ahead must be a whole number, 1 or more, not {ahead!r}.")


def _name(ahead: int, interval: float | str, every_step: bool) -> str:
    """Name a checkpoint's data, so that other data have another name."""
    rate = "" if interval == INTERVAL else f"-{interval}"
    return f"waves-{ahead}{rate}{'-every-step' if every_step else ''}"


WAVES: dict[str, Callable[[], Experiment]] = {
    "waves-1": prepare_waves,
    "waves-10": functools.partial(prepare_waves, ahead=10),
    "waves-10-spread": functools.partial(prepare_waves, ahead=10, interval="spread"),
    "waves-10-spread-every-step": functools.partial(
        prepare_waves, ahead=10, interval="spread", every_step=True
    ),
    "waves-10-every-step": functools.partial(prepare_waves, ahead=10, every_step=True),
    "waves-10-teacher": prepare_teacher,
}
"""Prepares each experiment, by its name."""
