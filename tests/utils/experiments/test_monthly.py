"""Promises of the LSTM that is asked two questions about a monthly series."""

from dataclasses import replace

import numpy as np
import pytest

from utils.data.series import monthly as read
from utils.experiments import monthly, train_all
from utils.training import checkpoints
from utils.training.checkpoints import CheckpointError

LEVEL, DIFFERENCE = monthly.QUESTIONS.values()


def run(question, **options):
    return monthly.run(question, seeds=[0], epochs=1, progress=False, **options)


def test_each_origin_is_a_january_with_a_whole_year_after_it():
    dates = read(monthly.SERIES).index
    starts = monthly.origins()
    assert dates[starts].month.tolist() == [1] * 10
    assert starts[-1] + monthly.HORIZON == len(dates)


@pytest.mark.parametrize("question", monthly.QUESTIONS.values(), ids=lambda q: q.id)
def test_the_months_to_forecast_do_not_enter_their_forecast(question, monkeypatch):
    before = run(question).values
    series = read(monthly.SERIES)
    last = monthly.origins()[-1]
    changed = series.copy()
    changed.iloc[last:] += 50
    monkeypatch.setattr(monthly, "monthly", lambda name: changed)
    np.testing.assert_array_equal(run(question).values, before)
    changed.iloc[last - 1] += 5
    assert np.abs(run(question).values[:, -1] - before[:, -1]).max() > 0.01


def test_differences_are_added_to_last_years_values(monkeypatch):
    monkeypatch.setattr(monthly, "_forecast", lambda stack, windows: np.zeros((10, 12)))
    found = run(DIFFERENCE).values[0]
    series = read(monthly.SERIES).to_numpy()
    for forecast, start in zip(found, monthly.origins(), strict=True):
        growth = (series[12:start] - series[: start - 12]).mean()
        np.testing.assert_allclose(forecast, series[start - 12 : start] + growth)


def test_training_fits_the_windows():
    losses = []
    stack = monthly._Regressors(
        [monthly._network(16, np.random.default_rng(0))], learning_rates=[0.01]
    )
    rng = np.random.default_rng(1)
    for _ in range(150):
        X = rng.normal(size=(1, 32, 4, 1))
        losses.append(stack.learn(X, 3 * X[:, :, -1, 0] + 1).item())
    assert losses[-1] < 0.1 * losses[0]


def test_the_gradient_of_the_squared_error_is_right():
    stack = monthly._Regressors(
        [monthly._network(16, np.random.default_rng(0))], learning_rates=[0.01]
    )
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(1, 8, 5, 1)), rng.normal(size=(1, 8))
    _, gradients = stack.gradients(X, y)
    bias = stack.weights[-1]
    costs = []
    for nudge in (1e-2, -2e-2):
        bias += np.float32(nudge)
        costs.append(stack.gradients(X, y)[0].item())
    slope = (costs[0] - costs[1]) / 2e-2
    assert gradients[-1].item() == pytest.approx(slope, rel=1e-2)


def test_what_is_stored_comes_back_and_other_code_is_refused(tmp_path):
    forecasts = run(LEVEL)
    path = monthly.path_of(LEVEL, folder=tmp_path)
    arrays, meta = monthly.packed(forecasts)
    checkpoints.write(path, arrays, meta)
    checkpoints.write(
        monthly.path_of(DIFFERENCE, folder=tmp_path),
        arrays,
        meta | {"id": DIFFERENCE.id, "fingerprint": meta["fingerprint"] | {"data": {}}},
    )
    with pytest.raises(CheckpointError, match=r"monthly-difference.*reproduce"):
        monthly.results(folder=tmp_path)
    found, _ = checkpoints.load(path, {"id": LEVEL.id}, monthly.fingerprint_of(LEVEL))
    np.testing.assert_allclose(found[0], forecasts.values, rtol=1e-6)


def test_other_forecasts_are_not_verified(tmp_path, monkeypatch):
    forecasts = run(LEVEL)
    path = monthly.path_of(LEVEL, folder=tmp_path)
    arrays, meta = monthly.packed(forecasts)
    checkpoints.write(path, arrays, meta | {"fingerprint": {"code": {}}})
    monkeypatch.setattr(monthly, "run", lambda question, **_: forecasts)
    monthly.verify(LEVEL, folder=tmp_path)
    _, sealed = checkpoints.read(path)
    assert sealed["fingerprint"] == monthly.fingerprint_of(LEVEL)._asdict()
    other = replace(forecasts, values=forecasts.values + 1)
    monkeypatch.setattr(monthly, "run", lambda question, **_: other)
    with pytest.raises(CheckpointError, match="not verified"):
        monthly.verify(LEVEL, folder=tmp_path)


def test_both_questions_can_be_reproduced():
    jobs = train_all.plan(list(monthly.QUESTIONS), seeds=5)
    assert [tuple(job) for job in jobs] == [(name, 0) for name in monthly.QUESTIONS]


def test_the_year_after_the_end_can_be_forecast_too():
    months = np.sin(np.arange(80.0) * np.pi / 6) + np.arange(80.0) % 7
    options = {"lag": 12, "seeds": [0, 1], "epochs": 0, "lags": 12, "units": 2}
    found = monthly.forecast_with_lstms(months, [70, 80], **options)
    assert found.shape == (2, 2, 12)
    near = found[:, 1] - months[-12:]  # untrained, it forecasts no large change
    assert np.abs(near).max() < 3 * np.std(months[12:] - months[:-12])


def test_other_seeds_are_other_networks_and_the_same_seed_the_same():
    months = np.sin(np.arange(90.0))
    options = {"lag": 0, "epochs": 2, "lags": 6, "units": 2}
    both = monthly.forecast_with_lstms(months, [90], seeds=[0, 1], **options)
    again = monthly.forecast_with_lstms(months, [90], seeds=[1], **options)
    assert np.abs(both[0] - both[1]).max() > 1e-3
    np.testing.assert_allclose(again[0], both[1], atol=1e-6)


@pytest.mark.parametrize(
    ("series", "starts", "reason"),
    [
        (np.arange(80.0), [43], r"rows from 44 on.*not \[43\]"),
        (np.arange(80.0), [81], "not beyond the 80 of the series"),
        (np.arange(80.0), [], "one or more rows"),
        (np.full(80, np.nan), [70], "not finite"),
    ],
)
def test_an_origin_needs_a_window_and_a_batch_before_it(series, starts, reason):
    with pytest.raises(ValueError, match=reason):
        monthly.forecast_with_lstms(series, starts, lag=12, lags=12)
