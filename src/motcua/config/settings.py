"""Settings: the only place that knows the environment (12-factor); listed in docs/administrators/settings.md."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote

import dj_database_url

from motcua.config.demo import demo_mode
from motcua.config.home import home

BASE_DIR = Path(__file__).resolve().parents[1]  # src/motcua
PROJECT_DIR = BASE_DIR.parents[1]

HOME = home()
DEBUG = os.environ.get("MOTCUA_DEBUG") == "1"
ENVIRONMENT = os.environ.get("MOTCUA_ENV", "development")


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0") == "1"


def _list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _secret_key() -> str:
    """The installation's secret: from the environment, else the file that the motcua command makes (0600).

    Without either a fresh one: safe, but sessions end with the process and no two processes share them.
    """
    if given := os.environ.get("MOTCUA_SECRET_KEY"):
        return given
    try:
        return (HOME / "secret-key").read_text()
    except OSError:
        return secrets.token_urlsafe(64)


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = _list("MOTCUA_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = _list("MOTCUA_TRUSTED_ORIGINS")
PUBLIC_URL = os.environ.get("MOTCUA_PUBLIC_URL", "http://localhost:8000").rstrip("/")
# The portal is one of the channels: without it dossiers come from the national portal, the counter, post and the API.
PORTAL = _flag("MOTCUA_PORTAL", default=True)
# Where a code is looked up, for QR codes on receipts: empty is our own portal; {code} stands for the code.
LOOKUP_URL = os.environ.get("MOTCUA_LOOKUP_URL", "")
DEMO = demo_mode(PUBLIC_URL, ALLOWED_HOSTS)

# Pages for kiosks at centres, which open with the code of a card: only where a province has set up such machines
KIOSK = os.environ.get("MOTCUA_KIOSK", "1" if DEMO else "0") == "1"

# How the province presents itself on every page; docs/administrators/settings.md
PROVINCE_NAME = os.environ.get("MOTCUA_PROVINCE_NAME", "Huế")
PROVINCE_NAME_EN = os.environ.get("MOTCUA_PROVINCE_NAME_EN", "Hue")
PORTAL_IDENTIFIER = os.environ.get("MOTCUA_PORTAL_IDENTIFIER", "")  # in codes of linked dossiers (ND118 Đ28)
PROVINCE_CODE = os.environ.get("MOTCUA_PROVINCE_CODE", "46")  # of the national list of provinces (QĐ 19/2025)
PROVINCE_HOTLINE = os.environ.get("MOTCUA_PROVINCE_HOTLINE", "")
PROVINCE_EMAIL = os.environ.get("MOTCUA_PROVINCE_EMAIL", "")
PROVINCE_OPENING_HOURS = os.environ.get("MOTCUA_PROVINCE_OPENING_HOURS", "")
PROVINCE_WARNING = os.environ.get("MOTCUA_PROVINCE_WARNING", "")  # a band on every page of the portal
PROVINCE_WARNING_EN = os.environ.get("MOTCUA_PROVINCE_WARNING_EN", "")
PROVINCE_EMBLEM = os.environ.get("MOTCUA_PROVINCE_EMBLEM", "")  # path of an SVG, PNG or WebP file
PROVINCE_BRAND_COLOUR = os.environ.get("MOTCUA_PROVINCE_BRAND_COLOUR", "")  # #rrggbb, readable under white
PROVINCE_ACCENT_COLOUR = os.environ.get("MOTCUA_PROVINCE_ACCENT_COLOUR", "")  # #rrggbb

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "axes",
    "procrastinate.contrib.django",
    "motcua.engines.ledger",
    "motcua.engines.organisations",
    "motcua.engines.accounts",
    "motcua.engines.files",
    "motcua.engines.flows",
    "motcua.engines.forms",
    "motcua.engines.cases",
    "motcua.engines.notices",
    "motcua.services.procedures",
    "motcua.services.dossiers",
    "motcua.interfaces",
    "motcua.interfaces.portal",
    "motcua.interfaces.desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "motcua.interfaces.middleware.SecurityHeadersMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "motcua.interfaces.middleware.NoNulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "motcua.interfaces.middleware.ErrorsMiddleware",
    "motcua.interfaces.portal.kiosk.KioskMiddleware",
    "motcua.interfaces.signing_in.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "motcua.config.urls"
WSGI_APPLICATION = "motcua.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "interfaces" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "motcua.interfaces.context.site",
            ],
        },
    },
]

FORM_RENDERER = "motcua.interfaces.rendering.FormRenderer"


def _database() -> dict[str, object]:
    """The database; connections live as long as their thread and are looked at before each request."""
    url = (
        os.environ.get("MOTCUA_OWNER_SESSION")  # set by motcua migrate for itself
        or os.environ.get("DATABASE_URL")
        or os.environ.get("MOTCUA_EMBEDDED_URL")  # set by the motcua command when it has joined the embedded server
        or f"postgresql://motcua_app@{quote(str(HOME / 'run' / 'pg'), safe='')}/motcua"
    )
    found: dict[str, object] = {**dj_database_url.parse(url, conn_max_age=None)}
    options: dict[str, object] = {
        "connect_timeout": 10,
        "application_name": "motcua",
        # Django switches prepared statements off; ours (``ledger.prepared``, ``ledger.work``) are asked for one by one.
        "prepare_threshold": sys.maxsize,
    }
    role = os.environ.get("MOTCUA_DB_ROLE")
    if role and not os.environ.get("MOTCUA_OWNER_SESSION"):
        options["options"] = ROLE_OPTION % role
    given = found.get("OPTIONS")
    found["OPTIONS"] = options | (given if isinstance(given, dict) else {})
    return found


# On a server that is not ours the application signs in with the given role and acts as motcua_app.
ROLE_OPTION = "-c role=%s"
DATABASES = {"default": _database()}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [("build", BASE_DIR / "static" / "build")]
STATIC_ROOT = HOME / "static"
# Names with a hash, compressed, cached for ever; plain names where nothing is collected (tests, MOTCUA_DEBUG).
PLAIN_STATIC = _flag("MOTCUA_PLAIN_STATIC", default=DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = PLAIN_STATIC
WHITENOISE_AUTOREFRESH = DEBUG

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = _flag("MOTCUA_SECURE_COOKIES", default=PUBLIC_URL.startswith("https://"))
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "motcua.interfaces.error_views.csrf_failure"
AXES_LOCKOUT_CALLABLE = "motcua.interfaces.error_views.locked_out"
# Behind a server that ends TLS and sets the header itself; anybody else could claim to come encrypted.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("MOTCUA_BEHIND_PROXY") else None
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_URL.startswith("https://") else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# In the demo letters lie in a folder: nobody outside gets mail from an invented province.
EMAIL_BACKEND = os.environ.get(
    "MOTCUA_EMAIL_BACKEND", f"django.core.mail.backends.{'filebased' if DEMO else 'smtp'}.EmailBackend"
)
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = os.environ.get("MOTCUA_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("MOTCUA_EMAIL_PORT", "25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("MOTCUA_EMAIL_FROM", "motcua@localhost")

FILES_DIR = HOME / "files"
FILE_MAX_BYTES = int(os.environ.get("MOTCUA_FILE_MAX_BYTES", str(20 * 1024 * 1024)))
CLAMD = os.environ.get("MOTCUA_CLAMD", "")  # malware scanner: host:port, or the path of its socket
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
SHARED_DATA = Path(os.environ.get("MOTCUA_SHARED_DATA") or PROJECT_DIR.parent / "shared" / "data")

# Background work stands in the jobs.py of each engine and service.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("MOTCUA_LOG_LEVEL", "WARNING")},
    # Django's own handlers would say everything twice.
    "loggers": {"django": {"handlers": [], "level": os.environ.get("MOTCUA_LOG_LEVEL", "WARNING"), "propagate": True}},
}

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

# Signing in. Officials: a second factor always, and an end to sessions that nobody uses.
SELF_REGISTRATION = _flag("MOTCUA_SELF_REGISTRATION", default=True)  # may citizens make accounts of their own?
OFFICIAL_IDLE_MINUTES = int(os.environ.get("MOTCUA_OFFICIAL_IDLE_MINUTES", "30"))
OFFICIAL_SESSION_HOURS = int(os.environ.get("MOTCUA_OFFICIAL_SESSION_HOURS", "12"))
SESSION_COOKIE_AGE = 14 * 24 * 3600

ACCOUNT_ADAPTER = "motcua.interfaces.signing_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "motcua.interfaces.signing_in.forms.CitizenSignUp"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE_COOKIES else "http"

MFA_ADAPTER = "motcua.interfaces.signing_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # officials' accounts are made by administrators, with or without an address
MFA_TOTP_TOLERANCE = 1  # phones' clocks are not exact
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith(("http://localhost", "http://127.0.0.1"))

# OpenID Connect, VNeID first of all: one server by these variables; docs/administrators/settings.md
OPENID_IDENTITY_CLAIM = os.environ.get("MOTCUA_OPENID_IDENTITY_CLAIM", "identity_number")
OPENID_LEVEL_CLAIM = os.environ.get("MOTCUA_OPENID_LEVEL_CLAIM", "identity_level")
OPENID_PROVIDERS = [
    {
        "provider_id": os.environ.get("MOTCUA_OPENID_ID", "vneid"),
        "name": os.environ.get("MOTCUA_OPENID_NAME", "VNeID"),
        "client_id": os.environ.get("MOTCUA_OPENID_CLIENT_ID", "motcua"),
        "secret": os.environ.get("MOTCUA_OPENID_SECRET", ""),
        "server_url": issuer,
    }
    for issuer in _list("MOTCUA_OPENID_ISSUER")[:1]
]
SOCIALACCOUNT_ADAPTER = "motcua.interfaces.signing_in.adapters.OpenIdAdapter"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {**{k: v for k, v in each.items() if k != "server_url"}, "settings": {"server_url": each["server_url"]}}
            for each in OPENID_PROVIDERS
        ],
    }
}

# What all workers count together: attempts to sign in, codes of second factors, messages asked for. The table is made
# by a migration of the accounts engine; it holds a row for each name or address that tried within minutes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# Guessing of passwords: five failures for a name from one address lock this pair for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
