"""Promise of recurrent layers: their many small products stay on one thread."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from utils.scratch import Activation, Network, SimpleRNN
from utils.scratch.blas import one_thread


def threads():
    """Return how many threads NumPy's BLAS may use now; SciPy brings one of its own."""
    return {
        each["num_threads"]
        for each in threadpool_info()
        if each["user_api"] == "blas" and "numpy" in each["filepath"]
    }


@pytest.fixture(autouse=True)
def two_threads():
    np.ones((2, 2)) @ np.ones((2, 2))  # loads the library
    with threadpool_limits(2, "blas"):
        if threads() != {2}:
            pytest.skip("BLAS has one thread on this machine")
        yield


def test_inside_there_is_one_thread_and_after_it_as_many_as_before():
    with one_thread():
        assert threads() == {1}
    assert threads() == {2}
    with pytest.raises(RuntimeError, match="in between"), one_thread():
        raise RuntimeError("in between")
    assert threads() == {2}


def test_a_recurrent_layer_makes_every_step_on_one_thread_there_and_back():
    seen = []

    def watched(f):
        return lambda z: (seen.append(threads()), f(z))[1]

    tanh = Activation("tanh", watched(np.tanh), watched(lambda z: 1 - np.tanh(z) ** 2))
    layer = SimpleRNN(2, 3, tanh, rng=np.random.default_rng(0))
    Network([layer]).forward(np.ones((4, 5, 2)))
    layer.backward(np.ones((4, 3)))
    assert seen == [{1}] * 10
    assert threads() == {2}
