"""A visit finds whatever is wrong with a page."""

import pytest

from tests.book.visits import DARK, LAPTOP, LIGHT, PHONE, visit

PAGE = """<!doctype html><html lang="en"><title>Broken</title>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>
  body { background: white; color: black }
  html[data-theme=dark] body { background: black; color: white }
  html[data-theme=dark] .night { color: #222; transition: color 9s }
  .pale { color: #ccc; background: white }
  .box { width: 100px; white-space: nowrap; overflow: hidden }
  pre { width: 200px; overflow: auto }
</style>
<main class="bd-article"><section id="here"><h1>Broken</h1>
<details><summary>A fold</summary><p class="pale">pale</p></details>
<p class="night">dark at night</p>
<p class="box">a line that is longer than its box, which hides the rest of it</p>
<pre>a line of code that is longer than its box, which scrolls without a sign</pre>
<p style="width: 2000px">wide</p>
<div class="dlts-explore"><input type="range"></div>
<mjx-container><mjx-merror>x</mjx-merror></mjx-container>
<img src="http://127.0.0.1:9/away.png">
</section></main><script>throw new Error("on purpose")</script>"""


@pytest.fixture(scope="module")
def colours():
    return {LIGHT: set(), DARK: set()}


@pytest.fixture(scope="module")
def found(browser, tmp_path_factory, colours):
    file = tmp_path_factory.mktemp("broken") / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    return visit(browser, file.as_uri(), colours)


def test_what_the_page_asks_for_and_complains_about_is_found(found):
    assert "http://127.0.0.1:9/away.png" in found.requests
    assert any("on purpose" in words for words in found.complaints)


def test_what_a_phone_shows_is_measured(found):
    assert found.width > PHONE
    assert (found.formulas, found.unset) == (1, 1)
    (slider,) = found.sliders
    assert not slider["name"]
    assert slider["height"] < 24


@pytest.mark.parametrize("width", [PHONE, LAPTOP])
def test_what_cannot_be_seen_is_found_at_both_widths(found, width):
    unseen = found.unseen[width]
    assert any("longer than its box, which hides" in place for place in unseen["cut"])
    for fault in ("unreachable", "unmarked", "code"):
        (place,) = unseen[fault]
        assert "a line of code" in place


def test_barriers_are_found_in_folds_and_in_each_theme(found):
    assert any("(image-alt)" in words for words in found.barriers["structure"])
    (pale,) = found.barriers[LIGHT]
    assert ">pale<" in pale
    assert any(">dark at night<" in words for words in found.barriers[DARK])


def test_a_second_page_with_the_same_colours_is_not_looked_at_again(
    found, browser, colours
):
    before = {theme: set(seen) for theme, seen in colours.items()}
    again = visit(browser, browser.evaluate("location.href"), colours)
    assert again.barriers[LIGHT] == again.barriers[DARK] == []
    assert again.barriers["structure"] == found.barriers["structure"]
    assert colours == before
