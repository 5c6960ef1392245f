from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from contacts.directory import leads_on
from contacts.models import CouncilLead, LeadRole
from contacts.services import EndsBeforeItStarts, LeadsOverlap, end_lead, set_lead
from notifications.models import Channel, Notification
from tests.factories import NOW, CouncilLeadFactory, EngagementPlanFactory, MembershipFactory, MPFactory

pytestmark = pytest.mark.django_db

MARCH = date(2026, 3, 1)


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority)


def named(by, mp, **given):
    return set_lead(**{"by": by, "mp": mp, "role": LeadRole.LEAD, "started_on": MARCH, "now": NOW} | given)


def spells(mp, role=LeadRole.LEAD):
    rows = CouncilLead.objects.filter(mp=mp, role=role).order_by("started_on", "pk")
    return [(str(lead), lead.started_on, lead.ended_on) for lead in rows]


def test_colleague_becomes_lead_and_is_told_once_by_each_channel(political_affairs, officer, mp):
    lead = named(political_affairs, mp, membership=officer)

    rows = Notification.objects.filter(subject=f"lead:{lead.pk}")
    assert {row.channel for row in rows} == set(Channel)
    assert {row.recipient for row in rows} == {officer}
    assert {row.path for row in rows} == {reverse("overview:mp_detail", args=["northmoor", mp.pk])}


def test_leader_without_an_account_is_just_a_name(political_affairs, mp):
    lead = named(political_affairs, mp, name="Cllr Ann Moor", job_title="Leader of the Council")

    assert (str(lead), lead.membership, lead.job_title) == ("Cllr Ann Moor", None, "Leader of the Council")
    assert Notification.objects.count() == 0


def test_naming_oneself_sends_nothing(political_affairs, mp):
    named(political_affairs, mp, membership=political_affairs)

    assert Notification.objects.count() == 0


def test_new_lead_takes_over_the_day_after(political_affairs, officer, mp):
    named(political_affairs, mp, name="First")

    named(political_affairs, mp, membership=officer, started_on=date(2026, 6, 1))

    assert spells(mp) == [
        ("First", MARCH, date(2026, 5, 31)),
        (str(officer), date(2026, 6, 1), None),
    ]


def test_deputy_and_lead_do_not_touch_each_other(political_affairs, officer, mp):
    named(political_affairs, mp, name="Lead")
    named(political_affairs, mp, role=LeadRole.DEPUTY, membership=officer)

    leads = leads_on(mp, membership=political_affairs, on=MARCH)

    assert (str(leads.lead), str(leads.deputy), leads.others) == ("Lead", str(officer), [])


def test_same_again_changes_nothing_and_tells_nobody_twice(political_affairs, officer, mp):
    first = named(political_affairs, mp, membership=officer)

    again = named(political_affairs, mp, membership=officer)

    assert again == first
    assert CouncilLead.objects.count() == 1
    assert Notification.objects.count() == 2


def test_same_first_day_corrects_who_was_named(political_affairs, officer, mp):
    first = named(political_affairs, mp, name="A mistake")

    second = named(political_affairs, mp, membership=officer)

    assert second.pk == first.pk
    assert spells(mp) == [(str(officer), MARCH, None)]
    assert Notification.objects.count() == 2


def test_same_person_with_another_first_day_is_corrected(political_affairs, officer, mp):
    named(political_affairs, mp, membership=officer)

    named(political_affairs, mp, membership=officer, started_on=date(2026, 2, 1))

    assert spells(mp) == [(str(officer), date(2026, 2, 1), None)]


@pytest.mark.parametrize(
    ("started_on", "is_refused"),
    [(date(2025, 12, 31), True), (date(2026, 1, 1), True), (date(2026, 1, 2), False)],
)
def test_lead_may_not_start_within_an_earlier_ones_time(political_affairs, mp, started_on, is_refused):
    CouncilLeadFactory(
        authority=political_affairs.authority,
        mp=mp,
        membership=None,
        name="Earlier",
        started_on=date(2025, 1, 1),
        ended_on=date(2026, 1, 1),
    )

    if is_refused:
        with pytest.raises(LeadsOverlap) as caught:
            named(political_affairs, mp, name="Next", started_on=started_on)
        assert str(caught.value.other) == "Earlier"
    else:
        named(political_affairs, mp, name="Next", started_on=started_on)

    assert CouncilLead.objects.count() == (1 if is_refused else 2)


def test_lead_may_not_start_before_the_present_one(political_affairs, mp):
    named(political_affairs, mp, name="Present")

    with pytest.raises(LeadsOverlap):
        named(political_affairs, mp, name="Before", started_on=date(2026, 2, 28))

    assert spells(mp) == [("Present", MARCH, None)]


def test_another_authority_has_its_own_leads(political_affairs, stranger, mp):
    named(political_affairs, mp, name="Ours")

    named(stranger, mp, name="Theirs")

    assert [str(lead) for lead in leads_on(mp, membership=stranger, on=MARCH).current] == ["Theirs"]
    assert [str(lead) for lead in leads_on(mp, membership=political_affairs, on=MARCH).current] == ["Ours"]


@pytest.mark.parametrize(
    ("on", "is_current"),
    [(date(2026, 2, 28), False), (MARCH, True), (date(2026, 3, 9), True), (date(2026, 3, 10), False)],
)
def test_lead_is_current_from_the_first_day_to_the_last(political_affairs, mp, on, is_current):
    lead = named(political_affairs, mp, name="X")
    end_lead(by=political_affairs, lead=lead, ended_on=date(2026, 3, 9), now=NOW)

    assert bool(leads_on(mp, membership=political_affairs, on=on).lead) is is_current
    assert CouncilLead.objects.current(on).exists() is is_current


def test_lead_cannot_end_before_it_starts(political_affairs, mp):
    lead = named(political_affairs, mp, name="X")

    with pytest.raises(EndsBeforeItStarts):
        end_lead(by=political_affairs, lead=lead, ended_on=date(2026, 2, 28), now=NOW)

    lead.refresh_from_db()
    assert lead.ended_on is None


def url(name, *args):
    return reverse(f"contacts:{name}", args=["northmoor", *args])


def test_pages_name_replace_and_end(political_affairs, officer, mp, sign_in):
    client = sign_in(political_affairs)
    today = timezone.localdate().isoformat()

    first = client.post(
        url("lead_set", mp.pk), {"role": "lead", "name": "Cllr Ann Moor", "started_on": "2026-03-01"}
    )
    second = client.post(
        url("lead_set", mp.pk), {"role": "lead", "membership": officer.pk, "started_on": "2026-06-01"}
    )
    lead = CouncilLead.objects.get(ended_on=None)
    ended = client.post(url("lead_end", lead.pk), {"ended_on": today})

    page = client.get(url("lead_list", mp.pk)).content.decode()
    assert [day in page for day in ("1 March 2026</td>", "31 May 2026</td>", "1 June 2026</td>")] == [
        True
    ] * 3
    assert [response.status_code for response in (first, second, ended)] == [302, 302, 302]
    assert "Cllr Ann Moor" in page
    assert str(officer) in page


def test_a_wrong_last_day_is_put_right_and_a_lead_may_go_on_after_all(political_affairs, mp, sign_in):
    lead = named(political_affairs, mp, name="Cllr Ann Moor")
    end_lead(by=political_affairs, lead=lead, ended_on=date(2026, 3, 9), now=NOW)
    client, address = sign_in(political_affairs), url("lead_end", lead.pk)

    offered = f'href="{address}"' in client.get(url("lead_list", mp.pk)).content.decode()
    form = client.get(address).context["form"]
    client.post(address, {"ended_on": "2026-04-09"})
    corrected = spells(mp)
    page = client.post(address, {"ended_on": ""}, follow=True).content.decode()

    assert offered
    assert form.initial["ended_on"] == date(2026, 3, 9)
    assert corrected == [("Cllr Ann Moor", MARCH, date(2026, 4, 9))]
    assert "Cllr Ann Moor: it goes on." in page
    assert spells(mp) == [("Cllr Ann Moor", MARCH, None)]
    assert lead.history.first().history_user == political_affairs.user


@pytest.mark.parametrize(
    ("ended_on", "is_refused"), [("2026-05-31", False), ("2026-06-01", True), ("", True)]
)
def test_a_last_day_does_not_reach_into_the_time_of_a_successor(
    political_affairs, mp, sign_in, ended_on, is_refused
):
    first = named(political_affairs, mp, name="First")
    end_lead(by=political_affairs, lead=first, ended_on=date(2026, 3, 9), now=NOW)
    named(political_affairs, mp, name="Second", started_on=date(2026, 6, 1))

    response = sign_in(political_affairs).post(url("lead_end", first.pk), {"ended_on": ended_on})

    assert response.status_code == (422 if is_refused else 302)
    said = "Second has this role from 1 June 2026. End before that." in response.content.decode()
    assert said is is_refused
    assert spells(mp)[0] == ("First", MARCH, date(2026, 3, 9) if is_refused else date(2026, 5, 31))


def test_the_time_of_others_in_other_roles_or_of_other_mps_is_not_in_the_way(
    political_affairs, authority, mp
):
    first = named(political_affairs, mp, name="First")
    end_lead(by=political_affairs, lead=first, ended_on=date(2026, 3, 9), now=NOW)
    named(political_affairs, mp, name="Deputy", role=LeadRole.DEPUTY, started_on=date(2026, 6, 1))
    named(political_affairs, MPFactory(authority=authority), name="Another")

    end_lead(by=political_affairs, lead=first, ended_on=None, now=NOW)

    assert spells(mp) == [("First", MARCH, None)]


def test_what_was_recorded_by_mistake_is_removed_once_that_is_confirmed(political_affairs, mp, sign_in):
    client, tomorrow = sign_in(political_affairs), timezone.localdate() + timedelta(days=1)
    lead = named(political_affairs, mp, name="Cllr Ann Moor", started_on=tomorrow)
    address = url("lead_remove", lead.pk)

    upcoming = client.get(url("lead_list", mp.pk)).content.decode()
    asked = client.get(address).content.decode()
    assert f'href="{address}"' in upcoming
    assert f'href="{url("lead_end", lead.pk)}"' in upcoming
    assert f"Relationship owner, from {tomorrow:%-d %B %Y}" in asked
    assert CouncilLead.objects.exists()

    page = client.post(address, follow=True).content.decode()
    assert "Cllr Ann Moor is removed." in page
    assert not CouncilLead.objects.exists()
    last = CouncilLead.history.first()
    assert (last.history_type, last.history_user) == ("-", political_affairs.user)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose a colleague or enter a name, one of the two."),
        ({"name": "X", "membership": "colleague"}, "Choose a colleague or enter a name, one of the two."),
        ({"name": "X", "membership": "stranger"}, "Select a valid choice"),
        ({"name": "X", "started_on": ""}, "Enter the day it starts."),
        ({"name": "X", "started_on": "30 February"}, "Enter a real date, like"),
        ({"name": "X", "role": "boss"}, "Select a valid choice"),
        ({"name": "X", "role": ""}, "Choose a role."),
    ],
)
def test_form_says_what_is_wrong(political_affairs, mp, sign_in, given, words):
    people = {"colleague": political_affairs.pk, "stranger": MembershipFactory().pk}
    data = {"role": "lead", "started_on": "2026-03-01"} | given
    if "membership" in data:
        data["membership"] = people[data["membership"]]

    response = sign_in(political_affairs).post(url("lead_set", mp.pk), data)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert CouncilLead.objects.count() == 0


def test_page_says_whose_time_is_in_the_way(political_affairs, mp, sign_in):
    named(political_affairs, mp, name="Present")

    response = sign_in(political_affairs).post(
        url("lead_set", mp.pk), {"role": "lead", "name": "X", "started_on": "2026-02-01"}
    )

    assert response.status_code == 422
    assert "Present has this role from 1 March 2026. Start after that." in response.content.decode()


def test_only_political_affairs_sees_the_links_to_change(political_affairs, officer, mp, sign_in):
    change = url("lead_set", mp.pk)

    assert change in sign_in(political_affairs).get(url("lead_list", mp.pk)).content.decode()
    assert change not in sign_in(officer).get(url("lead_list", mp.pk)).content.decode()


def test_relationship_owner_stands_before_a_deputy_named_later(political_affairs, mp):
    owner = named(political_affairs, mp, name="Owner")
    deputy = named(political_affairs, mp, name="Deputy", role=LeadRole.DEPUTY, started_on=date(2026, 3, 2))

    assert leads_on(mp, membership=political_affairs, on=date(2026, 3, 2)).current == [owner, deputy]


def test_an_owner_who_has_left_is_named_as_such_and_leads_no_more(political_affairs, officer, mp, sign_in):
    named(political_affairs, mp, membership=officer, started_on=date(2026, 1, 1))
    named(political_affairs, mp, name="Cllr Ann Moor", role=LeadRole.DEPUTY, started_on=date(2026, 1, 1))
    EngagementPlanFactory(authority=political_affairs.authority, mp=mp)
    Membership.objects.filter(pk=officer.pk).update(is_active=False)

    leads = leads_on(mp, membership=political_affairs, on=MARCH)
    client, slug = sign_in(political_affairs), political_affairs.authority.slug
    pages = [
        client.get(url("lead_list", mp.pk)).content.decode(),
        client.get(reverse("overview:mp_detail", args=[slug, mp.pk])).content.decode(),
        client.get(reverse("engagements:plan_detail", args=[slug, mp.pk])).content.decode(),
    ]

    assert (leads.lead, str(leads.deputy)) == (None, "Cllr Ann Moor")
    assert leads.in_words == "Deputy: Cllr Ann Moor"
    assert [f"{officer} (has left)" in page for page in pages] == [True, True, True]
