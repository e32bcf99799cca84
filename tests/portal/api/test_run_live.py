"""What the API tells of a run while it lives, what is missing in it, its curves and its log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.projects.models import Run
from tests.portal import cast, results

Api = Callable[..., Client]


def test_a_run_under_way_tells_its_range_of_time_what_it_uses_and_its_model(alice: Membership, api: Api) -> None:
    run = results.running(cast.project(alice))
    told = api(alice).get(f"/api/v1/runs/{run.pk}").json()
    assert (told["eta_low_s"], told["eta_s"], told["eta_high_s"]) == (58.0, 71.0, 75.0)
    assert (told["memory_mb"], told["peak_memory_mb"], told["energy_wh"]) == (1210, 1480, 0.213)
    assert told["training"]["model"] == "FTTransformer_BAG_L1" and "points" not in told["training"]


def test_a_skipped_model_comes_with_sentences_and_a_promised_family_is_missed(alice: Membership, api: Api) -> None:
    run = results.published(cast.project(alice))
    skip = {"model": "TextNgram", "family": "text", "code": "error", "reason": "Stopped (%(error)s).", "params": {"error": "KeyError"}}
    Run.objects.filter(pk=run.pk).update(skipped_models=[{**skip, "remedy": "Look at the log."}])
    told = api(alice).get(f"/api/v1/runs/{run.pk}").json()
    (entry,) = told["skipped_models"]
    assert (entry["reason"], entry["remedy"], entry["code"]) == ("Stopped (KeyError).", "Look at the log.", "error")
    assert told["missing_families"] == ["No model of the family text was trained; it was promised. Missing: TextNgram."]


def test_the_curves_of_a_published_run(alice: Membership, api: Api) -> None:
    run = results.published(cast.project(alice))
    address = f"/api/v1/runs/{run.pk}/learning-curves"
    assert api(alice).get(address).status_code == 404
    curves = {"LightGBM": {"measure": "log_loss", "higher_is_better": False, "folds": {"1": {"every": 1, "points": [[1, None, 0.6]]}}}}
    (storage.path_of(run.artefacts_key) / "learning_curves.json").write_text(json.dumps(curves))
    assert api(alice).get(address).json() == curves


def test_the_log_is_text_for_owners(alice: Membership, bob: Membership, charlie: Membership, api: Api, settings: Any) -> None:
    run = results.published(cast.project(alice))
    address = f"/api/v1/runs/{run.pk}/log"
    assert api(alice).get(address).json()["code"] == "no_log"
    logs = Path(settings.DATA_DIR) / "logs" / "engine"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / f"{run.job_id}-a1.log").write_text("TabM failed")
    answer = api(alice).get(address)
    assert answer["Content-Type"].startswith("text/plain") and answer.content == b"== a1 ==\nTabM failed"
    assert [api(who).get(address).status_code for who in (bob, charlie)] == [403, 404]
