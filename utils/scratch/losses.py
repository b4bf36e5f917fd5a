"""Losses: one number that says how wrong a batch of outputs is, and its gradient.

A loss is always an average, so that it does not grow with the batch.  With targets y
and outputs a of n examples and k outputs:

- `quadratic`: sum (y - a)^2 / (2n)
- `mse`: sum (y - a)^2 / (nk)
- `binary_cross_entropy`: -sum (y log a + (1 - y) log(1 - a)) / (nk)
- `categorical_cross_entropy`: -sum y log a / n, with one-hot rows y

Of sequences, (n, steps, k), each step of each example counts as a row, so that all but
`quadratic` average over the steps as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from utils.scratch import _checks

__all__ = [
    "LOSSES",
    "Loss",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "get_loss",
    "mse",
    "one_hot",
    "quadratic",
]

TINY = np.finfo(float).eps  # keeps the logarithm finite; costs at most 36 per example


@dataclass(frozen=True)
class Loss:
    """An average loss that knows its gradient.

    Parameters
    ----------
    name : str
        What `Network` and `get_loss` call it.
    value, slope : callable
        The average and its gradient, both of targets and outputs.
    partner : str, optional
        The activation that turns sums into the probabilities this loss needs.
    value_of_z : callable, optional
        The average from targets and the partner's weighted sums, which loses no digits
        where the partner saturates.

    Examples
    --------
    >>> y, a = np.array([[1.0], [0.0]]), np.array([[0.5], [0.5]])
    >>> quadratic(y, a)
    0.125
    >>> quadratic.gradient(y, a)
    array([[-0.25],
           [ 0.25]])
    >>> round(binary_cross_entropy(y, a), 4)
    0.6931
    """

    name: str
    value: Callable
    slope: Callable
    partner: str | None = None
    value_of_z: Callable | None = None

    def __call__(self, y, a):
        """Return the average loss.

        Parameters
        ----------
        y, a : array-like of shape (n, k), (n, steps, k), (n,) or ()
            Targets and outputs, one example per row; for `categorical_cross_entropy`
            classes along the last of at least two axes.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If the shapes differ or a number is not finite; for the cross-entropies also
            if a target or an output lies outside [0, 1], and for the categorical one if
            a row does not sum to 1 (outputs: within 0.02).
        """
        return float(self.value(*self._checked(y, a)))

    def gradient(self, y, a):
        """Return dC/da, the gradient of the average with respect to every output.

        Parameters
        ----------
        y, a : array-like of shape (n, k), (n, steps, k), (n,) or ()
            Targets and outputs, as for the loss itself.

        Returns
        -------
        ndarray of the shape of `a`

        Raises
        ------
        ValueError
            As for the loss itself.
        """
        return self.slope(*self._checked(y, a))

    def of_sums(self, y, z, activation):
        """Return the average loss of the outputs ``activation(z)``.

        With the loss's partner it is computed from ``z`` itself, so that it stays exact
        where the outputs round to 0 or 1.

        Parameters
        ----------
        y, z : array-like of shape (n, k) or (n, steps, k)
            Targets, and weighted sums of the last layer.
        activation : Activation
            The last layer's.

        Returns
        -------
        float

        Notes
        -----
        Taught in chapter 3.

        Examples
        --------
        >>> from utils.scratch import sigmoid
        >>> binary_cross_entropy.of_sums([[0.0]], [[800.0]], sigmoid)
        800.0
        """
        if activation.name != self.partner:
            return self(y, activation(z))
        y, _ = self._checked(y, activation(z))
        return float(self.value_of_z(y, np.asarray(z, dtype=float)))

    def error(self, y, z, activation):
        """Return the output error dC/dz of the outputs ``a = activation(z)``.

        It is dC/da times the activation's derivative; with the loss's partner the two
        cancel to ``a - y``, averaged, which does not vanish where ``a`` saturates.

        Parameters
        ----------
        y, z : array-like of shape (n, k) or (n, steps, k)
            Targets, and weighted sums of the last layer.
        activation : Activation
            The last layer's.

        Returns
        -------
        ndarray of the shape of `z`

        Notes
        -----
        Taught in chapter 4.

        Examples
        --------
        >>> from utils.scratch import sigmoid
        >>> binary_cross_entropy.error([[0.0]], [[800.0]], sigmoid)
        array([[1.]])
        >>> float(quadratic.error([[0.0]], [[800.0]], sigmoid)[0, 0])
        0.0
        """
        a = activation(z)
        if activation.name != self.partner:
            return activation.backward(z, self.gradient(y, a))
        y, a = self._checked(y, a)
        # A softmax decides once per row, a sigmoid once per number.
        return (a - y) / (_rows(a) if self.partner == "softmax" else a.size)

    def _checked(self, y, a):
        y, a = _checks.numbers("y", y), _checks.numbers("a", a)
        if y.shape != a.shape or not a.size:
            raise ValueError(
                "y and a must have the same shape, with at least one example; got "
                f"{y.shape} and {a.shape}."
            )
        if self.partner:
            _refuse_outside("y", y, "a target of this loss is a label 0 or 1")
            _refuse_outside("a", a, f"end the network in {self.partner}")
        if self.partner == "softmax":
            _refuse_other_sums(y, a)
        return y, a


def _refuse_outside(name, values, remedy):
    if (values < 0).any() or (values > 1).any():
        raise ValueError(
            f"{name} must lie in [0, 1]; got values from {values.min():g} to "
            f"{values.max():g}: {remedy}."
        )


def _refuse_other_sums(y, a):
    if y.ndim < 2:
        raise ValueError(
            f"y and a must have shape (n, n_classes); got {y.shape}: turn labels into "
            "rows with one_hot(labels, n_classes)."
        )
    for name, rows, tolerance in (("y", y, 1e-6), ("a", a, 0.02)):
        sums = rows.sum(axis=-1)
        odd = sums[np.abs(sums - 1) > tolerance]
        if len(odd):
            raise ValueError(f"each row of {name} must sum to 1; one has {odd[0]:g}.")


def _examples(a):
    return len(a) if a.ndim else 1


def _rows(a):
    return a.size // a.shape[-1]


def _quadratic(y, a):
    return np.sum((y - a) ** 2) / (2 * _examples(a))


def _binary(y, a):
    a = np.clip(a, TINY, 1 - TINY)
    return -np.mean(y * np.log(a) + (1 - y) * np.log1p(-a))


def _binary_slope(y, a):
    a = np.clip(a, TINY, 1 - TINY)
    return (a - y) / (a * (1 - a)) / a.size


def _binary_of_z(y, z):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


def _categorical(y, a):
    return -np.sum(y * np.log(np.maximum(a, TINY))) / _rows(a)


def _categorical_slope(y, a):
    return -y / np.maximum(a, TINY) / _rows(a)


def _categorical_of_z(y, z):
    z = z - z.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return -np.sum(y * (z - log_sum)) / _rows(z)


quadratic = Loss("quadratic", _quadratic, lambda y, a: (a - y) / _examples(a))
mse = Loss("mse", lambda y, a: np.mean((y - a) ** 2), lambda y, a: 2 * (a - y) / a.size)
binary_cross_entropy = Loss(
    "binary_cross_entropy", _binary, _binary_slope, "sigmoid", _binary_of_z
)
categorical_cross_entropy = Loss(
    "categorical_cross_entropy",
    _categorical,
    _categorical_slope,
    "softmax",
    _categorical_of_z,
)

LOSSES = {
    loss.name: loss
    for loss in (quadratic, mse, binary_cross_entropy, categorical_cross_entropy)
}


def get_loss(name):
    """Return the loss of that name, or `name` itself if it is one.

    Raises
    ------
    ValueError
        If no loss has that name.

    Examples
    --------
    >>> get_loss("mse")([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    if isinstance(name, Loss):
        return name
    return _checks.chosen("loss", name, LOSSES)


def one_hot(labels, n_classes):
    """Return a row per label, with 1 in the label's column and 0 elsewhere.

    Parameters
    ----------
    labels : array-like of int of shape (n,)
        Classes, from 0 to ``n_classes - 1``.
    n_classes : int
        Number of classes.

    Returns
    -------
    ndarray of shape (n, n_classes)

    Raises
    ------
    ValueError
        If a label is not whole or out of range.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    labels = _checks.numbers("labels", labels, ndim=1)
    n_classes = _checks.count("n_classes", n_classes)
    odd = labels[(labels != labels.round()) | (labels < 0) | (labels >= n_classes)]
    if len(odd):
        raise ValueError(
            f"labels must be whole numbers from 0 to {n_classes - 1}; got {odd[0]:g}."
        )
    return np.eye(n_classes)[labels.astype(int)]
