"""The catalogue of Keras models: what each source trains, by the id of its claim.

One :class:`Spec` per model says how it is built and trained.  A later chapter adds a
model by adding one entry to ``CATALOGUE``; training, checkpoints and
``make reproduce`` find it there.  Keras is imported when a model is built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

CHOLLET = "Chollet (2021), Deep Learning with Python, 2nd ed., section 10.2"
GERON = "Géron (2019), Hands-On Machine Learning, 2nd ed., chapter 15"
COURSE = "this course"


@dataclass(frozen=True)
class Spec:
    """How a model is built and trained.

    Attributes
    ----------
    id : str
        Name in the catalogue and in the ledger, for example ``"C2"``.
    description : str
        The model in a few words.
    layers : callable
        Takes a Keras tensor of shape (batch, length, features) and returns the output.
    loss, optimizer : str
        Names that Keras knows.
    learning_rate : float
        Step size of the optimizer.
    epochs, batch_size : int
        Passes over the training windows, and windows in a step.
    experiment : str
        Name of the prepared data in ``EXPERIMENTS``.
    jit : bool
        Compile the step with XLA, where that was measured to be faster on a CPU.
    source : str
        Where the model is specified.
    """

    id: str
    description: str
    layers: Callable
    source: str
    experiment: str = "jena"
    loss: str = "mse"
    optimizer: str = "rmsprop"
    learning_rate: float = 1e-3
    epochs: int = 60
    batch_size: int = 256
    jit: bool = False

    def build(self, input_shape: tuple[int, int]) -> keras.Model:
        """Return the untrained Keras model for windows of (length, features)."""
        from utils.backend import keras

        inputs = keras.Input(shape=input_shape)
        return keras.Model(inputs, self.layers(inputs), name=self.id)

    @property
    def recipe(self) -> dict:
        """What decides the outcome of a training, as plain data."""
        names = ("loss", "optimizer", "learning_rate", "epochs", "batch_size", "jit")
        return {name: getattr(self, name) for name in names}


def get(model_id: str) -> Spec:
    """Look a model up by its id.

    Raises
    ------
    ValueError
        If the catalogue has no such model; the message lists those it has.

    Examples
    --------
    >>> get("C2").description
    'flattened window, Dense 16 ReLU, Dense 1'
    """
    if model_id not in CATALOGUE:
        raise ValueError(
            f"model {model_id!r} is not in the catalogue: choose one of "
            f"{', '.join(CATALOGUE)}."
        )
    return CATALOGUE[model_id]


def build(model_id: str, input_shape: tuple[int, int] = (120, 14)) -> keras.Model:
    """Build the untrained Keras model with this id.

    Parameters
    ----------
    model_id : str
        Id in the catalogue.
    input_shape : (int, int)
        Rows and columns of a window.

    Returns
    -------
    keras.Model
        Maps (batch, length, features) to (batch, 1).

    Raises
    ------
    ValueError
        If the catalogue has no such model.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> build("C2").count_params()
    26913
    """
    return get(model_id).build(input_shape)


def _dense(inputs):
    from keras import layers

    x = layers.Flatten()(inputs)
    x = layers.Dense(16, activation="relu")(x)
    return layers.Dense(1)(x)


def _convolutional(inputs):
    from keras import layers

    x = layers.Conv1D(8, 24, activation="relu")(inputs)
    x = layers.MaxPooling1D(2)(x)
    x = layers.Conv1D(8, 12, activation="relu")(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.Conv1D(8, 6, activation="relu")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return layers.Dense(1)(x)


def _lstm(inputs):
    from keras import layers

    return layers.Dense(1)(layers.LSTM(16)(inputs))


def _wide_lstm(inputs):
    from keras import layers

    return layers.Dense(1)(layers.LSTM(32)(inputs))


def _dropped_out_lstm(inputs):
    from keras import layers

    x = layers.LSTM(32, recurrent_dropout=0.25)(inputs)
    return layers.Dense(1)(layers.Dropout(0.5)(x))


def _stacked_gru(inputs):
    from keras import layers

    x = layers.GRU(32, recurrent_dropout=0.5, return_sequences=True)(inputs)
    x = layers.GRU(32, recurrent_dropout=0.5)(x)
    return layers.Dense(1)(layers.Dropout(0.5)(x))


def _reversed_lstm(inputs):
    from keras import ops

    return _lstm(ops.flip(inputs, axis=1))


def _bidirectional_lstm(inputs):
    from keras import layers

    return layers.Dense(1)(layers.Bidirectional(layers.LSTM(16))(inputs))


def _linear(outputs: int) -> Callable:
    def layers_of(inputs):
        from keras import layers

        return layers.Dense(outputs)(layers.Flatten()(inputs))

    return layers_of


def _one_unit(inputs):
    from keras import layers

    return layers.SimpleRNN(1)(inputs)


def _deep_rnn(inputs):
    from keras import layers

    x = layers.SimpleRNN(20, return_sequences=True)(inputs)
    x = layers.SimpleRNN(20, return_sequences=True)(x)
    return layers.SimpleRNN(1)(x)


def _deep_rnn_with_dense(outputs: int, *, every_step: bool = False) -> Callable:
    def layers_of(inputs):
        from keras import layers

        x = layers.SimpleRNN(20, return_sequences=True)(inputs)
        x = layers.SimpleRNN(20, return_sequences=every_step)(x)
        return layers.Dense(outputs)(x)

    return layers_of


def _gated_line(outputs: int) -> Callable:
    """Return a line whose weights depend on the energy of a series in learned filters.

    The energies say which frequencies a series has, and for each frequency the best
    forecast is a line.  A series turned upside down has its forecast turned, too.
    """

    def layers_of(inputs):
        from keras import layers

        x = layers.Flatten()(inputs)
        filtered = layers.Dense(128, use_bias=False)(x)
        energies = layers.Multiply()([filtered, filtered])
        gates = layers.Dense(128)(layers.Dense(64, activation="swish")(energies))
        line = layers.Dense(128, use_bias=False)(x)
        return layers.Dense(outputs, use_bias=False)(layers.Multiply()([line, gates]))

    return layers_of


def _at_the_floor(name: str, outputs: int) -> Spec:
    """Specify a model of the two-wave series that comes near the best there is."""
    return Spec(
        name,
        f"line gated by the energies of 128 filters, Dense {outputs}",
        _gated_line(outputs),
        COURSE,
        experiment=f"waves-{outputs}",
        optimizer="adam",
        learning_rate=2e-3,
        epochs=120,
        batch_size=256,
        jit=True,
    )


def _encoder_decoder(ahead: int, *, teacher: bool) -> Callable:
    """Two layers read, a third writes; both kinds have the same weights."""

    def layers_of(inputs):
        from keras import layers

        read = inputs[:, : 1 - ahead] if teacher else inputs
        x = layers.SimpleRNN(20, return_sequences=True)(read)
        _, state = layers.SimpleRNN(20, return_state=True)(x)
        decoder = layers.SimpleRNN(20, return_sequences=True, return_state=True)
        head = layers.Dense(1)
        if teacher:
            states, _ = decoder(inputs[:, -ahead:, :1], initial_state=state)
            return layers.Reshape((ahead,))(head(states))
        value, forecasts = inputs[:, -1:, :1], []
        for _ in range(ahead):
            states, state = decoder(value, initial_state=state)
            value = head(states)  # (batch, 1, 1): the next step's input
            forecasts.append(value)
        return layers.Reshape((ahead,))(layers.Concatenate(axis=1)(forecasts))

    return layers_of


def _of_waves(
    name: str,
    description: str,
    layers: Callable,
    *,
    experiment: str = "waves-1",
    learning_rate: float = 1e-3,
    jit: bool = True,
) -> Spec:
    """Specify a model of the two-wave series with the settings that all share."""
    return Spec(
        name,
        description,
        layers,
        GERON,
        experiment=experiment,
        optimizer="adam",
        learning_rate=learning_rate,
        epochs=20,
        batch_size=32,
        jit=jit,
    )


def _of_several_steps(
    name: str,
    description: str,
    layers: Callable,
    *,
    epochs: int,
    experiment: str = "waves-10",
    learning_rate: float = 1e-2,
) -> Spec:
    """Specify a model of ten steps ahead at one sampling rate.

    The numbers of epochs give each the CPU time that 20 epochs of ``ten-sequence``
    take, as ``python -m benchmarks multistep`` measures it.
    """
    shared = _of_waves(
        name, description, layers, experiment=experiment, learning_rate=learning_rate
    )
    return replace(shared, epochs=epochs, source=COURSE)


# Chollet trains for 10 epochs on windows from 10-minute rows.  The hourly table holds a
# sixth of these windows, so 60 epochs take as many optimizer steps.  Its 50 epochs with
# dropout would be 300; the course stops at 120 and 90, and chapter 13 says so.
CATALOGUE: dict[str, Spec] = {
    spec.id: spec
    for spec in (
        Spec("C2", "flattened window, Dense 16 ReLU, Dense 1", _dense, CHOLLET),
        Spec(
            "C3",
            "Conv1D 8x24, pool 2, Conv1D 8x12, pool 2, Conv1D 8x6, average, Dense 1",
            _convolutional,
            CHOLLET,
        ),
        Spec("C4", "LSTM 16, Dense 1", _lstm, CHOLLET, jit=True),
        Spec(
            "C5",
            "LSTM 32 with recurrent dropout 0.25, dropout 0.5, Dense 1",
            _dropped_out_lstm,
            CHOLLET,
            epochs=120,
            jit=True,
        ),
        # What the source lets its readers try.
        Spec("C5-plain", "LSTM 32, Dense 1", _wide_lstm, CHOLLET, jit=True),
        Spec(
            "C6",
            "two GRU 32 with recurrent dropout 0.5, dropout 0.5, Dense 1",
            _stacked_gru,
            CHOLLET,
            epochs=90,
            jit=True,
        ),
        Spec(
            "C7", "reversed window, LSTM 16, Dense 1", _reversed_lstm, CHOLLET, jit=True
        ),
        Spec(
            "C8",
            "bidirectional LSTM 16, Dense 1",
            _bidirectional_lstm,
            CHOLLET,
            jit=True,
        ),
        _of_waves("G2", "Dense 1 on 50 values", _linear(1), jit=False),
        _of_waves("G3", "SimpleRNN 1", _one_unit),
        _of_waves("G4", "SimpleRNN 20 + 20 + 1", _deep_rnn),
        _of_waves("G5", "SimpleRNN 20 + 20, Dense 1", _deep_rnn_with_dense(1)),
        _of_waves(
            "G8",
            "Dense 10 on 50 values",
            _linear(10),
            experiment="waves-10-spread",
            jit=False,
        ),
        _of_waves(
            "G9-vector",
            "SimpleRNN 20 + 20, Dense 10 after the last step",
            _deep_rnn_with_dense(10),
            experiment="waves-10-spread",
        ),
        _of_waves(
            "G9-sequence",
            "SimpleRNN 20 + 20, Dense 10 after every step",
            _deep_rnn_with_dense(10, every_step=True),
            experiment="waves-10-spread-every-step",
            learning_rate=1e-2,
        ),
        _at_the_floor("gated-1", 1),
        _at_the_floor("gated-10", 10),
        _of_several_steps(
            "ten-vector",
            "SimpleRNN 20 + 20, Dense 10 after the last step",
            _deep_rnn_with_dense(10),
            epochs=27,
        ),
        _of_several_steps(
            "ten-sequence",
            "SimpleRNN 20 + 20, Dense 10 after every step",
            _deep_rnn_with_dense(10, every_step=True),
            epochs=20,
            experiment="waves-10-every-step",
        ),
        _of_several_steps(
            "ten-teacher",
            "encoder SimpleRNN 20 + 20, decoder SimpleRNN 20 fed the truth, Dense 1",
            _encoder_decoder(10, teacher=True),
            epochs=18,
            experiment="waves-10-teacher",
        ),
        _of_several_steps(
            "ten-free",
            "the same, its decoder fed its own forecasts",
            _encoder_decoder(10, teacher=False),
            epochs=17,
            learning_rate=3e-3,  # at 1e-2 the training diverges
        ),
    )
}
