"""`python -m workers.engine VERB JOB_DIR`: one job, in one process, from one directory."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from workers.engine.confine import confine
from workers.engine.events import Canceled, Interrupted, Paused, Refused, write_json

VERBS = {
    "import": ("workers.engine.intake.importing", "import_run"),
    "check_label": ("workers.engine.intake.label", "check_label_run"),
    "fit": ("workers.engine.search.run", "fit_run"),
    "predict": ("workers.engine.predict", "predict_run"),
    "probe": ("workers.engine.probe", "probe_run"),
}
DONE, FAILED, REFUSED, CANCELED, PAUSED, INTERRUPTED = 0, 1, 2, 3, 4, 5


def run(verb: str, job_dir: Path) -> int:
    """Do the job in `job_dir`; leave result.json last. Returns the exit code."""
    _cancel_on_sigterm(job_dir)
    try:
        result = _function(verb)(job_dir)
    except Refused as refusal:
        write_json(job_dir / "result.json", {"status": "refused", "error": refusal.as_error()})
        return REFUSED
    except Canceled:
        return CANCELED
    except Paused:
        return PAUSED
    except Interrupted:
        traceback.print_exc()
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - the last line of defence: the traceback goes to engine.log
        if (job_dir / "cancel").exists():  # a library turned the cancel into an error of its own
            return CANCELED
        traceback.print_exc()
        return FAILED
    write_json(job_dir / "result.json", result)
    return DONE


def _function(verb: str) -> Callable[[Path], dict[str, Any]]:
    module, name = VERBS[verb]
    function: Callable[[Path], dict[str, Any]] = getattr(import_module(module), name)
    return function


def _cancel_on_sigterm(job_dir: Path) -> None:
    def handler(number: int, frame: FrameType | None) -> None:
        # The file is what `check_canceled` sees, should a library swallow the exception.
        (job_dir / "cancel").touch()
        raise Canceled

    signal.signal(signal.SIGTERM, handler)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in VERBS:
        print(f"usage: python -m workers.engine {'|'.join(VERBS)} JOB_DIR", file=sys.stderr)
        return 64
    confine(parent=int(os.environ.get("AUTOML_PARENT_PID", "0")))
    return run(arguments[0], Path(arguments[1]).resolve())


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: joining idle native threads at interpreter shutdown has been seen to hang.
    os._exit(code)
