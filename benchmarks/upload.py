"""Uploads under kill -9, and what they cost the portal: `python -m benchmarks.upload [MB]` (500 by default).

Bars: a file whose portal is killed at ten random points arrives whole; the portal's peak memory (VmHWM) stays at most 200 MB
while ten files come in at once, and while one comes as a multipart form. Linux only. Needs twelve times the size on the disk.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from tests.sending import BLOCK, Content, Portal, Sender, kill_while_sending
from tests.stack import Stack

KILLS, PARALLEL, BAR_MB = 10, 10, 200
MARK = "between-the-parts-of-a-form"


def peak_mb(pid: int) -> float:
    """The most memory that a process has held so far, MB."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def killed(stack: Stack, size: int) -> bool:
    """Whether a file arrives whole although the portal is killed again and again."""
    content, draw = Content(size, seed=1), random.Random(6)
    with Portal(stack) as portal:
        sender = Sender(stack.token, portal.port, content)
        for point in sorted(draw.sample(range(size), KILLS)):
            kill_while_sending(sender, portal, point)
            print(f"  killed at {point / 1e6:7.1f} MB: {sender.offset() / 1e6:7.1f} MB are there", flush=True)
        sender.send()
        path = stack.data / "files" / "uploads" / f"{sender.where.rsplit('/', 1)[-1]}.bin"
        with path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == content.sha256
        sender.ask("DELETE", sender.where, {})
    print(f"{size / 1e6:.0f} MB after {KILLS} kills: {'the sha256 is right' if whole else 'WRONG'}")
    return whole


def parallel(stack: Stack, size: int) -> float:
    """The portal's peak while ten files come in at once, MB."""
    pid = stack.processes("automl_portal.asgi")[0].pid
    idle, began = peak_mb(pid), time.monotonic()

    def send(seed: int) -> None:
        sender = Sender(stack.token, stack.port, Content(size, seed))
        sender.send()
        sender.ask("DELETE", sender.where, {})

    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(send, range(PARALLEL)))
    seconds, peak = time.monotonic() - began, peak_mb(pid)
    print(f"{PARALLEL} x {size / 1e6:.0f} MB at once: portal {idle:.0f} -> {peak:.0f} MB, {PARALLEL * size / seconds / 1e6:.0f} MB/s")
    return peak


def form(stack: Stack, size: int) -> float:
    """The portal's peak while one file comes as a multipart form, MB."""
    pid = stack.processes("automl_portal.asgi")[0].pid
    head = f'--{MARK}\r\nContent-Disposition: form-data; name="file"; filename="form.csv"\r\n\r\n'.encode()
    tail = f"\r\n--{MARK}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        yield from Content(size, seed=77).blocks()
        yield tail

    connection = HTTPConnection("127.0.0.1", stack.port, timeout=600)
    headers = {"Authorization": f"Bearer {stack.token}", "Content-Type": f"multipart/form-data; boundary={MARK}"}
    headers["Content-Length"] = str(len(head) + size + len(tail))
    connection.request("POST", "/api/v1/datasets", body(), headers)
    status, peak = connection.getresponse().status, peak_mb(pid)
    connection.close()
    print(f"one form of {size / 1e6:.0f} MB: answered {status}, portal {peak:.0f} MB at most")
    return peak if status == 201 else float("inf")


def main(megabytes: int) -> int:
    """Print the figures; 0 when every bar is met."""
    size = megabytes * BLOCK
    with Stack() as stack:
        whole = killed(stack, size)
        peak = max(parallel(stack, size), form(stack, size))
    print(f"peak {peak:.0f} MB (bar {BAR_MB})")
    return 0 if whole and peak <= BAR_MB else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
