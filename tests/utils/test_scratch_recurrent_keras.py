"""Recurrent layers equal those of Keras, forward and backward, weight for weight."""

import numpy as np
import pytest

from utils.scratch import GRU, LSTM, Dense, Network, SimpleRNN, check_gradients

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}  # of each array's largest entry
SHAPES = [(3, 1, 2, 4), (1, 5, 1, 1), (4, 7, 3, 5), (2, 12, 6, 8)]
KINDS = {
    "SimpleRNN": (SimpleRNN, "SimpleRNN", {}),
    "LSTM": (LSTM, "LSTM", {}),
    "GRU, reset after": (GRU, "GRU", {}),
    "GRU, reset before": (GRU, "GRU", {"reset_after": False}),
}


def pair(kind, n_in, units, rng, dtype, **options):
    """Return our layer and Keras's, of the same random weights and biases.

    They are small enough that no unit saturates: near 1, float32 loses digits of the
    slope 1 - h^2, here and in Keras.
    """
    import keras

    make, name, form = KINDS[kind]
    ours = make(n_in, units, rng=rng, dtype=dtype, **form, **options)
    theirs = getattr(keras.layers, name)(units, dtype=dtype, **form, **options)
    theirs.build((None, None, n_in))
    theirs.set_weights([rng.normal(0, 0.4, w.shape) for w in theirs.get_weights()])
    ours.set_weights(theirs.get_weights())
    return ours, theirs


def results(kind, batch, steps, n_in, units, dtype, *, sequences):
    """Return every array of both ways by name: outputs, states and all gradients."""
    import tensorflow as tf

    rng = np.random.default_rng(batch + steps)
    ours, theirs = pair(kind, n_in, units, rng, dtype, return_sequences=sequences)
    theirs.return_state = True
    X = tf.constant(rng.normal(size=(batch, steps, n_in)), dtype)
    initial = [tf.constant(rng.normal(size=(batch, units)), dtype) for _ in ours.states]
    with tf.GradientTape() as tape:
        tape.watch([X, *initial])
        ends = theirs(X, initial_state=initial)
    d_out, *d_state = (rng.normal(size=end.shape).astype(dtype) for end in ends)
    sources = [X, *initial, *theirs.trainable_variables]
    gradients = tape.gradient(ends, sources, output_gradients=[d_out, *d_state])
    mine = [ours.forward(X, initial), *ours.state]
    mine += [ours.backward(d_out, d_state), *ours.d_initial_state, *ours.gradients]
    names = ["outputs", *ours.states, "d inputs", *(f"d {n}_0" for n in ours.states)]
    names += ["d W", "d U", "d b"]
    return dict(zip(names, zip(mine, [*ends, *gradients], strict=True), strict=True))


def largest_difference(a, b):
    """Return the largest difference of two arrays over the largest entry."""
    return float(np.abs(a - b).max() / np.abs(b).max())


@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_states_and_every_gradient_equal_those_of_keras(
    kind, shape, dtype, sequences
):
    both = results(kind, *shape, dtype, sequences=sequences)
    far = {
        name: largest_difference(np.asarray(a), np.asarray(b))
        for name, (a, b) in both.items()
    }
    assert {name: d for name, d in far.items() if not d <= TOLERANCE[dtype]} == {}
    assert all(np.abs(a).max() > 0 for a, _ in both.values())


@pytest.mark.parametrize("kind", KINDS)
def test_first_biases_and_shapes_are_those_of_keras(kind):
    import keras

    make, name, form = KINDS[kind]
    theirs = getattr(keras.layers, name)(4, **form)
    theirs.build((None, None, 3))
    ours = make(3, 4, rng=np.random.default_rng(0), **form)
    shapes = [w.shape for w in theirs.get_weights()]
    assert [p.shape for p in ours.parameters] == shapes
    np.testing.assert_array_equal(ours.b, theirs.get_weights()[2])


def test_a_network_for_sequences_equals_that_of_keras():
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(0)
    layers = [LSTM(3, 4, rng=rng, return_sequences=True), GRU(4, 5, rng=rng)]
    layers[1].return_sequences = True
    network = Network([*layers, Dense(5, 2, "softmax", rng=rng)])
    network.set_weights([rng.normal(0, 0.7, p.shape) for p in network.parameters])
    model = keras.Sequential(
        [
            keras.Input((None, 3), dtype="float64"),
            keras.layers.LSTM(4, return_sequences=True, dtype="float64"),
            keras.layers.GRU(5, return_sequences=True, dtype="float64"),
            keras.layers.Dense(2, "softmax", dtype="float64"),
        ]
    )
    model.set_weights(network.get_weights())
    X = rng.normal(size=(3, 6, 3))
    y = np.eye(2)[rng.integers(0, 2, (3, 6))]
    with tf.GradientTape() as tape:
        a = model(tf.constant(X))
        loss = keras.losses.CategoricalCrossentropy(dtype="float64")(y, a)
    gradients = tape.gradient(loss, model.trainable_variables)
    np.testing.assert_allclose(network.forward(X), a, rtol=0, atol=1e-10)
    name = "categorical_cross_entropy"
    assert network.cost(X, y, name) == pytest.approx(float(loss), rel=1e-7)
    for got, want in zip(network.backward(y, name), gradients, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-9)
    assert check_gradients(network, X, y, name) < 1e-6
