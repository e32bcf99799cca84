"""The job: the row that is the truth of everything long-running.

The queue is a doorbell that carries a job id and nothing else. Losing, doubling or reordering every message changes no outcome:
a claim, a heartbeat and a publication are conditional UPDATEs on the state and the fencing token (`lease_token`, which only grows).
The row is its own outbox: QUEUED with `rung_at` empty means that the doorbell is still to be rung.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from automl_portal.accounts.models import Team, User


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")
    PAUSED = "paused", _("Paused")


ACTIVE = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)  # not over


class Stop(models.TextChoices):
    """What somebody asked a job to do before it is done."""

    CANCEL = "cancel", _("Cancel and throw away")
    KEEP = "keep", _("Cancel and keep what is finished")
    PAUSE = "pause", _("Pause")


# What is left for a job that was interrupted when its budget was nearly used up: enough to publish what it has.
FLOOR_S, FLOOR_SHARE = 30.0, 0.1


class JobKind(models.TextChoices):
    IMPORT = "import", _("Import")
    CHECK_LABEL = "check_label", _("Check of the label")
    RUN = "run", _("Run")
    PREDICTION = "prediction", _("Batch prediction")


QUEUE_OF = {JobKind.IMPORT: "io", JobKind.CHECK_LABEL: "io", JobKind.RUN: "fit", JobKind.PREDICTION: "predict"}
QUEUES = ("io", "predict", "fit")


class Job(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="jobs")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=20, choices=JobKind.choices)
    queue = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    idempotency_key = models.CharField(max_length=200, null=True, blank=True)
    wall_limit_s = models.FloatField(default=3600)  # seconds from claim to published
    spent_s = models.FloatField(default=0)  # seconds of it that earlier attempts used

    attempt = models.PositiveIntegerField(default=0)
    infra_attempts = models.PositiveIntegerField(default=0)
    oom_attempts = models.PositiveIntegerField(default=0)
    lease_token = models.PositiveBigIntegerField(default=0)
    lease_owner = models.CharField(max_length=200, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    stop = models.CharField(max_length=10, choices=Stop.choices, blank=True)  # what was asked for, until it is done

    phase = models.CharField(max_length=20, blank=True)
    progress = models.FloatField(default=0)  # 0 to 1
    eta_s = models.FloatField(null=True, blank=True)
    message = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    error = models.JSONField(null=True, blank=True)  # {code, message, params, column, rows}

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "kind", "idempotency_key"], name="one_job_per_idempotency_key"),
            models.CheckConstraint(
                condition=models.Q(state="running", lease_expires_at__isnull=False)
                | (~models.Q(state="running") & models.Q(lease_expires_at__isnull=True)),
                name="running_means_leased",
            ),
        ]
        indexes = [models.Index(fields=["state", "queue", "not_before"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_canceling(self) -> bool:
        return self.is_active and self.cancel_requested_at is not None

    @property
    def is_pausing(self) -> bool:
        return self.state == JobState.RUNNING and self.stop == Stop.PAUSE

    @property
    def seconds_running(self) -> float | None:
        """Seconds of work by all attempts; waiting and pauses do not count."""
        if self.started_at is None:
            return None
        if self.state in (JobState.QUEUED, JobState.PAUSED):
            return self.spent_s
        return self.spent_s + ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

    @property
    def seconds_left(self) -> float:
        """What the next attempt may use of the budget."""
        if not self.spent_s:
            return self.wall_limit_s
        return max(self.wall_limit_s - self.spent_s, FLOOR_S, FLOOR_SHARE * self.wall_limit_s)

    @property
    def sentence(self) -> str:
        """What is happening now, or why it failed, in the reader's language."""
        from automl_portal.errors import sentence

        source: dict[str, Any] = self.error or {"message": self.message, "params": self.params}
        return sentence(source.get("message") or "", source.get("params"))


class WorkerBeat(models.Model):
    """A worker that was alive at `seen_at`."""

    name = models.CharField(primary_key=True, max_length=200)
    queue = models.CharField(max_length=10)
    seen_at = models.DateTimeField()


class GpuSlot(models.Model):
    """One GPU of one machine, and the attempt (a lease owner) that uses it; see gpus.py."""

    machine = models.CharField(max_length=200)
    device = models.CharField(max_length=100)  # as in CUDA_VISIBLE_DEVICES
    owner = models.CharField(max_length=200, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["machine", "device"], name="one_slot_per_gpu")]

    def __str__(self) -> str:
        return f"{self.machine} GPU {self.device}"
