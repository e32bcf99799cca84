from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from automl_portal.processes.health import is_healthy


class Portal(BaseHTTPRequestHandler):
    status, code = "ok", 200
    asked: dict[str, str] = {}

    def do_GET(self) -> None:
        Portal.asked = {"path": self.path, **dict(self.headers.items())}
        body = json.dumps({"status": Portal.status}).encode()
        self.send_response(Portal.code)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Portal.status, Portal.code = "ok", 200
    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_healthy_is_what_the_portal_says(address: str) -> None:
    assert is_healthy(address, {})
    Portal.status, Portal.code = "degraded", 503
    assert not is_healthy(address, {})
    assert is_healthy(address, {}, alone=True)
    Portal.code = 500
    assert not is_healthy(address, {}, alone=True)
    assert not is_healthy("http://127.0.0.1:1", {}, alone=True)


def test_the_request_passes_the_settings_of_a_public_service(address: str) -> None:
    assert is_healthy(address, {"ALLOWED_HOSTS": "*,.automl.example.com", "AUTOML_HTTPS": "True"})
    assert Portal.asked["Host"] == "automl.example.com" and Portal.asked["X-Forwarded-Proto"] == "https"
    assert Portal.asked["path"] == "/api/v1/health"
