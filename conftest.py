"""What holds for every test: quiet libraries, steady examples, and no trace left."""

import os
import sys

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
matplotlib.use("Agg")

pytest_plugins = [
    "tests.numbers",
    "tests.weather",
    "tests.sharing",
    "tests.shuffled",
    "tests.skipped",
]

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("course", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("course")

PATIENCE = 120  # seconds for a kernel's last outputs; nbval's own 5 fail a busy machine


def pytest_runtest_setup(item):
    """Wait for the outputs of a notebook's cell on a busy machine, too."""
    if item.path.suffix == ".ipynb":
        item.output_timeout = PATIENCE


@pytest.fixture(autouse=True)
def _no_trace():
    """Undo what exercises set for a whole session: figures, style, print options."""
    with np.printoptions(), matplotlib.rc_context():
        yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
