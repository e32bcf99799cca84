"""Pages for predictors: score a file, watch it, take the bundle, promote."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from automl_portal.accounts.access import TeamRequest, member_page
from automl_portal.accounts.models import Role
from automl_portal.accounts.services import audit, role_required
from automl_portal.downloads import download
from automl_portal.errors import Problem
from automl_portal.jobs.services import job_cancel
from automl_portal.predictors import predict_page, signing
from automl_portal.predictors.models import BatchPrediction, Predictor
from automl_portal.predictors.renaming import rename_read
from automl_portal.predictors.selectors import bundle_zip, output_path, predictor_in_use, team_prediction, team_predictions, team_predictor
from automl_portal.predictors.services import prediction_again, prediction_create, predictor_promote
from automl_portal.projects.models import Project
from automl_portal.projects.selectors import last_run, team_project
from automl_portal.uploads.selectors import incoming_file

HISTORY = 20


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def project_predict(request: TeamRequest, project_id: UUID) -> HttpResponse:
    """The page; a POST is the file to score."""
    project = team_project(request.membership.team, project_id)
    if request.method == "POST":
        return _upload(request, project)
    try:
        predictor = predictor_in_use(project)
    except Problem:
        return render(request, "projects/no_results.html", {"project": project, "run": last_run(project)})
    context = {
        "project": project,
        "predictor": predictor,
        "columns": predictor.input_columns,
        "id_columns": predict_page.id_columns(predictor),
        "snippets": predict_page.snippets(predictor, request.build_absolute_uri("/api/v1")),
        "contents": predict_page.CONTENTS,
        "public_key": signing.public_key_hex(),
        "history": team_predictions(request.membership.team).filter(project=project)[:HISTORY],
        "may_write": request.membership.may(Role.ANALYST),
    }
    return render(request, "predictors/predict.html", context)


def _upload(request: TeamRequest, project: Project) -> HttpResponse:
    """Keep the file and queue it. A script asks for JSON and gets {location}; a plain form is redirected."""
    wants_json = request.headers.get("Accept") == "application/json"
    try:
        role_required(request.membership, Role.ANALYST)
        upload = incoming_file(request.membership, file=request.FILES.get("file"), upload=request.POST.get("upload"))
        explain = request.POST.get("explain", "0")
        chosen = int(explain) if explain.isdecimal() else -1
        rename = rename_read(request.POST.get("rename", ""))
        prediction = prediction_create(by=request.membership, project=project, upload=upload, explain=chosen, rename=rename)
    except Problem as problem:
        if wants_json:
            return JsonResponse({"code": problem.code, "detail": problem.sentence}, status=problem.status)
        messages.error(request, problem.sentence)
        return redirect("project_predict", project.pk)
    location = reverse("prediction_detail", args=[project.pk, prediction.pk])
    return JsonResponse({"location": location}, status=201) if wants_json else redirect(location)


@require_GET
@member_page()
def prediction_detail(request: TeamRequest, project_id: UUID, prediction_id: UUID) -> HttpResponse:
    prediction = prediction_of(request, project_id, prediction_id)
    return render(request, "predictors/prediction.html", prediction_context(request, prediction))


@require_GET
@member_page()
def prediction_live(request: TeamRequest, project_id: UUID, prediction_id: UUID) -> HttpResponse:
    """The page's changing part, polled every second while the job is active (the reasons stand in projects/views/run.py)."""
    prediction = prediction_of(request, project_id, prediction_id)
    return render(request, "predictors/_prediction_live.html", prediction_context(request, prediction))


@require_POST
@member_page(Role.ANALYST)
def prediction_cancel(request: TeamRequest, project_id: UUID, prediction_id: UUID) -> HttpResponse:
    prediction = prediction_of(request, project_id, prediction_id)
    job_cancel(prediction.job)
    audit(by=request.membership, action="prediction.cancel", obj=prediction)
    return redirect("prediction_detail", project_id, prediction_id)


@require_POST
@member_page(Role.ANALYST)
def prediction_again_page(request: TeamRequest, project_id: UUID, prediction_id: UUID) -> HttpResponse:
    """Score the same file with the names the person accepted: `rename` as JSON, or pairs of `from` (the file's) and `to`."""
    prediction = prediction_of(request, project_id, prediction_id)
    try:
        picked = zip(request.POST.getlist("from"), request.POST.getlist("to"), strict=False)
        rename = {old: new for old, new in picked if old} or rename_read(request.POST.get("rename", ""))
        prediction = prediction_again(by=request.membership, prediction=prediction, rename=rename)
    except Problem as problem:
        messages.error(request, problem.sentence)
    return redirect("prediction_detail", project_id, prediction.pk)


@require_GET
@member_page()
def prediction_output(request: TeamRequest, project_id: UUID, prediction_id: UUID, name: str) -> HttpResponseBase:
    """output.csv or rejected.csv, named after the file that was scored."""
    prediction = prediction_of(request, project_id, prediction_id)
    path = output_path(prediction, f"{name}.csv")
    stem = slugify(prediction.filename.rsplit(".", 1)[0]) or "file"
    return download(request, path, filename=f"{stem}-{name}.csv", content_type="text/csv; charset=utf-8")


@require_GET
@member_page()
def predictor_template(request: TeamRequest, predictor_id: UUID) -> HttpResponse:
    """A scoring file to start from."""
    predictor = team_predictor(request.membership.team, predictor_id)
    headers = {"Content-Disposition": f'attachment; filename="{file_stem(predictor)}-template.csv"'}
    return HttpResponse(predict_page.template_csv(predictor), content_type="text/csv; charset=utf-8", headers=headers)


@require_GET
@member_page()
def predictor_bundle(request: TeamRequest, predictor_id: UUID) -> HttpResponseBase:
    """The signed zip."""
    predictor = team_predictor(request.membership.team, predictor_id)
    audit(by=request.membership, action="bundle.download", obj=predictor, detail={"sha256": predictor.bundle_sha256})
    return download(request, bundle_zip(predictor), filename=f"{file_stem(predictor)}.zip", content_type="application/zip")


@require_POST
@member_page(Role.ANALYST)
def predictor_promote_page(request: TeamRequest, predictor_id: UUID) -> HttpResponse:
    """Make it the champion; the form carries which champion the person saw."""
    predictor = team_predictor(request.membership.team, predictor_id)
    seen = request.POST.get("seen_version", "")
    try:
        note = request.POST.get("note", "").strip()[:2000]
        predictor_promote(by=request.membership, predictor=predictor, note=note, seen_version=int(seen) if seen.isdecimal() else None)
        messages.success(request, _("Predictor v%(n)s is the champion now.") % {"n": predictor.version})
    except Problem as problem:
        messages.error(request, problem.sentence)
    return redirect(f"{reverse('project_leaderboard', args=[predictor.project_id])}?run={predictor.run.number}")


def prediction_of(request: TeamRequest, project_id: UUID, prediction_id: UUID) -> BatchPrediction:
    """The team's batch prediction under this project's address. Raises Http404 for any other."""
    prediction = team_prediction(request.membership.team, prediction_id)
    if prediction.project_id != project_id:
        raise Http404
    return prediction


def prediction_context(request: TeamRequest, prediction: BatchPrediction) -> dict[str, Any]:
    done = bool(prediction.output_key)
    rows: dict[str, int] = prediction.result.get("rows") or {}
    columns, preview = prediction.result.get("columns") or [], prediction.result.get("preview") or []
    return {
        "project": prediction.project,
        "prediction": prediction,
        "job": prediction.job,
        "rows": rows,
        "missing": predict_page.missing_columns(prediction),
        "changes": ((prediction.job.error or {}).get("params") or {}).get("changes") or [],
        "similar": predict_page.similar_names(prediction) if done else "",
        "noted": [item for item in prediction.warnings if not item["grave"]],
        "evaluation": prediction.evaluation,
        "reconciled": predict_page.reconciliation(prediction) if done else "",
        "figure": predict_page.distribution(prediction) if done else None,
        "rejected": predict_page.rejected_rows(prediction) if done and rows.get("rejected") else [],
        "columns": columns,
        "preview": preview,
        "numeric": [name for name in columns if all(isinstance(row.get(name), int | float | None) for row in preview)],
        "may_write": request.membership.may(Role.ANALYST),
    }


def file_stem(predictor: Predictor) -> str:
    return f"{slugify(predictor.project.name) or 'predictor'}-v{predictor.version}"
