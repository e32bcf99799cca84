"""What validation taught about the probabilities of a classifier, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.errors import sentence
from automl_portal.ui.figures import share, significant
from automl_portal.ui.words import word


def threshold_said(line: dict[str, Any] | None) -> str:
    """Where the line between the classes is, and why."""
    if not line:
        return ""
    params = dict(line["params"])
    if params.get("metric"):
        params["metric"] = word(params["metric"], "metric")
    return sentence(line["message"], params)


def calibration_said(learned: dict[str, Any] | None) -> str:
    """Whether probabilities were put right, and what that was worth on rows that had no part in it."""
    if not learned:
        return ""
    params = {
        "before": significant(learned["loss_before"]),
        "after": significant(learned["loss_after"]),
        "ece_before": share(learned["ece_before"]),
        "ece_after": share(learned["ece_after"]),
        "rows": learned["rows"],
    }
    if learned["applied"] and learned["prior"]:
        text = _(
            "Classes were balanced in learning, so the probabilities were put right by the classes' real shares: in validation log loss "
            "went from %(before)s to %(after)s, and the mean gap between probability and share from %(ece_before)s to %(ece_after)s."
        )
    elif learned["applied"]:
        text = _(
            "The probabilities were put right by validation: log loss went from %(before)s to %(after)s, and the mean gap between "
            "probability and share from %(ece_before)s to %(ece_after)s, on rows that had no part in it."
        )
    else:
        text = _(
            "The probabilities are left as the model gives them: on %(rows)s validated rows nothing that could be learned helped; the mean "
            "gap between probability and share is %(ece_before)s."
        )
    return text % params
