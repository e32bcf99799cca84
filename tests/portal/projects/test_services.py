from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job, JobState
from automl_portal.jobs.services import Claim, LostLease, job_claim
from automl_portal.predictors.models import BatchPrediction, Champion, Predictor, Promotion
from automl_portal.predictors.selectors import predictor_in_use
from automl_portal.predictors.services import predictor_promote, predictor_publish
from automl_portal.projects.models import LeaderboardRow, Project, Run, RunEvent
from automl_portal.projects.selectors import leaderboard
from automl_portal.projects.services import project_create, run_deadline, run_events, run_prepare, run_start
from automl_portal.projects.setup import dataset_setup
from automl_portal.projects.steering import run_cancel
from tests.portal import cast


def claim(run: Run) -> Claim:
    found = job_claim(job_id=run.job_id, owner="w")
    assert found is not None
    return found


def data_files(project: Project) -> None:
    folder = storage.path_of(f"datasets/{project.dataset_id}/v1")
    folder.mkdir(parents=True)
    for name in ("data.parquet", "report.json"):
        (folder / name).write_bytes(b"x")
    project.dataset.data_key = f"datasets/{project.dataset_id}/v1"
    project.dataset.save()


def model_event(model: str, **row: Any) -> dict[str, Any]:
    values = {"family": "tree", "metric": "log_loss", "higher_is_better": False, "score_val": 0.5, "score_holdout": None, "fit_time_s": 1.0}
    return {"t": time.time(), "type": "model", "model": model, **values, **row}


def test_a_project_is_checked_before_it_is_made(alice: Membership) -> None:
    dataset = cast.dataset(alice)
    setup = dataset_setup(dataset, "finance/credit_default", "credit_risk")
    project = project_create(by=alice, name="", dataset=dataset, setup=setup)
    assert project.name == "German credit: credit_risk" and project.check_job is not None
    with pytest.raises(Problem, match="dataset_not_ready"):
        project_create(by=alice, name="", dataset=cast.dataset(alice, state=None), setup=setup)
    with pytest.raises(Problem, match="role_too_weak"):
        project_create(by=cast.member("v@example.com", alice.team, Role.VIEWER), name="", dataset=dataset, setup=setup)


def test_the_spec_holds_the_budget_the_data_and_no_secret(alice: Membership, tmp_path: Path) -> None:
    project = cast.project(alice)
    data_files(project)
    run = run_start(by=alice, project=project, settings={"time_limit": 60, "seed": 3})
    spec = run_prepare(claim=claim(run), job_dir=tmp_path)
    assert (spec["settings"]["time_limit"], spec["settings"]["seed"], spec["label"]) == (60, 3, "credit_risk")
    assert spec["deadline"] - time.time() == pytest.approx(57, abs=2)
    assert (tmp_path / "data.parquet").exists()
    assert "DATABASE" not in json.dumps(spec) and "redis" not in json.dumps(spec)


def test_the_deadline_leaves_time_to_publish(alice: Membership) -> None:
    job = cast.run(cast.project(alice)).job
    for wall in (30, 120, 3600):
        job.wall_limit_s = wall
        left = run_deadline(job) - time.time()
        assert wall * 0.85 < left <= wall - 2.9


def test_events_become_rows_once_per_model(alice: Membership) -> None:
    run = cast.run(cast.project(alice))
    held = claim(run)
    phase = {"t": time.time(), "type": "phase", "phase": "search", "progress": 0.2, "eta_s": 80, "message": "Looking", "params": {}}
    skip = {"t": time.time(), "type": "skipped", "model": "TabM", "family": "neural_net", "reason": "No time."}
    run_events(claim=held, events=[phase, model_event("A"), skip])
    run_events(claim=held, events=[model_event("A", score_holdout=0.6), model_event("B", score_val=0.4)])
    job = Job.objects.get(pk=run.job_id)
    assert (job.phase, job.progress, job.eta_s) == ("search", 0.2, 80)
    assert {row.model: row.row["score_holdout"] for row in LeaderboardRow.objects.filter(run=run)} == {"A": 0.6, "B": None}
    assert Run.objects.get(pk=run.pk).skipped_models == [{"model": "TabM", "family": "neural_net", "reason": "No time."}]
    assert [event.sentence for event in RunEvent.objects.filter(run=run, type="model")][0].startswith("A is trained: log_loss 0.5")
    assert [row["model"] for row in leaderboard(run)] == ["B", "A"]


def test_an_overtaken_attempt_writes_no_row(alice: Membership) -> None:
    run = cast.run(cast.project(alice))
    held = claim(run)
    with pytest.raises(LostLease):
        run_events(claim=Claim(held.job_id, held.token - 1, 1, "old"), events=[model_event("A")])
    assert not LeaderboardRow.objects.exists() and not RunEvent.objects.exists()


def result_files(job_dir: Path) -> dict[str, Any]:
    (job_dir / "bundle").mkdir()
    for name in ("bundle.zip", "evaluation.json", "explanations.json", "document.html", "document.json", "plan.json"):
        (job_dir / name).write_text("{}")
    (job_dir / "schema.json").write_text('{"columns": []}')
    (job_dir / "leaderboard.json").write_text(json.dumps([{"model": "A", "family": "tree", "score_holdout": 0.5}]))
    return {"status": "done", "deployed_model": "A", "holdout": {"log_loss": 0.5}, "skipped_models": []}


SEALED = {"sha256": "ab" * 32, "bytes": 10, "key_id": "k"}


def test_a_run_is_published_once_and_an_answer_lost_on_the_way_costs_nothing(alice: Membership, tmp_path: Path) -> None:
    run = cast.run(cast.project(alice))
    held = claim(run)
    result = result_files(tmp_path)
    for _ in range(2):  # the second time as after a commit whose answer was lost
        predictor_publish(claim=held, job_dir=tmp_path, result=result, sealed=SEALED)
    run = Run.objects.get(pk=run.pk)
    assert (run.status, Predictor.objects.get().version, run.holdout) == (JobState.SUCCEEDED, 1, {"log_loss": 0.5})
    assert storage.path_of(f"{run.artefacts_key}/evaluation.json").exists()


def test_an_overtaken_attempt_publishes_nothing(alice: Membership, tmp_path: Path) -> None:
    run = cast.run(cast.project(alice))
    held = claim(run)
    with pytest.raises(LostLease):
        old = Claim(held.job_id, held.token - 1, 1, "old")
        predictor_publish(claim=old, job_dir=tmp_path, result=result_files(tmp_path), sealed=SEALED)
    assert not Predictor.objects.exists() and not storage.path_of(f"runs/{run.pk}/t{old.token}").exists()


def test_the_champion_is_the_one_promoted_else_the_newest(alice: Membership, bob: Membership) -> None:
    project = cast.project(alice)
    with pytest.raises(Problem, match="no_predictor"):
        predictor_in_use(project)
    first, second = (cast.predictor(cast.run(project, state=JobState.SUCCEEDED)) for _ in range(2))
    assert predictor_in_use(project) == second
    predictor_promote(by=alice, predictor=first, note="cheaper")
    assert predictor_in_use(project) == first
    with pytest.raises(Problem, match="promotion_conflict"):
        predictor_promote(by=bob, predictor=second, seen_version=7)
    assert predictor_promote(by=bob, predictor=second, seen_version=1).version == 2
    assert [(row.predictor, row.replaced, row.by) for row in Promotion.objects.all()] == [
        (second, first, bob.user),
        (first, None, alice.user),
    ]
    assert Champion.objects.count() == 1


def test_a_run_is_canceled_only_while_it_works(alice: Membership) -> None:
    project = cast.project(alice)
    run = cast.run(project)
    run_cancel(by=alice, run=run)
    assert Run.objects.get(pk=run.pk).status == JobState.CANCELED
    with pytest.raises(Problem, match="run_over"):
        run_cancel(by=alice, run=Run.objects.get(pk=run.pk))
    assert BatchPrediction.objects.count() == 0
