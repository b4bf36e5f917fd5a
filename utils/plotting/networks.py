"""The figures of chapter 2 (layers, activations, regions, hinges); errors on them."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.perceptron import decision_line
from utils.plotting.style import PALETTE

__all__ = [
    "activation",
    "activations",
    "backward_pass",
    "contours",
    "curve_fit",
    "error_by_width",
    "forward_pass",
    "layers",
    "xor_regions",
]

COLUMN, RADIUS = 3.0, 0.46  # distance between two layers, and size of a neuron


def layers(sizes, *, ax=None):
    r"""Draw the neurons of a dense network, and the shapes of its weights.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, then the neurons of each layer; at most six in each.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one is not between 1 and 6.

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> [text.get_text() for text in layers([2, 3, 1]).texts][-2:]
    ['$W^2$ (3, 1)\n$b^2$ (1,)', 'output layer']
    """
    spots = _spots(sizes)
    ax = ax or plt.figure(figsize=(6.4, 3.6)).add_subplot()
    _edges(ax, spots)
    last = len(sizes) - 1
    for depth, places in enumerate(spots):
        symbol = "x" if depth == 0 else r"\hat y" if depth == last else f"a^{depth}"
        for i, place in enumerate(places, start=1):
            _node(ax, place, f"${symbol}_{i}$" if len(places) > 1 else f"${symbol}$")
    bottom = min(place[1] for places in spots for place in places) - 1.0
    for depth in range(last + 1):
        if depth:
            pair = f"({sizes[depth - 1]}, {sizes[depth]})"
            shapes = f"$W^{depth}$ {pair}\n$b^{depth}$ ({sizes[depth]},)"
            _words(ax, COLUMN * (depth - 0.5), bottom, shapes, PALETTE["blue"])
        kind = "input" if depth == 0 else "output" if depth == last else "hidden"
        _words(ax, COLUMN * depth, bottom - 1.0, f"{kind} layer", PALETTE["ink"])
    return _frame(ax, spots, bottom - 1.6)


def forward_pass(network, x, *, ax=None):
    """Draw a network with its weights, and what one example becomes in each layer.

    Parameters
    ----------
    network : utils.scratch.Network
        A small one, at most six neurons in each layer.
    x : array-like of shape (n_inputs,)
        The example.

    Raises
    ------
    ValueError
        If a layer has more than six neurons, or `x` has another length.

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> from utils.scratch import Dense, Network
    >>> network = Network([Dense.from_weights([[2.0], [3.0]], [1.0], "relu")])
    >>> [text.get_text() for text in forward_pass(network, [1.0, -1.0]).texts][-3:]
    ['0', '$b$ = 1', '$z$ = 0']
    """
    network.forward([x])
    values = [np.asarray(x), *(layer.a[0] for layer in network.layers)]
    spots = _spots([len(a) for a in values])
    ax = ax or plt.figure(figsize=(6.4, 4.2)).add_subplot()
    _edges(ax, spots)
    for layer, (start, end) in zip(network.layers, pairwise(spots), strict=True):
        for (i, j), weight in np.ndenumerate(layer.W):
            place = start[i] + 0.25 * (end[j] - start[i])
            _words(ax, *place, _number(weight), PALETTE["blue"], box=True)
    for depth, places in enumerate(spots):
        for i, place in enumerate(places):
            _node(ax, place, _number(values[depth][i]))
            if depth:
                layer = network.layers[depth - 1]
                bias, z = _number(layer.b[i]), _number(layer.z[0, i])
                _words(ax, place[0], place[1] + 0.66, f"$b$ = {bias}", PALETTE["blue"])
                _words(ax, place[0], place[1] - 0.66, f"$z$ = {z}", PALETTE["grey"])
    return _frame(ax, spots, min(p[1] for places in spots for p in places) - 1.0)


def backward_pass(network, x, y, *, ax=None):
    """Draw the errors of a network for one example, and the paths they came along.

    Above each neuron stands its error, below it the slope of its activation.  A path is
    grey and dashed where no error passes.

    Parameters
    ----------
    network : utils.scratch.Network
        A small one, at most six neurons in each layer.
    x : array-like of shape (n_inputs,)
        The example.
    y : array-like of shape (n_outputs,)
        Its targets, for the quadratic cost.

    Raises
    ------
    ValueError
        If a layer has more than six neurons, or `x` or `y` has another length.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> from utils.scratch import Dense, Network
    >>> network = Network([Dense.from_weights([[2.0]], [0.0])])
    >>> ax = backward_pass(network, [3.0], [5.0])
    >>> [text.get_text() for text in ax.texts][-2:]
    ["$f'$ = 1", '$y$ = 5']
    """
    network.forward([x])
    network.backward([y], "quadratic")
    values = [np.asarray(x), *(layer.a[0] for layer in network.layers)]
    spots = _spots([len(a) for a in values])
    ax = ax or plt.figure(figsize=(6.4, 4.2)).add_subplot()
    for layer, (start, end) in zip(network.layers, pairwise(spots), strict=True):
        _paths_back(ax, layer, start, end)
    for depth, places in enumerate(spots):
        for i, place in enumerate(places):
            _node(ax, place, _number(values[depth][i]))
            if depth:
                layer = network.layers[depth - 1]
                error = rf"$\delta$ = {_number(layer.delta[0, i])}"
                slope = layer.activation.derivative(layer.z[0, i])
                _words(ax, place[0], place[1] + 0.66, error, PALETTE["vermilion"])
                text = f"$f'$ = {_number(float(slope))}"
                _words(ax, place[0], place[1] - 0.66, text, PALETTE["grey"])
    for place, target in zip(spots[-1], y, strict=True):
        text = f"$y$ = {_number(target)}"
        _words(ax, place[0], place[1] - 1.16, text, PALETTE["ink"])
    return _frame(ax, spots, min(p[1] for places in spots for p in places) - 1.0)


def _paths_back(ax, layer, start, end):
    """Draw the weights of a layer as arrows from its neurons back to its inputs."""
    for (i, j), weight in np.ndenumerate(layer.W):
        passes = layer.delta[0, j] * weight != 0
        shade = PALETTE["vermilion"] if passes else PALETTE["grey"]
        look = {
            "arrowstyle": "-|>",
            "color": shade,
            "linewidth": 1.2 if passes else 0.9,
        }
        look["linestyle"] = "-" if passes else "--"
        along = (start[i] - end[j]) / np.linalg.norm(start[i] - end[j])
        head, tail = start[i] - RADIUS * along, end[j] + RADIUS * along
        ax.annotate("", head, tail, arrowprops=look, zorder=1)
        place = start[i] + 0.27 * (end[j] - start[i])
        _words(ax, *place, _number(weight), PALETTE["blue"], box=True)


def _spots(sizes):
    """Return the neurons' centres: one array of shape (size, 2) for each layer."""
    if len(sizes) < 2 or not all(1 <= size <= 6 for size in sizes):
        raise ValueError(
            "sizes must name at least two layers of 1 to 6 neurons to be drawn; got "
            f"{list(sizes)}."
        )
    return [
        np.column_stack(
            [np.full(n, COLUMN * depth), 2.0 * (n - 1) / 2 - 2.0 * np.r_[:n]]
        )
        for depth, n in enumerate(sizes)
    ]


def _edges(ax, spots):
    for start, end in pairwise(spots):
        for a in start:
            for b in end:
                ax.plot(*np.array([a, b]).T, color=PALETTE["grey"], lw=1, zorder=1)


def _node(ax, place, text):
    look = {"facecolor": "#dbe9f3", "edgecolor": PALETTE["blue"], "linewidth": 1.4}
    ax.add_patch(plt.Circle(place, RADIUS, zorder=2, **look))
    ax.text(*place, text, ha="center", va="center", fontsize=12, zorder=3)


def _words(ax, x, y, text, shade, *, box=False):
    look = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"}
    style = {"bbox": look} if box else {}
    ax.text(x, y, text, color=shade, ha="center", va="center", fontsize=10.5, **style)


def _number(value):
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def _frame(ax, spots, bottom):
    top = max(place[1] for places in spots for place in places) + 1.0
    ax.set(xlim=(-1.2, COLUMN * (len(spots) - 1) + 1.2), ylim=(bottom, top))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def activation(f, *, z=0.0, limit=4.0, axes=None):
    """Draw an activation with its tangent at one point, and its derivative beside it.

    Parameters
    ----------
    f : utils.scratch.Activation
        Any that works number by number.
    z : float, default 0.0
        The point.
    limit : float, default 4.0
        The axes run from -limit to limit.
    axes : sequence of two matplotlib.axes.Axes, optional
        For the activation and for its derivative; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> from utils.scratch import relu
    >>> [ax.get_title("left") for ax in activation(relu, z=2.0)]
    ['$f(z)$ = 2.00', "$f'(z)$ = 1.00"]
    """
    if axes is None:
        place = {"left": 0.07, "right": 0.98, "bottom": 0.2, "top": 0.9}
        figure = plt.figure(figsize=(6.4, 2.9), layout="none")  # panels keep still
        axes = figure.subplots(1, 2, gridspec_kw=place)
    grid = np.linspace(-limit, limit, 401)
    a, slope = float(f(z)), float(f.derivative(z))
    for ax, curve, value in zip(
        axes, (f(grid), f.derivative(grid)), (a, slope), strict=True
    ):
        ax.axhline(0, color=PALETTE["light"], linewidth=0.8, zorder=0)
        ax.axvline(0, color=PALETTE["light"], linewidth=0.8, zorder=0)
        ax.plot(grid, curve, color=PALETTE["blue"])
        ax.plot(z, value, "o", color=PALETTE["vermilion"], zorder=4)
        ax.set(xlim=(-limit, limit), xlabel="weighted sum $z$")
    reach = 1.2 / np.hypot(1, slope)
    ends = np.array([-reach, reach])
    axes[0].plot(z + ends, a + slope * ends, color=PALETTE["vermilion"], linewidth=2.6)
    axes[0].set(ylim=(-1.6, 3.1))
    axes[1].set(ylim=(-0.15, 1.25))
    axes[0].set_title(f"$f(z)$ = {a:.2f}", loc="left")
    axes[1].set_title(f"$f'(z)$ = {slope:.2f}", loc="left")
    return axes


def activations(functions, *, limit=4.0, axes=None):
    """Draw activations side by side, each with its derivative as a dashed line.

    Parameters
    ----------
    functions : dict of str to utils.scratch.Activation
        Name and activation, four in a row.
    limit : float, default 4.0
        The axes run from -limit to limit.
    axes : sequence of matplotlib.axes.Axes, optional
        One for each activation; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> from utils.scratch import relu, sigmoid
    >>> [ax.get_title("left") for ax in activations({"s": sigmoid, "r": relu})]
    ['s', 'r']
    """
    if axes is None:
        n_rows = -(-len(functions) // 4)
        figure = plt.figure(figsize=(6.4, 1.9 * n_rows))
        axes = figure.subplots(n_rows, 4, sharex=True, sharey=True, squeeze=False)
        axes = axes.ravel()
    grid = np.linspace(-limit, limit, 801)
    for ax, (name, f) in zip(axes, functions.items(), strict=False):
        ax.axhline(0, color=PALETTE["light"], linewidth=0.8, zorder=0)
        ax.axvline(0, color=PALETTE["light"], linewidth=0.8, zorder=0)
        ax.plot(grid, f(grid), color=PALETTE["blue"])
        slope = {"linestyle": "--", "color": PALETTE["vermilion"], "linewidth": 1.3}
        ax.plot(grid, f.derivative(grid), **slope)
        ax.set(xlim=(-limit, limit), ylim=(-1.6, 3.1), xticks=[-limit, 0, limit])
        ax.set_title(name, loc="left")
    for ax in axes[len(functions) :]:
        ax.axis("off")
    return axes[: len(functions)]


def xor_regions(network, X, y, *, axes=None):
    """Draw how two hidden neurons with steps make a task separable.

    Parameters
    ----------
    network : utils.scratch.Network
        Two inputs, two hidden neurons, one output, with steps.
    X : array-like of shape (n, 2)
        Points.
    y : array-like of shape (n,)
        Their labels, 0 or 1.
    axes : sequence of four matplotlib.axes.Axes, optional
        Two for the hidden neurons, then the whole network, then the plane of the hidden
        outputs; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> from utils.scratch import Dense, Network
    >>> hidden = Dense.from_weights([[1, 1], [1, 1]], [-0.5, -1.5], "step")
    >>> network = Network([hidden, Dense.from_weights([[1], [-1]], [-0.5], "step")])
    >>> axes = xor_regions(network, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> axes[2].get_title("left")
    'the network'
    """
    if axes is None:
        axes = plt.figure(figsize=(6.2, 6.4)).subplots(2, 2).ravel()
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    view = {"limit": (-0.5, 1.5), "arrow": False}
    hidden, output = network.layers
    answers = hidden.forward(X)
    for j in range(2):
        w, b = hidden.W[:, j], hidden.b[j]
        decision_line(X, answers[:, j], w=w, b=b, ax=axes[j], **view)
        axes[j].set_title(f"hidden neuron {j + 1}", loc="left")
    _region(axes[2], network, X, y, view["limit"])
    decision_line(answers, y, w=output.W[:, 0], b=output.b[0], ax=axes[3], **view)
    _name_points(axes[3], answers, X)
    axes[3].set(xlabel="output of hidden neuron 1", ylabel="output of hidden neuron 2")
    axes[3].set_title("what the output neuron sees", loc="left")
    for ax in axes:
        ax.set(xticks=[0, 1], yticks=[0, 1])
    return axes


def _region(ax, network, X, y, limit):
    """Shade where the network answers 1, and draw the lines of its hidden neurons."""
    ticks = np.linspace(*limit, 301)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    answer = network.predict(grid).reshape(len(ticks), -1)
    shade = {"colors": [PALETTE["blue"]], "alpha": 0.13}
    ax.contourf(ticks, ticks, answer, levels=[0.5, 1.5], **shade)
    for w, b in zip(network.layers[0].W.T, network.layers[0].b, strict=True):
        nearest, along = -b * w / (w @ w), np.array([-w[1], w[0]])
        ax.axline(nearest, nearest + along, color=PALETTE["ink"], linewidth=1.4)
    for label, (shade, marker) in enumerate((("orange", "o"), ("blue", "s"))):
        ax.scatter(*X[y == label].T, c=PALETTE[shade], marker=marker, s=34, zorder=3)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=limit, ylim=limit)
    ax.set_title("the network", loc="left")
    ax.set_aspect("equal")


def _name_points(ax, places, X):
    """Write beside each place which inputs land there."""
    landed = {}
    for place, x in zip(places, X, strict=True):
        landed.setdefault(tuple(place), []).append(f"({x[0]:g}, {x[1]:g})")
    for place, names in landed.items():
        offset = {"xytext": (0, -18), "textcoords": "offset points", "ha": "center"}
        ax.annotate("\n".join(names), place, va="center", fontsize=9, **offset)


def contours(networks, *, limit=2.0, axes=None):
    """Draw the level lines of networks with two inputs and one output.

    Parameters
    ----------
    networks : dict of str to utils.scratch.Network
        Name and network.
    limit : float, default 2.0
        Both axes run from -limit to limit.
    axes : sequence of matplotlib.axes.Axes, optional
        One per network; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> from utils.scratch import Network
    >>> network = Network.build([2, 1], ["linear"], rng=np.random.default_rng(0))
    >>> contours({"one layer": network})[0].get_title("left")
    'one layer'
    """
    if axes is None:
        figure = plt.figure(figsize=(3.2 * len(networks), 3.5))
        axes = figure.subplots(1, len(networks), sharey=True, squeeze=False)[0]
    ticks = np.linspace(-limit, limit, 201)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    for ax, (name, network) in zip(axes, networks.items(), strict=True):
        output = network.predict(grid).reshape(len(ticks), -1)
        ax.contourf(ticks, ticks, output, levels=14, cmap="cividis", alpha=0.35)
        ax.contour(ticks, ticks, output, levels=14, cmap="cividis", linewidths=1.4)
        ax.set(xlabel="$x_1$", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
        ax.set_title(name, loc="left")
        ax.set_aspect("equal")
    axes[0].set_ylabel("$x_2$", rotation=0, labelpad=8)
    return axes


def curve_fit(x, y, fits, *, kinks=(), inside=None, ax=None):
    """Draw a curve and what networks make of it.

    Parameters
    ----------
    x, y : array-like of shape (n,)
        The curve.
    fits : list of array-like of shape (n,)
        The networks' outputs.
    kinks : array-like of shape (k, 2), optional
        Points at which the first network bends.
    inside : pair of float, optional
        The interval in which there were examples; it is shaded.

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> len(curve_fit([0, 1, 2], [0, 1, 4], [[0, 2, 4]]).lines)
    2
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    if inside is not None:
        ax.axvspan(*inside, color=PALETTE["light"], alpha=0.4, linewidth=0)
    ax.plot(x, y, color=PALETTE["ink"], linestyle="--", linewidth=1.4, label="curve")
    thin = {"linewidth": 1.8 if len(fits) == 1 else 1.2, "color": PALETTE["blue"]}
    for i, fit in enumerate(fits):
        name = ("network" if len(fits) == 1 else "networks") if i == 0 else None
        ax.plot(x, fit, label=name, **thin)
    if len(kinks):
        ax.plot(*np.transpose(kinks), "o", color=PALETTE["vermilion"], label="kinks")
    ax.set(xlabel="input $x$", ylabel="output", xlim=(np.min(x), np.max(x)))
    ax.legend(loc="upper left", bbox_to_anchor=(0, 1.16), ncols=3, borderaxespad=0)
    return ax


def error_by_width(widths, constructed, trained, *, ax=None):
    """Draw the largest error of networks against the number of hidden neurons.

    Parameters
    ----------
    widths : sequence of int
        Hidden neurons.
    constructed : array-like of shape (n_widths,)
        Errors of the networks whose weights were set by hand.
    trained : array-like of shape (n_widths, n_seeds)
        Errors of trained networks.

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> error_by_width([2, 4], [1.0, 0.25], [[0.8, 0.9], [0.5, 0.7]]).get_yscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.8)).add_subplot()
    trained = np.asarray(trained, dtype=float)
    dots = np.repeat(widths, trained.shape[1])
    ax.scatter(dots, trained, s=22, color=PALETTE["orange"], alpha=0.8, linewidths=0)
    middle = np.median(trained, axis=1)
    ax.plot(widths, middle, color=PALETTE["orange"], linestyle="-.")
    ax.plot(widths, constructed, color=PALETTE["blue"], marker="s")
    for words, values, shade in (
        ("trained", middle, "orange"),
        ("by hand", constructed, "blue"),
    ):
        end = (widths[-1], values[-1])
        place = {"xytext": (9, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate(words, end, color=PALETTE[shade], annotation_clip=False, **place)
    ax.set(xscale="log", yscale="log", xlabel="hidden neurons", ylabel="largest error")
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.minorticks_off()
    return ax
