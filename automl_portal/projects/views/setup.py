"""The set-up page: a new project's and a project's own, with the check of the label and the start of a run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.moves import dataset_url
from automl_portal.datasets.selectors import team_dataset
from automl_portal.errors import Problem
from automl_portal.projects.models import Project
from automl_portal.projects.selectors import team_project
from automl_portal.projects.services import project_change, project_create, project_rename, run_start
from automl_portal.projects.setup import Setup
from automl_portal.projects.setup_form import SetupForm, filled_new, filled_project
from automl_portal.projects.setup_page import read_as, setup_page
from automl_portal.projects.views.new import known_use_case


@require_http_methods(["GET", "POST"])
@member_page(Role.ANALYST)
def setup_new(request: TeamRequest, domain: str, name: str, dataset_id: UUID) -> HttpResponse:
    """The proposed set-up of a project that is not there yet; posting it makes the project."""
    case, dataset = known_use_case(domain, name), team_dataset(request.membership.team, dataset_id)
    if dataset.status != DatasetStatus.READY:
        return redirect(dataset_url(dataset, case.key))
    filled = filled_new(case, dataset, request.POST.get("label"), _read(request))
    form = SetupForm(_data(request, filled), use_case=case, dataset=dataset, filled=filled, name=f"{_(case.title)}: {dataset.name}"[:200])
    if request.POST.get("action") == "save" and form.is_valid():
        try:
            project = project_create(by=request.membership, name=form.cleaned_data["name"], dataset=dataset, setup=form.setup())
        except Problem as problem:
            form.add_problem(problem)
        else:
            return redirect("project_setup", project.pk)
    return _page(request, form, dataset)


@require_http_methods(["GET", "POST"])
@member_page()
def setup(request: TeamRequest, project_id: UUID) -> HttpResponse:
    """A project's set-up; posting stores it, and starts a run when that is the action."""
    project = team_project(request.membership.team, project_id)
    filled = filled_project(project, request.POST.get("label"), _read(request))
    data = _data(request, filled)
    form = SetupForm(data, use_case=project.use_case, dataset=project.dataset, filled=filled, name=project.name)
    if (request.POST.get("action") in ("save", "start") or request.POST.get("exclude")) and form.is_valid():
        try:
            return _stored(request, project, form)
        except Problem as problem:
            form.add_problem(problem)
    return _page(request, form, project.dataset, project)


def _stored(request: TeamRequest, project: Project, form: SetupForm) -> HttpResponse:
    wanted = form.setup()
    name = form.cleaned_data["name"].strip()
    if name and name != project.name:
        project_rename(by=request.membership, project=project, name=name)
    if any(str(getattr(project, key)) != str(value) for key, value in wanted.as_fields().items() if key != "notes"):
        project = project_change(by=request.membership, project=project, setup=wanted)
    if request.POST.get("action") != "start":
        messages.success(request, _("The set-up is stored."))
        return redirect("project_setup", project.pk)
    run = run_start(by=request.membership, project=project)
    return redirect("run_detail", project.pk, run.pk)


def _read(request: TeamRequest) -> dict[str, str]:
    """How the posted form reads its label; nothing when another label was chosen, which is read anew."""
    if request.POST.get("label_shown") != request.POST.get("label"):
        return {}
    kind = request.POST.get("problem_type")
    distribution = {"distribution": request.POST["distribution"]} if kind == "regression" and request.POST.get("distribution") else {}
    return {"problem_type": kind, **distribution} if kind else {}


def _data(request: TeamRequest, filled: Setup) -> Any:
    """The posted fields, mended where another field's change has made them void; None on a first visit."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    column = next(each for each in filled.columns if each["name"] == filled.label)
    classes = {str(item["value"]) for item in column.get("top") or []}
    if data.get("positive_class") not in classes:
        data["positive_class"] = filled.positive_class or ""
    if data.get("label_shown") != filled.label or data.get("read_shown") != read_as(filled):
        data["problem_type"] = filled.problem_type
        data["distribution"] = filled.settings.get("distribution", "normal")
        data["eval_metric"] = filled.settings["eval_metric"]
        data["positive_class"] = filled.positive_class or ""
    if data.get("exclude"):
        data[f"role-{data['exclude']}"] = "exclude"
    return data


def _page(request: TeamRequest, form: SetupForm, dataset: Dataset, project: Project | None = None) -> HttpResponse:
    preview = request.POST.get("action") == "preview"
    context = setup_page(form, dataset, project, show_errors=not preview)
    return render(request, "projects/setup.html", context, status=422 if form.is_bound and form.errors and not preview else 200)
