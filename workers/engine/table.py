"""The dataset as the engine sees it: typed rows with a known label, and the schema they obey."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.engine.events import Refused, gettext_noop, read_json
from workers.engine.sampled import frame_read
from workers.engine.spec import FitSpec
from workers.engine.weights import weights_check

if TYPE_CHECKING:
    import pandas as pd

LABEL = "label"
WEIGHT = "weight"  # columns of the model frame, whose others go by internal ids
NUMERIC = ("regression", "quantile")  # problem types whose label is a number
MIN_ROWS = 20
MIN_CLASS_ROWS = 5
MAX_CATEGORIES = 10_000


@dataclass
class Table:
    """`frame`: usable rows, original names, label as the predictor learns it (str or float64).

    rows_in = len(frame) + sum(set_aside.values()).
    """

    frame: pd.DataFrame
    schema: dict[str, Any]
    rows_in: int
    set_aside: dict[str, int] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def warn(self, code: str, message: str, **params: Any) -> None:
        self.warnings.append({"code": code, "message": message, "params": params})


def table_load(job_dir: Path, spec: FitSpec) -> Table:
    """Read and check the data. Raises Refused when no model can be learned from it."""
    report = read_json(job_dir / spec.report)
    frame, rows_in = frame_read(job_dir / spec.data, report, spec)
    if spec.label not in frame.columns:
        raise Refused(
            "label_unknown",
            gettext_noop("The table has no column %(column)s, which is set as the label."),
            {"column": spec.label},
            column=spec.label,
        )
    table = Table(frame.reset_index(drop=True), {}, rows_in)
    if len(frame) < rows_in:
        _set_aside(table, "more_than_the_memory", rows_in - len(frame))
        table.warn("memory_sampled", MEMORY_SAMPLED, rows=len(frame), left=rows_in - len(frame))
    del frame  # the table's is another by now
    weights_check(table.frame, spec)
    _keep_known_labels(table, spec)
    if spec.problem_type in NUMERIC:
        _check_numbers(table, spec)
    else:
        _check_classes(table, spec)
    if len(table.frame) < MIN_ROWS:
        raise Refused(
            "too_few_rows",
            gettext_noop("%(rows)s rows have a known label; at least %(minimum)s are needed."),
            {"rows": len(table.frame), "minimum": MIN_ROWS},
        )
    table.schema = schema_make(table.frame, report, spec)
    return table


MEMORY_SAMPLED = gettext_noop("The memory of this worker is enough for %(rows)s rows, drawn at random; %(left)s were set aside.")


def label_text(values: pd.Series[Any]) -> pd.Series[Any]:
    """A class column as text, missing stays missing: 1 and 1.0 are "1", True is "true"."""
    from workers.engine.intake.distribution import as_text

    known = values.notna()
    result = values.astype(object).where(known, None)
    result[known] = result[known].map(as_text)
    return result


def _keep_known_labels(table: Table, spec: FitSpec) -> None:
    """Rows without a label teach nothing: they are set aside, and counted."""
    import pandas as pd

    raw = table.frame[spec.label]
    label = pd.to_numeric(raw, errors="coerce").astype("float64") if spec.problem_type in NUMERIC else label_text(raw)
    known = label.notna() & ~label.isin([float("inf"), float("-inf")])
    if not known.any():
        raise Refused(
            "target_all_missing",
            gettext_noop("The label %(column)s has no usable value in any row."),
            {"column": spec.label},
            column=spec.label,
        )
    table.frame = table.frame.assign(**{spec.label: label})[known].reset_index(drop=True)
    _set_aside(table, "label_missing", int((~known).sum()))


def _set_aside(table: Table, reason: str, count: int) -> None:
    if count:
        table.set_aside[reason] = table.set_aside.get(reason, 0) + count


def _check_numbers(table: Table, spec: FitSpec) -> None:
    label = table.frame[spec.label]
    if label.nunique() < 2:
        _refuse_constant(spec.label, str(label.iloc[0]))
    below = int((label < 0).sum())
    if below and spec.distribution != "normal":
        raise Refused(
            "label_negative",
            gettext_noop("%(rows)s rows have a value of %(column)s below zero, so it is neither a count nor an amount."),
            {"column": spec.label, "rows": below},
            column=spec.label,
            rows=[int(row) + 1 for row in label.index[label < 0][:20]],
        )


def _check_classes(table: Table, spec: FitSpec) -> None:
    counts = table.frame[spec.label].value_counts()
    if len(counts) < 2:
        _refuse_constant(spec.label, str(counts.index[0]))
    if spec.problem_type == "binary":
        _check_two_classes(counts, spec)
        return
    rare = counts[counts < MIN_CLASS_ROWS]
    if len(counts) - len(rare) < 2:
        raise Refused(
            "rare_class",
            gettext_noop("Fewer than two classes of %(column)s have %(minimum)s rows or more."),
            {"column": spec.label, "minimum": MIN_CLASS_ROWS},
            column=spec.label,
        )
    if len(rare):
        table.frame = table.frame[~table.frame[spec.label].isin(rare.index)]
        table.frame = table.frame.reset_index(drop=True)
        _set_aside(table, "rare_class", int(rare.sum()))
        table.warn(
            "rare_class",
            gettext_noop("Classes with fewer than %(minimum)s rows cannot be learned or tested and were set aside: %(classes)s."),
            minimum=MIN_CLASS_ROWS,
            classes=", ".join(map(str, rare.index)),
        )


def _check_two_classes(counts: pd.Series[Any], spec: FitSpec) -> None:
    if len(counts) > 2:
        raise Refused(
            "label_not_binary",
            gettext_noop("The label %(column)s has %(classes)s different values, not two."),
            {"column": spec.label, "classes": len(counts)},
            column=spec.label,
        )
    if spec.positive_class is not None and spec.positive_class not in counts.index:
        raise Refused(
            "positive_class_unknown",
            gettext_noop("No row has the value %(value)s, which is set as the positive class."),
            {"value": spec.positive_class},
            column=spec.label,
        )
    if counts.min() < MIN_CLASS_ROWS:
        raise Refused(
            "rare_class",
            gettext_noop("Only %(rows)s rows are of class %(value)s; at least %(minimum)s are needed to learn it and to test it."),
            {"rows": int(counts.min()), "value": counts.idxmin(), "minimum": MIN_CLASS_ROWS},
            column=spec.label,
        )


def _refuse_constant(column: str, value: str) -> None:
    raise Refused(
        "target_constant",
        gettext_noop("Every row has the same value of %(column)s: %(value)s."),
        {"column": column, "value": value},
        column=column,
    )


def schema_make(frame: pd.DataFrame, report: dict[str, Any], spec: FitSpec) -> dict[str, Any]:
    """schema.json: the report's columns with their roles, and what the hooks derive from them.

    Raises Refused when no column is left to learn from.
    """
    from workers.engine.bundle.reading import reading_of
    from workers.engine.bundle.runtime.frame import NOT_MODELLED, derived_columns, feature_columns
    from workers.engine.bundle.runtime.spread import spread_of

    classes = None
    positive = spec.positive_class
    if spec.problem_type not in NUMERIC:
        classes = sorted(frame[spec.label].unique())
        if spec.problem_type == "binary" and positive is None:
            positive = classes[-1]
    columns = []
    for entry in report["columns"]:
        role = LABEL if entry["name"] == spec.label else spec.roles.of(entry["name"])
        modelled = role not in NOT_MODELLED
        column = {**entry, "role": role, "required": modelled and entry["type"] != "empty"}
        if entry["type"] == "category":
            seen = frame[entry["name"]].dropna().astype(str).unique()
            column["categories"] = sorted(seen)[:MAX_CATEGORIES]
        if column["required"]:
            column["spread"] = spread_of(frame[entry["name"]], entry["type"])
        columns.append(column)
    schema = {
        "label": spec.label,
        "problem_type": spec.problem_type,
        "classes": classes,
        "positive_class": positive,
        "quantile_levels": spec.settings.quantile_levels if spec.problem_type == "quantile" else None,
        "distribution": spec.distribution,
        "use_case": spec.use_case,
        "roles": spec.roles.model_dump(),
        "reading": reading_of(report, spec.label),
        "columns": columns,
    }
    if not feature_columns(schema):
        raise Refused(
            "no_features",
            gettext_noop("No column is left to learn from once the roles are taken out."),
        )
    schema["columns"] = [*columns, *derived_columns(frame, schema)]
    return schema
