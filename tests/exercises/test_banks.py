"""The exercises accept every right answer and name what is wrong with the others."""

import functools
import importlib

import pytest

from tests.exercises.harness import RELEASES, SOLUTIONS, graded, read, run, task_of
from utils.checks import NotAttempted, NotYetRight
from utils.data import weather

SOURCES = {name: read(path) for name, path in SOLUTIONS.items()}
BANKS = {
    name: importlib.import_module(
        f"tests.exercises.misconceptions.{name.split('_')[0]}"
    ).BANK
    for name in SOLUTIONS
}


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


def full_marks(exercise):
    return graded(SOURCES[exercise])


@pytest.mark.parametrize("exercise", SOURCES)
def test_the_bank_covers_every_graded_cell(exercise):
    assert set(BANKS[exercise]) == {task_of(test) for test in full_marks(exercise)}
    for task, entry in BANKS[exercise].items():
        assert len(entry.wrong) >= 4, task
        assert len(entry.right) >= 2, task
        sources = [
            *entry.right.values(),
            *(source for source, _ in entry.wrong.values()),
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
    source = BANKS[exercise][task].right[name]
    result = run(SOURCES[exercise], answers={task: source})
    assert result.points == full_marks(exercise), result.messages


@pytest.mark.parametrize(("exercise", "task", "name"), answers("wrong"))
def test_a_wrong_answer_costs_its_own_points_and_meets_its_message(
    exercise, task, name
):
    source, message = BANKS[exercise][task].wrong[name]
    result = run(SOURCES[exercise], answers={task: source})
    lost = task.replace("task-", "test-", 1)
    assert result.points == {**full_marks(exercise), lost: 0}
    assert message in result.messages[lost]
    assert isinstance(result.errors[lost], NotYetRight)
