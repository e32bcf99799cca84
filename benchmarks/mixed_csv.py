"""A seeded CSV of any size with what real tables hold: row numbers, entities, amounts, dates, categories, text and gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

BLOCK = 200_000  # rows made at once
WORDS = np.array(
    [
        "late",
        "order",
        "parcel",
        "good",
        "bad",
        "refund",
        "colour",
        "size",
        "box",
        "arrived",
        "broken",
        "nice",
        "quick",
        "slow",
        "service",
        "staff",
        "price",
        "cheap",
        "dear",
        "again",
        "never",
    ]
)
SECONDS_PER_DAY = 86_400


def generate(path: Path, size: int, seed: int = 0) -> int:
    """Write at least ``size`` bytes; the rows written. The same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    rows = 0
    with path.open("wb") as out:
        while out.tell() < size:
            options = csv.WriteOptions(include_header=rows == 0, quoting_style="needed")
            csv.write_csv(_block(rng, rows), out, options)
            rows += BLOCK
    return rows


def _block(rng: np.random.Generator, start: int) -> pa.Table:
    days = np.datetime64("2015-01-01T00:00:00") + rng.integers(0, 3650, BLOCK).astype("timedelta64[D]").astype("timedelta64[s]")
    moments = np.datetime64("2015-01-01T00:00:00") + rng.integers(0, 3650 * SECONDS_PER_DAY, BLOCK).astype("timedelta64[s]")
    text = pc.binary_join(pa.array(WORDS[rng.integers(0, len(WORDS), (BLOCK, 9))].tolist()), " ")
    return pa.table(
        {
            "row_id": pa.array(np.arange(start, start + BLOCK)),
            "customer": pa.array(rng.integers(0, 400_000, BLOCK)),
            "amount": _with_gaps(rng, np.round(rng.lognormal(3, 1, BLOCK), 2), 0.02),
            "rate": pa.array(np.round(rng.random(BLOCK), 4)),
            "score": _with_gaps(rng, rng.normal(size=BLOCK), 0.05),
            "quantity": _with_gaps(rng, rng.integers(0, 60, BLOCK), 0.1),
            "segment": pa.array(np.array(["retail", "wholesale", "online", "partner"])[rng.integers(0, 4, BLOCK)]),
            "region": _with_gaps(rng, np.array([f"region {i:02d}" for i in range(50)])[rng.integers(0, 50, BLOCK)], 0.03),
            "day": pc.strftime(pa.array(days), format="%Y-%m-%d"),
            "at": pc.strftime(pa.array(moments), format="%Y-%m-%d %H:%M:%S"),
            "active": pa.array(np.array(["true", "false"])[rng.integers(0, 2, BLOCK)]),
            "note": text,
        }
    )


def _with_gaps(rng: np.random.Generator, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]], share: float) -> pa.Array:
    return pa.array(values, mask=rng.random(BLOCK) < share)
