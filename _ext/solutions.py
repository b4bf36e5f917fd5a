"""Show a solution below each task of an exercise, folded, for those who learn alone.

Of a task in words it is a model answer.  ``course_solutions: false`` in ``_config.yml``
leaves all of them out, for a class that is graded.  Where there is no folder
`solutions/`, as in the students' edition, there is none to show.  Tests are never
shown, visible or hidden.
"""

import json
import re
from pathlib import Path

from docutils import nodes

MARKED = re.compile(
    r"^[ \t]*### BEGIN SOLUTION\n(.*?)^[ \t]*### END SOLUTION",
    re.DOTALL | re.MULTILINE,
)
OPEN = (
    '<details class="hint solution">'
    "<summary>A solution, to compare with yours</summary>"
)


def solved(app, name, kind):
    """Return an exercise's answers in cells of a kind, by their ids, without marks."""
    path = Path(app.srcdir, "solutions", *Path(f"{name}.ipynb").parts[1:])
    shown = app.config.course_solutions and name.startswith("exercises/")
    if not (shown and path.is_file()):
        return {}
    app.env.note_dependency(str(path))
    found = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        source = "".join(cell["source"])
        is_answer = about.get("solution") and cell["cell_type"] == kind
        if is_answer and MARKED.search(source):
            found[about["grade_id"]] = MARKED.sub(lambda m: m[1].rstrip(), source)
    return found


def tell(app, name, text):
    """Put each model answer in words into the cell that asks for it."""
    if not (answers := solved(app, name, "markdown")):
        return
    notebook = json.loads(text[0])
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if (answer := answers.get(about.get("grade_id"))) is not None:
            asked = "".join(cell["source"])
            cell["source"] = f"{asked}\n\n{OPEN}\n\n{answer}\n\n</details>"
    text[0] = json.dumps(notebook)


def show(app, doctree):
    """Put each answer in code below the cell that asks for it."""
    if not (answers := solved(app, app.env.docname, "code")):
        return
    for cell in list(doctree.findall(nodes.container)):
        about = cell.get("cell_metadata", {}).get("nbgrader", {})
        if about.get("grade_id") in answers:
            code = answers.pop(about["grade_id"])
            place = cell.parent.index(cell) + 1
            cell.parent.insert(place, folded(code))


def folded(code):
    """Return the nodes of a box that a reader opens."""
    block = nodes.literal_block(code, code, language="python")
    return [
        nodes.raw("", OPEN, format="html"),
        block,
        nodes.raw("", "</details>", format="html"),
    ]


def setup(app):
    """Connect to Sphinx, after the names in code cells have got their links."""
    app.add_config_value("course_solutions", True, "env", bool)
    app.connect("source-read", tell)
    app.connect("doctree-read", show, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
