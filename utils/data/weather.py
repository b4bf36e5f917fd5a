"""Simulated weather with the columns, units and habits of the Jena table.

It is made from the numbers of :mod:`utils.data.climate` and the formulas of
:mod:`utils.data.physics`.  It resembles the weather of Jena in its yearly and daily
cycles, in how long its spells last and in how hard it is to forecast, but it is no
record of any day, and ``attrs["source"]`` says so.

Taught in chapter 12.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pandas as pd

from utils.data import climate as climates
from utils.data import physics
from utils.data.cleaning import segments
from utils.data.columns import (
    COLUMNS,
    DIRECTION,
    GUST,
    HOURLY_ROWS,
    HUMIDITY,
    PRESSURE,
    SENTINEL,
    SPEED,
    TEMPERATURE,
    TIME,
    WIND,
)

SOURCE = "simulated weather"
START = "2009-01-01 00:10"
WARM_UP = 30 * 24
BLOCK = 12
MEASURED = [PRESSURE, TEMPERATURE, HUMIDITY, *WIND]
DECIMALS = {HUMIDITY: 1, DIRECTION: 1}

JENA_SEED = 2009
JENA_STEPS = (
    (6_730, 80),
    (13_128, -1_380),
    (38_337, 70),
    (45_761, -1_770),
    (48_926, 70),
    (50_279, 1_010),
    (68_545, 4_510),
)
"""Rows of the Jena table that are not 60 minutes after the row before, and how many."""
JENA_OUTAGE = 57_263
"""First of the four rows of the Jena table without wind."""

JENA_SPIKE = 21_301
"""Row of the Jena table whose pressure is impossible."""

LEFT_OUT = 37
"""Rows by which the gaps outweigh the rows that are written twice."""

APART = 48
"""Rows that lie at least between two defects at random places."""

SHORTEST = 720


# --- simulation ------------------------------------------------------------------


def simulate(seed, hours: int, *, start=START) -> pd.DataFrame:
    """Simulate hourly weather without defects.

    Parameters
    ----------
    seed : int or numpy.random.Generator
        What the weather is drawn from; the same seed gives the same weather.
    hours : int
        Rows to simulate, at least 1.
    start : str or timestamp
        Time of the first row.

    Returns
    -------
    pandas.DataFrame
        Shape (hours, 14), float64, the columns and units of the Jena table, indexed by
        time; ``attrs["source"]`` is ``"simulated weather"``.

    Raises
    ------
    ValueError
        If `hours` is not a positive whole number or `start` is not a time.

    Notes
    -----
    The seven numbers of :mod:`utils.data.climate` are drawn from their autoregression
    and turned into pressure, temperature, humidity and wind; the rest is physics.

    Examples
    --------
    >>> week = simulate(0, 24 * 7)
    >>> week.shape, week.attrs["source"]
    ((168, 14), 'simulated weather')
    """
    if isinstance(hours, bool) or not isinstance(hours, (int, np.integer)) or hours < 1:
        raise ValueError(
            f"hours is {hours!r}, but it must be a whole number of rows, at least 1"
        )
    times = pd.date_range(_time(start), periods=hours, freq="h", name=TIME)
    climate = climates.stored()
    gaussian = _anomalies(climate, hours, np.random.default_rng(seed))
    slow = climates.cycles(times, climates.MEAN_HARMONICS) @ climate.mean
    fast = climates.cycles(times, climates.SPREAD_HARMONICS) @ climate.spread
    standard = climates.from_gaussian(gaussian, climate.quantiles)
    return _complete(climates.rough(slow + np.exp(fast) * standard), times)


def _time(start) -> pd.Timestamp:
    """Return `start` as a time without a zone."""
    try:
        time = pd.Timestamp(start)
    except (ValueError, TypeError):
        time = pd.NaT
    if time is pd.NaT or time.tzinfo is not None:
        raise ValueError(
            f"start is {start!r}, but it must be a time without a zone, such as "
            f"{START!r}"
        )
    return time


def _anomalies(climate, hours: int, rng: np.random.Generator) -> np.ndarray:
    """Run the autoregression: Gaussian anomalies of shape (hours, 7)."""
    longest, size = max(climates.LAGS), len(climate.shock)
    steps = longest + WARM_UP + hours
    shocks = rng.standard_normal((steps, size)) @ climate.shock.T
    shocks *= _sizes(climate.volatility, steps, rng)[:, None]
    anomalies = np.concatenate([np.zeros((longest, size)), shocks[longest:]])
    effects = _effects(climate.response)
    for start in range(0, steps - longest, BLOCK):
        window = anomalies[start : start + longest + BLOCK]
        new = window[longest:]
        new[:] = (window.ravel() @ effects[: window.size, : new.size]).reshape(-1, size)
    return anomalies[-hours:]


def _effects(response: np.ndarray) -> np.ndarray:
    """Return what the past and the shocks of a block do to its anomalies, as a matrix.

    The autoregression is linear: running its steps once on every unit vector tells what
    they make of any block.
    """
    longest, size = max(climates.LAGS), response.shape[1]
    rows = longest + BLOCK
    units = np.eye(rows * size).reshape(-1, rows, size)
    for step in range(longest, rows):
        past = units[:, step - np.array(climates.LAGS)]
        units[:, step] += past.reshape(rows * size, -1) @ response
    return units[:, longest:].reshape(rows * size, -1)


def _sizes(volatility: np.ndarray, steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return the size of the shocks: slowly varying, positive, of mean square 1."""
    variance, memory = volatility
    keep = np.exp(-1 / memory)
    noise = rng.standard_normal(steps) * np.sqrt(variance * (1 - keep**2))
    noise[0] = rng.standard_normal() * np.sqrt(variance)
    decay = accumulate(noise.tolist(), lambda value, shock: keep * value + shock)
    return np.exp(np.fromiter(decay, float, steps) - variance)


def _complete(measured: pd.DataFrame, times: pd.DatetimeIndex) -> pd.DataFrame:
    """Round the measured quantities as the station does and compute the others."""
    measured = measured.round({name: DECIMALS.get(name, 2) for name in MEASURED})
    derived = physics.derive(*(measured[name] for name in MEASURED[:3])).round(2)
    frame = pd.concat([measured, derived], axis=1)[list(COLUMNS)]
    frame.index = times
    frame.attrs["source"] = SOURCE
    return frame


# --- defects ---------------------------------------------------------------------


def add_defects(frame: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Write into simulated weather what is wrong with the Jena table.

    Parameters
    ----------
    frame : pandas.DataFrame
        At least 720 hours of weather without gaps, as :func:`simulate` returns it.
    rng : numpy.random.Generator
        Draws where the defects lie.

    Returns
    -------
    pandas.DataFrame
        37 rows fewer, in which a record of 24 hours is written twice, one of 30 hours
        is written again at other minutes, three rows come 10 or 20 minutes late, gaps
        of 17 hours and of three days are left out, the wind is missing for four hours
        (seven sentinels -9999 and one wind of 28.49 m/s), and the pressure drops by 63
        mbar for one row.

    Raises
    ------
    ValueError
        If `frame` is shorter or is not hourly throughout.

    Examples
    --------
    >>> from utils.data.cleaning import quality
    >>> raw = add_defects(simulate(0, 1000), rng=np.random.default_rng(0))
    >>> counts = quality(raw)
    >>> counts.sentinels, counts.repeated_times, counts.backward_jumps, counts.gaps
    (7, 24, 2, 5)
    """
    if len(frame) < SHORTEST or len(segments(frame)) != 1:
        raise ValueError(
            f"frame has {len(frame)} rows in {len(segments(frame))} segments, but it "
            f"must hold at least {SHORTEST} rows, each one hour after the one before"
        )
    minutes = rng.permutation([step for _, step in JENA_STEPS])
    places = len(minutes) + 2
    rows = len(frame) - LEFT_OUT
    free = rng.integers(0, rows - APART * (places + 1), places, endpoint=True)
    drawn = np.sort(free) + APART * np.arange(1, places + 1)
    outage, spike, *jumps = rng.permutation(drawn).tolist()
    steps = zip(sorted(jumps), minutes.tolist(), strict=True)
    return _with_defects(frame, rows, tuple(steps), outage, spike)


def like_jena() -> pd.DataFrame:
    """Return simulated weather with the times and the defects of the Jena table.

    Returns
    -------
    pandas.DataFrame
        70,092 rows as :func:`simulate` describes them, at the times of the Jena table,
        with its repeated rows, gaps, sentinels and impossible values in their places.

    Examples
    --------
    >>> like_jena().shape
    (70092, 14)
    """
    frame = simulate(JENA_SEED, HOURLY_ROWS + LEFT_OUT)
    return _with_defects(frame, HOURLY_ROWS, JENA_STEPS, JENA_OUTAGE, JENA_SPIKE)


def _with_defects(
    frame: pd.DataFrame,
    rows: int,
    steps: tuple[tuple[int, int], ...],
    outage: int,
    spike: int,
) -> pd.DataFrame:
    """Read `frame` at irregular times, and spoil the wind and the pressure."""
    apart = np.full(rows, 60)
    apart[0] = 0
    for row, minutes in steps:
        apart[row] = minutes
    minutes = np.cumsum(apart)
    measured = _read_at(frame[MEASURED], minutes / 60)
    measured.loc[spike, PRESSURE] -= 63.3
    measured.loc[outage : outage + 3, GUST] = SENTINEL
    measured.loc[outage : outage + 3, SPEED] = [*[SENTINEL] * 3, 28.49]
    measured.loc[outage : outage + 3, DIRECTION] = [359.7, 359.8, 359.8, 341.8]
    times = frame.index[0] + pd.to_timedelta(minutes, unit="min")
    return _complete(measured, times.rename(TIME))


def _read_at(frame: pd.DataFrame, hours: np.ndarray) -> pd.DataFrame:
    """Return the values between the rows of an hourly table, `hours` after its first.

    The wind direction is that of the nearest row.
    """
    whole = np.arange(len(frame))
    columns = {name: np.interp(hours, whole, frame[name]) for name in MEASURED}
    nearest = np.rint(hours).astype(int)
    columns[DIRECTION] = frame[DIRECTION].to_numpy()[nearest]
    return pd.DataFrame(columns)
