"""What holds for every test: quiet libraries, steady examples, and which weather."""

import contextlib
import os
import sys

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
matplotlib.use("Agg")

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("course", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("course")


def pytest_collection_finish(session):
    """Fetch the real weather where chapters are to run on it, and nothing after."""
    from utils.data import jena

    if any(_reads_jena(item) for item in session.items):
        with contextlib.suppress(jena.DataError):  # the chapters will say it, too
            jena.load_or_simulate()
    os.environ["COURSE_OFFLINE"] = "1"


def pytest_terminal_summary(terminalreporter):
    """Say at the end which weather data was used."""
    from utils.data import jena

    which = "the real Jena table"
    if jena.find() is None:
        which = "simulated (JENA_CLIMATE_FILE is not set, nothing could be downloaded)"
    terminalreporter.write_line(f"weather data: {which}")


def pytest_runtest_setup(item):
    """On simulated weather, run a chapter's cells without comparing their outputs."""
    from utils.data import jena

    if _reads_jena(item) and jena.find() is None:
        item.options["check"] = False


def _reads_jena(item):
    """Say whether a test is a cell of a notebook that reads the Jena table."""
    if item.path.suffix != ".ipynb":
        return False
    code = (cell.source for cell in item.parent.nb.cells if cell.cell_type == "code")
    return any("jena." in source for source in code)


@pytest.fixture(autouse=True)
def _no_trace():
    """Undo what exercises set for a whole session: figures, style, print options."""
    with np.printoptions(), matplotlib.rc_context():
        yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
