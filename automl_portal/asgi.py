"""The portal as an ASGI application: `uvicorn automl_portal.asgi:application`."""

from __future__ import annotations

import os
import tempfile

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automl_portal.settings")
django_application = get_asgi_application()

from automl_portal.uploads.gate import gate  # noqa: E402  (its models can be imported only now)

application = gate(django_application)
# A request's body is spooled to a file first: on the disk that keeps uploads, not in a small /tmp.
tempfile.tempdir = str(settings.FILE_UPLOAD_TEMP_DIR)
