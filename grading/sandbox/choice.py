"""Which kind of cage this machine can build, or why it can build none."""

import functools
import os
import sys

from grading.sandbox.bubblewrap import Bubblewrap
from grading.sandbox.cage import Cage, Outcome, SandboxError

__all__ = ["CHOICE", "chosen", "refusal", "trial", "ways"]

CHOICE = "GRADING_CAGE"
"""Variable that is ``bubblewrap`` where no other way is to be tried."""

_PATIENCE = 5.0


def ways():
    """Return the kinds of cage to try, the best one first."""
    forced = os.environ.get(CHOICE) == "bubblewrap"
    return (Bubblewrap,) if forced else (Cage, Bubblewrap)


def chosen(modules=()):
    """Return the first kind of cage that this machine can build.

    Parameters
    ----------
    modules : sequence of str
        What a cage finds imported, as far as this process has not imported it.

    Returns
    -------
    callable
        To be called as `grading.sandbox.cage.Cage` is.
    """
    kind = next((kind for kind in ways() if trial(kind) is None), Cage)
    if kind is Bubblewrap:
        return functools.partial(Bubblewrap, modules=tuple(modules))
    return kind


def refusal():
    """Return why this machine can cage a function in no way, or None if it can."""
    whys = []
    for kind in ways():
        if (why := trial(kind)) is None:
            return None
        whys.append(why)
    return " ".join(whys)


def trial(kind=Cage):
    """Return why this machine can build no cage of a kind, or None if it can."""
    if sys.platform != "linux":
        return "The sandbox needs Linux; on other systems grade in a virtual machine."
    try:
        outcome = kind(functools.partial(os._exit, 0)).wait(timeout=_PATIENCE)
    except SandboxError as error:
        return str(error)
    return None if outcome == Outcome(0) else f"A trial cage ended so: {outcome}."
