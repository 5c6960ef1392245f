"""What every test may use: the two databases' marks, one authority with a person in each role, and a stranger's."""

from __future__ import annotations

import os
import shutil
import socket
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import Authority, Membership, Role
from tests.factories import AuthorityFactory, MembershipFactory

REAL_DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
# The headless shell, where it is, opens pages faster.
BROWSERS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)


def redis_answers() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=0.5).close()
    except OSError:
        return False
    return True


def deal_out_the_slow(items: list[pytest.Item]) -> None:
    """Put the slow tests, those of the longest file before the others, at the head of each half of the list.

    Two processes begin with a half each, and who is done first takes what is left of the other's. What the
    tests of one file share is made once, since they stay together.
    """
    slow: dict[Path, list[pytest.Item]] = defaultdict(list)
    seconds: Counter[Path] = Counter()
    for item in items:
        if mark := item.get_closest_marker("slow"):
            slow[item.path].append(item)
            seconds[item.path] += mark.kwargs.get("seconds", 1)
    halves: tuple[list[pytest.Item], list[pytest.Item]] = [], []
    for number, (path, _) in enumerate(seconds.most_common()):
        halves[number % 2].extend(slow[path])
    dealt = {*halves[0], *halves[1]}
    fast = [item for item in items if item not in dealt]
    room = max(0, len(items) // 2 - len(halves[0]))
    items[:] = [*halves[0], *fast[:room], *halves[1], *fast[room:]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    on_postgres = "postgres" in settings.DATABASES["default"]["ENGINE"]
    reasons = {
        "postgres": None if on_postgres else "shows on PostgreSQL only",
        "browser": None
        if on_postgres and CHROMIUM
        else ("no Chromium on this machine" if on_postgres else "browser tests run on PostgreSQL only"),
        "kill": None if on_postgres else "kill tests run on PostgreSQL only",
        "redis": None if redis_answers() else "no Redis at 127.0.0.1:6379",
        "real_data": None if REAL_DATA.is_dir() else f"the real lists of MPs are not at {REAL_DATA}",
    }
    deal_out_the_slow(items)
    for item in items:
        for mark, reason in reasons.items():
            if reason and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


def delete_rows(operations: Any, style: Any, tables: list[str], **_: bool) -> list[str]:
    """Statements that empty these tables once whoever writes is done, as TRUNCATE does, but in 20 ms: that makes
    a new file for each table and index, a second's work."""
    names = [operations.quote_name(table) for table in tables]
    return [f"LOCK TABLE {', '.join(names)}", *(f"DELETE FROM {name}" for name in names)]  # noqa: S608


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Before the test database is dropped, close what a killed process or a thread left open in it."""
    on_postgres = connection.vendor == "postgresql"
    with pytest.MonkeyPatch.context() as monkeypatch:
        if on_postgres:
            monkeypatch.setattr(type(connection.ops), "sql_flush", delete_rows)
        yield
    if on_postgres:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def real_data() -> Path:
    """The folder of real lists; a test that uses it is marked `real_data`."""
    return REAL_DATA


@pytest.fixture
def collected(tmp_path, settings) -> Path:
    """The static files as production names and serves them."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "mpcrm.static_files.StaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "static"


@pytest.fixture
def authority(db: None) -> Authority:
    return AuthorityFactory(name="Northmoor Council", slug="northmoor", reference_prefix="NM")


@pytest.fixture
def stranger(db: None) -> Membership:
    """An officer of another authority on the same instance."""
    return MembershipFactory(
        authority=AuthorityFactory(name="Southfen Council", slug="southfen"), role=Role.OFFICER
    )


@pytest.fixture
def officer(authority: Authority) -> Membership:
    return MembershipFactory(authority=authority, role=Role.OFFICER)


@pytest.fixture
def service_contact(authority: Authority) -> Membership:
    return MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)


@pytest.fixture
def political_affairs(authority: Authority) -> Membership:
    return MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)


@pytest.fixture
def executive(authority: Authority) -> Membership:
    return MembershipFactory(authority=authority, role=Role.EXECUTIVE)


@pytest.fixture
def admin(authority: Authority) -> Membership:
    return MembershipFactory(authority=authority, role=Role.ADMIN)


@pytest.fixture
def sign_in() -> Callable[[Membership], Client]:
    """A browser session of this person."""

    def client_of(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return client_of


def database_url() -> str:
    """Where the test database is, for processes that a test starts."""
    options = connection.settings_dict
    host = options["HOST"] or "127.0.0.1"
    return f"postgres://{options['USER']}:{options['PASSWORD']}@{host}:{options['PORT'] or 5432}/{options['NAME']}"


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the test's thread.
