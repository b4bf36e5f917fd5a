"""A submission that kills the worker of a cluster, which has to import this."""

import multiprocessing
import os
import signal

from grading.grader import Item


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
