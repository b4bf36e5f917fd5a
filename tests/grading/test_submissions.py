"""Whatever was handed in is read, or named with a cause and a remedy."""

import json
import os
import socket
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.intake import folder as intake_folder
from grading.intake.folder import read, students, take
from grading.intake.parsing import parse
from grading.intake.problems import Broken, named
from grading.intake.repair import Release
from tests.exercises import harness
from tests.exercises.harness import RELEASES, SOLUTIONS, grade_id
from tests.grading.class_of_ex01 import NAME, answered, reference

SOURCE = harness.read(SOLUTIONS[NAME])
RELEASE = Release(SOURCE)
CONTENT = RELEASES[NAME].read_bytes()
RIGHT = reference()


def raw():
    """Return a solved exercise as plain JSON."""
    return json.loads(nbformat.writes(answered(RIGHT)))


def answers(notebook):
    return {grade_id(c): c.source for c in notebook.cells if grade_id(c) in RIGHT}


def broken(content):
    with pytest.raises(Broken) as caught:
        read(content, RELEASE)
    return caught.value


def test_a_release_as_it_was_handed_out_needs_no_repair():
    notebook, lines = read(CONTENT, RELEASE)
    assert lines == []
    assert [c.id for c in notebook.cells] == [c.id for c in SOURCE.cells]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"{", "it breaks off or is garbled at line 1"),
        (CONTENT[:1000], "it breaks off or is garbled at line "),
        (b"\xff\xfe\x00", "it breaks off or is garbled at its bytes"),
        (bytes(range(256)), "it breaks off or is garbled"),
        (b"[1, 2]", "it holds no notebook"),
        (b'{"cells": 3, "nbformat": 4}', "it has no list of cells"),
        (b'{"nbformat": 9, "cells": []}', "its format is unknown"),
        (b'{"a": 1}', "its format is unknown"),
        (b'{"nbformat": 3, "worksheets": 1}', "it is damaged"),
        (b"[" * 100_000, "it is damaged (RecursionError)"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bytes_that_are_no_notebook_are_unreadable(content, cause):
    found = broken(content)
    assert found.status == "unreadable"
    assert found.problem.cause.startswith(
        f"The file is not a readable notebook: {cause}"
    )
    assert found.problem.remedy.startswith("Ask ")


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["nbformat", "cells", "metadata", "source", "cell_type", "id"]
                ),
                inner,
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_bytes_whatever_raise_anything_but_a_finding(content):
    found = broken(content)
    assert found.status in ("unreadable", "needs-a-person")
    assert found.problem.remedy


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_version_of_the_format_is_read(minor):
    old = raw()
    old["nbformat_minor"] = minor
    for cell in old["cells"]:
        if minor < 5:
            del cell["id"]
    notebook, lines = read(json.dumps(old).encode(), RELEASE)
    nbformat.validate(notebook)
    assert answers(notebook) == RIGHT
    assert lines == []


def test_the_format_of_ten_years_ago_is_converted():
    with_ids = answered(RIGHT)
    for cell in with_ids.cells:
        cell.pop("id")
    with_ids.nbformat_minor = 4
    old = nbformat.convert(with_ids, 3)
    notebook, lines = read(nbformat.v3.writes_json(old).encode(), RELEASE)
    nbformat.validate(notebook)
    assert answers(notebook) == RIGHT
    assert lines == ["The notebook had the old format 3; it was converted."]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_more_cells_than_anyone_writes_are_refused(version):
    cells = [{"cell_type": "code", "input": "", "source": ""}] * 10_001
    raw = {"nbformat": version, "nbformat_minor": 0, "metadata": {}}
    raw |= {"worksheets": [{"cells": cells}]} if version == 3 else {"cells": cells}
    found = broken(json.dumps(raw).encode())
    assert found.problem.cause.endswith("it has more than 10,000 cells.")


MANY = {
    "lists": b"[" + b"[]," * 600_000 + b"[]]",
    "dictionaries": b'[{"a":{"a":1}},' * 250_000 + b"1]",
    "keys": b"{" + b'"a":1,' * 1_000_001 + b'"b":1}',
    "texts": b"[" + b'"\\"[",' * 1_000_001 + b"1]",
}


@pytest.mark.parametrize("kind", MANY)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_more_values_than_memory_should_hold_are_refused_unread(
    kind, coding, monkeypatch
):
    monkeypatch.setattr(json, "loads", None)
    text = '{"cells": [], "metadata": ' + MANY[kind].decode() + "}"
    found = broken(text.encode(coding))
    assert "has more than 1,000,000 values. Ask for a smaller" in str(found.problem)


def test_commas_and_brackets_within_texts_are_no_values():
    notebook = answered(RIGHT)
    long = '", [[{\\' * 400_000
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text=long)]
    assert answers(read(nbformat.writes(notebook).encode(), RELEASE)[0]) == RIGHT


def test_more_text_than_a_page_can_show_is_refused():
    notebook = answered(RIGHT)
    notebook.cells.append(nbformat.v4.new_markdown_cell("word " * (4 << 20)))
    found = broken(nbformat.writes(notebook).encode())
    assert "its cells have more than 16 MiB of text" in found.problem.cause


def test_of_metadata_only_what_nbgrader_writes_is_kept():
    notebook = answered(RIGHT)
    (cell, *_) = (c for c in notebook.cells if "nbgrader" in c.metadata)
    about = dict(cell.metadata.nbgrader)
    cell.metadata = {"nbgrader": {**about, "x": [1], "y": 5000 * "y"}, "tags": []}
    found, _ = parse(nbformat.writes(notebook).encode())
    assert {c.id: c.metadata for c in found.cells}[cell.id] == {"nbgrader": about}


def test_outputs_of_an_old_format_are_not_converted():
    output = {"output_type": "no such type"}
    cell = {"cell_type": "code", "input": "x = 1", "outputs": [output] * 100_000}
    raw = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}}
    notebook, lines = parse(
        json.dumps({**raw, "worksheets": [{"cells": [cell]}]}).encode()
    )
    assert [cell.source for cell in notebook.cells] == ["x = 1"]
    assert lines[0] == "The notebook had the old format 3; it was converted."


def test_cells_that_share_an_id_get_new_ones():
    twins = raw()
    for cell in twins["cells"][:3]:
        cell["id"] = "same"
    notebook, lines = read(json.dumps(twins).encode(), RELEASE)
    nbformat.validate(notebook)
    assert answers(notebook) == RIGHT
    assert lines == ["2 cells shared an id with another and got a new one."]


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-32"])
def test_text_in_another_coding_is_read(coding):
    notebook, _ = read(CONTENT.decode("utf-8").encode(coding), RELEASE)
    assert notebook.cells[0].source.startswith("# Exercise 1")


def test_damaged_cells_are_left_out_and_counted():
    hurt = raw()
    hurt["cells"][2:2] = [None, 7, {"cell_type": "code", "source": 3}, {"source": "x"}]
    hurt["cells"][0]["metadata"] = "none"
    hurt["cells"][1]["attachments"] = {"a": 1}
    hurt["metadata"] = []
    notebook, lines = read(json.dumps(hurt).encode(), RELEASE)
    nbformat.validate(notebook)
    assert answers(notebook) == RIGHT
    assert lines == ["4 damaged cells could not be read."]


def test_text_that_cannot_be_stored_is_replaced():
    odd = raw()
    odd["cells"].append({"cell_type": "markdown", "source": "\ud800", "metadata": {}})
    notebook, _ = read(json.dumps(odd).encode(), RELEASE)
    assert notebook.cells[-1].source == "?"
    nbformat.writes(notebook).encode("utf-8")


def test_outputs_and_the_students_metadata_are_left_out():
    loud = raw()
    for cell in loud["cells"]:
        cell["metadata"]["trusted"] = True
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "text": "x" * 1000}]
    notebook, lines = read(json.dumps(loud).encode(), RELEASE)
    assert lines == []
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert not any("trusted" in cell.metadata for cell in notebook.cells)


def folder(root, student="ann", assignment=NAME):
    path = root / "submitted" / student / assignment
    path.mkdir(parents=True)
    return path


def refused(root, student="ann", **options):
    with pytest.raises(Broken) as caught:
        take(root, NAME, student, **options)
    return caught.value


def test_the_notebook_and_what_lies_beside_it_are_taken(tmp_path):
    path = folder(tmp_path, "Zoë O'Hara (2)")
    (path / f"{NAME}.ipynb").write_bytes(CONTENT)
    (path / "data é.csv").write_bytes(b"1")
    (path / "more").mkdir()
    (path / "more" / "x.py").write_bytes(b"2")
    (path / ".ipynb_checkpoints").mkdir()
    (path / ".ipynb_checkpoints" / f"{NAME}-checkpoint.ipynb").write_bytes(b"{}")
    taken = take(tmp_path, NAME, "Zoë O'Hara (2)")
    assert taken.notebooks == {NAME: CONTENT}
    assert taken.files == {"data é.csv": b"1", "more/x.py": b"2"}
    assert taken.lines == ()


@pytest.mark.parametrize(
    "name",
    [
        "my answer (2).ipynb",
        f"{NAME}-Copy1.ipynb",
        "Ex01 Perceptron.IPYNB",
        f"{NAME}.ipynb.txt",
        f"{NAME}.ipynb.json",
        f"{NAME}/{NAME}.ipynb",
        "Übung é.ipynb",
    ],
)
def test_a_renamed_notebook_is_taken_and_named(tmp_path, name):
    path = folder(tmp_path) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(CONTENT)
    taken = take(tmp_path, NAME, "ann")
    assert taken.notebooks == {NAME: CONTENT}
    assert taken.lines == (
        f"The notebook was named `{name}`; it was taken for `{NAME}.ipynb`.",
    )


def test_of_two_notebooks_the_one_with_the_right_name_is_graded(tmp_path):
    path = folder(tmp_path)
    (path / "draft.ipynb").write_bytes(b"{}")
    (path / f"{NAME}.ipynb").write_bytes(CONTENT)
    taken = take(tmp_path, NAME, "ann")
    assert taken.notebooks == {NAME: CONTENT}
    assert taken.lines == ("Another notebook was not graded: `draft.ipynb`.",)


def test_a_notebook_whose_name_holds_the_assignments_is_preferred(tmp_path):
    path = folder(tmp_path)
    (path / "draft.ipynb").write_bytes(b"{}")
    (path / f"{NAME} (1).ipynb").write_bytes(CONTENT)
    assert take(tmp_path, NAME, "ann").notebooks == {NAME: CONTENT}


def test_two_notebooks_that_could_both_be_meant_need_a_person(tmp_path):
    path = folder(tmp_path)
    for name in ("a.ipynb", "b.ipynb"):
        (path / name).write_bytes(CONTENT)
    found = refused(tmp_path)
    assert found.status == "needs-a-person"
    assert found.problem.cause.endswith("there are `a.ipynb` and `b.ipynb`.")
    assert f"Rename the one to grade to `{NAME}.ipynb`" in found.problem.remedy


def test_a_folder_without_a_notebook_says_what_is_there(tmp_path):
    path = folder(tmp_path)
    assert refused(tmp_path).problem.cause.endswith("the folder is empty.")
    (path / "answers.zip").write_bytes(b"PK")
    found = refused(tmp_path)
    assert found.status == "needs-a-person"
    assert found.problem.cause.endswith("there is `answers.zip`.")
    assert "unpack" in found.problem.remedy


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder"])
def test_what_is_no_file_is_never_opened(tmp_path, kind, monkeypatch):
    path = folder(tmp_path) / f"{NAME}.ipynb"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        monkeypatch.chdir(path.parent)
        with socket.socket(socket.AF_UNIX) as line:
            line.bind(path.name)
    elif kind == "device":
        try:
            os.mknod(path, 0o20644, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("only root can make a device, which was not tried; run as root")
    else:
        path.mkdir()
    found = refused(tmp_path)
    assert found.status == "unreadable"
    assert f"a {'named pipe' if kind == 'pipe' else kind}, not a file" in str(found)


def test_files_that_cannot_be_opened_are_named(tmp_path, monkeypatch):
    (folder(tmp_path) / f"{NAME}.ipynb").write_bytes(CONTENT)

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(intake_folder.Path, "read_bytes", refuse)
    found = refused(tmp_path)
    assert found.status == "unreadable"
    assert "Permission denied" in found.problem.cause


def test_what_is_too_large_is_not_read(tmp_path):
    path = folder(tmp_path)
    with (path / f"{NAME}.ipynb").open("wb") as file:
        file.truncate(1 << 40)
    found = refused(tmp_path)
    assert found.status == "unreadable"
    assert "has more than 64 MiB" in found.problem.cause
    (path / f"{NAME}.ipynb").write_bytes(CONTENT)
    for number in range(3):
        (path / f"{number}.bin").write_bytes(bytes(100_000))
    assert "beside the notebook" in refused(tmp_path, most=250_000).problem.cause


def test_more_files_than_anyone_hands_in_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(intake_folder, "MOST_ENTRIES", 20)
    path = folder(tmp_path)
    for number in range(21):
        (path / f"{number}").touch()
    assert "more than 20 files" in refused(tmp_path).problem.cause


def test_folders_within_folders_without_end_are_survived(tmp_path, monkeypatch):
    monkeypatch.chdir(folder(tmp_path))
    for _ in range(1500):
        Path("d").mkdir()
        os.chdir("d")
    try:
        found = refused(tmp_path)
    finally:  # deeper than pytest can clean up
        for _ in range(1500):
            os.chdir("..")
            Path("d").rmdir()
    assert f"`{NAME}.ipynb` is missing" in found.problem.cause


@pytest.mark.parametrize("target", ["/", "/etc/passwd", "nowhere"])
def test_links_are_not_followed(tmp_path, target):
    path = folder(tmp_path)
    (path / f"{NAME}.ipynb").write_bytes(CONTENT)
    (path / "more").symlink_to(target)
    found = refused(tmp_path)
    assert found.problem.cause == "The folder holds symbolic links: `more`."


def test_a_submission_that_is_itself_a_link_is_refused(tmp_path):
    real = folder(tmp_path, "bob")
    (real / f"{NAME}.ipynb").write_bytes(CONTENT)
    (tmp_path / "submitted" / "ann").mkdir()
    (tmp_path / "submitted" / "ann" / NAME).symlink_to(real)
    assert "symbolic links" in refused(tmp_path).problem.cause


@pytest.mark.parametrize("student", ["ann [1]", "a*", "a\nb", "a\udcff"])
def test_a_folder_whose_name_cannot_be_handled_is_named(tmp_path, student):
    assert "Rename the folder" in refused(tmp_path, student).problem.remedy


def test_names_of_files_that_cannot_be_shown_are_named(tmp_path):
    path = folder(tmp_path)
    (path / f"{NAME}.ipynb").write_bytes(CONTENT)
    (path / os.fsdecode(b"\xff\x1b[2J")).touch()
    cause = refused(tmp_path).problem.cause
    assert cause.isprintable()
    assert "A file's name cannot be shown" in cause


def test_names_in_words_hold_nothing_that_acts():
    assert named(["a`b\n<x>"]) == "`ab<x>`"
    assert named("abc") == "`a`, `b` and `c`"
    assert named(map(str, range(9)), most=2) == "`0`, `1` and 7 more"
    assert len(named(["x" * 999])) < 70
    assert named([]) == ""


def test_only_folders_are_submissions_and_students_come_in_order(tmp_path):
    for student in ("b", "a", "with space"):
        (tmp_path / "submitted" / student / NAME).mkdir(parents=True)
    (tmp_path / "submitted" / "c").mkdir()
    (tmp_path / "submitted" / "c" / NAME).write_text("a file")
    assert students(tmp_path, NAME) == ["a", "b", "with space"]
