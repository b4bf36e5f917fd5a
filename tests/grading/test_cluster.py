"""A cluster grades a class, and a lost worker costs nothing."""

import logging
import os
import signal
import time
from dataclasses import fields

import pytest

from grading.course import CourseError
from grading.records import journal
from grading.run.dask import Cluster
from grading.run.grader import Item, Plan
from grading.run.run import Run
from grading.sandbox.choice import refusal
from tests.grading.deadly import Deadly, Stuck
from tests.grading.small_course import hand_in_class, make_course
from tests.waiting import patience

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Wait for workers that a busy machine is slow to start again."""
    monkeypatch.setattr("grading.run.dask._PATIENCE", patience(30))


@pytest.fixture
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "memory_limit": 0}
    with distributed.LocalCluster(
        **options, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as cluster:
        yield cluster


@pytest.fixture
def impatient(request):
    """Return a cluster that gives up what one worker does not survive."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        yield request.getfixturevalue("cluster")


def test_the_shard_of_a_lost_worker_is_graded_elsewhere(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("grading.run.dask.MOST", 2)  # so that one of five shards waits
    root = make_course(tmp_path)
    expected = hand_in_class(root, 10)
    run = Run(root, scheduler=cluster.scheduler_address, report=lambda line: None)
    found = []
    for verdict in run:
        if not found:  # in the middle: three or four shards are under way
            os.kill(cluster.workers[0].pid, signal.SIGKILL)
        found.append(verdict)
    assert sorted((v.student, v.score) for v in found) == sorted(expected.items())
    written = [verdict.student for verdict in journal.read(root)]
    assert sorted(written) == sorted(expected)


def test_a_result_that_is_lost_with_its_workers_is_not_waited_for(
    cluster, tmp_path, monkeypatch
):
    monkeypatch.setattr("grading.run.dask._PATIENCE", patience(5))
    fetch = distributed.Future.result

    def lose_and_fetch(future, timeout=None):
        cluster.scale(0)
        while future.client.nthreads():
            time.sleep(0.05)
        return fetch(future, timeout)

    monkeypatch.setattr(distributed.Future, "result", lose_and_fetch)
    root = make_course(tmp_path)
    hand_in_class(root, 2)
    run = Run(root, scheduler=cluster.scheduler_address, report=lambda line: None)
    with pytest.raises(CourseError, match="workers are all gone"):
        list(run)


@pytest.mark.parametrize("kind", [Deadly, Stuck])
def test_what_no_worker_survives_is_found_and_the_others_are_graded(
    tmp_path, monkeypatch, impatient, kind
):
    root = make_course(tmp_path)
    expected = {**hand_in_class(root, 5), "student0002": None}

    def item(**about):
        return (kind if about["student"] == "student0002" else Item)(**about)

    monkeypatch.setattr("grading.run.assignment.Item", item)
    if kind is Stuck:
        _lose_patience_with(kind, monkeypatch)
    run = Run(root, scheduler=impatient.scheduler_address, report=lambda line: None)
    found = {verdict.student: verdict for verdict in run}
    scores = {name: verdict.score for name, verdict in found.items()}
    assert scores == expected, [verdict.about for verdict in found.values()]
    lost = found["student0002"]
    assert lost.status == "needs-a-person"
    assert "Every worker that graded it was lost" in lost.about
    written = [verdict.student for verdict in journal.read(root)]
    assert sorted(written) == sorted(expected)


def test_who_loses_a_worker_once_by_chance_is_graded(tmp_path, monkeypatch, impatient):
    root = make_course(tmp_path)
    expected = hand_in_class(root, 1)
    submit, submitted = Cluster._submit, []

    def unlucky(cluster, plan, shard):
        submitted.append(shard)
        luck = Item if len(submitted) == 3 else Deadly
        kinds = [luck(**{f.name: getattr(i, f.name) for f in fields(i)}) for i in shard]
        return submit(cluster, plan, kinds)

    monkeypatch.setattr(Cluster, "_submit", unlucky)
    run = Run(root, scheduler=impatient.scheduler_address, report=lambda line: None)
    assert {v.student: v.score for v in run} == expected
    assert len(submitted) == 3


def test_a_worker_that_cannot_grade_says_why(tmp_path, monkeypatch):
    root = make_course(tmp_path)
    hand_in_class(root, 1)
    monkeypatch.setattr("grading.run.dask._grade", int)  # which takes no plan
    about = {"n_workers": 1, "processes": False, "dashboard_address": ":0"}
    with distributed.LocalCluster(**about, silence_logs=logging.CRITICAL) as cluster:
        run = Run(root, scheduler=cluster.scheduler_address, report=lambda line: None)
        [verdict] = run
    assert verdict.status == "needs-a-person"
    assert verdict.about.startswith("The cluster's workers stopped: TypeError: ")


def _lose_patience_with(kind, monkeypatch):
    """Wait a second for such a submission, and as long as usual for the others."""
    submit = Cluster._submit

    def hurried(cluster, plan, shard):
        with monkeypatch.context() as patch:
            if any(isinstance(item, kind) for item in shard):
                patch.setattr(Plan, "patience", 1)
            return submit(cluster, plan, shard)

    monkeypatch.setattr(Cluster, "_submit", hurried)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr("grading.run.dask._PATIENCE", 0.5)
    with pytest.raises(CourseError, match=r"No dask scheduler.*127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9", 1)


LOSSES = {
    "workers": ("workers are all gone", lambda cluster: cluster.scale(0)),
    "scheduler": ("scheduler is gone", lambda cluster: cluster.close()),
}


@pytest.mark.parametrize("kind", LOSSES)
def test_a_cluster_that_is_gone_is_not_waited_for(cluster, tmp_path, monkeypatch, kind):
    monkeypatch.setattr("grading.run.dask._PATIENCE", patience(5))
    message, lose = LOSSES[kind]
    root = make_course(tmp_path)
    expected = hand_in_class(root, 10)
    run = Run(root, scheduler=cluster.scheduler_address, report=lambda line: None)
    verdicts = iter(run)
    found = [next(verdicts)]
    lose(cluster)
    with pytest.raises(CourseError, match=message):
        found.extend(verdicts)
    found += Run(root, jobs=1, report=lambda line: None)
    assert {v.student: v.score for v in found} == expected
    written = [verdict.student for verdict in journal.read(root)]
    assert sorted(written) == sorted(expected)
