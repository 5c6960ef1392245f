"""Beyond the relationship owner: other roles, the Leader's agreement, who knows the MP anyway, and gaps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.history import EditedMeanwhile
from accounts.models import Membership, Role
from contacts.directory import leads_on
from contacts.handover import hand_over_lead, put_lead_back
from contacts.leads.agreements import agreed_on
from contacts.leads.gaps import gaps, owner_stops_soon
from contacts.leads.services import (
    NotAgreedYet,
    PeopleChanged,
    record_agreement,
    set_relationship,
)
from contacts.models import MP, CouncilLead, LeadAgreement, LeadRole, PersonalRelationship
from contacts.services import LeadsOverlap, Person, end_lead, remove_lead, set_lead, set_owner_of_several
from notifications.models import Channel, Notification
from tests.factories import (
    NOW,
    TODAY,
    CouncilLeadFactory,
    MembershipFactory,
    MPFactory,
    PersonalRelationshipFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOLDER = LeadRole.PORTFOLIO_HOLDER


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


def url(name, *args):
    return reverse(f"contacts:{name}", args=["northmoor", *args])


def named(by, mp, role=LeadRole.LEAD, **given):
    return set_lead(**{"by": by, "mp": mp, "role": role, "started_on": TODAY, "now": NOW} | given)


def current(mp, by, on=TODAY):
    return [(str(lead), lead.part) for lead in leads_on(mp, membership=by, on=on).current]


# --- Roles --------------------------------------------------------------------------------


def test_each_role_stands_in_its_place_and_several_may_share_one(political_affairs, mp):
    for person in ("B", "A"):
        named(political_affairs, mp, LeadRole.SUPPORTING, name=person)
    named(political_affairs, mp, HOLDER, name="Cllr Anand", portfolio="Housing")
    named(political_affairs, mp, HOLDER, name="Cllr Anand", portfolio="Planning")
    named(political_affairs, mp, LeadRole.CHIEF_EXECUTIVE, name="Chief")
    named(political_affairs, mp, LeadRole.LEADER, name="Cllr Shaw")
    named(political_affairs, mp, name="Owner")

    assert current(mp, political_affairs) == [
        ("Owner", "Relationship owner"),
        ("Cllr Shaw", "Leader"),
        ("Chief", "Chief executive"),
        ("Cllr Anand", "Portfolio holder, Planning"),
        ("Cllr Anand", "Portfolio holder, Housing"),
        ("A", "Supporting contact"),
        ("B", "Supporting contact"),
    ]


@pytest.mark.parametrize("role", [LeadRole.LEADER, LeadRole.CHIEF_EXECUTIVE])
def test_a_new_leader_or_chief_executive_takes_over(political_affairs, mp, role):
    named(political_affairs, mp, role, name="Old")

    named(political_affairs, mp, role, name="New", started_on=TODAY + DAY)

    assert [who for who, _ in current(mp, political_affairs, TODAY + DAY)] == ["New"]


def test_the_same_supporting_contact_again_is_corrected_not_doubled(political_affairs, officer, mp):
    first = named(political_affairs, mp, LeadRole.SUPPORTING, membership=officer)

    again = named(political_affairs, mp, LeadRole.SUPPORTING, membership=officer, started_on=TODAY - DAY)

    assert (again.pk, again.started_on) == (first.pk, TODAY - DAY)
    assert Notification.objects.filter(channel=Channel.EMAIL).count() == 1
    assert again.history.first().history_user == political_affairs.user


@pytest.mark.parametrize(
    ("role", "portfolio"), [(HOLDER, ""), (LeadRole.LEAD, "Housing"), (LeadRole.SUPPORTING, "Housing")]
)
def test_the_database_wants_a_portfolio_of_a_portfolio_holder_alone(political_affairs, mp, role, portfolio):
    with pytest.raises(IntegrityError), transaction.atomic():
        CouncilLeadFactory(authority=political_affairs.authority, mp=mp, role=role, portfolio=portfolio)


@pytest.mark.parametrize("role", LeadRole.values)
def test_the_database_refuses_one_person_twice_in_one_role(political_affairs, officer, mp, role):
    portfolio = "Housing" if role == HOLDER else ""
    common = {"authority": officer.authority, "mp": mp, "role": role, "portfolio": portfolio}
    CouncilLeadFactory(membership=officer, **common)

    with pytest.raises(IntegrityError), transaction.atomic():
        CouncilLeadFactory(membership=officer, **common)


@pytest.mark.parametrize("role", [LeadRole.LEAD, LeadRole.DEPUTY, LeadRole.LEADER, LeadRole.CHIEF_EXECUTIVE])
def test_the_database_refuses_a_second_open_row_of_a_role_for_one(political_affairs, mp, role):
    common = {"authority": political_affairs.authority, "mp": mp, "role": role}
    CouncilLeadFactory(**common)

    with pytest.raises(IntegrityError), transaction.atomic():
        CouncilLeadFactory(**common)


def test_form_asks_for_the_portfolio_and_leaves_it_out_of_other_roles(political_affairs, mp, sign_in):
    client = sign_in(political_affairs)
    common = {"name": "Cllr Anand", "started_on": "2026-03-01"}

    missing = client.post(url("lead_set", mp.pk), common | {"role": "portfolio-holder"})
    client.post(url("lead_set", mp.pk), common | {"role": "portfolio-holder", "portfolio": "Housing"})
    client.post(url("lead_set", mp.pk), common | {"role": "leader", "portfolio": "Housing"})

    assert missing.status_code == 422
    assert "Enter the portfolio." in missing.content.decode()
    assert set(CouncilLead.objects.values_list("role", "portfolio")) == {
        ("portfolio-holder", "Housing"),
        ("leader", ""),
    }


def test_supporting_contacts_are_not_asked_to_look_after_the_mp(political_affairs, officer, mp):
    named(political_affairs, mp, LeadRole.SUPPORTING, membership=officer)

    assert Notification.objects.filter(title="You are a contact of Ms Rowan Vale").count() == 2
    assert list(CouncilLead.objects.all().who_look_after()) == []


@pytest.mark.parametrize(
    ("role", "portfolio"), [(LeadRole.SUPPORTING, ""), (HOLDER, "Housing"), (LeadRole.LEADER, "")]
)
def test_a_hand_over_of_a_seat_takes_each_role_along(political_affairs, authority, mp, role, portfolio):
    new = MPFactory(authority=authority)
    lead = named(political_affairs, mp, role, name="X", portfolio=portfolio)
    if role == LeadRole.SUPPORTING:
        named(political_affairs, new, role, name="Somebody else")

    effect = hand_over_lead(lead=lead, to_mp=new, on=TODAY + DAY, by=political_affairs, now=NOW)

    carried = CouncilLead.objects.get(pk=effect["carried"])
    assert (carried.mp, carried.part, str(carried)) == (new, lead.part, "X")
    put_lead_back(effect=effect, by=political_affairs, now=NOW)
    assert current(mp, political_affairs) == [("X", lead.part)]


# --- One owner for several ----------------------------------------------------------------


def test_one_owner_takes_over_several_mps_and_is_told_once(political_affairs, officer, authority):
    mps = [MPFactory(authority=authority) for _ in range(3)]
    named(political_affairs, mps[1], name="Before", started_on=TODAY - DAY)
    CouncilLeadFactory(authority=authority, mp=mps[2], ended_on=TODAY + 5 * DAY)

    leads = set_owner_of_several(
        by=political_affairs, mps=mps, person=Person(officer), started_on=TODAY, now=NOW
    )

    assert [lead.started_on for lead in leads] == [TODAY, TODAY, TODAY + 6 * DAY]
    assert CouncilLead.objects.get(name="Before").ended_on == TODAY - DAY
    assert {row.title for row in Notification.objects.all()} == {"You look after 3 MPs"}
    assert Notification.objects.count() == 2


def test_one_that_stands_in_the_way_stops_all(political_affairs, officer, authority):
    free, taken = MPFactory(authority=authority), MPFactory(authority=authority)
    named(political_affairs, taken, name="Later", started_on=TODAY + DAY)

    with pytest.raises(LeadsOverlap) as caught:
        set_owner_of_several(
            by=political_affairs, mps=[free, taken], person=Person(officer), started_on=TODAY, now=NOW
        )

    assert caught.value.other.mp == taken
    assert CouncilLead.objects.count() == 1


def why(membership, on=TODAY):
    return {(gap.mp.name, gap.why, gap.is_now) for gap in gaps(membership=membership, on=on)}


def test_gaps_say_why_nobody_looks_after_the_mp(political_affairs, authority):
    leaver = MembershipFactory(authority=authority, is_active=False, user__name="Jo Leaver")
    made = {
        name: MPFactory(authority=authority, name=name) for name in ("None", "Left", "Ended", "Next", "Ok")
    }
    MPFactory(name="Not ours")
    common = {"authority": authority, "membership": None}
    CouncilLeadFactory(authority=authority, mp=made["Left"], membership=leaver)
    CouncilLeadFactory(**common, mp=made["Ended"], name="X", ended_on=TODAY - DAY)
    CouncilLeadFactory(**common, mp=made["Next"], name="Y", started_on=TODAY + DAY)
    CouncilLeadFactory(**common, mp=made["Ok"], name="Z")

    assert why(political_affairs) == {
        ("None", "Nobody yet", True),
        ("Left", "Jo Leaver has left the council", True),
        ("Ended", "X stopped on 1 March 2026", True),
        ("Next", "Nobody yet; Y begins on 3 March 2026", True),
    }


@pytest.mark.parametrize(("days", "is_soon"), [(0, True), (30, True), (31, False)])
def test_an_owner_who_stops_within_thirty_days_is_a_gap_to_come(political_affairs, mp, days, is_soon):
    ended_on = TODAY + days * DAY
    CouncilLeadFactory(
        authority=political_affairs.authority, mp=mp, membership=None, name="X", ended_on=ended_on
    )

    soon = owner_stops_soon(MP.objects.all(), membership=political_affairs, on=TODAY)

    assert soon.exists() == is_soon
    assert why(political_affairs) == (
        {("Ms Rowan Vale", f"X stops on {ended_on:%-d %B %Y}", False)} if is_soon else set()
    )


def test_an_owner_who_stops_and_has_a_successor_is_no_gap(political_affairs, mp):
    common = {"authority": political_affairs.authority, "mp": mp, "membership": None}
    CouncilLeadFactory(**common, name="X", ended_on=TODAY + DAY)
    CouncilLeadFactory(**common, name="Y", started_on=TODAY + 2 * DAY)

    assert why(political_affairs) == set()


def test_gaps_page_names_one_owner_for_those_ticked(political_affairs, officer, stranger, authority, sign_in):
    mps = [MPFactory(authority=authority) for _ in range(3)]
    theirs = MPFactory(authority=stranger.authority)
    client = sign_in(political_affairs)
    data = {"membership": officer.pk, "started_on": timezone.localdate().isoformat()}

    CouncilLeadFactory(
        authority=authority,
        mp=mps[2],
        membership=None,
        name="X",
        ended_on=date(2026, 3, 1),
        started_on=TODAY - 9 * DAY,
    )

    shown = client.get(url("lead_gaps")).content.decode()
    nobody = client.post(url("lead_gaps"), data)
    foreign = client.post(url("lead_gaps"), data | {"mps": [mps[0].pk, theirs.pk]})
    page = client.post(url("lead_gaps"), data | {"mps": [mps[0].pk, mps[1].pk]}, follow=True).content.decode()

    read = sign_in(officer).get(url("lead_gaps")).content.decode()

    assert shown.count('<td class="govuk-table__cell">Nobody yet. ') == 2
    assert (read.count("Nobody now"), "Name the owner" in read, "checkbox" in read) == (1, False, False)
    assert '<td class="govuk-table__cell">X stopped on 1 March 2026. ' in shown
    assert "Choose at least one MP." in nobody.content.decode()
    assert [nobody.status_code, foreign.status_code] == [422, 422]
    assert f"{officer} is relationship owner of 2 MPs." in page
    assert page.count("Nobody now") == 1
    assert CouncilLead.objects.count() == 3


def test_gaps_page_says_what_is_in_the_way(political_affairs, mp, sign_in):
    day = timezone.localdate() + DAY
    named(political_affairs, mp, name="Later", started_on=day)

    response = sign_in(political_affairs).post(
        url("lead_gaps"), {"name": "X", "started_on": timezone.localdate().isoformat(), "mps": mp.pk}
    )

    assert response.status_code == 422
    assert "Nobody was named. Ms Rowan Vale: Later has this role from" in response.content.decode()
    assert " checked" in response.content.decode()


def test_gaps_page_costs_the_same_for_1_and_30_mps(
    political_affairs, authority, sign_in, django_assert_num_queries
):
    client = sign_in(political_affairs)
    for number in (1, 29):
        for mp in [MPFactory(authority=authority) for _ in range(number)]:
            CouncilLeadFactory(authority=authority, mp=mp, ended_on=TODAY)
            soon = MPFactory(authority=authority)
            CouncilLeadFactory(authority=authority, mp=soon, ended_on=timezone.localdate())
        client.get(url("lead_gaps"))
        with django_assert_num_queries(9):
            client.get(url("lead_gaps"))


# --- The Leader's agreement ---------------------------------------------------------------


def agree(by, mp, agreed_on=TODAY, people=None):
    people = leads_on(mp, membership=by, on=TODAY).in_words if people is None else people
    return record_agreement(by=by, mp=mp, people=people, agreed_on=agreed_on, now=NOW)


def stands(by, mp, on=TODAY):
    return agreed_on(mp, leads_on(mp, membership=by, on=on), membership=by, on=on).stands


def test_the_agreement_names_the_people_and_stands_while_they_are_the_same(political_affairs, mp):
    named(political_affairs, mp, name="Cllr Ode Ashby")
    named(political_affairs, mp, HOLDER, name="Cllr Anand", portfolio="Housing")

    agreement = agree(political_affairs, mp)
    before = stands(political_affairs, mp)
    named(political_affairs, mp, LeadRole.SUPPORTING, name="Somebody else", started_on=TODAY + DAY)

    assert agreement.people == "Relationship owner: Cllr Ode Ashby\nPortfolio holder, Housing: Cllr Anand"
    assert (agreement.recorded_by, agreement.agreed_on) == (political_affairs, TODAY)
    assert before
    assert stands(political_affairs, mp)
    assert not stands(political_affairs, mp, TODAY + DAY)


def test_an_agreement_falls_when_one_of_the_people_leaves(political_affairs, officer, mp):
    named(political_affairs, mp, membership=officer)
    agree(political_affairs, mp)
    Membership.objects.filter(pk=officer.pk).update(is_active=False)

    assert not stands(political_affairs, mp)
    with pytest.raises(PeopleChanged):
        agree(political_affairs, mp)


def test_earlier_agreements_can_be_read(political_affairs, mp, sign_in):
    for day, name in enumerate(["Cllr Ode Ashby", "Cllr Anand"]):
        named(political_affairs, mp, name=name, started_on=TODAY + (day - 1) * DAY)
        record_agreement(
            by=political_affairs,
            mp=mp,
            people=f"Relationship owner: {name}",
            agreed_on=TODAY + (day - 1) * DAY,
            now=NOW + (day - 1) * DAY,
        )

    page = sign_in(political_affairs).get(url("lead_list", mp.pk)).content.decode()

    assert "Earlier agreements (1)" in page
    assert page.index("Agreed on 1 March 2026") < page.index("Relationship owner: Cllr Ode Ashby")


def test_the_same_agreement_twice_is_one(political_affairs, mp):
    named(political_affairs, mp, name="X")

    assert agree(political_affairs, mp) == agree(political_affairs, mp)
    assert LeadAgreement.objects.count() == 1


def test_nobody_agrees_to_nobody_to_others_or_tomorrow(political_affairs, mp):
    with pytest.raises(PeopleChanged):
        agree(political_affairs, mp)
    named(political_affairs, mp, name="X")
    with pytest.raises(PeopleChanged):
        agree(political_affairs, mp, people="Relationship owner: Y")
    with pytest.raises(NotAgreedYet):
        agree(political_affairs, mp, agreed_on=TODAY + DAY)

    assert not LeadAgreement.objects.exists()


def test_another_authoritys_agreement_is_not_ours(political_affairs, stranger, mp):
    for by in (political_affairs, stranger):
        named(by, mp, name="X")
    agree(stranger, mp)

    assert not stands(political_affairs, mp)


def test_agreement_page_records_what_it_shows_and_can_take_it_back(political_affairs, mp, sign_in):
    named(political_affairs, mp, name="Cllr Ode Ashby")
    named(political_affairs, mp, LeadRole.DEPUTY, name="Deputy")
    client, today = sign_in(political_affairs), timezone.localdate().isoformat()
    form = client.get(url("lead_agreement", mp.pk)).context["form"]
    shown = form.initial["people"].replace("\n", "\r\n")  # as browsers send it

    page = client.post(
        url("lead_agreement", mp.pk), {"people": shown, "agreed_on": today}, follow=True
    ).content.decode()
    named(political_affairs, mp, LeadRole.DEPUTY, name="Another", started_on=timezone.localdate())
    late = client.post(url("lead_agreement", mp.pk), {"people": shown, "agreed_on": today})
    changed = client.get(url("lead_list", mp.pk)).content.decode()
    agreement = LeadAgreement.objects.get()
    asked = client.get(url("lead_agreement_remove", agreement.pk)).content.decode()
    assert LeadAgreement.objects.exists(), "asked first"
    gone = client.post(url("lead_agreement_remove", agreement.pk), follow=True).content.decode()

    assert ">Agreed</strong>" in page
    assert late.status_code == 422
    assert "Somebody changed who engages." in late.content.decode()
    assert "Agree again" in changed
    assert "Relationship owner: Cllr Ode Ashby<br>Deputy: Deputy" in changed
    assert "Relationship owner: Cllr Ode Ashby<br>Deputy: Deputy" in asked
    assert "Not agreed yet" in gone
    assert LeadAgreement.history.filter(history_type="-").get().history_user == political_affairs.user


def test_the_agreement_falls_when_one_of_its_people_is_removed_and_not_with_one_to_come(
    political_affairs, mp
):
    named(political_affairs, mp, name="Cllr Ode Ashby")
    deputy = named(political_affairs, mp, LeadRole.DEPUTY, name="Deputy", started_on=TODAY - 2 * DAY)
    to_come = named(political_affairs, mp, LeadRole.LEADER, name="Next", started_on=TODAY + DAY)
    agree(political_affairs, mp)

    remove_lead(by=political_affairs, lead=to_come, now=NOW)
    stands_without_who_was_to_come = stands(political_affairs, mp)
    end_lead(by=political_affairs, lead=deputy, ended_on=TODAY - DAY, now=NOW)
    stands_without_the_deputy = stands(political_affairs, mp)
    end_lead(by=political_affairs, lead=deputy, ended_on=None, now=NOW)
    stands_with_the_deputy_again = stands(political_affairs, mp)
    remove_lead(by=political_affairs, lead=deputy, now=NOW)

    assert stands_without_who_was_to_come
    assert not stands_without_the_deputy
    assert stands_with_the_deputy_again
    assert not stands(political_affairs, mp)


# --- Who knows the MP anyway --------------------------------------------------------------

KNOWN = {
    "name": "Cllr Ode Ashby",
    "how": "At school together.",
    "since": "1989",
    "kind": "fact",
    "source": "Told us herself",
    "version": "0",
}


def test_who_knows_the_mp_is_recorded_changed_and_removed(officer, executive, mp, sign_in):
    client = sign_in(officer)
    client.post(url("known_add", mp.pk), KNOWN)
    client.post(url("known_add", mp.pk), KNOWN)
    [known] = PersonalRelationship.objects.all()
    client.post(url("known_edit", known.pk), KNOWN | {"version": "1", "ended": "on", "kind": "third-party"})

    page = sign_in(executive).get(url("lead_list", mp.pk)).content.decode()
    asked = client.get(url("known_remove", known.pk)).content.decode()
    assert PersonalRelationship.objects.exists(), "asked first"
    client.post(url("known_remove", known.pk))

    assert "Cllr Ode Ashby (ended)" in page
    assert "From somebody else" in page
    assert "Since 1989" in page
    assert KNOWN["how"] in page
    assert KNOWN["how"] in asked
    assert "From somebody else" in asked
    assert url("known_edit", known.pk) not in page
    assert not PersonalRelationship.objects.exists()
    assert PersonalRelationship.history.filter(history_type="-").get().history_user == officer.user


@pytest.mark.parametrize("role", [Role.SERVICE_CONTACT, Role.ADMIN])
def test_who_needs_no_notes_sees_nobody_who_knows_the_mp(authority, mp, sign_in, role):
    PersonalRelationshipFactory(authority=authority, mp=mp)

    page = sign_in(MembershipFactory(authority=authority, role=role)).get(url("lead_list", mp.pk))

    assert "Ode Ashby" not in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Choose a colleague or enter a name, one of the two."),
        ({"how": ""}, "Say how they know each other."),
        ({"since": "long ago"}, "Enter a year like 2009."),
        ({"since": "1899"}, "Enter a year like 2009."),
        ({"since": "2999"}, "Enter this year or an earlier one."),
        ({"kind": ""}, "Say whether this is a fact"),
        ({"source": ""}, "Say who says so."),
    ],
)
def test_form_says_what_is_missing_of_a_relationship(officer, mp, sign_in, changes, said):
    response = sign_in(officer).post(url("known_add", mp.pk), KNOWN | changes)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not PersonalRelationship.objects.exists()


def test_two_people_at_one_relationship_see_both_versions(officer, mp, sign_in):
    known = PersonalRelationshipFactory(authority=officer.authority, mp=mp)
    client = sign_in(officer)
    client.post(url("known_edit", known.pk), KNOWN | {"version": "1", "how": "Theirs"})

    late = client.post(url("known_edit", known.pk), KNOWN | {"version": "1", "how": "Ours"})

    page = late.content.decode()
    assert late.status_code == 422
    assert page.count("Saved meanwhile: “Theirs”") == 2
    assert page.count("Saved meanwhile") == 2
    client.post(url("known_edit", known.pk), KNOWN | {"version": "2", "how": "Ours"})
    assert PersonalRelationship.objects.get().how == "Ours"


def test_a_colleague_who_left_can_still_be_the_one_who_knows_the_mp(officer, mp, sign_in):
    leaver = MembershipFactory(authority=officer.authority, is_active=False)
    known = PersonalRelationshipFactory(authority=officer.authority, mp=mp, membership=leaver, name="")

    response = sign_in(officer).post(
        url("known_edit", known.pk), KNOWN | {"name": "", "membership": leaver.pk, "version": "1"}
    )

    assert response.status_code == 302


def test_saving_over_somebody_is_refused(officer, mp):
    known = PersonalRelationshipFactory(authority=officer.authority, mp=mp, version=2)

    with pytest.raises(EditedMeanwhile):
        set_relationship(by=officer, mp=mp, relationship=known, version=1, changes={"how": "x"}, now=NOW)


def test_the_page_costs_the_same_for_1_and_30(officer, authority, mp, sign_in, django_assert_num_queries):
    client = sign_in(officer)
    for number in (1, 29):
        for _ in range(number):
            PersonalRelationshipFactory(
                authority=authority, mp=mp, name="", membership=MembershipFactory(authority=authority)
            )
            CouncilLeadFactory(authority=authority, mp=mp, role=LeadRole.SUPPORTING)
        client.get(url("lead_list", mp.pk))
        with django_assert_num_queries(8):
            client.get(url("lead_list", mp.pk))
