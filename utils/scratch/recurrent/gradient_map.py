"""How much each output of a recurrent network depends on each of its inputs."""

from copy import copy

import numpy as np

from utils.scratch import _checks

__all__ = ["gradient_map"]


def gradient_map(model, x):
    """Return the norm of d(output at t) / d(input at s) for every t and s.

    Parameters
    ----------
    model : Layer or Network
        From sequences to sequences, or to the output after the last step.  What it
        keeps of its last pass stays.
    x : array-like of shape (steps, n_in)
        One example.

    Returns
    -------
    ndarray of shape (steps, steps), or (1, steps) for one output
        Frobenius norms of the Jacobians, in row t and column s.  Above the diagonal,
        where s lies after t, they are zero.

    Raises
    ------
    ValueError
        If `x` has another shape, or `model` refuses it.

    Notes
    -----
    Taught in chapter 6.

    Examples
    --------
    >>> from utils.scratch import SimpleRNN
    >>> layer = SimpleRNN(
    ...     1, 1, "linear", rng=np.random.default_rng(0), return_sequences=True
    ... )
    >>> layer.set_weights([[[1.0]], [[0.5]], [0.0]])
    >>> gradient_map(layer, np.ones((3, 1)))
    array([[1.  , 0.  , 0.  ],
           [0.5 , 1.  , 0.  ],
           [0.25, 0.5 , 1.  ]])
    """
    x = _checks.numbers("x", x, ndim=2)
    layers = [copy(layer) for layer in getattr(model, "layers", [model])]
    k = _forward(layers, x[None]).shape[-1]
    outputs = _forward(layers, np.repeat(x[None], k, axis=0))  # a copy for each output
    steps = outputs.shape[1] if outputs.ndim == 3 else 1
    rows = []
    for t in range(steps):
        d_out = np.zeros((k, steps, k))
        d_out[:, t] = np.eye(k)
        d_in = _backward(layers, d_out.reshape(outputs.shape))
        rows.append(np.linalg.norm(d_in, axis=(0, 2)))
    return np.array(rows)


def _forward(layers, X):
    for layer in layers:
        X = layer.forward(X)
    return X


def _backward(layers, d_out):
    for layer in reversed(layers):
        d_out = layer.backward(d_out)
    return d_out
