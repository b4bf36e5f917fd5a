"""No choice of members hurts an ensemble, and blocks keep neighbours together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.forecasting.ensembles import Ensemble, block_bootstrap, greedy
from utils.metrics import mae

seeds = st.integers(0, 2**32 - 1)


def forecasts(seed, models=4, rows=50):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=rows)
    return y, {f"m{k}": y + rng.normal(size=rows) for k in range(models)}


@given(seeds)
def test_an_ensemble_is_never_worse_than_its_best_model_on_the_data_of_choice(seed):
    y, models = forecasts(seed)
    ensemble = greedy(models, y)
    single = min(mae(y, f) for f in models.values())
    assert ensemble.errors[0] == pytest.approx(single)
    assert ensemble.errors[-1] <= single
    assert mae(y, ensemble.predict(models)) == pytest.approx(ensemble.errors[-1])


@given(seeds)
def test_weights_are_shares(seed):
    y, models = forecasts(seed)
    weights = greedy(models, y).weights
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) > 0


def test_unlike_errors_cancel():
    y, models = forecasts(0, models=8, rows=2000)
    ensemble = greedy(models, y, steps=40)
    assert len(ensemble.weights) == 8
    assert ensemble.errors[-1] < 0.5 * ensemble.errors[0]


def test_a_perfect_model_is_chosen_alone():
    y, models = forecasts(0)
    assert greedy({**models, "truth": y}, y).weights == {"truth": 1.0}


def test_another_error_can_decide():
    models = {"median": np.zeros(5), "mean": np.full(5, 2.0)}
    y = np.array([0.0, 0.0, 0.0, 0.0, 10.0])
    assert greedy(models, y, steps=1).weights == {"median": 1.0}
    squared = greedy(models, y, steps=1, error=lambda a, b: np.mean((a - b) ** 2))
    assert squared.weights == {"mean": 1.0}


@pytest.mark.parametrize(
    ("models", "steps", "message"),
    [
        ({}, 5, "forecasts must hold at least one model's"),
        ({"a": [1.0]}, 0, "steps must be a whole number"),
        ({"a": [1.0]}, 2.5, "steps must be a whole number"),
        ({"a": [1.0, 2.0]}, 1, "shape"),
    ],
)
def test_what_cannot_be_chosen_from_is_refused(models, steps, message):
    with pytest.raises(ValueError, match=message):
        greedy(models, [1.0], steps=steps)


def test_a_missing_member_is_named():
    with pytest.raises(ValueError, match="forecasts of b are missing"):
        Ensemble({"a": 0.5, "b": 0.5}, ()).predict({"a": np.ones(2)})


def test_blocks_show_that_a_mean_of_alike_neighbours_is_less_sure():
    rng = np.random.default_rng(0)
    shocks = rng.normal(size=5000)
    alike = np.convolve(shocks, np.ones(48) / np.sqrt(48), mode="valid")
    single = block_bootstrap(alike, block=1, rng=rng).std()
    blocks = block_bootstrap(alike, block=480, rng=rng).std()
    assert blocks > 3 * single


def test_single_rows_give_the_textbook_standard_error():
    rng = np.random.default_rng(0)
    values = rng.normal(size=2000)
    means = block_bootstrap(values, block=1, rng=rng, draws=4000)
    assert means.std() == pytest.approx(values.std() / np.sqrt(2000), rel=0.05)
    assert means.mean() == pytest.approx(values.mean(), abs=0.002)


@pytest.mark.parametrize(
    ("errors", "options", "message"),
    [
        ([[[1.0]]], {"block": 1}, "errors must be one or several series"),
        ([np.nan], {"block": 1}, "errors must be one or several series"),
        ([1.0, 2.0], {"block": 3}, "block=3 must be from 1 to the 2 rows"),
        ([1.0, 2.0], {"block": 0}, "block=0 must be"),
        ([1.0, 2.0], {"block": 1, "draws": 0}, "draws=0 must be 1 or more"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(errors, options, message):
    with pytest.raises(ValueError, match=message):
        block_bootstrap(errors, rng=np.random.default_rng(0), **options)
