"""The prepared data of each experiment, the same for its chapter and for reproduction.

The experiment on the weather is a table that was cleaned, split, normalised and cut
into windows.  The chapter takes the same public steps one by one; :func:`prepare_jena`
takes them at once.  :mod:`utils.experiments.waves` prepares independent series.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from utils.data.columns import TEMPERATURE
from utils.experiments.waves import WAVES
from utils.training.dataset import Experiment, SeriesExperiment
from utils.windows import Normalizer, Split, chronological_split


def prepare_jena(*, length: int = 120, horizon: int = 24) -> SeriesExperiment:
    """Prepare the Jena weather: from 5 days by the hour to the temperature a day later.

    Parameters
    ----------
    length, horizon : int
        Hours in a window, and hours from its end to the target.

    Returns
    -------
    SeriesExperiment
        The clean table of 14 columns, split 50 / 25 / 25, normalised with its training
        rows and cut into windows that cross no gap; targets in °C.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> data = prepare_jena()
    >>> data.train.input_shape
    (120, 14)
    """
    from utils.data import jena

    frame, simulated = jena.load_or_simulate()
    table = jena.clean(frame)
    split = chronological_split(len(table), length=length, horizon=horizon)
    normalizer = Normalizer.fit(table[split.train.rows])
    inputs = normalizer.transform(table).to_numpy(np.float32)
    segments, target = jena.segments(table), table[TEMPERATURE]
    windows = [part.windows(inputs, target, segments=segments) for part in split]
    return SeriesExperiment(
        name="jena",
        unit="°C",
        table=table,
        target=TEMPERATURE,
        split=split,
        normalizer=normalizer,
        **dict(zip(Split._fields, windows, strict=True)),
        simulated=simulated,
    )


EXPERIMENTS: dict[str, Callable[[], Experiment]] = {"jena": prepare_jena, **WAVES}
