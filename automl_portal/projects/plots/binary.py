"""Figures of a model with two classes. Each takes evaluation.json and returns a Figure with its caption."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.ui.estimates import estimate
from automl_portal.ui.figure import Axis, Figure, Mark, thin
from automl_portal.ui.figures import count, share, significant

Evaluation = dict[str, Any]


def figures(evaluation: Evaluation) -> list[Figure]:
    """Every figure the evaluation has the numbers for."""
    made = {"roc": roc, "pr": precision_recall, "calibration": calibration, "gain": gain}
    return [make(evaluation) for name, make in made.items() if evaluation.get(name)]


def roc(evaluation: Evaluation) -> Figure:
    """True against false positive rate, with its band."""
    curve = evaluation["roc"]
    points = [[x, y] for x, y in zip(curve["fpr"], curve["tpr"], strict=True)]
    area = curve.get("auc") or {}
    caption = _("Area under the curve %(auc)s: shown one positive and one negative row, the model picks the right one that often.") % {
        "auc": spread(area)
    }
    if (reach := reached(points, 0.8)) is not None:
        caption += " " + _("Catching 80 %% of the positives flags %(share)s of the negatives.") % {"share": share(reach)}
    return Figure(
        key="roc",
        title=_("ROC curve"),
        caption=caption,
        x=Axis(_("False positive rate (share of negatives flagged)"), 0, 1, percent=True),
        y=Axis(_("True positive rate (share of positives caught)"), 0, 1, percent=True),
        marks=[_chance(), *_band(curve, "fpr"), Mark("line", _("Model"), points, label_at=len(points) // 3)],
        headers=[_("False positive rate"), _("True positive rate"), _("Lower"), _("Upper")],
        rows=[
            [share(x), share(y), *(share(value) for value in rest)]
            for (x, y), rest in thin(list(zip(points, _pairs(curve, len(points)), strict=True)))
        ],
        follow=rates(evaluation, ("fp", "tn"), ("tp", "fn")),
        start=start(evaluation),
    )


def precision_recall(evaluation: Evaluation) -> Figure:
    """Precision against recall; the level line is what guessing reaches."""
    curve = evaluation["pr"]
    points = [[x, y] for x, y in zip(curve["recall"], curve["precision"], strict=True)]
    base = float(evaluation["base_rate"])
    params = {"ap": spread(curve.get("ap") or {}), "base": significant(base, 2)}
    return Figure(
        key="pr",
        title=_("Precision and recall"),
        caption=_("Average precision %(ap)s; guessing would reach %(base)s, the share of positives.") % params,
        x=Axis(_("Recall (share of positives caught)"), 0, 1, percent=True),
        y=Axis(_("Precision (share of flags that are right)"), 0, 1, percent=True),
        marks=[
            Mark("reference", _("Guessing"), [[0, base], [0.02, base], [1, base]], color="mark", label_at=1, label_side="above"),
            *_band(curve, "recall"),
            Mark("line", _("Model"), points, label_at=len(points) // 2, label_side="above"),
        ],
        headers=[_("Recall"), _("Precision")],
        rows=[[share(x), share(y)] for x, y in thin(points)],
        follow=rates(evaluation, ("tp", "fn"), ("tp", "fp")),
        start=start(evaluation),
    )


def calibration(evaluation: Evaluation, x: str = "", y: str = "") -> Figure:
    """Observed against predicted share, with intervals; `x` and `y` are axis titles when they are not about positives."""
    bins = evaluation["calibration"]["bins"]
    away = [b for b in bins if not b["low"] <= b["predicted"] <= b["high"]]
    caption = _("Where a bar crosses the diagonal, the predicted probability agrees with what happened.")
    if away:
        worst = max(away, key=lambda b: abs(b["observed"] - b["predicted"]))
        text = _("It does not in %(n)s of %(all)s groups, most of all where %(predicted)s was predicted and %(observed)s happened.")
        params = {"n": len(away), "all": len(bins), "predicted": share(worst["predicted"]), "observed": share(worst["observed"])}
        caption += " " + text % params
    else:
        caption += " " + _("It does in all %(all)s groups.") % {"all": len(bins)}
    points = [[b["predicted"], b["observed"]] for b in bins]
    texts = [_("%(n)s rows: predicted %(p)s, observed %(o)s") % _bin_words(b) for b in bins]
    return Figure(
        key="calibration",
        title=_("Calibration"),
        caption=caption,
        x=Axis(x or _("Predicted probability"), 0, 1, percent=True),
        y=Axis(y or _("Observed share of positives"), 0, 1, percent=True),
        marks=[
            _chance(_("Perfect")),
            Mark("whiskers", _("Interval (95 %)"), [[b["predicted"], b["low"], b["high"]] for b in bins]),
            Mark("points", _("Group of rows"), points, texts=texts),
        ],
        headers=[_("Predicted"), _("Observed"), _("Lower"), _("Upper"), _("Rows")],
        rows=[[share(b["predicted"]), share(b["observed"]), share(b["low"]), share(b["high"]), count(b["n"])] for b in bins],
    )


def gain(evaluation: Evaluation) -> Figure:
    """Share of the positives found among the rows with the highest predictions."""
    curve = evaluation["gain"]
    points = [[x, y] for x, y in zip(curve["share"], curve["captured"], strict=True)]
    fifth = min(points, key=lambda point: abs(point[0] - 0.2))
    params = {"share": share(fifth[0]), "captured": share(fifth[1])}
    return Figure(
        key="gain",
        title=_("Gain"),
        caption=_("The %(share)s of rows with the highest predictions hold %(captured)s of the positives.") % params,
        x=Axis(_("Share of rows, highest prediction first"), 0, 1, percent=True),
        y=Axis(_("Share of positives found"), 0, 1, percent=True),
        marks=[_chance(_("Random order")), Mark("line", _("Model"), points, label_at=len(points) // 3)],
        headers=[_("Rows"), _("Positives found")],
        rows=[[share(x), share(y)] for x, y in thin(points)],
    )


def spread(measure: dict[str, Any]) -> str:
    return estimate(measure.get("value"), measure.get("ci_low"), measure.get("ci_high"))


def reached(points: list[list[float]], level: float) -> float | None:
    """The smallest x at which y reaches `level`."""
    return next((x for x, y in points if y >= level), None)


def start(evaluation: Evaluation) -> int:
    """The step of the slider at the model's own threshold."""
    thresholds = (evaluation.get("confusion") or {}).get("thresholds") or [0.5]
    own = evaluation.get("threshold", 0.5)
    return min(range(len(thresholds)), key=lambda i: abs(thresholds[i] - own))


def rates(evaluation: Evaluation, x: tuple[str, str], y: tuple[str, str]) -> list[list[float | None]]:
    """One [x, y] per threshold, each the share of the first of two counts."""
    table = evaluation.get("confusion") or {}
    return [[part(table, x, i), part(table, y, i)] for i in range(len(table.get("thresholds") or []))]


def part(table: dict[str, list[float]], names: tuple[str, str], i: int) -> float | None:
    """first / (first + second) at step i; None when both are zero."""
    first, second = table[names[0]][i], table[names[1]][i]
    return first / (first + second) if first + second else None


def _chance(name: str = "") -> Mark:
    return Mark("reference", name or _("Guessing"), [[0, 0], [0.6, 0.6], [1, 1]], color="mark", label_at=1)


def _pairs(curve: dict[str, Any], n: int) -> list[tuple[float | None, float | None]]:
    if not curve.get("low"):
        return [(None, None)] * n
    return list(zip(curve["low"], curve["high"], strict=True))


def _band(curve: dict[str, Any], x: str) -> list[Mark]:
    """The 95 % band of a curve, where the evaluation has one."""
    rows = [[at, low, high] for at, (low, high) in zip(curve[x], _pairs(curve, len(curve[x])), strict=True) if low is not None]
    return [Mark("band", _("95 % band"), rows)] if rows else []


def _bin_words(b: dict[str, Any]) -> dict[str, str]:
    return {"n": count(b["n"]), "p": share(b["predicted"]), "o": share(b["observed"])}
