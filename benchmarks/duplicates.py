"""The same patients and customers several times in a table: is the reported score that of fresh ones?

Usage: python -m benchmarks.duplicates [--fits SECONDS] [--seeds N] [FOLDER]   (FOLDER: the data sets of INDEX.md)
A third of the people of a real table is kept apart. Half of the others are planted again, twice, in ways from plain copies
to noise in every number; the reported AUC is compared with the AUC on those kept apart. Without --fits a gradient boosting
stands for the search, so that many seeds show the bias behind the chance of one split; with it whole fits are run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from domains import registry
from domains.split import dependence, roles_proposed
from domains.validation import guess_roles
from workers.engine.intake.importing import import_run
from workers.engine.launch import launch
from workers.engine.splits.holdout import Wanted, holdout_split

BAR = 0.02
ROWS = 3_000  # of the larger tables
SETS = (
    ("finance/german_credit.csv", "credit_risk"),
    ("medical/pima_diabetes.csv", "outcome"),
    ("retail/telco_churn.csv.gz", "Churn"),
    ("other/adult_income.csv.gz", "income"),
)


@dataclass(frozen=True)
class Plant:
    """Two more rows of half of the people: noise in standard deviations of each number, share of the cells that change."""

    name: str
    noise: float = 0.0
    changed: float = 0.0
    named: bool = False  # a column says who it is

    def into(self, people: pd.DataFrame, label: str, seed: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        who = np.concatenate([rng.permutation(len(people))[: len(people) // 2] for _ in range(2)])
        again = people.iloc[who].reset_index(drop=True)
        for name in people.columns.drop(label):
            column = people[name]
            if self.noise and pd.api.types.is_numeric_dtype(column) and column.nunique() > 2:
                moved = again[name] + rng.normal(0, self.noise * column.std(), len(again))
                again[name] = moved.round() if pd.api.types.is_integer_dtype(column) else moved
            other = rng.random(len(again)) < self.changed
            again[name] = again[name].mask(other, column.sample(len(again), replace=True, random_state=seed).to_numpy())
        table = pd.concat([people, again], ignore_index=True)
        if self.named:
            table["patient_id"] = [f"P{number:05d}" for number in np.r_[np.arange(len(people)), who]]
        return table.sample(frac=1, random_state=seed).reset_index(drop=True)


PLANTS = (
    Plant("nobody twice, nothing planted", noise=-1),
    Plant("copies"),
    Plant("copies, 10 % of cells changed", changed=0.1),
    Plant("noise of 2 %, 5 % changed", 0.02, 0.05),
    Plant("noise of 5 %", 0.05),
    Plant("noise of 30 %, with a patient_id", 0.3, named=True),
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fits", type=float, help="seconds of each whole fit")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/data"))
    given = parser.parse_args()
    missed = 0
    for name, frame, label in tables(given.folder):
        for plant in PLANTS:
            off = [difference(frame, label, plant, seed, given.fits) for seed in range(given.seeds)]
            known = [each for each in off if each is not None]
            mean, error = float(np.mean(known or [0.0])), float(np.std(known or [0.0]) / max(1, len(known)) ** 0.5)
            missed += abs(mean) > BAR + 2 * error
            print(f"{name:32s} {plant.name:34s} reported - truth {mean:+.3f} ± {error:.3f}, refused {len(off) - len(known)}", flush=True)
    print(f"further than {BAR} AUC from the truth, beyond two standard errors: {missed}")
    return 1 if missed else 0


def tables(folder: Path) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Name, rows and label of every table that is there."""
    for name, label in SETS:
        if not (folder / name).exists():
            print(f"{name} is not in {folder}: skipped")
            continue
        frame = pd.read_csv(folder / name, skipinitialspace=True)
        ids = [column for column in frame.columns if frame[column].nunique() == len(frame)]
        yield name, frame.drop(columns=ids).sample(min(ROWS, len(frame)), random_state=0).reset_index(drop=True), label


def difference(frame: pd.DataFrame, label: str, plant: Plant, seed: int, seconds: float | None) -> float | None:
    """Reported AUC less the AUC on people kept apart; None when the run was refused."""
    fresh = np.random.default_rng(seed).random(len(frame)) < 1 / 3
    people = frame[~fresh].reset_index(drop=True)
    table = people if plant.noise < 0 else plant.into(people, label, seed)
    measure = by_boosting if seconds is None else by_fit
    return measure(table, frame[fresh].reset_index(drop=True), label, seed, seconds)


def by_boosting(table: pd.DataFrame, fresh: pd.DataFrame, label: str, seed: int, seconds: float | None) -> float:
    from lightgbm import LGBMClassifier
    from sklearn.metrics import roc_auc_score

    group = ["patient_id"] if "patient_id" in table else []
    holdout = holdout_split(table, label, Wanted(classification=True, seed=seed, group=group)).holdout
    both = pd.concat([table, fresh], ignore_index=True).drop(columns=[label, *group])
    numbers = np.column_stack([as_numbers(both[name]) for name in both])
    seen, unseen = numbers[: len(table)], numbers[len(table) :]
    model = LGBMClassifier(n_estimators=80, min_child_samples=5, verbose=-1, n_jobs=1, random_state=seed)
    model.fit(seen[~holdout], table[label][~holdout].astype(str))
    reported, truth = (
        roc_auc_score(y.astype(str), np.asarray(model.predict_proba(x))[:, 1])
        for x, y in ((seen[holdout], table[label][holdout]), (unseen, fresh[label]))
    )
    return float(reported - truth)


def as_numbers(column: pd.Series[Any]) -> Any:
    """(rows,) the numbers themselves, or one for each word."""
    return column.to_numpy("float64") if pd.api.types.is_numeric_dtype(column) else pd.factorize(column)[0].astype("float64")


def by_fit(table: pd.DataFrame, fresh: pd.DataFrame, label: str, seed: int, seconds: float | None) -> float | None:
    """The file goes the whole way: import, roles, fit; then the predictor meets the people kept apart."""
    from sklearn.metrics import roc_auc_score

    from workers.engine.bundle.runtime.frame import to_model_frame
    from workers.engine.problems.tabular import predictor_load

    assert seconds is not None
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        report = imported(pd.concat([table, fresh], ignore_index=True), folder)
        data = pd.read_parquet(folder / "data.parquet")
        unseen = data.iloc[len(table) :]
        data.iloc[: len(table)].to_parquet(folder / "data.parquet", index=False)
        positive = str(min(data[label].astype(str).unique(), key=lambda value: (data[label].astype(str) == value).sum()))
        order: dict[str, Any] = {"label": label, "problem_type": "binary", "positive_class": positive, "deadline": time.time() + seconds}
        order |= {
            "verb": "fit",
            "job": "b",
            "roles": roles_of(report, label),
            "settings": {"time_limit": seconds, "seed": seed},
            "cpu_count": 1,
        }
        (folder / "spec.json").write_text(json.dumps(order))
        child = launch("fit", folder)
        while child.poll() is None:
            time.sleep(0.5)
        result = json.loads((folder / "result.json").read_text())
        if result["status"] != "done":
            return None
        schema = json.loads((folder / "schema.json").read_text())
        chances = predictor_load(folder / "predictor").predict_proba(to_model_frame(unseen, schema), model=result["deployed_model"])
        return float(result["holdout"]["roc_auc"] - roc_auc_score(unseen[label].astype(str) == positive, chances[positive]))


def imported(table: pd.DataFrame, folder: Path) -> dict[str, Any]:
    """report.json of the table as a file."""
    table.to_csv(folder / "upload.bin", index=False)
    sources = [{"input": "upload.bin", "filename": "people.csv"}]
    (folder / "spec.json").write_text(json.dumps({"verb": "import", "sources": sources, "answers": {}, "types": {}, "salt": "00ff"}))
    import_run(folder)
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def roles_of(report: dict[str, Any], label: str) -> dict[str, list[str]]:
    """As the set-up page fills them in."""
    columns = [column for column in report["columns"] if column["name"] != label]
    roles = guess_roles(registry.use_case("general/table"), columns)
    return roles | roles_proposed(dependence(columns, report["findings"], label), roles)


if __name__ == "__main__":
    raise SystemExit(main())
