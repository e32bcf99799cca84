"""Cases 61 to 65: what a file to score is told, by a predictor that answers without a fitted model."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from domains.codes import CODES, Level
from tests.engine.bundle.stand_in import Scored, StandIn, as_file, csv_bytes, schema, training
from workers.engine.events import Refused

ROWS = training(400, seed=5).drop(columns="bad")


@dataclass(frozen=True)
class Case:
    """A file, how it is answered and where the answer points. ``holds``: params of the refusal or the warning, as far as named."""

    title: str
    content: Callable[[], bytes]
    level: Level
    code: str
    column: str | None = None
    rows: list[int] = field(default_factory=list)
    holds: dict[str, Any] = field(default_factory=dict)
    rejected: int = 0

    def __str__(self) -> str:
        return self.title


def with_names(**names: str) -> Callable[[], bytes]:
    return lambda: (
        csv_bytes(ROWS).replace(b"amount", names.get("amount", "amount").encode(), 1).replace(b"age", names.get("age", "age").encode(), 1)
    )


def changed(column: str, value: Any, rows: slice | int = slice(None), of: pd.DataFrame = ROWS) -> Callable[[], bytes]:
    """The file with one column's cells replaced: a value, or a function of the typed column."""

    def content() -> bytes:
        raw = as_file(of)
        place = [rows] if isinstance(rows, int) else rows
        cells = value(of[column]) if callable(value) else value
        raw.loc[raw.index[place], column] = cells[raw.index[place]] if isinstance(cells, pd.Series) else cells
        return raw.to_csv(index=False).encode()

    return content


def lines(*changes: tuple[int, bytes]) -> Callable[[], bytes]:
    """The file with data rows (1-based) replaced by these bytes."""

    def content() -> bytes:
        found = csv_bytes(ROWS).splitlines()
        for row, text in changes:
            found[row] = text
        return b"\n".join(found) + b"\n"

    return content


CASES: dict[int, list[Case]] = {
    61: [
        Case("missing_columns", lambda: csv_bytes(ROWS.drop(columns=["age", "purpose"])), "REJECT", "missing_columns", holds={"columns": ["age", "purpose"], "suggestions": {}}),
        Case("case_and_space", with_names(amount=" AMOUNT ", age="Age"), "REJECT", "missing_columns", holds={"rename": {"AMOUNT": "amount", "Age": "age"}, "extra": ["AMOUNT", "Age"]}),
        Case("near_miss", with_names(amount="amuont"), "REJECT", "missing_columns", holds={"rename": {"amuont": "amount"}}),
        Case("no_name_twice", lambda: csv_bytes(ROWS.drop(columns=["age"]).rename(columns={"amount": "amount_age"})), "REJECT", "missing_columns", holds={"suggestions": {"amount": "amount_age"}}),
        Case("no_header", lambda: csv_bytes(ROWS).split(b"\n", 1)[1], "REJECT", "missing_columns"),
        Case("optional_id_spelled_otherwise", lambda: csv_bytes(ROWS.rename(columns={"who": "Who"})), "WARN", "similar_columns", holds={"rename": {"Who": "who"}}),
    ],
    62: [
        Case("extra_columns", lambda: csv_bytes(ROWS.assign(branch="x", region=1)), "WARN", "extra_columns", holds={"names": "branch, region", "count": 2}),
        Case("reordered_columns", lambda: csv_bytes(ROWS[ROWS.columns[::-1]]), "WARN", "columns_reordered", holds={"column": "owner"}),
        Case("label_present", lambda: csv_bytes(training(400, seed=5)), "WARN", "label_present", holds={"column": "bad"}),
    ],
    63: [
        Case("number_becomes_text", changed("age", "young", slice(0, 40)), "REJECT", "column_type_changed", "age", [1, 2, 3, 4, 5], {"percent": 10.0, "examples": "young, young, young"}),
        Case("date_format", changed("opened", lambda dates: dates.dt.strftime("%Y-%m-%d")), "REJECT", "column_type_changed", "opened", [1, 2, 3, 4, 5], {"looks_like": "YYYY-MM-DD", "format": "DD.MM.YYYY"}),
        Case("decimal_comma", changed("amount", lambda sums: sums.map(lambda value: f"{value:.2f}".replace(".", ","))), "REJECT", "column_type_changed", "amount", [1, 2, 3, 4, 5], {"looks_like": "1234,5"}),
        Case("unit_1000", changed("amount", lambda sums: sums * 1000), "WARN", "column_drift_strong", holds={"column": "amount", "factor": "1000"}),
        Case("unit_100", changed("amount", lambda sums: sums * 100), "WARN", "column_drift_strong", holds={"column": "amount", "factor": "100"}),
        Case("unit_pounds", changed("amount", lambda sums: sums * 2.2046), "WARN", "column_drift_strong", holds={"column": "amount", "factor": "2.2"}),
        Case("unit_kilograms", changed("amount", lambda sums: sums * 0.4536), "WARN", "column_drift_strong", holds={"column": "amount", "factor": "0.45"}),
        Case("drift_of_numbers", changed("amount", lambda sums: sums * 1.3 + 100), "WARN", "column_drift", holds={"column": "amount"}),
        Case("drift_of_categories", changed("purpose", "car", slice(0, 300)), "WARN", "column_drift_strong", holds={"column": "purpose", "value": "car"}),
    ],
    64: [
        Case("unseen_category", changed("purpose", "yacht", 6), "WARN", "unseen_categories", holds={"column": "purpose", "count": 1, "rows": "7"}),
        Case("out_of_range", changed("age", 130, 9), "WARN", "out_of_range", holds={"column": "age", "count": 1, "rows": "10"}),
        Case("never_missing", changed("age", "", 9), "WARN", "never_missing", holds={"column": "age", "count": 1, "rows": "10"}),
        Case("new_missingness", changed("age", "", slice(0, 60)), "WARN", "more_missing", holds={"column": "age", "here": "15", "training": "0"}),
        Case("many_rows_flagged", changed("purpose", "yacht", slice(0, 81)), "WARN", "many_unusual_rows", holds={"percent": 20, "count": 81}),
    ],
    65: [
        Case("zero_rows", lambda: csv_bytes(ROWS.head(0)), "REJECT", "no_rows"),
        Case("poison_cell", changed("age", "old", 200), "REJECT", "not_a_number", "age", [201], rejected=1),
        Case("poison_date", changed("opened", "31.02.2021", 7), "REJECT", "not_a_date", "opened", [8], rejected=1),
        Case("row_too_long", lines((5, b"5-4,1,2,3,4,5,6,7,8")), "REJECT", "ragged_rows", "", [5], rejected=1),
        Case("row_too_short", lines((9, b"5-8,1")), "REJECT", "ragged_rows", "", [9], rejected=1),
        Case("rows_lost_and_poisoned", lines((1, b"a,b"), (2, b"c,d"), (400, b"1,2,3,4,5,6,7,8,9")), "REJECT", "ragged_rows", "", [1, 2, 400], rejected=3),
        Case("half_the_rows_too_short", lines(*((row, b"a,b") for row in range(1, 202))), "REJECT", "ragged_rows", rows=[2, 3, 4, 5, 6]),
        Case("poison_boolean", changed("owner", "maybe", 399), "REJECT", "not_a_boolean", "owner", [400], rejected=1),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{number}-{case}") for number, cases in CASES.items() for case in cases])
def test_case(case: Case, tmp_path: Path) -> None:
    assert case.level in CODES[case.code].levels and CODES[case.code].way_out
    if case.level == "REJECT" and not case.rejected:
        with pytest.raises(Refused) as caught:
            Scored(tmp_path, case.content())
        told: dict[str, Any] = {"params": caught.value.params, "sentence": caught.value.message % caught.value.params}
        assert (caught.value.code, caught.value.column, caught.value.rows or []) == (case.code, case.column, case.rows)
        assert not (tmp_path / "output.csv").exists() and not (tmp_path / "rejected.csv").exists()
    else:
        scored = Scored(tmp_path, case.content())
        counts = scored.result["rows"]
        assert counts["in"] == len(scored.output) == counts["scored"] + counts["rejected"] and counts["rejected"] == case.rejected
        assert [row["row"] for row in scored.output] == [str(number + 1) for number in range(counts["in"])]
        if case.rejected:
            assert [(int(row["row"]), row["column"], row["code"]) for row in scored.rejected] == [
                (row, case.column, case.code) for row in case.rows
            ]
            told = {"params": {}, "sentence": scored.rejected[0]["reason"]}
        else:
            told = scored.warning(case.code)
    assert {name: told["params"][name] for name in case.holds} == case.holds
    assert told["sentence"] and "%" not in told["sentence"].replace(" %", "")


def test_a_clean_file_is_answered_without_a_word(tmp_path: Path) -> None:
    scored = Scored(tmp_path, csv_bytes(ROWS))
    assert scored.codes == [] and {row["unusual"] for row in scored.output} == {""} and scored.evaluation is None


def test_61_accepted_names_score_the_file(tmp_path: Path) -> None:
    renamed = Scored(tmp_path, with_names(amount="amuont", age="Age")(), rename={"amuont": "amount", "Age": "age"})
    assert renamed.output == Scored(tmp_path, csv_bytes(ROWS)).output and renamed.codes == []


@pytest.mark.parametrize(
    ("rename", "code"),
    [({"nowhere": "age"}, "rename_invalid"), ({"age": "unknown"}, "rename_invalid"), ({"age": "amount"}, "duplicate_columns")],
)
def test_61_names_that_cannot_be_used(rename: dict[str, str], code: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=code):
        Scored(tmp_path, csv_bytes(ROWS), rename=rename)


def test_61_63_refused_before_the_predictor_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(folder: Path) -> None:
        raise AssertionError("loaded")

    about = StandIn().schema
    monkeypatch.setattr("workers.engine.bundle.runtime.scoring.load", never)
    monkeypatch.setattr("workers.engine.bundle.runtime.scoring.read_schema", lambda folder: about)
    from workers.engine.bundle.runtime.scoring import score_file

    for case in (CASES[61][0], CASES[63][0], CASES[65][0]):
        (tmp_path / "in.csv").write_bytes(case.content())
        with pytest.raises(Refused, match=case.code):
            score_file(tmp_path, tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "bad.csv")


def test_62_the_label_buys_an_evaluation_of_the_scored_rows(tmp_path: Path) -> None:
    labelled = training(400, seed=5).astype({"age": object})
    labelled.loc[3, "age"] = "old"
    labelled.loc[7, "bad"] = None
    evaluation = Scored(tmp_path, csv_bytes(labelled)).evaluation
    assert evaluation is not None and (evaluation["rows"], evaluation["rows_without"]) == (398, 1)
    found = {item["metric"]: item["value"] for item in evaluation["metrics"]}
    assert {"roc_auc", "log_loss", "accuracy", "f1"} <= found.keys() and 0.9 < found["roc_auc"] < 1


def test_63_the_strongest_warning_comes_first(tmp_path: Path) -> None:
    content = changed("purpose", "yacht", slice(0, 200), of=ROWS.assign(extra=1, amount=ROWS["amount"] * 1000))()
    assert Scored(tmp_path, content).codes[:3] == ["column_drift_strong", "column_drift_strong", "many_unusual_rows"]


def test_63_a_changed_column_late_in_a_large_file_stops_it_early(tmp_path: Path) -> None:
    predictor = StandIn()
    with pytest.raises(Refused, match="column_type_changed"):
        Scored(tmp_path, changed("age", "old", slice(100, 400))(), predictor=predictor, chunk_rows=50)
    assert predictor.asked == 2


def test_64_every_flagged_row_names_its_columns(tmp_path: Path) -> None:
    raw = as_file(ROWS)
    raw.loc[6, "purpose"], raw.loc[6, "age"], raw.loc[8, "age"] = "yacht", 130, ""
    scored = Scored(tmp_path, raw.to_csv(index=False).encode(), chunk_rows=8)
    assert list(scored.output[0])[-1] == "unusual" and scored.result["rows"]["unusual"] == 2
    assert {row["row"]: row["unusual"] for row in scored.output if row["unusual"]} == {
        "7": "age: out of range; purpose: new value",
        "9": "age: missing",
    }


def test_65_order_ids_and_repeats_survive_every_size_of_chunk(tmp_path: Path) -> None:
    raw = as_file(ROWS.assign(who=["twice"] * 2 + list(ROWS["who"][2:])))
    raw.loc[[20, 21], "age"] = "old"
    content = raw.to_csv(index=False).encode()
    whole = Scored(tmp_path, content)
    assert [row["who"] for row in whole.output] == list(raw["who"])
    assert [row["prediction"] == "" for row in whole.output] == [number in (20, 21) for number in range(400)]
    assert whole.result["rows"] == {"in": 400, "scored": 398, "rejected": 2, "unusual": 0}
    for rows in (37, 150):
        assert Scored(tmp_path, content, chunk_rows=rows).output == whole.output


def test_65_rows_that_could_not_be_read_keep_their_place(tmp_path: Path) -> None:
    content = lines((1, b"x"), (7, b"a,b,c,d,e,f,g,h,i"), (400, b"y"))() + b"Total,9,,,,\n"
    whole = Scored(tmp_path, content)
    assert whole.result["rows"] == {"in": 401, "scored": 397, "rejected": 4, "unusual": 0}
    assert [row["row"] for row in whole.output] == [str(number) for number in range(1, 402)]
    assert [row["who"] for row in whole.output][:8] == ["", *list(ROWS["who"])[1:6], "", "5-7"]
    assert [(row["row"], row["code"]) for row in whole.rejected][:2] == [("1", "ragged_rows"), ("7", "ragged_rows")]
    for rows in (7, 200):
        assert Scored(tmp_path, content, chunk_rows=rows).output == whole.output


def test_65_a_job_that_is_tried_again_gives_the_same_bytes(tmp_path: Path) -> None:
    class Crash(Exception):
        pass

    def crash(done: int, total: int) -> None:
        if done > 200:
            raise Crash

    content = changed("age", "old", 30)()
    first = Scored(tmp_path, content, chunk_rows=50).output_path.read_bytes()
    (tmp_path / "output.csv").unlink()
    with pytest.raises(Crash):
        Scored(tmp_path, content, chunk_rows=50, progress=crash)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input.bin", "rejected.csv"]
    assert Scored(tmp_path, content, chunk_rows=50).output_path.read_bytes() == first


PLAIN = csv_bytes(ROWS)
HEADER, *LINES = PLAIN.splitlines()


def test_13_a_line_end_within_quotes_is_no_row(tmp_path: Path) -> None:
    scored = Scored(tmp_path, PLAIN.replace(b"5-3,", b'"5-3\nof March",', 1))
    assert scored.result["rows"]["in"] == 400 and scored.output[3]["who"] == "5-3\nof March" and scored.output[4]["who"] == "5-4"


@pytest.mark.parametrize(
    ("content", "code", "rows"),
    [
        pytest.param(PLAIN.replace(b"5-3,", b'"5-3,', 1), "unclosed_quote", [5], id="14-unclosed_quote"),
        pytest.param(PLAIN.replace(b"5-3,", b"5\0-3,", 1), "nul_byte", [5], id="07-nul_byte"),
        pytest.param(b"\n".join([HEADER, *(line + b",z" for line in LINES)]), "header_shorter_than_rows", [], id="17-header_shorter"),
        pytest.param(PLAIN.replace(b"age", b"amount", 1), "duplicate_columns", [], id="29-duplicate_columns"),
    ],
)
def test_a_file_of_no_use_has_the_code_of_an_import(content: bytes, code: str, rows: list[int], tmp_path: Path) -> None:
    with pytest.raises(Refused, match=code) as caught:
        Scored(tmp_path, content)
    assert (caught.value.rows or []) == rows and CODES[code].way_out


@pytest.mark.parametrize(
    ("content", "codes", "rejected"),
    [
        pytest.param(b"\n".join([HEADER, *(line + b"," for line in LINES)]), ["trailing_delimiter"], 0, id="18-trailing_delimiter"),
        pytest.param(PLAIN.replace(b"\n5-3,", b"\n\n5-3,", 1), ["blank_lines"], 0, id="blank_lines"),
        pytest.param(b"Report of March\n\n" + PLAIN, ["reading_assumed"], 0, id="06-preamble"),
        pytest.param(PLAIN + b"Total,400,,,,\n", ["reading_assumed"], 1, id="06-footer"),
        pytest.param(as_file(ROWS).to_csv().encode(), ["saved_index"], 0, id="30-saved_index"),
    ],
)
def test_what_was_done_to_read_a_file_is_said(content: bytes, codes: list[str], rejected: int, tmp_path: Path) -> None:
    scored = Scored(tmp_path, content)
    counts = scored.result["rows"]
    assert scored.codes == codes and (counts["scored"], counts["rejected"]) == (400, rejected)
    assert [row["who"] for row in scored.output][:400] == list(ROWS["who"]) and codes[0] in CODES


def test_65_what_had_to_be_assumed_is_said(tmp_path: Path) -> None:
    about = training().assign(purpose=lambda frame: frame["purpose"].map({"car": "汽车贷款", "house": "房屋贷款", "school": "教育贷款"}))
    predictor = StandIn(schema(about))
    rows = about.drop(columns="bad").head(200)
    scored = Scored(tmp_path, as_file(rows).to_csv(index=False).encode("gb18030"), predictor=predictor)
    assert scored.codes == ["reading_assumed"] and scored.result["rows"] == {"in": 200, "scored": 200, "rejected": 0, "unusual": 0}
    assert scored.warning("reading_assumed")["params"]["answer"] == "gb18030"


@pytest.mark.parametrize("kind", ["gz", "zst", "zip", "xlsx", "parquet", "semicolons", "utf-16"])
def test_65_the_same_kinds_of_files_as_an_import(kind: str, tmp_path: Path) -> None:
    scored = Scored(tmp_path, as_kind(kind, as_file(ROWS.head(150))), name=f"rows.{kind}")
    assert scored.output == Scored(tmp_path, csv_bytes(ROWS.head(150))).output
    assert scored.result["rows"]["rejected"] == 0


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_65_numbers_and_dates_that_are_no_text(kind: str, tmp_path: Path) -> None:
    about = StandIn().schema
    for column in about["columns"]:
        if column["name"] == "amount":
            column["cast"] |= {"decimal": ",", "thousands": "."}
    rows, buffer = ROWS.head(150), io.BytesIO()
    if kind == "xlsx":
        rows.to_excel(buffer, index=False)
    else:
        rows.to_parquet(buffer)
    scored = Scored(tmp_path, buffer.getvalue(), name=f"rows.{kind}", predictor=StandIn(about))
    assert scored.output == Scored(tmp_path, csv_bytes(rows)).output


def as_kind(kind: str, raw: pd.DataFrame) -> bytes:
    """The same table in another kind of file."""
    text, buffer = raw.to_csv(index=False).encode(), io.BytesIO()
    if kind == "gz":
        return gzip.compress(text)
    if kind == "zst":
        return bytes(pa.compress(text, codec="zstd", asbytes=True))
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("rows.csv", text)
        return buffer.getvalue()
    if kind == "xlsx":
        raw.to_excel(buffer, index=False)
        return buffer.getvalue()
    if kind == "parquet":
        raw.astype(str).to_parquet(buffer)
        return buffer.getvalue()
    return raw.to_csv(index=False, sep=";").encode() if kind == "semicolons" else text.decode().encode("utf-16")
