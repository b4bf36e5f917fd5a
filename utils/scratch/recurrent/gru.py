"""Gated recurrent unit: two gates and no separate carry."""

import numpy as np

from utils.scratch.activations import sigmoid
from utils.scratch.recurrent.loop import Recurrent, columns, rows

__all__ = ["GRU"]


class GRU(Recurrent):
    """Recurrent layer that mixes its last state with a candidate [1]_.

    With blocks in Keras's order (z, r, h), here ``a`` for the share of the inputs,
    ``x_t @ W + b``, and s the sigmoid, it computes::

        z_t = s(a_z + h_(t-1) @ U_z)           # update gate: what is kept
        r_t = s(a_r + h_(t-1) @ U_r)           # reset gate: what the candidate sees
        g_t = tanh(a_h + (r_t * h_(t-1)) @ U_h)
        h_t = z_t * h_(t-1) + (1 - z_t) * g_t

    With `reset_after`, Keras's default, the gate acts after the product, which has
    biases of its own, ``b[1]``: every ``h @ U`` becomes ``h @ U + b[1]``, and::

        g_t = tanh(a_h + r_t * (h_(t-1) @ U_h + b[1]_h))

    Much of the literature writes ``1 - z_t`` for ``z_t``: the same layer, with the
    signs of ``W_z``, ``U_z`` and ``b_z`` turned.

    Parameters
    ----------
    n_in, units : int
        Features of each step, and neurons.
    reset_after : bool, default True
        Whether the reset gate acts after the product with U, or before it.
    **options
        As in `Recurrent`: rng, return_sequences, init, recurrent_init, dtype.

    Attributes
    ----------
    b : ndarray of shape (2, 3 units), or (3 units,) without `reset_after`
        Biases of the inputs and, in the second row, of the state.

    Notes
    -----
    `activations` has z, r, g and h, and with `reset_after` also m, the product that r
    multiplies.  `dz` belongs to the shares of the inputs.
    Taught in chapter 8.

    References
    ----------
    .. [1] K. Cho et al., "Learning phrase representations using RNN encoder-decoder for
       statistical machine translation", *EMNLP*, 2014.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> GRU(2, 3, rng=rng).forward(np.ones((4, 5, 2))).shape
    (4, 3)
    >>> [GRU(2, 3, rng=rng, reset_after=way).n_parameters for way in (True, False)]
    [63, 54]
    """

    blocks = 3

    def __init__(self, n_in, units, *, reset_after=True, **options):
        super().__init__(n_in, units, **options)
        self.reset_after = reset_after
        self.z, self.r, self.g = columns(units, self.blocks)
        self.zr = slice(2 * units)
        if reset_after:
            self.b = np.zeros((2, 3 * units), self.W.dtype)
            self.parameters[2] = self.b

    def _input_shares(self, X_steps):
        b = self.b[0] if self.reset_after else self.b
        return (rows(X_steps) @ self.W + b).reshape(*X_steps.shape[:2], -1)

    def _step(self, share, h):
        if self.reset_after:
            inner = h @ self.U + self.b[1]
            zr, m = sigmoid.f(share[:, self.zr] + inner[:, self.zr]), inner[:, self.g]
            z, r = zr[:, self.z], zr[:, self.r]
            g = np.tanh(share[:, self.g] + r * m)
            return {"z": z, "r": r, "m": m, "g": g, "h": z * h + (1 - z) * g}
        zr = sigmoid.f(share[:, self.zr] + h @ self.U[:, self.zr])
        z, r = zr[:, self.z], zr[:, self.r]
        g = np.tanh(share[:, self.g] + (r * h) @ self.U[:, self.g])
        return {"z": z, "r": r, "g": g, "h": z * h + (1 - z) * g}

    def _step_back(self, dz, now, before, d_h):
        z, r, g, h = now["z"], now["r"], now["g"], before["h"]
        dz[:, self.z] = d_h * (h - g) * z * (1 - z)
        dz[:, self.g] = d_h * (1 - z) * (1 - g**2)
        if self.reset_after:
            dz[:, self.r] = dz[:, self.g] * now["m"] * r * (1 - r)
            return (d_h,), (d_h * z + self._inner(dz, r) @ self.U.T,)
        d_reset = dz[:, self.g] @ self.U[:, self.g].T  # of r * h
        dz[:, self.r] = d_reset * h * r * (1 - r)
        through_gates = dz[:, self.zr] @ self.U[:, self.zr].T
        return (d_h,), (d_h * z + d_reset * r + through_gates,)

    def _inner(self, dz, r):
        """Return dC/d(h @ U + b[1]), from that of the shares of the inputs."""
        inner = dz.copy()
        inner[..., self.g] *= r
        return inner

    def _sum_over_time(self, dz):
        d_w, d_u, d_b = super()._sum_over_time(dz)
        h, r = self._before("h"), self._at("r")
        if self.reset_after:
            inner = rows(self._inner(dz, r))
            return [d_w, rows(h).T @ inner, np.stack([d_b, inner.sum(axis=0)])]
        d_u[:, self.g] = rows(r * h).T @ rows(dz[..., self.g])
        return [d_w, d_u, d_b]
