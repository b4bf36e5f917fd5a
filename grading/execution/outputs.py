"""What a cell prints, shows and raises, in the form of a notebook and with a limit."""

import contextlib
import io

__all__ = ["Outputs", "collected", "error_of", "prepare", "relayed"]

_CUT = "\n[What follows was cut: there is a limit to what a cell may print.]\n"
_TOO_LARGE = "[This output was too large to be kept.]"
_UNSPEAKABLE = "[It has no message that can be shown.]"
_MOST_ERRORS, _MOST_LINES, _LONGEST = 20, 100, 10_000
_LEAST = 100  # characters that every output takes, so that none is free
_NOTES = 1000  # characters of notes, which stand in the place of what was cut
_BRIEF = 200


class Outputs(list):
    """Outputs of a cell in order.

    Parameters
    ----------
    most : int
        Characters that are kept of all that it prints and shows. Errors count apart: a
        cell that prints too much still has to say what stopped it.
    """

    def __init__(self, most):
        self._most = most
        self.clear()

    def clear(self):
        """Forget all outputs, as a cell asks that shows one picture after another."""
        super().clear()
        self._room, self._cut, self._errors = self._most, False, 0

    def append(self, output):
        """Keep what IPython shows, or a note in its place if it is too large."""
        data = dict(output["data"])
        if _size(data) > self._room:
            data = {"text/plain": _TOO_LARGE}
        if (size := _size(data)) <= self._room:
            self._room -= max(size, _LEAST)
            shown = {"output_type": "display_data", "data": data, "metadata": {}}
            super().append(shown)

    def write(self, name, text):
        """Keep as much of a printed text as there is room for."""
        kept = text[: max(0, self._room)]
        self._room -= len(text)
        if len(kept) < len(text) and not self._cut:
            self._cut = True
            kept += _CUT
        last = self[-1] if self else {}
        if last.get("name") == name:
            last["text"] += kept
        elif kept:
            self._room -= max(0, _LEAST - len(text))
            super().append({"output_type": "stream", "name": name, "text": kept})

    def fail(self, error):
        """Keep an error, as from `error_of`."""
        if self._errors < _MOST_ERRORS:
            self._errors += 1
            super().append(error)

    @property
    def failed(self):
        """Whether there is an error among them."""
        return self._errors > 0

    @property
    def printed(self):
        """What was printed, as one text."""
        return "".join(o["text"] for o in self if o.get("name") == "stdout")


def relayed(told, most):
    """Return outputs that came from elsewhere, as far as they are a notebook's.

    Parameters
    ----------
    told : sequence of dict
        Anything that says it is an output.
    most : int
        Characters to keep. Where there is no room at all, an error is kept in a few
        words.
    """
    kept = Outputs(most + _NOTES if most > 0 else 0)
    for output in told:
        kind = output["output_type"]
        if kind == "stream":
            name = "stderr" if output["name"] == "stderr" else "stdout"
            kept.write(name, str(output["text"]))
        elif kind == "error":
            words = str(output["ename"])[:_BRIEF], str(output["evalue"])
            kept.fail(_error(*words, output["traceback"] if most > 0 else ()))
        else:
            data = {str(k): v for k, v in output["data"].items() if isinstance(v, str)}
            kept.append({"data": data})
    return kept if most > 0 else kept[:1]


def _size(data):
    """Return the characters of what is shown, in all its forms."""
    return sum(len(kind) + len(str(value)) for kind, value in data.items())


def error_of(kind, error, lines=()):
    """Return an error in the form of a notebook.

    Parameters
    ----------
    kind : type
        Of the error.
    error : BaseException
        The error itself; its message is a note if the answer made it unspeakable.
    lines : sequence of str
        Its traceback; just its message if there is none.
    """
    try:
        words = str(error)
    except BaseException:  # whatever the student's own error does
        words = _UNSPEAKABLE
    return _error(kind.__name__, words, lines)


def _error(name, words, lines):
    """Return an error in the form of a notebook, from its parts."""
    words = words[:_LONGEST]
    shown = [str(line)[:_LONGEST] for line in lines[-_MOST_LINES:]]
    told = {"ename": name, "evalue": words}
    told["traceback"] = shown or [f"{name}: {words}"[:_LONGEST]]
    return {"output_type": "error", **told}


def prepare(shell):
    """Give an IPython shell what hands on what it shows."""
    from IPython.core.displayhook import CapturingDisplayHook
    from IPython.core.displaypub import CapturingDisplayPublisher

    shell.collected = Outputs(0)
    hook = CapturingDisplayHook(shell=shell, outputs=shell.collected)
    shell.capturing = CapturingDisplayPublisher(), hook


@contextlib.contextmanager
def collected(shell, most):
    """Collect what a shell of `prepare` prints, shows and raises within the context."""
    outputs = shell.collected = Outputs(most)
    publisher, hook = shell.capturing
    publisher.outputs = hook.outputs = outputs
    shell.display_pub, shell.display_trap.hook = publisher, hook
    with (
        contextlib.redirect_stdout(_Stream("stdout", outputs)),
        contextlib.redirect_stderr(_Stream("stderr", outputs)),
    ):
        yield outputs


class _Stream(io.TextIOBase):
    """A file whose text goes to the outputs."""

    def __init__(self, name, outputs):
        self._name, self._outputs = name, outputs

    def writable(self):
        """Say that one can write here."""
        return True

    def write(self, text):
        """Hand a text on."""
        self._outputs.write(self._name, text)
        return len(text)
