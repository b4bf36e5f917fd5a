"""The figures of chapter 4: errors that flow back, gradients checked, digits read."""

import matplotlib.pyplot as plt
import numpy as np

from utils.plotting.style import PALETTE
from utils.scratch import Dense, Network

__all__ = [
    "chain",
    "digits",
    "outer_products",
    "regions",
    "step_differences",
    "step_size_errors",
]

SPACING = 2.6
"""Distance between two neurons of a drawn chain."""


def chain(*, x, w, b, y, step=None, ax=None):
    """Draw a chain of one-neuron layers, forward values above, errors below.

    The neurons are sigmoids and the cost is half the squared error.

    Parameters
    ----------
    x, y : float
        Input and target.
    w, b : sequence of float
        Weight and bias of each neuron, from the first to the last.
    step : int, optional
        How much to show: 0 the chain alone, then one more layer per step on the way
        forward, the cost, one more error per step on the way back, and in the last
        step, ``2 * len(w) + 2``, the slopes of the weights. All of it by default.

    Raises
    ------
    ValueError
        If `w` and `b` differ in length, or `step` is out of range.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> ax = chain(x=1.0, w=[2.0], b=[-2.0], y=1.0)
    >>> ax.texts[-1].get_text().endswith("= −0.125")
    True
    """
    last = 2 * len(w) + 2
    step = last if step is None else step
    if len(w) != len(b):
        raise ValueError(f"w and b must be equally long; got {len(w)} and {len(b)}.")
    if not 0 <= step <= last:
        raise ValueError(f"step must lie between 0 and {last}; got {step}.")
    pairs = zip(w, b, strict=True)
    net = Network([Dense.from_weights([[w_l]], [b_l], "sigmoid") for w_l, b_l in pairs])
    net.forward([[x]])
    net.backward([[y]], "quadratic")
    ax = ax or plt.figure(figsize=(5.4, 2.5)).add_subplot()
    _links(ax, net, n_links=len(w) + 1)
    _neurons(ax, x, y, net)
    _forward_values(ax, net, shown=step)
    if step > len(w):
        cost = net.cost([[x]], [[y]], "quadratic")
        _note(ax, len(w) + 1, 0.62, f"$C$ = {_number(cost)}", "blue")
    _backward_values(ax, net, shown=step - len(w) - 1)
    if step == last:
        _slopes(ax, net)
    ax.set(xlim=(-0.6, (len(w) + 1) * SPACING + 0.8), ylim=(-2.85, 1.6))
    ax.axis("off")
    return ax


def _number(value):
    """Return a number with at most five decimals and a true minus sign."""
    return f"{round(value, 5) + 0.0:.5f}".rstrip("0").rstrip(".").replace("-", "−")


def _note(ax, at, height, text, shade):
    look = {"ha": "center", "va": "center", "fontsize": 10}
    ax.text(at * SPACING, height, text, color=PALETTE[shade], **look)


def _links(ax, net, n_links):
    """Draw the arrows of the chain, each weight on its own."""
    look = {"arrowstyle": "-|>", "color": PALETTE["ink"], "linewidth": 1.3}
    for i in range(n_links):
        ends = (i + 1) * SPACING - 0.52, i * SPACING + 0.52
        ax.annotate("", (ends[0], 0), (ends[1], 0), arrowprops=look)
    for i, layer in enumerate(net.layers):
        text = f"$w^{i + 1}$ = {_number(layer.W[0, 0])}"
        _note(ax, i + 0.5, 0.34, text, "ink")


def _neurons(ax, x, y, net):
    """Draw the input, the neurons with their biases, and the cost."""
    end = len(net.layers) + 1
    _note(ax, 0, 0, f"$x$ = {_number(x)}", "ink")
    ax.text(end * SPACING, 0, "$C$", ha="center", va="center")
    _note(ax, end, -0.74, f"$y$ = {_number(y)}", "ink")
    for i, layer in enumerate(net.layers, start=1):
        circle = plt.Circle((i * SPACING, 0), 0.46, fc="#dbe9f3", ec=PALETTE["blue"])
        ax.add_patch(circle)
        ax.text(i * SPACING, 0, r"$\sigma$", ha="center", va="center")
        _note(ax, i, -0.74, f"$b^{i}$ = {_number(layer.b[0])}", "ink")
    ax.set_aspect("equal")


def _forward_values(ax, net, shown):
    """Write the sum and the activation of the first layers."""
    for i, layer in enumerate(net.layers[:shown], start=1):
        _note(ax, i, 1.35, f"$z^{i}$ = {_number(layer.z[0, 0])}", "blue")
        _note(ax, i, 0.85, f"$a^{i}$ = {_number(layer.a[0, 0])}", "blue")


def _backward_values(ax, net, shown):
    """Write the errors of the last layers, and the arrows that brought them."""
    n = len(net.layers)
    look = {"arrowstyle": "-|>", "color": PALETTE["vermilion"], "linestyle": "--"}
    for i in range(n, max(n - shown, 0), -1):
        error = _number(net.layers[i - 1].delta[0, 0])
        _note(ax, i, -1.45, rf"$\delta^{i}$" + f"\n= {error}", "vermilion")
        ends = i * SPACING + 0.85, (i + 1) * SPACING - (0.85 if i < n else 0.4)
        ax.annotate("", (ends[0], -1.45), (ends[1], -1.45), arrowprops=look)


def _slopes(ax, net):
    """Write the slope of the cost along each weight below its link."""
    for i, layer in enumerate(net.layers):
        text = rf"$\partial C/\partial w^{i + 1}$" + f"\n= {_number(layer.dW[0, 0])}"
        _note(ax, i + 0.5, -2.45, text, "green")


def outer_products(A, delta, *, axes=None):
    """Draw the gradient of a layer's weights as a sum of outer products.

    Parameters
    ----------
    A : array-like of shape (n, n_in)
        What the layer took in, one example per row.
    delta : array-like of shape (n, n_out)
        Its errors.
    axes : sequence of matplotlib.axes.Axes, optional
        One per example and one for the sum; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> axes = outer_products([[1.0, 0.0], [0.5, 1.0]], [[1.0, -1.0], [0.0, 2.0]])
    >>> axes[-1].get_title("left")
    'sum'
    """
    A, delta = np.asarray(A, dtype=float), np.asarray(delta, dtype=float)
    parts = [np.outer(a, d) for a, d in zip(A, delta, strict=True)]
    if axes is None:
        axes = plt.figure(figsize=(6.4, 2.4)).subplots(1, len(parts) + 1)
    limit = np.abs([*parts, sum(parts)]).max() or 1.0
    titles = [f"example {i + 1}" for i in range(len(parts))] + ["sum"]
    for ax, part, title in zip(axes, [*parts, sum(parts)], titles, strict=True):
        _heatmap(ax, part, limit)
        ax.set_title(title, loc="left")
        ax.set(xlabel="neuron $j$", xticks=[], yticks=[])
    axes[0].set_ylabel("input $k$")
    return axes


def _heatmap(ax, values, limit):
    """Draw numbers as colours, orange below zero, and write them."""
    colors = [PALETTE["orange"], "#ffffff", PALETTE["sky"]]
    shades = plt.matplotlib.colors.LinearSegmentedColormap.from_list("sign", colors)
    ax.imshow(values, cmap=shades, vmin=-limit, vmax=limit)
    for (row, column), value in np.ndenumerate(values):
        ax.text(
            column, row, _number(round(value, 2)), ha="center", va="center", size=10
        )
    for side in ax.spines.values():
        side.set_visible(False)


def step_size_errors(steps, errors, *, ax=None):
    """Draw the error of a numerical gradient against its step, one line per formula.

    Parameters
    ----------
    steps : array-like of shape (n_steps,)
        Steps, positive.
    errors : dict of str to array-like of shape (n_steps,)
        Name of the formula and its relative errors.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> step_size_errors([1e-3, 1e-2], {"central": [1e-6, 1e-4]}).get_yscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.5)).add_subplot()
    looks = (("orange", "s"), ("blue", "o"), ("green", "D"))
    for (name, values), (shade, marker) in zip(errors.items(), looks, strict=False):
        look = {"color": PALETTE[shade], "marker": marker, "markersize": 4}
        ax.plot(steps, values, linewidth=1.3, **look)
        at = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        end = int(np.argmax(steps))
        ax.annotate(name, (steps[end], values[end]), color=PALETTE[shade], **at)
    ax.set(xscale="log", yscale="log", xlabel="step", ylabel="relative error")
    grey = {"color": PALETTE["grey"], "transform": ax.transAxes, "va": "top"}
    ax.text(0.02, 0.28, "rounding\ngrows", ha="left", **grey)
    ax.text(0.98, 0.28, "the curve\nbends away", ha="right", **grey)
    return ax


def digits(images, titles=None, *, axes=None):
    """Draw handwritten digits side by side.

    Parameters
    ----------
    images : array-like of shape (n, 8, 8)
        Ink, from 0 for paper to the largest value for black.
    titles : sequence of str, optional
        One per image.
    axes : sequence of matplotlib.axes.Axes, optional
        One per image; a new figure by default.

    Returns
    -------
    sequence of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> axes = digits(np.ones((2, 8, 8)), ["1", "7"])
    >>> axes[1].get_title("left")
    '7'
    """
    titles = [""] * len(images) if titles is None else titles
    if axes is None:
        figure = plt.figure(figsize=(6.4, 6.8 / len(images)))
        axes = figure.subplots(1, len(images), squeeze=False)[0]
    for ax, image, title in zip(axes, images, titles, strict=True):
        ax.imshow(image, cmap="Greys", vmin=0)
        ax.set_title(title, loc="left")
        ax.set(xticks=[], yticks=[])
        for side in ax.spines.values():
            side.set(visible=True, color=PALETTE["light"])
    return axes


def regions(X, y, network, *, limits=((-1.6, 2.6), (-1.1, 1.6)), ax=None):
    """Draw where a network with two inputs answers more than one half.

    Parameters
    ----------
    X : array-like of shape (n, 2)
        Points.
    y : array-like of shape (n,)
        Their classes, 0 or 1.
    network : object with a method ``predict``
        From (m, 2) inputs to (m, 1) probabilities of class 1.
    limits : pair of pairs of float
        Ends of the two axes.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> network = Network([Dense.from_weights([[1.0], [0.0]], [0.0], "sigmoid")])
    >>> regions([[0.5, 0.0], [-0.5, 0.0]], [1, 0], network).get_xlabel()
    '$x_1$'
    """
    ax = ax or plt.figure(figsize=(5.4, 3.6)).add_subplot()
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    x1, x2 = np.meshgrid(*(np.linspace(*ends, 61) for ends in limits))
    inputs = np.column_stack([x1.ravel(), x2.ravel()])  # (3721, 2)
    p = network.predict(inputs).reshape(x1.shape)
    levels = [0.5, max(p.max(), 1.0) + 1.0]
    ax.contourf(x1, x2, p, levels=levels, colors=[PALETTE["blue"]], alpha=0.15)
    ax.contour(x1, x2, p, levels=[0.5], colors=[PALETTE["ink"]], linewidths=1.3)
    for label, (shade, marker) in enumerate((("orange", "o"), ("blue", "s"))):
        look = {"c": PALETTE[shade], "marker": marker, "s": 18, "linewidths": 0}
        ax.scatter(*X[y == label].T, **look, zorder=3)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=limits[0], ylim=limits[1])
    return ax


def step_differences(differences, *, ax=None):
    """Draw how far two trainings are apart after each step.

    Parameters
    ----------
    differences : dict of str to array-like of shape (n_steps,)
        Name of a comparison and its largest difference after each step. A zero is drawn
        at 1e-17.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> step_differences({"float32": [1e-7, 2e-7]}).get_yscale()
    'log'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    looks = (("vermilion", "-"), ("blue", "--"))
    for (name, values), (shade, line) in zip(differences.items(), looks, strict=False):
        values = np.maximum(values, 1e-17)
        steps = np.arange(1, len(values) + 1)
        ax.plot(steps, values, color=PALETTE[shade], linestyle=line)
        at = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        ax.annotate(name, (steps[-1], values[-1]), color=PALETTE[shade], **at)
    ax.set(yscale="log", ylim=(3e-18, 1e-4))
    ax.set(xlabel="step", ylabel="largest difference of a weight")
    return ax
