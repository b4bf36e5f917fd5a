"""Checks say what is wrong in words, and nothing when all is right."""

import functools
import sys
import types
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from utils import checks, scratch
from utils.checks import NotAttempted, NotYetRight

FINITE = st.floats(-1e6, 1e6, allow_subnormal=False)
ARRAYS = hnp.arrays(float, hnp.array_shapes(min_dims=0, max_dims=3), elements=FINITE)


def message(function, *arguments, **options):
    """Return what a check says when it fails."""
    with pytest.raises(NotYetRight) as failure:
        function(*arguments, **options)
    return str(failure.value)


# ------------------------------------------------------------------ three outcomes


def test_a_right_answer_is_called_right_and_more_checks_are_announced(capsys):
    @checks.task("3.2b")
    def check():
        pass

    said = capsys.readouterr().out
    assert said.startswith("Task 3.2b: right")
    assert "Grading runs more" in said
    assert check is None


def outcome(number, check, *arguments, hints=None, **answers):
    """Return how a task's check fails among answers of the given names."""
    check = functools.partial(check, *arguments) if arguments else check
    show = (lambda: check()) if arguments else check
    among = {**globals(), **answers}
    made = types.FunctionType(show.__code__, among, "check", None, show.__closure__)
    with pytest.raises(NotYetRight) as failure:
        checks.task(number, **(hints or {}))(made)
    return failure.value


def empty(x=None):
    raise NotImplementedError("not attempted yet")


def test_an_empty_answer_is_not_attempted_rather_than_wrong():
    failure = outcome("1.1", lambda: checks.call(double, 1), double=empty)  # noqa: F821
    assert isinstance(failure, NotAttempted)
    assert str(failure).startswith("Task 1.1: not attempted yet.")


def test_an_answer_in_part_names_the_function_that_is_still_empty():
    def check():
        checks.call(double, 1)  # noqa: F821
        checks.call(half, 1)  # noqa: F821

    for names in ({"double": abs, "half": empty}, {"double": empty, "half": abs}):
        failure = outcome("1.1", check, **names)
        (still,) = (name for name in names if names[name] is empty)
        assert not isinstance(failure, NotAttempted)
        assert f"`{still}` still holds the line" in str(failure)
    assert isinstance(outcome("1.1", check, double=empty, half=empty), NotAttempted)


def test_an_error_of_a_library_is_an_error_and_no_empty_answer():
    def answer():
        raise NotImplementedError("Layer RNN has arguments in __init__")

    failure = outcome("1.1", checks.call, answer)
    assert not isinstance(failure, NotAttempted)
    assert "Python says NotImplementedError: Layer RNN has arguments" in str(failure)


def test_a_wrong_answer_names_the_task_the_reason_and_the_section():
    failure = outcome("1.4b", checks.true, False, "The sign is wrong.")
    assert not isinstance(failure, NotAttempted)
    assert str(failure).splitlines() == [
        "Task 1.4b: not yet right.",
        "The sign is wrong.",
        "To reread: objective 1.4 in chapter 1, linked at the top of the task.",
    ]


def test_the_last_call_is_shown_with_its_arguments():
    def update(w, lr, rule, X, note):
        return 1.0

    def check():
        arguments = np.array([1.0, 2.0]), 0.5, max, np.zeros((50, 3)), "n" * 99
        checks.close(checks.call(update, *arguments), 2, name="w")

    assert (
        "\nThe last call: `update(w=[1, 2], lr=0.5, rule=max, X=an array of shape "
        "(50, 3), note=a str)`\n"
    ) in str(outcome("1.1", check))
    assert "The last call" not in str(outcome("1.1", checks.true, False, "No."))


def test_the_last_call_is_shown_as_it_was_whatever_the_check_does_later():
    def check():
        w = np.array([1.0, 2.0])
        y = checks.call(lambda w: 2 * w, w)
        w += 5
        checks.close(y, w, name="w")

    assert "(w=[1, 2])`" in str(outcome("1.1", check))


def test_what_cannot_be_written_out_is_called_by_its_kind():
    class Own:
        def __repr__(self):
            raise ValueError("never")

    failure = outcome("1.1", checks.call, lambda case: None, Own())
    assert "The last call: `a function(case=a Own)`" in str(failure)


class Unwritten(np.ndarray):
    """Numbers that nobody may write out."""

    def __repr__(self):
        pytest.fail("written out, to be thrown away")


MANY = np.zeros(61).view(Unwritten)


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ({"table": {"rows": MANY}}, "a dict of 'table'"),
        ([1, (MANY, 2)], "a list"),
        ([0.0] * 61, "a list"),
        (pd.DataFrame({"a": range(61)}), "a DataFrame"),
    ],
)
def test_what_is_too_long_for_a_message_is_not_written_out(argument, kind):
    failure = outcome("1.1", checks.call, lambda case: None, argument)
    assert f"The last call: `a function(case={kind})`" in str(failure)


@pytest.mark.parametrize(
    "answer", [lambda x: x, functools.partial(max, 1), types.SimpleNamespace, abs]
)
def test_an_answer_is_called_what_its_task_calls_it(answer):
    class Callable:
        def __call__(self, x):
            return x

    answer = Callable() if answer is types.SimpleNamespace else answer

    def check():
        checks.close(checks.call(double, 1), 7, name="y")  # noqa: F821

    assert "The last call: `double(" in str(outcome("1.1", check, double=answer))


def test_a_function_among_the_arguments_has_its_name_or_none():
    squared = scratch.Activation("squared", np.square, lambda z: 2 * z)
    for rule, name in ((squared, "squared"), (lambda z: z, "a function")):
        failure = outcome("1.1", checks.call, lambda f: None, rule)
        assert f"f={name})`" in str(failure)


def test_small_numbers_of_the_last_call_are_not_shown_as_zero():
    with np.printoptions(suppress=True):
        failure = outcome("1.1", checks.call, lambda p: None, np.array([1e-11, 1]))
    assert "p=[1e-11, 1]" in str(failure)


def test_a_task_has_a_hint_for_each_function_where_no_mistake_is_known():
    def wrong(x):
        return x

    def check():
        checks.close(checks.call(double, 1), 2, name="twice")  # noqa: F821

    hints = {"double": "Is it twice?", "half": "Is it half?"}
    failure = outcome("1.1", check, double=wrong, hints=hints)
    assert "Twice: you have 1; it should be 2. Is it twice?\n" in str(failure)
    failure = outcome("1.1", check, double=lambda x: np.ones(2), hints=hints)
    assert "the shape is (2,); it should be (). Is it twice?\n" in str(failure)

    def check():
        answer = checks.call(double, 1)  # noqa: F821
        checks.close(answer, 2, name="twice", hint="Not so.")

    failure = outcome("1.1", check, double=wrong, hints=hints)
    assert "it should be 2. Not so.\n" in str(failure)
    assert "Is it twice?" not in message(checks.close, 1.0, 2, name="twice")


@pytest.mark.parametrize("number", ["1", "1.2bb", "one.two", ""])
@pytest.mark.parametrize("kind", [checks.task, checks.look])
def test_a_task_number_that_names_no_objective_is_refused(kind, number):
    with pytest.raises(ValueError, match="number must be an objective"):
        kind(number)


def test_a_name_that_was_never_defined_asks_for_the_cell_to_be_run():
    failure = outcome("1.1", lambda: neuron(1))  # noqa: F821
    assert "`neuron` is not defined. Run the cell" in str(failure)


def test_an_error_outside_call_shows_the_line_of_the_answer_and_not_of_the_check():
    def answer(x):
        return x / "two"

    failure = outcome("1.1", lambda: answer(1))
    assert "Python says TypeError" in str(failure)
    assert 'The line that did it: return x / "two"' in str(failure)
    failure = outcome("1.1", lambda: 1 / len("two" * 0))
    assert "Python says ZeroDivisionError" in str(failure)
    assert "The line that did it: checks" not in str(failure)


def test_an_unknown_name_inside_the_answer_is_shown_with_its_line():
    def answer(x):
        return x + missing  # noqa: F821

    failure = outcome("1.1", checks.call, answer, 1)
    assert "name 'missing' is not defined" in str(failure)
    assert "return x + missing" in str(failure)


def test_an_assertion_in_the_answer_is_shown_as_such():
    def answer(x):
        raise AssertionError(*x)

    for words, said in [(["too small"], ": too small."), ([], ".")]:
        failure = str(outcome("1.1", checks.call, answer, words))
        assert f"An `assert` in your code does not hold{said}\n" in failure
        assert "The line that did it: raise AssertionError(*x)" in failure


def test_a_name_that_the_check_cells_take_is_said_to_be_theirs():
    def answer():
        return [check() for check in checks]

    assert "The name `checks` belongs to the check" in str(
        outcome("1.1", checks.call, answer)
    )

    def answer():
        return checks()

    assert "Give your own `checks` another name" in str(
        outcome("1.1", checks.call, answer)
    )

    def answer():
        return math()  # noqa: F821

    among = {"math": types.ModuleType("math")}
    answer = types.FunctionType(answer.__code__, {**globals(), **among})
    assert "belongs to the check" not in str(outcome("1.1", checks.call, answer))


def test_a_check_reads_pythons_own_names_whatever_the_notebook_calls_so(capsys):
    def double(values):
        return [2 * value for value in values]

    def check():
        got = checks.call(double, [1, 2])
        checks.true(len(got) == sum([1, 1]), "One for each value.")
        return sum(len(part) for part in [got])

    taken = {"len": 3, "sum": lambda x: 0, "double": double, "checks": checks}
    made = types.FunctionType(check.__code__, taken, "check", None, check.__closure__)
    checks.task("1.1")(made)
    assert "right, as far as" in capsys.readouterr().out
    assert taken["len"] == 3


def test_a_stand_in_that_is_called_wrongly_has_the_name_that_the_answer_knows():
    def update(w, b):
        return w

    failure = outcome("1.1", checks.call, lambda rule: rule(1, 2, 3), update)
    assert "TypeError: update() takes 2 positional arguments" in str(failure)


def test_what_a_stand_in_finds_wrong_is_said_as_it_is():
    def shuffle():
        checks.true(False, "Call `shuffle` once.")

    failure = outcome("1.1", checks.call, lambda rule: rule(), shuffle)
    assert str(failure).splitlines()[1] == "Call `shuffle` once."


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_stopping_python_counts_as_not_yet_right(stop):
    def answer():
        raise stop

    assert "Task 1.1: not yet right." in str(outcome("1.1", checks.call, answer))


def test_warnings_and_messages_on_standard_error_cost_nothing(capsys):
    @checks.task("1.1")
    def check():
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
        print("debug", file=sys.stderr)

    said = capsys.readouterr()
    assert said.err == ""
    assert "debug" in said.out


# ------------------------------------------------------------------ looking


def looked(capsys, show, *tasks):
    checks.look(*tasks)(show)
    return capsys.readouterr().out


def test_a_cell_that_shows_something_waits_for_its_answers_calmly(capsys):
    said = looked(capsys, empty, "1.3")
    assert said.startswith("This cell waits for your answer to task 1.3.")
    said = looked(capsys, empty, "1.4a", "1.4b")
    assert said.startswith("This cell waits for your answers to tasks 1.4a and 1.4b.")
    assert looked(capsys, lambda: print("seen"), "1.3") == "seen\n"


def test_a_cell_that_shows_something_names_the_error_of_an_answer(capsys):
    def answer():
        return 1 / 0

    said = looked(capsys, lambda: answer(), "1.3")
    assert "With what you have for task 1.3 this cell stopped." in said
    assert "ZeroDivisionError" in said
    assert "The line that did it: return 1 / 0" in said


def test_a_cell_that_shows_something_says_that_it_was_stopped(capsys):
    def stopped():
        raise KeyboardInterrupt

    said = looked(capsys, stopped, "1.3")
    assert "The code was stopped before it ended. Does a loop go on for ever?" in said


# ------------------------------------------------------------------ parts


def of_parts(first, second, *, later=None):
    """Return a check of two parts, with 2 and 3 points; the first may go on later."""

    def check():
        with checks.part("the first", points=2):
            first()
        with checks.part("the second", points=3):
            second()
        with checks.part("the first"):
            (later or holds)()

    return check


def holds():
    pass


def fails():
    checks.true(False, "Not so.")


def breaks():
    return {}["key"]


def stops():
    raise KeyboardInterrupt


@pytest.mark.parametrize("wrong", [fails, breaks, stops])
def test_each_part_that_holds_gives_its_points(capsys, wrong):
    assert checks.task("1.1")(of_parts(holds, holds)) == 5
    assert "Task 1.1: right" in capsys.readouterr().out
    assert checks.task("1.1")(of_parts(wrong, holds)) == 3
    assert "3 of 5 points.\nthe first (2 points): " in capsys.readouterr().out
    assert checks.task("1.1")(of_parts(holds, wrong)) == 2
    assert checks.task("1.1")(of_parts(holds, holds, later=wrong)) == 3
    assert checks.task("1.1")(of_parts(wrong, wrong)) == 0


def test_an_answer_that_was_stopped_is_not_called_again_in_its_part(capsys):
    called = []

    def endless(x):
        called.append(x)
        raise KeyboardInterrupt

    def first():
        checks.call(endless, 1)

    assert checks.task("1.1")(of_parts(first, first, later=first)) == 0
    assert called == [1, 1]
    said = capsys.readouterr().out
    assert said.count("The code was stopped before it ended.") == 2
    with pytest.raises(KeyboardInterrupt):
        checks.call(endless, 2)


def test_the_first_failure_of_a_part_is_told_with_its_last_call(capsys):
    def halves(x):
        return x / 2

    def first():
        checks.close(checks.call(halves, 4), 3, name="the first half")

    def second():
        checks.close(checks.call(halves, 6), 4, name="the second half")

    checks.task("1.1")(of_parts(first, second, later=fails))
    assert capsys.readouterr().out.splitlines() == [
        "Task 1.1: not yet right, 0 of 5 points.",
        "the first (2 points): The first half: you have 2; it should be 3.",
        "The last call: `halves(x=4)`",
        "the second (3 points): The second half: you have 3; it should be 4.",
        "The last call: `halves(x=6)`",
        "To reread: objective 1.1 in chapter 1, linked at the top of the task.",
    ]
    checks.task("1.1")(of_parts(first, fails))
    assert "Not so.\nTo reread" in capsys.readouterr().out


def of_two():
    """Check two answers, each in a part of its own."""
    with checks.part("`double`", points=2):
        checks.call(double, 1)  # noqa: F821
    with checks.part("`halve`", points=1):
        checks.call(halve, 1)  # noqa: F821


def test_parts_without_any_answer_are_not_attempted_and_one_alone_is_missing(capsys):
    failure = outcome("1.1", of_two, double=empty, halve=empty)
    assert isinstance(failure, NotAttempted)
    among = {**globals(), "double": lambda x: 2 * x, "halve": empty}
    assert checks.task("1.1")(types.FunctionType(of_two.__code__, among)) == 2
    assert "`halve` (1 point): `halve` still holds the line" in capsys.readouterr().out


def test_an_answer_that_never_ends_without_an_argument_keeps_its_points(capsys):
    def half(x):
        if x is None:
            raise KeyboardInterrupt
        return x / 2

    among = {**globals(), "double": empty, "halve": half}
    assert checks.task("1.1")(types.FunctionType(of_two.__code__, among)) == 1
    assert "`double` still holds the line" in capsys.readouterr().out


def test_points_of_a_part_are_given_once(capsys):
    for points in (None, 2):
        with pytest.raises(NotYetRight, match="points of a part are given where"):

            @checks.task("1.1")
            def check(points=points):
                if points:
                    with checks.part("it", points=points):
                        pass
                with checks.part("it", points=points):
                    pass


def test_validate_is_told_by_an_error_which_parts_fail(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    failure = outcome("1.1", of_parts(holds, fails))
    assert "2 of 5 points.\nthe second (3 points): Not so." in str(failure)


def test_the_points_of_parts_count_so_far(capsys, monkeypatch):
    monkeypatch.setattr(checks, "_last", {})
    checks.task("1.1")(of_parts(fails, holds))
    checks.so_far({"1.1": 5})
    assert "1.1       3 of 5  not yet right in all parts" in capsys.readouterr().out


# ------------------------------------------------------------------ points so far


def test_points_so_far_are_those_of_each_check_when_it_last_ran(capsys, monkeypatch):
    monkeypatch.setattr(checks, "_last", {})
    checks.task("1.1")(lambda: None)
    outcome("1.1", lambda: checks.true(False, "Not so."))
    checks.task("1.2")(lambda: None)
    outcome("1.3", lambda: checks.call(double, 1), double=empty)  # noqa: F821
    capsys.readouterr()
    checks.so_far({"1.1": 2, "1.2": 3, "1.3": 1, "1.4": 4}, by_hand={"1.5": 6})
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[1:6] == [
        "1.1 0 of 2 not yet right",
        "1.2 3 of 3 right, as far as it goes",
        "1.3 0 of 1 not attempted yet",
        "1.4 0 of 4 nothing yet: it has not run",
        "1.5 ? of 6 a person reads it when you have handed in",
    ]
    said = " ".join(lines[7:])
    assert said.startswith("So far the checks give 3 of 10 points.")
    assert said.endswith("A person gives the other 6 points.")


def test_without_an_answer_in_words_no_person_is_spoken_of(capsys):
    checks.so_far({"1.1": 2})
    assert "person" not in capsys.readouterr().out


# ------------------------------------------------------------------ in a notebook


def test_jupyter_shows_the_message_alone_in_lines_of_moderate_length():
    long = NotYetRight("Title.\n" + "word " * 60)
    lines = long._render_traceback_()
    assert lines[0] == "\x1b[1mTitle.\x1b[0m"
    assert len(lines) > 3
    assert all(len(line) <= 80 for line in lines[1:])
    assert "Traceback" not in "".join(lines)


# ------------------------------------------------------------------ calling an answer


def test_none_is_reported_unless_it_is_an_answer():
    assert "`answer` returned None" in message(checks.call, _returns_none)
    assert checks.call(_returns_none, returns_none=True) is None


def _returns_none():
    return None


_returns_none.__name__ = "answer"


def test_an_error_in_the_answer_is_reported_with_its_line():
    def divide(x):
        return 1 / x

    said = message(checks.call, divide, 0)
    assert "`divide` stopped with an error" in said
    assert "ZeroDivisionError" in said
    assert "The line that did it: return 1 / x" in said


@pytest.mark.parametrize(
    "argument",
    [np.arange(3.0), [1.0, 2.0], {"a": np.zeros(2)}, np.array([np.nan, 1.0])],
    ids=["array", "list", "dictionary", "array with nan"],
)
def test_changing_an_argument_in_place_is_reported_by_its_name(argument):
    def answer(X):
        target = X["a"] if isinstance(X, dict) else X
        target[1] = 7.0
        return 1

    assert "changed its argument `X` in place" in message(checks.call, answer, argument)


def test_the_callers_data_survive_an_answer_that_changes_them():
    def answer(x):
        x[:] = 0
        return 1

    x = np.ones(3)
    message(checks.call, answer, x)
    np.testing.assert_array_equal(x, np.ones(3))


def test_an_untouched_argument_passes_whatever_its_kind():
    times = np.array(["2009-01-01", "NaT"], dtype="datetime64[s]")
    words = np.array(["a", None], dtype=object)
    arguments = (np.array([np.nan]), times, words, {"a": [1]}, "text", len)
    assert checks.call(lambda *all_of_them: 5, *arguments) == 5


def test_a_function_without_a_signature_gets_its_argument_by_number():
    class Sneaky:
        __signature__ = "none"

        def __call__(self, x):
            x[0] = 9
            return 1

    assert "changed its argument number 1" in message(checks.call, Sneaky(), [1, 2])


# ------------------------------------------------------------------ arrays


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "The output: this is None, not a NumPy array"),
        ([1.0, 2.0], "a list, not a NumPy array or a number. `np.array(...)` makes"),
        ((1.0, 2.0), "this is a tuple"),
        ("text", "this is a str"),
        (np.array([True, False]), "True and False came back"),
        (np.array(["a", "b"]), "<U1 came back instead of numbers"),
        (np.array([1j, 2.0]), "complex128 came back"),
        (np.array([object(), None]), "object came back"),
        (np.array([[1.0, 2.0]]), "the shape is (1, 2); it should be (2,)"),
        (np.array([1.0, np.nan]), "nan at position 1"),
        (np.array([np.inf, 1.0]), "inf at position 0"),
    ],
)
def test_what_is_no_array_of_finite_numbers_is_named(value, words):
    assert words in message(checks.array, value, name="the output", shape=(2,))


def test_the_position_of_a_bad_value_is_given_by_row_and_column():
    said = message(checks.array, np.array([[1.0, 2.0], [np.nan, 0.0]]), name="X")
    assert "at position (1, 0)" in said


def test_missing_values_pass_only_where_they_are_allowed():
    values = np.array([1.0, np.nan])
    assert "nan at position 1" in message(checks.close, values, values, name="x")
    checks.close(values, values, name="x", missing=True)
    filled = np.array([1.0, 0.0])
    said = message(checks.close, filled, values, name="x", missing=True)
    assert said == "X: you have 0 at position 1; it should be nan."
    infinite = np.array([np.inf, 1.0])
    assert "inf at position 0" in message(
        checks.array, infinite, name="x", missing=True
    )


@given(ARRAYS)
def test_an_array_of_finite_numbers_comes_back_unchanged(values):
    back = checks.array(values, name="x", shape=values.shape)
    np.testing.assert_array_equal(back, values)


# ------------------------------------------------------------------ values


@given(ARRAYS)
def test_equal_values_pass(values):
    checks.close(values.copy(), values, name="x")


@given(ARRAYS, st.floats(0.5, 10), st.integers(0, 10**6))
def test_one_value_that_differs_is_found_and_shown(values, shift, which):
    wrong = values.copy()
    index = np.unravel_index(which % values.size, values.shape)
    wrong[index] += shift * (1 + abs(wrong[index]))
    said = message(checks.close, wrong, values, name="the loss")
    assert said.startswith("The loss: you have ")
    assert f"it should be {values[index]:.6g}." in said


def test_a_known_mistake_gets_its_own_message():
    mistakes = {"The bias is missing.": 5.0, "Add up the products.": [6.0, -1.0]}
    said = message(checks.close, 5.0, 5.5, name="z", mistakes=mistakes)
    assert said == "The bias is missing."
    said = message(checks.close, np.array([6, -1]), 5.5, name="z", mistakes=mistakes)
    assert said == "Add up the products."


def test_an_unknown_mistake_gets_the_values_and_the_hint():
    said = message(checks.close, 4.0, 5.5, name="z", hint="Look at the sign.")
    assert said == "Z: you have 4; it should be 5.5. Look at the sign."


def test_a_part_of_what_a_check_puts_together_is_called_by_its_name():
    parts = ["`dw`", "`db`"]
    both, right = np.array([[1.0, 2.0], [3.0, 5.0]]), [[1, 2], [3, 4]]
    said = message(checks.close, both, right, name="the slopes", parts=parts)
    assert said == "The slopes: you have 5 for `db` at position 1; it should be 4."
    said = message(checks.close, both[0], [0, 2], name="the slopes", parts=parts)
    assert said == "The slopes: you have 1 for `dw`; it should be 0."


def test_the_text_of_a_library_is_one_paragraph_without_colours():
    def answer():
        raise NotImplementedError(
            "Error in Stacked.call().\n\n\x1b[1mModel has no call.\x1b[0m\n\n"
            "Arguments received by Stacked.call():\n  x"
        )

    said = str(outcome("1.1", checks.call, answer))
    assert "NotImplementedError: Error in Stacked.call(). Model has no call.\n" in said
    assert "Arguments received" not in said


def test_two_numbers_that_differ_are_shown_with_the_digits_that_differ():
    said = message(checks.close, 0.02424731, 0.02424725, name="z")
    assert said == "Z: you have 0.02424731; it should be 0.02424725."
    assert message(checks.close, 1e7 + 20, 1e7, name="z").endswith("be 1e+07.")


@given(ARRAYS.filter(lambda x: x.dtype == float), st.floats(-1, 1))
def test_answers_in_float32_have_the_tolerance_of_their_digits(values, shift):
    checks.close(values.astype(np.float32), values, name="x")
    size = 1 + np.abs(values).max(initial=0)
    wrong = (values + size * 1e-4).astype(np.float32)
    message(checks.close, wrong, values, name="x")


def test_answers_in_float64_are_held_to_the_tolerance_asked_for():
    message(checks.close, np.float64(1 + 3e-9), 1.0, name="x", rtol=1e-9, atol=0)
    checks.close(np.float32(1 + 1e-6), 1.0, name="x", rtol=1e-9, atol=0)


def test_what_is_counted_is_a_whole_number():
    checks.close(3, 3, name="the count", whole=True)
    checks.close(np.array([3, 1]), [3, 1], name="the counts", whole=True)
    said = message(checks.close, 3.0, 3, name="the count", whole=True)
    assert said.startswith("The count: 3.0 is a float64; what is counted is a whole")


def test_right_values_in_a_list_are_a_list_all_the_same():
    assert "this is a list" in message(checks.close, [1.0, 2.0], [1, 2], name="z")


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1))
def test_the_tolerance_decides_what_is_close(value, atol):
    checks.close(value + 0.5 * atol, value, name="z", rtol=0, atol=atol)
    message(checks.close, value + 2 * atol, value, name="z", rtol=0, atol=atol)


def test_a_condition_that_holds_says_nothing():
    checks.true(True, "never read")


# ------------------------------------------------------------------ data of one's own


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """Work in an empty folder, of which nothing says whose it is."""
    for name in ("COURSE_STUDENT", "JUPYTERHUB_USER", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "autograded" / "ann" / "ex12"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder / "student.txt"


def test_without_a_file_the_data_are_those_of_anybody(alone):
    nobody = checks.variant()
    alone.write_text("anybody\n")
    assert checks.variant() == nobody


def test_a_name_in_the_file_draws_data_whatever_its_case_and_the_way_it_is_written(
    alone,
):
    seeds = []
    for text in ("Zoë", " zoë\n", "ZOE\u0308", "zoe"):
        alone.write_text(text, encoding="utf-8")
        seeds.append(checks.variant())
    assert seeds[0] == seeds[1] == seeds[2] != seeds[3]
    alone.write_text("Zoë", encoding="utf-8-sig")  # as Windows' Notepad may write it
    assert checks.variant() == seeds[0]
    alone.write_bytes(b"zo\xeb")  # in no encoding that is known here
    assert checks.variant() not in seeds


def test_who_has_own_data_is_asked_for_a_name_unless_it_is_known(alone, monkeypatch):
    alone.write_text("ann")
    ann = checks.variant()
    alone.write_text("each\n")
    with pytest.raises(ValueError, match="write the name or number under which you"):
        checks.variant()
    monkeypatch.setenv("JUPYTERHUB_USER", "bob")
    bob = checks.variant()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checks.variant() == ann != bob
    monkeypatch.setenv("COURSE_STUDENT", "bob")
    assert checks.variant() == bob


def test_a_number_that_is_the_answer_is_not_told():
    said = message(checks.close, 2.0, 3.0, name="x", hint="Measure.", told=False)
    assert said == "Measure."
