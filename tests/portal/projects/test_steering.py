"""Cancel, pause, go on, more time: services, API and page, for those who may and those who may not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job, JobState, Stop
from automl_portal.jobs.services import Claim, job_claim, job_paused
from automl_portal.predictors.services import predictor_publish
from automl_portal.projects.models import PUBLISHED, LeaderboardRow, Run
from automl_portal.projects.services import SEARCH, run_events, run_prepare, run_start
from automl_portal.projects.steering import run_cancel, run_continue, run_pause, run_resume, search_kept, searches_prune
from tests.portal import cast, results
from tests.portal.projects.test_services import claim, data_files, model_event

SignIn = Callable[[Membership], Client]
ROW = {
    "family": "tree",
    "fit_time_s": 1.0,
    "metric": "log_loss",
    "higher_is_better": False,
    "score_val": 0.5,
    "score_holdout": 0.5,
    "deployed": True,
}
RESULT = {"deployed_model": "LightGBM", "holdout": {"log_loss": 0.5}, "skipped_models": [], "warnings": []}

RECIPE = {"members": [{"key": "GBM", "name": "LightGBM", "params": {}}], "setup": {"label": "credit_risk", "roles": {"sensitive": ["sex"]}}}


def fresh(run: Run) -> Run:
    return Run.objects.select_related("job", "project").get(pk=run.pk)


def act(client: Client, run: Run, name: str, **fields: str) -> str:
    return client.post(reverse(name, args=[run.project_id, run.pk]), fields, follow=True).content.decode()


def finished_folder(folder: Path, *models: str) -> Path:
    """What a fit leaves in its folder, as far as publishing looks at it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("schema.json", "evaluation.json", "explanations.json", "document.json", "plan.json"):
        (folder / name).write_text("{}")
    (folder / "leaderboard.json").write_text(json.dumps([{**ROW, "model": name} for name in models]))
    (folder / "recipe.json").write_text(json.dumps(RECIPE))
    (folder / "bundle.zip").write_bytes(b"zip")
    (folder / "bundle").mkdir()
    (folder / SEARCH / "predictor").mkdir(parents=True)
    began = {"label": "old label", "data": "data.parquet", "roles": {"id": ["row"]}}
    for name, content in (("search.json", {"models": {name: {} for name in models}, "skipped": []}), ("spec.json", began)):
        (folder / SEARCH / name).write_text(json.dumps(content))
    return folder


def publish(run: Run, folder: Path, **result: Any) -> Run:
    held = job_claim(job_id=run.job_id, owner="w")
    assert held is not None
    sealed = {"sha256": "ab" * 32, "bytes": 3, "key_id": "k"}
    predictor_publish(claim=held, job_dir=finished_folder(folder, "LightGBM"), result={**RESULT, **result}, sealed=sealed)
    return fresh(run)


def test_a_cancel_keeps_what_is_finished_unless_told_otherwise(alice: Membership) -> None:
    project = cast.project(alice)
    for models, keep, stop in ((3, True, Stop.KEEP), (3, False, Stop.CANCEL), (0, True, Stop.CANCEL)):
        run = results.running(project, models=models)
        run_cancel(by=alice, run=run, keep=keep)
        assert fresh(run).job.stop == stop, (models, keep)


def test_a_canceled_run_with_a_predictor_has_results(alice: Membership, signed_in: SignIn, tmp_path: Path) -> None:
    run = publish(cast.run(cast.project(alice)), tmp_path, canceled=True)
    assert (run.status, run.is_published, str(run.predictor.model)) == (JobState.CANCELED, True, "LightGBM")
    assert list(Run.objects.filter(PUBLISHED)) == [run]
    html = signed_in(alice).get(reverse("run_detail", args=[run.project_id, run.pk])).content.decode()
    assert "The run was canceled; what was finished is published" in html and "See the leaderboard" in html


def test_a_canceled_run_without_anything_has_none(alice: Membership) -> None:
    run = cast.run(cast.project(alice), state=JobState.CANCELED)
    assert not run.is_published and not Run.objects.filter(PUBLISHED).exists()


def test_the_next_attempt_keeps_rows_skips_and_the_set_up_it_began_with(alice: Membership, tmp_path: Path) -> None:
    project = cast.project(alice)
    data_files(project)
    run = run_start(by=alice, project=project)
    first = claim(run)
    skip = {"t": 1.8e9, "type": "skipped", "model": "TabM", "family": "neural_net", "code": "memory", "reason": "No.", "params": {}}
    run_events(claim=first, events=[model_event("Dummy"), model_event("LightGBM"), model_event("CatBoost"), skip])
    job_paused(first)
    assert fresh(run).job.infra_attempts == 0
    run_resume(by=alice, run=fresh(run))
    (tmp_path / "search.json").write_text(json.dumps({"models": {"Dummy": {}, "LightGBM": {}}, "skipped": [skip]}))
    (tmp_path / "spec.json").write_text(json.dumps({"label": "as it was", "roles": {"id": ["x"]}}))
    spec = run_prepare(claim=claim(run), job_dir=tmp_path)
    assert (spec["label"], spec["roles"], spec["use_case"]) == ("as it was", {"id": ["x"]}, project.use_case_key)
    assert set(LeaderboardRow.objects.filter(run=run).values_list("model", flat=True)) == {"Dummy", "LightGBM"}
    assert [entry["code"] for entry in fresh(run).skipped_models] == ["memory"]
    run_events(claim=Claim(run.job_id, fresh(run).job.lease_token, 2, "w"), events=[{"t": 1.8e9, "type": "anew", "message": "Anew"}])
    assert not LeaderboardRow.objects.filter(run=run).exists() and not fresh(run).skipped_models


def test_a_run_is_given_more_time_from_what_it_kept(alice: Membership, tmp_path: Path) -> None:
    project = cast.project(alice)
    data_files(project)
    run = publish(run_start(by=alice, project=project, settings={"time_limit": 60}), tmp_path / "one")
    assert search_kept(run)
    more = run_continue(by=alice, run=run, time_limit=300)
    assert (more.number, more.continues, more.settings["time_limit"], more.job.wall_limit_s) == (2, run, 300, 300)
    assert (more.settings["seed"], more.dataset, more.holdout_uses) == (run.settings["seed"], run.dataset, 2)
    job_dir = tmp_path / "two"
    job_dir.mkdir()
    spec = run_prepare(claim=claim(more), job_dir=job_dir)
    assert (spec["holdout_uses"], spec["label"]) == (2, "old label")
    kept = storage.path_of(f"{run.artefacts_key}/{SEARCH}") / "search.json"
    assert (job_dir / "search.json").read_text() == kept.read_text()
    assert (job_dir / "search.json").stat().st_ino != kept.stat().st_ino


def test_only_the_newest_searches_are_kept(alice: Membership, signed_in: SignIn, tmp_path: Path, settings: Any) -> None:
    settings.KEPT_SEARCHES = 2
    project = cast.project(alice)
    runs = [publish(cast.run(project), tmp_path / str(n)) for n in range(3)]
    assert [search_kept(run) for run in runs] == [False, True, True]
    with pytest.raises(Problem, match="run_not_continuable"):
        run_continue(by=alice, run=runs[0])
    client = signed_in(alice)
    assert "can no longer be continued" in act(client, runs[0], "run_continue", time_limit="60")
    assert "Give it more time" not in client.get(reverse("run_detail", args=[project.pk, runs[0].pk])).content.decode()
    assert "Give it more time" in client.get(reverse("run_detail", args=[project.pk, runs[2].pk])).content.decode()
    run_continue(by=alice, run=runs[1])
    settings.KEPT_SEARCHES = 1
    assert searches_prune(project) == 0  # the one that waits still needs it


def test_the_page_pauses_lets_go_on_and_throws_away_only_when_it_is_typed(alice: Membership, signed_in: SignIn) -> None:
    run, client = results.running(cast.project(alice)), signed_in(alice)
    html = client.get(reverse("run_detail", args=[run.project_id, run.pk])).content.decode()
    assert "Cancel and keep what is finished" in html and "Throw it away" in html
    assert "Pausing the run" in act(client, run, "run_pause")
    job = Job.objects.get(pk=run.job_id)
    job_paused(Claim(job_id=job.pk, token=job.lease_token, attempt=1, owner="w"))
    html = client.get(reverse("run_detail", args=[run.project_id, run.pk])).content.decode()
    assert "The run is paused" in html and 'hx-trigger="every 1s"' in html
    assert "Waiting for a worker" in act(client, run, "run_resume")
    assert "This run is not paused." in act(client, run, "run_resume")
    assert "type 1 to confirm" in act(client, run, "run_discard", confirm="yes")
    assert fresh(run).status == JobState.QUEUED
    act(client, run, "run_discard", confirm="1")
    assert (fresh(run).status, fresh(run).is_published) == (JobState.CANCELED, False)


def test_a_run_that_is_over_is_neither_paused_nor_resumed(alice: Membership) -> None:
    run = cast.run(cast.project(alice), state=JobState.FAILED)
    for deed, code in ((run_pause, "run_not_pausable"), (run_resume, "run_not_paused"), (run_cancel, "run_over")):
        with pytest.raises(Problem, match=code):
            deed(by=alice, run=run)


def test_the_api_steers_a_run(alice: Membership, api: Callable[..., Client]) -> None:
    run, client = results.running(cast.project(alice)), api(alice)

    def call(what: str, **body: Any) -> Any:
        return client.post(f"/api/v1/runs/{run.pk}/{what}", json.dumps(body) if body else None, content_type="application/json")

    assert call("pause").status_code == 202 and call("pause").json()["code"] == "run_not_pausable"
    assert call("resume").json()["code"] == "run_still_pausing"
    answer = call("cancel", keep=False)
    assert answer.status_code == 202 and answer.json()["stopping"] == "cancel"
    assert call("continue", time_limit=60).json()["code"] == "run_not_continuable"


def test_the_recipe_of_a_run_is_fitted_again_on_a_newer_version(alice: Membership, api: Callable[..., Client], tmp_path: Path) -> None:
    project = cast.project(alice)
    data_files(project)
    run = publish(run_start(by=alice, project=project), tmp_path / "one")
    client = api(alice)
    again = client.post(f"/api/v1/runs/{run.pk}/replay", content_type="application/json")
    assert again.status_code == 202 and again.json()["replays"] == str(run.pk) and again.json()["continues"] is None
    assert client.get(f"/api/v1/runs/{run.pk}/recipe").json()["members"] == RECIPE["members"]
    replayed = Run.objects.get(pk=again.json()["id"])
    job_dir = tmp_path / "two"
    job_dir.mkdir()
    spec = run_prepare(claim=claim(replayed), job_dir=job_dir)
    assert (spec["recipe"], spec["label"], spec["holdout_uses"]) == (RECIPE["members"], "credit_risk", 1)
    other = cast.dataset(alice, report={"columns": [cast.column("age")]})
    answer = client.post(f"/api/v1/runs/{run.pk}/replay", json.dumps({"dataset": str(other.pk)}), content_type="application/json")
    assert answer.json()["code"] == "columns_missing" and "credit_risk" in answer.json()["detail"]
    unpublished = cast.run(project, state=JobState.FAILED)
    answer = client.post(f"/api/v1/runs/{unpublished.pk}/replay", content_type="application/json")
    assert answer.json()["code"] == "run_without_recipe"


@pytest.mark.parametrize("what", ["cancel", "pause", "resume", "continue", "replay"])
def test_others_find_nothing_and_a_viewer_may_not(
    alice: Membership, charlie: Membership, api: Callable[..., Client], signed_in: SignIn, what: str
) -> None:
    run = results.running(cast.project(alice))
    viewer = cast.member("victor@example.com", alice.team, Role.VIEWER)
    for member, status in ((charlie, 404), (viewer, 403)):
        assert api(member).post(f"/api/v1/runs/{run.pk}/{what}", content_type="application/json").status_code == status
        assert signed_in(member).post(reverse(f"run_{what}", args=[run.project_id, run.pk])).status_code == status
    assert fresh(run).job.stop == ""
    page = signed_in(viewer).get(reverse("run_detail", args=[run.project_id, run.pk])).content.decode()
    assert "Cancel and keep" not in page and ">Pause<" not in page
