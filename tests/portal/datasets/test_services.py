from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.services import (
    clean_filename,
    dataset_answer,
    dataset_create,
    dataset_delete,
    import_prepare,
    import_publish,
    import_refused,
)
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobState
from automl_portal.jobs.services import Claim, LostLease, job_claim
from tests.portal import cast

CONTENT = b"a,b\n1,2\n"


def upload(name: str = "x.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, CONTENT)


def claim(dataset: Dataset) -> Claim:
    found = job_claim(job_id=dataset.job_id, owner="w")  # type: ignore[arg-type]
    assert found is not None
    return found


def report(job_dir: Path, findings: list[dict[str, Any]]) -> None:
    job_dir.mkdir(exist_ok=True)
    (job_dir / "data.parquet").write_bytes(b"PAR1")
    (job_dir / "report.json").write_text(json.dumps({"rows": 1, "rows_set_aside": 0, "columns": [], "findings": findings}))


ASKED = {"key": "id:a", "code": "id", "level": "ASK", "column": "a", "message": "?", "choices": [{"value": "drop"}, {"value": "keep"}]}


def test_an_upload_is_kept_whole_and_its_import_is_laid_out(alice: Membership, tmp_path: Path) -> None:
    dataset = dataset_create(by=alice, upload=upload("../../etc/cred\u202eit.csv"))
    assert (dataset.status, dataset.filename) == (DatasetStatus.IMPORTING, "credit.csv")
    assert dataset.sha256 == hashlib.sha256(CONTENT).hexdigest()
    spec = import_prepare(claim=claim(dataset), job_dir=tmp_path)
    assert (tmp_path / "upload.bin").read_bytes() == CONTENT and spec["filename"] == "credit.csv"


def test_a_question_is_asked_answered_and_handed_to_the_next_import(alice: Membership, tmp_path: Path) -> None:
    dataset = dataset_create(by=alice, upload=upload())
    report(tmp_path / "1", [ASKED])
    import_publish(claim=claim(dataset), job_dir=tmp_path / "1", result={})
    dataset = Dataset.objects.get()
    assert dataset.status == DatasetStatus.NEEDS_ANSWERS
    finding = dataset.findings.get()
    with pytest.raises(Problem, match="choice_unknown"):
        dataset_answer(by=alice, dataset=dataset, answers={str(finding.pk): "burn"})
    dataset_answer(by=alice, dataset=dataset, answers={str(finding.pk): "keep"})
    dataset = Dataset.objects.get()
    assert dataset.status == DatasetStatus.IMPORTING
    (tmp_path / "2").mkdir()
    held = claim(dataset)
    assert import_prepare(claim=held, job_dir=tmp_path / "2")["answers"] == {"id:a": "keep"}
    report(tmp_path / "2", [{**ASKED, "answer": "keep"}])
    first_key = dataset.data_key
    import_publish(claim=held, job_dir=tmp_path / "2", result={})
    dataset = Dataset.objects.get()
    assert dataset.status == DatasetStatus.READY
    assert storage.path_of(f"{dataset.data_key}/data.parquet").exists() and not storage.path_of(first_key).exists()


def test_a_refused_file_shows_its_code_and_keeps_the_upload(alice: Membership) -> None:
    dataset = dataset_create(by=alice, upload=upload())
    import_refused(claim=claim(dataset), error={"code": "file_empty", "message": "The file is empty."})
    dataset = Dataset.objects.get()
    assert (dataset.status, dataset.findings.get().code) == (DatasetStatus.REJECTED, "file_empty")
    assert storage.path_of(dataset.upload_key).exists()


def test_an_overtaken_import_leaves_nothing(alice: Membership, tmp_path: Path) -> None:
    dataset = dataset_create(by=alice, upload=upload())
    held = claim(dataset)
    report(tmp_path / "1", [])
    with pytest.raises(LostLease):
        import_publish(claim=Claim(held.job_id, held.token - 1, 1, "old"), job_dir=tmp_path / "1", result={})
    assert Dataset.objects.get().data_key == ""
    assert list(storage.path_of(f"datasets/{dataset.pk}").glob("*")) == []


def test_the_same_idempotency_key_keeps_one_file(alice: Membership) -> None:
    first = dataset_create(by=alice, upload=upload(), idempotency_key="k")
    second = dataset_create(by=alice, upload=upload(), idempotency_key="k")
    assert first == second and Dataset.objects.count() == 1


def test_too_large_and_too_full_are_refused_with_nothing_kept(alice: Membership, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAX_UPLOAD_BYTES = 4
    with pytest.raises(Problem, match="file_too_large"):
        dataset_create(by=alice, upload=upload())
    settings.MAX_UPLOAD_BYTES = 400
    monkeypatch.setattr("automl_portal.datasets.services.SPARE_BYTES", 10**18)
    with pytest.raises(Problem, match="disk_full"):
        dataset_create(by=alice, upload=upload())
    assert Dataset.objects.count() == 0


def test_viewers_do_not_upload(alice: Membership) -> None:
    with pytest.raises(Problem, match="role_too_weak"):
        dataset_create(by=cast.member("victor@example.com", alice.team, Role.VIEWER), upload=upload())


def test_a_dataset_in_use_stays(alice: Membership) -> None:
    project = cast.project(alice)
    with pytest.raises(Problem, match="dataset_in_use"):
        dataset_delete(by=alice, dataset=project.dataset)
    project.delete()
    dataset_delete(by=alice, dataset=project.dataset)
    assert Dataset.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [("a.csv", "a.csv"), ("C:\\x\\a.csv", "a.csv"), ("../../a.csv", "a.csv"), ("a\x00\n.csv", "a.csv"), ("", "file"), ("é" * 400, "é" * 255)],
)
def test_file_names_are_shown_safely(given: str, shown: str) -> None:
    assert clean_filename(given) == shown


def test_states_follow_the_job(alice: Membership) -> None:
    assert cast.dataset(alice, state=None).status == DatasetStatus.IMPORTING
    assert cast.dataset(alice, state=JobState.FAILED).status == DatasetStatus.REJECTED
    ready = cast.dataset(alice)
    assert ready.status == DatasetStatus.READY
    cast.finding(ready)
    assert Dataset.objects.get(pk=ready.pk).status == DatasetStatus.NEEDS_ANSWERS


def test_answers_do_not_change_the_data_under_a_project(alice: Membership) -> None:
    project = cast.project(alice)
    finding = cast.finding(project.dataset)
    with pytest.raises(Problem, match="dataset_in_use"):
        dataset_answer(by=alice, dataset=Dataset.objects.get(), answers={str(finding.pk): "drop"})
