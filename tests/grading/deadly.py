"""Submissions that no worker of a cluster survives, which has to import this."""

import ctypes
import multiprocessing
import os
import signal

from grading.run.grader import Item


class Deadly(Item):
    """A submission that kills whoever unpacks it, as one without end may."""

    def __reduce__(self):
        """Say how it is unpacked."""
        return _unpacked, (self.student, self.key, self.taken)


def _unpacked(*about):
    """Return a submission again, unless this is a worker."""
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return Deadly(*about)


class Stuck(Item):
    """A submission that holds whoever grades it, and all of Python, for ever."""

    def __getattribute__(self, name):
        """Return an attribute; a worker that wants this one is lost."""
        if name == "marks" and multiprocessing.parent_process() is not None:
            ctypes.PyDLL(None).sleep(2**31 - 1)
        return super().__getattribute__(name)
