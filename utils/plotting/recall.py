"""The figures of delayed recall: what was predicted, and what training brought."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE, color

__all__ = ["confusion", "half_lives", "prediction"]

CELLS = {
    "SimpleRNN": ("recurrent", "o", True),
    "LSTM": ("lstm", "s", True),
    "GRU": ("gru", "^", True),
    "LSTM, chrono": ("lstm", "s", False),
    "GRU, chrono": ("gru", "^", False),
}
"""Model whose colour it has, marker, and whether the marker is filled."""

PARTS = {
    "learned, as predicted": ("blue", ""),
    "failed, as predicted": ("sky", "..."),
    "learned, not predicted": ("orange", "///"),
    "failed, not predicted": ("vermilion", r"\\\\"),
}
"""Colour and hatching of the four kinds of outcome."""


def prediction(table, *, threshold, level=0.95, floor=1e-12, ax=None):
    """Draw what networks recall after training against their ratio before it.

    Parameters
    ----------
    table : DataFrame
        With the columns ``"cell"``, ``"ratio"`` and ``"recalled"``, a share from 0 to
        1; one row per run.
    threshold : float
        Ratio above which success is predicted.
    level : float, default 0.95
        Share above which the task counts as learned.
    floor : float, default 1e-12
        Smaller ratios are drawn here, at the left edge.

    Examples
    --------
    >>> import pandas as pd
    >>> runs = {"cell": ["GRU", "LSTM"], "ratio": [1e-9, 0.1], "recalled": [0.5, 1.0]}
    >>> ax = prediction(pd.DataFrame(runs), threshold=1e-4)
    >>> [text.get_text() for text in ax.texts]
    ['0', '1', '1', '0']
    """
    ax = ax or plt.figure(figsize=(6.4, 4.2)).add_subplot()
    for name, (model, marker, filled) in CELLS.items():
        runs = table[table["cell"] == name]
        if runs.empty:
            continue
        shade = color(model)
        look = {"facecolor": shade if filled else "none", "edgecolor": shade}
        x = np.maximum(runs["ratio"], floor)
        ax.scatter(
            x,
            100 * runs["recalled"],
            s=26,
            marker=marker,
            label=name,
            alpha=0.7,
            **look,
        )
    lines = {"color": PALETTE["ink"], "linestyle": "--", "linewidth": 1.0, "zorder": 0}
    ax.axvline(threshold, **lines)
    ax.axhline(100 * level, **lines)
    right, learned = table["ratio"] > threshold, table["recalled"] > level
    places = ((0.02, 0.98), (0.98, 0.98), (0.02, 0.5), (0.98, 0.5))
    for k, (across, up) in enumerate(places):
        count = ((right == bool(k % 2)) & (learned == (k < 2))).sum()
        side = "right" if k % 2 else "left"
        box = {"boxstyle": "round,pad=0.2", "fc": "white", "ec": PALETTE["grey"]}
        ax.text(
            *(across, up),
            str(count),
            transform=ax.transAxes,
            ha=side,
            bbox=box,
            va="top",
        )
    ax.set(xscale="log", xlabel="ratio before training", ylim=(40, 108))
    ax.set_xlim(floor / 2, 3)
    ax.set(ylabel="signs recalled after training (%)", yticks=[50, 60, 70, 80, 90, 100])
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3)
    return ax


def confusion(counts, *, ax=None):
    """Draw how often the prediction came true, one bar for each row of counts.

    Parameters
    ----------
    counts : DataFrame
        As :func:`utils.experiments.recall.confusion` returns it; its index names the
        bars.

    Examples
    --------
    >>> import pandas as pd
    >>> four = {name: [5] for name in PARTS}
    >>> counts = pd.DataFrame({**four, "runs": [20], "right": [0.5]}, index=["all"])
    >>> confusion(counts).texts[0].get_text()
    '50 % of 20'
    """
    ax = ax or plt.figure(figsize=(6.4, 1.3 + 0.42 * len(counts))).add_subplot()
    left = np.zeros(len(counts))
    rows = np.arange(len(counts))
    for name, (shade, hatch) in PARTS.items():
        share = 100 * (counts[name] / counts["runs"]).to_numpy()
        look = {"color": PALETTE[shade], "hatch": hatch, "edgecolor": "white"}
        ax.barh(rows, share, left=left, height=0.62, label=name, linewidth=0.8, **look)
        left += share
    for row, (right, runs) in enumerate(
        zip(counts["right"], counts["runs"], strict=True)
    ):
        ax.text(102, row, f"{100 * right:.0f} % of {runs}", va="center")
    names = counts.index
    if names.nlevels > 1:
        names = [", ".join(map(str, each)) for each in names]
    ax.set_yticks(rows, [str(name) for name in names])
    ax.set(xlim=(0, 100), ylim=(len(counts) - 0.5, -0.5), xlabel="runs (%)")
    ax.set_ylabel((counts.index.name or "").replace("_", " "))
    ax.tick_params(axis="y", length=0)
    anchor = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0)}
    ax.legend(ncols=2, **anchor)
    return ax


def half_lives(lives, delays, *, limits=None, ax=None):
    """Draw the delay at which half of the runs learn against the gates' half-life.

    Parameters
    ----------
    lives : array-like of shape (n,)
        Half-lives of what the forget gates keep at the start, in steps.
    delays : array-like of shape (n,)
        Delays, in steps; infinity where more than half of the runs learn at every
        delay that was tried.
    limits : (float, float), optional
        Shortest and longest delay that was tried; drawn as lines.

    Examples
    --------
    >>> ax = half_lives([1.0, 100.0], [20.0, np.inf], limits=(10, 100))
    >>> [line.get_marker() for line in ax.lines[:2]]
    ['o', '^']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.5)).add_subplot()
    lives, delays = np.asarray(lives, dtype=float), np.asarray(delays, dtype=float)
    found = np.isfinite(delays)
    top = limits[1] if limits else np.max(delays[found], initial=1.0)
    look = {"linestyle": "none", "color": color("lstm")}
    ax.plot(lives[found], delays[found], marker="o", label="half of the runs", **look)
    most = "more than half at every delay tried"
    beyond = np.full((~found).sum(), top)
    ax.plot(lives[~found], beyond, marker="^", fillstyle="none", label=most, **look)
    span = np.array([0.7, 150])
    ax.plot(span, span, color=PALETTE["grey"], linestyle=":", label="one half-life")
    for limit in limits or ():
        ax.axhline(limit, color=PALETTE["light"], linewidth=0.8, zorder=0)
    ax.set(xscale="log", yscale="log", xlabel="half-life at the start (steps)")
    ax.set(ylabel="delay learned (steps)", xlim=span)
    ticks = [1, 3, 10, 30, 100]
    ax.set_xticks(ticks, map(str, ticks))
    ax.set_yticks(ticks, map(str, ticks))
    ax.minorticks_off()
    ax.legend(loc="lower right")
    return ax
