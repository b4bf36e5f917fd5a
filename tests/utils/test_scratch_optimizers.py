"""The optimizers of chapter 3 step as their equations say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import scratch
from utils.scratch import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    RMSprop,
    constant,
    cosine_decay,
    exponential_decay,
    get_optimizer,
    step_decay,
)

seeds = st.integers(0, 2**32 - 1)
EVERY = [*(OPTIMIZERS[name]() for name in OPTIMIZERS), SGD(momentum=0.9)]


def descend(optimizer, gradient, w, n_steps):
    """Return the weights after a number of updates."""
    w = np.array(w, dtype=float)
    for _ in range(n_steps):
        optimizer.update([w], [gradient(w)])
    return w


# ------------------------------------------------------------------------ the rules


def test_gradient_descent_by_hand():
    w = np.array([3.0])
    path = [float(descend(SGD(0.1), lambda w: 2 * w, w, n)[0]) for n in range(4)]
    np.testing.assert_allclose(path, [3, 2.4, 1.92, 1.536])


def test_momentum_by_hand():
    w = descend(SGD(0.1, momentum=0.5), lambda w: 2 * w, [1.0], 2)
    np.testing.assert_allclose(w, 1 - 0.2 - (0.5 * 0.2 + 0.1 * 1.6))
    w = descend(SGD(0.1, momentum=0.5, nesterov=True), lambda w: 2 * w, [1.0], 1)
    np.testing.assert_allclose(w, 1 - (0.5 * 0.2 + 0.2))


@given(st.floats(0.1, 10), st.floats(0.05, 3))
def test_descent_on_a_parabola_converges_below_two_over_its_curvature(curvature, share):
    w = descend(SGD(share / curvature), lambda w: curvature * w, [1.0], 50)
    np.testing.assert_allclose(w, (1 - share) ** 50, rtol=1e-6, atol=1e-12)
    assert (abs(w[0]) < 1) == (share < 2)


@given(seeds, st.floats(1e-3, 1e3))
def test_adam_takes_its_first_step_of_length_lr_whatever_the_slope(seed, scale):
    g = scale * np.random.default_rng(seed).choice([-1.0, 1.0], 4)
    w = descend(Adam(0.1), lambda w: g, np.zeros(4), 1)
    np.testing.assert_allclose(w, -0.1 * np.sign(g), rtol=1e-2)


def test_adam_without_bias_correction_starts_too_long():
    # The average of squares forgets more slowly than that of gradients.
    w = descend(Adam(0.1, bias_correction=False), lambda w: np.ones(1), [0.0], 1)
    np.testing.assert_allclose(w, -0.1 * 0.1 / np.sqrt(0.001), rtol=1e-5)


@given(seeds)
def test_bias_correction_fades(seed):
    rng = np.random.default_rng(seed)
    optimizers = [Adam(beta_2=0.9), Adam(beta_2=0.9, bias_correction=False)]
    for g in rng.normal(size=(300, 2)):
        steps = [descend(opt, lambda w, g=g: g, [0.0, 0.0], 1) for opt in optimizers]
    np.testing.assert_allclose(*steps, rtol=1e-9)


def test_adagrad_slows_down_and_rmsprop_does_not():
    walked = {
        make: descend(make(0.01), lambda w: np.ones(1), [0.0], 400)
        - descend(make(0.01), lambda w: np.ones(1), [0.0], 399)
        for make in (AdaGrad, RMSprop)
    }
    np.testing.assert_allclose(walked[AdaGrad], -0.01 / np.sqrt(400.1), rtol=1e-6)
    np.testing.assert_allclose(walked[RMSprop], -0.01, rtol=1e-6)


@pytest.mark.parametrize("optimizer", EVERY, ids=lambda opt: type(opt).__name__)
def test_every_optimizer_finds_the_bottom_of_a_bowl(optimizer):
    optimizer = type(optimizer)(constant(0.05))
    w = descend(optimizer, lambda w: w * [1.0, 4.0], [0.5, -0.5], 5000)
    np.testing.assert_allclose(w, 0, atol=0.05)


@pytest.mark.parametrize("name", OPTIMIZERS)
@given(seed=seeds)
def test_parameters_step_apart_from_each_other(name, seed):
    rng = np.random.default_rng(seed)
    grads = rng.normal(size=(5, 6))
    together, parts = np.zeros(6), [np.zeros(()), np.zeros((2, 2)), np.zeros(1)]
    one, other = get_optimizer(name), get_optimizer(name)
    for g in grads:
        one.update([together], [g])
        other.update(parts, [g[0], g[1:5].reshape(2, 2), g[5:]])
    np.testing.assert_array_equal(
        together, np.concatenate([np.ravel(p) for p in parts])
    )


def test_updates_happen_in_place_and_are_counted():
    w, g = np.ones(2), np.array([1.0, -1.0])
    alias, optimizer = w, Adam()
    assert optimizer.update([w], [g]) is None
    assert alias[0] < 1 < alias[1]
    assert optimizer.steps == 1
    assert g.tolist() == [1.0, -1.0]
    assert [m.shape for m in optimizer.memory[0]] == [(2,), (2,)]


# ------------------------------------------------------------------------ schedules


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (constant(0.3), [0.3, 0.3, 0.3, 0.3]),
        (step_decay(0.8, every=10), [0.8, 0.8, 0.4, 0.2]),
        (step_decay(0.8, factor=0.1, every=5), [0.8, 0.08, 0.008, 0.00008]),
        (exponential_decay(0.8, every=10), [0.8, 0.8 / 2**0.5, 0.4, 0.2]),
        (cosine_decay(0.8, steps=10), [0.8, 0.4, 0.0, 0.0]),
    ],
)
def test_schedules_of_numbers_worked_by_hand(schedule, rates):
    np.testing.assert_allclose(
        [schedule(step) for step in (0, 5, 10, 20)], rates, atol=1e-15
    )


def test_an_optimizer_follows_its_schedule():
    w, optimizer = np.zeros(1), SGD(step_decay(1.0, every=2))
    path = []
    for _ in range(4):
        optimizer.update([w], [np.ones(1)])
        path.append(-float(w[0]))
    assert path == [1, 2, 2.5, 3]
    assert optimizer.lr == 0.25


# ------------------------------------------------------------------------ bad input


def update(params, grads, optimizer=None):
    """Take one step."""
    (optimizer or SGD()).update(params, grads)


def used():
    """Return an optimizer that has stepped a parameter of shape (1,)."""
    optimizer = Adam()
    optimizer.update([np.zeros(1)], [np.zeros(1)])
    return optimizer


@pytest.mark.parametrize(
    ("call", "message"),
    [
        *(
            (lambda make=make, lr=lr: make(lr), f"lr must be a positive .* got {lr}")
            for make in OPTIMIZERS.values()
            for lr in (0, -0.1, np.nan, np.inf)
        ),
        (lambda: SGD(momentum=1), "momentum must be at least 0 and below 1; got 1"),
        (lambda: RMSprop(rho=-0.1), "rho must be at least 0 and below 1; got -0.1"),
        (lambda: Adam(beta_1=1.5), "beta_1 must be at least 0 and below 1"),
        (lambda: Adam(beta_2=1), "beta_2 must be at least 0 and below 1"),
        (lambda: Adam(eps=0), "eps must be a positive number; got 0"),
        (lambda: AdaGrad(initial=-1), "initial must be at least 0; got -1"),
        (lambda: get_optimizer("lion"), "must be one of sgd, .* got 'lion'"),
        (lambda: get_optimizer(Adam), "optimizer must be one of"),
        (lambda: update([1.0], [1.0]), "float64 arrays, .*; got float"),
        (lambda: update([np.array([1])], [[1.0]]), "float64 arrays, .*; got int64"),
        (lambda: update([np.ones(2)], [[1.0]]), r"got \[\(1,\)\] for \[\(2,\)\]"),
        (lambda: update([np.ones(2)], []), r"got \[\] for \[\(2,\)\]"),
        (lambda: update([np.ones(1)], [[np.nan]]), "grads must hold finite numbers"),
        (
            lambda: update([np.ones(2)], [np.ones(2)], used()),
            r"shapes \[\(1,\)\]; got \[\(2,\)\]: make a new one for each network",
        ),
        (
            lambda: update([np.ones(1)], [[1.0]], SGD(lambda step: -1.0)),
            "schedule must give rates of at least 0; it gave -1.0 for update 0",
        ),
        (lambda: step_decay(0, every=1), "lr must be a positive number; got 0"),
        (lambda: step_decay(1, every=0), "every must be a whole number, at least 1"),
        (lambda: step_decay(1, factor=0, every=1), "factor must be a positive number"),
        (lambda: exponential_decay(1, every=0.5), "every must be a whole number"),
        (lambda: exponential_decay(1, factor=-1, every=1), "factor must be a positive"),
        (lambda: cosine_decay(1, steps=0), "steps must be a whole number, at least 1"),
        (lambda: cosine_decay(-1, steps=9), "lr must be a positive number; got -1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_refused_update_changes_nothing():
    w, optimizer = [np.ones(1), np.ones(1)], Adam()
    with pytest.raises(ValueError, match="finite"):
        optimizer.update(w, [[1.0], [np.inf]])
    assert [p.tolist() for p in w] == [[1.0], [1.0]]
    assert optimizer.steps == 0
    assert issubclass(scratch.Adam, scratch.Optimizer)
