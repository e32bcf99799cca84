"""Writes for predictors: publish, promote, score files and rows."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Membership, Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.errors import Problem
from automl_portal.jobs.models import JobKind, JobState
from automl_portal.jobs.services import Claim, LostLease, job_create, job_finish, job_progress, job_published_by
from automl_portal.predictors.models import BatchPrediction, Champion, Predictor, Promotion
from automl_portal.predictors.renaming import rename_check
from automl_portal.predictors.selectors import bundle_folder, champion_of, predictor_in_use
from automl_portal.predictors.signing import public_key_hex
from automl_portal.projects.models import Project, Run
from automl_portal.projects.selectors import ARTEFACTS
from automl_portal.projects.services import SEARCH, run_succeed
from automl_portal.projects.steering import searches_prune
from automl_portal.uploads.selectors import Incoming
from automl_portal.uploads.services import upload_keep

PREDICTION_WALL_S = 6 * 3600
MAX_EXPLAIN = 10


def predictor_publish(*, claim: Claim, job_dir: Path, result: dict[str, Any], sealed: dict[str, Any]) -> None:
    """Make a finished run and its predictor visible, once.

    `sealed` tells of the signed zip in `job_dir`: {sha256, bytes, key_id}. Raises LostLease when another attempt was
    faster; then nothing is kept.
    """
    run = Run.objects.select_related("project").get(job_id=claim.job_id)
    key = f"runs/{run.pk}/t{claim.token}"
    schema = json.loads((job_dir / "schema.json").read_text())
    rows = json.loads((job_dir / "leaderboard.json").read_text())
    storage.keep_all(job_dir, ("bundle.zip", "bundle", SEARCH, *ARTEFACTS), key)
    try:
        with transaction.atomic():
            run = run_succeed(claim=claim, result=result, rows=rows, artefacts_key=key)
            version = (Predictor.objects.filter(project=run.project).aggregate(last=Max("version"))["last"] or 0) + 1
            Predictor.objects.create(
                project=run.project,
                run=run,
                version=version,
                model=result["deployed_model"],
                bundle_key=key,
                bundle_sha256=sealed["sha256"],
                bundle_bytes=sealed["bytes"],
                signing_key_id=sealed["key_id"],
                schema=schema,
                holdout=result["holdout"],
            )
    except LostLease:
        if not Run.objects.filter(pk=run.pk, artefacts_key=key).exists():  # else the commit arrived, and the answer to it was lost
            storage.remove(key)
            raise
    searches_prune(run.project)


@transaction.atomic
def predictor_promote(*, by: Membership, predictor: Predictor, note: str = "", seen_version: int | None = None) -> Champion:
    """Make a predictor the champion.

    `seen_version` is the champion's version that the caller saw; Problem 409 when another promotion came first.
    """
    role_required(by, Role.ANALYST)
    project = predictor.project
    current = champion_of(project)
    if current is None:
        champion, created = Champion.objects.get_or_create(project=project, defaults={"predictor": predictor})
        won = created
    else:
        seen = current.version if seen_version is None else seen_version
        won = bool(Champion.objects.filter(project=project, version=seen).update(predictor=predictor, version=seen + 1))
        champion = Champion.objects.get(project=project)
    if not won:
        raise Problem("promotion_conflict", N_("Somebody promoted another predictor meanwhile; look at it and decide again."), status=409)
    Promotion.objects.create(project=project, predictor=predictor, replaced=current.predictor if current else None, by=by.user, note=note)
    audit(by=by, action="predictor.promote", obj=predictor, detail={"version": predictor.version, "note": note})
    return champion


def prediction_create(
    *,
    by: Membership,
    project: Project,
    upload: Incoming,
    explain: int = 0,
    predictor: Predictor | None = None,
    rename: dict[str, str] | None = None,
    idempotency_key: str | None = None,
) -> BatchPrediction:
    """Keep a file to score and queue it for the champion (or the predictor given).

    `rename`: {column of the file: column of the predictor}. Raises Problem.
    """
    role_required(by, Role.ANALYST)
    chosen = predictor or predictor_in_use(project)
    if not 0 <= explain <= MAX_EXPLAIN:
        raise Problem("explain_out_of_range", N_("Ask for 0 to %(most)s reasons per row."), params={"most": MAX_EXPLAIN})
    rename_check(chosen, rename or {})
    kept = upload_keep(upload, folder="predictions")
    made = BatchPrediction(
        project=project,
        predictor=chosen,
        filename=kept.filename,
        bytes=kept.bytes,
        explain=explain,
        rename=rename or {},
        input_key=kept.key,
    )
    return _queue(made, by=by, idempotency_key=idempotency_key)


def prediction_again(*, by: Membership, prediction: BatchPrediction, rename: dict[str, str]) -> BatchPrediction:
    """Score the same file with the same predictor once more, its columns renamed. Raises Problem."""
    role_required(by, Role.ANALYST)
    rename = {**prediction.rename, **rename}
    rename_check(prediction.predictor, rename)
    source = storage.path_of(prediction.input_key)
    if not source.is_file():
        raise Problem("file_gone", N_("The file is no longer kept here; send it again."), status=409)
    key = f"predictions/{uuid.uuid4()}/upload.bin"
    storage.path_of(key).parent.mkdir(parents=True)
    # A link, so that each prediction has its file for itself whatever becomes of the other.
    os.link(source, storage.path_of(key))
    made = BatchPrediction(
        project=prediction.project,
        predictor=prediction.predictor,
        filename=prediction.filename,
        bytes=prediction.bytes,
        explain=prediction.explain,
        rename=rename,
        input_key=key,
    )
    return _queue(made, by=by)


def _queue(made: BatchPrediction, *, by: Membership, idempotency_key: str | None = None) -> BatchPrediction:
    """Save a new prediction with its job; the one made before when the key is known. Its file is removed when nothing comes of it."""
    try:
        with transaction.atomic():
            job, created = job_create(
                team=by.team,
                kind=JobKind.PREDICTION,
                created_by=by.user,
                wall_limit_s=PREDICTION_WALL_S,
                idempotency_key=idempotency_key,
            )
            if not created:
                storage.remove(made.input_key)
                return BatchPrediction.objects.get(job=job)
            made.team, made.job, made.created_by = by.team, job, by.user
            made.save()
            audit(by=by, action="prediction.create", obj=made, detail={"predictor": str(made.predictor_id), "bytes": made.bytes})
    except BaseException:
        storage.remove(made.input_key)
        raise
    return made


def prediction_prepare(*, claim: Claim, job_dir: Path) -> dict[str, Any]:
    """The spec of a batch prediction."""
    prediction = BatchPrediction.objects.select_related("predictor").get(job_id=claim.job_id)
    os.link(storage.path_of(prediction.input_key), job_dir / "input.bin")
    (job_dir / "bundle").symlink_to(bundle_folder(prediction.predictor))
    return {
        "verb": "predict",
        "bundle": "bundle",
        "public_key": public_key_hex(),  # a bundle signed by anybody else is refused
        "input": "input.bin",
        "filename": prediction.filename,
        "explain": prediction.explain,
        "rename": prediction.rename,
    }


def prediction_events(*, claim: Claim, events: list[dict[str, Any]]) -> None:
    """Store the progress of a batch prediction. Raises LostLease."""
    fields = ("phase", "progress", "eta_s", "message", "params")
    latest = {key: event[key] for event in events if event["type"] in ("phase", "progress") for key in fields if event.get(key) is not None}
    if latest:
        job_progress(claim, **latest)


def prediction_publish(*, claim: Claim, job_dir: Path, result: dict[str, Any]) -> None:
    """Make the scored file visible. Raises LostLease, and then nothing is kept."""
    prediction = BatchPrediction.objects.get(job_id=claim.job_id)
    key = f"predictions/{prediction.pk}/t{claim.token}"
    storage.keep_all(job_dir, ("output.csv", "rejected.csv"), key)
    try:
        with transaction.atomic():
            job_finish(claim, state=JobState.SUCCEEDED)
            BatchPrediction.objects.filter(pk=prediction.pk).update(output_key=key, result=result)
    except LostLease:
        if not job_published_by(claim):
            storage.remove(key)
            raise
