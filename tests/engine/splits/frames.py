"""Small tables to split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workers.engine.splits.holdout import Split, Wanted, holdout_split


def frame(rows: int = 1000, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "a": rng.normal(size=rows),
            "b": rng.choice(list("xyz"), rows),
            "label": rng.choice(["no", "yes"], rows, p=[0.8, 0.2]),
        }
    )


def people(rows: int = 600, columns: int = 9, seed: int = 0) -> pd.DataFrame:
    """As many telling columns as a medical or credit table has, and a label that depends on them."""
    rng = np.random.default_rng(seed)
    numbers = pd.DataFrame(rng.normal(size=(rows, columns)), columns=[f"n{i}" for i in range(columns)])
    numbers["town"] = rng.choice(list("abcdefgh"), rows)
    numbers["label"] = np.where(numbers.n0 + numbers.n1 + rng.normal(0, 2, rows) > 1, "yes", "no")
    return numbers


def split(table: pd.DataFrame, **changes: Any) -> Split:
    options: dict[str, Any] = {"classification": True, "fraction": 0.2, "seed": 0, "ignore": ["id"], **changes}
    return holdout_split(table, "label", Wanted(**options))
