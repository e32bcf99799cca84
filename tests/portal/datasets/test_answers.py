"""Answers to findings and the analyst's own types: stored, applied, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.datasets.answers import dataset_answer, dataset_read_again, dataset_take_back, dataset_types
from automl_portal.datasets.models import Dataset, DatasetStatus, Finding
from automl_portal.datasets.services import dataset_cancel, dataset_create
from automl_portal.errors import Problem
from automl_portal.jobs.models import Job
from tests.portal import cast
from tests.portal.datasets.importing import imported, refused, upload

CHOICES = [{"value": "drop", "label": "Drop"}, {"value": "keep", "label": "Keep", "needs_reason": True}]
ASKED = {"key": "personal_data:a", "code": "personal_data", "level": "ASK", "column": "a", "message": "?", "choices": CHOICES}


@pytest.fixture
def asked(alice: Membership) -> Dataset:
    return imported(dataset_create(by=alice, upload=upload()), findings=[ASKED])


def answer(by: Membership, dataset: Dataset, given: Any, finding: Finding | None = None) -> Dataset:
    return dataset_answer(by=by, dataset=dataset, answers={str((finding or dataset.findings.get()).pk): given})


def test_a_question_is_asked_answered_and_handed_to_the_next_import(alice: Membership, asked: Dataset) -> None:
    assert asked.status == DatasetStatus.NEEDS_ANSWERS
    first_key = asked.data_key
    same = answer(alice, asked, {"choice": "keep", "reason": "Consent of 2024"})
    assert same.pk == asked.pk and same.status == DatasetStatus.IMPORTING
    assert same.answers == {"personal_data:a": {"choice": "keep", "reason": "Consent of 2024"}}
    done = imported(same, findings=[{**ASKED, "answer": "keep"}])
    assert done.status == DatasetStatus.READY and done.findings.get().reason == "Consent of 2024"
    assert storage.path_of(f"{done.data_key}/data.parquet").exists() and not storage.path_of(first_key).exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("burn", "choice_unknown"),
        ("keep", "reason_missing"),
        ({"choice": "keep", "reason": "  "}, "reason_missing"),
        ({}, "choice_unknown"),
    ],
)
def test_what_cannot_be_an_answer_is_refused(alice: Membership, asked: Dataset, given: Any, code: str) -> None:
    with pytest.raises(Problem, match=code):
        answer(alice, asked, given)
    assert Dataset.objects.get().answers == {}


def test_an_answer_is_taken_back_and_the_question_is_open_again(alice: Membership, asked: Dataset) -> None:
    done = imported(answer(alice, asked, "drop"), findings=[{**ASKED, "answer": "drop"}])
    again = dataset_take_back(by=alice, dataset=done, keys=["personal_data:a"])
    assert again.answers == {} and again.status == DatasetStatus.IMPORTING
    assert imported(again, findings=[ASKED]).status == DatasetStatus.NEEDS_ANSWERS


def test_while_one_question_is_open_nothing_is_read_again(alice: Membership) -> None:
    other = {**ASKED, "key": "personal_data:b", "column": "b"}
    dataset = imported(dataset_create(by=alice, upload=upload()), findings=[ASKED, other])
    half = answer(alice, dataset, "drop", dataset.findings.get(column="a"))
    assert half.status == DatasetStatus.NEEDS_ANSWERS and half.findings.get(column="a").answer == "drop"


def test_a_rejection_with_choices_can_be_answered(alice: Membership) -> None:
    choices = [{"value": "set_aside", "label": "Set them aside"}]
    dataset = refused(dataset_create(by=alice, upload=upload()), code="ragged_rows", choices=choices)
    again = answer(alice, dataset, "set_aside")
    assert again.status == DatasetStatus.IMPORTING and again.answers == {"ragged_rows": {"choice": "set_aside", "reason": ""}}
    assert imported(again).status == DatasetStatus.READY


def test_an_answer_that_led_to_a_rejection_can_be_taken_back(alice: Membership, asked: Dataset) -> None:
    broken = refused(answer(alice, asked, "drop"), code="answer_unknown")
    again = dataset_take_back(by=alice, dataset=broken, keys=["personal_data:a"])
    assert again.answers == {} and again.status == DatasetStatus.IMPORTING
    with pytest.raises(Problem, match="dataset_not_ready"):
        dataset_take_back(by=alice, dataset=again, keys=["personal_data:a"])


def test_a_canceled_import_is_started_again_with_what_was_decided(alice: Membership, asked: Dataset) -> None:
    with pytest.raises(Problem, match="dataset_was_read"):
        dataset_read_again(by=alice, dataset=asked)
    reading = dataset_types(by=alice, dataset=asked, types={"a": "text"})
    dataset_cancel(by=alice, dataset=reading)
    canceled = Dataset.objects.get()
    assert canceled.status == DatasetStatus.REJECTED
    again = dataset_read_again(by=alice, dataset=canceled)
    assert (again.status, again.types) == (DatasetStatus.IMPORTING, {"a": "text"})
    with pytest.raises(Problem, match="dataset_was_read"):
        dataset_read_again(by=alice, dataset=refused(again))


def test_a_plain_rejection_cannot(alice: Membership) -> None:
    dataset = refused(dataset_create(by=alice, upload=upload()))
    with pytest.raises(Problem, match="choice_unknown"):
        answer(alice, dataset, "set_aside")
    with pytest.raises(Problem, match="dataset_not_ready"):
        dataset_answer(by=alice, dataset=dataset, answers={})


def test_under_a_project_another_answer_makes_another_version(alice: Membership) -> None:
    project = cast.project(alice)
    finding = cast.finding(project.dataset, level="FIX")
    version = answer(alice, Dataset.objects.get(), "drop", finding)
    assert (version.version, version.root, version.status) == (2, project.dataset, DatasetStatus.IMPORTING)
    assert version.answers == {"id_column:age": {"choice": "drop", "reason": ""}}
    assert version.change == {"what": "answers", "findings": ["id_column:age"], "of": 1}
    before = Dataset.objects.get(pk=project.dataset_id)
    assert before.answers == {} and before.findings.get().answer is None and before.status == DatasetStatus.READY


def test_a_type_of_ones_own_is_handed_on_and_given_back(alice: Membership) -> None:
    dataset = imported(dataset_create(by=alice, upload=upload()))
    typed = dataset_types(by=alice, dataset=dataset, types={"a": "text"})
    assert typed.types == {"a": "text"} and typed.status == DatasetStatus.IMPORTING
    with pytest.raises(Problem, match="dataset_not_ready"):
        dataset_types(by=alice, dataset=typed, types={"a": "number"})
    typed = imported(typed)
    assert dataset_types(by=alice, dataset=typed, types={"a": "text"}).status == DatasetStatus.READY
    assert dataset_types(by=alice, dataset=typed, types={"a": None}).types == {}


def test_a_repeated_request_reads_once(alice: Membership, asked: Dataset) -> None:
    given = {str(asked.findings.get().pk): "drop"}
    first, second = (dataset_answer(by=alice, dataset=asked, answers=given, idempotency_key="k") for _ in range(2))
    assert first == second and Job.objects.filter(kind="import").count() == 2
    project = cast.project(alice)
    versions = [dataset_types(by=alice, dataset=project.dataset, types={"age": "text"}, idempotency_key="t") for _ in range(2)]
    assert versions[0] == versions[1] and versions[0].version == 2


@pytest.mark.parametrize(("types", "code"), [({"z": "text"}, "column_unknown"), ({"a": "colour"}, "type_unknown")])
def test_unknown_columns_and_types_are_named(alice: Membership, types: dict[str, str | None], code: str) -> None:
    dataset = imported(dataset_create(by=alice, upload=upload()))
    with pytest.raises(Problem, match=code):
        dataset_types(by=alice, dataset=dataset, types=types)


def test_viewers_decide_nothing(alice: Membership, asked: Dataset) -> None:
    viewer = cast.member("victor@example.com", alice.team, Role.VIEWER)
    with pytest.raises(Problem, match="role_too_weak"):
        answer(viewer, asked, "drop")
    with pytest.raises(Problem, match="role_too_weak"):
        dataset_types(by=viewer, dataset=asked, types={"a": "text"})
