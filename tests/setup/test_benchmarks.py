"""The benchmark runner prints every measurement and hides no failure."""

import sys
from types import ModuleType

import pytest

from benchmarks import Row, __main__, seconds

FAST = Row("fast", 12.0, "times faster", reach=10, better="higher", note="one run")
SLOW = Row("slow", 90.0, "s", reach=60)


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs the benchmarks in place of the real ones."""

    def run(arguments, **subjects):
        monkeypatch.setattr(__main__, "subjects", lambda: sorted(subjects))
        monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
        for subject, function in subjects.items():
            module = ModuleType(subject)
            module.run = function
            monkeypatch.setitem(sys.modules, f"benchmarks.bench_{subject}", module)
        return __main__.main()

    return run


@pytest.mark.parametrize(
    ("value", "better", "reached"),
    [
        (9, "lower", True),
        (10, "lower", True),
        (11, "lower", False),
        (9, "higher", False),
        (10, "higher", True),
        (11, "higher", True),
    ],
)
def test_a_reach_is_a_bound_from_the_better_side(value, better, reached):
    assert Row("x", value, "s", reach=10, better=better).reached is reached


def test_seconds_is_the_shortest_of_the_runs():
    calls = []
    assert 0 <= seconds(lambda: calls.append(1), repeat=4) < 60
    assert len(calls) == 4


def test_every_subject_prints_its_rows_beside_the_reach(run, capsys):
    assert run([], one=lambda: [FAST], two=lambda: [SLOW]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].split("  ")[0] == "one"
    assert "12 times faster" in lines[-2]
    assert "at least 10" in lines[-2]
    assert "reached" in lines[-2]
    assert "at most 60" in lines[-1]
    assert "missed" in lines[-1]


def test_one_subject_can_be_asked_for(run, capsys):
    assert run(["two"], one=lambda: [FAST], two=lambda: [SLOW]) == 0
    assert "fast" not in capsys.readouterr().out


def test_a_subject_that_raises_fails_the_run_and_leaves_the_others(run, capsys):
    assert run([], one=lambda: 1 / 0, two=lambda: [SLOW]) == 1
    output = capsys.readouterr()
    assert "one could not be measured" in output.err
    assert "slow" in output.out


def test_an_unknown_subject_is_refused_with_those_there_are(run, capsys):
    with pytest.raises(SystemExit):
        run(["three"], one=lambda: [FAST])
    assert "no benchmark ['three']; there are ['one']" in capsys.readouterr().err


def test_every_benchmark_of_the_course_can_be_imported():
    assert "book" in __main__.subjects()
    for subject in __main__.subjects():
        module = __import__(f"benchmarks.bench_{subject}", fromlist=["run"])
        assert callable(module.run)
