"""The supervisor's own command, with stand-ins for the processes of the service."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from automl_portal.processes import __main__ as command
from automl_portal.processes.broker import free_port
from automl_portal.processes.child import Spec
from automl_portal.processes.config import Config

Start = Callable[..., int]
SERVER = """
import http.server, sys
class Portal(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'{"status": "ok"}')
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Portal).serve_forever()
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Runs the command with --check; `broken` names a process that ends at once."""
    monkeypatch.setenv("AUTOML_DATA_DIR", str(tmp_path / "d"))
    monkeypatch.setenv("AUTOML_RUN_DIR", str(tmp_path / "r"))
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setattr("automl_portal.processes.child.FIRST_DELAY_S", 0.01)
    monkeypatch.setattr("automl_portal.processes.supervisor.Supervisor.listen", lambda self: None)

    def run(broken: str = "") -> int:
        def specs(config: Config, *_: object) -> Sequence[Spec]:
            code = {"portal": SERVER, "fit": "import time; time.sleep(600)"}
            code |= {broken: "raise SystemExit('no such luck')"} if broken else {}
            argv = [(name, (sys.executable, "-c", text, str(config.port))) for name, text in code.items()]
            return [Spec(name, arguments, dict(os.environ), tmp_path, grace_s=1) for name, arguments in argv]

        monkeypatch.setattr(command, "process_specs", specs)
        return command.main(["--check"])

    return run


def test_check_starts_and_stops_everything(start: Start, capfd: pytest.CaptureFixture[str]) -> None:
    assert start() == 0
    shown = capfd.readouterr().out.splitlines()
    assert shown[0].startswith("First sign-in: owner@example.com / ") and shown[-1] == "Everything is healthy."


def test_a_process_that_keeps_ending_fails_the_check_with_its_last_words(start: Start, capfd: pytest.CaptureFixture[str]) -> None:
    assert start("fit") == 1
    error = capfd.readouterr().err
    assert "The service did not start. A process keeps ending.\nfit: no such luck (log: " in error


def test_a_setting_that_django_refuses_is_shown_as_its_sentence(
    start: Start, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", "short")
    assert start() == 1
    error = capfd.readouterr().err
    assert error.startswith("The service did not start. SECRET_KEY is shorter than 32 characters") and "Traceback" not in error
