"""The figures of the sea's months in chapters 1 and 2."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE
from utils.scratch import sigmoid, step

__all__ = ["chances", "history", "plane", "right_by_epoch"]

LOOKS = ((0, "blue", "o", "not warmer"), (1, "vermilion", "^", "warmer"))


def history(anomaly, *, held_out, ax=None):
    """Draw a series of anomalies, warm months above zero and cold ones below.

    Parameters
    ----------
    anomaly : pandas.Series
        Anomalies in °C, with dates as index.
    held_out : str
        First year of the part that is held out; it is shaded.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> from utils.data import sea
    >>> history(sea.anomalies(), held_out="1990").get_ylabel()
    'anomaly (°C)'
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    dates, values = anomaly.index, anomaly.to_numpy()
    for sign, shade in ((1, "vermilion"), (-1, "blue")):
        part = sign * np.maximum(0, sign * values)
        ax.fill_between(dates, part, color=PALETTE[shade], linewidth=0, step="mid")
    start = anomaly[held_out:].index[0]
    ax.axvspan(start, dates[-1], color=PALETTE["light"], alpha=0.5, zorder=0)
    top = 1.08 * values.max()
    for edge, text in ((dates[0], "training"), (start, "held out")):
        ax.text(edge, top, text, va="bottom", color=PALETTE["grey"])
    ax.axhline(0, color=PALETTE["ink"], linewidth=0.8)
    ax.set(ylabel="anomaly (°C)", xlim=(dates[0], dates[-1]), ylim=(None, top))
    return ax


def plane(X, warmer, *, lines=None, limit=(-2.5, 5.0), ax=None):
    """Draw months as points, by what came next, and the lines that separate them.

    Parameters
    ----------
    X : ndarray of shape (n_examples, 2)
        Anomalies in °C of the month before and of this month.
    warmer : ndarray of int of shape (n_examples,)
        1 where the next month was warmer than usual, else 0.
    lines : dict of str to tuple (w, b), optional
        Name of a neuron, its two weights and its bias.
    limit : pair of float, default (-2.5, 5.0)
        Range of both axes.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> plane(np.eye(2), np.array([0, 1]), lines={"naive": ([0, 1], 0)}).get_xlabel()
    'anomaly of last month (°C)'
    """
    ax = ax or plt.figure(figsize=(5.2, 4.6)).add_subplot()
    for label, shade, marker, name in LOOKS:
        look = {"color": PALETTE[shade], "marker": marker, "alpha": 0.55}
        ax.scatter(*X[warmer == label].T, s=18, linewidths=0, label=name, **look)
    strokes = ("-", "--", ":", "-.")
    for (name, (w, b)), stroke in zip((lines or {}).items(), strokes, strict=False):
        w = np.asarray(w, dtype=float)
        nearest = -b * w / (w @ w)
        ends = np.outer([-20, 20], [-w[1], w[0]] / np.linalg.norm(w)) + nearest
        ax.plot(*ends.T, stroke, color=PALETTE["ink"], label=name)
    ax.set(xlabel="anomaly of last month (°C)", ylabel="anomaly of this month (°C)")
    ax.set(xlim=limit, ylim=limit)
    ax.set_aspect("equal")
    ax.legend(loc="upper left", title="next month")
    return ax


def right_by_epoch(runs, *, references, total, ax=None):
    """Draw the number of right answers after each epoch, one thin line per run.

    Parameters
    ----------
    runs : sequence of sequence of int
        Right answers after each epoch.
    references : dict of str to int
        Name of a reference, and its right answers: a dashed line.
    total : int
        Number of examples.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> len(right_by_epoch([[5, 7], [6, 4]], references={"naive": 8}, total=9).lines)
    3
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    shades = ("blue", "orange", "green", "purple", "sky")
    for run, shade in zip(runs, shades, strict=False):
        epochs = np.arange(1, len(run) + 1)
        ax.plot(epochs, run, color=PALETTE[shade], linewidth=1.1)
    for name, value in references.items():
        ax.axhline(value, color=PALETTE["ink"], linestyle="--", linewidth=1.2)
        place = {"xytext": (2, 3), "textcoords": "offset points", "ha": "left"}
        ax.annotate(name, (epochs[0], value), **place)
    ax.set(xlabel="epoch", ylabel=f"right answers of {total}")
    ax.set(xlim=(epochs[0], epochs[-1]), ylim=(None, 1.06 * max(references.values())))
    return ax


def chances(x, warmer, *, edges, w, b, ax=None):
    """Draw how often a warmer month followed, against a step and a sigmoid.

    Parameters
    ----------
    x : ndarray of shape (n_examples,)
        This month's anomaly in °C.
    warmer : ndarray of int of shape (n_examples,)
        1 where the next month was warmer than usual, else 0.
    edges : sequence of float
        Edges of the bins over which the share is taken.
    w, b : float
        Weight and bias of the sigmoid neuron.

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> x, warmer = np.array([-1.0, 1.0]), np.array([0, 1])
    >>> ax = chances(x, warmer, edges=[-2, 0, 2], w=4, b=0)
    >>> ax.get_ylabel()
    'share with a warmer next month'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    grid = np.linspace(edges[0], edges[-1], 601)
    ax.plot(grid, step(grid), ":", color=PALETTE["grey"])
    ax.plot(grid, sigmoid(w * grid + b), color=PALETTE["blue"])
    place = np.digitize(x, edges)
    bins = [place == i for i in range(1, len(edges)) if (place == i).any()]
    middle = [x[inside].mean() for inside in bins]
    share = [warmer[inside].mean() for inside in bins]
    ax.plot(middle, share, "o", color=PALETTE["vermilion"], zorder=4)
    notes = (("step", (0.04, 0.93), 6, "grey"), ("sigmoid", (-0.55, 0.12), -6, "blue"))
    for name, at, shift, shade in notes:
        side = {"ha": "left" if shift > 0 else "right", "color": PALETTE[shade]}
        ax.annotate(name, at, xytext=(shift, 0), textcoords="offset points", **side)
    ax.set(xlabel="anomaly of this month (°C)", ylabel="share with a warmer next month")
    ax.set(xlim=(edges[0], edges[-1]), ylim=(-0.04, 1.04))
    return ax
