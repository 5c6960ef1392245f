"""To-dos: set once for each cause, told once, finished, taken back; and their pages."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from accounts.services import deactivate_member
from notifications.models import Channel, Notification, Outcome, ToDo
from notifications.to_dos import (
    AlreadyFinished,
    ToDoRequest,
    ask,
    finish,
    give,
    most_urgent,
    reopen,
    withdraw,
)
from tests.factories import NOW, TODAY, MembershipFactory, ToDoFactory

pytestmark = pytest.mark.django_db


def url(name, authority, *args):
    return reverse(f"to_dos:{name}", args=[authority.slug, *args])


@pytest.fixture
def request_(officer):
    return ToDoRequest(
        authority=officer.authority,
        kind="new-mp",
        subject="mp:12",
        occasion="news:17",
        title="Welcome Ms Fictional MP",
        about="Ms Fictional MP",
        path="/northmoor/mps/12/",
        due_on=date(2026, 3, 16),
        assignee=officer,
    )


def told(membership, channel=Channel.IN_APP):
    rows = Notification.objects.filter(recipient=membership, channel=channel)
    return list(rows.order_by("pk").values_list("title", flat=True))


# --- Setting ----------------------------------------------------------------------------


def test_a_to_do_is_set_and_its_assignee_told_by_each_channel(request_, officer):
    [to_do] = ask([request_], now=NOW)

    assert (to_do.title, to_do.assignee, to_do.due_on) == (
        "Welcome Ms Fictional MP",
        officer,
        date(2026, 3, 16),
    )
    assert told(officer) == told(officer, Channel.EMAIL) == ["To do: Welcome Ms Fictional MP"]
    message = Notification.objects.filter(recipient=officer).first()
    assert message.body == "Welcome Ms Fictional MP, by 16 March 2026."
    assert message.path == url("to_do_detail", officer.authority, to_do.pk)


@pytest.mark.parametrize("outcome", ["", Outcome.DONE, Outcome.NOT_NEEDED])
def test_the_same_cause_sets_no_second_one_whatever_became_of_the_first(request_, officer, outcome):
    [to_do] = ask([request_], now=NOW)
    if outcome:
        finish(by=officer, to_do=to_do, outcome=outcome, now=NOW)

    again = ask([request_, replace(request_, title="In other words", assignee=None)], now=NOW)

    assert again == []
    assert ToDo.objects.get().outcome == outcome
    assert len(told(officer)) == 1


@pytest.mark.parametrize("field", ["kind", "subject", "occasion"])
def test_another_cause_sets_another(request_, field):
    ask([request_], now=NOW)

    assert len(ask([replace(request_, **{field: "other"})], now=NOW)) == 1


def test_each_authority_has_its_own(request_, stranger):
    theirs = replace(request_, authority=stranger.authority, assignee=stranger)

    assert len(ask([request_, theirs], now=NOW)) == 2
    assert ToDo.objects.visible_to(stranger).get().authority == stranger.authority


def test_a_person_is_told_once_of_many(request_, officer):
    requests = [replace(request_, subject=f"mp:{number}", title=f"Task {number}") for number in range(23)]

    ask(requests, now=NOW)

    message = Notification.objects.filter(recipient=officer, channel=Channel.EMAIL).get()
    assert message.title == "To do: 23 things"
    assert message.body.count("\n") == 20
    assert message.body.endswith("And 3 more.")
    assert message.path == url("to_do_list", officer.authority)


def test_whoever_asks_is_not_told_of_their_own(request_, officer):
    ask([request_], now=NOW, by=officer)

    assert told(officer) == []


def test_political_affairs_hear_of_what_nobody_has(request_, officer, political_affairs):
    gone = MembershipFactory(authority=officer.authority, is_active=False)
    MembershipFactory(role=Role.POLITICAL_AFFAIRS)  # of another authority

    ask([replace(request_, assignee=None), replace(request_, subject="mp:13", assignee=gone)], now=NOW)

    assert told(political_affairs) == ["To do, and nobody has it yet: 2 things"]
    assert Notification.objects.exclude(recipient=political_affairs).count() == 0
    message = Notification.objects.filter(recipient=political_affairs).first()
    assert message.path == url("to_do_list", officer.authority) + "?show=nobody"


def test_nobody_of_another_authority_can_be_asked(request_, stranger):
    with pytest.raises(ValueError, match="another authority"):
        ask([replace(request_, assignee=stranger)], now=NOW)


@pytest.mark.parametrize("number", [1, 30])
def test_asking_costs_the_same_for_one_as_for_many(request_, number, django_assert_num_queries):
    requests = [replace(request_, subject=f"mp:{each}") for each in range(number)]

    with transaction.atomic(), django_assert_num_queries(6):  # two of them the savepoint
        ask(requests, now=NOW)


def test_asking_for_nothing_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask([], now=NOW) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_set_one_each(request_, officer):
    requests = [replace(request_, subject=f"mp:{number}") for number in range(3)]
    start, new = threading.Barrier(2), []

    def work(mine):
        try:
            start.wait()
            with transaction.atomic():
                new.append(len(ask(mine, now=NOW)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[each]) for each in (requests, requests[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(new) == [0, 3]
    assert ToDo.objects.count() == 3
    assert len(told(officer)) == 1


# --- Finishing, giving, taking back -----------------------------------------------------


def test_finishing_says_who_when_and_how(officer):
    to_do = ToDoFactory(authority=officer.authority)

    finish(by=officer, to_do=to_do, outcome=Outcome.NOT_NEEDED, note="She wrote first", now=NOW)

    to_do.refresh_from_db()
    assert (to_do.done_at, to_do.done_by, to_do.outcome, to_do.note) == (
        NOW,
        officer,
        Outcome.NOT_NEEDED,
        "She wrote first",
    )


def test_the_second_to_finish_learns_of_the_first(officer, political_affairs):
    to_do = ToDoFactory(authority=officer.authority)
    finish(by=officer, to_do=to_do, now=NOW)

    with pytest.raises(AlreadyFinished) as error:
        finish(by=political_affairs, to_do=to_do, outcome=Outcome.NOT_NEEDED, now=NOW)

    assert error.value.to_do.done_by == officer
    with pytest.raises(AlreadyFinished):
        give(by=political_affairs, to_do=to_do, assignee=None, now=NOW)


def test_what_is_reopened_is_open_and_its_history_says_who_had_finished_it(officer):
    to_do = ToDoFactory(authority=officer.authority)
    finish(by=officer, to_do=to_do, note="Sent", now=NOW)

    for _ in range(2):  # reopening what is open changes nothing
        reopen(by=officer, to_do=to_do, now=NOW + timedelta(hours=1))

    to_do.refresh_from_db()
    assert (to_do.is_open, to_do.outcome, to_do.note) == (True, "", "")
    lines = list(to_do.history.order_by("history_id").values_list("note", "history_user"))
    assert lines[-2:] == [("Sent", officer.user_id), ("", officer.user_id)]


def test_the_one_to_whom_it_is_given_is_told_once(request_, officer, political_affairs):
    colleague = MembershipFactory(authority=officer.authority)
    [to_do] = ask([request_], now=NOW)

    for assignee in (colleague, colleague, political_affairs, None):
        give(by=political_affairs, to_do=to_do, assignee=assignee, now=NOW)

    assert len(told(colleague)) == 1
    assert told(political_affairs) == []  # who gives it to themselves knows
    assert ToDo.objects.get().assignee is None
    assert to_do.history.count() == 4


def test_a_lead_who_heard_of_it_is_told_when_it_is_given_to_them(request_, political_affairs):
    other = MembershipFactory(authority=political_affairs.authority, role=Role.POLITICAL_AFFAIRS)
    [to_do] = ask([replace(request_, assignee=None)], now=NOW)

    give(by=political_affairs, to_do=to_do, assignee=other, now=NOW)

    assert told(other) == [
        "To do, and nobody has it yet: Welcome Ms Fictional MP",
        "To do: Welcome Ms Fictional MP",
    ]


def test_what_is_taken_back_is_gone_but_for_what_was_finished(request_, officer):
    [first, second] = ask([request_, replace(request_, subject="mp:13")], now=NOW)
    finish(by=officer, to_do=first, now=NOW)

    withdraw(ToDo.objects.filter(occasion="news:17"))
    again = ask([request_, replace(request_, subject="mp:13")], now=NOW)

    assert ToDo.objects.filter(pk=second.pk).count() == 0
    assert [to_do.subject for to_do in again] == ["mp:13"]


def test_the_database_refuses_a_to_do_done_by_nobody(officer):
    to_do = ToDoFactory(authority=officer.authority, assignee=officer, is_done=True)

    for half in ({"done_by": None}, {"outcome": ""}, {"done_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ToDo.objects.filter(pk=to_do.pk).update(**half)


def test_the_days_overdue_begin_after_the_last_one():
    to_do = ToDo(due_on=TODAY)

    assert [to_do.days_overdue(TODAY + timedelta(days)) for days in (-1, 0, 1, 2)] == [0, 0, 1, 2]
    assert ToDo(due_on=TODAY, done_at=NOW).days_overdue(TODAY + timedelta(1)) == 0


@pytest.mark.parametrize(("days", "overdue"), [(-1, 0), (0, 0), (1, 1)])
def test_overdue_as_the_database_counts_it(officer, days, overdue):
    ToDoFactory(authority=officer.authority)
    ToDoFactory(authority=officer.authority, assignee=officer, is_done=True)

    assert ToDo.objects.overdue(TODAY + timedelta(days)).count() == overdue


def test_what_somebody_who_left_had_is_nobodys_until_they_come_back(officer, admin):
    to_do = ToDoFactory(assignee=officer)

    deactivate_member(by=admin, member=officer)

    assert ToDo.objects.nobodys().get() == to_do
    assert ToDo.objects.get().is_nobodys
    officer.is_active = True
    officer.save()
    assert ToDo.objects.nobodys().count() == 0


def test_the_most_urgent_come_first(officer):
    rows = [ToDoFactory(assignee=officer, due_on=TODAY - timedelta(number)) for number in range(7)]

    found = most_urgent(officer, on=TODAY)

    assert found == rows[:1:-1]
    assert [row.late for row in found] == [6, 5, 4, 3, 2]


# --- Who sees what ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "number"),
    [
        (Role.OFFICER, 3),
        (Role.POLITICAL_AFFAIRS, 3),
        (Role.SERVICE_CONTACT, 1),
        (Role.EXECUTIVE, 1),
        (Role.ADMIN, 1),
    ],
)
def test_officers_stand_in_for_each_other_and_others_see_their_own(authority, role, number):
    member = MembershipFactory(authority=authority, role=role)
    for assignee in (None, MembershipFactory(authority=authority), member):
        ToDoFactory(authority=authority, assignee=assignee)
    ToDoFactory()

    assert ToDo.objects.visible_to(member).count() == number


def test_a_stranger_reaches_none(officer, stranger, sign_in):
    to_do = ToDoFactory(assignee=officer)
    client = sign_in(stranger)

    answers = [
        client.get(url("to_do_list", officer.authority)),
        client.get(url("to_do_detail", stranger.authority, to_do.pk)),
        client.post(url("to_do_finish", stranger.authority, to_do.pk), {"outcome": "done"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ToDo.objects.get().is_open


# --- The pages --------------------------------------------------------------------------


def test_the_tabs_hold_mine_nobodys_everyones_and_what_is_done(officer, sign_in):
    authority, client = officer.authority, sign_in(officer)
    mine = ToDoFactory(assignee=officer, due_on=timezone.localdate() - timedelta(days=2))
    nobodys = ToDoFactory(authority=authority)
    colleagues = ToDoFactory(assignee=MembershipFactory(authority=authority))
    done = ToDoFactory(assignee=officer, is_done=True)

    def shown(query):
        return {row.pk for row in client.get(url("to_do_list", authority) + query).context["page_obj"]}

    assert shown("") == shown("?show=nonsense") == {mine.pk}
    assert shown("?show=nobody") == {nobodys.pk}
    assert shown("?show=all") == {mine.pk, nobodys.pk, colleagues.pk}
    assert shown("?show=done") == {done.pk}
    page = client.get(url("to_do_list", authority)).content.decode()
    assert "2 days overdue" in page
    assert "Mine (1)" in page
    assert "Everyone’s (3)" in page


def test_those_who_see_only_their_own_have_no_other_tabs(executive, sign_in):
    ToDoFactory(authority=executive.authority)

    page = sign_in(executive).get(url("to_do_list", executive.authority) + "?show=all").content.decode()

    assert "Nothing to do" in page
    assert "Everyone’s" not in page


def test_done_and_undone_again_from_the_list(officer, political_affairs, sign_in):
    to_do, client = ToDoFactory(assignee=officer), sign_in(officer)
    finish_url = url("to_do_finish", officer.authority, to_do.pk)

    answer = client.post(finish_url + "?show=all", {"outcome": "done"})
    to_do.refresh_from_db()
    was = to_do.outcome
    second = client.post(finish_url, {"outcome": "done", "note": "Twice"}, follow=True).content.decode()
    too_late = sign_in(political_affairs).post(finish_url, {"outcome": "done", "note": "Rang them"})
    client.post(url("to_do_reopen", officer.authority, to_do.pk))

    assert answer["Location"] == url("to_do_list", officer.authority) + "?show=all"
    assert was == Outcome.DONE
    assert f"{officer} has finished" in second
    assert (too_late.status_code, "Rang them</textarea>" in too_late.content.decode()) == (409, True)
    to_do.refresh_from_db()
    assert to_do.is_open


def test_a_note_is_kept_and_what_is_missing_is_said(officer, sign_in):
    to_do, client = ToDoFactory(assignee=officer), sign_in(officer)
    address = url("to_do_finish", officer.authority, to_do.pk)

    refused = client.post(address, {"note": "She wrote first"})
    client.post(address, {"note": "She wrote first", "outcome": "not-needed"})

    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Choose whether it is done or not needed." in page
    assert "She wrote first" in page
    to_do.refresh_from_db()
    assert (to_do.outcome, to_do.note) == (Outcome.NOT_NEEDED, "She wrote first")


def test_political_affairs_give_it_to_a_colleague_who_works_here(political_affairs, officer, sign_in):
    authority, client = officer.authority, sign_in(political_affairs)
    to_do = ToDoFactory(authority=authority)
    gone = MembershipFactory(authority=authority, is_active=False)
    address = url("to_do_give", authority, to_do.pk)

    refused = client.post(address, {"assignee": gone.pk})
    client.post(address, {"assignee": officer.pk})

    assert refused.status_code == 422
    to_do.refresh_from_db()
    assert to_do.assignee == officer
    assert sign_in(officer).post(address, {"assignee": ""}).status_code == 403


@pytest.mark.parametrize("show", ["mine", "all", "nobody", "done"])
def test_the_list_costs_the_same_for_30_rows_as_for_one(officer, sign_in, show, django_assert_num_queries):
    client, address = sign_in(officer), url("to_do_list", officer.authority) + f"?show={show}"

    def some(number):
        for _ in range(number):
            assignee = None if show == "nobody" else officer
            ToDoFactory(authority=officer.authority, assignee=assignee, is_done=show == "done")

    some(1)
    with django_assert_num_queries(7):
        client.get(address)
    some(29)
    with django_assert_num_queries(7):
        client.get(address)


def test_the_navigation_counts_what_waits_for_the_person(officer, sign_in):
    ToDoFactory(assignee=officer, due_on=timezone.localdate() - timedelta(days=1))
    ToDoFactory(assignee=officer, due_on=timezone.localdate())
    ToDoFactory(assignee=officer, is_done=True)
    ToDoFactory(authority=officer.authority)

    page = sign_in(officer).get(reverse("enquiries:enquiry_list", args=["northmoor"])).content.decode()

    assert '2<span class="govuk-visually-hidden"> waiting</span>' in page
    assert "To do: 2, 1 overdue" in page


def test_homes_begin_with_the_most_urgent(political_affairs, admin, sign_in):
    for member in (political_affairs, admin):
        ToDoFactory(assignee=member, title=f"Only for {member}", due_on=timezone.localdate())

        page = sign_in(member).get("/northmoor/").content.decode()

        assert "To do: 1</h2>" in page
        assert f"Only for {member}</a>, by" in page


def test_ending_somebodys_access_says_what_they_had_to_do(admin, officer, sign_in):
    ToDoFactory(assignee=officer)
    ToDoFactory(assignee=officer, is_done=True)

    page = sign_in(admin).get(reverse("overview:person_deactivate", args=["northmoor", officer.pk]))

    assert f"{officer} has 1 open to-do." in page.content.decode()


def test_the_page_of_nothing_says_where_to_dos_come_from(officer, sign_in):
    page = sign_in(officer).get(url("to_do_list", officer.authority)).content.decode()

    assert "When one of your MPs changes" in page
