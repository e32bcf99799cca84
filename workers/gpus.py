"""A GPU for a fit: the slot is leased, its free memory looked at, and the child sees this device and no other."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from automl_portal.jobs.gpus import gpu_claim, gpu_release
from workers.engine.energy import gpu_handle

# A fit's networks are small, the libraries take 0.5 GB; with less than this free somebody else is at work on the device.
LEAST_FREE_MB = 4_000
BUSY, FULL = "busy", "full"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Gpu:
    """`device` as CUDA_VISIBLE_DEVICES names it, empty for none; `missing` says why a machine with GPUs gave none."""

    device: str = ""
    missing: str = ""

    @property
    def env(self) -> dict[str, str]:
        """For the child, before it imports anything: CUDA reads it once, when it is first asked."""
        return {"CUDA_VISIBLE_DEVICES": self.device}

    @property
    def spec(self) -> dict[str, str | int]:
        return {"gpu_count": int(bool(self.device)), "gpu_missing": self.missing}


def devices() -> list[str]:
    """The devices this worker may use. AUTOML_GPUS says how many; CUDA_VISIBLE_DEVICES which, where it is set."""
    wanted = int(os.environ.get("AUTOML_GPUS", "0") or 0)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = [name.strip() for name in visible.split(",") if name.strip() not in ("", "-1")] if visible is not None else None
    return (names if names is not None else [str(number) for number in range(wanted)])[:wanted]


def gpu_take(*, owner: str) -> Gpu:
    """Lease the first device that is free and has memory left. A fit that gets none runs on the processor, and says so."""
    missing = ""
    for device in devices():
        if not gpu_claim(owner=owner, device=device):
            missing = missing or BUSY
            continue
        free = free_mb(device)
        if free is not None and free >= LEAST_FREE_MB:
            return Gpu(device)
        log.warning("GPU %s has %s MB free, a fit wants %s", device, "no" if free is None else round(free), LEAST_FREE_MB)
        gpu_release(owner=owner)
        missing = FULL
    return Gpu(missing=missing)


def free_mb(device: str) -> float | None:
    """Free memory of a device; None when the driver does not answer."""
    import pynvml  # type: ignore[import-untyped]

    try:
        pynvml.nvmlInit()
        try:
            return float(pynvml.nvmlDeviceGetMemoryInfo(gpu_handle(device)).free) / 1024**2
        finally:
            pynvml.nvmlShutdown()
    except (pynvml.NVMLError, ValueError):
        return None
