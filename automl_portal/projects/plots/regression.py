"""Figures of a model that predicts a number."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.ui.figure import Axis, Figure, Mark, round_bounds, thin
from automl_portal.ui.figures import count, share, significant


def figures(evaluation: dict[str, Any], label: str) -> list[Figure]:
    """Every figure the evaluation has the numbers for."""
    made = []
    if evaluation.get("points"):
        made.append(predicted_observed(evaluation, label))
    if evaluation.get("residuals"):
        made.append(residuals(evaluation, label))
    return made


def predicted_observed(evaluation: dict[str, Any], label: str) -> Figure:
    """Each row of the holdout as a point; on the diagonal the prediction is exact."""
    points = [[p["observed"], p["predicted"]] for p in evaluation["points"]]
    low, high = round_bounds([value for point in points for value in point])
    middle = low + 0.6 * (high - low)
    quantiles = evaluation.get("error_quantiles") or {}
    caption = _("Every point is a row the model never saw; on the diagonal the prediction is exact.")
    if quantiles:
        text = _("Half of the predictions are off by less than %(p50)s, nine in ten by less than %(p90)s.")
        caption += " " + text % {"p50": significant(quantiles.get("p50")), "p90": significant(quantiles.get("p90"))}
    return Figure(
        key="points",
        title=_("Predicted against observed"),
        caption=caption,
        x=Axis(_("Observed %(label)s") % {"label": label}, low, high),
        y=Axis(_("Predicted %(label)s") % {"label": label}, low, high),
        marks=[
            Mark("reference", _("Exact"), [[low, low], [middle, middle], [high, high]], color="mark", label_at=1),
            Mark("points", _("Row"), points),
        ],
        headers=[_("Observed"), _("Predicted"), _("Error")],
        rows=[[significant(x, 4), significant(y, 4), significant(y - x)] for x, y in thin(sorted(points))],
    )


def residuals(evaluation: dict[str, Any], label: str) -> Figure:
    """How the errors are spread."""
    edges, counts = evaluation["residuals"]["edges"], evaluation["residuals"]["counts"]
    bars = [[a, b, n] for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]
    total = max(1, sum(counts))
    over = sum(n for a, b, n in bars if (a + b) / 2 > 0) / total
    caption = _("The errors are spread evenly around zero.")
    if over > 0.6:
        caption = _("The model guesses too low in %(share)s of the rows.") % {"share": share(over)}
    elif over < 0.4:
        caption = _("The model guesses too high in %(share)s of the rows.") % {"share": share(1 - over)}
    return Figure(
        key="residuals",
        title=_("Errors"),
        caption=caption,
        x=Axis(_("Observed minus predicted %(label)s") % {"label": label}),
        y=Axis(_("Rows"), 0),
        marks=[Mark("bars", _("Rows"), [list(bar) for bar in bars], color="mark")],
        headers=[_("From"), _("To"), _("Rows")],
        rows=[[significant(a), significant(b), count(n)] for a, b, n in bars],
    )
