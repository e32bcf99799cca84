"""Every address of the service. Pages are spread over the apps; the API has one root."""

from __future__ import annotations

from django.urls import include, path

from automl_portal.api.root import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("automl_portal.accounts.urls")),
    path("", include("automl_portal.uploads.urls")),
    path("", include("automl_portal.datasets.urls")),
    path("", include("automl_portal.projects.urls")),
    path("", include("automl_portal.predictors.urls")),
]
handler400 = "automl_portal.projects.views.errors.bad_request"
handler403 = "automl_portal.projects.views.errors.forbidden"
handler404 = "automl_portal.projects.views.errors.not_found"
handler500 = "automl_portal.projects.views.errors.broken"
