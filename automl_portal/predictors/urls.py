"""Pages of this app."""

from __future__ import annotations

from django.urls import path

from automl_portal.predictors import views

urlpatterns = [
    path("projects/<uuid:project_id>/predict", views.project_predict, name="project_predict"),
    path("projects/<uuid:project_id>/predictions/<uuid:prediction_id>", views.prediction_detail, name="prediction_detail"),
    path("projects/<uuid:project_id>/predictions/<uuid:prediction_id>/live", views.prediction_live, name="prediction_live"),
    path("projects/<uuid:project_id>/predictions/<uuid:prediction_id>/cancel", views.prediction_cancel, name="prediction_cancel"),
    path("projects/<uuid:project_id>/predictions/<uuid:prediction_id>/again", views.prediction_again_page, name="prediction_again"),
    path("projects/<uuid:project_id>/predictions/<uuid:prediction_id>/<slug:name>.csv", views.prediction_output, name="prediction_output"),
    path("predictors/<uuid:predictor_id>/template.csv", views.predictor_template, name="predictor_template"),
    path("predictors/<uuid:predictor_id>/bundle", views.predictor_bundle, name="predictor_bundle"),
    path("predictors/<uuid:predictor_id>/promote", views.predictor_promote_page, name="predictor_promote"),
]
