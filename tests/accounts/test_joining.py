import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.joining import join_path, person_joining
from accounts.models import Role, User
from accounts.resetting import ResetTokens
from accounts.services import join
from notifications.invitations import invite
from tests.factories import NOW, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(authority):
    user = User.objects.create_user("new@northmoor.example", name="New Person")
    MembershipFactory(authority=authority, user=user, joined_at=None)
    return user


def link_of(user, now):
    _, person, token, _ = join_path(user, now=now).rsplit("/", 3)
    return person, token


@pytest.mark.parametrize(
    ("later", "is_good"),
    [
        (timedelta(0), True),
        (timedelta(days=settings.INVITATION_DAYS), True),
        (timedelta(days=settings.INVITATION_DAYS, seconds=1), False),
    ],
)
def test_link_lasts_the_days_it_promises(invited, later, is_good):
    person, token = link_of(invited, NOW)

    assert (person_joining(person, token, now=NOW + later) == invited) is is_good


def test_link_dies_when_the_password_is_chosen(invited):
    person, token = link_of(invited, NOW)

    join(user=invited, name="New Person", password="a long enough secret", now=NOW)

    assert person_joining(person, token, now=NOW) is None


def test_link_of_someone_else_opens_nothing(invited):
    _, token = link_of(invited, NOW)
    other = User.objects.create_user("other@northmoor.example", name="Other")
    person, _ = link_of(other, NOW)

    assert person_joining(person, token, now=NOW) is None


def test_link_of_someone_deactivated_before_joining_opens_nothing_until_they_are_let_in_again(invited):
    person, token = link_of(invited, NOW)

    invited.memberships.update(is_active=False)
    assert person_joining(person, token, now=NOW) is None

    invited.memberships.update(is_active=True)
    assert person_joining(person, token, now=NOW) == invited


@pytest.mark.parametrize("person", ["", "AAAA", "MTIz", "____", "LTE"])
def test_damaged_link_opens_nothing(invited, person):
    assert person_joining(person, "c0ffee-1234", now=NOW) is None


def test_password_reset_token_is_no_invitation(invited):
    from django.contrib.auth.tokens import default_token_generator

    person, _ = link_of(invited, timezone.now())

    assert person_joining(person, default_token_generator.make_token(invited), now=timezone.now()) is None


@pytest.mark.parametrize(
    ("later", "is_good"),
    [
        (timedelta(0), True),
        (timedelta(hours=settings.PASSWORD_RESET_HOURS), True),
        (timedelta(hours=settings.PASSWORD_RESET_HOURS, seconds=1), False),
    ],
)
def test_link_to_a_new_password_lasts_an_hour(officer, monkeypatch, later, is_good):
    tokens = ResetTokens()
    made = timezone.now().replace(tzinfo=None, microsecond=0)
    monkeypatch.setattr(tokens, "_now", lambda: made)
    token = tokens.make_token(officer.user)
    monkeypatch.setattr(tokens, "_now", lambda: made + later)

    assert tokens.check_token(officer.user, token) is is_good


@pytest.mark.parametrize("token", [None, "", "-", "c0ffee", "c0ffee-1234", "é-1234"])
def test_damaged_link_to_a_new_password_opens_nothing(officer, token):
    assert not ResetTokens().check_token(officer.user, token)


def test_reset_pages_ask_these_tokens():
    from allauth.account import app_settings

    assert app_settings.PASSWORD_RESET_TOKEN_GENERATOR is ResetTokens


def test_following_the_link_sets_the_password_and_signs_in(admin):
    member = invite(
        by=admin,
        email="Siân@northmoor.example".replace("â", "a"),
        name="Sian",
        role=Role.OFFICER,
        now=timezone.now(),
    )
    path = join_path(member.user, now=timezone.now())
    client = Client()

    shown = client.get(path)
    done = client.post(
        path, {"name": "Siân Llywelyn-Llanfairpwllgwyngyll", "password": "mae hen wlad fy nhadau"}
    )

    member.refresh_from_db()
    assert (shown.status_code, done.status_code, done.url) == (200, 302, "/")
    assert member.user.name == "Siân Llywelyn-Llanfairpwllgwyngyll"
    assert member.user.check_password("mae hen wlad fy nhadau")
    assert member.joined_at is not None
    assert client.get(reverse("my_account")).status_code == 200
    assert Client().get(path).status_code == 404


def test_someone_who_just_joined_is_warned_before_the_session_ends(invited):
    client = Client()

    client.post(
        join_path(invited, now=timezone.now()), {"name": "New Person", "password": "a long enough secret"}
    )

    left = re.search(r'data-session-seconds="(\d+)"', client.get(reverse("my_account")).content.decode())
    assert settings.SESSION_COOKIE_AGE - 60 < int(left[1]) <= settings.SESSION_COOKIE_AGE


@pytest.mark.parametrize("password", ["", "short", "password1234", "newperson@northmoor.example"])
def test_weak_password_is_refused(invited, password):
    invited.email = "newperson@northmoor.example"
    invited.save()
    path = join_path(invited, now=timezone.now())

    response = Client().post(path, {"name": "New Person", "password": password})

    invited.refresh_from_db()
    assert response.status_code == 422
    assert not invited.has_joined


def test_spent_link_says_so_without_the_address(invited):
    path = join_path(invited, now=timezone.now())
    join(user=invited, name="New Person", password="a long enough secret", now=timezone.now())

    response = Client().get(path)

    assert response.status_code == 404
    assert "This link no longer works" in response.content.decode()
    assert invited.email not in response.content.decode()


def test_person_with_a_password_cannot_be_taken_over_by_a_link():
    user = UserFactory()
    person, token = link_of(user, NOW)

    assert person_joining(person, token, now=NOW) is None
