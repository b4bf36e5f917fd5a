"""The candidates of chapter 14: from climatology to attention, each fitted in minutes.

A candidate is fitted on :class:`Inputs` and the change that followed, and returns a
:class:`Fitted`.  All see the same forecasts' rows; none sees a target of the test rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from utils.forecasting.baselines import Climatology, Linear
from utils.forecasting.intervals import keras_pinball, uncross

LEVELS = (0.05, 0.5, 0.95)  # the median and the ends of a 90 % interval
PENALTY = 300.0  # of the ridge regression, chosen on validation
LEAVES = 15  # at most, of each tree
BATCH = 256


@dataclass(frozen=True)
class Inputs:
    """What a forecast may know, for ``n`` forecasts.

    Attributes
    ----------
    names : tuple of k str
        What each feature is; those that begin with "calendar" come last and describe
        the date and hour of the target.
    columns : tuple of str
        What the columns of the sequences are.
    features : array, shape (n, k)
        As :func:`utils.features.weather_features` builds them, normalised.
    sequences : array, shape (n, 24, columns)
        The last 24 hours, normalised.
    own : array, shape (n, 24)
        The last 24 hours of the target's column, in its unit.
    times, target_times : array of datetime64, shape (n,)
        Of the last row, and of the row to forecast.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    features: np.ndarray
    sequences: np.ndarray
    own: np.ndarray
    times: np.ndarray
    target_times: np.ndarray

    @property
    def now(self) -> np.ndarray:
        """The last value of the target's column, shape (n,), in its unit."""
        return self.own[:, -1]

    @property
    def calendar_features(self) -> np.ndarray:
        """The features that describe the target's date and hour, normalised."""
        return self.features[:, [name.startswith("calendar") for name in self.names]]

    @property
    def _arrays(self) -> dict[str, np.ndarray]:
        names = ("names", "columns")
        return {name: each for name, each in vars(self).items() if name not in names}

    def joined(self, other: Inputs) -> Inputs:
        """Put the forecasts of ``other`` behind these."""
        both = {
            name: np.concatenate([array, getattr(other, name)])
            for name, array in self._arrays.items()
        }
        return replace(self, **both)

    def __getitem__(self, rows) -> Inputs:
        """Take some of the forecasts: a slice, row numbers or a mask."""
        return replace(self, **{name: a[rows] for name, a in self._arrays.items()})


@dataclass(frozen=True)
class Fitted:
    """A fitted candidate.

    Attributes
    ----------
    predict : callable
        Takes :class:`Inputs`, returns the forecast change: (n,), or (n, 3) quantiles.
    parameters : int
        How many numbers were fitted; of trees, the values in their leaves.
    """

    predict: Callable[[Inputs], np.ndarray]
    parameters: int


@dataclass(frozen=True)
class Candidate:
    """One entry of the leaderboard before it is fitted.

    Attributes
    ----------
    id, description : str
        Its name, and the model in a few words.
    fit : callable
        ``fit(inputs, change, seed)`` returns a :class:`Fitted`.
    random : bool
        Whether the seed changes the result.
    """

    id: str
    description: str
    fit: Callable[[Inputs, np.ndarray, int], Fitted]
    random: bool = True


# ------------------------------------------------------------------ without networks


def _naive(inputs, change, seed) -> Fitted:
    return Fitted(lambda new: np.zeros(len(new.now)), 0)


def _climatology(inputs, change, seed) -> Fitted:
    """Forecast what is usual at that hour, and a share of today's anomaly."""
    usual = Climatology.fit(inputs.times, inputs.now)
    anomaly = inputs.now - usual.predict(inputs.times)
    later = inputs.now + change - usual.predict(inputs.target_times)
    share = float(anomaly @ later / (anomaly @ anomaly))

    def predict(new):
        kept = share * (new.now - usual.predict(new.times))
        return usual.predict(new.target_times) + kept - new.now

    return Fitted(predict, len(usual.weights) + 1)


def _linear(inputs, change, seed) -> Fitted:
    def columns(part):
        return np.hstack([part.own, part.calendar_features])

    model = Linear.fit(columns(inputs), change)
    return Fitted(lambda new: model.predict(columns(new)), len(model.weights) + 1)


def _ridge(inputs, change, seed) -> Fitted:
    model = Linear.fit(inputs.features, change, ridge=PENALTY)
    return Fitted(lambda new: model.predict(new.features), len(model.weights) + 1)


def _ridge_on(columns: Callable, penalty: float) -> Callable:
    """Make a candidate's ``fit`` of a ridge regression on ``columns(inputs)``."""

    def fit(inputs: Inputs, change: np.ndarray, seed: int) -> Fitted:
        model = Linear.fit(columns(inputs), change, ridge=penalty)
        return Fitted(lambda new: model.predict(columns(new)), len(model.weights) + 1)

    return fit


def nlinear(*, penalty: float) -> Callable:
    """Weigh each hour's difference from the last one, after Zeng and others (2023)."""

    def columns(part):
        return _flat(_since(part.sequences)[:, :-1], part)

    return _ridge_on(columns, penalty)


def dlinear(*, penalty: float, length: int = 13) -> Callable:
    """Weigh a moving mean and what it leaves, after Zeng and others (2023).

    The mean is over ``length`` hours, an odd number; beyond the ends the first and the
    last hour are repeated.
    """

    def columns(part):
        half = length // 2
        padded = np.pad(part.sequences, [(0, 0), (half, half), (0, 0)], mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)
        trend = windows.mean(axis=-1)
        return _flat(np.concatenate([trend, part.sequences - trend], axis=1), part)

    return _ridge_on(columns, penalty)


def _flat(sequences: np.ndarray, part: Inputs) -> np.ndarray:
    """Lay sequences out as columns, the calendar behind them."""
    return np.hstack([sequences.reshape(len(sequences), -1), part.calendar_features])


def _trees(inputs, change, seed) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=200,
        learning_rate=0.05,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=200,
        l2_regularization=10.0,
        max_features=0.3,
        early_stopping=False,
        random_state=seed,
    ).fit(inputs.features, change)
    return Fitted(lambda new: model.predict(new.features), model.n_iter_ * LEAVES)


def boosted(*, leaves: int, rate: float) -> Callable:
    """Return a maker of larger trees' ``fit``, in which each epoch adds a tree."""

    def make(*, epochs: int) -> Callable:
        def fit(inputs: Inputs, change: np.ndarray, seed: int) -> Fitted:
            from sklearn.ensemble import HistGradientBoostingRegressor

            model = HistGradientBoostingRegressor(
                loss="absolute_error",
                max_iter=epochs,
                learning_rate=rate,
                max_leaf_nodes=leaves,
                min_samples_leaf=100,
                l2_regularization=10.0,
                max_features=0.1,
                early_stopping=False,
                random_state=seed,
            ).fit(inputs.features, change)
            return Fitted(lambda new: model.predict(new.features), epochs * leaves)

        return fit

    return make


# ------------------------------------------------------------------------- networks


def _mlp(features, sequences, calendar):
    from keras import layers

    x = layers.Dropout(0.1)(features)
    x = layers.Dense(256, activation="relu")(x)
    return layers.Dropout(0.5)(x)


def _small_mlp(features, sequences, calendar):
    from keras import layers

    x = layers.Dropout(0.1)(features)
    x = layers.Dense(64, activation="relu")(x)
    return layers.Dropout(0.2)(x)


def _mlp_hours(features, sequences, calendar):
    """Read the features and, hour by hour, how each column differed from now."""
    from keras import layers

    hours = layers.Flatten()(_since(sequences)[:, :-1])
    return _mlp(layers.Concatenate()([features, hours]), sequences, calendar)


def _gru(features, sequences, calendar):
    from keras import layers

    x = layers.GRU(32)(_since(sequences))
    return _with_calendar(x, sequences, calendar)


def _tcn(features, sequences, calendar):
    """Causal convolutions; doubling dilation, so that the last hour sees all 24.

    After Bai, Kolter and Koltun (2018), with one convolution in each block.
    """
    from keras import layers

    x = _since(sequences)
    for dilation in (1, 2, 4, 8):
        y = layers.Conv1D(
            24, 3, padding="causal", dilation_rate=dilation, activation="relu"
        )(x)
        x = y if dilation == 1 else layers.Add()([x, y])
    return _with_calendar(x[:, -1], sequences, calendar)


def _attention(features, sequences, calendar):
    """Let the last hour ask, with the calendar, which of the 24 hours matter.

    Scaled dot-product attention with four heads (Vaswani and others, 2017).
    """
    from keras import layers

    hours = layers.Embedding(sequences.shape[1], 32)(np.arange(sequences.shape[1]))
    keys = layers.Dense(32)(_since(sequences)) + hours
    question = layers.Dense(32)(layers.Concatenate()([sequences[:, -1], calendar]))
    query = layers.Reshape((1, 32))(question)
    answer = layers.MultiHeadAttention(4, 8)(query, keys)
    x = layers.LayerNormalization()(layers.Add()([query, answer]))
    return _with_calendar(layers.Flatten()(x), sequences, calendar)


def _residual_blocks(features, sequences, calendar):
    """Let each block explain what those before it left of the input.

    After N-BEATS (Oreshkin and others, 2020), with generic blocks that share the last
    layer as their basis.
    """
    from keras import layers

    hours = layers.Flatten()(_since(sequences)[:, :-1])
    left = layers.Concatenate()([hours, sequences[:, -1], calendar])
    left, forecasts = layers.Dropout(0.1)(left), []
    for _ in range(3):
        h = layers.Dense(64, activation="relu")(left)
        h = layers.Dropout(0.2)(layers.Dense(64, activation="relu")(h))
        forecasts.append(layers.Dense(16)(h))
        left = layers.Subtract()([left, layers.Dense(left.shape[1])(h)])
    return layers.Add()(forecasts)


def _patches(features, sequences, calendar):
    """Let patches of six hours attend to each other, after Nie and others (2023)."""
    from keras import layers

    patches = layers.Reshape((sequences.shape[1] // 6, -1))(_since(sequences))
    places = layers.Embedding(patches.shape[1], 32)(np.arange(patches.shape[1]))
    x = layers.Dense(32)(patches) + places
    found = layers.MultiHeadAttention(4, 8)(x, x)
    x = layers.LayerNormalization()(layers.Add()([x, found]))
    mixed = layers.Dense(32)(layers.Dense(64, activation="gelu")(x))
    x = layers.LayerNormalization()(layers.Add()([x, mixed]))
    return _with_calendar(layers.Flatten()(x), sequences, calendar)


def _since(sequences):
    """Return each hour as its difference from the last one, which is then 0."""
    return sequences - sequences[:, -1:]


def _with_calendar(state, sequences, calendar):
    """Join what was read, the last hour and the calendar; mix them in one layer."""
    from keras import layers

    x = layers.Concatenate()([state, sequences[:, -1], calendar])
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(64, activation="relu")(x)
    return layers.Dropout(0.3)(x)


def _network(body, *, epochs: int, levels=None) -> Callable:
    """Make a candidate's ``fit`` from a Keras body: MAE or quantiles, cosine steps."""

    def fit(inputs: Inputs, change: np.ndarray, seed: int) -> Fitted:
        from utils.backend import keras
        from utils.training import set_seed

        set_seed(seed)
        scale = float(np.std(change))
        model = _model(body, inputs, outputs=len(levels) if levels else 1)
        steps = epochs * -(-len(change) // BATCH)
        rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
        model.compile(
            keras.optimizers.AdamW(rate, weight_decay=0.004),
            keras_pinball(levels) if levels else "mae",
            jit_compile=False,  # measured: these are too small for XLA to pay
            steps_per_execution=32,
        )
        y = np.asarray(change / scale, dtype=np.float32)
        model.fit(_arrays(inputs), y, batch_size=BATCH, epochs=epochs, verbose=0)

        def predict(new: Inputs) -> np.ndarray:
            values = scale * np.asarray(model(_arrays(new), training=False))
            return uncross(values) if levels else values[:, 0]

        return Fitted(predict, model.count_params())

    return fit


def _model(body, inputs: Inputs, *, outputs: int):
    from utils.backend import keras

    shapes = [array.shape[1:] for array in _arrays(inputs)]
    tensors = [keras.Input(shape) for shape in shapes]
    return keras.Model(tensors, keras.layers.Dense(outputs)(body(*tensors)))


def _arrays(inputs: Inputs) -> list[np.ndarray]:
    return [inputs.features, inputs.sequences, inputs.calendar_features]


def nbeats(*, epochs: int) -> Callable:
    """Return the ``fit`` of blocks in the manner of N-BEATS, which newer.py tries."""
    return _network(_residual_blocks, epochs=epochs)


def patches(*, epochs: int) -> Callable:
    """Return the ``fit`` of a transformer on patches, which newer.py tries."""
    return _network(_patches, epochs=epochs)


CANDIDATES: dict[str, Candidate] = {
    candidate.id: candidate
    for candidate in (
        Candidate("naive", "tomorrow is like now", _naive, random=False),
        Candidate(
            "climatology",
            "yearly and daily cycle, AR(1) on the anomaly",
            _climatology,
            random=False,
        ),
        Candidate("linear", "24 hours of temperature, calendar", _linear, random=False),
        Candidate("ridge", "ridge regression on all features", _ridge, random=False),
        Candidate("trees", "gradient-boosted trees on all features", _trees),
        Candidate(
            "mlp64",
            "MLP 64 on all features, light dropout",
            _network(_small_mlp, epochs=12),
        ),
        Candidate(
            "mlp256", "MLP 256 on all features, dropout", _network(_mlp, epochs=12)
        ),
        Candidate(
            "mlp-hours",
            "MLP 256 on all features and the changes of 24 hours",
            _network(_mlp_hours, epochs=12),
        ),
        Candidate(
            "quantiles",
            "the same MLP with quantile loss",
            _network(_mlp_hours, epochs=12, levels=LEVELS),
        ),
        Candidate("gru", "GRU 32 on 24 hours, calendar", _network(_gru, epochs=8)),
        Candidate(
            "tcn", "causal convolutions on 24 hours, calendar", _network(_tcn, epochs=8)
        ),
        Candidate(
            "attention",
            "attention over 24 hours, calendar",
            _network(_attention, epochs=8),
        ),
    )
}

LATER: dict[str, Candidate] = {  # settings from chapter 14 and newer.py
    candidate.id: candidate
    for candidate in (
        Candidate(
            "nlinear",
            "NLinear on 24 hours, calendar",
            nlinear(penalty=30.0),
            random=False,
        ),
        Candidate(
            "dlinear",
            "DLinear on 24 hours, calendar",
            dlinear(penalty=1000.0),
            random=False,
        ),
        Candidate(
            "trees-tuned",
            "more and larger trees, in smaller steps",
            boosted(leaves=63, rate=0.03)(epochs=300),
        ),
        Candidate(
            "nbeats", "N-BEATS-like blocks on 24 hours, calendar", nbeats(epochs=6)
        ),
        Candidate(
            "patches", "transformer on four patches, calendar", patches(epochs=12)
        ),
    )
}
ALL = CANDIDATES | LATER
