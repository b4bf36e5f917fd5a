"""What ``make reproduce`` would take on two cores: each model's epochs, projected.

Training everything takes hours, so each model is trained for one epoch and for five,
in a process of its own as a worker of ``--jobs 2`` has it.  The difference gives the
time of an epoch, the rest that of compiling and scoring, and both give the whole.  The
candidates of chapter 14 take seconds, and are fitted as they are.
"""

import dataclasses
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import Row
from utils.experiments import train_all
from utils.experiments.candidates import ALL
from utils.experiments.prepare import EXPERIMENTS
from utils.training import catalogue, loop

ROOT = Path(__file__).parents[1]
JOBS = 2


def run() -> list[Row]:
    measured = {model: _measure(model) for model in (*catalogue.CATALOGUE, *ALL)}
    minutes = sum(result["seconds"] for result in measured.values()) / JOBS / 60
    slowest = max(measured, key=lambda model: measured[model]["seconds"])
    peak = JOBS * max(result["gib"] for result in measured.values())
    taken = measured[slowest]["seconds"] / 60
    note = f"{len(measured)} models, the slowest {slowest} with {taken:.0f} min"
    return [
        Row("make reproduce --seeds 1 --jobs 2", minutes, "min", reach=60, note=note),
        Row("make reproduce --jobs 2, five seeds", 5 * minutes / 60, "h", reach=4),
        Row("its peak memory, both workers", peak, "GiB", reach=4),
    ]


def _measure(model: str) -> dict:
    command = [sys.executable, "-m", "benchmarks.bench_reproduce", model]
    environment = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout.splitlines()[-1])


def _child(model: str) -> None:
    if model in ALL:
        start = time.perf_counter()
        train_all.run_job(train_all.TrainingJob(model, 0))
        _tell(seconds=time.perf_counter() - start)
        return
    spec = catalogue.get(model)
    data = EXPERIMENTS[spec.experiment]()
    _seconds(spec, data, 1)  # what a process pays once
    one, five = (_seconds(spec, data, epochs) for epochs in (1, 5))
    epoch = (five - one) / 4
    _tell(seconds=one + (spec.epochs - 1) * epoch, epoch=epoch)


def _tell(**measured: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({**measured, "gib": peak}))


def _seconds(spec, data, epochs: int) -> float:
    start = time.perf_counter()
    short = dataclasses.replace(spec, epochs=epochs)
    loop.train(short, data, seed=0, progress=False)
    return time.perf_counter() - start


if __name__ == "__main__":
    _child(sys.argv[1])
