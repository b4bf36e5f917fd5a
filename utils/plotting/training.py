"""Curves of training runs, over several seeds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from utils.plotting.style import color, linestyle

__all__ = ["seed_curves"]


def seed_curves(curves, *, reference, label, ax=None):
    """Draw a metric per epoch, one line per seed with its lowest point marked.

    Parameters
    ----------
    curves : dict of str to list of array-like
        Kind of model (a key of `MODEL_LOOKS`) and one sequence per seed.
    reference : dict of str to float
        Kind of model and its constant value, drawn as a horizontal line.
    label : str
        Name and unit of the metric.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> ax = seed_curves({"dense": [[3.0, 2.6]]}, reference={"naive": 2.4}, label="MAE")
    >>> len(ax.lines)
    3
    """
    ax = ax or plt.figure(figsize=(6.4, 3.5)).add_subplot()
    longest = 0
    for name, seeds in curves.items():
        for values in seeds:
            epochs = np.arange(1, len(values) + 1)
            look = {"color": color(name), "linestyle": linestyle(name)}
            ax.plot(epochs, values, linewidth=1.0, alpha=0.75, **look)
            at = int(np.argmin(values))
            ax.plot(epochs[at], values[at], marker="o", markersize=4.5, **look)
        longest = max(longest, *map(len, seeds))
        _label_line(ax, name, np.median([values[-1] for values in seeds]), longest)
    for name, value in reference.items():
        ax.axhline(value, color=color(name), linestyle=linestyle(name))
        _label_line(ax, name, value, longest)
    ax.set(xlabel="epoch", ylabel=label, xlim=(1, longest))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def _label_line(ax, name, height, end):
    style = {"color": color(name), "va": "center", "annotation_clip": False}
    at = {"xytext": (8, 0), "textcoords": "offset points"}
    ax.annotate(name, (end, height), **at, **style)
