"""Any seed gives an order of its own, and no notebook's cells change places."""

from collections import Counter
from types import SimpleNamespace

import pytest

from tests.shuffled import shuffled

FILES = {"tests/test_a.py": 9, "tests/test_b.py": 9, "chapters/c.ipynb": 9, "d.py": 9}
ITEMS = [
    SimpleNamespace(nodeid=f"{name}::test_{number}")
    for name, size in FILES.items()
    for number in range(size)
]


def order(seed):
    return [item.nodeid for item in shuffled(ITEMS, seed)]


def files(nodeids):
    """Return the files of tests in the order of their first, each once if together."""
    names = [nodeid.partition("::")[0] for nodeid in nodeids]
    return [
        name for place, name in enumerate(names) if names[place - 1 : place] != [name]
    ]


def of(name, nodeids):
    return [nodeid for nodeid in nodeids if nodeid.startswith(name)]


@pytest.mark.parametrize("seed", range(5))
def test_every_test_runs_once_beside_those_of_its_file(seed):
    assert Counter(order(seed)) == Counter(item.nodeid for item in ITEMS)
    assert sorted(files(order(seed))) == sorted(FILES)


def test_files_and_their_tests_change_places_and_come_back_with_the_seed():
    assert order(1) == order(1) != order(2)
    assert len({tuple(files(order(seed))) for seed in range(20)}) > 5
    within = {tuple(of("tests/test_a.py", order(seed))) for seed in range(20)}
    assert len(within) > 15


@pytest.mark.parametrize("seed", range(5))
def test_the_cells_of_a_notebook_stay_in_sequence(seed):
    chapter = of("chapters/c.ipynb", order(seed))
    assert chapter == [f"chapters/c.ipynb::test_{number}" for number in range(9)]
