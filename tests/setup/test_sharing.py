"""Tests that belong together stay on one worker, and the longest go first."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import sharing
from tests.sharing import BANKS, FIRST, THREADS, rank, share

ROOT = Path(__file__).parents[2]


def test_a_notebook_and_a_file_are_one_share_each():
    chapter = "chapters/01_perceptron.ipynb::Cell"
    assert share(f"{chapter} 0") == share(f"{chapter} 27") == chapter[:-6]
    module = "tests/utils/test_windows.py::test"
    assert share(f"{module}_a[x::y]") == share(f"{module}_b") == module[:-6]


def test_all_tests_of_the_book_are_one_share():
    shares = {share(f"tests/book/{name}.py::test") for name in ("test_a", "test_b")}
    assert shares == {"tests/book/"}


def test_the_banks_are_shared_by_exercise():
    answer = share(f"{BANKS}::test_a[task-1-2-rule: r[0]]")
    assert answer == share(f"{BANKS}::test_b[ex01_a-7]")
    others = ["test_a[task-11-2-rule: r]", "test_b[ex11_a-1]", "test_b[ex02_a]"]
    assert answer not in {share(f"{BANKS}::{other}") for other in others}


def test_what_takes_seconds_goes_last():
    short = rank("utils/windows.py::utils.windows")
    assert all(rank(f"{name}x::y") < short for name in FIRST)


@pytest.mark.parametrize("place", FIRST)
def test_what_goes_first_is_there(place):
    assert [*ROOT.glob(f"{place}*")]


@pytest.mark.parametrize(
    ("args", "shared"),
    [
        ([], True),
        (["tests/utils"], True),
        (["tests/setup/test_lock.py", "tests/setup/test_style.py"], True),
        (["tests/setup/test_lock.py"], False),
        (["chapters/01_perceptron.ipynb"], False),
        (["tests/a.py::test_one", "tests/a.py::test_two[x.py]"], False),
    ],
)
def test_one_file_alone_needs_no_workers(args, shared, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    monkeypatch.setattr(sharing, "_cores", lambda: 4)
    monkeypatch.setattr(os, "sysconf", lambda name: 1 << 20)
    workers = sharing.pytest_xdist_auto_num_workers(SimpleNamespace(args=args))
    assert workers == (5 if shared else 0)


def test_the_number_of_workers_can_be_set_from_outside(monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "3")
    asked = SimpleNamespace(args=["tests/setup/test_lock.py"])
    assert sharing.pytest_xdist_auto_num_workers(asked) is None


@pytest.mark.parametrize(("gib", "workers"), [(1, 1), (7, 2), (64, 9)])
def test_there_are_no_more_workers_than_memory_for_them(gib, workers, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": gib * 2**18}
    monkeypatch.setattr(os, "sysconf", pages.get)
    monkeypatch.setattr(sharing, "_cores", lambda: 8)
    assert sharing.pytest_xdist_auto_num_workers(SimpleNamespace(args=[])) == workers


SMALL = """
import os, pytest
from tests.sharing import THREADS
@pytest.mark.parametrize("n", range(6))
def test(n):
    with open("ran.txt", "a") as file:
        file.write(f"{__name__} {os.environ['PYTEST_XDIST_WORKER']} {n}\\n")
    assert {os.environ[name] for name in THREADS} == {"1"}
"""


def test_two_workers_run_every_test_once_and_no_file_is_split(tmp_path):
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(SMALL)
    command = [sys.executable, "-m", "pytest", "-n", "2"]
    command += ["-p", "xdist.plugin", "-p", "tests.sharing"]
    command += ["--rootdir", tmp_path, "--config-file", tmp_path / "none.ini"]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    environment = {k: v for k, v in os.environ.items() if k not in THREADS}
    environment["PYTHONPATH"] = str(ROOT)
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert "24 passed" in done.stdout, done.stdout + done.stderr
    ran = defaultdict(list)
    for line in (tmp_path / "ran.txt").read_text().splitlines():
        module, worker, number = line.split()
        ran[module].append((worker, int(number)))
    assert len(ran) == 4
    for module in ran.values():
        assert len({worker for worker, _ in module}) == 1
        assert [number for _, number in module] == list(range(6))
