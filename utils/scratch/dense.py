"""Dense layers, in which every neuron sees every input.

Rows are examples: a batch X has shape (n, n_in), the weights W (n_in, n_out), and a
layer computes ``z = X @ W + b`` and ``a = f(z)``, as Keras does.  Formulas that write
examples as columns have the transpose of W.  Of sequences, (n, steps, n_in), every step
is a row: the same W and b serve all steps.
"""

import numpy as np

from utils.scratch import _checks
from utils.scratch.activations import get_activation
from utils.scratch.initializers import INITS
from utils.scratch.layer import Layer

__all__ = ["Dense"]


class Dense(Layer):
    """A layer in which every neuron sees every input.

    Parameters
    ----------
    n_in, n_out : int
        Inputs, and neurons.
    activation : str or Activation, default "linear"
        What bends the weighted sums.
    rng : numpy.random.Generator
        Draws the weights; the biases start at zero.
    init : {"glorot", "he", "normal", "orthogonal", "small", "zeros"}
        How: uniform with variance 2 / (n_in + n_out), normal with variance 2 / n_in,
        normal with variance 1, orthonormal rows or columns, normal with standard
        deviation 0.01, or all zero, which needs no `rng`.

    Attributes
    ----------
    W, b : ndarray of shape (n_in, n_out) and (n_out,)
        Weights and biases.
    X, z, a : ndarray of shape (n, ..., n_in), (n, ..., n_out) and (n, ..., n_out)
        Inputs, weighted sums and outputs of the last `forward`, None before it.
    delta, dW, db : ndarray of shape (n, ..., n_out), (n_in, n_out) and (n_out,)
        dC/dz, dC/dW and dC/db of the last `backward`, None before it.

    Raises
    ------
    ValueError
        If a size is not a whole number above 0, the activation or `init` is unknown, or
        `rng` is missing.

    Notes
    -----
    Taught in chapter 2.

    Examples
    --------
    >>> layer = Dense(2, 3, "tanh", rng=np.random.default_rng(0))
    >>> layer
    Dense(2, 3, 'tanh')
    >>> layer.forward([[0.5, -1.0], [0.0, 0.0]]).shape
    (2, 3)
    >>> layer.n_parameters
    9
    """

    def __init__(self, n_in, n_out, activation="linear", *, rng=None, init="glorot"):
        n_in, n_out = _checks.count("n_in", n_in), _checks.count("n_out", n_out)
        draw = _checks.chosen("init", init, INITS)
        if init != "zeros":
            _checks.generator("rng", rng)
        self.activation = get_activation(activation)
        self.W, self.b = draw(rng, n_in, n_out), np.zeros(n_out)
        self.X = self.z = self.a = None
        self.delta = self.dW = self.db = None

    @classmethod
    def from_weights(cls, W, b, activation="linear"):
        """Make a layer of given weights.

        Parameters
        ----------
        W, b : array-like of shape (n_in, n_out) and (n_out,)
            Weights and biases, copied.
        activation : str or Activation, default "linear"
            What bends the weighted sums.

        Raises
        ------
        ValueError
            If the shapes disagree or a number is not finite.

        Notes
        -----
        Taught in chapter 2.

        Examples
        --------
        >>> Dense.from_weights([[1.0], [1.0]], [-1.5], "step").forward([[1, 1], [1, 0]])
        array([[1],
               [0]])
        """
        W = _checks.numbers("W", W, ndim=2)
        layer = cls(*W.shape, activation, init="zeros")
        layer.set_weights([W, b])
        return layer

    @property
    def n_in(self):
        """Number of inputs."""
        return self.W.shape[0]

    @property
    def n_out(self):
        """Number of neurons."""
        return self.W.shape[1]

    @property
    def parameters(self):
        """The weights and biases themselves, ``[W, b]``."""
        return [self.W, self.b]

    @property
    def gradients(self):
        """``[dW, db]`` of the last `backward`."""
        return [self.dW, self.db]

    def forward(self, X):
        """Return the outputs, and keep ``X``, ``z`` and ``a`` for `backward`.

        Parameters
        ----------
        X : array-like of shape (n, n_in) or (n, steps, n_in)
            A batch, one example per row, or one sequence.

        Returns
        -------
        ndarray of shape (n, n_out) or (n, steps, n_out)
            ``a = f(X @ W + b)``.

        Raises
        ------
        ValueError
            If the shape is another, or an input is not finite.
        """
        X = _checks.numbers("X", X)
        if X.ndim < 2 or X.shape[-1] != self.n_in:
            raise ValueError(
                f"X must have shape (n, {self.n_in}), one example per row, or (n, "
                f"steps, {self.n_in}); got {X.shape}."
            )
        z = X @ self.W + self.b
        self.X, self.z, self.a = X, z, self.activation(z)
        return self.a

    def backward(self, d_out):
        """Keep ``delta``, ``dW`` and ``db``, and return the gradient of the inputs.

        Parameters
        ----------
        d_out : array-like of the shape of ``a``
            dC/da of the batch's average cost.

        Returns
        -------
        ndarray of the shape of ``X``
            dC/dX, which is ``delta @ W.T``.

        Raises
        ------
        ValueError
            If there was no `forward`, or `d_out` has another shape than ``a``.

        Notes
        -----
        Taught in chapter 4.

        Examples
        --------
        >>> layer = Dense.from_weights([[2.0]], [0.0])
        >>> _ = layer.forward([[3.0], [4.0]])
        >>> layer.backward([[1.0], [-1.0]]).tolist()
        [[2.0], [-2.0]]
        >>> layer.dW.tolist(), layer.db.tolist()
        ([[-1.0]], [0.0])
        """
        self.keep_gradients(d_out)
        return self.delta @ self.W.T

    def keep_gradients(self, d_out):
        """Keep ``delta``, ``dW`` and ``db``, as `backward` does."""
        if self.z is None:
            raise ValueError("there is nothing to go back from: call forward(X) first.")
        d_out = _checks.numbers("d_out", d_out)
        if d_out.shape != self.a.shape:
            raise ValueError(
                f"d_out must have the shape {self.a.shape} of the outputs; got "
                f"{d_out.shape}."
            )
        self._keep(self.activation.backward(self.z, d_out))

    def backward_from_loss(self, y, loss):
        """Do what `backward` does, for a last layer, from the targets and the loss.

        Activation and loss go back together (`Loss.error`), so that ``delta`` does not
        vanish where a sigmoid or softmax saturates.

        Parameters
        ----------
        y : array-like of the shape of ``a``
            Targets.
        loss : Loss
            What is averaged.

        Returns
        -------
        ndarray of the shape of ``X``
            dC/dX.
        """
        self._keep(loss.error(y, self.z, self.activation))
        return self.delta @ self.W.T

    def _keep(self, delta):
        self.delta = delta
        rows = delta.reshape(-1, self.n_out)
        self.dW = self.X.reshape(-1, self.n_in).T @ rows
        self.db = rows.sum(axis=0)

    def __repr__(self):
        """Show the sizes and the activation."""
        return f"Dense({self.n_in}, {self.n_out}, {self.activation.name!r})"
