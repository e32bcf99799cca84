"""What one attempt at a job leaves for the next: its folder changes hands, whole, once nobody can write in it any more."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import psutil

from automl_portal.jobs.ownership import dead_owners, owner_name

HOLDERS = "holders"  # names the processes that may write in the folder; a folder without it is free
log = logging.getLogger(__name__)


def hold(job_dir: Path, owner: str) -> None:
    """Say that this process may write in `job_dir`."""
    with open(job_dir / HOLDERS, "a", encoding="utf-8") as file:
        file.write(owner + "\n")


def hold_for(job_dir: Path, pid: int) -> None:
    """The same for a child; one that has ended already needs no entry."""
    try:
        hold(job_dir, owner_name(pid))
    except psutil.NoSuchProcess:
        pass


def let_go(job_dir: Path) -> None:
    """Every process that held the folder has ended, or writes no more."""
    (job_dir / HOLDERS).unlink(missing_ok=True)


def is_free(folder: Path) -> bool:
    """Whether every holder is known to be dead. A holder on another machine never is."""
    try:
        holders = (folder / HOLDERS).read_text(encoding="utf-8").split("\n")[:-1]
    except FileNotFoundError:
        return True
    return len(dead_owners(holders)) == len(holders)


def take_over(job_dir: Path, needs: Sequence[str], also: Sequence[str] = ()) -> bool:
    """Make `job_dir`, with what the newest earlier attempt beside it has left. False when none left everything it `needs`.

    A folder that is free is renamed, so that it is never half here and half there; one whose holder may still be alive is
    copied: the two never share a file. Files outside `needs` and `also` are not passed on.
    """
    earlier = sorted((f for f in job_dir.parent.glob("a*-t*") if f.suffix != ".part"), key=_token, reverse=True)
    found = next((folder for folder in earlier if all((folder / name).exists() for name in needs)), None) if needs else None
    taken = found is not None and _pass_on(found, job_dir, [*needs, *also])
    for folder in earlier:
        if folder.exists() and is_free(folder):
            shutil.rmtree(folder, ignore_errors=True)
    job_dir.mkdir(parents=True, exist_ok=True)
    return taken


def remove_all(jobs_dir: Path) -> None:
    """Remove the folders of every attempt that nobody writes in; the sweeper takes the others later."""
    for folder in jobs_dir.glob("*"):
        if is_free(folder):
            shutil.rmtree(folder, ignore_errors=True)
    try:
        jobs_dir.rmdir()
    except OSError:  # another attempt is still there
        pass


def _token(folder: Path) -> int:
    token = folder.name.rpartition("-t")[2]
    return int(token) if token.isdecimal() else -1


def _pass_on(folder: Path, job_dir: Path, names: Sequence[str]) -> bool:
    try:
        if is_free(folder):
            os.rename(folder, job_dir)
            _clean(job_dir, names)
        else:
            part = job_dir.with_name(job_dir.name + ".part")
            _copy(folder, part, names)
            os.rename(part, job_dir)
    except OSError as error:
        log.warning("what %s left cannot be taken over: %s", folder.name, error)
        return False
    return True


def _copy(folder: Path, part: Path, names: Sequence[str]) -> None:
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    for name in names:
        source = folder / name
        if source.is_dir():
            shutil.copytree(source, part / name)
        elif source.exists():
            shutil.copyfile(source, part / name)


def _clean(job_dir: Path, names: Sequence[str]) -> None:
    for path in job_dir.iterdir():
        if path.name in names:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
