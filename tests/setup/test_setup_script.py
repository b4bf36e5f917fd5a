"""The set-up makes a sound .venv, or says in one sentence what the machine lacks."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.setup.machine import INSTALLERS, Machine

# What an installer says when it fails, and what the set-up then tells the user to do.
FAILURES = [
    ("WARNING: Retrying (Retry(total=4))", "connect to the internet"),
    ("ConnectionError: Max retries exceeded", "PIP_FIND_LINKS"),
    ("ReadTimeoutError: read timed out.", "could not be downloaded"),
    ("OSError: [Errno 28] No space left on device", "the disk is full"),
    ("THESE PACKAGES DO NOT MATCH THE HASHES", "PIP_NO_CACHE_DIR=1"),
    ("No matching distribution found for x==1", "no wheel for this machine"),
    ("Segmentation fault", "the reason is at the end of .venv.log"),
]


# A test runs on a machine where pip gives uv, which is the usual one, or on each.
on_each = pytest.mark.parametrize("machine", INSTALLERS, indirect=True)


@pytest.fixture
def machine(request, tmp_path):
    return Machine(tmp_path, getattr(request, "param", INSTALLERS[0]))


@pytest.fixture
def with_uv(machine):
    machine.python("python3")
    return machine


def assert_one_sentence(text):
    assert re.fullmatch(r"Set-up stopped: [^\n]+\.\n", text), text


# --- What the machine lacks --------------------------------------------------------


def test_a_machine_without_python_is_told_which_to_install(machine):
    said = machine.refusal()
    assert_one_sentence(said)
    assert "Python was not found; install Python 3.11, 3.12 or 3.13" in said


@pytest.mark.parametrize("version", ["2.7", "3.8", "3.10"])
def test_an_old_python_is_named_and_a_newer_one_asked_for(machine, version):
    machine.python("python3", version)
    said = machine.refusal()
    assert_one_sentence(said)
    assert f"Python {version} is too old; install Python 3.11, 3.12 or 3.13" in said


@pytest.mark.parametrize("version", ["3.14", "3.20", "4.0"])
def test_a_python_that_is_too_new_is_named(machine, version):
    machine.python("python3", version)
    said = machine.refusal()
    assert_one_sentence(said)
    assert f"Python {version} is too new; install Python 3.11, 3.12 or 3.13" in said


def test_a_python_without_venv_is_told_the_package_that_brings_it(machine):
    machine.python("python3", "3.11", bare=True)
    said = machine.refusal()
    assert_one_sentence(said)
    assert "lacks its venv module" in said
    assert "apt install python3.11-venv" in said


def test_a_python_that_only_lacks_venv_is_named_before_an_old_one(machine):
    machine.python("python3", "3.9")
    machine.python("python3.12", "3.12", bare=True)
    assert "Python 3.12 lacks its venv module" in machine.refusal()


def test_a_python_asked_for_by_name_must_run(machine):
    machine.python("python3", "3.12")
    said = machine.refusal(PYTHON="/no/such/python")
    assert_one_sentence(said)
    assert "PYTHON=/no/such/python does not run" in said


@on_each
def test_a_small_disk_is_told_how_much_is_missing(machine):
    machine.python("python3")
    machine.script("df", "#!/bin/sh\necho Filesystem\necho /dev/sda 9 9 2048000 1% /\n")
    said = machine.refusal()
    assert_one_sentence(said)
    assert "need about 4000 MB of disk and 2000 MB are free" in said
    assert not machine.venv.exists()


def test_a_folder_that_cannot_be_written_to_is_named(machine):
    machine.python("python3")
    machine.script("mkdir", "#!/bin/sh\nexit 1\n")
    said = machine.refusal()
    assert_one_sentence(said)
    assert f"{machine.course} cannot be written to" in said


@on_each
@pytest.mark.parametrize(("words", "sentence"), FAILURES)
def test_an_install_that_fails_says_what_to_do(machine, words, sentence):
    machine.uv(words=words, status=1)
    machine.python("python3", words=words, status=1)
    said = machine.refusal()
    assert_one_sentence(said)
    assert sentence in said
    assert words in (machine.course / ".venv.log").read_text()
    assert machine.installers() == (["uv", "pip"] if machine.has_uv else ["pip"])


@pytest.mark.parametrize("words", [words for words, _ in FAILURES[:-1]])
def test_what_pip_says_counts_where_uv_failed_otherwise(with_uv, words):
    with_uv.uv(words=words, status=1)
    with_uv.python("python3", words="Illegal instruction", status=1)
    assert "the reason is at the end of .venv.log" in with_uv.refusal()


# --- Which installer ---------------------------------------------------------------


@on_each
def test_uv_installs_where_it_can_be_had_and_pip_elsewhere(machine):
    machine.python("python3")
    said = machine.set_up().stdout
    packages, course = machine.installers()
    assert packages == ("uv" if machine.has_uv else "pip")
    assert f"with {packages}\n" in said
    assert course == "pip"


@pytest.mark.parametrize("words", [words for words, _ in FAILURES])
def test_pip_starts_afresh_where_uv_fails(with_uv, words):
    with_uv.uv(words=words, status=1, deed="echo half >.venv/half")
    done = with_uv.set_up()
    assert (done.returncode, done.stderr) == (0, "")
    assert with_uv.installers() == ["uv", "pip", "pip"]
    assert not (with_uv.venv / "half").exists()


@pytest.mark.parametrize(
    "setting",
    [
        "global.index-url='https://mirror.example/simple'",
        ":env:.index-url='file:///mirror/simple'",
        "install.extra-index-url='https://packages.example/simple'",
        ":env:.extra-index-url='file:///a/simple http://b.example/simple'",
        ":env:.no-index='1'",
        "user.proxy='http://proxy.example:3128'",
    ],
)
def test_pip_is_taken_where_it_is_set_to_another_source(with_uv, setting):
    with_uv.settings.write_text(f"global.timeout='60'\n{setting}\n")
    assert "with pip" in with_uv.set_up().stdout
    assert with_uv.installers() == ["pip", "pip"]


def test_a_folder_of_packages_beside_the_usual_index_leaves_uv_in_place(with_uv):
    with_uv.settings.write_text(
        "global.extra-index-url='file:///opt/simple'\n:env:.find-links='/opt/wheels'\n"
    )
    with_uv.set_up()
    assert with_uv.installers() == ["uv", "pip"]


def test_real_pip_tells_its_settings_in_the_form_that_is_looked_for(tmp_path):
    settings = {"PIP_INDEX_URL": "https://a", "PIP_NO_INDEX": "1", "PIP_PROXY": "b"}
    command = [sys.executable, "-m", "pip", "config", "list"]
    done = subprocess.run(
        command,
        env={"HOME": str(tmp_path), "PIP_EXTRA_INDEX_URL": "https://c", **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    told = re.findall(r"^:env:[.]([\w-]+)=", done.stdout, re.MULTILINE)
    assert set(told) == {"index-url", "no-index", "proxy", "extra-index-url"}


def test_uv_is_checked_against_its_hash_and_does_not_stay(with_uv):
    with_uv.set_up()
    getting, *_ = with_uv.calls.read_text().splitlines()
    assert "--require-hashes" in getting
    assert "-r tools/installer.lock" in getting
    assert not (with_uv.venv / "uv").exists()


def test_a_uv_that_does_not_run_is_not_taken(machine):
    machine.python("python3")
    machine.script("uv", "#!/bin/sh\nexit 127\n")
    assert machine.set_up().returncode == 0


@pytest.mark.parametrize("variable", ["", "1"])
def test_uv_compiles_where_python_may_not(with_uv, variable):
    with_uv.set_up(PYTHONDONTWRITEBYTECODE=variable)
    packages, _ = with_uv.installs()
    assert ("--compile-bytecode" in packages) == bool(variable)


# --- Which Python ------------------------------------------------------------------


def test_a_shim_that_fails_is_passed_over(machine):
    machine.script("python3", "#!/bin/sh\necho 'pyenv: not found' >&2\nexit 127\n")
    machine.python("python3.12", "3.12")
    done = machine.set_up()
    assert done.returncode == 0
    assert "with Python 3.12" in done.stdout


def test_python3_is_taken_when_it_serves(machine):
    machine.python("python3", "3.11")
    machine.python("python3.13", "3.13")
    assert "with Python 3.11" in machine.set_up().stdout


def test_a_newer_python3_gives_way_to_one_that_serves(machine):
    machine.python("python3", "3.14")
    machine.python("python3.13", "3.13")
    assert "with Python 3.13" in machine.set_up().stdout


def test_a_python_asked_for_by_name_is_taken(machine):
    machine.python("python3", "3.12")
    chosen = machine.python("my python", "3.13")
    assert "with Python 3.13" in machine.set_up(PYTHON=str(chosen)).stdout


def test_another_python_asked_for_rebuilds(machine):
    machine.python("python3", "3.12")
    other = machine.python("python3.13", "3.13")
    machine.set_up()
    assert machine.set_up(PYTHON=str(machine.bin / "python3")).stdout == ""
    assert "with Python 3.13" in machine.set_up(PYTHON=str(other)).stdout


# --- When it works, and when it has nothing to do ----------------------------------


@pytest.fixture
def ready(machine):
    machine.python("python3")
    assert machine.set_up().returncode == 0
    assert len(machine.installs()) == 2
    return machine


@on_each
def test_packages_are_checked_against_their_hashes_and_the_course_is_added(ready):
    packages, course = ready.installs()
    options = ("--require-hashes", "--no-deps", "--only-binary=:all:")
    for option in (*options, "-r requirements.lock"):
        assert option in packages
    for option in ("--no-index", "--no-build-isolation", "--editable ."):
        assert option in course


@on_each
def test_packages_are_unpacked_on_the_disk_that_was_measured(ready):
    assert ready.installs()[0].endswith(f" in {ready.venv}")


@on_each
def test_settings_that_send_packages_elsewhere_are_not_heard(machine):
    machine.python("python3")
    pip, uv = {"PIP_USER": "1", "PIP_TARGET": "/elsewhere"}, {"UV_SYSTEM_PYTHON": "1"}
    machine.set_up(**pip, **uv, PYTHONPATH="/elsewhere")
    assert machine.installs()[0].endswith(f" in {machine.venv}")


@on_each
def test_progress_is_one_line_a_step(machine):
    machine.python("python3")
    lines = machine.set_up().stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "Setting",
        "1/3",
        "2/3",
        "3/3",
        "Ready.",
    ]


def test_a_ready_environment_is_left_alone_in_silence(ready):
    done = ready.set_up()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(ready.installs()) == 2


@on_each
def test_nothing_but_the_environment_and_its_log_stays_behind(ready):
    hidden = {path.name for path in ready.course.glob(".*")}
    assert hidden == {".venv", ".venv.log"}


@on_each
def test_a_changed_lock_rebuilds(ready):
    (ready.venv / "left over").touch()
    (ready.course / "requirements.lock").write_text("changed\n")
    assert ready.set_up().returncode == 0
    assert len(ready.installs()) == 4
    assert not (ready.venv / "left over").exists()


def test_a_changed_pyproject_only_adds_the_course_again(ready):
    (ready.course / "pyproject.toml").write_text("changed\n")
    assert ready.set_up().returncode == 0
    assert len(ready.installs()) == 3
    assert "--editable ." in ready.installs()[-1]


def test_a_moved_folder_rebuilds(ready):
    ready.course = ready.course.rename(ready.course.parent / "moved")
    assert "Setting up" in ready.set_up().stdout


def test_a_copied_folder_rebuilds(ready):
    copy = ready.course.parent / "copy"
    ready.course = shutil.copytree(ready.course, copy)
    assert "Setting up" in ready.set_up().stdout


def test_a_python_that_is_gone_rebuilds(ready):
    (ready.venv / "bin" / "python").unlink()
    assert "Setting up" in ready.set_up().stdout


def test_a_deleted_environment_is_made_again(ready):
    shutil.rmtree(ready.venv)
    assert "Setting up" in ready.set_up().stdout


# --- What an interrupted set-up leaves ---------------------------------------------


@on_each
@pytest.mark.parametrize("signal", ["INT", "TERM", "HUP"])
def test_an_install_that_was_interrupted_leaves_nothing(machine, signal):
    deed = f"kill -{signal} $PPID"
    machine.uv(deed=deed, status=1)
    machine.python("python3", deed=deed, status=1)
    assert machine.set_up().returncode == 130
    assert len(machine.installs()) == 1
    assert {path.name for path in machine.course.glob(".*")} == {".venv.log"}


@on_each
def test_an_install_that_failed_is_never_trusted(machine):
    machine.uv(words="Retrying", status=1)
    machine.python("python3", words="Retrying", status=1)
    machine.refusal()
    assert not machine.venv.exists()
    machine.uv()
    machine.python("python3")
    assert "Setting up" in machine.set_up().stdout
    assert machine.set_up().stdout == ""


def test_an_install_that_was_killed_is_never_trusted(machine):
    machine.python("python3")
    shutil.copytree(machine.bin, machine.venv / "bin")
    shutil.copy(machine.bin / "python3", machine.venv / "bin" / "python")
    assert "Setting up" in machine.set_up().stdout


def test_a_machine_that_lacks_something_keeps_what_it_has(machine):
    (machine.venv / "bin").mkdir(parents=True)
    machine.python("python3", "3.9")
    machine.refusal()
    assert machine.venv.exists()


@on_each
def test_a_failed_rebuild_keeps_the_old_environment(ready):
    (ready.venv / "old").touch()
    (ready.course / "requirements.lock").write_text("changed\n")
    ready.uv(words="Retrying", status=1)
    ready.python("python3", words="Retrying", status=1)
    ready.refusal()
    assert (ready.venv / "old").exists()
    assert "connect to the internet" in ready.refusal()


def test_a_killed_rebuild_gives_the_old_environment_back(ready):
    ready.venv.rename(ready.course / ".venv.old")
    ready.venv.mkdir()
    assert ready.set_up().returncode == 0
    assert len(ready.installs()) == 3
    assert not (ready.course / ".venv.old").exists()


def test_a_second_set_up_at_the_same_time_is_refused(machine):
    machine.python("python3")
    (machine.course / ".venv.lock").mkdir()
    (machine.course / ".venv.lock" / "pid").write_text(f"{os.getpid()}\n")
    said = machine.refusal()
    assert_one_sentence(said)
    assert f"process {os.getpid()}" in said
    assert machine.installs() == []


@pytest.mark.parametrize("pid", ["", "no number", "99999999"])
def test_a_set_up_that_died_holds_up_no_later_one(machine, pid):
    machine.python("python3")
    (machine.course / ".venv.lock").mkdir()
    (machine.course / ".venv.lock" / "pid").write_text(pid)
    assert machine.set_up().returncode == 0
    assert not (machine.course / ".venv.lock").exists()
