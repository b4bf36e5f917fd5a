"""Refusals that the modules of this package share, each in one sentence."""

from numbers import Integral

import numpy as np


class NotFiniteError(ValueError):
    """An array holds NaN or infinity."""


def numbers(name, value, *, ndim=None, dtype=float):
    """Return `value` as an array of floats after checking that it is finite."""
    value = np.asarray(value, dtype=dtype)
    if ndim is not None and value.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes; got shape {value.shape}.")
    if not np.isfinite(value).all():
        raise NotFiniteError(
            f"{name} must hold finite numbers; it has NaN or infinity."
        )
    return value


def positive(name, value):
    """Return `value` as a float after checking that it is positive and finite."""
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a positive number; got {value}.")
    return float(value)


def fraction(name, value):
    """Return `value` after checking that it is at least 0 and below 1."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} must be at least 0 and below 1; got {value}.")
    return float(value)


def count(name, value):
    """Return `value` as an int after checking that it is whole and at least 1."""
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} must be a whole number, at least 1; got {value!r}.")
    return int(value)


def generator(name, value):
    """Return `value` after checking that it is a random generator."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(
            f"{name} must be a random generator, such as np.random.default_rng(0); "
            f"got {value!r}."
        )
    return value


def chosen(kind, name, known):
    """Return what `known` holds under `name`."""
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"{kind} must be one of {', '.join(known)}; got {name!r}.")
    return known[name]
