"""The list of what no test recomputes is short, true and closed to new chapters."""

import copy

import nbformat
import pytest

from tests import numbers

ROOT = numbers.FREE.parents[2]
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
TIMED = {4}  # chapters that print times; no other enters the list
LONGEST = 3  # of the list; lower it when an entry goes

every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def uncompared(path):
    """Yield the cells of a chapter whose outputs nbval does not compare."""
    for cell in nbformat.read(path, as_version=4).cells:
        if numbers.UNCOMPARED in cell.metadata.get("tags", []):
            yield cell


@every_chapter
def test_the_list_names_what_the_chapter_prints(path):
    places = set()
    for cell in uncompared(path):
        places |= set(numbers.printed(cell.id, cell.outputs))
    gone = set(numbers.free(path.stem)) - places
    assert not gone, (
        f"{numbers.FREE.name}, {path.stem}: no uncompared cell prints {sorted(gone)}; "
        "remove it"
    )


def test_the_list_only_shrinks():
    entries = {path.stem: numbers.free(path.stem) for path in CHAPTERS}
    for chapter, places in entries.items():
        assert not places or int(chapter[:2]) in TIMED, (
            f"{numbers.FREE.name}, {chapter}: a new chapter has no free numbers; print "
            "what its own cells compute again, or move it to the ledger"
        )
    assert sum(map(len, entries.values())) <= LONGEST, (
        f"{numbers.FREE.name} has grown; recompute the new numbers instead"
    )


@every_chapter
def test_a_changed_digit_in_any_number_is_seen(path):
    for cell in uncompared(path):
        stored = numbers.printed(cell.id, cell.outputs)
        for place, text in stored.items():
            changed = copy.copy(stored)
            match = numbers.NUMBER.search(text)
            digit = str((int(match[0][-1]) + 5) % 10)
            changed[place] = text[: match.end() - 1] + digit + text[match.end() :]
            (fault,) = numbers.differences(stored, changed)
            assert fault.startswith(f"{place}: the page says")


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("MAE 2.207 °C", "MAE 2.209 °C", True),  # two units of the last place
        ("MAE 2.207 °C", "MAE 2.107 °C", False),
        ("MAE 2.207 °C", "MAE 2.207 K", False),
        ("6 of 10", "7 of 10", False),
        ("82,945", "82,946", False),
        ("1.2e-05", "1.4e-05", True),
        ("1.2e-05", "1.2e-06", False),
        ("a 1.00", "a 1.00 1.00", False),
    ],
)
def test_the_last_places_may_differ_and_nothing_else(old, new, same):
    assert numbers.agree(old, new) is same


def output(mime, content):
    return [{"data": {"text/plain": "a table", mime: content}}]


FRAMES = '<script type="application/json">{"alts": ["%s"]}</script>'
ASKED = {"name": "a", "naive": 2.0, "floor": None}


def with_errors(*errors):
    return {"questions": [ASKED | {"errors": [["line", errors]]}]}


HOLDS = {"id": "C1", "values": {"lstm": [2.365, 2.413]}, "verdict": "holds"}


@pytest.mark.parametrize(
    ("mime", "old", "new"),
    [
        ("text/html", "<td>2.207</td>", "<td>2.107</td>"),
        ("text/html", FRAMES % "held 89.4 %", FRAMES % "held 93.4 %"),
        ("text/html", '<img alt="off by 9 %">', '<img alt="off by 8 %">'),
        (numbers.CLAIM, HOLDS, HOLDS | {"values": {"lstm": [2.365, 2.313]}}),
        (numbers.SCORES, with_errors(1.5, 1.25), with_errors(1.5, 1.35)),
    ],
)
def test_a_digit_that_only_the_page_or_the_report_shows_is_held(mime, old, new):
    before, after = (numbers.printed("a", output(mime, each)) for each in (old, new))
    assert not numbers.differences(before, before)
    (fault,) = numbers.differences(before, after)
    assert fault.startswith("a: the page says")


def test_colours_and_code_of_a_page_are_not_compared():
    kinds = ("<style>td {width: 3px}</style>", "<script>start(3)</script>")
    assert not numbers.printed("a", output("text/html", "".join(kinds)))


def test_a_message_shows_the_words_around_the_first_difference():
    old, new = (" ".join([*"abcdefghijk", n, *"lmnopqrs"]) for n in ("1", "2"))
    assert numbers.differences({"x": old}, {"x": new}) == [
        "x: the page says 'f g h i j k 1 l m n o p q', the chapter now gives "
        "'f g h i j k 2 l m n o p q'"
    ]


def test_a_place_that_came_or_went_is_named():
    assert numbers.differences({"a": "1"}, {}) == [
        "a: the page says '1', the chapter now gives 'nothing'"
    ]
    assert numbers.differences({}, {"a": "1"}) == [
        "a: the page says 'nothing', the chapter now gives '1'"
    ]
    assert not numbers.differences({"a": "1"}, {"a": "2"}, free={"a": "a time"})
