"""What holds for every test: quiet libraries, steady examples, and which weather."""

import os
import sys

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ["COURSE_OFFLINE"] = "1"  # no test downloads anything
matplotlib.use("Agg")

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("course", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile("course")


def weather():
    """Return which weather the tests use, as the header and the summary say it."""
    from utils.data import jena

    if jena.find() is None:
        return "weather data: simulated (JENA_CLIMATE_FILE is not set, nothing cached)"
    return "weather data: the real Jena table"


def pytest_report_header():
    """Say at the start which weather data there is."""
    return weather()


def pytest_terminal_summary(terminalreporter):
    """Say at the end which weather data was used."""
    terminalreporter.write_line(weather())


def pytest_runtest_setup(item):
    """On simulated weather, run a chapter's cells without comparing their outputs."""
    if item.path.suffix != ".ipynb" or not _reads_jena(item.parent.nb):
        return
    from utils.data import jena

    if jena.find() is None:
        item.options["check"] = False


def _reads_jena(notebook):
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return any("jena." in source for source in code)


@pytest.fixture(autouse=True)
def _no_trace():
    """Undo what exercises set for a whole session: figures, style, print options."""
    with np.printoptions(), matplotlib.rc_context():
        yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
