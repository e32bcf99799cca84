"""/api/v1: thin routers over the same services as the pages, and one shape for every error."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from automl_portal.api import datasets, meta, predictors, projects, runs
from automl_portal.api.auth import TokenAuth
from automl_portal.errors import Problem, problem_response, sentence

log = logging.getLogger(__name__)
api = NinjaAPI(title="Vertical AutoML", version=settings.VERSION, auth=TokenAuth(), urls_namespace="api")
api.add_router("", meta.router)
api.add_router("/datasets", datasets.router)
api.add_router("/projects", projects.router)
api.add_router("/runs", runs.router)
api.add_router("/predictors", predictors.router)
api.add_router("/predictions", predictors.predictions)


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, error: Problem) -> HttpResponse:
    errors = [problem_out(item) for item in error.errors]
    return problem_response(error.status, error.code, error.sentence, errors, column=error.column, rows=error.rows)


def problem_out(item: dict[str, Any]) -> dict[str, Any]:
    """One of several problems, with its sentences in the reader's language; `choices` are the ways out."""
    said = {**item, "message": sentence(item.get("message", ""), item.get("params"))}
    if "choices" in item:
        said["choices"] = [{**choice, "label": sentence(choice["label"])} for choice in item["choices"]]
    return said


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(404, "not_found", _("There is nothing at this address that you may see."))


@api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_response(401, "unauthenticated", _("Send a valid token: Authorization: Bearer aml_..."))


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"code": item["type"], "field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]} for item in error.errors]
    return problem_response(422, "request_invalid", _("The request does not have the form that this address takes."), errors)


@api.exception_handler(DjangoValidationError)
def on_bad_id(request: HttpRequest, error: DjangoValidationError) -> HttpResponse:
    return problem_response(404, "not_found", _("There is nothing at this address that you may see."))


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
def on_bad_form(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_response(400, "request_invalid", _("The request does not have the form that this address takes."))


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(error.status_code, "request_invalid", str(error))


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_response(413, "request_too_large", _("The request is too large; upload a file and use a batch prediction."))


@api.exception_handler(Exception)
def on_any(request: HttpRequest, error: Exception) -> HttpResponse:
    reference = uuid.uuid4().hex[:8]
    log.exception("API error %s", reference)
    detail = _("Something went wrong on our side; nothing was changed. Tell the operator this reference: %(reference)s.")
    return problem_response(500, "internal_error", detail % {"reference": reference})
