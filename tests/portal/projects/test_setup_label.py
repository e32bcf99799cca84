"""How the label is read: quantiles, counts and amounts, weights, and every metric that can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import Membership
from automl_portal.errors import Problem
from automl_portal.projects.models import Project
from automl_portal.projects.setup import Setup, setup_fill
from automl_portal.ui.words import word
from domains.metrics import SELECTABLE
from tests.portal import cast

SignedIn = Callable[[Membership], Client]

STAYS = cast.column("los", "integer", 53, min=1, max=116, median=8, mean=9.9, top=[{"value": "3", "count": 90}])
PRICE = cast.column("price", "number", 900, min=-2.5, max=90.0, median=12.0, mean=13.0, top=[])
WEIGHT = cast.column("w", "number", 40, min=0.5, max=3.0, median=1.0, mean=1.1, top=[])
AGE = cast.column("age", "integer", 50, min=18, max=90, median=40, mean=41.0, top=[])


def fill(label: str = "los", weight: dict[str, Any] = WEIGHT, **chosen: Any) -> Setup:
    columns = [STAYS, PRICE, weight, AGE]
    return setup_fill(**{"use_case_key": "general/table", "columns": columns, "rows": 1000, "label": label, **chosen})


def test_a_count_is_proposed_with_a_note_and_its_own_metric() -> None:
    setup = fill()
    assert (setup.problem_type, setup.settings["distribution"], setup.settings["eval_metric"]) == (
        "regression",
        "poisson",
        "mean_poisson_deviance",
    )
    assert "distribution_proposed" in {note["code"] for note in setup.notes}
    setup.check()


def test_what_the_analyst_says_of_the_distribution_stands_without_a_note() -> None:
    setup = fill(settings={"distribution": "normal"})
    assert (setup.settings["distribution"], setup.settings["eval_metric"]) == ("normal", "root_mean_squared_error")
    assert "distribution_proposed" not in {note["code"] for note in setup.notes}


def test_quantiles_are_put_in_order() -> None:
    setup = fill(settings={"problem_type": "quantile", "quantile_levels": "0.9, 0.05;0.5"})
    assert setup.settings["quantile_levels"] == [0.05, 0.5, 0.9] and setup.settings["eval_metric"] == "pinball_loss"
    assert "distribution" not in setup.settings
    assert fill(settings={"problem_type": "quantile"}).settings["quantile_levels"] == [0.1, 0.5, 0.9]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"settings": {"problem_type": "quantile", "quantile_levels": [0.1, 1.2]}}, "quantile_levels_invalid"),
        ({"settings": {"problem_type": "quantile", "quantile_levels": "some"}}, "quantile_levels_invalid"),
        ({"settings": {"problem_type": "octiles"}}, "problem_type_unknown"),
        ({"settings": {"distribution": "cauchy"}}, "distribution_unknown"),
        ({"settings": {"distribution": "normal", "eval_metric": "mean_poisson_deviance"}}, "eval_metric_unknown"),
        ({"label": "price", "settings": {"distribution": "poisson"}}, "label_negative"),
        ({"roles": {"weight": ["w", "age"]}}, "weights_conflict"),
        ({"roles": {"weight": ["w"]}, "weight": {**WEIGHT, "missing": 3}}, "weight_invalid"),
        ({"roles": {"weight": ["price"]}}, "weight_invalid"),
        ({"settings": {"problem_type": "multiclass", "class_weight": "much"}}, "class_weight_unknown"),
        ({"roles": {"weight": ["w"]}, "settings": {"problem_type": "multiclass", "class_weight": "balanced"}}, "weights_conflict"),
    ],
)
def test_what_cannot_be_has_a_stable_code(chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as problem:
        fill(**chosen).check()
    assert problem.value.code == code and problem.value.sentence


def test_a_weight_is_no_column_to_learn_from() -> None:
    setup = fill(roles={"weight": ["w"]})
    setup.check()
    with pytest.raises(Problem) as problem:
        fill(roles={"weight": ["w"], "exclude": ["price", "age"]}).check()
    assert problem.value.code == "no_features"


def test_every_metric_that_can_be_chosen_has_a_name() -> None:
    assert [name for names in SELECTABLE.values() for name in names if word(name, "metric") == name] == []


@pytest.mark.django_db
def test_another_reading_of_the_label_changes_what_the_page_offers(alice: Membership, signed_in: SignedIn) -> None:
    columns = [STAYS, PRICE, WEIGHT, AGE]
    dataset = cast.dataset(alice, report={"rows": 1000, "rows_set_aside": 0, "columns": columns, "format": {}})
    client, url = signed_in(alice), reverse("project_setup_new", args=["general", "table", dataset.pk])
    sent = {"label": "los", "label_shown": "los", "read_shown": "regression poisson", "problem_type": "regression", "budget": "quick"}
    sent |= {"distribution": "poisson", "eval_metric": "mean_poisson_deviance", "holdout": "20", "action": "preview"}
    page = client.post(url, sent).content.decode()
    assert '<option value="poisson" selected>' in page and '<option value="mean_poisson_deviance" selected>' in page
    page = client.post(url, {**sent, "problem_type": "quantile"}).content.decode()
    assert 'name="quantile_levels"' in page and "Pinball loss" in page and 'name="distribution"' not in page
    answer = client.post(
        url,
        {
            **sent,
            "problem_type": "quantile",
            "read_shown": "quantile",
            "quantile_levels": "0.25, 0.5, 0.75",
            "eval_metric": "pinball_loss",
            "action": "save",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    project = Project.objects.get()
    assert project.problem_type == "quantile" and project.settings["quantile_levels"] == [0.25, 0.5, 0.75]
    again = client.get(reverse("project_setup", args=[project.pk])).content.decode()
    assert 'value="0.25, 0.5, 0.75"' in again
