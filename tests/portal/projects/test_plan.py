"""What a budget buys, on the set-up page and in the API, before anything runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from automl_portal.accounts.models import Membership
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job, JobKind
from automl_portal.projects.plan_page import foreseen, plan_columns, run_foreseen
from automl_portal.projects.planning import plan_of, table_facts
from automl_portal.projects.services import run_start
from domains.planning.layout import TableFacts
from tests.portal.cast import column, project
from tests.portal.results import published

Api = Callable[..., Client]


def test_the_facts_count_what_models_learn_from() -> None:
    columns = [column("id"), column("age"), column("note", "text"), column("gone", "empty"), column("y", "category", 3, missing=10)]
    facts = table_facts(columns, 110, "y", {"id": ["id"]}, "multiclass", 0.2)
    assert (facts.rows, facts.columns, facts.text, facts.classes) == (100, 2, 1, 3)


def test_the_api_tells_the_plan_of_a_budget(alice: Membership, api: Api) -> None:
    of = project(alice)
    plans = [
        api(alice).post(f"/api/v1/projects/{of.pk}/plan", {"settings": {"time_limit": seconds}}, content_type="application/json").json()
        for seconds in (60, 3600)
    ]
    assert [plan["budget_s"] for plan in plans] == [60, 3600]
    assert plans[0]["folds"] < plans[1]["folds"]
    for plan in plans:
        assert {"seconds", "memory_mb", "energy_wh", "size_mb"} == set(plan["estimate"])
        assert plan["candidates"][0]["seconds"] > 0
    assert not Job.objects.filter(kind=JobKind.RUN).exists()


def test_a_plan_without_settings_is_the_projects_own(alice: Membership, api: Api) -> None:
    of = project(alice, settings={"time_limit": 300, "holdout_fraction": 0.2, "seed": 0, "decision": {}})
    assert api(alice).post(f"/api/v1/projects/{of.pk}/plan", {}, content_type="application/json").json()["budget_s"] == 300


def test_a_stranger_sees_no_plan(alice: Membership, charlie: Membership, api: Api) -> None:
    assert api(charlie).post(f"/api/v1/projects/{project(alice).pk}/plan", {}, content_type="application/json").status_code == 404


def test_a_bad_setting_is_refused_with_its_code(alice: Membership, api: Api) -> None:
    answer = api(alice).post(f"/api/v1/projects/{project(alice).pk}/plan", {"settings": {"time_limit": 1}}, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["code"] == "setting_out_of_range"


def test_a_run_that_cannot_fit_the_memory_is_refused_before_the_start(alice: Membership, settings: object) -> None:
    settings.FIT_MEMORY_MB = 1_000  # type: ignore[attr-defined]
    with pytest.raises(Problem) as refused:
        run_start(by=alice, project=project(alice))
    assert refused.value.code == "table_too_large" and refused.value.status == 409
    assert "needs about 1.3 GB of memory; this worker gives 1.0 GB" in refused.value.sentence
    assert not Job.objects.filter(kind=JobKind.RUN).exists()


def test_the_set_up_page_lays_the_budgets_side_by_side(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    of = project(alice)
    page = signed_in(alice).get(f"/projects/{of.pk}/setup").content.decode()
    part = page[page.index('id="budget-plan"') :]
    part = part[: part.index("</section>")]
    assert part.count('<th scope="col">') == 4
    assert part.count(" to ") == 13  # a range in each of twelve cells, and a title


def test_seconds_of_ones_own_get_a_column(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    of = project(alice)
    sent = {"action": "preview", "label": of.label, "label_shown": of.label, "budget": "custom", "seconds": "77", "holdout": "20"}
    page = signed_in(alice).post(f"/projects/{of.pk}/setup", sent).content.decode()
    assert "<small>1 min 17 s</small>" in page[page.index('id="budget-plan"') :]


def test_a_memory_too_small_is_said_on_the_page(settings: object) -> None:
    settings.FIT_MEMORY_MB = 1_000  # type: ignore[attr-defined]
    columns = plan_columns(TableFacts(1_000, 20), [("Quick", 60)])
    assert "1.05 GB" in columns["short"]


def test_what_was_foreseen_stands_beside_what_was_used() -> None:
    preview = plan_of(TableFacts(1_000, 20), 60)
    middle = {what: each["value"] for what, each in preview["estimate"].items()}
    assert [inside for *_rest, inside in foreseen(preview, dict(middle))] == [True] * 4
    assert [inside for *_rest, inside in foreseen(preview, {"seconds": 1e6})] == [False, None, None, None]


def test_the_run_page_sets_what_was_foreseen_beside_what_was_used(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    run = published(project(alice))
    run.plan, run.live = {"preview": plan_of(TableFacts(1_000, 20), 120)}, {"usage": {"peak_memory_mb": 999_999}}
    run.save()
    page = signed_in(alice).get(f"/projects/{run.project_id}/runs/{run.pk}").content.decode()
    part = page[page.index("foreseen-title") :]
    part = part[: part.index("</section>")]
    assert part.count(" to ") == 4 and "outside the range" in part


def test_a_queued_run_shows_what_was_promised_and_an_old_one_nothing(alice: Membership) -> None:
    of = project(alice)
    queued, old = run_start(by=alice, project=of), published(of)
    assert [used for _what, _about, used, _inside in run_foreseen(queued, [], None)] == ["–"] * 4
    assert run_foreseen(old, [], None) == []
