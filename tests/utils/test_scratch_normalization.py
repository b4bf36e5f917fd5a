"""Batch and layer normalisation: what they promise, their gradients, and Keras's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.scratch import (
    BatchNorm,
    Dense,
    LayerNorm,
    Network,
    check_gradients,
    relative_error,
)

seeds = st.integers(0, 2**32 - 1)
KINDS = [BatchNorm, LayerNorm]


def layer_and_inputs(kind, seed=0, shape=(5, 3, 4), activation="tanh"):
    rng = np.random.default_rng(seed)
    layer = kind(shape[-1], activation)
    layer.set_weights([rng.normal(1, 0.5, shape[-1]), rng.normal(size=shape[-1])])
    return layer, rng.normal(2, 3, shape), rng.normal(size=shape)


def test_a_batch_norm_evens_out_features_and_a_layer_norm_examples():
    X = np.random.default_rng(0).normal(5, 2, (200, 30))
    by_batch, by_layer = BatchNorm(30).forward(X), LayerNorm(30).forward(X)
    np.testing.assert_allclose(by_batch.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(by_batch.std(axis=0), 1, rtol=1e-3)
    np.testing.assert_allclose(by_layer.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(by_layer.std(axis=1), 1, rtol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=seeds, batch=st.integers(2, 5), n=st.integers(2, 4), deep=st.booleans())
@settings(max_examples=15, deadline=None)
def test_gradients_are_those_of_central_differences(kind, seed, batch, n, deep):
    shape = (batch, 3, n) if deep else (batch, n)
    layer, X, _ = layer_and_inputs(kind, seed, shape)
    rng = np.random.default_rng(seed)
    layers = [Dense(n, n, rng=rng), layer, Dense(n, 2, rng=rng)]
    y = rng.normal(size=(*shape[:-1], 2))
    assert check_gradients(Network(layers), X, y, "mse") < 1e-5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(6, 4), (6, 3, 4)])
def test_keras_computes_the_same_outputs_and_gradients(kind, shape):
    tf = pytest.importorskip("tensorflow")
    from utils.backend import keras

    layer, X, d_out = layer_and_inputs(kind, shape=shape)
    twins = {
        BatchNorm: keras.layers.BatchNormalization,
        LayerNorm: keras.layers.LayerNormalization,
    }
    twin = twins[kind](dtype="float64", epsilon=1e-3)
    twin.build((None, *shape[1:]))
    twin.gamma.assign(layer.gamma)
    twin.beta.assign(layer.beta)
    with tf.GradientTape() as tape:
        inputs = tf.Variable(X)
        outputs = tf.tanh(twin(inputs, training=True))
    watched = [inputs, twin.gamma.value, twin.beta.value]
    theirs = tape.gradient(outputs, watched, output_gradients=d_out)
    np.testing.assert_allclose(layer.forward(X), outputs, rtol=1e-9, atol=1e-12)
    ours = [layer.backward(d_out), *layer.gradients]
    for got, want in zip(ours, theirs, strict=True):
        assert relative_error(got, want.numpy()) < 1e-9


@pytest.mark.parametrize("kind", KINDS)
def test_a_feature_that_never_varies_stays_finite(kind):
    layer = kind(2)
    assert np.array_equal(layer.forward(np.full((3, 2), 7.0)), np.zeros((3, 2)))
    assert np.isfinite(layer.backward(np.ones((3, 2)))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_fit_is_refused_in_a_sentence(kind):
    with pytest.raises(ValueError, match="n must be a whole number, at least 1; got 0"):
        kind(0)
    with pytest.raises(ValueError, match="number by number, as tanh does; got softmax"):
        kind(2, "softmax")
    layer = kind(2)
    with pytest.raises(ValueError, match="call forward"):
        layer.backward(np.ones((3, 2)))
    for X in (np.ones(2), np.ones((3, 1)), np.ones((0, 2))):
        with pytest.raises(ValueError, match=r"X must have shape \(batch, ..., 2\)"):
            layer.forward(X)
    with pytest.raises(ValueError, match="X must hold finite numbers"):
        layer.forward([[1.0, np.nan]])
    layer.forward(np.ones((3, 2)))
    with pytest.raises(ValueError, match=r"the shape \(3, 2\) of the outputs"):
        layer.backward(np.ones((3, 1)))
