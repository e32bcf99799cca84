"""One attempt with a real child process: every way it can end leaves the row in the one right state."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from automl_portal.accounts.models import Membership
from automl_portal.accounts.services import owner_create
from automl_portal.jobs.models import GpuSlot, Job, JobKind, JobState
from automl_portal.jobs.services import Claim, job_cancel, job_create, job_finish
from workers import gpus, supervisor
from workers.engine.launch import PlainChild
from workers.supervisor import Work, supervise

DONE = "write_result({'status': 'done', 'answer': 42}); sys.exit(0)"
REFUSED = "write_result({'status': 'refused', 'error': {'code': 'no_rows', 'message': 'No rows.'}}); sys.exit(2)"
FOREVER = "time.sleep(60)"
HELPERS = """
import json, os, pathlib, signal, sys, time
here = pathlib.Path(sys.argv[1])
def write_result(result): (here / "result.json").write_text(json.dumps(result))
def event(**fields): open(here / "events.jsonl", "a").write(json.dumps({"t": time.time(), **fields}) + "\\n")
"""


class ScriptChild(PlainChild):
    """A child of the same make whose work is a few lines of Python."""

    def __init__(self, script: str, job_dir: Path) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", HELPERS + script, str(job_dir)], start_new_session=True)
        self.pid = self._process.pid


def later(act: Callable[[], Any]) -> None:
    """Do something half a second from now, in a thread that leaves no database connection open."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    threading.Timer(0.5, run).start()


@pytest.fixture
def alice(transactional_db: None) -> Membership:
    return owner_create(email="alice@example.com", password="correct horse battery 42", team_name="Alice's team")


@pytest.fixture
def job(alice: Membership, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr("automl_portal.celery.app.send_task", lambda *args, **kwargs: None)
    return job_create(team=alice.team, kind=JobKind.RUN, created_by=alice.user, wall_limit_s=60)[0]


@pytest.fixture
def published() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def attempt(job: Job, published: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Job]]:
    """Run one attempt of the job with this script; gives the job afterwards."""
    children: list[ScriptChild] = []

    def run(script: str, **work: Any) -> Job:
        def launch(verb: str, job_dir: Path, **_: Any) -> ScriptChild:
            children.append(ScriptChild(script, job_dir))
            return children[-1]

        def publish(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
            job_finish(claim, state=JobState.SUCCEEDED)
            published.append(result)

        monkeypatch.setattr(supervisor, "launch", launch)
        supervise(job.pk, Work(**{"prepare": lambda **_: {"verb": "fit"}, "publish": publish, **work}))
        job.refresh_from_db()
        return job

    yield run
    supervisor.stopping.clear()
    assert supervisor.idle()
    for child in children:
        assert not psutil.pid_exists(child.pid) or psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE


def test_done_is_published_once_and_leaves_no_folder(attempt: Callable[..., Job], published: list[Any], settings: Any) -> None:
    job = attempt(DONE)
    assert (job.state, published) == (JobState.SUCCEEDED, [{"status": "done", "answer": 42}])
    assert not (Path(settings.STORAGE_DIR) / "jobs" / str(job.pk)).exists()
    attempt(DONE)
    assert len(published) == 1


def test_refused_carries_its_code(attempt: Callable[..., Job]) -> None:
    job = attempt(REFUSED)
    assert job.state == JobState.FAILED and job.error is not None and job.error["code"] == "no_rows"


def test_events_arrive_while_the_child_works(attempt: Callable[..., Job]) -> None:
    seen: list[tuple[float, float]] = []

    def events(*, claim: Claim, events: list[dict[str, Any]]) -> None:
        seen.extend((event["t"], time.time()) for event in events if event["type"] == "progress")

    attempt("event(type='progress', progress=.5); time.sleep(1.5); event(type='progress', progress=.9); " + DONE, events=events)
    assert len(seen) == 2 and max(arrived - sent for sent, arrived in seen) < 2


def test_what_the_child_uses_is_told_with_its_events(attempt: Callable[..., Job]) -> None:
    seen: list[dict[str, Any]] = []
    script = "block = bytearray(60 * 1024**2); time.sleep(1.3); event(type='progress', progress=.5); time.sleep(.4); " + DONE
    attempt(script, events=lambda *, claim, events: seen.extend(events))
    usage = [event for event in seen if event["type"] == "usage"]
    assert len(usage) == 1 and usage[0]["peak_memory_mb"] >= usage[0]["memory_mb"] > 60


def test_a_fit_gets_a_gpu_of_its_own_and_gives_it_back(attempt: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOML_GPUS", "1")
    monkeypatch.setattr(gpus, "free_mb", lambda device: 70_000.0)
    monkeypatch.setattr(supervisor, "HEARTBEAT_S", 0.1)
    held: list[str] = []
    script = "spec = json.loads((here / 'spec.json').read_text()); event(type='log', gpus=spec['gpu_count']); time.sleep(1.3); " + DONE

    def seen(*, claim: Claim, events: list[dict[str, Any]]) -> None:
        held.extend(f"{event['gpus']} {GpuSlot.objects.get().owner == claim.owner}" for event in events if event["type"] == "log")

    assert attempt(script, events=seen).state == JobState.SUCCEEDED
    assert held == ["1 True"]
    slot = GpuSlot.objects.get()
    assert (slot.device, slot.owner, slot.lease_expires_at) == ("0", "", None)


def test_other_work_takes_no_gpu(attempt: Callable[..., Job], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOML_GPUS", "1")
    assert attempt(DONE, prepare=lambda **_: {"verb": "predict"}).state == JobState.SUCCEEDED
    assert not GpuSlot.objects.exists()


def test_events_wait_while_the_database_is_away(attempt: Callable[..., Job]) -> None:
    calls: list[int] = []

    def events(*, claim: Claim, events: list[dict[str, Any]]) -> None:
        calls.append(len(events))
        if len(calls) == 1:
            raise OperationalError("away")

    job = attempt("event(type='log'); time.sleep(1); " + DONE, events=events)
    assert job.state == JobState.SUCCEEDED and calls == [1, 1]


def test_a_killed_child_is_tried_again(attempt: Callable[..., Job]) -> None:
    job = attempt("os.kill(os.getpid(), signal.SIGKILL)")
    assert (job.state, job.infra_attempts) == (JobState.QUEUED, 1)
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now())
    assert attempt(DONE).state == JobState.SUCCEEDED


def test_work_that_was_interrupted_goes_back_to_the_queue(attempt: Callable[..., Job]) -> None:
    job = attempt("sys.exit(5)")
    assert (job.state, job.infra_attempts) == (JobState.QUEUED, 1)


def test_a_crashed_engine_fails_with_a_reference_and_no_traceback(attempt: Callable[..., Job]) -> None:
    job = attempt("raise ValueError('secret cell value')")
    assert job.state == JobState.FAILED and job.error is not None
    assert job.error["code"] == "engine_failed" and "secret" not in str(job.error)


def test_cancel_ends_a_willing_child(attempt: Callable[..., Job], job: Job) -> None:
    later(lambda: job_cancel(job))
    started = time.monotonic()
    assert attempt("signal.signal(signal.SIGTERM, lambda *_: sys.exit(3)); " + FOREVER).state == JobState.CANCELED
    assert time.monotonic() - started < 15


def test_cancel_ends_an_unwilling_child_within_fifteen_seconds(attempt: Callable[..., Job], job: Job) -> None:
    later(lambda: job_cancel(job))
    started = time.monotonic()
    assert attempt("signal.signal(signal.SIGTERM, signal.SIG_IGN); " + FOREVER).state == JobState.CANCELED
    assert time.monotonic() - started < 15


def test_a_child_over_its_time_is_stopped(attempt: Callable[..., Job], job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(wall_limit_s=1)
    ended = attempt(FOREVER)
    assert ended.state == JobState.FAILED and ended.error is not None and ended.error["code"] == "time_limit_exceeded"


def test_a_child_over_its_memory_is_stopped(attempt: Callable[..., Job]) -> None:
    job = attempt("block = bytearray(300 * 1024**2); " + FOREVER, prepare=lambda **_: {"verb": "fit", "memory_limit_mb": 150})
    assert (job.state, job.oom_attempts) == (JobState.QUEUED, 1)


def test_a_worker_told_to_stop_gives_the_job_back(attempt: Callable[..., Job]) -> None:
    later(supervisor.stopping.set)
    job = attempt(FOREVER)
    assert (job.state, job.infra_attempts, job.lease_expires_at) == (JobState.QUEUED, 0, None)


def test_an_overtaken_attempt_kills_its_child_and_publishes_nothing(attempt: Callable[..., Job], job: Job, published: list[Any]) -> None:
    takeover = {"lease_token": 99, "lease_owner": "another"}
    later(lambda: Job.objects.filter(pk=job.pk).update(**takeover))
    ended = attempt(FOREVER)
    assert (ended.state, ended.lease_owner, published) == (JobState.RUNNING, "another", [])


def test_a_publication_is_tried_again_when_the_database_is_away(attempt: Callable[..., Job]) -> None:
    tries: list[int] = []

    def publish(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("away")
        job_finish(claim, state=JobState.SUCCEEDED)

    assert attempt(DONE, publish=publish).state == JobState.SUCCEEDED
    assert len(tries) == 2
