"""The figures of chapter 10: what a network has to beat, and how it is trained."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator, NullFormatter

from utils.plotting.style import PALETTE, color, linestyle

__all__ = [
    "convergence",
    "errors_by_origin",
    "line_weights",
    "one_series",
    "panels",
    "smoothed",
    "unit_errors",
    "unit_map",
]

STARTS = {
    "u = −1": ("blue", "o", ""),
    "u = +1, w > 0": ("orange", "s", "///"),
    "u = +1, w < 0": ("vermilion", "^", "..."),
}
"""First weights of a recurrent unit: colour, marker and hatching."""


def one_series(known, target, *, clean, forecasts, ax=None):
    """Draw a series of the two-wave kind, its next value, and forecasts of it.

    Parameters
    ----------
    known : array of shape (n,)
        What is given.
    target : float
        The value after it.
    clean : array of shape (n + 1,)
        The waves without noise.
    forecasts : dict of str to float
        By kind of model, a key of `MODEL_LOOKS`.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> ax = one_series([0.1, 0.2], 0.3, clean=[0, 0, 0], forecasts={"naive": 0.2})
    >>> ax.get_xlabel()
    'step'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    n = len(known)
    steps = np.arange(1, n + 2)
    ax.plot(steps, clean, color=PALETTE["light"], linewidth=3, label="without noise")
    ax.plot(steps[:-1], known, ".", color=color("observed"), label="given")
    ax.plot(n + 1, target, "D", color=PALETTE["vermilion"], label="to forecast")
    for name, value in forecasts.items():
        look = {"color": color(name), "linestyle": linestyle(name)}
        marker = {"marker": "x", "markersize": 8, "markeredgewidth": 2}
        ax.plot(
            [n, n + 1], [known[-1], value], label=name, markevery=[1], **look, **marker
        )
    ax.set(xlabel="step", ylabel="value", xlim=(0, n + 3), ylim=(-0.8, 0.8))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3 + len(forecasts))
    return ax


def line_weights(solved, trained, *, ax=None):
    """Draw the weights of a linear forecaster by how many steps back they look.

    Those of training runs are drawn as a band from the lowest to the highest.

    Parameters
    ----------
    solved : array of shape (n,)
        Of the solution in closed form, oldest value first.
    trained : sequence of array of shape (n,)
        Of training runs.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> len(line_weights([0.1, 0.9], [[0.2, 0.8], [0.3, 0.7]]).collections)
    1
    """
    ax = ax or plt.figure(figsize=(6.4, 2.8)).add_subplot()
    back = np.arange(len(solved), 0, -1)
    ax.axhline(0, color=PALETTE["light"], linewidth=1)
    low, high = np.min(trained, axis=0), np.max(trained, axis=0)
    label = f"range of {len(trained)} runs of 20 epochs"
    look = {"color": color("linear"), "alpha": 0.45, "linewidth": 0}
    ax.fill_between(back, low, high, label=label, **look)
    solution = {"marker": ".", "color": PALETTE["ink"], "label": "solved"}
    ax.plot(back, solved, linewidth=1.4, **solution)
    ax.set(xlabel="steps back from the last value", ylabel="weight", xlim=(51, 0))
    ax.set_xticks([50, 40, 30, 20, 10, 1])
    ax.legend(loc="upper left")
    return ax


def convergence(curves, *, references, looks, limits=None, ax=None):
    """Draw the validation error by epoch on a logarithmic axis, one line per run.

    Parameters
    ----------
    curves : dict of str to sequence of array of shape (epochs,)
        Kind of model and one sequence for each seed.
    references : dict of str to float
        Errors to compare with, drawn as horizontal lines.
    looks : dict of str to (str, str)
        Colour of the palette and line style of each kind and each reference.
    limits : (float, float), optional
        Lowest and highest error shown.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> looks = {"line": ("blue", "-"), "naive": ("grey", "--")}
    >>> curves = {"line": [[0.5, 0.1], [0.4, 0.2]]}
    >>> ax = convergence(curves, references={"naive": 0.2}, looks=looks)
    >>> [text.get_text() for text in ax.texts]
    ['naive']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    for name, runs in curves.items():
        shade, line = looks[name]
        for k, values in enumerate(runs):
            epochs = np.arange(1, len(values) + 1)
            look = {"color": PALETTE[shade], "linestyle": line, "linewidth": 1.1}
            ax.plot(epochs, values, label="" if k else name, **look)
    for name, value in references.items():
        shade, line = looks[name]
        ax.axhline(value, color=PALETTE[shade], linestyle=line, linewidth=1.3)
        place = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        end = (len(epochs), value)
        ax.annotate(name, end, color=PALETTE[shade], annotation_clip=False, **place)
    ax.set(yscale="log", xlabel="epoch", ylabel="validation MSE")
    ax.set(xlim=(1, len(epochs)))
    if limits:
        ax.set_ylim(limits)
        ticks = [
            t
            for t in (0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1)
            if limits[0] <= t <= limits[1]
        ]
        ax.set_yticks(ticks, [f"{t:g}" for t in ticks])
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend(loc="upper right")
    return ax


def unit_errors(groups, *, references, ax=None):
    """Draw a histogram of the errors of one recurrent unit, by its first weights.

    Parameters
    ----------
    groups : dict of str to array-like of shape (runs,)
        Errors of the runs that began alike; keys are those of `STARTS`.
    references : dict of str to float
        Errors to compare with, drawn as vertical lines.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> ax = unit_errors({"u = −1": [0.011, 0.012]}, references={"linear": 0.004})
    >>> ax.get_xscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    edges = np.geomspace(0.0025, 0.25, 47)
    names = list(groups)
    looks = [STARTS[name] for name in names]
    _, _, bars = ax.hist(
        [groups[name] for name in names],
        bins=edges,
        stacked=True,
        color=[PALETTE[shade] for shade, _, _ in looks],
        edgecolor="white",
        label=names,
    )
    for container, (_, _, hatch) in zip(np.atleast_1d(bars), looks, strict=False):
        for bar in getattr(container, "patches", []):
            bar.set_hatch(hatch)
    for name, value in references.items():
        ax.axvline(value, color=PALETTE["ink"], linestyle=":", linewidth=1.3)
        top = {"xycoords": ("data", "axes fraction"), "va": "bottom", "ha": "center"}
        ax.annotate(name, (value, 1.01), fontsize=9, **top)
    ax.set(xscale="log", xlabel="validation MSE of the best epoch", ylabel="runs")
    ticks = (0.003, 0.01, 0.02, 0.05, 0.15)
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.xaxis.set_minor_formatter(NullFormatter())
    box = {"loc": "upper center", "bbox_to_anchor": (0.7, 0.95)}
    ax.legend(title="first weights", title_fontsize=10, **box)
    return ax


def unit_map(path, epoch, *, starts, grid, ax=None):
    """Draw where one-unit networks stand on the map of their error after an epoch.

    Parameters
    ----------
    path : array of shape (epochs + 1, runs, 2 or more)
        Input and recurrent weight before training and after each epoch.
    epoch : int
        Which of them to draw; the way since the start is drawn as a line.
    starts : dict of str to array of bool, shape (runs,)
        Which runs began alike; keys are those of `STARTS`.
    grid : tuple of (array, array, array)
        Input weights, recurrent weights, and the error on the grid of both.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> path = np.zeros((2, 1, 2))
    >>> grid = [-1, 1], [-1, 1], np.array([[0.1, 0.2], [0.3, 0.4]])
    >>> unit_map(path, 1, starts={"u = −1": [True]}, grid=grid).get_ylabel()
    'recurrent weight u'
    """
    ax = ax or plt.figure(figsize=(5.6, 4.4)).add_subplot()
    levels = [0.012, 0.02, 0.05, 0.1, 0.144, 0.2, 0.4, 0.8]
    look = {"colors": PALETTE["grey"], "linewidths": 0.7}
    lines = ax.contour(*grid, levels=levels, **look)
    ax.clabel(lines, fontsize=8, fmt="%g")
    for name, chosen in starts.items():
        shade, marker, _ = STARTS[name]
        way = path[: epoch + 1, chosen]
        trail = {"color": PALETTE[shade], "linewidth": 0.6, "alpha": 0.6}
        ax.plot(way[..., 0], way[..., 1], **trail)
        dots = {"marker": marker, "markersize": 5, "linestyle": "none"}
        ax.plot(*way[-1, :, :2].T, color=PALETTE[shade], label=name, **dots)
    ax.set(xlabel="input weight w", ylabel="recurrent weight u")
    ax.set(xlim=(-2, 2), ylim=(-1.15, 1.15))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


def panels(rows, *, axes=None):
    """Draw series below one another on one axis of time.

    Parameters
    ----------
    rows : dict of str to pandas.Series
        By the label of their axis.
    axes : sequence of matplotlib.axes.Axes, optional
        One for each row; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> import pandas as pd
    >>> series = pd.Series([1.0, 2.0], pd.to_datetime(["2000-01", "2000-02"]))
    >>> panels({"a": series, "b": series})[1].get_ylabel()
    'b'
    """
    if axes is None:
        figure = plt.figure(figsize=(6.4, 0.6 + 1.1 * len(rows)))
        axes = np.atleast_1d(figure.subplots(len(rows), 1, sharex=True))
    for ax, (label, series) in zip(axes, rows.items(), strict=True):
        ax.plot(series.index, series, color=color("observed"), linewidth=1)
        ax.set_ylabel(label)
    return axes


def smoothed(observed, level, *, limits, ax=None):
    """Draw a series and its level by exponential smoothing.

    Parameters
    ----------
    observed, level : pandas.Series
        The series and the level after each value.
    limits : (float, float)
        Of the axis of values.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> import pandas as pd
    >>> series = pd.Series([1.0, 2.0], pd.to_datetime(["2000-01", "2000-02"]))
    >>> len(smoothed(series, series / 2, limits=(0, 2)).lines)
    2
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    look = {"color": PALETTE["grey"], "marker": ".", "markersize": 3, "linewidth": 0.6}
    ax.plot(observed.index, observed, label="observed", **look)
    ax.plot(level.index, level, color=PALETTE["vermilion"], label="level")
    ax.set(ylabel=observed.name, ylim=limits)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax


def errors_by_origin(errors, *, label, ax=None):
    """Draw the error of each forecaster at each origin, and that of all together.

    Parameters
    ----------
    errors : pandas.DataFrame
        One row for each origin and one column for each forecaster, best first.
    label : str
        Name and unit of the error.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> import pandas as pd
    >>> errors = pd.DataFrame({"naive": [2.0, 3.0], "line": [1.0, 1.5]})
    >>> errors_by_origin(errors, label="RMSE").get_xlabel()
    'RMSE'
    """
    size = (6.4, 1.0 + 0.36 * errors.shape[1])
    ax = ax or plt.figure(figsize=size).add_subplot()
    look = {"color": PALETTE["blue"], "linestyle": "none"}
    for height, name in enumerate(errors):
        values = errors[name].to_numpy()
        ax.plot(values, np.full(len(values), height), marker="o", alpha=0.5, **look)
        whole = np.sqrt(np.mean(values**2))
        tall = {"marker": "|", "markersize": 15, "markeredgewidth": 2}
        ax.plot(whole, height, zorder=3, **tall, **look)
    ax.set_yticks(range(errors.shape[1]), list(errors))
    ax.invert_yaxis()
    ax.grid(axis="y", linestyle=":")
    ax.set(xlabel=label)
    ax.set_xlim(left=0)
    return ax
