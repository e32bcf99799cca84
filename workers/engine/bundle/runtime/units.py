"""A column whose unit was changed between training and scoring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workers.engine.events import gettext_noop

# factor, how near the quartiles must come to it, what usually does this
UNITS = (
    (1000.0, 0.25, gettext_noop("Kilograms may have become grams, or thousands single units.")),
    (0.001, 0.25, gettext_noop("Grams may have become kilograms, or single units thousands.")),
    (100.0, 0.2, gettext_noop("Shares may have become percent, or an amount may be in cents.")),
    (0.01, 0.2, gettext_noop("Percent may have become shares, or cents whole units.")),
    (2.2046, 0.1, gettext_noop("Kilograms may have become pounds.")),
    (0.4536, 0.1, gettext_noop("Pounds may have become kilograms.")),
)


def unit_change(training: Sequence[float], here: Sequence[float] | npt.NDArray[np.float64]) -> tuple[float, str] | None:
    """(factor, what may have happened) when all three quartiles were multiplied by the same well-known factor."""
    for factor, tolerance, reason in UNITS:
        if all(before and abs(after / before / factor - 1) <= tolerance for before, after in zip(training, here, strict=True)):
            return factor, reason
    return None
