"""Refusals that the modules of this package share, each in one sentence."""

from numbers import Integral

import numpy as np


def numbers(name, value, *, ndim=None):
    """Return `value` as a float64 array after checking that it is finite."""
    value = np.asarray(value, dtype=float)
    if ndim is not None and value.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes; got shape {value.shape}.")
    if not np.isfinite(value).all():
        raise ValueError(f"{name} must hold finite numbers; it has NaN or infinity.")
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


def chosen(kind, choice, known):
    """Return `choice`, or what `known` holds under that name, if it is a string."""
    if not isinstance(choice, str):
        return choice
    if choice not in known:
        raise ValueError(f"{kind} must be one of {', '.join(known)}; got {choice!r}.")
    return known[choice]
