"""Honest work gets the same points as with stock nbgrader, cell by cell.

The assignment has a task of every kind of `tests.grading.kinds`.
``python -m tests.grading.test_kinds`` prints the table.
"""

import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from grading.__main__ import main as command_line
from grading.course import open_course
from grading.execution.judge import NOT_PROOF
from grading.records import journal
from grading.run.run import calibrations, grade
from grading.sandbox.choice import refusal
from tests.exercises.harness import ROOT
from tests.grading.kinds import FILES, KINDS

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
NAME, POINTS = "kinds", 2
PARTS = {("wrong", "partial-credit"): 1.0}


def notebook(answer, *, hidden=False, kinds=KINDS):
    """Return the assignment with right or wrong answers, or its source."""
    cells = []
    for kind, task in kinds.items():
        source, test = getattr(task, answer), f"# Checks of {kind}."
        if hidden:
            source = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
            test += f"\n### BEGIN HIDDEN TESTS\n{task.test}\n### END HIDDEN TESTS"
        cells.append(_cell(source, kind, solution=True))
        cells.append(_cell(test, f"test-{kind}", grade=True, points=POINTS))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(source, name, **about):
    about = {"grade": False, "solution": False, "locked": "points" in about, **about}
    cell = new_code_cell(source, id=name)
    cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **about}
    return cell


def make_course(root):
    """Write the course, and hand in a right and a wrong submission."""
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    beside = root / "solutions" / NAME
    write(beside, notebook("right", hidden=True), FILES)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    more = {"timestamp.txt": b"2026-11-30 10:00:00 UTC\n", "notes/a+b.md": b"Mine."}
    for answer in ("right", "wrong"):
        write(root / "submitted" / answer / NAME, notebook(answer), {**FILES, **more})
    return root


def write(folder, made, files):
    """Write a notebook, and files beside it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    nbformat.write(made, folder / f"{NAME}.ipynb")


def by_stock(root):
    """Return the points by student and test, as stock nbgrader gives them."""
    with open_course(root) as api:
        assert api.generate_assignment(NAME)["success"]
        for student in ("right", "wrong"):
            found = api.autograde(NAME, student)
            assert found["success"], found
    return points(root)


def points(root):
    """Return the points by student and test that the gradebook holds."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {
            (student, entry.name.removeprefix("test-")): entry.auto_score
            for student in ("right", "wrong")
            for entry in book.find_submission_notebook(NAME, NAME, student).grades
        }


def both(folder):
    """Return what stock nbgrader and this engine give, and what was decided."""
    stock, ours = (make_course(Path(folder, way)) for way in ("stock", "ours"))
    grade(ours, report=lambda line: None, jobs=1)
    ((_, where),) = calibrations(ours)
    found = SimpleNamespace(ours=points(ours), where=where, root=ours)
    found.stock = by_stock(stock)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return both(tmp_path_factory.mktemp("a course"))


def test_every_cell_has_the_points_of_stock_nbgrader(found):
    assert found.ours == found.stock


def test_right_answers_are_right_and_wrong_ones_wrong(found):
    expected = {(s, kind): POINTS * (s == "right") for s, kind in found.ours}
    assert found.ours == {**expected, **PARTS}


def test_a_test_runs_inside_only_where_it_has_to(found):
    ways = {f"test-{kind}": task.way for kind, task in KINDS.items() if task.way}
    assert found.where.ways == ways


def test_the_records_say_which_scores_can_be_forged(found):
    for verdict in journal.latest(found.root).values():
        assert verdict.status == "graded"
        assert list(verdict.marks) == [
            f"{name}: {NOT_PROOF}"
            for name in found.where.tests
            if name in found.where.ways
        ]
        folder = found.root / "autograded" / verdict.student / NAME
        shown = nbformat.read(folder / f"{NAME}.ipynb", as_version=4).cells[0]
        assert NOT_PROOF in shown.source
        page = found.root / "feedback" / verdict.student / NAME / f"{NAME}.html"
        assert NOT_PROOF not in page.read_text(encoding="utf-8")


def test_an_instructor_sees_which_tests_are_which(found, monkeypatch, capsys):
    monkeypatch.setattr("grading.run.assignment.calibrate", None)  # it is known
    assert command_line(["--root", str(found.root), "calibrate"]) == 0
    decided = capsys.readouterr().out
    assert f"of {len(KINDS)} tests run outside the sandbox." in decided
    assert "Inside it, so not forgery-proof: test-deletes, test-patches," in decided
    command_line(["--root", str(found.root), "status"])
    assert decided in capsys.readouterr().out


def main():
    """Print what stock nbgrader and this engine give, and where the tests ran."""
    with tempfile.TemporaryDirectory() as folder:
        found = both(folder)
    for kind in KINDS:
        cells = [
            (way[s, kind])
            for s in ("right", "wrong")
            for way in (found.stock, found.ours)
        ]
        where = found.where.ways.get(f"test-{kind}", "outside")
        print(kind, *cells, where, sep="\t")


if __name__ == "__main__":
    main()
