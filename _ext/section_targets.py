"""Let Markdown links name a section of another page by its target.

``[the bias](../chapters/01_perceptron.ipynb#obj-1-2)`` then works in the book as it
does in JupyterLab; without this, only targets made from headings are found.
"""

from docutils import nodes


def add_targets(app, doctree):
    """Enter the ids of a page's sections where MyST looks for link targets."""
    page = app.env.metadata[app.env.docname]
    slugs = dict(page.get("myst_slugs", {}))
    for section in doctree.findall(nodes.section):
        for name in section["ids"]:
            slugs.setdefault(name, (section.line, name, section[0].astext()))
    page["myst_slugs"] = slugs


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-read", add_targets)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
