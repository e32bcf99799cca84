from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import leaks as bench
from domains import names
from workers.engine.intake.leak_parts import parts

DATA = Path(__file__).parents[4] / "shared" / "data"


def test_every_kind_planted_in_the_samples_is_found_and_nothing_else_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(str(tmp_path)) == 0, capsys.readouterr().out


@pytest.mark.skipif(not DATA.exists(), reason="the real data sets are not here")
def test_known_leaks_of_real_tables_are_found() -> None:
    for file, label, kind, known in bench.SETS:
        if known and file.endswith(("bikeshare.csv.gz", "bank_marketing.csv", "alexa_reviews_en.tsv", "medpar_los.csv", "hourly.csv.gz")):
            assert set(bench.check(bench._read(DATA / file), label, kind)) == known, file


@pytest.mark.parametrize(
    "make",
    [
        lambda a, b, c: a + b,
        lambda a, b, c: a - b,
        lambda a, b, c: 3 * a - 0.5 * b + 2,
        lambda a, b, c: a * b,
        lambda a, b, c: a / b,
        lambda a, b, c: a + b + c,
    ],
)
def test_what_makes_up_the_label_is_named(make: object) -> None:
    rng = np.random.default_rng(0)
    a, b, c = (rng.lognormal(3, 1, 2000) for _ in range(3))
    columns = {"a": a, "b": b, "c": c} | {f"x{i}": rng.normal(size=2000) + 0.1 * a for i in range(30)}
    label = make(a, b, c)  # type: ignore[operator]
    wanted = {"a", "b", "c"} if np.allclose(label, a + b + c) else {"a", "b"}
    assert set(parts(columns, label)) == wanted
    assert parts(columns, label + rng.normal(0, 0.1 * label.std(), 2000)) == ()


@pytest.mark.parametrize(
    ("name", "label", "alike"),
    [
        ("price_log", "price", True), ("logPrice", "price", True), ("target2", "target", True), ("churn_encoded", "Churn", True),
        ("Chrun_flag", "churn", False), ("priceless", "price", False), ("count_rooms", "count", True), ("y_enc", "y", True), ("year", "y", False),
        ("is_default", "default", True),
    ],
)  # fmt: skip
def test_names_like_the_label(name: str, label: str, alike: bool) -> None:
    assert names.resembles(name, label) is alike
