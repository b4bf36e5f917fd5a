"""What stands in which section: for the book's search, and for its index of terms.

Each section of a page goes, as plain text without the source of formulas, into
``search-sections.js``, which the search page loads; it works from a file, too.  A term
that a chapter links to the glossary becomes an entry of the index, below the term.
"""

import json
import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

CHAPTER = re.compile(r"chapters/(\d+)_")
ENTRY = re.compile(r"^(\S.*)\n((?:  .*\n?)+)", re.MULTILINE)
SUMMARY = "Key points"
APART = (nodes.math_block, nodes.raw, nodes.comment, nodes.literal_block)


def glossary(app):
    """Read the terms of the glossary, and the chapters that introduce each."""
    text = Path(app.srcdir, "back", "glossary.md").read_text(encoding="utf-8")
    body = text.partition("```{glossary}\n")[2].partition("\n```")[0]
    app.env.course_terms = {
        name.casefold(): (name, re.findall(r"\d+", meaning.rpartition("[")[2]))
        for name, meaning in ENTRY.findall(body + "\n")
    }


def terms_of(section):
    """Return the terms that a section itself links to the glossary, in order."""
    links = (
        link
        for link in section.findall(addnodes.pending_xref)
        if link.get("reftype") == "term" and _section_of(link) is section
    )
    return list(dict.fromkeys(link["reftarget"].casefold() for link in links))


def bold(section):
    """Return what a section itself sets in bold, as the course does to define."""
    strong = section.findall(nodes.strong)
    return [each.astext().casefold() for each in strong if _section_of(each) is section]


def _section_of(node):
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def collect(app, doctree):
    """Keep a page's sections and terms, and enter the terms in the index."""
    env, name = app.env, app.env.docname
    env.course_sections = getattr(env, "course_sections", {})
    found, seen = [], set()
    chapter = CHAPTER.match(name)
    for section in doctree.findall(nodes.section):
        terms = terms_of(section)
        anchor, title = section["ids"][0], section[0].astext()
        found.append((anchor, title, text_of(section), [*terms, *bold(section)]))
        for term in terms if chapter else ():
            if term not in seen and term in env.course_terms:
                seen.add(term)
                _enter(env, env.course_terms[term][0], int(chapter[1]), anchor)
    env.course_sections[name] = found


def _enter(env, term, chapter, anchor):
    """Add a chapter's section below a term of the index."""
    entry = ("single", f"{term}; chapter {chapter}", anchor, "", None)
    env.get_domain("index").entries.setdefault(env.docname, []).append(entry)


def terms_alone(app, env):
    """Keep helpers out of the index, which would bury the terms under their names."""
    entries = env.get_domain("index").entries
    for name in entries:
        if name.startswith("back/reference/"):
            entries[name] = []


def text_of(section):
    """Return the words of a section without those of the sections below it."""
    words = []
    for block in section.findall(_is_block):
        if _section_of(block) is section:
            words.append("".join(map(str, _texts(block))))
    text = re.sub(r"\s+", " ", " ".join(words)).strip()
    return re.sub(r" (?=[.,;:)]+( |$))", "", text)  # where a citation was


def _is_block(node):
    return isinstance(node, nodes.paragraph | nodes.term)


def _texts(node):
    if isinstance(node, nodes.Text):
        yield node
    elif isinstance(node, nodes.math):
        yield "…"  # its source is for nobody
    elif not isinstance(node, APART) and node.get("refdomain") != "cite":
        for child in node.children:
            yield from _texts(child)


def write(app, exception):
    """Write what the search page reads."""
    if exception or app.builder.format != "html":
        return
    terms = app.env.course_terms
    lines = []
    for name, sections in sorted(app.env.course_sections.items()):
        page = app.env.titles[name].astext()
        chapter = CHAPTER.match(name)
        for anchor, title, text, linked in sections:
            taught = sorted(
                term
                for term in set(linked)
                if chapter
                and title != SUMMARY
                and str(int(chapter[1])) in terms.get(term, ("", []))[1]
            )
            address = f"{app.builder.get_target_uri(name)}#{anchor}"
            lines.append([address, page, title, text, taught])
    data = json.dumps(lines, ensure_ascii=False, separators=(",", ":"))
    file = Path(app.outdir, "search-sections.js")
    file.write_text(f"window.SECTIONS = {data};\n", encoding="utf-8")
    shutil.copy(Path(__file__).with_name("search.js"), app.outdir)


def purge(app, env, name):
    """Forget a page that is read again."""
    getattr(env, "course_sections", {}).pop(name, None)


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", glossary)
    app.connect("env-purge-doc", purge)
    app.connect("doctree-read", collect)
    app.connect("env-updated", terms_alone)
    app.connect("build-finished", write)
    return {"version": "1", "env_version": 1, "parallel_read_safe": False}
