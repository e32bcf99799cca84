"""The tables of the quality benchmark: where each lies, what is left out of it, and its fixed splits."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}
HOLDOUT_FRACTION = 0.25
RARE = 8  # rows a class needs, so that every split has it on both sides


@dataclass(frozen=True)
class QualitySet:
    """`drop`: names, leaks and row numbers. `sample`: rows drawn once for all splits. `text`: columns of prose."""

    name: str
    file: str
    label: str
    problem_type: str
    drop: tuple[str, ...] = ()
    sample: int | None = None
    separator: str = ","
    text: tuple[str, ...] = ()


SETS = (
    QualitySet("german_credit", "finance/german_credit.csv", "credit_risk", "binary"),
    QualitySet("pima_diabetes", "medical/pima_diabetes.csv", "outcome", "binary"),
    QualitySet("hcv", "medical/hcv_hepatitis_c.csv", "Category", "multiclass", ("Unnamed: 0",)),
    QualitySet("medpar_los", "medical/medpar_los.csv", "los", "regression", ("provnum",)),
    QualitySet("bank_marketing", "finance/bank_marketing.csv", "y", "binary", ("duration",), separator=";"),
    QualitySet("ames_housing", "retail/ames_housing.csv.gz", "price", "regression", ("Order", "PID")),
    QualitySet("telco_churn", "retail/telco_churn.csv.gz", "Churn", "binary", ("customerID",)),
    QualitySet("bike_sharing", "other/bike_sharing_hourly.csv.gz", "count", "regression", ("casual", "registered", "datetime")),
    QualitySet("default_credit_card", "finance/default_credit_card.csv.gz", "default", "binary", ("ID",), sample=10_000),
    QualitySet("adult", "other/adult_income.csv.gz", "income", "binary", sample=10_000),
    QualitySet(
        "alexa_reviews", "retail/alexa_reviews_en.tsv", "feedback", "binary", ("rating",), separator="\t", text=("verified_reviews",)
    ),
)


def read(table: QualitySet, data: Path) -> pd.DataFrame:
    """The rows as every system gets them: a label of text or numbers, a moment in its parts."""
    import pandas as pd

    frame = pd.read_csv(data / table.file, sep=table.separator, encoding="utf-8-sig", skipinitialspace=True)
    frame.columns = frame.columns.str.strip()
    if "datetime" in frame:
        moment = pd.to_datetime(frame["datetime"])
        frame = frame.assign(year=moment.dt.year, month=moment.dt.month, weekday=moment.dt.weekday, hour=moment.dt.hour)
    frame = frame.drop(columns=list(table.drop)).dropna(subset=[table.label])
    if table.problem_type != "regression":
        frame[table.label] = frame[table.label].astype(str)
        counts = frame[table.label].value_counts()
        frame = frame[frame[table.label].isin(counts[counts >= RARE].index)]
    if table.sample is not None:
        frame = frame.sample(table.sample, random_state=0)
    return frame.reset_index(drop=True)


def split_write(table: QualitySet, data: Path, folder: Path, seed: int) -> None:
    """train.parquet, holdout.parquet (without the label), truth.parquet and task.json in `folder`; kept when there."""
    from sklearn.model_selection import train_test_split

    if (folder / "task.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    frame = read(table, data)
    strata = None if table.problem_type == "regression" else frame[table.label]
    train, holdout = train_test_split(frame, test_size=HOLDOUT_FRACTION, random_state=seed, stratify=strata)
    train.to_parquet(folder / "train.parquet", index=False)
    holdout.drop(columns=[table.label]).to_parquet(folder / "holdout.parquet", index=False)
    holdout[[table.label]].to_parquet(folder / "truth.parquet", index=False)
    task: dict[str, Any] = {
        "label": table.label,
        "problem_type": table.problem_type,
        "metric": METRICS[table.problem_type],
        "text": list(table.text),
        "seed": seed,
        "sha256": hashlib.sha256((folder / "train.parquet").read_bytes()).hexdigest(),
    }
    (folder / "task.json").write_text(json.dumps(task))


def score(table: QualitySet, folder: Path, predictions: Path) -> float:
    """The metric of the holdout in its natural units (errors and losses: less is better)."""
    import numpy as np
    import pandas as pd
    from sklearn.metrics import log_loss, roc_auc_score

    truth = pd.read_parquet(folder / "truth.parquet")[table.label]
    predicted = pd.read_parquet(predictions)
    if table.problem_type == "regression":
        return float(np.sqrt(np.mean((truth.to_numpy() - predicted.iloc[:, 0].to_numpy()) ** 2)))
    classes = sorted(truth.unique())
    if table.problem_type == "binary":
        return float(roc_auc_score(truth == classes[-1], predicted[classes[-1]]))
    return float(log_loss(truth, predicted[classes].to_numpy(), labels=classes))
