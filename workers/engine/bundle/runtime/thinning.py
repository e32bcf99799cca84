"""An even sample of a stream of unknown length, in bounded memory and the same on every run."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


class Thinned:
    """At most ``most`` rows of the arrays added: every k-th, where k doubles whenever there are too many."""

    def __init__(self, most: int) -> None:
        self.most, self.step, self.seen, self.held = most, 1, 0, 0
        self._kept: list[npt.NDArray[Any]] = []

    def add(self, values: npt.NDArray[Any]) -> None:
        """Take the next rows, (n,) or (n, width)."""
        taken = values[-self.seen % self.step :: self.step]
        self.seen += len(values)
        self._kept.append(taken.copy())
        self.held += len(taken)
        while self.held > self.most:
            self._kept = [np.concatenate(self._kept)[::2]]
            self.step, self.held = 2 * self.step, len(self._kept[0])

    def values(self) -> npt.NDArray[Any]:
        """What was kept, in order; empty when nothing came."""
        return np.concatenate(self._kept) if self._kept else np.empty(0)
