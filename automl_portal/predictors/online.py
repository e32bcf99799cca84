"""Online prediction: the portal passes rows to the scorer process, which has no database and no secrets."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem
from automl_portal.predictors.models import Predictor
from automl_portal.predictors.selectors import bundle_folder
from automl_portal.predictors.services import MAX_EXPLAIN
from automl_portal.predictors.signing import public_key_hex

MAX_ROWS = 1000
TIMEOUT_S = 120  # the first request loads the predictor


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def rows_predict(*, predictor: Predictor, rows: list[dict[str, Any]], explain: int = 0) -> dict[str, Any]:
    """Score up to 1,000 rows. Raises Problem: too many, a column at fault, or the scorer is away."""
    if not 1 <= len(rows) <= MAX_ROWS:
        raise Problem(
            "rows_out_of_range", N_("Send 1 to %(most)s rows at once; use a batch prediction for more."), params={"most": MAX_ROWS}
        )
    if not 0 <= explain <= MAX_EXPLAIN:
        raise Problem("explain_out_of_range", N_("Ask for 0 to %(most)s reasons per row."), params={"most": MAX_EXPLAIN})
    status, answer = scorer_call(
        {"bundle": str(bundle_folder(predictor)), "public_key": public_key_hex(), "rows": rows, "explain": explain}
    )
    if status >= 500:
        raise scorer_away()
    if status >= 400:
        error = answer.get("error", answer)
        raise Problem(
            error.get("code", "rows_invalid"),
            error.get("message") or error.get("detail", ""),
            params=error.get("params"),
            column=error.get("column"),
            rows=error.get("rows"),
            errors=error.get("errors"),
        )
    return answer


def scorer_call(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    connection = scorer_connection()
    try:
        connection.request("POST", "/predict", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    except (OSError, ValueError, http.client.HTTPException):
        raise scorer_away() from None
    finally:
        connection.close()


def scorer_connection() -> http.client.HTTPConnection:
    """A connection to AUTOML_SCORER: `unix:/a/socket` or `http://host:port`."""
    address = settings.SCORER
    if not address:
        raise scorer_away()
    if address.startswith("unix:"):
        return UnixConnection(address.removeprefix("unix:").removeprefix("//"), TIMEOUT_S)
    parsed = urlparse(address)
    return http.client.HTTPConnection(parsed.hostname or "127.0.0.1", parsed.port, timeout=TIMEOUT_S)


def scorer_away() -> Problem:
    return Problem("scorer_unavailable", N_("Online prediction is starting or not running; try again in a minute."), status=503)
