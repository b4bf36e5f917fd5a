"""What a student wrote, with nothing in it that runs when an instructor opens it.

nbgrader's formgrader shows HTML from answers and outputs as it stands, with the rights
of the instructor who looks at it: a script there could write into the course, and a
picture from elsewhere tells its owner when and where somebody looked.
nbconvert's own sanitizer does not serve here, since it also escapes the signs of
formulas and quotations and drops vector graphics.
"""

import base64
import functools
import html
import mimetypes
import re
from urllib.parse import urlsplit

import bleach
import tinycss2
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_markdown_cell

__all__ = ["bounded", "harmless", "harmless_html", "is_page"]


def _set(names):
    """Return names that stand in one text."""
    return frozenset(names.split())


_TAGS = _set(
    """
    a abbr b blockquote br caption center code col colgroup dd del details div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small
    span strong sub summary sup table tbody td tfoot th thead tr tt u ul var wbr
    """
)
_ATTRIBUTES = _set(
    """
    align alt border class colspan dir halign height href id lang open rowspan scope
    span src start style title valign width
    """
)
_STYLES = _set(
    """
    background-color border border-collapse color display float font-family font-size
    font-style font-weight height margin margin-left margin-right max-width padding
    text-align text-decoration vertical-align white-space width
    """
)
_SCHEMES = frozenset(("", "http", "https", "mailto"))
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
_BESIDE = re.compile(r"(?!.*\.\.)\w[\w .-]*(/[\w .-]+)*")
_WITH_CONTENT = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.I | re.S)
# Commands with which a formula makes a link, takes over styles of the page, or leaves
# its line and lies over what stands elsewhere.
_MATH = re.compile(
    r"\\(href|url|style|class|cssId|data|require|includegraphics|HTML|bbox|mmlToken|"
    r"rule|raise|lower|moveleft|moveright|smash|(math)?[rlc]lap|(?-i:Space))\b",
    re.I,
)
_MARKUP = re.compile(r"""<(?:"[^"]*"|'[^']*'|[^'">])*>""")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_PIXELS = ("image/png", "image/jpeg", "image/gif")
_NOTE = (
    "*This cell holds active HTML or a picture from elsewhere, so it is shown as it "
    "was typed.*"
)
_LONG_NOTE = "*This cell is too long to be formatted, so it is shown as it was typed.*"
_LONG_OUTPUT = "(An output too long to be formatted.)"
_LEFT_OUT = "(An active output, which is not shown.)"
_FORMATTED = ("text/html", "text/markdown", "text/latex")
_MOST, _MOST_IN_ALL = 20_000, 200_000
_MOST_STEPS = 10**8
_LONG_LINE = re.compile(r"[^\n]{1000}(?=[^\n])")
_KEPT = 2048
_PAGES = re.compile(r"html|[/+-](xml|xsl|xslt)$")
# What formgrader's page lays over the rest, and by what it finds its fields.
_IDS = _set("notebook notebook-container pager pager-button-area statusmessage")
_CLASSES = re.compile(
    r"(affix|arrow|carousel|cell-tag|comment|completions|dropdown|embed|extra-credit|"
    r"fa|form|full-credit|glyphicon|help|icon|ipython_tooltip|mark-graded|modal|"
    r"name-hidden|name-shown|navbar|nbgrader_cell|next|no-credit|out_prompt_overlay|"
    r"popover|pretooltiparrow|prev|save-icon|score|sr|tabbable|tooltip|tooltipbuttons|"
    r"ui)"
    r"(?![a-z])",
    re.I,
)
_FIELDS = ("{}", "{}-comment", "{}_extra_credit")


def bounded(notebook):
    """Show long texts as they were typed, in place, so that none holds a grader.

    Markdown and HTML take up to a millisecond for ten characters, so 600 KB of them
    would take a minute. A cell or an output may have 20,000 characters, beside its
    pictures, and all of them 200,000.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        In the current format; it is changed.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook.
    """
    left = _MOST_IN_ALL
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            size = _size(cell.source)
            if size > min(_MOST, left) or _holds(cell.source):
                cell.source = f"{_LONG_NOTE}\n\n{_fenced(cell.source)}"
                cell.pop("attachments", None)
            else:
                left -= size
        for output in cell.get("outputs", ()):
            left = _bound_output(output.get("data", {}), left)
    return notebook


def _bound_output(data, left):
    """Drop what is too long to be formatted of an output; return what is left then."""
    for kind in _FORMATTED:
        if (size := _size(_text(data, kind))) > min(_MOST, left):
            del data[kind]
            data.setdefault("text/plain", _LONG_OUTPUT)
        else:
            left -= size
    return left


def _holds(text):
    """Return whether nbconvert's search for links in a text would hold its reader.

    From each bracket on it looks for a link up to the end of the line.
    """
    return any(line.count("[") * len(line) > _MOST_STEPS for line in text.split("\n"))


def _size(text):
    """Return the number of characters of a text beside its pictures."""
    return len(_PICTURE.sub("", text))


def harmless(notebook):
    """Make what is active in a notebook harmless, in place.

    Text with figures, tables and formulas stays as it is. A text cell that holds more
    is shown as it was typed, like every raw cell; of an output those forms stay that
    run nothing, and a vector graphic becomes a picture.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        In the current format; it is changed.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook.
    """
    taken = _taken(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            for output in cell.outputs:
                if "data" in output:
                    output["data"] = _shown(output["data"], taken)
                    output["metadata"] = {}
        elif cell.cell_type == "markdown":
            _check(cell, taken)
    notebook.cells = [_plain(cell) for cell in notebook.cells]
    return notebook


def _taken(notebook):
    """Return the ids by which formgrader finds the fields of a notebook's points.

    Where a student's text has one of them first, points that a person types into
    another field would be saved as those of that cell.
    """
    marks = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    names = [mark.get("grade_id") for mark in marks if isinstance(mark, dict)]
    return _IDS | {field.format(name) for name in names for field in _FIELDS}


def harmless_html(source, taken=_IDS):
    """Return HTML without what could run, load, lead away or cover by itself.

    Parameters
    ----------
    source : str
        Any text.
    taken : frozenset of str
        Ids that stand elsewhere in the page.

    Examples
    --------
    >>> harmless_html('<b onclick="f()">Bold</b><script>f()</script>')
    '<b>Bold</b>'
    """
    source = _WITH_CONTENT.sub("", source)
    cleaned = _cleaned(source, taken, strip=True, refused=[])
    return "" if _has_active_formula(cleaned) else cleaned


def is_page(name):
    """Return whether a browser takes a file for a page, in which scripts would run.

    formgrader hands out what lies beside a notebook as pages of its own server, so a
    link in the notebook could open one of them with the instructor's rights.

    Parameters
    ----------
    name : str
        Its name, or its path within a folder.

    Examples
    --------
    >>> [is_page(name) for name in ("seen.html", "drawn.svg", "drawn.png", "data")]
    [True, True, False, False]
    """
    kind, _ = mimetypes.guess_type(f"/{name}")  # as an address it could lie
    return bool(_PAGES.search(kind or ""))


def _check(cell, taken):
    """Show a text cell as it was typed if it holds what is active."""
    pictures = cell.get("attachments", {})
    for name in [name for name, data in pictures.items() if not _is_picture(data)]:
        del pictures[name]
    if _is_active(cell.source, taken, tuple(pictures)):
        cell.source = f"{_NOTE}\n\n{_fenced(cell.source)}"
        cell.pop("attachments", None)


def _is_picture(data):
    """Return whether an attachment is a picture and nothing else."""
    return all(
        kind in _PIXELS and _BASE64.fullmatch(text) for kind, text in data.items()
    )


@functools.lru_cache(_KEPT)
def _is_active(source, taken, names=()):
    """Return whether Markdown becomes a page that holds more than text and figures."""
    if _MATH.search(source):
        return True  # also where Markdown takes the formula for code
    pictures = {name: {"image/png": ""} for name in names}
    try:
        page = MarkdownWithMath(
            renderer=IPythonRenderer(escape=False, attachments=pictures)
        ).render(source)
    except Exception:  # what the renderer does not take, it does not take there either
        return True
    refused = []
    escaped = _cleaned(page, taken, strip=False, refused=refused)
    cleaned = _cleaned(page, taken, strip=True, refused=[])
    return bool(refused) or escaped != cleaned or _has_active_formula(cleaned)


def _has_active_formula(page):
    """Return whether a formula of a page makes a link or a style.

    MathJax reads a formula across line breaks, comments and entities, so a command is
    looked for in what the page shows.
    """
    return bool(_MATH.search(html.unescape(_MARKUP.sub("", page))))


def _cleaned(page, taken, *, strip, refused):
    """Return HTML of known elements; attributes that are left out join `refused`."""

    def known(tag, name, value):
        fits = name in _ATTRIBUTES
        if name in _FITTING:
            fits = _FITTING[name](value)
        if name == "id":
            fits = value not in taken
        if not fits or (name == "style" and not _is_known(value)):
            refused.append((tag, name))  # of a style the rest is kept
        return fits

    return bleach.clean(
        page,
        tags=_TAGS,
        attributes=known,
        protocols=_SCHEMES - {""} | {"data"},
        strip=strip,
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
    )


def _leads_to_a_page(address):
    """Return whether an address is a page's, or a place in this page."""
    try:
        plain = re.sub(r"[\x00-\x20\x7f]", "", address)
        return urlsplit(plain).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _is_at_hand(address):
    """Return whether an address holds a picture, or names one beside the notebook."""
    return bool(_PICTURE.fullmatch(address) or _BESIDE.fullmatch(address))


def _stays(style):
    """Return whether a style names no address, and moves nothing over the rest."""
    return not re.search(r"[(\\]|-\s*[\d.]", style)


def _is_known(style):
    """Return whether a style sets nothing but what text and tables need."""
    found = tinycss2.parse_declaration_list(
        style, skip_comments=True, skip_whitespace=True
    )
    return all(one.type == "declaration" and one.lower_name in _STYLES for one in found)


def _is_own(classes):
    """Return whether no class of an element is one of those of formgrader's page."""
    return not any(map(_CLASSES.match, classes.split()))


_FITTING = {
    "class": _is_own,
    "href": _leads_to_a_page,
    "src": _is_at_hand,
    "style": _stays,
}


def _shown(data, taken):
    """Return those forms of an output that run nothing."""
    kept = {
        kind: data[kind] for kind in _PIXELS if _BASE64.fullmatch(_text(data, kind))
    }
    kept = {kind: text for kind, text in kept.items() if text}
    if "text/plain" in data:
        kept["text/plain"] = data["text/plain"]
    if page := _text(data, "text/html"):
        kept["text/html"] = harmless_html(page, taken)
    elif picture := _text(data, "image/svg+xml"):
        code = base64.b64encode(picture.encode()).decode()
        address = f"data:image/svg+xml;base64,{code}"
        kept["text/html"] = f'<img alt="A vector graphic" src="{address}">'
    for kind in ("text/markdown", "text/latex"):
        text = _text(data, kind)
        if text and not _is_active(text, taken):
            kept[kind] = text
    kept = {kind: text for kind, text in kept.items() if text}
    return kept or {"text/plain": _LEFT_OUT}


def _text(data, kind):
    """Return a form of an output as one text."""
    found = data.get(kind, "")
    return found if isinstance(found, str) else "".join(map(str, found))


def _plain(cell):
    """Return a raw cell as text that is shown as it was typed, others as they are."""
    if cell.cell_type != "raw":
        return cell
    shown = new_markdown_cell(_fenced(cell.source), metadata=cell.metadata)
    if "id" in cell:
        shown.id = cell.id
    return shown


def _fenced(text):
    """Return a text as a block of code in Markdown, whatever it holds."""
    if _holds(text):
        text = _LONG_LINE.sub(r"\g<0>\n", text)
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
