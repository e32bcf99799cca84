"""The leaderboard as a page shows it: the sentence on top, a common axis, order, filter and the CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from automl_portal.projects.models import Run
from automl_portal.projects.selectors import leaderboard
from automl_portal.ui.estimates import estimate, number_word
from automl_portal.ui.figures import significant
from automl_portal.ui.forest import Scale, scale_of
from automl_portal.ui.words import word

Row = dict[str, Any]
# Sort key -> (field of the row, True when large comes first)
ORDERS: dict[str, tuple[str, bool]] = {
    "score": ("score_holdout", True),
    "fit": ("fit_time_s", False),
    "speed": ("predict_rows_per_s", True),
    "size": ("size_mb", False),
    "energy": ("energy_wh", False),
}
CSV_FIELDS = (
    "model",
    "family",
    "metric",
    "score_holdout",
    "ci_low",
    "ci_high",
    "tied_with_best",
    "score_val",
    "fit_time_s",
    "predict_rows_per_s",
    "size_mb",
    "energy_wh",
    "deployed",
    "baseline",
)


def board_of(run: Run) -> Board:
    """The leaderboard of a published run, by holdout score; models that were not measured in time come last."""
    rows = leaderboard(run)
    high = bool(rows and rows[0].get("higher_is_better"))
    return Board(sorted(rows, key=by_field("score_holdout", high)))


@dataclass(frozen=True)
class Board:
    """Rows best first, with what the page says about them."""

    rows: list[Row]

    @property
    def metric(self) -> str:
        return str(self.rows[0]["metric"]) if self.rows else ""

    @property
    def metric_word(self) -> str:
        return in_sentence(self.metric)

    @property
    def higher_is_better(self) -> bool:
        return bool(self.rows and self.rows[0].get("higher_is_better"))

    @property
    def baseline(self) -> Row | None:
        return next((row for row in self.rows if row.get("baseline")), None)

    @property
    def tied(self) -> list[Row]:
        """The best model and those that cannot be told from it, the baseline left out."""
        return [row for row in self.rows if row.get("tied_with_best") and not row.get("baseline")]

    @property
    def beats_baseline(self) -> bool:
        baseline = self.baseline
        return baseline is None or not (baseline.get("tied_with_best") or self.rows[0] is baseline)

    @property
    def cheapest(self) -> Row | None:
        """Of the tied models the one that scores most rows per second."""
        known = [row for row in self.tied if row.get("predict_rows_per_s")]
        return max(known, key=lambda row: row["predict_rows_per_s"], default=None)

    @property
    def heading(self) -> str:
        """The answer of the page in one or two sentences."""
        if not self.rows:
            return _("No model was trained")
        if not self.beats_baseline:
            return self._no_better()
        tied = self.tied or self.rows[:1]
        best = tied[0]
        params = {"metric": self.metric_word, "score": score(best), "model": best["model"]}
        if len(tied) == 1:
            return _("%(model)s is ahead of every other model: %(metric)s %(score)s.") % params
        params["n"] = number_word(len(tied))
        sentence = ngettext("%(n)s model leads at %(metric)s %(score)s.", "%(n)s models tie at %(metric)s %(score)s.", len(tied)) % params
        if self.cheapest:
            sentence += " " + _("%(model)s is the cheapest of them.") % {"model": self.cheapest["model"]}
        return sentence

    def _no_better(self) -> str:
        """The baseline is best, or too close to the best model to tell them apart on these rows."""
        baseline, best = self.baseline, self.rows[0]
        assert baseline is not None
        params = {"metric": self.metric_word, "score": score(baseline), "model": best["model"], "best": score(best)}
        if best is baseline:
            return _("No model is better than the baseline, which knows nothing about the columns: %(metric)s %(score)s.") % params
        params["score"] = significant(baseline.get("score_holdout"), 2)
        return _("%(model)s is best at %(metric)s %(best)s, but its lead over the baseline's %(score)s may be chance.") % params

    @property
    def scale(self) -> Scale:
        """The axis of the interval bars. Models worse than the baseline do not stretch it: theirs end in an arrow."""
        reference = self.baseline.get("score_holdout") if self.baseline else None
        shown = [row for row in self.rows if row.get("score_holdout") is not None and not self._worse(row["score_holdout"], reference)]
        return scale_of([(_or(row, "ci_low"), _or(row, "ci_high")) for row in shown], reference)

    def _worse(self, score: float, reference: float | None) -> bool:
        return reference is not None and (score < reference if self.higher_is_better else score > reference)

    @property
    def families(self) -> list[dict[str, Any]]:
        """{key, title, count} of the families on the board, as often as they appear."""
        keys = dict.fromkeys(row["family"] for row in self.rows if not row.get("baseline"))
        return [{"key": key, "title": word(key, "family"), "count": sum(row["family"] == key for row in self.rows)} for key in keys]

    def shown(self, *, family: str = "", order: str = "score") -> list[Row]:
        """The rows of a family in an order, the baseline always last."""
        field, large_first = ORDERS.get(order, ORDERS["score"])
        rows = [row for row in self.rows if not row.get("baseline") and family in ("", row["family"])]
        if order != "score":
            rows.sort(key=by_field(field, large_first))
        return rows + ([self.baseline] if self.baseline else [])

    def as_csv(self) -> str:
        """Every row, exact numbers, safe to open in a spreadsheet."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(CSV_FIELDS)
        writer.writerows([cell(row.get(field)) for field in CSV_FIELDS] for row in self.rows)
        return file.getvalue()


def score(row: Row) -> str:
    return estimate(row.get("score_holdout"), row.get("ci_low"), row.get("ci_high"))


def in_sentence(metric: str) -> str:
    """A metric's name inside a sentence: log loss, but AUC, and a person's name as it is."""
    name = word(metric, "metric")
    kept = name[1:2].isupper() or len(name) < 3 or metric.endswith(("poisson_deviance", "tweedie_deviance", "mcc", "gini", "brier"))
    return name if kept else name[:1].lower() + name[1:]


def cell(value: Any) -> str:
    """One CSV cell. Text that a spreadsheet would run as a formula gets a leading quote mark."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def _or(row: Row, key: str) -> float:
    value = row.get(key)
    return float(row["score_holdout"] if value is None else value)


def by_field(field: str, large_first: bool) -> Callable[[Row], tuple[bool, float]]:
    """Sort key that puts missing values last."""

    def key(row: Row) -> tuple[bool, float]:
        value = row.get(field)
        return (value is None, 0.0 if value is None else -value if large_first else value)

    return key
