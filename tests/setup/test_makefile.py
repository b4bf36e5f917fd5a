"""The recipes of the Makefile run in any folder and hear no other Python's settings."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# What a make that runs these tests would hand on to the one that they try.
OUTSIDE = {
    name: value
    for name, value in os.environ.items()
    if name not in ("ARGS", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS")
}
TARGETS = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split()
PROGRAMS = set(re.findall(r"\$\(BIN\)/([\w-]+)", MAKEFILE)) | {"python"}

# Stands in for every program of .venv: notes where it runs and what reaches it.
PROGRAM = """\
#!/bin/sh
printf '%s|' "$PWD" "$PYTHONPATH$PYTHONHOME" "${0##*/}" "$@" >>calls
echo >>calls
"""


@pytest.fixture(params=["plain", "the teacher's course", 'a "b" $HOME `c` & d; e'])
def course(request, tmp_path):
    """Return a folder with the Makefile, a ready .venv, and a name to trip over."""
    folder = tmp_path / request.param
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "tools").mkdir()
    (folder / "tools" / "setup.sh").write_text("exit 0\n")
    shutil.copy(ROOT / "Makefile", folder)
    for name in PROGRAMS:
        (folder / ".venv" / "bin" / name).write_text(PROGRAM)
        (folder / ".venv" / "bin" / name).chmod(0o755)
    return folder


def make(course, target, **environment):
    done = subprocess.run(
        ["make", target],
        cwd=course,
        env={**OUTSIDE, "PWD": str(course), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    calls = course / "calls"
    lines = calls.read_text().splitlines() if calls.exists() else []
    return [line.split("|") for line in lines], done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_runs_in_any_folder_without_foreign_settings(course, target):
    poison = {"PYTHONPATH": "/elsewhere", "PYTHONHOME": "/elsewhere"}
    calls, _ = make(course, target, **poison)
    assert bool(calls) == (target not in {"help", "setup", "clean"})
    for folder, foreign, *_ in calls:
        assert folder == str(course)
        assert foreign == ""


def test_the_lab_opens_the_folder_of_the_course(course, monkeypatch):
    ((_, _, _, *arguments),), _ = make(course, "lab")
    (config,) = (word.removeprefix("--config=") for word in arguments if word)
    shutil.copytree(ROOT / "_lab", course / "_lab")
    monkeypatch.chdir(course)
    settings = PyFileConfigLoader(Path(config).name, "_lab").load_config()
    assert settings.ServerApp.root_dir == str(course)


def test_the_book_says_where_it_is(course):
    _, said = make(course, "book")
    assert said == f"The book: {course}/_build/html/index.html\n"
