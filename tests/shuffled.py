"""Run the tests in another order: ``python -m pytest --shuffle=SEED``.

Whole files change places, and the tests within each of them; only the cells of a
notebook stay in sequence, since each builds on those before it.
"""

import random

import pytest


def pytest_addoption(parser):
    """Add the option."""
    parser.addoption(
        "--shuffle",
        type=int,
        metavar="SEED",
        help="run files, and the tests within them, in an order drawn from this seed",
    )


def pytest_report_header(config):
    """Say with which seed the order comes back."""
    seed = config.getoption("shuffle")
    return None if seed is None else f"random order: --shuffle={seed}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Shuffle the tests, alike on every worker of pytest-xdist."""
    seed = config.getoption("shuffle")
    if seed is not None:
        items[:] = shuffled(items, seed)


def shuffled(items, seed):
    """Return tests in random order, those of a file together, cells in sequence."""
    rng, files = random.Random(seed), {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    for name, tests in files.items():
        if not name.endswith(".ipynb"):
            rng.shuffle(tests)
    groups = list(files.values())
    rng.shuffle(groups)
    return [item for tests in groups for item in tests]
