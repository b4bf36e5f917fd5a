"""The reproduction report says what the ledger says, with sensible digits."""

import numpy as np
import pytest

from utils.book import ledger, report

VALUE = {"chapter": 1, "source": "geron2019hands, chapter 15", "quantity": "an error"}


def record(*, reported=0.02, kind="value", unit="", found, **more):
    """Return a record of a made-up claim."""
    claim = ledger.Claim(
        id="X1", kind=kind, reported=reported, unit=unit, **{**VALUE, **more}
    )
    lists = found if isinstance(found, dict) else {"value": found}
    return ledger.Record(claim, lists, ledger.HOLDS)


@pytest.mark.parametrize(
    ("reported", "found", "course"),
    [
        (2.44, [2.4351], "2.44"),
        (420551, [420551.0], "420,551"),
        (0.0, [0.03336], "0.03"),
        (0.0, [-8e-05], "−0.00008"),
        (10.0, [15.97], "16"),
        (8, [8.0], "8"),
    ],
)
def test_one_value_is_rounded_as_the_source_is(reported, found, course):
    assert report.values(record(reported=reported, found=found)).course == course


@pytest.mark.parametrize(
    ("found", "course", "spread"),
    [
        ([2.348, 2.413, 2.365], "2.37 °C", "3 seeds: 2.35 to 2.41"),
        ([2.9, 3.0, 5.9], "3.0 °C", "3 seeds: 2.9 to 5.9"),
    ],
)
def test_seeds_are_rounded_where_they_begin_to_differ(found, course, spread):
    values = report.values(record(reported=2.4, unit="°C", found=found))
    assert (values.reported, values.course) == ("2.4 °C", course)
    assert values.spread == spread


def test_an_ordering_shows_its_names_in_its_order_and_numbers_that_differ():
    found = {"b": [0.301, 0.302], "a": [0.3004]}
    some = record(kind="ordering", reported=["b", "a"], found=found, unit="°C")
    values = report.values(some)
    assert values.reported == "b < a"
    assert values.course == "b 0.3015; a 0.3004 °C"
    assert values.spread == "2 seeds: b 0.3010 to 0.3020"


def test_what_is_exact_is_told_from_what_was_made_of_runs():
    seeds = record(found=[0.02], tolerance=0.1, basis="range of the five seeds")
    assert report.values(record(found=[0.02])).spread == "exact"
    assert report.values(seeds).spread == "one number made of several runs"


def test_a_rounded_median_never_contradicts_the_verdict_of_an_ordering():
    for found in ledger.records():
        if found.claim.kind == "ordering" and found.values:
            shown = report.values(found).course.split("; ")
            numbers = [float(text.removesuffix(" °C²").removesuffix(" °C").split()[-1])
                       for text in shown]  # fmt: skip
            medians = [np.median(found.values[name]) for name in found.claim.reported]
            assert np.array_equal(np.argsort(numbers), np.argsort(medians))


def test_every_claim_stands_once_with_verdict_reason_and_source():
    text = report.markdown()
    for found in ledger.records():
        claim = found.claim
        (item,) = [
            part
            for part in text.split("\n- ")
            if f"#{report.anchor(claim.id)}}}" in part
        ]
        assert item.startswith(f"[{report.HEADINGS[found.verdict]}]")
        assert f"{{cite:t}}`{claim.source.split(',')[0]}`" in item
        assert f"[chapter {claim.chapter}](../chapters/{claim.chapter:02}_" in item
        assert (claim.why in item) == (found.verdict == ledger.DIFFERS or not claim.why)


def test_what_fails_stands_first(tmp_path):
    (tmp_path / "reported.toml").write_text(
        '[P1]\nchapter = 1\nsource = "geron2019hands, chapter 15"\n'
        'quantity = "an error"\nkind = "value"\nreported = 1.0\n',
        encoding="utf-8",
    )
    text = report.markdown(tmp_path)
    assert "[1 missing]{.verdict .missing}" in text
    assert "## Missing (1)" in text
    assert "course [nothing]" in text
