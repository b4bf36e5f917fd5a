"""The network that stacks layers, and backpropagation, which trains it."""

from copy import copy
from itertools import pairwise

import numpy as np

from utils.scratch import _checks
from utils.scratch.dense import Dense
from utils.scratch.layer import Layer
from utils.scratch.losses import get_loss
from utils.scratch.optimizers import get_optimizer

__all__ = ["Network"]


class Network:
    """A stack of layers that backpropagation trains [1]_.

    Parameters
    ----------
    layers : list of Layer
        From the first hidden layer to the output.

    Attributes
    ----------
    layers : list of Layer
        As given.
    output : ndarray of shape (n, ..., n_out)
        Outputs of the last `forward`, None before it.

    Raises
    ------
    ValueError
        If there is no layer, one is no `Layer`, or a layer's inputs are not the outputs
        of the one below.

    Notes
    -----
    Taught in chapters 2 (forward) and 4 (backward, training).

    References
    ----------
    .. [1] D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations
       by back-propagating errors", *Nature* 323, 1986.

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
        self.layers, self.output = list(layers), None
        if not self.layers:
            raise ValueError("layers must hold at least one layer.")
        for i, layer in enumerate(self.layers):
            if not isinstance(layer, Layer):
                raise ValueError(
                    f"layers must be instances of Layer; layer {i} is {layer!r}."
                )
        for i, (below, above) in enumerate(pairwise(self.layers)):
            if None not in (below.n_out, above.n_in) and below.n_out != above.n_in:
                raise ValueError(
                    f"layers must fit together: layer {i}, {below}, gives "
                    f"{below.n_out} outputs and layer {i + 1}, {above}, takes "
                    f"{above.n_in} inputs; make them equal."
                )

    @classmethod
    def build(cls, sizes, activations, *, rng, init="glorot"):
        """Make a network of dense layers, of given sizes and with random weights.

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
        """The parameters of all layers, ``[W1, b1, W2, b2, ...]``: not copies."""
        return [p for layer in self.layers for p in layer.parameters]

    @property
    def gradients(self):
        """Those of the last `backward`, in the order and shapes of `parameters`."""
        return [g for layer in self.layers for g in layer.gradients]

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
            ``get_weights()`` of a Keras model of the same layers does.

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
        counts = [len(layer.parameters) for layer in self.layers]
        if len(weights) != sum(counts):
            raise ValueError(
                f"weights must hold {sum(counts)} arrays, of the layers "
                f"{self.layers}; got {len(weights)}."
            )
        for layer, count in zip(self.layers, counts, strict=True):
            layer.set_weights(weights[:count])
            weights = weights[count:]

    def forward(self, X):
        """Return the outputs; every layer keeps what its `backward` needs.

        Parameters
        ----------
        X : array-like of shape (n, n_in), or whatever the first layer takes
            A batch, its examples along the first axis.

        Returns
        -------
        ndarray of shape (n, n_out), or whatever the last layer gives

        Raises
        ------
        ValueError
            If the shape is another, or an input is not finite.
        """
        for layer in self.layers:
            X = layer.forward(X)
        self.output = X
        return X

    def predict(self, X):
        """Return the outputs as `forward` does, and keep nothing.

        Takes and raises what `forward` does.
        """
        return self._twin().forward(X)

    def cost(self, X, y, loss):
        """Return the average loss on examples, and keep nothing.

        Parameters
        ----------
        X, y : array-like of shape (n, n_in) and (n, n_out)
            Inputs and targets, of the shapes of inputs and outputs.
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
        twin = self._twin()
        twin.forward(X)
        return twin._loss(y, get_loss(loss))

    def _twin(self):
        """Return a network of the same parameters that keeps its own passes."""
        return Network([copy(layer) for layer in self.layers])

    def _loss(self, y, loss):
        """Return the average loss on the batch of the last `forward`."""
        last = self.layers[-1]
        if isinstance(last, Dense):
            return loss.of_sums(y, last.z, last.activation)
        return loss(y, self.output)

    def backward(self, y, loss):
        """Return the gradients of the average loss on the batch of the last `forward`.

        Every layer keeps its own; a `Dense` layer its ``delta``, ``dW`` and ``db``.

        Parameters
        ----------
        y : array-like of shape (n, n_out)
            Targets, of the shape of the outputs.
        loss : str or Loss
            What to average.

        Returns
        -------
        list of ndarray
            ``[dW1, db1, dW2, db2, ...]``, in the order and shapes of `parameters`.

        Raises
        ------
        ValueError
            If there was no `forward`, the loss refuses the targets or outputs, or a
            layer's gradients do not match its parameters.

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
        if self.output is None:
            raise ValueError("there is nothing to go back from: call forward(X) first.")
        d_out = self._backward_last(y, get_loss(loss))
        *hidden, _ = self.layers
        for layer in reversed(hidden[1:]):
            d_out = layer.backward(d_out)
        for first in hidden[:1]:  # below it nothing learns
            first.keep_gradients(d_out)
        for i, layer in enumerate(self.layers):
            _refuse_unmatched(i, layer)
        return self.gradients

    def _backward_last(self, y, loss):
        """Go back from the loss through the last layer."""
        last = self.layers[-1]
        if isinstance(last, Dense):
            return last.backward_from_loss(y, loss)
        return last.backward(loss.gradient(y, self.output))

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
            Inputs and targets, of the shapes of inputs and outputs.
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
        before = self._loss(y, loss)
        optimizer.update(self.parameters, self.backward(y, loss))
        return before

    def __repr__(self):
        """Show the layers."""
        return f"Network({self.layers})"


def _refuse_unmatched(i, layer):
    """Refuse a layer whose gradients do not match its parameters."""
    shapes, grads = [p.shape for p in layer.parameters], list(layer.gradients)
    if [None if g is None else np.shape(g) for g in grads] == shapes:
        return
    expected = ", ".join(map("{} {}".format, layer.names, shapes))
    got = ", ".join("None" if g is None else str(np.shape(g)) for g in grads)
    raise ValueError(
        f"layer {i}, {layer}, has the parameters {expected or 'none'} but gradients of "
        f"shapes {got or 'none'}: its backward must keep one gradient for each "
        "parameter, in their order and shapes."
    )


def _examples(X, y):
    """Return the examples as arrays, or say what is wrong with them."""
    X, y = _checks.numbers("X", X), _checks.numbers("y", y)
    if min(X.ndim, y.ndim) < 2 or len(X) != len(y) or not len(X):
        raise ValueError(
            "X must have shape (n, n_in) and y (n, n_out), or with steps between, (n, "
            f"steps, n_in), with at least one example; got {X.shape} and {y.shape}."
        )
    return X, y


def _batches(X, y, batch_size, rng):
    """Return the examples in batches, shuffled if there is a generator."""
    n = len(X)
    size = n if batch_size is None else _checks.count("batch_size", batch_size)
    rows = np.arange(n) if rng is None else _checks.generator("rng", rng).permutation(n)
    return [(X[batch], y[batch]) for batch in np.split(rows, range(size, n, size))]
