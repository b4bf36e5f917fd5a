"""The feedback page: nbgrader's, headed by what a student wants to know first.

Hidden tests are left out, of the notebook as of its outputs; long outputs are cut;
formulas are MathML. The page runs no script and loads nothing, whatever it holds.
"""

import base64
import functools
import html
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.api import MissingEntry
from nbgrader.converters import GenerateFeedback
from traitlets.utils.importstring import import_item

from grading.course import (
    CourseError,
    choose,
    files_beside,
    notebooks,
    open_course,
    sources,
)
from grading.intake.problems import named
from grading.pages.lessons import gist, lessons
from grading.pages.mathml import mathml
from grading.pages.render import PAGES
from grading.records import gradebook, journal
from grading.records.nbgrader_steps import Book, Marks, chain, made, resources_for

__all__ = ["Feedback", "write"]

MOST = 20_000
MOST_PICTURE = 3_000_000
_KEPT = 2048
_SHORT = 8
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_IMAGE = re.compile(r"<img(?![^>]*\salt=)")
_MOVING = re.compile(
    r"<(?=(?:meta|base|link|form|i?frame|frameset|object|embed)\b)", re.IGNORECASE
)  # what could lead away from the page without a script
_WITH_TEXT = '<img alt="No description has been provided for this image"'
_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS(.*?)### END HIDDEN TESTS", re.DOTALL)
_CHAPTER = re.compile(r"(?:\.\./)*chapters/(\w+)\.ipynb(#[\w-]+)?")
_CODE = re.compile(r"`([^`]+)`")
_NOTE = "**A note from grading**"


class Feedback:
    """nbgrader's feedback, with its templates compiled once.

    Parameters
    ----------
    config : traitlets.config.Config
        The course's settings; ``FeedbackPage.book`` is the address of the book that
        students read, if they read it at one.
    source : nbformat.NotebookNode
        The assignment's source notebook.
    files : dict of str to bytes
        What lies beside it; its pictures become part of the page.
    """

    def __init__(self, config, source, files):
        converter = GenerateFeedback(config=config)
        settings = converter.config
        steps = [step for step in converter.preprocessors if not _is_look(step)]
        self._steps = chain([made(step, settings) for step in steps])
        folders = [str(PAGES), *settings.HTMLExporter.extra_template_basedirs]
        self._page = _Page(
            config=settings,
            template_name="handback",
            template_file="page.html.j2",
            extra_template_basedirs=folders,
        )
        self._book = str(config.FeedbackPage.get("book", "")).rstrip("/")
        self._page.learn(self._book, files)
        self._css = "".join(
            (PAGES / name).read_text(encoding="utf-8")
            for name in ("look.css", "handback/page.css")
        )
        self._lessons = lessons(source)
        self._hidden = _hidden_lines(source)

    def render(self, notebook, resources, verdict):
        """Return the page for a student.

        Parameters
        ----------
        notebook : nbformat.NotebookNode
            The autograded notebook; it is changed.
        resources : dict
            As from `grading.records.nbgrader_steps.resources_for`.
        verdict : grading.records.journal.Verdict
            What came of the submission.

        Returns
        -------
        str
            HTML.
        """
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = _shown(cell.outputs, self._hidden)
        notebook, resources = self._steps(notebook, resources)
        notebook.cells = [cell for cell in notebook.cells if not _is_so_far(cell)]
        note = ""
        if notebook.cells and notebook.cells[0].source.startswith(_NOTE):
            note = notebook.cells.pop(0).source
        rows = self._rows(notebook, verdict)
        resources["handback"] = {
            **self._heading(notebook, resources["nbgrader"]),
            "open": _number(sum(row.open for row in rows)),
            "css": self._css,
            "note": note,
            "tasks": rows,
            "reread": self._reread(rows),
        }
        return self._page.from_notebook_node(notebook, resources)[0]

    def _heading(self, notebook, about):
        """Return the title and the points of the whole page."""
        titles = re.search(r"^# (.+)", _text(notebook), re.MULTILINE)
        points = ("score", "max_score", "late_penalty")
        score, most, penalty = (_number(about[name]) for name in points)
        return {
            "title": titles[1].strip() if titles else about["notebook"],
            "score": _number(max(0.0, about["score"] - about["late_penalty"])),
            "most": most,
            "penalty": penalty if about["late_penalty"] else "",
            "before": score,
        }

    def _rows(self, notebook, verdict):
        """Return a row of the table for each graded cell."""
        messages = {task.name: gist(task.message) for task in verdict.tasks}
        rows, answer = [], None
        for cell in notebook.cells:
            about = cell.metadata.get("nbgrader", {})
            if about.get("solution"):
                answer = about
            if about.get("grade") or about.get("task"):
                row = _Row.of(about, self._lessons, messages)
                commented = about if about.get("comment") else answer or {}
                row.comment = commented["grade_id"] if commented.get("comment") else ""
                rows.append(row)
                answer = None
        return rows

    def _reread(self, rows):
        """Return the sections of the tasks that lost points, each once."""
        found = {}
        for row in rows:
            lesson = self._lessons.get(row.place)
            if row.kind in ("part", "none") and lesson and lesson.section:
                link = f"{self._book}/{lesson.page}" if self._book else ""
                about = {"section": lesson.section, "objective": lesson.objective}
                found.setdefault(lesson.page, {**about, "link": link})
        return list(found.values())


def write(root, names=(), *, only=(), report=print):
    """Write the feedback of graded submissions anew, with what people gave since.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    only : sequence of str
        Students; all of them if empty.
    report : callable
        Called with a line for each page.

    Returns
    -------
    int
        How many pages were written.

    Raises
    ------
    CourseError
        If an assignment is unknown, or nothing was graded yet.
    """
    root, count, found = Path(root).resolve(), 0, set()
    with open_course(root) as api, gradebook.opened(api) as book:
        for name in choose(root, names):
            verdicts = [
                verdict
                for (_, student), verdict in sorted(
                    journal.latest(root, [name]).items()
                )
                if verdict.score is not None and (not only or student in only)
            ]
            found.update(verdict.student for verdict in verdicts)
            if verdicts:
                clerk = _Clerk(root, name, book, api.config)
                count += sum(clerk.attempt(verdict, report) for verdict in verdicts)
    if strangers := sorted(set(only) - found):
        raise CourseError(f"Nothing was graded of {named(strangers)}.")
    if not count:
        raise CourseError("Nothing was graded yet: run `make grade` first.")
    return count


class _Clerk:
    """One who writes the feedback of an assignment from what a run left."""

    def __init__(self, root, name, book, config):
        self._root, self._name, self._book = root, name, book
        files = files_beside(sources(root) / name)
        self._sheets = {
            notebook: (
                Feedback(config, nbformat.read(path, as_version=4), files),
                gradebook.outline(book, name, notebook),
            )
            for notebook, path in notebooks(root, name).items()
        }

    def attempt(self, verdict, report):
        """Write the pages of a submission, or report why there is none."""
        try:
            return self.write(verdict, report)
        except Exception as error:  # whatever is the matter with this one
            why = f"{type(error).__name__}: {error}"
            report(f"{verdict.assignment} {verdict.student}: no page. {why}")
            return 0

    def write(self, verdict, report):
        """Write the pages of a submission and return how many there were to write."""
        try:
            found = self._book.find_submission(self._name, verdict.student)
        except MissingEntry:
            return 0
        entries = [entry for entry in found.notebooks if entry.name in self._sheets]
        grades = (grade for entry in entries for grade in entry.grades)
        if verdict.needs_person and any(grade.needs_manual_grade for grade in grades):
            return 0
        return sum(self._write(verdict, entry, report) for entry in entries)

    def _write(self, verdict, entry, report):
        """Write the page of one notebook and return whether there was one to write."""
        name, student, notebook = self._name, verdict.student, entry.name
        path = self._root / "autograded" / student / name / f"{notebook}.ipynb"
        if not path.is_file():
            return False
        feedback, (cells, kernelspec) = self._sheets[notebook]
        book = Book(cells, _marks(entry), kernelspec)
        book.late_submission_penalty = entry.late_submission_penalty
        about = resources_for(name, student, book, path.parent, notebook=notebook)
        cells = nbformat.read(path, as_version=4)
        page = feedback.render(cells, about, verdict.of_notebook(notebook))
        folder = self._root / "feedback" / student / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{notebook}.html").write_text(page, encoding="utf-8")
        report(f"{name} {student}: feedback/{student}/{name}/{notebook}.html")
        return True


@dataclass
class _Row:
    """What a page says of one graded cell."""

    place: str
    name: str
    kind: str
    mark: str
    points: str
    message: str
    open: float = 0.0
    comment: str = ""

    @classmethod
    def of(cls, about, known, messages):
        """Return the row for a cell, by what nbgrader knows of it."""
        name, score, most = about["grade_id"], about["score"], about["points"]
        lesson = known.get(name)
        title = lesson.name if lesson else name
        if about["waits"]:
            waits = "A person will read this answer and give its points."
            return cls(name, title, "open", "…", f"up to {_number(most)}", waits, most)
        full, none = score >= most, score <= 0
        kind, mark = ("full", "✓") if full else ("none", "✗") if none else ("part", "◐")
        points = f"{_number(score)} of {_number(most)}"
        told = "" if full else _words(messages.get(name, ""))
        return cls(name, title, kind, mark, points, told)


class _Page(HTMLExporter):
    """nbconvert's page, with the parts that all submissions share rendered once."""

    def __init__(self, **options):
        super().__init__(**options)
        self._lexer = "ipython3"
        self._code = functools.lru_cache(_KEPT)(self._colour)
        self._text = functools.lru_cache(_KEPT)(self._rendered)
        self.register_filter("highlight_code", self._highlighted)

    def learn(self, book, files):
        """Know where the book is, and the pictures that notebooks show."""
        self._known = {"book": book, "files": files}

    def from_notebook_node(self, nb, resources=None, **options):
        """Return the page and the resources.

        `HTMLExporter` parses each finished page once more, only to give a text to
        images without one; here a search finds them.
        """
        language = nb.metadata.get("language_info", {})
        self._lexer = language.get("pygments_lexer", language.get("name", "ipython3"))
        resources = self._init_resources(resources)
        kinds = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", kinds)
        render = TemplateExporter.from_notebook_node
        page, resources = render(self, nb, resources, **options)
        head, end, body = _IMAGE.sub(_WITH_TEXT, page).partition("</head>")
        return head + end + _MOVING.sub("&lt;", body), resources

    @jinja2.pass_context
    def markdown2html(self, context, source):
        """Return Markdown as HTML, from memory where a cell has no attachments."""
        attached = context.get("cell", {}).get("attachments") or {}
        return self._rendered(source, attached) if attached else self._text(source)

    def _rendered(self, source, attachments=None):
        renderer = _Renderer(attachments=attachments, **self._known)
        return MarkdownWithMath(renderer=renderer).render(source)

    def _highlighted(self, source, language=None, metadata=None):
        """Return code in colours, from memory where it is in the usual language."""
        magic = (metadata or {}).get("magics_language")
        if magic or language:
            return Highlight2HTML(self._lexer, parent=self)(source, language, metadata)
        return self._code(source, self._lexer)

    def _colour(self, source, lexer):
        return Highlight2HTML(lexer, parent=self)(source)


class _Renderer(IPythonRenderer):
    """nbconvert's Markdown, with formulas and pictures that are part of the page."""

    def __init__(self, *, book, files, attachments=None):
        super().__init__(escape=False, attachments=attachments)
        self._book, self._files = book, files

    def link(self, text, url, title=None):
        """Return a link; one to a chapter leads into the book, if it has an address."""
        if chapter := _CHAPTER.fullmatch(url):
            page = f"{self._book}/chapters/{chapter[1]}.html{chapter[2] or ''}"
            return super().link(text, page, title) if self._book else text
        return super().link(text, url, title)

    def image(self, text, url, title=None):
        """Return a picture; one of the exercise becomes part of the page."""
        kind = mimetypes.guess_type(url)[0] or ""
        if url in self._files and kind.startswith("image/"):
            data = base64.b64encode(self._files[url]).decode()
            url = f"data:{kind};base64,{data}"
        return super().image(text, url, title)

    def _embed_image_or_attachment(self, src):
        """Return a picture's address; one that was pasted and is missing has none."""
        try:
            return super()._embed_image_or_attachment(src)
        except (InvalidNotebook, StopIteration):
            return ""

    def heading(self, text, level, **attributes):
        """Return a heading below those of the page itself."""
        return super().heading(text, min(level + 1, 6), **attributes)

    def inline_math(self, body):
        """Return a formula within a line."""
        return mathml(body)

    def block_math(self, body):
        """Return a formula on a line of its own."""
        return mathml(body, display=True)

    def latex_environment(self, name, body):
        """Return a formula in an environment of LaTeX."""
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)


def _is_look(step):
    """Return whether a step only adds nbconvert's own style sheets."""
    kind = import_item(step) if isinstance(step, str) else step
    return issubclass(kind, CSSHTMLHeaderPreprocessor)


def _is_so_far(cell):
    """Return whether a cell adds up visible checks, which do not run beside it here."""
    return "so-far" in cell.metadata.get("tags", [])


def _hidden_lines(source):
    """Return the lines of hidden tests that tell something."""
    parts = (p for cell in source.cells for p in _HIDDEN.findall(cell.source))
    lines = {line.strip() for part in parts for line in part.splitlines()}
    open_ = (_HIDDEN.sub("", cell.source).splitlines() for cell in source.cells)
    known = {line.strip() for lines in open_ for line in lines}
    return frozenset(line for line in lines - known if len(line) >= _SHORT)


def _shown(outputs, hidden):
    """Return outputs without hidden tests, cut where they are too long."""
    left, found = MOST, []
    for output in outputs:
        for place, key in _texts(output):
            text = _without(place[key], hidden)
            place[key] = text if len(text) <= left else _cut(text, left)
            left -= min(len(text), left)
        for place, key in _pictures(output):
            if len(place[key]) > MOST_PICTURE:
                del place[key]
                place["text/plain"] = "(A picture too large to be shown here.)"
        found.append(output)
    return found


def _texts(output):
    """Return where an output holds text: pairs of a container and its key."""
    kind = output.output_type
    if kind == "stream":
        return [(output, "text")]
    if kind == "error":
        output.traceback = ["\n".join(output.traceback)]
        return [(output.traceback, 0), (output, "evalue")]
    data = output.get("data", {})
    return [(data, k) for k in data if k.startswith("text/") and type(data[k]) is str]


def _pictures(output):
    data = output.get("data", {})
    return [(data, k) for k in data if k.startswith("image/") and type(data[k]) is str]


def _without(text, hidden):
    """Return a text without the lines that show a hidden test."""
    if not any(line in text for line in hidden) and "\x1b" not in text:
        return text
    lines = text.split("\n")
    plain = (_ANSI.sub("", line) for line in lines)
    shows = [any(secret in line for secret in hidden) for line in plain]
    kept = ["(hidden)" if s else line for line, s in zip(lines, shows, strict=True)]
    return "\n".join(kept) if any(shows) else text


def _cut(text, most):
    """Return the beginning of a text and how much more there is."""
    return f"{text[:most]}\n... and {len(text) - most:,} more characters"


def _marks(entry):
    """Return what the gradebook says of a submission, by cell."""
    found = {}
    for grade in entry.grades:
        marks = found.setdefault(grade.name, Marks())
        marks.auto_score, marks.manual_score = grade.auto_score, grade.manual_score
        marks.extra_credit = grade.extra_credit
    for comment in entry.comments:
        marks = found.setdefault(comment.name, Marks())
        marks.auto_comment = comment.auto_comment
        marks.manual_comment = comment.manual_comment
    return found


def _text(notebook):
    """Return the Markdown of a notebook."""
    cells = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return "\n".join(cells)


def _words(message):
    """Return a message as HTML, with its code as code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(message))


def _number(value):
    return format(round(value, 2), "g")
