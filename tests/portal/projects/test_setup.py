from __future__ import annotations

from typing import Any

import pytest

from automl_portal.errors import Problem
from automl_portal.projects.setup import Setup, setup_fill
from tests.portal import cast


def fill(**chosen: Any) -> Setup:
    values: dict[str, Any] = {
        "use_case_key": "finance/credit_default",
        "columns": cast.credit_columns(),
        "rows": 1000,
        "label": "credit_risk",
    }
    return setup_fill(**(values | chosen))


def test_the_use_case_fills_what_the_analyst_left_out() -> None:
    setup = fill()
    assert (setup.problem_type, setup.positive_class) == ("binary", "0")
    assert sorted(setup.roles["sensitive"]) == ["age", "sex"]
    assert setup.settings["eval_metric"] == "log_loss" and setup.settings["time_limit"] == 600
    assert {note["code"] for note in setup.notes} == {"positive_class_guessed", "role_guessed"}
    setup.check()


def test_what_the_analyst_says_stands() -> None:
    setup = fill(positive_class="1", roles={"sensitive": []}, settings={"time_limit": 90, "eval_metric": "auc", "seed": 7})
    assert setup.positive_class == "1" and "sensitive" not in setup.roles
    assert {key: setup.settings[key] for key in ("time_limit", "eval_metric", "seed")} == {
        "time_limit": 90,
        "eval_metric": "roc_auc",
        "seed": 7,
    }


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"use_case_key": "finance/none"}, "use_case_unknown"),
        ({"label": "credit_rsk"}, "label_unknown"),
        ({"roles": {"wizard": ["age"]}}, "unknown_role"),
        ({"roles": {"id": ["agee"]}}, "unknown_column"),
        ({"roles": {"id": ["credit_risk"]}}, "label_has_role"),
        ({"positive_class": "7"}, "positive_class_unknown"),
        ({"settings": {"time_limit": 5}}, "setting_out_of_range"),
        ({"settings": {"time_limit": "soon"}}, "setting_out_of_range"),
        ({"settings": {"time_limit": float("nan")}}, "setting_out_of_range"),
        ({"settings": {"budget": 5}}, "setting_unknown"),
        ({"settings": {"eval_metric": "r2"}}, "eval_metric_unknown"),
        ({"settings": {"presets": "best"}}, "presets_unknown"),
        ({"settings": {"decision": {"luck": 1}}}, "setting_unknown"),
        ({"rows": 30}, "too_few_rows"),
    ],
)
def test_a_wrong_set_up_has_a_stable_code(chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as caught:
        fill(**chosen).check()
    assert caught.value.code == code
    assert caught.value.sentence and "%(" not in caught.value.sentence


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(Problem) as caught:
        fill(label="credit_rsk").check()
    assert "credit_risk" in caught.value.sentence


def test_any_table_takes_its_problem_type_from_the_label() -> None:
    amount = fill(use_case_key="general/table", label="amount")
    assert (amount.problem_type, amount.positive_class, amount.settings["eval_metric"]) == ("regression", None, "root_mean_squared_error")
    grades = cast.column("grade", "integer", 8, top=[{"value": str(n), "count": 100} for n in range(8)])
    columns = [*cast.credit_columns(), grades]
    assert fill(use_case_key="general/table", label="grade", columns=columns).problem_type == "multiclass"
    chosen = fill(use_case_key="general/table", label="grade", columns=columns, settings={"problem_type": "regression"})
    assert chosen.problem_type == "regression"
    chosen.check()


def test_a_budget_can_be_named() -> None:
    assert fill(settings={"presets": "quick"}).settings["time_limit"] == 120


def test_a_name_with_the_spaces_of_the_file_is_found() -> None:
    setup = fill(label="credit_risk ", roles={"id": [" age"], "sensitive": ["sex"]})
    assert (setup.label, setup.roles["id"]) == ("credit_risk", ["age"])
