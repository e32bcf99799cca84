"""The output file: exact numbers, harmless cells, whole or absent."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workers.engine.bundle.runtime.output import atomic_csv, cell, neutral


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\r=1", "=1", "@1"])
def test_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "+3.5", "-1e-7", "plain", "", "a=b", "无"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert neutral(text) == text


def test_values_keep_every_digit() -> None:
    third = 1 / 3
    assert float(cell(third)) == third and cell(np.float64(third)) == repr(third)
    assert cell(np.int64(7)) == "7" and cell(np.bool_(True)) == "true"
    assert [cell(v) for v in (None, float("nan"), np.float64("inf"), pd.NaT, pd.NA)] == [""] * 5
    assert cell(datetime.date(2024, 1, 2)) == "2024-01-02"
    assert cell(pd.Timestamp("2024-01-02")) == "2024-01-02 00:00:00"


def test_the_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with pytest.raises(RuntimeError), atomic_csv(path, ["a"]) as writer:
        writer.rows([["x"]])
        assert not path.exists()
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with atomic_csv(path, ["=a", "b"]) as writer:
        writer.rows([["ü,\n", 0.1]])
    assert path.read_text(encoding="utf-8") == '\'=a,b\n"ü,\n",0.1\n'
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_carriage_return_stays_within_its_cell(tmp_path: Path) -> None:
    with atomic_csv(tmp_path / "out.csv", ["a", "b"]) as writer:
        writer.rows([["x\ry", 1], ["z", 2]])
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["a", "b"], ["x\ry", "1"], ["z", "2"]]
