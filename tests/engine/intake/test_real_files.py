"""Every real file of the development data, read as its index says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from workers.engine.intake.importing import import_run

DATA = Path(__file__).parents[3].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the development data sets are not here")


@dataclass(frozen=True)
class File:
    """What the index states of one file; ``types``: of the columns it speaks of; ``findings``: keys that must be among the report's."""

    path: str
    rows: int
    columns: int
    types: dict[str, str] = field(default_factory=dict)
    format: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    findings: set[str] = field(default_factory=set)
    first: dict[str, str] = field(default_factory=dict)  # the smallest value
    asks: set[str] = field(default_factory=set)


FILES = [
    File("finance/german_credit.csv", 1000, 21, {"credit_risk": "integer", "status": "category", "age": "integer", "amount": "integer"}),
    File(
        "finance/default_credit_card.csv.gz", 30000, 25,
        {"ID": "integer", "default": "category", "LIMIT_BAL": "integer", "SEX": "category"},
        {"compression": "gzip", "byte_order_mark": True}, findings={"column_names_trimmed"},
    ),
    File(
        "finance/bank_marketing.csv", 4119, 21,
        {"age": "integer", "job": "category", "duration": "integer", "pdays": "integer", "emp.var.rate": "number", "euribor3m": "number", "y": "category"},
        {"delimiter": ";"}, missing={"job": 0}, findings={"sentinel_value:pdays"},
    ),
    File("finance/sp500_20_prices.csv.gz", 8313, 21, {"Date": "datetime", "AAPL": "number", "XOM": "number"}, first={"Date": "1990-01-02"}),
    File(
        "retail/telco_churn.csv.gz", 7043, 21,
        {"customerID": "category", "tenure": "integer", "TotalCharges": "number", "MonthlyCharges": "number", "Churn": "category", "SeniorCitizen": "integer"},
        missing={"TotalCharges": 11},
    ),
    File(
        "retail/movielens_small_ratings.csv.gz", 105339, 4,
        {"userId": "integer", "movieId": "integer", "rating": "number", "timestamp": "datetime"}, findings={"epoch_time:timestamp"},
    ),
    File("retail/movielens_small_movies.csv.gz", 10329, 3, {"movieId": "integer", "title": "text", "genres": "category"}),
    File(
        "retail/alexa_reviews_en.tsv", 3150, 5,
        {"rating": "integer", "date": "datetime", "variation": "category", "verified_reviews": "text", "feedback": "integer"},
        {"delimiter": "\t", "byte_order_mark": True}, missing={"date": 0}, findings={"two_digit_year:date", "duplicate_rows"},
        first={"date": "2018-05-16"},
    ),
    File("retail/waimai_10k_zh.csv.gz", 11987, 2, {"label": "integer", "review": "text"}, {"encoding": "utf-8"}),
    File(
        "retail/ames_housing.csv.gz", 2930, 82, {"Order": "integer", "PID": "integer", "price": "integer", "Alley": "category", "Lot.Frontage": "integer"},
    ),
    File(
        "retail/act_retail_monthly.csv", 441, 21, {"month": "datetime", "department_stores": "number", "clothing_retailing": "number"},
        first={"month": "1982-04-01"},
    ),
    File(
        "retail/walmart_sales_weekly.csv", 1001, 17,
        {"id": "category", "Date": "datetime", "Weekly_Sales": "number", "IsHoliday": "boolean", "MarkDown1": "number", "Store": "integer", "Type": "category"},
        findings={"missing_tokens:MarkDown1"}, first={"Date": "2010-02-05"},
    ),
    File("medical/pima_diabetes.csv", 768, 9, {"outcome": "integer", "bmi": "number", "insulin": "integer"}, missing={"insulin": 0}),
    File(
        "medical/hcv_hepatitis_c.csv", 615, 14, {"Category": "category", "Age": "integer", "Sex": "category", "ALB": "number", "PROT": "number"},
        missing={"ALP": 18, "ALB": 1, "ALT": 1, "CHOL": 10, "PROT": 1},
    ),
    File(
        "medical/gbsg2_survival.csv", 686, 10, {"horTh": "category", "time": "integer", "cens": "integer", "tgrade": "category", "age": "integer"}, {"quote": "'"},
    ),
    File(
        "medical/medpar_los.csv", 1495, 10, {"los": "integer", "type1": "integer", "provnum": "category"}, findings={"leading_zeros:provnum"},
    ),
    File(
        "other/bike_sharing_hourly.csv.gz", 10886, 12, {"datetime": "datetime", "temp": "number", "count": "integer", "season": "integer"},
        first={"datetime": "2011-01-01"},
    ),
    File(
        "other/adult_income.csv.gz", 32561, 15,
        {"age": "integer", "workclass": "category", "fnlwgt": "integer", "income": "category", "native_country": "category"},
        missing={"workclass": 1836, "occupation": 1843, "native_country": 583}, findings={"spaces_trimmed", "missing_tokens:workclass"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: Path(file.path).name)
def test_a_real_file_is_read_as_its_index_says(tmp_path: Path, file: File) -> None:
    source = DATA / file.path
    (tmp_path / "upload.bin").write_bytes(source.read_bytes())
    spec = {"verb": "import", "sources": [{"input": "upload.bin", "filename": source.name}], "answers": {}}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    import_run(tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    columns = {entry["name"]: entry for entry in report["columns"]}
    assert (report["rows"], len(columns) + len(report["dropped_columns"])) == (file.rows, file.columns)
    assert report["rows_in"] == file.rows and report["rows_set_aside"] == 0
    assert {name: columns[name]["type"] for name in file.types} == file.types
    assert {name: columns[name]["missing"] for name in file.missing} == file.missing
    assert file.format.items() <= report["format"].items()
    assert {name: columns[name]["min"][:10] for name in file.first} == file.first
    keys = {finding["key"] for finding in report["findings"]}
    assert file.findings <= keys, keys
    odd = {finding["key"] for finding in report["findings"] if finding["level"] == "ASK"} - file.asks
    assert not {key for key in odd if key.split(":")[0] not in ("personal_data", "sentinel_value")}
