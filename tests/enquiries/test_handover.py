"""A former MP’s enquiries: carried over, answered to the constituent direct, closed; and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from accounts.history import SavedBefore
from accounts.models import Role
from contacts.models import SeatHolding
from enquiries.models import AuthorityShown, CarryOver, Contact, Enquiry, Reply, TimelineEntry
from enquiries.services import (
    EditConflict,
    Refused,
    acknowledge,
    answer_constituent_instead,
    carry_over,
    change_details,
    close_enquiry,
    reopen_enquiry,
    send_reply,
    take_back_answer,
    take_back_carrying,
    take_back_closing,
)
from tests.factories import NOW, TODAY, MembershipFactory, MPFactory

DAY = timedelta(days=1)
LAST_DAY = TODAY + DAY  # of the former MP
ELECTED = TODAY + 30 * DAY
SEEN = ELECTED + 5 * DAY
LATER = NOW + 40 * DAY


@pytest.fixture
def successor(mp):
    """Whoever holds the seat of `mp` since ELECTED, after weeks without anybody."""
    holding = mp.holdings.get()
    SeatHolding.objects.filter(pk=holding.pk).update(ended_on=LAST_DAY)
    successor = MPFactory(name="Mr Ben Oakley", sort_name="Oakley, Ben")
    successor.holdings.update(constituency=holding.constituency, started_on=ELECTED)
    return successor


@pytest.fixture
def carry(officer, successor):
    def carried(enquiry, **changes):
        details = {
            "enquiry": enquiry,
            "to_mp": successor,
            "authority_seen_on": SEEN,
            "authority_shown": AuthorityShown.FORM,
            "by": officer,
            "now": LATER,
        }
        return carry_over(**details | changes)

    return carried


@pytest.fixture
def answer(officer):
    def answered(enquiry, **changes):
        details = {
            "enquiry": enquiry,
            "text": "Mill Lane is repaired in June.",
            "sent_on": TODAY + 3 * DAY,
            "channel": Contact.LETTER,
            "by": officer,
            "now": LATER,
            "submission": uuid4(),
        }
        return answer_constituent_instead(**details | changes)

    return answered


def test_an_enquiry_goes_on_under_the_new_mp_and_the_timeline_says_so(log, carry, mp, successor, officer):
    enquiry = log(constituent_name="Ada Field", received_on=TODAY, enquiry_type="complaint")
    enquiry.refresh_from_db()
    seat = enquiry.constituency

    carrying = carry(enquiry)

    enquiry.refresh_from_db()
    assert (enquiry.mp, enquiry.constituency, enquiry.received_on) == (successor, seat, TODAY)
    assert (carrying.from_mp, carrying.authority_seen_on, carrying.recorded_by) == (mp, SEEN, officer)
    entry = enquiry.timeline.get(kind=TimelineEntry.Kind.CARRIED)
    assert entry.text.startswith(
        f"From {mp} to {successor}. Authority to act: A form signed by the constituent"
    )
    assert {each.mp_id for each in enquiry.history.all()} == {mp.pk, successor.pk}


@pytest.mark.parametrize(
    ("due_on", "restarts"),
    [
        (LAST_DAY, False),  # it was late already
        (LAST_DAY + DAY, True),  # the first day without an MP
        (SEEN - DAY, True),  # the new one sat, but could not be answered yet
        (SEEN, False),
    ],
)
def test_the_clock_goes_on_unless_it_fell_due_before_the_new_mp_could_be_answered(
    log, carry, due_on, restarts
):
    enquiry = log()
    Enquiry.objects.filter(pk=enquiry.pk).update(due_on=due_on, amber_on=TODAY)

    carrying = carry(enquiry)

    enquiry.refresh_from_db()
    assert carrying.restarts_clock is restarts
    assert (enquiry.due_on == due_on) is not restarts
    assert not restarts or enquiry.due_on > SEEN
    said = enquiry.timeline.get(kind=TimelineEntry.Kind.CARRIED).text
    assert ("It fell due before the new MP could be answered" in said) is restarts


def test_carrying_twice_is_once(enquiry, carry):
    first = carry(enquiry)
    assert carry(enquiry) == first
    assert CarryOver.objects.count() == 1
    assert enquiry.timeline.filter(kind=TimelineEntry.Kind.CARRIED).count() == 1


@pytest.mark.parametrize(
    ("seen_on", "field"),
    [(ELECTED - DAY, "authority_seen_on"), (LATER.date() + DAY, "authority_seen_on")],
)
def test_authority_from_before_the_election_or_the_future_is_refused(enquiry, carry, seen_on, field):
    with pytest.raises(Refused) as refused:
        carry(enquiry, authority_seen_on=seen_on)
    assert refused.value.field == field
    assert not CarryOver.objects.exists()


@pytest.mark.parametrize("seen_on", [ELECTED, LATER.date()])
def test_authority_of_election_day_and_of_today_will_do(enquiry, carry, seen_on):
    assert carry(enquiry, authority_seen_on=seen_on).authority_seen_on == seen_on


def test_where_there_is_a_constituent_their_agreement_is_needed(log, carry):
    with pytest.raises(Refused, match="A constituent is behind"):
        carry(log(constituent_name="Ada Field"), authority_shown=AuthorityShown.NONE_NEEDED)
    assert carry(log(), authority_shown=AuthorityShown.NONE_NEEDED)


def test_nothing_is_carried_to_somebody_without_a_seat_or_once_answered(log, carry, officer, mp):
    nobody = MPFactory()
    nobody.holdings.update(ended_on=TODAY)
    with pytest.raises(Refused, match="holds no seat"):
        carry(log(), to_mp=nobody)
    with pytest.raises(Refused, match="already"):
        carry(log(), to_mp=mp)
    closed = close_enquiry(enquiry=log(), reason="Withdrawn", by=officer, now=NOW)
    with pytest.raises(Refused, match="closed since"):
        carry(closed)


def test_an_edit_begun_before_the_carrying_does_not_bring_the_former_mp_back(enquiry, carry, officer, mp):
    carry(enquiry)

    with pytest.raises(EditConflict):
        change_details(enquiry=enquiry, version=enquiry.version, changes={"mp": mp}, by=officer, now=LATER)


def test_a_carrying_is_taken_back_with_its_clock(enquiry, carry, officer, mp):
    before = (enquiry.mp_id, enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on)
    carrying = carry(enquiry)
    assert carrying.restarts_clock

    take_back_carrying(carrying=carrying, by=officer, now=LATER)
    take_back_carrying(carrying=carrying, by=officer, now=LATER)

    enquiry.refresh_from_db()
    assert (enquiry.mp_id, enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on) == before
    assert enquiry.timeline.filter(kind=TimelineEntry.Kind.TAKEN_BACK).count() == 1
    again = carry(enquiry)
    assert again != carrying
    enquiry.refresh_from_db()
    assert enquiry.due_on > SEEN


def test_a_carrying_on_which_later_work_stands_is_not_taken_back(log, carry, officer, mp):
    replied, closed, moved = (carry(log()) for _ in range(3))
    send_reply(
        enquiry=replied.enquiry,
        text="Yes.",
        sent_on=SEEN,
        channel=Contact.EMAIL,
        by=officer,
        now=LATER,
        submission=uuid4(),
    )
    close_enquiry(enquiry=closed.enquiry, reason="Withdrawn", by=officer, now=LATER)
    moved.enquiry.refresh_from_db()
    change_details(
        enquiry=moved.enquiry,
        version=moved.enquiry.version,
        changes={"mp": MPFactory(name="Third")},
        by=officer,
        now=LATER,
    )
    for carrying, why in ((replied, "replied to"), (closed, "closed"), (moved, "gone to Third")):
        with pytest.raises(Refused, match=why):
            take_back_carrying(carrying=carrying, by=officer, now=LATER)
    assert CarryOver.objects.in_force().count() == 3


def test_the_constituent_is_answered_direct_and_it_counts_as_the_reply(log, answer):
    enquiry, submission = log(constituent_name="Ada Field"), uuid4()

    reply = answer(enquiry, submission=submission)

    assert answer(enquiry, submission=submission) == reply
    with pytest.raises(SavedBefore):
        send_reply(
            enquiry=enquiry,
            text=reply.text,
            sent_on=reply.sent_on,
            channel=reply.channel,
            by=reply.recorded_by,
            now=LATER,
            submission=submission,
        )
    enquiry.refresh_from_db()
    assert reply.is_to_constituent
    assert (enquiry.replied_on, enquiry.reply_working_days, enquiry.closed_at) == (TODAY + 3 * DAY, 3, LATER)
    assert enquiry.close_reason.startswith("Answered to the constituent direct")
    assert Reply.objects.count() == 1


def test_without_a_constituent_there_is_nobody_to_answer(enquiry, answer):
    with pytest.raises(Refused, match="No constituent is recorded"):
        answer(enquiry)
    enquiry.refresh_from_db()
    assert enquiry.closed_at is None


@pytest.mark.parametrize("acknowledged_on", [None, TODAY + 5 * DAY])  # the answer went on the third day
def test_an_answer_is_taken_back_and_its_record_stays(log, answer, officer, acknowledged_on):
    enquiry = log(constituent_name="Ada Field")
    before = enquiry.due_on
    if acknowledged_on:
        acknowledge(enquiry=enquiry, by=officer, now=NOW + 5 * DAY, on=acknowledged_on)
    reply = answer(enquiry)

    take_back_answer(reply=reply, by=officer, now=LATER)
    with pytest.raises(SavedBefore):
        answer(enquiry, submission=reply.submission)

    enquiry.refresh_from_db()
    reply.refresh_from_db()
    assert (enquiry.replied_on, enquiry.closed_at, enquiry.due_on) == (None, None, before)
    assert enquiry.acknowledged_on == acknowledged_on
    assert reply.taken_back_at == LATER


def test_an_answer_followed_by_a_reopening_stays(log, answer, officer):
    enquiry = log(constituent_name="Ada Field")
    reply = answer(enquiry)
    reopen_enquiry(enquiry=enquiry, on=SEEN, by=officer, now=LATER, reason="They wrote again")
    with pytest.raises(Refused, match="reopened since"):
        take_back_answer(reply=reply, by=officer, now=LATER)
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=LATER + DAY)
    with pytest.raises(Refused, match="closed again since"):
        take_back_answer(reply=reply, by=officer, now=LATER + DAY)


def test_a_closing_is_taken_back_by_the_same_clock(enquiry, officer):
    due_on = enquiry.due_on
    close_enquiry(enquiry=enquiry, reason="No answer wanted", by=officer, now=NOW)

    take_back_closing(enquiry=enquiry, closed_at=NOW, by=officer, now=LATER)

    enquiry.refresh_from_db()
    assert (enquiry.closed_at, enquiry.close_reason, enquiry.due_on) == (None, "", due_on)
    with pytest.raises(Refused, match="reopened since"):
        take_back_closing(enquiry=enquiry, closed_at=NOW, by=officer, now=LATER)
    close_enquiry(enquiry=enquiry, reason="Otherwise", by=officer, now=LATER)
    with pytest.raises(Refused, match="closed again since"):
        take_back_closing(enquiry=enquiry, closed_at=NOW, by=officer, now=LATER)


def test_a_stranger_finds_none_of_it(enquiry, carry, stranger):
    with pytest.raises(Enquiry.DoesNotExist):
        carry(enquiry, by=stranger)
    carrying = carry(enquiry)
    with pytest.raises(Enquiry.DoesNotExist):
        take_back_carrying(carrying=carrying, by=stranger, now=LATER)
    assert not CarryOver.objects.visible_to(stranger).exists()


def test_the_enquiry_page_names_the_former_mp_and_the_authority_seen(enquiry, carry, client, authority, mp):
    carry(enquiry)
    client.force_login(MembershipFactory(authority=authority, role=Role.OFFICER).user)

    page = client.get(f"/{authority.slug}/enquiries/{enquiry.reference}/").content.decode()

    assert "Carried over from" in page
    assert str(mp) in page
    assert f"{date(2026, 4, 6):%-d %B %Y}" in page
