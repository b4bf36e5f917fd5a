"""Resolve ``pyproject.toml`` into ``requirements.lock`` and ``environment.yml``.

``make lock`` keeps the versions that still fit; ``make lock ARGS=--upgrade`` takes the
newest.  Both files then name the same versions: the lock with every hash, for uv and
pip on Python 3.11 to 3.13; the environment without hashes, for conda.  uv, which
resolves here and installs in ``tools/setup.sh``, has a lock of its own.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
INSTALLER = ROOT / "tools" / "installer.lock"
ENVIRONMENT = ROOT / "environment.yml"
HEADER = """\
# Every package that the course uses, pinned and hashed, for Python 3.11 to 3.13.
# Written by `make lock` from pyproject.toml; not edited by hand.
"""
INSTALLER_HEADER = """\
# uv, which installs requirements.lock where it can, pinned and hashed.
# Written by `make lock`; not edited by hand.
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


def get_uv(folder):
    """Install the uv of ``tools/installer.lock`` into a folder; return its program."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes"]
    subprocess.run([*command, "--target", folder, "-r", INSTALLER], check=True)
    return Path(folder, "bin", "uv")


def resolve(uv, source, lock, *options):
    """Return the text of a lock: the current one's versions where they still fit.

    Parameters
    ----------
    uv : Path
        The resolver's program.
    source : Path
        A ``pyproject.toml`` or a file of requirements.
    lock : Path
        The current lock.
    *options : str
        Options of ``uv pip compile``.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, lock.name)
        output.write_bytes(lock.read_bytes())
        command = [uv, "pip", "compile", source, "--quiet", "--no-header"]
        command += ["--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-emit-index-url", *options]
        subprocess.run([*command, "--output-file", output], check=True, cwd=ROOT)
        return output.read_text(encoding="utf-8")


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
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    with tempfile.TemporaryDirectory() as folder:
        uv = get_uv(folder)
        lock = HEADER + resolve(
            uv, ROOT / "pyproject.toml", LOCK, "--all-extras", *upgrade
        )
        wanted = Path(folder, "installer.in")
        wanted.write_text("uv\n", encoding="utf-8")
        installer = INSTALLER_HEADER + resolve(
            uv, wanted, INSTALLER, "--no-annotate", *upgrade
        )
    LOCK.write_text(lock, encoding="utf-8")
    INSTALLER.write_text(installer, encoding="utf-8")
    ENVIRONMENT.write_text(environment(lock), encoding="utf-8")
    print(f"{LOCK.name} and {ENVIRONMENT.name}: {len(pins(lock))} packages")


if __name__ == "__main__":
    main()
