"""What a reader sees and does, in a real browser."""

import time

import pytest

from tests.book.browser import Page
from tests.book.visits import DARK, LIGHT, PHONE

REMEDIES = {
    "cut": "a part cannot be seen; let its box scroll (_static/book.css)",
    "broken": "a name of code is broken within a word or cut by the edge of a table; "
    "let its column be wider, or break it after a mark (_static/book.js)",
    "faded": "looks as if it scrolled, and does not; mark it anew (_static/book.js)",
    "unreachable": "scrolls, but not by the keyboard; list its box in _static/book.js",
    "unmarked": "scrolls without a sign of it; list its box in _static/book.js",
    "code": "code wider than the page; keep it to 82 columns",
}


@pytest.fixture(scope="session")
def moving(articles):
    """Return the pages with explorable figures."""
    return [name for name, page in articles.items() if page.select(".dlts-explore")]


def test_no_page_reaches_for_the_network_or_complains(visits):
    for name, found in visits.items():
        outside = [u for u in found.requests if not u.startswith(("file:", "data:"))]
        assert not outside, name
        assert not found.complaints, name


def test_no_page_scrolls_sideways_on_a_phone(visits):
    wide = {name: found.width for name, found in visits.items() if found.width > PHONE}
    assert not wide


def test_nothing_is_cut_and_what_scrolls_shows_it(visits, articles):
    faults = [
        f"{name} at {width} px, {place}: {REMEDIES[fault]}"
        for name in articles
        for width, found in visits[name].unseen.items()
        for fault, places in found.items()
        for place in places
        if (fault, width) != ("code", PHONE)  # it shows half a line, and scrolls
    ]
    assert not faults, "\n".join(faults)


def test_a_wide_formula_scrolls_by_the_keyboard(look):
    page = look("chapters/01_perceptron.html", width=PHONE)
    box = "document.querySelector('#equation-eq-neuron mjx-container')"
    page.wait(f"{box}.matches('.has-more-right:not(.has-more-left)')")
    page.evaluate(f"{box}.focus()")
    page.press("ArrowRight")
    page.wait(f"{box}.scrollLeft > 0 && {box}.matches('.has-more-left')")


def test_a_formula_measured_before_its_font_came_is_measured_again(look):
    page = look("back/notation.html")
    box = "document.querySelector('td .math')"
    fades = f"{box}.matches('.has-more-right')"
    assert not page.evaluate(fades)
    page.evaluate(f"{box}.classList.add('has-more-right')")
    page.evaluate("document.fonts.dispatchEvent(new Event('loadingdone')) && 1")
    page.wait(f"!{fades}", seconds=30)


def test_formulas_are_set(visits, articles):
    for name, article in articles.items():
        assert bool(visits[name].formulas) == bool(article.select(".math")), name
        assert not visits[name].unset, name


def test_a_figure_moves_by_the_keyboard(look, moving):
    assert moving
    for name in moving:
        page = look(name)
        count = page.evaluate("document.querySelectorAll('.dlts-explore').length")
        for index in range(count):
            box = f"document.querySelectorAll('.dlts-explore')[{index}]"
            state = (
                f"[{box}.querySelector('img').src, "
                f"{box}.querySelector('output').textContent]"
            )
            page.evaluate(f"{box}.querySelector('input').focus()")
            page.press("Home")
            first = page.evaluate(state)
            page.press("End")
            last = page.evaluate(state)
            assert first[0] != last[0], name
            assert first[1] != last[1], name
            page.wait(f"{box}.querySelector('img').complete")
            assert page.evaluate(f"{box}.querySelector('img').naturalWidth > 0")


def test_a_slider_says_its_name_and_value(visits, moving):
    for name in moving:
        assert visits[name].sliders, name
        assert all(s["name"] and s["value"] for s in visits[name].sliders), name


def test_a_slider_is_wide_enough_for_a_finger_on_a_phone(visits, moving):
    for name in moving:
        sizes = [(s["width"], s["height"]) for s in visits[name].sliders]
        assert all(width >= 150 and height >= 24 for width, height in sizes), name


def test_a_figure_moves_by_touch(look, moving):
    page = look(moving[0], width=PHONE)
    image = "document.querySelector('.dlts-explore img').src"
    slider = "document.querySelector('.dlts-explore input')"
    before = page.evaluate(image)
    page.evaluate(f"{slider}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
    x, y, width, height = page.evaluate(
        f"(r => [r.x, r.y, r.width, r.height])({slider}.getBoundingClientRect())"
    )
    page.touch(x + 0.9 * width, y + height / 2)
    page.wait(f"{image} !== {before!r}")


def test_a_quiz_answer_opens_by_the_keyboard_and_closes_the_other(look, articles):
    name = next(n for n, page in articles.items() if page.select(".dlts-quiz"))
    page = look(name)
    page.evaluate("document.querySelector('.dlts-quiz summary').focus()")
    page.press("Enter")
    page.press("Tab")
    page.press("Enter")
    opened = "[...document.querySelector('.dlts-quiz').querySelectorAll('details')]"
    assert page.evaluate(f"{opened}.slice(0, 2).map(d => d.open)") == [False, True]


def test_text_stands_out_from_the_page_in_both_themes(look):
    for theme in (LIGHT, DARK):
        page = look("intro.html", theme=theme)
        for selector in ("p", "a"):
            assert contrast(page, f".bd-article {selector}") >= 4.5, (theme, selector)


def test_figures_are_turned_dark_and_melt_into_the_page(look, moving):
    for name in ("intro.html", moving[0]):
        page = look(name, theme=DARK)
        time.sleep(0.3)
        style = page.evaluate(
            "(s => [s.filter, s.mixBlendMode, s.backgroundColor])"
            "(getComputedStyle(document.querySelector('.dlts-explore img')))"
        )
        dark = ["invert(1) hue-rotate(180deg)", "screen", "rgba(0, 0, 0, 0)"]
        assert style == dark, name
        page = look(name, theme=LIGHT)
        assert (
            page.evaluate(
                "getComputedStyle(document.querySelector('.dlts-explore img')).filter"
            )
            == "none"
        ), name


def contrast(page, selector):
    """Return the contrast ratio of an element's text to the page's background."""
    text, ground = page.evaluate(
        f"[getComputedStyle(document.querySelector('{selector}')).color,"
        "getComputedStyle(document.body).backgroundColor]"
        ".map(c => c.match(/[\\d.]+/g).slice(0, 3).map(Number))"
    )
    bright, dull = sorted(map(luminance, (text, ground)), reverse=True)
    return (bright + 0.05) / (dull + 0.05)


def luminance(rgb):
    """Return the relative luminance of an sRGB colour."""
    parts = [value / 255 for value in rgb]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_to_wait_goes_on_while_a_page_is_left(monkeypatch):
    page = object.__new__(Page)
    said = [RuntimeError("Inspected target navigated or closed"), False, True]

    def evaluate(condition):
        answer = said.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(page, "evaluate", evaluate)
    page.wait("true")
    assert said == []
    said.append(RuntimeError("x is not defined"))
    with pytest.raises(RuntimeError, match="x is not"):
        page.wait("x")
