"""A cluster grades a class, and a lost worker costs nothing."""

import logging
import os
import signal

import pytest

from grading import journal
from grading.cluster import Cluster
from grading.course import CourseError
from grading.run import Run
from grading.sandbox import refusal
from tests.grading.small_course import hand_in_class, make_course

distributed = pytest.importorskip("distributed")
WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))


@pytest.fixture
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "memory_limit": 0}
    with distributed.LocalCluster(
        **options, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as cluster:
        yield cluster


def test_the_shard_of_a_lost_worker_is_graded_elsewhere(cluster, tmp_path):
    root = make_course(tmp_path)
    expected = hand_in_class(root, 10)
    run = Run(root, scheduler=cluster.scheduler_address, report=lambda line: None)
    found = []
    for verdict in run:
        if not found:  # in the middle: three of four shards are under way
            os.kill(cluster.workers[0].pid, signal.SIGKILL)
        found.append(verdict)
    assert sorted((v.student, v.score) for v in found) == sorted(expected.items())
    written = [verdict.student for verdict in journal.read(root)]
    assert sorted(written) == sorted(expected)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("grading.cluster._PATIENCE", 0.5)
    with pytest.raises(CourseError, match=r"No dask scheduler.*127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9", 1)
