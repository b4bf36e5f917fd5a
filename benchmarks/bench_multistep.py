"""CPU time of the networks for ten steps, which chapter 11 compares at equal time."""

import time

from benchmarks import Row
from utils.experiments.prepare import EXPERIMENTS
from utils.training import catalogue, loop

STANDARD = "ten-sequence"  # whose training sets the time that each network gets
STEPS = 64


def run() -> list[Row]:
    names = [name for name in catalogue.CATALOGUE if name.startswith("ten-")]
    epoch = {name: _epoch(catalogue.get(name)) for name in names}
    whole = {name: catalogue.get(name).epochs * epoch[name] for name in names}
    return [
        Row(
            f"CPU time to train {name}, over that of {STANDARD}",
            whole[name] / whole[STANDARD],
            "",
            reach=1.2,
            note=f"{catalogue.get(name).epochs} epochs of {epoch[name]:.2f} s",
        )
        for name in names
        if name != STANDARD
    ]


def _epoch(spec: catalogue.Spec) -> float:
    """CPU seconds of an epoch, from the best of three passes after a first one."""
    train = EXPERIMENTS[spec.experiment]().train
    model = loop.compiled(spec, train.input_shape, metric="mse")
    batches = loop.Feed(train, spec.batch_size, seed=0, steps=STEPS).dataset()
    passes = []
    for _ in range(4):
        started = time.process_time()
        model.fit(batches, verbose=0, shuffle=False)
        passes.append(time.process_time() - started)
    return min(passes[1:]) * -(-len(train) // spec.batch_size) / STEPS
