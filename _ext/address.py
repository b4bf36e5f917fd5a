"""Say where the course can be had: everything that follows from one address.

The address of the repository, ``repository: url`` in ``_config.yml`` or else the
environment's ``COURSE_ADDRESS``, turns on the buttons for source, issues,
Binder and Colab.  Each exercise page says how to work it, and each notebook that a
reader downloads on its own says what it needs and begins with the line that gets it.
"""

import json
import os
from pathlib import Path

from docutils import nodes
from sphinx.errors import ConfigError

LAUNCH = {
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
    "notebook_interface": "jupyterlab",
}
NEEDS = """\
**This notebook stands alone.** It needs Python 3.11 to 3.13 and the course's package.
Where that is missing, the cell below {does}. {where}"""
LOOK = """\
try:
    import utils.book  # the course's package
except ModuleNotFoundError:
"""
GET = '    %pip install --quiet "git+{address}"'
SAY = """\
    raise SystemExit(
        "This notebook needs the course's package. Run the next line in a cell of "
        "its own, with the path of your copy of the course, then all cells again:\\n"
        "%pip install --quiet FOLDER_OF_THE_COURSE"
    ) from None"""
BRANCH = "notebooks"
"""Where the workflow keeps the equipped notebooks: Colab opens none from a page."""


def address_of(config):
    """Return the address of the repository, or an empty text."""
    return str(config.html_theme_options.get("repository_url") or "").strip("/")


def turn_on(app, config):
    """Set the theme's options that follow from the address."""
    options = config.html_theme_options
    if os.environ.get("COURSE_ADDRESS"):
        options["repository_url"] = os.environ["COURSE_ADDRESS"]
    address = address_of(config)
    if not address:
        return
    if not address.startswith("https://") or address.count("/") < 4:
        raise ConfigError(
            "repository: url in _config.yml must look like "
            f"https://github.com/OWNER/NAME, not {address!r}."
        )
    buttons = ("use_repository_button", "use_issues_button", "use_source_button")
    options.update(dict.fromkeys(buttons, True), repository_url=address)
    options.setdefault("repository_branch", "main")
    if "github.com" in address:
        options["launch_buttons"] = LAUNCH
        owner, name = address.split("/")[-2:]
        config.html_baseurl = (
            config.html_baseurl or f"https://{owner}.github.io/{name}/"
        )


def say_how_to_work(app, doctree):
    """Put a box below the title of each exercise."""
    name = app.env.docname
    if not name.startswith("exercises/"):
        return
    address = address_of(app.config)
    file = nodes.literal("", f"{name}.ipynb")
    text = nodes.paragraph(
        "", "This page shows the exercise; you work it in JupyterLab. "
    )
    text += nodes.Text("Start with " if address else "Get a copy of the course")
    if address:
        text += nodes.literal("", f"git clone {address}")
    text += nodes.Text(", type ")
    text += nodes.literal("", "make lab")
    text += nodes.Text(" in its folder, and open ")
    text += file
    text += nodes.Text(".")
    if "github.com" in address:
        text += nodes.Text(
            " Or press the rocket above: Binder and Colab need no set-up."
        )
    box = nodes.admonition("", nodes.title("", "How to work it"), text)
    box["classes"] = ["how-to-work"]
    title = next(iter(doctree.findall(nodes.title)))
    title.parent.insert(title.parent.index(title) + 1, box)


def needs(address):
    """Return the two cells with which a lone notebook begins."""
    does = "installs it, once" if address else "says how to get it"
    where = f"The course: {address}" if address else ""
    return [
        {
            "cell_type": "markdown",
            "id": "needs",
            "metadata": {},
            "source": NEEDS.format(does=does, where=where).strip(),
        },
        {
            "cell_type": "code",
            "id": "get-the-course",
            "metadata": {},
            "source": LOOK + (GET.format(address=address) if address else SAY),
            "outputs": [],
            "execution_count": None,
        },
    ]


def open_the_equipped(app, page, template, context, doctree):
    """Let Colab open the notebook that begins with what it needs."""
    branch = context.get("theme_repository_branch")
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("text") == "Colab":
                at = f"/blob/{branch}/"
                button["url"] = button["url"].replace(at, f"/blob/{BRANCH}/")


def equip_notebooks(app, exception):
    """Let each notebook that readers download begin with what it needs."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        if not any(cell.get("id") == "needs" for cell in cells):
            cells[1:1] = needs(address_of(app.config))
            path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def setup(app):
    """Connect to Sphinx; the theme reads its options when the builder starts."""
    app.connect("config-inited", turn_on)
    app.connect("doctree-read", say_how_to_work)
    app.connect("html-page-context", open_the_equipped, priority=502)  # theme: 501
    app.connect("build-finished", equip_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
