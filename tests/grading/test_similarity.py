"""Alike code is found whatever its names and order; independent code is let be."""

import random
import re
from textwrap import dedent

import pytest

from grading.__main__ import main
from grading.reports.similarity import (
    MOST_PASSAGES,
    _passages,
    compare,
    fingerprints,
    units,
)
from tests.exercises.harness import SOLUTIONS, read
from tests.exercises.misconceptions import ex01, ex04, ex12
from tests.grading.class_of_ex01 import NAME, answered, hand_in, make_course

BANKS = {
    "ex01_perceptron": ex01.BANK,
    "ex04_backpropagation": ex04.BANK,
    "ex12_jena_data": ex12.BANK,
}
OTHER_NAMES = {
    "error": "miss",
    "answer": "out",
    "X": "inputs",
    "x": "row",
    "w": "weights",
    "z": "total",
    "b": "shift",
    "delta": "slope",
    "a": "act",
    "y": "labels",
    "n": "count",
    "i": "k",
    "data": "table",
    "values": "column",
}


def known(exercise):
    cells = read(SOLUTIONS[exercise]).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def student(bank, pick):
    """Return answers to every task: those that `pick` chooses from the right ones."""
    return [dedent(pick(list(task.right.values()))) for task in bank.values()]


def disguised(cells):
    """Return the same answers with other names, layout, comments and order."""
    found = []
    for cell in cells:
        for old, new in OTHER_NAMES.items():
            cell = re.sub(rf"(?<![\w.'\"]){old}(?![\w'\"=])", new, cell)
        cell = cell.replace("    ", "  ").replace(", ", ",  ")
        found.append(f"# All mine.\n{cell}\n\n%matplotlib inline\n")
    random.Random(3).shuffle(found)
    return found


def wrong(bank, seed):
    """Return answers to every task, most of them wrong in one of the known ways."""
    rng = random.Random(seed)
    sources = [list(task.wrong.values()) for task in bank.values()]
    return [dedent(rng.choice(s)[0]) for s in sources]


def classroom(bank, size=12):
    """Return a class of those who were wrong, each in ways of their own."""
    return {f"wrong {seed}": wrong(bank, seed) for seed in range(size)}


def share(found, one, other):
    """Return how much two students' code is alike, as a report has it."""
    for pair in found:
        both = {*pair.first, *pair.second}
        if {one, other} <= both:
            return pair.share
    return 0.0


@pytest.mark.parametrize("exercise", BANKS)
def test_a_disguised_copy_is_found_and_independent_answers_are_not(exercise):
    bank = BANKS[exercise]
    codes = classroom(bank) | {
        "ann": student(bank, lambda right: right[0]),
        "bob": student(bank, lambda right: right[-1]),
        "cyd": wrong(bank, 99),
        "dan": disguised(wrong(bank, 99)),
    }
    found = compare(codes, known(exercise), least=0.0, evidence=0.0)
    assert share(found, "cyd", "dan") > 0.9
    assert share(found, "ann", "bob") < 0.5
    reported = compare(codes, known(exercise))
    assert share(reported, "cyd", "dan") > 0.9
    assert share(reported, "ann", "bob") == 0.0


def test_a_pair_at_the_threshold_is_reported_and_one_below_it_is_not():
    exercise = next(iter(BANKS))
    codes = classroom(BANKS[exercise])
    found = compare(codes, known(exercise), least=0.0, evidence=0.0)
    pair = min((p for p in found if p.share > 0), key=lambda pair: pair.share)
    assert pair.share < 1
    assert pair in compare(codes, known(exercise), least=pair.share, evidence=0.0)
    above = compare(codes, known(exercise), least=pair.share + 1e-9, evidence=0.0)
    assert pair not in above


def test_names_layout_comments_docstrings_and_magics_do_not_count():
    one = (
        "%time\ndef f(x):\n    'Say.'\n    total = x * 2  # twice\n    return total + 1"
    )
    other = "def f(value: float) -> float:\n  y = (value*2)\n\n  return y+1"
    assert units(one)[0][1] == units(other)[0][1]
    assert units(one)[0][1] != units(one.replace("* 2", "* 3"))[0][1]
    assert units(one)[0][1] != units(one.replace("total + 1", "x + 1"))[0][1]


def test_a_long_shared_stretch_always_shares_a_fingerprint():
    rng = random.Random(1)
    for _ in range(50):
        shared = [f"t{rng.randrange(40)}" for _ in range(10)]
        sides = [
            [f"{s}{rng.randrange(40)}" for _ in range(rng.randrange(20))]
            for s in "abcd"
        ]
        one, other = sides[0] + shared + sides[1], sides[2] + shared + sides[3]
        assert fingerprints(one) & fingerprints(other)


def test_what_everyone_has_accuses_nobody():
    cells = [
        "def f(x):\n    y = x ** 2 + 3 * x + 1\n    return [y, y + 1, y * 2, y - 3]"
    ]
    codes = {f"s{n}": cells for n in range(30)}
    assert compare(codes, evidence=1.0) == []
    assert compare({"a": cells, "b": cells}, cells, evidence=0.5) == []
    assert compare({"a": cells, "b": cells}, evidence=1.0)


def test_what_is_no_python_is_left_out():
    for source in ("def f(:", "\x00", "(" * 500, "", "%%bash\nls -l"):
        units(source)
    assert units("def f(:") == []


def test_thousands_are_compared_in_little_time_and_memory():
    rng = random.Random(2)
    codes = {}
    for number in range(2000):
        lines = (
            f"    v{n} = x * {rng.randrange(10**6)} + {rng.randrange(99)}"
            for n in range(6)
        )
        codes[f"s{number}"] = ["def f(x):\n" + "\n".join(lines) + "\n    return v1"]
    codes["copy"] = [codes["s7"][0].replace("v1", "first")]
    (pair,) = compare(codes)
    assert {*pair.first, *pair.second} == {"s7", "copy"}


def test_the_page_shows_passages_as_text_and_accuses_nobody(tmp_path, capsys):
    root = make_course(tmp_path)
    answers = {
        "task-1-4-train": "def train(X, y, lr=1.0):\n    note = '<img src=x>'\n"
        + "\n".join(f"    a{n} = X[{n}] * {n} + lr" for n in range(12))
        + "\n    return a1, a2, note",
    }
    hand_in(root, "ann", answered(answers))
    other = {task: text.replace("note", "memo") for task, text in answers.items()}
    hand_in(root, "zoë & b", answered(other))
    hand_in(root, "eve", answered({}))
    hand_in(root, "dan", "no notebook")
    page = tmp_path / "alike.html"
    assert main(["--root", str(root), "similarity", NAME, "--to", str(page)]) == 0
    assert "3 compared, 1 alike" in capsys.readouterr().out
    text = page.read_text("utf-8")
    assert "Alike is not copied." in text
    assert "&lt;img src=x&gt;" in text
    assert "zoë &amp; b" in text
    assert "Not readable: dan" in text
    assert "<img" not in text
    assert "eve" not in re.sub(r"<[^>]+>|\w*even\w*|\w*ever\w*|evidence", "", text)


def test_a_sum_of_many_terms_and_a_number_of_many_digits_are_compared():
    long = "total = " + " + ".join(f"x[{n}]" for n in range(1200))
    ((text, tokens),) = units(long)
    assert text == long
    assert tokens.count("BinOp") == 1199
    assert units(f"n = 0x{'f' * 5000}")[0][1][2] == "0x" + 38 * "f"


def test_thousands_of_short_lines_are_compared():
    lines = "\n".join(f"x{n} = f(y, {n}) + {n % 7} * g(z)" for n in range(3000))
    passages = _passages([lines], [lines], frozenset())
    assert len(passages) == MOST_PASSAGES
    assert all(
        passage.first in lines and passage.second in lines for passage in passages
    )
