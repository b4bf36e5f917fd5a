"""The figures of forecasting one series from its own past: windows, roots, origins."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.dates import ConciseDateFormatter

from utils.plotting.style import MODEL_LOOKS, PALETTE, color, linestyle

__all__ = [
    "fan",
    "forecasts",
    "largest_root",
    "recursion",
    "roots",
    "scaled",
    "scores",
    "shifts",
    "windows",
]

LOOKS = (("blue", "-"), ("vermilion", "-."), ("green", "--"), ("purple", ":"))
"""Colour and line style of forecasters that have none of their own, in turn."""


def windows(*, n, length, horizon=1, ax=None):
    """Draw how a series is cut: one row for each window and its labels.

    Parameters
    ----------
    n : int
        Values of the series, which are their own positions 0 to n - 1.
    length, horizon : int
        Values in a window, and labels after it.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> ax = windows(n=6, length=4)
    >>> [text.get_text() for text in ax.texts][:6]
    ['0', '1', '2', '3', '4', '1']
    """
    count = n - length - horizon + 1
    ax = ax or plt.figure(figsize=(6.4, 0.6 + 0.36 * count)).add_subplot()
    for row in range(count):
        for k in range(length + horizon):
            is_label = k >= length
            shade = PALETTE["orange"] if is_label else PALETTE["sky"]
            box = plt.Rectangle((row + k - 0.42, row - 0.36), 0.84, 0.72, color=shade)
            ax.add_patch(box)
            look = {"ha": "center", "va": "center", "color": PALETTE["ink"]}
            weight = "bold" if is_label else "normal"
            ax.text(row + k, row, str(row + k), fontweight=weight, **look)
    ax.set(xlim=(-0.7, n - 0.3), ylim=(count - 0.4, -0.6), xlabel="step")
    ax.set(ylabel="example", xticks=range(n), yticks=range(count))
    ax.set_yticklabels(range(1, count + 1))
    ax.tick_params(length=0)
    return ax


def recursion(series, clean, forecast, *, start, shown=60, axes=None):
    """Draw a recursive forecast beside what came, and its error below.

    Parameters
    ----------
    series, clean : array of shape (n,)
        The series with and without its noise.
    forecast : array of shape (horizon,)
        Forecast of the steps from `start` on.
    start : int
        First step of the forecast.
    shown : int, default 60
        Steps before `start` that are drawn.
    axes : pair of matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    pair of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> wave = np.sin(np.arange(90.0))
    >>> above, below = recursion(wave, wave, wave[60:80] + 0.5, start=60)
    >>> below.lines[0].get_ydata().round(3).max()
    np.float64(0.5)
    """
    if axes is None:
        figure = plt.figure(figsize=(6.4, 4.0))
        axes = figure.subplots(2, 1, sharex=True, height_ratios=[2, 1])
    above, below = axes
    steps = np.arange(start, start + len(forecast))
    past = np.arange(max(0, start - shown), start)
    above.plot(past, series[past], ".", color=PALETTE["grey"], markersize=3)
    above.plot(steps, clean[steps], color=PALETTE["ink"], linewidth=1.2)
    above.plot(steps, forecast, color=PALETTE["vermilion"], linestyle="--")
    above.axvline(start - 0.5, color=PALETTE["light"], linewidth=0.9, zorder=0)
    above.set(ylabel="value", ylim=(-1.9, 1.9))
    error = np.abs(forecast - clean[steps])
    below.plot(steps, error, color=PALETTE["vermilion"], linewidth=1.4)
    below.set(xlabel="step", ylabel="error", ylim=(0, 1.6))
    return axes


def roots(values, forecast, clean, *, axes=None):
    """Draw the roots of a linear model in the unit circle, and its forecast.

    Parameters
    ----------
    values : array of complex of shape (lags,)
        All roots, the largest first.
    forecast, clean : array of shape (horizon,)
        The recursive forecast, and the series without noise at the same steps.
    axes : pair of matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    pair of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> circle, course = roots(np.array([0.5j, -0.5j]), [1.0, 0.5], [1.0, 1.0])
    >>> circle.lines[-1].get_xydata().tolist()
    [[0.0, 0.5]]
    """
    if axes is None:
        grid = {"width_ratios": [1, 1.9]}
        axes = plt.figure(figsize=(6.4, 2.7)).subplots(1, 2, gridspec_kw=grid)
    circle, course = axes
    angles = np.linspace(0, 2 * np.pi, 121)
    circle.plot(np.cos(angles), np.sin(angles), color=PALETTE["grey"], linewidth=0.9)
    others = np.asarray(values)[1:]
    circle.plot(others.real, others.imag, "x", color=PALETTE["blue"], markersize=5)
    circle.plot(values[0].real, values[0].imag, "o", color=PALETTE["vermilion"])
    circle.set(aspect="equal", xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
    circle.set(xlabel="real part", ylabel="imaginary part")
    circle.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    steps = np.arange(1, len(forecast) + 1)
    course.plot(steps, clean, color=PALETTE["ink"], linewidth=0.9)
    course.plot(steps, forecast, color=PALETTE["vermilion"], linestyle="--")
    course.set(xlabel="steps ahead", ylim=(-1.6, 1.6))
    return axes


def largest_root(lags, predicted, measured, *, period, ax=None):
    """Draw the error that the largest root predicts against the one measured.

    Parameters
    ----------
    lags : sequence of int of length n
        Lags of each model.
    predicted, measured : array of shape (n, seeds)
        RMSE of the recursive forecast, predicted and measured.
    period : float
        Period of the series, marked on the axis.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> ax = largest_root([2, 4], np.full((2, 3), 0.7), np.full((2, 3), 0.6), period=3)
    >>> [line.get_label() for line in ax.lines[:2]]
    ['measured', 'predicted by the largest root']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    looks = (
        (measured, "measured", "vermilion", "-", "o"),
        (predicted, "predicted by the largest root", "blue", "--", "s"),
    )
    for values, label, shade, line, marker in looks:
        look = {"color": PALETTE[shade], "linestyle": line, "marker": marker}
        ax.plot(lags, np.median(values, axis=1), label=label, markersize=5, **look)
    for values, _, shade, _, _ in looks:
        ends = np.min(values, axis=1), np.max(values, axis=1)
        ax.fill_between(lags, *ends, color=PALETTE[shade], alpha=0.15, linewidth=0)
    ax.axvline(period, color=PALETTE["grey"], linestyle=":", linewidth=1.2)
    ax.annotate(
        "one period",
        (period, 0.99),
        (4, 0),
        va="top",
        xycoords=ax.get_xaxis_transform(),
        textcoords="offset points",
    )
    ax.set(xscale="log", xlabel="lags", ylabel="RMSE of 200 steps", ylim=(0, None))
    ax.set_xticks(lags, map(str, lags))
    ax.minorticks_off()
    ax.legend(loc="upper right", bbox_to_anchor=(1, 0.88))
    return ax


def scaled(parts, *, label, ax=None):
    """Draw scaled parts of a series over time, and the range of the first.

    Parameters
    ----------
    parts : dict of str to pandas.Series
        Scaled values by part, ``"train"`` first; indexed by time.
    label : str
        For the vertical axis.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.date_range("2000-01-01", periods=4, freq="MS")
    >>> values = pd.Series([0.0, 1.0, 1.2, 1.4], months)
    >>> ax = scaled({"train": values[:2], "test": values[2:]}, label="scaled")
    >>> [text.get_text() for text in ax.texts]
    ['train', 'test']
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    first = next(iter(parts.values()))
    for end in (first.min(), first.max()):
        ax.axhline(end, color=PALETTE["grey"], linestyle=":", linewidth=1.1)
    for name, values in parts.items():
        ax.plot(values.index, values, color=color(name), linewidth=1.3)
        middle = values.index[len(values) // 2]
        where = (middle, values.max())
        look = {"ha": "center", "va": "bottom", "color": color(name)}
        ax.annotate(name, where, (0, 3), textcoords="offset points", **look)
    _dates(ax, label)
    ax.margins(y=0.15)
    return ax


def forecasts(truth, values, *, label, origins=(), ax=None):
    """Draw what came, and the forecasts of several forecasters.

    Parameters
    ----------
    truth : pandas.Series of shape (n,)
        Indexed by time.
    values : dict of str to array of shape (n,)
        Forecasts of the same rows.
    label : str
        Name and unit for the vertical axis.
    origins : sequence of timestamps, optional
        Where forecasts begin, drawn as vertical lines.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.date_range("2000-01-01", periods=4, freq="MS")
    >>> truth = pd.Series([1.0, 2.0, 3.0, 4.0], months)
    >>> ax = forecasts(truth, {"naive": truth - 1}, label="ppm")
    >>> [line.get_label() for line in ax.lines]
    ['observed', 'naive']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    for origin in origins:
        ax.axvline(origin, color=PALETTE["light"], linewidth=0.9, zorder=0)
    look = {"color": color("observed"), "linewidth": 1.1}
    ax.plot(truth.index, truth, label="observed", **look)
    for name, look in _looks(values).items():
        ax.plot(truth.index, values[name], label=name, linewidth=1.5, **look)
    _dates(ax, label)
    ax.legend(loc="upper left", ncols=2)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.25 * (high - low))
    return ax


def scores(errors, *, label, ax=None):
    """Draw the errors of each forecaster, one row of dots each, and their median.

    Parameters
    ----------
    errors : dict of str to array of shape (n,)
        One error for each seed; one value where chance plays no part.
    label : str
        Name and unit of the error.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> ax = scores({"naive": [1.7], "network": [0.8, 0.9]}, label="RMSE (ppm)")
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['naive', 'network']
    """
    ax = ax or plt.figure(figsize=(6.4, 0.9 + 0.36 * len(errors))).add_subplot()
    for row, values in enumerate(errors.values()):
        many = len(values) > 1
        shade = PALETTE["vermilion" if many else "blue"]
        ax.plot(values, np.full(len(values), row), "o", color=shade, alpha=0.6)
        middle = float(np.median(values))
        ax.plot([middle] * 2, [row - 0.3, row + 0.3], color=shade, linewidth=2)
    ax.set_yticks(range(len(errors)), list(errors))
    ax.set(xlabel=label, ylim=(len(errors) - 0.5, -0.5), xlim=(0, None))
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    return ax


def shifts(errors, *, label, ax=None):
    """Draw how well each forecast fits the truth of earlier steps.

    Parameters
    ----------
    errors : dict of str to array of shape (most + 1,)
        RMSE of each forecast against the truth 0, 1, ... steps before.
    label : str
        Name and unit of the error.

    Returns
    -------
    matplotlib.axes.Axes
        The best shift of each is marked by a circle.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> ax = shifts({"naive": [1.0, 0.0, 1.0]}, label="RMSE")
    >>> ax.lines[1].get_xydata().tolist()
    [[1.0, 0.0]]
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    for name, look in _looks(errors).items():
        values = np.asarray(errors[name])
        ax.plot(values, label=name, marker=".", **look)
        best = values.argmin()
        circle = {"marker": "o", "markersize": 11, "fillstyle": "none"}
        ax.plot([best], [values[best]], color=look["color"], **circle)
    ax.set(xlabel="months by which the truth is moved back", ylabel=label)
    ax.set(xticks=range(len(values)), ylim=(0, None))
    ax.legend()
    return ax


def fan(history, forecast, lower, upper, *, label, ax=None):
    """Draw the end of a history, a forecast of the unknown future and its interval.

    Parameters
    ----------
    history, forecast : pandas.Series
        Indexed by time.
    lower, upper : array of shape (horizon,)
        Ends of the interval.
    label : str
        Name and unit for the vertical axis.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.date_range("2000-01-01", periods=4, freq="MS")
    >>> values = pd.Series([1.0, 2.0, 3.0, 4.0], months)
    >>> ax = fan(values[:2], values[2:], [2, 3], [4, 5], label="ppm")
    >>> len(ax.collections)
    1
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    shade = PALETTE["vermilion"]
    ax.fill_between(forecast.index, lower, upper, color=shade, alpha=0.2, linewidth=0)
    ax.plot(history.index, history, color=color("observed"), linewidth=1.2)
    ax.plot(forecast.index, forecast, color=shade, linestyle="--")
    _dates(ax, label)
    return ax


def _looks(names):
    """Give each name the look of its kind of model, or one that no other has."""
    kinds = {name: name.lower() for name in names if name.lower() in MODEL_LOOKS}
    taken = {linestyle(kind) for kind in kinds.values()}
    others = ((shade, line) for shade, line in LOOKS if line not in taken)
    found = {}
    for name in names:
        if name in kinds:
            look = color(kinds[name]), linestyle(kinds[name])
        else:
            shade, line = next(others)
            look = PALETTE[shade], line
        found[name] = dict(zip(("color", "linestyle"), look, strict=True))
    return found


def _dates(ax, label):
    ax.xaxis.set_major_formatter(ConciseDateFormatter(ax.xaxis.get_major_locator()))
    ax.set_ylabel(label)
    ax.margins(x=0.01)
