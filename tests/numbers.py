"""Every number that a chapter prints is held, also where nbval compares no output.

A cell with the tag `nbval-ignore-output` runs in each test of its chapter, but nbval
does not look at what it prints.  Here each text, table, claim of the ledger and glued
value of such a cell is held against the committed one, as plain text and as the page
shows it: words and whole numbers must be the same, and a decimal may be off by `UNITS`
of its last printed place, since the last digits depend on the processor.  Pictures are
left to their own tests, except for the words that describe them.

`notebooks/free_numbers.toml` names what is not held, and why.
"""

import json
import re
import tomllib
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

UNCOMPARED = "nbval-ignore-output"
UNITS = 2  # of the last printed place
NEAR = 6  # words on each side that a message shows
FREE = Path(__file__).parent / "notebooks" / "free_numbers.toml"
GLUED = "application/papermill.record/text/plain"
CLAIM = "application/vnd.dlts.claim+json"
SCORES = "application/vnd.dlts.scores+json"
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)")


def free(chapter):
    """Return why each number of a chapter is free that no test holds, by its place."""
    return tomllib.loads(FREE.read_text(encoding="utf-8")).get(chapter, {})


def printed(cell_id, outputs):
    """Map places, names of glued values or a cell's id, to the texts printed there."""
    texts = {}
    for output in outputs:
        data = output.get("data", {})
        name = output.get("metadata", {}).get("scrapbook", {}).get("name")
        if name:
            texts[name] = data.get(GLUED, "")
        elif "image/png" not in data:
            text = data.get("text/plain", output.get("text", ""))
            parts = [text, shown(data), claimed(data), scored(data)]
            texts[cell_id] = " ".join([texts.get(cell_id, ""), *parts])
    texts = {place: plain(text) for place, text in texts.items()}
    return {place: text for place, text in texts.items() if NUMBER.search(text)}


def claimed(data):
    """Return the values that a claim stores for the reproduction report."""
    named = data.get(CLAIM, {}).get("values", {})
    values = (value for _, values in sorted(named.items()) for value in values)
    return " ".join(f"{value:.4g}" for value in values)


def scored(data):
    """Return the errors that a scoreboard stores for the chapters after it."""
    words = []
    for asked in data.get(SCORES, {}).get("questions", []):
        words += [asked["name"], f"{asked['naive']:.4g}", f"{asked['floor'] or 0:.4g}"]
        for model, errors in asked["errors"]:
            words += [model, *(f"{error:.4g}" for error in errors)]
    return " ".join(words)


def shown(data):
    """Return the words of an output's HTML, those for screen readers among them."""
    page = _Page()
    page.feed(data.get("text/html", ""))
    return " ".join(page.words)


class _Page(HTMLParser):
    """Collects the words of a page: texts, descriptions, and an explorable's frames."""

    def __init__(self):
        super().__init__()
        self.words, self.inside = [], ""

    def handle_starttag(self, tag, attrs):
        kinds = {"style": "style", "script": dict(attrs).get("type") or "script"}
        self.inside = kinds.get(tag, "")
        self.words += [value for name, value in attrs if name == "alt" and value]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if not self.inside:
            self.words.append(data)
        elif self.inside == "application/json":
            self.words += json.loads(data).get("alts", [])


def plain(text):
    """Write a text with ASCII signs and single blanks."""
    text = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    return " ".join(re.sub(r"-{2,}", " ", text).split())


def differences(stored, computed, free=()):
    """Say of each place where the computed text is not the stored one."""
    faults = []
    for place in [*stored, *(set(computed) - set(stored))]:
        old, new = stored.get(place, "nothing"), computed.get(place, "nothing")
        if place not in free and not agree(old, new):
            faults.append(f"{place}: {_told(old.split(), new.split())}")
    return faults


def _told(old, new):
    """Show where two lists of words part."""
    pairs = enumerate(zip(old, new, strict=False))
    at = next((k for k, pair in pairs if not agree(*pair)), min(len(old), len(new)))
    near = slice(max(at - NEAR, 0), at + NEAR + 1)
    before, after = (" ".join(words[near]) for words in (old, new))
    return f"the page says {before!r}, the chapter now gives {after!r}"


def agree(old, new):
    """Say whether two texts have the same words and, to the last places, numbers."""
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=False)
    same_words = NUMBER.sub("#", old) == NUMBER.sub("#", new)
    return same_words and all(_close(*pair) for pair in pairs)


def _close(old, new):
    digits, _, exponent = old.replace(",", "").partition("e")
    if "." not in digits and not exponent:
        return old == new
    unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
    distance = abs(float(old.replace(",", "")) - float(new.replace(",", "")))
    return distance <= (UNITS + 1e-6) * unit


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Hold the numbers of a cell that nbval has run without comparing its outputs."""
    result = yield
    if isinstance(item, IPyNbCell) and _is_uncompared(item):
        chapter = item.path.stem
        stored, computed = (
            printed(item.cell.id, outputs)
            for outputs in (item.cell.outputs, item.test_outputs)
        )
        if faults := differences(stored, computed, free(chapter)):
            where = f"{item.path.name}, cell {item.cell.id}, "
            pytest.fail("\n".join(where + fault for fault in faults), pytrace=False)
    return result


def _is_uncompared(item):
    simulated = item.stash.get(SIMULATED, False)
    return UNCOMPARED in item.cell.metadata.get("tags", []) and not simulated


SIMULATED = pytest.StashKey[bool]()
"""Whether a cell runs on weather that its stored outputs do not come from."""
