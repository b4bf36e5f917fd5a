"""A run of the tests says which weather it used and compares accordingly."""

import os
from pathlib import Path
from types import SimpleNamespace

import nbformat.v4 as form
import pytest

import conftest
from utils.data import jena


@pytest.fixture(params=["real", "simulated"])
def weather(request, monkeypatch):
    found = Path("jena.csv.zip") if request.param == "real" else None
    monkeypatch.setattr(jena, "find", lambda: found)
    return request.param


def cell(notebook, source):
    """Return a notebook's cell as pytest sees it."""
    read = form.new_notebook(cells=[form.new_code_cell(source)])
    parent, options = SimpleNamespace(nb=read), {"check": True}
    return SimpleNamespace(path=Path(notebook), parent=parent, options=options)


def test_the_summary_says_which_weather_was_used(weather):
    lines = []
    conftest.pytest_terminal_summary(SimpleNamespace(write_line=lines.append))
    (line,) = lines
    assert ("real Jena table" in line) == (weather == "real")
    assert ("simulated" in line) == (weather == "simulated")


@pytest.mark.parametrize("source", ["jena.load_or_simulate()", "1 + 1"])
def test_the_weather_is_fetched_once_and_only_for_chapters_on_it(monkeypatch, source):
    fetched = []
    monkeypatch.setattr(jena, "load_or_simulate", lambda: fetched.append("table"))
    items = [cell("chapter.ipynb", source), cell("chapter.ipynb", source)]
    conftest.pytest_collection_finish(SimpleNamespace(items=items))
    assert fetched == (["table"] if "jena" in source else [])
    assert os.environ["COURSE_OFFLINE"] == "1"


def test_outputs_that_come_from_simulated_weather_are_not_compared(weather):
    item = cell("12_jena_data.ipynb", "table, simulated = jena.load_or_simulate()")
    conftest.pytest_runtest_setup(item)
    assert item.options["check"] == (weather == "real")


def test_outputs_of_other_chapters_are_always_compared(weather):
    item = cell("01_perceptron.ipynb", "1 + 1")
    conftest.pytest_runtest_setup(item)
    assert item.options["check"]
