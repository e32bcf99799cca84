"""Columns of a file to score that go by other names than the predictor's."""

from __future__ import annotations

import json

from django.utils.translation import gettext_noop as N_

from automl_portal.errors import Problem
from automl_portal.predictors.models import Predictor

MOST_BYTES = 1_000_000
UNKNOWN = N_("These names cannot be used: %(names)s. Map a column of the file to a column the predictor knows.")


def rename_read(text: str) -> dict[str, str]:
    """{column of the file: column of the predictor} out of a form field; empty for none. Raises Problem (`rename_invalid`)."""
    try:
        found = json.loads(text[:MOST_BYTES]) if text else {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        raise Problem("rename_invalid", N_('Send the renaming as a JSON object: {"column of the file": "column of the predictor"}.'))
    return found


def rename_check(predictor: Predictor, rename: dict[str, str]) -> None:
    """Raise Problem unless every column is mapped to another one that the predictor knows. The file itself is asked by the job."""
    known = {column["name"] for column in predictor.schema.get("columns", [])}
    wanted = list(rename.values())
    wrong = sorted({name for name in wanted if name not in known or wanted.count(name) > 1})
    if wrong:
        raise Problem("rename_invalid", UNKNOWN, params={"names": ", ".join(wrong)[:500]})
