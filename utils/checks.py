"""Checks for exercises, whose messages say what is wrong and where to look.

A check cell has three outcomes: *not attempted*, *not yet right* with a sentence that
helps, and *right*.
"""

import contextlib
import copy
import inspect
import re
import sys
import textwrap
import traceback
import warnings

import numpy as np

__all__ = ["NotAttempted", "NotYetRight", "array", "call", "close", "task", "true"]

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_WIDTH = 80


class NotYetRight(AssertionError):  # noqa: N818 (an outcome, not an error)
    """An answer is wrong; the message tells the student where to look.

    Jupyter and nbgrader's feedback show the message alone, without a traceback.

    Notes
    -----
    Taught in chapter 1.
    """

    def _render_traceback_(self):
        title, *rest = str(self).splitlines()
        lines = [line for text in rest for line in textwrap.wrap(text, _WIDTH)]
        return [f"{_BOLD}{title}{_PLAIN}", *lines]


class NotAttempted(NotYetRight):
    """The answer still holds the line that stands for it.

    Notes
    -----
    Taught in chapter 1.
    """


@contextlib.contextmanager
def task(number):
    """Run the checks of one task and report one of three outcomes.

    Warnings and whatever the answer writes to standard error cost nothing.

    Parameters
    ----------
    number : str
        Number of the task: its objective and, if the objective has several tasks, a
        letter, for example ``"1.4b"``.

    Raises
    ------
    NotAttempted
        If the answer raises `NotImplementedError`, as an empty exercise does.
    NotYetRight
        If a check fails, a name is missing, or the answer raises or never ends.
    ValueError
        If `number` is not the number of a task.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> with task("1.1"):
    ...     true(2 + 2 == 4, "Two and two should make four.")
    Task 1.1: right, as far as these checks go. Grading runs more of them on new data.
    """
    chapter, objective = _objective(number)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(sys.stdout):
            warnings.simplefilter("ignore")
            yield
    except NotImplementedError:
        raise NotAttempted(
            f"Task {number}: not attempted yet.\n"
            "Write your answer in the cell above in place of the line that raises "
            "NotImplementedError, run that cell, then run this one again."
        ) from None
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        raise NotYetRight(
            f"Task {number}: not yet right.\n{_explain(error, depth=2)}\n"
            f"To reread: objective {objective} in chapter {chapter}, "
            "linked at the top of the task."
        ) from None
    print(
        f"Task {number}: right, as far as these checks go. "
        "Grading runs more of them on new data."
    )


def call(function, *arguments, returns_none=False):
    """Call a student's function on copies of the arguments and return its answer.

    Parameters
    ----------
    function : callable
        The answer to check.
    *arguments
        Its arguments. The function gets copies.
    returns_none : bool, default False
        Whether None is an answer.

    Returns
    -------
    object
        What the function returned.

    Raises
    ------
    NotYetRight
        If the function raises, changes an argument in place, or returns None.
    NotImplementedError
        If the function does, which means that the task was not attempted.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> call(max, [1, 3, 2])
    3
    """
    name = f"`{getattr(function, '__name__', 'your function')}`"
    given = copy.deepcopy(arguments)
    try:
        answer = function(*given)
    except NotImplementedError:
        raise
    except (Exception, SystemExit) as error:
        raise NotYetRight(
            f"{name} stopped with an error. {_explain(error, depth=1)}"
        ) from None
    for position, (before, after) in enumerate(zip(arguments, given, strict=True)):
        if not _same(before, after):
            argument = _parameter(function, position)
            raise NotYetRight(
                f"{name} changed its argument {argument} in place. "
                "Work on a copy, so that the caller's data stay as they are."
            )
    if answer is None and not returns_none:
        raise NotYetRight(f"{name} returned None. Does it end with `return ...`?")
    return answer


def array(value, *, name, shape=None, missing=False):
    """Return `value` as an array after checking that it holds finite numbers.

    Parameters
    ----------
    value : object
        What the student's function returned. A plain number passes where an array
        without dimensions is due.
    name : str
        What to call it in messages, for example ``"the output"``.
    shape : tuple of int, optional
        Shape that it must have.
    missing : bool, default False
        Whether NaN may stand for missing values.

    Returns
    -------
    ndarray
        The same numbers.

    Raises
    ------
    NotYetRight
        If it is None, a list or a tuple, holds anything but finite numbers, or has
        another shape.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> array(np.arange(3), name="the output", shape=(3,))
    array([0, 1, 2])
    """
    start = f"{name[:1].upper()}{name[1:]}:"
    if value is None or isinstance(value, list | tuple | dict | set | str):
        kind = "None" if value is None else f"a {type(value).__name__}"
        raise NotYetRight(f"{start} this is {kind}, not a NumPy array or a number.")
    values = np.asarray(value)
    if values.dtype.kind == "b":
        raise NotYetRight(
            f"{start} True and False came back. Give numbers: `.astype(int)` turns "
            "them into 1 and 0."
        )
    if values.dtype.kind not in "iuf":
        raise NotYetRight(f"{start} {values.dtype} came back instead of numbers.")
    if shape is not None and values.shape != tuple(shape):
        raise NotYetRight(
            f"{start} the shape is {values.shape}; it should be {tuple(shape)}."
        )
    _all_present(values, start, missing)
    return values


def close(
    value,
    expected,
    *,
    name,
    mistakes=None,
    hint="",
    missing=False,
    rtol=1e-6,
    atol=1e-9,
):
    """Check numbers against the expected ones, and known mistakes by name.

    Parameters
    ----------
    value : object
        What the student's function returned.
    expected : array-like of numbers
        What it should be, of the same shape.
    name : str
        What to call it in messages, for example ``"the output"``.
    mistakes : dict of str to array-like, optional
        Message for each wrong value that a known mistake gives.
    hint : str, optional
        Where to look when the value fits no known mistake.
    missing : bool, default False
        Whether NaN may stand for missing values; it equals NaN.
    rtol, atol : float
        Relative and absolute tolerance.

    Raises
    ------
    NotYetRight
        If it is not an array of finite numbers of that shape, or a number differs.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> close(np.array([2.0, 4.0]), [2, 4], name="the double")
    >>> close(3.0, 6, name="the sum", mistakes={"The last term is missing.": 3})
    Traceback (most recent call last):
    utils.checks.NotYetRight: The last term is missing.
    """
    expected = np.asarray(expected)
    form = {"name": name, "shape": expected.shape, "missing": missing}
    tolerance = {"rtol": rtol, "atol": atol, "equal_nan": True}
    if _matches(value, expected, **tolerance):
        array(value, **form)
        return
    for message, wrong in (mistakes or {}).items():
        if _matches(value, np.asarray(wrong), **tolerance):
            raise NotYetRight(message)
    values = array(value, **form)
    where = _first(~np.isclose(values, expected, **tolerance))
    raise NotYetRight(
        f"{name[:1].upper()}{name[1:]}: you have {values[where]:.6g}{_at(where)}; it "
        f"should be {expected[where]:.6g}. {hint}".rstrip()
    )


def true(condition, message):
    """Check a condition; the message is what the student reads when it fails.

    Parameters
    ----------
    condition : bool
        What must hold.
    message : str
        A sentence that says what is wrong and where to look.

    Raises
    ------
    NotYetRight
        If it does not hold.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> true(1 > 2, "One is not larger than two.")
    Traceback (most recent call last):
    utils.checks.NotYetRight: One is not larger than two.
    """
    if not condition:
        raise NotYetRight(message)


def _objective(number):
    """Return the chapter and the objective of a task's number."""
    found = re.fullmatch(r"((\d+)\.\d+)[a-z]?", number)
    if not found:
        raise ValueError(
            "number must be an objective with an optional letter, such as '1.4b'; "
            f"got {number!r}."
        )
    return found[2], found[1]


def _explain(error, *, depth):
    """Return in words what went wrong; the student's frames begin at `depth`."""
    if isinstance(error, AssertionError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "The code was stopped before it ended. Does a loop go on for ever?"
    line = _line(error, depth=depth)
    if isinstance(error, NameError) and not line:
        return f"`{error.name}` is not defined. Run the cell with your answer first."
    return f"Python says {type(error).__name__}: {error}{line}"


def _line(error, *, depth):
    """Return the student's line in which an error arose, or an empty string."""
    frames = traceback.extract_tb(error.__traceback__)[depth:]
    if not frames or not frames[0].line or "site-packages" in frames[0].filename:
        return ""
    return f"\nThe line that did it: {frames[0].line}"


def _parameter(function, position):
    """Return the name of a function's parameter, or else its number."""
    try:
        return f"`{list(inspect.signature(function).parameters)[position]}`"
    except (IndexError, TypeError, ValueError):
        return f"number {position + 1}"


def _same(before, after):
    """Return whether two arguments hold the same values; a function always does."""
    if callable(before):
        return True
    if isinstance(before, dict):
        return list(before) == list(after) and all(
            _same(before[key], after[key]) for key in before
        )
    if isinstance(before, list | tuple):
        return len(before) == len(after) and all(map(_same, before, after))
    a, b = np.asarray(before), np.asarray(after)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fcmM"))


def _matches(value, expected, **tolerance):
    """Return whether numbers of any container have the expected shape and values."""
    try:
        values = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return False
    return values.shape == expected.shape and bool(
        np.allclose(values, expected, **tolerance)
    )


def _all_present(values, start, missing):
    """Check that no value is infinite, nor missing unless that is allowed."""
    bad = ~(np.isfinite(values) | (missing & np.isnan(values)))
    if bad.any():
        where = _first(bad)
        raise NotYetRight(
            f"{start} {values[where]}{_at(where)}. Look for a division by zero or a "
            "value that was missing from the start."
        )


def _first(flags):
    """Return the index of the first true flag."""
    return tuple(int(i) for i in np.argwhere(flags)[0])


def _at(where):
    """Return an index in words for the middle of a sentence."""
    if not where:
        return ""
    return f" at position {where[0] if len(where) == 1 else where}"
