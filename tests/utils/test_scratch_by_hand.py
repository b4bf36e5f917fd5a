"""The numbers that chapter 4 computes by hand are those of the engine, exactly."""

from fractions import Fraction

import numpy as np

from utils.scratch import SGD, Dense, Network, check_gradients

WEIGHTS, BIASES = (1.5, -2.0, 6.0), (-3.0, 1.0, -3.0)


def chain():
    """Return the chapter's chain of three one-neuron layers."""
    pairs = zip(WEIGHTS, BIASES, strict=True)
    return Network([Dense.from_weights([[w]], [b], "sigmoid") for w, b in pairs])


def test_forward_through_the_chain():
    network = chain()
    network.forward([[2.0]])
    assert [layer.z.item() for layer in network.layers] == [0.0, 0.0, 0.0]
    assert [layer.a.item() for layer in network.layers] == [0.5, 0.5, 0.5]
    assert network.cost([[2.0]], [[1.0]], "quadratic") == Fraction(1, 8)


def test_backward_through_the_chain():
    network = chain()
    network.forward([[2.0]])
    network.backward([[1.0]], "quadratic")
    errors = [Fraction(layer.delta.item()) for layer in network.layers]
    assert errors == [Fraction(3, 32), Fraction(-3, 16), Fraction(-1, 8)]
    slopes = [Fraction(layer.dW.item()) for layer in network.layers]
    assert slopes == [Fraction(3, 16), Fraction(-3, 32), Fraction(-1, 16)]
    assert [Fraction(layer.db.item()) for layer in network.layers] == errors


def test_the_chain_passes_the_gradient_check():
    assert check_gradients(chain(), [[2.0]], [[1.0]], "quadratic") < 1e-8


def test_one_step_lowers_the_cost_of_the_chain_as_the_chapter_says():
    network = chain()
    network.fit([[2.0]], [[1.0]], loss="quadratic", optimizer=SGD(1.0))
    assert round(network.cost([[2.0]], [[1.0]], "quadratic"), 4) == 0.0459


def test_an_error_does_not_pass_a_weight_of_zero():
    network = chain()
    network.layers[2].W[...] = 0.0
    network.forward([[2.0]])
    network.backward([[1.0]], "quadratic")
    assert network.layers[1].delta == 0
    assert network.layers[0].delta == 0


def test_the_gradient_of_a_batch_is_the_mean_over_its_examples():
    rng = np.random.default_rng(0)
    network = Network.build([3, 4, 2], ["sigmoid", "sigmoid"], rng=rng)
    X, y = rng.normal(size=(5, 3)), rng.uniform(size=(5, 2))
    single = []
    for i in range(5):
        network.forward(X[i : i + 1])
        single.append(network.backward(y[i : i + 1], "quadratic"))
    network.forward(X)
    for whole, parts in zip(
        network.backward(y, "quadratic"), zip(*single, strict=True), strict=True
    ):
        np.testing.assert_allclose(whole, np.mean(parts, axis=0), atol=1e-15)


def test_backward_through_the_small_network_of_many_paths():
    network = Network(
        [
            Dense.from_weights([[1, -1, 2], [0.5, 1, -1]], [0, -2, 0.5], "relu"),
            Dense.from_weights([[1], [3], [-2]], [0.5], "linear"),
        ]
    )
    network.forward([[1.0, 2.0]])
    network.backward([[1.0]], "quadratic")
    hidden, output = network.layers
    assert hidden.delta.tolist() == [[0.5, 0.0, -1.0]]
    assert output.dW.ravel().tolist() == [1.0, 0.0, 0.25]
    assert hidden.dW.tolist() == [[0.5, 0.0, -1.0], [1.0, 0.0, -2.0]]
    assert (hidden.delta @ hidden.W.T)[0, 0] == -1.5
