"""What a council most wants: recorded, ordered and ended by political affairs, with nobody's edit lost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.history import EditedMeanwhile
from accounts.models import Role
from contacts.models import Priority
from contacts.priorities import NameTaken, end_priority, move_priority, set_priority
from tests.factories import NOW, TODAY, MembershipFactory, PriorityFactory

pytestmark = pytest.mark.django_db

HOMES = {
    "version": 0,
    "name": "Homes people can afford",
    "departments": "Department for Homes\n",
    "bodies": "Housing Committee\nhousing committee\n",
    "key_words": " housing \nHousing\n\n-",
    "started_on": "2026-03-01",
}


def url(name, authority, *args):
    return reverse(f"contacts:{name}", args=[authority.slug, *args])


def names(authority):
    return [priority.name for priority in Priority.objects.filter(authority=authority)]


def test_a_priority_is_added_after_the_others(sign_in, political_affairs, authority):
    PriorityFactory(authority=authority, name="Roads", position=1)

    page = (
        sign_in(political_affairs).post(url("priority_add", authority), HOMES, follow=True).content.decode()
    )

    assert names(authority) == ["Roads", "Homes people can afford"]
    homes = Priority.objects.get(name=HOMES["name"])
    assert (homes.departments, homes.key_words) == ("Department for Homes", "housing")
    assert homes.bodies == "Housing Committee"
    assert (homes.started_on, homes.version) == (date(2026, 3, 1), 1)
    assert homes.history.get().history_user == political_affairs.user
    assert "Homes people can afford is saved." in page


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in, political_affairs, authority):
    response = sign_in(political_affairs).post(
        url("priority_add", authority), HOMES | {"name": "", "ended_on": "2026-02-28"}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter the name of the priority." in page
    assert "Enter 1 March 2026 or a later day." in page
    assert "Department for Homes" in page
    assert not Priority.objects.exists()


def test_two_people_at_one_priority_see_both_versions(sign_in, political_affairs, authority):
    roads = PriorityFactory(authority=authority, name="Roads", why="They wear out.", key_words="roads")
    address = url("priority_edit", authority, roads.pk)
    mine = {
        "version": 1,
        "name": "Roads",
        "why": "They fall apart.",
        "key_words": "roads",
        "started_on": roads.started_on,
    }
    set_priority(
        by=political_affairs, priority=roads, version=1, changes={"key_words": "roads\nbuses"}, now=NOW
    )
    client = sign_in(political_affairs)

    refused = client.post(address, mine)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Saved meanwhile: “roads, buses”. Save again to keep yours." in page
    assert "They fall apart." in page
    assert 'name="version" value="2"' in page
    roads.refresh_from_db()
    assert (roads.why, roads.key_words) == ("They wear out.", "roads\nbuses")

    client.post(address, mine | {"version": 2, "key_words": "roads\nbuses"})
    roads.refresh_from_db()
    assert (roads.why, roads.key_words, roads.version) == ("They fall apart.", "roads\nbuses", 3)


@pytest.mark.parametrize("way", ["up", "down"])
def test_a_priority_that_has_ended_meanwhile_is_moved_nowhere(sign_in, political_affairs, authority, way):
    PriorityFactory(authority=authority, name="Roads", position=1)
    ended = PriorityFactory(authority=authority, name="Buses", position=2, ended_on=date(2026, 2, 1))

    response = sign_in(political_affairs).post(url(f"priority_move_{way}", authority, ended.pk), follow=True)

    assert "Buses stays where it is." in response.content.decode()
    assert names(authority) == ["Roads", "Buses"]


def test_a_name_stands_once_among_the_priorities_that_last(sign_in, political_affairs, authority):
    old = PriorityFactory(authority=authority, name=HOMES["name"])
    client = sign_in(political_affairs)
    refused = client.post(url("priority_add", authority), HOMES | {"name": "HOMES people can afford"})

    assert refused.status_code == 422
    assert "Another of your priorities has this name." in refused.content.decode()
    end_priority(by=political_affairs, priority=old, ended_on=TODAY, now=NOW)
    assert client.post(url("priority_add", authority), HOMES).status_code == 302
    old.refresh_from_db()
    with pytest.raises(NameTaken):
        end_priority(by=political_affairs, priority=old, ended_on=None, now=NOW)
    page = client.post(url("priority_restore", authority, old.pk), follow=True).content.decode()
    assert "Another of your priorities is called Homes people can afford now." in page


def test_saving_what_somebody_else_changed_is_refused(political_affairs, authority):
    roads = PriorityFactory(authority=authority)
    set_priority(by=political_affairs, priority=roads, version=1, changes={"why": "1"}, now=NOW)

    with pytest.raises(EditedMeanwhile) as changed:
        set_priority(by=political_affairs, priority=roads, version=1, changes={"why": "2"}, now=NOW)

    assert changed.value.saved.why == "1"
    assert Priority.objects.get().why == "1"


def test_priorities_change_places(sign_in, political_affairs, authority):
    first, second, third = (
        PriorityFactory(authority=authority, name=name, position=1) for name in ("One", "Two", "Three")
    )
    client = sign_in(political_affairs)

    client.post(url("priority_move_up", authority, third.pk))
    once = names(authority)
    client.post(url("priority_move_up", authority, third.pk))
    client.post(url("priority_move_up", authority, third.pk))
    top = names(authority)
    client.post(url("priority_move_down", authority, third.pk))
    client.post(url("priority_move_down", authority, second.pk))

    assert once == ["One", "Three", "Two"]
    assert top == ["Three", "One", "Two"]
    assert names(authority) == ["One", "Three", "Two"]
    first.refresh_from_db()
    assert first.version == 1, "an edit of its words that goes on meanwhile is not refused"


def test_moving_passes_over_what_has_ended(political_affairs, authority):
    PriorityFactory(authority=authority, name="One", position=1)
    PriorityFactory(authority=authority, name="Over", position=2, ended_on=TODAY - timedelta(days=1))
    last = PriorityFactory(authority=authority, name="Two", position=3)

    move_priority(by=political_affairs, priority=last, up=True, now=NOW)

    assert [row.name for row in Priority.objects.filter(authority=authority).not_ended(TODAY)] == [
        "Two",
        "One",
    ]


def test_an_ended_priority_is_kept_and_can_be_taken_up_again(sign_in, political_affairs, authority):
    on = timezone.localdate()
    roads = PriorityFactory(authority=authority, name="Roads")
    client = sign_in(political_affairs)
    early = client.post(url("priority_end", authority, roads.pk), {"ended_on": "2025-12-31"})
    client.post(url("priority_end", authority, roads.pk), {"ended_on": on})
    last_day = client.get(url("priority_list", authority)).content.decode()
    Priority.objects.update(ended_on=on - timedelta(days=1))
    day_after = client.get(url("priority_list", authority)).content.decode()
    client.post(url("priority_restore", authority, roads.pk))

    roads.refresh_from_db()
    assert early.status_code == 422
    assert "Enter 1 January 2026 or a later day." in early.content.decode()
    assert "Earlier priorities" not in last_day
    assert "Earlier priorities (1)" in day_after
    assert roads.ended_on is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "No priorities yet"),
        (1, "You have 1 priority. 5 to 10 work best"),
        (4, "You have 4 priorities. 5 to 10 work best"),
        (5, "are matched to these"),
        (10, "are matched to these"),
        (11, "You have 11 priorities. 5 to 10 work best"),
    ],
)
def test_the_page_says_how_many_work_best(sign_in, officer, authority, number, said):
    for _ in range(number):
        PriorityFactory(authority=authority)

    assert said in sign_in(officer).get(url("priority_list", authority)).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_everyone_reads_and_political_affairs_changes(sign_in, authority, role):
    roads = PriorityFactory(authority=authority, name="Roads")
    client = sign_in(MembershipFactory(authority=authority, role=role))
    changes = role == Role.POLITICAL_AFFAIRS

    page = client.get(url("priority_list", authority)).content.decode()
    edit = client.get(url("priority_edit", authority, roads.pk))
    move = client.post(url("priority_move_up", authority, roads.pk))

    assert "Roads" in page
    assert ("Add a priority" in page) == changes
    assert (edit.status_code, move.status_code) == ((200, 302) if changes else (403, 403))


def test_another_authoritys_priority_is_missing(sign_in, political_affairs, authority, stranger):
    theirs = PriorityFactory(authority=stranger.authority, name="Theirs")
    client = sign_in(political_affairs)

    assert "Theirs" not in client.get(url("priority_list", authority)).content.decode()
    assert client.get(url("priority_edit", authority, theirs.pk)).status_code == 404
    assert client.post(url("priority_restore", authority, theirs.pk)).status_code == 404


def test_another_authoritys_priorities_are_no_obstacle(sign_in, political_affairs, authority, stranger):
    ours = PriorityFactory(authority=authority, position=2)
    theirs = PriorityFactory(authority=stranger.authority, name=HOMES["name"].upper(), position=1)

    move_priority(by=political_affairs, priority=ours, up=True, now=NOW)
    added = sign_in(political_affairs).post(url("priority_add", authority), HOMES)

    theirs.refresh_from_db()
    ours.refresh_from_db()
    assert added.status_code == 302
    assert (theirs.position, ours.position) == (1, 2)


def test_the_list_costs_the_same_for_1_and_30(
    sign_in, political_affairs, authority, django_assert_num_queries
):
    client, address = sign_in(political_affairs), url("priority_list", authority)
    PriorityFactory(authority=authority)
    with django_assert_num_queries(5):
        client.get(address)

    for _ in range(29):
        PriorityFactory(authority=authority)
    with django_assert_num_queries(5):
        assert client.get(address).content.decode().count(">Move up<") == 29
