"""The same cage, built by bubblewrap where a user may make no namespaces.

Its program ``bwrap`` may still make them, where it runs as root or AppArmor lets it. It
starts a Python of its own: so a submission pays its imports, and the function of a cage
has to be one that a fresh Python finds by its name.
"""

import contextlib
import os
import pickle
import shutil
import signal
import stat
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

from grading.sandbox import cage, linux
from grading.sandbox.cage import DEVICES, HOME, STORE, TEMPORARY, Cage, environment

__all__ = ["Bubblewrap"]

_PACKAGE = Path(__file__).resolve().parents[1]
_WITHIN = "/.root"
_STUDENT = 1000
_STUDENTS = range(61_184, 65_520)  # where root starts the cage; no account has these
_APART = """
    --as-pid-1 --die-with-parent --new-session --unshare-pid --unshare-net --unshare-ipc
    --unshare-uts --unshare-cgroup-try --hostname cage --proc /proc
"""


@dataclass
class Bubblewrap(Cage):
    """A function that runs in a cage of bubblewrap's.

    Parameters
    ----------
    function : callable
        As for `grading.sandbox.cage.Cage`; it has to be one that can be pickled.
    modules : sequence of str
        What to import, as far as it is there, before limits begin to count.
    """

    modules: tuple[str, ...] = ()

    def _start(self, report, control):
        """Start ``bwrap``, and in it what `_main` does; return its id."""
        program = shutil.which("bwrap") or "bwrap"
        user, words, limits = _identity(program, self.limits)
        told = self._told(user, limits, (report, control))
        account, order = _hold(cage.account(user).encode()), _hold(told)
        sized = not _is_privileged(program)  # or it refuses to limit file systems
        words = [program, *words, *_words(self.view, limits, account, sized=sized)]
        words += ["env", "-u", "PWD"]  # which bwrap has added
        words += [sys.executable, "-P", "-m", "grading.sandbox.bubblewrap", str(order)]
        handed = (report, control, account, order)
        keeper = cage.fork(lambda: _become(words, (*handed, *self.keep), report))
        for end in handed:
            os.close(end)
        return keeper

    def _told(self, user, limits, ends):
        """Return what the first process has to know."""
        told = SimpleNamespace(user=user, limits=limits, ends=ends, keep=self.keep)
        told.function, told.modules = self.function, self.modules
        told.files = self.view.files
        return pickle.dumps(told)

    def _advice(self, error):
        """Return why no cage could be built."""
        return f"Bubblewrap could not build the sandbox: {error or 'it fell silent'}."


def _identity(program, limits):
    """Return the user in the cage, the words for ``bwrap`` that need it, and limits."""
    me = os.geteuid()
    if me == 0:  # `_main` becomes somebody else
        return _STUDENTS[os.getpid() % len(_STUDENTS)], [], limits
    if _is_privileged(program):  # then all counts that I run
        return me, [], replace(limits, processes=limits.processes + _threads(me))
    words = ["--unshare-user", "--disable-userns"]
    return _STUDENT, [*words, "--uid", str(_STUDENT), "--gid", str(_STUDENT)], limits


def _is_privileged(program):
    """Return whether a program runs as its owner, root, whoever starts it."""
    path = Path(program)
    return path.exists() and bool(path.stat().st_mode & stat.S_ISUID)


def _threads(user):
    """Return how many threads a user has."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            if path.stat().st_uid == user:
                total += sum(1 for _ in Path(path, "task").iterdir())
    return total


def _words(view, limits, account, *, sized):
    """Return what tells ``bwrap`` what the cage shows."""
    room = [*(["--size", str(limits.disk)] * sized), "--tmpfs"]
    words = [*_APART.split(), *room, STORE, "--dir", HOME, "--dir", TEMPORARY]
    words += ["--symlink", TEMPORARY.lstrip("/"), "/tmp", *_above("/dev/shm")]
    words += [*room, "/dev/shm", *_above("/etc/passwd"), "--perms", "0644"]
    words += ["--file", str(account), "/etc/passwd", "--dir", _WITHIN]
    covers = ["/"]
    for path, real in cage.steps(replace(view, shown=(*view.shown, str(_PACKAGE)))):
        if real is None:
            words += ["--tmpfs", path]
            covers.append(path)
        else:
            how = "--dev-bind" if path in DEVICES else "--ro-bind"
            words += [*_above(path), how, real, path]
    for path in covers:
        words += ["--remount-ro", path]
    return [*words, "--chdir", HOME]


def _above(path):
    """Return the words that let everybody enter the directories above a path."""
    above = reversed(Path(path).parents[:-1])
    return [word for parent in above for word in ("--dir", str(parent))]


def _hold(content):
    """Return a descriptor of a file in memory with this content."""
    descriptor = os.memfd_create("cage")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _become(words, keep, report):
    """Become a program that has these descriptors, and complains to the starter."""
    os.dup2(report, 2)
    for descriptor in keep:
        os.set_inheritable(descriptor, True)
    try:
        variables = {**environment(), "PYTHONPATH": str(_PACKAGE.parent)}
        os.execve(words[0], words, variables)
    except OSError as error:
        os.write(2, f"{words[0]}: {error.strerror}".encode())


# ------------------------------------------------------------------------ in the cage


def _main(order):
    """Be the first process of the cage, as in `grading.sandbox.cage`."""
    for number in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    with os.fdopen(int(order), "rb") as file:
        told = pickle.load(file)
    with cage.reported(told.ends[0]):
        _settle(told)
    cage.guard(told, *told.ends)


def _settle(told):
    """Furnish the home, give privileges up, import, and be limited."""
    os.umask(0o022)
    cage.fill_home(told.files)
    for path in (HOME, *Path(HOME).rglob("*"), TEMPORARY, "/dev/shm"):
        os.chown(path, told.user, told.user)
    cage.silence((*told.ends, *told.keep))
    if os.getuid() == 0:
        linux.bind("/", _WITHIN)
        os.chroot(_WITHIN)  # from where the kernel lets nobody make a namespace
        os.chdir(HOME)
        os.setgroups([])
        linux.drop_capabilities(told.user)
    cage.preload(told.modules)
    cage.set_limits(told.limits)


if __name__ == "__main__":
    _main(*sys.argv[1:])
