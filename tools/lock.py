"""Resolve ``pyproject.toml`` into ``requirements.lock`` and ``environment.yml``.

``make lock`` keeps the versions that still fit; ``make lock ARGS=--upgrade`` takes the
newest.  Both files then name the same versions: the lock with every hash, for pip on
Python 3.11 to 3.13; the environment without hashes, for conda.
"""

import argparse
import re
import subprocess
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ENVIRONMENT = ROOT / "environment.yml"
RESOLVER = "uv==0.13.8"
HEADER = """\
# Every package that the course uses, pinned and hashed, for Python 3.11 to 3.13.
# Written by `make lock` from pyproject.toml; not edited by hand.
"""
CONDA = """\
# The versions of requirements.lock for conda users; written by `make lock`.
#   conda env create -f environment.yml && conda activate deep-learning-time-series
name: deep-learning-time-series
channels:
  - conda-forge
dependencies:
  - python=3.12
  - pip
  - pip:
      - -e .
"""


def resolve(*, upgrade):
    """Return the text of a lock: the current one's versions where they still fit."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", RESOLVER], check=True
        )
        output = Path(folder, LOCK.name)
        if LOCK.exists():
            output.write_bytes(LOCK.read_bytes())
        command = [python, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"]
        command += ["--all-extras", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-emit-index-url", "--no-header"]
        command += ["--upgrade"] if upgrade else []
        command += ["--output-file", output]
        subprocess.run(command, check=True, cwd=ROOT)
        return HEADER + output.read_text(encoding="utf-8")


def pins(lock):
    """Return the requirements in a lock's text, with markers and without hashes."""
    return re.findall(r"^([a-z0-9][^\\\n]*?) *\\$", lock, flags=re.MULTILINE)


def environment(lock):
    """Return the text of ``environment.yml`` that names a lock's versions."""
    return CONDA + "".join(f"      - {pin}\n" for pin in pins(lock))


def main():
    """Write both files."""
    parser = argparse.ArgumentParser(prog="make lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take newest versions")
    lock = resolve(upgrade=parser.parse_args().upgrade)
    LOCK.write_text(lock, encoding="utf-8")
    ENVIRONMENT.write_text(environment(lock), encoding="utf-8")
    print(f"{LOCK.name} and {ENVIRONMENT.name}: {len(pins(lock))} packages")


if __name__ == "__main__":
    main()
