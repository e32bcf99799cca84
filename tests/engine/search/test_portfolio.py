"""The order of the candidates: by the table, by what earlier runs found, and with the pretrained ones that are at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from workers.engine.search.candidate import SearchFacts, family_of
from workers.engine.search.configs.further import further
from workers.engine.search.configs.tabular import EXTRA, PROMISED
from workers.engine.search.history import QUICK, ordered
from workers.engine.search.portfolio import not_at_hand, portfolio
from workers.engine.search.state import candidate_id

SMALL = SearchFacts("binary", rows=800, columns=20, classes=2)


def names(facts: SearchFacts, only: list[str] | None = None) -> list[str]:
    return [candidate.name for candidate in portfolio(facts, only)]


def lay_weights(folder: Path, *files: str) -> str:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return str(folder)


@pytest.mark.parametrize(
    "facts", [SMALL, replace(SMALL, rows=200_000), replace(SMALL, columns=3_000), replace(SMALL, problem_type="quantile")]
)
def test_whatever_the_table_every_promised_candidate_that_fits_comes_once_and_before_the_extra_ones(facts: SearchFacts) -> None:
    chosen = portfolio(facts)
    promised = [c for c in chosen if not c.extra]
    expected = [c for c in PROMISED if facts.problem_type in c.problem_types and "normal" in c.distributions]
    assert sorted(c.name for c in promised) == sorted(c.name for c in expected)
    assert [c.extra for c in chosen] == sorted(c.extra for c in chosen)


def test_a_long_table_begins_with_boosted_trees_and_a_wide_one_with_the_linear_model() -> None:
    long, wide = names(replace(SMALL, rows=200_000)), names(replace(SMALL, columns=3_000))
    assert long[0] == "LightGBM" and long.index("ExtraTrees") > long.index("CatBoost")
    assert names(SMALL)[0] == "ExtraTrees" and wide[0] == "LinearModel"


def test_nets_get_no_second_configuration_on_a_large_table_without_a_graphics_card() -> None:
    def nets(facts: SearchFacts) -> int:
        return sum(c.extra and c.family in ("neural_net", "transformer") for c in portfolio(facts))

    large = replace(SMALL, rows=200_000)
    assert nets(large) == 0
    assert nets(replace(large, gpu_count=1)) == nets(SMALL) == sum(c.family in ("neural_net", "transformer") for c in (*EXTRA, *further()))


@pytest.mark.parametrize("facts", [SMALL, replace(SMALL, rows=3_000), replace(SMALL, problem_type="regression", classes=0)])
def test_a_long_budget_never_runs_out_of_configurations_and_repeats_none(facts: SearchFacts) -> None:
    chosen = portfolio(facts)
    assert len(chosen) >= 60 and len({candidate_id(c) for c in chosen}) == len(chosen)
    assert sum(2 * c.weight for c in chosen if c.extra) > 1_200  # seconds they would take, on 800 rows


def test_a_second_level_comes_with_rows_enough_and_after_the_first() -> None:
    assert not any(c.stacked for c in portfolio(SMALL))
    chosen = portfolio(replace(SMALL, rows=3_000))
    assert sum(c.stacked for c in chosen) == 2 and all(c.extra for c in chosen if c.stacked)


def test_what_scored_best_before_comes_right_after_the_quick_ones_and_what_failed_last() -> None:
    history = [
        {"run": 2, "model": "TabM_BAG_L1", "score": -0.41, "failed": ""},
        {"run": 2, "model": "CatBoost_2_BAG_L1", "score": -0.43, "failed": ""},
        {"run": 2, "model": "ExtraTrees_BAG_L1", "score": -0.50, "failed": ""},
        {"run": 2, "model": "EBM", "score": None, "failed": "error"},
        {"run": 2, "model": "RealMLP", "score": None, "failed": "no_time_left"},
    ]
    cold = portfolio(SMALL)
    warm = portfolio(replace(SMALL, history=tuple(history)))
    promised = [c.name for c in warm if not c.extra]
    assert warm[:QUICK] == cold[:QUICK]
    assert promised[QUICK : QUICK + 1] == ["TabM"] and promised[-1] == "EBM"
    assert sorted(map(repr, warm)) == sorted(map(repr, cold))
    assert ordered(cold, []) == cold


def test_a_pretrained_model_needs_its_weights_and_a_licence_that_allows_it(tmp_path: Path) -> None:
    codes = {model.name: skip.code for model, skip in not_at_hand(SMALL)}
    assert codes["TabICL"] == codes["Mitra"] == "not_installed"
    folder = lay_weights(
        tmp_path, "tabicl/tabicl-classifier-v2-20260212.ckpt", "mitra/classifier/config.json", "mitra/classifier/model.safetensors"
    )
    with_weights = replace(SMALL, weights_dir=folder)
    chosen = portfolio(with_weights)
    assert {"TabICL", "Mitra"} <= {c.name for c in chosen} and not {"TabICL", "Mitra"} & {m.name for m, _ in not_at_hand(with_weights)}
    tabicl = next(c for c in chosen if c.name == "TabICL")
    assert tabicl.params["model_path"].endswith(".ckpt") and tabicl.params["allow_auto_download"] is False
    assert family_of("TabICL_BAG_L1") == "transformer" and not tabicl.extra
    # For numbers other weights are needed, and they are not there.
    numbers = replace(with_weights, problem_type="regression", classes=0)
    assert "TabICL" not in names(numbers) and {m.name: s.code for m, s in not_at_hand(numbers)}["TabICL"] == "not_installed"


def test_the_limits_of_a_pretrained_model_are_told(tmp_path: Path) -> None:
    folder = lay_weights(tmp_path, "mitra/classifier/config.json", "mitra/classifier/model.safetensors")
    facts = replace(SMALL, weights_dir=folder, problem_type="multiclass", classes=5)
    for change, code in (({"rows": 9_000}, "rows"), ({"columns": 800}, "columns"), ({"classes": 30}, "classes")):
        assert {m.name: s.code for m, s in not_at_hand(replace(facts, **change))}["Mitra"] == code  # type: ignore[arg-type]
    assert "Mitra" in names(replace(facts, rows=9_000, gpu_count=1))


def test_a_noncommercial_licence_waits_for_a_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lay_weights(tmp_path, "tabpfn/tabpfn-v3-classifier-v3_default.ckpt")
    monkeypatch.setattr("domains.pretrained.find_spec", lambda name: object())  # as if the operator had installed tabpfn
    facts = replace(SMALL, weights_dir=folder)
    skip = {m.name: s for m, s in not_at_hand(facts)}["TabPFN-3"]
    assert skip.code == "licence" and "%(licence)s" in skip.reason and skip.params["licence"] and skip.remedy
    assert "TabPFN-3" in names(replace(facts, noncommercial=True)) and "TabPFN-3" not in names(facts)


def test_who_asks_for_certain_models_gets_those_alone(tmp_path: Path) -> None:
    folder = lay_weights(tmp_path, "tabicl/tabicl-classifier-v2-20260212.ckpt")
    assert names(SMALL, ["GBM", "CatBoost"]) == ["LightGBM", "CatBoost"]
    assert names(replace(SMALL, weights_dir=folder), ["XGB", "TabICL"]) == ["XGBoost", "TabICL"]
    assert [m.name for m, _ in not_at_hand(SMALL, ["XGB", "TabICL"])] == ["TabICL"] and not_at_hand(SMALL, ["XGB"]) == []
    with pytest.raises(ValueError, match="KNN"):
        portfolio(SMALL, ["KNN"])
