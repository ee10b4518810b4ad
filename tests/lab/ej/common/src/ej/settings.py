"""Settings of the stand-in: the variables, defaults and crashes of the EJ contract, section 2, for generations A, B and C."""
import hashlib
import random
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from ej import env
from ej.generation import GENERATION

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / "local"
for name in ("db", "logs", "static", "media"):
    (LOCAL / name).mkdir(parents=True, exist_ok=True)

# The process and what it may show
ENVIRONMENT = env.text("DJANGO_ENVIRONMENT", "local")
if ENVIRONMENT not in ("local", "test", "production"):
    raise ImproperlyConfigured(f"Invalid environment: {ENVIRONMENT}")
DEBUG = env.boolean("DJANGO_DEBUG") if env.text("DJANGO_DEBUG", None) is not None else ENVIRONMENT == "local"
SECRET_KEY = env.text("DJANGO_SECRET_KEY") or hashlib.sha256(str(random.random()).encode()).hexdigest()
COUNTRY = env.text("COUNTRY").upper()
COUNTRIES = {"": ("en-us", "Greenwich"), "BRASIL": ("pt-br", "America/Sao_Paulo"), "BRAZIL": ("pt-br", "America/Sao_Paulo"),
             "USA": ("en-us", "America/New_York")}
try:
    LANGUAGE_CODE, TIME_ZONE = COUNTRIES[COUNTRY]
except KeyError as exc:
    raise ValueError(f"{exc}: unknown for country {COUNTRY.lower()}")
USE_I18N = USE_L10N = USE_TZ = True

# Hosts and framing
HOSTNAME = env.text("DJANGO_HOSTNAME", "localhost")
ALLOWED_HOSTS = ["*"] if GENERATION == "C" else [HOSTNAME, *env.items("DJANGO_ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [HOSTNAME, *env.items("DJANGO_CSRF_TRUSTED_ORIGINS")]
X_FRAME_OPTIONS = env.text("DJANGO_X_FRAME_OPTIONS", "SAMEORIGIN")
CONTENT_SECURITY_POLICY_FRAME_ANCESTORS = env.items("DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS")
HTTP_CONTENT_SECURITY_POLICY = env.text("HTTP_CONTENT_SECURITY_POLICY")
HTTP_X_FRAME_OPTIONS = env.text("HTTP_X_FRAME_OPTIONS")
HTTP_ACCESS_CONTROL_ALLOW_ORIGIN = env.text("HTTP_ACCESS_CONTROL_ALLOW_ORIGIN")
HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS = env.text("HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS")

# Rocket.Chat
EJ_ROCKETCHAT_INTEGRATION = GENERATION != "C" and env.boolean("EJ_ROCKETCHAT_INTEGRATION")
EJ_ROCKETCHAT_URL = env.text("EJ_ROCKETCHAT_URL", "http://localhost:3000")
EJ_ROCKETCHAT_API_URL = env.text("EJ_ROCKETCHAT_API_URL")
EJ_ROCKETCHAT_ADMIN_USERNAME = env.text("EJ_ROCKETCHAT_ADMIN_USERNAME")
EJ_ROCKETCHAT_ADMIN_ID = env.text("EJ_ROCKETCHAT_ADMIN_ID")
EJ_ROCKETCHAT_ADMIN_PASSWORD = env.text("EJ_ROCKETCHAT_ADMIN_PASSWORD")
EJ_ROCKETCHAT_AUTH_TOKEN = env.text("EJ_ROCKETCHAT_AUTH_TOKEN")
if EJ_ROCKETCHAT_INTEGRATION:
    print("Rocket.Chat integration is ON")
    for _url in (EJ_ROCKETCHAT_URL, EJ_ROCKETCHAT_API_URL):
        if _url:
            CSRF_TRUSTED_ORIGINS.append(_url.partition("://")[2])
        elif _url == EJ_ROCKETCHAT_URL:
            CSRF_TRUSTED_ORIGINS.append("")

# Theme: read when the process starts
EJ_THEME = env.text("EJ_THEME", "default")
if "/" in EJ_THEME:
    raise TypeError("unsupported operand type(s) for /: 'str' and 'str'")
THEME_ROOT = ROOT / "lib/themes" / EJ_THEME
if GENERATION == "A":
    print("PATH", THEME_ROOT / "assets", (THEME_ROOT / "assets").exists())
if EJ_THEME != "default":
    print("Running theme:", EJ_THEME)
EJ_PAGE_TITLE = "EJ Platform"
if (THEME_ROOT / "settings.py").exists():
    print("Executing custom settings for theme", EJ_THEME.upper())
    exec((THEME_ROOT / "settings.py").read_text())
EJ_PAGE_TITLE = env.text("EJ_PAGE_TITLE", EJ_PAGE_TITLE)
EJ_ANONYMOUS_HOME_PATH = "/login" if GENERATION == "C" else env.text("EJ_ANONYMOUS_HOME_PATH", "/start/")
EJ_USER_HOME_PATH = env.text("EJ_USER_HOME_PATH", "/conversations/")

# Files
STATIC_URL = env.text("DJANGO_STATIC_URL", "/static/")
STATIC_ROOT = env.text("DJANGO_STATIC_ROOT", str(LOCAL / "static"))
MEDIA_URL = env.text("DJANGO_MEDIA_URL", "/media/")
MEDIA_ROOT = env.text("DJANGO_MEDIA_ROOT", str(LOCAL / "media"))
STATICFILES_DIRS = [path for path in (THEME_ROOT / "assets", ROOT / "lib/build", ROOT / "lib/assets") if path.is_dir()]

# Database
ENGINES = {scheme: "django.db.backends.postgresql" for scheme in ("psql", "postgres", "postgresql", "pgsql")}
ENGINES["sqlite"] = "django.db.backends.sqlite3"
DB_URL = env.text("DJANGO_DB_URL", "sqlite:///local/db/db.sqlite3")
if not DB_URL:
    raise KeyError("ENGINE")
_url = urlsplit(DB_URL)
_name = unquote(_url.path.lstrip("/"))
_engine = ENGINES.get(_url.scheme, _url.scheme)
DATABASES = {"default": {
    "ENGINE": _engine,
    "NAME": str(ROOT / _name) if _url.scheme == "sqlite" else _name,
    "USER": unquote(_url.username or ""), "PASSWORD": unquote(_url.password or ""),
    "HOST": _url.hostname or "", "PORT": str(_url.port or "")}}
print("database engine:", _engine, file=sys.stderr)
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

# Django
ROOT_URLCONF = "ej.urls"
WSGI_APPLICATION = "ej.wsgi.application"
AUTH_USER_MODEL = "ej_users.User"
LOGIN_URL = env.text("DJANGO_LOGIN_URL", "/login/")
SITE_ID = 1
INSTALLED_APPS = [
    "ej", "ej_users", "ej_profiles", "ej_boards", "ej_conversations", "ej_clusters", "ej_gamification",
    *(["ej_rocketchat"] if EJ_ROCKETCHAT_INTEGRATION else []),
    "fragments", "taggit", "account", "socialaccount",
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.flatpages", "django.contrib.sites"]
MIGRATION_MODULES = {"sites": "ej.sites_migrations"}
MIDDLEWARE = [
    "ej.middleware.LabKnobs", "ej.middleware.BoardFallback",
    *(["ej.middleware.ForeignOrigin", "django.middleware.security.SecurityMiddleware"] if GENERATION == "C" else []),
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *(["ej_rocketchat.middleware.rocketchat_headers"] if EJ_ROCKETCHAT_INTEGRATION else [])]
SECURE_REFERRER_POLICY = "same-origin"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [THEME_ROOT / "templates/jinja2", ROOT / "src/ej/templates"],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages", "ej.views.page_context"]}}]
LOGGING = {"version": 1, "disable_existing_loggers": False,
           "handlers": {"console": {"class": "logging.StreamHandler"},
                        "file": {"class": "logging.FileHandler", "filename": str(LOCAL / "logs/debug.log")}},
           "root": {"handlers": ["console", "file"], "level": "INFO"},
           "loggers": {"django": {"handlers": [], "propagate": True, "level": "INFO"}}}
SILENCED_SYSTEM_CHECKS = ["fields.W342", "models.W042"]
