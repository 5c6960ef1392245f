"""The stakeholder map: who stands where and since when, that nothing is overwritten, and that it can be read."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from contacts.models import Influence, Placement, SeatHolding, Support
from contacts.notes import DatedAhead, place_mp
from contacts.stakeholders import stakeholder_map
from tests.factories import (
    NOW,
    TODAY,
    MembershipFactory,
    MPFactory,
    PlacementFactory,
)

pytestmark = pytest.mark.django_db

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
SUBMISSION = "6f0e1f3e-0000-4000-8000-000000000001"


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


def grid(authority):
    return reverse("contacts:stakeholder_grid", args=[authority.slug])


def place(authority, mp):
    return reverse("contacts:mp_place", args=[authority.slug, mp.pk])


def placed(mp, on=TODAY, influence=Influence.HIGH, support=Support.SUPPORTIVE, authority=None, **fields):
    return PlacementFactory(
        authority=authority, mp=mp, placed_on=on, influence=influence, support=support, **fields
    )


def test_an_mp_is_placed_for_a_reason(sign_in, officer, authority, mp):
    client = sign_in(officer)
    before = client.get(grid(authority)).content.decode()

    response = client.post(
        place(authority, mp),
        {
            "submission": SUBMISSION,
            "influence": "medium",
            "support": "critical",
            "reason": "Spoke against the plan.",
            "placed_on": "2026-03-02",
        },
        follow=True,
    )

    page = response.content.decode()
    placement = Placement.objects.get()
    assert "Nobody is placed yet" in before
    assert "Not placed yet" in before
    assert place(authority, mp) in before
    assert (placement.mp, placement.recorded_by, placement.placed_on) == (mp, officer, TODAY)
    assert "Ms Rowan Vale: Medium influence, critical</title>" in page
    assert ">Medium</td>" in page
    assert ">Critical</td>" in page
    assert ">Opinion</strong>" in page
    assert "Spoke against the plan." in page
    assert "Not placed yet" not in page


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ("influence", "Choose how much influence they have."),
        ("support", "Choose how far they support the council."),
        ("reason", "Say why."),
        ("placed_on", "Enter the day."),
    ],
)
def test_what_is_left_out_is_said(sign_in, officer, authority, mp, left_out, says):
    typed = {
        "submission": SUBMISSION,
        "influence": "medium",
        "support": "critical",
        "reason": "-",
        "placed_on": "2026-03-02",
    }

    response = sign_in(officer).post(place(authority, mp), typed | {left_out: ""})

    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Placement.objects.exists()


def test_the_database_insists_on_a_reason(authority, mp):
    with pytest.raises(IntegrityError, match="placement_has_a_reason"), transaction.atomic():
        placed(mp, authority=authority, reason="")


def test_nobody_is_placed_ahead_and_a_double_click_places_once(officer, mp):
    def put(on):
        return place_mp(
            by=officer,
            mp=mp,
            submission=SUBMISSION,
            influence=Influence.LOW,
            support=Support.NEUTRAL,
            reason="-",
            placed_on=on,
            now=NOW,
        )

    with pytest.raises(DatedAhead):
        put(TOMORROW)
    first = put(TODAY)

    assert put(TODAY) == first
    assert Placement.objects.count() == 1


def test_the_newest_counts_as_at_each_day(officer, authority, mp):
    old = placed(mp, date(2026, 1, 5), support=Support.CRITICAL, authority=authority)
    new = placed(mp, TODAY, authority=authority)
    placed(mp, YESTERDAY, support=Support.NEUTRAL, authority=authority)  # recorded later, of an earlier day
    corrected = placed(mp, TODAY, influence=Influence.LOW, authority=authority)

    def counting(on):
        return [each.placement for each in stakeholder_map(membership=officer, on=on).placed]

    assert counting(date(2026, 1, 4)) == []
    assert counting(date(2026, 1, 5)) == [old]
    assert [each.support for each in counting(YESTERDAY)] == [Support.NEUTRAL]
    assert counting(TODAY) == [corrected]
    assert new in Placement.objects.all()


def test_the_map_of_a_day_is_of_the_mps_of_that_day(officer, authority, mp):
    placed(mp, date(2025, 1, 1), authority=authority)
    SeatHolding.objects.filter(mp=mp).update(ended_on=YESTERDAY)

    then = stakeholder_map(membership=officer, on=YESTERDAY, is_past=True)
    now = stakeholder_map(membership=officer, on=TODAY)

    assert [each.mp for each in then.placed] == [mp]
    assert (now.placed, now.unplaced) == ([], [])


def test_the_page_shows_a_past_day_and_says_so(sign_in, officer, authority, mp):
    placed(mp, date(2026, 1, 5), authority=authority, reason="Long ago")
    client = sign_in(officer)

    then = client.get(grid(authority), {"on": "2026-01-05"}).content.decode()
    before = client.get(grid(authority), {"on": "2026-01-04"}).content.decode()
    wrong = client.get(grid(authority), {"on": "soon"})

    assert "As at 5 January 2026." in then
    assert "Long ago" in then
    assert "Nobody is placed yet" in before
    assert wrong.status_code == 422
    assert "Long ago" in wrong.content.decode()


def test_no_name_lies_on_another_and_each_in_its_cell(officer, authority):
    for number in range(12):
        placed(MPFactory(authority=authority, name=f"MP {number:02}"), authority=authority)
    placed(MPFactory(authority=authority), influence=Influence.LOW, authority=authority)

    drawn = stakeholder_map(membership=officer, on=TODAY)

    assert [row.influence for row in drawn.rows] == [Influence.HIGH, Influence.MEDIUM, Influence.LOW]
    assert [row.y + row.height for row in drawn.rows[:2]] == [row.y for row in drawn.rows[1:]]
    full = drawn.rows[0].cells[2]
    assert [name.placed.mp.name for name in full.names] == [f"MP {number:02}" for number in range(12)]
    for above, below in zip(full.names, full.names[1:], strict=False):
        assert below.y - above.y >= 24
    assert full.y <= full.names[0].y
    assert full.names[-1].y + 24 <= full.y + full.height
    assert full.x + drawn.cell_width == drawn.width


def test_a_long_name_is_cut_in_the_drawing_and_whole_beside_it(sign_in, officer, authority):
    long = "Dame Gwenllian Llywelyn-Featherstonehaugh"
    placed(MPFactory(authority=authority, name=long), authority=authority)

    page = sign_in(officer).get(grid(authority)).content.decode()

    drawing, table = page.split('<svg class="mpcrm-grid"')[1].split("</svg>")
    assert ">Dame Gwenllian Llywelyn-Fe…</text>" in drawing
    assert f"<title>{long}: High influence, supportive</title>" in drawing
    assert f"{long}</a>" in table


def test_the_drawing_is_named_described_and_linked(sign_in, officer, authority, mp):
    placed(mp, authority=authority)

    page = sign_in(officer).get(grid(authority)).content.decode()

    drawing = page[page.index('<svg class="mpcrm-grid') : page.index("</svg>", page.index("mpcrm-grid"))]
    assert 'aria-labelledby="grid-title grid-desc"' in drawing
    assert re.search(r'<title id="grid-title">[^<]+</title>', drawing)
    assert re.search(r'<desc id="grid-desc">[^<]+</desc>', drawing)
    assert (
        f'<a href="{reverse("contacts:background_detail", args=[authority.slug, mp.pk])}#placements">'
        in drawing
    )
    assert "style=" not in drawing


def test_each_name_is_drawn_where_the_map_puts_it(sign_in, officer, authority, mp):
    placed(mp, authority=authority)
    placed(MPFactory(authority=authority, name="Ms Ash Wren"), support=Support.CRITICAL, authority=authority)
    placed(MPFactory(authority=authority, name="Mr Hal Ford"), influence=Influence.LOW, authority=authority)

    page = sign_in(officer).get(grid(authority)).content.decode()

    drawn = re.findall(r'<rect x="(\d+)" y="(\d+)"[^>]*/><text x="\1" y="\2"[^>]*>([^<]+)</text>', page)
    rows = stakeholder_map(membership=officer, on=timezone.localdate()).rows
    there = {(str(n.x), str(n.y), n.short) for row in rows for cell in row.cells for n in cell.names}
    assert set(drawn) == there
    assert len({y for _, y, _ in drawn}) == 2, "the two of high influence stand beside each other"


def test_the_course_of_placements_stands_on_the_mps_page(sign_in, officer, authority, mp):
    placed(mp, date(2026, 1, 5), support=Support.CRITICAL, authority=authority)
    placed(mp, TODAY, authority=authority)
    address = reverse("contacts:background_detail", args=[authority.slug, mp.pk])

    page = sign_in(officer).get(address).content.decode()

    now, before = page.split("Before: ")
    assert "<strong>High influence, supportive</strong>" in now
    assert before.startswith("High influence, critical")


def test_who_is_not_ours_is_placed_on_their_own_page(sign_in, officer, authority):
    elsewhere = MPFactory(name="Mr Hal Ford")
    form = {"submission": SUBMISSION, "influence": "low", "support": "neutral", "reason": "Speaks on water"}

    response = sign_in(officer).post(
        place(authority, elsewhere), form | {"placed_on": "2026-03-02"}, follow=True
    )

    [(address, _)] = response.redirect_chain
    page = reverse("contacts:background_detail", args=[authority.slug, elsewhere.pk])
    assert address == f"{page}#placements"
    assert "Speaks on water" in response.content.decode()


@pytest.mark.parametrize(
    ("role", "reads", "places"),
    [
        (Role.OFFICER, True, True),
        (Role.POLITICAL_AFFAIRS, True, True),
        (Role.EXECUTIVE, True, False),
        (Role.SERVICE_CONTACT, False, False),
        (Role.ADMIN, False, False),
    ],
)
def test_who_reads_and_who_places(sign_in, authority, mp, role, reads, places):
    placed(mp, authority=authority)
    member = MembershipFactory(authority=authority, role=role)
    client = sign_in(member)

    page = client.get(grid(authority))

    assert page.status_code == (200 if reads else 403)
    assert client.get(place(authority, mp)).status_code == (200 if places else 403)
    assert ("Place again" in page.content.decode()) == places
    assert Placement.objects.visible_to(member).exists() == reads


def test_another_authority_places_the_same_mp_for_itself(sign_in, stranger, authority, mp):
    MPFactory(authority=stranger.authority)
    placed(mp, authority=authority, reason="Known to us")
    address = reverse("contacts:background_detail", args=[stranger.authority.slug, mp.pk])
    client = sign_in(stranger)

    pages = client.get(grid(stranger.authority)).content + client.get(address).content

    assert "Known to us" not in pages.decode()


def test_another_authoritys_newer_placement_hides_none_of_ours(officer, stranger, authority, mp):
    ours = placed(mp, YESTERDAY, authority=authority)
    placed(mp, TODAY, authority=stranger.authority)

    assert [each.placement for each in stakeholder_map(membership=officer, on=TODAY).placed] == [ours]


def test_a_withdrawn_placement_counts_no_more_and_stays_to_be_read(
    sign_in, officer, political_affairs, authority, mp
):
    right = PlacementFactory(authority=authority, mp=mp, reason="Voted with us")
    wrong = PlacementFactory(
        authority=authority, mp=mp, support=Support.CRITICAL, reason="Another of the name"
    )
    withdrawing = reverse("contacts:placement_withdraw", args=[authority.slug, wrong.pk])
    client = sign_in(officer)

    refused = client.post(withdrawing, {"why": ""})
    double_click = [client.post(withdrawing, {"why": "Somebody else"}).status_code for _ in range(2)]
    too_late = sign_in(political_affairs).post(withdrawing, {"why": "Never said so"})
    only = client.get(reverse("contacts:placement_withdraw", args=[authority.slug, right.pk]))
    page = " ".join(
        client.get(reverse("contacts:background_detail", args=[authority.slug, mp.pk]))
        .content.decode()
        .split()
    )

    wrong.refresh_from_db()
    assert (refused.status_code, wrong.withdrawn_by, wrong.withdrawn_why) == (422, officer, "Somebody else")
    assert (double_click, too_late.status_code) == ([302, 302], 409)
    assert f"{officer} withdrew this on " in too_late.content.decode()
    assert "Somebody else" in too_late.content.decode()
    assert "Never said so</textarea>" in too_late.content.decode()
    assert "What counts then: High influence, supportive, as at " in refused.content.decode()
    assert f"It counts no more. {mp.name} is placed nowhere then. It stays" in only.content.decode()
    assert list(Placement.objects.counting(TODAY)) == [right]
    assert "<strong>High influence, supportive</strong>" in page
    assert "<s>High influence, critical. " in page
    assert f"Withdrawn by {officer}, " in page
    assert ": Somebody else" in page
    assert withdrawing not in page


def test_the_map_costs_the_same_for_1_and_30(sign_in, officer, authority, mp, django_assert_num_queries):
    client = sign_in(officer)
    placed(mp, authority=authority)
    with django_assert_num_queries(6):
        client.get(grid(authority))

    for number in range(30):
        another = MPFactory(authority=authority)
        if number % 2:
            placed(another, authority=authority)
            placed(another, YESTERDAY, authority=authority)
    with django_assert_num_queries(6):
        client.get(grid(authority))
