"""What a search tries, in order, for the table it has. Data only: AutoGluon is not imported here."""

from __future__ import annotations

from dataclasses import replace

from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.configs.label import OBJECTIVES, WEIGH_ROWS
from workers.engine.search.configs.tabular import EXTRA, PROMISED
from workers.engine.search.configs.text import TEXT

# Texts come right after the first quick model: where there are any, they hold most of what can be learned.
KNOWN = (PROMISED[0], *TEXT, *PROMISED[1:])


def portfolio(facts: SearchFacts, only: list[str] | None = None) -> list[Candidate]:
    """The candidates in order. `only`: AutoGluon keys or model names; of exactly those, once each, the ones that fit.

    Raises ValueError for a name nobody knows.
    """
    return [shaped(candidate, facts) for candidate in _asked(only) if fits(candidate, facts)]


def left_out(facts: SearchFacts, only: list[str] | None = None) -> list[tuple[Candidate, str]]:
    """Candidates that this problem rules out, each with the name of the reason (see skips.py): none is left out in silence."""
    reasons = ((candidate, why_not(candidate, facts)) for candidate in _asked(only) if not candidate.extra)
    return [(candidate, reason) for candidate, reason in reasons if reason]


def why_not(candidate: Candidate, facts: SearchFacts) -> str:
    """Empty when neither the label nor the weights speak against it."""
    if candidate.needs_text and not facts.text:
        return ""
    if facts.problem_type == "quantile" and "quantile" not in candidate.problem_types:
        # The generalized linear model stands in for the linear one, and is not missed elsewhere.
        return "NoQuantiles" if "normal" in candidate.distributions else ""
    # Balanced classes shift every probability; a model that is not shifted cannot be averaged with those that are.
    return "NoWeights" if facts.weighed == "balanced" and candidate.key not in WEIGH_ROWS else ""


def shaped(candidate: Candidate, facts: SearchFacts) -> Candidate:
    """The candidate with the objective of the label's distribution."""
    objective = OBJECTIVES.get("quantile" if facts.problem_type == "quantile" else facts.distribution, {}).get(candidate.key)
    if objective is None:
        return candidate
    cheaper = None if candidate.cheaper is None else {**candidate.cheaper, **objective}
    return replace(candidate, params={**candidate.params, **objective}, cheaper=cheaper)


def _asked(only: list[str] | None) -> list[Candidate]:
    if not only:
        return [*KNOWN, *EXTRA]
    wanted = {name.upper() for name in only}
    chosen = [c for c in KNOWN if {c.key.upper(), c.name.upper()} & wanted]
    unknown = wanted - {name.upper() for c in chosen for name in (c.key, c.name)}
    if unknown:
        raise ValueError(f"no such candidate: {', '.join(sorted(unknown))}")
    return chosen


def fits(candidate: Candidate, facts: SearchFacts) -> bool:
    """Whether the candidate can learn this kind of table at all."""
    return (
        facts.problem_type in candidate.problem_types
        and facts.distribution in candidate.distributions
        and (bool(facts.text) or not candidate.needs_text)
        and not why_not(candidate, facts)
    )
