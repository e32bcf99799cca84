"""The address of resumable uploads."""

from __future__ import annotations

from django.urls import path

from automl_portal.uploads import views

urlpatterns = [
    path("uploads", views.uploads, name="uploads"),
    path("uploads/<uuid:upload_id>", views.upload, name="upload"),
]
