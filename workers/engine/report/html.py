"""document.html: the model document as one readable page without scripts or requests."""

from __future__ import annotations

from html import escape
from typing import Any

from workers.engine.report.method import energy_sentences, missing_sentences, skipped_rows
from workers.engine.report.split import sites_section, split_section

STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #8886}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}
dt{font-weight:600}dd{margin:0}.scroll{overflow-x:auto}
"""

SET_ASIDE = {
    "label_missing": "the label is missing",
    "rare_class": "their class is too rare",
    "more_than_the_budget": "more than the time limit could use",
    "more_than_the_memory": "more than the memory could hold",
    "time_missing": "the time is missing, so they may be later than the test",
    "site_missing": "the site is missing",
    "in_the_gap": "in the gap before the test begins",
    "group_on_both_sides": "earlier rows of groups that are in the test",
    "after_the_test_begins": "rows of other groups from the time of the test",
    "looks_like_a_test_row": "copies or look-alikes of rows of the test",
}


def document_html(facts: dict[str, Any]) -> str:
    """The page for `facts` (document.json). Every value is escaped."""
    title = f"Model document: {facts['use_case']['title']}"
    parts = [
        _purpose(facts),
        _data(facts),
        _extra(split_section(facts["split"])),
        _method(facts),
        _results(facts),
        *(_extra(section) for section in facts["kinds"]),
        _extra(sites_section(facts["sites"])) if facts["sites"] else "",
        _slices(facts),
        _importance(facts),
        *(_extra(section) for section in facts["sections"]),
        _limits(facts),
        _made_with(facts),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        + "".join(part for part in parts if part)
        + "</main></body></html>"
    )


def _section(title: str, *content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(content)}</section>"


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _pairs(pairs: list[tuple[str, Any]]) -> str:
    items = "".join(f"<dt>{escape(name)}</dt><dd>{_cell(value)}</dd>" for name, value in pairs if value not in (None, "", []))
    return f"<dl>{items}</dl>"


def _table(head: list[str], rows: list[list[Any]]) -> str:
    """Numbers are set right; the first row of `rows` decides which columns those are."""
    numeric = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in rows[0]] if rows else [False] * len(head)
    mark = ['<{} class="n">' if flag else "<{}>" for flag in numeric]
    top = "".join(m.format("th") + escape(name) + "</th>" for m, name in zip(mark, head, strict=True))
    body = "".join("<tr>" + "".join(m.format("td") + _cell(v) + "</td>" for m, v in zip(mark, row, strict=True)) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "–" if value != value else f"{value:,.4g}"
    if isinstance(value, (list, tuple)):
        return escape(", ".join(map(str, value)))
    return escape(str(value))


def _range(low: Any, high: Any) -> str:
    return "–" if low is None or high is None or low != low or high != high else f"{low:.4g} to {high:.4g}"


def _purpose(facts: dict[str, Any]) -> str:
    use_case = facts["use_case"]
    return _section(
        "Purpose",
        _p(use_case["summary"]),
        _pairs(
            [
                ("Used by", use_case["who"]),
                ("Decision", use_case["decision_served"]),
                ("Predicts", facts["label"]),
                ("Kind", facts["problem_type"]),
                ("Classes", facts["classes"]),
                ("Probability reported for", facts["positive_class"]),
                ("Chosen by", facts["eval_metric"]),
                ("Made", facts["made_at"]),
                ("Run", facts["job"]),
            ]
        ),
    )


def _data(facts: dict[str, Any]) -> str:
    rows = facts["rows"]
    counts = [["Rows in the table", rows["in"]], ["Used for training", rows["train"]], ["Held out for the final test", rows["holdout"]]]
    counts += [[f"Set aside: {SET_ASIDE.get(reason, reason)}", count] for reason, count in rows["set_aside_reasons"].items()]
    columns = [[c["name"], c["role"], c["type"], c["missing"], c["unique"]] for c in facts["columns"]]
    return _section(
        "Data",
        _p("Every row of the table is accounted for."),
        _table(["", "Rows"], [[name, count] for name, count in counts]),
        _table(["Column", "Role", "Type", "Missing", "Distinct"], columns),
    )


def _method(facts: dict[str, Any]) -> str:
    tried = [
        [row["model"], row["family"], row["score_val"], row["score_holdout"], _range(row["ci_low"], row["ci_high"]), row["tied_with_best"],
         row["fit_time_s"], row["predict_rows_per_s"], row["size_mb"], row["energy_wh"], row["deployed"]]
        for row in facts["leaderboard"]
    ]  # fmt: skip
    head = [
        "Model",
        "Family",
        "Validation",
        "Holdout",
        "95 % interval",
        "Tied with best",
        "Fit, s",
        "Rows/s",
        "MB",
        "Energy, Wh",
        "Published",
    ]
    skipped = skipped_rows(facts["skipped_models"])
    return _section(
        "Method",
        _p(
            f"{facts['base_models']} models of {len(facts['families'])} families were trained within a time limit of "
            f"{facts['settings']['time_limit']:.0f} seconds. The published model, {facts['deployed_model']}, is the one with "
            f"the best validation {facts['eval_metric']}; the holdout had no part in the choice."
        ),
        _p(_ended(facts)),
        _table(head, tried),
        *(_p(sentence) for sentence in missing_sentences(facts["skipped_models"], facts["families"])),
        _p("Models that are missing, and why:" if skipped else ""),
        _table(["Model", "Family", "Reason", "What would bring it"], skipped) if skipped else "",
        _p(energy_sentences(facts["energy"])),
    )


def _ended(facts: dict[str, Any]) -> str:
    """What kept the search from trying everything, if anything did."""
    if facts["canceled"]:
        return "The run was canceled before everything planned was tried; what was finished by then is published."
    return "The run ended before everything planned was tried." if facts["partial"] else ""


def _results(facts: dict[str, Any]) -> str:
    rows = [[name, m["value"], _range(m["ci_low"], m["ci_high"]), m["higher_is_better"]] for name, m in facts["metrics"].items()]
    return _section(
        "Results on the holdout",
        _p(f"{facts['n_holdout']} rows no model has seen. Intervals: 95 %, 1,000 bootstrap resamples."),
        _p(_uses(facts["holdout_uses"])),
        _table(["Metric", "Value", "95 % interval", "Higher is better"], rows),
    )


def _uses(times: int) -> str:
    """A holdout that was looked at before is a little less independent each time."""
    if times == 1:
        return "They were used for this test only."
    return (
        f"This run continues an earlier one, so these rows have now been used for {times} tests; each makes them a little less independent."
    )


def _slices(facts: dict[str, Any]) -> str:
    rows = [[s["column"], s["value"], s["n"], s["score"], _range(s["ci_low"], s["ci_high"]), s["mean_prediction"]] for s in facts["slices"]]
    if not rows:
        return ""
    return _section(
        "Groups of people",
        _p(f"{facts['eval_metric']} for each value of the sensitive columns, which the model does not see. Under 10 rows: not shown."),
        _table(["Column", "Value", "Rows", "Score", "95 % interval", "Mean prediction"], rows),
    )


def _importance(facts: dict[str, Any]) -> str:
    of = facts["importance_of"]
    rows = [[i["column"], i["importance"], _range(i["low"], i["high"])] for i in facts["importance"]]
    return _section(
        "What the model leans on",
        _p(
            f"How much worse {of['metric']} becomes on {of['rows_used']} holdout rows when one column is shuffled ({of['shuffles']} times)."
        ),
        _table(["Column", "Importance", "95 % interval"], rows),
    )


def _extra(section: dict[str, Any]) -> str:
    """A section of the use case: `title`, `sentences` as [{message, params}] and perhaps a `table` {head, rows}."""
    paragraphs = [sentence["message"] % sentence["params"] for sentence in section.get("sentences", [])]
    table = section.get("table") or {}
    rows = _table(table["head"], [list(row) for row in table["rows"]]) if table.get("rows") else ""
    return _section(str(section["title"]), *map(_p, paragraphs), rows)


def _limits(facts: dict[str, Any]) -> str:
    notes = [warning["message"] % warning["params"] for warning in facts["warnings"]]
    notes += [
        "The numbers hold for cases that come about as the rows of this table did; watch for drift.",
        "Importance says what the model uses, not what causes the outcome.",
    ]
    return _section("Limits", "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>")


def _made_with(facts: dict[str, Any]) -> str:
    return _section("Made with", _pairs(list(facts["versions"].items())))
