"""A chapter links each term that it teaches to the glossary, where it first uses it."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [
    path
    for path in sorted(ROOT.glob("chapters/*.ipynb"))
    if not path.match("*_solution.ipynb")
]
ENTRY = re.compile(r"^(\S.*)\n((?:  .*\n?)+)", re.MULTILINE)
LINK = r"\{term\}`(?:[^`<]*<)?(?P<linked>[^`<>]+)>?`"
NO_PROSE = (
    r"^[#|][^\n]*|<p [^\n]*</p>|<[^>]*>"
    r"|\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\[[^\]]*\]\([^)]*\)"
)
"""Headings, tables, tags, formulas, code and links: none can hold a link of its own."""


def taught():
    """Return the terms of the glossary, and the chapters that teach each."""
    text = (ROOT / "back" / "glossary.md").read_text(encoding="utf-8")
    body = text.partition("```{glossary}\n")[2].partition("\n```")[0]
    return {
        fold(term): {int(n) for n in re.findall(r"\d+", said.rpartition("[")[2])}
        for term, said in ENTRY.findall(body + "\n")
    }


def fold(words):
    """Return words as a term: *Sequence-to-sequence* is *sequence to sequence*."""
    return re.sub(r"[\s-]+", " ", words.casefold())


def uses(text, terms):
    """Yield each use of a term in a text: the term, whether it is linked, and where."""
    longest = sorted(terms, key=len, reverse=True)
    names = "|".join(re.escape(term).replace(r"\ ", r"[\s-]+") for term in longest)
    plain = rf"(?<![\w-])(?P<plain>{names})s?(?![\w-])"
    pattern = re.compile(f"{LINK}|{NO_PROSE}|{plain}", re.M | re.S | re.I)
    for found in pattern.finditer(text):
        name = found["linked"] or found["plain"]
        if name:
            yield fold(name), bool(found["linked"]), found[0]


def body(path):
    """Return the prose of a chapter, from below its head to its key points."""
    cells = nbformat.read(path, as_version=4).cells[1:]
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return text.partition("## Key points")[0]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_first_use_of_each_term_that_a_chapter_teaches_is_linked(path):
    terms, first = taught(), {}
    for term, linked, words in uses(body(path), terms):
        first.setdefault(term, (linked, words))
    own = [term for term, chapters in terms.items() if int(path.stem[:2]) in chapters]
    assert own
    never = [term for term in own if term not in first]
    assert not never, f"not a word of {never}: link them, or mend glossary.md"
    bare = [first[term][1] for term in own if not first[term][0]]
    assert not bare, f"write {{term}}`...` where {path.name} first says {bare}"
