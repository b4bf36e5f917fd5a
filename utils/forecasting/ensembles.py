"""Several forecasts as one, and how sure an error is.

Forecasts of ``n`` rows by ``k`` models are an array of the shape (k, n), or a mapping
from a model's name to its ``n`` forecasts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from utils.metrics import mae


@dataclass(frozen=True)
class Ensemble:
    """A weighted mean of forecasts, chosen by :func:`greedy`.

    Attributes
    ----------
    weights : dict
        Share of each chosen model; the shares sum to 1.
    errors : tuple of float
        The error on the data of the choice after each step.

    Examples
    --------
    >>> Ensemble({"a": 0.75, "b": 0.25}, (1.0,)).predict({"a": [4.0], "b": [0.0]})
    array([3.])
    """

    weights: dict[str, float]
    errors: tuple[float, ...]

    def predict(self, forecasts: Mapping[str, np.ndarray]) -> np.ndarray:
        """Weigh the forecasts of the chosen models, each of shape (n,).

        Raises
        ------
        ValueError
            If the forecasts of a chosen model are missing.
        """
        missing = [name for name in self.weights if name not in forecasts]
        if missing:
            raise ValueError(
                f"forecasts of {', '.join(missing)} are missing, and the ensemble "
                "needs them."
            )
        parts = [w * np.asarray(forecasts[name]) for name, w in self.weights.items()]
        return np.sum(parts, axis=0)


def greedy(
    forecasts: Mapping[str, np.ndarray],
    y,
    *,
    steps: int = 20,
    error: Callable[..., float] = mae,
) -> Ensemble:
    """Choose an ensemble step by step: each step adds the model that helps most.

    A model may be added again, which gives it weight.  The shortest ensemble with the
    lowest error is kept (Caruana and others, 2004).  Choose on validation data: on the
    test set, the choice itself would be fitted to the test set.

    Parameters
    ----------
    forecasts : mapping of str to array, shape (n,)
        Each model's forecasts of the validation rows.
    y : array, shape (n,)
        The validation rows' truth.
    steps : int
        Additions to try.
    error : callable
        ``error(y, y_hat)``, lower is better.

    Returns
    -------
    Ensemble

    Raises
    ------
    ValueError
        If there is no model, ``steps`` is not whole and positive, or the shapes differ.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> ensemble = greedy({"high": [2.0, 3.0], "low": [0.0, 1.0]}, [1.0, 2.0])
    >>> ensemble.weights, ensemble.errors
    ({'high': 0.5, 'low': 0.5}, (1.0, 0.0))
    """
    if not forecasts:
        raise ValueError("forecasts must hold at least one model's, not none.")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps must be a whole number, 1 or more, not {steps!r}.")
    values = {name: np.asarray(f, np.float64) for name, f in forecasts.items()}
    total, chosen, errors = np.zeros(np.shape(y)), [], []
    for step in range(1, steps + 1):
        tried = {name: error(y, (total + f) / step) for name, f in values.items()}
        best = min(tried, key=tried.__getitem__)
        chosen.append(best)
        errors.append(tried[best])
        total = total + values[best]
    length = int(np.argmin(np.round(errors, 12))) + 1
    counts = Counter(chosen[:length])
    weights = {name: count / length for name, count in counts.items()}
    return Ensemble(weights, tuple(errors[:length]))


def block_bootstrap(
    errors,
    *,
    block: int,
    rng: np.random.Generator,
    draws: int = 1000,
) -> np.ndarray:
    """Draw the mean of a series again and again, from whole blocks of it.

    Errors of neighbouring hours are alike, so single hours drawn at random would make
    a mean look surer than it is; blocks keep neighbours together (Künsch, 1989).  For
    the difference of two models, give the difference of their errors row by row.

    Parameters
    ----------
    errors : array, shape (n,) or (n, k)
        Absolute errors in time order, or differences of them; the blocks of several
        columns are drawn together.
    block : int
        Rows in a block, longer than the errors remember: for weather some weeks.
    rng : numpy.random.Generator
        Source of the draws.
    draws : int
        Number of means to draw.

    Returns
    -------
    array, shape (draws,) or (draws, k)
        Means, in the unit of ``errors``; take quantiles of them as limits.

    Raises
    ------
    ValueError
        If ``errors`` is neither, or ``block`` is not from 1 to its length, or
        ``draws`` is not positive.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> means = block_bootstrap([1.0, 3.0] * 50, block=10, rng=rng)
    >>> means.shape, means.mean().round(6)
    ((1000,), np.float64(2.0))
    """
    values = np.asarray(errors, dtype=np.float64)
    if values.ndim not in (1, 2) or not np.isfinite(values).all():
        raise ValueError(
            "errors must be one or several series of finite numbers in time order."
        )
    if not 1 <= block <= len(values) or draws < 1:
        raise ValueError(
            f"block={block} must be from 1 to the {len(values)} rows of errors, and "
            f"draws={draws} must be 1 or more."
        )
    before = np.cumsum(np.concatenate([np.zeros_like(values[:1]), values]), axis=0)
    means = (before[block:] - before[:-block]) / block  # of the block from each row on
    blocks = -(-len(values) // block)
    return means[rng.integers(0, len(means), (draws, blocks))].mean(axis=1)
