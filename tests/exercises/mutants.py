"""Judge the checks by mutants: ``python -m tests.exercises.mutants ex01 ...``.

Each mutant is a reference answer with one small change: an operator, a bound, an axis,
a constant, an order, a sign, a statement left out, work in place. A check has to catch
it, unless the change makes no difference; then `equivalent.toml` says why.
"""

import ast
import copy
import difflib
import signal
import sys
import tomllib
from pathlib import Path

from tests.exercises.harness import SOLUTIONS, Run, is_answer, is_given, read

KNOWN = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text("utf-8"))
PATIENCE = 20  # seconds for one mutant, of which some never end

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Pow: [ast.Mult],
    ast.Mod: [ast.FloorDiv],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Eq: [ast.NotEq, ast.GtE],
    ast.NotEq: [ast.Eq],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}
NAMES = {
    "sum": ["mean", "max"],
    "mean": ["sum", "median"],
    "median": ["mean"],
    "max": ["min", "mean"],
    "min": ["max"],
    "maximum": ["minimum"],
    "minimum": ["maximum"],
    "argmax": ["argmin"],
    "argmin": ["argmax"],
    "nanargmin": ["argmin"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "zeros_like": ["ones_like"],
    "sin": ["cos"],
    "cos": ["sin"],
    "ceil": ["floor"],
    "floor": ["ceil"],
    "sqrt": ["square", "abs"],
    "log": ["log2", "log1p"],
    "exp": ["exp2"],
    "std": ["var"],
    "any": ["all"],
    "all": ["any"],
    "int": ["float"],
}
DROPPED = {
    "abs",
    "sqrt",
    "array",
    "asarray",
    "copy",
    "sort",
    "ceil",
    "list",
    "reversed",
}


def main(exercises):
    """Print the table and what is open, and return how much that is."""
    left = []
    print(f"{'exercise':24}{'made':>7}{'caught':>8}{'equivalent':>12}{'open':>6}")
    for name, path in SOLUTIONS.items():
        if not exercises or name.startswith(tuple(exercises)):
            made, equal, open_ones = judged(read(path))
            caught = made - equal - len(open_ones)
            print(
                f"{name:24}{made:7}{caught:8}{equal:12}{len(open_ones):6}", flush=True
            )
            left += open_ones
    print(*left, sep="\n")
    return len(left)


def judged(notebook):
    """Return how many mutants there are, how many are equivalent, and the others."""
    here, made, equal, left = Run(notebook), 0, 0, []
    for cell in here.cells:
        if is_given(cell):
            here.execute(cell)
    signal.signal(signal.SIGALRM, _ring)
    for cell in filter(is_answer, here.cells):
        task = cell.metadata.nbgrader.grade_id
        for change, source in mutants(cell.source):
            made += 1
            if not _passes(here, task, source):
                continue
            if change in KNOWN.get(task, {}):
                equal += 1
            else:
                left.append(f"{task}: {change}")
    return made, equal, left


def mutants(source):
    """Return pairs of the change in words and the changed source."""
    tree = ast.parse(source)
    plain, found = ast.unparse(tree), {}
    for number, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            other = copy.deepcopy(tree)
            change(next(n for i, n in enumerate(ast.walk(other)) if i == number))
            try:
                text = ast.unparse(ast.fix_missing_locations(other))
                compile(text, "<mutant>", "exec")
            except (SyntaxError, ValueError):
                continue
            found[text] = _words(plain, text)
    found.pop(plain, None)
    return [(words, text) for text, words in found.items()]


def _passes(here, task, source):
    """Return whether a check finds nothing wrong with a mutant."""
    signal.alarm(PATIENCE)
    try:
        return here.passes(task, source)
    except TimeoutError:
        return False
    finally:
        signal.alarm(0)


def _ring(*_):
    raise TimeoutError("this mutant never ends")


def _words(before, after):
    """Return the lines that differ, in one line."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    old, new = (
        "; ".join(x[2:].strip() for x in lines if x.startswith(mark)) for mark in "-+"
    )
    return f"{old} -> {new}"


def _changes(node):
    """Return the ways to change a node, as functions that do so."""
    for kinds, ways in _WAYS:
        if isinstance(node, kinds):
            yield from ways(node)


def _setting(name, value):
    """Return a change that gives a node's part another value."""
    return lambda node: setattr(node, name, copy.deepcopy(value))


def _replacing(part):
    """Return a change that puts a part of a node in the node's place."""

    def change(node):
        other = copy.deepcopy(part(node))
        node.__class__, node.__dict__ = other.__class__, other.__dict__

    return change


def _operator(node):
    for other in OPERATORS.get(type(node.op), []):
        yield _setting("op", other())
    if isinstance(node, ast.BinOp):
        yield _replacing(lambda n: n.left)
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
            yield lambda n: n.__dict__.update(left=n.right, right=n.left)
    if isinstance(node, ast.UnaryOp):
        yield _replacing(lambda n: n.operand)


def _comparison(node):
    for other in OPERATORS.get(type(node.ops[0]), []):
        yield _setting("ops", [other(), *node.ops[1:]])


def _constant(node):
    if isinstance(node.value, bool):
        yield _setting("value", not node.value)
    elif isinstance(node.value, int):
        yield from (_setting("value", node.value + step) for step in (1, -1))
    elif isinstance(node.value, float):
        others = (2 * node.value, -node.value) if node.value else (1.0,)
        yield from (_setting("value", other) for other in others)


def _call(node):
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    part = "attr" if isinstance(node.func, ast.Attribute) else "id"
    for other in NAMES.get(name, []):
        yield lambda n, other=other: setattr(n.func, part, other)
    if name in DROPPED and len(node.args) == 1:
        yield _replacing(lambda n: n.args[0])
    if name in DROPPED and not node.args and part == "attr":
        yield _replacing(lambda n: n.func.value)
    for place in range(len(node.keywords)):
        yield lambda n, place=place: n.keywords.pop(place)
    if len(node.args) > 1:
        yield lambda n: n.args.reverse()


def _attribute(node):
    if node.attr == "T":
        yield _replacing(lambda n: n.value)


def _slice(node):
    one = ast.Constant(1)
    for bound in ("lower", "upper"):
        if (value := getattr(node, bound)) is not None:
            for kind in (ast.Add(), ast.Sub()):
                yield _setting(bound, ast.BinOp(value, kind, one))
        elif node.step is None and bound == "lower":
            yield _setting("lower", one)
    if node.step is not None:
        yield _setting("step", None)


def _order(node):
    if len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        yield lambda n: n.elts.reverse()


def _returned(node):
    if isinstance(node.value, ast.BinOp | ast.Call | ast.Name):
        yield _setting("value", ast.UnaryOp(ast.USub(), node.value))


def _condition(node):
    yield _setting("test", ast.UnaryOp(ast.Not(), node.test))


def _in_place(node):
    value, target = node.value, node.targets[0]
    if isinstance(value, ast.BinOp) and ast.unparse(value.left) == ast.unparse(target):
        other = ast.AugAssign(target, value.op, value.right)
        yield _replacing(lambda _, other=other: other)


def _left_out(node):
    if not isinstance(getattr(node, "value", None), ast.Constant):  # a docstring
        yield _replacing(lambda _: ast.Pass())


def _inside_a_loop(node):
    """Return from the first turn of a loop, as a line indented too far does."""
    body = node.body
    for place, one in enumerate(body[:-1]):
        if isinstance(one, ast.For | ast.While) and isinstance(body[-1], ast.Return):

            def change(n, place=place):
                n.body[place].body.append(n.body.pop())

            yield change


def _function(node):
    yield from _inside_a_loop(node)
    names = [argument.arg for argument in node.args.args]
    uses = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in names]
    for number, use in enumerate(n for n in uses if isinstance(n.ctx, ast.Load)):
        for other in names:
            if other != use.id:
                yield lambda n, a=number, b=other, ns=names: _use(n, a, ns, b)


def _use(node, number, names, other):
    """Read another parameter at one place of a function."""
    uses = [n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in names]
    [n for n in uses if isinstance(n.ctx, ast.Load)][number].id = other


_WAYS = [
    ((ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.AugAssign), _operator),
    (ast.Compare, _comparison),
    (ast.Constant, _constant),
    (ast.Call, _call),
    (ast.Attribute, _attribute),
    (ast.Slice, _slice),
    ((ast.Tuple, ast.List), _order),
    (ast.Return, _returned),
    ((ast.If, ast.IfExp, ast.While), _condition),
    (ast.Assign, _in_place),
    ((ast.AugAssign, ast.Expr, ast.Break, ast.Continue), _left_out),
    (ast.FunctionDef, _function),
]

if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
