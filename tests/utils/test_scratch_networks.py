"""The engine of chapters 2 to 4 keeps its promises on random networks and data."""

import copy
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from utils import scratch
from utils.scratch import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Adam,
    Dense,
    Layer,
    Network,
    check_gradients,
    gradient_errors,
    numerical_gradient,
    numerical_gradients,
    one_hot,
    relative_error,
)

GATES = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([[0], [1], [1], [0]])
PAIRS = [
    *((output, loss) for output in ACTIVATIONS for loss in ("quadratic", "mse")),
    *((output, "binary_cross_entropy") for output in ("step", "sigmoid", "softmax")),
    ("softmax", "categorical_cross_entropy"),
]
seeds = st.integers(0, 2**32 - 1)
sizes = st.lists(st.integers(1, 5), min_size=2, max_size=4)


def smooth(name):
    """Return whether the activation has neither a jump nor a kink."""
    return name in ("linear", "sigmoid", "tanh", "softmax")


def network_and_data(rng, sizes, activations, n):
    """Return a network of random weights and biases, and a batch for it."""
    network = Network.build(sizes, activations, rng=rng)
    network.set_weights([rng.normal(0, 0.7, p.shape) for p in network.parameters])
    labels = rng.integers(0, sizes[-1], n)
    return network, rng.normal(size=(n, sizes[0])), one_hot(labels, sizes[-1])


def keep_off_kinks(network, X):
    """Drop examples of hypothesis where a difference would straddle a kink."""
    network.forward(X)
    for layer in network.layers:
        assume(smooth(layer.activation.name) or np.abs(layer.z).min() > 1e-3)


# ---------------------------------------------------------------------- activations


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(z=st.lists(st.floats(-20, 20), min_size=1, max_size=5).map(np.array))
@settings(max_examples=20)
def test_derivative_equals_the_numerical_one_away_from_kinks(name, z):
    f = ACTIVATIONS[name]
    assume(smooth(name) or np.abs(z).min() > 1e-3)
    slope = f.derivative(z)
    jacobian = np.diag(slope) if slope.ndim == 1 else slope
    by_output = [numerical_gradient(lambda z, i=i: f(z)[i], z) for i in range(len(z))]
    np.testing.assert_allclose(jacobian, by_output, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [("step", 0, 0), ("relu", 0, 1), ("leaky_relu", 0.2, 1), ("elu", 1, 1)],
)
def test_derivative_at_a_kink_is_the_one_on_the_left(name, left, right):
    f = ACTIVATIONS[name]
    assert f.derivative(0.0) == left == pytest.approx(f.derivative(-1e-9))
    assert f.derivative(1e-9) == right


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_stay_finite_far_out(name):
    z = np.array([-1e300, -800.0, 0.0, 800.0, 1e300])
    f = ACTIVATIONS[name]
    assert np.isfinite(f(z)).all()
    assert np.isfinite(f.derivative(z)).all()


@given(seeds, st.integers(1, 6), st.integers(1, 6), st.floats(-1e6, 1e6))
def test_shifting_a_row_changes_no_softmax(seed, n, k, shift):
    z = np.random.default_rng(seed).normal(0, 5, (n, k))
    a = scratch.softmax(z)
    np.testing.assert_allclose(scratch.softmax(z + shift), a, atol=1e-8)
    np.testing.assert_allclose(a.sum(axis=1), 1)


@given(st.floats(-700, 700))
def test_sigmoid_and_its_mirror_image_sum_to_one(z):
    assert scratch.sigmoid(z) + scratch.sigmoid(-z) == pytest.approx(1)
    assert scratch.sigmoid(z) > 0
    assert scratch.tanh(z) == pytest.approx(2 * scratch.sigmoid(2 * z) - 1)


def test_other_slopes_and_levels_than_the_defaults():
    assert scratch.leaky_relu_with(0.01)(-2.0) == -0.02
    assert scratch.leaky_relu_with(0.01).derivative(-2.0) == 0.01
    assert scratch.elu_with(3.0)(-50.0) == pytest.approx(-3)
    assert scratch.elu_with(3.0).derivative(0.0) == 3


def test_step_is_that_of_chapter_1():
    z = np.array([-0.1, 0.0, 2.0])
    assert scratch.step(z).tolist() == [0, 1, 1]
    assert scratch.step(z).dtype.kind == "i"


# --------------------------------------------------------------------------- losses


def test_losses_of_numbers_worked_by_hand():
    y, a = [[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.25, 0.75]]
    assert scratch.quadratic(y, a) == (0.25 + 0.25 + 0.0625 + 0.0625) / 4
    assert scratch.mse(y, a) == (0.25 + 0.25 + 0.0625 + 0.0625) / 4
    expected = -(np.log(0.5) + np.log(0.75)) / 2
    assert scratch.categorical_cross_entropy(y, a) == pytest.approx(expected)
    assert scratch.binary_cross_entropy(y, a) == pytest.approx(expected)
    assert scratch.quadratic(1.0, 0.5) == 0.125
    assert scratch.quadratic([1.0, 0.0], [0.5, 0.5]) == 0.125


@pytest.mark.parametrize("name", LOSSES)
@given(seeds, st.integers(1, 5), st.integers(2, 4))
@settings(max_examples=20)
def test_gradient_of_a_loss_equals_the_numerical_one(name, seed, n, k):
    rng = np.random.default_rng(seed)
    a = scratch.softmax(rng.normal(size=(n, k)))
    y = one_hot(rng.integers(0, k, n), k)
    loss = LOSSES[name]
    numerical = numerical_gradient(lambda a: loss(y, a), a, step=1e-6)
    np.testing.assert_allclose(loss.gradient(y, a), numerical, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", LOSSES)
@given(seeds, st.integers(1, 6), st.integers(2, 5))
def test_repeating_the_batch_changes_no_loss(name, seed, n, times):
    rng = np.random.default_rng(seed)
    y, a = one_hot(rng.integers(0, 3, n), 3), scratch.softmax(rng.normal(size=(n, 3)))
    loss = LOSSES[name]
    repeated = loss(np.tile(y, (times, 1)), np.tile(a, (times, 1)))
    assert repeated == pytest.approx(loss(y, a))


@pytest.mark.parametrize(
    ("loss", "output"),
    [("binary_cross_entropy", "sigmoid"), ("categorical_cross_entropy", "softmax")],
)
@given(seeds, st.integers(1, 5), st.integers(2, 4))
def test_shortcut_of_the_partner_equals_the_long_way(loss, output, seed, n, k):
    rng = np.random.default_rng(seed)
    z, y = rng.normal(0, 3, (n, k)), one_hot(rng.integers(0, k, n), k)
    loss, f = LOSSES[loss], ACTIVATIONS[output]
    assert loss.of_sums(y, z, f) == pytest.approx(loss(y, f(z)))
    long_way = f.backward(z, loss.gradient(y, f(z)))
    np.testing.assert_allclose(loss.error(y, z, f), long_way, atol=1e-9)


@pytest.mark.parametrize("z", [40.0, 800.0, 1e6])
def test_saturated_outputs_keep_their_exact_loss_and_error(z):
    binary, categorical = LOSSES["binary_cross_entropy"], LOSSES[PAIRS[-1][1]]
    assert binary.of_sums([[0.0]], [[z]], scratch.sigmoid) == z
    assert binary.error([[0.0]], [[z]], scratch.sigmoid) == 1
    wrong = [[0.0, 1.0]], [[z, 0.0]], scratch.softmax
    assert categorical.of_sums(*wrong) == z
    np.testing.assert_allclose(categorical.error(*wrong), [[1, -1]])


def test_cross_entropy_of_a_certain_mistake_is_finite():
    y, a = [[1.0, 0.0]], [[0.0, 1.0]]
    for name in ("binary_cross_entropy", "categorical_cross_entropy"):
        assert 30 < LOSSES[name](y, a) < 40
        assert np.isfinite(LOSSES[name].gradient(y, a)).all()
        assert LOSSES[name](y, y) == pytest.approx(0, abs=1e-12)


# ----------------------------------------------------------------- backpropagation


@pytest.mark.parametrize(("output", "loss"), PAIRS)
@given(data=st.data(), seed=seeds, sizes=sizes, n=st.integers(1, 5))
@settings(max_examples=10)
def test_backpropagation_passes_the_gradient_check(output, loss, data, seed, sizes, n):
    if output == "softmax":
        sizes = [*sizes[:-1], sizes[-1] + 1]
    names = st.sampled_from(sorted(ACTIVATIONS))
    hidden = [data.draw(names) for _ in sizes[1:-1]]
    rng = np.random.default_rng(seed)
    network, X, y = network_and_data(rng, sizes, [*hidden, output], n)
    keep_off_kinks(network, X)
    expected = numerical_gradients(network, X, y, loss)
    for got, want in zip(network.backward(y, loss), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-7)


@given(seeds, sizes, st.integers(1, 6), st.sampled_from(["quadratic", "mse"]))
def test_gradient_of_a_batch_is_the_mean_of_its_examples(seed, sizes, n, loss):
    rng = np.random.default_rng(seed)
    names = ["tanh"] * (len(sizes) - 1)
    network, X, y = network_and_data(rng, sizes, names, n)
    singles = []
    for i in range(n):
        network.forward(X[i : i + 1])
        singles.append(network.backward(y[i : i + 1], loss))
    network.forward(X)
    for got, each in zip(
        network.backward(y, loss), zip(*singles, strict=True), strict=True
    ):
        np.testing.assert_allclose(got, np.mean(each, axis=0), atol=1e-12)


@pytest.mark.parametrize(("output", "loss"), PAIRS[-3:])
@given(seeds, st.integers(2, 8))
def test_order_inside_the_batch_changes_nothing(output, loss, seed, n):
    rng = np.random.default_rng(seed)
    network, X, y = network_and_data(rng, [3, 4, 2], ["elu", output], n)
    order = rng.permutation(n)
    a = network.forward(X)
    gradients, cost = network.backward(y, loss), network.cost(X, y, loss)
    np.testing.assert_allclose(network.forward(X[order]), a[order], atol=1e-12)
    shuffled = network.backward(y[order], loss)
    assert relative_error(gradients, shuffled) < 1e-12
    assert network.cost(X[order], y[order], loss) == pytest.approx(cost)


def test_gradient_check_finds_a_derivative_taken_at_the_activation():
    rng = np.random.default_rng(0)
    sound = [Dense(3, 4, "tanh", rng=rng), Dense(4, 1, rng=rng)]
    X, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 1))
    assert check_gradients(Network(sound), X, y, "mse") < 1e-8
    wrong = Activation("wrong", np.tanh, lambda z: 1 - np.tanh(np.tanh(z)) ** 2)
    sound[0].activation = wrong
    assert check_gradients(Network(sound), X, y, "mse") > 1e-2


@pytest.mark.parametrize("n_layers", [6, 10])
def test_gradient_check_finds_a_layer_without_gradient_in_a_deep_network(n_layers):
    rng = np.random.default_rng(0)
    sizes, names = [4] * (n_layers + 1), ["sigmoid"] * n_layers
    network = Network.build(sizes, names, rng=rng, init="normal")
    X, y = rng.normal(size=(8, 4)), rng.uniform(size=(8, 4))
    assert check_gradients(network, X, y, "quadratic") < 1e-6
    network.layers[0] = _WithoutWeightGradient(network.layers[0])
    network.forward(X)
    found = network.backward(y, "quadratic")
    together = relative_error(found, numerical_gradients(network, X, y, "quadratic"))
    assert together < 1e-3  # hidden among the larger gradients of the layers above
    errors = gradient_errors(network, X, y, "quadratic")
    assert errors["layer 0 W"] > 0.99
    assert check_gradients(network, X, y, "quadratic") == max(errors.values())


def test_gradient_check_forgives_each_number_a_rounding_and_no_more(monkeypatch):
    network = Network.build([100, 1], ["linear"], rng=np.random.default_rng(0))
    X, y = np.ones((1, 100)), np.ones((1, 1))
    network.forward(X)
    rounding = 10 * np.finfo(float).eps * abs(network.cost(X, y, "quadratic")) / 1e-5
    exact = network.backward(y, "quadratic")
    for share, forgiven in ((0.5, True), (2.0, False)):
        shifted = [exact[0] + share * rounding, exact[1]]
        monkeypatch.setattr(network, "backward", lambda *_, g=shifted: g)
        found = gradient_errors(network, X, y, "quadratic")["layer 0 W"]
        assert (found == 0) is forgiven


class _WithoutWeightGradient(Dense):
    """A layer whose backward pass forgets its weights."""

    def __init__(self, layer):
        super().__init__(layer.n_in, layer.n_out, layer.activation, init="zeros")
        self.set_weights(layer.parameters)

    def keep_gradients(self, d_out):
        super().keep_gradients(d_out)
        self.dW = np.zeros_like(self.W)


def test_a_network_without_parameters_has_no_gradient_to_be_wrong():
    assert check_gradients(Network([_Nothing()]), [[1.0]], [[0.0]], "mse") == 0


class _Nothing(Layer):
    """A layer that passes on what it gets."""

    n_in = n_out = 1

    def forward(self, X):
        return np.asarray(X, dtype=float)

    def backward(self, d_out):
        return d_out


def test_gradient_check_leaves_the_weights_alone():
    rng = np.random.default_rng(0)
    network, X, y = network_and_data(rng, [2, 3, 2], ["tanh", "softmax"], 4)
    before = network.get_weights()
    check_gradients(network, X, y, "categorical_cross_entropy")
    for got, want in zip(network.parameters, before, strict=True):
        np.testing.assert_array_equal(got, want)
    with pytest.raises(ValueError, match="same shape"):
        numerical_gradients(network, X, y[:, :1], "mse")
    np.testing.assert_array_equal(network.parameters[0], before[0])


def test_error_of_central_differences_falls_with_the_square_of_the_step():
    coarse, fine = (
        abs(numerical_gradient(np.exp, 0.0, step=step) - 1) for step in (1e-2, 1e-3)
    )
    assert coarse / fine == pytest.approx(100, rel=0.01)


def test_relative_error_of_unrelated_gradients_is_near_the_root_of_a_half():
    rng = np.random.default_rng(0)
    unrelated = rng.normal(size=(2, 100_000))
    assert relative_error(*unrelated) == pytest.approx(np.sqrt(0.5), abs=0.01)


def test_relative_error_of_equal_opposite_and_zero_gradients():
    g = [np.array([[1.0, 2.0]]), np.array([3.0])]
    assert relative_error(g, copy.deepcopy(g)) == 0
    assert relative_error(g, [-g[0], -g[1]]) == 1
    assert relative_error([0.0, 0.0], [0.0, 0.0]) == 0


# ---------------------------------------------------------------- layers, networks


@given(seeds, st.lists(st.integers(1, 5), min_size=3, max_size=5), st.integers(1, 5))
def test_a_linear_stack_equals_one_linear_layer(seed, sizes, n):
    rng = np.random.default_rng(seed)
    names = ["linear"] * (len(sizes) - 1)
    network, X, _ = network_and_data(rng, sizes, names, n)
    W, b = np.eye(sizes[0]), np.zeros(sizes[0])
    for layer in network.layers:
        W, b = W @ layer.W, b @ layer.W + layer.b
    single = Dense.from_weights(W, b)
    np.testing.assert_allclose(network.predict(X), single.forward(X), atol=1e-9)


@given(seeds, sizes)
def test_parameters_are_counted_from_the_sizes(seed, sizes):
    names = ["relu"] * (len(sizes) - 1)
    network = Network.build(sizes, names, rng=np.random.default_rng(seed))
    assert network.n_parameters == sum((m + 1) * n for m, n in pairwise(sizes))
    assert network.n_parameters == sum(p.size for p in network.parameters)


def test_predict_and_cost_keep_nothing():
    rng = np.random.default_rng(0)
    network, X, y = network_and_data(rng, [2, 3, 2], ["relu", "softmax"], 4)
    predicted = network.predict(X)
    network.cost(X, y, "mse")
    assert all(layer.z is None for layer in network.layers)
    np.testing.assert_array_equal(network.forward(X), predicted)


@pytest.mark.parametrize(
    ("init", "variance"), [("glorot", 2 / 500), ("he", 2 / 300), ("normal", 1)]
)
def test_initial_weights_have_the_variance_they_promise(init, variance):
    layer = Dense(300, 200, rng=np.random.default_rng(0), init=init)
    assert layer.W.var() == pytest.approx(variance, rel=0.02)
    assert abs(layer.W.mean()) < 0.02 * np.sqrt(variance)
    assert not layer.b.any()


def test_weights_are_copied_in_and_out():
    W = np.ones((2, 1))
    layer = Dense.from_weights(W, [0.0])
    network = Network([layer])
    taken = network.get_weights()
    network.parameters[0][...] = 5
    assert (W == 1).all()
    assert (taken[0] == 1).all()
    network.set_weights(taken)
    assert (layer.W == 1).all()


# ------------------------------------------------------------------------- training


@pytest.mark.parametrize("seed", range(5))
def test_xor_is_learned(seed):
    rng = np.random.default_rng(seed)
    network = Network.build([2, 4, 1], ["tanh", "sigmoid"], rng=rng)
    history = network.fit(
        GATES,
        XOR,
        loss="binary_cross_entropy",
        optimizer=Adam(0.1),
        epochs=200,
        batch_size=None,
    )
    assert (network.predict(GATES).round() == XOR).all()
    assert history["loss"][-1] < 0.01 < history["loss"][0]


def test_xor_is_never_learned_by_a_linear_stack():
    rng = np.random.default_rng(0)
    network = Network.build([2, 8, 8, 1], ["linear"] * 3, rng=rng)
    network.fit(GATES, XOR, loss="mse", optimizer=Adam(0.05), epochs=500)
    np.testing.assert_allclose(network.predict(GATES), 0.5, atol=1e-3)


def train(seed, **options):
    """Return the weights and the history of one short training."""
    rng = np.random.default_rng(0)
    network, X, y = network_and_data(rng, [3, 5, 2], ["tanh", "softmax"], 11)
    options = {"loss": "mse", "optimizer": "adam", "batch_size": 4} | options
    rng = None if seed is None else np.random.default_rng(seed)
    history = network.fit(X, y, rng=rng, **options)
    return np.concatenate([p.ravel() for p in network.parameters]), history


def test_the_generator_decides_the_order_of_the_examples():
    np.testing.assert_array_equal(train(1, epochs=3)[0], train(1, epochs=3)[0])
    assert not np.allclose(train(1, epochs=3)[0], train(2, epochs=3)[0])
    np.testing.assert_array_equal(train(None)[0], train(None)[0])


@given(st.integers(1, 12), st.integers(1, 14), st.booleans())
def test_every_example_is_seen_once_in_an_epoch(n, batch_size, shuffled):
    rng = np.random.default_rng(0)
    network, X, y = network_and_data(rng, [3, 5, 2], ["tanh", "softmax"], n)
    cost, frozen = network.cost(X, y, "mse"), Adam(lambda step: 0.0)
    options = {"batch_size": batch_size, "rng": rng if shuffled else None}
    history = network.fit(X, y, loss="mse", optimizer=frozen, epochs=2, **options)
    assert history["loss"] == pytest.approx([cost, cost])
    assert frozen.steps == 2 * -(-n // batch_size)


def test_fit_called_twice_trains_on():
    rng = np.random.default_rng(0)
    network, X, y = network_and_data(rng, [3, 5, 2], ["tanh", "softmax"], 8)
    twin = copy.deepcopy(network)
    options = {"loss": "mse", "batch_size": 4}
    network.fit(X, y, optimizer=Adam(), epochs=4, **options)
    optimizer = Adam()
    for _ in range(4):
        twin.fit(X, y, optimizer=optimizer, **options)
    for got, want in zip(twin.parameters, network.parameters, strict=True):
        np.testing.assert_array_equal(got, want)


def test_validation_loss_is_measured_after_each_epoch():
    rng = np.random.default_rng(0)
    network, X, y = network_and_data(rng, [3, 5, 2], ["tanh", "linear"], 8)
    options = {"loss": "mse", "optimizer": "sgd"}
    history = network.fit(X, y, epochs=3, validation=(X[:2], y[:2]), **options)
    assert len(history["val_loss"]) == 3
    assert history["val_loss"][-1] == network.cost(X[:2], y[:2], "mse")


def test_fit_leaves_its_arguments_alone():
    X, y = GATES.astype(float), XOR.astype(float)
    network = Network.build([2, 1], ["sigmoid"], rng=np.random.default_rng(0))
    network.fit(X, y, loss="mse", optimizer="sgd", rng=np.random.default_rng(0))
    np.testing.assert_array_equal(X, GATES)
    np.testing.assert_array_equal(y, XOR)


# ------------------------------------------------------------------------ bad input


def small(output="sigmoid"):
    """Return a network from 2 inputs to 1 output."""
    return Network.build([2, 3, 1], ["tanh", output], rng=np.random.default_rng(0))


def fit(X=GATES, y=XOR, **options):
    """Train a small network, with one option changed."""
    small().fit(X, y, **({"loss": "mse", "optimizer": "sgd"} | options))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: scratch.get_activation("swish"), "activation must be one of step, l"),
        (lambda: scratch.get_activation(None), "activation must be one of .* got None"),
        (lambda: scratch.sigmoid([np.nan]), "z must hold finite numbers"),
        (lambda: scratch.relu.derivative([np.inf]), "z must hold finite numbers"),
        (lambda: scratch.softmax(1.0), "z must have at least one axis"),
        (lambda: scratch.leaky_relu_with(-1), "slope must be a positive number; got -"),
        (lambda: scratch.elu_with(0), "alpha must be a positive number; got 0"),
        (lambda: scratch.get_loss("hinge"), "loss must be one of quadratic, .*'hinge'"),
        (lambda: scratch.mse([1.0], [[1.0]]), r"same shape, .*\(1,\) and \(1, 1\)"),
        (lambda: scratch.mse([], []), "at least one example"),
        (lambda: scratch.mse([np.nan], [1.0]), "y must hold finite numbers"),
        (lambda: scratch.mse([1.0], [np.inf]), "a must hold finite numbers"),
        (
            lambda: scratch.binary_cross_entropy([2.0], [0.5]),
            r"y must lie in \[0, 1\]; got values from 2 to 2: a target .* 0 or 1",
        ),
        (lambda: scratch.binary_cross_entropy([-1], [0.5]), "y must lie in"),
        (
            lambda: scratch.binary_cross_entropy.gradient([1.0], [1.5]),
            r"a must lie in \[0, 1\]; .* end the network in sigmoid",
        ),
        (
            lambda: scratch.categorical_cross_entropy([[1, 0]], [[-0.5, 1.5]]),
            r"a must lie in \[0, 1\]; .* end the network in softmax",
        ),
        (
            lambda: scratch.categorical_cross_entropy([[1, 0]], [[0.9, 0.9]]),
            "each row of a must sum to 1; one has 1.8",
        ),
        (
            lambda: scratch.categorical_cross_entropy([[1, 1]], [[0.5, 0.5]]),
            "each row of y must sum to 1; one has 2",
        ),
        (
            lambda: scratch.categorical_cross_entropy([0, 1], [0.5, 0.5]),
            r"shape \(n, n_classes\); got \(2,\): turn labels into rows with one_hot",
        ),
        (lambda: one_hot([0, 3], 3), "whole numbers from 0 to 2; got 3"),
        (lambda: one_hot([-1], 3), "whole numbers from 0 to 2; got -1"),
        (lambda: one_hot([0.5], 3), "whole numbers from 0 to 2; got 0.5"),
        (lambda: one_hot([[0]], 3), "labels must have 1 axes"),
        (lambda: one_hot([0], 0), "n_classes must be a whole number, at least 1"),
        (lambda: Dense(0, 1), "n_in must be a whole number, at least 1; got 0"),
        (lambda: Dense(2, 1.5), "n_out must be a whole number, at least 1; got 1.5"),
        (lambda: Dense(2, 1), "rng must be a random generator, .* got None"),
        (lambda: Dense(2, 1, rng=0), "rng must be a random generator, .* got 0"),
        (lambda: Dense(2, 1, init="xavier"), "init must be one of glorot, .*'xavier'"),
        (lambda: Dense(2, 1, "swish", init="zeros"), "activation must be one of"),
        (lambda: Dense.from_weights([1.0], [0.0]), r"W must have 2 axes; got .*\(1,\)"),
        (lambda: Dense.from_weights([[1.0]], 0.0), r"\[\(1, 1\), \(1,\)\]; got"),
        (lambda: Dense.from_weights([[np.nan]], [0.0]), "W must hold finite numbers"),
        (
            lambda: Dense(2, 1, init="zeros").backward([[1.0]]),
            r"call forward\(X\) firs",
        ),
        (lambda: Network([]), "at least one layer"),
        (
            lambda: Network([Dense(2, 3, init="zeros"), Dense(4, 1, init="zeros")]),
            r"layer 0, Dense\(.*, gives 3 outputs and layer 1, .*, takes 4 inputs;",
        ),
        (lambda: Network.build([2, 1], "tanh", rng=None), "one per layer, .* 'tanh'"),
        (lambda: Network.build([2, 3, 1], ["tanh"], rng=None), "one per layer"),
        (lambda: small().forward([1.0, 2.0]), r"shape \(n, 2\), .*; got \(2,\)"),
        (lambda: small().predict([[1.0]]), r"shape \(n, 2\), .*; got \(1, 1\)"),
        (lambda: small().forward([[np.nan, 1]]), "X must hold finite numbers"),
        (lambda: small().backward(XOR, "mse"), r"call forward\(X\) first"),
        (lambda: small().cost(GATES, XOR[:3], "mse"), r"\(3, 1\) and \(4, 1\)"),
        (lambda: small().cost(GATES, XOR.ravel(), "mse"), r"\(4,\) and \(4, 1\)"),
        (
            lambda: small("linear").cost(5 * GATES, XOR, "binary_cross_entropy"),
            "a must lie in",
        ),
        (lambda: small().set_weights([1]), "must hold 4 arrays, .*; got 1"),
        (
            lambda: small().set_weights([np.ones((3, 2)), *small().parameters[1:]]),
            r"Dense\(2, 3, 'tanh'\) must have .*\[\(2, 3\), \(3,\)\]; got \[\(3, 2\)",
        ),
        (lambda: fit(y=XOR[:3]), r"with at least one .*; got \(4, 2\) and \(3, 1\)"),
        (lambda: fit(y=XOR.ravel()), r"y \(n, n_out\), .*; got \(4, 2\) and \(4,\)"),
        (lambda: fit(X=np.empty((0, 2)), y=np.empty((0, 1))), "at least one example"),
        (lambda: fit(X=np.full((4, 2), np.inf)), "X must hold finite numbers"),
        (lambda: fit(y=np.full((4, 1), np.nan)), "y must hold finite numbers"),
        (lambda: fit(y=2 * XOR, loss="binary_cross_entropy"), "y must lie in"),
        (lambda: fit(loss="hinge"), "loss must be one of"),
        (lambda: fit(optimizer="lion"), "optimizer must be one of sgd, .*'lion'"),
        (lambda: fit(optimizer=None), "optimizer must be one of .* got None"),
        (lambda: fit(epochs=0), "epochs must be a whole number, at least 1; got 0"),
        (lambda: fit(batch_size=0), "batch_size must be a whole number, at least 1"),
        (lambda: fit(validation=(GATES, XOR[:2])), r"got \(4, 2\) and \(2, 1\)"),
        (lambda: fit(validation=(GATES * np.nan, XOR)), "X must hold finite numbers"),
        (lambda: fit(rng=0), "rng must be a random generator, .* got 0"),
        (lambda: numerical_gradient(np.sum, [1.0], step=0), "step must be a positive"),
        (lambda: numerical_gradient(np.sum, [np.nan]), "x must hold finite numbers"),
        (lambda: relative_error([1.0], [1.0, 2.0]), "must have the same shapes"),
        (lambda: relative_error(np.ones((2, 3)), np.ones((3, 2))), "the same shapes"),
        (lambda: relative_error([np.nan], [1.0]), "a must hold finite numbers"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_refused_batch_leaves_the_last_one_in_place():
    layer = Dense.from_weights([[1e200], [1e200]], [0.0])
    before = layer.forward(GATES)
    with pytest.raises(ValueError, match="z must hold"), np.errstate(over="ignore"):
        layer.forward([[1e200, 1e200]])
    assert layer.a is before
    assert layer.X.shape == (4, 2)


def test_a_gradient_of_another_shape_than_the_outputs_is_refused():
    layer = Dense(2, 1, init="zeros")
    layer.forward(GATES)
    with pytest.raises(ValueError, match=r"shape \(4, 1\) of the outputs; got \(4,\)"):
        layer.backward(np.ones(4))


def test_training_that_diverges_says_so():
    options = {"loss": "mse", "optimizer": scratch.SGD(10), "epochs": 5000}
    for validation in (None, (1e3 * GATES, XOR)):
        rng = np.random.default_rng(0)
        network = Network.build([2, 8, 1], ["relu", "linear"], rng=rng)
        with pytest.raises(ValueError, match=r"diverged in epoch \d+: lower the learn"):
            network.fit(GATES, XOR, validation=validation, **options)
