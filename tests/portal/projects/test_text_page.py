"""Texts on the explain page: marked words, and nothing of a text that a browser would run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.projects.text_page import text_page
from tests.portal import results
from tests.portal.projects.test_evaluate_page import project_run

SignIn = Callable[[Membership], Client]
TERMS = {
    "model": "TextNgram_BAG_L1",
    "part": True,
    "rows": 1000,
    "unit": "log_odds",
    "groups": [
        {"class": "good", "terms": [{"column": "review", "term": "好吃", "effect": 1.234, "rows": 88}]},
        {"class": "bad", "terms": [{"column": "review", "term": "<i>cold</i>", "effect": 0.5, "rows": 7}]},
    ],
}
EXAMPLE = {
    "row": 3,
    "kind": "wrong",
    "column": "review",
    "actual": "bad",
    "predicted": "good",
    "class": "good",
    "score": 0.81,
    "cut": False,
    "pieces": [["很", 0.02], ["好吃", 0.5], [" ", None], ["<script>alert(1)</script>", -0.3], ["了", 0.1]],
}


@pytest.mark.django_db
def test_words_are_marked_and_never_run(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    explained = {**results.explanations(), "text": {"terms": TERMS, "examples": [EXAMPLE]}}
    storage.path_of(f"{run.artefacts_key}/explanations.json").write_text(json.dumps(explained), encoding="utf-8")
    html = signed_in(alice).get(reverse("project_explain", args=[run.project_id])).content.decode()
    assert "Speaks for good" in html and "Speaks for bad" in html
    assert "TextNgram_BAG_L1 is part of the model that is used." in html
    assert '<span class="word-for-3">好吃</span>' in html and '<span class="word-for-1">了</span>' in html
    assert '<span class="word-against-2">&lt;script&gt;alert(1)&lt;/script&gt;</span>' in html
    assert "<script>alert" not in html and "<i>cold" not in html
    assert "Predicted good, in truth bad; probability of good: 81 %." in html
    assert re.search(r"好吃</th><td class=\"num\">\+0\.5<", html)


@pytest.mark.django_db
def test_a_table_without_texts_has_no_such_part(alice: Membership, signed_in: SignIn) -> None:
    run = project_run(alice, "binary")
    html = signed_in(alice).get(reverse("project_explain", args=[run.project_id])).content.decode()
    assert "Word by word" not in html
    assert text_page({}) is None


def test_a_number_is_raised_or_lowered_and_words_without_effect_carry_no_mark() -> None:
    plain: dict[str, Any] = {**EXAMPLE, "class": None, "actual": 3.0, "predicted": 4.5, "score": 4.5, "pieces": [["a", 0.0], [" b", None]]}
    terms = {**TERMS, "part": False, "unit": "value", "groups": [{"class": "up", "terms": TERMS["groups"][0]["terms"]}]}  # type: ignore[index]
    page = text_page({"text": {"terms": terms, "examples": [plain]}})
    assert page is not None
    assert page["terms"]["groups"][0]["title"] == "Raises the number" and "is not part of" in page["terms"]["caption"]
    (example,) = page["examples"]
    assert example["line"] == "Predicted 4.50, in truth 3.00." and not example["ranked"]
    assert [piece["mark"] for piece in example["pieces"]] == ["", ""]
