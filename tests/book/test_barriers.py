"""No page has a barrier that axe-core calls serious or critical."""

import importlib.resources
import json

import pytest

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js")
BY_COLOUR = ["color-contrast", "link-in-text-block"]
COLOURS = {"runOnly": {"type": "rule", "values": BY_COLOUR}}
STRUCTURE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {rule: {"enabled": False} for rule in BY_COLOUR},
}
KINDS = (
    "intro.html",
    "chapters/02_networks.html",
    "exercises/ex01_perceptron/ex01_perceptron.html",
    "back/reproduction.html",
    "back/reference/metrics.html",
)
"""Pages that show every colour; measured, their contrasts take ten seconds a page."""

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


def barriers(page, rules):
    """Return what axe-core finds in an open page and nobody has listed."""
    selectors = {}
    for rule, selector in KNOWN:
        selectors.setdefault(rule, []).append(selector)
    page.evaluate("window.barriers = null, 1")
    page.evaluate(RUN % (json.dumps(rules), json.dumps(selectors)))
    page.wait("window.barriers !== null", seconds=PATIENCE)
    return [found for found in page.evaluate("window.barriers") if not found["known"]]


def findings(page, rules):
    """Return what axe-core finds with every fold of the page open, as sentences."""
    page.evaluate(
        "for (const box of document.querySelectorAll('.bd-article details')) "
        "box.open = true"
    )
    page.evaluate(AXE.read_text(encoding="utf-8") + ";1")
    return [
        f"{found['html']}: {found['help']} ({found['rule']})"
        for found in barriers(page, rules)
    ]


def test_no_page_has_a_serious_barrier(look, articles):
    faults = {name: findings(look(name), STRUCTURE) for name in articles}
    assert not {name: found for name, found in faults.items() if found}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", KINDS)
def test_words_and_links_stand_out_on_a_page_of_each_kind(look, name, theme):
    assert findings(look(name, theme=theme), COLOURS) == []
