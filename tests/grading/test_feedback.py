"""A feedback page says what to do next, gives nothing away and runs nothing."""

import html
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from traitlets.config import Config

from grading.__main__ import main
from grading.course import files_beside, open_course, settings
from grading.pages.feedback import MOST, Feedback
from grading.pages.lessons import lessons
from grading.pages.mathml import mathml
from grading.records import gradebook
from grading.records.journal import Journal, Task, Verdict
from grading.records.nbgrader_steps import Book, Cell, Marks, resources_for
from grading.release.release import register
from tests.exercises.harness import ROOT, SOLUTIONS, grade_id, read
from tests.grading.class_of_ex01 import NAME, TESTS, make_course

SOURCE = read(SOLUTIONS[NAME])
FILES = files_beside(SOLUTIONS[NAME].parent)
TEXT = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
MESSAGE = (
    "Task 1.2: not yet right.\nAdd `b` before the step, if z < 0.\n"
    "To reread: objective 1.2 in chapter 1, linked at the top of the task."
)
SECRET = "rng.uniform(0.5, 2, size=2)"
CELLS = {
    grade_id(c): Cell(
        grade_id(c), "code", c.source, None, False, TESTS.get(grade_id(c)), True
    )
    for c in SOURCE.cells
    if grade_id(c)
}


def page(notebook=None, *, scores=(), verdict=None, book=None, penalty=None):
    """Return the page of a submission, parsed, and as text."""
    config = settings(TEXT)
    if book:
        config.merge(Config({"FeedbackPage": {"book": book}}))
    feedback = Feedback(config, SOURCE, FILES)
    marks = {name: Marks(auto_score=float(most)) for name, most in TESTS.items()}
    for name, given in dict(scores).items():
        marks[name] = given
    found = Book(CELLS, marks, late_submission_penalty=penalty)
    notebook = notebook or nbformat.from_dict(SOURCE)
    verdict = verdict or Verdict(NAME, "ann", tasks=())
    text = feedback.render(notebook, resources_for(NAME, "ann", found), verdict)
    return BeautifulSoup(text, "html.parser"), text


def with_output(name, *outputs):
    """Return the source notebook with outputs below one cell."""
    notebook = nbformat.from_dict(SOURCE)
    cell = next(cell for cell in notebook.cells if grade_id(cell) == name)
    cell.outputs = list(outputs)
    return notebook


def failed():
    """Return the page of a submission that failed at task 1.2."""
    tasks = (Task("test-1-2-threshold", 0.0, 3.0, MESSAGE),)
    scores = {"test-1-2-threshold": Marks(auto_score=0.0)}
    return scores, Verdict(NAME, "ann", tasks=tasks)


def test_the_page_starts_with_points_messages_and_what_to_reread():
    scores, verdict = failed()
    found, _ = page(scores=scores, verdict=verdict)
    assert found.h1.get_text() == "Exercise 1: the perceptron"
    assert found.select_one(".score").get_text() == "17 of 20 points"
    rows = [[c.get_text(" ", strip=True) for c in r("td")] for r in found.tbody("tr")]
    assert len(rows) == len(TESTS)
    assert rows[0] == ["1.1 The weighted sum", "✓ 2 of 2", ""]
    says = "Add b before the step, if z < 0."
    assert rows[1] == ["1.2 The bias as a threshold", "✗ 0 of 3", says]
    reread = [item.get_text() for item in found.select("[aria-labelledby=reread] li")]
    assert reread == ["The bias is a threshold (objective 1.2)"]


def test_points_of_the_visible_checks_do_not_stand_beside_the_real_ones():
    notebook = nbformat.from_dict(SOURCE)
    text = "So far the checks give 0 of 20 points."
    notebook.cells[-1].outputs = [new_output("stream", name="stdout", text=text)]
    assert "checks.so_far(" in notebook.cells[-1].source
    _, shown = page(notebook)
    assert "so_far" not in shown
    assert text not in shown


def test_rows_lead_to_the_checks():
    found, _ = page()
    for row in found.tbody("tr"):
        assert found.find(id=row.a["href"].removeprefix("#")).name == "details"


def test_sections_are_links_where_the_book_has_an_address():
    scores, verdict = failed()
    found, _ = page(scores=scores, verdict=verdict, book="https://x.org/course/")
    section = "https://x.org/course/chapters/01_perceptron.html#obj-1-2"
    assert found.select_one("[aria-labelledby=reread] a")["href"] == section
    links = {a["href"] for a in found.select("#notebook a[href]")}
    assert section in links
    assert not any("ipynb" in link for link in links)
    assert not page()[0].select("#notebook a[href*=ipynb]")


def test_points_by_hand_comments_and_the_penalty_for_being_late_are_shown():
    scores = {
        "test-1-2-threshold": Marks(auto_score=0.0, manual_score=1.5),
        "task-1-2-threshold": Marks(manual_comment="Nearly, *Zoë*."),
    }
    found, _ = page(scores=scores, penalty=2.0)
    assert found.select_one(".score").get_text() == "16.5 of 20 points"
    assert "18.5 points, less 2 because it was late." in found.get_text()
    row = found.tbody("tr")[1]
    assert "◐ 1.5 of 3" in row.get_text()
    assert found.find(attrs={"name": row("a")[1]["href"].removeprefix("#")})
    assert "Nearly, Zoë." in found.select_one(".panel-footer").get_text()


def test_the_note_of_what_was_put_right_is_at_the_top():
    notebook = nbformat.from_dict(SOURCE)
    note = "**A note from grading**\n\n- A cell was there twice."
    notebook.cells.insert(0, new_markdown_cell(note))
    found, text = page(notebook)
    assert "A cell was there twice." in found.select_one("section.note").get_text()
    assert text.count("A cell was there twice.") == 1


def test_hidden_tests_are_in_no_part_of_the_page():
    line = source_line().strip()
    colour = f"---> \x1b[1m{line[:20]}\x1b[0m{line[20:]}"
    error = new_output(
        "error",
        ename="ZeroDivisionError",
        evalue="division by zero",
        traceback=["\x1b[31mline 9\x1b[0m", colour],
    )
    stream = new_output("stream", name="stdout", text=f"mine\n{source_line()}\nend")
    _, text = page(with_output("test-1-3-boundary", error, stream))
    plain = html.unescape(re.sub(r"<[^>]+>", "", text))
    assert "HIDDEN" not in plain
    for cell in SOURCE.cells:
        for part in re.findall(r"BEGIN HIDDEN TESTS\n(.*?)### END", cell.source, re.S):
            for line in part.splitlines():
                if len(line.strip()) > 30 and line not in shared():
                    assert line.strip() not in plain
    assert "mine\n(hidden)\nend" in plain
    assert "line 9" in plain
    assert SECRET not in plain


def source_line():
    """Return the line of a hidden test that holds the secret."""
    lines = "\n".join(cell.source for cell in SOURCE.cells).splitlines()
    return next(line for line in lines if SECRET in line)


def shared():
    """Return the lines that stand outside hidden tests, too."""
    pattern = r"### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS"
    return {
        line
        for cell in SOURCE.cells
        for line in re.sub(pattern, "", cell.source, flags=re.S).splitlines()
    }


def test_long_outputs_are_cut_and_say_so():
    loud = new_output("stream", name="stdout", text="x" * (3 * MOST))
    more = new_output("stream", name="stdout", text="second")
    _, text = page(with_output("task-1-1-neuron", loud, more))
    assert "x" * MOST in text
    assert "x" * (MOST + 1) not in text
    assert f"... and {2 * MOST:,} more characters" in text
    picture = new_output("display_data", data={"image/png": "A" * 4_000_000})
    _, text = page(with_output("task-1-1-neuron", picture))
    assert "(A picture too large to be shown here.)" in text
    assert len(text) < 1_000_000


def test_the_page_forbids_scripts_and_requests_whatever_a_student_wrote():
    notebook = nbformat.from_dict(SOURCE)
    notebook.cells.insert(3, new_markdown_cell("<script src='//x.org/a.js'></script>"))
    found, text = page(notebook)
    policy = found.head("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'; img-src data: file:")
    assert "script-src" not in policy["content"]
    assert not found.head("script")
    assert "mathjax" not in text.lower()


def test_nothing_that_a_student_wrote_leads_away_from_the_page():
    away = "<meta http-equiv='refresh' content='0; url=//x.org'><BASE href='//x.org'>"
    shown = {"text/html": f"<b>kept</b>{away}<link href='//x.org'><form>"}
    notebook = with_output("task-1-2-threshold", new_output("display_data", shown))
    notebook.cells.insert(3, new_markdown_cell(f"{away}\n\n<iframe src='//x.org'>"))
    found, _ = page(notebook)
    assert found.body("b", string="kept")
    assert not found.body(["meta", "base", "link", "iframe", "form"])
    assert len(found.head("meta")) == 3


def test_formulas_need_no_script():
    found, _ = page()
    assert len(found("math")) > 20
    assert not re.search(r"\$[^$]*\\", found.get_text())


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\color{\"><script>}{x}",
        r"\href{javascript:alert(1)}{x}",
        r"\class{\" onclick=\"x}{y}",
        r"\style{background:url(//x.org)}{y}",
        "{" * 2000,
        "x" * 100_000,
        r"\frac{1",
        "&#60;script&#62;",
        "",
    ],
)
def test_no_formula_is_anything_but_a_formula(tex):
    made = BeautifulSoup(mathml(tex), "html.parser")
    assert {tag.name for tag in made()} <= {
        *("math", "mrow", "mi", "mo", "mn", "mtext", "mstyle", "mfrac", "code"),
    }
    names = {name for tag in made() for name in tag.attrs}
    assert names <= {"display", "class"}


def test_every_graded_cell_has_its_section():
    for path in SOLUTIONS.values():
        found = lessons(read(path))
        assert found
        for name, lesson in found.items():
            objective = lesson.objective.replace(".", "-")
            assert re.match(rf"(test|manual)-{objective}-", name)
            assert re.fullmatch(r"chapters/\w+\.html#obj-\d+-\d+", lesson.page)
            assert lesson.title
            assert lesson.section


def test_pictures_of_the_exercise_are_part_of_the_page():
    found, _ = page()
    assert all(image["src"].startswith("data:image/png") for image in found("img"))
    assert found("img")


def test_code_of_students_is_text():
    notebook = nbformat.from_dict(SOURCE)
    notebook.cells.append(new_code_cell("x = '<img src=//x.org>'"))
    found, _ = page(notebook)
    assert not found.select("img[src^='//']")


def test_feedback_is_written_anew_with_what_a_person_gave_since(tmp_path, capsys):
    root = make_course(tmp_path)
    assert main(["--root", str(root), "feedback"]) == 2
    assert "run `make grade` first" in capsys.readouterr().err
    tasks = tuple(Task(name, float(most), most) for name, most in TESTS.items())
    verdict = Verdict(NAME, "ann", "key", score=20.0, max_score=20.0, tasks=tasks)
    register(root, NAME)
    with open_course(root) as api, api.gradebook as book, Journal(root) as journal:
        gradebook.merge(book, [(verdict, None)])
        journal.add(verdict)
        book.find_grade("test-1-1-neuron", NAME, NAME, "ann").manual_score = 0.5
        book.find_comment("task-1-1-neuron", NAME, NAME, "ann").manual_comment = "Hm."
        book.db.commit()
    folder = root / "autograded" / "ann" / NAME
    folder.mkdir(parents=True)
    shutil.copy(SOLUTIONS[NAME], folder)
    assert main(["--root", str(root), "feedback", NAME]) == 0
    text = (root / "feedback" / "ann" / NAME / f"{NAME}.html").read_text("utf-8")
    assert "<strong>18.5</strong> of 20 points" in text
    assert "Hm." in text
