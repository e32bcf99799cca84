"""Where a reader of the data pages may go and what they may do there."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from automl_portal.accounts.access import TeamRequest
from automl_portal.accounts.models import Role
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.errors import Problem


def may_change(request: TeamRequest, dataset: Dataset) -> bool:
    """Analysts decide about a dataset whenever it is not being read."""
    return dataset.status != DatasetStatus.IMPORTING and request.membership.may(Role.ANALYST)


def dataset_url(dataset: Dataset, use_case: str = "") -> str:
    """The dataset's page; it keeps the use case that the file is meant for."""
    query = f"?{urlencode({'use_case': use_case})}" if use_case else ""
    return reverse("dataset_detail", args=[dataset.pk]) + query


def page_before(request: TeamRequest) -> str:
    """The page that the form was on, when it is one of ours; "" otherwise."""
    target = request.POST.get("back", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""


def onward(request: TeamRequest, dataset: Dataset, result: Dataset) -> HttpResponse:
    """Back to the page; to the new version when one was made, unless the page is a project's, which keeps its own."""
    before = page_before(request)
    if result == dataset:
        return redirect(before or dataset_url(dataset))
    if before.startswith("/projects/"):
        said = _("Version %(n)s is being read. This project keeps version %(old)s until you choose the new one.")
        messages.info(request, said % {"n": result.version, "old": dataset.version})
        return redirect(before)
    messages.info(
        request, _("Version %(old)s is in use and stays as it is; this is version %(n)s.") % {"n": result.version, "old": dataset.version}
    )
    return redirect(dataset_url(result))


def upload_taken(request: TeamRequest, location: str) -> HttpResponse:
    """The answer to an upload that became something: a script asks for JSON and gets {location}; a plain form is redirected."""
    return JsonResponse({"location": location}, status=201) if wants_json(request) else redirect(location)


def upload_refused(request: TeamRequest, problem: Problem) -> HttpResponse:
    """The answer to an upload that did not: {code, detail} for a script, the page with the sentence for a plain form."""
    if wants_json(request):
        return JsonResponse({"code": problem.code, "detail": problem.sentence}, status=problem.status)
    messages.error(request, problem.sentence)
    return redirect(page_before(request) or "dataset_list")


def wants_json(request: TeamRequest) -> bool:
    return request.headers.get("Accept") == "application/json"
