"""Engine processes start clean, say how they ended, and are gone when asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.engine.fitting import wait
from workers.engine.__main__ import main, run
from workers.engine.events import EventLog, Refused, plain, write_json
from workers.engine.launch import ROOT, child_environment, launch


def test_a_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "s")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    environment = child_environment({"EXTRA": "1"})
    assert not {"SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"} & set(environment)
    assert environment["EXTRA"] == "1" and environment["HF_HUB_OFFLINE"] == "1"


def test_a_failed_child_leaves_its_traceback_in_the_log(tmp_path: Path) -> None:
    assert wait(launch("fit", tmp_path), 60) == 1
    assert "spec.json" in (tmp_path / "engine.log").read_text()
    assert not (tmp_path / "result.json").exists()


def test_without_a_server_a_plain_process_does_the_work(tmp_path: Path) -> None:
    child = launch("fit", tmp_path, socket=tmp_path / "nobody")
    assert wait(child, 60) == 1


def test_a_killed_child_is_reported_with_its_signal(tmp_path: Path) -> None:
    child = launch("fit", tmp_path)
    child.kill()
    assert wait(child, 10) == -signal.SIGKILL


def test_a_refusal_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(job_dir: Path) -> dict[str, object]:
        raise Refused("no_rows", "The file has %(rows)s rows.", {"rows": 0}, column="a")

    monkeypatch.setattr("workers.engine.__main__._function", lambda verb: refuse)
    monkeypatch.setattr("signal.signal", lambda *arguments: None)
    assert run("fit", tmp_path) == 2
    error = json.loads((tmp_path / "result.json").read_text())["error"]
    said = {"code": "no_rows", "message": "The file has %(rows)s rows.", "params": {"rows": 0}, "column": "a", "rows": None}
    assert error == {**said, "key": "no_rows", "choices": [], "examples": []}


def test_an_unknown_verb_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dance", "/tmp"]) == 64
    assert "usage" in capsys.readouterr().err


def test_events_are_whole_lines_of_strict_json(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    log.phase("check", 0.0, 12.5, "Checking %(what)s", what="it")
    log.model({"model": "a", "score_val": float("nan")})
    log.close()
    first, second = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert first["phase"] == "check" and first["params"] == {"what": "it"} and first["t"] > 1e9
    assert second["type"] == "model" and second["score_val"] is None
    assert plain({"a": (1, float("inf"))}) == {"a": [1, None]}
    write_json(tmp_path / "x.json", {"a": 1})
    assert not (tmp_path / "x.json.part").exists()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, psutil.Process]]:
    folder = tmp_path_factory.mktemp("fs")
    process = subprocess.Popen([sys.executable, "-m", "workers.engine.forkserver", str(folder / "s")], cwd=ROOT)
    ends_at = time.monotonic() + 120
    while not (folder / "s").exists():
        assert process.poll() is None and time.monotonic() < ends_at
        time.sleep(0.05)
    yield folder / "s", psutil.Process(process.pid)
    process.terminate()
    process.wait(10)


@pytest.mark.fit
def test_forks_compute_side_by_side_and_the_server_stays_single(server: tuple[Path, psutil.Process], tmp_path: Path) -> None:
    socket, process = server
    children = []
    for number in range(4):
        (tmp_path / str(number)).mkdir()
        children.append(launch("probe", tmp_path / str(number), env={"OMP_NUM_THREADS": "2"}, socket=socket))
    assert [wait(child, 60) for child in children] == [0] * 4
    assert process.num_threads() == 1 and not process.children()


@pytest.mark.fit
def test_a_child_dies_with_the_one_who_asked_for_it(server: tuple[Path, psutil.Process], tmp_path: Path) -> None:
    socket, process = server
    script = (
        "import sys, time, os; from pathlib import Path; from workers.engine.launch import launch;"
        "child = launch('probe', Path(sys.argv[1]), env={}, socket=Path(sys.argv[2])); print(child.pid, flush=True); time.sleep(60)"
    )
    asker = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(socket)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    pid = int(asker.stdout.readline())
    os.kill(pid, signal.SIGSTOP)
    asker.kill()
    asker.wait()
    asker.stdout.close()
    ends_at = time.monotonic() + 5
    while psutil.pid_exists(pid):
        assert time.monotonic() < ends_at
        time.sleep(0.05)
    assert process.is_running()


@pytest.mark.fit
def test_kill_and_terminate_reach_a_fork(server: tuple[Path, psutil.Process], tmp_path: Path) -> None:
    socket, _ = server
    child = launch("probe", tmp_path, env={}, socket=socket)
    child.kill()
    assert wait(child, 10) == -signal.SIGKILL
