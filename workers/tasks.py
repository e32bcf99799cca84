"""What runs on the queues: one short function per kind of job. A message carries a job id and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from automl_portal.celery import app
from automl_portal.datasets.importing import import_prepare, import_publish, import_refused
from automl_portal.jobs.services import Claim
from automl_portal.predictors.services import prediction_events, prediction_prepare, prediction_publish, predictor_publish
from automl_portal.predictors.signing import private_key_pem
from automl_portal.projects.services import SEARCH, check_prepare, check_publish, run_events, run_prepare
from workers.engine.search.state import IF_THERE, SEARCH_STATE, search_link
from workers.supervisor import Work, supervise


@app.task(name="workers.import")
def dataset_import(job_id: str) -> None:
    supervise(UUID(job_id), Work(import_prepare, import_publish, prediction_events, import_refused))


@app.task(name="workers.check_label")
def label_check(job_id: str) -> None:
    supervise(UUID(job_id), Work(check_prepare, check_publish))


@app.task(name="workers.run")
def run(job_id: str) -> None:
    work = Work(run_prepare, run_seal, run_events, needs=SEARCH_STATE, also=(*IF_THERE, "spec.json"))
    supervise(UUID(job_id), work)


@app.task(name="workers.prediction")
def prediction(job_id: str) -> None:
    supervise(UUID(job_id), Work(prediction_prepare, prediction_publish, prediction_events))


def run_seal(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
    """Sign the bundle, which the engine cannot (it has no key), then publish, with the search from which another run can go on."""
    from workers.engine.bundle.seal import seal

    receipt = job_dir / "sealed.json"
    if not receipt.exists():  # a publication that is tried again has its zip already
        receipt.write_text(json.dumps(seal(job_dir / "bundle", job_dir / "bundle.zip", private_key_pem())))
    if not (job_dir / SEARCH).exists():
        search_link(job_dir, job_dir / SEARCH, also=("spec.json",))
    predictor_publish(claim=claim, job_dir=job_dir, result=result, sealed=json.loads(receipt.read_text()))
