"""The prepared data of each experiment, the same for its chapter and for reproduction.

An experiment is a table that was cleaned, split, normalised and cut into windows.  The
chapter takes the same public steps one by one; :func:`prepare_jena` takes them at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from utils.data.columns import TEMPERATURE
from utils.windows import Normalizer, Split, Windows, chronological_split

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Experiment:
    """Everything that training and evaluation need to know about the data.

    Attributes
    ----------
    name : str
        Part of a checkpoint's file name.
    table : DataFrame, shape (n_rows, features)
        The clean table, in its units.
    target : str
        Column that is forecast, in its unit.
    split : Split
        Rows of the three parts.
    normalizer : Normalizer
        The scale of the training rows.
    train, validation, test : Windows
        Normalised windows with targets in the unit of ``target``.
    fingerprint : str
        Changes when the rows, the windows or their targets change.
    simulated : bool
        Whether the table is simulated.

    Notes
    -----
    Taught in chapter 12.
    """

    name: str
    table: pd.DataFrame
    target: str
    split: Split
    normalizer: Normalizer
    train: Windows
    validation: Windows
    test: Windows
    fingerprint: str
    simulated: bool


def prepare_jena(*, length: int = 120, horizon: int = 24) -> Experiment:
    """Prepare the Jena weather: from 5 days by the hour to the temperature a day later.

    Parameters
    ----------
    length, horizon : int
        Hours in a window, and hours from its end to the target.

    Returns
    -------
    Experiment
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
    return Experiment(
        name="jena",
        table=table,
        target=TEMPERATURE,
        split=split,
        normalizer=normalizer,
        **dict(zip(Split._fields, windows, strict=True)),
        fingerprint=_fingerprint(jena.fingerprint(table), windows),
        simulated=simulated,
    )


def _fingerprint(table: str, windows: list[Windows]) -> str:
    """Hash what is equal on every machine: the table's fingerprint and row numbers."""
    digest = hashlib.sha256(table.encode())
    for part in windows:
        digest.update(part.starts.astype("<i8").tobytes())
        digest.update(part.target_rows.astype("<i8").tobytes())
        digest.update(f"{part.length} {part.sampling}".encode())
    return digest.hexdigest()[:12]


EXPERIMENTS: dict[str, Callable[[], Experiment]] = {"jena": prepare_jena}
