"""The loop over time that all recurrent layers share, and backpropagation through it.

Sequences come batch first, (batch, steps, features).  Inside, arrays have the steps
first, so that each step is one block of memory.
"""

import numpy as np

from utils.scratch import _checks
from utils.scratch.blas import one_thread
from utils.scratch.initializers import INITS
from utils.scratch.layer import Layer

__all__ = ["Recurrent"]


class Recurrent(Layer):
    """A layer that computes its state from its inputs and its state one step before.

    A kind of cell derives from it and says what happens in one step (`_step`) and how a
    gradient goes back through that step (`_step_back`); weights, initial state, the
    loop and the sums over time are here.

    Parameters
    ----------
    n_in, units : int
        Features of each step, and neurons, which is the size of the state.
    rng : numpy.random.Generator
        Draws the weights; the biases start at zero.
    return_sequences : bool, default False
        Whether the output is the state after every step, or after the last one only.
    init, recurrent_init : str, default "glorot" and "orthogonal"
        How `W` and `U` are drawn, as in `Dense`; with "zeros" for both, `rng` is not
        needed.
    dtype : numpy dtype, default float64
        What to compute in; `Network` and the optimizers need float64.

    Attributes
    ----------
    W, U, b : ndarray of shape (n_in, k units), (units, k units) and (k units,)
        Kernel, recurrent kernel and bias: k blocks of columns, in Keras's order.
    X, h : ndarray of shape (batch, steps, n_in) and (batch, steps, units)
        Inputs and outputs of every step of the last `forward`, None before it.
    state, initial_state : tuple of ndarray of shape (batch, units)
        After the last step and before the first: ``(h,)``, of an LSTM ``(h, c)``.
    dz : ndarray of shape (batch, steps, k units)
        dC/dz of the last `backward`, for the weighted sums z of every step.  Step t
        adds ``X[:, t].T @ dz[:, t]`` to the gradient of W.
    d_states : dict of str to ndarray of shape (batch, steps, units)
        dC/dh, and dC/dc of an LSTM, for the state after every step, with all that
        reaches the cost through later steps.
    d_initial_state : tuple of ndarray of shape (batch, units)
        dC/d(initial state).
    gradients : list of ndarray
        dC/d(parameter), summed over steps and examples.

    Raises
    ------
    ValueError
        If a size is not a whole number above 0, a way to draw weights is unknown, or
        `rng` is missing.
    """

    blocks = 1  # of columns of W, U and b
    states = ("h",)

    def __init__(
        self,
        n_in,
        units,
        *,
        rng=None,
        return_sequences=False,
        init="glorot",
        recurrent_init="orthogonal",
        dtype=float,
    ):
        n_in, units = _checks.count("n_in", n_in), _checks.count("units", units)
        draw_w = _checks.chosen("init", init, INITS)
        draw_u = _checks.chosen("recurrent_init", recurrent_init, INITS)
        if {init, recurrent_init} != {"zeros"}:
            _checks.generator("rng", rng)
        columns = self.blocks * units
        self.n_in, self.n_out = n_in, units
        self.return_sequences = return_sequences
        self.W = draw_w(rng, n_in, columns).astype(dtype)
        self.U = draw_u(rng, units, columns).astype(dtype)
        self.b = np.zeros(columns, dtype)
        self.parameters = [self.W, self.U, self.b]
        self.gradients = [None] * 3
        self.X = self.h = self.state = None

    def forward(self, X, initial_state=None):
        """Return the outputs, and keep every step for `backward`.

        Parameters
        ----------
        X : array-like of shape (batch, steps, n_in)
            Sequences of any length from 1.
        initial_state : sequence of array-like of shape (batch, units), optional
            What to begin with, such as the `state` of another layer; zeros by default.

        Returns
        -------
        ndarray of shape (batch, steps, units) or (batch, units)
            With `return_sequences` or without.

        Raises
        ------
        ValueError
            If a shape is another, there is no step, a number is not finite, or the
            state grows beyond the largest one.
        """
        X = self._sequences(X)
        before = self._state("initial_state", initial_state, len(X))
        X_steps = np.ascontiguousarray(X.swapaxes(0, 1))
        steps = [dict(zip(self.states, before, strict=True))]
        quiet = np.errstate(over="ignore", invalid="ignore")  # said in a sentence below
        with quiet, one_thread():
            for share in self._input_shares(X_steps):
                steps.append(self._step(share, *self._state_of(steps[-1])))
        h = np.stack([now["h"] for now in steps[1:]], axis=1)
        self.h = _checks.numbers("the state", h, dtype=h.dtype)
        self.X, self._X_steps, self._steps = X, X_steps, steps
        self.initial_state, self.state = before, self._state_of(steps[-1])
        return self.h if self.return_sequences else self.h[:, -1]

    def backward(self, d_out, d_state=None):
        """Keep the gradients of parameters and states, and return that of the inputs.

        Parameters
        ----------
        d_out : ndarray of the shape of the outputs, or None
            dC/d(output); None where only the state is used, as of an encoder.
        d_state : sequence of ndarray of shape (batch, units), optional
            dC/d(state), which arrives at the state after the last step besides; zeros
            by default.

        Returns
        -------
        ndarray of shape (batch, steps, n_in)
            dC/dX.

        Raises
        ------
        ValueError
            If there was no `forward`, a shape is another, or a number is not finite.
        """
        self.keep_gradients(d_out, d_state)
        with one_thread():
            return self.dz @ self.W.T

    def keep_gradients(self, d_out, d_state=None):
        """Do what `backward` does, and spare the gradient of the inputs."""
        if self.h is None:
            raise ValueError("there is nothing to go back from: call forward(X) first.")
        d_outs = self._spread(d_out)
        d_state = self._state("d_state", d_state, len(self.X))
        dz = np.empty((*d_outs.shape[:2], self.blocks * self.n_out), d_outs.dtype)
        d_steps = []
        with one_thread():
            for t in reversed(range(len(d_outs))):
                before, now = self._steps[t : t + 2]
                d_h, *others = d_state
                d_now = d_h + d_outs[t], *others
                d_now, d_state = self._step_back(dz[t], now, before, *d_now)
                d_steps.append(d_now)
        self.dz, self.d_initial_state = dz.swapaxes(0, 1), d_state
        d_states = zip(*reversed(d_steps), strict=True)
        self.d_states = {
            name: np.stack(arrays, axis=1)
            for name, arrays in zip(self.states, d_states, strict=True)
        }
        with one_thread():
            self.gradients = self._sum_over_time(dz)

    @property
    def activations(self):
        """What each step of the last `forward` computed, by name.

        Each is an ndarray of shape (batch, steps, units); the docstring of the cell has
        the names.
        """
        names = [] if self.h is None else self._steps[1]
        return {name: self._at(name).swapaxes(0, 1) for name in names}

    def __repr__(self):
        """Show the sizes."""
        return f"{type(self).__name__}({self.n_in}, {self.n_out})"

    # ------------------------------------------------------ what a kind of cell defines

    def _step(self, share, *state):
        """Return what one step computes, by name, the new state among it.

        `share` is ``x_t @ W + b``, of shape (batch, k units).
        """
        raise NotImplementedError

    def _step_back(self, dz, now, before, *d_state):
        """Fill in dC/dz of one step; return dC/d(state), after it and before it.

        `now` and `before` are what `_step` returned for this step and the one before.
        """
        raise NotImplementedError

    def _input_shares(self, X_steps):
        """Return ``x_t @ W + b`` of all steps at once, (steps, batch, k units)."""
        shares = rows(X_steps) @ self.W + self.b
        return shares.reshape(*X_steps.shape[:2], -1)

    def _sum_over_time(self, dz):
        """Return the gradients of the parameters: sums over steps and examples."""
        X, h, dz = rows(self._X_steps), rows(self._before("h")), rows(dz)
        return [X.T @ dz, h.T @ dz, dz.sum(axis=0)]

    def _before(self, name):
        """Return a state before every step, of shape (steps, batch, units)."""
        return np.stack([step[name] for step in self._steps[:-1]])

    def _at(self, name):
        """Return what every step computed, of shape (steps, batch, units)."""
        return np.stack([step[name] for step in self._steps[1:]])

    # ----------------------------------------------------------------------- bad input

    def _state_of(self, step):
        return tuple(step[name] for name in self.states)

    def _sequences(self, X):
        X = _checks.numbers("X", X, dtype=self.W.dtype)
        if X.ndim != 3 or X.shape[2] != self.n_in or not X.size:
            raise ValueError(
                f"X must have shape (batch, steps, {self.n_in}) with at least one "
                f"example and one step; got {X.shape}: a recurrent layer below {self} "
                "needs return_sequences=True."
            )
        return X

    def _state(self, name, state, batch):
        """Return arrays, zeros by default, after checking that they fit the batch."""
        shape = batch, self.n_out
        if state is None:
            return tuple(np.zeros(shape, self.W.dtype) for _ in self.states)
        if len(state) == len(self.states):
            arrays = [_checks.numbers(name, s, dtype=self.W.dtype) for s in state]
            if all(s.shape == shape for s in arrays):
                return tuple(arrays)
        raise ValueError(
            f"{name} must hold {' and '.join(self.states)} of shape {shape} each; got "
            f"shapes {[np.shape(s) for s in state]}."
        )

    def _spread(self, d_out):
        """Return dC/d(output) for every step, of shape (steps, batch, units)."""
        d_outs = np.zeros_like(self.h)
        if d_out is not None:
            d_out = _checks.numbers("d_out", d_out, dtype=self.W.dtype)
            place = d_outs if self.return_sequences else d_outs[:, -1]
            if d_out.shape != place.shape:
                raise ValueError(
                    f"d_out must have the shape {place.shape} of the outputs; got "
                    f"{d_out.shape}."
                )
            place[...] = d_out
        return np.ascontiguousarray(d_outs.swapaxes(0, 1))


def rows(a):
    """Return an array with steps and examples in one axis."""
    return a.reshape(-1, a.shape[-1])


def columns(units, blocks):
    """Return the slices of the blocks of columns."""
    return [slice(k * units, (k + 1) * units) for k in range(blocks)]
