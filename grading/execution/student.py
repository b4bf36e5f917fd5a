"""What runs in the cage: a student's cells and, on request, the student's functions.

It knows neither tests nor scores. Its only line leads to the judge.
"""

import ast
import contextlib
import functools
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from pathlib import Path

from grading.execution.outputs import collected, error_of, prepare
from grading.execution.partial import run_test
from grading.execution.rpc import Gone, Peer, Tampered

__all__ = ["serve", "serve_at", "shell", "tell_whose"]

_PATIENCE = 1.0
_MAGIC = "get_ipython()."
_PART = 1 << 16
_PIPED = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
}

_TRUSTED = (
    "builtins",
    "numpy",
    "numpy.testing",
    "keras",
    "keras.layers",
    "tensorflow",
    "utils.checks",
)


def serve(line, most):
    """Answer the judge's requests until the line is closed.

    Parameters
    ----------
    line : socket.socket
        The connection to the judge.
    most : int
        Characters that one cell, or one call, may print and show; the rest is dropped.
    """
    peer = Peer(line, open_objects=True)
    here = shell()
    _move_in(here)
    owner = os.getpid()
    own = _Own(line)
    tasks = {"files": own.place, "cell": _run, "names": _names, "test": own.test}
    with contextlib.suppress(Gone):
        while True:
            message = _next(peer)
            if (task := tasks.get(message["do"])) is not None:
                reply = task(message, here, most)
            else:
                with collected(here, most) as outputs:
                    reply = peer.reply(message)
                reply["printed"] = outputs.printed
            if "KeyboardInterrupt" in _kinds(reply):
                _bury()
            if os.getpid() != owner:
                os._exit(0)  # forked by the answer; its parent will reply
            peer.answer(reply)


def serve_at(descriptor, most):
    """Answer the judge's requests on the line that a descriptor holds."""
    serve(socket.socket(fileno=descriptor), most)


class _Own:
    """The grader's own copy of what tests use, as it was before any answer ran.

    Parameters
    ----------
    line : socket.socket
        The connection to the judge, which a copy of this process has no use for.
    """

    def __init__(self, line):
        self._line, self._student = line, ""
        named = (sys.modules.get(name) for name in _TRUSTED)
        self._kept = [(module, dict(vars(module))) for module in named if module]

    def place(self, message, shell, most):
        """Write the files beside the notebook, and note whose data it is about."""
        self._student = message["student"]
        tell_whose(self._student)
        return _place(message)

    def test(self, message, shell, most):
        """Run a test in this process, or in a copy of it; return how it ended."""
        if not message["copy"]:
            return self._tested(message, shell, most)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            if not (copy := os.fork()):
                self._line.close()
                ours.close()
                Peer(theirs).answer(self._tested(message, shell, most))
                os._exit(0)
            theirs.close()
            try:
                return Peer(ours).receive()
            except (Gone, Tampered, KeyboardInterrupt) as error:
                return _ended(error)
            finally:
                os.kill(copy, signal.SIGKILL)
                os.waitpid(copy, 0)

    def _tested(self, message, shell, most):
        """Run a test among the names of the answer, then a line that must fail."""
        self._put_back()
        shell.user_ns["get_ipython"] = shell.get_ipython  # what magics call
        told, points = {}, None
        with collected(shell, most) as outputs:
            try:
                points = run_test(message["source"], shell.user_ns)
                exec(message["end"], {})
            except BaseException as raised:
                lines = getattr(raised, "_render_traceback_", list)()
                told = error_of(type(raised), raised, lines)
        error = told.get("ename", "")
        return {"outputs": outputs, "told": told, "error": error, "points": points}

    def _put_back(self):
        """Undo what answers did to what tests rely on."""
        tell_whose(self._student)
        for module, kept in self._kept:
            there = vars(module)
            there.update(kept)
            for name in there.keys() - kept.keys():
                del there[name]


def tell_whose(student):
    """Let `utils.checks` know from whose id data are drawn in this process."""
    os.environ["COURSE_STUDENT"] = student


def _ended(error):
    """Return how a test ended that took its process with it."""
    told = error_of(type(error), error)
    return {"outputs": [], "told": told, "error": told["ename"], "points": None}


def _next(peer):
    """Return the next request; an interrupt that comes between two is too late."""
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return peer.receive()


@functools.cache
def shell():
    """Return a shell like a notebook's, without history and without a screen.

    There is one for a process and all that are forked from it later.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Have no window, as in a notebook."""

        def system(self, command):
            """Run a command and print what it says; there is no terminal here."""
            started = subprocess.Popen(
                self.var_expand(command, depth=1), shell=True, **_PIPED
            )
            with started:
                for part in iter(lambda: started.stdout.read1(_PART), b""):
                    print(part.decode("utf-8", "replace"), end="")
            self.user_ns["_exit_code"] = started.returncode

        def _showtraceback(self, etype, evalue, stb):
            self.collected.fail(error_of(etype, evalue, stb))

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    made = Shell.instance(config=config)
    prepare(made)
    with contextlib.suppress(ImportError):
        made.enable_matplotlib("inline")
    return made


def _move_in(shell):
    """Let a shell that was made before the fork have its folders here."""
    shell.home_dir, shell.starting_dir = os.environ["HOME"], str(Path.cwd())
    shell.init_ipython_dir(None)
    shell.init_profile_dir(None)
    shell.history_manager.reset(new_session=False)
    sys.path.insert(0, "")  # as in a notebook: modules beside it can be imported


def _place(message):
    """Write the files that were handed in beside the notebook."""
    for name, content in message["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    importlib.invalidate_caches()
    return {}


def _run(message, shell, most):
    """Run one cell and return its outputs, and the kind of error that ended it.

    In a given cell, imports and magics that fail are passed over.
    """
    source, failed = message["source"], []
    with collected(shell, most) as outputs:
        while True:
            result = shell.run_cell(source, store_history=False)
            left = _left_over(source, result, shell) if message["given"] else None
            if left is None:
                break
            line, source = left
            failed.append(line)
    error = result.error_before_exec or result.error_in_exec
    if error and not outputs.failed:
        outputs.fail(error_of(type(error), error))
    told = {"outputs": outputs, "error": type(error).__name__ if error else ""}
    return {**told, "failed": failed}


def _left_over(source, result, shell):
    """Return the import or magic at which a cell failed, and what follows it; or None.

    It is shown as it was written, where IPython has left the lines in their places.
    """
    if not isinstance(result.error_in_exec, Exception):
        return None
    frames = traceback.walk_tb(result.error_in_exec.__traceback__)
    own = (n for f, n in frames if f.f_globals is shell.user_global_ns)
    number, text = next(own, 0), shell.transform_cell(source)
    code, written = text.splitlines(), source.splitlines()
    shown = written if len(written) == len(code) else code
    for node in ast.parse(text).body:
        first, last = node.lineno - 1, node.end_lineno
        of_setup = isinstance(node, ast.Import | ast.ImportFrom)
        of_setup |= any(_MAGIC in line for line in code[first:last])
        if of_setup and first < number <= last:
            return shown[first].strip(), "\n".join(shown[last:])
    return None


def _kinds(reply):
    """Return the kinds of the error in a reply."""
    return reply.get("raised", {}).get("kinds") or [reply.get("error")]


def _bury():
    """Take leave of what was killed by the interrupt: the dead count as processes."""
    given_up = time.monotonic() + _PATIENCE
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < given_up:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.01)


def _names(message, shell, most):
    """Return the values of those names that are defined."""
    space = shell.user_ns
    return {"names": {n: space[n] for n in message["wanted"] if n in space}}
