"""What earlier runs of the same project found decides who comes first in the next one."""

from __future__ import annotations

from typing import Any

from workers.engine.search.candidate import Candidate

# These come first whatever was found: a first model within seconds.
QUICK = 3
# Why a candidate did not come through, as far as it will hardly do better the next time.
FAILED = frozenset({"error", "memory", "killed", "library", "not_a_number", "time_limit"})


def ordered(candidates: list[Candidate], history: list[dict[str, Any]]) -> list[Candidate]:
    """The same candidates; after the quick ones and within promised and extra each, those first whose kind scored best before.

    `history`: rows {model, score (more is better) or None, failed: code or ""} of earlier runs. Kinds that were never tried stand
    in the middle, those that failed come last.
    """
    if not history:
        return candidates
    place = _places(history)
    middle = (len(place) - 1) / 2

    def key(candidate: Candidate) -> tuple[bool, bool, float]:
        failed = candidate.name not in place and any(row["failed"] in FAILED and row["model"] == candidate.name for row in history)
        return candidate.extra, failed, place.get(candidate.name, middle)

    return [*candidates[:QUICK], *sorted(candidates[QUICK:], key=key)]


def _places(history: list[dict[str, Any]]) -> dict[str, float]:
    """Kind of model -> its place, 0 for the best; by the best score of any of its configurations in any run."""
    best: dict[str, float] = {}
    for row in history:
        if row["score"] is not None:
            kind = str(row["model"]).split("_")[0]  # LightGBM_2_BAG_L1
            best[kind] = max(row["score"], best.get(kind, float("-inf")))
    return {kind: float(place) for place, kind in enumerate(sorted(best, key=lambda kind: -best[kind]))}
