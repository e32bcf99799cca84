"""What the lines of quality.csv say: scores side by side, mean ranks, and ours against each, losses included."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# Two scores nearer than this, relative to what the better one leaves to gain (AUC: 1 - AUC), are a tie.
TIE = 0.005
HIGHER = ("roc_auc",)


def table_print(results: Path) -> None:
    rows = pd.read_csv(results)
    rows["score"] = rows["score"].astype(float)
    higher = rows["metric"].isin(HIGHER)
    rows["loss"] = (1 - rows["score"]).where(higher, rows["score"]).fillna(float("inf"))
    for seconds, part in rows.groupby("seconds"):
        wide = part.pivot_table(index=["set", "seed"], columns="system", values="loss", dropna=False, aggfunc="last")
        wide = wide[[name for name in rows["system"].unique() if name in wide]].dropna()
        if wide.empty:
            continue
        print(f"\n{seconds} s: loss on the holdout (1 - AUC, log loss, RMSE), mean over {part['seed'].nunique()} seed(s)")
        print(wide.groupby(level="set").mean().round(4).to_string())
        print("\nmean rank over", len(wide), "tables x seeds; ties share")
        print(wide.rank(axis=1).mean().sort_values().round(2).to_string())
        if "ours" in wide:
            print(against(wide).to_string())


def against(wide: pd.DataFrame) -> pd.DataFrame:
    """Wins, ties (nearer than TIE) and losses of ours against every other system, one row each."""
    lines = {}
    for other in (name for name in wide if name != "ours"):
        gain = (wide[other] - wide["ours"]) / wide[["ours", other]].min(axis=1)
        lines[other] = {
            "wins": int((gain > TIE).sum()),
            "ties": int((gain.abs() <= TIE).sum()),
            "losses": int((gain < -TIE).sum()),
            "not_worse": round(float((gain >= -TIE).mean()), 2),
            "mean_gain": round(float(gain.mean()), 4),
        }
    return pd.DataFrame(lines).T
