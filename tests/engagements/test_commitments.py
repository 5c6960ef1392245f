"""What we ask of an MP, what we promised them, and what they promised us."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from contacts.models import NoteKind
from engagements.commitments import (
    CommitmentChanged,
    change_commitment,
    hand_over_commitment,
    record_commitment,
    take_back_commitment,
)
from engagements.models import Commitment, Settled, Side
from engagements.services import NotHappenedYet
from tests.factories import (
    NOW,
    TODAY,
    CommitmentFactory,
    ConstituencyFactory,
    EngagementPlanFactory,
    MPFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def mp(authority):
    return MPFactory(name="Ms Ada Fenwick", authority=authority)


def url(name, *args):
    return reverse(f"engagements:{name}", args=["northmoor", *args])


def record(by, mp, **changes):
    fields = {
        "submission": uuid4(),
        "side": Side.OURS,
        "words": "The forward plan",
        "kind": NoteKind.FACT,
        "made_on": TODAY,
        "due_on": TODAY + 7 * DAY,
    }
    return record_commitment(mp=mp, by=by, now=NOW, **fields | changes)


def sent_by(form, **changes):
    """What a browser sends of a form as it stands, but for the changes."""
    held = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (held | changes).items() if value is not None}


def test_the_same_form_sent_twice_records_once_and_nothing_to_come(officer, mp):
    submission = uuid4()
    first = record(officer, mp, submission=submission)

    assert record(officer, mp, submission=submission) == first
    assert (first.recorded_by, first.history.get().history_user) == (officer, officer.user)
    with pytest.raises(NotHappenedYet):
        record(officer, mp, made_on=TODAY + DAY)
    assert Commitment.objects.count() == 1


def test_it_is_recorded_settled_and_opened_again_by_its_pages(officer, mp, sign_in):
    client = sign_in(officer)
    form = client.get(url("commitment_record", mp.pk)).context["form"]
    unsaid = client.post(url("commitment_record", mp.pk), sent_by(form))
    assert (unsaid.status_code, set(unsaid.context["form"].errors)) == (422, {"side", "words"})

    client.post(url("commitment_record", mp.pk), sent_by(form, side="ask", words="A bypass"))

    asked = Commitment.objects.get()
    assert (asked.side, asked.words, asked.kind, asked.is_open) == ("ask", "A bypass", "fact", True)
    edit = url("commitment_edit", asked.pk)
    form = client.get(edit).context["form"]
    early = client.post(edit, sent_by(form, due_on=asked.made_on - DAY))
    assert "It cannot be due before it was asked or promised." in early.content.decode()
    late = client.post(edit, sent_by(form, outcome="kept", settled_on=timezone.localdate() + DAY))
    assert "settled_on" in late.context["form"].errors
    client.post(edit, sent_by(form, outcome="kept", note="In the debate"))
    asked.refresh_from_db()
    assert (asked.outcome, asked.settled_on, asked.note) == ("kept", timezone.localdate(), "In the debate")
    page = client.get(url("commitment_list", mp.pk)).content.decode()
    assert "Kept</strong>" in page
    assert "In the debate" in page
    client.post(edit, sent_by(client.get(edit).context["form"], outcome=""))
    asked.refresh_from_db()
    assert (asked.is_open, asked.settled_on, asked.note) == (True, None, "")


def test_who_saves_second_sees_both_and_saves_again(authority, officer, mp, sign_in):
    asked = CommitmentFactory(authority=authority, mp=mp, words="A bypass")
    client, edit = sign_in(officer), url("commitment_edit", asked.pk)
    seen = client.get(edit).context["form"]
    for _ in range(2):  # once as a double click
        assert client.post(edit, sent_by(seen, words="A bypass and a bridge")).status_code == 302

    second = client.post(edit, sent_by(seen, words="A tunnel"))

    assert "Saved meanwhile: “A bypass and a bridge”" in second.content.decode()
    asked.refresh_from_db()
    assert asked.words == "A bypass and a bridge"
    client.post(edit, sent_by(second.context["form"]))
    asked.refresh_from_db()
    assert asked.words == "A tunnel"


def test_the_list_has_open_ones_first_by_when_they_are_due_and_says_what_is_overdue(
    authority, executive, mp, sign_in
):
    never = CommitmentFactory(authority=authority, mp=mp)
    late = CommitmentFactory(authority=authority, mp=mp, made_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    done = CommitmentFactory(authority=authority, mp=mp, outcome=Settled.NOT_KEPT, settled_on=TODAY)
    CommitmentFactory(authority=authority)
    EngagementPlanFactory(authority=authority, mp=mp)
    client = sign_in(executive)

    page = client.get(url("commitment_list", mp.pk))
    plan = client.get(url("plan_detail", mp.pk)).content.decode()
    summary = client.get(reverse("overview:mp_detail", args=["northmoor", mp.pk])).content.decode()

    assert list(page.context["page_obj"]) == [late, never, done]
    words = page.content.decode()
    assert words.count("Overdue</strong>") == words.count("Not kept</strong>") == 1
    assert "Settle or edit" not in words
    assert (late.words in plan, done.words in plan) == (True, False)
    assert "2 open" in summary


def test_a_list_costs_the_same_for_1_and_30(authority, officer, mp, sign_in, django_assert_num_queries):
    client, address = sign_in(officer), url("commitment_list", mp.pk)
    CommitmentFactory(authority=authority, mp=mp)
    with django_assert_num_queries(7):
        client.get(address)
    CommitmentFactory.create_batch(24, authority=authority, mp=mp)
    with django_assert_num_queries(7):
        client.get(address)


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": Settled.KEPT},
        {"settled_on": TODAY},
        {"note": "Said so"},
        {"due_on": TODAY - DAY},
    ],
)
def test_the_database_refuses_what_makes_no_sense(authority, mp, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentFactory(authority=authority, mp=mp, **wrong)


@pytest.mark.parametrize(
    ("side", "goes_on_as"), [(Side.ASK, Side.ASK), (Side.OURS, Side.OURS), (Side.THEIRS, Side.ASK)]
)
def test_it_goes_on_with_the_new_mp_and_what_the_former_promised_becomes_an_ask(
    authority, officer, mp, side, goes_on_as
):
    old = CommitmentFactory(authority=authority, mp=mp, side=side)
    new = MPFactory(name="Mr Ben Oakley")

    effect = hand_over_commitment(commitment=old, to_mp=new, seat=ConstituencyFactory(), by=officer, now=NOW)

    carried = Commitment.objects.get(mp=new)
    old.refresh_from_db()
    assert (carried.side, carried.words, carried.carried_from) == (goes_on_as, old.words, old)
    assert (old.mp, old.outcome, old.note) == (mp, "not-needed", "Carried on with Mr Ben Oakley")
    with pytest.raises(CommitmentChanged, match="settled already"):
        hand_over_commitment(commitment=old, to_mp=new, seat=ConstituencyFactory(), by=officer, now=NOW)
    take_back_commitment(handed_over=effect, by=officer, now=NOW)
    assert Commitment.objects.get().is_open


def test_what_was_recorded_by_mistake_is_removed_once_asked_and_the_history_keeps_it(
    authority, officer, mp, sign_in
):
    wrong = CommitmentFactory(authority=authority, mp=mp, words="Of another MP")
    client, remove = sign_in(officer), url("commitment_remove", wrong.pk)

    assert remove in client.get(url("commitment_edit", wrong.pk)).content.decode()
    assert "Of another MP" in client.get(remove).content.decode()
    assert Commitment.objects.get() == wrong
    page = client.post(remove, follow=True).content.decode()

    assert "It is removed." in page
    assert not Commitment.objects.exists()
    last = Commitment.history.first()
    assert (last.words, last.history_type, last.history_user) == ("Of another MP", "-", officer.user)


def test_what_goes_on_with_another_mp_is_removed_there_first(authority, officer, mp, sign_in):
    old = CommitmentFactory(authority=authority, mp=mp)
    effect = hand_over_commitment(
        commitment=old, to_mp=MPFactory(name="Mr Ben Oakley"), seat=ConstituencyFactory(), by=officer, now=NOW
    )
    client = sign_in(officer)

    refused = client.post(url("commitment_remove", old.pk), follow=True).content.decode()
    client.post(url("commitment_remove", effect.carried_id))

    assert "It goes on with Mr Ben Oakley. Remove it there first" in refused
    assert Commitment.objects.get() == old
    with pytest.raises(CommitmentChanged, match="removed since"):
        take_back_commitment(handed_over=effect, by=officer, now=NOW)
    client.post(url("commitment_remove", old.pk))
    with pytest.raises(CommitmentChanged, match="removed since"):
        take_back_commitment(handed_over=effect, by=officer, now=NOW)


@pytest.mark.parametrize("changed", ["old", "carried"])
def test_what_was_changed_since_is_not_taken_back(authority, officer, mp, changed):
    old = CommitmentFactory(authority=authority, mp=mp)
    effect = hand_over_commitment(
        commitment=old, to_mp=MPFactory(), seat=ConstituencyFactory(), by=officer, now=NOW
    )
    row = Commitment.objects.get(carried_from=None if changed == "old" else old)
    fields = {"words": "Otherwise", "made_on": TODAY, "outcome": "kept", "settled_on": TODAY, "note": "Done"}
    change_commitment(commitment=row, by=officer, now=NOW, **fields)

    with pytest.raises(CommitmentChanged, match="changed since"):
        take_back_commitment(handed_over=effect, by=officer, now=NOW)
    assert Commitment.objects.count() == 2


def test_a_stranger_hands_over_nothing_of_ours(authority, stranger, mp):
    with pytest.raises(Commitment.DoesNotExist):
        hand_over_commitment(
            commitment=CommitmentFactory(authority=authority, mp=mp),
            to_mp=None,
            seat=ConstituencyFactory(),
            by=stranger,
            now=NOW,
        )
