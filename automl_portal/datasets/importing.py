"""The trip of an import job: what the engine is handed, and what becomes of what it leaves."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Team
from automl_portal.datasets.models import Dataset, Finding, Level
from automl_portal.jobs.models import JobState
from automl_portal.jobs.services import Claim, LostLease, job_finish, job_published_by

LEAVES = ("data.parquet", "report.json", "set_aside.csv")
LIMITS = {"max_cell_bytes": 1024**2, "max_columns": 5000, "min_rows": 20}
UNPACKED_TIMES = 20  # how much larger than the largest upload an archive may unpack


def import_prepare(*, claim: Claim, job_dir: Path) -> dict[str, Any]:
    """The spec of an import, with the uploaded files linked into the job's folder."""
    dataset = Dataset.objects.select_related("team").get(job_id=claim.job_id)
    sources = []
    for number, source in enumerate(dataset.sources, start=1):
        name = f"upload-{number}.bin"
        os.link(storage.path_of(source["key"]), job_dir / name)
        sources.append({"input": name, "filename": source["filename"], "sha256": source["sha256"]})
    return {
        "verb": "import",
        "sources": sources,
        "answers": {key: answer["choice"] for key, answer in dataset.answers.items()},
        "types": dataset.types,
        "salt": pseudonym_salt(dataset.team),
        "limits": {**LIMITS, "max_bytes": unpacked_limit()},
    }


def pseudonym_salt(team: Team) -> str:
    """The key of a team's pseudonyms: the same person gets the same pseudonym in every file of the team, and in no other team's."""
    return hmac.new(settings.SECRET_KEY.encode(), f"pseudonyms:{team.pk}".encode(), hashlib.sha256).hexdigest()


def unpacked_limit() -> int:
    """How many bytes an archive may unpack to: never more than half of what the disk has left."""
    return int(min(UNPACKED_TIMES * settings.MAX_UPLOAD_BYTES, shutil.disk_usage(settings.STORAGE_DIR).free // 2))


def import_publish(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
    """Make an import visible: its files, its report and its findings. Raises LostLease."""
    dataset = Dataset.objects.select_related("identical_to").get(job_id=claim.job_id)
    key = f"datasets/{dataset.pk}/v{claim.token}-{claim.job_id}"
    storage.keep_all(job_dir, LEAVES, key)
    report = json.loads(storage.path_of(f"{key}/report.json").read_text())
    findings = report.pop("findings", []) + identical_file(dataset)
    set_aside = f"{key}/set_aside.csv"
    try:
        with transaction.atomic():
            job_finish(claim, state=JobState.SUCCEEDED)
            Dataset.objects.filter(pk=dataset.pk).update(
                report=report,
                rows=report["rows"],
                data_key=key,
                set_aside_key=set_aside if storage.path_of(set_aside).exists() else "",
            )
            findings_replace(dataset, findings)
    except LostLease:
        if not job_published_by(claim):
            storage.remove(key)
            raise
    if dataset.data_key not in ("", key):
        storage.remove(dataset.data_key)


def identical_file(dataset: Dataset) -> list[dict[str, Any]]:
    """The finding that the very same bytes are here already, under another dataset."""
    if dataset.identical_to is None:
        return []
    message = N_("The same file is here already as the dataset %(name)s.")
    return [{"code": "identical_file", "level": Level.WARN, "message": message, "params": {"name": dataset.identical_to.name}}]


def import_refused(*, claim: Claim, error: dict[str, Any]) -> None:
    """End an import that cannot be: the job carries the error, the dataset shows it as its one finding."""
    with transaction.atomic():
        job_finish(claim, state=JobState.FAILED, error=error)
        dataset = Dataset.objects.get(job_id=claim.job_id)
        findings_replace(dataset, [{**error, "key": error.get("key") or error["code"], "level": Level.REJECT}])


def findings_replace(dataset: Dataset, findings: list[dict[str, Any]]) -> None:
    dataset.findings.all().delete()
    Finding.objects.bulk_create(finding_row(dataset, item) for item in findings)


def finding_row(dataset: Dataset, item: dict[str, Any]) -> Finding:
    """A finding of the engine as a row, with the reason that the analyst gave for its answer."""
    key = item.get("key") or item["code"]
    return Finding(
        dataset=dataset,
        key=key,
        code=item["code"],
        level=item["level"],
        column=item.get("column"),
        rows=item.get("rows"),
        message=item.get("message", ""),
        params=item.get("params") or {},
        choices=item.get("choices") or [],
        examples=item.get("examples") or [],
        answer=item.get("answer"),
        reason=dataset.answers.get(key, {}).get("reason", ""),
    )
