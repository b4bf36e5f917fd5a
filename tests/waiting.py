"""How long a test waits for what a busy machine is slow to do."""

import os


def patience(seconds):
    """Return the time for what takes so many seconds at most on a quiet machine.

    It grows with the number of processes that share a core at this moment.
    """
    cores = len(os.sched_getaffinity(0))
    return seconds * max(1.0, os.getloadavg()[0] / cores)
