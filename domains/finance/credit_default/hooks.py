"""Credit default: where to draw the line, what that costs, and what a validator asks.

p is the probability of the bad event. Source: shared practice of retail credit scoring; the cut-off is the break-even of
one loan, p* = M / (M + LGD * EAD).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domains.messages import gettext_noop

if TYPE_CHECKING:
    import pandas as pd

APPROVE, DECLINE = "approve", "decline"
COSTS = {"margin", "loss_given_default", "exposure"}


def check(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """What must be known about any credit table and cannot be read from it."""
    message = gettext_noop(
        "A table of past loans holds approved applicants only. If fewer than 90 %% of applicants were approved, performance on all applicants is not known."
    )
    return [{"code": "accepted_only", "level": "WARN", "message": message, "params": {}, "column": None}]


def decide(predictions: pd.DataFrame, frame: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """(n rows) ``decision`` approve or decline, and ``expected_profit`` of approving, in the unit of the settings.

    Without margin and loss there is no line to draw: no columns come back.
    """
    import numpy as np
    import pandas as pd

    if not set(settings) >= COSTS:
        return pd.DataFrame(index=predictions.index)
    bad = _probability(predictions, settings)
    margin, loss = _margin_and_loss(settings)
    decision = np.where(bad < _cut_off(settings), APPROVE, DECLINE)
    return pd.DataFrame({"decision": decision, "expected_profit": (1 - bad) * margin - bad * loss}, index=predictions.index)


def business_metrics(
    y_true: pd.Series[Any], predictions: pd.DataFrame, frame: pd.DataFrame, settings: Mapping[str, Any]
) -> dict[str, float]:
    """gini and ks (-1 to 1) and, given margin and loss, cut_off (probability), approval_rate and bad_rate_approved (shares),
    cost_per_applicant (unit of the settings).

    A cost is what a wrong decision loses: the loss of an approved bad, the margin of a declined good. ``y_true`` holds class names.
    """
    import numpy as np

    bad = (y_true.astype(str) == str(settings["positive_class"])).to_numpy()
    score = _probability(predictions, settings).to_numpy(dtype="float64")
    gini, ks = _gini_and_ks(score, bad)
    if not set(settings) >= COSTS:
        return {"gini": gini, "ks": ks}
    margin, loss = _margin_and_loss(settings)
    approved = score < _cut_off(settings)
    cost = np.where(approved & bad, loss, np.where(~approved & ~bad, margin, 0.0))
    return {
        "gini": gini,
        "ks": ks,
        "cut_off": _cut_off(settings),
        "approval_rate": float(approved.mean()),
        "bad_rate_approved": float(bad[approved].mean()) if approved.any() else float("nan"),
        "cost_per_applicant": float(cost.mean()),
    }


def document(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections of a credit model document that the run itself can support. Independent validation is never filled in."""
    sensitive = ", ".join((facts.get("roles") or {}).get("sensitive") or [])
    tested = _one(gettext_noop("Tested by group and not modelled: %(columns)s."), columns=sensitive)
    untested = _one(gettext_noop("No sensitive column was named, so fairness was not tested."))
    split = _one(
        gettext_noop("The holdout was drawn at random within classes. It is not out-of-time: performance on later applicants is not shown.")
    )
    at_random = (facts.get("split") or {}).get("kind", "random") == "random"
    return [
        _section(
            gettext_noop("Purpose and scope"),
            _one(
                gettext_noop(
                    "The predictor estimates the probability that an applicant does not repay, to support the decision to approve, refer or decline."
                )
            ),
            _one(
                gettext_noop(
                    "Out of scope: applicants unlike those in the data, and any decision taken without a person who can review it."
                )
            ),
        ),
        _section(
            gettext_noop("Label and bad event"),
            _one(
                gettext_noop("The label is %(label)s; the bad event is %(value)s."),
                label=facts.get("label"),
                value=facts.get("positive_class"),
            ),
        ),
        *([_section(gettext_noop("Split"), split)] if at_random else []),
        *(
            [_section(gettext_noop("Cut-off economics"), _economics(facts["decision"]))]
            if set(facts.get("decision") or {}) >= COSTS
            else []
        ),
        _section(gettext_noop("Fairness"), tested if sensitive else untested),
        _section(
            gettext_noop("Rejected applicants"),
            _one(
                gettext_noop(
                    "Past loans hold approved applicants only. Performance on applicants who would have been rejected is not known and was not inferred."
                )
            ),
        ),
        _section(
            gettext_noop("Independent validation"),
            _one(gettext_noop("To be written by someone who did not build the model. Left empty on purpose.")),
        ),
    ]


def _section(title: str, *sentences: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "sentences": list(sentences)}


def _one(message: str, **params: Any) -> dict[str, Any]:
    return {"message": message, "params": params}


def _economics(decision: Mapping[str, Any]) -> dict[str, Any]:
    margin, loss = _margin_and_loss(decision)
    message = gettext_noop(
        "Approve when the probability is below %(cut_off).4g, where the margin %(margin)g and the loss %(loss)g of one loan balance."
    )
    return _one(message, cut_off=_cut_off(decision), margin=margin, loss=loss)


def _margin_and_loss(settings: Mapping[str, Any]) -> tuple[float, float]:
    return float(settings["margin"]), float(settings["loss_given_default"]) * float(settings["exposure"])


def _cut_off(settings: Mapping[str, Any]) -> float:
    margin, loss = _margin_and_loss(settings)
    return margin / (margin + loss) if margin + loss > 0 else 1.0


def _probability(predictions: pd.DataFrame, settings: Mapping[str, Any]) -> pd.Series[Any]:
    return predictions[f"probability_{settings['positive_class']}"]


def _gini_and_ks(score: Any, bad: Any) -> tuple[float, float]:
    """Gini = 2 AUC - 1; KS = the largest gap between the two cumulative distributions. NaN when a class is absent."""
    import numpy as np

    n1, n0 = int(bad.sum()), int((~bad).sum())
    if not n1 or not n0:
        return float("nan"), float("nan")
    values, inverse = np.unique(score, return_inverse=True)
    bads = np.bincount(inverse, weights=bad, minlength=len(values)) / n1
    goods = np.bincount(inverse, weights=~bad, minlength=len(values)) / n0
    below_bad, below_good = np.cumsum(bads), np.cumsum(goods)
    area = float((bads * (below_good - goods / 2)).sum())
    return 2 * area - 1, float(np.abs(below_good - below_bad).max())
