from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def dataset_of_project(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A run so far learned from the only dataset that its project ever had."""
    for run in apps.get_model("projects", "Run").objects.select_related("project"):
        run.dataset_id = run.project.dataset_id
        run.save(update_fields=["dataset"])


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("datasets", "0002_versions")]

    operations = [
        migrations.AddField(
            "run",
            "dataset",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="datasets.dataset"),
        ),
        migrations.RunPython(dataset_of_project, migrations.RunPython.noop),
    ]
