"""The reproduction report: the ledger as a page to read at a glance.

The book's build asks for `markdown` and renders what it returns, so the page always
shows the ledger as the committed chapters leave it.
"""

import math
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from utils.book import ledger

__all__ = ["Values", "anchor", "markdown", "of", "values"]

CHAPTERS = ledger.CHAPTERS
WORDS = {
    ledger.HOLDS: "holds",
    ledger.OVERLAPS: "overlaps",
    ledger.UNDECIDED: "undecided",
    ledger.DIFFERS: "differs",
    ledger.NOT_COMPARED: "not-compared",
    ledger.MISSING: "missing",
    ledger.FAILS: "fails",
}
COUNTED = {
    ledger.HOLDS: "hold",
    ledger.OVERLAPS: "hold for the medians only",
    ledger.UNDECIDED: "undecided",
    ledger.DIFFERS: "differ, as explained",
    ledger.NOT_COMPARED: "not compared",
    ledger.MISSING: "missing",
    ledger.FAILS: "fail",
}
HEADINGS = {
    ledger.FAILS: "Fails",
    ledger.MISSING: "Missing",
    ledger.NOT_COMPARED: "Not compared",
    ledger.DIFFERS: "Differs, as explained",
    ledger.UNDECIDED: "Undecided",
    ledger.OVERLAPS: "Holds for the medians, the ranges overlap",
    ledger.HOLDS: "Holds",
}


@dataclass(frozen=True)
class Values:
    """What the sources report and what the course finds, as few digits as say it.

    Attributes
    ----------
    reported : str
        With its unit, or the order of the names.
    course : str
        The median over seeds, or the one value, with the unit.
    spread : str
        From the lowest to the highest seed, or ``"exact"`` where chance plays no part.
    """

    reported: str
    course: str
    spread: str


def values(record):
    """Write the numbers of a record with the digits that its spread supports.

    Parameters
    ----------
    record : utils.book.ledger.Record
        One claim beside what the course computed.

    Returns
    -------
    Values
        Seeds are rounded where they begin to differ, a single value where the source
        rounds, and either so that different numbers remain different.

    Examples
    --------
    >>> values(ledger.reproduce("P1", 10.0))
    Values(reported='10', course='10', spread='exact')
    """
    claim, places = record.claim, _places(record)
    unit = f" {claim.unit}" if claim.unit else ""
    if not record.values:
        return Values(_reported(claim), "nothing", "")
    lists = [(name, record.values[name]) for name in _names(claim)]
    course = _joined((name, _written(np.median(v), places)) for name, v in lists)
    ranges = _joined(
        (name, f"{_written(min(v), places)} to {_written(max(v), places)}")
        for name, v in lists
        if len(v) > 1
    )
    seeds = max(len(v) for _, v in lists)
    one = "one number made of several runs" if "seed" in claim.basis else "exact"
    spread = f"{seeds} seeds: {ranges}" if ranges else one
    return Values(_reported(claim), f"{course}{unit}", spread)


def of(claim_id, folder=None):
    """Return the values of one claim, as the chapters have stored them.

    Parameters
    ----------
    claim_id : str
        An id of `chapters/reported.toml`.
    folder : path-like, optional
        As for `utils.book.ledger.records`.

    Returns
    -------
    Values

    Raises
    ------
    ValueError
        If the ledger has no such claim.

    Examples
    --------
    >>> of("C1.test").reported
    '2.62 °C'
    """
    found = {record.claim.id: record for record in ledger.records(folder)}
    if claim_id not in found:
        raise ValueError(
            f"claim_id must be in chapters/reported.toml ({', '.join(found)}); "
            f"got {claim_id!r}."
        )
    return values(found[claim_id])


def _names(claim):
    """Return the names under which a claim's values stand, in its order."""
    return claim.reported if claim.kind == "ordering" else ["value"]


def _joined(pairs):
    """Return named texts in one line; a single value needs no name."""
    return "; ".join(f"{name} {text}".removeprefix("value ") for name, text in pairs)


def _reported(claim):
    """Return what the source reports, with its unit."""
    if claim.kind == "ordering":
        return " < ".join(claim.reported)
    limit = "at most " if claim.kind == "at_most" else ""
    number = _written(claim.reported, _decimals(claim.reported))
    return f"{limit}{number} {claim.unit}".strip()


def _decimals(number):
    """Return how many decimals a source prints."""
    return max(0, -Decimal(repr(number)).normalize().as_tuple().exponent)


def _first_digit(number):
    """Return the decimal place of a number's first digit other than zero."""
    return -math.floor(math.log10(abs(number))) if number else 0


def _places(record):
    """Return the number of decimals for what the course found."""
    claim, lists = record.claim, list(record.values.values())
    if not lists:
        return 0
    wide = [(max(v) - min(v)) / 3 for v in lists if max(v) > min(v)]
    least = _decimals(claim.reported) if claim.kind != "ordering" else 0
    places = max(least, 0, *map(_first_digit, wide or [v[0] for v in lists]))
    middles = [np.median(v) for v in lists]
    while len({round(m, places) for m in middles}) < len(set(middles)):
        places += 1
    return places


def _written(number, places):
    return f"{round(float(number), places) + 0.0:,.{places}f}".replace("-", "−")


def markdown(folder=None):
    """Write the whole report: the count, what differs and why, and what holds.

    Parameters
    ----------
    folder : path-like, optional
        As for `utils.book.ledger.records`.

    Returns
    -------
    str
        MyST Markdown, below a heading of the first level; its links start in `back/`.

    Examples
    --------
    >>> "{.verdict .holds}" in markdown()
    True
    """
    records = ledger.records(folder)
    parts = [_count(records), _by_source(records)]
    for verdict, heading in HEADINGS.items():
        some = [record for record in records if record.verdict == verdict]
        if some:
            some.sort(key=lambda record: record.claim.chapter)
            items = "\n".join(map(_item, some))
            parts.append(f"## {heading} ({len(some)})\n\n{{.claims}}\n{items}")
    return "\n\n".join(parts)


def _count(records):
    """Write how many claims there are, and how many have which verdict."""
    counts = Counter(record.verdict for record in records)
    shown = [
        f"[{counts[verdict]} {COUNTED[verdict]}]{{.verdict .{WORDS[verdict]}}}"
        for verdict in HEADINGS
        if counts[verdict]
    ]
    total = f"**{len(records)} claims of the sources were computed again:**"
    return "\n".join([total, *shown])


def _by_source(records):
    """Write how many claims of each source have which verdict."""
    keys = list(dict.fromkeys(_key(record) for record in records))
    verdicts = [v for v in HEADINGS if any(r.verdict == v for r in records)][::-1]
    counts = Counter((_key(record), record.verdict) for record in records)
    head = "| source | " + " | ".join(COUNTED[v] for v in verdicts) + " |"
    line = "|---|" + "---:|" * len(verdicts)
    rows = [
        f"| {{cite:t}}`{key}` | "
        + " | ".join(str(counts[key, verdict]) for verdict in verdicts)
        + " |"
        for key in keys
    ]
    return "\n".join([head, line, *rows])


def _key(record):
    return record.claim.source.split(",")[0]


def _item(record):
    """Write one claim: verdict, what was measured, both numbers, where from."""
    claim, shown = record.claim, values(record)
    key, _, section = claim.source.partition(", ")
    sentence = claim.quantity[0].upper() + claim.quantity[1:]
    lines = [
        f"- [{HEADINGS[record.verdict]}]{{.verdict .{WORDS[record.verdict]} "
        f"#{anchor(claim.id)}}} **{sentence}.**\n",
        f"  reported [{shown.reported}]{{.number}}, "
        f"course [{shown.course}]{{.number}}\n",
        *([f"  {record.note}\n"] if record.note else []),
        f"  [{shown.spread[:1].upper()}{shown.spread[1:]}{_within(claim)}. "
        f"{{cite:t}}`{key}`, {section}; "
        f"{_chapter(claim)}; "
        f"{claim.id}]{{.origin}}\n",
    ]
    return "\n".join(lines)


def _within(claim):
    if not claim.tolerance:
        return ""
    distance = f"{Decimal(repr(claim.tolerance)):f}"
    return f"; may differ by {distance}, the {claim.basis.removeprefix('the ')}"


def _chapter(claim):
    name = next(CHAPTERS.glob(f"{claim.chapter:02}_*.ipynb")).name
    return f"[chapter {claim.chapter}](../chapters/{name})"


def anchor(claim_id):
    """Return the id at which the report shows a claim."""
    return "claim-" + claim_id.lower().replace(".", "-")
