"""One look for every figure of the course: style, palette, colours by model."""

import base64
import io
import os

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

__all__ = ["MODEL_LOOKS", "PALETTE", "color", "linestyle", "use_style"]

PALETTE = {
    "ink": "#1f2933",
    "grey": "#6b7280",
    "light": "#d5d9df",
    "blue": "#0072b2",
    "orange": "#d98200",
    "green": "#009e73",
    "vermilion": "#d55e00",
    "purple": "#b5548c",
    "sky": "#3f9bd1",
    "brown": "#8c6d31",
}
"""Colours by name: Okabe and Ito's colour-blind-safe set, darkened for white paper."""

MODEL_LOOKS = {
    "naive": ("grey", "--"),
    "seasonal naive": ("grey", ":"),
    "climatology": ("brown", "--"),
    "linear": ("orange", "-."),
    "dense": ("blue", "-"),
    "convolution": ("purple", "-."),
    "recurrent": ("sky", "--"),
    "lstm": ("green", "-"),
    "lstm, dropout": ("blue", "--"),
    "reversed lstm": ("vermilion", ":"),
    "bidirectional lstm": ("blue", "-."),
    "gru": ("vermilion", "-"),
    "stacked gru": ("vermilion", "-."),
    "trees": ("brown", "-."),
    "attention": ("purple", ":"),
    "ensemble": ("ink", "-"),
    "observed": ("ink", "-"),
    "train": ("blue", "--"),
    "validation": ("orange", "-"),
    "test": ("green", "-."),
}
"""Colour and line style of each kind of model and of each part of the data.

The same name looks the same in every chapter; no two share both colour and line style
within one figure, so a figure stays readable without colour.
"""

_STYLE = {
    "figure.figsize": (6.4, 3.3),
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "mathtext.fontset": "dejavusans",
    "text.color": PALETTE["ink"],
    "axes.edgecolor": PALETTE["grey"],
    "axes.facecolor": "white",
    "axes.labelcolor": PALETTE["ink"],
    "axes.labelsize": 11,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(
        color=[
            PALETTE[name]
            for name in ("blue", "orange", "green", "vermilion", "purple", "sky")
        ]
    ),
    "grid.color": PALETTE["light"],
    "grid.linewidth": 0.7,
    "xtick.color": PALETTE["grey"],
    "ytick.color": PALETTE["grey"],
    "xtick.labelcolor": PALETTE["ink"],
    "ytick.labelcolor": PALETTE["ink"],
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "svg.hashsalt": "dlts",
}

_ROOM = 1.2, 0.6, 0.6, 0.6  # left, right, below, above, for what is long: in inches
_LABELS = 0.6  # inches that numbers and labels of an axis usually take
_EDGE = 4  # pixels


def use_style():
    """Set the course's figure style for the rest of the session.

    In a notebook, figures are drawn as PNG at twice the screen's resolution, so that
    they stay sharp on a phone, and stored in 256 colours, which nobody sees and which
    takes a third of the room. With ``COURSE_FIGURES=plain`` in the environment, as
    grading has it, they are drawn once and at the screen's own, which saves room and
    time.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> use_style()
    >>> import matplotlib as mpl
    >>> mpl.rcParams["axes.spines.top"]
    False
    """
    mpl.rcParams.update(_STYLE)
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None and "inline" in mpl.get_backend().lower():
        plain = os.environ.get("COURSE_FIGURES") == "plain"
        set_matplotlib_formats("png" if plain else "retina")
        png = shell.display_formatter.formatters["image/png"]
        png.for_type(Figure, _plain if plain else _sharp)


def _sharp(figure):
    """Return a figure as IPython's *retina* PNG in 256 colours, and its size."""
    from IPython.core.pylabtools import retina_figure
    from PIL import Image  # with Matplotlib

    if _is_empty(figure):
        return None
    png, size = retina_figure(figure)
    picture = Image.open(io.BytesIO(png))
    small = _in_256_colours(picture, Image.Quantize.MAXCOVERAGE, optimize=True)
    return small, size


def _plain(figure):
    """Return a figure as a PNG in 256 colours, drawn once."""
    from PIL import Image

    if _is_empty(figure):
        return None
    pixels = _cut_out(figure) if _has_one_plot(figure) else None
    pixels = _drawn(figure) if pixels is None else pixels
    return _in_256_colours(Image.fromarray(pixels), Image.Quantize.FASTOCTREE)


def _has_one_plot(figure):
    """Return whether there is one plot and nothing beside it to be placed."""
    placed = isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
    alone = figure.get_children() == [figure.patch, *figure.axes[:1]]
    return placed and alone and min(figure.get_size_inches()) > 2 * _LABELS


def _cut_out(figure):
    """Return the pixels of a figure's one plot, without what is empty around it.

    There is more room around it than labels usually take, so nothing is measured before
    it is drawn, which would take a third of the time. Where it is not enough, or there
    is nothing to see, None is returned.
    """
    engine, size = figure.get_layout_engine(), figure.get_size_inches()
    (axes,), (left, right, below, above) = figure.axes, _ROOM
    place = axes.get_position(original=True)
    width, height = whole = np.add(size, (left + right, below + above))
    inside = size - _LABELS
    figure.set_layout_engine("none")
    figure.set_size_inches(whole)
    corner = (left + _LABELS) / width, (below + _LABELS) / height
    axes.set_position([*corner, *(inside / whole)])
    try:
        pixels = _drawn(figure)
    finally:
        axes.set_position(place)
        axes.set_in_layout(True)
        figure.set_size_inches(size)
        figure.set_layout_engine(engine)
    inked = pixels.view(np.uint32)[..., 0]
    inked = inked != inked[0, 0]
    edges = inked[0], inked[-1], inked[:, 0], inked[:, -1]
    if not inked.any() or np.concatenate(edges).any():
        return None
    return pixels[_spanned(inked.any(axis=1)), _spanned(inked.any(axis=0))]


def _spanned(inked):
    """Return the slice from the first to the last place with ink, and a little more."""
    places = np.flatnonzero(inked)
    return slice(max(0, places[0] - _EDGE), places[-1] + 1 + _EDGE)


def _drawn(figure):
    """Return the pixels of a figure."""
    figure.canvas.draw()
    return np.array(figure.canvas.buffer_rgba())


def _is_empty(figure):
    """Return whether there is nothing to show, as IPython sees it."""
    return not figure.axes and not figure.lines


def _in_256_colours(picture, method, **how):
    """Return a picture as text: a PNG with a palette, in about a third of the bytes."""
    from PIL import Image

    small = io.BytesIO()
    picture = picture.convert("RGB")
    picture = picture.quantize(256, method=method, dither=Image.Dither.NONE)
    picture.save(small, "PNG", **how)
    return base64.b64encode(small.getvalue()).decode()


def color(name):
    """Return the hex colour of a palette entry, a model or a part of the data.

    Parameters
    ----------
    name : str
        A key of `PALETTE` (``"blue"``) or of `MODEL_LOOKS` (``"lstm"``,
        ``"validation"``).

    Returns
    -------
    str
        ``"#rrggbb"``.

    Raises
    ------
    ValueError
        If no colour has that name.

    Examples
    --------
    >>> color("lstm") == PALETTE["green"]
    True
    """
    if name in PALETTE:
        return PALETTE[name]
    return PALETTE[_look(name)[0]]


def linestyle(name):
    """Return the Matplotlib line style of a model or of a part of the data.

    Parameters
    ----------
    name : str
        A key of `MODEL_LOOKS`.

    Returns
    -------
    str
        A line style such as ``"--"``.

    Raises
    ------
    ValueError
        If no model has that name.

    Examples
    --------
    >>> linestyle("naive")
    '--'
    """
    return _look(name)[1]


def _look(name):
    if name not in MODEL_LOOKS:
        known = ", ".join(sorted({*PALETTE, *MODEL_LOOKS}))
        raise ValueError(f"name must be one of {known}; got {name!r}.")
    return MODEL_LOOKS[name]
