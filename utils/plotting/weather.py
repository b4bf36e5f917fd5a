"""The figures of chapter 12: series, spectrum, split, windows; wind as a vector."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.dates import ConciseDateFormatter, DateFormatter, YearLocator
from matplotlib.ticker import FixedLocator, FuncFormatter

from utils.plotting.style import PALETTE, color, linestyle

__all__ = [
    "columns",
    "error_by_horizon",
    "parts",
    "reading",
    "series",
    "spectrum",
    "wind",
    "window",
]

PERIODS = {12: "12 h", 24: "1 day", 168: "1 week", 720: "1 month", 8766: "1 year"}


def series(values, *, label, before=None, ax=None):
    """Draw a series against its time stamps.

    Parameters
    ----------
    values : pandas.Series of shape (n,)
        Indexed by time.
    label : str
        Name and unit for the vertical axis.
    before : pandas.Series, optional
        The same series before it was cleaned, drawn behind in grey.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> import pandas as pd
    >>> hours = pd.date_range("2009-01-01", periods=3, freq="h")
    >>> ax = series(pd.Series([1.0, 2.0, 1.5], index=hours), label="temperature (°C)")
    >>> ax.get_ylabel()
    'temperature (°C)'
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    if before is not None:
        _dated(ax, before, PALETTE["vermilion"], marker="o", label="raw")
    _dated(ax, values, PALETTE["blue"], label="clean" if before is not None else None)
    if before is not None:
        ax.legend()
    ax.set_ylabel(label)
    return ax


def columns(table, *, labels):
    """Draw every column of a table against time, one small panel each.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n, k)
        Indexed by time; its weekly means are drawn.
    labels : sequence of k str
        Name and unit of each column.

    Returns
    -------
    array of matplotlib.axes.Axes, shape (k,)

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.date_range("2009-01-01", periods=3, freq="D")
    >>> table = pd.DataFrame({"p": [1.0, 2.0, 1.5], "T": [0.0, 1.0, 2.0]}, index=days)
    >>> len(columns(table, labels=["pressure", "temperature"]))
    2
    """
    weekly = table.resample("7D").mean()
    rows = -(-len(labels) // 2)
    figure = plt.figure(figsize=(6.4, 0.4 + 1.05 * rows))
    grid = figure.subplots(rows, 2, sharex=True, squeeze=False).ravel()
    for ax, name, label in zip(grid, weekly, labels, strict=False):
        # Without soft edges the file has a third of the size.
        look = {"color": PALETTE["blue"], "linewidth": 0.8, "antialiased": False}
        ax.plot(weekly.index, weekly[name], **look)
        ax.set_title(label, loc="left", fontsize=9)
        ax.tick_params(labelsize=8)
        ax.margins(x=0.01)
        ax.xaxis.set_major_locator(YearLocator(2))
        ax.xaxis.set_major_formatter(DateFormatter("%Y"))
    for ax in grid[len(labels) :]:
        ax.remove()
    return grid[: len(labels)]


def wind(direction, speed, east, north, *, axes=None):
    """Draw the wind as angle and speed, and as the two components of its vector.

    Parameters
    ----------
    direction, speed : array of shape (n,)
        Where the wind comes from in degrees, and its speed in m/s.
    east, north : array of shape (n,)
        Components of its vector in m/s.
    axes : sequence of two matplotlib.axes.Axes, optional
        A new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> axes = wind([350.0, 10.0], [2.0, 2.0], [0.3, -0.3], [-2.0, -2.0])
    >>> [ax.get_xlabel() for ax in axes]
    ['direction (°)', 'towards east (m/s)']
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 3.2)).subplots(1, 2)
    pairs = ((direction, speed), (east, north))
    for ax, (across, upwards) in zip(axes, pairs, strict=True):
        shade = {"cmap": "Blues", "bins": 60, "norm": LogNorm()}
        ax.hist2d(np.asarray(across), np.asarray(upwards), **shade)
    axes[0].set(xlabel="direction (°)", ylabel="speed (m/s)")
    axes[0].set_xticks([0, 90, 180, 270, 360])
    axes[1].set(xlabel="towards east (m/s)", ylabel="towards north (m/s)")
    axes[1].set_aspect("equal", adjustable="datalim")
    return axes


def _dated(ax, values, shade, **look):
    """Draw one line over time, thinner the more points it has."""
    width = 0.5 if len(values) > 5000 else 1.5
    ax.plot(values.index, values.to_numpy(), color=shade, linewidth=width, **look)
    locator = ax.xaxis.get_major_locator()
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.margins(x=0.01)


def spectrum(hours, amplitude, *, unit="°C", ax=None):
    """Draw the amplitude of each period in a series, with the usual suspects named.

    Parameters
    ----------
    hours : array-like of shape (n,)
        Periods.
    amplitude : array-like of shape (n,)
        Amplitude of the wave with that period, in `unit`.
    unit : str, default "°C"
        Unit of the series.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> spectrum([12.0, 24.0, 8766.0], [0.1, 3.0, 9.0]).get_xscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    ax.plot(hours, amplitude, color=PALETTE["blue"], linewidth=0.9)
    ax.set(xscale="log", xlabel="period", ylabel=f"amplitude ({unit})", ylim=(0, None))
    inside = [hour for hour in PERIODS if min(hours) <= hour <= max(hours)]
    ax.xaxis.set_major_locator(FixedLocator(inside))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: PERIODS[round(hour)]))
    ax.xaxis.set_minor_locator(FixedLocator([]))
    return ax


def parts(values, split, *, label, ax=None):
    """Draw a series in the colours of its training, validation and test part.

    Parameters
    ----------
    values : pandas.Series of shape (n_rows,)
        Indexed by time.
    split : utils.windows.Split
        Which rows belong to which part.
    label : str
        Name and unit for the vertical axis.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> import pandas as pd
    >>> from utils.windows import chronological_split
    >>> hours = pd.date_range("2009-01-01", periods=99, freq="h")
    >>> split = chronological_split(99, length=3, horizon=2)
    >>> ax = parts(pd.Series(range(99), index=hours), split, label="x")
    >>> [text.get_text() for text in ax.texts]
    ['train', 'validation', 'test']
    """
    ax = ax or plt.figure(figsize=(6.4, 2.7)).add_subplot()
    top = values.max() + 0.1 * (values.max() - values.min())
    for part in split:
        rows = values.iloc[part.rows]
        _dated(ax, rows, color(part.name))
        ax.annotate(
            part.name,
            (rows.index[len(rows) // 2], top),
            color=color(part.name),
            ha="center",
            va="center",
        )
    ax.set(ylabel=label, ylim=(None, top + 0.05 * (top - values.min())))
    return ax


def window(values, *, start, length, horizon, ax=None):
    """Draw one window of a series, its target and the naive forecast of it.

    Parameters
    ----------
    values : array-like of shape (n,)
        Hourly values in °C.
    start : int
        First row of the window.
    length : int
        Rows in the window.
    horizon : int
        Rows from the window's last row to the target.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> window(range(200), start=10, length=120, horizon=24).get_xlabel()
    'hours'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.1)).add_subplot()
    values = np.asarray(values, dtype=float)
    last = start + length - 1
    target = last + horizon
    ax.axvspan(start, last, color=PALETTE["blue"], alpha=0.12, linewidth=0)
    ax.plot(values, color=PALETTE["light"], linewidth=1.4)
    ax.plot(np.arange(start, last + 1), values[start : last + 1], color=color("dense"))
    ends = ([last, target], [values[last], values[last]])
    ax.plot(*ends, color=color("naive"), linestyle=linestyle("naive"), marker="o")
    ax.plot(target, values[target], marker="D", color=PALETTE["vermilion"], zorder=3)
    error = abs(values[target] - values[last])
    ax.set_title(f"naive forecast {error:.1f} °C off", loc="left")
    ax.set(xlabel="hours", ylabel="temperature (°C)", xlim=(0, len(values) - 1))
    return ax


def reading(values, forecasts, *, read, horizon, ax=None):
    """Draw how far a network has read a window, and what it forecast on its way.

    Parameters
    ----------
    values : array-like of shape (length + horizon,)
        Hourly values in °C: the window, and the hours up to its target.
    forecasts : array-like of shape (length,)
        What the network forecasts after each hour, for `horizon` hours later, in °C.
    read : int
        Hours read so far, from 1 to `length`.
    horizon : int
        Rows from the last row read to its target.

    Notes
    -----
    Taught in chapter 13.

    Examples
    --------
    >>> reading(range(9), range(3, 9), read=2, horizon=3).get_title("left")
    'after 2 hours 0.0 °C off'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.1)).add_subplot()
    values, forecasts = np.asarray(values, float), np.asarray(forecasts, float)
    target, look = read - 1 + horizon, {"color": color("lstm"), "linestyle": "-"}
    ax.axvspan(0, read - 1, color=PALETTE["blue"], alpha=0.12, linewidth=0)
    ax.plot(values, color=PALETTE["light"], linewidth=1.4)
    ax.plot(np.arange(read), values[:read], color=color("observed"))
    ax.plot(np.arange(horizon, target + 1), forecasts[:read], linewidth=1.2, **look)
    ax.plot(target, forecasts[read - 1], marker="o", **look)
    ax.plot(target, values[target], marker="D", color=PALETTE["vermilion"], zorder=3)
    error = abs(values[target] - forecasts[read - 1])
    hours = "hour" if read == 1 else "hours"
    ax.set_title(f"after {read} {hours} {error:.1f} °C off", loc="left")
    both = np.concatenate([values, forecasts])
    ax.set(xlabel="hours", ylabel="temperature (°C)", xlim=(0, len(values) - 1))
    ax.set_ylim(both.min() - 1, both.max() + 1)
    return ax


def error_by_horizon(hours, errors, *, chosen=None, ax=None):
    """Draw the mean absolute error of a forecast against how far ahead it looks.

    Parameters
    ----------
    hours : array-like of shape (n,)
        Horizons.
    errors : array-like of shape (n,)
        Mean absolute errors in °C.
    chosen : int, optional
        A horizon to mark.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> error_by_horizon([1, 2, 3], [0.5, 0.9, 1.2], chosen=2).get_ylabel()
    'MAE (°C)'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    hours, errors = np.asarray(hours), np.asarray(errors)
    ax.plot(hours, errors, color=PALETTE["grey"])
    if chosen is not None:
        at = errors[hours == chosen]
        ax.plot([chosen], at, marker="o", color=PALETTE["vermilion"])
        ax.annotate(
            f"{chosen} h: {at[0]:.2f} °C",
            (chosen, at[0]),
            xytext=(4, -16),
            textcoords="offset points",
            color=PALETTE["vermilion"],
        )
    ax.set(xlabel="hours ahead", ylabel="MAE (°C)", xlim=(0, None), ylim=(0, None))
    ax.set_xticks(np.arange(0, hours.max() + 1, 24))
    return ax
