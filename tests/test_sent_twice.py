"""A form that is sent twice: the same words are recorded once; other words are never lost in silence."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from contacts.models import OfficePerson
from enquiries.services import create_default_policies
from tests.factories import (
    CampaignIssueFactory,
    EngagementPlanFactory,
    EnquiryFactory,
    MembershipFactory,
    MPFactory,
    PersonalRelationshipFactory,
    PolicyAreaFactory,
    PriorityFactory,
)

pytestmark = pytest.mark.django_db

SOURCED = {"text": "Buses", "kind": "fact", "source": "The Fictional Times", "source_on": "2026-03-01"}
# The page of each form, the rows it writes, what is typed, and what is typed otherwise the second time.
FORMS = [
    (
        "enquiries:enquiry_log",
        "enquiries.Enquiry",
        {
            "received_on": "2026-03-02",
            "channel": "e-mail",
            "enquiry_type": "enquiry",
            "urgency": "standard",
            "subject": "Potholes",
            "question": "When?",
            "constituent_name": "Bo Tarn",
        },
        {"constituent_name": "Bo Tarne"},
    ),
    ("enquiries:note_add", "enquiries.TimelineEntry", {"text": "Rang them."}, {"text": "Rang them twice."}),
    (
        "enquiries:enquiry_reply",
        "enquiries.Reply",
        {"text": "In April.", "sent_on": "2026-03-03", "channel": "e-mail"},
        {"sent_on": "2026-03-04"},
    ),
    (
        "engagements:touchpoint_record",
        "engagements.Touchpoint",
        {
            "happened_on": "2026-03-02",
            "kind": "call",
            "their_people": "Their caseworker",
            "our_people": ["officer"],
            "summary": "The port.",
            "is_two_way": "yes",
        },
        {"our_people": ["officer", "colleague"]},
    ),
    (
        "engagements:commitment_record",
        "engagements.Commitment",
        {"side": "ask", "words": "A bypass", "kind": "fact", "made_on": "2026-03-02"},
        {"words": "A tunnel"},
    ),
    (
        "contacts:background_add",
        "contacts.BackgroundEntry",
        SOURCED | {"about": "interest"},
        {"text": "Trams"},
    ),
    ("contacts:issue_add", "contacts.CampaignIssue", SOURCED | {"said_during": "since"}, {"text": "Trams"}),
    (
        "contacts:position_add",
        "contacts.Position",
        SOURCED | {"area": "area", "stance": "critical"},
        {"stance": "neutral"},
    ),
    (
        "contacts:mp_place",
        "contacts.Placement",
        {"influence": "low", "support": "neutral", "reason": "-", "placed_on": "2026-03-02"},
        {"reason": "Speaks on water"},
    ),
    ("contacts:card_sent", "contacts.CardSent", {"way": "post", "sent_on": "2026-03-02"}, {"way": "by-hand"}),
]


@pytest.mark.parametrize(("page", "rows", "typed", "otherwise"), FORMS, ids=[form[0] for form in FORMS])
def test_the_same_words_are_recorded_once_and_other_words_as_another_when_sent_again(
    sign_in, officer, authority, page, rows, typed, otherwise
):
    create_default_policies(authority=authority)
    mp, area = MPFactory(authority=authority), PolicyAreaFactory(authority=authority)
    enquiry, colleague = EnquiryFactory(authority=authority), MembershipFactory(authority=authority)
    keys = {"officer": officer.pk, "colleague": colleague.pk, "area": area.pk}
    about = [] if page.endswith("_log") else [enquiry.reference if page.startswith("enquiries") else mp.pk]
    url, client = reverse(page, args=[authority.slug, *about]), sign_in(officer)

    def as_sent(words):
        lists = {name: value if isinstance(value, list) else [value] for name, value in words.items()}
        return {name: [str(keys.get(each, each)) for each in value] for name, value in lists.items()}

    def send(words, submission):
        return client.post(url, {"mp": mp.pk, "submission": submission} | as_sent(words))

    written = apps.get_model(rows)._default_manager
    submission = uuid4()
    first, double_click = send(typed, submission), send(typed, submission)
    once = written.filter(submission=submission).count()
    refused = send(typed | otherwise, submission)
    form = refused.context["form"]
    saved_again = send(typed | otherwise, form["submission"].value())

    assert (first.status_code, double_click.status_code, once) == (302, 302, 1)
    assert (refused.status_code, saved_again.status_code) == (422, 302)
    assert "This form was saved already; what you have changed since is not." in refused.content.decode()
    assert f'value="{form["submission"].value()}"' in refused.content.decode()
    assert {name: form.data.getlist(name) for name in otherwise} == as_sent(otherwise)
    assert written.filter(submission__in=[submission, form["submission"].value()]).count() == 2


@pytest.mark.parametrize("page", ["contacts:area_add", "enquiries:topic_add"])
def test_a_name_given_twice_at_the_same_moment_is_taken(sign_in, political_affairs, authority, page):
    url, client, first = reverse(page, args=[authority.slug]), sign_in(political_affairs), []
    sent = {"name": "Buses", "is_active": "on"}

    def send_first(execute, sql, *rest):
        found = execute(sql, *rest)
        if "Buses" in str(rest[0]) and not first:  # it has just looked, and the name is free yet
            first.append(None)
            first.append(client.post(url, sent).status_code)
        return found

    with connection.execute_wrapper(send_first):
        second = client.post(url, sent)

    assert (first, second.status_code) == ([None, 302], 422)
    assert "of this name already." in second.content.decode()


# The page of each edit, of what, and what is typed. A plan and an office are edited by their MP.
EDITS = [
    ("engagements:plan_edit", lambda **fields: EngagementPlanFactory(**fields).mp, {"why": "Buses"}),
    ("contacts:office_edit", MPFactory, {"phone": "01632 960001"}),
    (
        "contacts:office_person_edit",
        lambda **fields: OfficePerson.objects.create(mp=MPFactory(), name="Ines Vale", **fields),
        {"phone": "01632 960001"},
    ),
    ("contacts:issue_edit", CampaignIssueFactory, {"text": "Buses"}),
    ("contacts:priority_edit", PriorityFactory, {"name": "Buses"}),
    ("contacts:known_edit", PersonalRelationshipFactory, {"how": "Buses"}),
]


@pytest.mark.parametrize(("page", "make", "typed"), EDITS, ids=[edit[0] for edit in EDITS])
def test_the_same_edit_sent_twice_is_no_conflict(sign_in, political_affairs, authority, page, make, typed):
    url, client = (
        reverse(page, args=[authority.slug, make(authority=authority).pk]),
        sign_in(political_affairs),
    )
    form = client.get(url).context["form"]
    held = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in (held | typed).items() if value is not None}

    first, double_click = client.post(url, sent), client.post(url, sent)

    assert (first.status_code, double_click.status_code) == (302, 302)
