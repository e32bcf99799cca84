"""What the model listens to: how much worse it gets when a column's values are shuffled."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.projects.board import in_sentence
from automl_portal.ui.estimates import estimate, listed
from automl_portal.ui.figure import Axis, Figure, Mark
from automl_portal.ui.figures import count, significant

SHOWN = 20


def heading(explanations: dict[str, Any]) -> str:
    """The columns that matter most, in a sentence."""
    rows = clear(explanations)
    if not rows:
        leaning = [row["column"] for row in explanations.get("importance") or [] if row["importance"] > 0][:3]
        text = ngettext(
            "%(names)s seems to matter most, but it may be chance", "%(names)s seem to matter most, but it may be chance", len(leaning)
        )
        return text % {"names": listed(leaning)} if leaning else _("No single column makes a measurable difference")
    names = listed([row["column"] for row in rows[:3]])
    text = ngettext("%(names)s matters most", "%(names)s matter most", min(3, len(rows)))
    return text % {"names": names}


def sentence(explanations: dict[str, Any]) -> str:
    """How much the first column is worth, and how many columns are worth nothing measurable."""
    everything, rows = explanations.get("importance") or [], clear(explanations)
    if not rows:
        params = {"shuffles": count(explanations.get("shuffles")), "rows": count(explanations.get("rows_used"))}
        text = _(
            "Every interval reaches zero after %(shuffles)s shuffles of %(rows)s rows. A longer budget shuffles more often; more rows help most."
        )
        return text % params
    first = rows[0]
    params = {
        "column": first["column"],
        "metric": in_sentence(explanations["metric"]),
        "amount": estimate(first["importance"], first["low"], first["high"]),
    }
    text = _("Without %(column)s the %(metric)s would be worse by %(amount)s.") % params
    silent = len(everything) - len(rows)
    if silent:
        more = ngettext(
            "%(n)s of %(all)s columns makes no measurable difference.", "%(n)s of %(all)s columns make no measurable difference.", silent
        )
        text += " " + more % {"n": silent, "all": len(everything)}
    return text


def clear(explanations: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns whose interval lies above zero, the most important first."""
    return [row for row in explanations.get("importance") or [] if row["low"] > 0]


def figure(explanations: dict[str, Any]) -> Figure:
    """Bars with intervals, the most important on top."""
    everything = explanations.get("importance") or []
    rows = everything[:SHOWN]
    names = [row["column"] for row in rows]
    params = {"rows": count(explanations.get("rows_used")), "shuffles": count(explanations.get("shuffles"))}
    caption = _(
        "Each bar: how much worse the score gets when the column's values are shuffled (%(shuffles)s times, %(rows)s rows). Lines are 95 %% intervals."
    )
    metric = in_sentence(str(explanations.get("metric") or ""))
    texts = [f"{row['column']}: {estimate(row['importance'], row['low'], row['high'])}" for row in rows]
    return Figure(
        key="importance",
        title=_("Importance of the columns"),
        caption=caption % params,
        x=Axis(_("How much worse the %(metric)s gets") % {"metric": metric}),
        y=Axis(_("Column"), names=names),
        marks=[
            Mark("bars", _("Importance"), [[i, row["importance"]] for i, row in enumerate(rows)], texts=texts),
            Mark("whiskers", _("Interval (95 %)"), [[i, row["low"], row["high"]] for i, row in enumerate(rows)], color="ink"),
        ],
        headers=[_("Column"), _("Importance"), _("Lower"), _("Upper")],
        rows=[[row["column"], *(significant(row[key]) for key in ("importance", "low", "high"))] for row in everything],
    )
