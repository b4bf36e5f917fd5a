"""A backtest never looks ahead, refits at each origin, and hides no failure."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import metrics
from utils.data.series import monthly
from utils.forecasting.backtest import backtest, exploded, origins
from utils.forecasting.classical import (
    Autoregression,
    Drift,
    ExponentialSmoothing,
    Naive,
    Sarima,
    SeasonalMean,
    SeasonalNaive,
)
from utils.forecasting.forecaster import ForecastError
from utils.forecasting.transforms import Differenced, Logged, Scaled

SERIES = monthly("elnino").to_numpy()[-180:]
FORECASTERS = {
    "naive": Naive(),
    "seasonal naive": SeasonalNaive(12),
    "climatology": SeasonalMean(12),
    "linear": Scaled(Autoregression(12)),
    "differences": Differenced(Drift(), 12),
    "logarithms": Logged(Drift()),
    "Holt-Winters": ExponentialSmoothing(season=12, seasonal="add"),
    "SARIMA": Sarima((1, 0, 0), (0, 1, 1, 12)),
}
run = partial(backtest, progress=False)


class Recorder:
    """Keeps the histories that it was fitted on, and forecasts their length."""

    name = "recorder"

    def __init__(self):
        self.histories = []

    def fit(self, history):
        self.histories.append(history)
        self.n = len(history)
        return self

    def forecast(self, horizon):
        return np.full(horizon, float(self.n))


class Explosive(Recorder):
    """Explodes once its history is long enough."""

    def forecast(self, horizon):
        return 10.0 ** (np.arange(horizon) * (self.n > 24))


class Stubborn(Recorder):
    """Cannot be fitted on a history of 24 values."""

    def fit(self, history):
        if len(history) == 24:
            raise ForecastError("it did not converge.")
        return super().fit(history)


# -------------------------------------------------------------------------- no leaks


def test_changing_the_future_changes_no_forecast():
    starts = origins(180, first=120, horizon=12, every=12)
    before = run(FORECASTERS, SERIES, horizon=12, origins=starts)
    for row, start in enumerate(starts):
        changed = SERIES.copy()
        changed[start:] = 1000 + np.random.default_rng(0).normal(
            size=len(SERIES) - start
        )
        after = run(FORECASTERS, changed, horizon=12, origins=starts[: row + 1])
        for name in FORECASTERS:
            np.testing.assert_array_equal(
                after.forecasts[name][row], before.forecasts[name][row], err_msg=name
            )


def test_each_origin_has_the_whole_past_and_nothing_else():
    recorder = Recorder()
    found = run({"r": recorder}, SERIES[:40], horizon=3, origins=[20, 24, 37])
    for history, start in zip(recorder.histories, [20, 24, 37], strict=True):
        np.testing.assert_array_equal(history, SERIES[:start])
        assert history.base is None  # not a view, behind which later rows would lie
    assert found.forecasts["r"].tolist() == [[20.0] * 3, [24.0] * 3, [37.0] * 3]
    for start, truth in zip([20, 24, 37], found.truth, strict=True):
        np.testing.assert_array_equal(truth, SERIES[start : start + 3])


def test_the_forecasts_are_those_of_a_loop_that_refits():
    found = run(FORECASTERS, SERIES, horizon=6, origins=[120, 150])
    for row, start in enumerate([120, 150]):
        for name, forecaster in FORECASTERS.items():
            expected = forecaster.fit(SERIES[:start]).forecast(6)
            np.testing.assert_allclose(found.forecasts[name][row], expected)


# --------------------------------------------------------------------------- origins


@given(
    n=st.integers(1, 60),
    first=st.integers(1, 40),
    horizon=st.integers(1, 20),
    every=st.integers(1, 13),
)
def test_origins_are_all_rows_that_leave_a_whole_horizon(n, first, horizon, every):
    expected = [
        t for t in range(first, n) if t + horizon <= n and (t - first) % every == 0
    ]
    if expected:
        found = origins(n, first=first, horizon=horizon, every=every)
        assert found.tolist() == expected
    else:
        with pytest.raises(ValueError, match="start earlier or forecast fewer steps"):
            origins(n, first=first, horizon=horizon, every=every)


# ---------------------------------------------------------------------------- errors


def test_errors_are_those_of_the_metrics_in_all_three_views():
    found = run(FORECASTERS, SERIES, horizon=6, origins=[120, 140, 174])
    for name, forecasts in found.forecasts.items():
        squared = (found.truth - forecasts) ** 2
        assert found.errors()[name] == pytest.approx(np.sqrt(squared.mean()))
        assert found.errors(metrics.mse)[name] == pytest.approx(squared.mean())
        np.testing.assert_allclose(
            found.by_origin(metrics.mse)[name], squared.mean(axis=1)
        )
        np.testing.assert_allclose(
            found.by_step(metrics.mse)[name], squared.mean(axis=0)
        )
    mase = partial(metrics.mase, history=SERIES[:120], season=12)
    assert found.errors(mase)["naive"] == pytest.approx(
        metrics.mase(
            found.truth, found.forecasts["naive"], history=SERIES[:120], season=12
        )
    )


def test_a_forecast_that_explodes_is_marked_and_never_averaged():
    series = np.sin(np.arange(40.0))
    both = {"naive": Naive(), "explosive": Explosive()}
    found = run(both, series, horizon=8, origins=[20, 24, 30])
    assert found.exploded["explosive"].tolist() == [False, False, True]
    assert not found.exploded["naive"].any()
    assert found.errors()["explosive"] == np.inf
    assert (found.by_step()["explosive"] == np.inf).all()
    by_origin = found.by_origin()["explosive"]
    assert np.isfinite(by_origin[:2]).all()
    assert by_origin[2] == np.inf
    assert np.isfinite(found.errors()["naive"])
    assert found.problems == [
        "explosive exploded at row 30: it forecasts 1e+07, and its history runs from "
        "-1 to 0.9906."
    ]
    with pytest.raises(
        ValueError, match="explosive failed or exploded at 1 of 3 origins"
    ):
        found.intervals("explosive", 0.5)


def test_a_forecaster_that_fails_is_named_and_the_others_go_on():
    both = {"naive": Naive(), "stubborn": Stubborn()}
    found = run(both, np.arange(40.0), horizon=2, origins=[20, 24, 30])
    assert found.failed == {"naive": {}, "stubborn": {24: "it did not converge."}}
    assert np.isnan(found.forecasts["stubborn"][1]).all()
    assert np.isfinite(found.forecasts["stubborn"][[0, 2]]).all()
    assert not found.exploded["stubborn"].any()
    assert found.bad("stubborn").tolist() == [False, True, False]
    assert found.errors() == {"naive": pytest.approx(1.5811388), "stubborn": np.inf}
    assert found.problems == ["stubborn failed at row 24: it did not converge."]


def test_an_autoregression_with_an_explosive_root_is_reported():
    series = 1.5 ** np.arange(30) * (-1.0) ** np.arange(30)
    found = run({"linear": Autoregression(2)}, series, horizon=12, origins=[12, 15])
    assert found.exploded["linear"].all()
    assert found.errors()["linear"] == np.inf


@pytest.mark.parametrize(
    ("forecast", "history", "expected"),
    [
        ([1.0, 2.0], [0.0, 5.0], False),
        ([55.0], [0.0, 5.0], False),  # ten ranges above the highest value
        ([55.1], [0.0, 5.0], True),
        ([-50.1], [0.0, 5.0], True),
        ([np.inf, 1.0], [0.0, 5.0], True),
        ([np.nan], [0.0, 5.0], True),
        ([3.0], [3.0, 3.0], False),  # a constant history
        ([34.0], [3.0, 3.0], True),
        ([0.0], [0.0, 0.0], False),
        ([[1.0], [99.0]], [0.0, 5.0], [False, True]),
    ],
)
def test_exploded_is_far_outside_the_range_of_the_history(forecast, history, expected):
    assert exploded(forecast, history).tolist() == expected


def test_growth_by_a_tenth_a_month_for_a_year_is_no_explosion():
    growing = 1.1 ** np.arange(36)
    assert not exploded(Logged(Drift()).fit(growing).forecast(12), growing)


# ------------------------------------------------------------------------- intervals


def simulated(seed, n=400):
    rng = np.random.default_rng(seed)
    values = np.zeros(n)
    for t in range(1, n):
        values[t] = 0.8 * values[t - 1] + rng.normal()
    return values


def test_intervals_hold_what_they_promise_on_simulated_series():
    inside, ahead = [], []
    for seed in range(60):
        series = simulated(seed)
        starts = origins(388, first=96, horizon=4, every=12)  # 25, of which 24 others
        found = run(
            {"linear": Autoregression(1)}, series[:388], horizon=4, origins=starts
        )
        lower, upper = found.intervals("linear", 0.8)
        inside.append((lower <= found.truth) & (found.truth <= upper))
        future = Autoregression(1).fit(series[:388]).forecast(4)
        lower, upper = found.around("linear", future, 0.8)
        ahead.append((lower <= series[388:392]) & (series[388:392] <= upper))
    assert np.mean(inside) == pytest.approx(0.8, abs=0.03)
    assert np.mean(ahead) == pytest.approx(0.8, abs=0.08)


def test_an_origins_own_residual_does_not_make_its_interval():
    series = simulated(1, 200)
    starts = origins(200, first=60, horizon=3, every=12)
    before = run({"n": Naive()}, series, horizon=3, origins=starts).intervals("n", 0.8)
    changed = series.copy()
    changed[-3:] += 100  # truth of the last origin alone, if its rows are the last
    starts_end = [*starts[:-1], 197]
    one = run({"n": Naive()}, series, horizon=3, origins=starts_end).intervals("n", 0.8)
    other = run({"n": Naive()}, changed, horizon=3, origins=starts_end).intervals(
        "n", 0.8
    )
    np.testing.assert_allclose(one.lower[-1], other.lower[-1])
    assert (other.upper[0] >= one.upper[0]).all()
    assert before.lower.shape == (len(starts), 3)


def test_too_few_origins_for_a_level_are_refused():
    found = run({"naive": Naive()}, SERIES, horizon=2, origins=[100, 110, 120])
    with pytest.raises(ValueError, match=r"too few for level=0.9: take at least 9"):
        found.intervals("naive", 0.9)
    with pytest.raises(ValueError, match=r"forecast must have the shape \(2,\)"):
        found.around("naive", [1.0, 2.0, 3.0], 0.5)
    with pytest.raises(ValueError, match="name must be one of naive, not 'drift'"):
        found.intervals("drift", 0.5)


# ------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon": 0}, "horizon must be a whole number, 1 or more, not 0"),
        ({"origins": []}, "origins must be one or more whole numbers"),
        ({"origins": [12.5]}, "origins must be one or more whole numbers"),
        ({"origins": [0]}, "origins must rise between 1 and 175"),
        ({"origins": [176]}, "not from 176 to 176"),
        ({"origins": [20, 20]}, "origins must rise"),
        ({"forecasters": {}}, "forecasters must hold at least one"),
        ({"series": [1.0, np.nan, 2.0]}, "history holds nan at row 1"),
        (
            {"forecasters": {"yearly": SeasonalNaive(30)}},
            "yearly at row 20: history holds 20 values, and a season of 30 needs 30",
        ),
    ],
)
def test_bad_input_is_named(change, message):
    given_ = {"forecasters": {"naive": Naive()}, "series": SERIES}
    given_ |= {"horizon": 5, "origins": [20]} | change
    with pytest.raises(ValueError, match=message):
        run(given_.pop("forecasters"), given_.pop("series"), **given_)


def test_a_forecast_of_the_wrong_length_is_refused():
    class Short(Recorder):
        def forecast(self, horizon):
            return np.zeros(horizon - 1)

    with pytest.raises(
        ValueError, match=r"short at row 20: the forecast has the shape \(4,"
    ):
        run({"short": Short()}, SERIES, horizon=5, origins=[20])


def test_truth_and_forecast_of_different_lengths_are_refused_by_the_metrics():
    with pytest.raises(ValueError, match="truth and forecast must have one shape"):
        metrics.rmse([1.0, 2.0], Naive().fit([1.0]).forecast(3))


def test_a_series_of_pandas_is_taken_by_its_values():
    dated = pd.Series(SERIES, pd.date_range("2000-01-01", periods=180, freq="MS"))
    found = run({"naive": Naive()}, dated, horizon=2, origins=[100])
    assert found.forecasts["naive"].tolist() == [[SERIES[99]] * 2]


def test_a_bar_shows_how_far_it_has_come(capsys):
    backtest({"naive": Naive()}, SERIES, horizon=2, origins=[100, 110])
    assert "backtest: 100%" in capsys.readouterr().err
