"""The trip of an import: its spec, what it leaves, its refusal."""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from automl_portal import storage
from automl_portal.accounts.models import Membership
from automl_portal.datasets.importing import import_prepare, import_publish
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.services import dataset_create
from automl_portal.jobs.services import Claim, LostLease
from tests.portal.datasets.importing import CONTENT, claim, imported, leave, refused, upload


def test_the_spec_names_every_source_with_answers_types_and_the_teams_salt(alice: Membership, charlie: Membership, tmp_path: Path) -> None:
    dataset = dataset_create(by=alice, upload=upload("a.csv"))
    Dataset.objects.filter(pk=dataset.pk).update(
        sources=[*dataset.sources, {**dataset.sources[0], "filename": "b.csv"}],
        answers={"id:a": {"choice": "keep", "reason": ""}},
        types={"a": "text"},
    )
    spec = import_prepare(claim=claim(dataset), job_dir=tmp_path)
    known = {"sha256": hashlib.sha256(CONTENT).hexdigest()}
    assert spec["sources"] == [
        {"input": "upload-1.bin", "filename": "a.csv", **known},
        {"input": "upload-2.bin", "filename": "b.csv", **known},
    ]
    assert (tmp_path / "upload-1.bin").read_bytes() == (tmp_path / "upload-2.bin").read_bytes() == CONTENT
    assert (spec["verb"], spec["answers"], spec["types"]) == ("import", {"id:a": "keep"}, {"a": "text"})
    assert spec["limits"]["max_bytes"] > 0 and len(bytes.fromhex(spec["salt"])) == 32
    (tmp_path / "other").mkdir()
    other = import_prepare(claim=claim(dataset_create(by=charlie, upload=upload())), job_dir=tmp_path / "other")
    assert other["salt"] != spec["salt"]


def test_rows_set_aside_are_kept_with_the_data(alice: Membership) -> None:
    dataset = imported(dataset_create(by=alice, upload=upload()), set_aside="source,line,code,reason,text\n", rows_set_aside=1)
    assert storage.path_of(dataset.set_aside_key).read_text().startswith("source,line")
    assert imported(dataset_create(by=alice, upload=upload("y.csv", b"a\n2\n"))).set_aside_key == ""


def test_a_refused_file_shows_its_code_and_keeps_the_upload(alice: Membership) -> None:
    examples = [{"before": "1,2,3", "after": None}]
    choices = [{"value": "set_aside", "label": "Set them aside"}]
    dataset = refused(dataset_create(by=alice, upload=upload()), code="ragged_rows", rows=[3], choices=choices, examples=examples)
    finding = dataset.findings.get()
    assert (dataset.status, finding.code, finding.level) == (DatasetStatus.REJECTED, "ragged_rows", "REJECT")
    assert (finding.choices, finding.examples, finding.rows) == (choices, examples, [3])
    assert storage.path_of(dataset.sources[0]["key"]).exists()


def test_an_overtaken_import_leaves_nothing(alice: Membership, tmp_path: Path) -> None:
    dataset = dataset_create(by=alice, upload=upload())
    held = claim(dataset)
    leave(tmp_path / "1", set_aside="x")
    with pytest.raises(LostLease):
        import_publish(claim=Claim(held.job_id, held.token - 1, 1, "old"), job_dir=tmp_path / "1", result={})
    assert Dataset.objects.get().data_key == ""
    assert list(storage.path_of(f"datasets/{dataset.pk}").glob("*")) == []


def test_the_same_bytes_under_another_name_are_noted(alice: Membership) -> None:
    first = dataset_create(by=alice, upload=upload("first.csv"))
    second = dataset_create(by=alice, upload=upload("second.csv", b"a\n1\n"))
    Dataset.objects.filter(pk=second.pk).update(identical_to=first)
    finding = imported(second).findings.get(code="identical_file")
    assert finding.level == "WARN" and "first" in finding.sentence


@pytest.mark.django_db(transaction=True)
def test_datasets_from_before_versions_keep_their_file_and_answers() -> None:
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    try:
        first = [(app, "0001_initial") for app in ("datasets", "projects", "predictors", "jobs")]
        executor.migrate(first)
        past = executor.loader.project_state(first).apps
        made = rows_of_the_past(past)
        MigrationExecutor(connection).migrate(latest)
    finally:
        MigrationExecutor(connection).migrate(latest)
    dataset = Dataset.objects.get(pk=made["dataset"])
    assert dataset.sources == [{"key": "datasets/k/upload.bin", "filename": "a.csv", "bytes": 7, "sha256": "ab"}]
    assert dataset.answers == {"id:a": {"choice": "keep", "reason": ""}} and dataset.version == 1
    run = import_module("automl_portal.projects.models").Run.objects.get(pk=made["run"])
    assert run.dataset_id == dataset.pk


def rows_of_the_past(past: Any) -> dict[str, Any]:
    """A dataset with an answered finding, and a run of a project on it, in the tables as they were."""
    team = past.get_model("accounts", "Team").objects.create(name="Team")
    job = past.get_model("jobs", "Job").objects.create(team=team, kind="run", queue="fit", wall_limit_s=60)
    dataset = past.get_model("datasets", "Dataset").objects.create(
        team=team, name="A", filename="a.csv", bytes=7, sha256="ab", upload_key="datasets/k/upload.bin"
    )
    dataset.findings.create(key="id:a", code="id", level="ASK", message="?", answer="keep")
    dataset.findings.create(key="id:b", code="id", level="ASK", message="?")
    project = past.get_model("projects", "Project").objects.create(
        team=team, name="P", use_case_key="general/table", use_case_version=1, dataset=dataset, label="a", problem_type="binary"
    )
    run = past.get_model("projects", "Run").objects.create(project=project, number=1, job=job)
    return {"dataset": dataset.pk, "run": run.pk}
