"""A small class is graded from end to end and gets what it deserves."""

import html
import re
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook, MissingEntry

from grading.run.run import grade, table
from grading.sandbox.choice import refusal
from tests.grading.class_of_ex01 import (
    BROKEN,
    NAME,
    REPAIRED,
    SCORES,
    STOPPED,
    TESTS,
    hand_in_class,
    make_course,
)
from tests.waiting import patience

WHY = refusal()
caged = pytest.mark.skipif(WHY is not None, reason=str(WHY))
SECONDS = round(patience(10))
IMPATIENT = f"""
c.Sandbox.limits = {{"*": {{"cell_seconds": {SECONDS}}}}}
c.Execute.timeout = {SECONDS}
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = make_course(tmp_path_factory.mktemp("a course"))
    hand_in_class(root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + IMPATIENT)
    lines = []
    verdicts = grade(root, [NAME], report=lines.append, unsafe=WHY is not None)
    found = {verdict.student: verdict for verdict in verdicts}
    return SimpleNamespace(root=root, verdicts=found, lines=lines)


@pytest.fixture
def gradebook(course):
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        yield gradebook


def feedback(course, student):
    """Return the feedback page of a student without its markup."""
    page = course.root / "feedback" / student / NAME / f"{NAME}.html"
    return re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))


def test_every_submission_ends_in_one_verdict(course):
    assert set(course.verdicts) == {*SCORES, *STOPPED, *BROKEN}
    problems = {name for name, found in course.verdicts.items() if found.needs_person}
    assert problems - set(STOPPED) == set(BROKEN)


@caged
@pytest.mark.parametrize("student", STOPPED)
def test_what_stops_one_task_costs_that_task_alone(course, gradebook, student):
    status, _, said = STOPPED[student]
    assert course.verdicts[student].result == f"17 of 20 ({status})"
    submission = gradebook.find_submission_notebook(NAME, NAME, student)
    scores = {entry.name: entry.score for entry in submission.grades}
    assert scores == {**TESTS, "test-1-3-boundary": 0}
    assert said in feedback(course, student)


@pytest.mark.parametrize("student", SCORES)
def test_the_gradebook_holds_the_exact_points_of_every_task(gradebook, student):
    submission = gradebook.find_submission_notebook(NAME, NAME, student)
    scores = {entry.name: entry.score for entry in submission.grades}
    assert scores == SCORES[student]
    assert {entry.name: entry.max_score for entry in submission.grades} == TESTS
    assert not any(entry.needs_manual_grade for entry in submission.grades)


@pytest.mark.parametrize("student", SCORES)
def test_the_verdict_gives_the_score_of_the_gradebook(course, student):
    total = sum(SCORES[student].values())
    assert course.verdicts[student].result == f"{total} of {sum(TESTS.values())}"


@pytest.mark.parametrize("student", REPAIRED)
def test_what_was_put_right_is_in_the_records_and_in_the_feedback(course, student):
    repairs = course.verdicts[student].repairs
    assert any(REPAIRED[student] in line for line in repairs)
    page = feedback(course, student)
    assert all(line.replace("`", "") in html.unescape(page) for line in repairs)


@pytest.mark.parametrize("student", BROKEN)
def test_a_broken_submission_is_named_with_cause_and_remedy(course, student):
    verdict = course.verdicts[student]
    assert verdict.result == "needs a person"
    assert BROKEN[student] in verdict.detail
    assert len(verdict.remedy) > 20


@pytest.mark.parametrize("student", BROKEN)
def test_a_broken_submission_is_never_a_silent_zero(gradebook, student):
    try:
        submission = gradebook.find_submission_notebook(NAME, NAME, student)
    except MissingEntry:
        return
    assert all(entry.needs_manual_grade for entry in submission.grades)


def test_one_line_of_progress_for_each_submission(course):
    total = len(SCORES) + len(STOPPED) + len(BROKEN)
    assert len(course.lines) == total
    for number, line in enumerate(course.lines, start=1):
        assert line.startswith(f"[{number}/{total}] {NAME} ")


def test_the_summary_names_everyone_and_counts_those_who_need_a_person(course):
    lines = table(list(course.verdicts.values()))
    for student, verdict in course.verdicts.items():
        assert any(student in line and verdict.result in line for line in lines)
    need = sum(verdict.needs_person for verdict in course.verdicts.values())
    assert f"{len(course.verdicts) - need} graded, {need} need a person." in lines


@pytest.mark.parametrize("student", SCORES)
def test_feedback_hides_the_hidden_tests(course, student):
    page = feedback(course, student)
    assert "HIDDEN TESTS" not in page
    assert "rng.uniform(0.5, 2, size=2)" not in page
    assert "Checks for task 1.3" in page


def test_feedback_says_what_is_wrong_and_what_to_reread(course):
    page = feedback(course, "wrong")
    assert "A neuron has one bias, not one per input" in page
    assert "To reread: objective 1.4 in chapter 1" in page
    assert "not attempted yet" not in page
    assert "AssertionError" not in page
    assert feedback(course, "empty").count("not attempted yet.") == len(TESTS)


def test_no_released_file_was_touched_by_grading(course):
    assert not (course.root / "exercises").exists()
    before = {"nbgrader_config.py", "solutions", "submitted"}
    made = {"autograded", "calibration.json", "feedback"}
    made |= {"gradebook.db", "journal.jsonl"}
    assert {path.name for path in course.root.iterdir()} == before | made
