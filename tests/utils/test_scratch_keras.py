"""The engine of chapters 2 to 4 agrees with Keras, from the same weights."""

import numpy as np
import pytest

from utils import scratch
from utils.scratch import SGD, AdaGrad, Adam, Network, RMSprop, one_hot

CASES = [
    ([2, 3, 1], ["tanh", "sigmoid"], "binary_cross_entropy"),
    ([4, 5, 3], ["relu", "softmax"], "categorical_cross_entropy"),
    ([3, 8, 8, 2], ["elu", "leaky_relu", "linear"], "mse"),
    ([3, 6, 4], ["sigmoid", "sigmoid"], "binary_cross_entropy"),
    ([5, 4, 4, 4, 2], ["relu", "tanh", "sigmoid", "linear"], "quadratic"),
    ([3, 4, 3], ["tanh", "softmax"], "mse"),
    ([6, 3], ["softmax"], "categorical_cross_entropy"),
]
RULES = {
    "SGD": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9}),
    "Nesterov": (SGD, {"momentum": 0.9, "nesterov": True}),
    "AdaGrad": (AdaGrad, {}),
    "RMSprop": (RMSprop, {}),
    "Adam": (Adam, {}),
}
# Keras rounds these to float32, whatever the weights are; here nothing is lost.
EXACT = {
    "SGD": {},
    "momentum": {"momentum": 0.875},
    "Nesterov": {"momentum": 0.875, "nesterov": True},
    "AdaGrad": {"initial": 0.125, "eps": 2**-20},
    "RMSprop": {"rho": 0.875, "eps": 2**-20},
    "Adam": {"beta_1": 0.875, "beta_2": 1 - 2**-10, "eps": 2**-20},
}
KERAS_NAMES = {
    "AdaGrad": "Adagrad",
    "initial": "initial_accumulator_value",
    "eps": "epsilon",
}


def keras_loss(name):
    """Return Keras's loss of that name as a function of float64 tensors."""
    import keras

    if name == "quadratic":
        return lambda y, a: keras.ops.sum((y - a) ** 2) / (2 * len(y))
    classes = {
        "mse": keras.losses.MeanSquaredError,
        "binary_cross_entropy": keras.losses.BinaryCrossentropy,
        "categorical_cross_entropy": keras.losses.CategoricalCrossentropy,
    }
    return classes[name](dtype="float64")


def transplanted(network):
    """Return a float64 Keras model with the network's sizes and weights."""
    import keras

    inputs = keras.Input((len(network.layers[0].W),), dtype="float64")
    model = keras.Sequential([inputs])
    for layer in network.layers:
        name = layer.activation.name
        model.add(keras.layers.Dense(len(layer.b), activation=name, dtype="float64"))
    model.set_weights(network.get_weights())
    return model


def case(sizes, activations, loss, *, n=7):
    """Return a network of random weights and biases, inputs and fitting targets."""
    rng = np.random.default_rng(len(sizes) * 10 + sizes[0])
    network = Network.build(sizes, activations, rng=rng)
    network.set_weights([rng.normal(0, 0.8, p.shape) for p in network.parameters])
    X, y = rng.normal(size=(n, sizes[0])), rng.normal(size=(n, sizes[-1]))
    if "entropy" in loss:
        y = one_hot(rng.integers(0, sizes[-1], n), sizes[-1])
    if sizes[-1] == 1 and "entropy" in loss:
        y = rng.integers(0, 2, (n, 1)).astype(float)
    return network, X, y


@pytest.mark.parametrize(("sizes", "activations", "loss"), CASES)
def test_outputs_costs_and_gradients_equal_those_of_keras(sizes, activations, loss):
    import tensorflow as tf

    network, X, y = case(sizes, activations, loss)
    model = transplanted(network)
    with tf.GradientTape() as tape:
        a = model(tf.constant(X))
        cost = keras_loss(loss)(tf.constant(y), a)
    gradients = tape.gradient(cost, model.trainable_variables)
    np.testing.assert_allclose(network.forward(X), a, rtol=0, atol=1e-7)
    np.testing.assert_allclose(network.cost(X, y, loss), cost, rtol=1e-7)
    for got, want in zip(network.backward(y, loss), gradients, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", [*scratch.ACTIVATIONS][1:])  # Keras has no step
def test_activations_and_their_slopes_equal_those_of_keras(name):
    import keras
    import tensorflow as tf

    z = np.array([[-800.0, -3.0, -0.5, 0.0, 0.5, 3.0, 800.0]])
    f, v = scratch.ACTIVATIONS[name], np.linspace(-1, 1, 7)[None]
    tensor = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        a = keras.activations.get(name)(tensor)
    slope = tape.gradient(a, tensor, output_gradients=tf.constant(v))
    np.testing.assert_allclose(f(z), a, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(f.backward(z, v), slope, rtol=1e-7, atol=1e-12)


def largest_difference(make, options, lr, scale):
    """Return how far 20 updates of an optimizer and of Keras's come apart."""
    import keras

    options_there = {KERAS_NAMES.get(name, name): options[name] for name in options}
    name = KERAS_NAMES.get(make.__name__, make.__name__)
    optimizer, twin = (
        make(lr, **options),
        getattr(keras.optimizers, name)(lr, **options_there),
    )
    rng = np.random.default_rng(0)
    params = [rng.normal(size=(3, 2)), rng.normal(size=2)]
    variables = [keras.Variable(p, dtype="float64") for p in params]
    differences = []
    for _ in range(20):
        grads = [scale(rng) * rng.normal(size=p.shape) for p in params]
        optimizer.update(params, grads)
        twin.apply([keras.ops.convert_to_tensor(g) for g in grads], variables)
        pairs = zip(params, variables, strict=True)
        differences += [np.abs(p - v.numpy()).max() for p, v in pairs]
    return max(differences)


@pytest.mark.parametrize("rule", RULES)
def test_20_steps_of_an_optimizer_equal_those_of_keras(rule):
    make, options = RULES[rule]
    assert largest_difference(make, options, 0.01, lambda rng: 1.0) < 1e-6


@pytest.mark.parametrize("rule", EXACT)
def test_steps_agree_to_the_last_digits_on_gradients_of_any_size(rule):
    make, options = RULES[rule][0], EXACT[rule]
    wild = largest_difference(
        make, options, 2**-7, lambda rng: 10 ** rng.uniform(-4, 2)
    )
    assert wild < 1e-12


def test_schedules_equal_those_of_keras():
    from keras.optimizers import schedules

    pairs = [
        (
            scratch.step_decay(0.5, factor=0.3, every=7),
            schedules.ExponentialDecay(0.5, 7, 0.3, staircase=True),
        ),
        (
            scratch.exponential_decay(0.5, factor=0.3, every=7),
            schedules.ExponentialDecay(0.5, 7, 0.3),
        ),
        (scratch.cosine_decay(0.5, steps=20), schedules.CosineDecay(0.5, 20)),
    ]
    for ours, theirs in pairs:
        for step in range(0, 30, 3):
            assert ours(step) == pytest.approx(float(theirs(step)), abs=1e-6)


def test_training_equals_that_of_keras_step_for_step():
    network, X, y = case(*CASES[1], n=20)
    model = transplanted(network)
    model.compile("sgd", keras_loss(CASES[1][2]))
    theirs = model.fit(X, y, epochs=3, batch_size=8, shuffle=False, verbose=0)
    ours = network.fit(X, y, loss=CASES[1][2], optimizer="sgd", epochs=3, batch_size=8)
    np.testing.assert_allclose(ours["loss"], theirs.history["loss"], rtol=1e-5)
    for got, want in zip(network.parameters, model.get_weights(), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-6)
