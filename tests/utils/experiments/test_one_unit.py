"""One recurrent unit, trained by hand from many seeds, is Keras's."""

import numpy as np
import pytest

from utils.backend import keras, tf
from utils.experiments import one_unit, waves
from utils.training.dataset import Examples


def small(n=64, steps=12, seed=0):
    series = waves.draw(1).series[seed : seed + n]
    return Examples(series[:, :steps], series[:, steps])


def in_keras(weights):
    layer = keras.layers.SimpleRNN(1)
    layer.build((None, None, 1))
    w, u, b = weights
    layer.set_weights([np.array([[w]]), np.array([[u]]), np.array([b])])
    return layer


def test_errors_and_gradients_are_those_of_keras():
    part = small()
    weights = np.array([[0.8, -0.6, 0.1], [-1.2, 1.0, 0.0]], dtype=np.float32)
    X, y = part.inputs, part.targets[:, 0]
    errors = one_unit.errors(weights, part)
    batch = np.broadcast_to(X[..., 0], (2, *X.shape[:2])), np.stack([y, y])
    gradients = one_unit.gradients(weights, *batch)
    for k, each in enumerate(weights):
        layer = in_keras(each)
        with tf.GradientTape() as tape:
            error = tf.reduce_mean((layer(X)[:, 0] - y) ** 2)
        theirs = tape.gradient(error, layer.trainable_weights)
        np.testing.assert_allclose(errors[k], error, rtol=1e-5)
        flat = [gradient.numpy().item() for gradient in theirs]
        np.testing.assert_allclose(gradients[k], flat, rtol=1e-4, atol=1e-6)


def test_a_step_of_adam_is_that_of_keras():
    part = small(n=16)
    units = one_unit.train([4], part, part, epochs=3, batch_size=16, learning_rate=0.1)
    layer = in_keras(units.path[0, 0])
    model = keras.Sequential([keras.Input((None, 1)), layer])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    for _ in range(3):
        model.train_on_batch(part.inputs, part.targets)
    flat = [weight.item() for weight in layer.get_weights()]
    np.testing.assert_allclose(units.path[-1, 0], flat, rtol=1e-3, atol=1e-4)


def test_seeds_side_by_side_are_what_each_is_alone():
    part = small()
    together = one_unit.train([3, 8], part, part, epochs=2)
    alone = one_unit.train([8], part, part, epochs=2)
    np.testing.assert_allclose(together.path[:, 1], alone.path[:, 0], atol=1e-6)
    assert not np.allclose(together.path[:, 0], together.path[:, 1])


def test_the_recurrent_weight_begins_at_one_or_minus_one():
    part = small(n=8)
    first = one_unit.train(range(40), part, part, epochs=1).path[0]
    assert set(first[:, 1]) == {-1.0, 1.0}
    assert set(first[:, 2]) == {0.0}


def test_the_best_epoch_is_one_after_training():
    errors = np.array([[0.1, 0.5], [0.3, 0.4], [0.2, 0.6]])
    units = one_unit.Units(np.zeros((3, 2, 3)), errors)
    assert units.best.tolist() == [0.2, 0.4]


def test_bad_input_is_named():
    part = small()
    with pytest.raises(ValueError, match="seeds must hold at least one"):
        one_unit.train([], part, part)
    with pytest.raises(ValueError, match=r"weights must have the shape \(n, 3\)"):
        one_unit.errors([1.0, 2.0, 3.0], part)
    two = Examples(np.zeros((4, 9, 2)), np.zeros(4))
    with pytest.raises(ValueError, match="train must have one feature"):
        one_unit.train([0], two, part)
    several = Examples(np.zeros((4, 9, 1)), np.zeros((4, 2)))
    with pytest.raises(ValueError, match="validation must have one feature"):
        one_unit.train([0], part, several)
