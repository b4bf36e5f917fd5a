"""A backtest of all forecasters, and recursive forecasts of many series at once.

The backtest refits eleven forecasters, two of them networks, at ten origins of a real
monthly series.  A recursive forecast of 1,000 series, 10 steps ahead, by a Keras model
of one step is measured against two loops of ``model.predict``: one series after the
other, and all series in each call.
"""

import os
import time

import numpy as np

from benchmarks import Row, seconds
from utils.data.series import monthly
from utils.data.synthetic import two_waves
from utils.forecasting.backtest import backtest, origins
from utils.forecasting.classical import (
    Autoregression,
    Drift,
    ExponentialSmoothing,
    KerasLags,
    MovingAverage,
    Naive,
    Sarima,
    SeasonalMean,
    SeasonalNaive,
)
from utils.forecasting.multistep import recursive
from utils.forecasting.transforms import Differenced, Scaled

SERIES, LENGTH, HORIZON = 1000, 50, 10
LAGS, YEARS = 24, 10
TRIED = 5  # series in the loop that takes one after the other


def run() -> list[Row]:
    return [_backtest(), *_recursive()]


def _backtest() -> Row:
    series = monthly("co2")
    first = len(series) - 12 * YEARS
    starts = origins(len(series), first=first, horizon=12, every=12)
    begun, worked = time.perf_counter(), time.process_time()
    found = backtest(_forecasters(), series, horizon=12, origins=starts, progress=False)
    took, cpu = time.perf_counter() - begun, time.process_time() - worked
    if found.problems:
        raise RuntimeError("\n".join(found.problems))
    errors = sorted((error, name) for name, error in found.errors().items())
    note = f"{cpu:.0f} s of CPU, {os.getloadavg()[0]:.1f} processes busy; RMSE "
    note += ", ".join(f"{name} {error:.2f}" for error, name in errors)
    name = f"backtest of {len(errors)} forecasters from {len(starts)} origins, CO2"
    return Row(name, took, "s", reach=60, note=note)


def _forecasters() -> dict:
    network = {"epochs": 30, "batch_size": 64, "seed": 0}
    return {
        "naive": Naive(),
        "seasonal naive": SeasonalNaive(12),
        "drift": Drift(),
        "moving average": MovingAverage(12),
        "seasonal mean": SeasonalMean(12),
        "linear": Autoregression(LAGS),
        "ridge": Scaled(Autoregression(LAGS, ridge=1.0)),
        "Holt-Winters": ExponentialSmoothing(season=12, trend="add", seasonal="add"),
        "SARIMA": Sarima((0, 1, 1), (0, 1, 1, 12)),
        "LSTM": KerasLags(LAGS, lambda: _network(LAGS, recurrent=True), **network),
        "dense on differences": Differenced(
            KerasLags(LAGS, lambda: _network(LAGS, recurrent=False), **network), 12
        ),
    }


def _network(lags: int, *, recurrent: bool):
    from utils.backend import keras

    inputs = keras.Input((lags, 1))
    hidden = (
        keras.layers.LSTM(16)(inputs)
        if recurrent
        else keras.layers.Dense(32, activation="relu")(keras.layers.Flatten()(inputs))
    )
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    model.compile(keras.optimizers.Adam(3e-3), loss="mse")
    return model


def _recursive() -> list[Row]:
    windows = two_waves(SERIES, LENGTH, rng=np.random.default_rng(0))[..., 0]
    model = _network(LENGTH, recurrent=True)
    few = windows[:TRIED]
    np.testing.assert_allclose(  # the first calls, which compile
        recursive(model, few, HORIZON), _one_by_one(model, few), atol=1e-5
    )
    np.testing.assert_allclose(
        recursive(model, windows, HORIZON), _all_at_once(model, windows), atol=1e-5
    )
    ours = seconds(lambda: recursive(model, windows, HORIZON))
    each = seconds(lambda: _one_by_one(model, few)) / TRIED
    together = seconds(lambda: _all_at_once(model, windows))
    return [
        _ratio("series by series", ours, each * SERIES, f"; {TRIED} series measured"),
        _ratio("all in each call", ours, together, f"; {HORIZON} calls each", reach=1),
    ]


def _ratio(way: str, ours: float, theirs: float, more: str, *, reach=10) -> Row:
    name = f"recursive forecast of {SERIES} series, {HORIZON} steps, against predict"
    note = f"{ours:.2f} s against {theirs:.2f} s{more}"
    unit = "times faster"
    name = f"{name}, {way}"
    return Row(name, theirs / ours, unit, reach=reach, better="higher", note=note)


def _one_by_one(model, windows) -> np.ndarray:
    return np.concatenate([_all_at_once(model, window[None]) for window in windows])


def _all_at_once(model, windows) -> np.ndarray:
    """Forecast all windows recursively by ``model.predict``, as one writes it first."""
    values = windows[..., None]
    for _ in range(HORIZON):
        newest = model.predict(values[:, -LENGTH:], verbose=0)
        values = np.concatenate([values, newest[:, None]], axis=1)
    return values[:, LENGTH:, 0]
