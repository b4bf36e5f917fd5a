import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup

from tests.book.browser import find_chromium, open_page
from utils.book import live
from utils.scratch import LSTM, SimpleRNN

ARITHMETIC = Path(live.__file__).with_name("live_cells.js").read_text(encoding="utf-8")
ACTIVATIONS = live.ACTIVATIONS
GATES = "ifgo"  # Keras's order, in which `LSTM` has its blocks

every_cell = pytest.mark.parametrize(
    "make",
    [
        live.recurrent_neuron,
        live.lstm_cell,
        lambda **options: live.gradient_product(
            {"identity": np.eye(3)}, np.ones((4, 3)), **options
        ),
    ],
    ids=["neuron", "lstm", "gradient"],
)


@pytest.fixture(scope="module")
def compute(tmp_path_factory):
    """Return a function that runs the page's arithmetic: in node, or in a browser."""
    if shutil.which("node"):
        yield in_node
    elif find_chromium():
        with open_page(tmp_path_factory.mktemp("chromium")) as page:
            page.open("data:text/html,arithmetic")
            yield lambda kind, data: page.evaluate(program(kind, data))
    else:
        pytest.skip(
            "neither node nor Chromium on this machine, so the arithmetic of the live "
            "cells was not run; install one (Debian or Ubuntu: apt install nodejs)"
        )


def program(kind, data):
    return f"(() => {{{ARITHMETIC}; return liveCells.{kind}({json.dumps(data)})}})()"


def in_node(kind, data):
    script = f"console.log(JSON.stringify({program(kind, data)}))"
    done = subprocess.run(
        ["node", "-"], input=script, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def parse(cell):
    return BeautifulSoup(cell.html, "html.parser")


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(3))
def test_the_neuron_equals_the_numpy_cell(compute, activation, seed):
    rng = np.random.default_rng(seed)
    w, u, b = rng.uniform(-1.4, 1.4, 3)
    x = rng.integers(-1, 2, 12)
    data = live.recurrent_neuron(w=w, u=u, b=b, x=x, activation=activation).data
    layer = SimpleRNN(1, 1, activation, rng=rng, return_sequences=True)
    layer.set_weights([[[w]], [[u]], [b]])
    h = layer.forward(x.reshape(1, -1, 1))[0, :, 0]
    np.testing.assert_allclose(compute("neuron", data)["h"], h, rtol=0, atol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("scale", [0.6, 1.0, 1.3])
def test_the_gradient_equals_that_of_the_numpy_cell(compute, activation, scale):
    rng = np.random.default_rng(4)
    matrix, inputs = rng.normal(size=(5, 5)) / 2, rng.normal(size=(20, 5))
    cell = live.gradient_product(
        {"one": matrix}, inputs, scale=scale, activation=activation, steps=17
    )
    data = {**cell.data, **cell.data["matrices"]["one"]}
    found = compute("gradient", data)

    layer = SimpleRNN(5, 5, activation, rng=rng)
    U = scale * np.array(data["matrix"])
    layer.set_weights([np.eye(5), U, np.zeros(5)])
    layer.forward(np.array(data["inputs"])[None, :17])
    layer.backward(np.full((1, 5), 1 / np.sqrt(5)))
    d_h = [layer.d_initial_state[0], *layer.d_states["h"].swapaxes(0, 1)]
    norms = np.linalg.norm(np.array(d_h)[::-1, 0], axis=1)
    np.testing.assert_allclose(found["norms"], norms, rtol=1e-6)

    steepest = 0.25 if activation == "sigmoid" else 1.0
    bound = (np.linalg.norm(U, 2) * steepest) ** np.arange(18)
    np.testing.assert_allclose(found["bound"], bound, rtol=1e-6)
    assert (norms <= bound * (1 + 1e-12)).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_lstm_equals_the_numpy_cell(compute, seed):
    rng = np.random.default_rng(seed)
    w, u, b = rng.uniform(-3, 3, (3, 4))
    x = rng.integers(-1, 2, 12)
    starts = [dict(zip(GATES, start, strict=True)) for start in (b, w, u)]
    names = "biases", "weights", "recurrent"
    cell = live.lstm_cell(**dict(zip(names, starts, strict=True)), x=x)
    found = compute("lstm", cell.data)
    layer = LSTM(1, 1, rng=rng)
    layer.set_weights([w[None], u[None], b])
    layer.forward(x.reshape(1, -1, 1))
    for name in ("i", "f", "g", "c", "o", "h"):
        ours = layer.activations[name][0, :, 0]
        np.testing.assert_allclose(found[name], ours, rtol=0, atol=1e-6, err_msg=name)


@every_cell
def test_it_is_one_block_that_fetches_nothing_and_stays_small(make):
    page = parse(make())
    assert len(page.find_all(recursive=False)) == 1
    assert not page.find_all(["link", "img", "iframe"])
    assert not [script for script in page.find_all("script") if script.get("src")]
    addresses = set(re.findall(r"https?://[^\s'\"]+", make().html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert len(make().html.encode()) < live.LIMIT / 2


@every_cell
def test_without_scripts_a_sentence_says_what_it_is_and_where_it_computes(make):
    note = parse(make()).find(class_="dlts-live-still").text
    assert note.startswith(make().alt)
    assert "trusted" in note


@every_cell
def test_the_same_cell_gives_the_same_html(make):
    assert make().html == make().html


@every_cell
def test_a_caption_is_escaped(make):
    assert "a &lt; b" in make(caption="a < b").html


def test_a_name_cannot_end_the_data():
    name = "</script><b>"
    page = parse(live.gradient_product({name: np.eye(2)}, np.zeros((3, 2))))
    data = json.loads(page.find("script", type="application/json").string)
    assert data["data"]["matrix"] == name
    assert not page.find_all("b")


def test_a_terminal_reads_what_it_is():
    assert repr(live.lstm_cell()).startswith("Live cell: An LSTM with one unit")


NEURON, CELL = live.recurrent_neuron, live.lstm_cell


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: NEURON(w=2.5), "w must lie between -2 and 2; got 2.5"),
        (lambda: NEURON(u=float("nan")), "u must lie between -1.5 and 1.5; got nan"),
        (lambda: NEURON(activation="elu"), "activation must be one of tanh, relu"),
        (lambda: NEURON(x=[1]), "x must have 2 to 16 steps; got 1"),
        (lambda: NEURON(x=[0] * 17), "x must have 2 to 16 steps; got 17"),
        (lambda: NEURON(x=[[1, 0]]), r"x must have 1 axes; got shape \(1, 2\)"),
        (lambda: NEURON(x=[1, np.nan]), "x must hold finite numbers"),
        (lambda: CELL(biases={"f": 7}), "b_f must lie between -6 and 6; got 7"),
        (lambda: CELL(weights={"c": 1}), "a gate of weights must be one of i, f, g, o"),
        (
            lambda: live.gradient_product({}, np.zeros((3, 2))),
            "matrices must hold at least one matrix",
        ),
        (
            lambda: live.gradient_product({"a": np.eye(3)}, np.zeros((3, 2))),
            r"matrices\['a'\] must have shape \(2, 2\).*got \(3, 3\)",
        ),
        (
            lambda: live.gradient_product({"a": np.eye(2)}, np.zeros((1, 2))),
            "inputs must have at least 2 steps; got 1",
        ),
        (
            lambda: live.gradient_product({"a": np.eye(2)}, np.zeros((9, 2)), steps=10),
            "steps must lie between 2 and 9; got 10",
        ),
        (
            lambda: live.gradient_product({"a": np.eye(64)}, np.ones((400, 64)) / 3),
            r"takes \d+ kB; at most 60 kB are allowed: pass fewer",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(make, message):
    with pytest.raises(ValueError, match=message):
        make()
