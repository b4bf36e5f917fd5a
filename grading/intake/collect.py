"""Put what a learning platform packed into one zip where submissions belong.

Moodle and Canvas write into each file's name who handed it in, in these forms::

    Zoë O'Hara_1234_assignsubmission_file/ex01_perceptron.ipynb      Moodle
    Zoë O'Hara_1234_assignsubmission_file_ex01_perceptron.ipynb      Moodle, no folders
    Group A_17_assignsubmission_file/ex01_perceptron.ipynb           Moodle, a group
    oharazoë_LATE_4711_90210_ex01_perceptron-1.ipynb                 Canvas

A name of another form, or one that could be of two students, is refused and named; so
is a file that is damaged or would be written outside its folder. The zip is only read.
"""

import io
import re
import shutil
import stat
import unicodedata
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath

from grading.course import CourseError, choose, notebooks
from grading.intake.folder import MOST, MOST_ENTRIES, refuse_name
from grading.intake.problems import Broken, Problem, named
from grading.intake.table import table

__all__ = ["Collected", "collect"]

_MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_(?P<rest>.*))?"
)
_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<number>\d+)"
    r"(?:_(?P<order>\d+)_(?P<rest>.+)|_(?P<entry>text|link)\.html)"
)
_COPY = re.compile(r"(-\d+| ?\(\d+\))$")  # what platforms and browsers add to a name
_JUNK = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}
_NUMBERS = ("ID", "Identifier")  # Canvas's gradebook, Moodle's grading worksheet
_NAMES = ("Student", "Full name", "name")
_HALVES = ("First name", "Last name")
_OURS = ("SIS Login ID", "Username", "id")
_TIMESTAMP = "timestamp.txt"
_DAMAGED = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError)


@dataclass
class Collected:
    """What became of a zip.

    Attributes
    ----------
    placed : list of str
        A line for each student who has a submission now.
    refused : list of str
        A line for each file or hand-in that was not placed, with the reason.
    """

    placed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Who:
    """The one who handed in, as the platform names them."""

    name: str
    number: str = ""

    def __str__(self):
        return f"{self.name} ({self.number})" if self.number else self.name


@dataclass(frozen=True)
class _File:
    """A file of a hand-in: its path there, and what tells its age."""

    path: str
    order: int
    late: bool
    entry: zipfile.ZipInfo

    @property
    def age(self):
        return self.order, self.entry.date_time


def collect(root, archive, assignment, *, ids=None, match=None, group=None):
    """Put the hand-ins of a platform's zip into ``submitted/``.

    A submission that is there already and differs is moved to ``replaced/``.

    Parameters
    ----------
    root : path-like
        Course directory.
    archive : path-like
        The zip, as Moodle or Canvas gives it.
    assignment : str
        Name of the assignment.
    ids : path-like, optional
        Table that says who is who: Canvas's gradebook, Moodle's grading worksheet or
        gradebook, or one with the columns ``name`` and ``id``. Without it, students are
        called as the platform calls them.
    match : str, optional
        Its column with the students' names in ``submitted/``.
    group : str, optional
        Its column with a student's group. A hand-in of a group, or of one of its
        members, then counts for all of them.

    Returns
    -------
    Collected
        What was placed and what was not.

    Raises
    ------
    CourseError
        If the assignment is unknown, or the zip or the table cannot be read.
    """
    root = Path(root).resolve()
    choose(root, [assignment])
    if not Path(archive).is_file():
        raise CourseError(f"No file {archive}: name the zip that the platform gave.")
    wanted = [path.name for path in notebooks(root, assignment).values()]
    people = _People(ids, match, group)
    found = Collected()
    try:
        with zipfile.ZipFile(archive) as opened:
            handed_in = _sorted_out(opened, wanted, found)
            newest = _by_student(handed_in, people, found)
            count = Counter(who for who, _ in newest.values())
            for student, (who, files) in sorted(newest.items()):
                about = student, who, count[who] > 1
                _attempt(root, assignment, about, files, opened, found)
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise CourseError(
            f"{archive} cannot be read as a zip: {error}. Download it again."
        ) from None
    return found


def _sorted_out(opened, wanted, found):
    """Return the files of a zip by who handed them in; name those without an owner."""
    handed_in = defaultdict(list)
    entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    names = {entry.orig_filename: _name(entry) for entry in entries}
    top = _common_top(names.values())
    for entry in entries:
        name = names[entry.orig_filename]
        parts = PurePosixPath(name).parts
        if _JUNK & set(parts):
            continue
        if why := _danger(name, entry):
            found.refused.append(f"{_shown(name)}: {why}")
        elif (parsed := _parsed(parts[1:] if top else parts, wanted, entry)) is None:
            why = "its name is neither of Moodle's form nor of Canvas's"
            found.refused.append(f"{_shown(name)}: {why}.")
        else:
            who, file = parsed
            handed_in[who].append(file)
    return handed_in


def _name(entry):
    """Return an entry's name; some programs store UTF-8 and do not say so."""
    name = entry.orig_filename.replace("\\", "/")
    if entry.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _common_top(names):
    """Return whether all lies in one folder, which is nobody's hand-in."""
    paths = [PurePosixPath(name).parts for name in names]
    tops = {parts[0] for parts in paths if len(parts) > 1}
    return len(tops) == 1 and not (
        any(len(parts) < 2 for parts in paths) or _MOODLE.fullmatch(*tops)
    )


def _danger(name, entry):
    """Return why a file must not be unpacked, or ""."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        return "it would be written outside its folder."
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a symbolic link."
    return ""


def _parsed(parts, wanted, entry):
    """Return who handed in a file, and the file; None if its name does not say."""
    if not parts:
        return None
    if found := _MOODLE.fullmatch(parts[0]):
        rest = [found["rest"]] if found["rest"] else []
        path = [*rest, *parts[1:]]
        late, order = False, 0
    elif len(parts) == 1 and (found := _CANVAS.fullmatch(parts[0])):
        path = [found["rest"] or f"{found['entry']}.html"]
        late, order = bool(found["late"]), int(found["order"] or 0)
    else:
        return None
    if not path:
        return None
    path[-1] = _original(path[-1], wanted)
    who = _Who(found["name"], found["number"] or "")
    return who, _File("/".join(path), order, late, entry)


def _original(name, wanted):
    """Return a notebook's name without the number that a platform put to it."""
    path = PurePosixPath(name)
    plain = f"{_COPY.sub('', path.stem)}{path.suffix}"
    return plain if plain in wanted else name


def _by_student(handed_in, people, found):
    """Return the newest hand-in of each student; name those of nobody."""
    by_student = defaultdict(list)
    owners = {who: people.find(who, handed_in) for who in handed_in}
    for who, (students, why) in owners.items():
        if why:
            found.refused.append(f"{_shown(str(who))}: {why}")
        for student in students:
            by_student[student].append(who)
    newest = {}
    for student, several in by_student.items():
        ages = {who: max(file.age for file in handed_in[who]) for who in several}
        *older, who = sorted(several, key=ages.get)
        if older and ages[older[-1]] == ages[who]:
            both = " and ".join(_shown(str(each)) for each in several)
            why = "nothing tells which hand-in is newer; place one by hand."
            found.refused.append(f"{student}, from {both}: {why}")
            continue
        for other in older:
            note = f"{student}: the older hand-in of {_shown(str(other))} was left out."
            found.placed.append(note)
        newest[student] = who, handed_in[who]
    return newest


class _People:
    """Who is who, by a table or by what the platform calls them."""

    def __init__(self, ids, match, group):
        self._path, self._group = ids, group
        if ids is None:
            if match or group:
                raise CourseError("--match and --group name columns of --ids FILE.")
            return
        header, self._rows = table(ids)
        self._ours = match or next((c for c in _OURS if c in header), _OURS[-1])
        names = self._ours, "students' names of submitted/ with --match"
        for column, what in (names, (group, "groups with --group")):
            if column and column not in header:
                raise CourseError(
                    f"{ids} has no column {column!r}; it has: "
                    f"{', '.join(map(repr, header))}. Name the one that holds the "
                    f"{what}."
                )

    def find(self, who, everyone):
        """Return the students whose hand-in this is, or none and the reason."""
        if self._path is None:
            if sum(other.name == who.name for other in everyone) > 1:
                return [], "several have this name; say who is who with --ids FILE."
            return [who.name], ""
        rows = self._rows_of(who)
        if self._group and rows:
            groups = {row[self._group] for row in rows} - {""}
            rows = [r for r in self._rows if r in rows or r[self._group] in groups]
        elif len(rows) > 1:
            return [], f"{self._path} has several rows for this name."
        students = [row[self._ours].strip() for row in rows]
        if not all(students) or not students:
            return [], f"{self._path} does not say who this is."
        return students, ""

    def _rows_of(self, who):
        """Return the rows of a person, by number before name, or of a group."""
        tests = (
            lambda row: who.number and who.number in self._numbers(row),
            lambda row: _letters(who.name) in _names(row),
            lambda row: (
                self._group and _letters(who.name) == _letters(row[self._group])
            ),
        )
        found = ([row for row in self._rows if test(row)] for test in tests)
        return next(filter(None, found), [])

    def _numbers(self, row):
        """Return the platform's numbers for a row."""
        cells = (row.get(c, "") for c in _NUMBERS if c != self._ours)
        return {re.sub(r"^\D+", "", cell) for cell in cells}


def _names(row):
    """Return the forms in which a platform may write the name of a row."""
    whole = [row[column] for column in _NAMES if row.get(column)]
    halves = [row[column] for column in _HALVES if row.get(column)]
    turned = [" ".join(reversed(name.split(",", 1))) for name in whole]
    both = [" ".join(halves), " ".join(reversed(halves))] if halves else []
    return {_letters(name) for name in (*whole, *turned, *both)}


def _letters(name):
    """Return a name's letters and digits alone, in lower case."""
    name = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, name))


def _attempt(root, assignment, about, files, opened, found):
    """Place a hand-in, or name it with what is wrong with it."""
    student, who, is_shared = about
    try:
        _refuse_folder(student)
        content = _content(files, opened)
        line = _placed(root, assignment, student, content)
    except Broken as error:
        found.refused.append(f"{_shown(str(who))}: {error.problem}")
    except _DAMAGED as error:
        why = f"it is damaged or cannot be written ({type(error).__name__}: {error})."
        found.refused.append(f"{_shown(str(who))}: {why}")
    else:
        late = " Late, says the platform." * any(file.late for file in files)
        older = len(files) - len({file.path for file in files})
        left = f" Older files of the same name: {older} left out." * bool(older)
        by = f" Handed in by {_shown(str(who))}." * is_shared
        found.placed.append(f"{student}: {line}{by}{left}{late}")


def _refuse_folder(student):
    """Raise if a student's name cannot be that of a folder."""
    refuse_name(student)
    if "/" in student or "\\" in student or student.startswith("."):
        raise Broken(
            Problem("This is no name for a folder.", "Give another with --ids FILE.")
        )


def _content(files, opened):
    """Return the newest files of a hand-in by path; a zip that is all, unpacked."""
    newest = {}
    for file in sorted(files, key=lambda file: file.age):
        newest[file.path] = file
    pairs = [(path, opened, file.entry) for path, file in newest.items()]
    content = _read(pairs)
    zips = [path for path in content if path.lower().endswith(".zip")]
    if len(zips) == 1 and not any(".ipynb" in path.lower() for path in content):
        with zipfile.ZipFile(io.BytesIO(content.pop(zips[0]))) as inner:
            content |= _read([(_name(e), inner, e) for e in _plain(inner)])
    return content


def _plain(inner):
    """Return the files of a student's own zip; raise if one is dangerous."""
    entries = [entry for entry in inner.infolist() if not entry.is_dir()]
    for entry in entries:
        if why := _danger(_name(entry), entry):
            problem = Problem(
                f"In the student's zip, {named([_name(entry)])}: {why}",
                "Ask for the notebook itself.",
            )
            raise Broken(problem)
    junk = (bool(_JUNK & set(PurePosixPath(_name(e)).parts)) for e in entries)
    return [entry for entry, is_junk in zip(entries, junk, strict=True) if not is_junk]


def _read(pairs):
    """Return the bytes of files by path, no more than a submission may have."""
    found, left = {}, 2 * MOST
    for path, opened, entry in pairs:
        with opened.open(entry) as file:
            found[path] = file.read(left + 1)
        left -= len(found[path])
        if left < 0 or len(found) > MOST_ENTRIES:
            problem = Problem(
                f"It has more than {2 * MOST >> 20} MiB or {MOST_ENTRIES} files.",
                "Ask for the notebook itself.",
            )
            raise Broken(problem)
    return found


def _placed(root, assignment, student, content):
    """Write a submission where it belongs, and return what happened in words."""
    folder = root / "submitted" / student / assignment
    new = folder.with_name(f".{assignment}.new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        for name, data in content.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        line = named(sorted(content)).replace("`", "")
        if folder.exists():
            former = _files(folder)
            stamped = _TIMESTAMP in former and _TIMESTAMP not in content
            if stamped:  # by a person, for platforms tell no time
                del former[_TIMESTAMP]
            if former == content:
                return "as it was before."
            line += f" The former one is in {_put_aside(root, folder)}"
            line += f", with its {_TIMESTAMP}: write a new one." if stamped else "."
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return line


def _files(folder):
    """Return the bytes of a folder's files by path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _put_aside(root, folder):
    """Move a submission to ``replaced/``, and return where it is now."""
    place = root / "replaced" / folder.parent.name / folder.name
    place.mkdir(parents=True, exist_ok=True)
    target = next(p for n in count(1) if not (p := place / str(n)).exists())
    folder.rename(target)
    return target.relative_to(root)


def _shown(name):
    """Return a name fit for a terminal."""
    return name if name.isprintable() else ascii(name)
