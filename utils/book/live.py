"""Live cells: small networks that the page itself computes when the reader moves them.

Unlike an explorable figure, whose frames are drawn beforehand, a live cell carries its
arithmetic with it, in plain JavaScript: any weight may meet any input.  It needs no
kernel and no network; a test holds its numbers to the NumPy cells.
"""

import html
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["LIMIT", "LiveCell", "gradient_product", "lstm_cell", "recurrent_neuron"]

LIMIT = 60_000
"""Bytes that one live cell may take in a notebook."""

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
GATES = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}
STEPS = 2, 16  # steps of an input sequence: each has a button of its own

_STYLE = """<style>
.dlts-live{--dlts-live-0:#0072b2;--dlts-live-1:#a45f00;--dlts-live-2:#00795a;
--dlts-live-3:#a03f80;--dlts-live-4:#6b7280;--dlts-live-5:#b84700;margin:1.2em 0;
max-width:46rem;break-inside:avoid;font-variant-numeric:tabular-nums}
html[data-theme="dark"] .dlts-live,body[data-jp-theme-light="false"] .dlts-live{
--dlts-live-0:#5cb4e8;--dlts-live-1:#e9a13b;--dlts-live-2:#35c298;
--dlts-live-3:#e08fc0;--dlts-live-4:#a0aab8;--dlts-live-5:#ee8a45}
.dlts-live svg{display:block;max-width:100%;height:auto;font-size:12px}
.dlts-live svg text{fill:currentColor;font-family:system-ui,sans-serif}
.dlts-live svg .grid{stroke:currentColor;opacity:.2}
.dlts-live p{margin:.4em 0;min-height:3em}
.dlts-live-still{font-size:.85em;font-style:italic}
.dlts-live-row{display:flex;flex-wrap:wrap;align-items:center;gap:0 .8em;
max-width:44rem;margin:.2em 0}
.dlts-live-row>span{flex:0 1 11em}
.dlts-live input{flex:1 1 12em;min-width:0;height:2.4em;margin:0;
accent-color:var(--dlts-live-0);cursor:pointer;touch-action:pan-y}
html[data-theme="dark"] .dlts-live :is(input,select),
body[data-jp-theme-light="false"] .dlts-live :is(input,select){color-scheme:dark}
.dlts-live select,.dlts-live button{font:inherit;color:inherit;background:none;
border:1px solid var(--dlts-live-4);border-radius:5px;min-height:2em;cursor:pointer}
.dlts-live select{background:Canvas;color:CanvasText;padding:0 .6em}
.dlts-live button{min-width:2.4em;padding:0 .2em}
.dlts-live button.wide{padding:0 .8em}
.dlts-live-steps{display:flex;flex:1 1 12em;flex-wrap:wrap;gap:.3em}
.dlts-live :is(input,select,button,summary):focus-visible{
outline:3px solid #3f9bd1;outline-offset:1px;border-radius:4px}
.dlts-live output{flex:0 0 auto;min-width:4em;font-weight:600}
.dlts-live summary{cursor:pointer;padding:.3em 0;width:fit-content}
@media (max-width:600px){.dlts-live label>span{flex:1 0 100%}}
@media print{.dlts-live :is(input,button,summary){display:none}}
</style>"""

_STILL = (
    '<p class="dlts-live-still">{alt}. It computes where scripts run: in the book with '
    "JavaScript switched on, or in JupyterLab once the notebook is trusted or its cell "
    "has been run.</p>"
)


@dataclass(frozen=True)
class LiveCell:
    """A network that a page computes, which a notebook shows as HTML.

    Attributes
    ----------
    html : str
        The whole cell: its data, arithmetic, controls and drawing.
    alt : str
        What it is, in words.
    data : dict
        What it starts with: the arguments of its arithmetic.
    """

    html: str
    alt: str
    data: dict

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        """Return the description."""
        return f"Live cell: {self.alt}"


def recurrent_neuron(
    *, w=1.0, u=0.8, b=0.0, x=(1,) + (0,) * 9, activation="tanh", caption=None
):
    """Let the reader set the weights and inputs of one recurrent neuron.

    It shows ``h_t = f(w * x_t + u * h_(t-1) + b)`` for every step, from a state of 0.

    Parameters
    ----------
    w, u, b : float, default 1, 0.8 and 0
        Weight of the input, weight of the last state, and bias, to begin with: from -2
        to 2, `u` from -1.5 to 1.5.
    x : sequence of float, default one pulse and nine zeros
        The inputs, 2 to 16 of them.
    activation : {"tanh", "relu", "sigmoid", "linear"}, default "tanh"
        The function f.
    caption : str, optional
        Plain text below the cell.

    Returns
    -------
    LiveCell
        Shown by the notebook when it is the cell's last value.

    Raises
    ------
    ValueError
        If a number is out of its range or not finite, there are too few or too many
        inputs, or the activation is unknown.

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> recurrent_neuron(w=1.0, u=0.5)
    Live cell: A recurrent neuron whose weights and inputs you can move
    """
    data = {"w": w, "u": u, "b": b, "x": _sequence(x), "activation": activation}
    return _cell(
        "neuron",
        "A recurrent neuron whose weights and inputs you can move",
        data,
        choices=[_choice("activation", ACTIVATIONS)],
        sliders=[
            _slider("w", -2, 2, "weight of the input w"),
            _slider("u", -1.5, 1.5, "weight of the state u"),
            _slider("b", -2, 2, "bias b"),
        ],
        caption=caption,
    )


def gradient_product(
    matrices, inputs, *, scale=1.0, activation="tanh", steps=None, caption=None
):
    """Let the reader follow a gradient's norm back through the steps of a network.

    The network computes ``h_t = f(h_(t-1) @ U + inputs[t])`` from a state of 0, with
    ``U = scale * matrix``.  A gradient of norm 1 with equal entries arrives at the last
    state; the cell shows its norm after each step back, beside the bound from the
    largest singular value of U and the steepest slope of f.

    Parameters
    ----------
    matrices : dict of str to array-like of shape (units, units)
        Recurrent weights to choose from, by name, such as ``"orthogonal"``.
    inputs : array-like of shape (most_steps, units)
        What each step adds to the sums, ``x_t @ W + b``.
    scale : float, default 1
        Factor of the matrix to begin with, from 0 to 2.
    activation : {"tanh", "relu", "sigmoid", "linear"}, default "tanh"
        The function f.
    steps : int, optional
        Steps to begin with, from 2; all by default.
    caption : str, optional
        Plain text below the cell.

    Returns
    -------
    LiveCell
        Shown by the notebook when it is the cell's last value.

    Raises
    ------
    ValueError
        If there is no matrix, a shape does not fit, a number is out of its range or not
        finite, or the activation is unknown.

    Notes
    -----
    Numbers travel with four decimals.

    Examples
    --------
    >>> cell = gradient_product({"identity": np.eye(2)}, np.zeros((30, 2)), scale=0.5)
    >>> cell.data["steps"], cell.data["matrices"]["identity"]["sigma"]
    (30, 1.0)
    """
    inputs = _rounded("inputs", inputs, ndim=2)
    most, units = inputs.shape
    if not matrices:
        raise ValueError("matrices must hold at least one matrix; got none.")
    if most < 2:
        raise ValueError(f"inputs must have at least 2 steps; got {most}.")
    named = {}
    for name, matrix in matrices.items():
        matrix = _rounded(f"matrices[{name!r}]", matrix, ndim=2)
        if matrix.shape != (units, units):
            raise ValueError(
                f"matrices[{name!r}] must have shape {(units, units)}, as inputs has "
                f"{units} columns; got {matrix.shape}."
            )
        sigma = float(np.linalg.norm(matrix, 2))
        named[name] = {"matrix": matrix.tolist(), "sigma": sigma}
    data = {
        "matrices": named,
        "matrix": next(iter(named)),
        "inputs": inputs.tolist(),
        "scale": scale,
        "steps": most if steps is None else steps,
        "activation": activation,
    }
    return _cell(
        "gradient",
        "The norm of a gradient on its way back through time",
        data,
        choices=[
            _choice("matrix", list(named), "recurrent weights"),
            _choice("activation", ACTIVATIONS),
        ],
        sliders=[
            _slider("scale", 0, 2, "scale of the weights"),
            _slider("steps", 2, most, "steps", step=1),
        ],
        caption=caption,
    )


def lstm_cell(
    *, biases=None, weights=None, recurrent=None, x=(1,) + (0,) * 9, caption=None
):
    """Let the reader set the gates and inputs of an LSTM with one unit.

    It shows gates, carry and output of every step, from a carry and an output of 0.

    Parameters
    ----------
    biases, weights, recurrent : dict of str to float, optional
        Bias, weight of the input and weight of the last output, to begin with, for the
        gates ``"i"``, ``"f"``, ``"o"`` and the candidate ``"g"``: biases from -6 to 6
        (f 1, the others 0 by default), weights from -6 to 6 (1 for g, others 0 by
        default).
    x : sequence of float, default one pulse and nine zeros
        The inputs, 2 to 16 of them.
    caption : str, optional
        Plain text below the cell.

    Returns
    -------
    LiveCell
        Shown by the notebook when it is the cell's last value.

    Raises
    ------
    ValueError
        If a gate is unknown, a number is out of its range or not finite, or there are
        too few or too many inputs.

    Notes
    -----
    Taught in chapter 8.

    Examples
    --------
    >>> cell = lstm_cell(biases={"f": 3})
    >>> cell.data["b_f"], cell.data["b_i"], cell.data["w_g"]
    (3, 0, 1)
    """
    data = {"x": _sequence(x)}
    starts = ("b", biases, {"f": 1}), ("w", weights, {"g": 1}), ("u", recurrent, {})
    for (letter, given, default), name in zip(
        starts, ("biases", "weights", "recurrent"), strict=True
    ):
        for gate in given or {}:
            _one_of(f"a gate of {name}", gate, GATES)
        start = dict.fromkeys(GATES, 0) | default | (given or {})
        data |= {f"{letter}_{gate}": value for gate, value in start.items()}
    return _cell(
        "lstm",
        "An LSTM with one unit, whose gates and inputs you can move",
        data,
        sliders=[_slider(f"b_{g}", -6, 6, f"bias of the {GATES[g]}") for g in "ifo"],
        more=[
            _slider("b_g", -6, 6, "bias of the candidate"),
            *(_slider(f"w_{g}", -6, 6, f"input to {GATES[g]}") for g in GATES),
            *(_slider(f"u_{g}", -6, 6, f"last output to {GATES[g]}") for g in GATES),
        ],
        caption=caption,
    )


def _slider(name, low, high, label, *, step=0.05):
    return {"name": name, "label": label, "low": low, "high": high, "step": step}


def _choice(name, options, label=None):
    return {"name": name, "label": label or name, "options": list(options)}


def _cell(kind, alt, data, *, sliders, choices=(), more=(), caption=None):
    for slider in (*sliders, *more):
        _within(slider["name"], data[slider["name"]], slider["low"], slider["high"])
    for choice in choices:
        _one_of(choice["name"], data[choice["name"]], choice["options"])
    spec = {
        "kind": kind,
        "alt": alt,
        "data": data,
        "choices": list(choices),
        "sliders": list(sliders),
        "more": list(more),
    }
    page = _page(spec, caption)
    size = len(page.encode())
    if size > LIMIT:
        raise ValueError(
            f"the live cell takes {size / 1000:.0f} kB; at most {LIMIT / 1000:.0f} kB "
            "are allowed: pass fewer matrices, units or steps."
        )
    return LiveCell(page, alt, data)


def _page(spec, caption):
    data = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    cells, live = (
        Path(__file__).with_name(name).read_text(encoding="utf-8")
        for name in ("live_cells.js", "live.js")
    )
    alt = html.escape(spec["alt"])
    return "\n".join(
        [
            f'<div class="dlts-live" role="group" aria-label="{alt}">',
            _STYLE,
            _STILL.format(alt=alt),
            *([f"<p>{html.escape(caption)}</p>"] if caption else []),
            '<script type="application/json">',
            data.replace("</", "<\\/"),
            "</script>",
            "<script>",
            '(() => {\nconst box = document.currentScript.closest(".dlts-live");',
            cells,
            live,
            "})();",
            "</script>",
            "</div>",
        ]
    )


def _within(name, value, low, high):
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{name} must lie between {low} and {high}; got {value}.")


def _one_of(name, value, options):
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}; got {value!r}.")


def _sequence(x):
    x = _rounded("x", x, ndim=1)
    low, high = STEPS
    if not low <= len(x) <= high:
        raise ValueError(f"x must have {low} to {high} steps; got {len(x)}.")
    return [int(v) if v == int(v) else float(v) for v in x]


def _rounded(name, values, *, ndim):
    values = np.round(np.asarray(values, dtype=float), 4)
    if values.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes; got shape {values.shape}.")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must hold finite numbers; got {values}.")
    return values
