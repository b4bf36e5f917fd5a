"""A course with one small assignment, for tests of how a class is run."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.exercises.harness import ROOT

NAME = "small"
DOUBLE = "def double(x):\n    {}"
ANSWERS = {  # what the two tasks score
    "right": ("return 2 * x", "return x * x", 5),
    "first": ("return 2 * x", "return x", 2),
    "second": ("return x", "return x * x", 3),
    "none": ("return x", "return x", 0),
}
CHECKS = {
    "double": "assert double(4) == 8, 'Double it.'",
    "square": "assert square(3) == 9, 'Square it.'",
}


def make_course(root, *, settings="", checks=CHECKS):
    """Write a course's settings and its assignment; return its directory."""
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config + settings, encoding="utf-8")
    folder = root / "solutions" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    source = notebook(ANSWERS["right"], checks, hidden=True)
    nbformat.write(source, folder / f"{NAME}.ipynb")
    return root


def notebook(answer, checks=CHECKS, *, hidden=False):
    """Return the assignment with two answers: the source, or what is handed in."""
    names, points = ("double", "square"), (2, 3)
    cells = [new_markdown_cell("Two tasks."), new_code_cell("import math")]
    for name, line, worth in zip(names, answer, points, strict=False):
        task = line if "\n" in line else f"def {name}(x):\n    {line}"
        test = f"# Checks for {name}."
        if hidden:
            task = f"### BEGIN SOLUTION\n{task}\n### END SOLUTION"
            test += f"\n### BEGIN HIDDEN TESTS\n{checks[name]}\n### END HIDDEN TESTS"
        cells.append(_cell(task, f"task-{name}", solution=True))
        cells.append(_cell(test, f"test-{name}", grade=True, points=worth))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(source, name, **about):
    """Return a cell with nbgrader's marks."""
    given = {"grade": False, "solution": False, "locked": "points" in about, **about}
    cell = new_code_cell(source)
    cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **given}
    return cell


def hand_in(root, student, answer):
    """Put an answer where a student's submission belongs."""
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(answer), folder / f"{NAME}.ipynb")


def hand_in_class(root, size):
    """Hand in so many submissions; return what each must score."""
    kinds = list(ANSWERS.values())
    scores = {}
    for number in range(size):
        answer = kinds[number % len(kinds)]
        student = f"student{number:04d}"
        hand_in(root, student, answer[:2])
        scores[student] = answer[2]
    return scores
