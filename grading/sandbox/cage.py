"""A cage for hostile code, from the kernel's own namespaces and resource limits.

A caged function runs in a process that was forked from this one, so what is imported
here is there at once. It sees a read-only system with an empty home, no network, no
process but its own and no file that was not named; when it ends, whatever it started
ends with it. Neither root nor a daemon is needed, only a kernel that lets a user make
namespaces.

Three processes stand behind a cage. The *keeper* enters the namespaces and waits. The
*first* process of the new process namespace builds the view of the files, gives every
privilege up, and watches memory; when it dies, the kernel kills all others there. The
*inmate* runs the function.

Where a user may make no namespace, `grading.sandbox.bubblewrap` has the same cage built
by a program that may.

What this process knows, the inmate can read in its memory. Start cages from a process
that was itself started with a clean `environment` and has read no secret.
"""

import contextlib
import importlib
import itertools
import json
import mmap
import os
import re
import resource
import select
import signal
import site
import socket
import sys
import tempfile
import time
import warnings
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grading.sandbox import linux
from grading.sandbox.limits import Limits

__all__ = [
    "Cage",
    "Outcome",
    "SandboxError",
    "View",
    "environment",
    "fork",
    "limit_memory",
    "preload",
]

HOME = "/student/home"

_USER = 1000  # inside
_NOBODY = 65534  # outside, where root starts the cage
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime")
DEVICES = {  # by their names in a cage
    "/dev/null": "/dev/null",
    "/dev/full": "/dev/full",
    "/dev/random": "/dev/random",
    "/dev/urandom": "/dev/urandom",
    "/dev/zero": "/dev/full",  # zeros too, but never as memory that nobody can count
}
_BASE, _FORMER = "/tmp", "/.former"
STORE, TEMPORARY = "/student", "/student/tmp"
_PAGE = resource.getpagesize()
_OF_A_FILE = 2 * 212_992  # what Linux gives a socket, unless it is told otherwise
_TICK, _SWEEPS, _SELDOM = 0.05, 50, 4
_GRACE = 5.0
_EXITING = 4  # among the flags in /proc/*/stat
_OWN = re.compile(rb"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
_SPARED = "sklearn"
_WRAPPING = "TFE_ContextOptionsSetRunEagerOpAsFunction"
_THREADS = (  # one core for each submission; many are graded at a time
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


class SandboxError(RuntimeError):
    """A cage that could not be built; the message says what to do."""


@dataclass(frozen=True)
class View:
    """Which files a cage shows besides the system and this Python.

    Attributes
    ----------
    shown : tuple of str
        Files and directories to show, read-only, under their own absolute names. Where
        root starts the cage they have to be readable for everybody.
    hidden : tuple of str
        Directories to cover with an empty one, unless shown by a longer name.
    files : dict of str to bytes
        What lies in the home at the start, by relative name.
    """

    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a cage ended.

    Attributes
    ----------
    code : int
        The inmate's exit status, or minus the signal that killed it.
    reason : str
        ``"ended"`` by itself, ``"memory"`` when it used too much, ``"stopped"`` from
        outside.
    memory : int
        The most bytes that its processes were seen to hold together, beyond what they
        were forked with; two outcomes are equal whatever they held.
    """

    code: int
    reason: str = "ended"
    memory: int = field(default=0, compare=False)


@dataclass
class Cage:
    """A function that runs in a cage.

    Parameters
    ----------
    function : callable
        Called without arguments in the inmate; what it returns is lost, so give it a
        socket.
    limits : Limits
        What it may use.
    view : View
        Which files it sees.
    keep : sequence of int
        File descriptors that stay open in the inmate; it has no other but the standard
        ones, which lead nowhere.

    Raises
    ------
    SandboxError
        If the machine refuses one of the protections. Nothing is run then.

    Examples
    --------
    >>> cage = Cage(lambda: os._exit(7))  # doctest: +SKIP
    >>> cage.wait().code  # doctest: +SKIP
    7
    """

    function: callable
    limits: Limits = field(default_factory=Limits)
    view: View = field(default_factory=View)
    keep: tuple[int, ...] = ()

    def __post_init__(self):
        """Start the processes and return when the inmate is about to run."""
        self._outcome = None
        ours, report = os.pipe()
        control, self._control = os.pipe()
        self._keeper = self._start(report, control)
        self._lines = os.fdopen(ours, "rb")
        first = self._next()
        if first.get("state") != "ready":
            self.kill()
            raise SandboxError(self._advice(first.get("error", "")))

    def _start(self, report, control):
        """Start the processes, which own two ends of pipes; return the keeper's id."""
        entered, enter = os.pipe()
        go, mapped = os.pipe()
        ours, theirs = (entered, mapped), (report, control, enter, go)
        keeper = fork(lambda: _keep(self, ours, *theirs))
        for end in theirs:
            os.close(end)
        if os.read(entered, 1):
            with contextlib.suppress(OSError):  # the keeper then names what is missing
                _map_users(keeper)
                os.write(mapped, b"1")
        for end in ours:
            os.close(end)
        return keeper

    def _advice(self, error):
        """Return why no cage could be built, with what helps."""
        return (
            f"The kernel refused the sandbox: {error or 'the cage fell silent'}. Let "
            "users make namespaces (sysctl kernel.unprivileged_userns_clone=1, "
            "user.max_user_namespaces=10000, "
            "kernel.apparmor_restrict_unprivileged_userns=0; in a container, allow "
            "them in its seccomp profile), or grade on another machine."
        )

    def interrupt(self):
        """Send the inmate what Ctrl-C sends, and kill what it has started."""
        with contextlib.suppress(OSError):
            os.write(self._control, b"i")

    def kill(self):
        """Kill everything in the cage and return its outcome."""
        self._let_go()
        if self.wait(_GRACE) is None:
            os.kill(self._keeper, signal.SIGKILL)
        return self.wait()

    def wait(self, timeout=None):
        """Wait until everything in the cage is dead.

        Parameters
        ----------
        timeout : float, optional
            Seconds; without it, as long as it takes.

        Returns
        -------
        Outcome or None
            None if the cage still lives.
        """
        if self._outcome is None:
            if timeout is not None and not _readable(self._lines, timeout):
                return None
            last = self._next()
            os.waitpid(self._keeper, 0)
            self._lines.close()
            code = last.get("code", -signal.SIGKILL)
            reason, memory = last.get("reason", "stopped"), last.get("memory", 0)
            self._outcome = Outcome(code, reason, memory)
            self._let_go()
        return self._outcome

    def __enter__(self):
        """Return the cage; leaving the context kills it."""
        return self

    def __exit__(self, *_):
        """Kill everything in the cage."""
        self.kill()

    def _let_go(self):
        """Close the line to the first process, which ends the cage."""
        if self._control is not None:
            os.close(self._control)
            self._control = None

    def _next(self):
        """Return what the first process says next, or nothing at its end."""
        line = self._lines.readline()
        if not line.startswith(b"{"):  # what a program complains of
            text = line + self._lines.read()
            return {"error": text.decode("utf-8", "replace").strip()}
        return json.loads(line)


def fork(function):
    """Return the id of a new process that calls a function and ends with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads do not matter
        process = os.fork()
    if process:
        return process
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        function()
    except BaseException:
        os._exit(70)
    os._exit(0)


def _map_users(keeper):
    """Give the keeper's namespace its users: a student, and root to build with."""
    maps = Path(f"/proc/{keeper}/uid_map"), Path(f"/proc/{keeper}/gid_map")
    ids = os.geteuid(), os.getegid()
    if ids[0] == 0:
        with contextlib.suppress(OSError):
            for path in maps:
                path.write_text(f"0 0 1\n{_USER} {_NOBODY} 1\n")
            return
    Path(f"/proc/{keeper}/setgroups").write_text("deny")
    for path, number in zip(maps, ids, strict=True):
        path.write_text(f"{_USER} {number} 1\n")


def _keep(cage, others, report, control, enter, go):
    """Be the keeper: enter the namespaces and wait for the first process."""
    for end in others:
        os.close(end)  # so that the starter's silence is heard
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    first = None
    with reported(report):
        linux.unshare(linux.NAMESPACES)
        linux.own_memory()
        linux.die_with_parent()
        os.write(enter, b"1")
        if not os.read(go, 1):
            raise OSError("no users could be mapped into the namespace")
        first = fork(lambda: _be_first(cage, report, control))
    _close_others()
    if first:
        os.waitpid(first, 0)  # returns when the whole process namespace is dead


@contextlib.contextmanager
def reported(report):
    """Tell the starter which step failed."""
    try:
        yield
    except Exception as error:
        text = str(error) if isinstance(error, OSError) else repr(error)
        _say(report, state="failed", error=text)
        os._exit(71)


def _say(report, **words):
    """Write one line to the starter."""
    os.write(report, json.dumps(words).encode() + b"\n")


def _be_first(cage, report, control):
    """Build the view, give privileges up, start the inmate, and watch it."""
    with reported(report):
        linux.die_with_parent()
        _settle(cage, (report, control, *cage.keep))
        linux.die_with_parent()
    guard(cage, report, control)


def guard(cage, report, control):
    """Start the inmate and watch it until its end, which is reported."""
    with reported(report):
        linux.keep_memory_private()
        inmate = fork(lambda: _be_inmate(cage))
        _close_others(report, control)
    _say(report, state="ready")
    outcome = _watch(inmate, control, cage.limits)
    _end_others()
    _say(report, **asdict(outcome))


def _settle(cage, keep):
    """Enter the cage for good: files, limits, descriptors, privileges."""
    os.umask(0o022)
    socket.sethostname("cage")
    _build(cage.view, cage.limits)
    silence(keep)
    user = None if os.getuid() == _USER else _USER
    if user is not None:
        os.setgroups([])  # where root started the cage; else it was denied
    linux.drop_capabilities(user)
    set_limits(cage.limits)


def silence(keep):
    """Close every descriptor but some, and let the standard ones lead nowhere."""
    null = os.open("/dev/null", os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    _close_others(*keep)


def _be_inmate(cage):
    """Run the function as if in a fresh session of a student."""
    _close_others(*cage.keep)
    linux.own_memory()
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment())
    os.chdir(HOME)
    forget_temporary_folder()
    share_files()
    cage.function()


def environment(home=HOME):
    """Return the variables that the inmate has: none of this process."""
    return {
        "HOME": home,
        "TMPDIR": "/tmp",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",
        "IPYTHONDIR": f"{home}/.ipython",
        "MPLCONFIGDIR": f"{home}/.matplotlib",
        "MPLBACKEND": "agg",
        "KERAS_BACKEND": "tensorflow",
        "TF_ENABLE_ONEDNN_OPTS": "0",  # these two prepare operations for large networks
        "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "COURSE_FIGURES": "plain",
        "COURSE_OFFLINE": "1",
        "MALLOC_MMAP_THRESHOLD_": str(1 << 25),  # what is freed is soon used again
        "MALLOC_TRIM_THRESHOLD_": str(1 << 27),
        **dict.fromkeys(_THREADS, "1"),
    }


def preload(modules):
    """Import modules as far as they are there.

    Keras would import scikit-learn for wrappers that hardly anyone uses, and that takes
    a second; it does without where no module to be imported is of scikit-learn.
    """
    wanted = {name.partition(".")[0] for name in modules}
    spared = _SPARED not in wanted | sys.modules.keys()
    if spared:
        sys.modules[_SPARED] = None  # as if it were not there
    for name in modules:
        with contextlib.suppress(ImportError):  # the name of a function, for instance
            importlib.import_module(name)
    if spared:
        del sys.modules[_SPARED]
    _operate_directly()


def _operate_directly():
    """Let TensorFlow run an eager operation itself, not a function made of it.

    It would make, optimise and keep such a function for each kind of operation, which
    takes half of the time of a small model. What is computed is the same.
    """
    made = sys.modules.get("tensorflow.python.pywrap_tfe")
    if hasattr(made, _WRAPPING):  # or a version of TensorFlow that has done with it
        setattr(made, _WRAPPING, lambda *_: None)


def forget_temporary_folder():
    """Let `tempfile` look anew; a library may have asked before the fork."""
    tempfile.tempdir = None


def share_files():
    """Let ``mmap(-1, length)`` map a file, which is counted, where it would be refused.

    What is no Python, or a Python of its own, is refused with the error ENOSYS.
    """
    mmap.mmap = _Shared


class _Shared(mmap.mmap):
    """Memory that processes may share, in a file where it has none."""

    def __new__(cls, fileno, length, flags=mmap.MAP_SHARED, *more, **options):
        nameless = fileno == -1 and not flags & mmap.MAP_PRIVATE
        if not nameless or options.get("access") == mmap.ACCESS_COPY:
            return super().__new__(cls, fileno, length, flags, *more, **options)
        flags &= ~mmap.MAP_ANONYMOUS
        with tempfile.TemporaryFile(dir="/dev/shm") as file:
            if length > 0:
                os.posix_fallocate(file.fileno(), 0, length)
            return super().__new__(cls, file.fileno(), length, flags, *more, **options)


def _close_others(*keep):
    """Close every descriptor but the standard ones and those to keep."""
    last = 2
    for number in sorted({*keep, resource.getrlimit(resource.RLIMIT_NOFILE)[1]}):
        os.closerange(last + 1, number)
        last = number


def set_limits(limits):
    """Set the kernel's limits for every process of the cage."""
    limit_memory(limits.memory)
    linux.refuse_nameless_memory()
    amounts = {
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NPROC: int(limits.processes),
        resource.RLIMIT_NOFILE: int(limits.open_files),
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for kind, amount in amounts.items():
        most = resource.getrlimit(kind)[1]
        amount = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(kind, (amount, amount))


def limit_memory(amount):
    """Let this process, and what it starts, map so many bytes more, and as many again.

    Much of what is mapped is never used, by TensorFlow above all.
    """
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE
    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = mapped + 2 * amount
    wanted = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))


def _memory(place):
    """Return the bytes of memory that a process shares with no file."""
    amounts = _OWN.findall(Path(f"{place}/status").read_bytes())
    return 1024 * sum(map(int, amounts))


def _watch(inmate, control, limits):
    """Wait for the inmate's end, for too much memory, or for an order to stop."""
    brought, most = _memory("/proc/self"), 0
    ticks = itertools.count()
    while True:
        stop = _readable(control, _TICK) and not _pass_on(control, inmate)
        if stop:
            _let_end(inmate)
        most = max(most, _held(brought))
        while (ended := _reap())[0]:
            if ended[0] == inmate:
                return Outcome(os.waitstatus_to_exitcode(ended[1]), "ended", most)
        much = most > limits.memory
        if next(ticks) % _SELDOM == 0:  # it takes a millisecond for ten threads
            much |= _in_kernel(limits) > limits.memory
        if stop or much or _is_full(limits):
            return Outcome(-signal.SIGKILL, "stopped" if stop else "memory", most)


def _pass_on(control, inmate):
    """Interrupt the inmate if that is the order; return whether to go on."""
    if not os.read(control, 1):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(inmate, signal.SIGINT)
    _sweep(inmate)
    return True


def _sweep(inmate):
    """Kill what the inmate has started, which may be about to start more."""
    for _ in range(_SWEEPS):
        others = _others() - {inmate}
        for number in others:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(number, signal.SIGKILL)
                os.waitpid(number, os.WNOHANG)  # if it was left to this process
        if not others:
            return
        time.sleep(_TICK / 5)


def _let_end(inmate):
    """Wait until the inmate has ended if it is about to, so that its status is told.

    Its files are closed some time before; who waits for that may be the one who stops.
    """
    given_up = time.monotonic() + _GRACE
    while time.monotonic() < given_up:
        state, flags = _state(f"/proc/{inmate}")
        if state == "Z" or not flags & _EXITING:
            return
        time.sleep(_TICK / 50)


def _end_others():
    """Kill what is left here and wait for it, so that its time is not lost to count."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _reap():
    """Return the id and the status of a process that has ended, or zeros."""
    try:
        return os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return 0, 0


def _held(brought):
    """Return the bytes that the cage's processes together hold of their own."""
    total = 0
    for place in _places():
        with contextlib.suppress(OSError):  # it has just ended
            total += max(0, _memory(place) - brought)
    return total


def _in_kernel(limits):
    """Return the bytes that the kernel may hold for sockets and the like.

    A socket has room for so many on their way in and out, and they are part of no
    process. One that processes share counts once, and what has a path not at all.
    Whoever does not let its files be counted counts as one with all it may have. Each
    thread is asked, for it may have files of its own.
    """
    found, hidden = set(), 0
    for number in _others():
        for place in _threads(number):
            try:
                found.update(_nameless(number, f"{place}/fd"))
            except PermissionError:
                hidden += int(limits.open_files) if _goes_on(place) else 0
            except OSError:  # it has just ended
                pass
    return (len(found) + hidden) * _OF_A_FILE


def _nameless(process, folder):
    """Yield what a thread has open that has no path, the same for each who has it."""
    for number in os.listdir(folder):  # noqa: PTH208 (20 times a second)
        with contextlib.suppress(FileNotFoundError):
            target = os.readlink(f"{folder}/{number}")  # noqa: PTH115 (as above)
            if target.startswith(("socket:", "pipe:")):
                yield target
            elif not target.startswith("/"):
                yield process, number  # which of its kind it is, nothing tells


def _places():
    """Yield where the kernel shows what each process holds that is not about to end.

    Once its first thread has ended, a process is shown by its other threads alone.
    """
    for number in _others():
        yield from itertools.islice(filter(_goes_on, _threads(number)), 1)


def _threads(number):
    """Yield where the kernel shows the threads of a process, the first one first."""
    folder = f"/proc/{number}/task"
    with contextlib.suppress(OSError):  # it has just ended
        for thread in os.listdir(folder):  # noqa: PTH208 (as below)
            yield f"{folder}/{thread}"


def _goes_on(place):
    """Return whether a process or a thread is not about to end."""
    try:
        return not _state(place)[1] & _EXITING
    except OSError:  # it has just ended
        return False


def _state(place):
    """Return the letter for what a process or a thread does, and its flags."""
    about = Path(f"{place}/stat").read_text().rpartition(")")[2].split()
    return about[0], int(about[6])


def _others():
    """Return the ids of the cage's processes but this first one."""
    names = os.listdir("/proc")  # noqa: PTH208 (20 times a second)
    return {int(name) for name in names if name.isdigit()} - {1}


def _is_full(limits):
    """Return whether a file system that can be written to holds more than it may.

    Where bubblewrap runs as root, it leaves them without a limit.
    """
    for each in map(os.statvfs, (STORE, "/dev/shm")):
        size = (each.f_blocks - each.f_bfree) * each.f_frsize
        if size > limits.disk or each.f_files - each.f_ffree > limits.files:
            return True
    return False


def _readable(file, timeout):
    """Return whether something can be read within some seconds."""
    return bool(select.select([file], [], [], timeout)[0])


def steps(view):
    """Yield what to show and what to cover, from the outside in.

    Each step is a path with the real path to show there, or None for an empty
    directory. What follows from a directory above is left out.
    """
    plan = {}
    for path in view.hidden:
        plan[str(Path(path).resolve())] = None
    for path in (*_SYSTEM, *_python(), *_SETTINGS, *view.shown):
        if Path(path).exists():
            real = str(Path(path).resolve())
            plan |= dict.fromkeys({path, real}, real)
    plan |= {path: real for path, real in DEVICES.items() if Path(real).exists()}
    for path in sorted(plan):
        above = next((str(p) for p in Path(path).parents if str(p) in plan), None)
        inside = above is not None and plan[above] is not None
        if inside == (plan[path] is None):
            yield path, plan[path]


def _python():
    """Return where this Python and its packages lie."""
    paths = [sys.prefix, sys.base_prefix, sys.exec_prefix, *site.getsitepackages()]
    if site.ENABLE_USER_SITE:
        paths.append(site.getusersitepackages())
    return [str(Path(path).absolute()) for path in paths]


def _build(view, limits):
    """Make a root that shows only what the cage may see."""
    wanted = list(steps(view))
    linux.make_private()
    linux.mount("tmpfs", _BASE, options="mode=755,size=16m")
    Path(_BASE + _FORMER).mkdir()
    linux.swap_root(_BASE, _BASE + _FORMER)
    _furnish(view, limits)
    for path, real in wanted:
        _place(path, real)
    _show_processes()  # while the former ones are in sight, or the kernel refuses
    Path("/etc/passwd").write_text(account(_USER))
    linux.detach(_FORMER)
    Path(_FORMER).rmdir()
    linux.restrict("/", deep=False)


def _furnish(view, limits):
    """Make what the cage may write to, with its first files."""
    own = f"uid={_USER},gid={_USER},mode=700,size={limits.disk}"
    own += f",nr_inodes={int(limits.files)}"
    for path in (STORE, "/dev/shm"):
        Path(path).mkdir(parents=True)
        linux.mount("tmpfs", path, options=own)
    for path in (HOME, TEMPORARY):
        Path(path).mkdir()
    Path("/tmp").mkdir()
    linux.bind(TEMPORARY, "/tmp")
    fill_home(view.files)
    for path in (HOME, *Path(HOME).rglob("*"), "/tmp"):
        os.chown(path, _USER, _USER)


def fill_home(files):
    """Write what lies in the home at the start."""
    for name, content in files.items():
        path = Path(HOME, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def account(user):
    """Return a user's line of ``/etc/passwd``."""
    return f"student:x:{user}:{user}::{HOME}:/bin/sh\n"


def _place(path, real):
    """Show or cover one path."""
    if real is None:
        linux.mount("tmpfs", path, options="mode=755,size=1m")
    else:
        source = Path(_FORMER + real)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            Path(path).mkdir(exist_ok=True)
        else:
            Path(path).touch()
        linux.bind(source, path)
        linux.restrict(path)


def _show_processes():
    """Show the cage's own processes, and let it make no further namespace."""
    Path("/proc").mkdir()
    flags = linux.NOSUID | linux.NODEV | linux.NOEXEC
    linux.mount("proc", "/proc", flags=flags)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    linux.restrict("/proc")
