"""A network takes any layer: arrays of any number, inputs of any number of axes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils import scratch
from utils.scratch import (
    SGD,
    Adam,
    Dense,
    Layer,
    Network,
    check_gradients,
    gradient_errors,
    one_hot,
)

seeds = st.integers(0, 2**32 - 1)


class Loop(Layer):
    """Three parameters and a state: h_t = tanh(x_t @ W + h_(t-1) @ U + b)."""

    def __init__(self, n_in, n_out, rng):
        self.W, self.U = rng.normal(size=(n_in, n_out)), rng.normal(size=(n_out, n_out))
        self.b = rng.normal(size=n_out)
        self.n_in, self.n_out = n_in, n_out
        self.parameters = [self.W, self.U, self.b]
        self.h = None

    def forward(self, X):
        self.X, self.h = np.asarray(X, dtype=float), [np.zeros((len(X), self.n_out))]
        for t in range(self.X.shape[1]):
            z = self.X[:, t] @ self.W + self.h[t] @ self.U + self.b
            self.h.append(np.tanh(z))
        return np.stack(self.h[1:], axis=1)

    def backward(self, d_out):
        self.gradients = [np.zeros_like(p) for p in self.parameters]
        d_in, d_h = np.zeros_like(self.X), 0.0
        for t in reversed(range(self.X.shape[1])):
            dz = (d_out[:, t] + d_h) * (1 - self.h[t + 1] ** 2)
            parts = self.X[:, t].T @ dz, self.h[t].T @ dz, dz.sum(axis=0)
            for total, part in zip(self.gradients, parts, strict=True):
                total += part
            d_in[:, t], d_h = dz @ self.W.T, dz @ self.U.T
        return d_in


def looping(*, n=4, steps=5, seed=0, head=True):
    """Return a network that begins with a loop, inputs and targets at every step."""
    rng = np.random.default_rng(seed)
    layers = [Loop(3, 4, rng)]
    if head:
        layers += [Loop(4, 3, rng), Dense(3, 2, rng=rng)]
    return (
        Network(layers),
        rng.normal(size=(n, steps, 3)),
        rng.normal(size=(n, steps, 2 if head else 4)),
    )


# ------------------------------------------------- a layer that the network never met


@given(seeds, st.integers(1, 4), st.integers(1, 6), st.booleans())
@settings(max_examples=20)
def test_every_parameter_of_any_layer_passes_the_gradient_check(seed, n, steps, head):
    network, X, y = looping(n=n, steps=steps, seed=seed, head=head)
    assert check_gradients(network, X, y, "mse") < 1e-6
    errors = gradient_errors(network, X, y, "mse")
    assert [*errors][:3] == ["layer 0 W", "layer 0 U", "layer 0 b"]
    assert len(errors) == len(network.parameters)
    assert max(errors.values()) < 1e-6


def test_an_optimizer_moves_every_parameter_down_its_gradient():
    network, X, y = looping()
    before = network.get_weights()
    network.forward(X)
    gradients = [g.copy() for g in network.backward(y, "mse")]
    network.fit(X, y, loss="mse", optimizer=SGD(0.1))
    for new, old, g in zip(network.parameters, before, gradients, strict=True):
        assert np.abs(g).max() > 0
        np.testing.assert_allclose(new, old - 0.1 * g, rtol=0, atol=1e-15)


def test_a_network_of_such_layers_learns():
    network, X, _ = looping(n=32)
    running = np.cumsum(X[:, :, :2], axis=1) / 3  # needs the state
    options = {"loss": "mse", "optimizer": Adam(0.02), "batch_size": 8}
    history = network.fit(X, running, **options, epochs=150, validation=(X, running))
    assert history["loss"][-1] < history["loss"][0] / 10
    assert history["val_loss"][-1] == network.cost(X, running, "mse")


def test_weights_go_out_and_in_whatever_their_number():
    network, X, _ = looping()
    other = looping(seed=1)[0]
    assert len(network.get_weights()) == 8
    assert network.n_parameters == sum(w.size for w in network.get_weights())
    other.set_weights(network.get_weights())
    np.testing.assert_array_equal(other.predict(X), network.predict(X))
    other.layers[0].set_weights([0 * w for w in network.get_weights()[:3]])
    assert not other.layers[0].U.any()
    assert network.layers[0].U.all()


def test_predict_and_cost_keep_nothing_in_any_layer():
    network, X, y = looping()
    network.cost(X, y, "mse")
    predicted = network.predict(X)
    assert network.layers[0].h is None
    assert network.output is None
    np.testing.assert_array_equal(network.forward(X), predicted)


def test_a_first_layer_may_spare_the_gradient_of_its_inputs():
    asked = []

    class Watched(Dense):
        def backward(self, d_out):
            asked.append(self)
            return super().backward(d_out)

    rng = np.random.default_rng(0)
    layers = [
        Watched(2, 3, "tanh", rng=rng),
        Watched(3, 3, rng=rng),
        Dense(3, 1, rng=rng),
    ]
    network = Network(layers)
    X, y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
    network.forward(X)
    network.backward(y, "mse")
    assert asked == layers[1:2]
    assert check_gradients(network, X, y, "mse") < 1e-8


def test_a_layer_without_parameters_is_a_layer():
    class Double(Layer):
        def forward(self, X):
            return 2 * X

        def backward(self, d_out):
            return 2 * d_out

    rng = np.random.default_rng(0)
    network = Network([Dense(2, 3, rng=rng), Double(), Dense(3, 1, rng=rng)])
    X, y = rng.normal(size=(4, 2)), rng.normal(size=(4, 1))
    assert check_gradients(network, X, y, "mse") < 1e-8
    assert network.n_parameters == 13


# --------------------------------------------------------- the gradient of every array


def deep(rng, activation, n_layers):
    """Return a deep narrow network, inputs and targets."""
    network = Network.build([4] * (n_layers + 1), [activation] * n_layers, rng=rng)
    return network, rng.normal(size=(5, 4)), rng.uniform(size=(5, 4))


@pytest.mark.parametrize("missing", ["dW", "db"])
@pytest.mark.parametrize("n_layers", [6, 10])
def test_one_missing_gradient_among_larger_ones_is_found(missing, n_layers):
    class Forgetful(Dense):
        def keep_gradients(self, d_out):
            super().keep_gradients(d_out)
            setattr(self, missing, 0 * getattr(self, missing))

    network, X, y = deep(np.random.default_rng(0), "sigmoid", n_layers)
    assert check_gradients(network, X, y, "quadratic") < 1e-6
    network.layers[0].__class__ = Forgetful
    assert check_gradients(network, X, y, "quadratic") > 0.9
    errors = gradient_errors(network, X, y, "quadratic")
    assert max(errors, key=errors.get) == f"layer 0 {missing[1]}"
    assert sorted(errors.values())[-2] < 1e-6


def test_a_gradient_that_vanishes_is_not_taken_for_a_wrong_one():
    network, X, y = deep(np.random.default_rng(0), "sigmoid", 14)
    network.forward(X)
    assert np.abs(network.backward(y, "quadratic")[0]).max() < 1e-10
    assert check_gradients(network, X, y, "quadratic") < 1e-6


def test_a_recurrent_gradient_that_is_not_added_up_is_found():
    class LastStepOnly(Loop):
        def backward(self, d_out):
            d_in = super().backward(d_out)
            dz = d_out[:, -1] * (1 - self.h[-1] ** 2)
            self.gradients[1] = self.h[-2].T @ dz
            return d_in

    rng = np.random.default_rng(0)
    network = Network([LastStepOnly(3, 4, rng), Dense(4, 2, rng=rng)])
    X, y = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 2))
    errors = gradient_errors(network, X, y, "mse")
    assert errors.pop("layer 0 U") > 0.1
    assert max(errors.values()) < 1e-6


# ------------------------------------------------------------- sequences through Dense


@pytest.mark.parametrize("activation", [*scratch.ACTIVATIONS])
@given(seeds, st.integers(1, 4), st.integers(1, 5))
@settings(max_examples=10)
def test_dense_treats_each_step_as_an_example(activation, seed, n, steps):
    rng = np.random.default_rng(seed)
    rows, sequences = (Dense(3, 2, activation, init="zeros") for _ in range(2))
    weights = [rng.normal(size=(3, 2)), rng.normal(size=2)]
    for layer in (rows, sequences):
        layer.set_weights(weights)
    X, d_out = rng.normal(size=(n, steps, 3)), rng.normal(size=(n, steps, 2))
    a = rows.forward(X.reshape(-1, 3))
    np.testing.assert_allclose(sequences.forward(X), a.reshape(n, steps, 2), atol=1e-14)
    d_in = rows.backward(d_out.reshape(-1, 2)).reshape(X.shape)
    np.testing.assert_allclose(sequences.backward(d_out), d_in, atol=1e-14)
    for got, want in zip(sequences.gradients, rows.gradients, strict=True):
        np.testing.assert_allclose(got, want, atol=1e-14)


@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("linear", "mse"),
        ("linear", "quadratic"),
        ("sigmoid", "binary_cross_entropy"),
        ("softmax", "categorical_cross_entropy"),
    ],
)
@given(seeds, st.integers(1, 3), st.integers(1, 4))
@settings(max_examples=10)
def test_every_loss_takes_targets_at_every_step(output, loss, seed, n, steps):
    rng = np.random.default_rng(seed)
    network = Network([Loop(3, 4, rng), Dense(4, 2, output, rng=rng)])
    X, labels = rng.normal(size=(n, steps, 3)), rng.integers(0, 2, n * steps)
    y = one_hot(labels, 2).reshape(n, steps, 2)
    assert check_gradients(network, X, y, loss) < 1e-6
    if loss != "quadratic":  # which adds over the steps
        each = [network.predict(X)[:, t : t + 1] for t in range(steps)]
        costs = [scratch.get_loss(loss)(y[:, t : t + 1], a) for t, a in enumerate(each)]
        assert network.cost(X, y, loss) == pytest.approx(np.mean(costs))


@pytest.mark.parametrize(
    ("output", "loss", "y"),
    [
        ("sigmoid", "binary_cross_entropy", [[0.0]]),
        ("softmax", "categorical_cross_entropy", [[0.0, 1.0]]),
    ],
)
def test_a_network_keeps_the_exact_error_of_a_saturated_last_layer(output, loss, y):
    n_out = len(y[0])
    W = np.zeros((1, n_out))
    W[0, 0] = 800.0
    last = Dense.from_weights(W, np.zeros(n_out), output)
    network = Network([Dense.from_weights([[1.0]], [0.0]), last])
    network.forward([[1.0]])
    assert network.cost([[1.0]], y, loss) == 800
    network.backward(y, loss)
    assert last.delta[0, 0] == 1
    assert network.layers[0].delta.item() == 800


# ------------------------------------------------------------------------- bad input


def broken(gradients):
    """Train a network whose first layer keeps these gradients."""

    class Broken(Loop):
        def backward(self, d_out):
            super().backward(d_out)
            self.gradients = gradients(*self.gradients)

        def __repr__(self):
            return "Broken(3, 4)"

    rng = np.random.default_rng(0)
    network = Network([Broken(3, 4, rng), Dense(4, 2, rng=rng)])
    X, y = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 2))
    network.fit(X, y, loss="mse", optimizer="sgd")


@pytest.mark.parametrize(
    ("gradients", "got"),
    [
        (lambda W, U, b: [W, b], r"\(3, 4\), \(4,\):"),
        (lambda W, U, b: [W, b, U], r"\(3, 4\), \(4,\), \(4, 4\):"),
        (lambda W, U, b: [W, U, b, b], r"\(3, 4\), \(4, 4\), \(4,\), \(4,\):"),
        (lambda W, U, b: [W, U, b[:, None]], r"\(3, 4\), \(4, 4\), \(4, 1\):"),
        (lambda W, U, b: [W, None, b], r"\(3, 4\), None, \(4,\):"),
        (lambda W, U, b: [], "none:"),
    ],
)
def test_gradients_that_do_not_match_the_parameters_are_refused(gradients, got):
    message = (
        r"layer 0, Broken\(3, 4\), has the parameters W \(3, 4\), U \(4, 4\), b \(4,\) "
        rf"but gradients of shapes {got} its backward must keep one gradient for each"
    )
    with pytest.raises(ValueError, match=message):
        broken(gradients)


def loop(n_in=3, n_out=4):
    """Return a layer of three parameters."""
    return Loop(n_in, n_out, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: Network([loop(), Dense(5, 1, init="zeros")]),
            r"layer 0, Loop\(\), gives 4 outputs and layer 1, Dense\(5.*, takes 5 in",
        ),
        (
            lambda: Network([Dense(3, 2, init="zeros"), loop()]),
            r"layer 0, Dense\(3, 2.*, gives 2 outputs and layer 1, Loop\(\), takes 3",
        ),
        (
            lambda: Network([loop(), np.tanh]),
            "layers must be instances of Layer; layer 1 is <ufunc 'tanh'>",
        ),
        (
            lambda: loop().set_weights(loop().get_weights()[:2]),
            r"of Loop\(\) must have the shapes \[\(3, 4\), \(4, 4\), \(4,\)\]; got "
            r"\[\(3, 4\), \(4, 4\)\]",
        ),
        (
            lambda: loop().set_weights([loop().W, np.nan * loop().U, loop().b]),
            "U must hold finite numbers",
        ),
        (
            lambda: looping()[0].set_weights(looping()[0].get_weights()[:-1]),
            "weights must hold 8 arrays, of the layers .*; got 7",
        ),
        (lambda: looping()[0].backward([[0.0]], "mse"), r"call forward\(X\) first"),
        (
            lambda: looping()[0].cost(looping()[1], looping()[2][:, :1], "mse"),
            r"same shape, .*\(4, 1, 2\) and \(4, 5, 2\)",
        ),
        (
            lambda: looping()[0].fit(
                looping()[1], looping()[2][1:], loss="mse", optimizer="sgd"
            ),
            r"\(n, steps, n_in\), .*; got \(4, 5, 3\) and \(3, 5, 2\)",
        ),
        (lambda: Dense(2, 1, init="zeros").forward(np.ones((2, 3, 4))), r"\(2, 3, 4\)"),
        (lambda: Layer().forward([[1.0]]), "^$"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, NotImplementedError), match=message):
        call()


def test_refused_weights_change_nothing():
    layer = loop()
    before = layer.get_weights()
    with pytest.raises(ValueError, match="finite"):
        layer.set_weights([np.ones((3, 4)), np.ones((4, 4)), np.full(4, np.inf)])
    for got, want in zip(layer.parameters, before, strict=True):
        np.testing.assert_array_equal(got, want)
