"""The pages of 400, 403, 404 and 500: what happened, what it means, and a reference to find it in the log."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    reference = uuid.uuid4().hex[:8]
    log.log(
        logging.ERROR if status >= 500 else logging.INFO, "page %s for %s %s, reference %s", status, request.method, request.path, reference
    )
    context: dict[str, Any] = {"reference": reference}
    return render(request, f"{status}.html", context, status=status)
