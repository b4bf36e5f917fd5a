"""One recurrent unit, trained from many seeds side by side.

A SimpleRNN layer with one unit has three numbers: the weight of the input, the weight
of its own last state, and a bias.  So few numbers can be trained from many seeds in
seconds and be drawn on a map.  Seeds share each operation here, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from utils.scratch import SimpleRNN
from utils.training.dataset import Examples

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # of Adam, as Keras has them
CHUNK = 200  # units at a time on a map, to keep the arrays small


@dataclass(frozen=True)
class Units:
    """One-unit networks and how training moved them.

    Attributes
    ----------
    path : array of shape (epochs + 1, seeds, 3)
        Input weight, recurrent weight and bias before training and after each epoch.
    errors : array of shape (epochs + 1, seeds)
        Their mean squared errors on the validation part.
    """

    path: np.ndarray
    errors: np.ndarray

    @property
    def best(self) -> np.ndarray:
        """Lowest validation error of each seed after an epoch of training."""
        return self.errors[1:].min(axis=0)


def train(
    seeds: Sequence[int],
    train: Examples,
    validation: Examples,
    *,
    epochs: int = 20,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
) -> Units:
    """Train one unit from each seed, by Adam on the mean squared error.

    The first weights are drawn as Keras draws them, and each seed has an order of
    batches of its own.

    Parameters
    ----------
    seeds : sequence of int
        One network for each.
    train, validation : Examples
        Inputs (n, steps, 1) and targets (n, 1): one number to forecast.
    epochs, batch_size : int
        Passes over the training part, and series in a batch.
    learning_rate : float
        Of Adam.

    Returns
    -------
    Units

    Raises
    ------
    ValueError
        If there is no seed, or a part has several features or targets.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> from utils.data.synthetic import two_waves
    >>> series = two_waves(64, 11, rng=np.random.default_rng(0))
    >>> part = Examples(series[:, :10], series[:, 10])
    >>> train(range(3), part, part, epochs=2).errors.shape
    (3, 3)
    """
    if not len(seeds):
        raise ValueError("seeds must hold at least one seed.")
    (X, y), held_out = _arrays("train", train), _arrays("validation", validation)
    rngs = [np.random.default_rng(seed) for seed in seeds]
    layers = [SimpleRNN(1, 1, rng=rng) for rng in rngs]
    drawn = [[p.item() for p in layer.parameters] for layer in layers]
    adam = _Adam(np.array(drawn, dtype=np.float32), learning_rate)
    path, found = [adam.weights], [_errors(adam.weights, *held_out)]
    for _ in range(epochs):
        order = np.stack([rng.permutation(len(y)) for rng in rngs])
        for start in range(0, len(y), batch_size):
            rows = order[:, start : start + batch_size]
            adam.step(gradients(adam.weights, X[rows], y[rows]))
        path.append(adam.weights)
        found.append(_errors(adam.weights, *held_out))
    return Units(np.stack(path), np.stack(found))


def errors(weights, part: Examples) -> np.ndarray:
    """Mean squared error of one-unit networks with these weights.

    Parameters
    ----------
    weights : array of shape (n, 3)
        Input weight, recurrent weight and bias of each network.
    part : Examples
        As for :func:`train`.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    ValueError
        If the shape is another, or the part has several features or targets.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> part = Examples(np.zeros((4, 9, 1)), np.ones((4, 1)))
    >>> errors([[1.0, 1.0, 0.0]], part).tolist()
    [1.0]
    """
    weights = np.asarray(weights, dtype=np.float32)
    if weights.ndim != 2 or weights.shape[1] != 3:
        raise ValueError(
            "weights must have the shape (n, 3): input weight, recurrent weight and "
            f"bias of each network; got {weights.shape}."
        )
    return _errors(weights, *_arrays("part", part))


def gradients(weights, x, y) -> np.ndarray:
    """Gradient of the mean squared error by the three weights, for each network.

    Parameters
    ----------
    weights : array of shape (n, 3)
        Of each network.
    x : array of shape (n, batch, steps)
        A batch for each network.
    y : array of shape (n, batch)
        What to forecast.

    Returns
    -------
    array of shape (n, 3)
    """
    w, u, b = weights.T[..., None]
    x = np.ascontiguousarray(np.moveaxis(x, 2, 0))  # (steps, n, batch)
    h = _states(w, u, b, x)
    d_h = 2 * (h[-1] - y) / y.shape[1]
    d_z = 1 - h[1:] ** 2  # slopes of the tanh, times what arrives from above
    for slope in d_z[::-1]:
        slope *= d_h
        d_h = u * slope
    by_input = np.einsum("tnb,tnb->n", d_z, x)
    by_state = np.einsum("tnb,tnb->n", d_z, h[:-1])
    return np.stack([by_input, by_state, d_z.sum(axis=(0, 2))], axis=1)


def _states(w, u, b, x) -> np.ndarray:
    """Return the states before the first and after each step, (steps + 1, n, batch)."""
    sums = w * x + b
    h = np.zeros((len(sums) + 1, *sums.shape[1:]), dtype=np.float32)
    for t, z in enumerate(sums):
        z += u * h[t]
        np.tanh(z, out=h[t + 1])
    return h


def _errors(weights, X, y) -> np.ndarray:
    x = X.T[:, None]  # (steps, 1, series), the same for all networks
    parts = []
    for start in range(0, len(weights), CHUNK):
        w, u, b = weights[start : start + CHUNK].T[..., None]
        h = np.zeros((len(w), len(y)), dtype=np.float32)
        for step in x:
            h = np.tanh(w * step + u * h + b)
        parts.append(np.mean((h - y) ** 2, axis=1))
    return np.concatenate(parts)


def _arrays(name: str, part: Examples) -> tuple[np.ndarray, np.ndarray]:
    if part.inputs.shape[2] != 1 or part.targets.reshape(len(part), -1).shape[1] != 1:
        raise ValueError(
            f"{name} must have one feature and one target, not the shapes "
            f"{part.inputs.shape} and {part.targets.shape}."
        )
    return part.inputs[..., 0], part.targets.reshape(len(part))


class _Adam:
    """Adam for arrays of networks that share nothing."""

    def __init__(self, weights: np.ndarray, learning_rate: float):
        self.weights, self.learning_rate, self.steps = weights, learning_rate, 0
        self.mean, self.square = np.zeros_like(weights), np.zeros_like(weights)

    def step(self, g: np.ndarray) -> None:
        self.steps += 1
        self.mean = BETA_1 * self.mean + (1 - BETA_1) * g
        self.square = BETA_2 * self.square + (1 - BETA_2) * g * g
        correction = np.sqrt(1 - BETA_2**self.steps) / (1 - BETA_1**self.steps)
        rate = np.float32(self.learning_rate * correction)
        self.weights = self.weights - rate * self.mean / (
            np.sqrt(self.square) + EPSILON
        )
