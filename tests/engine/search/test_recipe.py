"""The recipe of a published model: written with every fit, and enough to fit the same again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.fitting import make_job, run_fit, table
from workers.engine.search.candidate import SearchFacts
from workers.engine.search.portfolio import portfolio
from workers.engine.search.recipe import candidates_of
from workers.engine.spec import FitSpec

FACTS = SearchFacts("binary", 300, 5, 2)
MEMBERS = [
    {"key": "GBM", "name": "LightGBM", "params": {"num_boost_round": 31}, "fit_time_s": 4.0},
    {"key": "OLD", "name": "Unknown", "params": {}, "fit_time_s": 0.1},
]


def spec(**fields: object) -> FitSpec:
    return FitSpec.model_validate({"label": "y", "problem_type": "binary", **fields})


def test_exactly_the_members_are_tried() -> None:
    assert candidates_of(spec(), FACTS) == portfolio(FACTS)
    boosted, unknown = candidates_of(spec(recipe=MEMBERS), FACTS)
    assert (boosted.name, boosted.params, boosted.weight, boosted.cheaper) == ("LightGBM", {"num_boost_round": 31}, 4.0, None)
    assert (unknown.name, unknown.weight, unknown.extra) == ("Unknown", 1.0, False)


@pytest.mark.fit
def test_a_recipe_is_fitted_again_on_other_rows(tmp_path: Path) -> None:
    first = make_job(tmp_path / "first", table(300), "binary", 120, settings={"candidates": ["GBM", "XT"]})
    assert run_fit(first)["code"] == 0
    recipe = json.loads((first / "recipe.json").read_text())
    assert {entry["name"] for entry in recipe["candidates"]} == {"LightGBM", "ExtraTrees"}
    boosted = next((entry for entry in recipe["members"] if entry["name"] == "LightGBM"), None)
    assert boosted is None or boosted["params"]["num_boost_round"] > 0
    assert recipe["setup"]["label"] == "outcome" and recipe["versions"]["autogluon.tabular"]
    again = make_job(tmp_path / "again", table(260, seed=5), "binary", 120, recipe=recipe["members"])
    result = run_fit(again)
    assert (result["code"], result["base_models"], result["skipped_models"]) == (0, len(recipe["members"]), [])
    assert result["rows"]["in"] == 260 and result["holdout"]["roc_auc"] > 0.5
