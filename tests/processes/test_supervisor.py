from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from automl_portal.processes.child import FIRST_DELAY_S, Child
from automl_portal.processes.config import ROOT
from automl_portal.processes.logs import ProcessLog
from automl_portal.processes.supervisor import Supervisor
from automl_portal.processes.tether import LINUX
from tests.processes.stand_in import CHILDREN, spec

NAMES = (*CHILDREN, "grandchild")


def wait_for(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def read_pid(path: Path) -> int:
    return int(path.read_text() or 0) if path.exists() else 0


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def service(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.processes.stand_in", str(tmp_path)], cwd=ROOT, start_new_session=True)
    assert wait_for(lambda: all(read_pid(tmp_path / f"{name}.pid") for name in NAMES))
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


def pids(folder: Path) -> list[int]:
    return [read_pid(folder / f"{name}.pid") for name in NAMES]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing_behind(service: subprocess.Popen[bytes], tmp_path: Path, number: int) -> None:
    started = pids(tmp_path)
    os.killpg(service.pid, number)  # as a terminal does, and drive.py
    assert service.wait(15) == 0
    assert [pid for pid in started if alive(pid)] == []


def test_a_second_signal_does_not_wait(service: subprocess.Popen[bytes], tmp_path: Path) -> None:
    started = pids(tmp_path)
    service.send_signal(signal.SIGINT)
    time.sleep(0.1)
    service.send_signal(signal.SIGINT)
    assert service.wait(5) == 0
    assert [pid for pid in started if alive(pid)] == []


@pytest.mark.skipif(not LINUX, reason="only Linux can tie a child to its parent")
def test_kill_9_of_the_supervisor_takes_its_children_along(service: subprocess.Popen[bytes], tmp_path: Path) -> None:
    started = [read_pid(tmp_path / f"{name}.pid") for name in CHILDREN]
    grandchild = read_pid(tmp_path / "grandchild.pid")
    service.kill()
    assert wait_for(lambda: not any(alive(pid) for pid in started))
    if alive(grandchild):  # the stand-in does not tie its own child; the fork server does
        os.kill(grandchild, signal.SIGKILL)


def test_a_killed_child_starts_again(service: subprocess.Popen[bytes], tmp_path: Path) -> None:
    first = read_pid(tmp_path / "plain.pid")
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: read_pid(tmp_path / "plain.pid") not in (0, first))
    assert alive(read_pid(tmp_path / "plain.pid"))
    assert "signal 9" in (tmp_path / "plain.log").read_text()


def test_each_early_end_doubles_the_wait(tmp_path: Path) -> None:
    child = Child(spec("short", tmp_path, "pass"), ProcessLog("short", tmp_path))
    child.started = time.monotonic()
    assert [child.delay() for _ in range(8)] == [FIRST_DELAY_S * factor for factor in (1, 2, 4, 8, 16, 32)] + [30, 30]
    child.started -= 3600
    assert child.delay() == FIRST_DELAY_S


def test_a_program_that_is_not_there_is_tried_again_and_logged(tmp_path: Path) -> None:
    missing = spec("missing", tmp_path, "")
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append)
    supervisor.start([type(missing)("missing", (str(tmp_path / "nothing"),), {}, tmp_path)])
    assert not supervisor.run(timeout_s=0.5)
    supervisor.stop()
    assert "cannot be started" in (tmp_path / "missing.log").read_text()


def test_verbose_shows_what_a_child_writes(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append, verbose=True)
    supervisor.start([spec("talker", tmp_path, "print('one'); print('two', end='')")])
    assert supervisor.run(until=lambda: any("ended" in line for line in said), timeout_s=10)
    supervisor.stop()
    assert "    talker | one" in said and "    talker | two" in said
