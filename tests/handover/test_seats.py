"""Which seats changed hands, and how far each hand-over has come."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from contacts.models import (
    CouncilLead,
    Dissolution,
    NewsKind,
    SeatHandover,
    SeatHolding,
    SeatOverlap,
    SeatSuccession,
)
from contacts.news import News, record_news
from engagements.models import EngagementPlan
from enquiries.services import Refused, create_default_policies, log_enquiry
from notifications.models import ToDo
from overview.handover import steps
from overview.handover.seats import LOOK_BACK, State, find, overview_of, plan_archived_here
from tests.factories import (
    ConstituencyFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MPFactory,
    SeatOverlapFactory,
)
from tests.handover.world import (
    DAY,
    ELECTED,
    LOST,
    NOW,
    TODAY,
    WELCOMES,
    abolish,
    carry,
    handover_of,
    open_to_dos,
)


def test_a_seat_with_a_new_mp_is_to_hand_over_and_others_are_not(authority, former, new, officer):
    MPFactory(authority=authority)

    overview = overview_of(officer, on=TODAY)

    assert sorted(row.standing for row in overview.rows) == ["Held by the same MP", "New MP"]
    [handover] = overview.handovers
    assert (handover.change.former, handover.change.new, handover.state) == (former, new, State.TO_DO)
    assert (overview.done, overview.waiting) == (0, 1)


@pytest.mark.parametrize(("on", "offered"), [(LOST + LOOK_BACK, 1), (LOST + LOOK_BACK + DAY, 0)])
def test_a_change_is_offered_for_a_year(new, officer, on, offered):
    assert overview_of(officer, on=on).waiting == offered


@pytest.mark.parametrize("what", ["enquiry", "plan", "lead"])
def test_a_change_of_long_ago_is_offered_while_something_hangs_on_the_former_mp(
    what, authority, former, new, officer, leave
):
    if what == "enquiry":
        leave()
    elif what == "plan":
        EngagementPlanFactory(authority=authority, mp=former)
    else:
        CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    assert overview_of(officer, on=LOST + LOOK_BACK + DAY).waiting == 1


def test_who_returns_after_an_election_is_the_same_mp(former, seat, officer):
    SeatHolding.objects.create(mp=former, constituency=seat, started_on=ELECTED)
    assert overview_of(officer, on=TODAY).handovers == []


def test_a_vacant_seat_is_to_hand_over_and_again_once_somebody_holds_it(former, seat, officer):
    handover = handover_of(former, officer)
    assert overview_of(officer, on=TODAY).rows[0].standing == "Vacant"
    steps.finish(handover, by=officer, now=NOW)
    assert handover_of(former, officer).state is State.DONE

    new = MPFactory()
    new.holdings.update(constituency=seat, started_on=ELECTED)

    assert handover_of(former, officer).state is State.IN_PROGRESS
    new.holdings.update(ended_on=TODAY - 2 * DAY)
    follower = MPFactory()
    follower.holdings.update(constituency=seat, started_on=TODAY - DAY)
    assert handover_of(former, officer).state is State.DONE  # what waits is theirs who left last
    follower.holdings.all().delete()
    new.holdings.update(ended_on=None)
    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    assert SeatHandover.objects.get().new_mp == new


@pytest.mark.parametrize("is_abolished", [False, True])
def test_what_is_finished_stays_so_when_the_seat_changes_hands_again(
    authority, former, seat, new, officer, is_abolished
):
    EngagementPlanFactory(authority=authority, mp=former, objectives="A visit")
    if is_abolished:
        follows = MPFactory(authority=authority).holdings.get().constituency
        SeatHolding.objects.filter(constituency=follows).delete()
        new.holdings.update(constituency=follows)
        abolish(seat, follows)
    plan = EngagementPlan.objects.get()
    steps.hand_over_plan(
        handover_of(former, officer),
        plan=plan,
        to_mp=new,
        objectives=[],
        key_messages=[],
        by=officer,
        now=NOW,
    )
    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    assert plan_archived_here(handover_of(former, officer), officer) == plan
    new.holdings.update(ended_on=TODAY - 2 * DAY)
    assert handover_of(former, officer).state is State.DONE

    MPFactory().holdings.update(constituency=new.holdings.get().constituency, started_on=TODAY)

    again = handover_of(former, officer)
    assert (again.state, plan_archived_here(again, officer)) == (State.DONE, None)
    assert handover_of(new, officer).state is State.TO_DO
    assert overview_of(officer, on=TODAY).waiting == 1


def test_what_was_finished_for_somebody_who_never_held_the_seat_is_to_do_again(former, seat, new, officer):
    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    winner = MPFactory()
    winner.holdings.all().delete()
    SeatHolding.objects.filter(mp=new).update(mp=winner)
    assert handover_of(former, officer).state is State.IN_PROGRESS


@pytest.mark.parametrize(("days", "offered"), [(0, 1), (1, 0)])
def test_what_is_finished_is_offered_for_a_year_from_then(authority, former, new, officer, days, offered):
    CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    overview = overview_of(officer, on=TODAY + LOOK_BACK + days * DAY)
    assert (len(overview.handovers), overview.done) == (offered, offered)


def test_an_mp_who_moved_to_another_seat_leaves_only_what_came_from_this_one(
    authority, former, seat, new, officer, leave
):
    left = leave()
    EngagementPlanFactory(authority=authority, mp=former)
    moved = MPFactory(authority=authority)
    other = moved.holdings.get().constituency
    moved.holdings.all().delete()
    SeatHolding.objects.create(mp=former, constituency=other, started_on=ELECTED)
    leave(received_on=TODAY)

    change = former.holdings.get(constituency=seat)
    handover = find(officer, change.pk, on=TODAY)

    assert handover.keeps_relationship
    assert handover.open_enquiries == 1
    assert handover.words == "1 open enquiry, the welcome"
    carry(handover, left, new, officer)
    steps.finish(find(officer, change.pk, on=TODAY), leaves=True, by=officer, now=NOW)
    assert EngagementPlan.objects.in_force().filter(mp=former).exists()


def test_plan_and_leads_of_an_mp_who_moved_to_a_seat_that_is_not_ours_are_handed_over(
    authority, former, seat, new, officer, political_affairs, sign_in, leave, url
):
    left = leave()
    plan = EngagementPlanFactory(authority=authority, mp=former)
    lead = CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    moved = SeatHolding.objects.create(
        mp=former, constituency=ConstituencyFactory(name="Far Vale"), started_on=ELECTED
    )
    leave(received_on=TODAY)
    change = former.holdings.get(constituency=seat)
    handover = find(officer, change.pk, on=TODAY)

    assert (handover.keeps_relationship, handover.change.sits_for) == (False, moved.constituency)
    assert handover.words == "1 open enquiry, a plan to archive, 1 council lead, the welcome"
    assert find(officer, change.pk, on=LOST + LOOK_BACK + DAY)

    client = sign_in(political_affairs)
    client.post(url("handover_plan", change.pk))
    client.post(url("handover_leads", change.pk), {f"lead-{lead.pk}": "carry"})
    carry(find(officer, change.pk, on=TODAY), left, new, officer)
    steps.finish(find(officer, change.pk, on=TODAY), leaves=True, by=officer, now=NOW)

    plan.refresh_from_db()
    assert plan.archived_by == political_affairs
    assert CouncilLead.objects.get(ended_on=None).mp == new
    assert (
        "now MP for Far Vale"
        in client.get(reverse("overview:handover_list", args=[authority.slug])).content.decode()
    )
    page = client.get(reverse("overview:mp_detail", args=[authority.slug, former.pk])).content.decode()
    assert reverse("overview:handover_list", args=[authority.slug]) in page


def test_an_abolished_seat_is_handed_over_to_whoever_holds_most_of_it(
    authority, former, seat, officer, leave
):
    new = MPFactory(authority=authority)
    new.holdings.update(started_on=ELECTED)
    abolish(seat, new.holdings.get().constituency)
    enquiry = leave()

    overview = overview_of(officer, on=TODAY)

    assert sorted(row.standing for row in overview.rows) == ["Abolished", "New seat"]
    [handover] = overview.handovers
    assert (handover.change.new, handover.open_enquiries) == (new, 1)
    carry(handover, enquiry, new, officer)
    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    assert handover_of(former, officer).state is State.DONE


@pytest.mark.parametrize("others", [0, 1])
def test_an_mp_elected_for_the_seat_that_follows_theirs_is_the_same_mp(
    authority, former, seat, officer, leave, sign_in, others
):
    """So their page says; but to whoever had another seat that most of went into it, they are a new one."""
    moved = MPFactory(authority=authority)
    follows = moved.holdings.get().constituency
    moved.holdings.all().delete()
    SeatHolding.objects.create(mp=former, constituency=follows, started_on=ELECTED)
    abolish(seat, follows)
    for _ in range(others):
        other = MPFactory(authority=authority)
        other.holdings.update(ended_on=LOST)
        abolish(other.holdings.get().constituency, follows)
    leave()

    overview = overview_of(officer, on=TODAY)
    page = sign_in(officer).get(reverse("overview:mp_detail", args=[authority.slug, former.pk]))

    assert follows in [row.seat.seat for row in overview.rows]
    assert len(overview.rows) == 1 + others
    assert [each.change.new for each in overview.handovers] == [former] * others
    assert page.context["hands_over"] == bool(others)


def test_two_abolished_seats_welcome_the_same_mp_once(authority, former, seat, officer, sign_in):
    """And the MP’s page says that they are handed over only once both are."""
    new = MPFactory(authority=authority)
    new.holdings.update(started_on=ELECTED)
    follows = new.holdings.get().constituency
    abolish(seat, follows)
    second = MPFactory(authority=authority)
    SeatHolding.objects.filter(mp=second).update(ended_on=LOST)
    abolish(second.holdings.get().constituency, follows)

    client, address = sign_in(officer), reverse("overview:mp_detail", args=[authority.slug, new.pk])
    waits = []
    for gone in (former, second):
        steps.make_to_dos(handover_of(gone, officer), new=new, by=officer, now=NOW)
        steps.finish(handover_of(gone, officer), by=officer, now=NOW)
        page = client.get(address).content.decode()
        waits.append("what another one left may be waiting" in page)

    assert "What the former MP left with us is handed over" in page
    assert waits == [True, False]
    assert ToDo.objects.count() == 4

    first, last = SeatHandover.objects.order_by("pk")
    steps.undo_all(first, by=officer, now=NOW)
    assert ToDo.objects.open().count() == 4
    steps.undo_all(last, by=officer, now=NOW)
    assert not ToDo.objects.exists()


@pytest.mark.parametrize("undone_first", [0, 1])
def test_of_two_abolished_seats_the_last_undone_brings_back_what_the_news_asked_for(
    authority, former, seat, officer, undone_first
):
    new = MPFactory(authority=authority)
    new.holdings.update(started_on=ELECTED)
    follows = new.holdings.get().constituency
    abolish(seat, follows)
    second = MPFactory(authority=authority)
    SeatHolding.objects.filter(mp=second).update(ended_on=LOST)
    abolish(second.holdings.get().constituency, follows)
    record_news([News(NewsKind.NEW_MP, "new MP", ELECTED, mp=new)], source="test", now=NOW)
    for gone in (former, second):
        steps.make_to_dos(handover_of(gone, officer), new=new, by=officer, now=NOW)
    records = list(SeatHandover.objects.order_by("pk"))

    steps.undo_all(records.pop(undone_first), by=officer, now=NOW)
    assert "news-new-mp" not in open_to_dos()
    steps.undo_all(records.pop(), by=officer, now=NOW)

    assert open_to_dos() == {"news-new-mp": None}


@pytest.fixture
def first(former, seat, authority):
    """The first MP of a new seat that follows none of ours: most of our old one went to another."""
    main, mp = MPFactory(authority=authority), MPFactory(name="Ms Cora Dale", authority=authority)
    for each in (main, mp):
        each.holdings.update(started_on=ELECTED)
    abolish(seat, main.holdings.get().constituency)
    fresh = mp.holdings.get().constituency
    fresh.started_on = ELECTED
    fresh.save()
    SeatSuccession.objects.create(old=seat, new=fresh, share_of_old=20, share_of_new=30)
    return mp


def test_a_new_seat_into_which_most_of_no_other_went_has_its_mp_welcomed_and_it_is_undone(
    former, first, officer
):
    [welcome] = [each for each in overview_of(officer, on=TODAY).handovers if each.change.new == first]
    assert (welcome.change.former, welcome.words, welcome.state) == (None, "the welcome", State.TO_DO)
    assert overview_of(officer, on=TODAY).waiting == 2

    with pytest.raises(steps.NotFinished, match="Still to do: the welcome"):
        steps.finish(welcome, by=officer, now=NOW)
    steps.make_to_dos(welcome, new=first, by=officer, now=NOW)
    made = handover_of(first, officer)
    steps.finish(made, by=officer, now=NOW)

    assert (made.words, made.state, made.steps) == ("", State.IN_PROGRESS, 1)
    assert handover_of(first, officer).state is State.DONE
    for days in (0, 1):
        offered = overview_of(officer, on=TODAY + LOOK_BACK + days * DAY).handovers
        assert any(each.change.new == first for each in offered) is not bool(days)
    assert set(ToDo.objects.open().values_list("kind", "subject")) == {
        (kind, first.subject) for kind in WELCOMES
    }
    steps.undo_all(SeatHandover.objects.get(former_mp=None), by=officer, now=NOW)
    assert handover_of(first, officer).words == "the welcome"
    assert not ToDo.objects.exists()


@pytest.mark.parametrize("why", ["was ours", "dissolved", "a year ago", "first list"])
def test_no_welcome_of_who_was_ours_nor_when_everybody_is_as_new(why, former, first, officer):
    on = TODAY
    if why == "was ours":
        SeatHolding.objects.filter(mp=first).update(mp=former)
    elif why == "dissolved":
        Dissolution.objects.create(started_on=TODAY, entered_at=NOW)
    elif why == "a year ago":
        on = ELECTED + LOOK_BACK + DAY
    else:
        SeatHolding.objects.filter(mp=former).delete()
    assert [each for each in overview_of(officer, on=on).handovers if each.change.former is None] == []


def test_a_neighbours_former_mp_is_handed_over_for_open_enquiries_alone(authority, officer, leave):
    gone, elected = MPFactory(name="Ms Edda Farr"), MPFactory(name="Mr Finn Gale")
    seat = gone.holdings.get().constituency
    MPFactory()  # their seat is nothing to us
    kept, carried = leave(mp=gone), leave(mp=gone)
    gone.holdings.update(ended_on=LOST)
    elected.holdings.update(constituency=seat, started_on=ELECTED)

    [row] = [row for row in overview_of(officer, on=TODAY).rows if not row.seat.is_ours]
    [handover] = row.handovers

    assert (row.seat.seat, handover.words) == (seat, "2 open enquiries")
    carry(handover, carried, elected, officer)
    steps.close_left_enquiry(handover_of(gone, officer), enquiry=kept, reason="Settled", by=officer, now=NOW)
    steps.finish(handover_of(gone, officer), by=officer, now=NOW)
    assert handover_of(gone, officer).state is State.DONE


def test_what_a_neighbours_former_mp_asked_another_authority_is_not_ours_to_hand_over(
    authority, officer, stranger, leave
):
    create_default_policies(authority=stranger.authority)
    gone = MPFactory()
    leave(mp=gone, by=stranger)
    gone.holdings.update(ended_on=LOST)

    assert [row for row in overview_of(officer, on=TODAY).rows if not row.seat.is_ours] == []


def test_in_a_dissolution_nobody_has_lost_a_seat_yet_nor_until_somebody_is_known_to_be_elected(
    former, officer
):
    Dissolution.objects.create(started_on=LOST + DAY, entered_at=NOW)
    assert overview_of(officer, on=TODAY).handovers == []
    Dissolution.objects.update(ended_on=TODAY - DAY)
    assert overview_of(officer, on=TODAY).handovers == []
    MPFactory().holdings.update(started_on=TODAY)
    Dissolution.objects.note_the_house()
    assert len(overview_of(officer, on=TODAY).handovers) == 1


def test_who_won_a_by_election_is_no_mp_in_the_dissolution_that_follows(
    authority, former, new, officer, sign_in, leave, url
):
    enquiry = leave()
    steps.make_to_dos(handover_of(former, officer), new=new, by=officer, now=NOW)
    carry(handover_of(former, officer), leave(), new, officer)
    SeatHandover.objects.update(finished_at=NOW, finished_by=officer, new_mp=new)
    Dissolution.objects.create(started_on=TODAY, entered_at=NOW)
    handover = handover_of(former, officer)
    client = sign_in(officer)

    with pytest.raises(Refused, match="holds no seat now"):
        carry(handover, enquiry, new, officer)
    assert handover.change.new is None
    page = client.get(url("handover_enquiry", enquiry.reference))
    assert page.context["candidates"] == []
    said = client.post(url("handover_welcome"), follow=True).content.decode()
    assert "Nobody holds the seat yet." in said
    assert f"was MP from {ELECTED:%-d %B %Y} until Parliament was dissolved" in said
    enquiry.refresh_from_db()
    assert enquiry.mp == former


def test_what_was_finished_before_a_dissolution_stays_so_and_in_one_until_somebody_is_elected(
    former, new, officer
):
    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    dissolution = Dissolution.objects.create(started_on=TODAY, entered_at=NOW)
    assert handover_of(former, officer).state is State.DONE

    steps.finish(handover_of(former, officer), leaves=True, by=officer, now=NOW)
    assert handover_of(former, officer).state is State.DONE
    dissolution.delete()

    assert handover_of(former, officer).state is State.IN_PROGRESS


def test_another_authority_with_the_same_seat_changes_nothing_here(
    authority, former, seat, new, officer, stranger
):
    council = SeatOverlapFactory(constituency=seat, council__ons_code=stranger.authority.ons_code)
    assert SeatOverlap.objects.filter(pk=council.pk).exists()
    create_default_policies(authority=stranger.authority)
    EngagementPlanFactory(authority=stranger.authority, mp=former)
    CouncilLeadFactory(authority=stranger.authority, mp=former)
    log_enquiry(
        by=stranger,
        now=NOW,
        mp=former,
        received_on=TODAY,
        channel="e-mail",
        subject="Theirs",
        question="?",
        submission=uuid4(),
    )
    theirs = handover_of(former, stranger)
    steps.make_to_dos(theirs, new=new, by=stranger, now=NOW)

    ours = handover_of(former, officer)

    assert (ours.state, ours.record, ours.words, ours.steps) == (State.TO_DO, None, "the welcome", 0)
    assert overview_of(officer, on=LOST + LOOK_BACK + DAY).handovers == []
    assert handover_of(former, stranger).state is State.IN_PROGRESS
