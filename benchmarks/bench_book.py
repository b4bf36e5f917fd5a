"""How long ``make book`` takes once ``.venv`` is there."""

import subprocess
import tempfile
from pathlib import Path

from benchmarks import Row, seconds

ROOT = Path(__file__).resolve().parent.parent


def run() -> list[Row]:
    """Build every page into a folder of its own; the book in ``_build`` stays."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["make", "book", f"ARGS=--path-output {folder}"]
        taken = seconds(
            lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True),
            repeat=1,
        )
    return [Row("make book, every page", taken, "s", reach=60, note="after set-up")]
