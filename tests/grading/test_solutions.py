"""A solution to compare with is written on request, and tells no hidden test."""

import re

import nbformat
import pytest

from grading.__main__ import main
from grading.release.student_edition import leaks, secrets
from tests.exercises.harness import ROOT, SOLUTIONS, Run, is_by_hand, read
from tests.grading.class_of_ex01 import NAME, make_course

IN_WORDS = "ex02_networks"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("solutions") / "week-1"
    command = ["--root", str(ROOT), "solutions", str(folder), NAME, IN_WORDS]
    assert main(command) == 0
    return folder


def test_only_what_was_named_is_written_under_a_name_of_its_own(written):
    assert {path.name for path in written.iterdir()} == {NAME, IN_WORDS}
    names = {path.name for path in (written / NAME).iterdir()}
    assert names == {f"{NAME}_solution.ipynb", "target_boundary.png"}


def test_it_holds_the_solutions_and_no_hidden_test(written):
    secret = {text: about for text, about in secrets(ROOT).items() if NAME in about}
    found = leaks(written / NAME, secret)
    assert any(line.endswith("(solution)") for line in found)
    assert not [line for line in found if line.endswith("(hidden tests)")]
    for path in written.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert not re.search("### (BEGIN|END)|nbgrader", text)


def test_every_check_says_that_it_is_right(written):
    here = Run(nbformat.read(written / NAME / f"{NAME}_solution.ipynb", as_version=4))
    for cell in here.cells:
        here.execute(cell)
    assert here.result.errors == {}
    assert "checks give 20 of 20 points" in here.result.printed["so-far"]


def test_an_answer_in_words_is_a_model_answer(written):
    notebook = read(written / IN_WORDS / f"{IN_WORDS}_solution.ipynb")
    shown = {cell.id: cell.source for cell in notebook.cells}
    words = [cell for cell in read(SOLUTIONS[IN_WORDS]).cells if is_by_hand(cell)]
    assert words
    for cell in words:
        assert shown[cell.id] in cell.source
        assert len(shown[cell.id].split()) > 60


def test_it_is_never_written_by_chance(tmp_path, capsys):
    (tmp_path / "course").mkdir()
    root = make_course(tmp_path / "course")
    inside = root / "exercises"
    assert main(["--root", str(root), "solutions", str(inside), NAME]) == 2
    assert "lies within the course" in capsys.readouterr().err
    assert not inside.exists()
    outside = tmp_path / "new"
    assert main(["--root", str(root), "solutions", str(outside), "ex99"]) == 2
    assert "No assignment named 'ex99'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--root", str(root), "solutions", str(outside)])
    assert not outside.exists()
