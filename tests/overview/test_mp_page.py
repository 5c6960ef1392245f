"""The page of one MP: what each role sees of them, and that it costs the same however much there is."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Role
from contacts.models import Beginning, Ending, PartySpell, Post, PostKind, SeatHolding, SeatSuccession, Stance
from enquiries.models import Constituent
from tests.factories import (
    TODAY,
    BackgroundEntryFactory,
    ConstituencyFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PartyFactory,
    PolicyAreaFactory,
    PositionFactory,
    PriorityFactory,
    ServiceFactory,
    TouchpointFactory,
)


def page_of(client, authority, mp):
    response = client.get(reverse("overview:mp_detail", args=[authority.slug, mp.pk]))
    assert response.status_code == 200
    return response.content.decode()


def words_of(html):
    """What a page says, its tags left out."""
    return " ".join(strip_tags(html).split())


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def everything(authority, mp):
    """A plan, a lead, a touchpoint, an open enquiry and one replied to, each with words of its own."""
    EngagementPlanFactory(authority=authority, mp=mp)
    CouncilLeadFactory(authority=authority, mp=mp, membership=None, name="Cllr Ode Ashby")
    TouchpointFactory(authority=authority, mp=mp, summary="Said in confidence")
    service = ServiceFactory(authority=authority, name="Highways")
    enquiry = EnquiryFactory(
        authority=authority, mp=mp, reference="NM-2026-00001", subject="Potholes", service=service
    )
    Constituent.objects.create(authority=authority, enquiry=enquiry, name="Canary Constituent")
    EnquiryFactory(
        authority=authority,
        mp=mp,
        reference="NM-2026-00002",
        subject="Buses",
        replied_on=TODAY,
        reply_working_days=0,
    )
    return enquiry


def test_an_mp_with_nothing_reads_well(authority, mp, officer, sign_in):
    page = page_of(sign_in(officer), authority, mp)

    assert "Contact cadence: </span>Never contacted" in page
    assert "Ideally every 90 days, at most 120 (without a plan)" in page
    assert "Nobody yet" in page
    assert "None open; none has come from Ms Rowan Vale yet." in page
    assert "No touchpoints yet" in page
    assert "Start a plan" in page


def test_it_says_who_they_are_now_and_before(authority, mp, officer, sign_in):
    seat = mp.holdings.get().constituency
    new_party = PartyFactory(name="Fictional Independents")
    old = mp.party_spells.get()
    PartySpell.objects.filter(pk=old.pk).update(ended_on=date(2025, 6, 1))
    PartySpell.objects.create(mp=mp, party=new_party, started_on=date(2025, 6, 2))

    page = page_of(sign_in(officer), authority, mp)

    assert f"Fictional Independents, MP for {seat}" in page
    assert f"{old.party}, 4 July 2024 to 1 June 2025" in page
    assert "Fictional Independents, since 2 June 2025" in page
    assert f"{authority} (unitary authority, 100% of the seat’s people), which is you" in page


def test_someone_who_lost_the_seat_is_not_an_mp_now(authority, mp, officer, sign_in):
    SeatHolding.objects.update(ended_on=date(2026, 1, 31))

    page = page_of(sign_in(officer), authority, mp)

    assert "Not an MP now" in page
    assert "4 July 2024 to 31 January 2026" in page
    assert f"until {date(2026, 1, 31):%-d %B %Y}. Not an MP now" in page
    assert "Log an enquiry from a former MP" in page


def test_it_tells_names_how_a_seat_was_won_and_left_and_a_suspension(authority, mp, officer, sign_in):
    mp.names.update(started_on=date(2026, 1, 1), source="spring.csv, as at 1 January 2026")
    mp.names.create(
        name="Rowan Marsh", sort_name="Marsh, Rowan", started_on=date(2024, 7, 4), ended_on=date(2025, 12, 31)
    )
    earlier = ConstituencyFactory(name="Fell")
    SeatHolding.objects.create(
        mp=mp,
        constituency=earlier,
        started_on=date(2019, 12, 12),
        ended_on=date(2023, 1, 9),
        begun_by=Beginning.GENERAL_ELECTION,
        ended_by=Ending.RESIGNATION,
    )
    SeatHolding.objects.filter(mp=mp, ended_on=None).update(begun_by=Beginning.BY_ELECTION)
    mp.statuses.create(status="Suspended", note="A panel's advice", started_on=date(2026, 2, 1))
    client = sign_in(officer)

    page = words_of(page_of(client, authority, mp))
    then = client.get(f"/{authority.slug}/mps/{mp.pk}/", {"on": "2025-06-01"}).content.decode()

    assert "Formerly Rowan Marsh" in page
    assert "since 4 July 2024 (elected at a by-election)" in page
    assert "12 December 2019 to 9 January 2023 (elected at a general election; ended by resignation)" in page
    assert "Suspended, since 1 February 2026; still an MP (A panel&#x27;s advice)" in page
    assert "spring.csv, as at 1 January 2026" in page
    assert "Rowan Marsh</h1>" in then
    assert "Now Ms Rowan Vale" in then
    assert 'govuk-tag--yellow">Suspended' not in then


@pytest.mark.parametrize(
    ("begun_by", "words"),
    [("whip-restored", "(whip restored)"), ("", "(Marsh Party again)")],
)
def test_a_whip_lost_and_restored_is_told_in_words(authority, mp, officer, sign_in, begun_by, words):
    marsh, none = PartyFactory(name="Marsh Party"), PartyFactory(name="Independent")
    mp.party_spells.update(party=marsh, ended_on=date(2025, 2, 4))
    spells = [(none, date(2025, 2, 5), date(2025, 11, 7), ""), (marsh, date(2025, 11, 8), None, begun_by)]
    for party, started_on, ended_on, how in spells:
        mp.party_spells.create(party=party, started_on=started_on, ended_on=ended_on, begun_by=how)

    page = words_of(page_of(sign_in(officer), authority, mp))

    assert f"Marsh Party, since 8 November 2025 {words}" in page
    assert "Independent, 5 February 2025 to 7 November 2025 (no longer Marsh Party)" in page


def test_a_seat_says_what_it_was_made_from(authority, mp, officer, sign_in):
    seat = mp.holdings.get().constituency
    seat.started_on = date(2024, 7, 4)
    seat.save()
    for name, share in (("Old Fell", 14.6), ("Old Tarn", 85), ("Old Moor", 0.4)):
        old = ConstituencyFactory(name=name, ended_on=date(2024, 7, 3))
        SeatSuccession.objects.create(old=old, new=seat, share_of_old=50, share_of_new=share)

    page = words_of(page_of(sign_in(officer), authority, mp))

    assert (
        "Made in 2024 from Old Tarn (85% of the seat’s people), Old Fell (14.6% of the seat’s people) "
        "and very small parts of 1 other" in page
    )


def test_an_mp_of_elsewhere_has_a_page_too(authority, officer, sign_in):
    page = page_of(sign_in(officer), authority, MPFactory())

    assert "Not one of your seats." in page


SUBJECT, REFERENCE, CONFIDENCE, CADENCE, LEAD = (
    "Potholes",
    "NM-2026-00001",
    "Said in confidence",
    "Contact cadence",
    "Cllr Ode Ashby",
)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.OFFICER, {SUBJECT, REFERENCE, CONFIDENCE, CADENCE, LEAD}),
        (Role.POLITICAL_AFFAIRS, {SUBJECT, REFERENCE, CONFIDENCE, CADENCE, LEAD}),
        (Role.EXECUTIVE, {REFERENCE, CONFIDENCE, CADENCE, LEAD}),
        (Role.SERVICE_CONTACT, {LEAD}),
        (Role.ADMIN, {LEAD}),
    ],
)
@pytest.mark.usefixtures("everything")
def test_each_role_sees_its_part(authority, mp, role, sees, sign_in):
    member = MembershipFactory(authority=authority, role=role)

    page = page_of(sign_in(member), authority, mp)

    assert {words for words in (SUBJECT, REFERENCE, CONFIDENCE, CADENCE, LEAD) if words in page} == sees
    assert "Canary Constituent" not in page


@pytest.mark.usefixtures("everything")
def test_open_enquiries_show_their_clock_and_the_others_their_status(authority, mp, officer, sign_in):
    still_open, done = page_of(sign_in(officer), authority, mp).split("Recent enquiries", 1)

    assert "Reply clock</th>" in still_open
    assert "Status</th>" not in still_open
    assert "Status</th>" in done
    assert ">Replied</td>" in done
    assert "Reply clock</th>" not in done


def test_a_service_contact_sees_the_enquiries_of_their_services(authority, mp, everything, sign_in):
    member = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)
    member.services.add(everything.service)

    page = page_of(sign_in(member), authority, mp)

    assert "NM-2026-00001 Potholes" in page
    assert "NM-2026-00002" not in page


def test_executives_read_subjects_where_the_authority_lets_them(
    authority, mp, everything, executive, sign_in
):
    authority.executives_see_text = True
    authority.save()

    assert SUBJECT in page_of(sign_in(executive), authority, mp)


def test_another_authority_sees_nothing_of_ours_on_the_same_mp(authority, mp, everything, stranger, sign_in):
    page = page_of(sign_in(stranger), stranger.authority, mp)

    for words in (SUBJECT, REFERENCE, CONFIDENCE, LEAD):
        assert words not in page
    assert "Never contacted" in page


def test_a_stranger_and_a_missing_mp_get_the_same_404(authority, mp, stranger, officer, sign_in):
    strangers = sign_in(stranger).get(reverse("overview:mp_detail", args=[authority.slug, mp.pk]))
    missing = sign_in(officer).get(reverse("overview:mp_detail", args=[authority.slug, 999_999]))

    assert (strangers.status_code, missing.status_code) == (404, 404)


def test_open_enquiries_beyond_ten_are_a_link_away(authority, mp, officer, sign_in):
    for _ in range(11):
        EnquiryFactory(authority=authority, mp=mp)

    page = page_of(sign_in(officer), authority, mp)

    assert page.count('scope="row"') == 10
    assert f"?tab=team&amp;mp={mp.pk}" in page


def test_what_is_known_of_an_mp_is_one_line(authority, mp, officer, service_contact, sign_in):
    client, address = sign_in(officer), reverse("contacts:background_detail", args=[authority.slug, mp.pk])
    empty = page_of(client, authority, mp)
    area = PolicyAreaFactory(authority=authority, name="Buses")
    said = {"authority": authority, "mp": mp}
    PositionFactory(**said, area=area, stance=Stance.NEUTRAL, source_on=date(2026, 1, 5))
    PositionFactory(**said, area=area, stance=Stance.CRITICAL, source_on=TODAY)
    PositionFactory(**said, stance=Stance.UNKNOWN, source_on=TODAY)
    BackgroundEntryFactory(**said)

    page = page_of(client, authority, mp)

    assert "Nothing recorded" in empty
    assert (
        "1 background note, 0 campaign issues, 1 known position; latest: critical on Buses, 2 March" in page
    )
    assert address in page
    assert address not in page_of(sign_in(service_contact), authority, mp)


def add_post(mp, title, **fields):
    defaults = {
        "kind": PostKind.GOVERNMENT,
        "source": "a list",
        "seen_on": TODAY,
        "body": "Department for Paper",
    }
    return Post.objects.create(mp=mp, title=title, **{**defaults, **fields})


def test_posts_held_stand_by_kind_and_earlier_ones_apart(authority, mp, officer, sign_in):
    add_post(mp, "Minister for Ink", started_on=date(2025, 9, 5))
    add_post(mp, "Chair", kind=PostKind.GROUP, body="Paper and Ink")
    add_post(mp, "Minister for Quills", started_on=date(2024, 7, 9), ended_on=date(2025, 9, 5))

    page = page_of(sign_in(officer), authority, mp)

    held, earlier = page.split("Earlier posts (1)")
    assert "Minister for Ink, Department for Paper, since 5 September 2025" in held
    assert f"Chair, Paper and Ink, seen {TODAY:%-d %B %Y}" in held
    assert held.index(">Government<") < held.index(">All-party group<")
    assert "Government: Minister for Quills, Department for Paper, 9 July 2024 to 5 September 2025" in earlier


def test_facts_as_at_another_day(authority, mp, officer, sign_in):
    mp.party_spells.update(started_on=date(2025, 6, 1))
    PartySpell.objects.create(
        mp=mp, party=PartyFactory(name="Old Party"), started_on=date(2024, 7, 4), ended_on=date(2025, 5, 31)
    )
    add_post(mp, "Minister for Quills", started_on=date(2024, 7, 9), ended_on=date(2025, 9, 5))
    client = sign_in(officer)
    address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    then = client.get(address, {"on": "2025-05-31"}).content.decode()
    long_ago = client.get(address, {"on": "1/1/2020"}).content.decode()

    assert "Parliament’s facts as at 31 May 2025" in then
    assert "Old Party, MP for" in then
    assert "Earlier posts" not in then
    assert "Not an MP then" in long_ago
    assert "Parliament’s facts as at" not in client.get(address).content.decode()


def test_a_day_that_is_none_is_said_to_be(authority, mp, officer, sign_in):
    address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    response = sign_in(officer).get(address, {"on": "soon"})

    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#id_on">Enter a real date' in page


def test_the_page_costs_the_same_however_much_there_is(
    authority, mp, officer, sign_in, django_assert_num_queries
):
    client = sign_in(officer)
    TouchpointFactory(authority=authority, mp=mp)
    PriorityFactory(authority=authority, key_words="minister")
    with django_assert_num_queries(28):
        page_of(client, authority, mp)

    EngagementPlanFactory(authority=authority, mp=mp)
    for n in range(30):
        touchpoint = TouchpointFactory(authority=authority, mp=mp)
        touchpoint.our_people.add(MembershipFactory(authority=authority))
        CouncilLeadFactory(authority=authority, mp=mp, ended_on=TODAY - timedelta(n))
        add_post(mp, f"Minister {n}")
        BackgroundEntryFactory(authority=authority, mp=mp)
        PositionFactory(authority=authority, mp=mp)
        fields = {"authority": authority, "mp": mp, "service": ServiceFactory(authority=authority)}
        EnquiryFactory(**fields, owner=MembershipFactory(authority=authority))
        EnquiryFactory(**fields, replied_on=TODAY, reply_working_days=0)
    with django_assert_num_queries(28):
        page_of(client, authority, mp)
