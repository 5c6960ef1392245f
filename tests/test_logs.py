"""No personal data in logs: errors are told by place and type, and keys in addresses are left out."""

from __future__ import annotations

import io
import logging
import shlex
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from celery.app import trace
from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import include, path, reverse
from gunicorn.config import Config

from accounts.joining import join_path
from accounts.models import Authority
from mpcrm.celery import app
from mpcrm.logs import SafeFormatter
from mpcrm.web_log import WebLog
from notifications.tick import run_tick
from tests.factories import NOW, UserFactory

CANARY = "Mrs CANARY of 3 Elm Street"
BASE = Path(django_settings.BASE_DIR)


def refused_by_the_database():
    """On PostgreSQL the error says: Failing row contains (…, Mrs CANARY of 3 Elm Street, …)."""
    with transaction.atomic():
        Authority.objects.create(name=CANARY, slug="canary", ons_code="E09999999", response_target=101)


@login_not_required
def refused(request):
    try:
        refused_by_the_database()
    except IntegrityError as error:
        raise ValueError(f"could not save {CANARY}") from error


def refused_step(*, now):
    refused_by_the_database()


urlpatterns = [path("refused/", refused), path("", include("mpcrm.urls"))]


def printing_handlers() -> list[logging.StreamHandler]:
    """Those of the loggers we, Django and Celery print by, without pytest's own."""
    return [
        handler
        for name in (None, "django", "django.server", "celery", "celery.task")
        for handler in logging.getLogger(name).handlers
        if not isinstance(handler, logging.NullHandler) and not type(handler).__module__.startswith("_pytest")
    ]


@pytest.fixture
def printed(monkeypatch):
    """What the product's own handler prints, and there is no other."""
    [handler] = printing_handlers()
    stream = io.StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return stream


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_an_error_of_the_database_in_a_view_is_told_by_place_and_type(printed):
    response = Client(raise_request_exception=False).get("/refused/")

    assert response.status_code == 500
    assert "Internal Server Error: /refused/" in printed.getvalue()
    assert "django.db.utils.IntegrityError (its text is left out), raised by:" in printed.getvalue()
    assert "builtins.ValueError (its text is left out), raised by:" in printed.getvalue()
    assert f"{__file__}:{refused_by_the_database.__code__.co_firstlineno + 3} " in printed.getvalue()
    assert "CANARY" not in printed.getvalue()


@pytest.mark.django_db
def test_an_error_of_the_database_in_a_tick_is_told_by_place_and_type(printed, settings):
    settings.TICK_STEPS = [f"{__name__}.refused_step"]

    tick = run_tick(now=NOW)

    assert tick.error == f"{__name__}.refused_step: IntegrityError"
    assert "tests.test_logs.refused_step: IntegrityError at" in printed.getvalue()
    assert "CANARY" not in printed.getvalue()


def test_an_error_in_a_celery_task_is_told_by_place_and_type(printed):
    @app.task(name="tests.fails")
    def fails():
        raise ValueError(CANARY)

    trace.trace_task(fails, "some-id", (), {}, app=app)

    assert "Task tests.fails[None] raised unexpected: it failed" in printed.getvalue()
    assert "builtins.ValueError (its text is left out), raised by:" in printed.getvalue()
    assert "CANARY" not in printed.getvalue()


def test_celery_leaves_the_handlers_to_us(monkeypatch):
    for name in (None, "django", "django.server"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])

    app.log.setup(loglevel="INFO")

    [handler] = printing_handlers()
    assert (handler.name, type(handler.formatter)) == ("console", SafeFormatter)


def test_an_exception_put_into_a_message_is_told_by_type(printed):
    log = logging.getLogger("somewhere")

    log.error("not saved: %s", ValueError(CANARY))
    log.error(ValueError(CANARY))
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        log.exception("not saved: %s", str(error))
    try:
        raise ExceptionGroup(CANARY, [OSError(CANARY)])
    except ExceptionGroup:
        log.exception("several")

    assert printed.getvalue().count("not saved: builtins.ValueError\n") == 2
    assert " somewhere builtins.ValueError\n" in printed.getvalue()
    assert "builtins.OSError (its text is left out)" in printed.getvalue()
    assert "CANARY" not in printed.getvalue()


def test_every_handler_prints_safely():
    for handler in django_settings.LOGGING["handlers"].values():
        formatter = django_settings.LOGGING["formatters"][handler["formatter"]]
        assert formatter["()"] == "mpcrm.logs.SafeFormatter"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["invitation", "new password"])
def test_the_access_log_leaves_out_the_key_in_an_address(kind, tmp_path, monkeypatch):
    for name in ("gunicorn.access", "gunicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
    user = UserFactory()
    if kind == "invitation":
        address = join_path(user, now=NOW)
        key = address.rstrip("/").rpartition("/")[2]
    else:
        key = "d0pgjb-72b0a0a25c1d9d8b7b6d3f"
        address = reverse("account_reset_password_from_key", kwargs={"uidb36": "1b", "key": key})
    config = Config()
    config.set("accesslog", str(tmp_path / "access"))
    config.set("errorlog", str(tmp_path / "error"))
    log = WebLog(config)
    response = SimpleNamespace(status="200 OK", sent=10, headers=[])
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"{address}?from=mail",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://mpcrm.example{address}",
    }

    log.access(response, [], environ, timedelta(seconds=1))
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("Error handling request %s", address)
    for each in (log.access_log, log.error_log):
        each.handlers.pop().close()

    access, error = (tmp_path / "access").read_text(), (tmp_path / "error").read_text()
    assert access.count("***") == 2
    assert '***/?from=mail HTTP/1.1" 200 10' in access
    assert "builtins.ValueError (its text is left out)" in error
    assert key not in access + error
    assert "CANARY" not in error


def test_the_address_of_a_page_that_went_wrong_leaves_out_its_key(printed):
    user, key = "MQ", "d0pgjb-72b0a0a25c1d9d8b7b6d3f"

    logging.getLogger("django.request").error("Gone: %s", reverse("join_authority", args=[user, key]))

    assert "Gone: /join/MQ/***/\n" in printed.getvalue()


def test_what_the_directory_was_searched_for_is_left_out(printed):
    asked = "/northmoor/mps/?party=3&q=Mary+Canary%20Lane&page=2"

    logging.getLogger("somewhere").error('"GET %s HTTP/1.1" 200 "https://x%s"', asked, asked)

    assert printed.getvalue().count("/northmoor/mps/?party=3&q=***&page=2") == 2
    assert "anary" not in printed.getvalue()


def test_production_starts_gunicorn_with_this_log():
    compose = yaml.safe_load((BASE / "docker-compose.yml").read_text())
    [image] = [line for line in (BASE / "Dockerfile").read_text().splitlines() if line.startswith("CMD ")]

    for command in (compose["services"]["web"]["command"], yaml.safe_load(image.removeprefix("CMD "))):
        assert command[command.index("--logger-class") + 1] == "mpcrm.web_log.WebLog"


def test_production_keeps_refused_rows_out_of_the_databases_log():
    compose = yaml.safe_load((BASE / "docker-compose.yml").read_text())

    command = shlex.join(compose["services"]["db"]["command"])
    assert "-c log_error_verbosity=terse" in command
    assert "-c log_min_error_statement=panic" in command
