"""Nothing that a student wrote is active when an instructor opens it."""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)
from nbgrader.server_extensions import formgrader

from grading.pages.harmless import bounded, harmless, harmless_html, is_page
from tests.book.browser import find_chromium, open_page

RELEASES = sorted(Path(__file__).parents[2].glob("exercises/*/*.ipynb"))

ACTIVE = [
    "<script>attack()</script>",
    "Text <img src=x onerror=attack()>",
    "<svg onload=attack()></svg>",
    "<svg><style><img src=x onerror=attack()></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=attack()>",
    "<iframe srcdoc='<script>attack()</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://attack.example'>",
    "<base href=https://attack.example>",
    "<form action=/attack><button>Go</button></form>",
    "<a href='java\tscript:attack()'>here</a>",
    "[here](javascript:attack())<a href=JaVaScRiPt:attack()>here</a>",
    "<a href='data:text/html,<script>attack()</script>'>here</a>",
    "<div style='position:fixed;background:url(https://attack.example)'>over</div>",
    "$\\href{javascript:attack()}{x}$",
    "$\\mmlToken{mi}[href='javascript:attack()']{x}$",
    "$\\smash{\\raise 300px{\\rule{900px}{900px}}}$",
    "$\\mathrlap{\\Rule{90em}{90em}{90em}}$",
    "<div>$\\hr<wbr>ef{javascript:attack()}{x}$</div>",
    "<div>$\\hr<!-- -->ef{javascript:attack()}{x}$</div>",
    "<div>$\\h&#114;ef{javascript:attack()}{x}$</div>",
    "![picture](https://attack.example/seen.png)",
    "<img src=//attack.example/seen.png>",
    "<img src=../../logout>",
    "<img src=/logout>",
    "<img src='data:image/png;base64,AA==' srcset=https://attack.example/seen.png>",
    "<table background=https://attack.example/seen.png><tr><td>1</td></tr></table>",
    "<div style='background-color:u\\72l(https://attack.example/seen.png)'>x</div>",
    "<a href='data:image/svg+xml;base64,AA=='>here</a>",
    "<details open ontoggle=attack()>x</details>",
    "```\n</code></pre>\n```\n<script>attack()</script>",
    "<!--><img src=x onerror=attack()>-->",
    "![picture](attachment:missing.png)",
    "<div style='position: fixed; top: 0; width: 100%; height: 100%'>over</div>",
    "<div style='pos\\69tion: fixed'>over</div>",
    "<div style='margin-top: -900px; display: inline-block'>over</div>",
    "<div class='modal-backdrop in'>over</div>",
    "<p id=statusmessage>over</p>",
]
HONEST = [
    "# Title\n\nThe loss is $L = \\frac{1}{n}\\sum_i (y_i - a < b)^2$ & *falls*.",
    "$\\overline{y} \\quad \\hspace{1em} \\Bigl(\\phantom{x}\\Bigr)$ \\space",
    "> quoted `a<b` and 3 < 4\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "<details><summary>Hint</summary>\n\nLook at **w**.\n\n</details>",
    "<table><tr><td style='text-align: right'>1</td></tr></table>",
    "![figure](data:image/png;base64,iVBORw0KGgo=) [link](../chapters/01_x.ipynb#a)",
    "```html\n<script>shown()</script>\n```",
    "<div class='admonition tip'>\n\nA *tip*.\n\n</div>",
    "![target](figures/target-1.png) and [a page](https://keras.io/api/)",
    "<div class='alert alert-info' style='color: #333; margin-left: 2em'>a note</div>",
    "## A heading\n\n<a id='place'></a> and [up](#a-heading)",
]


EXPORTER = HTMLExporter(template_name="basic")
RUNS = ["script", "iframe", "meta", "base", "form", "object", "embed", "style", "svg"]


def shown(*cells):
    """Return cells made harmless, and the page that formgrader's exporter makes."""
    notebook = harmless(new_notebook(cells=list(cells)))
    return notebook.cells, EXPORTER.from_notebook_node(notebook)[0]


def active_in(page):
    """Return the elements of a page that run, or lead to what runs."""
    return [
        element
        for element in BeautifulSoup(page, "html.parser").find_all(True)
        if element.name in RUNS
        or any(name.startswith("on") for name in element.attrs)
        or "script:" in element.get("href", "").lower()
        or element.get("href", "").startswith("data:")
        or not re.match(r"data:image/|\w+$", element.get("src", "x"))
        or re.search(r"position|\\|-\d", element.get("style", ""))
        or {"modal-backdrop", "statusmessage"}
        & {*element.get("class", ()), element.get("id")}
    ]


@pytest.mark.parametrize("source", ACTIVE)
def test_active_text_is_shown_as_it_was_typed(source):
    (cell,), page = shown(new_markdown_cell(source))
    assert source in cell.source
    assert cell.source.startswith("*This cell holds active HTML")
    assert active_in(page) == []


@pytest.mark.parametrize("source", HONEST)
def test_text_with_figures_tables_and_formulas_stays_as_it_is(source):
    (cell,), _ = shown(new_markdown_cell(source))
    assert cell.source == source


@pytest.mark.parametrize("source", ACTIVE)
def test_a_raw_cell_is_text(source):
    (cell,), page = shown(new_raw_cell(source))
    assert (cell.cell_type, source in cell.source) == ("markdown", True)
    assert active_in(page) == []


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "text/latex"])
@pytest.mark.parametrize("source", ACTIVE[:-1])
def test_outputs_run_nothing(kind, source):
    output = new_output("display_data", data={kind: source, "text/plain": "x"})
    _, page = shown(new_code_cell("", outputs=[output]))
    assert active_in(page) == []


@pytest.mark.parametrize("text", ["# test-a", "<b id='test-a'>x</b>", "<p id=test-a>"])
def test_no_text_stands_where_formgrader_looks_for_a_field(text):
    graded = new_code_cell("", metadata={"nbgrader": {"grade_id": "test-a"}})
    output = new_output("display_data", data={"text/html": text})
    cells = [new_markdown_cell(text), new_code_cell("", outputs=[output])]
    _, page = shown(*cells, graded)
    assert BeautifulSoup(page, "html.parser").find(id="test-a") is None


def test_no_class_that_formgrader_lays_over_its_page_is_a_student_s():
    folder = Path(formgrader.__file__).parent / "static"
    styles = "".join(
        path.read_text(encoding="utf-8")
        for part in ("css", "node_modules/bootstrap/dist/css")
        for path in (folder / part).glob("*.css")
    )
    rules = re.findall(r"([^{}]+)\{[^{}]*position: *(?:fixed|absolute)", styles)
    alone = r"(?:^|[\s,>+~])([.#])([\w-]+)(?=[,\s]*(?:,|$))"
    names = set(re.findall(alone, ",".join(rules)))
    assert {(".", "modal-backdrop"), (".", "help"), ("#", "statusmessage")} < names
    for kind, name in sorted(names):
        attribute = "class" if kind == "." else "id"
        assert harmless_html(f"<p {attribute}='{name}'>x</p>") == "<p>x</p>", name


def test_scripts_widgets_and_false_pictures_are_left_out_of_outputs():
    data = {
        "application/javascript": "attack()",
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "image/png": '"><script>attack()</script>',
        "text/plain": "kept",
    }
    output = new_output("display_data", data=data, metadata={"image/png": {"a": "b"}})
    (cell,), _ = shown(new_code_cell("", outputs=[output]))
    assert dict(cell.outputs[0].data) == {"text/plain": "kept"}
    assert cell.outputs[0].metadata == {}


def test_tables_and_figures_of_outputs_are_kept():
    table = "<style scoped>td {color: red}</style><table class='dataframe'><tr>"
    table += "<td>1</td></tr></table>"
    drawn = "<svg xmlns='http://www.w3.org/2000/svg'><script>attack()</script></svg>"
    outputs = [
        new_output("display_data", data={"text/html": table}),
        new_output("display_data", data={"image/png": "iVBORw0KGgo=\n"}),
        new_output("display_data", data={"image/svg+xml": drawn}),
    ]
    (cell,), page = shown(new_code_cell("", outputs=outputs))
    assert '<table class="dataframe">' in cell.outputs[0].data["text/html"]
    assert "color: red" not in cell.outputs[0].data["text/html"]
    assert cell.outputs[1].data["image/png"] == "iVBORw0KGgo=\n"
    code = base64.b64encode(drawn.encode()).decode()
    assert f"data:image/svg+xml;base64,{code}" in page
    assert active_in(page) == []


def test_exercises_stay_as_they_are():
    assert len(RELEASES) == 15
    for path in RELEASES:
        notebook = nbformat.read(path, as_version=4)
        sources = [cell.source for cell in notebook.cells]
        assert [cell.source for cell in harmless(bounded(notebook)).cells] == sources


LINE = "word *and* more $x<y$ text\n\n"


def test_a_long_text_is_shown_as_it_was_typed():
    picture = "![f](data:image/png;base64," + "iVBO" * 150_000 + ")"
    long, short = LINE * 25_000, LINE * 100 + picture
    notebook = new_notebook(cells=[new_markdown_cell(t) for t in (long, short, short)])
    first, *others = bounded(notebook).cells
    assert first.source.startswith("*This cell is too long")
    assert first.source.endswith(f"```text\n{long}\n```")
    assert [cell.source for cell in others] == [short, short]


PICTURE = "![f](data:image/png;base64," + "iVBO" * 150_000 + ")"


@pytest.mark.parametrize("source", ["[a *b **c " * 60_000, "[" * 9000 + PICTURE])
def test_no_line_holds_who_looks_for_a_link_from_each_of_its_brackets(source):
    made = [new_markdown_cell(source), new_raw_cell(source)]
    cells = harmless(bounded(new_notebook(cells=made))).cells
    assert cells[0].source.startswith("*This cell is too long")
    for cell in cells:
        assert max(map(len, cell.source.splitlines())) <= 1000
        assert source in cell.source.replace("\n", "")


def test_many_long_texts_are_formatted_up_to_a_bound():
    text = LINE * 600
    notebook = new_notebook(cells=[new_markdown_cell(text) for _ in range(50)])
    assert sum(cell.source == text for cell in bounded(notebook).cells) == 11


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "text/latex"])
def test_a_long_output_is_shown_as_plain_text(kind):
    datas = [{kind: LINE * 1000, "text/plain": "short"}, {kind: [LINE] * 1000}]
    outputs = [new_output("display_data", data=data) for data in datas]
    bounded(new_notebook(cells=[new_code_cell("", outputs=outputs)]))
    told = "(An output too long to be formatted.)"
    assert [dict(output.data) for output in outputs] == [
        {"text/plain": "short"},
        {"text/plain": told},
    ]


PAGES = "a.html a.HTM b/a.svg a.svgz a.xhtml a.xml a.rdf data:image/png,a.html"


@pytest.mark.parametrize("name", PAGES.split())
def test_a_file_that_a_browser_opens_as_a_page_is_known(name):
    assert is_page(name)


@pytest.mark.parametrize(
    "name", ["a.png", "a.csv", "a.py", "a.txt", "a.pdf", "a.docx", "html"]
)
def test_a_file_that_runs_nothing_is_no_page(name):
    assert not is_page(name)


PIECES = st.sampled_from(
    [
        *"<>\"'/=` $",
        "a",
        "svg",
        "img",
        "style",
        "math",
        "script",
        "src=x",
        "<!--",
        "-->",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_was_made_harmless_stays_so(html):
    clean = harmless_html(html)
    assert active_in(clean) == []
    assert harmless_html(clean) == clean


# ------------------------------------------------------------------ in a browser

PROBE = "<script>var ran = []; function attack() { ran.push(1) }</script>"
TRY = """(async () => {
    for (const link of document.querySelectorAll('a')) {
        if (!/^https?:/.test(link.href)) link.click();
    }
    await new Promise(resolve => setTimeout(resolve, 300));
    return ran.length;
})()"""


def tried(page, folder, cells):
    """Return how often a script ran in a page of cells, and what it asked for."""
    path = folder / "page.html"
    body = EXPORTER.from_notebook_node(new_notebook(cells=cells))[0]
    path.write_text(f"<!doctype html>{PROBE}{body}", encoding="utf-8")
    page.open(path.as_uri())
    ran = page.evaluate(TRY)
    return ran, [url for url in page.requests if url.startswith("http")]


@pytest.mark.skipif(find_chromium() is None, reason="no Chromium on this machine")
def test_a_browser_runs_nothing_and_asks_for_nothing(tmp_path):
    # Those that leave the page, or end it, would hide the others from the control.
    leave = (
        "refresh",
        "<base",
        "</code>",
        "<!-->",
        "<svg><style>",
        "<math>",
        "missing",
    )
    sources = [text for text in ACTIVE if not any(part in text for part in leave)]
    cells = [new_markdown_cell(source) for source in sources]
    for source in sources:
        shown_ = new_output("display_data", data={"text/html": source})
        cells.append(new_code_cell("", outputs=[shown_]))
    with open_page(tmp_path / "profile") as page:
        ran, asked = tried(page, tmp_path, cells)
        assert ran > 5
        assert any("attack.example" in url for url in asked)
        clean = harmless(new_notebook(cells=cells)).cells
        assert tried(page, tmp_path, clean) == (0, [])
