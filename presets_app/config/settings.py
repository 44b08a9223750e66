"""Every setting, typed, from the environment; the defaults run the whole product on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from presets_app.config.env import env_bool, env_int, env_list, env_path, env_secret, env_text
from presets_app.management.places import redis_socket, secret_key

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env_path("MATCHFRAME_DATA", BASE_DIR / "data")

DEBUG = env_bool("MATCHFRAME_DEBUG", False)
SECRET_KEY = env_secret("SECRET_KEY") or secret_key(DATA_DIR)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
HTTPS = env_bool("MATCHFRAME_HTTPS", False)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "presets_app.apps.PresetsAppConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_rq",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "presets_app.web.middleware.RequestIdMiddleware",
    "presets_app.web.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "presets_app.config.urls"
WSGI_APPLICATION = "presets_app.config.wsgi.application"
ASGI_APPLICATION = "presets_app.config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "presets_app.web.context.page",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "presets_app.templatetags.matchframe",
                "presets_app.templatetags.editing",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env_secret("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'matchframe.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a writer waits at BEGIN instead of failing half-way
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_FAILURE_LIMIT = env_int("MATCHFRAME_SIGN_IN_ATTEMPTS", 6)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
LOGIN_URL = "accounts.sign_in"
LOGIN_REDIRECT_URL = "home.start"
LOGOUT_REDIRECT_URL = "accounts.sign_in"

REDIS_URL = env_secret("REDIS_URL") or f"unix://{redis_socket(DATA_DIR)}"
GPU_POOLS = env_list("MATCHFRAME_GPU_POOLS", ["local"])
_QUEUE = {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 3600, "SERIALIZER": "rq.serializers.JSONSerializer"}
RQ_QUEUES = {name: dict(_QUEUE) for name in ("default", "cloud", "servers", "results")}
RQ = {"COMMIT_MODE": "on_db_commit"}

ARTIFACTS_DIR = env_path("MATCHFRAME_ARTIFACTS", DATA_DIR / "artifacts")
STORES_DIR = env_path("MATCHFRAME_STORES", DATA_DIR / "stores")
WEIGHTS_DIR = env_path("MATCHFRAME_WEIGHTS", DATA_DIR / "weights")
LLM_ENDPOINTS = env_list("MATCHFRAME_LLM_ENDPOINTS", [])  # of chat endpoints that recipes may ask
UPLOAD_LIMIT = env_int("MATCHFRAME_UPLOAD_LIMIT", 64 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FREE_DISK_FLOOR = env_int("MATCHFRAME_FREE_DISK_FLOOR", 200 * 1024 * 1024)

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"  # Django's default is exported to child processes, whose logs would then be hours off
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = env_path("MATCHFRAME_STATIC", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_text("MATCHFRAME_LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "rq": {"level": "WARNING"}, "rq.worker": {"level": "WARNING"}},
}
