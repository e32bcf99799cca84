"""The groups of the sensitive columns, weakest first, on one axis with the whole holdout as reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from automl_portal.projects.board import in_sentence
from automl_portal.ui.estimates import estimate
from automl_portal.ui.forest import Scale, scale_of


@dataclass(frozen=True)
class Slices:
    rows: list[dict[str, Any]]  # as in evaluation.json, weakest first
    metric: str
    overall: float | None
    scale: Scale
    weak: list[dict[str, Any]]  # whose interval leaves the overall score out, on the bad side

    @property
    def sentence(self) -> str:
        """Names the weakest group, and whether chance may explain it."""
        if not self.rows:
            return ""
        worst = self.rows[0]
        params = {
            "column": worst["column"],
            "value": worst["value"],
            "metric": in_sentence(self.metric),
            "score": estimate(worst["score"], worst.get("ci_low"), worst.get("ci_high")),
        }
        if self.weak:
            return _("The model is weaker for %(column)s = %(value)s: %(metric)s %(score)s.") % params
        return _("No group is clearly weaker than the whole; the weakest is %(column)s = %(value)s at %(metric)s %(score)s.") % params


def slices(evaluation: dict[str, Any]) -> Slices:
    """The slices of an evaluation; empty when it has no sensitive columns."""
    found = [row for row in evaluation.get("slices") or [] if row.get("score") is not None]
    if not found:
        return Slices([], "", None, Scale(0.0, 1.0), [])
    metric = found[0]["metric"]
    whole = evaluation["metrics"].get(metric, {})
    overall, high_good = whole.get("value"), bool(whole.get("higher_is_better", True))
    rows = sorted(found, key=lambda row: row["score"] if high_good else -row["score"])
    weak = [row for row in rows if overall is not None and _below(row, overall, high_good)]
    bounds = [(_or(row, "ci_low"), _or(row, "ci_high")) for row in rows]
    return Slices(rows, metric, overall, scale_of(bounds, overall), weak)


def _below(row: dict[str, Any], overall: float, high_good: bool) -> bool:
    return _or(row, "ci_high") < overall if high_good else _or(row, "ci_low") > overall


def _or(row: dict[str, Any], key: str) -> float:
    value = row.get(key)
    return float(row["score"] if value is None else value)
