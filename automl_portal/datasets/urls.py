"""Pages for datasets."""

from __future__ import annotations

from django.urls import path

from automl_portal.datasets import views, views_data, views_versions

urlpatterns = [
    path("help/codes", views_data.codes, name="codes"),
    path("datasets", views.dataset_list, name="dataset_list"),
    path("datasets/upload", views.dataset_upload, name="dataset_upload"),
    path("datasets/<uuid:dataset_id>", views.dataset_detail, name="dataset_detail"),
    path("datasets/<uuid:dataset_id>/answers", views_data.dataset_answers, name="dataset_answers"),
    path("datasets/<uuid:dataset_id>/again", views_data.dataset_again, name="dataset_reread"),
    path("datasets/<uuid:dataset_id>/columns/<slug:column_id>", views_data.column_detail, name="dataset_column"),
    path("datasets/<uuid:dataset_id>/columns/<slug:column_id>/type", views_data.column_type, name="column_type"),
    path("datasets/<uuid:dataset_id>/set-aside", views_data.dataset_set_aside, name="dataset_set_aside"),
    path("datasets/<uuid:dataset_id>/versions", views_versions.version_add, name="version_add"),
    path("datasets/<uuid:dataset_id>/restore", views_versions.version_again, name="version_restore"),
    path("datasets/<uuid:dataset_id>/compare", views_versions.version_compare, name="version_compare"),
    path("datasets/<uuid:dataset_id>/cancel", views.dataset_stop, name="dataset_stop"),
    path("datasets/<uuid:dataset_id>/delete", views.dataset_remove, name="dataset_remove"),
]
