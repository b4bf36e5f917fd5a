"""Pages are light, walked by the tab key, searched from a file and printed whole."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.book.conftest import ROOT
from tests.book.visits import DARK, LAPTOP, LIGHT, PHONE, STILL

LIMIT = 2_000_000  # bytes that a page asks for, uncompressed, apart from its notebook
WALK = Path(__file__).with_name("walk.js").read_text(encoding="utf-8")
KINDS = (
    "intro.html",
    "chapters/01_perceptron.html",
    "exercises/ex01_perceptron/ex01_perceptron.html",
    "back/reproduction.html",
    "back/glossary.html",
    "search.html",
    "genindex.html",
)


def weight(requests):
    """Return the bytes of the files that a page asked for besides itself."""
    paths = {
        Path(unquote(urlsplit(url).path)) for url in requests if url[:5] == "file:"
    }
    shared = (path for path in paths if "_images" not in path.parts)
    return sum(path.stat().st_size for path in shared if path.suffix != ".html")


def test_no_page_weighs_more_than_two_megabytes_besides_its_notebook(visits):
    weights = {name: weight(found.requests) for name, found in visits.items()}
    heavy = {name: bytes_ for name, bytes_ in weights.items() if bytes_ > LIMIT}
    assert not heavy
    for name in sorted(weights, key=weights.get):
        print(f"{weights[name] / 1e6:5.2f} MB  {name}")


def test_formulas_cost_nothing_where_there_are_none(visits, articles):
    for name, article in articles.items():
        loads = any("mathjax" in url for url in visits[name].requests)
        assert loads == bool(article.select(".math")), name


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("width", "theme"), [(LAPTOP, LIGHT), (PHONE, DARK)])
def test_the_tab_key_stops_nowhere_unseen_and_shows_each_stop(look, name, width, theme):
    page = look(name, width=width, theme=theme)
    page.evaluate(f"{STILL}; document.activeElement.blur(); scrollTo(0, 0)")
    stops = []
    for _ in range(90):
        page.press("Tab")
        stop = page.evaluate(WALK)
        if stop is None:
            break
        stops.append(stop)
    assert stops
    unseen = {f"{stop['name']} {stop['text']!r}" for stop in stops if not stop["seen"]}
    assert not unseen
    unmarked = {
        f"{stop['name']} {stop['text']!r}" for stop in stops if not stop["marked"]
    }
    assert not unmarked


def test_the_switch_of_colours_keeps_the_focus(look):
    page = look("intro.html")
    switch = "document.querySelector('.theme-switch-button')"
    page.evaluate(f"{switch}.focus()")
    for _ in range(3):
        page.press("Enter")
        page.wait(f"document.activeElement === {switch}", seconds=30)
    assert page.evaluate("document.documentElement.dataset.mode") == "auto"


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("bias", "chapters/01_perceptron.html"),
        ("learning rate", "chapters/01_perceptron.html"),
        ("backpropagation through time", "chapters/06_sequences.html"),
        ("vanishing gradient", "chapters/07_gradients.html"),
        ("recursive forecast", "chapters/09_first_forecast.html"),
        ("recurrent dropout", "chapters/13_jena_recurrent.html"),
    ],
)
def test_the_search_finds_the_section_that_teaches_a_term_from_a_file(
    look, browser, site, query, page
):
    browser.resize(LAPTOP)
    browser.open(f"{(site / 'search.html').as_uri()}?q={query.replace(' ', '+')}")
    browser.wait("document.querySelector('#search-results li') !== null")
    first, words = browser.evaluate(
        "(item => [item.querySelector('a').getAttribute('href'),"
        "item.querySelector('p').textContent])"
        "(document.querySelector('#search-results li'))"
    )
    assert first.startswith(f"{page}#")
    assert len(words) > 20
    assert "\\" not in words


def test_the_search_says_that_it_found_nothing(browser, site):
    browser.open(f"{(site / 'search.html').as_uri()}?q=zzzyx")
    said = browser.evaluate("document.querySelector('#search-count').textContent")
    assert said.startswith("Nothing was found")


def test_print_shows_no_answer_and_no_scrolling_table(look):
    page = look("chapters/01_perceptron.html")
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        answers, questions = page.evaluate(
            "[document.querySelectorAll('.dlts-quiz details > :not(summary)'),"
            "document.querySelectorAll('.dlts-quiz summary')]"
            ".map(list => [...list].filter(e => e.checkVisibility()).length)"
        )
        scrolling = page.evaluate(
            "[...document.querySelectorAll('.bd-article table')]"
            ".filter(t => getComputedStyle(t.parentElement).overflowX !== 'visible')"
            ".length"
        )
    finally:
        page.call("Emulation.setEmulatedMedia", media="")
    assert answers == 0
    assert questions > 0
    assert scrolling == 0


def test_an_exercise_on_paper_has_its_hints_and_no_check(look):
    page = look("exercises/ex01_perceptron/ex01_perceptron.html")
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        hints, answers, checks = page.evaluate(
            "['details:not([class]) > p', '.tag_raises-exception:not("
            ".tag_hide-input)', '.tag_hide-input details > *']"
            ".map(kind => [...document.querySelectorAll(kind)]"
            ".filter(e => e.checkVisibility()).length)"
        )
    finally:
        page.call("Emulation.setEmulatedMedia", media="")
    assert hints >= 2 * answers > 0
    assert checks == 0


def test_a_solution_is_read_by_the_keyboard_and_left_out_on_paper(look):
    page = look("exercises/ex01_perceptron/ex01_perceptron.html")
    box = "document.querySelector('details.solution')"
    page.evaluate(f"{box}.querySelector('summary').focus()")
    page.press("Enter")
    assert page.evaluate(f"{box}.open")
    page.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert not page.evaluate(f"{box}.checkVisibility()")
    finally:
        page.call("Emulation.setEmulatedMedia", media="")


def test_every_icon_is_drawn_by_the_style_sheet_and_no_font_or_script(visits, pages):
    drawn = (ROOT / "_static" / "icons.css").read_text(encoding="utf-8")
    for name, page in pages.items():
        assert not any("fontawesome" in url for url in visits[name].requests), name
        for icon in page.select("i[class*='fa-'], span[class*='fa-']"):
            kinds = set(icon["class"]) - {"fa-solid", "fa-lg", "fa-fw"}
            kinds = {kind for kind in kinds if kind.startswith("fa-")}
            assert any(f".{kind} {{" in drawn for kind in kinds), f"{name}: {kinds}"
