"""Checks for exercises, whose messages say what is wrong and where to look.

A check cell has three outcomes: *not attempted*, *not yet right* with a sentence that
helps, and *right*. A cell that only shows something waits for the answers it needs.
"""

import builtins
import contextlib
import copy
import dis
import hashlib
import inspect
import io
import os
import re
import sys
import textwrap
import traceback
import types
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = [
    "NotAttempted",
    "NotYetRight",
    "array",
    "call",
    "close",
    "look",
    "part",
    "so_far",
    "student",
    "task",
    "true",
    "variant",
]

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_WIDTH = 80
_STUB = "not attempted yet"  # as in nbgrader_config.py
_GRADED, _FILE = "COURSE_STUDENT", "student.txt"  # as in grading
_ANYBODY, _EACH = "anybody", "each"
_MOST_VALUES, _MOST_LETTERS = 8, 60
_NOTHING = {"check": None, "part": None, "call": (), "hints": {}, "parts": {}}
_now = types.SimpleNamespace(**_NOTHING)  # of the check that runs
_last = {}  # by task: what its check said when it last ran, and its share of the points


class NotYetRight(AssertionError):  # noqa: N818 (an outcome, not an error)
    """An answer is wrong; the message tells the student where to look.

    Jupyter and nbgrader's feedback show the message alone, without a traceback.
    """

    def _render_traceback_(self):
        title, *rest = str(self).splitlines()
        lines = [line for text in rest for line in textwrap.wrap(text, _WIDTH)]
        return [f"{_BOLD}{title}{_PLAIN}", *lines]


class NotAttempted(NotYetRight):
    """The answer still holds the line that stands for it."""


def task(number, **hints):
    """Run the check of one task at once and report one of three outcomes.

    A check is a function, so its names are its own: it neither overwrites the student's
    names nor lends them values, and it reads Python's own `len` or `sum` also where the
    notebook has given such a name to something else. Warnings and whatever the answer
    writes to standard error cost nothing.

    Parameters
    ----------
    number : str
        Number of the task: its objective and, if the objective has several tasks, a
        letter, for example ``"1.4b"``.
    **hints : str
        Under the name of a function of the answer: what to look at where it gives a
        wrong number that fits no known mistake. `close` says it then.

    Returns
    -------
    callable
        Decorator that runs a function without parameters. It returns None or, if the
        check consists of parts, the points of those that hold: a cell whose last line
        names the function gives that many points.

    Raises
    ------
    NotAttempted
        If every answer that the check reads still is as in an empty exercise.
    NotYetRight
        If a check fails, a name is missing, or the answer raises or never ends.
    ValueError
        If `number` is not the number of a task.

    Examples
    --------
    >>> @task("1.1")
    ... def check_1_1():
    ...     true(2 + 2 == 4, "Two and two should make four.")
    Task 1.1: right, as far as these checks go. Grading runs more of them on other data.
    """
    chapter, objective = _objective(number)

    reread = (
        f"To reread: objective {objective} in chapter {chapter}, "
        "linked at the top of the task."
    )

    def run(check):
        _last[number] = "not yet right", 0
        check = _with_builtins(check)
        parts = _begin(check, hints)
        try:
            with _quiet():
                check()
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            untouched, touched = _told_by_stubs() if _is_stub(error) else ([], [])
            if untouched and not touched:
                _last[number] = "not attempted yet", 0
                raise NotAttempted(
                    f"Task {number}: not attempted yet.\n"
                    "Write your answer in the cell above in place of the line that "
                    "raises NotImplementedError, run that cell, then run this again."
                ) from None
            said = _unwritten(untouched) if untouched else _explain(error, check)
            raise NotYetRight(
                f"Task {number}: not yet right.\n{said}\n{_last_call()}{reread}"
            ) from None
        finally:
            _forget()
        earned, most = _sums(parts)
        if earned < most:
            about = f"{earned} of {most} points"
            parts_hold = " in all parts" if earned else ""
            _last[number] = f"not yet right{parts_hold}", earned / most
            _tell(f"Task {number}: not yet right, {about}.", parts, reread)
        else:
            _last[number] = "right, as far as it goes", 1
            print(
                f"Task {number}: right, as far as these checks go. "
                "Grading runs more of them on other data."
            )
        return earned if parts else None

    return run


@contextlib.contextmanager
def part(name, points=None):
    """Check one of several things that a task asks, which has points of its own.

    What fails in it costs its points and no other part's: the check goes on after it,
    and does not call an answer for it again.

    Parameters
    ----------
    name : str
        What to call it in messages, for example ``"`decode`"``.
    points : int, optional
        Its points, where it is checked first. Under the same name, more of it can be
        checked later: it holds if all of that does.

    Raises
    ------
    NotImplementedError
        If every answer that the check reads still is as in an empty exercise.
    ValueError
        If it has no points yet, or they are given twice.

    Examples
    --------
    >>> @task("1.1")
    ... def check_1_1():
    ...     with part("the sum", points=2):
    ...         true(2 + 2 == 4, "Two and two should make four.")
    ...     with part("the product", points=3):
    ...         true(2 * 3 == 5, "Twice three should make six.")
    Task 1.1: not yet right, 2 of 5 points.
    the product (3 points): Twice three should make six.
    To reread: objective 1.1 in chapter 1, linked at the top of the task.
    >>> check_1_1
    2
    """
    if (name in _now.parts) is (points is not None):
        raise ValueError(
            f"points of a part are given where it is checked first, and only there; "
            f"got {points} for {name!r}."
        )
    one = _now.parts.setdefault(name, _Part(points))
    _now.__dict__.update(part=one, call=())
    try:
        yield
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        untouched, touched = _told_by_stubs() if _is_stub(error) else ([], [])
        if untouched and not touched:
            raise
        said = _unwritten(untouched) if untouched else _explain(error, _now.check)
        one.said = one.said or f"{said}\n{_last_call()}"
    finally:
        _now.part = None


def look(*numbers):
    """Show something at once that needs answers, or say that it waits for them.

    Parameters
    ----------
    *numbers : str
        Numbers of the tasks whose answers are used.

    Returns
    -------
    callable
        Decorator that runs a function without parameters and returns None.

    Examples
    --------
    >>> @look("1.3")
    ... def look_1_3():
    ...     raise NotImplementedError("not attempted yet")
    This cell waits for your answer to task 1.3. Run it again when you have one.
    """
    for number in numbers:
        _objective(number)
    one = len(numbers) == 1
    tasks = f"{'task' if one else 'tasks'} {' and '.join(numbers)}"

    def run(show):
        _begin(show, {})
        try:
            with _quiet():
                show()
        except (Exception, KeyboardInterrupt) as error:
            if _is_stub(error):
                print(
                    f"This cell waits for your {'answer' if one else 'answers'} to "
                    f"{tasks}. Run it again when you have {'one' if one else 'them'}."
                )
            else:
                print(f"With what you have for {tasks} this cell stopped.")
                print(_explain(error, show))
        finally:
            _forget()

    return run


def so_far(points, *, by_hand=None):
    """Print the points that the checks have given since the kernel started.

    Parameters
    ----------
    points : dict of str to number
        The points of each task that a check judges, by its number.
    by_hand : dict of str to number, optional
        Those of each task that a person reads.

    Examples
    --------
    >>> @task("1.1")
    ... def check_1_1():
    ...     true(2 + 2 == 4, "Two and two should make four.")
    Task 1.1: right, as far as these checks go. Grading runs more of them on other data.
    >>> so_far({"1.1": 2, "1.9": 3}, by_hand={"1.8": 4})
    task      points  its check says
    1.1       2 of 2  right, as far as it goes
    1.9       0 of 3  nothing yet: it has not run
    1.8       ? of 4  a person reads it when you have handed in
    --------------------------------
    So far the checks give 2 of 5 points. Grading runs these checks and hidden
    tests, which try your functions on other data and at the edges, so a task that
    is right here can still lose its points. A person gives the other 4 points.
    """
    by_hand = by_hand or {}
    rows, total = [("task", "points", "its check says")], 0
    for number, most in points.items():
        said, share = _last.get(number, ("nothing yet: it has not run", 0))
        total += share * most
        rows.append((number, f"{share * most:g} of {most:g}", said))
    waits = "a person reads it when you have handed in"
    rows += [(number, f"? of {most:g}", waits) for number, most in by_hand.items()]
    table = [f"{number:6}{worth:>10}  {said}" for number, worth, said in rows]
    text = (
        f"So far the checks give {total:g} of {sum(points.values()):g} points. Grading "
        "runs these checks and hidden tests, which try your functions on other data "
        "and at the edges, so a task that is right here can still lose its points."
    )
    if by_hand:
        text += f" A person gives the other {sum(by_hand.values()):g} points."
    lines = [*table, "-" * len(table[0]), *textwrap.wrap(text, _WIDTH)]
    print("\n".join(lines))  # as one output


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
        If the function still is as in an empty exercise.

    Examples
    --------
    >>> call(max, [1, 3, 2])
    3
    """
    if _now.part and _now.part.said:
        raise NotYetRight(_now.part.said)  # a second endless loop would end the check
    given = copy.deepcopy(arguments)
    _now.call = function, arguments
    try:
        answer = function(*given)
    except (Exception, SystemExit) as error:
        if isinstance(error, NotYetRight) or _is_stub(error):
            raise
        raise NotYetRight(
            f"`{_name(function)}` stopped with an error. {_explain(error)}"
        ) from None
    for position, (before, after) in enumerate(zip(arguments, given, strict=True)):
        if not _same(before, after):
            argument = _parameter(function, position)
            raise NotYetRight(
                f"`{_name(function)}` changed its argument {argument} in place. "
                "Work on a copy, so that the caller's data stay as they are."
            )
    _now.call = function, given  # a check may go on with its own and change them
    if answer is None and not returns_none:
        raise NotYetRight(
            f"`{_name(function)}` returned None. Does every way through it end with "
            "`return ...`, also where a loop has no turn?"
        )
    return answer


def array(value, *, name, shape=None, missing=False, whole=False, hint=""):
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
    whole : bool, default False
        Whether it counts something, so that only whole numbers will do.
    hint : str, optional
        Where to look when the shape is another one.

    Returns
    -------
    ndarray
        The same numbers.

    Raises
    ------
    NotYetRight
        If it is None, a list or a tuple, holds anything but finite numbers, or floats
        where something is counted, or has another shape.

    Notes
    -----
    Taught in chapter 1.

    Examples
    --------
    >>> array(np.arange(3), name="the output", shape=(3,))
    array([0, 1, 2])
    """
    start = _start(name)
    if value is None or isinstance(value, list | tuple | dict | set | str):
        kind = "None" if value is None else f"a {type(value).__name__}"
        mend = " `np.array(...)` makes an array of it."
        raise NotYetRight(
            f"{start} this is {kind}, not a NumPy array or a number."
            f"{mend if isinstance(value, list) and shape != () else ''}"
        )
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
            f"{start} the shape is {values.shape}; it should be {tuple(shape)}. "
            f"{hint}".rstrip()
        )
    _all_present(values, start, missing)
    if whole and values.dtype.kind == "f":
        raise NotYetRight(
            f"{start} {values.flat[0]} is a {values.dtype}; what is counted is a whole "
            "number, so give an int."
        )
    return values


def close(
    value,
    expected,
    *,
    name,
    mistakes=None,
    hint="",
    parts=None,
    missing=False,
    whole=False,
    told=True,
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
        Where to look when the value fits no known mistake. Without one, `task` has the
        hint for the function that was called last.
    parts : sequence of str, optional
        What to call the entries along the first axis, where the check has put them
        together from several things that came back, for example ``["`w`", "`b`"]``.
    missing : bool, default False
        Whether NaN may stand for missing values; it equals NaN.
    whole : bool, default False
        Whether it counts something, so that only whole numbers will do.
    told : bool, default True
        Whether the message says which number is due. Where the numbers themselves are
        the answer it should not, and is the hint alone.
    rtol, atol : float
        Relative and absolute tolerance. Where the value has fewer digits than float64
        they are raised to what those digits can hold.

    Raises
    ------
    NotYetRight
        If it is not an array of finite numbers of that shape, or a number differs.

    Examples
    --------
    >>> close(np.array([2.0, 4.0]), [2, 4], name="the double")
    >>> close(3.0, 6, name="the sum", mistakes={"The last term is missing.": 3})
    Traceback (most recent call last):
    utils.checks.NotYetRight: The last term is missing.
    """
    expected = np.asarray(expected)
    form = {"name": name, "shape": expected.shape, "missing": missing, "whole": whole}
    tolerance = _tolerance(value, expected, rtol, atol)
    if _matches(value, expected, **tolerance):
        array(value, **form)
        return
    for message, wrong in (mistakes or {}).items():
        if _matches(value, np.asarray(wrong), **tolerance):
            raise NotYetRight(message)
    hint = hint or _now.hints.get(_called(), "")
    values = array(value, **form, hint=hint)
    if not told:
        raise NotYetRight(hint)
    where = _first(~np.isclose(values, expected, **tolerance))
    found, due = _told_apart(values[where], expected[where])
    place = _at(where, parts)
    raise NotYetRight(
        f"{_start(name)} you have {found}{place}; it should be {due}. {hint}".rstrip()
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

    Examples
    --------
    >>> true(1 > 2, "One is not larger than two.")
    Traceback (most recent call last):
    utils.checks.NotYetRight: One is not larger than two.
    """
    if not condition:
        raise NotYetRight(message)


def variant():
    """Seed of the data of one's own that a student measures on.

    It is drawn from the id of the `student`, so that measured numbers cannot be copied.

    Returns
    -------
    int
        The same for the same id, whatever its case.

    Raises
    ------
    ValueError
        If each student has data of their own and it is not known whose these are.

    Examples
    --------
    >>> from utils.data import weather
    >>> own = weather.simulate(variant(), 24)
    >>> own.shape
    (24, 14)
    """
    name = unicodedata.normalize("NFC", student()).casefold()
    digest = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big")


def student():
    """Id of the student, from which data of one's own are drawn.

    What ``student.txt`` beside the notebook says decides whose id that is:
    ``anybody``, as exercises are released, gives everybody the same data. Where an
    instructor writes ``each``, every student writes the id into it under which the
    notebook is handed in, unless a JupyterHub knows it.

    Returns
    -------
    str
        The id, as it was written.

    Raises
    ------
    ValueError
        If each student has data of their own and it is not known whose these are.

    Notes
    -----
    Grading takes the id from the submission's folder, and nothing that was typed.

    Examples
    --------
    >>> student()
    'anybody'
    """
    if told := os.environ.get(_GRADED):
        return told
    file = Path(_FILE)
    written = (
        file.read_text(encoding="utf-8-sig", errors="replace") if file.is_file() else ""
    )
    if written.strip() != _EACH:
        return written.strip() or _ANYBODY
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return Path.cwd().parent.name  # autograded/STUDENT/ASSIGNMENT
    if user := os.environ.get("JUPYTERHUB_USER"):
        return user
    raise ValueError(
        f"{_FILE} beside this notebook says {_EACH!r}: in its place, write the name or "
        "number under which you hand in, save the file, and run this cell again."
    )


def _objective(number):
    """Return the chapter and the objective of a task's number."""
    found = re.fullmatch(r"((\d+)\.\d+)[a-z]?", number)
    if not found:
        raise ValueError(
            "number must be an objective with an optional letter, such as '1.4b'; "
            f"got {number!r}."
        )
    return found[2], found[1]


@contextlib.contextmanager
def _quiet():
    """Let warnings pass, and print what is written to standard error."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        yield


def _is_stub(error):
    """Return whether an error comes from the line that stands for an answer."""
    return isinstance(error, NotImplementedError) and error.args == (_STUB,)


@dataclass
class _Part:
    """One of several things that a task asks, and what is wrong with it."""

    points: int
    said: str = ""


def _sums(parts):
    """Return how many points the parts give, and how many there are."""
    earned = sum(0 if one.said else one.points for one in parts.values())
    return earned, sum(one.points for one in parts.values())


def _tell(title, parts, reread):
    """Say what is wrong with parts.

    nbgrader takes an error for no points at all, so it is printed. Where nothing is
    graded, in Validate, which shows errors alone, it is raised.
    """
    failed = (
        f"{name} ({one.points} point{'s' * (one.points != 1)}): {one.said}"
        for name, one in parts.items()
        if one.said
    )
    error = NotYetRight(f"{title}\n{''.join(failed)}{reread}")
    if os.environ.get("NBGRADER_EXECUTION") == "validate":
        raise error
    print(error)


def _with_builtins(function):
    """Return a function that reads Python's own names as Python has them."""
    known = function.__globals__
    taken = _globals(function.__code__, known.keys() & vars(builtins).keys())
    if not taken:
        return function
    kept = {name: value for name, value in known.items() if name not in taken}
    return types.FunctionType(function.__code__, kept, closure=function.__closure__)


def _begin(function, hints):
    """Note which check or look runs; return its parts, which it fills."""
    _now.__dict__.update(_NOTHING, check=function, hints=hints, parts={})
    return _now.parts


def _forget():
    """Forget what ran."""
    _now.__dict__.update(_NOTHING)


def _told_by_stubs():
    """Return the names of the untouched and of the touched answers of a check.

    An untouched one raises whatever it is called with.
    """
    found = {True: [], False: []}
    for name, answer in _answers().items():
        found[_is_untouched(answer)].append(name)
    return found[True], found[False]


def _answers():
    """Return what the check or the look that runs may call, by name."""
    if _now.check is None:
        return {}
    known = _now.check.__globals__.items()
    could = {n: v for n, v in known if callable(v) and not isinstance(v, type)}
    read = _globals(_now.check.__code__, could.keys())
    return {name: could[name] for name in sorted(read)}


def _globals(code, among):
    """Return those of some names that a function and the functions in it read."""
    names = set()
    if not among.isdisjoint(code.co_names):  # where attributes stand, too
        reads = (i for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL")
        names = among & {i.argval for i in reads}
    inner = (part for part in code.co_consts if isinstance(part, types.CodeType))
    return names.union(*(_globals(part, among) for part in inner))


def _is_untouched(function):
    """Return whether a function raises what an empty exercise raises."""
    try:
        n_arguments = len(inspect.signature(function).parameters)
        with contextlib.redirect_stdout(io.StringIO()):
            function(*[None] * n_arguments)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        return _is_stub(error)
    return False


def _unwritten(names):
    """Return in words which functions still have no answer."""
    functions = " and ".join(f"`{name}`" for name in names)
    still = "still holds" if len(names) == 1 else "still hold"
    return (
        f"{functions} {still} the line that raises NotImplementedError: write your "
        "answer in its place."
    )


def _explain(error, check=None):
    """Return in words what went wrong in an answer, outside a check's own lines."""
    if isinstance(error, NotYetRight):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "The code was stopped before it ended. Does a loop go on for ever?"
    line = _line(error, check)
    text = re.sub(r"\w+(\.\w+)*\.<locals>\.|\x1b\[[\d;]*m", "", str(error))
    text = " ".join(text.split("\nArguments received by")[0].split())
    if isinstance(error, AssertionError):
        return f"An `assert` in your code does not hold{text and ': ' + text}.{line}"
    if "module" in text and re.search(r"\bchecks\b", line):
        return (
            "The name `checks` belongs to the check cells, and running one has taken "
            "it from you. Give your own `checks` another name, and run its cell again."
        )
    if isinstance(error, NameError) and check and not line:
        return f"`{error.name}` is not defined. Run the cell with your answer first."
    return f"Python says {type(error).__name__}: {text}{line}"


def _line(error, check):
    """Return the student's line in which an error arose, or an empty string."""
    own = _codes(check.__code__) if check else []
    frames = [
        frame
        for (inner, _), frame in zip(
            traceback.walk_tb(error.__traceback__),
            traceback.extract_tb(error.__traceback__),
            strict=True,
        )
        if inner.f_code.co_filename != __file__ and inner.f_code not in own
    ]
    if not frames or not frames[0].line or "site-packages" in frames[0].filename:
        return ""
    return f"\nThe line that did it: {frames[0].line}"


def _codes(code):
    """Return the code of a function and of the functions in it."""
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return [code, *(found for part in inner for found in _codes(part))]


def _name(function):
    """Return what to call a function: an answer has the name that its task gives it."""
    for name, answer in _answers().items():
        if answer is function:
            return name
    name = getattr(function, "__name__", getattr(function, "name", ""))
    return name if str(name).isidentifier() else "a function"


def _called():
    """Return the name of what was called last, or an empty string."""
    return _name(_now.call[0]) if _now.call else ""


def _last_call():
    """Return the last call as a line of words, with small arguments in full."""
    if not _now.call:
        return ""
    function, arguments = _now.call
    shown = (
        f"{_parameter(function, place).strip('`')}={_shown(value)}"
        for place, value in enumerate(arguments)
    )
    return f"The last call: `{_name(function)}({', '.join(shown)})`\n"


def _shown(value):
    """Return a value for a message: in full if it is small, or else its kind."""
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    kind = f"a {type(value).__name__}"
    if isinstance(value, dict) and 0 < len(value) <= _MOST_VALUES:
        kind += f" of {', '.join(map(repr, value))}"
    if isinstance(value, np.ndarray):
        kind = f"an array of shape {value.shape}"
        if value.size > _MOST_VALUES:
            return kind
        short = {"float_kind": "{:.6g}".format}
        text = np.array2string(value, separator=", ", formatter=short)
    elif callable(value):
        return _name(value)
    elif _is_long(value):
        return kind  # without writing out what would be too long
    else:
        try:
            text = repr(value)
        except Exception:  # of an object that the answer made
            return kind
    text = " ".join(text.split())
    return text if len(text) <= _MOST_LETTERS else kind


def _is_long(value):
    """Return whether a value holds something of more parts than words have letters."""
    if isinstance(value, dict | list | tuple):
        parts = value.values() if isinstance(value, dict) else value
        return len(value) > _MOST_LETTERS or any(map(_is_long, parts))
    size = getattr(value, "size", 0)  # of an array or a table
    return isinstance(size, int) and size > _MOST_LETTERS


def _parameter(function, position):
    """Return the name of a function's parameter, or else its number."""
    try:
        return f"`{list(inspect.signature(function).parameters)[position]}`"
    except (IndexError, TypeError, ValueError):
        return f"number {position + 1}"


def _same(before, after):
    """Return whether two arguments hold the same values; a function always does."""
    if before is after or callable(before):  # what cannot change has no copy
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


def _tolerance(value, expected, rtol, atol):
    """Return tolerances that the digits of a value can keep."""
    kind = getattr(value, "dtype", None)
    if kind != np.float32 or expected.dtype.kind not in "iuf":
        return {"rtol": rtol, "atol": atol, "equal_nan": True}
    least = 32 * float(np.finfo(np.float32).eps)
    largest = float(np.max(np.abs(expected), initial=0, where=np.isfinite(expected)))
    return {
        "rtol": max(rtol, least),
        "atol": max(atol, least * largest),
        "equal_nan": True,
    }


def _told_apart(value, expected):
    """Return two numbers with as many digits as it takes to see that they differ."""
    for digits in range(6, 18):
        found, due = f"{value:.{digits}g}", f"{expected:.{digits}g}"
        if found != due:
            break
    return found, due


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
            f"{start} {values[where]}{_at(where)}. Look for a division by zero, the "
            "exponential of a large number, or a value that was missing from the start."
        )


def _start(name):
    """Return the beginning of a sentence about something."""
    return f"{name[:1].upper()}{name[1:]}:"


def _first(flags):
    """Return the index of the first true flag."""
    return tuple(int(i) for i in np.argwhere(flags)[0])


def _at(where, parts=None):
    """Return an index in words for the middle of a sentence."""
    if not where:
        return ""
    if parts is not None:
        return f" for {parts[where[0]]}{_at(where[1:])}"
    return f" at position {where[0] if len(where) == 1 else where}"
