"""The exercises accept every right answer and name what is wrong with the others.

A made-up student makes one known mistake in every task, and then puts one answer after
another right. So every wrong answer of a bank runs, its check as well, and must cost
its own points; and every reference runs behind all those mistakes and must lose none.
"""

import copy
import functools
import re

import pytest

from tests.exercises.harness import (
    RELEASES,
    SOLUTIONS,
    Run,
    grade_id,
    graded,
    is_given,
    is_look,
    read,
    run,
    task_of,
)
from tests.exercises.harness import test_of as its_test
from tests.exercises.seeds import bank
from utils.checks import NotAttempted, NotYetRight
from utils.data import weather

SOURCES = {name: read(path) for name, path in SOLUTIONS.items()}
BANKS = {name: bank(name) for name in SOLUTIONS}


@pytest.fixture(autouse=True, scope="module")
def _weather_made_once():
    """Simulate the same weather once for all runs, as it takes most of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weather, "simulate", functools.cache(weather.simulate))
        yield


def answers(kind):
    """Return every bank entry of a kind as (exercise, solution cell, name) cases."""
    return [
        pytest.param(exercise, task, name, id=f"{task}: {name}")
        for exercise, bank in BANKS.items()
        for task, entry in bank.items()
        for name in getattr(entry, kind)
    ]


def rounds(kind):
    """Return how many students it takes to give every answer of a kind once."""
    return [
        (exercise, number)
        for exercise, bank in BANKS.items()
        for number in range(max(len(getattr(entry, kind)) for entry in bank.values()))
    ]


def full_marks(exercise):
    return graded(SOURCES[exercise])


def given(exercise, kind, number):
    """Return one answer of a kind to every task: the source, by solution cell."""
    found = {}
    for task, entry in BANKS[exercise].items():
        listed = list(getattr(entry, kind).values())
        one = listed[number % len(listed)]
        found[task] = one if isinstance(one, str) else one[0]
    return found


def place(exercise, task, kind, name):
    """Return which student gives the answer of that name."""
    return list(getattr(BANKS[exercise][task], kind)).index(name)


@functools.cache
def other_ways(exercise, number):
    """Return the result of a student who answers every task in another way."""
    return run(SOURCES[exercise], answers=given(exercise, "right", number))


@functools.cache
def mistakes_of(exercise, number):
    """Return the result of a student who makes a mistake in every task.

    And the points for each reference that then takes the place of one mistake.
    """
    mistakes, points = given(exercise, "wrong", number), {}
    here = Run(SOURCES[exercise])
    for cell in here.cells:
        if not is_look(cell):
            here.execute(cell, mistakes.get(grade_id(cell)))
    mistaken = copy.deepcopy(here.result)
    for task, mistake in mistakes.items():
        points[its_test(task)] = here.answer(task)
        here.execute(here.cell(task), mistake)
    return mistaken, points


def on_own_data():
    """Return the tasks, with their exercises, whose data are drawn from an id."""
    return [
        (exercise, task)
        for exercise, bank in BANKS.items()
        for task in bank
        if "checks.variant()" in Run(SOURCES[exercise]).cell(its_test(task)).source
    ]


@pytest.mark.parametrize("exercise", SOURCES)
def test_the_bank_covers_every_graded_cell(exercise):
    assert set(BANKS[exercise]) == {task_of(test) for test in full_marks(exercise)}
    for task, entry in BANKS[exercise].items():
        assert len(entry.wrong) >= 4, task
        assert len(entry.right) >= 2, task
        sources = [
            *entry.right.values(),
            *(source for source, *_ in entry.wrong.values()),
        ]
        assert len(set(sources)) == len(sources), task


@pytest.mark.parametrize("exercise", SOURCES)
def test_the_reference_solution_scores_everything(exercise):
    result = run(SOURCES[exercise])
    assert result.points == full_marks(exercise), result.messages


@pytest.mark.parametrize("exercise", SOURCES)
def test_the_empty_release_scores_nothing_and_says_not_attempted(exercise):
    result = run(read(RELEASES[exercise]))
    assert result.points == dict.fromkeys(full_marks(exercise), 0)
    for test in full_marks(exercise):
        assert isinstance(result.errors[test], NotAttempted), result.messages[test]
        assert "not attempted yet" in result.messages[test]
    assert set(result.errors) == set(full_marks(exercise))


@pytest.mark.parametrize(("exercise", "task", "name"), answers("right"))
def test_a_right_answer_written_differently_scores_everything(exercise, task, name):
    result = other_ways(exercise, place(exercise, task, "right", name))
    test = its_test(task)
    assert result.points[test] == full_marks(exercise)[test], result.messages[test]


@pytest.mark.parametrize(("exercise", "task", "name"), answers("wrong"))
def test_a_wrong_answer_costs_its_points_and_meets_its_message(exercise, task, name):
    result, _ = mistakes_of(exercise, place(exercise, task, "wrong", name))
    test, (_, message, *left) = its_test(task), BANKS[exercise][task].wrong[name]
    assert [result.points[test]] == (left or [0])
    assert message in result.messages[test]
    assert "not yet right" in result.messages[test]
    error = result.errors.get(test)
    assert error is None or isinstance(error, NotYetRight)
    assert not isinstance(error, NotAttempted)


@pytest.mark.parametrize("exercise", SOURCES)
def test_a_message_is_more_than_two_numbers(exercise):
    bare = re.compile(r"you have \S+( (for|at position) .+)?; it should be \S+$", re.M)
    for _, number in (case for case in rounds("wrong") if case[0] == exercise):
        result, _ = mistakes_of(exercise, number)
        assert [m for m in result.messages.values() if bare.search(m)] == []


@pytest.mark.parametrize(("exercise", "number"), rounds("wrong"))
def test_wrong_answers_cost_no_other_task_its_points(exercise, number):
    _, points = mistakes_of(exercise, number)
    assert points == full_marks(exercise)


@pytest.mark.parametrize("exercise", SOURCES)
def test_the_same_submission_gets_the_same_points_and_messages(exercise):
    first, _ = mistakes_of(exercise, 0)
    again = run(SOURCES[exercise], answers=given(exercise, "wrong", 0))
    assert (again.points, again.messages) == (first.points, first.messages)


# Beside anybody, above. Of student20's weather three errors equal the margin of 14.5b.
@pytest.mark.parametrize("student", ["ann", "Bjørn 7", "student20"])
@pytest.mark.parametrize(("exercise", "task"), on_own_data())
def test_answers_are_judged_alike_whoever_measured(
    exercise, task, student, monkeypatch
):
    monkeypatch.setenv("COURSE_STUDENT", student)
    here, test = Run(SOURCES[exercise]), its_test(task)
    for cell in filter(is_given, here.cells):
        here.execute(cell)
    entry, most = BANKS[exercise][task], full_marks(exercise)[test]
    for name, source in {"the reference": None, **entry.right}.items():
        assert here.answer(task, source) == most, (name, here.result.messages[test])
    for name, (source, message, *left) in entry.wrong.items():
        assert [here.answer(task, source)] == (left or [0]), name
        assert message in here.result.messages[test], name


def test_two_exercises_have_tasks_on_own_data():
    assert {exercise[:4] for exercise, _ in on_own_data()} >= {"ex12", "ex14"}
