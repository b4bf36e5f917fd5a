"""The figures of chapter 6: layers unrolled in time, and where gradients go."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE

__all__ = [
    "answers",
    "gradient_map",
    "gradients_back",
    "maps",
    "profiles",
    "shapes",
    "unrolled",
]

_FILLS = {"input": "#f7e6c8", "state": "#dbe9f3", "output": "#d3ece4"}
_EDGES = {"input": "orange", "state": "blue", "output": "green"}
_EMPTY = "#eceef1"  # of a map, where no gradient can be


def unrolled(n_steps=4, *, ax=None):
    """Draw a recurrent neuron with its loop, and the same neuron unrolled in time.

    Parameters
    ----------
    n_steps : int, default 4
        Copies to draw.

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> ax = unrolled(3)
    >>> [text.get_text() for text in ax.texts].count("$U$")  # one for the loop
    4
    """
    ax = ax or plt.figure(figsize=(6.4, 2.7)).add_subplot()
    _column(ax, 0, "$x_t$", "$f$", "$y_t$")
    path = mpl.path.Path(
        [(0.36, 0.12), (1.25, 0.6), (1.25, -0.6), (0.36, -0.12)], [1, 4, 4, 4]
    )
    _arrow_along(ax, path)
    _word(ax, 1.22, 0, "$U$", "vermilion")
    _word(ax, 1.9, 0, "=", "ink", size=16)
    for k in range(n_steps):
        at = 3.6 + 1.7 * k
        _column(ax, at, f"$x_{k + 1}$", f"$h_{k + 1}$", f"$y_{k + 1}$")
        _arrow(ax, (at - 1.3 if k else at - 0.9, 0), (at - 0.4, 0), "vermilion")
        if k:
            _word(ax, at - 0.85, 0.22, "$U$", "vermilion")
    _word(ax, 2.45, 0, "$h_0$", "ink")
    _word(ax, 2.95, 0.24, "$U$", "vermilion")
    _frame(ax, (-0.7, 3.6 + 1.7 * n_steps - 0.9), (-1.75, 1.75))
    return ax


def gradients_back(n_steps=5, *, counted, ax=None):
    """Draw the way of the gradient back from those outputs that the cost counts.

    Parameters
    ----------
    n_steps : int, default 5
        Steps, numbered from 1.
    counted : collection of int
        The steps whose outputs the cost counts.

    Raises
    ------
    ValueError
        If `counted` is empty or names a step that is not drawn.

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> ax = gradients_back(3, counted=[3])
    >>> [text.get_text() for text in ax.texts if "ignored" in text.get_text()]
    ['ignored', 'ignored']
    """
    counted = set(counted)
    if not counted or not counted <= set(range(1, n_steps + 1)):
        raise ValueError(
            f"counted must name steps from 1 to {n_steps}, at least one; got "
            f"{sorted(counted)}."
        )
    ax = ax or plt.figure(figsize=(6.4, 3.1)).add_subplot()
    last = max(counted)
    for k in range(1, n_steps + 1):
        at, counts = 1.9 * (k - 1), k in counted
        _column(ax, at, f"$x_{k}$", f"$h_{k}$", f"$y_{k}$", faint=not counts)
        _word(ax, at, 2.0, f"$C_{k}$" if counts else "ignored", "ink", size=10)
        if k > 1:
            _arrow(ax, (at - 1.5, 0.08), (at - 0.4, 0.08))
        if counts:
            _back(ax, (at + 0.16, 1.8), (at + 0.16, 0.4))
        if k < last:
            _back(ax, (at + 1.5, -0.12), (at + 0.4, -0.12))
        if k <= last:
            _back(ax, (at + 0.16, -0.4), (at + 0.16, -1.0))
    _frame(ax, (-0.7, 1.9 * n_steps - 1.2), (-1.7, 2.3))
    return ax


def shapes(*, axes=None):
    """Draw the four ways in which a recurrent network reads and writes sequences.

    Parameters
    ----------
    axes : sequence of 4 matplotlib.axes.Axes, optional
        A new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> [ax.get_title("left") for ax in shapes()][1]
    'sequence to vector'
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 4.4)).subplots(2, 2).ravel()
    kinds = (
        ("sequence to sequence", 4, range(4), range(4)),
        ("sequence to vector", 4, range(4), [3]),
        ("vector to sequence", 4, [0], range(4)),
        ("encoder and decoder", 6, range(3), range(3, 6)),
    )
    for ax, (title, n, reads, writes) in zip(axes, kinds, strict=True):
        for k in range(n):
            fill = _FILLS["output" if n == 6 and k > 2 else "state"]
            edge = _EDGES["output" if n == 6 and k > 2 else "state"]
            ax.add_patch(plt.Circle((k, 0), 0.27, fc=fill, ec=PALETTE[edge]))
            if k:
                _arrow(ax, (k - 0.73, 0), (k - 0.28, 0))
        for k in reads:
            _box(ax, k, -1, "input")
            _arrow(ax, (k, -0.74), (k, -0.28))
        for k in writes:
            _box(ax, k, 1, "output")
            _arrow(ax, (k, 0.28), (k, 0.74))
        if title.startswith("vector"):
            for k in range(1, n):
                _arrow(ax, (0.2, -0.9), (k - 0.1, -0.27), "grey")
        ax.set_title(title, loc="left")
        _frame(ax, (-0.6, 5.6), (-1.5, 1.5))
    return axes


def answers(panels, *, axes=None):
    """Draw what networks were given, what was wanted, and what they answered.

    Parameters
    ----------
    panels : dict of str to dict
        For each title the lines ``"given"``, ``"wanted"`` and ``"answer"``, each a pair
        of steps and values; ``"given"`` may be missing.
    axes : sequence of matplotlib.axes.Axes, optional
        One per panel; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> lines = {"wanted": ([1, 2], [0.0, 1.0]), "answer": ([1, 2], [0.1, 0.9])}
    >>> [ax] = answers({"a shape": lines})
    >>> len(ax.lines)
    2
    """
    looks = {
        "given": {"color": PALETTE["grey"], "linewidth": 1.2},
        "wanted": {"color": PALETTE["ink"], "marker": "o", "markerfacecolor": "none"},
        "answer": {"color": PALETTE["vermilion"], "marker": "x", "linestyle": "--"},
    }
    if axes is None:
        rows = -(-len(panels) // 2)
        figure = plt.figure(figsize=(6.4, 2.2 * rows))
        axes = figure.subplots(rows, min(2, len(panels)), squeeze=False).ravel()
    for ax, (title, lines) in zip(axes, panels.items(), strict=True):
        for name, line in lines.items():
            ax.plot(*line, label=name, markersize=4, **looks[name])
        ax.set_title(title, loc="left")
        ax.set(xlabel="step", ylim=(-1.9, 1.3))
    axes[0].legend(loc="lower left", ncols=3, fontsize=8, columnspacing=0.8)
    return axes


def gradient_map(values, *, t, axes=None):
    """Draw how much each output depends on each input, and one row of it.

    Parameters
    ----------
    values : array-like of shape (steps, steps)
        Size of d(output t) / d(input s), as `utils.scratch.gradient_map` returns it.
    t : int
        The output whose row is drawn, counted from 1.
    axes : pair of matplotlib.axes.Axes, optional
        For the map and for the row; a new figure by default.

    Returns
    -------
    pair of matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If `values` is not square or there is no output `t`.

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> ax, row = gradient_map(np.tril(np.ones((4, 4))), t=3)
    >>> [float(bar.get_height()) for bar in row.patches]
    [1.0, 1.0, 1.0, 0.0]
    """
    values = np.asarray(values, dtype=float)
    n = len(values)
    if values.shape != (n, n):
        raise ValueError(f"values must be square; got shape {values.shape}.")
    if not 1 <= t <= n:
        raise ValueError(f"t must lie between 1 and {n}; got {t}.")
    if axes is None:
        figure = plt.figure(figsize=(6.4, 3.3))
        axes = figure.subplots(1, 2, width_ratios=(1, 1))
    ax, row = axes
    _heat(ax, values, values.max())
    box = (0.5, t - 0.5), n, 1
    ax.add_patch(plt.Rectangle(*box, fill=False, ec=PALETTE["vermilion"], lw=1.6))
    ax.set_ylabel("output $t$")
    steps = np.arange(1, n + 1)
    shades = [PALETTE["blue"] if s <= t else PALETTE["light"] for s in steps]
    row.bar(steps, values[t - 1], color=shades)
    row.axvline(t + 0.5, color=PALETTE["vermilion"], linestyle="--", linewidth=1)
    row.set(xlabel="input $s$", ylim=(0, 1.05 * values.max() or 1), xlim=(0.3, n + 0.7))
    row.set_title(f"output {t} depends on", loc="left")
    return axes


def maps(named, *, axes=None):
    """Draw several gradient maps side by side, with one scale of shades.

    Parameters
    ----------
    named : dict of str to array-like of shape (rows, steps)
        Title and map; a map with one row belongs to the last step.
    axes : sequence of matplotlib.axes.Axes, optional
        One per map; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> [ax] = maps({"all": np.eye(3)})
    >>> ax.get_title("left")
    'all'
    """
    if axes is None:
        axes = plt.figure(figsize=(6.4, 2.7)).subplots(1, len(named), squeeze=False)[0]
    largest = max(np.max(values) for values in named.values())
    for ax, (title, values) in zip(axes, named.items(), strict=True):
        values = np.asarray(values, dtype=float)
        _heat(ax, values, largest)
        ax.set_title(title, loc="left", fontsize=10)
    axes[0].set_ylabel("output $t$")
    return axes


def profiles(named, *, ax=None):
    """Draw how much a forecast depends on inputs further and further back.

    Parameters
    ----------
    named : dict of str to array-like of shape (n, steps)
        For each kind of forecaster one row per seed, the newest input first; the lines
        are their means, the bands reach from the lowest to the highest.

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> profiles({"ideal": [[0.2, 0.1]]}).get_xlabel()
    'steps back from the newest input'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    looks = (("blue", "-", "o"), ("vermilion", "--", "s"), ("ink", ":", "D"))
    for (name, rows), (shade, line, mark) in zip(named.items(), looks, strict=False):
        rows = np.asarray(rows, dtype=float)
        back = np.arange(rows.shape[1])
        look = {"color": PALETTE[shade], "linestyle": line, "marker": mark}
        ax.plot(back, rows.mean(axis=0), markersize=3.5, label=name, **look)
        band = {"color": PALETTE[shade], "alpha": 0.18, "linewidth": 0}
        ax.fill_between(back, rows.min(axis=0), rows.max(axis=0), **band)
    ax.set(yscale="log", xlabel="steps back from the newest input")
    ax.set_ylabel("size of the gradient")
    ax.legend()
    return ax


# ------------------------------------------------------------------------- the parts


def _heat(ax, values, largest):
    """Draw a map, the place of the future left grey."""
    rows, n = values.shape
    future = np.arange(n) > np.arange(n - rows, n)[:, None]
    shades = mpl.colormaps["Blues"].copy()
    shades.set_bad(_EMPTY)
    shown = np.ma.array(values, mask=future | (values == 0))
    edges = (0.5, n + 0.5, n + 0.5, n - rows + 0.5)
    norm = mpl.colors.PowerNorm(0.5, vmin=0, vmax=largest)  # small ones can be seen
    ax.imshow(shown, cmap=shades, norm=norm, extent=edges)
    ax.set(xlabel="input $s$", xlim=(0.5, n + 0.5), ylim=(n + 0.5, 0.5))
    ticks = [1, *range(6, n + 1, 6)]
    ax.set(xticks=ticks, yticks=ticks)


def _column(ax, at, x, h, y, *, faint=False):
    """Draw one step: input below, state in the middle, output above."""
    ax.add_patch(plt.Circle((at, 0), 0.38, fc=_FILLS["state"], ec=PALETTE["blue"]))
    _word(ax, at, 0, h, "ink")
    _box(ax, at, -1.3, "input", x)
    _arrow(ax, (at, -1.0), (at, -0.4))
    _box(ax, at, 1.3, "output", y, faint=faint)
    _arrow(ax, (at, 0.4), (at, 1.0), "light" if faint else "ink")


def _box(ax, at, height, kind, text="", *, faint=False):
    edge = PALETTE["light" if faint else _EDGES[kind]]
    fill = "white" if faint else _FILLS[kind]
    corner = at - 0.26, height - 0.26
    ax.add_patch(plt.Rectangle(corner, 0.52, 0.52, fc=fill, ec=edge))
    _word(ax, at, height, text, "grey" if faint else "ink")


def _word(ax, x, y, text, shade, *, size=11):
    look = {"ha": "center", "va": "center", "color": PALETTE[shade]}
    ax.text(x, y, text, fontsize=size, **look)


def _arrow(ax, start, end, shade="ink"):
    look = {"arrowstyle": "-|>", "color": PALETTE[shade], "linewidth": 1.2}
    ax.annotate("", end, start, arrowprops={**look, "shrinkA": 0, "shrinkB": 0})


def _back(ax, start, end):
    """Draw the way of a gradient."""
    look = {"arrowstyle": "-|>", "color": PALETTE["vermilion"], "linestyle": "--"}
    ax.annotate("", end, start, arrowprops={**look, "shrinkA": 0, "shrinkB": 0})


def _arrow_along(ax, path):
    look = {"arrowstyle": "-|>", "mutation_scale": 12, "fc": PALETTE["vermilion"]}
    patch = mpl.patches.FancyArrowPatch(path=path, ec=PALETTE["vermilion"], **look)
    ax.add_patch(patch)


def _frame(ax, x, y):
    ax.set(xlim=x, ylim=y)
    ax.set_aspect("equal")
    ax.axis("off")
