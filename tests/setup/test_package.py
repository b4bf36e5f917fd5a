"""The package that pip installs is whole: a chapter runs with it in an empty folder."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
READ_BY_PIP = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-text")
BUILD = "import sys; from setuptools import build_meta as b; b.build_wheel(sys.argv[1])"


def files(*folders):
    """Return the files of folders of the course, without what Python leaves there."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    kept = (path for path in found if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(ROOT).as_posix() for path in kept}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Return the wheel that pip builds of the course, without a network."""
    source = tmp_path_factory.mktemp("source")
    for name in (*READ_BY_PIP, *files("utils", "grading", "chapters")):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    subprocess.run(
        [sys.executable, "-c", BUILD, "dist"],
        cwd=source,
        capture_output=True,
        check=True,
    )
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Return a folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed, folder, *command, **environment):
    """Run Python in a folder, with the packages of the wheel before the clone's."""
    paths = os.pathsep.join(map(str, [installed, ROOT]))
    environment |= {"PYTHONPATH": paths, "COURSE_OFFLINE": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_the_packages_and_all_that_they_read(wheel):
    wanted = files("utils", "grading", "chapters/checkpoints")
    wanted.add("chapters/reported.toml")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == wanted


def test_the_wheel_carries_the_licences(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist() if "licenses" in name}
    assert names == {"LICENSE", "LICENSE-text"}


def test_a_chapter_runs_alone_in_an_empty_folder(installed, tmp_path):
    chapter = tmp_path / "chapter.ipynb"
    notebook = nbformat.read(ROOT / "chapters" / "01_perceptron.ipynb", 4)
    where = nbformat.v4.new_code_cell("print(utils.__file__)")
    notebook.cells += [nbformat.v4.new_code_cell("import utils"), where]
    nbformat.write(notebook, chapter)
    done = run(installed, tmp_path, "-m", "jupyter", "execute", "--inplace", chapter)
    assert done.returncode == 0, done.stderr
    (shown,) = nbformat.read(chapter, 4).cells[-1].outputs
    assert Path(shown.text.strip()).is_relative_to(installed)
    assert [path.name for path in tmp_path.iterdir()] == ["chapter.ipynb"]


def test_what_the_sources_report_and_trained_weights_are_found(installed, tmp_path):
    code = "from utils.training import checkpoints; from utils.book import ledger;"
    code += "print(*sorted(ledger.claims()));"
    code += "print(*sorted(path.name for path in checkpoints.FOLDER.glob('*.npz')))"
    done = run(installed, tmp_path, "-c", code)
    claims, weights = done.stdout.splitlines()
    assert {"P1", "C1.test"} <= set(claims.split())
    stored = (ROOT / "chapters" / "checkpoints").glob("*.npz")
    assert weights.split() == sorted(path.name for path in stored)


TRAIN = """
from tests.utils.training.test_loop import TINY, tiny_data
from utils.training import checkpoints, loop

epoch_ended = loop._Keeper.epoch_ended

def interrupt(keeper, logs):
    epoch_ended(keeper, logs)
    raise KeyboardInterrupt

def training():
    return loop.fit_or_load(TINY, tiny_data(), seed=1, progress=False)

loop._Keeper.epoch_ended = interrupt
try:
    training()
except KeyboardInterrupt:
    print(*checkpoints.STATES.iterdir())
loop._Keeper.epoch_ended = epoch_ended
training()
print(*checkpoints.OWN.iterdir(), *checkpoints.STATES.iterdir())
loop.train = None  # a second training would raise
training()
"""


def test_what_is_trained_stays_out_of_the_installed_package(installed, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in installed.rglob("*")}
    cache = tmp_path / "cache"
    done = run(installed, tmp_path, "-B", "-c", TRAIN, COURSE_CACHE=str(cache))
    assert done.returncode == 0, done.stderr
    interrupted, trained = done.stdout.splitlines()
    assert interrupted == f"{cache / 'training' / 'T-tiny-seed1.npz'}"
    assert trained == f"{cache / 'checkpoints' / 'T-tiny-seed1.npz'}"
    after = {path: path.stat().st_mtime_ns for path in installed.rglob("*")}
    assert after == before


def test_the_ledger_says_that_it_reads_a_clone(installed, tmp_path):
    done = run(installed, tmp_path, "-m", "utils.ledger")
    assert done.returncode == 2
    *_, sentence = done.stderr.splitlines()
    assert "run this in a clone of the course" in sentence


def test_grading_names_the_package_that_it_lacks(installed, tmp_path):
    code = "import sys; sys.modules['nbgrader'] = None; import grading.__main__ as m;"
    done = run(installed, tmp_path, "-c", code + "sys.exit(m.main(['status']))")
    assert done.returncode == 2, done.stderr
    *_, sentence = done.stderr.splitlines()
    assert sentence.startswith("The package nbgrader is not installed; run `make")
    assert "extras [grading,cluster]" in sentence
