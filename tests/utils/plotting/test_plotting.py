"""Figures show what they are given, in one style."""

import base64
import io
from functools import partial

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from IPython.core.pylabtools import retina_figure
from PIL import Image

from utils import plotting
from utils.plotting import diagrams
from utils.plotting import style as style_module
from utils.scratch import Perceptron
from utils.windows import chronological_split

SQUARE = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
HOURLY = pd.Series(
    np.arange(99.0), index=pd.date_range("2009-01-01", periods=99, freq="h")
)
SPLIT = chronological_split(99, length=3, horizon=2)


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def luminance(colour):
    """Return the relative luminance of a colour, as web accessibility defines it."""
    rgb = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_lines_stand_out_from_white_paper():
    shades = {shade for shade, _ in plotting.MODEL_LOOKS.values()}
    for shade in shades:
        contrast = 1.05 / (luminance(plotting.color(shade)) + 0.05)
        assert contrast >= 2.5, f"{shade}: {contrast:.1f}"


def test_every_model_has_a_look_of_its_own():
    looks = list(plotting.MODEL_LOOKS.values())
    parts = {"observed", "train", "validation", "test"}
    models = [look for name, look in plotting.MODEL_LOOKS.items() if name not in parts]
    assert len(set(models)) == len(models)
    assert {shade for shade, _ in looks} <= set(plotting.PALETTE)


def test_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"lstm.*got 'lstn'"):
        plotting.color("lstn")
    with pytest.raises(ValueError, match="got 'lstn'"):
        plotting.linestyle("lstn")


def test_style_is_white_and_uses_the_palette():
    assert mpl.rcParams["figure.facecolor"] == "white"
    cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert set(cycle) <= set(plotting.PALETTE.values())


def test_a_stored_figure_is_small_and_looks_as_it_was_drawn():
    figure = plotting.threshold(w=2.0, b=-10.0).figure
    drawn, size = retina_figure(figure)
    stored, same_size = style_module._sharp(figure)
    assert same_size == size
    assert len(stored) < 0.6 * len(drawn)  # a byte more in three, as text
    with Image.open(io.BytesIO(base64.b64decode(stored))) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=int)
    with Image.open(io.BytesIO(drawn)) as picture:
        before = np.asarray(picture.convert("RGB"), dtype=int)
    assert np.abs(pixels - before).max() < 12  # of 255


def pixels_of(png):
    with Image.open(io.BytesIO(base64.b64decode(png))) as picture:
        return np.asarray(picture.convert("RGB"), dtype=int)


def saved(figure):
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return base64.b64encode(png.getvalue()).decode()


def two_plots():
    figure, axes = plt.subplots(1, 2)
    axes[0].plot([1, 2])
    axes[1].set_ylabel("a label that needs its room")
    return figure


def long_names():
    ax = plt.figure().add_subplot()
    ax.barh(["a name that takes far more room than others", "b"], [1, 2])
    return ax.figure


def nothing_drawn():
    plt.figure().add_subplot().axis("off")
    return plt.gcf()


def a_text_of_its_own():
    figure = plt.figure()
    figure.add_subplot().plot([1, 2])
    figure.text(0.5, 0.5, "here")
    return figure


def smaller_than_its_labels():
    figure = plt.figure(figsize=(1, 1))
    figure.add_subplot().plot([1, 2])
    return figure


LAID_OUT = [
    two_plots,
    long_names,
    nothing_drawn,
    a_text_of_its_own,
    smaller_than_its_labels,
]


@pytest.mark.parametrize("make", LAID_OUT)
def test_a_figure_in_grading_looks_as_it_is_laid_out(make):
    figure = make()
    stored, whole = style_module._plain(figure), saved(figure)
    drawn = pixels_of(whole)
    assert pixels_of(stored).shape == drawn.shape
    assert np.abs(pixels_of(stored) - drawn).max() < 20  # of 255
    assert len(stored) < 0.7 * len(whole)


def test_one_plot_in_grading_is_cut_to_what_is_drawn():
    figure = plotting.threshold(w=2.0, b=-10.0).figure
    before = saved(figure)
    stored = style_module._plain(figure)
    ink = (pixels_of(stored) < 250).any(axis=2)
    for axis in (0, 1):
        places = np.flatnonzero(ink.any(axis=axis))
        edge, other = places[0], ink.shape[1 - axis] - 1 - places[-1]
        assert {edge, other} <= {style_module._EDGE, style_module._EDGE + 1}
    drawn = pixels_of(before)
    assert np.abs(np.subtract(ink.shape, drawn.shape[:2])).max() < 40
    dark = [(pixels < 128).any(axis=2).sum() for pixels in (pixels_of(stored), drawn)]
    assert 0.9 < dark[0] / dark[1] < 1.1
    assert saved(figure) == before  # nothing of the figure has changed


@pytest.mark.parametrize("show", [style_module._sharp, style_module._plain])
def test_an_empty_figure_is_not_shown(show):
    assert show(plt.figure()) is None


@pytest.mark.parametrize("bias", [-16.0, -10.0, -0.5])
def test_threshold_switches_at_minus_b_over_w(bias):
    ax = plotting.threshold(w=2.0, b=bias)
    x, output = ax.lines[0].get_data()
    assert np.isclose(x[output > 0][0], -bias / 2, atol=0.011)


def test_decision_line_lies_where_the_sum_is_zero():
    ax = plotting.decision_line(w=[1.0, 2.0], b=-0.5)
    x1, x2 = ax.lines[0].get_data()
    np.testing.assert_allclose(x1 + 2 * x2 - 0.5, 0, atol=1e-12)


@pytest.mark.parametrize("b", [-1.0, 0.0, 0.7])
def test_shaded_half_is_where_the_neuron_fires(b):
    ax = plotting.decision_line(w=[1.0, 1.0], b=b, limit=1)
    shaded = ax.patches[0].get_path()
    points = np.random.default_rng(0).uniform(-1, 1, size=(200, 2))
    points = points[np.abs(points.sum(axis=1) + b) > 0.01]
    fires = points.sum(axis=1) + b > 0
    np.testing.assert_array_equal(shaded.contains_points(points), fires)


def test_a_neuron_without_weights_has_no_line():
    assert not plotting.decision_line(w=[0.0, 0.0], b=1.0).lines


def test_wrong_decisions_are_ringed():
    ax = plotting.decision_line(SQUARE, [1, 1, 1, 1], w=[0.0, 0.0], b=-1.0)
    assert len(ax.collections[-1].get_offsets()) == 4
    ax = plotting.decision_line(SQUARE, [0, 0, 0, 0], w=[0.0, 0.0], b=-1.0)
    assert len(ax.collections[-1].get_offsets()) == 0


def test_gates_and_mistakes_show_every_task():
    y = np.array([0, 1, 1, 1])
    model = Perceptron().fit(SQUARE, y)
    axes = plotting.gates({"OR": (model, SQUARE, y), "again": (model, SQUARE, y)})
    assert [ax.get_title("left") for ax in axes] == ["OR", "again"]
    ax = plotting.mistakes({"OR": model.mistakes})
    assert ax.lines[0].get_ydata().tolist() == model.mistakes


@pytest.mark.parametrize(
    "draw",
    [
        plotting.threshold,
        partial(plotting.decision_line, w=[1.0, 0.0], b=0.0),
        partial(plotting.mistakes, {"AND": [1, 0]}),
        partial(plotting.updates_and_bound, [2], [30.0]),
        partial(plotting.series, HOURLY, label="x"),
        partial(plotting.spectrum, [12.0, 24.0], [1.0, 2.0]),
        partial(plotting.parts, HOURLY, SPLIT, label="x"),
        partial(plotting.window, range(40), start=3, length=9, horizon=4),
        partial(plotting.reading, range(9), range(6), read=2, horizon=3),
        partial(plotting.error_by_horizon, [1, 2], [0.5, 1.0]),
        partial(plotting.seed_curves, {"dense": [[2, 1]]}, reference={}, label="x"),
        diagrams.neuron_and_model,
        partial(diagrams.timeline, {1958: "a", 1969: "b"}),
    ],
)
def test_figures_draw_into_the_axes_that_they_are_given(draw):
    _, ax = plt.subplots()
    assert draw(ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_window_marks_the_target_and_says_the_naive_error():
    ax = plotting.window(np.arange(40.0), start=3, length=9, horizon=4)
    assert ax.get_title("left") == "naive forecast 4.0 °C off"
    assert ax.lines[-1].get_xydata().tolist() == [[15.0, 15.0]]


def test_reading_marks_the_forecast_and_the_truth_that_it_is_for():
    truth = np.arange(9.0)
    ax = plotting.reading(truth, truth[3:] + 0.5, read=4, horizon=3)
    assert ax.get_title("left") == "after 4 hours 0.5 °C off"
    said, happened = (line.get_xydata().tolist() for line in ax.lines[-2:])
    assert said == [[6.0, 6.5]]
    assert happened == [[6.0, 6.0]]
    assert ax.lines[1].get_xydata()[-1].tolist() == [3.0, 3.0]


def test_seed_curves_mark_the_best_epoch_of_every_seed():
    curves = {"dense": [[3.0, 2.0, 2.5], [3.0, 2.8, 2.6]]}
    ax = plotting.seed_curves(curves, reference={"naive": 2.4}, label="MAE (°C)")
    dots = [
        line.get_xydata().tolist() for line in ax.lines if len(line.get_xdata()) == 1
    ]
    assert dots == [[[2.0, 2.0]], [[3.0, 2.6]]]


def test_seed_curves_mark_the_epoch_that_is_kept():
    curves = {"dense": [[3.0, 2.0, 2.5], [3.0, 2.8, 2.6]]}
    ax = plotting.seed_curves(
        curves, reference={}, label="MAE (°C)", kept={"dense": [3, 1]}
    )
    dots = [
        line.get_xydata().tolist() for line in ax.lines if len(line.get_xdata()) == 1
    ]
    assert dots == [[[3.0, 2.5]], [[1.0, 3.0]]]


def test_every_column_has_a_panel_with_its_weekly_means():
    days = pd.date_range("2009-01-01", periods=14, freq="D")
    table = pd.DataFrame({name: np.arange(14.0) + k for k, name in enumerate("abc")})
    axes = plotting.weather.columns(table.set_index(days), labels=["A", "B", "C"])
    assert [ax.get_title("left") for ax in axes] == ["A", "B", "C"]
    assert axes[1].lines[0].get_ydata().tolist() == [4.0, 11.0]


def test_wind_has_a_panel_for_the_angle_and_one_for_the_vector():
    angle, speed = np.array([350.0, 10.0]), np.array([2.0, 2.0])
    _, given = plt.subplots(1, 2)
    axes = plotting.weather.wind(angle, speed, [0.3, -0.3], [-2, -2], axes=given)
    assert axes is given
    counted = [ax.collections[0].get_array().sum() for ax in axes]
    assert counted == [2, 2]


def test_seed_curves_keep_the_names_apart_and_their_order():
    curves = {"lstm": [[2.5, 2.41]], "reversed lstm": [[2.5, 2.43]]}
    limits = (2.2, 3.2)
    ax = plotting.seed_curves(
        curves, reference={"naive": 2.42}, label="MAE (°C)", limits=limits
    )
    names = {text.get_text(): text.xy[1] for text in ax.texts}
    assert sorted(names, key=names.get) == ["lstm", "naive", "reversed lstm"]
    assert np.diff(sorted(names.values())).min() > 0.069
    assert np.isclose(names["naive"], 2.42)
    assert ax.get_ylim() == limits


def test_seed_curves_name_a_curve_that_ends_outside_at_the_edge():
    curves = {"lstm": [[9.0, 7.0]], "reversed lstm": [[9.0, 8.0]]}
    ax = plotting.seed_curves(
        curves, reference={"naive": 2.42}, label="MAE (°C)", limits=(2.2, 3.2)
    )
    heights = [text.xy[1] for text in ax.texts]
    assert min(heights) >= 2.2
    assert max(heights) < 3.25


def test_timeline_names_every_event():
    texts = [t.get_text() for t in diagrams.timeline({1958: "a", 1969: "b"}).texts]
    assert texts == ["1958\na", "1969\nb"]
