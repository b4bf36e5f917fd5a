"""Run every bank entry with other seeds: ``python -m tests.exercises.seeds ex01 ...``.

Every right answer has to pass and every wrong one to fail whatever numbers the hidden
tests draw, or a score would hang on the seed that happened to be written down.
"""

import importlib
import sys

from tests.exercises.harness import HIDDEN, SOLUTIONS, Run, is_given, read, test_of

SEEDS = range(1000, 1020)


def main(exercises):
    """Print what each exercise's entries did, and return how many did wrong."""
    missed = []
    for name, path in SOLUTIONS.items():
        if not exercises or name.startswith(tuple(exercises)):
            found, made = _tried(read(path), bank(name))
            print(f"{name}: {made} runs, {len(found)} missed", flush=True)
            missed += found
    print(*missed, sep="\n")
    return len(missed)


def bank(name):
    """Return an exercise's bank of right and wrong answers."""
    module = f"tests.exercises.misconceptions.{name.split('_')[0]}"
    return importlib.import_module(module).BANK


def _tried(notebook, entries):
    """Return what each missed entry and seed is called, and the number of runs."""
    here, missed, made = Run(notebook), [], 0
    for cell in here.cells:
        if is_given(cell):
            here.execute(cell)
    for task, entry in entries.items():
        answers = {"the reference": (None, True)}
        answers |= {name: (source, True) for name, source in entry.right.items()}
        answers |= {name: (source, False) for name, (source, *_) in entry.wrong.items()}
        for name, (source, right) in answers.items():
            if not right and not _passes_in_sight(here, task, source):
                continue  # whatever is drawn out of sight
            for seed in SEEDS:
                made += 1
                here.seed = seed
                if here.passes(task, source) is not right:
                    missed.append(f"{task}: {name}, seed {seed}")
    return missed, made


def _passes_in_sight(here, task, source):
    """Return whether an answer passes the checks that students have."""
    here.execute(here.cell(task), source)
    check = here.cell(test_of(task))
    here.execute(check, HIDDEN.sub("", check.source))
    return here.result.points[test_of(task)] == check.metadata.nbgrader.points


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
