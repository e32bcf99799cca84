"""One error with a stable code, a sentence and a pointer: the same on a page and in the API."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _


class Problem(Exception):
    """Something the caller can mend. `message` is a %-template in English, translated when shown.

    `errors` is a list of {code, message, column?, rows?, field?} when there is more than one.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 422,
        params: dict[str, Any] | None = None,
        column: str | None = None,
        rows: list[int] | None = None,
        errors: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status
        self.params, self.column, self.rows, self.errors = params or {}, column, rows, errors or []

    @property
    def sentence(self) -> str:
        return sentence(self.message, self.params)


def sentence(message: str, params: dict[str, Any] | None = None) -> str:
    """The translated sentence of a message template; the template itself when the params do not fit it."""
    text = _(message) if message else ""
    # A reason inside a sentence is a sentence of its own.
    params = {key: _(value) if key in ("why", "reason") and value else value for key, value in (params or {}).items()}
    try:
        return text % params if params else text.replace("%%", "%")
    except (KeyError, TypeError, ValueError):
        return text


def problem_response(status: int, code: str, detail: str, errors: list[dict[str, Any]] | None = None, **more: Any) -> HttpResponse:
    """application/problem+json (RFC 9457) with a stable `code`."""
    titles = {400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 409: "Conflict", 422: "Cannot be used"}
    body = {"type": "about:blank", "title": titles.get(status, "Error"), "status": status, "code": code, "detail": detail}
    body |= {"errors": errors or [], **{key: value for key, value in more.items() if value is not None}}
    return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")
