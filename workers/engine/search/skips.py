"""Why a model is missing, in words an analyst can use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workers.engine.events import gettext_noop


@dataclass(frozen=True)
class Skip:
    """`reason` is a %-template over `params`; `retry`: a cheaper configuration may succeed."""

    code: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    retry: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "reason": self.reason, "params": self.params}


OUT_OF_TIME = ("time_limit", "no_time_left", "killed")


def skip_reason(exception: str, text: str) -> Skip:
    """The reason behind AutoGluon's exception type `exception` with message `text`."""
    if exception in ("TimeLimitExceeded", "InsufficientTime"):
        return Skip("time_limit", gettext_noop("It did not finish within its share of the time limit."), retry=True)
    if exception == "NoTimeLeft":
        return Skip("no_time_left", gettext_noop("No time was left for it."))
    if exception == "Killed":
        return Skip("killed", gettext_noop("It was ended: it overstepped its time limit or the memory."))
    if exception == "TooManyColumns":
        return Skip("columns", gettext_noop("The table has more than the %(columns)s columns it can handle."), {"columns": text})
    if exception in ("NotEnoughMemoryError", "MemoryError"):
        return Skip("memory", gettext_noop("It would have needed more memory than this run may use."), retry=True)
    if exception in ("ImportError", "ModuleNotFoundError"):
        return Skip("library", gettext_noop("A library it needs is not installed on this worker."))
    if exception in ("NoValidFeatures", "NotValidStacker", "NoStackFeatures"):
        return Skip("not_applicable", gettext_noop("It found no column of a kind it can use."))
    return Skip("error", gettext_noop("It stopped with an error (%(error)s)."), {"error": exception or "unknown"}, retry=True)
