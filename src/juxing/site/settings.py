"""
Settings, from the environment; the defaults suit the demo and the tests.

Production sets DATABASE_URL, JUXING_SECRET_KEY, JUXING_FIELD_KEYS and JUXING_HOSTS (docs/operations.md).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent
IS_DEMO = os.environ.get("JUXING_DEMO") == "1"
DEMO_PASSWORD = "juxing-demo-2026" if IS_DEMO else ""
DEBUG = False
SECRET_KEY = os.environ.get("JUXING_SECRET_KEY", "")
if not SECRET_KEY:
    raise RuntimeError("JUXING_SECRET_KEY is not set; `python3 run.py` sets it, see docs/operations.md.")
ALLOWED_HOSTS = [
    host for host in os.environ.get("JUXING_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",") if host
]
IS_BEHIND_HTTPS = os.environ.get("JUXING_HTTPS") == "1"
TRUSTED_PROXIES = int(os.environ.get("JUXING_TRUSTED_PROXIES", "1" if IS_BEHIND_HTTPS else "0"))
CODES_PER_ADDRESS = int(os.environ.get("JUXING_CODES_PER_ADDRESS", "1000"))
LIVE_URL = os.environ.get("JUXING_LIVE_URL", "")
HOTLINE = os.environ.get("JUXING_HOTLINE", "12345")
SEAL_ALGORITHM = os.environ.get("JUXING_SEAL_ALGORITHM", "sm3")
TOKEN_SECONDS = float(os.environ.get("JUXING_TOKEN_SECONDS", "2"))
SMS_GATEWAY = os.environ.get("JUXING_SMS_GATEWAY", "console")


def _field_keys() -> dict[str, str]:
    """Read the key ring ``name=base64,name=base64``, newest first."""
    ring = os.environ.get("JUXING_FIELD_KEYS", "")
    if not ring:
        raise RuntimeError("JUXING_FIELD_KEYS is not set; `python3 run.py` sets it, see docs/operations.md.")
    return dict(entry.split("=", 1) for entry in ring.split(","))


FIELD_KEYS = _field_keys()


def _database() -> dict[str, Any]:
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    query = dict(parse_qsl(url.query))
    options: dict[str, Any] = {key: value for key, value in query.items() if key not in {"host", "port"}}
    options["prepare_threshold"] = 3  # only kernel.statements prepares; other cursors bind on this side
    if os.environ.get("JUXING_DATABASE_POOL") == "1":
        options["pool"] = {
            "min_size": 1,
            "max_size": int(os.environ.get("JUXING_DATABASE_POOL_SIZE", "8")),
            "timeout": 20,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "juxing",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host", unquote(url.hostname or "")),
        "PORT": query.get("port", str(url.port or "")),
        "OPTIONS": options,
        "TEST": {"TEMPLATE": "template0"},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "ninja",
    "pgtrigger",
    "procrastinate.contrib.django",
    "juxing.kernel",
    "juxing.access",
    "juxing.places",
    "juxing.people",
    "juxing.organisations",
    "juxing.plans",
    "juxing.activations",
    "juxing.command",
    "juxing.reviews",
    "juxing.drills",
    "juxing.responders",
    "juxing.venues",
    "juxing.supplies",
    "juxing.needs",
    "juxing.dispatch",
    "juxing.group_purchases",
    "juxing.gateways",
    "juxing.overview",
    "juxing.site",
]

MIDDLEWARE = [
    "juxing.kernel.client_address.from_client",
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
    "django_htmx.middleware.HtmxMiddleware",
    "juxing.kernel.zero_bytes.without_zero_bytes",
    "juxing.access.middleware.ScopeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "juxing.site.urls"
WSGI_APPLICATION = "juxing.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "juxing.site.context.page_context",
                "juxing.activations.context.posture_banner",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Who signed in from where stands in the list of sessions, which its owner sees and the nightly jobs forget; not twice.
AXES_DISABLE_ACCESS_LOG = True
SECOND_STEP_ROLES = frozenset(filter(None, os.environ.get(
    "JUXING_SECOND_STEP_ROLES",
    "" if IS_DEMO else "system_admin,security_auditor,privacy_officer,district_commander,district_operator",
).split(",")))  # fmt: skip
SECOND_STEP_GRACE_DAYS = int(os.environ.get("JUXING_SECOND_STEP_GRACE_DAYS", "7"))
MASS_EXPORT_PERSONS = int(os.environ.get("JUXING_MASS_EXPORT_PERSONS", "200"))
PURCHASE_APPROVAL_YUAN = int(os.environ.get("JUXING_PURCHASE_APPROVAL_YUAN", "5000"))
OIDC_ISSUER = os.environ.get("JUXING_OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("JUXING_OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("JUXING_OIDC_CLIENT_SECRET", "")
OIDC_LABEL = os.environ.get("JUXING_OIDC_LABEL", _("Government identity"))
OIDC_COUNTS_AS_TWO_STEPS = os.environ.get("JUXING_OIDC_COUNTS_AS_TWO_STEPS") == "1"
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "overview:home"
LOGOUT_REDIRECT_URL = "access:sign_in"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("JUXING_HOME", BASE_DIR.parents[2] / ".juxing")) / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a folder that collectstatic has yet to make
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_BEHIND_HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = IS_BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *([LIVE_URL] if LIVE_URL else [])],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("JUXING_LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
