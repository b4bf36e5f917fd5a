import json
import re
from urllib.parse import unquote

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from utils.book import explore
from utils.plotting import use_style


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
        assert not plt.get_fignums(), "a frame's figure was left open"


def line(slope, offset=0.0):
    _, ax = plt.subplots(figsize=(4, 3))
    ax.plot([0, 1, 2], np.multiply([0, 1, 2], slope) + offset)
    ax.set(xlim=(0, 2), ylim=(-5, 5), xlabel="time (h)")
    return ax


def explorable(**options):
    options = {"values": {"slope": [-1, 0, 2]}, "alt": "A line"} | options
    return explore.slider(options.pop("draw", line), **options)


def parse(figure):
    return BeautifulSoup(figure.html, "html.parser")


def data_of(figure):
    return json.loads(parse(figure).find("script", type="application/json").string)


def frame(data, index):
    runs = data["frames"][index]
    pairs = zip(runs[::2], runs[1::2], strict=True)
    return [row for start, n in pairs for row in data["lines"][start : start + n]]


def test_every_frame_is_a_drawing_of_its_own():
    data = data_of(explorable())
    drawings = ["\n".join(frame(data, index)) for index in range(3)]
    assert len(set(drawings)) == 3
    for drawing in drawings:
        assert BeautifulSoup(drawing, "html.parser").svg["viewbox"] == "0 0 288 216"


def test_the_first_frame_is_a_still_image_that_needs_no_script():
    figure = explorable(start={"slope": 2})
    source = parse(figure).img["src"]
    assert source.startswith("data:image/svg+xml,")
    still = unquote(source.removeprefix("data:image/svg+xml,"))
    assert still.split("\n") == frame(data_of(figure), 2)


def test_without_scripts_a_sentence_says_where_the_figure_moves():
    note = parse(explorable()).find(class_="dlts-explore-still").text
    assert "slider" in note
    assert "trusted" in note


def test_two_sliders_make_a_frame_for_every_pair():
    figure = explorable(
        values={"slope": [0, 1, 2], "offset": [-1, 1]},
        alt=lambda slope, offset: f"slope {slope}, offset {offset}",
        start={"slope": 1, "offset": 1},
    )
    data = data_of(figure)
    assert figure.frames == len(data["frames"]) == 6
    assert data["alts"][3] == figure.alt == "slope 1, offset 1"
    assert [slider["start"] for slider in data["sliders"]] == [1, 1]


def test_words_beside_the_slider_carry_unit_and_minus_sign():
    slider = data_of(explorable(formats={"slope": "{:.1f} K"}))["sliders"][0]
    assert slider["words"] == ["−1.0 K", "0.0 K", "2.0 K"]


def test_a_format_may_be_a_function():
    slider = data_of(explorable(formats={"slope": lambda s: "ab"[s > 0]}))["sliders"][0]
    assert slider["words"] == ["a", "a", "b"]


def test_labels_default_to_the_arguments_name_with_spaces():
    def draw(my_slope):
        return line(my_slope)

    values = {"my_slope": [0, 1]}
    plain = data_of(explorable(draw=draw, values=values))["sliders"][0]
    named = explorable(draw=draw, values=values, labels={"my_slope": "$slope$"})
    assert plain["label"] == "my slope"
    assert data_of(named)["sliders"][0]["label"] == "$slope$"


def test_the_image_says_what_it_shows():
    figure = explorable(alt=lambda slope: f'rises to "{slope}" & more')
    assert parse(figure).img["alt"] == 'rises to "-1" & more'
    assert 'rises to "-1"' in repr(figure)


def test_captions_and_data_are_escaped():
    figure = explorable(caption="a < b", labels={"slope": "</script><b>"})
    assert "a &lt; b" in figure.html
    assert data_of(figure)["sliders"][0]["label"] == "</script><b>"
    assert not parse(figure).find_all("b")


def test_nothing_is_fetched():
    figure = explorable()
    addresses = set(re.findall(r"https?://[^\s'\"]+", unquote(figure.html)))
    assert addresses <= {"http://www.w3.org/1999/xlink", "http://www.w3.org/2000/svg"}


def test_the_same_figure_gives_the_same_html():
    assert explorable().html == explorable().html


def test_two_dozen_frames_of_a_curve_take_little_room():
    def draw(shift):
        x = np.linspace(-4, 4, 200)
        _, ax = plt.subplots()
        ax.plot(x, np.tanh(x - shift))
        ax.set(xlim=(-4, 4), ylim=(-1, 1), xlabel="$z$")
        return ax

    shifts = np.linspace(-2, 2, 24).tolist()
    figure = explorable(draw=draw, values={"shift": shifts})
    assert len(figure.html) < explore.LIMIT / 4


def test_a_figure_that_is_too_large_is_refused_with_size_and_remedy():
    def draw(seed):
        _, ax = plt.subplots()
        ax.scatter(*np.random.default_rng(seed).normal(size=(2, 3000)))
        return ax

    with pytest.raises(ValueError, match=r"3 frames of \d+ kB.*fewer values") as error:
        explorable(draw=draw, values={"seed": [0, 1, 2]})
    assert "at most 400 kB" in str(error.value)


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=12), max_size=6))
def test_sharing_lines_loses_nothing(frames):
    lines, packed = explore._share(frames)
    data = {"lines": lines, "frames": packed}
    assert [frame(data, index) for index in range(len(frames))] == frames
    assert len(lines) == len(set(lines))


@given(st.floats(-1e4, 1e4).filter(lambda x: abs(x) > 1e-4))
def test_numbers_are_rounded_to_two_decimals(x):
    text = explore._minify(f'<svg><path d="M {x:.6f} 0 "/></svg>')
    number = re.search(r"M(\S+) 0", text)[1]
    assert abs(float(number) - x) <= 0.005 + 1e-6
    assert len(number.partition(".")[2]) <= 2
    assert number != "-0"


def test_transforms_keep_their_digits():
    svg = '<svg><g transform="translate(1.23456 2) scale(0.015625)"/></svg>'
    assert "translate(1.23 2) scale(0.015625)" in explore._minify(svg)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": {}}, "values must name one or two sliders; got 0"),
        ({"values": {key: [1, 2] for key in "abc"}}, "one or two sliders; got 3"),
        ({"values": {"slope": [1]}}, r"values\['slope'\] must hold at least two"),
        ({"values": {"slope": [1, 1]}}, "repeats a value"),
        ({"start": {"slope": 7}}, r"start\['slope'\] must be one of \[-1, 0, 2\]"),
        ({"start": {"slop": 0}}, "start names 'slop', which is no slider"),
        ({"labels": {"x": "y"}}, "labels names 'x'"),
        ({"formats": {"x": "y"}}, "formats names 'x'"),
        ({"alt": " "}, "alt must say in words"),
        ({"alt": lambda slope: None}, "alt must say in words"),
        ({"draw": lambda slope: None}, "draw must return a Matplotlib figure"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(options, message):
    with pytest.raises(ValueError, match=message):
        explorable(**options)
