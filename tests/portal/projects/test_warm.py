"""What earlier runs found is handed to the next run of the same project, where it may be."""

from __future__ import annotations

from typing import Any

from automl_portal.accounts.models import Membership
from automl_portal.projects.models import Project, Run
from automl_portal.projects.services import run_start
from automl_portal.projects.warm import run_history
from tests.portal import cast, results


def next_run(by: Membership, project: Project, **settings: Any) -> Run:
    return run_start(by=by, project=project, settings=settings)


def test_the_next_run_knows_what_the_one_before_it_found(alice: Membership) -> None:
    first = results.published(cast.project(alice))
    assert run_history(first) == []
    history = run_history(next_run(alice, first.project, eval_metric=first.settings["eval_metric"]))
    scores = {row["model"]: row["score"] for row in history if row["score"] is not None}
    # A loss is better when it is smaller: the sign is turned, so that more is better.
    assert scores["CatBoost"] > scores["RandomForest"] and {row["run"] for row in history} == {first.number}
    assert {row["model"]: row["failed"] for row in history if row["score"] is None}["TabM"] == "time_limit"


def test_another_metric_another_project_or_a_wish_begin_anew(alice: Membership) -> None:
    first = results.published(cast.project(alice))
    metric = first.settings["eval_metric"]
    other = "roc_auc" if metric != "roc_auc" else "log_loss"
    assert run_history(next_run(alice, first.project, eval_metric=other)) == []
    assert run_history(next_run(alice, first.project, eval_metric=metric, warm_start=False)) == []
    assert run_history(next_run(alice, cast.project(alice), eval_metric=metric)) == []


def test_a_run_that_goes_on_with_another_does_not_reorder_it(alice: Membership) -> None:
    first = results.published(cast.project(alice))
    run = next_run(alice, first.project, eval_metric=first.settings["eval_metric"])
    run.continues = first
    assert run_history(run) == []
