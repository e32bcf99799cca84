"""What an attempt leaves for the next: moved when nobody writes there any more, copied when somebody may, never shared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from automl_portal.jobs.ownership import SEPARATOR, machine, owner_name
from workers.takeover import hold, hold_for, is_free, let_go, remove_all, take_over

DEAD = SEPARATOR.join([machine(), "999999999", "1.00", "abcd1234"])
ELSEWHERE = "otherhost|pid:[1]|999999|1.00|abcd1234"
NEEDS, ALSO = ("search.json", "predictor"), ("folds.npy", "spec.json")


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    return tmp_path / "jobs"


def attempt(jobs: Path, number: int, *, owner: str | None = DEAD, whole: bool = True) -> Path:
    folder = jobs / f"a{number}-t{number}"
    (folder / "predictor" / "models").mkdir(parents=True)
    (folder / "predictor" / "models" / "trainer.pkl").write_text(f"of {number}")
    for name in ("folds.npy", "events.jsonl", "data.parquet", "cancel", *(("search.json",) if whole else ())):
        (folder / name).write_text(f"of {number}")
    (folder / "bundle").symlink_to(folder)
    if owner:
        hold(folder, owner)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_dead_attempts_folder_changes_hands_whole(jobs: Path) -> None:
    old = attempt(jobs, 1)
    inode = (old / "predictor" / "models" / "trainer.pkl").stat().st_ino
    new = jobs / "a2-t2"
    assert take_over(new, NEEDS, ALSO)
    assert names(new) == ["folds.npy", "predictor", "search.json"] and names(jobs) == ["a2-t2"]
    assert (new / "predictor" / "models" / "trainer.pkl").stat().st_ino == inode


@pytest.mark.parametrize("owner", [owner_name(), ELSEWHERE])
def test_one_that_may_still_write_is_copied_and_left_alone(jobs: Path, owner: str) -> None:
    old = attempt(jobs, 1, owner=owner)
    before = names(old)
    new = jobs / "a2-t2"
    assert take_over(new, NEEDS, ALSO)
    assert names(new) == ["folds.npy", "predictor", "search.json"] and names(old) == before
    for path in new.rglob("*"):
        if path.is_file():
            assert path.stat().st_ino != (old / path.relative_to(new)).stat().st_ino
    remove_all(jobs)
    assert names(jobs) == ["a1-t1"]


def test_the_newest_that_is_whole_is_taken_and_the_rest_goes(jobs: Path) -> None:
    attempt(jobs, 2)
    attempt(jobs, 10, owner=None)
    attempt(jobs, 11, whole=False)
    assert take_over(jobs / "a12-t12", NEEDS, ALSO)
    assert (jobs / "a12-t12" / "search.json").read_text() == "of 10" and names(jobs) == ["a12-t12"]


def test_without_anything_to_take_the_folder_is_new(jobs: Path) -> None:
    attempt(jobs, 1, whole=False)
    assert not take_over(jobs / "a2-t2", NEEDS, ALSO)
    assert names(jobs) == ["a2-t2"] and not names(jobs / "a2-t2")
    attempt(jobs, 1)
    assert not take_over(jobs / "a3-t3", ())  # a kind of job that cannot go on
    assert names(jobs) == ["a3-t3"]


def test_a_child_that_outlives_its_supervisor_still_holds_the_folder(jobs: Path) -> None:
    folder = attempt(jobs, 1)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        hold_for(folder, child.pid)
        assert not is_free(folder)
        child.kill()
    assert not psutil.pid_exists(child.pid) and is_free(folder)
    hold_for(folder, child.pid)  # one that has ended holds nothing
    assert is_free(folder)
    hold(folder, owner_name(os.getpid()))
    assert not is_free(folder)
    let_go(folder)
    assert is_free(folder)
