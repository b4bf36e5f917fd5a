"""How a recursive forecast of a linear model ends, read from the model's roots.

A linear model ``y[t] = c[0] y[t-L] + ... + c[L-1] y[t-1]`` that is fed its own
forecasts is a sum of terms ``root ** h``, one for each root of
``z**L = c[0] + c[1] z + ... + c[L-1] z**(L-1)``.  The largest root decides the end: its
modulus says whether the forecast dies out, stays or explodes, and its angle the period.
"""

from __future__ import annotations

import math

import numpy as np


def roots(coefficients) -> np.ndarray:
    """Roots of a linear model's recursion, the one that decides the end first.

    Parameters
    ----------
    coefficients : array, shape (lags,)
        Weights of the last ``lags`` values, the oldest value's first, as
        :class:`utils.forecasting.classical.Autoregression` learns them.

    Returns
    -------
    array of complex, shape (lags,)
        By modulus, the largest first; of a conjugate pair the one with the positive
        angle first.

    Raises
    ------
    ValueError
        If the coefficients are not a series of finite numbers.

    Examples
    --------
    >>> roots([0.0, 0.5]).real.round(6).tolist()
    [0.5, 0.0]
    >>> turn = 2 * np.pi / 12  # a sine of period 12 for ever
    >>> largest = roots([-1.0, 2 * np.cos(turn)])[0]
    >>> bool(np.isclose(largest, np.exp(1j * turn)))
    True
    """
    values = np.asarray(coefficients, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(
            "coefficients must be one or more finite numbers, the oldest value's "
            f"weight first, not {coefficients!r}."
        )
    companion = np.eye(len(values), k=1)
    companion[-1] = values
    found = np.linalg.eigvals(companion).astype(np.complex128)
    return found[np.lexsort((-found.imag, -np.abs(found).round(12)))]


def decay_and_period(root: complex) -> tuple[float, float, float]:
    """Read a root: how a term shrinks from step to step, and how it turns.

    Parameters
    ----------
    root : complex
        One of :func:`roots`.

    Returns
    -------
    modulus : float
        Factor of each step: below 1 the term dies out, above 1 it explodes.
    period : float
        Steps in a turn; infinite for a positive root, which does not turn, and 2 for a
        negative one.
    half_life : float
        Steps until half is left; infinite where the modulus is 1 or more.

    Raises
    ------
    ValueError
        If the root is not finite.

    Examples
    --------
    >>> modulus, period, half_life = decay_and_period(0.5j)
    >>> round(modulus, 6), round(period, 6), round(half_life, 6)
    (0.5, 4.0, 1.0)
    >>> decay_and_period(1.0)
    (1.0, inf, inf)
    """
    root = complex(root)
    modulus, angle = abs(root), abs(math.atan2(root.imag, root.real))
    if not math.isfinite(modulus):
        raise ValueError(f"root must be a finite number, not {root}.")
    period = 2 * math.pi / angle if angle else math.inf
    if modulus >= 1:
        return modulus, period, math.inf
    half_life = math.log(0.5) / math.log(modulus) if modulus else 0.0
    return modulus, period, half_life
