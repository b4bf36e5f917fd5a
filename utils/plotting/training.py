"""Curves of training runs, over several seeds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from utils.plotting.style import color, linestyle

__all__ = ["seed_curves"]


def seed_curves(curves, *, reference, label, limits=None, ax=None):
    """Draw a metric per epoch, one line per seed with its lowest point marked.

    Parameters
    ----------
    curves : dict of str to list of array-like
        Kind of model (a key of `MODEL_LOOKS`) and one sequence per seed.
    reference : dict of str to float
        Kind of model and its constant value, drawn as a horizontal line.
    label : str
        Name and unit of the metric.
    limits : (float, float), optional
        Lowest and highest value shown. The names at the right are then kept apart.

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
    heights = dict(reference)
    for name, seeds in curves.items():
        for values in seeds:
            _seed_curve(ax, name, values)
        heights[name] = np.median([values[-1] for values in seeds])
    for name, value in reference.items():
        ax.axhline(value, color=color(name), linestyle=linestyle(name))
    longest = max(len(values) for seeds in curves.values() for values in seeds)
    gap = 0.07 * (limits[1] - limits[0]) if limits else 0
    if limits:  # a curve that ends outside is named at the edge
        heights = {name: np.clip(height, *limits) for name, height in heights.items()}
    for name, height in _apart(heights, gap).items():
        _label_line(ax, name, height, longest)
    ax.set(xlabel="epoch", ylabel=label, xlim=(1, max(longest, 2)))
    if limits:
        ax.set_ylim(limits)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def _seed_curve(ax, name, values):
    """Draw the curve of one seed with its lowest point."""
    epochs, at = np.arange(1, len(values) + 1), int(np.argmin(values))
    look = {"color": color(name), "linestyle": linestyle(name)}
    ax.plot(epochs, values, linewidth=1.0, alpha=0.75, **look)
    ax.plot(epochs[at], values[at], marker="o", markersize=4.5, **look)


def _apart(heights, gap):
    """Return the heights of labels, moved as little as keeps them `gap` apart."""
    names = sorted(heights, key=heights.get)
    moved = np.array([heights[name] for name in names], dtype=float)
    for _ in range(100):
        missing = np.maximum(gap - np.diff(moved), 0) / 2
        moved[:-1] -= missing
        moved[1:] += missing
    return dict(zip(names, moved, strict=True))


def _label_line(ax, name, height, end):
    style = {"color": color(name), "va": "center", "annotation_clip": False}
    at = {"xytext": (8, 0), "textcoords": "offset points"}
    ax.annotate(name, (end, height), **at, **style)
