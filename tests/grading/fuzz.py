"""Hand in notebooks that were mutated at random, by the thousand.

``python -m tests.grading.fuzz 1000`` grades 1,000 submissions in batches, in a course
of its own with one small assignment. In each batch, beside the mutants, an honest
student must get full points, every mutant must end in one verdict, and every command on
what was graded must end in an exit status, not in a traceback. Notebooks, names of
folders, time stamps, files, answers that print and show anything, and journals are
mutated. It is no part of the tests, since it takes a while; the same seed hands in the
same.
"""

import argparse
import contextlib
import io
import json
import random
import string
import tempfile
from collections import Counter
from pathlib import Path

import nbformat

from grading.__main__ import main as command
from grading.records import journal
from grading.records.journal import STATUSES
from tests.grading.small_course import ANSWERS, NAME, hand_in, make_course, notebook

BATCH = 50
HONEST = "honest"
ODD = [
    *("", "\x00", "\ud800", "\u202e", "ÿ", "é", "\n", " ", "\\", "'", '"', "*", "["),
    *("=1+1", "-1", "<script>", "<meta http-equiv=refresh>", "$\\frac{", "![](x)"),
    *("attachment:gone.png", "%matplotlib widget", "!ls", "{}", "[]", "null", "NaN"),
    *("9" * 400, "[" * 3000, "(" * 200, "a+" * 1200 + "a", "x = 1\n" * 3000),
]
OUTPUTS = [
    "print({0!r})",
    "import sys; sys.stderr.write({0!r})",
    "raise ValueError({0!r})",
    "from IPython.display import HTML, display; display(HTML({0!r}))",
    "from IPython.display import Markdown, display; display(Markdown({0!r}))",
    "from IPython.display import display; display({{{0!r}: {0!r}}}, raw=True)",
    "double = square = {0!r}",
    "double = lambda x: {0!r}",
    "__builtins__ = {0!r}",
    "globals().clear()",
    "import os; os._exit(7)",
]
COMMANDS = [
    ["status", NAME],
    ["feedback", NAME],
    ["similarity", NAME],
    ["statistics", NAME],
    ["export", "--format", "csv"],
    ["export", "--format", "canvas"],
    ["export", "--format", "moodle"],
]


def value(rng, depth=0):
    """Return any JSON value."""
    kinds = [None, True, rng.randint(-9, 9), 10**400, rng.random(), rng.choice(ODD)]
    if depth < 3:
        some = range(rng.randint(0, 3))
        kinds.append([value(rng, depth + 1) for _ in some])
        kinds.append({rng.choice(ODD): value(rng, depth + 1) for _ in some})
    return rng.choice(kinds)


def mutate(found, rng):
    """Change one place of nested data: replace, delete, repeat or rename it."""
    while isinstance(found, dict | list) and found:
        keys = list(found) if isinstance(found, dict) else range(len(found))
        key = rng.choice(keys)
        inner = found[key]
        if rng.random() < 0.7 and isinstance(inner, dict | list) and inner:
            found = inner
            continue
        what = rng.randrange(4)
        if what == 0:
            del found[key]
        elif what == 1 and isinstance(found, list):
            found.insert(rng.randrange(len(found) + 1), inner)
        elif what == 2 and isinstance(inner, str):
            place = rng.randint(0, len(inner))
            found[key] = inner[:place] + rng.choice(ODD) + inner[place:]
        else:
            found[key] = value(rng)
        return


def content(rng):
    """Return the bytes of a mutated notebook."""
    answer = rng.choice(list(ANSWERS.values()))[:2]
    if rng.random() < 0.4:
        line = rng.choice(OUTPUTS).format(rng.choice(ODD))
        answer = f"{line}\ndef double(x):\n    return 2 * x", answer[1]
    raw = json.loads(nbformat.writes(notebook(answer)))
    for _ in range(rng.choice([0, 1, 1, 2, 5, 20])):
        mutate(raw["cells"] if rng.random() < 0.9 else raw, rng)
        if not isinstance(raw.get("cells"), list):
            break
    data = json.dumps(raw).encode("utf-8", "surrogatepass")
    if rng.random() < 0.05:
        place = rng.randrange(len(data))
        noise = rng.randbytes(rng.randint(0, 4))
        data = data[:place] + noise + data[place + rng.randint(0, 300) :]
    return data


def submit(root, number, rng):
    """Hand in one mutated submission; return the name of its folder."""
    name = f"s{number:05d}"
    if rng.random() < 0.2:
        odd = rng.choice(["ü", " ", "+", "=", "*", "'", "&", "\udcfc", "\u202e", "<b>"])
        name += odd + rng.choice(string.ascii_letters)
    folder = root / "submitted" / name / NAME
    folder.mkdir(parents=True)
    file = f"{NAME}.ipynb" if rng.random() < 0.95 else "other.ipynb"
    (folder / file).write_bytes(content(rng))
    if rng.random() < 0.5:
        times = ["2026-11-30 08:00:00 UTC", "1796000400000", *ODD, "2026-13-45", "now"]
        text = rng.choice(times).encode("utf-8", "surrogatepass")
        (folder / "timestamp.txt").write_bytes(text)
    if rng.random() < 0.1:
        (folder / f"note{rng.randint(0, 9)}.txt").write_bytes(rng.randbytes(99))
    return name


def tear(root, rng):
    """Put lines that make no sense, or half of one, into the journal."""
    path = root / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    line = bytearray(rng.choice(lines))
    line[rng.randrange(len(line))] = rng.randrange(256)
    torn = [bytes(line).replace(b"\n", b" ") + b"\n", rng.randbytes(20) + b"\n"]
    torn.append(rng.choice(lines)[: rng.randrange(1, 40)])
    with path.open("ab") as file:
        file.writelines(rng.sample(torn, rng.randint(1, 3)))


def quietly(root, *words):
    """Return the exit status of a command, whose words nobody reads."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        return command(["--root", str(root), *words])


def batch(seed, size):
    """Grade one batch; return how many submissions had each status."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = make_course(Path(folder))
        hand_in(root, HONEST, ANSWERS["right"][:2])
        names = {submit(root, number, rng) for number in range(size)}
        found = look(root, names, seed)
        journal_file = root / "journal.jsonl"
        whole = journal_file.read_bytes()
        tear(root, rng)
        for words in COMMANDS:
            with contextlib.chdir(root):
                status = quietly(root, *words)
            if status not in (0, 1, 2):
                raise AssertionError(f"seed {seed}: {words} ended with {status!r}")
        # A damaged line is named, to be deleted; half a line is gone on from.
        journal_file.write_bytes(whole + whole[: rng.randrange(1, 40)])
        quietly(root, "run", NAME, "--jobs", "1")
        again = look(root, names, seed, run=False)
        if again != found:
            raise AssertionError(f"seed {seed}: {found} became {again}")
    return found


def look(root, names, seed, *, run=True):
    """Check what came of a batch, and count it."""
    if run:
        status = quietly(root, "run", NAME, "--jobs", "1")
        if status not in (0, 1):
            raise AssertionError(f"seed {seed}: the run ended with {status!r}")
    latest = {student: v for (_, student), v in journal.latest(root, [NAME]).items()}
    if latest[HONEST].status != "graded" or latest[HONEST].score != 5:
        raise AssertionError(f"seed {seed}: the honest one got {latest[HONEST]}")
    if missing := names - latest.keys():
        raise AssertionError(f"seed {seed}: no verdict on {sorted(missing)}")
    wrong = {s: v.status for s, v in latest.items() if v.status not in STATUSES}
    if wrong:
        raise AssertionError(f"seed {seed}: {wrong}")
    return Counter(v.status for s, v in latest.items() if s in names)


def main(words=None):
    """Grade so many submissions and print how they ended."""
    parser = argparse.ArgumentParser(prog="python -m tests.grading.fuzz")
    parser.add_argument("number", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    total = Counter()
    for start in range(0, given.number, BATCH):
        size = min(BATCH, given.number - start)
        total += batch(given.seed + start, size)
        print(f"{start + size:6} {dict(total.most_common())}", flush=True)


if __name__ == "__main__":
    main()
