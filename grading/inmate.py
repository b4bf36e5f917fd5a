"""What runs in the cage: a student's cells and, on request, the student's functions.

It knows neither tests nor scores. Its only line leads to the judge.
"""

import contextlib
import io
import os
import socket
import sys
from pathlib import Path

from grading.wire import Gone, Peer

__all__ = ["serve", "serve_at"]

_MIB = 1 << 20
_TRUSTED = (
    "builtins",
    "numpy",
    "numpy.testing",
    "keras",
    "keras.layers",
    "tensorflow",
    "utils.checks",
)
_CUT = "\n[What follows was cut: there is a limit to what a cell may print.]\n"


def serve(line, *, most=_MIB):
    """Answer the judge's requests until the line is closed.

    Parameters
    ----------
    line : socket.socket
        The connection to the judge.
    most : int, default 1 MiB
        Characters that one cell, or one call, may print or show; the rest is dropped.
    """
    peer = Peer(line, open_objects=True)
    shell = _shell()
    owner = os.getpid()
    own = _Own()
    tasks = {"files": _place, "cell": _run, "names": _names, "test": own.test}
    with contextlib.suppress(Gone):
        while True:
            message = _next(peer)
            if (task := tasks.get(message["do"])) is not None:
                reply = task(message, shell, most)
            else:
                with _collected(shell, most) as outputs:
                    reply = peer.reply(message)
                reply["printed"] = _printed(outputs)
            if os.getpid() != owner:
                os._exit(0)  # forked by the answer; its parent will reply
            peer.send(reply)


def serve_at(descriptor):
    """Answer the judge's requests on the line that a descriptor holds."""
    serve(socket.socket(fileno=descriptor))


class _Own:
    """The grader's own copy of what tests use, as it was before any answer ran."""

    def __init__(self):
        named = (sys.modules.get(name) for name in _TRUSTED)
        self._kept = [(module, dict(vars(module))) for module in named if module]

    def test(self, message, shell, most):
        """Run a test among the names of the answer, and return how it ended."""
        for module, kept in self._kept:
            there = vars(module)
            there.update(kept)
            for name in there.keys() - kept.keys():
                del there[name]
        space, error, text = dict(shell.user_ns), "", None
        with _collected(shell, most) as outputs:
            try:
                exec(compile(message["source"], "<test>", "exec"), space)
            except BaseException as raised:
                kind, error = type(raised).__name__, f"{raised} "
                lines = getattr(raised, "_render_traceback_", list)()
                text = {"ename": kind, "evalue": str(raised), "traceback": lines}
        shown = [_shown(output, most) for output in outputs]
        if text:
            text["traceback"] = text["traceback"] or [f"{kind}: {text['evalue']}"]
            shown.append({"output_type": "error", **text})
        return {"outputs": shown, "error": error}


def _next(peer):
    """Return the next request; an interrupt that comes between two is too late."""
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return peer.receive()


def _shell():
    """Return a shell like a notebook's, without history and without a screen."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            """Have no window, as in a notebook."""

        def _showtraceback(self, etype, evalue, stb):
            error = {"ename": etype.__name__, "evalue": _words(evalue)}
            error["traceback"] = stb
            self.collected.append({"output_type": "error", **error})

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "NoColor"
    shell = Shell.instance(config=config)
    shell.collected = []
    with contextlib.suppress(ImportError):
        shell.enable_matplotlib("inline")
    return shell


class _Stream(io.TextIOBase):
    """Text that is printed, kept up to a limit in the order of all outputs."""

    def __init__(self, name, outputs, room):
        self._name, self._outputs, self._room = name, outputs, room

    def writable(self):
        """Say that one can write here."""
        return True

    def write(self, text):
        """Keep as much of a text as there is room for."""
        kept = text[: max(0, self._room[0])]
        self._room[0] -= len(text)
        if len(kept) < len(text) and not self._room[1]:
            self._room[1] = True
            kept += _CUT
        last = self._outputs[-1] if self._outputs else {}
        if last.get("name") == self._name:
            last["text"] += kept
        elif kept:
            new = {"output_type": "stream", "name": self._name, "text": kept}
            self._outputs.append(new)
        return len(text)


@contextlib.contextmanager
def _collected(shell, most):
    """Collect what is printed, shown and raised within the context, in order."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher

    outputs, room = [], [most, False]
    shell.collected = outputs
    shell.display_pub = CapturingDisplayPublisher()
    shell.display_pub.outputs = outputs
    shell.display_trap.hook = CapturingDisplayHook(shell=shell, outputs=outputs)
    with (
        contextlib.redirect_stdout(_Stream("stdout", outputs, room)),
        contextlib.redirect_stderr(_Stream("stderr", outputs, room)),
    ):
        yield outputs


def _place(message, shell, most):
    """Write the files that were handed in beside the notebook."""
    for name, content in message["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {}


def _run(message, shell, most):
    """Run one cell and return its outputs, and the kind of error that ended it."""
    with _collected(shell, most) as outputs:
        result = shell.run_cell(message["source"], store_history=False)
    error = result.error_before_exec or result.error_in_exec
    kind = type(error).__name__ if error else ""
    if error and not any(o.get("output_type") == "error" for o in outputs):
        words = _words(error)
        told = {"ename": kind, "evalue": words, "traceback": [f"{kind}: {words}"]}
        outputs.append({"output_type": "error", **told})
    return {"outputs": [_shown(output, most) for output in outputs], "error": kind}


def _words(error):
    """Return an error's message, or a note if the answer made it unspeakable."""
    try:
        return str(error)
    except BaseException:  # whatever the student's own error does
        return "[It has no message that can be shown.]"


def _shown(output, most):
    """Return one output in the form of a notebook, or a note if it is too large."""
    if "output_type" in output:
        return output
    data = dict(output["data"])
    if sum(len(str(value)) for value in data.values()) > most:
        data = {"text/plain": "[This output was too large to be kept.]"}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _names(message, shell, most):
    """Return the values of those names that are defined."""
    space = shell.user_ns
    return {"names": {n: space[n] for n in message["wanted"] if n in space}}


def _printed(outputs):
    """Return what was printed, as one text."""
    return "".join(o["text"] for o in outputs if o.get("name") == "stdout")
