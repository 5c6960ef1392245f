"""The escalation ladder: each step once, to the right person, whatever ran twice, late or beside itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ClosureDay, Membership, Role
from enquiries.escalation import last_due_on, rungs, sweep
from enquiries.models import (
    EnquiryType,
    Escalation,
    LadderStep,
    ResponsePolicy,
    TimelineEntry,
    Urgency,
    Whom,
)
from enquiries.services import (
    Rung,
    close_enquiry,
    create_default_policies,
    reopen_enquiry,
    send_reply,
    set_policy,
)
from mpcrm.working_days import Calendar
from notifications.models import Channel, Notification
from tests.factories import AuthorityFactory, EnquiryFactory, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db

DUE = date(2026, 3, 16)  # a Monday; the ladder's days are 11, 16, 18 and 23 March
NOTHING = {"escalated": 0, "escalated_to_nobody": 0}


def at(on: date, hour: int = 9) -> datetime:
    return datetime.combine(on, time(hour), tzinfo=UTC)


@pytest.fixture
def office(authority):
    """Northmoor with the default ladder, a service with everybody the ladder names, and a chief executive."""
    create_default_policies(authority=authority)
    authority.chief_executive = MembershipFactory(authority=authority, role=Role.EXECUTIVE)
    authority.save()
    return authority


@pytest.fixture
def highways(office):
    head, director, substitute = (
        MembershipFactory(authority=office, role=Role.SERVICE_CONTACT) for _ in range(3)
    )
    return ServiceFactory(
        authority=office, name="Highways", head=head, director=director, substitute=substitute
    )


@pytest.fixture
def lead(office):
    return MembershipFactory(authority=office, role=Role.POLITICAL_AFFAIRS)


def enquiry_of(service, **fields):
    fields.setdefault("owner", MembershipFactory(authority=service.authority, role=Role.SERVICE_CONTACT))
    return EnquiryFactory(authority=service.authority, service=service, due_on=DUE, **fields)


def steps() -> list[int]:
    """Those reached, each by its working days from the due date."""
    return sorted(Escalation.objects.values_list("offset", flat=True))


def told() -> list[Membership]:
    return [row.recipient for row in Notification.objects.filter(channel=Channel.IN_APP).order_by("pk")]


def leave(membership):
    membership.is_active = False
    membership.save()


# --- When ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "step"),
    [
        (date(2026, 3, 10), None),
        (date(2026, 3, 11), -3),
        (date(2026, 3, 13), -3),
        (date(2026, 3, 15), -3),  # the Sunday before
        (date(2026, 3, 16), 0),
        (date(2026, 3, 17), 0),
        (date(2026, 3, 18), 2),
        (date(2026, 3, 22), 2),
        (date(2026, 3, 23), 5),
        (date(2027, 3, 23), 5),
    ],
)
def test_the_highest_step_reached_is_recorded(highways, on, step):
    enquiry_of(highways)

    counts = sweep(now=at(on))

    assert counts == NOTHING | {"escalated": 0 if step is None else 1}
    assert steps() == ([] if step is None else [step])


def test_the_day_begins_at_midnight_in_london(highways):
    enquiry_of(highways, reference="NM-2026-00001")
    summer = enquiry_of(highways, reference="NM-2026-00002")
    summer.due_on = date(2026, 7, 1)
    summer.save()

    before = sweep(now=datetime(2026, 6, 25, 22, 59, tzinfo=UTC))["escalated"]
    after = sweep(now=datetime(2026, 6, 25, 23, 0, tzinfo=UTC))["escalated"]  # 00:00 on the 26th

    assert (before, after) == (1, 1)
    assert summer.escalations.get().offset == -3


def test_days_are_the_authoritys_own(highways, office):
    enquiry_of(highways)
    ClosureDay.objects.create(authority=office, on=date(2026, 3, 17), name="Office move")

    on_the_eighteenth = sweep(now=at(date(2026, 3, 18)))
    step_of_the_eighteenth = steps()
    on_the_nineteenth = sweep(now=at(date(2026, 3, 19)))

    assert (on_the_eighteenth["escalated"], step_of_the_eighteenth) == (1, [0])
    assert (on_the_nineteenth["escalated"], steps()) == (1, [0, 2])


@pytest.mark.parametrize("nation", ["england", "scotland", "northern-ireland"])
def test_the_latest_due_date_of_a_step_is_the_last_whose_day_has_come(nation):
    calendar = Calendar(nation, {date(2026, 12, 29), date(2026, 12, 30)}, {date(2026, 12, 28)})
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(400)]

    for on in days[40:-40:3]:
        for offset in range(-12, 13):
            come = [
                due for due in days if (calendar.add(due, offset) if offset else due) <= on
            ]  # the rule, said plainly

            assert last_due_on(calendar, on=on, offset=offset) == max(come), (on, offset)


def test_an_immediate_enquiry_starts_one_step_up(highways):
    enquiry_of(highways, urgency=Urgency.IMMEDIATE)

    found = []
    for on in (date(2026, 3, 10), date(2026, 3, 11), DUE, date(2026, 3, 18), date(2026, 3, 23)):
        sweep(now=at(on))
        found.append(steps())

    assert found == [[], [0], [0, 2], [0, 2, 5], [0, 2, 5]]


def test_a_ladder_of_one_step_has_no_step_up():
    alone = [LadderStep(step=1, offset=0)]

    assert rungs(alone, urgency=Urgency.IMMEDIATE) == rungs(alone, urgency=Urgency.STANDARD) == [(0, 0)]


def test_each_type_of_enquiry_has_its_own_ladder(highways, office):
    LadderStep.objects.filter(policy__enquiry_type=EnquiryType.FOI).update(offset=30)
    enquiry_of(highways, enquiry_type=EnquiryType.FOI, reference="NM-2026-00001")
    other = enquiry_of(highways, enquiry_type=EnquiryType.COMPLAINT, reference="NM-2026-00002")

    sweep(now=at(DUE))

    assert [escalation.enquiry for escalation in Escalation.objects.all()] == [other]


# --- Once ---------------------------------------------------------------------------------


def test_running_twice_escalates_once(highways):
    enquiry_of(highways)

    first, second = sweep(now=at(DUE)), sweep(now=at(DUE, hour=10))

    assert (first["escalated"], second["escalated"]) == (1, 0)
    assert TimelineEntry.objects.filter(kind=TimelineEntry.Kind.ESCALATED).count() == 1
    assert Notification.objects.count() == 2  # in mpcrm and by e-mail


def test_every_step_is_reached_in_its_turn(highways):
    enquiry = enquiry_of(highways)

    for n in range(40):
        sweep(now=at(date(2026, 3, 1) + timedelta(days=n)))

    assert steps() == [-3, 0, 2, 5]
    assert told() == [enquiry.owner, highways.head, highways.director, highways.authority.chief_executive]


def test_after_a_gap_each_enquiry_is_escalated_once_to_the_highest_step(highways):
    for n in range(5):
        enquiry_of(highways, reference=f"NM-2026-{n:05}")
    sweep(now=at(date(2026, 3, 15)))

    after = sweep(now=at(date(2026, 3, 18)))

    assert after == NOTHING | {"escalated": 5}
    assert steps() == [-3] * 5 + [2] * 5


def test_a_clock_set_back_escalates_nothing_lower(highways):
    enquiry_of(highways)
    sweep(now=at(date(2026, 3, 18)))

    assert sweep(now=at(DUE)) == NOTHING
    assert steps() == [2]


def test_a_new_due_date_is_escalated_anew(highways, officer):
    enquiry = enquiry_of(highways)
    sweep(now=at(DUE))
    enquiry.due_on = date(2026, 4, 1)
    enquiry.save()

    before = sweep(now=at(DUE))
    after = sweep(now=at(date(2026, 4, 1)))

    assert (before["escalated"], after["escalated"]) == (0, 1)
    assert list(enquiry.escalations.order_by("pk").values_list("due_on", "offset")) == [
        (DUE, 0),
        (date(2026, 4, 1), 0),
    ]


def test_what_is_replied_to_or_closed_is_left_alone_until_it_is_reopened(highways, officer):
    replied = enquiry_of(highways, reference="NM-2026-00001")
    closed = enquiry_of(highways, reference="NM-2026-00002")
    send_reply(
        enquiry=replied,
        text="Dear MP",
        sent_on=date(2026, 3, 3),
        channel="e-mail",
        by=officer,
        now=at(date(2026, 3, 3)),
        submission="7c4e7b0e-4b8c-4c35-9c5c-0d8f6a6c9a01",
    )
    close_enquiry(enquiry=closed, reason="Withdrawn", by=officer, now=at(date(2026, 3, 3)))

    while_answered = sweep(now=at(date(2026, 6, 1)))
    reopen_enquiry(enquiry=closed, on=date(2026, 6, 1), by=officer, now=at(date(2026, 6, 1)))
    closed.refresh_from_db()
    once_reopened = sweep(now=at(closed.due_on))

    assert while_answered == NOTHING
    assert once_reopened["escalated"] == 1
    assert Escalation.objects.get().enquiry == closed


def set_ladder(lead: Membership, *rungs: Rung) -> None:
    policy = ResponsePolicy.objects.get(authority=lead.authority, enquiry_type=EnquiryType.ENQUIRY)
    set_policy(policy=policy, version=policy.version, changes={}, ladder=rungs, by=lead, now=at(DUE))


DIRECTOR, CHIEF = Rung(2, Whom.DIRECTOR), Rung(5, Whom.CHIEF_EXECUTIVE)


def test_a_step_taken_out_of_the_ladder_hides_none_of_those_to_come(highways, lead):
    enquiry_of(highways)
    sweep(now=at(date(2026, 3, 18)))

    set_ladder(lead, Rung(0, Whom.HEAD), DIRECTOR, CHIEF)
    again = sweep(now=at(date(2026, 3, 19)))
    sweep(now=at(date(2026, 3, 23)))

    assert again == NOTHING
    assert told() == [highways.director, highways.authority.chief_executive]
    assert "Step 3 of the escalation ladder" in TimelineEntry.objects.latest("pk").text


def test_a_step_put_into_the_ladder_repeats_none_of_those_before(highways, lead):
    enquiry_of(highways)
    sweep(now=at(DUE))

    set_ladder(lead, Rung(-5, Whom.OWNER), Rung(-3, Whom.OWNER), Rung(0, Whom.HEAD), DIRECTOR, CHIEF)

    assert sweep(now=at(date(2026, 3, 17))) == NOTHING
    assert told() == [highways.head]


def test_who_was_told_of_a_step_is_told_of_the_next_whatever_its_number(highways, lead):
    set_ladder(lead, Rung(-3, Whom.OWNER), Rung(2, Whom.DIRECTOR))
    enquiry_of(highways)
    sweep(now=at(date(2026, 3, 18)))

    set_ladder(lead, Rung(2, Whom.HEAD), Rung(5, Whom.DIRECTOR))  # step 2 both times
    sweep(now=at(date(2026, 3, 23)))

    assert told() == [highways.director, highways.director]


# --- To whom ------------------------------------------------------------------------------


def test_the_first_step_tells_the_owner_alone(highways, lead):
    enquiry = enquiry_of(highways)

    sweep(now=at(date(2026, 3, 11)))

    assert told() == [enquiry.owner]


def test_without_an_owner_the_services_contacts_are_told(highways, lead):
    contact, gone = (
        MembershipFactory(authority=highways.authority, role=Role.SERVICE_CONTACT) for _ in range(2)
    )
    contact.services.add(highways)
    gone.services.add(highways)
    leave(gone)
    enquiry_of(highways, owner=None)

    sweep(now=at(date(2026, 3, 11)))

    assert told() == [contact]


@pytest.mark.parametrize(("days", "is_away"), [(-1, False), (0, True), (1, True)])
def test_the_services_contacts_stand_in_for_an_owner_who_is_away(highways, days, is_away):
    on = date(2026, 3, 11)
    enquiry = enquiry_of(highways)
    here, gone = (MembershipFactory(authority=highways.authority, role=Role.OFFICER) for _ in range(2))
    for contact in (enquiry.owner, here, gone):
        contact.services.add(highways)
    Membership.objects.filter(pk=gone.pk).update(away_until=on)
    Membership.objects.filter(pk=enquiry.owner_id).update(away_until=on + timedelta(days))

    sweep(now=at(on))
    sweep(now=at(DUE))

    assert told() == [here if is_away else enquiry.owner, highways.head]
    until = f"service contact, Highways, because its owner is away until {(on + timedelta(days)).day} March"
    assert (until in TimelineEntry.objects.order_by("pk").first().text) == is_away
    body = Notification.objects.get(recipient=highways.head, channel="in-app").body
    assert f"agree with {enquiry.owner}" in body  # who is back by the due date


def test_without_a_contact_who_is_here_the_substitute_and_then_political_affairs_are_told(highways, lead):
    away = {"away_until": date(2026, 3, 17)}
    enquiry = enquiry_of(highways)
    enquiry.owner.services.add(highways)
    Membership.objects.filter(pk=enquiry.owner_id).update(**away)

    sweep(now=at(date(2026, 3, 11)))
    sweep(now=at(DUE))
    Membership.objects.filter(pk=highways.substitute_id).update(**away)
    enquiry_of(highways, owner=enquiry.owner)
    sweep(now=at(date(2026, 3, 13)))

    assert told() == [highways.substitute, highways.head, lead]
    why = "because its owner is away until 17 March 2026 and Highways has no contact who is here"
    assert [why in entry.text for entry in TimelineEntry.objects.order_by("pk")] == [True, False, True]
    body = Notification.objects.get(recipient=highways.head, channel="in-app").body
    assert (
        f"{enquiry.owner}, who owns it, is away until 17 March 2026: agree today who replies instead" in body
    )


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.ADMIN])
def test_who_answers_no_enquiries_is_nobodys_contact(highways, role):
    moved_on = MembershipFactory(authority=highways.authority, role=role)
    moved_on.services.add(highways)
    enquiry_of(highways, owner=None)

    sweep(now=at(date(2026, 3, 11)))

    assert told() == [highways.substitute]


@pytest.mark.parametrize("on", [DUE, date(2026, 3, 18)])
def test_who_is_told_of_an_enquiry_may_open_it(highways, sign_in, on):
    def answered() -> int:
        return sign_in(told()[-1]).get(f"/northmoor/enquiries/{enquiry.reference}/").status_code

    enquiry = enquiry_of(highways)
    sweep(now=at(on))
    named = answered()
    leave(highways.head)
    leave(highways.director)
    enquiry = enquiry_of(highways)
    sweep(now=at(on))

    assert told()[-1] == highways.substitute
    assert (named, answered()) == (200, 200)


@pytest.mark.parametrize(
    ("substitute", "next_step"),
    [(Role.SERVICE_CONTACT, "send the reply, or record it"), (Role.EXECUTIVE, "nobody owns it yet: agree")],
)
def test_an_owner_who_left_is_not_told(highways, substitute, next_step):
    enquiry = enquiry_of(highways)
    leave(enquiry.owner)
    Membership.objects.filter(pk=highways.substitute_id).update(role=substitute)

    sweep(now=at(date(2026, 3, 11)))

    assert told() == [highways.substitute]
    assert f"What to do next: {next_step}" in Notification.objects.get(channel="in-app").body


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.ADMIN])
def test_an_owner_whose_role_answers_no_enquiries_is_not_told(highways, role):
    enquiry = enquiry_of(highways)
    Membership.objects.filter(pk=enquiry.owner_id).update(role=role)

    sweep(now=at(date(2026, 3, 11)))
    sweep(now=at(DUE))

    assert told() == [highways.substitute, highways.head]
    entry = TimelineEntry.objects.order_by("pk").first()
    assert "its owner answers no enquiries any more" in entry.text
    assert "nobody owns it yet" in Notification.objects.get(recipient=highways.head, channel="in-app").body


@pytest.mark.parametrize(("on", "post"), [(DUE, "head"), (date(2026, 3, 18), "director")])
def test_the_substitute_stands_in_for_someone_who_left(highways, on, post):
    enquiry_of(highways)
    leave(getattr(highways, post))

    sweep(now=at(on))

    assert told() == [highways.substitute]
    assert "no longer works here" in TimelineEntry.objects.get().text


@pytest.mark.parametrize(("on", "post"), [(DUE, "head"), (date(2026, 3, 18), "director")])
def test_the_substitute_stands_in_for_someone_whose_role_opens_no_enquiry(highways, on, post):
    enquiry_of(highways)
    Membership.objects.filter(pk=getattr(highways, post).pk).update(role=Role.ADMIN)

    sweep(now=at(on))

    assert told() == [highways.substitute]
    assert "may not open enquiries" in TimelineEntry.objects.get().text


@pytest.mark.parametrize(("days", "is_away"), [(-1, False), (0, True), (1, True)])
def test_the_substitute_stands_in_for_someone_who_is_away_to_the_day_and_including_it(
    highways, days, is_away
):
    enquiry_of(highways)
    Membership.objects.filter(pk=highways.head_id).update(away_until=DUE + timedelta(days))

    sweep(now=at(DUE))

    assert told() == [highways.substitute if is_away else highways.head]
    until = f"because head of service, Highways is away until {(DUE + timedelta(days)).day} March 2026)"
    assert (until in TimelineEntry.objects.get().text) == is_away


def test_where_the_substitute_is_away_too_political_affairs_are_told(highways, lead):
    enquiry_of(highways)
    Membership.objects.filter(pk__in=[highways.head_id, highways.substitute_id]).update(away_until=DUE)

    sweep(now=at(DUE))

    assert told() == [lead]


def test_a_named_person_is_told(highways, office):
    person = MembershipFactory(authority=office)
    policy = ResponsePolicy.objects.get(authority=office, enquiry_type=EnquiryType.ENQUIRY)
    policy.ladder.filter(step=2).update(whom=Whom.PERSON, person=person)
    enquiry_of(highways)

    sweep(now=at(DUE))

    assert told() == [person]


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 3, 11), "it has no owner and it is allocated to no service"),
        (DUE, "it is allocated to no service"),
        (date(2026, 3, 18), "it is allocated to no service"),
        (date(2026, 3, 23), "chief executive no longer works here"),
    ],
)
def test_where_nobody_can_be_found_the_political_affairs_lead_is_told_and_told_why(office, lead, on, why):
    leave(office.chief_executive)
    enquiry = EnquiryFactory(authority=office, due_on=DUE)

    counts = sweep(now=at(on))

    body = Notification.objects.filter(channel=Channel.EMAIL).get().body
    assert counts == NOTHING | {"escalated": 1}
    assert told() == [lead]
    assert f"because {why}." in body
    assert f"Told {lead} (political affairs), because {why}." in enquiry.timeline.get().text


def test_with_nobody_at_all_the_timeline_says_so(office):
    enquiry = EnquiryFactory(authority=office, due_on=DUE)

    counts = sweep(now=at(DUE))

    assert counts == {"escalated": 1, "escalated_to_nobody": 1}
    assert "Nobody could be told" in enquiry.timeline.get().text
    assert sweep(now=at(DUE)) == NOTHING


def test_another_authority_has_its_own_ladder_people_and_days(highways):
    elsewhere = AuthorityFactory(name="Southfen Council", nation="scotland")
    create_default_policies(authority=elsewhere)
    their_lead = MembershipFactory(authority=elsewhere, role=Role.POLITICAL_AFFAIRS)
    without_policy = EnquiryFactory(due_on=DUE)
    enquiry_of(highways)
    theirs = EnquiryFactory(authority=elsewhere, due_on=DUE)

    counts = sweep(now=at(DUE))

    assert counts["escalated"] == 2
    assert not without_policy.escalations.exists()
    assert Notification.objects.filter(recipient=their_lead, authority=elsewhere).count() == 2
    assert {row.authority for row in Notification.objects.all()} == {highways.authority, elsewhere}
    assert theirs.timeline.get().authority == theirs.escalations.get().authority == elsewhere


# --- In which words -----------------------------------------------------------------------


def test_the_words_say_what_happened_how_late_and_what_to_do(highways, office):
    enquiry = enquiry_of(highways, reference="NM-2026-00042")
    office.slug = "northmoor"

    sweep(now=at(date(2026, 3, 18)))

    row = Notification.objects.get(channel=Channel.EMAIL)
    entry = enquiry.timeline.get()
    assert row.title == "NM-2026-00042: reply overdue by 2 working days"
    assert row.body == (
        "The reply to enquiry NM-2026-00042 was due on Monday 16 March 2026. "
        "It is overdue by 2 working days, and no reply is recorded.\n\n"
        "Topic: none chosen. Service: Highways.\n\n"
        "This is step 3 of the escalation ladder. You are told as director, Highways.\n\n"
        f"What to do next: agree with {enquiry.owner}, who owns it, when the reply goes, "
        "and see that the MP's office knows if it will be late."
    )
    assert row.path == "/northmoor/enquiries/NM-2026-00042/"
    assert (entry.by, entry.at) == (None, at(date(2026, 3, 18)))
    assert entry.text == (
        "Step 3 of the escalation ladder: reply overdue by 2 working days. "
        f"Told {highways.director} (director, Highways)."
    )


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 3, 11), "reply due in 3 working days"),
        (date(2026, 3, 13), "reply due in 1 working day"),
        (DUE, "reply due today"),
        (date(2026, 3, 17), "reply overdue by 1 working day"),
        (date(2026, 3, 21), "reply overdue by 4 working days"),  # a Saturday
    ],
)
def test_how_late_is_said_in_working_days(highways, on, words):
    enquiry_of(highways)

    sweep(now=at(on))

    assert Notification.objects.first().title.endswith(f": {words}")


def test_no_word_of_the_mp_or_the_constituent_is_passed_on(highways, lead):
    canaries = ["CanarySubject", "CanaryQuestion", "CanaryMP"]
    for n, owner in enumerate([None, lead]):
        enquiry = enquiry_of(
            highways,
            reference=f"NM-2026-{n:05}",
            subject="CanarySubject",
            question="CanaryQuestion",
            owner=owner,
        )
        enquiry.mp.name = "CanaryMP"
        enquiry.mp.save()

    for on in (date(2026, 3, 11), DUE, date(2026, 3, 18), date(2026, 3, 23)):
        sweep(now=at(on))

    said = [
        *Notification.objects.values_list("title", flat=True),
        *Notification.objects.values_list("body", flat=True),
        *Notification.objects.values_list("path", flat=True),
        *TimelineEntry.objects.values_list("text", flat=True),
    ]
    assert len(said) == 3 * 16 + 8
    assert [text for text in said if any(canary in text for canary in canaries)] == []


# --- At what cost, and beside others --------------------------------------------------------


def queries_for(n: int, service) -> int:
    for number in range(n):
        enquiry_of(service, reference=f"NM-2026-{n:03}{number:02}")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert sweep(now=at(DUE))["escalated"] == n
    return len(captured)


def test_a_sweep_costs_the_same_for_one_enquiry_and_for_thirty(highways):
    one, thirty = queries_for(1, highways), queries_for(30, highways)

    assert one <= thirty <= one + 1 <= 16  # SQLite splits a large insert in two


def test_more_than_one_batch_is_escalated_in_one_sweep(highways, monkeypatch):
    monkeypatch.setattr("enquiries.escalation.BATCH", 4)
    for n in range(10):
        enquiry_of(highways, reference=f"NM-2026-{n:05}")

    assert sweep(now=at(DUE))["escalated"] == 10
    assert steps() == [0] * 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_enquiry_someone_is_at_work_on_waits_for_the_next_sweep(highways):
    import psycopg

    from tests.conftest import database_url

    busy = enquiry_of(highways, reference="NM-2026-00001")
    enquiry_of(highways, reference="NM-2026-00002")
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM enquiries_enquiry WHERE id = %s FOR UPDATE", [busy.pk])

        meanwhile = sweep(now=at(DUE))

    afterwards = sweep(now=at(DUE))
    assert (meanwhile["escalated"], afterwards["escalated"]) == (1, 1)
    assert steps() == [0, 0]
