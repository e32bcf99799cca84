from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.intake.files import import_bytes
from workers.engine.events import Refused
from workers.engine.intake import associations
from workers.engine.intake.label import check_label_run

N = 1200


def table(rng: np.random.Generator, y: np.ndarray[Any, Any], **planted: np.ndarray[Any, Any]) -> bytes:
    """A label, honest columns and the planted ones, as CSV."""
    columns: dict[str, Any] = {
        "y": y,
        "signal": np.round(rng.normal(size=N) + 0.8 * (y == np.unique(y)[0]), 3),
        "noise": np.round(rng.random(N), 4),
    }
    columns |= {"city": rng.choice(["north", "south", "east"], N), "many": rng.choice([f"k{i}" for i in range(400)], N), **planted}
    lines = [",".join(columns)] + [
        ",".join("" if value is None else str(value) for value in row) for row in zip(*columns.values(), strict=True)
    ]
    return "\n".join(lines).encode()


def check(folder: Path, data: bytes, problem_type: str = "binary", **more: Any) -> dict[str, Any]:
    import_bytes(folder, data)
    spec = {
        "verb": "check_label",
        "data": "data.parquet",
        "report": "report.json",
        "use_case": "general/table",
        "label": "y",
        "problem_type": problem_type,
    }
    (folder / "spec.json").write_text(json.dumps({**spec, "roles": {}, **more}))
    result = check_label_run(folder)
    for finding in result["findings"]:
        assert finding["message"] % finding["params"]
    return result


def suspects(result: dict[str, Any]) -> set[str]:
    return {finding["column"] for finding in result["findings"] if finding["code"] == "leakage_suspect"}


def codes(result: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in result["findings"]}


def test_planted_leaks_are_found_and_honest_columns_are_not_accused(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(N) < 0.3).astype(int)
    result = check(
        tmp_path,
        table(
            rng, y,
            copy=y, words=np.where(y == 1, "bad", "good"), score=np.round(y + rng.normal(0, 0.05, N), 4), inverted=100 - 7 * y,
            gone=np.where(y == 1, None, "x"), split_codes=np.where(y == 1, rng.choice(["a", "b"], N), rng.choice(["c", "d"], N)),
            middle=np.where(y == 1, 50 + rng.random(N), np.where(rng.random(N) < 0.5, rng.random(N), 100 + rng.random(N))),
        ),
        positive_class="1",
    )  # fmt: skip
    assert suspects(result) == {"copy", "words", "score", "inverted", "split_codes", "middle", "gone"}
    by_name = {item["column"]: item["value"] for item in result["associations"]}
    assert by_name["noise"] < 0.6 and by_name["many"] < 0.6 and 0.6 < by_name["signal"] < 0.9
    assert [item["value"] for item in result["associations"]] == sorted(by_name.values(), reverse=True)


def test_missing_follows_the_label(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    y = (rng.random(N) < 0.3).astype(int)
    result = check(tmp_path, table(rng, y, closed_on=np.where(y == 1, "2024-01-31", None)), positive_class="1")
    strongest = result["associations"][0]
    assert strongest["column"] == "closed_on" and strongest["value"] == pytest.approx(1)
    assert suspects(result) == {"closed_on"}


def test_leaks_of_a_number_and_of_several_classes(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    y = np.round(rng.lognormal(3, 1, N), 2)
    result = check(
        tmp_path, table(rng, y, cents=np.round(y * 100), log=np.round(np.log(y), 6), part=np.round(y * rng.random(N), 2)), "regression"
    )
    assert suspects(result) == {"cents", "log"}
    assert len(result["distribution"]["edges"]) == len(result["distribution"]["counts"]) + 1
    classes = rng.choice(["a", "b", "c"], N, p=[0.6, 0.3, 0.1])
    code = np.searchsorted(["a", "b", "c"], classes)
    result = check(tmp_path, table(rng, classes, order=np.choose(code, [5, 1, 3])), "multiclass")
    assert suspects(result) == {"order"}
    assert sum(item["share"] for item in result["distribution"]) == pytest.approx(1)


def test_excluded_columns_are_not_measured(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    y = (rng.random(N) < 0.3).astype(int)
    result = check(tmp_path, table(rng, y, copy=y), positive_class="1", roles={"exclude": ["copy"]})
    assert not suspects(result) and "copy" not in {item["column"] for item in result["associations"]}


def test_label_findings(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    y = np.array(["a"] * 1150 + ["b"] * 45 + ["c"] * 5, dtype=object)
    y[:7] = None
    result = check(tmp_path, table(rng, np.where(y == None, "", y)), "multiclass")  # noqa: E711 - elementwise
    assert {"target_missing", "rare_class"} <= codes(result)
    result = check(tmp_path, table(rng, (np.arange(N) % 40 == 0).astype(int)), positive_class="1")
    assert {"class_imbalance"} <= codes(result)


def test_repeats_and_contradictions(tmp_path: Path) -> None:
    lines = [f"{i % 50},{i % 7},{i % 2}" for i in range(100)] + ["1,1,1", "1,1,0"]
    result = check(tmp_path, "\n".join(["a,b,y", *lines]).encode(), positive_class="1")
    found = {
        finding["code"]: finding["params"]["count"]
        for finding in result["findings"]
        if finding["code"] in ("duplicate_rows", "conflicting_labels")
    }
    assert found == {"duplicate_rows": 1, "conflicting_labels": 3}


def test_forbidden_names_and_the_field_itself_speak_up(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    y = (rng.random(N) < 0.3).astype(int)
    result = check(tmp_path, table(rng, y, recoveries=rng.random(N)), use_case="finance/credit_default", positive_class="1")
    assert suspects(result) == {"recoveries"} and "accepted_only" in codes(result)


@pytest.mark.parametrize(("label", "code"), [("why", "label_unknown"), ("one", "target_constant"), ("many", "target_not_binary")])
def test_a_label_that_cannot_be_is_refused(tmp_path: Path, label: str, code: str) -> None:
    rng = np.random.default_rng(6)
    with pytest.raises(Refused) as refused:
        check(tmp_path, table(rng, (rng.random(N) < 0.3).astype(int), one=np.ones(N)), label=label)
    assert refused.value.code == code


def test_auc_counts_ties_half_and_agrees_with_scipy() -> None:
    from scipy.stats import mannwhitneyu, spearmanr

    rng = np.random.default_rng(7)
    positive, score = rng.random(300) < 0.4, rng.integers(0, 9, 300).astype(float)
    assert associations.auc(score, positive) == pytest.approx(
        mannwhitneyu(score[positive], score[~positive]).statistic / (positive.sum() * (~positive).sum())
    )
    other = score + rng.normal(size=300)
    assert associations.rank_correlation(score, other) == pytest.approx(abs(spearmanr(score, other).statistic))


def test_half_means_do_not_learn_noise() -> None:
    rng = np.random.default_rng(8)
    target = rng.normal(size=4000)
    assert associations.number_strength(rng.integers(0, 2000, 4000), target) < 0.01
