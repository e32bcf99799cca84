"""Bearer tokens, and the member behind a request."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja.security import HttpBearer

from automl_portal.accounts.models import ApiToken, Membership, Scope, Team
from automl_portal.accounts.services import token_use
from automl_portal.errors import Problem

SAFE = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """`Authorization: Bearer aml_...`; a read token may only read."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        found = token_use(token)
        if found is not None and found.scope == Scope.READ and request.method not in SAFE:
            raise Problem("token_read_only", N_("This token may only read; make one with the scope 'Read and write'."), status=403)
        return found


def member(request: HttpRequest) -> Membership:
    """The membership of the token that was used."""
    return cast(ApiToken, request.auth).membership  # type: ignore[attr-defined]


def team(request: HttpRequest) -> Team:
    return member(request).team


def idempotency_key(request: HttpRequest) -> str | None:
    """The Idempotency-Key header, bound to the caller, so that two people's keys never meet."""
    key = request.headers.get("Idempotency-Key", "").strip()
    return f"{member(request).pk}:{key}"[:200] if key else None
