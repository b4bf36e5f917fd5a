"""Keras and TensorFlow, imported without their report on the machine's hardware.

TensorFlow writes what it finds to the error stream as it is imported, past Python's
own ``sys.stderr``.  ``from utils.backend import keras`` is ``import keras`` in silence;
an import that fails is as loud as ever.
"""

import contextlib
import os
from pathlib import Path

__all__ = ["keras", "tf"]


@contextlib.contextmanager
def _silent_stderr():
    """Send file descriptor 2 nowhere for a while."""
    saved = os.dup(2)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _silent_stderr():
    import keras
    import tensorflow as tf
