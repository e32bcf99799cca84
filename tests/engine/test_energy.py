"""Energy without a network, a thread or a file; on a machine without a GPU its part is not known rather than nought."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from workers.engine import energy
from workers.engine.energy import RATED, TYPICAL, Power, Usage, gpu_joules, grid_grams, power

ROOT = Path(__file__).resolve().parents[2]
WATCHED = """
import json, os, socket, sys
def refuse(*args): raise OSError("no network here")
socket.socket.connect = refuse
before = set(os.listdir("."))
from workers.engine.energy import Usage
usage = Usage()
total = sum(i * i for i in range(2_000_000))
found = usage.energy("DEU")
print(json.dumps({"energy": found, "threads": len(os.listdir("/proc/self/task")), "files": sorted(set(os.listdir(".")) - before)}))
"""


@pytest.fixture(autouse=True)
def forgotten() -> None:
    power.cache_clear()


def burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_no_network_no_thread_no_file_no_noise(tmp_path: Path) -> None:
    # OPENBLAS starts its pool when numpy is imported; the engine's processes say so too (preload.ENVIRONMENT).
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    done = subprocess.run([sys.executable, "-c", WATCHED], cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["threads"], told["files"], done.stderr) == (1, [], "")
    found = told["energy"]
    assert 0 < found["low_wh"] < found["wh"] < found["high_wh"] and found["gpu_wh"] is None
    assert found["co2_g"] == pytest.approx(found["wh"] / 1000 * found["grams_per_kwh"], abs=1e-6)


def test_twice_the_work_takes_about_twice_the_energy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(energy, "power", lambda: Power(36.0, RATED, "x"))
    usage = Usage()
    burn(0.2)
    first = usage.energy_wh()
    burn(0.2)
    assert first == pytest.approx(0.2 * 36 / 3600, rel=0.3) and usage.energy_wh() / first == pytest.approx(2, rel=0.3)


@pytest.mark.parametrize(
    ("model", "threads", "method", "watts"),
    [
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", 64, RATED, 300 / 64),
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", 2, TYPICAL, 4.0),  # a small share of it, in a virtual machine
        ("A processor nobody has heard of", 8, TYPICAL, 4.0),
        ("", 8, TYPICAL, 4.0),
    ],
)
def test_the_watts_come_from_the_table_where_they_can(
    model: str, threads: int, method: str, watts: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy, "processor", lambda: (model, threads))
    assert power().method == method
    assert power().watts == pytest.approx(watts, abs=0.01)


def test_without_a_country_there_is_no_carbon_figure() -> None:
    assert Usage().energy()["co2_g"] is None and grid_grams("XXX") is None
    assert grid_grams("deu") == pytest.approx(381, abs=1)


def test_without_a_gpu_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpu_joules() is None
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "63")  # a slot whose device is not there
    assert gpu_joules() is None


def test_a_gpu_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """No GPU is needed: NVML is replaced. Device 1 counts 7.2 kJ while we watch, device 0 belongs to somebody else."""
    counters = {0: [0, 999_000_000], 1: [5_000_000, 12_200_000]}
    pynvml = SimpleNamespace(
        NVMLError=RuntimeError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetTotalEnergyConsumption=lambda handle: counters[handle].pop(0),
    )
    monkeypatch.setitem(sys.modules, "pynvml", pynvml)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert Usage().energy()["gpu_wh"] == pytest.approx(2.0)
