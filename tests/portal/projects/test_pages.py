"""Home, the gallery, and the set-up page from proposal to run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import Membership
from automl_portal.datasets.models import Dataset
from automl_portal.jobs.models import JobState
from automl_portal.predictors.models import Champion
from automl_portal.projects.models import Project, Run
from tests.portal import cast

SignedIn = Callable[[Membership], Client]


def fields(page: str) -> dict[str, str]:
    """What a browser would send from the set-up form."""
    form = page.split('<form id="setup"')[1].split("</form>")[0]
    values = {name: value for name, value in re.findall(r'<input type="(?:hidden|text|number)" name="([^"]+)" value="([^"]*)"', form)}
    values |= {name: value for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)" checked', form)}
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return values


def new_url(dataset: Dataset, use_case: str = "finance/credit_default") -> str:
    return reverse("project_setup_new", args=[*use_case.split("/"), dataset.pk])


@pytest.fixture
def dataset(alice: Membership) -> Dataset:
    return cast.dataset(alice)


def test_home_of_a_new_team_teaches(alice: Membership, signed_in: SignedIn) -> None:
    page = signed_in(alice).get("/").content.decode()
    assert "Start with a question and a file" in page
    assert page.count("btn-primary") == 1


def test_home_says_what_waits_and_what_runs(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    cast.finding(cast.dataset(alice, name="Waiting"))
    project = cast.project(alice, on=dataset)
    cast.run(project)
    page = signed_in(alice).get("/").content.decode()
    assert "1 thing waits for you, 1 run is under way" in page
    assert "<strong>Waiting</strong> has questions" in page


def test_home_shows_the_champions_score_with_its_interval(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    run = cast.run(cast.project(alice, on=dataset), state=JobState.SUCCEEDED)
    predictor = cast.predictor(run)
    cast.leaderboard_row(run, predictor.model, "ensemble", 0.512)
    assert "no predictor is in use" in signed_in(alice).get("/").content.decode()
    Champion.objects.create(project=run.project, predictor=predictor)
    page = signed_in(alice).get("/").content.decode()
    assert "Log loss 0.512" in page and "(0.472–0.552)" in page


def test_gallery_suggests_by_columns(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    page = signed_in(alice).get(reverse("project_new") + f"?dataset={dataset.pk}").content.decode()
    fitting = page.split("Fits your columns")[1].split("</section>")[0]
    assert "Credit default" in fitting and new_url(dataset) in page


def test_the_sample_starts_an_import(alice: Membership, signed_in: SignedIn) -> None:
    answer = signed_in(alice).post(reverse("project_new_sample", args=["finance", "credit_default"]))
    made = Dataset.objects.get()
    assert answer.headers["Location"] == f"/datasets/{made.pk}?use_case=finance%2Fcredit_default"
    assert made.filename == "credit_default_sample.csv"


def test_an_unknown_use_case_is_not_found(alice: Membership, signed_in: SignedIn) -> None:
    assert signed_in(alice).get("/projects/new/finance/alchemy").status_code == 404


def test_setup_is_filled_by_the_use_case(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    page = signed_in(alice).get(new_url(dataset)).content.decode()
    sent = fields(page)
    assert (sent["label"], sent["positive_class"], sent["eval_metric"], sent["holdout"]) == ("credit_risk", "0", "log_loss", "20")
    roles = {column["name"]: sent.get(f"role-{column['id']}") for column in dataset.columns}
    assert (roles["age"], roles["sex"], roles["amount"], roles["credit_risk"]) == ("sensitive", "sensitive", "value", None)
    assert "The predictor reports the probability that credit_risk is 0 (30 % of the rows)." in page


def test_posting_what_was_proposed_makes_the_project(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    answer = client.post(new_url(dataset), {**sent, "action": "save"})
    project = Project.objects.get()
    assert answer.headers["Location"] == reverse("project_setup", args=[project.pk])
    assert (project.positive_class, project.settings["time_limit"]) == ("0", 120)
    assert sorted(project.roles["sensitive"]) == ["age", "sex"]


def test_what_the_analyst_changed_is_kept(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    roles = {f"role-{column['id']}": "feature" for column in dataset.columns}
    client.post(
        new_url(dataset), {**sent, **roles, "budget": "custom", "seconds": "77", "positive_class": "1", "name": "Mine", "action": "save"}
    )
    project = Project.objects.get()
    assert (project.name, project.positive_class, project.settings["time_limit"]) == ("Mine", "1", 77)
    assert project.roles.get("sensitive", []) == []


def test_another_label_keeps_the_rest_of_the_form(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    page = client.post(new_url(dataset), {**sent, "label": "sex", "name": "Kept", "holdout": "33", "action": "preview"})
    again = fields(page.content.decode())
    assert page.status_code == 200 and "error-summary" not in page.content.decode()
    assert (again["label"], again["name"], again["holdout"]) == ("sex", "Kept", "33")
    assert again["positive_class"] in ("female", "male")
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"budget": "custom", "seconds": ""}, "Say how many seconds"),
        ({"budget": "custom", "seconds": "3"}, "greater than or equal to 30"),
        ({"holdout": "90"}, "less than or equal to 50"),
        ({"label": "amount"}, "target_high_cardinality"),
    ],
)
def test_what_cannot_be_is_said_beside_and_on_top(
    change: dict[str, str], words: str, alice: Membership, dataset: Dataset, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    answer = client.post(new_url(dataset), {**sent, **change, "name": "Kept", "action": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "error-summary" in page and 'value="Kept"' in page
    assert not Project.objects.exists()


def test_seconds_count_only_for_a_custom_budget(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    page = client.post(new_url(dataset), {**sent, "budget": "custom", "seconds": "3", "action": "save"}).content.decode()
    assert "Say how many seconds" not in page
    assert client.post(new_url(dataset), {**sent, "budget": "quick", "seconds": "3", "action": "save"}).status_code == 302


def test_starting_stores_changes_and_queues_a_run(alice: Membership, signed_in: SignedIn) -> None:
    project, client = cast.project(alice), signed_in(alice)
    url = reverse("project_setup", args=[project.pk])
    sent = fields(client.get(url).content.decode())
    answer = client.post(url, {**sent, "holdout": "30", "action": "start"})
    run = Run.objects.get()
    assert answer.headers["Location"] == reverse("run_detail", args=[project.pk, run.pk])
    assert run.settings["holdout_fraction"] == 0.3


def test_a_suspect_column_is_left_out_with_one_click(alice: Membership, signed_in: SignedIn) -> None:
    finding: dict[str, Any] = {
        "code": "leakage_suspect",
        "level": "WARN",
        "column": "amount",
        "message": "%(column)s gives the label away.",
        "params": {"column": "amount"},
    }
    project, client = cast.project(alice, label_report={"findings": [finding]}, roles={"sensitive": ["sex"]}), signed_in(alice)
    url = reverse("project_setup", args=[project.pk])
    page = client.get(url).content.decode()
    column = next(each for each in project.dataset.columns if each["name"] == "amount")
    assert "amount gives the label away." in page
    answer = client.post(url, {**fields(page), "exclude": column["id"]})
    assert answer.status_code == 302
    project.refresh_from_db()
    assert project.roles["exclude"] == ["amount"]


def test_overview_answers_in_its_heading(alice: Membership, signed_in: SignedIn) -> None:
    project, client = cast.project(alice), signed_in(alice)
    url = reverse("project_overview", args=[project.pk])

    def heading() -> str:
        found = re.search(r"<h1>(.*?)</h1>", client.get(url).content.decode(), re.DOTALL)
        return found[1] if found else ""

    assert "no run has been started yet" in heading()
    run = cast.run(project, state=JobState.SUCCEEDED)
    assert "no predictor is in use yet" in heading()
    predictor = cast.predictor(run)
    cast.leaderboard_row(run, predictor.model, "ensemble", 0.512)
    Champion.objects.create(project=project, predictor=predictor)
    assert "The champion predicts credit_risk with log loss 0.512 (0.472 to 0.552)" in heading()


def test_storing_without_a_change_checks_nothing_again(alice: Membership, signed_in: SignedIn) -> None:
    client, project = signed_in(alice), cast.project(alice)
    url = reverse("project_setup", args=[project.pk])
    client.post(url, {**fields(client.get(url).content.decode()), "action": "save"})
    project.refresh_from_db()
    check = project.check_job_id
    client.post(url, {**fields(client.get(url).content.decode()), "name": "Another name", "action": "save"})
    project.refresh_from_db()
    assert (project.check_job_id, project.name) == (check, "Another name")


@pytest.mark.parametrize(("typed", "train", "test"), [("25", "750", "250"), ("a lot", "800", "200")])
def test_the_split_is_drawn_from_what_is_typed(
    typed: str, train: str, test: str, alice: Membership, dataset: Dataset, signed_in: SignedIn
) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    page = client.post(new_url(dataset), {**sent, "holdout": typed, "action": "preview"}).content.decode()
    assert f'<td class="num">{train}</td><td class="num">{test}</td>' in page


def test_a_split_with_its_reason_is_stored_and_shown_again(alice: Membership, dataset: Dataset, signed_in: SignedIn) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    chosen = {"split_kind": "random", "split_reason": "Every loan has a borrower of its own.", "action": "save"}
    page = client.post(new_url(dataset), {**sent, **chosen}, follow=True).content.decode()
    assert Project.objects.get().settings["split"] == {"kind": "random", "reason": chosen["split_reason"], "gap_days": 0}
    assert chosen["split_reason"] in page and 'name="split_kind" value="random" checked' in page


def test_the_page_of_pretrained_models_tells_licences_and_what_is_there(
    bob: Membership, signed_in: SignedIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = signed_in(bob).get(reverse("pretrained")).content.decode()
    assert "No pretrained model is installed" in page and "Apache-2.0" in page and "forbidden" in page
    (tmp_path / "tabicl").mkdir()
    (tmp_path / "tabicl" / "tabicl-regressor-v2-20260212.ckpt").touch()
    monkeypatch.setenv("AUTOML_WEIGHTS_DIR", str(tmp_path))
    page = signed_in(bob).get(reverse("pretrained")).content.decode()
    assert "1 of 5 pretrained models is installed" in page and "for numbers" in page


def test_allowing_noncommercial_licences_is_a_choice_that_stays(alice: Membership, signed_in: SignedIn, dataset: Dataset) -> None:
    client = signed_in(alice)
    sent = fields(client.get(new_url(dataset)).content.decode())
    client.post(new_url(dataset), {**sent, "action": "save", "allow_noncommercial": "on"})
    project = Project.objects.get()
    assert project.settings["allow_noncommercial"] is True
    page = client.get(reverse("project_setup", args=[project.pk])).content.decode()
    assert re.search(r'name="allow_noncommercial"[^>]* checked', page)
    client.post(reverse("project_setup", args=[project.pk]), {**fields(page), "action": "save"})
    assert Project.objects.get().settings["allow_noncommercial"] is False
