"""Promises of the diagnosis: groups known in time, fair differences, importance."""

import numpy as np
import pandas as pd
import pytest

from utils.data import weather
from utils.experiments import diagnosis
from utils.experiments.candidates import Inputs
from utils.features import weather_features
from utils.forecasting.baselines import Climatology

TARGET = "T (degC)"


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def table():
    return weather.simulate(seed=1, hours=24 * 60)


# ---------------------------------------------------------------------------- groups


def test_every_month_has_its_season():
    months = pd.date_range("2015-12-01", periods=12, freq="MS")
    found = diagnosis.season(months).tolist()
    assert found == [name for name in diagnosis.SEASONS for _ in range(3)]


def test_the_hour_is_that_of_the_day():
    times = np.arange("2016-01-01", "2016-01-03", dtype="datetime64[h]")
    assert diagnosis.hour(times).tolist() == [*range(24), *range(24)]


def altered(table, **columns):
    """Two days of mild calm weather, then one row as given."""
    frame = table.iloc[:49].copy()
    frame[["p (mbar)", "T (degC)", "wv (m/s)", "wd (deg)"]] = [1000.0, 5.0, 0.2, 10.0]
    frame.loc[frame.index[-1], list(columns)] = list(columns.values())
    return frame


@pytest.mark.parametrize(
    ("column", "value", "regime", "label"),
    [
        ("p (mbar)", 996.0, "pressure", "falling"),
        ("p (mbar)", 996.1, "pressure", "steady"),
        ("p (mbar)", 1004.0, "pressure", "rising"),
        ("T (degC)", 1.0, "anomaly", "cold"),
        ("T (degC)", 8.9, "anomaly", "usual"),
        ("T (degC)", 9.0, "anomaly", "warm"),
    ],
)
def test_regimes_change_at_their_limits(table, column, value, regime, label):
    frame = altered(table, **{column: value})
    usual = Climatology(0, 0, np.array([5.0]))
    found = diagnosis.regimes(frame, frame.index[-1:], usual=usual)
    assert found[regime].tolist() == [label]
    others = {"pressure": "steady", "anomaly": "usual", "wind": "calm"}
    del others[regime]
    assert {name: found[name][0] for name in others} == others


@pytest.mark.parametrize(
    ("degrees", "label"),
    [
        (0, "north"),
        (44, "north"),
        (46, "east"),
        (180, "south"),
        (270, "west"),
        (316, "north"),
        (360, "north"),
    ],
)
def test_wind_is_named_by_the_quarter_it_comes_from(table, degrees, label):
    frame = altered(table, **{"wv (m/s)": 3.0, "wd (deg)": float(degrees)})
    usual = Climatology(0, 0, np.array([5.0]))
    found = diagnosis.regimes(frame, frame.index[-1:], usual=usual)
    assert found["wind"].tolist() == [label]


def test_a_regime_is_known_when_the_forecast_is_made(table):
    usual = Climatology.fit(table.index, table[TARGET], yearly=0)
    times = table.index[100:200]
    before = diagnosis.regimes(table, times, usual=usual)
    changed = table.copy()
    changed.iloc[200:] += 50.0
    pd.testing.assert_frame_equal(
        before, diagnosis.regimes(changed, times, usual=usual)
    )


def test_a_time_without_the_day_before_is_refused(table):
    usual = Climatology(0, 0, np.array([5.0]))
    with pytest.raises(ValueError, match=r"times: .* is not in the table"):
        diagnosis.regimes(table, table.index[:1], usual=usual)


# ----------------------------------------------------------------------- differences


def test_a_difference_is_surer_than_the_errors_it_compares(rng):
    hard = np.abs(np.convolve(rng.normal(size=6000), np.ones(100) / 10, mode="same"))
    better, noise = hard + 1.0, rng.normal(size=6000) / 10
    found = diagnosis.difference(better, better + 0.2 + noise, rng=rng)
    assert found.low < -0.2 < found.high < 0
    alone = diagnosis.difference(better, np.zeros(6000), rng=rng)
    assert alone.high - alone.low > 5 * (found.high - found.low)


def test_the_mean_of_a_difference_is_exact_and_signed(rng):
    found = diagnosis.difference(np.full(500, 2.0), np.full(500, 3.5), rng=rng)
    assert found == (-1.5, -1.5, -1.5)


def test_skill_by_group_agrees_with_each_group_alone(rng):
    groups = pd.Categorical(
        np.tile(["warm", "cold"], 600), categories=["cold", "usual", "warm"]
    )
    errors, naive = rng.uniform(1, 2, 1200), rng.uniform(2, 3, 1200)
    found = diagnosis.skill_by(groups, errors, naive, rng=rng)
    assert found.index.tolist() == ["cold", "warm"]
    for name in ("cold", "warm"):
        inside = groups == name
        line = found.loc[name]
        assert line["rows"] == inside.sum() == 600
        wanted = 1 - errors[inside].mean() / naive[inside].mean()
        assert line["skill"] == pytest.approx(wanted)
        assert line["low"] < wanted < line["high"]


def test_an_interval_holds_the_true_skill_about_as_often_as_it_says():
    rng, hits = np.random.default_rng(3), 0
    for _ in range(100):
        naive = rng.uniform(1, 3, 4000)
        errors = naive * rng.uniform(0.5, 1.1, 4000)
        groups = np.tile(["a", "b"], 2000)
        found = diagnosis.skill_by(
            groups, errors, naive, rng=rng, block=10, draws=200, level=0.9
        )
        hits += found.loc["a", "low"] < 0.2 < found.loc["a", "high"]
    assert 80 <= hits <= 98


def test_a_group_that_draws_can_miss_has_no_interval(rng):
    groups = np.array(["rare"] + ["usual"] * 999)
    found = diagnosis.skill_by(groups, np.ones(1000), np.full(1000, 2.0), rng=rng)
    assert np.isnan(found.loc["rare", "low"])
    assert found.loc["rare", "skill"] == 0.5


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda r: diagnosis.difference([1.0], [1.0, 2.0], rng=r), "one length"),
        (
            lambda r: diagnosis.skill_by(["a"], np.ones(9), np.ones(9), rng=r, block=2),
            "one label for each of the 9",
        ),
        (
            lambda r: diagnosis.difference([1.0], [1.0], rng=r, block=1, level=90),
            "level must be a number between 0 and 1",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(call, reason, rng):
    with pytest.raises(ValueError, match=reason):
        call(rng)


# ------------------------------------------------------------------------ importance


def test_every_feature_of_the_course_has_its_kinds(table):
    names = weather_features(table, [500], target=TARGET).columns
    quantity, look = diagnosis.kinds(names), diagnosis.kinds(names, by="look")
    assert set(quantity) == set(diagnosis.QUANTITIES)
    assert set(look) == {"now", *diagnosis.LOOKS}
    by_name = dict(zip(names, zip(quantity, look, strict=True), strict=True))
    assert by_name["T (degC), 3 h ago"] == ("temperature", "lag")
    assert by_name["wind to east (m/s), mean of 24 h"] == ("wind", "summary")
    assert by_name["p (mbar), change in 24 h"] == ("pressure", "change")
    assert by_name["Tdew (degC)"] == ("humidity", "now")


def test_an_unknown_feature_or_order_is_named():
    with pytest.raises(ValueError, match="'rain' is of no known quantity"):
        diagnosis.kinds(["rain"])
    with pytest.raises(ValueError, match='"quantity" or "look"'):
        diagnosis.kinds(["T (degC)"], by="colour")


@pytest.fixture
def pairs(rng):
    """Rows whose two first features say the same and whose third says nothing."""
    x = rng.normal(size=(400, 1))
    return Inputs(
        names=("x", "x again", "noise"),
        columns=(),
        features=np.hstack([x, x, rng.normal(size=(400, 1))]),
        sequences=np.zeros((400, 1, 0)),
        own=np.zeros((400, 1)),
        times=np.arange(400),
        target_times=np.arange(400),
    )


def test_alike_features_are_shuffled_together(pairs):
    truth = pairs.features[:, 0]

    def agree(new):
        """Trust the pair as long as its two features agree."""
        a, b = new.features[:, 0], new.features[:, 1]
        return np.where(a == b, a, 10.0)

    found = diagnosis.importance(
        agree, pairs, truth, groups=["pair", "pair", "noise"], repeats=3
    )
    assert found.index[0] == "pair"
    assert 0.5 < found.loc["pair", "mean"] < 2  # never the 10 of a torn pair
    assert found.loc["noise", "mean"] == found.loc["noise", "spread"] == 0


def test_importance_leaves_the_inputs_as_they_were(pairs):
    before = pairs.features.copy()
    diagnosis.importance(
        lambda new: new.features[:, 0], pairs, before[:, 0], groups=["a", "a", "b"]
    )
    np.testing.assert_array_equal(pairs.features, before)


def test_a_missing_group_is_refused(pairs):
    with pytest.raises(ValueError, match="each of the 3 features, not 2"):
        diagnosis.importance(lambda new: new.now, pairs, pairs.now, groups=["a", "b"])
