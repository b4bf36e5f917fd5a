"""Parse what was handed in as a notebook, in any version of the format."""

import json
import re
from collections import Counter

import nbformat

from grading.intake.problems import Broken, Problem
from grading.sandbox.bounded_json import TooManyValuesError, loads

__all__ = ["encodable", "notebook_of", "parse"]

_MOST_CELLS, _MOST_TEXT = 10_000, 16 << 20
_LONGEST_NAME = 1000
_SMALLER = "Ask for a smaller one: the outputs, for instance, can be cleared."


def parse(content):
    """Return the notebook that bytes hold, whatever they are.

    Parameters
    ----------
    content : bytes
        What was handed in, in any version of the notebook format and any Unicode.

    Returns
    -------
    tuple of nbformat.NotebookNode and list of str
        The notebook in the current format, of cells without outputs and without
        metadata other than nbgrader's; and what was put right, as lines of Markdown.

    Raises
    ------
    Broken
        If the bytes hold no notebook; its status is ``"unreadable"``.
    """
    try:
        return _parse(content)
    except Broken:
        raise
    except Exception as error:  # any bytes may have been handed in
        raise _unreadable(f"it is damaged ({type(error).__name__})") from None


def notebook_of(cells, metadata):
    """Return cells and metadata as a notebook of the current format, unchecked."""
    about = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata}
    notebook = nbformat.from_dict(about)
    notebook.cells = cells
    return notebook


def encodable(value):
    r"""Return a value of plain data whose texts can be stored in UTF-8.

    Half a character, which Python takes and no file, becomes a question mark.

    Parameters
    ----------
    value : object
        Texts and anything else, in dictionaries, lists and tuples of any depth.

    Examples
    --------
    >>> encodable({"text": ["a\ud800", 1]})
    {'text': ['a?', 1]}
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return type(value)({encodable(k): encodable(v) for k, v in value.items()})
    if isinstance(value, list | tuple):
        return type(value)(map(encodable, value))
    return value


def _parse(content):
    """Return bytes as a notebook of clean cells without outputs, and lines."""
    if not content.strip():
        raise _unreadable("it is empty")
    lines = []
    coding = json.detect_encoding(content)
    try:
        raw = loads(content)
    except TooManyValuesError as error:
        raise _unreadable(str(error), _SMALLER) from None
    except ValueError as error:
        where = f"line {error.lineno}" if hasattr(error, "lineno") else "its bytes"
        raise _unreadable(f"it breaks off or is garbled at {where}") from None
    if coding not in ("utf-8", "utf-8-sig"):
        lines.append(f"The file was stored in {coding.upper()} and was converted.")
    raw, converted = _current(raw)
    cells, damaged = [], 0
    for cell in raw["cells"]:
        fresh = _clean(cell)
        cells += fresh
        damaged += not fresh
    if sum(len(cell.source) for cell in cells) > _MOST_TEXT:
        raise _unreadable(f"its cells have more than {_MOST_TEXT >> 20} MiB of text")
    if damaged:
        lines.append(f"{_count(damaged, 'damaged cell')} could not be read.")
    lines += converted + _new_ids(cells)
    return notebook_of(cells, _metadata(raw)), lines


def _current(raw):
    """Return a notebook in the current main version of the format, and lines."""
    if not isinstance(raw, dict):
        raise _unreadable("it holds no notebook")
    version = raw.get("nbformat", 4 if "cells" in raw else None)
    if version in (1, 2, 3) and not isinstance(version, bool):
        for sheet in _within(raw):
            sheet["cells"] = [_bare(cell) for cell in _few(sheet["cells"])]
        raw["metadata"] = _metadata(raw)
        raw = nbformat.convert(nbformat.reader.reads(json.dumps(raw)), 4)
        return raw, [f"The notebook had the old format {version}; it was converted."]
    if version != 4 or not isinstance(raw.get("cells"), list):
        raise _unreadable(
            "it has no list of cells" if version == 4 else "its format is unknown",
            "Ask for it again, saved with the course's JupyterLab.",
        )
    _few(raw["cells"])
    return raw, []


def _within(raw):
    """Return the parts of a notebook of an old format that hold its cells."""
    sheets = raw.get("worksheets", [raw])
    return [
        s for s in sheets if isinstance(s, dict) and isinstance(s.get("cells"), list)
    ]


def _few(cells):
    """Return a list of cells unless it is so long that it could hold a grader."""
    if len(cells) > _MOST_CELLS:
        raise _unreadable(f"it has more than {_MOST_CELLS:,} cells")
    return cells


def _bare(cell):
    """Return a cell of an old format without what takes long to convert."""
    if not isinstance(cell, dict):
        return cell
    bare = {key: value for key, value in cell.items() if isinstance(value, str | int)}
    lists = {key: cell[key] for key in ("input", "source") if key in cell}
    return {"outputs": [], **bare, **lists, "metadata": _about(cell)}


def _clean(cell):
    """Return a cell's text and what is known of it as a new cell, or no cell."""
    if not isinstance(cell, dict):
        return []
    kind, source = cell.get("cell_type"), cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if kind not in ("code", "markdown", "raw") or not isinstance(source, str):
        return []
    fresh = {"cell_type": kind, "source": source, "id": cell.get("id", "")}
    fresh["metadata"] = _about(cell)
    if kind == "code":
        fresh |= {"outputs": [], "execution_count": None}
    elif pictures := _pictures(cell.get("attachments")):
        fresh["attachments"] = pictures
    return [nbformat.from_dict(encodable(fresh))]


def _about(cell):
    """Return a cell's metadata: what nbgrader keeps there, which are single values."""
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(about, dict):
        return {}
    plain = ((k, v) for k, v in about.items() if not isinstance(v, dict | list))
    return {"nbgrader": {k: v for k, v in plain if len(f"{k}{v}") < _LONGEST_NAME}}


def _pictures(attachments):
    """Return the pictures that were pasted into a cell, damaged ones aside."""
    found = attachments.items() if isinstance(attachments, dict) else ()
    return {
        name: data
        for name, data in found
        if isinstance(data, dict) and all(isinstance(v, str) for v in data.values())
    }


def _new_ids(cells):
    """Give cells new ids where theirs are missing, wrong or not their own."""
    times = Counter(str(cell.id) for cell in cells)
    taken, twice = set(), 0
    for number, cell in enumerate(cells):
        good = isinstance(cell.id, str) and re.fullmatch(r"[\w-]{1,64}", cell.id, re.A)
        if not good or cell.id in taken:
            twice += times[str(cell.id)] > 1 and bool(good)
            names = (f"cell-{number}" + "-again" * n for n in range(len(cells) + 1))
            cell.id = next(name for name in names if name not in times)
        taken.add(cell.id)
    if not twice:
        return []
    return [f"{_count(twice, 'cell')} shared an id with another and got a new one."]


def _count(number, name):
    """Return a number of things in words."""
    return f"{number} {name}{'s' if number > 1 else ''}"


def _metadata(raw):
    """Return what a notebook says about its kernel."""
    metadata = raw.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    name = spec.get("name") if isinstance(spec, dict) else None
    return {"kernelspec": {"name": encodable(name)}} if isinstance(name, str) else {}


def _unreadable(cause, remedy="Ask the student for the notebook again."):
    """Return the finding that bytes hold no notebook."""
    problem = Problem(f"The file is not a readable notebook: {cause}.", remedy)
    return Broken(problem, "unreadable")
