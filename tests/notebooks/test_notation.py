"""Every symbol of a chapter's formulas is in the notation, and executed there."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted(ROOT.glob("chapters/[0-9]*.ipynb"))
FENCED = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$", re.DOTALL)
WORDS = re.compile(
    r"\\(?:text|operatorname|mathrm)\s*\{[^{}]{2,}\}"
    r"|\\(?:begin|end)\{\w+\}|\\\\(?:\[\w+\])?"
)
"""What is read as words, and the layout of lines: no symbol stands in it."""
ACCENTS = {"hat", "tilde", "dot", "mathbf", "boldsymbol", "mathrm"}
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
PLACED = {
    "left",
    "right",
    "big",
    "Big",
    "bigl",
    "bigr",
    "Bigl",
    "Bigr",
    "quad",
    "qquad",
}
PLACED |= {"frac", "dfrac", "tfrac", "underbrace", "rVert", "rceil", "lvert", "rvert"}
SCHOOL = {"sqrt", "pi", "sin", "cos", "tanh", "sinh", "cosh", "exp", "log", "ln", "pm"}
SCHOOL |= {"min", "max", "sum", "prod", "cdot", "dots", "approx", "le", "ge", "to"}
SCHOOL |= {"Longleftrightarrow"}
"""Macros that only place what they hold, and those that are known from school."""
TOKEN = re.compile(r"\\([A-Za-z]+)|([A-Za-z0-9])")


def symbols(formula):
    """Return the symbols of a formula: letters and macros, each with its accents."""
    found, accents = set(), []
    for macro, letter in TOKEN.findall(WORDS.sub(" ", formula)):
        if macro in ACCENTS:
            accents.append(macro)
            continue
        if letter.isalpha() or (macro and macro not in SCHOOL | PLACED):
            found.add(" ".join([*accents, macro or letter]))
        accents = []
    return found


def formulas(notebook):
    """Yield the formulas of a notebook's text, and of the questions in its code."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = FENCED.sub("", cell.source)
        else:
            text = cell.source.replace("\\\\", "\\")
        for shown, inline in FORMULA.findall(text):
            yield shown or inline


def sections():
    """Yield the title, the rows of the table and the code cells of each section."""
    cells = nbformat.read(ROOT / "back" / "notation.ipynb", as_version=4).cells
    starts = [n for n, cell in enumerate(cells) if cell.source.startswith("## ")]
    for start, end in pairwise([*starts, len(cells)]):
        head, *below = cells[start:end]
        rows = [row.strip("| ").split(" | ") for row in ROW.findall(head.source)]
        code = [cell for cell in below if cell.cell_type == "code"]
        yield head.source.partition("\n")[0], rows[2:], code


def numbers(chapters):
    """Return the chapters of a row, in order: "1-3, 5" is 1, 2, 3 and 5."""
    found = []
    for part in chapters.split(", "):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


SECTIONS = list(sections())
ROWS = [row for _, rows, _ in SECTIONS for row in rows]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_symbols_of_a_chapter_are_those_that_the_notation_has_for_it(path):
    number = int(path.stem[:2])
    used = set()
    for formula in formulas(nbformat.read(path, as_version=4)):
        used |= symbols(formula)
    told = set()
    for formula, _, _, chapters in ROWS:
        if number in numbers(chapters):
            told |= symbols(formula)
    assert not used - told, f"chapter {number} uses {sorted(used - told)}: add rows"
    assert not told - used, f"chapter {number} no longer uses {sorted(told - used)}"


def test_a_row_begins_with_the_chapter_that_uses_its_symbol_first():
    for formula, _, _, chapters in ROWS:
        found = numbers(chapters)
        assert found == sorted(set(found)), f"{formula}: {chapters}"


@pytest.mark.parametrize(
    ("title", "rows", "code"), SECTIONS, ids=[title for title, _, _ in SECTIONS]
)
def test_each_symbol_of_a_table_is_executed_below_it(title, rows, code):
    text = "\n".join(cell.source for cell in code)
    for formula, names, _, _ in rows:
        assert names.startswith("`"), f"{formula} has no name in code"
        for name in re.findall(r"`([^`]+)`", names):
            found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
            assert found, f"{title}: no cell shows `{name}` for {formula}"
    for cell in code:
        shown = "".join(out.get("text", "") for out in cell.outputs)
        assert shown.strip(), f"{title}: a cell prints nothing"


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        (
            r"\hat{\mathbf{x}}_t = \alpha \hat y",
            {"hat mathbf x", "t", "alpha", "hat y"},
        ),
        (
            r"\boldsymbol{\delta}_{T+1} = \boldsymbol{0} , x",
            {"boldsymbol delta", "T", "x"},
        ),
        (r"n_\text{in} \le \mathrm{E}[v_\mathrm{east}]", {"n", "mathrm E", "v"}),
        (
            r"\begin{aligned} a &= \frac12 \\[6pt] b &\mathrel{+}= c \end{aligned}",
            {*"abc", "mathrel"},
        ),
    ],
)
def test_symbols_are_letters_with_their_accents(formula, found):
    assert symbols(formula) == found
