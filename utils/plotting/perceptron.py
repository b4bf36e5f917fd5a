"""The figures of chapter 1: thresholds, decision lines, mistakes, gates."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from utils.plotting.style import PALETTE
from utils.scratch import neuron, step

__all__ = ["decision_line", "gates", "mistakes", "threshold", "updates_and_bound"]

CLASSES = (("orange", "o", "class 0"), ("blue", "s", "class 1"))


def threshold(*, w=1.0, b=-10.0, x_max=20.0, ax=None):
    """Draw the output of a one-input neuron against its input.

    Parameters
    ----------
    w, b : float
        Weight and bias; the output switches at ``-b / w``.
    x_max : float, default 20.0
        Right end of the input axis.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> threshold(w=2.0, b=-10.0).get_xlabel()
    'input $x$'
    """
    ax = ax or plt.figure(figsize=(6.4, 2.9)).add_subplot()
    x = np.linspace(0, x_max, 2001)
    ax.plot(x, step(w * x + b), color=PALETTE["blue"])
    if w and 0 < -b / w < x_max:
        switch = -b / w
        ax.axvline(switch, color=PALETTE["grey"], linestyle=":", linewidth=1.2)
        ax.annotate(
            f"$-b/w$ = {switch:.3g}",
            (switch, 0.5),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
        )
    ax.set(xlabel="input $x$", ylabel="output", xlim=(0, x_max), ylim=(-0.1, 1.1))
    ax.set_yticks([0, 1])
    return ax


def decision_line(X=None, y=None, *, w, b, limit=1.2, arrow=True, ax=None):
    """Draw the two half-planes of a neuron with two inputs, and labelled points.

    Parameters
    ----------
    X : array-like of shape (n_examples, 2), optional
        Points to draw.
    y : array-like of shape (n_examples,), optional
        Their labels, 0 or 1; wrong decisions are ringed.
    w : array-like of shape (2,)
        Weights; the arrow shows their direction.
    b : float
        Bias.
    limit : float or pair of float, default 1.2
        Axes run from -limit to limit, or from the first to the second.
    arrow : bool, default True
        Whether to draw the weight vector.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> decision_line(w=[1.0, 2.0], b=0.5).get_ylabel()
    '$x_2$'
    """
    ax = ax or plt.figure(figsize=(4.4, 4.2)).add_subplot()
    low, high = np.broadcast_to(limit, 2) if np.ndim(limit) else (-limit, limit)
    w = np.asarray(w, dtype=float)
    if np.any(w):
        _shade(ax, w, b, low, high)
    if arrow and np.any(w):
        _weight_arrow(ax, w, b, length=0.15 * (high - low))
    if X is not None:
        _scatter(ax, np.asarray(X, dtype=float), np.asarray(y), w, b)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(low, high), ylim=(low, high))
    ax.set_aspect("equal")
    return ax


def _shade(ax, w, b, low, high):
    """Fill the side where the neuron fires, and draw the line where z = 0."""
    corners = np.array([[low, low], [high, low], [high, high], [low, high]])
    inside = _clip(corners, w, b)
    if len(inside):
        ax.fill(*inside.T, color=PALETTE["blue"], alpha=0.13, linewidth=0)
    nearest = -b * w / (w @ w)
    along = np.array([-w[1], w[0]]) / np.linalg.norm(w) * 4 * (high - low)
    ends = np.array([nearest - along, nearest + along])
    ax.plot(*ends.T, color=PALETTE["ink"], linewidth=1.4)


def _clip(corners, w, b):
    """Return the part of a polygon where ``w @ x + b`` is not negative."""
    z, kept = neuron(corners, w, b), []
    for i, corner in enumerate(corners):
        after, z_after = corners[i - 1], z[i - 1]
        if z[i] * z_after < 0:
            kept.append(corner + (after - corner) * z[i] / (z[i] - z_after))
        if z[i] >= 0:
            kept.append(corner)
    return _by_angle(np.array(kept))


def _by_angle(points):
    """Order the corners of a convex polygon around its centre."""
    if len(points) < 3:
        return points
    offset = points - points.mean(axis=0)
    return points[np.argsort(np.arctan2(offset[:, 1], offset[:, 0]))]


def _weight_arrow(ax, w, b, length):
    start, unit = -b * w / (w @ w), w / np.linalg.norm(w)
    tip = start + unit * length
    style = {"arrowstyle": "-|>", "color": PALETTE["ink"], "linewidth": 1.4}
    ax.annotate("", tip, start, arrowprops=style, annotation_clip=True)
    ax.annotate(
        "$w$",
        tip,
        xytext=10 * unit,
        textcoords="offset points",
        ha="center",
        va="center",
        annotation_clip=True,
    )


def _scatter(ax, X, y, w, b):
    for label, (shade, marker, _) in enumerate(CLASSES):
        ax.scatter(*X[y == label].T, c=PALETTE[shade], marker=marker, s=34, zorder=3)
    wrong = X[step(neuron(X, w, b)) != y]
    ring = {"s": 130, "facecolors": "none", "edgecolors": PALETTE["vermilion"]}
    ax.scatter(*wrong.T, **ring, linewidths=1.8, zorder=4)


def gates(fitted, *, axes=None):
    """Draw the decision line that a perceptron reached on each logical gate.

    Parameters
    ----------
    fitted : dict of str to tuple (perceptron, X, y)
        Name of the gate, the fitted perceptron and the gate's truth table.
    axes : sequence of matplotlib.axes.Axes, optional
        One per gate; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    With whole weights, as Rosenblatt's rule finds them on a gate, every sum is a whole
    number, and a bias larger by one half gives the same answers.  The lines are drawn
    with that bias, so that they touch no point.

    Taught in chapter 1.

    Examples
    --------
    >>> from utils.scratch import Perceptron
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    >>> gates({"AND": (Perceptron().fit(X, y), X, y)})[0].get_title("left")
    'AND'
    """
    if axes is None:
        figure = plt.figure(figsize=(2.15 * len(fitted), 2.9))
        axes = figure.subplots(1, len(fitted), sharey=True, squeeze=False)[0]
    for ax, (name, (model, X, y)) in zip(axes, fitted.items(), strict=True):
        b = model.b + (0.5 if np.all(model.w % 1 == 0) and model.b % 1 == 0 else 0)
        decision_line(X, y, w=model.w, b=b, limit=(-0.5, 1.5), arrow=False, ax=ax)
        ax.set(xticks=[0, 1], yticks=[0, 1], ylabel="")
        ax.set_title(name, loc="left")
    axes[0].set_ylabel("$x_2$", rotation=0, labelpad=10)
    return axes


def mistakes(histories, *, ax=None):
    """Draw the number of mistakes in each epoch, one line per task.

    Parameters
    ----------
    histories : dict of str to list of int
        Name of the task and its mistakes per epoch.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> len(mistakes({"AND": [2, 1, 0], "XOR": [3, 4, 4]}).lines)
    2
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    looks = (("blue", "o"), ("orange", "s"), ("vermilion", "^"), ("green", "D"))
    for (name, counts), (shade, marker) in zip(histories.items(), looks, strict=False):
        epochs = np.arange(1, len(counts) + 1)
        ax.plot(epochs, counts, color=PALETTE[shade], marker=marker, clip_on=False)
        ax.annotate(
            name,
            (epochs[-1], counts[-1]),
            xytext=(6, 6),
            textcoords="offset points",
            color=PALETTE[shade],
        )
    ax.set(xlabel="epoch", ylabel="mistakes in the epoch", ylim=(0, None))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(integer=True))
    return ax


def updates_and_bound(updates, bounds, *, ax=None):
    """Draw the updates that each data set took against Novikoff's bound.

    Parameters
    ----------
    updates : array-like of shape (n_sets,)
        Updates until the rule stopped.
    bounds : array-like of shape (n_sets,)
        Largest number of updates that the theorem allows.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> updates_and_bound([3, 5], [40.0, 90.0]).get_xscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(5.6, 3.6)).add_subplot()
    ax.scatter(bounds, updates, s=16, color=PALETTE["blue"], alpha=0.75, linewidths=0)
    ends = np.array([min(bounds), max(bounds)])
    ax.plot(ends, ends, color=PALETTE["grey"], linestyle="--")
    ax.annotate(
        "the bound",
        (ends[1], ends[1]),
        xytext=(-14, 0),
        textcoords="offset points",
        color=PALETTE["grey"],
        ha="right",
        va="center",
    )
    ax.set(xscale="log", yscale="log")
    ax.set(xlabel="bound on the number of updates", ylabel="updates made")
    return ax
