"""The figures of chapter 3: penalties, saturation, steps downhill, races, schedules."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE
from utils.scratch import binary_cross_entropy, quadratic, sigmoid

__all__ = [
    "OPTIMIZER_LOOKS",
    "adam_steps",
    "cost_curves",
    "one_weight",
    "penalties",
    "recovery",
    "saturation",
    "schedules",
    "steps_by_rate",
    "two_valleys",
    "weight_paths",
]

OPTIMIZER_LOOKS = {
    "gradient descent": ("ink", "-", "o"),
    "momentum": ("blue", "--", "s"),
    "AdaGrad": ("orange", "-.", "^"),
    "RMSprop": ("green", ":", "D"),
    "Adam": ("vermilion", "-", "v"),
}
"""Colour, line style and marker of each optimizer, the same in every chapter."""

COSTS = (
    ("quadratic", quadratic, "orange", "--"),
    ("cross-entropy", binary_cross_entropy, "blue", "-"),
)


def penalties(*, axes=None):
    """Draw what one example costs: for an error of a number, and of a probability.

    Parameters
    ----------
    axes : sequence of 2 matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> penalties()[1].get_xlabel()
    'probability $p$ given to the right answer'
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 2.9)).subplots(1, 2)
    error, p = np.linspace(-4, 4, 81), np.linspace(0.005, 1, 200)
    left, right = axes
    left.plot(error, error**2 / 2, color=PALETTE["orange"], linestyle="--")
    left.plot(error, np.abs(error), color=PALETTE["grey"], linestyle=":")
    _say(left, "half the square", (-3.1, 6.8), "orange")
    _say(left, "absolute\nvalue", (2.0, 0.2), "grey", fontsize=9)
    left.set(xlabel=r"error $\hat{y} - y$", ylabel="cost of one example", ylim=(0, 8))
    right.plot(p, -np.log(p), color=PALETTE["blue"])
    right.plot(p, (1 - p) ** 2 / 2, color=PALETTE["orange"], linestyle="--")
    _say(right, "cross-entropy", (0.2, 1.8), "blue")
    _say(right, "half the square", (0.02, 0.55), "orange", fontsize=9)
    right.set(xlabel="probability $p$ given to the right answer", ylim=(0, 3))
    right.set(xlim=(0, 1))
    return axes


def _say(ax, text, at, shade, **options):
    """Write a label in the colour of its line."""
    ax.text(*at, text, color=PALETTE[shade], **options)


def saturation(*, ax=None):
    """Draw the slope along z of two costs of a sigmoid neuron that should answer 0.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> len(saturation().lines)
    2
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    z = np.linspace(-6, 10, 161)
    for name, cost, shade, dash in COSTS:
        slopes = [cost.error([[0.0]], [[value]], sigmoid)[0, 0] for value in z]
        ax.plot(z, slopes, color=PALETTE[shade], linestyle=dash)
        _say(ax, name, (4.3, 1.04 * slopes[100] + 0.04), shade)
    ax.set(xlabel="weighted sum $z$", ylabel="slope $dC/dz$", ylim=(0, 1.15))
    ax.set(xlim=(-6, 10))
    return ax


def recovery(start, *, lr=1.0, n_steps=300, ax=None):
    """Draw how a sigmoid neuron that should answer 0 recovers, for two costs.

    Parameters
    ----------
    start : float
        Weighted sum at which training starts.
    lr : float, default 1.0
        Learning rate.
    n_steps : int, default 300
        Steps of gradient descent on the sum itself.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> recovery(3.0).get_ylabel()
    'output $a$'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    steps = np.arange(0, n_steps + 1, 3)
    for name, cost, shade, dash in COSTS:
        outputs = _outputs(cost, start, lr, n_steps)[steps]
        ax.plot(steps, outputs, color=PALETTE[shade], linestyle=dash, label=name)
    ax.set(xlabel="step", ylabel="output $a$", xlim=(0, n_steps), ylim=(0, 1.04))
    ax.legend(loc="upper right", bbox_to_anchor=(1.0, 0.95))
    return ax


def _outputs(cost, z, lr, n_steps):
    """Return a neuron's output before each step towards 0 and after the last."""
    outputs = np.empty(n_steps + 1)
    for step in range(n_steps + 1):
        outputs[step] = sigmoid(z)
        z = z - lr * cost.error([[0.0]], [[z]], sigmoid)[0, 0]
    return outputs


def one_weight(x, y, *, lr, w=0.0, n_steps=12, axes=None):
    """Draw gradient descent on the quadratic cost of the model ``y_hat = w x``.

    Parameters
    ----------
    x, y : array-like of shape (n,)
        Inputs, not all zero, and targets.
    lr : float
        Learning rate.
    w : float, default 0.0
        Weight to start from.
    n_steps : int, default 12
        Number of steps.
    axes : sequence of 2 matplotlib.axes.Axes, optional
        Where to draw the cost with the steps on it, and the weight after each step; a
        new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> left, right = one_weight([1.0, 3.0], [3.0, 4.0], lr=0.1)
    >>> right.lines[1].get_ydata()[:3]
    array([0.   , 0.75 , 1.125])
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 3.0)).subplots(1, 2)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    curvature, best = np.mean(x * x), np.mean(x * y) / np.mean(x * x)
    path = best + (w - best) * (1 - lr * curvature) ** np.arange(n_steps + 1)
    reach = 2.2 * abs(w - best) or 1.0
    _bowl(axes[0], path, best, reach, lambda w: _half_squares(x, y, w))
    _weight_by_step(axes[1], path, best, reach)
    return axes


def _half_squares(x, y, w):
    """Return the quadratic cost of each of several weights."""
    return np.mean((np.multiply.outer(w, x) - y) ** 2, axis=-1) / 2


def _bowl(ax, path, best, reach, cost):
    """Draw the cost against the weight and the steps on it."""
    w = np.linspace(best - reach, best + reach, 101)
    ax.plot(w, cost(w), color=PALETTE["grey"])
    path = _until_lost(path, best, 4 * reach)
    look = {"color": PALETTE["blue"], "linewidth": 1.2, "marker": "o", "markersize": 4}
    ax.plot(path, cost(path), **look)
    ax.set(xlabel="weight $w$", ylabel="cost $C$", ylim=(0, 1.05 * cost(w).max()))
    ax.set(xlim=(w[0], w[-1]))


def _weight_by_step(ax, path, best, reach):
    ax.axhline(best, color=PALETTE["grey"], linestyle=":", linewidth=1.2)
    shown = _until_lost(path, best, 4 * reach)
    look = {"color": PALETTE["blue"], "marker": "o", "markersize": 4, "linewidth": 1.2}
    ax.plot(np.arange(len(shown)), shown, **look)
    ax.set(xlabel="step", ylabel="weight $w$", ylim=(best - reach, best + reach))
    ax.set(xlim=(-0.3, len(path) - 0.7))


def _until_lost(path, best, reach):
    """Return the path up to its first point farther than `reach` from the minimum."""
    far = np.flatnonzero(np.abs(path - best) > reach)
    return path[: far[0] + 1] if len(far) else path


def weight_paths(cost, paths, *, limits, levels, goals, ax=None):
    """Draw paths of two weights over the contours of a cost.

    Parameters
    ----------
    cost : callable
        ``cost(w)`` of an array of shape (2, ...) is the cost of each pair of weights.
    paths : dict of str to array-like of shape (n_steps + 1, 2)
        Weights before the first step and after each; a dot marks the last. Names in
        `OPTIMIZER_LOOKS` look the same in every figure; more than one gets a legend.
    limits : tuple of 4 floats
        Left, right, bottom and top of the plane.
    levels : array-like of float
        Costs at which contours are drawn, ascending.
    goals : array-like of shape (n_goals, 2)
        Minima, marked by a cross.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> ax = weight_paths(
    ...     lambda w: w[0] ** 2 + w[1] ** 2,
    ...     {"Adam": [[1.0, 1.0], [0.9, 0.9]]},
    ...     limits=(-2, 2, -2, 2),
    ...     levels=[1, 2],
    ...     goals=[[0, 0]],
    ... )
    >>> ax.get_xlabel()
    'weight $w_1$'
    """
    ax = ax or plt.figure(figsize=(6.4, 4.2)).add_subplot()
    left, right, bottom, top = limits
    w = np.meshgrid(np.linspace(left, right, 61), np.linspace(bottom, top, 61))
    look = {"colors": PALETTE["light"], "linewidths": 1.0}
    ax.contour(*w, cost(np.array(w)), levels=levels, **look)
    ax.plot(*np.transpose(goals), "+", color=PALETTE["grey"], markersize=10)
    for name, path in paths.items():
        _path(ax, name, np.asarray(path, dtype=float))
    if len(paths) > 1:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    ax.set(xlabel="weight $w_1$", ylabel="weight $w_2$")
    ax.set(xlim=(left, right), ylim=(bottom, top))
    return ax


def _path(ax, name, path):
    """Draw one path and a marker where it has arrived."""
    shade, dash, marker = OPTIMIZER_LOOKS.get(name, ("blue", "-", "o"))
    look = {"color": PALETTE[shade], "linestyle": dash, "label": name}
    ax.plot(*path.T, linewidth=1.4, marker=marker, markevery=[-1], **look)


def adam_steps(ratios, *, ax=None):
    """Draw how long Adam's steps are on a constant slope, in learning rates.

    Parameters
    ----------
    ratios : dict of str to array-like of shape (n_steps,)
        Length of each step divided by the learning rate, by the name of the variant;
        two at most.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> adam_steps({"corrected": [1.0, 1.0]}).get_xscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    looks = (("vermilion", "-"), ("purple", "--"))
    for (name, ratio), (shade, dash) in zip(ratios.items(), looks, strict=False):
        steps = np.arange(1, len(ratio) + 1)
        ax.plot(steps, ratio, color=PALETTE[shade], linestyle=dash)
        here = int(len(ratio) ** 0.3)
        spot = {"xytext": (0, 6), "textcoords": "offset points"}
        ax.annotate(name, (steps[here], ratio[here]), color=PALETTE[shade], **spot)
    ax.set(xlabel="step", ylabel="length, in learning rates", xscale="log")
    ax.set_ylim(0, 1.15 * max(map(max, ratios.values())))
    return ax


def schedules(rates, *, n_steps, ax=None):
    """Draw learning rates against the number of updates made.

    Parameters
    ----------
    rates : dict of str to callable
        Name and schedule: a function from the number of updates to the learning rate;
        four at most.
    n_steps : int
        Updates to draw.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> schedules({"constant": lambda step: 0.1}, n_steps=10).get_xlabel()
    'updates made'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    looks = (("grey", ":"), ("orange", "-."), ("green", "--"), ("blue", "-"))
    steps = np.arange(n_steps + 1)
    for (name, rate), (shade, dash) in zip(rates.items(), looks, strict=False):
        values = [rate(step) for step in steps]
        look = {"color": PALETTE[shade], "linestyle": dash, "label": name}
        ax.plot(steps, values, drawstyle="steps-post", **look)
    ax.set(xlabel="updates made", ylabel="learning rate")
    ax.set(xlim=(0, n_steps), ylim=(0, None))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
    return ax


def cost_curves(curves, *, reference=None, limits=None, ax=None):
    """Draw the cost after each step, one line per training run, on a logarithmic axis.

    Parameters
    ----------
    curves : dict of str to array-like of shape (n_steps + 1,)
        Name of a run and its costs, from the one before the first step; four at most.
    reference : tuple of (str, float), optional
        Name and cost of a baseline, drawn as a horizontal line.
    limits : (float, float), optional
        Lowest and highest cost shown; a curve that leaves is named at the edge.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> cost_curves({"rate 0.1": [1.0, 0.5, 0.25]}).get_yscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    looks = (("blue", "-"), ("orange", "--"), ("vermilion", "-."), ("green", ":"))
    for (name, costs), (shade, dash) in zip(curves.items(), looks, strict=False):
        ax.plot(costs, color=PALETTE[shade], linestyle=dash)
        place = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        height = np.clip(costs[-1], *limits) if limits else costs[-1]
        end = len(costs) - 1, height
        ax.annotate(name, end, color=PALETTE[shade], annotation_clip=False, **place)
    if reference:
        name, height = reference
        ax.axhline(height, color=PALETTE["grey"], linestyle=":")
        ax.annotate(
            name,
            (0.5, height),
            xycoords=("axes fraction", "data"),
            xytext=(0, -5),
            textcoords="offset points",
            va="top",
            color=PALETTE["grey"],
        )
    longest = max(map(len, curves.values())) - 1
    ax.set(xlabel="step", ylabel="cost", yscale="log", xlim=(0, max(longest, 1)))
    if limits:
        ax.set_ylim(limits)
    return ax


def two_valleys(cost, paths, *, limits, ax=None):
    """Draw a cost of one weight with more than one minimum, and descents on it.

    Parameters
    ----------
    cost : callable
        From an array of weights to their costs.
    paths : list of array-like of shape (n_steps + 1,)
        Weights before the first step and after each; a ring marks each start, a dot
        each end. Three at most.
    limits : (float, float)
        Lowest and highest weight shown.

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> ax = two_valleys(lambda w: w**2, [[1.0, 0.5]], limits=(-2, 2))
    >>> ax.get_xlabel()
    'weight $w$'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    w = np.linspace(*limits, 201)
    ax.plot(w, cost(w), color=PALETTE["grey"])
    for path, shade in zip(paths, ("blue", "vermilion", "green"), strict=False):
        path = np.asarray(path, dtype=float)
        look = {"color": PALETTE[shade], "linewidth": 1.2}
        ax.plot(path, cost(path), marker=".", markersize=5, **look)
        ring = {"marker": "o", "markersize": 8, "markerfacecolor": "none"}
        ax.plot(path[0], cost(path[0]), color=PALETTE[shade], **ring)
        ax.plot(path[-1], cost(path[-1]), "o", markersize=8, color=PALETTE[shade])
    ax.set(xlabel="weight $w$", ylabel="cost $C$", xlim=limits)
    return ax


def steps_by_rate(rates, steps, *, limit, axes=None):
    """Draw how many steps optimizers need against their learning rate.

    Parameters
    ----------
    rates : array-like of shape (n_rates,)
        Learning rates, ascending.
    steps : dict of str to dict of str to array-like of shape (n_rates,)
        By surface, then by optimizer (a key of `OPTIMIZER_LOOKS`): steps until the
        goal, NaN where it was not reached.
    limit : float
        Steps within which a rate counts as working, drawn as a horizontal line.
    axes : sequence of matplotlib.axes.Axes, optional
        One per surface; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 3.

    Examples
    --------
    >>> steps = {"ravine": {"Adam": [50.0, 20.0, float("nan")]}}
    >>> axes = steps_by_rate([0.1, 0.2, 0.4], steps, limit=100)
    >>> axes[0].get_title(loc="left"), axes[0].get_xscale()
    ('ravine', 'log')
    """
    if axes is None:
        figure = plt.figure(figsize=(6.4, 2.2 * len(steps) + 0.5))
        axes = figure.subplots(len(steps), 1, sharex=True, squeeze=False)[:, 0]
    for ax, (surface, found) in zip(axes, steps.items(), strict=True):
        for name, needed in found.items():
            shade, dash, marker = OPTIMIZER_LOOKS.get(name, ("blue", "-", "o"))
            look = {"color": PALETTE[shade], "linestyle": dash, "label": name}
            ax.plot(rates, needed, marker=marker, markersize=4, **look)
        ax.axhline(limit, color=PALETTE["grey"], linestyle=":", linewidth=1.0)
        ax.set_title(surface, loc="left", fontsize=10)
        ax.set(xscale="log", yscale="log", ylabel="steps")
    axes[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.12), ncols=3)
    axes[-1].set_xlabel("learning rate")
    return axes
