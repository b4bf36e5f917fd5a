"""How the tests are shared among the cores of a machine.

A file's tests stay together on one worker of pytest-xdist, in their order, so that a
notebook keeps its kernel and a fixture is made once; so do all tests of the book, which
is built once, and of JupyterLab.  The exercises' banks are shared by exercise, as the
tests of one exercise look at the same few runs.  What takes longest goes first and what
takes seconds goes last, so that all workers end together.
"""

import os
import re

from xdist.scheduler import LoadScopeScheduling

FIRST = (
    "tests/book/",
    "tests/lab/",
    "chapters/13",
    "chapters/14",
    "tests/grading/",
    "tests/exercises/",
    "chapters/",
    "tests/setup/",
)
TOGETHER = ("tests/book/", "tests/lab/")
BANKS = "tests/exercises/test_banks.py"
EXERCISE = re.compile(r"\[(?:ex|task-)0*(\d+)")
MEMORY = 3 << 30  # of a worker with TensorFlow, its kernel and its sandboxes
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def share(nodeid):
    """Return the name of what a test is run together with."""
    if nodeid.startswith(BANKS):
        return " ".join([BANKS, *EXERCISE.findall(nodeid)])
    folder = next((name for name in TOGETHER if nodeid.startswith(name)), None)
    return folder or nodeid.partition("::")[0]


def rank(nodeid):
    """Return how late in a run a test is to be handed out."""
    ranks = (place for place, name in enumerate(FIRST) if nodeid.startswith(name))
    return next(ranks, len(FIRST))


class Shares(LoadScopeScheduling):
    """Hand out whole shares, in the order of the tests."""

    def _split_scope(self, nodeid):
        return share(nodeid)


def pytest_xdist_setupnodes():
    """Leave each worker one thread per library, since the others have the cores.

    A thread that waits for its turn spins: a seasonal fit took three times as much.
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")


def pytest_xdist_make_scheduler(config, log):
    """Let shares, not files, go to the workers."""
    config.option.loadscopereorder = False
    return Shares(config, log)


def pytest_xdist_auto_num_workers(config):
    """Return one worker more than there are cores; none where one file is asked for.

    A worker waits a good part of its time: for kernels, clusters and a browser.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    asked = [name.partition("::")[0] for name in config.args]
    if len(set(asked)) == 1 and asked[0].endswith((".py", ".ipynb", ".md")):
        return 0
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(_cores() + 1, memory // MEMORY))


def _cores():
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pytest_collection_modifyitems(items):
    """Sort the tests by when they are to be handed out, files as they were."""
    items.sort(key=lambda item: rank(item.nodeid))
