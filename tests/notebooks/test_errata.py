"""Every erratum says whose statement it is about, and a cell shows that it is wrong."""

import re
from itertools import pairwise
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
CELLS = nbformat.read(ROOT / "back" / "errata.ipynb", as_version=4).cells
ENTRY = re.compile(r"^\*\*[^*]+\*\*$", re.MULTILINE)
ENTRIES = [pair for pair in pairwise(CELLS) if ENTRY.search(pair[0].source)]


def test_there_are_at_least_twelve():
    assert len(ENTRIES) >= 12


def test_each_is_followed_by_a_cell_that_shows_it():
    for cell, shown in ENTRIES:
        title = ENTRY.search(cell.source)[0]
        assert len(ENTRY.findall(cell.source)) == 1, f"{title} shares its cell"
        assert shown.cell_type == "code", title
        assert "".join(out.get("text", "") for out in shown.outputs).strip(), title
        kinds = {out.get("name") for out in shown.outputs}
        assert kinds == {"stdout"}, f"{title}: {kinds}"


def test_each_part_cites_its_source_and_leads_to_its_chapter():
    for part in re.split(r"^## ", "\n".join(c.source for c in CELLS), flags=re.M)[1:]:
        title = part.splitlines()[0]
        number = int(re.match(r"Chapter (\d+):", title)[1])
        assert "{cite:" in part, title
        assert re.search(rf"\]\(\.\./chapters/{number:02}_\w+\.ipynb", part), title
