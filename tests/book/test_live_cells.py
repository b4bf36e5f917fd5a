"""Live cells, moved in a real browser: on a page from a file, and in the book."""

import re

import numpy as np
import pytest

from tests.book import barriers
from tests.book.visits import STILL
from utils.book import live
from utils.scratch import LSTM, SimpleRNN

PAGE = """<!doctype html><html lang="en" data-theme="light"><title>Cells</title>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>html[data-theme="dark"] body{background:#14181d;color:#d9dee5}
</style><body><main class="bd-article"><h1>Cells</h1>%s</main></body>"""
BOX = "document.querySelectorAll('.dlts-live')[%d]"


@pytest.fixture
def cells(browser, tmp_path):
    """Return a function that opens a file with one cell of each kind."""
    rng = np.random.default_rng(0)
    product = live.gradient_product({"one": np.eye(3)}, rng.normal(size=(30, 3)))
    made = live.recurrent_neuron(), product, live.lstm_cell()
    file = tmp_path / "cells.html"
    file.write_text(PAGE % "".join(cell.html for cell in made), encoding="utf-8")

    def open_(*, width=1000, theme="light"):
        browser.resize(width)
        browser.open(file.as_uri())
        browser.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        return browser

    return open_


def words(page, index):
    return page.evaluate(f"{BOX % index}.querySelector('.dlts-live-words').textContent")


def numbers(text):
    return [float(n.replace("−", "-")) for n in re.findall(r"−?\d+\.\d\d(?!\d)", text)]


def move(page, index, slider, key):
    page.evaluate(f"{BOX % index}.querySelectorAll('input')[{slider}].focus()")
    page.press(key)


def test_a_key_moves_the_neuron_to_the_numbers_of_the_numpy_cell(cells):
    page = cells()
    move(page, 0, 1, "End")  # u = 1.5
    page.evaluate(f"{BOX % 0}.querySelectorAll('button')[2].focus()")
    page.press("Enter")  # the third input, from 0 to 1
    page.press("Enter")  # and on to -1
    layer = SimpleRNN(1, 1, rng=np.random.default_rng(0), return_sequences=True)
    layer.set_weights([[[1.0]], [[1.5]], [0.0]])
    x = np.array([1, 0, -1, 0, 0, 0, 0, 0, 0, 0]).reshape(1, -1, 1)
    h = layer.forward(x).ravel()
    np.testing.assert_allclose(numbers(words(page, 0)), h, atol=0.00501)


def test_a_key_moves_the_lstm_to_the_numbers_of_the_numpy_cell(cells):
    page = cells()
    move(page, 2, 1, "End")  # forget bias 6
    move(page, 2, 0, "Home")  # input bias -6
    layer = LSTM(1, 1, rng=np.random.default_rng(0))
    layer.set_weights([[[0, 0, 1, 0]], np.zeros((1, 4)), [-6, 6, 0, 0]])
    layer.forward(np.eye(1, 10).reshape(1, 10, 1))
    carry, output = layer.activations["c"].ravel(), layer.activations["h"].ravel()
    shown = numbers(words(page, 2))
    np.testing.assert_allclose(shown[:20], [*carry, *output], atol=0.00501)


def test_a_key_changes_the_gradient_that_is_told_and_drawn(cells):
    page = cells()
    line = f"{BOX % 1}.querySelectorAll('polyline')[1].getAttribute('points')"
    before = words(page, 1), page.evaluate(line)
    move(page, 1, 0, "End")
    assert words(page, 1) != before[0]
    assert page.evaluate(line) != before[1]


def test_choices_and_patterns_of_inputs_change_the_numbers(cells):
    page = cells()
    start = words(page, 0)
    press = (
        "[...%s.querySelectorAll('button')].find(b => b.textContent === '%s').click()"
    )
    page.evaluate(press % (BOX % 0, "constant"))
    constant = words(page, 0)
    page.evaluate(
        f"(s => {{s.value = 'relu'; s.dispatchEvent(new Event('change'))}})"
        f"({BOX % 0}.querySelector('select'))"
    )
    assert len({start, constant, words(page, 0)}) == 3


def test_it_neither_asks_for_the_network_nor_complains(cells):
    page = cells()
    assert all(url.startswith("file:") for url in page.requests)
    assert not page.complaints


def test_it_fits_a_phone_and_its_sliders_a_finger(cells):
    page = cells(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("document.querySelector('.dlts-live details').open = true")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.dlts-live input')]"
        ".map(i => [i.offsetWidth, i.offsetHeight])"
    )
    assert all(width >= 150 and height >= 24 for width, height in sizes)


def test_every_control_says_its_name_and_shows_its_focus(cells):
    page = cells()
    assert page.evaluate(
        "[...document.querySelectorAll('.dlts-live :is(input, select, button)')]"
        ".filter(c => !c.ariaLabel && !c.textContent).length"
    ) == 0  # fmt: skip
    page.evaluate("document.querySelector('.dlts-live select').focus()")
    page.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineWidth"
    assert page.evaluate(outline) == "3px"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_has_no_barrier(cells, theme):
    page = cells()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(STILL)
    barriers.prepare(page)
    assert barriers.of_structure(page) == []
    assert barriers.of_colours(page, theme, set()) == []


def test_live_cells_of_the_book_move_by_the_keyboard(look, articles):
    for name, article in articles.items():
        for index in range(len(article.select(".dlts-live"))):
            page = look(name)
            first = words(page, index)
            move(page, index, 0, "Home")
            assert words(page, index) != first, name
