"""Which submissions have answers that are alike, whatever their names and order.

Code is compared by what it does, not by how it looks: comments, docstrings, layout and
the names that a student chose do not count, nor does the order of functions and cells.
Of each function the fingerprints that winnowing selects are kept [1]_. What the release
and the reference solution contain does not count; what many students share counts
little.

References
----------
.. [1] S. Schleimer, D. S. Wilkerson and A. Aiken, "Winnowing: local algorithms for
   document fingerprinting", SIGMOD 2003.
"""

import ast
import builtins
import hashlib
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import nbformat

from grading.course import CourseError, choose, notebooks
from grading.intake.folder import read, students, take
from grading.intake.repair import Release
from grading.pages.render import render

__all__ = ["Alike", "Passage", "Report", "compare", "fingerprints", "units", "write"]

GRAM, WINDOW = 7, 4
LEAST, EVIDENCE = 0.5, 8.0
MOST_SHARED = 64
MOST_PAIRS, MOST_PASSAGES = 50, 6
_BUILTINS = frozenset(dir(builtins))
_WITH_DOCSTRING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Passage:
    """Two pieces of code that are alike, as they were handed in."""

    first: str
    second: str
    shared: float


@dataclass(frozen=True)
class Alike:
    """Two submissions that are alike, or more that are the same.

    Attributes
    ----------
    first, second : tuple of str
        Students; those within a tuple handed in the same code.
    share : float
        How much of the smaller one's own code is in the other, from 0 to 1.
    evidence : float
        How many fingerprints that is, rare ones counting 1 and common ones less.
    passages : tuple of Passage
        What is alike, the longest first.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    share: float
    evidence: float
    passages: tuple[Passage, ...] = ()


@dataclass
class Report:
    """What a comparison found.

    Attributes
    ----------
    assignment : str
        Its name.
    compared : int
        How many submissions were compared.
    pairs : list of Alike
        Those that are alike, the most evident first.
    unread : list of str
        Students whose notebooks could not be read.
    """

    assignment: str
    compared: int = 0
    pairs: list[Alike] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def units(source):
    r"""Return the top-level statements of a cell, each as normalised tokens.

    Parameters
    ----------
    source : str
        Python, with or without the magics of notebooks. What is no Python is left out.

    Returns
    -------
    list of (str, tuple of str)
        Pairs of the statement as it was written and its tokens.

    Examples
    --------
    >>> one = units("def double(a):  # twice\n    b = 2 * a\n    return b")
    >>> other = units("def double(x):\n    'Double.'\n    y = (2*x)\n    return y")
    >>> one[0][1] == other[0][1]
    True
    """
    plain = _plain(source)
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found, lines = [], plain.splitlines()
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            found.append((text, tuple(_Tokens(node))))
    return found


def fingerprints(tokens):
    """Return the fingerprints that winnowing selects from tokens.

    Any stretch of ``GRAM + WINDOW - 1`` tokens that two texts share has at least one
    fingerprint in common.

    Parameters
    ----------
    tokens : sequence of str
        Of one statement.

    Returns
    -------
    set of int
        Hashes of runs of `GRAM` tokens.
    """
    count = max(1, len(tokens) - GRAM + 1)
    grams = ["\x00".join(tokens[i : i + GRAM]) for i in range(count)]
    hashes = [_hash(gram) for gram in grams]
    if len(hashes) <= WINDOW:
        return {min(hashes)} if tokens else set()
    spans = range(len(hashes) - WINDOW + 1)
    return {min(hashes[i : i + WINDOW]) for i in spans}


def compare(codes, known=(), *, least=LEAST, evidence=EVIDENCE):
    """Return who has answers that are alike.

    Parameters
    ----------
    codes : dict of str to iterable of str
        The code cells of each student.
    known : iterable of str
        Code that everyone has: the release and the reference solution.
    least : float
        Smallest share of the smaller submission's own code that is reported.
    evidence : float
        Smallest number of fingerprints that is reported, weighed by how rare they are.

    Returns
    -------
    list of Alike
        Without passages, the most evident first.
    """
    free = frozenset().union(*map(_prints, known))
    prints, classes = {}, defaultdict(list)
    for student, cells in codes.items():
        own = frozenset().union(*map(_prints, cells)) - free
        key = _hash(",".join(map(str, sorted(own))))
        prints[key] = own
        classes[key].append(student)
    weights = _weights(prints, classes)
    totals = {key: sum(weights[p] for p in own) for key, own in prints.items()}
    found = [
        Alike(tuple(classes[key]), (), 1.0, total)
        for key, total in totals.items()
        if len(classes[key]) > 1 and total >= evidence
    ]
    for (one, other), shared in _shared(prints, weights).items():
        share = shared / min(totals[one], totals[other])
        if share >= least and shared >= evidence:
            names = sorted([tuple(classes[one]), tuple(classes[other])])
            found.append(Alike(*names, min(share, 1.0), shared))
    return sorted(found, key=lambda pair: (-pair.share * pair.evidence, pair.first))


def write(root, names=(), *, to="similarity.html", least=LEAST, report=print):
    """Compare what was handed in and write a page of what is alike.

    Parameters
    ----------
    root : path-like
        Course directory.
    names : sequence of str
        Assignments; all of them if empty.
    to : path-like
        The page.
    least : float
        Smallest share that is reported.
    report : callable
        Called with a line for each assignment.

    Returns
    -------
    list of Report
        One for each assignment with submissions.

    Raises
    ------
    CourseError
        If an assignment is unknown, or nothing was handed in.
    """
    reports = []
    for name in choose(root, names):
        everyone = students(root, name)
        if everyone:
            reports.append(_of_assignment(root, name, everyone, least))
            found = reports[-1]
            line = f"{name}: {found.compared} compared, {len(found.pairs)} alike."
            report(line)
    if not reports:
        raise CourseError("Nothing was handed in yet.")
    page = render("similarity.html.j2", reports=reports, most=MOST_PAIRS)
    Path(to).write_text(page, encoding="utf-8", errors="backslashreplace")
    return reports


def _of_assignment(root, name, everyone, least):
    """Return what is alike in an assignment, with the passages to look at."""
    paths = notebooks(root, name).items()
    sources = {n: nbformat.read(path, as_version=4) for n, path in paths}
    releases = {n: Release(source) for n, source in sources.items()}
    found, codes = Report(name), {}
    for student in everyone:
        try:
            codes[student] = _code(root, name, student, releases)
        except Exception:  # whatever is the matter with this one
            found.unread.append(student)
    everything = [cell for source in sources.values() for cell in source.cells]
    known = [cell.source for cell in everything if cell.cell_type == "code"]
    found.compared = len(codes)
    free = frozenset().union(*map(_prints, known))
    for pair in compare(codes, known, least=least)[:MOST_PAIRS]:
        ends = pair.first[0], (pair.second or pair.first[1:])[0]
        passages = _passages(*(codes[end] for end in ends), free)
        found.pairs.append(
            Alike(pair.first, pair.second, pair.share, pair.evidence, passages)
        )
    return found


def _code(root, name, student, releases):
    """Return the code cells that a student could write in."""
    taken = take(root, name, student, list(releases)).notebooks
    found = (read(content, releases[n])[0] for n, content in taken.items())
    cells = (c for notebook in found for c in notebook.cells if c.cell_type == "code")
    return [c.source for c in cells if not c.metadata.get("nbgrader", {}).get("grade")]


def _passages(first, second, free):
    """Return the statements of two submissions that share most."""
    sides = [
        [
            (text, fingerprints(tokens) - free)
            for cell in cells
            for text, tokens in units(cell)
        ]
        for cells in (first, second)
    ]
    found, owners = [], defaultdict(list)
    for place, (_, own) in enumerate(sides[1]):
        for fingerprint in own:
            if len(owners[fingerprint]) < MOST_SHARED:
                owners[fingerprint].append(place)
    for text, own in sides[0]:
        alike = Counter(place for fingerprint in own for place in owners[fingerprint])
        if alike:
            place, shared = max(alike.items(), key=lambda item: (item[1], -item[0]))
            found.append(Passage(text, sides[1][place][0], shared))
    found.sort(key=lambda passage: -passage.shared)
    return tuple(found[:MOST_PASSAGES])


def _weights(prints, classes):
    """Return what each fingerprint counts: 1 if two share it, 0 if everyone does."""
    count = Counter()
    for key, own in prints.items():
        for fingerprint in own:
            count[fingerprint] += len(classes[key])
    size = sum(map(len, classes.values()))
    scale = math.log(size / 2) if size > 2 else 1.0
    return {
        fingerprint: min(1.0, math.log(size / times) / scale) if size > 2 else 1.0
        for fingerprint, times in count.items()
    }


def _shared(prints, weights):
    """Return what pairs share, found by way of the fingerprints that few have."""
    owners = defaultdict(list)
    for key, own in prints.items():
        for fingerprint in own:
            owners[fingerprint].append(key)
    shared = defaultdict(float)
    for fingerprint, keys in owners.items():
        if 1 < len(keys) <= MOST_SHARED:
            for pair in combinations(sorted(keys), 2):
                shared[pair] += weights[fingerprint]
    return shared


def _prints(source):
    """Return the fingerprints of a cell."""
    found = (fingerprints(tokens) for _, tokens in units(source))
    return frozenset().union(*found)


def _plain(source):
    """Return a cell's text without the lines that only notebooks understand."""
    lines = source.splitlines()
    return "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in lines)


def _hash(text):
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest)


class _Tokens(list):
    """The tokens of a statement: its tree in order, with names by first appearance."""

    def __init__(self, node):
        super().__init__()
        self._names = {}
        self._own = {
            *(n.arg for n in ast.walk(node) if isinstance(n, ast.arg)),
            *(
                n.id
                for n in ast.walk(node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ),
        }
        todo = [node]  # and no call within a call, which a sum of 1,200 terms ends
        while todo:
            node = todo.pop()
            self._add(node)
            todo += reversed(self._children(node))

    def _add(self, node):
        """Add the tokens of a node, without what is below it."""
        if isinstance(node, ast.Name):
            self.append(self._name(node.id))
        elif isinstance(node, ast.Constant):
            value = node.value  # of a long number no decimal digits can be had
            self.append((hex(value) if type(value) is int else repr(value))[:40])
        else:
            self.append(type(node).__name__)
            if isinstance(node, ast.arg):
                self.append(self._name(node.arg))
            elif isinstance(node, ast.Attribute):
                self.append(node.attr)
            elif isinstance(node, ast.keyword):
                self.append(node.arg or "**")

    def _children(self, node):
        """Return what is below a node, annotations and docstrings aside."""
        found = []
        for field_, value in ast.iter_fields(node):
            if field_ in ("annotation", "returns", "ctx", "type_comment"):
                continue
            values = value if isinstance(value, list) else [value]
            values = [v for v in values if isinstance(v, ast.AST)]
            is_body = field_ == "body" and isinstance(node, _WITH_DOCSTRING)
            found += values[1:] if is_body and _is_text(values) else values
        return found

    def _name(self, name):
        """Return a name, or a number for one that the student chose."""
        if name in self._own or name not in _BUILTINS:
            return self._names.setdefault(name, f"v{len(self._names)}")
        return name


def _is_text(values):
    """Return whether a body starts with a docstring."""
    first = values[0] if values else None
    value = first.value if isinstance(first, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
