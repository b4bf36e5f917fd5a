"""What search engines and messengers show of a page: title, description, card, map.

A description is the beginning of the page's text.  Cards and the map of the site need
absolute addresses, so they are made once the book's address is known (`address`).
"""

import html
import re
from pathlib import Path
from urllib.parse import urljoin

from docutils import nodes

LONGEST = 180
CARD = "_static/card.png"
NOT_FOUND = "404"


def description(doctree):
    """Return the first sentences of a page's text, cut between words."""
    apart = (nodes.Admonition, nodes.figure, nodes.list_item, nodes.table)
    texts = []
    for paragraph in doctree.findall(nodes.paragraph):
        above = paragraph.parent
        while above is not None and not isinstance(above, apart):
            above = above.parent
        if above is None:
            texts.append(paragraph.astext())
        if sum(map(len, texts)) > LONGEST:
            break
    text = re.sub(r"\s+", " ", " ".join(texts)).strip()
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def add_tags(app, pagename, templatename, context, doctree):
    """Add the description and the card to the head of a page."""
    base = app.config.html_baseurl
    if pagename == NOT_FOUND and base:
        context["metatags"] = f'<base href="{base}">{context.get("metatags", "")}'
    if doctree is None:
        return
    title = html.escape(re.sub("<[^>]+>", "", context["title"]), quote=True)
    about = html.escape(description(doctree), quote=True)
    tags = {
        "og:type": "article",
        "og:title": title,
        "og:site_name": html.escape(app.config.html_title or app.config.project),
        "og:description": about,
    }
    if base:
        tags["og:url"] = urljoin(base, app.builder.get_target_uri(pagename))
        tags["og:image"] = urljoin(base, CARD)
        tags["og:image:alt"] = (
            "Deep learning for time series: a forecast of the weather"
        )
    lines = [f'<meta name="description" content="{about}">']
    lines += [
        f'<meta property="{name}" content="{text}">' for name, text in tags.items()
    ]
    lines.append('<meta name="twitter:card" content="summary_large_image">')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def write_map(app, exception):
    """Write ``sitemap.xml``, once the address is known."""
    base = app.config.html_baseurl
    if exception or not base or app.builder.format != "html":
        return
    pages = sorted(app.env.found_docs)
    urls = (urljoin(base, app.builder.get_target_uri(page)) for page in pages)
    entries = "\n".join(f"<url><loc>{html.escape(url)}</loc></url>" for url in urls)
    Path(app.outdir, "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{entries}\n</urlset>\n",
        encoding="utf-8",
    )


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_map)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
