"""Every number that a chapter prints is held, also where nbval compares no output.

A cell with the tag `nbval-ignore-output` runs in each test of its chapter, but nbval
does not look at what it prints.  Here each text and each glued value of such a cell is
held against the committed one: words and whole numbers must be the same, and a decimal
may be off by `UNITS` of its last printed place, since the last digits depend on the
processor.  Claims of the ledger are left to the ledger, pictures to their own tests.

`notebooks/free_numbers.toml` names what is not held, and why.
"""

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

UNCOMPARED = "nbval-ignore-output"
UNITS = 2  # of the last printed place
FREE = Path(__file__).parent / "notebooks" / "free_numbers.toml"
GLUED = "application/papermill.record/text/plain"
CLAIM = "application/vnd.dlts.claim+json"
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
        elif CLAIM not in data and "image/png" not in data:
            text = data.get("text/plain", output.get("text", ""))
            texts[cell_id] = texts.get(cell_id, "") + text
    return {place: plain(text) for place, text in texts.items() if NUMBER.search(text)}


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
            faults.append(
                f"{place}: the page says {old!r}, the chapter now gives {new!r}"
            )
    return faults


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
