"""The part that can be killed: it never takes the caller down or makes it wait."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest

from workers.engine.events import Canceled, Refused
from workers.engine.search.forked import Died, Killed, run_forked


def _run(function: object, job_dir: Path, seconds: float = 10.0) -> list[float]:
    ticks: list[float] = []
    ends_at = time.time() + seconds
    assert callable(function)
    run_forked(function, job_dir, kill_at=lambda: ends_at, on_tick=lambda: ticks.append(time.time()))
    return ticks


def test_its_files_are_there_when_it_comes_back(tmp_path: Path) -> None:
    _run(lambda: (tmp_path / "made").touch(), tmp_path)
    assert (tmp_path / "made").exists()


def test_it_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(Killed):
        _run(lambda: time.sleep(60), tmp_path, seconds=0.5)
    assert time.monotonic() - started < 3
    assert not psutil.Process().children()


def test_the_caller_is_told_the_time_meanwhile(tmp_path: Path) -> None:
    assert len(_run(lambda: time.sleep(1.5), tmp_path)) >= 2


def test_a_refusal_arrives_whole(tmp_path: Path) -> None:
    def refuse() -> None:
        raise Refused("rare_class", "Only %(rows)s.", {"rows": 3}, column="x", rows=[1])

    with pytest.raises(Refused) as caught:
        _run(refuse, tmp_path)
    assert caught.value.as_error() == Refused("rare_class", "Only %(rows)s.", {"rows": 3}, column="x", rows=[1]).as_error()


@pytest.mark.parametrize("code", [1, 9])
def test_an_end_of_its_own_is_noticed(tmp_path: Path, code: int) -> None:
    with pytest.raises(Died):
        _run(lambda: os._exit(code), tmp_path)


def test_a_cancel_ends_it_within_a_second(tmp_path: Path) -> None:
    def cancel() -> None:
        (tmp_path / "cancel").touch()
        time.sleep(60)

    started = time.monotonic()
    with pytest.raises(Canceled):
        _run(cancel, tmp_path)
    assert time.monotonic() - started < 2
    assert not psutil.Process().children()
