"""Figures on the size of gradients: through depth, through time, and clipped."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE

__all__ = [
    "bound",
    "cliff",
    "clipped",
    "norms",
    "predicted",
    "slope_products",
    "weight_changes",
]

_LOOKS = [
    ("blue", "-"),
    ("orange", "--"),
    ("green", "-."),
    ("vermilion", ":"),
    ("purple", (0, (5, 1, 1, 1, 1, 1))),
]


def norms(panels, *, xlabel, floor=1e-40, ceiling=1e20):
    """Draw gradient norms against depth or time, in one panel per activation.

    Parameters
    ----------
    panels : dict of str to dict of str to array-like of shape (seeds, positions)
        Title of each panel, and for each curve its name and the norms along layers or
        steps, divided by the last one.
    xlabel : str
        What the positions are.
    floor, ceiling : float
        Where the axis ends: what lies beyond is drawn at its edge.

    Returns
    -------
    ndarray of Axes
        One per panel.

    Examples
    --------
    >>> axes = norms({"tanh": {"Glorot": [[0.1, 1.0]]}}, xlabel="layer")
    >>> len(axes)
    1
    """
    rows = -(-len(panels) // 2)
    figure = plt.figure(figsize=(6.4, 0.7 + 2.3 * rows))
    axes = figure.subplots(rows, min(len(panels), 2), sharey=True, squeeze=False)
    for ax, (title, curves) in zip(axes.flat, panels.items(), strict=False):
        for (name, values), look in zip(curves.items(), _LOOKS, strict=False):
            _band(ax, name, np.clip(values, floor, ceiling), look)
        ax.set(yscale="log", ylim=(floor, ceiling), title=title)
        ax.axhline(1, color=PALETTE["light"], linewidth=1, zorder=0)
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    for ax in axes[-1]:
        ax.set_xlabel(xlabel)
    for ax in axes[:, 0]:
        ax.set_ylabel("norm / last norm")
    handles = axes.flat[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper center", ncols=len(handles[1]))
    return axes.ravel()[: len(panels)]


def _band(ax, name, values, look):
    """Draw the median over seeds as a line, and from lowest to highest as a band."""
    values = np.atleast_2d(values)
    position = np.arange(1, values.shape[1] + 1)
    color = PALETTE[look[0]]
    ax.fill_between(
        position, values.min(axis=0), values.max(axis=0), color=color, alpha=0.2, lw=0
    )
    median = np.median(values, axis=0)
    ax.plot(position, median, color=color, linestyle=look[1], label=name)


def bound(panels):
    """Draw a measured gradient norm through time below the bounds on it.

    Parameters
    ----------
    panels : dict of str to dict of str to array-like of shape (steps,)
        Title of each panel, and for each curve its name and the norms along the steps,
        divided by the last one; the first curve is the measured one.

    Returns
    -------
    ndarray of Axes
        One per panel.

    Examples
    --------
    >>> axes = bound({"Glorot": {"measured": [0.1, 1.0], "bound": [0.5, 1.0]}})
    >>> len(axes[0].lines)
    2
    """
    figure = plt.figure(figsize=(6.4, 3.2))
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for ax, (title, curves) in zip(axes, panels.items(), strict=True):
        for (name, values), look in zip(curves.items(), _LOOKS, strict=False):
            position = np.arange(1, len(values) + 1)
            color = PALETTE[look[0]]
            ax.plot(position, values, color=color, linestyle=look[1], label=name)
        ax.set(yscale="log", title=title, xlabel="step")
    axes[0].set_ylabel("norm / last norm")
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2
    )
    return axes


def slope_products(products, *, ax=None):
    """Draw the product of slopes and weights along a chain, for several chains.

    Parameters
    ----------
    products : dict of str to array-like of shape (neurons,)
        Name of each chain and the product after one, two, ... neurons.
    ax : Axes, optional
        Where to draw.

    Examples
    --------
    >>> ax = slope_products({"w = 1": [0.25, 0.0625]})
    >>> ax.get_yscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    for (name, values), look in zip(products.items(), _LOOKS, strict=False):
        color = PALETTE[look[0]]
        ax.plot(np.arange(1, len(values) + 1), values, color=color, linestyle=look[1])
        ax.annotate(
            name,
            (len(values), values[-1]),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=color,
            annotation_clip=False,
        )
    ax.axhline(1, color=PALETTE["light"], linewidth=1, zorder=0)
    ax.set(yscale="log", xlabel="neurons passed", ylabel="factor on the error")
    return ax


def weight_changes(changes, *, ax=None):
    """Draw by how much each layer's weights changed in training, relative to its size.

    Parameters
    ----------
    changes : dict of str to array-like of shape (seeds, layers)
        Name of each kind of network and the relative changes.
    ax : Axes, optional
        Where to draw.

    Examples
    --------
    >>> ax = weight_changes({"sigmoid": [[0.1, 0.2]]})
    >>> ax.get_xlabel()
    'layer'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    for (name, values), look in zip(changes.items(), _LOOKS, strict=False):
        _band(ax, name, values, look)
    ax.set(yscale="log", xlabel="layer", ylabel="relative change of its weights")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def clipped(gradient, limit, *, ax=None):
    """Draw a gradient of two parameters, and the same clipped by value and by norm.

    Parameters
    ----------
    gradient : array-like of shape (2,)
        Slopes along the two parameters.
    limit : float
        Largest entry when clipped by value, largest norm when clipped by norm.
    ax : Axes, optional
        Where to draw.

    Examples
    --------
    >>> ax = clipped([3.0, 1.0], 1.0)
    >>> [text.get_text() for text in ax.texts if text.get_text()]
    ['gradient', 'by value', 'by norm']
    """
    ax = ax or plt.figure(figsize=(5.2, 3.2)).add_subplot()
    gradient = np.asarray(gradient, dtype=float)
    by_norm = gradient * min(1, limit / np.linalg.norm(gradient))
    arrows = {
        "gradient": (gradient, "grey", (-4, 6)),
        "by value": (np.clip(gradient, -limit, limit), "vermilion", (6, 8)),
        "by norm": (by_norm, "blue", (8, -10)),
    }
    for name, (vector, color, offset) in arrows.items():
        ax.annotate(
            "",
            vector,
            (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": PALETTE[color], "lw": 2},
        )
        at = {"xytext": offset, "textcoords": "offset points"}
        ax.annotate(name, vector, color=PALETTE[color], **at)
    square = plt.Rectangle((-limit, -limit), 2 * limit, 2 * limit, fill=False)
    for patch in (square, plt.Circle((0, 0), limit, fill=False)):
        patch.set(edgecolor=PALETTE["grey"], linestyle=":")
        ax.add_patch(patch)
    low, high = np.minimum(-1.2 * limit, 1.15 * gradient), 1.15 * gradient
    high = np.maximum([1.2 * limit, 1.6 * limit], high)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set(aspect="equal", xlabel="slope along w", ylabel="slope along b")
    return ax


def cliff(biases, costs, paths):
    """Draw a cost with a cliff, and where gradient descent went on it.

    Parameters
    ----------
    biases, costs : array-like of shape (n,)
        The bias of a recurrent neuron, and the cost that it gives.
    paths : dict of str to array-like of shape (updates,)
        Name of each run and the bias before each update.

    Returns
    -------
    ndarray of Axes
        The cost at the left, the runs at the right.

    Examples
    --------
    >>> axes = cliff([-1, 1], [1.0, 0.0], {"not clipped": [0.1, 5.0]})
    >>> axes[1].get_xlabel()
    'update'
    """
    figure = plt.figure(figsize=(6.4, 3.2))
    left, right = axes = figure.subplots(1, 2)
    left.plot(biases, costs, color=PALETTE["ink"])
    left.set(xlabel="bias b", ylabel="cost")
    for (name, values), look in zip(paths.items(), _LOOKS[::3], strict=False):
        color = PALETTE[look[0]]
        right.plot(values, color=color, linestyle=look[1], label=name)
    right.set(xlabel="update", ylabel="bias b")
    right.set_yscale("symlog", linthresh=0.1)
    right.legend()
    return axes


def predicted(ratios, recalled=None, *, threshold, ax=None):
    """Draw what a ratio before training predicts, and what became of it.

    Parameters
    ----------
    ratios : array-like of shape (runs,)
        Gradient along the first input over that along the last, before training.
    recalled : array-like of shape (runs,), optional
        Share of sequences whose sign was recalled after training; without it only the
        ratios are shown.
    threshold : float
        Ratio above which a network is expected to learn.
    ax : Axes, optional
        Where to draw.

    Examples
    --------
    >>> ax = predicted([1e-3, 1e-6], [1.0, 0.5], threshold=1e-4)
    >>> ax.get_ylabel()
    'share recalled'
    """
    ax = ax or plt.figure(figsize=(6.4, 2.8)).add_subplot()
    ratios = np.clip(ratios, 1e-16, 10)
    ax.axvline(threshold, color=PALETTE["grey"], linestyle="--", linewidth=1)
    ax.axhline(0.95, color=PALETTE["light"], linewidth=1, zorder=0)
    ax.axhline(0.5, color=PALETTE["light"], linewidth=1, zorder=0)
    hidden = recalled is None
    ax.plot(
        ratios,
        np.full(len(ratios), 0.73) if hidden else recalled,
        "o",
        color=PALETTE["blue"],
        markerfacecolor="none" if hidden else PALETTE["blue"],
        alpha=0.8,
    )
    sides = {"should not learn": (-8, "right"), "should learn": (8, "left")}
    for text, (offset, side) in sides.items():
        at = {"xytext": (offset, 0), "textcoords": "offset points"}
        ax.annotate(text, (threshold, 1.06), ha=side, color=PALETTE["grey"], **at)
    ax.set(xscale="log", xlim=(1e-17, 30), ylim=(0.42, 1.14), ylabel="share recalled")
    ax.set_yticks(
        [0.5, 0.73, 0.95],
        ["guessing", "?", "learned"] if hidden else ["0.50", "", "0.95"],
    )
    ax.set_xlabel("gradient along the first input / along the last, before training")
    return ax
