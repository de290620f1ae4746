"""Settings: everything comes from the environment (README lists each name with its default)."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from config import embedded, logs
from config.database import cluster
from config.environment import connections, folders, secret_files, values
from config.environment.mailers import mailers

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

NIGHTDESK_URL = values.site("NIGHTDESK_URL", env("NIGHTDESK_URL", default="http://localhost:8000"))
NIGHTDESK_DATA = folders.data_folder(
    "NIGHTDESK_DATA", env("NIGHTDESK_DATA", default=""), BASE_DIR / ".nightdesk"
)
# Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
NIGHTDESK_TRUSTED_PROXIES = values.networks(
    "NIGHTDESK_TRUSTED_PROXIES", env("NIGHTDESK_TRUSTED_PROXIES", default="")
)
HTTPS = NIGHTDESK_URL.startswith("https://")
DEBUG = False
SECRET_KEY = values.secret("SECRET_KEY", env("SECRET_KEY", default="")) or secret_files.kept_secret(
    NIGHTDESK_DATA / "secret_key"
)
# What seals the secrets in the database; the first key seals, all of them open.
NIGHTDESK_ENCRYPTION_KEYS = secret_files.encryption_keys(
    "NIGHTDESK_ENCRYPTION_KEYS",
    env("NIGHTDESK_ENCRYPTION_KEYS", default=""),
    NIGHTDESK_DATA / "encryption_keys",
)
ALLOWED_HOSTS = values.hosts("ALLOWED_HOSTS", env.list("ALLOWED_HOSTS", default=[]))
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]", values.host(NIGHTDESK_URL)]
# Behind a proxy that ends TLS, a form's origin is https while the request arrives as http.
CSRF_TRUSTED_ORIGINS = values.origins(
    "CSRF_TRUSTED_ORIGINS", env.list("CSRF_TRUSTED_ORIGINS", default=[NIGHTDESK_URL] if HTTPS else [])
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "foundation",
    "ui",
    "live",
    "network",
    "accounts",
    "products",
    "notifications",
    "monitoring",
    "incidents",
    "hotfixes",
    "review",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.http.middleware.TransportSecurity",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "config.http.problem_pages.ProblemDetails",
    "config.api.manners.ApiManners",
    "config.http.middleware.FormsInUtf8",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.http.middleware.KeptNowhere",
    "accounts.middleware.SignInRequired",
    "accounts.middleware.MustChangePassword",
    "accounts.middleware.SecondStepRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeen",
    "config.http.middleware.Busy",
]

ROOT_URLCONF = "config.urls"
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
                "ui.context.page",
                "config.http.middleware.open_air",
                "notifications.standing.alarm",
                "hotfixes.decision.waiting.count",
                "config.health.banner.alarms",
            ],
        },
    },
]

# Without DATABASE_URL the embedded server, whose socket follows from the data folder (manage.py starts it).
DATABASE_URL = env("DATABASE_URL", default="")
EMBEDDED = NIGHTDESK_DATA / "postgres"
# Two roles: the owner migrates, backs up and restores, web and worker add to the timeline (config/database/roles.py).
DATABASE_OWNER_URL = connections.owner(
    "DATABASE_OWNER_URL", env("DATABASE_OWNER_URL", default=""), DATABASE_URL
)
if DATABASE_URL:
    APP_DATABASE = connections.database("DATABASE_URL", DATABASE_URL)
    OWNER_DATABASE = connections.database("DATABASE_OWNER_URL", DATABASE_OWNER_URL or DATABASE_URL)
else:
    OWNER_DATABASE, APP_DATABASE = embedded.settings(EMBEDDED, owner=True), embedded.settings(EMBEDDED)
NIGHTDESK_APP_ROLE = APP_DATABASE["USER"] if DATABASE_URL else cluster.APP
# config/starting/command_line.py asks for it, for the commands that are the owner's.
DATABASES = {
    "default": dict(OWNER_DATABASE if env.bool("NIGHTDESK_AS_OWNER", default=False) else APP_DATABASE)
}
# The web process asks for a pool for all its threads: who waits 10 s for it waits for a database that is away.
if pool := values.number("NIGHTDESK_POOL", env("NIGHTDESK_POOL", default=""), 0, least=0):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
LISTEN_DATABASE_URL = env("LISTEN_DATABASE_URL", default="").strip()
# Web and worker ask for limits (config/asgi.py, config/celery.py); migrations and a verification may take longer.
# A transaction pooler refuses such options: behind one they belong to the role.
limited = values.flag("NIGHTDESK_LIMITS", env("NIGHTDESK_LIMITS", default=""), default=False)
if limited and not LISTEN_DATABASE_URL:
    connections.limit(DATABASES["default"])
if LISTEN_DATABASE_URL:
    connections.database("LISTEN_DATABASE_URL", LISTEN_DATABASE_URL)
    # A cursor that outlives its transaction is not to be found again behind a transaction pooler.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = connections.broker("REDIS_URL", env("REDIS_URL", default="")) or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 4
CELERY_WORKER_CONSUMER = "config.broker.consumer:Consumer"
CELERY_TIMEZONE = "UTC"
# A task is a hint: it is taken out of the queue when its work is done, and given back when its worker dies.
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.1}
    if CELERY_BROKER_URL.startswith("memory")
    # What a dead worker held is looked for every 5 s.
    else {"visibility_timeout": 180, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
)

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Argon2 where its library is installed; what PBKDF2 hashed before is re-hashed at the next sign-in.
PASSWORD_HASHERS = [
    *(["django.contrib.auth.hashers.Argon2PasswordHasher"] if find_spec("argon2") else []),
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Nightdesk] "
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.links.LinkTokens"
ACCOUNT_RATE_LIMITS = {"second_step": "5/300s/key"}
ACCOUNT_FORMS = {
    "login": "accounts.forms.entrance.SignInForm",
    "change_password": "accounts.forms.entrance.ChangePasswordForm",
    "reset_password": "accounts.forms.entrance.ForgotPasswordForm",
    "reset_password_from_key": "accounts.forms.entrance.ChoosePasswordForm",
}
USERSESSIONS_ADAPTER = "accounts.sessions.SessionsAdapter"
# Passkeys confirm that it is still the same person (accounts/confirming.py): by finger, face or PIN, never by touch.
MFA_ADAPTER = "accounts.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_WEBAUTHN_USER_VERIFICATION = "required"

# Rate limits hold across web processes and without Redis.
CACHES = {
    "default": {
        "BACKEND": "config.database.cache.Cache",
        "LOCATION": "nightdesk_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# The API: requests of one token, and refused sign-ins from one address, in a minute.
NIGHTDESK_REQUESTS_A_MINUTE = values.number(
    "NIGHTDESK_REQUESTS_A_MINUTE", env("NIGHTDESK_REQUESTS_A_MINUTE", default=""), 1200
)
NIGHTDESK_REFUSED_A_MINUTE = values.number(
    "NIGHTDESK_REFUSED_A_MINUTE", env("NIGHTDESK_REFUSED_A_MINUTE", default=""), 60
)

# Room for files that people hand in, all together.
NIGHTDESK_FILES_MB = values.number("NIGHTDESK_FILES_MB", env("NIGHTDESK_FILES_MB", default=""), 1000)
# config/http/bodies.py limits what arrives, before anything reads it.
DATA_UPLOAD_MAX_MEMORY_SIZE = None

MAIL_URL = env("MAIL_URL", default="")
MAILERS = mailers(MAIL_URL)
DEFAULT_FROM_EMAIL = (
    values.sender("DEFAULT_FROM_EMAIL", env("DEFAULT_FROM_EMAIL", default=""))
    or f"nightdesk@{urlsplit(NIGHTDESK_URL).hostname}"
)

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
# Until there is a second one, nobody looks for each word in a catalogue: 6 % of what a page costs.
USE_I18N = len(LANGUAGES) > 1

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without those of packages: no page asks for them, and compressing them was most of a first start's work on files.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "ui.bundle.BundleFinder"]
STATIC_ROOT = Path(env("NIGHTDESK_STATIC", default="") or NIGHTDESK_DATA / "static").expanduser().resolve()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's page reads ours, not even what this house runs

LOGGING = logs.LOGGING
logs.keep_records()

SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # forms carry their token themselves
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = "Lax"
# Who may decide, approve and administrate with a password alone (accounts/guarded.py).
NIGHTDESK_REQUIRE_MFA = values.flag(
    "NIGHTDESK_REQUIRE_MFA", env("NIGHTDESK_REQUIRE_MFA", default=""), default=HTTPS
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600  # sent by config.http.middleware.TransportSecurity
# The proxy redirects to https; subdomains and browsers' preload lists are the organisation's to decide. Without
# MAIL_URL links are shown instead of mailed, which own health says.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021", "mail.E001"]
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# Where probes may go and which files they may read: the environment only, never the browser.
NIGHTDESK_PROBE_NETWORKS = values.networks(
    "NIGHTDESK_PROBE_NETWORKS", env("NIGHTDESK_PROBE_NETWORKS", default="")
)
# Slack's own; a test puts a server of its own here.
SLACK_API = "https://slack.com/api"
# Where messages may go besides the public internet.
NIGHTDESK_WEBHOOK_NETWORKS = values.networks(
    "NIGHTDESK_WEBHOOK_NETWORKS", env("NIGHTDESK_WEBHOOK_NETWORKS", default="")
)
NIGHTDESK_FILE_ROOTS = folders.file_roots("NIGHTDESK_FILE_ROOTS", env("NIGHTDESK_FILE_ROOTS", default=""))
# How repositories may be read. http and file only where the operator says so: a LAN, a demo, tests.
NIGHTDESK_GIT_PROTOCOLS = values.git_protocols(
    "NIGHTDESK_GIT_PROTOCOLS", env("NIGHTDESK_GIT_PROTOCOLS", default="")
)
# Processes that are kept as files: imported at the start and when they change, read-only in the browser.
NIGHTDESK_PROCESS_DIR = folders.process_folder(
    "NIGHTDESK_PROCESS_DIR", env("NIGHTDESK_PROCESS_DIR", default="")
)

# Who watches the watcher: told once a minute while all parts work; and who may read the figures besides loopback.
NIGHTDESK_PING_URL = values.address("NIGHTDESK_PING_URL", env("NIGHTDESK_PING_URL", default=""))
METRICS_TOKEN = values.token("METRICS_TOKEN", env("METRICS_TOKEN", default=""))
