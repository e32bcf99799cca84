"""The only door to the queue, and every change of a job's state."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.models import Team, User
from automl_portal.jobs.models import QUEUE_OF, Job, JobKind, JobState, Stop, WorkerBeat

LEASE = timedelta(seconds=90)
RING_AGAIN = timedelta(seconds=60)
INFRA_ATTEMPTS = 3
OOM_ATTEMPTS = 1
BACK_OFF = timedelta(seconds=5)

log = logging.getLogger(__name__)


class LostLease(Exception):
    """Another attempt holds the job, or it is over: this attempt must leave no trace."""


@dataclass(frozen=True)
class Claim:
    """The right to work on a job until the lease ends. `token` fences every write."""

    job_id: UUID
    token: int
    attempt: int
    owner: str


def job_create(
    *, team: Team, kind: JobKind, created_by: User | None, wall_limit_s: float, idempotency_key: str | None = None
) -> tuple[Job, bool]:
    """Write a queued job and ring the doorbell once the transaction is committed.

    Returns (job, created); with an idempotency key that was used before, the earlier job and False.
    """
    if idempotency_key:
        earlier = Job.objects.filter(team=team, kind=kind, idempotency_key=idempotency_key).first()
        if earlier:
            return earlier, False
    try:
        with transaction.atomic():
            job = Job.objects.create(
                team=team,
                kind=kind,
                queue=QUEUE_OF[kind],
                created_by=created_by,
                wall_limit_s=wall_limit_s,
                idempotency_key=idempotency_key or None,
            )
    except IntegrityError:
        return Job.objects.get(team=team, kind=kind, idempotency_key=idempotency_key), False
    transaction.on_commit(lambda: job_ring(job))
    return job, True


def job_ring(job: Job) -> bool:
    """Send the job's id to its queue. False when the broker does not answer: the tick will ring again."""
    from automl_portal.celery import app

    try:
        app.send_task(f"workers.{job.kind}", args=[str(job.pk)], queue=job.queue, retry=False)
    except Exception as error:  # any transport error: the row stays in the outbox
        log.warning("queue %s cannot be reached (%s); job %s will be sent later", job.queue, type(error).__name__, job.pk)
        return False
    Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(rung_at=Now())
    return True


def jobs_ring_due() -> int:
    """Ring for every queued job that is due and was never rung, or was rung a minute ago and not claimed."""
    due = Job.objects.filter(state=JobState.QUEUED, not_before__lte=Now()).filter(Q(rung_at=None) | Q(rung_at__lt=Now() - RING_AGAIN))
    rung = 0
    for job in due.order_by("created_at")[:50]:
        if not job_ring(job):
            break
        rung += 1
    return rung


def job_claim(*, job_id: UUID, owner: str) -> Claim | None:
    """Take a queued job for one attempt; None when it is not to be had (the doorbell rang twice, or it was canceled)."""
    wanted = Q(cancel_requested_at=None) | Q(stop=Stop.KEEP)  # what is finished is still to be published
    taken = Job.objects.filter(wanted, pk=job_id, state=JobState.QUEUED, not_before__lte=Now()).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        lease_token=F("lease_token") + 1,
        lease_owner=owner,
        lease_expires_at=Now() + LEASE,
        started_at=Now(),
        phase="",
        progress=0,
        eta_s=None,
        message="",
        params={},
    )
    if not taken:
        return None
    job = Job.objects.get(pk=job_id)
    return Claim(job_id=job.pk, token=job.lease_token, attempt=job.attempt, owner=owner)


def held(claim: Claim) -> QuerySet[Job]:
    """The job's row, if this claim still holds it."""
    return Job.objects.filter(pk=claim.job_id, lease_token=claim.token, state=JobState.RUNNING)


def job_heartbeat(claim: Claim) -> str:
    """Renew the lease. Returns what the user asked for. Raises LostLease."""
    if not held(claim).update(lease_expires_at=Now() + LEASE):
        raise LostLease
    return job_stop_asked(claim)


def job_stop_asked(claim: Claim) -> str:
    """What the user asked for (a Stop), empty when the job is to go on. Raises LostLease when it is no longer this claim's."""
    asked = list(held(claim).values_list("stop", flat=True))
    if not asked:
        raise LostLease
    return asked[0]


def job_progress(claim: Claim, **fields: Any) -> None:
    """Store phase, progress (0 to 1), eta_s (seconds), message and params. Raises LostLease."""
    if not held(claim).update(**fields):
        raise LostLease


def job_finish(claim: Claim, *, state: JobState, error: dict[str, Any] | None = None) -> None:
    """The one terminal change of a job; call it inside the transaction that publishes the result. Raises LostLease."""
    fields: dict[str, Any] = {"progress": 1.0} if state == JobState.SUCCEEDED else {}
    done = held(claim).update(state=state, error=error, lease_expires_at=None, finished_at=Now(), eta_s=None, stop="", **fields)
    if not done:
        raise LostLease


def job_published_by(claim: Claim) -> bool:
    """True when this very claim has published: its commit arrived although the answer to it was lost."""
    return Job.objects.filter(pk=claim.job_id, lease_token=claim.token, state=JobState.SUCCEEDED).exists()


def job_release(claim: Claim) -> None:
    """Give a job back untouched when its worker is told to stop; no attempt is counted against it."""
    job = held(claim).first()
    if job is not None:
        held(claim).update(**WAITS | waiting_state(job), spent_s=spent_by(job, timezone.now()))


def job_paused(claim: Claim) -> None:
    """The child has stopped as asked; the job waits until somebody lets it go on. Raises LostLease."""
    job = held(claim).first()
    if job is None or not held(claim).update(**WAITS, state=JobState.PAUSED, stop="", spent_s=spent_by(job, timezone.now())):
        raise LostLease


def job_retry(claim: Claim, *, out_of_memory: bool = False) -> JobState:
    """After an interruption that is not the user's fault: back to the queue, or failed when the attempts are used up."""
    job = held(claim).first()
    if job is None:
        raise LostLease
    return job_requeue(job, timezone.now(), out_of_memory=out_of_memory)


def job_requeue(job: Job, ended_at: datetime, *, out_of_memory: bool = False) -> JobState:
    """`ended_at`: when the attempt was last known to work; what comes after it does not count against the budget."""
    counter, allowed = ("oom_attempts", OOM_ATTEMPTS + 1) if out_of_memory else ("infra_attempts", INFRA_ATTEMPTS)
    used = getattr(job, counter) + 1
    row = Job.objects.filter(pk=job.pk, lease_token=job.lease_token, state=JobState.RUNNING)
    if used < allowed:
        fields: dict[str, Any] = {"not_before": Now() + BACK_OFF * 2 ** (used - 1), **waiting_state(job)}
    else:
        fields = {"state": JobState.FAILED, "error": EXHAUSTED[out_of_memory], "finished_at": ended_at}
    if fields["state"] in (JobState.QUEUED, JobState.PAUSED):
        fields["spent_s"] = spent_by(job, ended_at)
    if not row.update(**WAITS | {counter: used} | fields):
        raise LostLease
    return JobState(fields["state"])


WAITS: dict[str, Any] = {"lease_expires_at": None, "lease_owner": "", "rung_at": None, "eta_s": None}


def waiting_state(job: Job) -> dict[str, Any]:
    """What becomes of a job whose attempt has ended without its doing, given what the user asked for meanwhile."""
    if job.stop == Stop.CANCEL:
        return {"state": JobState.CANCELED, "finished_at": Now()}
    return {"state": JobState.PAUSED, "stop": ""} if job.stop == Stop.PAUSE else {"state": JobState.QUEUED}


def spent_by(job: Job, until: datetime) -> float:
    """Seconds of the budget that this attempt and those before it used."""
    return job.spent_s + max(0.0, (until - (job.started_at or until)).total_seconds())


EXHAUSTED = {
    False: {
        "code": "infra_exhausted",
        "message": N_("The worker was interrupted several times. Nothing is lost; start it again, and tell the operator if it comes back."),
    },
    True: {
        "code": "out_of_memory",
        "message": N_("The work needs more memory than this machine gives it. Use fewer rows or columns, or a larger machine."),
    },
}


def jobs_reap(*, dead: list[str] | None = None) -> int:
    """Requeue running jobs whose lease has ended, or whose owner is known to be dead. Returns how many."""
    late = Q(lease_expires_at__lt=Now())
    if dead:
        late |= Q(lease_owner__in=dead)
    reaped = 0
    for job in Job.objects.filter(late, state=JobState.RUNNING).order_by("pk"):
        try:
            job_requeue(job, (job.lease_expires_at or timezone.now()) - LEASE)
            reaped += 1
            log.warning("job %s lost its worker and is back in the queue", job.pk)
        except LostLease:
            continue
    return reaped


def job_cancel(job: Job, *, keep: bool = False) -> None:
    """Ask for the end of a job: at once when nobody works on it, within 15 s when running; nothing when it is over.

    `keep`: what it has finished is published; a worker takes a waiting job once more for that.
    """
    asked = {"cancel_requested_at": Now(), "stop": Stop.KEEP if keep else Stop.CANCEL}
    waiting = Job.objects.filter(pk=job.pk, state__in=(JobState.QUEUED, JobState.PAUSED))
    if keep:
        done = waiting.update(**asked, state=JobState.QUEUED, rung_at=None, not_before=Now())
        if done:
            transaction.on_commit(lambda: job_ring(job))
    else:
        done = waiting.update(**asked, state=JobState.CANCELED, finished_at=Now())
    if not done:
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).exclude(stop=Stop.CANCEL).update(**asked)


def job_pause(job: Job) -> bool:
    """Ask a job to wait: at once when queued, within 15 s when running. False when it is over, paused or being canceled."""
    free = Job.objects.filter(pk=job.pk, cancel_requested_at=None)
    paused = free.filter(state=JobState.QUEUED).update(state=JobState.PAUSED)
    return bool(paused or free.filter(state=JobState.RUNNING, stop="").update(stop=Stop.PAUSE))


def job_resume(job: Job) -> bool:
    """Let a paused job go on. False when it is not paused."""
    resumed = Job.objects.filter(pk=job.pk, state=JobState.PAUSED).update(state=JobState.QUEUED, rung_at=None, not_before=Now())
    if resumed:
        transaction.on_commit(lambda: job_ring(job))
    return bool(resumed)


def worker_beat(*, name: str, queue: str) -> None:
    WorkerBeat.objects.update_or_create(name=name, defaults={"queue": queue, "seen_at": Now()})
