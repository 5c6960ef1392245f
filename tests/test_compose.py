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
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
import redis
import yaml
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from enquiries.models import Escalation
from notifications.models import OUTSTANDING, Channel, Notification, State, Tick
from tests.conftest import database_url
from tests.kill.harness import Outcome, mail_server, make_office, outcome
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
def environment(empty_redis, transactional_db, collected) -> dict[str, str]:
    """What compose hands over, with this machine's PostgreSQL, Redis and static files."""
    given = {
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "mpcrm.example,127.0.0.1",
        "BASE_URL": "https://mpcrm.example",
        "INSTANCE_NAME": "mpcrm.example",
        "DEFAULT_FROM_EMAIL": "mpcrm@mpcrm.example",
        "EMAIL_URL": "",
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
    of_tests = {"DJANGO_SETTINGS_MODULE": "tests.compose_settings", "TEST_STATIC_ROOT": str(collected)}
    return kept | given | of_tests


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
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def health_check(
    service: str, environment: dict[str, str], tmp_path: Path, port: int = 0
) -> subprocess.Popen:
    """The service's health check as compose would run it, on this machine's port and paths."""
    kind, *command = [
        part.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
        .replace("/tmp/", f"{tmp_path}/")
        .replace("$$", "$")
        for part in COMPOSE["services"][service]["healthcheck"]["test"]
    ]
    here = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOSTNAME": socket.gethostname(),
    }
    return subprocess.Popen(
        ["sh", "-c", *command] if kind == "CMD-SHELL" else command,
        cwd=settings.BASE_DIR,
        env=environment | here,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def is_healthy(check: subprocess.Popen) -> bool:
    return check.wait(timeout=30) == 0


def wait_until(is_so: Callable[[], object], tmp_path: Path, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            logs = {path.name: path.read_text()[-3000:] for path in tmp_path.glob("*.log")}
            raise AssertionError(f"not within {seconds} seconds; {logs}")
        time.sleep(0.2)


def page_at(address: str) -> tuple[str, Message]:
    """What the proxy in front is answered, and the headers."""
    headers = {"Host": "mpcrm.example", "X-Forwarded-Proto": "https"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=5) as response:
        return response.read().decode(), response.headers


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
def overdue(transactional_db) -> int:
    """How many enquiries nobody has answered for eight weeks; an escalation of each tells one person."""
    make_office([timezone.localdate() - timedelta(weeks=8)] * 100)
    return 100


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.slow
def test_escalations_arrive_through_web_worker_and_beat_though_the_worker_is_killed(
    overdue, environment, tmp_path, monkeypatch
):
    monkeypatch.setattr(settings, "INSTANCE_NAME", environment["INSTANCE_NAME"])  # stands in Message-IDs
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    emails = Notification.objects.filter(kind="escalation", channel=Channel.EMAIL)
    sent = emails.filter(state=State.SENT)
    with ExitStack() as stack:
        sink, environment["EMAIL_URL"] = stack.enter_context(mail_server(seconds=0.02))
        stack.enter_context(started("web", environment, tmp_path, port))
        wait_until(lambda: status_of(f"{site}/healthz") == 200, tmp_path)
        assert status_of(f"{site}/readyz") == 503  # nothing has ticked yet
        assert not Escalation.objects.exists()
        page, _ = page_at(f"{site}{reverse('account_login')}")
        files = re.findall(r'(?:href|src)="(/static/[^"]+\.(css|js))"', page)
        assert {kind for _, kind in files} == {"css", "js"}
        assert all("immutable" in page_at(f"{site}{file}")[1]["Cache-Control"] for file, _ in files)

        worker = stack.enter_context(started("worker", environment, tmp_path, port))
        stack.enter_context(started("beat", environment, tmp_path, port))
        wait_until(lambda: sent.count() >= 10, tmp_path)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        assert 0 < emails.filter(state__in=OUTSTANDING).count() < overdue
        # Its lease would run out in two minutes.
        emails.filter(state=State.SENDING).update(lease_until=timezone.now())
        stack.enter_context(started("worker", environment, tmp_path, port))
        wait_until(lambda: sent.count() == overdue, tmp_path)
        wait_until(lambda: status_of(f"{site}/readyz") == 200, tmp_path)

        checks = [health_check(each, environment, tmp_path, port) for each in ("web", "worker", "beat")]
        ticks = Tick.objects.count()
        wait_until(lambda: Tick.objects.count() >= ticks + 2, tmp_path)
        assert [is_healthy(check) for check in checks] == [True, True, True]

    found = outcome(overdue, sink)
    assert found == Outcome(0, 0, 0, 0, 0, 0, email_repeats=found.email_repeats)
    assert found.email_repeats <= 1  # the one that was sent and not yet marked
    assert all(taken[0].endswith("@mpcrm.example>") for taken in sink.taken)


def test_everything_of_ours_waits_for_the_migrations():
    for service in ("web", "worker", "beat"):
        assert COMPOSE["services"][service]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
    assert COMPOSE["services"]["migrate"]["command"] == ["python", "manage.py", "migrate", "--no-input"]


def test_whatever_serves_has_a_health_check():
    for service in ("web", "worker", "beat", "db", "redis"):
        assert COMPOSE["services"][service]["healthcheck"]["test"]


def test_web_that_does_not_answer_and_beat_that_writes_no_schedule_are_not_healthy(tmp_path):
    assert not is_healthy(health_check("web", {"ALLOWED_HOSTS": "mpcrm.example"}, tmp_path, port=9))
    assert not is_healthy(health_check("beat", {}, tmp_path))
    schedule = tmp_path / "celerybeat-schedule.db"
    schedule.touch()
    assert is_healthy(health_check("beat", {}, tmp_path))
    os.utime(schedule, (time.time() - 700, time.time() - 700))
    assert not is_healthy(health_check("beat", {}, tmp_path))


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
