"""Promises of utils.windows: cut by time, never leaking, never across a gap."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from utils.windows import (
    LeakError,
    Normalizer,
    Windows,
    assert_no_leak,
    chronological_split,
)

sizes = st.integers(1, 6)


def series(n_rows, features=1):
    """Return a table whose first column holds the row numbers."""
    rows = np.arange(n_rows, dtype=np.float32)
    return np.stack([rows + 1000 * j for j in range(features)], axis=1)


# --- split


@given(n_rows=st.integers(20, 400), length=sizes, horizon=sizes)
def test_a_purged_split_keeps_every_target_out_of_the_next_part(
    n_rows, length, horizon
):
    assume(n_rows // 4 >= length + horizon)
    split = chronological_split(n_rows, length=length, horizon=horizon)
    table = series(n_rows)
    windows = [part.windows(table, table[:, 0]) for part in split]
    for early, late in itertools.pairwise(split):
        assert early.stop == late.start
    for part, cut in zip(split, windows, strict=True):
        assert cut.input_rows.min() == part.start
        assert cut.target_rows.max() == part.stop - 1
        assert len(cut) == len(part) - length - horizon + 1
    assert_no_leak(*windows)


def test_without_purge_the_last_targets_lie_in_the_next_part():
    table = series(1000)
    split = chronological_split(1000, length=120, horizon=24, purge=False)
    train, validation, test = (part.windows(table, table[:, 0]) for part in split)
    assert train.input_rows.max() == 499
    assert train.target_rows.max() == 499 + 24
    assert (train.target_rows >= 500).sum() == 24
    assert test.target_rows.max() == 999
    with pytest.raises(LeakError, match=r"train: 24 targets are rows 500 to 523"):
        assert_no_leak(train, validation, test)


horizons = st.lists(sizes, min_size=1, max_size=4, unique=True).map(sorted)


@given(
    n_rows=st.integers(20, 200),
    length=sizes,
    horizon=horizons,
    purge=st.booleans(),
    every_step=st.booleans(),
)
def test_of_several_horizons_the_largest_decides_what_is_purged(
    n_rows, length, horizon, purge, every_step
):
    assume(n_rows // 4 >= length + horizon[-1])
    table = series(n_rows)
    split = chronological_split(n_rows, length=length, horizon=horizon, purge=purge)
    assert split == chronological_split(
        n_rows, length=length, horizon=np.array(horizon), purge=purge
    )
    for part, last in zip(split, (*split[1:], None), strict=True):
        cut = part.windows(table, table[:, 0], every_step=every_step)
        end = part.stop if purge or last is None else part.stop + horizon[-1]
        assert cut.input_rows.min() == part.start
        assert cut.input_rows.max() < part.stop
        assert cut.target_rows.max() == end - 1
        assert len(cut) == end - part.start - length - horizon[-1] + 1
    windows = [
        part.windows(table, table[:, 0], every_step=every_step) for part in split
    ]
    if purge:
        assert_no_leak(*windows)
    else:
        with pytest.raises(
            LeakError, match=r"and validation are mixed|train: \d+ targ"
        ):
            assert_no_leak(*windows)


def test_a_split_of_ten_steps_ahead_by_hand():
    split = chronological_split(100, length=5, horizon=range(1, 11))
    assert split.train.horizon == tuple(range(1, 11))
    table = series(100)
    train = split.train.windows(table, table[:, 0])
    assert len(train) == 50 - 5 - 10 + 1
    assert train.targets[-1].tolist() == list(range(40, 50))
    loose = chronological_split(100, length=5, horizon=range(1, 11), purge=False)
    assert [part.target_stop for part in loose] == [60, 85, 100]


def test_the_parts_are_as_long_as_the_source_prints_them():
    split = chronological_split(420_451, length=720, horizon=144)
    assert [len(part) for part in split] == [210_225, 105_112, 105_114]


def test_a_parts_rows_select_it_from_a_table():
    split = chronological_split(100, length=5, horizon=2)
    assert series(100)[split.test.rows, 0].tolist() == list(range(75, 100))


@pytest.mark.parametrize(
    ("fractions", "match"),
    [
        ((0.5, 0.3, 0.3), "sum to 1.1"),
        ((0.5, 0.2, 0.2), "sum to 0.9"),
        ((0.5, 0.5), "three positive numbers"),
        ((0.5, 0.5, 0.0), "three positive numbers"),
        ((1.2, -0.1, -0.1), "three positive numbers"),
    ],
)
def test_fractions_that_are_no_shares_are_refused(fractions, match):
    with pytest.raises(ValueError, match=match):
        chronological_split(1000, length=5, horizon=1, fractions=fractions)


@pytest.mark.parametrize(
    ("length", "horizon"), [(20, 6), (20, range(1, 7)), (25, 1), (25, [1])]
)
def test_a_split_refuses_parts_one_row_too_short_for_window_and_target(length, horizon):
    with pytest.raises(ValueError, match=r"leave 25 rows .* target spans 26"):
        chronological_split(100, length=length, horizon=horizon)
    assert chronological_split(104, length=length, horizon=horizon)


def test_a_split_that_leaves_an_empty_part_is_refused_with_its_name():
    with pytest.raises(ValueError, match="leave 10 rows for the validation part"):
        chronological_split(100, length=12, horizon=1, fractions=(0.8, 0.1, 0.1))


@pytest.mark.parametrize("name", ["n_rows", "length", "horizon"])
@pytest.mark.parametrize("value", [0, -3, 2.5, True, "7", None])
def test_a_split_refuses_sizes_that_are_not_whole_and_positive(name, value):
    sizes = {"n_rows": 100, "length": 5, "horizon": 1, name: value}
    with pytest.raises(ValueError, match=f"^{name} must be"):
        chronological_split(sizes.pop("n_rows"), **sizes)


# --- windows


@given(
    n_rows=st.integers(1, 60),
    features=st.integers(1, 3),
    length=sizes,
    horizon=sizes,
    sampling=st.integers(1, 3),
    stride=st.integers(1, 4),
)
def test_every_window_is_its_slice_and_every_target_its_row(
    n_rows, features, length, horizon, sampling, stride
):
    span = (length - 1) * sampling + 1
    assume(n_rows >= span + horizon)
    table = series(n_rows, features)
    windows = Windows(
        table,
        -table[:, 0],
        length=length,
        horizon=horizon,
        sampling=sampling,
        stride=stride,
    )
    assert len(windows) == (n_rows - span - horizon) // stride + 1
    assert windows.inputs.shape == (len(windows), length, features)
    for i in range(len(windows)):
        t = i * stride
        x, y = windows[i]
        np.testing.assert_array_equal(x, table[t : t + span : sampling])
        assert y == -(t + span - 1 + horizon)
        np.testing.assert_array_equal(windows.inputs[i], x)
        assert windows.targets[i] == y
        assert windows.input_rows[i].tolist() == x[:, 0].tolist()


@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    length=st.integers(1, 4),
    horizon=st.integers(1, 3),
)
def test_windows_are_exactly_those_that_fit_inside_a_segment(lengths, length, horizon):
    edges = np.concatenate([[0], np.cumsum(lengths)])
    segments = list(itertools.pairwise(edges))
    reach = length + horizon
    expected = [t for a, b in segments for t in range(a, b - reach + 1)]
    assume(expected)
    table = series(edges[-1])
    windows = Windows(
        table, table[:, 0], length=length, horizon=horizon, segments=segments
    )
    assert windows.starts.tolist() == expected
    np.testing.assert_array_equal(windows.inputs[:, :, 0], windows.input_rows)
    np.testing.assert_array_equal(windows.targets, windows.target_rows)


def test_rows_outside_every_segment_are_not_used():
    table = series(20)
    windows = Windows(table, table[:, 0], length=2, segments=[(3, 7), (12, 16)])
    assert windows.starts.tolist() == [3, 4, 12, 13]


def cut_slowly(n_rows, *, length, horizon, every_step, sampling, stride, **bounds):
    """Cut windows one by one, in plain Python: the rows of inputs and of targets."""
    start, stop = bounds["start"], bounds["stop"]
    steps = range(0, length * sampling, sampling)
    inputs, targets = [], []
    for t in range(start, n_rows, stride):
        rows = [t + step for step in steps]
        ahead = [[row + h for h in horizon] for row in rows]
        wanted = ahead if every_step else ahead[-1]
        last = ahead[-1][-1]
        inside = any(a <= t and last < b for a, b in bounds["segments"])
        if inside and rows[-1] < stop and last < bounds["target_stop"]:
            inputs.append(rows)
            targets.append(wanted)
    return inputs, targets


@given(
    lengths=st.lists(st.integers(1, 15), min_size=1, max_size=5),
    holes=st.booleans(),
    length=st.integers(1, 4),
    horizon=horizons,
    every_step=st.booleans(),
    sampling=st.integers(1, 3),
    stride=st.integers(1, 3),
    cuts=st.tuples(*[st.floats(0, 1)] * 3),
    columns=st.integers(1, 2),
    seed=st.integers(0, 99),
)
def test_windows_are_those_that_a_loop_in_plain_python_cuts(
    lengths, holes, length, horizon, every_step, sampling, stride, cuts, columns, seed
):
    edges = np.concatenate([[0], np.cumsum(lengths)]).tolist()
    n_rows = edges[-1]
    segments = list(itertools.pairwise(edges))[:: 2 if holes else 1]
    start, stop = int(cuts[0] * (n_rows - 1) / 2), n_rows - int(cuts[1] * n_rows / 3)
    assume(start < stop)
    how = {
        "length": length,
        "horizon": horizon,
        "every_step": every_step,
        "sampling": sampling,
        "stride": stride,
        "start": start,
        "stop": stop,
        "target_stop": min(n_rows, stop + int(3 * cuts[2])),
        "segments": segments,
    }
    inputs, targets = cut_slowly(n_rows, **how)
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(n_rows, 2)).astype(np.float32)
    target = rng.normal(size=(n_rows, columns)).astype(np.float32)
    if not inputs:
        with pytest.raises(ValueError, match="no window fits"):
            Windows(table, target, **how)
        return
    windows = Windows(table, target, **how)
    assert windows.input_rows.tolist() == inputs
    assert windows.target_rows.tolist() == targets
    np.testing.assert_array_equal(windows.inputs, table[inputs])
    np.testing.assert_array_equal(windows.targets, target[targets])
    order = rng.permutation(len(windows))
    x, y = windows.gather(order)
    np.testing.assert_array_equal(x, table[inputs][order])
    np.testing.assert_array_equal(y, target[targets][order])
    for i in range(len(windows)):
        np.testing.assert_array_equal(windows[i][0], table[inputs[i]])
        np.testing.assert_array_equal(windows[i][1], target[targets[i]])


def nine(**how):
    """Cut windows of the nine numbers 0 to 8."""
    numbers = np.arange(9)
    return Windows(numbers[:, None], numbers, **how)


def test_nine_numbers_give_the_windows_and_labels_of_the_slides():
    windows = nine(length=4)
    assert windows.inputs[..., 0].tolist() == [
        [0, 1, 2, 3],
        [1, 2, 3, 4],
        [2, 3, 4, 5],
        [3, 4, 5, 6],
        [4, 5, 6, 7],
    ]
    assert windows.targets.tolist() == [4, 5, 6, 7, 8]
    (x, y), *others = nine(length=8)
    assert (x.ravel().tolist(), y, others) == (list(range(8)), 8, [])


def test_nine_numbers_give_the_next_three_of_each_window():
    windows = nine(length=4, horizon=range(1, 4))
    assert windows.inputs[:, 0, 0].tolist() == [0, 1, 2]
    assert windows.targets.tolist() == [[4, 5, 6], [5, 6, 7], [6, 7, 8]]


def test_nine_numbers_give_the_next_three_of_each_step():
    windows = nine(length=4, horizon=range(1, 4), every_step=True)
    assert windows.targets.shape == (3, 4, 3)
    assert windows[0][1].tolist() == [[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]]
    assert windows[2][1].tolist() == [[3, 4, 5], [4, 5, 6], [5, 6, 7], [6, 7, 8]]
    last = nine(length=4, horizon=range(1, 4))
    np.testing.assert_array_equal(windows.targets[:, -1], last.targets)
    np.testing.assert_array_equal(windows.inputs, last.inputs)


def test_one_step_ahead_at_every_step_is_the_window_moved_by_one():
    windows = nine(length=5, every_step=True)
    assert windows[1][1].tolist() == [2, 3, 4, 5, 6]
    assert windows.targets.shape == (4, 5)


def test_a_step_of_a_sparse_window_forecasts_rows_and_not_steps():
    windows = nine(length=3, horizon=[1, 3], every_step=True, sampling=2)
    assert windows.inputs[..., 0].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert windows[0][1].tolist() == [[1, 3], [3, 5], [5, 7]]


def test_several_columns_at_every_step_come_last():
    table = series(9, features=3)
    windows = Windows(table, table[:, 1:], length=4, horizon=[1, 3], every_step=True)
    assert windows.targets.shape == (3, 4, 2, 2)
    assert windows[0][1][1].tolist() == [[1002, 2002], [1004, 2004]]


def test_ten_numbers_give_the_five_windows_that_chollet_prints():
    numbers = np.arange(10)
    windows = Windows(numbers[:, None], numbers, length=3, stop=7, target_stop=10)
    printed = [(x.ravel().tolist(), y) for x, y in windows]
    assert printed == [
        ([0, 1, 2], 3),
        ([1, 2, 3], 4),
        ([2, 3, 4], 5),
        ([3, 4, 5], 6),
        ([4, 5, 6], 7),
    ]


def test_independent_series_in_one_table_give_one_window_each():
    batch = np.arange(24.0).reshape(4, 6)  # four series of six steps
    runs = [(6 * k, 6 * k + 6) for k in range(4)]
    flat = batch.reshape(-1)
    windows = Windows(flat[:, None], flat, length=4, horizon=[1, 2], segments=runs)
    np.testing.assert_array_equal(windows.inputs[..., 0], batch[:, :4])
    np.testing.assert_array_equal(windows.targets, batch[:, 4:])


def test_several_horizons_give_several_targets():
    table = series(10)
    windows = Windows(table, table[:, 0], length=3, horizon=[1, 2, 4])
    assert windows.targets.tolist()[0] == [3, 4, 6]
    assert windows.targets.shape == (4, 3)
    assert windows.gather([1, 3])[1].tolist() == [[4, 5, 7], [6, 7, 9]]
    assert windows[3][1].tolist() == [6, 7, 9]


def test_several_target_columns_give_a_row_of_targets():
    table = series(10, features=3)
    windows = Windows(table, table[:, 1:], length=3, horizon=2)
    assert windows.targets.shape == (6, 2)
    assert windows[0][1].tolist() == [1004, 2004]


def test_a_target_can_be_named_in_a_data_frame():
    frame = pd.DataFrame({"p": [1.0, 2.0, 3.0], "T": [7.0, 8.0, 9.0]})
    windows = Windows(frame, "T", length=2, horizon=1)
    assert windows.targets.tolist() == [9.0]
    assert windows.columns == ("p", "T")


def test_keras_cuts_the_same_windows_and_targets():
    keras = pytest.importorskip("keras")
    table = series(40, features=2)
    dataset = keras.utils.timeseries_dataset_from_array(
        table[:-8],
        table[8:, 1],
        sequence_length=3,
        sampling_rate=2,
        sequence_stride=3,
        batch_size=None,
    )
    theirs = [(x.numpy(), y.numpy()) for x, y in dataset]
    windows = Windows(table, table[:, 1], length=3, horizon=4, sampling=2, stride=3)
    # Keras leaves out what ends in the last rows of the table; the rest is equal.
    assert 0 <= len(windows) - len(theirs) <= 2
    for i, (x, y) in enumerate(theirs):
        np.testing.assert_array_equal(windows[i][0], x)
        assert windows[i][1] == y


@given(
    n_rows=st.integers(10, 60), batch_size=st.integers(1, 70), seed=st.integers(0, 99)
)
def test_shuffled_batches_are_a_permutation_with_matching_targets(
    n_rows, batch_size, seed
):
    table = series(n_rows)
    windows = Windows(table, table[:, 0], length=4, horizon=2)
    rng = np.random.default_rng(seed)
    batches = list(windows.batches(batch_size, shuffle=True, rng=rng))
    assert all(len(y) == batch_size for _, y in batches[:-1])
    inputs = np.concatenate([x for x, _ in batches])
    targets = np.concatenate([y for _, y in batches])
    np.testing.assert_array_equal(inputs[:, -1, 0] + 2, targets)
    assert sorted(targets) == windows.targets.tolist()


def test_batches_in_time_order_are_the_windows_in_order():
    table = series(30, features=2)
    windows = Windows(
        table, table[:, 0], length=4, horizon=2, segments=[(0, 11), (11, 30)]
    )
    inputs = np.concatenate([x for x, _ in windows.batches(7)])
    np.testing.assert_array_equal(inputs, windows.inputs)
    assert inputs.dtype == np.float32
    many = Windows(series(300), np.arange(300), length=3)
    assert [len(y) for _, y in many.batches()] == [256, 41]


def test_shuffled_batches_keep_each_windows_targets_at_every_step():
    table = series(60)
    windows = Windows(
        table, table[:, 0], length=4, horizon=[1, 5], every_step=True, stride=2
    )
    batches = list(windows.batches(8, shuffle=True, rng=np.random.default_rng(0)))
    assert [y.shape for _, y in batches] == [(8, 4, 2)] * 3 + [(2, 4, 2)]
    for x, y in batches:
        np.testing.assert_array_equal(y - x, np.tile([1, 5], (len(x), 4, 1)))
    firsts = np.concatenate([x[:, 0, 0] for x, _ in batches])
    assert firsts.tolist() != sorted(firsts)
    assert sorted(firsts) == windows.starts.tolist()


def test_a_shuffle_repeats_with_its_seed_and_differs_without():
    table = series(200)
    windows = Windows(table, table[:, 0], length=4)

    def order(seed):
        rng = np.random.default_rng(seed)
        return [y.tolist() for _, y in windows.batches(50, shuffle=True, rng=rng)]

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_windows_share_the_tables_memory_and_cannot_change_it():
    table = series(50, features=3)
    windows = Windows(table, table[:, 0], length=5, horizon=2)
    assert np.shares_memory(windows.inputs, table)
    assert np.shares_memory(windows[7][0], table)
    with pytest.raises(ValueError, match="read-only"):
        windows[7][0][0, 0] = 1.0


def test_a_batch_is_a_copy_of_its_own():
    table = series(50)
    windows = Windows(table, table[:, 0], length=5)
    x, _ = windows.gather([3])
    x[:] = -1
    assert table[3, 0] == 3


def test_a_table_of_doubles_is_used_as_float32():
    windows = Windows(series(9).astype(float), np.arange(9.0), length=2)
    assert windows.inputs.dtype == windows.targets.dtype == np.float32


@pytest.mark.parametrize("name", ["length", "horizon", "sampling", "stride", "stop"])
@pytest.mark.parametrize("value", [0, -1, 1.5, False, "3"])
def test_windows_refuse_sizes_that_are_not_whole_and_positive(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        Windows(series(20), np.arange(20), **{"length": 3, name: value})


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"length": 15, "horizon": 6}, r"length=15 with horizon=6 spans 21 rows"),
        ({"length": 9, "sampling": 3}, r"horizon=1 and sampling=3 spans 26 rows"),
        ({"length": 16, "horizon": [1, 5]}, "horizon=5 spans 21 rows, .* 0 to 19 are"),
        ({"horizon": range(1, 31)}, "length=3 with horizon=30 spans 33 rows"),
        ({"horizon": range(1, 31), "every_step": True}, "horizon=30 spans 33 rows"),
        ({"target_stop": 3}, "horizon=1 spans 4 rows, and rows 0 to 2 are 3"),
        ({"horizon": 30}, "no window fits: length=3 with horizon=30"),
        ({"horizon": []}, "horizon must name at least one row"),
        ({"horizon": [1, 0]}, "horizon must be 1 or more, not 0"),
        ({"horizon": [-1, 2]}, "horizon must be 1 or more, not -1"),
        ({"horizon": [1, 3, 2]}, "horizon must increase, and 2 follows 3: name each"),
        ({"horizon": [1, 2, 2]}, "horizon must increase, and 2 follows 2"),
        ({"horizon": [[1, 2]]}, r"horizon must be a whole number, not \[1, 2\]"),
        ({"horizon": np.array([1.0, 2.0])}, "horizon must be a whole number, not 1.0"),
        ({"horizon": {1, 2}}, r"horizon must be a whole number, not \{1, 2\}"),
        ({"every_step": 10}, "every_step must be True or False, not 10"),
        ({"start": 9, "stop": 5}, "start=9, stop=5"),
        ({"stop": 21}, "must be rows of the table, which has 20"),
        ({"target_stop": 21}, "target_stop=21 must be rows of the table, which has 20"),
        (
            {"segments": [(0, 3), (3, 6)]},
            r"fits between the gaps: length=3 with horizon=1 spans 4 rows, and the "
            r"longest unbroken run of rows 0 to 19 has 3: shorten length or horizon\.",
        ),
        (
            {"segments": [(0, 3), (3, 20)], "stop": 6, "length": 5},
            "horizon=1 spans 6 rows, and the longest unbroken run of rows 0 to 5 has 3",
        ),
        (
            {"segments": [(1, 8), (11, 18)], "stride": 10, "length": 4},
            r"run of rows 0 to 19 has 7: shorten length or horizon, or lower stride\.",
        ),
        ({"segments": [(0, 9), (8, 20)]}, r"pair 1 is \(8, 20\)"),
        ({"segments": [(0, 21)]}, r"pair 0 is \(0, 21\)"),
        ({"segments": np.zeros(20)}, r"pairs, not of the shape \(20,\)"),
        ({"segments": []}, r"pairs, not of the shape \(0,\)"),
        ({"target": "T"}, "'T' is not a column; columns: none"),
        ({"target": np.zeros(19)}, r"each of the 20 rows .* not the shape \(19,\)"),
        ({"target": np.full(20, np.nan)}, "target holds nan in row 0"),
        ({"table": np.zeros(20)}, r"shape \(rows, features\), not \(20,\)"),
        ({"table": np.zeros((20, 2, 2))}, r"not \(20, 2, 2\)"),
        ({"table": np.zeros((0, 2))}, r"not \(0, 2\)"),
    ],
)
def test_windows_refuse_what_cannot_be_cut(change, match):
    given = {"table": series(20), "target": np.arange(20), "length": 3, **change}
    with pytest.raises(ValueError, match=match):
        Windows(given.pop("table"), given.pop("target"), **given)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_not_finite_is_refused_with_its_place(bad):
    frame = pd.DataFrame(series(20, features=2), columns=["p", "T"])
    frame.loc[7, "T"] = bad
    with pytest.raises(ValueError, match=r"table holds (nan|inf) in row 7 of 'T'"):
        Windows(frame, "p", length=3)


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_a_target_that_is_not_finite_is_refused_with_its_place(bad):
    target = np.ones((20, 2))
    target[[4, 9], 1] = bad
    match = r"target holds (nan|-inf) in row 4 of 'column 1', the first of 2 values"
    with pytest.raises(ValueError, match=match):
        Windows(series(20), target, length=3, horizon=[1, 2], every_step=True)


def test_windows_say_what_they_hold():
    assert repr(nine(length=4, horizon=2)) == (
        "Windows(4 of shape (4, 1), targets [2] rows after the last, rows 0 to 8)"
    )


def test_an_unknown_target_column_is_refused_with_the_known_ones():
    frame = pd.DataFrame(series(20, features=2), columns=["p", "T"])
    with pytest.raises(ValueError, match=r"'t' is not a column; columns: p, T"):
        Windows(frame, "t", length=3)


def test_shuffling_without_a_generator_is_refused():
    windows = Windows(series(20), np.arange(20), length=3)
    with pytest.raises(ValueError, match="rng is missing"):
        next(windows.batches(4, shuffle=True))


@pytest.mark.parametrize("size", [0, -1, 2.5])
def test_a_batch_size_that_is_not_whole_and_positive_is_refused(size):
    windows = Windows(series(20), np.arange(20), length=3)
    with pytest.raises(ValueError, match=r"^batch_size must be"):
        next(windows.batches(size))


# --- normaliser

tables = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(3, 5, size=(30, 4))
)


@given(tables)
def test_a_normaliser_agrees_with_scikit_learn(table):
    theirs = StandardScaler().fit(table[:20])
    ours = Normalizer.fit(table[:20])
    np.testing.assert_allclose(ours.transform(table), theirs.transform(table))


@given(tables)
def test_inverse_undoes_transform(table):
    normalizer = Normalizer.fit(table[:20])
    again = normalizer.inverse(normalizer.transform(table))
    np.testing.assert_allclose(again, table, atol=1e-12)
    column = normalizer.inverse_column(normalizer.transform(table)[:, 2], "column 2")
    np.testing.assert_allclose(column, table[:, 2], atol=1e-12)


def test_targets_at_every_step_return_to_their_unit():
    rows = np.random.default_rng(0).normal(3, 5, size=(30, 2))
    normalizer = Normalizer.fit(rows)
    scaled = normalizer.transform(rows)
    how = {"length": 4, "horizon": [1, 3], "every_step": True}
    targets = Windows(scaled, scaled[:, 1], **how).targets
    again = normalizer.inverse_column(targets, "column 1")
    raw = Windows(rows, rows[:, 1], **how).targets
    np.testing.assert_allclose(again, raw, rtol=1e-5, atol=1e-5)


def test_a_data_frame_stays_a_data_frame_with_its_names_and_times():
    times = pd.date_range("2009-01-01", periods=4, freq="h")
    frame = pd.DataFrame({"p": [1.0, 2, 3, 4], "T": [4.0, 2, 2, 4]}, index=times)
    scaled = Normalizer.fit(frame).transform(frame)
    assert scaled.columns.tolist() == ["p", "T"]
    assert scaled.index.equals(times)
    assert scaled["T"].tolist() == [1.0, -1.0, -1.0, 1.0]


def test_float32_rows_stay_float32():
    table = series(9, features=2)
    assert Normalizer.fit(table).transform(table).dtype == np.float32


def test_constant_columns_are_refused_by_name():
    frame = pd.DataFrame({"p": [1.0, 2.0], "still": [0.1, 0.1], "zero": [0.0, 0.0]})
    with pytest.raises(ValueError, match="constant in 'still', 'zero'"):
        Normalizer.fit(frame)


def test_missing_values_are_refused_when_fitting():
    with pytest.raises(ValueError, match="rows holds nan in row 1 of 'column 0'"):
        Normalizer.fit(np.array([[1.0], [np.nan]]))


def test_another_tables_columns_are_refused():
    normalizer = Normalizer.fit(pd.DataFrame({"p": [1.0, 2.0], "T": [1.0, 3.0]}))
    with pytest.raises(ValueError, match="fitted on p, T"):
        normalizer.transform(pd.DataFrame({"T": [1.0], "p": [2.0]}))
    with pytest.raises(ValueError, match="fitted on p, T"):
        normalizer.transform(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="column 'rh' is not one of p, T"):
        normalizer.inverse_column([0.0], "rh")


# --- leaks: one test per mistake that students make


def parts(n_rows=400, length=10, horizon=3):
    table = series(n_rows)
    split = chronological_split(n_rows, length=length, horizon=horizon)
    return [part.windows(table, table[:, 0]) for part in split]


def as_rows(windows):
    return windows.input_rows, windows.target_rows


def test_clean_parts_pass_as_windows_and_as_row_numbers():
    windows = parts()
    assert_no_leak(*windows)
    assert_no_leak(*map(as_rows, windows))
    assert_no_leak(windows[0], windows[1])


@given(st.integers(0, 2**32 - 1))
def test_windows_shuffled_before_the_split_are_found(seed):
    inputs, targets = as_rows(Windows(series(400), np.arange(400), length=10))
    order = np.random.default_rng(seed).permutation(len(inputs))
    cut = [(inputs[k], targets[k]) for k in np.split(order, [200, 300])]
    with pytest.raises(LeakError, match="train and validation are mixed in time"):
        assert_no_leak(*cut)


@pytest.mark.parametrize("horizon", [0, -3, -9])
def test_a_target_inside_its_window_is_found(horizon):
    train, validation, test = map(as_rows, parts())
    inside = train[0], train[0][:, -1] + horizon
    with pytest.raises(LeakError, match=r"train: the target of window 0 is row \d,"):
        assert_no_leak(inside, validation, test)


def at_every_step(n_rows=400, length=10, horizon=(1, 3)):
    table = series(n_rows)
    split = chronological_split(n_rows, length=length, horizon=horizon)
    return [part.windows(table, table[:, 0], every_step=True) for part in split]


def test_targets_at_every_step_pass_although_they_are_later_inputs():
    windows = at_every_step()
    assert_no_leak(*windows)
    assert_no_leak(*map(as_rows, windows))


@pytest.mark.parametrize("step", [0, 4, 9])
@pytest.mark.parametrize("late", [0, 2])
def test_a_target_at_or_before_its_own_step_is_found(step, late):
    windows, validation, test = map(as_rows, at_every_step())
    targets = windows[1].copy()
    targets[7:, step, 1] = windows[0][7:, step] - late
    with pytest.raises(
        LeakError,
        match=f"train: the target of window 7 is row {7 + step - late}, and the inputs "
        rf"that it is forecast from reach to row {7 + step} \(181 of 188 windows\)",
    ):
        assert_no_leak((windows[0], targets), validation, test)


def test_targets_at_every_step_that_reach_into_the_next_part_are_found():
    table = series(400)
    split = chronological_split(400, length=10, horizon=[1, 3], purge=False)
    windows = [part.windows(table, table[:, 0], every_step=True) for part in split]
    for given_as in (tuple, lambda parts: map(as_rows, parts)):
        with pytest.raises(LeakError, match="train: 3 targets are rows 200 to 202"):
            assert_no_leak(*given_as(windows))


def test_inputs_that_reach_into_the_next_part_are_found():
    table = series(400)
    long = Windows(table, table[:, 0], length=10, horizon=3, stop=205)
    _, validation, test = parts()
    with pytest.raises(
        LeakError, match=r"train: the inputs of 2 windows reach up to r"
    ):
        assert_no_leak(long, validation, test)


def test_targets_that_reach_into_the_next_part_are_found_in_every_part():
    table = series(400)
    split = chronological_split(400, length=10, horizon=3, purge=False)
    windows = [part.windows(table, table[:, 0]) for part in split]
    with pytest.raises(LeakError, match="train: 3 targets are rows 200 to 202"):
        assert_no_leak(*windows)
    with pytest.raises(LeakError, match="validation: 3 targets are rows 300 to 302"):
        assert_no_leak(parts()[0], windows[1], windows[2])


def test_parts_in_the_wrong_order_are_found():
    train, validation, test = parts()
    for given_as in (lambda part: part, as_rows):
        with pytest.raises(
            LeakError,
            match=r"train and validation are mixed in time: rows 200 to 299 and rows 0 "
            r"to 199: split by time first",
        ):
            assert_no_leak(*map(given_as, (validation, train, test)))


def test_a_few_late_targets_are_no_mixture_however_short_the_next_part():
    table = series(400)
    split = chronological_split(400, length=10, horizon=3, purge=False)
    train = split.train.windows(table, table[:, 0])
    short = Windows(table, table[:, 0], length=10, horizon=3, start=200, stop=214)
    with pytest.raises(LeakError, match="train: 3 targets are rows 200 to 202"):
        assert_no_leak(train, short)


def noisy(n_rows=400):
    return np.random.default_rng(0).normal(size=(n_rows, 2)).cumsum(axis=0)


def test_a_normaliser_of_training_rows_passes():
    table = noisy()
    assert_no_leak(*parts(), normalizer=Normalizer.fit(table[:200]), table=table)


@pytest.mark.parametrize("last", [189, 199])
def test_a_normaliser_may_end_with_the_last_target_or_before_the_next_part(last):
    table = noisy()
    train, validation, test = map(as_rows, parts())
    early = train[0][:-10], train[1][:-10]  # its last target is row 189
    normalizer = Normalizer.fit(table[: last + 1])
    assert_no_leak(early, validation, test, normalizer=normalizer, table=table)
    less = Normalizer.fit(table[:last])
    with pytest.raises(LeakError, match="training rows 0 to 199 but come from another"):
        assert_no_leak(early, validation, test, normalizer=less, table=table)


@pytest.mark.parametrize(
    ("rows", "cause"),
    [
        (slice(None), "all rows, those of validation and test among them"),
        (slice(0, 300), "another set of rows"),
        (slice(300, 400), "another set of rows"),
    ],
)
def test_a_normaliser_that_saw_other_rows_is_found(rows, cause):
    table = noisy()
    with pytest.raises(LeakError, match=f"training rows 0 to 199 but come .* {cause}"):
        assert_no_leak(*parts(), normalizer=Normalizer.fit(table[rows]), table=table)


def test_the_leak_check_refuses_what_it_cannot_judge():
    train, validation, test = parts()
    with pytest.raises(ValueError, match="validation must be Windows or a pair"):
        assert_no_leak(train, np.zeros(3), test)
    with pytest.raises(ValueError, match="validation must be Windows or a pair"):
        assert_no_leak(train, (*as_rows(validation), None), test)
    with pytest.raises(ValueError, match="as many targets as windows"):
        assert_no_leak((np.zeros((3, 2)), np.zeros(4)), validation)
    with pytest.raises(ValueError, match=r"beside inputs of \(3, 2\), not \(3, 4, 5\)"):
        assert_no_leak((np.zeros((3, 2)), np.zeros((3, 4, 5))), validation)
    with pytest.raises(ValueError, match=r"train: target rows at every step must have"):
        assert_no_leak((np.zeros((3, 2)), np.zeros((3, 2, 1, 1))), validation)
    with pytest.raises(ValueError, match="normalizer and table belong together"):
        assert_no_leak(train, validation, table=noisy())
