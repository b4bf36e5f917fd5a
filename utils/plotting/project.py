"""The figures of the project: layout of a series, a regime change, claims, the end."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE, color
from utils.plotting.univariate import _dates

__all__ = ["counts", "layout", "opened", "regime"]

ANSWERS = {
    "all months": ("blue", "-", "o"),
    "after the change": ("purple", "--", "s"),
    "seasonal naive": ("grey", ":", "^"),
    "linear, all months": ("orange", "-.", "D"),
}
"""Colour, line and marker of each answer to a regime change."""


def layout(series, origins, *, horizon, label, ax=None):
    """Draw which part of a series trains, which chooses, and which stays closed.

    Parameters
    ----------
    series : pandas.Series of shape (n,)
        The whole series, indexed by time; its last `horizon` values are not drawn.
    origins : sequence of int
        First rows of the validation years.
    horizon : int
        Rows in a validation year, and held out at the end.
    label : str
        Name and unit for the vertical axis.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.date_range("2000-01-01", periods=8, freq="MS")
    >>> ax = layout(pd.Series(np.arange(8.0), months), [2, 4], horizon=2, label="x")
    >>> [text.get_text() for text in ax.texts]
    ['training', 'validation', 'held out']
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    known, ends = series[:-horizon], (origins[0], len(series) - horizon, len(series))
    ax.plot(known.index, known, color=color("observed"), linewidth=0.8)
    starts = (0, *ends[:-1])
    names = ("training", "validation", "held out")
    looks = ("train", "validation", "test")
    for name, look, start, end in zip(names, looks, starts, ends, strict=True):
        first, last = series.index[start], series.index[end - 1]
        ax.axvspan(first, last, color=color(look), alpha=0.16, linewidth=0)
        right = name == "held out"
        where = (last if right else first, 1.0)
        look = {"ha": "right" if right else "left", "va": "bottom"}
        ax.annotate(name, where, xycoords=ax.get_xaxis_transform(), **look)
    for origin in origins:
        ax.axvline(series.index[origin], color=color("validation"), linewidth=0.8)
    _dates(ax, label)
    return ax


def regime(years, errors, *, label, limits, ax=None):
    """Draw the error of each answer to a regime change, by the years since it.

    Parameters
    ----------
    years : array of shape (n,)
        Whole years between the change and the origin.
    errors : dict of str to array of shape (n,)
        Mean error of each answer; a key of `ANSWERS` each.
    label : str
        Name and unit of the error.
    limits : pair of float
        Ends of the vertical axis.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> ax = regime([1, 2], {"all months": [1.0, 0.9]}, label="MAE", limits=(0, 2))
    >>> ax.lines[0].get_ydata().tolist()
    [1.0, 0.9]
    """
    ax = ax or plt.figure(figsize=(4.8, 3.2)).add_subplot()
    for name, values in errors.items():
        shade, line, marker = ANSWERS[name]
        look = {"color": PALETTE[shade], "linestyle": line, "marker": marker}
        ax.plot(years, values, label=name, markersize=4, **look)
    ax.set(xlabel="years since the change", ylabel=label, ylim=limits)
    ax.legend(loc="upper right", ncols=2, columnspacing=1.0)
    return ax


def counts(observed, expected, *, claims, ax=None):
    """Draw how many months of a year lay inside, beside what the binomial promises.

    Parameters
    ----------
    observed, expected : array of shape (horizon + 1,)
        Share of the years with 0, 1, ... months inside.
    claims : dict of str to int
        Name of each claim, and the fewest months that it allows.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> ax = counts([0.2, 0.8], [0.1, 0.9], claims={"binomial": 1})
    >>> [float(bar.get_height()) for bar in ax.patches]
    [20.0, 80.0]
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    months = np.arange(len(observed))
    ax.bar(months, 100 * np.asarray(observed), color=PALETTE["sky"], label="measured")
    look = {"color": PALETTE["ink"], "linestyle": "--", "marker": "o", "markersize": 4}
    ax.plot(months, 100 * np.asarray(expected), label="binomial", **look)
    for (name, fewest), height in zip(claims.items(), (0.72, 0.52), strict=False):
        ax.axvline(fewest - 0.5, color=PALETTE["vermilion"], linewidth=1.2)
        where, place = (fewest - 0.6, height), ax.get_xaxis_transform()
        ax.annotate(f"{name} →", where, xycoords=place, ha="right")
    ax.set(xlabel="months inside, of 12", ylabel="years (%)", xticks=months)
    ax.legend(loc="upper left")
    return ax


def opened(history, outcome, *, label, ax=None):
    """Draw a frozen forecast and its interval beside what came.

    Parameters
    ----------
    history : pandas.Series of shape (n,)
        The months before, indexed by time.
    outcome : utils.experiments.preregistration.Outcome
        What was frozen, and the truth.
    label : str
        Name and unit for the vertical axis.

    Notes
    -----
    Taught in chapter 15.

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace as Space
    >>> months = np.arange("2020-03", "2020-05", dtype="datetime64[M]")
    >>> rows = {"forecast": np.ones(2), "lower": np.zeros(2), "upper": np.ones(2) * 2}
    >>> frozen = Space(plan=Space(months=months, level=0.8), **rows)
    >>> outcome = Space(frozen=frozen, truth=np.array([1.0, 9.0]), inside=[1, 0])
    >>> past = pd.Series([1.0, 2.0], pd.date_range("2020-01-01", periods=2, freq="MS"))
    >>> ax = opened(past, outcome, label="x")
    >>> ax.get_legend_handles_labels()[1]
    ['80 % interval', 'forecast', 'inside', 'outside']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    frozen, inside = outcome.frozen, np.asarray(outcome.inside, dtype=bool)
    months = frozen.plan.months.astype("datetime64[D]")
    ax.plot(history.index, history, color=color("observed"), linewidth=1.1)
    name = f"{100 * frozen.plan.level:.0f} % interval"
    shade = {"color": PALETTE["vermilion"]}  # as the same forecast in `univariate.fan`
    look = {"alpha": 0.2, "linewidth": 0, **shade}
    ax.fill_between(months, frozen.lower, frozen.upper, label=name, **look)
    ax.plot(months, frozen.forecast, "--", label="forecast", **shade)
    looks = (("inside", inside, "o", "green"), ("outside", ~inside, "X", "purple"))
    for name, where, marker, shade in looks:
        if where.any():
            look = {"color": PALETTE[shade], "label": name}
            ax.plot(months[where], outcome.truth[where], marker, **look)
    _dates(ax, label)
    ax.legend(loc="upper left", ncols=2)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.25 * (high - low))
    return ax
