"""The pages on the helpers describe every module, and say what is true of it."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from numpydoc.validate import validate

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "back" / "reference"
CODE = sorted((ROOT / "utils").rglob("*.py"))
FAULTS = {"GL06", "GL07", "PR02"}  # unknown section, wrong order, unknown parameter
ENTRY_POINTS = {"utils.ledger"}  # two lines that lead into a room


def name_of(path):
    """Return a module's dotted name."""
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return dotted.removesuffix(".__init__")


def words_of(chapter):
    """Return every name that a chapter's code cells use."""
    (path,) = (
        path
        for path in (ROOT / "chapters").glob(f"{chapter:02}_*.ipynb")
        if not path.match("*_solution.ipynb")
    )
    cells = nbformat.read(path, as_version=4).cells
    code = (cell.source for cell in cells if cell.cell_type == "code")
    return set(re.findall(r"[A-Za-z_]\w*", "\n".join(code)))


def documented(path):
    """Yield the name and docstring of a module and of all that it defines."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield getattr(node, "name", path.stem), text


def test_every_module_has_its_place_on_the_page_of_its_room():
    modules = {name_of(path) for path in CODE if not path.stem.startswith("_")}
    packages = {name_of(path) for path in CODE if path.stem == "__init__"} - {"utils"}
    described = {
        module: page.stem
        for page in PAGES.glob("*.md")
        for module in re.findall(r"automodule:: (\S+)", page.read_text("utf-8"))
    }
    there = (modules | packages) - ENTRY_POINTS
    for module in sorted(there - set(described)):
        page = f"back/reference/{module.split('.')[1]}.md"
        pytest.fail(f"{module} is on no page: add an automodule for it to {page}.")
    for module in sorted(set(described) - there):
        page = f"back/reference/{described[module]}.md"
        pytest.fail(f"{module}, on {page}, is gone: take its automodule out.")
    for module, page in described.items():
        assert module.split(".")[1] == page, f"{module} belongs on another page"


def test_every_page_is_listed_in_the_index_and_the_contents():
    index = (PAGES / "helpers.md").read_text(encoding="utf-8")
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for page in PAGES.glob("*.md"):
        assert f"file: back/reference/{page.stem}\n" in contents
        assert page.stem == "helpers" or f"({page.name})" in index


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_what_is_taught_in_a_chapter_is_used_there(path):
    for name, text in documented(path):
        for said in re.findall(r"Taught in chapters? ([^.]*)\.", text):
            for chapter in map(int, re.findall(r"\d+", said)):
                assert name in words_of(chapter), (
                    f"{name_of(path)}: the docstring of {name} says that chapter "
                    f"{chapter} teaches it, and no code cell there uses it: take the "
                    "line out, or use it there."
                )


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_docstrings_have_the_sections_and_parameters_that_numpydoc_expects(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name[0] != "_":
            errors = dict(validate(f"{name_of(path)}.{node.name}")["errors"])
            found = {code: errors[code] for code in FAULTS & set(errors)}
            assert not found, f"{name_of(path)}.{node.name}: mend its docstring"
