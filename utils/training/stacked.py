"""Many small recurrent networks trained side by side, as one stack of arrays.

A network of 16 units keeps a processor waiting: most of a step's time goes into
starting operations on small arrays.  Networks of one kind and size therefore share each
operation here, and nothing else: weights, examples and learning rate are each network's
own, and what comes out is what it would be alone.

Inside, arrays have the gates first and the examples last, (gates, networks, units,
batch), so that each gate is one block of memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from utils.scratch import GRU, LSTM, Network, SimpleRNN
from utils.scratch.blas import one_thread

__all__ = ["Stack"]

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # of Adam, as Keras has them


class Stack:
    """Recurrent classifiers of one kind and size that learn at the same time.

    Each is a recurrent layer, read after its last step, and a sigmoid neuron; its loss
    is the binary cross-entropy.  It learns by Adam as Keras has it, after its gradient
    was scaled down to the norm `clip` where it was longer.

    Parameters
    ----------
    networks : sequence of Network
        Each of two layers: a SimpleRNN with tanh, an LSTM without peepholes or a GRU
        with the reset gate after the product, and a ``Dense(units, 1, "sigmoid")``.
        They stay as they are; the stack learns in float32.
    learning_rates : sequence of float
        One for each network.
    clip : float, default 1.0
        Largest norm of a network's gradient, over all its weights.

    Attributes
    ----------
    weights : list of ndarray of shape (networks, ...)
        In the order of the weights of one network.

    Raises
    ------
    ValueError
        If there is no network, they differ in kind or size, one is of another kind than
        these, or the number of learning rates is another.

    Examples
    --------
    >>> from utils.scratch import Dense
    >>> def network(seed):
    ...     rng = np.random.default_rng(seed)
    ...     return Network([SimpleRNN(2, 4, rng=rng), Dense(4, 1, "sigmoid", rng=rng)])
    >>> stack = Stack([network(0), network(1)], learning_rates=[0.01, 0.01])
    >>> X, y = np.ones((2, 8, 5, 2)), np.ones((2, 8))
    >>> first = stack.learn(X, y)
    >>> bool((stack.learn(X, y) < first).all())
    True
    """

    def __init__(
        self,
        networks: Sequence[Network],
        *,
        learning_rates: Sequence[float],
        clip: float = 1.0,
    ):
        kind = _kind_of(networks)
        if len(learning_rates) != len(networks):
            raise ValueError(
                f"learning_rates must be as many as the networks, {len(networks)}; got "
                f"{len(learning_rates)}."
            )
        self.clip, self.steps = clip, 0
        self.learning_rates = np.array(learning_rates, dtype=np.float32)
        self.cell, self.units = CELLS[kind], networks[0].layers[0].n_out
        each = zip(*(network.get_weights() for network in networks), strict=True)
        self.weights = [np.stack(arrays).astype(np.float32) for arrays in each]
        self.means = [np.zeros_like(w) for w in self.weights]
        self.squares = [np.zeros_like(w) for w in self.weights]

    def learn(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Take one step of Adam on a batch.

        Parameters
        ----------
        X : array of shape (networks, batch, steps, features)
            Sequences.
        y : array of shape (networks, batch)
            Labels, 0 or 1.

        Returns
        -------
        array of shape (networks,)
            The loss before the step.
        """
        losses, gradients = self.gradients(X, y)
        self._adam(self._clipped(gradients))
        return losses

    def gradients(self, X: np.ndarray, y: np.ndarray):
        """Return the losses and dC/d(weights), in the order of `weights`."""
        with one_thread():
            past, logits = self._forward(X)
            y = np.asarray(y, dtype=np.float32)
            losses = np.logaddexp(0, logits).mean(1) - (y * logits).mean(1)
            d_logits = (_sigmoid(logits) - y)[:, None] / y.shape[1]
            return losses, self._backward(past, d_logits)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of label 1, of shape (networks, batch)."""
        with one_thread():
            return _sigmoid(self._forward(X)[1])

    # ------------------------------------------------------------------ back and forth

    def _forward(self, X):
        """Return every step's state, input and gates, and the logits.

        The rows of `seen[t]` are what step t reads: the state before it, its inputs,
        and a one for the biases.  So one product with all weights gives its sums.
        """
        networks, batch, steps, features = X.shape
        rows = self.units + features + 1
        seen = np.empty((steps + 1, networks, rows, batch), np.float32)
        seen[0, :, : self.units] = 0
        seen[:-1, :, self.units : -1] = np.transpose(X, (2, 0, 3, 1))
        seen[:, :, -1] = 1
        kernel = self.cell.joined(*self.weights[:3]).swapaxes(-1, -2)
        shape = networks, self.units, batch
        gates = np.empty((steps, len(kernel), *shape), np.float32)
        carry = np.zeros((steps + 1, self.cell.kept, *shape), np.float32)
        for t in range(steps):
            z = np.matmul(kernel, seen[t], out=gates[t])
            h, after = seen[t, :, : self.units], seen[t + 1, :, : self.units]
            self.cell.forward(z, h, after, carry[t], carry[t + 1])
        *_, v, b = self.weights
        logits = (v.swapaxes(1, 2) @ seen[-1, :, : self.units])[:, 0] + b
        return (seen, gates, carry), logits

    def _backward(self, past, d_logits):
        """Return dC/d(weights), from what `_forward` kept and dC/d(logits)."""
        seen, gates, carry = past
        *_, v, _ = self.weights
        d_v = seen[-1, :, : self.units] @ d_logits.swapaxes(1, 2)
        kernel = self.cell.joined(*self.weights[:3])
        recurrent = np.ascontiguousarray(kernel[:, :, : self.units])
        d_kernel = np.zeros_like(kernel)
        d_h, dz = v @ d_logits, np.empty_like(gates[0])
        d_c = np.zeros_like(d_h)
        for t in reversed(range(len(gates))):
            h = seen[t, :, : self.units]
            past_by = self.cell.backward(
                dz, gates[t], h, carry[t], carry[t + 1], d_h, d_c
            )
            d_kernel += seen[t] @ dz.swapaxes(-1, -2)
            d_h = (recurrent @ dz).sum(axis=0)
            if past_by is not None:
                d_h += past_by
        return [*self.cell.parted(d_kernel, self.units), d_v, d_logits.sum(2)]

    def _clipped(self, gradients):
        squares = [np.square(g).reshape(len(g), -1).sum(axis=1) for g in gradients]
        norms = np.sqrt(sum(squares))
        scales = np.minimum(1, self.clip / np.maximum(norms, 1e-30))
        return [_along(scales, g) * g for g in gradients]

    def _adam(self, gradients):
        self.steps += 1
        correction = np.sqrt(1 - BETA_2**self.steps) / (1 - BETA_1**self.steps)
        rates = (self.learning_rates * correction).astype(np.float32)
        state = zip(self.weights, self.means, self.squares, gradients, strict=True)
        for w, mean, square, g in state:
            mean += (1 - BETA_1) * (g - mean)
            square += (1 - BETA_2) * (g * g - square)
            w -= _along(rates, g) * mean / (np.sqrt(square) + EPSILON)


def _kind_of(networks):
    """Return the kind of recurrent layer, after checking that all are of one."""
    if not networks:
        raise ValueError("networks must hold at least one network.")
    for network in networks:
        cell, *others = network.layers
        kind = type(cell)
        plain = (
            kind in CELLS
            and not getattr(cell, "peepholes", False)
            and getattr(cell, "reset_after", True)
            and (kind is not SimpleRNN or cell.activation.name == "tanh")
        )
        top = others[0] if len(others) == 1 else None
        if not plain or getattr(top, "n_out", None) != 1:
            raise ValueError(
                "networks must each have a SimpleRNN with tanh, an LSTM without "
                "peepholes or a GRU with reset_after=True, and one Dense with one "
                f"output; got {network!r}."
            )
    kinds = {(type(n.layers[0]), n.layers[0].n_in, n.layers[0].n_out) for n in networks}
    if len(kinds) > 1:
        raise ValueError(
            "networks must be of one kind and size to share operations; got "
            f"{sorted({repr(n.layers[0]) for n in networks})}."
        )
    return kinds.pop()[0]


def _along(values, array):
    """Give one value per network the axes of an array."""
    return values.reshape(-1, *[1] * (array.ndim - 1))


def _sigmoid(z, out=None):
    """Return 1 / (1 + exp(-z)), 0 where exp overflows to infinity."""
    out = np.negative(z, out=out)
    with np.errstate(over="ignore"):
        np.exp(out, out=out)
    out += 1
    return np.reciprocal(out, out=out)


# --------------------------------------------------------------------- kinds of cells


class _SimpleRNN:
    """One block, whose sums the tanh bends."""

    kept = 0  # arrays beside the state that a step hands on

    @staticmethod
    def joined(W, U, b):
        """Return the weights by block, in the order of the rows that a step reads."""
        kernel = np.concatenate([U, W, b[:, None]], axis=1)
        blocks = kernel.reshape(*kernel.shape[:2], -1, U.shape[1])
        return np.ascontiguousarray(np.moveaxis(blocks, 2, 0))

    @staticmethod
    def parted(d_kernel, units):
        """Undo `joined`, for a gradient."""
        d_kernel = np.concatenate(list(d_kernel), axis=-1)
        return d_kernel[:, units:-1], d_kernel[:, :units], d_kernel[:, -1]

    @staticmethod
    def forward(z, h, after, before_carry, carry):
        """Turn the sums z into gates, in place, and fill in the state after them."""
        after[...] = np.tanh(z[0], out=z[0])

    @staticmethod
    def backward(dz, z, h, before_carry, carry, d_h, d_c):
        """Fill in dC/dz, change d_c, and return what of dC/dh passes by the product."""
        np.multiply(z, z, out=dz)
        np.subtract(1, dz, out=dz)
        dz *= d_h


class _LSTM(_SimpleRNN):
    """Blocks i, f, g and o; the carry is kept, and its tanh."""

    kept = 2

    @staticmethod
    def forward(z, h, after, before_carry, carry):
        i, f, g, o = z
        g *= 2  # tanh(g) is 2 sigmoid(2 g) - 1: one call for all four
        _sigmoid(z, out=z)
        g *= 2
        g -= 1
        c, tanh_c = carry
        np.multiply(f, before_carry[0], out=c)
        c += i * g
        np.multiply(o, np.tanh(c, out=tanh_c), out=after)

    @staticmethod
    def backward(dz, z, h, before_carry, carry, d_h, d_c):
        (i, f, g, o), (d_i, d_f, d_g, d_o), tanh_c = z, dz, carry[1]
        d_c += d_h * o * (1 - tanh_c * tanh_c)
        np.subtract(1, z, out=dz)
        dz *= z  # slopes of the gates; that of g comes below
        d_o *= d_h * tanh_c
        d_i *= d_c * g
        d_f *= d_c * before_carry[0]
        np.multiply(d_c * i, 1 - g * g, out=d_g)
        d_c *= f


class _GRU(_SimpleRNN):
    """Blocks z, r, then the candidate's share of the inputs, then that of the state."""

    @staticmethod
    def joined(W, U, b):
        units = U.shape[1]
        z, r, g = _SimpleRNN.joined(W, U, b.sum(axis=1))
        m = np.zeros_like(g)
        m[:, :units], m[:, -1] = g[:, :units], b[:, 1, 2 * units :]
        g[:, :units], g[:, -1] = 0, b[:, 0, 2 * units :]
        return np.stack([z, r, g, m])

    @staticmethod
    def parted(d_kernel, units):
        d_w, _, d_b = _SimpleRNN.parted(d_kernel[:3], units)
        _, d_u, d_state = _SimpleRNN.parted(d_kernel[[0, 1, 3]], units)
        return d_w, d_u, np.stack([d_b, d_state], axis=1)

    @staticmethod
    def forward(s, h, after, before_carry, carry):
        z, r, g, m = s
        _sigmoid(s[:2], out=s[:2])
        g += r * m
        np.tanh(g, out=g)
        np.subtract(h, g, out=after)
        after *= z
        after += g

    @staticmethod
    def backward(ds, s, h, before_carry, carry, d_h, d_c):
        (z, r, g, m), (d_z, d_r, d_g, d_m) = s, ds
        kept = d_h * z
        np.multiply(d_h - kept, 1 - g * g, out=d_g)
        np.multiply(kept * (1 - z), h - g, out=d_z)
        np.multiply(d_g, r, out=d_m)
        np.multiply(d_m * (1 - r), m, out=d_r)
        return kept


CELLS = {SimpleRNN: _SimpleRNN, LSTM: _LSTM, GRU: _GRU}
