"""Training that is fast on a CPU, can be interrupted, and says what it did.

:func:`fit` trains a model of the catalogue and keeps the epoch with the lowest
validation loss.  :func:`fit_or_load` loads the committed result instead where there is
one.  Batches are gathered from the table inside TensorFlow, many steps per call, and an
LSTM walks through a window in one operation (:mod:`utils.training.fused_lstm`).  The
order of batches depends on the seed and the epoch alone, so that a resumed training
takes the steps that an uninterrupted one takes.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from utils.training import catalogue, checkpoints
from utils.training.checkpoints import CheckpointError
from utils.training.dataset import METRICS, Examples, Experiment, arrays_of
from utils.training.fingerprint import Fingerprint, code_of, configuration_of
from utils.training.fused_lstm import fuse
from utils.windows import Windows

if TYPE_CHECKING:
    import keras

PARTS = ("validation", "test")
SHORT = {"epochs": 3, "steps": 40}  # on simulated weather, where no result is claimed
STEPS_PER_CALL = 32
SAME_SCORE = 1e-5  # in the unit of the score, which is stored with five decimals
SAME_EPOCH = 1e-3  # relative; processors round differently at each step


@dataclass(frozen=True)
class Run:
    """A trained model and how it came about.

    Attributes
    ----------
    spec : Spec
        The model's entry in the catalogue.
    seed : int
        Seed of the weights and of the order of the batches.
    model : keras.Model
        With the weights of the best epoch.
    history : dict
        ``loss``, ``val_loss``, the metric and the same with ``val_`` before it, such as
        ``mae`` and ``val_mae``: one value per epoch.
    seconds : float
        Wall-clock time of the training.
    fingerprint : Fingerprint, optional
        What it was made from; None when it was trained on bare windows.
    metric, unit : str
        Of the scores.
    scores : dict
        Error on ``"validation"`` and ``"test"``, as measured after the training.
    versions : dict
        Of the packages that trained it.
    """

    spec: catalogue.Spec
    seed: int
    model: keras.Model
    history: dict[str, list[float]]
    seconds: float
    fingerprint: Fingerprint | None = None
    metric: str = "mae"
    unit: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def best_epoch(self) -> int:
        """Epoch with the lowest validation loss, counted from 1."""
        return int(np.argmin(self.history["val_loss"])) + 1


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and Keras, so that the same cell gives the same numbers.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Raises
    ------
    ValueError
        If the seed is not such a number.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> import keras
    >>> set_seed(0)
    >>> first = keras.random.normal((2,))
    >>> set_seed(0)
    >>> bool((keras.random.normal((2,)) == first).numpy().all())
    True
    """
    _check_seed(seed)
    from utils.backend import keras

    keras.utils.set_random_seed(int(seed))


def _check_seed(seed) -> None:
    whole = isinstance(seed, int | np.integer) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < 2**32:
        raise ValueError(
            f"seed must be a whole number from 0 to 4294967295, not {seed!r}."
        )


# ------------------------------------------------------------------------- training


def fit(
    spec: catalogue.Spec | str,
    train: Windows | Examples,
    validation: Windows | Examples,
    *,
    seed: int,
    metric: str = "mae",
    epochs: int | None = None,
    steps: int | None = None,
    progress: bool = True,
    state: Path | None = None,
) -> Run:
    """Train a model of the catalogue and keep its best epoch.

    Parameters
    ----------
    spec : Spec or str
        The model, or its id in the catalogue.
    train, validation : Windows or Examples
        What to learn from, and to choose the epoch by validation loss.
    seed : int
        Seed of the weights and of the order of the batches.
    metric : str
        ``"mae"`` or ``"mse"``, followed beside the loss.
    epochs : int, optional
        Passes over the training windows; default: what the catalogue says.
    steps : int, optional
        Batches in an epoch; default: all windows.
    progress : bool
        Show a bar with the time that is left.
    state : Path, optional
        File that keeps the state after each epoch.  When it exists and belongs to the
        same training, the training goes on from there; at the end it is removed.

    Returns
    -------
    Run
        The trained model, its history and more.

    Raises
    ------
    ValueError
        If the model is unknown, the seed, ``epochs`` or ``steps`` is not a whole number
        in range, or train and validation windows differ in shape.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> wave = np.sin(np.arange(60.0))
    >>> train = Windows(wave[:, None], wave, length=5, stop=40)
    >>> validation = Windows(wave[:, None], wave, length=5, start=40)
    >>> run = fit("C2", train, validation, seed=0, epochs=2, progress=False)
    >>> sorted(run.history), len(run.history["loss"])
    (['loss', 'mae', 'val_loss', 'val_mae'], 2)
    """
    spec = catalogue.get(spec) if isinstance(spec, str) else spec
    epochs = spec.epochs if epochs is None else epochs
    batches = -(-len(train) // spec.batch_size)
    _check_fit(train, validation, epochs, steps)
    steps = batches if steps is None else min(steps, batches)
    started = time.perf_counter()
    set_seed(seed)
    model = compiled(spec, train.input_shape, steps=steps, metric=metric)
    key = _training_key(spec, train, seed, epochs, steps) | {"metric": metric}
    keeper = _Keeper(model, key, state, metric=metric)
    feed = Feed(train, spec.batch_size, seed=seed, steps=steps)
    model.fit(
        feed.dataset(),
        validation_data=ordered(validation),
        initial_epoch=len(keeper.history.get("loss", ())),
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=_callbacks(feed, keeper, f"{spec.id}, seed {seed}", epochs, progress),
    )
    best = spec.build(train.input_shape)
    best.set_weights(keeper.finish())
    seconds = keeper.seconds_before + time.perf_counter() - started
    return Run(
        spec, seed, best, keeper.history, seconds, metric=metric, versions=versions()
    )


def _check_fit(train, validation, epochs, steps) -> None:
    for name, value in (("epochs", epochs), ("steps", 1 if steps is None else steps)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(
                f"{name} must be a whole number, 1 or more, not {value!r}."
            )
    if train.input_shape != validation.input_shape:
        raise ValueError(
            f"train and validation must hold windows of one shape, not "
            f"{train.input_shape} and {validation.input_shape}."
        )


def compiled(
    spec: catalogue.Spec,
    input_shape: tuple[int, int],
    *,
    steps: int = STEPS_PER_CALL,
    metric: str = "mae",
) -> keras.Model:
    """Build and compile a model for training; up to 32 steps run in one call.

    Its LSTM layers are fused where they can be; see
    :func:`utils.training.fused_lstm.fuse`.
    """
    from utils.backend import keras

    model, fused = fuse(spec.build(input_shape))
    optimizer = keras.optimizers.get(spec.optimizer)
    optimizer.learning_rate = spec.learning_rate
    model.compile(
        optimizer,
        spec.loss,
        metrics=[metric],
        jit_compile=spec.jit and not fused,
        steps_per_execution=min(steps, STEPS_PER_CALL),
    )
    return model


def _training_key(spec, train, seed: int, epochs: int, steps: int) -> dict:
    """Describe a training, to tell whether a saved state belongs to it."""
    arrays = arrays_of(train).values()
    data = [zlib.crc32(np.ascontiguousarray(array).tobytes()) for array in arrays]
    recipe = {**spec.recipe, "epochs": epochs, "steps": steps}
    return {"id": spec.id, "seed": int(seed), "recipe": recipe, "data": data}


def versions() -> dict[str, str]:
    """Name the versions of the packages that decide a training's outcome."""
    from utils.backend import keras, tf

    return {"keras": keras.__version__, "tensorflow": tf.__version__}


# -------------------------------------------------------------------------- batches


class Feed:
    """Shuffled batches for Keras, gathered from the table inside TensorFlow.

    The order of an epoch is drawn from ``[seed, epoch]``.

    Examples
    --------
    >>> windows = Windows(np.arange(9)[:, None], np.arange(9), length=3, horizon=1)
    >>> feed = Feed(windows, 4, seed=0)
    >>> [x.shape for x, y in feed.dataset()]
    [TensorShape([4, 3, 1]), TensorShape([2, 3, 1])]
    """

    def __init__(
        self,
        windows: Windows | Examples,
        batch_size: int,
        *,
        seed: int,
        steps: int | None = None,
    ):
        self.windows = windows
        self.batch_size = batch_size
        self.seed = seed
        self.steps = -(-len(windows) // batch_size) if steps is None else steps
        self.epoch = 0

    def order(self, epoch: int) -> np.ndarray:
        """Numbers of the windows of an epoch, in the order of training."""
        order = np.random.default_rng([self.seed, epoch]).permutation(len(self.windows))
        return order[: self.steps * self.batch_size]

    def dataset(self):
        """Return the batches of epoch ``self.epoch`` as a ``tf.data.Dataset``."""
        return _dataset(
            self.windows, lambda: self.order(self.epoch), self.batch_size, self.steps
        )


def ordered(windows: Windows | Examples, batch_size: int = 1024):
    """Return all windows in time order as a ``tf.data.Dataset`` of batches.

    Examples
    --------
    >>> windows = Windows(np.ones((9, 2)), np.arange(9), length=3, horizon=2)
    >>> [y.numpy().tolist() for x, y in ordered(windows, 3)]
    [[4.0, 5.0, 6.0], [7.0, 8.0]]
    """
    steps = -(-len(windows) // batch_size)
    return _dataset(windows, lambda: np.arange(len(windows)), batch_size, steps)


def _dataset(part: Windows | Examples, order, batch_size: int, steps: int):
    from utils.backend import tf

    is_cut = isinstance(part, Windows)
    gather = _gather_windows(part) if is_cut else _gather_examples(part)

    def numbers():
        chosen = part.starts[order()] if is_cut else order()
        for k in range(0, len(chosen), batch_size):
            yield chosen[k : k + batch_size]

    form = tf.TensorSpec((None,), tf.int64)
    batches = tf.data.Dataset.from_generator(numbers, output_signature=form)
    batches = batches.map(gather, num_parallel_calls=2, deterministic=True).prefetch(4)
    return batches.apply(tf.data.experimental.assert_cardinality(steps))


def _gather_windows(windows: Windows):
    from utils.backend import tf

    table, target = tf.constant(windows.table), tf.constant(windows.target)
    offsets, ahead = tf.constant(windows.offsets), tf.constant(windows.target_offsets)

    def gather(starts):
        targets = tf.reshape(starts, [-1, *[1] * ahead.shape.rank]) + ahead
        return tf.gather(table, starts[:, None] + offsets), tf.gather(target, targets)

    return gather


def _gather_examples(examples: Examples):
    from utils.backend import tf

    inputs, targets = tf.constant(examples.inputs), tf.constant(examples.targets)
    return lambda numbers: (tf.gather(inputs, numbers), tf.gather(targets, numbers))


# ------------------------------------------------------------------------ callbacks


class _Keeper:
    """Keeps the best weights, and the whole state on disk after each epoch."""

    def __init__(self, model, key: dict, path: Path | None, *, metric: str):
        self.model, self.key, self.path, self.metric = model, key, path, metric
        self.history: dict[str, list[float]] = {}
        self.best: list[np.ndarray] = []
        self.seconds_before = 0.0
        self.started = time.perf_counter()
        model.optimizer.build(model.trainable_variables)
        if path is not None and path.exists():
            self._resume()

    def _variables(self) -> list:
        return [*self.model.variables, *self.model.optimizer.variables]

    def _resume(self) -> None:
        try:
            arrays, meta = checkpoints.read(self.path)
        except CheckpointError:
            return  # a damaged state costs the epochs that it held, nothing else
        if meta.get("key") != self.key:
            return
        variables = self._variables()
        for variable, value in zip(variables, arrays, strict=False):
            variable.assign(value)
        self.best = arrays[len(variables) :]
        self.history, self.seconds_before = meta["history"], meta["seconds"]

    def epoch_ended(self, logs: dict) -> None:
        for name, value in logs.items():
            self.history.setdefault(name, []).append(float(value))
        losses = self.history["val_loss"]
        if not self.best or losses[-1] < min(losses[:-1]):
            self.best = self.model.get_weights()
        if self.path is not None:
            seconds = self.seconds_before + time.perf_counter() - self.started
            meta = {"key": self.key, "history": self.history, "seconds": seconds}
            values = [np.asarray(variable) for variable in self._variables()]
            checkpoints.write(self.path, [*values, *self.best], meta)

    def finish(self) -> list[np.ndarray]:
        """Forget the state on disk, and return the best weights."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        return self.best


def _callbacks(feed: Feed, keeper: _Keeper, title: str, epochs: int, progress: bool):
    """One callback that sets the epoch's order, keeps state and moves the bar."""
    from tqdm import tqdm

    from utils.backend import keras

    done = len(keeper.history.get("loss", ()))
    bar = tqdm(
        total=epochs, initial=done, desc=title, unit="epoch", disable=not progress
    )

    class Epochs(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            feed.epoch = epoch

        def on_epoch_end(self, epoch, logs=None):
            keeper.epoch_ended(logs)
            last = f"val_{keeper.metric}"
            bar.set_postfix({last: f"{logs[last]:.3f}"}, refresh=False)
            bar.update()

        def on_train_end(self, logs=None):
            bar.close()

    return [Epochs()]


# ------------------------------------------------------------------------- judgement


def predict(
    model: keras.Model, windows: Windows | Examples, *, batch_size: int = 1024
) -> np.ndarray:
    """Forecast every window.

    Parameters
    ----------
    model : keras.Model
        Maps (batch, length, features) to (batch, 1), (batch, k) or (batch, length, k).
    windows : Windows or Examples
        What to forecast from.
    batch_size : int
        Windows in a call.

    Returns
    -------
    array, shape of ``windows.targets``

    Examples
    --------
    >>> from utils.training import catalogue
    >>> windows = Windows(np.ones((9, 2)), np.ones(9), length=3, horizon=2)
    >>> predict(catalogue.build("C2", windows.input_shape), windows).shape
    (5,)
    """
    outputs = [
        np.asarray(model.predict_on_batch(x)) for x, _ in windows.batches(batch_size)
    ]
    return np.concatenate(outputs).reshape(windows.targets.shape)


def evaluate(
    model: keras.Model,
    windows: Windows | Examples,
    *,
    scale: float = 1.0,
    metric: str = "mae",
) -> float:
    """Mean absolute or mean squared error of a model, in the unit of the target.

    Parameters
    ----------
    model, windows
        As in :func:`predict`.
    scale : float
        Standard deviation that the target was divided by; 1 for a raw target.
    metric : str
        ``"mae"`` or ``"mse"``.

    Returns
    -------
    float
        For Jena with a raw target, in °C.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> from utils.training import catalogue
    >>> windows = Windows(np.ones((9, 2)), np.ones(9), length=3, horizon=2)
    >>> model = catalogue.build("C2", windows.input_shape)
    >>> model.set_weights([0 * weight for weight in model.get_weights()])
    >>> evaluate(model, windows), evaluate(model, windows, scale=8.5)
    (1.0, 8.5)
    """
    forecasts = predict(model, windows)
    return METRICS[metric](scale * windows.targets, scale * forecasts)


# ---------------------------------------------------------------------- checkpoints


def checkpoint_path(
    spec: catalogue.Spec, data: Experiment, seed: int, *, folder: Path | None = None
) -> Path:
    """Name the file of a trained model, ``<id>-<data>-seed<k>.npz``."""
    folder = checkpoints.FOLDER if folder is None else Path(folder)
    return folder / f"{spec.id}-{data.name}-seed{seed}.npz"


def fit_or_load(
    spec: catalogue.Spec | str,
    data: Experiment,
    *,
    seed: int,
    folder: Path | None = None,
    progress: bool = True,
) -> Run:
    """Load the trained model from its checkpoint, or train it where there is none.

    On simulated weather no checkpoint applies, and the model is trained for a few
    steps only; a printed line says so.

    Parameters
    ----------
    spec : Spec or str
        The model, or its id in the catalogue.
    data : Experiment
        As :func:`utils.experiments.prepare.prepare_jena` returns it.
    seed : int
        Which of the trained catalogue.
    folder : Path, optional
        Where checkpoints lie, and where a new one goes; default
        ``chapters/checkpoints``, and for a new one of an installed package
        ``checkpoints`` in :func:`utils.data.download.cache_folder`.
    progress : bool
        Show a bar while training.

    Returns
    -------
    Run
        The model with its history, seed, fingerprint, seconds and versions.

    Raises
    ------
    CheckpointError
        If the checkpoint is damaged, or was made from other code, another
        configuration or other data; see :func:`utils.training.checkpoints.load`.

    Notes
    -----
    Taught in chapter 12.
    """
    spec = catalogue.get(spec) if isinstance(spec, str) else spec
    _check_seed(seed)
    if data.simulated:
        print(
            f"Simulated weather: {spec.id}, seed {seed}, takes "
            f"{SHORT['epochs'] * SHORT['steps']} steps instead of its full training."
        )
        options = {"seed": seed, "metric": data.metric, "progress": progress}
        return fit(spec, data.train, data.validation, **options, **SHORT)
    path = checkpoint_path(spec, data, seed, folder=folder)
    if folder is None and not path.exists():
        path = checkpoint_path(spec, data, seed, folder=checkpoints.OWN)
    if path.exists():
        return load(path, spec, data, seed=seed)
    state = checkpoints.STATES / path.name
    run = train(spec, data, seed=seed, progress=progress, state=state)
    save(path, run)
    return run


def train(
    spec: catalogue.Spec,
    data: Experiment,
    *,
    seed: int,
    progress: bool = True,
    state: Path | None = None,
) -> Run:
    """Train a model on an experiment from scratch and score it; see :func:`fit`.

    Notes
    -----
    Taught in chapter 12.
    """
    fingerprint = fingerprint_of(spec, data)  # now: the code may be edited meanwhile
    parts, metric = (data.train, data.validation), data.metric
    run = fit(spec, *parts, seed=seed, metric=metric, progress=progress, state=state)
    scores = {
        part: evaluate(run.model, getattr(data, part), metric=metric) for part in PARTS
    }
    return replace(run, fingerprint=fingerprint, unit=data.unit, scores=scores)


def fingerprint_of(spec: catalogue.Spec, data: Experiment, model=None) -> Fingerprint:
    """Say what a training of this model on this data is made from.

    Parameters
    ----------
    spec : Spec
        The model.
    data : Experiment
        What it is trained on.
    model : keras.Model, optional
        As ``spec`` builds it; default: it is built.
    """
    from utils.backend import keras

    model = spec.build(data.train.input_shape) if model is None else model
    settings = dict(spec.recipe)
    optimizer = keras.optimizers.get(settings["optimizer"]).get_config()
    del optimizer["learning_rate"]  # the recipe's is set in its place
    optimizer["name"] = settings["optimizer"]  # Keras counts on: rm_sprop_18
    configuration = configuration_of(model, **settings | {"optimizer": optimizer})
    code = code_of(fit, spec.layers, leave_out=LEFT_OUT)
    return Fingerprint(code, configuration, data.summaries)


# Compared as data or as configuration, or no more than kept on disk.
LEFT_OUT = (
    *(Windows, Examples, catalogue.Spec, catalogue.get, Run, versions),
    *(checkpoints.read, checkpoints.write, CheckpointError),
)


def save(path: Path, run: Run) -> None:
    """Write a run's weights and description to ``path``."""
    checkpoints.write(path, run.model.get_weights(), description(run))


def description(run: Run) -> dict:
    """Everything about a run but its weights, as plain data."""
    rounded = {
        name: [round(value, 5) for value in values]
        for name, values in run.history.items()
    }
    return {
        "id": run.spec.id,
        "seed": int(run.seed),
        "fingerprint": run.fingerprint._asdict(),
        "best_epoch": run.best_epoch,
        "metric": run.metric,
        "unit": run.unit,
        "scores": {part: round(value, 5) for part, value in run.scores.items()},
        "seconds": round(run.seconds, 1),
        "versions": run.versions,
        "history": rounded,
    }


def load(path: Path, spec: catalogue.Spec, data: Experiment, *, seed: int) -> Run:
    """Load a run and check that it belongs to this model, data and seed.

    Raises
    ------
    CheckpointError
        With the reason and the command that rebuilds the checkpoint.
    """
    model = spec.build(data.train.input_shape)
    fingerprint = fingerprint_of(spec, data, model)
    identity = {"id": spec.id, "seed": int(seed)}
    with checkpoints.rebuilt_by(spec.id):
        weights, meta = checkpoints.load(path, identity, fingerprint)
        _set_weights(model, weights, path.name)
    return Run(spec, seed, model, **_kept(meta), fingerprint=fingerprint)


def _kept(meta: dict) -> dict:
    names = ("history", "seconds", "metric", "unit", "scores", "versions")
    return {name: meta[name] for name in names}


def _set_weights(model: keras.Model, weights: list[np.ndarray], name: str) -> None:
    wanted = [tuple(weight.shape) for weight in model.weights]
    given = [weight.shape for weight in weights]
    if wanted != given:
        raise CheckpointError(
            f"{name} holds weights of the shapes {given}, and the model needs {wanted}."
        )
    model.set_weights(weights)


def verify(
    spec: catalogue.Spec,
    data: Experiment,
    *,
    seeds: Sequence[int],
    folder: Path = checkpoints.FOLDER,
) -> None:
    """Give stored runs the present fingerprint, where it is proven to be theirs.

    Three things are proven.  Every run's weights give its stored scores, to 1e-5.  Its
    history has as many epochs as the catalogue asks for.  And the present code,
    configuration and data, trained with the first seed for one epoch, give the loss
    that this run stored for its first epoch, to 1e-3: another dropout, loss or order of
    batches would not.  That the later epochs and the other seeds would come out the
    same, and that the same epoch's weights would be kept, is concluded, not tried.

    Parameters
    ----------
    spec : Spec
        The model.
    data : Experiment
        What it was trained on.
    seeds : sequence of int
        The runs to verify.
    folder : Path
        Where they lie.

    Raises
    ------
    CheckpointError
        If one is not so, with the command that trains the model anew; then no file is
        changed.
    """
    stored = {}
    fingerprint = fingerprint_of(spec, data)
    with checkpoints.rebuilt_by(spec.id):
        for seed in seeds:
            path = checkpoint_path(spec, data, seed, folder=folder)
            stored[path] = checkpoints.read(path)
            identity = {"id": spec.id, "seed": int(seed)}
            checkpoints.check_identity(path.name, stored[path][1], identity)
            _prove_run(path.name, *stored[path], spec, data)
        path = checkpoint_path(spec, data, seeds[0], folder=folder)
        _prove_first_epoch(path.name, stored[path][1], spec, data)
    for path, (weights, meta) in stored.items():
        kept = {name: meta[name] for name in meta if name != "recipe"}
        kept |= {"metric": data.metric, "unit": data.unit}
        kept["fingerprint"] = fingerprint._asdict()
        checkpoints.write(path, weights, kept)


def _prove_run(name: str, weights, meta: dict, spec, data: Experiment) -> None:
    if (epochs := len(meta["history"]["loss"])) != spec.epochs:
        raise CheckpointError(
            f"{name} is not verified: it was trained for {epochs} epochs, and the "
            f"catalogue says {spec.epochs}."
        )
    model = spec.build(data.train.input_shape)
    _set_weights(model, weights, name)
    for part in PARTS:
        score = meta["scores"][part]
        found = evaluate(model, getattr(data, part), metric=data.metric)
        if not abs(found - score) <= SAME_SCORE:
            raise CheckpointError(
                f"{name} is not verified: its weights give {found:.5f} on the {part} "
                f"part, and {score:.5f} is stored."
            )


def _prove_first_epoch(name: str, meta: dict, spec, data: Experiment) -> None:
    seed = meta["seed"]
    parts, metric = (data.train, data.validation), data.metric
    run = fit(spec, *parts, seed=seed, metric=metric, epochs=1, progress=False)
    stored, found = meta["history"]["loss"][0], run.history["loss"][0]
    if not abs(found / stored - 1) <= SAME_EPOCH:
        raise CheckpointError(
            f"{name} is not verified: its first epoch, trained anew, gives the loss "
            f"{found:.5f}, and {stored:.5f} is stored."
        )
