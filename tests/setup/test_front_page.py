"""What README, CONTRIBUTING, the Makefile and the workflow promise exists."""

import importlib.util
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

import utils

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", "CONTRIBUTING.md"]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split()


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def code(page):
    """Return a page's code, blocks and spans."""
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    return [line for block in blocks for line in block.splitlines()] + spans


def sections(page):
    """Return the text below each heading of the second level."""
    parts = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


# --- Makefile ----------------------------------------------------------------------


def recipes():
    pattern = r"^([a-z]+):(.*?)(?: ## (.+))?\n((?:\t.+\n)+)"
    return {name: rest for name, *rest in re.findall(pattern, MAKEFILE, re.MULTILINE)}


@pytest.mark.parametrize("target", TARGETS)
def test_help_has_a_line_for_every_target(target):
    _, line, _ = recipes()[target]
    assert 10 < len(line) < 75


@pytest.mark.parametrize("target", sorted(set(TARGETS) - {"help", "setup", "clean"}))
def test_every_target_sets_the_environment_up_first(target):
    before, _, _ = recipes()[target]
    assert before.split() == ["setup"]


def test_no_target_is_left_out():
    assert sorted(recipes()) == sorted(TARGETS)


@pytest.mark.parametrize("module", re.findall(r"\$\(PY\) -m ([\w.]+)", MAKEFILE))
def test_every_module_that_a_target_runs_exists(module):
    assert importlib.util.find_spec(module) is not None


# --- pages -------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_make_command_of_a_page_exists(page):
    pattern = r"^(?:\w+=\S+ )*make (\w+)"
    named = set(re.findall(pattern, "\n".join(code(read(page))), re.MULTILINE))
    assert named
    assert named <= set(TARGETS)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page):
    text = read(page)
    names = re.findall(r"\]\(([^):#]+)\)", text)
    names += [span for span in code(text) if re.fullmatch(r"[\w./-]+", span)]
    made = ("_build", ".venv", "submitted", "gradebook.db", "feedback")
    for name in names:
        path_like = "/" in name or re.search(r"\.(md|toml|yml|lock|cff|py)$", name)
        if path_like and not name.startswith(made) and "NN" not in name:
            assert (ROOT / name).exists(), name


def test_the_readme_has_the_two_commands_first():
    first = re.search(r"```sh\n(.*?)```", read("README.md"), re.DOTALL)[1]
    assert re.findall(r"^(make \w+)", first, re.MULTILINE) == ["make book", "make test"]
    clone, enter, *_ = first.splitlines()
    (folder,) = re.findall(r"^git clone ADDRESS ([\w-]+)", clone)
    assert enter == f"cd {folder}"


def test_each_audience_gets_at_most_three_commands():
    readme = sections(read("README.md"))
    for audience in ("Read", "Study", "Teach", "Contribute"):
        blocks = re.findall(r"```sh\n(.*?)```", readme[audience], re.DOTALL)
        assert sum(len(block.splitlines()) for block in blocks) <= 3


# --- citation, changes, continuous integration -------------------------------------


def test_the_citation_names_this_version_and_its_licences():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == utils.__version__
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
    assert {"message", "title", "authors"} <= set(citation)


def test_each_licence_says_what_it_is():
    assert read("LICENSE").startswith("MIT License")
    assert "Creative Commons Attribution 4.0 International" in read("LICENSE-text")


def test_the_changelog_speaks_of_this_version_or_of_the_next():
    heading = re.search(r"^## \[(.+?)\]", read("CHANGELOG.md"), re.MULTILINE)[1]
    assert heading in {"Unreleased", utils.__version__}


def test_the_workflow_runs_the_two_commands_on_every_supported_python():
    workflow = yaml.safe_load(read(".github/workflows/course.yml"))
    course = workflow["jobs"]["course"]
    commands = [step["run"] for step in course["steps"] if "run" in step]
    assert commands == ["make book", "make test"]
    supported = SpecifierSet(
        tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    )
    assert course["strategy"]["matrix"]["python"] == [
        f"3.{minor}" for minor in range(20) if supported.contains(f"3.{minor}")
    ]


def test_the_bare_machine_script_ends_with_the_two_commands():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert read(".ci/run").splitlines()[-2:] == ["make book", "make test"]
