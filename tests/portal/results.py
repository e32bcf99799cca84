"""Published runs for the result pages. The numbers come from the engine's own evaluation of seeded predictions, so what a page
reads here is what a real run leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from django.utils import timezone

from automl_portal import storage
from automl_portal.jobs.models import Job, JobKind, JobState
from automl_portal.jobs.services import job_create
from automl_portal.predictors.models import BatchPrediction, Predictor
from automl_portal.projects.models import LeaderboardRow, Project, Run, RunEvent
from tests.portal import cast
from workers.engine.evaluate.holdout import HoldoutScores
from workers.engine.evaluate.metrics import HIGHER_IS_BETTER
from workers.engine.evaluate.report import evaluation_make
from workers.engine.evaluate.truth import Truth
from workers.engine.events import plain

# model, family, how much of the signal it finds (0 to 1), seconds to train, rows per second
MODELS = (
    ("CatBoost", "tree", 0.97, 8.1, 41_000.0),
    ("WeightedEnsemble_L2", "ensemble", 1.0, 0.6, 3_100.0),
    ("RealMLP", "neural_net", 0.96, 14.2, 9_800.0),
    ("FTTransformer", "transformer", 0.9, 21.7, 2_400.0),
    ("EBM", "interpretable", 0.93, 11.3, 15_000.0),
    ("LightGBM", "tree", 0.9, 2.2, 88_000.0),
    ("LinearModel", "linear", 0.8, 1.3, 120_000.0),
    ("RandomForest", "tree", 0.7, 3.9, 6_700.0),
    ("Baseline", "baseline", 0.0, 0.1, 900_000.0),
)
SKIPPED = [
    {
        "model": "TabM",
        "family": "neural_net",
        "code": "time_limit",
        "reason": "It did not finish within its share of the time limit.",
        "remedy": "Give the run more time.",
        "params": {},
    },
    {
        "model": "TextEncoder",
        "family": "text",
        "code": "not_applicable",
        "reason": "It found no column of a kind it can use.",
        "params": {},
    },
]
# What a scored file with the label and a column in another unit leaves.
WARNINGS = [
    {
        "code": "column_drift_strong",
        "message": "Column %(column)s is far from the training data (PSI %(psi)s): half of its values lie below %(here)s here, below %(training)s in training. Treat the predictions with care.",
        "params": {"column": "amount", "psi": "1.42", "here": "231900", "training": "2320"},
    },
    {
        "code": "many_unusual_rows",
        "message": "%(percent)d %% of the rows hold values the predictor never saw: treat its answers with care.",
        "params": {"percent": 24, "count": 240},
    },
    {
        "code": "extra_columns",
        "message": "Columns the predictor does not know were left out: %(names)s.",
        "params": {"names": "branch", "count": 1},
    },
    {
        "code": "similar_columns",
        "message": "Columns of the file are spelled a little otherwise than the predictor's and were left out: %(names)s.",
        "params": {"names": "Application ID → application_id", "rename": {"Application ID": "application_id"}},
    },
]
EVALUATION = {
    "label": "credit_risk",
    "rows": 990,
    "rows_labelled": 990,
    "rows_without": 7,
    "metrics": [
        {"metric": "roc_auc", "value": 0.741, "higher_is_better": True},
        {"metric": "log_loss", "value": 0.583, "higher_is_better": False},
        {"metric": "accuracy", "value": 0.7, "higher_is_better": True},
    ],
}
# Refusals of a file, as the job leaves them.
MISSING = {
    "code": "missing_columns",
    "message": "The file lacks columns the predictor needs: %(names)s.",
    "params": {
        "names": "duration, amount",
        "count": 2,
        "columns": ["duration", "amount"],
        "suggestions": {"duration": "Duration_months"},
        "extra": ["Duration_months", "sum <b>"],
        "extra_count": 2,
        "rename": {"Duration_months": "duration"},
    },
}
CHANGED = {
    "code": "column_type_changed",
    "message": "Column %(column)s was %(type)s in training, but %(percent)s %% of its values here are not. Check its unit, decimal mark and date format.",
    "params": {
        "column": "amount",
        "type": "number",
        "percent": 40.0,
        "changes": [
            {
                "column": "amount",
                "type": "number",
                "percent": 40.0,
                "count": 4,
                "rows": [1, 4],
                "examples": "1.234,5",
                "format": "1234.5",
                "looks_like": "1.234,5",
            }
        ],
    },
    "column": "amount",
    "rows": [1, 4],
}
DECISION = {"margin": 1.0, "loss_given_default": 1.0, "exposure": 5.0}
COLUMNS = ["status", "duration", "amount", "credit_history", "savings", "purpose", "property", "job", "telephone", "housing"]


@dataclass
class World:
    """A holdout with a known signal; it predicts with any of MODELS, as an AutoGluon predictor would."""

    kind: str
    n: int = 200
    seed: int = 7

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        self.signal = rng.normal(size=self.n)
        self.noise = {name: rng.normal(size=self.n) for name, *_rest in MODELS}
        self.classes = {
            "binary": ["1", "0"],
            "multiclass": ["bronze", "silver", "gold"],
            "many": [f"good {i:02}" for i in range(60)],
        }.get(self.kind)
        if self.kind == "binary":
            self.y = (rng.random(self.n) < 1 / (1 + np.exp(1.1 - 1.7 * self.signal))).astype("float64")
        elif self.kind == "multiclass":
            self.y = np.digitize(self.signal + rng.normal(size=self.n) / 2, [-0.5, 0.7]).astype("float64")
        elif self.kind == "many":
            self.y = rng.integers(0, 60, self.n).astype("float64")
        elif self.kind == "count":
            self.y = rng.poisson(np.exp(1 + 0.7 * self.signal)).astype("float64")
        else:
            self.y = 3000 + 900 * self.signal + rng.normal(size=self.n) * 350
        self.frame = pd.DataFrame({"sex": rng.choice(["female", "male"], self.n, p=[0.31, 0.69]), "age": rng.integers(19, 75, self.n)})

    def _seen(self, model: str) -> Any:
        skill = next(row[2] for row in MODELS if row[0] == model)
        return skill * self.signal + 0.35 * (1 - skill) * self.noise[model] * (skill > 0) + 0.12 * self.noise[model] * (skill > 0)

    def predict(self, frame: pd.DataFrame, model: str) -> Any:
        if self.kind == "count":
            return pd.Series(np.exp(1 + 0.7 * self._seen(model)))
        middle = 3000 + 900 * self._seen(model)
        if self.kind == "quantile":
            return pd.DataFrame({0.1: middle - 520, 0.5: middle, 0.9: middle + 520})
        return pd.Series(middle)

    def predict_proba(self, frame: pd.DataFrame, model: str) -> Any:
        seen = self._seen(model)
        if self.kind == "binary":
            positive = 1 / (1 + np.exp(1.1 - 1.6 * seen)) if model != "Baseline" else np.full(self.n, 0.3)
            return pd.DataFrame({"0": positive, "1": 1 - positive})
        if self.kind == "many":
            hit = np.eye(60)[self.y.astype(int)] * (self.noise[model] > -0.3)[:, None]
            return pd.DataFrame(_shares(0.02 + hit + 0.6 * np.roll(hit, 1, axis=1)[::-1]), columns=self.classes)
        centers = np.array([-1.1, 0.1, 1.3])
        weight = np.exp(-((seen[:, None] - centers) ** 2) * 1.5)
        return pd.DataFrame(_shares(weight), columns=self.classes)

    @property
    def truth(self) -> Truth:
        if self.kind == "quantile":
            return Truth("quantile", self.y, levels=(0.1, 0.5, 0.9))
        if self.kind == "count":
            return Truth("regression", self.y, distribution="poisson", eval_metric=METRIC[self.kind])
        kind = "multiclass" if self.kind == "many" else self.kind
        if kind == "multiclass":
            return Truth(kind, self.y, self.classes)
        return Truth(kind, self.y, self.classes, "0", calibration=CALIBRATION, line=LINE) if self.classes else Truth(kind, self.y)


def _shares(weight: Any) -> Any:
    return weight / weight.sum(axis=1, keepdims=True)


METRIC = {
    "binary": "log_loss",
    "multiclass": "log_loss",
    "many": "log_loss",
    "regression": "root_mean_squared_error",
    "count": "mean_poisson_deviance",
    "quantile": "pinball_loss",
}
# What validation taught, as schema.json has it.
CALIBRATION: dict[str, Any] = {"applied": False, "prior": False, "model": "WeightedEnsemble_L2", "scale": 1.0, "shift": {}, "rows": 800}
CALIBRATION |= {"loss_before": 0.5, "loss_after": 0.5, "ece_before": 0.024, "ece_after": 0.024}
LINE: dict[str, Any] = {
    "value": 0.5,
    "metric": None,
    "message": "A row is called %(positive)s from a probability of 0.5 on: where it is as likely as not.",
    "params": {"positive": "0"},
}


@cache
def evaluated(kind: str, sensitive: tuple[str, ...] = (), n: int = 200, seed: int = 7) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """(leaderboard.json, evaluation.json) as the engine writes them. Made once: read, do not change."""
    world = World(kind, n=n, seed=seed)
    metric = METRIC[world.kind]
    scores = HoldoutScores(world, world.frame, world.truth, groups=None, seed=0)
    for name, *_rest in MODELS:
        scores.score(name)
    rows = []
    for name, family, _skill, seconds, speed in MODELS:
        fields = scores.fields(name, metric)
        row: dict[str, Any] = {"model": name, "family": family, "metric": metric, "higher_is_better": HIGHER_IS_BETTER[metric]}
        row |= {"score_val": fields["score_holdout"] * 0.98, **fields, "fit_time_s": seconds, "predict_rows_per_s": speed}
        row |= {"size_mb": round(0.4 + seconds / 3, 2), "energy_wh": round(seconds * 15 / 3600, 4)}
        rows.append(row | {"deployed": name == "WeightedEnsemble_L2", "baseline": family == "baseline"})
    evaluation = evaluation_make(scores, "WeightedEnsemble_L2", metric, world.frame, list(sensitive), 0)
    return plain(rows), plain(evaluation)


def explanations(kind: str = "binary") -> dict[str, Any]:
    """explanations.json: some columns matter, some do not."""
    worth = [0.062, 0.031, 0.024, 0.019, 0.012, 0.009, 0.004, 0.001, 0.0002, -0.0004]
    rows = [
        {"column": c, "importance": w, "low": w - 0.003 - w / 5, "high": w + 0.003 + w / 5} for c, w in zip(COLUMNS, worth, strict=True)
    ]
    return {"metric": METRIC[kind], "rows_used": 200, "shuffles": 5, "importance": rows}


def schema(of: Project) -> dict[str, Any]:
    """schema.json with the columns a scoring file must hold."""
    columns: list[dict[str, Any]] = [
        {"name": "application_id", "type": "integer", "role": "id", "required": False},
        {
            "name": "status",
            "type": "category",
            "role": "feature",
            "required": True,
            "categories": ["no account", "< 0 DM", "0 to 200 DM", ">= 200 DM", "unknown"],
        },
        {"name": "duration", "type": "integer", "role": "feature", "required": True, "min": 4, "max": 72, "median": 18},
        {"name": "amount", "type": "number", "role": "feature", "required": True, "min": 250, "max": 18424, "median": 2319.5},
        {"name": "sex", "type": "category", "role": "sensitive", "required": False},
    ]
    return {"label": of.label, "problem_type": of.problem_type, "positive_class": of.positive_class, "columns": columns}


def published(of: Project, *, seed: int = 7, n: int = 200, rows: list[dict[str, Any]] | None = None, world: str = "") -> Run:
    """A succeeded run with its files and its predictor. `world`: the kind of World, where the problem type alone does not say it."""
    board, evaluation = evaluated(world or of.problem_type, tuple(of.roles.get("sensitive", [])), n, seed)
    run = cast.run(of, state=JobState.SUCCEEDED)
    key = f"runs/{run.pk}/t1"
    for name, content in {"evaluation.json": evaluation, "explanations.json": explanations(world or of.problem_type)}.items():
        path = storage.path_of(f"{key}/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    storage.path_of(f"{key}/bundle.zip").write_bytes(b"PK signed")
    LeaderboardRow.objects.bulk_create(LeaderboardRow(run=run, model=row["model"], family=row["family"], row=row) for row in rows or board)
    run.result = {
        "eval_metric": METRIC[world or of.problem_type],
        "deployed_model": "WeightedEnsemble_L2",
        "energy_wh": 0.41,
        "holdout": {},
    }
    run.settings = {**run.settings, "decision": DECISION if of.problem_type == "binary" else {}}
    run.artefacts_key, run.skipped_models = key, SKIPPED
    run.save()
    cast.predictor(run, schema=schema(of))
    began = timezone.now() - timedelta(seconds=118)
    Job.objects.filter(pk=run.job_id).update(started_at=began, phase="bundle", attempt=1)
    landed(run, board)
    return Run.objects.select_related("job", "project").get(pk=run.pk)


def landed(run: Run, board: list[dict[str, Any]], after: float = 4.0) -> None:
    """Log lines of the models, one after the other."""
    job = Job.objects.get(pk=run.job_id)
    assert job.started_at is not None
    at = job.started_at
    RunEvent.objects.create(run=run, attempt=job.attempt, at=at, type="phase", message="Checking the table", params={"phase": "check"})
    at += timedelta(seconds=after)
    RunEvent.objects.create(
        run=run, attempt=job.attempt, at=at, type="phase", message="Looking for the best model", params={"phase": "search"}
    )
    for row in reversed(board):
        at += timedelta(seconds=row["fit_time_s"])
        message = "%(model)s is trained: %(metric)s %(score_val).4g in validation, %(fit_time_s).1f s."
        params = {name: row[name] for name in ("model", "metric", "score_val", "fit_time_s")}
        RunEvent.objects.create(run=run, attempt=job.attempt, at=at, type="model", message=message, params=params)


def learning(epochs: int = 14, folds: int = 3) -> list[list[float]]:
    """[fold, epoch, loss, score_val] of a network that learns, then overfits a little; the last fold is half way."""
    points = []
    for fold in range(1, folds + 1):
        for epoch in range(1, (epochs if fold < folds else epochs // 2) + 1):
            loss = 0.34 + 0.36 * 0.75**epoch
            points.append([fold, epoch, round(loss, 4), round(loss + 0.08 + 0.003 * epoch + 0.005 * fold, 4)])
    return points


def running(of: Project, models: int = 5, **fields: Any) -> Run:
    """A run under way, some of its models trained."""
    run = cast.run(of)
    now = timezone.now()
    state = {
        "state": JobState.RUNNING,
        "started_at": now - timedelta(seconds=47),
        "lease_expires_at": now + timedelta(seconds=80),
        "attempt": 1,
    }
    state |= {"phase": "search", "progress": 0.39, "eta_s": 71.0, "message": "Looking for the best model", "lease_token": 1}
    Job.objects.filter(pk=run.job_id).update(**(state | fields))
    board, _evaluation = evaluated(of.problem_type)
    unknown = dict.fromkeys(("score_holdout", "ci_low", "ci_high", "tied_with_best", "predict_rows_per_s", "size_mb"))
    part = [{**row, **unknown, "deployed": False} for row in board[-models:]] if models else []
    LeaderboardRow.objects.bulk_create(LeaderboardRow(run=run, model=row["model"], family=row["family"], row=row) for row in part)
    if models:
        landed(run, part)
    began = (now - timedelta(seconds=47)).timestamp()
    plan = {
        "started_at": began,
        "deadline": began + 117,
        "search_ends_at": began + 92,
        "evaluate_s": 7.0,
        "explain_s": 9.0,
        "bundle_s": 8.0,
    }
    run.plan = {**plan, "folds": 0, "inner_fraction": 0.2, "max_train_rows": 800}
    run.skipped_models = SKIPPED[:1]
    run.live = {
        "eta": [58.0, 75.0],
        "usage": {"memory_mb": 1210, "peak_memory_mb": 1480, "energy_wh": 0.213},
        "training": {
            "model": "FTTransformer_BAG_L1",
            "fold": 3,
            "folds": 5,
            "epoch": 7,
            "epochs": 60,
            "measure": "loss",
            "higher_is_better": False,
            "seconds_left": 12.4,
            "points": learning(),
        },
    }
    run.save()
    return Run.objects.select_related("job", "project").get(pk=run.pk)


def prediction(of: Predictor, *, state: JobState = JobState.SUCCEEDED, error: dict[str, Any] | None = None) -> BatchPrediction:
    """A scored (or refused) file."""
    project = of.project
    job, _created = job_create(team=project.team, kind=JobKind.PREDICTION, created_by=project.created_by, wall_limit_s=600)
    cast.done(job, state, error=error)
    made = BatchPrediction.objects.create(
        team=project.team, project=project, predictor=of, job=job, filename="march.csv", bytes=52_000, input_key="predictions/x/upload.bin"
    )
    if state != JobState.SUCCEEDED:
        return made
    key = f"predictions/{made.pk}/t1"
    folder = storage.path_of(key)
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    bad = rng.beta(1.2, 2.6, size=20)
    preview = [
        {
            "row": i + 1,
            "application_id": 9000 + i,
            "prediction": "0" if p >= 0.5 else "1",
            "probability_1": 1 - p,
            "probability_0": p,
            "unusual": "",
        }
        for i, p in enumerate(bad.tolist())
    ]
    preview[4] = {"row": 5, "application_id": 9004} | dict.fromkeys(("prediction", "probability_1", "probability_0", "unusual"))
    preview[7]["unusual"] = "amount: out of range; status: new value"
    counts, edges = np.histogram(rng.beta(1.2, 2.6, size=997), bins=20, range=(0, 1))
    (folder / "output.csv").write_text("row,prediction\n1,0\n")
    (folder / "rejected.csv").write_text("row,column,value,code,reason\n5,amount,n/a,not_a_number,This is not a number.\n")
    made.output_key = key
    made.result = plain(
        {
            "rows": {"in": 1000, "scored": 997, "rejected": 3, "unusual": 240},
            "columns": list(preview[0]),
            "warnings": WARNINGS,
            "evaluation": EVALUATION,
            "preview": preview,
            "distribution": {"edges": edges, "counts": counts},
        }
    )
    made.save()
    return made
