"""What an analyst decides on the data page: answers, types; and what can be looked at closely: a column, the rows set aside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.datasets.answers import TYPES, dataset_answer, dataset_read_again, dataset_take_back, dataset_types
from automl_portal.datasets.codes import codes_page
from automl_portal.datasets.column_page import column_page
from automl_portal.datasets.models import Dataset
from automl_portal.datasets.moves import dataset_url, may_change, onward, page_before
from automl_portal.datasets.selectors import team_dataset
from automl_portal.datasets.set_aside import set_aside_file
from automl_portal.errors import Problem
from automl_portal.ui.words import word


@require_POST
@member_page(Role.ANALYST)
def dataset_answers(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """Store the chosen answers, take the recommended ones, or take one back; each has its own button."""
    dataset = team_dataset(request.membership.team, dataset_id)
    try:
        if key := request.POST.get("undo"):
            result = dataset_take_back(by=request.membership, dataset=dataset, keys=[key])
        else:
            answers = recommended(dataset) if "recommended" in request.POST else changed_answers(request, dataset)
            if not answers:
                messages.info(request, _("Nothing was changed: these are the answers that the data was read with."))
                return redirect(page_before(request) or "dataset_list")
            result = dataset_answer(by=request.membership, dataset=dataset, answers=answers)
    except Problem as problem:
        messages.error(request, problem.sentence)
        result = dataset
    return onward(request, dataset, result)


@require_POST
@member_page(Role.ANALYST)
def dataset_again(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """Start an import anew that was canceled or broke off."""
    dataset = team_dataset(request.membership.team, dataset_id)
    try:
        dataset = dataset_read_again(by=request.membership, dataset=dataset)
    except Problem as problem:
        messages.error(request, problem.sentence)
    return redirect(dataset_url(dataset))


def recommended(dataset: Dataset) -> dict[str, Any]:
    """The first choice of every open question."""
    return {str(finding.pk): finding.choices[0]["value"] for finding in dataset.findings.all() if finding.is_open and finding.choices}


def changed_answers(request: TeamRequest, dataset: Dataset) -> dict[str, Any]:
    """What the form says otherwise than the dataset: the fields are finding-<id> and reason-<id>."""
    answers = {}
    for finding in dataset.findings.all():
        choice = request.POST.get(f"finding-{finding.pk}")
        reason = request.POST.get(f"reason-{finding.pk}", "").strip()
        offered = finding.choice(choice) if choice else None
        reason = reason if offered and offered.get("needs_reason") else ""
        if choice and (choice, reason) != (finding.answer, finding.reason):
            answers[str(finding.pk)] = {"choice": choice, "reason": reason}
    return answers


@require_POST
@member_page(Role.ANALYST)
def column_type(request: TeamRequest, dataset_id: UUID, column_id: str) -> HttpResponse:
    """Read one column as another type; an empty one gives it back to what the file says."""
    dataset = team_dataset(request.membership.team, dataset_id)
    column = next((each for each in dataset.columns if each["id"] == column_id), None)
    result = dataset
    try:
        name = column["name"] if column else column_id
        result = dataset_types(by=request.membership, dataset=dataset, types={name: request.POST.get("type") or None})
    except Problem as problem:
        messages.error(request, problem.sentence)
    return onward(request, dataset, result)


@require_GET
@member_page()
def column_detail(request: TeamRequest, dataset_id: UUID, column_id: str) -> HttpResponse:
    dataset = team_dataset(request.membership.team, dataset_id)
    context = {
        **column_page(dataset, column_id, {}, {}),
        "type_choices": [(kind, word(kind, "type")) for kind in TYPES],
        "may_change": may_change(request, dataset),
    }
    return render(request, "datasets/column.html", context)


@require_GET
@member_page()
def dataset_set_aside(request: TeamRequest, dataset_id: UUID) -> HttpResponseBase:
    """The rows that were not used, as CSV."""
    return set_aside_file(request, team_dataset(request.membership.team, dataset_id))


@require_GET
@member_page()
def codes(request: TeamRequest) -> HttpResponse:
    """What every code means, and the way out."""
    return render(request, "datasets/codes.html", codes_page())
