"""Reading time of a notebook, from its words, code, formulas, figures and questions.

What a page folds, a ``<details>`` of *Going deeper* or a hidden cell, is not counted.

``python -m utils.book.reading chapters/*.ipynb`` prints what each takes and what it
announces at its head.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

import nbformat

__all__ = ["announced", "contents", "main", "minutes"]

WORDS_A_MINUTE = 200
SECONDS = {"lines": 6, "formulas": 20, "figures": 30, "questions": 45}
_UNSEEN = {"remove-input", "hide-input", "remove-cell", "hide-cell"}
_FORMULA = re.compile(r"\$\$.*?\$\$(?:\s*\([\w-]+\))?", re.DOTALL)
_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
_FOLDED_FIGURE = {"hide-output", "hide-cell"}
_NOT_PROSE = re.compile(
    r"```.*?```"  # code
    r"|<[^>]+>"  # tags
    r"|^\([\w-]+\)=$"  # targets
    r"|(?<=\])\([^)]*\)"  # addresses of links
    r"|^\s*\|[-:| ]+$",  # rules of tables
    re.DOTALL | re.MULTILINE,
)
_ANNOUNCED = re.compile(r"\*\*Time\.\*\* About (\d+) minutes to read")


def contents(notebook):
    r"""Count what a reader of a notebook meets.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A notebook with its outputs.

    Returns
    -------
    dict of str to int
        ``words`` of prose and of quizzes, visible ``lines`` of code, displayed
        ``formulas``, ``figures`` (explorable ones, too) and quiz ``questions``.

    Examples
    --------
    >>> text = nbformat.v4.new_markdown_cell("Two words. $$ a = b $$ (eq-a)")
    >>> code = nbformat.v4.new_code_cell("a = 1\nb = a")
    >>> contents(nbformat.v4.new_notebook(cells=[text, code]))
    {'words': 2, 'lines': 2, 'formulas': 1, 'figures': 0, 'questions': 0}
    """
    totals = dict.fromkeys(("words", *SECONDS), 0)
    for cell in notebook.cells:
        count = _in_code if cell.cell_type == "code" else _in_text
        for name, number in count(cell).items():
            totals[name] += number
    return totals


def _in_text(cell):
    prose, formulas = _FORMULA.subn(" ", _FOLDED.sub(" ", cell.source))
    return {"words": _words(_NOT_PROSE.sub(" ", prose)), "formulas": formulas}


def _in_code(cell):
    if "quiz.show(" in cell.source:
        nodes = ast.walk(ast.parse(cell.source))
        texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
        return {"words": _words(" ".join(map(str, texts))), "questions": 1}
    tags = set(cell.metadata.get("tags", []))
    figures = [] if _FOLDED_FIGURE & tags else cell.outputs
    found = {"figures": any(map(_is_figure, figures))}
    if not _UNSEEN & tags:
        found["lines"] = sum(bool(line.strip()) for line in cell.source.splitlines())
    return found


def _words(text):
    return len(re.findall(r"\w[\w'’.,:/-]*", re.sub(r"`[^`]*`|\$[^$]*\$", "x", text)))


def _is_figure(output):
    data = output.get("data", {})
    page = "".join(data.get("text/html", ""))
    return "image/png" in data or "dlts-explore" in page or "dlts-live" in page


def minutes(notebook):
    """Return the reading time of a notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A notebook with its outputs.

    Returns
    -------
    float
        Minutes, at 200 words a minute, 6 seconds for a line of code, 20 for a displayed
        formula, 30 for a figure and 45 for a question.

    Examples
    --------
    >>> text = nbformat.v4.new_markdown_cell("word " * 100 + "$$ a = b $$")
    >>> round(minutes(nbformat.v4.new_notebook(cells=[text])), 2)
    0.83
    """
    found = contents(notebook)
    seconds = sum(SECONDS[name] * found[name] for name in SECONDS)
    return found["words"] / WORDS_A_MINUTE + seconds / 60


def announced(notebook):
    """Return the minutes that a chapter announces at its head.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A chapter.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If no cell says so.

    Examples
    --------
    >>> head = nbformat.v4.new_markdown_cell("**Time.** About 30 minutes to read.")
    >>> announced(nbformat.v4.new_notebook(cells=[head]))
    30
    """
    for cell in notebook.cells:
        if match := _ANNOUNCED.search(cell.source):
            return int(match[1])
    raise ValueError("no cell says '**Time.** About N minutes to read'; add it.")


def main(arguments=None):
    """Print the reading times of the notebooks that the command line names.

    Parameters
    ----------
    arguments : list of str, optional
        Paths of notebooks.

    Returns
    -------
    int
        0.
    """
    parser = argparse.ArgumentParser(
        prog="python -m utils.book.reading", description=__doc__
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="NOTEBOOK")
    for path in parser.parse_args(arguments).paths:
        notebook = nbformat.read(path, as_version=4)
        found = ", ".join(f"{n} {name}" for name, n in contents(notebook).items())
        print(f"{path}: {minutes(notebook):.0f} minutes ({found})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
