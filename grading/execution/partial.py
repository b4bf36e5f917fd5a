"""Run a test, and read what nbgrader takes for partial credit."""

import ast
import numbers
import re

__all__ = ["credit", "run_test", "told"]

_NOT_RIGHT = re.compile(r"^Task \S+: not yet right", re.MULTILINE)


def run_test(source, space):
    r"""Run a test among names; return the number that its last line gives, or None.

    Parameters
    ----------
    source : str
        Python.
    space : dict
        The names that it finds, and those that it leaves.

    Examples
    --------
    >>> run_test("points = 1\npoints / 2", {})
    0.5
    >>> run_test("points = 1\npoints / 2;", {})
    """
    tree = ast.parse(source, "<test>")
    shown = tree.body and isinstance(tree.body[-1], ast.Expr)
    last = tree.body.pop() if shown and not source.rstrip().endswith(";") else None
    exec(compile(tree, "<test>", "exec"), space)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), "<test>", "eval"), space)
    counts = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return float(value) if counts else None


def told(printed):
    r"""Return what a test that gave some of its points printed about the others.

    That is all of it, or, where `utils.checks` has spoken, what it said last: before it
    stands what the answer printed.

    Examples
    --------
    >>> told("1\n2\nTask 1.1: not yet right, 1 of 2 points.\n`f`: The sign is wrong.\n")
    'Task 1.1: not yet right, 1 of 2 points.\n`f`: The sign is wrong.'
    """
    starts = [found.start() for found in _NOT_RIGHT.finditer(printed)]
    return printed[starts[-1] if starts else 0 :].strip()


def credit(points):
    """Return points as the output of a cell, where nbgrader looks for them."""
    data = {"text/plain": repr(float(points))}
    about = {"metadata": {}, "execution_count": None}
    return {"output_type": "execute_result", "data": data, **about}
