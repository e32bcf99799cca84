from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from automl_portal.processes import config as settings
from automl_portal.processes.config import ROOT, StartError
from automl_portal.processes.lock import lock


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "http", "PORT must be a number from 1 to 65535, not 'http'."),
        ("PORT", "70000", "PORT must be a number from 1 to 65535, not '70000'."),
        ("DATABASE_URL", "mysql://db", "DATABASE_URL must start with postgres:// or postgresql:// or sqlite://."),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must start with redis://"),
        ("STORAGE_URL", "/data", "STORAGE_URL must start with file://"),
        ("AUTOML_ADMIN_EMAIL", "alice", "AUTOML_ADMIN_EMAIL is 'alice', which is not an e-mail address."),
        ("AUTOML_DATA_DIR", "/" + "long" * 30, "set AUTOML_RUN_DIR to a short one"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str, sentence: str) -> None:
    with pytest.raises(StartError) as error:
        settings.read_config({name: value})
    assert sentence in str(error.value)


def test_defaults() -> None:
    config = settings.read_config({})
    assert (config.data_dir, config.address, config.redis_url) == (ROOT / "var", "http://127.0.0.1:8000", None)
    assert settings.read_config({"AUTOML_HOST": "0.0.0.0", "PORT": "81"}).address == "http://127.0.0.1:81"


def start(**env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "automl_portal.processes", "--check"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=60)


def test_a_port_in_use_ends_with_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(PORT=str(port), AUTOML_DATA_DIR=str(tmp_path / "d"), AUTOML_RUN_DIR=str(tmp_path / "r"))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"The service did not start. Port {port} is in use by another program. Stop it, or choose another port: PORT={port + 1} ./bin/run"
    )


def test_a_folder_that_cannot_be_made_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = start(AUTOML_DATA_DIR=str(tmp_path / "file" / "data"), AUTOML_RUN_DIR=str(tmp_path / "r"))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "cannot be written: Not a directory" in done.stderr


def test_a_full_disk_ends_with_a_sentence(tmp_path: Path) -> None:
    config = settings.read_config({"AUTOML_DATA_DIR": str(tmp_path), "AUTOML_RUN_DIR": str(tmp_path / "run")})
    settings.make_folders(config)
    with pytest.raises(StartError, match="MB free; the service needs"):
        settings.make_folders(config, min_free_mb=10**9)


def test_two_services_on_one_folder_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "data" / "run" / "supervisor.lock"
    path.parent.mkdir(parents=True)
    with lock(path), pytest.raises(StartError, match=rf"already running on {tmp_path / 'data'} \(process {os.getpid()}\)"):
        lock(path)
    lock(path).close()  # free again, though the file is still there


def test_gpus_are_those_the_service_may_see() -> None:
    assert settings.gpu_count({"CUDA_VISIBLE_DEVICES": ""}) == 0
    assert settings.gpu_count({"CUDA_VISIBLE_DEVICES": "-1"}) == 0
    assert settings.gpu_count({"CUDA_VISIBLE_DEVICES": "0,GPU-8f2a"}) == 2
