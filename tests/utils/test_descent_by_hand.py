"""What chapter 3 and exercise 3 work out by hand is what the engine computes."""

import numpy as np
import pytest

from utils.scratch import (
    SGD,
    AdaGrad,
    Adam,
    RMSprop,
    binary_cross_entropy,
    mse,
    numerical_gradient,
    quadratic,
    sigmoid,
    softmax,
)

X, Y = np.array([1.0, 3.0]), np.array([3.0, 4.0])


def stepped(optimizer, slopes, w=1.0):
    """Return one weight after a step along each slope."""
    w = np.array([w])
    for slope in slopes:
        optimizer.update([w], [[slope]])
    return w[0]


def test_the_cost_at_weight_one_is_five_quarters():
    assert quadratic(Y, 1.0 * X) == 1.25
    assert mse(Y, 1.0 * X) == 2.5


@pytest.mark.parametrize(("w", "slope"), [(0.0, -7.5), (0.75, -3.75), (1.5, 0.0)])
def test_the_slope_of_the_cost_is_that_of_the_chapter(w, slope):
    assert np.mean((w * X - Y) * X) == slope
    found = numerical_gradient(lambda v: quadratic(Y, v[0] * X), np.array([w]))
    np.testing.assert_allclose(found, [slope], atol=1e-8)


def test_two_steps_lead_from_zero_to_nine_eighths():
    w = np.zeros(1)
    for expected in (0.75, 1.125):
        SGD(0.1).update([w], [[np.mean((w * X - Y) * X)]])
        np.testing.assert_allclose(w, [expected])


def test_one_epoch_with_batches_of_one_leads_from_zero_to_1_23():
    w = np.zeros(1)
    for x, y, expected in zip(X, Y, (0.3, 1.23), strict=True):
        SGD(0.1).update([w], [(w * x - y) * x])
        np.testing.assert_allclose(w, [expected])


def test_the_cross_entropy_of_three_examples_is_0_280():
    y, p = np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.2, 0.6])
    costs = [binary_cross_entropy(y[[i]], p[[i]]) for i in range(3)]
    assert np.round(costs, 3).tolist() == [0.105, 0.223, 0.511]
    assert round(binary_cross_entropy(y, p), 3) == 0.280


def test_softmax_is_blind_to_a_shift():
    z = np.array([[2.0, 1.0, 0.0]])
    np.testing.assert_allclose(softmax(z), softmax(z + 1000))
    np.testing.assert_allclose(softmax([[0.0, np.log(3)]]), [[0.25, 0.75]])


@pytest.mark.parametrize("z", [-3.0, 0.0, 5.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_slopes_along_z_follow_the_two_formulas(z, y):
    a = sigmoid(z)
    at = ([[y]], [[z]], sigmoid)
    np.testing.assert_allclose(quadratic.error(*at), [[(a - y) * a * (1 - a)]])
    np.testing.assert_allclose(binary_cross_entropy.error(*at), [[a - y]])


def test_momentum_settles_at_ten_and_at_half_a_plain_step():
    fast, calm = SGD(0.1, momentum=0.9), SGD(0.1, momentum=0.9)
    stepped(fast, [1.0] * 300)
    stepped(calm, [(-1.0) ** t for t in range(300)])
    np.testing.assert_allclose(fast.memory[0][0], [0.1 / (1 - 0.9)])
    np.testing.assert_allclose(np.abs(calm.memory[0][0]), [0.1 / (1 + 0.9)])


def test_adagrad_slows_down_with_the_root_of_time():
    optimizer = AdaGrad(0.1, initial=0.0)
    before = stepped(optimizer, [5.0] * 99)
    after = stepped(optimizer, [5.0], before)
    np.testing.assert_allclose(before - after, 0.1 / np.sqrt(100), rtol=1e-6)


def test_rmsprop_settles_at_the_learning_rate():
    optimizer = RMSprop(0.1)
    before = stepped(optimizer, [5.0] * 300)
    after = stepped(optimizer, [5.0], before)
    np.testing.assert_allclose(before - after, 0.1, rtol=1e-6)


def test_the_first_step_of_adam_is_one_learning_rate():
    optimizer = Adam(0.1)
    np.testing.assert_allclose(stepped(optimizer, [4.0]), 0.9, rtol=1e-6)
    np.testing.assert_allclose(np.ravel(optimizer.memory[0]), [0.4, 0.016])
    uncorrected = Adam(0.1, bias_correction=False)
    step = 1.0 - stepped(uncorrected, [4.0])
    np.testing.assert_allclose(step, 0.1 * 0.1 / np.sqrt(0.001), rtol=1e-5)
