"""Time until C4 forecasts as well as its checkpoints, against the source's pipeline.

Both train the same network from the same first weights, each in its own process: the
course as ``make reproduce`` does, the source with ``timeseries_dataset_from_array`` and
Keras's defaults.  The time includes compiling, and ends with the first epoch whose
validation MAE comes within 0.1 °C of the committed checkpoints' median; the last
hundredths come sooner or later by luck, and would measure that instead.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks import Row
from utils import checkpoints, models, training
from utils.experiments import Experiment, prepare_jena

ROOT = Path(__file__).parents[1]
SPEC = models.get("C4")
MARGIN = 0.1  # °C
DELAY = 120 + 24 - 1  # rows from a window's first row to its target


def run() -> list[Row]:
    goal = float(np.median(_committed_scores())) + MARGIN
    ours = _measure("course", goal, TF_NUM_INTRAOP_THREADS="1")
    theirs = _measure("source", goal)
    epochs = f"{ours['epochs']} epochs against {theirs['epochs']}"
    paces = [np.median(result["paces"]) for result in (ours, theirs)]
    return [
        Row(
            f"C4 to a validation MAE of {goal:.3f} °C, against the source's pipeline",
            theirs["seconds"] / ours["seconds"],
            "times faster",
            reach=4,
            better="higher",
            note=f"{ours['seconds']:.0f} s against {theirs['seconds']:.0f} s; {epochs}",
        ),
        Row(
            "an epoch of C4 with its validation, against the source's pipeline",
            paces[1] / paces[0],
            "times faster",
            reach=4,
            better="higher",
            note=f"{paces[0]:.1f} s against {paces[1]:.1f} s, compiling excluded",
        ),
        Row(
            "the same in core-seconds, whatever else the machine does",
            theirs["core_seconds"] / ours["core_seconds"],
            "times less",
            reach=4,
            better="higher",
            note=f"{ours['core_seconds']:.1f} against {theirs['core_seconds']:.1f}",
        ),
    ]


def _committed_scores() -> list[float]:
    files = sorted(checkpoints.FOLDER.glob(f"{SPEC.id}-*.npz"))
    return [checkpoints.read(file)[1]["scores"]["validation"] for file in files]


def _measure(way: str, goal: float, **settings: str) -> dict:
    """Train in a fresh process: how TensorFlow uses threads is set once in each."""
    command = [sys.executable, "-m", "benchmarks.bench_training", way, str(goal)]
    environment = {**os.environ, **settings}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout.splitlines()[-1])


# ------------------------------------------------------------- in the new process


def _course(data: Experiment, callback) -> None:
    model = training.compiled(SPEC, data.train.input_shape)
    feed = training.Feed(data.train, SPEC.batch_size, seed=0)
    callback.on_epoch_begin = lambda epoch, logs=None: setattr(feed, "epoch", epoch)
    model.fit(
        feed.dataset(),
        validation_data=training.ordered(data.validation, SPEC.batch_size),
        epochs=SPEC.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[callback],
    )


def _source(data: Experiment, callback) -> None:
    model = SPEC.build(data.train.input_shape)
    model.compile(SPEC.optimizer, SPEC.loss, metrics=["mae"])
    train, validation = _source_batches(data)
    model.fit(
        train,
        validation_data=validation,
        epochs=SPEC.epochs,
        verbose=0,
        callbacks=[callback],
    )


def _source_batches(data: Experiment) -> list:
    from utils.backend import keras

    table, target = data.train.table, data.train.target
    return [
        keras.utils.timeseries_dataset_from_array(
            table[:-DELAY],
            target[DELAY:],
            sequence_length=120,
            shuffle=True,
            batch_size=SPEC.batch_size,
            start_index=part.start,
            end_index=part.stop,
        )
        for part in (data.split.train, data.split.validation)
    ]


def _until(goal: float):
    """Return a callback that notes when epochs end and stops at the goal."""
    from utils.backend import keras

    class Until(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.ends: list[float] = []
            self.core_seconds: list[float] = []

        def on_epoch_end(self, epoch, logs=None):
            self.ends.append(time.perf_counter())
            self.core_seconds.append(time.process_time())
            self.model.stop_training = logs["val_mae"] <= goal

    return Until()


def main(way: str, goal: str) -> None:
    """Train in one way, and print what it took as JSON."""
    data, until = prepare_jena(), _until(float(goal))
    if data.simulated:
        raise ValueError(
            "C4's checkpoints belong to the real weather: set JENA_CLIMATE_FILE."
        )
    training.set_seed(0)
    start = time.perf_counter()
    {"course": _course, "source": _source}[way](data, until)
    if not until.model.stop_training:
        raise RuntimeError(f"the {way}'s way did not reach {goal} °C: run it again.")
    result = {
        "seconds": until.ends[-1] - start,
        "epochs": len(until.ends),
        "paces": np.diff(until.ends).tolist(),
        "core_seconds": np.median(np.diff(until.core_seconds)),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
