"""The one function that writes seat holdings and party spells, and what the database refuses without it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from contacts.models import Ending, MPName, MPStatus, PartySpell, SeatHolding
from contacts.spells import SpellsOverlap, write_spells
from tests.factories import ConstituencyFactory, MPFactory, PartyFactory

pytestmark = pytest.mark.django_db

ELECTED = date(2024, 7, 4)


def holding_of(mp):
    return SeatHolding.objects.get(mp=mp, ended_on=None)


def test_the_database_refuses_a_second_open_holder_of_a_seat():
    seat = holding_of(MPFactory()).constituency
    other = MPFactory()
    SeatHolding.objects.filter(mp=other).update(ended_on=ELECTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        SeatHolding.objects.create(mp=other, constituency=seat, started_on=date(2025, 1, 1))


def test_the_database_refuses_a_second_open_seat_or_party_of_an_mp():
    mp = MPFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        SeatHolding.objects.create(mp=mp, constituency=ConstituencyFactory(), started_on=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PartySpell.objects.create(mp=mp, party=PartyFactory(), started_on=date(2025, 1, 1))


def test_the_database_refuses_a_second_open_name_or_status_of_an_mp():
    mp = MPFactory()
    MPStatus.objects.create(mp=mp, status="Suspended", started_on=date(2025, 1, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        MPName.objects.create(mp=mp, name="Ada Vale", sort_name="Vale, Ada", started_on=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        MPStatus.objects.create(mp=mp, status="Suspended", started_on=date(2025, 2, 1))


def test_the_database_refuses_a_holding_that_has_not_ended_and_says_how_it_did():
    holding = holding_of(MPFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        SeatHolding.objects.filter(pk=holding.pk).update(ended_by=Ending.DEATH)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (MPName, {"name": "Ada Vale", "sort_name": "Vale, Ada"}),
        (MPStatus, {"status": "Suspended"}),
    ],
)
def test_overlapping_past_names_and_statuses_are_refused(model, said):
    mp = MPFactory()
    MPName.objects.filter(mp=mp).delete()
    first, last = date(2025, 1, 1), date(2025, 1, 31)
    write_spells(model, begin=[model(mp=mp, started_on=first, ended_on=last, **said)])

    with pytest.raises(SpellsOverlap):
        write_spells(model, begin=[model(mp=mp, started_on=last, ended_on=date(2025, 3, 1), **said)])
    write_spells(model, begin=[model(mp=mp, started_on=date(2025, 2, 1), **said)])

    assert model.objects.filter(mp=mp).count() == 2


def test_one_ends_and_the_other_begins():
    old, new = holding_of(MPFactory()), MPFactory()
    SeatHolding.objects.filter(mp=new).delete()

    write_spells(
        SeatHolding,
        end=[(old, date(2026, 2, 25))],
        begin=[SeatHolding(mp=new, constituency=old.constituency, started_on=date(2026, 2, 26))],
    )

    assert [(h.mp_id, h.ended_on) for h in old.constituency.holdings.order_by("started_on")] == [
        (old.mp_id, date(2026, 2, 25)),
        (new.pk, None),
    ]


@pytest.mark.parametrize(
    ("last_day", "start", "overlaps"),
    [
        (date(2026, 2, 25), date(2026, 2, 26), False),
        (date(2026, 2, 26), date(2026, 2, 26), True),  # the last day belongs to the spell
        (date(2026, 2, 27), date(2026, 2, 26), True),
        (date(2026, 2, 20), date(2026, 2, 26), False),
    ],
)
def test_overlapping_spells_of_a_party_are_refused_and_nothing_is_written(last_day, start, overlaps):
    spell = PartySpell.objects.get(mp=MPFactory())
    new = PartySpell(mp=spell.mp, party=PartyFactory(), started_on=start)

    if overlaps:
        with pytest.raises(SpellsOverlap):
            write_spells(PartySpell, end=[(spell, last_day)], begin=[new])
    else:
        write_spells(PartySpell, end=[(spell, last_day)], begin=[new])

    assert PartySpell.objects.filter(mp=spell.mp).count() == (1 if overlaps else 2)
    assert PartySpell.objects.get(pk=spell.pk).ended_on == (None if overlaps else last_day)


def test_two_holders_of_one_seat_at_one_time_are_refused_even_in_the_past():
    """What no constraint of the database sees: both have ended."""
    old = holding_of(MPFactory())
    write_spells(SeatHolding, end=[(old, date(2025, 12, 31))])
    other = MPFactory()
    SeatHolding.objects.filter(mp=other).delete()

    with pytest.raises(SpellsOverlap):
        write_spells(
            SeatHolding,
            begin=[
                SeatHolding(
                    mp=other,
                    constituency=old.constituency,
                    started_on=date(2025, 6, 1),
                    ended_on=date(2025, 7, 1),
                )
            ],
        )


def test_ending_a_spell_later_than_the_next_begins_is_refused_with_nothing_begun():
    mp = MPFactory()
    spell = PartySpell.objects.get(mp=mp)
    write_spells(PartySpell, end=[(spell, date(2025, 12, 31))])
    write_spells(PartySpell, begin=[PartySpell(mp=mp, party=PartyFactory(), started_on=date(2026, 1, 1))])

    with pytest.raises(SpellsOverlap):
        write_spells(PartySpell, end=[(spell, date(2026, 1, 1))])


def test_a_start_moved_into_the_holding_before_is_refused():
    old, new = holding_of(MPFactory()), MPFactory()
    SeatHolding.objects.filter(mp=new).delete()
    later = SeatHolding(mp=new, constituency=old.constituency, started_on=date(2026, 2, 26))
    write_spells(SeatHolding, end=[(old, date(2026, 2, 25))], begin=[later])

    later.started_on = date(2026, 2, 25)
    with pytest.raises(SpellsOverlap):
        write_spells(SeatHolding, change=[later])
    later.started_on, later.source = date(2026, 2, 27), "a list"
    write_spells(SeatHolding, change=[later])

    later.refresh_from_db()
    assert (later.started_on, later.source) == (date(2026, 2, 27), "a list")


def test_a_dropped_spell_makes_room():
    spell = PartySpell.objects.get(mp=MPFactory())
    new = PartySpell(mp=spell.mp, party=PartyFactory(), started_on=spell.started_on)

    write_spells(PartySpell, drop=[spell], begin=[new])

    assert list(PartySpell.objects.filter(mp=spell.mp)) == [new]


def test_as_many_queries_for_one_as_for_thirty(django_assert_num_queries):
    def swap(count):
        holdings = [holding_of(MPFactory()) for _ in range(count)]
        newcomers = [MPFactory() for _ in holdings]
        SeatHolding.objects.filter(mp__in=newcomers).delete()
        begin = [
            SeatHolding(mp=mp, constituency=old.constituency, started_on=date(2026, 1, 1))
            for mp, old in zip(newcomers, holdings, strict=True)
        ]
        return {"begin": begin, "end": [(old, date(2025, 12, 31)) for old in holdings]}

    for count in (1, 30):
        change = swap(count)
        with transaction.atomic(), django_assert_num_queries(4):
            write_spells(SeatHolding, **change)
