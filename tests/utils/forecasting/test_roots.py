"""Roots predict how a recursive forecast ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.data.synthetic import sine
from utils.forecasting.classical import Autoregression, FittedAutoregression
from utils.forecasting.roots import decay_and_period, roots

inside = st.floats(-0.95, 0.95)


@given(st.lists(inside, min_size=1, max_size=4, unique=True))
def test_a_model_made_from_roots_has_these_roots(chosen):
    polynomial = np.poly(chosen)  # 1, then minus the weights, the newest value's first
    found = roots(-polynomial[1:][::-1])
    np.testing.assert_allclose(np.polyval(polynomial, found), 0, atol=1e-9)
    assert (np.diff(np.abs(found)) <= 1e-9).all()
    assert np.abs(found[0]) == pytest.approx(np.abs(chosen).max(), abs=0.03)


def test_an_oscillation_of_known_decay_and_period_is_read_back():
    modulus, period = 0.9, 7.0
    turn = 2 * np.pi / period
    pair = roots([-(modulus**2), 2 * modulus * np.cos(turn)])
    assert pair[0] == np.conj(pair[1])
    assert pair[0].imag > 0
    for root in pair:
        found = decay_and_period(root)
        assert found == pytest.approx((modulus, period, np.log(0.5) / np.log(0.9)))


def test_the_roots_of_a_fitted_sine_are_its_own():
    series = sine(400, period=25, dtype=np.float64)
    fitted = Autoregression(2).fit(series)
    modulus, period, _ = decay_and_period(roots(fitted.coefficients)[0])
    assert modulus == pytest.approx(1, abs=1e-6)
    assert period == pytest.approx(25, abs=1e-6)


def test_the_recursion_halves_in_the_half_life_of_its_largest_root():
    coefficients = -np.poly([0.9, 0.5, -0.3])[:0:-1]
    half_life = decay_and_period(roots(coefficients)[0])[2]
    fitted = FittedAutoregression(np.array([0.0, 0.0, 1.0]), coefficients, 0.0)
    forecast = fitted.forecast(200)
    steps = np.arange(100, 140)
    rate = np.polyfit(steps, np.log(np.abs(forecast[steps])), 1)[0]
    assert np.log(0.5) / rate == pytest.approx(half_life, rel=1e-3)


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (1.0, (1.0, np.inf, np.inf)),
        (0.0, (0.0, np.inf, 0.0)),
        (-0.5, (0.5, 2.0, 1.0)),
        (2.0, (2.0, np.inf, np.inf)),
    ],
)
def test_the_edges_have_their_meaning(root, expected):
    assert decay_and_period(root) == pytest.approx(expected)


@pytest.mark.parametrize("bad", [[], [[1.0]], [np.nan], 1.0])
def test_coefficients_that_are_no_series_are_refused(bad):
    with pytest.raises(ValueError, match="coefficients must be one or more finite"):
        roots(bad)


def test_a_root_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="root must be a finite number"):
        decay_and_period(complex(np.nan, 0))
