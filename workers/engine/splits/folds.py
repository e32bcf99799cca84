"""Folds that keep to the split, on disk: a search that goes on in another process uses the same ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workers.engine.splits.structure import Fold

FILE = "folds.npy"


def folds_save(job_dir: Path, folds: list[Fold]) -> None:
    """Write which fold validates each row: (training rows,). Without folds there is no file.

    Raises ValueError for folds that do not divide the rows: their predictions would not cover them.
    """
    path = job_dir / FILE
    path.unlink(missing_ok=True)
    if not folds:
        return
    number = np.full(sum(len(test) for _, test in folds), -1, dtype=np.int16)
    for place, (train, test) in enumerate(folds):
        if len(train) + len(test) != len(number):
            raise ValueError("a fold leaves rows out")
        number[test] = place
    if (number < 0).any():
        raise ValueError("folds overlap")
    np.save(path, number)


def folds_load(job_dir: Path) -> list[Fold] | None:
    """As `folds_save` had them; None when AutoGluon is to draw its own."""
    path = job_dir / FILE
    if not path.exists():
        return None
    number = np.load(path)  # small ones: every model on disk carries them
    return [
        (np.flatnonzero(number != place).astype(np.int32), np.flatnonzero(number == place).astype(np.int32))
        for place in range(int(number.max()) + 1)
    ]
