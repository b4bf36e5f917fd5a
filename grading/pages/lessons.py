"""Which section of the book teaches what a graded cell asks for."""

import re
from dataclasses import dataclass

__all__ = ["Lesson", "gist", "lessons"]

_HEADING = re.compile(r"^## Task (\S+) ★* ?(.+?) \(\d+ points?\)", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\((?:[^)\s]*/)?chapters/(\w+)\.ipynb#([\w-]+)\)")
_TEST = re.compile(r"(?:test|manual)-(\d+)-(\d+)-")
_NOT_ATTEMPTED = re.compile(r"Task \S+: not attempted yet\.")
_AROUND = re.compile(
    r"\ATask \S+: not yet right(?:, \S+ of \S+ points)?\.\n"
    r"|^(?:The last call|To reread): .*$",
    re.M,
)


@dataclass(frozen=True)
class Lesson:
    """A graded cell's task and the section that teaches it.

    Attributes
    ----------
    test : str
        The graded cell's ``grade_id``.
    task : str
        The task's number, for example ``"1.4a"``.
    title : str
        The task's title.
    objective : str
        The objective's number, for example ``"1.4"``.
    section : str
        The section's title.
    page : str
        Where the section is within the book, for example
        ``"chapters/01_perceptron.html#obj-1-4"``.
    """

    test: str
    task: str = ""
    title: str = ""
    objective: str = ""
    section: str = ""
    page: str = ""

    @property
    def name(self):
        """The task in words."""
        return f"{self.task} {self.title}".strip() or self.test


def lessons(source):
    """Return the lesson of each graded cell of a source notebook, in its order.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The notebook in ``solutions/``: above each task stand its heading and the link
        to its section.

    Returns
    -------
    dict of str to Lesson
        By the graded cell's ``grade_id``; a cell without heading or link is named by
        its id alone.
    """
    found, above = {}, {}
    for cell in source.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and _HEADING.search(cell.source):
            above = _read(cell.source)
        if about.get("grade"):
            name = about["grade_id"]
            numbers = _TEST.match(name)
            objective = ".".join(numbers.groups()) if numbers else ""
            found[name] = Lesson(name, objective=objective, **above)
            above = {}
    return found


def _read(text):
    """Return what the text above a task says of it."""
    task, title = _HEADING.search(text).groups()
    link = _LINK.search(text)
    section, chapter, place = link.groups() if link else ("", "", "")
    page = f"chapters/{chapter}.html#{place}" if chapter else ""
    return {"task": task, "title": title, "section": section, "page": page}


def gist(message):
    r"""Return what a failed check says, without the task and the section to reread.

    Parameters
    ----------
    message : str
        As `utils.checks.task` words it, or any other error's text.

    Returns
    -------
    str
        One line of text.

    Examples
    --------
    >>> gist("Task 1.1: not yet right.\nThe bias is missing.\nThe last call: `f(1)`")
    'The bias is missing.'
    >>> text = "`f` (1 point): No.\nThe last call: `f(1)`\n`g` (2 points): Nor this."
    >>> gist(f"Task 1.1: not yet right, 1 of 4 points.\n{text}")
    '`f` (1 point): No. `g` (2 points): Nor this.'
    >>> gist("Task 1.1: not attempted yet.\nWrite your answer in the cell above.")
    'Not attempted yet.'
    """
    if _NOT_ATTEMPTED.match(message):
        return "Not attempted yet."
    text = _AROUND.sub("", message)
    return " ".join(text.split())
