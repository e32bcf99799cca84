"""The evaluate page: which figures and tables an evaluation has, and the sentence above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from automl_portal.projects.board import in_sentence
from automl_portal.projects.models import Run
from automl_portal.projects.plots import binary, cutoff, multiclass, quantile, regression
from automl_portal.projects.plots.levels import levels
from automl_portal.projects.plots.slices import Slices, slices
from automl_portal.projects.probabilities import calibration_said, threshold_said
from automl_portal.projects.tested import Sites, sites, split_said
from automl_portal.ui.estimates import estimate
from automl_portal.ui.figure import Figure
from automl_portal.ui.figures import count, significant
from automl_portal.ui.words import word

Evaluation = dict[str, Any]


@dataclass(frozen=True)
class EvaluationPage:
    heading: str
    n: str
    problem_type: str
    model: str
    positive_class: str
    metrics: list[dict[str, Any]]
    figures: list[Figure]
    slices: Slices
    slider: dict[str, Any] | None
    state: dict[str, Any] | None
    cutoff_figures: list[Figure]
    confusion: dict[str, Any] | None
    confusions: dict[str, Any] | None
    per_class: list[dict[str, str]]
    quantiles: list[dict[str, str]]
    probabilities: list[str]
    weighted: bool
    business: list[dict[str, str]]
    split: list[str]
    sites: Sites | None


def evaluation_page(run: Run, evaluation: Evaluation) -> EvaluationPage:
    """Everything the template needs. `evaluation` is the run's evaluation.json."""
    kind = evaluation["problem_type"]
    prices = cutoff.error_costs(run.settings.get("decision") or {})
    if prices:
        evaluation = {**evaluation, "threshold": prices.break_even}
    has_slider = bool(evaluation.get("confusion"))
    moving = [cutoff.threshold_figure(evaluation)] if has_slider else []
    moving += [cutoff.cost_figure(evaluation, prices)] if has_slider and prices else []
    return EvaluationPage(
        heading=heading(evaluation, str(run.result.get("eval_metric") or "")),
        n=count(evaluation["n_holdout"]),
        problem_type=kind,
        model=evaluation["model"],
        positive_class=str(evaluation.get("positive_class") or ""),
        metrics=metrics(evaluation),
        figures=figures(kind, evaluation, run.project.label),
        slices=slices(evaluation),
        slider=cutoff.slider(evaluation, prices) if has_slider else None,
        state=cutoff.state(evaluation, prices) if has_slider else None,
        cutoff_figures=moving,
        confusion=multiclass.confusion(evaluation) if kind == "multiclass" else None,
        confusions=multiclass.confusions(evaluation) if kind == "multiclass" else None,
        per_class=multiclass.per_class(evaluation),
        quantiles=quantiles(evaluation),
        probabilities=[said for said in (threshold_said(evaluation.get("line")), calibration_said(evaluation.get("calibrated"))) if said],
        weighted=bool(evaluation.get("weighted")),
        business=business(evaluation),
        split=split_said(run),
        sites=sites(evaluation),
    )


def figures(kind: str, evaluation: Evaluation, label: str) -> list[Figure]:
    if kind == "binary":
        return binary.figures(evaluation)
    if kind == "quantile":
        return quantile.figures(evaluation, label)
    if kind == "regression":
        return [*([levels(evaluation, label)] if evaluation.get("levels") else []), *regression.figures(evaluation, label)]
    if not (evaluation.get("calibration") or {}).get("bins"):
        return []
    return [binary.calibration(evaluation, _("Probability of the predicted class"), _("Share of rows classified right"))]


def heading(evaluation: Evaluation, eval_metric: str) -> str:
    """The main metric with its interval, and on how many rows."""
    measured = evaluation["metrics"]
    name = next((name for name in ("roc_auc", eval_metric, *measured) if name in measured), "")
    if not name:
        return _("The model was not measured")
    params = {
        "metric": in_sentence(name),
        "score": estimate(measured[name]["value"], measured[name].get("ci_low"), measured[name].get("ci_high")),
        "n": count(evaluation["n_holdout"]),
    }
    return _("On %(n)s rows the model never saw it reaches %(metric)s %(score)s") % params


def metrics(evaluation: Evaluation) -> list[dict[str, Any]]:
    """One row per metric: word, help, value, interval, direction."""
    rows = []
    for name, entry in evaluation["metrics"].items():
        better = better_said(entry.get("higher_is_better", True))
        rows.append(
            {
                "name": word(name, "metric"),
                "help": word(name, "metric_help") if word(name, "metric_help") != name else "",
                "value": significant(entry["value"]),
                "low": significant(entry.get("ci_low")),
                "high": significant(entry.get("ci_high")),
                "better": better,
            }
        )
    return rows


def business(evaluation: Evaluation) -> list[dict[str, str]]:
    """The template's own figures at the settings of the decision."""
    figures = (evaluation.get("decision") or {}).get("metrics") or {}
    return [{"name": word(name, "metric"), "value": significant(value)} for name, value in figures.items()]


def better_said(higher_is_better: bool | None) -> str:
    """Which way a metric is better; nothing for one that is best at a value of its own."""
    if higher_is_better is None:
        return ""
    return _("Higher is better.") if higher_is_better else _("Lower is better.")


def quantiles(evaluation: Evaluation) -> list[dict[str, str]]:
    """How large errors are: share of rows, and the error they stay under."""
    known = evaluation.get("error_quantiles") or {}
    return [{"share": f"{name[1:]} %", "value": significant(known[name])} for name in ("p50", "p80", "p90", "p95") if name in known]
