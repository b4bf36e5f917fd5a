"""The benchmark runner prints every measurement and hides no failure."""

import sys
from types import ModuleType

import pytest

from benchmarks import Row, __main__, checkouts, seconds

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


# --- two checkouts


@pytest.fixture
def earlier(tmp_path):
    """A folder that looks like an earlier checkout."""
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils" / "__init__.py").touch()
    return tmp_path


def test_two_checkouts_are_measured_in_turn_and_compared_pair_by_pair(earlier):
    order = []

    def cost(folder):
        order.append(folder)
        return 2.0 if folder == earlier else 3.0 + len(order) % 2

    pairs = list(checkouts.in_pairs(earlier, checkouts.HERE, 4, cost))
    there, here = earlier, checkouts.HERE
    assert order == [there, here, here, there, there, here, here, there]
    assert pairs == [(2.0, 3.0), (2.0, 4.0)] * 2
    assert checkouts.cells(pairs) == ("2 s", "3.5 s", "1.750", "1.500 to 2.000", "4")


def test_each_checkout_runs_its_own_code(earlier):
    cost = checkouts.of_code("import utils; print('read', len(utils.__file__))")
    assert cost(earlier) == len(str(earlier / "utils" / "__init__.py"))
    assert cost(checkouts.HERE) == len(str(checkouts.HERE / "utils" / "__init__.py"))


def test_a_comparison_prints_a_line_for_each_subject(earlier, monkeypatch, capsys):
    monkeypatch.setattr(checkouts, "of_code", lambda code: lambda folder: 1.5)
    assert checkouts.main([str(earlier), "import"]) == 0
    heading, line = capsys.readouterr().out.splitlines()
    assert "now / before" in heading
    assert line.startswith("import utils, over NumPy")
    assert "1.000" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["/nowhere"], "/nowhere is no checkout of the course: no utils in it"),
        ([str(checkouts.HERE), "speed"], "nothing is called ['speed']: choose of"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, said, capsys):
    with pytest.raises(SystemExit):
        checkouts.main(arguments)
    assert said in capsys.readouterr().err
