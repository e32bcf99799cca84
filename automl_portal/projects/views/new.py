"""New project: the gallery of use cases, then the file it starts from."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.accounts.selectors import found
from automl_portal.datasets.models import DatasetStatus
from automl_portal.datasets.moves import dataset_url
from automl_portal.datasets.selectors import newest_versions, team_dataset, team_datasets
from automl_portal.datasets.services import dataset_create
from automl_portal.projects.setup_form import label_guess
from domains import registry
from domains.schema import UseCase
from domains.validation import guess_roles

CHOICES = 12


@require_GET
@member_page()
def gallery(request: TeamRequest) -> HttpResponse:
    """Use cases by domain. With ?dataset= the ones that find their label in that file come first."""
    context: dict[str, Any] = {"suggested": []}
    if request.GET.get("dataset"):
        dataset = team_dataset(request.membership.team, request.GET["dataset"])
        context |= {"dataset": dataset, "suggested": suggested(dataset.columns)}
    return render(request, "projects/gallery.html", {**context, "domains": by_domain(without=context["suggested"])})


def by_domain(without: list[UseCase]) -> list[dict[str, Any]]:
    """Every domain with its use cases, those shown already and domains left empty by that taken out."""
    cases = [case for case in registry.use_cases().values() if case not in without]
    found = [{"domain": domain, "cases": [case for case in cases if case.domain == key]} for key, domain in registry.domains().items()]
    return [entry for entry in found if entry["cases"]]


def suggested(columns: list[dict[str, Any]]) -> list[UseCase]:
    """The use cases that find their label among these columns, the ones that know most of the other columns first."""
    fitting = [case for case in registry.use_cases().values() if label_guess(case, columns)]
    return sorted(fitting, key=lambda case: -len(guess_roles(case, columns)))[:2]


@require_GET
@member_page(Role.ANALYST)
def use_case_start(request: TeamRequest, domain: str, name: str) -> HttpResponse:
    """Upload a file, take the sample, or choose a dataset that is here already."""
    case = known_use_case(domain, name)
    datasets = [each for each in newest_versions(team_datasets(request.membership.team))[:CHOICES] if each.status != DatasetStatus.REJECTED]
    return render(request, "projects/start.html", {"case": case, "datasets": datasets})


@require_POST
@member_page(Role.ANALYST)
def use_case_sample(request: TeamRequest, domain: str, name: str) -> HttpResponse:
    """Import the use case's own sample file."""
    case = known_use_case(domain, name)
    path = registry.folder(case.key) / case.sample.file
    with path.open("rb") as file:
        upload = UploadedFile(file=file, name=f"{name}_sample.csv", size=path.stat().st_size)
        dataset = dataset_create(by=request.membership, upload=upload)
    return redirect(dataset_url(dataset, case.key))


def known_use_case(domain: str, name: str) -> UseCase:
    """The use case of an address. Raises Http404 when there is none."""
    try:
        return found(registry.use_case(f"{domain}/{name}"))
    except registry.UnknownUseCase:
        raise Http404 from None
