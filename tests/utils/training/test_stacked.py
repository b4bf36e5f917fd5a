"""Promises of networks that train side by side: each learns what it would alone."""

import numpy as np
import pytest

from utils.scratch import GRU, LSTM, Dense, Network, SimpleRNN
from utils.training.stacked import Stack

KINDS = SimpleRNN, LSTM, GRU
RATES = 0.003, 0.01, 0.03


def network(kind, *, units=5, seed=0, **options):
    """Draw a network whose biases are not zero, so that they are tried, too."""
    rng = np.random.default_rng(seed)
    cell = kind(2, units, rng=rng, **options)
    cell.b += 0.3 * rng.normal(size=cell.b.shape)
    return Network([cell, Dense(units, 1, "sigmoid", rng=rng)])


def batches(count, *, networks=3, batch=8, steps=6):
    rng = np.random.default_rng(7)
    for _ in range(count):
        y = rng.integers(2, size=(networks, batch))
        yield rng.normal(size=(networks, batch, steps, 2)).astype(np.float32), y


def close(found, expected, tolerance):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max())


@pytest.mark.parametrize("kind", KINDS)
def test_losses_and_gradients_are_those_of_the_networks_from_scratch(kind):
    networks = [network(kind, seed=seed) for seed in range(3)]
    X, y = next(batches(1))
    losses, gradients = Stack(networks, learning_rates=RATES).gradients(X, y)
    for k, each in enumerate(networks):
        each.forward(X[k])
        expected = each.backward(y[k][:, None], "binary_cross_entropy")
        close([g[k] for g in gradients], expected, 1e-5)
        cost = each.cost(X[k], y[k][:, None], "binary_cross_entropy")
        assert losses[k] == pytest.approx(cost, rel=1e-5)


def keras_twin(each, rate, clip):
    from utils.backend import keras

    cell, _ = each.layers
    kind = getattr(keras.layers, type(cell).__name__)
    layers = [kind(cell.n_out), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((None, 2)), *layers])
    model.set_weights(each.get_weights())
    optimizer = keras.optimizers.Adam(rate, global_clipnorm=clip)
    model.compile(optimizer, "binary_crossentropy", run_eagerly=True)
    return model


@pytest.mark.parametrize(
    ("kind", "clip"),  # once too long to clip
    [(SimpleRNN, 0.1), (LSTM, 0.1), (GRU, 10.0)],
)
def test_training_changes_the_weights_as_keras_does(kind, clip):
    networks = [network(kind, seed=seed) for seed in range(3)]
    stack = Stack(networks, learning_rates=RATES, clip=clip)
    pairs = zip(networks, RATES, strict=True)
    twins = [keras_twin(each, rate, clip) for each, rate in pairs]
    for X, y in batches(5):
        stack.learn(X, y)
        for k, twin in enumerate(twins):
            twin.train_on_batch(X[k], y[k])
    for k, twin in enumerate(twins):
        close([w[k] for w in stack.weights], twin.get_weights(), 1e-4)
        np.testing.assert_allclose(
            stack.predict(X)[k], twin.predict_on_batch(X[k])[:, 0], atol=1e-5
        )


@pytest.mark.parametrize("kind", KINDS)
def test_each_network_learns_what_it_would_alone(kind):
    networks = [network(kind, seed=seed) for seed in range(3)]
    together = Stack(networks, learning_rates=RATES)
    alone = [
        Stack([each], learning_rates=[rate])
        for each, rate in zip(networks, RATES, strict=True)
    ]
    for X, y in batches(30):
        together.learn(X, y)
        for k, one in enumerate(alone):
            one.learn(X[k : k + 1], y[k : k + 1])
    for k, one in enumerate(alone):
        close([w[k] for w in together.weights], [w[0] for w in one.weights], 1e-5)


def test_the_networks_it_was_made_from_stay_as_they_are():
    networks = [network(LSTM)]
    before = networks[0].get_weights()
    stack = Stack(networks, learning_rates=[0.1])
    stack.learn(*next(batches(1, networks=1)))
    for old, now in zip(before, networks[0].get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)


def test_sums_that_overflow_saturate_without_a_warning():
    each = network(LSTM)
    each.layers[0].b[:] = 1e3
    X, y = next(batches(1, networks=1))
    stack = Stack([each], learning_rates=[0.1])
    for sign in (1, -1):
        stack.weights[2] *= sign
        assert np.isfinite(stack.learn(X, y)).all()


@pytest.mark.parametrize(
    ("networks", "rates", "reason"),
    [
        ([], [], "at least one network"),
        ([network(LSTM)], [0.1, 0.1], "learning_rates must be as many as the networks"),
        ([network(LSTM), network(GRU)], [0.1, 0.1], "of one kind and size"),
        ([network(LSTM), network(LSTM, units=4)], [0.1, 0.1], "of one kind and size"),
        ([network(LSTM, peepholes=True)], [0.1], "an LSTM without peepholes"),
        ([network(GRU, reset_after=False)], [0.1], "a GRU with reset_after=True"),
        ([network(SimpleRNN, activation="relu")], [0.1], "a SimpleRNN with tanh"),
        ([Network(network(LSTM).layers[:1])], [0.1], "one Dense with one output"),
        ([Network([Dense(2, 1, init="zeros")])], [0.1], "networks must each have"),
    ],
)
def test_networks_that_cannot_share_operations_are_refused(networks, rates, reason):
    with pytest.raises(ValueError, match=reason):
        Stack(networks, learning_rates=rates)
