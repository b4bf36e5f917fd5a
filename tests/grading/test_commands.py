"""The command line releases the same bytes every time and says what it cannot do."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict

import pytest
from traitlets.config import Config

from grading.__main__ import main
from grading.course import CourseError
from grading.execution.job import limits_of
from grading.sandbox.choice import refusal
from grading.sandbox.limits import Limits
from tests.exercises.harness import ROOT
from tests.grading.class_of_ex01 import NAME, make_course

UNSAFE = () if refusal() is None else ("--unsafe",)


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "kurs é (1)"
    root.mkdir()
    return make_course(root)


def run(course, *words):
    return main(["--root", str(course), *words])


def files(course):
    found = (course / "exercises").rglob("*")
    return {p.relative_to(course): p.read_bytes() for p in found if p.is_file()}


def test_a_release_is_the_same_bytes_each_time_and_leaves_no_gradebook(course, capsys):
    assert run(course, "release") == 0
    first = files(course)
    assert first[next(iter(first))]
    shutil.rmtree(course / "exercises")
    assert run(course, "release") == 0
    assert files(course) == first
    assert run(course, "release") == 0
    assert "exercises/ was up to date." in capsys.readouterr().out
    assert not list(course.glob("*.db"))


def test_the_release_is_the_committed_one(course):
    run(course, "release")
    for path, content in files(course).items():
        if path.name != "README.md":  # it lists the exercises of the course
            assert content == (ROOT / path).read_bytes()


def test_drift_is_shown_and_fails_the_check_without_changing_anything(course, capsys):
    run(course, "release")
    assert run(course, "release", "--check") == 0
    path = course / "exercises" / NAME / f"{NAME}.ipynb"
    path.write_text(path.read_text("utf-8").replace("to reread", "to read"), "utf-8")
    edited = path.read_text("utf-8").replace("Hint 1", "Tip 1")
    path.write_text(edited, "utf-8")
    (course / "exercises" / "old").mkdir()
    (course / "exercises" / "old" / "old.ipynb").write_text("{}")
    (course / "exercises" / NAME / "target_boundary.png").unlink()
    capsys.readouterr()
    assert run(course, "release", "--check") == 1
    said = capsys.readouterr().out
    assert f"differs: exercises/{NAME}/{NAME}.ipynb" in said
    assert "+" in said
    assert "Hint 1" in said
    assert "without a source: exercises/old/old.ipynb" in said
    assert f"missing: exercises/{NAME}/target_boundary.png" in said
    assert path.read_text("utf-8") == edited
    assert run(course, "release") == 0
    assert not (course / "exercises" / "old").exists()
    assert run(course, "release", "--check") == 0


def test_a_source_that_nbgrader_refuses_is_named(course, capsys):
    path = course / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][-1] = {
        **notebook["cells"][4],
        "id": "again",
    }
    path.write_text(json.dumps(notebook), "utf-8")
    assert run(course, "release") == 2
    assert f"nbgrader refused solutions/{NAME}" in capsys.readouterr().err


def test_an_unknown_assignment_is_answered_with_the_known_ones(course, capsys):
    assert run(course, "run", "ex99_nothing") == 2
    said = capsys.readouterr().err
    assert "No assignment named 'ex99_nothing'" in said
    assert NAME in said


@pytest.mark.parametrize("names", [(), (NAME,)])
def test_without_submissions_the_place_for_them_is_named(course, capsys, names):
    assert run(course, "run", *names) == 2
    assert "put them in submitted/STUDENT/" in capsys.readouterr().err


def test_a_directory_without_settings_is_no_course(tmp_path, capsys):
    assert run(tmp_path, "release") == 2
    assert "name a course directory with --root" in capsys.readouterr().err


def test_a_directory_whose_name_is_a_pattern_is_refused(course, tmp_path, capsys):
    odd = course.rename(tmp_path / "course [1]")
    assert run(odd, "release") == 2
    assert "nbgrader takes *, ? and [ for patterns" in capsys.readouterr().err


def test_a_run_that_needs_a_person_exits_with_one(course, capsys):
    (course / "submitted" / "ann" / NAME).mkdir(parents=True)
    assert run(course, "run", NAME, *UNSAFE) == 1
    said = capsys.readouterr().out
    assert f"[1/1] {NAME} ann: needs a person." in said
    assert "0 graded, 1 need a person." in said


def test_a_machine_without_a_sandbox_runs_no_students_code(course, capsys, monkeypatch):
    (course / "submitted" / "ann" / NAME).mkdir(parents=True)
    monkeypatch.setattr("grading.run.run.refusal", lambda: "No namespaces here.")
    assert run(course, "run", NAME) == 2
    said = capsys.readouterr().err
    assert said.startswith("No namespaces here.")
    assert "--unsafe" in said
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize(
    "limits",
    [{"cell_second": 3}, {"memory_mib": 0}, {"output_mib": float("inf")}],
)
def test_limits_that_make_no_sense_are_refused(limits):
    config = Config({"Sandbox": {"limits": {"*": {}, NAME: limits}}})
    with pytest.raises(CourseError, match="allowed are positive numbers for"):
        limits_of(config, NAME)


@pytest.mark.parametrize("jobs", ["-1", "0", "two"])
def test_a_number_of_jobs_that_makes_no_sense_is_refused(capsys, jobs):
    with pytest.raises(SystemExit, match="2"):
        main(["run", f"--jobs={jobs}"])
    assert f"'{jobs}' is no whole number above 0" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["export", "statistics", "similarity"])
@pytest.mark.parametrize("place", [".", "nowhere/file"])
def test_a_file_that_cannot_be_written_is_refused(course, capsys, command, place):
    path = str(course / place)
    with pytest.raises(SystemExit, match="2"):
        run(course, command, "--to", path)
    assert f"{path!r} is no file in a folder that exists" in capsys.readouterr().err


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(CourseError, match="there are: limits"):
        limits_of(Config({"Sandbox": {"limit": {}}}), NAME)


def test_a_setting_of_another_kind_is_refused():
    with pytest.raises(CourseError, match="dict"):
        limits_of(Config({"Sandbox": {"limits": ["cell_seconds"]}}), NAME)


def test_an_assignments_own_limits_come_before_those_of_all():
    limits = {"*": {"cell_seconds": 9, "disk_mib": 5}, NAME: {"cell_seconds": 3}}
    found = limits_of(Config({"Sandbox": {"limits": limits}}), NAME)
    assert (found.cell_seconds, found.disk_mib, found.disk) == (3, 5, 5 << 20)


def test_the_page_for_instructors_lists_every_limit_with_its_amount():
    page = (ROOT / "back" / "instructors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \| ([\d., ]+) \|", page, re.MULTILINE)
    listed = {}
    for names, values in rows:
        numbers = map(float, values.split(", "))
        listed |= dict(zip(re.findall(r"`(\w+)`", names), numbers, strict=True))
    assert listed == asdict(Limits())


def test_what_a_cell_may_print_is_set_for_an_assignment():
    limits = {NAME: {"output_mib": 0.5}}
    found = limits_of(Config({"Sandbox": {"limits": limits}}), NAME)
    assert found.output == 1 << 19


def test_a_part_of_a_mebibyte_is_a_whole_number_of_bytes():
    limits = {NAME: {"memory_mib": 300.3, "disk_mib": 1.5}}
    found = limits_of(Config({"Sandbox": {"limits": limits}}), NAME)
    assert (found.memory, found.disk) == (314_887_372, 3 << 19)
    assert isinstance(found.memory, int)


def test_no_command_reads_the_grammar_of_web_addresses():
    asked = "import sys, grading.run.run; print('lark' in sys.modules)"
    command = [sys.executable, "-c", asked]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.stdout == "False\n", found.stderr
