"""Pretrained models as candidates: those whose weights are mounted and whose licence and limits allow it, and why not the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from domains.pretrained import NEEDS_DECISION, NOT_INSTALLED, PRETRAINED, Pretrained
from workers.engine.events import gettext_noop
from workers.engine.search.candidate import Candidate, SearchFacts
from workers.engine.search.skips import Skip

WEIGHT = 16.0
MINIMUM_S = 5.0
OURS = {"TABICL": "TABICL_CARRIED"}  # keys of our own classes, see candidates/pretrained.py


def pretrained(facts: SearchFacts, folder: Path | None, *, noncommercial: bool) -> tuple[list[Candidate], list[tuple[Pretrained, Skip]]]:
    """The candidates there are, and for every other model that could learn this table the reason against it."""
    ready: list[Candidate] = []
    missing: list[tuple[Pretrained, Skip]] = []
    for model in PRETRAINED:
        if facts.problem_type not in model.problem_types:
            continue
        skip = _against(model, facts, folder, noncommercial=noncommercial)
        if skip is not None:
            missing.append((model, skip))
        else:
            ready.append(_candidate(model, facts, folder))
    return ready, missing


def _against(model: Pretrained, facts: SearchFacts, folder: Path | None, *, noncommercial: bool) -> Skip | None:
    """Why a model stays out, the weightiest reason first; None when it may be tried."""
    kind = "classes" if facts.problem_type in ("binary", "multiclass") else "numbers"
    most = model.max_rows if facts.gpu_count else model.max_rows_cpu
    if not model.installed(folder)[kind]:
        return Skip("not_installed", NOT_INSTALLED)
    if not model.commercial and not noncommercial:
        return Skip("licence", NEEDS_DECISION, {"licence": model.licence})
    if facts.rows > most:
        return Skip("rows", gettext_noop("It can handle %(rows)s rows on this machine; there are more."), {"rows": most})
    if facts.columns > model.max_columns:
        return Skip(
            "columns", gettext_noop("The table has more than the %(columns)s columns it can handle."), {"columns": model.max_columns}
        )
    if facts.classes > model.max_classes:
        return Skip("classes", gettext_noop("It can tell %(classes)s classes apart; there are more."), {"classes": model.max_classes})
    return None


def _candidate(model: Pretrained, facts: SearchFacts, folder: Path | None) -> Candidate:
    files = model.weights(folder, facts.problem_type) or []
    params: dict[str, Any]
    if model.key == "TABICL":
        params = {"model_path": str(files[0]), "allow_auto_download": False}
    elif model.key == "MITRA":
        # On a processor the weights are used as they are: fine-tuning takes minutes a fold.
        params = {"hf_model": str(files[0].parent), "fine_tune": facts.gpu_count > 0}
    else:
        params = {"custom_model_dir": str(files[0].parent), "zip_model_path": [files[0].name, files[0].name]}
    key = OURS.get(model.key, model.key)
    return Candidate(key, model.name, WEIGHT, params, minimum=MINIMUM_S, max_features=model.max_columns, imports=(model.package,))
