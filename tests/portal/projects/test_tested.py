"""What the evaluate page and the API say of how a run was tested."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.projects.tested import sites, split_out
from tests.portal import cast, results
from workers.engine.splits.facts import sentences

REASON = "Every loan has <one> borrower."


def split() -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": "random", "fallback": None, "reason": REASON, "seed": 3, "gap_days": 0, "linked": 0}
    facts |= {"columns": {"time": [], "group": [], "site": []}, "train": {"rows": 800}, "holdout": {"rows": 200}}
    return facts | {"sentences": sentences(facts)}


def test_the_page_says_how_the_test_was_set_apart_and_why(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    run = results.published(cast.project(alice))
    run.result["split"] = split()
    run.save()
    html = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id])).content.decode()
    assert "200 rows for the test" in html and "Every loan has &lt;one&gt; borrower." in html and "not out of time" in html
    said = split_out(run)
    assert said is not None and said["kind"] == "random" and any(REASON in text for text in said["sentences"])


def test_a_run_without_a_result_has_no_split(alice: Membership) -> None:
    assert split_out(cast.run(cast.project(alice))) is None


def test_sites_are_ranked_the_weakest_first() -> None:
    rows = [
        {"site": "A", "held_out": True, "n": 90, "score": 0.9, "ci_low": 0.8, "ci_high": 0.95},
        {"site": "B", "held_out": False, "n": 40, "score": 0.7, "ci_low": 0.5, "ci_high": 0.8},
        {"site": "C", "held_out": False, "n": 12, "score": None, "ci_low": None, "ci_high": None},
    ]
    spread = {"sites": 2, "lowest": 0.7, "median": 0.8, "highest": 0.9, "sd": 0.14}
    evaluation: dict[str, Any] = {"metrics": {"roc_auc": {"value": 0.85, "higher_is_better": True}}}
    found = sites(evaluation | {"sites": {"metric": "roc_auc", "sites": rows, "spread": spread}})
    assert found is not None and [row["site"] for row in found.rows] == ["B", "A"]
    assert "from 0.700 to 0.900" in found.sentence and "over 2 sites" in found.sentence
    assert sites(evaluation) is None


def test_the_page_shows_every_site_with_its_interval(alice: Membership, signed_in: Callable[[Membership], Client]) -> None:
    run = results.published(cast.project(alice))
    path = storage.path_of(f"{run.artefacts_key}/evaluation.json")
    evaluation = json.loads(path.read_text())
    row = {"site": "<North>", "held_out": True, "n": 90, "score": 0.5, "ci_low": 0.4, "ci_high": 0.6}
    spread = {"sites": 2, "lowest": 0.5, "median": 0.6, "highest": 0.7, "sd": 0.14}
    scored = {"metric": "log_loss", "columns": ["hospital"], "sites": [row, {**row, "site": "South", "score": 0.7}], "spread": spread}
    path.write_text(json.dumps(evaluation | {"sites": scored}))
    html = signed_in(alice).get(reverse("project_evaluate", args=[run.project_id])).content.decode()
    assert "From site to site" in html and "&lt;North&gt;" in html
    assert html.index("South") < html.index("&lt;North&gt;")  # log loss: the larger is the weaker
