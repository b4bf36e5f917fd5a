"""What every reader of the static pages relies on."""

import json
import re
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from tests.book.conftest import ROOT
from utils.book import explore, ledger, live, report

LOADS = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "object": "data",
}


def listed(toc):
    """Yield the files of a table of contents in order."""
    for key in ("root", "file"):
        if key in toc:
            yield toc[key]
    for key in ("parts", "chapters", "sections"):
        for entry in toc.get(key, []):
            yield from listed(entry)


TOC = list(listed(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))
CHAPTERS = [
    ROOT / f"{name}.ipynb"
    for name in TOC
    if name.startswith("chapters/") and not name.endswith("_solution")
]


def test_the_book_builds_without_a_warning(build):
    serious = re.compile("WARNING|ERROR|CRITICAL|Error")
    lines = [line for line in build.stdout.splitlines() if serious.search(line)]
    assert build.returncode == 0, "\n".join(lines) or build.stdout[-3000:]


def test_every_entry_of_the_table_of_contents_is_a_page(articles):
    assert set(articles) == {f"{name}.html" for name in TOC}


def test_every_chapter_and_exercise_has_its_place(articles):
    written = [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]
    pages = {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in written}
    assert pages <= set(articles), "list them in _toc.yml"


def test_an_exercise_stands_below_its_chapter():
    for chapter in CHAPTERS:
        place = TOC.index(f"chapters/{chapter.stem}")
        name = exercise_of(chapter).stem
        assert TOC[place + 1] == f"exercises/{name}/{name}"


def test_the_introduction_maps_all_chapters(articles):
    entries = articles["intro.html"].select("section#a-map-of-the-course ol > li")
    links = [entry.find("a")["href"] for entry in entries]
    assert links == [f"chapters/{path.stem}.html" for path in CHAPTERS]


def test_every_page_has_one_heading_and_says_where_it_is(pages, articles):
    for name, article in articles.items():
        headings = article.find_all("h1")
        assert len(headings) == 1, name
        title = headings[0].find(string=True).strip()
        assert pages[name].title.text.strip().startswith(title), name


def test_links_inside_the_book_lead_somewhere(site, pages):
    ids = {
        name: {tag["id"] for tag in page.select("[id]")} for name, page in pages.items()
    }
    broken = []
    for name, page in pages.items():
        for link in page.select("a[href]"):
            parts = urlsplit(link["href"])
            if parts.scheme or link["href"] in ("#", ""):
                continue
            path = (
                (site / name).parent / unquote(parts.path)
                if parts.path
                else site / name
            )
            target = path.resolve().relative_to(site.resolve()).as_posix()
            missing = not path.exists()
            if target in ids and parts.fragment:
                missing = unquote(parts.fragment) not in ids[target]
            if missing:
                broken.append(f"{name}: {link['href']}")
    assert not broken


def test_no_page_asks_for_anything_from_elsewhere(pages):
    fetched = [
        f"{name}: {tag[attribute]}"
        for name, page in pages.items()
        for element, attribute in LOADS.items()
        for tag in page.select(f"{element}[{attribute}]")
        if urlsplit(tag[attribute]).scheme not in ("", "data")
        or tag[attribute].startswith("//")
    ]
    assert not fetched


def test_no_style_sheet_asks_for_anything_from_elsewhere(site):
    pattern = re.compile(r"(?:@import\s+|url\()\s*['\"]?(?:https?:)?//[^)'\";]+")
    for sheet in site.rglob("*.css"):
        assert not pattern.findall(sheet.read_text(encoding="utf-8")), sheet


def test_every_image_says_what_it_shows(articles):
    for name, article in articles.items():
        for image in article.find_all("img"):
            words = image.get("alt", "").strip()
            assert words, f"{name}: {image.get('src', '')[:80]}"
            assert not re.search(r"\.(png|svg|jpe?g)$", words), f"{name}: {words}"


def test_explorable_figures_are_small_and_speak(articles):
    for name, article in articles.items():
        for figure in article.select(".dlts-explore"):
            data = json.loads(figure.find("script", type="application/json").string)
            assert len(str(figure).encode()) <= explore.LIMIT, name
            assert len(data["frames"]) > 1
            assert all(data["alts"]), name
            assert figure.find("img")["src"].startswith("data:image/svg+xml,")
            assert figure.find(class_="dlts-explore-still")


def test_live_cells_are_small_and_say_what_they_are(articles):
    for name, article in articles.items():
        for cell in article.select(".dlts-live"):
            assert len(str(cell).encode()) <= live.LIMIT, name
            assert cell["aria-label"] in cell.find(class_="dlts-live-still").text, name


def test_every_quiz_answer_is_explained(articles):
    for name, article in articles.items():
        for question in article.select(".dlts-quiz"):
            reasons = [answer.div.p for answer in question.find_all("details")]
            assert len(reasons) >= 2, name
            for reason in reasons:
                verdict = reason.strong.text
                assert len(reason.text) > len(verdict) + 10, f"{name}: {reason.text}"
            assert question.select(".is-right"), name


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_objectives_lead_from_the_list_to_section_and_quiz(chapter, articles):
    number = int(chapter.stem[:2])
    page = articles[f"chapters/{chapter.stem}.html"]
    box = page.select_one(".objectives")
    assert box is not None, "the chapter opens with a box of class `objectives`"
    promised = [
        f"{a['href'].split('-')[1]}.{a['href'].split('-')[2]}"
        for a in box.select('a[href^="#obj-"]')
    ]
    assert promised == [f"{number}.{k + 1}" for k in range(len(promised))]
    assert promised
    asked = {question["data-objective"] for question in page.select(".dlts-quiz")}
    assert asked <= set(promised)
    for objective in promised:
        slug = objective.replace(".", "-")
        assert page.find(id=f"obj-{slug}"), f"no section teaches objective {objective}"
        graded = f"test-{slug}-" in exercise_of(chapter).read_text(encoding="utf-8")
        assert objective in asked or graded, f"nothing asks for objective {objective}"


def exercise_of(chapter):
    """Return the file of a chapter's exercise, which has the chapter's number."""
    number = chapter.stem.split("_")[0]
    (path,) = (ROOT / "exercises").glob(f"ex{number}_*/ex{number}_*.ipynb")
    return path


def test_each_chapter_has_a_quiz_and_a_figure_that_moves(articles):
    for chapter in CHAPTERS:
        page = articles[f"chapters/{chapter.stem}.html"]
        assert page.select(".dlts-quiz"), chapter.stem
        assert page.select(".dlts-explore"), chapter.stem


def test_every_source_of_the_bibliography_is_complete(articles):
    entries = articles["back/bibliography.html"].select("div.citation")
    sources = (ROOT / "references.bib").read_text(encoding="utf-8")
    assert len(entries) == len(re.findall(r"^@\w+\{", sources, flags=re.M))


def test_the_reproduction_report_shows_the_ledger_as_it_is(articles):
    page = articles["back/reproduction.html"]
    items = page.select(".claims > li")
    records = {report.anchor(record.claim.id): record for record in ledger.records()}
    assert len(items) == len(records)
    for item in items:
        record = records[item.find(id=True)["id"]]
        shown = [number.text for number in item.select(".number")]
        values = report.values(record)
        assert shown == [values.reported, values.course]
        assert item.select_one(".verdict").text == report.HEADINGS[record.verdict]
        assert item.select_one('a[href^="bibliography.html#"]'), "cites no source"
