"""Score a file in a job directory: verb `predict`."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.runtime.verify import BundleRefused, verify_directory
from workers.engine.events import EventLog, Refused, check_canceled, gettext_noop, read_json

if TYPE_CHECKING:
    from workers.engine.evaluate.labelled import Labelled

# Small enough that progress and cancel are felt within seconds, large enough that a prediction's fixed cost is not.
CHUNK_ROWS = 20_000
LOADED = 0.05


def predict_run(job_dir: Path) -> dict[str, Any]:
    """Check the bundle, score the input, and return the result; output.csv and rejected.csv appear whole or not at all.

    Reads spec.json: bundle (folder), input, filename, explain, rename ({file column: predictor column}, optional),
    public_key (64 hex digits of the key to trust, optional). A job that is tried again gives the same two files, byte for
    byte: nothing in them depends on time, chance or the attempt. The result carries "evaluation" when the file holds the label.
    Raises Refused (`signature_invalid` before anything is loaded, or what `score_file` refuses) and Canceled.
    """
    spec = read_json(job_dir / "spec.json")
    with closing(EventLog(job_dir / "events.jsonl")) as log:
        log.phase("check", 0.0, message=gettext_noop("Checking the predictor's signature"))
        bundle = (job_dir / spec["bundle"]).resolve()
        bundle_check(bundle, spec.get("public_key"))
        check_canceled(job_dir)
        log.phase("predict", LOADED, message=gettext_noop("Checking the file's columns, then loading the predictor"))
        from workers.engine.bundle.runtime.scoring import score_file

        labelled = _labelled(bundle)
        result = score_file(
            bundle,
            job_dir / spec["input"],
            job_dir / "output.csv",
            job_dir / "rejected.csv",
            progress=_Progress(job_dir, log),
            explain=int(spec.get("explain") or 0),
            chunk_rows=CHUNK_ROWS,
            filename=spec.get("filename") or "",
            scratch=job_dir,
            rename=spec.get("rename"),
            compare=labelled,
        )
    return {"status": "done", **result, "evaluation": labelled.evaluation() if labelled else None}


def bundle_check(bundle: Path, public_key: str | None) -> None:
    """Raise Refused (`signature_invalid`) unless every byte of the bundle is what was signed."""
    try:
        verify_directory(bundle, public_key)
    except BundleRefused as refusal:
        message = gettext_noop("The predictor's files are not those that were signed, so it was not loaded. %(reason)s")
        raise Refused("signature_invalid", message, {"reason": str(refusal)}) from None


def _labelled(bundle: Path) -> Labelled | None:
    """What compares a file's labels with the predictions, where the bundle says how the label is read."""
    from workers.engine.bundle.runtime.predictor import read_schema
    from workers.engine.evaluate.labelled import Labelled

    schema = read_schema(bundle)
    label: dict[str, Any] = next((column for column in schema["columns"] if column["name"] == schema["label"]), {})
    return Labelled(schema) if "cast" in label else None


class _Progress:
    """Turns rows into progress events with the time left, at the speed measured since the first chunk."""

    def __init__(self, job_dir: Path, log: EventLog) -> None:
        self.job_dir, self.log, self.started = job_dir, log, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        check_canceled(self.job_dir)
        share = done / max(total, 1)
        eta = (time.monotonic() - self.started) * (1 - share) / share if share else None
        message = gettext_noop("%(done)d of %(total)d rows scored")
        self.log.progress(LOADED + (1 - LOADED) * share, eta, message, done=done, total=total)
