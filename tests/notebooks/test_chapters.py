"""Every committed chapter is complete, executed in order, and free of noise."""

import re
from pathlib import Path

import nbformat
import pytest
import yaml

from utils.book import ledger, notebooks, reading

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
CHAPTERS = [path for path in NOTEBOOKS if not path.match("*_solution.ipynb")]
"""A worked solution is a well-formed page with no objectives of its own."""
PAGES = [
    *NOTEBOOKS,
    *sorted((ROOT / "exercises").glob("*/*.ipynb")),
    *sorted((ROOT / "back").glob("*.ipynb")),
]
COLUMNS = 82
UNSEEN = {"remove-input", "remove-cell", "hide-input", "hide-cell"}

every_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def prose(notebook):
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return "\n".join(cells)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def all_code(notebook):
    source = "\n".join(cell.source for cell in code_cells(notebook))
    return re.sub(r"\(\s+", "(", source)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def shows(cell, mime):
    return any(mime in output.get("data", {}) for output in cell.outputs)


def test_there_are_chapters():
    assert CHAPTERS


@every_notebook
def test_it_was_run_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_it_shows_neither_errors_nor_noise(path):
    for cell in code_cells(read(path)):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


@every_notebook
def test_it_is_kept_as_the_runner_leaves_it(path):
    nbformat.validate(read(path))
    tidied = nbformat.writes(notebooks.tidy(read(path))) + "\n"
    assert path.read_text(encoding="utf-8") == tidied


@every_notebook
def test_it_stays_small(path):
    assert path.stat().st_size < 1_500_000


@every_notebook
def test_visible_cells_hold_one_idea(path):
    for cell in code_cells(read(path)):
        if not tags(cell) & UNSEEN:
            lines = len(cell.source.splitlines())
            assert lines <= 15, (
                f"{path.name}, cell {cell.id}: {lines} lines; keep to 15 and one idea, "
                "plumbing goes to `utils`"
            )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_code_fits_the_page(path):
    wide = [
        f"{path.name}, cell {cell.id}, line {number}: {len(line)} columns of code; "
        f"break it at {COLUMNS}, more is cut in the page"
        for cell in code_cells(read(path))
        if not tags(cell) & {"remove-input", "remove-cell"}
        for number, line in enumerate(cell.source.splitlines(), start=1)
        if len(line) > COLUMNS
    ]
    assert not wide, "\n".join(wide)


@every_chapter
def test_it_has_the_parts_of_a_chapter(path):
    text = prose(read(path))
    number = int(path.stem[:2])
    assert re.match(rf"# {number}\. \S", text)
    assert re.search(r"^\*[^*]+\?\*$", text, re.M), "the question it answers"
    for part in (
        "What you will be able to do",
        "**Before you start.**",
        "**Time.**",
        "## Key points",
        "## Exercise",
        "## Further reading",
    ):
        assert part in text, part


@every_notebook
def test_it_announces_the_time_that_it_takes(path):
    said, takes = reading.announced(read(path)), reading.minutes(read(path))
    assert abs(said - takes) <= 5, (
        f"{path.name}, **Time.**: says {said} minutes, but its words, code, formulas, "
        f"figures and questions take {takes:.0f}; write {5 * round(takes / 5)}"
    )


@every_notebook
def test_its_boxes_and_formulas_show_in_jupyterlab_too(path):
    assert not re.findall(r"^(?::::|```)\{.*", prose(read(path)), re.M)


@every_notebook
def test_every_figure_has_caption_and_alternative_text(path):
    for cell in code_cells(read(path)):
        if shows(cell, "image/png"):
            mystnb = cell.metadata["mystnb"]
            assert mystnb["figure"]["caption"].endswith("."), cell.id
            assert len(mystnb["image"]["alt"]) > 40, cell.id


@every_notebook
def test_figures_and_explorables_are_not_compared_to_the_last_pixel(path):
    for cell in code_cells(read(path)):
        if shows(cell, "image/png") or "explore.slider(" in cell.source:
            assert "nbval-ignore-output" in tags(cell), cell.id


@every_notebook
def test_every_number_in_prose_is_glued_and_every_glue_is_used(path):
    notebook = read(path)
    captions = "\n".join(str(cell.metadata) for cell in code_cells(notebook))
    used = re.findall(r"\{glue:\w+\}`([\w-]+)", prose(notebook) + captions)
    glued = re.findall(r'glue\("([\w-]+)"', all_code(notebook))
    assert len(glued) == len(set(glued))
    assert set(used) == set(glued)


@every_chapter
def test_it_is_in_the_table_of_contents(path):
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    files = [
        chapter["file"]
        for part in yaml.safe_load(toc)["parts"]
        for chapter in part["chapters"]
    ]
    assert f"chapters/{path.stem}" in files


def test_a_worked_solution_stands_below_its_chapter_and_asks_to_try_first():
    worked = [path for path in NOTEBOOKS if path not in CHAPTERS]
    assert worked
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    below = {
        section["file"]: chapter["file"]
        for part in toc["parts"]
        for chapter in part["chapters"]
        for section in chapter.get("sections", [])
    }
    for path in worked:
        chapter = below[f"chapters/{path.stem}"]
        assert chapter.startswith(f"chapters/{path.stem[:2]}_")
        assert "Try first" in read(path).cells[0].source


def test_every_claim_of_the_sources_is_settled(capsys):
    assert ledger.main([]) == 0, capsys.readouterr().out


def test_every_claim_belongs_to_the_chapter_that_reproduces_it():
    for record in ledger.records():
        call = f'reproduce("{record.claim.id}"'
        owners = [path for path in CHAPTERS if call in all_code(read(path))]
        assert [int(path.stem[:2]) for path in owners] == [record.claim.chapter]
