from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def upload_to_source(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The one upload of a dataset becomes its one source, and the answers move from its findings to the dataset."""
    for dataset in apps.get_model("datasets", "Dataset").objects.prefetch_related("findings"):
        dataset.sources = [
            {"key": dataset.upload_key, "filename": dataset.filename, "bytes": dataset.bytes, "sha256": dataset.sha256}
        ]
        answered = [finding for finding in dataset.findings.all() if finding.answer is not None]
        dataset.answers = {finding.key: {"choice": finding.answer, "reason": ""} for finding in answered}
        dataset.save(update_fields=["sources", "answers"])


def source_to_upload(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for dataset in apps.get_model("datasets", "Dataset").objects.all():
        dataset.upload_key = dataset.sources[0]["key"] if dataset.sources else ""
        dataset.save(update_fields=["upload_key"])


class Migration(migrations.Migration):
    dependencies = [("datasets", "0001_initial")]

    operations = [
        migrations.AddField("dataset", "sources", models.JSONField(default=list)),
        migrations.AddField("dataset", "answers", models.JSONField(default=dict)),
        migrations.AddField("dataset", "types", models.JSONField(default=dict)),
        migrations.AddField("dataset", "set_aside_key", models.CharField(blank=True, max_length=220, default=""), preserve_default=False),
        migrations.AddField(
            "dataset",
            "root",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="later_versions", to="datasets.dataset"
            ),
        ),
        migrations.AddField("dataset", "version", models.PositiveIntegerField(default=1)),
        migrations.AddField("dataset", "change", models.JSONField(default=dict)),
        migrations.AddField(
            "dataset",
            "identical_to",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="copies", to="datasets.dataset"),
        ),
        migrations.AddConstraint(
            "dataset", models.UniqueConstraint(fields=["root", "version"], name="one_dataset_per_version")
        ),
        migrations.AlterField("finding", "answer", models.CharField(max_length=1200, null=True)),
        migrations.AddField("finding", "reason", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AlterField("dataset", "upload_key", models.CharField(default="", max_length=200)),
        migrations.RunPython(upload_to_source, source_to_upload),
        migrations.RemoveField("dataset", "upload_key"),
    ]
