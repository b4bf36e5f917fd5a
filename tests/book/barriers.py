"""What axe-core finds on a page: barriers for those who see or point differently."""

import importlib.resources
import json
from pathlib import Path

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js")
SAMPLES = Path(__file__).with_name("colours.js")
BY_COLOUR = ["color-contrast", "link-in-text-block"]
COLOURS = {"runOnly": {"type": "rule", "values": BY_COLOUR}}
STRUCTURE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {rule: {"enabled": False} for rule in BY_COLOUR},
}
PATIENCE = 900  # seconds, of a busy machine
KNOWN = {
    ("aria-required-children", ".citation-list"): "Sphinx's list names no items",
    ("summary-name", ".dlts-quiz summary:has(mjx-assistive-mml)"): (
        "an answer that is a formula is read from its MathML; axe-core reads none"
    ),
}
"""Findings that are not the pages' own, by rule and selector, and why."""

RUN = """
axe.run(%s, {
  ...%s, resultTypes: ["violations"], elementRef: true,
}).then(results => {
  window.barriers = results.violations
    .filter(rule => ["serious", "critical"].includes(rule.impact))
    .flatMap(rule => rule.nodes.map(node => ({
      rule: rule.id, help: rule.help, html: node.html.slice(0, 120),
      known: (%s)[rule.id]?.some(known => node.element.matches(known)) ?? false,
    })));
}), 1
"""


def prepare(page):
    """Bring axe-core to an open page."""
    page.evaluate(AXE.read_text(encoding="utf-8") + ";1")


def of_structure(page):
    """Return what bars a reader from a prepared page, whatever its colours."""
    return _barriers(page, "document", STRUCTURE)


def of_colours(page, theme, seen):
    """Return which words or links of a prepared page, all still, do not stand out.

    One element is looked at for each way of colouring that is not in `seen`, a set
    that grows by these: a page whose words all look like others' takes no time.
    """
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    page.evaluate(f"window.samples = {SAMPLES.read_text(encoding='utf-8')}; 1")
    new = set(page.evaluate("[...samples.keys()]")) - seen
    seen |= new
    if not new:
        return []
    elements = f"{json.dumps(sorted(new))}.map(looks => samples.get(looks))"
    return _barriers(page, f"{{include: {elements}}}", COLOURS)


def _barriers(page, context, rules):
    """Return what axe-core finds in a part of a page and nobody has listed."""
    selectors = {}
    for rule, selector in KNOWN:
        selectors.setdefault(rule, []).append(selector)
    page.evaluate("window.barriers = null, 1")
    page.evaluate(RUN % (context, json.dumps(rules), json.dumps(selectors)))
    page.wait("window.barriers !== null", seconds=PATIENCE)
    return [
        f"{found['html']}: {found['help']} ({found['rule']})"
        for found in page.evaluate("window.barriers")
        if not found["known"]
    ]
