"""A hash of what a function computes, to tell whether a stored result is still its own.

Comments, docstrings and layout do not count; code, constants and enclosed values do.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType

PLAIN = (int, float, str, tuple, type(None))


def recipe(function: Callable, *others) -> str:
    """Hash a function's code and all that it uses of its own module.

    Functions and plain constants of the same module count, and theirs in turn; so do
    the values that an inner function encloses.  What comes from other modules counts by
    its name alone.

    Parameters
    ----------
    function : function
        With source code that can be read.
    *others : plain values
        What else decides the result; each is hashed as it prints.

    Returns
    -------
    str
        12 hexadecimal digits.

    Examples
    --------
    >>> def power(exponent):
    ...     return lambda x: x**exponent
    >>> recipe(power(2)) == recipe(power(2)), recipe(power(2)) == recipe(power(3))
    (True, False)

    Notes
    -----
    Taught in chapter 14.
    """
    lines = [*_lines(function, set()), *map(repr, others)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _lines(function: FunctionType, seen: set) -> Iterator[str]:
    """Yield the code of a function and of what it uses, each once."""
    if function.__code__ in seen:
        return
    seen.add(function.__code__)
    yield _code(function)
    enclosed = inspect.getclosurevars(function).nonlocals
    shared = {
        name: function.__globals__[name]
        for name in sorted(_names(function.__code__))
        if name in function.__globals__
    }
    for name, value in [*sorted(enclosed.items()), *shared.items()]:
        if isinstance(value, PLAIN):
            yield f"{name} = {value!r}"
        elif isinstance(value, FunctionType) and (
            value.__module__ == function.__module__
        ):
            yield f"{name} is"
            yield from _lines(value, seen)


def _names(code: CodeType) -> set[str]:
    """Names that a function and its inner functions look up outside themselves."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _code(function: FunctionType) -> str:
    """Source without comments, docstrings and layout."""
    source = textwrap.dedent(inspect.getsource(function))
    if function.__name__ == "<lambda>":
        return " ".join(source.split())
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
