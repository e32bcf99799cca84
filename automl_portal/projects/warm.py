"""What earlier runs of a project found, for the order in which the next one tries its candidates."""

from __future__ import annotations

from typing import Any

from automl_portal.projects.models import PUBLISHED, Run

EARLIER_RUNS = 3


def run_history(run: Run) -> list[dict[str, Any]]:
    """Rows {run, model, score (more is better) or None, failed} of the last published runs of the same project with the same metric.

    Empty for a run that goes on with another's search or follows another's recipe, and where `warm_start` was turned off.
    """
    if run.continues_id or run.replays_id or not run.settings.get("warm_start", True):
        return []
    earlier = run.project.runs.filter(PUBLISHED, number__lt=run.number, settings__eval_metric=run.settings.get("eval_metric"))
    rows: list[dict[str, Any]] = []
    for one in earlier.order_by("-number")[:EARLIER_RUNS].prefetch_related("leaderboard_rows"):
        rows += [_found(one.number, item.model, item.row) for item in one.leaderboard_rows.all()]
        rows += [
            {"run": one.number, "model": entry["model"], "score": None, "failed": entry.get("code", "")} for entry in one.skipped_models
        ]
    return [row for row in rows if row["score"] is not None or row["failed"]]


def _found(number: int, model: str, row: dict[str, Any]) -> dict[str, Any]:
    score = row.get("score_val")
    sign = 1 if row.get("higher_is_better") else -1
    return {"run": number, "model": model, "score": None if score is None else sign * score, "failed": ""}
