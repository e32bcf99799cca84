"""Learning curves: what a model watches on its validation rows, epoch by epoch."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from automl_portal.projects.board import in_sentence
from automl_portal.ui.estimates import listed
from automl_portal.ui.figure import Axis, Figure, Mark, thin
from automl_portal.ui.figures import plain, significant
from automl_portal.ui.words import word

Point = list[float | None]  # fold, epoch, loss, score_val


def training_figure(training: dict[str, Any] | None) -> Figure | None:
    """The model in training (Run.live["training"]); None before its second epoch."""
    if not training or len(training["points"]) < 2:
        return None
    folds: dict[int, list[Point]] = {}
    for fold, *point in training["points"]:
        folds.setdefault(int(fold), []).append(point)
    return _figure(str(training["model"]), training, folds, int(training.get("fold") or 1))


def kept_figure(model: str, curve: dict[str, Any]) -> Figure | None:
    """A model of a published run, from learning_curves.json."""
    folds = {int(fold): points["points"] for fold, points in curve["folds"].items()}
    return _figure(model, curve, folds, max(folds, default=1))


def _figure(model: str, facts: dict[str, Any], folds: dict[int, list[Point]], current: int) -> Figure | None:
    curves = {fold: [point for point in points if point[2] is not None] for fold, points in folds.items()}
    curves = {fold: points for fold, points in curves.items() if points}
    if not curves:
        return None
    current = current if current in curves else max(curves)
    measure, higher = str(facts.get("measure") or "loss"), bool(facts.get("higher_is_better"))
    marks = [
        Mark("line", _fold(fold), [[p[0], p[2]] for p in points], color="accent" if fold == current else "muted")
        for fold, points in sorted(curves.items(), key=lambda item: item[0] == current)
    ]
    learnt = [[p[0], p[1]] for p in folds[current] if p[1] is not None]
    if learnt and measure == "loss":
        marks.append(Mark("line", _("Training rows"), learnt, color="cat-2", label_at=len(learnt) - 1))
    direction = _("higher is better") if higher else _("lower is better")
    return Figure(
        key="learning",
        title=_("Learning curve of %(model)s") % {"model": model},
        caption=_caption(model, measure, higher, curves, current),
        x=Axis(_("Epoch or boosting round")),
        y=Axis(_("%(metric)s in validation (%(direction)s)") % {"metric": word(measure, "metric"), "direction": direction}),
        marks=marks,
        headers=[_("Fold"), _("Epoch"), word(measure, "metric"), _("Training loss")],
        rows=[
            [str(fold), plain(p[0]), significant(p[2]), significant(p[1])]
            for fold, points in sorted(curves.items())
            for p in thin(points, 11)
        ],
    )


def _caption(model: str, measure: str, higher: bool, curves: dict[int, list[Point]], current: int) -> str:
    points = curves[current]
    best = (max if higher else min)(points, key=lambda point: point[2] or 0.0)
    others = [str(fold) for fold in sorted(curves) if fold != current]
    params = {
        "model": model,
        "metric": in_sentence(measure),
        "score": significant(best[2]),
        "epoch": plain(best[0]),
        "fold": current,
        "others": listed(others),
    }
    if not others:
        return _("%(model)s is best at epoch %(epoch)s: %(metric)s %(score)s in validation.") % params
    return _("%(model)s, fold %(fold)s, is best at epoch %(epoch)s: %(metric)s %(score)s in validation. In grey: fold %(others)s.") % params


def _fold(fold: int) -> str:
    return _("Fold %(n)s") % {"n": fold}
