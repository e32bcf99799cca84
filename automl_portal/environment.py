"""Reads the service's settings from environment variables, and stops the start with a sentence when one is wrong."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured


def env_bool(name: str, default: bool) -> bool:
    """The variable as a boolean. Raises ImproperlyConfigured for anything but True or False."""
    value = os.environ.get(name, "")
    if not value:
        return default
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} is {value!r}; use 'True' or 'False'.")
    return value == "True"


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """The variable as a whole number. Raises ImproperlyConfigured when it is not one, or less than `least`."""
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}; use a whole number.") from None
    if number < least:
        raise ImproperlyConfigured(f"{name} is {number}; use {least} or more.")
    return number


def env_list(name: str, default: list[str]) -> list[str]:
    """The variable split at commas."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def env_country(name: str) -> str:
    """An ISO 3166 code of three letters in capitals, or nothing. Raises ImproperlyConfigured."""
    value = os.environ.get(name, "").strip().upper()
    if value and not (len(value) == 3 and value.isascii() and value.isalpha()):
        raise ImproperlyConfigured(f"{name} is {value!r}; use a country's code of three letters, such as DEU or CHN.")
    return value


def data_directory(base: Path) -> Path:
    """The folder that holds everything the service keeps; made when absent. Raises ImproperlyConfigured when it cannot be written."""
    path = Path(os.environ.get("AUTOML_DATA_DIR") or base / "var").resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"AUTOML_DATA_DIR {path} cannot be made: {error.strerror}.") from None
    if not os.access(path, os.W_OK):
        raise ImproperlyConfigured(f"AUTOML_DATA_DIR {path} cannot be written by this user.")
    return path


def secret_key(data_dir: Path) -> str:
    """SECRET_KEY, or one generated once and kept beside the data (readable by its owner only)."""
    given = os.environ.get("SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters; use a longer random one, or leave it out.")
        return given
    path = data_dir / "secret_key"
    if not path.exists():
        # O_EXCL: of several processes that start together, one writes the key and the others read it.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(64))
    return path.read_text()


def database(data_dir: Path) -> dict[str, Any]:
    """Django's DATABASES entry from DATABASE_URL (postgres:// or sqlite:///), else SQLite in the data folder."""
    url = os.environ.get("DATABASE_URL", "")
    parsed = urlparse(url)
    if parsed.scheme in ("postgres", "postgresql"):
        options = dict(parse_qsl(parsed.query))  # sslmode=require, or host=/a/socket/folder
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parsed.path.lstrip("/"),
            "USER": unquote(parsed.username or ""),
            "PASSWORD": unquote(parsed.password or ""),
            "HOST": options.pop("host", parsed.hostname or ""),
            "OPTIONS": options,
            "PORT": str(parsed.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    if url and parsed.scheme != "sqlite":
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": parsed.path if url else data_dir / "portal.sqlite3",
        "OPTIONS": {
            # IMMEDIATE: a transaction that reads and then writes would otherwise fail at once when another one writes.
            # FULL: a promotion must survive a power cut.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def storage_directory(data_dir: Path) -> Path:
    """The folder behind STORAGE_URL (file:///...), else `files` in the data folder."""
    url = os.environ.get("STORAGE_URL", "")
    if not url:
        path = data_dir / "files"
    else:
        parsed = urlparse(url)
        if parsed.scheme != "file" or not parsed.path.startswith("/"):
            raise ImproperlyConfigured(f"STORAGE_URL is {url!r}; only file:///an/absolute/folder is supported in this version.")
        path = Path(unquote(parsed.path))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"The storage folder {path} cannot be made: {error.strerror}.") from None
    return path
