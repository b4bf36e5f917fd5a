"""Put right what happens to a notebook between its release and its submission.

Each cell of the release is looked for among the submitted ones: by the name that
nbgrader gave it, by its id, by its content, and last by its place. Cells of the
student's own stay where they are and are run with the others. Where a student left
several versions of an answer, the last complete one counts; the others become cells of
the student's own. Of an answer in words all versions count, since a person reads them.

Nothing of the notebook is executed here, and the time is bounded by its size.
"""

import ast
import bisect
import copy
import itertools
import re
import textwrap
import warnings
from dataclasses import dataclass, field
from functools import cached_property

import nbformat
from nbgrader import utils
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from grading.intake.parsing import notebook_of
from grading.intake.problems import Broken, Problem, named

__all__ = ["Release", "repair"]

STUB = 'raise NotImplementedError("not attempted yet")'
_SURE, _ALIKE, _LABEL = 0.8, 0.6, 0.3
_MISSING = "Answers were missing and count as not attempted, 0 points: {}."
_MOST_PARSED = 100_000
_REACH = 3
_DEFINES = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)"
    r"|^(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]*)?=(?!=)",
    re.MULTILINE,
)


class Release:
    """What an assignment hands out, found once for all who hand it in.

    Parameters
    ----------
    source : nbformat.NotebookNode
        The assignment's source notebook.
    """

    def __init__(self, source):
        self.parts = _parts(source)
        kept = {"kernelspec", "language_info"} & source.metadata.keys()
        self.metadata = {name: source.metadata[name] for name in kept}


def repair(notebook, release):
    """Return a submission with the cells of its release put right.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        A submission, as `grading.intake.parsing.parse` returns it.
    release : Release
        What was handed out.

    Returns
    -------
    tuple of nbformat.NotebookNode and list of str
        A new notebook that has every answer and every check of the release exactly
        once and in an order that can be graded, with nbgrader's metadata; and a line
        of Markdown for each kind of repair.

    Raises
    ------
    Broken
        If nothing of the release is found in the notebook.
    """
    parts = release.parts
    names = {part.name for part in parts}
    pieces = [_Piece(copy.deepcopy(cell), names) for cell in notebook.cells]
    report = _Report()
    _find_locked(pieces, parts, report)
    _find_answers(pieces, parts, report)
    _find_given(pieces, parts)
    _find_by_place(pieces, parts, report)
    _refuse_stranger(pieces, parts)
    _join_split(pieces, report)
    pieces = [piece for piece in pieces if not piece.dropped]
    pieces = _in_order(pieces, report)
    _put_back(pieces, parts, report)
    _find_words(pieces, parts, report)
    pieces = [piece for piece in pieces if not piece.dropped]
    _compare_kernels(notebook, release, report)
    cells = _finished(pieces, report)
    return notebook_of(cells, release.metadata), report.lines


@dataclass(frozen=True, eq=False)
class _Part:
    """A cell of the release: its name, its place, and how to recognise it."""

    name: str
    place: int
    kind: str  # "locked", "answer", "given" (code) or "text"
    cell: nbformat.NotebookNode
    defines: frozenset[str]

    @cached_property
    def lines(self):
        return _lines(self.cell.source)

    @property
    def is_graded(self):
        """Whether it is an answer or a check."""
        return self.kind in ("answer", "locked")

    @property
    def is_words(self):
        """Whether it is for an answer in words, which a person reads."""
        return self.kind == "answer" and self.cell.cell_type == "markdown"


@dataclass(eq=False)
class _Piece:
    """A cell of the submission, and the part of the release that it was found to be."""

    cell: nbformat.NotebookNode
    names: set[str]
    part: _Part | None = None
    dropped: bool = False
    fresh: bool = False  # put back where it was missing

    @cached_property
    def label(self):
        """The name that nbgrader gave the cell, or its id, if the release knows it."""
        given = self.cell.metadata.get("nbgrader", {}).get("grade_id")
        found = (x for x in (given, self.cell.id) if isinstance(x, str))
        return next((name for name in found if name in self.names), "")

    @cached_property
    def lines(self):
        return _lines(self.cell.source)

    @cached_property
    def defines(self):
        return _defined(self.cell.source)

    @property
    def own(self):
        """Whether the cell is not known to be one of the release's."""
        return self.part is None and not self.dropped

    @property
    def code(self):
        return self.cell.cell_type == "code"


@dataclass
class _Report:
    """What was put right, by kind of repair, in the order of the first of each."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def note(self, text, name=""):
        """Record a repair; `{}` in the text stands for all names of its kind."""
        self.found.setdefault(text, []).append(name)

    @property
    def lines(self):
        return [
            text.format(named(dict.fromkeys(names), most=20))
            for text, names in self.found.items()
        ]


def _parts(source):
    """Return the cells of the release that a source gives, in order."""
    full = MetadataValidator().upgrade_notebook_metadata(copy.deepcopy(source))
    released = copy.deepcopy(full)
    ClearSolutions(code_stub={"python": STUB}).preprocess(released, {})
    ClearHiddenTests().preprocess(released, {})
    parts = []
    for place, (cell, whole) in enumerate(zip(released.cells, full.cells, strict=True)):
        about = cell.metadata.get("nbgrader", {})
        cell.setdefault("id", f"released-{place}")  # formats before 4.5 have none
        if utils.is_solution(cell):
            kind = "answer"
        elif utils.is_locked(cell) or utils.is_task(cell):
            kind = "locked"
        else:
            kind = "given" if cell.cell_type == "code" else "text"
        name = about.get("grade_id", cell.id)
        defines = _defined(cell.source) or _defined(whole.source)
        parts.append(_Part(name, place, kind, cell, defines))
    return parts


def _lines(text):
    """Return the lines of a text without indentation, blank ones aside."""
    return frozenset(filter(None, map(str.strip, text.split("\n"))))


def _defined(text):
    """Return the names that a cell defines at its margin, syntax errors or not."""
    found = (one or several for one, several in _DEFINES.findall(text))
    return frozenset(name.strip() for names in found for name in names.split(","))


def _likeness(one, other):
    """Return the share of lines that two cells have in common, from 0 to 1."""
    total = len(one.lines) + len(other.lines)
    return 2 * len(one.lines & other.lines) / total if total else 0


def _attempted(piece, part):
    """Return whether a cell holds more than the released answer cell."""
    new = piece.lines - part.lines
    if part.is_words:
        return any(map(_visible, new))
    new = (line for line in new if not line.startswith("#"))
    blank = ("pass", "...")
    return any(
        not line.startswith("raise NotImplementedError") and line not in blank
        for line in new
    )


def _parses(text):
    """Return whether a text is Python, magics aside."""
    if len(text) > _MOST_PARSED:
        return True  # no hand has split it
    plain = re.sub(r"(?m)^([ \t]*)[%!].*$", r"\1pass", text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _find_locked(pieces, parts, report):
    """Find the checks, which nbgrader restores wherever it finds their names."""
    locked = [part for part in parts if part.kind == "locked"]
    claims = {part: [] for part in locked}
    for piece in pieces:
        scores = [
            _likeness(piece, p) + _LABEL * (piece.label == p.name) for p in locked
        ]
        if scores and max(scores) >= _SURE:
            best = max(range(len(locked)), key=scores.__getitem__)
            claims[locked[best]].append((scores[best], piece))
    for part, found in claims.items():
        if not found:
            continue
        _, kept = max(found, key=lambda claim: claim[0])
        _take(kept, part, report)
        for _, piece in found:
            piece.dropped = piece is not kept and piece.lines <= part.lines
        if len(found) > 1:
            report.note("Copies of checks were left out: {}.", part.name)


def _take(piece, part, report):
    """Record that a cell is a part of the release."""
    piece.part = part
    if piece.cell.metadata.get("nbgrader", {}).get("grade_id") != part.name:
        report.note(
            "Cells had lost the names that nbgrader gave them and were recognised: {}.",
            part.name,
        )


def _find_answers(pieces, parts, report):
    """Find the answers: by name or id, then by content."""
    answers = [part for part in parts if part.kind == "answer"]
    claims = {part: [] for part in answers}
    for piece in filter(lambda piece: piece.own, pieces):
        for part in answers:
            if piece.label == part.name and not _mistaken(piece, part, answers):
                claims[part].append(piece)
                break
    taken = {piece for found in claims.values() for piece in found}
    for part, found in claims.items():
        free = [p for p in pieces if p.own and p not in taken]
        if any(_attempted(piece, part) for piece in found):
            kept = _settle(found, part, report)
        elif others := _by_content(free, part, blank=not found):
            for piece in found:
                piece.dropped = True
            kept = others[-1]
        elif found:
            kept = _settle(found, part, report)
        else:
            continue
        _take(kept, part, report)


def _find_by_place(pieces, parts, report):
    """Find the answers that are left by where they lie, now that all else is known."""
    for part in parts:
        found = any(piece.part is part for piece in pieces)
        if part.kind == "answer" and not found:
            for piece in _by_place(pieces, part):
                _take(piece, part, report)


def _find_words(pieces, parts, report):
    """Find the answers in words that were not written into the cells for them.

    nbgrader gives nothing for a cell that is left as it was, and a cell of blanks would
    keep a person.
    """
    for place, piece in enumerate(pieces):
        if piece.part is None or not piece.part.is_words:
            continue
        if _attempted(piece, piece.part):
            continue
        piece.cell.source = piece.part.cell.source
        if text := _fill_in(piece, place, pieces, parts[piece.part.place - 1]):
            report.note(text, piece.part.name)


def _fill_in(piece, place, pieces, asked):
    """Bring an answer in words into its cell; return what to say of it, if anything."""
    sides = reversed(pieces[:place]), pieces[place + 1 :]
    above, below = (itertools.takewhile(lambda p: p.own, side) for side in sides)
    near = [*reversed([*above]), *below]
    question = next((p for p in pieces if p.part is asked), None)
    if written := [p for p in near if not p.code and _visible(p.cell.source)]:
        _joined(written, piece, between="\n\n")
        return "Answers in words were found beside the cells for them: {}."
    if typed := _typed_into(question, piece.part):
        _move(typed, question, piece)
        return "Answers in words were found among the lines of their questions: {}."
    if written := _around(pieces, place):
        _joined(written, piece, between="\n\n")
        return "Answers in words were found near the cells for them: {}."
    if code := [p.cell.source for p in near if p.code and _says(p.cell.source)]:
        piece.cell.source = textwrap.indent("\n\n".join(code), "    ")
        return "Answers in words were found in code beside the cells for them: {}."
    return _MISSING if piece.fresh else ""


def _move(typed, question, piece):
    """Move what was typed into a question, with its pictures, to the answer's cell."""
    question.cell.source = question.part.cell.source
    piece.cell.source = typed
    if "attachments" in question.cell:
        piece.cell.attachments = question.cell.pop("attachments")


def _around(pieces, place):
    """Return texts of the student's own before a question, or after the last one."""
    graded = [n for n, p in enumerate(pieces) if p.part and p.part.is_graded]
    start = max((n for n in graded if n < place), default=-1)
    stop = place if max(graded) > place else len(pieces)
    near = (p for p in pieces[start + 1 : stop] if p.own and not p.code)
    return [piece for piece in near if _visible(piece.cell.source)]


def _visible(text):
    """Return whether a text holds anything that can be seen."""
    return any(map(str.isprintable, "".join(text.split())))


def _says(code):
    """Return whether code may hold words: in a comment, a string, or as they are."""
    return bool(re.search("[\"'#]", code)) or not _parses(code)


def _typed_into(question, part):
    """Return the lines that a question has gained, blank ones between them kept."""
    if question is None or question.part.kind != "text" or question.code:
        return ""
    known = question.part.lines | part.lines
    lines = question.cell.source.split("\n")
    return "\n".join(line for line in lines if line.strip() not in known).strip()


def _mistaken(piece, part, answers):
    """Return whether a cell has the name of one answer and the content of another."""
    if not part.defines or part.defines & piece.defines:
        return False
    return any(p.defines and p.defines <= piece.defines for p in answers)


def _by_content(free, part, *, blank):
    """Return the cells that define what an answer should, blank ones if allowed."""
    if not part.defines:
        return []
    fit = [p for p in free if p.code and part.defines <= p.defines]
    written = [piece for piece in fit if _attempted(piece, part)]
    return written or (fit if blank else [])


def _by_place(pieces, part):
    """Return the one cell that lies where an answer should, if there is just one."""
    known = [(n, p.part.place) for n, p in enumerate(pieces) if p.part]
    start = max((n for n, place in known if place < part.place), default=-1)
    stop = min((n for n, place in known if place > part.place), default=len(pieces))
    kind = part.cell.cell_type
    between = [p for p in pieces[start + 1 : stop] if p.own and p.cell.source.strip()]
    fit = [piece for piece in between if piece.cell.cell_type == kind]
    return fit if len(fit) == 1 and start >= 0 else []


def _settle(found, part, report):
    """Return the one cell that counts of several for the same answer."""
    written = [piece for piece in found if _attempted(piece, part)]
    if part.is_words and len(written) > 1:
        once = {piece.lines: piece for piece in written}
        for piece in found:
            piece.dropped = True
        return _join([*once.values()], written[-1], part, report, between="\n\n")
    if written and len(written) < len(found) and _is_torn(found, written, part):
        return _join(found, written[-1], part, report)  # its head is as released
    for piece in found[0 if written else 1 :]:
        piece.dropped = piece not in written
    if len(written) < 2:
        kept = (written or found)[0]
        if len(found) > 1:
            report.note("Empty copies of answers were left out: {}.", part.name)
        return kept
    readable = [piece for piece in written if _parses(piece.cell.source)]
    whole = [piece for piece in readable if part.defines <= piece.defines]
    joined = "\n".join(piece.cell.source for piece in written)
    if (len(readable) < len(written) or not whole) and _parses(joined):
        return _join(written, written[-1], part, report)
    text = "Answers occurred more than once; the last complete one counts: {}."
    report.note(text, part.name)
    return (whole or readable or written)[-1]


def _is_torn(found, written, part):
    """Return whether cells make an answer that the written ones alone do not make."""
    alone, whole = ("\n".join(p.cell.source for p in some) for some in (written, found))
    complete = _parses(alone) and part.defines <= _defined(alone)
    return not complete and _parses(whole) and part.defines <= _defined(whole)


def _join(pieces, kept, part, report, between="\n"):
    """Join cells that an answer was split into, and return the one that is kept."""
    report.note("Answers split into several cells were joined: {}.", part.name)
    return _joined(pieces, kept, between)


def _joined(pieces, kept, between="\n"):
    """Join cells into one and return it; the others are dropped."""
    pictures = {}
    for piece in pieces:
        _bring_pictures(piece.cell, pictures)
    kept.cell.source = between.join(piece.cell.source for piece in pieces)
    if pictures:
        kept.cell.attachments = nbformat.from_dict(pictures)
    for name in ("lines", "defines"):
        vars(kept).pop(name, None)
    for piece in pieces:
        piece.dropped = True
    kept.dropped = False
    return kept


def _bring_pictures(cell, pictures):
    """Add a cell's attachments to others, under another name where one is taken."""
    for name, picture in cell.get("attachments", {}).items():
        free = name
        while pictures.setdefault(free, picture) != picture:
            free = f"again-{free}"
        if free != name:
            old, new = f"attachment:{name}", f"attachment:{free}"
            cell.source = cell.source.replace(old, new)


def _find_given(pieces, parts):
    """Find the cells that were only given, which tell where the others belong."""
    given = [part for part in parts if part.kind in ("given", "text")]
    own = (piece for piece in pieces if piece.own)
    for piece in sorted(own, key=lambda piece: not piece.label):  # a copy has none
        kind = piece.cell.cell_type
        fit = [part for part in given if part.cell.cell_type == kind]
        best = max(
            fit,
            key=lambda p: (piece.label == p.name) or _likeness(piece, p),
            default=None,
        )
        if best and (piece.label == best.name or _likeness(piece, best) >= _ALIKE):
            piece.part = best
            given.remove(best)


def _refuse_stranger(pieces, parts):
    """Raise if a notebook has nothing of the release to grade."""
    graded = [part for part in parts if part.is_graded]
    if graded and not any(piece.part in graded for piece in pieces):
        problem = Problem(
            "No cell of this exercise was found in the notebook.",
            "It may belong to another exercise; ask the student for the right one.",
        )
        raise Broken(problem)


def _join_split(pieces, report):
    """Join answers with the cells beside them that were split off."""
    cells = [piece for piece in pieces if not piece.dropped]
    for place, piece in enumerate(cells):
        if piece.part is None or piece.part.kind != "answer" or not piece.code:
            continue
        above = _run_of_own(reversed(cells[max(0, place - _REACH) : place]))
        below = _run_of_own(cells[place + 1 : place + 1 + _REACH])
        span = _whole([*reversed(above), piece, *below], len(above), piece.part)
        if len(span) > 1:
            _join(span, piece, piece.part, report)


def _whole(cells, at, part):
    """Return those cells around an answer that make it whole, as few as can be."""
    broken = [not _parses(cell.cell.source) for cell in cells]
    if not any(broken[max(0, at - 1) : at + 2]):
        return [cells[at]]
    spans = itertools.product(range(at + 1), range(at + 1, len(cells) + 1))

    def left_over(span):
        return sum(broken[: span[0]] + broken[span[1] :]), span[1] - span[0]

    for first, stop in sorted(spans, key=left_over):
        text = "\n".join(cell.cell.source for cell in cells[first:stop])
        if _parses(text) and part.defines <= _defined(text):
            return cells[first:stop]
    return [cells[at]]


def _run_of_own(pieces):
    """Return the student's own code cells up to the first other cell."""
    return list(itertools.takewhile(lambda p: p.own and p.code, pieces))


def _in_order(pieces, report):
    """Return the cells with the release's in its order, moving as few as can be."""
    known = [piece for piece in pieces if piece.part]
    stay = {known[n] for n in _rising([piece.part.place for piece in known])}
    moved = [piece for piece in known if piece not in stay]
    pieces = [piece for piece in pieces if piece.part is None or piece in stay]
    for piece in sorted(moved, key=lambda piece: piece.part.place):
        _insert(pieces, piece)
        if piece.part.kind in ("locked", "answer"):
            text = "Cells were moved back to their places in the exercise: {}."
            report.note(text, piece.part.name)
    return pieces


def _rising(numbers):
    """Return the positions of a longest rising run of numbers, gaps allowed."""
    ends, positions, before = [], [], []
    for n, number in enumerate(numbers):
        k = bisect.bisect_left(ends, number)
        ends[k:] = [number, *ends[k + 1 :]]
        before.append(positions[k - 1] if k else None)
        positions[k:] = [n, *positions[k + 1 :]]
    found, n = [], positions[-1] if positions else None
    while n is not None:
        found.append(n)
        n = before[n]
    return found[::-1]


def _insert(pieces, piece):
    """Put a cell of the release behind the one before it and what follows that."""
    place = piece.part.place
    earlier = (n for n, p in enumerate(pieces) if p.part and p.part.place < place)
    n = max(earlier, default=-1) + 1
    if piece.part.kind != "given":
        while n < len(pieces) and pieces[n].part is None:
            n += 1  # a helper that follows an answer comes before its checks
    pieces.insert(n, piece)


def _put_back(pieces, parts, report):
    """Put cells of the release back that are missing, except for mere looks."""
    there = {piece.part for piece in pieces}
    for part in parts:
        looks = "look" in part.cell.metadata.get("tags", [])
        if part in there or part.kind == "text" or looks:
            continue
        fresh = _Piece(copy.deepcopy(part.cell), set(), part, fresh=True)
        if part.is_words:
            pass  # `_find_words` looks for it first
        elif part.kind == "answer":
            _explain_missing(fresh, pieces, report)
        elif part.kind == "locked":
            text = "Checks were missing or unrecognisable and were put back: {}."
            report.note(text, part.name)
        else:
            text = "Cells that belong to the exercise were put back: {}."
            report.note(text, part.name)
        _insert(pieces, fresh)


def _explain_missing(fresh, pieces, report):
    """Report a missing answer, and keep it from undoing one in another cell."""
    part = fresh.part
    defines = [p.defines for p in pieces if p.code]
    if part.defines and part.defines <= frozenset().union(*defines):
        fresh.cell.source = "# This answer was found in another cell."
        text = "The cells of answers were missing, but the answers are in others: {}."
    else:
        text = _MISSING
    report.note(text, part.name)


def _finished(pieces, report):
    """Return the cells with the metadata and ids that nbgrader expects."""
    cells, taken = [], {piece.part.cell.id for piece in pieces if piece.part}
    for piece in pieces:
        cell, part = piece.cell, piece.part
        if part is None:
            _disown(cell, taken)
        else:
            if cell.cell_type != part.cell.cell_type:
                text = "Cells of another type were taken for what they should be: {}."
                report.note(text, part.name)
            text = part.cell.source if part.kind == "locked" else cell.source
            fresh = copy.deepcopy(part.cell)
            fresh.source = text
            if "attachments" in cell and fresh.cell_type == "markdown":
                fresh.attachments = cell.attachments
            cell = fresh
        cells.append(cell)
    return cells


def _disown(cell, taken):
    """Take from a cell of the student's own what would make it one of the release."""
    cell.metadata = nbformat.from_dict({})
    if cell.id in taken:
        names = (f"own-{n}" for n in range(len(taken) + 1))
        cell.id = next(name for name in names if name not in taken)
    taken.add(cell.id)


def _compare_kernels(notebook, release, report):
    """Report that a notebook was made for a kernel of another name."""
    expected = release.metadata.get("kernelspec", {}).get("name")
    asked = notebook.metadata.get("kernelspec", {}).get("name")
    if asked and asked != expected:
        text = "The notebook asked for the kernel {}; the course's Python ran it."
        report.note(text, asked)
