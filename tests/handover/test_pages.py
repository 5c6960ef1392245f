"""The pages of the hand-over."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Role
from contacts.models import (
    Constituency,
    Dissolution,
    HandoverStep,
    MPListImport,
    NewsKind,
    SeatHolding,
)
from contacts.news import News, record_news
from engagements.models import Commitment, EngagementPlan
from enquiries.models import CarryOver
from enquiries.services import send_reply
from notifications.models import ToDo
from overview.handover import steps
from overview.handover.seats import overview_of
from tests.factories import (
    ChecklistAnswerFactory,
    CommitmentFactory,
    ConstituencyFactory,
    CouncilLeadFactory,
    EngagementPlanFactory,
    MembershipFactory,
    MPFactory,
)
from tests.handover.world import (
    CARRY,
    DAY,
    ELECTED,
    LOST,
    NOW,
    TODAY,
    abolish,
    carry,
    handover_of,
)


def test_the_list_says_how_many_are_handed_over_and_links_to_each(former, new, officer, sign_in, url):
    page = sign_in(officer).get(reverse("overview:handover_list", args=[officer.authority.slug]))
    words = page.content.decode()
    assert "0 of 1 seat handed over" in words
    assert url("handover_seat") in words
    assert f"{ELECTED:%-d %B %Y}" in words


@pytest.mark.parametrize(
    ("dissolved", "listed", "says"),
    [
        (None, None, "The MPs of your seats are recorded here."),
        (None, -3, "was imported on"),
        ((-60, -22), -21, "was imported on"),
        ((-60, -22), -22, "before the election: who won is not known yet."),
        ((-60, None), -70, "nobody has won or lost a seat yet."),
        ((-60, 0), -70, "nobody has won or lost a seat yet."),
    ],
)
@pytest.mark.parametrize("is_instance_admin", [True, False])
def test_the_list_begins_with_the_import_and_whom_to_ask_for_it(
    new, officer, sign_in, dissolved, listed, says, is_instance_admin
):
    officer.user.is_instance_admin = is_instance_admin
    officer.user.save()
    if dissolved:
        first, last = (None if day is None else TODAY + day * DAY for day in dissolved)
        Dissolution.objects.create(started_on=first, ended_on=last, entered_at=NOW)
        Dissolution.objects.note_the_house()
    if listed:
        day = TODAY + listed * DAY
        MPListImport.objects.create(list_date=day, state="applied", created_at=NOW, applied_at=NOW)
        MPListImport.objects.create(list_date=TODAY, state="undone", created_at=NOW)
        MPListImport.objects.create(list_date=TODAY, state="applied", subject="posts", created_at=NOW)

    page = sign_in(officer).get(reverse("overview:handover_list", args=[officer.authority.slug]))

    step = page.content.decode().partition("1. The list of MPs")[2].partition("2. Your seats")[0]
    assert says in step
    is_done = "imported on" in says or "recorded" in says
    assert (">Imported</strong>" in step, ">Not yet</strong>" in step) == (is_done, not is_done)
    assert (reverse("instance:import_upload") in step) == (is_instance_admin and not is_done)
    assert (reverse("instance:sync_list") in step) == (is_instance_admin and not is_done)
    assert ("Ask your instance admin" in step) == (not is_instance_admin and not is_done)


def test_without_any_list_or_mp_the_import_is_still_to_do(authority, officer, sign_in):
    page = sign_in(officer).get(reverse("overview:handover_list", args=[authority.slug]))
    assert "No list of MPs has been imported." in page.content.decode()


def test_the_list_costs_the_same_for_1_and_30_seats(
    authority, officer, sign_in, leave, new, django_assert_num_queries
):
    client, address = sign_in(officer), reverse("overview:handover_list", args=[authority.slug])
    leave()
    with django_assert_num_queries(12):
        client.get(address)
    for number in range(29):
        gone = MPFactory(authority=authority)
        holding = gone.holdings.get()
        SeatHolding.objects.filter(pk=holding.pk).update(ended_on=LOST)
        MPFactory().holdings.update(constituency=holding.constituency, started_on=ELECTED)
        if number % 2:
            EngagementPlanFactory(authority=authority, mp=gone)
    with django_assert_num_queries(12):
        page = client.get(address)
    assert "0 of 30 seats handed over" in page.content.decode()


def test_an_officer_decides_the_enquiries_one_after_the_other(
    former, new, officer, political_affairs, sign_in, url, leave, seat
):
    first, second = leave(), leave()
    client = sign_in(officer)
    page = client.get(url("handover_enquiry", first.reference))
    assert "2 to decide" in page.content.decode()
    assert page.context["forms"]["carry"]["authority_seen_on"].value() is None

    sent = client.post(url("handover_enquiry", first.reference), CARRY | {"to_mp": new.pk})

    assert sent.url == url("handover_enquiry", second.reference)
    first.refresh_from_db()
    assert first.mp == new
    sent = client.post(
        url("handover_enquiry", second.reference), {"decision": "close", "reason": "No answer wanted"}
    )
    assert sent.url == url("handover_seat")
    again = client.post(url("handover_enquiry", first.reference), CARRY | {"to_mp": new.pk}, follow=True)
    assert "is not waiting to be handed over" in again.content.decode()
    closed_again = {"decision": "close", "reason": "No answer wanted"}
    assert client.post(url("handover_enquiry", second.reference), closed_again).status_code == 302
    too_late = sign_in(political_affairs).post(url("handover_enquiry", second.reference), closed_again)
    assert too_late.status_code == 409
    assert "No answer wanted</textarea>" in too_late.content.decode()
    page = client.get(url("handover_seat")).content.decode()
    assert "All decided." in page
    assert page.count("Enquiry carried over") >= 1


def test_where_no_authority_is_needed_no_day_is_asked(former, new, officer, sign_in, url, leave):
    enquiry = leave(constituent_name="")
    sent = CARRY | {"to_mp": new.pk, "authority_shown": "none-needed", "authority_seen_on": ""}

    sign_in(officer).post(url("handover_enquiry", enquiry.reference), sent)

    enquiry.refresh_from_db()
    assert (enquiry.mp, CarryOver.objects.get().authority_seen_on) == (new, TODAY)


def test_answering_direct_from_the_page(former, new, officer, sign_in, url, leave):
    enquiry = leave()
    answer = {
        "decision": "answer",
        "text": "In June.",
        "sent_on": f"{TODAY:%d/%m/%Y}",
        "channel": "letter",
        "submission": uuid4(),
    }
    sent = sign_in(officer).post(url("handover_enquiry", enquiry.reference), answer)
    assert sent.url == url("handover_seat")
    assert enquiry.replies.get().is_to_constituent


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "What becomes of it?"),
        ({"decision": "carry"}, "Choose what shows that the new MP may act."),
        (CARRY | {"authority_seen_on": ""}, "Enter the date you saw it."),
        (CARRY | {"authority_seen_on": f"{ELECTED - DAY:%d/%m/%Y}"}, "is not fresh."),
        ({"decision": "answer"}, "Enter the reply."),
        ({"decision": "close"}, "Say why it can be closed."),
    ],
)
def test_a_decision_that_lacks_something_is_asked_again(sent, words, new, officer, sign_in, url, leave):
    enquiry = leave()
    answer = sign_in(officer).post(url("handover_enquiry", enquiry.reference), {"to_mp": new.pk, **sent})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not HandoverStep.objects.exists()


def test_another_mp_than_the_seats_is_not_taken(former, new, officer, sign_in, url, leave):
    enquiry, other = leave(), MPFactory()
    answer = sign_in(officer).post(url("handover_enquiry", enquiry.reference), CARRY | {"to_mp": other.pk})
    assert "Choose the MP from the list." in answer.content.decode()


def test_without_a_holder_an_enquiry_goes_to_one_of_our_own_mps(
    authority, former, officer, sign_in, url, leave
):
    neighbour, stranger_to_us = MPFactory(authority=authority), MPFactory()
    enquiry, client = leave(), sign_in(officer)

    refused = client.post(url("handover_enquiry", enquiry.reference), CARRY | {"to_mp": stranger_to_us.pk})
    taken = client.post(url("handover_enquiry", enquiry.reference), CARRY | {"to_mp": neighbour.pk})

    assert (refused.status_code, taken.status_code) == (422, 302)
    enquiry.refresh_from_db()
    assert enquiry.mp == neighbour


def test_plan_leads_to_dos_and_finish_by_their_buttons(
    authority, former, new, political_affairs, sign_in, url
):
    plan = EngagementPlanFactory(authority=authority, mp=former, objectives="A bypass\nA visit")
    lead = CouncilLeadFactory(authority=authority, mp=former, membership=political_affairs)
    ChecklistAnswerFactory(authority=authority, mp=new, answered_on=ELECTED - DAY)
    client = sign_in(political_affairs)

    client.post(url("handover_leads"), {f"lead-{lead.pk}": "carry"})
    client.post(url("handover_plan"), {"objectives": ["A visit"]})
    before = client.get(url("handover_seat")).content.decode()
    client.post(url("handover_welcome"))
    twice = client.post(url("handover_welcome"), follow=True).content.decode()
    done = client.post(url("handover_finish"), follow=True).content.decode()

    plan.refresh_from_db()
    assert plan.archived_at
    opened_again = f"The checklist of {new} has 1 answer from before {ELECTED:%-d %B %Y}: that question is"
    assert (opened_again in before, opened_again in twice) == (True, False)
    assert {to_do.assignee for to_do in ToDo.objects.all()} == {political_affairs}
    assert "was first" in twice
    assert "1 of 1 seat handed over" in done


def test_finishing_says_what_is_left_and_asks_for_it(authority, former, new, officer, sign_in, url):
    CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    client = sign_in(officer)

    refused = client.post(url("handover_finish"), follow=True).content.decode()

    assert "Not finished: Still to do: 1 council lead, the welcome." in refused
    assert "Leave what is still to do: 1 council lead, the welcome" in refused
    done = client.post(url("handover_finish"), {"leaves": "on"}, follow=True).content.decode()
    assert "1 of 1 seat handed over" in done
    assert "1 council lead, the welcome" in done


def test_a_plan_archived_in_the_vacancy_is_carried_on_from_the_page(
    authority, former, seat, officer, sign_in, url
):
    EngagementPlanFactory(authority=authority, mp=former, objectives="A bypass\nA visit")
    client = sign_in(officer)
    record_news([News(NewsKind.VACANT, "seat vacant", LOST + DAY, None, seat)], source="test", now=NOW)
    assert ToDo.objects.get().path == url("handover_seat")
    client.post(url("handover_plan"))
    new = MPFactory(name="Mr Ben Oakley")
    new.holdings.update(constituency=seat, started_on=ELECTED)

    offered = client.get(url("handover_seat")).content.decode()
    client.post(url("handover_plan"), {"objectives": ["A visit"]})

    assert "Put these into the plan" in offered
    assert EngagementPlan.objects.get(mp=new).objectives == f"A visit (from the plan for {former})"
    assert "Put these into the plan" not in client.get(url("handover_seat")).content.decode()


def test_a_vacancy_with_nothing_left_behind_is_not_to_do(authority, former, officer, sign_in, url):
    client, address = sign_in(officer), reverse("overview:handover_list", args=[authority.slug])

    listed, page = (client.get(each).content.decode() for each in (address, url("handover_seat")))

    assert overview_of(officer, on=TODAY).waiting == 0
    assert "Nothing is to be handed over." in listed
    assert ">Not needed<" in listed
    assert "nothing is left behind: there is nothing to do until there is an MP." in page
    assert "Mark as handed over" not in page
    EngagementPlanFactory(authority=authority, mp=former)
    assert "0 of 1 seat handed over" in client.get(address).content.decode()
    assert "Mark as handed over" in client.get(url("handover_seat")).content.decode()


def test_the_page_of_a_new_seat_is_a_welcome_alone(authority, former, seat, officer, sign_in, url):
    abolish(seat, ConstituencyFactory())
    first = MPFactory(name="Ms Cora Dale", authority=authority)
    first.holdings.update(started_on=ELECTED)
    fresh = first.holdings.get()
    Constituency.objects.filter(pk=fresh.constituency_id).update(started_on=ELECTED)
    client = sign_in(officer)

    listed = client.get(reverse("overview:handover_list", args=[authority.slug])).content.decode()
    page = client.get(url("handover_seat", fresh.pk)).content.decode()
    client.post(url("handover_welcome", fresh.pk))
    done = client.post(url("handover_finish", fresh.pk), follow=True).content.decode()

    assert "welcome Ms Cora Dale" in listed
    assert "A new seat: nobody held it before." in page
    assert "Open enquiries" not in page
    assert "Council leads" not in page
    assert "1 of 1 seat handed over" in done
    undo = client.get(url("handover_undo", fresh.pk)).content.decode()
    assert "To-dos for the new MP that nobody has done yet go." in undo
    client.post(url("handover_undo", fresh.pk))
    assert not ToDo.objects.exists()


def test_asks_and_commitments_are_carried_on_left_or_decided_later_and_put_back(
    authority, former, seat, new, officer, sign_in, url
):
    goes, ends, waits = (CommitmentFactory(authority=authority, mp=former) for _ in range(3))
    client = sign_in(officer)
    offered = client.get(url("handover_seat")).content.decode()
    unsaid = client.post(url("handover_commitments"), {})

    client.post(
        url("handover_commitments"),
        {
            f"commitment-{goes.pk}": "carry",
            f"commitment-{ends.pk}": "leave",
            f"commitment-{waits.pk}": "later",
        },
    )

    assert goes.words in offered
    assert (unsaid.status_code, "Choose what becomes of it." in unsaid.content.decode()) == (422, True)
    assert Commitment.objects.get(mp=new).carried_from == goes
    assert list(Commitment.objects.of(former).open()) == [waits]
    done = client.get(url("handover_seat")).content.decode()
    for each in (goes, ends):
        assert f"Ask or commitment carried on or left: {each.words}, by {officer}" in done
    ends.refresh_from_db()
    assert ends.note == f"{former} is no longer MP for {seat}"
    assert handover_of(former, officer).words == "1 ask or commitment, the welcome"
    client.post(url("handover_undo"))
    assert Commitment.objects.of(former).open().count() == Commitment.objects.count() == 3


def test_an_officer_is_not_offered_to_undo_who_leads(
    authority, former, new, officer, political_affairs, sign_in, url
):
    lead = CouncilLeadFactory(authority=authority, mp=former, membership=political_affairs)
    sign_in(political_affairs).post(url("handover_leads"), {f"lead-{lead.pk}": "carry"})
    step, client = HandoverStep.objects.get(), sign_in(officer)

    page = client.get(url("handover_seat")).content.decode()
    asked = client.get(url("handover_undo")).content.decode()
    refused = client.post(url("handover_undo"))
    alone = client.post(url("handover_step_undo", step.pk), follow=True).content.decode()

    assert f": {lead}, relationship owner, by {political_affairs}" in page
    assert url("handover_step_undo", step.pk) not in page
    assert "Yes, put everything back" not in asked
    assert steps.LEADS_ARE_THEIRS in asked
    assert (refused.status_code, HandoverStep.objects.standing().count()) == (422, 1)
    assert f"Not put back: {steps.LEADS_ARE_THEIRS}" in alone
    assert (
        url("handover_step_undo", step.pk)
        in sign_in(political_affairs).get(url("handover_seat")).content.decode()
    )


def test_undoing_asks_first_and_says_why_not(former, new, officer, sign_in, url, leave):
    enquiry = leave()
    carry(handover_of(former, officer), enquiry, new, officer)
    client = sign_in(officer)
    assert "1 step would be put back" in client.get(url("handover_undo")).content.decode()
    enquiry.refresh_from_db()
    send_reply(
        enquiry=enquiry,
        text="June.",
        sent_on=TODAY,
        channel="e-mail",
        by=officer,
        now=NOW,
        submission=uuid4(),
    )

    refused = client.post(url("handover_undo"))

    assert refused.status_code == 422
    assert f"{enquiry.reference} has been replied to since." in refused.content.decode()
    step = HandoverStep.objects.get()
    alone = client.post(url("handover_step_undo", step.pk), follow=True).content.decode()
    assert "Not put back" in alone


def test_executives_read_it_without_the_words_of_an_enquiry(former, new, executive, sign_in, url, leave):
    enquiry = leave(subject="A private matter")
    EngagementPlanFactory(authority=executive.authority, mp=former)
    client = sign_in(executive)
    page = client.get(url("handover_seat")).content.decode()
    assert enquiry.reference in page
    assert "A private matter" not in page
    assert "Mark as handed over" not in page
    assert "Archiv" not in page
    assert reverse("engagements:plan_detail", args=[executive.authority.slug, former.pk]) in page
    assert client.post(url("handover_finish")).status_code == 403
    assert client.get(url("handover_enquiry", enquiry.reference)).status_code == 403


def test_who_leads_on_the_new_mp_elsewhere_is_no_obstacle(
    authority, former, new, political_affairs, stranger, sign_in, url
):
    CouncilLeadFactory(authority=authority, mp=former, membership=political_affairs)
    CouncilLeadFactory(authority=stranger.authority, mp=new, membership=stranger)
    client = sign_in(political_affairs)

    elsewhere = client.get(url("handover_seat")).content.decode()
    CouncilLeadFactory(authority=authority, mp=new, membership=political_affairs)
    here = client.get(url("handover_seat")).content.decode()

    assert "Leads on Mr Ben Oakley from now on" in elsewhere
    assert "leads on Mr Ben Oakley already" in here


def test_an_officer_does_not_say_who_leads(authority, former, new, officer, sign_in, url):
    CouncilLeadFactory(authority=authority, mp=former, membership=officer)
    client = sign_in(officer)
    assert "Political affairs say who leads" in client.get(url("handover_seat")).content.decode()
    assert client.post(url("handover_leads")).status_code == 403


@pytest.mark.parametrize("role", [Role.SERVICE_CONTACT, Role.ADMIN])
def test_nobody_else_opens_it(role, authority, new, sign_in, url):
    client = sign_in(MembershipFactory(authority=authority, role=role))
    assert client.get(url("handover_seat")).status_code == 403


def test_a_seat_that_has_not_changed_is_missing(authority, officer, sign_in, url):
    sits = MPFactory(authority=authority, name="Still there")
    client = sign_in(officer)
    assert client.get(url("handover_seat", sits.holdings.get().pk)).status_code == 404
    elsewhere = MPFactory()
    elsewhere.holdings.update(ended_on=date(2025, 1, 1))
    assert client.get(url("handover_seat", elsewhere.holdings.get().pk)).status_code == 404
