"""The real service on a throw-away data folder: real broker, real workers, real engine. For browser and fault tests and benchmarks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
EMAIL, PASSWORD = "owner@example.com", "correct horse battery 42"
START_S, STOP_S = 240, 40
OVER = ("succeeded", "failed", "canceled")


class Stack:
    """`with Stack() as stack:` starts every process and waits until the service is healthy; leaving stops them all."""

    def __init__(self, **env: str) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="automl-stack-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        own = {"AUTOML_DATA_DIR": str(self.data), "PORT": str(self.port), "AUTOML_ADMIN_EMAIL": EMAIL, "AUTOML_ADMIN_PASSWORD": PASSWORD}
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "STORAGE_URL")}
        self.env = {**inherited, **own, **env}
        self.base = f"http://127.0.0.1:{self.port}"
        self.token = ""

    def __enter__(self) -> Stack:
        with open(self.data / "run.log", "w") as log:
            command = [sys.executable, "-m", "automl_portal.processes"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True)
        self.wait(self.is_healthy, START_S)
        made = subprocess.run(
            [sys.executable, "manage.py", "token_create", EMAIL], cwd=ROOT, env=self.env, capture_output=True, text=True, check=True
        )
        self.token = made.stdout.strip()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
            if os.environ.get("AUTOML_KEEP_STACK") != "1":
                shutil.rmtree(self.data, ignore_errors=True)

    def is_healthy(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError((self.data / "run.log").read_text()[-2000:])
        try:
            return bool(self.call("GET", "/health")["status"] == "ok")
        except (OSError, ValueError):
            return False

    @staticmethod
    def wait(condition: Callable[[], Any], seconds: float, every: float = 0.2) -> Any:
        """Poll until the condition holds; its value. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if value := condition():
                return value
            time.sleep(every)
        raise TimeoutError(f"{condition} did not come true in {seconds} s")

    def call(self, method: str, path: str, body: Any = None, *, file: tuple[str, bytes] | None = None, **fields: str) -> Any:
        """One API call: JSON in, JSON out; `file` makes it a multipart upload. Errors come back as their problem body."""
        status, content = self.raw(method, path, body, file=file, **fields)
        answer = json.loads(content) if content else None
        return {**answer, "_status": status} if isinstance(answer, dict) else answer

    def raw(self, method: str, path: str, body: Any = None, *, file: tuple[str, bytes] | None = None, **fields: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        if file is not None:
            boundary = uuid.uuid4().hex
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            data = multipart(boundary, file, fields)
        request = urllib.request.Request(f"{self.base}/api/v1{path}", data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def dataset(self, name: str, content: bytes, seconds: float = 120) -> dict[str, Any]:
        """Upload a file, take the recommended answer to every question, and wait until it is imported."""
        dataset = self.call("POST", "/datasets", file=(name, content))
        if dataset["_status"] != 201:
            return dict(dataset)

        def settled() -> dict[str, Any] | None:
            now: dict[str, Any] = self.call("GET", f"/datasets/{dataset['id']}")
            if now["status"] == "needs_answers":
                open_questions = [item for item in now["findings"] if item["level"] == "ASK" and not item["answer"]]
                self.call("POST", f"/datasets/{dataset['id']}/answers", {item["id"]: item["choices"][0] for item in open_questions})
                return None
            return now if now["status"] in ("ready", "rejected") else None

        return dict(self.wait(settled, seconds))

    def project(self, dataset: dict[str, Any], use_case: str, label: str, **more: Any) -> dict[str, Any]:
        return dict(self.call("POST", "/projects", {"use_case": use_case, "dataset": dataset["id"], "label": label, **more}))

    def start(self, project: dict[str, Any], **settings: Any) -> dict[str, Any]:
        return dict(self.call("POST", f"/projects/{project['id']}/runs", {"settings": settings}))

    def run_over(self, run: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The run once it has ended."""

        def over() -> dict[str, Any] | None:
            now: dict[str, Any] = self.call("GET", f"/runs/{run['id']}")
            return now if now["status"] in OVER else None

        return dict(self.wait(over, seconds))

    def predict(
        self, project: dict[str, Any], name: str, content: bytes, seconds: float = 180, **fields: str
    ) -> tuple[dict[str, Any], bytes]:
        """Score a file; (the batch prediction once it has ended, output.csv)."""
        made = self.call("POST", f"/projects/{project['id']}/predictions", file=(name, content), **fields)

        def over() -> dict[str, Any] | None:
            now: dict[str, Any] = self.call("GET", f"/predictions/{made['id']}")
            return now if now["status"] in OVER else None

        ended = dict(self.wait(over, seconds))
        return ended, self.raw("GET", f"/predictions/{made['id']}/output")[1] if ended["status"] == "succeeded" else b""

    def processes(self, text: str) -> list[psutil.Process]:
        """This stack's processes whose command line holds `text`."""
        found = []
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if text in " ".join(process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def engine_children(self) -> list[psutil.Process]:
        """Forked or started engine processes: leaders of a group of their own below the fork server or a worker."""
        found = []
        for parent in self.processes("workers."):
            try:
                found += [child for child in parent.children() if os.getpgid(child.pid) == child.pid and child.ppid() == parent.pid]
            except (psutil.Error, ProcessLookupError):
                continue
        return found


def multipart(boundary: str, file: tuple[str, bytes], fields: dict[str, str]) -> bytes:
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'.encode()
    return b"".join(parts) + head + file[1] + f"\r\n--{boundary}--\r\n".encode()
