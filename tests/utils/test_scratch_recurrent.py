"""Recurrent layers compute what their equations say, and every gradient of it."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.scratch import (
    ACTIVATIONS,
    GRU,
    LSTM,
    SGD,
    Adam,
    Dense,
    Network,
    SimpleRNN,
    check_gradients,
    gradient_errors,
    gradient_map,
    numerical_gradient,
)

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 4)


def filled(layer, rng):
    """Return a layer after giving it random weights, its biases among them."""
    layer.set_weights([rng.normal(0, 0.7, p.shape) for p in layer.parameters])
    return layer


CELLS = {
    "SimpleRNN": SimpleRNN,
    "LSTM": LSTM,
    "LSTM with peepholes": lambda *a, **k: LSTM(*a, peepholes=True, **k),
    "GRU, reset after": GRU,
    "GRU, reset before": lambda *a, **k: GRU(*a, reset_after=False, **k),
}


def cell(kind, n_in=3, units=2, seed=0, **options):
    """Return a layer of random weights and biases."""
    rng = np.random.default_rng(seed)
    return filled(CELLS[kind](n_in, units, rng=rng, **options), rng)


every = pytest.mark.parametrize("kind", CELLS)


# --------------------------------- the equations once more: one number after the other


def s(z):
    """Return the sigmoid of one number."""
    return 1 / (1 + np.exp(-z))


def slow_sum(W, U, b, x, h, j):
    """Return the weighted sum of column j, added up number by number."""
    total = b[j]
    for i in range(len(x)):
        total += x[i] * W[i, j]
    for i in range(len(h)):
        total += h[i] * U[i, j]
    return total


def slow_rnn(weights, x, h):
    W, U, b = weights
    return [np.tanh(slow_sum(W, U, b, x, h, j)) for j in range(len(h))]


def slow_lstm(weights, x, h, c):
    W, U, b, *peepholes = weights
    P = peepholes[0] if peepholes else np.zeros((3, len(h)))
    n, new_h, new_c = len(h), [], []
    for j in range(n):
        i = s(slow_sum(W, U, b, x, h, j) + P[0, j] * c[j])
        f = s(slow_sum(W, U, b, x, h, n + j) + P[1, j] * c[j])
        g = np.tanh(slow_sum(W, U, b, x, h, 2 * n + j))
        new_c.append(f * c[j] + i * g)
        o = s(slow_sum(W, U, b, x, h, 3 * n + j) + P[2, j] * new_c[j])
        new_h.append(o * np.tanh(new_c[j]))
    return new_h, new_c


def slow_gru_before(weights, x, h):
    """Return the state as papers write it: 1 - z keeps, r acts before the product."""
    W, U, b = weights
    n, new_h = len(h), []
    r = [s(slow_sum(W, U, b, x, h, n + j)) for j in range(n)]
    for j in range(n):
        papers_z = s(-slow_sum(W, U, b, x, h, j))
        seen = [r[k] * h[k] for k in range(n)]
        g = np.tanh(slow_sum(W, U, b, x, seen, 2 * n + j))
        new_h.append((1 - papers_z) * h[j] + papers_z * g)
    return new_h


def slow_gru_after(weights, x, h):
    W, U, (b, b_h) = weights
    n, new_h = len(h), []
    none = np.zeros(0)
    for j in range(n):
        z, r = (s(slow_sum(W, U, b + b_h, x, h, k * n + j)) for k in (0, 1))
        product = slow_sum(W, U, b_h, none, h, 2 * n + j)
        g = np.tanh(slow_sum(W, U, b, x, none, 2 * n + j) + r * product)
        new_h.append(z * h[j] + (1 - z) * g)
    return new_h


SLOW = {
    "SimpleRNN": slow_rnn,
    "LSTM": slow_lstm,
    "LSTM with peepholes": slow_lstm,
    "GRU, reset after": slow_gru_after,
    "GRU, reset before": slow_gru_before,
}


@every
@given(seeds, small, st.integers(1, 5), small, small)
@settings(max_examples=15)
def test_outputs_equal_those_of_loops_over_examples_units_and_steps(
    kind, seed, batch, steps, n_in, units
):
    layer = cell(kind, n_in, units, seed, return_sequences=True)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(batch, steps, n_in))
    state = [rng.normal(size=(batch, units)) for _ in layer.states]
    out = layer.forward(X, state)
    for n in range(batch):
        now = [array[n] for array in state]
        for t in range(steps):
            now = SLOW[kind](layer.parameters, X[n, t], *now)
            now = now if isinstance(now, tuple) else (now,)
            np.testing.assert_allclose(out[n, t], now[0], rtol=0, atol=1e-13)
        for got, want in zip(layer.state, now, strict=True):
            np.testing.assert_allclose(got[n], want, rtol=0, atol=1e-13)


# ------------------------------------------------------------------- every gradient


def agree(got, want):
    """Compare a gradient with central differences."""
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-8)


@every
@given(seeds, small, st.integers(1, 5), small, small, st.booleans(), st.booleans())
@settings(max_examples=15)
def test_every_gradient_equals_the_numerical_one(
    kind, seed, batch, steps, n_in, units, sequences, state_used
):
    layer = cell(kind, n_in, units, seed, return_sequences=sequences)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(batch, steps, n_in))
    initial = [rng.normal(size=(batch, units)) for _ in layer.states]
    d_out = rng.normal(size=layer.forward(X).shape)
    d_state = [state_used * rng.normal(size=(batch, units)) for _ in layer.states]

    def cost(X, *initial):
        out = layer.forward(X, initial)
        ends = zip(d_state, layer.state, strict=True)
        return np.sum(d_out * out) + sum(np.sum(d * end) for d, end in ends)

    cost(X, *initial)
    d_in = layer.backward(d_out, d_state if state_used else None)
    gradients, d_initial = layer.gradients, layer.d_initial_state
    agree(d_in, numerical_gradient(lambda v: cost(v, *initial), X))
    for k, got in enumerate(d_initial):
        rest = list(initial)

        def of_state(v, k=k, rest=rest):
            return cost(X, *rest[:k], v, *rest[k + 1 :])

        agree(got, numerical_gradient(of_state, initial[k]))
    for parameter, got in zip(layer.parameters, gradients, strict=True):

        def of_parameter(v, parameter=parameter):
            parameter[...] = v
            return cost(X, *initial)

        before = parameter.copy()
        agree(got, numerical_gradient(of_parameter, before))
        parameter[...] = before


@every
@pytest.mark.parametrize("steps", [1, 2, 7])
def test_stacked_cells_under_a_dense_head_pass_the_gradient_check(kind, steps):
    rng = np.random.default_rng(0)
    layers = [cell(kind, 3, 4, return_sequences=True), cell(kind, 4, 2, seed=1)]
    network = Network([*layers, Dense(2, 1, rng=rng)])
    X, y = rng.normal(size=(5, steps, 3)), rng.normal(size=(5, 1))
    assert check_gradients(network, X, y, "mse") < 1e-6
    names = [f"layer 0 {name}" for name in "WUbP"[: len(layers[0].parameters)]]
    assert [*gradient_errors(network, X, y, "mse")][: len(names)] == names


@pytest.mark.parametrize(
    "activation", [a for a in ACTIVATIONS if a not in ("softmax",)]
)
def test_simple_rnn_takes_every_activation_that_works_number_by_number(activation):
    rng = np.random.default_rng(3)
    layer = SimpleRNN(2, 3, activation, rng=rng, return_sequences=True)
    network = Network([filled(layer, rng)])
    X, y = rng.normal(size=(4, 6, 2)), rng.normal(size=(4, 6, 3))
    assert check_gradients(network, X, y, "mse") < 1e-6


@every
def test_ignored_outputs_carry_no_gradient(kind):
    last, whole = cell(kind), cell(kind, return_sequences=True)
    rng = np.random.default_rng(0)
    X, d_last = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 2))
    out = whole.forward(X)
    np.testing.assert_array_equal(last.forward(X), out[:, -1])
    d_out = np.zeros_like(out)
    d_out[:, -1] = d_last
    np.testing.assert_array_equal(last.backward(d_last), whole.backward(d_out))
    for got, want in zip(last.gradients, whole.gradients, strict=True):
        np.testing.assert_array_equal(got, want)


@every
@given(seeds, st.integers(2, 7), st.data())
@settings(max_examples=15)
def test_a_sequence_may_be_cut_and_its_state_handed_on(kind, seed, steps, data):
    cut = data.draw(st.integers(1, steps - 1))
    whole = cell(kind, seed=seed, return_sequences=True)
    first, second = copy.deepcopy(whole), copy.deepcopy(whole)
    rng = np.random.default_rng(seed)
    X, d_out = rng.normal(size=(3, steps, 3)), rng.normal(size=(3, steps, 2))
    out = whole.forward(X)
    d_in = whole.backward(d_out)
    parts = first.forward(X[:, :cut]), second.forward(X[:, cut:], first.state)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), out, atol=1e-14)
    d_second = second.backward(d_out[:, cut:])
    d_first = first.backward(d_out[:, :cut], second.d_initial_state)
    np.testing.assert_allclose(np.concatenate([d_first, d_second], axis=1), d_in)
    pairs = zip(first.gradients, second.gradients, strict=True)
    for want, (one, other) in zip(whole.gradients, pairs, strict=True):
        np.testing.assert_allclose(one + other, want, rtol=1e-9, atol=1e-12)


@every
def test_an_encoder_learns_from_what_arrives_at_its_state_alone(kind):
    encoder, decoder = cell(kind), cell(kind, seed=1, return_sequences=True)
    rng = np.random.default_rng(2)
    past, future = rng.normal(size=(4, 6, 3)), rng.normal(size=(4, 3, 3))
    y = rng.normal(size=(4, 3, 2))

    def cost(W):
        encoder.parameters[0][...] = W
        encoder.forward(past)
        return np.sum((decoder.forward(future, encoder.state) - y) ** 2)

    before = encoder.W.copy()
    cost(before)
    decoder.backward(2 * (decoder.h - y))
    encoder.backward(None, decoder.d_initial_state)
    agree(encoder.gradients[0], numerical_gradient(cost, before))


@every
def test_time_shows_in_what_is_kept(kind):
    layer = cell(kind, return_sequences=True)
    assert layer.activations == {}
    rng = np.random.default_rng(0)
    X, d_out = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 2))
    out = layer.forward(X)
    shapes = {kept.shape for kept in layer.activations.values()}
    assert shapes == {(4, 5, 2)}
    np.testing.assert_array_equal(layer.activations["h"], out)
    layer.backward(d_out)
    per_step = [X[:, t].T @ layer.dz[:, t] for t in range(5)]
    np.testing.assert_allclose(sum(per_step), layer.gradients[0])
    assert [*layer.d_states] == list(layer.states)
    np.testing.assert_array_equal(layer.d_states["h"][:, -1], d_out[:, -1])

    def later(h):  # the cost of the steps after the second, from the state there
        rest = [layer.activations[name][:, 1] for name in layer.states[1:]]
        state = [h, *rest]
        return np.sum(d_out[:, 2:] * copy.copy(layer).forward(X[:, 2:], state))

    expected = d_out[:, 1] + numerical_gradient(later, out[:, 1])
    agree(layer.d_states["h"][:, 1], expected)


def test_gates_are_kept_by_name():
    lstm = cell("LSTM")
    lstm.forward(np.random.default_rng(0).normal(size=(4, 5, 3)))
    a = lstm.activations
    assert [*a] == ["i", "f", "g", "c", "o", "tanh_c", "h"]
    before = np.concatenate([np.zeros((4, 1, 2)), a["c"][:, :-1]], axis=1)
    np.testing.assert_allclose(a["f"] * before + a["i"] * a["g"], a["c"])
    np.testing.assert_allclose(a["o"] * a["tanh_c"], a["h"])
    gru = cell("GRU, reset after")
    gru.forward(np.ones((1, 2, 3)))
    assert [*gru.activations] == ["z", "r", "m", "g", "h"]


# --------------------------------------------------------------------- gradient map


@every
@given(seeds, st.integers(1, 5), small)
@settings(max_examples=5)
def test_the_gradient_map_holds_the_norms_of_the_jacobians(kind, seed, steps, units):
    layer = cell(kind, 3, units, seed, return_sequences=True)
    x = np.random.default_rng(seed).normal(size=(steps, 3))
    got = gradient_map(layer, x)
    assert got.shape == (steps, steps)
    assert not np.triu(got, 1).any()
    for t in range(steps):
        columns = [
            numerical_gradient(lambda v, t=t, j=j: layer.forward(v[None])[0, t, j], x)
            for j in range(units)
        ]
        expected = np.sqrt(np.sum(np.square(columns), axis=(0, 2)))
        np.testing.assert_allclose(got[t], expected, rtol=1e-5, atol=1e-8)


def test_the_gradient_map_of_one_output_is_its_last_row():
    rng = np.random.default_rng(0)
    whole, last = cell("LSTM", return_sequences=True), cell("LSTM")
    x = rng.normal(size=(5, 3))
    np.testing.assert_allclose(gradient_map(last, x)[0], gradient_map(whole, x)[-1])
    head = Dense(2, 3, "tanh", rng=rng)
    network = Network([whole, head])
    assert gradient_map(network, x).shape == (5, 5)
    assert gradient_map(Network([last, head]), x).shape == (1, 5)
    assert head.z is None
    assert last.h is None


# ------------------------------------------------------------ first weights, training


@pytest.mark.parametrize("kind", CELLS)
def test_first_weights_are_glorot_orthogonal_and_zero(kind):
    layer = CELLS[kind](30, 50, rng=np.random.default_rng(0))
    rows, blocks = layer.W.shape[0], layer.U.shape[1] // 50
    limit = np.sqrt(6 / (rows + 50 * blocks))
    assert 0.99 * limit < np.abs(layer.W).max() <= limit
    np.testing.assert_allclose(layer.U @ layer.U.T, np.eye(50), atol=1e-12)
    bias = np.zeros_like(layer.b)
    if "LSTM" in kind:
        bias[50:100] = 1
    np.testing.assert_array_equal(layer.b, bias)
    assert not LSTM(2, 3, rng=np.random.default_rng(0), unit_forget_bias=False).b.any()


def test_orthogonal_weights_have_orthonormal_columns_where_rows_are_more():
    W = Dense(7, 3, rng=np.random.default_rng(0), init="orthogonal").W
    np.testing.assert_allclose(W.T @ W, np.eye(3), atol=1e-12)


@every
def test_a_network_learns_to_recall_the_first_input(kind):
    rng = np.random.default_rng(0)
    layer = CELLS[kind](1, 8, rng=rng)
    network = Network([layer, Dense(8, 1, "sigmoid", rng=rng)])
    X = rng.choice([-1.0, 1.0], size=(128, 5, 1))
    y = (X[:, 0] > 0).astype(float)
    before = network.get_weights()
    history = network.fit(
        X, y, loss="binary_cross_entropy", optimizer=Adam(0.02), epochs=40, rng=rng
    )
    assert history["loss"][-1] < 0.05 < history["loss"][0]
    moved = [
        np.abs(p - q).max() for p, q in zip(network.parameters, before, strict=True)
    ]
    assert min(moved) > 0.01


@every
def test_computing_in_float32_stays_in_float32(kind):
    layer = cell(kind, dtype=np.float32)
    out = layer.forward(np.ones((2, 3, 3)))
    d_in = layer.backward(np.ones((2, 2)))
    arrays = [out, d_in, *layer.gradients, *layer.state, *layer.d_initial_state]
    assert {a.dtype for a in arrays} == {np.dtype("float32")}


def test_a_dense_head_speaks_at_every_step_of_a_sequence():
    rng = np.random.default_rng(0)
    network = Network([cell("LSTM", return_sequences=True), Dense(2, 4, rng=rng)])
    assert network.predict(rng.normal(size=(3, 7, 3))).shape == (3, 7, 4)


# ------------------------------------------------------------------------- bad input


def ready(kind, **options):
    """Return a layer after a pass over 4 sequences of 5 steps."""
    layer = cell(kind, **options)
    layer.forward(np.ones((4, 5, 3)))
    return layer


def with_nan():
    X = np.ones((4, 5, 3))
    X[2, 3, 1] = np.nan
    return X


BAD = {
    "no step": (
        lambda k: cell(k).forward(np.ones((4, 0, 3))),
        r"X must have shape \(batch, steps, 3\) with .* one step; got \(4, 0, 3\)",
    ),
    "no example": (lambda k: cell(k).forward(np.ones((0, 5, 3))), "at least one exam"),
    "a row for a sequence": (
        lambda k: cell(k).forward(np.ones((4, 3))),
        r"\(4, 3\): a recurrent layer below \w+\(3, 2\) needs return_sequences=True",
    ),
    "four axes": (lambda k: cell(k).forward(np.ones((1, 4, 5, 3))), r"\(1, 4, 5, 3\)"),
    "other features": (
        lambda k: cell(k).forward(np.ones((4, 5, 2))),
        r"\(batch, steps, 3\) .*; got \(4, 5, 2\)",
    ),
    "NaN in a sequence": (lambda k: cell(k).forward(with_nan()), "X must hold finite"),
    "state of another batch": (
        lambda k: cell(k).forward(
            np.ones((4, 5, 3)), [np.ones((3, 2))] * len(cell(k).states)
        ),
        r"initial_state must hold h.* of shape \(4, 2\) each; got shapes \[\(3, 2\)",
    ),
    "state of other units": (
        lambda k: cell(k).forward(np.ones((4, 5, 3)), [np.ones((4, 3))] * 2),
        r"initial_state must hold h.* of shape \(4, 2\) each; got shapes \[\(4, 3\)",
    ),
    "too many states": (
        lambda k: cell(k).forward(np.ones((4, 5, 3)), [np.ones((4, 2))] * 3),
        "initial_state must hold h",
    ),
    "NaN in the state": (
        lambda k: cell(k).forward(
            np.ones((4, 5, 3)), [np.full((4, 2), np.nan)] * len(cell(k).states)
        ),
        "initial_state must hold finite numbers",
    ),
    "backward before forward": (
        lambda k: cell(k).backward(np.ones((4, 2))),
        r"nothing to go back from: call forward\(X\) first",
    ),
    "d_out of a sequence": (
        lambda k: ready(k).backward(np.ones((4, 5, 2))),
        r"d_out must have the shape \(4, 2\) of the outputs; got \(4, 5, 2\)",
    ),
    "d_out of a step": (
        lambda k: ready(k, return_sequences=True).backward(np.ones((4, 2))),
        r"d_out must have the shape \(4, 5, 2\) of the outputs; got \(4, 2\)",
    ),
    "NaN in d_out": (
        lambda k: ready(k).backward(np.full((4, 2), np.nan)),
        "d_out must",
    ),
    "d_state of another batch": (
        lambda k: ready(k).backward(None, [np.ones((3, 2))] * len(cell(k).states)),
        r"d_state must hold h.* of shape \(4, 2\) each; got",
    ),
    "weights of another cell": (
        lambda k: cell(k).set_weights(cell(k, 3, 5).get_weights()),
        r"weights of \w+\(3, 2\) must have the shapes",
    ),
    "no generator": (lambda k: CELLS[k](3, 2), "rng must be a random generator"),
    "no unit": (lambda k: CELLS[k](3, 0, rng=None), "units must be a whole number"),
    "no such init": (
        lambda k: CELLS[k](3, 2, rng=None, recurrent_init="chaos"),
        "recurrent_init must be one of glorot, .* got 'chaos'",
    ),
    "a map of a batch": (lambda k: gradient_map(cell(k), np.ones((1, 5, 3))), "2 axes"),
}


@every
@pytest.mark.parametrize("fault", BAD)
def test_bad_input_is_named(kind, fault):
    call, message = BAD[fault]
    with pytest.raises(ValueError, match=message):
        call(kind)


def test_softmax_is_no_activation_of_a_single_state():
    with pytest.raises(ValueError, match="number by number, as tanh does; got softmax"):
        SimpleRNN(2, 3, "softmax", rng=np.random.default_rng(0))


def test_a_layer_that_gives_one_state_is_no_ground_for_another():
    network = Network([cell("LSTM"), cell("LSTM", 2)])
    with pytest.raises(ValueError, match=r"below LSTM\(2, 2\) needs return_sequences="):
        network.forward(np.ones((4, 5, 3)))


def exploding():
    """Return a layer whose state grows by a thousand in each step."""
    layer = SimpleRNN(1, 1, "linear", rng=np.random.default_rng(0))
    layer.set_weights([[[1.0]], [[1e3]], [0.0]])
    return layer


def test_a_state_beyond_the_largest_number_is_refused_and_the_last_pass_kept():
    layer = exploding()
    before = layer.forward(np.ones((1, 3, 1)))
    with pytest.raises(ValueError, match="the state must hold finite numbers"):
        layer.forward(np.ones((1, 200, 1)))
    np.testing.assert_array_equal(layer.h[:, -1], before)
    assert layer.X.shape == (1, 3, 1)


def test_training_that_explodes_says_so():
    network = Network([exploding()])
    X, y = np.ones((4, 20, 1)), np.zeros((4, 1))
    with pytest.raises(ValueError, match=r"diverged in epoch \d+: lower the learning"):
        network.fit(X, y, loss="mse", optimizer=SGD(1.0), epochs=10)
