"""How the model does from site to site: each site is scored by models that have not seen it.

Internal-external validation (Steyerberg and Harrell, 2016): the held-out sites by the published model, every other site by
the copies of it that were trained without its fold.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engine.evaluate.bootstrap import Resamples
from workers.engine.evaluate.holdout import HoldoutScores
from workers.engine.evaluate.slices import MIN_ROWS
from workers.engine.evaluate.truth import Floats, Truth, truth_make

if TYPE_CHECKING:
    import pandas as pd
    from autogluon.tabular import TabularPredictor

FILE = "train_sites.parquet"
SITE, LABEL = "site", "label"
MOST_SITES = 60  # the largest; each gets an interval of its own


def sites_save(job_dir: Path, train: pd.DataFrame, columns: list[str], label: str) -> None:
    """Keep the site and the label of every training row, in the order of the folds."""
    sites_of(train, columns).to_frame(SITE).assign(**{LABEL: train[label]}).to_parquet(job_dir / FILE, index=False)


def sites_of(frame: pd.DataFrame, columns: list[str]) -> pd.Series[Any]:
    """(rows,) the name of each row's site."""
    return frame[columns].astype(str).agg(" ".join, axis=1)


def sites_make(
    job_dir: Path,
    predictor: TabularPredictor,
    scores: HoldoutScores,
    holdout: pd.DataFrame,
    model: str,
    *,
    columns: list[str],
    metric: str,
    seed: int,
) -> dict[str, Any]:
    """{metric, sites: [{site, held_out, n, score, ci_low, ci_high}], spread: {sites, lowest, median, highest, sd}}, the best site last."""
    rows = _scored(sites_of(holdout, columns), scores.truth, scores.scored[model].prediction, metric, seed, held_out=True)
    if (job_dir / FILE).exists():
        import pandas as pd

        train = pd.read_parquet(job_dir / FILE)
        truth = truth_make(
            train[LABEL], scores.truth.schema | {"classes": scores.truth.classes, "positive_class": scores.truth.positive_class}
        )
        rows += _scored(train[SITE], truth, _out_of_fold(predictor, model, truth), metric, seed, held_out=False)
    known = [row["score"] for row in rows if row["score"] is not None]
    rows.sort(key=lambda row: (row["score"] is None, row["score"] or 0.0))
    return {"metric": metric, "columns": columns, "sites": rows, "spread": _spread(known)}


def _scored(sites: pd.Series[Any], truth: Truth, prediction: Floats, metric: str, seed: int, *, held_out: bool) -> list[dict[str, Any]]:
    rows = []
    for site, count in sites.value_counts().head(MOST_SITES).items():
        if count < MIN_ROWS:
            continue
        mask = (sites == site).to_numpy()
        interval = Resamples(int(count), seed=seed).metrics(truth.take(mask), prediction[mask], only=[metric]).interval(metric)
        known = interval.value == interval.value  # a metric that needs two classes is not defined in a site with one
        row = {"site": str(site), "held_out": held_out, "n": int(count), "score": interval.value if known else None}
        rows.append({**row, "ci_low": interval.low if known else None, "ci_high": interval.high if known else None})
    return rows


def _out_of_fold(predictor: TabularPredictor, model: str, truth: Truth) -> Floats:
    """Predictions for the training rows, each by models that were trained without its site."""
    if truth.problem_type == "regression":
        value: Floats = predictor.predict_oof(model).to_numpy("float64")
        return value
    table = predictor.predict_proba_oof(model)
    if truth.problem_type == "binary":
        chosen: Floats = table[truth.positive_class].to_numpy("float64")
        return chosen
    every: Floats = table.reindex(columns=truth.classes, fill_value=0.0).to_numpy("float64")
    return every


def _spread(scores: list[float]) -> dict[str, Any]:
    if not scores:
        return {"sites": 0}
    values = np.asarray(scores)
    return {
        "sites": len(scores),
        "lowest": float(values.min()),
        "median": float(np.median(values)),
        "highest": float(values.max()),
        "sd": float(values.std(ddof=1)) if len(scores) > 1 else None,
    }
