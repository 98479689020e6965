"""Django settings. PostgreSQL only; nothing else has to run."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from .env import Env, kept_secret
from .paths import PACKAGE, var_folder

env = Env()

VAR = var_folder()
DEBUG = env.debug
SECRET_KEY = kept_secret("session", env.secret_key)
DATA_KEY = kept_secret("data", env.data_key)
ALLOWED_HOSTS = env.allowed_hosts.split(",")
SEAWALL_DEMO = env.demo


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL")
    shared = {"ENGINE": "seawall.platform.postgres", "CONN_MAX_AGE": 60, "ATOMIC_REQUESTS": False}
    if not url:
        return shared | {"NAME": env.database, "HOST": "embedded", "USER": "postgres"}
    parts = urlsplit(url)
    return shared | {
        "NAME": parts.path.lstrip("/"),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.Account"

ROOMS = [
    "platform",
    "reference",
    "staff",
    "people",
    "campaigns",
    "supply",
    "sites",
    "booking",
    "clinic",
    "safety",
    "reports",
    "command",
    "drill",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    *(f"seawall.{room}" for room in ROOMS if (PACKAGE / room / "apps.py").exists()),
    "seawall.interfaces.console",
    "seawall.interfaces.portal",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "seawall.config.urls"
WSGI_APPLICATION = "seawall.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone
CAMPAIGN_TIME_ZONE = env.time_zone

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [PACKAGE / "interfaces" / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = not (env.demo or env.debug)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SESSION_COOKIE_SAMESITE = "Lax"
PROCRASTINATE_ON_APP_READY = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
