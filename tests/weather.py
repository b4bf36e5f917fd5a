"""Which weather the chapters of a test run get, and which outputs that lets compare.

The real table is fetched once, before any cell runs and before the workers of
pytest-xdist get their tests; then the network is closed.  On simulated weather the
cells of a chapter that reads the table run, and only their outputs go uncompared.
"""

import ast
import contextlib
import os

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from tests.numbers import SIMULATED
from utils.data import jena

READERS = ("utils.data.jena", "utils.experiments")  # who imports one reads the table
OTHERS = tuple(  # but for these, which have data of their own
    f"utils.experiments.{name}."
    for name in ("ladder", "monthly", "one_unit", "preregistration", "recall", "waves")
)
NEEDS_TABLE = (
    "no Jena table on this machine; connect to the internet, or set JENA_CLIMATE_FILE "
    "to the official file"
)
FETCHED = pytest.StashKey[bool]()
READS = pytest.StashKey[bool]()


def reads_table(notebook):
    """Say whether a notebook's code imports a module that reads the Jena table."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    imported = {f"{name}." for source in code for name in _imports(source)}
    imported = {name for name in imported if not name.startswith(OTHERS)}
    return any(name.startswith(f"{reader}.") for name in imported for reader in READERS)


def _imports(source):
    """Yield the full names that a cell imports; one that cannot run imports none."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _cell_reads_table(item):
    """Say whether a test is a cell of a notebook that reads the table."""
    if item.path.suffix != ".ipynb":
        return False
    known = item.parent.stash
    if READS not in known:  # once for a notebook, not for each of its cells
        known[READS] = reads_table(item.parent.nb)
    return known[READS]


def _fetch(config):
    """Download the table, once in a run, where it is not on this machine."""
    if not config.stash.get(FETCHED, False):
        config.stash[FETCHED] = True
        with contextlib.suppress(jena.DataError):  # the chapters will say it, too
            jena.load_or_simulate()


def pytest_collection_finish(session):
    """Fetch the weather where this process runs the cells, and nothing after."""
    worker = hasattr(session.config, "workerinput")
    if not worker and any(_cell_reads_table(item) for item in session.items):
        _fetch(session.config)
    os.environ["COURSE_OFFLINE"] = "1"


def pytest_xdist_node_collection_finished(node, ids):
    """Fetch the weather for all workers, before any of them gets a test."""
    root = node.config.rootpath
    files = {root / test.partition("::")[0] for test in ids}
    notebooks = (path for path in files if path.suffix == ".ipynb")
    if any(reads_table(nbformat.read(path, as_version=4)) for path in notebooks):
        _fetch(node.config)


def pytest_runtest_setup(item):
    """On simulated weather, run a chapter's cells without comparing their outputs."""
    if _cell_reads_table(item) and jena.find() is None:
        item.options["check"] = False
        item.stash[SIMULATED] = True


def pytest_terminal_summary(terminalreporter):
    """Say at the end which weather data was used."""
    which = "the real Jena table"
    if jena.find() is None:
        which = f"simulated, and no output that depends on it compared ({NEEDS_TABLE})"
    terminalreporter.write_line(f"weather data: {which}")
