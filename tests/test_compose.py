"""The production file: its web, worker and beat commands, run against a local PostgreSQL and Redis."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import redis
import yaml
from django.conf import settings
from django.utils import timezone

from accounts.models import Role
from enquiries.models import Enquiry, Escalation, TimelineEntry
from enquiries.services import create_default_policies, log_enquiry
from notifications.models import Channel, Notification, State, Tick
from tests.conftest import database_url
from tests.factories import MembershipFactory, MPFactory
from tests.test_house_rules import variables_listed

REDIS = "redis://127.0.0.1:6379/13"  # a database of Redis that nothing else uses
COMPOSE = yaml.safe_load((Path(settings.BASE_DIR) / "docker-compose.yml").read_text())
NOT_HANDED_OVER = {
    "DEBUG": "never on where real enquiries are",
    "DEMO": "never on where real enquiries are",
    "DATABASE_URL": "compose makes it, with POSTGRES_PASSWORD",
    "REDIS_URL": "compose makes it",
    "EMAIL_FILE_PATH": "a container keeps no files; e-mail leaves by EMAIL_URL",
}
OURS = ("migrate", "web", "worker", "beat")


@pytest.fixture
def empty_redis():
    client = redis.Redis.from_url(REDIS)
    client.flushdb()
    yield
    client.flushdb()
    client.close()


@pytest.fixture
def environment(empty_redis, transactional_db, tmp_path) -> dict[str, str]:
    """What compose hands over, with this machine's PostgreSQL and Redis, and e-mails kept as files."""
    given = {
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "mpcrm.example,127.0.0.1",
        "BASE_URL": "https://mpcrm.example",
        "INSTANCE_NAME": "mpcrm.example",
        "DEFAULT_FROM_EMAIL": "mpcrm@mpcrm.example",
        "EMAIL_URL": "filemail://",
        "DATABASE_URL": database_url(),
        "REDIS_URL": REDIS,
        "CONN_MAX_AGE": "60",
        "HTTPS": "on",
        "BEHIND_PROXY": "on",
        "TICK_SECONDS": "1",
        "LOG_LEVEL": "INFO",
        "PARLIAMENT_SYNC": "off",
        "PARLIAMENT_PACE": "1.0",
        "PARLIAMENT_MPS_A_NIGHT": "120",
        "PARLIAMENT_MOST_GONE": "5",
    }
    for service in ("web", "worker", "beat"):
        assert set(COMPOSE["services"][service]["environment"]) == set(given)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | given | {"EMAIL_FILE_PATH": str(tmp_path / "outbox")}


@contextmanager
def started(service: str, environment: dict[str, str], tmp_path: Path, port: int):
    """The service's command as compose would run it, on this machine's port and paths."""
    program, *arguments = [
        part.replace("0.0.0.0:8000", f"127.0.0.1:{port}").replace("/tmp/", f"{tmp_path}/")
        for part in COMPOSE["services"][service]["command"]
    ]
    with (tmp_path / f"{service}.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).parent / program, *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_healthy(service: str, tmp_path: Path) -> bool:
    """What the service's health check says, of this machine's paths."""
    kind, program, *arguments = COMPOSE["services"][service]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    here = [part.replace("/tmp/", f"{tmp_path}/") for part in arguments]
    return subprocess.run([sys.executable, *here], timeout=10).returncode == 0


def wait_until(is_so: Callable[[], object], tmp_path: Path, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            logs = {path.name: path.read_text()[-3000:] for path in tmp_path.glob("*.log")}
            raise AssertionError(f"not within {seconds} seconds; {logs}")
        time.sleep(0.2)


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


@pytest.fixture
def overdue(transactional_db, authority) -> Enquiry:
    """An enquiry received six weeks ago that nobody has answered."""
    create_default_policies(authority=authority)
    MembershipFactory(authority=authority, role=Role.POLITICAL_AFFAIRS)
    now = timezone.now() - timedelta(weeks=6)
    return log_enquiry(
        by=MembershipFactory(authority=authority, role=Role.OFFICER),
        now=now,
        mp=MPFactory(authority=authority),
        received_on=timezone.localdate(now),
        channel="e-mail",
        subject="Potholes",
        question="When?",
        submission=uuid.uuid4(),
    )


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.slow
def test_escalation_arrives_through_web_worker_and_beat(overdue, environment, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        stack.enter_context(started("web", environment, tmp_path, port))
        wait_until(lambda: status_of(f"{site}/healthz") == 200, tmp_path)
        assert status_of(f"{site}/readyz") == 503  # nothing has ticked yet
        assert not Escalation.objects.exists()

        for service in ("worker", "beat"):
            stack.enter_context(started(service, environment, tmp_path, port))
        emails = Notification.objects.filter(kind="escalation", channel=Channel.EMAIL)
        wait_until(lambda: emails.filter(state=State.SENT).exists(), tmp_path)
        wait_until(lambda: status_of(f"{site}/readyz") == 200, tmp_path)

        assert is_healthy("beat", tmp_path)
        ticks = Tick.objects.count()
        wait_until(lambda: Tick.objects.count() >= ticks + 2, tmp_path)

    assert [escalation.enquiry_id for escalation in Escalation.objects.all()] == [overdue.pk]
    assert overdue.timeline.filter(kind=TimelineEntry.Kind.ESCALATED).count() == 1
    assert Notification.objects.filter(kind="escalation", channel=Channel.IN_APP).count() == 1
    kept = "".join(path.read_text() for path in (tmp_path / "outbox").iterdir())
    assert re.findall(r"^Message-ID: <(.+)@mpcrm\.example>$", kept, re.MULTILINE) == [
        str(email.key) for email in emails
    ]


def test_everything_of_ours_waits_for_the_migrations():
    for service in ("web", "worker", "beat"):
        assert COMPOSE["services"][service]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert COMPOSE["services"]["migrate"]["command"] == ["python", "manage.py", "migrate", "--no-input"]


def test_whatever_serves_has_a_health_check():
    for service in ("web", "worker", "beat", "db", "redis"):
        assert COMPOSE["services"][service]["healthcheck"]["test"]


def test_beat_that_writes_no_schedule_is_not_healthy(tmp_path):
    assert not is_healthy("beat", tmp_path)
    schedule = tmp_path / "celerybeat-schedule.db"
    schedule.touch()
    assert is_healthy("beat", tmp_path)
    os.utime(schedule, (time.time() - 700, time.time() - 700))
    assert not is_healthy("beat", tmp_path)


def test_whatever_can_be_set_is_handed_over():
    """A variable that .env.example explains and compose keeps to itself would do nothing."""
    text = (Path(settings.BASE_DIR) / "docker-compose.yml").read_text()
    explained = set(variables_listed((Path(settings.BASE_DIR) / ".env.example").read_text()))

    handed_over = {name for name in explained if re.search(rf"\$\{{{name}[:}}]", text)}

    assert explained - handed_over == NOT_HANDED_OVER.keys()


def test_redis_never_evicts():
    assert COMPOSE["services"]["redis"]["command"][-2:] == ["--maxmemory-policy", "noeviction"]


def test_no_secret_is_written_down():
    text = (Path(settings.BASE_DIR) / "docker-compose.yml").read_text()

    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL"):
        assert re.findall(rf"\$\{{{secret}:\?", text), secret
        assert not re.search(rf"{secret}:-", text)


def test_our_image_runs_as_nobody_in_particular():
    dockerfile = (Path(settings.BASE_DIR) / "Dockerfile").read_text()

    assert re.findall(r"^USER (\d+)$", dockerfile, re.MULTILINE) == ["10001"]
    for service in OURS:
        assert COMPOSE["services"][service]["read_only"] is True
        assert COMPOSE["services"][service]["cap_drop"] == ["ALL"]
