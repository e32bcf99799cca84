"""Settings of the portal, the tick and the Celery workers. Every default is embedded; a variable replaces each (README)."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from automl_portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

DATA_DIR = env.data_directory(BASE_DIR)
STORAGE_DIR = env.storage_directory(DATA_DIR)
DATABASES = {"default": env.database(DATA_DIR)}
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
FORKSERVER = os.environ.get("AUTOML_FORKSERVER", "")
SCORER = os.environ.get("AUTOML_SCORER", "")
MAX_UPLOAD_BYTES = env.env_int("AUTOML_MAX_UPLOAD_MB", 20_000, least=1) * 1024**2
UPLOAD_QUOTA_BYTES = env.env_int("AUTOML_UPLOAD_QUOTA_MB", 100_000, least=1) * 1024**2  # a team's unfinished uploads together
KEPT_SEARCHES = env.env_int("AUTOML_KEPT_SEARCHES", 2)  # runs per project that can be continued
GRID_COUNTRY = env.env_country("AUTOML_GRID_COUNTRY")  # of the workers' electricity; without it no carbon figure
FIT_MEMORY_MB = env.env_int("AUTOML_FIT_MEMORY_MB", 0)  # 0: three quarters of the machine

SECRET_KEY = env.secret_key(DATA_DIR)
DEBUG = env.env_bool("DEBUG", False)
HTTPS = env.env_bool("AUTOML_HTTPS", False)
ALLOWED_HOSTS = env.env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.env_list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "automl_portal.accounts",
    "automl_portal.uploads",
    "automl_portal.jobs",
    "automl_portal.datasets",
    "automl_portal.projects",
    "automl_portal.predictors",
    "automl_portal.api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "automl_portal.accounts.middleware.TeamMiddleware",
]
ROOT_URLCONF = "automl_portal.urls"
ASGI_APPLICATION = "automl_portal.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "automl_portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"ui": "automl_portal.ui.tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "automl_portal.projects.context.frame",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
CSRF_FAILURE_VIEW = "automl_portal.projects.views.errors.csrf_failed"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # ECharts writes its tooltip as HTML with style attributes, so styles (not scripts) may be inline.
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "automl_portal.formats"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "automl_portal" / "static"]
# Without AUTOML_STATIC_ROOT (images run collectstatic into it) files are served straight from the source folders.
STATIC_ROOT = os.environ.get("AUTOML_STATIC_ROOT") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
STATICFILES_BACKEND = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage" if STATIC_ROOT else STATICFILES_BACKEND},
}

# Uploads always go to a file, on the disk that will keep them, so that keeping one is a rename.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = STORAGE_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # one role per column
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
NINJA_PAGINATION_PER_PAGE = 100
SILENCED_SYSTEM_CHECKS: list[str] = []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},
}
APP_NAME = _("Vertical AutoML")
