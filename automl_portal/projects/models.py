"""A project (one use case on one dataset) and its runs (model searches)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models

from automl_portal.accounts.models import Team, User
from automl_portal.datasets.models import Dataset
from automl_portal.errors import sentence
from automl_portal.jobs.models import Job, JobState

if TYPE_CHECKING:
    from domains.schema import UseCase


class Project(models.Model):
    """Use case + label + roles + settings. It owns runs and predictors."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200)
    use_case_key = models.CharField(max_length=100)
    use_case_version = models.PositiveIntegerField()
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="projects")
    label = models.CharField(max_length=1000)
    positive_class = models.CharField(max_length=1000, null=True)
    problem_type = models.CharField(max_length=20)
    roles = models.JSONField(default=dict)  # {role: [column, ...]}
    settings = models.JSONField(default=dict)  # {time_limit, eval_metric, holdout_fraction, seed, decision: {...}}
    notes = models.JSONField(default=list)  # choices made for the analyst: [{code, message, params}]
    check_job = models.OneToOneField(Job, null=True, on_delete=models.SET_NULL, related_name="checked_project")
    label_report = models.JSONField(default=dict)  # result of check_label
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def use_case(self) -> UseCase:
        from domains.registry import use_case

        return use_case(self.use_case_key)

    @property
    def note_sentences(self) -> list[str]:
        return [sentence(note["message"], note.get("params")) for note in self.notes]


class Run(models.Model):
    """One model search."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="runs")  # the version it learns from
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="run")
    settings = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    live = models.JSONField(default=dict)  # what it shows while it runs: see watching.py
    result = models.JSONField(default=dict)  # result.json of the fit
    skipped_models = models.JSONField(default=list)  # [{model, family, reason}]
    artefacts_key = models.CharField(max_length=200, blank=True)  # folder with evaluation.json, explanations.json, document.*
    continues = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="continued_by")  # same split, its models kept
    replays = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replayed_by")  # whose recipe it follows
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="one_run_per_number")]

    def __str__(self) -> str:
        return f"{self.project} #{self.number}"

    @property
    def status(self) -> str:
        return self.job.state

    @property
    def is_published(self) -> bool:
        """Whether it has results: it succeeded, or was canceled and what was finished by then kept."""
        return self.job.state == JobState.SUCCEEDED or (self.job.state == JobState.CANCELED and bool(self.artefacts_key))

    @property
    def holdout_uses(self) -> int:
        """How often models were tested on this run's holdout, by it and those it continues."""
        return 1 + (self.continues.holdout_uses if self.continues else 0)

    @property
    def holdout(self) -> dict[str, float]:
        holdout: dict[str, float] = self.result.get("holdout", {})
        return holdout

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """Each with its sentence in the reader's language; while the run goes on, those it has told so far."""
        found = self.result.get("warnings") or self.live.get("warnings", [])
        return [{**item, "sentence": sentence(item.get("message", ""), item.get("params"))} for item in found]


# Runs whose `is_published` holds.
PUBLISHED = models.Q(job__state=JobState.SUCCEEDED) | (models.Q(job__state=JobState.CANCELED) & ~models.Q(artefacts_key=""))


class LeaderboardRow(models.Model):
    """One model of a run; the API's leaderboard fields live in `row` (DESIGN 6.2)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="leaderboard_rows")
    model = models.CharField(max_length=200)
    family = models.CharField(max_length=20)
    row = models.JSONField(default=dict)
    landed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "model"], name="one_row_per_model")]


class RunEvent(models.Model):
    """One line of a run's log."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    attempt = models.PositiveIntegerField()
    at = models.DateTimeField()
    type = models.CharField(max_length=20)
    message = models.TextField(blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]

    @property
    def sentence(self) -> str:
        return sentence(self.message, self.params)
