"""A dataset of several files: rows follow each other, columns are matched by name, types are decided over all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.engine.intake.files import rows
from workers.engine.events import Refused
from workers.engine.intake.importing import import_run
from workers.engine.intake.kinds import ColumnKind


def import_files(folder: Path, files: list[bytes], **more: Any) -> dict[str, Any]:
    for number, data in enumerate(files):
        (folder / f"u{number}").write_bytes(data)
    spec = {"verb": "import", "sources": [{"input": f"u{number}", "filename": f"{number}.csv"} for number in range(len(files))], **more}
    (folder / "spec.json").write_text(json.dumps(spec))
    import_run(folder)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def test_appended_files_are_one_table(tmp_path: Path) -> None:
    second = rows(5, "b;a", "y{i};1{i},5")
    report = import_files(tmp_path, [rows(30), second])
    frame = pd.read_parquet(tmp_path / "data.parquet")
    assert report["rows"] == report["rows_in"] == len(frame) == 35
    assert frame["b"].tolist()[-1] == "y4" and list(frame.columns) == ["a", "b"]
    assert [entry["rows"] for entry in report["sources"]] == [30, 5]
    assert [entry["filename"] for entry in report["sources"]] == ["0.csv", "1.csv"]
    assert report["sources"][1]["format"]["delimiter"] == ";" and report["format"]["delimiter"] == ","
    assert report["columns"][0]["type"] != "integer", "typed over the rows of both files"


def test_an_appended_file_with_other_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        import_files(tmp_path, [rows(30), rows(30, "a,c")])
    assert refused.value.code == "append_columns_differ" and refused.value.params == {"missing": "b", "extra": "c"}


def test_questions_about_an_appended_file_carry_its_number(tmp_path: Path) -> None:
    files = [rows(30, "城市,b"), ("城市,b\n" + "北京,1\n上海,2\n" * 20).encode("gb18030")]
    report = import_files(tmp_path, files)
    (asked,) = [finding for finding in report["findings"] if finding["code"] == "encoding"]
    assert (asked["key"], asked["source"], asked["answer"]) == ("encoding@2", 2, None)
    report = import_files(tmp_path, files, answers={"encoding@2": "gb18030"})
    (asked,) = [finding for finding in report["findings"] if finding["code"] == "encoding"]
    assert asked["answer"] == "gb18030"


def test_words_are_counted_while_few_and_sampled_when_many() -> None:
    import pyarrow as pa

    few, many = ColumnKind(), ColumnKind()
    for batch in range(10):
        few.add(pa.array([" x", "y", "", "NA"] * 100))
        many.add(pa.array([str(number) for number in range(batch * 1000, batch * 1000 + 1000)]))
    assert few.words_complete and few.words == {"x": 1000, "y": 1000} and sorted(few.sample) == ["x", "y"]
    assert not many.words_complete and not many.words and (many.low, many.high) == (0, 9999)
    assert 500 <= len(many.sample) <= 1000 and int(many.sample[0]) < 100 and int(many.sample[-1]) > 9900
