"""Time until C4 forecasts as well as its checkpoints, against the source's pipeline.

Both train the same network from the same first weights, each in its own process: the
course as ``make reproduce`` does, the source with ``timeseries_dataset_from_array`` and
Keras's defaults.  The time includes compiling, and ends with the first epoch whose
validation MAE comes within 0.1 °C of the committed checkpoints' median; the last
hundredths come sooner or later by luck, and would measure that instead.  How many
epochs that takes is still partly luck, so medians over seeds are compared.

Two networks train side by side, here and there: this keeps both cores busy in both
ways, and five seeds of a network is what a chapter needs.  What one network takes that
has the machine for itself is in the rows after it.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks import Row
from utils.experiments.prepare import prepare_jena
from utils.training import catalogue, checkpoints, loop
from utils.training.dataset import Experiment

ROOT = Path(__file__).parents[1]
SPEC = catalogue.get("C4")
MARGIN = 0.1  # °C
SEEDS = (0, 1, 2, 3)
DELAY = 120 + 24 - 1  # rows from a window's first row to its target


def run() -> list[Row]:
    goal = float(np.median(_committed_scores())) + MARGIN
    name = f"C4 to a validation MAE of {goal:.3f} °C, against the source's pipeline"
    return [
        *_rows(f"{name}, two side by side", goal, SEEDS, jobs=2),
        *_rows(f"{name}, one alone", goal, SEEDS[:1], jobs=1),
    ]


def _rows(name: str, goal: float, seeds, *, jobs: int) -> list[Row]:
    ours = _measure("course", goal, seeds, jobs, TF_NUM_INTRAOP_THREADS="1")
    theirs = _measure("source", goal, seeds, jobs)
    epochs = f"; {ours['epochs']} epochs against {theirs['epochs']}"
    rows = (
        (name, "seconds", "times faster", epochs),
        ("an epoch of it, compiling excluded", "paces", "times faster", ""),
        ("an epoch of it in core-seconds", "core_seconds", "times less", ""),
    )
    return [_row(ours, theirs, *row) for row in rows]


def _row(ours, theirs, name: str, key: str, unit: str, note: str) -> Row:
    mine, other = (float(np.median(result[key])) for result in (ours, theirs))
    note = f"{mine:.1f} s against {other:.1f} s{note}"
    return Row(name, other / mine, unit, reach=4, better="higher", note=note)


def _committed_scores() -> list[float]:
    files = sorted(checkpoints.FOLDER.glob(f"{SPEC.id}-*.npz"))
    return [checkpoints.read(file)[1]["scores"]["validation"] for file in files]


def _measure(way: str, goal: float, seeds, jobs: int, **settings: str) -> dict:
    """Train each seed in a fresh process, in which threads are set and graphs new."""

    def measured(seed: int) -> dict:
        command = [sys.executable, "-m", __spec__.name, way, str(goal), str(seed)]
        environment = {**os.environ, **settings}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
        )
        return json.loads(done.stdout.splitlines()[-1])

    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(measured, seeds))
    return {key: [result[key] for result in results] for key in results[0]}


# ------------------------------------------------------------- in the new process


def _course(data: Experiment, seed: int, callback) -> None:
    model = loop.compiled(SPEC, data.train.input_shape)
    feed = loop.Feed(data.train, SPEC.batch_size, seed=seed)
    callback.on_epoch_begin = lambda epoch, logs=None: setattr(feed, "epoch", epoch)
    model.fit(
        feed.dataset(),
        validation_data=loop.ordered(data.validation),
        epochs=SPEC.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[callback],
    )


def _source(data: Experiment, seed: int, callback) -> None:
    model = SPEC.build(data.train.input_shape)
    model.compile(SPEC.optimizer, SPEC.loss, metrics=["mae"])
    train, validation = _source_batches(data, seed)
    model.fit(
        train,
        validation_data=validation,
        epochs=SPEC.epochs,
        verbose=0,
        callbacks=[callback],
    )


def _source_batches(data: Experiment, seed: int) -> list:
    from utils.backend import keras

    table, target = data.train.table, data.train.target
    return [
        keras.utils.timeseries_dataset_from_array(
            table[:-DELAY],
            target[DELAY:],
            sequence_length=120,
            shuffle=True,
            seed=seed,
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


def main(way: str, goal: str, seed: str) -> None:
    """Train in one way, and print what it took as JSON."""
    data, until = prepare_jena(), _until(float(goal))
    if data.simulated:
        raise ValueError(
            "C4's checkpoints belong to the real weather: set JENA_CLIMATE_FILE."
        )
    loop.set_seed(int(seed))
    start = time.perf_counter()
    {"course": _course, "source": _source}[way](data, int(seed), until)
    if not until.model.stop_training:
        raise RuntimeError(f"the {way}'s way did not reach {goal} °C: run it again.")
    result = {
        "seconds": until.ends[-1] - start,
        "epochs": len(until.ends),
        "paces": np.median(np.diff(until.ends)),
        "core_seconds": np.median(np.diff(until.core_seconds)),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
