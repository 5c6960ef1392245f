import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from accounts.models import Membership, Role, User
from accounts.services import (
    LastInstanceAdmin,
    change_instance_admin,
    deactivate_member,
    reactivate_member,
)
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def instance_admins():
    return set(User.objects.filter(is_instance_admin=True))


@pytest.fixture
def other():
    """An instance admin who works for another authority."""
    return MembershipFactory(user=UserFactory(is_instance_admin=True))


@pytest.fixture
def looking_after(officer):
    officer.user.is_instance_admin = True
    officer.user.save()
    return officer


# --- The command ----------------------------------------------------------------------


def test_command_makes_an_instance_admin_from_the_next_request_on_and_takes_it_away(
    officer, other, sign_in, capsys
):
    client = sign_in(officer)
    answers = [client.get(reverse("instance:import_list")).status_code]

    for asked in ([], [], ["--remove"], ["--remove"]):  # twice each: nothing is lost by asking again
        call_command("instance_admin", officer.user.email.upper(), *asked)
        answers.append(client.get(reverse("instance:import_list")).status_code)

    assert answers == [403, 200, 200, 403, 403]
    assert capsys.readouterr().out.splitlines()[1:3] == [
        f"{officer.user.email} is now an instance admin.",
        f"{officer.user.email} is no longer an instance admin.",
    ]


def test_command_leaves_the_last_who_can_sign_in(looking_after, capsys):
    invited = MembershipFactory(user=UserFactory(is_instance_admin=True))
    User.objects.filter(pk=invited.user_id).update(password="!never")
    MembershipFactory(user=UserFactory(is_instance_admin=True), is_active=False)

    with pytest.raises(CommandError, match="Nobody else who can sign in is an instance admin"):
        call_command("instance_admin", looking_after.user.email, "--remove")

    assert looking_after.user in instance_admins()


def test_command_refuses_somebody_who_works_nowhere(officer, other):
    officer.is_active = False
    officer.save()

    with pytest.raises(CommandError, match="works for no authority here"):
        call_command("instance_admin", officer.user.email)

    assert instance_admins() == {other.user}


def test_command_refuses_an_address_nobody_has(other):
    with pytest.raises(CommandError, match=r"Nobody here has the address nobody@example\.org"):
        call_command("instance_admin", "nobody@example.org")

    assert instance_admins() == {other.user}


# --- Leaving --------------------------------------------------------------------------


def test_leaving_ends_it_from_the_next_request_on_and_coming_back_does_not_return_it(
    admin, looking_after, other, sign_in
):
    mine, theirs = sign_in(admin), sign_in(looking_after)
    leaving = reverse("overview:person_deactivate", args=["northmoor", looking_after.pk])
    told = "is an instance admin" in mine.get(leaving).content.decode()

    mine.post(leaving)
    gone = theirs.get(reverse("instance:import_list")).status_code
    reactivate_member(by=admin, member=looking_after)

    assert (told, gone) == (True, 403)
    assert instance_admins() == {other.user}


def test_leaving_one_of_two_authorities_ends_nothing(admin, looking_after):
    MembershipFactory(user=looking_after.user)

    deactivate_member(by=admin, member=looking_after)

    assert instance_admins() == {looking_after.user}


def test_the_only_instance_admin_keeps_the_last_access(admin, looking_after, sign_in):
    MembershipFactory(user=looking_after.user, is_active=False)
    leaving = reverse("overview:person_deactivate", args=["northmoor", looking_after.pk])

    response = sign_in(admin).post(leaving)

    looking_after.refresh_from_db()
    assert response.status_code == 422
    assert f"{looking_after} is the only instance admin who can sign in." in response.content.decode()
    assert (looking_after.is_active, looking_after.user.is_instance_admin) == (True, True)


def test_who_is_no_instance_admin_leaves_where_there_is_none(admin, officer):
    deactivate_member(by=admin, member=officer)

    assert not Membership.objects.get(pk=officer.pk).is_active


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_last_two_leaving_at_once_leave_one():
    pairs = [
        (MembershipFactory(authority=one.authority, role=Role.ADMIN), one)
        for one in MembershipFactory.create_batch(2)
    ]
    User.objects.filter(memberships__in=[member for _, member in pairs]).update(is_instance_admin=True)
    ready, outcomes = threading.Barrier(2), []

    def leave(by, member):
        ready.wait()
        try:
            deactivate_member(by=by, member=member)
            outcomes.append("left")
        except LastInstanceAdmin:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["left", "refused"]
    assert len(Membership.objects.of_instance_admins()) == 1


def test_somebody_can_always_be_told(looking_after, other):
    change_instance_admin(user=other.user, is_instance_admin=False)

    assert Membership.objects.of_instance_admins() == [looking_after]
