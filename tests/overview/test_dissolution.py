"""While Parliament is dissolved there are no MPs, only former MPs and candidates; every page says so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.models import (
    MP,
    Dissolution,
    Ending,
    PartySpell,
    PlaceFile,
    PostcodeSeat,
    SeatHandover,
    SeatHex,
    SeatHolding,
)
from engagements.models import Reminder
from engagements.reminders import sweep
from enquiries.services import create_default_policies
from enquiries.services.shared import seat_of
from tests.access import ANONYMOUS, build_world, pages
from tests.access_world import DEACTIVATED, Place
from tests.factories import (
    AuthorityFactory,
    ConstituencyFactory,
    ContactCardFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PartyFactory,
    PolicyAreaFactory,
    PriorityFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
SAYS = "Parliament is dissolved since"
ASKS_FOR_A_DAY = re.compile(r'<form method="get"((?!</form>).)*name="on"', re.DOTALL)
CALLS_THEM_MPS = re.compile(
    r"\b([Yy]our|[Oo]ur) (\d+ )?MPs?\b|(>|\d |No |Only )MPs? (without|out of|whose|lapsed)"
)
VACANT = re.compile(r">[^<]*(\bVacant\b|No MP now)(?! sea)")


@pytest.fixture
def mp(authority):
    create_default_policies(authority=authority)
    return MPFactory(name="Ms Ada Fenwick", authority=authority)


@pytest.fixture
def dissolved():
    return Dissolution.objects.create(started_on=TODAY - 10 * DAY, entered_at=NOW)


def end_all():
    """As a list without MPs does in a dissolution."""
    SeatHolding.objects.current().update(ended_on=TODAY - 11 * DAY, ended_by=Ending.DISSOLUTION)
    PartySpell.objects.current().update(ended_on=TODAY - 11 * DAY)


def get(client, authority, name, *args):
    return client.get(reverse(name, args=[authority.slug, *args])).content.decode()


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor == "postgresql", reason="words are read on SQLite")
def test_every_page_of_every_role_says_so_and_calls_no_seat_vacant_and_nobody_an_mp(sign_in):
    """The pages of the access table, so that a new page is looked at from its first day; and those that need
    no row of an authority that has none.

    On PostgreSQL before a list without MPs has ended them all, on SQLite after it.
    """
    has_ended = connection.vendor == "sqlite"
    world = build_world()
    Dissolution.objects.create(started_on=TODAY - 10 * DAY, entered_at=NOW)
    if has_ended:
        end_all()
    empty = Place(AuthorityFactory(name="Tarnside Council", slug="tarnside"), mark="")
    theirs = {
        role: sign_in(MembershipFactory(authority=empty.authority, role=role))
        for role in (Role.POLITICAL_AFFAIRS, Role.ADMIN)
    }
    create_default_policies(authority=empty.authority)
    ContactCardFactory(authority=empty.authority)
    silent, vacant, called, past, seen = set(), set(), set(), {}, 0

    def look(page, role, client):
        nonlocal seen
        response = client.get(page.url)
        text = response.content.decode() if "text/html" in response["Content-Type"] else ""
        if "<main" in text:
            seen += 1
            silent.update({(page.name, role)} if SAYS not in text else ())
            vacant.update({(page.name, role)} if VACANT.search(text) else ())
            is_past = "on=" in page.url
            called.update({(page.name, role)} if CALLS_THEM_MPS.search(text) and not is_past else ())
        return text

    for page in pages(empty, lambda route: not route.row.about):
        for role in page.roles & theirs.keys():
            look(page, role, theirs[role])
    for page in pages(world.own):
        for role in page.roles - {ANONYMOUS, DEACTIVATED}:
            text = look(page, role, world.clients[role])
            if "?" not in page.url and ASKS_FOR_A_DAY.search(text) and page.name not in past:
                past[page.name] = world.clients[role].get(page.url, {"on": f"{TODAY - DAY}"}).content.decode()

    assert (silent, vacant, called) == (set(), set(), set())
    assert {name for name, text in past.items() if "Parliament was dissolved" not in text} == set()
    assert len(past) >= 9
    assert seen > 300


def test_nobody_sat_on_a_day_of_a_dissolution_and_pages_of_that_day_say_why(
    authority, mp, officer, admin, sign_in, dissolved
):
    """Before a list empties the House, once it has, and after the election: the same answer."""
    MPFactory(name="Mr Ben Oakley", authority=authority)
    day = TODAY - 5 * DAY
    pages = [
        (sign_in(admin), "contacts:seat_list"),
        (sign_in(officer), "contacts:mp_list"),
        (sign_in(officer), "overview:seat_map"),
        (sign_in(officer), "contacts:stakeholder_grid"),
    ]

    def answers(on):
        for client, name in pages:
            text = client.get(reverse(name, args=[authority.slug]), {"on": f"{on}"}).content.decode()
            yield str(mp) in text, "Parliament was dissolved" in text

    def over():
        Dissolution.objects.update(ended_on=TODAY - DAY)

    for change in (lambda: None, end_all, over):
        change()
        assert set(answers(day)) == {(False, True)}
        assert set(answers(TODAY - 11 * DAY)) == {(True, False)}
        assert not MP.objects.of(authority, on=day).exists()
        assert not MP.objects.sitting(day).exists()
        assert not MP.objects.in_party(mp.party_spells.get().party_id, day).exists()


@pytest.mark.parametrize("has_ended", [False, True])
def test_the_main_pages_say_so_and_former_mps_are_named_as_such(
    authority, mp, political_affairs, sign_in, dissolved, has_ended
):
    if has_ended:
        end_all()
    PriorityFactory(authority=authority)
    PolicyAreaFactory(authority=authority)
    client = sign_in(political_affairs)
    pages = {
        name: get(client, authority, name)
        for name in (
            "contacts:area_list",
            "contacts:checklist_list",
            "contacts:lead_gaps",
            "contacts:match_list",
            "contacts:stakeholder_grid",
            "overview:authority_home",
            "overview:dashboard",
            "overview:handover_list",
            "contacts:mp_list",
            "engagements:plan_list",
            "enquiries:enquiry_list",
            "enquiries:enquiry_log",
        )
    }
    pages["mp"] = get(client, authority, "overview:mp_detail", mp.pk)

    for name, page in pages.items():
        assert SAYS in page, name
        assert not CALLS_THEM_MPS.search(page), name
    assert "Complete for 0 of your 1 former MP." in pages["contacts:checklist_list"]
    assert ">1 former MP without a relationship owner</a>" in pages["overview:authority_home"]
    assert ">Former MPs</h1>" in pages["contacts:mp_list"]
    for name in ("overview:dashboard", "contacts:mp_list", "engagements:plan_list", "enquiries:enquiry_log"):
        assert str(mp) in pages[name], name
    until = TODAY - 11 * DAY
    assert f"until {until:%-d %B %Y}. Not an MP now" in pages["mp"]
    assert "There are no MPs now." in pages["enquiries:enquiry_log"]


def test_printed_pages_say_so_too(authority, mp, officer, sign_in, dissolved):
    page = get(sign_in(officer), authority, "contacts:mp_list")
    css = (settings.BASE_DIR / "static/css/mpcrm.css").read_text()
    [unprinted] = re.findall(r"@media print {\s*([^{}]*){ display: none", css)

    assert '<div class="govuk-phase-banner mpcrm-dissolved"' in page
    assert ".govuk-phase-banner:not(.mpcrm-dissolved)" in unprinted.split(", ")


@pytest.mark.parametrize("by", ["party", "region", "council"])
def test_the_directory_finds_by_party_region_and_council_who_sat_until_then(
    authority, officer, sign_in, dissolved, by
):
    party = PartyFactory(name="Civic Alliance")
    seat = ConstituencyFactory(region="North Moors")
    mp = MPFactory(name="Ms Ada Fenwick", authority=authority, party=party, seat=seat)
    changed = mp.party_spells.get()
    changed.started_on = TODAY - 100 * DAY
    changed.save()
    before = PartyFactory(name="Old Alliance")
    PartySpell.objects.create(mp=mp, party=before, started_on=TODAY - 300 * DAY, ended_on=TODAY - 101 * DAY)
    other = MPFactory(name="Mr Ben Oakley")
    end_all()
    chosen = {"party": party.pk, "region": "North Moors", "council": seat.councils.get().pk}
    address = f"{reverse('contacts:mp_list', args=[authority.slug])}?{by}={chosen[by]}"

    page = sign_in(officer).get(address)

    assert [(each.name, each.party) for each in page.context["page_obj"]] == [(mp.name, "Civic Alliance")]
    assert not MP.objects.in_party(before.pk).exists()
    assert other.name not in page.content.decode()


@pytest.mark.parametrize("has_ended", [False, True])
def test_seats_say_that_there_is_no_mp_and_who_it_was(
    authority, officer, admin, sign_in, dissolved, has_ended
):
    mp = MPFactory(name="Ms Ada Fenwick", authority=authority)
    gone = MPFactory(name="Mr Ben Oakley", authority=authority)
    file = PlaceFile.objects.create(
        kind="postcodes", state="applied", file_name="postcodes.csv", created_at=NOW, applied_at=NOW
    )
    PostcodeSeat.objects.create(file=file, postcode="ZZ11AA", constituency=mp.holdings.get().constituency)
    for q, each in enumerate((mp, gone)):
        SeatHex.objects.create(constituency=each.holdings.get().constituency, q=q, r=1)
    gone.holdings.update(ended_on=TODAY - 30 * DAY, ended_by=Ending.DEATH)
    if has_ended:
        end_all()
    client = sign_in(officer)
    found = client.post(reverse("contacts:seat_find", args=[authority.slug]), {"place": "ZZ1 1AA"})
    pages = {
        "map": get(client, authority, "overview:seat_map"),
        "find": found.content.decode(),
        "seats": get(sign_in(admin), authority, "contacts:seat_list"),
    }

    for name, page in pages.items():
        assert "No MP: Parliament is dissolved" in page, name
        assert re.search(r"Until then <a [^>]*>Ms Ada Fenwick</a>", page), name
        assert "Mr Ben Oakley" not in page, name
    assert re.search(r"</svg>No MP: Parliament is dissolved <span[^>]*>\(1\)</span>", pages["map"])


def test_plan_and_checklist_name_the_seat_until_then_and_an_enquiry_keeps_it(
    authority, mp, officer, sign_in, dissolved
):
    EngagementPlanFactory(authority=authority, mp=mp)
    seat = mp.holdings.get().constituency
    end_all()
    client = sign_in(officer)

    plan = client.get(reverse("engagements:plan_detail", args=[authority.slug, mp.pk]))
    checklist = client.get(reverse("contacts:checklist_detail", args=[authority.slug, mp.pk]))

    assert plan.context["seat"].constituency == checklist.context["seat"] == seat
    assert seat_of(mp, TODAY) == seat


@pytest.mark.parametrize("name", ["contacts:stakeholder_grid", "contacts:area_list"])
def test_those_who_sat_until_then_stay_on_the_stakeholder_map_and_the_areas(
    authority, mp, officer, sign_in, dissolved, name
):
    PolicyAreaFactory(authority=authority)
    end_all()

    page = sign_in(officer).get(reverse(name, args=[authority.slug]))

    if name == "contacts:stakeholder_grid":
        assert [str(each) for each in page.context["map"].unplaced] == [str(mp)]
    else:
        assert [sum(each.counts) for each in page.context["counted"]] == [1]


@pytest.mark.parametrize(
    ("start", "end", "says"), [(0, None, True), (1, None, False), (1, 3, False), (-9, 0, True)]
)
def test_from_its_first_day_to_its_last(authority, mp, officer, sign_in, start, end, says):
    Dissolution.objects.create(
        started_on=TODAY + start * DAY,
        ended_on=TODAY + end * DAY if end is not None else None,
        entered_at=NOW,
    )
    page = get(sign_in(officer), authority, "contacts:mp_list")
    assert (SAYS in page) is says
    assert (">MPs</h1>" in page) is not says


@pytest.mark.parametrize("has_ended", [False, True])
@pytest.mark.parametrize("days", [0, 1])
def test_after_its_last_day_it_lasts_until_it_is_known_here_who_won(
    authority, mp, officer, sign_in, dissolved, has_ended, days
):
    """On polling day and the day after, whether or not a list without MPs has ended those who sat."""
    polled = TODAY - days * DAY
    Dissolution.objects.update(ended_on=polled - DAY)
    EngagementPlanFactory(authority=authority, mp=mp, started_on=TODAY - 200 * DAY)
    if has_ended:
        end_all()
    client = sign_in(officer)
    says = f"Election of {polled:%-d %B %Y}: who won most seats is not known here yet"

    def pages_of(mp):
        about = {"overview:mp_detail": [mp.pk]}
        names = ("overview:handover_list", "contacts:mp_list", "overview:mp_detail")
        return [get(client, authority, name, *about.get(name, [])) for name in names]

    def were_dissolved(on):
        """The directory, and the stakeholder map as at another day than today."""
        names = ["contacts:mp_list", "contacts:stakeholder_grid"][: 1 + (on < TODAY)]
        asked = [client.get(reverse(name, args=[authority.slug]), {"on": f"{on}"}) for name in names]
        return {"Parliament was dissolved: there were no MPs" in each.content.decode() for each in asked}

    seats, directory, page = pages_of(mp)

    assert were_dissolved(polled) == {True}
    assert all(says in text for text in (seats, directory, page))
    assert "No MP: Parliament is dissolved" in seats
    assert not re.search("Vacant|The same MP as before|>To do</strong>", seats)
    assert ">Former MPs</h1>" in directory
    assert "Not an MP now" in page
    assert not MP.objects.sitting(TODAY).exists()
    assert sweep(now=NOW) == {"reminders": 0}

    mp.holdings.current().update(ended_on=TODAY - 11 * DAY, ended_by=Ending.DISSOLUTION)
    elected = MPFactory(name="Mr Ben Oakley")
    elected.holdings.update(constituency=mp.holdings.get().constituency, started_on=polled)
    Dissolution.objects.note_the_house()
    seats, directory, page = pages_of(elected)

    assert not any("is not known here yet" in text for text in (seats, directory, page))
    assert f"{elected}, new since {polled:%-d %B %Y}" in seats
    assert ">MPs</h1>" in directory
    assert str(elected) in directory
    assert "Not an MP now" not in page
    assert "Not an MP now" in pages_of(mp)[-1]
    assert (were_dissolved(polled - DAY), were_dissolved(polled)) == ({True}, {False})


def test_until_most_of_the_winners_are_known_who_sat_last_are_whom_we_know(
    authority, mp, officer, sign_in, dissolved
):
    """The first results, as an answer of Parliament’s or a part of a list has them."""
    ours, elsewhere = MPFactory(authority=authority), MPFactory()
    seats = [each.holdings.get().constituency for each in (mp, ours, elsewhere)]
    end_all()
    Dissolution.objects.update(ended_on=TODAY - 2 * DAY)
    client = sign_in(officer)

    def elect(seat):
        elected = MPFactory()
        elected.holdings.update(constituency=seat, started_on=TODAY - DAY)
        Dissolution.objects.note_the_house()
        pages = [
            get(client, authority, "overview:mp_detail", elected.pk),
            get(client, authority, "contacts:mp_list"),
        ]
        waits = {"who won most seats is not known here yet" in page for page in pages}
        return elected, waits, f"MP for {seat}" in pages[0], set(MP.objects.of(authority))

    first, *found = elect(seats[0])
    assert found == [{True}, True, {mp, ours}]
    _, *found = elect(seats[2])
    assert found == [{False}, True, {first}]


@pytest.mark.parametrize("is_admin", [False, True])
def test_after_the_poll_the_banner_says_what_whoever_may_can_do(
    authority, officer, sign_in, dissolved, is_admin
):
    Dissolution.objects.update(ended_on=TODAY - DAY)
    officer.user.is_instance_admin = is_admin
    officer.user.save()

    page = get(sign_in(officer), authority, "contacts:mp_list")

    assert (f'href="{reverse("instance:sync_list")}">ask Parliament</a>' in page) is is_admin
    assert ("Your instance admin imports the list" in page) is not is_admin


def test_once_somebody_is_elected_only_they_are_our_mps(authority, mp, dissolved):
    end_all()
    assert set(MP.objects.of(authority)) == {mp}
    elected = MPFactory()
    elected.holdings.update(constituency=mp.holdings.get().constituency, started_on=TODAY)
    Dissolution.objects.note_the_house()
    assert set(MP.objects.of(authority)) == {elected}


def test_who_left_before_the_dissolution_is_not_our_mp(authority, mp, dissolved):
    SeatHolding.objects.update(ended_on=TODAY - 30 * DAY, ended_by=Ending.RESIGNATION)
    assert not MP.objects.of(authority).exists()


def test_nobody_is_reminded_in_a_dissolution_and_it_is_made_good_for_those_elected_again(
    authority, mp, officer, dissolved
):
    EngagementPlanFactory(authority=authority, mp=mp, started_on=TODAY - 200 * DAY)
    assert sweep(now=NOW) == {"reminders": 0}
    assert not Reminder.objects.exists()

    Dissolution.objects.update(ended_on=TODAY - DAY)
    seat = mp.holdings.get().constituency
    end_all()
    SeatHolding.objects.create(mp=mp, constituency=seat, started_on=TODAY)
    Dissolution.objects.note_the_house()

    assert sweep(now=NOW) == {"reminders": 1}


@pytest.mark.parametrize("why", ["left", "dissolved"])
def test_an_enquiry_from_a_former_mp_may_be_logged_and_the_page_says_what_to_do(
    authority, mp, officer, sign_in, why
):
    if why == "left":
        mp.holdings.update(ended_on=TODAY - DAY)
    else:
        Dissolution.objects.create(started_on=TODAY, entered_at=NOW)
    client = sign_in(officer)
    page = get(client, authority, "overview:mp_detail", mp.pk)
    address = f"{reverse('enquiries:enquiry_log', args=[authority.slug])}?mp={mp.pk}"
    assert address in page
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {
        "mp": mp.pk,
        "subject": "Potholes",
        "question": "When?",
        "received_on": f"{TODAY:%d/%m/%Y}",
    }

    logged = client.post(address, sent, follow=True).content.decode()

    assert f"{mp} is not an MP now. Reply to the constituent direct" in logged


def test_the_pages_of_a_former_and_a_new_mp_lead_to_the_hand_over(authority, mp, officer, sign_in):
    seat = mp.holdings.get().constituency
    mp.holdings.update(ended_on=TODAY - 30 * DAY)
    new, elsewhere = MPFactory(), MPFactory()
    new.holdings.update(constituency=seat, started_on=TODAY - 20 * DAY)
    elsewhere.holdings.update(ended_on=TODAY - 30 * DAY)
    CouncilLeadFactory(authority=authority, mp=new)
    EnquiryFactory(mp=elsewhere)  # another authority's
    client = sign_in(officer)
    address = reverse("overview:handover_list", args=[authority.slug])
    its_own = reverse("overview:handover_seat", args=[authority.slug, mp.holdings.get().pk])
    for each in (mp, new):
        assert f'"{address}?mp={each.pk}"' in get(client, authority, "overview:mp_detail", each.pk)
        assert client.get(address, {"mp": each.pk}).url == its_own
    assert client.get(address, {"mp": elsewhere.pk}).status_code == 200
    assert address not in get(client, authority, "overview:mp_detail", elsewhere.pk)
    EnquiryFactory(authority=authority, mp=elsewhere)  # of a neighbouring seat, while we owe an answer
    page = get(client, authority, "overview:mp_detail", elsewhere.pk)
    assert address in page
    assert "What they left with us goes to the new MP" in page
    dissolution = Dissolution.objects.create(started_on=TODAY - 29 * DAY, entered_at=NOW)
    assert address not in get(client, authority, "overview:mp_detail", elsewhere.pk)
    dissolution.delete()
    moved = SeatHolding.objects.create(
        mp=elsewhere, constituency=ConstituencyFactory(), started_on=TODAY - 29 * DAY
    )
    assert address not in get(client, authority, "overview:mp_detail", elsewhere.pk)
    elsewhere.holdings.exclude(pk=moved.pk).update(constituency=seat)
    assert "What they left with us goes to the new MP" in get(
        client, authority, "overview:mp_detail", elsewhere.pk
    )
    SeatHolding.objects.filter(mp=new).update(started_on=TODAY - 400 * DAY)
    SeatHolding.objects.filter(mp=mp).update(started_on=TODAY - 800 * DAY, ended_on=TODAY - 401 * DAY)
    assert address not in get(client, authority, "overview:mp_detail", new.pk)


@pytest.mark.parametrize(
    ("others_until", "leads", "finished_on", "is_ours", "words"),
    [
        (40, True, None, True, "New MP: what the former one left with us may be waiting"),
        (40, True, 20, True, "What the former MP left with us is handed over"),
        (40, True, 20, False, "New MP: what the former one left"),  # another authority has
        (
            40,
            True,
            31,
            True,
            "New MP: what the former one left",
        ),  # to the same MP, when they first won the seat
        (None, False, None, True, ""),  # elected again
    ],
)
def test_the_page_of_who_returns_says_how_far_the_hand_over_is(
    authority, mp, officer, sign_in, others_until, leads, finished_on, is_ours, words
):
    seat, other = mp.holdings.get().constituency, MPFactory()
    mp.holdings.update(ended_on=TODAY - 500 * DAY)
    other.holdings.all().delete()
    if others_until:
        other.holdings.create(
            constituency=seat, started_on=TODAY - 400 * DAY, ended_on=TODAY - others_until * DAY
        )
    mp.holdings.create(constituency=seat, started_on=TODAY - 30 * DAY)
    if finished_on:
        colleague = officer if is_ours else MembershipFactory(role=Role.OFFICER)
        SeatHandover.objects.create(
            authority=colleague.authority,
            constituency=seat,
            former_mp=other,
            lost_on=TODAY - 40 * DAY,
            new_mp=mp,
            finished_at=NOW - finished_on * DAY,
            finished_by=colleague,
        )

    page = get(sign_in(officer), authority, "overview:mp_detail", mp.pk)

    assert (reverse("overview:handover_list", args=[authority.slug]) + "?mp=" in page) is leads
    assert words in page


def test_home_counts_the_seats_to_hand_over(authority, mp, officer, political_affairs, sign_in):
    mp.holdings.update(ended_on=TODAY - 30 * DAY)
    EngagementPlanFactory(authority=authority, mp=mp)
    home = reverse("overview:authority_home", args=[authority.slug])
    assert ">1 seat that changed hands</a>" in sign_in(political_affairs).get(home).content.decode()
    assert (
        "1 seat that changed hands to hand over" in sign_in(officer).get(home, follow=True).content.decode()
    )
