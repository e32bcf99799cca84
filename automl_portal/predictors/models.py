"""Published predictors, which of them is the champion, and the files they scored."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from automl_portal.accounts.models import Team, User
from automl_portal.errors import sentence
from automl_portal.jobs.models import Job, JobState
from automl_portal.projects.models import Project, Run

GRAVE = ("column_drift_strong", "many_unusual_rows")  # warnings after which a prediction is not simply completed


class Predictor(models.Model):
    """A published, signed predictor: the outcome of a run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="predictors")
    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="predictor")
    version = models.PositiveIntegerField()
    model = models.CharField(max_length=200)
    bundle_key = models.CharField(max_length=200)  # folder with bundle.zip and the same files unpacked in bundle/
    bundle_sha256 = models.CharField(max_length=64)
    bundle_bytes = models.PositiveBigIntegerField()
    signing_key_id = models.CharField(max_length=64)
    schema = models.JSONField(default=dict)  # schema.json: what a scoring file must hold
    holdout = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="one_predictor_per_version")]

    def __str__(self) -> str:
        return f"{self.project} v{self.version}"

    @property
    def is_champion(self) -> bool:
        champion = getattr(self.project, "champion", None)
        return champion is not None and champion.predictor_id == self.pk

    @property
    def input_columns(self) -> list[dict[str, Any]]:
        """The columns that a scoring file must hold."""
        return [column for column in self.schema.get("columns", []) if column.get("required")]


class Champion(models.Model):
    """The predictor in use. `version` counts promotions, so that of two at once one wins."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="champion")
    predictor = models.ForeignKey(Predictor, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)


class Promotion(models.Model):
    """Who made which predictor the champion, when and why. Rows are only ever added."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="promotions")
    predictor = models.ForeignKey(Predictor, on_delete=models.CASCADE, related_name="promotions")
    replaced = models.ForeignKey(Predictor, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    note = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]


class BatchPrediction(models.Model):
    """One file scored by one predictor."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="batch_predictions")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="batch_predictions")
    predictor = models.ForeignKey(Predictor, on_delete=models.CASCADE, related_name="batch_predictions")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="batch_prediction")
    filename = models.CharField(max_length=255)
    bytes = models.PositiveBigIntegerField()
    explain = models.PositiveSmallIntegerField(default=0)
    rename = models.JSONField(default=dict, blank=True)  # {column of the file: column of the predictor}
    input_key = models.CharField(max_length=200)
    output_key = models.CharField(max_length=200, blank=True)  # folder with output.csv and rejected.csv
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    @property
    def status(self) -> str:
        return self.job.state

    @property
    def status_detail(self) -> str | None:
        """How a prediction succeeded: `completed`, or `completed_with_warnings` when its numbers need a second look."""
        if self.job.state != JobState.SUCCEEDED:
            return None
        grave = any(item["code"] in GRAVE for item in self.result.get("warnings", []))
        return "completed_with_warnings" if grave else "completed"

    @property
    def evaluation(self) -> dict[str, Any] | None:
        """What the predictions are worth on the rows that carry the label, the holdout's figure beside each metric."""
        found = self.result.get("evaluation")
        if not found:
            return None
        metrics = [{**item, "holdout": self.predictor.holdout.get(item["metric"])} for item in found["metrics"]]
        return {**found, "metrics": metrics}

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """The gravest first, each with its sentence in the reader's language."""
        return [
            {**item, "grave": item["code"] in GRAVE, "sentence": sentence(item.get("message", ""), item.get("params"))}
            for item in self.result.get("warnings", [])
        ]
