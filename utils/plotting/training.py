"""Curves of training runs, over several seeds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from utils.plotting.style import PALETTE, color, linestyle

__all__ = [
    "capacity",
    "learning_curves",
    "learning_pairs",
    "seed_curves",
    "stopped_against_fresh",
    "twin_losses",
]


def seed_curves(curves, *, reference, label, kept=None, limits=None, ax=None):
    """Draw a metric per epoch, one line per seed with the kept epoch marked.

    Parameters
    ----------
    curves : dict of str to list of array-like
        Kind of model (a key of `MODEL_LOOKS`) and one sequence per seed.
    reference : dict of str to float
        Kind of model and its constant value, drawn as a horizontal line.
    label : str
        Name and unit of the metric.
    kept : dict of str to list of int, optional
        Kind of model and, per seed, the epoch whose weights are kept, counted from 1;
        by default the epoch of the lowest value.
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
        best = [int(np.argmin(values)) + 1 for values in seeds]
        for values, epoch in zip(seeds, (kept or {}).get(name, best), strict=True):
            _seed_curve(ax, name, values, epoch)
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


def _seed_curve(ax, name, values, kept):
    """Draw the curve of one seed with the epoch that is kept."""
    look = {"color": color(name), "linestyle": linestyle(name)}
    # Without soft edges the file of many ragged lines has a third of the size.
    thin = {"linewidth": 1.0, "alpha": 0.75, "antialiased": False}
    ax.plot(range(1, len(values) + 1), values, **thin, **look)
    ax.plot(kept, values[kept - 1], marker="o", markersize=4.5, **look)


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


def learning_curves(curves, *, label, reference=None, limits=None, ax=None):
    """Draw the error on the training rows and on held-out rows, epoch by epoch.

    The lowest point of each held-out curve is marked.

    Parameters
    ----------
    curves : dict of str to list of array-like of shape (epochs,)
        Part of the data, ``"train"`` or ``"validation"``, and one sequence per training
        run, all equally long.
    label : str
        Name and unit of the error.
    reference : tuple of (str, float), optional
        Name and error of a baseline, drawn as a horizontal line.
    limits : (float, float), optional
        Lowest and highest error shown; a curve that ends outside is named at the edge.

    Notes
    -----
    Taught in chapter 5.

    Examples
    --------
    >>> runs = {"train": [[1.0, 0.5]], "validation": [[0.9, 1.1]]}
    >>> ax = learning_curves(runs, label="MSE", reference=("mean", 1.0))
    >>> [text.get_text() for text in ax.texts]
    ['train', 'mean', 'validation']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    heights = {}
    for part, runs in curves.items():
        for values in runs:
            _part_curve(ax, part, values)
        heights[part] = float(np.median([values[-1] for values in runs]))
        n_epochs = len(runs[0])
    if reference:
        name, heights[name] = reference[0], reference[1]
        ax.axhline(reference[1], color=PALETTE["grey"], linestyle=":")
    shown = limits or ax.get_ylim()
    heights = {name: np.clip(height, *shown) for name, height in heights.items()}
    for name, height in _apart(heights, 0.08 * (shown[1] - shown[0])).items():
        shade = color(name) if name in curves else PALETTE["grey"]
        _name_at_the_end(ax, name, n_epochs, height, shade)
    ax.set(xlabel="epoch", ylabel=label, xlim=(1, max(n_epochs, 2)), ylim=shown)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return ax


def learning_pairs(runs, *, label, limits=None):
    """Draw the training and validation curves of several kinds of model side by side.

    Parameters
    ----------
    runs : dict of str to dict
        Kind of model, and its curves as :func:`learning_curves` takes them.
    label : str
        Name and unit of the error.
    limits : (float, float), optional
        Lowest and highest error shown.

    Returns
    -------
    array of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 13.

    Examples
    --------
    >>> curves = {"train": [[1.0, 0.5]], "validation": [[0.9, 1.1]]}
    >>> axes = learning_pairs({"lstm": curves, "gru": curves}, label="MAE")
    >>> [ax.get_title("left") for ax in axes]
    ['lstm', 'gru']
    """
    figure = plt.figure(figsize=(6.4, 3.0))
    axes = np.atleast_1d(figure.subplots(1, len(runs), sharey=True))
    for ax, (name, curves) in zip(axes, runs.items(), strict=True):
        learning_curves(curves, label=label, limits=limits, ax=ax)
        ax.set_title(name, loc="left")
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.label_outer()
    return axes


def _part_curve(ax, part, values):
    """Draw one run's curve on one part of the data."""
    epochs, look = (
        np.arange(1, len(values) + 1),
        {"color": color(part), "linestyle": linestyle(part)},
    )
    ax.plot(epochs, values, linewidth=1.3, **look)
    if part != "train":
        at = int(np.argmin(values))
        ax.plot(epochs[at], values[at], marker="o", markersize=5, color=color(part))


def _name_at_the_end(ax, name, end, height, shade):
    """Write a curve's name to the right of its last point."""
    ax.annotate(
        name,
        (end, height),
        xytext=(6, 0),
        textcoords="offset points",
        color=shade,
        va="center",
        annotation_clip=False,
    )


def capacity(units, errors, *, label, reference=None, ax=None):
    """Draw the last errors of networks of different size, one dot per training run.

    Parameters
    ----------
    units : sequence of int
        Hidden units of each network.
    errors : dict of str to array-like of shape (len(units), runs)
        Part of the data, ``"train"`` or ``"validation"``, and the errors there.
    label : str
        Name and unit of the error.
    reference : tuple of (str, float), optional
        Name and error of a baseline, drawn as a horizontal line.

    Notes
    -----
    Taught in chapter 5.

    Examples
    --------
    >>> errors = {"train": [[0.9, 0.8], [0.2, 0.1]]}
    >>> capacity([1, 64], errors, label="MSE").get_xscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    for part, marker in (("train", "s"), ("validation", "o"), ("test", "D")):
        if part not in errors:
            continue
        values = np.asarray(errors[part], dtype=float)
        look = {"color": color(part), "linestyle": linestyle(part)}
        ax.plot(units, values.mean(axis=1), **look)
        dots = {"marker": marker, "markersize": 4, "alpha": 0.6, "linestyle": "none"}
        ax.plot(units, values, color=color(part), **dots)
        _name_at_the_end(ax, part, units[-1], values[-1].mean(), color(part))
    if reference:
        name, height = reference
        ax.axhline(height, color=PALETTE["grey"], linestyle=":")
        place = {"ha": "right", "va": "top", "color": PALETTE["grey"]}
        ax.text(units[-1], height, name, **place)
    ax.set(xscale="log", xlabel="hidden units", ylabel=label)
    ax.set_xticks(units, [str(n) for n in units])
    ax.minorticks_off()
    return ax


def twin_losses(ours, theirs, differences, *, axes=None):
    """Draw two loss curves on top of each other, and how far such pairs are apart.

    Parameters
    ----------
    ours, theirs : array-like of shape (epochs,)
        Losses per epoch of the loop written by hand and of ``fit``.
    differences : dict of str to array-like of shape (epochs,)
        Name of a comparison and its absolute differences. A zero is drawn at 1e-17.
    axes : sequence of two matplotlib.axes.Axes, optional
        A new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 5.

    Examples
    --------
    >>> axes = twin_losses([1.0, 0.5], [1.0, 0.5], {"64 bits": [0.0, 1e-16]})
    >>> axes[1].get_yscale()
    'log'
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 5.4)).subplots(2, 1, sharex=True)
    epochs = np.arange(1, len(ours) + 1)
    axes[0].plot(epochs, theirs, color=PALETTE["orange"], linewidth=5, alpha=0.5)
    axes[0].plot(epochs, ours, color=PALETTE["blue"], linewidth=1.5)
    n = len(ours)
    names = {"Keras, wide line": (n // 8, "orange"), "ours": (n // 2, "blue")}
    for text, (at, shade) in names.items():
        point = (epochs[at], ours[at])
        place = {"xytext": (14, 14), "textcoords": "offset points"}
        axes[0].annotate(text, point, color=PALETTE[shade], **place)
    axes[0].set(ylabel="training loss")
    looks = (("blue", "-"), ("vermilion", "-"), ("purple", "--"), ("green", "-."))
    for (name, values), (shade, line) in zip(differences.items(), looks, strict=False):
        values = np.maximum(values, 1e-17)
        axes[1].plot(epochs, values, color=PALETTE[shade], linestyle=line)
        _name_at_the_end(axes[1], name, epochs[-1], values[-1], PALETTE[shade])
    axes[1].set(yscale="log", ylim=(3e-18, 1e-4), xlabel="epoch")
    axes[1].set_ylabel("difference of the losses")
    return axes


def stopped_against_fresh(stopped, fresh, *, label, ax=None):
    """Draw the error on the rows that stopped a network against that on fresh rows.

    Parameters
    ----------
    stopped, fresh : array-like of shape (runs,)
        Errors of the same networks on the two parts.
    label : str
        Name and unit of the error.

    Notes
    -----
    Taught in chapter 5.

    Examples
    --------
    >>> ax = stopped_against_fresh([50.0, 52.0], [55.0, 51.0], label="RMSE")
    >>> ax.get_xlabel()
    'RMSE on the rows that stopped it'
    """
    ax = ax or plt.figure(figsize=(4.8, 4.4)).add_subplot()
    stopped, fresh = np.asarray(stopped), np.asarray(fresh)
    ends = min(stopped.min(), fresh.min()), max(stopped.max(), fresh.max())
    ax.plot(ends, ends, color=PALETTE["grey"], linestyle=":")
    ax.annotate(
        "equal", (ends[1], ends[1]), color=PALETTE["grey"], ha="right", va="bottom"
    )
    look = {"s": 22, "alpha": 0.7, "linewidths": 0}
    ax.scatter(stopped, fresh, color=PALETTE["blue"], **look)
    ax.plot(
        stopped.mean(), fresh.mean(), marker="D", color=PALETTE["vermilion"], zorder=3
    )
    place = {"xytext": (8, -3), "textcoords": "offset points"}
    ax.annotate(
        "mean", (stopped.mean(), fresh.mean()), color=PALETTE["vermilion"], **place
    )
    ax.set(
        xlabel=f"{label} on the rows that stopped it", ylabel=f"{label} on fresh rows"
    )
    ax.set_aspect("equal")
    return ax
