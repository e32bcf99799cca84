"""What a search tries, in order, for the table it has. Data only: AutoGluon is not imported here."""

from __future__ import annotations

from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.configs.tabular import EXTRA, PROMISED


def portfolio(facts: SearchFacts, only: list[str] | None = None) -> list[Candidate]:
    """The candidates in order. `only`: AutoGluon keys or model names; exactly those, once each.

    Raises ValueError for a name nobody knows.
    """
    if not only:
        return [candidate for candidate in (*PROMISED, *EXTRA) if fits(candidate, facts)]
    wanted = {name.upper() for name in only}
    chosen = [c for c in PROMISED if {c.key.upper(), c.name.upper()} & wanted]
    unknown = wanted - {name.upper() for c in chosen for name in (c.key, c.name)}
    if unknown:
        raise ValueError(f"no such candidate: {', '.join(sorted(unknown))}")
    return chosen


def fits(candidate: Candidate, facts: SearchFacts) -> bool:
    """Whether the candidate can learn this kind of table at all."""
    return facts.problem_type in candidate.problem_types and (bool(facts.text) or not candidate.needs_text)
