"""Features: what a forecast may know, as one line of named numbers per forecast.

Every function takes a table and ``rows``, the last row that each forecast may see, and
reads no later row.  The result is a DataFrame with one line per forecast; join several
with ``pandas.concat([...], axis=1)``, or take :func:`weather_features`, which does.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from utils.data.columns import DIRECTION, PRESSURE, SPEED

YEAR = 365.2425 * 86_400  # seconds
DAY = 86_400
SUMMARIES = {"mean": np.mean, "std": np.std, "min": np.min, "max": np.max}
EAST, NORTH = "wind to east (m/s)", "wind to north (m/s)"


def wind_vector(table: pd.DataFrame) -> pd.DataFrame:
    """Replace the wind's direction, which is circular, by the components of its vector.

    Parameters
    ----------
    table : DataFrame
        With the columns ``wv (m/s)`` and ``wd (deg)``, the direction that the wind
        comes from: 0 is north, 90 is east.

    Returns
    -------
    DataFrame
        A new table without ``wd (deg)``, with the speeds towards east and north in m/s.

    Raises
    ------
    ValueError
        If one of the two columns is missing.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> west_wind = pd.DataFrame({"wv (m/s)": [2.0], "wd (deg)": [270.0]})
    >>> wind_vector(west_wind).round(6).abs().to_dict("list")
    {'wv (m/s)': [2.0], 'wind to east (m/s)': [2.0], 'wind to north (m/s)': [0.0]}
    """
    speed, angle = _columns(table, [SPEED, DIRECTION]).to_numpy(np.float64).T
    angle = np.deg2rad(angle)
    vector = {EAST: -speed * np.sin(angle), NORTH: -speed * np.cos(angle)}
    return table.drop(columns=DIRECTION).assign(**vector)


def lags(
    table: pd.DataFrame,
    rows,
    *,
    hours: Sequence[int],
    columns: Sequence[str] | None = None,
    segments=None,
) -> pd.DataFrame:
    """Take the values of some hours ago; 0 hours ago is the last row itself.

    Parameters
    ----------
    table : DataFrame, shape (n_rows, columns)
        One row per hour.
    rows : array of int, shape (n,)
        The last row that each forecast may see.
    hours : sequence of int
        How many rows back, 0 or more each.
    columns : sequence of str, optional
        Columns to take; default: all.
    segments : sequence of (start, stop), optional
        Unbroken runs of rows.  With them, a look back across a gap is refused.

    Returns
    -------
    DataFrame, shape (n, hours x columns)
        Float32, in the columns' units.

    Raises
    ------
    ValueError
        If a row or column is not in the table, an hour is negative (it would look into
        the future), or a look back leaves the table or crosses a gap.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> table = pd.DataFrame({"T": [10.0, 11.0, 13.0]})
    >>> lags(table, [1, 2], hours=[0, 1]).to_dict("list")
    {'T': [11.0, 13.0], 'T, 1 h ago': [10.0, 11.0]}
    """
    hours = _hours(hours, least=0)
    values, rows = _look_back(table, rows, columns, max(hours), segments)
    named = {
        name if hour == 0 else f"{name}, {hour} h ago": values[rows - hour, k]
        for hour in hours
        for k, name in enumerate(columns or table.columns)
    }
    return pd.DataFrame(named, index=rows, dtype=np.float32)


def differences(
    table: pd.DataFrame,
    rows,
    *,
    hours: Sequence[int],
    columns: Sequence[str] | None = None,
    segments=None,
) -> pd.DataFrame:
    """Say how much each column changed over the last hours: now minus then.

    Takes and raises what :func:`lags` does, with hours from 1 on.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> table = pd.DataFrame({"p": [990.0, 991.0, 993.0]})
    >>> differences(table, [2], hours=[1, 2]).to_dict("list")
    {'p, change in 1 h': [2.0], 'p, change in 2 h': [3.0]}
    """
    hours = _hours(hours, least=1)
    values, rows = _look_back(table, rows, columns, max(hours), segments)
    named = {
        f"{name}, change in {hour} h": values[rows, k] - values[rows - hour, k]
        for hour in hours
        for k, name in enumerate(columns or table.columns)
    }
    return pd.DataFrame(named, index=rows, dtype=np.float32)


def aggregates(
    table: pd.DataFrame,
    rows,
    *,
    hours: Sequence[int],
    summaries: Sequence[str] = ("mean",),
    columns: Sequence[str] | None = None,
    segments=None,
) -> pd.DataFrame:
    """Summarise the last hours of each column, the last row included.

    Takes and raises what :func:`lags` does, with hours from 1 on.

    Parameters
    ----------
    summaries : sequence of str
        Some of ``"mean"``, ``"std"``, ``"min"`` and ``"max"``.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> table = pd.DataFrame({"T": [10.0, 11.0, 15.0]})
    >>> aggregates(table, [2], hours=[3], summaries=["mean", "max"]).to_dict("list")
    {'T, mean of 3 h': [12.0], 'T, max of 3 h': [15.0]}
    """
    hours = _hours(hours, least=1)
    unknown = [name for name in summaries if name not in SUMMARIES]
    if unknown or not len(summaries):
        raise ValueError(
            f"summaries must be some of {', '.join(SUMMARIES)}, not {list(summaries)}."
        )
    values, rows = _look_back(table, rows, columns, max(hours) - 1, segments)
    named = {}
    for k, name in enumerate(columns or table.columns):
        for hour in hours:
            spans = sliding_window_view(values[:, k], hour)[rows - hour + 1]
            for summary in summaries:
                named[f"{name}, {summary} of {hour} h"] = SUMMARIES[summary](spans, 1)
    return pd.DataFrame(named, index=rows, dtype=np.float32)


def calendar(
    table: pd.DataFrame, rows, *, horizon: int = 24, yearly: int = 2, daily: int = 2
) -> pd.DataFrame:
    """Describe the date and hour of the target: yearly waves times daily waves.

    The time of the target is known in advance, so this looks at no future row.

    Parameters
    ----------
    table : DataFrame
        With a DatetimeIndex.
    rows : array of int, shape (n,)
        The last row that each forecast may see.
    horizon : int
        Hours from that row to the target.
    yearly, daily : int
        Number of waves per year and per day, 0 for none.

    Returns
    -------
    DataFrame, shape (n, (2 yearly + 1)(2 daily + 1) - 1)
        Without unit, from -1 to 1.

    Raises
    ------
    ValueError
        If a row is not in the table.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> table = pd.DataFrame({"T": [1.0]}, index=pd.DatetimeIndex(["2016-01-01 06:00"]))
    >>> calendar(table, [0], yearly=0, daily=1).round(3).abs().to_numpy().tolist()
    [[0.0, 1.0]]
    """
    rows = _rows(rows, len(table))
    times = table.index.to_numpy()[rows] + np.timedelta64(horizon, "h")
    values = waves(times, yearly, daily)[:, 1:]
    names = [f"calendar {k}" for k in range(1, values.shape[1] + 1)]
    return pd.DataFrame(values, index=rows, columns=names, dtype=np.float32)


def waves(times, yearly: int, daily: int) -> np.ndarray:
    """Multiply yearly waves by daily waves, a constant among both.

    Parameters
    ----------
    times : array of datetime64, shape (n,)
        When.
    yearly, daily : int
        Number of waves per year and per day, 0 for none; each is a cosine and a sine.

    Returns
    -------
    array, shape (n, (2 yearly + 1)(2 daily + 1))
        The first column is 1.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> waves(["1970-01-01T06:00"], 0, 1).round(6).tolist()
    [[1.0, 0.0, 1.0]]
    """
    seconds = np.asarray(times, dtype="datetime64[s]").astype(np.int64)
    year, day = _harmonics(seconds / YEAR, yearly), _harmonics(seconds / DAY, daily)
    return (year[:, :, None] * day[:, None, :]).reshape(len(seconds), -1)


def _harmonics(turns: np.ndarray, count: int) -> np.ndarray:
    """1, then the cosine and sine of 1 .. ``count`` turns."""
    angles = 2 * np.pi * turns[:, None] * np.arange(1, count + 1)
    return np.hstack([np.ones((len(turns), 1)), np.cos(angles), np.sin(angles)])


def change(table: pd.DataFrame, rows, *, target: str, horizon: int = 24) -> np.ndarray:
    """Return what is to be forecast as a change: target then minus target now.

    Add the last value to a forecast of the change to get a forecast of the target.

    Parameters
    ----------
    table : DataFrame
        With the column ``target``.
    rows : array of int, shape (n,)
        The last row that each forecast may see.
    target : str
        Column that is forecast.
    horizon : int
        Rows from the last row to the target.

    Returns
    -------
    array, shape (n,)
        In the unit of the target.

    Raises
    ------
    ValueError
        If the column is missing, or a row or its target lies outside the table.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> table = pd.DataFrame({"T": [10.0, 11.0, 15.0]})
    >>> change(table, [0, 1], target="T", horizon=1).tolist()
    [1.0, 4.0]
    """
    values = _columns(table, [target]).to_numpy(np.float64)[:, 0]
    rows = _rows(rows, len(table))
    later = _rows(rows + horizon, len(table))
    return values[later] - values[rows]


def weather_features(
    table: pd.DataFrame, rows, *, target: str, horizon: int = 24, segments=None
) -> pd.DataFrame:
    """Build the features of chapter 14: now, before, on average, in change, and when.

    Parameters
    ----------
    table : DataFrame
        The clean Jena table, or a simulated one, with its 14 columns.
    rows : array of int, shape (n,)
        The last row that each forecast may see, at least 119 rows into its segment.
    target : str
        Column that is forecast; it gets the finest lags.
    horizon : int
        Hours to the target.
    segments : sequence of (start, stop), optional
        Unbroken runs of rows; with them, a look back across a gap is refused.

    Returns
    -------
    DataFrame, shape (n, features)

    Raises
    ------
    ValueError
        As :func:`lags`, :func:`aggregates` and :func:`wind_vector` do.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> from utils.data import weather
    >>> table = weather.simulate(seed=0, hours=200)
    >>> weather_features(table, [150, 175], target="T (degC)").shape
    (2, 115)
    """
    table = wind_vector(table)
    measured = [name for name in table.columns if name not in DERIVED]
    where = {"rows": rows, "segments": segments}
    fine = [1, 2, 3, 4, 6, 9, 12, 15, 18, 21, 23]
    finely = [target, PRESSURE]
    parts = [
        lags(table, hours=[0], columns=measured, **where),
        lags(table, hours=fine, columns=finely, **where),
        differences(table, hours=[3, 24], columns=measured, **where),
        aggregates(table, hours=[6, 24, 72, 120], columns=measured, **where),
        aggregates(
            table, hours=[24], summaries=["std", "min", "max"], columns=finely, **where
        ),
        calendar(table, rows, horizon=horizon),
    ]
    return pd.concat(parts, axis=1)


# Physics gives these from the other columns to their rounding (chapter 12).
DERIVED = (
    "Tpot (K)",
    "VPmax (mbar)",
    "VPact (mbar)",
    "sh (g/kg)",
    "H2OC (mmol/mol)",
    "rho (g/m**3)",
)


def _columns(table: pd.DataFrame, columns: Sequence[str] | None) -> pd.DataFrame:
    if columns is None:
        return table
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(
            f"columns {missing} are not in the table, which has {list(table.columns)}."
        )
    return table[list(columns)]


def _hours(hours, *, least: int) -> list[int]:
    hours = list(hours)
    whole = all(isinstance(hour, Integral) for hour in hours)
    if not hours or not whole or min(hours) < least:
        raise ValueError(
            f"hours must be whole numbers, {least} or more, not {hours}: a feature "
            "looks back, never ahead."
        )
    return hours


def _rows(rows, n_rows: int) -> np.ndarray:
    rows = np.asarray(rows)
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or not len(rows):
        raise ValueError(
            f"rows must be a list of whole row numbers, not {rows.dtype} of the shape "
            f"{rows.shape}."
        )
    if rows.min() < 0 or rows.max() >= n_rows:
        raise ValueError(
            f"rows {rows.min()} to {rows.max()} are not all in the table, whose rows "
            f"are 0 to {n_rows - 1}."
        )
    return rows.astype(np.int64)


def _look_back(table, rows, columns, reach: int, segments):
    """Values and checked rows, each at least ``reach`` rows into its segment."""
    values = _columns(table, columns).to_numpy(np.float64)
    rows = _rows(rows, len(values))
    begins = np.array([0] if segments is None else [start for start, _ in segments])
    begin = begins[np.searchsorted(begins, rows, side="right") - 1]
    short = np.flatnonzero(rows - reach < begin)
    if len(short):
        row = rows[short[0]]
        raise ValueError(
            f"rows: row {row} cannot look {reach} rows back, because its unbroken run "
            f"of rows begins at row {begin[short[0]]}: take rows from a Windows of at "
            f"least {reach + 1} rows in length."
        )
    return values, rows
