"""Drawings of neurons and networks, in the style of the figures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from utils.plotting.style import PALETTE

__all__ = ["neuron_and_model", "timeline"]


def neuron_and_model(*, ax=None):
    """Draw a nerve cell beside the model that borrows its name.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> [text.get_text() for text in neuron_and_model().texts][:2]
    ['dendrites', 'nucleus']
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    _nerve_cell(ax)
    _model(ax, left=7.4)
    ax.set(xlim=(-0.4, 15.2), ylim=(-3.0, 3.0))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def _nerve_cell(ax):
    """Draw dendrites, cell body with nucleus, and axon, with their names."""
    rose = PALETTE["orange"]
    for y in (-1.9, -1.1, -0.2, 0.8, 1.7):
        _curve(ax, (0.0, y), (1.0, y), (1.3, 0.4 * y), (2.2, 0.25 * y), rose)
        _curve(ax, (0.0, y + 0.4), (0.4, y + 0.4), (0.4, y), (0.746, 0.866 * y), rose)
    _curve(ax, (2.8, 0.0), (3.8, 0.5), (4.6, -0.5), (5.6, 0.0), rose, width=3.0)
    for y in (-0.9, 0.0, 0.9):
        _curve(ax, (5.5, 0.0), (5.8, 0.0), (5.8, y), (6.3, y), rose)
    ax.add_patch(Circle((2.5, 0.0), 0.85, facecolor="#f4dcb0", edgecolor=rose))
    ax.add_patch(Circle((2.5, 0.0), 0.3, facecolor=rose, edgecolor="none"))
    ax.text(0.6, -2.7, "dendrites", ha="center")
    ax.text(2.6, 1.15, "nucleus", ha="center")
    ax.text(4.5, -0.95, "axon", ha="center")


def _curve(ax, *points_and_color, width=1.8):
    *points, shade = points_and_color
    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    look = {"facecolor": "none", "edgecolor": shade, "linewidth": width}
    ax.add_patch(PathPatch(path, capstyle="round", **look))


def _model(ax, left):
    """Draw inputs, weights, sum, bias, step and output."""
    blue = PALETTE["blue"]
    total, switch = np.array([left + 3.4, 0.0]), np.array([left + 5.4, 0.0])
    right, up = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    for i, y in enumerate((1.8, 0.0, -1.8), start=1):
        start = np.array([left + 0.6, y])
        toward = (total - start) / np.linalg.norm(total - start)
        _arrow(ax, start + 0.4 * toward, total - 0.62 * toward)
        _symbol(ax, start, f"$x_{i}$")
        middle = start + 0.48 * (total - start)
        ax.text(*(middle + 0.3 * up), f"$w_{i}$", ha="center", color=blue)
    _arrow(ax, total - 2.0 * up, total - 0.62 * up)
    _symbol(ax, total - 2.35 * up, "$b$", color=blue)
    _arrow(ax, total + 0.6 * right, switch - 0.6 * right)
    _arrow(ax, switch + 0.6 * right, switch + 1.4 * right)
    for centre in (total, switch):
        look = {"facecolor": "#dbe9f3", "edgecolor": blue}
        ax.add_patch(Circle(centre, 0.6, linewidth=1.4, **look))
    _symbol(ax, total, r"$\Sigma$")
    corners = switch + np.array([[-0.3, -0.2], [0, -0.2], [0, 0.22], [0.3, 0.22]])
    ax.plot(*corners.T, color=PALETTE["ink"], linewidth=1.6)
    _symbol(ax, switch + 1.75 * right, r"$\hat y$")
    ax.text(*(total + 0.95 * up), "sum $z$", ha="center")
    ax.text(*(switch + 0.95 * up), "step", ha="center")


def _arrow(ax, start, end):
    look = {"arrowstyle": "-|>", "color": PALETTE["ink"], "linewidth": 1.4}
    ax.annotate("", end, start, arrowprops=look)


def _symbol(ax, at, text, **look):
    ax.text(*at, text, ha="center", va="center", fontsize=13, **look)


def timeline(events, *, ax=None):
    """Draw dated events along a line, their texts alternating above and below.

    Parameters
    ----------
    events : dict of int to str
        Year and what happened; line breaks are kept.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> timeline({1958: "perceptron", 1969: "Perceptrons"}).get_yticks().size
    0
    """
    ax = ax or plt.figure(figsize=(6.4, 2.7)).add_subplot()
    years = sorted(events)
    ax.plot(years, np.zeros(len(years)), color=PALETTE["grey"], marker="o", zorder=2)
    for i, year in enumerate(years):
        above = 1 if i % 2 == 0 else -1
        ax.annotate(
            f"{year}\n{events[year]}",
            (year, 0),
            xytext=(0, 16 * above),
            textcoords="offset points",
            ha="center",
            va="bottom" if above > 0 else "top",
            arrowprops={"arrowstyle": "-", "color": PALETTE["light"]},
            fontsize=9.5,
        )
    ax.set(ylim=(-1, 1), xlim=(years[0] - 5, years[-1] + 5))
    ax.axis("off")
    ax.set_yticks([])
    return ax
