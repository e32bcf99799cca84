"""The energy a fit takes: processor seconds times watts, and what the GPU counts itself.

The watts of a processor and the carbon of a country's grid come from codecarbon's tables, which need no network, no root, no file and
no thread. Its tracker is left out: measured on 2 cores it takes 2.6 s to start, starts four threads (after which no process may fork),
counts the whole machine's memory against each of its runs, and arrives at the processor the same way as here, by sampling the load.
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

# A processor's rated watts over its threads are 2 to 9 W from laptop to server. More means that a virtual machine shows us two
# threads of a large processor, and then the rating says nothing about our share of it.
MOST_WATTS_PER_THREAD = 10.0
# Idle parts, memory, the power supply and cooling are not in it, and a thread that waits for memory takes less than its share.
UNCERTAINTY = 2.0
RATED, TYPICAL = "rated", "typical"


@dataclass(frozen=True)
class Power:
    """Watts of one busy hardware thread. `method`: "rated" from this processor's table entry, or "typical" of any."""

    watts: float
    method: str
    processor: str


@cache
def power() -> Power:
    """This machine's. The first call reads a table of 5,000 processors: 20 ms."""
    from codecarbon.core.cpu import DEFAULT_POWER_PER_CORE

    name, threads = processor()
    rated = _rated_watts(name)
    if rated and rated / threads <= MOST_WATTS_PER_THREAD:
        return Power(round(rated / threads, 2), RATED, name)
    return Power(float(DEFAULT_POWER_PER_CORE), TYPICAL, name)


def _rated_watts(name: str) -> float | None:
    from codecarbon.core.cpu import TDP

    lookup = TDP.__new__(TDP)  # its constructor asks the machine for its name with several processes, which takes seconds
    watts = lookup._get_cpu_power_from_registry(name) if name else None
    return float(watts) if watts else None


def processor() -> tuple[str, int]:
    """Name and threads of the first processor; ("", all threads) where the system does not tell."""
    name, threads = "", os.cpu_count() or 1
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and not name:
                name = value.strip()
            if key.strip() == "siblings":
                threads = int(value)
                break
    except (OSError, ValueError):
        pass
    return name, max(1, threads)


def cpu_seconds() -> float:
    """Processor time of this process and the children it has waited for."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in usage)


def gpu_joules() -> float | None:
    """What the GPUs this process may use have counted since their driver was loaded; None without one that counts.

    NVML knows all devices of the machine and does not heed CUDA_VISIBLE_DEVICES, which we set to one of them.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    if not visible:
        return None
    import pynvml  # type: ignore[import-untyped]

    try:
        pynvml.nvmlInit()
        try:
            handles = [gpu_handle(device) for device in visible.split(",")]
            return sum(float(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)) for handle in handles) / 1000
        finally:
            pynvml.nvmlShutdown()
    except (pynvml.NVMLError, ValueError):
        return None


def gpu_handle(device: str) -> Any:
    """NVML's handle of a device as CUDA_VISIBLE_DEVICES names it: a number or a UUID. Call it between nvmlInit and nvmlShutdown."""
    import pynvml

    if device.startswith(("GPU-", "MIG-")):
        return pynvml.nvmlDeviceGetHandleByUUID(device)
    return pynvml.nvmlDeviceGetHandleByIndex(int(device))


class Usage:
    """Wall-clock seconds and energy since it was made, of this process and the children it has waited for by then.

    `whole`: the processor's part since the process began.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self._started = time.monotonic()
        self._cpu = 0.0 if whole else cpu_seconds()
        self._joules = gpu_joules()

    def seconds(self) -> float:
        return round(time.monotonic() - self._started, 3)

    def energy_wh(self) -> float:
        return round(self._cpu_wh() + (self._gpu_wh() or 0.0), 6)

    def _cpu_wh(self) -> float:
        return (cpu_seconds() - self._cpu) * power().watts / 3600

    def _gpu_wh(self) -> float | None:
        now = gpu_joules()
        return None if now is None or self._joules is None else max(0.0, now - self._joules) / 3600

    def energy(self, country: str = "") -> dict[str, Any]:
        """Parts, method and band, Wh. `country`: ISO code of three letters of the grid, for the carbon; none without it.

        {wh, low_wh, high_wh, cpu_wh, gpu_wh, watts, method, processor, country, grams_per_kwh, co2_g}
        """
        cpu, gpu = self._cpu_wh(), self._gpu_wh()
        grams = grid_grams(country)
        wh = cpu + (gpu or 0.0)
        return {
            "wh": round(wh, 6),
            "low_wh": round(cpu / UNCERTAINTY + (gpu or 0.0), 6),
            "high_wh": round(cpu * UNCERTAINTY + (gpu or 0.0), 6),
            "cpu_wh": round(cpu, 6),
            "gpu_wh": None if gpu is None else round(gpu, 6),
            **asdict(power()),
            "country": country if grams is not None else "",
            "grams_per_kwh": grams,
            "co2_g": None if grams is None else round(wh / 1000 * grams, 6),
        }


def grid_grams(country: str) -> float | None:
    """Grams of carbon dioxide per kWh of a country's grid (a yearly mean of Our World in Data, in codecarbon); None for none known."""
    if not country:
        return None
    from codecarbon.input import DataSource

    countries = DataSource().get_global_energy_mix_data()  # type: ignore[no-untyped-call]
    entry = countries.get(country.upper())
    return round(float(entry["carbon_intensity"]), 1) if entry and entry.get("carbon_intensity") else None
