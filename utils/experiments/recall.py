"""Delayed recall: which recurrent networks learn to keep a sign through noise.

A sign, +1 or -1, stands on the first channel at the first step, and the second channel
brings Gaussian noise at every step.  After the delay the network must say which sign
it was.  Nothing but memory is asked for, so the task tells how far back a kind of cell
can learn to remember; :func:`success` counts it.  :func:`ratio` is one number that is
known before training, and `PREDICTION`, which was written before the runs in `GRIDS`
were made, says what it should predict.

``python -m utils.experiments.train_all recall`` makes them; :func:`results` reads them.
"""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from utils.scratch import GRU, LSTM, Dense, Network, SimpleRNN
from utils.scratch.blas import one_thread
from utils.training import checkpoints
from utils.training.fingerprint import Fingerprint, code_of, summary
from utils.training.stacked import Stack

THRESHOLD = 1.4e-4  # of the ratio, from a first measurement with the seeds 0 to 4
RECALLED = 0.95  # share of fresh sequences above which the task counts as learned
PREDICTION = """
A network learns the task exactly when its ratio before training is above 1.4e-4.

The threshold comes from 300 earlier runs (seeds 0 to 4, 16 units, noise 1, 400 steps),
where it was right in 288.  It stays as it is, and the seeds are others.  Said before
the runs:

1. On the same 300 settings with fresh seeds it is right at least nine times in ten.
   That would confirm it; the share of the more frequent outcome is what it must beat.
2. With 8 or 32 units, and with noise of 0.5 or 2, it is right nine times in ten, too.
3. The ratio knows nothing of the learning rate and of the number of steps.  With longer
   training, networks below the threshold will begin to learn, so that it is right less
   often after 1600 steps than after 400; at rates of 0.001 and 0.03 it will foretell
   success where training is too slow or too wild.
4. Of the networks with ratios above 1e-2, or below 1e-6, at least 95 of 100 end as
   foretold at the learning rates 0.003 and 0.01.
""".strip()

FOLDER = checkpoints.FOLDER / "recall"
FIRST_SEED = 5
BATCH, EXAMPLES, FRESH = 64, 256, 1000


# ------------------------------------------------------------------------------- task


def draw(
    n: int, *, delay: int, noise: float = 1.0, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of the task.

    Parameters
    ----------
    n : int
        Sequences.
    delay : int
        Steps from the sign to the last step, 1 or more.
    noise : float, default 1.0
        Standard deviation of the second channel.
    rng : numpy.random.Generator
        Draws signs and noise.

    Returns
    -------
    X : array of shape (n, delay + 1, 2), float32
        The sign, then zeros, beside the noise.
    y : array of shape (n, 1), float32
        1 for the sign +1, 0 for -1.

    Raises
    ------
    ValueError
        If ``n`` or ``delay`` is not a whole number above 0, or ``noise`` is negative or
        not finite.

    Examples
    --------
    >>> X, y = draw(4, delay=3, rng=np.random.default_rng(0))
    >>> X.shape, y.shape, X[:, 1:, 0].any()
    ((4, 4, 2), (4, 1), np.False_)
    """
    for name, value in (("n", n), ("delay", delay)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a whole number above 0; got {value!r}.")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a number from 0 on; got {noise!r}.")
    y = rng.integers(2, size=(n, 1)).astype(np.float32)
    X = np.zeros((n, delay + 1, 2), dtype=np.float32)
    X[:, 0, 0] = 2 * y[:, 0] - 1
    X[..., 1] = noise * rng.standard_normal((n, delay + 1), dtype=np.float32)
    return X, y


# ------------------------------------------------------------------------------ cells


def _default(kind):
    def build(units, delay, rng):
        return kind(2, units, rng=rng)

    return build


def _lstm_for_delay(units, delay, rng):
    cell = LSTM(2, units, rng=rng)
    cell.b[cell.f] = chrono_biases(units, delay, rng=rng)
    cell.b[cell.i] = -cell.b[cell.f]
    return cell


def _gru_for_delay(units, delay, rng):
    cell = GRU(2, units, rng=rng)
    cell.b[0, cell.z] = chrono_biases(units, delay, rng=rng)
    return cell


CELLS = {
    "SimpleRNN": _default(SimpleRNN),
    "LSTM": _default(LSTM),
    "GRU": _default(GRU),
    "LSTM, chrono": _lstm_for_delay,
    "GRU, chrono": _gru_for_delay,
}
"""Draws each kind of cell: with Keras's defaults, or with gates set for the delay."""


def chrono_biases(units: int, longest: int, *, rng: np.random.Generator) -> np.ndarray:
    """Draw biases of the gate that keeps, for memories of up to ``longest`` steps [1]_.

    They are log u with u uniform from 1 to ``longest`` - 1.  A gate at rest then keeps
    the share u / (1 + u) at each step, and a memory fades over about u steps.

    Parameters
    ----------
    units : int
        Biases to draw.
    longest : int
        Longest delay that is expected, 2 or more.
    rng : numpy.random.Generator
        Draws u.

    Returns
    -------
    array of shape (units,)
        For the forget gate of an LSTM, whose input gate gets them with the other sign,
        and for the update gate of a GRU.

    Raises
    ------
    ValueError
        If ``longest`` is below 2.

    References
    ----------
    .. [1] C. Tallec and Y. Ollivier, "Can recurrent neural networks warp time?",
       *ICLR*, 2018.

    Examples
    --------
    >>> biases = chrono_biases(100, 40, rng=np.random.default_rng(0))
    >>> bool((biases >= 0).all() and (biases <= np.log(39)).all())
    True
    """
    if longest < 2:
        raise ValueError(f"longest must be 2 steps or more; got {longest!r}.")
    return np.log(rng.uniform(1, longest - 1, units))


def half_life(bias):
    """Return the steps in which a gate at rest, sigmoid(bias), halves what it keeps.

    Examples
    --------
    >>> half_life(np.array([0.0, 1.0, 5.0])).round(1)
    array([  1. ,   2.2, 103.2])
    """
    return np.log(2) / np.logaddexp(0, -np.asarray(bias, dtype=float))


@dataclass(frozen=True)
class Setting:
    """One training run of the task.

    Attributes
    ----------
    cell : str
        A key of `CELLS`.
    delay, seed, units : int
        Of the task, of weights and examples, and of the cell.
    learning_rate, noise : float
        Of Adam, and of the task.
    forget_bias : float or None
        Of an LSTM, in place of its own.

    Examples
    --------
    >>> network = Setting("LSTM", delay=10, seed=0, forget_bias=3.0).network()
    >>> network
    Network([LSTM(2, 16), Dense(16, 1, 'sigmoid')])
    >>> cell = network.layers[0]
    >>> cell.b[cell.f][:3]
    array([3., 3., 3.])
    """

    cell: str
    delay: int
    seed: int
    learning_rate: float = 0.003
    units: int = 16
    noise: float = 1.0
    forget_bias: float | None = None

    def __post_init__(self):
        """Check the cell."""
        if self.cell not in CELLS:
            raise ValueError(
                f"cell must be one of {', '.join(map(repr, CELLS))}; got {self.cell!r}."
            )
        if self.forget_bias is not None and self.cell != "LSTM":
            raise ValueError(
                f"forget_bias belongs to the cell 'LSTM'; got it for {self.cell!r}."
            )

    def network(self) -> Network:
        """Draw the network; the same one whatever the learning rate and the noise."""
        rng = self.rng("weights")
        cell = CELLS[self.cell](self.units, self.delay, rng)
        if self.forget_bias is not None:
            cell.b[cell.f] = self.forget_bias
        return Network([cell, Dense(self.units, 1, "sigmoid", rng=rng)])

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the generator of the weights, or of the examples for a purpose."""
        purposes = ("weights", "ratio", "training", "fresh")
        return np.random.default_rng([self.seed, self.delay, purposes.index(purpose)])

    def draw(self, n: int, rng: np.random.Generator):
        """Draw sequences of this setting; see :func:`draw`."""
        return draw(n, delay=self.delay, noise=self.noise, rng=rng)


# -------------------------------------------------------------- one number beforehand


def input_gradients(network: Network, X, y) -> np.ndarray:
    """Return the norm of the loss gradient along the inputs of each step.

    Parameters
    ----------
    network : Network
        A recurrent layer and a sigmoid neuron.
    X, y : arrays of shape (n, steps, features) and (n, 1)
        As :func:`draw` returns them.

    Returns
    -------
    array of shape (steps,)
        Norms over all examples and features, of the binary cross-entropy.

    Examples
    --------
    >>> X, y = draw(8, delay=3, rng=np.random.default_rng(0))
    >>> input_gradients(Setting("GRU", delay=3, seed=0).network(), X, y).shape
    (4,)
    """
    cell = network.layers[0]
    network.forward(X)
    network.backward(y, "binary_cross_entropy")
    return np.linalg.norm(cell.dz @ cell.W.T, axis=(0, 2))


def ratio(setting: Setting, *, examples: int = EXAMPLES) -> float:
    """Compare the gradient at the first step with that at the last, before training.

    Parameters
    ----------
    setting : Setting
        Its network is drawn and not trained.
    examples : int, default 256
        Sequences to measure on.

    Returns
    -------
    float
        Norm of the loss gradient along the first input over that along the last.

    Examples
    --------
    >>> ratio(Setting("GRU", delay=40, seed=0)) < 1e-6
    True
    """
    X, y = setting.draw(examples, setting.rng("ratio"))
    norms = input_gradients(setting.network(), X, y)
    return float(norms[0] / norms[-1])


# --------------------------------------------------------------------------- training


def train(settings: Sequence[Setting], *, steps: Sequence[int] = (400,)) -> np.ndarray:
    """Train networks of one kind, size and delay, and measure what they recall.

    Each learns from fresh batches of 64 by Adam, with gradients clipped to norm 1.

    Parameters
    ----------
    settings : sequence of Setting
        They share the kind of cell, the units and the delay, and train side by side.
    steps : sequence of int
        After which numbers of steps to measure, in growing order.

    Returns
    -------
    array of shape (settings, len(steps))
        Share of 1,000 fresh sequences whose sign is recalled.

    Raises
    ------
    ValueError
        If the settings differ in kind, units or delay, or ``steps`` does not grow.

    Examples
    --------
    >>> settings = [Setting("SimpleRNN", delay=3, seed=seed) for seed in (0, 1)]
    >>> train(settings, steps=(0, 200)).shape
    (2, 2)
    """
    if sorted(set(steps)) != list(steps):
        raise ValueError(f"steps must grow; got {list(steps)}.")
    if len({setting.delay for setting in settings}) != 1:
        raise ValueError("settings must share one delay, so that sequences fit.")
    stack = Stack(
        [setting.network() for setting in settings],
        learning_rates=[setting.learning_rate for setting in settings],
    )
    rngs = [setting.rng("training") for setting in settings]
    fresh = _draw_each(settings, [s.rng("fresh") for s in settings], FRESH)
    recalled = []
    for before, after in itertools.pairwise((0, *steps)):
        for _ in range(after - before):
            stack.learn(*_draw_each(settings, rngs, BATCH))
        recalled.append(_recalled(stack, *fresh))
    return np.stack(recalled, axis=1)


def _draw_each(settings, rngs, n):
    pairs = [s.draw(n, rng) for s, rng in zip(settings, rngs, strict=True)]
    X, y = (np.stack(arrays) for arrays in zip(*pairs, strict=True))
    return X, y[..., 0]


def _recalled(stack, X, y):
    parts = range(0, X.shape[1], BATCH)  # as many at a time as in training
    p = np.concatenate([stack.predict(X[:, k : k + BATCH]) for k in parts], axis=1)
    return ((p > 0.5) == (y > 0.5)).mean(axis=1)


def kept(settings: Sequence[Setting], *, steps: Sequence[int]) -> np.ndarray:
    """Train as `train` does, and measure what the gate that keeps lets through.

    Parameters
    ----------
    settings : sequence of Setting
        LSTMs or GRUs that share kind, units and delay.
    steps : sequence of int
        After which numbers of steps to measure, in growing order.

    Returns
    -------
    array of shape (settings, len(steps), units)
        Mean of the forget gate, or of the update gate, over 256 fresh sequences and
        all their steps but the first.  A memory that shrinks by this share at each step
        has the half-life ``log(0.5) / log(share)``.

    Raises
    ------
    ValueError
        If the cell has no such gate.

    Examples
    --------
    >>> kept([Setting("GRU", 3, 0)], steps=(0, 5)).shape
    (1, 2, 16)
    """
    gate = {"LSTM": "f", "GRU": "z"}.get(settings[0].cell.partition(",")[0])
    if gate is None:
        raise ValueError(f"settings must be LSTMs or GRUs; got {settings[0].cell!r}.")
    networks = [setting.network() for setting in settings]
    rates = [setting.learning_rate for setting in settings]
    stack = Stack(networks, learning_rates=rates)
    rngs = [setting.rng("training") for setting in settings]
    X, _ = _draw_each(settings, [s.rng("fresh") for s in settings], EXAMPLES)
    found = []
    for before, after in itertools.pairwise((0, *steps)):
        for _ in range(after - before):
            stack.learn(*_draw_each(settings, rngs, BATCH))
        for k, network in enumerate(networks):
            network.set_weights([weights[k] for weights in stack.weights])
            network.forward(X[k])
            gates = network.layers[0].activations[gate]
            found.append(gates[:, 1:].mean(axis=(0, 1)))
    return np.stack(found).reshape(len(steps), len(settings), -1).swapaxes(0, 1)


# -------------------------------------------------------------------------- the grids


@dataclass(frozen=True)
class Grid:
    """Settings that are trained together and stored in one file for each seed.

    Attributes
    ----------
    id : str
        Its name for ``make reproduce``, and that of its files.
    description : str
        What varies.
    cells, delays, learning_rates, units, noise, forget_biases : tuple
        Values that are combined, each with each.
    steps : tuple of int
        After which numbers of steps the networks are measured.
    n_seeds : int
        Seeds, from `FIRST_SEED` on.

    Examples
    --------
    >>> grid = GRIDS["recall"]
    >>> len(grid.settings(5)) * grid.n_seeds
    600
    """

    id: str
    description: str
    cells: tuple[str, ...] = tuple(CELLS)
    delays: tuple[int, ...] = (10, 20, 30, 40, 60, 100)
    learning_rates: tuple[float, ...] = (0.003, 0.01)
    units: tuple[int, ...] = (16,)
    noise: tuple[float, ...] = (1.0,)
    forget_biases: tuple[float | None, ...] = (None,)
    steps: tuple[int, ...] = (400,)
    n_seeds: int = 5

    def settings(self, seed: int) -> list[Setting]:
        """List the settings of one seed, those that train side by side together."""
        axes = self.delays, self.units, self.cells, self.learning_rates
        found = [
            Setting(cell, delay, seed, rate, units, noise, bias)
            for delay, units, cell, rate, noise, bias in itertools.product(
                *axes, self.noise, self.forget_biases
            )
        ]
        return sorted(found, key=_stack_of)

    def stacks(self, seed: int) -> Iterator[list[Setting]]:
        """Yield the settings that train side by side."""
        for _, group in itertools.groupby(self.settings(seed), key=_stack_of):
            yield list(group)


def _stack_of(setting: Setting):
    return setting.delay, setting.units, setting.cell.partition(",")[0]


DEFAULTS = ("SimpleRNN", "LSTM", "GRU")
SOME = {"cells": DEFAULTS, "delays": (20, 40, 60)}
GRIDS: dict[str, Grid] = {
    grid.id: grid
    for grid in (
        Grid(
            "recall",
            "five kinds of cell at four learning rates",
            learning_rates=(0.001, 0.003, 0.01, 0.03),
        ),
        Grid("recall-noise", "less noise, and more", noise=(0.5, 2.0), **SOME),
        Grid("recall-units", "fewer units, and more", units=(8, 32), **SOME),
        Grid(
            "recall-steps",
            "longer training",
            steps=(400, 800, 1600),
            n_seeds=3,
            **SOME,
        ),
        Grid(
            "recall-biases",
            "LSTMs whose forget gates start with other biases than 1",
            cells=("LSTM",),
            forget_biases=(0.0, 2.0, 3.0, 4.0, 5.0),
        ),
        Grid(
            "recall-far",
            "the same at delays that Keras's bias does not reach",
            cells=("LSTM",),
            delays=(200, 400),
            forget_biases=(2.0, 3.0, 4.0, 5.0),
            n_seeds=3,
        ),
        Grid(
            "recall-rates",
            "learning rates beyond those of the first grid",
            cells=DEFAULTS,
            learning_rates=(0.1, 0.3, 1.0),
        ),
    )
}
"""Everything that was run.

The first four grids test `PREDICTION`.  To save time, noise, units and steps are varied
only for three cells and the delays at which outcomes differ; that was chosen after the
first seeds of ``recall`` were known.  Farther delays and higher learning rates were
added later, because a best value lay at the edge of the grids before.
"""


@dataclass(frozen=True)
class Outcomes:
    """What became of a grid's settings with one seed.

    Attributes
    ----------
    grid : Grid
        What was run.
    seed : int
        With which seed.
    ratios : array of shape (settings,)
        Before training.
    recalled : array of shape (settings, len(grid.steps))
        After it.
    seconds : array of shape (settings,)
        Wall-clock time of each network's share of the training.
    fingerprint : Fingerprint, optional
        What they were made from.
    """

    grid: Grid
    seed: int
    ratios: np.ndarray
    recalled: np.ndarray
    seconds: np.ndarray
    fingerprint: Fingerprint | None = field(default=None, repr=False)

    def table(self) -> pd.DataFrame:
        """Return one row for each setting and number of steps."""
        lines = []
        rows = zip(self.ratios, self.recalled, self.seconds, strict=True)
        for setting, (ratio, recalled, taken) in zip(
            self.grid.settings(self.seed), rows, strict=True
        ):
            own = {"grid": self.grid.id, **asdict(setting), "ratio": ratio}
            for steps, share in zip(self.grid.steps, recalled, strict=True):
                lines.append(
                    own | {"steps": steps, "recalled": share, "seconds": taken}
                )
        table = pd.DataFrame(lines)
        table["predicted"] = table["ratio"] > THRESHOLD
        table["learned"] = table["recalled"] > RECALLED
        return table


def run(grid: Grid, seed: int, *, progress: bool = True) -> Outcomes:
    """Measure ratios, train, and measure what is recalled, for all of a grid.

    Parameters
    ----------
    grid : Grid
        What to run.
    seed : int
        Of all its settings.
    progress : bool
        Show a bar with the time that is left.

    Returns
    -------
    Outcomes

    Examples
    --------
    >>> grid = Grid("small", "to try", ("LSTM",), (3,), steps=(2,))
    >>> run(grid, 5, progress=False).table()["recalled"].between(0, 1).all()
    np.True_
    """
    from tqdm import tqdm

    fingerprint = fingerprint_of(grid)  # now: the code may be edited meanwhile
    found = []
    settings = grid.settings(seed)
    with tqdm(
        total=len(settings), desc=f"{grid.id} {seed}", disable=not progress
    ) as bar:
        for stack in grid.stacks(seed):
            ratios = _ratios(stack)
            started = time.perf_counter()
            recalled = train(stack, steps=grid.steps)
            each = (time.perf_counter() - started) / len(stack)
            found.append((ratios, recalled, np.full(len(stack), each)))
            bar.update(len(stack))
    parts = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return Outcomes(grid, seed, *parts, fingerprint)


def _ratios(settings: Sequence[Setting]) -> list[float]:
    """Measure each network once, whatever the learning rates."""
    once = functools.cache(ratio)
    return [once(replace(setting, learning_rate=0.003)) for setting in settings]


# --------------------------------------------------------------------- stored results


def fingerprint_of(grid: Grid) -> Fingerprint:
    """Say what a grid's outcomes are made from."""
    X, y = draw(EXAMPLES, delay=10, rng=np.random.default_rng(0))
    code = code_of(train, ratio, Setting, leave_out=LEFT_OUT)
    data = {"X": summary(X), "y": summary(y)}
    for cell in grid.cells:
        network = Setting(cell, delay=10, seed=0).network()
        data[f"gradients of {cell}"] = summary(input_gradients(network, X, y))
    return Fingerprint(code, _plain(asdict(grid)), data)


# Compared by the gradients that they give, or without influence on them.
LEFT_OUT = (Network, Dense, SimpleRNN, LSTM, GRU, one_thread)


def _plain(settings: dict) -> dict:
    """Return a grid as JSON gives it back, without what says nothing of one seed."""
    del settings["description"], settings["n_seeds"]
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in settings.items()
    }


def path_of(name: str, seed: int, *, folder: Path = FOLDER) -> Path:
    """Name the file of a grid's outcomes with one seed."""
    return folder / f"{name}-seed{seed}.npz"


def packed(outcomes: Outcomes) -> tuple[list[np.ndarray], dict]:
    """Return arrays and description, as `utils.training.checkpoints.write` wants."""
    arrays = [
        outcomes.ratios.astype(np.float32),
        np.rint(outcomes.recalled * FRESH).astype(np.int16),
        outcomes.seconds.astype(np.float32),
    ]
    table = outcomes.table()
    scores = {
        "learned": table["learned"].mean(),
        "predicted right": (table["learned"] == table["predicted"]).mean(),
    }
    return arrays, {
        "id": outcomes.grid.id,
        "seed": outcomes.seed,
        "fingerprint": outcomes.fingerprint._asdict(),
        "scores": {name: round(float(value), 3) for name, value in scores.items()},
        "seconds": round(float(outcomes.seconds.sum()), 1),
        "versions": {"numpy": np.__version__},
    }


def load(grid: Grid, seed: int, *, folder: Path = FOLDER) -> Outcomes:
    """Read the outcomes of a grid with one seed.

    Raises
    ------
    CheckpointError
        If the file is missing, or was made from something else than the course has now.
    """
    fingerprint = fingerprint_of(grid)
    with checkpoints.rebuilt_by(grid.id):
        arrays, _ = checkpoints.load(
            path_of(grid.id, seed, folder=folder),
            {"id": grid.id, "seed": seed},
            fingerprint,
        )
    ratios, recalled, seconds = (array.astype(float) for array in arrays)
    return Outcomes(grid, seed, ratios, recalled / FRESH, seconds, fingerprint)


def results(*ids: str, folder: Path = FOLDER) -> pd.DataFrame:
    """Return the stored outcomes of grids, one row per setting and number of steps.

    Parameters
    ----------
    *ids : str
        Keys of `GRIDS`; none for all.

    Returns
    -------
    DataFrame
        The fields of :class:`Setting`, and ``grid``, ``steps``, ``ratio``,
        ``recalled``, ``seconds``, ``predicted`` (by the ratio) and ``learned``.

    Raises
    ------
    CheckpointError
        As :func:`load` does.
    """
    tables = [
        load(GRIDS[name], seed, folder=folder).table()
        for name in ids or GRIDS
        for seed in seeds_of(GRIDS[name])
    ]
    return pd.concat(tables, ignore_index=True)


def seeds_of(grid: Grid, count: int | None = None) -> range:
    """Return the seeds of a grid, at most ``count``."""
    count = grid.n_seeds if count is None else min(count, grid.n_seeds)
    return range(FIRST_SEED, FIRST_SEED + count)


def verify(grid: Grid, *, seeds: Sequence[int], folder: Path = FOLDER) -> None:
    """Give stored outcomes the present fingerprint, where new runs prove it theirs.

    The ratios of all settings must come out again, to 1e-3, and the networks of the
    shortest delay, trained anew with the first seed, must learn where those of the
    stored file did, but for one in ten, which rounding may decide otherwise.

    Raises
    ------
    CheckpointError
        If it is not so, with the command that runs the grid anew; then no file is
        changed.
    """
    stored = {}
    with checkpoints.rebuilt_by(grid.id):
        for seed in seeds:
            path = path_of(grid.id, seed, folder=folder)
            stored[path] = arrays, meta = checkpoints.read(path)
            checkpoints.check_identity(path.name, meta, {"id": grid.id, "seed": seed})
            _prove_ratios(path.name, arrays[0], grid.settings(seed))
        path = path_of(grid.id, seeds[0], folder=folder)
        _prove_training(path.name, stored[path][0][1], grid, seeds[0])
    fingerprint = fingerprint_of(grid)._asdict()
    for path, (arrays, meta) in stored.items():
        checkpoints.write(path, arrays, meta | {"fingerprint": fingerprint})


def _prove_ratios(name: str, stored, settings: list[Setting]) -> None:
    found = _ratios(settings)
    if len(found) != len(stored) or not np.allclose(found, stored, rtol=1e-3, atol=0):
        raise checkpoints.CheckpointError(
            f"{name} is not verified: the ratios before training are others now."
        )


def _prove_training(name: str, stored, grid: Grid, seed: int) -> None:
    first = next(grid.stacks(seed))
    learned = stored[: len(first)] > RECALLED * FRESH
    again = train(first, steps=grid.steps) > RECALLED
    if (learned != again).mean() > 0.1:
        raise checkpoints.CheckpointError(
            f"{name} is not verified: {(learned != again).sum()} of {again.size} "
            "networks trained anew learn where the stored did not, or the reverse."
        )


# --------------------------------------------------------------------------- tables


def confusion(table: pd.DataFrame, by: Sequence[str] | str = ()) -> pd.DataFrame:
    """Count how often the ratio predicted what training brought.

    Parameters
    ----------
    table : DataFrame
        As :func:`results` returns it.
    by : str or sequence of str
        Columns to count by; none for one row over everything.

    Returns
    -------
    DataFrame
        With the columns ``"learned, as predicted"``, ``"learned, not predicted"``,
        ``"failed, as predicted"``, ``"failed, not predicted"``, ``"runs"`` and
        ``"right"``, the share of outcomes that were predicted.

    Examples
    --------
    >>> table = pd.DataFrame({"predicted": [True, True], "learned": [True, False]})
    >>> confusion(table)["right"].item()
    0.5
    """
    predicted, learned = table["predicted"], table["learned"]
    counts = pd.DataFrame(
        {
            "learned, as predicted": learned & predicted,
            "learned, not predicted": learned & ~predicted,
            "failed, as predicted": ~learned & ~predicted,
            "failed, not predicted": ~learned & predicted,
            "runs": True,
            "right": learned == predicted,
        }
    ).astype(int)
    by = [by] if isinstance(by, str) else list(by)
    keys = [table[name] for name in by] or [pd.Series("all", index=table.index)]
    found = counts.groupby(keys, dropna=False).sum()
    found["right"] /= found["runs"]
    return found


def success(
    table: pd.DataFrame, by: Sequence[str] = ("cell", "learning_rate")
) -> pd.DataFrame:
    """Count the seeds that learned, by delay in the columns.

    Parameters
    ----------
    table : DataFrame
        As :func:`results` returns it.
    by : sequence of str
        Columns to count by, in the rows.

    Returns
    -------
    DataFrame
        Numbers of runs that recall over 95 %.

    Examples
    --------
    >>> runs = {"cell": "GRU", "learning_rate": 0.01, "delay": [5, 5, 9]}
    >>> success(pd.DataFrame({**runs, "learned": [True, True, False]})).values
    array([[2, 0]])
    """
    counts = table.groupby([*by, "delay"], sort=False)["learned"].sum()
    return counts.unstack("delay")


def panels(table: pd.DataFrame) -> dict[str, dict[str, np.ndarray]]:
    """Arrange the runs for :func:`utils.plotting.memory.recalled`.

    Parameters
    ----------
    table : DataFrame
        As :func:`results` returns it, of one grid and one number of steps.

    Returns
    -------
    dict of str to dict of str to array of shape (delays, seeds)
        By learning rate and cell, whether each run learned.

    Examples
    --------
    >>> runs = {"cell": "GRU", "learning_rate": 0.01, "delay": [5, 5], "seed": [5, 6]}
    >>> panels(pd.DataFrame({**runs, "learned": [True, False]}))
    {'learning rate 0.01': {'GRU': array([[ True, False]])}}
    """
    found: dict[str, dict[str, np.ndarray]] = {}
    for (rate, cell), runs in table.groupby(["learning_rate", "cell"], sort=False):
        square = runs.pivot(index="delay", columns="seed", values="learned")
        found.setdefault(f"learning rate {rate:g}", {})[cell] = square.to_numpy()
    return {
        rate: {cell: cells[cell] for cell in CELLS if cell in cells}
        for rate, cells in found.items()
    }


def half_success(table: pd.DataFrame) -> pd.Series:
    """Return the delay at which half of the runs learn, by forget bias.

    Parameters
    ----------
    table : DataFrame
        As :func:`results` returns it, of LSTMs; without a bias of their own they have
        Keras's, 1.

    Returns
    -------
    Series
        Delays, by linear interpolation of the share of runs that learned over the
        logarithm of the delay, to the first delay at which it is below one half;
        infinity where it never is, NaN where it is from the shortest delay on.

    Examples
    --------
    >>> runs = {"forget_bias": 3.0, "delay": [10, 10, 40, 40]}
    >>> table = pd.DataFrame({**runs, "learned": [True, True, False, False]})
    >>> half_success(table).round(1).to_dict()
    {3.0: 20.0}
    """
    biases = table["forget_bias"].astype(float).fillna(1.0)
    shares = table.groupby([biases, "delay"])["learned"].mean().unstack("delay")
    return shares.apply(_crossing, axis=1)


def _crossing(shares: pd.Series) -> float:
    delays, values = shares.index.to_numpy(float), shares.to_numpy()
    below = np.flatnonzero(values < 0.5)
    if not len(below) or below[0] == 0:
        return np.nan if len(below) else np.inf
    k = below[0]
    part = (values[k - 1] - 0.5) / (values[k - 1] - values[k])
    return float(delays[k - 1] * (delays[k] / delays[k - 1]) ** part)
