"""Points Django at a throw-away data folder before anything imports its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "AUTOML_TEST_DATA_DIR" not in os.environ:
    os.environ["AUTOML_TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="automl-tests-")
    atexit.register(shutil.rmtree, os.environ["AUTOML_TEST_DATA_DIR"], ignore_errors=True)
os.environ["AUTOML_DATA_DIR"] = os.environ["AUTOML_TEST_DATA_DIR"]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automl_portal.settings")
# Django refuses database calls in a thread that has an event loop, which Playwright's has.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# A test never speaks to a service that happens to run here.
for name in ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "AUTOML_FORKSERVER", "AUTOML_SCORER", "AUTOML_RUN_DIR", "PORT"):
    os.environ.pop(name, None)
if url := os.environ.get("AUTOML_TEST_DATABASE_URL"):  # the same tests on PostgreSQL
    os.environ["DATABASE_URL"] = url

import django  # noqa: E402

django.setup()  # the conftests below import models while pytest is still collecting them
