"""Pages for the versions of a dataset: add data, compare two, take an older one again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.datasets.diff import version_diff
from automl_portal.datasets.moves import dataset_url, upload_refused, upload_taken
from automl_portal.datasets.selectors import dataset_versions, team_dataset, version_before
from automl_portal.datasets.versions import dataset_extend, version_restore
from automl_portal.datasets.versions_page import diff_page
from automl_portal.errors import Problem
from automl_portal.uploads.selectors import incoming_file


@require_POST
@member_page(Role.ANALYST)
def version_add(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """Keep the posted file as a new version: its rows after the old ones, or in their place."""
    dataset = team_dataset(request.membership.team, dataset_id)
    try:
        upload = incoming_file(request.membership, file=request.FILES.get("file"), upload=request.POST.get("upload"))
        version = dataset_extend(by=request.membership, dataset=dataset, upload=upload, mode=request.POST.get("mode", ""))
    except Problem as problem:
        return upload_refused(request, problem)
    return upload_taken(request, dataset_url(version))


@require_POST
@member_page(Role.ANALYST)
def version_again(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """Make an older version the newest."""
    dataset = team_dataset(request.membership.team, dataset_id)
    return redirect(dataset_url(version_restore(by=request.membership, version=dataset)))


@require_GET
@member_page()
def version_compare(request: TeamRequest, dataset_id: UUID) -> HttpResponse:
    """What differs from the version before, or from the one that ?against= names."""
    team = request.membership.team
    new = team_dataset(team, dataset_id)
    versions = list(dataset_versions(new))
    against = request.GET.get("against", "")
    old = next((version for version in versions if str(version.pk) == against), None) or version_before(new)
    context = {**diff_page(version_diff(old, new)), "dataset": new, "old": old, "versions": versions}
    return render(request, "datasets/diff.html", context)
