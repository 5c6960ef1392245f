"""Every setting of mpcrm, each read once from the environment.

Without DEBUG there is no working default for a secret: the process refuses to start.
`.env.example` lists every variable.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# --- Where it runs ------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# The demo shows who may sign in and the e-mails it "sent"; never on in production.
DEMO = env.bool("DEMO", default=False)
ON_ONE_LAPTOP = DEBUG or DEMO
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development" * 3 if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY in the environment (or DEBUG=on to try mpcrm out).")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if ON_ONE_LAPTOP else [])
# The address people reach this instance at; links in e-mails begin with it.
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# The host part of Message-IDs, so that repeats of one e-mail can be told apart from others.
INSTANCE_NAME = env.str("INSTANCE_NAME", default="mpcrm.invalid")

ROOT_URLCONF = "mpcrm.urls"
WSGI_APPLICATION = "mpcrm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Apps and middleware ------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_filters",
    "django_htmx",
    "csp",
    "simple_history",
    "accounts",
    "notifications",
    "contacts",
    "enquiries",
    "engagements",
    "overview",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mpcrm.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "mpcrm.middleware.NoStore",
    "mpcrm.middleware.NotAllowedInWords",
    "mpcrm.middleware.AuthorityFromUrl",
]

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
                "mpcrm.middleware.page_context",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["govuk"]
CRISPY_TEMPLATE_PACK = "govuk"

# --- Database -----------------------------------------------------------------------

DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'mpcrm.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait, and two writers queue instead of failing "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # PostgreSQL compiles a query that it takes for long work, for up to a second; none of ours is that long.
    options = DATABASES["default"].setdefault("OPTIONS", {})
    options["options"] = f"-c jit=off {options.get('options', '')}".strip()

# --- Time and language --------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"
DATE_FORMAT = "j F Y"

# --- Who may come in ----------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignUpAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an admin invites by e-mail, which proves the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
INVITATION_DAYS = 7
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * INVITATION_DAYS  # of every link; a reset's own limit is shorter
PASSWORD_RESET_HOURS = 1
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.resetting.ResetTokens"  # noqa: S105  a dotted path

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Sign-in throttling counts in the cache, so web processes must share it: Redis in production.
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- Browser protection -------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.bool("HTTPS", default=not ON_ONE_LAPTOP)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = 1  # sign-in throttling counts by the browser's address
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Static files -------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ON_ONE_LAPTOP
        else "mpcrm.static_files.StaticFiles",
    },
}
# On a laptop static files are served from where they lie, without collectstatic.
WHITENOISE_USE_FINDERS = ON_ONE_LAPTOP
WHITENOISE_AUTOREFRESH = ON_ONE_LAPTOP

# --- E-mail -------------------------------------------------------------------------

# EMAIL_URL such as smtp+tls://user:password@host:587, or filemail:// to keep e-mails as files.
vars().update(env.email("EMAIL_URL", default="filemail://" if ON_ONE_LAPTOP else "consolemail://"))
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", default=str(BASE_DIR / "var" / "outbox"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="mpcrm@localhost")

# --- The tick, and Celery as its alarm clock ----------------------------------------

# Run in this order by `manage.py tick` and by the Celery task; each is a function of now=.
TICK_STEPS = [
    "enquiries.escalation.sweep",
    "engagements.reminders.sweep",
    "contacts.cards.reminders.sweep",
    "contacts.answering.sweep",
    "notifications.delivery.deliver_due",
    "accounts.sessions.end_sessions",
    "contacts.parliament.nightly.sync_nightly",  # last, since it waits for others
]
# What else "Is it running?" has to say: functions of `now` that give `notifications.health.Note`s.
RUNNING_NOTES = ["contacts.parliament.health.notes"]
TICK_SECONDS = env.float("TICK_SECONDS", default=60.0)
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "notifications.tasks.tick",
        "schedule": TICK_SECONDS,
        "options": {"expires": TICK_SECONDS},  # a tick nobody took is replaced by the next
    },
}

# --- Parliament's own APIs -----------------------------------------------------------

# The only addresses that are ever asked. Not from the environment: nothing may point us elsewhere.
PARLIAMENT_APIS = {
    "members": "https://members-api.parliament.uk",
    "committees": "https://committees-api.parliament.uk",
}
# Whether to ask, every night, who the MPs are.
PARLIAMENT_SYNC = env.bool("PARLIAMENT_SYNC", default=False)
# Seconds between two requests.
PARLIAMENT_PACE = env.float("PARLIAMENT_PACE", default=1.0)
# Of how many MPs to ask, each night, which posts they hold and how to reach them; 0: of none.
PARLIAMENT_MPS_A_NIGHT = env.int("PARLIAMENT_MPS_A_NIGHT", default=120)
# By how many MPs a list may fall short of those who sit here, or be apart from Parliament's own count of each
# party's, before a person must look at it.
PARLIAMENT_MOST_GONE = env.int("PARLIAMENT_MOST_GONE", default=5)

# --- Logs ---------------------------------------------------------------------------

# Log lines carry references and ids, never a constituent's name or words.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "mpcrm.logs.SafeFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Django's own handlers would print, and mail, what ours leaves out.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
