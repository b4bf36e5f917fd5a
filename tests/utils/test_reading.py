"""Reading time counts what a reader reads, and nothing else."""

import nbformat
import pytest

from utils.book import reading


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def prose(text):
    return nbformat.v4.new_markdown_cell(text)


def code(source, *, tags=(), data=None):
    outputs = [nbformat.v4.new_output("display_data", data=data)] if data else []
    return nbformat.v4.new_code_cell(source, metadata={"tags": tags}, outputs=outputs)


def test_marks_targets_and_formulas_are_no_words():
    text = "(obj-1-2)=\n\n## A [link](a/long/address.html), $x + y$ and `some code`"
    assert reading.contents(notebook(prose(text)))["words"] == 5


def test_what_is_folded_is_not_counted():
    text = "Two words. <details>\n\nMany more. $$ a = b $$ (eq-a)\n\n</details> Three."
    figure = code("plot()", tags=["hide-cell"], data={"image/png": ""})
    assert reading.contents(notebook(prose(text), figure)) == {
        "words": 3,
        "lines": 0,
        "formulas": 0,
        "figures": 0,
        "questions": 0,
    }


def test_each_kind_takes_its_time():
    hidden = code("plot()", tags=["remove-input"], data={"image/png": ""})
    quiz = code("quiz.show('Which?', objective='1.1', options=[])")
    for cell, seconds in [
        (prose(200 * "word "), 60),
        (prose("$$ a = b $$ (eq-a)"), 20),
        (hidden, 30),
        (code("a = 1\n\nb = 2"), 12),
        (quiz, 45 + 2 / 200 * 60),
    ]:
        assert reading.minutes(notebook(cell)) == pytest.approx(seconds / 60)


def test_a_chapter_without_a_time_is_refused():
    with pytest.raises(ValueError, match=r"no cell says .* add it"):
        reading.announced(notebook(prose("About 20 minutes")))


def test_the_command_prints_each_notebook(tmp_path, capsys):
    path = tmp_path / "one.ipynb"
    nbformat.write(notebook(prose(400 * "word ")), path)
    assert reading.main([str(path)]) == 0
    assert "2 minutes (400 words, 0 lines" in capsys.readouterr().out
