from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.directory import facts_about, search_mps, sitting_mps
from contacts.forms import DirectoryForm
from contacts.models import (
    MP,
    BackgroundEntry,
    Constituency,
    Council,
    CouncilLead,
    LeadAgreement,
    MPName,
    PartySpell,
    SeatHolding,
    SeatOverlap,
)
from mpcrm.folding import fold, has_words
from tests.factories import (
    NOW,
    TODAY,
    ConstituencyFactory,
    CouncilFactory,
    CouncilLeadFactory,
    MPFactory,
    PartyFactory,
    SeatOverlapFactory,
)

pytestmark = pytest.mark.django_db

MPS = "/northmoor/mps/"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ynys Môn", "ynys mon"),
        ("  YNYS   MÔN ", "ynys mon"),
        ("Liz Saville-Roberts", "liz saville roberts"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Brighton & Hove", "brighton and hove"),
        ("Na h-Eileanan an Iar", "na h eileanan an iar"),
        ("Łukasz Ærø ß", "lukasz aero ss"),
        ("–", ""),
    ],
)
def test_names_are_folded_as_people_type_them(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("mon", True), ("ynys mon", True), ("mon yn", True), ("ys", False), ("ynys x", False), ("", True)],
)
def test_each_word_typed_begins_some_word(typed, is_found):
    assert has_words("ynys mon", starting=typed) is is_found


def found(authority, text):
    return [mp.name for mp in search_mps(sitting_mps(authority), text)]


@pytest.fixture
def three(authority):
    MPFactory(
        name="Ms Gwen Llŷr",
        sort_name="Llŷr, Gwen",
        seat=ConstituencyFactory(name="Ynys Môn", name_welsh="Ynys Môn"),
        party=PartyFactory(name="Plaid y Gogledd"),
    )
    MPFactory(
        name="Seán O’Brien",
        sort_name="O’Brien, Seán",
        seat=ConstituencyFactory(name="Tarn & Fell", name_welsh="Tarn a’r Rhos"),
        party=PartyFactory(name="Fictional Labour"),
    )
    MPFactory(
        name="Dame Ada Almond",
        sort_name="Almond, Ada",
        seat=ConstituencyFactory(name="Northmoor"),
        party=PartyFactory(name="Fictional Labour (Co-op)"),
        authority=authority,
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mon", ["Ms Gwen Llŷr"]),
        ("MÔN", ["Ms Gwen Llŷr"]),
        ("llyr", ["Ms Gwen Llŷr"]),
        ("gwen gogledd", ["Ms Gwen Llŷr"]),
        ("obrien", ["Seán O’Brien"]),
        ("O'BRIEN", ["Seán O’Brien"]),
        ("sean", ["Seán O’Brien"]),
        ("tarn and fell", ["Seán O’Brien"]),
        ("rhos", ["Seán O’Brien"]),
        ("labour", ["Dame Ada Almond", "Seán O’Brien"]),
        ("co-op", ["Dame Ada Almond"]),
        ("%", ["Dame Ada Almond", "Ms Gwen Llŷr", "Seán O’Brien"]),
        ("nobody", []),
    ],
)
def test_search_finds_by_name_seat_and_party(authority, three, text, names):
    assert found(authority, text) == names


def test_our_own_come_first_then_all_by_surname(authority, three):
    assert [(mp.sort_name, mp.is_ours) for mp in sitting_mps(authority)] == [
        ("Almond, Ada", True),
        ("Llŷr, Gwen", False),
        ("O’Brien, Seán", False),
    ]


def test_former_mps_and_former_parties_are_left_out(authority, three):
    SeatHolding.objects.filter(mp__name="Seán O’Brien").update(ended_on=TODAY)
    spell = PartySpell.objects.get(mp__name="Ms Gwen Llŷr")
    spell.ended_on = TODAY
    spell.save()

    assert found(authority, "sean") == []
    assert found(authority, "gogledd") == []
    assert sitting_mps(authority).get(name="Ms Gwen Llŷr").party is None


def test_page_filters_by_party_council_and_region(authority, three, officer, sign_in):
    sean = MP.objects.get(name="Seán O’Brien")
    seat = sean.holdings.get().constituency
    seat.region = "Wales"
    seat.save()
    council = CouncilFactory(name="Tarn Council")
    SeatOverlapFactory(constituency=seat, council=council)
    client = sign_in(officer)

    for query in (
        {"party": sean.party_spells.get().party_id},
        {"council": council.pk},
        {"region": "Wales"},
        {"q": "SEAN"},
        {"q": "sean", "region": "Wales", "council": council.pk},
    ):
        page = client.get(MPS, query).content.decode()
        # They are folded away unless one is in use.
        in_use = len(query.keys() - {"q"})
        assert (f"Filter ({in_use} in use)<" if in_use else "Filter<") in page
        assert ('<details class="govuk-details" open>' in page) is bool(in_use)
        assert "Showing 1 to 1 of 1 MP" in page
        assert "Seán O’Brien" in page


def test_page_names_a_filter_that_means_nothing(three, officer, sign_in):
    response = sign_in(officer).get(MPS, {"party": "999999"})

    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()


def test_relationship_owner_is_shown_and_those_without_are_listed(authority, three, officer, sign_in):
    ada = MP.objects.get(name="Dame Ada Almond")
    client = sign_in(officer)

    without = client.get(MPS, {"unowned": "on"}).content.decode()
    CouncilLeadFactory(authority=authority, mp=ada, membership=officer)
    CouncilLeadFactory(mp=ada, membership=None, name="Somebody in Southfen")
    led = client.get(MPS).content.decode()
    none_left = client.get(MPS, {"unowned": "on"}).content.decode()

    assert "Showing 1 to 1 of 1 MP" in without
    assert officer.user.name in led
    assert "Somebody in Southfen" not in led
    assert "No MP matches" in none_left


@pytest.mark.parametrize("gone", ["membership", "user"])
def test_a_lead_who_left_is_no_owner(authority, three, officer, sign_in, gone):
    lead = CouncilLeadFactory(authority=authority, mp=MP.objects.get(name="Dame Ada Almond"))
    client = sign_in(officer)

    before = client.get(MPS, {"unowned": "on"}).content.decode()
    left = lead.membership if gone == "membership" else lead.membership.user
    left.is_active = False
    left.save()
    after = client.get(MPS, {"unowned": "on"}).content.decode()

    assert "Dame Ada Almond" not in before
    assert "Showing 1 to 1 of 1 MP" in after
    assert "Nobody yet" in after


def test_a_lead_who_stopped_or_has_yet_to_start_is_no_owner(authority, three, officer, sign_in):
    ada = MP.objects.get(name="Dame Ada Almond")
    common = {"authority": authority, "mp": ada, "membership": None}
    CouncilLeadFactory(**common, name="Was", ended_on="2026-02-01")
    CouncilLeadFactory(**common, name="Will be", started_on="2999-01-01")

    page = sign_in(officer).get(MPS).content.decode()

    assert "Nobody yet" in page
    assert "Was" not in page
    assert "Will be" not in page


def test_empty_directory_says_why(officer, sign_in):
    page = sign_in(officer).get(MPS).content.decode()

    assert "No MPs yet" in page


def test_no_match_differs_from_empty(three, officer, sign_in):
    page = sign_in(officer).get(MPS, {"q": "xyz"}).content.decode()

    assert "No MP matches" in page
    assert "No MPs yet" not in page


def add_mps(n, *, authority, party, officer):
    """MPs with everything that a filter reads, all alike."""
    already = MP.objects.count()
    numbers = range(already, already + n)
    council, _ = Council.objects.get_or_create(ons_code=authority.ons_code, defaults={"name": "Northmoor"})
    mps = MP.objects.bulk_create(
        MP(parliament_id=900_001 + each, name=f"Ada {each}", sort_name=f"{each:04}") for each in numbers
    )
    seats = Constituency.objects.bulk_create(
        Constituency(ons_code=f"Z14{each:06}", name=f"Seat {each}", region="Wales") for each in numbers
    )
    for model, facts in (
        (MPName, {"name": "Ada", "sort_name": "Ada"}),
        (MPName, {"name": "Ida", "sort_name": "Ida", "ended_on": date(2025, 1, 1)}),
        (PartySpell, {"party": party}),
    ):
        model.objects.bulk_create(model(mp=mp, started_on=date(2024, 7, 4), **facts) for mp in mps)
    SeatHolding.objects.bulk_create(
        SeatHolding(mp=mp, constituency=seat, started_on=date(2024, 7, 4))
        for mp, seat in zip(mps, seats, strict=True)
    )
    SeatOverlap.objects.bulk_create(SeatOverlap(constituency=seat, council=council) for seat in seats)
    noted = {"authority": authority, "recorded_by": officer, "recorded_at": NOW, "source_on": TODAY}
    BackgroundEntry.objects.bulk_create(
        BackgroundEntry(
            mp=mp, about="local-government", is_our_council=True, kind="fact", source="A list", **noted
        )
        for mp in mps
    )
    CouncilLead.objects.bulk_create(
        CouncilLead(authority=authority, mp=mp, membership=officer, started_on=date(2026, 1, 1)) for mp in mps
    )


def test_each_filter_costs_the_same_for_one_mp_and_650(authority, officer, sign_in):
    party, client = PartyFactory(), sign_in(officer)
    add_mps(1, authority=authority, party=party, officer=officer)
    alone = {
        "q": "ida",
        "party": party.pk,
        "council": Council.objects.get().pk,
        "region": "Wales",
        "sat_here": "on",
        "not_agreed": "on",
        "on": "2026-02-01",
    }
    # On the day before the leads began, nobody leads on any of them.
    unowned = {"unowned": "on", "on": "2025-12-31"}
    assert set(alone) | set(unowned) == set(DirectoryForm(reads_notes=True).fields)
    without_leads = {name: value for name, value in alone.items() if name != "not_agreed"}
    asked = [{}, *({name: value} for name, value in alone.items()), unowned, alone, without_leads | unowned]

    def costs(found):
        counts = []
        for query in asked:
            with CaptureQueriesContext(connection) as queries:
                page = client.get(MPS, query).content.decode()
            assert found in page, query
            counts.append(len(queries))
        return counts

    one = costs("Showing 1 to 1 of 1 MP")
    add_mps(649, authority=authority, party=party, officer=officer)
    all_of_them = costs("Showing 1 to 50 of 650 MPs")

    assert all_of_them == one
    assert max(one) <= 12
    assert "Showing 601 to 650 of 650 MPs" in client.get(MPS, {"page": "13", "q": "ida"}).content.decode()


def test_the_directory_as_at_another_day(officer, sign_in):
    seat, old, new = ConstituencyFactory(name="Tarn"), PartyFactory(name="Old"), PartyFactory(name="New")
    former = MPFactory(name="Ada Almond", seat=seat, party=old)
    former.holdings.update(ended_on=date(2026, 1, 31))
    former.party_spells.update(ended_on=date(2026, 1, 31))
    winner = MPFactory(name="Bea Birch", party=new)
    winner.holdings.update(constituency=seat, started_on=date(2026, 2, 27))
    winner.party_spells.update(started_on=date(2026, 2, 27))
    client = sign_in(officer)

    def found(**query):
        page = client.get(MPS, query).content.decode()
        return [name for name in ("Ada Almond", "Bea Birch") if name in page]

    assert found() == ["Bea Birch"]
    assert found(on="31/1/2026") == ["Ada Almond"]
    assert found(on="2026-02-01") == [], "the seat was vacant"
    assert found(on="2026-02-27") == ["Bea Birch"]
    assert found(on="2026-01-31", party=old.pk) == ["Ada Almond"]
    assert found(on="2026-01-31", party=new.pk) == []
    page = client.get(MPS, {"on": "2026-01-31"}).content.decode()
    assert "1 MP who sat on 31 January 2026" in page
    assert f"/northmoor/mps/{former.pk}/?on=2026-01-31" in page


def test_on_another_day_the_owner_is_whoever_led_then(authority, officer, sign_in):
    seat = ConstituencyFactory(name="Tarn")
    former = MPFactory(name="Ada Almond", seat=seat, authority=authority)
    former.holdings.update(ended_on=date(2026, 2, 10))
    winner = MPFactory(name="Bea Birch")
    winner.holdings.update(constituency=seat, started_on=date(2026, 2, 11))
    gone = CouncilLeadFactory(authority=authority, mp=former, ended_on=date(2026, 2, 10)).membership
    gone.is_active = False
    gone.save()
    CouncilLeadFactory(mp=former, membership=None, name="Somebody in Southfen")
    lead = CouncilLeadFactory(
        authority=authority, mp=winner, membership=officer, started_on=date(2026, 2, 12)
    )
    to = {"people": f"{lead.part}: {lead}", "recorded_by": officer, "recorded_at": NOW}
    LeadAgreement.objects.create(authority=authority, mp=winner, agreed_on=date(2026, 2, 20), **to)
    client = sign_in(officer)

    def page(on, **query):
        return client.get(MPS, {"on": on, **query}).content.decode()

    for day in ("2026-01-01", "2026-02-10"):
        assert f"{gone} (has left)" in page(day)
        assert "No MP matches" in page(day, unowned="on")
    for day, name in (("2025-12-31", "Ada Almond"), ("2026-02-11", "Bea Birch")):
        assert "Nobody that day" in page(day)
        assert name in page(day, unowned="on")
    assert f">{officer}<" in page("2026-02-12")
    assert "No MP matches" in page("2026-02-12", unowned="on")
    assert "Somebody in Southfen" not in page("2026-02-10")
    # So is the Leader's agreement: the one of 20 February was none the day before.
    for day, name in (("2026-02-10", "Ada Almond"), ("2026-02-19", "Bea Birch")):
        assert name in page(day, not_agreed="on")
    for day in ("2025-12-31", "2026-02-11", "2026-02-20"):
        assert "No MP matches" in page(day, not_agreed="on")


def test_a_former_name_is_found_shown_and_right_for_the_day(authority, officer, sign_in):
    mp = MPFactory(name="Emma Vale", authority=authority)
    mp.names.update(started_on=date(2025, 3, 20))
    for name, begun, ended in (
        ("Mrs Emma Marsh-Vale", date(2024, 7, 4), date(2025, 1, 31)),
        ("Emma Marsh-Vale", date(2025, 2, 1), date(2025, 3, 19)),
    ):
        mp.names.create(name=name, sort_name="Vale, Emma", started_on=begun, ended_on=ended)
    MPFactory(name="Rowan Fell")
    client = sign_in(officer)

    def page(**query):
        return " ".join(client.get(MPS, query).content.decode().split())

    assert "Showing 1 to 1 of 1 MP" in page(q="marsh")
    assert "formerly Emma Marsh-Vale</span>" in page(q="marsh")
    assert "Rowan Fell" not in page(q="marsh")
    assert ">Mrs Emma Marsh-Vale</a>" in page(on="2025-01-31")
    assert "now Emma Vale" in page(on="2025-01-31")
    assert ">Emma Marsh-Vale</a>" in page(on="2025-02-01")
    assert ">Emma Vale</a>" in page(on="2025-03-20")


def test_facts_take_eight_queries_and_tell_seat_councils_and_parties(django_assert_num_queries):
    old, new = PartyFactory(name="Old"), PartyFactory(name="New")
    seat = ConstituencyFactory(name="Tarn")
    mp = MPFactory(seat=seat, party=new)
    PartySpell.objects.create(mp=mp, party=old, started_on="2019-12-12", ended_on="2024-07-03")
    earlier = ConstituencyFactory(name="Fell")
    SeatHolding.objects.create(mp=mp, constituency=earlier, started_on="2019-12-12", ended_on="2024-05-30")
    for share, name in ((None, "Unknown"), (20, "Small"), (80, "Large")):
        SeatOverlapFactory(constituency=seat, council=CouncilFactory(name=name), share=share)

    with django_assert_num_queries(8):
        facts = facts_about(mp, on=TODAY)
        told = (
            facts.seat.name,
            facts.party.name,
            [each.council.name for each in facts.councils],
            [spell.party.name for spell in facts.party_spells],
            [holding.constituency.name for holding in facts.holdings],
        )

    assert told == ("Tarn", "New", ["Large", "Small", "Unknown"], ["New", "Old"], ["Tarn", "Fell"])


def test_facts_of_a_former_mp_have_no_seat():
    mp = MPFactory()
    mp.holdings.update(ended_on=TODAY)
    tomorrow = TODAY + timedelta(days=1)

    assert facts_about(mp, on=TODAY).seat is not None
    assert (facts_about(mp, on=tomorrow).seat, facts_about(mp, on=tomorrow).councils) == (None, [])
