"""Dense layers, the network that stacks them, and backpropagation, which trains it.

Rows are examples: a batch X has shape (n, n_in), the weights W (n_in, n_out), and a
layer computes ``z = X @ W + b`` and ``a = f(z)``, as Keras does.  Formulas that write
examples as columns have the transpose of W.
"""

from itertools import pairwise

import numpy as np

from utils.scratch import _checks
from utils.scratch.activations import get_activation
from utils.scratch.losses import get_loss
from utils.scratch.optimizers import get_optimizer

__all__ = ["INITS", "Dense", "Network"]


def _glorot(rng, n_in, n_out):
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


INITS = {
    "glorot": _glorot,
    "he": lambda rng, n_in, n_out: rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)),
    "normal": lambda rng, n_in, n_out: rng.normal(0, 1, (n_in, n_out)),
    "zeros": lambda rng, n_in, n_out: np.zeros((n_in, n_out)),
}


class Dense:
    """A layer in which every neuron sees every input.

    Parameters
    ----------
    n_in, n_out : int
        Inputs, and neurons.
    activation : str or Activation, default "linear"
        What bends the weighted sums.
    rng : numpy.random.Generator
        Draws the weights; the biases start at zero.
    init : {"glorot", "he", "normal", "zeros"}
        How: uniform with variance 2 / (n_in + n_out), normal with variance 2 / n_in,
        normal with variance 1, or all zero, which needs no `rng`.

    Attributes
    ----------
    W, b : ndarray of shape (n_in, n_out) and (n_out,)
        Weights and biases.
    X, z, a : ndarray of shape (n, n_in), (n, n_out) and (n, n_out)
        Inputs, weighted sums and outputs of the last `forward`, None before it.
    delta, dW, db : ndarray of shape (n, n_out), (n_in, n_out) and (n_out,)
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
        layer.set_weights(W, b)
        return layer

    def set_weights(self, W, b):
        """Copy new numbers, of the same shapes, into the weights and biases.

        Raises
        ------
        ValueError
            If a shape is another, or a number is not finite.
        """
        W, b = _checks.numbers("W", W), _checks.numbers("b", b)
        if W.shape != self.W.shape or b.shape != self.b.shape:
            raise ValueError(
                f"W and b must have shapes {self.W.shape} and {self.b.shape}; got "
                f"{W.shape} and {b.shape}."
            )
        self.W[...], self.b[...] = W, b

    @property
    def n_parameters(self):
        """Number of weights and biases."""
        return self.W.size + self.b.size

    def sums(self, X):
        """Return the weighted sums, and keep nothing.

        Parameters
        ----------
        X : array-like of shape (n, n_in)
            A batch, one example per row.

        Returns
        -------
        ndarray of shape (n, n_out)
            ``z = X @ W + b``.

        Raises
        ------
        ValueError
            If the shape is another, or an input is not finite.
        """
        X = _checks.numbers("X", X)
        if X.ndim != 2 or X.shape[1] != len(self.W):
            raise ValueError(
                f"X must have shape (n, {len(self.W)}), one example per row; got "
                f"{X.shape}."
            )
        return X @ self.W + self.b

    def forward(self, X):
        """Return the outputs, and keep ``X``, ``z`` and ``a`` for `backward`.

        Parameters
        ----------
        X : array-like of shape (n, n_in)
            A batch, one example per row.

        Returns
        -------
        ndarray of shape (n, n_out)
            ``a = f(X @ W + b)``.

        Raises
        ------
        ValueError
            If the shape is another, or an input is not finite.
        """
        z = self.sums(X)
        self.X, self.z, self.a = np.asarray(X, dtype=float), z, self.activation(z)
        return self.a

    def backward(self, delta):
        """Keep and return the gradients of the weights and biases.

        Parameters
        ----------
        delta : ndarray of shape (n, n_out)
            dC/dz of the batch's average cost.

        Returns
        -------
        dW, db : ndarray of shape (n_in, n_out) and (n_out,)
            ``X.T @ delta`` and the sum of `delta` over the batch.

        Raises
        ------
        ValueError
            If there was no `forward`, or `delta` has another shape than ``z``.

        Notes
        -----
        Taught in chapter 4.
        """
        if self.z is None:
            raise ValueError("there is nothing to go back from: call forward(X) first.")
        delta = _checks.numbers("delta", delta)
        if delta.shape != self.z.shape:
            raise ValueError(
                f"delta must have the shape {self.z.shape} of z; got {delta.shape}."
            )
        self.delta = delta
        self.dW, self.db = self.X.T @ delta, delta.sum(axis=0)
        return self.dW, self.db

    def __repr__(self):
        """Show the sizes and the activation."""
        return f"Dense({self.W.shape[0]}, {self.W.shape[1]}, {self.activation.name!r})"


class Network:
    """A stack of dense layers that backpropagation trains [1]_.

    Parameters
    ----------
    layers : list of Dense
        From the first hidden layer to the output.

    Raises
    ------
    ValueError
        If there is no layer, or a layer's inputs are not the outputs of the one below.

    References
    ----------
    .. [1] D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations
       by back-propagating errors", *Nature* 323, 1986.

    Notes
    -----
    Taught in chapters 2 (forward) and 4 (backward, training).

    Examples
    --------
    >>> xor = Network(
    ...     [
    ...         Dense.from_weights([[1, 1], [1, 1]], [-0.5, -1.5], "step"),
    ...         Dense.from_weights([[1], [-1]], [-0.5], "step"),
    ...     ]
    ... )
    >>> xor.predict([[0, 0], [0, 1], [1, 0], [1, 1]]).ravel()
    array([0, 1, 1, 0])
    """

    def __init__(self, layers):
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("layers must hold at least one Dense layer.")
        for i, (below, above) in enumerate(pairwise(self.layers)):
            if below.W.shape[1] != above.W.shape[0]:
                raise ValueError(
                    f"layers must fit together: layer {i} gives {below.W.shape[1]} "
                    f"outputs and layer {i + 1} takes {above.W.shape[0]} inputs."
                )

    @classmethod
    def build(cls, sizes, activations, *, rng, init="glorot"):
        """Make a network of given sizes with random weights.

        Parameters
        ----------
        sizes : sequence of int
            Inputs, then the neurons of each layer.
        activations : sequence of str or Activation
            One per layer: one fewer than `sizes`.
        rng : numpy.random.Generator
            Draws the weights, layer by layer.
        init : str, default "glorot"
            How, as in `Dense`.

        Returns
        -------
        Network

        Raises
        ------
        ValueError
            If the numbers of sizes and activations disagree, or `Dense` refuses one.

        Notes
        -----
        Taught in chapter 2.

        Examples
        --------
        >>> rng = np.random.default_rng(0)
        >>> Network.build([2, 3, 1], ["tanh", "sigmoid"], rng=rng)
        Network([Dense(2, 3, 'tanh'), Dense(3, 1, 'sigmoid')])
        """
        if isinstance(activations, str) or len(activations) != len(sizes) - 1:
            raise ValueError(
                "activations must be a list with one per layer, one fewer than sizes; "
                f"got {activations!r} for sizes {list(sizes)}."
            )
        pairs = zip(pairwise(sizes), activations, strict=True)
        return cls([Dense(m, n, f, rng=rng, init=init) for (m, n), f in pairs])

    @property
    def parameters(self):
        """The weights and biases themselves, ``[W1, b1, W2, b2, ...]``, not copies."""
        return [p for layer in self.layers for p in (layer.W, layer.b)]

    @property
    def n_parameters(self):
        """Number of weights and biases in all layers."""
        return sum(layer.n_parameters for layer in self.layers)

    def get_weights(self):
        """Return copies of the weights and biases, ``[W1, b1, W2, b2, ...]``."""
        return [p.copy() for p in self.parameters]

    def set_weights(self, weights):
        """Copy weights and biases into the network.

        Parameters
        ----------
        weights : list of array-like
            ``[W1, b1, W2, b2, ...]``, as `get_weights` returns them, and as the
            ``get_weights()`` of a Keras model of dense layers does.

        Raises
        ------
        ValueError
            If there are too many or too few, or a shape is another.

        Examples
        --------
        >>> network = Network([Dense(2, 1, init="zeros")])
        >>> network.set_weights([[[2.0], [3.0]], [1.0]])
        >>> network.predict([[1.0, 1.0]])
        array([[6.]])
        """
        weights = list(weights)
        if len(weights) != 2 * len(self.layers):
            raise ValueError(
                f"weights must hold W and b of {len(self.layers)} layers, so "
                f"{2 * len(self.layers)} arrays; got {len(weights)}."
            )
        for layer, W, b in zip(self.layers, weights[::2], weights[1::2], strict=True):
            layer.set_weights(W, b)

    def forward(self, X):
        """Return the outputs; every layer keeps its ``X``, ``z`` and ``a``.

        Parameters
        ----------
        X : array-like of shape (n, n_in)
            A batch, one example per row.

        Returns
        -------
        ndarray of shape (n, n_out)

        Raises
        ------
        ValueError
            If the shape is another, or an input is not finite.

        Notes
        -----
        Taught in chapter 2.
        """
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def predict(self, X):
        """Return the outputs as `forward` does, and keep nothing.

        Parameters
        ----------
        X : array-like of shape (n, n_in)
            A batch, one example per row.

        Returns
        -------
        ndarray of shape (n, n_out)

        Raises
        ------
        ValueError
            If the shape is another, or an input is not finite.
        """
        return self.layers[-1].activation(self._sums(X))

    def cost(self, X, y, loss):
        """Return the average loss on examples, and keep nothing.

        Parameters
        ----------
        X, y : array-like of shape (n, n_in) and (n, n_out)
            Inputs and targets.
        loss : str or Loss
            What to average.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If the shapes disagree, or the loss refuses the targets or outputs.

        Notes
        -----
        Taught in chapter 3.
        """
        return get_loss(loss).of_sums(y, self._sums(X), self.layers[-1].activation)

    def _sums(self, X):
        """Return the weighted sums of the last layer."""
        *hidden, output = self.layers
        for layer in hidden:
            X = layer.activation(layer.sums(X))
        return output.sums(X)

    def backward(self, y, loss):
        """Return the gradients of the average loss on the batch of the last `forward`.

        Every layer keeps its ``delta``, ``dW`` and ``db``.

        Parameters
        ----------
        y : array-like of shape (n, n_out)
            Targets.
        loss : str or Loss
            What to average.

        Returns
        -------
        list of ndarray
            ``[dW1, db1, dW2, db2, ...]``, in the order and shapes of `parameters`.

        Raises
        ------
        ValueError
            If there was no `forward`, or the loss refuses the targets or outputs.

        Notes
        -----
        Taught in chapter 4.

        Examples
        --------
        >>> network = Network([Dense.from_weights([[2.0]], [0.0])])
        >>> _ = network.forward([[3.0]])
        >>> network.backward([[5.0]], "quadratic")  # (6 - 5) x, and 6 - 5
        [array([[3.]]), array([1.])]
        """
        output = self.layers[-1]
        if output.z is None:
            raise ValueError("there is nothing to go back from: call forward(X) first.")
        delta = get_loss(loss).error(y, output.z, output.activation)
        for i in reversed(range(len(self.layers))):
            layer = self.layers[i]
            layer.backward(delta)
            if i > 0:
                below = self.layers[i - 1]
                delta = below.activation.backward(below.z, delta @ layer.W.T)
        return [g for layer in self.layers for g in (layer.dW, layer.db)]

    def fit(
        self,
        X,
        y,
        *,
        loss,
        optimizer,
        epochs=1,
        batch_size=32,
        rng=None,
        validation=None,
    ):
        """Train on batches: forward, backward, one step of the optimizer, again.

        Call it again to train on; an optimizer that you pass keeps its memory.

        Parameters
        ----------
        X, y : array-like of shape (n, n_in) and (n, n_out)
            Inputs and targets.
        loss : str or Loss
            What to minimise.
        optimizer : str or Optimizer
            What steps; a name stands for a new one with its default learning rate.
        epochs : int, default 1
            Passes over the examples.
        batch_size : int or None, default 32
            Examples per step; None takes them all.
        rng : numpy.random.Generator, optional
            Shuffles the examples anew in each epoch; without it they keep their order.
        validation : pair (X, y), optional
            Examples to measure the loss on after each epoch.

        Returns
        -------
        dict of list of float
            ``"loss"``, in each epoch the mean over the examples, each measured just
            before the step it led to (as in Keras), and ``"val_loss"`` if there is
            `validation`.

        Raises
        ------
        ValueError
            If the shapes disagree, an option is unknown or out of range, a number is
            not finite, or training diverges.

        Notes
        -----
        Taught in chapter 4.

        Examples
        --------
        >>> from utils.scratch import SGD
        >>> X = np.array([[0.0], [1.0], [2.0]])
        >>> network = Network([Dense(1, 1, init="zeros")])
        >>> sgd = SGD(0.2)
        >>> history = network.fit(X, 2 * X + 1, loss="mse", optimizer=sgd, epochs=200)
        >>> [p.round(3).tolist() for p in network.parameters]
        [[[2.0]], [1.0]]
        """
        X, y = _examples(X, y)
        loss, optimizer = get_loss(loss), get_optimizer(optimizer)
        validation = None if validation is None else _examples(*validation)
        history = {}
        for epoch in range(1, 1 + _checks.count("epochs", epochs)):
            batches = _batches(X, y, batch_size, rng)
            try:
                losses = self._epoch(batches, validation, loss, optimizer)
            except _checks.NotFiniteError as error:
                raise ValueError(
                    f"training diverged in epoch {epoch}: lower the learning rate."
                ) from error
            for name in losses:
                history.setdefault(name, []).append(losses[name])
        return history

    @np.errstate(over="ignore", invalid="ignore")  # `fit` says it in a sentence
    def _epoch(self, batches, validation, loss, optimizer):
        """Train on every batch once; return the losses by their names."""
        total = sum(self._step(X, y, loss, optimizer) * len(X) for X, y in batches)
        losses = {"loss": total / sum(len(X) for X, _ in batches)}
        if validation is not None:
            losses["val_loss"] = self.cost(*validation, loss)
        return losses

    def _step(self, X, y, loss, optimizer):
        """Take one step on one batch; return the loss from before it."""
        self.forward(X)
        output = self.layers[-1]
        before = loss.of_sums(y, output.z, output.activation)
        optimizer.update(self.parameters, self.backward(y, loss))
        return before

    def __repr__(self):
        """Show the layers."""
        return f"Network({self.layers})"


def _examples(X, y):
    """Return the examples as arrays, or say what is wrong with them."""
    X, y = _checks.numbers("X", X), _checks.numbers("y", y)
    if X.ndim != 2 or y.ndim != 2 or len(X) != len(y) or not len(X):
        raise ValueError(
            "X must have shape (n, n_in) and y (n, n_out), with at least one example; "
            f"got {X.shape} and {y.shape}."
        )
    return X, y


def _batches(X, y, batch_size, rng):
    """Return the examples in batches, shuffled if there is a generator."""
    n = len(X)
    size = n if batch_size is None else _checks.count("batch_size", batch_size)
    rows = np.arange(n) if rng is None else _checks.generator("rng", rng).permutation(n)
    return [(X[batch], y[batch]) for batch in np.split(rows, range(size, n, size))]
