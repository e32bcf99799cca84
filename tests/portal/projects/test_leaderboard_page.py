"""The leaderboard: its sentence for every outcome, order, filter, CSV, promotion and empty states."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import Membership, Role
from automl_portal.jobs.models import JobState
from automl_portal.projects.board import Board, cell
from automl_portal.projects.models import Project
from tests.portal import cast, results

SignIn = Callable[[Membership], Client]


def row(model: str, score: float | None, **more: Any) -> dict[str, Any]:
    fields = {"model": model, "family": "tree", "metric": "roc_auc", "higher_is_better": True, "score_holdout": score}
    bounds = {"ci_low": None if score is None else score - 0.045, "ci_high": None if score is None else score + 0.045}
    return fields | bounds | {"tied_with_best": False, "baseline": False, "predict_rows_per_s": 100.0} | more


def test_ties_are_named_with_the_cheapest() -> None:
    rows = [row("A", 0.787, tied_with_best=True), row("CatBoost", 0.78, tied_with_best=True, predict_rows_per_s=900.0)]
    rows += [row("C", 0.77, tied_with_best=True), row("D", 0.6), row("Baseline", 0.5, baseline=True)]
    assert Board(rows).heading == "Three models tie at AUC 0.79 (0.74 to 0.83). CatBoost is the cheapest of them."


def test_one_best() -> None:
    board = Board([row("A", 0.787, tied_with_best=True), row("B", 0.6), row("Baseline", 0.5, baseline=True)])
    assert board.heading == "A is ahead of every other model: AUC 0.79 (0.74 to 0.83)."


def test_worse_than_the_baseline() -> None:
    rows = [row("Baseline", 0.52, baseline=True, tied_with_best=True), row("A", 0.5)]
    assert Board(rows).heading.startswith("No model is better than the baseline") and "AUC 0.52" in Board(rows).heading
    tied = [row("A", 0.53, tied_with_best=True), row("Baseline", 0.5, baseline=True, tied_with_best=True)]
    assert Board(tied).heading == "A is best at AUC 0.53 (0.49 to 0.58), but its lead over the baseline's 0.50 may be chance."


def test_nothing_trained_and_nothing_measured() -> None:
    assert Board([]).heading == "No model was trained"
    assert Board([row("A", None, tied_with_best=None)]).heading == "A is ahead of every other model: AUC –."


def test_a_model_worse_than_the_baseline_does_not_stretch_the_axis() -> None:
    low = {"higher_is_better": False, "metric": "log_loss"}
    rows = [row("A", 0.5, **low), row("Baseline", 0.6, baseline=True, **low), row("Wild", 9.0, **low)]
    scale = Board(rows).scale
    assert scale.high < 0.7 and scale.reference == 0.6


def test_the_page_draws_intervals_and_marks_what_is_deployed(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    response = signed_in(bob).get(reverse("project_leaderboard", args=[run.project_id]))
    html = response.content.decode()
    assert response.context["rows"][-1]["baseline"]
    assert html.count("forest-ci") == len(results.MODELS) and "forest-reference" in html
    assert "In the bundle" in html and "Lower is better." in html
    assert "TabM" in html and "It did not finish within its share of the time limit." in html


def test_family_and_order(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    client, path = signed_in(alice), reverse("project_leaderboard", args=[run.project_id])
    rows = client.get(path, {"family": "tree", "sort": "speed"}).context["rows"]
    assert [each["model"] for each in rows] == ["LightGBM", "CatBoost", "RandomForest", "Baseline"]
    fastest = client.get(path, {"sort": "fit"}).context["rows"]
    assert fastest[0]["model"] == "WeightedEnsemble_L2" and fastest[-1]["baseline"]
    assert client.get(path, {"sort": "nonsense", "family": "<script>"}).status_code == 200


def test_the_csv_is_exact_and_runs_nothing(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice), rows=[row('=HYPERLINK("x")', 0.7312345678901, deployed=True), row("B", None, ci_low=-0.5)])
    response = signed_in(alice).get(reverse("project_leaderboard", args=[run.project_id]), {"format": "csv"})
    assert response["Content-Disposition"] == 'attachment; filename="leaderboard-credit-run-1.csv"'
    first, second = csv.DictReader(io.StringIO(response.content.decode()))
    assert first["model"] == '\'=HYPERLINK("x")' and float(first["score_holdout"]) == 0.7312345678901
    assert second["score_holdout"] == "" and second["ci_low"] == "-0.5"
    assert [cell(value) for value in ("+1", "-x", "@a", "\tb", None, True, -2)] == ["'+1", "'-x", "'@a", "'\tb", "", "true", "-2"]


def test_promotion_makes_the_champion_and_keeps_the_note(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    client = signed_in(alice)
    html = client.post(reverse("predictor_promote", args=[run.predictor.pk]), {"note": "Best by far"}, follow=True).content.decode()
    assert "Predictor v1 is the champion now." in html and "Champion" in html and "Predict with it" in html
    project = Project.objects.get(pk=run.project_id)
    assert project.champion.predictor == run.predictor
    promotion = project.promotions.get()
    assert promotion.note == "Best by far" and promotion.by == alice.user


def test_two_promotions_at_once_make_one_champion(alice: Membership, signed_in: SignIn) -> None:
    project = cast.project(alice)
    first, second = results.published(project), results.published(project, seed=8)
    client = signed_in(alice)
    client.post(reverse("predictor_promote", args=[first.predictor.pk]))
    page = client.get(reverse("project_leaderboard", args=[project.pk]), {"run": 2}).content.decode()
    assert 'name="seen_version" value="1"' in page and "It replaces v1" in page
    client.post(reverse("predictor_promote", args=[second.predictor.pk]), {"seen_version": "1"})
    late = client.post(reverse("predictor_promote", args=[first.predictor.pk]), {"seen_version": "1"}, follow=True)
    assert "Somebody promoted another predictor meanwhile" in late.content.decode()
    assert Project.objects.get(pk=project.pk).champion.predictor == second.predictor


def test_earlier_runs_stay_in_reach(alice: Membership, signed_in: SignIn) -> None:
    project = cast.project(alice)
    first, second = results.published(project), results.published(project, seed=8)
    client, path = signed_in(alice), reverse("project_leaderboard", args=[project.pk])
    assert client.get(path).context["run"] == second
    assert client.get(path, {"run": "1"}).context["run"] == first
    assert [client.get(path, {"run": number}).status_code for number in ("7", "x", "-1", "9" * 40)] == [404] * 4


def test_before_the_first_result_every_results_page_teaches(alice: Membership, signed_in: SignIn) -> None:
    project, client = cast.project(alice), signed_in(alice)
    pages = ("project_leaderboard", "project_evaluate", "project_explain", "project_predict")
    for name in pages:
        assert "Start with a run" in client.get(reverse(name, args=[project.pk])).content.decode()
    run = cast.run(project)
    for name in pages:
        html = client.get(reverse(name, args=[project.pk])).content.decode()
        assert "A run is under way" in html and reverse("run_detail", args=[project.pk, run.pk]) in html
    cast.done(run.job, JobState.FAILED, error={"code": "x", "message": "No."})
    assert "The last run ended without results" in client.get(reverse("project_evaluate", args=[project.pk])).content.decode()


def test_a_stranger_finds_nothing_and_a_viewer_cannot_promote(alice: Membership, charlie: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    for name in ("project_leaderboard", "project_evaluate", "project_explain", "project_predict"):
        assert signed_in(charlie).get(reverse(name, args=[run.project_id])).status_code == 404
        assert Client().get(reverse(name, args=[run.project_id])).status_code == 302
    assert signed_in(charlie).post(reverse("predictor_promote", args=[run.predictor.pk])).status_code == 404
    viewer = signed_in(cast.member("victor@example.com", alice.team, Role.VIEWER))
    html = viewer.get(reverse("project_leaderboard", args=[run.project_id])).content.decode()
    assert 'popovertarget="promote"' not in html
    assert viewer.post(reverse("predictor_promote", args=[run.predictor.pk])).status_code == 403
