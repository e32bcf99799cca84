"""How early a search has something good: area under the best-holdout-so-far curve of ours and of AutoGluon's medium preset.

    python -m benchmarks.anytime DATA [--seconds 120] [--seeds 0] [--sets NAME ...] [--out FOLDER]

Same rows, same seconds, one after the other. The curve begins at the score of a constant answer and takes at every moment the best
score on the holdout of what had been finished by then (for ours the ensemble of that moment too); the area is its mean over the
time, as a share of the best score that either of the two reached (1.0: there from the first second). Lines are kept as in quality.py.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from pathlib import Path
from typing import Any

from benchmarks.quality import one
from benchmarks.quality_sets import METRICS, SETS, QualitySet, score, split_write

SYSTEMS = ("ours", "autogluon_medium")
FIELDS = ("set", "seed", "seconds", "system", "first_s", "best", "curve", "error")


def curve(table: QualitySet, split: Path, out: Path) -> list[tuple[float, float]]:
    """(seconds, gain over a constant answer of the best so far) of every improvement; a loss counts as what it falls by."""
    import pandas as pd

    higher = METRICS[table.problem_type] == "roc_auc"
    nothing = 0.5 if higher else constant(table, split)
    kept: dict[str, pd.DataFrame] = {}
    steps, best = [], 0.0
    for seconds, weights in json.loads((out / "landings.json").read_text()):
        for model in weights:
            kept.setdefault(model, pd.read_parquet(out / f"predictions-{model}.parquet"))
        mixed: Any = sum(weight * kept[model] for model, weight in weights.items())
        mixed.to_parquet(out / "mixed.parquet", index=False)
        value = score(table, split, out / "mixed.parquet")
        gain = value - nothing if higher else nothing - value
        if gain > best:
            best = gain
            steps.append((round(seconds, 2), gain))
    return steps


def constant(table: QualitySet, split: Path) -> float:
    """The loss of the mean, or of the classes' shares, of the training rows."""
    import numpy as np
    import pandas as pd
    from sklearn.metrics import log_loss

    train = pd.read_parquet(split / "train.parquet")[table.label]
    truth = pd.read_parquet(split / "truth.parquet")[table.label]
    if table.problem_type == "regression":
        return float(np.sqrt(np.mean((truth - train.mean()) ** 2)))
    classes = sorted(truth.unique())
    shares = train.value_counts(normalize=True).reindex(classes).to_numpy()
    return float(log_loss(truth, np.tile(shares / shares.sum(), (len(truth), 1)), labels=classes))


def area(steps: list[tuple[float, float]], until: float, top: float) -> float:
    """Mean of the curve from 0 to `until` seconds, as a share of `top`."""
    total, at, value = 0.0, 0.0, 0.0
    for seconds, gain in [*steps, (until, 0.0)]:
        seconds = min(seconds, until)
        total += value * (seconds - at)
        at, value = seconds, gain
    return total / until / top


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--sets", nargs="+", default=[table.name for table in SETS])
    parser.add_argument("--out", type=Path, default=Path("var/anytime"))
    wanted = parser.parse_args()
    if not wanted.data.exists():
        print(f"skipped: {wanted.data} is not there")
        return
    os.environ["BENCH_LANDINGS"] = "1"
    results = wanted.out / "anytime.csv"
    wanted.out.mkdir(parents=True, exist_ok=True)
    if not results.exists():
        results.write_text(",".join(FIELDS) + "\n")
    for table in (table for table in SETS if table.name in wanted.sets):
        for seed in wanted.seeds:
            for system in SYSTEMS:
                measure(table, seed, system, wanted, results)
    report(results, wanted.seconds)


def measure(table: QualitySet, seed: int, system: str, wanted: argparse.Namespace, results: Path) -> None:
    with results.open(newline="") as lines:
        done = {(row["set"], int(row["seed"]), float(row["seconds"]), row["system"]) for row in csv.DictReader(lines) if not row["error"]}
    if (table.name, seed, wanted.seconds, system) in done:
        return
    split, out = wanted.out / "splits" / f"{table.name}-{seed}", wanted.out / "work" / system
    split_write(table, wanted.data, split, seed)
    row = one(table, split, out, system, seed, wanted.seconds)
    line = {"set": table.name, "seed": seed, "seconds": wanted.seconds, "system": system, "error": row.get("error", "")}
    if not line["error"]:
        steps = curve(table, split, out)
        line |= {
            "first_s": steps[0][0] if steps else None,
            "best": max((gain for _, gain in steps), default=0.0),
            "curve": json.dumps(steps),
        }
    with results.open("a", newline="") as lines:
        csv.DictWriter(lines, FIELDS).writerow(line)
    print({name: value for name, value in line.items() if name != "curve"}, flush=True)


def report(results: Path, seconds: float) -> None:
    import pandas as pd

    rows = pd.read_csv(results)
    rows = rows[(rows["seconds"] == seconds) & rows["curve"].notna()]
    top = rows.groupby(["set", "seed"])["best"].max()
    rows["area"] = [area([(s, g) for s, g in json.loads(row.curve)], seconds, top[(row.set, row.seed)]) for row in rows.itertuples()]
    wide = rows.pivot_table(index="set", columns="system", values="area").dropna()
    print(wide.round(3).to_string(), "\nmean", wide.mean().round(4).to_dict())
    print("first model after seconds", rows.groupby("system")["first_s"].mean().round(1).to_dict())


if __name__ == "__main__":
    main()
