"""The names that a cell reads and those that it defines, magics included."""

import ast
import functools
import re
import symtable

__all__ = [
    "defined_functions",
    "defined_names",
    "free_names",
    "plain",
]

_SHELL = frozenset({"get_ipython"})  # what magics call, and no answer's to define
_FIGURES = re.compile(r"(?m)^([ \t]*)%(?:matplotlib|config)\b.*$")


@functools.cache
def plain(source):
    r"""Return a cell as Python, as IPython would run it.

    What only says how figures look is left out.

    Parameters
    ----------
    source : str
        Python with magics, as in a notebook's cell.

    Examples
    --------
    >>> plain("%matplotlib inline\nx = 1")
    'pass\nx = 1'
    >>> plain("files = !ls")
    "files = get_ipython().getoutput('ls')\n"
    """
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        from IPython.core.inputtransformer2 import TransformerManager

        source = _FIGURES.sub(r"\1pass", source)
        if re.search(r"[%!?]", source):
            source = TransformerManager().transform_cell(source)
    return source


@functools.cache
def free_names(source):
    r"""Return the names that a test reads and does not itself import or define.

    Parameters
    ----------
    source : str
        Python, as in a notebook's cell.

    Returns
    -------
    frozenset of str
        Candidates to fetch from the student's names.

    Examples
    --------
    >>> sorted(free_names("import numpy as np\nz = np.sum(f(x))"))
    ['f', 'x']
    >>> sorted(free_names("def check():\n    x = 1\n    return f(x)"))
    ['f']
    """
    own = set()
    for node in ast.parse(plain(source)).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            own |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own.add(node.name)
    read = _globals(symtable.symtable(plain(source), "<test>", "exec"))
    return frozenset(read - own - _SHELL)


@functools.cache
def defined_names(source):
    r"""Return the global names that a cell assigns, imports or defines.

    Parameters
    ----------
    source : str
        Python with magics, as in a notebook's cell; none of it counts if it is wrong.

    Examples
    --------
    >>> sorted(defined_names("import a.b\nfor i in c:\n    d = i\ndef f(x): y = x"))
    ['a', 'd', 'f', 'i']
    """
    try:
        table = symtable.symtable(plain(source), "<cell>", "exec")
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(_set(table))


@functools.cache
def defined_functions(source):
    """Return the names of the functions and classes that a cell defines."""
    try:
        body = ast.parse(plain(source)).body
    except (SyntaxError, ValueError):
        return frozenset()
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return frozenset(node.name for node in body if isinstance(node, kinds))


def _globals(table):
    """Return the global names that a piece of code reads, in whatever depth."""
    outermost = table.get_type() == "module"
    read = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (outermost or symbol.is_global())
    }
    return read.union(*map(_globals, table.get_children()))


def _set(table):
    """Return the global names that a piece of code sets, in whatever depth."""
    outermost = table.get_type() == "module"
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if (symbol.is_assigned() or symbol.is_imported())
        and (outermost or symbol.is_declared_global())
    }
    return names.union(*map(_set, table.get_children()))
