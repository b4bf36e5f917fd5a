"""A class opened in formgrader, in a real browser, with an attack handed in."""

import base64
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from grading.course import open_course
from grading.run.run import grade
from grading.sandbox.choice import refusal
from tests.book.browser import Page
from tests.exercises.harness import ROOT
from tests.grading.small_course import ANSWERS, NAME, hand_in, make_course, notebook
from tests.grading.test_harmless import ACTIVE
from tests.waiting import patience

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))

# What runs says so in the title, and writes a file with the instructor's rights.
WRITES = """\
document.title = top.document.title = "attacked";
fetch("/api/contents/written.txt", {
    method: "PUT",
    headers: {"X-XSRFToken": document.cookie.split("_xsrf=")[1].split(";")[0]},
    body: JSON.stringify({type: "file", format: "text", content: ""}),
});
"""
CODE = base64.b64encode(f"{WRITES:{-(-len(WRITES) // 3) * 3}}".encode()).decode()
ATTACK = f"eval(atob(/{CODE}/.source))"  # without quotes and spaces
BESIDE = {
    "page.html": "<!doctype html><script>{}</script>",
    "drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>{}</script></svg>",
}
OVER = "position: fixed; top: 0; left: 0; width: 100%; height: 100%; z-index: 9999"
TEXTS = [
    *(text.replace("attack()", ATTACK) for text in ACTIVE),
    *(f"[My figure]({name})" for name in BESIDE),
    f"<div style='{OVER}; background-color: white'>over</div>",
    "<style>body {display: none}</style>",
]
DRAWN = r"""import math
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import SVG, Math, display

plt.plot([1, 3, 2])
plt.show()
display(pd.DataFrame({"rain": [1, 2]}))
display(Math(r"\frac{1}{n}\sum_i x_i"))
circle = "<circle r='9' cx='9' cy='9'/>"
display(SVG(f"<svg xmlns='http://www.w3.org/2000/svg'>{circle}</svg>"))
"""
TYPED = r"""The cost is $\frac{1}{2}(y - a)^2$.

| x | y |
|---|---|
| 1 | 2 |

![mine](attachment:mine.png) ![beside](beside.png)
"""
ODD = "<img src=x onerror=top.document.title='attacked'>"
LISTS = ["manage_submissions/small", "gradebook/small/small", "manage_students"]
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"  # formgrader asks for it


@dataclass
class Formgrader:
    """A class in formgrader, and the browser in which it is opened.

    Attributes
    ----------
    course : pathlib.Path
        The course directory.
    address : str
        Where JupyterLab answers.
    ids : dict of str to str
        What formgrader calls each student's notebook.
    page : tests.book.browser.Page
        The browser's tab.
    """

    course: Path
    address: str
    ids: dict[str, str]
    page: Page

    def open(self, student, file=""):
        """Open a notebook, or what lies beside it, as an instructor does."""
        self.visit(f"submissions/{self.ids[student]}/{file}")

    def visit(self, place):
        """Open a page of formgrader, and wait until nothing more happens."""
        self.page.call("Page.navigate", url="about:blank")
        self.page.open(f"{self.address}/formgrader/{place}")
        self.settle()

    def settle(self):
        """Let everything that has begun come to its end."""
        self.page.evaluate("new Promise(done => setTimeout(done, 1000))")

    def done(self):
        """Return what an attack did: its title, its file, and its requests."""
        known = (self.address, "data:", MATHJAX)
        found = [url for url in self.page.requests if not url.startswith(known)]
        if self.page.evaluate("document.title") == "attacked":
            found.append("title")
        with suppress(FileNotFoundError):
            (self.course / "written.txt").unlink()
            found.append("file")
        return found


def put(course, student, book, files):
    """Hand in a notebook and the files beside it."""
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True)
    nbformat.write(book, folder / f"{NAME}.ipynb")
    for name, content in files.items():
        (folder / name).write_bytes(content)


def attack():
    """Return a notebook whose texts and outputs are attacks."""
    book = notebook(ANSWERS["right"][:2])
    for text in TEXTS:
        book.cells += [new_markdown_cell(text), new_raw_cell(text)]
    lines = ["from IPython.display import HTML, Markdown, display"]
    for text in TEXTS:
        lines += [f"display(HTML({text!r}))", f"display(Markdown({text!r}))"]
    book.cells[1].source = "\n".join(lines)
    book.cells.append(new_code_cell(f"raise ValueError('<script>{ATTACK}</script>')"))
    return book


def as_handed_in():
    """Return attacks that leave the page alone, as stock nbgrader would show them."""
    leaves = ("refresh", "<base", "<style>", "<!-->", "</code>", "<math>", "missing")
    texts = [text for text in TEXTS if not any(part in text for part in leaves)]
    book = notebook(ANSWERS["right"][:2])
    for text in texts:
        output = new_output("display_data", data={"text/html": text})
        book.cells += [new_markdown_cell(text), new_code_cell("", outputs=[output])]
    return book


@pytest.fixture(scope="module")
def formgrader(browser, start, tmp_path_factory):
    """Return a graded class in formgrader."""
    course = make_course(tmp_path_factory.mktemp("course"))
    shutil.copytree(ROOT / "_lab", course / "_lab")
    picture = (ROOT / "_static" / "card.png").read_bytes()
    pages = {name: page.format(ATTACK).encode() for name, page in BESIDE.items()}
    put(course, "attack", attack(), pages)
    drawn = notebook(ANSWERS["right"][:2])
    drawn.cells[1].source = DRAWN
    attached = {"mine.png": {"image/png": base64.b64encode(picture).decode()}}
    drawn.cells.append(new_markdown_cell(TYPED, attachments=attached))
    put(course, "drawn", drawn, {"beside.png": picture})
    for student in ("stock", "plain"):
        hand_in(course, student, ANSWERS["first"][:2])
    put(course, ODD, notebook(ANSWERS["first"][:2]), {})
    grade(course, jobs=1, report=lambda line: None)
    stock = course / "autograded" / "stock" / NAME / f"{NAME}.ipynb"
    stock.chmod(0o644)
    nbformat.write(as_handed_in(), stock)
    for name, page in pages.items():
        stock.with_name(name).write_bytes(page)
    with open_course(course) as api, api.gradebook as book:
        ids = {s.student.id: s.id for s in book.notebook_submissions(NAME, NAME)}
    with start(course, INSTRUCTOR="1", PYTHONPATH=str(ROOT)) as address:
        yield Formgrader(course, address, ids, browser)


CLICK = """(async () => {
    for (const link of document.querySelectorAll('#notebook a')) {
        if (!/^https?:/.test(link.href)) link.click();
    }
})()"""
ON_TOP = """(() => {
    const field = document.querySelector('input.score');
    field.scrollIntoView({block: 'center'});
    const {x, y, width, height} = field.getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2) === field;
})()"""


def test_what_a_student_wrote_runs_nothing(formgrader):
    formgrader.open("attack")
    page = formgrader.page
    assert page.evaluate("document.querySelector('#notebook').innerText.length") > 9000
    assert page.evaluate(ON_TOP)
    page.evaluate(CLICK)
    formgrader.settle()
    assert formgrader.done() == []
    assert formgrader.ids["attack"] in page.evaluate("location.href")


@pytest.mark.parametrize("name", BESIDE)
def test_a_page_beside_the_notebook_runs_nothing(formgrader, name):
    formgrader.open("attack", name)
    assert formgrader.done() == []


@pytest.mark.parametrize("place", LISTS)
def test_the_name_of_a_folder_runs_nothing(formgrader, place):
    formgrader.visit(place)
    assert formgrader.done() == []
    if ODD in formgrader.ids:
        formgrader.open(ODD)
        assert formgrader.done() == []


def test_the_same_attacks_run_where_nothing_is_made_harmless(formgrader):
    formgrader.open("stock")
    assert {"title", "file"} < set(formgrader.done())
    for name in BESIDE:
        formgrader.open("stock", name)
        assert "file" in formgrader.done(), name


def test_figures_tables_and_formulas_are_shown(formgrader):
    formgrader.open("drawn")
    page = formgrader.page
    ready = "[...document.querySelectorAll('#notebook img')].map(i => i.naturalWidth)"
    page.wait(f"{ready}.every(Boolean)", patience(30))
    assert len(page.evaluate(ready)) == 4
    text = page.evaluate("document.querySelector('#notebook').innerText")
    for shown in (r"\frac{1}{2}(y - a)^2", r"\frac{1}{n}\sum_i x_i", "rain", "x\ty"):
        assert shown in text
    assert page.evaluate("document.querySelectorAll('#notebook table').length") == 2
