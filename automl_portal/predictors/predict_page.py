"""What the predict page tells about a predictor: its columns, an example row, the API calls, the way to check its bundle."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automl_portal.predictors.models import BatchPrediction, Predictor
from automl_portal.predictors.selectors import output_path
from automl_portal.projects.board import cell
from automl_portal.ui.figure import Axis, Figure, Mark
from automl_portal.ui.figures import count, share, significant

SHOWN = 20
CONTENTS = (
    ("manifest.json", gettext_lazy("SHA-256 of every file, the versions, and the signature")),
    ("predictor/", gettext_lazy("the fitted model")),
    ("schema.json", gettext_lazy("the columns and types it needs")),
    ("score.py", gettext_lazy("scores a CSV anywhere: python score.py in.csv out.csv")),
    ("verify.py", gettext_lazy("checks signature and golden rows before anything is loaded")),
    ("golden.csv", gettext_lazy("rows with the predictions they must give")),
    ("domain/", gettext_lazy("the use case and its decision")),
    ("model_document.html", gettext_lazy("the model document")),
    ("README.md", gettext_lazy("what it is, how well it does, how to run it")),
    ("Dockerfile", gettext_lazy("with requirements.txt and MLmodel: for running it elsewhere")),
)


def template_csv(predictor: Predictor) -> str:
    """A scoring file to start from: the header, and one row of typical values."""
    columns = [*id_columns(predictor), *predictor.input_columns]
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column["name"] for column in columns])
    writer.writerow([cell(typical(column)) for column in columns])
    return file.getvalue()


def id_columns(predictor: Predictor) -> list[dict[str, Any]]:
    """Columns that are carried to the output when a file has them."""
    return [column for column in predictor.schema.get("columns", []) if column.get("role") == "id"]


def typical(column: dict[str, Any]) -> Any:
    """A value the column often has: its commonest, or its median."""
    top = column.get("top") or []
    if column.get("type") in ("integer", "number"):
        value = column.get("median")
        if value is not None:
            return int(value) if column["type"] == "integer" else value
    if top:
        return top[0]["value"]
    categories = column.get("categories") or []
    return categories[0] if categories else column.get("min") or ""


def example_row(predictor: Predictor) -> str:
    """One row as the JSON body of an online prediction."""
    row = {column["name"]: typical(column) for column in predictor.input_columns}
    return json.dumps({"rows": [row]}, ensure_ascii=False)


def snippets(predictor: Predictor, api: str) -> list[dict[str, str]]:
    """The three calls that score with this predictor, with the real ids. `api` is the address of /api/v1."""
    auth = '-H "Authorization: Bearer $AUTOML_TOKEN"'
    body = example_row(predictor).replace("'", "'\\''")
    upload = f"curl {auth} -F file=@rows.csv \\\n  {api}/projects/{predictor.project_id}/predictions"
    online = f"curl {auth} -H 'Content-Type: application/json' \\\n  -d '{body}' \\\n  {api}/predictors/{predictor.pk}/predict"
    fetch = f"curl {auth} -O -J {api}/predictors/{predictor.pk}/bundle"
    return [
        {"key": "file", "title": _("Score a file"), "code": upload},
        {"key": "rows", "title": _("Score rows at once"), "code": online},
        {"key": "bundle", "title": _("Fetch the bundle"), "code": fetch},
    ]


def reconciliation(prediction: BatchPrediction) -> str:
    """No row is lost: 1,000 rows in the file = 990 scored + 10 rejected."""
    rows = {name: count(number) for name, number in (prediction.result.get("rows") or {}).items()}
    return _("%(in)s rows in the file = %(scored)s scored + %(rejected)s rejected") % rows if rows else ""


def rejected_rows(prediction: BatchPrediction) -> list[dict[str, str]]:
    """The first rows of rejected.csv: row, column, value, code, reason."""
    with output_path(prediction, "rejected.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [row for row, _n in zip(reader, range(SHOWN), strict=False)]


def missing_columns(prediction: BatchPrediction) -> dict[str, Any]:
    """What a refused file lacks: {"rows": [{column, similar}], "count", "extra": names nothing is known of, "can_map"}."""
    params = (prediction.job.error or {}).get("params") or {}
    similar, extra = params.get("suggestions") or {}, params.get("extra") or []
    rows = [{"column": name, "similar": similar.get(name, "")} for name in params.get("columns") or []]
    # Names can be picked when every missing column may stand for one of the file's.
    can_map = bool(rows) and len(rows) == params.get("count", 0) and len(rows) <= params.get("extra_count", 0)
    return {"rows": rows, "count": params.get("count", len(rows)), "extra": extra, "can_map": can_map}


def similar_names(prediction: BatchPrediction) -> str:
    """Columns that were left out although they differ only in spelling: the renaming to accept, as JSON; "" when there is none."""
    found = [item["params"].get("rename") for item in prediction.result.get("warnings", []) if item["code"] == "similar_columns"]
    return json.dumps(found[0], ensure_ascii=False) if found else ""


def distribution(prediction: BatchPrediction) -> Figure | None:
    """How the predictions are spread."""
    spread = prediction.result.get("distribution") or {}
    if spread.get("values"):
        return _classes(spread["values"])
    if not sum(spread.get("counts") or []):
        return None
    edges, counts = spread["edges"], spread["counts"]
    bars: list[list[float | None]] = [[a, b, n] for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]
    positive = prediction.predictor.schema.get("positive_class")
    binary = prediction.predictor.schema.get("problem_type") == "binary"
    middle = half_below(edges, counts)
    label = prediction.predictor.schema.get("label", "")
    title = _("Probability of %(value)s") % {"value": positive} if binary else _("Predicted %(label)s") % {"label": label}
    return Figure(
        key="distribution",
        title=_("Distribution of the predictions"),
        caption=_("Half of the rows lie below %(middle)s.") % {"middle": share(middle) if binary else significant(middle)},
        x=Axis(title, 0 if binary else None, 1 if binary else None, percent=binary),
        y=Axis(_("Rows"), 0),
        marks=[Mark("bars", _("Rows"), bars)],
        headers=[_("From"), _("To"), _("Rows")],
        rows=[[significant(a), significant(b), count(n)] for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)],
    )


def half_below(edges: list[float], counts: list[int]) -> float:
    """The median of a histogram, between the edges of the bar it falls into."""
    left = sum(counts) / 2
    for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True):
        if n and left <= n:
            return low + (high - low) * left / n
        left -= n
    return edges[-1]


def _classes(values: list[dict[str, Any]]) -> Figure:
    rows = values[:SHOWN]
    return Figure(
        key="distribution",
        title=_("Distribution of the predictions"),
        caption=_("The most frequent prediction is %(value)s (%(n)s rows).") % {"value": rows[0]["value"], "n": count(rows[0]["count"])},
        x=Axis(_("Rows"), 0),
        y=Axis(_("Predicted class"), names=[str(row["value"]) for row in rows]),
        marks=[Mark("bars", _("Rows"), [[i, row["count"]] for i, row in enumerate(rows)])],
        headers=[_("Predicted class"), _("Rows")],
        rows=[[str(row["value"]), count(row["count"])] for row in values],
    )
