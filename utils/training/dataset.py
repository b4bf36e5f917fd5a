"""What a model is trained and judged on: three parts, a metric and its unit.

A part is either :class:`utils.windows.Windows` on one series or :class:`Examples`,
arrays of independent ones.  Training, checkpoints and ``make reproduce`` take both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from utils.metrics import mae, mse
from utils.training.fingerprint import summary
from utils.windows import Normalizer, Split, Windows

if TYPE_CHECKING:
    import pandas as pd

METRICS = {"mae": mae, "mse": mse}
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False)
class Examples:
    """Independent series and their targets, as arrays.

    Parameters
    ----------
    inputs : array, shape (n, steps, features)
        One series a row.
    targets : array, shape (n,), (n, k) or (n, steps, k)
        What to forecast from each: one value, several, or several at every step.

    Raises
    ------
    ValueError
        If the shapes do not fit each other or a value is not finite.

    Examples
    --------
    >>> part = Examples(np.zeros((5, 10, 1)), np.zeros((5, 3)))
    >>> len(part), part.input_shape, [y.shape for x, y in part.batches(3)]
    (5, (10, 1), [(3, 3), (2, 3)])
    """

    inputs: np.ndarray
    targets: np.ndarray

    def __post_init__(self):
        """Turn both into arrays and check that they fit."""
        for name in ("inputs", "targets"):
            array = np.asarray(getattr(self, name), dtype=np.float32)
            if not np.isfinite(array).all():
                raise ValueError(f"{name} hold a value that is not finite.")
            object.__setattr__(self, name, array)
        if self.inputs.ndim != 3 or not len(self.inputs):
            raise ValueError(
                f"inputs must have the shape (n, steps, features), not "
                f"{self.inputs.shape}."
            )
        if len(self.targets) != len(self.inputs) or self.targets.ndim > 3:
            raise ValueError(
                f"targets must have the shape (n,), (n, k) or (n, steps, k) with one "
                f"row for each of the {len(self.inputs)} inputs, not "
                f"{self.targets.shape}."
            )

    def __len__(self) -> int:
        """Count the series."""
        return len(self.inputs)

    @property
    def input_shape(self) -> tuple[int, int]:
        """Shape of one series: (steps, features)."""
        return self.inputs.shape[1:]

    def gather(self, indices) -> tuple[np.ndarray, np.ndarray]:
        """Copy the series with these numbers, and their targets."""
        return self.inputs[indices], self.targets[indices]

    def batches(self, batch_size: int = 256) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield all series once, in order, ``batch_size`` at a time."""
        for start in range(0, len(self), batch_size):
            yield self.gather(slice(start, start + batch_size))


def arrays_of(part: Windows | Examples) -> dict[str, np.ndarray]:
    """Name the arrays that a part is made of.

    Examples
    --------
    >>> sorted(arrays_of(Examples(np.zeros((2, 3, 1)), np.zeros(2))))
    ['inputs', 'targets']
    """
    if isinstance(part, Windows):
        return {
            "table": part.table,
            "target": part.target,
            "starts": part.starts,
            "rows": part.offsets,
            "target rows": part.target_offsets,
        }
    return {"inputs": part.inputs, "targets": part.targets}


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Everything that training and evaluation need to know about the data.

    Attributes
    ----------
    name : str
        Part of a checkpoint's file name.
    train, validation, test : Windows or Examples
        What to learn from, to choose by, and to judge on.
    metric : str
        ``"mae"`` or ``"mse"``, by which results are reported.
    unit : str
        Of the metric.
    simulated : bool
        Whether the data stand in for real ones that are not at hand; then no stored
        result applies.

    Examples
    --------
    >>> part = Examples(np.zeros((5, 10, 1)), np.zeros((5, 3)))
    >>> data = Experiment(name="flat", train=part, validation=part, test=part)
    >>> sorted(data.summaries)[:2]
    ['test inputs', 'test targets']
    """

    name: str
    train: Windows | Examples
    validation: Windows | Examples
    test: Windows | Examples
    metric: str = "mae"
    unit: str = ""
    simulated: bool = False

    def __post_init__(self):
        """Check the metric."""
        if self.metric not in METRICS:
            raise ValueError(
                f"metric must be one of {', '.join(METRICS)}, not {self.metric!r}."
            )

    @cached_property
    def summaries(self) -> dict[str, dict]:
        """Summaries of all arrays that go into a fit, for its fingerprint."""
        arrays = {
            f"{part} {name}": array
            for part in PARTS
            for name, array in arrays_of(getattr(self, part)).items()
        }
        done: dict[int, dict] = {}  # three parts may share one table
        for array in arrays.values():
            if id(array) not in done:
                done[id(array)] = summary(array)
        return {name: done[id(array)] for name, array in arrays.items()}


@dataclass(frozen=True, kw_only=True)
class SeriesExperiment(Experiment):
    """One table that was cleaned, split, normalised and cut into windows.

    Attributes
    ----------
    table : DataFrame, shape (n_rows, features)
        The clean table, in its units.
    target : str
        Column that is forecast, in its unit.
    split : Split
        Rows of the three parts.
    normalizer : Normalizer
        The scale of the training rows; the windows are normalised with it, their
        targets are in the unit of ``target``.
    """

    table: pd.DataFrame
    target: str
    split: Split
    normalizer: Normalizer
