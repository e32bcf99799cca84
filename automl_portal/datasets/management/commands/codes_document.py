"""Write docs/codes.md from the table of codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from automl_portal.datasets.codes import codes_document


class Command(BaseCommand):
    help = "Write docs/codes.md from domains/codes/."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            (Path(settings.BASE_DIR) / "docs" / "codes.md").write_text(codes_document(), encoding="utf-8")
