"""Attack every protection of the sandbox on this machine, and say which hold.

Each attack runs in a cage of its own. It is given *bait*: things outside that it must
not reach. A protection holds when the attack comes back with nothing.
"""

import contextlib
import ctypes
import functools
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from grading.sandbox.cage import Cage, Outcome, View, environment
from grading.sandbox.choice import CHOICE, chosen, refusal
from grading.sandbox.limits import Limits

__all__ = ["ATTACKS", "TRIALS", "Finding", "bait", "examine", "in_cage", "report"]

_MIB = 1 << 20
_PATIENCE = 20.0
_REFUSED = ctypes.c_void_p(-1).value  # what `mmap` of C returns then
_LIMITS = Limits(
    memory_mib=200, disk_mib=8, file_mib=4, files=1000, processes=24, open_files=64
)
ATTACKS = {}  # by protection: called in a cage with the bait, return what they got
TRIALS = {}  # by protection: called outside, put something into a cage and watch


@dataclass(frozen=True)
class Finding:
    """Whether one protection held, and what got through if it did not."""

    protection: str
    leak: str = ""

    @property
    def holds(self):
        """Whether nothing got through."""
        return not self.leak


def examine():
    """Attack every protection and return what was found.

    Returns
    -------
    list of Finding
        One per protection. If the machine refuses the sandbox, one that says why.
    """
    why = refusal()
    if why:
        return [Finding("the sandbox can be built", why)]
    findings, kind = [], chosen()
    with bait() as laid:
        for protection, attack in ATTACKS.items():
            findings.append(Finding(protection, in_cage(attack, laid, kind=kind)))
    return findings + [Finding(name, trial(kind)) for name, trial in TRIALS.items()]


def report(*, bubblewrap=False):
    """Examine this machine from a process with a clean environment.

    Parameters
    ----------
    bubblewrap : bool, default False
        Whether to build the cages with bubblewrap where that is not necessary.

    Returns
    -------
    list of Finding
        As from `examine`.
    """
    words = [sys.executable, "-m", "grading.sandbox.doctor"]
    root = str(Path(__file__).resolve().parents[2])
    variables = {**environment(), "PYTHONPATH": root}
    if bubblewrap:
        variables[CHOICE] = "bubblewrap"
    with tempfile.TemporaryDirectory() as folder:
        answer = subprocess.run(
            words, env=variables, capture_output=True, text=True, cwd=folder
        )
    if answer.returncode:
        return [Finding("the examination ends", answer.stderr.strip()[-500:])]
    return [Finding(**found) for found in json.loads(answer.stdout)]


def in_cage(attack, laid, *, kind=Cage):
    """Return what an attack got out of a cage, in words; nothing if it held."""
    inside, outside = socket.socketpair()
    with inside, outside:
        shown = View(hidden=(laid["folder"],))
        keep = (inside.fileno(),)
        attempt = functools.partial(_attack, attack, laid, *keep)
        with kind(attempt, _LIMITS, shown, keep) as cage:
            inside.close()
            outside.settimeout(_PATIENCE)
            with contextlib.suppress(OSError):
                return json.loads(outside.recv(65536) or '"the attack never ended"')
            return f"the attack never ended: {cage.kill()}"


def _attack(attack, laid, descriptor):
    """Run an attack and tell what it got."""
    try:
        leak = attack(laid)
    except Exception as error:
        leak = f"the attack broke: {error!r}"
    socket.socket(fileno=descriptor).sendall(json.dumps(leak).encode())


def _protects(name, among=ATTACKS):
    """Register an attack by what protects against it."""

    def register(attack):
        among[name] = attack
        return attack

    return register


@contextlib.contextmanager
def bait():
    """Lay out what no attack may reach, and yield where it lies."""
    secret = os.urandom(12).hex()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        Path(folder, "gradebook.db").write_text(secret)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(f"\0{secret}")
        named.listen()
        yield {
            "folder": folder,
            "secret": secret,
            "port": listener.getsockname()[1],
            "named": f"\0{secret}",
            "process": os.getpid(),
            "host": socket.gethostname(),
        }


@_protects("the system is read-only")
def _write_system(laid):
    places = ["/", "/usr", "/etc", "/proc", "/dev", sys.prefix, sys.base_prefix]
    for place in [*places, Path(os.__file__).parent]:
        path = Path(place, ".doctor")
        with contextlib.suppress(OSError):
            path.write_text("x")
            path.unlink()
            return f"wrote to {place}"
    return ""


@_protects("files that were not named are invisible")
def _read_files(laid):
    path = Path(laid["folder"], "gradebook.db")
    with contextlib.suppress(OSError):
        return f"read {path.read_text()} in {path}"
    seen = [
        p for p in ("/root/.ssh", "/etc/shadow", "/run", "/var") if Path(p).exists()
    ]
    return f"sees {', '.join(seen)}" if seen else ""


@_protects("there is no network")
def _use_network(laid):
    for family, address in [
        (socket.AF_INET, ("127.0.0.1", laid["port"])),
        (socket.AF_UNIX, laid["named"]),
    ]:
        with contextlib.suppress(OSError), socket.socket(family) as line:
            line.settimeout(2)
            line.connect(address)
            return f"connected to {address}"
    cards = [name for _, name in socket.if_nameindex() if name != "lo"]
    return f"sees {', '.join(cards)}" if cards else ""


@_protects("other processes are invisible")
def _see_processes(laid):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(laid["process"], 0)
        return "reached the doctor by its number"
    numbers = sorted(int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit())
    return f"sees the processes {numbers}" if numbers != [1, os.getpid()] else ""


@_protects("the environment's variables are invisible")
def _read_environment(laid):
    known = set(environment())
    others = set(os.environ) - known
    if others:
        return f"has {', '.join(sorted(others))}"
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().split(b"\0")
            names = {word.split(b"=")[0].decode() for word in words if b"=" in word}
            if names - known - {"PYTHONPATH"}:
                return f"{path} shows {', '.join(sorted(names - known))}"
    return ""


@_protects("no privilege is left or can be gained")
def _gain_privileges(laid):
    status = dict(
        line.split(":", 1)
        for line in Path("/proc/self/status").read_text().splitlines()
    )
    kept = [name for name in ("CapPrm", "CapEff", "CapBnd") if int(status[name], 16)]
    if kept or int(status["NoNewPrivs"]) != 1:
        return f"holds {', '.join(kept) or 'the way to new privileges'}"
    library = ctypes.CDLL(None, use_errno=True)
    tries = {
        "became root": lambda: library.setuid(0),
        "mounted": lambda: library.mount(b"tmpfs", b"/usr", b"tmpfs", 0, None),
        "uncovered": lambda: library.umount2(b"/student", 2),
        "made a user namespace": lambda: library.unshare(0x10000000),
        "left the root": lambda: library.chroot(b"/tmp"),
    }
    return ", ".join(what for what, attempt in tries.items() if attempt() == 0)


@_protects("the first process can be neither killed nor read")
def _attack_first(laid):
    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):
        os.kill(1, number)
    for name in ("mem", "environ", "maps", "fd/3"):
        with contextlib.suppress(OSError), Path("/proc/1", name).open("rb") as file:
            file.read(1)
            return f"read /proc/1/{name}"
    return ""


@_protects("no open file is inherited")
def _inherit_files(laid):
    found = []
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(path.readlink()))
    leads = [f for f in found if f != "/dev/null" and not f.startswith("/proc/")]
    return f"holds {leads}" if len(leads) > 1 else ""  # one socket leads to the answer


@_protects("files are limited in size and in all")
def _fill_disk(laid):
    sizes = []
    for path in (Path(f"filler{number}") for number in range(8)):
        with contextlib.suppress(OSError), path.open("wb") as file:
            for _ in range(16):
                file.write(bytes(_MIB))
                file.flush()
        sizes.append(path.stat().st_size)
    if max(sizes) > _LIMITS.file_size:
        return f"a file of {max(sizes)} bytes"
    return f"{sum(sizes)} bytes in all" if sum(sizes) > _LIMITS.disk else ""


@_protects("open files are limited")
def _open_files(laid):
    held = []
    with contextlib.suppress(OSError):
        for _ in range(1000):
            held.append(Path("/dev/null").open())  # noqa: SIM115
        return "opened 1000 files"
    return ""


@_protects("shared memory of others is invisible")
def _share_memory(laid):
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    others = list(Path("/dev/shm").iterdir())
    return f"sees {lines + others}" if lines or others else ""


@_protects("the machine's name is invisible")
def _read_name(laid):
    return "" if socket.gethostname() == "cage" else f"sees {socket.gethostname()}"


def _caged(function, kind):
    """Return how a cage ended; None if it had to be killed."""
    with kind(function, _LIMITS) as cage:
        return cage.wait(_PATIENCE)


@_protects("memory is limited", TRIALS)
def _memory(kind):
    outcome = _caged(_hoard, kind)
    return "" if outcome in (Outcome(1), Outcome(-9, "memory")) else f"ended {outcome}"


def _hoard():
    held = []
    with contextlib.suppress(MemoryError):
        while len(held) < 4000:
            held.append(bytearray(os.urandom(1) * _MIB))
        os._exit(0)
    held.clear()
    os._exit(1)


@_protects("memory of a process whose first thread has ended is counted", TRIALS)
def _headless_memory(kind):
    outcome = _caged(_hoard_headless, kind)
    return "" if outcome == Outcome(-9, "memory") else f"ended {outcome}"


def _hoard_headless():
    def hoard():
        time.sleep(0.2)
        held = bytearray(b"x") * (3 * _LIMITS.memory // 2)
        time.sleep(2)
        held.clear()
        os._exit(0)

    threading.Thread(target=hoard).start()
    ctypes.CDLL(None).pthread_exit(None)


@_protects("no memory lies in files or segments without a name")
def _hide_memory(laid):
    library = ctypes.CDLL(None, use_errno=True)
    held, most = 0, 2 * _LIMITS.memory
    while held < most:
        try:
            file = os.memfd_create("hidden")
            held += os.write(file, bytes(_MIB))
        except OSError:
            break
    segment = library.shmget(0, _MIB, 0o600)
    found = [f"{held // _MIB} MiB in files"] * bool(held)
    found += ["a segment"] * (segment >= 0)
    library.mmap.restype = ctypes.c_void_p
    library.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3]
    library.mmap.argtypes += [ctypes.c_long]
    flags = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    if library.mmap(None, _MIB, mmap.PROT_WRITE, flags, -1, 0) != _REFUSED:
        found.append("shared memory")
    with contextlib.suppress(OSError), Path("/dev/zero").open("r+b") as file:
        mmap.mmap(file.fileno(), _MIB).close()
        found.append("shared zeros")
    return ", ".join(found)


@_protects("memory for what is on its way is limited", TRIALS)
def _fill_sockets(kind):
    outcome = _caged(_send_nowhere, kind)
    return "" if outcome == Outcome(-9, "memory") else f"ended {outcome}"


def _send_nowhere():
    for _ in range(_LIMITS.processes - 2):
        if os.fork() == 0:
            break
    held = []
    with contextlib.suppress(OSError):
        while True:
            held += socket.socketpair()
            held[-1].setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    held[-1].send(bytes(1 << 16))
    time.sleep(2)
    os._exit(0)


@_protects("files are limited in number", TRIALS)
def _litter(kind):
    outcome = _caged(_make_files, kind)
    return "" if outcome in (Outcome(1), Outcome(-9, "memory")) else f"ended {outcome}"


def _make_files():
    try:
        for number in range(200 * _LIMITS.files):
            Path(str(number)).touch()
    except OSError:
        os._exit(1)
    os._exit(0)


@_protects("processes are limited", TRIALS)
def _processes(kind):
    outcome = _caged(_multiply, kind)
    return "" if outcome == Outcome(1) else f"ended {outcome}"


def _multiply():
    for _ in range(10 * _LIMITS.processes):
        try:
            if os.fork() == 0:
                signal.pause()
        except OSError:
            os._exit(1)
    os._exit(0)


@_protects("what ignores every request to stop is stopped", TRIALS)
def _endless(kind):
    inside, outside = socket.socketpair()
    with inside, outside:
        keep = (inside.fileno(),)
        attack = functools.partial(_ignore_everything, *keep)
        with kind(attack, _LIMITS, View(), keep) as cage:
            outside.settimeout(_PATIENCE)
            outside.recv(1)  # it is deaf from here on
            for _ in range(2):
                cage.interrupt()
                if cage.wait(0.3) is not None:
                    return "the attack ended early"
            began = time.monotonic()
            cage.kill()
            took = time.monotonic() - began
    return "" if took < 3 else f"it took {took:.1f} s"


def _ignore_everything(descriptor):
    for number in range(1, signal.NSIG):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    socket.socket(fileno=descriptor).sendall(b"d")
    while True:
        pass


@_protects("nothing that was started is left behind", TRIALS)
def _left_behind(kind):
    name = f"{resource.getpagesize() + os.getpid()}.{time.time_ns() % 10**9}"
    with kind(functools.partial(_start_daemon, name), _LIMITS) as cage:
        cage.wait(_PATIENCE)
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if name.encode() in path.read_bytes():
                return f"a daemon lives on as process {path.parent.name}"
    return ""


def _start_daemon(name):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", name])
        os._exit(0)
    time.sleep(0.2)
    os._exit(0)


if __name__ == "__main__":
    from grading.sandbox import doctor  # by its own name, as a cage finds its attacks

    print(json.dumps([vars(finding) for finding in doctor.examine()]))
