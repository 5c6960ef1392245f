"""Every field in which somebody writes about an MP says that the MP may ask to see it, and what it is is marked."""

from __future__ import annotations

import pytest
from django.db import models

from contacts.checklist_forms import AnswerForm
from contacts.forms import OfficeForm, RelationshipForm
from contacts.models import NoteKind, Question
from contacts.note_forms import BackgroundForm, IssueForm, PlacementForm, PositionForm
from engagements.forms import CommitmentForm, PlanForm, TouchpointForm
from mpcrm.notes import THEY_MAY_ASK
from notifications.forms import FinishForm
from overview.mp_export.held import OURS
from tests.factories import TODAY

# Where people type what the export shows, and what there is of free text that is no note.
TYPED_IN = {
    "contacts.BackgroundEntry.text": lambda: BackgroundForm.base_fields["text"],
    "contacts.CampaignIssue.text": lambda: IssueForm.base_fields["text"],
    "contacts.Position.text": lambda: PositionForm.base_fields["text"],
    "contacts.Placement.reason": lambda: PlacementForm(on=TODAY).fields["reason"],
    "contacts.ChecklistAnswer.text": lambda: AnswerForm(question=Question.RISKS).fields["text"],
    "contacts.PersonalRelationship.how": lambda: RelationshipForm.base_fields["how"],
    "contacts.MPOffice.casework": lambda: OfficeForm.base_fields["casework"],
    "engagements.Commitment.words": lambda: CommitmentForm.base_fields["words"],
    "engagements.Commitment.note": lambda: CommitmentForm.base_fields["note"],
    "engagements.EngagementPlan.why": lambda: PlanForm.base_fields["why"],
    "engagements.EngagementPlan.objectives": lambda: PlanForm.base_fields["objectives"],
    "engagements.EngagementPlan.key_messages": lambda: PlanForm.base_fields["key_messages"],
    "engagements.Touchpoint.summary": lambda: TouchpointForm.base_fields["summary"],
    "notifications.ToDo.note": lambda: FinishForm.base_fields["note"],
}
NO_NOTES = {
    "contacts.LeadAgreement.people": "read out by the page, not typed",
    "contacts.MPOffice.address": "a postal address",
    "contacts.MPExport.reason": "about the request",
    "notifications.Notification.body": "the e-mail, which the MP’s office has",
    "notifications.ToDo.detail": "written by mpcrm",
}


def free_text():
    """Fields of what is exported of itself that hold more than a line of somebody's words."""
    return {
        f"{held.model._meta.label}.{each.name}"
        for held in OURS
        if not held.only_with_text
        for each in held.model._meta.concrete_fields
        if (isinstance(each, models.TextField) or each.name == "note")
        and not each.choices
        and (each.name in held.fields if held.fields else True)
    }


def test_every_free_text_about_an_mp_is_named_here():
    assert free_text() == TYPED_IN.keys() | NO_NOTES.keys()


@pytest.mark.parametrize("name", TYPED_IN)
def test_the_form_says_that_the_mp_may_ask(name):
    said = str(TYPED_IN[name]().help_text).casefold()

    assert THEY_MAY_ASK.casefold() in said


def test_a_field_without_the_line_would_be_noticed():
    assert THEY_MAY_ASK.casefold() not in str(OfficeForm.base_fields["salutation"].help_text).casefold()


@pytest.mark.parametrize("name", [name for name in TYPED_IN if not name.startswith("notifications.")])
def test_every_note_says_what_it_is(name):
    """By a mark of its own, or by one that holds for all of its kind."""
    [held] = [each for each in OURS if name.startswith(f"{each.model._meta.label}.")]
    marks = {"kind", "summary_kind", "casework_kind"} & {
        each.name
        for each in held.model._meta.concrete_fields
        if each.choices and set(NoteKind.values) <= {value for value, _ in each.flatchoices}
    }

    assert marks or held.model.kind in NoteKind
