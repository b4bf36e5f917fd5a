"""The NumPy LSTM's forward and backward pass, against Keras in a ``tf.function``.

64 units on a batch of 64 sequences of 100 steps and 32 features; both ways compute the
output at every step and the gradients of the inputs and of all weights.  Each number of
threads has its own process, in which both ways may use that many (ours keeps its small
products on one), and the two take turns, so that what else the machine does hits both.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import Row

ROOT = Path(__file__).parents[1]
BATCH, STEPS, FEATURES, UNITS = 64, 100, 32, 64
PAIRS = 15


def run() -> list[Row]:
    counts = sorted({1, os.cpu_count() or 1})
    return [
        _row(dtype, threads, **_measured(dtype, threads))
        for threads in counts
        for dtype in ("float32", "float64")
    ]


def _row(dtype: str, threads: int, ours: list[float], theirs: list[float]) -> Row:
    ratio = float(np.median(np.divide(ours, theirs)))
    note = (
        f"medians {1e3 * np.median(ours):.0f} ms against {1e3 * np.median(theirs):.0f} "
        f"ms over {PAIRS} pairs; {os.getloadavg()[0]:.1f} processes wanted a core"
    )
    name = f"NumPy LSTM, forward and backward, {dtype}, {threads} thread"
    name += "s" if threads > 1 else ""
    return Row(name, ratio, "times Keras's time", reach=3, note=note)


def _measured(dtype: str, threads: int) -> dict[str, list[float]]:
    """Measure in a fresh process, in which the number of threads can be set."""
    names = ("OMP", "OPENBLAS", "MKL")
    settings = {f"{name}_NUM_THREADS": str(threads) for name in names}
    settings |= {"TF_NUM_INTRAOP_THREADS": str(threads), "TF_NUM_INTEROP_THREADS": "1"}
    command = [sys.executable, "-m", __spec__.name, dtype]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **settings},
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout.splitlines()[-1])


# ------------------------------------------------------------- in the new process


def _ways(dtype: str):
    """Return the two passes, of the same weights and inputs, as functions."""
    import tensorflow as tf

    from utils.backend import keras
    from utils.scratch import LSTM

    rng = np.random.default_rng(0)
    X = rng.normal(size=(BATCH, STEPS, FEATURES)).astype(dtype)
    d_out = rng.normal(size=(BATCH, STEPS, UNITS)).astype(dtype)
    ours = LSTM(FEATURES, UNITS, rng=rng, return_sequences=True, dtype=dtype)
    theirs = keras.layers.LSTM(UNITS, return_sequences=True, dtype=dtype)
    theirs.build(X.shape)
    theirs.set_weights(ours.get_weights())
    inputs, arriving = tf.constant(X), tf.constant(d_out)

    def numpy_pass():
        out = ours.forward(X)
        return out, ours.backward(d_out), *ours.gradients

    @tf.function
    def compiled():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            out = theirs(inputs)
        wanted = [inputs, *theirs.trainable_variables]
        return out, *tape.gradient(out, wanted, output_gradients=arriving)

    return numpy_pass, lambda: [tensor.numpy() for tensor in compiled()]


def _seconds(function) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main(dtype: str) -> None:
    """Print the times of both ways, pair by pair, as JSON, after comparing results."""
    ours, theirs = _ways(dtype)
    tolerance = 1e-4 if dtype == "float32" else 1e-10
    for a, b in zip(ours(), theirs(), strict=True):  # the first calls, which compile
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max())
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(PAIRS)]
    mine, other = zip(*pairs, strict=True)
    print(json.dumps({"ours": mine, "theirs": other}))


if __name__ == "__main__":
    main(*sys.argv[1:])
