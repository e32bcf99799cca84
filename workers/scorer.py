"""The online-prediction process: loaded predictors behind a socket, no database, no secret.

Plain ASGI: two routes do not need a framework, and an idle scorer must stay small. Heavy imports wait for the first row.
`POST /predict {"bundle", "rows", "explain"?, "public_key"?}` -> `{"predictions": [{}], "warnings": []}`; `GET /health`.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

from workers.engine.events import Refused, gettext_noop

if TYPE_CHECKING:
    from workers.engine.bundle.runtime.predictor import BundlePredictor

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_BODY_BYTES = 16 << 20
MOST_ROWS = 1000
MOST_PREDICTORS = 8
MOST_BYTES = 2 << 30  # on disk; in memory a predictor is about as large


@dataclass
class Loaded:
    """A predictor in memory. AutoGluon does not say it may be asked from two threads, so one asks at a time."""

    predictor: BundlePredictor
    bytes: int
    lock: threading.Lock = field(default_factory=threading.Lock)


class Predictors:
    """The predictors in memory, least recently used first out, limited in number and bytes."""

    def __init__(self, most: int = MOST_PREDICTORS, most_bytes: int = MOST_BYTES) -> None:
        self.most, self.most_bytes = most, most_bytes
        self._loaded: OrderedDict[tuple[str, int, str | None], Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, bundle: Path, public_key: str | None) -> Loaded:
        """The predictor of `bundle`, verified and loaded when it is not there yet. Raises Refused."""
        # A bundle written anew has another manifest, and is verified anew.
        key = (str(bundle), (bundle / "manifest.json").stat().st_mtime_ns, public_key)
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self._load(bundle, public_key)
                self._evict()
            self._loaded.move_to_end(key)
            return self._loaded[key]

    def _load(self, bundle: Path, public_key: str | None) -> Loaded:
        from workers.engine.predict import bundle_check

        bundle_check(bundle, public_key)
        from workers.engine.bundle.runtime.predictor import load

        size = sum(path.stat().st_size for path in (bundle / "predictor").rglob("*") if path.is_file())
        return Loaded(load(bundle), size)

    def _evict(self) -> None:
        while len(self._loaded) > 1 and (len(self._loaded) > self.most or self.bytes > self.most_bytes):
            self._loaded.popitem(last=False)

    @property
    def bytes(self) -> int:
        return sum(loaded.bytes for loaded in self._loaded.values())

    def __len__(self) -> int:
        return len(self._loaded)


predictors = Predictors()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        return
    route = (scope["method"], scope["path"])
    if route == ("GET", "/health"):
        return await _answer(send, 200, {"status": "ok", "predictors": len(predictors)})
    if route != ("POST", "/predict"):
        return await _answer(send, 404, problem(404, "not_found", "There is nothing here."))
    body = await _body(receive)
    if body is None:
        return await _answer(send, 413, problem(413, "body_too_large", "The request is too large; send fewer rows."))
    # A thread: scoring takes the processor, and health must still answer.
    await _answer(send, *await asyncio.to_thread(respond, body))


def respond(body: bytes) -> tuple[int, dict[str, Any]]:
    """(HTTP status, answer) to the body of POST /predict; every refusal is a problem with a stable code."""
    try:
        request = json.loads(body)
        if not isinstance(request, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        return 400, problem(400, "not_json", "The body is not a JSON object.")
    from workers.engine.bundle.runtime.rows import RowsRefused

    try:
        return 200, predict(request)
    except RowsRefused as refusal:
        text = gettext_noop("Some fields cannot be used; see errors.")
        return 422, problem(422, "rows_invalid", text, errors=refusal.errors)
    except Refused as refusal:
        status = {"bundle_not_allowed": 403, "bundle_not_found": 404, "signature_invalid": 409}.get(refusal.code, 422)
        return status, problem(status, **refusal.as_error())


def predict(request: dict[str, Any]) -> dict[str, Any]:
    """Score the rows of a request. Raises Refused and RowsRefused."""
    from workers.engine.bundle.runtime.reasons import reasons
    from workers.engine.bundle.runtime.rows import check_rows, typed_rows
    from workers.engine.bundle.runtime.unusual import Unusual

    rows = check_rows(request.get("rows"))
    if len(rows) > MOST_ROWS:
        raise Refused("rows_out_of_range", gettext_noop("Send at most %(most)d rows at once."), {"most": MOST_ROWS})
    explain = request.get("explain") or 0
    if type(explain) is not int or not 0 <= explain <= 20:
        raise Refused("explain_out_of_range", gettext_noop("Ask for 0 to %(most)d reasons per row."), {"most": 20})
    loaded = predictors.get(allowed_bundle(request.get("bundle")), request.get("public_key"))
    schema = loaded.predictor.schema
    frame, warnings = typed_rows(rows, schema)
    unusual = Unusual([column for column in schema["columns"] if column["name"] in frame.columns])
    unusual.values(frame)
    with loaded.lock:
        made = loaded.predictor.predict(frame)
        if explain:
            made = made.join(reasons(loaded.predictor, frame, explain))
    answers = [{name: _plain(value) for name, value in row.items()} for row in made.to_dict("records")]
    return {"predictions": answers, "warnings": warnings + unusual.warnings()}


def allowed_bundle(path: Any) -> Path:
    """The real folder of a bundle, when it lies where files are kept; Refused otherwise, links and '..' included."""
    bundle = Path(path).resolve() if isinstance(path, str) and path and "\0" not in path else None
    if bundle is None or not any(bundle.is_relative_to(root) for root in kept_files()):
        raise Refused("bundle_not_allowed", gettext_noop("This folder holds no predictor of this installation."))
    if not (bundle / "manifest.json").is_file():
        raise Refused("bundle_not_found", gettext_noop("The predictor's files are not there."))
    return bundle


def kept_files() -> list[Path]:
    """AUTOML_DATA_DIR, and the folder of STORAGE_URL where that is another."""
    roots = [Path(os.environ.get("AUTOML_DATA_DIR") or "var").resolve()]
    if storage := os.environ.get("STORAGE_URL"):
        roots.append(Path(unquote(urlparse(storage).path)).resolve())
    return roots


def problem(status: int, code: str, message: str, **more: Any) -> dict[str, Any]:
    """A problem+json body; `message` is a %-template over `params`, `detail` the sentence in English."""
    kept = {name: value for name, value in more.items() if value is not None}
    detail = message % more["params"] if more.get("params") else message
    return {"type": "about:blank", "title": code, "status": status, "code": code, "message": message, "detail": detail, **kept}


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if str(value) in ("NaT", "<NA>") else str(value)


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is too large (the rest is left unread)."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BODY_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, value: dict[str, Any]) -> None:
    body = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    kind = b"application/json" if status < 400 else b"application/problem+json"
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), (b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})
