"""An imported file: its Parquet, its data report, and what was noticed in it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from automl_portal.accounts.models import Team, User
from automl_portal.errors import sentence
from automl_portal.jobs.models import Job, JobState


class DatasetStatus(models.TextChoices):
    IMPORTING = "importing", _("Importing")
    NEEDS_ANSWERS = "needs_answers", _("Needs answers")
    READY = "ready", _("Ready")
    REJECTED = "rejected", _("Rejected")


class Dataset(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=200)
    filename = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(null=True)
    report = models.JSONField(default=dict)  # report.json of the import, findings left out
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="dataset")
    upload_key = models.CharField(max_length=200)
    data_key = models.CharField(max_length=200, blank=True)  # folder with data.parquet and report.json
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> DatasetStatus:
        """Follows from the import job and the questions still open."""
        job = self.job
        if job is None or job.is_active:
            return DatasetStatus.IMPORTING
        if job.state != JobState.SUCCEEDED:
            return DatasetStatus.REJECTED
        if any(finding.is_open for finding in self.findings.all()):
            return DatasetStatus.NEEDS_ANSWERS
        return DatasetStatus.READY

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The column entries of the data report."""
        columns: list[dict[str, Any]] = self.report.get("columns", [])
        return columns

    def column(self, name: str) -> dict[str, Any] | None:
        return next((column for column in self.columns if column["name"] == name), None)

    @property
    def rows_set_aside(self) -> int:
        return int(self.report.get("rows_set_aside", 0))


class Level(models.TextChoices):
    REJECT = "REJECT", _("Stop")
    ASK = "ASK", _("Answer")
    FIX = "FIX", _("Fixed")
    WARN = "WARN", _("Noted")


class Finding(models.Model):
    """One thing noticed in a dataset. `rows` are 1-based data rows."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="findings")
    key = models.CharField(max_length=1200)
    code = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level.choices)
    column = models.CharField(max_length=1000, null=True)
    rows = models.JSONField(null=True)
    message = models.TextField()
    params = models.JSONField(default=dict)
    choices = models.JSONField(default=list)  # [{value, label}], the recommended one first
    examples = models.JSONField(default=list)  # [{before, after}]
    answer = models.CharField(max_length=200, null=True)

    class Meta:
        ordering = ["pk"]

    @property
    def is_open(self) -> bool:
        return self.level == Level.ASK and self.answer is None

    @property
    def sentence(self) -> str:
        return sentence(self.message, self.params)
