"""The pages: one's own list, the admin's failed rows, whether it runs, the demo's outbox, and the probes."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from notifications.delivery import compose
from notifications.health import progress
from notifications.models import State
from notifications.views import notices as views
from tests.factories import NOW, MembershipFactory, NotificationFactory, TickFactory

pytestmark = pytest.mark.django_db


def url(name, authority, *args):
    return reverse(f"notifications:{name}", args=[authority.slug, *args])


@pytest.fixture
def row(officer):
    return NotificationFactory(
        recipient=officer,
        in_app=True,
        title="NM-2026-00042: reply due today",
        body="Send it.",
        path="/northmoor/enquiries/NM-2026-00042/",
    )


# --- The list ---------------------------------------------------------------------------


def test_the_list_shows_what_is_ones_own(sign_in, officer, row):
    NotificationFactory(recipient=officer, title="An e-mail")
    NotificationFactory(
        recipient=MembershipFactory(authority=officer.authority), in_app=True, title="For another"
    )

    page = sign_in(officer).get(url("notification_list", officer.authority)).content.decode()

    assert "NM-2026-00042: reply due today" in page
    assert "Send it." in page
    assert "1 unread." in page
    assert "An e-mail" not in page
    assert "For another" not in page


def test_an_empty_list_says_why(sign_in, officer):
    page = sign_in(officer).get(url("notification_list", officer.authority)).content.decode()

    assert "No notifications yet" in page
    assert "Mark all as read" not in page


def test_the_list_of_what_is_unread_shows_that_alone(sign_in, officer, row):
    NotificationFactory(recipient=officer, in_app=True, title="Seen before", read_at=NOW)
    client, address = sign_in(officer), url("notification_list", officer.authority)

    both = client.get(address).content.decode()
    unread = client.get(f"{address}?unread=yes")
    marked = client.post(url("notification_read", officer.authority, row.pk) + "?unread=yes", follow=True)

    assert "Seen before" in both
    assert f'href="{address}?unread=yes">Show unread only</a>' in both
    assert list(unread.context["page_obj"]) == [row]
    assert f'href="{address}"><span class="govuk-visually-hidden">Remove filter </span>Unread only' in (
        unread.content.decode()
    )
    assert marked.redirect_chain == [(f"{address}?unread=yes", 302)]
    assert "All read" in marked.content.decode()


def queries_of(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_one_row_and_for_thirty(sign_in, officer, row):
    client, address = sign_in(officer), url("notification_list", officer.authority)
    one = queries_of(client, address)
    for _ in range(29):
        NotificationFactory(recipient=officer, in_app=True)

    assert queries_of(client, address) == one <= 12


def test_opening_marks_as_read_and_goes_there(sign_in, officer, row):
    response = sign_in(officer).post(url("notification_open", officer.authority, row.pk))

    row.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, row.path)
    assert row.read_at is not None


def test_marking_as_read_stays_on_the_list(sign_in, officer, row):
    response = sign_in(officer).post(url("notification_read", officer.authority, row.pk))

    row.refresh_from_db()
    assert response["Location"] == url("notification_list", officer.authority)
    assert row.read_at is not None


def test_marking_all_as_read_marks_ones_own(sign_in, officer, row):
    others = NotificationFactory(recipient=MembershipFactory(authority=officer.authority), in_app=True)

    sign_in(officer).post(url("notification_read_all", officer.authority))

    row.refresh_from_db()
    others.refresh_from_db()
    assert row.read_at is not None
    assert others.read_at is None


@pytest.mark.parametrize("name", ["notification_open", "notification_read"])
def test_what_is_anothers_is_not_found(sign_in, officer, stranger, name):
    colleagues = NotificationFactory(recipient=MembershipFactory(authority=officer.authority), in_app=True)
    theirs = NotificationFactory(recipient=stranger, in_app=True)
    client = sign_in(officer)

    codes = [
        client.post(url(name, officer.authority, colleagues.pk)).status_code,
        client.post(url(name, officer.authority, theirs.pk)).status_code,
        client.post(url(name, officer.authority, 10**9)).status_code,
        client.post(url(name, stranger.authority, theirs.pk)).status_code,
    ]

    colleagues.refresh_from_db()
    theirs.refresh_from_db()
    assert codes == [404] * 4
    assert (colleagues.read_at, theirs.read_at) == (None, None)


def test_reading_changes_nothing_by_get(sign_in, officer, row):
    assert sign_in(officer).get(url("notification_open", officer.authority, row.pk)).status_code == 405
    row.refresh_from_db()
    assert row.read_at is None


# --- Failed rows --------------------------------------------------------------------------


@pytest.fixture
def failed(admin):
    return NotificationFactory(
        recipient=MembershipFactory(authority=admin.authority),
        state=State.FAILED,
        attempts=8,
        title="CanaryTitle",
        body="CanaryBody",
        last_error="SMTPDataError: (554, b'refused')",
    )


def test_an_admin_sees_who_was_not_reached_and_why_but_not_what_was_said(sign_in, admin, failed):
    page = sign_in(admin).get(url("failed_list", admin.authority)).content.decode()

    assert failed.recipient.user.email in page
    assert "Escalation" in page
    assert "SMTPDataError: (554, b&#x27;refused&#x27;)" in page
    assert "Canary" not in page


def test_an_admin_tries_one_again(sign_in, admin, failed):
    other = NotificationFactory(recipient=failed.recipient, state=State.FAILED, attempts=8)

    response = sign_in(admin).post(url("failed_retry", admin.authority, failed.pk))

    failed.refresh_from_db()
    other.refresh_from_db()
    assert response["Location"] == url("failed_list", admin.authority)
    assert (failed.state, failed.attempts, other.state) == (State.QUEUED, 0, State.FAILED)


def test_an_admin_tries_all_of_their_authority_again(sign_in, admin, failed, stranger):
    other = NotificationFactory(recipient=failed.recipient, state=State.FAILED)
    theirs = NotificationFactory(recipient=stranger, state=State.FAILED)

    sign_in(admin).post(url("failed_retry_all", admin.authority))

    states = []
    for each in (failed, other, theirs):
        each.refresh_from_db()
        states.append(each.state)
    assert states == [State.QUEUED, State.QUEUED, State.FAILED]


def test_what_did_not_fail_or_is_elsewhere_is_not_tried_again(sign_in, admin, stranger):
    sent = NotificationFactory(recipient=admin, state=State.SENT)
    theirs = NotificationFactory(recipient=stranger, state=State.FAILED)
    client = sign_in(admin)

    for each in (sent, theirs):
        assert client.post(url("failed_retry", admin.authority, each.pk)).status_code == 404
        before = each.state
        each.refresh_from_db()
        assert each.state == before


def test_the_failed_list_costs_the_same_for_one_row_and_for_thirty(sign_in, admin, failed):
    client, address = sign_in(admin), url("failed_list", admin.authority)
    one = queries_of(client, address)
    for _ in range(29):
        NotificationFactory(recipient=MembershipFactory(authority=admin.authority), state=State.FAILED)

    assert queries_of(client, address) == one <= 12


def test_others_do_not_see_the_admins_pages(sign_in, authority):
    for role in set(Role) - {Role.ADMIN}:
        client = sign_in(MembershipFactory(authority=authority, role=role))
        for name in ("failed_list", "is_it_running"):
            assert client.get(url(name, authority)).status_code == 403, (role, name)


# --- Is it running? -----------------------------------------------------------------------


def running(sign_in, admin) -> str:
    return sign_in(admin).get(url("is_it_running", admin.authority)).content.decode()


def test_before_the_first_tick_it_says_so(sign_in, admin):
    page = running(sign_in, admin)

    assert "Not started" in page
    assert "manage.py tick --loop" in page


def test_a_recent_tick_and_nothing_waiting_is_running(sign_in, admin):
    TickFactory(finished_at=timezone.now() - timedelta(seconds=70), counts={"escalated": 3, "sent": 0})

    page = running(sign_in, admin)

    assert "Yes. mpcrm last looked for what is due 1 minute ago." in page
    assert "3 escalated" in page
    assert "What to do" not in page


def test_an_old_tick_is_not_running_and_what_to_do_is_said(sign_in, admin):
    TickFactory(finished_at=timezone.now() - timedelta(hours=5, minutes=3))
    TickFactory(started_at=timezone.now(), finished_at=None)  # began, and died

    page = running(sign_in, admin)

    assert "last looked for what is due 5 hours ago. More than 3 minutes is too long." in page
    assert "What to do" in page


def test_an_e_mail_that_waits_is_said(sign_in, admin, stranger):
    now = timezone.now()
    TickFactory(finished_at=now, error="notifications.delivery.deliver_due: MailServerUnreachable")
    NotificationFactory(recipient=admin, next_try_at=now - timedelta(minutes=12))
    NotificationFactory(recipient=stranger, next_try_at=now - timedelta(days=3))

    page = running(sign_in, admin)

    assert "an e-mail has been waiting for 12 minutes" in page  # its own, not another authority's
    assert "The mail server does not answer." in page


def test_what_broke_is_named_for_those_who_look_after_the_server(sign_in, admin):
    now = timezone.now()
    TickFactory(finished_at=now)
    TickFactory(started_at=now, finished_at=now, error="enquiries.escalation.sweep: OperationalError")

    page = running(sign_in, admin)

    assert "Part of it failed" in page
    assert "<code>enquiries.escalation.sweep: OperationalError</code>" in page


def test_who_would_not_be_told_of_an_escalation_is_said(sign_in, admin, political_affairs, executive):
    authority = admin.authority
    authority.chief_executive = executive
    authority.save()
    complete = running(sign_in, admin)

    for member in (political_affairs, executive):
        member.is_active = False
        member.save()
    vacant = running(sign_in, admin)

    assert "Who is missing" not in complete
    assert "Nobody here is a political affairs lead" in vacant
    assert "the one named has left" in vacant


# --- The demo's outbox --------------------------------------------------------------------


@pytest.fixture
def kept(settings, tmp_path):
    """Send e-mails the way the demo does."""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return lambda *emails: get_connection().send_messages(emails)


def test_the_demo_shows_the_e_mails_it_kept(sign_in, officer, kept):
    row = NotificationFactory(
        recipient=officer, title="NM-2026-00042: reply due today", body="Send “it” <b>now</b>."
    )
    kept(
        compose(row),
        EmailMessage("Choose a password", "Follow http://x.example/join/", to=[officer.user.email]),
    )

    page = sign_in(officer).get(url("outbox", officer.authority)).content.decode()

    assert "NM-2026-00042: reply due today" in page
    assert "Send “it” &lt;b&gt;now&lt;/b&gt;." in page
    assert page.index("Choose a password") < page.index("NM-2026-00042")  # newest first
    assert 'href="http://x.example/join/"' in page


def test_the_outbox_shows_nothing_of_another_authority(sign_in, officer, stranger, kept):
    works_there_too = MembershipFactory(user=officer.user, authority=stranger.authority)
    kept(
        compose(NotificationFactory(recipient=stranger, title="CanaryOfAnother")),
        compose(NotificationFactory(recipient=works_there_too, title="CanaryOfTheOther")),
        EmailMessage("CanaryToNobodyHere", "Body", to=["nobody@example.org"]),
    )

    page = sign_in(officer).get(url("outbox", officer.authority)).content.decode()

    assert "Canary" not in page
    assert "No e-mails yet" in page


def test_outside_the_demo_there_is_no_outbox(sign_in, officer, kept, settings):
    settings.DEMO = False

    assert sign_in(officer).get(url("outbox", officer.authority)).status_code == 404


# --- The probes ---------------------------------------------------------------------------


def test_healthz_is_open_and_asks_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Content-Type"] == "text/plain"


def test_healthz_fails_without_the_database(client, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr(views.connection, "cursor", refuse)

    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize(
    ("since_tick", "waiting", "code"),
    [
        (timedelta(minutes=1), None, 200),
        (timedelta(minutes=1), timedelta(minutes=4), 200),
        (timedelta(minutes=1), timedelta(minutes=6), 503),
        (timedelta(minutes=4), None, 503),
        (None, None, 503),
    ],
)
def test_readyz_asks_for_progress(client, since_tick, waiting, code):
    now = timezone.now()
    if since_tick:
        TickFactory(finished_at=now - since_tick)
    if waiting:
        NotificationFactory(next_try_at=now - waiting)

    response = client.get("/readyz")

    report = response.json()
    assert response.status_code == code
    assert set(report) == {
        "ready",
        "database",
        "seconds_since_tick",
        "seconds_since_whole_tick",
        "seconds_waiting",
    }
    assert report["ready"] == (code == 200)
    for reported, real in (
        ("seconds_since_tick", since_tick),
        ("seconds_since_whole_tick", since_tick),
        ("seconds_waiting", waiting),
    ):
        if real is None:
            assert report[reported] is None
        else:
            assert 0 <= report[reported] - real.total_seconds() < 5


@pytest.mark.parametrize(("pause", "longest"), [(1, 180), (60, 180), (61, 183), (300, 900)])
def test_a_tick_is_waited_for_as_long_as_the_pause_between_two_allows(settings, pause, longest):
    settings.TICK_SECONDS = pause
    now, second = timezone.now(), timedelta(seconds=1)
    last = TickFactory(finished_at=now - timedelta(seconds=longest))
    NotificationFactory(next_try_at=last.finished_at - timedelta(minutes=2))

    at_the_end = progress(now=now)
    before = progress(now=now - second)

    assert (before.is_ticking, before.is_sending, before.is_ready) == (True, True, True)
    assert (at_the_end.is_ticking, at_the_end.is_sending) == (False, False)


@pytest.mark.parametrize(("seconds", "is_ready"), [(179, True), (180, False), (181, False)])
def test_a_step_that_fails_at_every_tick_is_no_progress(client, sign_in, admin, seconds, is_ready):
    now = timezone.now()
    TickFactory(started_at=now - timedelta(hours=1), finished_at=now - timedelta(seconds=seconds))
    TickFactory(started_at=now, finished_at=now, error="enquiries.escalation.sweep: OperationalError")

    found = progress(now=now)
    home = sign_in(admin).get(reverse("overview:authority_home", args=[admin.authority.slug]))

    assert (found.is_ticking, found.is_whole, found.is_ready) == (True, is_ready, is_ready)
    if seconds > 180:
        assert client.get("/readyz").status_code == 503
        assert "Only in part, last looked less than a minute ago" in home.content.decode()
        assert "for 3 minutes something has gone wrong each time" in running(sign_in, admin)


def test_a_mail_server_that_is_away_is_told_by_what_waits_alone(client):
    TickFactory(finished_at=timezone.now(), error="notifications.delivery.deliver_due: MailServerUnreachable")

    assert client.get("/readyz").status_code == 200


def test_a_tick_that_took_a_later_time_for_now_says_nothing(client):
    now = timezone.now()
    TickFactory(started_at=now - timedelta(hours=2), finished_at=now - timedelta(hours=2))
    TickFactory(started_at=now + timedelta(days=30), finished_at=now + timedelta(days=30))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert 7200 <= response.json()["seconds_since_tick"] < 7210


def test_a_row_whose_sender_died_waits_since_its_lease_ran_out(client):
    now = timezone.now()
    lease = {"state": State.SENDING, "claim": uuid4(), "lease_until": now - timedelta(seconds=90)}
    NotificationFactory(**lease, next_try_at=now + timedelta(minutes=5))
    dead = progress(now=now)
    NotificationFactory(**lease | {"claim": uuid4()}, next_try_at=now - timedelta(minutes=4))  # not begun
    queued = NotificationFactory(next_try_at=now)
    not_begun = progress(now=now)

    assert dead.oldest_wait == timedelta(seconds=90)
    assert not_begun.oldest_wait == timedelta(minutes=4)
    assert progress(now=now, authority=queued.authority).oldest_wait == timedelta()


def test_a_wait_of_no_time_is_a_number():
    assert (views._seconds(timedelta()), views._seconds(None)) == (0, None)


def test_a_row_that_waits_to_be_tried_again_is_no_reason_to_worry(client):
    TickFactory(finished_at=timezone.now())
    NotificationFactory(created_at=NOW, next_try_at=timezone.now() + timedelta(hours=1), attempts=5)

    assert client.get("/readyz").status_code == 200
