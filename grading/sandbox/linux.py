"""The calls to the Linux kernel that Python has no name for.

Each raises `OSError` with what was tried when the kernel refuses, but for two that
merely save time.
"""

import contextlib
import ctypes
import functools
import os
import platform
import re
import struct
from pathlib import Path

__all__ = [
    "NAMESPACES",
    "NODEV",
    "NOEXEC",
    "NOSUID",
    "RDONLY",
    "bind",
    "detach",
    "die_with_parent",
    "drop_capabilities",
    "join_pages",
    "keep_memory_private",
    "make_private",
    "mount",
    "own_memory",
    "refuse_nameless_memory",
    "restrict",
    "stay_on_one_core",
    "swap_root",
    "unshare",
]

NAMESPACES = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
RDONLY, NOSUID, NODEV, NOEXEC = 1, 2, 4, 8  # alike in mount and in mount_setattr

_BIND, _RECURSIVE, _PRIVATE, _DETACH = 4096, 16384, 1 << 18, 2
_MOUNT_SETATTR = 442  # the same number on every architecture, from Linux 5.12 on
_HERE, _AT_RECURSIVE = -100, 0x8000
_DEATH_SIGNAL, _DUMPABLE, _BOUNDING_DROP, _NO_NEW_PRIVILEGES = 1, 4, 24, 38
_CAPABILITIES_VERSION = 0x20080522
_SIGKILL = 9
_ERROR, _ALLOW = 0x00050000, 0x7FFF0000  # what a filter of system calls may answer
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # its instructions
_ENOSYS, _FILTER, _KEEP_SPECULATION = 38, 1, 4
_OTHER_WORLD = 0x40000000  # system calls of x32, from there on
# By machine: its number for filters, `seccomp`, `mmap`, and memfd_create, memfd_secret,
# shmget.
_CALLS = {
    "x86_64": (0xC000003E, 317, 9, (319, 447, 29)),
    "aarch64": (0xC00000B7, 277, 222, (279, 447, 194)),
}
_AND, _FLAGS = 0x54, 40  # the place of the fourth argument, in which `mmap` has flags
_SHARED_AND_NAMELESS = 0x01 | 0x20
_COLLAPSE, _LARGE = 25, 2 << 20  # from Linux 6.1 on
_OWN = re.compile(r"^(\w+)-(\w+) rw-p \S+ 00:00 0 *(?:\[heap\])?$", re.MULTILINE)


def unshare(names):
    """Move this process into new namespaces of the kinds named in `NAMESPACES`."""
    _call("unshare", sum(NAMESPACES[name] for name in names), doing="new namespaces")


def make_private():
    """Let no change of this namespace's mounts reach another namespace."""
    flags = _RECURSIVE | _PRIVATE
    _call("mount", "none", "/", None, flags, None, doing="private mounts")


def mount(kind, target, *, flags=NOSUID | NODEV, options=""):
    """Mount a new file system of a kind, such as tmpfs, on a directory."""
    doing = f"mounting {kind} on {target}"
    _call("mount", kind, target, kind, flags, options, doing=doing)


def bind(source, target):
    """Show a file or a directory, with all that is mounted below it, elsewhere."""
    flags, doing = _BIND | _RECURSIVE, f"showing {target}"
    _call("mount", source, target, None, flags, None, doing=doing)


def restrict(target, *, deep=True):
    """Make a mount read-only and its programs unprivileged.

    Parameters
    ----------
    target : path-like
        Where it is mounted.
    deep : bool, default True
        Whether all that is mounted below it becomes so too.
    """
    attributes = (ctypes.c_uint64 * 4)(RDONLY | NOSUID, 0, 0, 0)
    _call(
        "syscall",
        ctypes.c_long(_MOUNT_SETATTR),
        ctypes.c_int(_HERE),
        target,
        ctypes.c_uint(_AT_RECURSIVE if deep else 0),
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
        doing=f"making {target} read-only (Linux 5.12 or newer can)",
    )


def swap_root(new, old):
    """Make the mount `new` the root; the former root appears at `old` within it."""
    _call("pivot_root", new, old, doing="changing the root")
    os.chdir("/")


def detach(target):
    """Take a mount away, with all that is mounted below it."""
    _call("umount2", target, _DETACH, doing=f"taking {target} away")


def die_with_parent():
    """Let the kernel kill this process when its parent ends.

    A change of user undoes this; call it after one.
    """
    _call("prctl", _DEATH_SIGNAL, _SIGKILL, 0, 0, 0, doing="dying with the parent")


def keep_memory_private():
    """Keep processes of the same user from reading or tracing this one."""
    _call("prctl", _DUMPABLE, 0, 0, 0, 0, doing="keeping memory private")


def own_memory():
    """Own ``/proc/self`` again after a change of user."""
    _call("prctl", _DUMPABLE, 1, 0, 0, 0, doing="owning /proc/self")


def refuse_nameless_memory():
    """Let this process, and what it starts, hold no memory that nobody can count.

    What lies in files without a name (``memfd_create``), in segments of System V or in
    shared memory of no file is part of no process once its pages are not mapped.
    Libraries do without them, since older kernels have none or files serve as well. On
    machines other than x86-64 and ARM nothing is refused.
    """
    if platform.machine() not in _CALLS:
        return
    machine, seccomp, mmap, refused = _CALLS[platform.machine()]
    length = len(refused)
    steps = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 0, length + 7, machine),  # a program of another machine: nothing
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, length + 5, 0, _OTHER_WORLD),
        *((_EQUAL, length + 4 - n, 0, call) for n, call in enumerate(refused)),
        (_EQUAL, 0, 3, mmap),
        (_LOAD, 0, 0, _FLAGS),
        (_AND, 0, 0, _SHARED_AND_NAMELESS),
        (_EQUAL, 1, 0, _SHARED_AND_NAMELESS),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | _ENOSYS),
    ]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(held))
    words = (seccomp, _FILTER, _KEEP_SPECULATION, program)
    _call("syscall", *words, doing="refusing memory without a name")


def drop_capabilities(user=None):
    """Give up every privilege of this process and of whatever it will start.

    Parameters
    ----------
    user : int, optional
        User and group to become on the way.
    """
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for number in range(last + 1):
        _call("prctl", _BOUNDING_DROP, number, 0, 0, 0, doing="bounding privileges")
    if user is not None:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(header), ctypes.byref(sets), doing="privileges")
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0, doing="refusing new privileges")


def join_pages():
    """Keep the memory of this process in large pages, as far as the kernel can.

    A process that is forked from it then costs less, for a fork copies the list of the
    pages; the pages themselves are shared, and a large one falls apart when it changes.
    """
    for start, end in _OWN.findall(Path("/proc/self/maps").read_text()):
        first = -(-int(start, 16) // _LARGE) * _LARGE
        for place in range(first, int(end, 16) - _LARGE + 1, _LARGE):
            with contextlib.suppress(OSError):  # an older kernel, or nothing there
                _call("madvise", place, _LARGE, _COLLAPSE, doing="joining pages")


@contextlib.contextmanager
def stay_on_one_core():
    """Start processes that all run on the core that this one is on.

    Those that take turns pass their data through its cache, and none has to be woken
    elsewhere. Afterwards this process may move on. Where the machine does not let a
    process choose, all may run anywhere.
    """
    allowed = os.sched_getaffinity(0)
    with contextlib.suppress(OSError, ValueError):  # below 0 where it is unknown
        os.sched_setaffinity(0, {_library().sched_getcpu()})
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, allowed)


@functools.cache
def _library():
    """Return the C library."""
    return ctypes.CDLL(None, use_errno=True)


def _call(name, *arguments, doing):
    """Call a function of the C library; raise what the kernel answers."""
    converted = [
        os.fsencode(value) if isinstance(value, str | os.PathLike) else value
        for value in arguments
    ]
    if getattr(_library(), name)(*map(_wide, converted)) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{os.strerror(error)}, {doing}")


def _wide(value):
    """Return a whole number as wide as the kernel's registers."""
    return ctypes.c_ulong(value) if isinstance(value, int) else value
