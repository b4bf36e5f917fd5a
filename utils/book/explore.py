"""Explorable figures: still figures that move when the reader moves a slider.

Every frame is drawn beforehand with Matplotlib, in the style of the still figures, and
travels inside the output.  The figure needs no kernel, no network and no library; where
scripts do not run, its first frame remains.
"""

import html
import io
import itertools
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

import matplotlib as mpl
import matplotlib.pyplot as plt

__all__ = ["LIMIT", "Explorable", "slider"]

LIMIT = 400_000
"""Bytes that one explorable figure may take in a notebook."""

_STYLE = """<style>
.dlts-explore{margin:1.2em 0;break-inside:avoid}
.dlts-explore img{display:block;max-width:100%;height:auto}
.dlts-explore p{margin:.4em 0 0}
.dlts-explore-still{font-size:.85em;font-style:italic}
.dlts-explore label{display:flex;flex-wrap:wrap;align-items:center;gap:0 .8em;
max-width:44rem;margin:.2em 0}
.dlts-explore label>span{flex:0 1 11em}
.dlts-explore input{flex:1 1 12em;min-width:0;height:2.4em;margin:0;
accent-color:#0072b2;cursor:pointer;touch-action:pan-y}
.dlts-explore input:focus-visible{outline:3px solid #3f9bd1;outline-offset:1px;
border-radius:4px}
.dlts-explore output{flex:0 0 auto;min-width:6em;font-weight:600;
font-variant-numeric:tabular-nums}
.dlts-explore-told{position:absolute;width:1px;height:1px;overflow:hidden;
clip-path:inset(50%)}
@media print{.dlts-explore input{display:none}}
</style>"""

_STILL = (
    '<p class="dlts-explore-still">This figure has a slider where scripts run: in the '
    "book with JavaScript switched on, or in JupyterLab once the notebook is trusted "
    "or its cell has been run.</p>"
)

_SCRIPT = """<script>
(() => {
  const box = document.currentScript.closest(".dlts-explore");
  const data = JSON.parse(box.querySelector("script[type]").textContent);
  const image = box.querySelector("img");
  const make = (name, properties) =>
    Object.assign(document.createElement(name), properties);
  const told = make("p", {className: "dlts-explore-told", ariaLive: "polite"});
  const panel = make("div", {});
  const controls = data.sliders.map(({label, words, start}) => {
    const input = make("input",
      {type: "range", min: 0, max: words.length - 1, value: start, ariaLabel: label});
    input.setAttribute("data-lm-suppress-shortcuts", "true");  // JupyterLab's arrows
    const output = make("output", {ariaLive: "off"});
    const row = make("label", {});
    row.append(make("span", {textContent: label}), input, output);
    panel.append(row);
    return {input, output, words};
  });
  const tell = () => {
    let frame = 0;
    for (const {input, output, words} of controls) {
      const word = words[input.valueAsNumber];
      frame = frame * words.length + input.valueAsNumber;
      output.textContent = input.ariaValueText = word;
    }
    return frame;
  };
  const show = () => {
    const frame = tell(), runs = data.frames[frame], svg = [];
    for (let i = 0; i < runs.length; i += 2)
      svg.push(...data.lines.slice(runs[i], runs[i] + runs[i + 1]));
    image.src = "data:image/svg+xml," + encodeURIComponent(svg.join("\\n"));
    const alt = data.alts[data.alts.length > 1 ? frame : 0];
    if (alt !== image.alt) image.alt = told.textContent = alt;
  };
  tell();
  panel.addEventListener("input", show);
  box.querySelector(".dlts-explore-still").replaceWith(panel, told);
})();
</script>"""


@dataclass(frozen=True)
class Explorable:
    """A figure with sliders, which a notebook shows as HTML.

    Attributes
    ----------
    html : str
        The whole figure: first frame, all frames, sliders, script.
    alt : str
        What the first frame shows, in words.
    frames : int
        Number of frames.
    """

    html: str
    alt: str
    frames: int

    def _repr_html_(self):
        return self.html

    def __repr__(self):
        """Return the description and the number of frames."""
        return f"Explorable figure, {self.frames} frames: {self.alt}"


def slider(draw, *, values, alt, start=None, labels=None, formats=None, caption=None):
    """Draw one frame for each value and let the reader move through them.

    Parameters
    ----------
    draw : callable
        ``draw(**values)`` returns the Matplotlib figure (or an axes of it) for one
        choice of values. Axis limits and figure size should not depend on them, so that
        only what matters moves.
    values : dict of str to sequence
        One or two arguments of `draw`, each with the values that its slider offers, in
        order. Two sliders make a frame for every pair.
    alt : str or callable
        What the figure shows, in words; or ``alt(**values)``, the words for one frame,
        which a screen reader speaks when the slider moves.
    start : dict, optional
        Values of the first frame, which is also what print shows; the first of each by
        default.
    labels : dict of str to str, optional
        Text beside the slider; the argument's name with spaces by default.
    formats : dict of str to (str or callable), optional
        How a value is written beside the slider, such as ``"{:g} hours"``; ``"{}"`` by
        default.
    caption : str, optional
        Plain text below the sliders.

    Returns
    -------
    Explorable
        Shown by the notebook when it is the cell's last value.

    Raises
    ------
    ValueError
        If there are no values or more than two sliders, `alt` is empty, `start` is not
        one of the values, `labels`, `formats` or `start` name no slider, `draw` returns
        no figure, or the whole is larger than `LIMIT` bytes.

    Notes
    -----
    Frames share the lines of SVG that they have in common, so dozens of them take
    little more than one.
    Taught in chapter 1.

    Examples
    --------
    >>> def draw(slope):
    ...     figure, ax = plt.subplots()
    ...     ax.plot([0, 1], [0, slope])
    ...     ax.set_ylim(0, 2)
    ...     return ax
    >>> slider(
    ...     draw,
    ...     values={"slope": [0.5, 1, 2]},
    ...     start={"slope": 1},
    ...     alt=lambda slope: f"A line that rises to {slope}",
    ... )
    Explorable figure, 3 frames: A line that rises to 1
    """
    values = {name: list(choices) for name, choices in values.items()}
    start, labels, formats = dict(start or {}), dict(labels or {}), dict(formats or {})
    _check_values(values, start=start, labels=labels, formats=formats)
    first = {name: _position(values, start, name) for name in values}
    grid = [
        dict(zip(values, choice, strict=True))
        for choice in itertools.product(*values.values())
    ]
    drawn = [_frame(draw, choice) for choice in grid]
    alts = [_alt(alt, choice) for choice in (grid if callable(alt) else grid[:1])]
    begin = grid.index({name: values[name][first[name]] for name in values})
    shown = alts[begin if callable(alt) else 0]
    sliders = _sliders(values, first, labels, formats)
    page = _page(drawn, begin, shown, {"sliders": sliders, "alts": alts}, caption)
    _check_size(page, len(drawn))
    return Explorable(page, shown, len(drawn))


def _check_values(values, **options):
    if len(values) not in (1, 2):
        raise ValueError(
            f"values must name one or two sliders; got {len(values)}: {list(values)}."
        )
    for name, choices in values.items():
        if len(choices) < 2:
            raise ValueError(
                f"values[{name!r}] must hold at least two values; got {choices}."
            )
        if len(set(map(repr, choices))) < len(choices):
            raise ValueError(f"values[{name!r}] repeats a value; got {choices}.")
    for key, option in options.items():
        unknown = sorted(set(option) - set(values))
        if unknown:
            raise ValueError(
                f"{key} names {unknown[0]!r}, which is no slider; "
                f"the sliders are {', '.join(values)}."
            )


def _position(values, start, name):
    if name not in start:
        return 0
    if start[name] not in values[name]:
        raise ValueError(
            f"start[{name!r}] must be one of {values[name]}; got {start[name]!r}."
        )
    return values[name].index(start[name])


def _sliders(values, first, labels, formats):
    return [
        {
            "label": labels.get(name, name.replace("_", " ")),
            "words": [_word(value, formats.get(name)) for value in choices],
            "start": first[name],
        }
        for name, choices in values.items()
    ]


def _alt(alt, choice):
    text = alt(**choice) if callable(alt) else alt
    if not isinstance(text, str) or not text.strip():
        raise ValueError(
            f"alt must say in words what the figure shows; got {text!r} for {choice}."
        )
    return text.strip()


def _word(value, form):
    word = form(value) if callable(form) else (form or "{}").format(value)
    return re.sub(r"(?<!\w)-(?=[\d.])", "−", word)


def _check_size(page, n_frames):
    size = len(page.encode())
    if size > LIMIT:
        raise ValueError(
            f"values and draw make {n_frames} frames of {size / 1000:.0f} kB together; "
            f"at most {LIMIT / 1000:.0f} kB are allowed: offer fewer values or draw "
            "fewer points."
        )


def _frame(draw, choice):
    """Draw one frame; return its width in pixels and its lines of SVG."""
    figure = getattr(draw(**choice), "figure", None)
    if not isinstance(figure, mpl.figure.Figure):
        raise ValueError(
            f"draw must return a Matplotlib figure or axes; it did not for {choice}."
        )
    target = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "dlts"}):
        figure.savefig(target, format="svg", metadata={"Date": None}, bbox_inches=None)
    width = round(figure.get_figwidth() * figure.dpi)
    plt.close(figure)
    return width, _minify(target.getvalue()).split("\n")


def _minify(svg):
    """Drop what a browser does not need; put each element on a line of its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.S)
    used = set(re.findall(r"#([^\"')\s]+)", svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else "", svg)
    svg = re.sub(r"(?:scale|matrix)\([^)]*\)|-?\d+\.\d+(?:e-?\d+)?", _round, svg)
    svg = re.sub(
        r' d="([^"]*)"',
        lambda m: ' d="' + re.sub(r"\s*([A-Za-z])\s*", r"\1", m[1]).strip() + '"',
        svg,
    )
    svg = re.sub(r"\s+", " ", svg)
    svg = re.sub(r"> ?(?=<)", ">\n", svg).strip()
    return svg if "'" in svg else svg.replace('"', "'")


def _round(match):
    """Round one number to 2 decimals; leave transforms, which would lose precision."""
    number = match[0]
    if number[0] in "sm":
        return number
    return f"{round(float(number), 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _share(frames):
    """Return the distinct lines, and each frame as runs: start, count, start, ..."""
    where, packed = {}, []
    for lines in frames:
        runs = []
        for line in lines:
            index = where.setdefault(line, len(where))
            if runs and index == runs[-2] + runs[-1]:
                runs[-1] += 1
            else:
                runs += [index, 1]
        packed.append(runs)
    return list(where), packed


def _page(drawn, begin, alt, data, caption):
    lines, runs = _share([frame for _, frame in drawn])
    data = json.dumps(
        {**data, "lines": lines, "frames": runs},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    width, first = drawn[begin]
    source = "data:image/svg+xml," + quote("\n".join(first), safe=" '/=:;,()!*@$+?")
    return "\n".join(
        [
            '<div class="dlts-explore" role="group" aria-label="Explorable figure">',
            _STYLE,
            f'<img src="{source}" width="{width}" alt="{html.escape(alt)}">',
            _STILL,
            *([f"<p>{html.escape(caption)}</p>"] if caption else []),
            '<script type="application/json">',
            data.replace("</", "<\\/"),
            "</script>",
            _SCRIPT,
            "</div>",
        ]
    )
