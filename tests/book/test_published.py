"""One address turns on everything that needs to know where the course can be had."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from unittest.mock import Mock

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from IPython.core.inputtransformer2 import TransformerManager
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from tests.book.conftest import ROOT

ADDRESS = "https://github.com/someone/course"
COLAB = "https://colab.research.google.com"
PAGE = "exercises/ex01_some/ex01_some"


def project(folder):
    """Write a book of one page and one exercise."""
    (folder / "exercises" / "ex01_some").mkdir(parents=True)
    cells = [
        nbformat.v4.new_markdown_cell("# Some exercise\n\nIt asks for one function."),
        nbformat.v4.new_code_cell("1 + 1"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / f"{PAGE}.ipynb")
    text = f"# A book\n\nIt has one page.\n\n```{{toctree}}\n{PAGE}\n```\n"
    (folder / "index.md").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "_templates", folder / "_templates")


def build(folder, address):
    """Build the book of `project` with an address; return its folder of pages."""
    options = {"repository_url": address} if address else {}
    settings = {
        "extensions": ["myst_nb", "sphinx_book_theme", "address", "cards"],
        "html_theme": "sphinx_book_theme",
        "html_theme_options": options,
        "html_title": "A book",
        "nb_execution_mode": "off",
        "templates_path": ["_templates"],
        "html_additional_pages": {"404": "404.html"},
        "exclude_patterns": ["_templates", "out"],
    }
    out = folder / "out"
    Sphinx(folder, None, out, out / "doctrees", "html", settings, status=None).build()
    return out


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """Return the folder of pages without an address, and with one."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(ROOT / "_ext"), *sys.path])
        patch.delenv("COURSE_ADDRESS", raising=False)
        for address in ("", ADDRESS):
            folder = tmp_path_factory.mktemp("book")
            project(folder)
            found[address] = build(folder, address)
    return found


def read(site, name):
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


def test_the_buttons_are_there_with_an_address_and_not_without(sites):
    wanted = {
        "Repository": ADDRESS,
        "Open issue": f"{ADDRESS}/issues/new",
        "Show source": f"{ADDRESS}/blob/main/{PAGE}.ipynb",
        "Binder": "https://mybinder.org/v2/gh/someone/course/main",
        "Colab": f"{COLAB}/github/someone/course/blob/notebooks/{PAGE}.ipynb",
    }
    page = read(sites[ADDRESS], f"{PAGE}.html")
    links = {link.text.strip(): link["href"] for link in page.select("a[href]")}
    for name, start in wanted.items():
        assert links[name].startswith(start), name
    plain = read(sites[""], f"{PAGE}.html")
    assert not {link.text.strip() for link in plain.select("a")} & set(wanted)


def test_an_exercise_says_how_to_work_it(sites):
    plain, published = (read(site, f"{PAGE}.html") for site in sites.values())
    for page in (plain, published):
        box = page.select_one(".how-to-work").text
        assert "make lab" in box
        assert f"{PAGE}.ipynb" in box
    assert f"git clone {ADDRESS}" in published.select_one(".how-to-work").text
    assert "git clone" not in plain.select_one(".how-to-work").text
    assert not read(sites[""], "index.html").select(".how-to-work")


def test_a_lone_notebook_begins_with_what_it_needs_and_one_line_that_gets_it(sites):
    for address, site in sites.items():
        path = site / "_sources" / f"{PAGE}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        title, needs, line, *rest = notebook.cells
        assert title.source.startswith("# ")
        assert "Python 3.11 to 3.13" in needs.source
        assert ("installs it" in needs.source) == bool(address)
        assert line.id == "get-the-course"
        assert [cell.source for cell in rest] == ["1 + 1"]
        assert json.loads(path.read_text(encoding="utf-8"))["nbformat"] == 4


def first_cell(site):
    """Return the code that a kernel runs for a lone notebook's first code cell."""
    notebook = nbformat.read(site / "_sources" / f"{PAGE}.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == "get-the-course")
    return TransformerManager().transform_cell(cell.source)


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_a_lone_notebook_installs_nothing_where_the_course_is(sites, address):
    exec(first_cell(sites[address]), {})  # without a kernel, pip would be a NameError


def test_a_lone_notebook_gets_the_package_that_it_misses(sites, monkeypatch):
    kernel = Mock()
    monkeypatch.setitem(sys.modules, "utils", None)
    monkeypatch.setitem(sys.modules, "utils.book", None)
    exec(first_cell(sites[ADDRESS]), {"get_ipython": lambda: kernel})
    kernel.run_line_magic.assert_called_once_with(
        "pip", f'install --quiet "git+{ADDRESS}"'
    )


def test_a_lone_notebook_without_an_address_says_which_line_to_run(sites, monkeypatch):
    monkeypatch.setitem(sys.modules, "utils", None)
    monkeypatch.setitem(sys.modules, "utils.book", None)
    with pytest.raises(SystemExit, match="%pip install --quiet FOLDER_OF_THE_COURSE"):
        exec(first_cell(sites[""]), {})


def test_the_workflow_keeps_the_equipped_notebooks_where_colab_looks(sites, tmp_path):
    text = (ROOT / ".github" / "workflows" / "course.yml").read_text(encoding="utf-8")
    job = yaml.safe_load(text)["jobs"]["notebooks"]
    assert job["permissions"] == {"contents": "write"}
    with tarfile.open(tmp_path / "artifact.tar", "w") as artifact:
        artifact.add(sites[ADDRESS], ".")
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "--quiet", "--bare", repository], check=True)
    instead = {  # of GitHub
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://x-access-token:secret@github.com/someone/course",
    }
    environment = {"GITHUB_REPOSITORY": "someone/course", "TOKEN": "secret", **instead}
    subprocess.run(
        ["bash", "-e", "-c", job["steps"][-1]["run"]],
        cwd=tmp_path,
        env={**os.environ, **environment},
        check=True,
    )
    looked_for = [f"notebooks:{PAGE}.ipynb"]  # a branch, and a path in it
    kept = subprocess.run(
        ["git", "-C", repository, "show", *looked_for], capture_output=True, check=True
    )
    assert kept.stdout == (sites[ADDRESS] / "_sources" / f"{PAGE}.ipynb").read_bytes()


def test_a_published_page_has_a_card_and_its_place_on_the_map(sites):
    published, plain = (read(sites[key], f"{PAGE}.html") for key in (ADDRESS, ""))
    base = "https://someone.github.io/course/"
    tags = {tag["property"]: tag["content"] for tag in published.select("[property]")}
    assert tags["og:title"] == "Some exercise"
    assert tags["og:description"] == "It asks for one function."
    assert tags["og:url"] == f"{base}{PAGE}.html"
    assert tags["og:image"] == f"{base}_static/card.png"
    assert not plain.select('[property="og:url"]')
    found = (sites[ADDRESS] / "sitemap.xml").read_text(encoding="utf-8")
    assert found.count("<loc>") == 2
    assert f"<loc>{base}{PAGE}.html</loc>" in found
    assert not (sites[""] / "sitemap.xml").exists()


def test_the_page_for_a_wrong_address_finds_its_way_from_any_depth(sites):
    assert read(sites[ADDRESS], "404.html").base["href"] == (
        "https://someone.github.io/course/"
    )
    page = read(sites[""], "404.html")
    assert page.base is None
    for link in page.select("article li a"):
        assert (sites[""] / link["href"]).is_file()


def test_an_address_that_leads_nowhere_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT / "_ext"), *sys.path])
    project(tmp_path)
    with pytest.raises(ConfigError, match="must look like"):
        build(tmp_path, "github.com/someone")
