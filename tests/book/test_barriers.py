"""No page has a barrier that axe-core calls serious or critical, in either theme."""

import importlib.resources
import json

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js")
LIGHT = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
DARK = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # colours
PATIENCE = 900  # seconds, of a busy machine
KNOWN = {
    ("summary-name", ".bd-sidenav summary"): "the theme's arrows have no name",
    ("aria-required-children", ".citation-list"): "Sphinx's list names no items",
    ("summary-name", ".dlts-quiz summary:has(mjx-assistive-mml)"): (
        "an answer that is a formula is read from its MathML; axe-core reads none"
    ),
}
"""Findings that are not the pages' own, by rule and selector, and why."""

RUN = """
axe.run(document, {
  runOnly: %s, resultTypes: ["violations"], elementRef: true,
}).then(results => {
  window.barriers = results.violations
    .filter(rule => ["serious", "critical"].includes(rule.impact))
    .flatMap(rule => rule.nodes.map(node => ({
      rule: rule.id, help: rule.help, html: node.html.slice(0, 120),
      known: (%s)[rule.id]?.some(known => node.element.matches(known)) ?? false,
    })));
}), 1
"""


def barriers(page, rules):
    """Return what axe-core finds in an open page and nobody has listed."""
    selectors = {}
    for rule, selector in KNOWN:
        selectors.setdefault(rule, []).append(selector)
    page.evaluate("window.barriers = null, 1")
    page.evaluate(RUN % (json.dumps(rules), json.dumps(selectors)))
    page.wait("window.barriers !== null", seconds=PATIENCE)
    return [found for found in page.evaluate("window.barriers") if not found["known"]]


def test_no_page_has_a_serious_barrier_in_either_theme(look, articles):
    faults = []
    for name in articles:
        for theme, rules in (("light", LIGHT), ("dark", DARK)):
            page = look(name, theme=theme)
            page.evaluate(
                "for (const box of document.querySelectorAll("
                "'.bd-article details')) box.open = true"
            )
            page.evaluate(AXE.read_text(encoding="utf-8") + ";1")
            faults += [
                f"{name}, {theme}: {found['html']}: {found['help']} ({found['rule']})"
                for found in barriers(page, rules)
            ]
    assert not faults, "\n".join(faults)
