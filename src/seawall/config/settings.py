"""Django settings. PostgreSQL only; nothing else has to run."""

import os
from typing import Any

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from seawall.platform.keyring import kept_secret

from .env import origin, told
from .paths import PACKAGE, in_checkout, var_folder

env = told()

VAR = var_folder()
if not in_checkout():
    os.environ.setdefault("NUMBA_CACHE_DIR", str(VAR / "kernels"))  # the package may be another user's
DEBUG = env.debug
SECRET_KEY = env.secret_key or kept_secret(VAR / "keys" / "session")
DATA_KEY = env.data_key  # empty: those in VAR/keys/data
PASSPHRASE = env.passphrase
WEB_WORKERS, WEB_THREADS = env.web_workers, env.web_threads
PUBLIC_SECONDS = env.public_seconds
MQTT_URL, MQTT_LAYOUT = env.mqtt_url, env.mqtt_layout
METRICS_TOKEN = env.metrics_token
PUBLIC_URL = env.public_url.rstrip("/")
GATEWAY = {
    "sms": (env.sms_url, env.sms_token),
    "email": (env.smtp_url, env.smtp_password),
    "webhook": (env.webhook_url, env.webhook_token),
    "voice": (env.voice_url, env.voice_token),
}
MAIL_FROM = env.mail_from
PROXIES = tuple(part.strip() for part in env.proxies.split(",") if part.strip())
ALLOWED_HOSTS = env.allowed_hosts.split(",")
SEAWALL_DEMO = env.demo


DATABASE_URL = env.database_url
EMBEDDED = not DATABASE_URL  # our own PostgreSQL, started when needed


def _database() -> dict[str, Any]:
    """Everything that the URL says is kept: `sslmode`, `options`, `application_name`, several hosts."""
    shared = {"ENGINE": "seawall.platform.postgres", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if EMBEDDED:
        return shared | {"NAME": env.database, "HOST": "embedded", "USER": "postgres"}
    told = conninfo_to_dict(DATABASE_URL)
    known = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return shared | {ours: str(told.pop(theirs, "") or "") for ours, theirs in known.items()} | {"OPTIONS": told}


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.Account"
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
    {
        "NAME": f"{VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name")},
    },
]
LOGIN_URL, LOGIN_REDIRECT_URL = "sign_in", "start"
ACCOUNT_ADAPTER = "seawall.staff.sign_in.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # tries are counted at our own doors, for all processes at once
MFA_ADAPTER = "seawall.staff.sign_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "seawall.interfaces.console.passkeys.Added",
    "authenticate_webauthn": "seawall.interfaces.console.passkeys.Used",
    "reauthenticate_webauthn": "seawall.interfaces.console.passkeys.UsedAgain",
}
MFA_TOTP_ISSUER = "Seawall"
MFA_TOTP_TOLERANCE = 1  # codes of the half minute before and after: telephones' clocks differ
SOCIALACCOUNT_ADAPTER = "seawall.interfaces.console.federated.Federated"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if env.oidc_issuer:
    house = {"provider_id": "staff", "name": env.oidc_name, "client_id": env.oidc_client_id, "secret": env.oidc_secret}
    house_settings = {"server_url": env.oidc_issuer, "oauth_pkce_enabled": True}
    SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [house | {"settings": house_settings}]}}
PASSWORD_RESET_TIMEOUT = 3 * 86_400  # seconds for which a link that chooses a password works

ROOMS = [
    "platform",
    "reference",
    "staff",
    "people",
    "campaigns",
    "supply",
    "sites",
    "booking",
    "outreach",
    "clinic",
    "certificates",
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
    "seawall.interfaces.tablet",
    "allauth",  # after our own: our templates of its pages stand before its
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "seawall.interfaces.observing.Observed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "seawall.interfaces.portal.kept.Kept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "seawall.interfaces.words.Languages",
    "seawall.interfaces.campaign.InAddress",
    "seawall.interfaces.api.problems.Problems",
    "seawall.interfaces.api.pace.Pace",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "seawall.config.refusals.InWords",
]
ROOT_URLCONF = "seawall.config.urls"
WSGI_APPLICATION = "seawall.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", ["seawall.interfaces.parts.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]

LANGUAGE_CODE = "en"  # where a word is missing in another language
LANGUAGES = [("zh-hans", "中文"), ("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
CAMPAIGN_TIME_ZONE = env.time_zone  # empty: the loaded city's

STATIC_URL = "/static/"  # the same whatever stands before an address
STATIC_ROOT = PACKAGE / "interfaces" / "static"  # written by the build of the front end, with names by digest
NAMED = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": f"django.contrib.staticfiles.storage.{'Manifest' if NAMED else ''}StaticFilesStorage",
    },
}
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
        "form-action": [SELF, *([origin(env.oidc_issuer)] if env.oidc_issuer else [])],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_ENGINE = "seawall.platform.sessions"
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = (
    "django.contrib.messages.storage.fallback.FallbackStorage"  # a cookie; the session for what is too long
)
SESSION_COOKIE_SECURE = not (env.demo or env.debug)
CSRF_FAILURE_VIEW = "seawall.config.refusals.forged"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SESSION_COOKIE_SAMESITE = "Lax"
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "seawall.config.logs.Line", "in_full": env.debug}},
    "filters": {"failed": {"()": "seawall.config.logs.Failed"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["failed"]},
        "procrastinate": {"level": "WARNING"},  # its jobs' arguments are nobody's to read
        "seawall": {"level": env.log_level},
    },
}
