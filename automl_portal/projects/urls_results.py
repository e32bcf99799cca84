"""Pages of a run and of its results."""

from __future__ import annotations

from django.urls import path

from automl_portal.projects.views import results, run, steering

urlpatterns = [
    path("projects/<uuid:project_id>/runs/<uuid:run_id>", run.run_detail, name="run_detail"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/live", run.run_live, name="run_live"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/log", run.run_log_page, name="run_log"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/cancel", steering.run_cancel_page, name="run_cancel"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/discard", steering.run_discard, name="run_discard"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/pause", steering.run_pause_page, name="run_pause"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/resume", steering.run_resume_page, name="run_resume"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/continue", steering.run_continue_page, name="run_continue"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/replay", steering.run_replay_page, name="run_replay"),
    path("projects/<uuid:project_id>/runs/<uuid:run_id>/repeat", steering.run_repeat, name="run_repeat"),
    path("projects/<uuid:project_id>/leaderboard", results.project_leaderboard, name="project_leaderboard"),
    path("projects/<uuid:project_id>/evaluate", results.project_evaluate, name="project_evaluate"),
    path("projects/<uuid:project_id>/explain", results.project_explain, name="project_explain"),
]
