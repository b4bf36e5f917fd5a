"""How long ``import utils`` takes over NumPy, each time in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

from benchmarks import Row, seconds

ROOT = Path(__file__).parents[1]
ROOMS = """
from utils import metrics, windows
from utils.forecasting import baselines
from utils.training import catalogue, checkpoints, loop
"""


def run() -> list[Row]:
    numpy = _import("import numpy")
    package = _import("import numpy, utils") - numpy
    rooms = _import(f"import numpy\n{ROOMS}") - numpy
    return [
        Row("import utils, over NumPy", max(package, 0), "s", reach=0.1),
        Row("import the modelling rooms, over NumPy", max(rooms, 0), "s", reach=0.1),
    ]


def _import(code: str) -> float:
    command = [sys.executable, "-c", code]
    return seconds(lambda: subprocess.run(command, cwd=ROOT, check=True), repeat=15)
