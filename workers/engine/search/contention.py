"""How much longer things take because others use the same cores."""

from __future__ import annotations

import time

PROBE_CPU_S = 0.1
WORST = 6.0
NEWS = 0.3


class Contention:
    """`factor`: wall-clock seconds per processor second of one busy thread, 1.0 to WORST."""

    def __init__(self) -> None:
        self.factor = self._measure()

    def update(self) -> float:
        """Measure again and average; takes PROBE_CPU_S seconds of processor time."""
        self.factor += NEWS * (self._measure() - self.factor)
        return self.factor

    @staticmethod
    def _measure() -> float:
        wall, cpu = time.monotonic(), time.thread_time()
        while time.thread_time() - cpu < PROBE_CPU_S:
            pass
        return min(WORST, max(1.0, (time.monotonic() - wall) / (time.thread_time() - cpu)))
