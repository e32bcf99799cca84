"""Asks the portal how it is. `python -m automl_portal.processes.health` is the health check of the portal's container."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

TIMEOUT_S = 2.0
# No proxy: the address is this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_healthy(address: str, env: Mapping[str, str], *, alone: bool = False) -> bool:
    """True when the portal says that it and every queue work; `alone`: when the portal itself answers."""
    try:
        with _OPENER.open(_request(address, env), timeout=TIMEOUT_S) as answer:
            return alone or json.load(answer).get("status") == "ok"
    except urllib.error.HTTPError as error:  # it answers, and says what is missing
        return alone and error.code == 503
    except (OSError, ValueError):
        return False


def _request(address: str, env: Mapping[str, str]) -> urllib.request.Request:
    """Looks like one that came through the proxy that the portal is set up for; it would be refused or redirected otherwise."""
    request = urllib.request.Request(f"{address}/api/v1/health")
    hosts = [host.strip().lstrip(".") for host in env.get("ALLOWED_HOSTS", "").split(",") if host.strip() not in ("", "*")]
    if hosts:
        request.add_header("Host", hosts[0])
    if env.get("AUTOML_HTTPS") == "True":
        request.add_header("X-Forwarded-Proto", "https")
    return request


if __name__ == "__main__":
    sys.exit(0 if is_healthy(f"http://127.0.0.1:{os.environ.get('PORT') or 8000}", os.environ, alone=True) else 1)
