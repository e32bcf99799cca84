"""A count or an amount, level by level: what is predicted, what comes, and how far the two are apart."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.ui.figure import Axis, Figure, Mark, round_bounds
from automl_portal.ui.figures import count, share, significant


def levels(evaluation: dict[str, Any], label: str) -> Figure:
    """Tenths of the rows by prediction; on the diagonal a tenth comes out as it was predicted."""
    found = evaluation["levels"]
    bands = found["bands"]
    points = [[band["predicted"], band["observed"]] for band in bands]
    low, high = round_bounds([0.0, *(value for point in points for value in point)])
    total = found["total"]
    off = total["predicted"] / total["observed"] - 1 if total["observed"] else None
    if off is None:
        caption = _("Nothing was observed in the rows of the test.")
    elif abs(off) < 0.02:
        caption = _("In all, as much is predicted as came.")
    elif off > 0:
        caption = _("In all, %(share)s more is predicted than came.") % {"share": share(off)}
    else:
        caption = _("In all, %(share)s less is predicted than came.") % {"share": share(-off)}
    return Figure(
        key="levels",
        title=_("Level by level"),
        caption=caption + " " + _("Each point is a tenth of the rows, by prediction."),
        x=Axis(_("Mean predicted %(label)s") % {"label": label}, low, high),
        y=Axis(_("Mean observed %(label)s") % {"label": label}, low, high),
        marks=[
            Mark("reference", _("Exact"), [[low, low], [low + 0.6 * (high - low)] * 2, [high, high]], color="mark", label_at=1),
            Mark("points", _("Tenth of the rows"), points),
        ],
        headers=[_("Mean predicted"), _("Mean observed"), _("Mean deviance"), _("Rows")],
        rows=[[significant(b["predicted"], 4), significant(b["observed"], 4), significant(b["deviance"]), count(b["n"])] for b in bands],
    )
