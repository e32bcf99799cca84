"""What the supervisor itself needs to know, read from the environment and checked before anything starts."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
MIN_FREE_MB = 500
LONGEST_RUN_DIR = 80  # a Unix socket's path, name included, has room for 103 bytes on every platform
SCHEMES = {
    "DATABASE_URL": ("postgres", "postgresql", "sqlite"),
    "REDIS_URL": ("redis", "rediss", "redis+socket", "unix"),
    "STORAGE_URL": ("file",),
}


class StartError(Exception):
    """The service cannot start; the text is the sentence for the person who started it."""


@dataclass(frozen=True)
class Config:
    """Checked settings. `run_dir` holds the lock and the sockets, `logs` the log files; `redis_url` is None for the embedded server."""

    data_dir: Path
    run_dir: Path
    logs: Path
    host: str
    port: int
    redis_url: str | None

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the portal."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def read_config(env: Mapping[str, str]) -> Config:
    """The settings in `env`. Raises StartError for a value that cannot be right."""
    for name, schemes in SCHEMES.items():
        if (value := env.get(name)) and urlsplit(value).scheme not in schemes:
            raise StartError(f"{name} must start with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    if (email := env.get("AUTOML_ADMIN_EMAIL")) and "@" not in email:
        raise StartError(f"AUTOML_ADMIN_EMAIL is {email!r}, which is not an e-mail address.")
    data_dir = Path(env.get("AUTOML_DATA_DIR") or ROOT / "var").expanduser().absolute()
    run_dir = Path(env.get("AUTOML_RUN_DIR") or data_dir / "run").absolute()
    if len(os.fsencode(run_dir)) > LONGEST_RUN_DIR:
        raise StartError(f"The path {run_dir} is too long for the sockets in it; set AUTOML_RUN_DIR to a short one of its own.")
    return Config(
        data_dir=data_dir,
        run_dir=run_dir,
        logs=Path(env.get("AUTOML_LOG_DIR") or data_dir / "logs").absolute(),
        host=env.get("AUTOML_HOST") or "127.0.0.1",
        port=read_port(env.get("PORT") or "8000"),
        redis_url=env.get("REDIS_URL") or None,
    )


def read_port(value: str) -> int:
    """A port number. Raises StartError when it is none."""
    if not value.isdecimal() or not 1 <= int(value) <= 65535:
        raise StartError(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def make_folders(config: Config, min_free_mb: int = MIN_FREE_MB) -> None:
    """Make the folders and see that they can be written and have room. Raises StartError with the reason."""
    for folder in (config.data_dir, config.logs, config.run_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".write-test"
            probe.write_bytes(b"x" * 4096)
            probe.unlink()
        except OSError as error:
            raise StartError(_folder_sentence(folder, error)) from None
    config.run_dir.chmod(0o700)
    free_mb = shutil.disk_usage(config.data_dir).free // 1024**2
    if free_mb < min_free_mb:
        raise StartError(
            f"The disk of {config.data_dir} has {free_mb} MB free; the service needs {min_free_mb} MB or more. "
            "Free some space, or set AUTOML_DATA_DIR to a folder on another disk."
        )


def _folder_sentence(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk of {folder} is full. Free some space, or set AUTOML_DATA_DIR to a folder on another disk."
    return f"The folder {folder} cannot be written: {error.strerror}. Set AUTOML_DATA_DIR to a folder this user may write."


def check_port(host: str, port: int) -> None:
    """Raises StartError when the portal could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartError(
                    f"Port {port} is in use by another program. Stop it, or choose another port: PORT={port + 1} ./bin/run"
                ) from None
            raise StartError(f"The service cannot listen on {host}:{port}: {error.strerror}.") from None


def gpu_count(env: Mapping[str, str]) -> int:
    """NVIDIA GPUs that the fits may use: those of CUDA_VISIBLE_DEVICES when it is set, else all."""
    if (visible := env.get("CUDA_VISIBLE_DEVICES")) is not None:
        return len([name for name in visible.split(",") if name.strip() not in ("", "-1")])
    if shutil.which("nvidia-smi") is None:
        return 0
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
