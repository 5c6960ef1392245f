"""What can happen to an enquiry, and who is told."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import make_aware

from accounts.history import SavedBefore
from accounts.models import ClosureDay, Role
from contacts.models import SeatHolding
from enquiries.models import (
    ClockEvent,
    Constituent,
    Contact,
    Enquiry,
    EnquiryType,
    ReferenceCounter,
    Reply,
    ReplyUnit,
    ResponsePolicy,
    Status,
    TimelineEntry,
    Topic,
    Urgency,
    Whom,
)
from enquiries.services import (
    Allocation,
    EditConflict,
    Move,
    Refused,
    Rung,
    acknowledge,
    add_note,
    allocate,
    change_details,
    close_enquiry,
    create_default_policies,
    create_default_topics,
    details_of,
    log_enquiry,
    remove_closure_day,
    reopen_enquiry,
    send_reply,
    set_closure_day,
    set_cut_off,
    set_policy,
    undo_allocation,
)
from notifications.models import Channel, Notification
from tests.factories import (
    NOW,
    TODAY,
    ConstituencyFactory,
    MembershipFactory,
    MPFactory,
    ServiceFactory,
)

LATER = NOW + timedelta(hours=2)


def told():
    """Who was told, by which channel."""
    return sorted((row.recipient_id, row.channel) for row in Notification.objects.all())


# --- Logging ------------------------------------------------------------------------


def test_logging_writes_the_enquiry_its_clock_timeline_and_history(enquiry, officer, mp):
    assert enquiry.reference == "NM-2026-00001"
    assert (enquiry.acknowledge_by, enquiry.amber_on, enquiry.due_on) == (
        date(2026, 3, 4),
        date(2026, 3, 11),
        date(2026, 3, 16),
    )
    assert enquiry.constituency == mp.holdings.get().constituency
    assert enquiry.status == Status.OPEN
    assert [(e.kind, e.on, e.time) for e in enquiry.clock_events.all()] == [("received", TODAY, None)]
    assert [(e.kind, e.by, e.at, e.text) for e in enquiry.timeline.all()] == [
        ("logged", officer, NOW, "Reply due 16 March 2026.")
    ]
    assert [(h.history_type, h.history_user, h.history_date) for h in enquiry.history.all()] == [
        ("+", officer.user, NOW)
    ]
    assert not Constituent.objects.exists()


def test_references_count_per_authority_and_year(log, officer, stranger, mp):
    create_default_policies(authority=stranger.authority)
    stranger.authority.reference_prefix = "SF"
    stranger.authority.save()

    references = [
        log().reference,
        log().reference,
        log(by=stranger).reference,
        log(now=datetime(2026, 12, 31, 23, 59, tzinfo=UTC)).reference,
        log(now=datetime(2027, 1, 1, 0, 0, tzinfo=UTC)).reference,
    ]

    assert references == [
        "NM-2026-00001",
        "NM-2026-00002",
        "SF-2026-00001",
        "NM-2026-00003",
        "NM-2027-00001",
    ]


def test_the_same_submission_twice_is_one_enquiry(log):
    submission = uuid4()

    first, second = log(submission=submission), log(submission=submission)

    assert first == second
    assert second.subject == "Potholes in Mill Lane"
    assert Enquiry.objects.count() == 1
    assert ReferenceCounter.objects.get().last == 1


def test_what_was_changed_and_allocated_since_leaves_the_form_as_it_was_sent(log, officer):
    words = {"submission": uuid4(), "constituent_name": "Ada Field"}
    enquiry = log(**words)
    allocate(enquiries=[enquiry], service=None, owner=officer, by=officer, now=NOW + timedelta(hours=1))
    changes = {"subject": "Potholes in Mill Road", "constituent_name": "Ada Fields"}
    change_details(enquiry=enquiry, version=1, changes=changes, by=officer, now=LATER)

    assert log(**words) == enquiry
    for otherwise in ({"constituent_name": "Ada Fields"}, {"owner": officer}):
        with pytest.raises(SavedBefore):
            log(**words | otherwise)


def test_one_submission_in_two_authorities_is_two_enquiries(log, stranger):
    create_default_policies(authority=stranger.authority)
    submission = uuid4()

    assert log(submission=submission) != log(submission=submission, by=stranger)


def test_the_seat_is_the_one_held_on_the_day(log, mp):
    SeatHolding.objects.filter(mp=mp).update(ended_on=date(2026, 2, 27))
    now_held = SeatHolding.objects.create(
        mp=mp, constituency=ConstituencyFactory(), started_on=date(2026, 2, 28)
    )

    before = log(received_on=date(2026, 2, 27))
    after = log(received_on=date(2026, 2, 28))

    assert before.constituency == mp.holdings.get(ended_on=date(2026, 2, 27)).constituency
    assert after.constituency == now_held.constituency


def test_a_constituent_is_kept_apart_with_history(log, officer):
    enquiry = log(constituent_name="Bo Tarn", constituent_contact="bo@example.org")

    constituent = enquiry.constituent
    assert (constituent.name, constituent.contact) == ("Bo Tarn", "bo@example.org")
    assert constituent.history.get().history_user == officer.user


def test_the_cut_off_is_the_authoritys(log, authority):
    authority.cut_off_time = time(17)
    authority.save()

    assert log(received_time=time(17, 1)).due_on == date(2026, 3, 17)
    assert log(received_time=time(17, 0)).due_on == date(2026, 3, 16)


# --- Who is told --------------------------------------------------------------------


def test_a_new_owner_is_told_in_the_app_and_by_e_mail_without_personal_data(log, authority):
    colleague = MembershipFactory(authority=authority)

    enquiry = log(owner=colleague, constituent_name="Bo Tarn")

    assert told() == [(colleague.pk, "e-mail"), (colleague.pk, "in-app")]
    row = Notification.objects.first()
    assert row.title == "NM-2026-00001 is with you"
    assert row.body == ("Acknowledge it by 4 March 2026. A reply to Ms Ada Fenwick is due on 16 March 2026.")
    assert row.path == f"/northmoor/enquiries/{enquiry.reference}/"
    assert row.subject == f"enquiry:{enquiry.pk}"


def test_nobody_is_told_of_what_they_took_themselves(log, officer):
    log(owner=officer)

    assert told() == []


def test_a_service_without_an_owner_tells_its_active_contacts(log, authority, service):
    contact = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)
    left = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT, is_active=False)
    other = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)
    contact.services.add(service)
    left.services.add(service)
    other.services.add(ServiceFactory(authority=authority))

    log(service=service)

    assert told() == [(contact.pk, "e-mail"), (contact.pk, "in-app")]
    assert Notification.objects.first().title == "NM-2026-00001 is with Highways"


def test_an_owner_alone_is_told_even_where_there_is_a_service(log, authority, service):
    contact = MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT)
    contact.services.add(service)
    owner = MembershipFactory(authority=authority)

    log(service=service, owner=owner)

    assert {recipient for recipient, _ in told()} == {owner.pk}


# --- Allocation ---------------------------------------------------------------------


def test_allocating_many_at_once_tells_each_owner_of_each(log, officer, authority, service):
    first, second = log(), log()
    colleague = MembershipFactory(authority=authority, user__name="Cleo Rook")

    moves = allocate(enquiries=[first, second], service=service, owner=colleague, by=officer, now=LATER)

    first.refresh_from_db()
    nobody, somebody = Allocation(None, None), Allocation(service.pk, colleague.pk)
    assert moves == [Move(first.pk, nobody, somebody), Move(second.pk, nobody, somebody)]
    assert (first.service, first.owner) == (service, colleague)
    assert Notification.objects.filter(recipient=colleague).count() == 4
    entry = first.timeline.first()
    assert (entry.kind, entry.by, entry.at, entry.text) == (
        "allocated",
        officer,
        LATER,
        "To Highways, Cleo Rook.",
    )
    assert first.history.first().history_user == officer.user


def test_allocating_to_those_who_have_it_changes_nothing(log, officer, authority, service):
    enquiry = log(service=service)
    entries = enquiry.timeline.count()

    assert allocate(enquiries=[enquiry], service=service, owner=None, by=officer, now=LATER) == []
    assert enquiry.timeline.count() == entries


def test_somebody_given_an_enquiry_a_second_time_is_told_a_second_time(enquiry, officer, authority):
    one, two = MembershipFactory(authority=authority), MembershipFactory(authority=authority)

    for owner in (one, two, one):
        allocate(enquiries=[enquiry], service=None, owner=owner, by=officer, now=LATER)

    assert Notification.objects.filter(recipient=one, channel="in-app").count() == 2


def test_undoing_gives_back_what_nobody_has_moved_since(log, officer, authority, service):
    first, second = log(), log(service=service)
    colleague = MembershipFactory(authority=authority)
    moves = allocate(enquiries=[first, second], service=service, owner=colleague, by=officer, now=LATER)
    allocate(enquiries=[first], service=service, owner=officer, by=officer, now=LATER)

    undone = undo_allocation(moves=moves, by=officer, now=LATER)

    first.refresh_from_db()
    second.refresh_from_db()
    assert [move.enquiry_id for move in undone] == [second.pk]
    assert first.owner == officer
    assert (second.service, second.owner) == (service, None)


def test_allocating_can_keep_the_service_or_the_owner_each_has(log, officer, authority, service):
    owner, enquiry = MembershipFactory(authority=authority), log(service=service)

    allocate(enquiries=[enquiry], service=None, keep_service=True, owner=owner, by=officer, now=LATER)
    enquiry.refresh_from_db()
    assert (enquiry.service, enquiry.owner) == (service, owner)

    other = ServiceFactory(authority=authority)
    allocate(enquiries=[enquiry], service=other, owner=None, keep_owner=True, by=officer, now=LATER)
    enquiry.refresh_from_db()
    assert (enquiry.service, enquiry.owner) == (other, owner)


def test_allocating_leaves_another_authoritys_and_closed_enquiries(enquiry, officer, stranger, service):
    assert allocate(enquiries=[enquiry], service=None, owner=stranger, by=stranger, now=LATER) == []
    close_enquiry(enquiry=enquiry, reason="Sent twice", by=officer, now=NOW)
    assert allocate(enquiries=[enquiry], service=service, owner=None, by=officer, now=LATER) == []


def test_allocating_to_a_person_of_another_authority_is_refused(enquiry, officer, stranger):
    with pytest.raises(KeyError):
        allocate(enquiries=[enquiry], service=None, owner=stranger, by=officer, now=LATER)

    enquiry.refresh_from_db()
    assert enquiry.owner is None


def test_allocating_costs_the_same_queries_for_1_and_30(
    log, officer, authority, service, django_assert_max_num_queries
):
    MembershipFactory(authority=authority, role=Role.SERVICE_CONTACT).services.add(service)
    one, thirty = [log()], [log() for _ in range(30)]

    for enquiries in (one, thirty):
        with django_assert_max_num_queries(12):
            allocate(enquiries=enquiries, service=service, owner=None, by=officer, now=LATER)


# --- Acknowledging, noting, replying ------------------------------------------------


def test_acknowledging_twice_keeps_the_first_day(enquiry, officer):
    acknowledge(enquiry=enquiry, by=officer, now=NOW, on=TODAY)
    again = acknowledge(enquiry=enquiry, by=officer, now=LATER, on=date(2026, 3, 3))

    assert again.acknowledged_on == TODAY
    assert enquiry.timeline.filter(kind=TimelineEntry.Kind.ACKNOWLEDGED).count() == 1


def test_a_note_is_written_once_per_submission(enquiry, officer):
    submission = uuid4()

    for _ in range(2):
        note = add_note(
            enquiry=enquiry, text="Rang the office.", by=officer, now=LATER, submission=submission
        )

    assert list(enquiry.timeline.filter(kind="note")) == [note]
    assert (note.by, note.at, note.text) == (officer, LATER, "Rang the office.")


def reply_to(enquiry, by, sent_on, **changes):
    details = {
        "enquiry": enquiry,
        "text": "It will be repaired in April.",
        "sent_on": sent_on,
        "channel": Contact.EMAIL,
        "by": by,
        "now": LATER,
        "submission": uuid4(),
    }
    return send_reply(**details | changes)


@pytest.mark.parametrize(
    ("sent_on", "working_days"),
    [
        (TODAY, 0),
        (date(2026, 3, 3), 1),
        (date(2026, 3, 8), 4),
        (date(2026, 3, 16), 10),
        (date(2026, 3, 17), 11),
    ],
)
def test_a_reply_stores_its_working_days(enquiry, officer, sent_on, working_days):
    reply = reply_to(enquiry, officer, sent_on)

    enquiry.refresh_from_db()
    assert (enquiry.replied_on, enquiry.reply_working_days) == (sent_on, working_days)
    assert (reply.working_days, reply.due_on) == (working_days, date(2026, 3, 16))
    assert enquiry.status == Status.REPLIED
    assert enquiry.acknowledged_on == sent_on


def test_a_reply_opens_the_window_for_a_follow_up_question(enquiry, officer):
    reply_to(enquiry, officer, date(2026, 3, 6))

    enquiry.refresh_from_db()
    assert enquiry.follow_up_until == date(2026, 3, 13)


def test_a_weekend_receipt_counts_from_monday(log, officer):
    enquiry = log(received_on=date(2026, 2, 28))  # a Saturday

    reply_to(enquiry, officer, date(2026, 3, 2))

    enquiry.refresh_from_db()
    assert enquiry.reply_working_days == 1


def test_the_same_reply_twice_is_one_and_a_further_one_leaves_the_clock(enquiry, officer):
    submission = uuid4()
    first = reply_to(enquiry, officer, date(2026, 3, 6), submission=submission)
    again = reply_to(enquiry, officer, date(2026, 3, 6), submission=submission)
    further = reply_to(enquiry, officer, date(2026, 3, 10))

    enquiry.refresh_from_db()
    assert first == again
    assert list(Reply.objects.all()) == [further, first]
    assert enquiry.replied_on == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("first", "days", "until", "acknowledged_on"),
    [
        (date(2026, 3, 6), 4, date(2026, 3, 13), date(2026, 3, 6)),
        (date(2026, 3, 17), 11, date(2026, 3, 24), date(2026, 3, 10)),
        (date(2026, 3, 20), 14, date(2026, 3, 27), date(2026, 3, 10)),
        (date(2026, 3, 23), 14, date(2026, 3, 27), date(2026, 3, 10)),
    ],
)
def test_the_reply_sent_first_counts_though_it_is_recorded_later(
    enquiry, officer, first, days, until, acknowledged_on
):
    acknowledge(enquiry=enquiry, by=officer, now=LATER, on=date(2026, 3, 10))
    for sent_on in (date(2026, 3, 20), first):
        reply_to(enquiry, officer, sent_on)

    enquiry.refresh_from_db()
    assert (enquiry.replied_on, enquiry.reply_working_days) == (min(first, date(2026, 3, 20)), days)
    assert (enquiry.follow_up_until, enquiry.acknowledged_on) == (until, acknowledged_on)
    instead = "It counts as the first reply, instead of the one of 20 March 2026."
    assert (instead in enquiry.timeline.first().text) == (first < date(2026, 3, 20))


def test_a_reply_of_the_clock_before_leaves_the_one_reopened(enquiry, officer):
    reply_to(enquiry, officer, date(2026, 3, 6))
    reopen_enquiry(enquiry=enquiry, on=date(2026, 3, 16), by=officer, now=LATER)
    for sent_on in (date(2026, 3, 20), date(2026, 3, 18)):
        reply_to(enquiry, officer, sent_on)

    with pytest.raises(Refused, match="before the enquiry was received or reopened"):
        reply_to(enquiry, officer, date(2026, 3, 13))

    enquiry.refresh_from_db()
    assert (enquiry.replied_on, enquiry.reply_working_days) == (date(2026, 3, 18), 2)
    assert enquiry.past_clocks.get().replied_on == date(2026, 3, 6)


def test_nothing_is_replied_to_or_acknowledged_once_closed(enquiry, officer):
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=NOW)

    with pytest.raises(Refused, match="Reopen it"):
        reply_to(enquiry, officer, TODAY)
    with pytest.raises(Refused, match="Reopen it"):
        acknowledge(enquiry=enquiry, by=officer, now=NOW, on=TODAY)
    assert not Reply.objects.exists()


# --- Closing and reopening ----------------------------------------------------------


def test_closing_twice_keeps_the_first_reason(enquiry, officer):
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=NOW)
    closed = close_enquiry(enquiry=enquiry, reason="Other", by=officer, now=LATER)

    assert (closed.status, closed.closed_at, closed.close_reason) == (Status.CLOSED, NOW, "Withdrawn")
    assert enquiry.timeline.filter(kind=TimelineEntry.Kind.CLOSED).count() == 1


def test_reopening_starts_a_new_clock_from_the_event(enquiry, officer):
    reply_to(enquiry, officer, date(2026, 3, 6))
    close_enquiry(enquiry=enquiry, reason="Replied", by=officer, now=LATER)

    reopened = reopen_enquiry(
        enquiry=enquiry, on=date(2026, 3, 16), by=officer, now=LATER, reason="The office asked again."
    )

    assert reopened.status == Status.OPEN
    assert (reopened.acknowledge_by, reopened.due_on) == (date(2026, 3, 4), date(2026, 3, 30))
    assert (reopened.replied_on, reopened.reply_working_days, reopened.close_reason) == (None, None, "")
    assert [event.kind for event in enquiry.clock_events.all()] == ["received", "reopened"]
    assert enquiry.timeline.first().text == (
        "Counted from 16 March 2026. Reply due 30 March 2026. The office asked again."
    )
    assert Reply.objects.get().working_days == 4


def test_reopening_keeps_the_clock_that_ended(enquiry, officer):
    reply_to(enquiry, officer, date(2026, 3, 6))
    reopen_enquiry(enquiry=enquiry, on=date(2026, 3, 16), by=officer, now=LATER)
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=LATER)
    reopen_enquiry(enquiry=enquiry, on=date(2026, 3, 17), by=officer, now=LATER)

    assert list(
        enquiry.past_clocks.values_list(
            "started_on", "due_on", "replied_on", "reply_working_days", "closed_at"
        )
    ) == [
        (TODAY, date(2026, 3, 16), date(2026, 3, 6), 4, None),
        (date(2026, 3, 16), date(2026, 3, 30), None, None, LATER),
    ]
    assert [clock.reopened_on.day for clock in enquiry.past_clocks.all()] == [16, 17]


def test_a_reply_after_reopening_counts_from_there(enquiry, officer):
    reply_to(enquiry, officer, date(2026, 3, 6))
    reopen_enquiry(enquiry=enquiry, on=date(2026, 3, 16), by=officer, now=LATER)

    reply_to(enquiry, officer, date(2026, 3, 18))

    enquiry.refresh_from_db()
    assert enquiry.reply_working_days == 2


def test_reopening_before_the_reply_is_refused_and_what_is_open_stays(enquiry, officer):
    assert reopen_enquiry(enquiry=enquiry, on=TODAY, by=officer, now=LATER).due_on == enquiry.due_on
    reply_to(enquiry, officer, date(2026, 3, 6))

    with pytest.raises(Refused, match="before the enquiry was received"):
        reopen_enquiry(enquiry=enquiry, on=date(2026, 3, 5), by=officer, now=LATER)
    assert ClockEvent.objects.count() == 1


@pytest.mark.parametrize(("day", "is_refused"), [(19, True), (20, False), (21, False)])
def test_a_second_reopening_is_not_counted_from_before_the_first(enquiry, officer, day, is_refused):
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=LATER)
    reopen_enquiry(enquiry=enquiry, on=date(2026, 3, 20), by=officer, now=LATER)
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=LATER)

    with pytest.raises(Refused, match="reopened") if is_refused else nullcontext():
        reopen_enquiry(enquiry=enquiry, on=date(2026, 3, day), by=officer, now=LATER)

    enquiry.refresh_from_db()
    assert (enquiry.status == Status.CLOSED) == is_refused


def test_reopening_tells_the_owner_each_time_in_the_app_and_by_e_mail(log, officer, authority):
    owner = MembershipFactory(authority=authority)
    enquiry = log(owner=owner)
    Notification.objects.all().delete()
    for day in (6, 9):
        reply_to(enquiry, officer, date(2026, 3, day))
        reopen_enquiry(enquiry=enquiry, on=date(2026, 3, day), by=officer, now=LATER)

    rows = Notification.objects.filter(channel=Channel.IN_APP).order_by("pk")
    assert told() == 2 * [(owner.pk, "e-mail")] + 2 * [(owner.pk, "in-app")]
    assert [(row.kind, row.title, row.body) for row in rows] == [
        (
            "enquiry-reopened",
            f"{enquiry.reference} is open again",
            f"It is reopened. A reply to Ms Ada Fenwick is due on {due} March 2026.",
        )
        for due in (20, 23)
    ]


def test_where_the_owner_has_left_reopening_tells_the_services_contacts(log, officer, authority, service):
    owner, contact = MembershipFactory.create_batch(2, authority=authority)
    contact.services.add(service)
    enquiry = log(service=service, owner=owner)
    reply_to(enquiry, officer, TODAY)
    Notification.objects.all().delete()
    owner.is_active = False
    owner.save()

    reopen_enquiry(enquiry=enquiry, on=TODAY, by=officer, now=LATER)

    assert told() == [(contact.pk, "e-mail"), (contact.pk, "in-app")]


def test_nobody_is_told_of_what_they_reopened_themselves(log, officer):
    enquiry = log(owner=officer)
    close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=LATER)

    reopen_enquiry(enquiry=enquiry, on=TODAY, by=officer, now=LATER)

    assert told() == []


def test_nobody_of_another_authority_can_change_an_enquiry(enquiry, stranger):
    with pytest.raises(Enquiry.DoesNotExist):
        close_enquiry(enquiry=enquiry, reason="Mine", by=stranger, now=NOW)


# --- Changing details ---------------------------------------------------------------


def test_changing_details_says_what_changed_and_moves_the_dates(enquiry, officer):
    changed = change_details(
        enquiry=enquiry,
        version=1,
        changes={"received_on": date(2026, 3, 3), "subject": "Potholes", "question": enquiry.question},
        by=officer,
        now=LATER,
    )

    assert (changed.version, changed.subject, changed.due_on) == (2, "Potholes", date(2026, 3, 17))
    assert [event.on for event in enquiry.clock_events.all()] == [TODAY, date(2026, 3, 3)]
    assert enquiry.timeline.first().text == "Changed: date received, subject."
    assert [h.subject for h in enquiry.history.all()] == ["Potholes", "Potholes in Mill Lane"]


def test_saving_what_was_there_changes_nothing(enquiry, officer):
    same = change_details(enquiry=enquiry, version=1, changes=details_of(enquiry), by=officer, now=LATER)

    assert same.version == 1
    assert enquiry.history.count() == 1


def test_the_same_change_twice_is_one(enquiry, officer):
    for _ in range(2):
        change_details(enquiry=enquiry, version=1, changes={"subject": "Potholes"}, by=officer, now=LATER)

    enquiry.refresh_from_db()
    assert (enquiry.subject, enquiry.version) == ("Potholes", 2)


def test_a_constituent_can_be_added_changed_and_removed(enquiry, officer):
    for version, name in enumerate(["Bo Tarn", "Bo Tarne", ""], start=1):
        change_details(
            enquiry=enquiry, version=version, changes={"constituent_name": name}, by=officer, now=LATER
        )

    assert not Constituent.objects.exists()
    history = Constituent.history.order_by("history_id")
    assert [(h.history_type, h.name, h.history_user) for h in history] == [
        ("+", "Bo Tarn", officer.user),
        ("~", "Bo Tarne", officer.user),
        ("-", "Bo Tarne", officer.user),
    ]


def test_the_second_saver_is_given_both_versions_and_nothing_is_written(log, officer):
    enquiry = log(constituent_name="Bo Tarn")
    change_details(
        enquiry=enquiry,
        version=1,
        changes={"subject": "Mill Lane", "constituent_name": "Bo Tarne"},
        by=officer,
        now=LATER,
    )

    with pytest.raises(EditConflict) as conflict:
        change_details(enquiry=enquiry, version=1, changes={"subject": "Potholes"}, by=officer, now=LATER)

    error = conflict.value
    assert error.version == 2
    assert (error.base["subject"], error.theirs["subject"], error.yours["subject"]) == (
        "Potholes in Mill Lane",
        "Mill Lane",
        "Potholes",
    )
    assert (error.base["constituent_name"], error.theirs["constituent_name"]) == ("Bo Tarn", "Bo Tarne")
    enquiry.refresh_from_db()
    assert enquiry.subject == "Mill Lane"


def test_a_constituent_removed_before_both_began_is_not_in_the_base(log, officer):
    enquiry = log(constituent_name="Bo Tarn")
    for version, changes in enumerate([{"constituent_name": ""}, {"subject": "Mill Lane"}], start=1):
        change_details(enquiry=enquiry, version=version, changes=changes, by=officer, now=LATER)

    with pytest.raises(EditConflict) as conflict:
        change_details(enquiry=enquiry, version=2, changes={"subject": "Potholes"}, by=officer, now=LATER)

    assert conflict.value.base["constituent_name"] == ""


@pytest.mark.parametrize("how", ["acknowledged", "replied to", "closed", "closed before", "reopened"])
@pytest.mark.parametrize(("days", "is_refused"), [(-1, False), (0, False), (1, True)])
def test_nothing_is_received_after_work_on_it(enquiry, officer, how, days, is_refused):
    first = date(2026, 6, 5)
    if how == "acknowledged":
        acknowledge(enquiry=enquiry, by=officer, now=LATER, on=first)
    elif how != "replied to":
        closed_on = first + timedelta(days=3 if how == "reopened" else 0)
        closed_at = make_aware(datetime.combine(closed_on, time(0, 30)))  # the day before in UTC
        close_enquiry(enquiry=enquiry, reason="Withdrawn", by=officer, now=closed_at)
        if how != "closed":
            reopened_on = first if how == "reopened" else first + timedelta(days=3)
            reopen_enquiry(enquiry=enquiry, on=reopened_on, by=officer, now=LATER)
    else:
        Reply.objects.filter(pk=reply_to(enquiry, officer, TODAY).pk).update(taken_back_at=LATER)
        Enquiry.objects.update(replied_on=None, reply_working_days=None, acknowledged_on=None)
        reply_to(enquiry, officer, first)
        reopen_enquiry(enquiry=enquiry, on=first, by=officer, now=LATER)
        Enquiry.objects.update(acknowledged_on=None)
    received_on, what = first + timedelta(days=days), how.removesuffix(" before")

    with pytest.raises(Refused, match=f"{what} on 5 June 2026") if is_refused else nullcontext():
        change_details(
            enquiry=enquiry, version=1, changes={"received_on": received_on}, by=officer, now=LATER
        )

    enquiry.refresh_from_db()
    assert enquiry.received_on == (TODAY if is_refused else received_on)


def test_correcting_the_receipt_of_what_is_replied_recounts_its_working_days(enquiry, officer):
    reply_to(enquiry, officer, date(2026, 3, 6))

    changed = change_details(
        enquiry=enquiry, version=1, changes={"received_on": date(2026, 2, 27)}, by=officer, now=LATER
    )

    assert changed.reply_working_days == 5


def test_a_new_mp_brings_a_new_seat(enquiry, officer, authority):
    other = MPFactory(authority=None)

    changed = change_details(enquiry=enquiry, version=1, changes={"mp": other}, by=officer, now=LATER)

    assert changed.constituency == other.holdings.get().constituency


# --- Policy, topics, closure days ---------------------------------------------------


def test_default_policies_cover_every_type_once(authority):
    create_default_policies(authority=authority)

    policies = {p.enquiry_type: p for p in ResponsePolicy.objects.filter(authority=authority)}
    assert set(policies) == set(EnquiryType)
    assert ResponsePolicy.objects.count() == len(EnquiryType)
    said = {
        kind: (p.acknowledge_days, p.reply_in, p.reply_unit, p.complex_days, p.immediate_days, p.amber_days)
        for kind, p in policies.items()
    }
    days, months = ReplyUnit.WORKING_DAYS, ReplyUnit.MONTHS
    assert said[EnquiryType.ENQUIRY] == (2, 10, days, 20, 2, 3)
    assert said[EnquiryType.COMPLAINT] == (5, 10, days, 20, 2, 3)
    assert said[EnquiryType.FOI] == (2, 20, days, 20, 2, 3)
    assert said[EnquiryType.SUBJECT_ACCESS] == (2, 1, months, 20, 2, 3)
    assert [(s.step, s.offset, s.whom) for s in policies[EnquiryType.ENQUIRY].ladder.all()] == [
        (1, -3, Whom.OWNER),
        (2, 0, Whom.HEAD),
        (3, 2, Whom.DIRECTOR),
        (4, 5, Whom.CHIEF_EXECUTIVE),
    ]


def test_default_topics_are_made_once(authority):
    Topic.objects.create(authority=authority, name="Public health", is_active=False)

    for _ in range(2):
        create_default_topics(authority=authority)

    assert Topic.objects.filter(authority=authority).count() == 12
    assert not Topic.objects.get(authority=authority, name="Public health").is_active


def test_setting_the_policy_moves_open_clocks_of_its_type(authority, political_affairs, log):
    enquiry, complaint = log(), log(enquiry_type=EnquiryType.COMPLAINT)
    policy = ResponsePolicy.objects.get(authority=authority, enquiry_type=EnquiryType.ENQUIRY)

    moved = set_policy(
        policy=policy,
        version=1,
        changes={"reply_in": 5, "amber_days": 1},
        ladder=[Rung(5, Whom.CHIEF_EXECUTIVE), Rung(-1, Whom.PERSON, political_affairs)],
        by=political_affairs,
        now=LATER,
    )

    enquiry.refresh_from_db()
    complaint.refresh_from_db()
    policy.refresh_from_db()
    assert moved == 1
    assert (enquiry.amber_on, enquiry.due_on) == (date(2026, 3, 6), date(2026, 3, 9))
    assert complaint.due_on == date(2026, 3, 16)
    assert (policy.version, policy.history.latest("history_id").history_user) == (2, political_affairs.user)
    assert [(s.step, s.offset, s.whom, s.person) for s in policy.ladder.all()] == [
        (1, -1, Whom.PERSON, political_affairs),
        (2, 5, Whom.CHIEF_EXECUTIVE, None),
    ]


def test_two_people_setting_one_policy_conflict(authority, political_affairs):
    policy = ResponsePolicy.objects.get(authority=authority, enquiry_type=EnquiryType.ENQUIRY)
    set_policy(policy=policy, version=1, changes={"reply_in": 5}, ladder=[], by=political_affairs, now=NOW)

    with pytest.raises(EditConflict) as conflict:
        set_policy(
            policy=policy, version=1, changes={"reply_in": 7}, ladder=[], by=political_affairs, now=NOW
        )

    assert conflict.value.theirs == {"reply_in": 5, "ladder": []}
    assert conflict.value.yours == {"reply_in": 7, "ladder": []}
    assert conflict.value.base["reply_in"] == 10


def test_closure_days_and_the_cut_off_are_kept_in_the_history(authority, political_affairs):
    on, by = date(2026, 3, 5), {"by": political_affairs, "now": NOW}
    set_closure_day(on=on, name="Staff day", is_working=False, **by)
    set_closure_day(on=on, name="Staff away day", is_working=False, **by)
    remove_closure_day(closure_day=ClosureDay.objects.get(), **by)
    set_cut_off(cut_off_time=time(16, 0), **by)

    days = ClosureDay.history.order_by("pk")
    assert [(row.history_type, row.name) for row in days] == [
        ("+", "Staff day"),
        ("~", "Staff away day"),
        ("-", "Staff away day"),
    ]
    cut_off = authority.history.latest("pk")
    assert cut_off.cut_off_time == time(16, 0)
    for row in [*days, cut_off]:
        assert (row.history_user, row.history_date) == (political_affairs.user, NOW)


def test_a_closure_day_moves_open_clocks_there_and_back(authority, political_affairs, enquiry):
    on = date(2026, 3, 5)

    assert set_closure_day(on=on, name="Staff day", is_working=False, by=political_affairs, now=NOW) == 1
    enquiry.refresh_from_db()
    assert enquiry.due_on == date(2026, 3, 17)
    assert enquiry.timeline.first().text == (
        "Reply due 17 March 2026 instead of 16 March 2026. 5 March 2026 is now a closure day (Staff day)."
    )

    day = ClosureDay.objects.get()
    assert remove_closure_day(closure_day=day, by=political_affairs, now=NOW) == 1
    enquiry.refresh_from_db()
    assert enquiry.due_on == date(2026, 3, 16)
    assert not ClosureDay.objects.exists()


def test_an_opening_on_a_bank_holiday_brings_dates_forward(authority, political_affairs, log):
    enquiry = log(received_on=date(2026, 4, 1))
    assert enquiry.due_on == date(2026, 4, 17)

    set_closure_day(on=date(2026, 4, 3), name="Open", is_working=True, by=political_affairs, now=NOW)

    enquiry.refresh_from_db()
    assert enquiry.due_on == date(2026, 4, 16)


# --- The reply clock's colours ------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "rag"),
    [
        (date(2026, 3, 10), "green"),
        (date(2026, 3, 11), "amber"),
        (date(2026, 3, 12), "amber"),
        (date(2026, 3, 15), "amber"),
        (date(2026, 3, 16), "amber"),
        (date(2026, 3, 17), "red"),
    ],
)
def test_the_colour_on_each_side_of_each_date(enquiry, on, rag):
    assert Enquiry.objects.with_rag(on).get().rag == rag
    for colour in ("green", "amber", "red"):
        assert Enquiry.objects.in_rag(colour, on).exists() == (colour == rag)


def test_an_immediate_enquiry_is_green_never_and_red_after_its_days(log):
    log(urgency=Urgency.IMMEDIATE)

    colours = [Enquiry.objects.with_rag(TODAY + timedelta(days=n)).get().rag for n in range(4)]

    assert colours == ["amber", "amber", "amber", "red"]


def test_a_reply_or_closing_ends_the_colour(log, officer):
    reply_to(log(), officer, TODAY)
    close_enquiry(enquiry=log(), reason="Withdrawn", by=officer, now=NOW)

    assert {e.rag for e in Enquiry.objects.with_rag(date(2026, 6, 1))} == {""}


def test_the_queue_puts_nearly_late_before_late_before_the_rest(log):
    on = date(2026, 3, 12)
    late = log(received_on=date(2026, 2, 16))
    later = log(received_on=date(2026, 2, 9))
    late_immediate = log(urgency=Urgency.IMMEDIATE)
    nearly = log(received_on=date(2026, 3, 2))
    nearly_immediate = log(received_on=date(2026, 3, 11), urgency=Urgency.IMMEDIATE)
    rest = log(received_on=date(2026, 3, 11))
    sooner = log(received_on=date(2026, 3, 10))

    queue = list(Enquiry.objects.open().in_queue_order(on))

    assert queue == [nearly_immediate, nearly, late_immediate, later, late, sooner, rest]


def test_logging_needs_the_policy_of_its_type(officer, mp):
    ResponsePolicy.objects.all().delete()

    with pytest.raises(ResponsePolicy.DoesNotExist):
        log_enquiry(
            by=officer,
            now=NOW,
            mp=mp,
            received_on=TODAY,
            channel=Contact.EMAIL,
            subject="Subject",
            question="Question",
            submission=uuid4(),
        )

    assert not Enquiry.objects.exists()
    assert not ReferenceCounter.objects.exists()
