"""The facts of a fit in one place: document.json, and what the use case adds to them."""

from __future__ import annotations

import dataclasses
import platform
import sys
import time
from importlib import import_module, metadata
from typing import Any

from workers.engine.report.kinds import kind_sections
from workers.engine.spec import FitSpec

LIBRARIES = ("autogluon.tabular", "torch", "lightgbm", "catboost", "xgboost-cpu", "scikit-learn", "pandas")


def facts_make(
    spec: FitSpec,
    schema: dict[str, Any],
    result: dict[str, Any],
    leaderboard: list[dict[str, Any]],
    evaluation: dict[str, Any],
    explanations: dict[str, Any],
) -> dict[str, Any]:
    """document.json: purpose, data, split, method, results, limits and the use case's sections."""
    facts: dict[str, Any] = {
        "use_case": use_case_facts(spec.use_case),
        "job": spec.job,
        "made_at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "label": spec.label,
        "problem_type": spec.problem_type,
        "positive_class": schema["positive_class"],
        "classes": schema["classes"],
        "eval_metric": result["eval_metric"],
        "settings": spec.settings.model_dump(),
        "roles": spec.roles.model_dump(),
        "decision": spec.decision,
        "rows": result["rows"],
        "split": result["split"],
        "columns": [{key: column.get(key) for key in ("name", "type", "role", "missing", "unique")} for column in schema["columns"]],
        "deployed_model": result["deployed_model"],
        "families": result["families"],
        "base_models": result["base_models"],
        "partial": result["partial"],
        "canceled": result["canceled"],
        "holdout_uses": result["holdout_uses"],
        "skipped_models": result["skipped_models"],
        "warnings": result["warnings"],
        "leaderboard": leaderboard,
        "metrics": evaluation["metrics"],
        "n_holdout": evaluation["n_holdout"],
        "slices": evaluation["slices"],
        "kinds": kind_sections(evaluation),
        "sites": evaluation.get("sites"),
        "importance": explanations["importance"],
        "importance_of": {key: explanations[key] for key in ("metric", "rows_used", "shuffles")},
        "versions": versions(),
        "energy": result["energy"],
    }
    return facts | {"sections": hook_sections(spec.use_case, facts)}


def use_case_facts(key: str) -> dict[str, Any]:
    """Title and purpose as the use case declares them; the key alone when it is not installed."""
    from domains.registry import UnknownUseCase, use_case

    try:
        declared = use_case(key)
    except UnknownUseCase:
        return {"key": key, "title": key, "summary": "", "who": "", "decision_served": ""}
    return {"key": key, **{name: getattr(declared, name) for name in ("title", "summary", "who", "decision_served")}}


def hook_sections(use_case: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """What `document(facts)` of the use case returns, as plain dicts; none without such a hook."""
    name = "domains." + use_case.replace("/", ".") + ".hooks"
    try:
        hooks = import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            return []
        raise
    document = getattr(hooks, "document", None)
    return [_plain_section(section) for section in document(facts)] if document else []


def _plain_section(section: Any) -> dict[str, Any]:
    if isinstance(section, dict):
        return section
    if hasattr(section, "model_dump"):
        return dict(section.model_dump())
    return dataclasses.asdict(section)


def versions() -> dict[str, str]:
    """Python, the machine's kind and the libraries behind the numbers."""
    found = {"python": platform.python_version(), "platform": sys.platform}
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found
