"""Reads for jobs and the health of the workers."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now

from automl_portal.jobs.models import QUEUES, Job, JobState, WorkerBeat

ALIVE = timedelta(seconds=45)
STUCK = timedelta(seconds=180)


def workers_alive() -> dict[str, int]:
    """How many workers were seen within 45 s, by queue."""
    counts = dict(WorkerBeat.objects.filter(seen_at__gt=Now() - ALIVE).values_list("queue").annotate(Count("name")))
    return {queue: counts.get(queue, 0) for queue in QUEUES}


def queue_is_stuck(queue: str) -> bool:
    """True when a due job of this queue was rung for three minutes and nobody came."""
    waiting = Q(state=JobState.QUEUED, queue=queue, not_before__lt=Now() - STUCK, rung_at__isnull=False)
    return Job.objects.filter(waiting).exists()


def running_owners() -> list[str]:
    """The owners of every running job's lease."""
    return list(Job.objects.filter(state=JobState.RUNNING).values_list("lease_owner", flat=True).distinct())


def jobs_ahead(job: Job) -> int:
    """How many queued jobs of the same queue come before this one."""
    return Job.objects.filter(state=JobState.QUEUED, queue=job.queue, created_at__lt=job.created_at).count()
