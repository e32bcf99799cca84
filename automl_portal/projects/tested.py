"""How a run was tested, in words: the split with its claim and its reason, and the scores from site to site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from automl_portal.errors import sentence
from automl_portal.projects.board import in_sentence
from automl_portal.projects.models import Run
from automl_portal.ui.figures import significant
from automl_portal.ui.forest import Scale, scale_of


@dataclass(frozen=True)
class Sites:
    rows: list[dict[str, Any]]  # {site, held_out, n, score, ci_low, ci_high}, the weakest first
    metric: str
    scale: Scale
    sentence: str


def split_out(run: Run) -> dict[str, Any] | None:
    """The split of a finished run with its sentences in the reader's language; None while it is not known."""
    split = run.result.get("split")
    return {**split, "sentences": split_said(run)} if split else None


def split_said(run: Run) -> list[str]:
    """How the test was set apart, why so, and what it claims."""
    said = (run.result.get("split") or {}).get("sentences", [])
    return [sentence(each["message"], each["params"]) for each in said]


def sites(evaluation: dict[str, Any]) -> Sites | None:
    """The scores from site to site; None unless whole sites were held out."""
    found = evaluation.get("sites") or {}
    known = [row for row in found.get("sites", []) if row["score"] is not None]
    if not known:
        return None
    metric, spread = found["metric"], found["spread"]
    better = evaluation["metrics"].get(metric, {}).get("higher_is_better", True)
    known.sort(key=lambda row: row["score"] if better else -row["score"])
    params = {"metric": in_sentence(metric), "sites": spread["sites"]}
    params |= {name: significant(spread[name]) for name in ("lowest", "median", "highest")}
    said = _("From site to site %(metric)s goes from %(lowest)s to %(highest)s, with a median of %(median)s over %(sites)s sites.") % params
    overall = evaluation["metrics"].get(metric, {}).get("value")
    return Sites(known, metric, scale_of([(row["ci_low"], row["ci_high"]) for row in known], overall), said)
