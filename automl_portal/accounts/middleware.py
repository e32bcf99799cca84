"""Puts the caller's membership on the request, so that every view starts from one team."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from automl_portal.accounts.models import User
from automl_portal.accounts.selectors import membership_of
from automl_portal.errors import Problem


class TeamMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.membership = membership_of(user, request.session.get("team")) if isinstance(user, User) else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.membership is not None:  # type: ignore[attr-defined]
            # What a page shows belongs to one team: no shared cache may keep it.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A Problem that no form caught becomes a page with its sentence."""
        if not isinstance(exception, Problem):
            return None
        return render(request, "problem.html", {"problem": exception}, status=exception.status)
