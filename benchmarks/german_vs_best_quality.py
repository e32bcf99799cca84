"""Holdout AUC of our published predictor against AutoGluon best_quality: same rows, same wall clock.

    python -m benchmarks.german_vs_best_quality GERMAN_CREDIT.csv \
        [--label credit_risk] [--positive 0] [--seconds 120] [--seeds 0 1 2]

One after the other on an otherwise idle machine. Ours counts from the order to result.json, bundle
included. Theirs counts from process start: what importing takes is taken off its time_limit, so
that both have `--seconds` in all.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.order import order_lay
from benchmarks.start_up import serve
from workers.engine.launch import launch

PEER = """
import sys, time
started = time.time()
import pandas as pd
from autogluon.tabular import TabularPredictor
folder, label, positive, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
data, holdout = pd.read_parquet(folder + "/data.parquet"), pd.read_parquet(folder + "/holdout.parquet")
key = lambda frame: frame.astype(str).agg("|".join, axis=1)
train = data[~key(data).isin(set(key(holdout)))].copy()
train[label] = train[label].astype(str)
predictor = TabularPredictor(label, eval_metric="log_loss", path=folder + "/peer", verbosity=1)
predictor.fit(train, presets="best_quality", time_limit=seconds - (time.time() - started))
from sklearn.metrics import roc_auc_score
p = predictor.predict_proba(holdout.drop(columns=[label]))[positive]
print("AUC", roc_auc_score(holdout[label].astype(str) == positive, p), "MODELS", len(predictor.model_names()), "TRAIN", len(train), "SECONDS", time.time() - started)
"""


def one_seed(csv: Path, wanted: argparse.Namespace, seed: int, job_dir: Path, socket: Path) -> dict[str, Any]:
    order_lay(job_dir, csv, wanted.label, seconds=wanted.seconds, seed=seed, positive_class=wanted.positive)
    started = time.time()
    child = launch("fit", job_dir, env={}, socket=socket)
    while child.poll() is None:
        time.sleep(0.1)
    seconds = time.time() - started
    if child.poll() != 0:
        raise RuntimeError((job_dir / "engine.log").read_text()[-2000:])
    result = json.loads((job_dir / "result.json").read_text())
    arguments = [str(job_dir), wanted.label, wanted.positive, str(wanted.seconds)]
    peer = subprocess.run([sys.executable, "-c", PEER, *arguments], capture_output=True, text=True, check=True)
    words = next(line for line in peer.stdout.splitlines() if line.startswith("AUC")).split()
    row = {
        "seed": seed,
        "ours": round(result["holdout"]["roc_auc"], 4),
        "best_quality": round(float(words[1]), 4),
        "ours_s": round(seconds, 1),
        "best_quality_s": round(float(words[7]), 1),
        "base_models": result["base_models"],
        "families": result["families"],
        "skipped": [entry["model"] for entry in result["skipped_models"]],
        "best_quality_models": int(words[3]),
    }
    print(json.dumps(row), flush=True)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--label", default="credit_risk")
    parser.add_argument("--positive", default="0")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    wanted = parser.parse_args()
    if not wanted.csv.exists():
        print(f"skipped: {wanted.csv} is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        server = serve(Path(folder) / "s")
        try:
            rows = [one_seed(wanted.csv, wanted, seed, Path(folder) / str(seed), Path(folder) / "s") for seed in wanted.seeds]
        finally:
            server.terminate()
            server.wait(10)
    ours, peer = (statistics.mean(row[side] for row in rows) for side in ("ours", "best_quality"))
    print(json.dumps({"mean_ours": round(ours, 4), "mean_best_quality": round(peer, 4), "difference": round(ours - peer, 4)}))


if __name__ == "__main__":
    main()
