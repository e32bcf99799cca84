"""Types and answers of the analyst, applied to a column."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from workers.engine.bundle.runtime.casting import cast_array
from workers.engine.events import Refused
from workers.engine.intake.decide import decide
from workers.engine.intake.decision import Decision
from workers.engine.intake.importing import import_run
from workers.engine.intake.kinds import ColumnKind


def decided(cells: list[str], **more: Any) -> tuple[Decision, list[Any]]:
    """(decision about column x, its values)."""
    kind = ColumnKind()
    kind.add(pa.array(cells))
    decision = decide("x", kind, more.pop("answers", {}), **more)
    values = decision.typed(pa.array(cells), 1).to_pylist()
    again, _ = cast_array(pa.array(cells), decision.cast)
    assert again.to_pylist() == values  # scoring reads the same
    return decision, values


@pytest.mark.parametrize(
    ("wanted", "cells", "values", "misfits"),
    [
        ("text", ["1", "2"], ["1", "2"], 0),
        ("category", ["00501", "2"], ["00501", "2"], 0),
        ("integer", ["00501", "x", "2.5", "7"], [501, None, None, 7], 2),
        ("integer", ["12345678901234567", "1.5"], [12345678901234567, None], 1),
        ("integer", ["123456789012345678901234567890", "5"], [None, 5], 1),
        ("number", ["1,234", "x", "7.5"], [1234.0, None, 7.5], 1),
        ("number", ["$5", "-"], [5.0, None], 0),
        ("boolean", ["1", "0", "Yes", "maybe"], [True, False, True, None], 1),
        ("datetime", ["31/01/2024", "2024-02-01", "soon"], [datetime(2024, 1, 31), datetime(2024, 2, 1), None], 1),
        ("datetime", ["1217897793", "1217895807"], [datetime(2008, 8, 5, 0, 56, 33), datetime(2008, 8, 5, 0, 23, 27)], 0),
        ("datetime", ["41925", "41926"], [datetime(2014, 10, 13), datetime(2014, 10, 14)], 0),
    ],
)
def test_a_chosen_type_beats_every_guess(wanted: str, cells: list[str], values: list[Any], misfits: int) -> None:
    decision, found = decided(cells, types={"x": wanted, "other": "text"})
    assert found == values and decision.chosen and decision.cast["type"] == wanted
    (finding,) = [item for item in decision.findings if item.code == "type_chosen"]
    assert finding.params["count"] == misfits == len(finding.rows)
    assert all(finding.examples[i]["before"] == cells[row - 1] for i, row in enumerate(finding.rows))


def test_the_comma_of_a_file_with_semicolons_marks_decimals() -> None:
    assert decided(["1,234", "x"], types={"x": "number"}, decimal_comma=True)[1] == [1.234, None]


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Refused, match="type_unknown"):
        decided(["1"], types={"x": "complex"})


@pytest.mark.parametrize(
    ("cells", "value", "values"),
    [
        (["999", "5", "999.0"], "999", [None, 5.0, None]),
        (["01/01/1900", "31/12/2020"], "1900-01-01", [None, datetime(2020, 12, 31)]),
        (["01/01/1900", "1/1/1900", "31/12/2020"], "01/01/1900", [None, None, datetime(2020, 12, 31)]),
        (["-9,999", "-9999", "1,234.5"], "-9,999", [None, None, 1234.5]),
        (["unknown thing", "a"], "unknown thing", [None, "a"]),
    ],
)
def test_a_sentinel_becomes_missing_however_it_is_written(cells: list[str], value: str, values: list[Any]) -> None:
    decision, found = decided(cells, answers={"sentinel_value:x": f"missing:{value}"})
    assert found == values
    (finding,) = [item for item in decision.findings if item.code == "sentinel_value"]
    assert finding.answer == finding.choices[0]["value"] == f"missing:{value}" and finding.choices[1]["value"] == "keep"


def test_variants_are_merged_into_the_most_frequent_spelling() -> None:
    decision, found = decided(["Yes", "Yes", "yes ", "YES", "No"], answers={"value_variants:x": "merge"})
    assert found == ["Yes", "Yes", "Yes", "Yes", "No"]
    assert [item.answer for item in decision.findings if item.code == "value_variants"] == ["merge"]


def test_personal_data_is_dropped_or_gets_pseudonyms() -> None:
    cells = ["13800138000", "13900139000", "13800138000", ""]
    dropped, _ = decided(cells, answers={"personal_data:x": "drop"})
    assert dropped.dropped and dropped.findings[-1].answer == "drop"
    decision, found = decided(cells, answers={"personal_data:x": "pseudonymise"}, salt="00ff")
    assert found[0] == found[2] != found[1] and found[3] is None and len(found[0]) == 16
    assert decision.cast["type"] == "category" and decision.findings[-1].answer == "pseudonymise"
    assert decided(cells, answers={"personal_data:x": "pseudonymise"}, salt="00fe")[1][0] != found[0]
    with pytest.raises(Refused, match="salt_missing"):
        decided(cells, answers={"personal_data:x": "pseudonymise"})


def test_the_report_keeps_the_chosen_type_and_lists_what_did_not_fit(tmp_path: Path) -> None:
    data = "a,b\n" + "".join(f"{i},this is review number {i}\n" for i in range(40)) + "x,last\n"
    (tmp_path / "upload.bin").write_text(data)
    spec = {"sources": [{"input": "upload.bin", "filename": "x.csv"}], "types": {"a": "integer", "b": "category"}}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    import_run(tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert [entry["type"] for entry in report["columns"]] == ["integer", "category"]
    (found,) = [item for item in report["findings"] if item["key"] == "type_chosen:a"]
    assert found["rows"] == [41] and found["examples"] == [{"before": "x", "after": ""}]


def test_an_odd_cell_does_not_hide_the_other_questions() -> None:
    decision, _ = decided([*["02/01/2024", "03/04/2024"] * 20, "soon"])
    assert [item.code for item in decision.findings] == ["mixed_types", "date_order"]
    assert decided([*["02/01/2024", "03/04/2024"] * 20, "soon"], answers={"date_order:x": "month_first"})[1][0] == datetime(2024, 2, 1)
    decision, _ = decided([*["$1,234.5", "inf"] * 20, "soon"])
    assert [item.code for item in decision.findings] == ["mixed_types", "number_marks", "infinite_values"]


def test_one_formula_among_many_different_words_is_found() -> None:
    decision, _ = decided([*(f"word {i}" for i in range(9000)), "=1+1", *(f"more {i}" for i in range(9000))])
    (finding,) = decision.findings
    assert (finding.code, finding.params["count"], finding.rows) == ("formula_cells", 1, [9001])
