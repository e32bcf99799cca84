"""A run on short reviews: accuracy and macro-F1 of the published bundle on rows that nothing was learned from.

    python -m benchmarks.text DATA/retail/waimai_10k_zh.csv.gz [--label label] [--text review] [--seconds 600] [--seeds 0 1 2]

On an otherwise idle machine. The classes are the bundle's own `prediction`: whatever threshold it applies was chosen without the
holdout. Beside it, on the same rows: TF-IDF of one and two characters (or words) under a logistic regression.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.order import order_lay
from workers.engine.launch import launch


def one_seed(wanted: argparse.Namespace, seed: int, job_dir: Path) -> dict[str, Any]:
    settings = {"time_limit": wanted.seconds, "seed": seed, "eval_metric": wanted.metric}
    order_lay(job_dir, wanted.csv, wanted.label, seconds=wanted.seconds, text=[wanted.text], settings=settings, memory_limit_mb=6000)
    started = time.time()
    child = launch("fit", job_dir)
    while child.poll() is None:
        time.sleep(0.2)
    seconds = time.time() - started
    if child.poll() != 0:
        raise RuntimeError((job_dir / "engine.log").read_text()[-2000:])
    result = json.loads((job_dir / "result.json").read_text())
    row = {"seed": seed, "seconds": round(seconds, 1), "deployed": result["deployed_model"], **scored(job_dir, wanted)}
    row["models"] = {entry["model"]: round(entry["score_val"], 4) for entry in json.loads((job_dir / "leaderboard.json").read_text())}
    row["skipped"] = {entry["model"]: entry["code"] for entry in result["skipped_models"]}
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return row


def scored(job_dir: Path, wanted: argparse.Namespace) -> dict[str, float]:
    """Ours and the floor on the same holdout rows."""
    import pandas as pd
    from sklearn.metrics import accuracy_score, f1_score

    from workers.engine.bundle.runtime.predictor import load
    from workers.engine.table import label_text

    holdout, data = pd.read_parquet(job_dir / "holdout.parquet"), pd.read_parquet(job_dir / "data.parquet")
    truth = label_text(holdout[wanted.label])
    ours = load(job_dir / "bundle").predict(holdout.drop(columns=wanted.label))["prediction"]
    theirs = floor(data, holdout, wanted)
    return {
        "accuracy": round(float(accuracy_score(truth, ours)), 4),
        "macro_f1": round(float(f1_score(truth, ours, average="macro")), 4),
        "floor_accuracy": round(float(accuracy_score(truth, theirs)), 4),
        "floor_macro_f1": round(float(f1_score(truth, theirs, average="macro")), 4),
    }


def floor(data: Any, holdout: Any, wanted: argparse.Namespace) -> Any:
    """TF-IDF and a logistic regression, learned on every row whose text is not in the holdout."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from workers.engine.search.candidates.text_script import is_spaceless
    from workers.engine.table import label_text

    train = data[~data[wanted.text].isin(set(holdout[wanted.text]))]
    kind = "char" if is_spaceless(train[wanted.text].fillna("")) else "word"
    model = make_pipeline(TfidfVectorizer(analyzer=kind, ngram_range=(1, 2), min_df=2), LogisticRegression(max_iter=1000))
    model.fit(train[wanted.text].fillna(""), label_text(train[wanted.label]))
    return model.predict(holdout[wanted.text].fillna(""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--label", default="label")
    parser.add_argument("--text", default="review")
    parser.add_argument("--metric", default=None, help="what the search goes by; the log loss when left out")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    wanted = parser.parse_args()
    if not wanted.csv.exists():
        print(f"skipped: {wanted.csv} is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = [one_seed(wanted, seed, Path(folder) / str(seed)) for seed in wanted.seeds]
    names = ("accuracy", "macro_f1", "floor_accuracy", "floor_macro_f1")
    print(json.dumps({name: round(statistics.mean(row[name] for row in rows), 4) for name in names}))


if __name__ == "__main__":
    main()
