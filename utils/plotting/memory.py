"""The figures of chapter 8: cells with gates, half-lives, and what is remembered.

The cells are drawn from the left, where the state before the step comes in, to the
right.  Boxes are layers with weights of their own, circles work entry by entry.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE

__all__ = [
    "STAGES",
    "differences",
    "forget_bias",
    "gru",
    "lstm",
    "recalled",
    "traces",
]

STAGES = (
    "SimpleRNN",
    "a carry",
    "a forget gate",
    "an input gate",
    "an output gate: the LSTM",
    "peepholes",
)
"""What each stage of `lstm` adds to the one before."""

_EQUATIONS = (
    (r"$h_t = \tanh(z_g)$",),
    (r"$c_t = c_{t-1} + g_t$", r"$h_t = \tanh(c_t)$"),
    (r"$c_t = f_t\, c_{t-1} + g_t$", r"$h_t = \tanh(c_t)$"),
    (r"$c_t = f_t\, c_{t-1} + i_t\, g_t$", r"$h_t = \tanh(c_t)$"),
    (r"$c_t = f_t\, c_{t-1} + i_t\, g_t$", r"$h_t = o_t \tanh(c_t)$"),
    (r"$c_t = f_t\, c_{t-1} + i_t\, g_t$", r"$h_t = o_t \tanh(c_t)$"),
)

# first and last stage that shows a part, its kind, its place and its text
_LSTM = (
    (0, 5, "wire", ((0.2, 0.6), (6.2, 0.6)), ""),
    (0, 5, "wire", ((1.0, -0.5), (1.0, 0.6)), ""),
    (0, 5, "arrow", ((6.2, 0.6), (6.2, 1.5)), ""),
    (0, 5, "box", (6.2, 1.9), "tanh"),
    (0, 0, "name", (7.1, 2.7), "$h_t$"),
    (0, 0, "arrow", ((6.2, 2.3), (6.2, 3.0), (10, 3.0), (10, 0.6), (11.6, 0.6)), ""),
    (1, 5, "wire", ((0.2, 5.0), (5.13, 5.0)), ""),
    (1, 5, "arrow", ((5.47, 5.0), (11.6, 5.0)), ""),
    (1, 5, "node", (5.3, 5.0), "+"),
    (1, 2, "arrow", ((6.2, 2.3), (6.2, 3.6), (5.3, 3.6), (5.3, 4.75)), ""),
    (1, 5, "name", (6.62, 2.75), "$g_t$"),
    (1, 5, "arrow", ((10, 5.0), (10, 4.3)), ""),
    (1, 5, "pill", (10, 4.0), "tanh"),
    (1, 3, "arrow", ((10, 3.7), (10, 0.6), (11.6, 0.6)), ""),
    (2, 5, "arrow", ((2.6, 0.6), (2.6, 1.5)), ""),
    (2, 5, "box", (2.6, 1.9), r"$\sigma$"),
    (2, 5, "name", (2.2, 2.75), "$f_t$"),
    (2, 5, "arrow", ((2.6, 2.3), (2.6, 4.75)), ""),
    (2, 5, "node", (2.6, 5.0), "×"),
    (3, 5, "arrow", ((4.4, 0.6), (4.4, 1.5)), ""),
    (3, 5, "box", (4.4, 1.9), r"$\sigma$"),
    (3, 5, "name", (4.0, 2.75), "$i_t$"),
    (3, 5, "arrow", ((4.4, 2.3), (4.4, 3.6), (5.05, 3.6)), ""),
    (3, 5, "arrow", ((6.2, 2.3), (6.2, 3.6), (5.55, 3.6)), ""),
    (3, 5, "node", (5.3, 3.6), "×"),
    (3, 5, "arrow", ((5.3, 3.85), (5.3, 4.75)), ""),
    (4, 5, "arrow", ((6.2, 0.6), (8.0, 0.6), (8.0, 1.5)), ""),
    (4, 5, "box", (8.0, 1.9), r"$\sigma$"),
    (4, 5, "name", (8.42, 2.62), "$o_t$"),
    (4, 5, "arrow", ((8.0, 2.3), (8.0, 2.9), (9.75, 2.9)), ""),
    (4, 5, "node", (10, 2.9), "×"),
    (4, 5, "arrow", ((10, 3.7), (10, 3.15)), ""),
    (4, 5, "arrow", ((10, 2.65), (10, 0.6), (11.6, 0.6)), ""),
    (5, 5, "peep", ((1.5, 5.0), (1.5, 1.9), (2.1, 1.9)), ""),
    (5, 5, "peep", ((1.5, 3.2), (3.6, 3.2), (3.6, 1.9), (3.9, 1.9)), ""),
    (5, 5, "peep", ((9.1, 5.0), (9.1, 1.9), (8.5, 1.9)), ""),
)

_GRU = (
    ("wire", ((0.7, 0.6), (9.2, 0.6)), ""),
    ("wire", ((1.0, -0.5), (1.0, 0.6)), ""),
    ("wire", ((0.2, 5.0), (6.4, 5.0)), ""),
    ("wire", ((6.9, 5.0), (8.95, 5.0)), ""),
    ("arrow", ((9.45, 5.0), (11.6, 5.0)), ""),
    ("wire", ((0.7, 5.0), (0.7, 0.6)), ""),
    ("arrow", ((2.2, 0.6), (2.2, 1.5)), ""),
    ("box", (2.2, 1.9), r"$\sigma$"),
    ("name", (1.75, 2.7), "$r_t$"),
    ("arrow", ((6.65, 0.6), (6.65, 1.5)), ""),
    ("box", (6.65, 1.9), r"$\sigma$"),
    ("name", (6.25, 2.7), "$z_t$"),
    ("arrow", ((6.65, 2.3), (6.65, 4.75)), ""),
    ("node", (6.65, 5.0), "×"),
    ("arrow", ((6.65, 3.6), (7.35, 3.6)), ""),
    ("pill", (7.85, 3.6), "$1 - z_t$"),
    ("arrow", ((8.35, 3.6), (8.95, 3.6)), ""),
    ("node", (9.2, 3.6), "×"),
    ("arrow", ((9.2, 0.6), (9.2, 1.5)), ""),
    ("box", (9.2, 1.9), "tanh"),
    ("name", (9.62, 2.7), "$g_t$"),
    ("arrow", ((9.2, 2.3), (9.2, 3.35)), ""),
    ("arrow", ((9.2, 3.85), (9.2, 4.75)), ""),
    ("node", (9.2, 5.0), "+"),
)


def lstm(stage=5, *, ax=None):
    r"""Draw a step of an LSTM, built up from the SimpleRNN.

    What a stage adds is orange.

    Parameters
    ----------
    stage : int, default 5
        From 0, the SimpleRNN, to 5, the LSTM with peepholes, as `STAGES` names them.

    Raises
    ------
    ValueError
        If `stage` is out of range.

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> [text.get_text() for text in lstm(stage=1).texts][-2:]
    ['$c_t = c_{t-1} + g_t$', '$h_t = \\tanh(c_t)$']
    """
    if stage not in range(len(STAGES)):
        raise ValueError(f"stage must lie between 0 and 5; got {stage}.")
    ax = ax or plt.figure(figsize=(6.4, 3.9)).add_subplot()
    for first, last, kind, place, text in _LSTM:
        if first <= stage <= last:
            _part(ax, kind, place, text, new=first == stage > 0)
    _ends(ax, h=0.6, c=5.0 if stage else None)
    for k, equation in enumerate(_EQUATIONS[stage]):
        ax.text(2.0 + 4.9 * k, 6.05, equation, va="center", fontsize=12)
    return _frame(ax)


def gru(*, reset_after=True, ax=None):
    r"""Draw a step of a GRU, with the reset gate before or after the product with U.

    Parameters
    ----------
    reset_after : bool, default True
        Whether the gate acts after the product, as in Keras, or before it.

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> gru(reset_after=False).texts[-1].get_text()
    '$g_t = \\tanh(a_t + (r_t h_{t-1})\\, U)$'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.9)).add_subplot()
    for kind, place, text in _GRU:
        _part(ax, kind, place, text)
    gate, product = (5.0, 3.3) if reset_after else (3.3, 5.0)
    _part(ax, "wire", ((0.7, 3.6), (2.95, 3.6)), "", new=True)
    _part(ax, "arrow", ((3.6, 3.6), (4.6, 3.6)), "", new=True)
    _part(ax, "pill", (product, 3.6), "U", new=True)
    _part(ax, "node", (gate, 3.6), "×", new=True)
    _part(ax, "arrow", ((2.2, 2.3), (2.2, 2.9), (gate, 2.9), (gate, 3.35)), "")
    end = (5.35, 3.6), (5.8, 3.6), (5.8, 1.0), (8.2, 1.0), (8.2, 1.9), (8.7, 1.9)
    _part(ax, "arrow", end, "", new=True)
    _ends(ax, h=5.0, c=None)
    inside = r"r_t (h_{t-1} U)" if reset_after else r"(r_t h_{t-1})\, U"
    ax.text(0.6, 6.05, r"$h_t = z_t h_{t-1} + (1 - z_t)\, g_t$", fontsize=11)
    ax.text(6.4, 6.05, rf"$g_t = \tanh(a_t + {inside})$", fontsize=11)
    return _frame(ax)


def _part(ax, kind, place, text, new=False):
    """Draw a wire, an arrow, a dashed peephole, a box, a circle, a pill or a name."""
    shade = PALETTE["orange"] if new else PALETTE["ink"]
    width = 2.2 if new else 1.4
    if kind in ("wire", "arrow", "peep"):
        style = "--" if kind == "peep" else "-"
        for (x0, y0), (x1, y1) in pairwise(place):
            ax.plot([x0, x1], [y0, y1], style, color=shade, lw=width, zorder=1)
        if kind != "wire":
            ends = {"arrowstyle": "-|>", "color": shade, "lw": width}
            x, y = np.array(place[-1]) - 0.01 * np.sign(np.diff(place[-2:], axis=0)[0])
            ax.annotate("", place[-1], (x, y), arrowprops={**ends, "shrinkA": 0})
    elif kind == "name":
        ax.text(*place, text, ha="center", va="center", fontsize=12, color=shade)
    else:
        fill = "#f4dcb0" if new else "#dbe9f3" if kind == "box" else "white"
        form = {"box": "square,pad=0.35", "node": "circle,pad=0.1"}
        look = {"boxstyle": form.get(kind, "round,pad=0.3"), "fc": fill, "ec": shade}
        size = {"fontsize": 12 if kind == "node" else 10.5, "zorder": 3}
        ax.text(
            *place, text, ha="center", va="center", bbox={**look, "lw": width}, **size
        )


def _ends(ax, *, h, c):
    """Name what comes in and what goes out."""
    look = {"va": "center", "fontsize": 12}
    for symbol, height in (("h", h), ("c", c)):
        if height is not None:
            ax.text(0.1, height, f"${symbol}_{{t-1}}$", ha="right", **look)
            ax.text(11.7, height, f"${symbol}_t$", ha="left", **look)
    ax.text(1.0, -0.75, "$x_t$", ha="center", **look)


def _frame(ax):
    ax.set(xlim=(-1.1, 12.5), ylim=(-1.1, 6.5))
    ax.axis("off")
    return ax


def traces(inputs, activations, *, example=0, unit=0, axes=None):
    """Draw one unit of an LSTM over time: inputs, gates and carried state.

    Parameters
    ----------
    inputs : dict of str to array-like of shape (steps,)
        Name and values of each input, at most three.
    activations : dict of str to array-like of shape (batch, steps, units)
        What the layer computed: the `activations` of `utils.scratch.LSTM`.
    example, unit : int, default 0
        Which sequence and which unit.
    axes : sequence of three matplotlib.axes.Axes, optional
        For inputs, gates and states; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> half = np.full((1, 2, 1), 0.5)
    >>> axes = traces({"x": [1, 0]}, dict.fromkeys("ifoch", half))
    >>> axes[1].get_ylabel()
    'gates'
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 4.9)).subplots(3, 1, sharex=True)
    now = {k: np.asarray(v)[example, :, unit] for k, v in activations.items()}
    looks = (("sky", "-"), ("brown", "--"), ("grey", ":"))
    given = {
        name: (x, *look) for (name, x), look in zip(inputs.items(), looks, strict=False)
    }
    gates = {
        "forget $f$": (now["f"], "orange", "-"),
        "input $i$": (now["i"], "green", "--"),
        "output $o$": (now["o"], "purple", ":"),
    }
    states = {
        "carry $c$": (now["c"], "vermilion", "-"),
        "output $h$": (now["h"], "blue", "--"),
    }
    axes[1].set(ylim=(-0.12, 1.12), yticks=[0, 0.5, 1])
    axes[2].set_xlabel("step")
    panels = {"inputs": given, "gates": gates, "states": states}
    for ax, (label, lines) in zip(axes, panels.items(), strict=True):
        ax.set_ylabel(label)
        _steps(ax, lines)
        _name_ends(ax, lines)
    return axes


def _steps(ax, lines):
    """Draw lines over the steps, each with its name at the right end."""
    ax.axhline(0, color=PALETTE["light"], linewidth=0.8, zorder=0)
    for values, shade, line in lines.values():
        steps = np.arange(1, len(values) + 1)
        dots = {"marker": "o", "markersize": 3} if len(values) < 40 else {}
        ax.plot(steps, values, line, color=PALETTE[shade], **dots)


def _name_ends(ax, lines):
    """Write the names of lines at their right ends, apart from each other."""
    bottom, top = ax.get_ylim()
    heights = np.array([float(values[-1]) for values, *_ in lines.values()])
    order = np.argsort(heights, kind="stable")
    gap = 0.16 * (top - bottom)
    for lower, upper in pairwise(order):
        heights[upper] = max(heights[upper], heights[lower] + gap)
    heights[order[-1]] = min(heights[order[-1]], top - gap / 3)
    for upper, lower in pairwise(order[::-1]):
        heights[lower] = min(heights[lower], heights[upper] - gap)
    for (name, (values, shade, _)), height in zip(lines.items(), heights, strict=True):
        at = {"xytext": (8, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate(name, (len(values), height), color=PALETTE[shade], **at)


def forget_bias(bias, *, reach=None, delays=(), shares=(), axes=None):
    """Draw what a forget bias leaves of a carry, beside what was recalled with it.

    Parameters
    ----------
    bias : float
        Bias of the forget gate, whose other inputs are zero.
    reach : float, optional
        Longest delay, in half-lives, that should be learned; drawn as a line.
    delays : sequence of int, optional
        Delays at which recall was measured; none if it was not.
    shares : sequence of float, optional
        Share of the training runs that recalled, from 0 to 1; one for each delay.
    axes : sequence of two matplotlib.axes.Axes, optional
        For the carry and for the recall; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> axes = forget_bias(0.0, delays=[10, 20], shares=[1.0, 0.4])
    >>> axes[0].get_title("left")
    'half-life 1.0 steps'
    """
    if axes is None:
        place = {"left": 0.11, "right": 0.97, "bottom": 0.2, "top": 0.88, "wspace": 0.3}
        figure = plt.figure(figsize=(6.4, 3.0), layout="none")  # panels keep still
        axes = figure.subplots(1, 2, gridspec_kw=place)
    life = np.log(2) / np.log1p(np.exp(-bias))
    _what_is_left(axes[0], life)
    look = {"color": PALETTE["green"], "marker": "o", "linewidth": 1.3}
    axes[1].plot(delays, 100 * np.asarray(shares, dtype=float), **look)
    if reach is not None:
        look = {"color": PALETTE["ink"], "linestyle": ":"}
        axes[1].axvline(min(reach * life, 250), **look)
        axes[1].set_title(f"rule: up to {reach * life:.0f} steps", loc="left")
    if not len(delays):
        grey = {"color": PALETTE["grey"], "transform": axes[1].transAxes}
        axes[1].text(0.5, 0.5, "not measured", ha="center", **grey)
    axes[1].set(xlabel="delay (steps)", ylabel="runs that recall (%)", xscale="log")
    axes[1].set(xlim=(5, 250), xticks=[10, 30, 100], xticklabels=["10", "30", "100"])
    axes[1].minorticks_off()
    for ax in axes:
        ax.set_ylim(-4, 104)
    return axes


def _what_is_left(ax, life):
    """Draw how a carry fades, and where half of it is left."""
    steps = np.arange(121)
    ax.plot(steps, 100 * 0.5 ** (steps / life), color=PALETTE["vermilion"])
    ax.plot([0, life, life], [50, 50, 0], ":", color=PALETTE["grey"])
    ax.plot(life, 50, "o", color=PALETTE["vermilion"])
    ax.set(xlabel="steps", ylabel="left of the carry (%)", xlim=(0, 120))
    ax.set_title(f"half-life {life:.1f} steps", loc="left")


def recalled(success, delays, *, axes=None):
    """Draw for each cell and delay which training runs recalled, one square for each.

    Parameters
    ----------
    success : dict of str to dict of str to array-like of shape (n_delays, n_runs)
        For each panel, for each kind of cell, whether a run recalled.
    delays : sequence of int
        The delays.
    axes : sequence of matplotlib.axes.Axes, optional
        One for each panel; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> (ax,) = recalled({"lr 0.01": {"LSTM": [[True, False]]}}, [10])
    >>> ax.get_yticklabels()[0].get_text()
    'LSTM'
    """
    if axes is None:
        rows = max(len(cells) for cells in success.values())
        figure = plt.figure(figsize=(6.4, 0.9 + 0.5 * rows))
        axes = figure.subplots(1, len(success), sharey=True, squeeze=False)[0]
    for ax, (title, cells) in zip(axes, success.items(), strict=True):
        for row, runs in enumerate(cells.values()):
            for column, single in enumerate(np.asarray(runs, dtype=bool)):
                _runs(ax, column, row, np.sort(single)[::-1])
        ax.set_title(title, loc="left")
        ax.set(xlim=(-0.5, len(delays) - 0.5), ylim=(len(cells) - 0.5, -0.5))
        ax.set_xticks(range(len(delays)), [str(delay) for delay in delays])
        ax.set_yticks(range(len(cells)), list(cells))
        ax.set_xlabel("delay (steps)")
        ax.tick_params(length=0)
        for side in ax.spines.values():
            side.set_visible(False)
    return axes


def _runs(ax, column, row, single):
    """Draw the runs of one cell and delay side by side, filled where one recalled."""
    places = (
        column + np.linspace(-0.3, 0.3, len(single)) if len(single) > 1 else [column]
    )
    shades = [PALETTE["green"] if ok else "white" for ok in single]
    edge = {"edgecolors": PALETTE["grey"], "linewidths": 0.6}
    ax.scatter(places, np.full(len(single), row), s=22, marker="s", c=shades, **edge)


def differences(found, arrays, *, ax=None):
    """Draw how far each array of some cells is from that of a trusted program.

    Parameters
    ----------
    found : dict of str to dict of str to sequence of float
        For each cell, for each number format, one difference for each array; a zero is
        drawn at 1e-17.
    arrays : sequence of str
        Names of the arrays.

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> ax = differences({"LSTM": {"float32": [1e-7], "float64": [0.0]}}, ["outputs"])
    >>> ax.get_xscale()
    'log'
    """
    rows = [f"{cell}: {name}" for cell in found for name in arrays]
    ax = ax or plt.figure(figsize=(6.4, 0.9 + 0.2 * len(rows))).add_subplot()
    looks = {"float32": ("vermilion", "s"), "float64": ("blue", "o")}
    for dtype, (shade, marker) in looks.items():
        values = np.concatenate([found[cell][dtype] for cell in found])
        places = np.maximum(values, 1e-17), np.arange(len(rows))
        ax.plot(*places, marker, color=PALETTE[shade], markersize=4.5)
        middle = 10 ** np.log10(places[0]).mean()
        ax.text(middle, -1.2, dtype, ha="center", color=PALETTE[shade])
    ax.set_yticks(range(len(rows)), rows, fontsize=9)
    ax.set(xscale="log", xlim=(1e-17, 1e-4), ylim=(len(rows) - 0.4, -2))
    ax.set_xlabel("largest difference, as a share of the largest entry")
    ax.grid(axis="y", color=PALETTE["light"], linewidth=0.5)
    return ax
