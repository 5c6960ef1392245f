"""What a colleague deletes while somebody has its form open: it is said, and no typed word is lost."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse

from accounts.history import delete_signed
from accounts.models import Role
from contacts.models import OfficePerson
from tests.factories import (
    NOW,
    BackgroundEntryFactory,
    CampaignIssueFactory,
    CardSentFactory,
    CommitmentFactory,
    CouncilLeadFactory,
    MembershipFactory,
    MPFactory,
    PersonalRelationshipFactory,
    PositionFactory,
    ToDoFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db


def office_person(**fields):
    return OfficePerson.objects.create(mp=MPFactory(), name="Ines Vale", **fields)


# The page each form is sent to, of what, what is sent besides what the form holds, and the box with the words.
FORMS = [
    ("engagements:touchpoint_edit", TouchpointFactory, {"our_others": "The Leader"}, "summary"),
    ("engagements:commitment_edit", CommitmentFactory, {"outcome": ""}, "words"),
    ("contacts:background_edit", BackgroundEntryFactory, {"about": "interest"}, "text"),
    ("contacts:issue_edit", CampaignIssueFactory, {}, "text"),
    ("contacts:position_edit", PositionFactory, {}, "text"),
    ("contacts:office_person_edit", office_person, {}, "job_title"),
    ("contacts:known_edit", PersonalRelationshipFactory, {}, "how"),
    ("to_dos:to_do_finish", ToDoFactory, {"outcome": "done"}, "note"),
    ("engagements:touchpoint_delete", TouchpointFactory, {}, ""),
    ("engagements:commitment_remove", CommitmentFactory, {}, ""),
    ("contacts:background_remove", BackgroundEntryFactory, {}, ""),
    ("contacts:office_person_left", office_person, {}, ""),
    ("contacts:office_person_remove", office_person, {}, ""),
    ("contacts:known_remove", PersonalRelationshipFactory, {}, ""),
    ("contacts:lead_end", CouncilLeadFactory, {"ended_on": "2026-03-02"}, ""),
    ("contacts:lead_remove", CouncilLeadFactory, {}, ""),
    ("contacts:card_sent_remove", partial(CardSentFactory, card=None), {}, ""),
    ("to_dos:to_do_reopen", ToDoFactory, {}, ""),
]


@pytest.mark.parametrize(("page", "make", "more", "box"), FORMS, ids=[form[0] for form in FORMS])
def test_a_row_deleted_meanwhile_is_said_to_be_and_what_was_typed_is_there_to_copy(
    sign_in, authority, political_affairs, officer, page, make, more, box
):
    """Deleted before the form is sent, and in the moment in which its page has just found the row."""
    client = sign_in(political_affairs)
    stranger = MembershipFactory(role=Role.POLITICAL_AFFAIRS)
    for at_that_moment in (False, True):
        row = make(authority=authority)
        url = reverse(page, args=[authority.slug, row.pk])
        sent = held_by_form(client, url.replace("finish/", "")) | more | {box: "A <bypass>."} if box else more
        waits = [] if at_that_moment else [delete_signed(row, by=officer, now=NOW)]

        def delete(execute, sql, *rest, row=row, waits=waits):
            found = execute(sql, *rest)
            if f'FROM "{row._meta.db_table}"' in sql and not waits:
                waits.append(sql)
                delete_signed(row, by=officer, now=NOW)
            return found

        with connection.execute_wrapper(delete) if at_that_moment else nullcontext():
            answer = client.post(url, sent)

        shown = answer.content.decode()
        assert answer.status_code == 409
        assert f"{officer} deleted this on 2 March 2026 at 9:00am." in shown
        assert ("A &lt;bypass&gt;.</textarea>" in shown) == bool(box)
        deletions = type(row).history.filter(id=row.pk, history_type="-")
        assert [line.history_user for line in deletions] == [officer.user]
        assert not type(row).objects.filter(pk=row.pk).exists()
    theirs = sign_in(stranger).post(reverse(page, args=[stranger.authority.slug, row.pk]), sent)
    assert (theirs.status_code, "deleted" in theirs.content.decode()) == (404, False)


def held_by_form(client, url):
    context = client.get(url).context
    form = context.get("finish_form") or context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) is not None}
