"""The ledger settles a claim only when the computed value bears it out."""

import json
import re
from decimal import Decimal

import nbformat
import numpy as np
import pytest

from utils.book import ledger

LEDGER = """
[V]
chapter = 1
source = "s"
quantity = "a value"
kind = "value"
reported = 2.0
tolerance = 0.1
basis = "spread"
unit = "°C"

[M]
chapter = 1
source = "s"
quantity = "a limit"
kind = "at_most"
reported = 2.0

[O]
chapter = 1
source = "s"
quantity = "an order"
kind = "ordering"
reported = ["small", "large"]
seeds = 2

[S]
chapter = 1
source = "s"
quantity = "a value with seeds"
kind = "value"
reported = 2.0
tolerance = 0.1
basis = "spread"
unit = "°C"
seeds = 3
naive = 2.2

[D]
chapter = 1
source = "s"
quantity = "a value that comes out differently"
kind = "value"
reported = 2.0
tolerance = 0.1
basis = "spread"
expected = 3.0
why = "The source measured another thing."

[L]
chapter = 1
source = "s"
quantity = "a limit that was passed"
kind = "at_most"
reported = 10.0
tolerance = 0.5
basis = "spread"
expected = 13.0
why = "It was no limit."
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "reported.toml").write_text(LEDGER, encoding="utf-8")
    monkeypatch.setattr(ledger, "CHAPTERS", tmp_path)
    return tmp_path


def save(folder, *records):
    """Write a notebook whose cells hold the records, as Jupyter would."""
    cells = []
    for record in records:
        data = record._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data=data)
        cells.append(nbformat.v4.new_code_cell(outputs=[output]))
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, folder / "01_chapter.ipynb")


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("V", 2.1, "holds"),
        ("S", [2.0, 2.05, 9.0], "holds"),
        ("M", 1.0, "holds"),
        ("M", 2.0, "holds"),
        ("O", {"small": [1.0, 1.8], "large": [1.9, 2.0]}, "holds"),
        ("O", {"small": 1.8, "large": [1.9, 2.0]}, "holds"),
        ("D", 2.95, "differs, as explained"),
        ("L", 13.4, "differs, as explained"),
    ],
)
def test_a_claim_that_the_value_bears_out_is_settled(folder, name, value, verdict):
    record = ledger.reproduce(name, value)
    assert record.ok
    assert record.verdict == verdict


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("V", 2.11),
        ("V", 1.89),
        ("M", 2.01),
        ("O", {"small": 2.0, "large": [2.0, 2.0]}),
        ("O", {"small": [3.0, 1.0], "large": [1.0, 1.0]}),
        ("S", [1.0, 2.5, 2.5]),
        ("D", 2.0),
        ("L", 9.0),  # within the limit: then it would hold after all
        ("L", 14.0),
    ],
)
def test_a_claim_that_does_not_hold_raises(folder, name, value):
    with pytest.raises(ledger.ClaimError, match=f"{name}: the source reports"):
        ledger.reproduce(name, value)


def test_an_ordering_whose_ranges_overlap_is_said_to(folder):
    record = ledger.reproduce("O", {"small": [1.0, 2.0], "large": [1.9, 2.0]})
    assert record.ok
    assert record.verdict == "holds for the medians, the ranges overlap"


def test_a_claim_that_the_naive_forecast_would_pass_is_undecided(folder):
    near = LEDGER.replace("naive = 2.2", "naive = 2.1")
    (folder / "reported.toml").write_text(near, encoding="utf-8")
    record = ledger.reproduce("S", [2.0, 2.0, 2.0])
    assert record.ok
    assert record.verdict == "undecided"
    for text in ("text/plain", "text/html"):
        bundle = record._repr_mimebundle_()
        assert "The naive forecast, 2.1 °C, would pass, too." in bundle[text]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("S", 2.0),
        ("S", [2.0, 2.0]),
        ("S", [2.0] * 4),
        ("V", [2.0, 2.0]),
        ("O", {"small": 1.0, "large": 2.0}),
        ("O", {"small": [1.0, 1.0, 1.0], "large": [2.0, 2.0]}),
    ],
)
def test_a_claim_needs_all_its_seeds(folder, name, value):
    with pytest.raises(ValueError, match=f"{name}: value needs . seeds; got "):
        ledger.reproduce(name, value)
    assert ledger.reproduce(name, value, simulated=True).verdict == "not compared"


def test_a_stored_value_with_fewer_seeds_fails(folder):
    save(folder, ledger.reproduce("V", 2.0))
    more = LEDGER.replace('basis = "spread"', 'basis = "spread"\nseeds = 2', 1)
    (folder / "reported.toml").write_text(more, encoding="utf-8")
    assert ledger.table().verdict["V"] == "fails"


def test_simulated_data_are_shown_but_never_compared(folder):
    record = ledger.reproduce("V", 99.0, simulated=True)
    assert record.verdict == "not compared"
    assert not record.ok


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("X", 1.0, "claim_id must be in .*V, M, O, S, D, L.*got 'X'"),
        ("V", float("nan"), "finite"),
        ("V", [], "finite"),
        ("O", {"small": 1.0}, "names .*small.*large"),
        ("O", 1.0, "names"),
        ("V", {"small": 1.0}, "names"),
    ],
)
def test_bad_values_are_named(folder, name, value, message):
    with pytest.raises(ValueError, match=message):
        ledger.reproduce(name, value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('kind = "about"', "kind must be one of"),
        ("tolerance = 0.2", "say in `basis`"),
        ("tolerance = -1.0", "must not be negative"),
        ("expected = 1.0", "say in `why`"),
        ('typo = "x"', "not a readable ledger"),
        ("reported = ", "not a readable ledger"),
    ],
)
def test_an_entry_that_could_not_be_checked_is_refused(tmp_path, line, message):
    entry = {"chapter": "1", "source": '"s"', "quantity": '"q"', "kind": '"value"'}
    entry["reported"] = "1.0"
    entry[line.partition(" =")[0]] = line.partition("= ")[2]
    text = "[A]\n" + "\n".join(f"{key} = {value}" for key, value in entry.items())
    path = tmp_path / "reported.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        ledger.claims(path)


def test_a_limit_that_was_passed_expects_more_than_the_limit(tmp_path):
    path = tmp_path / "reported.toml"
    path.write_text(LEDGER.replace("expected = 13.0", "expected = 9.0"))
    with pytest.raises(ValueError, match="L: `expected` lies within"):
        ledger.claims(path)


def test_the_table_reads_what_the_chapters_stored(folder):
    save(folder, ledger.reproduce("S", [2.0, 2.1, 2.05]), ledger.reproduce("M", 1.0))
    table = ledger.table()
    assert table.verdict.to_dict() == {
        "V": "missing",
        "M": "holds",
        "O": "missing",
        "S": "holds",
        "D": "missing",
        "L": "missing",
    }
    assert table.loc["S", "course"] == "2.05 (median of 3 seeds, 2 to 2.1) °C"


def test_a_stored_value_is_judged_by_the_ledger_of_today(folder):
    save(folder, ledger.reproduce("V", 2.1))
    stricter = LEDGER.replace("tolerance = 0.1", "tolerance = 0.05", 1)
    (folder / "reported.toml").write_text(stricter, encoding="utf-8")
    assert ledger.table().verdict["V"] == "fails"


def test_the_command_fails_until_every_claim_is_settled(folder, capsys):
    settled = [
        ledger.reproduce("V", 2.0),
        ledger.reproduce("M", 2.0),
        ledger.reproduce("O", {"small": [1, 1], "large": 2}),
        ledger.reproduce("S", [2, 2, 2]),
        ledger.reproduce("L", 13.0),
        ledger.reproduce("D", 3.0),
    ]
    save(folder, *settled[:-1])
    assert ledger.main([]) == 1
    assert "5 of 6 claims settled" in capsys.readouterr().out
    save(folder, *settled[:-1], ledger.reproduce("D", 3.0, simulated=True))
    assert ledger.main([]) == 1
    save(folder, *settled)
    assert ledger.main([]) == 0


def test_json_holds_every_record(folder, capsys):
    save(folder, ledger.reproduce("V", 2.0))
    ledger.main(["--json"])
    printed = json.loads(capsys.readouterr().out)
    assert [entry["claim"]["id"] for entry in printed] == [*"VMOSDL"]
    assert printed[0]["values"] == {"value": [2.0]}


def test_the_card_says_what_differs_and_escapes_its_text(folder):
    bundle = ledger.reproduce("D", 3.0)._repr_mimebundle_()
    assert "another thing" in bundle["text/html"]
    order = ledger.reproduce("O", {"small": 1, "large": [2, 2]})
    assert "&lt;" in order._repr_mimebundle_()["text/html"]


def half_a_unit(claim):
    """Half a unit of the last place that the source prints."""
    return 0.5 * 10.0 ** -len(f"{claim.reported}".partition(".")[2])


def spread(numbers):
    return np.subtract(*np.percentile(numbers, [75, 25]))


def test_every_tolerance_has_the_basis_that_the_ledger_states():
    records = {record.claim.id: record for record in ledger.records()}
    for name, record in records.items():
        claim, of = record.claim, record.values
        if not claim.tolerance:
            continue
        by_seeds = re.match(r"interquartile range .*?(?: of (\S+))?$", claim.basis)
        if by_seeds:
            of = records[by_seeds[1]].values if by_seeds[1] else of
            limit = spread(of["value"])
        else:
            assert claim.basis.startswith(("rounding", "step")), (
                f"{name}: {claim.basis}"
            )
            limit = half_a_unit(claim)
        rounded_up = 10.0 ** Decimal(str(claim.tolerance)).as_tuple().exponent
        assert claim.tolerance < limit + rounded_up, f"{name}: {claim.tolerance}"
