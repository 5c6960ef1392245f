"""Syncs and dissolutions in the browser: asked for, looked at, allowed, entered, cancelled; for instance admins."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.templatetags.page import moment
from contacts.models import (
    Dissolution,
    Ending,
    MPListImport,
    ParliamentSync,
    SyncState,
    SyncSubject,
)
from contacts.parliament import runs
from tests.factories import NOW, TODAY, MPFactory, UserFactory

LIST = reverse("instance:sync_list")
ENTER = reverse("instance:dissolution_enter")
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin_of_all(db):
    return UserFactory(is_instance_admin=True, name="Ivo Min")


@pytest.fixture
def page(client, admin_of_all):
    """A browser signed in as an instance admin."""
    client.force_login(admin_of_all)
    return client


def run_of(state=SyncState.DONE, **about):
    finished_at = None if state == SyncState.RUNNING else NOW
    return ParliamentSync.objects.create(
        **{"on": TODAY, "state": state, "started_at": NOW, "next_try_at": NOW, "finished_at": finished_at}
        | about
    )


def detail(run):
    return reverse("instance:sync_detail", args=[run.pk])


def allow(run):
    return reverse("instance:sync_allow", args=[run.pk])


# --- Runs ------------------------------------------------------------------------------------


def test_before_the_first_run_the_page_says_what_to_do(page):
    shown = page.get(LIST).content.decode()

    assert "Parliament has not been asked yet." in shown
    assert "has not switched it on" in shown


def test_a_run_is_asked_for_as_a_row_once(page, admin_of_all, settings):
    settings.PARLIAMENT_MPS_A_NIGHT = 120
    assert "Ask for posts and contact details now" in page.get(LIST).content.decode()

    for _ in range(2):
        response = page.post(reverse("instance:sync_ask"), {"subject": "details"}, follow=True)

    run = ParliamentSync.objects.get()
    assert (run.subject, run.state, run.asked_by) == (SyncSubject.DETAILS, SyncState.RUNNING, admin_of_all)
    assert response.redirect_chain == [(detail(run), 302)]
    assert "Parliament will be asked within a minute: Posts and contact details." in response.content.decode()
    assert "Asked for by" in response.content.decode()


def test_a_demo_asks_nobody_and_says_so(page, settings):
    settings.DEMO = True
    stopped = run_of(SyncState.STOPPED, report={"gone": 11})
    assert "whichever button you press" in page.get(LIST).content.decode()

    for address in (reverse("instance:sync_ask"), allow(stopped)):
        response = page.post(address, {"subject": "mps"}, follow=True)

        assert response.redirect_chain == [(LIST, 302)]
        assert "This is a demo, which nothing leaves: Parliament is not asked." in response.content.decode()
    assert ParliamentSync.objects.get() == stopped


def test_a_run_that_waits_for_its_next_try_is_hastened(page):
    run = run_of(SyncState.RUNNING, failures=2, next_try_at=NOW + DAY, reason="Parliament does not answer")
    assert "Trying again" in page.get(LIST).content.decode()

    page.post(reverse("instance:sync_ask"), {"subject": "mps"})

    assert ParliamentSync.objects.get() == run
    assert ParliamentSync.objects.get().next_try_at == NOW


def test_a_run_of_mps_shows_what_changed_and_leads_to_its_import(page):
    report = {
        "new": 0,
        "changed": 1,
        "ended": 1,
        "changed_mps": [
            {"row": 3, "name": "Ada Almond", "seat": "Almondbury", "changes": [["Party", "Labour", "Green"]]}
        ],
        "ended_mps": [{"name": "Bea Birch", "seat": "Birchington"}],
        "vacant": ["Birchington"],
    }
    made = MPListImport.objects.create(file_name="P", list_date=TODAY, created_at=NOW, report=report)
    run = run_of(report={"new": 0, "changed": 1, "ended": 1}, made=made, is_nightly=True)

    listed, shown = page.get(LIST).content.decode(), page.get(detail(run)).content.decode()

    assert "1 changed, 1 ended" in listed
    assert "Nightly" in listed
    assert "Party: Labour → <strong>Green</strong>" in shown
    assert "Vacant, says Parliament: Birchington" in shown
    assert reverse("instance:import_preview", args=[made.pk]) in shown


def test_a_run_of_details_shows_posts_contacts_and_what_was_odd(page):
    run = run_of(
        subject=SyncSubject.DETAILS,
        report={
            "new": 1,
            "changed": 0,
            "asked": 2,
            "new_posts": [
                {
                    "row": 0,
                    "name": "Ada Almond",
                    "post": "Minister for Ink",
                    "kind": "Government",
                    "from": "3 May",
                }
            ],
            "contacts": [
                {"name": "Bea Birch", "is_first": False, "changes": [["Parliamentary office", "a@x", "b@x"]]}
            ],
            "odd": [{"mp": 1, "name": "Cleo Cedar", "reason": "is a web page, not JSON"}],
        },
    )

    shown = page.get(detail(run)).content.decode()

    assert "1 new, contact details of 1. 2 MPs were asked about." in shown
    assert "Minister for Ink" in shown
    assert "Parliamentary office: a@x → <strong>b@x</strong>" in shown
    assert "Cleo Cedar: is a web page, not JSON" in shown


def test_too_many_gone_may_be_allowed_once_by_a_named_person(page, admin_of_all):
    stopped = run_of(SyncState.STOPPED, reason="Parliament lists 639 MPs, 11 fewer", report={"gone": 11})
    shown = page.get(detail(stopped)).content.decode()
    assert "Believe that 11 MPs have gone, this once" in shown
    assert ENTER in shown

    response = page.post(allow(stopped), follow=True)

    asked = ParliamentSync.objects.get(state=SyncState.RUNNING)
    assert (asked.most_gone, asked.asked_by, asked.is_nightly) == (11, admin_of_all, False)
    assert "MPs gone, believed this once" in response.content.decode()
    assert "Believe that" not in page.get(detail(stopped)).content.decode()
    page.post(allow(stopped))
    assert ParliamentSync.objects.count() == 2


@pytest.mark.parametrize(
    "about",
    [
        {"state": SyncState.DONE, "report": {"gone": 11}},
        {"state": SyncState.STOPPED, "report": {}},
        {"state": SyncState.STOPPED, "report": {"gone": 11}, "started_at": NOW - DAY},
    ],
)
def test_nothing_else_can_be_allowed(page, about):
    run_of(started_at=NOW - 1 * timedelta(hours=1))
    run = run_of(**about)

    response = page.post(allow(run), follow=True)

    assert "Nothing to allow" in response.content.decode()
    assert not ParliamentSync.objects.running().exists()


def test_the_list_costs_the_same_for_1_and_30(page, django_assert_num_queries):
    def look(count):
        while ParliamentSync.objects.count() < count:
            run_of(SyncState.STOPPED, reason="-", asked_by=UserFactory())
            Dissolution.objects.create(
                started_on=TODAY + ParliamentSync.objects.count() * DAY,
                entered_at=NOW,
                entered_by=UserFactory(),
            )
        with django_assert_num_queries(9):
            return page.get(LIST)

    look(1)
    assert len(look(30).context["page_obj"]) == 25


def test_an_admin_reads_on_the_page_of_running_that_a_sync_stopped(client, admin, page):
    running = reverse("notifications:is_it_running", args=[admin.authority.slug])
    run_of(started_at=NOW - DAY, finished_at=NOW - DAY)
    client.force_login(admin.user)
    assert "needs a person" not in client.get(running).content.decode()
    stopped = run_of(SyncState.STOPPED, reason="Parliament lists 639 MPs")

    shown = client.get(running).content.decode()
    assert "Asking Parliament (MPs) stopped and needs a person, for 2 March 2026: Parliament lists" in shown
    assert detail(stopped) not in shown

    admin.user.is_instance_admin = True
    admin.user.save()
    assert detail(stopped) in client.get(running).content.decode()


@pytest.mark.parametrize(
    ("days", "is_synced", "is_dissolved", "is_told"),
    [
        (7, False, False, False),
        (8, False, False, True),
        (8, True, False, False),
        (8, False, True, False),
        (None, False, False, False),
    ],
)
def test_an_admin_reads_that_the_facts_are_old_where_no_sync_renews_them(
    client, admin, settings, days, is_synced, is_dissolved, is_told
):
    settings.PARLIAMENT_SYNC = is_synced
    if days is not None:
        run_of(on=TODAY - days * DAY)
    if is_dissolved:
        Dissolution.objects.create(started_on=TODAY, entered_at=NOW)
    client.force_login(admin.user)

    shown = client.get(reverse("notifications:is_it_running", args=[admin.authority.slug])).content.decode()

    said = "known here as at 22 February 2026, and Parliament is not asked every night"
    assert (said in shown) is is_told


def test_runs_asked_for_and_never_begun_are_given_up_the_next_day(admin_of_all):
    run = runs.ask_for(subject=SyncSubject.MPS, by=admin_of_all, now=NOW)

    runs.clear_away(now=NOW + timedelta(hours=2))
    assert ParliamentSync.objects.running().get() == run
    runs.clear_away(now=NOW + DAY)

    run.refresh_from_db()
    assert (run.state, "was mpcrm running" in run.reason) == (SyncState.GIVEN_UP, True)


# --- Dissolutions ----------------------------------------------------------------------------


def test_a_dissolution_is_looked_at_then_entered_then_cancelled(page, admin_of_all):
    # In a demo, where every MP is made up, those count.
    MPFactory(is_fictional=True)
    first = TODAY + 30 * DAY

    confirm = page.post(ENTER, {"started_on": f"{first:%d/%m/%Y}", "ended_on": ""}).url
    shown = page.get(confirm).content.decode()
    assert "<strong>1 seat</strong> is held now" in shown
    assert "You can cancel it until it has ended somebody’s time as an MP." in shown
    assert Dissolution.objects.count() == 0

    response = page.post(
        reverse("instance:dissolution_confirm"), {"started_on": first.isoformat()}, follow=True
    )
    entered = Dissolution.objects.get()
    assert (entered.started_on, entered.ended_on, entered.entered_by) == (first, None, admin_of_all)
    assert "further notice" in response.content.decode()

    response = page.post(reverse("instance:dissolution_cancel", args=[entered.pk]), follow=True)
    assert "is cancelled" in response.content.decode()
    assert Dissolution.objects.count() == 0
    assert f"Dissolution of 1 April 2026: cancelled {moment(NOW)} by {admin_of_all.name}" in (
        page.get(LIST).content.decode()
    )


@pytest.mark.parametrize(
    ("ended_by", "days", "is_gone"),
    [
        (Ending.DISSOLUTION, -1, False),
        (Ending.DISSOLUTION, 10, False),
        (Ending.DISSOLUTION, -2, True),
        (Ending.RESIGNATION, -1, True),
        ("", None, True),
    ],
)
def test_what_ended_nobodys_time_as_an_mp_is_cancelled_even_when_it_has_begun(page, ended_by, days, is_gone):
    first = TODAY - 30 * DAY
    dissolution = Dissolution.objects.create(started_on=first, entered_at=NOW)
    ended_on = None if days is None else first + days * DAY
    MPFactory().holdings.update(ended_on=ended_on, ended_by=ended_by)
    address = reverse("instance:dissolution_cancel", args=[dissolution.pk])
    assert (address in page.get(LIST).content.decode()) == is_gone

    page.post(address)

    assert (not Dissolution.objects.exists()) == is_gone


def test_the_same_first_day_again_corrects_the_last(page):
    Dissolution.objects.create(started_on=TODAY, entered_at=NOW)
    days = {"started_on": TODAY.isoformat(), "ended_on": (TODAY + DAY).isoformat()}

    confirm = page.post(ENTER, days).url
    assert "Its last day is corrected." in page.get(confirm).content.decode()
    page.post(reverse("instance:dissolution_confirm"), days)

    assert Dissolution.objects.get().ended_on == TODAY + DAY


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({}, "Enter the first day without a Parliament."),
        ({"started_on": "soon"}, "Enter the first day as a date"),
        ({"started_on": "2029-05-30", "ended_on": "2029-05-29"}, "The last day cannot be before the first."),
        ({"started_on": "2030-01-02", "ended_on": "2030-01-05"}, "covers one of these days already"),
    ],
)
def test_what_is_no_dissolution_is_refused(page, days, says):
    Dissolution.objects.create(started_on=date(2030, 1, 5), entered_at=NOW)

    response = page.post(ENTER, days)

    assert response.status_code == 422
    assert says in response.content.decode()
    assert Dissolution.objects.count() == 1


def test_what_came_between_looking_and_entering_is_refused(page):
    Dissolution.objects.create(started_on=date(2030, 1, 5), entered_at=NOW)

    response = page.post(reverse("instance:dissolution_confirm"), {"started_on": "2030-01-02"}, follow=True)

    assert "Nothing was entered" in response.content.decode()
    assert Dissolution.objects.count() == 1


@pytest.mark.parametrize("url", [LIST, ENTER, reverse("instance:dissolution_confirm")])
def test_only_instance_admins_come_in(client, admin, url):
    client.force_login(admin.user)

    assert client.get(url).status_code == 403
