"""Settings for tests: the product's own, on the database in TEST_DATABASE_URL or on SQLite.

Every variable is said here, so that neither a shell nor a `.env` file chooses what is tested.
"""

import os

SAID = {
    "DEBUG": "off",
    "DEMO": "off",
    "SECRET_KEY": "only-for-tests-and-long-enough-for-the-deployment-checks-to-be-happy",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "BASE_URL": "http://127.0.0.1:8000",
    "INSTANCE_NAME": "mpcrm.invalid",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or "sqlite:///:memory:",
    "CONN_MAX_AGE": "60",
    "REDIS_URL": "",
    "HTTPS": "off",
    "BEHIND_PROXY": "off",
    "DEFAULT_FROM_EMAIL": "mpcrm@localhost",
    "PARLIAMENT_SYNC": "off",
    "PARLIAMENT_PACE": "0",
    "PARLIAMENT_MPS_A_NIGHT": "0",
    "PARLIAMENT_MOST_GONE": "5",
}
# Tests that start a process of their own may say otherwise for it.
SAID_UNLESS_A_TEST_DOES = {
    "EMAIL_URL": "memorymail://",
    "EMAIL_FILE_PATH": "var/outbox",
    "TICK_SECONDS": "60",
    "LOG_LEVEL": "ERROR",
}
os.environ.update(SAID)
for name, value in SAID_UNLESS_A_TEST_DOES.items():
    os.environ.setdefault(name, value)

from mpcrm.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
WHITENOISE_AUTOREFRESH = True
ACCOUNT_RATE_LIMITS = False
# No test asks the real Parliament: nothing listens here, and tests that ask say where.
PARLIAMENT_APIS = dict.fromkeys(
    ("members", "committees"), os.environ.get("TEST_PARLIAMENT_API", "http://127.0.0.1:9")
)
if "options" in DATABASES["default"].get("OPTIONS", {}):  # noqa: F405
    # Our processes are killed, PostgreSQL's never, so what it has not yet written to its disk is not lost.
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405
