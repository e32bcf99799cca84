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
    """One version of an imported file; once a project or a run uses it, it stays as it is.

    The versions of one dataset share a `root` (the first of them, whose own root is None) and count from 1.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=200)
    filename = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    rows = models.PositiveBigIntegerField(null=True)
    report = models.JSONField(default=dict)  # report.json of the import, findings left out
    job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="dataset")
    sources = models.JSONField(default=list)  # the uploads, in the order of their rows: [{key, filename, bytes, sha256}]
    answers = models.JSONField(default=dict)  # what the analyst decided: {finding key: {choice, reason}}
    types = models.JSONField(default=dict)  # the analyst's own types: {column: type}
    data_key = models.CharField(max_length=200, blank=True)  # folder with data.parquet and report.json
    set_aside_key = models.CharField(max_length=220, blank=True)  # set_aside.csv, when rows were set aside
    root = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="later_versions")
    version = models.PositiveIntegerField(default=1)
    change = models.JSONField(default=dict)  # what makes it another version: {what, of, files | columns | findings}
    identical_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="copies")
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["root", "version"], name="one_dataset_per_version")]

    def __str__(self) -> str:
        return self.name

    @property
    def family(self) -> uuid.UUID:
        """What all versions of one dataset share: the id of the first."""
        return self.root_id or self.pk

    @property
    def is_used(self) -> bool:
        """Whether a project or a run relies on the data as it is."""
        return bool(self.projects.exists() or self.runs.exists())

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

    @property
    def rows_in(self) -> int | None:
        """Rows of the files: those used and those set aside."""
        return None if self.rows is None else self.rows + self.rows_set_aside


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
    choices = models.JSONField(default=list)  # [{value, label, needs_reason?}], the recommended one first
    examples = models.JSONField(default=list)  # [{before, after}]
    answer = models.CharField(max_length=1200, null=True)
    reason = models.TextField(blank=True)  # why, where the choice asks for it

    alike: list[Finding]  # others that say the same of other columns, for a page that tells it once

    class Meta:
        ordering = ["pk"]

    @property
    def is_open(self) -> bool:
        return self.level == Level.ASK and self.answer is None

    @property
    def shown_examples(self) -> list[dict[str, Any]]:
        """Up to four cells, no two alike; `changes` tells whether each was, or is to be, read as something else."""
        shown: list[dict[str, Any]] = []
        for example in self.examples:
            before, after = example.get("before") or "", example.get("after")
            # An open question without an answer to show has an empty `after`.
            changes = after is not None and after != before and not (self.is_open and not after)
            entry = {"before": before, "after": after or "", "changes": changes}
            if entry not in shown:
                shown.append(entry)
        return shown[:4]

    @property
    def answer_label(self) -> str:
        """The answer in the words of its choice."""
        chosen = self.choice(self.answer or "") or {}
        return sentence(chosen.get("label", "")) or self.answer or ""

    def choice(self, value: str) -> dict[str, Any] | None:
        """The choice with this value; None when it is not offered."""
        return next((choice for choice in self.choices if choice["value"] == value), None)

    @property
    def sentence(self) -> str:
        return sentence(self.message, self.params)
