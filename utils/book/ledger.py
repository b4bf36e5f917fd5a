"""The ledger: every number that a source reports, held against the course's own.

``chapters/reported.toml`` lists the claims.  A chapter calls `reproduce` with the value
that it has just computed; the call shows the comparison, stores it in the cell's
output, and raises when the claim does not hold.  ``python -m utils.ledger`` reads the
committed chapters and prints the whole table.
"""

import argparse
import functools
import html
import itertools
import json
import sys
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

__all__ = [
    "Claim",
    "ClaimError",
    "Record",
    "claims",
    "main",
    "records",
    "reproduce",
    "stored_outputs",
    "table",
]

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
MIME = "application/vnd.dlts.claim+json"
KINDS = ("value", "at_most", "ordering")
HOLDS, DIFFERS, FAILS = "holds", "differs, as explained", "fails"
OVERLAPS, UNDECIDED = "holds for the medians, the ranges overlap", "undecided"
SETTLED = (HOLDS, OVERLAPS, UNDECIDED, DIFFERS)
NOT_COMPARED, MISSING = "not compared", "missing"


class ClaimError(AssertionError):
    """A claim that the course's own computation does not bear out."""


@dataclass(frozen=True)
class Claim:
    """One claim of a source, as `chapters/reported.toml` states it.

    Attributes
    ----------
    id : str
        For example ``"C1.test"``.
    chapter : int
        The chapter that reproduces it.
    source : str
        Where it is claimed: key in `references.bib` and section.
    quantity : str
        What was measured, in words.
    kind : {"value", "at_most", "ordering"}
        How it is compared: within `tolerance` of `reported`; not above `reported` plus
        `tolerance`; or, for an ordering, the medians in the stated order.
    reported : float or list of str
        The number, or the names in ascending order.
    tolerance : float
        Allowed distance, in `unit`.
    basis : str
        Where the tolerance comes from.
    unit : str
        Unit of `reported`.
    seeds : int, default 1
        How many seeds the course computes it with; in an ordering, something that needs
        no seed may have one value.
    naive : float, optional
        What the naive forecast has.  Where that is within the tolerance, too, the claim
        is not reproduced but undecided.
    expected : float, optional
        What the course finds where it differs from the source; the tolerance then
        holds around this number, on both sides, also for a limit that was passed.
    why : str
        Why it differs; required with `expected`.
    """

    id: str
    chapter: int
    source: str
    quantity: str
    kind: str
    reported: float | list
    tolerance: float = 0.0
    basis: str = ""
    unit: str = ""
    seeds: int = 1
    naive: float | None = None
    expected: float | None = None
    why: str = ""

    def __post_init__(self):
        """Refuse an entry that could not be checked."""
        if self.kind not in KINDS:
            raise ValueError(
                f"{self.id}: kind must be one of {', '.join(KINDS)}; got {self.kind!r}."
            )
        if self.tolerance < 0:
            raise ValueError(f"{self.id}: tolerance must not be negative.")
        if self.tolerance and not self.basis:
            raise ValueError(f"{self.id}: say in `basis` where the tolerance is from.")
        if self.expected is not None and not self.why:
            raise ValueError(f"{self.id}: say in `why` why the course differs.")
        is_passed_limit = self.kind == "at_most" and self.expected is not None
        if is_passed_limit and self.expected <= self.reported:
            raise ValueError(f"{self.id}: `expected` lies within what is reported.")
        if self.kind == "ordering" and len(self.reported) < 2:
            raise ValueError(f"{self.id}: an ordering needs at least two names.")


@dataclass(frozen=True)
class Record:
    """A claim beside what the course computed for it.

    Attributes
    ----------
    claim : Claim
        The claim of the source.
    values : dict of str to list of float
        The computed values: one list per name of an ordering, else one list under
        ``"value"``; one number per seed.
    verdict : str
        ``"holds"``, of an ordering also ``"holds for the medians, the ranges
        overlap"``; ``"undecided"`` (the naive forecast would pass, too); ``"differs,
        as explained"``; ``"fails"``; ``"not compared"`` (the data were simulated) or
        ``"missing"``.
    """

    claim: Claim
    values: dict
    verdict: str

    @property
    def ok(self):
        """Whether the claim is settled: compared, and as the ledger says."""
        return self.verdict in SETTLED

    @property
    def note(self):
        """Why it differs, or why it is undecided; else empty."""
        if self.verdict == UNDECIDED:
            naive = _number(self.claim.naive, self.claim.unit)
            return f"The naive forecast, {naive}, would pass, too."
        return self.claim.why if self.verdict == DIFFERS else ""

    def row(self):
        """Return the record as plain strings: id, quantity, reported, found, ..."""
        claim = self.claim
        return {
            "id": claim.id,
            "quantity": claim.quantity,
            "reported": _reported(claim),
            "course": _found(self),
            "tolerance": f"± {claim.tolerance:g}" if claim.tolerance else "",
            "verdict": self.verdict,
            "chapter": claim.chapter,
            "source": claim.source,
        }

    def _repr_mimebundle_(self, **_):
        row = self.row()
        note = f" {self.note}".rstrip()
        tolerance = f" ({row['tolerance']})" if row["tolerance"] else ""
        plain = (
            f"{row['id']}: {row['quantity']}\n"
            f"  reported {row['reported']}{tolerance}, course {row['course']}: "
            f"{row['verdict']}.{note}"
        )
        return {
            MIME: {"id": row["id"], "values": self.values, "verdict": self.verdict},
            "text/html": _card(row, tolerance, note),
            "text/plain": plain,
        }


def claims(path=None):
    """Read the claims of the sources.

    Parameters
    ----------
    path : path-like, optional
        A TOML file with one table per claim; `chapters/reported.toml` by default.

    Returns
    -------
    dict of str to Claim
        In the order of the file.

    Raises
    ------
    ValueError
        If the file is not TOML, or an entry is incomplete or misspelt.

    Examples
    --------
    >>> claims()["P1"].reported
    10.0
    """
    path = Path(path or CHAPTERS / "reported.toml")
    return _read_claims(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _read_claims(path, _modified):
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: Claim(id=name, **entry) for name, entry in entries.items()}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ValueError(f"{path.name} is not a readable ledger: {error}.") from error


def reproduce(claim_id, value, *, simulated=False):
    """Hold a computed value against what a source reports.

    Parameters
    ----------
    claim_id : str
        An id of `chapters/reported.toml`.
    value : float, array-like of shape (n_seeds,), or dict of str to these
        What the course computed, in the claim's unit: a number or one per seed; for an
        ordering, one entry per name.  A source reports one run; it is compared with
        the median of the course's seeds, which a single failed run cannot move.
    simulated : bool, default False
        Whether `value` comes from simulated data; it is then shown but not compared.

    Returns
    -------
    Record
        Displayed by Jupyter as reported, reproduced and verdict.

    Raises
    ------
    ClaimError
        If the claim does not hold, or differs otherwise than the ledger explains.
    ValueError
        If the id is unknown, a number is missing or not finite, the seeds are not as
        many as the claim asks for, or the names of an ordering are not those of the
        claim.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> reproduce("P1", 10.0).verdict
    'holds'
    """
    known = claims()
    if claim_id not in known:
        raise ValueError(
            f"claim_id must be in chapters/reported.toml ({', '.join(known)}); "
            f"got {claim_id!r}."
        )
    claim = known[claim_id]
    values = _as_lists(claim, value)
    if simulated:
        return Record(claim, values, NOT_COMPARED)
    if not _has_all_seeds(claim, values):
        counts = {name: len(numbers) for name, numbers in values.items()}
        raise ValueError(f"{claim_id}: value needs {claim.seeds} seeds; got {counts}.")
    record = Record(claim, values, _judge(claim, values))
    if not record.ok:
        row = record.row()
        raise ClaimError(
            f"{claim_id}: the source reports {row['reported']} {row['tolerance']}, "
            f"the course finds {row['course']}."
        )
    return record


def _names(claim):
    """Return the names under which a claim's values stand, in its order."""
    return claim.reported if claim.kind == "ordering" else ["value"]


def _as_lists(claim, value):
    """Return the values as rounded lists, one per name."""
    named = value if isinstance(value, dict) else {"value": value}
    wanted = _names(claim)
    if set(named) != set(wanted):
        raise ValueError(
            f"{claim.id}: value must have the names {wanted}; got {sorted(named)}."
        )
    lists = {}
    for name in wanted:
        numbers = np.atleast_1d(np.asarray(named[name], dtype=float)).ravel()
        if numbers.size == 0 or not np.isfinite(numbers).all():
            raise ValueError(f"{claim.id}: {name} must be finite numbers; got {value}.")
        lists[name] = [float(f"{number:.7g}") for number in numbers]
    return lists


def _has_all_seeds(claim, values):
    """Say whether each name has a value per seed; in an ordering, some may have one."""
    counts = {len(values[name]) for name in _names(claim)}
    fixed = {1} if claim.kind == "ordering" else set()
    return claim.seeds in counts and counts <= {claim.seeds} | fixed


def _judge(claim, values):
    if not _has_all_seeds(claim, values):
        return FAILS
    medians = [np.median(values[name]) for name in _names(claim)]
    if claim.kind == "ordering":
        if not np.all(np.diff(medians) > 0):
            return DIFFERS if claim.why else FAILS
        ranges = [(min(values[name]), max(values[name])) for name in _names(claim)]
        apart = all(low[1] < high[0] for low, high in itertools.pairwise(ranges))
        return HOLDS if apart else OVERLAPS
    target = claim.reported if claim.expected is None else claim.expected
    excess = medians[0] - target
    if claim.kind == "value" or claim.expected is not None:
        excess = abs(excess)
    if excess > claim.tolerance + 1e-12:
        return FAILS
    if claim.expected is not None:
        return DIFFERS
    trivial = claim.naive is not None and (
        abs(claim.naive - claim.reported) <= claim.tolerance + 1e-12
    )
    return UNDECIDED if trivial else HOLDS


def records(folder=None):
    """Collect what the executed chapters stored, one record per claim.

    Parameters
    ----------
    folder : path-like, optional
        Holds `reported.toml` and the notebooks; `chapters/` by default.

    Returns
    -------
    list of Record
        In the ledger's order.  A stored value is judged afresh, against the ledger as
        it is now; a claim that no chapter reproduces is ``"missing"``.

    Examples
    --------
    >>> records()[0].claim.id
    'P1'
    """
    folder = Path(folder or CHAPTERS)
    stored = {}
    for notebook in sorted(folder.glob("*.ipynb")):
        stored.update({entry["id"]: entry for entry in stored_outputs(notebook)})
    return [
        _settle(claim, stored.get(name))
        for name, claim in claims(folder / "reported.toml").items()
    ]


def stored_outputs(notebook, mime=MIME):
    """Yield what the outputs of a notebook hold of one kind.

    Parameters
    ----------
    notebook : path-like
        An executed notebook.
    mime : str, default `MIME`
        The kind of output; claims of the ledger by default.

    Yields
    ------
    dict
        One for each such output, in the order of the cells.

    Examples
    --------
    >>> next(stored_outputs(CHAPTERS / "01_perceptron.ipynb"))["id"]
    'P1'
    """
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output["data"][mime]


def _settle(claim, entry):
    if entry is None:
        return Record(claim, {}, MISSING)
    if entry["verdict"] == NOT_COMPARED:
        return Record(claim, entry["values"], NOT_COMPARED)
    return Record(claim, entry["values"], _judge(claim, entry["values"]))


def table(folder=None):
    """Return the whole ledger as a table.

    Parameters
    ----------
    folder : path-like, optional
        As for `records`.

    Returns
    -------
    pandas.DataFrame
        One row per claim, with the columns of `Record.row`; indexed by id.

    Examples
    --------
    >>> table().loc["P1", "reported"]
    '10'
    """
    import pandas as pd

    return pd.DataFrame([record.row() for record in records(folder)]).set_index("id")


def _number(number, unit=""):
    text = f"{number:,.0f}" if abs(number) >= 10_000 else f"{number:.4g}"
    return f"{text} {unit}".strip()


def _reported(claim):
    if claim.kind == "ordering":
        return " < ".join(claim.reported)
    prefix = "at most " if claim.kind == "at_most" else ""
    return prefix + _number(claim.reported, claim.unit)


def _found(record):
    """Return the computed values in words: median, and range when there are seeds."""
    parts = []
    for name in _names(record.claim) if record.values else []:
        numbers = record.values[name]
        text = _number(np.median(numbers))
        if len(numbers) > 1:
            low, high = _number(min(numbers)), _number(max(numbers))
            text += f" (median of {len(numbers)} seeds, {low} to {high})"
        parts.append(text if name == "value" else f"{name} {text}")
    return f"{', '.join(parts)} {record.claim.unit}".strip()


def _card(row, tolerance, note):
    escape = {key: html.escape(str(value)) for key, value in row.items()}
    marks = {HOLDS: "✓", OVERLAPS: "✓", UNDECIDED: "?", DIFFERS: "≠", NOT_COMPARED: "–"}
    mark = marks.get(row["verdict"], "✗")
    return (
        f'<div class="claim"><strong>{mark} {escape["id"]}</strong> '
        f"{escape['quantity']}: reported {escape['reported']}{tolerance}, "
        f"course {escape['course']}. <em>{escape['verdict'].capitalize()}.</em>"
        f"{html.escape(note)}</div>"
    )


def main(arguments=None):
    """Print the ledger; return 1 when a claim fails, is missing or was not compared.

    Parameters
    ----------
    arguments : list of str, optional
        Command line; ``--json`` prints the records as JSON.

    Returns
    -------
    int
        Exit status.

    Raises
    ------
    SystemExit
        Where there is no notebook to read, as in a package that pip installed.
    """
    parser = argparse.ArgumentParser(prog="python -m utils.ledger", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    if not any(CHAPTERS.glob("*.ipynb")):
        parser.error(
            f"the ledger reads executed chapters and {CHAPTERS} holds none; "
            "run this in a clone of the course, installed with `make setup`."
        )
    found = records()
    if options.json:
        print(json.dumps([asdict(record) for record in found], ensure_ascii=False))
    else:
        print(table().reset_index().drop(columns="source").to_string(index=False))
    open_claims = [record for record in found if not record.ok]
    if not options.json:
        print(f"\n{len(found) - len(open_claims)} of {len(found)} claims settled.")
    return 1 if open_claims else 0


if __name__ == "__main__":
    sys.exit(main())
