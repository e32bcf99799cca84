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
        ({"settings": {"text_encoder": "../weights"}}, "text_encoder_name"),
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


def visits(**chosen: Any) -> Setup:
    """A patient in several rows each, with the day of the visit."""
    top = [{"value": "0", "count": 700}, {"value": "1", "count": 300}]
    columns = [
        cast.column("patient_id", unique=300, role_guess="group"),
        cast.column("visit", "datetime", 900, role_guess="time"),
        cast.column("pressure", "number", 900),
        cast.column("outcome", "integer", 2, top=top),
    ]
    noticed = [
        {"code": "repeated_entity", "column": "patient_id", "params": {}},
        {"code": "time_column", "column": "visit", "params": {"sorted": True}},
    ]
    return fill(**{"use_case_key": "general/table", "columns": columns, "label": "outcome", "noticed": noticed, **chosen})


def test_an_entity_and_a_time_that_the_data_is_sure_of_take_their_roles_with_a_note() -> None:
    setup = visits()
    assert setup.roles["group"] == ["patient_id"] and setup.roles["time"] == ["visit"]
    assert {"group_proposed", "time_proposed"} <= {note["code"] for note in setup.notes}
    assert setup.settings["split"] == {"kind": "auto", "reason": None, "gap_days": 0}
    setup.check()


@pytest.mark.parametrize(
    ("chosen", "code", "column"),
    [
        ({"settings": {"split": "random"}}, "split_needs_reason", "patient_id"),
        ({"settings": {"split": {"kind": "random", "reason": "why not"}}}, "split_needs_reason", None),
        ({"roles": {"id": ["patient_id"], "time": []}}, "split_needs_reason", "patient_id"),
        ({"roles": {"id": ["patient_id"], "time": []}, "noticed": []}, "split_needs_reason", "patient_id"),
        ({"roles": {"group": [], "time": []}}, "split_needs_reason", "patient_id"),
        ({"settings": {"split": "site"}}, "split_needs_role", None),
    ],
)
def test_a_split_that_would_flatter_is_refused_with_ways_out(chosen: dict[str, Any], code: str, column: str | None) -> None:
    with pytest.raises(Problem) as problem:
        visits(**chosen).check()
    assert (problem.value.code, problem.value.column) == (code, column)
    assert problem.value.errors[0]["choices"]


def test_a_reason_lets_rows_be_drawn_at_random() -> None:
    split = {"kind": "random", "reason": "Each visit is for another complaint."}
    setup = visits(settings={"split": split})
    setup.check()
    assert setup.settings["split"] == {**split, "gap_days": 0}


def test_dates_alone_call_for_the_latest_rows() -> None:
    found = visits(columns=visits().columns[1:])
    assert found.roles == {"time": ["visit"]}
    with pytest.raises(Problem) as problem:
        visits(columns=visits().columns[1:], settings={"split": "random"}).check()
    assert (problem.value.code, problem.value.column) == ("split_needs_reason", "visit")


@pytest.mark.parametrize("name", ["opened_on", "birthday"])
def test_a_date_that_may_be_anything_stays_a_column(name: str) -> None:
    """Nothing says that it is when the row was: its name has other meanings, and the rows are in another order."""
    columns = [cast.column(name, "datetime", 900, role_guess="time"), *visits().columns[2:]]
    setup = visits(columns=columns, noticed=[{"code": "time_column", "column": name, "params": {}}])
    assert not setup.roles
    setup.check()


def test_a_template_that_is_tested_on_the_latest_rows_asks_for_the_time() -> None:
    from domains.split import Dependence, check_split

    latest = fill().use_case.model_copy(update={"split": "time"})
    auto = {"kind": "auto", "reason": None, "gap_days": 0}
    (problem,) = check_split(latest, {}, auto, Dependence())
    assert problem["code"] == "split_needs_time" and [choice["value"] for choice in problem["choices"]] == ["role:time", "random"]
    assert check_split(latest, {"time": ["day"]}, auto, Dependence()) == []


@pytest.mark.parametrize(
    ("split", "code"),
    [("by hand", "split_unknown"), ({"kind": "time", "embargo": 3}, "setting_unknown"), ({"gap_days": -1}, "setting_out_of_range")],
)
def test_a_split_nobody_knows_has_a_stable_code(split: Any, code: str) -> None:
    with pytest.raises(Problem) as problem:
        fill(settings={"split": split})
    assert problem.value.code == code
