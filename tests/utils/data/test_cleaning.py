"""Each cleaning step repairs its own defect and keeps every good row."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.data import cleaning, jena, weather

COLUMNS = ["p (mbar)", "rh (%)", *cleaning.WIND]
MINUTES = st.sampled_from([60] * 8 + [0, 10, 70, -60, -150, 3000])
VALUES = st.sampled_from([*range(8), -9999, np.nan])


@st.composite
def tables(draw, minutes=MINUTES, values=VALUES) -> pd.DataFrame:
    """A table of up to 40 rows whose clock may stop, jump and run back."""
    steps = draw(st.lists(minutes, max_size=40))
    times = pd.Timestamp("2009-01-01") + pd.to_timedelta(np.cumsum(steps), unit="min")
    size = len(steps) * len(COLUMNS)
    cells = draw(st.lists(values, min_size=size, max_size=size))
    numbers = np.array(cells, dtype=float).reshape(len(steps), len(COLUMNS))
    return pd.DataFrame(numbers, index=pd.DatetimeIndex(times), columns=COLUMNS)


STEPS = [
    cleaning.replace_sentinels,
    cleaning.mask_wind_outages,
    cleaning.mask_pressure_spikes,
    cleaning.drop_repeated_times,
    cleaning.drop_backward_rows,
    cleaning.fill_missing,
    cleaning.clean,
]


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The real table where there is one, else simulated weather with its defects."""
    return jena.load_or_simulate(download=False)[0]


# --- every step ------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@given(frame=tables())
def test_a_step_leaves_its_argument_alone(step, frame):
    before = frame.copy(deep=True)
    step(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("step", STEPS)
@given(frame=tables())
def test_a_step_done_twice_is_a_step_done_once(step, frame):
    once = step(frame)
    pd.testing.assert_frame_equal(step(once), once)


@pytest.mark.parametrize("step", STEPS)
@given(frame=tables(minutes=st.just(60), values=st.integers(0, 7)))
def test_a_step_changes_nothing_in_a_clean_table(step, frame):
    pd.testing.assert_frame_equal(step(frame), frame)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_remembers_the_source(step, raw):
    assert step(raw).attrs["source"] == raw.attrs["source"]


# --- values ----------------------------------------------------------------------


@given(frame=tables())
def test_exactly_the_sentinels_become_missing(frame):
    replaced = cleaning.replace_sentinels(frame)
    kept = (frame != -9999) & frame.notna()
    assert (replaced.notna() == kept).all(axis=None)
    assert replaced.where(kept, 0).equals(frame.where(kept, 0))


@given(frame=tables())
def test_the_wind_is_whole_or_missing_and_nothing_else_changes(frame):
    masked = cleaning.mask_wind_outages(frame)
    wind = list(cleaning.WIND)
    assert masked[wind].isna().sum(axis=1).isin([0, 3]).all()
    assert masked.drop(columns=wind).equals(frame.drop(columns=wind))
    whole = frame[wind].notna().all(axis=1).to_numpy()
    assert masked[whole].equals(frame[whole])


@given(frame=tables(minutes=st.just(60)))
def test_filling_keeps_what_was_measured(frame):
    frame = cleaning.replace_sentinels(frame)
    filled = cleaning.fill_missing(frame)
    known = frame.notna()
    assert filled.where(known).equals(frame.where(known))


@given(frame=tables(minutes=st.just(60)), limit=st.integers(1, 5))
def test_filled_values_lie_between_their_neighbours(frame, limit):
    frame = cleaning.replace_sentinels(frame)[["p (mbar)"]]
    filled = cleaning.fill_missing(frame, limit=limit)["p (mbar)"].to_numpy()
    low = pd.concat([frame.ffill(), frame.bfill()], axis=1).min(axis=1).to_numpy()
    high = pd.concat([frame.ffill(), frame.bfill()], axis=1).max(axis=1).to_numpy()
    known = ~np.isnan(filled)
    assert (low[known] - 1e-9 <= filled[known]).all()
    assert (filled[known] <= high[known] + 1e-9).all()


@given(gap=st.integers(1, 8), limit=st.integers(1, 8))
def test_only_runs_up_to_the_limit_are_filled(gap, limit):
    times = pd.date_range("2009-01-01", periods=gap + 2, freq="h")
    frame = pd.DataFrame({"p (mbar)": [1.0, *[np.nan] * gap, 2.0]}, index=times)
    filled = cleaning.fill_missing(frame, limit=limit)
    assert filled.notna().all(axis=None) == (gap <= limit)


def test_nothing_is_filled_across_a_gap_or_at_an_end():
    times = pd.to_datetime(["2009-01-01 00:00", "2009-01-01 01:00", "2009-01-01 05:00"])
    frame = pd.DataFrame({"p (mbar)": [1.0, np.nan, 2.0]}, index=times)
    assert cleaning.fill_missing(frame).equals(frame)


@given(before=st.integers(0, 359), turn=st.integers(-179, 179))
def test_the_direction_turns_the_shorter_way(before, turn):
    after = (before + turn) % 360
    times = pd.date_range("2009-01-01", periods=3, freq="h")
    frame = pd.DataFrame({"wd (deg)": [before, np.nan, after]}, index=times)
    middle = cleaning.fill_missing(frame)["wd (deg)"].iloc[1]
    assert 0 <= middle < 360
    off = (middle - before - turn / 2 + 180) % 360 - 180
    assert off == pytest.approx(0, abs=1e-9)


FOREIGN = {
    "positions": (lambda frame: frame.reset_index(drop=True), "int64.*set_index"),
    "positions and a column": (lambda frame: frame.reset_index(), "int64.*set_index"),
    "numbers": (lambda frame: frame.set_axis(np.arange(len(frame)) / 2), "float64"),
    "text": (lambda frame: frame.set_axis(frame.index.astype(str)), "to_datetime"),
    "dates": (lambda frame: frame.set_axis(frame.index.date), "object.*to_datetime"),
    "periods": (lambda frame: frame.to_period("h"), r"period.*to_timestamp\(\)"),
    "durations": (lambda frame: frame.set_axis(frame.index - frame.index[0]), "timed"),
    "a zone": (lambda frame: frame.tz_localize("UTC"), r"UTC.*tz_localize\(None\)"),
    "a time that is none": (
        lambda frame: frame.set_axis(frame.index.where(frame.index != frame.index[3])),
        r"without a time at row 3.*notna",
    ),
    "two levels": (lambda frame: frame.set_index("T (degC)", append=True), "set_index"),
}
STEPS_IN_TIME = [
    cleaning.drop_repeated_times,
    cleaning.drop_backward_rows,
    cleaning.clean,
    cleaning.fill_missing,
    cleaning.segments,
    cleaning.irregular_steps,
    cleaning.find_gaps,
    cleaning.quality,
    jena.fingerprint,
]


@pytest.mark.parametrize("step", STEPS_IN_TIME, ids=lambda step: step.__name__)
@pytest.mark.parametrize("kind", FOREIGN)
def test_rows_that_are_not_indexed_by_time_are_refused(step, kind):
    change, said = FOREIGN[kind]
    frame = weather.simulate(1, 30)
    frame.iloc[10:12, 4] = np.nan
    with pytest.raises(ValueError, match=said) as caught:
        step(change(frame))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("column", ["p (mbar)", *cleaning.WIND])
def test_a_column_that_is_missing_or_holds_text_is_named(column):
    frame = weather.simulate(1, 30)
    for spoilt in (frame.drop(columns=column), frame.astype({column: str})):
        with pytest.raises(ValueError, match=re.escape(repr(column))):
            cleaning.clean(spoilt)


@pytest.mark.parametrize("limit", [0, -1, 1.5, "six"])
def test_a_limit_that_is_no_number_of_rows_is_refused(raw, limit):
    with pytest.raises(ValueError, match=rf"limit is {limit!r}, but .* at least 1"):
        cleaning.fill_missing(raw, limit=limit)


@pytest.mark.parametrize("jump", [0, -20.0, float("nan")])
def test_a_jump_that_is_not_positive_is_refused(raw, jump):
    with pytest.raises(ValueError, match=rf"jump is {jump!r} mbar, but .* positive"):
        cleaning.mask_pressure_spikes(raw, jump=jump)


@pytest.mark.parametrize(
    ("middle", "is_spike"), [(914, True), (1040, True), (970, False)]
)
def test_a_pressure_that_leaps_and_returns_is_a_spike(middle, is_spike):
    frame = pd.DataFrame(1.0, index=range(3), columns=COLUMNS)
    frame["p (mbar)"] = [977.46, middle, 977.34]
    masked = cleaning.mask_pressure_spikes(frame)
    assert masked.loc[1].isna().all() == is_spike
    assert masked.loc[1].notna().all() != is_spike
    assert masked.loc[[0, 2]].equals(frame.loc[[0, 2]])


def test_a_pressure_that_leaps_and_stays_is_no_spike():
    frame = pd.DataFrame(1.0, index=range(4), columns=COLUMNS)
    frame["p (mbar)"] = [950.0, 950.0, 990.0, 990.0]
    assert cleaning.mask_pressure_spikes(frame).equals(frame)


# --- times -----------------------------------------------------------------------


@given(frame=tables())
def test_each_time_keeps_its_first_row(frame):
    kept = cleaning.drop_repeated_times(frame)
    assert kept.index.is_unique
    assert set(kept.index) == set(frame.index)
    assert kept.equals(frame.groupby(level=0, sort=False).nth(0))


@given(frame=tables())
def test_exactly_the_rows_later_than_all_before_are_kept(frame):
    kept = cleaning.drop_backward_rows(frame)
    good = [i for i, t in enumerate(frame.index) if (frame.index[:i] < t).all()]
    assert kept.equals(frame.iloc[good])
    assert kept.index.is_monotonic_increasing
    assert kept.index.is_unique


@given(frame=tables())
def test_dropping_repeated_times_first_loses_no_other_row(frame):
    both = cleaning.drop_backward_rows(cleaning.drop_repeated_times(frame))
    assert both.equals(cleaning.drop_backward_rows(frame))


# --- counting --------------------------------------------------------------------


@given(frame=tables())
def test_segments_are_the_longest_hourly_ranges_and_cover_all_rows(frame):
    ranges = cleaning.segments(frame)
    assert [row for start, stop in ranges for row in range(start, stop)] == list(
        range(len(frame))
    )
    hour = pd.Timedelta("1h")
    inner = {row for start, stop in ranges for row in range(start + 1, stop)}
    for row in range(1, len(frame)):
        assert (frame.index[row] - frame.index[row - 1] == hour) == (row in inner)


@given(frame=tables())
def test_every_irregular_step_is_listed_with_its_kind(frame):
    steps = cleaning.irregular_steps(frame)
    assert len(steps) == max(len(cleaning.segments(frame)) - 1, 0)
    for row, line in steps.iterrows():
        assert line["before"] == frame.index[row - 1]
        assert line["after"] == frame.index[row]
        hours = (line["after"] - line["before"]) / pd.Timedelta("1h")
        assert line["hours"] == pytest.approx(hours)
        signs = {"backward": hours < 0, "repeat": hours == 0, "gap": hours > 1}
        assert signs.get(line["kind"], 0 < hours < 1)


@given(frame=tables())
def test_quality_counts_what_is_there(frame):
    counts = cleaning.quality(frame)
    cells = frame.to_numpy().ravel()
    assert counts.rows == len(frame)
    assert counts.sentinels == sum(cell == -9999 for cell in cells)
    assert counts.missing == sum(cell != cell for cell in cells)
    assert counts.repeated_times == len(frame) - len(set(frame.index))
    assert counts.backward_rows == len(frame) - len(cleaning.drop_backward_rows(frame))
    gaps = cleaning.find_gaps(frame)["hours"]
    assert (counts.gaps, counts.longest_gap) == (len(gaps), max(gaps, default=0))


@given(frame=tables())
def test_a_cleaned_table_has_no_defect_but_gaps_and_long_outages(frame):
    counts = cleaning.quality(cleaning.clean(frame))
    assert counts.sentinels == counts.repeated_times == 0
    assert counts.backward_jumps == counts.backward_rows == 0


def test_the_quality_table_sets_stages_side_by_side(raw):
    stages = {"raw": raw, "clean": cleaning.clean(raw)}
    table = cleaning.quality_table(stages)
    assert list(table.columns) == ["raw", "clean"]
    for name, frame in stages.items():
        counts = dataclasses.asdict(cleaning.quality(frame))
        assert table[name].tolist() == list(counts.values())


# --- the Jena table --------------------------------------------------------------


def test_the_jena_table_has_its_known_defects_step_by_step(raw):
    counts = dataclasses.asdict(cleaning.quality(raw))
    assert counts == {
        "rows": 70_092,
        "sentinels": 7,
        "missing": 0,
        "repeated_times": 24,
        "backward_jumps": 2,
        "backward_rows": 54,
        "gaps": 5,
        "longest_gap": pytest.approx(75 + 1 / 6),
        "segments": 8,
    }
    frame = cleaning.replace_sentinels(raw)
    assert frame.isna().to_numpy().sum() == 7
    frame = cleaning.mask_wind_outages(frame)
    assert frame.isna().to_numpy().sum() == 12
    frame = cleaning.drop_repeated_times(frame)
    assert len(frame) == 70_092 - 24
    frame = cleaning.drop_backward_rows(frame)
    assert len(frame) == 70_092 - 24 - 30
    frame = cleaning.mask_pressure_spikes(frame)
    assert frame.isna().to_numpy().sum() == 26
    assert cleaning.fill_missing(frame).equals(cleaning.clean(raw))


def test_the_clean_jena_table_is_whole_plausible_and_in_seven_segments(raw):
    frame = cleaning.clean(raw)
    assert frame.notna().all(axis=None)
    assert frame["p (mbar)"].min() > 930
    assert frame["wv (m/s)"].max() < 20
    assert (frame["wv (m/s)"] <= frame["max. wv (m/s)"]).all()
    breaks = [start for start, _ in cleaning.segments(frame)]
    assert breaks == [0, 6_730, 38_313, 45_737, 48_872, 50_225, 68_491]


def test_the_repeated_rows_of_the_jena_table_are_identical(raw):
    twice = raw[raw.index.duplicated(keep=False)]
    assert len(twice) == 48
    assert (twice.index.normalize() == pd.Timestamp("2010-07-01")).all()
    assert twice.iloc[:24].equals(twice.iloc[24:])


def test_sorting_the_jena_table_would_leave_rows_half_an_hour_apart(raw):
    sorted_times = cleaning.drop_repeated_times(raw).sort_index()
    steps = cleaning.irregular_steps(sorted_times)
    assert (steps["hours"] == 0.5).sum() == 61


def test_random_defects_are_found_and_repaired():
    rng = np.random.default_rng(3)
    frame = weather.add_defects(weather.simulate(rng, 2_000), rng=rng)
    counts = cleaning.quality(cleaning.clean(frame))
    assert counts.missing == counts.sentinels == counts.backward_rows == 0
