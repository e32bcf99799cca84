"""recipe.json: what a run's published model was made of, exact enough to be made again on other rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workers.engine.events import plain
from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.portfolio import portfolio
from workers.engine.spec import FitSpec

if TYPE_CHECKING:
    from autogluon.tabular import TabularPredictor

SETUP = ("use_case", "label", "positive_class", "problem_type", "roles")


def candidates_of(spec: FitSpec, facts: SearchFacts) -> list[Candidate]:
    """What a search tries: the members of the recipe it replays, else the portfolio for the table."""
    if not spec.recipe:
        return portfolio(facts, spec.settings.candidates)
    known = {(candidate.key, candidate.name): candidate for candidate in portfolio(facts)}
    return [_member(entry, known) for entry in spec.recipe]


def _member(entry: dict[str, Any], known: dict[tuple[str, str], Candidate]) -> Candidate:
    found = known.get((entry["key"], entry["name"]), Candidate(entry["key"], entry["name"], 1))
    seconds = max(1.0, float(entry.get("fit_time_s") or 1.0))
    return replace(found, weight=seconds, params=entry["params"], cheaper=None, extra=False, max_features=None)


def recipe_make(
    predictor: TabularPredictor, deployed: str, search: dict[str, Any], prepared: dict[str, Any], spec: FitSpec, folds: int
) -> dict[str, Any]:
    """`members`: the configurations behind the published model, their rounds and epochs as training found them; `candidates`: all that
    were fitted. How members are weighted is not part of it: that is learned anew from the validation predictions.
    """
    from workers.engine.report.document import versions

    made = search["made"]
    parts = [name for name in predictor._trainer.get_minimum_model_set(deployed) if name in made]
    recipe: dict[str, Any] = plain(
        {
            "deployed_model": deployed,
            "members": [{**made[name], "params": {**made[name]["params"], **_trained(predictor, name)}} for name in made if name in parts],
            "candidates": [{"model": name, **entry} for name, entry in made.items()],
            "folds": folds,
            "seed": spec.settings.seed,
            "split": prepared["split"],
            "setup": spec.model_dump(include=set(SETUP)),
            "versions": versions(),
        }
    )
    return recipe


def _trained(predictor: TabularPredictor, name: str) -> dict[str, Any]:
    """What training decided: rounds and epochs, the average over the folds. AutoGluon's own way to fit a model once more on all rows."""
    model = predictor._trainer.load_model(name)
    if hasattr(model, "_get_compressed_params_trained"):
        return dict(model._get_compressed_params_trained())
    return dict(model.params_trained)
