"""Figures of forecasts of several steps: strategies, errors by step, their parts."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from utils.plotting.style import PALETTE

__all__ = ["LOOKS", "by_step", "continued", "error_parts", "line_parts", "strategies"]

LOOKS = {
    "naive": ("grey", "--", "x"),
    "linear": ("orange", "-.", "s"),
    "recursive": ("vermilion", "-", "o"),
    "vector": ("sky", "--", "^"),
    "sequence": ("blue", "-", "D"),
    "teacher": ("purple", ":", "v"),
    "free": ("green", "-.", "P"),
    "fitted form": ("ink", ":", "."),
}
"""Colour, line style and marker of each strategy in this chapter."""

_PARTS = {
    "noise": ("grey", ""),
    "model": ("orange", "///"),
    "fed_back": ("vermilion", ""),
}


def strategies(*, steps=5, ahead=3):
    """Draw what each of the four strategies reads and what it forecasts.

    Parameters
    ----------
    steps, ahead : int
        Steps that are known, and steps to forecast.

    Examples
    --------
    >>> [ax.get_title() for ax in strategies()][:2]
    ['recursive', 'direct']
    """
    names = ("recursive", "direct", "sequence-to-sequence", "encoder-decoder")
    figure = plt.figure(figsize=(6.6, 4.4))
    axes = figure.subplots(2, 2).ravel()
    draw = (_recursive, _direct, _sequence, _encoder_decoder)
    for ax, name, arrows in zip(axes, names, draw, strict=True):
        _values(ax, 0, steps, known=True)
        _values(ax, steps, ahead, known=False)
        arrows(ax, steps, ahead)
        ax.set_title(name)
        ax.set(xlim=(-0.8, steps + ahead - 0.2), ylim=(-0.6, 2.5))
        ax.set_axis_off()
    return axes


def by_step(errors, *, ax=None):
    """Draw the error at each step ahead, a line for each model's median of its runs.

    Parameters
    ----------
    errors : mapping of str to array, shape (horizon,) or (n_runs, horizon)
        By the names of :data:`LOOKS`; a band shows the range of several runs.

    Examples
    --------
    >>> ax = by_step({"naive": [0.02, 0.08], "vector": [[0.01, 0.02], [0.01, 0.03]]})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['naive', 'vector']
    """
    ax = ax or plt.figure(figsize=(6.4, 4.2)).add_subplot()
    for name, values in errors.items():
        runs = np.atleast_2d(values)
        step = np.arange(1, runs.shape[1] + 1)
        shade, line, marker = LOOKS[name]
        look = {"color": PALETTE[shade], "linestyle": line, "marker": marker}
        ax.plot(step, np.median(runs, axis=0), label=name, markersize=5, **look)
        if len(runs) > 1:
            band = {"color": PALETTE[shade], "alpha": 0.18, "linewidth": 0}
            ax.fill_between(step, runs.min(axis=0), runs.max(axis=0), **band)
    ax.set(yscale="log", xlabel="step ahead", ylabel="mean squared error")
    ax.set_xticks(step)
    ax.grid(axis="y")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=4)
    return ax


def continued(known, truth, forecasts, errors, *, step):
    """Draw one series with its forecasts, and beside it the error up to a step.

    Parameters
    ----------
    known : array, shape (length,)
        Last values before the forecast.
    truth : array, shape (horizon,)
        What followed.
    forecasts : mapping of str to array, shape (horizon,)
        By the names of :data:`LOOKS`.
    errors : mapping of str to array, shape (horizon,)
        Mean squared error over all series at each step, of the same models.
    step : int
        Forecasts are shown up to this step, counted from 1.

    Examples
    --------
    >>> made, errors = {"naive": [0.0, 0.0]}, {"naive": [1.0, 4.0]}
    >>> left, right = continued([1.0, 0.0], [1.0, 2.0], made, errors, step=1)
    >>> right.get_xlabel()
    'step ahead'
    """
    figure = plt.figure(figsize=(6.6, 3.2))
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    horizon = len(truth)
    past = np.arange(1 - len(known), 1)
    ahead = np.arange(1, horizon + 1)
    left.plot(past, known, color=PALETTE["ink"], linewidth=1.2)
    dots = {"color": PALETTE["ink"], "marker": "o", "linestyle": "none"}
    left.plot(ahead, truth, alpha=0.25, markersize=4, **dots)
    left.plot(step, truth[step - 1], markersize=7, **dots)
    left.axvline(0.5, color=PALETTE["grey"], linewidth=0.8)
    for name, values in forecasts.items():
        shade, line, marker = LOOKS[name]
        look = {"color": PALETTE[shade], "linestyle": line, "marker": marker}
        joined = np.append(known[-1], values[:step])
        left.plot(np.arange(step + 1), joined, markersize=4, **look)
        right.plot(ahead, errors[name], alpha=0.3, **look | {"marker": ""})
        right.plot(step, errors[name][step - 1], **look)
        right.annotate(name, (horizon, errors[name][-1]), **_beside(name))
    left.set(xlabel="step, from the last known", ylabel="value", ylim=(-0.95, 0.95))
    right.set(xlabel="step ahead", ylabel="mean squared error", yscale="log")
    right.set_xlim(0.5, horizon + 0.5)
    return left, right


def error_parts(parts, *, axes=None):
    """Stack the parts of a squared error at each step, with the total as dots.

    Parameters
    ----------
    parts : mapping of str to ErrorParts
        By a title for each panel, as `utils.forecasting.multistep.decompose` gives
        them. The three cross terms are drawn as one, below zero where it is negative.

    Examples
    --------
    >>> from utils.forecasting.multistep import decompose
    >>> parts = decompose([[1.0, 2.0]], [[1.0, 1.0]], [[0.5, 4.0]], [[0.5, 1.5]])
    >>> len(error_parts({"a run": parts}))
    1
    """
    if axes is None:
        figure = plt.figure(figsize=(6.6, 3.6))
        axes = figure.subplots(1, len(parts), sharey=True, squeeze=False).ravel()
    for ax, (title, found) in zip(axes, parts.items(), strict=True):
        step = np.arange(1, len(found.noise) + 1)
        base = np.zeros(len(step))
        for name, (shade, hatch) in _PARTS.items():
            look = {"color": PALETTE[shade], "hatch": hatch, "edgecolor": "white"}
            values = getattr(found, name)
            ax.bar(step, values, bottom=base, label=name.replace("_", " "), **look)
            base = base + values
        cross = found.total - base
        over = np.where(cross > 0, base, 0)
        look = {"color": PALETTE["sky"], "hatch": "...", "edgecolor": "white"}
        ax.bar(step, cross, bottom=over, label="cross terms", **look)
        ax.plot(step, found.total, "o", color=PALETTE["ink"], label="squared error")
        ax.axhline(0, color=PALETTE["grey"], linewidth=0.8)
        ax.set(title=title, xlabel="step ahead")
        ax.set_xticks(step[1::2])
    axes[0].set_ylabel("mean squared error")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return axes


def line_parts(parts, total, *, ax=None):
    """Stack what the squared error of a line consists of at each step ahead.

    Parameters
    ----------
    parts : mapping of str to array, shape (horizon,)
        Up to four parts, from the bottom up.
    total : array, shape (horizon,)
        The measured error, drawn as dots.

    Examples
    --------
    >>> ax = line_parts({"slow wave": [1.0, 2.0], "noise": [1.0, 1.0]}, [2.0, 3.0])
    >>> ax.get_xlabel()
    'step ahead'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.6)).add_subplot()
    step = np.arange(1, len(total) + 1)
    base = np.zeros(len(step))
    looks = (("grey", ""), ("light", "///"), ("sky", "..."), ("orange", ""))
    for (name, values), (shade, hatch) in zip(parts.items(), looks, strict=False):
        look = {"color": PALETTE[shade], "hatch": hatch, "edgecolor": "white"}
        ax.bar(step, values, bottom=base, label=name, **look)
        base = base + values
    ax.plot(step, total, "o", color=PALETTE["ink"], label="measured")
    ax.set(xlabel="step ahead", ylabel="mean squared error")
    ax.set_xticks(step)
    ax.legend(loc="upper left")
    return ax


def _values(ax, first, count, *, known):
    look = {"facecolor": "white", "edgecolor": PALETTE["ink"], "linewidth": 1.2}
    if known:
        look |= {"facecolor": PALETTE["light"]}
    else:
        look |= {"edgecolor": PALETTE["vermilion"]}
    for k in range(first, first + count):
        ax.add_patch(Rectangle((k - 0.28, -0.28), 0.56, 0.56, **look))


def _arrow(ax, start, end, *, bend=0.0, shade="grey", line="-"):
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>",
            mutation_scale=9,
            color=PALETTE[shade],
            linestyle=line,
        )
    )


def _bracket(ax, first, last, height, shade="blue"):
    """Draw a window over the values from first to last."""
    ax.plot([first - 0.3, last + 0.3], [height] * 2, color=PALETTE[shade], lw=3)


def _recursive(ax, steps, ahead):
    for k in range(ahead):
        height = 0.6 + 0.55 * k
        _bracket(ax, k, steps + k - 1, height)
        _arrow(ax, (steps + k - 0.7, height), (steps + k, 0.3), bend=-0.3)


def _direct(ax, steps, ahead):
    _bracket(ax, 0, steps - 1, 0.6)
    for k in range(ahead):
        _arrow(ax, (steps - 0.7, 0.6), (steps + k, 0.3), bend=-0.3 - 0.05 * k)


def _sequence(ax, steps, ahead):
    for t in range(steps):
        shade = "blue" if t == steps - 1 else "sky"
        for k in range(1, ahead + 1):
            line = "-" if t == steps - 1 else ":"
            _arrow(ax, (t, 0.35), (t + k, 0.3), bend=-0.75, shade=shade, line=line)


def _encoder_decoder(ax, steps, ahead):
    for t in range(steps + ahead):
        shade = "blue" if t < steps else "vermilion"
        ax.add_patch(
            Rectangle((t - 0.28, 1.0), 0.56, 0.56, facecolor=PALETTE[shade], alpha=0.8)
        )
        if t:
            _arrow(ax, (t - 0.72, 1.28), (t - 0.26, 1.28))
        if t < steps:
            _arrow(ax, (t, 0.28), (t, 1.0))
        else:
            _arrow(ax, (t, 1.0), (t, 0.28))
            _arrow(ax, (t - 1 + 0.28, 0.1), (t - 0.2, 1.0), bend=-0.1, line=":")


def _beside(name):
    place = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
    return place | {"color": PALETTE[LOOKS[name][0]], "fontsize": 9}
