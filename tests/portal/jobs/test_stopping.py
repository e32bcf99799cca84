"""Pause, go on, cancel and keep; and how much of the budget is left afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from automl_portal.accounts.models import Membership
from automl_portal.jobs.models import FLOOR_S, Job, JobKind, JobState, Stop
from automl_portal.jobs.services import (
    LEASE,
    Claim,
    LostLease,
    job_cancel,
    job_claim,
    job_create,
    job_finish,
    job_pause,
    job_paused,
    job_release,
    job_resume,
    job_retry,
    job_stop_asked,
    jobs_reap,
)


@pytest.fixture
def job(alice: Membership) -> Job:
    return job_create(team=alice.team, kind=JobKind.RUN, created_by=alice.user, wall_limit_s=120)[0]


def claimed(job: Job, seconds_ago: float = 0) -> Claim:
    """Claimed, as if the work had begun so long ago."""
    Job.objects.filter(pk=job.pk).update(not_before=timezone.now() - timedelta(seconds=1))
    claim = job_claim(job_id=job.pk, owner="w")
    assert claim is not None
    Job.objects.filter(pk=job.pk).update(started_at=timezone.now() - timedelta(seconds=seconds_ago))
    return claim


def now(job: Job) -> Job:
    job.refresh_from_db()
    return job


def test_a_queued_job_is_paused_at_once_and_goes_on_when_asked(job: Job) -> None:
    assert job_pause(job) and now(job).state == JobState.PAUSED and job.is_active
    assert not job_pause(job)
    assert job_claim(job_id=job.pk, owner="w") is None
    assert job_resume(job) and now(job).state == JobState.QUEUED
    assert not job_resume(job)
    assert job_claim(job_id=job.pk, owner="w") is not None


def test_a_running_job_is_asked_and_paused_time_does_not_count(job: Job) -> None:
    claim = claimed(job, seconds_ago=50)
    assert job_pause(job) and now(job).is_pausing and not job_pause(job)
    assert job_stop_asked(claim) == Stop.PAUSE
    job_paused(claim)
    assert (now(job).state, job.stop, job.lease_expires_at, job.lease_owner) == (JobState.PAUSED, "", None, "")
    assert job.seconds_running == pytest.approx(50, abs=2) and job.seconds_left == pytest.approx(70, abs=2)
    with pytest.raises(LostLease):
        job_finish(claim, state=JobState.SUCCEEDED)
    job_resume(job)
    claimed(job, seconds_ago=10)
    assert now(job).seconds_running == pytest.approx(60, abs=2) and job.attempt == 2


def test_a_crash_counts_what_was_worked_and_not_what_passed_since(job: Job) -> None:
    claimed(job, seconds_ago=200)
    # Its last sign of life was 160 s ago: 40 s of work.
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=160) + LEASE)
    assert jobs_reap() == 1
    assert now(job).spent_s == pytest.approx(40, abs=2) and job.state == JobState.QUEUED


def test_what_is_left_is_enough_to_publish(job: Job) -> None:
    claim = claimed(job, seconds_ago=118)
    job_retry(claim)
    assert now(job).seconds_left == FLOOR_S
    job.wall_limit_s, job.spent_s = 3600, 3590
    assert job.seconds_left == 360


def test_a_worker_that_stops_counts_its_work_and_no_attempt(job: Job) -> None:
    job_release(claimed(job, seconds_ago=30))
    assert (now(job).infra_attempts, job.state) == (0, JobState.QUEUED)
    assert job.spent_s == pytest.approx(30, abs=2)


@pytest.mark.parametrize(("keep", "state"), [(False, JobState.CANCELED), (True, JobState.QUEUED)])
def test_a_cancel_of_a_paused_job(job: Job, keep: bool, state: JobState) -> None:
    job_pause(job)
    job_cancel(job, keep=keep)
    assert now(job).state == state
    assert (job_claim(job_id=job.pk, owner="w") is not None) is keep  # what is finished is still to be published


def test_who_wanted_to_keep_it_may_change_their_mind(job: Job) -> None:
    claim = claimed(job)
    job_cancel(job, keep=True)
    assert job_stop_asked(claim) == Stop.KEEP and now(job).is_canceling
    assert not job_pause(job)
    job_cancel(job)
    assert job_stop_asked(claim) == Stop.CANCEL
    job_cancel(job, keep=True)
    assert job_stop_asked(claim) == Stop.CANCEL


@pytest.mark.parametrize("end", [job_retry, job_release])
@pytest.mark.parametrize(("stop", "state"), [(Stop.CANCEL, JobState.CANCELED), (Stop.KEEP, JobState.QUEUED), (Stop.PAUSE, JobState.PAUSED)])
def test_an_attempt_that_ends_by_itself_leaves_the_job_as_was_asked(job: Job, end: object, stop: Stop, state: JobState) -> None:
    claim = claimed(job)
    if stop == Stop.PAUSE:
        job_pause(job)
    else:
        job_cancel(job, keep=stop == Stop.KEEP)
    end(claim)  # type: ignore[operator]
    assert now(job).state == state
