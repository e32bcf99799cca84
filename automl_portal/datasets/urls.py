"""Pages for datasets."""

from __future__ import annotations

from django.urls import path

from automl_portal.datasets import views

urlpatterns = [
    path("datasets", views.dataset_list, name="dataset_list"),
    path("datasets/upload", views.dataset_upload, name="dataset_upload"),
    path("datasets/<uuid:dataset_id>", views.dataset_detail, name="dataset_detail"),
    path("datasets/<uuid:dataset_id>/answers", views.dataset_answers, name="dataset_answers"),
    path("datasets/<uuid:dataset_id>/cancel", views.dataset_stop, name="dataset_stop"),
    path("datasets/<uuid:dataset_id>/delete", views.dataset_remove, name="dataset_remove"),
]
