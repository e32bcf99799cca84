"""The left rail: the steps of a project in the order of the work, each with its state."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from automl_portal.datasets.models import DatasetStatus
from automl_portal.jobs.models import JobState
from automl_portal.projects.models import Project, Run

DATA_STATES = {
    DatasetStatus.IMPORTING: "active",
    DatasetStatus.NEEDS_ANSWERS: "attention",
    DatasetStatus.READY: "done",
    DatasetStatus.REJECTED: "stop",
}
RUN_STATES = {
    JobState.QUEUED: "active",
    JobState.RUNNING: "active",
    JobState.SUCCEEDED: "done",
    JobState.FAILED: "stop",
    JobState.CANCELED: "attention",
    JobState.PAUSED: "attention",
}
# Which rail step a page belongs to, by URL name.
STEP_OF_PAGE = {
    "project_overview": "overview",
    "project_data": "data",
    "project_column": "data",
    "project_setup": "run",
    "run_detail": "run",
    "run_live": "run",
    "project_leaderboard": "leaderboard",
    "project_evaluate": "evaluate",
    "project_explain": "explain",
    "project_predict": "predict",
    "prediction_detail": "predict",
}


@dataclass(frozen=True)
class Step:
    """One entry of the rail. `state` is waiting, active, attention, stop or done."""

    key: str
    title: str
    url: str
    state: str
    current: bool

    @property
    def state_text(self) -> str:
        return {
            "active": _("under way"),
            "attention": _("needs attention"),
            "stop": _("stopped"),
            "done": _("done"),
        }.get(self.state, _("not yet"))


def project_steps(project: Project, page: str) -> list[Step]:
    """The rail of a project, as seen from the page with this URL name."""
    run = project.runs.select_related("job").first()
    published = any(each.is_published for each in project.runs.select_related("job"))
    results = "done" if published else "active" if run and run.job.is_active else "waiting"
    champion = getattr(project, "champion", None)
    pages = [
        ("overview", _("Overview"), _url("project_overview", project), "done" if champion else results),
        ("data", _("Data"), _url("project_data", project), DATA_STATES[project.dataset.status]),
        ("run", _("Run"), _run_url(project, run), RUN_STATES[JobState(run.status)] if run else "waiting"),
        ("leaderboard", _("Leaderboard"), _url("project_leaderboard", project), results),
        ("evaluate", _("Evaluate"), _url("project_evaluate", project), "done" if published else "waiting"),
        ("explain", _("Explain"), _url("project_explain", project), "done" if published else "waiting"),
        ("predict", _("Predict"), _url("project_predict", project), "done" if champion else "waiting"),
    ]
    current = STEP_OF_PAGE.get(page)
    return [Step(key, title, url, state, key == current) for key, title, url, state in pages]


def _url(name: str, project: Project) -> str:
    return reverse(name, args=[project.pk])


def _run_url(project: Project, run: Run | None) -> str:
    return reverse("run_detail", args=[project.pk, run.pk]) if run else _url("project_setup", project)
