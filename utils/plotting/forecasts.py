"""The figures of chapter 14 that explain a method: anomalies, dilation, attention."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.dates import ConciseDateFormatter

from utils.plotting.style import PALETTE, color, linestyle

__all__ = [
    "anomaly_return",
    "anomaly_share",
    "attention_map",
    "error_against",
    "error_by_trees",
    "pinball",
    "receptive_field",
]


def anomaly_return(anomaly, change, *, share, ax=None):
    """Draw how much warmer it gets after warm and cold hours, and a line for it.

    Parameters
    ----------
    anomaly : array of shape (n,)
        How much warmer than usual it is now, in °C.
    change : array of shape (n,)
        What the anomaly changes by until the hour to forecast, in °C.
    share : float
        Share of the anomaly that is expected to remain; the line has the slope
        ``share - 1``.

    Returns
    -------
    matplotlib.axes.Axes
        With one dot for each 2 °C of the anomaly that hold 100 values or more: the
        mean change, and a bar from its lower to its upper quartile.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> anomaly = np.repeat([-3.0, 1.0], 100)
    >>> ax = anomaly_return(anomaly, -0.5 * anomaly, share=0.5)
    >>> ax.lines[-1].get_ydata().tolist()
    [1.5, -0.5]
    """
    ax = ax or plt.figure(figsize=(6.4, 3.2)).add_subplot()
    anomaly, change = np.asarray(anomaly), np.asarray(change)
    edges = 2 * np.floor(anomaly / 2)
    bins = [edges == e for e in np.unique(edges) if np.sum(edges == e) >= 100]
    x = np.array([anomaly[b].mean() for b in bins])
    low, high = np.transpose([np.quantile(change[b], [0.25, 0.75]) for b in bins])
    ax.axhline(0, color=color("naive"), linestyle=linestyle("naive"), linewidth=1.2)
    ax.plot(x, (share - 1) * x, color=color("climatology"), linewidth=1.4)
    ax.vlines(x, low, high, color=PALETTE["light"], linewidth=5)
    ax.plot(x, [change[b].mean() for b in bins], "o", color=PALETTE["blue"])
    ax.set(xlabel="anomaly now (°C)", ylabel="its change in a day (°C)")
    return ax


def anomaly_share(times, observed, usual, forecast, *, share, errors, axes=None):
    """Draw a forecast between climatology and persistence, and its error's place.

    Parameters
    ----------
    times : array of datetime64, shape (n,)
        Hours that are forecast.
    observed, usual, forecast : array of shape (n,)
        What came, what is usual, and the forecast, in °C.
    share : float
        Share of the anomaly that the forecast keeps, a key of `errors`.
    errors : dict of float to float
        MAE in °C over all hours, by share.
    axes : pair of matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    pair of matplotlib.axes.Axes

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> hours = np.arange("2013-01-01", "2013-01-03", dtype="datetime64[h]")
    >>> y = np.arange(48.0)
    >>> left, right = anomaly_share(hours, y, y, y, share=0.5, errors={0.5: 2, 1.0: 3})
    >>> right.lines[-1].get_ydata().tolist()
    [2]
    """
    if axes is None:
        grid = {"width_ratios": [2.2, 1]}
        axes = plt.figure(figsize=(6.4, 3.0)).subplots(1, 2, gridspec_kw=grid)
    left, right = axes
    for name, values in (("observed", observed), ("climatology", usual)):
        left.plot(times, values, color=color(name), linestyle=linestyle(name), lw=1.2)
    left.plot(times, forecast, color=PALETTE["vermilion"], linewidth=1.8)
    _dates(left, "temperature (°C)")
    values = np.concatenate([observed, usual])
    left.set_ylim(values.min() - 4, values.max() + 4)
    right.plot(list(errors), list(errors.values()), color=PALETTE["grey"])
    right.plot(share, errors[share], "o", color=PALETTE["vermilion"])
    right.set(xlabel="share kept", ylabel="MAE (°C)", xticks=[0, 0.5, 1])
    right.set_title(f"{errors[share]:.2f} °C", loc="left")
    return axes


def _dates(ax, label):
    locator = ax.xaxis.get_major_locator()
    locator.maxticks = dict.fromkeys(locator.maxticks, 6)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set_ylabel(label)
    ax.margins(x=0.01)


def error_by_trees(errors, *, reference, ax=None):
    """Draw the error after each tree, for several formulations of one task.

    Parameters
    ----------
    errors : dict of str to array of shape (trees + 1,)
        Label and MAE in °C before the first tree and after each.
    reference : float
        MAE of the naive forecast.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> ax = error_by_trees({"the change": [2.4, 2.3]}, reference=2.4)
    >>> [text.get_text() for text in ax.texts]
    ['naive', 'the change']
    """
    ax = ax or plt.figure(figsize=(6.4, 3.0)).add_subplot()
    looks = (("vermilion", "-"), ("blue", "--"), ("purple", "-."))
    last = max(map(len, errors.values())) - 1
    ax.axhline(reference, color=color("naive"), linestyle=linestyle("naive"))
    at = {"textcoords": "offset points", "va": "bottom"}
    ax.annotate(
        "naive", (last, reference), (0, 3), ha="right", color=color("naive"), **at
    )
    for (name, values), (shade, line) in zip(errors.items(), looks, strict=False):
        ax.plot(values, color=PALETTE[shade], linestyle=line)
        early = min(5, last)
        where = (early, values[early])
        is_best = values is min(errors.values(), key=lambda seen: seen[early])
        drop = {"xytext": (8, -4), "va": "top"} if is_best else {"xytext": (8, 2)}
        ax.annotate(name, where, color=PALETTE[shade], **at | drop)
    ax.set(xlabel="trees", ylabel="validation MAE (°C)", xlim=(0, last))
    return ax


def receptive_field(*, kernel, dilations, n_steps=None, ax=None):
    """Draw which inputs reach the last output of causal convolutions.

    Parameters
    ----------
    kernel : int
        Weights of each convolution.
    dilations : sequence of int
        Steps between the inputs of each layer, from the first layer on.
    n_steps : int, optional
        Steps to draw; by default as many as the last output sees.

    Returns
    -------
    matplotlib.axes.Axes
        Its title says how many steps the last output sees.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> ax = receptive_field(kernel=3, dilations=[1, 2])
    >>> ax.get_title(loc="left")
    'the last output sees 7 steps'
    """
    sees = 1 + (kernel - 1) * sum(dilations)
    n_steps = n_steps or sees
    ax = ax or plt.figure(figsize=(6.4, 2.8)).add_subplot()
    rows = len(dilations)
    x, height = np.meshgrid(np.arange(1 - n_steps, 1), np.arange(rows + 1))
    ax.scatter(x, height, s=12, color=PALETTE["light"], zorder=2)
    reached, dot = {0}, {"s": 20, "zorder": 3}
    for row in range(rows, 0, -1):
        pairs = [
            (to, to - k * dilations[row - 1])
            for to in sorted(reached)
            for k in range(kernel)
        ]
        ends = np.array([p for p in pairs if p[1] > -n_steps]).T
        ax.plot(ends, [[row], [row - 1]] * np.ones_like(ends), lw=0.9, c=PALETTE["sky"])
        ax.scatter(sorted(reached), [row] * len(reached), c=PALETTE["blue"], **dot)
        reached = set(ends[1])
    ax.scatter(sorted(reached), [0] * len(reached), c=PALETTE["vermilion"], **dot)
    names = ["input", *(f"dilation {d}" for d in dilations)]
    ax.set(xlabel="steps before the last", yticks=range(rows + 1), yticklabels=names)
    ax.spines["left"].set_visible(False)
    ax.set_title(f"the last output sees {sees} steps", loc="left")
    return ax


def attention_map(times, weights, *, ax=None):
    """Draw the attention weights of successive forecasts, one column for each.

    Parameters
    ----------
    times : array of datetime64, shape (n,)
        When each forecast is made, hour by hour.
    weights : array of shape (n, hours)
        Its weights, the last hour last.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> hours = np.arange("2013-01-01", "2013-01-03", dtype="datetime64[h]")
    >>> attention_map(hours, np.full((48, 24), 1 / 24)).get_ylabel()
    'hours ago'
    """
    ax = ax or plt.figure(figsize=(6.4, 3.3)).add_subplot()
    weights = np.asarray(weights)
    ago = np.arange(weights.shape[1])[::-1]
    image = ax.pcolormesh(
        times, ago, weights.T, cmap="Blues", vmin=0, shading="nearest", rasterized=True
    )
    bar = ax.figure.colorbar(image, ax=ax, pad=0.02)
    bar.set_label("weight")
    bar.outline.set_visible(False)
    _dates(ax, "hours ago")
    ax.set_yticks([0, 6, 12, 18, 23])
    return ax


def pinball(levels, *, ax=None):
    """Draw the quantile loss of each level against the error.

    Parameters
    ----------
    levels : sequence of float
        Between 0 and 1, three at most.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> ax = pinball([0.05, 0.5])
    >>> ax.lines[0].get_ydata().max().round(2)
    np.float64(3.8)
    """
    ax = ax or plt.figure(figsize=(6.4, 2.8)).add_subplot()
    error = np.linspace(-4, 4, 81)
    looks = (("blue", "-"), ("grey", "--"), ("vermilion", "-."))
    for level, (shade, line) in zip(levels, looks, strict=False):
        cost = np.maximum(level * error, (level - 1) * error)
        ax.plot(error, cost, color=PALETTE[shade], linestyle=line)
        end = -1 if level >= 0.5 else 0
        ax.annotate(
            f"level {level:g}",
            (error[end], cost[end]),
            (-4 if end else 4, 2),
            textcoords="offset points",
            ha="right" if end else "left",
            va="bottom",
            color=PALETTE[shade],
        )
    ax.set(xlabel="truth minus forecast (°C)", ylabel="cost (°C)", ylim=(-0.1, 4.5))
    return ax


def error_against(values, errors, *, label, groups=6, ax=None):
    """Draw the mean absolute error of forecasts grouped by some other quantity.

    Parameters
    ----------
    values : array of shape (n,)
        What to group by; each group holds as many forecasts as the next.
    errors : array of shape (n,)
        Absolute errors in °C.
    label : str
        Name and unit of `values`.
    groups : int, default 6
        Number of groups.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> errors = [1.0, 1.0, 2.0, 4.0]
    >>> ax = error_against([1.0, 2.0, 3.0, 4.0], errors, label="x", groups=2)
    >>> ax.lines[0].get_ydata().tolist()
    [1.0, 3.0]
    """
    ax = ax or plt.figure(figsize=(6.4, 2.8)).add_subplot()
    order = np.array_split(np.argsort(values, kind="stable"), groups)
    x = [np.mean(np.asarray(values)[rows]) for rows in order]
    means = [np.mean(np.asarray(errors)[rows]) for rows in order]
    ax.plot(x, means, "o-", color=PALETTE["blue"])
    ax.axhline(np.mean(errors), color=PALETTE["grey"], linestyle=":", linewidth=1.2)
    ax.set(xlabel=label, ylabel="MAE (°C)")
    return ax
