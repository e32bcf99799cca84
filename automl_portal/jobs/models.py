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


ACTIVE = (JobState.QUEUED, JobState.RUNNING)


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

    attempt = models.PositiveIntegerField(default=0)
    infra_attempts = models.PositiveIntegerField(default=0)
    oom_attempts = models.PositiveIntegerField(default=0)
    lease_token = models.PositiveBigIntegerField(default=0)
    lease_owner = models.CharField(max_length=200, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)

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
        return self.state == JobState.RUNNING and self.cancel_requested_at is not None

    @property
    def seconds_running(self) -> float | None:
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

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
