"""What a finished run writes down: its leaderboard, its document and its bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.events import read_json, write_json
from workers.engine.spec import FitSpec

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

    from workers.engine.evaluate.holdout import HoldoutScores


def board_make(
    job_dir: Path,
    predictor: TabularPredictor,
    scores: HoldoutScores,
    trained: dict[str, dict[str, Any]],
    deployed: str,
    holdout: pd.DataFrame,
    spec: FitSpec,
    metric: str,
) -> list[dict[str, Any]]:
    """leaderboard.json: the rows of the `trained` models, best validation score first."""
    from workers.engine.evaluate.decision import business_metrics
    from workers.engine.evaluate.holdout import size_mb
    from workers.engine.evaluate.metrics import HIGHER_IS_BETTER
    from workers.engine.search.searcher import live_row

    board = []
    for model, known in trained.items():
        row = live_row(known) | scores.fields(model, metric)
        row |= {"size_mb": size_mb(job_dir / "predictor", _parts(predictor, model, deployed)), "deployed": model == deployed}
        if model in scores.scored:
            own = (scores.truth, scores.scored[model].prediction, holdout, spec.label, spec.decision)
            row["business_metrics"] = business_metrics(spec.use_case, *own)
        board.append(row)
    sign = -1 if HIGHER_IS_BETTER[metric] else 1
    board.sort(key=lambda row: (row["score_val"] is None, sign * (row["score_val"] or 0)))
    write_json(job_dir / "leaderboard.json", board)
    return board


def _parts(predictor: TabularPredictor, model: str, deployed: str) -> list[str]:
    """The models on disk that `model` is made of; an ensemble is as large as its members.

    The published one is in memory with exactly what it needs. (predictor.info() would know the
    others too, but collects garbage per model, which takes longer than all of the evaluation.)
    """
    if model == deployed:
        return [str(name) for name in predictor.model_names(persisted=True)]
    return [model]


def document_write(
    job_dir: Path, spec: FitSpec, schema: dict[str, Any], result: dict[str, Any], board: list[dict[str, Any]], explanations: dict[str, Any]
) -> str:
    """document.json and document.html; the HTML."""
    from workers.engine.report.document import facts_make
    from workers.engine.report.html import document_html

    facts = facts_make(spec, schema, result, board, read_json(job_dir / "evaluation.json"), explanations)
    write_json(job_dir / "document.json", facts)
    html = document_html(facts)
    (job_dir / "document.html").write_text(html, encoding="utf-8")
    return html


def bundle_write(job_dir: Path, spec: FitSpec, result: dict[str, Any], holdout: pd.DataFrame, html: str) -> None:
    """bundle/, unsigned, with the model that is published."""
    from workers.engine.bundle.build import bundle_build

    facts = {"title": spec.use_case, "eval_metric": result["eval_metric"], "holdout": result["holdout"], "decision": spec.decision}
    model = result["deployed_model"]
    bundle_build(job_dir=job_dir, predictor_dir=job_dir / "predictor", model=model, facts=facts, holdout=holdout, document_html=html)
