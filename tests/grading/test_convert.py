"""What a run writes is what nbgrader's own commands write."""

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import CheckCellMetadata
from traitlets.config import Config

from grading.course import open_course
from grading.records import nbgrader_steps
from grading.release.release import register
from grading.run.run import grade
from grading.sandbox.choice import refusal
from tests.exercises.harness import ROOT
from tests.grading.class_of_ex01 import (
    HALF,
    NAME,
    answered,
    hand_in,
    make_course,
    reference,
)

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
STUDENT = "ann"


def joined(path):
    """Join what a kernel on a busy machine sends in several parts."""
    notebook, mode = nbformat.read(path, 4), path.stat().st_mode
    notebook, _ = CoalesceStreamsPreprocessor().preprocess(notebook, {})
    path.chmod(0o644)
    nbformat.write(notebook, path)
    path.chmod(mode)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return a course graded by nbgrader itself, and one graded by a run."""
    roots = [tmp_path_factory.mktemp(name) for name in ("stock", "ours")]
    right = reference()
    for root in roots:
        make_course(root)
        hand_in(root, STUDENT, answered({task: right[task] for task in HALF}))
        folder = root / "submitted" / STUDENT / NAME
        (folder / "notes.txt").write_text("mine")
        (folder / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    register(roots[0], NAME)
    with open_course(roots[0]) as api:
        assert api.autograde(NAME, STUDENT)["success"]
        joined(roots[0] / "autograded" / STUDENT / NAME / f"{NAME}.ipynb")
        assert api.generate_feedback(NAME, STUDENT)["success"]
    (verdict,) = grade(roots[1], report=lambda line: None)
    assert verdict.score == 9
    return roots


def pages(both):
    return [
        BeautifulSoup(
            (root / "feedback" / STUDENT / NAME / f"{NAME}.html").read_text("utf-8"),
            "html.parser",
        )
        for root in both
    ]


def test_the_same_files_lie_in_the_same_places_with_the_same_permissions(both):
    found = [
        {
            path.relative_to(root): path.stat().st_mode
            for kind in ("autograded", "feedback")
            for path in (root / kind).rglob("*")
        }
        for root in both
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 8


def about(cell):
    """Return a cell's metadata but the times of a kernel's messages."""
    return {name: value for name, value in cell.metadata.items() if name != "execution"}


def test_the_autograded_notebooks_are_alike(both):
    stock, ours = (
        nbformat.read(root / "autograded" / STUDENT / NAME / f"{NAME}.ipynb", 4)
        for root in both
    )
    assert ours.metadata == stock.metadata
    assert len(ours.cells) == len(stock.cells)
    for one, other in zip(ours.cells, stock.cells, strict=True):
        kinds = [[o.output_type for o in c.get("outputs", [])] for c in (one, other)]
        assert kinds[0] == kinds[1]
        told = [[o.get("evalue") for o in c.get("outputs", [])] for c in (one, other)]
        assert told[0] == told[1]
        assert about(one) == about(other)
        for name in ("id", "source", "cell_type", "execution_count"):
            assert one.get(name) == other.get(name)


def test_the_notebook_of_the_feedback_page_is_that_of_nbgrader(both):
    stock, ours = (page.select_one("#notebook-container") for page in pages(both))
    assert not ours.select(".celltag_so-far")
    stock.select_one(".celltag_so-far").decompose()  # what visible checks alone give
    kinds = [[t["class"] for t in p.select("div[class]")] for p in (stock, ours)]
    assert kinds[0] == kinds[1]
    code = [[pre.get_text() for pre in p.select(".input_area")] for p in (stock, ours)]
    assert code[0] == code[1]


def test_every_image_of_the_feedback_has_a_text(both):
    images = [[tag.get("alt") for tag in page("img")] for page in pages(both)]
    assert images[0] == images[1]
    assert all(images[1])


def test_the_gradebooks_are_alike(both):
    assert rows(both[0]) == rows(both[1])


def rows(root):
    """Return all that a gradebook says of the submission."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(NAME, STUDENT)
        (notebook,) = submission.notebooks
        grades = {g.name: (g.to_dict() | {"id": ""}) for g in notebook.grades}
        comments = {c.name: (c.to_dict() | {"id": ""}) for c in notebook.comments}
        return submission.to_dict() | {"id": ""}, grades, comments


def test_metadata_that_is_not_as_before_is_checked_again():
    source = nbformat.read(ROOT / "solutions" / NAME / f"{NAME}.ipynb", as_version=4)
    step = nbgrader_steps.made(CheckCellMetadata, Config())
    step(source, {})
    step(source, {})
    for cell in source.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            del cell.metadata.nbgrader["points"]
    with pytest.raises(ValidationError):
        step(source, {})
