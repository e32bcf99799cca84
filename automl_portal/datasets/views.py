"""Pages for datasets: upload, list, the data page, cancel and delete."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.datasets.columns_page import Query
from automl_portal.datasets.data_page import data_page
from automl_portal.datasets.models import DatasetStatus
from automl_portal.datasets.moves import dataset_url, may_change, page_before, upload_refused, upload_taken
from automl_portal.datasets.selectors import datasets_named, newest_versions, team_dataset, team_datasets
from automl_portal.datasets.services import dataset_cancel, dataset_delete, dataset_find_or_create
from automl_portal.errors import Problem
from automl_portal.uploads.selectors import incoming_file
from domains.registry import use_cases


@require_GET
@member_page()
def dataset_list(request: TeamRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    datasets = datasets_named(newest_versions(team_datasets(request.membership.team)), query)
    waiting = sum(dataset.status == DatasetStatus.NEEDS_ANSWERS for dataset in datasets)
    return render(request, "datasets/list.html", {"datasets": datasets, "query": query, "waiting": waiting})


@require_POST
@member_page(Role.ANALYST)
def dataset_upload(request: TeamRequest) -> HttpResponse:
    """Make a dataset of the posted file, or of a finished upload. A script asks for JSON and gets {location}; a plain form is redirected."""
    try:
        upload = incoming_file(request.membership, file=request.FILES.get("file"), upload=request.POST.get("upload"))
        dataset, created = dataset_find_or_create(by=request.membership, upload=upload)
    except Problem as problem:
        return upload_refused(request, problem)
    if not created:
        messages.info(request, _("This file is here already, as the dataset %(name)s.") % {"name": dataset.name})
    location = dataset_url(dataset, request.POST.get("use_case", ""))
    return upload_taken(request, location)


@require_GET
@member_page()
def dataset_detail(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    dataset = team_dataset(request.membership.team, dataset_id)
    key = request.GET.get("use_case", "")
    use_case = use_cases().get(key)
    context: dict[str, Any] = {
        **data_page(dataset, Query.of(request.GET)),
        "use_case": use_case,
        "use_case_name": key.rpartition("/")[2],
        "may_change": may_change(request, dataset),
    }
    return render(request, "datasets/detail.html", context)


@require_POST
@member_page(Role.ANALYST)
def dataset_stop(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """Cancel the import of a dataset."""
    dataset = team_dataset(request.membership.team, dataset_id)
    try:
        dataset_cancel(by=request.membership, dataset=dataset)
    except Problem as problem:
        messages.error(request, problem.sentence)
    return redirect(page_before(request) or dataset_url(dataset))


@require_POST
@member_page(Role.ANALYST)
def dataset_remove(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """Delete a dataset when its name was typed."""
    dataset = team_dataset(request.membership.team, dataset_id)
    if request.POST.get("confirm", "").strip() != dataset.name.strip():
        messages.error(request, _("Nothing was changed: what was typed is not %(expected)s.") % {"expected": dataset.name})
        return redirect(dataset_url(dataset))
    try:
        dataset_delete(by=request.membership, dataset=dataset)
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect(dataset_url(dataset))
    messages.success(request, _("The dataset %(name)s is deleted.") % {"name": dataset.name})
    return redirect("dataset_list")
