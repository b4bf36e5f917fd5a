"""Put the ledger, as it is when the book is built, in place of a page's mark for it."""

from pathlib import Path

from utils.book import report

MARK = "% the ledger's report"


def insert(app, name, source):
    """Replace the mark in a page's source; the page depends on all that is read."""
    if MARK not in source[0]:
        return
    chapters = Path(app.srcdir, "chapters")
    for path in (*chapters.glob("*.ipynb"), chapters / "reported.toml"):
        app.env.note_dependency(str(path))
    source[0] = source[0].replace(MARK, report.markdown(chapters))


def setup(app):
    """Connect to Sphinx, before a page is parsed."""
    app.connect("source-read", insert)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
