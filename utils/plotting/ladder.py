"""The ladder and the scoreboard: models between the naive forecast and the floor."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE

__all__ = ["ladder", "scoreboard"]


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
        runs = table[table["model"] == model]
        off = _rung(ax, height, runs["share"].to_numpy(), lowest)
        if off.any():
            worst = runs["error"].to_numpy()[off].max()
            text = f"{off.sum()} beyond the edge, MSE {worst:.2f}"
            place = {"xytext": (8, -7), "textcoords": "offset points", "va": "top"}
            ax.annotate(text, (100 * lowest + 1.5, height), fontsize=9, **place)
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


def scoreboard(table, *, chapter, lowest=-0.35, ax=None):
    """Draw what each model removes of the naive forecast's error, question by question.

    The models of one chapter are drawn strong, and those of the others grey; each has
    its chapter in brackets. The number beside a row is the median over its runs.

    Parameters
    ----------
    table : pandas.DataFrame
        As `utils.book.scoreboard.Board.table` returns it: ``chapter``, ``question``,
        ``model``, ``skill``, ``best``.
    chapter : int
        The chapter whose models are drawn strong.
    lowest : float, default -0.35
        Left end of the axis. Runs that are worse are marked there.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"chapter": [9, 10], "question": "sea", "model": ["a", "b"]}
    >>> rows = pd.DataFrame(rows | {"skill": [0.5, 0.8], "best": [0.9, 0.9]})
    >>> ax = scoreboard(rows, chapter=10)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['sea', 'a (9)', 'b (10)']
    """
    ax = ax or plt.figure(figsize=(5.6, 0.9 + 0.25 * _lines(table))).add_subplot()
    labels = []
    for question, rows in table.groupby("question", sort=False):
        labels.append((question, chapter in set(rows["chapter"]), "bold"))
        _floor(ax, len(labels) - 0.5, rows)
        for (of, model), runs in rows.groupby(["chapter", "model"], sort=False):
            _place(ax, len(labels), runs["skill"].to_numpy(), lowest, of == chapter)
            labels.append((f"{model} ({of})", of == chapter, "normal"))
    ax.set_yticks(range(len(labels)), [words for words, _, _ in labels])
    for label, (_, strong, weight) in zip(ax.get_yticklabels(), labels, strict=True):
        label.set(color=PALETTE["ink" if strong else "grey"], fontweight=weight)
    ax.axvline(0, color=PALETTE["ink"], linewidth=1, zorder=0)
    ax.set(xlim=(100 * lowest, 100), ylim=(len(labels) - 0.4, -0.6))
    ax.grid(axis="x", linestyle=":")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("naive error removed (%)")
    return ax


def _lines(table):
    """Count the questions and the models on a scoreboard."""
    models = table[["question", "chapter", "model"]].drop_duplicates()
    return models["question"].nunique() + len(models)


def _floor(ax, top, rows):
    """Draw what the best known forecast of a question removes."""
    best = rows["best"].iloc[0]
    if np.isfinite(best):
        bottom = top + len(rows[["chapter", "model"]].drop_duplicates())
        ax.plot([100 * best] * 2, [top, bottom], color=PALETTE["ink"], linewidth=2)
        place = {"xytext": (4, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate("floor", (100 * best, top - 0.5), fontsize=9, **place)


def _place(ax, height, skills, lowest, strong):
    """Draw the runs of a model on the scoreboard, and their median as a number."""
    color = PALETTE["blue" if strong else "grey"]
    _rung(ax, height, skills, lowest, color=color)
    number = f"{round(100 * np.median(skills))}".replace("-", "\N{MINUS SIGN}")
    place = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points"}
    look = {"color": color, "fontweight": "bold" if strong else "normal"}
    look |= {"fontsize": 10, "ha": "right", "va": "center"}
    ax.annotate(number, (1, height), xytext=(32, 0), **place, **look)


def _rung(ax, height, shares, lowest, *, color=PALETTE["blue"]):
    """Draw runs as dots, their median as a bar, and say which are beyond the edge."""
    off = shares < lowest
    look = {"color": color, "linestyle": "none", "zorder": 3}
    inside = 100 * shares[~off]
    ax.plot(inside, np.full(len(inside), height), marker="o", alpha=0.7, **look)
    if len(shares) > 1 and np.median(shares) > lowest:
        tall = {"marker": "|", "markersize": 15, "markeredgewidth": 2}
        ax.plot(100 * np.median(shares), height, **tall, **look)
    if off.any():
        ax.plot(100 * lowest + 1.5, height, marker="<", **look)
    return off
