"""A project's data page: what each column tells of the label, its roles, and the version the next run learns from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.accounts.selectors import found
from automl_portal.datasets.answers import TYPES
from automl_portal.datasets.column_page import column_page
from automl_portal.datasets.columns_page import Query
from automl_portal.datasets.data_page import data_page
from automl_portal.datasets.moves import may_change, page_before
from automl_portal.datasets.selectors import dataset_versions
from automl_portal.errors import Problem
from automl_portal.projects.data import project_role, project_version
from automl_portal.projects.models import Project
from automl_portal.projects.selectors import team_project
from automl_portal.projects.setup_form import ROLE_CHOICES
from automl_portal.projects.setup_page import label_findings
from automl_portal.ui.words import word


@require_GET
@member_page()
def data(request: TeamRequest, project_id: UUID) -> HttpResponse:
    project = team_project(request.membership.team, project_id)
    context = {
        **data_page(project.dataset, Query.of(request.GET), ties(project), roles(project)),
        **role_context(project),
        "may_change": may_change(request, project.dataset),
    }
    return render(request, "projects/data.html", context)


@require_GET
@member_page()
def column(request: TeamRequest, project_id: UUID, column_id: str) -> HttpResponse:
    project = team_project(request.membership.team, project_id)
    context = {
        **column_page(project.dataset, column_id, ties(project), roles(project)),
        **role_context(project),
        "label_findings": [finding for finding in label_findings(project) if finding["column_id"] == column_id],
        "type_choices": [(kind, word(kind, "type")) for kind in TYPES],
        "may_change": may_change(request, project.dataset),
    }
    return render(request, "projects/column.html", context)


def ties(project: Project) -> dict[str, dict[str, Any]]:
    """What each column alone tells of the label, by its name; empty until the label was looked at."""
    return {each["column"]: each for each in project.label_report.get("associations", [])}


def roles(project: Project) -> dict[str, str]:
    """The role of every column, the label's included."""
    given = {name: role for role, names in project.roles.items() for name in names}
    return {entry["name"]: given.get(entry["name"], "feature") for entry in project.dataset.columns} | {project.label: "label"}


def role_context(project: Project) -> dict[str, Any]:
    return {
        "project": project,
        "check": project.check_job,
        "role_choices": [(role, word(role, "role")) for role in ROLE_CHOICES],
        "label_findings": label_findings(project),
    }


@require_POST
@member_page(Role.ANALYST)
def column_role(request: TeamRequest, project_id: UUID, column_id: str) -> HttpResponse:
    """Give a column another role; the label is looked at again."""
    project = team_project(request.membership.team, project_id)
    entry = next((each for each in project.dataset.columns if each["id"] == column_id), None)
    try:
        name = entry["name"] if entry else column_id
        project_role(by=request.membership, project=project, column=name, role=request.POST.get("role", ""))
    except Problem as problem:
        messages.error(request, problem.sentence)
    return redirect(page_before(request) or reverse("project_data", args=[project.pk]))


@require_POST
@member_page(Role.ANALYST)
def version(request: TeamRequest, project_id: UUID) -> HttpResponse:
    """Let the next run learn from another version of the data."""
    project = team_project(request.membership.team, project_id)
    chosen = request.POST.get("dataset")
    dataset = found(next((version for version in dataset_versions(project.dataset) if str(version.pk) == chosen), None))
    try:
        project_version(by=request.membership, project=project, dataset=dataset)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The next run learns from version %(n)s of the data.") % {"n": dataset.version})
    return redirect("project_data", project.pk)
