"""Windows over a series: split by time, normalise, cut, and prove that nothing leaks.

A window is ``length`` rows of a table; its target lies ``horizon`` rows after the
window's last row, or, for a sequence-to-sequence model, ``horizon`` rows after each of
its rows.  :func:`chronological_split` gives three parts in time order,
:class:`Normalizer` learns its scale from the first of them, :class:`Windows` cuts
windows as views on the table, and :func:`assert_no_leak` refuses parts that share rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class LeakError(ValueError):
    """Information from a later part reaches an earlier one."""


# --------------------------------------------------------------------------- split


@dataclass(frozen=True)
class Part:
    """One part of a chronological split: the rows ``start`` to ``stop - 1``.

    Every input row of the part's windows lies in ``start .. stop - 1`` and every target
    row before ``target_stop``, which equals ``stop`` when the split is purged.

    Examples
    --------
    >>> part = chronological_split(100, length=5, horizon=2).validation
    >>> part.start, part.stop, len(part)
    (50, 75, 25)
    """

    name: str
    start: int
    stop: int
    target_stop: int
    length: int
    horizon: int | tuple[int, ...]

    def __len__(self) -> int:
        """Rows in the part."""
        return self.stop - self.start

    @property
    def rows(self) -> slice:
        """The part's rows as a slice, for ``table[part.rows]``."""
        return slice(self.start, self.stop)

    def windows(
        self, table, target, *, every_step=False, segments=None, stride=1
    ) -> Windows:
        """Cut the part's windows out of the whole ``table``; see :class:`Windows`."""
        return Windows(
            table,
            target,
            length=self.length,
            horizon=self.horizon,
            every_step=every_step,
            start=self.start,
            stop=self.stop,
            target_stop=self.target_stop,
            segments=segments,
            stride=stride,
        )


class Split(NamedTuple):
    """The three parts of a series, in time order."""

    train: Part
    validation: Part
    test: Part


def chronological_split(
    n_rows: int,
    *,
    length: int,
    horizon: int | Sequence[int],
    fractions: Sequence[float] = (0.5, 0.25, 0.25),
    purge: bool = True,
) -> Split:
    """Split ``n_rows`` rows into train, validation and test, in time order.

    Parameters
    ----------
    n_rows : int
        Rows of the table.
    length : int
        Rows of a window.
    horizon : int or increasing sequence of int
        Rows from the window's last row to its target, or to each of its targets.
    fractions : three floats
        Shares of train, validation and test; they sum to 1.
    purge : bool
        With True (the default), no target of a part lies in the next part; of several
        horizons the largest decides.  With False only the inputs stay inside, and the
        last ``horizon`` targets of a part are rows of the next one: the way of Chollet
        (2021), kept for comparison.

    Returns
    -------
    Split
        ``.train``, ``.validation`` and ``.test``, each a :class:`Part`.

    Raises
    ------
    ValueError
        If a number is not whole and positive, the horizons do not increase, the
        fractions are not three positive numbers with sum 1, or a part is too short for
        one window and its target.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> split = chronological_split(1000, length=120, horizon=24)
    >>> [(part.name, part.start, part.stop) for part in split]
    [('train', 0, 500), ('validation', 500, 750), ('test', 750, 1000)]
    """
    n_rows = _whole("n_rows", n_rows)
    length, horizons = _whole("length", length), _horizons(horizon)
    furthest = int(horizons.max())
    train, validation, _ = _three_fractions(fractions)
    first = int(train * n_rows + 1e-9)
    second = first + int(validation * n_rows + 1e-9)
    cuts = (0, first, second, n_rows)
    parts = []
    for name, start, stop in zip(Split._fields, cuts, cuts[1:], strict=False):
        target_stop = stop if purge else min(stop + furthest, n_rows)
        if target_stop - start < length + furthest or stop - start < length:
            raise ValueError(
                f"fractions={tuple(fractions)} leave {stop - start} rows for the "
                f"{name} part, and one window with its target spans "
                f"{length + furthest}: give more rows, a larger fraction, or a shorter "
                "length or horizon."
            )
        ahead = tuple(horizons.tolist()) if horizons.ndim else furthest
        parts.append(Part(name, start, stop, target_stop, length, ahead))
    return Split(*parts)


def _three_fractions(fractions) -> tuple[float, float, float]:
    shares = tuple(float(share) for share in fractions)
    if len(shares) != 3 or not all(share > 0 for share in shares):
        raise ValueError(
            f"fractions must be three positive numbers, one each for train, validation "
            f"and test, not {tuple(fractions)}."
        )
    if abs(sum(shares) - 1) > 1e-9:
        raise ValueError(
            f"fractions must sum to 1, and {shares} sum to {sum(shares):g}: every row "
            "belongs to exactly one part."
        )
    return shares


# ------------------------------------------------------------------------- windows


class Windows:
    """Windows of a table and their targets, as views: nothing is copied until a batch.

    With ``length=3``, x marks the inputs of a window and y its targets::

        row                                0   1   2   3   4   5
        horizon=2               window 0   x   x   x   .   y
                                window 1       x   x   x   .   y
        horizon=[1, 2]          window 0   x   x   x   y   y
        the same, every_step,   from x 0   x   y   y
        all of window 0         from x 1       x   y   y
                                from x 2           x   y   y

    Parameters
    ----------
    table : array or DataFrame, shape (n_rows, features)
        The inputs, usually normalised; used as float32 (no copy if it is float32).
    target : array, shape (n_rows,) or (n_rows, k), or the name of a column
        The quantity to forecast, row by row.  A name takes a column of a DataFrame.
    length : int
        Rows in a window.
    horizon : int or increasing sequence of int
        Rows from the window's last row to its target; several give several targets.
    every_step : bool
        Take targets after every row of the window, as a sequence-to-sequence model
        does.  Only for models that read forwards: others see the targets in the inputs.
    start, stop : int
        The rows that inputs may use: ``start .. stop - 1`` (default: the whole table).
    target_stop : int, optional
        Targets lie before this row; default ``stop``, so that nothing leaks.
    sampling, stride : int
        Rows between successive rows of one window, and between successive windows.
    segments : sequence of (start, stop), optional
        Unbroken runs of rows, or the rows of independent series.  A window and all its
        targets lie inside one run, so that no window crosses a gap.

    Raises
    ------
    ValueError
        If a size is not whole and positive, the horizons do not increase, the table is
        not two-dimensional, holds a value that is not finite, the target does not fit,
        or no window fits.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> series = np.arange(9)
    >>> windows = Windows(series[:, None], series, length=4, horizon=[1, 2])
    >>> x, y = windows[0]
    >>> x.ravel().tolist(), y.tolist()
    ([0.0, 1.0, 2.0, 3.0], [4.0, 5.0])
    >>> windows.inputs.shape, windows.targets.shape
    ((4, 4, 1), (4, 2))
    >>> Windows(series[:, None], series, length=4, horizon=[1, 2], every_step=True)
    Windows(4 of shape (4, 1), targets [1, 2] rows after every step, rows 0 to 8)
    """

    def __init__(
        self,
        table,
        target,
        *,
        length: int,
        horizon: int | Sequence[int] = 1,
        every_step: bool = False,
        start: int = 0,
        stop: int | None = None,
        target_stop: int | None = None,
        sampling: int = 1,
        stride: int = 1,
        segments=None,
    ):
        self.columns = _column_names(table)
        self.table = _float_table(table, self.columns)
        self.target = _float_target(target, table, len(self.table))
        self.length = _whole("length", length)
        self.horizon = _horizons(horizon)
        self.every_step = _truth("every_step", every_step)
        self.sampling = _whole("sampling", sampling)
        self.stride = _whole("stride", stride)
        self.start, self.stop, self.target_stop = _bounds(
            start, stop, target_stop, len(self.table)
        )
        self.starts = self._find_starts(segments)
        self._view = sliding_window_view(self.table, self._span, axis=0)
        self._view = self._view[:, :, :: self.sampling].transpose(0, 2, 1)

    @property
    def _span(self) -> int:
        """Rows from a window's first row to its last, both counted."""
        return (self.length - 1) * self.sampling + 1

    @property
    def _reach(self) -> int:
        """Rows from a window's first row to its furthest target, both counted."""
        return self._span + int(self.horizon.max())

    def _find_starts(self, segments) -> np.ndarray:
        last = min(self.stop - self._span, self.target_stop - self._reach)
        if last < self.start:
            raise ValueError(
                f"no window fits: {self._size()}, and rows {self.start} to "
                f"{self.target_stop - 1} are {max(self.target_stop - self.start, 0)}: "
                "shorten length or horizon, or give more rows."
            )
        starts = np.arange(self.start, last + 1, self.stride)
        if segments is None:
            return starts
        runs = _run_of_each_row(segments, len(self.table))
        first, last = runs[starts], runs[starts + self._reach - 1]
        inside = starts[(first == last) & (first >= 0)]
        if not len(inside):
            runs = np.clip(segments, self.start, self.target_stop)
            stride = ", or lower stride" if self.stride > 1 else ""
            raise ValueError(
                f"no window fits between the gaps: {self._size()}, and the longest "
                f"unbroken run of rows {self.start} to {self.target_stop - 1} has "
                f"{np.diff(runs).max()}: shorten length or horizon{stride}."
            )
        return inside

    def _size(self) -> str:
        """Say for a message how many rows a window takes, and why."""
        apart = f" and sampling={self.sampling}" if self.sampling > 1 else ""
        return (
            f"length={self.length} with horizon={self.horizon.max()}{apart} spans "
            f"{self._reach} rows"
        )

    def __len__(self) -> int:
        """Count the windows."""
        return len(self.starts)

    def __repr__(self) -> str:
        """Say how many windows of which shape, and where."""
        after = "every step" if self.every_step else "the last"
        return (
            f"Windows({len(self):,} of shape {self.input_shape}, targets "
            f"{np.ravel(self.horizon).tolist()} rows after {after}, rows {self.start} "
            f"to {self.stop - 1})"
        )

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """Window ``i`` as a read-only view on the table, and its target or targets."""
        start = self.starts[i]
        return self._view[start], self.target[self._target_rows(start)]

    @property
    def input_shape(self) -> tuple[int, int]:
        """Shape of one window: (length, features)."""
        return self.length, self.table.shape[1]

    @property
    def offsets(self) -> np.ndarray:
        """Rows of a window, counted from its first row, shape (length,)."""
        return np.arange(0, self._span, self.sampling)

    @property
    def target_offsets(self) -> np.ndarray:
        """Rows of the targets, counted from the window's first row.

        Shape () for one horizon, (h,) for several; with ``every_step`` (length,) or
        (length, h).
        """
        steps = self.offsets if self.every_step else self.offsets[-1]
        return np.asarray(np.add.outer(steps, self.horizon))

    @property
    def input_rows(self) -> np.ndarray:
        """Row numbers of every window, shape (n, length)."""
        return self.starts[:, None] + self.offsets

    @property
    def target_rows(self) -> np.ndarray:
        """Row numbers of the targets, shape (n,) and then that of `target_offsets`."""
        return self._target_rows(self.starts)

    def _target_rows(self, starts: np.ndarray) -> np.ndarray:
        return np.add.outer(starts, self.target_offsets)

    @property
    def inputs(self) -> np.ndarray:
        """Every window, shape (n, length, features).

        A view on the table when the starts are evenly spaced; where gaps interrupt
        them, a copy.
        """
        steps = np.diff(self.starts)
        if len(steps) == 0 or (steps == self.stride).all():
            return self._view[self.starts[0] : self.starts[-1] + 1 : self.stride]
        return self._view[self.starts]

    @property
    def targets(self) -> np.ndarray:
        """Every target: shape (n,), (n, h) for several horizons.

        With ``every_step`` (n, length) or (n, length, h); a target of k columns adds a
        last axis of k.
        """
        return self.target[self.target_rows]

    def gather(self, indices) -> tuple[np.ndarray, np.ndarray]:
        """Copy the windows with these numbers: inputs (m, length, features), targets.

        Examples
        --------
        >>> windows = Windows(np.ones((9, 2)), np.arange(9), length=3, horizon=2)
        >>> x, y = windows.gather([0, 3])
        >>> x.shape, y.tolist()
        ((2, 3, 2), [4.0, 7.0])
        """
        starts = self.starts[indices]
        return self._view[starts], self.target[self._target_rows(starts)]

    def batches(
        self, batch_size: int = 256, *, shuffle: bool = False, rng=None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield all windows once, ``batch_size`` at a time; the last may be fewer.

        Parameters
        ----------
        batch_size : int
            Windows in a batch.
        shuffle : bool
            Draw a new order from ``rng``; otherwise in time order.
        rng : numpy.random.Generator
            Needed with ``shuffle=True``.

        Examples
        --------
        >>> windows = Windows(np.ones((9, 2)), np.arange(9), length=3, horizon=2)
        >>> [len(y) for x, y in windows.batches(2)]
        [2, 2, 1]
        """
        batch_size = _whole("batch_size", batch_size)
        if shuffle and rng is None:
            raise ValueError(
                "rng is missing: shuffle=True needs a generator, for example "
                "rng=np.random.default_rng(0)."
            )
        order = rng.permutation(len(self)) if shuffle else np.arange(len(self))
        return (
            self.gather(order[i : i + batch_size])
            for i in range(0, len(order), batch_size)
        )


def _whole(name: str, value, *, least: int = 1) -> int:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise ValueError(f"{name} must be a whole number, not {value!r}.")
    if value < least:
        raise ValueError(f"{name} must be {least} or more, not {value}.")
    return int(value)


def _truth(name: str, value) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, not {value!r}.")
    return bool(value)


def _horizons(horizon) -> np.ndarray:
    """One horizon as a 0-d array, several as a 1-d array that increases."""
    if isinstance(horizon, np.ndarray):
        horizon = horizon.tolist()
    if isinstance(horizon, str) or not isinstance(horizon, Sequence):
        return np.array(_whole("horizon", horizon))
    if len(horizon) == 0:
        raise ValueError("horizon must name at least one row, not an empty list.")
    values = [_whole("horizon", value) for value in horizon]
    for early, late in itertools.pairwise(values):
        if late <= early:
            raise ValueError(
                f"horizon must increase, and {late} follows {early}: name each row "
                "ahead once and in order, for example range(1, 11)."
            )
    return np.array(values)


def _bounds(start, stop, target_stop, n_rows: int) -> tuple[int, int, int]:
    start = _whole("start", start, least=0)
    stop = n_rows if stop is None else _whole("stop", stop)
    target_stop = stop if target_stop is None else _whole("target_stop", target_stop)
    if not start < stop <= n_rows or target_stop > n_rows:
        raise ValueError(
            f"start={start}, stop={stop}, target_stop={target_stop} must be rows of "
            f"the table, which has {n_rows}, with start before stop."
        )
    return start, stop, target_stop


def _column_names(table) -> tuple[str, ...]:
    if hasattr(table, "columns"):
        return tuple(str(name) for name in table.columns)
    shape = np.shape(table)
    if len(shape) != 2 or 0 in shape:
        raise ValueError(
            f"table must have the shape (rows, features), not {shape}: for one series "
            "use series[:, None]."
        )
    return tuple(f"column {j}" for j in range(shape[1]))


def _float_table(table, columns) -> np.ndarray:
    values = np.asarray(table, dtype=np.float32)
    _refuse_not_finite("table", values, columns)
    return values


def _float_target(target, table, n_rows: int) -> np.ndarray:
    if isinstance(target, str):
        names = list(getattr(table, "columns", []))
        if target not in names:
            known = ", ".join(map(str, names)) or "none: the table has no column names"
            raise ValueError(f"target {target!r} is not a column; columns: {known}.")
        target = table[target]
    values = np.asarray(target, dtype=np.float32)
    if values.ndim not in (1, 2) or len(values) != n_rows:
        raise ValueError(
            f"target must have one value, or one row, for each of the {n_rows} rows of "
            f"the table, not the shape {values.shape}."
        )
    flat = values.reshape(n_rows, -1)
    _refuse_not_finite("target", flat, [f"column {j}" for j in range(flat.shape[1])])
    return values


def _refuse_not_finite(what: str, values: np.ndarray, columns) -> None:
    finite = np.isfinite(values)
    if finite.all():
        return
    row, column = np.argwhere(~finite)[0]
    raise ValueError(
        f"{what} holds {values[row, column]} in row {row} of {columns[column]!r}, the "
        f"first of {int((~finite).sum())} values that are not finite: clean it first."
    )


def _run_of_each_row(segments, n_rows: int) -> np.ndarray:
    """Name the run that each row belongs to by its number, -1 outside every run."""
    if np.ndim(segments) != 2 or np.shape(segments)[1] != 2:
        raise ValueError(
            f"segments must be a list of (start, stop) pairs, not of the shape "
            f"{np.shape(segments)}."
        )
    runs = np.full(n_rows, -1)
    end = 0
    for number, (start, stop) in enumerate(segments):
        if not end <= start < stop <= n_rows:
            raise ValueError(
                f"segments must be (start, stop) pairs in order and inside the table's "
                f"{n_rows} rows; pair {number} is ({start}, {stop})."
            )
        runs[start:stop] = number
        end = stop
    return runs


# ---------------------------------------------------------------------- normaliser


@dataclass(frozen=True)
class Normalizer:
    """Column means and standard deviations, learned from training rows only.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> rows = np.array([[0.0, 10.0], [2.0, 30.0]])
    >>> normalizer = Normalizer.fit(rows)
    >>> normalizer.mean.tolist(), normalizer.std.tolist()
    ([1.0, 20.0], [1.0, 10.0])
    >>> normalizer.transform([[3.0, 20.0]]).tolist()
    [[2.0, 0.0]]
    >>> normalizer.inverse([[2.0, 0.0]]).tolist()
    [[3.0, 20.0]]
    """

    columns: tuple[str, ...]
    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, rows) -> Normalizer:
        """Learn from ``rows``, an array or DataFrame of shape (n, features).

        Raises
        ------
        ValueError
            If a value is not finite, or a column is constant (its name is given).
        """
        columns = _column_names(rows)
        values = np.asarray(rows, dtype=np.float64)
        _refuse_not_finite("rows", values, columns)
        mean, std = values.mean(axis=0), values.std(axis=0)
        flat = std <= 1e-12 * np.abs(mean)  # rounding alone leaves a tiny deviation
        constant = [name for name, still in zip(columns, flat, strict=True) if still]
        if constant:
            raise ValueError(
                f"rows are constant in {', '.join(map(repr, constant))}: the "
                "standard deviation is zero, so drop these columns first."
            )
        return cls(columns, mean, std)

    def transform(self, table):
        """Subtract the mean and divide by the standard deviation, column by column.

        A DataFrame gives a DataFrame, an array an array of its floating type.
        """
        return self._like(table, lambda values: (values - self.mean) / self.std)

    def inverse(self, table):
        """Undo :meth:`transform`."""
        return self._like(table, lambda values: values * self.std + self.mean)

    def inverse_column(self, values, column: str) -> np.ndarray:
        """Undo :meth:`transform` for values of one column, of any shape.

        Examples
        --------
        >>> normalizer = Normalizer.fit(np.array([[0.0, 10.0], [2.0, 30.0]]))
        >>> normalizer.inverse_column([0.0, 1.0], "column 1").tolist()
        [20.0, 30.0]
        """
        if column not in self.columns:
            raise ValueError(
                f"column {column!r} is not one of {', '.join(self.columns)}."
            )
        j = self.columns.index(column)
        return np.asarray(values) * self.std[j] + self.mean[j]

    def _like(self, table, change):
        columns = _column_names(table)
        if len(columns) != len(self.columns) or (
            hasattr(table, "columns") and columns != self.columns
        ):
            raise ValueError(
                f"table has the columns {', '.join(columns)}, and the normaliser was "
                f"fitted on {', '.join(self.columns)}."
            )
        if hasattr(table, "columns"):
            return change(table)
        values = np.asarray(table)
        kind = values.dtype if values.dtype.kind == "f" else np.float64
        return change(values).astype(kind)


# ---------------------------------------------------------------------------- leaks


class _Rows(NamedTuple):
    """First and last input and last target row of each window of one part.

    Targets lie after the inputs, so that a part ends with one of its targets.
    """

    name: str
    first_input: np.ndarray
    last_input: np.ndarray
    last_target: np.ndarray

    @property
    def first(self) -> int:
        return int(self.first_input.min())

    @property
    def last(self) -> int:
        return int(self.last_target.max())


def assert_no_leak(
    train, validation, test=None, *, normalizer: Normalizer | None = None, table=None
) -> None:
    """Raise :class:`LeakError` when a part knows what it must not know.

    Four leaks are found: a target inside or before its own window, or, of targets at
    every step, one that is not after its step; parts that were shuffled before they
    were split; inputs or targets of a part that reach into the next part; a normaliser
    that was not fitted on the training rows alone.

    Parameters
    ----------
    train, validation, test : Windows, or a pair (input rows, target rows)
        A pair holds row numbers, shapes (n, length) and (n,) or (n, h), or, for targets
        at every step, (n, length, h).  To check a windowing function of your own, run
        it on a table that holds its row numbers.
    normalizer : Normalizer, optional
        The scale to check, with ``table``.
    table : array or DataFrame, shape (n_rows, features), optional
        The rows before they were normalised.

    Raises
    ------
    LeakError
        With the part, the rows and the remedy.
    ValueError
        If a part is neither, or only one of ``normalizer`` and ``table`` is given.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> series = np.arange(100.0)
    >>> train, validation, test = (
    ...     part.windows(series[:, None], series)
    ...     for part in chronological_split(100, length=5, horizon=2)
    ... )
    >>> assert_no_leak(train, validation, test)
    """
    given = zip(Split._fields, (train, validation, test), strict=True)
    parts = [_rows_of(name, part) for name, part in given if part is not None]
    for k, early in enumerate(parts):
        for late in parts[k + 1 :]:
            _assert_apart(early, late)
    if (normalizer is None) != (table is None):
        raise ValueError(
            "normalizer and table belong together: give both, the table as it was "
            "before it was normalised, or neither."
        )
    if normalizer is not None:
        _assert_fitted_on_train(normalizer, table, parts[0], parts[1].first)


def _rows_of(name: str, part) -> _Rows:
    if isinstance(part, Windows):  # a horizon of 1 or more: no target is inside
        first, last = part.starts, part.starts + part.offsets[-1]
        return _Rows(name, first, last, last + part.horizon.max())
    if not (isinstance(part, tuple | list) and len(part) == 2):
        raise ValueError(
            f"{name} must be Windows or a pair (input rows, target rows), not "
            f"{type(part).__name__}."
        )
    inputs, targets = (np.asarray(rows) for rows in part)
    if not len(inputs) or len(inputs) != len(targets):
        raise ValueError(
            f"{name} must hold as many targets as windows and at least one, not "
            f"{len(inputs)} windows and {len(targets)} targets."
        )
    inputs = inputs.reshape(len(inputs), -1)
    _assert_targets_after_inputs(name, inputs, targets)
    last_target = targets.reshape(len(targets), -1).max(1)
    return _Rows(name, inputs.min(1), inputs.max(1), last_target)


def _assert_targets_after_inputs(name: str, inputs, targets) -> None:
    """Compare each target with the last input that it is forecast from."""
    if targets.ndim < 3:
        known, first = inputs.max(1), targets.reshape(len(targets), -1).min(1)
    elif targets.ndim == 3 and targets.shape[:2] == inputs.shape:
        known, first = inputs, targets.min(2)
    else:
        raise ValueError(
            f"{name}: target rows at every step must have the shape (n, length, h) "
            f"beside inputs of {inputs.shape}, not {targets.shape}."
        )
    late = np.argwhere(first <= known)
    if len(late):
        where = tuple(late[0])
        raise LeakError(
            f"{name}: the target of window {where[0]} is row {first[where]:g}, and the "
            f"inputs that it is forecast from reach to row {known[where]:g} "
            f"({len(set(late[:, 0]))} of {len(inputs)} windows): take the target after "
            "the last of them."
        )


def _assert_apart(early: _Rows, late: _Rows) -> None:
    border = late.first
    inputs = early.last_input[early.last_input >= border]
    targets = early.last_target[early.last_target >= border]
    if not len(inputs) and not len(targets):
        return
    where = f"at or after row {border}, the first row of {late.name}"
    if border <= early.first or 2 * len(targets) > len(early.last_target):
        raise LeakError(
            f"{early.name} and {late.name} are mixed in time: rows {early.first} to "
            f"{early.last} and rows {late.first} to {late.last}: split by time first, "
            f"and shuffle only inside {early.name}."
        )
    if len(inputs):
        raise LeakError(
            f"{early.name}: the inputs of {len(inputs)} windows reach up to row "
            f"{inputs.max():g}, {where}: end the windows before that row."
        )
    raise LeakError(
        f"{early.name}: {len(targets)} targets are rows {targets.min():g} to "
        f"{targets.max():g}, {where}: purge these windows."
    )


def _assert_fitted_on_train(normalizer, table, train: _Rows, border: int) -> None:
    values = np.asarray(table, dtype=np.float64)
    fits = (
        _same_scale(normalizer, values[train.first : stop])
        for stop in (border, train.last + 1)
    )
    if any(fits):
        return
    cause = "another set of rows"
    if _same_scale(normalizer, values):
        cause = "all rows, those of validation and test among them"
    raise LeakError(
        f"normalizer: its mean and standard deviation are not those of the training "
        f"rows {train.first} to {border - 1} but come from {cause}: fit it on the "
        "training rows only."
    )


def _same_scale(normalizer, rows: np.ndarray) -> bool:
    std = rows.std(axis=0)
    close = np.abs(rows.mean(axis=0) - normalizer.mean) <= 1e-5 * std + 1e-12
    return bool(np.all(close) and np.allclose(std, normalizer.std, rtol=1e-5))
