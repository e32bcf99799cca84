"""The evaluate and explain pages on numbers of the engine's own evaluation, for every kind of problem."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from automl_portal.accounts.models import Membership
from automl_portal.projects.evaluation import business
from automl_portal.projects.models import Run
from automl_portal.projects.plots import binary, cutoff, importance, multiclass, quantile
from automl_portal.projects.plots.levels import levels
from automl_portal.projects.plots.slices import slices
from automl_portal.projects.probabilities import calibration_said, threshold_said
from tests.portal import cast, results

SignIn = Callable[[Membership], Client]
EXPECTED = {
    "binary": ["threshold", "cost", "roc", "pr", "calibration", "gain"],
    "multiclass": ["calibration"],
    "many": ["calibration"],
    "regression": ["points", "residuals"],
    "count": ["levels", "points", "residuals"],
    "quantile": ["coverage", "intervals"],
}
PROBLEM_TYPES = {"many": "multiclass", "count": "regression"}  # by what the world is like


def project_run(by: Membership, kind: str, **more: Any) -> Run:
    fields: dict[str, Any] = (
        {}
        if kind == "binary"
        else {
            "use_case_key": "general/table",
            "problem_type": PROBLEM_TYPES.get(kind, kind),
            "label": "y",
            "positive_class": None,
        }
    )
    return results.published(cast.project(by, **(fields | more)), world=kind)


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_figure_has_sentence_axes_and_table(kind: str, alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, kind)
    response = signed_in(bob).get(reverse("project_evaluate", args=[run.project_id]))
    html = response.content.decode()
    assert re.findall(r'data-chart="(\w+)"', html) == EXPECTED[kind]
    page = response.context["page"]
    for figure in (*page.cutoff_figures, *page.figures):
        assert figure.caption.endswith(".") and figure.x.title and figure.y.title
        assert figure.rows and all(len(line) == len(figure.headers) for line in figure.rows)
        spec = json.loads(re.search(rf'id="{figure.data_id}" type="application/json">(.*?)</script>', html, re.S).group(1))  # type: ignore[union-attr]
        assert [mark["kind"] for mark in spec["marks"]] == [mark.kind for mark in figure.marks]
    assert "On 200 rows the model never saw it reaches" in html
    assert "<script>" not in html and "javascript:" not in html and not re.search(r"\son\w+=", html)


def test_the_slider_starts_at_the_break_even_of_the_decision(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    page = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id])).context["page"]
    assert page.state["threshold"] == "0.17"  # 1 / (1 + 5)
    i = page.slider["start"]
    assert sum(page.slider[name][i] for name in ("tp", "fp", "fn", "tn")) == 200
    expected = (page.slider["fp"][i] + 5 * page.slider["fn"][i]) / 200
    assert page.slider["costs"][i] == pytest.approx(expected)


def test_without_decision_settings_there_is_no_cost(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    Run.objects.filter(pk=run.pk).update(settings={**run.settings, "decision": {}})
    response = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id]))
    assert response.context["page"].slider["costs"] is None and "Cost per row" not in response.content.decode()
    assert response.context["page"].state["threshold"] == "0.50"


def test_costs_come_from_settings_that_say_so() -> None:
    lending = cutoff.error_costs({"margin": 2.0, "loss_given_default": 0.5, "exposure": 8.0})
    assert lending == cutoff.ErrorCosts(2.0, 4.0) and lending.break_even == pytest.approx(1 / 3)
    assert cutoff.error_costs({"cost_false_positive": 1.0, "cost_false_negative": 9.0}) == cutoff.ErrorCosts(1.0, 9.0)
    assert cutoff.error_costs({"budget": 3.0}) is None
    assert cutoff.ErrorCosts(0.0, 0.0).break_even == 0.5


def test_roc_and_pr_markers_follow_the_confusion_table() -> None:
    _board, evaluation = results.evaluated("binary")
    table, i = evaluation["confusion"], 30
    x, y = binary.roc(evaluation).follow[i]
    assert x == pytest.approx(table["fp"][i] / (table["fp"][i] + table["tn"][i]))
    assert y == pytest.approx(table["tp"][i] / (table["tp"][i] + table["fn"][i]))
    assert binary.precision_recall(evaluation).follow[-1][1] is None  # nothing is flagged: no precision


def test_the_calibration_caption_counts_the_groups_that_miss() -> None:
    bins = [
        {"predicted": 0.2, "observed": 0.5, "low": 0.4, "high": 0.6, "n": 50},
        {"predicted": 0.7, "observed": 0.7, "low": 0.6, "high": 0.8, "n": 50},
    ]
    assert (
        "It does not in 1 of 2 groups, most of all where 20 % was predicted and 50 % happened."
        in binary.calibration({"calibration": {"bins": bins}}).caption
    )
    assert binary.calibration({"calibration": {"bins": bins[1:]}}).caption.endswith("It does in all 1 groups.")


def test_slices_weakest_first_in_either_direction() -> None:
    rows = [
        {"column": "sex", "value": v, "n": 50, "metric": "m", "score": s, "ci_low": s - 0.02, "ci_high": s + 0.02}
        for v, s in (("f", 0.7), ("m", 0.9))
    ]
    rows.append({"column": "age", "value": "old", "n": 12, "metric": "m", "score": None})
    high = slices({"slices": rows, "metrics": {"m": {"value": 0.8, "higher_is_better": True}}})
    low = slices({"slices": rows, "metrics": {"m": {"value": 0.8, "higher_is_better": False}}})
    assert [row["value"] for row in high.rows] == ["f", "m"] and [row["value"] for row in high.weak] == ["f"]
    assert [row["value"] for row in low.rows] == ["m", "f"] and [row["value"] for row in low.weak] == ["m"]
    assert high.sentence == "The model is weaker for sex = f: m 0.70 (0.68 to 0.72)."
    assert slices({"metrics": {}}).sentence == ""


def test_a_confusion_table_names_the_worst_confusion(alice: Membership, signed_in: SignIn) -> None:
    heat = multiclass.confusion({"classes": ["a", "b"], "confusion_matrix": [[8, 2], [1, 9]]})
    assert heat is not None and heat["caption"] == "The most frequent confusion: 20 % of the rows that are a were called b."
    assert [cell["level"] for cell in heat["rows"][0]["cells"]] == [4, 1]
    perfect = multiclass.confusion({"classes": ["a", "b"], "confusion_matrix": [[8, 0], [0, 9]]})
    assert perfect is not None and perfect["caption"] == "Every row was classified right."
    never = [
        {"class": "a", "precision": None, "recall": None, "f1": None, "n": 0},
        {"class": "b", "precision": 1.0, "recall": 0.5, "f1": 0.67, "n": 9},
    ]
    assert [row["class"] for row in multiclass.per_class({"per_class": never})] == ["a", "b"]


def test_the_explain_page_says_what_matters_and_what_was_not_seen(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    html = signed_in(bob).get(reverse("project_explain", args=[run.project_id])).content.decode()
    assert "status, duration and amount matter most" in html
    assert "Without status the log loss would be worse by 0.062" in html
    assert "3 of 10 columns make no measurable difference." in html
    assert "Columns the models did not see" in html and "sex, age" in html
    assert 'data-chart="importance"' in html


def test_no_column_matters() -> None:
    nothing = {
        "metric": "roc_auc",
        "rows_used": 50,
        "shuffles": 2,
        "importance": [{"column": "a", "importance": 0.0, "low": -0.1, "high": 0.1}],
    }
    assert importance.heading(nothing) == "No single column makes a measurable difference"
    assert importance.sentence(nothing).startswith("Every interval reaches zero after 2 shuffles of 50 rows.")
    nothing["importance"][0]["importance"] = 0.01  # type: ignore[index]
    assert importance.heading(nothing) == "a seems to matter most, but it may be chance"
    assert importance.heading({"importance": []}) == "No single column makes a measurable difference"


def test_names_from_a_file_are_escaped(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary", label="</script><img src=x onerror=alert(1)>")
    html = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id])).content.decode()
    assert "<img src=x" not in html


def test_the_pages_speak_chinese(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    client = signed_in(alice)
    for name in ("project_leaderboard", "project_evaluate", "project_explain", "project_predict"):
        response = client.get(reverse(name, args=[run.project_id]), headers={"Accept-Language": "zh-hans"})
        assert response.status_code == 200 and 'lang="zh-Hans"' in response.content.decode()


def test_hundreds_of_classes_are_a_list_of_confusions_and_a_folded_table(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "many")
    response = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id]))
    page, html = response.context["page"], response.content.decode()
    assert page.confusion is None and page.confusions["rows"] and "60 classes do not fit a square table" in html
    assert len(page.per_class) == 60 and "All 60 classes" in html
    assert "Right among the first 3" in html


def test_an_interval_says_whether_it_holds_what_it_promises() -> None:
    _board, evaluation = results.evaluated("quantile")
    assert quantile.coverage_said(evaluation).startswith("The interval held ")
    narrow = {**evaluation, "interval": {**evaluation["interval"], "observed": 0.6, "low": 0.52, "high": 0.67}}
    wide = {**evaluation, "interval": {**evaluation["interval"], "observed": 0.95, "low": 0.9, "high": 0.98}}
    assert quantile.coverage_said(narrow) == "The interval is too narrow: it promises 80 % of the labels and held 60 % (52 % to 67 %)."
    assert quantile.coverage_said(wide).startswith("The interval is too wide")


def test_the_page_says_where_the_line_is_and_whether_probabilities_were_put_right(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    html = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id])).content.decode()
    assert "A row is called 0 from a probability of 0.5 on" in html and "nothing that could be learned helped" in html
    better = {**results.CALIBRATION, "applied": True, "loss_after": 0.4, "ece_after": 0.01}
    assert "log loss went from 0.500 to 0.400" in calibration_said(better)
    assert "real shares" in calibration_said({**better, "prior": True}) and calibration_said(None) == threshold_said(None) == ""


def test_a_count_says_whether_the_whole_is_right() -> None:
    _board, evaluation = results.evaluated("count")
    total = {"predicted": 110.0, "observed": 100.0}
    assert "10 % more is predicted than came" in levels({**evaluation, "levels": {**evaluation["levels"], "total": total}}, "y").caption
    nothing = {"predicted": 1.0, "observed": 0.0}
    assert "Nothing was observed" in levels({**evaluation, "levels": {**evaluation["levels"], "total": nothing}}, "y").caption


def test_the_templates_own_figures_are_shown() -> None:
    assert business({"decision": {"metrics": {"gini": 0.52, "cost_per_applicant": 0.613}}}) == [
        {"name": "Gini", "value": "0.520"},
        {"name": "Cost per applicant", "value": "0.613"},
    ]
    assert business({}) == []
