from __future__ import annotations

from typing import Any

import pytest

from domains import registry, validation

CREDIT, TABLE = registry.use_case("finance/credit_default"), registry.use_case("general/table")


def column(
    name: str, kind: str = "integer", *, unique: int = 100, missing: int = 0, top: dict[str, int] | None = None, **more: Any
) -> dict[str, Any]:
    values = [{"value": value, "count": count} for value, count in (top or {}).items()]
    return {"name": name, "type": kind, "missing": missing, "unique": len(values) or unique, "top": values, **more}


RISK = column("credit_risk", top={"1": 700, "0": 300})


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (column("y", top={"1": 5, "0": 5}), "binary"),
        (column("y", "category", top={"yes": 5, "no": 5}), "binary"),
        (column("y", "category", top={"a": 5, "b": 5, "c": 5}), "multiclass"),
        (column("y", "integer", unique=7), "multiclass"),
        (column("y", "integer", unique=11), "regression"),
        (column("y", "number", unique=5), "regression"),
    ],
)
def test_problem_type_comes_from_the_label(label: dict[str, Any], expected: str) -> None:
    assert validation.infer_problem_type(label)[0] == expected


@pytest.mark.parametrize(
    ("name", "top", "expected"),
    [
        ("credit_risk", {"1": 700, "0": 300}, "0"),  # 1 means good there
        ("credit_risk", {"good": 700, "bad": 300}, "bad"),
        ("default", {"N": 700, "Y": 300}, "Y"),
        ("default", {"0": 100, "1": 900}, "1"),  # the meaning of the name, not the rarer class
        ("default.payment.next.month", {"0": 900, "1": 100}, "1"),
        ("not.fully.paid", {"0": 900, "1": 100}, "1"),
        ("SeriousDlqin2yrs", {"0": 900, "1": 100}, "1"),
        ("bad_flag", {"0": 900, "1": 100}, "1"),
        ("loan_status", {"Fully Paid": 900, "Charged Off": 100}, "Charged Off"),
        ("loan_status", {"Current": 900, "Late (31-120 days)": 100}, "Late (31-120 days)"),
        ("approved", {"1": 200, "0": 800}, "1"),
        ("repaid", {"true": 800, "false": 200}, "false"),
        ("class", {"good": 700, "x": 300}, "x"),
        ("结果", {"正常": 700, "违约": 300}, "违约"),
    ],
)
def test_positive_class_is_the_bad_event(name: str, top: dict[str, int], expected: str) -> None:
    value, why = validation.guess_positive_class(CREDIT, column(name, top=top))
    assert value == expected and why


def test_positive_class_of_any_table_is_the_event_or_the_rarer_class() -> None:
    assert validation.guess_positive_class(TABLE, column("churn", top={"Yes": 900, "No": 100}))[0] == "Yes"
    assert validation.guess_positive_class(TABLE, column("income", top={"<=50K": 900, ">50K": 100}))[0] == ">50K"
    assert validation.guess_positive_class(TABLE, column("y", top={"a": 1, "b": 1, "c": 1}))[0] is None


def test_label_is_guessed_by_the_hints() -> None:
    columns = [column("age"), column("class", unique=2), RISK]
    assert validation.guess_label(CREDIT, columns) == "credit_risk"
    assert validation.guess_label(CREDIT, [column("age")]) is None


def test_roles_follow_the_hints() -> None:
    columns = [
        column("applicationId", "category", role_guess="id"), column("sex", "category"), column("personal_status_sex", "category"),
        column("foreign_worker", "category"), column("age"), column("customer_id", role_guess="group"), column("application_date", "datetime"),
        column("amount", "number"), column("note", "text"), column("essex", "category"), column("package", "category"),
    ]  # fmt: skip
    assert validation.guess_roles(CREDIT, columns) == {
        "id": ["applicationId"], "sensitive": ["sex", "personal_status_sex", "foreign_worker", "age"], "group": ["customer_id"],
        "time": ["application_date"], "value": ["amount"], "text": ["note"],
    }  # fmt: skip
    assert validation.guess_roles(TABLE, columns) == {"id": ["applicationId"], "text": ["note"]}


GOOD: dict[str, Any] = {
    "use_case": CREDIT,
    "columns": [RISK, column("amount")],
    "rows": 1000,
    "label": "credit_risk",
    "positive_class": "0",
    "roles": {},
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"label": "credit_rsk"}, "label_unknown"),
        ({"columns": [column("credit_risk", top={"1": 1000}), column("amount")]}, "target_constant"),
        ({"columns": [column("credit_risk", "empty", unique=0, missing=1000), column("amount")]}, "target_all_missing"),
        ({"columns": [column("credit_risk", "category", unique=900), column("amount")]}, "target_high_cardinality"),
        ({"columns": [column("credit_risk", top={"1": 500, "2": 300, "3": 200}), column("amount")]}, "target_not_binary"),
        (
            {"columns": [RISK, column("amount", "category")], "use_case": TABLE, "label": "amount", "problem_type": "regression"},
            "target_not_numeric",
        ),
        ({"roles": {"hobby": ["amount"]}}, "unknown_role"),
        ({"roles": {"id": ["amuont"]}}, "unknown_column"),
        ({"roles": {"id": ["credit_risk"]}}, "label_has_role"),
        ({"roles": {"value": ["amount"], "text": ["amount"]}}, "role_conflict"),
        ({"roles": {"id": ["amount"]}}, "no_features"),
        ({"rows": 150, "columns": [column("credit_risk", top={"1": 75, "0": 75}), column("amount")]}, "too_few_rows"),
        ({"columns": [column("credit_risk", top={"1": 960, "0": 40}), column("amount")]}, "too_few_positives"),
        ({"columns": [column("credit_risk", top={"0": 960, "1": 40}), column("amount")]}, "too_few_negatives"),
        ({"positive_class": "bad"}, "positive_class_unknown"),
    ],
)
def test_each_bad_setup_has_its_code(change: dict[str, Any], code: str | None) -> None:
    problems = validation.check_setup(**{**GOOD, **change})
    assert [problem["code"] for problem in problems] == ([code] if code else [])
    for problem in problems:
        assert problem["message"] % problem["params"]
        assert problem["level"] == "REJECT"


def test_a_near_miss_is_named() -> None:
    (problem,) = validation.check_setup(**{**GOOD, "label": "Credit_Risc"})
    assert problem["params"]["closest"] == "credit_risk"
    assert "Did you mean credit_risk?" in problem["message"] % problem["params"]


def test_warnings_do_not_stop() -> None:
    columns = [column("credit_risk", top={"1": 300, "0": 60}), column("recoveries"), column("application_score"), column("amount")]
    found = validation.setup_warnings(CREDIT, columns, 360, "credit_risk", "0")
    assert [(item["code"], item["column"]) for item in found] == [
        ("few_rows", None), ("few_positives", None), ("leakage_suspect", "recoveries"), ("leakage_suspect", "application_score"),
    ]  # fmt: skip
    assert all(item["level"] == "WARN" and item["message"] % item["params"] for item in found)


@pytest.mark.parametrize(
    ("label", "kind", "expected"),
    [
        (column("y", top={"1": 700, "0": 290}, missing=10), "binary", ["target_missing"]),
        (column("y", "category", top={"Yes": 500, "yes": 300, "no": 200}), "multiclass", ["label_variants"]),
        (column("y", "category", top={"a": 600, "b": 395, "c": 5}), "multiclass", ["rare_class"]),
        (column("y", "category", top={"yes": 990, "no": 10}), "binary", ["few_positives", "class_imbalance"]),
        (column("y", top={"1": 400, "2": 350, "3": 250}), "multiclass", ["problem_type_guess"]),
        (column("y", "number", unique=900, top={"1.5": 2}), "regression", []),
        (column("y", "category", top={f"c{i}": 11 for i in range(90)}, missing=10), "multiclass", ["target_missing"]),
    ],
)
def test_the_label_is_spoken_of_as_soon_as_it_is_chosen(label: dict[str, Any], kind: str, expected: list[str]) -> None:
    found = validation.setup_warnings(TABLE, [label, column("amount")], 1000, "y", "no", kind)
    assert [item["code"] for item in found] == expected
    for item in found:
        assert item["message"] % item["params"] and item["column"] is None, "no button offers to leave the label out"
