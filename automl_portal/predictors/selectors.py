"""Reads for predictors and batch predictions, always from the caller's team."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_noop as N_

from automl_portal import storage
from automl_portal.accounts.models import Team
from automl_portal.accounts.selectors import found
from automl_portal.errors import Problem
from automl_portal.predictors.models import BatchPrediction, Champion, Predictor
from automl_portal.projects.models import Project


def team_predictors(team: Team) -> QuerySet[Predictor]:
    return Predictor.objects.filter(project__team=team).select_related("project", "run__job")


def team_predictor(team: Team, predictor_id: UUID | str) -> Predictor:
    """A predictor of this team. Raises Http404 for any other."""
    return found(team_predictors(team).filter(pk=predictor_id).first())


def project_predictor(project: Project, predictor_id: UUID | str) -> Predictor:
    """A predictor of this project. Raises Http404 for one of any other, the same team's included."""
    return found(Predictor.objects.filter(project=project, pk=predictor_id).first())


def champion_of(project: Project) -> Champion | None:
    return Champion.objects.filter(project=project).select_related("predictor").first()


def predictor_in_use(project: Project) -> Predictor:
    """The champion, or the newest predictor while none was promoted. Raises Problem when there is neither."""
    champion = champion_of(project)
    predictor = champion.predictor if champion else Predictor.objects.filter(project=project).first()
    if predictor is None:
        raise Problem("no_predictor", N_("This project has no predictor yet: start a run first."), status=409)
    return predictor


def bundle_zip(predictor: Predictor) -> Path:
    """The signed zip."""
    return storage.path_of(f"{predictor.bundle_key}/bundle.zip")


def bundle_folder(predictor: Predictor) -> Path:
    """The same files, unpacked, for our own workers."""
    return storage.path_of(f"{predictor.bundle_key}/bundle")


def team_predictions(team: Team) -> QuerySet[BatchPrediction]:
    return BatchPrediction.objects.filter(team=team).select_related("job", "project", "predictor")


def team_prediction(team: Team, prediction_id: UUID | str) -> BatchPrediction:
    """A batch prediction of this team. Raises Http404 for any other."""
    return found(team_predictions(team).filter(pk=prediction_id).first())


def output_path(prediction: BatchPrediction, name: str) -> Path:
    """output.csv or rejected.csv. Raises Http404 before the job is done."""
    if name not in ("output.csv", "rejected.csv") or not prediction.output_key:
        raise Http404
    return storage.path_of(f"{prediction.output_key}/{name}")
