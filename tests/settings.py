"""Settings for tests: the product's own, on the database in TEST_DATABASE_URL or on SQLite."""

import os

os.environ["DEBUG"] = "off"
os.environ["HTTPS"] = "off"
os.environ["SECRET_KEY"] = "only-for-tests-and-long-enough-for-the-deployment-checks-to-be-happy"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or "sqlite:///:memory:"
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("LOG_LEVEL", "ERROR")

from mpcrm.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
WHITENOISE_AUTOREFRESH = True
ACCOUNT_RATE_LIMITS = False
# No test asks the real Parliament: nothing listens here, and tests that ask say where.
PARLIAMENT_APIS = {"members": os.environ.get("TEST_MEMBERS_API", "http://127.0.0.1:9")}
PARLIAMENT_PACE = 0.0
PARLIAMENT_SYNC = False
PARLIAMENT_MPS_A_NIGHT = 0
