"""Leave out what a page does not need.

Jupyter Book loads MathJax, more than a megabyte, on every page.  What no page asks for
is not kept: source maps, and the font and the script of the theme's icons, which
`_static/icons.css` draws.
"""

from pathlib import Path

from docutils import nodes

UNUSED = ("_static/**/*.map", "_static/scripts/fontawesome*", "_static/vendor/**/*.*")


def without_formulas(app, pagename, templatename, context, doctree):
    """Let a page without a formula do without MathJax."""
    if doctree is not None and any(doctree.findall(_is_formula)):
        return
    context["script_files"] = [
        script for script in context["script_files"] if not _is_mathjax(script)
    ]


def _is_formula(node):
    return isinstance(node, nodes.math | nodes.math_block)


def _is_mathjax(script):
    body = getattr(script, "attributes", {}).get("body") or ""
    return "mathjax" in f"{getattr(script, 'filename', '')}{body}".lower()


def remove_unused(app, exception):
    """Remove files that no page loads."""
    if exception or app.builder.format != "html":
        return
    for pattern in UNUSED:
        for path in Path(app.outdir).glob(pattern):
            path.unlink()


def setup(app):
    """Connect to Sphinx, after its extension that adds MathJax."""
    app.connect("html-page-context", without_formulas, priority=900)
    app.connect("build-finished", remove_unused, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
