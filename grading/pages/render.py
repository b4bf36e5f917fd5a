"""Pages that can be read without a network: one file each, without a script."""

from pathlib import Path

import jinja2

__all__ = ["PAGES", "render"]

PAGES = Path(__file__).parent


def render(name, **values):
    """Return a page of ``grading/pages`` as HTML, with all text escaped.

    Parameters
    ----------
    name : str
        The template's file name.
    **values
        What it shows.

    Returns
    -------
    str
        A page with its style sheet in it.
    """
    loader = jinja2.FileSystemLoader(PAGES)
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    css = (PAGES / "look.css").read_text(encoding="utf-8")
    return environment.get_template(name).render(css=css, **values)
