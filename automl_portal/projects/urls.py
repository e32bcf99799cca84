"""Pages for projects: home, new project, set-up, and each project's own pages."""

from __future__ import annotations

from django.urls import include, path

from automl_portal.projects.views import data, home, new, overview, pretrained, setup

urlpatterns = [
    path("", include("automl_portal.projects.urls_results")),
    path("", home.home, name="home"),
    path("help/models", pretrained.pretrained, name="pretrained"),
    path("projects/new", new.gallery, name="project_new"),
    path("projects/new/<slug:domain>/<slug:name>", new.use_case_start, name="project_new_use_case"),
    path("projects/new/<slug:domain>/<slug:name>/sample", new.use_case_sample, name="project_new_sample"),
    path("projects/new/<slug:domain>/<slug:name>/<uuid:dataset_id>", setup.setup_new, name="project_setup_new"),
    path("projects/<uuid:project_id>", overview.overview, name="project_overview"),
    path("projects/<uuid:project_id>/data", data.data, name="project_data"),
    path("projects/<uuid:project_id>/data/version", data.version, name="project_version"),
    path("projects/<uuid:project_id>/data/columns/<slug:column_id>", data.column, name="project_column"),
    path("projects/<uuid:project_id>/data/columns/<slug:column_id>/role", data.column_role, name="column_role"),
    path("projects/<uuid:project_id>/setup", setup.setup, name="project_setup"),
]
