"""Show a solution below each task of an exercise, folded, for those who learn alone.

``course_solutions: false`` in ``_config.yml`` leaves all of them out, for a class that
is graded.  Where there is no folder `solutions/`, as in the students' edition, there is
none to show.  Tests are never shown, visible or hidden.
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


def solved(path):
    """Return the answers of an exercise, by the id of their cells, without marks."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = {}
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        source = "".join(cell["source"])
        is_answer = about.get("solution") and not about.get("grade")
        if is_answer and cell["cell_type"] == "code" and MARKED.search(source):
            found[about["grade_id"]] = MARKED.sub(lambda m: m[1].rstrip(), source)
    return found


def show(app, doctree):
    """Put each answer below the cell that asks for it."""
    name = app.env.docname
    if not (app.config.course_solutions and name.startswith("exercises/")):
        return
    path = Path(app.srcdir, "solutions", *Path(f"{name}.ipynb").parts[1:])
    if not path.is_file():
        return
    app.env.note_dependency(str(path))
    answers = solved(path)
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
    app.connect("doctree-read", show, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
