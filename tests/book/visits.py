"""What a browser finds on a page of the book, all of it in one visit.

To load a page and set its formulas takes longer than to measure it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tests.book import barriers

PHONE, LAPTOP = 390, 1280
LIGHT, DARK = "light", "dark"
CUT = Path(__file__).with_name("cut.js")
STILL = """
document.head.insertAdjacentHTML("beforeend",
  "<style>*, ::before, ::after { transition: none !important }</style>")
"""
NEXT_FRAMES = (
    "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    ".then(() => 1)"
)
FOLDS = "document.querySelectorAll('.bd-article details')"
AT_ONCE = """({
  width: document.documentElement.scrollWidth,
  formulas: document.querySelectorAll("mjx-container").length,
  unset: document.querySelectorAll("mjx-merror").length,
  sliders: [...document.querySelectorAll(".dlts-explore input")].map(slider => ({
    name: slider.ariaLabel, value: slider.ariaValueText,
    width: slider.offsetWidth, height: slider.offsetHeight,
  })),
})"""


@dataclass(frozen=True)
class Visit:
    """What was found.

    Attributes
    ----------
    width, formulas, unset, sliders : int, int, int and list of dict
        Of the page as a phone loads it: how wide it is in CSS pixels, how many formulas
        are set and how many are not, and what each slider says and measures.
    unseen : dict of int to dict
        What `cut.js` finds on a phone and on a laptop, with every fold open.
    requests, complaints : list of str
        Addresses that the page asked for, and what its scripts complained about.
    barriers : dict of str to list of str
        What axe-core finds: of the structure, and of the colours of each theme.
    """

    width: int
    formulas: int
    unset: int
    sliders: list
    unseen: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    complaints: list = field(default_factory=list)
    barriers: dict = field(default_factory=dict)


def visit(page, url, colours):
    """Look at a page in every way; `colours` are the ways of colouring seen so far."""
    page.resize(PHONE)
    page.open(url)
    found = Visit(**page.evaluate(AT_ONCE))
    page.evaluate(STILL)
    if page.evaluate("document.querySelector('.bd-article') !== null"):
        page.evaluate(f"{FOLDS}.forEach(box => box.open = true)")
        for width in (PHONE, LAPTOP):
            page.resize(width)
            page.evaluate(NEXT_FRAMES)
            found.unseen[width] = page.evaluate(CUT.read_text(encoding="utf-8"))
    found.requests.extend(page.requests)
    found.complaints.extend(page.complaints)
    barriers.prepare(page)
    found.barriers["structure"] = barriers.of_structure(page)
    for theme in (LIGHT, DARK):
        found.barriers[theme] = barriers.of_colours(page, theme, colours[theme])
    return found
