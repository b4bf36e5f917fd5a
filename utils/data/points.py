"""Points in the plane for the first chapters."""

import numpy as np

__all__ = ["separable"]


def separable(n, *, margin, rng):
    """Draw labelled points that a line separates with room to spare.

    Parameters
    ----------
    n : int
        Number of points, at least 2; half of them on each side of the line.
    margin : float
        Smallest distance from a point to the separating line, at least 0 and below
        0.5.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    X : ndarray of shape (n, 2)
        Points in the square from -1 to 1, in random order.
    y : ndarray of int of shape (n,)
        1 on one side of the line and 0 on the other.
    line : ndarray of shape (3,)
        The line as (w1, w2, b) with ``w1**2 + w2**2 == 1``.

    Raises
    ------
    ValueError
        If `n` or `margin` is out of range.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> X, y, line = separable(20, margin=0.1, rng=np.random.default_rng(0))
    >>> distances = (2 * y - 1) * (X @ line[:2] + line[2])
    >>> bool((distances >= 0.1).all())
    True
    """
    if n < 2:
        raise ValueError(f"n must be at least 2; got {n}.")
    if not 0 <= margin < 0.5:
        raise ValueError(f"margin must be at least 0 and below 0.5; got {margin}.")
    angle, b = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    w = np.array([np.cos(angle), np.sin(angle)])
    pool = rng.uniform(-1, 1, size=(1000 + 50 * n, 2))
    z = pool @ w + b
    X = np.vstack([pool[z >= margin][: n // 2], pool[z <= -margin][: n - n // 2]])
    X = rng.permutation(X)
    return X, (X @ w + b > 0).astype(int), np.append(w, b)
