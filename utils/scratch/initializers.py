"""First weights of layers, drawn at random."""

import numpy as np

__all__ = ["INITS"]


def _glorot(rng, n_in, n_out):
    limit = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-limit, limit, (n_in, n_out))


def _orthogonal(rng, n_in, n_out):
    """Return orthonormal rows or columns, whichever are fewer."""
    q, r = np.linalg.qr(rng.normal(size=(max(n_in, n_out), min(n_in, n_out))))
    q *= np.sign(np.diag(r))  # makes every orthogonal matrix equally likely
    return q if n_in >= n_out else q.T


INITS = {
    "glorot": _glorot,
    "he": lambda rng, n_in, n_out: rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)),
    "normal": lambda rng, n_in, n_out: rng.normal(0, 1, (n_in, n_out)),
    "orthogonal": _orthogonal,
    "small": lambda rng, n_in, n_out: rng.normal(0, 0.01, (n_in, n_out)),
    "zeros": lambda rng, n_in, n_out: np.zeros((n_in, n_out)),
}
