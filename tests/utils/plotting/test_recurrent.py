"""The figures of chapter 6 show what they are given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plotting
from utils.plotting import recurrent


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def words(ax):
    return [text.get_text() for text in ax.texts]


def gradients(ax):
    """Return the arrows of gradients as pairs of start and end, to two decimals."""
    found = [text for text in ax.texts if isinstance(text, plt.Annotation)]
    return [
        (tuple(np.round(text.xyann, 2)), tuple(np.round(text.xy, 2)))
        for text in found
        if text.arrow_patch.get_linestyle() == "--"
    ]


@pytest.mark.parametrize("n", [2, 5])
def test_unrolled_shows_each_step_with_the_same_weights(n):
    ax = recurrent.unrolled(n)
    for k in range(1, n + 1):
        assert {f"$x_{k}$", f"$h_{k}$", f"$y_{k}$"} <= set(words(ax))
    assert f"$x_{n + 1}$" not in words(ax)
    assert words(ax).count("$U$") == n + 1  # one of them on the loop


def test_gradients_start_at_counted_outputs_and_reach_every_earlier_input():
    ax = recurrent.gradients_back(5, counted=[2, 4])
    found = gradients(ax)
    places = np.round(np.arange(5) * 1.9 + 0.16, 2)
    from_outputs = {start[0] for start, _ in found if start[1] == 1.8}
    to_inputs = {end[0] for _, end in found if end[1] == -1.0}
    assert from_outputs == set(places[[1, 3]])
    assert to_inputs == set(places[:4])  # step 5 comes after the last counted one
    assert {"$C_2$", "$C_4$"} <= set(words(ax))
    assert sum(start[1] == end[1] for start, end in found) == 3  # between the states


@pytest.mark.parametrize("counted", [[], [6], [0, 2]])
def test_outputs_that_are_not_drawn_cannot_be_counted(counted):
    with pytest.raises(ValueError, match="counted must name steps from 1 to 5"):
        recurrent.gradients_back(5, counted=counted)


def test_the_four_shapes_read_and_write_where_they_say():
    boxes = [
        [patch for patch in ax.patches if isinstance(patch, plt.Rectangle)]
        for ax in recurrent.shapes()
    ]
    reads = [sum(box.get_y() < 0 for box in found) for found in boxes]
    writes = [sum(box.get_y() > 0 for box in found) for found in boxes]
    assert reads == [4, 4, 1, 3]
    assert writes == [4, 1, 4, 3]


def test_a_map_leaves_the_future_empty_and_marks_its_row():
    values = np.tril(np.arange(1.0, 17).reshape(4, 4))
    ax, row = recurrent.gradient_map(values, t=2)
    shown = ax.images[0].get_array()
    assert (shown.mask == (values == 0)).all()
    assert [bar.get_height() for bar in row.patches] == values[1].tolist()
    assert row.get_ylim()[1] >= values.max()
    assert ax.patches[0].get_y() == 1.5


@pytest.mark.parametrize(
    ("values", "t", "message"),
    [
        (np.ones((2, 3)), 1, r"values must be square; got shape \(2, 3\)"),
        (np.eye(3), 0, "t must lie between 1 and 3; got 0"),
        (np.eye(3), 4, "t must lie between 1 and 3; got 4"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused(values, t, message):
    with pytest.raises(ValueError, match=message):
        recurrent.gradient_map(values, t=t)


def test_maps_share_their_shades_and_a_single_row_is_the_last():
    full = np.tril(np.ones((6, 6)))
    left, right = recurrent.maps({"all": 2 * full, "one": full[-1:]})
    assert left.images[0].get_clim() == right.images[0].get_clim() == (0, 2)
    assert right.images[0].get_extent() == [0.5, 6.5, 6.5, 5.5]
    assert not np.ma.getmaskarray(right.images[0].get_array()).any()


def test_a_profile_shows_mean_and_range_of_the_seeds():
    rows = np.array([[1.0, 0.5], [3.0, 0.1]])
    ax = recurrent.profiles({"quiet": rows})
    assert ax.lines[0].get_ydata().tolist() == [2.0, 0.3]
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert {1.0, 3.0, 0.5, 0.1} <= set(corners)


def test_answers_draw_what_each_panel_has():
    line = [1, 2], [0.0, 1.0]
    panels = {"a": dict.fromkeys(("given", "wanted", "answer"), line)}
    panels["b"] = {"wanted": line}
    assert [len(ax.lines) for ax in recurrent.answers(panels)] == [3, 1]
