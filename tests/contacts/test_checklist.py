"""The chief executive's checklist: answered, out of date on the right day, and who is asked to look again."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.answering import (
    answer_question,
    begin_checklist_anew,
    renew_answer,
    sweep,
    withdraw_answer,
)
from contacts.checklist import Completeness, checklist_of, completeness_by_mp
from contacts.models import ChecklistAnswer, Dissolution, Ending, Post, PostKind, Question, SeatHolding
from notifications.models import ToDo
from notifications.to_dos import finish
from tests.factories import (
    NOW,
    TODAY,
    ChecklistAnswerFactory,
    ConstituencyFactory,
    CouncilLeadFactory,
    MembershipFactory,
    MPFactory,
    PostFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LAST_GOOD_DAY = TODAY + 180 * DAY


@pytest.fixture
def mp(authority):
    return MPFactory(authority=authority, name="Ms Rowan Vale")


@pytest.fixture
def answer(authority, mp):
    return ChecklistAnswerFactory(authority=authority, mp=mp, text="Once a parish councillor.")


def url(name, authority, *args):
    return reverse(f"contacts:{name}", args=[authority.slug, *args])


def answered(by, mp, *, question=Question.BACKGROUND, seen=0, text="An answer", now=NOW):
    return answer_question(
        by=by, mp=mp, question=question, seen=seen, text=text, evidence="", kind="fact", now=now
    )


def is_stale(answer, on):
    [row] = ChecklistAnswer.objects.filter(pk=answer.pk).with_staleness(on, days=180)
    return row.is_stale


# --- Answering ------------------------------------------------------------------------


def test_an_answer_is_recorded_and_read(sign_in, officer, authority, mp):
    client = sign_in(officer)
    before = client.get(url("checklist_detail", authority, mp.pk)).content.decode()
    form = client.get(url("checklist_answer", authority, mp.pk, "background")).content.decode()

    page = client.post(
        url("checklist_answer", authority, mp.pk, "background"),
        {
            "seen": 0,
            "text": "A councillor until 2019.",
            "kind": "third-party",
            "evidence": "https://example.org/a",
        },
        follow=True,
    ).content.decode()

    row = ChecklistAnswer.objects.get()
    assert "0 of 6 answered" in before
    assert "The MP may ask to see what is written here." in form
    assert (row.mp, row.question, row.answered_by) == (mp, "background", officer)
    assert row.answered_on == timezone.localdate()
    assert "A councillor until 2019." in page
    assert "From somebody else" in page
    assert 'href="https://example.org/a"' in page
    assert "1 of 6 answered" in page
    assert f"{officer}, {timezone.localdate():%-d %B %Y}." in page
    assert "No evidence given" not in page


def test_an_answer_without_evidence_says_so_and_one_out_of_date_is_marked(sign_in, officer, authority, mp):
    first = answered(officer, mp, text="Of old")
    ChecklistAnswer.objects.update(kind="third-party")
    answered(officer, mp, seen=first.pk, now=NOW - 181 * DAY)

    page = sign_in(officer).get(url("checklist_detail", authority, mp.pk)).content.decode()

    now, before = " ".join(page.split()).split("Before (1)")
    assert "No evidence given" in now
    assert '<strong class="govuk-tag govuk-tag--yellow">Out of date</strong>' in now
    assert "Older than 180 days." in now
    assert 'Of old <strong class="govuk-tag govuk-tag--grey">From somebody else</strong>' in before


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, officer, authority, mp):
    address = url("checklist_answer", authority, mp.pk, "risks")

    empty = sign_in(officer).post(address, {"seen": 0, "evidence": "Heard"}).content.decode()
    lines = sign_in(officer).post(address, {"seen": 0, "text": "a\n\n" * 7, "kind": "fact"})
    long = sign_in(officer).post(address, {"seen": 0, "text": "x" * 601, "kind": "fact"})

    assert "Enter the answer." in empty
    assert "Choose what the answer is." in empty
    assert 'value="Heard"' in empty
    assert "Use at most 6 lines, so that the checklist fits one page. It has 7." in lines.content.decode()
    assert long.status_code == 422
    assert "Shorten the answer to 600 characters" in long.content.decode()
    assert not ChecklistAnswer.objects.exists()


def test_answering_again_keeps_what_was_said_before(officer, mp):
    first = answered(officer, mp, text="First")
    second = answered(officer, mp, seen=first.pk, text="Second", now=NOW + DAY)

    item = checklist_of(mp, membership=officer, on=TODAY + DAY).items[0]

    assert (item.answer, item.earlier, item.seen) == (second, [first], second.pk)


def test_two_people_at_one_question_see_both_answers(sign_in, officer, authority, mp, answer):
    client, address = sign_in(officer), url("checklist_answer", authority, mp.pk, "background")
    mine = {"seen": answer.pk, "text": "Never a councillor.", "kind": "fact"}
    theirs = ChecklistAnswerFactory(authority=authority, mp=mp, text="A county councillor.")

    refused = client.post(address, mine)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Saved meanwhile: “A county councillor.”" in page
    assert "Never a councillor." in page
    assert ChecklistAnswer.objects.first() == theirs

    client.post(address, mine | {"seen": theirs.pk})
    assert ChecklistAnswer.objects.first().text == "Never a councillor."


def test_a_double_click_answers_once_and_another_is_refused(officer, political_affairs, mp):
    first = answered(officer, mp)

    assert answered(officer, mp) == first
    with pytest.raises(EditedMeanwhile):
        answered(officer, mp, text="Another")
    with pytest.raises(EditedMeanwhile):
        answered(political_affairs, mp)
    assert ChecklistAnswer.objects.count() == 1


def test_an_answer_that_still_holds_is_renewed_with_a_click(sign_in, officer, authority, mp):
    old = ChecklistAnswerFactory(authority=authority, mp=mp, answered_on=date(2025, 1, 1))
    client, address = sign_in(officer), url("checklist_renew", authority, mp.pk, "background")
    before = client.get(url("checklist_detail", authority, mp.pk)).content.decode()

    page = client.post(address, {"seen": old.pk}, follow=True).content.decode()
    again = client.post(address, {"seen": old.pk}, follow=True).content.decode()

    newest = ChecklistAnswer.objects.first()
    assert "0 of 6 answered, 1 out of date, 5 open" in before
    assert "Older than 180 days." in before
    assert "Background: the answer still holds." in page
    assert "1 of 6 answered" in page
    assert (newest.text, newest.answered_by) == (old.text, officer)
    assert newest.answered_on == timezone.localdate()
    assert ChecklistAnswer.objects.count() == 2
    assert "the answer still holds" in again


def test_renewing_what_a_colleague_changed_is_refused(sign_in, officer, authority, mp, answer):
    ChecklistAnswerFactory(authority=authority, mp=mp, text="Changed.")

    page = (
        sign_in(officer)
        .post(url("checklist_renew", authority, mp.pk, "background"), {"seen": answer.pk}, follow=True)
        .content.decode()
    )

    assert "answered this before you" in page
    assert ChecklistAnswer.objects.first().text == "Changed."


def test_an_answer_says_what_it_is(authority, mp):
    for fields in ({"kind": ""}, {"text": "", "kind": "fact"}, {"text": "", "kind": "", "evidence": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChecklistAnswerFactory(authority=authority, mp=mp, **fields)


# --- Out of date ----------------------------------------------------------------------


def test_an_answer_is_out_of_date_on_the_day_after_its_last(answer):
    assert not is_stale(answer, LAST_GOOD_DAY)
    assert is_stale(answer, LAST_GOOD_DAY + DAY)


def test_each_authority_says_how_long_answers_hold(officer, authority, mp, answer):
    authority.checklist_days = 30

    def words(on):
        return str(checklist_of(mp, membership=officer, on=on).completeness)

    officer.authority = authority
    assert words(TODAY + 30 * DAY) == "1 of 6 answered"
    assert words(TODAY + 31 * DAY) == "0 of 6 answered, 1 out of date, 5 open"


@pytest.mark.parametrize(
    ("post", "on", "stale"),
    [
        # Gained on the day of the answer, the day after, or in days to come.
        ({"started_on": TODAY, "seen_on": TODAY}, TODAY + DAY, False),
        ({"started_on": TODAY + DAY, "seen_on": TODAY + DAY}, TODAY + DAY, True),
        ({"started_on": TODAY + DAY, "seen_on": TODAY + DAY}, TODAY, False),
        # Begun before, but the source told of it only after the answer.
        ({"started_on": TODAY - DAY, "seen_on": TODAY + DAY}, TODAY + DAY, True),
        ({"started_on": None, "seen_on": TODAY + DAY}, TODAY + DAY, True),
        ({"started_on": None, "seen_on": TODAY}, TODAY + DAY, False),
        # Lost: the last day was before the answer, its day, or later.
        ({"ended_on": TODAY - DAY}, TODAY + DAY, False),
        ({"ended_on": TODAY}, TODAY, False),
        ({"ended_on": TODAY}, TODAY + DAY, True),
        ({"ended_on": TODAY + DAY}, TODAY + DAY, False),
        ({"ended_on": TODAY + DAY}, TODAY + 2 * DAY, True),
        # Long over when the source told of it.
        ({"ended_on": TODAY - DAY, "seen_on": TODAY + DAY}, TODAY + DAY, False),
        ({}, TODAY + DAY, False),
    ],
)
def test_a_change_of_post_makes_an_answer_out_of_date(mp, answer, post, on, stale):
    PostFactory(mp=mp, **post)

    assert is_stale(answer, on) == stale


@pytest.mark.parametrize("kind", list(PostKind))
def test_groups_and_bill_committees_come_and_go(mp, answer, kind):
    PostFactory(mp=mp, kind=kind, started_on=TODAY + DAY)

    assert is_stale(answer, TODAY + DAY) == (kind not in (PostKind.GROUP, PostKind.BILL_COMMITTEE))


def test_another_mps_post_changes_nothing(answer):
    PostFactory(started_on=TODAY + DAY)

    assert not is_stale(answer, TODAY + DAY)


@pytest.mark.parametrize(
    ("ended_on", "on", "stale"),
    [
        (TODAY - DAY, TODAY + DAY, False),
        (TODAY, TODAY, False),
        (TODAY, TODAY + DAY, True),
        (None, TODAY + DAY, False),
    ],
)
def test_an_mp_who_loses_the_seat_is_another_matter(mp, answer, ended_on, on, stale):
    SeatHolding.objects.filter(mp=mp).update(ended_on=ended_on)

    assert is_stale(answer, on) == stale


@pytest.mark.parametrize(("started_on", "stale"), [(TODAY, False), (TODAY + DAY, True)])
def test_an_mp_who_wins_a_seat_is_another_matter(mp, answer, started_on, stale):
    SeatHolding.objects.filter(mp=mp).update(ended_on=TODAY - DAY)
    SeatHolding.objects.create(mp=mp, constituency=ConstituencyFactory(), started_on=started_on)

    assert is_stale(answer, TODAY + DAY) == stale


# --- Withdrawn --------------------------------------------------------------------------


def test_a_withdrawn_answer_stands_no_more_and_the_one_before_does(
    sign_in, officer, political_affairs, authority, mp
):
    first = answered(officer, mp, text="Right")
    wrong = answered(officer, mp, seen=first.pk, text="Wrong")
    client = sign_in(officer)

    refused = client.post(url("answer_withdraw", authority, wrong.pk), {"why": ""})
    client.post(url("answer_withdraw", authority, wrong.pk), {"why": "Of another MP"})
    too_late = sign_in(political_affairs).post(url("answer_withdraw", authority, wrong.pk), {"why": "Old"})
    page = " ".join(client.get(url("checklist_detail", authority, mp.pk)).content.decode().split())

    assert (refused.status_code, too_late.status_code) == (422, 409)
    assert "Old</textarea>" in too_late.content.decode()
    assert list(ChecklistAnswer.objects.standing()) == [first]
    assert checklist_of(mp, membership=officer, on=TODAY).items[0].answer == first
    assert "<s>Wrong</s>" in page
    assert ": Of another MP" in page
    assert f"Withdrawn by {officer}, " in page


def test_after_the_only_answer_is_withdrawn_the_question_is_open_and_can_be_answered(officer, mp):
    wrong = answered(officer, mp, text="Wrong")
    withdraw_answer(by=officer, answer=wrong, why="Of another MP", now=NOW)

    found = checklist_of(mp, membership=officer, on=TODAY)
    right = answered(officer, mp, seen=found.items[0].seen, text="Right")

    assert (found.items[0].answer, found.completeness.answered) == (None, 0)
    assert list(ChecklistAnswer.objects.standing()) == [right]


def test_the_page_says_what_stands_after_an_answer_is_withdrawn(sign_in, officer, authority, mp):
    first = answered(officer, mp, text="Right")
    wrong = answered(officer, mp, seen=first.pk, text="Wrong")
    client = sign_in(officer)

    between = client.get(url("answer_withdraw", authority, wrong.pk)).content.decode()
    only = client.get(url("answer_withdraw", authority, first.pk)).content.decode()
    begin_checklist_anew(by=officer, mp=mp, won_on=TODAY + DAY, now=NOW)
    anew = answered(officer, mp, seen=ChecklistAnswer.objects.first().pk, text="Anew")
    after = client.get(url("answer_withdraw", authority, anew.pk)).content.decode()
    withdraw_answer(by=officer, answer=anew, why="Of another MP", now=NOW)

    assert "the one before stands again" in between
    assert "Fact" in between
    assert "a later answer stands" in only
    assert "the question is open again" in after
    assert checklist_of(mp, membership=officer, on=TODAY).items[0].answer is None


# --- Anew -----------------------------------------------------------------------------


def test_a_checklist_begun_anew_is_empty_and_keeps_what_was_said(sign_in, officer, authority, mp):
    first = answered(officer, mp)
    answered(officer, mp, question=Question.RISKS)

    opened = begin_checklist_anew(by=officer, mp=mp, won_on=TODAY + DAY, now=NOW)
    again = begin_checklist_anew(by=officer, mp=mp, won_on=TODAY + DAY, now=NOW)

    checklist = checklist_of(mp, membership=officer, on=TODAY)
    page = sign_in(officer).get(url("checklist_detail", authority, mp.pk)).content.decode()
    assert (opened, again) == (2, 0)
    assert str(checklist.completeness) == "0 of 6 answered"
    assert checklist.items[0].earlier[-1] == first
    assert "Opened again" in page
    assert "An answer" in page
    new = answered(officer, mp, seen=checklist.items[0].seen, text="New")
    assert checklist_of(mp, membership=officer, on=TODAY).items[0].answer == new


def test_answers_stay_with_the_mp_they_are_about(officer, authority, mp, answer):
    seat = mp.holdings.get().constituency
    SeatHolding.objects.filter(mp=mp).update(ended_on=TODAY - DAY)
    successor = MPFactory(seat=seat)

    found = completeness_by_mp(membership=officer, on=TODAY)

    assert found == {mp.pk: Completeness(answered=1)}
    assert checklist_of(successor, membership=officer, on=TODAY).items[0].answer is None


# --- Asking to look again -------------------------------------------------------------


def sweep_on(day):
    return sweep(now=NOW + (day - TODAY))["stale_answers"]


def test_the_relationship_owner_is_asked_once_to_look_again(authority, mp, answer):
    owner = CouncilLeadFactory(authority=authority, mp=mp).membership
    CouncilLeadFactory(authority=authority, mp=mp, role="deputy")
    ChecklistAnswerFactory(authority=authority, mp=mp, question=Question.RISKS)

    before = sweep_on(LAST_GOOD_DAY)
    first = sweep_on(LAST_GOOD_DAY + DAY)
    again = sweep_on(LAST_GOOD_DAY + 2 * DAY)

    to_do = ToDo.objects.get()
    assert (before, first, again) == (0, 2, 0)
    assert to_do.assignee == owner
    assert to_do.title == "Look again at the checklist of Ms Rowan Vale"
    assert to_do.detail == "Out of date: Background, Risks."
    assert to_do.path == url("checklist_detail", authority, mp.pk)
    assert to_do.due_on == LAST_GOOD_DAY + 15 * DAY


def test_days_without_a_sweep_are_made_good(authority, mp, answer):
    assert sweep_on(LAST_GOOD_DAY + 40 * DAY) == 1
    assert ToDo.objects.get().assignee is None, "nobody leads: political affairs give it to somebody"


def test_while_asked_nobody_is_asked_again_and_afterwards_they_are(officer, authority, mp, answer):
    PostFactory(mp=mp, started_on=TODAY + DAY)
    sweep_on(TODAY + DAY)
    ChecklistAnswerFactory(authority=authority, mp=mp, question=Question.RISKS, answered_on=TODAY - 179 * DAY)
    sweep_on(TODAY + 2 * DAY)
    while_asked = ToDo.objects.count()
    ToDo.objects.update(done_at=NOW, done_by=officer, outcome="done")
    renew_answer(by=officer, answer=answer, now=NOW + 2 * DAY)

    found = sweep_on(TODAY + 190 * DAY)

    assert while_asked == 1
    assert found == 1
    assert ToDo.objects.open().count() == 1


def test_answering_what_is_out_of_date_finishes_the_to_do(officer, authority, mp, answer):
    risks = ChecklistAnswerFactory(authority=authority, mp=mp, question=Question.RISKS)
    later = NOW + 181 * DAY
    sweep(now=later)

    renew_answer(by=officer, answer=answer, now=later)
    half_done = ToDo.objects.open().count()
    renew_answer(by=officer, answer=risks, now=later)

    assert half_done == 1
    to_do = ToDo.objects.get()
    assert (to_do.done_by, to_do.outcome) == (officer, "done")


@pytest.mark.parametrize("how", ["withdrawn", "begun anew"])
def test_the_to_do_is_done_once_nothing_out_of_date_stands(officer, mp, answer, how):
    ChecklistAnswerFactory(authority=answer.authority, mp=mp, question=Question.RISKS)
    sweep(now=NOW + 181 * DAY)

    if how == "begun anew":
        begin_checklist_anew(by=officer, mp=mp, won_on=TODAY + DAY, now=NOW + 182 * DAY)
    else:
        withdraw_answer(by=officer, answer=answer, why="Wrong", now=NOW + 182 * DAY)
        assert ToDo.objects.open().count() == 1, "the other is out of date still"
        other = ChecklistAnswer.objects.get(question=Question.RISKS)
        withdraw_answer(by=officer, answer=other, why="Wrong", now=NOW + 182 * DAY)

    assert (ToDo.objects.open().count(), ToDo.objects.get().done_by) == (0, officer)


@pytest.mark.parametrize("who", ["lead without an account", "lead who left", "admin"])
def test_whoever_cannot_open_it_is_not_asked(authority, mp, answer, who):
    fields = {
        "lead without an account": {"membership": None, "name": "The Leader"},
        "lead who left": {"membership": MembershipFactory(authority=authority, is_active=False)},
        "admin": {"membership": MembershipFactory(authority=authority, role=Role.ADMIN)},
    }[who]
    CouncilLeadFactory(authority=authority, mp=mp, **fields)
    deputy = CouncilLeadFactory(authority=authority, mp=mp, role="deputy").membership

    sweep_on(LAST_GOOD_DAY + DAY)

    assert ToDo.objects.get().assignee == deputy


def test_mps_who_hold_none_of_our_seats_and_open_questions_are_left_alone(officer, authority, mp):
    answered(officer, mp)
    begin_checklist_anew(by=officer, mp=mp, won_on=TODAY + DAY, now=NOW)
    ChecklistAnswerFactory(authority=authority, mp=MPFactory())

    assert sweep_on(LAST_GOOD_DAY + DAY) == 0
    assert not ToDo.objects.exists()


@pytest.mark.parametrize("is_emptied", [False, True])
def test_in_a_dissolution_nothing_is_asked_and_it_is_made_good_for_who_is_elected_again(
    authority, mp, answer, is_emptied
):
    """Whether or not a list has ended every holding, as such an end makes every answer out of date."""
    asked_before = LAST_GOOD_DAY + DAY
    sweep_on(asked_before)
    dissolution = Dissolution.objects.create(started_on=asked_before + DAY, entered_at=NOW)
    if is_emptied:
        mp.holdings.update(ended_on=asked_before, ended_by=Ending.DISSOLUTION)

    assert sweep_on(asked_before + DAY) == 0
    assert not ToDo.objects.exists()

    dissolution.delete()
    mp.holdings.update(ended_on=None, ended_by="")

    assert sweep_on(asked_before + 2 * DAY) == 1
    assert sweep_on(asked_before + 3 * DAY) == 0
    assert ToDo.objects.get().is_open


def test_what_was_asked_of_an_mp_who_left_is_taken_back_and_what_was_done_stays(
    officer, authority, mp, answer
):
    ChecklistAnswerFactory(authority=authority, mp=MPFactory(authority=authority))
    sweep_on(LAST_GOOD_DAY + DAY)
    other = ToDo.objects.exclude(subject=mp.subject).get()
    finish(by=officer, to_do=other, now=NOW)
    SeatHolding.objects.update(ended_on=LAST_GOOD_DAY)

    assert sweep_on(LAST_GOOD_DAY + DAY) == 0

    assert ToDo.objects.get() == other


def test_one_authoritys_answers_ask_nobody_of_another(stranger, authority, mp, answer):
    CouncilLeadFactory(authority=stranger.authority, mp=mp, membership=stranger)

    sweep_on(LAST_GOOD_DAY + DAY)

    to_do = ToDo.objects.get()
    assert (to_do.authority, to_do.assignee) == (authority, None)


def test_a_sweep_costs_the_same_for_1_and_30_mps(authority, mp, answer, django_assert_max_num_queries):
    for _ in range(29):
        other = MPFactory(authority=authority)
        CouncilLeadFactory(authority=authority, mp=other)
        ChecklistAnswerFactory(authority=authority, mp=other)

    with django_assert_max_num_queries(16):
        assert sweep_on(LAST_GOOD_DAY + DAY) == 30
    assert ToDo.objects.count() == 30


# --- Pages ----------------------------------------------------------------------------


def test_completeness_is_said_in_words():
    assert str(Completeness()) == "0 of 6 answered"
    assert str(Completeness(6)) == "6 of 6 answered"
    assert str(Completeness(4, 1)) == "4 of 6 answered, 1 out of date, 1 open"
    assert str(Completeness(5, 1)) == "5 of 6 answered, 1 out of date"
    assert [Completeness(6).is_complete, Completeness(5, 1).is_complete] == [True, False]


def test_every_page_says_how_much_is_answered(sign_in, officer, authority, mp):
    ChecklistAnswerFactory(authority=authority, mp=mp, answered_on=timezone.localdate())
    ChecklistAnswerFactory(authority=authority, mp=mp, question=Question.RISKS, answered_on=date(2025, 1, 1))
    client = sign_in(officer)

    said = [
        "1 of 6 answered, 1 out of date, 4 open" in client.get(address).content.decode()
        for address in (
            reverse("overview:mp_detail", args=[authority.slug, mp.pk]),
            url("checklist_detail", authority, mp.pk),
            url("checklist_list", authority),
            url("checklist_print", authority),
            reverse("engagements:plan_list", args=[authority.slug]),
        )
    ]

    assert said == [True] * 5


def test_the_list_and_the_sheets_are_of_our_own_mps(sign_in, officer, authority, mp, answer):
    MPFactory(name="Mr Far Away")
    client = sign_in(officer)

    listed = client.get(url("checklist_list", authority)).content.decode()
    sheets = client.get(url("checklist_print", authority)).content.decode()

    assert "Complete for 0 of your 1 MP." in listed
    assert "Ms Rowan Vale" in listed
    assert sheets.count("As at ") == 1
    assert "Once a parish councillor." in sheets
    assert "Mr Far Away" not in listed + sheets


def test_a_question_that_is_none_is_missing(sign_in, officer, authority, mp):
    client = sign_in(officer)

    assert client.get(url("checklist_answer", authority, mp.pk, "favourite-colour")).status_code == 404
    assert client.post(url("checklist_renew", authority, mp.pk, "risks"), {"seen": "x"}).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_officers_political_affairs_and_executives_read_and_answer(sign_in, authority, mp, answer, role):
    client = sign_in(MembershipFactory(authority=authority, role=role))
    may = role in (Role.OFFICER, Role.POLITICAL_AFFAIRS, Role.EXECUTIVE)

    page = client.get(url("checklist_detail", authority, mp.pk))
    post = client.post(
        url("checklist_answer", authority, mp.pk, "risks"), {"seen": 0, "text": "x", "kind": "opinion"}
    )
    mp_page = client.get(reverse("overview:mp_detail", args=[authority.slug, mp.pk])).content.decode()

    assert (page.status_code, post.status_code) == ((200, 302) if may else (403, 403))
    assert ("Chief executive’s checklist" in mp_page) == may


def test_another_authority_knows_nothing_of_it(sign_in, stranger, mp, answer):
    client, theirs = sign_in(stranger), stranger.authority

    page = client.get(url("checklist_detail", theirs, mp.pk)).content.decode()
    renewed = client.post(url("checklist_renew", theirs, mp.pk, "background"), {"seen": answer.pk})

    assert "Once a parish councillor." not in page
    assert "0 of 6 answered" in page
    assert renewed.status_code == 404
    assert completeness_by_mp(membership=stranger, on=TODAY) == {}


@pytest.mark.parametrize(
    ("name", "queries"),
    [("checklist_detail", 7), ("checklist_list", 7), ("checklist_print", 6)],
)
def test_the_pages_cost_the_same_for_1_and_30(
    sign_in, officer, authority, mp, answer, django_assert_num_queries, name, queries
):
    client = sign_in(officer)
    address = url(name, authority, *([mp.pk] if name == "checklist_detail" else []))
    CouncilLeadFactory(authority=authority, mp=mp)
    with django_assert_num_queries(queries):
        client.get(address)

    for _ in range(29):
        ChecklistAnswerFactory(authority=authority, mp=mp)
        other = MPFactory(authority=authority)
        CouncilLeadFactory(authority=authority, mp=other)
        ChecklistAnswerFactory(authority=authority, mp=other)
        Post.objects.create(mp=other, kind="whip", title="Whip", seen_on=TODAY, source="-")
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
