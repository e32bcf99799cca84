from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # On its own: PostgreSQL alters no table in the transaction that filled a foreign key of it.
    dependencies = [("projects", "0002_run_dataset")]

    operations = [
        migrations.AlterField(
            "run",
            "dataset",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="datasets.dataset"),
        ),
    ]
