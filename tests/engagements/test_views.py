"""Plans and touchpoints in the browser."""

from datetime import timedelta
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.directory import leads_on
from contacts.leads.services import record_agreement as record_leads_agreement
from contacts.models import LeadRole, SeatHolding
from engagements.archiving import archive_plan
from engagements.forms import AgreementForm
from engagements.models import EngagementPlan, Touchpoint
from tests.factories import (
    NOW,
    TODAY,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
    TouchpointFactory,
)


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def client(officer, sign_in):
    return sign_in(officer)


def address(name, authority, *args):
    return reverse(f"engagements:{name}", args=[authority.slug, *args])


def plan_words(**changes):
    return {
        "version": 0,
        "why": "The port lies in their seat.",
        "objectives": "A debate on the port.",
        "key_messages": "",
        "ideal_days": 30,
        "maximum_days": 45,
        "review_on": "2026-09-01",
    } | changes


def touchpoint_words(by, **changes):
    return {
        "submission": uuid4(),
        "happened_on": timezone.localdate().isoformat(),
        "kind": "call",
        "their_people": "Their caseworker",
        "our_people": [by.pk],
        "our_others": "",
        "summary": "The port.",
        "is_two_way": "yes",
    } | changes


# --- The list -------------------------------------------------------------------------


def test_plan_list_shows_every_mp_of_the_authority_neglected_first(authority, client):
    lapsed = EngagementPlanFactory(authority=authority)
    fresh = EngagementPlanFactory(authority=authority)
    today = timezone.localdate()
    TouchpointFactory(authority=authority, mp=lapsed.mp, happened_on=today - timedelta(130))
    TouchpointFactory(authority=authority, mp=fresh.mp, happened_on=today)
    never = MPFactory(authority=authority)
    MPFactory()

    response = client.get(address("plan_list", authority))

    assert list(response.context["mps"]) == [never, lapsed.mp, fresh.mp]
    page = response.content.decode()
    assert "Showing 3 of your 3 MPs, most neglected first" in page
    for words in ("Never contacted", "Lapsed", "In contact", "130 days ago", "Start a plan"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cadence=never", {"planless", "planned"}),
        ("cadence=green", {"agreed"}),
        ("cadence=out", {"planless", "planned"}),
        ("plan=agreed", {"agreed"}),
        ("plan=not-agreed", {"planned"}),
        ("plan=review", {"planned"}),
        ("plan=none", {"planless"}),
        ("lead=mine", {"agreed"}),
        ("lead=none", {"planned", "planless"}),
        ("cadence=never&plan=none", {"planless"}),
        ("cadence=nonsense", {"agreed", "planned", "planless"}),
    ],
)
def test_plan_list_filters(authority, officer, client, query, expected):
    agreed = EngagementPlanFactory(
        authority=authority,
        mp=MPFactory(authority=authority, name="agreed"),
        agreed_on=TODAY,
        agreement_recorded_by=officer,
        agreement_recorded_at=NOW,
        review_on=timezone.localdate(),
    )
    TouchpointFactory(authority=authority, mp=agreed.mp, happened_on=timezone.localdate())
    CouncilLeadFactory(authority=authority, mp=agreed.mp, membership=officer)
    planned = MPFactory(authority=authority, name="planned")
    yesterday = timezone.localdate() - timedelta(1)
    EngagementPlanFactory(authority=authority, mp=planned, review_on=yesterday)
    MPFactory(authority=authority, name="planless")

    response = client.get(address("plan_list", authority) + "?" + query)

    assert {mp.name for mp in response.context["mps"]} == expected


def test_plan_list_that_is_filtered_empty_says_so(authority, mp, client):
    page = client.get(address("plan_list", authority) + "?cadence=green").content.decode()

    assert "No MP matches" in page


def test_plan_list_of_an_authority_without_seats_says_why(authority, client):
    assert "No MPs yet" in client.get(address("plan_list", authority)).content.decode()


def test_plan_list_keeps_the_plans_of_mps_who_lost_our_seat_apart(authority, client):
    plan = EngagementPlanFactory(authority=authority)
    SeatHolding.objects.filter(mp=plan.mp).update(ended_on=TODAY)

    response = client.get(address("plan_list", authority))

    assert list(response.context["mps"]) == []
    assert list(response.context["former"]) == [plan]


def test_plan_list_costs_the_same_for_30_mps_as_for_one(authority, client, django_assert_num_queries):
    def make(count):
        for _ in range(count):
            mp = EngagementPlanFactory(authority=authority).mp
            CouncilLeadFactory(authority=authority, mp=mp)
            TouchpointFactory(authority=authority, mp=mp)

    make(1)
    with django_assert_num_queries(9):
        client.get(address("plan_list", authority))
    make(29)
    with django_assert_num_queries(9):
        assert len(client.get(address("plan_list", authority)).context["mps"]) == 30


# --- The plan -------------------------------------------------------------------------


def test_plan_detail_shows_the_plan_who_leads_and_what_was_said(authority, mp, officer, client):
    EngagementPlanFactory(authority=authority, mp=mp, why="The port", objectives="A debate", review_on=TODAY)
    CouncilLeadFactory(authority=authority, mp=mp, membership=None, name="Cllr Ode Ashby")
    CouncilLeadFactory(authority=authority, mp=mp, role=LeadRole.DEPUTY, membership=officer)
    touchpoint = TouchpointFactory(authority=authority, mp=mp, summary="Tolls", is_two_way=False)
    touchpoint.our_people.add(officer)

    page = client.get(address("plan_detail", authority, mp.pk)).content.decode()

    for words in (
        "The port",
        "A debate",
        "Cllr Ode Ashby",
        str(officer),
        "Tolls",
        "One-way",
        "Never contacted",
    ):
        assert words in page
    assert "Ideally every 90 days, at most 120" in page
    assert "Not yet" in page
    assert "Review overdue" in page


@pytest.mark.parametrize(("named", "is_other"), [("Cllr Ode Ashby", False), ("Cllr Ann Moor", True)])
def test_plan_detail_says_when_who_engages_has_changed_since_the_agreement(
    authority, mp, officer, client, named, is_other
):
    EngagementPlanFactory(authority=authority, mp=mp)
    lead = CouncilLeadFactory(authority=authority, mp=mp, membership=None, name="Cllr Ode Ashby")
    people = leads_on(mp, membership=officer, on=TODAY).in_words
    record_leads_agreement(by=officer, mp=mp, people=people, agreed_on=TODAY, now=NOW)
    lead.name = named
    lead.save()

    page = client.get(address("plan_detail", authority, mp.pk)).content.decode()

    assert ("Agree again who is to engage" in page) == is_other


def test_plan_edit_starts_a_plan(authority, mp, client):
    response = client.post(address("plan_edit", authority, mp.pk), plan_words())

    assert (response.status_code, response["Location"]) == (302, address("plan_detail", authority, mp.pk))
    plan = EngagementPlan.objects.get()
    assert (plan.mp, plan.authority, plan.why) == (mp, authority, "The port lies in their seat.")
    assert (plan.ideal_days, plan.maximum_days, f"{plan.review_on}") == (30, 45, "2026-09-01")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"why": " "}, "Say why we engage with this MP."),
        ({"ideal_days": 46}, "The longest interval cannot be shorter than the ideal one."),
        ({"ideal_days": 6}, "Enter a whole number from 7 to 730 for “Ideal interval”."),
        ({"maximum_days": ""}, "Enter a whole number from 7 to 730 for “Longest interval”."),
        ({"review_on": "31/31/2026"}, "Enter a real date."),
        ({"review_on": "2062-09-01"}, "Check the year: this is more than five years from today."),
    ],
)
def test_plan_edit_refuses_and_keeps_what_was_typed(authority, mp, client, changes, message):
    response = client.post(address("plan_edit", authority, mp.pk), plan_words(**changes))

    assert response.status_code == 422
    assert message in response.content.decode()
    assert "A debate on the port." in response.content.decode()
    assert not EngagementPlan.objects.exists()


class Inputs(HTMLParser):
    """What a browser would post from a page's last form, taking of each group of radio buttons the `nth`."""

    def __init__(self, nth):
        super().__init__()
        self.nth, self.posted, self.seen = nth, {}, {}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag != "input" or not given.get("name"):
            return
        name = given["name"]
        self.seen[name] = self.seen.get(name, 0) + 1
        if given["type"] == "hidden" or self.seen[name] <= self.nth:
            self.posted[name] = given["value"]


@pytest.mark.parametrize(
    ("nth", "why", "ideal"),
    [(1, "Ours", 30), (2, "Theirs\r\nof two lines", 60), (3, "Theirs\n\nOurs", None)],
)
def test_the_second_to_save_sees_both_versions_and_chooses(
    authority, mp, client, political_affairs, sign_in, nth, why, ideal
):
    url = address("plan_edit", authority, mp.pk)
    client.post(url, plan_words())
    theirs = plan_words(version=1, why="Theirs\r\nof two lines", ideal_days=60, maximum_days=60)
    sign_in(political_affairs).post(url, theirs)

    conflict = client.post(url, plan_words(version=1, why="Ours"))

    assert conflict.status_code == 409
    assert "<title>Error: Choose what to keep" in conflict.content.decode()
    page = conflict.content.decode()
    assert str(political_affairs) in page
    for words in ("Ours", "of two lines", "60", "30"):
        assert words in page
    assert EngagementPlan.objects.get().why == "Theirs\r\nof two lines"

    browser = Inputs(nth)
    browser.feed(page)
    chosen = client.post(url, browser.posted)

    assert chosen.status_code == 302
    plan = EngagementPlan.objects.get()
    assert plan.version == 3
    assert plan.objectives == "A debate on the port."
    if nth < 3:
        assert (plan.why.replace("\r\n", "\n"), plan.ideal_days) == (why.replace("\r\n", "\n"), ideal)
    else:
        assert plan.why == "Theirs\nof two lines\n\nOurs"


def test_an_edit_of_a_plan_that_was_archived_meanwhile_gives_the_words_back(
    authority, mp, client, political_affairs, stranger
):
    url = address("plan_edit", authority, mp.pk)
    client.post(url, plan_words())
    plan = EngagementPlan.objects.get()
    archive_plan(plan=plan, by=political_affairs, now=NOW)
    theirs = {"archived_at": NOW + timedelta(days=1), "archived_by": stranger}  # another authority's, later
    EngagementPlanFactory(authority=stranger.authority, mp=mp, **theirs)

    response = client.post(url, plan_words(version=1, why="Ours"))

    page = response.content.decode()
    assert response.status_code == 409
    assert f"{political_affairs} archived the plan for Ms Rowan Vale on 2 March 2026" in page
    assert ">Ours</textarea>" in page
    assert ">A debate on the port.</textarea>" in page
    assert '<button class="govuk-button"' not in page  # nothing to confirm
    plan.refresh_from_db()
    assert plan.why == "The port lies in their seat."


@pytest.mark.parametrize("days", [-1826, -1825, 1825, 1826])
def test_a_day_more_than_five_years_away_is_a_slip_unless_it_is_saved_already(days):
    day = TODAY + timedelta(days)

    typed = AgreementForm({"agreed_on": day}, on=TODAY, initial={"agreed_on": TODAY})
    saved = AgreementForm({"agreed_on": day}, on=TODAY, initial={"agreed_on": day})

    refused = {"agreed_on": ["Check the year: this is more than five years from today."]}
    assert typed.errors == (refused if abs(days) == 1826 else {})
    assert not saved.errors


def test_political_affairs_record_the_leaders_agreement(authority, mp, political_affairs, sign_in):
    plan = EngagementPlanFactory(authority=authority, mp=mp)

    response = sign_in(political_affairs).post(
        address("agreement_record", authority, mp.pk), {"agreed_on": TODAY.isoformat()}
    )

    assert response.status_code == 302
    plan.refresh_from_db()
    assert (plan.agreed_on, plan.agreement_recorded_by) == (TODAY, political_affairs)


def test_an_agreement_on_a_day_to_come_is_refused(authority, mp, political_affairs, sign_in):
    plan = EngagementPlanFactory(authority=authority, mp=mp)
    tomorrow = timezone.localdate() + timedelta(1)

    response = sign_in(political_affairs).post(
        address("agreement_record", authority, mp.pk), {"agreed_on": tomorrow.isoformat()}
    )

    assert response.status_code == 422
    assert "Enter today’s date or an earlier one." in response.content.decode()
    plan.refresh_from_db()
    assert plan.agreed_on is None


def test_an_agreement_can_be_taken_back(authority, mp, political_affairs, sign_in):
    plan = EngagementPlanFactory(
        authority=authority,
        mp=mp,
        agreed_on=TODAY,
        agreement_recorded_by=political_affairs,
        agreement_recorded_at=NOW,
    )

    sign_in(political_affairs).post(address("agreement_record", authority, mp.pk), {"withdraw": "yes"})

    plan.refresh_from_db()
    assert plan.agreed_on is None


def test_what_only_one_of_the_two_changed_is_chosen_already(authority, mp, client):
    url = address("plan_edit", authority, mp.pk)
    client.post(url, plan_words(objectives="As it was"))
    client.post(url, plan_words(version=1, why="Theirs", objectives="As it was", ideal_days=31))

    conflict = client.post(url, plan_words(version=1, why="Ours", objectives="Ours alone", key_messages=""))

    assert {each.name: each.checked for each in conflict.context["differences"]} == {
        "why": "Both, theirs first",
        "objectives": "Yours",
        "ideal_days": "Theirs",
    }


# --- Touchpoints ----------------------------------------------------------------------


def test_the_touchpoint_form_begins_with_today_the_mp_and_me(authority, mp, officer, client):
    form = client.get(address("touchpoint_record", authority, mp.pk)).context["form"]

    assert form["happened_on"].value() == timezone.localdate()
    assert form["their_people"].value() == "Ms Rowan Vale"
    assert form["our_people"].value() == [officer.pk]


def test_the_touchpoint_form_folds_away_who_seldom_meets_this_mp(authority, mp, officer, client):
    lead, was_lead, other = (
        MembershipFactory(authority=authority, role=Role.OFFICER, user__name=name) for name in "CBA"
    )
    CouncilLeadFactory(authority=authority, mp=mp, membership=lead)
    CouncilLeadFactory(
        authority=authority, mp=mp, role="deputy", membership=was_lead, ended_on=TODAY - timedelta(1)
    )
    url = address("touchpoint_record", authority, mp.pk)

    def folded(page):
        near, _, others = page.content.decode().partition("Other colleagues (")
        return [each for each in (officer, lead, was_lead, other) if f'value="{each.pk}"' not in near], others

    page = client.get(url)
    assert folded(page)[0] == [was_lead, other]
    assert folded(page)[1].startswith("2)")
    assert page.content.decode().count(" autofocus") == 1
    chosen = client.post(url, touchpoint_words(other, summary=""))
    assert folded(chosen)[0] == [was_lead]
    assert " autofocus" not in chosen.content.decode()


def test_touchpoint_record_writes_it_and_goes_to_the_mp(authority, mp, officer, client):
    response = client.post(address("touchpoint_record", authority, mp.pk), touchpoint_words(officer))

    assert (response.status_code, response["Location"]) == (302, f"/northmoor/mps/{mp.pk}/")
    touchpoint = Touchpoint.objects.get()
    assert (touchpoint.mp, touchpoint.kind, touchpoint.is_two_way) == (mp, "call", True)
    assert (touchpoint.recorded_by, list(touchpoint.our_people.all())) == (officer, [officer])


def test_what_a_plan_and_a_touchpoint_say_is_marked(authority, mp, officer, client):
    EngagementPlanFactory(authority=authority, mp=mp)
    client.post(
        address("touchpoint_record", authority, mp.pk), touchpoint_words(officer, summary_kind="third-party")
    )

    page = client.get(address("plan_detail", authority, mp.pk)).content.decode()

    assert Touchpoint.objects.get().summary_kind == "third-party"
    words = " ".join(page.split())
    assert ">From somebody else</strong>" in words
    assert ">Opinion</strong> Their seat lies in our area." in words


def test_touchpoint_record_sent_twice_is_one(authority, mp, officer, client):
    words = touchpoint_words(officer)

    for _ in range(2):
        client.post(address("touchpoint_record", authority, mp.pk), words)

    assert Touchpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"happened_on": timezone.localdate() + timedelta(1)}, "Enter today’s date or an earlier one."),
        ({"happened_on": "0026-03-02"}, "Check the year: this is more than five years from today."),
        ({"kind": ""}, "Choose what kind of contact it was."),
        ({"their_people": ""}, "Say who took part on the MP’s side."),
        ({"our_people": []}, "Choose who took part from the council, or name them below."),
        ({"summary": ""}, "Say what was said."),
        ({"is_two_way": ""}, "Say whether they took part."),
    ],
)
def test_touchpoint_record_refuses_in_plain_words(authority, mp, officer, client, changes, message):
    response = client.post(
        address("touchpoint_record", authority, mp.pk), touchpoint_words(officer, **changes)
    )

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Touchpoint.objects.exists()


def test_touchpoint_record_takes_no_colleague_of_another_authority(authority, mp, stranger, client):
    response = client.post(address("touchpoint_record", authority, mp.pk), touchpoint_words(stranger))

    assert response.status_code == 422
    assert not Touchpoint.objects.exists()


def test_touchpoint_edit_changes_it(authority, officer, client):
    touchpoint = TouchpointFactory(authority=authority)
    url = address("touchpoint_edit", authority, touchpoint.pk)

    assert client.get(url).context["form"]["is_two_way"].value() == "yes"
    response = client.post(url, touchpoint_words(officer, summary="Better words", is_two_way="no"))

    assert response.status_code == 302
    touchpoint.refresh_from_db()
    assert (touchpoint.summary, touchpoint.is_two_way, touchpoint.kind) == ("Better words", False, "call")


def test_a_colleague_who_has_yet_to_join_may_have_been_there(authority, mp, client):
    invited = MembershipFactory(authority=authority, joined_at=None)
    invited.user.set_unusable_password()
    invited.user.save()

    client.post(address("touchpoint_record", authority, mp.pk), touchpoint_words(invited))

    assert list(Touchpoint.objects.get().our_people.all()) == [invited]


def test_who_edits_a_touchpoint_second_sees_both_and_saves_again(authority, officer, client):
    touchpoint = TouchpointFactory(authority=authority, summary="The port.")
    url, colleague = (
        address("touchpoint_edit", authority, touchpoint.pk),
        MembershipFactory(authority=authority),
    )
    seen = {"version": client.get(url).context["form"]["version"].value()}
    first = {"summary": "The port and the quay.", "happened_on": "2026-03-01", "is_two_way": "no"}
    for _ in range(2):  # once as a double click
        assert client.post(url, touchpoint_words(officer, **first, **seen)).status_code == 302

    second = client.post(url, touchpoint_words(colleague, summary="The port and the pier.", **seen))

    page, form = second.content.decode(), second.context["form"]
    touchpoint.refresh_from_db()
    assert second.status_code == 422
    for saved in ("The port and the quay.", "1 March 2026", "No", officer):
        assert f"Saved meanwhile: “{saved}”" in page
    assert 'name="version"' in page
    assert (touchpoint.summary, list(touchpoint.our_people.all())) == ("The port and the quay.", [officer])
    again = {"summary": form["summary"].value(), "version": form["version"].value()}
    assert client.post(url, touchpoint_words(colleague, **again)).status_code == 302
    touchpoint.refresh_from_db()
    assert (touchpoint.summary, list(touchpoint.our_people.all())) == ("The port and the pier.", [colleague])


def test_touchpoint_edit_keeps_a_colleague_who_has_left(authority, client):
    left = MembershipFactory(authority=authority, is_active=False)
    touchpoint = TouchpointFactory(authority=authority)
    touchpoint.our_people.add(left)

    client.post(address("touchpoint_edit", authority, touchpoint.pk), touchpoint_words(left))

    assert list(touchpoint.our_people.all()) == [left]


def test_touchpoint_delete_asks_first(authority, client):
    touchpoint = TouchpointFactory(authority=authority, summary="Never happened")
    url = address("touchpoint_delete", authority, touchpoint.pk)

    assert "Never happened" in client.get(url).content.decode()
    assert Touchpoint.objects.exists()
    assert client.post(url).status_code == 302
    assert not Touchpoint.objects.exists()


def test_touchpoint_list_pages_and_costs_the_same_for_30_as_for_one(
    authority, mp, client, django_assert_num_queries
):
    def make(count):
        for _ in range(count):
            touchpoint = TouchpointFactory(authority=authority, mp=mp)
            touchpoint.our_people.add(MembershipFactory(authority=authority))

    url = address("touchpoint_list", authority, mp.pk)
    make(1)
    with django_assert_num_queries(8):
        client.get(url)
    make(29)
    with django_assert_num_queries(8):
        page = client.get(url).content.decode()

    assert "Showing 1 to 25 of 30, newest first" in page


# --- Who may --------------------------------------------------------------------------

WRITERS, READERS = {"officer", "political-affairs"}, {"officer", "political-affairs", "executive"}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("plan_list", READERS),
        ("plan_detail", READERS),
        ("plan_edit", WRITERS),
        ("agreement_record", {"political-affairs"}),
        ("touchpoint_list", READERS),
        ("touchpoint_record", WRITERS),
        ("touchpoint_edit", WRITERS),
        ("touchpoint_delete", WRITERS),
    ],
)
def test_each_page_is_for_its_roles(authority, mp, role, name, allowed, sign_in):
    EngagementPlanFactory(authority=authority, mp=mp)
    touchpoint = TouchpointFactory(authority=authority, mp=mp)
    args = {"plan_list": [], "touchpoint_edit": [touchpoint.pk], "touchpoint_delete": [touchpoint.pk]}
    member = MembershipFactory(authority=authority, role=role)

    response = sign_in(member).get(address(name, authority, *args.get(name, [mp.pk])))

    assert response.status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize("name", ["plan_detail", "agreement_record", "touchpoint_edit", "touchpoint_delete"])
def test_what_another_authority_wrote_is_as_good_as_missing(authority, mp, stranger, name, sign_in):
    EngagementPlanFactory(authority=authority, mp=mp)
    touchpoint = TouchpointFactory(authority=authority, mp=mp)
    own = MembershipFactory(authority=stranger.authority, role=Role.POLITICAL_AFFAIRS)
    theirs, nothing = (mp.pk, 999_999) if "touchpoint" not in name else (touchpoint.pk, 999_999)

    foreign = sign_in(own).get(address(name, stranger.authority, theirs))
    missing = sign_in(own).get(address(name, stranger.authority, nothing))

    assert (foreign.status_code, missing.status_code) == (404, 404)


@pytest.mark.parametrize("name", ["plan_detail", "plan_edit", "touchpoint_list", "touchpoint_record"])
def test_an_mp_number_beyond_any_database_is_missing(authority, client, name):
    assert client.get(address(name, authority, 10**20)).status_code == 404


def test_an_executive_reads_a_plan_without_links_to_change_it(authority, mp, executive, sign_in):
    EngagementPlanFactory(authority=authority, mp=mp)
    TouchpointFactory(authority=authority, mp=mp)

    page = sign_in(executive).get(address("plan_detail", authority, mp.pk)).content.decode()

    for words in ("Record a touchpoint", "Edit the plan", "Leader’s agreement</a>", "/edit/", "/delete/"):
        assert words not in page
