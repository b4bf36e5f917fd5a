"""The course as students get it: without solutions, hidden tests and grading.

What is copied is named here; everything else stays behind. The copy is then searched
for every solution and every hidden test, also inside notebooks, archives, compressed
files and git's objects, and is removed again if one is found.
"""

import io
import json
import re
import shutil
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import nbformat

from grading.course import CourseError, assignments, notebooks
from grading.release.release import generate

__all__ = ["leaks", "refuse", "secrets", "write"]

CONTENT = (
    "_config.yml",
    "_ext",
    "_lab",
    "_static",
    "_templates",
    "_toc.yml",
    "back",
    "chapters",
    "environment.yml",
    "intro.md",
    "LICENSE",
    "LICENSE-text",
    "pyproject.toml",
    "references.bib",
    "requirements.lock",
    "tools",
    "utils",
    "CITATION.cff",
)
WORKED = ("chapters/*_solution.ipynb", "chapters/checkpoints/project")
"""Worked solutions and what they load, which only an edition with them has."""

TARGETS = frozenset({"help", "setup", "book", "lab", "reproduce", "clean"})
_LEFT = shutil.ignore_patterns(
    *("__pycache__", "*.pyc", ".ipynb_checkpoints", ".*", "*.db", "*.log", "lock.py"),
    *("submitted", "autograded", "feedback", "journal.jsonl"),
)
_MARKS = ("SOLUTION", "HIDDEN TESTS")
_PART = re.compile(
    r"^[ \t]*### BEGIN ({})\n(.*?)^[ \t]*### END \1".format("|".join(_MARKS)),
    re.DOTALL | re.MULTILINE,
)
_TARGET = re.compile(r"^([a-z]+):.*\n(?:\t.*\n)*\n?", re.MULTILINE)
_LEAST, _MOST_DEEP, _MOST_BYTES = 24, 4, 1 << 30
_WORDS = re.compile(r"\s+")
_DATA = re.compile(r"[A-Za-z0-9+/=]{120,}")
_COMMAND = re.compile(r"(?:^|`)(?:make ([a-z]+)|python -m (\w+))", re.MULTILINE)
_HEADING = re.compile(r"^#+ .*\n", re.MULTILINE)
_NOTE = """
:::{{note}}
You read the students' edition, which does without {}: these are commands of the whole
course, for those who teach it or change it.
:::
"""
_README = """\
# Deep learning for time series

The book, the exercises and the helper package of the course.

```sh
make book    # the book, in _build/html/index.html
make lab     # the exercises in JupyterLab
```

These two commands need Python 3.11, 3.12 or 3.13 and make, and no other step. The first
one also sets up `.venv`: about 3 GB and a few minutes, once.

Each chapter has one assignment below `exercises/`. It says what to do, gives two hints
per task, and checks your answers where you write them. Work in place, save, and hand in
the notebook under its own name.

Code is under the [MIT licence](LICENSE); text, figures and exercises are under
[CC BY 4.0](LICENSE-text).
"""


def write(root, folder, *, worked=False):
    """Write the students' edition into a new or empty folder.

    Parameters
    ----------
    root : path-like
        Course directory.
    folder : path-like
        Where to; it must not exist or be empty, and not lie within the course.
    worked : bool, default False
        Whether the pages with worked solutions come with it.

    Returns
    -------
    int
        How many files it has.

    Raises
    ------
    CourseError
        If the folder holds anything, or a solution or hidden test was found in the
        copy, which is then removed.
    """
    root, folder = Path(root).resolve(), Path(folder).resolve()
    refuse(root, folder)
    folder.mkdir(parents=True, exist_ok=True)
    _copy(root, folder)
    if not worked:
        _leave_out_worked(folder)
    for page in (*folder.glob("*.md"), *folder.glob("back/*.md")):
        _say_what_is_missing(folder, page)
    found = leaks(folder, secrets(root))
    if found:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        lines = "\n  ".join(found[:20])
        raise CourseError(f"The edition was removed, because it gave away:\n  {lines}")
    return sum(path.is_file() for path in folder.rglob("*"))


def secrets(root):
    """Return what students must not see.

    Parameters
    ----------
    root : path-like
        Course directory.

    Returns
    -------
    dict of str to str
        Texts without their spaces, and where each comes from: every solution and every
        hidden test as a whole, and every two lines of it. What an exercise shows is no
        secret, nor is a solution that a chapter prints.
    """
    paths = (p for name in assignments(root) for p in notebooks(root, name).values())
    sources = [(path.stem, _code(path)) for path in paths]
    texts = [_PART.sub("", text) for _, cells in sources for _, text in cells]
    shown = _squeezed("\n".join(texts))
    pages = Path(root, "chapters").glob("*.ipynb")
    chapters = (_code(path) for path in pages if not path.match("*_solution.ipynb"))
    book = _squeezed("\n".join(text for cells in chapters for _, text in cells))
    found = {}
    for name, cells in sources:
        for about, source in cells:
            for kind, part in _PART.findall(source):
                for text in _pieces(part):
                    open_ = text in shown or (kind == "SOLUTION" and text in book)
                    if not open_:
                        found.setdefault(text, f"{name} {about} ({kind.lower()})")
    return found


def leaks(folder, secret):
    """Return where a folder holds what students must not see.

    Parameters
    ----------
    folder : path-like
        Any folder; hidden files and git's objects are searched, too.
    secret : dict of str to str
        As from `secrets`.

    Returns
    -------
    list of str
        A line for each file and secret.
    """
    folder, found = Path(folder), []
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_symlink():
            found.append(f"{place}: a symbolic link, which may lead out of the edition")
        elif path.is_file():
            for where, text in _texts(path.read_bytes(), str(place)):
                found += [f"{where}: {about}" for about in _seen(text, secret)]
    return found


def refuse(root, folder):
    """Raise if nothing for students can be written there.

    Parameters
    ----------
    root, folder : pathlib.Path
        Course directory, and where to write; both resolved.

    Raises
    ------
    CourseError
        If the folder lies within the course, or is not a new or an empty one.
    """
    if folder == root or folder.is_relative_to(root):
        raise CourseError(f"{folder} lies within the course; name a folder outside it.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty; name a new folder.")


def _copy(root, folder):
    """Copy what students get, and make what only they get."""
    for name in CONTENT:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, symlinks=True, ignore=_LEFT)
        elif source.is_file():
            shutil.copy2(source, folder / name)
    generate(root, folder / "exercises")
    (folder / "README.md").write_text(_README, encoding="utf-8")
    if (root / "Makefile").is_file():
        text = (root / "Makefile").read_text(encoding="utf-8")
        (folder / "Makefile").write_text(_makefile(text), encoding="utf-8")


def _leave_out_worked(folder):
    """Remove worked solutions, and their entries in the table of contents."""
    for path in [path for pattern in WORKED for path in folder.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    toc = folder / "_toc.yml"
    if toc.is_file():
        lines = toc.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.rstrip().endswith("_solution")]
        toc.write_text("".join(kept), encoding="utf-8")


def _missing(folder, text):
    """Return the commands that a text names and an edition has not, sorted."""
    named = {(m[1], m[2]) for m in _COMMAND.finditer(text)}
    targets = {target for target, _ in named if target} - TARGETS
    packages = {p for _, p in named if p and not (folder / p).is_dir()}
    lacks = [f"make {t}" for t in targets] + [f"python -m {p}" for p in packages]
    return [f"`{command}`" for command in sorted(lacks)]


def _say_what_is_missing(folder, page):
    """Say which of a page's commands the edition has not, below the heading of one."""
    text = page.read_text(encoding="utf-8")
    if lacks := _missing(folder, text):
        names = "|".join(name.strip("`") for name in lacks)
        first = re.search(rf"(?:^|`)(?:{names})\b", text, re.MULTILINE).start()
        place = [m.end() for m in _HEADING.finditer(text, 0, first)][-1]
        note = _NOTE.format(", ".join(lacks))
        page.write_text(f"{text[:place]}{note}{text[place:]}", encoding="utf-8")


def _makefile(text):
    """Return a Makefile with the students' targets alone."""
    kept = _TARGET.sub(lambda m: m[0] if m[1] in TARGETS else "", text)
    names = " ".join(m[1] for m in _TARGET.finditer(kept))
    return re.sub(r"^\.PHONY: .*$", f".PHONY: {names}", kept, flags=re.MULTILINE)


def _code(path):
    """Return the names and the texts of a notebook's code cells."""
    cells = nbformat.read(path, as_version=4).cells
    return [
        (c.metadata.get("nbgrader", {}).get("grade_id", c.get("id", "")), c.source)
        for c in cells
        if c.cell_type == "code"
    ]


def _pieces(part):
    """Return the texts of a part that tell something, without their spaces."""
    lines = [line.strip() for line in part.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    whole = [_squeezed(line) for line in lines]
    pairs = [a + b for a, b in pairwise(whole)]
    return {text for text in [*pairs, "".join(whole)] if len(text) >= _LEAST}


def _squeezed(text):
    return _WORDS.sub("", text)


def _seen(text, secret):
    """Return which secrets a text holds."""
    text = _squeezed(_DATA.sub(" ", text))
    found = {about for piece, about in secret.items() if piece in text}
    return sorted(found)


def _texts(content, where, depth=0):
    """Yield the texts that bytes hold, and where, also within archives."""
    yield where, content.decode("utf-8", "replace")
    for name, inner in _inside(content):
        if depth < _MOST_DEEP:
            yield from _texts(inner, f"{where}/{name}" if name else where, depth + 1)


def _inside(content):
    """Yield the names and the bytes of what is packed within bytes."""
    if content[:1] in (b"{", b"[", b'"'):
        try:
            texts = list(_strings(json.loads(content)))
        except (ValueError, RecursionError):
            return
        yield "", "\n".join(texts).encode("utf-8", "replace")
        inner = (text for text in texts if text[:1] in ("{", "["))
        yield from (("", text.encode("utf-8", "replace")) for text in inner)
    elif content[:2] == b"\x1f\x8b":
        yield "", _until_end(zlib.decompressobj(31), content)
    elif content[:1] == b"\x78":
        yield "", _until_end(zlib.decompressobj(), content)
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)


def _until_end(machine, content):
    """Return what compressed bytes hold, as far as they can be read."""
    try:
        return machine.decompress(content, _MOST_BYTES)
    except zlib.error:
        return b""


def _strings(value):
    """Yield the texts of JSON; a list of lines is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
