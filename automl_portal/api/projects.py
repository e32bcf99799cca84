"""Projects, and what hangs on one: its runs and its batch predictions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from automl_portal.api.auth import idempotency_key, member, team
from automl_portal.api.paging import page
from automl_portal.api.predictors import prediction_out
from automl_portal.api.runs import run_out
from automl_portal.datasets.selectors import dataset_versions, team_dataset
from automl_portal.predictors.renaming import rename_read
from automl_portal.predictors.selectors import champion_of, project_predictor
from automl_portal.predictors.services import prediction_create
from automl_portal.projects.data import project_version
from automl_portal.projects.models import Project
from automl_portal.projects.planning import plan_of, project_facts
from automl_portal.projects.selectors import team_project, team_projects
from automl_portal.projects.services import project_create, run_start
from automl_portal.projects.settings import setup_settings
from automl_portal.projects.setup import dataset_setup
from automl_portal.uploads.selectors import incoming_file

router = Router(tags=["projects"])


class ProjectIn(Schema):
    name: str = ""
    use_case: str
    dataset: UUID
    label: str
    positive_class: str | int | float | bool | None = None
    roles: dict[str, list[str] | str | None] = {}
    settings: dict[str, Any] = {}


class VersionIn(Schema):
    dataset: UUID | None = None


class RunIn(Schema):
    settings: dict[str, Any] = {}


def project_out(project: Project) -> dict[str, Any]:
    champion = champion_of(project)
    return {
        "id": str(project.pk),
        "name": project.name,
        "use_case": project.use_case_key,
        "dataset": str(project.dataset_id),
        "label": project.label,
        "positive_class": project.positive_class,
        "problem_type": project.problem_type,
        "roles": project.roles,
        "settings": project.settings,
        "notes": project.note_sentences,
        "label_report": project.label_report,
        "champion": str(champion.predictor_id) if champion else None,
        "runs": [str(run.pk) for run in project.runs.all()],
        "created_at": project.created_at.isoformat(),
    }


@router.post("", response={201: dict[str, Any]})
def create(request: HttpRequest, body: ProjectIn) -> Status[dict[str, Any]]:
    """A project on a ready dataset. Roles and settings that are left out are filled by the use case; `notes` says how."""
    dataset = team_dataset(team(request), body.dataset)
    positive = None if body.positive_class is None else str(body.positive_class)
    setup = dataset_setup(dataset, body.use_case, body.label, positive_class=positive, roles=body.roles, settings=body.settings)
    return Status(201, project_out(project_create(by=member(request), name=body.name, dataset=dataset, setup=setup)))


@router.get("")
def listing(request: HttpRequest, offset: int = 0, limit: int = 100) -> dict[str, Any]:
    return page(team_projects(team(request)), project_out, offset=offset, limit=limit)


@router.get("/{project_id}")
def detail(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    return project_out(team_project(team(request), project_id))


@router.post("/{project_id}/dataset")
def version(request: HttpRequest, project_id: UUID, body: VersionIn) -> dict[str, Any]:
    """Let the next runs learn from another version of the project's dataset (the newest, when left out); the label is looked at again."""
    project = team_project(team(request), project_id)
    newest = dataset_versions(project.dataset)[0]
    dataset = team_dataset(team(request), body.dataset) if body.dataset else newest
    changed = project_version(by=member(request), project=project, dataset=dataset)
    return project_out(team_project(team(request), changed.pk))


@router.post("/{project_id}/runs", response={202: dict[str, Any]})
def start(request: HttpRequest, project_id: UUID, body: RunIn | None = None) -> Status[dict[str, Any]]:
    """Queue a run; `settings` override the project's."""
    project = team_project(team(request), project_id)
    run = run_start(by=member(request), project=project, settings=body.settings if body else None, idempotency_key=idempotency_key(request))
    return Status(202, run_out(run))


@router.post("/{project_id}/plan")
def plan(request: HttpRequest, project_id: UUID, body: RunIn | None = None) -> dict[str, Any]:
    """What a run with these `settings` would do and take: models, folds, rows, seconds, memory, energy and size, with ranges. Starts nothing."""
    project = team_project(team(request), project_id)
    given = body.settings if body else {}
    chosen = setup_settings(project.use_case, project.problem_type, {**project.settings, **given})
    return plan_of(project_facts(project, chosen), chosen["time_limit"])


@router.get("/{project_id}/runs")
def runs(request: HttpRequest, project_id: UUID, offset: int = 0, limit: int = 100) -> dict[str, Any]:
    return page(team_project(team(request), project_id).runs.all(), run_out, offset=offset, limit=limit)


@router.post("/{project_id}/predictions", response={202: dict[str, Any]})
def predict_file(
    request: HttpRequest,
    project_id: UUID,
    file: File[UploadedFile | None] = None,
    upload: Form[UUID | None] = None,
    explain: Form[int] = 0,
    predictor: Form[UUID | None] = None,
    rename: Form[str] = "",
) -> Status[dict[str, Any]]:
    """Score a file (multipart `file`, or `upload`, the id of a finished upload) with the champion, or with the `predictor` named.

    `explain`: reasons per row. `rename`: a JSON object {"column of the file": "column of the predictor"} for columns that go
    by other names.
    """
    project = team_project(team(request), project_id)
    chosen = project_predictor(project, predictor) if predictor else None
    prediction = prediction_create(
        by=member(request),
        project=project,
        upload=incoming_file(member(request), file=file, upload=upload),
        explain=explain,
        predictor=chosen,
        rename=rename_read(rename),
        idempotency_key=idempotency_key(request),
    )
    return Status(202, prediction_out(prediction))
