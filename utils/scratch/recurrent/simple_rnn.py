"""The simplest recurrent layer: a dense layer that also reads its last output."""

from utils.scratch.activations import get_elementwise
from utils.scratch.recurrent.loop import Recurrent

__all__ = ["SimpleRNN"]


class SimpleRNN(Recurrent):
    """Recurrent layer whose state is its output.

    With ``h_0`` the initial state, zero unless given, it computes for t = 1, 2, ...::

        z_t = x_t @ W + h_(t-1) @ U + b
        h_t = f(z_t)

    and goes back, with dh_t from the output at t and from step t + 1 together::

        dz_t = dh_t * f'(z_t)
        dh_(t-1) = dz_t @ U.T          # plus what arrives at the output at t - 1
        dx_t = dz_t @ W.T

    Parameters
    ----------
    n_in, units : int
        Features of each step, and neurons.
    activation : str or Activation, default "tanh"
        The function f; any but softmax.
    **options
        As in `Recurrent`: rng, return_sequences, init, recurrent_init, dtype.

    Notes
    -----
    `activations` has z and h.
    Taught in chapter 6.

    Examples
    --------
    >>> import numpy as np
    >>> layer = SimpleRNN(2, 3, rng=np.random.default_rng(0), return_sequences=True)
    >>> layer
    SimpleRNN(2, 3)
    >>> layer.forward(np.ones((4, 5, 2))).shape
    (4, 5, 3)
    >>> layer.backward(np.ones((4, 5, 3))).shape
    (4, 5, 2)
    """

    def __init__(self, n_in, units, activation="tanh", **options):
        super().__init__(n_in, units, **options)
        self.activation = get_elementwise(activation)

    def _step(self, share, h):
        z = share + h @ self.U
        return {"z": z, "h": self.activation.f(z)}

    def _step_back(self, dz, now, before, d_h):
        dz[...] = d_h * self.activation.slope(now["z"])
        return (d_h,), (dz @ self.U.T,)
