"""The central contact card: its versions, its PDF, who was sent which, and the reminders."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.history import EditedMeanwhile
from accounts.models import Membership, User
from contacts.cards.pdf import card_pdf
from contacts.cards.reminders import sweep
from contacts.cards.services import (
    NotSentYet,
    OutcomeChanged,
    fingerprint,
    letters,
    offices_of,
    record_sent,
    send_card,
    set_card,
    take_back,
    to_edit,
)
from contacts.cards.states import card_states
from contacts.models import (
    CardContact,
    CardSent,
    CardWay,
    ContactCard,
    Dissolution,
    MPOffice,
    SeatHolding,
)
from notifications.delivery import deliver_due
from notifications.models import Attachment, Channel, Notification, Outcome, State, ToDo
from notifications.to_dos import finish
from tests.factories import (
    NOW,
    TODAY,
    CardSentFactory,
    CouncilLeadFactory,
    MembershipFactory,
    MPFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WORDS = {"introduction": "One door.", "hours": "9am to 5pm", "out_of_hours": ""}
LINE = {"about": "All enquiries", "membership": None, "name": "", "job_title": "", "email": "", "phone": ""}
DESK = LINE | {"name": "Siân Gŵyr", "email": "mps@n.example"}


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def office(authority, mp):
    return MPOffice.objects.create(
        authority=authority, mp=mp, email="rowan.vale.mp@parliament.example", salutation="Dear Rowan,"
    )


def url(name, *args):
    return reverse(f"contacts:{name}", args=["northmoor", *args])


def card_of(by, number=0, *, contacts=(DESK,), now=NOW, **words):
    return set_card(by=by, number=number, words=WORDS | words, contacts=contacts, now=now)


def send(by, mps, *, submission=None, now=NOW):
    card = ContactCard.objects.visible_to(by).newest()
    shown = fingerprint(card, letters(card, offices_of(by, mps), by=by))
    return send_card(by=by, mps=mps, shown=shown, submission=submission or uuid4(), now=now)


def state_of(mp, membership):
    [state] = card_states([mp], membership=membership)
    return state


# --- Versions -----------------------------------------------------------------------------


def test_a_change_makes_the_next_version_and_leaves_the_last_alone(political_affairs):
    first = card_of(political_affairs)

    second = card_of(political_affairs, 1, hours="8am to 6pm", now=NOW + DAY)

    first.refresh_from_db()
    assert (first.number, first.hours, second.number, second.hours) == (1, "9am to 5pm", 2, "8am to 6pm")
    assert [each.name for each in second.contacts.all()] == ["Siân Gŵyr"]
    assert ContactCard.objects.visible_to(political_affairs).newest() == second


def test_saving_what_is_there_makes_no_version(political_affairs):
    first = card_of(political_affairs)

    for number in (0, 1):  # the first as a double click
        assert card_of(political_affairs, number, now=NOW + DAY) == first
    assert ContactCard.objects.count() == 1


@pytest.mark.parametrize("contacts", [(), (DESK, DESK), (DESK | {"phone": "1"},)])
def test_another_line_is_another_version(political_affairs, contacts):
    card_of(political_affairs)

    assert card_of(political_affairs, 1, contacts=contacts).number == 2


def test_who_saves_second_is_told_and_nothing_is_written(political_affairs):
    card_of(political_affairs)

    with pytest.raises(EditedMeanwhile) as changed:
        card_of(political_affairs, 0, hours="never")

    assert changed.value.saved.hours == "9am to 5pm"
    assert ContactCard.objects.count() == 1


def test_a_contact_nobody_can_reach_is_refused_by_the_database(political_affairs):
    card = card_of(political_affairs)

    with pytest.raises(IntegrityError), transaction.atomic():
        CardContact.objects.create(
            authority=card.authority, card=card, position=9, about="x", name="x", email="", phone=""
        )


# --- The PDF ------------------------------------------------------------------------------


def read(pdf):
    return PdfReader(io.BytesIO(pdf))


def test_pdf_is_one_tagged_a4_page_in_english_that_says_what_the_card_says(political_affairs):
    card = card_of(political_affairs, introduction="#panic() $x$ *not* markup", out_of_hours="01632 960999")

    pdf = card_pdf(card, list(card.contacts.all()))

    reader = read(pdf)
    root, [page] = reader.trailer["/Root"], reader.pages
    text = page.extract_text()
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en-GB", True)
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in pdf or "pdfuaid" in str(reader.xmp_metadata.stream.get_data())
    assert reader.metadata.title == "Northmoor Council: contacts for MPs’ offices"
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    for words in ("Siân Gŵyr", "mps@n.example", "01632 960999", "#panic() $x$ *not* markup", "Version 1"):
        assert words in text
    assert card_pdf(card, list(card.contacts.all())) == pdf, "the same version gives the same file"


def test_ten_long_contacts_fit_one_page(political_affairs):
    long = DESK | {
        "about": "Highways, parking and public rights of way across the whole of the county and beyond it",
        "name": "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley",
        "job_title": "Assistant director of neighbourhoods, communities and environment (interim)",
        "email": f"{'a' * 60}@{'b' * 60}.example",
        "phone": "01632 960001 extension 2345",
    }
    card = card_of(political_affairs, contacts=[long] * 10, introduction="x " * 300, out_of_hours="y " * 150)

    reader = read(card_pdf(card, list(card.contacts.all())))

    assert len(reader.pages) == 1
    assert reader.pages[0].extract_text().count("01632 960001 extension 2345") == 10


def test_a_script_the_fonts_lack_still_makes_a_tagged_pdf(political_affairs):
    card = card_of(political_affairs, contacts=[DESK | {"name": "ਪੰਜਾਬੀ 汉字"}])

    reader = read(card_pdf(card, list(card.contacts.all())))

    assert len(reader.pages) == 1
    assert "/StructTreeRoot" in reader.trailer["/Root"]


# --- Sending ------------------------------------------------------------------------------


def test_the_card_goes_to_the_office_with_the_pdf_attached(officer, political_affairs, mp, office):
    card_of(political_affairs)

    [sent] = send(officer, [mp])
    counts = deliver_due(now=NOW)

    [message] = mail.outbox
    [(name, content, content_type)] = message.attachments
    assert counts["sent"] == 1
    assert (message.to, message.reply_to) == ([office.email], [officer.user.email])
    assert message.subject == "Northmoor Council: contacts for your office"
    assert message.body.startswith("Dear Rowan,\n\nAttached is the contact card of Northmoor Council")
    assert "Siân Gŵyr\nmps@n.example" in message.body
    assert "&" not in message.body
    assert "Auto-Submitted" not in message.message()
    assert str(sent.email.key) in message.message()["Message-ID"]
    assert (name, content_type) == ("contact-card-northmoor-council-1.pdf", "application/pdf")
    assert "Siân Gŵyr" in read(content).pages[0].extract_text()
    assert (sent.way, sent.card.number, sent.sent_on, sent.recorded_by) == ("e-mail", 1, TODAY, officer)
    assert sent.history.get().history_user == officer.user


def test_the_same_sending_twice_is_one(officer, political_affairs, mp, office):
    card_of(political_affairs)
    submission = uuid4()

    first = send(officer, [mp], submission=submission)
    again = send(officer, [mp], submission=submission)

    assert first == again
    assert Notification.objects.filter(recipient=None).count() == Attachment.objects.count() == 1


def test_the_office_may_be_sent_it_again_the_same_day(officer, political_affairs, mp, office):
    card_of(political_affairs)

    send(officer, [mp])
    send(officer, [mp])

    assert deliver_due(now=NOW)["sent"] == 2


@pytest.mark.parametrize("what", ["card", "address", "greeting", "no office"])
def test_nothing_is_sent_if_it_is_not_what_was_shown(officer, political_affairs, mp, office, what):
    card = card_of(political_affairs)
    shown = fingerprint(card, letters(card, offices_of(officer, [mp]), by=officer))
    if what == "card":
        card_of(political_affairs, 1, hours="never")
    else:
        changes = {"address": {"email": "other@x.example"}, "greeting": {"salutation": "Hi"}}
        MPOffice.objects.update(**changes.get(what, {"email": ""}))

    with pytest.raises(OutcomeChanged):
        send_card(by=officer, mps=[mp], shown=shown, submission=uuid4(), now=NOW)

    assert not CardSent.objects.exists()
    assert not Notification.objects.exists()


def test_an_office_without_an_email_is_left_out(officer, political_affairs, authority, mp, office):
    other = MPFactory(authority=authority)
    card_of(political_affairs)

    assert [sent.mp for sent in send(officer, [mp, other])] == [mp]


def test_a_colleague_who_left_since_still_has_their_letters_sent(officer, political_affairs, mp, office):
    card_of(political_affairs)
    send(officer, [mp])
    officer.is_active = False
    officer.save()

    assert deliver_due(now=NOW)["sent"] == 1


def test_the_database_refuses_an_email_without_its_row_and_a_row_to_nobody(political_affairs, mp):
    card = card_of(political_affairs)
    common = {"authority": card.authority, "recorded_at": NOW, "recorded_by": political_affairs}
    with pytest.raises(IntegrityError), transaction.atomic():
        CardSent.objects.create(
            mp=mp, card=card, way=CardWay.EMAIL, sent_on=TODAY, submission=uuid4(), **common
        )
    nobody = {"kind": "x", "subject": "x", "due_on": TODAY, "title": "x", "created_at": NOW}
    for wrong in (
        {"channel": Channel.EMAIL},
        {"channel": Channel.IN_APP, "address": "a@b.example"},
        {"channel": Channel.EMAIL, "address": "a@b.example", "recipient": political_affairs},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notification.objects.create(authority=card.authority, next_try_at=NOW, **nobody, **wrong)


@pytest.mark.parametrize(
    ("sent_on", "number"),
    [(TODAY - DAY, None), (TODAY, 1), (TODAY + 4 * DAY, 1), (TODAY + 5 * DAY, 2), (TODAY + 6 * DAY, 2)],
)
def test_sent_another_way_is_the_version_that_stood_that_day(officer, political_affairs, mp, sent_on, number):
    card_of(political_affairs)
    card_of(political_affairs, 1, hours="8am", now=NOW + 5 * DAY)

    sent = record_sent(by=officer, mp=mp, way="post", sent_on=sent_on, submission=uuid4(), now=NOW + 6 * DAY)

    assert (sent.card.number if sent.card else None) == number


def test_what_is_to_come_cannot_be_recorded(officer, mp):
    with pytest.raises(NotSentYet):
        record_sent(by=officer, mp=mp, way="post", sent_on=TODAY + DAY, submission=uuid4(), now=NOW)


# --- Who has what -------------------------------------------------------------------------


def test_a_card_is_out_of_date_from_the_day_of_the_next_version(officer, political_affairs, mp, office):
    card_of(political_affairs)
    never = state_of(mp, officer)
    send(officer, [mp])
    sent = state_of(mp, officer)
    card_of(political_affairs, 1, hours="8am", now=NOW + 5 * DAY)
    card_of(political_affairs, 2, hours="7am", now=NOW + 9 * DAY)
    outdated = state_of(mp, officer)
    send(officer, [mp], now=NOW + 9 * DAY)
    again = state_of(mp, officer)

    assert (never.sent, never.is_current) == (None, False)
    assert (sent.is_current, sent.outdated_since) == (True, None)
    assert (outdated.is_current, outdated.outdated_since) == (False, TODAY + 5 * DAY)
    assert again.is_current


def test_an_email_that_failed_was_not_sent(officer, political_affairs, mp, office):
    card_of(political_affairs)
    [sent] = send(officer, [mp])
    Notification.objects.filter(pk=sent.email_id).update(state=State.FAILED)

    state = state_of(mp, officer)

    assert (state.sent, state.failed) == (None, sent)
    assert not CardSent.objects.arrived().exists()


def test_another_authoritys_sending_is_not_ours(officer, stranger, political_affairs, mp):
    card_of(political_affairs)
    CardSentFactory(authority=stranger.authority, mp=mp)

    assert state_of(mp, officer).sent is None


# --- To-dos -------------------------------------------------------------------------------


def asked():
    return {(row.subject, row.assignee, row.is_open) for row in ToDo.objects.all()}


def swept(now):
    return sweep(now=now)["cards_to_send"]


def test_asked_once_from_the_day_after_the_version_was_made(political_affairs, mp):
    card_of(political_affairs)
    tomorrow = datetime(2026, 3, 3, 0, 0, tzinfo=NOW.tzinfo)

    assert swept(tomorrow - timedelta(seconds=1)) == 0
    assert swept(tomorrow) == 1
    assert swept(tomorrow + 30 * DAY) == 0

    [to_do] = ToDo.objects.all()
    assert (to_do.title, to_do.due_on) == ("Send Ms Rowan Vale our contact card", date(2026, 3, 10))
    assert to_do.path == url("office_detail", mp.pk)
    assert Notification.objects.filter(recipient=political_affairs, kind="to-do").exists()


def test_a_new_version_takes_the_place_of_what_was_asked_and_a_new_mp_is_asked_for(
    political_affairs, authority, mp
):
    card_of(political_affairs)
    swept(NOW + DAY)
    new = MPFactory(authority=authority)

    assert swept(NOW + DAY) == 1
    second = card_of(political_affairs, 1, hours="8am", now=NOW + 2 * DAY)
    assert swept(NOW + 3 * DAY) == 2

    assert set(ToDo.objects.values_list("subject", "occasion")) == {
        (f"mp:{each.pk}", f"contact-card:{second.pk}") for each in (mp, new)
    }


def test_sending_it_does_what_was_asked(officer, political_affairs, mp, office):
    card_of(political_affairs)
    swept(NOW + DAY)

    send(officer, [mp], now=NOW + 2 * DAY)

    [to_do] = ToDo.objects.all()
    assert (to_do.done_by, to_do.outcome) == (officer, "done")
    assert swept(NOW + 3 * DAY) == 0


@pytest.mark.parametrize(("days", "is_open"), [(5, True), (6, False)])
def test_recording_another_way_does_it_if_it_was_the_version_of_now(
    officer, political_affairs, mp, days, is_open
):
    card_of(political_affairs)
    card_of(political_affairs, 1, hours="8am", now=NOW + 6 * DAY)
    swept(NOW + 7 * DAY)

    record_sent(
        by=officer, mp=mp, way="post", sent_on=TODAY + days * DAY, submission=uuid4(), now=NOW + 8 * DAY
    )

    assert asked() == {(f"mp:{mp.pk}", None, is_open)}


def test_what_the_hand_over_of_a_seat_asks_is_not_asked_again_and_done_by_sending(
    officer, political_affairs, mp, office
):
    card_of(political_affairs)
    common = {"authority": officer.authority, "kind": "contact-card", "subject": f"mp:{mp.pk}"}
    ToDo.objects.create(**common, occasion="handover:1", title="x", about="x", due_on=TODAY, created_at=NOW)

    assert swept(NOW + DAY) == 0
    send(officer, [mp])

    assert ToDo.objects.get().outcome == "done"


@pytest.mark.parametrize("state", [State.FAILED, State.DROPPED])
def test_it_is_asked_again_when_the_email_could_not_be_delivered(
    officer, political_affairs, mp, office, state
):
    card_of(political_affairs)
    swept(NOW + DAY)
    send(officer, [mp])
    before = swept(NOW + 2 * DAY)

    Notification.objects.filter(kind="contact-card").update(state=state)

    assert (before, swept(NOW + 3 * DAY), swept(NOW + 4 * DAY)) == (0, 1, 0)
    assert sorted(ToDo.objects.values_list("outcome", flat=True)) == ["", "done"]


def test_it_is_asked_again_when_what_was_recorded_is_taken_back(officer, political_affairs, mp):
    card_of(political_affairs)
    swept(NOW + DAY)
    for day in (2, 4):
        sent = record_sent(
            by=officer, mp=mp, way="post", sent_on=TODAY, submission=uuid4(), now=NOW + day * DAY
        )
        take_back(by=officer, sent=sent, now=NOW + day * DAY)

        assert (swept(NOW + (day + 1) * DAY), swept(NOW + (day + 1) * DAY)) == (1, 0)

    assert sorted(ToDo.objects.values_list("outcome", flat=True)) == ["", "done", "done"]


def test_what_is_asked_again_is_taken_back_when_the_email_goes_after_all(
    officer, political_affairs, mp, office
):
    card_of(political_affairs)
    send(officer, [mp])
    emails = Notification.objects.filter(kind="contact-card")
    emails.update(state=State.FAILED)
    swept(NOW + DAY)

    emails.update(state=State.SENT)
    swept(NOW + 2 * DAY)

    assert asked() == set()


def test_nothing_is_asked_for_whoever_has_it_or_is_not_ours(political_affairs, mp):
    card = card_of(political_affairs)
    CardSentFactory(authority=card.authority, mp=mp, card=card)
    MPFactory()

    assert swept(NOW + DAY) == 0


def test_what_was_asked_is_taken_back_when_the_seat_is_no_longer_ours(political_affairs, mp):
    card_of(political_affairs)
    swept(NOW + DAY)
    SeatHolding.objects.update(ended_on=TODAY)

    swept(NOW + 2 * DAY)

    assert asked() == set()


def test_in_a_dissolution_nobody_is_asked_and_those_elected_again_are_after_it(political_affairs, mp):
    card_of(political_affairs)
    swept(NOW + DAY)
    dissolution = Dissolution.objects.create(started_on=TODAY + 2 * DAY, entered_at=NOW)

    assert swept(NOW + 2 * DAY) == 0
    assert asked() == set()
    dissolution.ended_on = TODAY + 9 * DAY
    dissolution.save()

    assert swept(NOW + 10 * DAY) == 0  # who won is not known yet
    seat = mp.holdings.get().constituency
    SeatHolding.objects.update(ended_on=TODAY + DAY)
    SeatHolding.objects.create(mp=mp, constituency=seat, started_on=TODAY + 10 * DAY)
    Dissolution.objects.note_the_house()

    assert swept(NOW + 9 * DAY) == 0
    assert swept(NOW + 10 * DAY) == 1


def test_the_relationship_owner_is_asked_if_they_may_send_it_or_else_the_deputy(
    political_affairs, officer, executive, authority
):
    theirs, leaders, shared, nobodys = (MPFactory(authority=authority) for _ in range(4))
    CouncilLeadFactory(authority=authority, mp=theirs, membership=officer)
    for mp in (leaders, shared):
        CouncilLeadFactory(authority=authority, mp=mp, membership=executive)
    CouncilLeadFactory(authority=authority, mp=shared, role="deputy", membership=officer)
    card_of(political_affairs)

    swept(NOW + DAY)

    assert asked() == {
        (f"mp:{theirs.pk}", officer, True),
        (f"mp:{leaders.pk}", None, True),
        (f"mp:{shared.pk}", officer, True),
        (f"mp:{nobodys.pk}", None, True),
    }


def test_a_sweep_costs_the_same_for_1_and_30_mps(political_affairs, authority, django_assert_num_queries):
    card = card_of(political_affairs)
    for number in (1, 29):
        for mp in [MPFactory(authority=authority) for _ in range(number)]:
            CardSentFactory(authority=authority, mp=mp, card=card)
        with django_assert_num_queries(9):
            swept(NOW + DAY)


# --- Colleagues on the card ---------------------------------------------------------------


@pytest.fixture
def dana(authority):
    return MembershipFactory(
        authority=authority, user__name="Dana Reid", user__email="dana@n.example", job_title="Partnerships"
    )


def leaves(person):
    person.is_active = False
    person.save()


def comes_back(person):
    person.is_active = True
    person.save()


def renewals(now=NOW):
    return sweep(now=now)["cards_to_renew"]


def test_of_a_colleague_the_card_says_what_their_account_says_where_nothing_is_typed(political_affairs, dana):
    own, desk = LINE | {"membership": dana}, LINE | {"membership": dana, "email": "mps@n.example"}
    card = card_of(political_affairs, contacts=[own, desk | {"job_title": "Head"}])

    assert list(
        card.contacts.values_list("name", "job_title", "is_own_job_title", "email", "is_own_email")
    ) == [
        ("Dana Reid", "Partnerships", True, "dana@n.example", True),
        ("Dana Reid", "Head", False, "mps@n.example", False),
    ]
    assert to_edit(card)[1] == [own, desk | {"job_title": "Head"}]
    assert card_of(political_affairs, 1, contacts=[own, desk | {"job_title": "Head"}]) == card


@pytest.mark.parametrize(
    ("change", "own", "desk"),
    [
        (leaves, "Dana Reid has left", "Dana Reid has left"),
        (lambda dana: leaves(dana.user), "Dana Reid has left", "Dana Reid has left"),
        (
            lambda dana: User.objects.filter(pk=dana.user_id).update(name="Dana Hale"),
            "Dana Reid goes by another name",
            "Dana Reid goes by another name",
        ),
        (
            lambda dana: User.objects.filter(pk=dana.user_id).update(email="hale@n.example"),
            "Dana Reid has another e-mail address",
            "",
        ),
        (
            lambda dana: Membership.objects.filter(pk=dana.pk).update(job_title="Director"),
            "Dana Reid has another job title",
            "",
        ),
    ],
)
def test_a_card_is_out_of_date_when_it_is_no_longer_so_of_a_colleague(
    political_affairs, authority, mp, dana, change, own, desk
):
    line = LINE | {"membership": dana}
    card = card_of(political_affairs, contacts=[line, line | {"email": "mps@n.example", "job_title": "Head"}])
    CardSentFactory(authority=authority, mp=mp, card=card)
    change(dana)

    state = state_of(mp, political_affairs)

    words = [each for each in (own, desk) if each]
    assert (state.amiss, state.is_current, state.is_newest) == (words, not words, True)
    assert renewals() == len(words)


def test_an_edit_takes_the_new_job_title_of_a_colleague(political_affairs, dana):
    card = card_of(political_affairs, contacts=[LINE | {"membership": dana}])
    Membership.objects.filter(pk=dana.pk).update(job_title="Director")

    [line] = to_edit(card)[1]
    line["membership"].refresh_from_db()
    card = card_of(political_affairs, 1, contacts=[line])

    assert (line["job_title"], card.number, card.contacts.get().job_title) == ("", 2, "Director")
    assert card.contacts.get().amiss is None


def test_political_affairs_are_asked_once_for_each_cause_to_change_the_card(political_affairs, mp, dana):
    card_of(political_affairs, contacts=[LINE | {"membership": dana}])
    leaves(dana)

    assert (renewals(), renewals(NOW + DAY)) == (1, 0)
    to_do = ToDo.objects.get(kind="contact-card-renewal")
    assert (to_do.title, to_do.assignee) == ("Change the contact card: Dana Reid has left", None)
    assert (to_do.path, to_do.due_on) == (url("card_edit"), date(2026, 3, 9))
    assert Notification.objects.filter(recipient=political_affairs, title__contains="Dana Reid").exists()

    finish(by=political_affairs, to_do=to_do, outcome=Outcome.NOT_NEEDED, now=NOW)
    assert renewals() == 0


def test_who_comes_back_is_on_the_card_as_before(political_affairs, authority, mp, dana):
    card = card_of(political_affairs, contacts=[LINE | {"membership": dana}])
    CardSentFactory(authority=authority, mp=mp, card=card)
    leaves(dana)
    renewals()

    comes_back(dana)

    assert (renewals(), ToDo.objects.filter(kind="contact-card-renewal").count()) == (0, 0)
    assert state_of(mp, political_affairs).is_current
    leaves(dana)
    assert renewals() == 1, "a new cause"


def test_the_next_version_does_what_was_asked(political_affairs, mp, dana):
    card_of(political_affairs, contacts=[LINE | {"membership": dana}])
    leaves(dana)
    renewals()

    card_of(political_affairs, 1)

    to_do = ToDo.objects.get(kind="contact-card-renewal")
    assert (to_do.done_by, to_do.outcome) == (political_affairs, "done")
    assert renewals() == 0


def test_a_stranger_is_neither_told_of_our_colleague_nor_asked(political_affairs, stranger, mp, dana):
    card_of(political_affairs, contacts=[LINE | {"membership": dana}])
    card_of(stranger)
    theirs = card_of(stranger, 1, hours="Later")
    CardSentFactory(authority=stranger.authority, mp=mp, card=theirs)
    leaves(dana)

    renewals()

    assert state_of(mp, stranger).is_current
    assert set(ToDo.objects.values_list("authority", flat=True)) == {political_affairs.authority_id}


def test_the_pages_say_what_is_no_longer_so_and_the_form_leaves_it_out(
    political_affairs, officer, admin, mp, office, dana, sign_in
):
    card_of(political_affairs, contacts=[LINE | {"membership": dana}])
    leaving = reverse("overview:person_deactivate", args=["northmoor", dana.pk])
    of_another = reverse("overview:person_deactivate", args=["northmoor", officer.pk])

    before = sign_in(admin).get(leaving).content.decode()
    sign_in(admin).post(leaving)

    said = "Dana Reid has left."
    assert "tells MPs’ offices to turn" in before
    assert "tells MPs’ offices to turn" not in sign_in(admin).get(of_another).content.decode()
    for page in (url("card_detail"), url("card_send"), f"{url('card_send')}?mp={mp.pk}"):
        assert said in sign_in(officer).get(page).content.decode()
        assert (
            "The political affairs lead or an admin changes it."
            in sign_in(officer).get(page).content.decode()
        )
    client = sign_in(political_affairs)
    assert "Change it</a>, then send" in client.get(url("card_detail")).content.decode()
    form = client.get(url("card_edit")).content.decode()
    assert "Dana Reid has left. Choose somebody else" in form
    assert f'<option value="{dana.pk}"' not in form
    line = {"about": "All enquiries", "membership": str(dana.pk)}
    assert client.post(url("card_edit"), posted([line], number="1")).status_code == 422
    client.post(url("card_edit"), posted([line | {"membership": str(officer.pk)}], number="1"))
    assert said not in client.get(url("card_detail")).content.decode()
    assert ContactCard.objects.visible_to(officer).newest().contacts.get().membership == officer


# --- Pages --------------------------------------------------------------------------------


def posted(contacts, **words):
    data = {"number": "0", "contacts-TOTAL_FORMS": str(len(contacts)), "contacts-INITIAL_FORMS": "0"}
    for position, line in enumerate(contacts):
        data |= {f"contacts-{position}-{name}": value or "" for name, value in line.items()}
    return data | {"introduction": "", "hours": "9am to 5pm", "out_of_hours": ""} | words


def test_the_card_is_made_changed_and_read(political_affairs, service_contact, sign_in):
    client = sign_in(political_affairs)
    empty = client.get(url("card_detail")).content.decode()

    client.post(url("card_edit"), posted([DESK, {"name": ""}]))
    second = DESK | {"about": "Highways", "name": "Tom Askew", "email": "", "phone": "01632 960002"}
    client.post(url("card_edit"), posted([DESK, second, DESK | {"DELETE": "on"}], number="1"))

    page = sign_in(service_contact).get(url("card_detail")).content.decode()
    pdf = sign_in(service_contact).get(url("card_file", 1))
    assert "Make the card" in empty
    assert ContactCard.objects.count() == 2
    assert "Tom Askew" in page
    assert "Version 2" in page
    assert "Change the card" not in page
    assert "Tom Askew" not in read(pdf.content).pages[0].extract_text()
    assert pdf["Content-Disposition"] == 'inline; filename="contact-card-northmoor-council-1.pdf"'


@pytest.mark.parametrize(
    ("contacts", "words", "said"),
    [
        ([], {}, "Name at least one person or team."),
        ([DESK], {"hours": ""}, "Say when you can be reached."),
        ([DESK | {"email": ""}], {}, "Enter an e-mail address or a phone number."),
        ([DESK | {"email": "mps at"}], {}, "Enter an e-mail address like name@example.org."),
        ([DESK | {"name": ""}], {}, "Choose a colleague or enter a name, one of the two."),
        ([DESK | {"membership": "0"}], {}, "Select a valid choice."),
        ([DESK | {"about": ""}], {}, "Say what this person is there for"),
        ([DESK] * 11, {}, "Please submit at most 10 forms."),
    ],
)
def test_the_form_says_what_is_wrong(political_affairs, sign_in, contacts, words, said):
    response = sign_in(political_affairs).post(url("card_edit"), posted(contacts, **words))

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not ContactCard.objects.exists()


def test_two_people_at_the_card_see_both_versions(political_affairs, sign_in):
    card_of(political_affairs, introduction="Theirs")
    client = sign_in(political_affairs)

    refused = client.post(url("card_edit"), posted([DESK], introduction="Ours"))

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Somebody saved the card first." in page
    assert ">Theirs<" in page
    assert "Ours</textarea>" in page
    client.post(url("card_edit"), posted([DESK], introduction="Ours", number="1"))
    assert ContactCard.objects.visible_to(political_affairs).newest().introduction == "Ours"


def test_what_is_shown_is_sent(officer, political_affairs, authority, mp, office, sign_in):
    card_of(political_affairs)
    lacking = MPFactory(authority=authority, name="Mr Without Address")
    client = sign_in(officer)

    choose = client.get(url("card_send")).content.decode()
    confirm = client.get(url("card_send"), {"mp": [mp.pk, lacking.pk, "x", 10**30]})
    fields = {"mp": mp.pk, "shown": confirm.context["shown"], "submission": confirm.context["submission"]}
    first = client.post(url("card_send"), fields, follow=True)
    client.post(url("card_send"), fields)

    page = confirm.content.decode()
    assert "Mr Without Address" in choose.split("Without an e-mail")[1]
    assert "To rowan.vale.mp@parliament.example" in page
    assert "Dear Rowan,<br>" in page
    assert "Mr Without Address" not in page
    assert "on its way to the office of Ms Rowan Vale" in first.content.decode()
    assert CardSent.objects.count() == 1
    today = timezone.localdate()
    office_page = client.get(url("office_detail", mp.pk)).content.decode()
    assert f"Sent {today:%-d %B %Y}, by e-mail, version 1" in office_page


def test_what_changed_meanwhile_is_shown_again_and_not_sent(officer, political_affairs, mp, office, sign_in):
    card_of(political_affairs)
    client = sign_in(officer)
    confirm = client.get(url("card_send"), {"mp": mp.pk})
    fields = {"mp": mp.pk, "shown": confirm.context["shown"], "submission": confirm.context["submission"]}
    MPOffice.objects.update(email="new@parliament.example")

    refused = client.post(url("card_send"), fields)

    assert refused.status_code == 422
    assert "Nothing was sent. Look at it again." in refused.content.decode()
    assert "To new@parliament.example" in refused.content.decode()
    assert not CardSent.objects.exists()


@pytest.mark.parametrize("data", [{}, {"mp": "strangers"}, {"mp": "not ours"}])
def test_nobody_else_can_be_chosen(officer, political_affairs, stranger, mp, office, sign_in, data):
    card_of(political_affairs)
    theirs = MPFactory(authority=stranger.authority)
    MPOffice.objects.create(authority=stranger.authority, mp=theirs, email="a@b.example")
    not_ours = MPFactory()
    MPOffice.objects.create(authority=officer.authority, mp=not_ours, email="c@d.example")
    keys = {"strangers": theirs.pk, "not ours": not_ours.pk}
    data = {name: keys[value] for name, value in data.items()}

    response = sign_in(officer).post(url("card_send"), data | {"shown": "x", "submission": str(uuid4())})

    assert response.status_code == 422
    assert not CardSent.objects.exists()


def test_another_authoritys_card_is_not_the_one_that_is_sent(
    officer, political_affairs, stranger, mp, office, sign_in
):
    card_of(political_affairs)
    card_of(stranger, hours="Theirs")
    card_of(stranger, 1, hours="Theirs again")

    page = sign_in(officer).get(url("card_send"), {"mp": mp.pk}).content.decode()

    assert "contact-card-northmoor-council-1.pdf" in page
    assert "Theirs" not in page


def test_sent_another_way_is_recorded_once_and_can_be_removed(officer, political_affairs, mp, sign_in):
    card_of(political_affairs, now=timezone.now())
    client, today = sign_in(officer), timezone.localdate()
    form = {"way": "by-hand", "sent_on": today.isoformat(), "submission": str(uuid4())}

    wrong = client.post(url("card_sent", mp.pk), form | {"sent_on": (today + DAY).isoformat()})
    client.post(url("card_sent", mp.pk), form)
    page = client.post(url("card_sent", mp.pk), form, follow=True).content.decode()
    [sent] = CardSent.objects.all()
    asked = client.get(url("card_sent_remove", sent.pk)).content.decode()
    assert CardSent.objects.exists(), "asked first"
    client.post(url("card_sent_remove", sent.pk))

    assert wrong.status_code == 422
    assert "Up to date" in page
    assert "by hand, version 1" in page
    assert "by hand: version 1" in asked
    assert not CardSent.objects.exists()
    assert CardSent.history.filter(history_type="-").get().history_user == officer.user


def test_an_email_cannot_be_removed_from_the_record(officer, political_affairs, mp, office, sign_in):
    card_of(political_affairs)
    [sent] = send(officer, [mp])

    assert sign_in(officer).post(url("card_sent_remove", sent.pk)).status_code == 404


@pytest.mark.parametrize(("page", "queries"), [("card_detail", 9), ("card_send", 10)])
def test_pages_cost_the_same_for_1_and_30_mps(
    officer, political_affairs, authority, sign_in, django_assert_num_queries, page, queries
):
    card = card_of(political_affairs)
    client = sign_in(officer)
    for number in (1, 29):
        for mp in [MPFactory(authority=authority) for _ in range(number)]:
            MPOffice.objects.create(authority=authority, mp=mp, email="a@b.example")
            CardSentFactory(authority=authority, mp=mp, card=card)
        client.get(url(page))  # the session is renewed once
        with django_assert_num_queries(queries):
            client.get(url(page))


def test_admins_see_the_card_but_not_who_has_it(admin, mp, sign_in):
    card_of(admin)

    page = sign_in(admin).get(url("card_detail")).content.decode()

    assert "Siân Gŵyr" in page
    assert "Who has it" not in page
