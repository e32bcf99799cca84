"""Leaks to plant in a table of text cells: each kind as a column of its own, under a name that says nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

Cells = Any  # (n,) what becomes a column of text


def plant(frame: pd.DataFrame, label: str, kind: str, seed: int = 0) -> tuple[pd.DataFrame, dict[str, str]]:
    """(the table with one more column per leak, rows sorted by the label; planted column -> kind of leak)."""
    rng = np.random.default_rng(seed)
    if kind == "regression":
        order = np.argsort(pd.to_numeric(frame[label], errors="coerce").fillna(0).to_numpy(), kind="stable")
    else:
        order = np.argsort(frame[label].to_numpy().astype(str), kind="stable")
    table = frame.iloc[order].reset_index(drop=True)
    made = _of_numbers(table, label, rng) if kind == "regression" else _of_classes(table, label, rng)
    kinds: dict[str, str] = {}
    for number, (what, cells) in enumerate(made.items()):
        name = f"v{number:02d}" if what != "name like the label" else f"{label}_score"
        if what == "two columns":
            for part, side in zip("ab", cells, strict=True):
                table[f"{name}{part}"], kinds[f"{name}{part}"] = side, what
        else:
            table[name], kinds[name] = cells, what
    return table, kinds


def _of_classes(table: pd.DataFrame, label: str, rng: np.random.Generator) -> dict[str, Cells]:
    n = len(table)
    codes, words = pd.factorize(table[label], sort=True)
    rare = int(np.bincount(codes).argmin()) if len(words) == 2 else int(np.bincount(codes).argmax())
    event = codes == rare
    flipped = np.where(rng.random(n) < 0.03, rng.permutation(codes), codes)
    other = rng.integers(0, 1000, n)
    made: dict[str, Cells] = {
        "copy": table[label],
        "renamed classes": [f"group {chr(110 - code)}" for code in codes],
        "recoded as numbers": 17 - 5 * codes,
        "copy with 3 % noise": flipped + 1,
        "score with noise": np.round(codes * 2.5 + rng.normal(0, 0.2, n), 4),
        "rounded score": np.round(1 / (1 + np.exp(-6 * (event - 0.5) - rng.normal(0, 0.5, n))), 1),
        "missing unless event": np.where(event ^ (rng.random(n) < 0.005), rng.integers(1, 9, n).astype(str), ""),
        "date of the event": np.where(event & (rng.random(n) < 0.7), _days(rng, n), ""),
        "target encoding": _encoded(event.astype(float), rng),
        "row number": np.arange(1, n + 1),
        "id ranges": [f"{chr(65 + code)}{number:06d}" for code, number in zip(codes, rng.permutation(n), strict=True)],
        "text that names it": [
            f"{rng.choice(['seen', 'sent', 'call'])} on day {k} status {words[code]} noted by {k % 97}" for k, code in enumerate(codes)
        ],
        "name like the label": np.round(codes + rng.normal(0, 0.6, n), 3),
    }
    if len(words) == 2:
        made["two columns"] = (other, (codes == 1).astype(int) - other)
    return made


def _of_numbers(table: pd.DataFrame, label: str, rng: np.random.Generator) -> dict[str, Cells]:
    y = pd.to_numeric(table[label], errors="coerce").to_numpy()
    n, spread = len(y), float(np.nanstd(y))
    part = np.round(y * rng.random(n), 2)
    low = y - np.nanmin(y)
    return {
        "copy": y,
        "another unit": np.round(y * 0.453592 + 32, 4),
        "copy with 3 % noise": np.round(y + rng.normal(0, 0.03 * spread, n), 4),
        "logarithm": np.round(np.log1p(low), 6),
        "square, falling": -np.round(low**2, 2),
        "rounded": np.round(y / (spread / 3)) * 10,
        "five ranges as words": pd.cut(
            pd.Series(y).rank(method="dense"), 5, labels=["very low", "low", "middle", "high", "very high"]
        ).astype(str),
        "above the median": (y > np.nanmedian(y)).astype(int),
        "missing when low": np.where(y > np.nanmedian(y), rng.integers(1, 9, n).astype(str), ""),
        "target encoding": _encoded(y, rng),
        "row number": np.arange(1, n + 1),
        "text that names it": [f"estimate of {value:g} by {k % 97}" for k, value in enumerate(y)],
        "name like the label": np.round(y + rng.normal(0, 0.5 * spread, n), 3),
        "two columns": (part, np.round(y - part, 6)),
    }


def _encoded(y: np.ndarray[Any, Any], rng: np.random.Generator) -> Cells:
    """The label's mean by a random group of about forty rows, the row itself included."""
    group = rng.integers(0, max(5, len(y) // 40), len(y))
    return pd.Series(y).groupby(group).transform("mean").round(6)


def _days(rng: np.random.Generator, n: int) -> Cells:
    return (pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")).strftime("%Y-%m-%d").to_numpy()
