"""A run of the tests says which weather it used and compares accordingly."""

import ast
import functools
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import nbformat
import nbformat.v4 as form
import pytest

from tests import weather
from utils.data import jena

ROOT = Path(__file__).parents[2]
NOTEBOOKS = [*sorted(ROOT.glob("chapters/*.ipynb")), *sorted(ROOT.glob("back/*.ipynb"))]


def notebook(*sources):
    return form.new_notebook(cells=[form.new_code_cell(source) for source in sources])


def cell(name, *sources):
    """Return a notebook's cell as pytest sees it."""
    parent = SimpleNamespace(nb=notebook(*sources), stash=pytest.Stash())
    about = {"options": {"check": True}, "stash": pytest.Stash()}
    return SimpleNamespace(path=Path(name), parent=parent, **about)


@pytest.fixture(params=["real", "simulated"])
def which(request, monkeypatch):
    found = Path("jena.csv.zip") if request.param == "real" else None
    monkeypatch.setattr(jena, "find", lambda: found)
    return request.param


# --- which notebooks read the table

READING = [
    "from utils.data import jena",
    "from utils.data import jena as weather_station",
    "import utils.data.jena",
    "from utils.data.jena import load",
    "from utils.experiments import prepare_jena",
    "import utils.experiments as known",
    "def later():\n    from utils.experiments.prepare import prepare_jena",
    "%matplotlib inline\nfrom utils import metrics, experiments",
]
OTHERS = [
    "1 + 1",
    "print('jena.load()')  # not jena.load_or_simulate()",
    "from utils.data import jena_notes",
    "from utils.data.weather import simulate",
    "from utils.experimentsuite import prepare_jena",
    "this is no code: jena.load()",
]


@pytest.mark.parametrize("source", READING)
def test_a_notebook_that_imports_a_reader_reads_the_table(source):
    assert weather.reads_table(notebook("1 + 1", source))


@pytest.mark.parametrize("source", OTHERS)
def test_no_other_notebook_reads_the_table(source):
    assert not weather.reads_table(notebook("1 + 1", source))


def names(tree):
    """Return every name and attribute that some code mentions."""
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
    }


@functools.cache
def loaders():
    """Return the functions of utils whose calls end in `jena.load_or_simulate`."""
    trees = [ast.parse(path.read_text("utf-8")) for path in ROOT.glob("utils/**/*.py")]
    functions = [
        (node.name, names(node))
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    ]
    often = Counter(name for name, _ in functions)
    found = {"load_or_simulate"}
    while more := {name for name, used in functions if used & found} - found:
        found |= more
    return {name for name in found if often[name] == 1}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_decision_on_each_notebook_is_what_its_calls_say(path):
    read = nbformat.read(path, as_version=4)
    code = [cell.source for cell in read.cells if cell.cell_type == "code"]
    called = set().union(*(names(ast.parse(source)) for source in code))
    assert weather.reads_table(read) == bool(called & loaders())


# --- what follows from it


def summary():
    lines = []
    weather.pytest_terminal_summary(SimpleNamespace(write_line=lines.append))
    return "\n".join(lines)


def test_the_summary_says_which_weather_was_used(which):
    assert ("real Jena table" in summary()) == (which == "real")
    assert ("simulated" in summary()) == (which == "simulated")


@pytest.mark.parametrize("source", [READING[0], OTHERS[0]])
@pytest.mark.parametrize("workers", [0, 2])
def test_the_weather_is_fetched_once_and_only_for_chapters_on_it(
    monkeypatch, tmp_path, source, workers
):
    fetched = []
    monkeypatch.setattr(jena, "load_or_simulate", lambda: fetched.append("table"))
    nbformat.write(notebook(source), tmp_path / "a.ipynb")
    config = SimpleNamespace(stash=pytest.Stash(), rootpath=tmp_path)
    items = [cell("a.ipynb", source), cell("a.ipynb", source)]
    for _ in range(workers):
        node = SimpleNamespace(config=config)
        tests = ["a.ipynb::Cell 0", "a.ipynb::Cell 1"]
        weather.pytest_xdist_node_collection_finished(node, tests)
    if workers:
        config = SimpleNamespace(workerinput={})
    weather.pytest_collection_finish(SimpleNamespace(items=items, config=config))
    assert fetched == (["table"] if "jena" in source else [])
    assert os.environ["COURSE_OFFLINE"] == "1"


@pytest.mark.parametrize("source", [READING[0], OTHERS[0]])
def test_only_outputs_that_come_from_simulated_weather_are_not_compared(which, source):
    item = cell("chapter.ipynb", source)
    weather.pytest_runtest_setup(item)
    assert item.options["check"] == (which == "real" or source == OTHERS[0])


def run_without_the_table(folder, *sources):
    """Run a notebook whose stored outputs are wrong, on a machine without the table."""
    path = folder / "small.ipynb"
    read = notebook(*sources)
    for number, code in enumerate(read.cells, start=1):
        code.execution_count = number
        code.outputs = [form.new_output("stream", text="of another table\n")]
    nbformat.write(read, path)
    environment = {
        name: value for name, value in os.environ.items() if name != "JENA_CLIMATE_FILE"
    }
    environment |= {"COURSE_OFFLINE": "1", "COURSE_CACHE": str(folder / "empty")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-m", "pytest", path, "--rootdir", folder]
    command += [
        "-p",
        "xdist.plugin",
        "-p",
        "nbval.plugin",
        "--nbval",
        "--nbval-current-env",
    ]
    command += ["-p", "tests.weather", "--config-file", folder / "none.ini"]
    (folder / "none.ini").write_text("[pytest]\n")
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_notebook_on_the_table_passes_without_it(tmp_path):
    imported = "from utils.experiments.prepare import prepare_jena"
    source = "data = prepare_jena()\nassert data.simulated\nprint(data.train)"
    code, said = run_without_the_table(tmp_path, f"{imported}\nprint('here')", source)
    assert code == 0, said
    assert "2 passed" in said
    assert "weather data: simulated" in said


def test_a_notebook_on_the_table_that_raises_fails_without_it(tmp_path):
    code, said = run_without_the_table(tmp_path, "from utils.data import jena", "1 / 0")
    assert code == 1
    assert "1 failed, 1 passed" in said
    assert "ZeroDivisionError" in said


def test_the_outputs_of_any_other_notebook_are_compared_without_the_table(tmp_path):
    code, said = run_without_the_table(tmp_path, "print('of this machine')")
    assert code == 1
    assert "Cell outputs differ" in said
