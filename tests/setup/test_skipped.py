"""What a machine lacks is said once at the end of a run, with what would bring it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPING = """
import pytest
WHY = "no compiler on this machine; install gcc"
@pytest.mark.skipif(True, reason=WHY)
@pytest.mark.parametrize("n", range(3))
def test_marked(n): pass
def test_called(): pytest.skip(WHY)
def test_other(): pytest.skip("no browser; install one")
def test_runs(): pass
"""


def run(folder, source):
    (folder / "test_it.py").write_text(source)
    (folder / "none.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-n", "2"]
    command += ["-p", "xdist.plugin", "-p", "tests.skipped"]
    command += ["--rootdir", folder, "--config-file", folder / "none.ini"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_each_reason_is_said_once_with_the_number_of_its_tests(tmp_path):
    said = run(tmp_path, SKIPPING)
    assert said.count("no compiler") == said.count("no browser") == 1
    assert "4 tests: no compiler on this machine; install gcc\n" in said
    assert "1 test: no browser; install one\n" in said


def test_nothing_is_said_where_nothing_was_skipped(tmp_path):
    assert "not run on this machine" not in run(tmp_path, "def test_runs(): pass")
