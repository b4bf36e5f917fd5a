"""Keras models and layers as plain data: their configuration and their weights.

Where one arrives from a cage, it is built from the parts named here and from no others:
no function, no code, no file. What is not made of them alone stays where it is.
"""

import json
import sys

import numpy as np

__all__ = ["NotAllowed", "describe", "imitate", "rebuild", "tensor"]

_NAMES = """
    Activation Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
    BatchNormalization Bidirectional Concatenate Conv1D Cropping1D Dense DepthwiseConv1D
    Dot Dropout ELU Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise
    GlobalAveragePooling1D GlobalMaxPooling1D GroupNormalization Identity InputLayer
    LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D Maximum Minimum
    MultiHeadAttention Multiply Normalization PReLU Permute RNN ReLU RepeatVector
    Rescaling Reshape SeparableConv1D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D
    StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D
    ZeroPadding1D
"""
_LAYERS = frozenset(_NAMES.split())
_MODELS = {
    ("keras", "Sequential"),
    ("keras", "Functional"),
    ("keras.models", "Functional"),
    ("keras.src.models.functional", "Functional"),
}
_PARTS = (
    "keras.constraints",
    "keras.initializers",
    "keras.losses",
    "keras.metrics",
    "keras.optimizers",
    "keras.optimizers.schedules",
    "keras.regularizers",
)
_PLAIN = {
    ("keras", "DTypePolicy"),
    ("keras.dtype_policies", "DTypePolicy"),
    (None, "__keras_tensor__"),
}
_LARGEST = 10_000_000


class NotAllowed(ValueError):  # noqa: N818 (a finding)
    """A description that asks for more than the parts of a model."""


def describe(value):
    """Return the configuration and the weights of a Keras model or layer.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    tuple of str and list of numpy.ndarray, or None
        JSON and arrays; None for what is no model or cannot travel.
    """
    keras = sys.modules.get("keras")
    if keras is None or not isinstance(value, keras.layers.Layer):
        return None
    try:
        config = keras.saving.serialize_keras_object(value)
        check(config)
        return json.dumps(config), [np.asarray(w) for w in value.get_weights()]
    except Exception:  # whatever its own code does
        return None


def rebuild(text, weights):
    """Return the model or layer that was described.

    Parameters
    ----------
    text : str
        The configuration as JSON.
    weights : list of numpy.ndarray
        The weights; none for what has not been built.

    Raises
    ------
    NotAllowed
        If it asks for anything but the known parts.
    """
    from utils.backend import keras

    config = json.loads(text)
    check(config)
    made = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if weights:
        made.set_weights(weights)
    return made


def imitate(old, new):
    """Give a model or layer the weights of its copy, if it is one; say whether."""
    keras = sys.modules.get("keras")
    if keras is None or not isinstance(old, keras.layers.Layer):
        return False
    if isinstance(new, type(old)) and new.get_weights():
        old.set_weights(new.get_weights())
    return True


def tensor(value):
    """Return an eager tensor or a variable as an array, or None for anything else."""
    tensorflow, keras = (sys.modules.get(name) for name in ("tensorflow", "keras"))
    if tensorflow is not None and isinstance(value, tensorflow.Tensor):
        return value.numpy() if hasattr(value, "numpy") else None
    if keras is not None and isinstance(value, keras.Variable):
        return np.asarray(value)
    return None


def check(part):
    """Raise `NotAllowed` unless a configuration holds known parts alone."""
    if isinstance(part, dict):
        if "class_name" in part:
            _check_named(part)
        for key, value in part.items():
            if not isinstance(key, str):
                raise NotAllowed(f"a setting named {key!r}")
            if key != "seed" or not isinstance(value, int):
                check(value)
    elif isinstance(part, list | tuple):
        for value in part:
            check(value)
    elif isinstance(part, int | float):
        if abs(part) > _LARGEST and np.isfinite(part):
            raise NotAllowed(f"the number {part}")
    elif not (part is None or isinstance(part, str)):
        raise NotAllowed(f"a {type(part).__name__}")


def _check_named(part):
    """Raise unless a part with a class is one of those known here."""
    module, name = part.get("module"), part["class_name"]
    known = (
        (module, name) in _MODELS | _PLAIN
        or (module == "keras.layers" and name in _LAYERS)
        or (module in _PARTS and isinstance(name, str) and name[:1].isupper())
    )
    if not known or part.get("registered_name") not in (None, name):
        raise NotAllowed(f"the part {module}.{name}")
