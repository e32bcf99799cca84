"""Django's makemessages with this repository's habits: N_ marks a message, and the use cases' texts are messages too.

`manage.py makemessages` without arguments refreshes every catalogue we ship.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

from domains import registry

LOCALES = ["zh_Hans"]
IGNORED = [".venv", "node_modules", "tests", "benchmarks", "docker", "frontend", "var", "static"]
TEXTS_FILE = "use_case_texts.py"


class Command(makemessages.Command):
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=N_", "--keyword=pgettext_lazy:1c,2"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(locale=LOCALES, ignore_patterns=IGNORED, no_location=True, no_obsolete=True)

    def build_potfiles(self) -> list[str]:
        # The YAML files are read through their schema; their texts pass by xgettext in a file that lives for a moment.
        passing = Path(settings.BASE_DIR) / TEXTS_FILE
        lines = [f"# xgettext:no-python-format\ngettext_noop({text!r})" for text in registry.texts()]
        passing.write_text("\n".join(lines) + "\n", encoding="utf-8")
        try:
            found: list[str] = super().build_potfiles()
            return found
        finally:
            passing.unlink()
