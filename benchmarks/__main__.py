"""Run the benchmarks and print one table: ``python -m benchmarks [SUBJECT ...]``."""

import argparse
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from benchmarks import Row

HEADINGS = ("subject", "measured", "value", "reach", "", "note")


def subjects() -> list[str]:
    """Return the names that can be asked for, one per ``bench_<subject>.py``."""
    files = Path(__file__).parent.glob("bench_*.py")
    return sorted(file.stem.removeprefix("bench_") for file in files)


def measure(subject: str) -> list[Row]:
    """Run one benchmark; print what went wrong and return no row when it raises."""
    try:
        return importlib.import_module(f"benchmarks.bench_{subject}").run()
    except Exception:
        print(f"\n{subject} could not be measured:", file=sys.stderr)
        traceback.print_exc()
        return []


def cells(subject: str, row: Row) -> tuple[str, ...]:
    """Return one line of the table."""
    sign = "at most" if row.better == "lower" else "at least"
    verdict = "reached" if row.reached else "missed"
    value, reach = f"{row.value:.3g} {row.unit}", f"{sign} {row.reach:g}"
    return subject, row.name, value, reach, verdict, row.note


def table(lines: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield lines whose columns are aligned."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        yield "  ".join(map(str.ljust, line, widths)).rstrip()


def main() -> int:
    """Measure the subjects that were asked for; 1 when one could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subject", nargs="*", help=f"any of {', '.join(subjects())}")
    asked = parser.parse_args().subject or subjects()
    if unknown := set(asked) - set(subjects()):
        parser.error(f"no benchmark {sorted(unknown)}; there are {subjects()}")
    measured = {}
    for subject in asked:
        print(f"measuring {subject} ...", file=sys.stderr, flush=True)
        measured[subject] = measure(subject)
    rows = [cells(subject, row) for subject in asked for row in measured[subject]]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    print(*table([HEADINGS, *rows]), sep="\n")
    return 0 if all(measured.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
