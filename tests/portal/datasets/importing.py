"""An import as a worker would leave it, without a worker."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from automl_portal.datasets.importing import import_publish, import_refused
from automl_portal.datasets.models import Dataset
from automl_portal.jobs.services import Claim, job_claim

CONTENT = b"a,b\n1,2\n"


def upload(name: str = "x.csv", content: bytes = CONTENT) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def claim(dataset: Dataset) -> Claim:
    job_id = Dataset.objects.values_list("job_id", flat=True).get(pk=dataset.pk)
    found = job_claim(job_id=job_id, owner="w")
    assert found is not None
    return found


def leave(job_dir: Path, *, findings: list[dict[str, Any]] | None = None, set_aside: str = "", **report: Any) -> Path:
    """What the engine leaves in its folder."""
    job_dir.mkdir(exist_ok=True)
    (job_dir / "data.parquet").write_bytes(b"PAR1")
    columns = [{"name": "a", "id": "c0001", "type": "integer", "missing": 0, "unique": 1}]
    whole = {"rows": 1, "rows_set_aside": 0, "columns": columns, "findings": findings or [], **report}
    (job_dir / "report.json").write_text(json.dumps(whole))
    if set_aside:
        (job_dir / "set_aside.csv").write_text(set_aside)
    return job_dir


def imported(dataset: Dataset, **left: Any) -> Dataset:
    """The dataset once its queued import has succeeded."""
    with tempfile.TemporaryDirectory() as folder:
        import_publish(claim=claim(dataset), job_dir=leave(Path(folder), **left), result={})
    return Dataset.objects.get(pk=dataset.pk)


def refused(dataset: Dataset, **error: Any) -> Dataset:
    """The dataset once its queued import was refused."""
    import_refused(claim=claim(dataset), error={"code": "file_empty", "message": "The file is empty.", **error})
    return Dataset.objects.get(pk=dataset.pk)
