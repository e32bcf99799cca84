"""What a search tries, in order, for the table it has. Data only: AutoGluon is not imported here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from domains.pretrained import PRETRAINED, Pretrained
from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.configs.further import further
from workers.engine.search.configs.label import OBJECTIVES, WEIGH_ROWS
from workers.engine.search.configs.pretrained import pretrained
from workers.engine.search.configs.tabular import EXTRA, PROMISED
from workers.engine.search.configs.text import TEXT
from workers.engine.search.history import ordered
from workers.engine.search.skips import Skip

# Texts come right after the first quick model: where there are any, they hold most of what can be learned.
KNOWN = (PROMISED[0], *TEXT, *PROMISED[1:])
AFTER_QUICK, AFTER_FORESTS = 5, 8
MANY_ROWS, WIDE, LARGE_CELLS = 5_000, 500, 400_000
STACK_ROWS = 1_000
SLOW = ("neural_net", "transformer")


def portfolio(facts: SearchFacts, only: list[str] | None = None) -> list[Candidate]:
    """The candidates in order. `only`: AutoGluon keys or model names; of exactly those, once each, the ones that fit.

    Raises ValueError for a name nobody knows.
    """
    chosen = [shaped(candidate, facts) for candidate in _asked(only) if fits(candidate, facts)]
    ready = _pretrained(facts, only)[0]
    if only:
        return [*chosen, *ready]
    # With a graphics card the pretrained ones are quick themselves.
    after = 1 if facts.gpu_count else AFTER_QUICK
    chosen = _by_size(chosen, facts)
    return ordered([*chosen[:after], *ready, *chosen[after:]], list(facts.history))


def not_at_hand(facts: SearchFacts, only: list[str] | None = None) -> list[tuple[Pretrained, Skip]]:
    """Pretrained models that this run goes without, and why."""
    return _pretrained(facts, only)[1]


def _pretrained(facts: SearchFacts, only: list[str] | None) -> tuple[list[Candidate], list[tuple[Pretrained, Skip]]]:
    folder = Path(facts.weights_dir) if facts.weights_dir else None
    ready, missing = pretrained(facts, folder, noncommercial=facts.noncommercial)
    if not only:
        return ready, missing
    wanted = {name.upper() for name in only}
    return [c for c in ready if c.name.upper() in wanted], [(model, skip) for model, skip in missing if model.name.upper() in wanted]


def _by_size(candidates: list[Candidate], facts: SearchFacts) -> list[Candidate]:
    """Forests take long where rows are many, and trees where columns are; large nets need a graphics card for large tables."""
    if facts.rows * facts.columns > LARGE_CELLS and not facts.gpu_count:
        candidates = [c for c in candidates if not (c.extra and c.family in SLOW)]

    def place(candidate: Candidate) -> int:
        if facts.columns > WIDE and candidate.family == "linear":
            return -1
        return 1 if facts.rows > MANY_ROWS and candidate.single and candidate.family == "tree" and not candidate.extra else 0

    head = [c for c in candidates if not c.extra]
    first = sorted((c for c in head[:AFTER_FORESTS]), key=place)
    return [*first, *head[AFTER_FORESTS:], *(c for c in candidates if c.extra)]


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


def unweighing() -> str:
    """The names of the promised models that cannot weigh rows."""
    return ", ".join(sorted({candidate.name for candidate in PROMISED if candidate.key not in WEIGH_ROWS}))


def shaped(candidate: Candidate, facts: SearchFacts) -> Candidate:
    """The candidate with the objective of the label's distribution."""
    objective = OBJECTIVES.get("quantile" if facts.problem_type == "quantile" else facts.distribution, {}).get(candidate.key)
    if objective is None:
        return candidate
    cheaper = None if candidate.cheaper is None else {**candidate.cheaper, **objective}
    return replace(candidate, params={**candidate.params, **objective}, cheaper=cheaper)


def _asked(only: list[str] | None) -> list[Candidate]:
    if not only:
        return [*KNOWN, *EXTRA, *further()]
    wanted = {name.upper() for name in only}
    chosen = list({c.name: c for c in reversed(KNOWN) if {c.key.upper(), c.name.upper()} & wanted}.values())[::-1]
    unknown = wanted - {name.upper() for c in chosen for name in (c.key, c.name)} - {model.name.upper() for model in PRETRAINED}
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
        # On fewer rows a second level learns the noise of the first.
        and (facts.rows >= STACK_ROWS or not candidate.stacked)
    )
