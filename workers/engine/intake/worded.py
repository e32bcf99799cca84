"""Columns of words and text: how many differ, which are frequent, how long they are. Texts are told apart by a 64-bit hash."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.intake.distribution import TOP, TOP_ALL, Distribution, frequent, runs

if TYPE_CHECKING:
    import duckdb

AT_ONCE = 8_000_000  # texts whose hashes are held; a longer column is read several times, a range of hashes each
MOST_TIMES = 8  # beyond, what differs is estimated
TIES = 1000  # equally frequent texts that are fetched to show the first of them
SHOWN = 500  # characters
SPACED = "[\\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_SPACED = re.compile(SPACED)


def of_words(words: Mapping[str, int]) -> dict[str, Any]:
    """The facts of a column from its distinct texts with their counts."""
    present = sum(words.values())
    ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    top = ordered[: TOP_ALL if len(ordered) <= TOP_ALL else TOP]
    lengths = np.array([len(word) for word in words])
    counts = np.fromiter(words.values(), np.int64, len(words))
    worded = sum(count for word, count in words.items() if _SPACED.search(word))
    return _facts(present, len(words), top, worded / present, _lengths(lengths, counts))


@dataclass
class Hashed:
    """A column of a SQL relation, by hash."""

    db: duckdb.DuckDBPyConnection
    table: str
    column: str  # an SQL identifier

    def facts(self, rows: int) -> dict[str, Any]:
        """The facts of the column, of ``rows`` rows; only missing when it is empty."""
        parts = -(-rows // AT_ONCE)
        if parts > MOST_TIMES:
            return self._estimated()
        unique = present = worded = 0
        best: list[tuple[int, int]] = []  # (count, hash)
        lengths: list[Any] = []
        for part in range(parts):
            found = self._part(part, parts)
            present, worded = present + len(found["h"]), worded + int(found["w"].sum())
            lengths.append(np.unique(found.pop("n"), return_counts=True))
            hashes, counts = runs(found.pop("h"))
            unique += len(hashes)
            best += [(int(counts[place]), int(hashes[place])) for place in frequent(counts, TIES)]
        if not present:
            return {}
        best = sorted(best, reverse=True)[:TIES]
        measured = np.concatenate([each for each, _ in lengths]), np.concatenate([counts for _, counts in lengths])
        return _facts(present, unique, self._top(best, unique), worded / present, _lengths(*measured))

    def _part(self, part: int, parts: int) -> dict[str, Any]:
        """{"h": hashes, "n": lengths, "w": whether it has a space or a CJK character} of one range of hashes."""
        within = f"AND hash({self.column}) % {parts} = {part}" if parts > 1 else ""
        worded = f"CASE WHEN contains({self.column}, ' ') THEN true ELSE regexp_matches({self.column}, '{SPACED}') END"
        sql = f"SELECT hash({self.column}) AS h, length({self.column})::INTEGER AS n, {worded} AS w FROM {self.table}"
        found = self.db.execute(f"{sql} WHERE {self.column} IS NOT NULL {within}").fetchnumpy()
        return {name: np.asarray(values) for name, values in found.items()}

    def _top(self, best: list[tuple[int, int]], unique: int) -> list[tuple[str, int]]:
        """The most frequent texts; of equally frequent ones the first in alphabetical order, where those are not too many."""
        most = TOP_ALL if unique <= TOP_ALL else TOP
        if unique > len(best) and best[0][0] == 1:  # every text once
            rows = self.db.execute(f"SELECT {self.column} FROM {self.table} WHERE {self.column} IS NOT NULL ORDER BY 1 LIMIT {most}")
            return [(text, 1) for (text,) in rows.fetchall()]
        chosen = [(count, code) for count, code in best if count >= best[min(most, len(best)) - 1][0]]
        counts = {code: count for count, code in chosen}
        listed = ", ".join(map(str, counts))
        rows = self.db.execute(
            f"SELECT hash({self.column}) AS h, any_value({self.column}) FROM {self.table} WHERE hash({self.column}) IN ({listed}) GROUP BY 1"
        )
        found = sorted(((text, counts[code]) for code, text in rows.fetchall()), key=lambda item: (-item[1], item[0]))
        return found[:most]

    def _estimated(self) -> dict[str, Any]:
        sql = f"count({self.column}), approx_count_distinct({self.column}), avg(length({self.column}))"
        row = self.db.execute(f"SELECT {sql} FROM {self.table}").fetchone()
        assert row is not None
        if not row[0]:
            return {}
        facts = _facts(row[0], min(row[0], row[1]), [], 1.0, {"edges": [], "counts": []})
        return facts | {"unique_is_estimate": True, "mean_length": row[2]}


def _lengths(lengths: Any, counts: Any) -> dict[str, Any]:
    """The histogram of lengths, (n,) characters, each with its count; they need not be distinct."""
    order = np.argsort(lengths, kind="stable")
    measured, weights = lengths[order], counts[order]
    whole = Distribution("integer", int(weights.sum()), int(measured[0]), int(measured[-1]))
    whole.add(measured, weights)
    return whole.facts()


def _facts(present: int, unique: int, top: list[tuple[str, int]], worded: float, lengths: dict[str, Any]) -> dict[str, Any]:
    return {
        "unique": unique,
        "unique_is_estimate": False,
        "top": [{"value": shortened(text), "count": count} for text, count in top],
        "other": present - sum(count for _, count in top),
        "mean_length": lengths.get("mean", 0.0),
        "worded": worded,
        "length_histogram": lengths.get("histogram", lengths),
    }


def shortened(text: str) -> str:
    """At most 500 characters of a cell, for a page."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
