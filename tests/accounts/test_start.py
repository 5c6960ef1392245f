from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Membership
from tests.access import ANONYMOUS, ROWS
from tests.factories import AuthorityFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_empty_installation_says_how_to_begin():
    page = Client().get("/").content.decode()

    assert "python manage.py create_authority" in page


def test_stranger_to_the_site_is_asked_to_sign_in(authority):
    response = Client().get("/")

    assert response.url == f"{reverse('account_login')}?next=/"


def test_one_membership_leads_straight_home(officer, sign_in):
    assert sign_in(officer).get("/").url == "/northmoor/"


def test_several_memberships_are_offered(officer, sign_in):
    MembershipFactory(user=officer.user, authority__name="Tarnside Council", authority__slug="tarnside")
    MembershipFactory(user=officer.user, authority__name="Left Council", is_active=False)
    client = sign_in(officer)

    response = client.get("/", follow=True)

    page = response.content.decode()
    assert response.redirect_chain == [("/authorities/", 302)]
    assert 'href="/northmoor/"' in page
    assert 'href="/tarnside/"' in page
    assert "Left Council" not in page


def test_nobodys_colleague_is_told_so(authority):
    page = signed_in(UserFactory()).get("/").content.decode()

    assert "You do not work for an authority here" in page


def test_instance_admin_without_an_authority_goes_to_the_imports(authority):
    assert signed_in(UserFactory(is_instance_admin=True)).get("/").url == reverse("instance:import_list")


def test_person_changes_name_and_shortcuts(officer, sign_in):
    client = sign_in(officer)

    response = client.post(reverse("my_account"), {"name": "Siân Prys"})

    officer.user.refresh_from_db()
    assert response.status_code == 302
    assert (officer.user.name, officer.user.has_shortcuts) == ("Siân Prys", False)


def test_a_person_is_away_wherever_they_work_and_here_again(officer, sign_in):
    elsewhere = MembershipFactory(user=officer.user)
    left = MembershipFactory(user=officer.user, is_active=False)
    client, day = sign_in(officer), timezone.localdate() + timedelta(days=9)

    def until():
        return {each.pk: each.away_until for each in officer.user.memberships.all()}

    client.post(reverse("my_account"), {"name": "A", "away_until": day.isoformat()})
    away, shown = until(), client.get(reverse("my_account")).context["form"]["away_until"].value()
    slip = client.post(reverse("my_account"), {"name": "A", "away_until": "2062-01-01"})
    client.post(reverse("my_account"), {"name": "A", "away_until": ""})

    assert away == {officer.pk: day, elsewhere.pk: day, left.pk: None}
    assert shown == day
    assert slip.context["form"].errors["away_until"] == [
        "Check the year: this is more than five years from today."
    ]
    assert set(until().values()) == {None}
    assert [line.away_until for line in officer.history.all()][:2] == [None, day]


def test_person_needs_a_name(officer, sign_in):
    response = sign_in(officer).post(reverse("my_account"), {"name": " "})

    assert response.status_code == 422
    assert "Enter your full name." in response.content.decode()


def test_person_cannot_make_themselves_instance_admin_or_change_address(officer, sign_in):
    data = {"name": "X", "is_instance_admin": "on", "email": "other@example.org", "is_active": ""}

    sign_in(officer).post(reverse("my_account"), data)

    email = officer.user.email
    officer.user.refresh_from_db()
    assert officer.user.is_instance_admin is False
    assert officer.user.email == email
    assert officer.user.is_active


def test_these_pages_are_open_and_no_others():
    open_pages = {name for name, row in ROWS.items() if ANONYMOUS in row.get | row.post}

    assert open_pages == {
        "home",
        "join_authority",
        "help",
        "healthz",
        "readyz",
        "account_login",
        "account_logout",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }


def test_signed_in_pages_are_not_kept_by_the_browser(officer, sign_in):
    assert sign_in(officer).get(reverse("my_account"))["Cache-Control"] == "no-store"


def test_slug_of_an_authority_is_no_secret_but_says_nothing(officer, sign_in):
    AuthorityFactory(slug="southfen", name="Southfen Council")
    client = sign_in(officer)

    foreign, missing = client.get("/southfen/mps/"), client.get("/nowhere/mps/")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert "Southfen" not in foreign.content.decode()
    assert (Authority.objects.count(), Membership.objects.count()) == (2, 1)
