import pytest
from django.urls import reverse

from accounts.models import Role
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


def test_another_authoritys_political_affairs_lead_is_none_of_ours(authority, admin, sign_in):
    MembershipFactory(role=Role.POLITICAL_AFFAIRS)

    page = sign_in(admin).get(reverse("notifications:is_it_running", args=[authority.slug]))

    assert "Nobody here is a political affairs lead" in page.content.decode()
