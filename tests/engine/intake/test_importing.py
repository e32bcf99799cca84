from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.intake.files import codes, column, import_bytes, refusal, rows
from workers.engine.events import Canceled, Refused

DATA = Path(__file__).parents[3].parent / "shared" / "data"


def one(tmp_path: Path, values: list[str], **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A file with one interesting column ``x``, its values repeated to forty rows."""
    cells = (values * 40)[: max(40, len(values))]
    text = "n;x\n" + "".join(f'{i};"{cell}"\n' for i, cell in enumerate(cells))
    report = import_bytes(tmp_path, text.replace(";", more.pop("delimiter", ",")).encode(), **more)
    return report, column(report, "x")


@pytest.mark.parametrize(
    ("values", "kind", "first"),
    [
        (["1", "-2", ""], "integer", 1),
        (["1.5", "1e3", "NA"], "number", 1.5),
        (["1.234,5", "2"], "number", 1234.5),
        (["1,234.5", "2"], "number", 1234.5),
        (["1 234,5", "2"], "number", 1234.5),
        (["12.5%", "3%"], "number", 12.5),
        (["€3.50", "€4"], "number", 3.5),
        (["1.5", "inf"], "number", 1.5),
        (["true", "FALSE"], "boolean", True),
        (["yes", "no"], "category", "yes"),
        (["unknown", "a", "none"], "category", "unknown"),
        (["2024-01-31", "2024-02-28 10:00:00"], "datetime", "2024-01-31T00:00:00"),
        (["2024-01-31T10:00:00+02:00"], "datetime", "2024-01-31T08:00:00"),
        (["31/01/2024", "01/02/2024"], "datetime", "2024-01-31T00:00:00"),
        (["01/31/2024", "02/01/2024"], "datetime", "2024-01-31T00:00:00"),
        (["31-01-2024"], "datetime", "2024-01-31T00:00:00"),
        (["31.1.24 10:15"], "datetime", "2024-01-31T10:15:00"),
        (["20141013T000000"], "datetime", "2014-10-13T00:00:00"),
        (["31-Jul-18"], "datetime", "2018-07-31T00:00:00"),
        (["Mar-2018"], "datetime", "2018-03-01T00:00:00"),
        (["1998 Q2", "1999Q1"], "datetime", "1998-04-01T00:00:00"),
        (["1998-03"], "datetime", "1998-03-01T00:00:00"),
        (["1/31/2024 10:15:00 PM"], "datetime", "2024-01-31T22:15:00"),
        (["13-Oct-2014 10:00"], "datetime", "2014-10-13T10:00:00"),
        (["October 13, 2014"], "datetime", "2014-10-13T00:00:00"),
        (["00501", "123"], "category", "00501"),
        (["12345678901234567", ""], "category", "12345678901234567"),
        (["123456789012345678901234567890"], "category", "123456789012345678901234567890"),
        (["", "NA", "?"], "empty", None),
        (["30/02/2024", "31/01/2024"], "category", "30/02/2024"),
        (["=1+1", "@SUM(A1)"], "category", "=1+1"),
        (["<script>alert(1)</script>"], "category", "<script>alert(1)</script>"),
    ],
)
def test_types_are_decided_over_all_rows(tmp_path: Path, values: list[str], kind: str, first: object) -> None:
    report, entry = one(tmp_path, values)
    assert entry["type"] == kind
    assert report["preview"]["typed"][0][1] == first
    assert report["preview"]["as_read"][0][1] == values[0]


def test_free_text_is_told_from_codes(tmp_path: Path) -> None:
    text = import_bytes(tmp_path, rows(60, "n,x", "{i},this is review number {i}"))
    assert column(text, "x")["type"] == "text" and column(text, "x")["role_guess"] == "text"
    chinese = import_bytes(tmp_path, rows(60, "n,x", "{i},很快好吃味道足量大很好很好很好{i}"))
    assert column(chinese, "x")["type"] == "text"
    code = import_bytes(tmp_path, rows(60, "n,x", "{i},AB-{i}-CD"))
    assert (column(code, "x")["type"], column(code, "x")["role_guess"]) == ("category", "id")


def test_a_late_odd_cell_is_asked_about_and_the_answer_is_kept(tmp_path: Path) -> None:
    values = [str(i) for i in range(100)] + ["n.b."]
    report, entry = one(tmp_path, values)
    assert report["needs_answers"] and "mixed_types:x" in codes(report, "ASK") and entry["type"] == "integer" and entry["missing"] == 1
    report, entry = one(tmp_path, values, answers={"mixed_types:x": "text"})
    assert not report["needs_answers"] and entry["type"] == "category" and entry["missing"] == 0
    with pytest.raises(Refused, match="answer_unknown"):
        one(tmp_path, values, answers={"mixed_types:x": "magic"})


def test_days_without_marks_are_dates_where_the_name_says_so(tmp_path: Path) -> None:
    data = rows(30, "sale_date,amount,day", "201401{i:02d},201401{i:02d},201413{i:02d}").replace(b"20140100", b"20140131")
    report = import_bytes(tmp_path, data)
    assert [entry["type"] for entry in report["columns"]] == ["datetime", "integer", "integer"]
    assert "compact_date:sale_date" in codes(report, "FIX") and not report["needs_answers"]
    report = import_bytes(tmp_path, data, answers={"compact_date:sale_date": "numbers"})
    assert column(report, "sale_date")["type"] == "integer"


@pytest.mark.parametrize(
    ("answer", "first"), [(None, "2024-01-02T00:00:00"), ("day_first", "2024-01-02T00:00:00"), ("month_first", "2024-02-01T00:00:00")]
)
def test_ambiguous_dates_are_asked(tmp_path: Path, answer: str | None, first: str) -> None:
    report, _ = one(tmp_path, ["02/01/2024", "03/04/2024"], answers={"date_order:x": answer} if answer else {})
    assert report["needs_answers"] is (answer is None)
    assert report["preview"]["typed"][0][1] == first


@pytest.mark.parametrize(("delimiter", "recommended", "first"), [(",", "thousands", 1234.0), (";", "decimal_comma", 1.234)])
def test_ambiguous_numbers_are_asked(tmp_path: Path, delimiter: str, recommended: str, first: float) -> None:
    report, _ = one(tmp_path, ["1,234", "5,678"], delimiter=delimiter)
    (finding,) = [item for item in report["findings"] if item["code"] == "number_format"]
    assert finding["level"] == "ASK" and finding["choices"][0]["value"] == recommended
    assert report["preview"]["typed"][0][1] == first


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (rows(30), "x.csv", {"delimiter": ",", "encoding": "utf-8"}),
        (b"\xef\xbb\xbf" + rows(30), "x.csv", {"byte_order_mark": True}),
        (rows(30).decode().encode("utf-16"), "x.csv", {"encoding": "utf-16"}),
        (rows(30).decode().encode("utf-16-le"), "x.csv", {"encoding": "utf-16-le"}),
        (rows(30).replace(b",", b";"), "x.csv", {"delimiter": ";"}),
        (rows(30).replace(b",", b"\t"), "x.csv", {"delimiter": "\t"}),
        (rows(30).replace(b",", b"|"), "x.csv", {"delimiter": "|"}),
        (rows(30).replace(b"\n", b"\r\n"), "x.csv", {}),
        (gzip.compress(rows(30)), "x.csv.gz", {"compression": "gzip"}),
        (rows(30, "a,b", "{i},x{i},"), "x.csv", {"trailing_delimiter": True}),
        (rows(30, "'a','b'", "'{i}','x{i}'"), "x.csv", {"quote": "'"}),
        (rows(30, "a,b", "{i},x{i}\n"), "x.csv", {"blank_lines": 30}),
        (rows(30, " a ,b", "{i}, x{i}"), "x.csv", {}),
    ],
)
def test_every_dialect_gives_the_same_table(tmp_path: Path, data: bytes, filename: str, expected: dict[str, Any]) -> None:
    report = import_bytes(tmp_path, data, filename)
    assert expected.items() <= report["format"].items()
    assert [entry["name"] for entry in report["columns"]] == ["a", "b"]
    frame = pd.read_parquet(tmp_path / "data.parquet")
    assert frame["a"].tolist() == list(range(30)) and frame["b"].tolist() == [f"x{i}" for i in range(30)]


def test_chinese_encoding_is_asked_with_previews(tmp_path: Path) -> None:
    data = ("姓名,城市\n" + "李明,北京\n王芳,上海\n" * 20).encode("gb18030")
    report = import_bytes(tmp_path, data)
    (finding,) = [item for item in report["findings"] if item["code"] == "encoding"]
    assert finding["choices"][0]["value"] == "gb18030" and report["needs_answers"]
    assert "姓名" in finding["examples"][0]["after"]
    report = import_bytes(tmp_path, data, answers={"encoding": "gb18030"})
    assert not report["needs_answers"] and report["columns"][0]["name"] == "姓名"


def test_missing_header_is_asked(tmp_path: Path) -> None:
    data = b"".join(b"%d,2.5,abc\n" % i for i in range(30))
    report = import_bytes(tmp_path, data)
    assert "header_missing" in codes(report, "ASK") and report["rows"] == 30
    assert [entry["name"] for entry in report["columns"]] == ["column_1", "column_2", "column_3"]
    assert import_bytes(tmp_path, data, answers={"header_missing": "names"})["rows"] == 29
    assert "header_missing" not in codes(import_bytes(tmp_path, rows(30, "country,2019,2020,2021", "c{i},1,2,3")))


def test_lines_above_the_table_are_asked_about(tmp_path: Path) -> None:
    table = rows(30, "a,b,c", "{i},x{i},{i}.5")
    data = b'Sales report 2024\n"made on\nMonday"\n\n' + table
    report = import_bytes(tmp_path, data)
    (finding,) = [item for item in report["findings"] if item["code"] == "preamble"]
    assert finding["level"] == "ASK" and finding["examples"][0]["before"] == "Sales report 2024"
    assert report["rows"] == 30 and [entry["name"] for entry in report["columns"]] == ["a", "b", "c"]
    assert refusal(tmp_path, data + b"1,2,3,4\n").rows == [36]
    with pytest.raises(Refused, match="ragged_rows"):
        import_bytes(tmp_path, data, answers={"preamble": "keep"})


def test_quoted_newlines_are_one_row_and_the_header_may_hold_them_too(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, rows(30, '"a\nb",c', '{i},"one\ntwo ""{i}"""'))
    assert report["rows"] == 30 and report["columns"][0]["name"] == "a\nb"
    assert report["preview"]["typed"][1] == [1, 'one\ntwo "1"']


def test_findings_of_a_table(tmp_path: Path) -> None:
    lines = ["row,id_no,sex,const,empty,mostly,sent,var,e-mail,email,default "]
    for i in range(200):
        var = ["Yes", "yes", "no"][i % 3]
        lines.append(
            f"{i % 190},K{i % 190},{'mf'[i % 2]},7,,{'xyz'[i] if i < 3 else ''},{999 if i % 10 == 0 else i % 5},{var},a{i % 190}@b.c,{i % 4},NA"
        )
    report = import_bytes(tmp_path, "\n".join(lines).encode())
    assert {
        "constant_column:const", "all_missing_column:empty", "mostly_missing:mostly", "sentinel_value:sent", "value_variants:var", "sensitive_column:sex",
        "personal_data:e-mail", "missing_tokens:default", "column_names_trimmed", "all_missing_column:default",
    } <= codes(report)  # fmt: skip
    assert codes(report, "ASK") == {"personal_data:e-mail", "sentinel_value:sent"}
    first = {item["key"]: item["choices"][0]["value"] for item in report["findings"] if item["level"] == "ASK"}
    report = import_bytes(tmp_path, "\n".join(lines).encode(), answers={**first, "value_variants:var": "keep"})
    assert not report["needs_answers"] and column(report, "sent")["max"] == 4


def test_row_numbers_ids_duplicates_and_entities(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, rows(60, "position,key,customer_id,v", "{i},K{i},9,1"))
    assert {"row_number:position", "id_column:key", "constant_column:v"} <= codes(report)
    doubled = rows(30, "a,customer_id", "{i},5{i}") + b"\n".join(b"%d,5%d" % (i, i) for i in range(3))
    report = import_bytes(tmp_path, doubled)
    (finding,) = [item for item in report["findings"] if item["code"] == "duplicate_rows"]
    assert finding["params"]["count"] == 3 and finding["rows"] == [31, 32, 33]
    assert "repeated_entity:customer_id" in codes(report)


def test_profile_counts_add_up(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, rows(200, "n,f,c", "{i},{i}.5,k{i}"))
    for entry in report["columns"]:
        assert sum(item["count"] for item in entry["top"]) + entry["other"] + entry["missing"] == 200
        if entry["type"] != "category":
            histogram = entry["histogram"]
            assert sum(histogram["counts"]) == 200 and len(histogram["edges"]) == len(histogram["counts"]) + 1
            assert histogram["edges"][0] <= entry["min"] and entry["max"] <= histogram["edges"][-1]


def test_a_long_cell_within_the_limit_is_kept_whole(tmp_path: Path) -> None:
    report = import_bytes(tmp_path, rows(30, "a,b", "{i}," + "word " * 28_000 + "{i}"))
    assert column(report, "b")["type"] == "text"
    assert pd.read_parquet(tmp_path / "data.parquet")["b"].str.len().min() > 139_000
    assert (tmp_path / "report.json").stat().st_size < 100_000, "a page has no use for megabytes"


def test_hostile_names_are_data(tmp_path: Path) -> None:
    names = ['"<img src=x onerror=alert(1)>"', '"a""; DROP TABLE t; --"', "../../x", "😀", "100%s"]
    report = import_bytes(tmp_path, rows(30, ",".join(names), "1{i},2{i},3{i},4{i},5{i}"))
    assert [entry["name"] for entry in report["columns"]] == [
        "<img src=x onerror=alert(1)>",
        'a"; DROP TABLE t; --',
        "../../x",
        "😀",
        "100%s",
    ]
    assert [entry["id"] for entry in report["columns"]] == ["c0001", "c0002", "c0003", "c0004", "c0005"]


def test_cancel_stops_the_import(tmp_path: Path) -> None:
    (tmp_path / "cancel").touch()
    with pytest.raises(Canceled):
        import_bytes(tmp_path, rows(30))


def test_progress_is_told(tmp_path: Path) -> None:
    import_bytes(tmp_path, rows(30))
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["phase"] for event in events if event["type"] == "phase"] == ["read", "types", "profile"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.text(alphabet='ab1.,;"\n\r\t é-/:', max_size=6), min_size=1, max_size=4), min_size=1, max_size=12),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_text_is_imported_or_refused_with_a_code(tmp_path: Path, table: list[list[str]], delimiter: str) -> None:
    data = "\n".join(delimiter.join(row) for row in table).encode()
    try:
        report = import_bytes(tmp_path, data, min_rows=1)
    except Refused as refused:
        assert refused.code
    else:
        frame = pd.read_parquet(tmp_path / "data.parquet")
        assert len(frame) == report["rows"] and frame.shape[1] == len(report["columns"])


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data sets are not on this machine")
@pytest.mark.parametrize(
    ("path", "shape", "types"),
    [
        ("finance/german_credit.csv", (1000, 21), {"status": "category", "amount": "integer", "credit_risk": "integer"}),
        ("finance/default_credit_card.csv.gz", (30000, 25), {"default": "category", "LIMIT_BAL": "integer"}),
        ("finance/bank_marketing.csv", (4119, 21), {"euribor3m": "number", "job": "category"}),
        ("retail/telco_churn.csv.gz", (7043, 21), {"TotalCharges": "number", "customerID": "category"}),
        ("retail/alexa_reviews_en.tsv", (3150, 5), {"date": "datetime", "verified_reviews": "text"}),
        ("retail/waimai_10k_zh.csv.gz", (11987, 2), {"review": "text"}),
        ("retail/ames_housing.csv.gz", (2930, 82), {"price": "integer", "Alley": "category"}),
        ("retail/act_retail_monthly.csv", (441, 21), {"month": "datetime"}),
        ("medical/gbsg2_survival.csv", (686, 10), {"horTh": "category", "time": "integer"}),
        ("medical/medpar_los.csv", (1495, 10), {"provnum": "category"}),
        ("medical/hcv_hepatitis_c.csv", (615, 14), {"column_1": "integer", "ALB": "number"}),
        ("other/adult_income.csv.gz", (32561, 15), {"fnlwgt": "integer", "workclass": "category"}),
    ],
)
def test_real_files_import_without_a_question(tmp_path: Path, path: str, shape: tuple[int, int], types: dict[str, str]) -> None:
    report = import_bytes(tmp_path, (DATA / path).read_bytes(), path)
    assert (report["rows"], len(report["columns"])) == shape
    assert {name: column(report, name)["type"] for name in types} == types
    assert codes(report, "ASK") <= {"sentinel_value:pdays"}, "asked only about the 999 that means never"
