"""Find and repair what is wrong in an hourly weather table, one step at a time.

Every step takes a table and returns a new one; none changes its argument.  A table is a
pandas DataFrame of numbers whose rows are indexed by time, in the order in which they
were recorded.  :func:`quality` counts the defects, before and after.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from utils.data.columns import DIRECTION, PRESSURE, SENTINEL, WIND

HOUR = np.timedelta64(1, "h")


# --- values ----------------------------------------------------------------------


def replace_sentinels(
    frame: pd.DataFrame, *, sentinel: float = SENTINEL
) -> pd.DataFrame:
    """Replace the number that stands for "no measurement" by NaN.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    sentinel : float
        The number; -9999 in the Jena table.

    Returns
    -------
    pandas.DataFrame
        Same shape, NaN where the sentinel stood.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> wind = pd.DataFrame({"wv (m/s)": [2.59, -9999.0, 4.07]})
    >>> replace_sentinels(wind)["wv (m/s)"].tolist()
    [2.59, nan, 4.07]
    """
    return frame.mask(frame == sentinel)


def mask_wind_outages(frame: pd.DataFrame) -> pd.DataFrame:
    """Set all three wind quantities to NaN in rows where one of them is NaN.

    One instrument delivers speed, gust and direction.  Where it gave no gust, its mean
    speed and its direction cannot be trusted either: in the Jena table one such row
    reports a mean of 28.49 m/s, twice the next largest, and the direction stands still.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, after :func:`replace_sentinels`; columns ``WIND``.

    Returns
    -------
    pandas.DataFrame
        Same shape.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> wind = pd.DataFrame([[28.49, np.nan, 341.8], [4.07, 7.77, 217.2]],
    ...                     columns=list(WIND))
    >>> mask_wind_outages(wind).to_numpy().tolist()
    [[nan, nan, nan], [4.07, 7.77, 217.2]]
    """
    _check_columns(frame, WIND)
    outage = frame[list(WIND)].isna().any(axis=1)
    masked = frame.copy()
    masked.loc[outage.to_numpy(), list(WIND)] = np.nan
    return masked


def mask_pressure_spikes(frame: pd.DataFrame, *, jump: float = 20.0) -> pd.DataFrame:
    """Set the rows to NaN in which the pressure leaps away and returns at once.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, its times increasing; column ``p (mbar)``.
    jump : float
        A pressure that lies more than this, in mbar, below both its neighbours or above
        both is no weather; positive.

    Returns
    -------
    pandas.DataFrame
        Same shape.  One row of the Jena table changes: 914.10 mbar on 6 June 2011,
        between 977.46 and 977.34.  All of it becomes NaN: the density and four more
        quantities are computed from the pressure, and the humidity leaps with it.

    Raises
    ------
    ValueError
        If `jump` is not positive.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> frame = pd.DataFrame({"p (mbar)": [977.46, 914.10, 977.34],
    ...                       "rh (%)": [44.70, 51.22, 45.01]})
    >>> mask_pressure_spikes(frame)["rh (%)"].tolist()
    [44.7, nan, 45.01]
    """
    if not jump > 0:
        raise ValueError(f"jump is {jump!r} mbar, but it must be positive")
    _check_columns(frame, [PRESSURE])
    pressure = frame[PRESSURE].to_numpy(dtype=float)
    change = np.diff(pressure, prepend=np.nan)
    back = np.diff(pressure, append=np.nan)
    spike = (np.minimum(np.abs(change), np.abs(back)) > jump) & (change * back < 0)
    masked = frame.copy()
    masked.loc[spike, :] = np.nan
    return masked


def fill_missing(frame: pd.DataFrame, *, limit: int = 6) -> pd.DataFrame:
    """Fill short runs of NaN by straight lines in time between their neighbours.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, its times increasing.
    limit : int
        The longest run of rows to fill, at least 1.  A longer run stays NaN, and so
        does a run that touches the end of a segment (see :func:`segments`): a line
        across a gap would be invented.

    Returns
    -------
    pandas.DataFrame
        Same shape.  The wind direction turns along the shorter way round the circle.

    Raises
    ------
    ValueError
        If `limit` is not a positive whole number.

    Notes
    -----
    A few hours of wind cost less when filled than when dropped: a dropped row cuts a
    segment in two, and every window that would cross the cut is lost.
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.date_range("2015-07-13 08:10", periods=4, freq="h")
    >>> frame = pd.DataFrame({"wv (m/s)": [2.0, np.nan, np.nan, 5.0],
    ...                       "wd (deg)": [350.0, np.nan, np.nan, 20.0]}, index=times)
    >>> fill_missing(frame).round(6).to_numpy().tolist()
    [[2.0, 350.0], [3.0, 0.0], [4.0, 10.0], [5.0, 20.0]]
    """
    if not isinstance(limit, (int, np.integer)) or limit < 1:
        raise ValueError(
            f"limit is {limit!r}, but the longest run to fill is a whole number of "
            "rows, at least 1"
        )
    filled = frame.copy()
    for column in frame.columns[frame.isna().any()]:
        values = frame[column].to_numpy(dtype=float).copy()
        for start, stop in segments(frame):
            _fill_runs(values[start:stop], limit, circular=column == DIRECTION)
        filled[column] = values
    return filled


def _fill_runs(values: np.ndarray, limit: int, *, circular: bool) -> None:
    """Fill, in place, the inner runs of NaN of at most `limit` values."""
    for first, last in _runs(np.isnan(values)):
        if first == 0 or last == len(values) or last - first > limit:
            continue
        before, after = values[first - 1], values[last]
        change = after - before
        if circular:
            change = (change + 180) % 360 - 180
        line = before + change * np.arange(1, last - first + 1) / (last - first + 1)
        values[first:last] = line % 360 if circular else line


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Return the half-open ranges in which `flags` is true."""
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False].astype(int)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _check_columns(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a table in which a column is missing or holds no numbers."""
    for column in columns:
        if column not in frame.columns:
            raise ValueError(f"the table has no column {column!r}, which is cleaned")
        kind = frame[column].dtype
        if not pd.api.types.is_numeric_dtype(kind):
            raise ValueError(
                f"the column {column!r} holds {kind}, but it must hold numbers; read "
                "the table with jena.load(), or convert it with pd.to_numeric(...)"
            )


# --- times -----------------------------------------------------------------------


def times_of(frame: pd.DataFrame) -> np.ndarray:
    """Return the times of a table's rows, or say why the rows have none.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.

    Returns
    -------
    numpy.ndarray
        Shape (rows,), ``datetime64[s]``.

    Raises
    ------
    ValueError
        If the rows are indexed by something else than times without a zone, or one of
        them has no time.

    Examples
    --------
    >>> frame = pd.DataFrame({"T (degC)": [17.0, 16.1]})
    >>> times_of(frame)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ValueError: the rows of the table are indexed by int64, but each needs its time, ...
    """
    index = frame.index
    if not isinstance(index, pd.DatetimeIndex):
        found = f"indexed by {index.dtype}"
        remedy = "frame.set_index(...) with the times, made by pd.to_datetime(...)"
        if isinstance(index, pd.PeriodIndex):
            remedy = "frame.to_timestamp()"
    elif index.tz is not None:
        found, remedy = f"in the time zone {index.tz}", "frame.tz_localize(None)"
    elif index.hasnans:
        row = int(np.flatnonzero(index.isna())[0])
        found, remedy = f"without a time at row {row}", "frame[frame.index.notna()]"
    else:
        return index.to_numpy().astype("datetime64[s]")
    raise ValueError(
        f"the rows of the table are {found}, but each needs its time, without a zone "
        f"(a DatetimeIndex); use {remedy}"
    )


def drop_repeated_times(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the first row of each time and drop the later ones.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.

    Returns
    -------
    pandas.DataFrame
        The rows that are kept, in their order: 24 fewer for the Jena table, where 24
        rows of 1 July 2010 were written twice.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.to_datetime(["2010-07-01 22:30", "2010-07-01 23:30",
    ...                         "2010-07-01 22:30"])
    >>> drop_repeated_times(pd.DataFrame({"T (degC)": [21.7, 20.5, 21.7]}, index=times))
                         T (degC)
    2010-07-01 22:30:00      21.7
    2010-07-01 23:30:00      20.5
    """
    return frame[~pd.Index(times_of(frame)).duplicated(keep="first")]


def drop_backward_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop every row that is not later than all rows before it.

    Where the clock of a table jumps back, the record was written a second time; the
    rows up to the latest time already seen tell nothing new.  Sorting by time instead
    would interleave the two records: in the Jena table, 30 rows of 20 and 21 March 2014
    would fall half an hour between the others.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.

    Returns
    -------
    pandas.DataFrame
        The rows that are kept, in their order; their times strictly increase.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.to_datetime(["2014-03-21 15:40", "2014-03-21 16:40",
    ...                         "2014-03-21 16:10", "2014-03-21 17:10"])
    >>> drop_backward_rows(pd.DataFrame({"T (degC)": [19.7, 18.6, 19.3, 18.0]},
    ...                                 index=times))
                         T (degC)
    2014-03-21 15:40:00      19.7
    2014-03-21 16:40:00      18.6
    2014-03-21 17:10:00      18.0
    """
    return frame[~_backward(times_of(frame))]


def clean(frame: pd.DataFrame, *, limit: int = 6) -> pd.DataFrame:
    """Apply every cleaning step in turn.

    Parameters
    ----------
    frame : pandas.DataFrame
        The raw table; columns ``p (mbar)`` and ``WIND`` among others.
    limit : int
        As in :func:`fill_missing`.

    Returns
    -------
    pandas.DataFrame
        The clean table: 70,038 rows for Jena, times strictly increasing, no NaN.  Its
        times are not evenly spaced; :func:`segments` says where they are.

    Raises
    ------
    ValueError
        If the rows are not indexed by time, a column that is cleaned is missing, or one
        holds no numbers.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> raw = pd.DataFrame(1.0, columns=["p (mbar)", *WIND], index=pd.to_datetime(
    ...     ["2015-07-13 08:10", "2015-07-13 09:10", "2015-07-13 10:10"]))
    >>> raw.loc[raw.index[1], list(WIND)] = -9999.0
    >>> clean(raw).equals(raw.replace(-9999.0, 1.0))
    True
    """
    times_of(frame)  # nothing is cleaned where the rows have none
    _check_columns(frame, frame.columns)
    frame = mask_wind_outages(replace_sentinels(frame))
    frame = drop_backward_rows(drop_repeated_times(frame))
    return fill_missing(mask_pressure_spikes(frame), limit=limit)


# --- what is wrong, and where ----------------------------------------------------


def segments(frame: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the ranges of rows in which each row is one hour after the one before.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, raw or clean.

    Returns
    -------
    list of tuple of int
        ``(start, stop)`` row numbers, `stop` excluded, that cover all rows in order.

    Notes
    -----
    A window of rows is a window of hours only inside one segment.
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.to_datetime(["2014-09-24 15:20", "2014-09-24 16:20",
    ...                         "2014-09-25 09:10", "2014-09-25 10:10"])
    >>> segments(pd.DataFrame({"T (degC)": [17.0, 16.1, 9.3, 11.2]}, index=times))
    [(0, 2), (2, 4)]
    """
    breaks = np.flatnonzero(np.diff(times_of(frame)) != HOUR) + 1
    edges = [0, *breaks.tolist(), len(frame)] if len(frame) else []
    return list(itertools.pairwise(edges))


def irregular_steps(frame: pd.DataFrame) -> pd.DataFrame:
    """List every place where a row is not one hour after the row before it.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, raw or clean.

    Returns
    -------
    pandas.DataFrame
        One line per place, indexed by the number of the later row: the times ``before``
        and ``after``, the step in ``hours`` (negative where the clock jumps back) and
        its ``kind``: ``"backward"``, ``"repeat"``, ``"short"`` or ``"gap"``.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.to_datetime(["2010-07-01 22:30", "2010-07-01 23:30",
    ...                         "2010-07-01 00:30", "2010-07-01 02:00"])
    >>> steps = irregular_steps(pd.DataFrame(index=times))
    >>> steps["hours"].to_dict()
    {2: -23.0, 3: 1.5}
    >>> steps["kind"].to_dict()
    {2: 'backward', 3: 'gap'}
    """
    times = times_of(frame)
    rows = np.flatnonzero(np.diff(times) != HOUR) + 1
    hours = (times[rows] - times[rows - 1]) / HOUR
    kinds = np.select(
        [hours < 0, hours == 0, hours < 1], ["backward", "repeat", "short"], "gap"
    )
    return pd.DataFrame(
        {
            "before": times[rows - 1],
            "after": times[rows],
            "hours": hours,
            "kind": kinds,
        },
        index=pd.Index(rows, name="row"),
    )


def find_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """List every place where more than one hour passes between two rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, raw or clean.

    Returns
    -------
    pandas.DataFrame
        The lines of :func:`irregular_steps` that are gaps.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.to_datetime(["2014-09-24 16:20", "2014-09-25 09:10"])
    >>> find_gaps(pd.DataFrame(index=times))["hours"].round(2).tolist()
    [16.83]
    """
    steps = irregular_steps(frame)
    return steps[steps["kind"] == "gap"]


@dataclass(frozen=True)
class Quality:
    """Counts of what is wrong in a table; a clean one has zeros and a few gaps.

    Parameters
    ----------
    rows, sentinels, missing : int
        Rows; values equal to -9999; values that are NaN.
    repeated_times, backward_jumps, backward_rows : int
        Rows whose time was seen before; places where time runs back; rows not later
        than every row before them, the repeated ones among them.
    gaps : int
        Places where more than an hour passes between two rows.
    longest_gap : float
        The longest of them, in hours; 0 without any.
    segments : int
        Ranges of rows that are one hour apart.

    Examples
    --------
    >>> quality(pd.DataFrame(index=pd.to_datetime(["2009-01-01 00:10"])))
    ... # doctest: +ELLIPSIS
    Quality(rows=1, sentinels=0, missing=0, ..., segments=1)
    """

    rows: int
    sentinels: int
    missing: int
    repeated_times: int
    backward_jumps: int
    backward_rows: int
    gaps: int
    longest_gap: float
    segments: int


def quality(frame: pd.DataFrame) -> Quality:
    """Count the defects of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table, raw or clean.

    Returns
    -------
    Quality
        The counts.

    Examples
    --------
    >>> times = pd.to_datetime(["2015-07-13 08:10", "2015-07-13 09:10",
    ...                         "2015-07-13 09:10"])
    >>> counts = quality(pd.DataFrame({"wv (m/s)": [2.59, -9999, -9999]}, index=times))
    >>> counts.sentinels, counts.repeated_times, counts.backward_jumps
    (2, 1, 0)
    """
    steps = irregular_steps(frame)
    gaps = steps.loc[steps["kind"] == "gap", "hours"]
    return Quality(
        rows=len(frame),
        sentinels=int((frame == SENTINEL).to_numpy().sum()),
        missing=int(frame.isna().to_numpy().sum()),
        repeated_times=int(pd.Index(times_of(frame)).duplicated().sum()),
        backward_jumps=int((steps["kind"] == "backward").sum()),
        backward_rows=int(_backward(times_of(frame)).sum()),
        gaps=len(gaps),
        longest_gap=float(gaps.max()) if len(gaps) else 0.0,
        segments=len(segments(frame)),
    )


def quality_table(stages: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Set the defects of several tables side by side.

    Parameters
    ----------
    stages : mapping of str to pandas.DataFrame
        Tables by name, for example before and after a cleaning step.

    Returns
    -------
    pandas.DataFrame
        One line per count of :class:`Quality`, one column per table.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> times = pd.to_datetime(["2015-07-13 08:10", "2015-07-13 08:10"])
    >>> raw = pd.DataFrame({"wv (m/s)": [2.59, 2.59]}, index=times)
    >>> stages = {"raw": raw, "clean": drop_repeated_times(raw)}
    >>> quality_table(stages).loc["repeated times"].tolist()
    [1, 0]
    """
    columns = {
        name: pd.Series(asdict(quality(frame)), dtype=object)
        for name, frame in stages.items()
    }
    return pd.DataFrame(columns).rename(index=lambda name: name.replace("_", " "))


def _backward(times: np.ndarray) -> np.ndarray:
    """Flag the rows that are not later than every row before them."""
    seconds = times.astype("int64")
    latest = np.maximum.accumulate(seconds)
    return np.r_[False, seconds[1:] <= latest[:-1]][: len(seconds)]
