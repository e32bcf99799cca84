"""Every kind of model tells its learning curve while it is trained, and nothing of that stays in the process or the models."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.fitting import table
from workers.engine.events import EventLog
from workers.engine.search import progress
from workers.engine.search.curves import MOST_POINTS, Curves, fold_of
from workers.engine.search.progress import Epoch


@pytest.fixture
def curves(tmp_path: Path) -> Iterator[Curves]:
    events = EventLog(tmp_path / "events.jsonl")
    yield Curves(tmp_path, events, folds=2)
    events.close()


def told(curves: Curves) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (curves.path.parent / "events.jsonl").read_text().splitlines()]


def test_a_model_reports_to_nobody_outside_a_search() -> None:
    heard: list[Epoch] = []
    progress.listen(heard.append)
    progress.report(1, 10, loss=0.5)
    progress.listen(None)
    progress.report(2, 10, loss=0.4)
    assert heard == [Epoch(1, 10, loss=0.5)]


def test_a_fold_is_known_by_the_name_of_the_copy() -> None:
    assert (fold_of("S1F3"), fold_of("LightGBM_BAG_L1")) == (3, None)


def test_a_thousand_epochs_are_few_events_and_a_short_curve(curves: Curves) -> None:
    curves.model_begins("LightGBM_BAG_L1", "log_loss", False)
    curves.fold_begins(1)
    for number in range(1, 1001):
        curves.epoch(Epoch(number, 2000, score_val=-1 / number))
    curves.save()
    events = [event for event in told(curves) if event.get("epoch")]
    assert len(events) <= 3
    kept = json.loads(curves.path.read_text())["LightGBM_BAG_L1"]["folds"]["1"]["points"]
    assert 20 < len(kept) <= MOST_POINTS
    assert all(value > 0 for _epoch, _loss, value in kept), "an error that AutoGluon negates is shown as an error"


def test_a_score_keeps_its_sign(curves: Curves) -> None:
    curves.model_begins("LightGBM", "r2", True)
    curves.epoch(Epoch(1, score_val=-0.4))
    curves.save()
    model = json.loads(curves.path.read_text())["LightGBM"]
    assert model["higher_is_better"] and model["folds"]["1"]["points"] == [[1, None, -0.4]]


def test_what_is_left_never_goes_beyond_the_models_share(curves: Curves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.engine.search.curves.EVERY_S", 0)
    curves.candidate_begins(time.time() + 5)
    curves.model_begins("FTTransformer_BAG_L1", "log_loss", False)
    curves._fold_began = time.time() - 100  # a slow first epoch: 60 of them would take an hour and more
    curves.epoch(Epoch(1, 60, loss=0.7, score_val=0.6, measure="loss"))
    told_last = told(curves)[-1]
    assert told_last["measure"] == "loss" and 0 < told_last["seconds_left"] <= 5


def test_a_value_that_is_no_number_is_left_out(curves: Curves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.engine.search.curves.EVERY_S", 0)
    curves.model_begins("NeuralNetTorch", "log_loss", False)
    curves.epoch(Epoch(1, loss=float("nan"), score_val=float("inf")))
    assert told(curves)[-1]["points"] == [[1, None, None]]


@pytest.mark.fit
@pytest.mark.filterwarnings("ignore")  # a search ignores them too: pytabkit's libraries have many
def test_every_library_tells_its_curve(curves: Curves, tmp_path: Path) -> None:
    from autogluon.core.models import AbstractModel
    from autogluon.tabular import TabularPredictor

    from workers.engine.search.candidates import register
    from workers.engine.search.observe import TABM_LOGGER, observed

    register()
    entrance, level = AbstractModel.fit, logging.getLogger(TABM_LOGGER).level
    frame = table(200).drop(columns="row id")
    small: dict[str, Any] = {
        "GBM": {"num_boost_round": 5},
        "XGB": {"n_estimators": 5},
        "CAT": {"iterations": 5},
        "NN_TORCH": {"num_epochs": 3},
        "TABM": {"n_epochs": 3},
        "REALMLP": {"n_epochs": 3},
        "FT_TRANSFORMER_SCRATCH": {"max_epochs": 3},
    }
    with observed(curves):
        predictor = TabularPredictor("outcome", path=str(tmp_path / "models"), verbosity=0, eval_metric="log_loss").fit(
            frame,
            hyperparameters=small,
            num_bag_folds=2,
            num_bag_sets=1,
            num_stack_levels=0,
            dynamic_stacking=False,
            fit_weighted_ensemble=False,
            num_cpus=1,
            time_limit=120,
            ag_args_ensemble={"fold_fitting_strategy": "sequential_local"},
        )
    curves.save()
    kept = json.loads(curves.path.read_text())
    assert set(kept) == set(predictor.model_names()) and len(kept) == len(small)
    for name, curve in kept.items():
        assert set(curve["folds"]) == {"1", "2"}, name
        last = curve["folds"]["2"]["points"][-1]
        assert last[0] >= 2 and last[2] is not None and 0 < last[2] < 5, (name, last)
    assert AbstractModel.fit is entrance and logging.getLogger(TABM_LOGGER).level == level
    assert len(TabularPredictor.load(predictor.path).predict(frame)) == len(frame)
