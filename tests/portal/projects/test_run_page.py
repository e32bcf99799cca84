"""The run page in every state, its polled part, cancel and repeat."""

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
from automl_portal.jobs.models import Job, JobState, WorkerBeat
from automl_portal.jobs.services import Claim, worker_beat
from automl_portal.projects.live import live
from automl_portal.projects.models import Run, RunEvent
from automl_portal.projects.services import run_events
from tests.portal import cast, results

SignIn = Callable[[Membership], Client]


def page(client: Client, run: Run, name: str = "run_detail") -> str:
    response = client.get(reverse(name, args=[run.project_id, run.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_while_it_runs_the_page_asks_for_news_every_second(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    html = page(signed_in(bob), run)
    assert 'hx-trigger="every 1s"' in html and 'hx-swap="outerMorph"' in html
    assert "4 models so far, best LinearModel at log loss 0.430" in html
    assert "about 1 min 11 s" in html and "(58 s to 1 min 15 s)" in html
    assert "FTTransformer_BAG_L1: fold 3 of 5, epoch 7 of at most 60, at most 12 s left" in html
    assert 'id="figure-learning-data"' in html and "at most 1.48 GB" in html
    assert "Give the run more time." in html  # what would bring the skipped model
    assert "20 % of the training rows kept aside" in html
    assert "It did not finish within its share of the time limit." in html  # a skipped model, with its reason
    assert 'id="figure-search-data"' in html and "Cancel this run?" in html


def test_the_fragment_is_the_same_part_with_the_log(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    html = page(signed_in(alice), run, "run_live")
    assert html.lstrip().startswith('<div id="run-live"') and "<html" not in html
    assert 'hx-target="#run-log-lines"' in html and "LightGBM is trained" in html
    assert 'hx-target=".rail"' not in html  # the rail changes only when the run is over


def test_before_the_first_model(alice: Membership, signed_in: SignIn) -> None:
    html = page(signed_in(alice), results.running(cast.project(alice), models=0))
    assert "The run has started; no model yet" in html and "Models appear here one by one" in html
    assert "figure-search" not in html


def test_polling_stops_when_it_is_over_and_the_rail_follows(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    html = page(signed_in(alice), run, "run_live")
    assert "hx-trigger" not in html and 'hx-target=".rail"' in html
    assert "Done in 1 min 58 s: WeightedEnsemble_L2 reaches log loss" in html
    assert f"{reverse('project_leaderboard', args=[run.project_id])}?run=1" in html


def test_waiting_says_for_what(alice: Membership, signed_in: SignIn) -> None:
    project = cast.project(alice)
    first, second = cast.run(project), cast.run(project)
    assert "Waiting: 1 run comes first" in page(signed_in(alice), second)
    html = page(signed_in(alice), first)
    assert "Waiting for a worker" in html and "No worker for searches is running" in html
    worker_beat(name="w", queue="fit")
    assert WorkerBeat.objects.count() == 1
    assert "No worker for searches is running" not in page(signed_in(alice), first)


def test_a_failure_says_what_happened_and_what_to_do(alice: Membership, signed_in: SignIn) -> None:
    error = {"code": "target_one_class", "message": "The label %(label)s has one value only.", "params": {"label": "x"}, "column": "x"}
    run = cast.run(cast.project(alice), state=JobState.FAILED, error=error)
    html = page(signed_in(alice), run)
    assert html.count("The label x has one value only.") == 1
    assert "target_one_class" in html and str(run.job_id) in html and "Nothing in the dataset" in html
    assert "Traceback" not in html and "hx-trigger" not in html and "Start it again" in html


def test_cancel_asks_first_and_stops_a_queued_run_at_once(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = cast.run(cast.project(alice))
    client = signed_in(bob)
    response = client.post(reverse("run_cancel", args=[run.project_id, run.pk]), follow=True)
    assert "The run was canceled" in response.content.decode()
    assert Job.objects.get(pk=run.job_id).state == JobState.CANCELED
    again = client.post(reverse("run_cancel", args=[run.project_id, run.pk]), follow=True)
    assert "This run is over already." in again.content.decode()


def test_a_running_run_is_asked_to_stop(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    html = signed_in(alice).post(reverse("run_cancel", args=[run.project_id, run.pk]), follow=True).content.decode()
    assert "Stopping the run" in html and "Cancel this run?" not in html


def test_repeat_starts_a_run_with_the_same_settings(alice: Membership, signed_in: SignIn) -> None:
    run = cast.run(cast.project(alice), state=JobState.FAILED, error={"code": "x", "message": "No."})
    Run.objects.filter(pk=run.pk).update(settings={**run.settings, "time_limit": 77})
    response = signed_in(alice).post(reverse("run_repeat", args=[run.project_id, run.pk]))
    new = run.project.runs.get(number=2)
    assert response["Location"] == reverse("run_detail", args=[run.project_id, new.pk]) and new.settings["time_limit"] == 77


def test_a_second_attempt_is_said(alice: Membership, signed_in: SignIn) -> None:
    html = page(signed_in(alice), results.running(cast.project(alice), models=0, attempt=2))
    assert "This is attempt 2. No model was finished before" in html
    html = page(signed_in(alice), results.running(cast.project(alice), attempt=2))
    assert "This is attempt 2. It goes on from where" in html


def test_a_model_named_twice_is_one_line_and_one_point(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice), models=3)
    event = RunEvent.objects.filter(run=run, type="model").first()
    assert event is not None
    RunEvent.objects.create(run=run, attempt=1, at=event.at, type="model", message=event.message, params=event.params)
    figure = live(run).figure
    assert figure is not None and len(figure.rows) == 3
    assert page(signed_in(alice), run).count("LinearModel is trained") == 1


def test_a_run_belongs_to_its_project_and_team(alice: Membership, charlie: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    other = cast.project(alice, run.project.dataset)
    assert signed_in(alice).get(reverse("run_detail", args=[other.pk, run.pk])).status_code == 404
    for name in ("run_detail", "run_live"):
        assert signed_in(charlie).get(reverse(name, args=[run.project_id, run.pk])).status_code == 404
    assert signed_in(charlie).post(reverse("run_cancel", args=[run.project_id, run.pk])).status_code == 404


def test_an_ended_session_sends_the_whole_page_to_the_sign_in(alice: Membership) -> None:
    run = results.running(cast.project(alice))
    path = reverse("run_detail", args=[run.project_id, run.pk])
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"}
    response = Client().get(reverse("run_live", args=[run.project_id, run.pk]), headers=headers)
    assert response.status_code == 401 and response["HX-Redirect"] == f"/sign-in?next={path}"


def test_a_viewer_watches_and_cannot_stop(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    client = signed_in(cast.member("victor@example.com", alice.team, Role.VIEWER))
    assert "Cancel this run?" not in page(client, run)
    assert client.post(reverse("run_cancel", args=[run.project_id, run.pk])).status_code == 403


@pytest.mark.parametrize("state", [JobState.CANCELED, JobState.FAILED])
def test_the_track_shows_where_it_ended(alice: Membership, state: JobState) -> None:
    run = cast.run(cast.project(alice), state=state)
    Job.objects.filter(pk=run.job_id).update(phase="search")
    run = Run.objects.select_related("job", "project").get(pk=run.pk)
    assert [phase["state"] for phase in live(run).phases] == ["done", "done", "failed", "waiting", "waiting", "waiting", "waiting"]


def test_the_reason_of_a_skipped_model_carries_its_numbers(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice), models=0)
    job = Job.objects.get(pk=run.job_id)
    claim = Claim(job_id=job.pk, token=job.lease_token, attempt=1, owner="w")
    reason = "The table has more than the %(columns)s columns it can handle."
    skipped = {"t": 1.8e9, "type": "skipped", "model": "TabM", "family": "neural_net", "reason": reason, "params": {"columns": "500"}}
    run_events(claim=claim, events=[skipped, {"t": 1.8e9, "type": "phase", "phase": "search", "message": "Looking", "params": {"n": 1}}])
    html = page(signed_in(alice), Run.objects.get(pk=run.pk))
    assert html.count("The table has more than the 500 columns it can handle.") == 2  # in the list and in the log
    assert "<strong>Search</strong> Looking" in html


def test_before_the_first_epoch_there_is_no_curve_to_draw(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    Run.objects.filter(pk=run.pk).update(live={"training": {"model": "LightGBM_BAG_L1", "fold": 1, "folds": 5, "points": []}})
    html = page(signed_in(alice), run)
    assert "LightGBM_BAG_L1: fold 1 of 5" in html and "figure-learning" not in html


def test_a_family_that_was_promised_and_not_trained_is_a_warning(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    client = signed_in(alice)
    assert "it was promised" not in page(client, run)  # TabM is missing, but another neural net was trained
    Run.objects.filter(pk=run.pk).update(skipped_models=[{**results.SKIPPED[0], "model": "TextNgram", "family": "text"}])
    Run.objects.filter(pk=run.pk).update(skipped_models=[{**results.SKIPPED[0], "family": "text", "code": "not_installed"}])
    assert "it was promised" not in page(client, run)  # nobody promised what is not installed
    Run.objects.filter(pk=run.pk).update(skipped_models=[{**results.SKIPPED[0], "model": "TextNgram", "family": "text"}])
    warning = "No model of the family text was trained; it was promised. Missing: TextNgram."
    assert warning in page(client, run)
    assert warning in client.get(reverse("project_leaderboard", args=[run.project_id])).content.decode()


def test_when_it_is_over_every_models_curve_can_be_looked_at(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    curve = {"measure": "log_loss", "higher_is_better": False, "folds": {"1": {"every": 1, "points": [[1, None, 0.6], [2, None, 0.5]]}}}
    folder = storage.path_of(run.artefacts_key)
    (folder / "learning_curves.json").write_text(json.dumps({"LightGBM": curve, "RealMLP": curve}))
    client = signed_in(alice)
    html = page(client, run)
    assert "RealMLP is best at epoch 2: log loss 0.500 in validation." in html and "?curve=LightGBM" in html
    address = reverse("run_detail", args=[run.project_id, run.pk])
    assert "LightGBM is best at epoch 2" in client.get(address, {"curve": "LightGBM"}).content.decode()
    assert "RealMLP is best at epoch 2" in client.get(address, {"curve": "../../etc"}).content.decode()


def test_the_engines_log_is_for_owners_and_holds_no_secret(
    alice: Membership, bob: Membership, charlie: Membership, signed_in: SignIn, settings: Any
) -> None:
    run = cast.run(cast.project(alice), state=JobState.FAILED, error={"code": "x", "message": "Failed.", "params": {}})
    address = reverse("run_log", args=[run.project_id, run.pk])
    assert signed_in(alice).get(address).status_code == 302  # nothing was printed
    logs = Path(settings.DATA_DIR) / "logs" / "engine"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / f"{run.job_id}-a1.log").write_text("first attempt, token=abcdef")
    (logs / f"{run.job_id}-a2.log").write_text("TabM failed: ValueError")
    response = signed_in(alice).get(address)
    assert response["Content-Type"].startswith("text/plain") and "attachment" in response["Content-Disposition"]
    assert response.content.decode() == "== a1 ==\nfirst attempt, token=***\n== a2 ==\nTabM failed: ValueError"
    assert address in page(signed_in(alice), run) and address not in page(signed_in(bob), run)
    assert signed_in(bob).get(address).status_code == 403
    assert signed_in(charlie).get(address).status_code == 404


def test_a_failed_run_lists_what_failed(alice: Membership, signed_in: SignIn) -> None:
    run = cast.run(cast.project(alice), state=JobState.FAILED, error={"code": "every_model_failed", "message": "Not one.", "params": {}})
    Run.objects.filter(pk=run.pk).update(skipped_models=results.SKIPPED)
    html = page(signed_in(alice), run)
    assert "2 models were not trained; the reasons are below." in html and "Give the run more time." in html


def test_a_second_attempt_after_too_little_memory_says_so_with_what_became_smaller(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice), attempt=2, oom_attempts=1)
    sentence = "An attempt ran out of memory. It is tried once more, with a smaller plan."
    assert sentence in page(signed_in(alice), run)
    warning = {"code": "smaller_plan", "message": "This one was made smaller: %(rows)s rows.", "params": {"rows": 400}}
    Run.objects.filter(pk=run.pk).update(live={"warnings": [warning]})
    html = page(signed_in(alice), run)
    assert sentence not in html
    assert "This one was made smaller: 400 rows." in html


def test_the_energy_of_a_run_that_is_over_is_a_range(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    energy = {"wh": 0.2, "low_wh": 0.1, "high_wh": 0.4, "gpu_wh": 0.05, "co2_g": 0.0762, "country": "DEU"}
    Run.objects.filter(pk=run.pk).update(result={**run.result, "energy_wh": 0.2, "energy": energy})
    assert "(0.10 to 0.40; 0.050 of it counted by the GPU; 0.076 g CO2, grid of DEU)" in page(signed_in(alice), run)


def test_a_family_is_not_missed_before_the_run_is_over(alice: Membership, signed_in: SignIn) -> None:
    run = results.running(cast.project(alice))
    Run.objects.filter(pk=run.pk).update(skipped_models=[{**results.SKIPPED[0], "model": "TextNgram", "family": "text"}])
    assert "it was promised" not in page(signed_in(alice), run)


def test_models_that_are_missing_for_one_reason_are_named_together(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    skip = results.SKIPPED[0]
    Run.objects.filter(pk=run.pk).update(skipped_models=[skip, {**skip, "model": "RealMLP"}, {**skip, "model": "EBM", "family": "tree"}])
    html = page(signed_in(alice), run)
    assert "<strong>TabM and RealMLP</strong>" in html and html.count("Give the run more time.") == 2
