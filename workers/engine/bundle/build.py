"""Build the unsigned bundle of a fitted predictor: everything that is needed to score, and no training rows."""

from __future__ import annotations

import json
import platform
import shutil
from importlib import metadata
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from workers.engine.bundle.golden import write_golden
from workers.engine.bundle.manifest import write_unsigned
from workers.engine.bundle.requirements import pickled_modules, requirements
from workers.engine.bundle.runtime.frame import feature_columns
from workers.engine.bundle.runtime.predictor import BundlePredictor, bundle_hooks
from workers.engine.bundle.schema import bundle_schema
from workers.engine.bundle.sources import ROOT, copy_sources, package_modules

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).resolve().parent
RUNTIME = "workers.engine.bundle.runtime"
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
NOT_CARRIED = ("sample.csv", "make_sample.py", "__pycache__")


def bundle_build(
    *,
    job_dir: Path,
    predictor_dir: Path,
    model: str,
    facts: dict[str, Any],
    holdout: pd.DataFrame,
    document_html: str,
) -> Path:
    """Build `job_dir`/bundle for `model` of the AutoGluon predictor in `predictor_dir`; return its path.

    Reads `job_dir`/schema.json, and explanations.json when it is there. `holdout`: typed table, original names (a few of
    its rows become golden rows). `facts`: what the README says, all optional: "title", "eval_metric", "holdout"
    {metric: value}, "decision" {setting: value}. The manifest is written unsigned; `seal` signs it.
    """
    bundle = job_dir / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir()
    schema = json.loads((job_dir / "schema.json").read_text(encoding="utf-8"))
    schema = bundle_schema(schema, _importance(job_dir), facts.get("decision") or {})
    clone = _clone(predictor_dir, bundle / "predictor", model)
    pickled = pickled_modules(bundle / "predictor")
    _copy_code(bundle, schema["use_case"], pickled)
    predictor = BundlePredictor(clone, schema, bundle_hooks(bundle, schema["use_case"]))
    schema["output_columns"] = list(predictor.predict(holdout.head(1)).columns)
    _write_json(bundle / "schema.json", schema)
    golden = write_golden(bundle, holdout, predictor)
    lines = requirements(bundle, pickled)
    _write_texts(bundle, schema, facts, model, golden, lines)
    (bundle / "model_document.html").write_text(document_html, encoding="utf-8")
    about = {
        "versions": _versions(lines),
        "use_case": schema["use_case"],
        "model": model,
        "golden_rows": golden,
    }
    write_unsigned(bundle, about)
    return bundle


def _clone(predictor_dir: Path, target: Path, model: str) -> Any:
    """Only what `model` needs to predict: no training data, no out-of-fold predictions, no list of installed packages.

    Returns the clone, read back from `target` and held in memory.
    """
    from autogluon.tabular import TabularPredictor

    predictor = TabularPredictor.load(str(predictor_dir), verbosity=0)
    clone = predictor.clone_for_deployment(str(target), model=model, return_clone=True)
    for leftover in ("utils", "logs", "learning_curves"):
        shutil.rmtree(target / leftover, ignore_errors=True)
    # A model that was stopped while it trained leaves a folder AutoGluon no longer knows.
    known = set(clone.model_names(can_infer=True))
    for folder in (target / "models").iterdir():
        if folder.is_dir() and folder.name not in known:
            shutil.rmtree(folder)
    _forget_others(clone, known)
    about = json.loads((target / "metadata.json").read_text(encoding="utf-8"))
    _write_json(target / "metadata.json", {**about, "packages": {}})
    clone.persist("all", max_memory=None)
    return clone


def _forget_others(clone: Any, known: set[str]) -> None:
    """Ensembles remember the classes of every model they could have been made of; loading them would need all those packages."""
    for name in known:
        ensemble = clone._trainer.load_model(name)
        if not hasattr(ensemble, "base_model_types_dict"):
            continue
        for part in ("base_model_types_dict", "base_model_paths_dict"):
            setattr(ensemble, part, {key: value for key, value in getattr(ensemble, part).items() if key in known})
        # Only looked at when an ensemble is fitted.
        ensemble._base_model_types_inner_dict = ensemble._base_model_performances_dict = None
        clone._trainer.save_model(ensemble)


def _copy_code(bundle: Path, use_case: str, pickled: set[str]) -> None:
    """runtime/, domain/, score.py and verify.py: our code that scoring, the pickles and the hooks import."""
    modules = {name for name in pickled if name.startswith("workers.")}
    modules |= package_modules(RUNTIME)
    source, target = ROOT / "domains" / use_case, bundle / "domain" / "domains" / use_case
    if (source / "hooks.py").is_file():
        modules.add("domains." + use_case.replace("/", ".") + ".hooks")
    copy_sources(modules, {"workers": bundle / "runtime", "domains": bundle / "domain"})
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(*NOT_CARRIED), dirs_exist_ok=True)
        shutil.copyfile(source.parent / "domain.yaml", target.parent / "domain.yaml")
    for name in ("score.py", "verify.py"):
        shutil.copyfile(HERE / "runtime" / name, bundle / name)


def _write_texts(bundle: Path, schema: dict[str, Any], facts: dict[str, Any], model: str, golden: int, lines: list[str]) -> None:
    """requirements.txt, README.md, Dockerfile and MLmodel."""
    torch = next((line for line in lines if line.startswith("torch==")), "")
    # Not an --extra-index-url line: pip would ask that index for every package, and wait where it cannot be reached.
    cpu = f"pip install --no-deps --index-url {CPU_INDEX} {torch}"
    head = ["# Exact versions of everything this predictor needs, and nothing else."]
    head += [f"# The torch of PyPI for Linux brings CUDA (3 GB). Smaller and enough: {cpu}"] if torch else []
    (bundle / "requirements.txt").write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    metrics = [f"| {name} | {value:.4f} |" for name, value in (facts.get("holdout") or {}).items() if isinstance(value, (int, float))]
    columns = [f"- `{c['name']}` ({c['type']})" for c in feature_columns(schema) if not c.get("derived")]
    values = {
        "title": facts.get("title") or schema["use_case"],
        "label": schema["label"],
        "problem_type": schema["problem_type"],
        "model": model,
        "golden": golden,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "torch": f"RUN pip install --no-cache-dir --no-deps --index-url {CPU_INDEX} {torch}" if torch else "",
        "metrics": "\n".join(["| Metric on the holdout | Value |", "|---|---|", *metrics]) if metrics else "",
        "columns": "\n".join(columns),
        "outputs": "\n".join(f"- `{name}`" for name in schema["output_columns"]),
    }
    for name in ("README.md", "Dockerfile", "MLmodel"):
        text = (HERE / "texts" / name).read_text(encoding="utf-8")
        (bundle / name).write_text(Template(text).substitute(values), encoding="utf-8")


def _importance(job_dir: Path) -> list[str]:
    path = job_dir / "explanations.json"
    if not path.is_file():
        return []
    found = json.loads(path.read_text(encoding="utf-8")).get("importance") or []
    return [entry["column"] for entry in found]


def _versions(lines: list[str]) -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "autogluon": metadata.version("autogluon.tabular"),
        "packages": str(len(lines)),
    }


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n", encoding="utf-8")
