"""Simulated weather obeys the real physics and is as hard to forecast as Jena's."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.weather import NEEDS_TABLE
from tools import fit_climate
from utils.data import cleaning, climate, jena, physics, weather

YEARS = 70_128
STEP = {"rh (%)": 0.05, "p (mbar)": 0.005, "T (degC)": 0.005}


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    """The real table where there is one, else simulated weather with its defects."""
    return jena.load_or_simulate(download=False)[0]


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    """The clean real table; without it the test is skipped."""
    frame, simulated = jena.load_or_simulate(download=False)
    if simulated:
        pytest.skip(NEEDS_TABLE)
    return cleaning.clean(frame)


@pytest.fixture(scope="module")
def simulated() -> list[pd.DataFrame]:
    """Four simulations as long as the real table."""
    return [weather.simulate(seed, YEARS) for seed in range(4)]


# --- physics ---------------------------------------------------------------------


def derived(frame: pd.DataFrame) -> pd.DataFrame:
    return physics.derive(*(frame[name] for name in ("p (mbar)", "T (degC)", "rh (%)")))


def rounding_bound(frame: pd.DataFrame) -> pd.DataFrame:
    """How far the derived values may lie off, because all values are rounded."""
    bound = 0.005
    measured = frame[list(STEP)]
    centre = derived(measured)
    for name, half in STEP.items():
        coarse = half if name != "rh (%)" else np.where(frame[name] >= 80, half, 0.005)
        moved = measured.assign(**{name: measured[name] + coarse})
        bound = bound + np.abs(derived(moved) - centre)
    return bound


def test_physics_agrees_with_the_table_to_its_rounding(raw):
    frame = cleaning.replace_sentinels(raw)
    off = np.abs(derived(frame) - frame[derived(frame).columns].to_numpy())
    share = (off / rounding_bound(frame)).max()
    print(
        pd.DataFrame({"largest deviation": off.max(), "of what rounding allows": share})
    )
    assert (share <= 1).all()


def test_the_magnus_coefficients_are_those_that_fit_the_table_best(raw):
    temperature, most = (raw[name].to_numpy() for name in ("T (degC)", "VPmax (mbar)"))
    error = np.abs(physics.saturation_pressure(temperature) - most).max()
    for other in [(6.112, 17.62, 243.12), (6.1094, 17.625, 243.04)]:
        base, slope, offset = other
        theirs = base * np.exp(slope * temperature / (offset + temperature))
        assert np.abs(theirs - most).max() > 10 * error


@given(temperature=st.floats(-40, 45))
def test_the_dew_point_undoes_the_saturation_pressure(temperature):
    vapour = physics.saturation_pressure(temperature)
    assert physics.dew_point(vapour) == pytest.approx(temperature, abs=1e-9)


@given(
    pressure=st.floats(930, 1030),
    temperature=st.floats(-30, 40),
    humidity=st.floats(5, 100),
)
def test_derived_quantities_keep_the_laws(pressure, temperature, humidity):
    row = physics.derive([pressure], [temperature], [humidity]).iloc[0]
    assert row["VPact (mbar)"] + row["VPdef (mbar)"] == pytest.approx(
        row["VPmax (mbar)"]
    )
    assert row["Tdew (degC)"] <= temperature + 1e-9
    kelvin = temperature + physics.KELVIN
    assert (row["Tpot (K)"] > kelvin) == (pressure < 1000) or pressure == 1000
    mixture = row["sh (g/kg)"] / 1000
    virtual = kelvin * (1 + (1 / physics.EPSILON - 1) * mixture)
    density = 1e5 * pressure / (physics.GAS * virtual)
    assert row["rho (g/m**3)"] == pytest.approx(density, rel=1e-9)


def test_a_row_worked_by_hand():
    row = physics.derive([1000.0], [20.0], [50.0]).round(2).iloc[0]
    assert row.to_dict() == {
        "Tpot (K)": 293.16,
        "Tdew (degC)": 9.28,
        "VPmax (mbar)": 23.42,
        "VPact (mbar)": 11.71,
        "VPdef (mbar)": 11.71,
        "sh (g/kg)": 7.32,
        "H2OC (mmol/mol)": 11.71,
        "rho (g/m**3)": 1183.03,
    }


# --- the fit ---------------------------------------------------------------------


def test_the_stored_climate_is_the_one_fitted_to_the_real_table(real):
    fitted, stored = fit_climate.fit(real), climate.stored()
    for field in dataclasses.fields(climate.Climate):
        ours, theirs = (getattr(each, field.name) for each in (fitted, stored))
        np.testing.assert_allclose(
            ours, theirs, atol=2e-3, rtol=1e-3, err_msg=field.name
        )


def test_a_fit_to_simulated_weather_finds_the_climate_it_was_made_from(simulated):
    fitted, stored = fit_climate.fit(simulated[0].iloc[:30_000]), climate.stored()
    assert fitted.mean[0, 0] == pytest.approx(stored.mean[0, 0], abs=0.8)
    spread = np.exp(fitted.spread[0] - stored.spread[0])
    assert np.abs(spread - 1).max() < 0.15
    shock = np.diag(fitted.shock)[:5] / np.diag(stored.shock)[:5]
    assert np.abs(shock - 1).max() < 0.15  # a direction alone has no length


def test_a_climate_survives_being_written(tmp_path):
    fit_climate.write(climate.stored(), tmp_path / "climate.json")
    assert (tmp_path / "climate.json").read_bytes() == climate.STORED.read_bytes()


def test_the_stored_climate_names_its_columns():
    content = json.loads(climate.STORED.read_text())
    assert tuple(content["quantities"]) == climate.QUANTITIES


@pytest.mark.parametrize("hours", [1, 12, 500, 1003])
def test_whole_blocks_of_hours_equal_a_walk_hour_by_hour(hours):
    stored, lags = climate.stored(), np.array(climate.LAGS)
    found = weather._anomalies(stored, hours, np.random.default_rng(3))
    rng, longest = np.random.default_rng(3), lags.max()
    steps = longest + weather.WARM_UP + hours
    walk = rng.standard_normal((steps, len(stored.shock))) @ stored.shock.T
    walk *= weather._sizes(stored.volatility, steps, rng)[:, None]
    walk[:longest] = 0
    for step in range(longest, steps):
        walk[step] += walk[step - lags].ravel() @ stored.response
    np.testing.assert_allclose(found, walk[-hours:], rtol=1e-9, atol=1e-12)


def test_without_shocks_the_simulated_anomalies_die_out():
    response, longest = climate.stored().response, max(climate.LAGS)
    anomalies = np.ones((longest + 2_000, len(climate.QUANTITIES)))
    for step in range(longest, len(anomalies)):
        anomalies[step] = anomalies[step - np.array(climate.LAGS)].ravel() @ response
    assert np.abs(anomalies[-longest:]).max() < 0.01


@given(
    numbers=st.lists(
        st.tuples(
            st.floats(-25, 22),
            st.floats(940, 1020),
            st.floats(-3, 3),
            st.floats(-1.5, 2.5),
            st.floats(-1, 1),
            st.floats(-1, 1),
            st.floats(-1, 1),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_rough_values_are_possible_weather(numbers):
    frame = climate.rough(np.array(numbers))
    assert frame["rh (%)"].between(0, 100, inclusive="right").all()
    assert frame["wd (deg)"].between(0, 360).all()
    assert (frame["wv (m/s)"] >= 0).all()
    assert (frame["max. wv (m/s)"] > frame["wv (m/s)"]).all()


def test_smooth_and_rough_undo_each_other(raw):
    frame = cleaning.clean(raw).query(
        "`wv (m/s)` > 0.3 and `rh (%)` < 100 and `Tdew (degC)` < 23"
    )
    frame = frame[frame["max. wv (m/s)"] > frame["wv (m/s)"] + 0.04]
    again = climate.rough(climate.smooth(frame))
    gap = np.abs(again.to_numpy() - frame[again.columns].to_numpy())
    gap[:, -1] = np.minimum(gap[:, -1], 360 - gap[:, -1])
    assert gap.max() < 1e-6


# --- simulated weather -----------------------------------------------------------


def test_simulated_weather_looks_like_the_table_and_says_what_it_is():
    frame = weather.simulate(0, 100)
    assert tuple(frame.columns) == jena.COLUMNS
    assert set(frame.dtypes) == {np.dtype(float)}
    assert frame.index.name == "Date Time"
    assert str(frame.index[0]) == "2009-01-01 00:10:00"
    assert cleaning.segments(frame) == [(0, 100)]
    assert frame.attrs["source"] == "simulated weather"
    assert frame.notna().all(axis=None)
    assert frame.equals(frame.round(2))


def test_the_seed_alone_decides_the_weather():
    once, again, other = (weather.simulate(seed, 200) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(once, again)
    assert not once.equals(other)
    from_rng = weather.simulate(np.random.default_rng(1), 200)
    pd.testing.assert_frame_equal(once, from_rng)


def test_the_season_follows_the_start():
    january = weather.simulate(0, 31 * 24, start="2010-01-01")
    july = weather.simulate(0, 31 * 24, start="2010-07-01")
    assert july["T (degC)"].mean() > january["T (degC)"].mean() + 10


@pytest.mark.parametrize("hours", [0, -5, 1.5, "100", True, None])
def test_a_number_of_hours_that_is_none_is_refused(hours):
    with pytest.raises(ValueError, match=f"hours is {hours!r}, but .* at least 1"):
        weather.simulate(0, hours)


@pytest.mark.parametrize("start", ["someday", None, "2010-01-01 00:00+01:00"])
def test_a_start_that_is_no_time_is_refused(start):
    with pytest.raises(ValueError, match=r"start is .*, but it must be a time"):
        weather.simulate(0, 10, start=start)


def test_simulated_rows_are_physically_whole(simulated):
    for frame in simulated:
        off = np.abs(derived(frame).round(2) - frame[derived(frame).columns].to_numpy())
        assert off.max(axis=None) < 0.011
        assert (frame["max. wv (m/s)"] >= frame["wv (m/s)"]).all()
        assert (frame[["wv (m/s)", "VPdef (mbar)"]] >= 0).all(axis=None)
        assert frame["rh (%)"].between(5, 100).all()
        assert frame["wd (deg)"].between(0, 360).all()
        assert frame["T (degC)"].between(-35, 45).all()
        assert frame["p (mbar)"].between(930, 1035).all()
        assert frame["Tdew (degC)"].max() < 24


# --- how it resembles the real weather -------------------------------------------


def autocorrelation(values: np.ndarray, hours: int) -> float:
    centred = values - values.mean()
    return float((centred[hours:] * centred[:-hours]).mean() / values.var())


def naive_error(frame: pd.DataFrame) -> float:
    """Mean absolute error of "tomorrow is as today", in °C."""
    temperature = frame["T (degC)"].to_numpy()
    return float(np.abs(temperature[24:] - temperature[:-24]).mean())


def linear_skill(frame: pd.DataFrame) -> float:
    """Error of a linear forecast over the naive one, in the later half."""
    columns = ["T (degC)", "p (mbar)", "rh (%)", "wv (m/s)"]
    values, now = frame[columns].to_numpy(), np.arange(24, len(frame) - 24)
    past = values[now[:, None] - np.arange(0, 25, 3)].reshape(len(now), -1)
    inputs = np.column_stack([past, climate.cycles(frame.index, (1, 1))[now]])
    change = values[now + 24, 0] - values[now, 0]
    half = len(now) // 2
    weights = np.linalg.lstsq(inputs[:half], change[:half], rcond=None)[0]
    left = np.abs(change[half:] - inputs[half:] @ weights).mean()
    return float(left / np.abs(change[half:]).mean())


def character(frame: pd.DataFrame) -> dict[str, float]:
    """Describe the weather by what a forecaster meets."""
    values = frame["T (degC)"].to_numpy()
    waves = climate.cycles(frame.index, climate.MEAN_HARMONICS)
    anomaly = values - waves @ np.linalg.lstsq(waves, values, rcond=None)[0]
    hours = frame["T (degC)"].groupby([frame.index.month, frame.index.hour]).mean()
    hours = hours.unstack()
    months, swing = hours.mean(axis=1), hours.max(axis=1) - hours.min(axis=1)
    return {
        "naive": naive_error(frame),
        "linear": linear_skill(frame),
        "1 hour": autocorrelation(anomaly, 1),
        "24 hours": autocorrelation(anomaly, 24),
        "120 hours": autocorrelation(anomaly, 120),
        "year": months.max() - months.min(),
        "July day": swing[7],
        "January day": swing[1],
        "temperature": values.mean(),
        "spread": values.std(),
        "pressure spread": frame["p (mbar)"].std(),
        "humidity": frame["rh (%)"].mean(),
        "wind": frame["wv (m/s)"].mean(),
        "gust": frame["max. wv (m/s)"].mean(),
        "dry when warm": frame["T (degC)"].corr(frame["rh (%)"]),
    }


JENA_CHARACTER = {
    "naive": (2.613, 0.2),
    "linear": (0.927, 0.05),
    "1 hour": (0.985, 0.005),
    "24 hours": (0.709, 0.06),
    "120 hours": (0.257, 0.12),
    "year": (19.4, 3.0),
    "July day": (8.7, 1.2),
    "January day": (2.77, 0.8),
    "temperature": (9.44, 0.8),
    "spread": (8.42, 0.7),
    "pressure spread": (8.36, 1.0),
    "humidity": (76.0, 1.2),
    "wind": (2.13, 0.12),
    "gust": (3.53, 0.17),
    "dry when warm": (-0.572, 0.07),
}
"""What the clean real table has, and three to four times the spread over seeds."""


def test_simulated_weather_has_the_character_of_jena(simulated):
    for frame in simulated:
        found = character(frame)
        for name, (value, tolerance) in JENA_CHARACTER.items():
            assert found[name] == pytest.approx(value, abs=tolerance), name


def test_the_character_of_jena_is_that_of_the_real_table(real):
    found = character(real)
    for name, (value, _) in JENA_CHARACTER.items():
        assert found[name] == pytest.approx(value, rel=0.005), name


def test_the_wind_comes_along_the_valley_as_in_jena(simulated):
    for frame in simulated:
        west = frame["wd (deg)"].between(150, 270).mean()
        north_west = frame["wd (deg)"].between(270, 330).mean()
        assert west > 0.55
        assert north_west < 0.15


# --- defects ---------------------------------------------------------------------


@given(seed=st.integers(0, 2**32), hours=st.integers(weather.SHORTEST, 1_500))
@settings(max_examples=25)
def test_random_defects_have_the_counts_of_the_real_ones(seed, hours):
    rng = np.random.default_rng(seed)
    clean = weather.simulate(7, hours)
    frame = weather.add_defects(clean, rng=rng)
    counts = cleaning.quality(frame)
    assert counts.rows == hours - weather.LEFT_OUT
    assert (counts.sentinels, counts.repeated_times, counts.backward_rows) == (
        7,
        24,
        54,
    )
    assert (counts.backward_jumps, counts.gaps, counts.segments) == (2, 5, 8)
    assert counts.longest_gap == pytest.approx(4_510 / 60)
    assert frame.index[-1] <= clean.index[-1]


def test_the_places_of_random_defects_follow_the_generator():
    frame = weather.simulate(0, 1_000)
    spoilt = [
        weather.add_defects(frame, rng=np.random.default_rng(seed))
        for seed in (0, 0, 1)
    ]
    pd.testing.assert_frame_equal(spoilt[0], spoilt[1])
    assert not spoilt[0].index.equals(spoilt[2].index)


def test_a_repeated_record_repeats_its_values():
    rng = np.random.default_rng(5)
    frame = weather.add_defects(weather.simulate(rng, 2_000), rng=rng)
    frame = cleaning.drop_backward_rows(frame).index
    assert frame.is_unique
    table = weather.like_jena()
    twice = table[table.index.duplicated(keep=False)]
    assert twice.iloc[:24].equals(twice.iloc[24:])


@pytest.mark.parametrize("frame", ["short", "gap"])
def test_defects_need_weather_that_is_long_and_whole(frame):
    whole = weather.simulate(0, weather.SHORTEST)
    given = {"short": whole.iloc[1:], "gap": pd.concat([whole, whole.iloc[-1:]])}[frame]
    with pytest.raises(ValueError, match=r"frame has 7\d\d rows in \d segments, but"):
        weather.add_defects(given, rng=np.random.default_rng(0))


def test_the_substitute_has_the_times_and_defects_of_the_real_table(raw):
    substitute = weather.like_jena()
    assert substitute.index.equals(raw.index)
    assert cleaning.quality(substitute) == cleaning.quality(raw)
    assert (substitute == -9999).equals(raw == -9999)
    for column, extreme in (("p (mbar)", "argmin"), ("wv (m/s)", "argmax")):
        places = [getattr(each[column], extreme)() for each in (substitute, raw)]
        assert places[0] == places[1]
