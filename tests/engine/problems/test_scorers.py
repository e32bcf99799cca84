"""The metric a search goes by equals the one the holdout is measured with, weights included."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from domains.metrics import AT_THRESHOLD, DEVIANCE, SELECTABLE
from workers.engine.evaluate.metrics import point
from workers.engine.evaluate.truth import Truth
from workers.engine.problems.scorers import UNWEIGHED, search_metric

pytestmark = pytest.mark.fit  # imports AutoGluon

RNG = np.random.default_rng(0)
ROWS = 200
WEIGHT = RNG.random(ROWS) * 3
CASES: dict[str, tuple[Any, Any]] = {
    "binary": (RNG.integers(0, 2, ROWS), RNG.random(ROWS)),
    "multiclass": (RNG.integers(0, 3, ROWS), RNG.dirichlet(np.ones(3), ROWS)),
    "regression": (RNG.poisson(3, ROWS).astype(float), RNG.gamma(2, 2, ROWS)),
}
EVERY = [(kind, name) for kind in CASES for name in SELECTABLE[kind]]


def scored(kind: str, name: str, weight: Any) -> tuple[float, float]:
    """(what AutoGluon would get, what the holdout would)."""
    from autogluon.core.metrics import METRICS

    y, p = CASES[kind]
    found = search_metric(name, kind, weighed=weight is not None)
    scorer: Any = METRICS[kind][found] if isinstance(found, str) else pickle.loads(pickle.dumps(found))
    hard = {"binary": lambda: (p >= 0.5).astype(int), "multiclass": lambda: p.argmax(axis=1), "regression": lambda: p}[kind]()
    given = hard if kind == "regression" or name in AT_THRESHOLD else p
    value = scorer.convert_score_to_original(scorer(y, given, **({} if weight is None else {"sample_weight": weight})))
    ours = point(Truth(kind, y.astype("float64"), weight=weight, distribution="poisson" if kind == "regression" else "normal"), p, [name])
    return float(value), ours[name]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_the_search_and_the_test_measure_alike(kind: str, name: str) -> None:
    for weight in (None, WEIGHT):
        theirs, ours = scored(kind, name, weight)
        assert theirs == pytest.approx(ours, rel=1e-6)


def test_our_own_stand_in_only_where_they_must() -> None:
    assert search_metric("log_loss", "binary", weighed=False) == "log_loss"
    assert not isinstance(search_metric("log_loss", "binary", weighed=True), str)
    assert search_metric("roc_auc", "binary", weighed=True) == "roc_auc"
    assert all(not isinstance(search_metric(name, "regression", weighed=False), str) for name in DEVIANCE.values())
    assert set(SELECTABLE["binary"] + SELECTABLE["multiclass"] + SELECTABLE["regression"]) >= UNWEIGHED


def test_autogluons_whole_list_can_be_chosen() -> None:
    from autogluon.core.metrics import METRICS

    for kind, chosen in SELECTABLE.items():
        assert {scorer.name for scorer in METRICS[kind].values()} == set(chosen) - set(DEVIANCE.values())
