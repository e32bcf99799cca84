"""What the cut-off slider moves: the confusion table, the rates and the cost, for every threshold at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from automl_portal.projects.plots.binary import part, rates, start
from automl_portal.ui.figure import Axis, Figure, Mark, thin
from automl_portal.ui.figures import share, significant


@dataclass(frozen=True)
class ErrorCosts:
    """What one wrong decision costs, in the unit of the decision settings."""

    false_positive: float
    false_negative: float

    @property
    def break_even(self) -> float:
        """The probability from which flagging a row costs less than letting it pass, if the probabilities are right."""
        both = self.false_positive + self.false_negative
        return self.false_positive / both if both else 0.5


def error_costs(decision: dict[str, float]) -> ErrorCosts | None:
    """The costs that follow from a use case's decision settings; None when they say nothing about errors.

    Lending (margin, loss_given_default, exposure): refusing a good applicant loses the margin, accepting a bad one the loss.
    Others may state cost_false_positive and cost_false_negative outright.
    """
    if {"cost_false_positive", "cost_false_negative"} <= decision.keys():
        return ErrorCosts(decision["cost_false_positive"], decision["cost_false_negative"])
    if {"margin", "loss_given_default", "exposure"} <= decision.keys():
        return ErrorCosts(decision["margin"], decision["loss_given_default"] * decision["exposure"])
    return None


def costs(evaluation: dict[str, Any], prices: ErrorCosts) -> list[float]:
    """Cost per row at every threshold."""
    table = evaluation["confusion"]
    rows = max(1, evaluation["n_holdout"])
    pairs = zip(table["fp"], table["fn"], strict=True)
    return [(prices.false_positive * fp + prices.false_negative * fn) / rows for fp, fn in pairs]


def slider(evaluation: dict[str, Any], prices: ErrorCosts | None) -> dict[str, Any]:
    """The numbers behind the slider, for frontend/js/threshold.js."""
    table = evaluation["confusion"]
    return {
        **{key: table[key] for key in ("thresholds", "tp", "fp", "fn", "tn")},
        "costs": costs(evaluation, prices) if prices else None,
        "start": start(evaluation),
    }


def state(evaluation: dict[str, Any], prices: ErrorCosts | None) -> dict[str, Any]:
    """What the slider shows before anybody moves it."""
    table, i = evaluation["confusion"], start(evaluation)
    tp, fp, fn, tn = (table[key][i] for key in ("tp", "fp", "fn", "tn"))
    total = max(1, tp + fp + fn + tn)
    shown = {
        "threshold": significant(table["thresholds"][i], 2),
        **{"tp": tp, "fp": fp, "fn": fn, "tn": tn},
        "precision": share(part(table, ("tp", "fp"), i)),
        "recall": share(part(table, ("tp", "fn"), i)),
        "specificity": share(part(table, ("tn", "fp"), i)),
        "flagged": share((tp + fp) / total),
        "accuracy": share((tp + tn) / total),
    }
    return shown | ({"cost": significant(costs(evaluation, prices)[i])} if prices else {})


def threshold_figure(evaluation: dict[str, Any]) -> Figure:
    """Precision and recall against the cut-off."""
    table = evaluation["confusion"]
    thresholds = table["thresholds"]
    recall = [[t, y] for t, (_x, y) in zip(thresholds, rates(evaluation, ("tp", "fn"), ("tp", "fn")), strict=True)]
    precision = [[t, y] for t, (_x, y) in zip(thresholds, rates(evaluation, ("tp", "fp"), ("tp", "fp")), strict=True)]
    middle = len(thresholds) // 3
    rows = [[significant(t, 2), share(p), share(r)] for (t, p), (_t, r) in zip(precision, recall, strict=True)]
    return Figure(
        key="threshold",
        title=_("Precision and recall by cut-off"),
        caption=_("A higher cut-off flags fewer rows: more of the flags are right, and fewer positives are caught."),
        x=Axis(_("Cut-off (probability from which a row is flagged)"), 0, 1, percent=True),
        y=Axis(_("Share"), 0, 1, percent=True),
        marks=[
            Mark("line", _("Precision"), precision, color="cat-1", label_at=middle),
            Mark("line", _("Recall"), recall, color="cat-2", label_at=middle // 2, label_side="above"),
        ],
        headers=[_("Cut-off"), _("Precision"), _("Recall")],
        rows=thin(rows),
        follow=[[t, None] for t in thresholds],
        start=start(evaluation),
    )


def cost_figure(evaluation: dict[str, Any], prices: ErrorCosts) -> Figure:
    """Cost per row against the cut-off; the slider starts at the break-even."""
    thresholds, values = evaluation["confusion"]["thresholds"], costs(evaluation, prices)
    best = min(range(len(values)), key=values.__getitem__)
    own = start(evaluation)
    params = {
        "fp": significant(prices.false_positive),
        "fn": significant(prices.false_negative),
        "own": share(thresholds[own]),
        "own_cost": significant(values[own]),
        "best": share(thresholds[best]),
        "best_cost": significant(values[best]),
    }
    caption = _("With %(fp)s for a false alarm and %(fn)s for a miss the break-even cut-off is %(own)s: %(own_cost)s per row.") % params
    if best != own:
        caption += " " + _("On these rows %(best)s would have been cheapest: %(best_cost)s.") % params
    return Figure(
        key="cost",
        title=_("Cost by cut-off"),
        caption=caption,
        x=Axis(_("Cut-off (probability from which a row is flagged)"), 0, 1, percent=True),
        y=Axis(_("Cost per row (unit of the decision settings)"), 0),
        marks=[Mark("line", _("Cost"), [[t, value] for t, value in zip(thresholds, values, strict=True)])],
        headers=[_("Cut-off"), _("Cost per row")],
        rows=thin([[significant(t, 2), significant(value)] for t, value in zip(thresholds, values, strict=True)]),
        follow=[[t, value] for t, value in zip(thresholds, values, strict=True)],
        start=own,
    )
