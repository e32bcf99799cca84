"""Why a model is missing, in words an analyst can use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from domains.pretrained import HOW_TO_DECIDE, HOW_TO_INSTALL
from workers.engine.events import gettext_noop


@dataclass(frozen=True)
class Skip:
    """`reason` is a %-template over `params`; `remedy` says what would bring the model, "" when nothing would.

    `retry`: a cheaper configuration may succeed.
    """

    code: str
    reason: str
    params: dict[str, Any] = field(default_factory=dict)
    retry: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "reason": self.reason, "params": self.params, "remedy": self.remedy}

    @property
    def remedy(self) -> str:
        return REMEDIES.get(self.code, "")


OUT_OF_TIME = ("time_limit", "no_time_left", "killed")
FAILED = ("memory", "library", "not_a_number", "error")  # more time would not have helped
AGAIN_WITH_TIME = (*OUT_OF_TIME, "canceled")  # worth another turn when a run is continued


HOW_TO_BRING_ENCODER = gettext_noop(
    "The operator can lay one that knows this language into the folder text of AUTOML_WEIGHTS_DIR; the run's setting text_encoder takes its name."
)
REMEDIES = {
    "not_installed": HOW_TO_INSTALL,
    "licence": HOW_TO_DECIDE,
    "encoder_missing": HOW_TO_BRING_ENCODER,
    "encoder_language": HOW_TO_BRING_ENCODER,
    "time_limit": gettext_noop("Give the run more time."),
    "no_time_left": gettext_noop("Give the run more time."),
    "killed": gettext_noop("Give the run more time, or a machine with more memory."),
    "canceled": gettext_noop("Continue the run to give it its turn."),
    "columns": gettext_noop("Leave out columns that cannot matter, or do without it."),
    "memory": gettext_noop("Use fewer rows or columns, or a machine with more memory."),
    "library": gettext_noop("The operator can install it: requirements/worker.txt lists what a worker needs."),
    "not_a_number": gettext_noop("Look for columns with values beyond all measure, or do without it."),
    "error": gettext_noop("The engine's log of this run tells where it stopped; the operator can tell whether it is a fault of ours."),
}
LIBRARY = re.compile(r"No module named '([\w.]+)'|`import ([\w.]+)` failed")


def skip_reason(exception: str, text: str) -> Skip:
    """The reason behind AutoGluon's exception type `exception` with message `text`."""
    if exception in ("TimeLimitExceeded", "InsufficientTime"):
        return Skip("time_limit", gettext_noop("It did not finish within its share of the time limit."), retry=True)
    if exception == "NoTimeLeft":
        return Skip("no_time_left", gettext_noop("No time was left for it."))
    if exception == "Killed":
        return Skip("killed", gettext_noop("It was ended: it overstepped its time limit or the memory."))
    if exception == "Canceled":
        return Skip("canceled", gettext_noop("The run was canceled before it was finished."))
    if exception == "TooManyColumns":
        return Skip("columns", gettext_noop("The table has more than the %(columns)s columns it can handle."), {"columns": text})
    if exception == "EncoderMissing":
        return Skip("encoder_missing", gettext_noop("There is no text encoder %(encoder)s on this worker."), {"encoder": text})
    if exception == "EncoderLanguage":
        return Skip(
            "encoder_language", gettext_noop("The text encoder %(encoder)s does not know the writing of these texts."), {"encoder": text}
        )
    if exception == "NoQuantiles":
        return Skip("no_quantiles", gettext_noop("It cannot predict quantiles."))
    if exception == "NoWeights":
        return Skip("no_weights", gettext_noop("It cannot weigh rows, so it cannot learn from balanced classes."))
    if exception in ("NotEnoughMemoryError", "MemoryError"):
        return Skip("memory", gettext_noop("It would have needed more memory than this run may use."), retry=True)
    if exception in ("ImportError", "ModuleNotFoundError"):
        return _library(text)
    if exception in ("NoValidFeatures", "NotValidStacker", "NoStackFeatures"):
        return Skip("not_applicable", gettext_noop("It found no column of a kind it can use."))
    if exception == "NotANumber" or re.search(r"\bnan\b", text, re.IGNORECASE):
        return Skip("not_a_number", gettext_noop("It answered with something that is no number."), retry=True)
    return Skip("error", gettext_noop("It stopped with an error (%(error)s)."), {"error": exception or "unknown"}, retry=True)


def _library(text: str) -> Skip:
    found = LIBRARY.search(text)
    if found is None:
        return Skip("library", gettext_noop("A library it needs is not installed on this worker."))
    return Skip("library", gettext_noop("The library %(library)s is not installed on this worker."), {"library": found[1] or found[2]})
