"""Students get the course and no secret, wherever one may hide."""

import gzip
import io
import json
import re
import shutil
import zipfile
import zlib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grading.__main__ import main
from grading.course import CourseError
from grading.release import student_edition
from grading.release.student_edition import leaks, secrets, write
from tests.exercises.harness import ROOT
from tests.grading.class_of_ex01 import NAME, TESTS, make_course

SOLUTION = "    answer = int(x @ w + b >= 0)\n    error = target - answer\n"
HIDDEN = (
    "w, b = rng.uniform(0.5, 2, size=2) * rng.choice([-1, 1], size=2), rng.normal()\n"
    "        x1 = rng.uniform(-2, 2, size=rng.integers(1, 9))"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = make_course(tmp_path_factory.mktemp("course"))
    for name in ("utils", "tests", "grading", ".git", "submitted", "utils/__pycache__"):
        (root / name).mkdir()
        (root / name / "some.py").write_text("x = 1\n")
    (root / "tests" / "secret.py").write_text(SOLUTION)
    (root / "gradebook.db").write_text("scores")
    (root / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"), "utf-8")
    return root


@pytest.fixture(scope="module")
def secret(course):
    return secrets(course)


@pytest.fixture(scope="module")
def edition(course, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edition")
    assert main(["--root", str(course), "student-edition", str(folder)]) == 0
    return folder


def test_the_edition_has_what_students_need_and_nothing_else(edition):
    assert {path.name for path in edition.iterdir()} == {
        *("README.md", "Makefile", "utils", "exercises"),
    }
    assert [path.name for path in (edition / "utils").iterdir()] == ["some.py"]
    assert (edition / "exercises" / NAME / f"{NAME}.ipynb").is_file()
    assert (edition / "exercises" / "README.md").is_file()


@pytest.mark.parametrize("worked", [False, True])
def test_worked_solutions_come_along_on_request_alone(tmp_path, worked):
    (tmp_path / "course").mkdir()
    root = make_course(tmp_path / "course")
    (root / "chapters" / "checkpoints" / "project").mkdir(parents=True)
    worked_pages = {
        "chapters/02_solution.ipynb": json.dumps(nbformat.v4.new_notebook()),
        "chapters/checkpoints/project/frozen.json": "{}",
    }
    kept = {"chapters/02_project.ipynb": json.dumps(nbformat.v4.new_notebook())}
    for name, text in {**worked_pages, **kept}.items():
        (root / name).write_text(text, encoding="utf-8")
    entries = "- file: chapters/02_project\n  sections:\n  - file: exercises/a\n"
    (root / "_toc.yml").write_text(
        entries + "  - file: chapters/02_solution\n", encoding="utf-8"
    )
    write(root, tmp_path / "edition", worked=worked)
    for name in worked_pages:
        assert (tmp_path / "edition" / name).exists() == worked
    for name in kept:
        assert (tmp_path / "edition" / name).exists()
    toc = (tmp_path / "edition" / "_toc.yml").read_text(encoding="utf-8")
    assert toc.startswith(entries)
    assert ("02_solution" in toc) == worked


def test_the_makefile_has_the_students_targets_alone(edition):
    text = (edition / "Makefile").read_text("utf-8")
    targets = ["help", "setup", "book", "lab", "reproduce", "clean"]
    assert f".PHONY: {' '.join(targets)}\n" in text
    for target in targets:
        assert f"\n{target}: " in text
    for word in ("pytest", "grading", "benchmarks", "lock.py", "ruff"):
        assert word not in text.replace(".ruff_cache", "").replace(".pytest_cache", "")


def test_the_readme_names_nothing_that_is_not_there(edition):
    text = (edition / "README.md").read_text("utf-8")
    for word in ("solutions", "tests", "grading", "make test", "nbgrader"):
        assert word not in text


def lacking(text):
    """Return the commands that a text names and students have not."""
    held = r"book|lab|setup|clean|help|reproduce"
    found = re.findall(rf"(?:^|`)(make (?!{held})[a-z]+)", text, re.M)
    return {*found, *re.findall(r"(?:^|`)(python -m (?!utils)\w+)", text, re.M)}


def test_its_pages_say_which_of_their_commands_it_has_not(tmp_path):
    (tmp_path / "course").mkdir()
    root = make_course(tmp_path / "course")
    shutil.copy(ROOT / "intro.md", root)
    shutil.copytree(ROOT / "back", root / "back")
    (root / "utils").mkdir()
    write(root, tmp_path / "edition")
    noted = {}
    for page in (tmp_path / "edition").rglob("*.md"):
        text = page.read_text("utf-8")
        notes = re.findall(r":::\{note\}\n.+ does without (.+): these are", text)
        found = {name for note in notes for name in re.findall("`(.+?)`", note)}
        assert found == lacking(text), page.name
        noted[page.name] = bool(found)
    assert noted["instructors.md"]
    assert noted["intro.md"]
    assert not noted["README.md"]
    assert not noted["glossary.md"]


def test_a_notebook_says_which_of_its_commands_students_have_not():
    for part in ("chapters", "exercises/*", "back"):
        for path in sorted(ROOT.glob(f"{part}/*.ipynb")):
            for cell in nbformat.read(path, as_version=4).cells:
                for line in filter(lacking, cell.source.splitlines()):
                    assert "students' edition comes without" in line, path.name


def test_every_solution_and_every_hidden_test_is_looked_for(secret):
    sources = set(secret.values())
    for kind, count in (("solution", 5), ("hidden tests", len(TESTS))):
        assert sum(about.endswith(f"({kind})") for about in sources) == count


def notebook(text, *, output=False):
    cell = new_code_cell("" if output else text)
    if output:
        cell.outputs = [new_output("stream", name="stdout", text=f"see:\n{text}")]
    return nbformat.writes(new_notebook(cells=[cell])).encode()


def zipped(text, name="a.txt"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return file.getvalue()


@pytest.mark.parametrize("text", [SOLUTION, HIDDEN], ids=["solution", "hidden"])
@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("notes.py", lambda text: text.encode()),
        ("notes.py", lambda text: text.replace("    ", "\t").encode()),
        ("book.ipynb", notebook),
        ("book.ipynb", lambda text: notebook(text, output=True)),
        ("deep.json", lambda text: json.dumps({"a": [json.dumps([text])]}).encode()),
        ("data.npz", zipped),
        ("twice.zip", lambda text: zipped(zipped(text), "inner.zip")),
        ("book.zip", lambda text: zipped(notebook(text), "book.ipynb")),
        ("log.gz", lambda text: gzip.compress(text.encode())),
        (".git/objects/ab/cd", lambda t: zlib.compress(b"blob 9\0" + t.encode())),
        (".hidden", lambda text: text.encode()),
    ],
)
def test_a_planted_secret_is_found(tmp_path, secret, name, pack, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack("other words"))
    assert leaks(tmp_path, secret) == []
    path.write_bytes(pack(text))
    assert any(name in line and NAME in line for line in leaks(tmp_path, secret))


def test_a_link_out_of_the_edition_is_found(tmp_path, secret):
    (tmp_path / "more").symlink_to("/")
    assert "symbolic link" in leaks(tmp_path, secret)[0]


def test_an_edition_that_gives_a_solution_away_is_not_left_behind(
    course, tmp_path, monkeypatch
):
    monkeypatch.setattr(student_edition, "CONTENT", ("utils", "tests"))
    with pytest.raises(CourseError, match=r"tests/secret.py: ex01_.* \(solution\)"):
        write(course, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_nothing_is_overwritten_and_nothing_is_written_into_the_course(
    course, tmp_path, capsys
):
    (tmp_path / "mine").write_text("keep")
    for folder in (tmp_path, tmp_path / "mine", course / "edition"):
        assert main(["--root", str(course), "student-edition", str(folder)]) == 2
    said = capsys.readouterr().err
    assert "is not empty; name a new folder" in said
    assert "lies within the course" in said
    assert (tmp_path / "mine").read_text() == "keep"
    assert not (course / "edition").exists()


def test_the_course_itself_gives_nothing_away():
    secret = secrets(ROOT)
    assert len(secret) > 300
    for name in ("chapters", "utils", "exercises", "back"):
        assert leaks(ROOT / name, secret) == []
