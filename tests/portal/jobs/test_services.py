"""The row is the truth: claims, leases, fences, retries, cancels."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from automl_portal.accounts.models import Membership
from automl_portal.jobs.models import Job, JobKind, JobState, Stop
from automl_portal.jobs.services import (
    Claim,
    LostLease,
    job_cancel,
    job_claim,
    job_create,
    job_finish,
    job_heartbeat,
    job_progress,
    job_release,
    job_retry,
    jobs_reap,
    jobs_ring_due,
)


@pytest.fixture
def job(alice: Membership) -> Job:
    return job_create(team=alice.team, kind=JobKind.RUN, created_by=alice.user, wall_limit_s=120)[0]


def claim(job: Job, owner: str = "w1") -> Claim:
    found = job_claim(job_id=job.pk, owner=owner)
    assert found is not None
    return found


def again(job: Job) -> Job:
    """Due now, whatever the back-off says."""
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    job.refresh_from_db()
    return job


def test_of_many_deliveries_one_claims(job: Job) -> None:
    claims = [job_claim(job_id=job.pk, owner=f"w{n}") for n in range(50)]
    assert sum(found is not None for found in claims) == 1
    job.refresh_from_db()
    assert (job.state, job.attempt, job.lease_token, job.lease_owner) == (JobState.RUNNING, 1, 1, "w0")


def test_the_lease_reaches_ninety_seconds_from_now(job: Job) -> None:
    claim(job)
    job.refresh_from_db()
    assert job.lease_expires_at is not None
    assert 80 < (job.lease_expires_at - timezone.now()).total_seconds() <= 91


def test_an_overtaken_attempt_can_write_nothing(job: Job) -> None:
    old = claim(job)
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert jobs_reap() == 1
    new = claim(again(job), "w2")
    assert new.token > old.token
    for write in (
        lambda: job_heartbeat(old),
        lambda: job_progress(old, progress=0.5),
        lambda: job_finish(old, state=JobState.SUCCEEDED),
        lambda: job_retry(old),
    ):
        with pytest.raises(LostLease):
            write()
    job_release(old)
    job.refresh_from_db()
    assert (job.state, job.lease_owner) == (JobState.RUNNING, "w2")
    job_finish(new, state=JobState.SUCCEEDED)
    job.refresh_from_db()
    assert (job.state, job.lease_expires_at) == (JobState.SUCCEEDED, None)


def test_a_finished_job_cannot_finish_again(job: Job) -> None:
    held = claim(job)
    job_finish(held, state=JobState.SUCCEEDED)
    with pytest.raises(LostLease):
        job_finish(held, state=JobState.FAILED)


def test_the_reaper_leaves_a_live_lease_alone(job: Job) -> None:
    claim(job)
    assert jobs_reap() == 0


def test_the_reaper_takes_back_from_an_owner_known_to_be_dead(job: Job) -> None:
    claim(job, "w1")
    assert jobs_reap(dead=["w1"]) == 1
    job.refresh_from_db()
    assert (job.state, job.infra_attempts) == (JobState.QUEUED, 1)


def test_three_interruptions_end_the_job(job: Job) -> None:
    states = [job_retry(claim(again(job))) for _ in range(3)]
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    job.refresh_from_db()
    assert job.error is not None and job.error["code"] == "infra_exhausted"


def test_out_of_memory_is_tried_once_more(job: Job) -> None:
    states = [job_retry(claim(again(job)), out_of_memory=True) for _ in range(2)]
    assert states == [JobState.QUEUED, JobState.FAILED]
    job.refresh_from_db()
    assert job.error is not None and job.error["code"] == "out_of_memory"


def test_a_released_job_costs_no_attempt(job: Job) -> None:
    job_release(claim(job))
    job.refresh_from_db()
    assert (job.state, job.infra_attempts, job.rung_at) == (JobState.QUEUED, 0, None)


def test_a_queued_job_is_canceled_at_once_and_cannot_be_claimed(job: Job) -> None:
    job_cancel(job)
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert job_claim(job_id=job.pk, owner="w1") is None


def test_a_running_job_learns_of_its_cancel(job: Job) -> None:
    held = claim(job)
    assert job_heartbeat(held) == ""
    job_cancel(job)
    assert job_heartbeat(held) == Stop.CANCEL


def test_a_canceled_job_whose_worker_died_ends_canceled(job: Job) -> None:
    held = claim(job)
    job_cancel(job)
    assert job_retry(held) == JobState.CANCELED


def test_an_idempotency_key_gives_the_same_job(alice: Membership, charlie: Membership) -> None:
    first, created = job_create(team=alice.team, kind=JobKind.RUN, created_by=None, wall_limit_s=1, idempotency_key="k")
    second, created_again = job_create(team=alice.team, kind=JobKind.RUN, created_by=None, wall_limit_s=1, idempotency_key="k")
    other, _ = job_create(team=charlie.team, kind=JobKind.RUN, created_by=None, wall_limit_s=1, idempotency_key="k")
    assert (first.pk, created, created_again) == (second.pk, True, False)
    assert other.pk != first.pk


def test_the_doorbell_rings_until_somebody_comes(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, list[str]]] = []
    monkeypatch.setattr("automl_portal.celery.app.send_task", lambda name, args, queue, retry: sent.append((queue, args)))
    assert jobs_ring_due() == 1
    assert jobs_ring_due() == 0
    Job.objects.filter(pk=job.pk).update(rung_at=timezone.now() - timedelta(seconds=61))
    assert jobs_ring_due() == 1
    claim(job)
    Job.objects.filter(pk=job.pk).update(rung_at=timezone.now() - timedelta(seconds=61))
    assert jobs_ring_due() == 0
    assert sent == [("fit", [str(job.pk)])] * 2


def test_a_dead_broker_costs_nothing_but_time(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("automl_portal.celery.app.send_task", refuse)
    assert jobs_ring_due() == 0
    job.refresh_from_db()
    assert (job.state, job.rung_at) == (JobState.QUEUED, None)
