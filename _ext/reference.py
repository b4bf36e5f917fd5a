"""Prepare docstrings for the pages on the helpers.

"Taught in chapter 4." becomes a link to that chapter.  What only Python or the tests
need is left out: the options that steer an example's test, and the generated texts of a
named tuple's fields.
"""

import re
from pathlib import Path

CHAPTERS = re.compile(r"\d+")
FLAGS = re.compile(r"\s*# doctest: [+\w, ]+$")


def link_chapters(line, pages):
    """Turn the numbers in "Taught in chapters 2 and 4." into links to their pages."""

    def link(number):
        page = pages.get(int(number[0]))
        return f":doc:`{number[0]} </{page}>`" if page else number[0]

    words, _, rest = line.partition("Taught in chapter")
    return words + "Taught in chapter" + CHAPTERS.sub(link, rest)


def prepare(app, what, name, obj, options, lines):
    """Change a docstring's lines in place, as Sphinx expects."""
    chapters = sorted(Path(app.srcdir, "chapters").glob("[0-9][0-9]_*.ipynb"))
    pages = {
        int(path.name[:2]): f"chapters/{path.stem}"
        for path in chapters
        if not path.match("*_solution.ipynb")
    }
    for i, line in enumerate(lines):
        line = FLAGS.sub("", line)
        lines[i] = link_chapters(line, pages) if "Taught in chapter" in line else line


def skip(app, what, name, obj, skipped, options):
    """Leave out what has no words of its own."""
    generated = (getattr(obj, "__doc__", None) or "").startswith("Alias for field")
    return True if generated else None


def setup(app):
    """Connect to Sphinx, before numpydoc reads the docstring."""
    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", prepare, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
