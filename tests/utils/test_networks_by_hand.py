"""The numbers that chapter 2 computes by hand are those of the engine."""

import numpy as np

from utils.scratch import Dense, Network, sigmoid


def test_the_small_network_answers_as_by_hand():
    network = Network(
        [
            Dense.from_weights([[1, -1, 2], [0.5, 1, -1]], [0, -2, 0.5], "relu"),
            Dense.from_weights([[1], [3], [-2]], [0.5], "linear"),
        ]
    )
    assert network.n_parameters == 13
    assert network.forward([[1, 2]]).tolist() == [[1.5]]
    assert network.layers[0].z.tolist() == [[2, -1, 0.5]]
    assert network.layers[0].a.tolist() == [[2, 0, 0.5]]


def test_xor_has_the_sums_of_the_table():
    hidden = Dense.from_weights([[1, 1], [1, 1]], [-0.5, -1.5], "step")
    network = Network([hidden, Dense.from_weights([[1], [-1]], [-0.5], "step")])
    answers = network.forward([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert hidden.z.tolist() == [[-0.5, -1.5], [0.5, -0.5], [0.5, -0.5], [1.5, 0.5]]
    assert network.layers[1].z.ravel().tolist() == [-0.5, 0.5, 0.5, -0.5]
    assert answers.ravel().tolist() == [0, 1, 1, 0]


def test_two_linear_neurons_in_a_row_are_one():
    stack = Network([Dense.from_weights([[2]], [1]), Dense.from_weights([[3]], [-1])])
    one = Network([Dense.from_weights([[6]], [2])])
    x = np.linspace(-3, 3, 7)[:, None]
    assert stack.predict([[1]]).item() == one.predict([[1]]).item() == 8
    np.testing.assert_allclose(stack.predict(x), one.predict(x))


def test_two_hinges_follow_the_parabola():
    hidden = Dense.from_weights([[1, 1]], [0, -1], "relu")
    network = Network([hidden, Dense.from_weights([[1], [2]], [0])])
    assert network.predict([[0], [1], [1.5], [2]]).ravel().tolist() == [0, 1, 2.5, 4]


def test_the_slope_of_a_sigmoid_that_answers_nine_tenths():
    z = np.log(9)
    np.testing.assert_allclose(sigmoid(z), 0.9)
    np.testing.assert_allclose(sigmoid.derivative(z), 0.09)
    assert round(float(sigmoid.derivative(0.9)), 2) == 0.21
