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
        ({"horizon": 30}, "no window fits: length=3 with horizon=30"),
        ({"horizon": []}, "horizon must name at least one row"),
        ({"horizon": [1, 0]}, "horizon must be 1 or more, not 0"),
        ({"start": 9, "stop": 5}, "start=9, stop=5"),
        ({"stop": 21}, "must be rows of the table, which has 20"),
        ({"segments": [(0, 3), (3, 6)]}, "no window fits between the gaps"),
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
    with pytest.raises(LeakError, match="mixed in time"):
        assert_no_leak(validation, train, test)


def noisy(n_rows=400):
    return np.random.default_rng(0).normal(size=(n_rows, 2)).cumsum(axis=0)


def test_a_normaliser_of_training_rows_passes():
    table = noisy()
    assert_no_leak(*parts(), normalizer=Normalizer.fit(table[:200]), table=table)


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
    with pytest.raises(ValueError, match="as many targets as windows"):
        assert_no_leak((np.zeros((3, 2)), np.zeros(4)), validation)
    with pytest.raises(ValueError, match="normalizer and table belong together"):
        assert_no_leak(train, validation, table=noisy())
