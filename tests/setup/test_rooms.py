"""The rooms of `utils` and of `grading` import each other in one direction only."""

import ast
import functools
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOWEST = {"backend", "data", "features", "metrics", "scratch", "windows"}
BELOW_RUN = {"course", "sandbox", "execution", "intake", "records", "release", "pages"}
ALLOWED = {
    "utils": {
        **{room: set() for room in LOWEST},
        "features": {"data"},
        "training": LOWEST,
        "forecasting": {*LOWEST, "training"},
        "plotting": {*LOWEST, "training"},
        "experiments": {*LOWEST, "training", "forecasting", "plotting"},
        "book": set(),
        "checks": set(),
        "ledger": {"book"},  # the entry point `python -m utils.ledger`
    },
    "grading": {
        **{room: set() for room in ("course", "sandbox")},
        **{room: {"course", "sandbox"} for room in BELOW_RUN - {"course", "sandbox"}},
        "pages": BELOW_RUN - {"pages"},
        "run": BELOW_RUN,
        "reports": {*BELOW_RUN, "run"},
        "rehearsal": {*BELOW_RUN, "run"},
        "__main__": {*BELOW_RUN, "run", "reports", "rehearsal"},
    },
}
"""By package: the rooms that each room may import."""
OF_UTILS = {"utils.backend", "utils.plotting"}  # what `grading` may import of it


@functools.cache
def modules(package):
    """Map the dotted names of a package's modules to their files."""
    names = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names[".".join(parts).removesuffix(".__init__")] = path
    return names


def imports(source, known, package=""):
    """Yield the line and the module of each import that leads to a known module.

    `package` is what a relative import starts from.
    """
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level]
            start = [*above, node.module] if node.level else [node.module]
            start = ".".join(filter(None, start))
            names = [f"{start}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and _called(node) == "import_module":
            names = [each.value for each in node.args if isinstance(each, ast.Constant)]
        for name in names:
            found = name if name in known else name.rpartition(".")[0]
            if found in known:
                yield node.lineno, found


def _called(call):
    """Return the last part of what a call names."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def room_of(name):
    """Return a module's room, or "" for the package itself."""
    return name.partition(".")[2].partition(".")[0]


def package_of(name):
    """Return the package that a module lies in, or is."""
    known = modules(name.partition(".")[0])
    is_package = known.get(name, Path()).name == "__init__.py"
    return name if is_package else name.rpartition(".")[0]


def against(name, source, known, allowed):
    """Say, one sentence each, which imports of a module go against the arrows."""
    room, found = room_of(name), []
    for line, other in imports(source, known, package_of(name)):
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
            for _, other in imports(path.read_text("utf-8"), known, package_of(name))
            if other != name and not name.startswith(f"{other}.")
        }
        for name, path in known.items()
    }


def circle_in(modules_and_imports):
    """Say which modules import each other in a circle, and what to do; or ""."""
    try:
        TopologicalSorter(modules_and_imports).prepare()
    except CycleError as error:
        circle = " is imported by ".join(error.args[1])
        return (
            f"{circle}: a circle, in which none can be read without the others. Move "
            "what two of them share into a module that imports neither."
        )
    return ""


@pytest.mark.parametrize("package", ALLOWED)
def test_every_room_has_its_arrows(package):
    rooms = {room_of(name) for name in modules(package)} - {""}
    for room in sorted(rooms ^ set(ALLOWED[package])):
        where = f"{package}/{room}" if room in rooms else "no module"
        entry = "an" if room in ALLOWED[package] else "no"
        pytest.fail(
            f"{room} has {where} and {entry} entry in ALLOWED: say there which rooms "
            "it may import, or take the entry out."
        )


@pytest.mark.parametrize("name", [name for p in ALLOWED for name in modules(p)])
def test_no_import_goes_against_the_arrows(name):
    package = name.partition(".")[0]
    known = modules(package)
    source = known[name].read_text(encoding="utf-8")
    assert against(name, source, known, ALLOWED[package]) == []


@pytest.mark.parametrize("name", modules("grading"))
def test_grading_imports_of_utils_only_what_it_needs(name):
    source = modules("grading")[name].read_text(encoding="utf-8")
    assert {other for _, other in imports(source, modules("utils"))} <= OF_UTILS


@pytest.mark.parametrize("package", ALLOWED)
def test_no_modules_import_each_other_in_a_circle(package):
    assert circle_in(graph(package)) == ""


def test_a_circle_is_named_with_its_modules_and_a_remedy():
    found = circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert re.match(
        r"(\w) is imported by \w is imported by \w is imported by \1:", found
    )
    assert "Move what two of them share into a module that imports neither." in found


def drawn(text):
    """Return the arrows of a Mermaid flowchart, and those that follow from them."""
    arrows = {}
    for line in text.splitlines():
        floors = [re.findall(r"\w+", floor) for floor in line.split("-->")]
        for floor, below in zip(floors, [*floors[1:], []], strict=True):
            for room in floor:
                arrows.setdefault(room, set()).update(below)
    for room in TopologicalSorter(arrows).static_order():  # those below come first
        arrows[room] |= {far for near in arrows[room] for far in arrows[near]}
    return arrows


@pytest.mark.parametrize("package", ALLOWED)
def test_the_picture_in_contributing_shows_the_arrows_that_are_allowed(package):
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    pictures = re.findall(r"```mermaid\nflowchart LR\n(.*?)```", text, re.S)
    picture = dict(zip(ALLOWED, pictures, strict=True))[package]
    assert drawn(picture) == ALLOWED[package]


@pytest.mark.parametrize(
    "source",
    [
        "from utils.training import fit",
        "from utils import training",
        "import utils.training.loop",
        "def f():\n    from utils.training.loop import fit",
        "from .training import fit",
        "from . import training",
        "import importlib\nimportlib.import_module('utils.training')",
        "from importlib import import_module\nimport_module('utils.training.loop')",
    ],
)
def test_an_import_against_the_arrows_is_named_with_a_remedy(source):
    known = {"utils", "utils.metrics", "utils.training", "utils.training.loop"}
    (found,) = against("utils.metrics", source, known, ALLOWED["utils"])
    assert found.startswith(f"utils.metrics, line {source.count(chr(10)) + 1}, imports")
    assert "may import no other room: move what both need" in found
    assert against("utils.forecasting.x", source, known, ALLOWED["utils"]) == []
