"""When neither way to the end works, the run is not over: its models are on disk."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from domains.planning.layout import Machine, TableFacts
from workers.engine import __main__ as engine
from workers.engine.events import EventLog, Interrupted, write_json
from workers.engine.search import finishing
from workers.engine.search.forked import Died, Killed
from workers.engine.search.plan import plan_make
from workers.engine.spec import FitSpec


@pytest.mark.parametrize("seconds", [60, -60])  # from now to the deadline: also when only the short way was left
@pytest.mark.parametrize("end", [Killed, Died])
def test_another_attempt_may_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: type[Exception], seconds: float) -> None:
    tried: list[Any] = []

    def forked(function: Any, job_dir: Path, **_: Any) -> None:
        tried.append(function)
        raise end

    now = time.time()
    plan = plan_make(started_at=now + seconds - 90, deadline=now + seconds, table=TableFacts(1000, 10), machine=Machine())
    write_json(tmp_path / "schema.json", {"eval_metric": "log_loss"})
    monkeypatch.setattr(finishing, "run_forked", forked)
    monkeypatch.setattr(finishing, "snapshot_restore", lambda *_: None)
    spec = FitSpec(label="y", problem_type="binary")
    events = EventLog(tmp_path / "events.jsonl")
    with closing(events), pytest.raises(Interrupted):
        finishing.finish_run(tmp_path, spec, plan, {"snapshot": "", "models": {}}, {}, events, partial=False)
    assert len(tried) == (2 if seconds > 0 else 1)


def test_the_engine_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Path) -> dict[str, Any]:
        raise Interrupted("killed")

    monkeypatch.setattr(engine, "_function", lambda verb: interrupted)
    monkeypatch.setattr(engine, "_cancel_on_sigterm", lambda job_dir: None)
    assert engine.run("fit", tmp_path) == engine.INTERRUPTED == 5
    assert not (tmp_path / "result.json").exists()
