"""Two forecasters compared: known answers, and how often chance fools the test."""

import numpy as np
import pytest
from scipy import stats

from utils.forecasting.comparison import block_bootstrap, diebold_mariano, lag_of

RNG = np.random.default_rng


def losses(seed, n=200, *, better=0.0, memory=0):
    """Two losses with common hard rows; a is better by `better` on average."""
    rng = RNG(seed)
    hard = rng.exponential(size=n)
    noise = rng.normal(size=n + memory)
    smooth = np.convolve(noise, np.ones(memory + 1), "valid") / np.sqrt(memory + 1)
    return hard - better + smooth, hard


def test_one_step_ahead_the_test_is_the_paired_t_test():
    a, b = losses(0)
    statistic, p = diebold_mariano(a, b, horizon=1)
    expected = stats.ttest_rel(a, b)
    assert (statistic, p) == pytest.approx((expected.statistic, expected.pvalue))


def test_several_steps_ahead_the_variance_holds_the_covariances():
    a, b = losses(1, memory=2)
    n, h, d = 200, 3, a - b
    gamma = [np.sum((d[k:] - d.mean()) * (d[: n - k] - d.mean())) / n for k in range(h)]
    variance = (gamma[0] + 2 * gamma[1] + 2 * gamma[2]) / n
    correction = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic, p = diebold_mariano(a, b, horizon=h)
    assert statistic == pytest.approx(d.mean() / np.sqrt(variance) * correction)
    assert p == pytest.approx(2 * stats.t.sf(abs(statistic), df=n - 1))


def test_the_test_rejects_equal_forecasters_as_often_as_it_says():
    found = [
        diebold_mariano(*losses(seed, memory=3), horizon=4)[1] for seed in range(600)
    ]
    assert 0.03 < np.mean(np.array(found) < 0.05) < 0.09
    naive = [
        diebold_mariano(*losses(seed, memory=3), horizon=1)[1] for seed in range(600)
    ]
    assert np.mean(np.array(naive) < 0.05) > 0.2  # rows that are not independent


def test_the_sign_says_who_is_better():
    a, b = losses(2, better=1.0)
    assert diebold_mariano(a, b, horizon=1)[0] < -5
    assert diebold_mariano(b, a, horizon=1)[0] > 5
    assert block_bootstrap(a, b, block=5, rng=RNG(0)).high < 0
    assert block_bootstrap(b, a, block=5, rng=RNG(0)).low > 0


def test_the_interval_of_independent_rows_is_that_of_the_normal_distribution():
    a, b = losses(3, n=2000)
    mean, low, high = block_bootstrap(a, b, block=1, rng=RNG(0), n=4000)
    d = a - b
    reach = 1.96 * d.std() / np.sqrt(len(d))
    assert mean == pytest.approx(d.mean())
    assert (low, high) == pytest.approx((mean - reach, mean + reach), abs=reach / 10)


def test_the_interval_covers_the_true_difference_where_blocks_are_long_enough():
    def covered(block):
        inside = 0
        for seed in range(200):
            pair = losses(seed, better=0.3, memory=5)
            found = block_bootstrap(*pair, block=block, rng=RNG(seed), n=300)
            inside += found.low <= -0.3 <= found.high
        return inside / 200

    assert covered(15) > 0.85
    assert covered(1) < 0.7


@pytest.mark.parametrize("lag", [0, 1, 2, 5])
def test_a_forecast_that_repeats_the_past_is_found_with_its_lag(lag):
    rng = RNG(4)
    series = rng.normal(size=300).cumsum()
    forecast = series[5 - lag : 300 - lag] + 0.05 * rng.normal(size=295)
    assert lag_of(series[5:], forecast, most=8) == lag


def test_of_shifts_that_fit_alike_the_smallest_is_named():
    assert lag_of(np.ones(9), np.ones(9), most=3) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: diebold_mariano([1.0], [1.0, 2.0], horizon=1),
            "two series of one length",
        ),
        (lambda: diebold_mariano([], [], horizon=1), "two series of one length"),
        (lambda: diebold_mariano([1.0, np.inf], [1.0, 2.0], horizon=1), "loss_a holds"),
        (lambda: diebold_mariano([1.0, 2.0], [0.0, 1.0], horizon=0), "horizon must be"),
        (
            lambda: diebold_mariano([1.0, 2.0], [0.0, 0.5], horizon=2),
            "needs more than 2",
        ),
        (
            lambda: diebold_mariano([1.0, 2.0, 3.0], [0.0, 1.0, 2.0], horizon=1),
            "differ by 1.0 in every row",
        ),
        (
            lambda: diebold_mariano([1.0, -1.0] * 4, np.zeros(8), horizon=2),
            "variance of the mean difference comes out as .* use block_bootstrap",
        ),
        (
            lambda: block_bootstrap([1.0, 2.0], [1.0], block=1, rng=RNG(0)),
            "loss_a and loss_b must be two series of one length",
        ),
        (
            lambda: block_bootstrap([1.0, 2.0], [1.0, 1.0], block=3, rng=RNG(0)),
            "block=3 must be from 1 to the 2 rows",
        ),
        (
            lambda: block_bootstrap([1.0], [1.0], block=1, rng=RNG(0), level=95),
            "level must be a number between 0 and 1, not 95",
        ),
        (lambda: lag_of([1.0, 2.0], [1.0], most=1), "truth and forecast must be two"),
        (lambda: lag_of([1.0, 2.0], [1.0, 2.0], most=1), "shifts up to most=1 need 3"),
        (lambda: lag_of([1.0] * 5, [1.0] * 5, most=-1), "most must be .* 0 or more"),
        (lambda: lag_of([1.0] * 5, [np.nan] * 5, most=1), "forecast holds a value"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
