"""What a student sees and does in JupyterLab, in a real browser."""

import re
import urllib.error
import urllib.request

import pytest
from pybtex.database import parse_file

from tests.exercises.harness import RELEASES, ROOT, read
from tests.waiting import patience

CHAPTERS = [path.stem for path in sorted(ROOT.glob("chapters/[0-9]*.ipynb"))]
LIBRARY = parse_file(ROOT / "references.bib").entries
EX01 = "exercises/ex01_perceptron/ex01_perceptron.ipynb"
RENDERED = "document.querySelectorAll('.jp-MarkdownCell .jp-MarkdownOutput')"
RAW = re.compile(r":::|\(undefined\)|Figure undefined|papermill")
ROLES = (  # a role that nobody renders: its name, then its content as code
    f"[...{RENDERED}].flatMap(box => [...box.querySelectorAll('code')])"
    ".map(code => (code.previousSibling?.textContent ?? '') + code.textContent)"
    ".filter(text => /\\{[a-z]+(:[a-z]+)?\\}\\S*$/.test(text))"
)
NAME = re.compile(r"^\(([\w-]+)\)=|\$\$[ \t]*\(([\w-]+)\)", re.M)


def texts(page, number):
    """Return what each Markdown cell shows, once all of them are rendered."""
    page.wait(f"{RENDERED}.length >= {number}", patience(120))
    page.wait(f"[...{RENDERED}].every(box => box.textContent)", patience(60))
    return page.evaluate(f"[...{RENDERED}].map(box => box.textContent)")


# ------------------------------------------------------------------ the start page


def test_it_starts_with_the_exercises_without_news_and_instructors_panels(see, lab):
    page = see(lab, "document.querySelectorAll('.jp-MarkdownViewer td a').length")
    shown = page.evaluate("document.querySelector('.jp-MarkdownViewer').innerText")
    for exercise in RELEASES:
        assert f"Exercise {int(exercise[2:4])}:" in shown
    page.wait("!!document.querySelector('.jp-DirListing-item')")
    files = page.evaluate("document.querySelector('.jp-DirListing-content').innerText")
    assert "ex01_perceptron" in files
    assert not page.evaluate("document.querySelectorAll('.Toastify__toast').length")
    words = page.evaluate("document.body.innerText")
    assert not re.search("Nbgrader|Formgrader|Create Assignment|news", words)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{lab}/formgrader")


def test_an_instructor_has_the_panels(see, start):
    with start(ROOT, INSTRUCTOR="1") as address:
        menu = "document.querySelector('.lm-MenuBar')?.innerText.includes('Nbgrader')"
        see(address, menu)
        with urllib.request.urlopen(f"{address}/formgrader") as answer:
            assert answer.status == 200


# ---------------------------------------------------------------------- chapters


def glued(notebook):
    """Return the glued values of a notebook by their names."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    records = [o for o in outputs if "scrapbook" in o.get("metadata", {})]
    return {
        o.metadata.scrapbook.name: next(iter(o.data.values())).strip("'")
        for o in records
    }


def citation(key, *, in_text):
    """Return how the book cites a work."""
    entry = LIBRARY[key]
    names = [
        " ".join([*p.prelast_names, *p.last_names]) for p in entry.persons["author"]
    ]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    year = entry.fields.get("year", "n.d.")
    return f"{who} [{year}]" if in_text else f"{who}, {year}"


def due(source, values):
    """Return the texts that a Markdown cell shows in place of its roles."""
    found = [values[name] for name in re.findall(r"\{glue:text\}`([^`]+)`", source)]
    for kind, keys in re.findall(r"\{(cite(?::t)?)\}`([^`]+)`", source):
        found += [citation(k, in_text=kind == "cite:t") for k in keys.split(",")]
    terms = re.findall(r"\{term\}`([^`]+)`", source)
    return found + [re.sub(r"\s*<.*>", "", words) for words in terms]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_reads_whole(see, lab, edition, chapter):
    notebook = read(edition / "chapters" / f"{chapter}.ipynb")
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert not any(re.search(r"^\s*(```|:::+)\{", c.source, re.M) for c in cells)
    page = see(f"{lab}/lab/tree/chapters/{chapter}.ipynb?reset", f"{RENDERED}.length")
    shown = texts(page, len(cells))
    values, missing = glued(notebook), page.evaluate(ROLES)
    for cell, text in zip(cells, shown, strict=True):
        names = {f"({target or label})" for target, label in NAME.findall(cell.source)}
        missing += [f"raw: {found}" for found in RAW.findall(text)]
        missing += [f"raw: {name}" for name in names if name in text]
        missing += [
            f"not there: {t}" for t in due(cell.source, values) if t not in text
        ]
    assert missing == []
    captions = [
        cell.metadata.mystnb.figure.caption
        for cell in notebook.cells
        if "figure" in cell.metadata.get("mystnb", {})
    ]
    below = "document.querySelectorAll('.dlts-caption').length"
    page.wait(f"{below} === {len(captions)}", patience(30))


def test_a_link_to_reread_opens_the_section(see, lab):
    page = see(f"{lab}/lab/tree/{EX01}?reset", f"{RENDERED}.length > 8")
    link = f"[...{RENDERED}].flatMap(b => [...b.querySelectorAll('a')])"
    page.evaluate(f"{link}.find(a => a.innerText === 'Learning from mistakes').click()")
    heading = (
        "[...document.querySelectorAll('.jp-MarkdownOutput h2')]"
        ".find(h => h.innerText.startsWith('Learning from mistakes'))"
    )
    page.wait(
        f"!!{heading} && (y => y > 0 && y < 900)({heading}.getBoundingClientRect().y)",
        patience(120),
    )
