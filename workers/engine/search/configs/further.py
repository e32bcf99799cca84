"""Still more configurations for budgets of many minutes: those of AutoGluon's portfolios that known_good.py does not have.

further.json: {key, source, params} in the order of those portfolios (autogluon/tabular/configs/zeroshot, Apache-2.0), `source` their
name there.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from workers.engine.search.candidate import Candidate
from workers.engine.search.configs.tabular import EXTRA, ONE_NUMBER

FILE = Path(__file__).with_name("further.json")
NO_QUANTILES = ("TABM", "XGB")


@cache
def further() -> tuple[Candidate, ...]:
    """All of them, as extra candidates with the weights of their kinds."""
    kinds = {candidate.key: candidate for candidate in reversed(EXTRA)}
    return tuple(_candidate(kinds[entry["key"]], entry["params"]) for entry in json.loads(FILE.read_text(encoding="utf-8")))


def _candidate(kind: Candidate, params: dict[str, Any]) -> Candidate:
    return Candidate(
        kind.key,
        kind.name,
        kind.weight,
        params,
        max_features=kind.max_features,
        extra=True,
        single=kind.single,
        problem_types=ONE_NUMBER if kind.key in NO_QUANTILES else kind.problem_types,
    )
