"""The rendered book, built once, and a browser to look at it."""

import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.book.browser import find_chromium, open_page
from tests.book.visits import DARK, LIGHT, visit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    """Build the book as `make book` does, elsewhere; return the finished process."""
    target = tmp_path_factory.mktemp("book")
    program = Path(sys.executable).with_name("jupyter-book")
    options = ["--all", "-W", "-n", "--keep-going", "--path-output", target]
    done = subprocess.run(
        [program, "build", ROOT, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    done.site = target / "_build" / "html"
    return done


@pytest.fixture(scope="session")
def site(build):
    """Return the folder of the rendered book."""
    assert (build.site / "intro.html").is_file(), build.stdout[-3000:]
    return build.site


@pytest.fixture(scope="session")
def pages(site):
    """Return every page that a reader can open, parsed, by its path in the book."""
    found = [
        path
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts and path.name != "index.html"
    ]
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(
            path.read_text(encoding="utf-8"), "html.parser"
        )
        for path in found
    }


@pytest.fixture(scope="session")
def articles(pages):
    """Return the text of each page of the table of contents, without navigation."""
    bodies = {name: page.find("article") for name, page in pages.items()}
    apart = ("404.html", "genindex.html", "search.html")
    return {name: body for name, body in bodies.items() if body and name not in apart}


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Return a browser's page, or skip where there is no Chromium."""
    if find_chromium() is None:
        pytest.skip(
            "no Chromium on this machine, so no page was looked at in a browser; "
            "install one (Debian or Ubuntu: apt install chromium)"
        )
    with open_page(tmp_path_factory.mktemp("chromium")) as page:
        yield page


SETTLED = """
!document.getAnimations().some(a =>
  a instanceof CSSTransition && a.playState === "running")
"""


@pytest.fixture(scope="session")
def visits(browser, site, pages):
    """Return what the browser finds on every page, by its path in the book."""
    colours = {LIGHT: set(), DARK: set()}
    return {name: visit(browser, (site / name).as_uri(), colours) for name in pages}


@pytest.fixture
def look(browser, site):
    """Return a function that opens a page of the book and returns the browser."""

    def open_(name, *, width=1200, theme="light"):
        browser.resize(width)
        browser.open((site / name).as_uri())
        browser.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        browser.wait(SETTLED)  # a button whose colour is on its way has neither
        return browser

    return open_
