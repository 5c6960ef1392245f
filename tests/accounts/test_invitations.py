import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Role, User
from accounts.services import AlreadyMember, deactivate_member
from notifications.invitations import AlreadyJoined, StillOnItsWay, invite, invite_again
from notifications.models import Channel, Notification, State
from tests.factories import NOW, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def asked(by, **given):
    return invite(
        **{"by": by, "email": "new@northmoor.example", "name": "New", "role": Role.OFFICER, "now": NOW}
        | given
    )


def test_invite_makes_a_person_without_a_password_and_one_email(admin):
    highways = ServiceFactory(authority=admin.authority, name="Highways")

    member = asked(admin, role=Role.SERVICE_CONTACT, job_title="Engineer", services=[highways])

    row = Notification.objects.get()
    assert (member.authority, member.role, member.job_title) == (
        admin.authority,
        "service-contact",
        "Engineer",
    )
    assert list(member.services.all()) == [highways]
    assert not member.user.has_joined
    assert (member.invited_at, member.joined_at) == (NOW, None)
    assert (row.recipient, row.channel, row.state) == (member, Channel.EMAIL, State.QUEUED)
    assert row.title == "Join Northmoor Council in mpcrm"
    assert "until 9 March 2026" in row.body
    assert row.path.startswith("/join/")


def test_invite_someone_known_elsewhere_keeps_their_password_and_sends_no_link(admin, stranger):
    password = stranger.user.password

    member = asked(admin, email=stranger.user.email.upper(), name="Whatever")

    stranger.user.refresh_from_db()
    assert member.user == stranger.user
    assert stranger.user.password == password
    assert stranger.user.name != "Whatever"
    assert member.joined_at == NOW
    assert Notification.objects.get().path == reverse("overview:authority_home", args=["northmoor"])


@pytest.mark.parametrize(
    "email", ["new@northmoor.example", "NEW@Northmoor.Example", " new@northmoor.example "]
)
def test_second_invitation_of_an_address_changes_nothing(admin, email):
    first = asked(admin)

    with pytest.raises(AlreadyMember) as caught:
        asked(admin, email=email, role=Role.ADMIN)

    assert caught.value.membership == first
    assert Membership.objects.filter(user__email="new@northmoor.example").count() == 1
    assert Notification.objects.count() == 1
    first.refresh_from_db()
    assert first.role == Role.OFFICER


def test_form_invites_and_a_second_time_says_so_plainly(admin, sign_in):
    client = sign_in(admin)
    url = reverse("overview:person_invite", args=["northmoor"])
    data = {"email": "ni@northmoor.example", "name": "Nia", "role": Role.OFFICER}

    first = client.post(url, data)
    second = client.post(url, data)

    assert (first.status_code, first.url) == (302, reverse("accounts:people_list", args=["northmoor"]))
    assert second.status_code == 422
    assert "Nia was invited on" in second.content.decode()
    assert Notification.objects.count() == 1


def test_form_says_who_works_here_already_and_who_left(admin, officer, sign_in):
    client = sign_in(admin)
    url = reverse("overview:person_invite", args=["northmoor"])
    data = {"email": officer.user.email, "name": "X", "role": Role.OFFICER}

    here = client.post(url, data)
    deactivate_member(by=admin, member=officer)
    left = client.post(url, data)

    assert f"{officer} is a colleague already." in here.content.decode()
    assert f"{officer} worked here before." in left.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": ""}, "Enter their e-mail address."),
        ({"email": "no-address"}, "Enter an e-mail address like"),
        ({"name": ""}, "Enter their full name."),
        ({"role": ""}, "Choose a role."),
        ({"role": "king"}, "Select a valid choice"),
        ({"name": "x" * 151}, "at most 150 characters"),
    ],
)
def test_form_refuses_what_is_missing_or_wrong(admin, sign_in, given, words):
    data = {"email": "a@northmoor.example", "name": "A", "role": Role.OFFICER} | given

    response = sign_in(admin).post(reverse("overview:person_invite", args=["northmoor"]), data)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not User.objects.filter(email="a@northmoor.example").exists()


def test_services_of_another_authority_cannot_be_given(admin, stranger, sign_in):
    ServiceFactory(authority=admin.authority)
    foreign = ServiceFactory(authority=stranger.authority)
    data = {"email": "a@northmoor.example", "name": "A", "role": "service-contact", "services": [foreign.pk]}

    response = sign_in(admin).post(reverse("overview:person_invite", args=["northmoor"]), data)

    assert response.status_code == 422
    assert not User.objects.filter(email="a@northmoor.example").exists()


def test_sending_again_waits_for_the_last_one_to_leave(admin):
    member = asked(admin)

    with pytest.raises(StillOnItsWay):
        invite_again(by=admin, member=member, now=NOW)
    Notification.objects.update(state=State.SENT, sent_at=NOW)
    invite_again(by=admin, member=member, now=NOW)

    assert Notification.objects.count() == 2


@pytest.mark.parametrize("state", [State.SENT, State.FAILED])
def test_sending_again_makes_a_fresh_link_and_date(admin, state):
    member = asked(admin)
    Notification.objects.update(state=state)

    invite_again(by=admin, member=member, now=NOW + timedelta(days=3))

    member.refresh_from_db()
    old, new = Notification.objects.order_by("pk")
    assert member.invited_at == NOW + timedelta(days=3)
    assert old.path != new.path
    assert "until 12 March 2026" in new.body


def test_sending_again_is_refused_once_they_joined(admin, officer):
    with pytest.raises(AlreadyJoined):
        invite_again(by=admin, member=officer, now=NOW)

    assert Notification.objects.count() == 0


def test_send_again_button_tells_what_happened(admin, sign_in):
    member = asked(admin)
    client = sign_in(admin)
    url = reverse("overview:invitation_send", args=["northmoor", member.pk])

    waiting = client.post(url, follow=True)
    Notification.objects.update(state=State.SENT)
    sent = client.post(url, follow=True)

    assert "is still on its way" in waiting.content.decode()
    assert f"A new invitation is on its way to {member.user.email}." in sent.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_admins_inviting_the_same_address_at_once_make_one_member(admin):
    other = MembershipFactory(authority=admin.authority, role=Role.ADMIN)
    ready, outcomes = threading.Barrier(2), []

    def invite_now(by):
        ready.wait()
        try:
            asked(by, now=timezone.now())
            outcomes.append("invited")
        except AlreadyMember:
            outcomes.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=invite_now, args=[by]) for by in (admin, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["already", "invited"]
    assert Membership.objects.filter(user__email="new@northmoor.example").count() == 1
    assert Notification.objects.count() == 1


def test_names_may_be_long_and_welsh(admin, sign_in):
    name = "Gwenllïan Ŵyn o Lanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 2

    asked(admin, name=name.strip()[:150], job_title="Pennaeth Gwasanaethau Cyhoeddus a’r Gymraeg")

    page = sign_in(admin).get(reverse("accounts:people_list", args=["northmoor"])).content.decode()
    assert name.strip()[:150] in page
