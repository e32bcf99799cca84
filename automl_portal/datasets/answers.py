"""What the analyst decides about a dataset: the answers to its findings and the types of its columns."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.datasets.models import Dataset, DatasetStatus, Finding, Level
from automl_portal.datasets.versions import dataset_reread, reread_before
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobState

TYPES = ("integer", "number", "boolean", "category", "text", "datetime")
REASON_LENGTH = 1000


@transaction.atomic
def dataset_answer(*, by: Membership, dataset: Dataset, answers: dict[str, Any], idempotency_key: str | None = None) -> Dataset:
    """Store answers and import again with them, once no question is open. Returns the dataset that is imported.

    `answers` maps a finding's id to the value chosen, to {choice, reason}, or to None, which takes an answer back.
    """
    role_required(by, Role.ANALYST)
    if earlier := reread_before(dataset, idempotency_key):
        return earlier
    findings = {str(finding.pk): finding for finding in dataset.findings.all()}
    chosen: dict[str, dict[str, str] | None] = {}
    for finding_id, given in answers.items():
        finding = findings.get(str(finding_id))
        if finding is None:
            raise Problem("finding_unknown", N_("There is no finding %(id)s in this dataset."), params={"id": finding_id})
        chosen[finding.key] = None if given is None else answer_checked(finding, given)
    answerable(dataset, [finding for finding in findings.values() if finding.key in chosen])
    merged = {key: answer for key, answer in {**dataset.answers, **chosen}.items() if answer is not None}
    if dataset.is_used and merged == dataset.answers:
        return dataset
    audit(
        by=by, action="dataset.answer", obj=dataset, detail={"answers": {key: value and value["choice"] for key, value in chosen.items()}}
    )
    change = {"what": "answers", "findings": sorted(chosen)}
    if not dataset.is_used:
        answers_store(dataset, merged, chosen)
        if None not in chosen.values() and dataset.findings.filter(level=Level.ASK, answer=None).exists():
            return dataset
    return dataset_reread(by=by, dataset=dataset, change=change, answers=merged, idempotency_key=idempotency_key)


@transaction.atomic
def dataset_take_back(*, by: Membership, dataset: Dataset, keys: list[str]) -> Dataset:
    """Forget the answers filed under these keys and import again. Returns the dataset that is imported. Raises Problem."""
    role_required(by, Role.ANALYST)
    if dataset.status == DatasetStatus.IMPORTING:
        raise Problem("dataset_not_ready", N_("This dataset is still being imported, or was rejected."), status=409)
    kept = {key: answer for key, answer in dataset.answers.items() if key not in keys}
    if kept == dataset.answers:
        return dataset
    audit(by=by, action="dataset.answer", obj=dataset, detail={"taken_back": sorted(set(dataset.answers) - set(kept))})
    return dataset_reread(by=by, dataset=dataset, change={"what": "answers", "findings": sorted(keys)}, answers=kept)


def dataset_read_again(*, by: Membership, dataset: Dataset) -> Dataset:
    """Start an import anew that was canceled or broke off, with the same answers. Raises Problem."""
    role_required(by, Role.ANALYST)
    if not is_unread(dataset):
        raise Problem("dataset_was_read", N_("This dataset was read, or is being read; there is nothing to start again."), status=409)
    audit(by=by, action="dataset.reread", obj=dataset)
    return dataset_reread(by=by, dataset=dataset, change={"what": "again"})


def is_unread(dataset: Dataset) -> bool:
    """Whether the last import ended without a verdict on the file: canceled, or broken off."""
    refused = any(finding.level == Level.REJECT for finding in dataset.findings.all())
    canceled = dataset.job is not None and dataset.job.state == JobState.CANCELED
    return dataset.status == DatasetStatus.REJECTED and (canceled or not refused)


def answers_store(dataset: Dataset, merged: dict[str, Any], chosen: dict[str, dict[str, str] | None]) -> None:
    """Keep the answers with the dataset, and show them on its findings."""
    Dataset.objects.filter(pk=dataset.pk).update(answers=merged)
    for key, value in chosen.items():
        shown = {"answer": value["choice"], "reason": value["reason"]} if value else {"answer": None, "reason": ""}
        Finding.objects.filter(dataset=dataset, key=key).update(**shown)


def answer_checked(finding: Finding, given: Any) -> dict[str, str]:
    """{choice, reason} of one answer. Raises Problem for a choice nobody offered, or a reason left out."""
    value, reason = (given.get("choice"), given.get("reason")) if isinstance(given, dict) else (given, "")
    choice = finding.choice(str(value))
    if choice is None:
        values = ", ".join(str(each["value"]) for each in finding.choices)
        raise Problem("choice_unknown", N_("Choose one of: %(choices)s."), params={"choices": values}, column=finding.column)
    reason = str(reason or "").strip()[:REASON_LENGTH]
    if choice.get("needs_reason") and not reason:
        raise Problem(
            "reason_missing", N_("Say why: this choice is kept with its reason."), params={"finding": finding.code}, column=finding.column
        )
    return {"choice": choice["value"], "reason": reason}


def answerable(dataset: Dataset, findings: list[Finding]) -> None:
    """Raises Problem while the dataset is being read, and for a rejected one unless the rejection itself has choices."""
    if dataset.status in (DatasetStatus.NEEDS_ANSWERS, DatasetStatus.READY):
        return
    refused = dataset.job is not None and dataset.job.state == JobState.FAILED
    if not (refused and findings and all(finding.level == Level.REJECT and finding.choices for finding in findings)):
        raise Problem("dataset_not_ready", N_("This dataset is still being imported, or was rejected."), status=409)


@transaction.atomic
def dataset_types(*, by: Membership, dataset: Dataset, types: dict[str, str | None], idempotency_key: str | None = None) -> Dataset:
    """Read columns as the analyst says; None gives a column back to what the file says. Returns the dataset that is imported."""
    role_required(by, Role.ANALYST)
    if earlier := reread_before(dataset, idempotency_key):
        return earlier
    answerable(dataset, [])
    names = {column["name"] for column in dataset.columns} | set(dataset.types)
    for name, kind in types.items():
        if name not in names:
            raise Problem("column_unknown", N_("There is no column %(column)s in this dataset."), params={"column": name}, column=name)
        if kind is not None and kind not in TYPES:
            raise Problem("type_unknown", N_("Choose one of: %(choices)s."), params={"choices": ", ".join(TYPES)}, column=name)
    merged = {name: kind for name, kind in {**dataset.types, **types}.items() if kind is not None}
    if merged == dataset.types:
        return dataset
    audit(by=by, action="dataset.types", obj=dataset, detail={"types": types})
    change = {"what": "types", "columns": sorted(types)}
    return dataset_reread(by=by, dataset=dataset, change=change, types=merged, idempotency_key=idempotency_key)
