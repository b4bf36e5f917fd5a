"""Checks judge an answer in a cage as they judge it in a notebook, word by word."""

import datetime as dt
import json
import socket
from collections import Counter, namedtuple
from decimal import Decimal
from fractions import Fraction
from textwrap import dedent

import numpy as np
import pandas as pd
import pytest

from grading.execution.forkserver import Worker
from grading.execution.job import job, patching
from grading.execution.judge import Judge, Result
from grading.execution.names import free_names
from grading.execution.partial import told
from grading.execution.rpc import _HEAD, Peer, Tampered
from grading.sandbox.choice import refusal
from grading.sandbox.limits import Limits
from tests.exercises.harness import (
    SOLUTIONS,
    grade_id,
    is_graded,
    is_look,
    read,
    run,
)
from tests.exercises.harness import test_of as its_test
from tests.exercises.seeds import bank
from tests.grading.test_worker import errors, grade

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))


@pytest.fixture(scope="module")
def worker():
    with Worker() as worker:
        yield worker


def partly(result):
    """Return what tests printed about points that they did not give, by place."""
    texts = {
        place: "".join(o["text"] for o in outputs if o["output_type"] == "stream")
        for place, outputs in result["outputs"].items()
    }
    return {p: told(text) for p, text in texts.items() if "not yet right" in text}


def judged(worker, name, answers):
    """Return the messages by graded cell: beside the cage, and without one."""
    notebook = read(SOLUTIONS[name])
    notebook.cells = [cell for cell in notebook.cells if not is_look(cell)]
    for cell in notebook.cells:
        cell.source = dedent(answers.get(grade_id(cell), cell.source))
    order = job(notebook, read(SOLUTIONS[name]), {}, Limits())
    result = worker.grade(order)
    found = {**partly(result), **errors(result)}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    caged = {grade_id(c): found.get(n, "") for n, c in enumerate(code) if is_graded(c)}
    return caged, run(notebook).messages


@pytest.mark.parametrize("name", SOLUTIONS)
def test_right_answers_pass_beside_a_cage_as_without_one(worker, name):
    answers = {t: next(iter(entry.right.values())) for t, entry in bank(name).items()}
    caged, free = judged(worker, name, answers)
    assert caged == free == dict.fromkeys(caged, "")


@pytest.mark.parametrize("name", SOLUTIONS)
def test_wrong_answers_get_the_same_messages_as_without_a_cage(worker, name):
    firsts = {t: next(iter(entry.wrong.values())) for t, entry in bank(name).items()}
    caged, free = judged(
        worker, name, {t: source for t, (source, *_) in firsts.items()}
    )
    assert caged == free
    assert all(said in caged[its_test(task)] for task, (_, said, *_) in firsts.items())


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_test_of_the_course_runs_where_no_answer_can_forge_it(worker, name):
    source = read(SOLUTIONS[name])
    order = {**job(source, source, {}, Limits()), "strict": True}
    result = worker.grade(order)
    assert (result["status"], errors(result)) == ("graded", {})
    assert (result["marks"], patching(source)) == ([], [])


def answer(worker, cell, test):
    """Return the error of the test, which may have no message, or None."""
    return errors(grade(worker, cell, "\t" + dedent(test))).get(1)


def test_arguments_that_an_answer_changes_are_changed_here(worker):
    cell = """
def spoil(a, items, table):
    a[0] = 9; items.append(4); table["new"] = a
"""
    test = """
        import numpy as np
        a, items, table = np.zeros(2), [1], {}
        spoil(a, items, table)
        assert list(a) == [9, 0] and items == [1, 4] and list(table) == ["new"]
    """
    assert answer(worker, cell, test) is None


def test_functions_travel_both_ways(worker):
    cell = """
def compose(f, g):
    return lambda x: f(g(x))
"""
    test = """
        seen = []
        def plus(x):
            seen.append(x)
            return x + 1
        both = compose(plus, lambda x: 2 * x)
        assert both(5) == 11 and seen == [10]
    """
    assert answer(worker, cell, test) is None


def test_an_error_of_the_test_comes_back_as_itself(worker):
    cell = "def use(f):\n    return f()"
    test = """
        class Own(Exception): pass
        own = Own("mine")
        def fail(): raise own
        try:
            use(fail)
        except Own as error:
            assert error is own
        else:
            assert False
    """
    assert answer(worker, cell, test) is None


def test_a_test_s_function_cannot_be_looked_into_from_the_cage(worker):
    cell = """
def peek(f):
    line = f.__closure__[0].cell_contents.__closure__[1].cell_contents.line \
        if False else None
    from grading.execution.rpc import Remote
    peer, number = f._lives_there
    return peer.request("attribute", Remote(peer, number, "f"), name="__globals__")
"""
    test = "peek(lambda: 'hidden')"
    assert "only functions can be used from here" in answer(worker, cell, test)


def test_the_course_s_own_objects_are_the_same_in_the_cage(worker):
    cell = "def slope(f, z):\n    return f.derivative(z)"
    test = """
        import copy
        from utils.scratch.activations import Activation, tanh
        assert slope(Activation("own", None, lambda z: 7 * z), 2) == 14
        assert slope(tanh, 0.0) == slope(copy.deepcopy(tanh), 0.0) == 1
    """
    assert answer(worker, cell, test) is None


def test_objects_can_be_used_by_their_attributes_items_and_calls(worker):
    cell = """
class Model:
    weights = [1, 2]
    def __call__(self, x): return 2 * x
    def __len__(self): return 3
    def __getitem__(self, key): return key + 1
    def fit(self, X, lr=1): self.seen = X * lr; return self
model = Model()
"""
    test = """
        assert model.weights == [1, 2] and model(4) == 8
        assert len(model) == 3 and model[4] == 5
        assert model.fit(3, lr=2).seen == 6
        try:
            model.missing
        except AttributeError:
            pass
        else:
            assert False
    """
    assert answer(worker, cell, test) is None


def test_an_error_keeps_its_kind_its_words_and_the_line_that_failed(worker):
    cell = """
import numpy as np
def bad(kind):
    if kind == 1: return np.linalg.inv(np.zeros((2, 2)))
    if kind == 2: return {}["key"]
    return undefined
"""
    expected = {
        1: "Python says LinAlgError: Singular matrix\n"
        "The line that did it: if kind == 1: return np.linalg.inv(np.zeros((2, 2)))",
        2: "Python says KeyError: 'key'\n"
        'The line that did it: if kind == 2: return {}["key"]',
        3: "Python says NameError: name 'undefined' is not defined\n"
        "The line that did it: return undefined",
    }
    for kind, words in expected.items():
        test = f"from utils import checks\nchecks.call(bad, {kind})"
        assert words in answer(worker, cell, test)


def test_a_test_is_not_shown_where_it_fails(worker):
    result = grade(worker, "x = 1", "\tsecret = 1913\nassert x == secret")
    assert "secret" not in str(result["outputs"][1])


def test_later_tests_may_use_what_earlier_ones_defined(worker):
    cells = (
        "def f(x): return x",
        "\tdef helper(): return 7",
        "\tassert helper() == f(7)",
    )
    assert errors(grade(worker, *cells)) == {}


def test_an_answer_that_cannot_travel_fails_its_own_test_and_no_other(worker):
    cells = ("nest = []", "for _ in range(99): nest = [nest]", "def f(x): return x")
    result = grade(worker, *cells, "\tassert nest", "\tassert f(3) == 3")
    assert result["status"] == "graded"
    assert errors(result) == {3: "the answer is nested too deeply"}


def test_names_that_a_test_imports_or_defines_are_not_asked_for():
    source = "import numpy as np\ndef own(): return theirs\nx = own() + np.sum(1)"
    assert free_names(source) == {"own", "np", "theirs"} - {"own", "np"}


def test_the_gravest_that_happened_is_the_verdict_and_of_equals_the_first():
    result = Result()
    for status, found in (
        ("graded", "graded"),
        ("memory", "memory"),
        ("timeout", "memory"),
        ("tampered", "tampered"),
        ("died", "tampered"),
    ):
        result.note(status, f"first {status}")
        result.note(status, f"second {status}")
        assert result.status == found
        assert result.detail == (f"first {found}" if found != "graded" else "")


def test_endless_loops_take_less_than_twice_the_time_of_one(monkeypatch):
    monkeypatch.setattr("grading.execution.judge._GRACE", 0.01)
    monkeypatch.setattr("grading.execution.judge._LEAST", 0.02)
    granted, ends = [], []

    def new_cage():
        ours, theirs = socket.socketpair()  # nobody ever answers
        ends.append(theirs)
        return ours, interrupt, lambda: {"memory": 0, "code": -9, "reason": "stopped"}

    def interrupt():
        granted.append(judge._patience)

    cell = {"source": "while True: pass", "test": False}
    job = {"cells": [cell] * 6, "imports": "", "files": {}, "total_seconds": 60}
    judge = Judge(new_cage, {**job, "cell_seconds": 0.16}, most=100, in_all=400)
    result = judge.run()
    assert granted == [0.08, 0.04, 0.02, 0.02, 0.02, 0.02]
    assert result.status == "timeout"
    assert len(result.outputs) == 6
    for end in ends:
        end.close()


def test_a_test_goes_on_after_every_answer_that_it_had_to_stop(worker):
    cell = """
def endless():
    while True:
        pass

def one():
    return 1
"""
    test = """
stopped = 0
for _ in range(2):
    try:
        endless()
    except KeyboardInterrupt:
        stopped += 1
assert (stopped, one()) == (2, 1)
"""
    result = grade(worker, cell, "\t" + test)
    assert (result["status"], errors(result)) == ("timeout", {})


Pair = namedtuple("Pair", "x y")
EAST = dt.timezone(dt.timedelta(hours=2))
VALUES = [
    None,
    True,
    -3,
    2**80,
    0.1,
    float("inf"),
    "é\ud800",
    b"\x00\xff",
    1 + 2j,
    [1, [2, (3, {4})]],
    {"a": {1: (2,)}, (1, 2): []},
    range(1, 9, 2),
    np.float32(0.5),
    np.arange(6).reshape(2, 3).T,
    np.empty((0, 3)),
    np.array(["a", "bc"]),
    np.array(["2026-01-01"], dtype="datetime64[h]"),
    np.array([[1, "a"], [None, (2,)]], dtype=object),
    Fraction(1, 3),
    Decimal("0.10"),
    Counter("hello"),
    frozenset({1, (2, 3)}),
    [frozenset(), Counter()],
    dt.date(2026, 11, 30),
    dt.datetime(2026, 11, 30, 1, 2, 3, 4),
    dt.datetime(2026, 11, 30, tzinfo=EAST),
    dt.time(23, 59, tzinfo=EAST),
    dt.timedelta(-1, 2, 3),
    pd.Timestamp("2026-11-30 01:00", tz="Europe/Berlin"),
    pd.Timestamp("2026-11-30 01:00:00.000000007"),
    pd.Timedelta("3h"),
    pd.Period("2026-11", freq="M"),
    pd.NaT,
    pd.NA,
]


def there_and_back(value):
    left, right = socket.socketpair()
    with left, right:
        Peer(left).send({"value": value})
        return Peer(right).receive()["value"]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_data_travel_there_and_back_unchanged(value):
    found = there_and_back(value)
    assert type(found) is type(value)
    if not isinstance(value, np.ndarray | np.generic):
        assert found is value or found == value
        return
    np.testing.assert_array_equal(found, value)
    assert getattr(found, "dtype", None) == getattr(value, "dtype", None)


def test_a_named_tuple_arrives_with_its_names():
    found = there_and_back([Pair(1, Pair(2, 3))])[0]
    assert found == (1, (2, 3))
    assert (found.x, found.y.y, type(found).__name__) == (1, 3, "Pair")


HOURS = pd.date_range("2026-01-01", periods=3, freq="h", name="time")
TABLE = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "gaps": [0.5, None, 1.5],
        "text": ["a", "b", None],
        "zone": HOURS.tz_localize("Europe/Berlin"),
        "months": pd.period_range("2026", periods=3, freq="M"),
        "masked": pd.array([1, None, 3], dtype="Int64"),
        "kinds": pd.Categorical(["u", "v", "u"], ordered=True),
        "truth": [True, False, True],
        "things": [[1], (2,), None],
    },
    index=HOURS,
)
TABLES = {
    "every kind of column": TABLE,
    "one kind of column": TABLE[["gaps"]],
    "columns of one name": pd.concat([TABLE, TABLE], axis=1),
    "columns of two levels": TABLE.groupby("truth").agg({"gaps": ["sum", "mean"]}),
    "nothing": pd.DataFrame(),
    "rows alone": pd.DataFrame(index=[1, 2]),
    "columns alone": pd.DataFrame({"a": [], "b": []}),
}
INDEXES = [
    HOURS,
    pd.RangeIndex(1, 9, 2, name="k"),
    pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["u", None]),
    pd.Index(["a", None]),
    pd.Index([0.5, 1.5], name=("a", 1)),
    pd.timedelta_range("1h", periods=3),
    pd.CategoricalIndex(["a", "b"]),
    pd.period_range("2026", periods=3, freq="Q-DEC", name="quarter"),
]


@pytest.mark.parametrize("name", TABLES)
def test_tables_travel_there_and_back_unchanged(name):
    pd.testing.assert_frame_equal(there_and_back(TABLES[name]), TABLES[name])


@pytest.mark.parametrize("name", TABLE)
def test_columns_travel_there_and_back_unchanged(name):
    pd.testing.assert_series_equal(there_and_back(TABLE[name]), TABLE[name])


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: type(index).__name__)
def test_indexes_travel_there_and_back_unchanged(index):
    pd.testing.assert_index_equal(there_and_back(index), index, exact=True)


def test_tables_go_to_the_cage_and_come_back(worker):
    cell = """
import pandas as pd
def halves(table):
    table["double"] = 2 * table["x"]
    return table[["x"]], (table["double"], table.groupby("kind")["x"])
"""
    test = """
        import numpy as np, pandas as pd
        table = pd.DataFrame({"x": [1.0, 2.0], "kind": ["a", "b"]})
        x, (double, groups) = halves(table)
        assert np.asarray(x).shape == (2, 1) and x.equals(table[["x"]])
        assert list(table.columns) == ["x", "kind", "double"]
        assert double.tolist() == table["double"].tolist() == [2, 4]
        assert groups.mean().to_dict() == {"a": 1, "b": 2}
    """
    assert answer(worker, cell, test) is None


def test_numpy_takes_what_stays_in_the_cage_for_what_it_is_there(worker):
    cell = """
import pandas as pd
class Wave:
    def __array__(self, dtype=None, copy=None):
        import numpy as np
        return np.arange(3.0)
class Empty:
    def __bool__(self): return False
wave, empty, spans = Wave(), Empty(), pd.interval_range(0, 4, periods=2)
"""
    test = """
        import numpy as np
        assert np.array_equal(wave, [0, 1, 2]) and np.asarray(wave, int).dtype == int
        assert not empty and wave
        assert [span.left for span in np.asarray(spans)] == [0, 2]
        assert np.asarray(empty).shape == ()
    """
    assert answer(worker, cell, test) is None


def test_generators_go_on_only_when_they_are_asked(worker):
    cell = """
asked = []
def naturals():
    n = 0
    while True:
        asked.append(n)
        yield n
        n += 1
def total(numbers):
    return sum(numbers)
def broken():
    yield 1
    raise KeyError("soon")
"""
    test = """
        import itertools, types
        numbers = naturals()
        assert isinstance(numbers, types.GeneratorType) and next(numbers) == 0
        assert list(itertools.islice(numbers, 3)) == [1, 2, 3]
        assert total(x * x for x in range(4)) == 14 and total(map(abs, [-1, -2])) == 3
        assert total(itertools.islice(naturals(), 3)) == 3
        found = []
        try:
            for item in broken():
                found.append(item)
        except KeyError:
            assert found == [1]
        else:
            assert False
    """
    assert answer(worker, cell, test) is None
    later = "\tnext(naturals()); next(naturals())\nassert asked == []"
    assert errors(grade(worker, cell, later)) == {}


def test_an_answer_that_is_too_large_is_wrong_and_no_other(worker):
    cells = (
        "import numpy as np\nhuge = np.zeros(2**26)",
        "x = 1",
        "\tassert huge.any()",
        "\tassert x == 1",
    )
    result = grade(worker, *cells)
    assert result["status"] == "graded"
    assert errors(result) == {
        2: "a value of 512 MiB is too large to be tested: 256 MiB are the most"
    }


FORGED = {
    "texts without a size": {"array": ["<U0", [1 << 24], 0]},
    "bytes without a size": {"array": ["|S0", [1 << 24], 0]},
    "a scalar without a size": {"scalar": ["<U0", [], 0]},
    "an array of objects": {"array": ["|O", [1], 8]},
    "more than there is": {"array": ["<f8", [3], 16]},
    "a negative shape": {"array": ["<f8", [-1, -2], 16]},
    "an unknown kind": {"parts": ["Popen", {"list": ["ls"]}]},
    "a named tuple of code": {"parts": ["namedtuple", "P", {"list": ["x=print()"]}, 1]},
    "a named tuple named by code": {"parts": ["namedtuple", "print()", {"list": []}]},
    "a column of an unknown kind": {
        "parts": ["Categorical", "interval", {"list": []}],
    },
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_value_that_breaks_the_rules_is_tampering(kind):
    head = json.dumps({"value": FORGED[kind]}).encode()
    left, right = socket.socketpair()
    with left, right:
        left.sendall(_HEAD.pack(len(head), 16) + head + bytes(16))
        with pytest.raises(Tampered):
            Peer(right).receive()


def test_empty_texts_have_a_size_on_the_line():
    records = np.zeros(2, dtype=[("name", "U0"), ("n", int)])
    assert there_and_back(records["name"]).tolist() == ["", ""]
