"""Promises of the fused LSTM: the same numbers as Keras, from another kernel."""

import numpy as np
import pytest

from utils.backend import keras, tf
from utils.training.fused_lstm import fuse

layers = keras.layers
ORDINARY = {
    "last state": lambda x: layers.LSTM(4)(x),
    "all states": lambda x: layers.Flatten()(layers.LSTM(4, return_sequences=True)(x)),
    "backwards": lambda x: layers.Flatten()(
        layers.LSTM(4, go_backwards=True, return_sequences=True)(x)
    ),
    "a window turned around": lambda x: layers.LSTM(4)(keras.ops.flip(x, axis=1)),
    "stacked": lambda x: layers.LSTM(3)(layers.LSTM(4, return_sequences=True)(x)),
    "both ways": lambda x: layers.Bidirectional(layers.LSTM(4))(x),
    "both ways, all states, summed": lambda x: layers.Flatten()(
        layers.Bidirectional(layers.LSTM(4, return_sequences=True), merge_mode="sum")(x)
    ),
}
OTHERS = {
    "no LSTM": lambda x: layers.Flatten()(x),
    "GRU": lambda x: layers.GRU(4)(x),
    "LSTM beside GRU": lambda x: layers.GRU(4)(
        layers.LSTM(4, return_sequences=True)(x)
    ),
    "recurrent dropout": lambda x: layers.LSTM(4, recurrent_dropout=0.5)(x),
    "dropout": lambda x: layers.LSTM(4, dropout=0.5)(x),
    "another activation": lambda x: layers.LSTM(4, activation="relu")(x),
    "no bias": lambda x: layers.LSTM(4, use_bias=False)(x),
    "double precision": lambda x: layers.LSTM(4, dtype="float64")(x),
    "unrolled": lambda x: layers.LSTM(4, unroll=True)(x),
    "both ways with dropout": lambda x: layers.Bidirectional(
        layers.LSTM(4, recurrent_dropout=0.5)
    )(x),
}


def network(body):
    keras.utils.set_random_seed(0)
    window = keras.Input((6, 3))
    model = keras.Model(window, layers.Dense(1)(body(window)))
    rng = np.random.default_rng(1)  # biases that are no zeros and ones
    model.set_weights([rng.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


def slopes(model, x, y):
    with tf.GradientTape() as tape:
        outputs = model(x, training=True)
        loss = tf.reduce_mean((outputs[:, 0] - y) ** 2)
    return outputs, tape.gradient(loss, model.trainable_variables)


@pytest.mark.parametrize("batch", [1, 2, 3, 8])
@pytest.mark.parametrize("name", ORDINARY)
def test_outputs_and_gradients_are_those_of_keras(name, batch):
    model = network(ORDINARY[name])
    copy, fused = fuse(model)
    assert fused
    assert copy is not model
    rng = np.random.default_rng(2)
    x, y = (rng.normal(size=n).astype(np.float32) for n in ((batch, 6, 3), batch))
    (mine, my_slopes), (theirs, their_slopes) = (
        slopes(each, x, y) for each in (copy, model)
    )
    np.testing.assert_allclose(mine, theirs, atol=1e-6)
    assert len(my_slopes) == len(their_slopes)
    for mine, theirs in zip(my_slopes, their_slopes, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


@pytest.mark.parametrize("name", OTHERS)
def test_what_the_kernel_cannot_do_stays_with_keras(name):
    model = network(OTHERS[name])
    assert fuse(model) == (model, False)


def test_weights_go_back_into_the_plain_model():
    model = network(ORDINARY["both ways"])
    copy, _ = fuse(model)
    copy.set_weights([weight + 1 for weight in copy.get_weights()])
    model.set_weights(copy.get_weights())
    x = np.ones((2, 6, 3), np.float32)
    np.testing.assert_allclose(model(x), copy(x), atol=1e-6)


def test_a_mask_is_heeded_as_in_keras():
    body = lambda x: layers.LSTM(4)(layers.Masking()(x))  # noqa: E731
    model = network(body)
    copy, fused = fuse(model)
    assert fused
    x = np.random.default_rng(3).normal(size=(3, 6, 3)).astype(np.float32)
    unmasked = np.asarray(copy(x))
    x[1, 4:] = 0
    np.testing.assert_allclose(copy(x), model(x), atol=1e-6)
    assert not np.allclose(copy(x)[1], unmasked[1])
