"""The figures of chapter 14: leaderboard, skill, intervals, importance, leaks."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.dates import ConciseDateFormatter

from utils.plotting.style import PALETTE, color, linestyle

__all__ = ["board", "importance", "interval_fan", "leaks", "skill_by", "weeks"]

COLUMNS = {
    "validation": ("validation", "o", "white"),
    "test": ("test, fitted on train", "s", "white"),
    "refitted": ("test, refitted on train + validation", "D", None),
}
SHADES = {
    "validation": color("validation"),
    "test": color("test"),
    "refitted": PALETTE["ink"],
}


def board(table, *, ax=None):
    """Draw the leaderboard: each model's errors, with their spread over the seeds.

    Parameters
    ----------
    table : pandas.DataFrame
        As `utils.experiments.leaderboard.table` returns it, with test columns or not.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> import pandas as pd
    >>> errors = {"validation": [2.2, 2.4], "validation spread": [0.01, None]}
    >>> ax = board(pd.DataFrame(errors, index=["ridge", "naive"]))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['ridge', 'naive']
    """
    ax = ax or plt.figure(figsize=(6.4, 0.6 + 0.33 * len(table))).add_subplot()
    shown = [name for name in COLUMNS if name in table]
    heights = np.arange(len(table), dtype=float)
    for k, name in enumerate(shown):
        label, marker, face = COLUMNS[name]
        at = heights + 0.2 * (k - (len(shown) - 1) / 2)
        spread = table[f"{name} spread"].fillna(0).to_numpy(float)
        look = {"color": SHADES[name], "markerfacecolor": face or SHADES[name]}
        ax.errorbar(
            table[name], at, xerr=spread, fmt=marker, markersize=5, label=label, **look
        )
    ax.set_yticks(heights, table.index)
    ax.invert_yaxis()
    ax.grid(axis="y")
    ax.set(xlabel="MAE (°C), bars: standard deviation over the seeds")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(shown))
    return ax


def skill_by(frame, *, label, overall=None, ax=None):
    """Draw the skill in each group of forecasts, with its bootstrap interval.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `utils.experiments.diagnosis.skill_by` returns it.
    label : str
        What the groups are, with their unit where they have one.
    overall : float, optional
        Skill over all groups, drawn as a line.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> import pandas as pd
    >>> groups = {"skill": [0.1, 0.2], "low": [0.0, 0.1], "high": [0.2, 0.3]}
    >>> frame = pd.DataFrame(groups, index=["cold", "warm"])
    >>> skill_by(frame, label="today").get_xlabel()
    'today'
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    at, share = np.arange(len(frame)), 100 * frame
    ends = [share["skill"] - share["low"], share["high"] - share["skill"]]
    ax.errorbar(at, share["skill"], yerr=ends, fmt="o", color=PALETTE["blue"])
    ax.axhline(0, color=color("naive"), linestyle=linestyle("naive"), linewidth=1.2)
    if overall is not None:
        ax.axhline(100 * overall, color=PALETTE["blue"], linewidth=0.8)
    every = -(-len(frame) // 8)
    ax.set_xticks(at[::every], frame.index[::every])
    ax.set(xlabel=label, ylabel="skill against\nnaive (%)")
    return ax


def interval_fan(times, truth, lower, upper, *, forecast=None, level=0.9, ax=None):
    """Draw prediction intervals over a stretch of hours, and what happened.

    Hours that fall outside their interval are marked.

    Parameters
    ----------
    times : array of datetime64, shape (n,)
        Target hours; the lines break where hours are missing.
    truth, lower, upper : array of shape (n,)
        What happened and the ends of the intervals in °C.
    forecast : array of shape (n,), optional
        The point forecasts in °C.
    level : float, default 0.9
        What the intervals promise to hold.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> hours = np.arange("2016-01-01T00", "2016-01-01T03", dtype="datetime64[h]")
    >>> interval_fan(hours, [1, 2, 9], [0, 0, 0], [4, 4, 4]).get_ylabel()
    'temperature (°C)'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.1)).add_subplot()
    times, truth = np.asarray(times), np.asarray(truth, dtype=float)
    lower, upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    shade = color("validation")
    label = f"{level:.0%} interval"
    ax.fill_between(
        times, lower, upper, color=shade, alpha=0.28, linewidth=0, label=label
    )
    if forecast is not None:
        ax.plot(times, forecast, color=shade, linewidth=1.3, label="forecast")
    ax.plot(times, truth, color=color("observed"), linewidth=1.3, label="observed")
    out = (truth < lower) | (truth > upper)
    red = {"color": PALETTE["vermilion"], "linestyle": "none", "marker": "o"}
    ax.plot(times[out], truth[out], markersize=3.5, label="outside", **red)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.set(ylabel="temperature (°C)", xlim=(times[0], times[-1]))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
    return ax


def weeks(stretches):
    """Draw forecasts against the truth, one panel for each stretch of hours.

    Parameters
    ----------
    stretches : dict of str to tuple of four arrays of shape (n,)
        Title, and the target hours, what happened, the forecast and the naive forecast,
        in °C.

    Returns
    -------
    array of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> hours = np.arange("2016-01-01T00", "2016-01-01T03", dtype="datetime64[h]")
    >>> axes = weeks({"a good day": (hours, [1, 2, 3], [1, 2, 2], [0, 0, 0])})
    >>> [line.get_label() for line in axes[0].lines]
    ['naive', 'forecast', 'observed']
    """
    figure = plt.figure(figsize=(6.4, 0.4 + 2.3 * len(stretches)))
    axes = np.atleast_1d(figure.subplots(len(stretches)))
    for ax, (title, stretch) in zip(axes, stretches.items(), strict=True):
        times, truth, forecast, naive = (np.asarray(each) for each in stretch)
        # Without soft edges the file has a third of the size.
        for label, values in {
            "naive": naive,
            "forecast": forecast,
            "observed": truth,
        }.items():
            name = "validation" if label == "forecast" else label
            look = {"color": color(name), "linestyle": linestyle(name)}
            ax.plot(
                times, values, linewidth=1.3, label=label, antialiased=False, **look
            )
        ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
        ax.set(ylabel="temperature (°C)", xlim=(times[0], times[-1]))
        ax.set_title(title, loc="left", fontsize=10)
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3
    )
    return axes


def importance(frame, *, ax=None):
    """Draw by how much the error rises when a group of features is shuffled.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `utils.experiments.diagnosis.importance` returns it.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"mean": [0.3], "spread": [0.0]}, index=["pressure"])
    >>> len(importance(frame).patches)
    1
    """
    ax = ax or plt.figure(figsize=(6.4, 0.8 + 0.33 * len(frame))).add_subplot()
    ax.barh(
        frame.index,
        frame["mean"],
        xerr=frame["spread"],
        height=0.6,
        color=PALETTE["blue"],
        ecolor=PALETTE["ink"],
    )
    ax.invert_yaxis()
    ax.set(xlabel="rise of the MAE when shuffled (°C)")
    return ax


def leaks(frame, *, naive=None, ax=None):
    """Draw how good a model looks with a leak, beside what it really achieves.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `utils.experiments.leaks.compare` returns it.
    naive : float, optional
        The naive forecast's error in °C, drawn as a line.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"honest": [2.2], "leaking": [1.4]}, index=["random"])
    >>> len(leaks(frame, naive=2.4).patches)
    2
    """
    ax = ax or plt.figure(figsize=(6.4, 1.0 + 0.5 * len(frame))).add_subplot()
    heights = np.arange(len(frame))
    looks = {"honest": (PALETTE["blue"], None), "leaking": (PALETTE["vermilion"], "//")}
    for k, (name, (shade, hatch)) in enumerate(looks.items()):
        bars = ax.barh(
            heights + 0.38 * (k - 0.5),
            frame[name],
            height=0.36,
            color=shade,
            edgecolor="white",
            hatch=hatch,
            label=name,
        )
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        ax.bar_label(bars, fmt="%.2f", padding=3, fontsize=9, bbox=paper)
    if naive is not None:
        look = {"color": color("naive"), "linestyle": linestyle("naive")}
        ax.axvline(naive, linewidth=1.2, label="naive", zorder=0, **look)
    ax.set_yticks(heights, frame.index)
    ax.invert_yaxis()
    ax.set(xlabel="validation MAE (°C)", xlim=(0, 1.12 * frame.to_numpy().max()))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax
