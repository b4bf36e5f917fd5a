"""What the book shows around its chapters: ways in, descriptions, index, solutions."""

import json
import re
import sys
import types
from urllib.parse import urlsplit

import nbformat
import pytest
import yaml

from tests.book.conftest import ROOT
from tests.exercises.harness import is_by_hand
from tools import front_figure

CHAPTERS = [
    path
    for path in sorted(ROOT.glob("chapters/*.ipynb"))
    if not path.stem.endswith("_solution")
]
SOLVED = sorted(ROOT.glob("solutions/*/*.ipynb"))


def config(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


# --- front page --------------------------------------------------------------------


def test_the_front_page_has_three_ways_in_above_all_else(articles):
    page = articles["intro.html"]
    doors = page.select("ul.doors > li > p > a")
    assert [door.text for door in doors] == ["Start", "Do the exercises", "Teach it"]
    first = page.find("h2")
    assert all(door.sourceline < first.sourceline for door in doors)
    assert doors[0]["href"] == "chapters/01_perceptron.html"
    assert page.find(id=doors[1]["href"].lstrip("#"))


def test_the_front_page_shows_what_is_built_as_a_figure_that_moves(articles):
    (figure,) = articles["intro.html"].select(".dlts-explore")
    data = json.loads(figure.find("script", type="application/json").string)
    assert len(data["frames"]) == len(front_figure.hours())


def test_the_figures_numbers_are_those_of_the_stored_forecasts():
    from utils.experiments.prepare import prepare_jena

    if prepare_jena().simulated:
        pytest.skip("the figure shows the real Jena table, and this run has none")
    found = front_figure.week()
    stored = front_figure.FILE.read_text(encoding="utf-8")
    words = [front_figure.words(found, now) for now in front_figure.hours()]
    assert json.dumps(words, ensure_ascii=False, separators=(",", ":")) in stored
    for error in found.errors:
        assert f"{error:.2f} °C on average" in re.sub(r"\s+", " ", stored) or (
            f"the day before by {error:.2f} °C" in stored
        ), "run `.venv/bin/python tools/front_figure.py`"


def test_the_authors_are_those_of_the_citation():
    names = [person["name"] for person in config("CITATION.cff")["authors"]]
    assert config("_config.yml")["author"] == ", ".join(names)


# --- head of the pages -------------------------------------------------------------


def test_every_page_describes_itself(pages, articles):
    said = {}
    for name in articles:
        about = pages[name].select_one('meta[name="description"]')["content"]
        assert 20 <= len(about) <= 190, f"{name}: {about}"
        assert "$" not in about, f"{name}: {about}"
        assert said.setdefault(about, name) == name, f"{name} and {said[about]}"
        assert pages[name].select_one('meta[property="og:title"]')["content"]
        assert config("_config.yml")["title"] in pages[name].title.text


def test_the_page_for_a_wrong_address_leads_back(pages):
    links = [link["href"] for link in pages["404.html"].select("article li a")]
    assert "intro.html" in " ".join(links)
    assert "search.html" in " ".join(links)


# --- index and search --------------------------------------------------------------


def glossary():
    text = (ROOT / "back" / "glossary.md").read_text(encoding="utf-8")
    body = text.partition("```{glossary}\n")[2].partition("\n```")[0]
    return re.findall(r"^(\S.*)$", body, re.MULTILINE)


def test_the_index_leads_from_every_term_to_glossary_and_chapters(pages):
    page = pages["genindex.html"]
    text = " ".join(page.text.split())
    for term in glossary():
        assert term in text, term
    terms = " ".join(table.text for table in page.select(".genindextable"))
    assert "utils." not in terms, "helpers have pages of their own"
    chapters = {
        urlsplit(link["href"]).path
        for link in page.select("a[href^='chapters/']")
        if link.text.startswith("chapter ")
    }
    written = {f"chapters/{path.stem}.html" for path in CHAPTERS}
    assert written <= chapters


def test_the_search_knows_every_section_and_no_source_of_formulas(site, pages):
    text = (site / "search-sections.js").read_text(encoding="utf-8")
    sections = json.loads(text.removeprefix("window.SECTIONS = ").rstrip().rstrip(";"))
    for address, page, title, words, _ in sections:
        file, _, anchor = address.partition("#")
        assert pages[file].find(id=anchor), address
        assert page
        assert title
        assert not re.search(r"\\(?:frac|mathbf|boldsymbol|sum|delta)\b", words), title
        assert not re.search(r" [.,;]( |$)", words), title
    assert {file.partition("#")[0] for file, *_ in sections} >= {
        f"chapters/{path.stem}.html" for path in CHAPTERS
    }


# --- solutions ---------------------------------------------------------------------


def code_of(path):
    """Return the code of a notebook as one text."""
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def solution(path):
    """Return the lines of an exercise's solutions, and those of its hidden tests."""
    parts = re.findall(
        r"### BEGIN (\w+ ?\w*)\n(.*?)\s*### END", code_of(path), re.DOTALL
    )
    by_kind = {"SOLUTION": set(), "HIDDEN TESTS": set()}
    for kind, part in parts:
        by_kind[kind] |= {line.strip() for line in part.splitlines()}
    return by_kind["SOLUTION"], by_kind["HIDDEN TESTS"]


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_each_solution_is_folded_below_its_task_and_no_hidden_test_is_shown(
    path, articles
):
    page = articles[f"exercises/{path.stem}/{path.stem}.html"]
    answers, hidden = solution(path)
    folded = page.select("details.solution")
    assert folded
    assert not any(box.has_attr("open") for box in folded)
    shown = {line.strip() for box in folded for line in box.text.splitlines()}
    assert answers <= shown
    released = ROOT / "exercises" / path.stem / path.name
    given = {line.strip() for line in code_of(released).splitlines()}
    assert not (hidden - answers - given) & shown - {""}


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_each_answer_in_words_is_folded_below_its_task(path, articles):
    page = articles[f"exercises/{path.stem}/{path.stem}.html"]
    words = [c for c in nbformat.read(path, as_version=4).cells if is_by_hand(c)]
    asked = page.find_all("p", string="YOUR ANSWER HERE")
    assert len(asked) == len(words)
    for cell, place in zip(words, asked, strict=True):
        box = place.find_next("details", class_="solution")
        answer = re.sub("### (BEGIN|END) SOLUTION", "", cell.source)
        plain = " ".join(re.findall(r"\w+", re.sub("[`$*]", "", answer)))
        assert plain in " ".join(re.findall(r"\w+", box.text))


@pytest.fixture
def extension(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "_ext"), *sys.path])
    import solutions

    return solutions


def app(folder, shown):
    """Return what an extension sees of Sphinx."""
    return types.SimpleNamespace(
        srcdir=folder,
        env=types.SimpleNamespace(note_dependency=lambda path: None),
        config=types.SimpleNamespace(course_solutions=shown),
    )


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_one_option_leaves_every_solution_out(extension, tmp_path, kind):
    name = "exercises/ex02_networks/ex02_networks"
    assert extension.solved(app(ROOT, True), name, kind)
    assert extension.solved(app(ROOT, False), name, kind) == {}
    assert extension.solved(app(tmp_path, True), name, kind) == {}  # has no solutions
    assert extension.solved(app(ROOT, True), "chapters/02_networks", kind) == {}


# --- cheat sheet and plan ----------------------------------------------------------


def rows(name, heading):
    text = (ROOT / "back" / name).read_text(encoding="utf-8")
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_chapter_that_the_cheat_sheet_names_shows_the_argument():
    for argument, _, where in rows("cheatsheet.md", "Keras, argument by argument"):
        words = re.findall(r"\w{5,}", argument)
        (file,) = re.findall(r"\.\./(chapters/\w+\.ipynb)", where)
        text = (ROOT / file).read_text(encoding="utf-8")
        assert any(word in text for word in words), f"{argument} is not in {file}"


def test_the_plan_has_the_times_that_chapters_and_exercises_announce(articles):
    table = articles["back/teaching.html"].find("table")
    shown = {}
    for row in table.select("tbody tr"):
        name, read, work, _ = (cell.text.strip() for cell in row.find_all("td"))
        shown[int(name.split()[0])] = read, work
    assert sorted(shown) == [int(path.name[:2]) for path in CHAPTERS]
    for path in CHAPTERS:
        head = nbformat.read(path, as_version=4).cells[0].source
        said = re.search(r"\*\*Time\.\*\* About (\d+) minutes", head)[1]
        read, work = shown[int(path.name[:2])]
        assert read == said
        assert int(work) >= 60, path.stem
