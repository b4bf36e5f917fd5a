"""Formulas as MathML, which browsers draw themselves, without a script or a network."""

import functools
import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

__all__ = ["mathml"]

_LONGEST = 2000
_ALIGNED = re.compile(r"\\(begin|end)\{aligned\}")
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_TAGS = {
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "msup",
    "msub",
    "msubsup",
    "mover",
    "munder",
    "munderover",
    "mfrac",
    "msqrt",
    "mroot",
    "mtable",
    "mtr",
    "mtd",
    "mstyle",
    "mpadded",
    "mphantom",
    "menclose",
    "mmultiscripts",
}
_ATTRIBUTES = {
    "display",
    "accent",
    "accentunder",
    "stretchy",
    "fence",
    "form",
    "minsize",
    "maxsize",
    "lspace",
    "rspace",
    "linethickness",
    "columnalign",
    "columnspacing",
    "rowspacing",
    "displaystyle",
    "scriptlevel",
    "mathvariant",
    "width",
    "height",
    "depth",
    "separator",
    "symmetric",
    "movablelimits",
}
_SAFE_VALUE = re.compile(r"[\w .%+-]*", re.ASCII)


@functools.lru_cache(4096)
def mathml(tex, *, display=False):
    r"""Return a formula as MathML, or as readable TeX if it cannot be drawn.

    Parameters
    ----------
    tex : str
        The formula without its dollars, from a student or not.
    display : bool, default False
        Whether it stands on a line of its own.

    Returns
    -------
    str
        HTML that holds no tag and no attribute but those of formulas.

    Examples
    --------
    >>> mathml("x")
    '<math display="inline"><mrow><mi>x</mi></mrow></math>'
    >>> mathml("<b>")
    '<math display="inline"><mrow><mo>&lt;</mo><mi>b</mi><mo>&gt;</mo></mrow></math>'
    >>> print(mathml(r"\text{<script>}"))
    <code class="formula">\text{&lt;script&gt;}</code>
    """
    try:
        if len(tex) > _LONGEST:
            raise ValueError("too long")
        tex = _ALIGNED.sub(r"\\\1{align*}", tex)
        made = convert(tex, display="block" if display else "inline")
        tree = ElementTree.fromstring(made)
        for element in tree.iter():
            _clean(element)
    except Exception:  # whatever a student wrote
        return f'<code class="formula">{html.escape(tex)}</code>'
    return ElementTree.tostring(tree, encoding="unicode")


def _clean(element):
    """Take the name space from an element of MathML; refuse any other one."""
    tag = element.tag.removeprefix(_NAMESPACE)
    if tag not in _TAGS:
        raise ValueError(tag)
    element.tag = tag
    element.attrib = {
        name: value
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES and _SAFE_VALUE.fullmatch(value)
    }
