"""All Jena windows in batches, against Keras's ``timeseries_dataset_from_array``."""

import tracemalloc

import numpy as np

from benchmarks import Row, seconds
from utils.data import jena
from utils.training.loop import ordered
from utils.windows import Normalizer, Windows

LENGTH, HORIZON, BATCH = 120, 24, 256
DELAY = LENGTH + HORIZON - 1  # rows from a window's first row to its target


def run() -> list[Row]:
    frame, simulated = jena.load_or_simulate()
    clean = jena.clean(frame)
    table = Normalizer.fit(clean).transform(clean).to_numpy(np.float32, copy=True)
    target = clean["T (degC)"].to_numpy(np.float32, copy=True)
    weather = "simulated weather" if simulated else "real weather"
    note = f"{len(table):,} rows of 14 columns, batch {BATCH}, {weather}"
    return [*_speed(table, target, note), _memory(table, target, note)]


def _windows(table, target) -> Windows:
    return Windows(table, target, length=LENGTH, horizon=HORIZON)


def _speed(table, target, note: str) -> list[Row]:
    import keras

    theirs = keras.utils.timeseries_dataset_from_array(
        table[:-DELAY], target[DELAY:], sequence_length=LENGTH, batch_size=BATCH
    )
    ours = _windows(table, target)
    rng = np.random.default_rng(0)
    slow = seconds(lambda: _exhaust(theirs), repeat=2)
    ways = {
        "in time order": lambda: _exhaust(ours.batches(BATCH)),
        "shuffled": lambda: _exhaust(ours.batches(BATCH, shuffle=True, rng=rng)),
        "as tensors for Keras": lambda: _exhaust(ordered(ours, BATCH)),
    }
    return [
        Row(
            f"all windows {way}, against timeseries_dataset_from_array",
            slow / seconds(function, repeat=5),
            "times faster",
            reach=10,
            better="higher",
            note=note,
        )
        for way, function in ways.items()
    ]


def _exhaust(batches) -> None:
    for _inputs, _targets in batches:
        pass


def _memory(table, target, note: str) -> Row:
    """Peak memory that cutting and iterating take beside the table itself."""
    tracemalloc.start()
    windows = _windows(table, target)
    _exhaust(windows.batches(BATCH))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    batch = BATCH * LENGTH * table.shape[1] * 4
    copied = len(windows) * batch / BATCH / 1e6
    return Row(
        "peak memory of iterating all windows, beside the table",
        peak / 1e6,
        "MB",
        reach=round((table.nbytes + batch) / 1e6, 1),
        note=f"reach: table plus batch; all windows copied: {copied:.0f} MB; {note}",
    )
