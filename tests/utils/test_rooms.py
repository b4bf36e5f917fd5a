"""The rooms of `utils` import each other in one direction only."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOWEST = {"backend", "data", "features", "metrics", "scratch", "windows"}
ALLOWED = {
    **{room: set() for room in LOWEST},
    "features": {"data"},
    "training": LOWEST,
    "forecasting": {*LOWEST, "training"},
    "plotting": {*LOWEST, "training"},
    "experiments": {*LOWEST, "training", "forecasting", "plotting"},
    "book": set(),
    "checks": set(),
    "ledger": {"book"},  # the entry point `python -m utils.ledger`
}
"""The rooms that each room may import."""


def modules(package):
    """Map the dotted names of a package's modules to their files."""
    names = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts).removesuffix(".__init__")] = path
    return names


def imports(source, known):
    """Yield the line and the module of each import that leads to a known module."""
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            found = name if name in known else name.rpartition(".")[0]
            if found in known:
                yield node.lineno, found


def room_of(name):
    """Return a module's room, or "" for the package itself."""
    return name.partition(".")[2].partition(".")[0]


def against(name, source, known, allowed):
    """Say, one sentence each, which imports of a module go against the arrows."""
    room, found = room_of(name), []
    for line, other in imports(source, known):
        target = room_of(other)
        if target and target != room and target not in allowed.get(room, ()):
            may = ", ".join(sorted(allowed.get(room, ()))) or "no other room"
            found.append(
                f"{name}, line {line}, imports {other}, and {room} may import {may}: "
                f"move what both need into a room below, or the caller into one above."
            )
    return found


def graph(package):
    """Map each module to those that it imports, packages' lists of names left out."""
    known = modules(package)
    return {
        name: {
            other
            for _, other in imports(path.read_text(encoding="utf-8"), known)
            if other != name and not name.startswith(f"{other}.")
        }
        for name, path in known.items()
    }


def test_every_room_has_its_arrows():
    rooms = {room_of(name) for name in modules("utils")} - {""}
    assert rooms == set(ALLOWED)


@pytest.mark.parametrize("name", modules("utils"))
def test_no_import_goes_against_the_arrows(name):
    known = modules("utils")
    source = known[name].read_text(encoding="utf-8")
    assert against(name, source, known, ALLOWED) == []


def test_no_modules_import_each_other_in_a_circle():
    try:
        TopologicalSorter(graph("utils")).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(
    "source",
    [
        "from utils.training import fit",
        "from utils import training",
        "import utils.training.loop",
        "def f():\n    from utils.training.loop import fit",
    ],
)
def test_an_import_against_the_arrows_is_named_with_a_remedy(source):
    known = {"utils", "utils.metrics", "utils.training", "utils.training.loop"}
    (found,) = against("utils.metrics", source, known, ALLOWED)
    assert found.startswith(f"utils.metrics, line {source.count(chr(10)) + 1}, imports")
    assert "may import no other room: move what both need" in found
    assert against("utils.forecasting.x", source, known, ALLOWED) == []
