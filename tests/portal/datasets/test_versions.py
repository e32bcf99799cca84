"""Versions of a dataset: appended, replaced, restored, deleted."""

from __future__ import annotations

import pytest

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.datasets.answers import dataset_types
from automl_portal.datasets.models import Dataset, DatasetStatus
from automl_portal.datasets.selectors import dataset_versions, newest_versions, team_datasets
from automl_portal.datasets.services import dataset_create, dataset_delete
from automl_portal.datasets.versions import dataset_extend, version_restore
from automl_portal.errors import Problem
from tests.portal import cast
from tests.portal.datasets.importing import CONTENT, imported, refused, upload

MORE = b"a,b\n3,4\n"


@pytest.fixture
def first(alice: Membership) -> Dataset:
    dataset = imported(dataset_create(by=alice, upload=upload("may.csv")))
    Dataset.objects.filter(pk=dataset.pk).update(answers={"encoding": {"choice": "utf-8"}, "id:a": {"choice": "keep"}}, types={"a": "text"})
    return Dataset.objects.get(pk=dataset.pk)


def test_appended_rows_come_after_the_old_ones_in_a_new_version(alice: Membership, first: Dataset) -> None:
    second = dataset_extend(by=alice, dataset=first, upload=upload("june.csv", MORE), mode="append")
    assert (second.root, second.version, second.name, second.status) == (first, 2, "may", DatasetStatus.IMPORTING)
    assert [source["filename"] for source in second.sources] == ["may.csv", "june.csv"]
    assert (second.bytes, second.sha256) == (len(CONTENT) + len(MORE), "")
    assert (second.answers, second.types) == (first.answers, first.types)
    assert second.change == {"what": "append", "files": ["june.csv"], "of": 1}
    third = dataset_extend(by=alice, dataset=imported(second), upload=upload("july.csv", MORE), mode="append")
    assert (third.root, third.version, len(third.sources)) == (first, 3, 3)
    assert [version.version for version in dataset_versions(third)] == [3, 2, 1]
    assert list(newest_versions(team_datasets(alice.team))) == [third]


def test_a_replaced_file_keeps_what_was_said_of_columns_only(alice: Membership, first: Dataset) -> None:
    second = dataset_extend(by=alice, dataset=first, upload=upload("june.csv", MORE), mode="replace")
    assert [source["filename"] for source in second.sources] == ["june.csv"] and second.sha256
    assert second.answers == {"id:a": {"choice": "keep"}} and second.types == {"a": "text"}


def test_a_rejected_file_is_replaced_but_not_added_to(alice: Membership) -> None:
    broken = refused(dataset_create(by=alice, upload=upload()))
    with pytest.raises(Problem, match="dataset_not_ready"):
        dataset_extend(by=alice, dataset=broken, upload=upload(), mode="append")
    assert dataset_extend(by=alice, dataset=broken, upload=upload(), mode="replace").version == 2


def test_the_same_idempotency_key_makes_one_version_and_keeps_one_file(alice: Membership, first: Dataset) -> None:
    kept = len(list(storage.path_of("datasets").glob("*/upload.bin")))
    made = [dataset_extend(by=alice, dataset=first, upload=upload("b.csv", MORE), mode="append", idempotency_key="k") for _ in range(2)]
    assert made[0] == made[1] and Dataset.objects.count() == 2
    assert storage.path_of(made[0].sources[1]["key"]).exists()
    assert len(list(storage.path_of("datasets").glob("*/upload.bin"))) == kept + 1


def test_a_key_finds_its_version_after_answers_gave_it_another_job(alice: Membership, first: Dataset) -> None:
    made = imported(dataset_extend(by=alice, dataset=first, upload=upload("b.csv", MORE), mode="append", idempotency_key="k"))
    dataset_types(by=alice, dataset=made, types={"a": "number"})
    assert dataset_extend(by=alice, dataset=first, upload=upload("b.csv", MORE), mode="append", idempotency_key="k") == made
    Dataset.objects.get(pk=made.pk).delete()
    with pytest.raises(Problem, match="dataset_gone"):
        dataset_extend(by=alice, dataset=first, upload=upload("b.csv", MORE), mode="append", idempotency_key="k")


def test_restoring_makes_the_older_version_the_newest(alice: Membership, first: Dataset) -> None:
    dataset_extend(by=alice, dataset=first, upload=upload("june.csv", MORE), mode="replace")
    third = version_restore(by=alice, version=first)
    assert (third.version, third.sources, third.answers) == (3, first.sources, first.answers)


def test_a_deleted_version_leaves_the_files_of_the_others(
    alice: Membership, first: Dataset, django_capture_on_commit_callbacks: object
) -> None:
    second = imported(dataset_extend(by=alice, dataset=first, upload=upload("june.csv", MORE), mode="append"))
    third = version_restore(by=alice, version=second)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        dataset_delete(by=alice, dataset=first)
    second, third = Dataset.objects.get(pk=second.pk), Dataset.objects.get(pk=third.pk)
    assert (second.root, third.root) == (None, second)
    assert all(storage.path_of(source["key"]).exists() for source in second.sources)
    assert first.data_key and not storage.path_of(first.data_key).exists()


def test_what_a_project_or_run_uses_stays(alice: Membership, first: Dataset) -> None:
    project = cast.project(alice, on=first)
    run = cast.run(project)
    second = imported(dataset_extend(by=alice, dataset=first, upload=upload("june.csv", MORE), mode="append"))
    project.dataset = second
    project.save()
    assert run.dataset == first and Dataset.objects.get(pk=first.pk).is_used
    with pytest.raises(Problem, match="dataset_in_use"):
        dataset_delete(by=alice, dataset=first)


def test_viewers_add_nothing_and_modes_are_known(alice: Membership, first: Dataset) -> None:
    viewer = cast.member("victor@example.com", alice.team, Role.VIEWER)
    with pytest.raises(Problem, match="role_too_weak"):
        dataset_extend(by=viewer, dataset=first, upload=upload(), mode="append")
    with pytest.raises(Problem, match="role_too_weak"):
        version_restore(by=viewer, version=first)
    with pytest.raises(Problem, match="mode_unknown"):
        dataset_extend(by=alice, dataset=first, upload=upload(), mode="merge")
    assert Dataset.objects.count() == 1
