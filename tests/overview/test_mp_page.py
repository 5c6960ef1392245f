"""The page of one MP: what each role sees of them, and that it costs the same however much there is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Role
from contacts.models import (
    MP,
    Beginning,
    Ending,
    PartySpell,
    Post,
    PostKind,
    PostWording,
    SeatHolding,
    SeatSuccession,
    Stance,
)
from enquiries.models import Constituent
from tests.contacts.lists import only_of, run
from tests.factories import (
    TODAY,
    BackgroundEntryFactory,
    CampaignIssueFactory,
    CardSentFactory,
    ConstituencyFactory,
    ContactCardFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    MPNewsFactory,
    PartyFactory,
    PersonalRelationshipFactory,
    PlacementFactory,
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
    EngagementPlanFactory(
        authority=authority,
        mp=mp,
        why="Sits on transport",
        objectives="A by-pass\nTwo visits",
        key_messages=f"{'word ' * 29}last unseen",
        review_on=date(2027, 1, 31),
    )
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
    assert f"{authority} (Unitary authority, 100% of the seat’s people), which is you" in page


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
    then, long_ago = (
        client.get(f"/{authority.slug}/mps/{mp.pk}/", {"on": on}).content.decode()
        for on in ("2025-06-01", "2019-12-12")
    )

    assert "Formerly Rowan Marsh" in page
    assert "since 4 July 2024 (elected at a by-election)" in page
    assert "12 December 2019 to 9 January 2023 (elected at a general election; ended by resignation)" in page
    assert "Suspended, since 1 February 2026; still an MP (A panel&#x27;s advice)" in page
    assert "spring.csv, as at 1 January 2026" in page
    assert "Rowan Marsh</h1>" in then
    assert "Now Ms Rowan Vale" in then
    assert "Suspended" not in then
    assert "Fell, 12 December 2019 to 9 January 2023" in long_ago
    assert "4 July 2024" not in long_ago


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


SUBJECT, REFERENCE, CONFIDENCE, CADENCE, PLAN, LEAD = (
    "Potholes",
    "NM-2026-00001",
    "Said in confidence",
    "Contact cadence",
    "Sits on transport",
    "Cllr Ode Ashby",
)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.OFFICER, {SUBJECT, REFERENCE, CONFIDENCE, CADENCE, PLAN, LEAD}),
        (Role.POLITICAL_AFFAIRS, {SUBJECT, REFERENCE, CONFIDENCE, CADENCE, PLAN, LEAD}),
        (Role.EXECUTIVE, {REFERENCE, CONFIDENCE, CADENCE, PLAN, LEAD}),
        (Role.SERVICE_CONTACT, {LEAD}),
        (Role.ADMIN, {LEAD}),
    ],
)
@pytest.mark.usefixtures("everything")
def test_each_role_sees_its_part(authority, mp, role, sees, sign_in):
    member = MembershipFactory(authority=authority, role=role)

    page = page_of(sign_in(member), authority, mp)

    assert {words for words in (SUBJECT, REFERENCE, CONFIDENCE, CADENCE, PLAN, LEAD) if words in page} == sees
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


@pytest.mark.usefixtures("everything")
def test_the_plan_stands_in_brief(authority, mp, executive, sign_in):
    words = words_of(page_of(sign_in(executive), authority, mp))

    assert "Not agreed with the Leader yet. Review by 31 January 2027" in words
    assert "Why we engage Sits on transport Opinion Objectives A by-pass Two visits Opinion" in words
    assert "word last … Opinion" in words
    assert "unseen" not in words


def test_another_authority_sees_nothing_of_ours_on_the_same_mp(authority, mp, everything, stranger, sign_in):
    page = page_of(sign_in(stranger), stranger.authority, mp)

    for words in (SUBJECT, REFERENCE, CONFIDENCE, PLAN, LEAD):
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


def test_what_is_known_of_an_mp_is_a_line_each(authority, mp, officer, service_contact, sign_in):
    client, address = sign_in(officer), reverse("contacts:background_detail", args=[authority.slug, mp.pk])
    empty = words_of(page_of(client, authority, mp))
    said, colleague = {"authority": authority, "mp": mp}, MembershipFactory(authority=authority)
    area = PolicyAreaFactory(authority=authority, name="Buses")
    PositionFactory(**said, area=area, stance=Stance.NEUTRAL, source_on=date(2026, 1, 5))
    PositionFactory(**said, area=area, stance=Stance.CRITICAL, source_on=TODAY)
    PositionFactory(**said, stance=Stance.UNKNOWN, source_on=TODAY)
    BackgroundEntryFactory(**said)
    for number, text in enumerate(("Old", "Ferry", "Bridge", "Save the " + "very " * 20 + "old pier")):
        CampaignIssueFactory(**said, text=text, source_on=TODAY + timedelta(number))
    PersonalRelationshipFactory(**said, job_title="Leader", how="At school together.")
    PersonalRelationshipFactory(**said, name="", membership=colleague, how="Neighbours.", kind="third-party")
    PersonalRelationshipFactory(**said, name="Nobody Any More", ended=True)
    colleague.is_active = False
    colleague.save()
    PlacementFactory(**said, placed_on=date(2026, 1, 1), reason="Before")
    PlacementFactory(**said, reason="Spoke for us")
    CardSentFactory(**said)

    html = page_of(client, authority, mp)
    page, contacts = words_of(html), words_of(page_of(sign_in(service_contact), authority, mp))

    for row in (
        "Known to Nobody recorded",
        "Campaign issues Nothing recorded",
        "Background Nothing recorded",
        "On the stakeholder map Not placed",
        "Contact card Never sent",
    ):
        assert row in empty
    for row in (
        f"Known to {colleague} (has left): Neighbours. From somebody else Cllr Ode Ashby, Leader: At school",
        "Campaign issues Save the very very very very very very very very very very very very very … Fact "
        "Bridge Fact Ferry Fact More under Background",
        "Background 1 background note, 1 known position; latest: critical on Buses, 2 March 2026",
        "On the stakeholder map High influence, supportive, as at 2 March 2026: Spoke for us Opinion",
        "Contact card Up to date Sent 2 March 2026, by post, version 1",
    ):
        assert row in page
    assert "Nobody Any More" not in page
    assert address in html
    assert "Contact card Up to date" in contacts
    for row in ("Known to", "Campaign issues", "Background", "On the stakeholder map"):
        assert row not in contacts


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
    for chairs, body in ((True, "Blots Committee"), (False, "Smudges Committee")):
        title = "Chair" if chairs else "Member"
        add_post(mp, title, kind=PostKind.COMMITTEE, body=body, is_chair=chairs)
    add_post(mp, "Minister for Quills", started_on=date(2024, 7, 9), ended_on=date(2025, 9, 5))
    mp.posts.filter(title="Minister for Quills").update(end_source="a later list")

    page = page_of(sign_in(officer), authority, mp)

    beside_the_name = words_of(page.split("<h1")[1].split("</p>")[0])
    assert beside_the_name.endswith(
        f"MP for {mp.holdings.get().constituency} Minister for Ink, Department for Paper; Chair, Blots Committee"
    )
    held, earlier = page.split("Earlier posts (1)")
    assert "Minister for Ink, Department for Paper, since 5 September 2025" in held
    assert f"Chair, Paper and Ink, seen {TODAY:%-d %B %Y}" in held
    assert held.index(">Government<") < held.index(">All-party group<")
    assert "Government: Minister for Quills, Department for Paper, 9 July 2024 to 5 September 2025" in earlier
    assert "<li>a list</li><li>a later list</li>" in earlier


def add_wording(post, title, **fields):
    defaults = {
        "kind": post.kind,
        "body": post.body,
        "ended_on": date(2026, 2, 10),
        "end_source": "a new list",
    }
    return PostWording.objects.create(post=post, title=title, **{**defaults, **fields})


def test_a_post_has_the_words_of_the_day_and_says_what_it_was_called_before(authority, mp, officer, sign_in):
    post = add_post(mp, "Minister for Quills", started_on=date(2025, 9, 5), is_on_leave=True)
    add_wording(post, "Minister for Ink", is_acting=True)
    for name, key_words in (("Plumes", "quills"), ("Blots", "ink")):
        PriorityFactory(authority=authority, name=name, key_words=key_words)
    client, address = sign_in(officer), reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    now, then = (words_of(client.get(address, day).content.decode()) for day in ({}, {"on": "2026-02-10"}))

    quills = "Minister for Quills, Department for Paper (on leave), since 5 September 2025"
    ink = "Minister for Ink, Department for Paper (acting)"
    assert f"{quills}; until 10 February 2026: {ink}" in now
    assert "a new list" in now
    assert f"{ink}, since 5 September 2025" in then
    assert "Quills" not in then
    assert "a new list" not in then
    assert ["Matters for Plumes (to decide)" in page for page in (now, then)] == [True, True]


def test_facts_as_at_another_day(authority, mp, officer, sign_in):
    mp.party_spells.update(started_on=date(2025, 6, 1))
    PartySpell.objects.create(
        mp=mp, party=PartyFactory(name="Old Party"), started_on=date(2024, 7, 4), ended_on=date(2025, 5, 31)
    )
    add_post(mp, "Minister for Quills", started_on=date(2024, 7, 9), ended_on=date(2025, 9, 5))
    for day, words in ((date(2025, 5, 31), "lost the Old whip"), (date(2025, 6, 1), "found the new whip")):
        MPNewsFactory(mp=mp, happened_on=day, words=words)
    client = sign_in(officer)
    address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    then = client.get(address, {"on": "2025-05-31"}).content.decode()
    long_ago = client.get(address, {"on": "1/1/2020"}).content.decode()

    assert "Parliament’s facts as at 31 May 2025" in then
    assert "Old Party, MP for" in then
    assert "Earlier posts" not in then
    assert "31 May 2025: lost the Old whip" in then
    assert "found the new whip" not in then
    assert "since 1 June 2025" not in then
    assert "Not an MP then" in long_ago
    assert "What changed</dt>" not in long_ago
    assert "Parliament’s facts as at" not in client.get(address).content.decode()


def test_a_day_that_is_none_is_said_to_be(authority, mp, officer, sign_in):
    address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    response = sign_in(officer).get(address, {"on": "soon"})

    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#id_on">Enter a real date' in page


# Besides the frame's four: with nothing at all, and with a lot of everything.
QUERIES = {
    Role.OFFICER: (26, 29),
    Role.POLITICAL_AFFAIRS: (26, 29),
    Role.EXECUTIVE: (26, 29),
    Role.SERVICE_CONTACT: (19, 21),
    Role.ADMIN: (13, 15),
}


def test_the_page_costs_the_same_however_much_there_is(authority, mp, sign_in):
    members = {role: MembershipFactory(authority=authority, role=role) for role in QUERIES}
    clients = {role: sign_in(member) for role, member in members.items()}
    address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])

    def costs(day):
        counted = {}
        for role, client in clients.items():
            with CaptureQueriesContext(connection) as queries:
                client.get(address, day)
            counted[role] = len(queries) - 4
        return counted

    days = ({}, {"on": "2026-03-02"})
    bare = [costs(day) for day in days]
    said, owner = {"authority": authority, "mp": mp}, members[Role.OFFICER]
    EngagementPlanFactory(**said)
    card = ContactCardFactory(authority=authority)
    service = ServiceFactory(authority=authority)
    members[Role.SERVICE_CONTACT].services.add(service)
    for n in range(12):
        PriorityFactory(authority=authority, key_words="minister")
        TouchpointFactory(**said).our_people.add(owner)
        CouncilLeadFactory(**said, ended_on=TODAY - timedelta(n))
        add_post(mp, f"Minister {n}")
        PersonalRelationshipFactory(**said, name="", membership=MembershipFactory(authority=authority))
        CardSentFactory(**said, card=card)
        for note in (BackgroundEntryFactory, CampaignIssueFactory, PositionFactory, PlacementFactory):
            note(**said)
        EnquiryFactory(**said, service=service, owner=owner)
        EnquiryFactory(**said, service=service, replied_on=TODAY, reply_working_days=0)
    full = [costs(day) for day in days]

    assert bare == [{role: few for role, (few, _) in QUERIES.items()}] * 2
    assert full == [{role: most for role, (_, most) in QUERIES.items()}] * 2


@pytest.mark.real_data
def test_it_reads_well_of_a_real_minister_and_of_a_real_newcomer(
    authority, officer, sign_in, real_data, tmp_path
):
    ids = {"5337", "4657", "5447"}
    for name, column in (
        ("mps/oi_current_mps_2026-04-03.csv", "ID"),
        ("update_series/dfe_mp_lookup_2026-06-27.csv", "member_id"),
    ):
        status, report = run("import_mps", only_of(real_data / name, ids, column, tmp_path), "--partial")
        assert (status, report["rows"]) == (0, 3), report
    for name, column in (
        ("posts/ministers_since_2024-07-05_flat.csv", "parliament_member_id"),
        ("posts/parlparse_posts_2024-26_sample_transcribed.csv", "parliament_member_id"),
        ("posts/appg_officers_2026-06.csv", "mnis_id"),
    ):
        path = only_of(real_data / name, ids, column, tmp_path)
        status, report = run("import_posts", path, "--on", "2026-09-15")
        assert status == 0, report
    client = sign_in(officer)

    def page(parliament_id, on):
        mp = MP.objects.get(parliament_id=parliament_id)
        address = reverse("overview:mp_detail", args=[authority.slug, mp.pk])
        return words_of(client.get(address, {"on": on}).content.decode())

    minister, later = page(5337, "2026-06-30"), page(5337, "2026-09-20")
    for words in (
        "Olivia Bailey Labour, MP for Reading West and Mid Berkshire.",
        "Seat Reading West and Mid Berkshire, since 4 July 2024 (elected at a general election)",
        "Party Labour, since 3 April 2026 (as first read here)",
        "Government Minister for Early Education, Department for Education, 7 September 2025 to 22 July 2026 "
        "Minister for Equalities, Department for Education, 7 September 2025 to 22 July 2026",
        "Earlier posts (1) Public bill committee: Member, Pension Schemes Bill Committee, 15 July 2025 to "
        "11 September 2025",
    ):
        assert words in minister
    assert "Women and Equalities Committee" not in minister
    assert "Earlier posts (3) Government: Minister for Early Education, Department for Education" in later
    assert "Chair, Women and Equalities Committee, since 14 September 2026" in later
    assert (
        "All-party group Vice Chair, Counter Extremism, seen 15 September 2026 Chair &amp; Registered Contact, "
        "Sudan and South Sudan, seen 15 September 2026 Officer, West Papua, seen 15 September 2026 "
        "Earlier posts (2) Government: Minister for Women and Equalities, Department for Education, "
        "8 July 2024 to 28 February 2025"
    ) in page(4657, "2026-09-20")
    newcomer = page(5447, "2026-06-30")
    assert "Hannah Spencer Green Party, MP for Gorton and Denton." in newcomer
    assert "Seat Gorton and Denton, since 26 February 2026 (elected at a by-election)" in newcomer
    for word in ("Government", "committee", "All-party group", "Earlier posts", "None known", "Not known"):
        assert word not in newcomer
