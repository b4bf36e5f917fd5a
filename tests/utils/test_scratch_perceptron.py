"""The perceptron in NumPy keeps the promises that chapter 1 makes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.data.points import separable
from utils.scratch import Perceptron, neuron, step

GATES = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
seeds = st.integers(0, 2**32 - 1)


def novikoff_bound(X, line):
    """Return the largest number of corrections that Novikoff's theorem allows."""
    X1 = np.column_stack([X, np.ones(len(X))])
    gamma = np.abs(X1 @ line).min() / np.linalg.norm(line)
    return np.max(np.sum(X1**2, axis=1)) / gamma**2


def test_worked_example_of_the_chapter():
    z = neuron([2.0, -1.0], [0.5, 1.5], 1.0)
    assert z == 0.5
    assert step(z) == 1


def test_hand_computed_update_of_the_chapter():
    model = Perceptron(max_epochs=1).fit([[2.0, -1.0]], [0])
    assert model.w.tolist() == [-2.0, 1.0]
    assert model.b == -1.0
    assert neuron([2.0, -1.0], model.w, model.b) == -6.0


@given(seeds, st.integers(1, 6), st.integers(1, 9))
def test_a_batch_answers_as_its_examples_do(seed, n_inputs, n_examples):
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n_examples, n_inputs)), rng.normal(size=n_inputs)
    one_by_one = [neuron(x, w, 0.3) for x in X]
    np.testing.assert_allclose(neuron(X, w, 0.3), one_by_one, atol=1e-12)


@given(seeds, st.floats(0.01, 100))
def test_scaling_weights_and_bias_changes_no_decision(seed, scale):
    rng = np.random.default_rng(seed)
    X, w, b = rng.normal(size=(20, 3)), rng.normal(size=3), rng.normal()
    np.testing.assert_array_equal(
        step(neuron(X, w, b)), step(neuron(X, scale * w, scale * b))
    )


@given(seeds, st.floats(0.05, 0.3))
def test_separable_points_are_learned_within_novikoffs_bound(seed, margin):
    X, y, line = separable(30, margin=margin, rng=np.random.default_rng(seed))
    model = Perceptron(max_epochs=5000).fit(X, y)
    assert model.converged
    assert (model.predict(X) == y).all()
    assert len(model.path) - 1 <= novikoff_bound(X, line)


@given(seeds, st.floats(0.1, 10))
def test_learning_rate_only_scales_a_start_from_zero(seed, lr):
    X, y, _ = separable(12, margin=0.2, rng=np.random.default_rng(seed))
    one, other = Perceptron().fit(X, y), Perceptron(lr=lr).fit(X, y)
    np.testing.assert_allclose(other.path, lr * one.path, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("y", [[0, 0, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [1, 0, 0, 0]])
def test_separable_gates_are_learned(y):
    model = Perceptron().fit(GATES, y)
    assert model.converged
    assert model.predict(GATES).tolist() == y


def test_xor_never_converges_and_revisits_its_weights():
    model = Perceptron(max_epochs=200).fit(GATES, [0, 1, 1, 0])
    assert not model.converged
    assert len(np.unique(model.path, axis=0)) < 10 < len(model.path)


def test_path_leads_from_zero_to_the_fitted_weights():
    model = Perceptron().fit(GATES, [0, 0, 0, 1])
    assert not model.path[0].any()
    assert model.path[-1].tolist() == [*model.w, model.b]
    assert sum(model.mistakes) == len(model.path) - 1


def test_fit_leaves_its_arguments_alone():
    X, y = GATES.astype(float), np.array([0, 1, 1, 1])
    Perceptron().fit(X, y)
    np.testing.assert_array_equal(X, GATES)
    assert y.tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: neuron([1, 2, 3], [1, 2], 0), r"X must have shape .* got \(3,\)"),
        (lambda: neuron(1.0, [1.0], 0), "X must have shape"),
        (lambda: Perceptron(lr=0), "lr must be positive; got 0"),
        (lambda: Perceptron(max_epochs=0), "max_epochs must be at least 1; got 0"),
        (lambda: Perceptron().predict([[0, 0]]), r"call fit\(X, y\) first"),
        (lambda: Perceptron().fit(GATES, [0, 1]), "X must have shape"),
        (lambda: Perceptron().fit(np.empty((0, 2)), []), "at least one example"),
        (lambda: Perceptron().fit(GATES, [0, 1, 2, 1]), "labels 0 and 1; got also .2"),
        (lambda: Perceptron().fit(GATES, [-1, 1, 1, 1]), "labels 0 and 1"),
        (lambda: Perceptron().fit([[np.nan, 1]], [1]), "finite numbers"),
        (lambda: separable(1, margin=0.1, rng=None), "n must be at least 2; got 1"),
        (lambda: separable(9, margin=0.5, rng=None), "margin must be .* got 0.5"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@given(seeds, st.integers(2, 60), st.floats(0, 0.49))
def test_separable_points_keep_their_margin(seed, n, margin):
    X, y, line = separable(n, margin=margin, rng=np.random.default_rng(seed))
    assert X.shape == (n, 2)
    assert set(y) == {0, 1}
    distances = (2 * y - 1) * (X @ line[:2] + line[2])
    assert (distances >= margin - 1e-12).all()
    assert np.isclose(np.linalg.norm(line[:2]), 1)
