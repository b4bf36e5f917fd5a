"""Gradients by brute force, which tell whether backpropagation is right."""

import numpy as np

from utils.scratch import _checks

__all__ = [
    "check_gradients",
    "gradient_errors",
    "numerical_gradient",
    "numerical_gradients",
    "relative_error",
]


def numerical_gradient(f, x, *, step=1e-5):
    """Return the gradient of a function by central differences.

    Every number of `x` in turn is moved by `step` up and down.  The formula is wrong by
    about ``step**2``, and rounding adds about ``1e-16 / step``.

    Parameters
    ----------
    f : callable
        From an array of the shape of `x` to a float.
    x : array-like of any shape
        Where to take the gradient.
    step : float, default 1e-5
        How far to move, positive.

    Returns
    -------
    ndarray of the shape of `x`

    Raises
    ------
    ValueError
        If `step` is not positive or `x` is not finite.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> numerical_gradient(lambda w: np.sum(w**2), [1.0, -3.0]).round(6)
    array([ 2., -6.])
    """
    step = _checks.positive("step", step)
    x = _checks.numbers("x", x).copy()
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + step
        above = f(x)
        x[i] = here - step
        gradient[i] = (above - f(x)) / (2 * step)
        x[i] = here
    return gradient


def numerical_gradients(network, X, y, loss, *, step=1e-5):
    """Return what `Network.backward` should, by central differences.

    It runs the network twice for every weight: fit for a check, not for training.

    Parameters
    ----------
    network : Network
        Left as it was.
    X, y : array-like of shape (n, n_in) and (n, n_out)
        Inputs and targets, of the shapes of inputs and outputs.
    loss : str or Loss
        The loss to differentiate.
    step : float, default 1e-5
        How far to move each weight.

    Returns
    -------
    list of ndarray
        ``[dW1, db1, dW2, db2, ...]``, in the order and shapes of `network.parameters`.

    Raises
    ------
    ValueError
        If `step` is not positive, or the network refuses the examples.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> from utils.scratch import Dense, Network
    >>> network = Network([Dense.from_weights([[2.0]], [0.0])])
    >>> gradients = numerical_gradients(network, [[3.0]], [[5.0]], "quadratic")
    >>> [g.round(6) for g in gradients]
    [array([[3.]]), array([1.])]
    """

    def gradient(parameter):
        def cost(values):
            parameter[...] = values
            return network.cost(X, y, loss)

        before = parameter.copy()
        try:
            return numerical_gradient(cost, before, step=step)
        finally:
            parameter[...] = before

    return [gradient(parameter) for parameter in network.parameters]


def relative_error(a, b):
    """Return ``||a - b|| / (||a|| + ||b||)``: 0 for equal, 0.7 for unrelated gradients.

    Unrelated gradients of many numbers and of equal size are at right angles to each
    other, which gives ``1 / sqrt(2)``; opposite ones, or one that is zero, give 1.

    Parameters
    ----------
    a, b : array-like of one shape, or lists of arrays of the same shapes
        Two gradients.

    Returns
    -------
    float
        Between 0 and 1; 0 if both are zero.

    Raises
    ------
    ValueError
        If the shapes differ, or a number is not finite.

    Notes
    -----
    Taught in chapter 4.

    Examples
    --------
    >>> round(relative_error([3.0, 4.0], [3.0, 4.1]), 4)
    0.0099
    """
    a = a if isinstance(a, list) else [a]
    b = b if isinstance(b, list) else [b]
    shapes_a, shapes_b = [np.shape(g) for g in a], [np.shape(g) for g in b]
    if shapes_a != shapes_b:
        raise ValueError(
            f"a and b must have the same shapes; got {shapes_a}, {shapes_b}."
        )
    a = np.concatenate([_checks.numbers("a", g).ravel() for g in a])
    b = np.concatenate([_checks.numbers("b", g).ravel() for g in b])
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / size) if size else 0.0


def gradient_errors(network, X, y, loss, *, step=1e-5):
    """Return the relative error of backpropagation for each array of parameters.

    What the rounding of central differences can explain is taken off the difference, so
    that a gradient that is nearly zero is not reported as wrong.

    Parameters
    ----------
    network : Network
        Its weights stay as they were.
    X, y : array-like of shape (n, n_in) and (n, n_out)
        Inputs and targets, of the shapes of inputs and outputs.
    loss : str or Loss
        The loss to differentiate.
    step : float, default 1e-5
        How far to move each weight.

    Returns
    -------
    dict of str to float
        From ``"layer 0 W"`` and its like to the error of that array, between 0 and 1.

    Raises
    ------
    ValueError
        If `step` is not positive, or the network refuses the examples.

    Examples
    --------
    >>> from utils.scratch import Dense, Network
    >>> network = Network([Dense.from_weights([[2.0]], [0.0])])
    >>> gradient_errors(network, [[3.0]], [[5.0]], "quadratic")
    {'layer 0 W': 0.0, 'layer 0 b': 0.0}
    """
    network.forward(X)
    exact = network.backward(y, loss)
    numerical = numerical_gradients(network, X, y, loss, step=step)
    rounding = 10 * np.finfo(float).eps * abs(network.cost(X, y, loss)) / step
    names = [
        f"layer {i} {name}"
        for i, layer in enumerate(network.layers)
        for name in layer.names
    ]
    return {
        name: _error_beyond(rounding, *pair)
        for name, *pair in zip(names, exact, numerical, strict=True)
    }


def _error_beyond(rounding, a, b):
    """Return the relative error that rounding of each number does not explain."""
    size = np.linalg.norm(a) + np.linalg.norm(b)
    beyond = np.linalg.norm(a - b) - rounding * np.sqrt(a.size)
    return float(beyond / size) if beyond > 0 else 0.0


def check_gradients(network, X, y, loss, *, step=1e-5):
    """Return the worst relative error of backpropagation among the parameter arrays.

    Each array is compared by itself, as in `gradient_errors`.  An error over all arrays
    together would hide a wrong one: in a deep network the gradients of the lowest
    layers may be thousands of times smaller than those of the highest.

    Parameters
    ----------
    network : Network
        Its weights stay as they were.
    X, y : array-like of shape (n, n_in) and (n, n_out)
        Inputs and targets, of the shapes of inputs and outputs.
    loss : str or Loss
        The loss to differentiate.
    step : float, default 1e-5
        How far to move each weight.

    Returns
    -------
    float
        Below about 1e-6 if backpropagation is right; a wrong one gives 0.01 or more.

    Raises
    ------
    ValueError
        If `step` is not positive, or the network refuses the examples.

    Examples
    --------
    >>> from utils.scratch import Network
    >>> rng = np.random.default_rng(0)
    >>> network = Network.build([3, 4, 2], ["tanh", "softmax"], rng=rng)
    >>> X, y = rng.normal(size=(5, 3)), np.eye(2)[[0, 1, 1, 0, 1]]
    >>> check_gradients(network, X, y, "categorical_cross_entropy") < 1e-8
    True
    """
    errors = gradient_errors(network, X, y, loss, step=step)
    return max(errors.values(), default=0.0)
