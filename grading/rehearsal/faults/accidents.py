"""Accidents: what happens to cells, notebooks and folders, and what must come of it."""

import copy
import json
import os

import nbformat

from grading.rehearsal.faults.case import Case, defined, place_of, test_of, written

__all__ = ["cells", "folders", "notebooks"]

_MIB = 1 << 20


def cells(exercise):
    """Return the accidents of an `Exercise` that happen to cells."""
    victim = exercise.victim
    test = test_of(exercise, victim)
    lines = exercise.right[victim].split("\n")
    wrong = "\n".join(f"{name} = None" for name in defined(exercise.right[victim]))

    def case(student, change, says, name=victim, **options):
        notebook = exercise.answered()
        change(notebook.cells)
        write = written(exercise, notebook)
        return Case(student, write, says=(says, name), **options)

    def delete(name):
        return lambda cells: cells.pop(place_of(cells, name))

    def copy_answer(cells):
        n = place_of(cells, victim)
        cells.insert(n, _twin(cells[n], wrong))

    def copy_checks(cells):
        cells.append(_twin(cells[place_of(cells, test)]))

    def split(cells):
        n = place_of(cells, victim)
        half = len(lines) // 2
        cells.insert(n + 1, _twin(cells[n], "\n".join(lines[half:])))
        cells[n].source = "\n".join(lines[:half])

    def rename(cells):
        for n, name in enumerate([victim, test]):
            cell = cells[place_of(cells, name)]
            cell.id, cell.metadata.nbgrader.grade_id = f"renamed-{n}", f"renamed-{n}"

    def strip(cells):
        for n, cell in enumerate(cells):
            cell.id, cell.metadata = f"stripped-{n}", {}

    def move(cells):
        cells.append(cells.pop(place_of(cells, victim)))

    def to_markdown(cells):
        n = place_of(cells, victim)
        fresh = nbformat.v4.new_markdown_cell(cells[n].source, id=cells[n].id)
        cells[n] = nbformat.from_dict({**fresh, "metadata": cells[n].metadata})

    gone = frozenset({test})
    return [
        case("deleted checks", delete(test), "put back", test),
        case("deleted answer", delete(victim), "not attempted, 0 points", lost=gone),
        case("copied answer", copy_answer, "more than once"),
        case("copied checks", copy_checks, "Copies of checks", test),
        case("split answer", split, "joined"),
        case("renamed cells", rename, "were recognised"),
        case("stripped metadata", strip, "were recognised"),
        case("moved answer", move, "moved back"),
        case("answer as Markdown", to_markdown, "another type"),
    ]


def notebooks(exercise):
    """Return the accidents that happen to a notebook as a whole."""
    text = nbformat.writes(exercise.answered())

    def case(student, content, **options):
        def write(folder):
            (folder / f"{exercise.name}.ipynb").write_bytes(content)

        return Case(student, write, **options)

    def changed(change):
        raw = json.loads(text)
        change(raw)
        return json.dumps(raw).encode()

    def warn(raw):
        noise = "import sys, warnings\nwarnings.warn('x')\nprint(1, file=sys.stderr)\n"
        for cell in raw["cells"]:
            if cell["id"] in exercise.right:
                cell["source"] = noise + "".join(cell["source"])

    def share_ids(raw):
        for cell in raw["cells"]:
            cell["id"] = "same"

    def grow(raw):
        stream = {"output_type": "stream", "name": "stdout", "text": "x" * 40 * _MIB}
        code = [cell for cell in raw["cells"] if cell["cell_type"] == "code"]
        code[0]["outputs"] = [stream]

    def ask_for_r(raw):
        raw["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R"}}

    unreadable = {"status": "unreadable", "lost": None}
    stranger = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    return [
        case("warnings on stderr", changed(warn)),
        case("corrupt JSON", text.encode()[: len(text) // 2], **unreadable),
        case("empty file", b"", **unreadable, says=("it is empty",)),
        case("not a notebook", b"%PDF-1.7\n\xff\xfe", **unreadable),
        case("huge notebook", changed(grow)),
        case("too large", b"x" * (65 * _MIB), **unreadable, says=("64 MiB",)),
        case("wrong kernel", changed(ask_for_r), says=("the kernel `ir`",)),
        case("shared ids", changed(share_ids), says=("shared an id",)),
        case("old format", _old(text), says=("old format 3",)),
        case(
            "another notebook",
            nbformat.writes(stranger).encode(),
            status="needs-a-person",
            lost=None,
            says=("No cell of this exercise",),
        ),
        case("Zoë O'Hara (2) 李 ñ", text.encode()),
    ]


def folders(exercise):
    """Return the accidents that happen to a student's folder."""
    content = nbformat.writes(exercise.answered()).encode()
    wanted = f"{exercise.name}.ipynb"

    def link(folder):
        (folder / wanted).write_bytes(content)
        (folder / "data").symlink_to("/")

    def link_notebook(folder):
        (folder / wanted).symlink_to(f"../../perfect/{exercise.name}/{wanted}")

    def write_two(folder):
        (folder / wanted).write_bytes(content)
        (folder / "first try.ipynb").write_bytes(b"{}")

    def write_time(folder):
        (folder / wanted).write_bytes(content)
        (folder / "timestamp.txt").write_bytes(b"yesterday \xff\n")

    def zip_it(folder):
        (folder / "answers.zip").write_bytes(b"PK")

    person = {"status": "needs-a-person", "lost": None}
    pipe = {"status": "unreadable", "lost": None, "says": ("a named pipe",)}
    renamed = "meine Lösung (1).ipynb"
    return [
        Case(
            "renamed notebook",
            lambda folder: (folder / renamed).write_bytes(content),
            says=(renamed,),
        ),
        Case("two notebooks", write_two, says=("`first try.ipynb`",)),
        Case("no notebook", zip_it, **person, says=("`answers.zip`",)),
        Case("symbolic link", link, **person, says=("symbolic links: `data`",)),
        Case("notebook as a link", link_notebook, **person, says=("symbolic",)),
        Case("named pipe", lambda folder: os.mkfifo(folder / wanted), **pipe),
        Case("senseless time stamp", write_time),
    ]


def _old(text):
    """Return a notebook in the format of ten years ago."""
    notebook = nbformat.reads(text, as_version=4)
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]
    return nbformat.v3.writes_json(nbformat.convert(notebook, 3)).encode()


def _twin(cell, source=None):
    """Return a copy of a cell, with another source if one is given."""
    twin = copy.deepcopy(cell)
    twin.id = f"{cell.id}-twin"
    twin.source = cell.source if source is None else source
    return twin
