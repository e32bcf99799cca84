"""Which GPU a fit gets, on machines with none, one and several. No GPU is needed: the driver's answers are replaced."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from automl_portal.jobs.models import GpuSlot
from automl_portal.jobs.ownership import owner_name
from workers import gpus
from workers.gpus import BUSY, FULL, Gpu, devices, gpu_take


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> dict[str, float | None]:
    free: dict[str, float | None] = {"0": 70_000.0, "1": 70_000.0}
    monkeypatch.setenv("AUTOML_GPUS", "2")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(gpus, "free_mb", lambda device: free[device])
    return free


@pytest.mark.parametrize(
    ("count", "visible", "expected"),
    [
        ("", None, []),
        ("0", "0,1", []),
        ("2", None, ["0", "1"]),
        ("2", "3,GPU-8f2a", ["3", "GPU-8f2a"]),
        ("1", "3,4", ["3"]),
        ("1", "-1", []),
    ],
)
def test_the_devices_are_those_the_operator_gave(
    count: str, visible: str | None, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOML_GPUS", count)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert devices() == expected


def test_a_machine_without_a_gpu_hides_them_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOML_GPUS", "0")
    gpu = gpu_take(owner="x")
    assert gpu == Gpu() and gpu.env == {"CUDA_VISIBLE_DEVICES": ""} and gpu.spec == {"gpu_count": 0, "gpu_missing": ""}


@pytest.mark.django_db
def test_two_fits_get_two_devices_and_the_third_the_processor(two_gpus: dict[str, float | None]) -> None:
    first, second, third = (gpu_take(owner=owner_name()) for _ in range(3))
    assert (first.device, second.device) == ("0", "1")
    assert first.env == {"CUDA_VISIBLE_DEVICES": "0"} and first.spec == {"gpu_count": 1, "gpu_missing": ""}
    assert third == Gpu(missing=BUSY) and third.env == {"CUDA_VISIBLE_DEVICES": ""}


@pytest.mark.django_db
def test_a_device_that_somebody_else_fills_is_passed_over_and_given_back(two_gpus: dict[str, float | None]) -> None:
    two_gpus["0"] = 900.0
    assert gpu_take(owner=owner_name()).device == "1"
    assert GpuSlot.objects.get(device="0").owner == ""
    two_gpus["1"] = None  # its driver does not answer
    GpuSlot.objects.update(owner="")
    assert gpu_take(owner=owner_name()) == Gpu(missing=FULL)


def test_a_driver_that_does_not_answer_has_no_memory_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RuntimeError("NVML shared library not found")

    monkeypatch.setitem(sys.modules, "pynvml", SimpleNamespace(NVMLError=RuntimeError, nvmlInit=refuse))
    assert gpus.free_mb("0") is None


def test_the_free_memory_is_that_of_the_named_device(monkeypatch: pytest.MonkeyPatch) -> None:
    pynvml = SimpleNamespace(
        NVMLError=RuntimeError,
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetHandleByUUID=lambda name: name,
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(free={"GPU-8f2a": 8 * 1024**3}[handle]),
    )
    monkeypatch.setitem(sys.modules, "pynvml", pynvml)
    assert gpus.free_mb("GPU-8f2a") == 8192
