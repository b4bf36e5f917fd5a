"""A cage runs a function with what this process imported, and lets nothing out."""

import contextlib
import ctypes
import errno
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from grading.__main__ import main
from grading.sandbox import cage, doctor, linux
from grading.sandbox.cage import Cage, Outcome, SandboxError, View
from grading.sandbox.choice import trial
from grading.sandbox.limits import Limits

WHY = trial()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
MIB = 1 << 20


def ask(question, **options):
    """Return what a function answers from within a cage, by way of JSON."""
    inside, outside = socket.socketpair()
    with inside, outside:

        def answer():
            inside.sendall(json.dumps(question()).encode())

        with Cage(answer, keep=(inside.fileno(),), **options) as cage:
            inside.close()
            assert cage.wait(120) == Outcome(0)
        return json.loads(b"".join(iter(lambda: outside.recv(65536), b"")))


def test_a_function_runs_with_what_is_imported_here():
    assert ask(lambda: sys.modules["pytest"].__name__) == "pytest"


@pytest.mark.parametrize("code", [0, 3, 255])
def test_the_exit_status_is_reported(code):
    assert Cage(lambda: os._exit(code)).wait(120) == Outcome(code)


def test_a_crash_is_reported_by_its_signal():
    outcome = Cage(lambda: os.kill(os.getpid(), signal.SIGSEGV)).wait(120)
    assert outcome == Outcome(-signal.SIGSEGV)


def test_an_error_in_the_function_is_no_success():
    assert Cage(lambda: 1 / 0).wait(120).code != 0


def test_waiting_for_a_cage_that_lives_on_returns_none_and_killing_ends_it():
    cage = Cage(lambda: time.sleep(60))
    assert cage.wait(0.05) is None
    assert cage.kill() == Outcome(-signal.SIGKILL, "stopped")
    assert cage.wait() == cage.kill()


def test_an_end_that_is_under_way_is_told_by_its_status_and_not_as_a_stop():
    inside, outside = socket.socketpair()

    def end():
        for number in range(60):  # these are closed after the line, which takes a while
            file = os.open(f"{number}", os.O_CREAT | os.O_WRONLY)
            os.write(file, bytes(2 * MIB))
            Path(f"{number}").unlink()
        os._exit(3)

    with inside, outside, Cage(end, keep=(inside.fileno(),)) as cage:
        inside.close()
        assert outside.recv(1) == b""
        assert cage.kill() == Outcome(3)


def test_the_time_of_what_was_killed_counts_as_used():
    inside, outside = socket.socketpair()

    def work():
        while time.process_time() < 0.4:
            pass
        inside.send(b"d")
        time.sleep(60)

    def used():
        return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])

    before = used()
    with inside, outside, Cage(work, keep=(inside.fileno(),)):
        outside.recv(1)
    assert used() - before > 0.4


@pytest.mark.parametrize(
    ("modules", "there"), [((), "False"), (("sklearn.base",), "True")]
)
def test_scikit_learn_is_imported_where_it_is_named_and_not_for_another(
    tmp_path, modules, there
):
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").touch()
    (tmp_path / "sklearn" / "base.py").touch()
    other = "try:\n    import sklearn\nexcept ImportError:\n    sklearn = None\n"
    (tmp_path / "other.py").write_text(other)
    script = (
        f"import sys; from grading.sandbox.cage import preload; preload({modules} + "
        "('no_such', 'other')); import other; print(other.sklearn is not None); "
        "import sklearn"
    )
    folders = os.pathsep.join([str(tmp_path), str(Path(cage.__file__).parents[1])])
    answer = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": folders},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == there


def test_an_interrupt_reaches_the_function_as_ctrl_c():
    inside, outside = socket.socketpair()

    def endure():
        with contextlib.suppress(KeyboardInterrupt):
            inside.send(b"r")
            time.sleep(600)
        os._exit(5)

    with inside, outside, Cage(endure, keep=(inside.fileno(),)) as cage:
        outside.recv(1)
        cage.interrupt()
        assert cage.wait(120) == Outcome(5)


def test_the_home_holds_the_given_files_and_can_be_written_to():
    def work():
        Path("new.txt").write_text("mine")
        Path("data", "a.txt").write_text(Path("data", "a.txt").read_text() + "!")
        return [
            Path("data/a.txt").read_text(),
            sorted(p.name for p in Path().iterdir()),
            str(Path.cwd()),
        ]

    view = View(files={"data/a.txt": b"hello"})
    text, names, home = ask(work, view=view)
    assert text == "hello!"
    assert names == ["data", "new.txt"]
    assert home == "/student/home"


def test_temporary_files_stay_in_the_cage():
    def work():
        import tempfile

        with tempfile.NamedTemporaryFile(delete=False) as file:
            return file.name

    name = ask(work)
    assert name.startswith("/tmp/")
    assert not Path(name).exists()


def test_only_named_files_are_shown_and_none_can_be_written(tmp_path):
    for name in ("shown/a.txt", "hidden/b.txt", "hidden/deep/c.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    tmp_path.chmod(0o755)  # root's cages read what everybody may read

    def look():
        seen = [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.txt")]
        try:
            Path(tmp_path, "shown", "new.txt").write_text("x")
        except OSError as error:
            return sorted(seen), error.strerror
        return sorted(seen), ""

    view = View(shown=(str(tmp_path / "shown"),))
    assert ask(look, view=view) == [["shown/a.txt"], "Read-only file system"]
    shown = (str(tmp_path), str(tmp_path / "hidden" / "deep"))
    view = View(shown=shown, hidden=(str(tmp_path / "hidden"),))
    seen, _ = ask(look, view=view)
    assert seen == ["hidden/deep/c.txt", "shown/a.txt"]


def test_a_link_to_a_hidden_file_leads_nowhere(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "link").symlink_to(tmp_path / "secret.txt")
    link = tmp_path / "shown" / "link"
    assert ask(link.is_symlink, view=View(shown=(str(link.parent),)))
    assert not ask(link.exists, view=View(shown=(str(link.parent),)))


def test_a_shown_directory_may_be_named_by_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("a")
    (tmp_path / "link").symlink_to("real")
    path = tmp_path / "link" / "a.txt"
    assert ask(path.read_text, view=View(shown=(str(path.parent),))) == "a"


def test_memory_beyond_the_limit_ends_the_cage_even_across_processes():
    def hoard():
        for _ in range(4):
            if os.fork() == 0:
                held = bytearray(os.urandom(1) * 40 * MIB)
                time.sleep(60)
                os._exit(len(held))
        time.sleep(60)

    outcome = Cage(hoard, limits=Limits(memory_mib=100)).wait(120)
    assert outcome == Outcome(-signal.SIGKILL, "memory")


def test_memory_that_no_process_holds_is_refused():
    def refused(make):
        try:
            return make()
        except OSError as error:
            return error.errno

    def segment():
        return ctypes.CDLL(None).shmget(0, MIB, 0o600)

    assert refused(segment) >= 0  # outside
    assert ask(lambda: refused(lambda: os.memfd_create("hidden"))) == errno.ENOSYS
    assert ask(lambda: refused(segment)) == -1


def test_memory_that_processes_share_lies_in_files_that_count():
    def share(*words, **options):
        memory = mmap.mmap(-1, 8, *words, **options)
        if os.fork() == 0:
            memory[:3] = b"abc"
            os._exit(0)
        os.wait()
        return memory[:3].decode()

    def share_much():
        with contextlib.suppress(OSError):
            return mmap.mmap(-1, 9 * MIB)[:1].decode()
        return "refused"

    nameless = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    assert ask(share) == "abc"
    assert ask(lambda: share(nameless)) == "abc"
    assert ask(lambda: share(flags=nameless, prot=mmap.PROT_WRITE)) == "abc"
    assert ask(lambda: share(access=mmap.ACCESS_WRITE)) == "abc"
    assert ask(lambda: share(access=mmap.ACCESS_COPY)) == "\0\0\0"
    assert ask(lambda: share(mmap.MAP_PRIVATE)) == "\0\0\0"
    assert ask(share_much, limits=Limits(disk_mib=8)) == "refused"


def test_zeros_can_be_read_and_not_mapped():
    def tried():
        with Path("/dev/zero").open("r+b") as file:
            try:
                mmap.mmap(file.fileno(), MIB)
            except OSError as error:
                return file.read(2).decode(), error.errno

    assert ask(tried) == ["\0\0", errno.ENODEV]


def test_processes_that_have_ended_or_share_their_lines_hold_no_memory_of_the_kernel():
    def start():
        lines = [os.pipe() for _ in range(40)]
        children = [subprocess.Popen("/bin/true") for _ in range(40)]
        for _ in range(40):
            if os.fork() == 0:
                time.sleep(1)
                os._exit(len(lines) != 40)
        time.sleep(1)
        return sum(child.wait() for child in children)

    assert ask(start, limits=Limits(memory_mib=100)) == 0


def test_files_that_a_thread_has_for_itself_count():
    def hold():
        ctypes.CDLL(None).unshare(0x400)  # its files
        held = [socket.socketpair() for _ in range(100)]
        time.sleep(5)
        held.clear()

    def start():
        threading.stack_size(1 << 18)
        for _ in range(3):
            threading.Thread(target=hold).start()
        time.sleep(5)
        os._exit(0)

    outcome = Cage(start, limits=Limits(memory_mib=100)).wait(120)
    assert outcome == Outcome(-signal.SIGKILL, "memory")


@pytest.mark.parametrize("advice", [linux._COLLAPSE, 0x7FFF])
def test_joining_pages_changes_no_memory_even_where_the_kernel_cannot(
    monkeypatch, advice
):
    monkeypatch.setattr(linux, "_COLLAPSE", advice)
    tables = [np.arange(n, n + 300_000) for n in range(9)]
    linux.join_pages()
    assert ask(lambda: [table.sum().item() for table in tables]) == [
        sum(range(n, n + 300_000)) for n in range(9)
    ]


def test_pages_are_joined_where_the_kernel_can():
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if not setting.exists() or "[always]" in setting.read_text():
        pytest.skip(
            "the kernel joins no pages, or all of them by itself; write madvise to "
            f"{setting} to try it"
        )
    size = 8 * linux._LARGE
    with mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory[::4096] = b"x" * (size // 4096)
        place = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        first = -(-place // linux._LARGE) * linux._LARGE
        try:
            linux._call("madvise", first, linux._LARGE, linux._COLLAPSE, doing="it")
        except OSError as error:
            pytest.skip(f"the kernel joins no pages on demand ({error})")
        before = in_large_pages()
        linux.join_pages()
        assert in_large_pages() >= before + 6 * linux._LARGE // 1024
        assert memory[::4096] == b"x" * (size // 4096)


def in_large_pages():
    """Return how many KiB of this process lie in large pages."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("AnonHugePages:"))
    return int(line.split()[1])


def test_a_refusal_says_what_the_kernel_refused_and_what_helps(monkeypatch):
    monkeypatch.setattr("grading.sandbox.linux.NAMESPACES", {"user": 0x40000000 | 0x1})
    with pytest.raises(SandboxError, match=r"new namespaces.*sysctl"):
        Cage(lambda: None)
    assert "new namespaces" in trial()


def test_a_machine_that_maps_no_user_is_refused(monkeypatch):
    def refuse(keeper):
        raise PermissionError

    monkeypatch.setattr("grading.sandbox.cage._map_users", refuse)
    with pytest.raises(SandboxError, match="no users could be mapped"):
        Cage(lambda: None)


def test_no_process_is_left_of_a_cage_that_could_not_be_built(monkeypatch):
    forked, fork = [], cage.fork

    def remembered(function):
        forked.append(fork(function))
        return forked[-1]

    monkeypatch.setattr("grading.sandbox.cage.fork", remembered)
    monkeypatch.setattr("grading.sandbox.linux.NAMESPACES", {"user": 0x1})
    with contextlib.suppress(SandboxError):
        Cage(lambda: None)
    (keeper,) = forked
    with pytest.raises(ChildProcessError):  # dead, and waited for
        os.waitpid(keeper, os.WNOHANG)


@pytest.fixture(scope="module")
def findings():
    return {finding.protection: finding for finding in doctor.report()}


@pytest.mark.parametrize("protection", [*doctor.ATTACKS, *doctor.TRIALS])
def test_every_protection_holds_against_its_attack(findings, protection):
    assert findings[protection].leak == ""


@pytest.mark.parametrize(
    "protection",
    [
        "files that were not named are invisible",
        "there is no network",
        "other processes are invisible",
        "the environment's variables are invisible",
        "the machine's name is invisible",
    ],
)
def test_an_attack_succeeds_outside_a_cage(protection):
    with doctor.bait() as laid:
        assert doctor.ATTACKS[protection](laid)


def test_an_attack_that_breaks_or_dies_is_no_protection():
    with doctor.bait() as laid:
        assert "broke" in doctor.in_cage(lambda _: 1 / 0, laid)
        assert "never ended" in doctor.in_cage(lambda _: os._exit(0), laid)


def test_the_doctor_reports_and_its_exit_status_says_whether_all_hold(
    capsys, monkeypatch
):
    good, bad = doctor.Finding("walls stand"), doctor.Finding("doors shut", "a draught")
    monkeypatch.setattr(doctor, "report", lambda *, bubblewrap: [good])
    assert main(["doctor"]) == 0
    assert "1 of 1 protections hold." in capsys.readouterr().out
    monkeypatch.setattr(doctor, "report", lambda *, bubblewrap: [good, bad])
    assert main(["doctor", "--bubblewrap"]) == 1
    said = capsys.readouterr().out
    assert "BROKEN  doors shut: a draught" in said
    assert said.startswith("Cages are built by bubblewrap.")
