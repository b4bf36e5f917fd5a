"""The archive of a release is the whole book, and works where it is unpacked."""

import zipfile
from urllib.parse import unquote, urlsplit

import pytest

from tools.archive import LEFT_OUT, NAME, pack


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    """Return the folder of the book as it comes out of its archive."""
    target = tmp_path_factory.mktemp("release") / "book.zip"
    pack(site, target)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(target.parent)
    assert {path.name for path in target.parent.iterdir()} == {NAME, "book.zip"}
    return target.parent / NAME


def files(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def test_it_holds_the_whole_book_and_nothing_else(site, unpacked):
    assert {path.as_posix() for path in files(site) - files(unpacked)} <= LEFT_OUT
    assert files(unpacked) <= files(site)


def test_whatever_a_page_asks_for_is_in_it(unpacked, pages):
    for name, page in pages.items():
        if name == "404.html":
            continue  # shown for a wrong address, so its own is not that of its file
        asked = {
            part.get("src") or part["href"] for part in page.select("[src], [href]")
        }
        for address in map(urlsplit, asked):
            if not address.scheme and address.path:
                file = unpacked.joinpath(name).parent / unquote(address.path)
                assert file.is_file(), f"{name}: {address.path}"


def test_search_quiz_and_figure_work_from_the_unpacked_folder(browser, unpacked):
    browser.open((unpacked / "search.html").as_uri() + "?q=perceptron")
    browser.wait("document.querySelector('#search-results li a') !== null")
    browser.evaluate("document.querySelector('#search-results li a').click()")
    browser.wait("document.querySelector('.dlts-explore input') !== null")
    assert browser.evaluate("location.pathname").startswith(unpacked.as_posix())
    image = "document.querySelector('.dlts-explore img').src"
    first = browser.evaluate(image)
    browser.evaluate("document.querySelector('.dlts-explore input').focus()")
    browser.press("End")
    browser.wait(f"{image} !== {first!r}")
    browser.evaluate("document.querySelector('.dlts-quiz summary').click()")
    assert browser.evaluate("document.querySelector('.dlts-quiz details').open")


def test_what_was_not_built_is_not_packed(tmp_path):
    with pytest.raises(ValueError, match="has no index"):
        pack(tmp_path, tmp_path / "book.zip")
