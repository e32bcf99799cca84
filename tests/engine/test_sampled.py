"""A table larger than the memory: a fair part is read, or the refusal says how much memory it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.fitting import make_job, report, table
from workers.engine.events import Refused
from workers.engine.sampled import frame_read
from workers.engine.spec import FitSpec, fit_spec_load
from workers.engine.table import table_load


def _spec(memory_mb: int, **changes: object) -> FitSpec:
    return FitSpec.model_validate({"label": "outcome", "problem_type": "binary", "memory_limit_mb": memory_mb, **changes})


def test_a_table_that_fits_is_read_whole(tmp_path: Path) -> None:
    frame = table(3000)
    frame.to_parquet(tmp_path / "data.parquet")
    read, rows = frame_read(tmp_path / "data.parquet", report(frame), _spec(4000))
    assert rows == 3000 and read.equals(frame)


def test_after_running_out_of_memory_half_is_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    job_dir = make_job(tmp_path, table(4000), "binary", 30, out_of_memory=True)
    loaded = table_load(job_dir, fit_spec_load(job_dir))
    assert loaded.rows_in == 4000 and len(loaded.frame) == 2000
    assert loaded.set_aside == {"more_than_the_memory": 2000}
    assert [warning["code"] for warning in loaded.warnings] == ["memory_sampled"]
    assert 0.8 < loaded.frame["outcome"].eq("1").mean() / table(4000)["outcome"].mean() < 1.2


def test_the_part_that_is_read_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    frame = table(5000)
    frame.to_parquet(tmp_path / "data.parquet", row_group_size=700)
    first, second = (frame_read(tmp_path / "data.parquet", report(frame), _spec(4000, out_of_memory=True))[0] for _ in range(2))
    assert first.equals(second) and len(first) == 2500
    assert first["row id"].is_monotonic_increasing and first["row id"].is_unique


def test_a_worker_that_is_too_small_says_how_much_is_needed(tmp_path: Path) -> None:
    frame = table(3000)
    frame.to_parquet(tmp_path / "data.parquet")
    with pytest.raises(Refused) as refused:
        frame_read(tmp_path / "data.parquet", report(frame), _spec(900))
    assert refused.value.code == "table_too_large"
    assert "needs about 1.3 GB of memory; this worker gives 0.9 GB" in refused.value.message % refused.value.params
