"""A second level learns from the first one's predictions for rows it had not seen, and goes with it into what is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.fitting import make_job, report, table
from workers.engine.problems.tabular import TabularSearch, ensemble_fit, predictor_load
from workers.engine.search.candidate import BASELINE, Candidate
from workers.engine.spec import fit_spec_load
from workers.engine.splits.folds import folds_save
from workers.engine.table import LABEL


@pytest.mark.fit
def test_a_stacked_model_stands_on_the_first_level_and_travels_with_it(tmp_path: Path) -> None:
    from workers.engine.bundle.runtime.frame import to_model_frame

    frame = table(300).drop(columns=["row id", "since", "sex"])
    job_dir = make_job(tmp_path, frame, "binary", 60, roles={})
    schema = {
        "use_case": "general/table",
        "columns": [{**c, "role": "label" if c["name"] == "outcome" else "feature"} for c in report(frame)["columns"]],
    }
    (job_dir / "schema.json").write_text(json.dumps(schema))
    folds_save(job_dir, [])
    search = TabularSearch(job_dir / "predictor", fit_spec_load(job_dir), folds=3, positive_class="1")
    search.start(BASELINE, to_model_frame(frame, schema).assign(**{LABEL: frame["outcome"].astype(str)}), None)
    for key, name in (("GBM", "LightGBM"), ("LR", "LinearModel")):
        assert search.add(Candidate(key, name, 1, {"num_boost_round": 20} if key == "GBM" else {}), 60)
    (stacked,) = search.add(Candidate("XT", "ExtraTrees", 1, {"n_estimators": 20}, stacked=True), 60)
    assert stacked == "ExtraTrees_BAG_L2"
    below = search.predictor._trainer.get_minimum_model_set(stacked)
    assert sorted(below) == ["ExtraTrees_BAG_L2", "LightGBM_BAG_L1", "LinearModel_BAG_L1"]
    (ensemble,) = ensemble_fit(search.predictor, ["LightGBM_BAG_L1", "LinearModel_BAG_L1", stacked], 60)
    search.predictor.clone_for_deployment(str(tmp_path / "deployed"), model=stacked)
    there = predictor_load(tmp_path / "deployed").predict_proba(to_model_frame(frame, schema), model=stacked)
    here = search.predictor.predict_proba(to_model_frame(frame, schema), model=stacked)
    assert (there - here).abs().to_numpy().max() < 1e-9 and ensemble.startswith("WeightedEnsemble")
