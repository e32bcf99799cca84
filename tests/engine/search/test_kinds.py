"""Which candidates a search has for quantiles, counts, amounts and weighed rows; those it goes without are named."""

from __future__ import annotations

from typing import Any

from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.portfolio import left_out, portfolio, unweighing
from workers.engine.search.skips import skip_reason


def facts(problem_type: str = "regression", **more: Any) -> SearchFacts:
    return SearchFacts(problem_type, rows=1000, columns=10, **more)


def by_key(candidates: list[Candidate]) -> dict[str, Candidate]:
    return {candidate.key: candidate for candidate in reversed(candidates)}


def test_quantiles_are_left_to_those_that_can_and_the_others_are_named() -> None:
    assert set(by_key(portfolio(facts("quantile")))) >= {"GBM", "CAT", "RF", "XT", "NN_TORCH"}
    missing = dict((candidate.name, reason) for candidate, reason in left_out(facts("quantile")))
    assert set(missing) >= {"XGBoost", "LinearModel", "EBM"} and set(missing.values()) == {"NoQuantiles"}
    assert skip_reason("NoQuantiles", "").code == "no_quantiles"
    assert not {candidate.name for candidate in portfolio(facts("quantile"))} & set(missing)


def test_a_count_has_its_objective_wherever_there_is_one() -> None:
    count, amount = by_key(portfolio(facts(distribution="poisson"))), by_key(portfolio(facts(distribution="tweedie")))
    assert count["GBM"].params["objective"] == "poisson" and count["XGB"].params["objective"] == "count:poisson"
    assert count["GBM"].cheaper is None or count["GBM"].cheaper["objective"] == "poisson"
    assert "tweedie" in amount["GBM"].params["objective"] and amount["GLM"].params["power"] == 1.5
    assert "LR" not in count and "GLM" in count, "a line through counts would go below zero"
    normal = by_key(portfolio(facts()))
    assert "GLM" not in normal and "objective" not in normal["GBM"].params and left_out(facts()) == []


def test_balanced_classes_are_left_to_those_that_can_weigh_rows() -> None:
    balanced = facts("binary", weighed="balanced")
    kept, missing = by_key(portfolio(balanced)), {candidate.key for candidate, _ in left_out(balanced)}
    assert {"GBM", "LR", "CAT"} <= set(kept) and {"NN_TORCH", "TABM"} <= missing and not set(kept) & missing
    assert "NeuralNetTorch" in unweighing()
    assert {"NN_TORCH", "TABM"} <= set(by_key(portfolio(facts("binary", weighed="column"))))
