"""Put into the plan of a course how long chapters and exercises say that they take.

``READ 3`` and ``WORK 3`` in ``back/teaching.md`` become the minutes that the head of
chapter 3 and the beginning of its exercise announce.
"""

import json
import re
from pathlib import Path

PAGE = "back/teaching"
TAKES = {
    "READ": ("chapters/{:02}_*.ipynb", re.compile(r"About (\d+) minutes to read")),
    "WORK": (
        "exercises/ex{:02}_*/*.ipynb",
        re.compile(r"takes about (an hour|two hours|\d+ minutes)"),
    ),
}
SPOKEN = {"an hour": "60", "two hours": "120"}


def minutes(folder, kind, number):
    """Return what the chapter or exercise of a number announces, in minutes."""
    pattern, said = TAKES[kind]
    for path in sorted(Path(folder).glob(pattern.format(number))):
        cell = json.loads(path.read_text(encoding="utf-8"))["cells"][0]
        if found := said.search("".join(cell["source"])):
            return SPOKEN.get(found[1], found[1].split()[0])
    raise ValueError(f"{pattern.format(number)} does not say how long it takes.")


def insert(app, name, source):
    """Replace the marks of the plan."""
    if name == PAGE:
        source[0] = re.sub(
            r"\b(READ|WORK) (\d+)\b",
            lambda mark: minutes(app.srcdir, mark[1], int(mark[2])),
            source[0],
        )


def setup(app):
    """Connect to Sphinx, before a page is parsed."""
    app.connect("source-read", insert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
