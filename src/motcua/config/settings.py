"""Settings: the only place that knows the environment (12-factor). docs/administrators/settings.md lists the variables."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parents[1]  # src/motcua
PROJECT_DIR = BASE_DIR.parents[1]

HOME = Path(os.environ.get("MOTCUA_HOME") or PROJECT_DIR / ".motcua").resolve()
DEMO = os.environ.get("MOTCUA_DEMO") == "1"
DEBUG = os.environ.get("MOTCUA_DEBUG") == "1"


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0") == "1"


def _list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


SECRET_KEY = os.environ.get("MOTCUA_SECRET_KEY") or "set-by-the-motcua-command"
ALLOWED_HOSTS = _list("MOTCUA_ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = _list("MOTCUA_TRUSTED_ORIGINS")
PUBLIC_URL = os.environ.get("MOTCUA_PUBLIC_URL", "http://localhost:8000").rstrip("/")

# How the province presents itself on every page; docs/administrators/settings.md
PROVINCE_NAME = os.environ.get("MOTCUA_PROVINCE_NAME", "Huế")
PROVINCE_NAME_EN = os.environ.get("MOTCUA_PROVINCE_NAME_EN", "Hue")
PROVINCE_HOTLINE = os.environ.get("MOTCUA_PROVINCE_HOTLINE", "")
PROVINCE_EMAIL = os.environ.get("MOTCUA_PROVINCE_EMAIL", "")
PROVINCE_OPENING_HOURS = os.environ.get("MOTCUA_PROVINCE_OPENING_HOURS", "")
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
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "motcua.interfaces.middleware.ErrorsMiddleware",
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

DATABASES = {
    "default": {
        **dj_database_url.parse(
            os.environ.get("DATABASE_URL") or f"postgresql://motcua_app@%2F{str(HOME / 'run').lstrip('/').replace('/', '%2F')}/motcua",
            conn_max_age=None,
            conn_health_checks=True,
        ),
    }
}
DATABASES["default"]["ATOMIC_REQUESTS"] = False

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

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = _flag("MOTCUA_SECURE_COOKIES", default=PUBLIC_URL.startswith("https://"))
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "motcua.interfaces.error_views.csrf_failure"
AXES_LOCKOUT_CALLABLE = "motcua.interfaces.error_views.locked_out"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

EMAIL_BACKEND = os.environ.get("MOTCUA_EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("MOTCUA_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("MOTCUA_EMAIL_PORT", "25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("MOTCUA_EMAIL_FROM", "motcua@localhost")

FILES_DIR = HOME / "files"
FILE_MAX_BYTES = int(os.environ.get("MOTCUA_FILE_MAX_BYTES", str(20 * 1024 * 1024)))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
SHARED_DATA = Path(os.environ.get("MOTCUA_SHARED_DATA") or PROJECT_DIR.parent / "shared" / "data")

LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
