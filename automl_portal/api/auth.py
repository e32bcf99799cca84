"""Bearer tokens, and the member behind a request."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from automl_portal.accounts.access import token_allowed
from automl_portal.accounts.models import ApiToken, Membership, Team


class TokenAuth(HttpBearer):
    """`Authorization: Bearer aml_...`; a read token may only read."""

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        return token_allowed(token, request.method)


def member(request: HttpRequest) -> Membership:
    """The membership of the token that was used."""
    return cast(ApiToken, request.auth).membership  # type: ignore[attr-defined]


def team(request: HttpRequest) -> Team:
    return member(request).team


def idempotency_key(request: HttpRequest) -> str | None:
    """The Idempotency-Key header, bound to the caller, so that two people's keys never meet."""
    key = request.headers.get("Idempotency-Key", "").strip()
    return f"{member(request).pk}:{key}"[:200] if key else None
