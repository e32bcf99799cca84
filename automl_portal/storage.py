"""Where files live: opaque keys under one folder. Callers build keys from ids, never from what a user typed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


def path_of(key: str) -> Path:
    """The absolute path of a key. Raises ValueError when it would leave the storage folder."""
    root = Path(settings.STORAGE_DIR).resolve()
    path = (root / key).resolve()
    if not path.is_relative_to(root) or path == root:
        raise ValueError(f"not a storage key: {key!r}")
    return path


def keep(source: Path, key: str) -> Path:
    """Move a file or folder under a key, durably; replaces nothing. Returns its path."""
    target = path_of(key)
    if target.exists():
        raise FileExistsError(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        with open(source, "rb") as file:
            os.fsync(file.fileno())
    shutil.move(source, target)
    return target


def keep_all(folder: Path, names: Iterable[str], key: str) -> None:
    """Move those of a folder's files that are still there under a key; a publication that is tried again moves the rest."""
    for name in names:
        if (folder / name).exists():
            keep(folder / name, f"{key}/{name}")


def remove(key: str) -> None:
    """Remove a file or folder; silent when it is gone already."""
    path = path_of(key)
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_all(keys: Iterable[str]) -> None:
    for key in keys:
        remove(key)
