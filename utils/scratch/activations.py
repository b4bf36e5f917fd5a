"""Activations, which bend the weighted sums ``z``, and their derivatives.

=============  ==============================  ====================================
name           f(z)                            f'(z)
=============  ==============================  ====================================
`step`         1 if z >= 0 else 0              0
`linear`       z                               1
`sigmoid`      1 / (1 + exp(-z))               f(z) (1 - f(z)), at most 1/4
`tanh`         sinh(z) / cosh(z)               1 - f(z)^2, at most 1
`relu`         max(0, z)                       1 if z > 0 else 0
`leaky_relu`   z if z > 0 else slope z         1 if z > 0 else slope
`elu`          z if z > 0 else                 1 if z > 0 else alpha exp(z)
               alpha (exp(z) - 1)
`softmax`      exp(z_i) / sum_j exp(z_j)       f_i (1 if i == j else 0) - f_i f_j
=============  ==============================  ====================================

All but softmax work number by number; softmax turns each row into probabilities.  At a
kink the derivative is the one on the left, as in Keras.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from utils.scratch import _checks, perceptron

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "elu",
    "elu_with",
    "get_activation",
    "get_elementwise",
    "leaky_relu",
    "leaky_relu_with",
    "linear",
    "relu",
    "sigmoid",
    "softmax",
    "step",
    "tanh",
]


@dataclass(frozen=True)
class Activation:
    """A function of the weighted sums that knows its derivative.

    Parameters
    ----------
    name : str
        What `Dense` and `get_activation` call it.
    f, slope : callable
        The function and its derivative, both of an array ``z``.

    Examples
    --------
    >>> z = np.array([-2.0, 0.0, 2.0])
    >>> relu(z)
    array([0., 0., 2.])
    >>> relu.derivative(z)
    array([0., 0., 1.])
    """

    name: str
    f: Callable
    slope: Callable

    def __call__(self, z):
        """Return ``f(z)``.

        Parameters
        ----------
        z : array-like of any shape, for softmax (..., n_classes)
            Weighted sums.

        Returns
        -------
        float64 ndarray of the shape of `z`
            Integers for `step`, as in chapter 1.

        Raises
        ------
        ValueError
            If `z` holds NaN or infinity.
        """
        return self.f(_checks.numbers("z", z))

    def derivative(self, z):
        """Return ``f'(z)``, the derivative at ``z`` (not at ``a = f(z)``).

        Parameters
        ----------
        z : array-like of any shape, for softmax (..., n_classes)
            Weighted sums.

        Returns
        -------
        float64 ndarray of the shape of `z`
            For softmax (..., n_classes, n_classes): the entry ``[..., i, j]`` tells how
            output i answers to ``z_j``.

        Raises
        ------
        ValueError
            If `z` holds NaN or infinity.
        """
        return self.slope(_checks.numbers("z", z))

    def backward(self, z, grad_a):
        """Carry the gradient of the cost from ``a = f(z)`` back to ``z``.

        Parameters
        ----------
        z, grad_a : ndarray of shape (n, units)
            Weighted sums, and dC/da.

        Returns
        -------
        ndarray of shape (n, units)
            dC/dz: the Hadamard product of `grad_a` and ``f'(z)``; for softmax, where
            every output hangs on every ``z``, a matrix product in each row.

        Notes
        -----
        Taught in chapter 4.

        Examples
        --------
        >>> tanh.backward([[0.0, 0.0]], [[3.0, 5.0]])
        array([[3., 5.]])
        """
        slope = self.derivative(z)
        if slope.ndim == np.ndim(z):
            return grad_a * slope
        return np.einsum("...ij,...i->...j", slope, grad_a)


def _sigmoid(z):
    e = np.exp(-np.abs(z))  # at most 1, so that it never overflows
    return np.where(z >= 0, 1, e) / (1 + e)


def _softmax(z):
    if z.ndim == 0:
        raise ValueError("softmax works on rows: z must have at least one axis.")
    e = np.exp(z - z.max(axis=-1, keepdims=True))  # the shift cancels in the ratio
    return e / e.sum(axis=-1, keepdims=True)


def _softmax_slope(z):
    a = _softmax(z)
    return a[..., None] * (np.eye(z.shape[-1]) - a[..., None, :])


def leaky_relu_with(slope):
    """Return a leaky ReLU with another slope than 0.2 below zero.

    Raises
    ------
    ValueError
        If `slope` is not a positive number.

    Examples
    --------
    >>> leaky_relu_with(0.01)([-1.0, 1.0])
    array([-0.01,  1.  ])
    """
    slope = _checks.positive("slope", slope)
    return Activation(
        "leaky_relu",
        lambda z: np.where(z > 0, z, slope * z),
        lambda z: np.where(z > 0, 1.0, slope),
    )


def elu_with(alpha):
    """Return an ELU that levels off at another value than -1.

    Raises
    ------
    ValueError
        If `alpha` is not a positive number.

    Examples
    --------
    >>> elu_with(0.5)([-100.0, 1.0])
    array([-0.5,  1. ])
    """
    alpha = _checks.positive("alpha", alpha)
    return Activation(
        "elu",
        lambda z: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
        lambda z: np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0))),
    )


step = Activation("step", perceptron.step, np.zeros_like)
linear = Activation("linear", np.array, np.ones_like)
sigmoid = Activation("sigmoid", _sigmoid, lambda z: _sigmoid(z) * _sigmoid(-z))
tanh = Activation("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2)
relu = Activation("relu", lambda z: np.maximum(0, z), lambda z: (z > 0).astype(float))
leaky_relu = leaky_relu_with(0.2)
elu = elu_with(1.0)
softmax = Activation("softmax", _softmax, _softmax_slope)

ACTIVATIONS = {
    f.name: f for f in (step, linear, sigmoid, tanh, relu, leaky_relu, elu, softmax)
}


def get_activation(name):
    """Return the activation of that name, or `name` itself if it is one.

    Raises
    ------
    ValueError
        If no activation has that name.

    Examples
    --------
    >>> float(get_activation("sigmoid")(0.0))
    0.5
    """
    if isinstance(name, Activation):
        return name
    return _checks.chosen("activation", name, ACTIVATIONS)


def get_elementwise(name):
    """Return the activation of that name, if it works number by number.

    Raises
    ------
    ValueError
        If no activation has that name, or it is softmax, whose derivative is a matrix.

    Examples
    --------
    >>> float(get_elementwise("tanh")(0.0))
    0.0
    """
    activation = get_activation(name)
    if activation.name == "softmax":
        raise ValueError(
            "activation must work number by number, as tanh does; got softmax."
        )
    return activation
