"""Compare two checkouts of the course: ``python -m benchmarks.checkouts DIR``.

DIR holds the earlier one, for example from ``git worktree add DIR COMMIT``.  Both are
measured in turn, this one (B) and the other (A) as A B B A and so on, so that what else
the machine does falls on both; each measurement has a fresh process and counts its CPU
seconds.  What is printed is B / A: the median over the pairs, and their range.
"""

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.__main__ import table

HERE = Path(__file__).resolve().parents[1]
HEADINGS = ("measured", "before", "now", "now / before", "range", "pairs")
IMPORT = """
import time
import numpy, pandas
start = time.process_time()
{}
print(time.process_time() - start)
"""
ROOMS = "from utils import features, metrics, training, windows"
TRAINING = """
import time
from utils import training
try:
    from utils.experiments.prepare import prepare_jena
    from utils.training import catalogue
except ModuleNotFoundError:  # a checkout from before the rooms of `utils`
    from utils.experiments import prepare_jena
    from utils import models as catalogue
data, spec = prepare_jena(), catalogue.get("C4")
start = time.process_time()
training.fit(spec, data.train, data.validation, seed=0, epochs=2, progress=False)
print(time.process_time() - start)
"""
SUBJECTS = {
    "import": ("import utils, over NumPy", IMPORT.format("import utils"), 20),
    "rooms": ("import four rooms, over pandas", IMPORT.format(ROOMS), 20),
    "training": ("two epochs of C4", TRAINING, 3),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure both checkouts and print how they compare."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.checkouts",
        description="Compare the CPU seconds of two checkouts of the course.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="earlier checkout")
    parser.add_argument("subject", nargs="*", help=f"any of {', '.join(SUBJECTS)}")
    options = parser.parse_args(arguments)
    if not (options.folder / "utils" / "__init__.py").exists():
        parser.error(f"{options.folder} is no checkout of the course: no utils in it")
    if unknown := set(options.subject) - set(SUBJECTS):
        parser.error(f"nothing is called {sorted(unknown)}: choose of {list(SUBJECTS)}")
    for folder in (options.folder, HERE):
        of_code(TRAINING.partition("data, spec")[0] + "print(0)")(folder)  # bytecode
    lines = [HEADINGS]
    for subject in options.subject or SUBJECTS:
        name, code, count = SUBJECTS[subject]
        pairs = list(in_pairs(options.folder, HERE, count, of_code(code)))
        lines.append((name, *cells(pairs)))
    print(*table(lines), sep="\n")
    return 0


def in_pairs(
    before: Path, now: Path, count: int, cost: Callable[[Path], float]
) -> Iterator[tuple[float, float]]:
    """Yield the costs of ``count`` pairs, measured as A B B A."""
    for k in range(count):
        order = (before, now) if k % 2 == 0 else (now, before)
        costs = {folder: cost(folder) for folder in order}
        yield costs[before], costs[now]


def of_code(code: str) -> Callable[[Path], float]:
    """Return what measures a script in a checkout: the number that it prints last."""

    def cost(folder: Path) -> float:
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        environment |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles each time
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return float(done.stdout.split()[-1])

    return cost


def cells(pairs: list[tuple[float, float]]) -> tuple[str, ...]:
    """Return a line's numbers: medians, median ratio, its range, and the pairs."""
    before, now = (statistics.median(costs) for costs in zip(*pairs, strict=True))
    ratios = sorted(new / old for old, new in pairs)
    return (
        f"{before:.3g} s",
        f"{now:.3g} s",
        f"{statistics.median(ratios):.3f}",
        f"{ratios[0]:.3f} to {ratios[-1]:.3f}",
        str(len(pairs)),
    )


if __name__ == "__main__":
    sys.exit(main())
