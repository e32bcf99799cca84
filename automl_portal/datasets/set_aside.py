"""The rows of a file that were not used, for people to mend."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponseBase

from automl_portal import storage
from automl_portal.datasets.models import Dataset
from automl_portal.downloads import download


def set_aside_file(request: HttpRequest, dataset: Dataset) -> HttpResponseBase:
    """set_aside.csv as a download. Raises Http404 when every row was used."""
    path = storage.path_of(dataset.set_aside_key) if dataset.set_aside_key else None
    if path is None or not path.exists():
        raise Http404
    name = f"{Path(dataset.filename).stem}-set-aside.csv"
    return download(request, path, filename=name, content_type="text/csv; charset=utf-8")
