"""Figures of a model that predicts quantiles: whether they hold what they promise, and how wide they are."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.ui.figure import Axis, Figure, Mark, round_bounds, thin
from automl_portal.ui.figures import share, significant

SHOWN_ROWS = 60  # intervals side by side; more of them are a grey area


def figures(evaluation: dict[str, Any], label: str) -> list[Figure]:
    return [coverage(evaluation), intervals(evaluation, label)]


def coverage_said(evaluation: dict[str, Any]) -> str:
    """What the interval between the outer quantiles promises, and what it held."""
    interval = evaluation["interval"]
    params = {
        "observed": share(interval["observed"]),
        "promised": share(interval["promised"]),
        "low": share(interval["low"]),
        "high": share(interval["high"]),
        "width": significant(interval["mean_width"]),
    }
    if interval["low"] <= interval["promised"] <= interval["high"]:
        return _("The interval held %(observed)s of the labels, as good as the %(promised)s it promises. It is %(width)s wide.") % params
    if interval["observed"] < interval["promised"]:
        text = _("The interval is too narrow: it promises %(promised)s of the labels and held %(observed)s (%(low)s to %(high)s).")
        return text % params
    return _("The interval is too wide: it promises %(promised)s of the labels and held %(observed)s (%(low)s to %(high)s).") % params


def coverage(evaluation: dict[str, Any]) -> Figure:
    """The share of labels at or below each quantile against the share it promises."""
    entries = evaluation["quantiles"]
    points = [[entry["level"], entry["observed"]] for entry in entries]
    return Figure(
        key="coverage",
        title=_("Do the quantiles hold what they promise"),
        caption=coverage_said(evaluation) + " " + _("On the diagonal a quantile is exceeded just as often as it says."),
        x=Axis(_("Promised share of labels below"), 0, 1, percent=True),
        y=Axis(_("Observed share of labels below"), 0, 1, percent=True),
        marks=[
            Mark("reference", _("Exact"), [[0, 0], [0.6, 0.6], [1, 1]], color="mark", label_at=1),
            Mark("whiskers", _("95 percent interval"), [[entry["level"], entry["low"], entry["high"]] for entry in entries]),
            Mark("points", _("Quantile"), points),
        ],
        headers=[_("Quantile"), _("Observed share below"), _("Lower"), _("Upper"), _("Pinball loss")],
        rows=[
            [significant(e["level"]), share(e["observed"]), share(e["low"]), share(e["high"]), significant(e["pinball_loss"])]
            for e in entries
        ],
    )


def intervals(evaluation: dict[str, Any], label: str) -> Figure:
    """Some rows in order of their middle quantile: the interval each was given, and what came."""
    rows = thin(sorted(evaluation["points"], key=lambda row: row["predicted"]), SHOWN_ROWS)
    low, high = round_bounds([value for row in rows for value in (row["observed"], row["low"], row["high"])])
    outside = sum(not row["low"] <= row["observed"] <= row["high"] for row in rows)
    caption = _("%(rows)s rows the model never saw, from low to high; %(outside)s of them lie outside their interval.")
    return Figure(
        key="intervals",
        title=_("Intervals and what came"),
        caption=caption % {"rows": len(rows), "outside": outside},
        x=Axis(_("Rows in the order of their middle quantile")),
        y=Axis(label, low, high),
        marks=[
            Mark("band", _("Interval"), [[i, row["low"], row["high"]] for i, row in enumerate(rows)]),
            Mark("line", _("Middle quantile"), [[i, row["predicted"]] for i, row in enumerate(rows)]),
            Mark("points", _("Observed"), [[i, row["observed"]] for i, row in enumerate(rows)], color="mark"),
        ],
        headers=[_("Lower"), _("Middle"), _("Upper"), _("Observed")],
        rows=[[significant(row[name], 4) for name in ("low", "predicted", "high", "observed")] for row in thin(rows)],
    )
