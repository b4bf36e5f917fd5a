"""A process that has imported what notebooks need, and forks a judge and its cages.

The worker is started with a clean environment, reads neither tests nor submissions, and
runs no operation of TensorFlow: whatever it forks is as clean as itself. For each
submission it forks a *judge*, which is told the tests, and whenever the judge asks, a
*cage*, which is not. When a judge ends, so does its cage, and the worker goes on.
"""

import contextlib
import ctypes
import functools
import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from grading.execution import student
from grading.execution.judge import Judge, Refused
from grading.execution.rpc import Gone, Peer, Tampered
from grading.sandbox import linux
from grading.sandbox.cage import (
    SandboxError,
    View,
    environment,
    fork,
    limit_memory,
    preload,
)
from grading.sandbox.choice import CHOICE, chosen
from grading.sandbox.limits import Limits

__all__ = ["Worker"]

ALWAYS = (
    "numpy",
    "numpy.random",
    "matplotlib.pyplot",
    "matplotlib.font_manager",
    "matplotlib_inline.backend_inline",
    "IPython.core.interactiveshell",
    "IPython.core.application",
    "IPython.core.completerlib",
    "IPython.core.displayhook",
    "IPython.core.logger",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "utils.checks",
    "utils.plotting",
)
_COURSE = Path(__file__).resolve().parents[2]
_PATIENCE = 1.0
_HOME = "grading-worker-"


class Worker:
    """A preloaded worker, seen from outside.

    Parameters
    ----------
    modules : sequence of str
        What to import besides `ALWAYS`, such as ``"tensorflow"``, as far as it is
        there.
    limits : Limits
        What each cage may use.

    Raises
    ------
    SandboxError
        If the machine refuses the sandbox.
    """

    def __init__(self, modules=(), *, limits=None):
        ours, theirs = socket.socketpair()
        order = {"modules": [*ALWAYS, *modules], "limits": asdict(limits or Limits())}
        words = [
            sys.executable,
            "-m",
            "grading.execution.forkserver",
            str(theirs.fileno()),
        ]
        self._process = subprocess.Popen(
            [*words, json.dumps(order)],
            env={**environment(), "PYTHONPATH": str(_COURSE), **_choice()},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._line = ours

    def grade(self, job):
        """Run one submission and return its result.

        Parameters
        ----------
        job : dict
            As for `grading.execution.judge.Judge`.

        Returns
        -------
        dict
            ``status``, ``detail`` and ``outputs``, as in
            `grading.execution.judge.Result`. Everything that the submission started is
            dead then.

        Raises
        ------
        SandboxError
            If no cage could be built, or the worker itself has ended.
        """
        result, done = {}, b""
        with contextlib.suppress(OSError):
            result = self._hand_over(job)
            done = self._line.recv(1)
        if not done:
            raise SandboxError("The worker ended. Run once more.")
        if "refused" in result:
            raise SandboxError(result["refused"])
        return result

    def _hand_over(self, job):
        """Have a judge forked, tell it the job, and return what it finds."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(self._line, [b"j"], [theirs.fileno()])
            peer = Peer(ours)
            try:
                peer.send(job)
                return peer.receive()
            except (Gone, Tampered) as error:
                return {"refused": f"The judge ended without a verdict: {error}."}

    def close(self):
        """End the worker."""
        self._line.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its judge and cage end with it
            self._process.wait()

    def __enter__(self):
        """Return the worker; leaving the context ends it."""
        return self

    def __exit__(self, *_):
        """End the worker."""
        self.close()


def _choice():
    """Return the variable that says which kind of cage to build, if one does."""
    return {CHOICE: os.environ[CHOICE]} if CHOICE in os.environ else {}


def _serve(line, limits, kind):
    """Fork a judge for each submission until the line is closed."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # adopt what a judge leaves behind
    while True:
        _, descriptors, _, _ = socket.recv_fds(line, 1, 1)
        if not descriptors:
            return
        with linux.stay_on_one_core():
            _look_after(line, descriptors[0], limits, kind)
        line.send(b"d")


def _look_after(line, job, limits, kind):
    """Fork a judge and build its cages until it ends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    judge = fork(lambda: _be_judge(job, theirs, (line, ours), limits))
    theirs.close()
    os.close(job)
    cage = None
    with ours:
        while True:
            text, descriptors, _, _ = socket.recv_fds(ours, 16, 1)
            if text == b"cage":
                cage, answer = _build(cage, descriptors[0], limits, kind)
            elif text == b"end" and cage is not None:
                answer = asdict(cage.kill())
            elif text == b"interrupt" and cage is not None:
                cage.interrupt()
                answer = {}
            else:
                break
            ours.send(json.dumps(answer).encode())
    with contextlib.suppress(ProcessLookupError):
        os.kill(judge, signal.SIGKILL)
    if cage is not None:
        cage.kill()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _build(former, descriptor, limits, kind):
    """Return a new cage with a student at a line, and what to tell the judge."""
    if former is not None:
        former.kill()
    serve = functools.partial(student.serve_at, descriptor, limits.output)
    view = View(shown=(str(_COURSE / "utils"),), hidden=(str(_COURSE),))
    try:
        cage = kind(serve, limits, view, (descriptor,))
    except SandboxError as error:
        return None, {"refused": str(error)[:4000]}
    finally:
        os.close(descriptor)
    return cage, {}


def _be_judge(job, control, others, limits):
    """Grade one submission with cages from the worker."""
    linux.die_with_parent()
    limit_memory(limits.memory)
    for other in others:
        other.close()
    peer = Peer(socket.socket(fileno=job))
    try:
        order = peer.receive()
        student.tell_whose(order.get("student", ""))
        most = {"most": limits.output, "in_all": limits.total_output}
        judge = Judge(lambda: _new_cage(control), order, **most)
        result = vars(judge.run())
    except Refused as error:
        result = {"refused": str(error)}
    peer.send(result)


def _new_cage(control):
    """Return the line to a new cage, and what interrupts and what ends it."""
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(control, [b"cage"], [theirs.fileno()])
    answer = json.loads(control.recv(1 << 16))
    if "refused" in answer:
        raise Refused(answer["refused"])

    def order(word):
        control.send(word)
        return json.loads(control.recv(1 << 16))

    return ours, lambda: order(b"interrupt"), lambda: order(b"end")


def _warm_up(modules):
    """Import modules, make a shell and draw, in a home that does not outlast it.

    All of that stays, so no process has to look through it for garbage, and its pages
    are joined.
    """
    gc.disable()
    with tempfile.TemporaryDirectory(prefix=_HOME) as home:
        os.environ.update(environment(home))
        preload(modules)
        student.shell()
        _draw()
    os.environ.update(environment(os.devnull))  # where a judge can make no folder
    gc.freeze()
    linux.join_pages()
    gc.enable()


def _draw():
    """Draw once what figures hold, so that fonts, formulas and codecs are at hand.

    So is the list of backends, for which Matplotlib looks through every package.
    """
    import matplotlib as mpl
    from matplotlib.backends import backend_registry
    from matplotlib.figure import Figure

    from utils.plotting import use_style

    backend_registry.list_all()
    with mpl.rc_context():
        use_style()
        figure = Figure()
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], label="$x_1$")
        axes.set(title="title", xlabel=r"$\hat{y}$", ylabel=r"$\frac{1}{2}w^2$")
        axes.legend()
        figure.savefig(io.BytesIO(), format="png", dpi=200, bbox_inches="tight")


def _main(number, order):
    """Import what notebooks need, then serve."""
    linux.die_with_parent()
    order = json.loads(order)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _warm_up(order["modules"])
    with socket.socket(fileno=int(number)) as line:
        _serve(line, Limits(**order["limits"]), chosen(order["modules"]))


if __name__ == "__main__":
    _main(*sys.argv[1:])
