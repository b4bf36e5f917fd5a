"""What a student sees and does in JupyterLab, in a real browser."""

import re
import urllib.error
import urllib.request
from textwrap import dedent

import nbformat
import pytest
from pybtex.database import parse_file

from tests.exercises.harness import RELEASES, ROOT, SOLUTIONS, grade_id, read
from tests.exercises.misconceptions.ex01 import BANK
from tests.waiting import patience

CHAPTERS = [path.stem for path in sorted(ROOT.glob("chapters/[0-9]*.ipynb"))]
LIBRARY = parse_file(ROOT / "references.bib").entries
EX01 = "exercises/ex01_perceptron/ex01_perceptron.ipynb"
RENDERED = "document.querySelectorAll('.jp-MarkdownCell .jp-MarkdownOutput')"
PANEL = "[...jupyterapp.shell.widgets('main')].find(w => w.sessionContext)"
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
        " ".join([*p.prelast_names, *p.last_names]).strip("{}")
        for p in entry.persons["author"]
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
    links = f"[...{RENDERED}].flatMap(box => [...box.querySelectorAll('a')])"
    link = f"{links}.find(a => a.innerText === 'Learning from mistakes')"
    page.wait(f"!!{link}", patience(60))
    page.evaluate(f"{link}.click()")
    heading = (
        "[...document.querySelectorAll('.jp-MarkdownOutput h2')]"
        ".find(h => h.innerText.startsWith('Learning from mistakes'))"
    )
    page.wait(f"!!{heading}", patience(120))
    # Where every cell is rendered, as for these tests, the page had no height before.
    page.evaluate(f"{link}.click()")
    page.wait(
        f"!!{heading} && (y => y > 0 && y < 900)({heading}.getBoundingClientRect().y)",
        patience(120),
    )


# ------------------------------------------------------------------- working on it


def worked(edition, name, answers):
    """Write answers into a copy of exercise 1 and return its path in JupyterLab."""
    notebook = read(edition / EX01)
    for cell in notebook.cells:
        cell.source = answers.get(grade_id(cell), cell.source)
    path = edition / "exercises" / "ex01_perceptron" / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path.relative_to(edition).as_posix()


def run_all(page):
    """Run all cells to the last one; return what stands below each code cell."""
    page.wait(f"!!window.jupyterapp && !!{PANEL}?.sessionContext.session?.kernel")
    page.evaluate(f"jupyterapp.shell.activateById({PANEL}.id)")
    page.wait("!!jupyterapp.shell.currentWidget")
    page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells') && 1")
    code = f"{PANEL}.content.widgets.map(w => w.model).filter(m => m.type === 'code')"
    page.wait(f"{code}.every(m => m.executionCount)", patience(120))
    page.wait(f"{PANEL}.sessionContext.kernelDisplayStatus === 'idle'", patience(60))
    return page.evaluate(
        f"{PANEL}.content.widgets.filter(w => w.model.type === 'code')"
        ".map(w => w.outputArea.node.innerText)"
    )


def outcomes(shown):
    """Return the first line of what each check says."""
    lines = [text.strip().splitlines() for text in shown if text.strip()]
    return [first for first, *_ in lines if re.match(r"Task \d", first)]


def references():
    """Return the reference answers of exercise 1."""
    cells = read(SOLUTIONS["ex01_perceptron"]).cells
    return {grade_id(c): c.source for c in cells if grade_id(c) in BANK}


def half_done():
    """Return a right, a wrong and a broken answer; the other tasks are untouched."""
    source, *_ = BANK["task-1-2-threshold"].wrong["strictly above"]
    return {
        "task-1-1-neuron": references()["task-1-1-neuron"],
        "task-1-2-threshold": dedent(source),
        "task-1-4-update": "def update(w, b, x, target, lr=1.0):\n    return w.size(",
    }


STATES = {
    "untouched": (dict, ["not attempted"] * 7),
    "half": (
        half_done,
        ["right", "not yet", "not attempted", "not yet", *["not attempted"] * 3],
    ),
    "right": (references, ["right"] * 7),
}


@pytest.mark.parametrize("state", STATES)
def test_an_exercise_runs_to_its_end_and_says_what_to_do(see, lab, edition, state):
    answers, expected = STATES[state]
    path = worked(edition, state, answers())
    page = see(f"{lab}/lab/tree/{path}?reset", f"{RENDERED}.length > 8")
    shown = run_all(page)
    said = outcomes(shown)
    assert len(said) == len(expected)
    for line, outcome in zip(said, expected, strict=True):
        assert f": {outcome}" in line
    assert state == "half" or "Traceback" not in "".join(shown)
    assert validated(page, said)


def validated(page, said):
    """Return whether the dialog of Validate gives the checks' messages alone."""
    page.evaluate("document.querySelector('.validate-button').click()")
    page.wait("!!document.querySelector('#validation-message')", patience(120))
    words = page.evaluate("document.querySelector('.jp-Dialog').innerText")
    wrong = [line for line in said if ": right" not in line]
    assert [line for line in words.splitlines() if line in wrong] == wrong
    assert not re.search(r"checks\.|def |import|The following cell", words)
    return bool(wrong) or "passes all the tests" in words
