"""Graders on the workers of a dask cluster."""

import contextlib
import faulthandler
import itertools
import sys
import time

from grading.course import CourseError
from grading.intake.problems import Problem
from grading.records.journal import Verdict
from grading.run.grader import Graded, Grader, broken

__all__ = ["Cluster"]

MOST = 50  # submissions in a shard: what is lost with a worker is little
_PATIENCE, _TICK = 30, 2
_TRIES = 2  # of a submission alone
_GONE = (
    "The cluster's {}. Mend it and run once more: what was graded is in the journal, "
    "and the rest will be."
)
_LOST = Problem(
    "Every worker that graded it was lost.",
    "Look at the cluster's memory and logs, then run once more.",
)


class Cluster:
    """The workers of a dask scheduler.

    Submissions are sent in shards, so that a worker imports its packages once for many,
    and only a few shards are under way at a time. The shard of a lost worker is graded
    by another; one that no worker survives is taken apart until its cause is alone. Who
    is alone by then may have shared a worker with the cause, and so comes once more,
    with nobody beside, and a last time where that fails: one worker may be lost by
    chance.

    Parameters
    ----------
    address : str
        Address of a scheduler whose workers can import the course's packages, or
        ``"local"`` for a cluster on this machine.
    jobs : int
        Workers of a local cluster.

    Raises
    ------
    CourseError
        If no scheduler answers, or it has no workers.
    """

    def __init__(self, address, jobs):
        try:
            from distributed import Client
        except ImportError:
            raise CourseError(
                'A cluster needs dask: pip install "distributed", or leave --scheduler '
                "out."
            ) from None
        local = {"n_workers": jobs, "threads_per_worker": 1, "memory_limit": 0}
        try:
            if address == "local":
                self._client = Client(**local, dashboard_address=":0")
            else:
                self._client = Client(address, timeout=_PATIENCE)
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, TimeoutError) as error:
            raise CourseError(
                f"No dask scheduler with a worker answers at {address!r}: start one "
                "with `dask scheduler` and workers with `dask worker ADDRESS "
                f"--nthreads 1`. ({error})"
            ) from None

    def grade(self, plan, items):
        """Yield what comes of submissions, as for `grading.run.local.Crew`.

        Parameters
        ----------
        plan : grading.run.grader.Plan
            What to know about the assignment.
        items : sized iterable of grading.run.grader.Item
            The submissions; each is asked for when its shard is due.

        Yields
        ------
        grading.run.grader.Graded
            One for each submission.
        """
        shards, flying, suspects = _shards(items, self._size(len(items))), {}, []

        def send(*parts):
            flying.update((self._submit(plan, part), part) for part in parts)

        send(*itertools.islice(shards, 2 * self._threads()))
        while flying:
            for future in self._done(flying):
                shard = flying.pop(future)
                send(*itertools.islice(shards, 1))
                results = self._results(future)
                if results is not None:
                    yield from results
                elif len(shard) > 1:
                    middle = len(shard) // 2
                    send(shard[:middle], shard[middle:])
                else:
                    suspects += shard
                future.release()
        for item in suspects:
            yield self._alone(plan, item)

    def _submit(self, plan, shard):
        """Have a shard graded; return its future."""
        return self._client.submit(_grade, plan, shard, plan.patience, pure=False)

    def _alone(self, plan, item):
        """Return what comes of a submission while nothing else is graded."""
        for _ in range(_TRIES):
            future = self._submit(plan, [item])
            self._done([future])
            results = self._results(future)
            if results is not None:
                return results[0]
        verdict = Verdict(plan.assignment, item.student, item.key)
        return Graded(broken(verdict, _problem(future)))

    def _done(self, futures):
        """Return those of some futures that are done, once one of them is."""
        from distributed import wait

        def ask(timeout):
            return wait(list(futures), timeout, "FIRST_COMPLETED").done

        return self._patiently(ask)

    def _results(self, future):
        """Return what a shard gave, or None if it was lost with its worker."""
        from distributed.scheduler import KilledWorker

        if future.status == "finished":  # but its worker may have gone with it since
            with contextlib.suppress(KilledWorker):
                return self._patiently(future.result)
        return None

    def _patiently(self, ask):
        """Return what the cluster gives, asked for some seconds at a time.

        Raises
        ------
        CourseError
            If the scheduler is gone, or has had no worker for a while.
        """
        from distributed.client import CancelledError

        seen = time.monotonic()
        try:
            while time.monotonic() - seen < _PATIENCE:
                with contextlib.suppress(TimeoutError):
                    return ask(_TICK)
                if self._client.nthreads():
                    seen = time.monotonic()
        except (OSError, CancelledError) as error:
            raise CourseError(_GONE.format(f"scheduler is gone ({error})")) from None
        raise CourseError(_GONE.format("workers are all gone"))

    def _threads(self):
        """Return how many shards are graded at a time."""
        return max(1, sum(self._client.nthreads().values()))

    def _size(self, total):
        """Return how many submissions a shard has, so that all workers have some."""
        return max(1, min(MOST, -(-total // (2 * self._threads()))))

    def close(self):
        """Leave the cluster; one that was started here ends."""
        self._client.close()

    def __enter__(self):
        """Return the cluster; leaving the context closes it."""
        return self

    def __exit__(self, *_):
        """Leave the cluster."""
        self.close()


def _problem(future):
    """Return why a shard gave nothing."""
    from distributed.scheduler import KilledWorker

    error = future.exception() if future.status == "error" else None
    if error is None or isinstance(error, KilledWorker):
        return _LOST
    return Problem(
        f"The cluster's workers stopped: {type(error).__name__}: {error}",
        "See that they have this course's code and packages, then run once more.",
    )


def _shards(items, size):
    """Yield lists of so many items."""
    items = iter(items)
    while shard := list(itertools.islice(items, size)):
        yield shard


def _grade(plan, shard, patience):
    """Grade a shard; this runs on a worker of the cluster."""
    with Grader(plan) as grader:
        return [_watched(grader, item, patience) for item in shard]


def _watched(grader, item, patience):
    """Grade a submission; a worker that never returns from it is lost instead."""
    faulthandler.dump_traceback_later(patience, exit=True, file=sys.__stderr__)
    try:
        return grader.grade(item)
    finally:
        faulthandler.cancel_dump_traceback_later()
