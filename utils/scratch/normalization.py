"""Layers that bring weighted sums back to mean 0 and variance 1.

`BatchNorm` [1]_ looks at one feature across the examples of a batch, `LayerNorm` [2]_
at one example across its features.  Both then scale and shift each feature by numbers
that are learned, so that nothing is lost that the network needs.

References
----------
.. [1] S. Ioffe and C. Szegedy, "Batch normalization: Accelerating deep network training
   by reducing internal covariate shift", ICML, 2015.
.. [2] J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization", 2016.
"""

import numpy as np

from utils.scratch import _checks
from utils.scratch.activations import get_elementwise
from utils.scratch.layer import Layer

__all__ = ["BatchNorm", "LayerNorm"]

EPSILON = 1e-3
"""Added to each variance, as in Keras: a feature that never varies stays finite."""


class _Norm(Layer):
    """What both share; a kind of normalisation says along which axes it averages."""

    def __init__(self, n, activation="linear"):
        self.n_in = self.n_out = _checks.count("n", n)
        self.activation = get_elementwise(activation)
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.parameters = [self.gamma, self.beta]
        self.gradients = [None, None]
        self.X_hat = self.z = None

    def forward(self, X):
        """Return the normalised inputs, scaled, shifted and bent.

        Parameters
        ----------
        X : array-like of shape (batch, ..., n)
            Weighted sums.

        Returns
        -------
        ndarray of the shape of `X`

        Raises
        ------
        ValueError
            If the last axis has another length, there is nothing to average, or a
            number is not finite.
        """
        X = _checks.numbers("X", X)
        if X.ndim < 2 or X.shape[-1] != self.n_in or not X.size:
            raise ValueError(
                f"X must have shape (batch, ..., {self.n_in}) with at least one "
                f"example; got {X.shape}."
            )
        mean = X.mean(axis=self._axes(X), keepdims=True)
        variance = X.var(axis=self._axes(X), keepdims=True)
        self._sd = np.sqrt(variance + EPSILON)
        self.X_hat = (X - mean) / self._sd
        self.z = self.gamma * self.X_hat + self.beta
        return self.activation.f(self.z)

    def backward(self, d_out):
        """Keep the gradients of `gamma` and `beta`, and return that of the inputs.

        Mean and deviation depend on the inputs too, so each input reaches the cost by
        three ways; two of them are the averages that are subtracted here.

        Parameters
        ----------
        d_out : ndarray of the shape of the outputs
            dC/d(output).

        Returns
        -------
        ndarray of the shape of the inputs
            dC/dX.

        Raises
        ------
        ValueError
            If there was no `forward`, the shape is another, or a number is not finite.
        """
        if self.z is None:
            raise ValueError("there is nothing to go back from: call forward(X) first.")
        d_out = _checks.numbers("d_out", d_out)
        if d_out.shape != self.z.shape:
            raise ValueError(
                f"d_out must have the shape {self.z.shape} of the outputs; got "
                f"{d_out.shape}."
            )
        dz = d_out * self.activation.slope(self.z)
        rows = tuple(range(dz.ndim - 1))
        self.gradients = [(dz * self.X_hat).sum(axis=rows), dz.sum(axis=rows)]
        d_hat, axes = dz * self.gamma, self._axes(dz)
        shift = d_hat.mean(axis=axes, keepdims=True)
        stretch = (d_hat * self.X_hat).mean(axis=axes, keepdims=True)
        return (d_hat - shift - self.X_hat * stretch) / self._sd

    def _axes(self, X):
        raise NotImplementedError

    def __repr__(self):
        """Show the size."""
        return f"{type(self).__name__}({self.n_in})"


class BatchNorm(_Norm):
    """Batch normalisation: each feature gets mean 0 and variance 1 over the batch.

    Parameters
    ----------
    n : int
        Features.
    activation : str or Activation, default "linear"
        What bends the result; any but softmax.

    Attributes
    ----------
    gamma, beta : ndarray of shape (n,)
        Scale and shift, which are learned.
    X_hat, z : ndarray of the shape of the inputs
        Normalised inputs, and these after scale and shift; None before `forward`.

    Raises
    ------
    ValueError
        If `n` is not a whole number above 0, or the activation is unknown or softmax.

    Notes
    -----
    It always uses the batch that it is given, as layers of Keras do in training.  For
    predictions Keras takes averages that it has gathered during training.

    Examples
    --------
    >>> layer = BatchNorm(2)
    >>> layer.forward([[1.0, 10.0], [3.0, 30.0]]).round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    """

    def _axes(self, X):
        return tuple(range(X.ndim - 1))


class LayerNorm(_Norm):
    """Layer normalisation: each example gets mean 0 and variance 1 over its features.

    Takes, keeps and raises what `BatchNorm` does.

    Examples
    --------
    >>> layer = LayerNorm(2)
    >>> layer.forward([[1.0, 10.0], [3.0, 30.0]]).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    def _axes(self, X):
        return (-1,)
