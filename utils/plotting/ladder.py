"""The ladder: models between the naive forecast and the floor."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE

__all__ = ["ladder"]


def ladder(table, *, naive, floor, lowest=-0.1, ax=None):
    """Draw each model's share of the attainable gain, one dot per training run.

    Parameters
    ----------
    table : pandas.DataFrame
        As `utils.experiments.ladder.table` returns it: ``model``, ``error``, ``share``.
    naive, floor : float
        Errors at the two ends, for the axis of errors above the figure.
    lowest : float, default -0.1
        Left end of the axis. Runs that are worse are marked there with their error.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> import pandas as pd
    >>> rungs = {"model": ["a", "b"], "error": [0.3, 0.2], "share": [0.5, 0.8]}
    >>> ax = ladder(pd.DataFrame(rungs), naive=0.5, floor=0.1)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['a', 'b']
    """
    models = list(dict.fromkeys(table["model"]))
    size = (6.4, 1.2 + 0.34 * len(models))
    ax = ax or plt.figure(figsize=size).add_subplot()
    for height, model in enumerate(models):
        _rung(ax, height, table[table["model"] == model], lowest)
    for end in (0, 100):  # the naive forecast and the floor
        ax.axvline(end, color=PALETTE["ink"], linewidth=1, zorder=0)
    ax.set_yticks(range(len(models)), models)
    ax.set(xlim=(100 * lowest, 104), ylim=(-0.6, len(models) - 0.4))
    ax.grid(axis="y", linestyle=":")
    ax.set(xlabel="share of the attainable gain (%)")
    upper = ax.secondary_xaxis(
        "top",
        functions=(
            lambda share: naive - share / 100 * (naive - floor),
            lambda error: 100 * (naive - error) / (naive - floor),
        ),
    )
    upper.set_xlabel("mean squared error")
    return ax


def _rung(ax, height, runs, lowest):
    """Draw the runs of one model as dots, and a line at their median."""
    shares = 100 * runs["share"].to_numpy()
    off = shares < 100 * lowest
    look = {"color": PALETTE["blue"], "linestyle": "none", "zorder": 3}
    ax.plot(shares[~off], np.full((~off).sum(), height), marker="o", alpha=0.7, **look)
    if len(shares) > 1 and np.median(shares) > 100 * lowest:
        tall = {"marker": "|", "markersize": 15, "markeredgewidth": 2}
        ax.plot(np.median(shares), height, **tall, **look)
    if off.any():
        ax.plot(100 * lowest + 1.5, height, marker="<", **look)
        worst = runs["error"].to_numpy()[off]
        text = f"{off.sum()} beyond the edge, MSE {worst.max():.2f}"
        place = {"xytext": (8, -7), "textcoords": "offset points", "va": "top"}
        ax.annotate(text, (100 * lowest + 1.5, height), fontsize=9, **place)
