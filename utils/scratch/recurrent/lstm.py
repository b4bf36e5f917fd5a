"""Long short-term memory: a carry that gates protect."""

import numpy as np

from utils.scratch.activations import sigmoid
from utils.scratch.recurrent.loop import Recurrent, columns

__all__ = ["LSTM"]


class LSTM(Recurrent):
    """Recurrent layer with a carry c, which three gates write, keep and read [1]_.

    It computes, with the blocks of ``z_t = x_t @ W + h_(t-1) @ U + b`` in Keras's order
    and s the sigmoid::

        i_t = s(z_i)                   # input gate: what is written
        f_t = s(z_f)                   # forget gate: what is kept
        g_t = tanh(z_c)                # candidate, Keras's c
        c_t = f_t * c_(t-1) + i_t * g_t
        o_t = s(z_o)                   # output gate: what is read
        h_t = o_t * tanh(c_t)

    With peepholes [2]_ the gates see the carry, each unit its own: ``z_i`` and ``z_f``
    gain ``P[0] * c_(t-1)`` and ``P[1] * c_(t-1)``, and ``z_o`` gains ``P[2] * c_t``.

    Parameters
    ----------
    n_in, units : int
        Features of each step, and neurons.
    peepholes : bool, default False
        Whether the gates see the carry; Keras's never do.
    unit_forget_bias : bool, default True
        Whether the forget gate's bias starts at 1, so that the carry is kept at first.
    **options
        As in `Recurrent`: rng, return_sequences, init, recurrent_init, dtype.

    Attributes
    ----------
    P : ndarray of shape (3, units)
        Peepholes of i, f and o, zero at the start; the last of `parameters`.

    Notes
    -----
    `activations` has i, f, g, c, o, h and tanh_c.
    Taught in chapter 8.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", *Neural
       Computation* 9, 1997; the forget gate is of F. A. Gers, J. Schmidhuber and
       F. Cummins, "Learning to forget", *Neural Computation* 12, 2000.
    .. [2] F. A. Gers and J. Schmidhuber, "Recurrent nets that time and count", *IJCNN*,
       2000.

    Examples
    --------
    >>> layer = LSTM(2, 3, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((4, 5, 2))).shape
    (4, 3)
    >>> h, c = layer.state
    >>> layer.activations["f"].shape, layer.n_parameters
    ((4, 5, 3), 72)
    """

    blocks = 4
    states = ("h", "c")

    def __init__(
        self, n_in, units, *, peepholes=False, unit_forget_bias=True, **options
    ):
        super().__init__(n_in, units, **options)
        self.i, self.f, self.g, self.o = columns(units, self.blocks)
        if unit_forget_bias:
            self.b[self.f] = 1
        self.peepholes = peepholes
        if peepholes:
            self.P = np.zeros((3, units), self.W.dtype)
            self.parameters.append(self.P)

    def _step(self, share, h, c):
        z = share + h @ self.U
        if self.peepholes:
            z[:, self.i] += self.P[0] * c
            z[:, self.f] += self.P[1] * c
        i, f = sigmoid.f(z[:, self.i]), sigmoid.f(z[:, self.f])
        g = np.tanh(z[:, self.g])
        c = f * c + i * g
        if self.peepholes:
            z[:, self.o] += self.P[2] * c
        o, tanh_c = sigmoid.f(z[:, self.o]), np.tanh(c)
        h = o * tanh_c
        return {"i": i, "f": f, "g": g, "c": c, "o": o, "tanh_c": tanh_c, "h": h}

    def _step_back(self, dz, now, before, d_h, d_c):
        i, f, g, o, tanh_c = (now[name] for name in ("i", "f", "g", "o", "tanh_c"))
        dz[:, self.o] = d_h * tanh_c * o * (1 - o)
        d_c = d_c + d_h * o * (1 - tanh_c**2)
        if self.peepholes:
            d_c += dz[:, self.o] * self.P[2]
        dz[:, self.i] = d_c * g * i * (1 - i)
        dz[:, self.f] = d_c * before["c"] * f * (1 - f)
        dz[:, self.g] = d_c * i * (1 - g**2)
        d_before = d_c * f
        if self.peepholes:
            d_before += dz[:, self.i] * self.P[0] + dz[:, self.f] * self.P[1]
        return (d_h, d_c), (dz @ self.U.T, d_before)

    def _sum_over_time(self, dz):
        gradients = super()._sum_over_time(dz)
        if self.peepholes:
            before, now = self._before("c"), self._at("c")
            seen = (self.i, before), (self.f, before), (self.o, now)
            d_p = [(dz[:, :, block] * c).sum(axis=(0, 1)) for block, c in seen]
            gradients.append(np.array(d_p))
        return gradients
